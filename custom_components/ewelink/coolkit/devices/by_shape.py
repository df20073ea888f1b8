"""What a device has of which only the shape of its params is known, as capabilities."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from .builders import float_reading
from .bulbs import color_lamp, white_lamp
from .capability import AnyCapability, Capability, Kind, LightCapability
from .homes import wherever_told
from .inching import INCHING
from .lights import ChannelLight, ColorTempRange, Dimmer, Levels
from .model import Capabilities
from .outlets import channels
from .params import Params, integer, number
from .readings import (
    AIR,
    AMBIENT_LIGHT,
    APPARENT_AND_REACTIVE_POWER,
    BATTERY,
    BATTERY_VOLTAGE,
    COUNTERS_IN_HUNDREDTHS,
    DOOR,
    ILLUMINANCE,
    LEVELS,
    METER,
    METER_IN_HUNDREDTHS,
    MOTION,
    OCCUPANCY,
    OPENING,
    SIGNAL,
    SMOKE,
    TAMPER,
    WATER,
    estimated,
)
from .relays import DETACHED_RELAY, LED, LED_BRIGHTNESS, STARTUP, SWITCH_MODE, SWITCH_REVERSED, relay_as_sent
from .shaped_lights import Hue, ModeStrip, OnOff, WhiteDimmer
from .shapes import LampShape, Relays, Scale, Shape, Sign
from .strips import ColorStrip

_SWITCH_ON: Params = {"switch": "on"}
_COLDEST, _HOTTEST = -100, 150


BATTERY_IN_VOLTS = BATTERY_VOLTAGE
BATTERY_IN_HALVES: Capability[float] = Capability(
    kind=Kind.BATTERY,
    params=frozenset({"battery"}),
    read=lambda params: (
        value * 2 if (value := integer(params, "battery")) is not None and 0 <= value <= 50 else None
    ),
)
LEDS: Capabilities = (LED, LED_BRIGHTNESS)
RELAY_SETTINGS: Capabilities = (SWITCH_MODE, SWITCH_REVERSED, DETACHED_RELAY)

_OF_SIGNS: Mapping[Sign, Capabilities] = {
    Sign.LEVELS: LEVELS,
    Sign.MOTION: (MOTION,),
    Sign.OCCUPANCY: (OCCUPANCY,),
    Sign.SMOKE: (SMOKE,),
    Sign.TAMPER: (TAMPER,),
    Sign.WATER: (WATER,),
    Sign.AMBIENT_LIGHT: (AMBIENT_LIGHT,),
}
# Names that nothing else has.
_AIR: Capabilities = (ILLUMINANCE, *AIR)
_PHASE = {Kind.POWER: "phase_0_p", Kind.VOLTAGE: "phase_0_v", Kind.CURRENT: "phase_0_c"}
_OF_CHANNEL = {
    Kind.POWER: "actPow",
    Kind.VOLTAGE: "voltage",
    Kind.CURRENT: "current",
    Kind.APPARENT_POWER: "apparentPow",
    Kind.REACTIVE_POWER: "reactPow",
}


def relays_by_shape(shape: Shape) -> Capabilities:
    """Return the relays that the params show, with their settings."""
    match shape.relays:
        case Relays.ONE:
            return (relay_as_sent(), *wherever_told(STARTUP, *INCHING), *RELAY_SETTINGS)
        case Relays.LISTED:
            return (*channels(shape.outlets, numbered=True), *RELAY_SETTINGS)
        case Relays.FLAGS:
            return tuple(relay_as_sent(f"switch_{outlet:02}", outlet=outlet) for outlet in shape.outlets)
    return ()


def lamp_by_shape(shape: Shape) -> Capabilities:
    """Return the light that the params show."""
    if shape.lamp is None:
        return ()
    return (_LAMPS[shape.lamp](Sign.FINE_STEPS in shape.signs), STARTUP)


def on_off_lamp(power: str) -> LightCapability:
    """Return a light that can be turned on and off, as far as is known."""
    return OnOff(power).capability()


def _dimmer(levels: Levels, **always: int) -> LightCapability:
    return Dimmer("brightness", levels, on_first=False, always={**_SWITCH_ON, **always}).capability()


def _white_scenes(fine: bool) -> LightCapability:  # noqa: FBT001 - as its neighbours in the table
    return white_lamp(255 if fine else 100, 2700, 6500)


def _color_scenes(fine: bool) -> LightCapability:  # noqa: FBT001 - as its neighbours in the table
    return color_lamp(
        255 if fine else 100,
        good_night={"r": 255, "g": 254, "b": 127},
        night_light={"r": 255, "g": 242, "b": 226},
    )


# By whether its steps were seen to go beyond 100.
_LAMPS: Mapping[LampShape, Callable[[bool], LightCapability]] = {
    LampShape.BRIGHT: lambda _: Dimmer("bright", Levels(10, 100)).capability(),
    LampShape.CHANNEL: lambda _: Dimmer(
        "channel0", Levels(25, 255), power="state", as_text=True
    ).capability(),
    LampShape.COLOR_CHANNELS: lambda _: ChannelLight(colors=True).capability(),
    LampShape.COLOR_SCENES: _color_scenes,
    LampShape.DIMMER: lambda fine: _dimmer(Levels(1, 255 if fine else 100)),
    LampShape.DIMMER_WITH_MODE: lambda fine: _dimmer(Levels(1, 255 if fine else 100), mode=0),
    LampShape.HUE: lambda _: Hue().capability(),
    LampShape.MODE_STRIP: lambda _: ModeStrip().capability(),
    LampShape.STATE: lambda _: on_off_lamp("state"),
    LampShape.STRIP: lambda _: ColorStrip(Levels(1, 100), {}, with_speed=False).capability(),
    LampShape.WHITE_CHANNELS: lambda _: ChannelLight(colors=False).capability(),
    LampShape.WHITE_DIMMER: lambda fine: WhiteDimmer(
        ColorTempRange(2700, 6500, 255 if fine else 100)
    ).capability(),
    LampShape.WHITE_SCENES: _white_scenes,
}


def meters_by_shape(shape: Shape, channels_of_number: int | None = None) -> Capabilities:
    """Return the meters that the params show; counters only where their scale is proven, too.

    `channels_of_number` is how many channels the device is known to have, whatever its lists hold.
    """
    made: Capabilities = ()
    if Sign.PHASE in shape.signs:
        made = (
            *(_metering(kind, name, shape.meter) for kind, name in _PHASE.items()),
            float_reading(Kind.ENERGY, "totalPower", minimum=0),
        )
    elif Sign.METER in shape.signs:
        match shape.meter:
            case Scale.HUNDREDTHS:
                made = (*METER_IN_HUNDREDTHS, *COUNTERS_IN_HUNDREDTHS)
            case Scale.PLAIN:
                made = (*METER, *APPARENT_AND_REACTIVE_POWER)
            case _:
                made = tuple(_metering(kind, kind, None) for kind in (Kind.POWER, Kind.VOLTAGE, Kind.CURRENT))
    of_channels = tuple(
        _metering(kind, f"{name}_{outlet:02}", shape.meter, outlet=outlet)
        for outlet in shape.metered
        if channels_of_number is None or outlet < channels_of_number
        for kind, name in _OF_CHANNEL.items()
    )
    if channels_of_number == 1:
        of_channels = tuple(replace(capability, outlet=None) for capability in of_channels)
    elif len({*shape.outlets, *shape.metered}) == 1:
        of_channels = tuple(
            replace(capability, outlet=None, numbered=capability.outlet) for capability in of_channels
        )
    counted = Sign.PHASE in shape.signs or shape.meter is Scale.HUNDREDTHS
    return (*made, *of_channels, *(() if counted else estimated((*made, *of_channels))))


def _metering(kind: Kind, param: str, scale: Scale | None, *, outlet: int | None = None) -> Capability[float]:
    """Make a reading of a meter; as long as nothing tells its scale, it is known only while it is 0."""

    def read(params: Params) -> float | None:
        value = number(params, param)
        if value is None or value == 0:
            return value
        if scale is None:
            return None
        return value / 100 if scale is Scale.HUNDREDTHS else value

    return Capability(kind=kind, params=frozenset({param}), read=read, outlet=outlet)


def sensors_by_shape(shape: Shape, *, corrects: bool | None) -> Capabilities:
    """Return what the params show to be sensed; `corrects` tells if a correction beside a reading counts.

    None: it is added to readings in hundredths, as all known devices ask for; of others nobody knows.
    """
    made = [capability for sign, some in _OF_SIGNS.items() if sign in shape.signs for capability in some]
    if Sign.SWITCH_OPENS in shape.signs:
        made.append(DOOR)
    elif Sign.LOCK_OPENS in shape.signs:
        made.append(OPENING)
    probe = Sign.PROBE in shape.signs
    if Sign.TEMPERATURE in shape.signs:
        name = "currentTemperature" if probe else "temperature"
        made.append(room_temperature(name, shape.temperature, corrects=corrects))
    if Sign.HUMIDITY in shape.signs:
        name = "currentHumidity" if probe else "humidity"
        correction = _correction("humCorrection", shape.humidity, corrects)
        made.append(_climate(Kind.HUMIDITY, name, shape.humidity, (0, 100), correction))
    return (*made, *_AIR)


def room_temperature(name: str, scale: Scale | None, *, corrects: bool | None) -> Capability[float]:
    """Return a temperature in that scale."""
    correction = _correction("tempCorrection", scale, corrects)
    return _climate(Kind.TEMPERATURE, name, scale, (_COLDEST, _HOTTEST), correction)


def _correction(name: str, scale: Scale | None, corrects: bool | None) -> str | None:  # noqa: FBT001 - passed on
    counts = scale is Scale.HUNDREDTHS if corrects is None else corrects
    return name if counts else None


def _climate(
    kind: Kind, param: str, scale: Scale | None, limits: tuple[float, float], correction: str | None
) -> Capability[float]:
    """Make a reading of the air; as long as nothing tells its scale, it is known only while it is 0."""
    minimum, maximum = limits

    def read(params: Params) -> float | None:
        value = number(params, param)
        if value is None or (scale is None and value != 0):
            return None
        if scale is Scale.HUNDREDTHS:
            value /= 100
        if correction is not None and correction in params:
            value = round(value + (number(params, correction) or 0), 2)
        return value if minimum <= value <= maximum else None

    return Capability(
        kind=kind,
        params=frozenset({param} if correction is None else {param, correction}),
        read=read,
        present=lambda params: param in params,
    )


def battery_by_shape(shape: Shape) -> AnyCapability:
    """Return the battery in the unit that the params show."""
    return BATTERY_IN_VOLTS if Sign.BATTERY_IN_VOLTS in shape.signs else BATTERY


@cache
def every_param() -> frozenset[str]:
    """Return the params of all capabilities that shapes may have."""
    shapes = [
        Shape(
            relays=relays,
            outlets=(0, 1, 2, 3),
            metered=(0, 1, 2, 3),
            lamp=lamp,
            meter=Scale.HUNDREDTHS,
            signs=frozenset(Sign) - without,
        )
        for relays in Relays
        for lamp in LampShape
        for without in ({Sign.PHASE}, {Sign.PROBE}, {Sign.SWITCH_OPENS})
    ]
    return frozenset[str]().union(
        *(
            capability.params | capability.decided_by
            for shape in shapes
            for some in (
                relays_by_shape(shape),
                lamp_by_shape(shape),
                meters_by_shape(shape),
                sensors_by_shape(shape, corrects=True),
                (*LEDS, SIGNAL, battery_by_shape(shape)),
            )
            for capability in some
        )
    )
