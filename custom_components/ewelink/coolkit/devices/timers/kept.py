"""What is known of a device's timers: those that can be read, and where it keeps others that cannot."""

from dataclasses import dataclass
from typing import Any

from ..device import Device
from ..params import Params
from .timer import TIMERS, Timer, timers_of

# Firmware since 2025 has it beside the list; what is in it, no source says.
NEWER_TIMERS = "timerV2"
# The app moves timers there that the user disables.
SET_ASIDE = "disable_timers"

PLACES = frozenset({TIMERS, NEWER_TIMERS})
_NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTimers:
    """The timers of a device, wherever they are kept.

    Attributes:
        timers: those in the device, in its order.
        set_aside: those that the app keeps for the device while they are disabled.
        unreadable: where there are others, in a form that cannot be read: nothing may be written then.
    """

    timers: tuple[Timer, ...] = ()
    set_aside: tuple[Timer, ...] = ()
    unreadable: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.timers or self.set_aside or self.unreadable)


def timer_params(device: Device) -> tuple[str, ...]:
    """Return the params to ask a device for its timers."""
    return (TIMERS, NEWER_TIMERS) if NEWER_TIMERS in device.params else (TIMERS,)


def kept_in(params: Params) -> KeptTimers:
    """Return what a device's params alone say of its timers; never raises."""
    return KeptTimers(timers=timers_of(params), unreadable=unreadable_in(params))


def kept_timers(device: Device) -> KeptTimers:
    """Return all that is known of a device's timers; never raises. Source: docs/params.md, Timers."""
    kept = kept_in(device.params)
    entries = device.tags.get(SET_ASIDE)
    if entries in _NOTHING:
        return kept
    timers = [Timer.from_dict(entry) for entry in (entries if isinstance(entries, list) else [None])]
    strange = any(timer.kind is None for timer in timers)
    # One that is in the device again is that one.
    known = {timer.mid for timer in kept.timers} - {None}
    return KeptTimers(
        timers=kept.timers,
        set_aside=tuple(
            timer.with_enabled(enabled=False)
            for timer in timers
            if timer.kind is not None and timer.mid not in known
        ),
        unreadable=kept.unreadable | ({f"tags.{SET_ASIDE}"} if strange else frozenset()),
    )


def unreadable_in(params: Params) -> frozenset[str]:
    """Return which params hold timers in a form that cannot be read."""
    found = set[str]()
    if not isinstance(params.get(TIMERS), list | None):
        found.add(TIMERS)
    if params.get(NEWER_TIMERS) not in _NOTHING:
        found.add(NEWER_TIMERS)
    return frozenset(found)
