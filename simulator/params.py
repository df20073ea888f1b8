"""Params of devices: how a delta is merged, and how numbers may be spelled."""

from typing import TYPE_CHECKING, Any, Final, Literal

from .values import outlet_of

if TYPE_CHECKING:
    from collections.abc import Mapping

type Params = dict[str, Any]
# How params are sent: as an object, or as several in an array.
type Sent = Params | list[Params]

BY_OUTLET: Final = frozenset({"switches", "configure", "pulses"})
SCENES: Final = frozenset({"bright", "read", "computer", "nightLight", "goodNight"})
EDITABLE: Final = frozenset({"party", "leisure", "soft", "colorful"})
BY_KEY: Final = SCENES | EDITABLE | {"white", "color"}


def merge(state: Mapping[str, Any], delta: Mapping[str, Any]) -> Params:
    """Return the state after a delta: lists of outlets by outlet, light modes by key, the rest replaced."""
    merged = dict(state)
    for key, value in delta.items():
        old = state.get(key)
        if key in BY_OUTLET and isinstance(old, list) and isinstance(value, list):
            merged[key] = _merge_outlets(old, value)
        elif (
            key in BY_KEY
            and isinstance(old, dict)
            and isinstance(value, dict)
            and value.keys().isdisjoint({"spectrumRGB", "temperature"})
        ):
            merged[key] = old | value
        else:
            merged[key] = value
    return merged


def together(sent: Sent) -> Params:
    """Return params that were sent as one object."""
    merged: Params = {}
    for delta in sent if isinstance(sent, list) else [sent]:
        merged = merge(merged, delta)
    return merged


def _merge_outlets(old: list[Params], new: list[Params]) -> list[Params]:
    items: dict[int, Params] = {}
    for item in (*old, *new):
        if (outlet := outlet_of(item)) is not None:
            items[outlet] = items.get(outlet, {}) | item
    # What names no outlet is kept as it is.
    odd = [item for item in old if outlet_of(item) is None]
    odd += [item for item in new if outlet_of(item) is None and item not in odd]
    return [*(items[outlet] for outlet in sorted(items)), *odd]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Params:
    """Return what changed, of lists of outlets only the items that did."""
    changed: Params = {}
    for key, value in after.items():
        old = before.get(key)
        if value == old and key in before:
            continue
        if key in BY_OUTLET and isinstance(old, list):
            changed[key] = [item for item in value if item not in old]
        else:
            changed[key] = value
    return changed


def spell(value: Any, numbers: Literal["as_given", "text", "number"]) -> Any:
    """Return a value with its numbers as text or its numeric texts as numbers, as firmwares do."""
    match value:
        case dict():
            # `outlet` is what lists are matched by and stays a number everywhere.
            return {key: item if key == "outlet" else spell(item, numbers) for key, item in value.items()}
        case list():
            return [spell(item, numbers) for item in value]
        case bool():
            return value
        case int() | float() if numbers == "text":
            return str(value)
        case str() if numbers == "number":
            return _number(value)
        case _:
            return value


def _number(text: str) -> str | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return number if number - number == 0 else text
