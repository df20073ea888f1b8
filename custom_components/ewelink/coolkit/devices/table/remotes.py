"""Buttons, scene switches and remote controls."""

from collections.abc import Mapping

from ..model import DeviceKind, Model
from ..presses import buttons
from ..readings import BATTERY, WIFI_SIGNAL
from ..relays import LED, PRESS_IT
from .parts import ZIGBEE

REMOTES: Mapping[int, Model] = {
    118: Model("2.4G single-channel switch remote control", DeviceKind.BUTTON, named=True),
    119: Model("2.4G 2-channel remote control", DeviceKind.BUTTON, named=True),
    120: Model("2.4G 3-channel remote control", DeviceKind.BUTTON, named=True),
    121: Model("2.4G 6-channel remote control", DeviceKind.BUTTON, named=True),
    148: Model("eWeLink-Remote dual-color cold and warm light remote control", DeviceKind.BUTTON, named=True),
    174: Model(
        "Scene switch with six buttons",
        DeviceKind.BUTTON,
        (*buttons(6), BATTERY),
        has_timers=False,
        examples=("R5",),
    ),
    177: Model(
        "Wall switch adapter with three keys",
        DeviceKind.BUTTON,
        (*buttons(3), BATTERY),
        has_timers=False,
        examples=("S-MATE",),
    ),
    224: Model("433 MHz button device", DeviceKind.BUTTON, (PRESS_IT, LED, WIFI_SIGNAL), has_timers=False),
    1000: Model("Zigbee button", DeviceKind.BUTTON, (*buttons(1), BATTERY, *ZIGBEE), examples=("SNZB-01",)),
    1001: Model("Zigbee scene switch with 1 button", DeviceKind.BUTTON, (*buttons(1), BATTERY, *ZIGBEE)),
    1002: Model("Zigbee scene switch with 2 buttons", DeviceKind.BUTTON, (*buttons(2), BATTERY, *ZIGBEE)),
    1003: Model("Zigbee scene switch with 3 buttons", DeviceKind.BUTTON, (*buttons(3), BATTERY, *ZIGBEE)),
    1004: Model("Zigbee scene switch with 4 buttons", DeviceKind.BUTTON, (*buttons(4), BATTERY, *ZIGBEE)),
    1005: Model("Zigbee scene switch with 5 buttons", DeviceKind.BUTTON, (*buttons(5), BATTERY, *ZIGBEE)),
    1006: Model("Zigbee scene switch with 6 buttons", DeviceKind.BUTTON, (*buttons(6), BATTERY, *ZIGBEE)),
    7000: Model("Zigbee button", DeviceKind.BUTTON, (*buttons(1), BATTERY, *ZIGBEE)),
    7039: Model(
        "Zigbee remote with four buttons",
        DeviceKind.BUTTON,
        (*buttons(4, presses=4), BATTERY, *ZIGBEE),
        examples=("SNZB-01M",),
    ),
}
