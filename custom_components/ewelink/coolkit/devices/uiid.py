"""What each kind of device can, by uiid: a row for those that are built, a fallback for all others."""

from collections.abc import Callable, Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .bulbs import color_lamp, white_lamp
from .by_shape import every_param
from .capability import (
    APPARENT_AND_REACTIVE_POWER,
    BATTERY,
    CHANNEL_METERS,
    CHANNEL_SWITCHES,
    CLIMATE,
    CLIMATE_IN_HUNDREDTHS,
    COUNTERS_IN_HUNDREDTHS,
    DETACHED_RELAY,
    LED,
    LED_BRIGHTNESS,
    LEVELS,
    METER,
    METER_IN_HUNDREDTHS,
    MOTION,
    OPENING,
    PROBE_OF_TH_ELITE,
    STARTUP,
    SUPPLY_IN_HUNDREDTHS,
    SWITCH_MODE,
    SWITCH_REVERSED,
    WIFI_SIGNAL,
    ZIGBEE_SIGNAL,
    AnyCapability,
    Kind,
    LightCapability,
    relay,
    thermostat_rides_along,
    while_switch,
)
from .catalogue import CATALOGUE, DeviceKind, Entry
from .device import Device, Listing
from .fallback import capabilities_of_entry
from .homes import wherever_told
from .inching import INCHING, PULSE_CONFIG_INCHING
from .lights import Channels, Dimmer, Levels, Strip, Whites
from .outlets import channels
from .params import Params
from .probes import PROBE
from .proofs import learn
from .repertoire import Repertoire
from .shapes import BY_NUMBER, NOTHING, Relays, Shape
from .timers.kept import NEXT_TIMER, timers_capability
from .timers.timer import TimerKind

