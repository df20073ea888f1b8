"""Homes with their rooms and control groups, and where each account keeps its things."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .devices import Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .accounts import Account
    from .core import Core
    from .devices import SimulatedDevice
    from .household import Household

FIRST: Final = -10  # the order of things is no count from zero
STEP: Final = 3


@dataclass(slots=True, kw_only=True)
class Room:
    """A room of a home."""

    id: str
    name: str
    index: int


@dataclass(slots=True, kw_only=True, eq=False)
class Home:
    """A home of an account, perhaps shared with others as a whole."""

    id: str
    owner: Account
    name: str
    index: int
    rooms: dict[str, Room] = field(default_factory=dict)
    members: dict[str, Account] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class ControlGroup:
    """Devices of one kind that are commanded together; `members` has the main device in front."""

    id: str
    owner: Account
    name: str
    members: list[str]
    uiid: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Place:
    """Where an account keeps a thing."""

    home: str
    room: str | None = None
    index: int = 0


class Homes:
    """The homes of all accounts."""

    def __init__(self, core: Core, household: Household) -> None:
        """Start without a home; an account gets its first one when it is asked for."""
        self._core = core
        self._household = household
        self.homes: dict[str, Home] = {}
        self.groups: dict[str, ControlGroup] = {}
        self._current: dict[str, str] = {}
        self._places: dict[tuple[str, str], Place] = {}

    def _id(self) -> str:
        return f"{self._core.rng.getrandbits(96):024x}"

    def of(self, account: Account) -> list[Home]:
        """Return the homes that an account has, its own first."""
        own = [home for home in self.homes.values() if home.owner is account]
        if not own:
            own = [self.add(account, "My home")]
        shared = [home for home in self.homes.values() if account.apikey in home.members]
        return sorted(own, key=lambda home: home.index) + shared

    def current(self, account: Account) -> Home:
        """Return the home that the phone of an account shows now."""
        homes = self.of(account)
        return next((home for home in homes if home.id == self._current.get(account.apikey)), homes[0])

    def switch(self, account: Account, home: Home) -> None:
        """Let the phone of an account show another home."""
        self._current[account.apikey] = home.id

    def add(self, account: Account, name: str, *, rooms: tuple[str, ...] = (), first: bool = False) -> Home:
        """Give an account a further home."""
        indexes = [home.index for home in self.homes.values() if home.owner is account]
        index = _beside(indexes, first=first)
        home = Home(id=self._id(), owner=account, name=name, index=index)
        self.homes[home.id] = home
        for room in rooms:
            self.add_room(home, room)
        return home

    def add_room(self, home: Home, name: str, *, first: bool = False) -> Room:
        """Give a home a further room."""
        index = _beside([room.index for room in home.rooms.values()], first=first)
        room = Room(id=self._id(), name=name, index=index)
        home.rooms[room.id] = room
        return room

    def share(self, home: Home, account: Account) -> None:
        """Share a home as a whole."""
        home.members[account.apikey] = account
        for device in self.devices_in(home.owner, home):
            device.shares[account.apikey] = Share(account=account, home=home.id)

    def remove(self, home: Home, heir: Home) -> None:
        """Delete a home; what is in it goes to another one."""
        del self.homes[home.id]
        for place in self._places.values():
            if place.home == home.id:
                place.home, place.room = heir.id, None

    def remove_room(self, home: Home, room: Room) -> None:
        """Delete a room; what is in it stays in the home."""
        del home.rooms[room.id]
        for place in self._places.values():
            if place.room == room.id:
                place.room = None

    def place(self, account: Account, thing: str) -> Place:
        """Return where an account keeps a thing; a new one is at the end of its oldest home."""
        key = (account.apikey, thing)
        if key not in self._places:
            self.of(account)
            home = next(home for home in self.homes.values() if home.owner is account)
            self._places[key] = Place(home=home.id, index=self._next_index(account))
        return self._places[key]

    def put(
        self, account: Account, thing: str, home: Home, room: Room | None = None, *, first: bool = False
    ) -> None:
        """Let an account keep a thing in a home, and perhaps in a room."""
        for device in self._household.devices_of(account):
            if device.deviceid != thing:
                self.place(account, device.deviceid)
        index = self._next_index(account, first=first)
        roomid = None if room is None else room.id
        self._places[account.apikey, thing] = Place(home=home.id, room=roomid, index=index)

    def forget(self, account: Account, thing: str) -> None:
        """Forget where a thing was that is gone."""
        self._places.pop((account.apikey, thing), None)

    def _next_index(self, account: Account, *, first: bool = False) -> int:
        taken = [place.index for (apikey, _), place in self._places.items() if apikey == account.apikey]
        return _beside(taken, first=first)

    def devices_in(self, account: Account, home: Home) -> Iterator[SimulatedDevice]:
        """Yield the devices that an account sees in a home."""
        for device in self._household.devices_of(account):
            share = device.shares.get(account.apikey)
            if share is not None and share.home is not None:
                if share.home == home.id:
                    yield device
            elif self.place(account, device.deviceid).home == home.id:
                yield device

    def groups_in(self, account: Account, home: Home) -> Iterator[ControlGroup]:
        """Yield the control groups of an account in a home."""
        for group in self.groups_of(account):
            if self.place(account, group.id).home == home.id:
                yield group

    def groups_of(self, account: Account) -> list[ControlGroup]:
        """Return the control groups of an account, without those whose main device is gone."""
        for group in list(self.groups.values()):
            main = self._household.devices.get(group.members[0])
            if main is None or not main.seen_by(group.owner):
                del self.groups[group.id]
        return [group for group in self.groups.values() if group.owner is account]

    def add_group(self, account: Account, name: str, members: list[str]) -> ControlGroup:
        """Make a control group; members of another kind than the main device are left out."""
        group = ControlGroup(id=self._id(), owner=account, name=name, members=[])
        self.groups[group.id] = group
        self.set_members(group, members)
        return group

    def set_members(self, group: ControlGroup, members: list[str]) -> None:
        """Give a group its members, the main device in front; those of another kind are left out."""
        devices = self._household.devices
        main = devices[members[0]]
        group.uiid = main.uiid
        group.members = [
            one
            for one in dict.fromkeys(members)
            if one in devices and devices[one].uiid == main.uiid and devices[one].seen_by(group.owner)
        ]
        group.params = group.params or {
            key: value for key, value in main.params.items() if key in {"switch", "switches"}
        }


def _beside(indexes: list[int], *, first: bool) -> int:
    if not indexes:
        return FIRST
    return min(indexes) - STEP if first else max(indexes) + STEP
