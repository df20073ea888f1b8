"""Timers that a device keeps: how each is read, when it is due, how it is made."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from heapq import merge
from itertools import count, islice
import logging
from types import MappingProxyType
from typing import Any, Self
from uuid import uuid4

from ..fields import bounded_time
from ..params import Params, flag, outlet_of

_LOGGER = logging.getLogger(__name__)

TIMERS = "timers"

# Loops may be due every minute, and a range may be all of time: of all loops together, and of all repeated
# timers together, no more than this is told at a time.
LOOP_LIMIT = 500
REPEAT_LIMIT = 5000
# Devices keep 8 to 16.
MOST_TIMERS = 1_000

_MINUTE = timedelta(minutes=1)
_YEAR = timedelta(days=366)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
# Eight digits of minutes are two lifetimes; more is a slip.
_LONGEST_FIGURE = 8
# The key that official samples spell with a leading blank.
_SHOWN_TYPES = ("coolkit_timer_type", " coolkit_timer_type")
# What a timer made anew replaces in the one that it stands for; all else in there stays as it is.
_KNOWN = frozenset({"enabled", "mId", "type", "at", "do", "startDo", "endDo", "period", *_SHOWN_TYPES})


class TimerKind(StrEnum):
    """What makes a timer due: a moment, days of the week, a cycle, or the end of a delay."""

    COUNTDOWN = "countdown"
    LOOP = "loop"
    ONCE = "once"
    REPEAT = "repeat"


class Weekday(StrEnum):
    """A day of the week, in the order in which a device counts them from 0."""

    SUNDAY = "sun"
    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"


WEEKDAYS = tuple(Weekday)

# --- when timers are due ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Once:
    """Due at one moment, in UTC."""

    at: datetime

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
        """Yield when it is due from `start` until before `end`, with the number of the action."""
        if start <= self.at < end:
            yield self.at, 0


@dataclass(frozen=True, slots=True)
class Weekly:
    """Due at a time of day on some days of the week, both in UTC."""

    hour: int
    minute: int
    weekdays: frozenset[Weekday]

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
        """Yield when it is due from `start` until before `end`, with the number of the action."""
        at = time(self.hour, self.minute, tzinfo=UTC)
        for day in range(start.toordinal(), end.toordinal() + 1):
            # The calendar of Python begins on a Monday, which has the ordinal 1.
            if WEEKDAYS[day % 7] in self.weekdays:
                due = datetime.combine(date.fromordinal(day), at)
                if start <= due < end:
                    yield due, 0


@dataclass(frozen=True, slots=True)
class Loop:
    """Due in UTC at `start` and then every `cycle` minutes; a second action follows `then` minutes later."""

    start: datetime
    cycle: int
    then: int | None = None

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
        """Yield when it is due from `start` until before `end`, with the number of the action."""
        cycle = timedelta(minutes=self.cycle)
        actions = [timedelta(0)] if self.then is None else [timedelta(0), timedelta(minutes=self.then)]
        for turn in count(max(0, (start - self.start) // cycle)):
            for action, after in enumerate(actions):
                elapsed = turn * cycle + after
                if elapsed >= end - self.start:
                    return
                if (due := self.start + elapsed) >= start:
                    yield due, action


type Schedule = Once | Weekly | Loop

# --- timers as devices keep them -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """An entry of the param `timers`.

    One that cannot be read has neither kind nor schedule: it is never due, but written back as it came.
    Source: docs/params.md, Timers.

    Attributes:
        mid: the id that the client has chosen; None if the entry has none.
        enabled: whether it will be carried out.
        kind: what makes it due.
        schedule: when it is due.
        actions: params that are applied, in turn: one object, two for a loop with two actions.
        raw: the entry as it is on the wire, with what is unknown here.
    """

    mid: str | None
    enabled: bool
    kind: TimerKind | None
    schedule: Schedule | None
    actions: tuple[Params, ...]
    raw: Any = field(repr=False)

    @classmethod
    def unread(cls, data: Any) -> Self:
        """Return the timer of an entry that is not read."""
        return cls(mid=None, enabled=False, kind=None, schedule=None, actions=(), raw=data)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Return the timer of one entry; never raises."""
        if not isinstance(data, Mapping):
            _log_unreadable(type(data).__name__)
            return cls.unread(data)
        mid = data.get("mId")
        kind = _kind(data)
        schedule = None if kind is None else _schedule(kind, data.get("at"))
        actions = _actions(data, schedule)
        if schedule is None or not actions:
            _log_unreadable(str(data.get("type"))[:20])
            kind, schedule, actions = None, None, ()
        return cls(
            mid=mid if isinstance(mid, str) and mid else None,
            enabled=flag(data, "enabled") is True,
            kind=kind,
            schedule=schedule,
            actions=actions,
            raw=data,
        )

    def to_dict(self) -> Any:
        """Return the entry as it goes on the wire."""
        return dict(self.raw) if isinstance(self.raw, Mapping) else self.raw

    def with_enabled(self, *, enabled: bool) -> Timer:
        """Return the timer enabled or disabled; all else in it stays as it is.

        Raises:
            ValueError: the entry is no object.
        """
        if not isinstance(self.raw, Mapping):
            raise ValueError("this entry is no timer")  # noqa: TRY004 - what was sent is wrong, not its use
        return Timer.from_dict({**self.raw, "enabled": int(enabled)})


