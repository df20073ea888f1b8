"""What devices measure and sense, each capability written once."""

from .builders import reading, state, whole
from .capability import Kind
from .params import Params

BATTERY = whole(Kind.BATTERY, "battery", least=0, greatest=100)
WIFI_SIGNAL = whole(Kind.SIGNAL_STRENGTH, "rssi", least=-150, greatest=0)
ZIGBEE_SIGNAL = whole(Kind.SIGNAL_STRENGTH, "subDevRssi", least=-150, greatest=0)

METER = (
    reading(Kind.POWER, "power"),
    reading(Kind.VOLTAGE, "voltage"),
    reading(Kind.CURRENT, "current"),
)


def _is_clamp(params: Params) -> bool:
    """Tell if a meter is a clamp around the supply of the house, which its relay does not switch."""
    return "supplyPower" in params


METER_IN_HUNDREDTHS = (
    reading(Kind.POWER, "power", divisor=100, beside=_is_clamp),
    reading(Kind.VOLTAGE, "voltage", divisor=100),
    reading(Kind.CURRENT, "current", divisor=100, beside=_is_clamp),
)
APPARENT_AND_REACTIVE_POWER = (
    reading(Kind.APPARENT_POWER, "appPower"),
    reading(Kind.REACTIVE_POWER, "reactPower"),
)
COUNTERS_IN_HUNDREDTHS = (
    reading(Kind.ENERGY_TODAY, "dayKwh", divisor=100),
    reading(Kind.ENERGY_MONTH, "monthKwh", divisor=100),
)
SUPPLY_IN_HUNDREDTHS = (
    reading(Kind.SUPPLY_POWER, "supplyPower", divisor=100),
    reading(Kind.SUPPLY_CURRENT, "supplyCurrent", divisor=100),
    reading(Kind.SUPPLY_ENERGY_TODAY, "dayPowerSupply", divisor=100),
    reading(Kind.SUPPLY_ENERGY_MONTH, "monthPowerSupply", divisor=100),
)
CHANNEL_METERS = tuple(
    reading(kind, f"{name}_0{outlet}", divisor=100, outlet=outlet)
    for outlet in (0, 1)
    for kind, name in (
        (Kind.POWER, "actPow"),
        (Kind.VOLTAGE, "voltage"),
        (Kind.CURRENT, "current"),
        (Kind.APPARENT_POWER, "apparentPow"),
        (Kind.REACTIVE_POWER, "reactPow"),
    )
)

PROBE_OF_TH_ELITE = (
    reading(Kind.TEMPERATURE, "currentTemperature", least=-99.9, greatest=127),
    reading(Kind.HUMIDITY, "currentHumidity", least=0, greatest=100),
)
CLIMATE = (
    reading(Kind.TEMPERATURE, "temperature"),
    reading(Kind.HUMIDITY, "humidity", least=0, greatest=100),
)
# What Zigbee can say of a temperature; -327.68 and 655.35 say that there is none.
CLIMATE_IN_HUNDREDTHS = (
    reading(Kind.TEMPERATURE, "temperature", divisor=100, least=-273.15, greatest=327.67),
    reading(Kind.HUMIDITY, "humidity", divisor=100, least=0, greatest=100),
)
# Levels of 1 to 10: illumination from bright to dark, noise from quiet to noisy, dust from clean to poor.
LEVELS = (
    whole(Kind.ILLUMINATION_LEVEL, "light", least=1, greatest=10),
    whole(Kind.NOISE_LEVEL, "noise", least=1, greatest=10),
    whole(Kind.DUST_LEVEL, "dusty", least=1, greatest=10),
)
MOTION = state(Kind.MOTION, "motion")
OPENING = state(Kind.OPENING, "lock")
