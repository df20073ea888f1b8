"""What only some generations of the cloud have: optional parts, to be asked for with `part`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from ..devices.device import Device
from ..devices.params import Params
from ..devices.places import ControlGroup, Home, Room
from .api import CodePurpose
from .auth import AccountSession
from .entries import Listed
from .records import Firmware, HistoryEntry, Message, Outcome, Profile
from .region import Region


@runtime_checkable
class PasswordSignIn(Protocol):
    """Signing in with a password, and what belongs to it."""

    async def find_region(self, country_code: str) -> Region:
        """Return the region of a country's accounts, by its dial code."""

    async def sign_in(
        self,
        region: str,
        *,
        password: str,
        country_code: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Sign in with exactly one of email and phone number."""

    async def send_code(
        self,
        region: str,
        purpose: CodePurpose,
        *,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> Region:
        """Have a verification code sent, and return the region that took it."""

    async def register(
        self,
        region: str,
        *,
        code: str,
        password: str,
        country_code: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Create an account with a verification code."""

    async def reset_password(
        self,
        region: str,
        *,
        code: str,
        password: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Set a new password with a verification code."""


@runtime_checkable
class ControlGroupCommands(Protocol):
    """Commands to control groups (`Feature.CONTROL_GROUPS`)."""

    async def update_control_group(
        self, session: AccountSession, group: ControlGroup, params: Params
    ) -> None:
        """Send params to all members of a group; raises `UnknownGroupError`."""


@runtime_checkable
class ControlGroupManagement(Protocol):
    """Making and changing control groups (`Feature.CONTROL_GROUP_MANAGEMENT`)."""

    async def add_control_group(
        self,
        session: AccountSession,
        *,
        name: str,
        main_device_id: str,
        device_ids: Sequence[str],
        home_id: str | None = None,
        room_id: str | None = None,
    ) -> tuple[ControlGroup, list[Device]]:
        """Make a group, and return it with its members."""

    async def rename_control_group(self, session: AccountSession, group: ControlGroup, name: str) -> None:
        """Give a group another name."""

    async def delete_control_group(self, session: AccountSession, group: ControlGroup) -> None:
        """Delete a group; its members stay."""

    async def change_members(
        self, session: AccountSession, group: ControlGroup, device_ids: Sequence[str]
    ) -> list[Device]:
        """Replace the members of a group, and return those that changed."""


@runtime_checkable
class HomeManagement(Protocol):
    """Making and changing homes and rooms (`Feature.HOME_MANAGEMENT`)."""

    async def list_homes(self, session: AccountSession) -> Listed[Home]:
        """Return every home with its rooms."""

    async def add_home(self, session: AccountSession, *, name: str, rooms: Sequence[str] = ()) -> str:
        """Make a home, and return its id."""

    async def rename_home(self, session: AccountSession, home: Home, name: str) -> None:
        """Give a home another name."""

    async def delete_home(
        self, session: AccountSession, home: Home, *, devices_to: Home, shown_instead: Home
    ) -> None:
        """Delete a home; its devices go to another one."""

    async def add_room(self, session: AccountSession, home: Home, *, name: str) -> str:
        """Make a room, and return its id."""

    async def rename_room(self, session: AccountSession, room: Room, name: str) -> None:
        """Give a room another name."""

    async def delete_room(self, session: AccountSession, room: Room) -> None:
        """Delete a room; its devices stay in the home."""

    async def order_rooms(self, session: AccountSession, home: Home, room_ids: Sequence[str]) -> None:
        """Put all rooms of a home in order."""

    async def move_to_room(self, session: AccountSession, device: Device, room_id: str) -> None:
        """Put a device into another room."""

    async def change_room_things(
        self,
        session: AccountSession,
        room: Room,
        *,
        before: Sequence[tuple[int, str]],
        after: Sequence[tuple[int, str]],
    ) -> None:
        """Change which things are in a room; `before` are all that are in it now, by their type and id."""


@runtime_checkable
class DeviceHistory(Protocol):
    """What was done with devices (`Feature.HISTORY`)."""

    async def list_history(
        self, session: AccountSession, device: Device, *, before: datetime | None = None, limit: int = 30
    ) -> list[HistoryEntry]:
        """Return the last operations on a device, or those before a time."""

    async def clear_history(self, session: AccountSession, device: Device) -> None:
        """Delete the history of a device."""


@runtime_checkable
class FirmwareQueries(Protocol):
    """Which devices have newer firmware (`Feature.FIRMWARE`)."""

    async def list_firmware(self, session: AccountSession, devices: Sequence[Device]) -> list[Firmware]:
        """Return newer firmwares for up to 30 devices."""


@runtime_checkable
class DeviceSettings(Protocol):
    """What the app keeps for devices (`Feature.DEVICE_SETTINGS`)."""

    async def change_settings(
        self, session: AccountSession, devices: Sequence[Device], settings: Mapping[str, Any]
    ) -> list[Device]:
        """Change the settings that are named."""


@runtime_checkable
class BatchCommands(Protocol):
    """Commands to several devices in one call (`Feature.BATCH`)."""

    async def update_several(
        self, session: AccountSession, commands: Mapping[str, Params]
    ) -> dict[str, Outcome]:
        """Send params to up to ten devices, and return what became of each."""


@runtime_checkable
class Messages(Protocol):
    """Messages to the account (`Feature.MESSAGES`)."""

    async def list_messages(
        self,
        session: AccountSession,
        *,
        home_id: str | None = None,
        before: datetime | None = None,
        limit: int = 30,
    ) -> list[Message]:
        """Return the last messages, or those before a time."""


@runtime_checkable
class DeviceTags(Protocol):
    """What the app keeps for devices beside names of channels (`Feature.DEVICE_MANAGEMENT`)."""

    async def merge_tags(self, session: AccountSession, device: Device, tags: Mapping[str, Any]) -> None:
        """Replace the tags that are named, each as a whole; raises `DeviceRefusedError`."""


@runtime_checkable
class Profiles(Protocol):
    """What the cloud knows of the account itself (`Feature.PROFILE`)."""

    async def get_profile(self, session: AccountSession) -> Profile:
        """Return it."""

    async def sign_out(self, session: AccountSession) -> None:
        """Let the cloud forget the tokens."""
