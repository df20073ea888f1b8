"""Radiator valves, thermostats on walls, and air conditioners."""

from typing import TYPE_CHECKING, Final, override

from .appliances import Appliance
from .behaviours import Behaviour, State
from .values import ON_OFF, boolean, integer, number, one_of

if TYPE_CHECKING:
    from collections.abc import Callable
    import random

    from .params import Params

_TENTHS: Final = integer(40, 350)
_TARGETS: Final = {"0": "manTargetTemp", "1": "ecoTargetTemp", "2": "autoTargetTemp"}


class RadiatorValve(Behaviour):
    """A radiator valve: what its mode aims at is in force, and it opens while the room is colder."""

    def __init__(self) -> None:
        """Take what may be written."""
        super().__init__(
            defaults={
                "workMode": "0",
                "workState": "0",
                "temperature": 205,
                "curTargetTemp": 195,
                "manTargetTemp": 195,
                "autoTargetTemp": 210,
                "ecoTargetTemp": 70,
                "tempCorrection": 0,
                "childLock": False,
                "windowSwitch": False,
                "openPercent": 100,
                "closePercent": 100,
                "fault": "reasonCode0",
                "battery": 88,
                "subDevRssi": -62,
            },
            writable={
                "workMode": one_of("0", "1", "2"),
                **dict.fromkeys(_TARGETS.values(), _TENTHS),
                "tempCorrection": integer(-70, 70),
                "childLock": boolean,
                "windowSwitch": boolean,
                "openPercent": integer(0, 100),
                "closePercent": integer(0, 100),
            },
        )

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        target = after.get(_TARGETS.get(str(after["workMode"]), ""))
        if target is None or not sent.keys() & {"workMode", *_TARGETS.values()}:
            return {}
        # In the type in which it tells: newer firmware tells texts.
        told = str(target) if isinstance(after.get("curTargetTemp"), str) else target
        return {"curTargetTemp": told, "workState": self._work(after, target)}

    @staticmethod
    def _work(state: State, target: int) -> str:
        return "1" if int(state["temperature"]) < int(target) else "0"

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        del now
        warmer = 2 if state["workState"] == "1" else -2
        temperature = int(state["temperature"]) + rng.choice((0, warmer))
        spelled = str(temperature) if isinstance(state["temperature"], str) else temperature
        work = self._work({**state, "temperature": temperature}, int(state["curTargetTemp"]))
        changed = {"temperature": spelled, "workState": work}
        return {key: value for key, value in changed.items() if state[key] != value}


CLIMATES: Final[dict[int, Callable[[], Behaviour]]] = {
    127: lambda: Appliance(
        "switch",
        defaults={"temperature": 20.5, "targetTemp": 21, "rssi": -58},
        writable={
            "targetTemp": number(5, 45),
            "workMode": one_of(1, 2, 3),
            "workState": one_of(1, 2),
            "childLock": ON_OFF,
            "tempScale": one_of("c", "f"),
        },
    ),
    151: lambda: Appliance(
        "power",
        defaults={"temperature": 22, "small_temperature": 0, "indoor_temperature": 25.5, "rssi": -58},
        writable={
            "temperature": integer(16, 32),
            "small_temperature": lambda value: value in {0, 0.5},
            "wind_speed": integer(0, 10),
            "wind_swing_ud": ON_OFF,
            "wind_swing_lr": ON_OFF,
            "uiActive": integer(1, 3600),
        },
    ),
    1772: RadiatorValve,
    7017: RadiatorValve,
}
