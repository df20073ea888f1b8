"""The account's groups as entities: each is told what all its lights, or all its switches, are to do.

Of folders, each member is commanded by itself; a control group is commanded by one call of the cloud.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, override

from homeassistant.const import EntityCapabilityAttribute, Platform
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.group import IntegrationSpecificGroup

from .const import DOMAIN
from .coolkit import (
    Capability,
    ControlGroup,
    CoolKitError,
    Device,
    FeatureRefusedError,
    Group,
    NotSupportedError,
    QuotaError,
    in_slices,
)
from .coordinator import EwelinkCoordinator
from .entity import EwelinkEntity
from .errors import as_home_assistant_error
from .labels import LabeledEntity
from .texts import async_error_message

type Member = EwelinkEntity[Any, Any]
type AnyGroup = Group | ControlGroup

# The call for a control group is not to be had, and was not made: its members are commanded one by one.
_NO_CALL = (FeatureRefusedError, NotSupportedError, QuotaError)

# What unique ids end with; one of these ends with the other.
_FOLDER = "_group"
_CONTROL = "_control_group"


class EwelinkGroup[M: Member](LabeledEntity, ABC):
    """A group of the account.

    Its members are entities of its own that nobody sees: those that are shown may be disabled, or may belong
    to the entry of another account. They read and command the devices in the same way.
    """

    _attr_entity_registry_enabled_default = False
    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({EntityCapabilityAttribute.GROUP_ENTITIES})

    def __init__(self, coordinator: EwelinkCoordinator, group: AnyGroup, members: Sequence[M]) -> None:
        """Take over the group as it is now."""
        self.coordinator = coordinator
        # Of no device: the account's name before a room's would be in the way, most of all by voice.
        self._attr_unique_id = f"{group.group_id}{_suffix_of(group)}"
        self._together_id = group.group_id if isinstance(group, ControlGroup) else None
        self._listening: list[CALLBACK_TYPE] | None = None
        self.group = self._shown_members = IntegrationSpecificGroup(self, [])
        self._take(group, members)

    def _take(self, group: AnyGroup, members: Sequence[M]) -> None:
        self._attr_name = group.name
        self._members = tuple(members)
        self._shown_members.member_unique_ids = [member.unique_id for member in members if member.unique_id]
        self._update()

    def _update(self) -> None:
        """Combine what the members show."""
        present = self._present
        self._attr_available = bool(present)
        self._show(present)

    @property
    def _present(self) -> list[M]:
        """The members that can be reached: like Home Assistant, a group commands no others."""
        return [member for member in self._members if member.available]

    @abstractmethod
    def _show(self, members: Sequence[M]) -> None:
        """Set the attributes that stand for all that these members show."""

    @callback
    def async_set_members(self, group: AnyGroup, members: Sequence[M]) -> None:
        """Follow a group that has another name, or other members."""
        self._take(group, members)
        if self._listening is not None:
            self._unlisten()
            self._listen()
            self._catch_up()
            self.async_write_ha_state()

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the members' devices; catch up with what came meanwhile."""
        self._listen()
        self.async_on_remove(self._unlisten)
        self._catch_up()

    def _catch_up(self) -> None:
        """Follow what came to the devices since the members were made."""
        devices = self.coordinator.client.devices
        for member in self._members:
            device = devices.get(member.device.device_id, member.device)
            if device is not member.device:
                member.follow(device)
        self._update()

    def _listen(self) -> None:
        self._listening = [
            self._listen_to(device_id, tuple(members))
            for device_id, members in groupby(self._members, lambda member: member.device.device_id)
        ]

    def _listen_to(self, device_id: str, members: Sequence[M]) -> CALLBACK_TYPE:
        """Follow all members that one device has in the group."""

        @callback
        def follow(device: Device) -> None:
            for member in members:
                member.follow(device)
            self._update()
            self.async_write_ha_state()

        params = frozenset[str]().union(*(member.capability.params for member in members))
        return self.coordinator.async_add_device_listener(device_id, params, update=follow, refresh=follow)

    @callback
    def _unlisten(self) -> None:
        for unsubscribe in self._listening or ():
            unsubscribe()
        self._listening = None

    async def _async_write(self, value_of: Callable[[M], Any]) -> None:
        """Make every member so that can be reached, all at once; say of all that failed why they did."""
        members = self._present
        values = [value_of(member) for member in members]
        if self._together_id is None or not await self._is_written_together(
            self._together_id, members, values
        ):
            await self._async_write_each(members, values)

    async def _is_written_together(self, group_id: str, members: Sequence[M], values: Sequence[Any]) -> bool:
        """Command a control group; return False if its members have to be commanded one by one."""
        writes: dict[str, list[tuple[Capability[Any], Any]]] = {}
        for member, value in zip(members, values, strict=True):
            writes.setdefault(member.device.device_id, []).append((member.capability, value))
        try:
            await self.coordinator.client.group_commands.write(group_id, writes)
        except _NO_CALL:
            return False
        except CoolKitError as err:
            error = as_home_assistant_error(err, name=str(self.name))
            raise error from err
        return True

    async def _async_write_each(self, members: Sequence[M], values: Sequence[Any]) -> None:
        commands = (member.async_write(value) for member, value in zip(members, values, strict=True))
        results = await asyncio.gather(*commands, return_exceptions=True)
        failures = [result for result in results if result is not None]
        if not failures:
            return
        messages = []
        for failure in failures:
            if not isinstance(failure, HomeAssistantError):
                raise failure
            messages.append(await async_error_message(self.hass, failure))
        if len(members) == 1:
            raise failures[0]
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="group_command_failed",
            translation_placeholders={
                "group": str(self.name),
                "failed": str(len(failures)),
                "total": str(len(members)),
                # Channels of one device fail in the same words.
                "errors": " ".join(dict.fromkeys(messages)),
            },
        )


