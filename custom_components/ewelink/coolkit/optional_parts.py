"""What only some generations of the cloud have, as parts of a session that say so where it lacks."""

from collections.abc import Awaitable, Callable, Sequence

from .authorization import Authorization
from .background import Background
from .cloud.api import CloudApi
from .device_list import DeviceList
from .devices.params import Params
from .events import Subscribe
from .firmware import FirmwareUpdates
from .group_commands import GroupCommands
from .histories import Histories
from .home_management import HomeChanges
from .list_requests import ListRequests
from .notices import Notices
from .places import Places
from .store import DeviceStore
from .timings import Timings
from .transports import SocketTransport


class OptionalParts:
    """The optional parts of a session.

    Attributes:
        group_commands: commands to control groups.
        firmware: newer firmware for the devices.
        histories: what was done with the devices.
        homes: what the owner changes of homes and rooms.
        notices: what the phone app tells its user.
    """

    group_commands: GroupCommands
    firmware: FirmwareUpdates
    histories: Histories
    homes: HomeChanges
    notices: Notices

    def add_optional_parts(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        list_requests: ListRequests,
        device_list: DeviceList,
        authorization: Authorization,
        background: Background,
        socket: SocketTransport,
        places: Places,
        query: Callable[[str, Sequence[str]], Awaitable[Params]],
        subscribe: Subscribe,
    ) -> None:
        """Put them together."""
        self.group_commands = GroupCommands(
            api=api,
            timings=timings,
            background=background,
            places=places,
            query=query,
            subscribe=subscribe,
        )
        self.firmware = FirmwareUpdates(
            api=api,
            timings=timings,
            store=store,
            list_requests=list_requests,
            authorization=authorization,
            background=background,
            socket=socket,
            subscribe=subscribe,
        )
        self.histories = Histories(api=api, store=store, device_list=device_list, authorization=authorization)
        self.homes = HomeChanges(
            api=api, store=store, device_list=device_list, authorization=authorization, places=places
        )
        self.notices = Notices(api=api, store=store, device_list=device_list, authorization=authorization)
