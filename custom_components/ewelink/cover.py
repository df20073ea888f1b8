"""Covers: curtains, blinds, shutters and garage doors."""

from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.cover import (
    ATTR_POSITION,
    CoverDeviceClass,
    CoverEntity,
    CoverEntityDescription,
    CoverEntityFeature,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .coolkit import (
    Capability,
    CoverAction,
    CoverCapability,
    CoverCommand,
    CoverForm,
    CoverState,
    Device,
    DeviceChanged,
    Kind,
    Movement,
    Sender,
)
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkFollowedEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

# A movement of which nothing was heard for so many seconds is over: its end was lost, or is not told.
LONGEST_MOVEMENT: Final = 180

COVERS: dict[Kind, CoverEntityDescription] = {
    Kind.COVER: CoverEntityDescription(key=Kind.COVER, name=None),
}

_CLASSES = {
    CoverForm.BLIND: CoverDeviceClass.SHADE,
    CoverForm.CURTAIN: CoverDeviceClass.CURTAIN,
    CoverForm.GARAGE: CoverDeviceClass.GARAGE,
    CoverForm.SHUTTER: CoverDeviceClass.SHUTTER,
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's covers."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkCover | None:
    description = COVERS.get(capability.kind)
    if description is None or not isinstance(capability, CoverCapability):
        return None
    return EwelinkCover(coordinator, device, capability, description)


class EwelinkCover(EwelinkFollowedEntity[CoverState, CoverCommand], CoverEntity):
    """A cover, followed from frame to frame."""

    capability: CoverCapability
    _cancel: CALLBACK_TYPE | None = None

    @override
    def _take(self, capability: Capability[CoverState, CoverCommand]) -> None:
        super()._take(capability)
        if isinstance(capability, CoverCapability):
            self._attr_device_class = None if capability.form is None else _CLASSES[capability.form]

    @override
    def _name_channel(self) -> None:
        outlet = self.capability.outlet
        if outlet is not None:
            self._attr_name = self.coordinator.channel_name(self._device, outlet)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._stop_waiting)
        await super().async_added_to_hass()

    @override
    def _follow(self, before: CoverState, event: DeviceChanged, sender: Sender) -> CoverState:
        return self.capability.follow(before, event.device.params, event.keys, sender)

    @override
    def _followed(self, value: CoverState | None) -> None:
        """Wait for the end of a movement, for a while."""
        self._stop_waiting()
        if value is not None and value.movement is not None:
            self._cancel = async_call_later(self.hass, LONGEST_MOVEMENT, self._give_up)

    @callback
    def _stop_waiting(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _give_up(self, _: datetime) -> None:
        """Show what the params say by themselves: nobody has told how the movement ended."""
        self._cancel = self._seen = None
        value = self._present_value()
        self._value = None if value is None else value.at_rest
        self._show(self._value)
        self.async_write_ha_state()

    @override
    def _show(self, value: CoverState | None) -> None:
        state = value or CoverState(calibrated=False)
        self._attr_current_cover_position = state.position
        self._attr_is_closed = state.closed if state.position is None else state.position == 0
        self._attr_is_opening = state.movement is Movement.OPENING
        self._attr_is_closing = state.movement is Movement.CLOSING
        features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
        if self.capability.can_stop:
            features |= CoverEntityFeature.STOP
        if self.capability.can_position and state.calibrated:
            features |= CoverEntityFeature.SET_POSITION
        self._attr_supported_features = features

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        """Open the cover."""
        await self.async_write(CoverCommand(action=CoverAction.OPEN))

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        """Close the cover."""
        await self.async_write(CoverCommand(action=CoverAction.CLOSE))

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        """Stop the cover where it is."""
        await self.async_write(CoverCommand(action=CoverAction.STOP))

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        """Move the cover to a position."""
        await self.async_write(CoverCommand(position=kwargs[ATTR_POSITION]))
