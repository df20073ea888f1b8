"""How params prove what a device is: by keys that go together, never by one that others use, too."""

from collections.abc import Iterator, Mapping, Set as AbstractSet

from .params import Params, object_of, outlet_of
from .scales import MOST_OUTLETS, OF_AIR, OF_PROBES, Scales, has_fraction, metered, quiet_number
from .shapes import NOTHING, LampShape, Relays, Shape, Sign

# What sensors send beside their reading, and devices that are switched do not.
_OF_SENSORS = frozenset({"battery", "parentid", "subDevRssi", "trigTime"})
# A `switch`, or relays, that move something: no relays for anybody.
_OF_MOVERS = frozenset(
    {"curPercent", "curtainAction", "doorsensors", "motorClb", "motorDir", "openPercent", "setclose"}
)
_OF_MOTORS = frozenset({"currLocation", "motorSwMode", "motorTurn"})
_OF_SWITCHES = frozenset({"configure", "pulse", "pulses", "pulseWidth", "sledOnline", "startup", "switches"})
# Beside these `temperature` is the weather, a target, or told in tenths.
_OF_OTHER_TEMPERATURES = frozenset(
    {
        "cpuInfo",
        "curTargetTemp",
        "HMI_ATCDevice",
        "HMI_outdoorTemp",
        "HMI_weather",
        "indoor_temperature",
        "small_temperature",
        "tempRange",
        "weather",
        "wind_speed",
    }
)
_OF_ROOMS = _OF_SENSORS | {
    "humCorrection",
    "sensorType",
    "targetTemp",
    "tempComfortLower",
    "tempComfortUpper",
    "tempCorrection",
    "temperatureF",
    "tempUnit",
}
# The param, and what beside it says that it is another fact: the tank of a humidifier, an interlock.
_FLAGS_OF_SENSORS: Mapping[Sign, tuple[str, AbstractSet[str]]] = {
    Sign.LOCK_OPENS: ("lock", _OF_SWITCHES | {"locks", "switch"}),
    Sign.MOTION: ("motion", frozenset()),
    Sign.SMOKE: ("smoke", frozenset()),
    Sign.TAMPER: ("split", frozenset()),
    Sign.WATER: ("water", frozenset({"state", "switch", "switches"})),
}

_COLOR = frozenset({"bright", "colorB", "colorG", "colorR"})
_LEVEL = frozenset({"brightness", "cctBrightness"})
# In this order: the numbers that all are there, and those of which one is.
_LAMPS: Mapping[LampShape, tuple[AbstractSet[str], AbstractSet[str]]] = {
    LampShape.MODE_STRIP: (_COLOR | {"colorTemp"}, frozenset()),
    LampShape.STRIP: (_COLOR, frozenset()),
    LampShape.HUE: (frozenset({"hue", "saturation"}), frozenset({"cctBrightness", "rgbBrightness"})),
    LampShape.WHITE_DIMMER: (frozenset({"colorTemp"}), _LEVEL),
    LampShape.DIMMER_WITH_MODE: (frozenset({"brightness", "mode"}), frozenset({"brightMax", "brightMin"})),
    LampShape.DIMMER: (frozenset(), _LEVEL),
    LampShape.BRIGHT: (frozenset({"bright"}), frozenset()),
}
_OF_LAMPS = frozenset[str]().union(*(needed | any_of for needed, any_of in _LAMPS.values()))
# What a lamp may turn out to be once it has told more; all else stays as it was found.
_MORE: Mapping[LampShape, AbstractSet[LampShape]] = {
    LampShape.STATE: {LampShape.CHANNEL, LampShape.WHITE_CHANNELS, LampShape.COLOR_CHANNELS},
    LampShape.CHANNEL: {LampShape.WHITE_CHANNELS, LampShape.COLOR_CHANNELS},
    LampShape.WHITE_CHANNELS: {LampShape.COLOR_CHANNELS},
    LampShape.WHITE_SCENES: {LampShape.COLOR_SCENES},
    LampShape.BRIGHT: {LampShape.STRIP, LampShape.MODE_STRIP},
    LampShape.STRIP: {LampShape.MODE_STRIP},
    LampShape.DIMMER: {LampShape.DIMMER_WITH_MODE, LampShape.WHITE_DIMMER, LampShape.HUE},
    LampShape.WHITE_DIMMER: {LampShape.HUE},
}


