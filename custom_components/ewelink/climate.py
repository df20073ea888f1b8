"""Climate: thermostats, radiator valves and air conditioners."""

from dataclasses import replace
from typing import Any, Final, override

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    SWING_OFF,
    SWING_ON,
    ClimateEntity,
    ClimateEntityDescription,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, PRECISION_TENTHS, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import (
    Capability,
    ClimateAction,
    ClimateCapability,
    ClimateCommand,
    ClimateMode,
    ClimateState,
    Device,
    DeviceChanged,
    Kind,
    Sender,
)
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkFollowedEntity
from .errors import check_number
from .probing import Probing

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

CLIMATES: dict[Kind, ClimateEntityDescription] = {
    Kind.CLIMATE: ClimateEntityDescription(key=Kind.CLIMATE, translation_key="climate", name=None),
}

_MODES = {
    ClimateMode.OFF: HVACMode.OFF,
    ClimateMode.HEAT: HVACMode.HEAT,
    ClimateMode.COOL: HVACMode.COOL,
    ClimateMode.AUTO: HVACMode.AUTO,
}
_ACTIONS = {
    ClimateAction.OFF: HVACAction.OFF,
    ClimateAction.HEATING: HVACAction.HEATING,
    ClimateAction.COOLING: HVACAction.COOLING,
    ClimateAction.IDLE: HVACAction.IDLE,
}

# Since 2026.11 temperatures in the unit of the device are called so.
_NATIVE: Final = "native_" if hasattr(ClimateEntity, "native_current_temperature") else ""


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's thermostats."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkClimate | None:
    description = CLIMATES.get(capability.kind)
    if description is None or not isinstance(capability, ClimateCapability):
        return None
    return EwelinkClimate(coordinator, device, capability, description)


class EwelinkClimate(Probing, EwelinkFollowedEntity[ClimateState, ClimateCommand], ClimateEntity):
    """A thermostat."""

    capability: ClimateCapability
    _attr_precision = PRECISION_TENTHS
    _attr_swing_modes = [SWING_ON, SWING_OFF]  # noqa: RUF012 - as Home Assistant types it
    _attr_swing_horizontal_modes = [SWING_ON, SWING_OFF]  # noqa: RUF012

    @override
    def _take(self, capability: Capability[ClimateState, ClimateCommand]) -> None:
        """Offer the modes and the range that the thermostat has."""
        super()._take(capability)
        self._set_native("temperature_unit", UnitOfTemperature.CELSIUS)
        if isinstance(capability, ClimateCapability):
            self._attr_min_temp, self._attr_max_temp = capability.minimum, capability.maximum
            self._attr_target_temperature_step = capability.step
            self._attr_preset_modes = list(capability.presets) or None
            self._failed = capability.failed

    def _set_native(self, name: str, value: float | str | None) -> None:
        """Set an attribute under the name that this Home Assistant has for it."""
        setattr(self, f"_attr_{_NATIVE}{name}", value)

    @override
    def _follow(self, before: ClimateState, event: DeviceChanged, sender: Sender) -> ClimateState:
        return self._measured(self.capability.follow(before, event.device.params, event.keys, sender))

    @override
    def _present_value(self) -> ClimateState | None:
        value = super()._present_value()
        return None if value is None else self._measured(value)

    def _measured(self, state: ClimateState) -> ClimateState:
        """Return the state with what the probe has measured, also while it fails for a moment."""
        if (params := self._bridged(self._device.params)) is self._device.params:
            return state
        known = self.capability.read(params) or ClimateState()
        return replace(state, current=known.current, humidity=known.humidity)

    @override
    def _show_anew(self) -> None:
        self._seen = None
        self.follow(self._device)
        self.async_write_ha_state()

    @override
    def _show(self, value: ClimateState | None) -> None:
        state = value or ClimateState()
        offered = [_MODES[mode] for mode in state.modes or self.capability.modes]
        self._attr_hvac_mode = None if state.mode is None else _MODES[state.mode]
        if self._attr_hvac_mode is not None and self._attr_hvac_mode not in offered:
            # What it was set to elsewhere, and cannot be set to from here.
            offered.append(self._attr_hvac_mode)
        self._attr_hvac_modes = offered
        self._attr_hvac_action = None if state.action is None else _ACTIONS[state.action]
        self._set_native("current_temperature", state.current)
        self._attr_current_humidity = state.humidity
        self._set_native("target_temperature", state.target)
        self._set_native("target_temperature_low", state.low)
        self._set_native("target_temperature_high", state.high)
        self._attr_preset_mode = state.preset
        self._attr_swing_mode = _swing(state.swing)
        self._attr_swing_horizontal_mode = _swing(state.swing_horizontal)
        features = (
            ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
            if self.capability.is_range
            else ClimateEntityFeature.TARGET_TEMPERATURE
        )
        features |= ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
        if state.has_presets:
            features |= ClimateEntityFeature.PRESET_MODE
        if state.swing is not None:
            features |= ClimateEntityFeature.SWING_MODE
        if state.swing_horizontal is not None:
            features |= ClimateEntityFeature.SWING_HORIZONTAL_MODE
        self._attr_supported_features = features

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Set what the thermostat does."""
        await self.async_write(ClimateCommand(mode=_mode(hvac_mode)))

    @override
    async def async_turn_on(self) -> None:
        """Go back to what the thermostat did before it was turned off."""
        state = self._value or ClimateState()
        await self.async_write(ClimateCommand(mode=state.resume))

    @override
    async def async_turn_off(self) -> None:
        """Turn the thermostat off."""
        await self.async_write(ClimateCommand(mode=ClimateMode.OFF))

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set what the thermostat aims at, and what it does if that is asked for."""
        hvac_mode: HVACMode | None = kwargs.get(ATTR_HVAC_MODE)
        for name in (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH):
            check_number(kwargs.get(name))
        await self.async_write(
            ClimateCommand(
                mode=None if hvac_mode is None else _mode(hvac_mode),
                target=kwargs.get(ATTR_TEMPERATURE),
                low=kwargs.get(ATTR_TARGET_TEMP_LOW),
                high=kwargs.get(ATTR_TARGET_TEMP_HIGH),
            )
        )

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Set the preset."""
        await self.async_write(ClimateCommand(preset=preset_mode))

    @override
    async def async_set_swing_mode(self, swing_mode: str) -> None:
        """Swing up and down, or stop that."""
        await self.async_write(ClimateCommand(swing=swing_mode == SWING_ON))

    @override
    async def async_set_swing_horizontal_mode(self, swing_horizontal_mode: str) -> None:
        """Swing from side to side, or stop that."""
        await self.async_write(ClimateCommand(swing_horizontal=swing_horizontal_mode == SWING_ON))


def _swing(value: bool | None) -> str | None:  # noqa: FBT001 - what it makes words of
    return None if value is None else SWING_ON if value else SWING_OFF


def _mode(hvac_mode: HVACMode) -> ClimateMode:
    return next(mode for mode, shown in _MODES.items() if shown is hvac_mode)