def timers_of(params: Params) -> tuple[Timer, ...]:
    """Return the timers in a device's params, in its order; never raises.

    Entries that cannot be read are among them, so that the list can be written back complete.
    Source: docs/params.md, Timers.
    """
    entries = params.get(TIMERS)
    if not isinstance(entries, list):
        return ()
    # Those beyond all measure are kept as they are.
    rest = (Timer.unread(entry) for entry in entries[MOST_TIMERS:])
    return (*map(Timer.from_dict, entries[:MOST_TIMERS]), *rest)


def timers_params(timers: Iterable[Timer]) -> dict[str, Any]:
    """Return the params that write these timers: always the complete list."""
    return {TIMERS: [timer.to_dict() for timer in timers]}


def _kind(entry: Params) -> TimerKind | None:
    shown = next((entry[name] for name in _SHOWN_TYPES if name in entry), None)
    match entry.get("type", shown), shown:
        case ("once", "delay") | ("delay", _):
            return TimerKind.COUNTDOWN
        case "once", _:
            return TimerKind.ONCE
        case "repeat", _:
            return TimerKind.REPEAT
        case "duration", _:
            return TimerKind.LOOP
    return None


def _schedule(kind: TimerKind, at: Any) -> Schedule | None:
    if not isinstance(at, str):
        return None
    if kind is TimerKind.REPEAT:
        return _weekly(at.split())
    moment, *figures = at.split() or [""]
    if (due := _moment(moment)) is None:
        return None
    if kind is TimerKind.LOOP:
        return _loop(due, [_figure(text) for text in figures])
    return None if figures else Once(due)


def _weekly(fields: Sequence[str]) -> Weekly | None:
    """Read minute, hour, day, month and weekday; every day and month is all that devices know."""
    if len(fields) != 5 or fields[2:4] != ["*", "*"]:
        return None
    minute, hour, weekdays = _figure(fields[0]), _figure(fields[1]), _weekdays(fields[4])
    if minute is None or minute > 59 or hour is None or hour > 23 or not weekdays:
        return None
    return Weekly(hour, minute, weekdays)


def _weekdays(text: str) -> frozenset[Weekday]:
    """Read a list of weekdays and spans of them, none if one is wrong; 7 is Sunday, too, as in cron."""
    if text == "*":
        return frozenset(Weekday)
    found: set[Weekday] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = _figure(first), _figure(last or first)
        if begin is None or end is None or not begin <= end <= 7:
            return frozenset()
        found.update(WEEKDAYS[day % 7] for day in range(begin, end + 1))
    return frozenset(found)


def _loop(start: datetime, figures: Sequence[int | None]) -> Loop | None:
    match figures:
        case [int(cycle)] if cycle > 0:
            return Loop(start, cycle)
        case [int(cycle), int(then)] if 0 < then < cycle:
            return Loop(start, cycle, then)
    return None


