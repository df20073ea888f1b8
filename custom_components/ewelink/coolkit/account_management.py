"""What an account's owner changes over HTTP: devices and their names, groups and who is in them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
import logging
from types import MappingProxyType
from typing import Protocol

from .background import Background
from .cloud.api import CloudApi, Feature, FolderGroups, part
from .cloud.auth import AccountSession
from .delivery import Http
from .devices.device import Device, Group, GroupMove
from .devices.fields import visible
from .events import Event, GroupsChanged
from .exceptions import (
    CannotConnectError,
    CloudError,
    CoolKitError,
    InvalidInputError,
    NameRequiredError,
    NotOwnerError,
    OwnDeviceError,
    QuotaError,
    UnknownDeviceError,
    UnknownGroupError,
)
from .store import DeviceStore
from .timings import Timings

_LOGGER = logging.getLogger(__name__)

_LEAVING = "leaving the share"


class Turn(Protocol):
    """Does work between two lists, so that none undoes it; it goes on when its caller is cancelled."""

    async def __call__[R](self, work: Callable[[], Awaitable[R]], *, changes: bool = True) -> R:
        """Return what the work returns, or raise what it raises.

        When work that `changes` something has failed, the list tells what came of it.
        """


class Explain(Protocol):
    """Looks whether devices are still there when a call for them was refused."""

    async def __call__(self, error: CoolKitError, device_ids: Iterable[str]) -> None:
        """Raise `UnknownDeviceError` if one is not; return if that is not the cause."""


def own(device: Device, apikey: str, interface: str) -> Device:
    """Return the device if it is the account's own; raise `NotOwnerError` for one that is shared with it."""
    if device.apikey and device.apikey != apikey:
        owner = device.shared_by
        known = owner and (owner.nickname or owner.email or owner.phone_number)
        raise NotOwnerError(interface, owner=known or "")
    return device


