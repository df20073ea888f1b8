"""Homes and rooms of version 2, which things are in them, and the messages of an account."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ...devices.fields import bounded_time, read_text
from ...devices.places import Home, Room
from ...exceptions import CloudError, InvalidInputError
from ..answers import whole
from ..auth import AccountSession
from ..interface import Interface
from ..records import Message
from .caller import CallerV2
from .interfaces import (
    ADD_HOME,
    ADD_ROOM,
    DELETE_HOME,
    DELETE_ROOM,
    FILL_ROOM,
    MESSAGES,
    ORDER_ROOMS,
    ORDER_THINGS,
    RENAME_HOME,
    RENAME_ROOM,
)

MOST_ROOMS: Final = 100
MOST_MESSAGES: Final = 30
# A new home or room goes behind the others.
_LAST: Final = 2

# A thing by its type in the list (own device, shared device, group) and its id.
type ThingId = tuple[int, str]


class HomesV2(CallerV2):
    """Makes and changes homes and rooms; they are read by `list_homes`."""

    async def add_home(self, session: AccountSession, *, name: str, rooms: Sequence[str] = ()) -> str:
        """Make a home with rooms of these names, and return its id.

        Raises `InvalidInputError` (also for more homes than the plan has), `FeatureRefusedError`, and as all
        calls do.
        """
        if len(rooms) > MOST_ROOMS:
            raise InvalidInputError(ADD_HOME.name, reason=f"a home has at most {MOST_ROOMS} rooms")
        parameters = {"name": name, "sort": _LAST, "roomNameList": list(rooms)}
        return _new_id(ADD_HOME, await self._bearer(session, ADD_HOME, parameters), "family")

    async def rename_home(self, session: AccountSession, home: Home, name: str) -> None:
        """Give a home another name; raises `UnknownHomeError`, and as `add_home` does."""
        await self._change(session, RENAME_HOME, {"id": home.home_id, "name": name})

    async def delete_home(
        self, session: AccountSession, home: Home, *, devices_to: Home, shown_instead: Home
    ) -> None:
        """Delete a home; its devices go to one home, and the phone app shows another one, or the same.

        Raises `UnknownHomeError`, `InvalidInputError` (also for the last home), `FeatureRefusedError`, and as
        all calls do.
        """
        parameters = {
            "id": home.home_id,
            "deviceFamily": devices_to.home_id,
            "switchFamily": shown_instead.home_id,
        }
        await self._change(session, DELETE_HOME, parameters)

    async def add_room(self, session: AccountSession, home: Home, *, name: str) -> str:
        """Make a room in a home, and return its id; raises `UnknownHomeError`, and as `add_home` does."""
        if len(home.rooms) >= MOST_ROOMS:
            raise InvalidInputError(ADD_ROOM.name, reason=f"a home has at most {MOST_ROOMS} rooms")
        parameters = {"familyid": home.home_id, "name": name, "sort": _LAST}
        return _new_id(ADD_ROOM, await self._bearer(session, ADD_ROOM, parameters), "room")

    async def rename_room(self, session: AccountSession, room: Room, name: str) -> None:
        """Give a room another name; raises `UnknownHomeError`, and as `add_home` does."""
        await self._change(session, RENAME_ROOM, {"id": room.room_id, "name": name})

    async def delete_room(self, session: AccountSession, room: Room) -> None:
        """Delete a room; its devices stay in the home. Raises `UnknownHomeError`, and as `add_home` does."""
        await self._change(session, DELETE_ROOM, {"id": room.room_id})

    async def order_rooms(self, session: AccountSession, home: Home, room_ids: Sequence[str]) -> None:
        """Put the rooms of a home into an order, which has to name all of them.

        Raises `UnknownHomeError`, and as `add_home` does.
        """
        parameters = {"familyid": home.home_id, "idList": list(room_ids)}
        await self._change(session, ORDER_ROOMS, parameters)

    async def order_things(self, session: AccountSession, home: Home, things: Sequence[ThingId]) -> None:
        """Put the things of a home into an order, which has to name all of them.

        Raises `UnknownHomeError`, and as `add_home` does.
        """
        parameters = {"familyid": home.home_id, "thingList": _things(things)}
        await self._change(session, ORDER_THINGS, parameters)

    async def change_room_things(
        self, session: AccountSession, room: Room, *, before: Sequence[ThingId], after: Sequence[ThingId]
    ) -> None:
        """Change which things are in a room; `before` are all that are in it now, or it is an error.

        Raises `UnknownHomeError`, and as `add_home` does.
        """
        parameters = {
            "roomid": room.room_id,
            "oldThingList": _things(before),
            "newThingList": _things(after),
        }
        await self._change(session, FILL_ROOM, parameters)

    async def list_messages(
        self,
        session: AccountSession,
        *,
        home_id: str | None = None,
        before: datetime | None = None,
        limit: int = MOST_MESSAGES,
    ) -> list[Message]:
        """Return up to 30 of the last messages to the account, or of those before a time.

        Raises `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        if not 1 <= limit <= MOST_MESSAGES:
            raise InvalidInputError(MESSAGES.name, reason=f"between 1 and {MOST_MESSAGES} are read at once")
        parameters: dict[str, Any] = {"num": limit}
        if home_id:
            parameters["familyid"] = home_id
        if before is not None:
            parameters["from"] = int(before.timestamp() * 1000)
        answer = await self._bearer(session, MESSAGES, parameters)
        items = answer.get("messageList") if isinstance(answer, Mapping) else None
        if not isinstance(items, list):
            raise CloudError(MESSAGES.name, reason="no list in the answer")
        found = (_message(item) for item in items[:MOST_MESSAGES] if isinstance(item, Mapping))
        return [message for message in found if message is not None]


def _things(things: Sequence[ThingId]) -> list[dict[str, Any]]:
    return [{"itemType": kind, "id": thing_id} for kind, thing_id in things]


def _new_id(interface: Interface, answer: Any, inner: str) -> str:
    """Return the id of what was made, which stands in the answer or in an object in it."""
    if isinstance(answer, Mapping):
        for place in (answer, answer.get(inner)):
            if isinstance(place, Mapping) and (found := read_text(place.get("id"))) is not None:
                return found
    raise CloudError(interface.name, reason="no id in the answer")


def _message(item: Mapping[str, Any]) -> Message | None:
    """Return a message; None for one that has no time."""
    milliseconds = whole(item.get("date"))
    try:
        time = None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
    except OverflowError, OSError, ValueError:
        time = None
    if time is None or (time := bounded_time(time)) is None:
        return None
    return Message(
        message_id=read_text(item.get("msgid")) or "",
        kind=read_text(item.get("msgType")) or "",
        time=time,
        content=item.get("message"),
    )
