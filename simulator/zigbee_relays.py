"""Zigbee switches, and those of Matter: one relay, several in a list, or a JSON bool each."""

from functools import partial
from typing import TYPE_CHECKING, Final, override

from .behaviours import Behaviour, Relays, State
from .values import CONFIGURE, FLAG, ON_OFF, PULSES, STARTUP, anything, boolean, each, fields, integer

if TYPE_CHECKING:
    from collections.abc import Callable

    from .params import Params

_SIGNAL: Final[Params] = {"subDevRssi": -58}
_OUTLET: Final = integer(0, 3)


class ZigbeeRelay(Behaviour):
    """One relay under `switch`, with what newer models have besides."""

    def __init__(self) -> None:
        """Take what may be written."""
        super().__init__(
            defaults={"switch": "off", **_SIGNAL},
            writable={
                "switch": ON_OFF,
                "startup": STARTUP,
                "pulses": PULSES,
                "relaySeparation": FLAG,
                "wallPenetration": boolean,
                "backlight": ON_OFF,
                "subDevRssiSetting": anything,
            },
        )

    @override
    def inching(self, state: State, outlet: int) -> tuple[str, int] | None:
        for item in state.get("pulses", []):
            if item.get("outlet") == outlet and item.get("pulse") == "on":
                return ("off" if item.get("switch") == "on" else "on"), int(item["width"])
        return None


class ListedRelays(Relays):
    """Relays in a list that holds those that there are; some are told all at once."""

    def __init__(self, channels: int, *, whole: bool = False) -> None:
        """Take the number of relays, and whether a command names them all."""
        super().__init__(channels, interlock=True, led=False)
        self._whole = whole
        self.defaults = {
            "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(channels)],
            **_SIGNAL,
        }
        self.writable = {
            **(self.writable or {}),
            "configure": CONFIGURE,
            "relaySeparations": each(fields({"outlet": _OUTLET, "enable": FLAG})),
            "swModes": each(fields({"outlet": _OUTLET, "mode": integer(0, 9)})),
            "subDevRssiSetting": anything,
        }

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        remarks = super().remarks(state, sent)
        outlets = {item["outlet"] for item in sent.get("switches", [])}
        if self._whole and outlets and outlets != set(self.relays(state)):
            remarks.append("not every relay in the command")
        return remarks


class BoolRelays(Behaviour):
    """Relays that are a JSON bool each: `switch`, or `switch_00` and so on."""

    def __init__(self, *names: str) -> None:
        """Take the params."""
        self._names = names
        super().__init__(
            defaults={**dict.fromkeys(names, False), **_SIGNAL}, writable=dict.fromkeys(names, boolean)
        )

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {outlet: "on" if state.get(name) else "off" for outlet, name in enumerate(self._names)}

    @override
    def flipped(self, state: State, outlet: int) -> Params:
        if outlet >= len(self._names):
            return {}
        name = self._names[outlet]
        return {name: not state.get(name)}


def _flags(count: int) -> Callable[[], Behaviour]:
    return lambda: BoolRelays(*(f"switch_{outlet:02}" for outlet in range(count)))


ZIGBEE_RELAYS: Final[dict[int, Callable[[], Behaviour]]] = {
    **dict.fromkeys((7004, 7005, 7010), ZigbeeRelay),
    **{2256 + 1000 * more: partial(ListedRelays, 2 + more, whole=True) for more in range(3)},
    **{7011 + more: partial(ListedRelays, 2 + more, whole=True) for more in range(3)},
    7020: lambda: BoolRelays("switch"),
    7021: _flags(2),
    7022: _flags(3),
    7028: partial(ListedRelays, 1),
    7029: partial(ListedRelays, 2),
    7030: partial(ListedRelays, 3),
    7040: partial(ListedRelays, 2),
    **dict.fromkeys((30000, 30003), partial(ListedRelays, 4)),
}
