"""Bulbs of the families whose scenes are known."""

from collections.abc import Mapping

from .capability import LightCapability
from .lights import ColorTempRange, ModeLight
from .params import Params


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