type Capabilities = tuple[AnyCapability, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A row of the table: what devices of a uiid are called, and what they can.

    `plug` tells those behind a socket from those behind a wall. `products` holds what differs for single
    product models. `silence` is how many seconds a device that sleeps may be silent.
    """

    name: str
    capabilities: Capabilities
    plug: bool = False
    products: Mapping[str, Capabilities] = field(default_factory=dict)
    silence: float | None = None


_WIFI: Capabilities = (LED, WIFI_SIGNAL)
_ZIGBEE: Capabilities = (ZIGBEE_SIGNAL,)
_SWITCH: Capabilities = (*wherever_told(relay(), STARTUP, *INCHING), *_WIFI)
_SWITCH_1: Capabilities = (*_SWITCH, SWITCH_MODE, SWITCH_REVERSED)
_CHANNELS_1: Capabilities = (*wherever_told(*channels((0,))), *_WIFI)
_CHANNELS_2: Capabilities = (*channels((0, 1)), *_WIFI)
_CHANNELS_3: Capabilities = (*channels((0, 1, 2)), *_WIFI)
_CHANNELS_4: Capabilities = (*channels((0, 1, 2, 3)), *_WIFI)
_DUAL: Capabilities = (
    *while_switch((*channels((0, 1), interlock=False), *CHANNEL_SWITCHES)),
    LED_BRIGHTNESS,
    WIFI_SIGNAL,
)

_TEN_TO_100 = Levels(10, 100)
_TO_100 = Levels(1, 100)
_AS_TEXT = Levels(25, 255)
_SWITCH_ON: Params = {"switch": "on"}
_ON = True

_PRESETS_OF_D1 = {
    "night": {"switch": "on", "brightness": 5, "mode": 1},
    "computer": {"switch": "on", "brightness": 20, "mode": 2},
    "reading": {"switch": "on", "brightness": 50, "mode": 3},
    "bright": {"switch": "on", "brightness": 100, "mode": 4},
}
_EFFECTS_OF_L1 = {
    "colorful_gradient": 2,
    "colorful_breath": 3,
    "diy_gradient": 4,
    "diy_pulse": 5,
    "diy_breath": 6,
    "diy_strobe": 7,
    "rgb_gradient": 8,
    "rgb_pulse": 9,
    "rgb_breath": 10,
    "rgb_strobe": 11,
    "music": 12,
}


MODELS: Mapping[int, Model] = {
    1: Model("Single-channel plug", _SWITCH_1, plug=True),
    2: Model("Dual-channel plug", _CHANNELS_2, plug=True),
    3: Model("Three-channel plug", _CHANNELS_3, plug=True),
    4: Model("Four-channel plug", _CHANNELS_4, plug=True),
    5: Model("Plug with power meter", (*_SWITCH, *METER), plug=True),
    6: Model("Single-channel switch", _SWITCH_1),
    7: Model("Dual-channel switch", _CHANNELS_2),
    8: Model("Three-channel switch", _CHANNELS_3),
    9: Model("Four-channel switch", _CHANNELS_4),
    14: Model("Switch retrofit module", _SWITCH_1),
    15: Model(
        "Thermostat switch",
        (
            *wherever_told(relay(rides_along=thermostat_rides_along), STARTUP, *INCHING),
            *_WIFI,
            *PROBE,
        ),
    ),
    16: Model("Cold and warm light", (Channels(colors=False).capability(), WIFI_SIGNAL)),
    18: Model("Sensor hub", (*CLIMATE, *LEVELS, WIFI_SIGNAL)),
    22: Model("RGBCW bulb", (Channels(colors=True).capability(), WIFI_SIGNAL)),
    32: Model("Plug with power meter and alarms", (*_SWITCH, *METER), plug=True),
    33: Model(
        "RGB strip controller",
        (Strip(_TEN_TO_100, {"gradual": 2, "jump": 3}, with_speed=True).capability(), WIFI_SIGNAL),
    ),
    36: Model("Dimmer switch", (Dimmer("bright", _TEN_TO_100).capability(), *_WIFI)),
    44: Model(
        "Dimmer",
        (
            Dimmer(
                "brightness",
                _TO_100,
                on_first=False,
                always={"switch": "on", "mode": 0},
                scenes=_PRESETS_OF_D1,
            ).capability(),
            STARTUP,
            *_WIFI,
        ),
    ),
    57: Model(
        "Single-colour bulb",
        (Dimmer("channel0", _AS_TEXT, power="state", as_text=True).capability(), WIFI_SIGNAL),
    ),
    59: Model("Light strip", (Strip(_TO_100, _EFFECTS_OF_L1, with_speed=False).capability(), WIFI_SIGNAL)),
    77: Model("Single-channel plug", _CHANNELS_1, plug=True),
    78: Model("Single-channel switch", _CHANNELS_1),
    103: Model(
        "Cold and warm light",
        (white_lamp(255, 2200, 6500), WIFI_SIGNAL),
        products={
            "B02-F-ST64": (white_lamp(255, 1800, 5000), WIFI_SIGNAL),
            "B02-B-A60": (white_lamp(255, 2700, 6500), WIFI_SIGNAL),
            "QMS-2C-CW": (white_lamp(255, 2700, 6500), WIFI_SIGNAL),
        },
    ),
    104: Model(
        "RGBCW light",
        (
            color_lamp(
                255,
                good_night={"r": 255, "g": 254, "b": 127},
                night_light={"r": 255, "g": 242, "b": 226},
            ),
            WIFI_SIGNAL,
        ),
    ),
    126: Model("Dual-channel switch with power meters", (*_DUAL, *CHANNEL_METERS)),
    135: Model(
        "Cold and warm light with eWeLink-Remote", (white_lamp(100, 2700, 6500), STARTUP, WIFI_SIGNAL)
    ),
    136: Model(
        "RGBCW light with eWeLink-Remote",
        (
            color_lamp(
                100,
                good_night={"r": 255, "g": 250, "b": 125},
                night_light={"r": 255, "g": 240, "b": 225},
            ),
            STARTUP,
            WIFI_SIGNAL,
        ),
    ),
    138: Model(
        "Single-channel plug with eWeLink-Remote", (*_CHANNELS_1, SWITCH_MODE, DETACHED_RELAY), plug=True
    ),
    139: Model("Dual-channel plug with eWeLink-Remote", _CHANNELS_2, plug=True),
    140: Model("Three-channel plug with eWeLink-Remote", _CHANNELS_3, plug=True),
    141: Model("Four-channel plug with eWeLink-Remote", _CHANNELS_4, plug=True),
    165: Model("Dual-channel switch with motor mode", _DUAL),
    181: Model(
        "Temperature and humidity switch",
        (*wherever_told(relay(), STARTUP, *PULSE_CONFIG_INCHING), *_WIFI, *PROBE_OF_TH_ELITE),
    ),
    # Its `dayKwh` is left out: no source states the scale, and a wrong one would spoil the statistics.
    182: Model(
        "Plug with power meter and alarms", (*_CHANNELS_1, *METER, *APPARENT_AND_REACTIVE_POWER), plug=True
    ),
    190: Model(
        "Switch with power meter",
        (
            *wherever_told(*channels((0,), also={"operSide": 1})),
            *_WIFI,
            *METER_IN_HUNDREDTHS,
            *COUNTERS_IN_HUNDREDTHS,
            *SUPPLY_IN_HUNDREDTHS,
        ),
    ),
    1256: Model("Zigbee switch", (relay(), *_ZIGBEE)),
    1257: Model(
        "Zigbee dimmable light",
        (Dimmer("brightness", _TO_100, on_first=False, always=_SWITCH_ON).capability(), *_ZIGBEE),
    ),
    1258: Model(
        "Zigbee cold and warm light",
        (
            Dimmer(
                "brightness",
                _TO_100,
                on_first=False,
                always=_SWITCH_ON,
                whites=Whites(2200, 4000, 100),
            ).capability(),
            *_ZIGBEE,
        ),
    ),
    1770: Model("Zigbee temperature and humidity sensor", (*CLIMATE_IN_HUNDREDTHS, BATTERY, *_ZIGBEE)),
    2026: Model("Zigbee motion sensor", (MOTION, BATTERY, *_ZIGBEE)),
    3026: Model("Zigbee door and window sensor", (OPENING, BATTERY, *_ZIGBEE)),
}

_UNKNOWN = Entry("eWeLink device", DeviceKind.UNKNOWN)
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
        Kind.SWITCH_MODE,
        Kind.SWITCH_REVERSED,
    }
)
# Params that lights share with all kinds of devices.
_OF_MANY = frozenset({"mode", "speed", "state", "switch", "type"})

# Timers: which kinds devices take, and how they spell what is to be done.
_NO_LOOPS = frozenset(TimerKind) - {TimerKind.LOOP}
_WITHOUT_TIMERS = frozenset({102})
_WITHOUT_LOOPS = frozenset({24, 27})
_TIMED_AS: Mapping[int, tuple[str, ...]] = {
    15: ("switch", "mainSwitch"),
    16: ("state",),
    22: ("state",),
    52: ("state",),
    57: ("state",),
}
# Known by their timers alone: the diffuser as a whole, the light of the fan, the ceiling light.
_TIMED_WITHOUT_ROW: Mapping[int, tuple[int, ...]] = {25: (), 34: (0,), 52: ()}

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
# Switches through which eWeLink-Remote buttons are heard.
_HEARS_REMOTES = frozenset({126, 138, 160, 161, 162})


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
    if shape is BY_NUMBER and listing.uiid is not None:
        return _of_row(listing.uiid, listing.model, denied)
    return _by_shape(listing.uiid, listing.model, shape, denied)


def capabilities_of(device: Device) -> Capabilities:
    """Return the capabilities that the device has with its present params, the same objects each time."""
    return repertoire_of(device).present(device.params)


def may_change_capabilities(previous: Device, device: Device, keys: AbstractSet[str]) -> bool:
    """Tell if a device of which params under `keys` were sent may have gained or lost capabilities."""
    is_same = previous.listing is device.listing and previous.shape is device.shape is not None
    # One after the other, as both may have the same listing.
    before = None if is_same else repertoire_of(previous)
    repertoire = repertoire_of(device)
    if not is_same and before is not repertoire:
        return True
    return repertoire.changes(previous.params, device.params, keys)


def is_left_out(device: Device) -> bool:
    """Tell if a device is none: an entity of a Home Assistant that an iHost shows in eWeLink."""
    entry = CATALOGUE.get(device.uiid or 0)
    return entry is not None and entry.kind is DeviceKind.BRIDGED


def known_params() -> frozenset[str]:
    """Return every param that some capability reads."""
    rows = (row for model in MODELS.values() for row in (model.capabilities, *model.products.values()))
    of_rows = (capability.params for row in (*rows, (NEXT_TIMER,)) for capability in row)
    return every_param().union(*of_rows)


def model_name(device: Device) -> str:
    """Return what the device calls its model, else the name of its uiid."""
    if device.model is not None:
        return device.model
    if device.uiid is None:
        return _UNKNOWN.name
    row = _row(device.uiid)
    return f"{_UNKNOWN.name} {device.uiid}" if row is None else row.name


def is_plug(device: Device) -> bool:
    """Tell if devices of this uiid are plugs: what they switch is behind a socket, not behind a wall."""
    row = None if device.uiid is None else _row(device.uiid)
    return row is not None and row.plug


def longest_silence(uiid: int | None) -> float | None:
    """Return for how many seconds a device that sleeps may be silent; None for those that do not sleep."""
    row = None if uiid is None else _row(uiid)
    return None if row is None else row.silence


def is_gateway(device: Device) -> bool:
    """Tell if a device is known as one through which others are heard, by its uiid or by what it tells."""
    entry = CATALOGUE.get(device.uiid or 0)
    return (entry is not None and entry.kind in _GATEWAYS) or not _TOLD_BY_GATEWAYS.isdisjoint(device.params)


def may_be_gateway(device: Device) -> bool:
    """Tell if others may be heard through a device: of a uiid that is not known, nobody knows."""
    if device.parent_id is not None:
        return False
    if device.uiid in _HEARS_REMOTES or "remoteCtrlList" in device.params or is_gateway(device):
        return True
    if device.uiid in MODELS:
        return False
    entry = CATALOGUE.get(device.uiid or 0)
    return entry is None or entry.kind is DeviceKind.UNKNOWN


def _row(uiid: int) -> Model | Entry | None:
    return MODELS.get(uiid) or CATALOGUE.get(uiid)


@lru_cache(maxsize=1024)
def _of_row(uiid: int, product: str | None, denied: frozenset[str]) -> Repertoire:
    row = MODELS[uiid]
    capabilities = row.capabilities if product is None else row.products.get(product, row.capabilities)
    return Repertoire((*_without(capabilities, denied), *_timers(uiid, capabilities)))


def _timers(uiid: int | None, capabilities: Capabilities) -> Capabilities:
    """Return the timers of devices that have these capabilities; loops are for a single relay alone."""
    if uiid in _WITHOUT_TIMERS:
        return ()
    switch = ("switch",) if uiid is None else _TIMED_AS.get(uiid, ("switch",))
    if uiid is not None and uiid in _TIMED_WITHOUT_ROW:
        return (timers_capability(_NO_LOOPS, _TIMED_WITHOUT_ROW[uiid], switch), NEXT_TIMER)
    relays = [capability for capability in capabilities if capability.kind is Kind.RELAY]
    # As they are commanded where they have told nothing yet: in the form that is their uiid's own.
    listed = any(relay.write and "switches" in relay.write({}, _ON)[0] for relay in relays)
    outlets = tuple(relay.outlet or 0 for relay in relays) if listed else ()
    kinds = frozenset[TimerKind]()
    if len(relays) == 1:
        kinds = _NO_LOOPS if uiid in _WITHOUT_LOOPS else frozenset(TimerKind)
    elif listed or any(capability.kind is Kind.LIGHT for capability in capabilities):
        kinds = _NO_LOOPS
    return (timers_capability(kinds, outlets, switch), NEXT_TIMER)


@lru_cache(maxsize=1024)
def _by_shape(uiid: int | None, product: str | None, shape: Shape, denied: frozenset[str]) -> Repertoire:
    """Return what a device without a row has, or one whose number has another one's; and its timers."""
    if uiid is None or (row := MODELS.get(uiid)) is None:
        entry = _UNKNOWN if uiid is None else CATALOGUE.get(uiid, _UNKNOWN)
        if entry.kind is DeviceKind.BRIDGED:
            return Repertoire(())
    elif _is_other_than(row, shape):
        entry = _UNKNOWN
    else:
        return _of_row(uiid, product, denied)
    capabilities = capabilities_of_entry(entry, shape)
    return Repertoire((*_without(capabilities, denied), *_timers(uiid, capabilities)))


def _is_other_than(row: Model, shape: Shape) -> bool:
    """Tell if a shape plainly shows something else than a row of which no param was told."""
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
