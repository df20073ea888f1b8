"""Thermostats, radiator valves and air conditioners."""

from collections.abc import Mapping
from dataclasses import replace

from ..builders import boolean, float_reading, number_setting, on_off_setting
from ..capability import Capability, Kind
from ..climates import RadiatorValve, RulesThermostat, RuleThermostat
from ..homes import wherever_told
from ..inching import INCHING, PULSE_CONFIG_INCHING
from ..model import Capabilities, DeviceKind, Model
from ..probes import PROBE
from ..readings import BATTERY, CORRECTIONS, PROBE_OF_TH_ELITE, TEMPERATURE_UNIT, WIFI_SIGNAL
from ..relays import CHILD_LOCK, STARTUP, relay, thermostat_rides_along
from ..room_climates import AirConditioner, FloorThermostat
from .parts import WIFI, ZIGBEE

_VALVE: Capabilities = (
    RadiatorValve().capability(),
    float_reading(Kind.TEMPERATURE, "temperature", divisor=10, minimum=-99, maximum=149),
    number_setting(
        Kind.TEMPERATURE_CORRECTION, "tempCorrection", minimum=-7, maximum=7, step=0.1, unit="°C", divisor=10
    ),
    CHILD_LOCK,
    on_off_setting(Kind.WINDOW_DETECTION, "windowSwitch", values=(False, True)),
    BATTERY,
    *ZIGBEE,
)

_FAULT_OF_VALVE: Capability[bool] = Capability(
    kind=Kind.PROBLEM,
    params=frozenset({"fault"}),
    read=lambda params: (
        None if not isinstance(reason := params.get("fault"), str) or not reason else reason != "reasonCode0"
    ),
)
_OPENING: Capabilities = tuple(
    replace(number_setting(kind, param, minimum=0, maximum=100, step=1, unit="%"), minor=True)
    for kind, param in ((Kind.VALVE_OPENING, "openPercent"), (Kind.VALVE_CLOSING, "closePercent"))
)

CLIMATE: Mapping[int, Model] = {
    13: Model("Fireplace", DeviceKind.CLIMATE, named=True),
    15: Model(
        "Thermostat switch",
        DeviceKind.SWITCH,
        (
            *wherever_told(relay(extra_params=thermostat_rides_along), STARTUP, *INCHING),
            *WIFI,
            *PROBE,
            RuleThermostat().capability(),
        ),
        timed_as=("switch", "mainSwitch"),
        examples=("TH10", "TH16", "TH16R2", "TH10R2"),
    ),
    23: Model("Nest thermostat", DeviceKind.CLIMATE, named=True),
    26: Model("Thermostat", DeviceKind.CLIMATE, named=True),
    64: Model("Heating table", DeviceKind.CLIMATE, named=True),
    80: Model("Hanyuan air conditioner", DeviceKind.CLIMATE, named=True),
    127: Model(
        "GTTA127 thermostat",
        DeviceKind.CLIMATE,
        (
            FloorThermostat().capability(),
            float_reading(Kind.TEMPERATURE, "temperature", minimum=-99, maximum=149),
            on_off_setting(Kind.CHILD_LOCK, "childLock"),
            boolean(Kind.PROBLEM, "fault"),
            WIFI_SIGNAL,
        ),
        examples=("GTTA127", "CK-BL602-TC-01"),
    ),
    142: Model("Midea air conditioner", DeviceKind.CLIMATE, named=True),
    151: Model(
        "Air conditioner",
        DeviceKind.CLIMATE,
        (
            AirConditioner().capability(),
            float_reading(Kind.OUTDOOR_TEMPERATURE, "outdoor_temperature", minimum=-99, maximum=149),
            WIFI_SIGNAL,
        ),
    ),
    181: Model(
        "Temperature and humidity switch",
        DeviceKind.SWITCH,
        (
            *wherever_told(relay(), STARTUP, *PULSE_CONFIG_INCHING),
            *WIFI,
            *PROBE_OF_TH_ELITE,
            *CORRECTIONS,
            TEMPERATURE_UNIT,
            RulesThermostat().capability(),
        ),
        examples=("THR316D", "THR320D", "THR316", "THR320"),
    ),
    1772: Model("Zigbee radiator valve (first version)", DeviceKind.CLIMATE, _VALVE),
    7017: Model(
        "Zigbee radiator valve",
        DeviceKind.CLIMATE,
        (*_VALVE, _FAULT_OF_VALVE, *_OPENING),
        examples=("TRVZB",),
    ),
}
