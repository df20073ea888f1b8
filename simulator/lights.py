"""Lights: what such a lamp takes in one message, and what it refuses."""

from typing import TYPE_CHECKING, Final, override

from .behaviours import Behaviour, State
from .values import ON_OFF, STARTUP, integer, level, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .params import Params
    from .values import Check

BYTE: Final = integer(0, 255)
STATIC: Final = 1
SETTINGS: Final = frozenset(
    {
        "configure",
        "pulses",
        "sledBright",
        "sledOnline",
        "startup",
        "swCtrlReverse",
        "swMode",
        "timeZone",
        "timers",
        "zled",
    },
)


class Light(Behaviour):
    """A light; while it is off it may take nothing but the on command."""

    def __init__(
        self,
        *,
        writable: Mapping[str, Check],
        defaults: Params,
        on: str = "switch",
        turn_on_first: bool = True,
        on_with: frozenset[str] = frozenset(),
        transient: frozenset[str] = frozenset(),
    ) -> None:
        """Take the param that says on and off, and which params are refused without it."""
        super().__init__(
            defaults={on: "off"} | defaults, writable={on: ON_OFF, **writable}, transient=transient
        )
        self.on = on
        self.turn_on_first = turn_on_first
        self.on_with = on_with

    @override
    def timer_rule(self, timer: Params) -> str | None:
        if self.turn_on_first and (timer["type"] == "duration" or timer["do"].keys() != {self.on}):
            return "timers of this light turn it on or off, once or repeated"
        return None

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if self.turn_on_first and state.get(self.on) == "off" and sent.keys() - SETTINGS - {self.on}:
            return "the light is off and takes only the on command"
        if sent.keys() & self.on_with and sent.get(self.on) != "on":
            return f"{', '.join(sorted(sent.keys() & self.on_with))} without {self.on} on"
        return super().rule(state, sent)

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {0: state.get(self.on, "off")}

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        del outlet
        return {self.on: "off" if state.get(self.on) == "on" else "on"}


class ZigbeeLight(Light):
    """A Zigbee light: levels go with `switch` on, but without it they are taken, too."""

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        del state
        levels = sent.keys() & {"brightness", "colorTemp"}
        return [f"{key} without switch on" for key in sorted(levels) if sent.get("switch") != "on"]


class SceneLight(Light):
    """A light whose mode `ltype` names the object that holds its values."""

    def __init__(
        self, *, ct: int, modes: Mapping[str, Check], scenes: Mapping[str, Params], remote: bool
    ) -> None:
        """Take the cold end of ct, the modes, the fixed scenes, and whether it hears eWeLink-Remotes."""
        self.scenes = scenes
        self.ltype_needed = remote and "color" in modes
        self._ct = ct
        further: dict[str, Check] = {}
        if remote:
            further = {
                "startup": STARTUP,
                "brightAdjust": one_of("+", "-"),
                "ColourTempAdjust": one_of("+", "-"),
                "slowlyLit": integer(0, 100_000),
                "slowlyDimmed": integer(0, 100_000),
            }
        super().__init__(
            writable={
                "ltype": one_of(*modes, *scenes),
                **modes,
                **dict.fromkeys(scenes, lambda value: isinstance(value, dict) and bool(value)),
                "ops_mode": one_of("DIY", "ewelink"),
                **further,
            },
            defaults={"ltype": "white", "white": {"br": 50, "ct": ct // 2}, "rssi": -52}
            | ({"color": {"br": 50, "r": 255, "g": 0, "b": 0}} if "color" in modes else {})
            | ({"startup": "stay"} if remote else {}),
            transient=frozenset({"brightAdjust", "ColourTempAdjust"}),
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if (refusal := super().rule(state, sent)) is not None:
            return refusal
        ltype = sent.get("ltype")
        objects = {key for key, value in sent.items() if isinstance(value, dict)}
        if ltype is None and objects and (self.ltype_needed or objects != {state.get("ltype")}):
            return "light values without ltype"
        if ltype is not None and objects != {ltype}:
            return "ltype and the object of that name go together"
        return None

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        del state
        return [
            f"scene {name} has fixed values"
            for name, values in self.scenes.items()
            if name in sent and "tf" not in values and sent[name] != values
        ]

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = super().consequences(before, after, sent)
        mode = after.get("ltype", "")
        values = after.get(mode)
        if not isinstance(values, dict):
            return changed
        if "brightAdjust" in sent:
            step = 10 if sent["brightAdjust"] == "+" else -10
            changed[mode] = values | {"br": min(100, max(1, values["br"] + step))}
        if "ColourTempAdjust" in sent and "ct" in values:
            step = self._ct // 10 if sent["ColourTempAdjust"] == "+" else -(self._ct // 10)
            changed[mode] = changed.get(mode, values) | {"ct": min(self._ct, max(0, values["ct"] + step))}
        return changed


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


class HueLight(Light):
    """A Zigbee light with a brightness for each of its two modes."""

    def __init__(self) -> None:
        """Take what may be written."""
        percent = integer(1, 100)
        super().__init__(
            writable={
                "colorMode": one_of("cct", "rgb"),
                "cctBrightness": percent,
                "rgbBrightness": percent,
                "colorTemp": integer(0, 100),
                "hue": integer(0, 359),
                "saturation": integer(0, 100),
                "startup": STARTUP,
            },
            defaults={
                "switch": "on",
                "colorMode": "cct",
                "cctBrightness": 100,
                "rgbBrightness": 100,
                "colorTemp": 100,
                "hue": 0,
                "saturation": 100,
                "subDevRssi": -58,
            },
            turn_on_first=False,
            on_with=frozenset({"cctBrightness", "rgbBrightness", "colorTemp", "hue"}),
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        mode = sent.get("colorMode", state.get("colorMode", "cct"))
        others = {"rgbBrightness", "hue"} if mode == "cct" else {"cctBrightness", "colorTemp"}
        if sent.keys() & others:
            return "values of the other mode"
        return super().rule(state, sent)
