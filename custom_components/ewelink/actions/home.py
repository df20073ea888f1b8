"""Actions for the homes and rooms of an account."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from homeassistant.const import ATTR_NAME
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers.typing import VolDictType
from homeassistant.util.json import JsonObjectType, JsonValueType
import probatio

from ..coolkit import Device, Feature, Home, Room
from ..coordinator import EwelinkCoordinator
from ..texts import NOTHING, quoted
from .common import (
    ACCOUNT_FIELD,
    DEVICES_FIELD,
    Action,
    async_describe_device,
    async_target_account,
    async_target_devices,
    errors_shown,
    invalid,
    text,
)
from .permissions import Access, async_read_check

ATTR_HEIR: Final = "move_devices_to"
ATTR_HOME: Final = "home"
ATTR_ROOM: Final = "room"
ATTR_ROOMS: Final = "rooms"


@callback
def _describe_all(
    coordinator: EwelinkCoordinator, may_read: Callable[[object], bool] = lambda _device_id: True
) -> JsonObjectType:
    """Return every home with its rooms, in their order, and the devices in them that may be read."""

    def devices(which: Callable[[Device], bool]) -> list[JsonValueType]:
        described = (
            async_describe_device(coordinator, device.device_id)
            for device in coordinator.client.devices.values()
            if which(device)
        )
        return [one for one in described if may_read(one["device_id"])]

    def describe(home: Home) -> JsonValueType:
        rooms = {room.room_id for room in home.rooms}
        return {
            "id": home.home_id,
            "name": home.name,
            "own": home.is_own is not False,
            "rooms": [
                {
                    "id": room.room_id,
                    "name": room.name,
                    "devices": devices(partial(_is_in, room)),
                }
                for room in home.rooms
            ],
            "without_room": devices(
                lambda device: device.home_id == home.home_id and device.room_id not in rooms
            ),
        }

    return {"homes": [describe(home) for home in coordinator.client.places.homes.values()]}


def _is_in(room: Room, device: Device) -> bool:
    return device.room_id == room.room_id


async def _async_account(call: ServiceCall) -> EwelinkCoordinator:
    """Return the account that is meant, with its homes read."""
    coordinator = async_target_account(call)
    with errors_shown():
        await coordinator.client.homes.refresh()
    return coordinator


def _matching[T: (Home, Room)](items: Iterable[tuple[str, T]], wanted: str) -> dict[str, T]:
    """Return by id what is meant by an id or a name."""
    known = dict(items)
    if wanted in known:
        return {wanted: known[wanted]}
    return {one: item for one, item in known.items() if item.name.casefold() == wanted.casefold()}


def _names(items: Iterable[Home | Room]) -> str:
    return ", ".join(item.name for item in items) or NOTHING


def _home(coordinator: EwelinkCoordinator, wanted: str | None) -> Home:
    """Return a home; without a name the only one of the account's own."""
    homes = [home for home in coordinator.client.places.homes.values() if home.is_own is not False]
    if wanted is None:
        if len(homes) != 1:
            raise invalid("home_required", known=_names(homes))
        return homes[0]
    found = _matching(((home.home_id, home) for home in homes), wanted)
    if not found:
        raise invalid("no_such_home", wanted=quoted(wanted), known=_names(homes))
    if len(found) > 1:
        raise invalid("home_ambiguous", wanted=quoted(wanted), ids=", ".join(found))
    return next(iter(found.values()))


def _room(homes: Iterable[Home], wanted: str) -> Room:
    """Return a room of homes."""
    rooms = [room for home in homes for room in home.rooms]
    found = _matching(((room.room_id, room) for room in rooms), wanted)
    if not found:
        raise invalid("no_such_room", wanted=quoted(wanted), known=_names(rooms))
    if len(found) > 1:
        raise invalid("room_ambiguous", wanted=quoted(wanted), ids=", ".join(found))
    return next(iter(found.values()))


def _room_of(coordinator: EwelinkCoordinator, call: ServiceCall) -> Room:
    """Return the room that a call names: of the home that it names, or of any of the account's own."""
    if (name := call.data.get(ATTR_HOME)) is not None:
        homes = [_home(coordinator, name)]
    else:
        homes = [home for home in coordinator.client.places.homes.values() if home.is_own is not False]
    return _room(homes, call.data[ATTR_ROOM])


async def _async_list_homes(call: ServiceCall) -> ServiceResponse:
    """Read the homes of an account, with those of their devices that the user may read."""
    coordinator = await _async_account(call)
    return _describe_all(coordinator, await async_read_check(call))


async def _async_add_home(call: ServiceCall) -> ServiceResponse:
    """Make a home, perhaps with rooms."""
    coordinator = await _async_account(call)
    with errors_shown():
        await coordinator.client.homes.add_home(call.data[ATTR_NAME], call.data[ATTR_ROOMS])
    return _describe_all(coordinator)


