"""Menus of the options for single rooms: their names, what is in them, their end."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
import probatio

from ..coolkit import CoolKitError, Device, Feature, Home, InvalidInputError, Room
from .dialogs import Ended
from .forms import TEXT, Fields, FormError, choice, form_error, nothing_chosen, one_of, short, told_apart
from .options_base import FIELD_NAME, needs
from .options_home import HomeSteps

FIELD_DEVICES: Final = "devices"
FIELD_ROOM: Final = "room"


class RoomSteps(HomeSteps):
    """What can be done with rooms."""

    def __init__(self) -> None:
        """Begin with no room chosen."""
        super().__init__()
        self._room_id = ""
        self._room_names: dict[str, str] = {}

    def _rooms(self) -> list[tuple[Home, Room]]:
        return [(home, room) for home in self._homes() for room in home.rooms]

    def _room_labels(self) -> dict[str, str]:
        """Return labels of the rooms by id, with their homes if there are several."""
        several = len(self._homes()) > 1
        labels = {
            room.room_id: f"{short(home.name)}: {short(room.name)}" if several else short(room.name)
            for home, room in self._rooms()
        }
        return told_apart(labels)

    def _room(self) -> tuple[Home, Room, str]:
        """Return the room that was chosen, with its home and its label; it may be gone meanwhile."""
        for home, room in self._rooms():
            if room.room_id == self._room_id:
                return home, room, self._room_labels()[room.room_id]
        raise Ended("room_gone")

    def _room_field(self) -> Fields:
        """Return the field that chooses a room; there has to be one."""
        if not (labels := self._room_labels()):
            raise Ended("room_gone")
        return one_of(FIELD_ROOM, labels.items())

    async def _async_choose_room(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        go_on: Callable[[], Awaitable[ConfigFlowResult]],
    ) -> ConfigFlowResult:
        """Ask for a room, then go on with it."""
        error: FormError | None = None
        fields = self._room_field()
        if user_input is None:
            self._begin()
        elif room_id := user_input.get(FIELD_ROOM):
            self._room_id = room_id
            return await go_on()
        else:
            error = nothing_chosen(FIELD_ROOM)
        return self._show_form(step_id, fields, error)

    @needs(Feature.HOME_MANAGEMENT, back="homes")
    async def async_step_rename_room(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give a room another name."""
        error: FormError | None = None
        client = self.coordinator.client
        fields = {**self._room_field(), probatio.Required(FIELD_NAME): TEXT}
        if user_input is None:
            self._begin()
            self._room_names = {room.room_id: room.name for _, room in self._rooms()}
        else:
            self._remember(user_input)
            if not (room_id := user_input.get(FIELD_ROOM)):
                error = nothing_chosen(FIELD_ROOM)
            elif (name := user_input[FIELD_NAME].strip()) == self._room_names.get(room_id):
                return await self._async_back("homes", "place_name_unchanged", name=short(name))
            else:
                try:
                    await client.homes.rename_room(room_id, name)
                except CoolKitError as err:
                    error = form_error(err, error_fields={InvalidInputError: FIELD_NAME})
                else:
                    return await self._async_back("homes", "place_renamed", name=short(name))
        return self._show_form("rename_room", fields, error)

    @needs(Feature.HOME_MANAGEMENT, back="homes")
    async def async_step_delete_room(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which room is to be deleted."""
        return await self._async_choose_room("delete_room", user_input, self.async_step_delete_room_confirm)

    async def async_step_delete_room_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then delete the room."""
        error: FormError | None = None
        _, room, label = self._room()
        if user_input is not None:
            try:
                await self.coordinator.client.homes.delete_room(room.room_id)
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back("homes", "room_deleted", room=label)
        return self._show_form("delete_room_confirm", {}, error, room=label)

    @needs(Feature.HOME_MANAGEMENT, back="homes")
    async def async_step_room_devices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which room's devices are to change."""
        return await self._async_choose_room("room_devices", user_input, self.async_step_room_members)

    async def async_step_room_members(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which devices are in the room; move those that the user has changed."""
        error: FormError | None = None
        client = self.coordinator.client
        _, room, label = self._room()
        movable = [device for device in client.devices.values() if self._is_movable(device)]
        members = {device.device_id for device in movable if device.room_id == room.room_id}
        if user_input is None:
            self._begin(**{FIELD_DEVICES: sorted(members)})
        else:
            self._remember(user_input)
            shown, wanted = set(self._shown[FIELD_DEVICES]), set(user_input[FIELD_DEVICES])
            come, go = wanted - shown - members, (shown - wanted) & members
            if not come | go:
                return await self._async_back("homes", "room_unchanged", room=label)
            try:
                await client.homes.change_room(room.room_id, come=sorted(come), go=sorted(go))
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back("homes", "room_changed", room=label)
        devices = choice(self._by_name(movable), multiple=True)
        fields: Fields = {probatio.Required(FIELD_DEVICES, default=list): devices}
        return self._show_form("room_members", fields, error, room=label)

    def _is_movable(self, device: Device) -> bool:
        """Return whether a device is in one of the account's own homes: what is elsewhere is up to others."""
        return device.home_id in {home.home_id for home in self._homes()}
