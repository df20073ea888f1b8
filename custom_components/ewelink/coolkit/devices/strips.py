"""Strips of coloured diodes, and the colours that stand for their white."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from .lights import Lamp, Levels, color_of
from .params import Params, flag, integer
from .states import LightCommand, LightMode, LightState, Rgb

# Light of a strip without white diodes, from 9000 K to 2000 K, two colours for each 100 K.
_WHITES = bytes.fromhex("""
d6e1ff d9e1ff d7e2ff dae2ff d8e3ff dbe2ff d9e3ff dce3ff dae4ff dde4ff dce5ff dfe5ff dde6ff e0e6ff dee6ff
e1e7ff e0e7ff e3e8ff e1e8ff e4e9ff e3e9ff e5e9ff e4eaff e7eaff e6ebff e9ecff e7ecff eaedff e9edff eceeff
ebeeff eeefff edefff eff0ff eff0ff f1f1ff f0f1ff f3f3ff f3f2ff f5f4ff f5f3ff f7f5ff f7f5ff faf7ff f9f6ff
fcf8ff fcf7ff fefaff fef9ff fff9fd fff9fd fff9fb fff8fb fff8f8 fff6f8 fff7f5 fff5f5 fff6f3 fff4f2 fff5f0
fff3ef fff4ed fff2ec fff3ea fff0e9 fff1e7 ffefe6 fff0e4 ffeee3 ffefe1 ffece0 ffeede ffebdc ffedda ffe9d9
ffebd7 ffe8d5 ffead3 ffe6d2 ffe8d0 ffe4ce ffe7cc ffe3ca ffe5c8 ffe1c6 ffe4c4 ffdfc2 ffe2c0 ffddbe ffe1bc
ffdbba ffdfb8 ffd9b6 ffddb4 ffd7b1 ffdbaf ffd5ad ffd9ab ffd3a8 ffd7a6 ffd1a3 ffd5a1 ffce9f ffd39c ffcc99
ffd097 ffc994 ffce92 ffc78f ffcb8d ffc489 ffc987 ffc184 ffc682 ffbe7e ffc37c ffbb78 ffc076 ffb872 ffbd6f
ffb46b ffb969 ffb165 ffb662 ffad5e ffb25b ffa957 ffae54 ffa54f ffaa4d ffa148 ffa645 ff9d3f ffa23c ff9836
ff9d33 ff932c ff9829 ff8e21 ff921d ff8912 ff8d0b
""")
WHITES: tuple[Rgb, ...] = tuple(zip(_WHITES[0::3], _WHITES[1::3], _WHITES[2::3], strict=True))
_COLDEST, _WARMEST, _WHITE_STEP = 9000, 2000, 100
# Both colours of a step stand for its kelvin; where two steps share a colour, the one that is written wins.
_KELVIN_OF_WHITE = {
    rgb: _COLDEST - _WHITE_STEP * (index // 2)
    for start in (1, 0)
    for index, rgb in enumerate(WHITES)
    if index % 2 == start
}


class ColorStrip(Lamp):
    """A strip of coloured diodes; its white is a colour, too."""

    params = frozenset(
        {"switch", "light_type", "bright", "colorR", "colorG", "colorB", "mode", "speed", "sensitive"}
    )
    modes = frozenset({LightMode.COLOR_TEMP, LightMode.RGB})
    kelvin = (_WARMEST, _COLDEST)

    _STATIC = 1
    _COLOR, _WHITE = 1, 2

    def __init__(self, levels: Levels, scenes: Mapping[str, int], *, with_speed: bool) -> None:
        """Describe the strip; `scenes` are values of `mode`, sent with the speed or with the on command."""
        self._levels = levels
        self._scenes = scenes
        self._with_speed = with_speed
        self._effect_of = {mode: name for name, mode in scenes.items()}
        self.effects = tuple(scenes)

    @override
    def read(self, params: Params) -> LightState:
        on = flag(params, "switch")
        brightness = self._levels.fraction(integer(params, "bright"))
        mode = integer(params, "mode")
        effect = None if mode is None else self._effect_of.get(mode)
        rgb = color_of(params)
        if effect is None and integer(params, "light_type") == self._WHITE:
            kelvin = None if rgb is None else kelvin_of_white(rgb)
            return LightState(on=on, mode=LightMode.COLOR_TEMP, brightness=brightness, kelvin=kelvin)
        return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=rgb, effect=effect)

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        change: dict[str, Any] = {}
        if command.rgb is not None:
            change = self._color(command.rgb, self._COLOR)
        elif command.kelvin is not None:
            change = self._color(white_of_kelvin(command.kelvin), self._WHITE)
        if command.brightness is not None:
            level = self._levels.level(command.brightness)
            # It is taken with the static mode alone: beside an effect it costs a message of its own.
            if command.effect is None or level != integer(params, "bright"):
                change["bright"] = level
        if change:
            yield {"mode": self._STATIC, **change}
        # Last: a message of another kind ends the effect.
        if command.effect is not None:
            mode = self._scenes[command.effect]
            if self._with_speed:
                speed = integer(params, "speed")
                yield {"mode": mode, "speed": 50 if speed is None else min(max(speed, 0), 100)}
            else:
                yield {"mode": mode, "switch": "on"}

    @staticmethod
    def _color(rgb: Rgb, light_type: int) -> dict[str, Any]:
        red, green, blue = rgb
        return {"colorR": red, "colorG": green, "colorB": blue, "light_type": light_type}


def white_of_kelvin(kelvin: float) -> Rgb:
    """Return the colour that a strip shows for a colour temperature in kelvin."""
    step = round((_COLDEST - kelvin) / _WHITE_STEP)
    return WHITES[2 * min(max(step, 0), len(WHITES) // 2 - 1)]


def kelvin_of_white(rgb: Rgb) -> int:
    """Return the kelvin that a colour of a strip stands for; one that is no white counts as the nearest."""
    if (kelvin := _KELVIN_OF_WHITE.get(rgb)) is not None:
        return kelvin
    nearest = min(WHITES, key=lambda white: sum((a - b) ** 2 for a, b in zip(white, rgb, strict=True)))
    return _KELVIN_OF_WHITE[nearest]
