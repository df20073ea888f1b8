"""Fans, air cleaners, humidifiers and diffusers."""

from collections.abc import Mapping

from ..model import DeviceKind, Model

FANS: Mapping[int, Model] = {
    17: Model("Three-speed smart fan", DeviceKind.FAN),
    19: Model("Three-speed humidifier", DeviceKind.HUMIDIFIER),
    25: Model("Aroma diffuser", DeviceKind.DIFFUSER, timed_outlets=(), examples=("YB-01", "Komeito 1515-X")),
    34: Model("Smart fan light", DeviceKind.FAN, timed_outlets=(0,), examples=("iFan02", "iFan03", "iFan04")),
    46: Model("Air cleaner", DeviceKind.FAN, named=True),
    53: Model("Electric fan with lamp", DeviceKind.FAN, named=True),
    60: Model("New humidifier", DeviceKind.HUMIDIFIER, named=True),
    93: Model("HTHD air cleaner", DeviceKind.FAN, named=True),
    169: Model("2.4G AC fan light", DeviceKind.FAN, named=True),
}
