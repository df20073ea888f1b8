"""How fans are read and told, and what blows mist in steps: humidifiers and diffusers."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, override

from .builders import ON_OFF, ZERO_ONE
from .capability import FanCapability, Kind
from .lights import Lamp, Levels
from .params import Params, choice, flag, integer, item_of
from .states import FanCommand, FanState, LightCommand, LightMode, LightState


class Fan(ABC):
    """A family of fans: what is read of the params, and what is sent for a command."""

    params: frozenset[str]
    speeds: int
    presets: tuple[str, ...] = ()
    oscillates = False
    kind = Kind.FAN

    @abstractmethod
    def read(self, params: Params) -> FanState:
        """Return what the fan does."""

    @abstractmethod
    def write(self, params: Params, command: FanCommand) -> tuple[Params, ...]:
        """Return the messages for a command."""

    def capability(self) -> FanCapability:
        """Return the fan as a capability."""
        return FanCapability(
            kind=self.kind,
            params=self.params,
            read=self.read,
            write=self.write,
            speeds=self.speeds,
            presets=self.presets,
            oscillates=self.oscillates,
        )


class OutletFan(Fan):
    """A fan whose relays are listed: one turns it on, two others code its speed.

    What else it was told by its local words stays in the params for ever, and counts for nothing.
    """

    params = frozenset({"switches"})
    speeds = 3

    _POWER = 1
    _CODE = (2, 3)
    _SPEEDS: Mapping[tuple[bool, bool], int] = {(False, False): 1, (True, False): 2, (False, True): 3}

    @override
    def read(self, params: Params) -> FanState:
        code = tuple(_outlet(params, outlet) is True for outlet in self._CODE)
        return FanState(
            on=_outlet(params, self._POWER), speed=self._SPEEDS.get((code[0], code[1]), self.speeds)
        )

    @override
    def write(self, params: Params, command: FanCommand) -> tuple[Params, ...]:
        states = {self._POWER: command.on}
        if command.on and command.speed is not None:
            code = next(code for code, speed in self._SPEEDS.items() if speed == command.speed)
            states |= dict(zip(self._CODE, code, strict=True))
        # The light is not in it.
        return ({"switches": [{"outlet": one, "switch": ON_OFF[on]} for one, on in states.items()]},)


class WordFan(Fan):
    """A fan that is told its speed, its wind and its swinging in words."""

    params = frozenset({"fan", "speed", "mode", "shake"})
    speeds = 3
    presets = ("normal", "natural", "sleep")
    oscillates = True

    _WORDS = ("slow", "moderate", "fast")

    @override
    def read(self, params: Params) -> FanState:
        word = choice(params, "speed", self._WORDS) if "speed" in params else None
        return FanState(
            on=flag(params, "fan"),
            speed=None if word is None else self._WORDS.index(word) + 1,
            preset=choice(params, "mode", self.presets) if "mode" in params else None,
            oscillating=flag(params, "shake") if "shake" in params else None,
        )

    @override
    def write(self, params: Params, command: FanCommand) -> tuple[Params, ...]:
        if not command.on:
            return ({"fan": "off"},)
        messages: list[Params] = []
        if command.speed is not None:
            messages.append({"fan": "on", "speed": self._WORDS[command.speed - 1]})
        elif flag(params, "fan") is not True or command == FanCommand(on=True):
            messages.append({"fan": "on"})
        if command.preset is not None:
            messages.append({"mode": command.preset})
        if command.oscillating is not None:
            messages.append({"shake": ON_OFF[command.oscillating]})
        return tuple(messages)


class Mist(Fan):
    """What blows mist, in so many steps."""

    params = frozenset({"switch", "state"})
    kind = Kind.MIST

    def __init__(self, steps: int) -> None:
        """Take how many steps there are."""
        self.speeds = steps

    @override
    def read(self, params: Params) -> FanState:
        step = integer(params, "state") if "state" in params else None
        in_range = step is not None and 1 <= step <= self.speeds
        return FanState(on=flag(params, "switch"), speed=step if in_range else None)

    @override
    def write(self, params: Params, command: FanCommand) -> tuple[Params, ...]:
        if not command.on:
            return ({"switch": "off"},)
        return ({"switch": "on", **({} if command.speed is None else {"state": command.speed})},)


def _outlet(params: Params, outlet: int) -> bool | None:
    item = item_of(params, "switches", outlet)
    return None if item is None else flag(item, "switch")


# --- the lights beside -------------------------------------------------------------------------------------


class OutletLight(Lamp):
    """The light of a ceiling fan: one of its relays."""

    on_first = False
    params = frozenset({"switches"})
    modes = frozenset({LightMode.ONOFF})

    _OUTLET = 0

    @override
    def read(self, params: Params) -> LightState:
        return LightState(on=_outlet(params, self._OUTLET), mode=LightMode.ONOFF)

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        return ()

    @override
    def write(self, params: Params, command: LightCommand) -> tuple[Params, ...]:
        return ({"switches": [{"outlet": self._OUTLET, "switch": ON_OFF[command.on]}]},)


class DiffuserLight(Lamp):
    """The light of a diffuser: its mode and its brightness are messages of their own."""

    power = "lightswitch"
    on_first = False
    params = frozenset(
        {"lightswitch", "lightmode", "lightRcolor", "lightGcolor", "lightBcolor", "lightbright"}
    )
    modes = frozenset({LightMode.RGB})
    effects = ("colorful_gradient", "night_light")

    _LEVELS = Levels(1, 100)
    _COLOR = 2
    _SCENES: Mapping[str, int] = {"colorful_gradient": 1, "night_light": 3}

    @override
    def read(self, params: Params) -> LightState:
        mode = integer(params, "lightmode") if "lightmode" in params else None
        effect = next((name for name, number in self._SCENES.items() if number == mode), None)
        parts = [integer(params, f"light{color}color") for color in "RGB"]
        red, green, blue = (min(max(part or 0, 0), 255) for part in parts)
        return LightState(
            on=flag(params, self.power),
            mode=LightMode.RGB,
            # Levels beyond its range were seen.
            brightness=self._LEVELS.fraction(integer(params, "lightbright")),
            rgb=None if None in parts else (red, green, blue),
            effect=effect,
        )

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        if command.effect is not None:
            yield {"lightmode": self._SCENES[command.effect]}
        if command.rgb is not None:
            red, green, blue = command.rgb
            colors: dict[str, Any] = {"lightRcolor": red, "lightGcolor": green, "lightBcolor": blue}
            yield {"lightmode": self._COLOR, **colors}
        if command.brightness is not None:
            yield {"lightbright": self._LEVELS.level(command.brightness)}

    @override
    def write(self, params: Params, command: LightCommand) -> tuple[Params, ...]:
        power = {self.power: ZERO_ONE[command.on]}
        if not command.on:
            return (power,)
        changes = tuple(self.changes(params, command))
        # Set while it is dark, it comes on as it was asked for.
        return (*changes, power) if flag(params, self.power) is not True or not changes else changes
