"""Covers: motors that take their time, stop where they are told to, and tell where they got."""

from dataclasses import dataclass
import time
from typing import TYPE_CHECKING, Any, Final, override

from .behaviours import Behaviour, Relays
from .values import ON_OFF, SWITCHES, boolean, integer, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .behaviours import State
    from .params import Params
    from .values import Check

PERCENT: Final = integer(0, 100)
# How long a whole run takes.
TRAVEL_SECONDS: Final = 12.0
_OPEN, _CLOSED = 100, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """How a motor is told and tells: places count from 0 (closed) to 100 (open) here."""

    action: str
    opens: Any
    closes: Any
    stops: Any
    target: str
    place: str
    inverted: bool = False
    # Whether it tells where it was stopped.
    tells_stops: bool = True
    # What is told beside the place at the end of a run: of the motor's own action, and of the place.
    tells: Callable[[Any, int], Params] = lambda _action, _place: {}

    def wire(self, place: float) -> int:
        """Return a place as the motor tells it."""
        return _OPEN - round(place) if self.inverted else round(place)

    def place_of(self, state: State) -> float:
        """Return the place that the params tell."""
        value = state.get(self.place)
        number = int(value) if isinstance(value, int | str) and str(value).isdigit() else 0
        number = min(number, _OPEN)
        return _OPEN - number if self.inverted else number


class Run:
    """The runs of one motor."""

    def __init__(self, drive: Drive) -> None:
        """Start at rest."""
        self.drive = drive
        self.seconds = TRAVEL_SECONDS
        self._from = self._to = 0.0
        self._began: float | None = None
        # Where it was stopped without telling.
        self._untold: float | None = None

    @property
    def is_moving(self) -> bool:
        """Whether the motor runs."""
        return self._began is not None

    def _now(self, state: State) -> float:
        if self._began is None:
            return self.drive.place_of(state) if self._untold is None else self._untold
        way = (time.monotonic() - self._began) / self.seconds * _OPEN if self.seconds else _OPEN
        return self._from + max(-way, min(way, self._to - self._from))

    def take(self, before: State, sent: Params) -> Params:
        """Do what is sent; return what the motor tells at once."""
        drive = self.drive
        action = sent.get(drive.action)
        if drive.action in sent and action == drive.stops:
            if not self.is_moving:
                return {}
            place, self._began = self._now(before), None
            if not drive.tells_stops:
                self._untold = place
                return {}
            return {drive.place: drive.wire(place), **drive.tells(drive.stops, round(place))}
        if action in (drive.opens, drive.closes):
            goal: float = _OPEN if action == drive.opens else _CLOSED
        elif drive.target in sent:
            goal = drive.place_of({drive.place: sent[drive.target]})
        else:
            return {}
        self._from, self._to, self._began = self._now(before), goal, time.monotonic()
        self._untold = None
        return {}

    def arrival(self) -> tuple[float, Params] | None:
        """Return after how many seconds the motor gets there, and what it tells then."""
        if self._began is None:
            return None
        drive, way = self.drive, self._to - self._from
        last = drive.opens if way >= 0 else drive.closes
        left = abs(way) / _OPEN * self.seconds - (time.monotonic() - self._began)
        return max(left, 0.0), {drive.place: drive.wire(self._to), **drive.tells(last, round(self._to))}

    def end(self) -> None:
        """Rest where the motor got."""
        self._began = None

    def pressed(self, state: State) -> Params:
        """Return what the button of the motor does: it stops a run, or goes to the other end."""
        if self.is_moving:
            word = self.drive.stops
        else:
            word = self.drive.closes if self.drive.place_of(state) > _CLOSED else self.drive.opens
        return {self.drive.action: word}


class Cover(Behaviour):
    """A device that is a cover and nothing else."""

    def __init__(self, drive: Drive, *, defaults: Params, writable: Mapping[str, Check]) -> None:
        """Take how it is told and tells."""
        self.run = Run(drive)
        words = one_of(drive.opens, drive.closes, drive.stops)
        super().__init__(defaults=defaults, writable={drive.action: words, drive.target: PERCENT, **writable})

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = self.run.take(before, sent)
        if sent.get("motorClb") == "calibration":
            changed["motorClb"] = "normal"
        return changed

    @override
    def arrival(self) -> tuple[float, Params] | None:
        return self.run.arrival()

    @override
    def arrived(self) -> None:
        self.run.end()

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        del outlet
        return self.run.pressed(state)


def _is_calibrated(state: State) -> bool:
    return state.get("calibState") == 1


class Motor(Relays):
    """Relays that `workMode` makes switches (1), a motor (2) or, of some, a meter (3)."""

    def __init__(self, channels: int, drive: Drive, **further: Any) -> None:
        """Take the relays, and how the motor is told and tells."""
        super().__init__(channels, **further)
        self.run = Run(drive)

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        mode = sent.get("workMode", state["workMode"])
        if mode != 1 and "switches" in sent:
            return "switches outside of workMode 1"
        drive = self.run.drive
        if mode != 2 and sent.keys() & {drive.action, drive.target}:
            return "the motor outside of workMode 2"
        if drive.target in sent and not _is_calibrated(state):
            return "a target for a motor that is not calibrated"
        return super().rule(state, sent)

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = super().consequences(before, after, sent)
        if after["workMode"] != 2:
            self.run.end()
            return changed
        told = self.run.take(before, sent)
        return changed | self._as_calibrated(after, told)

    def _as_calibrated(self, state: State, told: Params) -> Params:
        if _is_calibrated(state):
            return told
        places = {self.run.drive.place, self.run.drive.target}
        return {key: value for key, value in told.items() if key not in places}

    @override
    def arrival(self) -> tuple[float, Params] | None:
        return self.run.arrival()

    @override
    def arrived(self) -> None:
        self.run.end()

    @override
    def told_at_arrival(self, state: State, told: Params) -> Params:
        return self._as_calibrated(state, told)

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        return self.run.pressed(state) if state["workMode"] == 2 else super().pressed(state, outlet)


