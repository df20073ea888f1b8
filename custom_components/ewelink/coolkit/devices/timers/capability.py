"""The timers of a device as capabilities."""

from dataclasses import dataclass
from typing import Any

from ..capability import Capability, Kind
from ..params import Params
from .kept import PLACES, KeptTimers, kept_in, unreadable_in
from .schedule import TimerKind
from .timer import TIMERS


@dataclass(frozen=True, slots=True, kw_only=True)
class TimersCapability(Capability[KeptTimers]):
    """The timers of a device, and which ones may be made for it.

    `kinds` is empty where it is not known how an action is spelled: such timers are shown only. An action
    names one of `outlets`, where there are any; `switch` are the params that it sets to on or off.
    """

    kinds: frozenset[TimerKind]
    outlets: tuple[int, ...]
    switch: tuple[str, ...]

    def action(self, *, on: bool, outlet: int | None = None) -> dict[str, Any]:
        """Return what a timer has to do to switch the device, or one outlet of it, on or off.

        Raises:
            ValueError: the device has no such outlet, or several and none is named.
        """
        if outlet is None and len(self.outlets) == 1:
            outlet = self.outlets[0]
        if outlet not in (self.outlets or (None,)):
            raise ValueError("an action names one of the device's outlets")
        action: dict[str, Any] = dict.fromkeys(self.switch, "on" if on else "off")
        return action if outlet is None else {**action, "outlet": outlet}


def timers_capability(
    kinds: frozenset[TimerKind], outlets: tuple[int, ...] = (), switch: tuple[str, ...] = ("switch",)
) -> TimersCapability:
    """Make the timers of a device; it has them once it tells of any, even if none are left."""
    return TimersCapability(
        kind=Kind.TIMERS,
        params=PLACES,
        read=kept_in,
        present=_has_timers,
        kinds=kinds,
        outlets=outlets,
        switch=switch,
    )


def _has_timers(params: Params) -> bool:
    return isinstance(params.get(TIMERS), list) or bool(unreadable_in(params))


NEXT_TIMER: Capability[KeptTimers] = Capability(
    kind=Kind.NEXT_TIMER, params=PLACES, read=kept_in, present=_has_timers
)
