"""What devices measure and sense, each capability written once."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from .builders import (
    ZERO_ONE,
    boolean,
    float_reading,
    int_reading,
    number_setting,
    on_off_setting,
    select_setting,
)
from .capability import AnyCapability, Capability, Kind, MeasureCapability
from .params import Params, choice, flag, integer, number, object_of

_WEAKEST, _STRONGEST = -150, 0


def _read_signal(params: Params) -> int | None:
    """Return the signal of the radio that a device has; those of a gateway may tell of both."""
    for name in ("subDevRssi", "rssi"):
        if (
            name in params
            and (value := integer(params, name)) is not None
            and _WEAKEST <= value <= _STRONGEST
        ):
            return value
    return None


SIGNAL: Capability[int] = Capability(
    kind=Kind.SIGNAL_STRENGTH, params=frozenset({"rssi", "subDevRssi"}), read=_read_signal
)
BATTERY = int_reading(Kind.BATTERY, "battery", minimum=0, maximum=100)
WIFI_SIGNAL = int_reading(Kind.SIGNAL_STRENGTH, "rssi", minimum=-150, maximum=0)
ZIGBEE_SIGNAL = int_reading(Kind.SIGNAL_STRENGTH, "subDevRssi", minimum=-150, maximum=0)

METER = (
    float_reading(Kind.POWER, "power"),
    float_reading(Kind.VOLTAGE, "voltage"),
    float_reading(Kind.CURRENT, "current"),
)


def _is_clamp(params: Params) -> bool:
    """Return whether a meter is a clamp around the supply of the house, which its relay does not switch."""
    return "supplyPower" in params


METER_IN_HUNDREDTHS = (
    float_reading(Kind.POWER, "power", divisor=100, beside=_is_clamp),
    float_reading(Kind.VOLTAGE, "voltage", divisor=100),
    float_reading(Kind.CURRENT, "current", divisor=100, beside=_is_clamp),
)
APPARENT_AND_REACTIVE_POWER = (
    float_reading(Kind.APPARENT_POWER, "appPower"),
    float_reading(Kind.REACTIVE_POWER, "reactPower"),
)
COUNTERS_IN_HUNDREDTHS = (
    float_reading(Kind.ENERGY_TODAY, "dayKwh", divisor=100),
    float_reading(Kind.ENERGY_MONTH, "monthKwh", divisor=100),
)
SUPPLY_IN_HUNDREDTHS = (
    float_reading(Kind.SUPPLY_POWER, "supplyPower", divisor=100),
    float_reading(Kind.SUPPLY_CURRENT, "supplyCurrent", divisor=100),
    float_reading(Kind.SUPPLY_ENERGY_TODAY, "dayPowerSupply", divisor=100),
    float_reading(Kind.SUPPLY_ENERGY_MONTH, "monthPowerSupply", divisor=100),
)


def channel_meters(outlets: tuple[int, ...]) -> tuple[AnyCapability, ...]:
    """Make a meter for each of these outlets."""
    return tuple(
        replace(
            float_reading(kind, f"{name}_{outlet:02}", divisor=100, outlet=outlet),
            minor=len(outlets) > 2 and kind is not Kind.POWER,
        )
        for outlet in outlets
        for kind, name in (
            (Kind.POWER, "actPow"),
            (Kind.VOLTAGE, "voltage"),
            (Kind.CURRENT, "current"),
            (Kind.APPARENT_POWER, "apparentPow"),
            (Kind.REACTIVE_POWER, "reactPow"),
        )
    )


CHANNEL_METERS = channel_meters((0, 1))


def estimated(meters: Iterable[AnyCapability], *, minor: bool = False) -> tuple[AnyCapability, ...]:
    """Make the energy of meters that count none: it reads their power, which others add up."""
    return tuple(
        replace(one, kind=Kind.ENERGY_ESTIMATED, beside=None, minor=minor)
        for one in meters
        if one.kind is Kind.POWER
    )


PROBE_OF_TH_ELITE = (
    float_reading(Kind.TEMPERATURE, "currentTemperature", minimum=-99.9, maximum=127),
    float_reading(Kind.HUMIDITY, "currentHumidity", minimum=0, maximum=100),
)
CLIMATE = (
    float_reading(Kind.TEMPERATURE, "temperature"),
    float_reading(Kind.HUMIDITY, "humidity", minimum=0, maximum=100),
)
# What Zigbee can say of a temperature; -327.68 and 655.35 say that there is none.
CLIMATE_IN_HUNDREDTHS = (
    float_reading(Kind.TEMPERATURE, "temperature", divisor=100, minimum=-273.15, maximum=327.67),
    float_reading(Kind.HUMIDITY, "humidity", divisor=100, minimum=0, maximum=100),
)
# Levels of 1 to 10: illumination from bright to dark, noise from quiet to noisy, dust from clean to poor.
LEVELS = (
    int_reading(Kind.ILLUMINATION_LEVEL, "light", minimum=1, maximum=10),
    int_reading(Kind.NOISE_LEVEL, "noise", minimum=1, maximum=10),
    int_reading(Kind.DUST_LEVEL, "dusty", minimum=1, maximum=10),
)
MOTION = boolean(Kind.MOTION, "motion")
OPENING = boolean(Kind.OPENING, "lock")
SMOKE = boolean(Kind.SMOKE, "smoke")
TAMPER = boolean(Kind.TAMPER, "split")
WATER = boolean(Kind.MOISTURE, "water")
OCCUPANCY = boolean(Kind.OCCUPANCY, "human")
ILLUMINANCE = int_reading(Kind.ILLUMINANCE, "illumination", minimum=0)
AMBIENT_LIGHT: Capability[bool] = Capability(
    kind=Kind.AMBIENT_LIGHT,
    params=frozenset({"brState"}),
    read=lambda params: (
        None if (word := choice(params, "brState", ("brighter", "darker"))) is None else word == "brighter"
    ),
)
AIR: tuple[AnyCapability, ...] = (
    int_reading(Kind.CO2, "co2", minimum=0),
    int_reading(Kind.PM25, "pm2_5", minimum=0),
    int_reading(Kind.PM10, "pm10", minimum=0),
)
# On newer Wi-Fi door sensors `switch` is the door.
DOOR = boolean(Kind.OPENING, "switch")
BATTERY_VOLTAGE = float_reading(Kind.BATTERY_VOLTAGE, "battery", minimum=0, maximum=5)
# Volts below which the vendor's app warns.
_LOW_VOLTAGE = 2.6


def _is_low(params: Params) -> bool | None:
    volts = number(params, "battery")
    return None if volts is None else volts < _LOW_VOLTAGE


BATTERY_LOW: Capability[bool] = Capability(kind=Kind.BATTERY_LOW, params=frozenset({"battery"}), read=_is_low)
DOOR_ALARM = on_off_setting(Kind.DOOR_ALARM, "defense", values=ZERO_ONE)

SENSITIVITY = select_setting(Kind.SENSITIVITY, "sensitivity", {"low": 1, "medium": 2, "high": 3})


def clear_delay(param: str) -> AnyCapability:
    """Make the time for which a sensor goes on telling that somebody is there."""
    return number_setting(Kind.CLEAR_DELAY, param, minimum=1, maximum=65_535, unit="s")


def room(
    kind: Kind,
    param: str,
    *,
    divisor: int = 1,
    minimum: float,
    maximum: float,
    correction: str | None = None,
) -> Capability[float]:
    """Make a reading of a room; `correction` is what the device leaves to others to add."""

    def read(params: Params) -> float | None:
        value = number(params, param)
        if value is None:
            return None
        value /= divisor
        if value < minimum or value > maximum:
            return None
        if correction is not None and correction in params:
            value = round(value + (number(params, correction) or 0), 2)
        return value

    return Capability(
        kind=kind,
        params=frozenset({param} if correction is None else {param, correction}),
        read=read,
        present=lambda params: param in params,
    )


def climate(*, divisor: int = 1, corrects: bool) -> tuple[AnyCapability, ...]:
    """Make temperature and humidity; `corrects` tells if corrections beside them are still to be added."""
    return (
        room(
            Kind.TEMPERATURE,
            "temperature",
            divisor=divisor,
            minimum=-273.15,
            maximum=327.67,
            correction="tempCorrection" if corrects else None,
        ),
        room(
            Kind.HUMIDITY,
            "humidity",
            divisor=divisor,
            minimum=0,
            maximum=100,
            correction="humCorrection" if corrects else None,
        ),
    )


REMOTE_TEMPERATURE = room(
    Kind.REMOTE_TEMPERATURE, "remoteTemperature", divisor=100, minimum=-273.15, maximum=327.67
)
TEMPERATURE_CORRECTION = number_setting(
    Kind.TEMPERATURE_CORRECTION, "tempCorrection", minimum=-50, maximum=50, unit="°C"
)
CORRECTIONS: tuple[AnyCapability, ...] = (
    TEMPERATURE_CORRECTION,
    number_setting(Kind.HUMIDITY_CORRECTION, "humCorrection", minimum=-50, maximum=50, unit="%"),
)
TEMPERATURE_UNIT = select_setting(Kind.TEMPERATURE_UNIT, "tempUnit", {"celsius": 0, "fahrenheit": 1})
# Beyond these a display shows that the room is not comfortable.
COMFORT: tuple[AnyCapability, ...] = tuple(
    number_setting(kind, param, minimum=minimum, maximum=maximum, step=step, unit=unit, divisor=100)
    for kind, param, minimum, maximum, step, unit in (
        (Kind.COMFORT_TEMPERATURE_LOW, "tempComfortLower", -20, 60, 0.1, "°C"),
        (Kind.COMFORT_TEMPERATURE_HIGH, "tempComfortUpper", -20, 60, 0.1, "°C"),
        (Kind.COMFORT_HUMIDITY_LOW, "humiComfortLower", 0, 100, 1, "%"),
        (Kind.COMFORT_HUMIDITY_HIGH, "humiComfortUpper", 0, 100, 1, "%"),
    )
)
# The light by which a monitor shows how good the air is.
INDICATOR: tuple[AnyCapability, ...] = (
    on_off_setting(Kind.LED, "sensorLight", values=(False, True)),
    number_setting(Kind.LED_BRIGHTNESS, "sensorLightBr", minimum=0, maximum=100, unit="%"),
)


def _nested(kind: Kind, param: str, name: str) -> Capability[bool]:
    """Make a state that is kept in an object."""
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=lambda params: flag(object_of(params, param), name),
        present=lambda params: name in object_of(params, param),
    )


# Of valves: what they have dosed, and what is wrong.
DOSES: tuple[AnyCapability, ...] = (
    float_reading(Kind.WATER_TODAY, "todayWaterUsage", minimum=0),
    float_reading(Kind.WATER_VOLUME, "realIrrigationVolume", minimum=0),
)
HAS_EXCEPTION = boolean(Kind.PROBLEM, "hasException")
VALVE_FAULTS: tuple[AnyCapability, ...] = (
    _nested(Kind.WATER_SHORTAGE, "errorDetail", "waterShortage"),
    _nested(Kind.WATER_LEAKAGE, "errorDetail", "waterLeakage"),
    _nested(Kind.FROST_RISK, "errorDetail", "frostProtection"),
    _nested(Kind.FAILSAFE, "errorDetail", "failsafe"),
)


def _temperature_in(kind: Kind, param: str, name: str) -> Capability[float]:
    """Make a temperature that is kept in an object, in tenths."""

    def read(params: Params) -> float | None:
        value = number(object_of(params, param), name)
        return None if value is None else round(value, 1)

    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=read,
        present=lambda params: name in object_of(params, param),
    )


# It moves by thousandths all the time: tenths are enough.
CPU_TEMPERATURE = _temperature_in(Kind.CPU_TEMPERATURE, "cpuInfo", "temperature")
# The weather of the place, not of the room.
PANEL_WEATHER = _temperature_in(Kind.OUTDOOR_TEMPERATURE, "HMI_outdoorTemp", "current")
TOWN_WEATHER = room(Kind.OUTDOOR_TEMPERATURE, "temperature", minimum=-100, maximum=100)
ROOM_OF_PANEL = room(Kind.TEMPERATURE, "temperature", minimum=-100, maximum=150, correction="tempCorrection")

PHASE: tuple[AnyCapability, ...] = (
    float_reading(Kind.POWER, "phase_0_p"),
    float_reading(Kind.VOLTAGE, "phase_0_v"),
    float_reading(Kind.CURRENT, "phase_0_c"),
    float_reading(Kind.ENERGY, "totalPower", minimum=0),
)
LONG_COUNTERS: tuple[AnyCapability, ...] = (
    float_reading(Kind.ENERGY_WEEK, "weekKwh", divisor=100),
    float_reading(Kind.ENERGY_YEAR, "yearKwh", divisor=100),
)
ENERGY_YESTERDAY = float_reading(Kind.ENERGY_YESTERDAY, "yesterdayKwh", divisor=100)


def _measure(live: Callable[[int], Params]) -> MeasureCapability:
    """Make live readings: meters are quiet otherwise, and the vendor blocks who keeps them awake."""
    return MeasureCapability(
        kind=Kind.MEASURE,
        params=frozenset({"uiActive"}),
        read=lambda _: None,
        write=lambda _params, _value: (live(60),),
        present=lambda _: True,
        live=live,
    )


MEASURE = _measure(lambda seconds: {"uiActive": seconds})
MEASURE_ALL = _measure(lambda seconds: {"uiActive": {"all": 1, "time": seconds}})
