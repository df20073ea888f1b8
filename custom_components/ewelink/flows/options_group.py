"""Menus of the options for the groups (rooms) of an account."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
import probatio

from ..coolkit import CoolKitError, Device, Feature, Group, InvalidInputError
from ..errors import as_home_assistant_error
from ..markdown import Markdown, escape
from ..texts import async_error_message, listed
from .dialogs import Ended
from .forms import TEXT, Fields, FormError, choice, form_error, nothing_chosen, one_of, short, told_apart
from .options_base import FIELD_NAME, OptionsSteps, needs

FIELD_DEVICES: Final = "devices"
FIELD_GROUP: Final = "group"
FIELD_GROUPS: Final = "groups"

# What a line of the listing has room for: devices, and signs of a name.
_LISTED_DEVICES: Final = 3


class GroupSteps(OptionsSteps):
    """What can be done with groups."""

    def __init__(self) -> None:
        """Begin with no group chosen."""
        super().__init__()
        self._group_id = ""
        # What the forms have shown: the order of the groups, and their names.
        self._order: list[str] = []
        self._names: dict[str, str] = {}

    @needs(Feature.GROUPS)
    async def async_step_groups(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Read the groups, list them, and ask what to do."""
        client = self.coordinator.client
        if self._done_at != "groups":
            await self._async_read_groups()
        options = ["add_group"]
        if client.management.groups:
            options += ["rename_group", "group_devices", "delete_group"]
        if len(client.management.groups) > 1:
            options.insert(2, "order_groups")
        return self._show_menu("groups", [*options, "init"], groups=self._group_listing())

    async def _async_read_groups(self) -> None:
        try:
            await self.coordinator.client.management.refresh_groups()
        except CoolKitError as err:
            message = await async_error_message(self.hass, as_home_assistant_error(err))
            raise Ended("groups_unread", error=message) from err

    def _group_listing(self) -> Markdown:
        """Return the groups in their order, each with the first of its devices and how many more it has."""
        members: dict[str, list[Device]] = {}
        for device in self.coordinator.client.devices.values():
            for group_id in set(device.groups):
                members.setdefault(group_id, []).append(device)
        lines = (
            f"- **{escape(label)}**: {self._first_of(members.get(group_id, []))}"
            for group_id, label in self._group_labels().items()
        )
        return Markdown("\n".join(lines) or self._texts.markdown("none_yet"))

    def _first_of(self, devices: list[Device]) -> Markdown:
        """Name the first devices, and say how many more there are."""
        names = listed(short(self._label(device)) for device in devices[:_LISTED_DEVICES])
        if (more := len(devices) - _LISTED_DEVICES) <= 0:
            return names
        return self._texts.markdown("and_more", names=names, count=str(more))

    async def async_step_add_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a group behind the others."""
        error: FormError | None = None
        client = self.coordinator.client
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            try:
                group = await client.management.add_group(user_input[FIELD_NAME])
            except CoolKitError as err:
                error = form_error(err, error_fields={InvalidInputError: FIELD_NAME})
            else:
                return await self._async_back("groups", "group_added", group=short(group.name))
        return self._show_form("add_group", {probatio.Required(FIELD_NAME): TEXT}, error)

    async def async_step_rename_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give a group another name."""
        error: FormError | None = None
        groups = await self._async_groups()
        if user_input is None:
            self._begin()
            self._names = {
                group.group_id: group.name for group in self.coordinator.client.management.groups.values()
            }
        else:
            self._remember(user_input)
            if not (group_id := user_input.get(FIELD_GROUP)):
                error = nothing_chosen(FIELD_GROUP)
            elif (name := user_input[FIELD_NAME].strip()) == self._names.get(group_id):
                return await self._async_back("groups", "group_name_unchanged", group=short(name))
            else:
                try:
                    group = await self.coordinator.client.management.change_group(group_id, name=name)
                except CoolKitError as err:
                    error = form_error(err, error_fields={InvalidInputError: FIELD_NAME})
                else:
                    return await self._async_back("groups", "group_renamed", group=short(group.name))
        fields = {**one_of(FIELD_GROUP, groups), probatio.Required(FIELD_NAME): TEXT}
        return self._show_form("rename_group", fields, error)

    async def async_step_order_groups(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Put the groups into another order; those that are not chosen follow."""
        error: FormError | None = None
        client = self.coordinator.client
        groups = await self._async_groups()
        if user_input is None:
            self._begin()
            self._order = list(client.management.groups)
        else:
            self._remember(user_input)
            chosen: list[str] = list(dict.fromkeys(user_input[FIELD_GROUPS]))
            if chosen == self._order[: len(chosen)]:
                return await self._async_back("groups", "order_unchanged")
            try:
                await client.management.order_groups(chosen)
            except CoolKitError as err:
                error = form_error(err)
            else:
                names = listed(self._group_labels().values())
                return await self._async_back("groups", "groups_ordered", groups=names)
        fields: Fields = {probatio.Required(FIELD_GROUPS, default=list): choice(groups, multiple=True)}
        names = listed(self._group_labels().values())
        return self._show_form("order_groups", fields, error, groups=names)

    async def async_step_group_devices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which group's devices are to change."""
        if user_input is None:
            self._begin()
        elif group_id := user_input.get(FIELD_GROUP):
            self._group_id = group_id
            return await self.async_step_group_members()
        return await self._async_show_groups("group_devices", user_input)

    async def async_step_group_members(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which devices are in the group; put in and take out those that the user has changed."""
        error: FormError | None = None
        client = self.coordinator.client
        group, label = await self._async_group()
        members = {device.device_id for device in client.devices.values() if group.group_id in device.groups}
        if user_input is None:
            self._begin(**{FIELD_DEVICES: sorted(members)})
        else:
            self._remember(user_input)
            shown, wanted = set(self._shown[FIELD_DEVICES]), set(user_input[FIELD_DEVICES])
            come, go = wanted - shown - members, (shown - wanted) & members
            if not come | go:
                return await self._async_back("groups", "members_unchanged", group=label)
            try:
                await client.management.add_to_group(group.group_id, sorted(come))
                await client.management.remove_from_group(group.group_id, sorted(go))
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back("groups", "members_changed", group=label)
        devices = choice(self._by_name(client.devices.values()), multiple=True)
        fields: Fields = {probatio.Required(FIELD_DEVICES, default=list): devices}
        return self._show_form("group_members", fields, error, group=label)

    async def async_step_delete_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which group is to be deleted."""
        if user_input is None:
            self._begin()
        elif group_id := user_input.get(FIELD_GROUP):
            self._group_id = group_id
            return await self.async_step_delete_group_confirm()
        return await self._async_show_groups("delete_group", user_input)

    async def async_step_delete_group_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then delete the group."""
        error: FormError | None = None
        group, label = await self._async_group()
        if user_input is not None:
            try:
                await self.coordinator.client.management.delete_group(group.group_id)
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back("groups", "group_deleted", group=label)
        return self._show_form("delete_group_confirm", {}, error, group=label)

    async def _async_group(self) -> tuple[Group, str]:
        """Return the group that was chosen, and its label; it may have been deleted meanwhile."""
        group_id = self._group_id
        if group_id not in self.coordinator.client.management.groups:
            # They are read only some time after the account was loaded.
            await self._async_read_groups()
        try:
            return self.coordinator.client.management.groups[group_id], self._group_labels()[group_id]
        except KeyError:
            raise Ended("group_gone") from None

    def _group_labels(self) -> dict[str, str]:
        """Return labels of the groups by id, in their order; equal names are told apart by the id."""
        groups = self.coordinator.client.management.groups.values()
        return told_apart({group.group_id: short(group.name) for group in groups})

    async def _async_groups(self) -> list[tuple[str, str]]:
        """Return ids and labels of the groups, in their order; there has to be one."""
        if not self.coordinator.client.management.groups:
            await self._async_read_groups()
        labels = self._group_labels()
        if not labels:
            raise Ended("group_gone")
        return list(labels.items())

    async def _async_show_groups(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Show the groups to choose one."""
        error = None if user_input is None else nothing_chosen(FIELD_GROUP)
        return self._show_form(step_id, one_of(FIELD_GROUP, await self._async_groups()), error)
