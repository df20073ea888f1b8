"""Capabilities of one param each: measurements, states and settings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .capability import ButtonCapability, Capability, Kind, NumberCapability, SelectCapability
from .params import Params, flag, integer, number

ON_OFF = ("off", "on")
ZERO_ONE = (0, 1)
# What `flag` reads: `(False, True)` is equal to the second.
_FLAGS = (ON_OFF, ZERO_ONE)
# A state has no room for more.
_LONGEST_WORDS = 255


def float_reading(
    kind: Kind,
    param: str,
    *,
    divisor: int = 1,
    minimum: float | None = None,
    maximum: float | None = None,
    outlet: int | None = None,
    beside: Callable[[Params], bool] | None = None,
) -> Capability[float]:
    """Make a measurement: the param by `divisor`. What lies beyond the limits is no value."""

    def told(params: Params) -> float | None:
        return number(params, param)

    def read(params: Params) -> float | None:
        value = number(params, param)
        if value is None:
            return None
        value /= divisor
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            return None
        return value

    # Most are just what the device tells.
    plain = divisor == 1 and minimum is None and maximum is None
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=told if plain else read,
        outlet=outlet,
        beside=beside,
    )


def int_reading(
    kind: Kind,
    param: str,
    *,
    minimum: int | None = None,
    maximum: int | None = None,
    outlet: int | None = None,
) -> Capability[int]:
    """Make a measurement in whole numbers; what lies beyond the limits is no value."""

    def read(params: Params) -> int | None:
        value = integer(params, param)
        if value is None or (minimum is not None and value < minimum):
            return None
        return None if maximum is not None and value > maximum else value

    return Capability(kind=kind, params=frozenset({param}), read=read, outlet=outlet)


def boolean(kind: Kind, param: str) -> Capability[bool]:
    """Make a state that the device tells and nobody sets."""
    return Capability(kind=kind, params=frozenset({param}), read=lambda params: flag(params, param))


def words(kind: Kind, param: str) -> Capability[str]:
    """Make a state in the words of the device, as long as they are words."""

    def read(params: Params) -> str | None:
        value = params.get(param)
        return value[:_LONGEST_WORDS] if isinstance(value, str) and value else None

    return Capability(kind=kind, params=frozenset({param}), read=read)


def expected[T, W](capability: Capability[T, W]) -> Capability[T, W]:
    """Return the capability as one that devices have before they have told its param."""
    return replace(capability, present=lambda _: True)


def on_off_setting(
    kind: Kind, param: str, *, values: tuple[Any, Any] = ON_OFF, outlet: int | None = None
) -> Capability[bool]:
    """Make a setting that is off or on, written and read as one of two `values`, such as forward/reverse.

    Where these say off and on, in either order, whatever else says so is read, too.
    """
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=_read_of(param, values),
        write=lambda _, value: ({param: values[value]},),
        outlet=outlet,
    )


def _read_of(param: str, values: tuple[Any, Any]) -> Callable[[Params], bool | None]:
    """Return what reads one of two values: the second one is on."""
    if values in _FLAGS:
        return lambda params: flag(params, param)
    if values[::-1] in _FLAGS:
        return lambda params: None if (value := flag(params, param)) is None else not value
    off, on = map(str, values)

    def read(params: Params) -> bool | None:
        value = params.get(param)
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
        return text == on if text in (off, on) else None

    return read


def request(kind: Kind, param: str, value: Any, *, told: bool = True) -> ButtonCapability:
    """Make something that a device does when it is sent the value.

    It is there where the device tells the param, or in any case if the param is not `told`.
    """
    return ButtonCapability(
        kind=kind,
        params=frozenset({param}),
        read=lambda _: None,
        write=lambda _params, _value: ({param: value},),
        present=None if told else lambda _: True,
    )


def number_setting(
    kind: Kind,
    param: str,
    *,
    minimum: float,
    maximum: float,
    step: float = 1,
    unit: str,
    divisor: int = 1,
    outlet: int | None = None,
) -> NumberCapability:
    """Make a number that can be set: the param by `divisor`, in the type in which the device tells it."""

    def write(params: Params, value: float) -> tuple[Params, ...]:
        steps = round(min(max(value, minimum), maximum) / step)
        wire = round(steps * step * divisor, 6)
        wire = int(wire) if wire.is_integer() else wire
        return ({param: str(wire) if isinstance(params.get(param), str) else wire},)

    return NumberCapability(
        kind=kind,
        params=frozenset({param}),
        read=float_reading(kind, param, divisor=divisor).read,
        write=write,
        outlet=outlet,
        minimum=minimum,
        maximum=maximum,
        step=step,
        unit=unit,
    )


def select_setting(
    kind: Kind, param: str, options: Mapping[str, int | str], *, outlet: int | None = None
) -> SelectCapability:
    """Make one of several options, each a value of the param; without a known value there is none to set."""

    def read(params: Params) -> str | None:
        value = params.get(param)
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        return next((option for option, wire in options.items() if str(wire) == str(value)), None)

    def write(params: Params, value: str) -> tuple[Params, ...]:
        wire = options[value]
        return ({param: str(wire) if isinstance(params.get(param), str) else wire},)

    return SelectCapability(
        kind=kind,
        params=frozenset({param}),
        read=read,
        write=write,
        outlet=outlet,
        options=tuple(options),
        present=lambda params: read(params) is not None,
    )