@callback
def async_add_groups[M: Member](
    coordinator: EwelinkCoordinator,
    platform: Platform,
    make_member: Callable[[EwelinkCoordinator, Device, Capability[Any]], M | None],
    make_group: Callable[[EwelinkCoordinator, AnyGroup, Sequence[M]], EwelinkGroup[M]],
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Let a platform show each group in which it finds a member; groups come, change and leave."""
    coordinator.async_watch_groups(_ShownGroups(coordinator, platform, make_member, make_group, add).sync)


class _ShownGroups[M: Member]:
    """The groups that a platform shows."""

    def __init__(
        self,
        coordinator: EwelinkCoordinator,
        platform: Platform,
        make_member: Callable[[EwelinkCoordinator, Device, Capability[Any]], M | None],
        make_group: Callable[[EwelinkCoordinator, AnyGroup, Sequence[M]], EwelinkGroup[M]],
        add: AddConfigEntryEntitiesCallback,
    ) -> None:
        """Start without any."""
        self._coordinator = coordinator
        self._platform = platform
        self._make_member = make_member
        self._make_group = make_group
        self._add = add
        self._shown: dict[str, EwelinkGroup[M]] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_outdated = False

    @callback
    def sync(self) -> None:
        """Show the groups as they are now; a large one lets the event loop go on meanwhile."""
        self._is_outdated = True
        if self._task is None or self._task.done():
            coordinator = self._coordinator
            self._task = coordinator.config_entry.async_create_task(
                coordinator.hass, self._sync(), f"{DOMAIN} {self._platform} groups"
            )

    async def _sync(self) -> None:
        client = self._coordinator.client
        while self._is_outdated:
            self._is_outdated = False
            groups: dict[str, AnyGroup] = {**client.management.groups, **client.places.control_groups}
            members: dict[str, list[M]] = {group_id: [] for group_id in groups}
            await in_slices(
                [
                    (device, found)
                    for device in client.devices.values()
                    for group_id in device.memberships
                    if (found := members.get(group_id)) is not None
                ],
                self._find_members,
            )
            if not self._is_outdated:
                self._show(
                    [(group, found) for group_id, group in groups.items() if (found := members[group_id])]
                )

    def _find_members(self, item: tuple[Device, list[M]]) -> None:
        device, found = item
        for capability in self._coordinator.capabilities(device):
            if (member := self._make_member(self._coordinator, device, capability)) is not None:
                found.append(member)

    def _show(self, groups: Sequence[tuple[AnyGroup, Sequence[M]]]) -> None:
        """Add the groups that have come, change those that are shown, remove the others."""
        group_ids = {group.group_id for group, _ in groups}
        for group_id in self._shown.keys() - group_ids:
            del self._shown[group_id]
        _remove_others(self._coordinator, self._platform, group_ids)
        appeared = []
        for group, found in groups:
            if (entity := self._shown.get(group.group_id)) is not None:
                entity.async_set_members(group, found)
            else:
                appeared.append(self._make_group(self._coordinator, group, found))
                self._shown[group.group_id] = appeared[-1]
        if appeared:
            self._add(appeared)


def _remove_others(coordinator: EwelinkCoordinator, platform: Platform, group_ids: Iterable[str]) -> None:
    """Remove the entities of groups that are gone, since when ever.

    Those of the other kind stay: another version of the cloud, to which an account may go back, has them.
    """
    client = coordinator.client
    known = {_FOLDER: client.management.groups_known, _CONTROL: client.places.known}
    present = set(group_ids)
    registry = er.async_get(coordinator.hass)
    for entity in er.async_entries_for_config_entry(registry, coordinator.config_entry.entry_id):
        suffix = _CONTROL if entity.unique_id.endswith(_CONTROL) else _FOLDER
        is_group = entity.domain == platform and entity.unique_id.endswith(suffix)
        if is_group and known[suffix] and entity.unique_id.removesuffix(suffix) not in present:
            registry.async_remove(entity.entity_id)


def _suffix_of(group: AnyGroup) -> str:
    return _CONTROL if isinstance(group, ControlGroup) else _FOLDER
