"""The account session: devices as the cloud tells them, and the way of every command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
import logging
import time
from typing import Any, overload

from aiohttp import ClientSession

from .account_management import Household
from .authorization import Authorization
from .background import Background
from .backoff import BackOff
from .cloud.api import CloudApi, Endpoint
from .cloud.auth import AccountSession
from .cloud.connection import Connection
from .cloud.frames import HANDSHAKE
from .cloud.handshakes import shared_handshakes
from .commands import Commands
from .delivery import Delivery
from .devices.capability import Capability
from .devices.device import Device, Group, Permit
from .devices.params import Params, Sent
from .devices.recognition import Recollection
from .events import (
    EVENTS,
    ConnectionState,
    DeviceAdded,
    DeviceRemoved,
    Event,
    ShareRequest,
)
from .exceptions import (
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    CoolKitError,
    DeviceRefusedError,
    FeatureRefusedError,
    InvalidInputError,
    QueryTimeoutError,
    QuotaError,
    RepeatedSignOutError,
    ServerTroubleError,
    SessionClosedError,
    SessionError,
    ShareError,
    SignedOutError,
    TokenRefusedError,
    UnknownDeviceError,
    UnknownGroupError,
    WrongRegionError,
)
from .health import Health
from .push import Push
from .refusals import Refusals, Way
from .sharing import Sharing
from .slices import in_slices
from .store import DeviceStore
from .timings import Timings
from .unforeseen import Unforeseen

_LOGGER = logging.getLogger(__name__)

# These end the session; everything else is waited out.
_FINAL = (SignedOutError, TokenRefusedError, AppIdRefusedError, WrongRegionError)
_TROUBLE = (CannotConnectError, CloudError, QuotaError, AppIdRefusedError)
# Of it, what only patience or another App ID mends.
_REFUSED_APP = (QuotaError, AppIdRefusedError)
# Refused without a look at what was asked for.
_NOT_TRIED = (QuotaError, FeatureRefusedError, *_FINAL)
# What may be said of a device that has left unheard.
_REFUSED = (CloudError, CommandError, DeviceRefusedError, InvalidInputError, ShareError, UnknownGroupError)


class _ClosedError(CoolKitError):
    """The session was closed: `listen` ends."""


class CoolKitClient:
    """One account's session: `listen` keeps it open, `subscribe` follows it, `write` and `update` command.

    Devices are replaced as they change, never edited; events are told in order, in the event loop, after
    `devices` has changed. Every call raises `CoolKitError`.
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
        self.name = name
        self._websession = websession
        self._api = api
        self._timings = timings or Timings()
        self._callbacks: dict[type[Any], tuple[Callable[[Any], None], ...]] = dict.fromkeys(EVENTS, ())
        self._unforeseen = Unforeseen()
        self._background = Background(self._unforeseen)
        self._store = DeviceStore(timings=self._timings, emit=self._emit, want_list=self._want_list)
        self._health = Health(
            timings=self._timings, poll_interval=lambda: self._poll_interval, emit=self._emit
        )
        self._refusals = Refusals(self._emit)
        self._authorization = Authorization(
            api=api,
            session=session,
            timings=self._timings,
            background=self._background,
            emit=self._emit,
            fail=self._fail,
        )
        self._delivery = Delivery(
            api=api,
            timings=self._timings,
            store=self._store,
            device=self._device,
            is_online=self.is_online,
            connection=lambda: self._connection,
            http=self._http,
            judge=self._judge,
            want_list=self._want_list,
        )
        self._commands = Commands(
            timings=self._timings,
            background=self._background,
            device=self._device,
            send=self._delivery.command,
        )
        self._household = Household(
            api=api,
            timings=self._timings,
            apikey=session.apikey,
            store=self._store,
            background=self._background,
            emit=self._emit,
            device=self._device,
            http=self._http,
            in_turn=self._between_lists,
            explain=self._explain,
        )
        self._sharing = Sharing(
            api=api,
            timings=self._timings,
            background=self._background,
            emit=self._emit,
            session=lambda: self.session,
            judge=self._judge,
            device=self._device,
            connection=lambda: self._connection,
            relist=self._relist,
            read_list=self._list_devices,
            explain=self._explain,
            want_list=self._want_list,
        )
        self._closed = False
        self._connection: Connection | None = None
        self._loss_told = False
        # The list
        self._listing = asyncio.Lock()
        self._list_wanted = asyncio.Event()
        self._list_at = 0.0
        # When the last list that was read was asked for.
        self._listed_at = 0.0
        # Between two lists without a connection: it grows while the App ID is refused.
        self._poll_pause = self._poll_interval
        # When tokens were renewed after a sign-out
        self._recovered_at: float | None = None
        # What ends `listen`
        self._failure: CoolKitError | None = None
        self._failed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    # What can be asked without a call

    @property
    def session(self) -> AccountSession:
        """The session with its present tokens."""
        return self._authorization.session

    @property
    def devices(self) -> Mapping[str, Device]:
        """Every device of the account, by its id, as it is now."""
        return self._store.devices

    @property
    def groups(self) -> Mapping[str, Group]:
        """Every group of the account, by its id, in their order; the devices name those they are in.

        They are read with the lists of `listen`, and by `refresh_groups`.
        """
        return self._household.groups

    @property
    def share_requests(self) -> Sequence[ShareRequest]:
        """The requests of other accounts that can be answered now, oldest first."""
        return self._sharing.requests

    def last_seen(self, device_id: str) -> datetime | None:
        """Return when a device was last heard, or last went online or offline; None if that is not known."""
        return self._store.last_seen(device_id)

    def note_seen(self, device_id: str, when: datetime) -> None:
        """Take over from an earlier session when a device was heard; only the latest counts."""
        self._store.note_seen(device_id, when)

    def is_online(self, device: Device) -> bool:
        """Return whether a device reaches the cloud, by itself or through its gateway, as far as is known."""
        if device.online is False:
            return False
        gateway = self._store.devices.get(device.parent_id or "")
        return gateway is None or gateway.online is not False

    @property
    def connection(self) -> ConnectionState:
        """How the account hears of its devices now."""
        return self._health.state

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
        await self._list_devices()
        # Whatever is still unknown may be asked for again from now on.
        self._store.forget_unknown()

    def recall_devices(self, recollections: Mapping[str, Recollection]) -> None:
        """Take over what was known of devices in earlier sessions, before they are listed."""
        self._store.recognition.recall(recollections)

    def expect_devices(self, device_ids: Iterable[str]) -> None:
        """Watch for devices known from earlier sessions: those that two lists lack are told as removed."""
        self._store.expect(device_ids)

    async def drop_missing(self, device_id: str) -> bool:
        """Read the list, and let a device that it lacks go at once; return whether the device is gone.

        Raises as all calls do.
        """
        await self._list_devices(since=asyncio.get_running_loop().time())
        if not self._store.lacks(device_id):
            return False
        self._store.remove(device_id)
        return True

    async def _list_devices(self, *, since: float | None = None) -> None:
        """Read the list; one that was asked for after `since`, in the loop's time, is as good."""
        async with self._listing:
            if since is not None and self._listed_at >= since:
                return
            asked_at = asyncio.get_running_loop().time()
            with self._health.reading():
                journal = self._store.begin_list()
                try:
                    listed = await self._http(self._api.list_devices)
                    # Reading the answer, comparing it and telling it each take their time.
                    await asyncio.sleep(0)
                finally:
                    self._store.end_list()
                self._listed_at = asked_at
                self._refusals.end(Way.HTTP)
                changes = self._store.take_list(listed, journal, complete=listed.complete)
                if changes:
                    await asyncio.sleep(0)
                await in_slices(changes, self._store.tell)
                self._delivery.doubts.tell_list(asked_at)
        if not self._closed and not self._idle.is_set():
            # The first list is not to wait for groups; while there is no connection it is read often.
            self._household.read_groups_soon(again=self._connection is not None)

    async def _relist(self) -> None:
        """Read the list after something has changed that only the list shows; later, if that fails now."""
        try:
            await self._list_devices()
        except CoolKitError as error:
            _LOGGER.debug("Cannot read the list now: %s", error)
            self._want_list(self._timings.backoff)

    async def _explain(self, error: CoolKitError, device_ids: Iterable[str]) -> None:
        """Look at the list when the cloud refused a call for devices: no push tells of one that is gone.

        Raises `UnknownDeviceError` with the code of the refusal if it lacks one of them.
        """
        if isinstance(error, UnknownDeviceError) and error.code is not None:
            self._want_list(self._timings.resync)
        if not isinstance(error, _REFUSED) or isinstance(error, ServerTroubleError) or not error.may_be_gone:
            return
        await self._relist()
        if gone := [device_id for device_id in device_ids if self._store.lacks(device_id)]:
            raise UnknownDeviceError(
                error.interface, code=error.code, reason=f"the list lacks {', '.join(gone)}"
            ) from error

    async def _between_lists[R](self, work: Callable[[], Awaitable[R]], *, changes: bool = True) -> R:
        """Change the account when no list is under way: one that was asked for before would undo it here."""
        self._check_open()
        return await Background.outcome(self._background.spawn(self._in_turn(work, changes=changes)))

    def _check_open(self) -> None:
        """Raise if nothing is to be sent any more."""
        if self._closed:
            raise SessionClosedError("session", reason="the session is closed")

    async def _in_turn[R](self, work: Callable[[], Awaitable[R]], *, changes: bool) -> R:
        try:
            async with self._listing:
                return await work()
        except CoolKitError as error:
            handed = not isinstance(error, CannotConnectError) or error.handed
            if changes and handed and not isinstance(error, _NOT_TRIED):
                # It may have been done nevertheless, or is not as we know it: the list tells.
                self._want_list(self._timings.resync)
            raise

    def _want_list(self, delay: float) -> None:
        """Have the list read after a while, once for all who want it."""
        at = asyncio.get_running_loop().time() + delay
        if not self._list_wanted.is_set() or at < self._list_at:
            self._list_at = at
            self._list_wanted.set()

    def _emit(self, event: Event) -> None:
        if type(event) is DeviceRemoved:
            self._commands.forget(event.device_id)
            self._delivery.doubts.forget(event.device_id)
        for callback in self._callbacks[type(event)]:
            callback(event)
        if type(event) is DeviceAdded:
            self._sharing.note_added(event.device)

    # The account, its devices and groups

    async def change_password(self, old_password: str, new_password: str) -> None:
        """Set a new password; the session goes on as far as the cloud lets it.

        Raises `InvalidCredentialsError` if the old one is wrong, `FeatureRefusedError`, and as all calls do.
        """
        self._check_open()
        change = self._http(
            lambda session: self._api.change_password(
                session, old_password=old_password, new_password=new_password
            )
        )
        await Background.outcome(self._background.spawn(change))

    async def get_device(self, device_id: str) -> Device:
        """Return one device as the cloud knows it now; `devices` stays as the list and pushes tell it.

        Raises `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Check a device info.
        """
        device = self._device(device_id)
        try:
            return await self._http(lambda session: self._api.get_device(session, device))
        except CoolKitError as error:
            await self._explain(error, (device_id,))
            raise

    async def add_device(
        self,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
    ) -> Device:
        """Add a device by id and own key; with `sub_device_id` that child, by id and key of its gateway.

        It is told as added with the answer, before any list is read.
        Raises `DeviceRefusedError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        return await self._household.add_device(
            device_id=device_id, apikey=apikey, name=name, chip_id=chip_id, sub_device_id=sub_device_id
        )

    async def add_gsm_device(self, *, device_id: str, apikey: str, name: str) -> Device:
        """Add a GSM device by id and key. Tells and raises as `add_device` does."""
        return await self._household.add_gsm_device(device_id=device_id, apikey=apikey, name=name)

    async def delete_device(self, device_id: str) -> None:
        """Take a device from the account, and tell that it has left; to come back it is paired again.

        Raises `NotOwnerError` before anything is sent, `UnknownDeviceError`, `DeviceRefusedError`,
        `FeatureRefusedError`, and as all calls do.
        """
        await self._household.delete_device(device_id)
        # Whether the cloud agrees on what went with it.
        self._want_list(0)

    async def rename_device(self, device_id: str, name: str) -> None:
        """Give a device another name. Raises as `delete_device` does, and `InvalidInputError`."""
        await self._household.rename_device(device_id, name)

    async def rename_channel(self, device_id: str, outlet: int, name: str) -> None:
        """Give a channel another name. Raises as `delete_device` does, and `InvalidInputError`."""
        await self._household.rename_channel(device_id, outlet, name)

    async def refresh_groups(self) -> None:
        """Read the groups, which is done with the list, too.

        Raises `FeatureRefusedError`, and as all calls do.
        """
        await self._household.refresh_groups()

    async def add_group(self, name: str, index: int | None = None) -> Group:
        """Add a group at a place, counted from 0, or behind the others.

        Raises `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        return await self._household.add_group(name, index)

    async def change_group(
        self, group_id: str, *, name: str | None = None, index: int | None = None
    ) -> Group:
        """Give a group another name or place. Raises as `add_group` does, and `UnknownGroupError`."""
        return await self._household.change_group(group_id, name=name, index=index)

    async def rename_group(self, group_id: str, name: str) -> None:
        """Give a group another name. Raises as `change_group` does."""
        await self._household.change_group(group_id, name=name)

    async def order_groups(self, group_ids: Sequence[str]) -> None:
        """Put groups into this order; those that are not named follow. Raises as `change_group` does.

        Each group that moves is a call: those before one that fails have moved.
        """
        await self._household.order_groups(group_ids)

    async def delete_group(self, group_id: str) -> None:
        """Delete a group; its devices stay. Raises as `change_group` does."""
        await self._household.delete_group(group_id)

    async def add_to_group(self, group_id: str, device_ids: Iterable[str]) -> None:
        """Put devices into a group, those that are shared with the account included.

        They stay in their other groups. Raises as `change_group` does, and `UnknownDeviceError`.
        """
        await self._household.add_to_group(group_id, device_ids)

    async def remove_from_group(self, group_id: str, device_ids: Iterable[str]) -> None:
        """Take devices out of a group. Raises as `add_to_group` does."""
        await self._household.remove_from_group(group_id, device_ids)

    # Sharing

    async def share_device(
        self,
        device_id: str,
        uid: str,
        *,
        permit: Permit,
        note: str = "",
        user_name: str | None = None,
    ) -> None:
        """Ask another account of the region to take a device; returns when it has accepted.

        That may last for three minutes. `uid` is its e-mail address or phone number ("+86…"), `note` has at
        most 10 characters and 30 bytes, `user_name` is what it is told of us if not the nickname. The request
        goes on when the caller is cancelled, and is never sent twice.

        Raises before anything is sent: `NotOwnerError`, `UnknownDeviceError`, `InvalidInputError`,
        `ShareError` (the same is being asked already), `CannotConnectError` (no connection). Then:
        `UnknownAccountError`, `ShareRefusedError`, `AlreadySharedError`, `ShareTimeoutError` (no answer in
        time, or not online), `ShareOpenError` (the connection was lost: its outcome is open), `ShareError`,
        `FeatureRefusedError`, `CloudError`, `SignedOutError`.
        Source: API Center, WebSocket: Share device; docs/protocol.md, Sharing.
        """
        await self._sharing.share(device_id, uid, permit=permit, note=note, user_name=user_name)

    async def edit_share(
        self,
        device_id: str,
        uid: str,
        *,
        permit: Permit | None = None,
        note: str | None = None,
        user_name: str | None = None,
    ) -> None:
        """Change what a receiver may do with a device; the receiver may have to agree.

        What is not given, permit or note, stays as it is. Raises as `share_device` does, and
        `NotSharedError`. Source: API Center, WebSocket: Edit Sharing.
        """
        await self._sharing.change(device_id, uid, permit=permit, note=note, user_name=user_name)

    async def cancel_share(self, device_id: str, uid: str) -> None:
        """Take a device back from a receiver. The list is read before and after.

        Raises as `share_device` does, and `NotSharedError`. Source: API Center, WebSocket: Cancel sharing.
        """
        await self._sharing.cancel(device_id, uid)

    async def leave_share(self, device_id: str) -> None:
        """Give a device back that another account shares with this one, and tell that it has left.

        Raises before anything is sent: `OwnDeviceError`, `UnknownDeviceError`. Then: `NotLeftError`,
        `FeatureRefusedError`, and as all calls do. Source: docs/protocol.md, Sharing.
        """
        await self._household.leave_share(device_id)
        self._want_list(0)

    def restore_share_requests(self, requests: Iterable[ShareRequest]) -> None:
        """Go on with requests of an earlier session of the account, as long as they can be answered.

        They are told like those that come.
        """
        self._sharing.restore(requests)

    async def answer_share(self, request: ShareRequest, accept: bool) -> None:  # noqa: FBT001 - it is the answer
        """Accept or refuse the request of another account; the list shows the device soon after.

        Raises `ShareTimeoutError` (it was answered, or its time is over), `CannotConnectError`.
        Source: docs/protocol.md, Sharing.
        """
        await self._sharing.answer(request, accept=accept)

    # Commands

    async def write[W](self, device_id: str, capability: Capability[Any, W], value: W) -> None:
        """Make a capability of a device so; returns when that is confirmed.

        The messages are made of the device's params when it is their turn. Writes of relays of one device
        within 10 ms become one frame. Cancelling the caller does not recall the command.

        Raises `DeviceOfflineError`, `CommandTimeoutError` (it may have been executed), `CommandError`,
        `UnknownDeviceError`, and as all calls do; `ValueError` for a capability that cannot be written.
        """
        await self._commands.write(device_id, capability, value)

    async def update(self, device_id: str, params: Sent) -> Params:
        """Send one frame to a device, params as one object or as several; return the cloud's answer.

        The answer is empty if a push or a query confirmed the command. Raises as `write` does.
        """
        return await self._commands.update(device_id, params)

    async def query(self, device_id: str, params: Sequence[str] = ()) -> Params:
        """Ask a device for the named params, or for all; they are told like a push, and returned.

        Raises as `write` does, and `QueryTimeoutError` if it does not answer.
        """
        try:
            return await self._delivery.query(device_id, params)
        except CommandTimeoutError as error:
            raise QueryTimeoutError(error.interface, code=error.code, reason=error.reason) from error

    def _device(self, device_id: str) -> Device:
        """Return a device as it is now."""
        if self._closed:
            raise SessionClosedError("command", reason="the session is closed")
        try:
            return self._store.devices[device_id]
        except KeyError:
            raise UnknownDeviceError("command", reason="the account has no such device") from None

    # Tokens

    async def refresh_tokens(self) -> None:
        """Get new tokens; raises `TokenRefusedError` if it has to sign in again, and as all calls do."""
        session = self.session
        try:
            await self._authorization.renew(session)
        except TokenRefusedError as error:
            if await self._authorization.is_over(error, session):
                self._fail(error)
            raise

    def replace_session(self, session: AccountSession) -> None:
        """Go on with the tokens of a new sign-in of the same account, at once; no event tells them.

        Raises:
            ValueError: it is another account.
        """
        if session.apikey != self.session.apikey:
            raise ValueError("another account needs a client of its own")
        self._authorization.replace(session)
        self._recovered_at = None
        self._health.note_sign_out(signed_out=False)

    async def _http[R](self, call: Callable[[AccountSession], Awaitable[R]]) -> R:
        """Make an HTTP call, and note whether the App ID is refused."""
        try:
            return await self._authorization.call(call)
        except CoolKitError as error:
            self._refusals.note(error, Way.HTTP)
            raise

    async def _judge(self, error: SessionError) -> CoolKitError:
        """Return what the refusal of a frame is: one of the session, or an error of its call alone."""
        session, connection = self.session, self._connection
        judged = await self._authorization.judge(error, session)
        if connection is not None and self.session.tokens != session.tokens:
            # The next handshake takes the new ones.
            await connection.close("the access token has expired")
        return judged

    def _fail(self, error: CoolKitError) -> None:
        """Let `listen` know of an error that ends the session."""
        self._failure = error
        self._failed.set()

    # The account's life

    async def listen(self) -> None:
        """Keep the session open: connection, heartbeat, lists, tokens, and polling while disconnected.

        Ends only after `close`, or by raising what needs the user: `TokenRefusedError` (the sign-in has
        expired), `SignedOutError` (another client has signed in), `RepeatedSignOutError` (it keeps signing
        in: stop), `WrongRegionError`.
        Cancelling it leaves nothing behind.
        """
        self._health.note_sign_out(signed_out=False)
        self._idle.clear()
        pauses = BackOff(self._timings)
        loop = asyncio.get_running_loop()
        try:
            while not self._closed:
                started = loop.time()
                self._health.begin()
                try:
                    await self._live_on()
                except CoolKitError:
                    raise
                except Exception as error:  # noqa: BLE001 - it must not leave the account for dead
                    self._unforeseen.report(error, "the session")
                    self._health.stop(failed=True)
                    if loop.time() - started >= self._timings.settled:
                        pauses.reset()
                    await self._pause(pauses.next(self._timings.refused_limit))
        except _ClosedError:
            self._health.close()
        except asyncio.CancelledError:
            self._health.close()
            raise
        except CoolKitError as error:
            # The clock goes on: what nobody hears of any more becomes unreachable.
            self._health.stop()
            if isinstance(error, (TokenRefusedError, WrongRegionError)):
                self._health.note_sign_out(signed_out=True)
            raise
        finally:
            self._idle.set()

    async def _live_on(self) -> None:
        """Run a session until something ends it; after a sign-out, until it may go on."""
        try:
            await self._live()
        except SignedOutError as error:
            _LOGGER.debug("Signed out: %s", error)
            # Nothing is heard of the devices until somebody signs in.
            self._health.stop()
            await self._recover(error)

    async def _pause(self, seconds: float) -> None:
        """Wait before the session is opened again; new tokens end that, and so does `close`."""
        if not self._closed:
            replaced = self._authorization.replaced
            replaced.clear()
            await _happens(replaced, seconds)

    async def _live(self) -> None:
        """Run everything that a session needs until something ends it."""
        self._failed.clear()
        self._failure = None
        errors: Sequence[Exception] = ()
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (
                    self._keep_connected,
                    self._keep_listed,
                    self._poll,
                    self._keep_tokens,
                    self._store.watch_silence,
                    self._delivery.doubts.look,
                    partial(self._store.loads.watch, self._delivery.ask_once),
                    self._watch_failure,
                ):
                    name = getattr(work, "func", work).__name__
                    tasks.create_task(_lasting(work), name=f"coolkit {name}")
        except* Exception as group:  # noqa: BLE001 - whatever it is, it ends all of them
            errors = group.exceptions
        known = [error for error in errors if isinstance(error, CoolKitError)]
        for error in errors:
            if error in known:
                continue
            if not known:
                raise error
            self._unforeseen.report(error, "the session")
        if known:
            raise known[0]

    async def _watch_failure(self) -> None:
        """End the session if a call of somebody else has found that it must."""
        await self._failed.wait()
        raise self._failure or _ClosedError("session")

    async def _recover(self, error: SignedOutError) -> None:
        """After a sign-out by another client: pause, then try the refresh token once."""
        loop = asyncio.get_running_loop()
        if self._recovered_at is not None and loop.time() - self._recovered_at < self._timings.sign_out_again:
            self._health.note_sign_out(signed_out=True)
            raise RepeatedSignOutError(error.interface, code=error.code, reason=error.reason)
        authorization = self._authorization
        stale = authorization.ended
        if self.session.tokens != stale.tokens:
            return
        self._health.note_sign_out(signed_out=True)
        delay, pauses = self._timings.signed_out, BackOff(self._timings)
        while not await _happens(authorization.replaced, delay):
            try:
                await authorization.renew(stale)
            except _TROUBLE as failure:
                _LOGGER.debug("Cannot refresh the tokens yet: %s", failure)
                self._refusals.note(failure, Way.HTTP)
                delay = max(self._timings.signed_out, pauses.next(self._longest_pause(failure)))
            except TokenRefusedError as refusal:
                # A sign-in replaces both tokens: it is still that which has ended the session.
                raise error from refusal
            else:
                if not authorization.replaced.is_set():
                    self._recovered_at = loop.time()
                break
        self._health.note_sign_out(signed_out=False)

    async def _keep_connected(self) -> None:
        """Connect, receive, and connect again after a pause that grows."""
        loop = asyncio.get_running_loop()
        timings = self._timings
        backoff = BackOff(timings)
        while True:
            opened: float | None = None
            self._authorization.replaced.clear()
            try:
                # Before the cloud is asked where to connect: its answer ages.
                await self._in_pace(shared_handshakes.ready, self.session)
                endpoint = await self._authorization.call(self._api.dispatch)
                connection = await self._authorization.call(partial(self._open, endpoint))
                opened = loop.time()
                async with connection:
                    await self._receive(connection)
                reason, limit = connection.lost, self._longest_pause()
            except (*_TROUBLE, FeatureRefusedError) as error:
                self._refusals.note(error, Way.CONNECTION)
                reason, limit = str(error), self._longest_pause(error)
            self._tell_loss(reason)
            if opened is not None and self._health.http_works:
                # What was missed, and whether HTTP takes over.
                self._want_list(0)
            if opened is not None and loop.time() - opened >= timings.settled:
                backoff.reset()
            pause = backoff.next(limit)
            _LOGGER.debug("Connecting again in %.1f s", pause)
            if await _happens(self._authorization.replaced, pause):
                backoff.reset()

    def _longest_pause(self, error: CoolKitError | None = None) -> float:
        """Return what the pauses between attempts to connect grow to, by what ended the last one."""
        if isinstance(error, (*_REFUSED_APP, FeatureRefusedError)):
            return self._timings.refused_limit
        shaken = error is not None and error.interface == HANDSHAKE
        if error is None or (isinstance(error, CannotConnectError) and not (shaken and error.handed)):
            return min(self._timings.dropped_limit, self._timings.backoff_limit)
        return self._timings.backoff_limit

    async def _open(self, endpoint: Endpoint, session: AccountSession) -> Connection:
        """Open a connection and sign on."""
        await self._in_pace(shared_handshakes.take, session)
        return await Connection.open(
            self._websession,
            endpoint,
            app_id=self._api.app_id,
            session=session,
            timings=self._timings,
            confirmations=self._delivery.confirmations,
        )

    async def _in_pace(
        self, wait: Callable[[str, str, Timings], Awaitable[None]], session: AccountSession
    ) -> None:
        """Wait until the account may shake hands."""
        await wait(self._api.server(session), session.apikey, self._timings)

    async def _receive(self, connection: Connection) -> None:
        """Take what a connection pushes until it ends."""
        self._connection = connection
        self._health.connected()
        self._refusals.end(*Way)
        if self._loss_told:
            self._loss_told = False
            _LOGGER.info("Connected %s to the cloud again", self.name)
        self._want_list(0)
        handle, confirmations = self._store.handle, self._delivery.confirmations
        try:
            async for push in connection:
                if type(push) is Push:
                    if push.device_id in confirmations.pending:
                        confirmations.take(push)
                    handle(push)
                elif isinstance(push, ShareRequest):
                    self._sharing.take(push)
        finally:
            self._connection = None
            self._health.disconnected(lost=not self._closed)

    def _tell_loss(self, reason: str) -> None:
        """Say once that the connection is lost, until it is back."""
        if self._closed:
            return
        if not self._loss_told:
            self._loss_told = True
            _LOGGER.info("No connection of %s to the cloud: %s", self.name, reason.removesuffix("."))
        else:
            _LOGGER.debug("Still no connection of %s to the cloud: %s", self.name, reason.removesuffix("."))

    async def _keep_listed(self) -> None:
        """Read the list whenever somebody wants it."""
        loop = asyncio.get_running_loop()
        pauses = BackOff(self._timings)
        while True:
            await self._list_wanted.wait()
            self._list_wanted.clear()
            at = self._list_at
            # An earlier wish may come while waiting; it sets the event again.
            while (wait := at - loop.time()) > 0 and await _happens(self._list_wanted, wait):
                self._list_wanted.clear()
                at = min(at, self._list_at)
            try:
                await self._list_devices()
            except _TROUBLE as error:
                _LOGGER.debug("The list was not read: %s", error)
                refused = isinstance(error, _REFUSED_APP)
                limit = self._timings.refused_limit if refused else self._poll_interval
                self._poll_pause = min(2 * self._poll_pause, limit) if refused else self._poll_interval
                if self._connection is not None:
                    # Without one it is read regularly anyway.
                    self._want_list(pauses.next(limit))
            else:
                self._poll_pause = self._poll_interval
                pauses.reset()

    @property
    def _poll_interval(self) -> float:
        return self._api.poll_interval if self._timings.poll is None else self._timings.poll

    async def _poll(self) -> None:
        """Read the list regularly while there is no connection."""
        while True:
            await self._health.down.wait()
            if not await _happens(self._health.up, self._poll_pause):
                self._want_list(0)

    async def _keep_tokens(self) -> None:
        """Refresh the access token long before it expires."""
        while True:
            session = self.session
            left = session.tokens.access_token_time + self._timings.token_age - time.time()
            if left <= 0:
                try:
                    await self._authorization.renew(session)
                except (*_TROUBLE, WrongRegionError) as error:
                    _LOGGER.debug("Cannot refresh the tokens yet: %s", error)
                except TokenRefusedError as error:
                    # As long as the access token is taken, nobody has to sign in.
                    if await self._authorization.is_over(error, session):
                        raise
                    _LOGGER.debug("Cannot refresh the tokens, which still work: %s", error)
                left = self._timings.token_check
            await asyncio.sleep(min(left, self._timings.token_check))

    async def close(self) -> None:
        """End the session: `listen`, the connection, commands that wait, timers."""
        self._closed = True
        self._authorization.replaced.set()
        self._failure = None
        self._failed.set()
        # New tokens that were answered to nobody would be lost.
        self._sharing.close()
        await self._background.close(spare=self._authorization.renewal)
        await self._idle.wait()
        self._health.close()


async def _lasting(work: Callable[[], Awaitable[None]]) -> None:
    """Do work that ends with the session only: it must not end unheard before."""
    try:
        await work()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # What it waited for was cancelled, not the work itself.
        raise RuntimeError("the work has lost what it waited for") from None
    raise RuntimeError("the work has ended")


async def _happens(event: asyncio.Event, within: float) -> bool:
    """Return whether an event is set within so many seconds."""
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        # Both may come in the same instant.
        return event.is_set()
    return True
