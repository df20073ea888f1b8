"""Checks of single values: what a device takes for one of its params."""

from collections.abc import Callable, Mapping
import re
from typing import Any

type Check = Callable[[Any], bool]


def anything(value: Any) -> bool:
    """Take every value."""
    del value
    return True


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


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Take an object with these keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and required.keys() <= value.keys() <= known.keys()
            and all(known[key](item) for key, item in value.items())
        )

    return check


def each(item: Check) -> Check:
    """Take a list, not empty, of such items."""

    def check(value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(item(one) for one in value)

    return check


def outlets(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Take a list with one object per outlet."""
    items = each(fields({"outlet": integer(0, 3), **required}, optional))

    def check(value: Any) -> bool:
        return items(value) and len({item["outlet"] for item in value}) == len(value)

    return check


ON_OFF = one_of("on", "off")
STARTUP = one_of("on", "off", "stay")
FLAG = one_of(0, 1)
PULSE_WIDTH = integer(500, 3_600_000, 500)
SWITCHES = outlets({"switch": ON_OFF})
CONFIGURE = outlets({"startup": STARTUP}, {"enableDelay": FLAG, "width": integer(0, 3_600_000)})
PULSES = outlets({"pulse": ON_OFF, "width": PULSE_WIDTH}, {"switch": ON_OFF})
