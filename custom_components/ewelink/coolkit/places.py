"""Where the devices of an account are, and what is switched together, as its list tells it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from .authorization import Authorization
from .cloud.api import CloudApi, part
from .cloud.entries import Listed, Things
from .cloud.parts import ControlGroupCommands, HomeManagement
from .devices.device import Device
from .devices.params import Params
from .devices.places import ControlGroup, Home
from .events import Event, PlacesChanged
from .exceptions import UnknownGroupError
from .list_requests import ListRequests
from .store import DeviceStore
from .timings import Timings
from .transports import SocketTransport

_HOMES = "list of homes"
_COMMAND = "status update of the control group"


class Places:
    """Keeps homes and control groups; clouds without them have none.

    Attributes:
        homes: every home by its id, in their order.
        control_groups: every control group by its id.
        withheld: how many things this App ID is not told of: their brands are not released for it.
        known: whether a list has told of them that was complete and had anything in it.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        list_requests: ListRequests,
        authorization: Authorization,
        socket: SocketTransport,
        emit: Callable[[Event], None],
    ) -> None:
        """Know none yet."""
        self.homes: Mapping[str, Home] = MappingProxyType({})
        self.control_groups: Mapping[str, ControlGroup] = MappingProxyType({})
        self.withheld = 0
        self.known = False
        self._api = api
        self._timings = timings
        self._store = store
        self._list_requests = list_requests
        self._authorization = authorization
        self._socket = socket
        self._emit = emit

    def take(self, listed: Listed[Device]) -> None:
        """Take over what a list has told; what an incomplete one lacks may be there all the same."""
        if not isinstance(listed, Things):
            return
        homes = {home.home_id: home for home in listed.homes}
        groups = {group.group_id: group for group in listed.control_groups}
        if not listed.complete:
            homes |= {home_id: home for home_id, home in self.homes.items() if home_id not in homes}
            groups |= {known: group for known, group in self.control_groups.items() if known not in groups}
        self.withheld = listed.withheld
        first, self.known = not self.known, self.known or (listed.complete and bool(listed))
        if not (first and self.known) and homes == self.homes and groups == self.control_groups:
            return
        self.homes, self.control_groups = MappingProxyType(homes), MappingProxyType(groups)
        self._emit(PlacesChanged(self.homes, self.control_groups))

    async def read_homes(self) -> tuple[Home, ...]:
        """Return the homes with their rooms as they are now, without reading the devices in them.

        Raises `NotSupportedError` where the cloud has none, and as all calls do. Source: docs/protocol.md,
        Version 2.
        """
        calls = part(self._api, HomeManagement, _HOMES)
        return tuple(await self._authorization.http(calls.list_homes))

    def take_homes(self, homes: Iterable[Home]) -> None:
        """Take over the homes as they were read without what is in them."""
        known = {home.home_id: home for home in homes}
        if known != self.homes:
            self.homes = MappingProxyType(known)
            self._emit(PlacesChanged(self.homes, self.control_groups))

    def find(self, group_id: str) -> ControlGroup:
        """Return a control group; raises `UnknownGroupError`."""
        try:
            return self.control_groups[group_id]
        except KeyError:
            raise UnknownGroupError(_COMMAND, reason="the account has no such control group") from None

    def members(self, group_id: str) -> list[Device]:
        """Return the devices of a control group, of which alone its state is known."""
        return [device for device in self._store.devices.values() if group_id in device.control_groups]

    async def command(self, group_id: str, params: Params) -> None:
        """Send params to all members of a control group.

        That it was taken proves nothing of any member: each tells itself what it does.
        Raises `UnknownGroupError`, `NotSupportedError`, `CommandError` and its kin, and as all calls do.
        """
        group = self.find(group_id)
        calls = part(self._api, ControlGroupCommands, _COMMAND)
        await self._authorization.http(lambda session: calls.update_control_group(session, group, params))
        if self._socket.open_connection is None:
            # Nobody tells it by a push.
            self._list_requests.request(self._timings.resync)
