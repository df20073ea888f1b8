"""Thermostats, radiator valves and air conditioners."""

from collections.abc import Mapping

from ..homes import wherever_told
from ..inching import INCHING, PULSE_CONFIG_INCHING
from ..model import DeviceKind, Model
from ..probes import PROBE
from ..readings import PROBE_OF_TH_ELITE
from ..relays import STARTUP, relay, thermostat_rides_along
from .parts import WIFI

CLIMATE: Mapping[int, Model] = {
    13: Model("Fireplace", DeviceKind.CLIMATE, named=True),
    15: Model(
        "Thermostat switch",
        DeviceKind.SWITCH,
        (
            *wherever_told(relay(rides_along=thermostat_rides_along), STARTUP, *INCHING),
            *WIFI,
            *PROBE,
        ),
        timed_as=("switch", "mainSwitch"),
        examples=("TH10", "TH16", "TH16R2", "TH10R2"),
    ),
    23: Model("Nest thermostat", DeviceKind.CLIMATE, named=True),
    26: Model("Thermostat", DeviceKind.CLIMATE, named=True),
    64: Model("Heating table", DeviceKind.CLIMATE, named=True),
    80: Model("Hanyuan air conditioner", DeviceKind.CLIMATE, named=True),
    127: Model("GTTA127 thermostat", DeviceKind.CLIMATE, examples=("GTTA127",)),
    142: Model("Midea air conditioner", DeviceKind.CLIMATE, named=True),
    151: Model("Air conditioner", DeviceKind.CLIMATE),
    181: Model(
        "Temperature and humidity switch",
        DeviceKind.SWITCH,
        (*wherever_told(relay(), STARTUP, *PULSE_CONFIG_INCHING), *WIFI, *PROBE_OF_TH_ELITE),
        examples=("THR316D", "THR320D", "THR316", "THR320"),
    ),
    1772: Model("Zigbee radiator valve (first version)", DeviceKind.CLIMATE),
    7017: Model("Zigbee radiator valve", DeviceKind.CLIMATE, examples=("TRVZB",)),
}
