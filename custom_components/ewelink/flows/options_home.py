"""Menus of the options for the homes and rooms of an account."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import TextSelectorConfig
import probatio

from ..coolkit import CoolKitError, Feature, Home, InvalidInputError
from ..errors import as_home_assistant_error
from ..markdown import Markdown, escape
from ..texts import async_error_message, listed
from .dialogs import Ended
from .forms import (
    TEXT,
    Fields,
    FormError,
    Text,
    choice,
    form_error,
    nothing_chosen,
    one_of,
    short,
    told_apart,
)
from .options_base import FIELD_NAME, OptionsSteps, needs

FIELD_HEIR: Final = "heir"
FIELD_HOME: Final = "home"
FIELD_ROOMS: Final = "rooms"

_TEXTS: Final = Text(TextSelectorConfig(multiple=True))
_IN_NAME: Final[dict[type[CoolKitError], str]] = {InvalidInputError: FIELD_NAME}
_CHANGED: Final = Feature.HOME_MANAGEMENT


class HomeSteps(OptionsSteps):
    """What can be done with homes."""

    def __init__(self) -> None:
        """Begin with no home chosen."""
        super().__init__()
        self._home_id = ""
        # What the forms have shown.
        self._home_names: dict[str, str] = {}
        self._order_shown: list[str] = []

    @needs(Feature.HOMES)
    async def async_step_homes(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Read homes and rooms, list them, and ask what to do."""
        if self._done_at != "homes":
            await self._async_read_homes()
        homes = self._homes()
        options = ["add_home"]
        if homes:
            options += ["rename_home", "add_room"]
        if any(home.rooms for home in homes):
            options += ["rename_room", "room_devices", "delete_room"]
        if any(len(home.rooms) > 1 for home in homes):
            options.insert(4, "order_rooms")
        if len(homes) > 1:
            options.append("delete_home")
        return self._show_menu("homes", [*options, "init"], homes=self._home_listing())

    async def _async_read_homes(self) -> None:
        try:
            await self.coordinator.client.homes.refresh()
        except CoolKitError as err:
            message = await async_error_message(self.hass, as_home_assistant_error(err))
            raise Ended("homes_unread", error=message) from err

    def _homes(self) -> list[Home]:
        """Return the account's own homes: those of others are theirs to change."""
        places = self.coordinator.client.places
        return [home for home in places.homes.values() if home.is_own is not False]

    def _home_labels(self) -> dict[str, str]:
        """Return labels of the own homes by id; equal names are told apart by the id."""
        return told_apart({home.home_id: short(home.name) for home in self._homes()})

    def _home_listing(self) -> Markdown:
        """Return every home with its rooms."""
        lines = (
            f"- **{escape(short(home.name))}**: {listed(short(room.name) for room in home.rooms)}"
            for home in self.coordinator.client.places.homes.values()
        )
        return Markdown("\n".join(lines) or self._texts.markdown("none_yet"))

    def _home(self) -> tuple[Home, str]:
        """Return the home that was chosen, and its label; it may be gone meanwhile."""
        for home in self._homes():
            if home.home_id == self._home_id:
                return home, self._home_labels()[home.home_id]
        raise Ended("home_gone")

    def _home_field(self) -> Fields:
        """Return the field that chooses a home; there has to be one."""
        if not (labels := self._home_labels()):
            raise Ended("home_gone")
        return one_of(FIELD_HOME, labels.items())

    @needs(_CHANGED, back="homes")
    async def async_step_add_home(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make a home behind the others."""
        error: FormError | None = None
        client = self.coordinator.client
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            rooms = [room for room in user_input.get(FIELD_ROOMS, ()) if room.strip()]
            try:
                await client.homes.add_home(user_input[FIELD_NAME], rooms)
            except CoolKitError as err:
                error = form_error(err, error_fields=_IN_NAME)
            else:
                return await self._async_back("homes", "home_added", home=short(user_input[FIELD_NAME]))
        fields: Fields = {probatio.Required(FIELD_NAME): TEXT, probatio.Optional(FIELD_ROOMS): _TEXTS}
        return self._show_form("add_home", fields, error)

    @needs(_CHANGED, back="homes")
    async def async_step_rename_home(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give a home another name."""
        error: FormError | None = None
        client = self.coordinator.client
        fields = {**self._home_field(), probatio.Required(FIELD_NAME): TEXT}
        if user_input is None:
            self._begin()
            self._home_names = {home.home_id: home.name for home in self._homes()}
        else:
            self._remember(user_input)
            if not (home_id := user_input.get(FIELD_HOME)):
                error = nothing_chosen(FIELD_HOME)
            elif (name := user_input[FIELD_NAME].strip()) == self._home_names.get(home_id):
                return await self._async_back("homes", "place_name_unchanged", name=short(name))
            else:
                try:
                    await client.homes.rename_home(home_id, name)
                except CoolKitError as err:
                    error = form_error(err, error_fields=_IN_NAME)
                else:
                    return await self._async_back("homes", "place_renamed", name=short(name))
        return self._show_form("rename_home", fields, error)

    @needs(_CHANGED, back="homes")
    async def async_step_delete_home(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which home is to be deleted."""
        error: FormError | None = None
        fields = self._home_field()
        if user_input is None:
            self._begin()
        elif home_id := user_input.get(FIELD_HOME):
            self._home_id = home_id
            return await self.async_step_delete_home_confirm()
        else:
            error = nothing_chosen(FIELD_HOME)
        return self._show_form("delete_home", fields, error)

    async def async_step_delete_home_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, ask which home gets the devices, then delete the home."""
        error: FormError | None = None
        home, label = self._home()
        heirs = [item for item in self._home_labels().items() if item[0] != home.home_id]
        if not heirs:
            raise Ended("home_gone")
        if user_input is None:
            self._begin()
        elif heir := user_input.get(FIELD_HEIR):
            self._remember(user_input)
            try:
                await self.coordinator.client.homes.delete_home(home.home_id, heir)
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back("homes", "home_deleted", home=label)
        else:
            error = nothing_chosen(FIELD_HEIR)
        return self._show_form("delete_home_confirm", one_of(FIELD_HEIR, heirs), error, home=label)

    @needs(_CHANGED, back="homes")
    async def async_step_add_room(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make a room behind the others of its home."""
        error: FormError | None = None
        client = self.coordinator.client
        fields = {**self._home_field(), probatio.Required(FIELD_NAME): TEXT}
        if user_input is None:
            homes = self._homes()
            self._begin(**({FIELD_HOME: homes[0].home_id} if len(homes) == 1 else {}))
        else:
            self._remember(user_input)
            if not (home_id := user_input.get(FIELD_HOME)):
                error = nothing_chosen(FIELD_HOME)
            else:
                try:
                    await client.homes.add_room(home_id, user_input[FIELD_NAME])
                except CoolKitError as err:
                    error = form_error(err, error_fields=_IN_NAME)
                else:
                    return await self._async_back("homes", "room_added", room=short(user_input[FIELD_NAME]))
        return self._show_form("add_room", fields, error)

    @needs(_CHANGED, back="homes")
    async def async_step_order_rooms(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask in which home rooms are to be in another order."""
        error: FormError | None = None
        homes = {home.home_id for home in self._homes() if len(home.rooms) > 1}
        labels = [item for item in self._home_labels().items() if item[0] in homes]
        if not labels:
            raise Ended("home_gone")
        if user_input is None:
            self._begin()
        elif home_id := user_input.get(FIELD_HOME):
            self._home_id = home_id
            return await self.async_step_room_order()
        else:
            error = nothing_chosen(FIELD_HOME)
        return self._show_form("order_rooms", one_of(FIELD_HOME, labels), error)

    async def async_step_room_order(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Put the rooms of a home into another order; those that are not chosen follow."""
        error: FormError | None = None
        home, label = self._home()
        if user_input is None:
            self._begin(**{FIELD_ROOMS: []})
            self._order_shown = [room.room_id for room in home.rooms]
        else:
            self._remember(user_input)
            chosen: list[str] = list(dict.fromkeys(user_input[FIELD_ROOMS]))
            if chosen == self._order_shown[: len(chosen)]:
                return await self._async_back("homes", "room_order_unchanged", home=label)
            try:
                await self.coordinator.client.homes.order_rooms(home.home_id, chosen)
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back("homes", "rooms_ordered", home=label)
        rooms = [(room.room_id, short(room.name)) for room in home.rooms]
        fields: Fields = {probatio.Required(FIELD_ROOMS, default=list): choice(rooms, multiple=True)}
        names = listed(name for _, name in rooms)
        return self._show_form("room_order", fields, error, home=label, rooms=names)
