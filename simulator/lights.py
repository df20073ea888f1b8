"""Lights whose params go together: what such a lamp takes in one message, and what it refuses."""

from typing import TYPE_CHECKING, Any, Final, override

from .behaviours import Light
from .values import integer, level, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .params import Params
    from .values import Check

type State = Mapping[str, Any]

BYTE: Final = integer(0, 255)
STATIC: Final = 1


class Strip(Light):
    """A strip: brightness and colour go with the static mode, a colour is told as a whole."""

    _COLOUR: Final = frozenset({"colorR", "colorG", "colorB", "light_type"})

    def __init__(self, *, modes: int, lowest: int, further: Mapping[str, Check]) -> None:
        """Take the number of modes and the lowest brightness."""
        super().__init__(
            writable={
                "bright": integer(lowest, 100),
                **dict.fromkeys(("colorR", "colorG", "colorB"), BYTE),
                "light_type": one_of(1, 2),
                "mode": integer(1, modes),
                **further,
            },
            defaults={
                "bright": 60,
                "colorR": 255,
                "colorG": 160,
                "colorB": 40,
                "light_type": 1,
                "mode": STATIC,
                "speed": 50,
                "rssi": -52,
            },
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        colour = sent.keys() & self._COLOUR
        if colour and colour != self._COLOUR:
            return "a colour is red, green, blue and light_type"
        if (colour or "bright" in sent) and sent.get("mode") != STATIC:
            return "brightness and colour go with mode 1"
        return super().rule(state, sent)


class Bulb(Light):
    """A bulb of whites and perhaps colours, each a channel, all levels as text."""

    _WHITES: Final = ("channel0", "channel1")
    _COLOURS: Final = ("channel2", "channel3", "channel4")

    def __init__(self, *, colours: bool) -> None:
        """Take whether it has colours."""
        channels = (*self._WHITES, *(self._COLOURS if colours else ()))
        super().__init__(
            on="state",
            writable={
                **dict.fromkeys(self._WHITES, level(25, 255, zero=True)),
                **dict.fromkeys(channels[2:], level(0, 255)),
                "type": one_of("cold", "middle", "warm"),
                **({"zyx_mode": integer(1, 6)} if colours else {}),
            },
            defaults={one: "159" if one in self._WHITES else "0" for one in channels}
            | {"type": "middle"}
            | ({"zyx_mode": 1} if colours else {}),
        )
        self.channels = frozenset(channels)

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        told = sent.keys() & self.channels
        if told and not told >= set(self._WHITES):
            return "both whites are told, 0 for one that is not used"
        # Inside the white mode the short form is enough; another mode is told as a whole.
        mode = sent.get("zyx_mode", state.get("zyx_mode"))
        if ("zyx_mode" in sent or (told and mode not in {1, None})) and told != self.channels:
            return "a mode is told with all channels"
        if told and mode in {1, None} and {sent[one] for one in self._WHITES} == {"0"}:
            return "no white has a level"
        return super().rule(state, sent)
