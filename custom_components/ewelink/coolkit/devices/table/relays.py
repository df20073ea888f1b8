"""Switches and plugs that measure nothing."""

from collections.abc import Mapping

from ..covers import TOUCH_MOTOR
from ..inching import outlet_inching
from ..model import Capabilities, DeviceKind, Model
from ..outlets import channels
from ..presses import DETACHED_KEY, SWIPE, touches, wall_keys
from ..readings import SIGNAL
from ..relays import (
    BACKLIGHT,
    BRIDGED_RELAY,
    CHILD_LOCK,
    DETACHED_RELAY,
    DO_NOT_DISTURB,
    FORCE_SHUTDOWN,
    GESTURES,
    INDICATOR_LIGHT,
    PLAY_ALARM,
    PLAY_BELL,
    RESTART,
    STARTUP,
    SWITCH_MODE,
    TOUCH_MOTOR_REVERSED,
    TURBO_RADIO,
    VIBRATION,
    detached_relays,
    relay,
    relay_as_sent,
    while_motor,
    while_switch,
)
from ..states import CoverForm
from ..touch_lights import AMBIENT_LIGHTING
from .parts import CHANNELS_1, CHANNELS_2, CHANNELS_3, CHANNELS_4, DUAL, SWITCH_1, WIFI, ZIGBEE

# What wall switches have beside their relays and keys.
_OF_KEYS: Capabilities = (SWITCH_MODE, BACKLIGHT)
_OF_TOUCH: Capabilities = (
    AMBIENT_LIGHTING,
    SWIPE,
    DO_NOT_DISTURB,
    VIBRATION,
    *GESTURES,
    PLAY_ALARM,
    PLAY_BELL,
)


def _flags(count: int) -> Capabilities:
    """Return relays that each are a JSON bool of their own."""
    return tuple(relay_as_sent(f"switch_{outlet:02}", outlet=outlet) for outlet in range(count))


