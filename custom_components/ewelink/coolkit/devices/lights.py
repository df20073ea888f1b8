"""How each family of lights is read and told."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any, override

from .capability import Kind, LightCapability, LightCommand, LightMode, LightState
from .params import Params, choice, flag, integer, merge, object_of

type _Rgb = tuple[int, int, int]

_CAPITAL = re.compile(r"(?=[A-Z])")

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
WHITES: tuple[_Rgb, ...] = tuple(zip(_WHITES[0::3], _WHITES[1::3], _WHITES[2::3], strict=True))
_COLDEST, _WARMEST, _WHITE_STEP = 9000, 2000, 100
# Both colours of a step stand for its kelvin; where two steps share a colour, the one that is written wins.
_KELVIN_OF_WHITE = {
    rgb: _COLDEST - _WHITE_STEP * (index // 2)
    for start in (1, 0)
    for index, rgb in enumerate(WHITES)
    if index % 2 == start
}


@dataclass(frozen=True, slots=True)
class Levels:
    """The whole numbers from `low` to `high` that a device takes for a brightness."""

    low: int
    high: int

    def fraction(self, level: int | None) -> float | None:
        """Return the share of the range that a level is: above 0, 1 at the top."""
        if level is None:
            return None
        return (self.clamp(level) - self.low + 1) / (self.high - self.low + 1)

    def level(self, fraction: float) -> int:
        """Return the level next to a share of the range."""
        return self.clamp(round(fraction * (self.high - self.low + 1)) + self.low - 1)

    def clamp(self, level: int) -> int:
        """Return the level within the range next to one that may lie beyond."""
        return min(max(level, self.low), self.high)


@dataclass(frozen=True, slots=True)
class ColorTempRange:
    """Steps 0 (warmest) to `steps` (coldest), linear in kelvin."""

    min_kelvin: int
    max_kelvin: int
    steps: int

    def kelvin(self, step: int | None) -> int | None:
        """Return the colour temperature of a step, in kelvin."""
        if step is None:
            return None
        step = min(max(step, 0), self.steps)
        return round(self.min_kelvin + (self.max_kelvin - self.min_kelvin) * step / self.steps)

    def step(self, kelvin: float) -> int:
        """Return the step next to a colour temperature in kelvin."""
        step = round((kelvin - self.min_kelvin) * self.steps / (self.max_kelvin - self.min_kelvin))
        return min(max(step, 0), self.steps)


class Lamp(ABC):
    """A family of lights: what is read of the params, and what is sent for a command."""

    power = "switch"
    on_first = True

    params: frozenset[str]
    modes: frozenset[LightMode]
    kelvin: tuple[int, int] | None = None
    effects: tuple[str, ...] = ()
    fades = False

    @abstractmethod
    def read(self, params: Params) -> LightState:
        """Return what the light shows."""

    @abstractmethod
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        """Return the messages for all that is asked beside on and off: one, if the light takes it so."""

    def write(self, params: Params, command: LightCommand) -> tuple[Params, ...]:
        """Return the messages for a command; those that need it are sent the on command first, alone.

        After that one, nothing is sent that the light then shows by itself.
        """
        if not command.on:
            return ({self.power: "off"},)
        changes = tuple(self.changes(params, command))
        if not changes:
            return ({self.power: "on"},)
        if self.on_first and flag(params, self.power) is not True:
            on: Params = {self.power: "on"}
            return (on, *self._seen({**params, **on}, command, changes))
        return changes

    def _seen(self, params: Params, command: LightCommand, messages: Iterable[Params]) -> Iterator[Params]:
        """Yield the messages that change what the light shows, as far as that was asked for."""
        brightness_alone = command == LightCommand(
            on=True, brightness=command.brightness, transition=command.transition
        )
        for message in messages:
            before, params = self.read(params), merge(params, message)
            after = self.read(params)
            # A scene with the brightness that was asked for stays.
            if after.brightness != before.brightness or (after != before and not brightness_alone):
                yield message

    def capability(self) -> LightCapability:
        """Return the light as a capability."""
        return LightCapability(
            kind=Kind.LIGHT,
            params=self.params,
            read=self.read,
            write=self.write,
            modes=self.modes,
            kelvin=self.kelvin,
            effects=self.effects,
            fades=self.fades,
        )


class Dimmer(Lamp):
    """A light with one brightness and perhaps a white tone, each a param at the top.

    `always` rides along with each message; `scenes` are values of `mode` with their brightness.
    """

    def __init__(
        self,
        param: str,
        levels: Levels,
        *,
        power: str = "switch",
        on_first: bool = True,
        as_text: bool = False,
        always: Params | None = None,
        whites: ColorTempRange | None = None,
        scenes: Mapping[str, Params] | None = None,
    ) -> None:
        """Describe the dimmer."""
        self.power = power
        self.on_first = on_first
        self._param = param
        self._levels = levels
        self._as_text = as_text
        self._always = always or {}
        self._whites = whites
        self._scenes = scenes or {}
        self._mode = LightMode.COLOR_TEMP if whites else LightMode.BRIGHTNESS
        self._effect_of = {values["mode"]: name for name, values in self._scenes.items()}
        self.params = frozenset(
            {power, param, *(("colorTemp",) if whites else ()), *(("mode",) if scenes else ())}
        )
        self.modes = frozenset({self._mode})
        self.kelvin = (whites.min_kelvin, whites.max_kelvin) if whites else None
        self.effects = tuple(self._scenes)

    @override
    def read(self, params: Params) -> LightState:
        return LightState(
            on=flag(params, self.power),
            mode=self._mode,
            brightness=self._levels.fraction(integer(params, self._param)),
            kelvin=self._whites.kelvin(integer(params, "colorTemp")) if self._whites else None,
            effect=self._effect(params),
        )

    def _effect(self, params: Params) -> str | None:
        mode = integer(params, "mode") if self._scenes else None
        effect = None if mode is None else self._effect_of.get(mode)
        # It is over when the brightness is another one: a knob may say nothing of the mode.
        is_shown = effect and integer(params, self._param) == self._scenes[effect][self._param]
        return effect if is_shown else None

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        # Its scenes are brightnesses and nothing else: one that is asked for beside a scene stands for it.
        if command.effect is not None and command.brightness is None:
            yield self._scenes[command.effect]
            return
        change: dict[str, Any] = {}
        if command.kelvin is not None and self._whites:
            change["colorTemp"] = self._whites.step(command.kelvin)
        if command.brightness is not None:
            level = self._levels.level(command.brightness)
            change[self._param] = str(level) if self._as_text else level
        if change:
            yield {**self._always, **change}


class ChannelLight(Lamp):
    """A lamp of two whites and perhaps three colours, each a channel of its own, all levels as text."""

    power = "state"
    kelvin = (2000, 6500)

    _LEVELS = Levels(25, 255)
    _DEFAULT = 159
    _COLD, _NEUTRAL, _WARM = 6500, 4250, 2000
    _COLD_FROM, _NEUTRAL_FROM = 5000, 3500
    _SCENES: Mapping[str, tuple[int, _Rgb]] = {
        "good_night": (3, (189, 118, 0)),
        "reading": (4, (255, 255, 255)),
        "party": (5, (207, 56, 3)),
        "leisure": (6, (56, 85, 179)),
    }

    def __init__(self, *, colors: bool) -> None:
        """Describe the lamp."""
        self._colors = colors
        self.modes = frozenset({LightMode.COLOR_TEMP, LightMode.RGB} if colors else {LightMode.COLOR_TEMP})
        self.params = frozenset({"state", "channel0", "channel1", "type"})
        if colors:
            self.params |= {"channel2", "channel3", "channel4", "zyx_mode"}
            self.effects = tuple(self._SCENES)
        self._effect_of = {mode: name for name, (mode, _) in self._SCENES.items()}

    @override
    def read(self, params: Params) -> LightState:
        on = flag(params, "state")
        cold, warm = integer(params, "channel0"), integer(params, "channel1")
        mode = integer(params, "zyx_mode") if self._colors else 1
        rgb, brightness = self._color(params) if self._colors else (None, None)
        is_white = (cold or 0) + (warm or 0) > 0
        # White and colours never shine together: a mode that the levels belie is an old one.
        if is_white and rgb is None:
            mode = 1
        elif mode is None or (mode == 1 and rgb is not None and not is_white):
            mode = 1 if is_white else 2
        if mode != 1:
            effect = self._effect_of.get(mode)
            return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=rgb, effect=effect)
        level = max(cold or 0, warm or 0)
        if level <= 0:
            return LightState(on=on, mode=LightMode.COLOR_TEMP)
        return LightState(
            on=on,
            mode=LightMode.COLOR_TEMP,
            brightness=self._LEVELS.fraction(level),
            kelvin=self._tone(cold or 0, warm or 0),
        )

    def _tone(self, cold: int, warm: int) -> int:
        """Return the kelvin of the three steps that two levels stand for."""
        if cold == warm:
            return self._NEUTRAL
        return self._COLD if cold > warm else self._WARM

    @staticmethod
    def _color(params: Params) -> tuple[_Rgb | None, float | None]:
        """Return the colour at full brightness, and how bright it is: the lamp knows only their product."""
        levels = [integer(params, f"channel{number}") for number in (2, 3, 4)]
        red, green, blue = (min(max(level or 0, 0), 255) for level in levels)
        if (most := max(red, green, blue)) == 0:
            return None, None
        return (
            (round(red * 255 / most), round(green * 255 / most), round(blue * 255 / most)),
            most / 255,
        )

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.effect is not None:
            mode, rgb = self._SCENES[command.effect]
            if command.brightness is not None:
                rgb = _scaled(rgb, command.brightness * 255 / max(rgb))
            yield self._color_message(rgb, mode)
            return
        if command.rgb is None and command.kelvin is None and command.brightness is None:
            return
        now = self.read(params)
        brightness = now.brightness if command.brightness is None else command.brightness
        if command.kelvin is None and self._colors:
            color = command.rgb or (now.rgb if now.mode is LightMode.RGB else None)
            if color is not None:
                yield self._color_message(_scaled(color, 1.0 if brightness is None else brightness), 2)
                return
        level = self._DEFAULT if brightness is None else self._LEVELS.level(brightness)
        yield self._white_message(level, command.kelvin or now.kelvin or self._NEUTRAL)

    @staticmethod
    def _color_message(rgb: _Rgb, mode: int) -> Params:
        red, green, blue = rgb
        return {
            "channel0": "0",
            "channel1": "0",
            "channel2": str(red),
            "channel3": str(green),
            "channel4": str(blue),
            "zyx_mode": mode,
            "type": "middle",
        }

    def _white_message(self, level: int, kelvin: int) -> Params:
        if kelvin >= self._COLD_FROM:
            cold, warm, tone = level, 0, "cold"
        elif kelvin >= self._NEUTRAL_FROM:
            cold, warm, tone = level, level, "middle"
        else:
            cold, warm, tone = 0, level, "warm"
        white = {"channel0": str(cold), "channel1": str(warm)}
        if self._colors:
            white |= {"channel2": "0", "channel3": "0", "channel4": "0"}
        return {**white, **({"zyx_mode": 1} if self._colors else {}), "type": tone}


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
        rgb = self._rgb(params)
        if effect is None and integer(params, "light_type") == self._WHITE:
            kelvin = None if rgb is None else kelvin_of_white(rgb)
            return LightState(on=on, mode=LightMode.COLOR_TEMP, brightness=brightness, kelvin=kelvin)
        return LightState(on=on, mode=LightMode.RGB, brightness=brightness, rgb=rgb, effect=effect)

    @staticmethod
    def _rgb(params: Params) -> _Rgb | None:
        red, green, blue = (integer(params, name) for name in ("colorR", "colorG", "colorB"))
        if red is None or green is None or blue is None:
            return None
        return min(max(red, 0), 255), min(max(green, 0), 255), min(max(blue, 0), 255)

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
    def _color(rgb: _Rgb, light_type: int) -> dict[str, Any]:
        red, green, blue = rgb
        return {"colorR": red, "colorG": green, "colorB": blue, "light_type": light_type}


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
    def _rgb(values: Params) -> _Rgb | None:
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


def _scaled(rgb: _Rgb, share: float) -> _Rgb:
    """Return a colour with a share of its brightness, one level at least: dim is not black."""
    share = max(share, 1 / (max(rgb) or 1))
    red, green, blue = (round(level * share) for level in rgb)
    return red, green, blue


def white_of_kelvin(kelvin: float) -> _Rgb:
    """Return the colour that a strip shows for a colour temperature in kelvin."""
    step = round((_COLDEST - kelvin) / _WHITE_STEP)
    return WHITES[2 * min(max(step, 0), len(WHITES) // 2 - 1)]


def kelvin_of_white(rgb: _Rgb) -> int:
    """Return the kelvin that a colour of a strip stands for; one that is no white counts as the nearest."""
    if (kelvin := _KELVIN_OF_WHITE.get(rgb)) is not None:
        return kelvin
    nearest = min(WHITES, key=lambda white: sum((a - b) ** 2 for a, b in zip(white, rgb, strict=True)))
    return _KELVIN_OF_WHITE[nearest]
