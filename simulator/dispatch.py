"""The persistent connection: handshake, heartbeat, commands, queries and pushes."""

import asyncio
from collections import deque
import json
import re
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSMsgType, web

from .errors import CloudError
from .interfaces import is_objects
from .odd import odd_text
from .params import together

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .accounts import Account
    from .checks import Call
    from .cloud import Cloud

SEQUENCE: Final = re.compile(r"[0-9]{13}")
SILENCE: Final = 165.0  # seconds without a ping after which the cloud closes
PING_MARGIN: Final = 7.0
HANDSHAKE: Final = frozenset(
    {"action", "at", "apikey", "appid", "nonce", "ts", "userAgent", "sequence", "version"},
)
FRAME: Final = frozenset({"action", "apikey", "deviceid", "params", "userAgent", "sequence"})
FRAME_ALSO: Final = frozenset({"selfApikey", "from", "nonce", "version"})

type Action = Callable[[dict[str, Any]], Coroutine[Any, Any, dict[str, Any] | None]]


class DispatchApi:
    """Says where the persistent connection is."""

    def __init__(self, cloud: Cloud) -> None:
        """Serve the address of a simulator."""
        self._cloud = cloud

    async def dispatch(self, call: Call) -> dict[str, Any]:
        """Answer host and port of the persistent connection."""
        del call
        domain, port = self._cloud.host, self._cloud.port
        if (fault := self._cloud.faults.take("dispatch_host", interface="dispatch")) is not None:
            domain = fault.get("domain", default="pconnect9.invalid")
            port = fault.get("port", default=port)
        return {"port": port, "IP": self._cloud.host, "reason": "ok", "domain": domain, "error": 0}


