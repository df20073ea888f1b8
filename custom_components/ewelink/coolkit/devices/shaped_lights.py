"""Families of lights that are met under several uiids, and under some that nobody knows yet."""

from collections.abc import Iterable, Mapping
import colorsys
from dataclasses import replace
from typing import Any, override

from .lights import ColorTempRange, Dimmer, Lamp, Levels, color_of
from .params import Params, choice, flag, integer, number, object_of
from .states import LightCommand, LightMode, LightState, Rgb

PERCENT = Levels(1, 100)
# In seconds; no source says what a device takes at most.
_LONGEST_FADE = 3600
_SWITCH_ON: Params = {"switch": "on"}
_NORMAL = "normal"
# Scenes of Zigbee lights: brightness and white tone.
ZIGBEE_SCENES: Mapping[str, tuple[int, int]] = {
    "bright": (100, 100),
    "read": (100, 50),
    "computer": (80, 100),
    "nightLight": (1, 50),
}
# Those that the user edits in the app; what they show stands under their name.
_MOVING_SCENES = ("partyRGB", "leisureRGB", "softRGB", "colorfulRGB")
_EFFECT_OF: Mapping[str | None, str] = {
    "bright": "bright",
    "read": "read",
    "computer": "computer",
    "nightLight": "night_light",
    "partyRGB": "party",
    "leisureRGB": "leisure",
    "softRGB": "soft",
    "colorfulRGB": "colorful",
}
_NAME_OF = {effect: name for name, effect in _EFFECT_OF.items() if name}


def _scene_of(params: Params, types: tuple[str, ...]) -> str | None:
    """Return the scene that a Zigbee light shows, if it tells one."""
    return choice(params, "ltype", types)


def _as_normal(params: Params, change: Params) -> Params:
    """Return a change to plain light, which a light that shows a scene is told to be."""
    return {**change, "ltype": _NORMAL} if params.get("ltype") not in (None, _NORMAL) else change


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
    """A dimmer of two whites that may tell its brightness under another name in the list than in a push.

    `ltype` names its scene. Source: docs/params.md, Zigbee lights with scenes.
    """

    _IN_LIST = "cctBrightness"
    _TYPES = ("normal", *ZIGBEE_SCENES)

    def __init__(self, whites: ColorTempRange, *, scenes: bool = False) -> None:
        """Describe the dimmer, and whether it has scenes."""
        super().__init__("brightness", PERCENT, on_first=False, always=_SWITCH_ON, whites=whites)
        self.params |= {self._IN_LIST}
        if scenes:
            self.params |= {"ltype"}
            self.effects = tuple(_EFFECT_OF[name] for name in ZIGBEE_SCENES)

    @override
    def read(self, params: Params) -> LightState:
        if "brightness" not in params and self._IN_LIST in params:
            params = {**params, "brightness": params[self._IN_LIST]}
        effect = _EFFECT_OF.get(_scene_of(params, self._TYPES)) if self.effects else None
        return replace(super().read(params), effect=effect)

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.effect is None:
            yield from (_as_normal(params, change) for change in super().changes(params, command))
            return
        name = _NAME_OF[command.effect]
        level, tone = ZIGBEE_SCENES[name]
        if command.brightness is None:
            yield {**_SWITCH_ON, "ltype": name, "brightness": level, "colorTemp": tone}
        else:
            # Another brightness than its own makes it the plain light that it is.
            own = {**_SWITCH_ON, "brightness": PERCENT.level(command.brightness), "colorTemp": tone}
            yield _as_normal(params, own)


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
    _WHITE_MODES = frozenset({2, 3})
    _WHITES = ColorTempRange(2700, 6500, 100)
    kelvin = (2700, 6500)

    @override
    def read(self, params: Params) -> LightState:
        on = flag(params, "switch")
        brightness = PERCENT.fraction(integer(params, "bright"))
        if integer(params, "mode") in self._WHITE_MODES:
            tone = integer(params, "colorTemp")
            kelvin = None if tone is None else self._WHITES.kelvin(self._WHITES.steps - tone)
            return LightState(on=on, mode=LightMode.COLOR_TEMP, brightness=brightness, kelvin=kelvin)
        return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=color_of(params))

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        now = self.read(params)
        fraction = now.brightness if command.brightness is None else command.brightness
        change: dict[str, Any] = {} if fraction is None else {"bright": PERCENT.level(fraction)}
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

    def __init__(self, warmest: int = 2700, *, scenes: bool = False) -> None:
        """Take the warmest of its whites, in kelvin, and whether it has scenes."""
        self._whites = ColorTempRange(warmest, 6500, 100)
        self.kelvin = (warmest, 6500)
        self._types = (_NORMAL, *ZIGBEE_SCENES, *_MOVING_SCENES) if scenes else ()
        if scenes:
            self.params = Hue.params | {"ltype", *_MOVING_SCENES}
            self.effects = tuple(_EFFECT_OF[name] for name in self._types if name != _NORMAL)

    def _is_color(self, params: Params) -> bool:
        return choice(params, "colorMode", self._MODES) == "rgb"

    @override
    def read(self, params: Params) -> LightState:
        name = _scene_of(params, self._types) if self._types else None
        state = replace(self._plain(params), effect=_EFFECT_OF.get(name))
        if name not in _MOVING_SCENES:
            return state
        brightness = PERCENT.fraction(integer(object_of(params, name), "br"))
        rgb = self._rgb(params)
        return replace(state, mode=LightMode.RGB, kelvin=None, rgb=rgb, brightness=brightness)

    def _plain(self, params: Params) -> LightState:
        on = flag(params, "switch")
        if self._is_color(params):
            brightness = PERCENT.fraction(integer(params, "rgbBrightness"))
            return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=self._rgb(params))
        tone = integer(params, "colorTemp")
        # What lies beyond the range is sent while the lamp shows no white.
        kelvin = None if tone is None or tone > self._whites.steps else self._whites.kelvin(tone)
        return LightState(
            on=on,
            mode=LightMode.COLOR_TEMP,
            brightness=PERCENT.fraction(integer(params, "cctBrightness")),
            kelvin=kelvin,
        )

    @staticmethod
    def _rgb(params: Params) -> Rgb | None:
        hue, saturation = number(params, "hue"), number(params, "saturation")
        if hue is None or saturation is None:
            return None
        levels = colorsys.hsv_to_rgb((hue % 360) / 360, min(max(saturation, 0), 100) / 100, 1)
        red, green, blue = (round(level * 255) for level in levels)
        return red, green, blue

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.effect is not None:
            yield self._scene(params, _NAME_OF[command.effect], command.brightness)
            return
        level = None if command.brightness is None else PERCENT.level(command.brightness)
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
            yield _as_normal(params, {**_SWITCH_ON, **change})

    @staticmethod
    def _scene(params: Params, name: str, brightness: float | None) -> Params:
        """Return the message of a scene; of one that moves the device keeps what it shows."""
        if name in _MOVING_SCENES:
            kept = dict(object_of(params, name))
            if brightness is not None:
                kept["br"] = PERCENT.level(brightness)
            return {**_SWITCH_ON, "ltype": name, **({name: kept} if kept else {})}
        level, tone = ZIGBEE_SCENES[name]
        white = {**_SWITCH_ON, "colorMode": "cct", "cctBrightness": level, "colorTemp": tone}
        if brightness is None:
            return {**white, "ltype": name}
        return _as_normal(params, {**white, "cctBrightness": PERCENT.level(brightness)})
