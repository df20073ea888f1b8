"""When something is due: once, on days of the week, in a cycle."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import count

MINUTE = timedelta(minutes=1)
_YEAR = timedelta(days=366)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


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


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC; near the ends of the calendar, the end itself."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


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
    start = utc(start)
    for due, _ in schedule.between(start, start + _YEAR):
        local = due.astimezone(zone)
        shift = local.toordinal() - due.toordinal()
        at = local.time().replace(fold=0)
        weekdays = frozenset(WEEKDAYS[(WEEKDAYS.index(weekday) + shift) % 7] for weekday in schedule.weekdays)
        if not found or (found[-1].at, found[-1].weekdays) != (at, weekdays):
            found.append(LocalSchedule(since=local, at=at, weekdays=weekdays))
    return tuple(found)
