"""What a device can do: the types of its capabilities."""

from collections.abc import Callable, Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .params import Params
from .states import (
    ClimateCommand,
    ClimateMode,
    ClimateState,
    CoverCommand,
    CoverForm,
    CoverState,
    FanCommand,
    FanState,
    LightCommand,
    LightMode,
    LightState,
)

type AnyCapability = Capability[Any, Any]


class Kind(StrEnum):
    """What a capability is; its value is the stable key of the capability."""

    ALARM = "alarm"
    AMBIENT_LIGHT = "ambient_light"
    AMBIENT_LIGHTING = "ambient_lighting"
    APPARENT_POWER = "apparent_power"
    BACKLIGHT = "backlight"
    BATTERY = "battery"
    BATTERY_LOW = "battery_low"
    BATTERY_VOLTAGE = "battery_voltage"
    CALIBRATE = "calibrate"
    CHILD_LOCK = "child_lock"
    CLEAR_DELAY = "clear_delay"
    CLIMATE = "climate"
    CO2 = "co2"
    COMFORT_HUMIDITY_HIGH = "comfort_humidity_high"
    COMFORT_HUMIDITY_LOW = "comfort_humidity_low"
    COMFORT_TEMPERATURE_HIGH = "comfort_temperature_high"
    COMFORT_TEMPERATURE_LOW = "comfort_temperature_low"
    COVER = "cover"
    CPU_TEMPERATURE = "cpu_temperature"
    CURRENT = "current"
    CURRENT_LIMIT = "current_limit"
    DETACHED_RELAY = "detached_relay"
    DOOR_ALARM = "door_alarm"
    DOOR_BUZZER = "door_buzzer"
    DO_NOT_DISTURB = "do_not_disturb"
    DUST_LEVEL = "dust_level"
    ENERGY = "energy"
    ENERGY_ESTIMATED = "energy_estimated"
    ENERGY_HISTORY = "energy_history"
    ENERGY_MONTH = "energy_month"
    ENERGY_TODAY = "energy_today"
    ENERGY_WEEK = "energy_week"
    ENERGY_YEAR = "energy_year"
    ENERGY_YESTERDAY = "energy_yesterday"
    DIMMED_BY_SWITCH = "dimmed_by_switch"
    FADE_IN = "fade_in"
    FADE_OUT = "fade_out"
    FAILSAFE = "failsafe"
    FAN = "fan"
    FORCE_SHUTDOWN = "force_shutdown"
    FROST_RISK = "frost_risk"
    HEARD = "heard"
    HUMIDITY = "humidity"
    HUMIDITY_CORRECTION = "humidity_correction"
    ILLUMINANCE = "illuminance"
    ILLUMINATION_LEVEL = "illumination_level"
    INCHING = "inching"
    INCHING_DURATION = "inching_duration"
    INTERLOCK = "interlock"
    LED = "led"
    LED_BRIGHTNESS = "led_brightness"
    LIGHT = "light"
    LOWER_LIMIT = "lower_limit"
    MEASURE = "measure"
    MIST = "mist"
    MOISTURE = "moisture"
    MOTION = "motion"
    MOTOR_REVERSED = "motor_reversed"
    NEXT_TIMER = "next_timer"
    NOISE_LEVEL = "noise_level"
    OCCUPANCY = "occupancy"
    OPENING = "opening"
    OUTDOOR_TEMPERATURE = "outdoor_temperature"
    PLAY_ALARM = "play_alarm"
    PLAY_BELL = "play_bell"
    PM10 = "pm10"
    PM25 = "pm25"
    POWER = "power"
    POWERED = "powered"
    POWER_LIMIT = "power_limit"
    PRESS = "press"
    PROBLEM = "problem"
    PROGRAM = "program"
    QUICK_SWITCH = "quick_switch"
    REACTIVE_POWER = "reactive_power"
    RELAY = "relay"
    REMOTE_TEMPERATURE = "remote_temperature"
    RESTART = "restart"
    RUNNING_STATUS = "running_status"
    SEND = "send"
    SENSITIVITY = "sensitivity"
    SIGNAL_STRENGTH = "signal_strength"
    SMOKE = "smoke"
    STARTUP = "startup"
    SUPPLY_CURRENT = "supply_current"
    SUPPLY_ENERGY_MONTH = "supply_energy_month"
    SUPPLY_ENERGY_TODAY = "supply_energy_today"
    SUPPLY_POWER = "supply_power"
    SUPPORT = "support"
    SWIPE = "swipe"
    SWIPE_GESTURE = "swipe_gesture"
    SWITCH_MODE = "switch_mode"
    SWITCH_REVERSED = "switch_reversed"
    TAMPER = "tamper"
    TAP_GESTURE = "tap_gesture"
    TEMPERATURE = "temperature"
    TEMPERATURE_CORRECTION = "temperature_correction"
    TEMPERATURE_UNIT = "temperature_unit"
    TIMERS = "timers"
    TRANSMIT = "transmit"
    TRIGGERED = "triggered"
    TURBO_RADIO = "turbo_radio"
    UPPER_LIMIT = "upper_limit"
    VALVE = "valve"
    VALVE_CLOSING = "valve_closing"
    VALVE_OPENING = "valve_opening"
    VIBRATION = "vibration"
    VOLTAGE = "voltage"
    VOLTAGE_LIMIT = "voltage_limit"
    WATER_LEAKAGE = "water_leakage"
    WATER_SHORTAGE = "water_shortage"
    WATER_TANK = "water_tank"
    WATER_TODAY = "water_today"
    WATER_VOLUME = "water_volume"
    ZIGBEE_LED = "zigbee_led"
    WINDOW_DETECTION = "window_detection"