def learn(params: Params, known: Shape = NOTHING) -> Shape:
    """Return what is proven of a device with these params and what was known of it; the same one if no more.

    Source: docs/params.md, Shapes.
    """
    signs = known.signs.union(
        _switched_signs(params), _sensed_signs(params), _climate_signs(params), _metered_signs(params)
    )
    relays = _relays(params, known, signs)
    scales = Scales(known, params)
    shape = Shape(
        relays=relays,
        outlets=() if relays is None else tuple(sorted({*known.outlets, *_outlets(params, relays)})),
        lamp=_known_lamp(params, known),
        metered=tuple(sorted({*known.metered, *metered(params)})),
        temperature=scales.temperature(signs),
        humidity=scales.humidity(signs),
        meter=scales.meter(),
        signs=signs,
        doubts=scales.doubts,
    )
    return known if shape == known else shape


# --- values ----------------------------------------------------------------------------------------------


def _is_flag(params: Params, name: str) -> bool:
    return params.get(name) in (0, 1, "0", "1")


def _is_on_off(params: Params, name: str) -> bool:
    return params.get(name) in ("on", "off")


def _is_reading(params: Params, name: str) -> bool:
    return params.get(name) == "unavailable" or quiet_number(params, name) is not None


# --- signs -----------------------------------------------------------------------------------------------


def _switched_signs(params: Params) -> Iterator[Sign]:
    """Yield what is proven of devices that are switched, or move."""
    if (
        not _OF_MOVERS.isdisjoint(params)
        or {"op", "per"} <= params.keys()
        or _is_on_off(params, "fan")
        or params.get("switch") == "pause"
    ):
        yield Sign.MOVES
    if "workMode" in params and not _OF_MOTORS.isdisjoint(params):
        yield Sign.MODES
    if not params.keys().isdisjoint({"configure", "pulse", "pulses", "pulseWidth", "startup"}):
        yield Sign.SETTINGS
    tones = [quiet_number(object_of(params, name), "ct") for name in ("white", "bright", "computer")]
    levels = [quiet_number(params, name) for name in ("brightness", "cctBrightness", "colorTemp")]
    if any(step is not None and 100 < step <= 255 for step in (*tones, *levels)):
        yield Sign.FINE_STEPS


def _sensed_signs(params: Params) -> Iterator[Sign]:
    """Yield what is proven of sensors."""
    if not _OF_SENSORS.isdisjoint(params):
        for sign, (name, of_others) in _FLAGS_OF_SENSORS.items():
            if _is_flag(params, name) and of_others.isdisjoint(params):
                yield sign
    if _is_flag(params, "human"):
        yield Sign.OCCUPANCY
    if params.get("brState") in ("brighter", "darker"):
        yield Sign.AMBIENT_LIGHT
    levels = [quiet_number(params, name) for name in ("dusty", "light", "noise")]
    if sum(level is not None and 1 <= level <= 10 for level in levels) > 1:
        yield Sign.LEVELS
    if (battery := quiet_number(params, "battery")) is not None:
        if has_fraction(params, "battery") and 0 < battery <= 5:
            yield Sign.BATTERY_IN_VOLTS
        if _is_on_off(params, "switch") and _is_report_of_door(params):
            yield Sign.SWITCH_OPENS


def _is_report_of_door(params: Params) -> bool:
    """Return whether params say why and when they were reported, as doors do that wake up for it."""
    return (
        quiet_number(params, "type") is not None
        and not params.keys().isdisjoint({"actionTime", "lastUpdateTime"})
        and _OF_SWITCHES.isdisjoint(params)
    )


def _climate_signs(params: Params) -> Iterator[Sign]:
    temperature, humidity = (_is_reading(params, name) for name in OF_PROBES)
    if temperature or humidity:
        yield Sign.PROBE
        if temperature:
            yield Sign.TEMPERATURE
        if humidity:
            yield Sign.HUMIDITY
        return
    if not _OF_OTHER_TEMPERATURES.isdisjoint(params):
        return
    temperature, humidity = (_is_reading(params, name) for name in OF_AIR)
    if temperature and (humidity or not _OF_ROOMS.isdisjoint(params)):
        yield Sign.TEMPERATURE
    if humidity and (temperature or not _OF_SENSORS.isdisjoint(params)):
        yield Sign.HUMIDITY


