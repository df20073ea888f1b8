"""Lights: what a device shines, in the ways that it can."""

from typing import Any, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_RGB_COLOR,
    EFFECT_OFF,
    ColorMode,
    LightEntity,
    LightEntityDescription,
    LightEntityFeature,
    filter_supported_color_modes,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind, LightCapability, LightCommand, LightMode, LightState
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

LIGHTS: dict[Kind, LightEntityDescription] = {
    Kind.LIGHT: LightEntityDescription(key=Kind.LIGHT, translation_key="light", name=None),
}

_COLOR_MODES = {
    LightMode.ONOFF: ColorMode.ONOFF,
    LightMode.BRIGHTNESS: ColorMode.BRIGHTNESS,
    LightMode.COLOR_TEMP: ColorMode.COLOR_TEMP,
    LightMode.RGB: ColorMode.RGB,
}
_FULL_BRIGHTNESS = 255


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's lights."""
    entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkLight | None:
    description = LIGHTS.get(capability.kind)
    if description is None or not isinstance(capability, LightCapability):
        return None
    return EwelinkLight(coordinator, device, capability, description)


class EwelinkLight(EwelinkEntity[LightState, LightCommand], LightEntity):
    """A lamp, a strip or a dimmer."""

    capability: LightCapability

    def __init__(
        self,
        coordinator: EwelinkCoordinator,
        device: Device,
        capability: LightCapability,
        description: LightEntityDescription,
    ) -> None:
        """Offer the modes, the range of white and the effects that the light has."""
        self._attr_supported_color_modes = filter_supported_color_modes(
            _COLOR_MODES[mode] for mode in capability.modes
        )
        if capability.kelvin is not None:
            self._attr_min_color_temp_kelvin, self._attr_max_color_temp_kelvin = capability.kelvin
        if capability.effects:
            self._attr_effect_list = [EFFECT_OFF, *capability.effects]
            self._attr_supported_features = LightEntityFeature.EFFECT
        super().__init__(coordinator, device, capability, description)

    @override
    def _show(self, value: LightState | None) -> None:
        if value is None:
            self._attr_is_on = None
            return
        self._attr_is_on = value.on
        self._attr_color_mode = _COLOR_MODES[value.mode]
        self._attr_brightness = (
            None if value.brightness is None else max(1, round(value.brightness * _FULL_BRIGHTNESS))
        )
        self._attr_color_temp_kelvin = value.kelvin
        self._attr_rgb_color = value.rgb
        self._attr_effect = value.effect or EFFECT_OFF

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the light on, and change what is asked for."""
        brightness: int | None = kwargs.get(ATTR_BRIGHTNESS)
        fraction = None if brightness is None else brightness / _FULL_BRIGHTNESS
        kelvin: int | None = kwargs.get(ATTR_COLOR_TEMP_KELVIN)
        rgb: tuple[int, int, int] | None = kwargs.get(ATTR_RGB_COLOR)
        effect: str | None = kwargs.get(ATTR_EFFECT)
        if effect == EFFECT_OFF and kelvin is None and rgb is None:
            command = self._without_effect(fraction)
        elif kelvin is not None or rgb is not None:
            # A colour ends the effect that the light shows.
            command = LightCommand(on=True, brightness=fraction, kelvin=kelvin, rgb=rgb)
        else:
            command = LightCommand(on=True, brightness=fraction, effect=effect)
        await self.async_write(command)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the light off."""
        await self.async_write(LightCommand(on=False))

    def _without_effect(self, brightness: float | None) -> LightCommand:
        """Return the command that leaves an effect for the plain light that is nearest to it."""
        state = self._value
        if state is None or state.effect is None:
            return LightCommand(on=True, brightness=brightness)
        brightness = brightness or state.brightness or 1.0
        if state.rgb is not None and LightMode.RGB in self.capability.modes:
            return LightCommand(on=True, brightness=brightness, rgb=state.rgb)
        if self.capability.kelvin is not None:
            minimum, maximum = self.capability.kelvin
            kelvin = state.kelvin or (minimum + maximum) // 2
            return LightCommand(on=True, brightness=brightness, kelvin=kelvin)
        return LightCommand(on=True, brightness=brightness)
