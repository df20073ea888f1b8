"""Meters with counters and without: a breaker, plugs, strips, and a switch station."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final, override

from . import meters
from .behaviours import Behaviour
from .values import ON_OFF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .behaviours import State
    from .meters import Meter
    from .params import Params


class Metered(Behaviour):
    """Relays with a meter, of which only the shape of the other params is known."""

    def __init__(self, meter: Meter, *, channels: int = 1, defaults: Params | None = None) -> None:
        """Take the meter, how many relays are real, and what the device tells by default."""
        super().__init__(defaults=defaults, meter=meter)
        self.channels = channels

    @override
    def relays(self, state: State) -> dict[int, str]:
        switch: Any = state.get("switch")
        if isinstance(switch, bool):
            return {0: "on" if switch else "off"}
        if ON_OFF(switch):
            return {0: switch}
        return {
            item["outlet"]: item["switch"]
            for item in state.get("switches", [])
            if item["outlet"] < self.channels
        }


def _off(channels: int) -> Params:
    return {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(channels)]}


_READINGS: Final[Params] = {"power": 0, "voltage": 23010, "current": 0}
_DAYS: Final = {"dayKwh": meters.DAY, "monthKwh": meters.MONTH}


def _station() -> Metered:
    readings = {
        f"{key}_{outlet:02}": 0
        for outlet in range(4)
        for key in ("actPow", "current", "reactPow", "apparentPow")
    }
    volts = {f"voltage_{outlet:02}": 23010 for outlet in range(4)}
    return Metered(meters.channels(4), channels=4, defaults={**_off(4), **readings, **volts, "timeZone": 0})


def _counting(counters: Mapping[str, str], *, live: bool = False, channels: int = 1) -> Metered:
    told = dict.fromkeys(counters, 0)
    if live and counters:
        told["yesterdayKwh"] = 0
    return Metered(
        meters.counting(counters, live=live),
        channels=channels,
        defaults={**_off(channels), **_READINGS, **told},
    )


METERED: Final[dict[int, Callable[[], Behaviour]]] = {
    130: _station,
    226: lambda: Metered(
        meters.breaker(),
        defaults={"switch": False, "phase_0_p": 0, "phase_0_v": 230.1, "phase_0_c": 0, "totalPower": 0},
    ),
    262: partial(_counting, {}, channels=4),
    276: partial(_counting, {**_DAYS, "weekKwh": meters.WEEK, "yearKwh": meters.YEAR}),
    7032: partial(_counting, _DAYS, live=True),
    7054: partial(_counting, {}),
}
