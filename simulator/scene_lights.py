"""Lights that number their scenes in `mode` or name them in `ltype`."""

from typing import TYPE_CHECKING, Final, override

from .behaviours import State
from .lights import BYTE, HueLight, Light, ZigbeeLight
from .values import ON_OFF, STARTUP, anything, integer, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .params import Params
    from .values import Check

PERCENT: Final = integer(1, 100)
_COLOUR, _WHITE, _MUSIC, _DIY = 1, 2, 4, 5
_PLAIN_SCENES: Final = ("bright", "read", "computer", "nightLight")
_MOVING_SCENES: Final = ("partyRGB", "leisureRGB", "softRGB", "colorfulRGB")


class ModeStrip(Light):
    """A strip of which `mode` says what it shows; a scene may have a brightness and a speed of its own."""

    _COLOURS: Final = frozenset({"colorR", "colorG", "colorB"})

    def __init__(self, scenes: Iterable[int], *, levels: bool) -> None:
        """Take the numbers of the scenes, and whether each keeps a brightness and a speed."""
        self._scenes = frozenset(scenes)
        own = [f"{key}{mode:02}" for mode in self._scenes for key in ("bright", "speed")] if levels else []
        super().__init__(
            writable={
                "mode": lambda value: type(value) is int and value in {0, 1, 2, 3, 4, 5, *self._scenes},
                "bright": PERCENT,
                **dict.fromkeys(("colorR", "colorG", "colorB"), BYTE),
                "colorTemp": integer(0, 100),
                "light_type": one_of(1),
                "rhythmMode": integer(0, 3),
                "rhythmSensitive": integer(0, 100),
                "sledOnline": ON_OFF,
                **dict.fromkeys(own, integer(0, 100)),
            },
            defaults={
                "mode": _COLOUR,
                "bright": 60,
                "colorR": 255,
                "colorG": 160,
                "colorB": 40,
                "colorTemp": 50,
                "light_type": 1,
                "sledOnline": "on",
                "rssi": -52,
            },
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        mode = sent.get("mode", state.get("mode"))
        colour = sent.keys() & self._COLOURS
        if colour and (colour != self._COLOURS or mode != _COLOUR):
            return "a colour is told as a whole, with mode 1"
        if "colorTemp" in sent and mode != _WHITE:
            return "a white tone goes with mode 2"
        if "rhythmMode" in sent and mode != _MUSIC:
            return "a rhythm goes with mode 4"
        numbers = {key[-2:] for key in sent if key[:-2] in {"bright", "speed"}}
        if numbers - {f"{mode:02}"}:
            return "a level of another scene"
        return super().rule(state, sent)

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        del state
        if "colorR" in sent and "bright" not in sent:
            return ["a colour without its brightness: the strip drops one of them"]
        return []


class NamedSceneLight(ZigbeeLight):
    """A Zigbee light of two whites with scenes."""

    def __init__(self) -> None:
        """Take what may be written."""
        super().__init__(
            writable={
                "brightness": PERCENT,
                "colorTemp": integer(0, 100),
                "startup": STARTUP,
                "ltype": one_of("normal", *_PLAIN_SCENES),
                "slowlyLit": integer(0, 100_000),
                "slowlyDimmed": integer(0, 100_000),
                "dimming": one_of(0, 1),
                "quickSwitch": one_of(0, 1),
                "subDevRssiSetting": anything,
            },
            defaults={"switch": "on", "brightness": 100, "colorTemp": 100, "subDevRssi": -58},
            turn_on_first=False,
        )


class NamedSceneHueLight(HueLight):
    """A Zigbee light of whites and colours with scenes, some of which the user edits."""

    def __init__(self) -> None:
        """Take what may be written besides."""
        super().__init__()
        self.writable = {
            **(self.writable or {}),
            "ltype": one_of("normal", *_PLAIN_SCENES, *_MOVING_SCENES),
            **dict.fromkeys(_MOVING_SCENES, lambda value: isinstance(value, dict) and bool(value)),
            "slowlyLit": integer(0, 100_000),
            "slowlyDimmed": integer(0, 100_000),
            "dimming": one_of(0, 1),
            "quickSwitch": one_of(0, 1),
        }

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        scenes = sent.keys() & set(_MOVING_SCENES)
        if scenes and scenes != {sent.get("ltype")}:
            return "ltype and the object of that name go together"
        return super().rule(state, sent)


def ceiling() -> Light:
    """Return a ceiling light: brightness and white tone as text."""

    def spelled(low: int, high: int) -> Check:
        return lambda value: isinstance(value, str) and value.isdigit() and low <= int(value) <= high

    return Light(
        on="state",
        writable={"channel0": spelled(10, 255), "channel1": spelled(0, 255)},
        defaults={"channel0": "132", "channel1": "57", "rssi": -52},
    )
