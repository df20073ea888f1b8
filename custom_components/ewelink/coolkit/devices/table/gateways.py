"""Gateways and bridges through which other devices are heard."""

from collections.abc import Mapping

from ..model import Capabilities, DeviceKind, Model
from ..readings import SIGNAL
from ..relays import LED, PLAY_SOUND, ZIGBEE_LED

_ZIGBEE: Capabilities = (LED, ZIGBEE_LED, SIGNAL)

GATEWAYS: Mapping[int, Model] = {
    28: Model(
        "RF bridge",
        DeviceKind.RF_BRIDGE,
        (LED, SIGNAL),
        hears_codes=True,
        has_timers=False,
        examples=("RFBridge", "RFBridge433", "RF_Bridge"),
    ),
    38: Model("HomeKit bridge", DeviceKind.GATEWAY, named=True),
    66: Model("Zigbee gateway", DeviceKind.GATEWAY, _ZIGBEE, has_timers=False, examples=("ZBBridge",)),
    90: Model("GSM-RF bridge", DeviceKind.RF_BRIDGE, named=True),
    98: Model("RF doorbell gateway", DeviceKind.RF_BRIDGE, (LED, SIGNAL), hears_codes=True, has_timers=False),
    128: Model("Switch station", DeviceKind.GATEWAY, (LED, SIGNAL), has_timers=False, examples=("SPM-Main",)),
    149: Model("eWeLink-Remote gateway", DeviceKind.GATEWAY, named=True),
    168: Model(
        "Zigbee bridge with buzzer",
        DeviceKind.GATEWAY,
        (*_ZIGBEE, PLAY_SOUND),
        has_timers=False,
        examples=("ZBBridge-P",),
    ),
    170: Model("Camera gateway", DeviceKind.GATEWAY, named=True),
    172: Model("Scene panel-ewelink-remote gateway", DeviceKind.GATEWAY, named=True),
    204: Model("iHost gateway", DeviceKind.GATEWAY, examples=("iHost",)),
    243: Model(
        "Zigbee bridge ultra", DeviceKind.GATEWAY, _ZIGBEE, has_timers=False, examples=("ZBBridge-U",)
    ),
    30002: Model("Matter gateway", DeviceKind.GATEWAY),
}
