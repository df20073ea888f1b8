"""Gateways and bridges through which other devices are heard."""

from collections.abc import Mapping

from ..model import DeviceKind, Model

GATEWAYS: Mapping[int, Model] = {
    28: Model("RF bridge", DeviceKind.RF_BRIDGE, examples=("RFBridge", "RFBridge433", "RF_Bridge")),
    38: Model("HomeKit bridge", DeviceKind.GATEWAY, named=True),
    66: Model("Zigbee gateway", DeviceKind.GATEWAY, examples=("ZBBridge",)),
    90: Model("GSM-RF bridge", DeviceKind.RF_BRIDGE, named=True),
    98: Model("RF doorbell gateway", DeviceKind.RF_BRIDGE),
    128: Model("Switch station", DeviceKind.GATEWAY, examples=("SPM-Main",)),
    149: Model("eWeLink-Remote gateway", DeviceKind.GATEWAY, named=True),
    168: Model("Zigbee bridge with buzzer", DeviceKind.GATEWAY, examples=("ZBBridge-P",)),
    170: Model("Camera gateway", DeviceKind.GATEWAY, named=True),
    172: Model("Scene panel-ewelink-remote gateway", DeviceKind.GATEWAY, named=True),
    204: Model("iHost gateway", DeviceKind.GATEWAY, examples=("iHost",)),
    243: Model("Zigbee bridge ultra", DeviceKind.GATEWAY, examples=("ZBBridge-U",)),
    30002: Model("Matter gateway", DeviceKind.GATEWAY),
}
