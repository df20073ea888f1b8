"""What an account's owner changes of its homes: homes, rooms, their order, and what is in them."""

from collections.abc import Awaitable, Callable, Sequence
import logging
from typing import Final

from .authorization import Authorization
from .cloud.api import CloudApi, part
from .cloud.auth import AccountSession
from .cloud.parts import HomeManagement
from .device_list import DeviceList
from .devices.places import Home, Room
from .exceptions import CoolKitError, InvalidInputError, UnknownHomeError
from .group_management import named
from .places import Places
from .store import DeviceStore

_LOGGER = logging.getLogger(__name__)

_CHANGE: Final = "changing the homes"
# What a thing is in the list of a room: a device of the account, one that is shared with it, a control group.
_OWN, _SHARED, _GROUP = 1, 2, 3


class HomeChanges:
    """Changes homes; what the cloud has accepted shows at once.

    Every call raises `NotSupportedError` before anything is sent where the cloud has no homes,
    `UnknownHomeError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
    Source: API Center V2, Family; docs/protocol.md, Version 2.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        store: DeviceStore,
        device_list: DeviceList,
        authorization: Authorization,
        places: Places,
    ) -> None:
        """Change the homes of the account that is signed in."""
        self._api = api
        self._store = store
        self._list = device_list
        self._authorization = authorization
        self._places = places

    # What there is

    async def refresh(self) -> None:
        """Read the homes with their rooms; what is in them comes with the list."""
        self._places.take_homes(await self._places.read_homes())

    def home(self, home_id: str) -> Home:
        """Return a home; raises `UnknownHomeError`."""
        try:
            return self._places.homes[home_id]
        except KeyError:
            raise UnknownHomeError(_CHANGE, reason="the account has no such home") from None

    def room(self, room_id: str) -> tuple[Home, Room]:
        """Return a room with its home; raises `UnknownHomeError`."""
        for home in self._places.homes.values():
            for room in home.rooms:
                if room.room_id == room_id:
                    return home, room
        raise UnknownHomeError(_CHANGE, reason="the account has no such room")

    # Homes

    async def add_home(self, name: str, rooms: Sequence[str] = ()) -> str:
        """Make a home behind the others, perhaps with rooms, and return its id."""
        name = named(_CHANGE, name)
        names = [named(_CHANGE, room) for room in rooms]
        return await self._change(lambda calls, session: calls.add_home(session, name=name, rooms=names))

    async def rename_home(self, home_id: str, name: str) -> None:
        """Give a home another name."""
        home, name = self.home(home_id), named(_CHANGE, name)
        await self._change(lambda calls, session: calls.rename_home(session, home, name))

    async def delete_home(self, home_id: str, heir_id: str) -> None:
        """Delete a home; what is in it goes to another one of the account's own.

        The phone app goes on showing the home that it shows now; if that is deleted, it shows the heir.
        """
        home, heir = self.home(home_id), self.home(heir_id)
        if home is heir:
            raise InvalidInputError(_CHANGE, reason="a home cannot inherit from itself")
        shown = next((one for one in self._places.homes.values() if one.is_current), heir)
        shown = heir if shown is home or shown.is_own is False else shown
        await self._change(
            lambda calls, session: calls.delete_home(session, home, devices_to=heir, shown_instead=shown),
            moves=True,
        )

    # Rooms

    async def add_room(self, home_id: str, name: str) -> str:
        """Make a room behind the others, and return its id."""
        home, name = self.home(home_id), named(_CHANGE, name)
        return await self._change(lambda calls, session: calls.add_room(session, home, name=name))

    async def rename_room(self, room_id: str, name: str) -> None:
        """Give a room another name."""
        (_, room), name = self.room(room_id), named(_CHANGE, name)
        await self._change(lambda calls, session: calls.rename_room(session, room, name))

    async def delete_room(self, room_id: str) -> None:
        """Delete a room; what is in it stays in the home."""
        _, room = self.room(room_id)
        await self._change(lambda calls, session: calls.delete_room(session, room), moves=True)

    async def order_rooms(self, home_id: str, room_ids: Sequence[str]) -> None:
        """Put rooms of a home into this order; those that are not named follow in the order they have."""
        home = self.home(home_id)
        known = [room.room_id for room in home.rooms]
        order = list(dict.fromkeys([*room_ids, *known]))
        if len(order) != len(known):
            raise UnknownHomeError(_CHANGE, reason="a room is not in this home")
        if order != known:
            await self._change(lambda calls, session: calls.order_rooms(session, home, order))

    async def move_to_room(self, device_id: str, room_id: str) -> None:
        """Put one device into a room, of another home perhaps; raises `UnknownDeviceError`, too."""
        device, (_, room) = self._store.get(device_id), self.room(room_id)
        if device.room_id == room.room_id:
            return
        await self._change(
            lambda calls, session: calls.move_to_room(session, device, room.room_id), moves=True
        )

    async def change_room(self, room_id: str, *, come: Sequence[str], go: Sequence[str]) -> None:
        """Put devices into a room and take others out of it; all else in it stays."""
        _, room = self.room(room_id)
        arriving = [self._store.get(device_id).device_id for device_id in come]
        before = [
            *(
                (_OWN if device.shared_by is None else _SHARED, device.device_id)
                for device in self._store.devices.values()
                if device.room_id == room_id
            ),
            *(
                (_GROUP, group.group_id)
                for group in self._places.control_groups.values()
                if group.room_id == room_id
            ),
        ]
        present = {thing_id for _, thing_id in before}
        new = [
            (_OWN if self._store.get(one).shared_by is None else _SHARED, one)
            for one in arriving
            if one not in present
        ]
        after = [thing for thing in before if thing[1] not in go] + new
        if after != before:
            await self._change(
                lambda calls, session: calls.change_room_things(session, room, before=before, after=after),
                moves=True,
            )

    async def _change[R](
        self, call: Callable[[HomeManagement, AccountSession], Awaitable[R]], *, moves: bool = False
    ) -> R:
        """Make a change, and read what has become of it: the homes, and the list if devices `move`."""
        calls = part(self._api, HomeManagement, _CHANGE)

        async def change() -> R:
            return await self._authorization.http(lambda session: call(calls, session))

        result = await self._list.exclusively(change)
        if moves:
            await self._list.read_or_request()
        # A list keeps for a while what it lacks; what was deleted here is gone.
        try:
            await self.refresh()
        except CoolKitError as error:
            _LOGGER.debug("Cannot read the homes now: %s", error)
            self._list.requests.request(0)
        return result
