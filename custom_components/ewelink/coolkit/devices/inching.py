"""Inching: a relay that falls back by itself, and after what time; two facts that share one object."""

from collections.abc import Callable
from typing import Any

from .builders import ON_OFF
from .capability import AnyCapability, Capability, Kind, NumberCapability
from .params import Params, flag, item_of, items_with, number, object_of

# All in ms. Devices take multiples of a step; a param of its own takes ten hours, an item of a list one.
STEP = 500
LEAST = 500
GREATEST_OF_PARAM = 36_000_000
GREATEST_OF_ITEM = 3_600_000


def _time(values: Params | None, width: str) -> float | None:
    """Return the time that the device has, in ms; None for one that it could not take back."""
    milliseconds = None if values is None else number(values, width)
    return None if milliseconds is None or milliseconds <= 0 else milliseconds


def _steps(milliseconds: float, greatest: int, present: float | None) -> int:
    """Return the time in ms that the device takes: in its steps and range, or the one that it has."""
    if present is not None and round(milliseconds) == round(present):
        return round(present)
    return min(max(round(milliseconds / STEP) * STEP, LEAST), greatest)


def inching(
    listens: tuple[str, str],
    *,
    keys: tuple[str, str],
    greatest: int,
    values: Callable[[Params], Params | None],
    message: Callable[[Params, Params], Params],
    outlet: int | None = None,
) -> tuple[AnyCapability, ...]:
    """Make inching and its time: two facts of one object, of which only what is asked for is changed.

    `listens` names the params of each, `values` finds the object that holds both under `keys`, `message`
    makes what is sent of what is changed in it. Inching that is turned on is sent with its time, for the
    device refuses it alone.
    """
    switch, width = keys

    def read_switch(params: Params) -> bool | None:
        found = values(params)
        return None if found is None else flag(found, switch)

    def read_width(params: Params) -> float | None:
        milliseconds = _time(values(params), width)
        return None if milliseconds is None else milliseconds / 1000

    def write_switch(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the switch
        change: dict[str, Any] = {switch: ON_OFF[value]}
        if value:
            change[width] = round(_time(values(params), width) or LEAST)
        return (message(params, change),)

    def write_width(params: Params, value: float) -> tuple[Params, ...]:
        found = values(params) or {}
        change: dict[str, Any] = {width: _steps(value * 1000, greatest, _time(found, width))}
        # What cannot be read of it goes back as it came.
        on = flag(found, switch)
        if on is not None:
            change[switch] = ON_OFF[on]
        elif switch in found:
            change[switch] = found[switch]
        return (message(params, change),)

    return (
        Capability(
            kind=Kind.INCHING,
            params=frozenset({listens[0]}),
            read=read_switch,
            write=write_switch,
            outlet=outlet,
            present=lambda params: switch in (values(params) or ()),
        ),
        NumberCapability(
            kind=Kind.INCHING_DURATION,
            params=frozenset({listens[1]}),
            read=read_width,
            write=write_width,
            outlet=outlet,
            present=lambda params: width in (values(params) or ()),
            minimum=LEAST / 1000,
            maximum=greatest / 1000,
            step=STEP / 1000,
            unit="s",
        ),
    )


def outlet_inching(wire: int, *, outlet: int | None) -> tuple[AnyCapability, ...]:
    """Make the inching of one outlet: an item of the complete list `pulses`."""

    def message(params: Params, change: Params) -> Params:
        # A list is written with a time in each item.
        present = item_of(params, "pulses", wire) or {}
        complete = {"width": LEAST, **change} if _time(present, "width") is None else change
        return {"pulses": items_with(params, "pulses", wire, **complete)}

    return inching(
        ("pulses", "pulses"),
        keys=("pulse", "width"),
        greatest=GREATEST_OF_ITEM,
        values=lambda params: item_of(params, "pulses", wire),
        message=message,
        outlet=outlet,
    )


def _in_pulse_config(params: Params, change: Params) -> Params:
    """Return the complete object of which something is changed."""
    config = object_of(params, "pulseConfig")
    complete: dict[str, Any] = {"switch": "on", "pulse": "off", **config, **change}
    if _time(complete, "pulseWidth") is None:
        complete["pulseWidth"] = LEAST
    return {"pulseConfig": complete}


INCHING = inching(
    ("pulse", "pulseWidth"),
    keys=("pulse", "pulseWidth"),
    greatest=GREATEST_OF_PARAM,
    values=lambda params: params,
    message=lambda _, change: change,
)
PULSE_CONFIG_INCHING = inching(
    ("pulseConfig", "pulseConfig"),
    keys=("pulse", "pulseWidth"),
    greatest=GREATEST_OF_ITEM,
    values=lambda params: object_of(params, "pulseConfig"),
    message=_in_pulse_config,
)
