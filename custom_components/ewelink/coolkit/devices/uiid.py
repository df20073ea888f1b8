"""What a device can, looked up in the table by its uiid, or read from the shape of its params."""

from collections.abc import Callable, Iterable, Mapping, Set as AbstractSet
from dataclasses import replace
from functools import lru_cache

from .by_shape import every_param
from .capability import AnyCapability, Kind, LightCapability
from .device import Device, Listing
from .fallback import capabilities_of_row
from .model import Capabilities, DeviceKind, Model
from .proofs import learn
from .repertoire import Repertoire
from .rf import Code, capabilities_of_codes, codes_of
from .shapes import BY_NUMBER, NOTHING, Relays, Shape
from .table import TABLE
from .timers.capability import NEXT_TIMER, timers_capability
from .timers.schedule import TimerKind

# The rows that say what the devices can; all others are read by their shape.
MODELS: Mapping[int, Model] = {uiid: row for uiid, row in TABLE.items() if row.is_built}

_ON = True
_UNKNOWN = Model("eWeLink device", DeviceKind.UNKNOWN)
# What says nothing of what a device is.
_BESIDE = frozenset(
    {
        Kind.BATTERY,
        Kind.DETACHED_RELAY,
        Kind.INCHING,
        Kind.INCHING_DURATION,
        Kind.INTERLOCK,
        Kind.LED,
        Kind.LED_BRIGHTNESS,
        Kind.SIGNAL_STRENGTH,
        Kind.STARTUP,
        Kind.SUPPORT,
        Kind.SWITCH_MODE,
        Kind.SWITCH_REVERSED,
    }
)
# Params that lights share with all kinds of devices.
_OF_MANY = frozenset({"mode", "speed", "state", "switch", "type"})

# Only a single relay repeats after a time.
_NO_LOOPS = frozenset(TimerKind) - {TimerKind.LOOP}

# Features that a firmware may lack, and what is left of a capability without them.
_WITHOUT: Mapping[str, Callable[[AnyCapability], AnyCapability | None]] = {
    "startup": lambda capability: None if capability.kind is Kind.STARTUP else capability,
    "lightScene": lambda capability: (
        replace(capability, effects=()) if isinstance(capability, LightCapability) else capability
    ),
}
_FEATURES = frozenset(_WITHOUT)

_GATEWAYS = frozenset({DeviceKind.GATEWAY, DeviceKind.RF_BRIDGE})
_TOLD_BY_GATEWAYS = frozenset({"addSubDevState", "subDevices"})


def shape_of(device: Device, known: Shape | None = None) -> Shape:
    """Return what is proven of a device now, with what was `known` of it before.

    A number that has a row counts once a param of its own was told; one whose params are all missing while
    others plainly show something else was taken for the device by mistake.
    """
    if (own := _OWN_PARAMS.get(device.uiid or 0)) is None:
        return learn(device.params, known or NOTHING)
    if known is BY_NUMBER or not own.isdisjoint(device.params):
        return BY_NUMBER
    return learn(device.params, known or NOTHING)


def recalled_shape(uiid: int | None, keys: Iterable[str]) -> Shape | None:
    """Return what the keys of capabilities say of a device that had them in an earlier session."""
    found = [key.rpartition("_") if key[-1:].isdecimal() else (key, "", "") for key in keys]
    if (row := MODELS.get(uiid or 0)) is not None:
        own = {capability.kind for capability in row.capabilities} - _BESIDE
        return BY_NUMBER if any(kind in own for kind, _, _ in found) else None
    outlets = sorted(int(number) for kind, _, number in found if kind == Kind.RELAY and number.isdecimal())
    return Shape(relays=Relays.LISTED, outlets=tuple(outlets)) if outlets else None


def repertoire_of(device: Device) -> Repertoire:
    """Return all that the device can have, the same object each time.

    That of its row, without what its firmware denies; a uiid without a row is read by the shape of its
    params, as far as its kind allows where that is known. Source: docs/params.md, Capabilities.
    """
    listing, shape = device.listing, device.shape
    memo = listing.memo
    # Asked with every frame.
    if memo and memo[0] is shape:
        repertoire: Repertoire = memo[1]
        return repertoire
    found = _look_up(listing, shape_of(device) if shape is None else shape)
    if shape is not None:
        memo[:] = shape, found
    return found


def _look_up(listing: Listing, shape: Shape) -> Repertoire:
    denied = _FEATURES & listing.deny_features
    row = _row(listing.uiid)
    # What plainly shows something else was given the number by mistake.
    if row.hears_codes and shape in {NOTHING, BY_NUMBER}:
        return _of_bridge(row.capabilities, codes_of(listing.kept_tags or {}))
    if shape is BY_NUMBER and listing.uiid is not None:
        return _of_row(listing.uiid, listing.model, denied)
    return _by_shape(listing.uiid, listing.model, shape, denied)


@lru_cache(maxsize=64)
def _of_bridge(capabilities: Capabilities, codes: tuple[Code, ...]) -> Repertoire:
    return Repertoire((*capabilities, *capabilities_of_codes(codes)))


def capabilities_of(device: Device) -> Capabilities:
    """Return the capabilities that the device has with its present params, the same objects each time."""
    return repertoire_of(device).present(device.params)


def may_change_capabilities(previous: Device, device: Device, keys: AbstractSet[str]) -> bool:
    """Return whether a device of which params under `keys` were sent may have gained or lost capabilities."""
    if previous.listing is device.listing and previous.shape is device.shape is not None:
        repertoire = repertoire_of(device)
        # Frames add params, and take none away.
        if len(previous.params) == len(device.params):
            return repertoire.values_change(previous.params, device.params, keys)
    else:
        # One after the other, as both may have the same listing.
        before = repertoire_of(previous)
        repertoire = repertoire_of(device)
        if before is not repertoire:
            return True
    return repertoire.changes(previous.params, device.params, keys)


