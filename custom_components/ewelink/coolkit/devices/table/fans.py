"""Fans, air cleaners, humidifiers and diffusers."""

from collections.abc import Mapping

from ..builders import int_reading, on_off_setting
from ..capability import AnyCapability, Capability, Kind
from ..fans import DiffuserLight, Mist, OutletFan, OutletLight, WordFan
from ..model import DeviceKind, Model
from ..outlets import outlet_startup
from ..params import flag
from ..readings import WIFI_SIGNAL
from .parts import WIFI

_TANK: Capability[bool] = Capability(
    kind=Kind.WATER_TANK,
    params=frozenset({"water"}),
    read=lambda params: None if (enough := flag(params, "water")) is None else not enough,
)
_ROOM: tuple[AnyCapability, ...] = (
    int_reading(Kind.TEMPERATURE, "temperature", minimum=-20, maximum=80),
    int_reading(Kind.HUMIDITY, "humidity", minimum=0, maximum=100),
)
# What is on keeps it dark.
_DARK_LED = on_off_setting(Kind.LED, "sledOnline", values=("on", "off"))

FANS: Mapping[int, Model] = {
    17: Model("Three-speed smart fan", DeviceKind.FAN, (WordFan().capability(), *WIFI)),
    19: Model(
        "Three-speed humidifier",
        DeviceKind.HUMIDIFIER,
        (Mist(3).capability(), _TANK, *_ROOM, WIFI_SIGNAL),
    ),
    25: Model(
        "Aroma diffuser",
        DeviceKind.DIFFUSER,
        (Mist(2).capability(), DiffuserLight().capability(), _TANK, _DARK_LED, WIFI_SIGNAL),
        timed_outlets=(),
        examples=("YB-01", "Komeito 1515-X"),
    ),
    34: Model(
        "Smart fan light",
        DeviceKind.FAN,
        (OutletFan().capability(), OutletLight().capability(), outlet_startup(0, outlet=None), *WIFI),
        timed_outlets=(0,),
        examples=("iFan02", "iFan03", "iFan04"),
    ),
    46: Model("Air cleaner", DeviceKind.FAN, named=True),
    53: Model("Electric fan with lamp", DeviceKind.FAN, named=True),
    60: Model("New humidifier", DeviceKind.HUMIDIFIER, named=True),
    93: Model("HTHD air cleaner", DeviceKind.FAN, named=True),
    169: Model("2.4G AC fan light", DeviceKind.FAN, named=True),
}
