"""Curtains, blinds, shutters and garage doors."""

from collections.abc import Mapping

from ..model import Battery, DeviceKind, Model

COVERS: Mapping[int, Model] = {
    11: Model("Curtain", DeviceKind.COVER, examples=("KING-Q4", "BCM series motor", "BCM500DS-KZW")),
    67: Model("Rolling door / garage door", DeviceKind.COVER, examples=("KING-Q1",)),
    89: Model("Smart opening machine", DeviceKind.COVER, named=True),
    91: Model("Smart roller shutter", DeviceKind.COVER, examples=("ST-03",)),
    236: Model("Garage door controller", DeviceKind.COVER),
    237: Model("Garage door controller", DeviceKind.COVER),
    238: Model("Garage door controller", DeviceKind.COVER),
    258: Model("Roller blind motor module (Wi-Fi)", DeviceKind.COVER, examples=("MINI-RBS",)),
    1514: Model(
        "Zigbee curtain", DeviceKind.COVER, battery=Battery.HALF_PERCENT, examples=("Graywind Zigbee shades",)
    ),
    7006: Model("Zigbee curtain, OTA", DeviceKind.COVER),
    7015: Model("Zigbee curtain with limits", DeviceKind.COVER),
    7034: Model("Zigbee roller blind module", DeviceKind.COVER, examples=("MINI-ZBRBS",)),
}