async def _async_rename_home(call: ServiceCall) -> ServiceResponse:
    """Give a home another name."""
    coordinator = await _async_account(call)
    home = _home(coordinator, call.data[ATTR_HOME])
    with errors_shown():
        await coordinator.client.homes.rename_home(home.home_id, call.data[ATTR_NAME])
    return _describe_all(coordinator)


async def _async_delete_home(call: ServiceCall) -> ServiceResponse:
    """Delete a home; its devices go to another one."""
    coordinator = await _async_account(call)
    home, heir = _home(coordinator, call.data[ATTR_HOME]), _home(coordinator, call.data[ATTR_HEIR])
    if home is heir:
        raise invalid("heir_is_home", wanted=home.name)
    with errors_shown():
        await coordinator.client.homes.delete_home(home.home_id, heir.home_id)
    return _describe_all(coordinator)


async def _async_add_room(call: ServiceCall) -> ServiceResponse:
    """Make a room."""
    coordinator = await _async_account(call)
    home = _home(coordinator, call.data.get(ATTR_HOME))
    with errors_shown():
        await coordinator.client.homes.add_room(home.home_id, call.data[ATTR_NAME])
    return _describe_all(coordinator)


async def _async_rename_room(call: ServiceCall) -> ServiceResponse:
    """Give a room another name."""
    coordinator = await _async_account(call)
    room = _room_of(coordinator, call)
    with errors_shown():
        await coordinator.client.homes.rename_room(room.room_id, call.data[ATTR_NAME])
    return _describe_all(coordinator)


async def _async_delete_room(call: ServiceCall) -> ServiceResponse:
    """Delete a room; its devices stay in the home."""
    coordinator = await _async_account(call)
    room = _room_of(coordinator, call)
    with errors_shown():
        await coordinator.client.homes.delete_room(room.room_id)
    return _describe_all(coordinator)


async def _async_order_rooms(call: ServiceCall) -> ServiceResponse:
    """Put rooms of a home into an order; those that are not named follow."""
    coordinator = await _async_account(call)
    home = _home(coordinator, call.data.get(ATTR_HOME))
    rooms = [_room([home], wanted) for wanted in call.data[ATTR_ROOMS]]
    with errors_shown():
        await coordinator.client.homes.order_rooms(home.home_id, [room.room_id for room in rooms])
    return _describe_all(coordinator)


async def _async_move_to_room(call: ServiceCall) -> ServiceResponse:
    """Put devices into a room."""
    coordinator, devices = async_target_devices(call)
    with errors_shown():
        await coordinator.client.homes.refresh()
    room = _room_of(coordinator, call)
    with errors_shown():
        for device in devices:
            await coordinator.client.homes.move_to_room(device.device_id, room.room_id)
    return _describe_all(coordinator)


_TEXTS: Final = probatio.All(probatio.EnsureList(), [text])
_HOME: Final[VolDictType] = {probatio.Optional(ATTR_HOME): text}
_ROOM: Final[VolDictType] = {**_HOME, probatio.Required(ATTR_ROOM): text}
_NAME: Final[VolDictType] = {probatio.Required(ATTR_NAME): text}

HOME_ACTIONS: Final = {
    "list_homes": Action(
        handle=_async_list_homes,
        fields=ACCOUNT_FIELD,
        access=Access.READ,
        response=SupportsResponse.ONLY,
        feature=Feature.HOMES,
    ),
    **{
        name: Action(handle=handle, fields=fields, access=Access.ADMIN, feature=Feature.HOME_MANAGEMENT)
        for name, handle, fields in (
            (
                "add_home",
                _async_add_home,
                {**ACCOUNT_FIELD, **_NAME, probatio.Optional(ATTR_ROOMS, default=list): _TEXTS},
            ),
            (
                "rename_home",
                _async_rename_home,
                {**ACCOUNT_FIELD, probatio.Required(ATTR_HOME): text, **_NAME},
            ),
            (
                "delete_home",
                _async_delete_home,
                {
                    **ACCOUNT_FIELD,
                    probatio.Required(ATTR_HOME): text,
                    probatio.Required(ATTR_HEIR): text,
                },
            ),
            ("add_room", _async_add_room, {**ACCOUNT_FIELD, **_HOME, **_NAME}),
            ("rename_room", _async_rename_room, {**ACCOUNT_FIELD, **_ROOM, **_NAME}),
            ("delete_room", _async_delete_room, {**ACCOUNT_FIELD, **_ROOM}),
            (
                "order_rooms",
                _async_order_rooms,
                {
                    **ACCOUNT_FIELD,
                    **_HOME,
                    probatio.Required(ATTR_ROOMS): probatio.All(_TEXTS, probatio.Length(min=1)),
                },
            ),
        )
    },
    # It is a change of the device.
    "move_to_room": Action(
        handle=_async_move_to_room,
        fields={**DEVICES_FIELD, **_ROOM},
        access=Access.ADMIN,
        feature=Feature.DEVICE_MANAGEMENT,
    ),
}
