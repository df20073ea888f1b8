"""A timer that a device keeps: how it is read, and how it is made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
import logging
from typing import Any, Self
from uuid import uuid4

from ..fields import bounded_time
from ..params import Params, flag
from .schedule import MINUTE, WEEKDAYS, Loop, Once, Schedule, TimerKind, Weekday, Weekly

_LOGGER = logging.getLogger(__name__)

TIMERS = "timers"

# Devices keep 8 to 16.
MOST_TIMERS = 1_000

# Eight digits of minutes are two lifetimes; more is a slip.
_LONGEST_FIGURE = 8
# The key that official samples spell with a leading blank.
_SHOWN_TYPES = ("coolkit_timer_type", " coolkit_timer_type")
# What a timer made anew replaces in the one that it stands for; all else in there stays as it is.
KNOWN = frozenset({"enabled", "mId", "type", "at", "do", "startDo", "endDo", "period", *_SHOWN_TYPES})


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
            "at": _wire(now + minutes * MINUTE),
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
    return (moment + (MINUTE - timedelta.resolution)).replace(second=0, microsecond=0)