class Household:
    """Adds, deletes and renames devices, keeps groups; what the cloud has accepted shows at once.

    Attributes:
        groups: every group by its id, in their order; replaced as they change, never edited.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        apikey: str,
        store: DeviceStore,
        background: Background,
        emit: Callable[[Event], None],
        device: Callable[[str], Device],
        http: Http,
        in_turn: Turn,
        explain: Explain,
    ) -> None:
        """Keep the household of the account with this apikey; `device` raises for unknown ones."""
        self.groups: Mapping[str, Group] = MappingProxyType({})
        self._api = api
        self._timings = timings
        self._apikey = apikey
        self._store = store
        self._background = background
        self._emit = emit
        self._device = device
        self._http = http
        self._in_turn = in_turn
        self._explain = explain
        # Whether they were ever read; before that, none are known.
        self._groups_known = False
        self._reading = False
        # Whether a change of them ended open, and they were not read since.
        self._in_doubt = False

    # Devices

    async def add_device(
        self,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
    ) -> Device:
        """Add a device, or a child of a gateway."""
        name = _named("adding the device", name)
        return await self._add(
            lambda session: self._api.add_device(
                session,
                device_id=device_id,
                apikey=apikey,
                name=name,
                chip_id=chip_id,
                sub_device_id=sub_device_id,
            )
        )

    async def add_gsm_device(self, *, device_id: str, apikey: str, name: str) -> Device:
        """Add a GSM device."""
        name = _named("adding the GSM device", name)
        return await self._add(
            lambda session: self._api.add_gsm_device(session, device_id=device_id, apikey=apikey, name=name)
        )

    async def _add(self, call: Callable[[AccountSession], Awaitable[Device]]) -> Device:
        async def add() -> Device:
            device = await self._http(call)
            if not device.apikey or not device.params:
                # The answer may hold no more than id and name.
                device = await self._as_it_is(device.with_owner(device.apikey or self._apikey))
            self._store.put(device)
            return self._store.devices[device.device_id]

        return await self._in_turn(add)

    async def _as_it_is(self, device: Device) -> Device:
        """Return a device as the cloud has it now; or as it is known, if that cannot be read."""
        try:
            return await self._http(lambda session: self._api.get_device(session, device))
        except CoolKitError as error:
            _LOGGER.debug("Going on with what is known of %s: %s", device.device_id, error)
            return device

    async def delete_device(self, device_id: str) -> None:
        """Take a device from the account."""
        self._own(device_id, "deleting the device")

        async def delete() -> None:
            device = self._own(device_id, "deleting the device")
            await self._http(lambda session: self._api.delete_device(session, device))
            # A gateway takes its children along.
            children = [child for child in self._store.devices.values() if child.parent_id == device_id]
            for gone in (*children, device):
                self._store.remove(gone.device_id)

        await self._on_devices((device_id,), delete)

    async def leave_share(self, device_id: str) -> None:
        """Give a device back that another account shares with this one."""
        self._received(device_id)

        async def leave() -> None:
            device = self._received(device_id)
            await self._http(lambda session: self._api.leave_share(session, device))
            self._store.remove(device_id)

        try:
            await self._on_devices((device_id,), leave)
        except UnknownDeviceError:
            if device_id not in self._store.devices or not self._store.lacks(device_id):
                raise
            # Its owner has taken it back meanwhile.
            self._store.remove(device_id)

    def _received(self, device_id: str) -> Device:
        """Return a device that is shared with the account; raise `OwnDeviceError` for another one."""
        device = self._device(device_id)
        if device.shared_by is None and device.apikey in {"", self._apikey}:
            raise OwnDeviceError(_LEAVING)
        return device

    async def rename_device(self, device_id: str, name: str) -> None:
        """Give a device another name."""
        name = _named("renaming the device", name)
        self._own(device_id, "renaming the device")

        async def rename() -> None:
            device = self._own(device_id, "renaming the device")
            await self._http(lambda session: self._api.rename_device(session, device, name))
            self._store.put(self._device(device_id).with_name(name))

        await self._on_devices((device_id,), rename)

    async def rename_channel(self, device_id: str, outlet: int, name: str) -> None:
        """Give a channel another name; the others keep theirs."""
        name = _named("renaming the channels", name)
        _counted("renaming the channels", outlet)
        self._own(device_id, "renaming the channels")

        async def rename() -> None:
            device = self._own(device_id, "renaming the channels")
            # The cloud replaces them all, and pushes none that was changed elsewhere.
            present = await self._as_it_is(device)
            names = (device if present.listing.kept_tags == {} else present).kept_channel_names(outlet, name)
            await self._http(lambda session: self._api.rename_channels(session, device, names))
            self._store.put(self._device(device_id).with_channel_names(names))

        await self._on_devices((device_id,), rename)

    async def _on_devices(self, device_ids: Iterable[str], work: Callable[[], Awaitable[None]]) -> None:
        """Do work for devices in turn; a refusal may mean that one of them is gone."""
        try:
            await self._in_turn(work)
        except CoolKitError as error:
            await self._explain(error, device_ids)
            raise

    def _own(self, device_id: str, interface: str) -> Device:
        return own(self._device(device_id), self._apikey, interface)

    # Groups

    def read_groups_soon(self, *, again: bool) -> None:
        """Have the groups read, if the cloud offers them; known ones only if they are to be read again.

        That they cannot be read is not told: nothing but groups depends on it.
        """
        wanted = again or self._in_doubt or not self._groups_known
        if Feature.GROUPS in self._api.features and not self._reading and wanted:
            self._reading = True
            self._background.spawn(self._read_groups())

    async def _read_groups(self) -> None:
        pause = self._timings.backoff
        try:
            while not await self._are_groups_read():
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._timings.backoff_limit)
        except CoolKitError as error:
            _LOGGER.debug("Cannot read the groups: %s", error)
        finally:
            self._reading = False

    async def _are_groups_read(self) -> bool:
        """Read the groups; return False for trouble that passes, if it matters that they are read soon."""
        try:
            await self.refresh_groups()
        except (CannotConnectError, CloudError, QuotaError) as error:
            if not self._in_doubt:
                raise
            _LOGGER.debug("It is still in doubt how the groups are: %s", error)
            return False
        return True

    async def refresh_groups(self) -> None:
        """Read the groups."""

        async def read() -> None:
            listed = await self._http(self._folders.list_groups)
            self._in_doubt = False
            first, self._groups_known = not self._groups_known, True
            # What could not be read may be there all the same.
            groups = {} if listed.complete else dict(self.groups)
            self._take({**groups, **{group.group_id: group for group in listed}}, tell=first)

        await self._in_turn(read, changes=False)

    async def add_group(self, name: str, index: int | None = None) -> Group:
        """Add a group, behind the others if no place is given."""
        name = _named("adding the group", name)
        _counted("adding the group", index)

        async def add() -> Group:
            last = max((group.index for group in self.groups.values()), default=-1)
            place = last + 1 if index is None else index
            group = await self._on_groups(
                lambda session: self._folders.add_group(session, name=name, index=place)
            )
            self._take({**self.groups, group.group_id: group})
            return group

        return await self._in_turn(add)

    async def change_group(
        self, group_id: str, *, name: str | None = None, index: int | None = None
    ) -> Group:
        """Give a group another name or place."""
        if name is not None:
            name = _named("changing the group", name)
        _counted("changing the group", index)
        self._group(group_id, "changing the group")
        return await self._in_turn(lambda: self._change(group_id, name=name, index=index))

    async def _change(self, group_id: str, *, name: str | None = None, index: int | None = None) -> Group:
        group = self._group(group_id, "changing the group")
        changed = await self._on_groups(
            lambda session: self._folders.change_group(session, group, name=name, index=index)
        )
        self._take({**self.groups, group_id: changed})
        return changed

    async def order_groups(self, group_ids: Sequence[str]) -> None:
        """Put groups into this order; those that are not named follow in the order that they have."""
        for group_id in group_ids:
            self._group(group_id, "ordering the groups")

        async def order() -> None:
            for index, group_id in enumerate(dict.fromkeys([*group_ids, *self.groups])):
                if self._group(group_id, "ordering the groups").index != index:
                    await self._change(group_id, index=index)

        await self._in_turn(order)

    async def delete_group(self, group_id: str) -> None:
        """Delete a group; its devices stay."""
        self._group(group_id, "deleting the group")

        async def delete() -> None:
            group = self._group(group_id, "deleting the group")
            await self._on_groups(lambda session: self._folders.delete_group(session, group))
            for device in list(self._store.devices.values()):
                self._regroup(device.device_id, leave=group_id)
            self._take({known: group for known, group in self.groups.items() if known != group_id})

        await self._in_turn(delete)

    async def add_to_group(self, group_id: str, device_ids: Iterable[str]) -> None:
        """Put devices into a group; they stay in their other groups."""
        await self._move([GroupMove(device_id=device_id, target_id=group_id) for device_id in device_ids])

    async def remove_from_group(self, group_id: str, device_ids: Iterable[str]) -> None:
        """Take devices out of a group."""
        await self._move([GroupMove(device_id=device_id, source_id=group_id) for device_id in device_ids])

    async def _move(self, moves: Sequence[GroupMove]) -> None:
        moves = list(dict.fromkeys(moves))
        for move in moves:
            self._group(move.source_id or move.target_id, "moving devices between groups")
            self._device(move.device_id)
        if not moves:
            return

        async def go() -> None:
            await self._on_groups(lambda session: self._folders.move_devices(session, moves))
            for move in moves:
                self._regroup(move.device_id, leave=move.source_id, join=move.target_id)

        await self._on_devices([move.device_id for move in moves], go)

    async def _on_groups[R](self, call: Callable[[AccountSession], Awaitable[R]]) -> R:
        """Make a call that names groups; no push tells that one is gone, but a refusal hints at it."""
        try:
            return await self._http(call)
        except InvalidInputError, UnknownGroupError:
            self.read_groups_soon(again=True)
            raise
        except (CannotConnectError, CloudError) as error:
            # It may have been done nevertheless.
            self._in_doubt |= not isinstance(error, CannotConnectError) or error.handed
            raise

    @property
    def _folders(self) -> FolderGroups:
        """The calls for groups; raises `NotSupportedError` where there are none."""
        return part(self._api, FolderGroups, "groups")

    def _group(self, group_id: str, interface: str) -> Group:
        try:
            return self.groups[group_id]
        except KeyError:
            raise UnknownGroupError(interface, reason="the account has no such group") from None

    def _regroup(self, device_id: str, *, leave: str = "", join: str = "") -> None:
        """Show a device that has changed its groups."""
        if (device := self._store.devices.get(device_id)) is None:
            return
        groups = [group for group in device.groups if group not in {leave, join}]
        if join:
            groups.append(join)
        if set(groups) != set(device.groups):
            self._store.put(device.with_groups(groups))

    def _take(self, groups: Mapping[str, Group], *, tell: bool = False) -> None:
        """Show the groups as they are now; tell it if they are others than before, or in any case."""
        ordered = sorted(groups.values(), key=lambda group: group.index)
        taken = {group.group_id: group for group in ordered}
        tell = tell or list(taken.items()) != list(self.groups.items())
        self.groups = MappingProxyType(taken)
        if tell:
            self._emit(GroupsChanged(self.groups))


def _counted(interface: str, place: int | None) -> None:
    """Raise unless a place is counted from 0, or is none."""
    if place is not None and place < 0:
        raise InvalidInputError(interface, reason="places are counted from 0")


def _named(interface: str, name: str) -> str:
    """Return a name without the blanks around it; something of it has to be seen."""
    if not (name := visible(name)):
        raise NameRequiredError(interface)
    return name
