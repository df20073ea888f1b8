"""Menus of the options for the groups (rooms) of an account."""

from collections import Counter
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import AbortFlow
import probatio

from .coolkit import CoolKitError, Device
from .coolkit.device import Group
from .coolkit.exceptions import InvalidInputError
from .errors import as_home_assistant_error
from .options_base import FIELD_NAME, TEXT, Fields, FormError, OptionsSteps, choice, form_error, listed
from .texts import async_error_message

FIELD_DEVICES: Final = "devices"
FIELD_GROUP: Final = "group"
FIELD_GROUPS: Final = "groups"

# What a line of the listing has room for: devices, and signs of a name.
_LISTED_DEVICES: Final = 3
_NAME_LENGTH: Final = 50


class GroupSteps(OptionsSteps):
    """What can be done with groups."""

    def __init__(self) -> None:
        """Begin with no group chosen."""
        super().__init__()
        self._group_id = ""

    async def async_step_groups(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Read the groups, list them, and ask what to do."""
        client = self.coordinator.client
        try:
            await client.refresh_groups()
        except CoolKitError as err:
            message = await async_error_message(self.hass, as_home_assistant_error(err))
            raise AbortFlow("groups_unread", description_placeholders={"error": message}) from err
        options = ["add_group"]
        if client.groups:
            options += ["rename_group", "group_devices", "delete_group"]
        if len(client.groups) > 1:
            options.insert(2, "order_groups")
        return self.async_show_menu(
            step_id="groups", menu_options=options, description_placeholders={"groups": self._group_listing()}
        )

    def _group_listing(self) -> str:
        """Return the groups in their order, each with the first of its devices and how many more it has."""
        members: dict[str, list[Device]] = {}
        for device in self.coordinator.client.devices.values():
            for group_id in set(device.groups):
                members.setdefault(group_id, []).append(device)
        lines = (
            f"- **{label}**: {self._first_of(members.get(group_id, []))}"
            for group_id, label in self._group_labels().items()
        )
        return "\n".join(lines) or self._texts.get("none_yet")

    def _first_of(self, devices: list[Device]) -> str:
        """Name the first devices, and say how many more there are."""
        names = listed(_short(self._label(device)) for device in devices[:_LISTED_DEVICES])
        if (more := len(devices) - _LISTED_DEVICES) <= 0:
            return names
        return self._texts.get("and_more", names=names, count=str(more))

    async def async_step_add_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a group behind the others."""
        error: FormError | None = None
        client = self.coordinator.client
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            try:
                group = await client.add_group(user_input[FIELD_NAME])
            except CoolKitError as err:
                error = form_error(err, places={InvalidInputError: FIELD_NAME})
            else:
                return self._done("group_added", group=_short(group.name))
        return self._show_form("add_group", {probatio.Required(FIELD_NAME): TEXT}, error)

    async def async_step_rename_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give a group another name."""
        error: FormError | None = None
        client = self.coordinator.client
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            try:
                group = await client.change_group(user_input[FIELD_GROUP], name=user_input[FIELD_NAME])
            except CoolKitError as err:
                error = form_error(err, places={InvalidInputError: FIELD_NAME})
            else:
                return self._done("group_renamed", group=_short(group.name))
        fields = {**self._group_field(), probatio.Required(FIELD_NAME): TEXT}
        return self._show_form("rename_group", fields, error)

    async def async_step_order_groups(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Put the groups into another order; those that are not chosen follow."""
        error: FormError | None = None
        client = self.coordinator.client
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            try:
                await client.order_groups(user_input[FIELD_GROUPS])
            except CoolKitError as err:
                error = form_error(err)
            else:
                return self._done("groups_ordered", groups=listed(self._group_labels().values()))
        fields: Fields = {probatio.Required(FIELD_GROUPS): choice(self._groups(), multiple=True)}
        names = listed(self._group_labels().values())
        return self._show_form("order_groups", fields, error, groups=names)

    async def async_step_group_devices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which group's devices are to change."""
        if user_input is not None:
            self._group_id = user_input[FIELD_GROUP]
            return await self.async_step_group_members()
        self._begin()
        return self._show_form("group_devices", self._group_field())

    async def async_step_group_members(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which devices are in the group, and put in or take out those that differ."""
        error: FormError | None = None
        client = self.coordinator.client
        group, label = self._group(self._group_id)
        members = {device.device_id for device in client.devices.values() if group.group_id in device.groups}
        if user_input is None:
            self._begin(**{FIELD_DEVICES: sorted(members)})
        else:
            self._remember(user_input)
            wanted = set(user_input[FIELD_DEVICES])
            if wanted == members:
                return self._done("members_unchanged", group=label)
            try:
                await client.add_to_group(group.group_id, sorted(wanted - members))
                await client.remove_from_group(group.group_id, sorted(members - wanted))
            except CoolKitError as err:
                error = form_error(err)
            else:
                return self._done("members_changed", group=label)
        devices = choice(self._by_name(client.devices.values()), multiple=True)
        fields: Fields = {probatio.Required(FIELD_DEVICES, default=list): devices}
        return self._show_form("group_members", fields, error, group=label)

    async def async_step_delete_group(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which group is to be deleted."""
        if user_input is not None:
            self._group_id = user_input[FIELD_GROUP]
            return await self.async_step_delete_group_confirm()
        self._begin()
        return self._show_form("delete_group", self._group_field())

    async def async_step_delete_group_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then delete the group."""
        error: FormError | None = None
        client = self.coordinator.client
        group, label = self._group(self._group_id)
        if user_input is not None:
            try:
                await client.delete_group(group.group_id)
            except CoolKitError as err:
                error = form_error(err)
            else:
                return self._done("group_deleted", group=label)
        return self._show_form("delete_group_confirm", {}, error, group=label)

    def _group(self, group_id: str) -> tuple[Group, str]:
        """Return a group that was chosen, and its label; it may have been deleted meanwhile."""
        try:
            return self.coordinator.client.groups[group_id], self._group_labels()[group_id]
        except KeyError:
            raise AbortFlow("group_gone") from None

    def _group_labels(self) -> dict[str, str]:
        """Return labels of the groups by id, in their order; equal names are told apart by the id."""
        groups = self.coordinator.client.groups.values()
        labels = {group.group_id: _short(group.name) for group in groups}
        names = Counter(labels.values())
        return {
            group_id: f"{name} ({group_id})" if names[name] > 1 else name for group_id, name in labels.items()
        }

    def _groups(self) -> list[tuple[str, str]]:
        """Return ids and labels of the groups, in their order; there has to be one."""
        labels = self._group_labels()
        if not labels:
            raise AbortFlow("group_gone")
        return list(labels.items())

    def _group_field(self) -> Fields:
        return {probatio.Required(FIELD_GROUP): choice(self._groups())}


def _short(name: str) -> str:
    """Return a name that is not too long to stand among others."""
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
