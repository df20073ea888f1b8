"""How each family of lights is read and told."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, override

from .capability import Kind, LightCapability
from .params import Params, flag, integer, merge
from .states import LightCommand, LightMode, LightState, Rgb


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
    _SCENES: Mapping[str, tuple[int, Rgb]] = {
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
    def _color(params: Params) -> tuple[Rgb | None, float | None]:
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
    def _color_message(rgb: Rgb, mode: int) -> Params:
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


def _scaled(rgb: Rgb, share: float) -> Rgb:
    """Return a colour with a share of its brightness, one level at least: dim is not black."""
    share = max(share, 1 / (max(rgb) or 1))
    red, green, blue = (round(level * share) for level in rgb)
    return red, green, blue


def color_of(params: Params) -> Rgb | None:
    """Return the colour that a strip keeps in three params, each from 0 to 255."""
    red, green, blue = (integer(params, name) for name in ("colorR", "colorG", "colorB"))
    if red is None or green is None or blue is None:
        return None
    return min(max(red, 0), 255), min(max(green, 0), 255), min(max(blue, 0), 255)
