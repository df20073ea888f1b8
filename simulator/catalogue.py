"""Which uiid behaves how."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from . import covers, meters
from .appliances import APPLIANCES
from .behaviours import Behaviour, BoolRelay, Detachable, LimitedPlug, Relay, Relays
from .bridged import GoogleLight, MatterLight, SmartThingsDevice
from .bridges import RadioBridge
from .climates import CLIMATES
from .lights import BYTE, Bulb, HueLight, Light, SceneLight, Strip, ZigbeeLight
from .metered import METERED
from .panels import PANELS
from .remotes import REMOTES, TOUCH
from .scene_lights import ModeStrip, NamedSceneHueLight, NamedSceneLight, ceiling
from .sensor_catalogue import SENSORS
from .sensors import Thermostat, auto_control
from .values import (
    FLAG,
    ON_OFF,
    Check,
    anything,
    boolean,
    each,
    fields,
    integer,
    level,
    number,
    one_of,
    text,
)
from .valves import VALVES
from .zigbee_relays import ZIGBEE_RELAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .params import Params

PERCENT: Final = integer(1, 100)

EIGHT_BIT_SCENES: Final[dict[str, Params]] = {
    "bright": {"br": 100, "ct": 255},
    "read": {"br": 50, "ct": 0},
    "computer": {"br": 20, "ct": 255},
    "nightLight": {"br": 5, "ct": 0},
}
PERCENT_SCENES: Final[dict[str, Params]] = {
    name: values | {"ct": min(values["ct"], 100)} for name, values in EIGHT_BIT_SCENES.items()
}
EDITABLE_SCENES: Final[dict[str, Params]] = {
    "party": {"r": 254, "g": 132, "b": 0, "br": 45, "tf": 1, "sp": 1},
    "leisure": {"r": 0, "g": 40, "b": 254, "br": 55, "tf": 1, "sp": 1},
    "soft": {"r": 38, "g": 254, "b": 0, "br": 20, "tf": 1, "sp": 1},
    "colorful": {"r": 255, "g": 0, "b": 0, "br": 100, "tf": 1, "sp": 1},
}
COLOUR_SCENES: Final[dict[str, Params]] = {
    "bright": {"r": 255, "g": 255, "b": 255, "br": 100},
    "goodNight": {"r": 255, "g": 254, "b": 127, "br": 25},
    "read": {"r": 255, "g": 255, "b": 255, "br": 60},
    "nightLight": {"r": 255, "g": 242, "b": 226, "br": 5},
} | EDITABLE_SCENES
REMOTE_COLOUR_SCENES: Final[dict[str, Params]] = COLOUR_SCENES | {
    "goodNight": {"r": 255, "g": 250, "b": 125, "br": 25},
    "nightLight": {"r": 255, "g": 240, "b": 225, "br": 5},
}


def _scene_light(*, ct: int, scenes: Mapping[str, Params], colour: bool, remote: bool) -> SceneLight:
    modes: dict[str, Check] = {"white": fields({"br": PERCENT, "ct": integer(0, ct)})}
    if colour:
        modes["color"] = fields({"br": PERCENT, "r": BYTE, "g": BYTE, "b": BYTE})
    return SceneLight(ct=ct, modes=modes, scenes=scenes, remote=remote)


def _thermostat() -> Thermostat:
    reaction = fields({"switch": ON_OFF})
    target = fields({"reaction": reaction}, {"targetHigh": text, "targetLow": text})
    return Thermostat(
        defaults={
            "mainSwitch": "off",
            "deviceType": "normal",
            "sensorType": "AM2301",
            "currentTemperature": "21.5",
            "currentHumidity": "45",
        },
        writable={
            "mainSwitch": ON_OFF,
            "deviceType": one_of("normal", "temperature", "humidity"),
            "targets": lambda value: each(target)(value) and len(value) == 2,
            "uiActive": integer(1, 3600),
        },
    )


def _th_elite() -> Thermostat:
    pulse = fields({"pulse": ON_OFF, "switch": ON_OFF, "pulseWidth": integer(500, 3_600_000, 500)})
    return Thermostat(
        defaults={
            "sensorType": "DS18B20",
            "currentTemperature": "21.5",
            "currentHumidity": "45.0",
            "autoControlEnabled": 0,
            "autoControl": [],
            "pulseConfig": {"pulse": "off", "switch": "on", "pulseWidth": 500},
            "tempUnit": 0,
            "tempCorrection": 0,
            "humCorrection": 0,
        },
        writable={
            "autoControlEnabled": FLAG,
            "autoControl": auto_control,
            "pulseConfig": pulse,
            "tempUnit": FLAG,
            "tempCorrection": number(-50, 50),
            "humCorrection": number(-50, 50),
            "mainSwitch": ON_OFF,
            "deviceType": one_of("normal"),
            "uiActive": integer(1, 3600),
        },
    )


def _dual_r3(*, metered: bool) -> covers.Motor:
    numbers = integer(0, 100_000)
    readings = {
        f"{key}_0{outlet}": 0 for outlet in (0, 1) for key in ("actPow", "current", "reactPow", "apparentPow")
    }
    return covers.Motor(
        2,
        covers.DUAL,
        interlock=False,
        led=False,
        defaults={
            "workMode": 1,
            "sledBright": 100,
            "motorTurn": 0,
            "currLocation": 0,
            "calibState": 0,
            "timeZone": 0,
            **({**readings, "voltage_00": 23010, "voltage_01": 23010} if metered else {}),
        },
        writable={
            "workMode": one_of(1, 2, 3) if metered else one_of(1, 2),
            "sledBright": integer(0, 100),
            "motorTurn": one_of(0, 1, 2),
            "location": covers.PERCENT,
            **dict.fromkeys(("swMode_00", "swMode_01", "motorSwMode", "stopMode", "calibration"), numbers),
            **dict.fromkeys(
                ("swReverse_00", "swReverse_01", "motorSwReverse", "outputReverse", "initSetting"), FLAG
            ),
            **dict.fromkeys(("overload_00", "overload_01", "zyx_clear_timers"), anything),
        },
        meter=meters.channels(2) if metered else None,
    )


def _touch_switch_3() -> covers.Motor:
    return covers.Motor(
        3,
        covers.TOUCH,
        defaults={"workMode": 1, "electromotor": 1, "percentageControl": 0, "calibState": False},
        writable={
            **TOUCH,
            "workMode": one_of(1, 2),
            "electromotor": one_of(0, 1, 2),
            "percentageControl": covers.PERCENT,
            "motorReversal": boolean,
        },
    )


def _zigbee(**writable: Check) -> dict[str, Check]:
    return {"subDevRssiSetting": anything, **writable}


def _gateway() -> Behaviour:
    return Behaviour(
        defaults={"sledOnline": "on", "subDevices": [], "addSubDevState": "off", "rssi": -48},
        writable={
            "sledOnline": ON_OFF,
            "addSubDevState": ON_OFF,
            "addDevTime": integer(0, 600),
            "zled": ON_OFF,
            "buzzerAlarm": anything,
        },
    )


def _zigbee_relay() -> Behaviour:
    return Light(writable=_zigbee(), defaults={"switch": "on", "subDevRssi": -58}, turn_on_first=False)


CATALOGUE: Final[dict[int, Callable[[], Behaviour]]] = {
    **SENSORS,
    **APPLIANCES,
    **VALVES,
    **CLIMATES,
    **covers.COVERS,
    **METERED,
    **REMOTES,
    **PANELS,
    **ZIGBEE_RELAYS,
    **dict.fromkeys((1, 6, 14), Relay),
    **dict.fromkeys((2, 7, 139), partial(Relays, 2)),
    **dict.fromkeys((3, 8, 140), partial(Relays, 3)),
    **dict.fromkeys((4, 9, 141), partial(Relays, 4)),
    5: lambda: Relay(defaults={"power": "0.00", "timeZone": 0}, meter=meters.plug(voltage=False)),
    15: _thermostat,
    16: partial(Bulb, colours=False),
    22: partial(Bulb, colours=True),
    **dict.fromkeys((28, 98), RadioBridge),
    32: lambda: LimitedPlug(
        defaults={"power": "0.00", "voltage": "230.10", "current": "0.00", "timeZone": 0},
        writable=meters.ALARM_LIMITS,
        meter=meters.plug(voltage=True),
    ),
    33: partial(Strip, modes=3, lowest=10, further={"speed": integer(0, 100)}),
    36: lambda: Light(
        writable={"bright": integer(10, 100), "sledOnline": ON_OFF},
        defaults={"bright": 57, "sledOnline": "on", "rssi": -52},
    ),
    44: lambda: Light(
        writable={
            "brightness": integer(0, 100),
            "mode": integer(0, 4),
            "startup": one_of("on", "off", "stay"),
            "sledOnline": ON_OFF,
            "brightMin": BYTE,
            "brightMax": BYTE,
        },
        defaults={"brightness": 50, "mode": 0, "startup": "off", "sledOnline": "on", "rssi": -52},
        turn_on_first=False,
        on_with=frozenset({"brightness"}),
    ),
    52: ceiling,
    57: lambda: Light(on="state", writable={"channel0": level(25, 255)}, defaults={"channel0": "132"}),
    59: partial(
        Strip,
        modes=12,
        lowest=1,
        further={
            "speed": PERCENT,
            "sensitive": integer(1, 10),
            "timeZone": integer(-12, 12),
        },
    ),
    # Nobody knows what these take.
    **dict.fromkeys((65, 87, 145, 176), lambda: Behaviour(writable={})),
    66: _gateway,
    **dict.fromkeys((77, 78), partial(Relays, 1, interlock=False)),
    103: lambda: _scene_light(ct=255, scenes=EIGHT_BIT_SCENES, colour=False, remote=False),
    104: lambda: _scene_light(ct=255, scenes=COLOUR_SCENES, colour=True, remote=False),
    126: partial(_dual_r3, metered=True),
    135: lambda: _scene_light(ct=100, scenes=PERCENT_SCENES, colour=False, remote=True),
    136: lambda: _scene_light(ct=100, scenes=REMOTE_COLOUR_SCENES, colour=True, remote=True),
    137: lambda: ModeStrip(range(6, 27), levels=False),
    138: Detachable,
    165: partial(_dual_r3, metered=False),
    168: _gateway,
    173: lambda: ModeStrip((7, 8, *range(10, 53)), levels=True),
    181: _th_elite,
    182: lambda: Relays(
        1,
        interlock=False,
        defaults={"power": "0.00", "voltage": "230.10", "current": "0.00", "timeZone": 0},
        meter=meters.plug_of_channels(),
    ),
    187: SmartThingsDevice,
    188: lambda: SmartThingsDevice("switchLevel", "colorTemperature", "colorControl"),
    190: lambda: Relays(
        1,
        interlock=False,
        defaults={"power": 0, "voltage": 23010, "current": 0, "dayKwh": 123, "monthKwh": 2345},
        writable={"threshold": anything},
        meter=meters.plug_in_hundredths(),
    ),
    196: lambda: GoogleLight(white=False, colour=True),
    197: lambda: GoogleLight(white=True, colour=False),
    198: lambda: GoogleLight(white=True, colour=True),
    225: BoolRelay,
    211: _touch_switch_3,
    277: lambda: Light(
        writable={"brightness": PERCENT, "transitionTime": integer(0, 3_600_000), "sledOnline": ON_OFF},
        defaults={
            "brightness": 80,
            "power": 0,
            "voltage": 23010,
            "current": 0,
            "sledOnline": "on",
            "rssi": -57,
        },
        turn_on_first=False,
        on_with=frozenset({"brightness"}),
        transient=frozenset({"transitionTime"}),
    ),
    1009: _zigbee_relay,
    1256: _zigbee_relay,
    3258: HueLight,
    7009: NamedSceneHueLight,
    7008: NamedSceneLight,
    1257: lambda: ZigbeeLight(
        writable=_zigbee(brightness=PERCENT),
        defaults={"switch": "on", "brightness": 100, "subDevRssi": -58},
        turn_on_first=False,
    ),
    1258: lambda: ZigbeeLight(
        writable=_zigbee(brightness=PERCENT, colorTemp=integer(0, 100)),
        defaults={"switch": "on", "brightness": 100, "colorTemp": 100, "subDevRssi": -58},
        turn_on_first=False,
    ),
    **dict.fromkeys((30001, 30004), MatterLight),
}


def behaviour_of(uiid: int | None, params: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour of a uiid; an unknown one takes whatever it is sent."""
    make = CATALOGUE.get(uiid) if uiid is not None else None
    behaviour = make() if make is not None else Behaviour()
    if "locks" in params and "lock" not in params:
        # The newer form of the interlock stands for the older one.
        behaviour.defaults.pop("lock", None)
    if behaviour.meter is not None:
        behaviour.meter.learn({**behaviour.defaults, **params})
    return behaviour
