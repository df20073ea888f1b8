"""What a device can do: every capability written once, with its way in and its way out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from .params import Params, choice, flag, integer, item_of, items_with, number, object_of

type AnyCapability = Capability[Any, Any]


class Kind(StrEnum):
    """What a capability is; its value is the stable key of the capability."""

    APPARENT_POWER = "apparent_power"
    BATTERY = "battery"
    CURRENT = "current"
    DETACHED_RELAY = "detached_relay"
    DUST_LEVEL = "dust_level"
    ENERGY_MONTH = "energy_month"
    ENERGY_TODAY = "energy_today"
    HUMIDITY = "humidity"
    ILLUMINATION_LEVEL = "illumination_level"
    INCHING = "inching"
    INCHING_DURATION = "inching_duration"
    INTERLOCK = "interlock"
    LED = "led"
    LED_BRIGHTNESS = "led_brightness"
    LIGHT = "light"
    MOTION = "motion"
    NEXT_TIMER = "next_timer"
    NOISE_LEVEL = "noise_level"
    OPENING = "opening"
    POWER = "power"
    REACTIVE_POWER = "reactive_power"
    RELAY = "relay"
    SIGNAL_STRENGTH = "signal_strength"
    STARTUP = "startup"
    SUPPLY_CURRENT = "supply_current"
    SUPPLY_ENERGY_MONTH = "supply_energy_month"
    SUPPLY_ENERGY_TODAY = "supply_energy_today"
    SUPPLY_POWER = "supply_power"
    SWITCH_MODE = "switch_mode"
    SWITCH_REVERSED = "switch_reversed"
    TEMPERATURE = "temperature"
    TIMERS = "timers"
    VOLTAGE = "voltage"


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
    `decided_by` names the params beside its own that either looks at.
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
INCHING_STEP = 500
INCHING_LEAST = 500
INCHING_GREATEST = 3_600_000

_ON_OFF = ("off", "on")
_ZERO_ONE = (0, 1)


def reading(
    kind: Kind,
    param: str,
    *,
    divisor: int = 1,
    least: float | None = None,
    greatest: float | None = None,
    zero: bool = True,
    outlet: int | None = None,
) -> Capability[float]:
    """Make a measurement: the param by `divisor`. Beyond the limits is no value, nor is 0 without `zero`."""
    told: Callable[[Params], float | None] = partial(number, name=param)

    def read(params: Params) -> float | None:
        value = told(params)
        if value is None or (value == 0 and not zero):
            return None
        value /= divisor
        if (least is not None and value < least) or (greatest is not None and value > greatest):
            return None
        return value

    # Most are just what the device tells.
    plain = divisor == 1 and least is None and greatest is None and zero
    return Capability(kind=kind, params=frozenset({param}), read=told if plain else read, outlet=outlet)


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
    kind: Kind, param: str, *, values: tuple[Any, Any] = _ON_OFF, outlet: int | None = None
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
        text = _ON_OFF[value]
        return ({param: text, **(rides_along(text) if rides_along else {})},)

    return Capability(
        kind=Kind.RELAY, params=frozenset({param}), read=lambda params: flag(params, param), write=write
    )


def relay_as_sent(param: str = "switch", *, outlet: int | None = None) -> Capability[bool]:
    """Make a relay that is told in the type in which it tells: a text or a JSON bool."""

    def write(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        return ({param: value if isinstance(params.get(param), bool) else _ON_OFF[value]},)

    return Capability(
        kind=Kind.RELAY,
        params=frozenset({param}),
        read=lambda params: flag(params, param),
        write=write,
        outlet=outlet,
        present=lambda params: params.get(param) in ("on", "off", True, False),
    )


def _outlet_relay(
    wire: int, *, outlet: int | None, outlets: tuple[int, ...], complete: bool, also: Params
) -> Capability[bool]:
    def read(params: Params) -> bool | None:
        item = item_of(params, "switches", wire)
        return None if item is None else flag(item, "switch")

    def write(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        states = {wire: value}
        locked = len(outlets) > 1 and flag(params, "lock") is True
        if complete or locked:
            for other in outlets:
                if other != wire:
                    item = item_of(params, "switches", other)
                    on = item is not None and flag(item, "switch") is True
                    states[other] = on and not (locked and value)
        return (
            {
                **also,
                "switches": [{"outlet": other, "switch": _ON_OFF[states[other]]} for other in sorted(states)],
            },
        )

    return Capability(
        kind=Kind.RELAY,
        params=frozenset({"switches"}),
        read=read,
        write=write,
        outlet=outlet,
        present=lambda params: item_of(params, "switches", wire) is not None,
    )


def _outlet_startup(wire: int, *, outlet: int | None) -> SelectCapability:
    def read(params: Params) -> str | None:
        item = item_of(params, "configure", wire)
        return None if item is None else choice(item, "startup", STARTUP_OPTIONS)

    return SelectCapability(
        kind=Kind.STARTUP,
        params=frozenset({"configure"}),
        read=read,
        write=lambda params, value: ({"configure": items_with(params, "configure", wire, startup=value)},),
        outlet=outlet,
        options=STARTUP_OPTIONS,
        present=lambda params: "startup" in (item_of(params, "configure", wire) or ()),
    )


def inching_width(params: Params, name: str) -> int:
    """Return the time that goes with an inching command, in ms: the present one in the device's steps."""
    return _steps(number(params, name) or INCHING_LEAST)


