"""The groups of an account, and who is in them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
import logging
from types import MappingProxyType

from .authorization import Authorization
from .background import Background
from .cloud.api import CloudApi, Feature, FolderGroups, part
from .cloud.auth import AccountSession
from .device_list import DeviceList
from .devices.device import Group, GroupMove
from .devices.fields import visible
from .events import Event, GroupsChanged
from .exceptions import (
    CannotConnectError,
    CloudError,
    CoolKitError,
    InvalidInputError,
    NameRequiredError,
    QuotaError,
    UnknownGroupError,
)
from .store import DeviceStore
from .timings import Timings

_LOGGER = logging.getLogger(__name__)


class GroupManagement:
    """Keeps groups; what the cloud has accepted shows at once.

    Attributes:
        groups: every group by its id, in their order; replaced as they change, never edited. They are read
            with the lists of `listen`, and by `refresh_groups`.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        device_list: DeviceList,
        authorization: Authorization,
        background: Background,
        emit: Callable[[Event], None],
    ) -> None:
        """Manage the account that is signed in."""
        self.groups: Mapping[str, Group] = MappingProxyType({})
        self._api = api
        self._timings = timings
        self._store = store
        self._list = device_list
        self._authorization = authorization
        self._background = background
        self._emit = emit
        # Whether they were ever read; before that, none are known.
        self._groups_known = False
        self._reading = False
        # Whether a change of them ended open, and they were not read since.
        self._in_doubt = False

    @property
    def groups_known(self) -> bool:
        """Whether the groups were ever read."""
        return self._groups_known

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
        """Read the groups, which is done with the list, too.

        Raises `FeatureRefusedError`, and as all calls do.
        """

        async def read() -> None:
            listed = await self._authorization.http(self._folders.list_groups)
            self._in_doubt = False
            first, self._groups_known = not self._groups_known, True
            # What could not be read may be there all the same.
            groups = {} if listed.complete else dict(self.groups)
            self._take({**groups, **{group.group_id: group for group in listed}}, tell=first)

        await self._list.exclusively(read, changes=False)

    async def add_group(self, name: str, index: int | None = None) -> Group:
        """Add a group at a place, counted from 0, or behind the others.

        Raises `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        name = named("adding the group", name)
        counted("adding the group", index)

        async def add() -> Group:
            last = max((group.index for group in self.groups.values()), default=-1)
            place = last + 1 if index is None else index
            group = await self._on_groups(
                lambda session: self._folders.add_group(session, name=name, index=place)
            )
            self._take({**self.groups, group.group_id: group})
            return group

        return await self._list.exclusively(add)

    async def change_group(
        self, group_id: str, *, name: str | None = None, index: int | None = None
    ) -> Group:
        """Give a group another name or place. Raises as `add_group` does, and `UnknownGroupError`."""
        if name is not None:
            name = named("changing the group", name)
        counted("changing the group", index)
        self._group(group_id, "changing the group")
        return await self._list.exclusively(lambda: self._change(group_id, name=name, index=index))

    async def _change(self, group_id: str, *, name: str | None = None, index: int | None = None) -> Group:
        group = self._group(group_id, "changing the group")
        changed = await self._on_groups(
            lambda session: self._folders.change_group(session, group, name=name, index=index)
        )
        self._take({**self.groups, group_id: changed})
        return changed

    async def order_groups(self, group_ids: Sequence[str]) -> None:
        """Put groups into this order; those that are not named follow in the order that they have.

        Each group that moves is a call: those before one that fails have moved. Raises as `change_group`
        does.
        """
        for group_id in group_ids:
            self._group(group_id, "ordering the groups")

        async def order() -> None:
            for index, group_id in enumerate(dict.fromkeys([*group_ids, *self.groups])):
                if self._group(group_id, "ordering the groups").index != index:
                    await self._change(group_id, index=index)

        await self._list.exclusively(order)

    async def delete_group(self, group_id: str) -> None:
        """Delete a group; its devices stay. Raises as `change_group` does."""
        self._group(group_id, "deleting the group")

        async def delete() -> None:
            group = self._group(group_id, "deleting the group")
            await self._on_groups(lambda session: self._folders.delete_group(session, group))
            for device in list(self._store.devices.values()):
                self._regroup(device.device_id, leave=group_id)
            self._take({known: group for known, group in self.groups.items() if known != group_id})

        await self._list.exclusively(delete)

    async def add_to_group(self, group_id: str, device_ids: Iterable[str]) -> None:
        """Put devices into a group, those that are shared with the account included.

        They stay in their other groups. Raises as `change_group` does, and `UnknownDeviceError`.
        """
        await self._move([GroupMove(device_id=device_id, target_id=group_id) for device_id in device_ids])

    async def remove_from_group(self, group_id: str, device_ids: Iterable[str]) -> None:
        """Take devices out of a group. Raises as `add_to_group` does."""
        await self._move([GroupMove(device_id=device_id, source_id=group_id) for device_id in device_ids])

    async def _move(self, moves: Sequence[GroupMove]) -> None:
        moves = list(dict.fromkeys(moves))
        for move in moves:
            self._group(move.source_id or move.target_id, "moving devices between groups")
            self._store.get(move.device_id)
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
            return await self._authorization.http(call)
        except InvalidInputError, UnknownGroupError:
            self.read_groups_soon(again=True)
            raise
        except (CannotConnectError, CloudError) as error:
            # It may have been done nevertheless.
            self._in_doubt |= not isinstance(error, CannotConnectError) or error.maybe_sent
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

    async def _on_devices(self, device_ids: Iterable[str], work: Callable[[], Awaitable[None]]) -> None:
        """Do work for devices in turn; a refusal may mean that one of them is gone."""
        try:
            await self._list.exclusively(work)
        except CoolKitError as error:
            await self._list.raise_if_unlisted(error, device_ids)
            raise


def counted(interface: str, place: int | None) -> None:
    """Raise unless a place is counted from 0, or is none."""
    if place is not None and place < 0:
        raise InvalidInputError(interface, reason="places are counted from 0")


def named(interface: str, name: str) -> str:
    """Return a name without the blanks around it; something of it has to be seen."""
    if not (name := visible(name)):
        raise NameRequiredError(interface)
    return name
