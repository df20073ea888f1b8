"""Fans, and what blows mist in steps: nothing that these devices tell could be a target of humidity."""

from typing import Any, override

from homeassistant.components.fan import FanEntity, FanEntityDescription, FanEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.percentage import percentage_to_ranged_value, ranged_value_to_percentage

from .coolkit import Capability, Device, FanCapability, FanCommand, FanState, Kind
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

FANS: dict[Kind, FanEntityDescription] = {
    Kind.FAN: FanEntityDescription(key=Kind.FAN, translation_key="fan", name=None),
    Kind.MIST: FanEntityDescription(key=Kind.MIST, translation_key="mist", name=None),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's fans."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkFan | None:
    description = FANS.get(capability.kind)
    if description is None or not isinstance(capability, FanCapability):
        return None
    return EwelinkFan(coordinator, device, capability, description)


class EwelinkFan(EwelinkEntity[FanState, FanCommand], FanEntity):
    """A fan, a humidifier or a diffuser."""

    capability: FanCapability

    @override
    def _take(self, capability: Capability[FanState, FanCommand]) -> None:
        """Offer the speeds, the presets and the swinging that the fan has."""
        super()._take(capability)
        if not isinstance(capability, FanCapability):
            return
        self._speeds = (1, capability.speeds)
        self._attr_speed_count = capability.speeds
        self._attr_preset_modes = list(capability.presets) or None
        features = FanEntityFeature.SET_SPEED | FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF
        if capability.presets:
            features |= FanEntityFeature.PRESET_MODE
        if capability.oscillates:
            features |= FanEntityFeature.OSCILLATE
        self._attr_supported_features = features

    @override
    def _show(self, value: FanState | None) -> None:
        state = value or FanState(on=None)
        self._is_on = state.on
        speed = state.speed
        percentage = None if speed is None else ranged_value_to_percentage(self._speeds, speed)
        self._attr_percentage = 0 if state.on is False else percentage
        self._attr_preset_mode = state.preset
        self._attr_oscillating = state.oscillating

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the fan turns."""
        return self._is_on

    def _speed(self, percentage: int | None) -> int | None:
        if percentage is None:
            return None
        # The nearest: 67 % is the second of three.
        return max(round(percentage_to_ranged_value(self._speeds, percentage)), 1)

    @override
    async def async_turn_on(
        self, percentage: int | None = None, preset_mode: str | None = None, **kwargs: Any
    ) -> None:
        """Turn the fan on, and change what is asked for."""
        if percentage == 0:
            await self.async_turn_off()
            return
        await self.async_write(FanCommand(on=True, speed=self._speed(percentage), preset=preset_mode))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the fan off."""
        await self.async_write(FanCommand(on=False))

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        """Set the speed; 0 turns the fan off."""
        await self.async_turn_on(percentage)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Set the preset."""
        await self.async_write(FanCommand(on=True, preset=preset_mode))

    @override
    async def async_oscillate(self, oscillating: bool) -> None:
        """Let the fan swing, or stand."""
        await self.async_write(FanCommand(on=True, oscillating=oscillating))
