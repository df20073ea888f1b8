"""Sensors of all kinds."""

from collections.abc import Mapping

from ..model import FOR_EVER, Battery, DeviceKind, Model
from ..readings import BATTERY, CLIMATE, CLIMATE_IN_HUNDREDTHS, LEVELS, MOTION, OPENING, WIFI_SIGNAL
from .parts import ZIGBEE

# Two of the hourly reports may be lost.
_TWO_REPORTS = 2 * 3600 + 5 * 60

SENSORS: Mapping[int, Model] = {
    18: Model("Sensor hub", DeviceKind.SENSOR, (*CLIMATE, *LEVELS, WIFI_SIGNAL)),
    102: Model(
        "Wi-Fi door sensor",
        DeviceKind.BINARY_SENSOR,
        battery=Battery.VOLTS,
        silence=_TWO_REPORTS,
        has_timers=False,
    ),
    154: Model("New Wi-Fi door sensor", DeviceKind.BINARY_SENSOR, silence=FOR_EVER),
    242: Model("Temperature and humidity sensor", DeviceKind.SENSOR, corrects=True),
    266: Model("Air quality monitor", DeviceKind.SENSOR, corrects=True),
    1770: Model(
        "Zigbee temperature and humidity sensor",
        DeviceKind.SENSOR,
        (*CLIMATE_IN_HUNDREDTHS, BATTERY, *ZIGBEE),
    ),
    1771: Model("Zigbee temperature and humidity sensor with display", DeviceKind.SENSOR),
    2026: Model("Zigbee motion sensor", DeviceKind.BINARY_SENSOR, (MOTION, BATTERY, *ZIGBEE)),
    3026: Model("Zigbee door and window sensor", DeviceKind.BINARY_SENSOR, (OPENING, BATTERY, *ZIGBEE)),
    4026: Model("Zigbee water flood sensor", DeviceKind.BINARY_SENSOR),
    5026: Model("Zigbee smoke sensor", DeviceKind.BINARY_SENSOR),
    7002: Model("Zigbee human body sensor, OTA", DeviceKind.BINARY_SENSOR),
    7003: Model("Zigbee door sensor, OTA", DeviceKind.BINARY_SENSOR),
    7014: Model("Zigbee temperature and humidity sensor, OTA", DeviceKind.SENSOR),
    7016: Model("Zigbee presence sensor", DeviceKind.BINARY_SENSOR),
    7019: Model("Zigbee water sensor, OTA", DeviceKind.BINARY_SENSOR),
    7033: Model("Zigbee temperature and humidity sensor (plain units)", DeviceKind.SENSOR, corrects=False),
    7038: Model(
        "Zigbee temperature and humidity sensor with remote display", DeviceKind.SENSOR, corrects=True
    ),
    7051: Model("Zigbee presence sensor with lux", DeviceKind.BINARY_SENSOR),
    7055: Model("Zigbee presence sensor (battery)", DeviceKind.BINARY_SENSOR),
}
