"""The interfaces of v2 for homes and rooms."""

from typing import TYPE_CHECKING, Any, Final

from ..errors import CloudError
from .listing import home_item

if TYPE_CHECKING:
    from ..homes import Home
    from .checks import Call
    from .things import Things

TOO_MANY, LAST = 20002, 20003
MOST_ROOMS: Final = 100
MOST_HOMES: Final = 20


class HomeApi:
    """The homes of an account, and what is where in them."""

    def __init__(self, things: Things) -> None:
        """Serve these homes."""
        self._things = things
        self._homes = things.homes

    async def homes(self, call: Call) -> dict[str, Any]:
        """List the homes with their rooms."""
        return {
            "familyList": [
                home_item(self._things.core, home, call.account) for home in self._homes.of(call.account)
            ],
            "currentFamilyId": self._homes.current(call.account).id,
        }

    async def add_home(self, call: Call) -> dict[str, Any]:
        """Make a home, perhaps with rooms."""
        names = call.params.get("roomNameList") or []
        self._name(call)
        if not all(isinstance(name, str) and name for name in names):
            self._things.bad(call, "roomNameList is no list of names")
        if len(self._own(call)) >= MOST_HOMES or len(names) > MOST_ROOMS:
            raise CloudError(TOO_MANY, "too many homes or rooms for the plan")
        first = self._things.first(call)
        home = self._homes.add(call.account, call.params["name"], rooms=tuple(names), first=first)
        shown = home_item(self._things.core, home, call.account)
        return {key: shown[key] for key in ("id", "name", "index", "roomList")}

    def _own(self, call: Call) -> list[Home]:
        return [home for home in self._homes.of(call.account) if home.owner is call.account]

    def _name(self, call: Call) -> str:
        if not call.params["name"]:
            self._things.bad(call, "name is empty")
        return str(call.params["name"])

    async def rename_home(self, call: Call) -> dict[str, Any]:
        """Rename a home, the current one if none is named."""
        self._things.own_home(call, "id").name = self._name(call)
        return {}

    async def delete_home(self, call: Call) -> dict[str, Any]:
        """Delete a home; another one inherits its things, and another one is shown from now on."""
        home = self._things.own_home(call, "id")
        if len(self._own(call)) == 1:
            raise CloudError(LAST, "there is only one home")
        heir, shown = (self._things.own_home(call, key) for key in ("deviceFamily", "switchFamily"))
        if home in {heir, shown}:
            self._things.bad(call, "a home cannot inherit from itself")
        self._homes.remove(home, heir)
        self._homes.switch(call.account, shown)
        return {}

    async def current_home(self, call: Call) -> dict[str, Any]:
        """Switch to another home: in the user's phone, too."""
        self._things.core.violations.record(
            "current_home", "phone", "switches the home that the user's phone shows"
        )
        self._homes.switch(call.account, self._things.home(call, "id"))
        return {}

    async def add_room(self, call: Call) -> dict[str, Any]:
        """Make a room."""
        home, name, first = self._things.own_home(call), self._name(call), self._things.first(call)
        if len(home.rooms) >= MOST_ROOMS:
            raise CloudError(TOO_MANY, "too many rooms for the plan")
        room = self._homes.add_room(home, name, first=first)
        return {"id": room.id, "name": room.name, "index": room.index}

    async def rename_room(self, call: Call) -> dict[str, Any]:
        """Rename a room."""
        name = self._name(call)
        self._things.room(call, call.params["id"])[1].name = name
        return {}

    async def delete_room(self, call: Call) -> dict[str, Any]:
        """Delete a room; its things stay in the home."""
        self._homes.remove_room(*self._things.room(call, call.params["id"]))
        return {}

    async def sort_rooms(self, call: Call) -> dict[str, Any]:
        """Put all rooms of a home in order."""
        home, ids = self._things.own_home(call), self._things.devices(call, "idList")
        if sorted(ids) != sorted(home.rooms):
            self._things.bad(call, "idList is not every room once")
        for index, roomid in enumerate(ids):
            home.rooms[roomid].index = index
        return {}

    async def sort_things(self, call: Call) -> dict[str, Any]:
        """Put all things of a home in order."""
        home, ids = self._things.own_home(call), self._ids(call, "thingList")
        if sorted(ids) != sorted(self._in(call, home)):
            self._things.bad(call, "thingList is not every thing of the home once")
        for index, thing_id in enumerate(ids):
            self._homes.place(call.account, thing_id).index = index
        return {}

    async def move_things(self, call: Call) -> dict[str, Any]:
        """Give a room other things than it had."""
        home, room = self._things.room(call, call.params["roomid"])
        old, new = (self._ids(call, key) for key in ("oldThingList", "newThingList"))
        places = {one: self._homes.place(call.account, one) for one in {*old, *new}}
        if any(places[one].room != room.id for one in old):
            self._things.bad(call, "oldThingList has what is not in the room")
        for one in old:
            places[one].room = None
        for one in new:
            places[one].home, places[one].room = home.id, room.id
        return {}

    def _ids(self, call: Call, key: str) -> list[str]:
        """Return the ids of a list of things that the account has."""
        things = call.params[key]
        if not all(isinstance(one, dict) and type(one.get("itemType")) is int for one in things):
            self._things.bad(call, f"{key} is no list of things")
        known = {one for home in self._own(call) for one in self._in(call, home)}
        ids = [str(one.get("id")) for one in things]
        if not set(ids) <= known or len(set(ids)) < len(ids):
            self._things.bad(call, f"{key} names what is not there, or twice")
        return ids

    def _in(self, call: Call, home: Home) -> list[str]:
        devices = [device.deviceid for device in self._homes.devices_in(call.account, home)]
        return devices + [group.id for group in self._homes.groups_in(call.account, home)]
