"""Bulbs of the families whose scenes are known."""

from collections.abc import Iterable, Mapping
import re
from typing import Any, override

from .capability import LightCapability
from .lights import ColorTempRange, Lamp, Levels
from .params import Params, choice, flag, integer, object_of
from .states import LightCommand, LightMode, LightState, Rgb

_CAPITAL = re.compile(r"(?=[A-Z])")


class ModeLight(Lamp):
    """A lamp whose `ltype` names the object that holds its values: `white`, perhaps `color`, or a scene."""

    _LEVELS = Levels(1, 100)
    _DEFAULT_LEVEL = 50
    # Scenes that have it can be edited; the others are as they are.
    _MOTION = "tf"

    def __init__(self, whites: ColorTempRange, scenes: Mapping[str, Params], *, colors: bool) -> None:
        """Describe the lamp; `scenes` holds the values that a scene has where the device sends none."""
        self._whites = whites
        self._scenes = scenes
        self._ltype_of = {_CAPITAL.sub("_", name).lower(): name for name in scenes}
        self._effect_of = {name: effect for effect, name in self._ltype_of.items()}
        self._ltypes = ("white", *(("color",) if colors else ()), *scenes)
        self._colors = colors
        self.params = frozenset({"switch", "ltype", *self._ltypes})
        self.modes = frozenset({LightMode.COLOR_TEMP, LightMode.RGB} if colors else {LightMode.COLOR_TEMP})
        self.kelvin = (whites.min_kelvin, whites.max_kelvin)
        self.effects = tuple(self._ltype_of)

    def _values(self, params: Params) -> tuple[str, Mapping[str, Any]]:
        """Return the active `ltype` and its values; what the device lacks of a scene comes from the table."""
        ltype = choice(params, "ltype", self._ltypes)
        if ltype is None:
            ltype = "color" if self._colors and "color" in params and "white" not in params else "white"
        return ltype, {**self._scenes.get(ltype, {}), **object_of(params, ltype)}

    @override
    def read(self, params: Params) -> LightState:
        ltype, values = self._values(params)
        on = flag(params, "switch")
        brightness = self._LEVELS.fraction(integer(values, "br"))
        effect = self._effect_of.get(ltype)
        rgb = self._rgb(values)
        if self._colors and ltype != "white" and (rgb is not None or "ct" not in values):
            return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=rgb, effect=effect)
        kelvin = self._whites.kelvin(integer(values, "ct"))
        return LightState(
            on=on, mode=LightMode.COLOR_TEMP, brightness=brightness, kelvin=kelvin, effect=effect
        )

    @staticmethod
    def _rgb(values: Params) -> Rgb | None:
        red, green, blue = (integer(values, name) for name in ("r", "g", "b"))
        if red is None or green is None or blue is None:
            return None
        return min(max(red, 0), 255), min(max(green, 0), 255), min(max(blue, 0), 255)

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.effect is not None:
            yield self._scene_message(params, self._ltype_of[command.effect], command.brightness)
            return
        if command.rgb is None and command.kelvin is None and command.brightness is None:
            return
        _, values = self._values(params)
        if command.brightness is not None:
            level = self._LEVELS.level(command.brightness)
        else:
            present = integer(values, "br")
            level = self._DEFAULT_LEVEL if present is None else self._LEVELS.clamp(present)
        rgb = command.rgb
        if rgb is None and command.kelvin is None and self.read(params).mode is LightMode.RGB:
            rgb = self._rgb(values)
        if rgb is not None and self._colors:
            red, green, blue = rgb
            yield self._message(params, "color", {"br": level, "r": red, "g": green, "b": blue})
            return
        if command.kelvin is not None:
            step = self._whites.step(command.kelvin)
        else:
            present = integer(values, "ct")
            step = self._whites.steps // 2 if present is None else min(max(present, 0), self._whites.steps)
        yield self._message(params, "white", {"br": level, "ct": step})

    @staticmethod
    def _message(params: Params, ltype: str, values: Params) -> Params:
        """Return a mode with these values; what else the device keeps in its object stays."""
        return {"ltype": ltype, ltype: {**object_of(params, ltype), **values}}

    def _scene_message(self, params: Params, ltype: str, brightness: float | None) -> Params:
        """Return a scene; with another brightness than its own it may become the plain light that it is."""
        fixed = self._scenes[ltype]
        # The user may have edited the scene in the app: what the device has of it is kept.
        values = {**fixed, **object_of(params, ltype)}
        if brightness is None:
            return {"ltype": ltype, ltype: values}
        values["br"] = self._LEVELS.level(brightness)
        if self._MOTION in fixed:
            return {"ltype": ltype, ltype: values}
        plain = "white" if "ct" in fixed else "color"
        return self._message(params, plain, {name: values[name] for name in fixed})


def white_lamp(steps: int, min_kelvin: int, max_kelvin: int) -> LightCapability:
    """Make a lamp of two whites; its scenes are at the ends of its range."""
    scenes: Mapping[str, Params] = {
        "bright": {"br": 100, "ct": steps},
        "read": {"br": 50, "ct": 0},
        "computer": {"br": 20, "ct": steps},
        "nightLight": {"br": 5, "ct": 0},
    }
    return ModeLight(ColorTempRange(min_kelvin, max_kelvin, steps), scenes, colors=False).capability()


def color_lamp(steps: int, good_night: Params, night_light: Params) -> LightCapability:
    """Make a lamp of two whites and colours; uiids differ in the tint of two scenes."""
    scenes: Mapping[str, Params] = {
        "bright": {"r": 255, "g": 255, "b": 255, "br": 100},
        "goodNight": {**good_night, "br": 25},
        "read": {"r": 255, "g": 255, "b": 255, "br": 60},
        "nightLight": {**night_light, "br": 5},
        "party": {"r": 254, "g": 132, "b": 0, "br": 45, "tf": 1, "sp": 1},
        "leisure": {"r": 0, "g": 40, "b": 254, "br": 55, "tf": 1, "sp": 1},
        "soft": {"r": 38, "g": 254, "b": 0, "br": 20, "tf": 1, "sp": 1},
        "colorful": {"r": 255, "g": 0, "b": 0, "br": 100, "tf": 1, "sp": 1},
    }
    return ModeLight(ColorTempRange(2700, 6500, steps), scenes, colors=True).capability()
