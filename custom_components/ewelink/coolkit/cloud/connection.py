"""The persistent connection: handshake, heartbeat, pacing, requests and their answers, pushes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
import logging
from socket import SHUT_RDWR
import time
from typing import Any, Self, override

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from ..devices.device import Device, Permit
from ..devices.fields import LONGEST_TEXT, read_online, short_name
from ..devices.params import Params, Sent, outlet_of, together
from ..events import Origin, ShareRequest
from ..exceptions import (
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandInDoubtError,
    CommandTimeoutError,
    CoolKitError,
    DeviceOfflineError,
    FeatureRefusedError,
    InvalidInputError,
    NoResponseError,
    QuotaError,
    ServerTroubleError,
    SessionError,
    SignedOutError,
    ThrottledError,
    TokenExpiredError,
)
from ..jsontext import NotJsonError, decode, encode
from ..scrubbing import scrub
from ..timings import Timings
from .answers import error_code, error_text, session_code, whole
from .api import Endpoint
from .auth import AccountSession, make_nonce
from .region import is_loopback
from .upgrade import open_socket
from .words import told_by_web_server

_LOGGER = logging.getLogger(__name__)

HANDSHAKE = "handshake"
UPDATE = "update"
QUERY = "query"
# What may be asked of the receiver of a share, and whether the device is shared with it already.
_CHILD_ADDED = 1
_SHARE_ACTIONS = {"share": False, "updateShare": True}

_HANDSHAKE_CODES: Mapping[int, type[CoolKitError]] = {
    401: SignedOutError,
    402: TokenExpiredError,
    403: AppIdRefusedError,
    406: SignedOutError,
    407: AppIdRefusedError,
    429: ThrottledError,
}
# A token that has expired; signed in elsewhere.
_OF_SESSIONS = frozenset({402, 406})
_OFFLINE = 503
# With these a frame for a device may mean that the account does not have it any more.
_DEVICE_GONE = frozenset({400, 401, 403, 404})
# Of commands and queries; all others under 500 are those of the device.
_FRAME_CODES: Mapping[int, type[CoolKitError]] = {
    402: TokenExpiredError,
    406: SignedOutError,
    407: FeatureRefusedError,
    412: QuotaError,
    429: ThrottledError,
    _OFFLINE: DeviceOfflineError,
    504: NoResponseError,
}
# An interval beyond it is a slip: the cloud closes a connection after about 165 s without a ping. A shorter
# one than the least is not worth more pings: the cloud waits for 7 s longer than it says.
_LEAST_HEARTBEAT, _LONGEST_HEARTBEAT = 1, 160
# Of frames before the handshake is answered, and of a word that is not understood.
_MOST_EARLY, _LONGEST_WORD = 1_000, 100
_GONE = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
_FIRST_SEQUENCE = 10**12


class Source(StrEnum):
    """The transports that bring pushes."""

    CLOUD = "cloud"
    LAN = "lan"


@dataclass(slots=True)
class Push:
    """What a frame says of a device.

    Attributes:
        device_id: the device.
        params: what was sent, to be merged; may be empty.
        online: whether the cloud hears the device now; None if the frame does not say.
        heard: whether the device itself has just told this, not another client or the cloud's memory.
        origin: where it comes from; the device's echo of a command of ours is `OWN`, too.
        source: the transport that brought it.
    """

    device_id: str
    params: Params = field(default_factory=dict)
    online: bool | None = None
    heard: bool = field(default=False, compare=False)
    origin: Origin = field(default=Origin.PUSH, compare=False)
    source: Source = field(default=Source.CLOUD, compare=False)


@dataclass(slots=True, eq=False)
class _Request:
    """A frame that waits for its answer."""

    answer: asyncio.Future[Mapping[str, Any]]
    device_id: str
    action: str
    # What a command sent, its facts, and those that no push of the device has shown yet.
    params: Params | None = None
    sent: dict[tuple[str | int, ...], str] = field(default_factory=dict)
    unseen: dict[tuple[str | int, ...], str] = field(default_factory=dict)


def facts(params: Params) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what params say, piece by piece, each with its place; numbers and their texts are the same."""
    for name, value in params.items():
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield (name, key), _plain(inner)
        elif isinstance(value, list) and (items := _by_outlet(value)):
            for outlet, item in items.items():
                for key, inner in item.items():
                    if key != "outlet":
                        yield (name, outlet, key), _plain(inner)
        else:
            yield (name,), _plain(value)


