"""What lights, covers, fans and thermostats show, and what they are asked to do."""

from dataclasses import dataclass, replace
from enum import StrEnum

# Red, green and blue, each from 0 to 255.
type Rgb = tuple[int, int, int]


class LightMode(StrEnum):
    """The way a light shines, and the ways that it can."""

    BRIGHTNESS = "brightness"
    COLOR_TEMP = "color_temp"
    ONOFF = "onoff"
    RGB = "rgb"


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState:
    """What a light shows; `brightness` is a fraction of the device's range above 0 and up to 1.

    `modes` are those that the light has, if they depend on what it tells.
    """

    on: bool | None
    mode: LightMode
    brightness: float | None = None
    kelvin: int | None = None
    rgb: Rgb | None = None
    effect: str | None = None
    modes: frozenset[LightMode] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCommand:
    """What a light is asked to show; at most one of `kelvin`, `rgb` and `effect`.

    `on` alone turns the light on or off and changes nothing else. `transition` is how many seconds a light
    that fades by itself takes.
    """

    on: bool
    brightness: float | None = None
    kelvin: int | None = None
    rgb: Rgb | None = None
    effect: str | None = None
    transition: float | None = None


class CoverForm(StrEnum):
    """What a cover covers."""

    BLIND = "blind"
    CURTAIN = "curtain"
    GARAGE = "garage"
    SHUTTER = "shutter"


class CoverAction(StrEnum):
    """What a cover is asked to do."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"


class Movement(StrEnum):
    """Which way a cover moves."""

    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverState:
    """Where a cover is, from 0 (closed) to 100 (open), and how it moves.

    Without a `position` only `closed` may be known. One that is not `calibrated` never knows its position.
    `target` is where it is on its way to.
    """

    position: int | None = None
    movement: Movement | None = None
    closed: bool | None = None
    target: int | None = None
    calibrated: bool = True

    @property
    def at_rest(self) -> CoverState:
        """The same state without movement."""
        return replace(self, movement=None, target=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverCommand:
    """What a cover is asked: an action, or a position from 0 (closed) to 100 (open)."""

    action: CoverAction | None = None
    position: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FanState:
    """What a fan does; `speed` counts from 1."""

    on: bool | None
    speed: int | None = None
    preset: str | None = None
    oscillating: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FanCommand:
    """What a fan is asked to do; `on` alone turns it on or off and changes nothing else."""

    on: bool
    speed: int | None = None
    preset: str | None = None
    oscillating: bool | None = None


class ClimateMode(StrEnum):
    """What a thermostat is set to do; what counts as its own plan or rule is `AUTO`."""

    OFF = "off"
    HEAT = "heat"
    COOL = "cool"
    AUTO = "auto"


class ClimateAction(StrEnum):
    """What a thermostat does now."""

    OFF = "off"
    HEATING = "heating"
    COOLING = "cooling"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateState:
    """What a thermostat does and aims at, in degrees Celsius and percent.

    It aims at a `target`, or between `low` and `high`. `modes` are those that it has now, if they depend on
    what it tells, `resume` is the one to which it is turned on.
    """

    mode: ClimateMode | None = None
    action: ClimateAction | None = None
    current: float | None = None
    humidity: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    preset: str | None = None
    swing: bool | None = None
    swing_horizontal: bool | None = None
    has_presets: bool = False
    modes: tuple[ClimateMode, ...] | None = None
    resume: ClimateMode = ClimateMode.HEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateCommand:
    """What a thermostat is asked; what is None stays as it is."""

    mode: ClimateMode | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    preset: str | None = None
    swing: bool | None = None
    swing_horizontal: bool | None = None
