"""Changing lists of timers."""

from collections.abc import Iterable, Sequence

from .timer import KNOWN, Timer


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
    unknown = {name: value for name, value in old.raw.items() if name not in KNOWN}
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