def _metered_signs(params: Params) -> Iterator[Sign]:
    readings = [quiet_number(params, name) for name in ("power", "voltage", "current")]
    several = sum(reading is not None for reading in readings) > 1
    # The first meters knew but power.
    alone = readings[0] is not None and has_fraction(params, "power") and "switch" in params
    if several or alone:
        yield Sign.METER
    if quiet_number(params, "phase_0_v") is not None and quiet_number(params, "phase_0_p") is not None:
        yield Sign.PHASE


# --- relays and lamps ------------------------------------------------------------------------------------


def _relays(params: Params, known: Shape, signs: AbstractSet[Sign]) -> Relays | None:
    """Return where relays are told: as was found first, unless the device turns out to be no switch."""
    if Sign.SWITCH_OPENS in signs or Sign.MOVES in signs:
        return None
    # What was found to be a light has no list of relays, whatever is left in it of experiments.
    return known.relays or (_told_relays(params) if known.lamp is None else None)


def _told_relays(params: Params) -> Relays | None:
    one = params.get("switch") in ("on", "off", True, False)
    listed = any(True for _ in _outlets(params, Relays.LISTED))
    if one and listed:
        # One of them is left of somebody's experiments: the settings tell which.
        of_list = not params.keys().isdisjoint({"configure", "pulses"})
        return Relays.LISTED if of_list and params.keys().isdisjoint({"pulse", "startup"}) else Relays.ONE
    if one:
        return Relays.ONE
    if listed:
        return Relays.LISTED
    return Relays.FLAGS if len([*_outlets(params, Relays.FLAGS)]) > 1 else None


def _outlets(params: Params, relays: Relays) -> Iterator[int]:
    """Yield the outlets of which a list, or flags, tell if they are on."""
    if relays is Relays.FLAGS:
        for outlet in range(MOST_OUTLETS):
            if isinstance(params.get(f"switch_{outlet:02}"), bool):
                yield outlet
    elif relays is Relays.LISTED and isinstance(switches := params.get("switches"), list):
        for item in switches:
            if not isinstance(item, dict) or item.get("switch") not in ("on", "off", True, False):
                continue
            if (listed := outlet_of(item)) is not None and 0 <= listed < MOST_OUTLETS:
                yield listed


def _known_lamp(params: Params, known: Shape) -> LampShape | None:
    """Return the family of a light: as was found first, or more than was told then."""
    if known.relays is Relays.LISTED:
        return known.lamp
    lamp = _lamp(params)
    return lamp if known.lamp is None or lamp in _MORE.get(known.lamp, ()) else known.lamp


def _lamp(params: Params) -> LampShape | None:
    """Return the family of a light: told by what says how bright it is, beside what turns it on."""
    if _is_on_off(params, "state"):
        return _lamp_of_channels(params)
    if not _is_on_off(params, "switch"):
        return None
    if isinstance(params.get("ltype"), str):
        if {"br", "r", "g", "b"} <= object_of(params, "color").keys():
            return LampShape.COLOR_SCENES
        if {"br", "ct"} <= object_of(params, "white").keys():
            return LampShape.WHITE_SCENES
    numbers = {name for name in _OF_LAMPS if quiet_number(params, name) is not None}
    for lamp, (needed, any_of) in _LAMPS.items():
        if needed <= numbers and not (any_of and any_of.isdisjoint(numbers)):
            return lamp
    return None


def _lamp_of_channels(params: Params) -> LampShape | None:
    channels = [quiet_number(params, f"channel{number}") is not None for number in range(5)]
    if not channels[0]:
        return None
    if all(channels):
        return LampShape.COLOR_CHANNELS
    if not channels[1]:
        return LampShape.CHANNEL
    # Without it the second channel may be a tone as well as a second white.
    is_white = params.get("type") in ("cold", "middle", "warm")
    return LampShape.WHITE_CHANNELS if is_white else LampShape.STATE
