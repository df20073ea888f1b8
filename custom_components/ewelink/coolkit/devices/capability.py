"""What a device can do: every capability written once, with its way in and its way out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from .params import Params, choice, flag, integer, number

type AnyCapability = Capability[Any, Any]


class Kind(StrEnum):
    """What a capability is; its value is the stable key of the capability."""

    AMBIENT_LIGHT = "ambient_light"
    APPARENT_POWER = "apparent_power"
    BATTERY = "battery"
    BATTERY_VOLTAGE = "battery_voltage"
    CO2 = "co2"
    CURRENT = "current"
    DETACHED_RELAY = "detached_relay"
    DUST_LEVEL = "dust_level"
    ENERGY = "energy"
    ENERGY_MONTH = "energy_month"
    ENERGY_TODAY = "energy_today"
    HUMIDITY = "humidity"
    ILLUMINANCE = "illuminance"
    ILLUMINATION_LEVEL = "illumination_level"
    INCHING = "inching"
    INCHING_DURATION = "inching_duration"
    INTERLOCK = "interlock"
    LED = "led"
    LED_BRIGHTNESS = "led_brightness"
    LIGHT = "light"
    MOISTURE = "moisture"
    MOTION = "motion"
    NEXT_TIMER = "next_timer"
    NOISE_LEVEL = "noise_level"
    OCCUPANCY = "occupancy"
    OPENING = "opening"
    PM10 = "pm10"
    PM25 = "pm25"
    POWER = "power"
    REACTIVE_POWER = "reactive_power"
    RELAY = "relay"
    SIGNAL_STRENGTH = "signal_strength"
    SMOKE = "smoke"
    STARTUP = "startup"
    SUPPLY_CURRENT = "supply_current"
    SUPPLY_ENERGY_MONTH = "supply_energy_month"
    SUPPLY_ENERGY_TODAY = "supply_energy_today"
    SUPPLY_POWER = "supply_power"
    SWITCH_MODE = "switch_mode"
    SWITCH_REVERSED = "switch_reversed"
    TAMPER = "tamper"
    TEMPERATURE = "temperature"
    TIMERS = "timers"
    VOLTAGE = "voltage"


# What is there only while something is switched on: behind a relay that is off, anything but 0 is untrue.
LOADS = frozenset({Kind.APPARENT_POWER, Kind.CURRENT, Kind.POWER, Kind.REACTIVE_POWER})


class LightMode(StrEnum):
    """The way a light shines, and the ways that it can."""

    BRIGHTNESS = "brightness"
    COLOR_TEMP = "color_temp"
    ONOFF = "onoff"
    RGB = "rgb"


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState:
    """What a light shows; `brightness` is a fraction of the device's range above 0 and up to 1."""

    on: bool | None
    mode: LightMode
    brightness: float | None = None
    kelvin: int | None = None
    rgb: tuple[int, int, int] | None = None
    effect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCommand:
    """What a light is asked to show; at most one of `kelvin`, `rgb` and `effect`.

    `on` alone turns the light on or off and changes nothing else.
    """

    on: bool
    brightness: float | None = None
    kelvin: int | None = None
    rgb: tuple[int, int, int] | None = None
    effect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability[T, W = T]:
    """One thing a device can tell (`T`) or be told (`W`).

    `read` takes the device's params and never raises: a value that cannot be is None. `write` takes the
    newest params and the value and returns the messages to send, in order, each a complete params object.
    `outlet` counts from 0; a device with one relay has none. `numbered` is the outlet in the key where the
    relay is the only one as far as is known: the key stays when others appear. `present` tells if the params
    hold it (without it: if any of its own was sent), `put_away` if they say that the device has it no longer;
    `decided_by` names the params beside its own that either looks at. `beside` tells of a load (see
    `LOADS`) if it is measured where no relay of the device feeds it.
    Capabilities are made once for all devices of a kind, so that they can be compared by identity.
    """

    kind: Kind
    params: frozenset[str]
    read: Callable[[Params], T | None]
    write: Callable[[Params, W], tuple[Params, ...]] | None = None
    outlet: int | None = None
    numbered: int | None = None
    present: Callable[[Params], bool] | None = None
    put_away: Callable[[Params], bool] | None = None
    decided_by: frozenset[str] = frozenset()
    beside: Callable[[Params], bool] | None = None

    @property
    def key(self) -> str:
        """Name of the capability, unique in its device."""
        number = self.outlet if self.numbered is None else self.numbered
        return self.kind if number is None else f"{self.kind}_{number}"

    def is_present(self, params: Params) -> bool:
        """Tell if a device with these params has it: they hold it, and do not put it away."""
        if self.put_away is not None and self.put_away(params):
            return False
        return not self.params.isdisjoint(params) if self.present is None else self.present(params)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeCapability(Capability[float]):
    """A measurement whose probe is known to send something else than it measures when it fails.

    `failed` tells that of the present params, by the last ones that were no failure, if there were any: then
    the value of those stands for a while. `read` returns what the params say in any case.
    """

    failed: Callable[[Params | None, Params], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCapability(Capability[float]):
    """A number that can be set, in `unit` from `minimum` to `maximum` by `step`."""

    minimum: float
    maximum: float
    step: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectCapability(Capability[str]):
    """One of several `options`."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCapability(Capability[LightState, LightCommand]):
    """A light: its modes, its colour temperatures in kelvin (least and greatest) and its effects."""

    modes: frozenset[LightMode]
    kelvin: tuple[int, int] | None = None
    effects: tuple[str, ...] = ()


STARTUP_OPTIONS = ("on", "off", "stay")

# Work modes of devices that are more than switches.
_WORK_MODE = "workMode"
_MOTOR, _METER_ONLY = 2, 3

ON_OFF = ("off", "on")
ZERO_ONE = (0, 1)


def reading(
    kind: Kind,
    param: str,
    *,
    divisor: int = 1,
    least: float | None = None,
    greatest: float | None = None,
    outlet: int | None = None,
    beside: Callable[[Params], bool] | None = None,
) -> Capability[float]:
    """Make a measurement: the param by `divisor`. What lies beyond the limits is no value."""
    told: Callable[[Params], float | None] = partial(number, name=param)

    def read(params: Params) -> float | None:
        value = told(params)
        if value is None:
            return None
        value /= divisor
        if (least is not None and value < least) or (greatest is not None and value > greatest):
            return None
        return value

    # Most are just what the device tells.
    plain = divisor == 1 and least is None and greatest is None
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=told if plain else read,
        outlet=outlet,
        beside=beside,
    )


def whole(
    kind: Kind,
    param: str,
    *,
    least: int | None = None,
    greatest: int | None = None,
    outlet: int | None = None,
) -> Capability[int]:
    """Make a measurement in whole numbers; what lies beyond the limits is no value."""

    def read(params: Params) -> int | None:
        value = integer(params, param)
        if value is None or (least is not None and value < least):
            return None
        return None if greatest is not None and value > greatest else value

    return Capability(kind=kind, params=frozenset({param}), read=read, outlet=outlet)


def state(kind: Kind, param: str) -> Capability[bool]:
    """Make a state that the device tells and nobody sets."""
    return Capability(kind=kind, params=frozenset({param}), read=lambda params: flag(params, param))


def setting(
    kind: Kind, param: str, *, values: tuple[Any, Any] = ON_OFF, outlet: int | None = None
) -> Capability[bool]:
    """Make a setting that is off or on, written as one of two `values`."""
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=lambda params: flag(params, param),
        write=lambda _, value: ({param: values[value]},),
        outlet=outlet,
    )


def relay(param: str = "switch", *, rides_along: Callable[[str], Params] | None = None) -> Capability[bool]:
    """Make the relay of a device with one; `rides_along` gives what else the command has to carry."""

    def write(_: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        text = ON_OFF[value]
        return ({param: text, **(rides_along(text) if rides_along else {})},)

    return Capability(
        kind=Kind.RELAY, params=frozenset({param}), read=lambda params: flag(params, param), write=write
    )


def relay_as_sent(param: str = "switch", *, outlet: int | None = None) -> Capability[bool]:
    """Make a relay that is told in the type in which it tells: a text or a JSON bool."""

    def write(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        return ({param: value if isinstance(params.get(param), bool) else ON_OFF[value]},)

    return Capability(
        kind=Kind.RELAY,
        params=frozenset({param}),
        read=lambda params: flag(params, param),
        write=write,
        outlet=outlet,
        present=lambda params: params.get(param) in ("on", "off", True, False),
    )


BATTERY = whole(Kind.BATTERY, "battery", least=0, greatest=100)
WIFI_SIGNAL = whole(Kind.SIGNAL_STRENGTH, "rssi", least=-150, greatest=0)
ZIGBEE_SIGNAL = whole(Kind.SIGNAL_STRENGTH, "subDevRssi", least=-150, greatest=0)

LED = setting(Kind.LED, "sledOnline")
LED_BRIGHTNESS = NumberCapability(
    kind=Kind.LED_BRIGHTNESS,
    params=frozenset({"sledBright"}),
    read=reading(Kind.LED_BRIGHTNESS, "sledBright", least=0, greatest=100).read,
    write=lambda _, value: ({"sledBright": min(max(round(value), 0), 100)},),
    minimum=0,
    maximum=100,
    step=1,
    unit="%",
)

STARTUP = SelectCapability(
    kind=Kind.STARTUP,
    params=frozenset({"startup"}),
    read=lambda params: choice(params, "startup", STARTUP_OPTIONS),
    write=lambda _, value: ({"startup": value},),
    options=STARTUP_OPTIONS,
)
# The numbers of `swMode` are not documented: it is shown and not set.
SWITCH_MODE = whole(Kind.SWITCH_MODE, "swMode")
SWITCH_REVERSED = setting(Kind.SWITCH_REVERSED, "swCtrlReverse")
DETACHED_RELAY = setting(Kind.DETACHED_RELAY, "relaySeparation", values=ZERO_ONE)
CHANNEL_SWITCHES: tuple[AnyCapability, ...] = tuple(
    capability
    for outlet in (0, 1)
    for capability in (
        whole(Kind.SWITCH_MODE, f"swMode_0{outlet}", outlet=outlet),
        setting(Kind.SWITCH_REVERSED, f"swReverse_0{outlet}", values=ZERO_ONE, outlet=outlet),
    )
)

METER = (
    reading(Kind.POWER, "power"),
    reading(Kind.VOLTAGE, "voltage"),
    reading(Kind.CURRENT, "current"),
)


def _is_clamp(params: Params) -> bool:
    """Tell if a meter is a clamp around the supply of the house, which its relay does not switch."""
    return "supplyPower" in params


METER_IN_HUNDREDTHS = (
    reading(Kind.POWER, "power", divisor=100, beside=_is_clamp),
    reading(Kind.VOLTAGE, "voltage", divisor=100),
    reading(Kind.CURRENT, "current", divisor=100, beside=_is_clamp),
)
APPARENT_AND_REACTIVE_POWER = (
    reading(Kind.APPARENT_POWER, "appPower"),
    reading(Kind.REACTIVE_POWER, "reactPower"),
)
COUNTERS_IN_HUNDREDTHS = (
    reading(Kind.ENERGY_TODAY, "dayKwh", divisor=100),
    reading(Kind.ENERGY_MONTH, "monthKwh", divisor=100),
)
SUPPLY_IN_HUNDREDTHS = (
    reading(Kind.SUPPLY_POWER, "supplyPower", divisor=100),
    reading(Kind.SUPPLY_CURRENT, "supplyCurrent", divisor=100),
    reading(Kind.SUPPLY_ENERGY_TODAY, "dayPowerSupply", divisor=100),
    reading(Kind.SUPPLY_ENERGY_MONTH, "monthPowerSupply", divisor=100),
)
CHANNEL_METERS = tuple(
    reading(kind, f"{name}_0{outlet}", divisor=100, outlet=outlet)
    for outlet in (0, 1)
    for kind, name in (
        (Kind.POWER, "actPow"),
        (Kind.VOLTAGE, "voltage"),
        (Kind.CURRENT, "current"),
        (Kind.APPARENT_POWER, "apparentPow"),
        (Kind.REACTIVE_POWER, "reactPow"),
    )
)

PROBE_OF_TH_ELITE = (
    reading(Kind.TEMPERATURE, "currentTemperature", least=-99.9, greatest=127),
    reading(Kind.HUMIDITY, "currentHumidity", least=0, greatest=100),
)
CLIMATE = (
    reading(Kind.TEMPERATURE, "temperature"),
    reading(Kind.HUMIDITY, "humidity", least=0, greatest=100),
)
# What Zigbee can say of a temperature; -327.68 and 655.35 say that there is none.
CLIMATE_IN_HUNDREDTHS = (
    reading(Kind.TEMPERATURE, "temperature", divisor=100, least=-273.15, greatest=327.67),
    reading(Kind.HUMIDITY, "humidity", divisor=100, least=0, greatest=100),
)
# Levels of 1 to 10: illumination from bright to dark, noise from quiet to noisy, dust from clean to poor.
LEVELS = (
    whole(Kind.ILLUMINATION_LEVEL, "light", least=1, greatest=10),
    whole(Kind.NOISE_LEVEL, "noise", least=1, greatest=10),
    whole(Kind.DUST_LEVEL, "dusty", least=1, greatest=10),
)
MOTION = state(Kind.MOTION, "motion")
OPENING = state(Kind.OPENING, "lock")


def thermostat_rides_along(switch: str) -> Params:
    """Return what goes with the relay of a thermostat: a command by hand ends the automatic control."""
    return {"mainSwitch": switch, "deviceType": "normal"}


def _is_no_switch(params: Params) -> bool:
    """Tell if a device of several work modes is something else than a switch now."""
    return integer(params, _WORK_MODE) in (_MOTOR, _METER_ONLY)


def while_switch(capabilities: Iterable[AnyCapability]) -> tuple[AnyCapability, ...]:
    """Make the capabilities exist only while a device of several work modes is a switch."""
    return tuple(
        replace(capability, put_away=_is_no_switch, decided_by=frozenset({_WORK_MODE}))
        for capability in capabilities
    )
