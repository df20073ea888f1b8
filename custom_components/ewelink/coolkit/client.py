"""The account session: devices as the cloud tells them, and the way of every command."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
import logging
from random import SystemRandom
import time
from types import MappingProxyType
from typing import Any

from aiohttp import ClientSession

from .api import CloudApi, Endpoint
from .auth import AccountSession
from .capability import Capability, Kind
from .device import Device
from .events import (
    ConnectionChanged,
    ConnectionState,
    DeviceAdded,
    DeviceChanged,
    DeviceRemoved,
    Event,
    ReachabilityChanged,
    SessionChanged,
)
from .exceptions import (
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    CoolKitError,
    FeatureRefusedError,
    QuotaError,
    RepeatedSignOutError,
    SignedOutError,
    TokenExpiredError,
    TokenRefusedError,
    UnknownDeviceError,
    WrongRegionError,
)
from .params import Params, merge
from .timings import Timings
from .websocket import Connection, Push, facts

_LOGGER = logging.getLogger(__name__)

_ATTRIBUTES = tuple(item.name for item in fields(Device) if item.name != "params")
# A shared device that refuses like this may be shared no longer: nothing is pushed when a share ends.
_SHARE_ENDED = frozenset({400, 401, 403})
# These end the session; everything else is waited out.
_FINAL = (SignedOutError, TokenRefusedError, AppIdRefusedError, WrongRegionError)
_TROUBLE = (CannotConnectError, CloudError, QuotaError)
# What says of a call for one device that HTTP does not work; the device's own trouble does not.
_UNREACHED = (CannotConnectError, QuotaError)


class _ClosedError(CoolKitError):
    """The session was closed: `listen` ends."""


@dataclass(slots=True, eq=False)
class _Batch:
    """Writes of relays of one device that become one frame."""

    opened: float
    writes: list[tuple[Capability[Any, Any], Any]] = field(default_factory=list)
    task: asyncio.Task[Params] | None = None


@dataclass(slots=True, eq=False)
class _Lane:
    """The commands of one device, one after the other."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    # The writes that others may still join; None once another command stands behind them.
    gathering: _Batch | None = None
    # Whether the last command found nobody who answered.
    stalled: bool = False


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
    ) -> None:
        """Prepare a session; nothing is sent yet."""
        self._websession = websession
        self._api = api
        self._session = session
        self._timings = timings or Timings()
        self._devices: dict[str, Device] = {}
        self._callbacks: tuple[Callable[[Event], None], ...] = ()
        self._random = SystemRandom()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lanes: dict[str, _Lane] = {}
        self._closed = False
        # The connection, and how the account is heard of
        self._connection: Connection | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()
        self._state = ConnectionState.OFFLINE
        self._signed_out = False
        self._loss_told = False
        self.connection_since = time.time()
        self.connection_losses = 0
        # Whether anything answers
        self._reachable = True
        self._down_since = 0.0
        self._http_failing_since: float | None = None
        self._reachability_timer: asyncio.TimerHandle | None = None
        # The list
        self._listing = asyncio.Lock()
        self._journal: list[Push] | None = None
        self._complete = False
        # Devices that the last list lacked, and since when; None for those that no list was asked for yet.
        self._missing: dict[str, float | None] = {}
        self._unknown: set[str] = set()
        self._asked_for: set[str] = set()
        self._list_wanted = asyncio.Event()
        self._list_at = 0.0
        # Tokens
        self._renewal: asyncio.Task[None] | None = None
        self._failure: CoolKitError | None = None
        self._failed = asyncio.Event()
        self._stale = session
        self._replaced = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._recovered_at: float | None = None

    # What can be asked without a call

    @property
    def session(self) -> AccountSession:
        """The session with its present tokens."""
        return self._session

    @property
    def devices(self) -> Mapping[str, Device]:
        """Every device of the account, by its id, as it is now."""
        return MappingProxyType(self._devices)

    @property
    def connection(self) -> ConnectionState:
        """How the account hears of its devices now; `connection_since` says since when, in unix seconds."""
        return self._state

    @property
    def reachable(self) -> bool:
        """False when persistent connection and HTTP have both failed for a minute."""
        return self._reachable

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Tell the callback of every event, synchronously and in order, until what is returned is called."""
        # A new tuple each time: one that is being walked through stays as it is.
        self._callbacks = (*self._callbacks, callback)

        def unsubscribe() -> None:
            self._callbacks = tuple(known for known in self._callbacks if known is not callback)

        return unsubscribe

    # The list

    async def refresh_devices(self) -> None:
        """Read the complete list: it replaces what is known, pushes that came meanwhile stay on top.

        A device that the list lacks leaves when a second list, a minute later, lacks it too. Raises as all
        calls do.
        """
        await self._list_devices()
        # Whatever is still unknown may be asked for again from now on.
        self._asked_for.clear()

    def expect_devices(self, device_ids: Iterable[str]) -> None:
        """Watch for devices known from earlier sessions: those that two lists lack are told as removed."""
        for device_id in device_ids:
            if device_id not in self._devices and device_id not in self._missing:
                self._missing[device_id] = asyncio.get_running_loop().time() if self._complete else None
                self._want_list(self._timings.leave)

    async def _list_devices(self) -> None:
        async with self._listing:
            journal: list[Push] = []
            self._journal = journal
            try:
                listed = await self._http(self._api.list_devices)
            finally:
                self._journal = None
            self._complete = True
            self._replace_devices({device.device_id: device for device in listed}, journal)

    def _replace_devices(self, listed: dict[str, Device], journal: Sequence[Push]) -> None:
        """Take over a complete list, with what was pushed meanwhile on top."""
        for push in journal:
            if (device := listed.get(push.device_id)) is not None:
                listed[push.device_id] = _pushed(device, push)
        for device_id, device in listed.items():
            self._missing.pop(device_id, None)
            self._unknown.discard(device_id)
            previous = self._devices.get(device_id)
            self._devices[device_id] = device
            if previous is None:
                self._emit(DeviceAdded(device))
            elif previous != device:
                before, after = previous.params, device.params
                self._emit(
                    DeviceChanged(
                        device=device,
                        previous=previous,
                        keys={
                            key
                            for key in before.keys() | after.keys()
                            if before.get(key, _ABSENT) != after.get(key, _ABSENT)
                        },
                        attributes_changed=_attributes_differ(previous, device),
                    )
                )
        self._let_leave(listed)
        self._asked_for |= self._unknown
        self._unknown.clear()

    def _let_leave(self, listed: Mapping[str, Device]) -> None:
        """Let devices go that two complete lists lack."""
        now = asyncio.get_running_loop().time()
        patience = self._timings.leave if listed else self._timings.leave_empty
        for device_id in [*self._missing, *(self._devices.keys() - self._missing.keys())]:
            if device_id in listed:
                continue
            if (since := self._missing.get(device_id)) is None:
                since = self._missing[device_id] = now
            if now - since < patience:
                self._want_list(since + patience - now)
                continue
            del self._missing[device_id]
            self._lanes.pop(device_id, None)
            self._emit(DeviceRemoved(device_id, self._devices.pop(device_id, None)))

    def _want_list(self, delay: float) -> None:
        """Have the list read after a while, once for all who want it."""
        at = asyncio.get_running_loop().time() + delay
        if not self._list_wanted.is_set() or at < self._list_at:
            self._list_at = at
            self._list_wanted.set()

    # What is pushed

    def _handle(self, push: Push) -> None:
        """Merge what was pushed, and tell it."""
        device_id = push.device_id
        if self._journal is not None:
            self._journal.append(push)
        previous = self._devices.get(device_id)
        if previous is None:
            self._handle_unknown(device_id)
            return
        if push.online is None:
            params = push.params
            device = self._devices[device_id] = previous.with_params(params)
            self._emit(
                DeviceChanged(
                    device=device,
                    previous=previous,
                    keys=params.keys(),
                    attributes_changed="fwVersion" in params and device.firmware != previous.firmware,
                )
            )
        elif previous.online is not push.online:
            device = self._devices[device_id] = previous.with_online(push.online)
            self._emit(
                DeviceChanged(device=device, previous=previous, keys=frozenset(), attributes_changed=True)
            )

    def _handle_unknown(self, device_id: str) -> None:
        """Have the list read for a device that it does not have yet; once, until the next regular list."""
        if device_id not in self._asked_for and device_id not in self._unknown:
            _LOGGER.debug("A push names the unknown device %s", device_id)
            self._unknown.add(device_id)
            self._want_list(self._timings.resync)

    def _emit(self, event: Event) -> None:
        for callback in self._callbacks:
            callback(event)

    # Commands

    async def write[W](self, device_id: str, capability: Capability[Any, W], value: W) -> None:
        """Make a capability of a device so; returns when that is confirmed.

        The messages are made of the device's params when it is their turn. Writes of relays of one device
        within 10 ms become one frame. Cancelling the caller does not recall the command.

        Raises `DeviceOfflineError`, `CommandTimeoutError` (it may have been executed), `CommandError`,
        `UnknownDeviceError`, and as all calls do; `ValueError` for a capability that cannot be written.
        """
        write = capability.write
        if write is None:
            raise ValueError(f"{capability.key} is read only")
        lane = self._lane(device_id)
        device = self._devices[device_id]
        loop = asyncio.get_running_loop()
        if capability.kind is Kind.RELAY and _is_switches(write(device.params, value)):
            batch = lane.gathering
            joined = None if batch is None else [*batch.writes, (capability, value)]
            if (
                batch is None
                or joined is None
                or batch.task is None
                or loop.time() - batch.opened >= self._timings.coalesce
                or len(_frames(device.params, joined)) > 1
            ):
                batch = _Batch(loop.time(), [(capability, value)])
                batch.task = self._spawn(
                    self._in_turn(
                        device_id, lane, lambda: _frames(self._device(device_id).params, batch.writes), batch
                    )
                )
                lane.gathering = batch
            else:
                batch.writes = joined
            await asyncio.shield(batch.task)
            return
        lane.gathering = None
        await asyncio.shield(
            self._spawn(self._in_turn(device_id, lane, lambda: write(self._device(device_id).params, value)))
        )

    async def update(self, device_id: str, params: Params) -> Params:
        """Send one frame to a device; return the cloud's answer.

        The answer is empty if a push or a query confirmed the command. Raises as `write` does.
        """
        lane = self._lane(device_id)
        lane.gathering = None
        return await asyncio.shield(self._spawn(self._in_turn(device_id, lane, lambda: (params,))))

    async def query(self, device_id: str, params: Sequence[str] = ()) -> Params:
        """Ask a device for the named params, or for all; they are told like a push, and returned.

        Raises as `write` does.
        """
        device = self._device(device_id)
        connection = self._connection
        if connection is not None and connection.alive:
            try:
                return await connection.query(device, params)
            except CannotConnectError as error:
                _LOGGER.debug("Query over HTTP: %s", error)
            except CommandTimeoutError as error:
                if error.code is None:
                    connection.probe()
                raise
            except CommandError as error:
                self._check_share(device, error)
                raise
        found = await self._http(
            lambda session: self._api.get_status(session, device, params), broken=_UNREACHED
        )
        if found:
            self._handle(Push(device_id=device_id, params=found))
        return found

    def _device(self, device_id: str) -> Device:
        """Return a device as it is now."""
        if self._closed:
            raise CannotConnectError("command", reason="the session is closed")
        try:
            return self._devices[device_id]
        except KeyError:
            raise UnknownDeviceError("command", reason="the account has no such device") from None

    def _lane(self, device_id: str) -> _Lane:
        """Return the lane of a device's commands."""
        self._device(device_id)
        return self._lanes.setdefault(device_id, _Lane())

    def _spawn[R](self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Start work that outlives its caller, but not the client."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        # Whoever waits gets the error; a caller who has gone does not make it an unhandled one.
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.debug("Ended with %s", type(error).__name__)

    async def _in_turn(
        self,
        device_id: str,
        lane: _Lane,
        messages: Callable[[], Sequence[Params]],
        batch: _Batch | None = None,
    ) -> Params:
        """Send messages when the device's earlier commands are done; return the answer to the last one."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with lane.turn:
            if batch is not None:
                # Others may still join.
                await asyncio.sleep(batch.opened + self._timings.coalesce - loop.time())
                if lane.gathering is batch:
                    lane.gathering = None
            if lane.stalled and loop.time() - started >= self._timings.command:
                # It stood behind commands that nobody answered: held longer, it would surprise.
                raise CommandTimeoutError("update", reason="not sent: earlier commands were not answered")
            lane.stalled = False
            answer: Params = {}
            try:
                for params in messages():
                    answer = await self._command(self._device(device_id), params)
            except CommandTimeoutError:
                lane.stalled = True
                raise
            except CommandError as error:
                if (device := self._devices.get(device_id)) is not None:
                    self._check_share(device, error)
                raise
            return answer

    def _check_share(self, device: Device, error: CommandError) -> None:
        """Look at the list if the device was shared with us and may be so no longer."""
        if error.code in _SHARE_ENDED and device.apikey != self._session.apikey:
            self._want_list(self._timings.resync)

    async def _command(self, device: Device, params: Params) -> Params:
        """Send one message once, by the connection or else by HTTP, and see it confirmed."""
        connection = self._connection
        if connection is not None and connection.alive:
            try:
                return await connection.update(device, params)
            except CannotConnectError as error:
                if error.handed:
                    return await self._confirm(device, params, error)
                _LOGGER.debug("Command over HTTP: %s", error)
            except CommandTimeoutError as error:
                if error.code is None:
                    connection.probe()
                return await self._confirm(device, params, error)
        try:
            await self._http(
                lambda session: self._api.update_status(session, device, params), broken=_UNREACHED
            )
        except CannotConnectError as error:
            if not error.handed:
                raise
            return await self._confirm(device, params, error)
        except (CommandTimeoutError, CloudError) as error:
            return await self._confirm(device, params, error)
        self._handle(Push(device_id=device.device_id, params=params))
        return {}

    async def _confirm(self, device: Device, params: Params, error: CoolKitError) -> Params:
        """Ask once whether a command that nobody confirmed was executed; it is not sent again."""
        _LOGGER.debug("Not confirmed, asking the device: %s", error)
        try:
            found = await self.query(device.device_id, tuple(params))
        except CoolKitError as failure:
            _LOGGER.debug("Not confirmed by a query: %s", failure)
        else:
            shown = dict(facts(found))
            known = found.keys() | device.params.keys()
            # Some params steer the command only and are never told back.
            wanted = [(place, value) for place, value in facts(params) if place[0] in known]
            if wanted and all(shown.get(place) == value for place, value in wanted):
                return {}
        raise CommandTimeoutError("update", code=error.code, reason=error.reason) from None

    # Tokens

    async def refresh_tokens(self) -> None:
        """Get new tokens; raises `TokenRefusedError` if it has to sign in again, and as all calls do."""
        try:
            await self._renew(self._session)
        except _FINAL as error:
            self._fail(error)
            raise

    def replace_session(self, session: AccountSession) -> None:
        """Go on with the tokens of a new sign-in of the same account, at once; no event tells them.

        Raises:
            ValueError: it is another account.
        """
        if session.apikey != self._session.apikey:
            raise ValueError("another account needs a client of its own")
        self._session = session
        self._recovered_at = None
        self._signed_out = False
        self._replaced.set()
        self._update_state()

    async def _renew(self, stale: AccountSession) -> None:
        """Replace stale tokens, once for all who found them stale."""
        if self._session.tokens != stale.tokens:
            return
        if self._renewal is None:
            # It outlives its callers: tokens that were answered to nobody would be lost.
            self._renewal = self._spawn(self._renew_once(stale))
        await asyncio.shield(self._renewal)

    async def _renew_once(self, stale: AccountSession) -> None:
        try:
            renewed = await self._api.refresh(stale)
        finally:
            self._renewal = None
        if self._session.tokens == stale.tokens:
            self._session = renewed
            _LOGGER.debug("The tokens were refreshed")
            self._emit(SessionChanged(renewed))

    async def _authorized[R](self, call: Callable[[AccountSession], Awaitable[R]]) -> R:
        """Make a call with the present tokens; again with new ones if these were out of date."""
        session = self._session
        try:
            try:
                return await call(session)
            except TokenExpiredError:
                await self._renew(session)
            except SignedOutError:
                if self._session.tokens == session.tokens:
                    raise
            session = self._session
            return await call(session)
        except TokenExpiredError as error:
            raise CloudError(error.interface, code=error.code, reason=error.reason) from None
        except _FINAL as error:
            self._stale = session
            self._replaced.clear()
            self._fail(error)
            raise

    async def _http[R](
        self,
        call: Callable[[AccountSession], Awaitable[R]],
        *,
        broken: tuple[type[CoolKitError], ...] = _TROUBLE,
        proves: bool = True,
    ) -> R:
        """Make an HTTP call, and note whether HTTP works."""
        try:
            result = await self._authorized(call)
        except broken:
            self._note_http(works=False)
            raise
        if proves:
            self._note_http(works=True)
        return result

    def _fail(self, error: CoolKitError) -> None:
        """Let `listen` know of an error that ends the session."""
        self._failure = error
        self._failed.set()

    # The account's life

    async def listen(self) -> None:
        """Keep the session open: connection, heartbeat, lists, tokens, and polling while disconnected.

        Ends only after `close`, or by raising what needs the user: `TokenRefusedError` (sign in again),
        `RepeatedSignOutError` (another client keeps signing in: stop), `AppIdRefusedError`,
        `WrongRegionError`.
        Cancelling it leaves nothing behind.
        """
        self._down_since = asyncio.get_running_loop().time()
        self._idle.clear()
        try:
            while not self._closed:
                try:
                    await self._live()
                except SignedOutError as error:
                    _LOGGER.debug("Signed out: %s", error)
                    await self._recover(error)
        except _ClosedError:
            return
        finally:
            self._idle.set()
            self._cancel_reachability_timer()

    async def _live(self) -> None:
        """Run everything that a session needs until something ends it."""
        self._failed.clear()
        self._failure = None
        final: CoolKitError | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (
                    self._keep_connected,
                    self._keep_listed,
                    self._poll,
                    self._keep_tokens,
                    self._watch_failure,
                ):
                    tasks.create_task(work())
        except* CoolKitError as group:
            final = next(error for error in group.exceptions if isinstance(error, CoolKitError))
        if final is not None:
            raise final

    async def _watch_failure(self) -> None:
        """End the session if a call of somebody else has found that it must."""
        await self._failed.wait()
        raise self._failure or _ClosedError("session")

    async def _recover(self, error: SignedOutError) -> None:
        """After a sign-out by another client: pause, then try the refresh token once."""
        loop = asyncio.get_running_loop()
        if self._recovered_at is not None and loop.time() - self._recovered_at < self._timings.sign_out_again:
            self._signed_out = True
            self._update_state()
            raise RepeatedSignOutError(error.interface, code=error.code, reason=error.reason)
        stale = self._stale
        if self._session.tokens != stale.tokens:
            return
        self._signed_out = True
        self._update_state()
        delay = self._timings.signed_out
        while not await _happens(self._replaced, delay):
            try:
                await self._renew(stale)
            except _TROUBLE as failure:
                _LOGGER.debug("Cannot refresh the tokens yet: %s", failure)
                delay = self._backoff(delay)
            else:
                self._recovered_at = loop.time()
                break
        self._signed_out = False
        self._update_state()

    def _backoff(self, delay: float) -> float:
        return min(delay * 2, self._timings.backoff_limit)

    async def _keep_connected(self) -> None:
        """Connect, receive, and connect again after a pause that grows."""
        loop = asyncio.get_running_loop()
        timings = self._timings
        delay = timings.backoff
        while True:
            opened: float | None = None
            self._replaced.clear()
            try:
                endpoint = await self._http(self._api.dispatch, proves=False)
                connection = await self._authorized(partial(self._open, endpoint))
                opened = loop.time()
                async with connection:
                    await self._receive(connection)
                reason = connection.lost
            except (*_TROUBLE, FeatureRefusedError) as error:
                reason = str(error)
            self._tell_loss(reason)
            if opened is not None and loop.time() - opened >= timings.settled:
                delay = timings.backoff
            pause = delay * self._random.uniform(1 - timings.jitter, 1 + timings.jitter)
            delay = self._backoff(delay)
            _LOGGER.debug("Connecting again in %.1f s", pause)
            if await _happens(self._replaced, pause):
                delay = timings.backoff

    async def _open(self, endpoint: Endpoint, session: AccountSession) -> Connection:
        """Open a connection and sign on."""
        return await Connection.open(
            self._websession,
            endpoint,
            app_id=self._api.app_id,
            session=session,
            timings=self._timings,
        )

    async def _receive(self, connection: Connection) -> None:
        """Take what a connection pushes until it ends."""
        self._connection = connection
        self._up.set()
        self._down.clear()
        self._update_state()
        self._update_reachability()
        if self._loss_told:
            self._loss_told = False
            _LOGGER.info("Connected to the cloud again")
        self._want_list(0)
        handle = self._handle
        try:
            async for push in connection:
                handle(push)
        finally:
            self._connection = None
            if not self._closed:
                self.connection_losses += 1
            self._up.clear()
            self._down.set()
            self._down_since = asyncio.get_running_loop().time()
            self._update_state()
            self._update_reachability()

    def _tell_loss(self, reason: str) -> None:
        """Say once that the connection is lost, until it is back."""
        if self._closed:
            return
        if not self._loss_told:
            self._loss_told = True
            _LOGGER.info("No connection to the cloud: %s", reason)
        else:
            _LOGGER.debug("Still no connection to the cloud: %s", reason)

    async def _keep_listed(self) -> None:
        """Read the list whenever somebody wants it."""
        loop = asyncio.get_running_loop()
        delay = self._timings.backoff
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
                _LOGGER.debug("Reading the list again in %.0f s: %s", delay, error)
                self._want_list(delay)
                delay = min(self._backoff(delay), self._poll_interval)
            else:
                delay = self._timings.backoff

    @property
    def _poll_interval(self) -> float:
        return self._api.poll_interval if self._timings.poll is None else self._timings.poll

    async def _poll(self) -> None:
        """Read the list regularly while there is no connection."""
        while True:
            await self._down.wait()
            if not await _happens(self._up, self._poll_interval):
                self._want_list(0)

    async def _keep_tokens(self) -> None:
        """Refresh the access token long before it expires."""
        while True:
            session = self._session
            left = session.tokens.access_token_time + self._timings.token_age - time.time()
            if left <= 0:
                try:
                    await self._renew(session)
                except _TROUBLE as error:
                    _LOGGER.debug("Cannot refresh the tokens yet: %s", error)
                left = self._timings.token_check
            await asyncio.sleep(min(left, self._timings.token_check))

    # Whether anything answers

    def _update_state(self) -> None:
        """Tell how the account is heard of, if that has changed."""
        if self._signed_out:
            state = ConnectionState.SIGNED_OUT
        elif self._connection is not None:
            state = ConnectionState.CONNECTED
        elif self._http_failing_since is None:
            state = ConnectionState.POLLING
        else:
            state = ConnectionState.OFFLINE
        if state is not self._state:
            self._state = state
            self.connection_since = time.time()
            self._emit(ConnectionChanged(state))

    def _note_http(self, *, works: bool) -> None:
        """Remember whether HTTP works, and since when it does not."""
        if works:
            self._http_failing_since = None
        elif self._http_failing_since is None:
            self._http_failing_since = asyncio.get_running_loop().time()
        self._update_state()
        self._update_reachability()

    def _update_reachability(self) -> None:
        """Tell when connection and HTTP have both failed for long, and when one of them works again."""
        self._cancel_reachability_timer()
        if self._connection is not None or self._http_failing_since is None:
            reachable = True
        else:
            loop = asyncio.get_running_loop()
            at = max(self._down_since, self._http_failing_since) + self._timings.unreachable
            reachable = loop.time() < at and self._reachable
            if reachable:
                self._reachability_timer = loop.call_at(at, self._update_reachability)
        if reachable is not self._reachable:
            self._reachable = reachable
            self._emit(ReachabilityChanged(reachable))

    def _cancel_reachability_timer(self) -> None:
        if self._reachability_timer is not None:
            self._reachability_timer.cancel()
            self._reachability_timer = None

    async def close(self) -> None:
        """End the session: `listen`, the connection, commands that wait, timers."""
        self._closed = True
        self._replaced.set()
        self._failure = None
        self._failed.set()
        for task in self._tasks:
            # New tokens that were answered to nobody would be lost.
            if task is not self._renewal:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._idle.wait()
        self._cancel_reachability_timer()


_ABSENT = object()


def _pushed(device: Device, push: Push) -> Device:
    """Return a device with what was pushed of it."""
    return device.with_params(push.params) if push.online is None else device.with_online(push.online)


def _attributes_differ(previous: Device, device: Device) -> bool:
    """Whether something else than params differs."""
    return previous.firmware != device.firmware or any(
        getattr(previous, name) != getattr(device, name) for name in _ATTRIBUTES
    )


def _is_switches(messages: Sequence[Params]) -> bool:
    """Whether a write is one message with relays alone."""
    return len(messages) == 1 and messages[0].keys() == {"switches"}


def _frames(params: Params, writes: Sequence[tuple[Capability[Any, Any], Any]]) -> list[Params]:
    """Return the frames for several writes of relays: one, unless a write would undo an earlier one's.

    Each write is made of the params as the earlier ones will leave them: with interlock, or where every
    outlet has to be named, the last message has them all.
    """
    frames: list[Params] = []
    written: dict[str, Any] = {}
    for capability, value in writes:
        if capability.write is None:
            continue
        for message in capability.write(params, value):
            params = merge(params, message)
            joined = merge(frames[-1], message) if frames else dict(message)
            same = frames and all(
                known.read({**params, **joined}) == wanted for known, wanted in written.values()
            )
            if same and capability.key not in written and joined.keys() == message.keys():
                frames[-1] = joined
            else:
                frames.append(dict(message))
                written = {}
            written[capability.key] = (capability, value)
    return frames


async def _happens(event: asyncio.Event, within: float) -> bool:
    """Return whether an event is set within so many seconds."""
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True
