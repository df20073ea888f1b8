"""Actions for the groups (rooms) of an account."""

from collections.abc import Callable
from typing import Final

from homeassistant.const import ATTR_NAME
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers.typing import VolDictType
from homeassistant.util.json import JsonObjectType
import probatio

from ..coolkit import Feature, Group
from ..coordinator import EwelinkCoordinator
from ..texts import quoted
from .common import (
    ACCOUNT_FIELD,
    DEVICES_FIELD,
    Action,
    async_describe_device,
    async_target_account,
    async_target_devices,
    errors_shown,
    invalid,
    positive,
    text,
)
from .permissions import Access, async_read_check

ATTR_GROUP: Final = "group"
ATTR_GROUPS: Final = "groups"
ATTR_POSITION: Final = "position"


@callback
def _describe(
    coordinator: EwelinkCoordinator,
    group: Group,
    may_read: Callable[[object], bool] = lambda _device_id: True,
) -> JsonObjectType:
    """Return a group with its place, which people count from 1, and the devices in it that may be read."""
    groups = list(coordinator.client.management.groups)
    # The cloud tells it with the list of groups only.
    created_at = group.created_at
    return {
        "id": group.group_id,
        "name": group.name,
        "position": groups.index(group.group_id) + 1 if group.group_id in groups else None,
        **({} if created_at is None else {"created_at": created_at.isoformat()}),
        "devices": [
            described
            for described in (
                async_describe_device(coordinator, device.device_id)
                for device in coordinator.client.devices.values()
                if group.group_id in device.groups
            )
            if may_read(described["device_id"])
        ],
    }


@callback
def _describe_all(
    coordinator: EwelinkCoordinator, may_read: Callable[[object], bool] = lambda _device_id: True
) -> JsonObjectType:
    """Return every group of an account, in their order."""
    groups = coordinator.client.management.groups.values()
    return {"groups": [_describe(coordinator, group, may_read) for group in groups]}


async def _async_groups(coordinator: EwelinkCoordinator, wanted: list[str]) -> list[Group]:
    """Return the groups that are meant, by their ids or names; the account's groups are read first."""
    with errors_shown():
        await coordinator.client.management.refresh_groups()
    return [_find(coordinator, group) for group in wanted]


def _find(coordinator: EwelinkCoordinator, wanted: str) -> Group:
    groups = coordinator.client.management.groups
    if wanted in groups:
        return groups[wanted]
    match [group for group in groups.values() if group.name.casefold() == wanted.casefold()]:
        case [group]:
            return group
        case []:
            names = ", ".join(group.name for group in groups.values()) or "–"
            raise invalid("no_such_group", group=quoted(wanted), groups=names)
        case several:
            ids = ", ".join(group.group_id for group in several)
            raise invalid("group_ambiguous", group=quoted(wanted), ids=ids)


async def _async_list_groups(call: ServiceCall) -> ServiceResponse:
    """Read the groups of an account, with those of their devices that the user may read."""
    coordinator = async_target_account(call)
    await _async_groups(coordinator, [])
    return _describe_all(coordinator, await async_read_check(call))


async def _async_add_group(call: ServiceCall) -> ServiceResponse:
    """Add a group: behind the others, or at a place."""
    coordinator = async_target_account(call)
    await _async_groups(coordinator, [])
    with errors_shown():
        group = await coordinator.client.management.add_group(call.data[ATTR_NAME])
        if (position := call.data.get(ATTR_POSITION)) is not None:
            await _async_place(coordinator, group, position)
    return _describe(coordinator, coordinator.client.management.groups.get(group.group_id, group))


async def _async_change_group(call: ServiceCall) -> ServiceResponse:
    """Give a group another name or place."""
    if not call.data.keys() & {ATTR_NAME, ATTR_POSITION}:
        raise invalid("group_change_missing")
    coordinator = async_target_account(call)
    (group,) = await _async_groups(coordinator, [call.data[ATTR_GROUP]])
    with errors_shown():
        if (name := call.data.get(ATTR_NAME)) is not None:
            group = await coordinator.client.management.change_group(group.group_id, name=name)
        if (position := call.data.get(ATTR_POSITION)) is not None:
            await _async_place(coordinator, group, position)
    return _describe(coordinator, coordinator.client.management.groups.get(group.group_id, group))


