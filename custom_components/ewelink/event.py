"""Events: presses of buttons and keys, and what else happens without leaving a state."""

from typing import Any, Final, override

from homeassistant.components.event import (
    ATTR_MULTI_PRESS_COUNT,
    ButtonEventType,
    EventDeviceClass,
    EventEntity,
    EventEntityDescription,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, DeviceChanged, EventCapability, Kind, Origin
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .labels import label

PARALLEL_UPDATES = 0

EVENTS: dict[Kind, EventEntityDescription] = {
    Kind.HEARD: EventEntityDescription(
        key=Kind.HEARD, translation_key="heard", device_class=EventDeviceClass.BUTTON
    ),
    Kind.PRESS: EventEntityDescription(
        key=Kind.PRESS, translation_key="press", device_class=EventDeviceClass.BUTTON
    ),
    Kind.SWIPE: EventEntityDescription(key=Kind.SWIPE, translation_key="swipe"),
    Kind.TRIGGERED: EventEntityDescription(key=Kind.TRIGGERED, translation_key="triggered"),
}

# How Home Assistant calls what devices tell; a long press is told while the button is still held.
STANDARD: Final[dict[str, tuple[str, dict[str, int]]]] = {
    "single": (ButtonEventType.PRESS_END, {}),
    "double": (ButtonEventType.MULTI_PRESS_END, {ATTR_MULTI_PRESS_COUNT: 2}),
    "triple": (ButtonEventType.MULTI_PRESS_END, {ATTR_MULTI_PRESS_COUNT: 3}),
    "long": (ButtonEventType.LONG_PRESS_START, {}),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's events."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkEvent | None:
    description = EVENTS.get(capability.kind)
    if description is None or not isinstance(capability, EventCapability):
        return None
    return EwelinkEvent(coordinator, device, capability, description)


class EwelinkEvent(EwelinkEntity[str], EventEntity):
    """A button of a device, or something else that happens."""

    @override
    def _take(self, capability: Capability[str]) -> None:
        """Offer what the device can tell, in Home Assistant's words."""
        super()._take(capability)
        if isinstance(capability, EventCapability):
            types = (STANDARD[one][0] if one in STANDARD else one for one in capability.types)
            self._attr_event_types = list(dict.fromkeys(types))

    @override
    def _name_channel(self) -> None:
        """Call a button by the channel's name, else by its number."""
        if (outlet := self.capability.outlet) is None:
            return
        if self.capability.name is not None:
            self._attr_name = self.capability.name
            self._attr_translation_key = self.entity_description.translation_key
            return
        if self.capability.kind is Kind.HEARD:
            # The app has no name for it.
            self._name_by("numbered_code", number=str(outlet + 1))
        elif (name := self._device.channel_names.get(outlet)) is None:
            self._name_by("numbered_press", number=str(outlet + 1))
        else:
            self._name_by("channel_press", channel=label(name))

    @override
    def _listen(self) -> None:
        """Wait for what the device sends: its params alone are no state."""
        self._listen_to(self.capability.params, self._handle_change)

    @callback
    def _handle_change(self, event: DeviceChanged) -> None:
        """Tell what has happened, if the device itself has just said so and not before."""
        self._device = event.device
        if event.origin is not Origin.PUSH or not isinstance(self.capability, EventCapability):
            return
        happened = self.capability.happened(event.device.params, event.previous.params, event.keys)
        if happened is not None:
            standard, attributes = STANDARD.get(happened, (happened, {}))
            self._trigger_event(standard, dict(attributes))
            self.async_write_ha_state()
