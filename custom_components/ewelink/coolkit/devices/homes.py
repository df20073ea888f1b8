"""Facts that firmwares keep in different places: a single relay, its power-on state and its inching.

A uiid has its own form of each. Where a device tells such a fact in another form alone, it is read and
written there; beside its own form others are left-overs, and count for nothing.
"""

from dataclasses import replace
from typing import Any

from .capability import AnyCapability, Kind
from .inching import INCHING, PULSE_CONFIG_INCHING, outlet_inching
from .outlets import outlet_relay, outlet_startup
from .params import Params
from .relays import STARTUP, relay

_FORMS: tuple[AnyCapability, ...] = (
    relay(),
    outlet_relay(0, outlet=None, outlets=(0,), also={}),
    STARTUP,
    outlet_startup(0, outlet=None),
    *INCHING,
    *outlet_inching(0, outlet=None),
    *PULSE_CONFIG_INCHING,
)


def wherever_told(*capabilities: AnyCapability) -> tuple[AnyCapability, ...]:
    """Return the capabilities of a device with one relay, each read and written where the device tells it."""
    return tuple(
        _wherever_told(capability) if _others(capability) else capability for capability in capabilities
    )


def _others(own: AnyCapability) -> tuple[AnyCapability, ...]:
    """Return the other forms of a fact."""
    if own.outlet is not None or len(own.params) != 1 or own.kind is Kind.LIGHT:
        return ()
    return tuple(form for form in _FORMS if form.kind is own.kind and form.params.isdisjoint(own.params))


def _wherever_told(own: AnyCapability) -> AnyCapability:
    others = _others(own)
    (param,) = own.params
    read_own = own.read

    def form(params: Params) -> AnyCapability:
        if param in params:
            return own
        return next((other for other in others if other.is_present(params)), own)

    def write(params: Params, value: Any) -> tuple[Params, ...]:
        writes = form(params).write or own.write
        return () if writes is None else writes(params, value)

    return replace(
        own,
        params=own.params.union(*(other.params for other in others)),
        read=lambda params: read_own(params) if param in params else form(params).read(params),
        write=None if own.write is None else write,
        present=lambda params: form(params).is_present(params),
    )
