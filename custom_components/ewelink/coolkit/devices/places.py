"""Where devices are, and what is switched together: homes with rooms, and control groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..scrubbing import known_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a home; the devices in it name it as their `room_id`."""

    room_id: str
    name: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A home of the account, or one that is shared with it.

    Attributes:
        home_id: its id, which devices name as their `home_id`.
        name: what its owner calls it.
        index: its place among the homes.
        rooms: its rooms, in their order.
        apikey: the account it belongs to, as far as the cloud tells; of a shared home it may be the owner's.
        is_own: whether it is the account's own; None if the cloud does not tell.
        is_current: whether the phone app shows it now.
    """

    home_id: str
    name: str = ""
    index: int = 0
    rooms: tuple[Room, ...] = ()
    apikey: str = field(default="", repr=False)
    is_own: bool | None = None
    is_current: bool = False

    def __post_init__(self) -> None:
        """Keep its key out of errors."""
        known_secrets.note_words(self.apikey)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlGroup:
    """Devices that the cloud switches together; its members name it in their `control_groups`.

    Attributes:
        group_id: its id.
        name: what the owner calls it.
        main_device_id: the member whose kind the group has.
        uiid: the kind of its members; None if the cloud does not tell.
        home_id: the home in which it is; empty if the cloud does not tell.
        room_id: the room in which it is; empty for none.
        index: its place in the list.
        params: what the cloud has stored for it: not the state of its members.
    """

    group_id: str
    name: str = ""
    main_device_id: str = ""
    uiid: int | None = None
    home_id: str = ""
    room_id: str = ""
    index: int = 0
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
