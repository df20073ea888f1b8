"""Devices with buttons and keys: remote controls, and wall switches that tell presses."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, override

from .behaviours import Behaviour, Relay, Relays, State
from .values import FLAG, ON_OFF, boolean, each, fields, integer, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .params import Params
    from .values import Check

_DETACHED: Final = each(fields({"outlet": integer(0, 3), "enable": FLAG}))
_BACKLIGHT: Final[Mapping[str, Check]] = {"offBrightness": integer(0, 100), "swMode": integer(0, 9)}
_EFFECTS: Final[Check] = lambda value: isinstance(value, dict)  # noqa: E731
TOUCH: Final[Mapping[str, Check]] = {
    "lightSwitch": ON_OFF,
    "lightMode": one_of(*range(8), 101, 102),
    "soundAction": integer(1, 2),
    "preEffects": _EFFECTS,
    "onEffects": _EFFECTS,
    "offEffects": _EFFECTS,
    "doNotDisturb": FLAG,
    "doNotDisturbTime": fields({"from": lambda value: True, "to": lambda value: True}),  # noqa: ARG005
    "shock": FLAG,
    "disableSwipeGesture": boolean,
    "disableTapGesture": boolean,
}
_TOUCH_STATE: Final[Params] = {
    "lightSwitch": "off",
    "lightMode": 2,
    "doNotDisturb": 0,
    "shock": 0,
    "disableSwipeGesture": False,
    "disableTapGesture": False,
}


class Remote(Behaviour):
    """A remote control that tells presses and takes nothing; a press has a time."""

    events = frozenset({"key", "outlet"})

    def __init__(self, buttons: int, *, zigbee: bool) -> None:
        """Take how many buttons it has; those of Bluetooth tell the time in words."""
        super().__init__(defaults={"battery": 90} | ({"subDevRssi": -60} if zigbee else {}), writable={})
        self.buttons = buttons
        self.zigbee = zigbee

    @override
    def refuse(self, state: State, sent: Params) -> str | None:
        del state, sent
        return "the device takes no commands"

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        press: Params = {"key": 0} if self.buttons == 1 else {"key": 0, "outlet": outlet}
        if self.zigbee:
            return press | {"trigTime": str(int(state.get("trigTime", "1767225600000")) + 1000)}
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return press | {"actionTime": now}


class TouchRelays(Relays):
    """A touch switch; a hand at it is told as the cause of what it switches."""

    events = frozenset({"triggerType"})

    def __init__(self, channels: int) -> None:
        """Take the number of relays."""
        super().__init__(channels, interlock=channels > 1, defaults=_TOUCH_STATE, writable=TOUCH)

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        return super().pressed(state, outlet) | {"triggerType": 2}


class Sender(Behaviour):
    """A button that sends by radio."""

    def __init__(self) -> None:
        """Take what it has."""
        super().__init__(
            defaults={"sledOnline": "on", "rssi": -52},
            writable={"key": one_of(0), "sledOnline": ON_OFF},
            transient=frozenset({"key"}),
        )


def _keys(channels: int, **writable: Check) -> Relays:
    return Relays(
        channels,
        interlock=channels > 1,
        defaults={"offBrightness": 40, "swMode": 2} if not writable else {},
        writable=writable or _BACKLIGHT,
    )


REMOTES: Final[dict[int, Callable[[], Behaviour]]] = {
    **dict.fromkeys((24, 27), Relay),
    **dict.fromkeys((29, 82, 113), partial(Relays, 2)),
    **dict.fromkeys((30, 83, 114), partial(Relays, 3)),
    **dict.fromkeys((31, 41, 84), partial(Relays, 4)),
    **dict.fromkeys((81, 107, 112, 191, 268), partial(Relays, 1, interlock=False)),
    **{160 + place: partial(_keys, place + 1) for place in range(4)},
    174: partial(Remote, 6, zigbee=False),
    177: partial(Remote, 3, zigbee=False),
    209: partial(TouchRelays, 1),
    210: partial(TouchRelays, 2),
    212: partial(TouchRelays, 4),
    224: Sender,
    275: partial(_keys, 2, relaySeparations=_DETACHED),
    **dict.fromkeys((1000, 7000), partial(Remote, 1, zigbee=True)),
    **{1000 + buttons: partial(Remote, buttons, zigbee=True) for buttons in range(1, 7)},
    7039: partial(Remote, 4, zigbee=True),
}
