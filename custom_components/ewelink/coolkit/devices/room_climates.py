"""Thermostats of rooms: on walls, in panels, and of air conditioners."""

from typing import override

from .builders import ON_OFF, ZERO_ONE
from .climates import Thermostat, _temperature
from .params import Params, flag, integer, object_of
from .states import ClimateCommand, ClimateMode, ClimateState

_OFF, _HEAT, _COOL, _AUTO = ClimateMode.OFF, ClimateMode.HEAT, ClimateMode.COOL, ClimateMode.AUTO


class FloorThermostat(Thermostat):
    """A thermostat on a wall; what it does not tell, it is not sent."""

    params = frozenset({"switch", "targetTemp", "temperature", "workMode", "workState"})
    modes = (_OFF, _HEAT, _AUTO)
    presets = ("manual", "programmed", "economical")
    minimum, maximum = 5.0, 45.0

    _AUTOMATIC = 2

    @override
    def is_present(self, params: Params) -> bool:
        return "targetTemp" in params or "temperature" in params

    @override
    def read(self, params: Params) -> ClimateState:
        on = flag(params, "switch") if "switch" in params else None
        working = integer(params, "workState") if "workState" in params else None
        mode = None if on is None else (_OFF if not on else _AUTO if working == self._AUTOMATIC else _HEAT)
        preset = integer(params, "workMode") if "workMode" in params else None
        in_range = preset is not None and 1 <= preset <= len(self.presets)
        return ClimateState(
            mode=mode,
            current=_temperature(params, "temperature"),
            target=_temperature(params, "targetTemp"),
            preset=self.presets[preset - 1] if preset is not None and in_range else None,
            has_presets="workMode" in params,
            modes=self.modes if "workState" in params else (_OFF, _HEAT),
            resume=_AUTO if working == self._AUTOMATIC else _HEAT,
        )

    @override
    def write(self, params: Params, command: ClimateCommand) -> tuple[Params, ...]:
        messages: list[Params] = []
        if command.mode is _OFF:
            messages.append({"switch": "off"})
        elif command.mode is not None:
            work = {"workState": 2 if command.mode is _AUTO else 1} if "workState" in params else {}
            messages.append({"switch": "on", **work})
        if command.preset is not None:
            messages.append({"workMode": self.presets.index(command.preset) + 1})
        if command.target is not None:
            messages.append({"targetTemp": self.target(command.target)})
        return tuple(messages)


class PanelThermostat(Thermostat):
    """The thermostat of a panel: there once the panel was told what to drive, to heat or to cool."""

    params = frozenset(
        {"HMI_ATCDevice", "ATCEnable", "ATCMode", "ATCExpect0", "temperature", "tempCorrection"}
    )
    modes = (_OFF, _HEAT, _AUTO)
    minimum, maximum = 16.0, 31.0

    @override
    def is_present(self, params: Params) -> bool:
        return bool(object_of(params, "HMI_ATCDevice").get("id"))

    @override
    def read(self, params: Params) -> ClimateState:
        aim = _COOL if object_of(params, "HMI_ATCDevice").get("etype") == "cold" else _HEAT
        enabled = flag(params, "ATCEnable") if "ATCEnable" in params else None
        planned = flag(params, "ATCMode") if "ATCMode" in params else None
        current = _temperature(params, "temperature")
        correction = _temperature(params, "tempCorrection") or 0
        return ClimateState(
            mode=None if enabled is None else (_OFF if not enabled else _AUTO if planned else aim),
            current=None if current is None else round(current + correction, 2),
            target=_temperature(params, "ATCExpect0"),
            modes=(_OFF, aim, _AUTO),
            resume=_AUTO if planned else aim,
        )

    @override
    def write(self, params: Params, command: ClimateCommand) -> tuple[Params, ...]:
        messages: list[Params] = []
        if command.mode is _OFF:
            messages.append({"ATCEnable": 0})
        elif command.mode is not None:
            messages.append({"ATCEnable": 1, "ATCMode": ZERO_ONE[command.mode is _AUTO]})
        if command.target is not None:
            messages.append({"ATCMode": 0, "ATCExpect0": self.target(command.target)})
        return tuple(messages)


class AirConditioner(Thermostat):
    """An air conditioner; the words of its modes are not documented, and stay as they are."""

    params = frozenset(
        {
            "power",
            "temperature",
            "small_temperature",
            "indoor_temperature",
            "wind_swing_ud",
            "wind_swing_lr",
        }
    )
    modes = (_OFF, _AUTO)
    minimum, maximum = 16.0, 32.0

    @override
    def is_present(self, params: Params) -> bool:
        return "power" in params

    @override
    def read(self, params: Params) -> ClimateState:
        on = flag(params, "power") if "power" in params else None
        target = _temperature(params, "temperature")
        return ClimateState(
            mode=None if on is None else (_AUTO if on else _OFF),
            current=_temperature(params, "indoor_temperature"),
            target=None if target is None else target + (_temperature(params, "small_temperature") or 0),
            swing=_on(params, "wind_swing_ud"),
            swing_horizontal=_on(params, "wind_swing_lr"),
            resume=_AUTO,
        )

    @override
    def write(self, params: Params, command: ClimateCommand) -> tuple[Params, ...]:
        messages: list[Params] = []
        if command.mode is not None:
            messages.append({"power": ON_OFF[command.mode is not _OFF]})
        if command.target is not None:
            target = self.target(command.target)
            rest = target - int(target)
            messages.append({"temperature": int(target), "small_temperature": rest or 0})
        if command.swing is not None:
            messages.append({"wind_swing_ud": ON_OFF[command.swing]})
        if command.swing_horizontal is not None:
            messages.append({"wind_swing_lr": ON_OFF[command.swing_horizontal]})
        return tuple(messages)


def _on(params: Params, name: str) -> bool | None:
    return flag(params, name) if name in params else None
