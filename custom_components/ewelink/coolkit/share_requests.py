"""The requests of other accounts to share a device with this one, and the answers to them."""

import asyncio
from collections.abc import Callable, Iterable
import logging
from typing import Final

from .authorization import Authorization
from .devices.device import Device
from .events import Event, ShareRequest, ShareRequested, ShareRequestEnded
from .exceptions import CannotConnectError, NotConnectedError, RequestEndedError
from .list_requests import ListRequests
from .store import DeviceStore
from .timings import Timings
from .transports import SocketTransport

_LOGGER = logging.getLogger(__name__)

# Of other accounts that are open at once.
MOST_REQUESTS: Final = 20
_ANSWER: Final = "share answer"
_ACCEPT, _REFUSE = 2, 3


class ShareRequests:
    """The requests that wait for an answer, each as long as it can be answered."""

    def __init__(
        self,
        *,
        timings: Timings,
        store: DeviceStore,
        list_requests: ListRequests,
        authorization: Authorization,
        socket: SocketTransport,
        emit: Callable[[Event], None],
    ) -> None:
        """Start without any; answers go over the `socket`."""
        self._timings = timings
        self._store = store
        self._list_requests = list_requests
        self._authorization = authorization
        self._socket = socket
        self._emit = emit
        self._requests: dict[ShareRequest, asyncio.TimerHandle] = {}
        self._answering: set[ShareRequest] = set()
        self._is_crowded = False

    @property
    def open(self) -> tuple[ShareRequest, ...]:
        """The requests that can be answered now, oldest first."""
        return tuple(self._requests)

    def take(self, request: ShareRequest) -> None:
        """Keep a request that has come, as long as it can be answered."""
        device = self._store.devices.get(request.device_id)
        if device is not None and device.is_owned_by(self._authorization.session.apikey):
            # Another client of this account shares a device of its own.
            return
        for earlier in self.open:
            if (earlier.apikey, earlier.device_id) == (request.apikey, request.device_id):
                self._end(earlier)
        if len(self._requests) >= MOST_REQUESTS:
            # Each of them is a repair and a notification.
            if not self._is_crowded:
                _LOGGER.warning("More than %d share requests are open; others are ignored", MOST_REQUESTS)
            self._is_crowded = True
            return
        self._is_crowded = False
        loop = asyncio.get_running_loop()
        self._requests[request] = loop.call_at(request.received + self._timings.share, self._end, request)
        self._emit(ShareRequested(request))

    def restore(self, requests: Iterable[ShareRequest]) -> None:
        """Go on with requests of an earlier session of the account, as long as they can be answered.

        They are told like those that come.
        """
        for request in requests:
            accepted = not request.changes and self._store.devices.get(request.device_id) is not None
            late = request.received + self._timings.share <= asyncio.get_running_loop().time()
            if not accepted and not late:
                self.take(request)

    def note_added(self, device: Device) -> None:
        """End the request that made a device appear: it was accepted, wherever that was."""
        for request in self.open:
            if request.device_id == device.device_id and not request.changes:
                self._end(request)

    async def answer(self, request: ShareRequest, accept: bool) -> None:  # noqa: FBT001 - it is the answer
        """Accept or refuse a request; the list shows the device soon after.

        Raises `RequestEndedError` (it was answered, or its time is over), `NotConnectedError`.
        Source: docs/protocol.md, Sharing.
        """
        if request not in self._requests or request in self._answering:
            raise RequestEndedError(_ANSWER)
        if (connection := self._socket.open_connection) is None:
            raise NotConnectedError(_ANSWER, reason="answering needs the persistent connection")
        self._answering.add(request)
        try:
            await connection.answer(request, _ACCEPT if accept else _REFUSE)
        except CannotConnectError as error:
            raise NotConnectedError(_ANSWER, reason=error.reason) from error
        finally:
            self._answering.discard(request)
        self._end(request)
        if accept:
            self._list_requests.request(self._timings.resync)

    def _end(self, request: ShareRequest) -> None:
        """Let a request go, and tell it once."""
        if (timer := self._requests.pop(request, None)) is not None:
            timer.cancel()
            self._emit(ShareRequestEnded(request))

    def close(self) -> None:
        """Forget the requests; nothing is told any more."""
        for timer in self._requests.values():
            timer.cancel()
        self._requests.clear()
