"""Checks of single values: what a device takes for one of its params."""

from collections.abc import Callable, Mapping
import re
from typing import Any

type Check = Callable[[Any], bool]


def anything(value: Any) -> bool:
    """Take every value."""
    del value
    return True


def boolean(value: Any) -> bool:
    """Take a JSON bool alone."""
    return isinstance(value, bool)


def text(value: Any) -> bool:
    """Take text."""
    return isinstance(value, str)


def decimal(value: Any) -> bool:
    """Take a number as text."""
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None


def one_of(*allowed: str | int) -> Check:
    """Take one of these values, of the same type."""

    def check(value: Any) -> bool:
        return any(type(value) is type(one) and value == one for one in allowed)

    return check


def integer(low: int, high: int, step: int = 1) -> Check:
    """Take a whole number of a range."""

    def check(value: Any) -> bool:
        return type(value) is int and low <= value <= high and value % step == 0

    return check


def spelled(check: Check) -> Check:
    """Take whole numbers as text, or as numbers, that another check takes."""

    def take(value: Any) -> bool:
        if isinstance(value, str):
            return value.removeprefix("-").isdecimal() and check(int(value))
        return check(value)

    return take


def number(low: float, high: float) -> Check:
    """Take a number of a range."""

    def check(value: Any) -> bool:
        return type(value) in {int, float} and low <= value <= high

    return check


def level(low: int, high: int, *, zero: bool = False) -> Check:
    """Take a whole number as text, of a range or "0" for a channel that is not used."""

    def check(value: Any) -> bool:
        if not isinstance(value, str) or not value.isdigit():
            return False
        return low <= int(value) <= high or (zero and int(value) == 0)

    return check


class Fields:
    """Takes an object with these keys and no others."""

    def __init__(self, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> None:
        """Take the keys that have to be there, and those that may."""
        self._required = required.keys()
        self._known = {**required, **(optional or {})}

    def __call__(self, value: Any) -> bool:
        """Say whether a value is such an object."""
        return self.takes(value, {})

    def takes(self, value: Any, held: Any) -> bool:
        """Say whether a value is such an object, but for what stays as the device holds it."""
        if not isinstance(value, dict):
            return False
        held = held if isinstance(held, dict) else {}
        missing = self._required - value.keys()
        return (not missing or bool(held and not missing & held.keys())) and all(
            (key in held and _alike(item, held[key])) or (key in self._known and self._known[key](item))
            for key, item in value.items()
        )


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Fields:
    """Take an object with these keys and no others."""
    return Fields(required, optional)


def each(item: Check) -> Check:
    """Take a list, not empty, of such items."""

    def check(value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(item(one) for one in value)

    return check


class Outlets:
    """Takes a list with one object per outlet."""

    def __init__(self, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> None:
        """Take what an object has besides its outlet."""
        self._item = Fields({"outlet": integer(0, 3), **required}, optional)

    def __call__(self, value: Any) -> bool:
        """Say whether a value is such a list."""
        return self.takes(value, [])

    def takes(self, value: Any, held: Any) -> bool:
        """Say whether a value is such a list, but for what stays as the device holds it."""
        if not isinstance(value, list) or not value:
            return False
        kept = held if isinstance(held, list) else []
        known = {outlet_of(item): item for item in kept}
        named = [outlet for item in value if (outlet := outlet_of(item)) is not None]
        return len(set(named)) == len(named) and all(
            item in kept or self._item.takes(item, known.get(outlet_of(item))) for item in value
        )


def outlet_of(item: Any) -> int | None:
    """Return the outlet that an item of a list is about; old firmware may tell it as text."""
    outlet = item.get("outlet") if isinstance(item, dict) else None
    if isinstance(outlet, str) and outlet.isdigit():
        return int(outlet)
    return outlet if type(outlet) is int else None


def _alike(value: Any, held: Any) -> bool:
    """Say whether a value is what the device holds, either of them perhaps spelled as text."""
    return same(value, held) or ({type(value), type(held)} == {int, str} and str(value) == str(held))


def same(value: Any, held: Any) -> bool:
    """Say whether a value is the one that the device holds."""
    return type(value) is type(held) and bool(value == held)


def takes(check: Check, value: Any, held: Any) -> bool:
    """Say whether a device takes a value for a param: what it may be, or what the device has already."""
    if check(value) or same(value, held):
        return True
    if type(value) is int and isinstance(held, str) and not check(held):
        # A number that it holds as text.
        return str(value) == held
    return isinstance(check, (Fields, Outlets)) and check.takes(value, held)


ON_OFF = one_of("on", "off")
STARTUP = one_of("on", "off", "stay")
FLAG = one_of(0, 1)
# A param of its own takes ten hours, an item of a list one.
PULSE_WIDTH = integer(500, 36_000_000, 500)
SWITCHES = Outlets({"switch": ON_OFF})
CONFIGURE = Outlets({"startup": STARTUP}, {"enableDelay": FLAG, "width": integer(0, 3_600_000)})
PULSES = Outlets({"pulse": ON_OFF, "width": integer(500, 3_600_000, 500)}, {"switch": ON_OFF})
LOCKS = each(Fields({"enabled": FLAG, "outlets": each(integer(0, 3))}))