RELAYS: Mapping[int, Model] = {
    1: Model(
        "Single-channel plug",
        DeviceKind.SWITCH,
        SWITCH_1,
        plug=True,
        examples=(
            "BASICR2",
            "BASIC_R3",
            "MINI",
            "S20",
            "S26R2",
            "S55",
            "RF",
            "RFR2",
            "RE5V1C",
            "M601-1",
            "RFR2-8285",
            "S26R1",
            "SA-018",
            "SANTTON_2",
        ),
    ),
    2: Model("Dual-channel plug", DeviceKind.SWITCH, CHANNELS_2, plug=True, examples=("M602-1",)),
    3: Model("Three-channel plug", DeviceKind.SWITCH, CHANNELS_3, plug=True),
    4: Model(
        "Four-channel plug", DeviceKind.SWITCH, CHANNELS_4, plug=True, examples=("4CH", "4CH Pro", "4CHPROR3")
    ),
    6: Model(
        "Single-channel switch",
        DeviceKind.SWITCH,
        SWITCH_1,
        examples=("T1 1C", "TX1C", "G1", "Slampher", "Slampher_RF"),
    ),
    7: Model("Dual-channel switch", DeviceKind.SWITCH, CHANNELS_2, examples=("T1 2C", "TX2C")),
    8: Model("Three-channel switch", DeviceKind.SWITCH, CHANNELS_3, examples=("T1 3C", "TX3C")),
    9: Model("Four-channel switch", DeviceKind.SWITCH, CHANNELS_4),
    14: Model("Switch retrofit module", DeviceKind.SWITCH, SWITCH_1, examples=("Basic", "SV")),
    24: Model("GSM/4G single-channel switch", DeviceKind.SWITCH, SWITCH_1, has_loops=False),
    27: Model("GSM/4G single-channel switch, packet traffic", DeviceKind.SWITCH, SWITCH_1, has_loops=False),
    29: Model("GSM/4G dual-channel switch or plug", DeviceKind.SWITCH, CHANNELS_2),
    30: Model("GSM/4G three-channel plug", DeviceKind.SWITCH, CHANNELS_3, plug=True),
    31: Model("GSM/4G four-channel switch or plug", DeviceKind.SWITCH, CHANNELS_4),
    41: Model("Four-channel switch", DeviceKind.SWITCH, CHANNELS_4),
    77: Model(
        "Single-channel plug", DeviceKind.SWITCH, CHANNELS_1, plug=True, examples=("Micro", "Micro-CFH")
    ),
    78: Model("Single-channel switch", DeviceKind.SWITCH, CHANNELS_1, examples=("GTWS78",)),
    81: Model("GSM/4G single-channel plug, no traffic", DeviceKind.SWITCH, CHANNELS_1, plug=True),
    82: Model("GSM/4G dual-channel plug, no traffic", DeviceKind.SWITCH, CHANNELS_2, plug=True),
    83: Model("GSM/4G three-channel plug, no traffic", DeviceKind.SWITCH, CHANNELS_3, plug=True),
    84: Model("GSM/4G four-channel plug, no traffic", DeviceKind.SWITCH, CHANNELS_4, plug=True),
    94: Model("Yian electric protector", DeviceKind.SWITCH, named=True),
    107: Model("GSM single-channel plug", DeviceKind.SWITCH, CHANNELS_1, plug=True),
    110: Model(
        "GSM electricity statistics plug", DeviceKind.SWITCH, plug=True, named=True, examples=("GSB-D67",)
    ),
    112: Model("Single-channel switch with microwave radar", DeviceKind.SWITCH, CHANNELS_1),
    113: Model("Dual-channel switch with microwave radar", DeviceKind.SWITCH, CHANNELS_2),
    114: Model("Three-channel switch with microwave radar", DeviceKind.SWITCH, CHANNELS_3),
    138: Model(
        "Single-channel plug with eWeLink-Remote",
        DeviceKind.SWITCH,
        (*CHANNELS_1, SWITCH_MODE, DETACHED_RELAY, DETACHED_KEY),
        plug=True,
        hears_remotes=True,
        examples=(
            "MINIR3",
            "MINIR4",
            "MINIR4M",
            "BASICR4",
            "MINI-D",
            "CK-BL602-4SW-AY(138)",
            "CK-BL602-4SW-HS-03(138)-1",
            "CK-BL602-4SW-HS(138)",
            "CK-BL602-4SW-WH(138)",
        ),
    ),
    139: Model("Dual-channel plug with eWeLink-Remote", DeviceKind.SWITCH, CHANNELS_2, plug=True),
    140: Model("Three-channel plug with eWeLink-Remote", DeviceKind.SWITCH, CHANNELS_3, plug=True),
    141: Model(
        "Four-channel plug with eWeLink-Remote",
        DeviceKind.SWITCH,
        CHANNELS_4,
        plug=True,
        examples=("CK-BL602-4SW-HS(141)",),
    ),
    160: Model(
        "Single-channel switch with eWeLink-Remote",
        DeviceKind.SWITCH,
        (*CHANNELS_1, *wall_keys((0,)), *_OF_KEYS),
        hears_remotes=True,
        examples=("SwitchMan M5-1C",),
    ),
    161: Model(
        "Dual-channel switch with eWeLink-Remote",
        DeviceKind.SWITCH,
        (*CHANNELS_2, *wall_keys((0, 1)), *_OF_KEYS),
        hears_remotes=True,
        examples=("SwitchMan M5-2C",),
    ),
    162: Model(
        "Three-channel switch with eWeLink-Remote",
        DeviceKind.SWITCH,
        (*CHANNELS_3, *wall_keys((0, 1, 2)), *_OF_KEYS),
        hears_remotes=True,
        examples=("SwitchMan M5-3C", "M5-3C-120W"),
    ),
    163: Model(
        "Four-channel switch with eWeLink-Remote",
        DeviceKind.SWITCH,
        (*CHANNELS_4, *wall_keys((0, 1, 2, 3)), *_OF_KEYS),
        hears_remotes=True,
    ),
    165: Model("Dual-channel switch with motor mode", DeviceKind.SWITCH, DUAL, examples=("DUALR3 Lite",)),
    187: Model("SmartThings-bridged switch", DeviceKind.SWITCH, (BRIDGED_RELAY, SIGNAL), has_timers=False),
    191: Model("Single-channel plug", DeviceKind.SWITCH, CHANNELS_1, plug=True),
    209: Model(
        "One-channel touch switch (TX Ultimate)",
        DeviceKind.SWITCH,
        (*CHANNELS_1, *touches((0,)), *_OF_TOUCH),
        examples=("T5-1C-86",),
    ),
    210: Model(
        "Two-channel touch switch (TX Ultimate)",
        DeviceKind.SWITCH,
        (*CHANNELS_2, *touches((0, 1)), *_OF_TOUCH),
        examples=("T5-2C-86", "T5-2C-120"),
    ),
    211: Model(
        "Three-channel touch switch (TX Ultimate)",
        DeviceKind.SWITCH,
        (
            *while_switch((*channels((0, 1, 2)), *touches((0, 1, 2)))),
            *while_motor((TOUCH_MOTOR.capability(CoverForm.CURTAIN), TOUCH_MOTOR_REVERSED)),
            *WIFI,
            *_OF_TOUCH,
        ),
        examples=("T5-3C-86",),
    ),
    212: Model(
        "Four-channel touch switch (TX Ultimate)",
        DeviceKind.SWITCH,
        (*CHANNELS_4, *touches((0, 1, 2, 3)), *_OF_TOUCH),
        examples=("T5-4C-86",),
    ),
    225: Model(
        "Computer switch",
        DeviceKind.SWITCH,
        (relay_as_sent(), STARTUP, CHILD_LOCK, RESTART, FORCE_SHUTDOWN, *WIFI),
        examples=("CK-BL602-PCSW-01(225)",),
    ),
    275: Model(
        "Dual-channel switch with detach",
        DeviceKind.SWITCH,
        (*CHANNELS_2, *wall_keys((0, 1)), *detached_relays((0, 1))),
        examples=("MINI-2GS",),
    ),
    1009: Model("Zigbee single-channel plug", DeviceKind.SWITCH, (relay(), *ZIGBEE), plug=True),
    1256: Model("Zigbee switch", DeviceKind.SWITCH, (relay(), *ZIGBEE), examples=("ZBMINI", "BASICZBR3")),
    2256: Model(
        "Zigbee dual-channel switch", DeviceKind.SWITCH, (*channels((0, 1), send_all_outlets=True), *ZIGBEE)
    ),
    3256: Model(
        "Zigbee three-channel switch",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2), send_all_outlets=True), *ZIGBEE),
    ),
    4256: Model(
        "Zigbee four-channel switch",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2, 3), send_all_outlets=True), *ZIGBEE),
    ),
    7004: Model(
        "Zigbee single-channel switch", DeviceKind.SWITCH, (relay(), STARTUP, *ZIGBEE), examples=("ZBMINIL2",)
    ),
    7005: Model(
        "Zigbee single-channel plug",
        DeviceKind.SWITCH,
        (relay(), STARTUP, *ZIGBEE),
        plug=True,
        examples=("S40ZBTPB Lite",),
    ),
    7010: Model(
        "Zigbee single-channel switch with detach",
        DeviceKind.SWITCH,
        (
            relay(),
            STARTUP,
            *outlet_inching(0, outlet=None),
            DETACHED_RELAY,
            TURBO_RADIO,
            INDICATOR_LIGHT,
            *ZIGBEE,
        ),
        examples=("ZBMicro", "ZBMINIR2"),
    ),
    7011: Model(
        "Zigbee dual-channel switch", DeviceKind.SWITCH, (*channels((0, 1), send_all_outlets=True), *ZIGBEE)
    ),
    7012: Model(
        "Zigbee three-channel switch",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2), send_all_outlets=True), *ZIGBEE),
    ),
    7013: Model(
        "Zigbee four-channel switch",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2, 3), send_all_outlets=True), *ZIGBEE),
    ),
    7020: Model("Zigbee single-channel switch", DeviceKind.SWITCH, (relay_as_sent(), *ZIGBEE)),
    7021: Model("Zigbee dual-channel switch", DeviceKind.SWITCH, (*_flags(2), *ZIGBEE)),
    7022: Model("Zigbee three-channel switch", DeviceKind.SWITCH, (*_flags(3), *ZIGBEE)),
    7028: Model(
        "Zigbee single-channel wall switch with detach",
        DeviceKind.SWITCH,
        (*channels((0,)), *wall_keys((0,)), *detached_relays((0,)), *ZIGBEE),
        examples=("ZBM5-1C",),
    ),
    7029: Model(
        "Zigbee dual-channel switch with detach",
        DeviceKind.SWITCH,
        (*channels((0, 1)), *wall_keys((0, 1)), *detached_relays((0, 1)), *ZIGBEE),
        examples=("MINI-ZB2GS-L", "MINI-ZB2GS"),
    ),
    7030: Model(
        "Zigbee three-channel wall switch with detach",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2)), *wall_keys((0, 1, 2)), *detached_relays((0, 1, 2)), *ZIGBEE),
        examples=("ZBM5-3C",),
    ),
    7040: Model(
        "Zigbee dual-channel switch with detach (MINI DUO)",
        DeviceKind.SWITCH,
        (*channels((0, 1)), *wall_keys((0, 1)), *detached_relays((0, 1)), *ZIGBEE),
    ),
    30000: Model(
        "Matter-bridged switch",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2, 3), interlock=False), SIGNAL),
        has_timers=False,
    ),
    30003: Model(
        "Matter-bridged switch",
        DeviceKind.SWITCH,
        (*channels((0, 1, 2, 3), interlock=False), SIGNAL),
        has_timers=False,
    ),
}
