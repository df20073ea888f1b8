"""The params of a device: how deltas are merged into them and how their values are coerced."""

from collections.abc import Mapping
from functools import lru_cache
import logging
from typing import Any

from ..cloud.answers import whole

_LOGGER = logging.getLogger(__name__)

# Beyond all that devices measure, count, or tell of time in milliseconds.
LARGEST = 10**15
MOST_OUTLETS = 256
# Objects of one array that are merged: each copies those before it.
MOST_DELTAS = 100

type Params = Mapping[str, Any]
# What may be sent to a device: an object of params, or several in an array.
type Sent = Params | list[Params]

OUTLET_LISTS = frozenset({"switches", "configure", "pulses"})
LIGHT_OBJECTS = frozenset(
    {
        "white",
        "color",
        "bright",
        "colorful",
        "computer",
        "goodNight",
        "leisure",
        "nightLight",
        "party",
        "read",
        "soft",
    }
)
_MERGED = OUTLET_LISTS | LIGHT_OBJECTS
# A light that a bridge shows tells one of both in its `color`, in place of the other.
_TOLD_AS_A_WHOLE = frozenset({"spectrumRGB", "temperature"})

# What devices send on purpose when there is nothing to tell: not worth a line in the log.
_NOTHING = frozenset({"unavailable", ""})


def merge(params: Params, delta: Params) -> dict[str, Any]:
    """Return `params` with `delta` on top; neither is changed.

    Lists of outlets (`switches`, `configure`, `pulses`) are merged by outlet, objects of a light's modes
    (`white`, `color`, the scenes) by key, everything else is replaced. Source: docs/params.md, Merging.
    """
    merged = {**params, **delta}
    if _MERGED.isdisjoint(delta):
        return merged
    for name in _MERGED.intersection(delta):
        before, after = params.get(name), delta[name]
        if isinstance(before, list) and isinstance(after, list):
            merged[name] = _merge_items(before, after)
        elif (
            isinstance(before, Mapping) and isinstance(after, Mapping) and _TOLD_AS_A_WHOLE.isdisjoint(after)
        ):
            merged[name] = {**before, **after}
    return merged


def together(params: object) -> Params:
    """Return params that may have come as several objects in an array; nothing for anything else.

    Source: docs/protocol.md, Forms.
    """
    if isinstance(params, Mapping):
        return params
    merged: Params = {}
    if isinstance(params, list):
        for delta in params[:MOST_DELTAS]:
            if isinstance(delta, Mapping):
                merged = merge(merged, delta)
    return merged


def _merge_items(before: list[Any], after: list[Any]) -> list[dict[str, Any]]:
    """Return the items of two lists by outlet; what is no item of an outlet is left out."""
    items: dict[int, dict[str, Any]] = {}
    for item in (*before, *after):
        if isinstance(item, dict) and (outlet := outlet_of(item)) is not None:
            items[outlet] = {**items.get(outlet, {}), **item, "outlet": outlet}
    return list(items.values())


def outlet_of(item: Mapping[str, Any]) -> int | None:
    """Return the outlet that an item of a list is about, None if it names none."""
    outlet = item.get("outlet")
    if type(outlet) is not int:
        outlet = whole(outlet) if isinstance(outlet, str) else None
    return outlet if outlet is not None and 0 <= outlet < MOST_OUTLETS else None


def item_of(params: Params, name: str, outlet: int) -> Mapping[str, Any] | None:
    """Return the item of an outlet in the list `name`, None if it is not listed."""
    items = params.get(name)
    if type(items) is list:
        for item in items:
            if type(item) is dict and (item.get("outlet") == outlet or outlet_of(item) == outlet):
                return item
    return None


def items_with(params: Params, name: str, outlet: int, **values: Any) -> list[Any]:
    """Return the complete list `name` with other values for one outlet; all else in it stays as it came."""
    present = params.get(name)
    items = list(present) if isinstance(present, list) else []
    for place, item in enumerate(items):
        if isinstance(item, dict) and outlet_of(item) == outlet:
            items[place] = {**item, **values}
            return items
    return [*items, {"outlet": outlet, **values}]


def object_of(params: Params, name: str) -> Mapping[str, Any]:
    """Return the object `name`, an empty one if there is none."""
    value = params.get(name)
    return value if isinstance(value, Mapping) else {}


def number(params: Params, name: str) -> float | None:
    """Return a number that may have come as text; None for what is none, logged once."""
    value: Any = params.get(name)
    try:
        # Not more digits than a state has room for; what is infinite is beyond it, too.
        if -LARGEST <= (result := float(value)) <= LARGEST and type(value) is not bool:
            return result
    except TypeError, ValueError, OverflowError:
        if value is None or (type(value) is str and value in _NOTHING):
            return None
    # A bool is no number here, though Python takes it for one.
    _log_once(name, type(value).__name__)
    return None


def integer(params: Params, name: str) -> int | None:
    """Return a whole number that may have come as text; None for what is none, logged once."""
    value = params.get(name)
    if type(value) is int and -LARGEST <= value <= LARGEST:
        return value
    value = number(params, name)
    return None if value is None else round(value)


def flag(params: Params, name: str) -> bool | None:
    """Return what `on`/`off`, a JSON bool or 0/1 says; None for anything else, logged once."""
    value = params.get(name)
    if value == "on":
        return True
    if value == "off":
        return False
    if type(value) is bool:
        return value
    if value in (0, 1, "0", "1"):
        return int(value) == 1
    if value is not None:
        _log_once(name, type(value).__name__)
    return None


def choice(params: Params, name: str, options: tuple[str, ...]) -> str | None:
    """Return one of several texts; None for anything else, logged once."""
    value = params.get(name)
    if value in options:
        return str(value)
    if value is not None:
        _log_once(name, type(value).__name__)
    return None


@lru_cache(maxsize=256)
def _log_once(name: str, kind: str) -> None:
    """Say once for each param and type that a value could not be read; the value itself stays private."""
    _LOGGER.debug("A value (%s) of the param %s cannot be read", kind, name)
