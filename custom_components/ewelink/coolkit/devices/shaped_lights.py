"""Families of lights that have no row: they are met under uiids that nobody knows yet."""

from collections.abc import Iterable
import colorsys
from typing import Any, override

from .lights import ColorTempRange, Dimmer, Lamp, Levels
from .params import Params, choice, flag, integer, number
from .states import LightCommand, LightMode, LightState

type _Rgb = tuple[int, int, int]

_PERCENT = Levels(1, 100)
# In seconds; no source says what a device takes at most.
_LONGEST_FADE = 3600
_SWITCH_ON: Params = {"switch": "on"}


class OnOff(Lamp):
    """A light of which nothing is known but what turns it on, told in the type in which it tells."""

    on_first = False
    modes = frozenset({LightMode.ONOFF})

    def __init__(self, power: str) -> None:
        """Describe the light."""
        self.power = power
        self.params = frozenset({power})

    @override
    def read(self, params: Params) -> LightState:
        return LightState(on=flag(params, self.power), mode=LightMode.ONOFF)

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        return ()

    @override
    def write(self, params: Params, command: LightCommand) -> tuple[Params, ...]:
        if isinstance(params.get(self.power), bool):
            return ({self.power: command.on},)
        return super().write(params, command)


class WhiteDimmer(Dimmer):
    """A dimmer of two whites that may tell its brightness under another name in the list than in a push."""

    _IN_LIST = "cctBrightness"

    def __init__(self, whites: ColorTempRange) -> None:
        """Describe the dimmer."""
        super().__init__("brightness", _PERCENT, on_first=False, always=_SWITCH_ON, whites=whites)
        self.params |= {self._IN_LIST}

    @override
    def read(self, params: Params) -> LightState:
        if "brightness" not in params and self._IN_LIST in params:
            params = {**params, "brightness": params[self._IN_LIST]}
        return super().read(params)


class FadingDimmer(Dimmer):
    """A dimmer that fades by itself, as long as it is told to."""

    fades = True

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        for change in super().changes(params, command):
            if command.transition is None:
                yield change
            else:
                milliseconds = round(min(max(command.transition, 0), _LONGEST_FADE) * 1000)
                yield {**change, "transitionTime": milliseconds}


class ModeStrip(Lamp):
    """A strip whose `mode` says if it shows a colour (1) or a white (2); tones count from cold to warm."""

    params = frozenset({"switch", "mode", "bright", "colorR", "colorG", "colorB", "colorTemp"})
    modes = frozenset({LightMode.COLOR_TEMP, LightMode.RGB})

    _COLOR, _WHITE = 1, 2
    _WHITES = ColorTempRange(2700, 6500, 100)
    kelvin = (2700, 6500)

    @override
    def read(self, params: Params) -> LightState:
        on = flag(params, "switch")
        brightness = _PERCENT.fraction(integer(params, "bright"))
        if integer(params, "mode") == self._WHITE:
            tone = integer(params, "colorTemp")
            kelvin = None if tone is None else self._WHITES.kelvin(self._WHITES.steps - tone)
            return LightState(on=on, mode=LightMode.COLOR_TEMP, brightness=brightness, kelvin=kelvin)
        return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=self._rgb(params))

    @staticmethod
    def _rgb(params: Params) -> _Rgb | None:
        red, green, blue = (integer(params, name) for name in ("colorR", "colorG", "colorB"))
        if red is None or green is None or blue is None:
            return None
        return min(max(red, 0), 255), min(max(green, 0), 255), min(max(blue, 0), 255)

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        now = self.read(params)
        fraction = now.brightness if command.brightness is None else command.brightness
        change: dict[str, Any] = {} if fraction is None else {"bright": _PERCENT.level(fraction)}
        if command.kelvin is not None or (command.rgb is None and now.mode is LightMode.COLOR_TEMP):
            kelvin = command.kelvin or now.kelvin
            if kelvin is not None:
                change["colorTemp"] = self._WHITES.steps - self._WHITES.step(kelvin)
            mode = self._WHITE
        else:
            if (rgb := command.rgb or now.rgb) is not None:
                change |= dict(zip(("colorR", "colorG", "colorB"), rgb, strict=True))
            mode = self._COLOR
        if command.brightness is not None or command.kelvin is not None or command.rgb is not None:
            yield {"mode": mode, **change}


class Hue(Lamp):
    """A lamp of two whites and colours told as hue and saturation, each mode with a brightness of its own."""

    on_first = False
    params = frozenset(
        {"switch", "colorMode", "cctBrightness", "rgbBrightness", "colorTemp", "hue", "saturation"}
    )
    modes = frozenset({LightMode.COLOR_TEMP, LightMode.RGB})

    _MODES = ("cct", "rgb")

    def __init__(self, min_kelvin: int = 2700) -> None:
        """Take the warmest of its whites, in kelvin."""
        self._whites = ColorTempRange(min_kelvin, 6500, 100)
        self.kelvin = (min_kelvin, 6500)

    def _is_color(self, params: Params) -> bool:
        return choice(params, "colorMode", self._MODES) == "rgb"

    @override
    def read(self, params: Params) -> LightState:
        on = flag(params, "switch")
        if self._is_color(params):
            brightness = _PERCENT.fraction(integer(params, "rgbBrightness"))
            return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=self._rgb(params))
        tone = integer(params, "colorTemp")
        # What lies beyond the range is sent while the lamp shows no white.
        kelvin = None if tone is None or tone > self._whites.steps else self._whites.kelvin(tone)
        return LightState(
            on=on,
            mode=LightMode.COLOR_TEMP,
            brightness=_PERCENT.fraction(integer(params, "cctBrightness")),
            kelvin=kelvin,
        )

    @staticmethod
    def _rgb(params: Params) -> _Rgb | None:
        hue, saturation = number(params, "hue"), number(params, "saturation")
        if hue is None or saturation is None:
            return None
        levels = colorsys.hsv_to_rgb((hue % 360) / 360, min(max(saturation, 0), 100) / 100, 1)
        red, green, blue = (round(level * 255) for level in levels)
        return red, green, blue

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        level = None if command.brightness is None else _PERCENT.level(command.brightness)
        change: dict[str, Any] = {}
        if command.rgb is not None:
            hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in command.rgb))
            change = {
                "colorMode": "rgb",
                "hue": round(hue * 360) % 360,
                "saturation": round(saturation * 100),
            }
        elif command.kelvin is not None:
            change = {"colorMode": "cct", "colorTemp": self._whites.step(command.kelvin)}
        is_color = change.get("colorMode", "rgb" if self._is_color(params) else "cct") == "rgb"
        if level is not None:
            change["rgbBrightness" if is_color else "cctBrightness"] = level
        if change:
            yield {**_SWITCH_ON, **change}
