"""What each kind of device can, by uiid: a row for those that are built, a fallback for all others."""

from collections.abc import Callable, Mapping, Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache

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
    relay_as_sent,
    thermostat_rides_along,
)
from .catalogue import CATALOGUE, DeviceKind, Entry
from .device import Device
from .homes import wherever_told
from .inching import INCHING, PULSE_CONFIG_INCHING
from .kept_timers import NEXT_TIMER, timers_capability
from .lights import Channels, Dimmer, Levels, Scenes, Strip, Whites
from .outlets import channels
from .params import Params, integer, outlet_of
from .probes import PROBE
from .repertoire import Repertoire
from .timers import TimerKind

# Work modes of devices that are more than switches.
WORK_MODE = "workMode"
_MOTOR, _METER_ONLY = 2, 3

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


def _is_no_switch(params: Params) -> bool:
    """Tell if a device of several work modes is something else than a switch now."""
    return integer(params, WORK_MODE) in (_MOTOR, _METER_ONLY)


def _while_switch(capabilities: Capabilities) -> Capabilities:
    """Make the capabilities exist only while a device of several work modes is a switch."""
    return tuple(
        replace(capability, put_away=_is_no_switch, decided_by=frozenset({WORK_MODE}))
        for capability in capabilities
    )


_WIFI: Capabilities = (LED, WIFI_SIGNAL)
_ZIGBEE: Capabilities = (ZIGBEE_SIGNAL,)
_SWITCH: Capabilities = (*wherever_told(relay(), STARTUP, *INCHING), *_WIFI)
_SWITCH_1: Capabilities = (*_SWITCH, SWITCH_MODE, SWITCH_REVERSED)
_CHANNELS_1: Capabilities = (*wherever_told(*channels((0,))), *_WIFI)
_CHANNELS_2: Capabilities = (*channels((0, 1)), *_WIFI)
_CHANNELS_3: Capabilities = (*channels((0, 1, 2)), *_WIFI)
_CHANNELS_4: Capabilities = (*channels((0, 1, 2, 3)), *_WIFI)
_DUAL: Capabilities = (
    *_while_switch((*channels((0, 1), interlock=False), *CHANNEL_SWITCHES)),
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


def _white_lamp(steps: int, warmest: int, coldest: int) -> LightCapability:
    """Make a lamp of two whites; its scenes are at the ends of its range."""
    scenes: Mapping[str, Params] = {
        "bright": {"br": 100, "ct": steps},
        "read": {"br": 50, "ct": 0},
        "computer": {"br": 20, "ct": steps},
        "nightLight": {"br": 5, "ct": 0},
    }
    return Scenes(Whites(warmest, coldest, steps), scenes, colors=False).capability()


def _color_lamp(steps: int, good_night: Params, night_light: Params) -> LightCapability:
    """Make a lamp of two whites and colours; uiids differ in the tint of two scenes."""
    scenes: Mapping[str, Params] = {
        "bright": {"r": 255, "g": 255, "b": 255, "br": 100},
        "goodNight": {**good_night, "br": 25},
        "read": {"r": 255, "g": 255, "b": 255, "br": 60},
        "nightLight": {**night_light, "br": 5},
        "party": {"r": 254, "g": 132, "b": 0, "br": 45, "tf": 1, "sp": 1},
        "leisure": {"r": 0, "g": 40, "b": 254, "br": 55, "tf": 1, "sp": 1},
        "soft": {"r": 38, "g": 254, "b": 0, "br": 20, "tf": 1, "sp": 1},
        "colorful": {"r": 255, "g": 0, "b": 0, "br": 100, "tf": 1, "sp": 1},
    }
    return Scenes(Whites(2700, 6500, steps), scenes, colors=True).capability()


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
        (_white_lamp(255, 2200, 6500), WIFI_SIGNAL),
        products={
            "B02-F-ST64": (_white_lamp(255, 1800, 5000), WIFI_SIGNAL),
            "B02-B-A60": (_white_lamp(255, 2700, 6500), WIFI_SIGNAL),
            "QMS-2C-CW": (_white_lamp(255, 2700, 6500), WIFI_SIGNAL),
        },
    ),
    104: Model(
        "RGBCW light",
        (
            _color_lamp(
                255,
                good_night={"r": 255, "g": 254, "b": 127},
                night_light={"r": 255, "g": 242, "b": 226},
            ),
            WIFI_SIGNAL,
        ),
    ),
    126: Model("Dual-channel switch with power meters", (*_DUAL, *CHANNEL_METERS)),
    135: Model(
        "Cold and warm light with eWeLink-Remote", (_white_lamp(100, 2700, 6500), STARTUP, WIFI_SIGNAL)
    ),
    136: Model(
        "RGBCW light with eWeLink-Remote",
        (
            _color_lamp(
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

_SIGNALS: Capabilities = (WIFI_SIGNAL, ZIGBEE_SIGNAL)
_DIAGNOSTICS: Capabilities = (*_SIGNALS, BATTERY)
_SETTINGS: Capabilities = (LED, *_DIAGNOSTICS)
_SWITCH_BY_SHAPE: Capabilities = (
    relay_as_sent(),
    *wherever_told(STARTUP, *INCHING),
    SWITCH_MODE,
    SWITCH_REVERSED,
    DETACHED_RELAY,
    *_SETTINGS,
)
_UNKNOWN = Entry("eWeLink device", DeviceKind.UNKNOWN)

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


def repertoire_of(device: Device) -> Repertoire:
    """Return all that the device can have, the same object each time.

    That of its row, without what its firmware denies; a uiid without a row is read by the shape of its
    params if it is a switch or not in the catalogue, else it shows diagnostics alone.
    Source: docs/params.md, Capabilities.
    """
    listing = device.listing
    denied = _FEATURES & listing.deny_features
    if listing.uiid in MODELS:
        return _of_row(listing.uiid, listing.model, denied)
    return _by_shape(listing.uiid, "switch" in device.params, _outlets(device.params), denied)


def capabilities_of(device: Device) -> Capabilities:
    """Return the capabilities that the device has with its present params, the same objects each time."""
    return repertoire_of(device).present(device.params)


def may_change_capabilities(previous: Device, device: Device, keys: AbstractSet[str]) -> bool:
    """Tell if a device of which params under `keys` were sent may have gained or lost capabilities."""
    repertoire = repertoire_of(device)
    by_row = previous.listing is device.listing and device.listing.uiid in MODELS
    if not by_row and repertoire_of(previous) is not repertoire:
        return True
    return repertoire.changes(previous.params, device.params, keys)


def known_params() -> frozenset[str]:
    """Return every param that some capability reads."""
    rows = (row for model in MODELS.values() for row in (model.capabilities, *model.products.values()))
    return frozenset[str]().union(
        *(capability.params for row in (*rows, _SWITCH_BY_SHAPE, (NEXT_TIMER,)) for capability in row)
    )


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


def _outlets(params: Params) -> tuple[int, ...]:
    """Return the outlets that `switches` lists."""
    switches = params.get("switches")
    items = switches if isinstance(switches, list) else []
    outlets = {outlet_of(item) for item in items if isinstance(item, Mapping)}
    return tuple(sorted(outlet for outlet in outlets if outlet is not None))


@lru_cache(maxsize=1024)
def _by_shape(
    uiid: int | None,
    has_switch: bool,  # noqa: FBT001 - a part of the key of the cache
    listed: tuple[int, ...],
    denied: frozenset[str],
) -> Repertoire:
    """Return what a device without a row has, and its timers."""
    entry = _UNKNOWN if uiid is None else CATALOGUE.get(uiid, _UNKNOWN)
    if entry.kind is DeviceKind.BRIDGED:
        return Repertoire(())
    capabilities = _of_entry(entry, listed, has_switch=has_switch)
    return Repertoire((*_without(capabilities, denied), *_timers(uiid, capabilities)))


def _of_entry(entry: Entry, listed: tuple[int, ...], *, has_switch: bool) -> Capabilities:
    """Return what a device without a row has: what it shows if it may be a switch, else diagnostics."""
    if entry.kind not in (DeviceKind.SWITCH, DeviceKind.UNKNOWN):
        return _DIAGNOSTICS if entry.battery_in_percent else _SIGNALS
    if entry.flags:
        relays = (relay_as_sent(f"switch_0{outlet}", outlet=outlet) for outlet in range(entry.flags))
        return (*relays, *_SETTINGS)
    if has_switch and entry.channels is None:
        return _SWITCH_BY_SHAPE
    outlets = listed if entry.channels is None else tuple(range(entry.channels))
    return (*channels(outlets, complete=entry.complete), *_SETTINGS)


def _without(capabilities: Capabilities, denied: frozenset[str]) -> Capabilities:
    """Return the capabilities that are left when the firmware lacks these features."""
    for feature in sorted(denied):
        capabilities = tuple(
            kept for capability in capabilities if (kept := _WITHOUT[feature](capability)) is not None
        )
    return capabilities
