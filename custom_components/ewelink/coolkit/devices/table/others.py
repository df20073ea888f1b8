"""Cameras, entities that others bridge, and numbers of which nothing but the name is known."""

from collections.abc import Mapping

from ..builders import boolean, words
from ..capability import Kind
from ..model import DeviceKind, Model
from ..readings import BATTERY, SIGNAL
from ..support import SupportReason, unsupported

OTHERS: Mapping[int, Model] = {
    10: Model("OSPF", DeviceKind.UNKNOWN),
    12: Model("EW-RE", DeviceKind.UNKNOWN),
    35: Model("Ezviz camera", DeviceKind.CAMERA, named=True),
    40: Model("Fujin OPS", DeviceKind.UNKNOWN),
    43: Model("eWeLink device", DeviceKind.UNKNOWN),
    49: Model("Machine bed", DeviceKind.OTHER, named=True),
    55: Model("Sweeping robot", DeviceKind.OTHER, named=True),
    61: Model("Smart router", DeviceKind.OTHER, named=True),
    62: Model("Meari camera", DeviceKind.CAMERA, named=True),
    63: Model("eWeLink device", DeviceKind.UNKNOWN),
    65: Model(
        "eWeLink camera app on a phone",
        DeviceKind.CAMERA,
        (unsupported(SupportReason.CAMERA), BATTERY, SIGNAL),
        has_timers=False,
    ),
    68: Model("Koochuwah", DeviceKind.UNKNOWN),
    86: Model("Clear boot", DeviceKind.UNKNOWN),
    87: Model(
        "Camera",
        DeviceKind.CAMERA,
        (unsupported(SupportReason.CAMERA), SIGNAL),
        has_timers=False,
        examples=("GK-200MP2B",),
    ),
    88: Model("YK infrared", DeviceKind.UNKNOWN),
    92: Model("eWeLink device", DeviceKind.UNKNOWN),
    109: Model("eWeLink Wi-Fi to IR gateway", DeviceKind.OTHER, named=True),
    156: Model("eWeLink device", DeviceKind.UNKNOWN),
    158: Model("eWeLink device", DeviceKind.UNKNOWN),
    171: Model("Camera gateway sub-device", DeviceKind.CAMERA, named=True),
    # `power` is no measurement here, and nobody knows its commands.
    176: Model(
        "Washing machine",
        DeviceKind.OTHER,
        (
            boolean(Kind.POWERED, "power"),
            words(Kind.RUNNING_STATUS, "running_status"),
            words(Kind.PROGRAM, "program"),
            SIGNAL,
        ),
        has_timers=False,
        moved={"relay": None, "startup": None, "support": None},
    ),
    5000: Model("Group", DeviceKind.OTHER, named=True),
    20001: Model("iHost-bridged switch", DeviceKind.BRIDGED),
    20002: Model("iHost-bridged dual switch", DeviceKind.BRIDGED),
    20003: Model("iHost-bridged three-way switch", DeviceKind.BRIDGED),
    20004: Model("iHost-bridged four-way switch", DeviceKind.BRIDGED),
    20005: Model("iHost-bridged on/off light", DeviceKind.BRIDGED),
    20006: Model("iHost-bridged dimmable light", DeviceKind.BRIDGED),
    20007: Model("iHost-bridged white light", DeviceKind.BRIDGED),
    20008: Model("iHost-bridged colour light", DeviceKind.BRIDGED),
}
