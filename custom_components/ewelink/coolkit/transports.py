"""The ways to a device, each with the same three outcomes for a message."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from .authorization import Authorization
from .cloud.api import CloudApi
from .cloud.connection import Connection
from .cloud.frames import QUERY
from .devices.device import Device
from .devices.params import Params, Sent, together
from .events import Origin
from .exceptions import (
    CannotConnectError,
    CloudError,
    CommandInDoubtError,
    CommandTimeoutError,
    CoolKitError,
    DeviceOfflineError,
    NoResponseError,
    SessionError,
    UndeliveredError,
)
from .push import Push
from .store import DeviceStore


class DeviceTransport(Protocol):
    """Carries messages to devices.

    What it raises tells what has become of a message: it was surely not sent (`CannotConnectError` without
    `maybe_sent`), its outcome is unknown (with it, `CommandTimeoutError`, `CommandInDoubtError`), or it was
    refused (everything else).
    """

    def offers(self, device: Device, params: Sent | Sequence[str]) -> bool:
        """Return whether it can carry this message, or question, now."""

    async def update(self, device: Device, params: Sent) -> Params:
        """Send params, once; return the answer. What was sent is pushed by then."""

    async def query(self, device: Device, params: Sequence[str]) -> Params:
        """Return the named params, or all of them. They are pushed by then."""


class SocketTransport:
    """The persistent connection, while there is one.

    Attributes:
        connection: the one that is open.
    """

    def __init__(self, authorization: Authorization) -> None:
        """Start without one."""
        self.connection: Connection | None = None
        self._authorization = authorization

    @property
    def open_connection(self) -> Connection | None:
        """The connection, if frames can be handed to it."""
        connection = self.connection
        return connection if connection is not None and connection.alive else None

    def offers(self, _device: Device, _params: Sent | Sequence[str]) -> bool:
        """Return whether there is a connection."""
        return self.open_connection is not None

    async def update(self, device: Device, params: Sent) -> Params:
        """Send params, once; return the answer."""
        return await self._answered(lambda connection: connection.update(device, params))

    async def query(self, device: Device, params: Sequence[str]) -> Params:
        """Return the named params, or all of them."""
        return await self._answered(lambda connection: connection.query(device, params))

    async def upgrade(self, device: Device, params: Params) -> None:
        """Have a device install firmware; what it answers says no more than that it has begun."""
        await self._answered(lambda connection: connection.upgrade(device, params))

    async def request(self, device: Device, params: Sent) -> Params:
        """Send params that are answered and not kept, once; return what the answer carries beside them."""
        answer = await self._answered(lambda connection: connection.request(device, params))
        return together(answer.get("config"))

    async def _answered[R](self, ask: Callable[[Connection], Awaitable[R]]) -> R:
        """Return the answer to a frame, and look after a connection that does not answer as it should."""
        if (connection := self.connection) is None:
            raise CannotConnectError(QUERY, reason="no connection")
        try:
            return await ask(connection)
        except CommandTimeoutError as error:
            if error.code is None:
                connection.probe()
            raise
        except SessionError as error:
            raise await self.judge(error) from error

    async def judge(self, error: SessionError) -> CoolKitError:
        """Return what the refusal of a frame is: one of the session, or an error of its call alone."""
        session, connection = self._authorization.session, self.connection
        judged = await self._authorization.judge(error, session)
        if connection is not None and self._authorization.session.tokens != session.tokens:
            # The next handshake takes the new ones.
            await connection.close("the access token has expired")
        return judged


class HttpTransport:
    """The cloud's HTTP interfaces."""

    def __init__(self, api: CloudApi, authorization: Authorization, store: DeviceStore) -> None:
        """Call with the account's tokens; what answers say goes to the store."""
        self._api = api
        self._authorization = authorization
        self._store = store

    def offers(self, _device: Device, _params: Sent | Sequence[str]) -> bool:
        """Return that it can be tried."""
        return True

    async def update(self, device: Device, params: Sent) -> Params:
        """Send params, once; the answer is empty."""
        try:
            await self._authorization.http(lambda session: self._api.update_status(session, device, params))
        except CloudError as error:
            # A gateway that gives up says nothing about the device behind it.
            doubt = CommandInDoubtError(error.interface, code=error.code, reason=error.reason)
            doubt.server = error.server
            raise doubt from error
        except DeviceOfflineError:
            self._store.handle(Push(device.device_id, online=False, origin=Origin.OWN))
            raise
        except (NoResponseError, UndeliveredError) as error:
            if self._store.is_online(device):
                raise
            # Here that says both; what is read by HTTP is what the cloud knew before.
            raise DeviceOfflineError(error.interface, code=error.code, reason=error.reason) from None
        self._store.handle(
            Push(device.device_id, together(params), online=True, heard=True, origin=Origin.OWN)
        )
        return {}

    async def query(self, device: Device, params: Sequence[str]) -> Params:
        """Return the named params, or all of them, as the cloud knows them."""
        found = await self._authorization.http(lambda session: self._api.get_status(session, device, params))
        if found:
            self._store.handle(Push(device.device_id, found, origin=Origin.OWN))
        return found
