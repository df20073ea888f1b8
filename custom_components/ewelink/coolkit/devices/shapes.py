"""What params can prove of a device: many have no number, or one that nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Relays(StrEnum):
    """Where relays are told: one alone, in a list, or each as a JSON bool of its own."""

    FLAGS = "flags"
    LISTED = "listed"
    ONE = "one"


class LampShape(StrEnum):
    """Families of lights."""

    BRIGHT = "bright"
    CHANNEL = "channel"
    COLOR_CHANNELS = "color_channels"
    COLOR_SCENES = "color_scenes"
    DIMMER = "dimmer"
    DIMMER_WITH_MODE = "dimmer_with_mode"
    HUE = "hue"
    MODE_STRIP = "mode_strip"
    STATE = "state"
    STRIP = "strip"
    WHITE_CHANNELS = "white_channels"
    WHITE_DIMMER = "white_dimmer"
    WHITE_SCENES = "white_scenes"


class Scale(StrEnum):
    """What a number means; `LIKELY_PLAIN` holds until there is proof."""

    HUNDREDTHS = "hundredths"
    LIKELY_PLAIN = "likely_plain"
    PLAIN = "plain"


class Sign(StrEnum):
    """What is proven once and stays."""

    AMBIENT_LIGHT = "ambient_light"
    BATTERY_IN_VOLTS = "battery_in_volts"
    FINE_STEPS = "fine_steps"
    HUMIDITY = "humidity"
    LEVELS = "levels"
    LOCK_OPENS = "lock_opens"
    METER = "meter"
    MODES = "modes"
    MOTION = "motion"
    MOVES = "moves"
    OCCUPANCY = "occupancy"
    PHASE = "phase"
    PROBE = "probe"
    SETTINGS = "settings"
    SMOKE = "smoke"
    SWITCH_OPENS = "switch_opens"
    TAMPER = "tamper"
    TEMPERATURE = "temperature"
    WATER = "water"


_SENSED = frozenset(
    {
        Sign.AMBIENT_LIGHT,
        Sign.HUMIDITY,
        Sign.LEVELS,
        Sign.LOCK_OPENS,
        Sign.MOTION,
        Sign.OCCUPANCY,
        Sign.SMOKE,
        Sign.SWITCH_OPENS,
        Sign.TEMPERATURE,
        Sign.WATER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What was proven of a device, in whatever order its params came.

    `outlets` are those of its relays, `metered` those with a meter of their own. `temperature`, `humidity`
    and `meter` are scales; None where there is no such reading, or nothing tells its scale yet. `doubts` are
    readings that their scale does not allow.
    """

    relays: Relays | None = None
    outlets: tuple[int, ...] = ()
    lamp: LampShape | None = None
    metered: tuple[int, ...] = ()
    temperature: Scale | None = None
    humidity: Scale | None = None
    meter: Scale | None = None
    signs: frozenset[Sign] = frozenset()
    doubts: frozenset[tuple[str, str]] = frozenset()

    @property
    def senses(self) -> bool:
        """Whether it is proven that the device senses something."""
        return not _SENSED.isdisjoint(self.signs)

    @property
    def is_switched(self) -> bool:
        """Whether it is proven that the device has relays: one `switch` alone may be something else."""
        return self.relays is not None and (self.relays is not Relays.ONE or Sign.SETTINGS in self.signs)

    @property
    def tells(self) -> bool:
        """Whether anything is proven."""
        return self != NOTHING

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form that can be stored."""
        return {
            "relays": self.relays,
            "outlets": [*self.outlets],
            "lamp": self.lamp,
            "metered": [*self.metered],
            "temperature": self.temperature,
            "humidity": self.humidity,
            "meter": self.meter,
            "signs": sorted(self.signs),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what was stored; what this version does not know of it is left out."""

        def one[E: StrEnum](kind: type[E], name: str) -> E | None:
            return next((member for member in kind if member == data.get(name)), None)

        return cls(
            relays=one(Relays, "relays"),
            outlets=tuple(outlet for outlet in data.get("outlets", ()) if isinstance(outlet, int)),
            lamp=one(LampShape, "lamp"),
            metered=tuple(outlet for outlet in data.get("metered", ()) if isinstance(outlet, int)),
            temperature=one(Scale, "temperature"),
            humidity=one(Scale, "humidity"),
            meter=one(Scale, "meter"),
            signs=frozenset(Sign(sign) for sign in data.get("signs", ()) if sign in Sign),
        )


NOTHING = Shape()
# That a device is what its number says: its params were told once, and are not looked at for another shape.
BY_NUMBER = Shape()
