"""Fans, humidifiers and diffusers."""

from typing import TYPE_CHECKING, Final, override

from .behaviours import Behaviour, Relays, State
from .values import ON_OFF, integer, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .params import Params
    from .values import Check

_BYTE: Final = integer(0, 255)
_WIFI: Final[Params] = {"sledOnline": "on", "rssi": -54}


class Appliance(Behaviour):
    """A device with a param that turns it on and off, and settings that it keeps while it is off."""

    def __init__(self, power: str, *, defaults: Params, writable: Mapping[str, Check]) -> None:
        """Take the param, and what else may be written."""
        self.power = power
        super().__init__(defaults={power: "off", **defaults}, writable={power: ON_OFF, **writable})

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {0: state[self.power]}

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        del outlet
        return {self.power: "off" if state[self.power] == "on" else "on"}


class CeilingFan(Relays):
    """A light and a fan as four relays: the light, the fan, and two that code its speed."""

    def __init__(self) -> None:
        """Take four relays without interlock."""
        super().__init__(4, interlock=False)

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        on = {item["outlet"] for item in sent.get("switches", []) if item["switch"] == "on"}
        return ["no speed has both of its relays on"] if {2, 3} <= on else []


def _diffuser() -> Appliance:
    return Appliance(
        "switch",
        defaults={
            "state": 1,
            "water": 1,
            "lightswitch": 0,
            "lightmode": 2,
            "lightRcolor": 255,
            "lightGcolor": 120,
            "lightBcolor": 0,
            "lightbright": 100,
            **_WIFI,
        },
        writable={
            "state": one_of(1, 2),
            "lightswitch": one_of(0, 1),
            "lightmode": one_of(1, 2, 3),
            **dict.fromkeys(("lightRcolor", "lightGcolor", "lightBcolor"), _BYTE),
            "lightbright": integer(0, 100),
            "sledOnline": ON_OFF,
        },
    )


APPLIANCES: Final[dict[int, Callable[[], Behaviour]]] = {
    17: lambda: Appliance(
        "fan",
        defaults={"speed": "slow", "mode": "normal", "shake": "off", **_WIFI},
        writable={
            "speed": one_of("slow", "moderate", "fast"),
            "mode": one_of("normal", "natural", "sleep"),
            "shake": ON_OFF,
            "sledOnline": ON_OFF,
        },
    ),
    19: lambda: Appliance(
        "switch",
        defaults={"mode": "normal", "state": 1, "water": 1, "temperature": 21, "humidity": 45, "rssi": -54},
        writable={"mode": one_of("normal"), "state": one_of(1, 2, 3)},
    ),
    25: _diffuser,
    34: CeilingFan,
}
