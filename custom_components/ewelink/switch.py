"""Switches: the relays of a device or a group, and those settings of a device that are on or off."""

from collections.abc import Sequence
from typing import Any, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind, is_plug
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .groups import EwelinkGroup, async_add_groups

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

SWITCHES: dict[Kind, SwitchEntityDescription] = {
    Kind.RELAY: SwitchEntityDescription(key=Kind.RELAY),
    Kind.DETACHED_RELAY: SwitchEntityDescription(
        key=Kind.DETACHED_RELAY,
        translation_key="detached_relay",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.INCHING: SwitchEntityDescription(
        key=Kind.INCHING,
        translation_key="inching",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.INTERLOCK: SwitchEntityDescription(
        key=Kind.INTERLOCK, translation_key="interlock", entity_category=EntityCategory.CONFIG
    ),
    Kind.LED: SwitchEntityDescription(
        key=Kind.LED, translation_key="led", entity_category=EntityCategory.CONFIG
    ),
    Kind.WINDOW_DETECTION: SwitchEntityDescription(
        key=Kind.WINDOW_DETECTION, translation_key="window_detection", entity_category=EntityCategory.CONFIG
    ),
    Kind.MOTOR_REVERSED: SwitchEntityDescription(
        key=Kind.MOTOR_REVERSED,
        translation_key="motor_reversed",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.DOOR_BUZZER: SwitchEntityDescription(
        key=Kind.DOOR_BUZZER, translation_key="door_buzzer", entity_category=EntityCategory.CONFIG
    ),
    Kind.SWITCH_REVERSED: SwitchEntityDescription(
        key=Kind.SWITCH_REVERSED,
        translation_key="switch_reversed",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.DOOR_ALARM: SwitchEntityDescription(
        key=Kind.DOOR_ALARM, translation_key="door_alarm", entity_category=EntityCategory.CONFIG
    ),
    Kind.DIMMED_BY_SWITCH: SwitchEntityDescription(
        key=Kind.DIMMED_BY_SWITCH,
        translation_key="dimmed_by_switch",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.QUICK_SWITCH: SwitchEntityDescription(
        key=Kind.QUICK_SWITCH,
        translation_key="quick_switch",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.CHILD_LOCK: SwitchEntityDescription(
        key=Kind.CHILD_LOCK,
        translation_key="child_lock",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.TURBO_RADIO: SwitchEntityDescription(
        key=Kind.TURBO_RADIO,
        translation_key="turbo_radio",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.DO_NOT_DISTURB: SwitchEntityDescription(
        key=Kind.DO_NOT_DISTURB,
        translation_key="do_not_disturb",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.VIBRATION: SwitchEntityDescription(
        key=Kind.VIBRATION,
        translation_key="vibration",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.SWIPE_GESTURE: SwitchEntityDescription(
        key=Kind.SWIPE_GESTURE,
        translation_key="swipe_gesture",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.TAP_GESTURE: SwitchEntityDescription(
        key=Kind.TAP_GESTURE,
        translation_key="tap_gesture",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
    Kind.ZIGBEE_LED: SwitchEntityDescription(
        key=Kind.ZIGBEE_LED, translation_key="zigbee_led", entity_category=EntityCategory.CONFIG
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's switches, and those of its groups."""
    coordinator = entry.runtime_data
    await coordinator.async_add_platform(_create, async_add_entities)
    async_add_groups(coordinator, Platform.SWITCH, _create_relay, EwelinkSwitchGroup, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkSwitch | None:
    if (relay := _create_relay(coordinator, device, capability)) is not None:
        return relay
    if (description := SWITCHES.get(capability.kind)) is None:
        return None
    return EwelinkSwitch(coordinator, device, capability, description)


def _create_relay(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkRelay | None:
    if capability.kind is not Kind.RELAY:
        return None
    return EwelinkRelay(coordinator, device, capability, SWITCHES[Kind.RELAY])


class EwelinkSwitch(EwelinkEntity[bool], SwitchEntity):
    """Something of a device that is on or off."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is on."""
        return self._value

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on."""
        await self.async_write(value=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off."""
        await self.async_write(value=False)


class EwelinkRelay(EwelinkSwitch):
    """A relay: the device itself, or the channel by whose name people know it."""

    @override
    def follow(self, device: Device) -> None:
        """Tell plugs from other switches."""
        self._attr_device_class = SwitchDeviceClass.OUTLET if is_plug(device) else SwitchDeviceClass.SWITCH
        super().follow(device)

    @override
    def _name_channel(self) -> None:
        outlet = self.capability.outlet
        self._attr_name = None if outlet is None else self.coordinator.channel_name(self._device, outlet)


class EwelinkSwitchGroup(EwelinkGroup[EwelinkRelay], SwitchEntity):
    """All relays of a group: it is on while any of them is."""

    @override
    def _show(self, members: Sequence[EwelinkRelay]) -> None:
        known = [relay.is_on for relay in members if relay.is_on is not None]
        self._attr_is_on = any(known) if known else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the relays on."""
        await self._async_write(lambda _relay: True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the relays off."""
        await self._async_write(lambda _relay: False)
