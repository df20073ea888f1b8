"""The persistent connection: handshake, heartbeat, pacing, requests and their answers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
import logging
from random import SystemRandom
from socket import SHUT_RDWR
import time
from typing import Any, Self, override

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from ..confirmations import Confirmations
from ..devices.device import Device
from ..devices.params import Params, Sent, together
from ..events import ShareRequest
from ..exceptions import CannotConnectError, CommandTimeoutError
from ..jsontext import decode
from ..push import Push
from ..scrubbing import scrub
from ..timings import Timings
from . import frames
from .api import Endpoint
from .auth import AccountSession
from .frames import HANDSHAKE, QUERY, UPDATE, UPGRADE
from .region import is_loopback
from .upgrade import open_socket

_LOGGER = logging.getLogger(__name__)

# Frames before the handshake is answered.
_MOST_EARLY = 1_000
_GONE = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
_FIRST_SEQUENCE = 10**12
_RANDOM = SystemRandom()


@dataclass(slots=True, eq=False)
class _Request:
    """A frame that waits for its answer."""

    answer: asyncio.Future[Mapping[str, Any]]
    device_id: str
    action: str
    # What a command has sent.
    params: Params | None = None


class Connection:
    """One persistent connection, open and signed on; iterate to receive what is pushed.

    It is an asynchronous context manager: its heartbeat beats within. The iteration ends when the connection
    does; `lost` says why then. Requests are answered only while somebody iterates.
    """

    def __init__(
        self,
        socket: ClientWebSocketResponse[bool],
        *,
        account_apikey: str,
        timings: Timings,
        heartbeat: float,
        early: Sequence[Mapping[str, Any]] = (),
        confirmations: Confirmations | None = None,
    ) -> None:
        """Take over a socket whose handshake is done; `heartbeat` is the interval that the cloud gave."""
        self.confirmations = confirmations or Confirmations()
        self.lost = ""
        self.heartbeat = heartbeat
        self._socket = socket
        self._apikey = account_apikey
        self._timings = timings
        self._early = deque(early)
        self._requests: dict[str, _Request] = {}
        self._sequence = _FIRST_SEQUENCE
        self._turn = asyncio.Lock()
        self._last_sent = asyncio.get_running_loop().time()
        self._ping_wanted = asyncio.Event()
        self._pong = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None
        # What has ended the heartbeat, if that is an error of our own.
        self._beaten: Exception | None = None

    @classmethod
    async def open(
        cls,
        websession: ClientSession,
        endpoint: Endpoint,
        *,
        app_id: str,
        session: AccountSession,
        timings: Timings,
        confirmations: Confirmations | None = None,
    ) -> Self:
        """Connect and shake hands.

        Raises `SignedOutError` (another client has signed in), `TokenExpiredError`, `AppIdRefusedError`,
        `CloudError`, `CannotConnectError` (its `maybe_sent` says whether the handshake was given to the
        socket). Source: API Center, WebSocket: Handshake.
        """
        maybe_sent = False
        try:
            async with asyncio.timeout(timings.handshake), AsyncExitStack() as failed:
                socket = await open_socket(websession, endpoint.url, close_timeout=timings.close)
                failed.push_async_callback(socket.close)
                _require_encryption(socket, endpoint)
                maybe_sent = True
                answer, early = await cls._shake_hands(socket, app_id, session)
                failed.pop_all()
        except (ClientError, TimeoutError, OSError) as error:
            reason = scrub(f"{type(error).__name__}: {error}".rstrip(": "))
            raise CannotConnectError(HANDSHAKE, reason=reason, maybe_sent=maybe_sent) from error
        return cls(
            socket,
            account_apikey=session.apikey,
            timings=timings,
            heartbeat=frames.read_heartbeat(answer, timings.heartbeat),
            early=early,
            confirmations=confirmations,
        )

    @staticmethod
    async def _shake_hands(
        socket: ClientWebSocketResponse[bool], app_id: str, session: AccountSession
    ) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
        """Sign on; return the cloud's answer, and the frames that came before it."""
        sequence = str(max(_FIRST_SEQUENCE, time.time_ns() // 10**6))
        await socket.send_str(frames.handshake(session, app_id, sequence))
        early: list[Mapping[str, Any]] = []
        while True:
            message = await socket.receive()
            if message.type in _GONE:
                raise CannotConnectError(
                    HANDSHAKE, code=socket.close_code, reason="closed instead of an answer", maybe_sent=True
                )
            answer = frames.read(message.data)
            if answer is None:
                continue
            if "action" in answer:
                if len(early) < _MOST_EARLY:
                    early.append(answer)
                continue
            frames.read_handshake(answer, session.tokens.access_token, session.apikey)
            return answer, early

    async def __aenter__(self) -> Self:
        """Start the heartbeat."""
        self._beating = asyncio.create_task(self._keep_beating(), name="coolkit heartbeat")
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Close the socket; whoever waits for an answer learns that it will not come.

        An error of our own in the heartbeat is raised here.
        """
        if (beating := self._beating) is None:
            return
        beating.cancel()
        try:
            await self.close("closed")
        finally:
            await asyncio.wait((beating,))
        if self._beaten is not None:
            raise self._beaten

    def __aiter__(self) -> Self:
        """Iterate over what is pushed."""
        return self

    async def __anext__(self) -> Push | ShareRequest:
        """Return the next push; answers and the rest are dealt with on the way."""
        while self._early:
            if (push := self._take(self._early.popleft())) is not None:
                return push
        receive = self._socket.receive
        while True:
            message = await receive()
            if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
                frame = decode(message.data)
                if isinstance(frame, dict):
                    if (push := self._take(frame)) is not None:
                        return push
                elif bytes(message.data).strip().lower() == b"pong":
                    self._pong.set()
            elif message.type in _GONE:
                self._end(f"closed by the cloud, code {self._socket.close_code}")
                raise StopAsyncIteration

    @property
    def alive(self) -> bool:
        """Whether frames can be handed to the socket."""
        return not self.lost and not self._socket.closed

    async def close(self, reason: str) -> None:
        """Close the socket; the iteration ends."""
        self._end(reason)
        carrier = self._socket.get_extra_info("socket")
        try:
            # The socket itself waits in time for the answer alone, not for what it cannot send any more.
            async with asyncio.timeout(2 * self._timings.close):
                await self._socket.close()
        except TimeoutError:
            _LOGGER.debug("A connection that takes no frames is cut off")
            if carrier is not None:
                # Whoever waits for room in it learns that there will be none.
                with suppress(OSError):
                    carrier.shutdown(SHUT_RDWR)

    def probe(self) -> None:
        """Ask for a pong now: something suggests that the cloud does not hear us any more."""
        self._ping_wanted.set()

    async def update(self, device: Device, params: Sent) -> Mapping[str, Any]:
        """Send params to a device, once; return the answer, an empty one if a push confirmed it.

        The params that were sent are pushed to whoever iterates as soon as the cloud has confirmed them.

        Raises `DeviceOfflineError` (503), `CommandTimeoutError` (504, or no answer in time), `CommandError`
        (other codes), `CannotConnectError` (its `maybe_sent` says whether the frame was given to the socket).
        Source: API Center, WebSocket: Update Device Status.
        """
        return await self._request(UPDATE, device, params, self._timings.command)

    async def query(self, device: Device, params: Sequence[str] = ()) -> Params:
        """Return the named params of a device, or all of them; whoever iterates gets them as a push, too.

        Histories come under `config`; they are returned, and are no push. Raises as `update` does, and
        `CloudError`. Source: API Center, WebSocket: Inquire device status.
        """
        answer = await self._request(QUERY, device, list(params), self._timings.query)
        return frames.read_params(answer)

    async def upgrade(self, device: Device, params: Params) -> None:
        """Have a device install firmware; raises as `update` does. Source: API Center V2, Upgrade."""
        await self._request(UPGRADE, device, params, self._timings.command)

    async def request(self, device: Device, params: Sent) -> Mapping[str, Any]:
        """Send params that a device answers and does not keep, once; return the answer.

        No push confirms them, nor are they pushed to whoever iterates. Raises as `update` does.
        Source: docs/protocol.md, Energy history.
        """
        return await self._request(UPDATE, device, params, self._timings.command, kept=False)

    async def ask(self, action: str, device: Device, params: Params, seconds: float) -> Mapping[str, Any]:
        """Send what concerns the shares of an own device; return the answer, whatever it says.

        Raises `CommandTimeoutError` (no answer within so many seconds), `CannotConnectError` (its
        `maybe_sent` says whether the frame was given to the socket). Source: API Center, WebSocket: Share
        device, Edit Sharing, Cancel sharing.
        """
        return await self._exchange(action, device, params, seconds)

    async def answer(self, request: ShareRequest, result: int) -> None:
        """Answer the request of another account to share a device: 2 accepts, 3 refuses it.

        Raises `CannotConnectError`. Source: docs/protocol.md, Sharing.
        """
        async with self._send_slot("share answer"):
            await self._socket.send_str(frames.share_answer(request, result))

    async def _request(
        self, action: str, device: Device, params: Sent | list[str], seconds: float, *, kept: bool = True
    ) -> Mapping[str, Any]:
        """Send a command or a query, and return its answer; raise what its error code means."""
        answer = await self._exchange(action, device, params, seconds, kept=kept)
        return frames.read_answer(action, answer, self._apikey, device.apikey)

    async def _exchange(
        self, action: str, device: Device, params: Sent | list[str], seconds: float, *, kept: bool = True
    ) -> Mapping[str, Any]:
        """Send a frame when it is its turn, and wait for its answer; the time counts from the sending."""
        with ExitStack() as done:
            async with self._send_slot(action):
                sequence = self._next_sequence()
                frame = frames.request(action, sequence, device, params, account_apikey=self._apikey)
                request = _Request(asyncio.get_running_loop().create_future(), device.device_id, action)
                if action == UPDATE and kept:
                    sent = request.params = together(params)
                    done.enter_context(self.confirmations.awaited(device.device_id, sent, request.answer))
                self._requests[sequence] = request
                done.callback(self._requests.pop, sequence)
                deadline = self._last_sent + seconds
                try:
                    # Time-outs are errors of the socket here, which had no room for the frame all the time.
                    async with asyncio.timeout_at(deadline):
                        await self._socket.send_str(frame)
                except ClientError, OSError:
                    request.answer.cancel()
                    raise
            try:
                async with asyncio.timeout_at(deadline):
                    return await request.answer
            except TimeoutError:
                raise CommandTimeoutError(action, reason="no answer in time") from None

    @asynccontextmanager
    async def _send_slot(self, action: str) -> AsyncIterator[None]:
        """Wait until the next frame may be sent, which is done within."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            if (wait := self._last_sent + self._timings.pace - loop.time()) > 0:
                await asyncio.sleep(wait)
            if not self.alive:
                raise CannotConnectError(action, reason=self.lost or "the connection is closing")
            # The socket takes the frame in one step, before anything can cancel us: it counts as sent.
            self._last_sent = loop.time()
            try:
                yield
            except (ClientError, OSError) as error:
                self._end("the socket takes no frames")
                self.probe()
                # Whether this one went out stays open.
                raise CannotConnectError(action, reason=self.lost, maybe_sent=True) from error

    def _next_sequence(self) -> str:
        """Return 13 digits that are new to this connection: the time in milliseconds, or the next number."""
        self._sequence = max(self._sequence + 1, time.time_ns() // 10**6)
        return str(self._sequence)

    def _end(self, reason: str) -> None:
        """Let every pending request fail; the first reason is the one that counts."""
        if self.lost:
            return
        self.lost = reason
        for request in self._requests.values():
            if not request.answer.done():
                request.answer.set_exception(CannotConnectError("connection", reason=reason, maybe_sent=True))

    def _take(self, frame: Mapping[str, Any]) -> Push | ShareRequest | None:
        """Deal with a frame; return what it says of a device."""
        return self._take_answer(frame) if frame.get("action") is None else frames.read_push(frame)

    def _take_answer(self, frame: Mapping[str, Any]) -> Push | None:
        """Give an answer to whoever waits for it; return what it says of the device.

        It is taken in order with the pushes around it: one right behind it may say something newer.
        """
        request = self._requests.get(str(frame.get("sequence")))
        if request is None or request.answer.done():
            return None
        request.answer.set_result(frame)
        return frames.answer_push(request.action, request.device_id, request.params, frame)

    async def _keep_beating(self) -> None:
        """Beat; a connection without a heartbeat is closed, whatever has ended it."""
        try:
            await self._send_heartbeats()
        except Exception as error:  # noqa: BLE001 - it is raised where the connection ends
            self._beaten = error
            await self.close("the heartbeat has failed")

    async def _send_heartbeats(self) -> None:
        """Send a ping in time or when asked to; close a connection that does not answer it."""
        while True:
            try:
                factor = _RANDOM.uniform(*self._timings.heartbeat_factors)
                async with asyncio.timeout(self.heartbeat * factor):
                    await self._ping_wanted.wait()
            except TimeoutError:
                pass
            self._ping_wanted.clear()
            self._pong.clear()
            try:
                async with asyncio.timeout(self._timings.pong):
                    await self._socket.send_str("ping")
                    await self._pong.wait()
            except TimeoutError:
                await self.close("no answer to a ping")
                return
            except ClientError, OSError:
                await self.close("the socket takes no frames")
                return

    @override
    def __repr__(self) -> str:
        """Tell the state without a secret."""
        return f"<Connection {self.lost or 'open'}, {len(self._requests)} pending>"


def _require_encryption(socket: ClientWebSocketResponse[bool], endpoint: Endpoint) -> None:
    """Raise unless the socket may carry a token: without encryption it has to end on this machine."""
    if socket.get_extra_info("ssl_object") is not None:
        return
    peer = socket.get_extra_info("peername")
    if endpoint.secure or not peer or not is_loopback(str(peer[0])):
        raise CannotConnectError(HANDSHAKE, reason="the server is reached without encryption")
