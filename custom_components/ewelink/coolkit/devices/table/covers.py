"""Curtains, blinds, shutters and garage doors."""

from collections.abc import Mapping

from ..builders import boolean, on_off_setting, request
from ..by_shape import BATTERY_IN_HALVES
from ..capability import Kind
from ..covers import CURTAIN, ROLLING_DOOR, ZIGBEE_CURTAIN, door
from ..model import Capabilities, DeviceKind, Model
from ..readings import BATTERY, SIGNAL
from ..states import CoverForm
from .parts import WIFI, ZIGBEE

_CALIBRATE: Capabilities = (request(Kind.CALIBRATE, "motorClb", "calibration"),)
_BUZZER: Capabilities = (on_off_setting(Kind.DOOR_BUZZER, "alarm", values=(False, True)),)
_LIMITS: Capabilities = (
    boolean(Kind.UPPER_LIMIT, "upperLimitState"),
    boolean(Kind.LOWER_LIMIT, "lowerLimitState"),
)
_DOORS_2: Capabilities = (door(0), door(1), *_BUZZER, *WIFI)
_DOORS_3: Capabilities = (door(0), door(1), door(2), *_BUZZER, *WIFI)

COVERS: Mapping[int, Model] = {
    11: Model(
        "Curtain",
        DeviceKind.COVER,
        (CURTAIN.capability(CoverForm.CURTAIN), *WIFI),
        examples=("KING-Q4", "BCM series motor", "BCM500DS-KZW"),
    ),
    67: Model(
        "Rolling door / garage door",
        DeviceKind.COVER,
        (ROLLING_DOOR.capability(CoverForm.GARAGE), *WIFI),
        examples=("KING-Q1",),
    ),
    89: Model("Smart opening machine", DeviceKind.COVER, named=True),
    91: Model(
        "Smart roller shutter",
        DeviceKind.COVER,
        (ROLLING_DOOR.capability(CoverForm.SHUTTER), *WIFI),
        examples=("ST-03",),
    ),
    236: Model("Garage door controller", DeviceKind.COVER, _DOORS_2),
    237: Model("Garage door controller", DeviceKind.COVER, _DOORS_3),
    238: Model("Garage door controller", DeviceKind.COVER, _DOORS_3),
    258: Model(
        "Roller blind motor module (Wi-Fi)",
        DeviceKind.COVER,
        (CURTAIN.capability(CoverForm.BLIND), *WIFI),
        examples=("MINI-RBS",),
    ),
    1514: Model(
        "Zigbee curtain",
        DeviceKind.COVER,
        (ZIGBEE_CURTAIN.capability(CoverForm.CURTAIN), *_CALIBRATE, BATTERY_IN_HALVES, *ZIGBEE),
        examples=("Graywind Zigbee shades",),
    ),
    7006: Model(
        "Zigbee curtain, OTA",
        DeviceKind.COVER,
        (ZIGBEE_CURTAIN.capability(CoverForm.CURTAIN), *_CALIBRATE, BATTERY, *ZIGBEE),
    ),
    7015: Model(
        "Zigbee curtain with limits",
        DeviceKind.COVER,
        (ZIGBEE_CURTAIN.capability(CoverForm.CURTAIN), *_CALIBRATE, *_LIMITS, BATTERY, *ZIGBEE),
    ),
    7034: Model(
        "Zigbee roller blind module",
        DeviceKind.COVER,
        (CURTAIN.capability(CoverForm.BLIND), *_CALIBRATE, SIGNAL),
        examples=("MINI-ZBRBS",),
    ),
}
