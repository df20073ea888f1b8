"""The parts of an account's session, put together."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, overload

from aiohttp import ClientSession

from .account_management import AccountManagement
from .authorization import Authorization
from .background import Background
from .cloud.api import CloudApi, ShareCalls
from .cloud.auth import AccountSession
from .commands import Commands
from .confirmations import Confirmations
from .connecting import Connector
from .delivery import Delivery
from .device_list import DeviceList
from .devices.device import Device
from .devices.recognition import Recollection
from .events import EVENTS, ConnectionState, DeviceAdded, DeviceRemoved, Event
from .exceptions import (
    CoolKitError,
)
from .health import Health
from .list_requests import ListRequests
from .optional_parts import OptionalParts
from .places import Places
from .radio import RadioCodes
from .recovery import Recovery
from .refusals import Refusals
from .share_requests import ShareRequests
from .share_transports import CallShares, FrameShares
from .sharing import Sharing
from .store import DeviceStore
from .timer_writing import TimerWriter
from .timings import Timings
from .transports import HttpTransport, SocketTransport
from .unforeseen import Unforeseen


class SessionParts(OptionalParts):
    """The parts of an account's session, put together, and what can be asked of them.

    Attributes:
        management: what the owner changes: the password, devices and their names, groups.
        sharing: the shares that the account gives.
        share_requests: the requests of other accounts that wait for its answer.
        radio: the codes of radio remotes that bridges have learned.
        places: the homes with their rooms, and the control groups.
    """

    def __init__(
        self,
        *,
        websession: ClientSession,
        api: CloudApi,
        session: AccountSession,
        timings: Timings | None = None,
        name: str = "the account",
    ) -> None:
        """Prepare a session; nothing is sent yet. `name` is what the log calls the account."""
        self._timings = timings = timings or Timings()
        self._callbacks: dict[type[Any], tuple[Callable[[Any], None], ...]] = dict.fromkeys(EVENTS, ())
        emit = self._emit
        self._unforeseen = Unforeseen()
        self._background = background = Background(self._unforeseen)
        self._refusals = refusals = Refusals(emit)
        self._health = health = Health(timings=timings, api=api, emit=emit)
        list_requests = ListRequests()
        self._store = store = DeviceStore(timings=timings, emit=emit, list_requests=list_requests)
        self._authorization = authorization = Authorization(
            api=api,
            session=session,
            timings=timings,
            background=background,
            refusals=refusals,
            emit=emit,
            fail=self._fail,
        )
        self._list = device_list = DeviceList(
            api=api,
            timings=timings,
            store=store,
            requests=list_requests,
            authorization=authorization,
            refusals=refusals,
            health=health,
            background=background,
        )
        device_list.after = self._follow_list
        self._socket = socket = SocketTransport(authorization)
        self.places = Places(
            api=api,
            timings=timings,
            store=store,
            list_requests=list_requests,
            authorization=authorization,
            socket=socket,
            emit=emit,
        )
        device_list.take = self.places.take
        self._delivery = Delivery(
            timings=timings,
            store=store,
            list_requests=list_requests,
            transports=(socket, HttpTransport(api, authorization, store)),
            socket=socket,
        )
        self._commands = Commands(
            timings=timings,
            background=background,
            store=store,
            send=self._delivery.command,
            request=self._delivery.request,
        )
        self.add_optional_parts(
            api=api,
            timings=timings,
            store=store,
            list_requests=list_requests,
            device_list=device_list,
            authorization=authorization,
            background=background,
            socket=socket,
            places=self.places,
            query=self._delivery.query,
            subscribe=self.subscribe,
        )
        self._timers = TimerWriter(
            store=store, delivery=self._delivery, commands=self._commands, subscribe=self.subscribe
        )
        self.management = AccountManagement(
            api=api,
            timings=timings,
            store=store,
            device_list=device_list,
            authorization=authorization,
            background=background,
            emit=emit,
        )
        self.sharing = Sharing(
            api=api,
            timings=timings,
            store=store,
            device_list=device_list,
            authorization=authorization,
            transport=CallShares(api, authorization)
            if isinstance(api, ShareCalls)
            else FrameShares(api=api, timings=timings, authorization=authorization, socket=socket),
            background=background,
        )
        self.share_requests = ShareRequests(
            timings=timings,
            store=store,
            list_requests=list_requests,
            authorization=authorization,
            socket=socket,
            emit=emit,
        )
        self.radio = RadioCodes(
            timings=timings,
            store=store,
            delivery=self._delivery,
            commands=self._commands,
            management=self.management,
            background=background,
            subscribe=self.subscribe,
        )
        self._connector = Connector(
            websession=websession,
            api=api,
            timings=timings,
            authorization=authorization,
            refusals=refusals,
            health=health,
            socket=socket,
            confirmations=Confirmations(),
            store=store,
            device_list=device_list,
            share_requests=self.share_requests,
            name=name,
        )
        self._recovery = Recovery(
            timings=timings,
            authorization=authorization,
            refusals=refusals,
            health=health,
            longest_pause=self._connector.longest_pause,
        )
        self._closed = False
        # What ends `listen`
        self._failure: CoolKitError | None = None
        self._failed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    # What can be asked without a call

    @property
    def name(self) -> str:
        """What the log calls the account."""
        return self._connector.name

    @name.setter
    def name(self, name: str) -> None:
        self._connector.name = name

    @property
    def session(self) -> AccountSession:
        """The session with its present tokens."""
        return self._authorization.session

    @property
    def devices(self) -> Mapping[str, Device]:
        """Every device of the account, by its id, as it is now."""
        return self._store.devices

    def last_seen(self, device_id: str) -> datetime | None:
        """Return when a device was last heard, or last went online or offline; None if that is not known."""
        return self._store.last_seen(device_id)

    def note_seen(self, device_id: str, when: datetime) -> None:
        """Take over from an earlier session when a device was heard; only the latest counts."""
        self._store.note_seen(device_id, when)

    def is_online(self, device: Device) -> bool:
        """Return whether a device reaches the cloud, by itself or through its gateway, as far as is known."""
        return self._store.is_online(device)

    @property
    def connection(self) -> ConnectionState:
        """How the account hears of its devices now."""
        return self._health.state

    async def wait_for_first_connection(self) -> None:
        """Wait until there is a persistent connection, or the first attempt at one has failed."""
        await self._connector.tried.wait()

    @property
    def connection_since(self) -> float:
        """Since when it hears of them like that, in unix seconds."""
        return self._health.since

    @property
    def connection_losses(self) -> int:
        """How often the connection was lost."""
        return self._health.losses

    @property
    def reachable(self) -> bool:
        """False when persistent connection and HTTP have both failed for a minute."""
        return self._health.reachable

    @property
    def refused(self) -> bool:
        """Whether the App ID is refused now, or its quota spent; that is tried again after growing pauses."""
        return bool(self._refusals)

    @overload
    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]: ...
    @overload
    def subscribe[E: Event](self, callback: Callable[[E], None], kind: type[E]) -> Callable[[], None]: ...
    def subscribe[E: Event](
        self, callback: Callable[[E], None], kind: type[E] | None = None
    ) -> Callable[[], None]:
        """Tell the callback of every event, or of those of one kind, until what is returned is called.

        It is called synchronously, in the order of events.
        """
        wanted = EVENTS if kind is None else (kind,)
        # New tuples each time: one that is being walked through stays as it is.
        for each in wanted:
            self._callbacks[each] = (*self._callbacks[each], callback)

        def unsubscribe() -> None:
            for each in wanted:
                self._callbacks[each] = tuple(
                    known for known in self._callbacks[each] if known is not callback
                )

        return unsubscribe

    # The list

    async def refresh_devices(self) -> None:
        """Read the complete list: it replaces what is known, pushes that came meanwhile stay on top.

        A device that the list lacks leaves when a second list, a minute later, lacks it too. Raises as all
        calls do.
        """
        await self._list.read()
        # Whatever is still unknown may be asked for again from now on.
        self._store.forget_unknown()

    def recall_devices(self, recollections: Mapping[str, Recollection]) -> None:
        """Take over what was known of devices in earlier sessions, before they are listed."""
        self._store.recognition.recall(recollections)

    def expect_devices(self, device_ids: Iterable[str]) -> None:
        """Watch for devices known from earlier sessions: those that two lists lack are told as removed."""
        self._store.expect(device_ids)

    async def remove_if_unlisted(self, device_id: str) -> bool:
        """Read the list, and let a device that it lacks go at once; return whether the device is gone.

        Raises as all calls do.
        """
        return await self._list.remove_if_unlisted(device_id)

    def _follow_list(self, asked_at: float) -> None:
        """Conclude from a list that was read."""
        self._delivery.doubts.tell_list(asked_at)
        if not self._closed and not self._idle.is_set():
            # The first list is not to wait for groups; while there is no connection it is read often.
            self.management.read_groups_soon(again=self._health.up.is_set())

    def _emit(self, event: Event) -> None:
        if type(event) is DeviceRemoved:
            self._commands.forget(event.device_id)
            self._timers.forget(event.device_id)
            self.radio.forget(event.device_id)
            self._delivery.doubts.forget(event.device_id)
        for callback in self._callbacks[type(event)]:
            callback(event)
        if type(event) is DeviceAdded:
            self.share_requests.note_added(event.device)

    # Commands

    def _fail(self, error: CoolKitError) -> None:
        """Let `listen` know of an error that ends the session."""
        self._failure = error
        self._failed.set()
