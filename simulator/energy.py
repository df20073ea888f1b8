"""What meters count: the energy of each hour, in UTC, and the histories that they make of it."""

from datetime import UTC, datetime
from itertools import accumulate, pairwise
from math import floor, inf
from typing import Any, Final

HOUR: Final = 3600
DAY: Final = 24
# How much of each hour of a day a load was on before anybody looked.
HABIT: Final = (
    *(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.8, 0.6, 0.2, 0.1, 0.1, 0.3),
    *(0.5, 0.2, 0.1, 0.1, 0.3, 0.7, 1.0, 1.0, 0.9, 0.7, 0.4, 0.2),
)
_HABIT_SO_FAR: Final = (0.0, *accumulate(HABIT))


class EnergyLog:
    """The energy that one load has taken: as its habit was, until it is counted."""

    def __init__(self, watts: float) -> None:
        """Take the load; nothing is counted yet."""
        self.watts = watts
        self.known = inf  # hours of that habit that the device remembers
        self._begin: float | None = None  # the hour up to which the habit counts, with its fraction
        self._forgotten = False
        self._hours: dict[int, float] = {}

    def begin(self, now: float, today: float, midnight: int) -> None:
        """Count from now on, unless that has begun; `today` is what the device says of today, if it does."""
        if self._begin is not None:
            return
        self._begin = now / HOUR
        passed = range(midnight, int(now // HOUR))
        if today >= 0 and passed:
            self._begin = midnight
            self._hours = dict.fromkeys(passed, today / len(passed))

    def add(self, since: float, until: float) -> float:
        """Count the load between two times in unix seconds; return its energy in kWh."""
        taken = 0.0
        while since < until:
            hour = int(since // HOUR)
            end = min(until, (hour + 1) * HOUR)
            energy = self.watts / 1000 * (end - since) / HOUR
            self._hours[hour] = self._hours.get(hour, 0.0) + energy
            taken += energy
            since = end
        return taken

    def forget(self) -> None:
        """Lose everything, as a device does that is reset."""
        self._forgotten = True
        self._hours.clear()

    def hours(self, first: int, count: int) -> list[int]:
        """Return the energy of that many hours from `first` on, in hundredths of a kWh."""
        begin = first + count if self._begin is None else self._begin
        before = sum(energy for hour, energy in self._hours.items() if hour < first)
        counted = accumulate((self._hours.get(first + each, 0.0) for each in range(count)), initial=before)
        ends = [
            floor(100 * (self._habit(min(first + each, begin)) + energy) + 1e-6)
            for each, energy in enumerate(counted)
        ]
        return [end - start for start, end in pairwise(ends)]

    def _habit(self, hour: float) -> float:
        if self._forgotten:
            return 0.0
        if self._begin is not None:
            hour = max(hour, self._begin - self.known)
        whole, part = divmod(hour, 1)
        day, of_day = divmod(int(whole), DAY)
        hours = day * _HABIT_SO_FAR[DAY] + _HABIT_SO_FAR[of_day] + HABIT[of_day] * part
        return self.watts / 1000 * hours


def hours_back(log: EnergyLog, now: float, start: int, end: int, *, digits: int) -> str:
    """Return the hours from `start` to `end` back, both included, in groups of 4 characters or 3."""
    running = int(now // HOUR)
    values = log.hours(running - end, end - start + 1)
    return "".join(group(value, digits) for value in reversed(values))


def days_back(log: EnergyLog, now: float, offset: float, count: int, *, digits: int) -> str:
    """Return that many days, today first, in groups of 6 characters or 4."""
    first = local_midnight(now, offset) - (count - 1) * DAY
    hours = log.hours(first, count * DAY)
    days = [sum(hours[start : start + DAY]) for start in range(0, count * DAY, DAY)]
    return "".join(group(value, digits) for value in reversed(days))


def group(value: int, digits: int) -> str:
    """Write hundredths of a kWh in 3, 4 or 6 characters."""
    whole, rest = divmod(value, 100)
    if digits == 6:
        return f"{whole:02x}{rest // 10:02d}{rest % 10:02d}"
    return f"{whole:0{digits - 2}x}{rest:02d}"


def local_midnight(now: float, offset: float) -> int:
    """Return the hour in which the day began, so many hours from UTC."""
    return int((now + offset * HOUR) // (DAY * HOUR) * DAY - offset)


def local(time: float, offset: float) -> datetime:
    """Return a time as the clock of the device shows it."""
    return datetime.fromtimestamp(time + offset * HOUR, UTC)


def offset_of(state: Any) -> float:
    """Return how many hours the device is from UTC."""
    told = state.get("timeZone")
    return told if isinstance(told, (int, float)) and not isinstance(told, bool) else 0
