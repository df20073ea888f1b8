"""Presses of buttons: what a push says of one, and what is only said again."""

from collections.abc import Set as AbstractSet

from .capability import EventCapability, Kind
from .params import Params, flag, integer, item_of, object_of

# In the order of the numbers on the wire.
_PRESSES = ("single", "double", "long", "triple")
_TIMES = ("trigTime", "actionTime")
# What may come along with a press; a push with anything else is a report of the whole state, which says an
# old press again.
_ALONG = frozenset({*_TIMES, "triggerType", "rssi", "subDevRssi"})
_TOUCHED = 2
_MOST_SWIPES = 4


def _always(_: Params) -> bool:
    """Tell that a device has it before it was ever told."""
    return True


def _is_new(now: Params, before: Params, keys: AbstractSet[str]) -> bool:
    """Return whether a press is one that was not told before: by its time, if it tells any."""
    for name in _TIMES:
        if name in keys and name in now:
            told, known = str(now[name]), str(before.get(name, ""))
            # Both spellings of a time grow as text as long as they are of one length.
            return told > known if len(told) == len(known) else told != known
    return True


def _press(values: Params, count: int) -> str | None:
    number = integer(values, "key")
    return _PRESSES[number] if number is not None and 0 <= number < count else None


def buttons(count: int, *, presses: int = 3) -> tuple[EventCapability, ...]:
    """Make the buttons of a remote control; with several, the press names one."""

    def make(wire_outlet: int) -> EventCapability:
        outlet = wire_outlet if count > 1 else None

        def read(params: Params) -> str | None:
            if outlet is not None and integer(params, "outlet") != outlet:
                return None
            return _press(params, presses)

        return EventCapability(
            kind=Kind.PRESS,
            params=frozenset({"key", "outlet"}) if count > 1 else frozenset({"key"}),
            types=_PRESSES[:presses],
            read=read,
            happened=lambda now, before, keys: (
                read(now) if "key" in keys and _is_new(now, before, keys) else None
            ),
            outlet=outlet,
            present=_always,
        )

    return tuple(make(wire_outlet) for wire_outlet in range(count))


def wall_keys(outlets: tuple[int, ...]) -> tuple[EventCapability, ...]:
    """Make the keys of a wall switch that tells presses beside what they switch."""

    def make(wire_outlet: int) -> EventCapability:
        def read(params: Params) -> str | None:
            press = object_of(params, "localKeyPass")
            return _press(press, 3) if integer(press, "outlet") == wire_outlet else None

        def happened(now: Params, before: Params, keys: AbstractSet[str]) -> str | None:
            alone = "localKeyPass" in keys and keys <= {"localKeyPass"} | _ALONG
            return read(now) if alone and _is_new(now, before, keys) else None

        return EventCapability(
            kind=Kind.PRESS,
            params=frozenset({"localKeyPass"}),
            types=_PRESSES[:3],
            read=read,
            happened=happened,
            outlet=wire_outlet if len(outlets) > 1 else None,
            present=_always,
        )

    return tuple(map(make, outlets))


def _is_detached(params: Params) -> bool:
    return "key" in params or flag(params, "relaySeparation") is True


def _detached_press(now: Params, before: Params, keys: AbstractSet[str]) -> str | None:
    alone = "key" in keys and keys <= {"key"} | _ALONG
    return _press(now, 3) if alone and _is_new(now, before, keys) else None


# The wall switch at a relay that it does not move.
DETACHED_KEY = EventCapability(
    kind=Kind.PRESS,
    params=frozenset({"key"}),
    types=_PRESSES[:3],
    read=lambda params: _press(params, 3),
    happened=_detached_press,
    present=_is_detached,
    decided_by=frozenset({"relaySeparation"}),
)


def touches(outlets: tuple[int, ...]) -> tuple[EventCapability, ...]:
    """Make the keys of a switch that says whether a hand has switched it, and nothing else of them."""

    def make(wire_outlet: int) -> EventCapability:
        def on(params: Params) -> bool | None:
            item = item_of(params, "switches", wire_outlet)
            return None if item is None else flag(item, "switch")

        def happened(now: Params, before: Params, keys: AbstractSet[str]) -> str | None:
            # The whole state says the last cause again, whatever has changed since.
            alone = keys >= {"switches", "triggerType"} and keys <= {"switches"} | _ALONG
            touched = integer(now, "triggerType") == _TOUCHED and on(now) is not on(before)
            return "single" if alone and touched else None

        return EventCapability(
            kind=Kind.PRESS,
            params=frozenset({"triggerType"}),
            types=("single",),
            read=lambda _: None,
            happened=happened,
            outlet=wire_outlet if len(outlets) > 1 else None,
            present=_always,
            # The relay says so, too.
            minor=True,
        )

    return tuple(map(make, outlets))


def _swipe(params: Params) -> str | None:
    number = integer(params, "slide")
    return f"swipe_{number}" if number is not None and 1 <= number <= _MOST_SWIPES else None


# Which number is which direction, no source says.
SWIPE = EventCapability(
    kind=Kind.SWIPE,
    params=frozenset({"slide"}),
    types=tuple(f"swipe_{number}" for number in range(1, _MOST_SWIPES + 1)),
    read=_swipe,
    happened=lambda now, _, keys: _swipe(now) if keys <= {"slide"} | _ALONG and "slide" in keys else None,
    present=_always,
)
