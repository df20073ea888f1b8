"""What is known of a uiid: the form of a row of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from .capability import AnyCapability

type Capabilities = tuple[AnyCapability, ...]

# Of a device that tells events alone, silence says nothing.
FOR_EVER = inf


class DeviceKind(StrEnum):
    """What a uiid stands for."""

    BINARY_SENSOR = "binary_sensor"
    BRIDGED = "bridged"
    BUTTON = "button"
    CAMERA = "camera"
    CLIMATE = "climate"
    COVER = "cover"
    DIFFUSER = "diffuser"
    FAN = "fan"
    GATEWAY = "gateway"
    HUMIDIFIER = "humidifier"
    LIGHT = "light"
    OTHER = "other"
    PANEL = "panel"
    RF_BRIDGE = "rf_bridge"
    SENSOR = "sensor"
    SWITCH = "switch"
    UNKNOWN = "unknown"
    VALVE = "valve"


class Battery(StrEnum):
    """In what a battery is told."""

    HALF_PERCENT = "half_percent"
    PERCENT = "percent"
    VOLTS = "volts"


@dataclass(frozen=True, slots=True)
class Model:
    """A row of the table: what devices of a uiid are called, and all that is known of them.

    Without `capabilities` a device is read by the shape of its params, as far as its kind allows.

    Attributes:
        name: what they are called.
        kind: what they stand for.
        capabilities: what they can.
        products: what differs for single product models.
        plug: whether what they switch is behind a socket, not behind a wall.
        silence: how many seconds a device that sleeps may be silent, whatever the cloud says of it.
        has_timers: whether they take timers at all.
        has_loops: whether a single relay takes timers that repeat after a time.
        timed_as: the params that timers set.
        timed_outlets: the outlets that timers set, where they cannot be told from the capabilities.
        hears_remotes: whether eWeLink-Remote buttons are heard through them.
        channels: of those without capabilities, how many relays of `switches` are real, where that is known.
        boolean_relays: of those without capabilities, how many relays are a JSON bool each (`switch_00` …).
        send_all_outlets: of those without capabilities, whether a command carries all relays.
        battery: of those without capabilities, the unit of the battery.
        corrects: whether a correction beside a reading is still to be added; None where nobody knows.
        named: whether nothing is known but the name.
        examples: models that are known to be of this uiid, as they are sold.
        hears_codes: whether they have learned codes of radio remotes, which the app knows by name.
        moved: keys that the devices had before there was this row, and what has taken their place; None for
            what was no fact of theirs.
    """

    name: str
    kind: DeviceKind
    capabilities: Capabilities = ()
    products: Mapping[str, Capabilities] = field(default_factory=dict)
    plug: bool = False
    silence: float | None = None
    has_timers: bool = True
    has_loops: bool = True
    timed_as: tuple[str, ...] = ("switch",)
    timed_outlets: tuple[int, ...] | None = None
    hears_remotes: bool = False
    channels: int | None = None
    boolean_relays: int = 0
    send_all_outlets: bool = False
    battery: Battery = Battery.PERCENT
    corrects: bool | None = None
    named: bool = False
    examples: tuple[str, ...] = ()
    moved: Mapping[str, str | None] = field(default_factory=dict)
    hears_codes: bool = False

    @property
    def is_built(self) -> bool:
        """Whether the row says what the devices can."""
        return bool(self.capabilities)
