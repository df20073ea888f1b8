"""The way of one message to a device: which transport carries it, and what confirms it."""

from collections.abc import Awaitable, Callable, Sequence
import logging
from typing import Protocol

from .cloud.api import CloudApi
from .cloud.auth import AccountSession
from .cloud.connection import Connection
from .cloud.frames import QUERY
from .confirmations import Confirmations
from .devices.device import Device
from .devices.params import Params, Sent, together
from .doubts import Doubts
from .events import Origin
from .exceptions import (
    CannotConnectError,
    CloudError,
    CommandError,
    CommandInDoubtError,
    CommandTimeoutError,
    CoolKitError,
    DeviceOfflineError,
    NoResponseError,
    SessionError,
    UnknownDeviceError,
)
from .push import Push, flatten
from .store import DeviceStore
from .timings import Timings

_LOGGER = logging.getLogger(__name__)


class Http(Protocol):
    """Makes an HTTP call with the account's present tokens."""

    async def __call__[R](self, call: Callable[[AccountSession], Awaitable[R]]) -> R:
        """Return what the call returns, or raise what it raises."""


class Delivery:
    """Carries commands and queries: by the connection, else by HTTP; nothing is ever sent twice.

    Attributes:
        confirmations: the commands that wait for an answer or a report that shows them.
        doubts: what commands that ended open have left in doubt.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        device: Callable[[str], Device],
        is_online: Callable[[Device], bool],
        connection: Callable[[], Connection | None],
        http: Http,
        judge: Callable[[SessionError], Awaitable[CoolKitError]],
        want_list: Callable[[float], None],
    ) -> None:
        """Carry what concerns the devices of a store; `device` raises for unknown ones."""
        self._api = api
        self._timings = timings
        self._store = store
        self._device = device
        self._is_online = is_online
        self._connection = connection
        self._http = http
        self._judge = judge
        self._want_list = want_list
        self.confirmations = Confirmations()
        self.doubts = Doubts(timings=timings, store=store, want_list=want_list, ask=self.ask_once)

    async def query(self, device_id: str, params: Sequence[str]) -> Params:
        """Ask a device for the named params, or for all; they are told like a push, and returned."""
        try:
            found = await self._ask(device_id, params)
        except (UnknownDeviceError, CommandError) as error:
            self._look_again(error)
            raise
        self.doubts.tell(device_id, found)
        return found

    async def ask_once(self, device_id: str, params: Sequence[str]) -> Params:
        """Ask a device by the connection; without one the list is read often enough."""
        connection = self._connection()
        if connection is None:
            raise CannotConnectError(QUERY, reason="no connection")
        return await self._answered(connection, connection.query(self._device(device_id), params))

    async def _ask(self, device_id: str, params: Sequence[str]) -> Params:
        device = self._device(device_id)
        connection = self._connection()
        if connection is not None and connection.alive:
            try:
                return await self._answered(connection, connection.query(device, params))
            except CannotConnectError as error:
                # The connection also ends when the session does.
                device = self._device(device_id)
                _LOGGER.debug("Query over HTTP: %s", error)
        found = await self._http(lambda session: self._api.get_status(session, device, params))
        if found:
            self._store.handle(Push(device_id, found, origin=Origin.OWN))
        return found

    async def command(self, device: Device, params: Sent) -> Params:
        """Send one message once, and see it confirmed; return the answer.

        It is empty if a push or a query confirmed the command.
        """
        try:
            return await self._send(device, params)
        except CommandInDoubtError as error:
            return await self._confirm(device, together(params), error)
        except CommandTimeoutError as error:
            silent = isinstance(error, NoResponseError) and self._connection() is None
            if silent and not self._is_online(device):
                # By HTTP that says both; what is read by HTTP is what the cloud knew before.
                raise DeviceOfflineError(error.interface, code=error.code, reason=error.reason) from None
            return await self._confirm(device, together(params), error)
        except CannotConnectError as error:
            if not error.handed:
                raise
            return await self._confirm(device, together(params), error)
        except (UnknownDeviceError, CommandError) as error:
            self._look_again(error)
            raise

    async def _send(self, device: Device, params: Sent) -> Params:
        """Send one message by the connection; by HTTP if its frame was not handed to the socket."""
        connection = self._connection()
        if connection is not None and connection.alive:
            try:
                return await self._answered(connection, connection.update(device, params))
            except CannotConnectError as error:
                if error.handed:
                    raise
                _LOGGER.debug("Command over HTTP: %s", error)
        try:
            await self._http(lambda session: self._api.update_status(session, device, params))
        except CloudError as error:
            # A gateway that gives up says nothing about the device behind it.
            doubt = CommandInDoubtError(error.interface, code=error.code, reason=error.reason)
            doubt.server = error.server
            raise doubt from error
        except DeviceOfflineError:
            self._store.handle(Push(device.device_id, online=False, origin=Origin.OWN))
            raise
        self._store.handle(
            Push(device.device_id, together(params), online=True, heard=True, origin=Origin.OWN)
        )
        return {}

    async def _confirm(self, device: Device, params: Params, error: CoolKitError) -> Params:
        """Ask once whether a command that nobody confirmed was executed; it is not sent again."""
        _LOGGER.debug("Not confirmed, asking the device: %s", error)
        try:
            found = await self.query(device.device_id, tuple(params))
        except CoolKitError as failure:
            _LOGGER.debug("Not confirmed by a query: %s", failure)
        else:
            shown = dict(flatten(found))
            known = found.keys() | device.params.keys()
            # Some params steer the command only and are never told back.
            wanted = [(path, value) for path, value in flatten(params) if path[0] in known]
            if wanted and all(shown.get(path) == value for path, value in wanted):
                return {}
        # What a query shows may be the cloud's memory, too.
        self.doubts.open(device.device_id, params)
        if isinstance(error, CommandTimeoutError):
            raise error
        raise CommandTimeoutError("update", code=error.code, reason=error.reason) from None

    def _look_again(self, error: UnknownDeviceError | CommandError) -> None:
        """Look at the list if the cloud says that a device is offline, or the account's no longer."""
        gone = error.may_be_gone if isinstance(error, CommandError) else error.code is not None
        if gone or isinstance(error, DeviceOfflineError):
            self._want_list(self._timings.resync)

    async def _answered[R](self, connection: Connection, answer: Awaitable[R]) -> R:
        """Return the answer to a frame, and look after a connection that does not answer as it should."""
        try:
            return await answer
        except CommandTimeoutError as error:
            if error.code is None:
                connection.probe()
            raise
        except SessionError as error:
            raise await self._judge(error) from error
