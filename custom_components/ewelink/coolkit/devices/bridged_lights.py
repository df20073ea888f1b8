"""Lights of other makers that a bridge shows in eWeLink, each in the words of its own world."""

from collections.abc import Iterable, Mapping
import colorsys
from typing import Any, override

from .lights import Lamp, Levels
from .params import Params, flag, integer, number, object_of
from .states import LightCommand, LightMode, LightState, Rgb

_PERCENT = Levels(1, 100)
_MIRED = 1_000_000


def _rgb_of(hue: float | None, saturation: float | None) -> Rgb | None:
    """Return the colour of a hue and a saturation, each as a share of its range."""
    if hue is None or saturation is None:
        return None
    levels = colorsys.hsv_to_rgb(hue % 1, min(max(saturation, 0), 1), 1)
    red, green, blue = (round(level * 255) for level in levels)
    return red, green, blue


def _hue_and_saturation(rgb: Rgb) -> tuple[float, float]:
    hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in rgb))
    return hue, saturation


def _modes(*, dims: bool, white: bool, color: bool) -> frozenset[LightMode]:
    """Return the modes of a light that tells a brightness, a white tone or a colour."""
    modes = {LightMode.COLOR_TEMP} if white else set()
    if color:
        modes.add(LightMode.RGB)
    return frozenset(modes or {LightMode.BRIGHTNESS if dims else LightMode.ONOFF})


class _ToldLamp(Lamp):
    """A light whose modes are those of which it tells something."""

    on_first = False
    modes = frozenset({LightMode.COLOR_TEMP, LightMode.RGB})
    kelvin: tuple[int, int] | None = (2200, 6500)


class MatterLamp(_ToldLamp):
    """A light in the attributes of Matter. Source: docs/params.md, Lights of other makers."""

    params = frozenset(
        {
            "switch",
            "currentLevel",
            "minLevel",
            "maxLevel",
            "colorTemperatureMireds",
            "colorTempPhysicalMinMireds",
            "colorTempPhysicalMaxMireds",
            "currentHue",
            "currentSaturation",
            "colorMode",
        }
    )

    _WHITE = 2
    _HUES, _SATURATIONS = 255, 254
    _LEVELS = (1, 254)
    _MIREDS = (153, 454)

    @staticmethod
    def _range(params: Params, names: tuple[str, str], default: tuple[int, int]) -> tuple[int, int]:
        """Return the limits that the light tells, if they are a range."""
        low, high = (integer(params, name) for name in names)
        low, high = low or default[0], high or default[1]
        return (low, high) if 0 < low < high else default

    def _level_range(self, params: Params) -> Levels:
        return Levels(*self._range(params, ("minLevel", "maxLevel"), self._LEVELS))

    def _mired_range(self, params: Params) -> tuple[int, int]:
        names = ("colorTempPhysicalMinMireds", "colorTempPhysicalMaxMireds")
        return self._range(params, names, self._MIREDS)

    @override
    def read(self, params: Params) -> LightState:
        white, color = "colorTemperatureMireds" in params, "currentHue" in params
        modes = _modes(dims="currentLevel" in params, white=white, color=color)
        is_white = white and (not color or integer(params, "colorMode") == self._WHITE)
        plain = LightMode.BRIGHTNESS if LightMode.BRIGHTNESS in modes else LightMode.ONOFF
        mode = LightMode.COLOR_TEMP if is_white else LightMode.RGB if color else plain
        mireds = integer(params, "colorTemperatureMireds") if is_white else None
        hue, saturation = number(params, "currentHue"), number(params, "currentSaturation")
        return LightState(
            on=flag(params, "switch"),
            mode=mode,
            brightness=self._level_range(params).fraction(integer(params, "currentLevel")),
            kelvin=round(_MIRED / mireds) if mireds and mireds > 0 else None,
            rgb=None
            if mode is not LightMode.RGB or hue is None or saturation is None
            else _rgb_of(hue / self._HUES, saturation / self._SATURATIONS),
            modes=modes,
        )

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        change: dict[str, Any] = {}
        if command.rgb is not None:
            hue, saturation = _hue_and_saturation(command.rgb)
            change = {
                "colorMode": 0,
                "currentHue": round(hue * self._HUES),
                "currentSaturation": round(saturation * self._SATURATIONS),
            }
        elif command.kelvin is not None:
            low, high = self._mired_range(params)
            change = {
                "colorMode": self._WHITE,
                "colorTemperatureMireds": min(max(round(_MIRED / command.kelvin), low), high),
                "colorTempPhysicalMinMireds": low,
                "colorTempPhysicalMaxMireds": high,
            }
        if command.brightness is not None:
            levels = self._level_range(params)
            change |= {
                "currentLevel": levels.level(command.brightness),
                "minLevel": levels.low,
                "maxLevel": levels.high,
            }
        if change:
            yield change if flag(params, "switch") is True else {"switch": "on", **change}


