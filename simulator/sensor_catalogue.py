"""Which uiid of a sensor behaves how."""

from functools import partial
from typing import TYPE_CHECKING, Final

from .sensors import Door, Sensor, Trigger
from .values import FLAG, boolean, integer, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .behaviours import Behaviour
    from .params import Params
    from .values import Check

_ZIGBEE: Final[Params] = {"battery": 93, "trigTime": "1767225600000", "subDevRssi": -63}
_CLIMATE: Final = {"temperature": (1500.0, 3000.0, 20.0), "humidity": (2000.0, 9000.0, 50.0)}
_PLAIN_CLIMATE: Final = {"temperature": (15.0, 30.0, 0.2), "humidity": (20.0, 90.0, 1.0)}
_CORRECTIONS: Final[Mapping[str, Check]] = {
    "tempCorrection": spelled(integer(-50, 50)),
    "humCorrection": spelled(integer(-50, 50)),
}
_UNIT: Final[Mapping[str, Check]] = {"tempUnit": FLAG}
_COMFORT: Final[Mapping[str, Check]] = {
    "tempComfortLower": spelled(integer(-2000, 6000)),
    "tempComfortUpper": spelled(integer(-2000, 6000)),
    "humiComfortLower": spelled(integer(0, 10_000)),
    "humiComfortUpper": spelled(integer(0, 10_000)),
}
_SECONDS: Final = integer(1, 65_535)


def _climate(further: Params | None = None, writable: Mapping[str, Check] | None = None) -> Sensor:
    return Sensor(
        defaults={"temperature": "2105", "humidity": "4890", **_ZIGBEE, **(further or {})},
        drifts=_CLIMATE,
        writable=writable,
    )


def _presence(further: Params, writable: Mapping[str, Check]) -> Trigger:
    lux = {"illumination": (0.0, 900.0, 20.0)} if "illumination" in further else {}
    return Trigger("human", chance=0.2, further=further, drifts=lux, writable=writable)


SENSORS: Final[dict[int, Callable[[], Behaviour]]] = {
    18: lambda: Sensor(
        defaults={"dusty": 2, "noise": 3, "light": 4, "temperature": 22, "humidity": 48},
        drifts={
            "dusty": (1, 10, 1),
            "noise": (1, 10, 1),
            "light": (1, 10, 1),
            "temperature": (15, 30, 1),
            "humidity": (20, 90, 1),
        },
    ),
    102: lambda: Door(defaults={"switch": "off", "battery": 2.97, "type": 4}, drifts={}, sleeps=True),
    154: lambda: Door(
        defaults={"switch": "off", "battery": 88, "type": 3, "defense": 0},
        drifts={},
        writable={"defense": FLAG},
        sleeps=True,
    ),
    242: lambda: Sensor(
        defaults={
            "temperature": "2105",
            "humidity": "4890",
            "tempCorrection": 0,
            "humCorrection": 0,
            "battery": 93,
        },
        drifts=_CLIMATE,
        writable=_CORRECTIONS,
    ),
    266: lambda: Sensor(
        defaults={
            "temperature": "21.4",
            "humidity": "45",
            "tempCorrection": "0",
            "humCorrection": "0",
            "tempUnit": 0,
            "co2": 640,
            "pm2_5": 6,
            "pm10": 9,
            "sensorLight": True,
            "sensorLightBr": 60,
        },
        drifts=_PLAIN_CLIMATE | {"co2": (400, 2000, 30), "pm2_5": (0, 80, 2), "pm10": (0, 120, 2)},
        writable={
            **_CORRECTIONS,
            **_UNIT,
            "sensorLight": boolean,
            "sensorLightBr": integer(0, 100),
        },
    ),
    **dict.fromkeys((1770, 1771), _climate),
    2026: lambda: Trigger("motion", chance=0.3),
    3026: lambda: Trigger("lock", chance=0.1),
    **dict.fromkeys((4026, 7019), partial(Trigger, "water", chance=0.05)),
    5026: lambda: Trigger("smoke", chance=0.05),
    7002: lambda: Trigger(
        "motion",
        chance=0.3,
        further={"brState": "darker", "detectInterval": 60},
        writable={"detectInterval": _SECONDS},
    ),
    7003: lambda: Trigger("lock", chance=0.1, further={"split": 0}),
    7014: lambda: _climate(
        {
            "tempUnit": 0,
            "tempComfortLower": "1900",
            "tempComfortUpper": "2700",
            "humiComfortLower": "4000",
            "humiComfortUpper": "6000",
        },
        {**_UNIT, **_COMFORT},
    ),
    7016: lambda: _presence(
        {"brState": "brighter", "sensitivity": 2, "judgeTime": 60},
        {"sensitivity": spelled(integer(1, 3)), "judgeTime": _SECONDS},
    ),
    7033: lambda: Sensor(
        defaults={
            "temperature": "21.4",
            "humidity": "51.5",
            "tempCorrection": "0",
            "humCorrection": "0",
            "tempUnit": 0,
            **_ZIGBEE,
        },
        drifts=_PLAIN_CLIMATE,
        writable={**_CORRECTIONS, **_UNIT},
    ),
    7038: lambda: _climate(
        {"remoteTemperature": "1830", "tempCorrection": "0", "humCorrection": "0", "tempUnit": 0},
        {**_CORRECTIONS, **_UNIT, **_COMFORT},
    ),
    7051: lambda: _presence({"illumination": 120, "judgeTime": 30}, {"judgeTime": _SECONDS}),
    7055: lambda: _presence(
        {"illumination": 120, "sensitivity": 2, "judgeTime": 30, "pirOcp2UnD": 30},
        {"sensitivity": spelled(integer(1, 3)), "judgeTime": _SECONDS, "pirOcp2UnD": _SECONDS},
    ),
}
