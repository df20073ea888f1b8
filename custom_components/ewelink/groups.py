"""The account's groups as entities: each is told what all its lights, or all its switches, are to do."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, override

from homeassistant.const import EntityCapabilityAttribute, Platform
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.group import IntegrationSpecificGroup

from .const import DOMAIN
from .coolkit import Capability, Device, Group
from .coordinator import EwelinkCoordinator
from .entity import EwelinkEntity
from .labels import LabeledEntity
from .texts import async_error_message

type Member = EwelinkEntity[Any, Any]

_SUFFIX = "_group"


class EwelinkGroup[M: Member](LabeledEntity, ABC):
    """A group of the account.

    Its members are entities of its own that nobody sees: those that are shown may be disabled, or may belong
    to the entry of another account. They read and command the devices in the same way.
    """

    _attr_entity_registry_enabled_default = False
    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({EntityCapabilityAttribute.GROUP_ENTITIES})

    def __init__(self, coordinator: EwelinkCoordinator, group: Group, members: Sequence[M]) -> None:
        """Take over the group as it is now."""
        self.coordinator = coordinator
        # Of no device: the account's name before a room's would be in the way, most of all by voice.
        self._attr_unique_id = f"{group.group_id}{_SUFFIX}"
        self._listening: list[CALLBACK_TYPE] | None = None
        self.group = self._shown_members = IntegrationSpecificGroup(self, [])
        self._take(group, members)

    def _take(self, group: Group, members: Sequence[M]) -> None:
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
    def async_set_members(self, group: Group, members: Sequence[M]) -> None:
        """Follow a group that has another name, or other members."""
        self._take(group, members)
        if self._listening is not None:
            self._unlisten()
            self._listen()
            self.async_write_ha_state()

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the members' devices; catch up with what came meanwhile."""
        self._listen()
        self.async_on_remove(self._unlisten)
        for member in self._members:
            member.follow(self.coordinator.client.devices.get(member.device.device_id, member.device))
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

    async def _async_command(self, command: Callable[[M], Awaitable[None]]) -> None:
        """Command every member that can be reached, all at once; say of all that failed why they did."""
        members = self._present
        results = await asyncio.gather(*map(command, members), return_exceptions=True)
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
    make_group: Callable[[EwelinkCoordinator, Group, Sequence[M]], EwelinkGroup[M]],
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Let a platform show each group in which it finds a member; groups come, change and leave."""
    shown: dict[str, EwelinkGroup[M]] = {}

    @callback
    def sync() -> None:
        members = {
            group: found
            for group in coordinator.client.groups.values()
            if (found := [*_members_of(coordinator, group, make_member)])
        }
        group_ids = {group.group_id for group in members}
        for group_id in shown.keys() - group_ids:
            del shown[group_id]
        _remove_others(coordinator, platform, group_ids)
        appeared = []
        for group, found in members.items():
            if (entity := shown.get(group.group_id)) is not None:
                entity.async_set_members(group, found)
            else:
                appeared.append(make_group(coordinator, group, found))
                shown[group.group_id] = appeared[-1]
        if appeared:
            add(appeared)

    coordinator.async_watch_groups(sync)


def _members_of[M: Member](
    coordinator: EwelinkCoordinator,
    group: Group,
    make_member: Callable[[EwelinkCoordinator, Device, Capability[Any]], M | None],
) -> Iterator[M]:
    for device in coordinator.client.devices.values():
        if group.group_id in device.groups:
            for capability in coordinator.capabilities(device):
                if (member := make_member(coordinator, device, capability)) is not None:
                    yield member


def _remove_others(coordinator: EwelinkCoordinator, platform: Platform, group_ids: Iterable[str]) -> None:
    """Remove the entities of groups that are gone, since when ever."""
    registry = er.async_get(coordinator.hass)
    present = {f"{group_id}{_SUFFIX}" for group_id in group_ids}
    for entity in er.async_entries_for_config_entry(registry, coordinator.config_entry.entry_id):
        is_group = entity.domain == platform and entity.unique_id.endswith(_SUFFIX)
        if is_group and entity.unique_id not in present:
            registry.async_remove(entity.entity_id)
