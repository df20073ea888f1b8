"""Water valves."""

from collections.abc import Mapping

from ..model import DeviceKind, Model
from ..readings import BATTERY, DOSES, HAS_EXCEPTION, VALVE_FAULTS
from ..relays import MANUAL_VALVE, valve
from .parts import ZIGBEE

VALVES: Mapping[int, Model] = {
    7027: Model(
        "Zigbee water valve",
        DeviceKind.VALVE,
        (MANUAL_VALVE, *DOSES, HAS_EXCEPTION, BATTERY, *ZIGBEE),
        has_timers=False,
        examples=("SWV",),
    ),
    7047: Model(
        "Zigbee water valve with one outlet",
        DeviceKind.VALVE,
        (valve("switch_00", sent="switch"), *VALVE_FAULTS, BATTERY, *ZIGBEE),
        has_timers=False,
        examples=("SWV-ZNE",),
    ),
    7048: Model(
        "Zigbee water valve with two outlets",
        DeviceKind.VALVE,
        (valve("switch_00", outlet=0), valve("switch_01", outlet=1), BATTERY, *ZIGBEE),
        has_timers=False,
        examples=("SWV-ZF2E",),
    ),
}
