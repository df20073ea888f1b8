"""Lights: what a device shines, in the ways that it can; and all the lights of a group at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_RGB_COLOR,
    ATTR_TRANSITION,
    EFFECT_OFF,
    ColorMode,
    LightEntity,
    LightEntityDescription,
    LightEntityFeature,
    filter_supported_color_modes,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import color as color_util

from .const import DOMAIN
from .coolkit import Capability, Device, Kind, LightCapability, LightCommand, LightMode, LightState
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .errors import check_number
from .groups import AnyGroup, EwelinkGroup, async_add_groups
from .texts import quoted

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

LIGHTS: dict[Kind, LightEntityDescription] = {
    Kind.LIGHT: LightEntityDescription(key=Kind.LIGHT, translation_key="light", name=None),
    Kind.AMBIENT_LIGHTING: LightEntityDescription(
        key=Kind.AMBIENT_LIGHTING, translation_key="ambient_lighting"
    ),
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
    """Add the account's lights, and those of its groups."""
    coordinator = entry.runtime_data
    await coordinator.async_add_platform(_create, async_add_entities)
    async_add_groups(coordinator, Platform.LIGHT, _create, EwelinkLightGroup, async_add_entities)


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

    @override
    def _take(self, capability: Capability[LightState, LightCommand]) -> None:
        """Offer the modes, the range of white and the effects that the light has."""
        super()._take(capability)
        if not isinstance(capability, LightCapability):
            return
        self._attr_supported_color_modes = filter_supported_color_modes(
            _COLOR_MODES[mode] for mode in capability.modes
        )
        if capability.kelvin is not None:
            self._attr_min_color_temp_kelvin, self._attr_max_color_temp_kelvin = capability.kelvin
        self._attr_effect_list = [EFFECT_OFF, *capability.effects] if capability.effects else None
        features = LightEntityFeature.EFFECT if capability.effects else LightEntityFeature(0)
        self._attr_supported_features = features | (
            LightEntityFeature.TRANSITION if capability.fades else LightEntityFeature(0)
        )

    @override
    def _show(self, value: LightState | None) -> None:
        if value is None:
            self._attr_is_on = None
            return
        if value.modes is not None:
            self._attr_supported_color_modes = filter_supported_color_modes(
                _COLOR_MODES[mode] for mode in value.modes
            )
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
        await self.async_write(self.command_for(kwargs))

    def command_for(self, kwargs: Mapping[str, Any]) -> LightCommand:
        """Return the command for what Home Assistant asks of a light that is to be on."""
        brightness: int | None = kwargs.get(ATTR_BRIGHTNESS)
        fraction = None if brightness is None else brightness / _FULL_BRIGHTNESS
        kelvin: int | None = kwargs.get(ATTR_COLOR_TEMP_KELVIN)
        if kelvin is not None:
            kelvin = max(self.min_color_temp_kelvin, min(kelvin, self.max_color_temp_kelvin))
        rgb: tuple[int, int, int] | None = kwargs.get(ATTR_RGB_COLOR)
        effect: str | None = kwargs.get(ATTR_EFFECT)
        if effect is not None and not effect.strip():
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="effect_required")
        if effect is not None and effect not in (effects := self.effect_list or ()):
            # Home Assistant itself lets any text pass.
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="effect_unknown",
                translation_placeholders={
                    "device": self._device.name,
                    "effect": quoted(effect),
                    "effects": ", ".join(effects),
                },
            )
        if effect == EFFECT_OFF and kelvin is None and rgb is None:
            command = self._without_effect(fraction)
        elif kelvin is not None or rgb is not None:
            # A colour ends the effect that the light shows.
            command = LightCommand(on=True, brightness=fraction, kelvin=kelvin, rgb=rgb)
        else:
            command = LightCommand(on=True, brightness=fraction, effect=effect)
        if (transition := kwargs.get(ATTR_TRANSITION)) is not None:
            check_number(transition)
            command = replace(command, transition=transition)
        return command

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


