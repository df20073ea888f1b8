"""The seam between the client and a generation of the cloud's HTTP interfaces."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast, runtime_checkable

from yarl import URL

from ..devices.device import Device, Group, GroupMove
from ..devices.params import Params, Sent
from ..exceptions import NotSupportedError
from .auth import AccountSession
from .entries import Listed


class Feature(StrEnum):
    """What a generation may offer; a refusal takes one away for that App ID."""

    SIGN_IN = "sign_in"
    DEVICES = "devices"
    DEVICE_INFO = "device_info"
    STATUS = "status"
    DISPATCH = "dispatch"
    ACCOUNT = "account"
    DEVICE_MANAGEMENT = "device_management"
    GROUPS = "groups"
    SHARING = "sharing"
    OAUTH = "oauth"
    PROFILE = "profile"
    BATCH = "batch"
    HOMES = "homes"
    HOME_MANAGEMENT = "home_management"
    CONTROL_GROUPS = "control_groups"
    CONTROL_GROUP_MANAGEMENT = "control_group_management"
    HISTORY = "history"
    FIRMWARE = "firmware"
    DEVICE_SETTINGS = "device_settings"
    MESSAGES = "messages"


class CodePurpose(StrEnum):
    """What a verification code is for."""

    REGISTER = "0"
    RESET_PASSWORD = "1"  # noqa: S105 - the cloud's number for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the persistent connection is to be opened now; asked anew for every connection."""

    domain: str
    port: int
    secure: bool = True

    @property
    def url(self) -> URL:
        """Return the address of the WebSocket."""
        return URL.build(
            scheme="wss" if self.secure else "ws", host=self.domain, port=self.port, path="/api/ws"
        )


# An interface that tells whether the cloud knows a session, and what its errors call it.
type Witness = tuple[str, Callable[[AccountSession], Awaitable[object]]]


class CloudApi(Protocol):
    """One generation of the cloud: its HTTP calls, its error codes as exceptions, its figures.

    Every call raises `CoolKitError`: `CannotConnectError` (nothing was answered), `CloudError` (no usable
    answer), `QuotaError`, `SignedOutError`, `TokenExpiredError`, `AppIdRefusedError`, `FeatureRefusedError`.
    """

    @property
    def app_id(self) -> str:
        """The App ID that calls and handshakes carry."""

    @property
    def features(self) -> frozenset[Feature]:
        """What can be asked of this cloud with this App ID, as far as is known."""

    @property
    def poll_interval(self) -> float:
        """Seconds between two lists while there is no persistent connection."""

    @property
    def stops_at_quota(self) -> bool:
        """Whether the list is read no more while the quota of calls is spent: it is one for a whole month."""

    def server(self, session: AccountSession) -> str:
        """Return the host, and the port, that the account's calls go to."""

    async def refresh(self, session: AccountSession) -> AccountSession:
        """Return the session with new tokens; raises `TokenRefusedError` if it has to sign in again."""

    def witnesses(self) -> Sequence[Witness]:
        """Return calls that tell if a session is known: first that for where to connect, the cheapest."""

    async def list_devices(self, session: AccountSession) -> Listed[Device]:
        """Return every device of the account, those that others share with it included."""

    async def get_device(self, session: AccountSession, device: Device) -> Device:
        """Return one device as the cloud knows it now; raises `UnknownDeviceError`."""

    async def get_status(self, session: AccountSession, device: Device, params: Sequence[str] = ()) -> Params:
        """Return the named params of a device, or all of them; raises `CommandError` and its kin."""

    async def update_status(self, session: AccountSession, device: Device, params: Sent) -> None:
        """Send params to a device; raises `CommandError` and its kin."""

    async def dispatch(self, session: AccountSession) -> Endpoint:
        """Return where to open the persistent connection."""

    def require(self, feature: Feature, interface: str) -> None:
        """Raise `FeatureRefusedError` if a feature was refused to this App ID, or this cloud has none."""

    def refuse(self, feature: Feature) -> None:
        """Take a feature away that was refused elsewhere than in one of these calls."""

    async def change_password(self, session: AccountSession, *, old_password: str, new_password: str) -> None:
        """Set a new password; raises `InvalidCredentialsError` if the old one is wrong."""

    async def add_device(
        self,
        session: AccountSession,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
    ) -> Device:
        """Add a device, or a child of a gateway, and return it; raises `DeviceRefusedError`."""

    async def add_gsm_device(
        self, session: AccountSession, *, device_id: str, apikey: str, name: str
    ) -> Device:
        """Add a GSM device, and return it; raises `DeviceRefusedError`."""

    async def delete_device(self, session: AccountSession, device: Device) -> None:
        """Take a device from the account; raises `DeviceRefusedError`."""

    async def leave_share(self, session: AccountSession, device: Device) -> None:
        """Give back a device that is shared with the account; raises `NotLeftError`."""

    async def rename_device(self, session: AccountSession, device: Device, name: str) -> None:
        """Give a device another name; raises `DeviceRefusedError`."""

    async def rename_channels(
        self, session: AccountSession, device: Device, names: Mapping[str, Any]
    ) -> None:
        """Replace the names of a device's channels, as the cloud keeps them; raises `DeviceRefusedError`."""


@runtime_checkable
class FolderGroups(Protocol):
    """The groups of an account, each a folder with a place among the others (`Feature.GROUPS`)."""

    async def list_groups(self, session: AccountSession) -> Listed[Group]:
        """Return every group of the account."""

    async def add_group(self, session: AccountSession, *, name: str, index: int) -> Group:
        """Add a group, and return it."""

    async def change_group(
        self, session: AccountSession, group: Group, *, name: str | None = None, index: int | None = None
    ) -> Group:
        """Give a group another name or place, and return it."""

    async def delete_group(self, session: AccountSession, group: Group) -> None:
        """Delete a group; its devices stay."""

    async def move_devices(self, session: AccountSession, moves: Sequence[GroupMove]) -> None:
        """Put devices into groups and take them out."""


@runtime_checkable
class ShareCalls(Protocol):
    """Shares of devices by HTTP calls; without this part they are frames of the persistent connection.

    `uid` is the recipient's email address or phone number. Raise `UnknownAccountError`, `ShareError`.
    """

    async def share_device(
        self, session: AccountSession, device: Device, uid: str, *, permit: int | None, note: str
    ) -> None:
        """Share a device with another account, which has it at once."""

    async def change_share(
        self, session: AccountSession, device: Device, uid: str, *, permit: int | None, note: str
    ) -> None:
        """Change what a recipient may do."""

    async def cancel_share(self, session: AccountSession, device: Device, uid: str) -> None:
        """Take a device back from a recipient."""


def part[P](api: CloudApi, kind: Callable[..., P], interface: str) -> P:
    """Return an optional part of a cloud, one of the Protocols of this module.

    Raises `NotSupportedError` if this generation does not have it; nothing was sent.
    """
    if not isinstance(api, cast("type[P]", kind)):
        raise NotSupportedError(interface, reason="this version of the cloud does not have it")
    return api
