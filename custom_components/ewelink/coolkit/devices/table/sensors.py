"""Sensors of all kinds."""

from collections.abc import Mapping

from ..builders import expected
from ..model import FOR_EVER, Capabilities, DeviceKind, Model
from ..readings import (
    AIR,
    AMBIENT_LIGHT,
    BATTERY,
    BATTERY_LOW,
    BATTERY_VOLTAGE,
    CLIMATE,
    CLIMATE_IN_HUNDREDTHS,
    COMFORT,
    CORRECTIONS,
    DOOR,
    DOOR_ALARM,
    ILLUMINANCE,
    INDICATOR,
    LEVELS,
    MOTION,
    OCCUPANCY,
    OPENING,
    REMOTE_TEMPERATURE,
    SENSITIVITY,
    SIGNAL,
    SMOKE,
    TAMPER,
    TEMPERATURE_UNIT,
    WATER,
    WIFI_SIGNAL,
    clear_delay,
    climate,
)
from .parts import ZIGBEE

# Two of the hourly reports may be lost.
_TWO_REPORTS = 2 * 3600 + 5 * 60

_BATTERY: Capabilities = (BATTERY, *ZIGBEE)
_IN_HUNDREDTHS: Capabilities = climate(divisor=100, corrects=True)
# What a display shows, and when it says that the room is not comfortable.
_DISPLAY: Capabilities = (TEMPERATURE_UNIT, *COMFORT)

SENSORS: Mapping[int, Model] = {
    18: Model("Sensor hub", DeviceKind.SENSOR, (*CLIMATE, *LEVELS, WIFI_SIGNAL), examples=("SC",)),
    # It sleeps, and has no timers.
    102: Model(
        "Wi-Fi door sensor",
        DeviceKind.BINARY_SENSOR,
        (expected(DOOR), BATTERY_VOLTAGE, BATTERY_LOW, WIFI_SIGNAL),
        silence=_TWO_REPORTS,
        has_timers=False,
        examples=("DW2-Wi-Fi", "OPL-DMA"),
    ),
    154: Model(
        "Wi-Fi door sensor with alarm",
        DeviceKind.BINARY_SENSOR,
        (expected(DOOR), DOOR_ALARM, BATTERY, WIFI_SIGNAL),
        silence=FOR_EVER,
        has_timers=False,
        examples=("DW2-Wi-Fi-L",),
    ),
    242: Model(
        "Temperature and humidity sensor",
        DeviceKind.SENSOR,
        (*_IN_HUNDREDTHS, *CORRECTIONS, BATTERY, SIGNAL),
        examples=("CK-BK7238-W105SE10-01-HB(242)",),
    ),
    266: Model(
        "Air quality monitor",
        DeviceKind.SENSOR,
        (*climate(corrects=True), *AIR, *CORRECTIONS, TEMPERATURE_UNIT, *INDICATOR, WIFI_SIGNAL),
        examples=("SAWF-07P", "SAWF-08P"),
    ),
    1770: Model(
        "Zigbee temperature and humidity sensor",
        DeviceKind.SENSOR,
        (*CLIMATE_IN_HUNDREDTHS, *_BATTERY),
        examples=("SNZB-02",),
    ),
    1771: Model(
        "Zigbee temperature and humidity sensor with display",
        DeviceKind.SENSOR,
        (*_IN_HUNDREDTHS, *_BATTERY),
        examples=("SNZB-02D",),
    ),
    2026: Model(
        "Zigbee motion sensor",
        DeviceKind.BINARY_SENSOR,
        (MOTION, *_BATTERY),
        examples=("SNZB-03", "SNZB-06P"),
    ),
    3026: Model(
        "Zigbee door and window sensor", DeviceKind.BINARY_SENSOR, (OPENING, *_BATTERY), examples=("SNZB-04",)
    ),
    4026: Model("Zigbee water leak sensor", DeviceKind.BINARY_SENSOR, (expected(WATER), *_BATTERY)),
    5026: Model("Zigbee smoke sensor", DeviceKind.BINARY_SENSOR, (expected(SMOKE), *_BATTERY)),
    7002: Model(
        "Zigbee motion and light sensor",
        DeviceKind.BINARY_SENSOR,
        (expected(MOTION), AMBIENT_LIGHT, clear_delay("detectInterval"), *_BATTERY),
        examples=("SNZB-03P",),
    ),
    7003: Model(
        "Zigbee door and window sensor with tamper alarm",
        DeviceKind.BINARY_SENSOR,
        (expected(OPENING), TAMPER, *_BATTERY),
        examples=("SNZB-04P",),
    ),
    7014: Model(
        "Zigbee temperature and humidity sensor",
        DeviceKind.SENSOR,
        (*_IN_HUNDREDTHS, *_DISPLAY, *_BATTERY),
        examples=("SNZB-02P",),
    ),
    7016: Model(
        "Zigbee presence sensor",
        DeviceKind.BINARY_SENSOR,
        (expected(OCCUPANCY), AMBIENT_LIGHT, SENSITIVITY, clear_delay("judgeTime"), *ZIGBEE),
        examples=("SNZB-06P",),
    ),
    7019: Model(
        "Zigbee water leak sensor",
        DeviceKind.BINARY_SENSOR,
        (expected(WATER), *_BATTERY),
        examples=("SNZB-05P",),
    ),
    # It has already applied its corrections.
    7033: Model(
        "Zigbee temperature and humidity sensor with probe",
        DeviceKind.SENSOR,
        (*climate(corrects=False), *CORRECTIONS, TEMPERATURE_UNIT, *_BATTERY),
        examples=("SNZB-02WD", "SNZB-02LD"),
    ),
    7038: Model(
        "Zigbee temperature and humidity sensor with remote display",
        DeviceKind.SENSOR,
        (*_IN_HUNDREDTHS, REMOTE_TEMPERATURE, *CORRECTIONS, *_DISPLAY, *_BATTERY),
        examples=("SNZB-02DR2",),
    ),
    7051: Model(
        "Zigbee presence and brightness sensor",
        DeviceKind.BINARY_SENSOR,
        (expected(OCCUPANCY), ILLUMINANCE, clear_delay("judgeTime"), *ZIGBEE),
        examples=("SNZB-06P24",),
    ),
    7055: Model(
        "Zigbee presence and brightness sensor with battery",
        DeviceKind.BINARY_SENSOR,
        (expected(OCCUPANCY), ILLUMINANCE, SENSITIVITY, clear_delay("pirOcp2UnD"), *_BATTERY),
        examples=("SNZB-03PR2",),
    ),
}