class GoogleLamp(_ToldLamp):
    """A light that takes commands as Google's assistant gives them, one in each message.

    Source: docs/params.md, Lights of other makers.
    """

    power = "on"
    params = frozenset({"on", "brightness", "color"})

    _COMMANDS = "action.devices.commands."

    def __init__(self, *, white: bool, color: bool) -> None:
        """Take whether the light has white tones, and whether it has colours."""
        self.modes = _modes(dims=True, white=white, color=color)
        self.kelvin = self.kelvin if white else None

    @override
    def read(self, params: Params) -> LightState:
        color = object_of(params, "color")
        spectrum = integer(color, "spectrumRGB")
        kelvin = integer(color, "temperature")
        is_color = LightMode.RGB in self.modes and (spectrum is not None or self.kelvin is None)
        if is_color and kelvin is not None and not spectrum:
            is_color = self.kelvin is None
        rgb = None if spectrum is None else (spectrum >> 16 & 255, spectrum >> 8 & 255, spectrum & 255)
        return LightState(
            on=flag(params, "on"),
            mode=LightMode.RGB if is_color else LightMode.COLOR_TEMP,
            brightness=_PERCENT.fraction(integer(params, "brightness")),
            kelvin=None if is_color or not kelvin or kelvin < 1 else kelvin,
            rgb=rgb if is_color else None,
        )

    def _message(self, command: str, **arguments: Any) -> Params:
        return {"capability": f"{self._COMMANDS}{command}", "execParams": arguments}

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.rgb is not None:
            red, green, blue = command.rgb
            yield self._message("ColorAbsolute", color={"spectrumRGB": red << 16 | green << 8 | blue})
        elif command.kelvin is not None:
            yield self._message("ColorAbsolute", color={"temperature": command.kelvin})
        if command.brightness is not None:
            yield self._message("BrightnessAbsolute", brightness=_PERCENT.level(command.brightness))

    @override
    def write(self, params: Params, command: LightCommand) -> tuple[Params, ...]:
        changes = tuple(self.changes(params, command)) if command.on else ()
        # Last: the light comes on as it was asked for.
        if changes and flag(params, "on") is True:
            return changes
        return (*changes, self._message("OnOff", on=command.on))


class SmartThingsLamp(_ToldLamp):
    """A light of SmartThings: nested states, and commands of which one message holds several.

    Source: docs/params.md, Lights of other makers.
    """

    params = frozenset({"switch", "switchLevel", "colorControl", "colorTemperature"})

    @staticmethod
    def _told(params: Params, capability: str, attribute: str) -> Mapping[str, Any]:
        """Return what a state holds: its value stands under `value`."""
        return object_of(object_of(params, capability), attribute)

    @override
    def read(self, params: Params) -> LightState:
        white, color = "colorTemperature" in params, "colorControl" in params
        modes = _modes(dims="switchLevel" in params, white=white, color=color)
        hue = number(self._told(params, "colorControl", "hue"), "value")
        saturation = number(self._told(params, "colorControl", "saturation"), "value")
        # It does not tell which of both it shows: a colour without saturation is none.
        is_color = color and (not white or bool(saturation))
        plain = LightMode.BRIGHTNESS if LightMode.BRIGHTNESS in modes else LightMode.ONOFF
        mode = LightMode.RGB if is_color else LightMode.COLOR_TEMP if white else plain
        kelvin = integer(self._told(params, "colorTemperature", "colorTemperature"), "value")
        return LightState(
            on=flag(self._told(params, "switch", "switch"), "value"),
            mode=mode,
            brightness=_PERCENT.fraction(integer(self._told(params, "switchLevel", "level"), "value")),
            kelvin=kelvin if mode is LightMode.COLOR_TEMP and kelvin and kelvin > 0 else None,
            rgb=None
            if not is_color or hue is None or saturation is None
            else _rgb_of(hue / 100, saturation / 100),
            modes=modes,
        )

    @staticmethod
    def _command(capability: str, command: str, *arguments: Any) -> Params:
        return {
            "component": "main",
            "capability": capability,
            "command": command,
            "arguments": list(arguments),
        }

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.rgb is not None:
            hue, saturation = _hue_and_saturation(command.rgb)
            color = {"hue": round(hue * 100), "saturation": round(saturation * 100)}
            yield self._command("colorControl", "setColor", color)
        elif command.kelvin is not None:
            yield self._command("colorTemperature", "setColorTemperature", command.kelvin)
        if command.brightness is not None:
            yield self._command("switchLevel", "setLevel", _PERCENT.level(command.brightness))

    @override
    def write(self, params: Params, command: LightCommand) -> tuple[Params, ...]:
        changes = list(self.changes(params, command)) if command.on else []
        is_on = self.read(params).on is True
        power = [] if changes and is_on else [self._command("switch", "on" if command.on else "off")]
        return ({"commands": [*power, *changes]},)
