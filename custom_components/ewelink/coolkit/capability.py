"""What a device can do: every capability written once, with its way in and its way out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .params import Params


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
    """

    kind: Kind
    params: frozenset[str]
    read: Callable[[Params], T | None]
    write: Callable[[Params, W], tuple[Params, ...]] | None = None
    outlet: int | None = None

    @property
    def key(self) -> str:
        """Name of the capability, unique in its device."""
        return self.kind if self.outlet is None else f"{self.kind}_{self.outlet}"


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
