"""The way of one message to a device: which transport carries it, and what confirms it."""

from collections.abc import Sequence
import logging

from .devices.device import Device
from .devices.params import Params, Sent, together
from .doubts import Doubts
from .exceptions import (
    CannotConnectError,
    CommandError,
    CommandInDoubtError,
    CommandTimeoutError,
    CoolKitError,
    DeviceOfflineError,
    QueryTimeoutError,
    UndeliveredError,
    UnknownDeviceError,
)
from .list_requests import ListRequests
from .push import flatten
from .store import DeviceStore
from .timings import Timings
from .transports import DeviceTransport, SocketTransport

_LOGGER = logging.getLogger(__name__)


class Delivery:
    """Carries commands and queries by the first transport that can; nothing is ever sent twice.

    Attributes:
        doubts: what commands that ended open have left in doubt.
    """

    def __init__(
        self,
        *,
        timings: Timings,
        store: DeviceStore,
        list_requests: ListRequests,
        transports: Sequence[DeviceTransport],
        socket: SocketTransport,
    ) -> None:
        """Carry what concerns the devices of a store; questions that can wait go by the `socket` alone."""
        self._timings = timings
        self._store = store
        self._list_requests = list_requests
        self._transports = transports
        self._socket = socket
        self.doubts = Doubts(store=store, timings=timings, list_requests=list_requests, ask=self.ask_once)

    async def query(self, device_id: str, params: Sequence[str] = ()) -> Params:
        """Ask a device for the named params, or for all; they are told like a push, and returned.

        Raises `DeviceOfflineError`, `QueryTimeoutError` if it does not answer, `UnknownDeviceError`,
        `CommandError`, and as all calls do.
        """
        try:
            found = await self._ask(device_id, params)
        except CommandTimeoutError as error:
            raise QueryTimeoutError(error.interface, code=error.code, reason=error.reason) from error
        except (UnknownDeviceError, CommandError) as error:
            self._look_again(error)
            raise
        self.doubts.tell(device_id, found)
        return found

    async def ask_once(self, device_id: str, params: Sequence[str]) -> Params:
        """Ask a device by the connection; without one the list is read often enough."""
        return await self._socket.query(self._store.get(device_id), params)

    async def _ask(self, device_id: str, params: Sequence[str]) -> Params:
        """Ask by one transport after the other until one has the answer."""
        failure: CannotConnectError | None = None
        # Looked up each time: a connection also ends when the session does.
        for transport in self._transports:
            if transport.offers(device := self._store.get(device_id), params):
                try:
                    return await transport.query(device, params)
                except CannotConnectError as error:
                    _LOGGER.debug("Not asked by %s: %s", type(transport).__name__, error)
                    failure = error
        raise failure or CannotConnectError("query", reason="no way to the device")

    async def request(self, device: Device, params: Sent) -> Params:
        """Send a request by the connection, once; return what its answer carries under `config`.

        Answers by HTTP carry nothing. It changes nothing, so that nobody looks whether it was executed.
        Raises as `query` does.
        """
        try:
            return await self._socket.request(device, params)
        except CommandTimeoutError as error:
            raise QueryTimeoutError(error.interface, code=error.code, reason=error.reason) from error
        except (UnknownDeviceError, CommandError) as error:
            self._look_again(error)
            raise

    async def command(self, device: Device, params: Sent) -> Params:
        """Send one message once, and see it confirmed; return the answer.

        It is empty if a push or a query confirmed the command.
        """
        try:
            return await self._send(device, params)
        except (CommandInDoubtError, CommandTimeoutError, UndeliveredError) as error:
            return await self._confirm(device, together(params), error)
        except CannotConnectError as error:
            if not error.maybe_sent:
                raise
            return await self._confirm(device, together(params), error)
        except (UnknownDeviceError, CommandError) as error:
            self._look_again(error)
            raise

    async def _send(self, device: Device, params: Sent) -> Params:
        """Send one message by the first transport that takes it; by another one only if it surely did not."""
        failure: CannotConnectError | None = None
        for transport in self._transports:
            if transport.offers(device, params):
                try:
                    return await transport.update(device, params)
                except CannotConnectError as error:
                    if error.maybe_sent:
                        raise
                    _LOGGER.debug("Not sent by %s: %s", type(transport).__name__, error)
                    failure = error
        raise failure or CannotConnectError("update", reason="no way to the device")

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
        if isinstance(error, (CommandTimeoutError, UndeliveredError)):
            raise error
        raise CommandTimeoutError("update", code=error.code, reason=error.reason) from None

    def _look_again(self, error: UnknownDeviceError | CommandError) -> None:
        """Look at the list if the cloud says that a device is offline, or the account's no longer."""
        gone = error.may_be_gone if isinstance(error, CommandError) else error.code is not None
        if gone or isinstance(error, (DeviceOfflineError, UndeliveredError)):
            self._list_requests.request(self._timings.resync)
