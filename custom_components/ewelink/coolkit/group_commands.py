"""Commands to control groups: one call for all members, each of which confirms by what it tells itself."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
import logging
from typing import Any

from .background import Background
from .cloud.api import CloudApi, part
from .cloud.parts import ControlGroupCommands
from .commands import frames_of
from .devices.capability import Capability
from .devices.device import Device
from .devices.params import Params, together
from .devices.places import ControlGroup
from .events import DeviceChanged, Subscribe
from .exceptions import CoolKitError, GroupUnconfirmedError
from .places import Places
from .push import Path, flatten
from .timings import Timings

_LOGGER = logging.getLogger(__name__)

_COMMAND = "status update of the control group"

# Per member, what it is to do.
type MemberWrites = Mapping[str, Sequence[tuple[Capability[Any, Any], Any]]]


class _Unseen:
    """What members have not shown yet of what their group was told."""

    def __init__(self, wanted: Params, members: Sequence[Device]) -> None:
        """Look at the members as they are."""
        self._wanted = dict(flatten(wanted))
        self._by_member: dict[str, dict[Path, str]] = {}
        self.none_left = asyncio.Event()
        for device in members:
            # Some params steer the command only and are never told back.
            self._by_member[device.device_id] = {
                path: value for path, value in self._wanted.items() if path[0] in device.params
            }
            self.look(device)

    @property
    def members(self) -> list[str]:
        """The members that have not shown all of it."""
        return list(self._by_member)

    def names(self, device_id: str) -> tuple[str, ...]:
        """Return the params that a member has not shown."""
        return tuple(dict.fromkeys(str(path[0]) for path in self._by_member.get(device_id, ())))

    def look(self, device: Device) -> None:
        """Note what a member shows."""
        if (unseen := self._by_member.get(device.device_id)) is None:
            return
        shown = dict(flatten(device.params))
        left = {path: value for path, value in unseen.items() if shown.get(path) != value}
        if left:
            self._by_member[device.device_id] = left
        else:
            del self._by_member[device.device_id]
        if not self._by_member:
            self.none_left.set()


class GroupCommands:
    """Tells control groups what to do, in order, and sees that their members do it."""

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        background: Background,
        places: Places,
        query: Callable[[str, Sequence[str]], Awaitable[Params]],
        subscribe: Subscribe,
    ) -> None:
        """Command the groups of `places`; ask members with `query`."""
        self._api = api
        self._timings = timings
        self._background = background
        self._places = places
        self._query = query
        self._subscribe = subscribe
        self._turns: dict[str, asyncio.Lock] = {}

    async def write(self, group_id: str, writes: MemberWrites) -> None:
        """Make capabilities of the members so, by as few calls as that takes; returns when all show it.

        All members are of one kind and get the same params: those that a member needs that has the longest
        way to go. What nobody has shown in time is asked for once.

        Raises `GroupUnconfirmedError` naming the members that have not shown it, `UnknownGroupError`,
        `NotSupportedError`, `FeatureRefusedError`, `CommandError` and its kin, and as all calls do.
        Source: API Center V2, Update the status of a device or group.
        """
        part(self._api, ControlGroupCommands, _COMMAND)
        group = self._places.find(group_id)
        members = [device for device in self._places.members(group_id) if device.device_id in writes]
        messages = _longest(group, members, writes)
        if messages:
            work = self._write(group_id, members, messages)
            await Background.outcome(self._background.spawn(work))

    async def _write(self, group_id: str, members: list[Device], messages: list[Params]) -> None:
        unseen = _Unseen(together(messages), members)
        with self._watched(unseen):
            async with self._turns.setdefault(group_id, asyncio.Lock()):
                for params in messages:
                    await self._places.command(group_id, params)
            try:
                async with asyncio.timeout(self._timings.command):
                    await unseen.none_left.wait()
            except TimeoutError:
                # What they answer is told like a push.
                await asyncio.gather(*(self._ask(one, unseen.names(one)) for one in unseen.members))
        if silent := unseen.members:
            names = {device.device_id: device.name for device in members}
            raise GroupUnconfirmedError(_COMMAND, members=tuple(names[one] for one in silent))

    @contextmanager
    def _watched(self, unseen: _Unseen) -> Iterator[None]:
        unsubscribe = self._subscribe(lambda event: unseen.look(event.device), DeviceChanged)
        try:
            yield
        finally:
            unsubscribe()

    async def _ask(self, device_id: str, names: tuple[str, ...]) -> None:
        try:
            await self._query(device_id, names)
        except CoolKitError as error:
            _LOGGER.debug("A member of a group has not answered: %s", error)


def _longest(group: ControlGroup, members: Sequence[Device], writes: MemberWrites) -> list[Params]:
    """Return the messages of the member that needs most of them, the main device before others."""
    ordered = sorted(members, key=lambda device: device.device_id != group.main_device_id)
    frames = (frames_of(device.params, writes[device.device_id]) for device in ordered)
    return max(frames, key=len, default=[])