def _steps(milliseconds: float) -> int:
    """Return the time in ms that the device takes: a multiple of 500 within its range."""
    width = round(milliseconds / INCHING_STEP) * INCHING_STEP
    return min(max(width, INCHING_LEAST), INCHING_GREATEST)


def _inching(
    listens: tuple[str, str],
    *,
    keys: tuple[str, str],
    values: Callable[[Params], Params | None],
    message: Callable[[Params, str, int], Params],
    outlet: int | None = None,
) -> tuple[AnyCapability, ...]:
    """Make inching and its time: two facts that the device takes only together.

    `listens` names the params of each, `values` finds the object that holds both under `keys`, `message`
    makes what is sent.
    """
    switch, width = keys

    def read_switch(params: Params) -> bool | None:
        found = values(params)
        return None if found is None else flag(found, switch)

    def read_width(params: Params) -> float | None:
        found = values(params)
        milliseconds = None if found is None else number(found, width)
        return None if milliseconds is None or milliseconds < 0 else milliseconds / 1000

    def write_switch(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the switch
        return (message(params, _ON_OFF[value], inching_width(values(params) or {}, width)),)

    def write_width(params: Params, value: float) -> tuple[Params, ...]:
        return (message(params, _ON_OFF[read_switch(params) is True], _steps(value * 1000)),)

    return (
        Capability(
            kind=Kind.INCHING,
            params=frozenset({listens[0]}),
            read=read_switch,
            write=write_switch,
            outlet=outlet,
            present=lambda params: switch in (values(params) or ()),
        ),
        NumberCapability(
            kind=Kind.INCHING_DURATION,
            params=frozenset({listens[1]}),
            read=read_width,
            write=write_width,
            outlet=outlet,
            present=lambda params: width in (values(params) or ()),
            minimum=INCHING_LEAST / 1000,
            maximum=INCHING_GREATEST / 1000,
            step=INCHING_STEP / 1000,
            unit="s",
        ),
    )


def _outlet_inching(wire: int, *, outlet: int | None) -> tuple[AnyCapability, ...]:
    return _inching(
        ("pulses", "pulses"),
        keys=("pulse", "width"),
        values=lambda params: item_of(params, "pulses", wire),
        message=lambda params, pulse, width: {
            "pulses": items_with(params, "pulses", wire, pulse=pulse, width=width)
        },
        outlet=outlet,
    )


def channels(
    outlets: tuple[int, ...],
    *,
    interlock: bool = True,
    complete: bool = False,
    also: Params | None = None,
) -> tuple[AnyCapability, ...]:
    """Make the relays of these outlets with their power-on states and inching, and `interlock` of several.

    A command carries its outlet alone, with `complete` or while interlock is on all of them; `also` rides
    along. A single outlet is the device's relay and has no number of its own.
    """
    made: list[AnyCapability] = []
    for wire in outlets:
        outlet = wire if len(outlets) > 1 else None
        made += (
            _outlet_relay(wire, outlet=outlet, outlets=outlets, complete=complete, also=also or {}),
            _outlet_startup(wire, outlet=outlet),
            *_outlet_inching(wire, outlet=outlet),
        )
    return (*made, INTERLOCK) if interlock and len(outlets) > 1 else tuple(made)


def _write_interlock(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the switch
    """Send interlock as the vendor does: with `configure` and `pulses` as they are."""
    unchanged = {name: params[name] for name in ("configure", "pulses") if name in params}
    return ({"lock": _ZERO_ONE[value], **unchanged},)


def _write_pulse_config(params: Params, pulse: str, width: int) -> Params:
    config = object_of(params, "pulseConfig")
    return {"pulseConfig": {"switch": "on", **config, "pulse": pulse, "pulseWidth": width}}


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
INCHING = _inching(
    ("pulse", "pulseWidth"),
    keys=("pulse", "pulseWidth"),
    values=lambda params: params,
    message=lambda _, pulse, width: {"pulse": pulse, "pulseWidth": width},
)
PULSE_CONFIG_INCHING = _inching(
    ("pulseConfig", "pulseConfig"),
    keys=("pulse", "pulseWidth"),
    values=lambda params: object_of(params, "pulseConfig"),
    message=_write_pulse_config,
)
INTERLOCK: Capability[bool] = Capability(
    kind=Kind.INTERLOCK,
    params=frozenset({"lock"}),
    read=lambda params: flag(params, "lock"),
    write=_write_interlock,
)

# The numbers of `swMode` are not documented: it is shown and not set.
SWITCH_MODE = whole(Kind.SWITCH_MODE, "swMode")
SWITCH_REVERSED = setting(Kind.SWITCH_REVERSED, "swCtrlReverse")
DETACHED_RELAY = setting(Kind.DETACHED_RELAY, "relaySeparation", values=_ZERO_ONE)
CHANNEL_SWITCHES: tuple[AnyCapability, ...] = tuple(
    capability
    for outlet in (0, 1)
    for capability in (
        whole(Kind.SWITCH_MODE, f"swMode_0{outlet}", outlet=outlet),
        setting(Kind.SWITCH_REVERSED, f"swReverse_0{outlet}", values=_ZERO_ONE, outlet=outlet),
    )
)

METER = (
    reading(Kind.POWER, "power"),
    reading(Kind.VOLTAGE, "voltage"),
    reading(Kind.CURRENT, "current"),
)
METER_IN_HUNDREDTHS = (
    reading(Kind.POWER, "power", divisor=100),
    reading(Kind.VOLTAGE, "voltage", divisor=100),
    reading(Kind.CURRENT, "current", divisor=100),
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

# Probes of the first generation send 0 and values beyond 270 when they fail.
PROBE = (
    reading(Kind.TEMPERATURE, "currentTemperature", least=-270, greatest=270, zero=False),
    reading(Kind.HUMIDITY, "currentHumidity", least=0, greatest=100, zero=False),
)
PROBE_OF_TH_ELITE = (
    reading(Kind.TEMPERATURE, "currentTemperature", least=-99.9, greatest=127),
    reading(Kind.HUMIDITY, "currentHumidity", least=0, greatest=100),
)
CLIMATE = (
    reading(Kind.TEMPERATURE, "temperature"),
    reading(Kind.HUMIDITY, "humidity", least=0, greatest=100),
)
CLIMATE_IN_HUNDREDTHS = (
    reading(Kind.TEMPERATURE, "temperature", divisor=100),
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