def is_left_out(device: Device) -> bool:
    """Return whether a device is none: an entity of a Home Assistant that an iHost shows in eWeLink."""
    return _row(device.uiid).kind is DeviceKind.BRIDGED


def known_params() -> frozenset[str]:
    """Return every param that some capability reads."""
    rows = (row for model in MODELS.values() for row in (model.capabilities, *model.products.values()))
    of_rows = (capability.params for row in (*rows, (NEXT_TIMER,)) for capability in row)
    return every_param().union(*of_rows)


def model_name(device: Device) -> str:
    """Return what the device calls its model, else the name of its uiid."""
    if device.model is not None:
        return device.model
    row = _row(device.uiid)
    return f"{row.name} {device.uiid}" if row is _UNKNOWN and device.uiid is not None else row.name


def hears_codes(device: Device) -> bool:
    """Tell if a device learns codes of radio remotes."""
    return _row(device.uiid).hears_codes


def is_plug(device: Device) -> bool:
    """Return whether devices of this uiid are plugs: what they switch is behind a socket, not in a wall."""
    return _row(device.uiid).plug


def moved_keys(device: Device) -> Mapping[str, str | None]:
    """Return the keys that the device had before its uiid had a row, and what is in their place now."""
    return _row(device.uiid).moved


def longest_silence(uiid: int | None) -> float | None:
    """Return for how many seconds a device that sleeps may be silent; None for those that do not sleep."""
    return _row(uiid).silence


def is_gateway(device: Device) -> bool:
    """Return whether others are known to be heard through a device, by its uiid or by what it tells."""
    return _row(device.uiid).kind in _GATEWAYS or not _TOLD_BY_GATEWAYS.isdisjoint(device.params)


def may_be_gateway(device: Device) -> bool:
    """Return whether others may be heard through a device: of a uiid that is not known, nobody knows."""
    if device.parent_id is not None:
        return False
    row = _row(device.uiid)
    if row.hears_remotes or "remoteCtrlList" in device.params or is_gateway(device):
        return True
    return row.kind is DeviceKind.UNKNOWN


def _row(uiid: int | None) -> Model:
    return _UNKNOWN if uiid is None else TABLE.get(uiid, _UNKNOWN)


@lru_cache(maxsize=1024)
def _of_row(uiid: int, product: str | None, denied: frozenset[str]) -> Repertoire:
    row = MODELS[uiid]
    capabilities = row.capabilities if product is None else row.products.get(product, row.capabilities)
    return Repertoire((*_without(capabilities, denied), *_timers(row, capabilities)))


def _timers(row: Model, capabilities: Capabilities) -> Capabilities:
    """Return the timers of devices that have these capabilities; loops are for a single relay alone."""
    if not row.has_timers:
        return ()
    if row.timed_outlets is not None:
        return (timers_capability(_NO_LOOPS, row.timed_outlets, row.timed_as), NEXT_TIMER)
    relays = [capability for capability in capabilities if capability.kind is Kind.RELAY]
    # As they are commanded where they have told nothing yet: in the form that is their uiid's own.
    listed = any(relay.write and "switches" in relay.write({}, _ON)[0] for relay in relays)
    outlets = tuple(relay.outlet or 0 for relay in relays) if listed else ()
    kinds = frozenset[TimerKind]()
    if len(relays) == 1:
        kinds = frozenset(TimerKind) if row.has_loops else _NO_LOOPS
    elif listed or any(capability.kind is Kind.LIGHT for capability in capabilities):
        kinds = _NO_LOOPS
    return (timers_capability(kinds, outlets, row.timed_as), NEXT_TIMER)


@lru_cache(maxsize=1024)
def _by_shape(uiid: int | None, product: str | None, shape: Shape, denied: frozenset[str]) -> Repertoire:
    """Return what a device without a row has, or one whose number has another one's; and its timers."""
    row = _row(uiid)
    if row.kind is DeviceKind.BRIDGED:
        return Repertoire(())
    entry = row
    if uiid is not None and row.is_built:
        if not _is_other_than(row, shape):
            return _of_row(uiid, product, denied)
        entry = _UNKNOWN
    capabilities = capabilities_of_row(entry, shape)
    return Repertoire((*_without(capabilities, denied), *_timers(row, capabilities)))


def _is_other_than(row: Model, shape: Shape) -> bool:
    """Return whether a shape plainly shows something else than a row of which no param was told."""
    if shape.lamp is not None or shape.senses:
        return True
    kinds = {capability.kind for capability in row.capabilities}
    if Kind.RELAY in kinds:
        return shape.relays is not None
    # A light may tell of nothing but `switch`.
    return shape.is_switched and (Kind.LIGHT not in kinds or shape.relays is not Relays.ONE)


def _own_params(row: Model) -> frozenset[str]:
    """Return the params that tell a device of a row from others."""
    own = [capability for capability in row.capabilities if capability.kind not in _BESIDE]
    params = frozenset[str]().union(*(capability.params for capability in own))
    return params - _OF_MANY if any(capability.kind is Kind.LIGHT for capability in own) else params


_OWN_PARAMS = {uiid: _own_params(row) for uiid, row in MODELS.items()}


def _without(capabilities: Capabilities, denied: frozenset[str]) -> Capabilities:
    """Return the capabilities that are left when the firmware lacks these features."""
    for feature in sorted(denied):
        capabilities = tuple(
            kept for capability in capabilities if (kept := _WITHOUT[feature](capability)) is not None
        )
    return capabilities