class Doors(Behaviour):
    """A controller of garage doors; each has a contact that tells when it got there."""

    _ASYNCHRONOUS: Final[Mapping[str, Check]] = {
        "source": one_of("app", "voice"),
        "NO_SAVE_DB": lambda value: value is True,
        "ASYN_RESP": lambda value: value == {},
    }

    def __init__(self, doors: int) -> None:
        """Take how many doors there are."""
        self.seconds = TRAVEL_SECONDS
        self._asked: dict[str, str] = {}
        self._contacts: Params = {}
        super().__init__(
            defaults={
                "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(doors)],
                "doorsensors": {str(outlet): "off" for outlet in range(doors)},
                "alarm": False,
                "sledOnline": "on",
                "rssi": -52,
            },
            writable={
                "switches": SWITCHES,
                "alarm": boolean,
                "sledOnline": ON_OFF,
                **self._ASYNCHRONOUS,
            },
            transient=frozenset(self._ASYNCHRONOUS),
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if ("switches" in sent) is not (self._ASYNCHRONOUS.keys() <= sent.keys()):
            return "a door moves with all four keys together"
        return super().rule(state, sent)

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        self._contacts = dict(after["doorsensors"])
        for item in sent.get("switches", []):
            self._asked[str(item["outlet"])] = item["switch"]
        return {}

    @override
    def arrival(self) -> tuple[float, Params] | None:
        return (self.seconds, {"doorsensors": self._contacts | self._asked}) if self._asked else None

    @override
    def arrived(self) -> None:
        self._asked.clear()

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        is_open = state["doorsensors"].get(str(outlet)) == "on"
        return {"switches": [{"outlet": outlet, "switch": "off" if is_open else "on"}]}


_CURTAIN: Final = Drive(
    action="switch",
    opens="on",
    closes="off",
    stops="pause",
    target="setclose",
    place="setclose",
    inverted=True,
    tells=lambda action, _place: {"switch": action},
)
_SHUTTER: Final = Drive(
    action="switch",
    opens="on",
    closes="off",
    stops="pause",
    target="setclose",
    place="setclose",
    inverted=True,
)
_ZIGBEE: Final = Drive(
    action="curtainAction",
    opens="open",
    closes="close",
    stops="pause",
    target="openPercent",
    place="curPercent",
    inverted=True,
)


def _end(action: Any, place: int) -> Params:
    """Return what a rolling door tells at the end of a run."""
    return {"op": action, "statu": {_OPEN: 5, _CLOSED: 6}.get(place, 0)}


_DOOR: Final = Drive(
    action="op", opens=1, closes=3, stops=2, target="per", place="per", tells_stops=False, tells=_end
)
DUAL: Final = Drive(
    action="motorTurn",
    opens=1,
    closes=2,
    stops=0,
    target="location",
    place="currLocation",
    tells=lambda _action, place: {"motorTurn": 0, "location": place},
)
TOUCH: Final = Drive(
    action="electromotor",
    opens=0,
    closes=2,
    stops=1,
    target="percentageControl",
    place="percentageControl",
    inverted=True,
    tells=lambda action, _place: {"electromotor": action},
)
_CALIBRATION: Final[Mapping[str, Check]] = {"motorClb": one_of("normal", "calibration")}
_WIFI: Final[Params] = {"sledOnline": "on", "rssi": -57}


def _zigbee(further: Params | None = None) -> Cover:
    return Cover(
        _ZIGBEE,
        defaults={
            "curPercent": 0,
            "openPercent": 0,
            "curtainAction": "open",
            "motorClb": "normal",
            "battery": 80,
            "subDevRssi": -61,
            **(further or {}),
        },
        writable=_CALIBRATION,
    )


def _curtain() -> Cover:
    return Cover(
        _CURTAIN, defaults={"switch": "pause", "setclose": 0, **_WIFI}, writable={"sledOnline": ON_OFF}
    )


def _door() -> Cover:
    return Cover(
        _DOOR, defaults={"op": 3, "per": 0, "statu": 6, "set": 0, **_WIFI}, writable={"sledOnline": ON_OFF}
    )


COVERS: Final[dict[int, Callable[[], Behaviour]]] = {
    11: _curtain,
    67: _door,
    91: _door,
    236: lambda: Doors(2),
    237: lambda: Doors(3),
    238: lambda: Doors(3),
    258: _curtain,
    1514: _zigbee,
    7006: _zigbee,
    7015: lambda: _zigbee({"upperLimitState": 1, "lowerLimitState": 1}),
    7034: lambda: Cover(
        _SHUTTER,
        defaults={"switch": "pause", "setclose": 0, "motorClb": "normal", "calibState": 1, "subDevRssi": -58},
        writable={"motorDir": one_of("forward", "backward"), **_CALIBRATION},
    ),
}
