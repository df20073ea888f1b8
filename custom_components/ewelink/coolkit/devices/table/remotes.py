"""Buttons, scene switches and remote controls."""

from collections.abc import Mapping

from ..model import DeviceKind, Model

REMOTES: Mapping[int, Model] = {
    118: Model("2.4G single-channel switch remote control", DeviceKind.BUTTON, named=True),
    119: Model("2.4G 2-channel remote control", DeviceKind.BUTTON, named=True),
    120: Model("2.4G 3-channel remote control", DeviceKind.BUTTON, named=True),
    121: Model("2.4G 6-channel remote control", DeviceKind.BUTTON, named=True),
    148: Model("eWeLink-Remote dual-color cold and warm light remote control", DeviceKind.BUTTON, named=True),
    174: Model("Scene switch (six buttons)", DeviceKind.BUTTON, examples=("R5",)),
    177: Model("Switch Mate", DeviceKind.BUTTON, examples=("S-MATE",)),
    224: Model("433 MHz button device", DeviceKind.BUTTON),
    1000: Model("Zigbee wireless button", DeviceKind.BUTTON, examples=("SNZB-01",)),
    1001: Model("Zigbee 1-channel scene switch", DeviceKind.BUTTON),
    1002: Model("Zigbee 2-channel scene switch", DeviceKind.BUTTON),
    1003: Model("Zigbee 3-channel scene switch", DeviceKind.BUTTON),
    1004: Model("Zigbee 4-channel scene switch", DeviceKind.BUTTON),
    1005: Model("Zigbee 5-channel scene switch", DeviceKind.BUTTON),
    1006: Model("Zigbee 6-channel scene switch", DeviceKind.BUTTON),
    7000: Model("Zigbee wireless button, OTA", DeviceKind.BUTTON),
    7039: Model("Zigbee four-button scene controller", DeviceKind.BUTTON, examples=("SNZB-01M",)),
}