def _by_outlet(items: list[Any]) -> dict[int, Mapping[str, Any]]:
    """Return the items of a list of outlets, or nothing if it is another list."""
    by_outlet = {
        outlet: item
        for item in items
        if isinstance(item, Mapping) and (outlet := outlet_of(item)) is not None
    }
    return by_outlet if len(by_outlet) == len(items) else {}


def _plain(value: Any) -> str:
    """Return a value as text that is the same for all forms in which devices send it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (list, dict)):
        return encode(value, sort=True).decode()
    return str(value)


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
    ) -> None:
        """Take over a socket whose handshake is done; `heartbeat` is the interval that the cloud gave."""
        self.lost = ""
        self.heartbeat = heartbeat
        self._socket = socket
        self._apikey = account_apikey
        self._timings = timings
        self._early = deque(early)
        self._requests: dict[str, _Request] = {}
        self._commands: dict[str, list[_Request]] = {}
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
    ) -> Self:
        """Connect and shake hands.

        Raises `SignedOutError` (another client has signed in), `TokenExpiredError`, `AppIdRefusedError`,
        `CloudError`, `CannotConnectError` (its `handed` says whether the handshake was given to the socket).
        Source: API Center, WebSocket: Handshake.
        """
        handed = False
        try:
            async with asyncio.timeout(timings.handshake), AsyncExitStack() as failed:
                socket = await open_socket(websession, endpoint.url, close_timeout=timings.close)
                failed.push_async_callback(socket.close)
                _check_way(socket, endpoint)
                handed = True
                answer, early = await cls._shake_hands(socket, app_id, session)
                failed.pop_all()
        except (ClientError, TimeoutError, OSError) as error:
            reason = scrub(f"{type(error).__name__}: {error}".rstrip(": "))
            raise CannotConnectError(HANDSHAKE, reason=reason, handed=handed) from error
        return cls(
            socket,
            account_apikey=session.apikey,
            timings=timings,
            heartbeat=_heartbeat(answer.get("config"), timings.heartbeat),
            early=early,
        )

    @staticmethod
    async def _shake_hands(
        socket: ClientWebSocketResponse[bool], app_id: str, session: AccountSession
    ) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
        """Sign on; return the cloud's answer, and the frames that came before it."""
        sequence = str(max(_FIRST_SEQUENCE, time.time_ns() // 10**6))
        frame = {
            "action": "userOnline",
            "version": 8,
            "ts": int(time.time()),
            "at": session.tokens.access_token,
            "userAgent": "app",
            "apikey": session.apikey,
            "appid": app_id,
            "nonce": make_nonce(),
            "sequence": sequence,
        }
        await socket.send_str(encode(frame).decode())
        early: list[Mapping[str, Any]] = []
        while True:
            message = await socket.receive()
            if message.type in _GONE:
                raise CannotConnectError(
                    HANDSHAKE, code=socket.close_code, reason="closed instead of an answer", handed=True
                )
            answer = _decode(message.data)
            if answer is None:
                continue
            if "action" in answer:
                if len(early) < _MOST_EARLY:
                    early.append(answer)
                continue
            code = session_code(answer)
            by_server = told_by_web_server(answer)
            if code == 0 and not by_server:
                return answer, early
            reason = scrub(error_text(answer), session.tokens.access_token, session.apikey)
            if by_server or not code:
                raise ServerTroubleError(HANDSHAKE, code=code or None, reason=reason)
            kind = frame_error(code, _HANDSHAKE_CODES, ServerTroubleError, CloudError)
            raise marked(kind(HANDSHAKE, code=code, reason=reason))

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
        (other codes), `CannotConnectError` (its `handed` says whether the frame was given to the socket).
        Source: API Center, WebSocket: Update Device Status.
        """
        return await self._request(UPDATE, device, params, self._timings.command)

    async def query(self, device: Device, params: Sequence[str] = ()) -> Params:
        """Return the named params of a device, or all of them; whoever iterates gets them as a push, too.

        Histories come under `config`; they are returned, and are no push. Raises as `update` does, and
        `CloudError`. Source: API Center, WebSocket: Inquire device status.
        """
        answer = await self._request(QUERY, device, list(params), self._timings.query)
        for name in ("params", "config"):
            if found := together(answer.get(name)):
                return found
        if isinstance(answer.get("params"), (Mapping, list)):
            return {}
        raise CloudError(QUERY, reason="no params in the answer")

    async def ask(self, action: str, device: Device, params: Params, patience: float) -> Mapping[str, Any]:
        """Send what concerns the shares of an own device; return the answer, whatever it says.

        Raises `CommandTimeoutError` (no answer within `patience` seconds), `CannotConnectError` (its `handed`
        says whether the frame was given to the socket). Source: API Center, WebSocket: Share device, Edit
        Sharing, Cancel sharing.
        """
        return await self._exchange(action, device, params, patience)

    async def answer(self, request: ShareRequest, result: int) -> None:
        """Answer the request of another account to share a device: 2 accepts, 3 refuses it.

        Raises `CannotConnectError`. Source: docs/protocol.md, Sharing.
        """
        frame = {
            "error": 0,
            "result": result,
            "apikey": request.apikey,
            "deviceid": request.device_id,
            "sequence": request.sequence,
        }
        async with self._turn_to_send("share answer"):
            await self._socket.send_str(encode(frame).decode())

    async def _request(
        self, action: str, device: Device, params: Sent | list[str], patience: float
    ) -> Mapping[str, Any]:
        """Send a command or a query, and return its answer; raise what its error code means."""
        answer = await self._exchange(action, device, params, patience)
        code = session_code(answer)
        by_server = told_by_web_server(answer)
        if code == 0 and not by_server:
            return answer
        reason = scrub(error_text(answer), self._apikey, device.apikey)
        trouble = CommandInDoubtError if action == UPDATE else ServerTroubleError
        if by_server or not code:
            # Words alone say nothing of the device either.
            raise trouble(action, code=code or None, reason=reason)
        refusal = frame_error(code, _FRAME_CODES, trouble, CommandError)(action, code=code, reason=reason)
        if isinstance(refusal, SessionError):
            refusal.alone = trouble
        raise marked(refusal)

    async def _exchange(
        self, action: str, device: Device, params: Sent | list[str], patience: float
    ) -> Mapping[str, Any]:
        """Send a frame when it is its turn, and wait for its answer; the time counts from the sending."""
        with ExitStack() as done:
            async with self._turn_to_send(action):
                sequence = self._next_sequence()
                frame = self._frame(action, sequence, device, params)
                request = self._remember(action, sequence, device.device_id, params)
                done.callback(self._forget, sequence, request)
                deadline = self._last_sent + patience
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
    async def _turn_to_send(self, action: str) -> AsyncIterator[None]:
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
                raise CannotConnectError(action, reason=self.lost, handed=True) from error

    def _frame(self, action: str, sequence: str, device: Device, params: Sent | list[str]) -> str:
        """Return a frame as text; one for a device that is shared with us names both its owner and us."""
        owner = device.apikey or self._apikey
        frame: dict[str, Any] = {"action": action, "deviceid": device.device_id, "apikey": owner}
        told = action in {UPDATE, QUERY}
        if owner != self._apikey or not told:
            frame["selfApikey"] = self._apikey
        frame |= {"userAgent": "app", "sequence": sequence, "params": params}
        if told:
            frame["ts"] = 0
        try:
            return encode(frame).decode()
        except NotJsonError as error:
            raise InvalidInputError(action, reason=str(error)) from error

    def _remember(self, action: str, sequence: str, device_id: str, params: Sent | list[str]) -> _Request:
        """Wait for an answer from now on, and for what confirms a command without one."""
        request = _Request(asyncio.get_running_loop().create_future(), device_id, action)
        if action == UPDATE:
            request.params = together(params)
            request.sent = dict(facts(request.params))
            request.unseen = dict(request.sent)
            self._commands.setdefault(device_id, []).append(request)
        self._requests[sequence] = request
        return request

    def _next_sequence(self) -> str:
        """Return 13 digits that are new to this connection: the time in milliseconds, or the next number."""
        self._sequence = max(self._sequence + 1, time.time_ns() // 10**6)
        return str(self._sequence)

    def _forget(self, sequence: str, request: _Request) -> None:
        """Stop waiting for an answer."""
        del self._requests[sequence]
        if request.params is not None:
            commands = self._commands[request.device_id]
            commands.remove(request)
            if not commands:
                del self._commands[request.device_id]

    def _end(self, reason: str) -> None:
        """Let every pending request fail; the first reason is the one that counts."""
        if self.lost:
            return
        self.lost = reason
        for request in self._requests.values():
            if not request.answer.done():
                request.answer.set_exception(CannotConnectError("connection", reason=reason, handed=True))

    def _take(self, frame: Mapping[str, Any]) -> Push | ShareRequest | None:
        """Deal with a frame; return what it says of a device."""
        action = frame.get("action")
        if action == "update":
            return self._take_update(frame)
        if action is None:
            return self._take_answer(frame)
        if action == "sysmsg":
            return _take_sysmsg(frame)
        if isinstance(action, str) and action in _SHARE_ACTIONS:
            return _take_share(frame, changes=_SHARE_ACTIONS[action])
        if action == "subDevice":
            return _take_child(frame)
        _ignore_once("action", str(action)[:_LONGEST_WORD])
        return None

    def _take_answer(self, frame: Mapping[str, Any]) -> Push | None:
        """Give an answer to whoever waits for it; a command that it confirms is a push of what was sent."""
        request = self._requests.get(str(frame.get("sequence")))
        if request is None or request.answer.done():
            return None
        request.answer.set_result(frame)
        if request.action not in {UPDATE, QUERY} or told_by_web_server(frame):
            return None
        # In order with the pushes around it: one that comes right behind may already say something newer.
        code = error_code(frame)
        if request.params is None:
            # A query may be answered from the cloud's memory.
            params = together(frame.get("params")) if code == 0 else {}
            return Push(request.device_id, params, origin=Origin.OWN) if params else None
        if code == 0:
            return Push(request.device_id, request.params, online=True, heard=True, origin=Origin.OWN)
        # Whoever waits for the answer has the list read.
        return Push(request.device_id, online=False, origin=Origin.OWN) if code == _OFFLINE else None

    def _take_update(self, frame: Mapping[str, Any]) -> Push | None:
        """Return what changed of a device; a change by the device confirms the commands that asked for it."""
        device_id, params = frame.get("deviceid"), frame.get("params")
        if type(params) is not dict:
            params = together(params)
        if type(device_id) is not str:
            device_id = _device_id(device_id)
        if device_id is None or len(device_id) > LONGEST_TEXT or not params:
            return None
        sender = frame.get("userAgent")
        if sender == "app":
            return Push(device_id, params, origin=Origin.APP)
        origin = Origin.PUSH
        if (commands := self._commands.get(device_id)) and sender == "device":
            shown = dict(facts(params))
            for request in commands:
                if request.sent.items() >= shown.items():
                    origin = Origin.OWN
                request.unseen = {
                    place: value for place, value in request.unseen.items() if shown.get(place) != value
                }
                if not request.unseen and not request.answer.done():
                    request.answer.set_result({})
        online = params.get("online")
        return Push(
            device_id, params, None if online is None else read_online(online), heard=True, origin=origin
        )

    async def _keep_beating(self) -> None:
        """Beat; a connection without a heartbeat is closed, whatever has ended it."""
        try:
            await self._beat()
        except Exception as error:  # noqa: BLE001 - it is raised where the connection ends
            self._beaten = error
            await self.close("the heartbeat has failed")

    async def _beat(self) -> None:
        """Send a ping in time or when asked to; close a connection that does not answer it."""
        while True:
            try:
                async with asyncio.timeout(self.heartbeat * self._timings.heartbeat_factor):
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


def frame_error(
    code: int,
    codes: Mapping[int, type[CoolKitError]],
    trouble: type[CoolKitError],
    other: type[CoolKitError],
) -> type[CoolKitError]:
    """Return what the code of a frame means: its own, trouble of the cloud (5xx), or something else."""
    return codes.get(code, trouble if 500 <= code < 1000 else other)


def marked[E: CoolKitError](error: E) -> E:
    """Return the error of a frame with what its code says of the device, or of the session alone."""
    error.may_be_gone = error.code in _DEVICE_GONE
    if isinstance(error, SessionError):
        error.only_of_session = error.code in _OF_SESSIONS
    return error


def _check_way(socket: ClientWebSocketResponse[bool], endpoint: Endpoint) -> None:
    """Raise unless the socket may carry a token: without encryption it has to end on this machine."""
    if socket.get_extra_info("ssl_object") is not None:
        return
    peer = socket.get_extra_info("peername")
    if endpoint.secure or not peer or not is_loopback(str(peer[0])):
        raise CannotConnectError(HANDSHAKE, reason="the server is reached without encryption")


def _decode(data: Any) -> dict[str, Any] | None:
    """Return the JSON object of a frame; None for the bare words and whatever else is no object."""
    frame = decode(data)
    return frame if isinstance(frame, dict) else None


def _heartbeat(config: object, default: float) -> float:
    """Return the interval of pings in seconds that a handshake's answer gives."""
    if isinstance(config, str):
        config = _decode(config.encode())
    if not isinstance(config, Mapping):
        return default
    interval = config.get("hbInterval")
    if isinstance(interval, str):
        try:
            interval = float(interval)
        except ValueError:
            return default
    if isinstance(interval, bool) or not isinstance(interval, (int, float)):
        return default
    return max(interval, _LEAST_HEARTBEAT) if 0 < interval <= _LONGEST_HEARTBEAT else default


def _device_id(value: Any) -> str | None:
    """Return the id of a device, which may have come as a number; None for what is none."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        device_id = str(value)
        return device_id if 0 < len(device_id) <= LONGEST_TEXT else None
    return None


def _take_sysmsg(frame: Mapping[str, Any]) -> Push | None:
    """Return whether the cloud hears a device."""
    device_id = _device_id(frame.get("deviceid"))
    if device_id is None:
        return None
    online = read_online(together(frame.get("params")).get("online"))
    return None if online is None else Push(device_id=device_id, online=online)


def _take_child(frame: Mapping[str, Any]) -> Push | None:
    """Return the child that a gateway has just got: it is looked for in the list if it is not known yet."""
    commands = together(frame.get("params")).get("cmds")
    for command in commands if isinstance(commands, list) else ():
        # Before that it tells of those that it has found and not added yet.
        if not isinstance(command, dict) or whole(command.get("type")) != _CHILD_ADDED:
            continue
        if (device_id := _device_id(command.get("deviceid"))) is not None:
            return Push(device_id=device_id)
    return None


def _take_share(frame: Mapping[str, Any], *, changes: bool) -> ShareRequest | None:
    """Return the request of another account to share a device, if it can be answered."""
    device_id, apikey, sequence = (
        _device_id(frame.get("deviceid")),
        frame.get("apikey"),
        frame.get("sequence"),
    )
    if device_id is None or not isinstance(apikey, str) or not isinstance(sequence, (str, int)):
        return None
    if max(len(apikey), len(str(sequence))) > LONGEST_TEXT:
        return None
    params = together(frame.get("params"))
    texts = (params.get(name) for name in ("deviceName", "userName", "note"))
    device_name, user_name, note = (
        short_name(" ".join(text.split())) if isinstance(text, str) else "" for text in texts
    )
    permit = whole(params.get("permit"))
    return ShareRequest(
        apikey=apikey,
        device_id=device_id,
        sequence=sequence,
        device_name=device_name,
        user_name=user_name,
        note=note,
        permit=None if permit is None else Permit(permit & sum(Permit)),
        changes=changes,
        received=asyncio.get_running_loop().time(),
    )


@lru_cache(maxsize=64)
def _ignore_once(what: str, name: str) -> None:
    """Say once that something is not understood."""
    _LOGGER.debug("Ignoring frames with the %s %s", what, scrub(name))
