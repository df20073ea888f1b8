"""The params of a device: how deltas are merged into them and how their values are coerced."""

from collections.abc import Mapping
from typing import Any

type Params = Mapping[str, Any]

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
_STRUCTURED = OUTLET_LISTS | LIGHT_OBJECTS


def merge(params: Params, delta: Params) -> dict[str, Any]:
    """Return `params` with `delta` on top; neither is changed.

    Lists of outlets are merged by outlet, objects of a light's modes by key; all else is replaced.
    """
    merged = {**params, **delta}
    if _STRUCTURED.isdisjoint(delta):
        return merged
    for name in _STRUCTURED.intersection(delta):
        before, after = params.get(name), delta[name]
        if name in OUTLET_LISTS and isinstance(before, list) and isinstance(after, list):
            merged[name] = _merge_outlets(before, after)
        elif name in LIGHT_OBJECTS and isinstance(before, dict) and isinstance(after, dict):
            merged[name] = {**before, **after}
    return merged


def _merge_outlets(before: list[Any], after: list[Any]) -> list[Any]:
    """Return the items of `before` with those of `after` on top, by outlet."""
    items = {item.get("outlet"): item for item in before if isinstance(item, dict)}
    for item in after:
        if isinstance(item, dict):
            outlet = item.get("outlet")
            items[outlet] = {**items.get(outlet, {}), **item}
    return list(items.values())
