"""Binary sensors: motion and presence, what opens and closes, alarms, and whether a gateway is connected."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind, is_gateway
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .labels import LabeledEntity
from .radio_sensors import RadioSensors

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class EwelinkBinarySensorEntityDescription(BinarySensorEntityDescription):
    """A binary sensor; `is_event` if it tells of something that is over when nobody could hear its end."""

    is_event: bool = False


BINARY_SENSORS: dict[Kind, EwelinkBinarySensorEntityDescription] = {
    Kind.AMBIENT_LIGHT: EwelinkBinarySensorEntityDescription(
        key=Kind.AMBIENT_LIGHT, device_class=BinarySensorDeviceClass.LIGHT
    ),
    Kind.MOISTURE: EwelinkBinarySensorEntityDescription(
        key=Kind.MOISTURE, device_class=BinarySensorDeviceClass.MOISTURE
    ),
    Kind.MOTION: EwelinkBinarySensorEntityDescription(
        key=Kind.MOTION, device_class=BinarySensorDeviceClass.MOTION, is_event=True
    ),
    Kind.OCCUPANCY: EwelinkBinarySensorEntityDescription(
        key=Kind.OCCUPANCY, device_class=BinarySensorDeviceClass.OCCUPANCY, is_event=True
    ),
    Kind.OPENING: EwelinkBinarySensorEntityDescription(
        key=Kind.OPENING, device_class=BinarySensorDeviceClass.OPENING
    ),
    Kind.SMOKE: EwelinkBinarySensorEntityDescription(
        key=Kind.SMOKE, device_class=BinarySensorDeviceClass.SMOKE
    ),
    Kind.TAMPER: EwelinkBinarySensorEntityDescription(
        key=Kind.TAMPER,
        device_class=BinarySensorDeviceClass.TAMPER,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.WATER_TANK: EwelinkBinarySensorEntityDescription(
        key=Kind.WATER_TANK, translation_key="water_tank", device_class=BinarySensorDeviceClass.PROBLEM
    ),
    Kind.UPPER_LIMIT: EwelinkBinarySensorEntityDescription(
        key=Kind.UPPER_LIMIT, translation_key="upper_limit", entity_category=EntityCategory.DIAGNOSTIC
    ),
    Kind.LOWER_LIMIT: EwelinkBinarySensorEntityDescription(
        key=Kind.LOWER_LIMIT, translation_key="lower_limit", entity_category=EntityCategory.DIAGNOSTIC
    ),
    Kind.BATTERY_LOW: EwelinkBinarySensorEntityDescription(
        key=Kind.BATTERY_LOW,
        device_class=BinarySensorDeviceClass.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.WATER_SHORTAGE: EwelinkBinarySensorEntityDescription(
        key=Kind.WATER_SHORTAGE,
        translation_key="water_shortage",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.WATER_LEAKAGE: EwelinkBinarySensorEntityDescription(
        key=Kind.WATER_LEAKAGE,
        translation_key="water_leakage",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.POWERED: EwelinkBinarySensorEntityDescription(
        key=Kind.POWERED, device_class=BinarySensorDeviceClass.POWER
    ),
    Kind.FROST_RISK: EwelinkBinarySensorEntityDescription(
        key=Kind.FROST_RISK,
        translation_key="frost_risk",
        device_class=BinarySensorDeviceClass.COLD,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.FAILSAFE: EwelinkBinarySensorEntityDescription(
        key=Kind.FAILSAFE,
        translation_key="failsafe",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.PROBLEM: EwelinkBinarySensorEntityDescription(
        key=Kind.PROBLEM,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's binary sensors."""
    coordinator = entry.runtime_data
    await coordinator.async_add_platform(_create, async_add_entities)
    _add_connectivity(coordinator, async_add_entities)
    RadioSensors(hass, entry, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkBinarySensor | None:
    if (description := BINARY_SENSORS.get(capability.kind)) is None:
        return None
    entity = EwelinkMotionSensor if description.is_event else EwelinkBinarySensor
    return entity(coordinator, device, capability, description)


def _add_connectivity(coordinator: EwelinkCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    """Show whether gateways are connected: their own pages have little else."""
    shown: set[str] = set()

    @callback
    def watch(device: Device, previous: Device | None = None) -> None:
        if previous is None:
            # It has just come, or come back.
            shown.discard(device.device_id)
        # A child makes a gateway of what nobody knew as one.
        gateway_id = device.device_id if is_gateway(device) else device.parent_id
        gateway = coordinator.client.devices.get(gateway_id or "")
        if gateway is None or gateway.device_id in shown:
            return
        if coordinator.async_device_entry(gateway.device_id) is not None:
            shown.add(gateway.device_id)
            add([EwelinkConnectivity(coordinator, gateway)])

    # Gateways first, so that none is taken for new behind its child.
    for device in sorted(coordinator.shown_devices, key=lambda device: device.parent_id is not None):
        watch(device)
    coordinator.async_watch_devices(watch)


class EwelinkBinarySensor(EwelinkEntity[bool], BinarySensorEntity):
    """Something that a device senses or does not."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the state is given."""
        return self._value


class EwelinkMotionSensor(EwelinkBinarySensor):
    """Something that happens: what a device told before it went offline counts no more."""

    _is_outdated = False

    @override
    def _present_value(self) -> bool | None:
        if not self.coordinator.client.is_online(self._device):
            self._is_outdated = True
        return None if self._is_outdated else super()._present_value()

    @override
    @callback
    def _handle_update(self, device: Device) -> None:
        self._is_outdated = not self.coordinator.client.is_online(device)
        super()._handle_update(device)


class EwelinkConnectivity(LabeledEntity, BinarySensorEntity):
    """Whether the cloud hears a gateway, and with it the devices behind it."""

    entity_description = BinarySensorEntityDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
    )
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: EwelinkCoordinator, device: Device) -> None:
        """Show it beside what else belongs to the gateway."""
        self.coordinator = coordinator
        self._device_id = device.device_id
        self._attr_unique_id = f"{device.device_id}_{self.entity_description.key}"
        self.device_entry = coordinator.async_device_entry(device.device_id)
        self._show(device)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the gateway; catch up with what happened meanwhile."""
        self.async_on_remove(
            self.coordinator.async_add_device_listener(
                self._device_id, frozenset(), update=self._follow, refresh=self._follow
            )
        )
        if (device := self.coordinator.client.devices.get(self._device_id)) is not None:
            self._show(device)

    def _show(self, device: Device) -> None:
        # Whether anybody hears of it at all is another question.
        self._attr_available = self.coordinator.client.reachable
        self._attr_is_on = device.online

    @callback
    def _follow(self, device: Device) -> None:
        self._show(device)
        self.async_write_ha_state()
