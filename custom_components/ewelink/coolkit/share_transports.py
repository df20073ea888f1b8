"""How an account's shares are given, changed and taken back: each generation of the cloud has its way."""

from dataclasses import dataclass
import time
from typing import Any, Protocol

from .authorization import Authorization
from .cloud.api import CloudApi, Feature, ShareCalls
from .cloud.share_frames import CANCEL, CHANGE, read_share_answer
from .devices.device import Device
from .exceptions import (
    CannotConnectError,
    CommandTimeoutError,
    FeatureRefusedError,
    NotConnectedError,
    ShareError,
    ShareOpenError,
    SignedOutError,
)
from .timings import Timings
from .transports import SocketTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChange:
    """What is to become of one share: `action` is one of `SHARE`, `CHANGE`, `CANCEL`.

    `uid` is the recipient's address, `user_name` what it is told of the owner.
    """

    action: str
    device: Device
    uid: str
    permit: int | None = None
    note: str = ""
    user_name: str | None = None


class ShareTransport(Protocol):
    """Carries changes of shares."""

    def check_ready(self, action: str) -> None:
        """Raise `NotConnectedError` if nothing can be sent now."""

    async def carry(self, change: ShareChange) -> None:
        """Send a change, once; return when it is done, raise what has become of it otherwise.

        `ShareOpenError` and `ServerTroubleError`: that is not known.
        """


class FrameShares:
    """Shares by frames: the recipient is asked, and has three minutes.

    Source: API Center, WebSocket: Share device, Edit Sharing, Cancel sharing; docs/protocol.md, Sharing.
    """

    def __init__(
        self, *, api: CloudApi, timings: Timings, authorization: Authorization, socket: SocketTransport
    ) -> None:
        """Send over the `socket`."""
        self._api = api
        self._timings = timings
        self._authorization = authorization
        self._socket = socket

    def check_ready(self, action: str) -> None:
        """Raise `NotConnectedError` without a connection."""
        if self._socket.open_connection is None:
            raise NotConnectedError(action, reason="sharing needs the persistent connection")

    async def carry(self, change: ShareChange) -> None:
        """Send one frame, and wait for its outcome."""
        action, connection = change.action, self._socket.open_connection
        if connection is None:
            raise NotConnectedError(action, reason="sharing needs the persistent connection")
        seconds = self._timings.command
        if action != CANCEL:
            # The cloud itself gives up after the time that the recipient has.
            seconds += self._timings.share
        try:
            answer = await connection.ask(action, change.device, self._params(change), seconds)
            read_share_answer(action, answer, self._authorization.session.apikey, change.device.apikey)
        except FeatureRefusedError:
            self._api.refuse(Feature.SHARING)
            raise
        except CannotConnectError as error:
            if not error.maybe_sent:
                raise NotConnectedError(action, reason=error.reason) from error
            raise ShareOpenError(action, reason=error.reason) from error
        except CommandTimeoutError as error:
            connection.probe()
            raise ShareOpenError(action, reason=error.reason) from error
        except SignedOutError as error:
            error.alone = ShareError
            raise await self._socket.judge(error) from error

    def _params(self, change: ShareChange) -> dict[str, Any]:
        params: dict[str, Any] = {"uid": change.uid, "deviceName": change.device.name}
        if change.action == CANCEL:
            return params
        session = self._authorization.session
        params |= {
            "userName": change.user_name or session.nickname or session.account,
            "shareTime": str(time.time_ns() // 10**6),
            "note": change.note,
            "sender_appid": self._api.app_id,
        }
        if change.permit is not None:
            params["permit"] = int(change.permit)
        return params


class CallShares:
    """Shares by HTTP: nobody is asked, the recipient has the device at once."""

    def __init__(self, calls: ShareCalls, authorization: Authorization) -> None:
        """Make the calls of a generation."""
        self._calls = calls
        self._authorization = authorization

    def check_ready(self, _action: str) -> None:
        """Return: it can be tried."""

    async def carry(self, change: ShareChange) -> None:
        """Make one call."""
        calls, device, uid = self._calls, change.device, change.uid
        try:
            if change.action == CANCEL:
                await self._authorization.http(lambda session: calls.cancel_share(session, device, uid))
            elif change.action == CHANGE:
                await self._authorization.http(
                    lambda session: calls.change_share(
                        session, device, uid, permit=change.permit, note=change.note
                    )
                )
            else:
                await self._authorization.http(
                    lambda session: calls.share_device(
                        session, device, uid, permit=change.permit, note=change.note
                    )
                )
        except CannotConnectError as error:
            if not error.maybe_sent:
                raise
            raise ShareOpenError(change.action, reason=error.reason) from error
