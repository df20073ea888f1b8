"""Switches and plugs that measure what goes through them."""

from collections.abc import Mapping
from dataclasses import replace

from ..energy_history import DAYS_OF_EITHER_FIRMWARE, HOURS, HUNDRED_DAYS, days_of_channels
from ..homes import wherever_told
from ..inching import INCHING
from ..limits import ALARM_LIMITS, BREAKER_LIMITS, THRESHOLDS, overload_limits
from ..model import DeviceKind, Model
from ..outlets import channels
from ..readings import (
    APPARENT_AND_REACTIVE_POWER,
    CHANNEL_METERS,
    COUNTERS_IN_HUNDREDTHS,
    ENERGY_YESTERDAY,
    LONG_COUNTERS,
    MEASURE,
    MEASURE_ALL,
    METER,
    METER_IN_HUNDREDTHS,
    PHASE,
    SIGNAL,
    SUPPLY_IN_HUNDREDTHS,
    channel_meters,
    estimated,
)
from ..relays import BACKLIGHT, LED, STARTUP, relay_as_sent
from .parts import CHANNELS_1, CHANNELS_4, DUAL, SWITCH, WIFI, ZIGBEE

METERS: Mapping[int, Model] = {
    5: Model(
        "Plug with power meter",
        DeviceKind.SWITCH,
        (*SWITCH, *METER, *estimated(METER, minor=True), HUNDRED_DAYS, MEASURE),
        plug=True,
        examples=("POW (first generation)", "Sonoff Pow"),
    ),
    32: Model(
        "Plug with power meter and alarms",
        DeviceKind.SWITCH,
        (*SWITCH, *METER, *ALARM_LIMITS, *estimated(METER, minor=True), HUNDRED_DAYS, MEASURE),
        plug=True,
        examples=("POWR2", "POWR3 (firmware 1.2)", "S31", "IW101", "PSF-X67", "POWR3", "ZJSB9-80 J"),
    ),
    126: Model(
        "Dual-channel switch with power meters",
        DeviceKind.SWITCH,
        (
            *DUAL,
            *CHANNEL_METERS,
            *estimated(CHANNEL_METERS, minor=True),
            *overload_limits((0, 1)),
            *days_of_channels((0, 1)),
            MEASURE_ALL,
        ),
        hears_remotes=True,
        examples=("DUALR3",),
    ),
    130: Model(
        "Four-channel switch of a switch station",
        DeviceKind.SWITCH,
        (
            *channels((0, 1, 2, 3)),
            replace(LED, minor=True),
            SIGNAL,
            *channel_meters((0, 1, 2, 3)),
            *estimated(channel_meters((0, 1, 2, 3)), minor=True),
            *days_of_channels((0, 1, 2, 3)),
            *overload_limits((0, 1, 2, 3)),
            MEASURE_ALL,
        ),
        examples=("SPM-4Relay", "GD32-SM4(130)"),
    ),
    # Its `dayKwh` is left out: no source states the scale, and a wrong one would spoil the statistics.
    182: Model(
        "Plug with power meter and alarms",
        DeviceKind.SWITCH,
        (
            *CHANNELS_1,
            *METER,
            *estimated(METER, minor=True),
            *APPARENT_AND_REACTIVE_POWER,
            DAYS_OF_EITHER_FIRMWARE,
            MEASURE,
        ),
        plug=True,
        examples=("S40", "CK-BL602-SWP1-01(182)", "S40TPB"),
    ),
    190: Model(
        "Switch with power meter",
        DeviceKind.SWITCH,
        (
            *wherever_told(*channels((0,), also={"operSide": 1})),
            *WIFI,
            *METER_IN_HUNDREDTHS,
            *COUNTERS_IN_HUNDREDTHS,
            *SUPPLY_IN_HUNDREDTHS,
            HOURS,
            *THRESHOLDS,
            MEASURE,
        ),
        examples=("POWR316", "POWR316D", "POWR320D", "S60TPF", "POWCT"),
    ),
    226: Model(
        "Circuit breaker with meter",
        DeviceKind.SWITCH,
        (relay_as_sent(), STARTUP, *INCHING, *WIFI, *PHASE, *BREAKER_LIMITS, MEASURE),
        examples=("CK-BL602-W102SW18-01(226)",),
    ),
    262: Model(
        "Four-channel power strip with meter",
        DeviceKind.SWITCH,
        (*CHANNELS_4, *METER_IN_HUNDREDTHS, *estimated(METER_IN_HUNDREDTHS)),
        plug=True,
        examples=("CK-BL602-SWP1-02(262)",),
    ),
    268: Model("Single-channel switch", DeviceKind.SWITCH, CHANNELS_1, examples=("BASIC-1GS",)),
    276: Model(
        "Single-channel plug with meter",
        DeviceKind.SWITCH,
        (*CHANNELS_1, *METER_IN_HUNDREDTHS, *COUNTERS_IN_HUNDREDTHS, *LONG_COUNTERS, BACKLIGHT),
        plug=True,
        examples=("S61STPF", "BASIC-1GSP"),
    ),
    7032: Model(
        "Zigbee plug with meter",
        DeviceKind.SWITCH,
        (
            *channels((0,)),
            LED,
            *METER_IN_HUNDREDTHS,
            *COUNTERS_IN_HUNDREDTHS,
            ENERGY_YESTERDAY,
            MEASURE,
            *ZIGBEE,
        ),
        plug=True,
        examples=("S60ZBTPF",),
    ),
    7054: Model(
        "Zigbee switch with meter",
        DeviceKind.SWITCH,
        (*channels((0,)), *METER_IN_HUNDREDTHS, *estimated(METER_IN_HUNDREDTHS), *ZIGBEE),
        examples=("MINI-ZB1GP",),
    ),
}
