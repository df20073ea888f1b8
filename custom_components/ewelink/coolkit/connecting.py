"""Keeping the persistent connection open: it comes back by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import logging

from aiohttp import ClientSession

from .authorization import Authorization
from .backoff import BackOff
from .cloud.api import CloudApi, Endpoint
from .cloud.auth import AccountSession
from .cloud.connection import Connection
from .cloud.frames import HANDSHAKE
from .cloud.handshakes import shared_handshakes
from .confirmations import Confirmations
from .device_list import DeviceList
from .events import ShareRequest
from .exceptions import (
    APP_REFUSED,
    TROUBLE,
    CannotConnectError,
    CoolKitError,
    FeatureRefusedError,
)
from .health import Health
from .push import Push
from .refusals import Refusals, Way
from .share_requests import ShareRequests
from .store import DeviceStore
from .timings import Timings
from .transports import SocketTransport
from .waiting import is_set_within

_LOGGER = logging.getLogger(__name__)


class Connector:
    """Connects, receives, and connects again after a pause that grows.

    Attributes:
        name: what the log calls the account.
        closed: set once nothing is to be said of a connection that ends.
        tried: set once the first attempt to connect has ended, well or not.
    """

    def __init__(
        self,
        *,
        websession: ClientSession,
        api: CloudApi,
        timings: Timings,
        authorization: Authorization,
        refusals: Refusals,
        health: Health,
        socket: SocketTransport,
        confirmations: Confirmations,
        store: DeviceStore,
        device_list: DeviceList,
        share_requests: ShareRequests,
        name: str,
    ) -> None:
        """Connect nothing yet."""
        self.name = name
        self.closed = False
        self.tried = asyncio.Event()
        self._websession = websession
        self._api = api
        self._timings = timings
        self._authorization = authorization
        self._refusals = refusals
        self._health = health
        self._socket = socket
        self._confirmations = confirmations
        self._store = store
        self._list = device_list
        self._share_requests = share_requests
        self._is_loss_logged = False

    async def keep_connected(self) -> None:
        """Connect, receive, and connect again after a pause that grows."""
        loop = asyncio.get_running_loop()
        timings = self._timings
        backoff = BackOff(timings)
        while True:
            opened: float | None = None
            self._authorization.replaced.clear()
            try:
                # Before the cloud is asked where to connect: its answer ages.
                await self._in_pace(shared_handshakes.ready, self._authorization.session)
                endpoint = await self._authorization.call(self._api.dispatch)
                connection = await self._authorization.call(partial(self._open, endpoint))
                opened = loop.time()
                async with connection:
                    await self._receive(connection)
                reason, limit = connection.lost, self.longest_pause()
            except (*TROUBLE, FeatureRefusedError) as error:
                self._refusals.note(error, Way.CONNECTION)
                reason, limit = str(error), self.longest_pause(error)
            finally:
                self.tried.set()
            self._log_loss(reason)
            if opened is not None and self._health.http_works:
                # What was missed, and whether HTTP takes over.
                self._list.requests.request(0)
            if opened is not None and loop.time() - opened >= timings.settled:
                backoff.reset()
            pause = backoff.next(limit)
            _LOGGER.debug("Connecting again in %.1f s", pause)
            if await is_set_within(self._authorization.replaced, pause):
                backoff.reset()

    def longest_pause(self, error: CoolKitError | None = None) -> float:
        """Return what the pauses between attempts to connect grow to, by what ended the last one."""
        if isinstance(error, (*APP_REFUSED, FeatureRefusedError)):
            return self._timings.refused_limit
        shaken = error is not None and error.interface == HANDSHAKE
        if error is None or (isinstance(error, CannotConnectError) and not (shaken and error.maybe_sent)):
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
            confirmations=self._confirmations,
        )

    async def _in_pace(
        self, wait: Callable[[str, str, Timings], Awaitable[None]], session: AccountSession
    ) -> None:
        """Wait until the account may shake hands."""
        await wait(self._api.server(session), session.apikey, self._timings)

    async def _receive(self, connection: Connection) -> None:
        """Take what a connection pushes until it ends."""
        self._socket.connection = connection
        self.tried.set()
        self._health.connected()
        self._refusals.end(*Way)
        if self._is_loss_logged:
            self._is_loss_logged = False
            _LOGGER.info("Connected %s to the cloud again", self.name)
        self._list.requests.request(0)
        handle, confirmations = self._store.handle, self._confirmations
        try:
            async for push in connection:
                if type(push) is Push:
                    if push.device_id in confirmations.pending:
                        confirmations.take(push)
                    handle(push)
                elif isinstance(push, ShareRequest):
                    self._share_requests.take(push)
        finally:
            self._socket.connection = None
            self._health.disconnected(lost=not self.closed)

    def _log_loss(self, reason: str) -> None:
        """Say once that the connection is lost, until it is back."""
        if self.closed:
            return
        if not self._is_loss_logged:
            self._is_loss_logged = True
            _LOGGER.info("No connection of %s to the cloud: %s", self.name, reason.removesuffix("."))
        else:
            _LOGGER.debug("Still no connection of %s to the cloud: %s", self.name, reason.removesuffix("."))
