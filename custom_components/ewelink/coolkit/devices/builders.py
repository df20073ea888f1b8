"""Capabilities of one param each: measurements, states and settings."""

from collections.abc import Callable
from functools import partial
from typing import Any

from .capability import Capability, Kind
from .params import Params, flag, integer, number

ON_OFF = ("off", "on")
ZERO_ONE = (0, 1)


def reading(
    kind: Kind,
    param: str,
    *,
    divisor: int = 1,
    least: float | None = None,
    greatest: float | None = None,
    outlet: int | None = None,
    beside: Callable[[Params], bool] | None = None,
) -> Capability[float]:
    """Make a measurement: the param by `divisor`. What lies beyond the limits is no value."""
    told: Callable[[Params], float | None] = partial(number, name=param)

    def read(params: Params) -> float | None:
        value = told(params)
        if value is None:
            return None
        value /= divisor
        if (least is not None and value < least) or (greatest is not None and value > greatest):
            return None
        return value

    # Most are just what the device tells.
    plain = divisor == 1 and least is None and greatest is None
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=told if plain else read,
        outlet=outlet,
        beside=beside,
    )


def whole(
    kind: Kind,
    param: str,
    *,
    least: int | None = None,
    greatest: int | None = None,
    outlet: int | None = None,
) -> Capability[int]:
    """Make a measurement in whole numbers; what lies beyond the limits is no value."""

    def read(params: Params) -> int | None:
        value = integer(params, param)
        if value is None or (least is not None and value < least):
            return None
        return None if greatest is not None and value > greatest else value

    return Capability(kind=kind, params=frozenset({param}), read=read, outlet=outlet)


def state(kind: Kind, param: str) -> Capability[bool]:
    """Make a state that the device tells and nobody sets."""
    return Capability(kind=kind, params=frozenset({param}), read=lambda params: flag(params, param))


def setting(
    kind: Kind, param: str, *, values: tuple[Any, Any] = ON_OFF, outlet: int | None = None
) -> Capability[bool]:
    """Make a setting that is off or on, written as one of two `values`."""
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=lambda params: flag(params, param),
        write=lambda _, value: ({param: values[value]},),
        outlet=outlet,
    )