async def _async_place(coordinator: EwelinkCoordinator, group: Group, position: int) -> None:
    """Put a group at a place among the others, which move up."""
    order = [group_id for group_id in coordinator.client.management.groups if group_id != group.group_id]
    order.insert(position - 1, group.group_id)
    await coordinator.client.management.order_groups(order)


async def _async_order_groups(call: ServiceCall) -> ServiceResponse:
    """Put groups into an order; those that are not named follow."""
    coordinator = async_target_account(call)
    groups = await _async_groups(coordinator, call.data[ATTR_GROUPS])
    with errors_shown():
        await coordinator.client.management.order_groups([group.group_id for group in groups])
    return _describe_all(coordinator)


async def _async_delete_group(call: ServiceCall) -> ServiceResponse:
    """Delete a group; its devices stay."""
    coordinator = async_target_account(call)
    (group,) = await _async_groups(coordinator, [call.data[ATTR_GROUP]])
    with errors_shown():
        await coordinator.client.management.delete_group(group.group_id)
    return _describe_all(coordinator)


async def _async_add_to_group(call: ServiceCall) -> ServiceResponse:
    """Put devices into a group."""
    coordinator, devices = async_target_devices(call)
    (group,) = await _async_groups(coordinator, [call.data[ATTR_GROUP]])
    with errors_shown():
        await coordinator.client.management.add_to_group(
            group.group_id, [device.device_id for device in devices]
        )
    return _describe(coordinator, group)


async def _async_remove_from_group(call: ServiceCall) -> ServiceResponse:
    """Take devices out of a group."""
    coordinator, devices = async_target_devices(call)
    (group,) = await _async_groups(coordinator, [call.data[ATTR_GROUP]])
    with errors_shown():
        await coordinator.client.management.remove_from_group(
            group.group_id, [device.device_id for device in devices]
        )
    return _describe(coordinator, group)


_GROUP: Final[VolDictType] = {probatio.Required(ATTR_GROUP): text}
GROUP_ACTIONS: Final = {
    "list_groups": Action(
        handle=_async_list_groups,
        feature=Feature.GROUPS,
        fields=ACCOUNT_FIELD,
        access=Access.READ,
        response=SupportsResponse.ONLY,
    ),
    "add_group": Action(
        handle=_async_add_group,
        feature=Feature.GROUPS,
        fields={
            **ACCOUNT_FIELD,
            probatio.Required(ATTR_NAME): text,
            probatio.Optional(ATTR_POSITION): positive,
        },
        access=Access.ADMIN,
    ),
    "change_group": Action(
        handle=_async_change_group,
        feature=Feature.GROUPS,
        fields={
            **ACCOUNT_FIELD,
            **_GROUP,
            probatio.Optional(ATTR_NAME): text,
            probatio.Optional(ATTR_POSITION): positive,
        },
        access=Access.ADMIN,
    ),
    "order_groups": Action(
        handle=_async_order_groups,
        feature=Feature.GROUPS,
        fields={
            **ACCOUNT_FIELD,
            probatio.Required(ATTR_GROUPS): probatio.All(
                probatio.EnsureList(), [text], probatio.Length(min=1)
            ),
        },
        access=Access.ADMIN,
    ),
    "delete_group": Action(
        handle=_async_delete_group,
        feature=Feature.GROUPS,
        fields={**ACCOUNT_FIELD, **_GROUP},
        access=Access.ADMIN,
    ),
    "add_to_group": Action(
        handle=_async_add_to_group,
        feature=Feature.GROUPS,
        fields={**DEVICES_FIELD, **_GROUP},
        access=Access.ADMIN,
    ),
    "remove_from_group": Action(
        handle=_async_remove_from_group,
        feature=Feature.GROUPS,
        fields={**DEVICES_FIELD, **_GROUP},
        access=Access.ADMIN,
    ),
}