class Session:
    """One connection of one client."""

    def __init__(self, cloud: Cloud, ws: web.WebSocketResponse, request: web.Request) -> None:
        """Serve a connection that was just opened."""
        self._cloud = cloud
        self._ws = ws
        self._request = request
        self.account: Account | None = None
        self.app_id: str | None = None
        self.silent = False
        self._generation = "v1"
        self.pings = 0
        self.frames: list[dict[str, Any]] = []
        self._sequences: set[str] = set()
        self._arrivals: deque[float] = deque(maxlen=3)
        self._last_ping = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._actions: dict[str, Action] = {
            "update": self._update,
            "query": self._query,
            "upgrade": self._upgrade,
            "share": self._share,
            "updateShare": self._share,
            "cancelShare": self._share,
        }

    async def serve(self) -> None:
        """Read until the connection ends."""
        try:
            async for message in self._ws:
                if message.type is not WSMsgType.TEXT:
                    self._cloud.violations.record(
                        "websocket", "frame", f"{message.type.name} instead of text"
                    )
                elif message.data == "ping":
                    await self._ping()
                elif self.account is None:
                    await self._shake_hands(message.data)
                else:
                    self._frame(message.data)
        finally:
            if self._watch is not None:
                self._watch.cancel()

    async def send(self, frame: dict[str, Any] | list[Any] | str | bytes) -> None:
        """Send a frame, unless the connection is closing or pretends to be dead."""
        if self.silent or self._ws.closed:
            return
        try:
            await self._ws.send_frame(self._written(frame), WSMsgType.TEXT)
        except ConnectionError:
            self.abort()

    def _written(self, frame: dict[str, Any] | list[Any] | str | bytes) -> bytes:
        """Return a frame as it goes over the line."""
        if isinstance(frame, bytes):
            return frame
        if isinstance(frame, str):
            return frame.encode()
        is_push = isinstance(frame, dict) and frame.get("action") == "update"
        if is_push and (odd := self._cloud.faults.take("odd_value", interface="websocket")) is not None:
            return odd_text(frame, odd)
        return json.dumps(frame, separators=(",", ":")).encode()

    async def close(self) -> None:
        """Close the connection in good order."""
        await self._ws.close(code=1000)

    def abort(self) -> None:
        """Cut the connection."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _ping(self) -> None:
        self.pings += 1
        if self.account is None:
            self._cloud.violations.record("websocket", "handshake", "a ping before it")
        self._check_ping()
        self._last_ping = asyncio.get_running_loop().time()
        if self._cloud.faults.take("no_pong", interface="websocket") is None:
            await self.send("pong")

    def _check_ping(self) -> None:
        interval = self._cloud.quirks.heartbeat_interval or 90 - PING_MARGIN
        waited = asyncio.get_running_loop().time() - self._last_ping
        if self._last_ping and waited > interval + PING_MARGIN:
            self._cloud.violations.record("websocket", "heartbeat", f"{waited:.0f} s without a ping")

    def _watch_silence(self) -> None:
        # Asked again when woken early: a test that moves time forward wakes every timer of the loop.
        if self._watch is not None:
            self._watch.cancel()
        loop = asyncio.get_running_loop()
        left = self._last_ping + SILENCE - loop.time()
        if left > 0:
            self._watch = loop.call_later(left, self._watch_silence)
            return
        self._check_ping()
        self.abort()

    async def _shake_hands(self, data: str) -> None:
        cloud = self._cloud
        try:
            frame = json.loads(data)
        except ValueError, RecursionError:
            frame = None
        if not isinstance(frame, dict) or frame.get("action") != "userOnline":
            cloud.violations.record("handshake", "order", "the first frame is no handshake")
            await self.close()
            return
        cloud.handshakes += 1
        if cloud.faults.take("handshake_close", interface="handshake") is not None:
            await self.close()
            return
        if cloud.faults.take("no_answer", interface="handshake") is not None:
            return
        answer = {"apikey": frame.get("apikey"), "sequence": self._echo(frame.get("sequence"))}
        try:
            await self._sign_on(frame)
        except CloudError as error:
            reason = {"reason": error.text} if error.text else {}
            await self.send({"error": cloud.core.code(error.code), **reason, **answer})
            await self.close()
            return
        quirks = cloud.quirks
        config: dict[str, Any] = {quirks.heartbeat_flag: int(quirks.heartbeat)}
        if quirks.heartbeat_interval is not None:
            config["hbInterval"] = quirks.heartbeat_interval
        done = {} if quirks.handshake_omit_error else {"error": cloud.core.code(0)}
        self._last_ping = asyncio.get_running_loop().time()
        if quirks.heartbeat:
            self._watch_silence()
        # The table calls it a text.
        told = json.dumps(config) if quirks.as_tables else config
        await self.send({**done, **answer, "config": told})
        if (drop := cloud.faults.take("drop_after", interface="handshake")) is not None:
            asyncio.get_running_loop().call_later(drop.get("delay", default=0), self.abort)

    async def _sign_on(self, frame: dict[str, Any]) -> None:
        cloud = self._cloud
        if (fault := cloud.faults.take("handshake_error", interface="handshake")) is not None:
            reason = fault.options.get("reason", "refused")
            raise CloudError(fault.get("code", default=406), reason if isinstance(reason, str) else "")
        if (refused := cloud.faults.take("session_refused", interface="handshake")) is not None:
            raise CloudError(refused.get("code", default=401), "refused")
        self._check_handshake(frame)
        app = cloud.accounts.apps.get(frame["appid"])
        if app is None:
            raise CloudError(403, "appid invalid")
        if app.refused is not None:
            raise CloudError(app.refused, "appid not allowed")
        if cloud.accounts.was_replaced(frame["at"]):
            raise CloudError(406, "signed in elsewhere")
        account, tokens = cloud.accounts.by_at(frame["at"], cloud.clock())
        if account.apikey != frame["apikey"] or tokens.app_id != app.app_id:
            cloud.violations.record("handshake", "field", "apikey or appid is not that of the token")
            raise CloudError(401, "apikey invalid")
        await cloud.connections.close_sessions(account, app.app_id)
        self.account, self.app_id, self._generation = account, app.app_id, tokens.generation
        cloud.connections.append(self)

    def _check_handshake(self, frame: dict[str, Any]) -> None:
        cloud, record = self._cloud, self._cloud.violations.record
        for key in frame.keys() - HANDSHAKE:
            record("handshake", "unknown field", key)
        for key in HANDSHAKE - frame.keys() - self._spared(cloud.accounts.generation_of(frame.get("at"))):
            record("handshake", "field", f"{key} is missing")
        if missing := HANDSHAKE - {"nonce", "ts", "version"} - frame.keys():
            raise CloudError(400, f"{min(missing)} is missing")
        for key in ("at", "apikey", "appid"):
            if not isinstance(frame[key], str):
                record("handshake", "field", f"{key} is no text")
                raise CloudError(400, f"{key} is no text")
        if frame["userAgent"] != "app":
            record("handshake", "field", "userAgent is not app")
        if "nonce" in frame and (fault := cloud.checker.nonces.fault(frame["nonce"])):
            record("handshake", "general parameter", fault)
        if "ts" in frame and (fault := cloud.checker.ts_fault(frame["ts"])):
            record("handshake", "general parameter", fault)
        if frame.get("version", 8) != 8:
            record("handshake", "general parameter", "version is not the number 8")
        self._check_sequence("handshake", frame["sequence"])
        cloud.check_handshake_pace()

    def _frame(self, data: str) -> None:
        """Check a frame and serve it; frames are executed in the order in which they come."""
        cloud = self._cloud
        self._check_pace()
        try:
            frame = json.loads(data)
        except ValueError, RecursionError:
            frame = None
        if not isinstance(frame, dict):
            cloud.violations.record("websocket", "frame", "not a JSON object")
            return
        self.frames.append(frame)
        if cloud.quirks.frames_count and self.account is not None and self.app_id is not None:
            cloud.accounts.apps[self.app_id].count(self.account.region, cloud.clock())
        if "action" not in frame and "result" in frame and self.account is not None:
            if not cloud.sharing.answered(self.account, frame):
                cloud.violations.record("share", "answer", "to no request")
            return
        cloud.core.spawn(self._serve_frame(frame))

    async def _serve_frame(self, frame: dict[str, Any]) -> None:
        action = frame.get("action")
        name = action if isinstance(action, str) else "websocket"
        answer: dict[str, Any] | None
        try:
            self._refuse_on_demand(name, frame)
            answer = await self._actions.get(name, self._unknown)(frame)
        except CloudError as error:
            answer = {"error": error.code, "reason": error.text} | error.extra
        if answer is not None:
            await self._answer(name, frame, answer)

    def _refuse_on_demand(self, name: str, frame: dict[str, Any]) -> None:
        faults, deviceid = self._cloud.faults, frame.get("deviceid")
        if (refused := faults.take("session_refused", interface=name, deviceid=deviceid)) is not None:
            raise CloudError(refused.get("code", default=401), "refused")
        fault = faults.take("error", interface=name, deviceid=deviceid)
        if fault is not None:
            raise CloudError(fault.get("code", default=500), fault.get("text", default="error"))

    async def _answer(self, name: str, frame: dict[str, Any], answer: dict[str, Any]) -> None:
        cloud, deviceid = self._cloud, frame.get("deviceid")
        if cloud.faults.take("no_answer", interface=name, deviceid=deviceid) is not None:
            return
        if (late := cloud.faults.take("late_answer", interface=name, deviceid=deviceid)) is not None:
            await late.hold()
        if cloud.faults.take("disconnect", interface=name, deviceid=deviceid) is not None:
            self.abort()
            return
        sequence = self._echo(frame.get("sequence"))
        if cloud.faults.take("other_sequence", interface=name, deviceid=deviceid) is not None:
            sequence = "1000000000000"
        answer = {
            "error": cloud.core.code(answer["error"]),
            **{k: v for k, v in answer.items() if k != "error"},
        }
        if cloud.quirks.omit_error and answer["error"] in {0, "0"}:
            del answer["error"]
        await self.send({**answer, "deviceid": deviceid, "apikey": frame.get("apikey"), "sequence": sequence})

    def _echo(self, sequence: Any) -> Any:
        match self._cloud.quirks.sequence:
            case "text":
                return str(sequence)
            case "number" if str(sequence).isdigit():
                return int(sequence)
            case _:
                return sequence

    async def _unknown(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        action = frame.get("action")
        self._cloud.violations.record("websocket", "action", f"{action} is not known")
        raise CloudError(400, "unknown action")

    async def _update(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        account = self._check_frame("update", frame)
        device = self._cloud.household.find(account, "update", frame)
        device.check_permit(account, frame["params"])
        return await self._cloud.commands.command(device, frame["params"], "update", self, account=account)

    async def _query(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        account = self._check_frame("query", frame)
        device = self._cloud.household.find(account, "query", frame)
        return await self._cloud.commands.query(device, frame["params"])

    async def _upgrade(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        account = self._check_frame("upgrade", frame)
        device = self._cloud.household.find(account, "upgrade", frame)
        return await self._cloud.commands.upgrade(device, frame["params"])

    async def _share(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        name = frame["action"]
        if self._generation == "v2" and not self._cloud.quirks.share_frames_in_v2:
            raise CloudError(403, "no such action")
        account = self._check_frame(name, frame, also=frozenset({"ts"}))
        device = self._cloud.household.find(account, name, frame)
        if device.owner is not account:
            self._cloud.violations.record(name, "owner", "the device is shared to this account")
            raise CloudError(403, "no permission")
        sharing = self._cloud.sharing
        frame = {**frame, "params": together(frame["params"])}
        acts = {"share": sharing.share, "updateShare": sharing.update, "cancelShare": sharing.cancel}
        return await acts[name](device, frame)

    def _check_frame(self, name: str, frame: dict[str, Any], also: frozenset[str] = frozenset()) -> Account:
        """Record and refuse what is wrong with a frame; return the account of the session."""
        account, record = self.account, self._cloud.violations.record
        if account is None:
            raise CloudError(401, "no handshake")
        for key in frame.keys() - FRAME - FRAME_ALSO - {"ts"}:
            record(name, "unknown field", key)
        for key in (FRAME | {"ts"}) - also - self._spared(self._generation) - frame.keys():
            record(name, "field", f"{key} is missing")
        fits = {
            "deviceid": isinstance(frame.get("deviceid"), str),
            "apikey": isinstance(frame.get("apikey"), str),
            "params": isinstance(frame.get("params"), list)
            if name == "query"
            else is_objects(frame.get("params")),
        }
        for key in (key for key, right in fits.items() if not right):
            record(name, "field", f"{key} is of another type")
            raise CloudError(400, f"{key} is missing")
        if frame.get("userAgent", "app") != "app":
            record(name, "field", "userAgent is not app")
        if frame.get("ts", 0) != 0 or isinstance(frame.get("ts"), bool):
            record(name, "field", "ts is not 0")
        self._check_sequence(name, frame.get("sequence"))
        device = self._cloud.devices.get(frame["deviceid"])
        if frame.get("selfApikey", account.apikey) != account.apikey:
            record(name, "selfApikey", "not the apikey of the user")
            raise CloudError(403, "selfApikey invalid")
        if device is not None and device.owner is not account and "selfApikey" not in frame:
            record(name, "selfApikey", "missing for a shared device")
            raise CloudError(403, "selfApikey is missing")
        return account

    @staticmethod
    def _spared(generation: str) -> frozenset[str]:
        """Return what frames of a generation may lack: v2's documents do not ask for `ts`."""
        return frozenset({"ts"} if generation == "v2" else ())

    def _check_sequence(self, name: str, sequence: Any) -> None:
        if not isinstance(sequence, str):
            self._cloud.violations.record(name, "sequence", "not a string")
        if SEQUENCE.fullmatch(str(sequence)) is None:
            self._cloud.violations.record(name, "sequence", "not 13 digits")
        elif str(sequence) in self._sequences:
            self._cloud.violations.record(name, "sequence", "used before on this connection")
        self._sequences.add(str(sequence))

    def _check_pace(self) -> None:
        """Record frames that come faster than the pace, with room for the jitter of the way."""
        gap = self._cloud.frame_gap
        self._arrivals.append(asyncio.get_running_loop().time())
        if len(self._arrivals) < 2 or not self._cloud.pace_checks:
            return
        if self._arrivals[-1] - self._arrivals[-2] < gap / 5:
            self._cloud.violations.record("websocket", "pace of frames", "two at once")
        elif len(self._arrivals) == 3 and self._arrivals[-1] - self._arrivals[0] < gap * 1.2:
            self._cloud.violations.record("websocket", "pace of frames", f"closer than {gap * 1000:g} ms")