def _figure(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_FIGURE else None


def _moment(text: str) -> datetime | None:
    """Read a moment; devices act at the full minute and ignore what is below."""
    try:
        moment = bounded_time(datetime.fromisoformat(text))
    except ValueError:
        return None
    return None if moment is None else moment.replace(second=0, microsecond=0)


def _actions(entry: Params, schedule: Schedule | None) -> tuple[Params, ...]:
    """Return what is done in turn, as many actions as the schedule has; none if one is missing."""
    found = [entry.get("do") or entry.get("startDo")]
    if isinstance(schedule, Loop) and schedule.then is not None:
        found = [entry.get("startDo") or entry.get("do"), entry.get("endDo")]
    actions = tuple(action for action in found if isinstance(action, Mapping) and action)
    return actions if len(actions) == len(found) else ()


@lru_cache(maxsize=64)
def _log_unreadable(kind: str) -> None:
    """Say once for each type that a timer could not be read; what it does stays private."""
    _LOGGER.debug("A timer (%s) cannot be read", kind)


# --- occurrences -----------------------------------------------------------------------------------------


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
    start, end = _utc(start), _utc(end)
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
                begin = start if since is None else max(start, _utc(since))
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
    return next(occurrences(timers, now + timedelta.resolution, _LAST), None)


def _occurrences(timer: Timer, schedule: Schedule, start: datetime, end: datetime) -> Iterator[Occurrence]:
    for due, action in schedule.between(start, end):
        yield Occurrence(time=due, timer=timer, action=timer.actions[action])


def _time(occurrence: Occurrence) -> datetime:
    return occurrence.time


def _utc(moment: datetime) -> datetime:
    """Return a moment in UTC; near the ends of the calendar, the end itself."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _FIRST if moment.year == 1 else _LAST


# --- making timers ---------------------------------------------------------------------------------------


def make_once(at: datetime, action: Params) -> Timer:
    """Make a timer for one moment, rounded up: devices act at full minutes.

    Raises:
        ValueError: `at` has no time zone, or there is no action.
    """
    return _made({"type": "once", "coolkit_timer_type": "once", "at": _wire(at), "do": action})


def make_countdown(minutes: int, now: datetime, action: Params) -> Timer:
    """Make a timer that is due when so many minutes are over, rounded up: devices act at full minutes.

    Raises:
        ValueError: less than a minute, `now` has no time zone, or there is no action.
    """
    if minutes < 1:
        raise ValueError("a delay is a minute at least")
    return _made(
        {
            "type": "once",
            "coolkit_timer_type": "delay",
            "at": _wire(now + minutes * _MINUTE),
            "period": str(minutes),
            "do": action,
        }
    )


def make_repeat(
    at: time, weekdays: Collection[Weekday], zone: tzinfo, now: datetime, action: Params
) -> Timer:
    """Make a timer for a local time, rounded up to the full minute, on local days of the week.

    The device repeats it in UTC, by the zone's offset at the next of these times: `local_schedules` tells
    how the local time moves with daylight saving.

    Raises:
        ValueError: no days, `now` has no time zone, or there is no action.
    """
    if now.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    at = at.replace(tzinfo=None)
    today = now.astimezone(zone).date()
    # Two weeks: on the day on which clocks go forward, the time may not exist.
    for day in (today + timedelta(days=days) for days in range(15)):
        local = datetime.combine(day, at, zone)
        due = local.astimezone(UTC)
        if due <= now or WEEKDAYS[day.toordinal() % 7] not in weekdays:
            continue
        if due.astimezone(zone).replace(tzinfo=None, fold=0) != local.replace(tzinfo=None, fold=0):
            continue
        due = _minute_from(due)
        shift = (due.date() - day).days
        numbers = sorted((WEEKDAYS.index(weekday) + shift) % 7 for weekday in set(weekdays))
        cron = f"{due.minute} {due.hour} * * {','.join(map(str, numbers))}"
        return _made({"type": "repeat", "coolkit_timer_type": "repeat", "at": cron, "do": action})
    raise ValueError("a repeated timer needs a day of the week")


def make_loop(
    start: datetime, cycle: int, action: Params, *, then: int | None = None, second: Params | None = None
) -> Timer:
    """Make a timer for `start` and then every `cycle` minutes, a `second` action `then` minutes later.

    The start is rounded up to the full minute.

    Raises:
        ValueError: the cycle is less than a minute, `then` is not within it or stands alone, `start` has no
            time zone, or there is no action.
    """
    if cycle < 1:
        raise ValueError("a cycle is a minute at least")
    kinds = {"type": "duration", "coolkit_timer_type": "duration"}
    if then is None and second is None:
        return _made({**kinds, "at": f"{_wire(start)} {cycle}", "do": action})
    if then is None or second is None or not 0 < then < cycle:
        raise ValueError("a second action needs its minutes, within the cycle")
    return _made({**kinds, "at": f"{_wire(start)} {cycle} {then}", "startDo": action, "endDo": second})


def _made(entry: Params) -> Timer:
    timer = Timer.from_dict({"enabled": 1, "mId": str(uuid4()), **entry})
    if timer.kind is None:
        raise ValueError("a timer needs something to do at a time that devices know")
    return timer


def _wire(moment: datetime) -> str:
    """Return the first full minute from a moment on as devices take it."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    minute = _minute_from(moment.astimezone(UTC)).replace(tzinfo=None)
    return f"{minute.isoformat(timespec='milliseconds')}Z"


def _minute_from(moment: datetime) -> datetime:
    """Return the first full minute from a moment on; the last one has begun, and would be missed."""
    return (moment + (_MINUTE - timedelta.resolution)).replace(second=0, microsecond=0)


# --- changing lists of timers ----------------------------------------------------------------------------


def find_timer(timers: Iterable[Timer], mid: str) -> Timer:
    """Return the timer of an id; raises KeyError if there is none."""
    for timer in timers:
        if timer.mid == mid:
            return timer
    raise KeyError(mid)


def with_timer(timers: Sequence[Timer], timer: Timer) -> tuple[Timer, ...]:
    """Return the timers with one more at their end."""
    return (*timers, timer)


def with_timer_replaced(timers: Sequence[Timer], mid: str, timer: Timer) -> tuple[Timer, ...]:
    """Return the timers with another one in the place of an id.

    The id, and what is unknown here of the old entry, are kept; raises KeyError if there is none.
    """
    old = find_timer(timers, mid)
    unknown = {name: value for name, value in old.raw.items() if name not in _KNOWN}
    new = Timer.from_dict({**unknown, **timer.raw, "mId": mid})
    return tuple(new if known is old else known for known in timers)


def with_timer_enabled(timers: Sequence[Timer], mid: str, *, enabled: bool) -> tuple[Timer, ...]:
    """Return the timers with one of them enabled or disabled; raises KeyError if there is none."""
    old = find_timer(timers, mid)
    return tuple(timer.with_enabled(enabled=enabled) if timer is old else timer for timer in timers)


def without_timer(timers: Sequence[Timer], mid: str) -> tuple[Timer, ...]:
    """Return the timers without one of them; raises KeyError if there is none."""
    old = find_timer(timers, mid)
    return tuple(timer for timer in timers if timer is not old)


# --- daylight saving -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSchedule:
    """When a timer that is repeated in UTC is due in a time zone, from its time at `since` on."""

    since: datetime
    at: time
    weekdays: frozenset[Weekday]


def local_schedules(schedule: Weekly, zone: tzinfo, start: datetime) -> tuple[LocalSchedule, ...]:
    """Return how the local time and days of a repeated timer move during the year from `start` (aware) on.

    One schedule where clocks never change; `since` is in the time zone.
    """
    found: list[LocalSchedule] = []
    start = _utc(start)
    for due, _ in schedule.between(start, start + _YEAR):
        local = due.astimezone(zone)
        shift = local.toordinal() - due.toordinal()
        at = local.time().replace(fold=0)
        weekdays = frozenset(WEEKDAYS[(WEEKDAYS.index(weekday) + shift) % 7] for weekday in schedule.weekdays)
        if not found or (found[-1].at, found[-1].weekdays) != (at, weekdays):
            found.append(LocalSchedule(since=local, at=at, weekdays=weekdays))
    return tuple(found)
