"""What a device without a row has: what its params prove, as far as its kind allows where it is known."""

from collections.abc import Mapping

from .by_shape import (
    BATTERY_IN_HALVES,
    BATTERY_IN_VOLTS,
    LEDS,
    RELAY_SETTINGS,
    battery_by_shape,
    lamp_by_shape,
    meters_by_shape,
    on_off_lamp,
    relays_by_shape,
    room_temperature,
    sensors_by_shape,
)
from .capability import AnyCapability, Kind
from .model import Battery, Capabilities, DeviceKind, Model
from .outlets import channels
from .readings import SIGNAL
from .relays import STARTUP, relay_as_sent, while_switch
from .shapes import NOTHING, LampShape, Relays, Scale, Shape, Sign
from .support import unless_shown

_BATTERIES: Mapping[Battery, AnyCapability] = {
    Battery.HALF_PERCENT: BATTERY_IN_HALVES,
    Battery.VOLTS: BATTERY_IN_VOLTS,
}
_SENSING = frozenset({DeviceKind.BINARY_SENSOR, DeviceKind.SENSOR})
# Kinds whose params are known and hold no relay: one that is plain shows that the number is not theirs.
_UNSWITCHED = _SENSING | {
    DeviceKind.BUTTON,
    DeviceKind.CAMERA,
    DeviceKind.GATEWAY,
    DeviceKind.OTHER,
    DeviceKind.RF_BRIDGE,
}


def capabilities_of_row(row: Model, shape: Shape) -> Capabilities:
    """Return what a device without a row has: what its params prove, as far as its kind allows that."""
    sensors = sensors_by_shape(shape, corrects=row.corrects)
    meters = meters_by_shape(shape, row.channels)
    match row:
        case Model(kind=DeviceKind.LIGHT):
            own = _lights_of(shape)
            own += sensors if shape.lamp is None and shape.relays is None else ()
        case Model(kind=DeviceKind.UNKNOWN) | Model(named=True):
            own = (*_plain(row, shape), *sensors)
        case Model(kind=DeviceKind.SWITCH):
            own = _relays_of(row, shape)
            # Without any relay, something else was taken for a switch.
            own += sensors if shape.relays is not None else (*lamp_by_shape(shape), *sensors)
        case Model(kind=DeviceKind.PANEL):
            own = (*_relays_of(row, shape), room_temperature("temperature", Scale.PLAIN, corrects=True))
        case _:
            own, meters = (*_other_than_known(row, shape), *sensors), ()
    is_powered = any(capability.kind in (Kind.LIGHT, Kind.RELAY) for capability in own)
    battery = _BATTERIES.get(row.battery) or battery_by_shape(shape)
    found = (*own, *meters, *(LEDS if is_powered else ()), SIGNAL, battery)
    return (*found, *unless_shown(row, found, is_proven=shape != NOTHING))


def _relays_of(row: Model, shape: Shape) -> Capabilities:
    """Return the relays that a number has where that is known, else those that the params show."""
    if row.boolean_relays:
        return tuple(
            relay_as_sent(f"switch_{outlet:02}", outlet=outlet) for outlet in range(row.boolean_relays)
        )
    if row.channels is not None:
        return (*channels(tuple(range(row.channels)), send_all_outlets=row.send_all_outlets), *RELAY_SETTINGS)
    return _moded(relays_by_shape(shape), shape)


def _lights_of(shape: Shape) -> Capabilities:
    """Return the light that the params show, one that can be turned on and off at least."""
    if shape.lamp is None and shape.relays is Relays.ONE:
        return (on_off_lamp("switch"), STARTUP)
    return lamp_by_shape(shape) or relays_by_shape(shape)


def _plain(row: Model, shape: Shape) -> Capabilities:
    """Return the light or the relays that the params show of a device of which nothing else is known."""
    if shape.lamp is not None and shape.relays is not Relays.LISTED:
        return lamp_by_shape(shape)
    # What is called a curtain or a button needs more than one word to be a switch.
    is_switch = shape.is_switched or row.kind not in _UNSWITCHED | {DeviceKind.COVER}
    return _moded(relays_by_shape(shape), shape) if is_switch else ()


def _other_than_known(row: Model, shape: Shape) -> Capabilities:
    """Return what the params plainly show though the number stands for something without it."""
    if shape.senses and row.kind in _SENSING:
        return ()
    if shape.lamp not in (None, LampShape.STATE) and Sign.MOVES not in shape.signs:
        return lamp_by_shape(shape)
    return relays_by_shape(shape) if shape.is_switched and row.kind in _UNSWITCHED else ()


def _moded(relays: Capabilities, shape: Shape) -> Capabilities:
    return while_switch(relays) if Sign.MODES in shape.signs else relays