# What is there only while something is switched on: behind a relay that is off, anything but 0 is untrue.
LOADS = frozenset({Kind.APPARENT_POWER, Kind.CURRENT, Kind.POWER, Kind.REACTIVE_POWER})


class Sender(StrEnum):
    """Who has sent params: the device that they are of, or a client to it."""

    DEVICE = "device"
    CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability[T, W = T]:
    """One thing a device can tell (`T`) or be told (`W`).

    `read` takes the device's params and never raises: a value that cannot be is None. `write` takes the
    newest params and the value and returns the messages to send, in order, each a complete params object.
    `outlet` counts from 0; a device with one relay has none. `numbered` is the outlet in the key where the
    relay is the only one as far as is known: the key stays when others appear. `present` tells if the params
    hold it (without it: if any of its own was sent), `put_away` if they say that the device has it no longer;
    `decided_by` names the params beside its own that either looks at; of what is followed (covers, climates)
    `read`, too, may look at them. `beside` tells of a load (see `LOADS`) if it is measured where no relay of
    the device feeds it.
    `name` is what the user calls it, where it has a name of its own. What is `minor` few people need: of a
    device with many channels, or told otherwise, too.
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
    name: str | None = None
    minor: bool = False

    @property
    def key(self) -> str:
        """Name of the capability, unique in its device."""
        number = self.outlet if self.numbered is None else self.numbered
        return self.kind if number is None else f"{self.kind}_{number}"

    def is_present(self, params: Params) -> bool:
        """Return whether a device with these params has it: they hold it, and do not put it away."""
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
class ButtonCapability(Capability[None, None]):
    """Something that is asked for and leaves no state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCapability(ButtonCapability):
    """Live readings of a meter, which is quiet otherwise: `live` returns the message for so many seconds."""

    live: Callable[[int], Params]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCapability(Capability[str]):
    """Something that happens and has no state, one of several `types`.

    `happened` tells from the params of a push that the device itself has just sent, as they are now and were
    before, and the keys that were sent, whether it did; None if they only say again what was told before.
    `read` returns what was told last.
    """

    types: tuple[str, ...]
    happened: Callable[[Params, Params, AbstractSet[str]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCapability(Capability[LightState, LightCommand]):
    """A light: its modes, its range of kelvin, its effects, and whether it fades by itself."""

    modes: frozenset[LightMode]
    kelvin: tuple[int, int] | None = None
    effects: tuple[str, ...] = ()
    fades: bool = False


type CoverFollower = Callable[[CoverState, Params, AbstractSet[str], Sender], CoverState]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverCapability(Capability[CoverState, CoverCommand]):
    """A cover.

    `read` returns what its params say by themselves. `follow` returns what it does once some of them were
    sent: it takes what the cover did before, the newest params, the names of those sent, and by whom.
    """

    follow: CoverFollower
    form: CoverForm | None = None
    can_stop: bool = True
    can_position: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FanCapability(Capability[FanState, FanCommand]):
    """A fan: how many speeds it has, its presets, and whether it swings."""

    speeds: int
    presets: tuple[str, ...] = ()
    oscillates: bool = False


type ClimateFollower = Callable[[ClimateState, Params, AbstractSet[str], Sender], ClimateState]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateCapability(Capability[ClimateState, ClimateCommand]):
    """A thermostat: its modes and presets, the range of its targets, and whether it aims between two.

    `follow` is that of covers. `failed` is that of its probe, where that is known to fail.
    """

    follow: ClimateFollower
    failed: Callable[[Params | None, Params], bool] | None = None
    modes: tuple[ClimateMode, ...]
    presets: tuple[str, ...] = ()
    minimum: float
    maximum: float
    step: float
    is_range: bool = False
