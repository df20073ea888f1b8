"""Water valves."""

from typing import TYPE_CHECKING, Final, override

from .behaviours import Behaviour, State
from .values import boolean, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    import random

    from .params import Params
    from .values import Check

_ZIGBEE: Final[Params] = {"battery": 90, "subDevRssi": -60}
# Litres that pass an open valve in one step.
_LITRES: Final = 2.5


class Valve(Behaviour):
    """A valve for each of some params, open or closed; it may be told under another one."""

    def __init__(
        self,
        *valves: str,
        told: str | None = None,
        defaults: Params | None = None,
        writable: Mapping[str, Check] | None = None,
    ) -> None:
        """Take the params of the valves, and under which one a single valve is told."""
        super().__init__(
            defaults={name: False for name in (*valves, told) if name} | _ZIGBEE | (defaults or {}),
            writable={**dict.fromkeys(valves, boolean), **(writable or {})},
        )
        self.valves = valves
        self.told = told

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        return {self.told: sent[self.valves[0]]} if self.told and self.valves[0] in sent else {}

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        # A press at the valve itself is told under that param alone.
        name = self.told or self.valves[outlet]
        return {name: not state[name]}


class Meter(Valve):
    """A valve that counts the water that has passed it."""

    def __init__(self) -> None:
        """Take what it counts."""
        super().__init__(
            "switch",
            defaults={"controlMode": "manual", "todayWaterUsage": 0, "realIrrigationVolume": 0},
            writable={"controlMode": one_of("manual")},
        )

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        return {"realIrrigationVolume": 0} if after["switch"] and not before["switch"] else {}

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        del rng, now
        if not state["switch"]:
            return {}
        return {name: state[name] + _LITRES for name in ("todayWaterUsage", "realIrrigationVolume")}


VALVES: Final[dict[int, Callable[[], Behaviour]]] = {
    7027: Meter,
    7047: lambda: Valve("switch", told="switch_00"),
    7048: lambda: Valve("switch_00", "switch_01"),
}
