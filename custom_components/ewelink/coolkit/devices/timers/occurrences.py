"""When timers are due."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from types import MappingProxyType

from ..params import Params, flag, outlet_of
from .schedule import LAST, Loop, Once, Schedule, Weekly, utc
from .timer import Timer

# Loops may be due every minute, and a range may be all of time: of all loops together, and of all repeated
# timers together, no more than this is told at a time.
LOOP_LIMIT = 500
REPEAT_LIMIT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A timer that is due: when (a full minute in UTC), and which of its actions it does then."""

    time: datetime
    timer: Timer
    action: Params

    @property
    def outlet(self) -> int | None:
        """The outlet that is switched, counted from 0; None if the action names none."""
        return outlet_of(self._relay)

    @property
    def on(self) -> bool | None:
        """Whether it switches on or off; None if it does something else."""
        return flag(self._relay, "state" if "state" in self._relay else "switch")

    @property
    def _relay(self) -> Params:
        """The part of the action that switches."""
        items = self.action.get("switches")
        if isinstance(items, list) and len(items) == 1 and isinstance(items[0], Mapping):
            return items[0]
        return self.action


_ALWAYS: Mapping[str, datetime] = MappingProxyType({})


def occurrences(
    timers: Iterable[Timer], start: datetime, end: datetime, *, known_since: Mapping[str, datetime] = _ALWAYS
) -> Iterator[Occurrence]:
    """Yield when enabled timers are due from `start` until before `end`, in order; any range will do.

    Nobody says when a repeated timer was made: `known_since` tells by its `mid` from when on it counts. Of
    all loops together the first 500 are told, of all repeated timers the first 5000. Moments are aware.
    Source: docs/params.md, Timers.
    """
    start, end = utc(start), utc(end)
    loops: list[Iterator[Occurrence]] = []
    repeated: list[Iterator[Occurrence]] = []
    single: list[Iterator[Occurrence]] = []
    for timer in timers:
        if not timer.enabled:
            continue
        match timer.schedule:
            case Once() as schedule:
                single.append(_occurrences(timer, schedule, start, end))
            case Weekly() as schedule:
                since = known_since.get(timer.mid or "")
                begin = start if since is None else max(start, utc(since))
                repeated.append(_occurrences(timer, schedule, begin, end))
            case Loop() as schedule:
                loops.append(_occurrences(timer, schedule, start, end))
    return merge(
        *single,
        islice(merge(*repeated, key=_time), REPEAT_LIMIT),
        islice(merge(*loops, key=_time), LOOP_LIMIT),
        key=_time,
    )


def next_occurrence(timers: Iterable[Timer], now: datetime) -> Occurrence | None:
    """Return the next time that one of the timers is due, after `now` (aware); None if there is none."""
    return next(occurrences(timers, now + timedelta.resolution, LAST), None)


def _occurrences(timer: Timer, schedule: Schedule, start: datetime, end: datetime) -> Iterator[Occurrence]:
    for due, action in schedule.between(start, end):
        yield Occurrence(time=due, timer=timer, action=timer.actions[action])


def _time(occurrence: Occurrence) -> datetime:
    return occurrence.time
