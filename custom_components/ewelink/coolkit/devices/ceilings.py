"""Ceiling lights of two whites, told as text."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import override

from .lights import ColorTempRange, Lamp, Levels
from .params import Params, flag, integer
from .states import LightCommand, LightMode, LightState


class Ceiling(Lamp):
    """A ceiling light: brightness and white tone as text, with a night light.

    Source: CoolKit's UIID protocol page, Dimmable Color Temperature Ceiling Light.
    """

    power = "state"
    params = frozenset({"state", "channel0", "channel1"})
    modes = frozenset({LightMode.COLOR_TEMP})
    # No source states the range.
    _WHITES = ColorTempRange(2700, 6500, 255)
    kelvin = (2700, 6500)
    effects = ("night_light",)

    _LEVELS = Levels(10, 255)
    _NIGHT: Mapping[str, str] = MappingProxyType({"channel0": "10", "channel1": "255"})

    @override
    def read(self, params: Params) -> LightState:
        tone = integer(params, "channel1")
        is_night = {name: str(integer(params, name)) for name in self._NIGHT} == self._NIGHT
        return LightState(
            on=flag(params, "state"),
            mode=LightMode.COLOR_TEMP,
            brightness=self._LEVELS.fraction(integer(params, "channel0")),
            # The higher, the warmer.
            kelvin=None if tone is None else self._WHITES.kelvin(self._WHITES.steps - tone),
            effect="night_light" if is_night else None,
        )

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        change: dict[str, str] = dict(self._NIGHT) if command.effect is not None else {}
        if command.brightness is not None:
            change["channel0"] = str(self._LEVELS.level(command.brightness))
        if command.kelvin is not None:
            change["channel1"] = str(self._WHITES.steps - self._WHITES.step(command.kelvin))
        if not change:
            return
        if command.effect is None and self.read({**params, **change}).effect is not None:
            # One step beside it: plain light is no night light.
            change["channel1"] = str(self._WHITES.steps - 1)
        yield change