class EwelinkLightGroup(EwelinkGroup[EwelinkLight], LightEntity):
    """All lights of a group: it can what any of them can, and each does what it is able to."""

    # The effects have the same names.
    _attr_translation_key = "light"

    @override
    def _take(self, group: AnyGroup, members: Sequence[EwelinkLight]) -> None:
        self._attr_supported_color_modes = filter_supported_color_modes(
            mode for light in members for mode in light.supported_color_modes or ()
        )
        whites = [light for light in members if ColorMode.COLOR_TEMP in (light.supported_color_modes or ())]
        if whites:
            self._attr_min_color_temp_kelvin = min(light.min_color_temp_kelvin for light in whites)
            self._attr_max_color_temp_kelvin = max(light.max_color_temp_kelvin for light in whites)
        effects = dict.fromkeys(effect for light in members for effect in light.effect_list or ())
        self._attr_effect_list = [*effects] or None
        self._attr_supported_features = LightEntityFeature.EFFECT if effects else LightEntityFeature(0)
        super()._take(group, members)

    @override
    def _show(self, members: Sequence[EwelinkLight]) -> None:
        lit = [light for light in members if light.is_on]
        known = [light for light in members if light.is_on is not None]
        self._attr_is_on = bool(lit) if known else None
        self._attr_color_mode = self._common_mode(lit)
        self._attr_brightness = _mean(light.brightness for light in lit)
        self._attr_color_temp_kelvin = _mean(
            light.color_temp_kelvin for light in lit if light.color_mode is ColorMode.COLOR_TEMP
        )
        colors = [light.rgb_color for light in lit if light.rgb_color and light.color_mode is ColorMode.RGB]
        # One level each of red, green and blue.
        rgb = tuple(map(_mean, zip(*colors, strict=True)))
        self._attr_rgb_color = cast("tuple[int, int, int] | None", rgb or None)
        effects = {light.effect for light in lit if light.effect_list}
        self._attr_effect = effects.pop() if len(effects) == 1 else EFFECT_OFF

    def _common_mode(self, lit: Sequence[EwelinkLight]) -> ColorMode:
        """Return the mode in which most lights shine, of those that the group has."""
        offered = self._attr_supported_color_modes or set()
        modes = Counter(light.color_mode for light in lit if light.color_mode in offered)
        for mode, _ in modes.most_common(1):
            if mode is not None:
                return mode
        # Only lights that can less are on; this one shows their brightness, too.
        return next(mode for mode in _COLOR_MODES.values() if mode in offered)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the lights on, and change of each what it can."""
        await self._async_write(lambda light: light.command_for(self._adapted(light, kwargs)))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the lights off."""
        await self._async_write(lambda _light: LightCommand(on=False))

    def _adapted(self, light: EwelinkLight, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what one light can of what the group is told, in the colours that the light has."""
        modes = light.supported_color_modes or set()
        asked = dict(params)
        if asked.get(ATTR_EFFECT) not in (light.effect_list or ()):
            asked.pop(ATTR_EFFECT, None)
        if modes <= {ColorMode.ONOFF}:
            asked.pop(ATTR_BRIGHTNESS, None)
        kelvin = None if ColorMode.COLOR_TEMP in modes else asked.pop(ATTR_COLOR_TEMP_KELVIN, None)
        if kelvin is not None:
            kelvin = max(self.min_color_temp_kelvin, min(kelvin, self.max_color_temp_kelvin))
        rgb = None if ColorMode.RGB in modes else asked.pop(ATTR_RGB_COLOR, None)
        if kelvin is not None and ColorMode.RGB in modes:
            white = color_util.color_temperature_to_hs(kelvin)
            asked[ATTR_RGB_COLOR] = color_util.color_hs_to_RGB(*white)
        if rgb is not None and ColorMode.COLOR_TEMP in modes:
            nearest = color_util.color_RGB_to_xy(*rgb)
            asked[ATTR_COLOR_TEMP_KELVIN] = color_util.color_xy_to_temperature(*nearest)
        return asked


def _mean(values: Iterable[int | None]) -> int | None:
    """Return the mean of the values that are known."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None
