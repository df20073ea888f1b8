"""What the client tells its listeners."""

from collections.abc import Callable, Mapping, Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import get_args

from .cloud.auth import AccountSession
from .devices.device import Device, Group, Permit
from .devices.places import ControlGroup, Home


class ConnectionState(StrEnum):
    """How the account hears of its devices now."""

    CONNECTED = "connected"
    POLLING = "polling"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"


class Origin(StrEnum):
    """Where a change of a device comes from."""

    # The device itself has just sent it.
    PUSH = "push"
    # Another client of the account has sent it to the device.
    APP = "app"
    # The device list says so, or the account was changed from here.
    LIST = "list"
    # The answer to a command or a query of ours, or what follows from it.
    OWN = "own"


@dataclass(slots=True)
class DeviceChanged:
    """A device told something, or the list tells something else of it.

    Attributes:
        device: the device as it is now.
        previous: the device as it was before.
        keys: params that were sent, with another value or not; of a list, the params that differ.
        attributes_changed: something else than params differs: name, channel names, online, firmware, …
        origin: where this comes from; only a `PUSH` is something that has just happened at the device.
    """

    device: Device
    previous: Device
    keys: AbstractSet[str]
    attributes_changed: bool = False
    origin: Origin = Origin.PUSH


@dataclass(frozen=True, slots=True)
class DeviceAdded:
    """The account has one device more."""

    device: Device


@dataclass(frozen=True, slots=True)
class DeviceRemoved:
    """The account has the device no longer; `device` is None if it was expected only, never listed."""

    device_id: str
    device: Device | None = None


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The account hears of its devices in another way than before."""

    state: ConnectionState


@dataclass(frozen=True, slots=True)
class QuotaSpent:
    """The App ID has spent its quota of calls; told again only after `RefusalEnded`."""


@dataclass(frozen=True, slots=True)
class AppIdRefused:
    """The App ID is refused, and tried again after growing pauses; told again only after `RefusalEnded`.

    Attributes:
        has_expired: whether the application has come to the end of its year.
    """

    has_expired: bool = False


@dataclass(frozen=True, slots=True)
class RefusalEnded:
    """The App ID is accepted again, and its quota is not spent."""


@dataclass(frozen=True, slots=True)
class ReachabilityChanged:
    """Persistent connection and HTTP have both failed for long, or one of them works again."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """The session has new tokens: store them."""

    session: AccountSession


@dataclass(frozen=True, slots=True)
class GroupsChanged:
    """The account has other groups than before, or they were read for the first time; by id."""

    groups: Mapping[str, Group]


@dataclass(frozen=True, slots=True)
class PlacesChanged:
    """The account has other homes, rooms or control groups than before; by id."""

    homes: Mapping[str, Home]
    control_groups: Mapping[str, ControlGroup]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRequest:
    """Another account wants to share a device with this one, or to change what it allows.

    Attributes:
        apikey: the owner's.
        device_id: the device.
        sequence: tells the request from others; as the cloud sent it.
        device_name: what the owner calls the device.
        user_name: what the owner calls themselves.
        note: a few words of the owner; may be empty.
        permit: what may be done with the device's timers; None if the request does not say.
        changes: whether the device is shared already, and only the permissions are to change.
        received: when it came, by the event loop's clock; it can be answered for three minutes.
    """

    apikey: str = field(repr=False)
    device_id: str
    sequence: str | int
    device_name: str = ""
    user_name: str = ""
    note: str = ""
    permit: Permit | None = None
    changes: bool = False
    received: float


@dataclass(frozen=True, slots=True)
class ShareRequested:
    """A request that can be accepted or refused has come."""

    request: ShareRequest


@dataclass(frozen=True, slots=True)
class ShareRequestEnded:
    """A request can be answered no longer: it was answered, here or elsewhere, or its time is over."""

    request: ShareRequest


type Event = (
    DeviceChanged
    | DeviceAdded
    | DeviceRemoved
    | ConnectionChanged
    | QuotaSpent
    | AppIdRefused
    | RefusalEnded
    | ReachabilityChanged
    | SessionChanged
    | GroupsChanged
    | PlacesChanged
    | ShareRequested
    | ShareRequestEnded
)
EVENTS: tuple[type[Event], ...] = get_args(Event.__value__)
# Has a function told of changes of devices; returns what ends that.
type Subscribe = Callable[[Callable[[DeviceChanged], None], type[DeviceChanged]], Callable[[], None]]
