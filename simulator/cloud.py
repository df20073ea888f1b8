"""The simulated cloud: one process that serves every region's HTTP API, dispatch and the WebSocket."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
import copy
import json
import random
import time
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from aiohttp import web

from .account_api import AccountApi
from .accounts import REGIONS, Account, Accounts, App
from .checks import Call, Checker, LoggedRequest, without_secrets
from .device_api import DeviceApi
from .devices import Share, SimulatedDevice
from .dispatch import Session
from .errors import CloudError
from .faults import Fault, Faults, Quirks
from .home import default_home
from .interfaces import INTERFACES, Interface
from .params import Params, spell
from .violations import Violations

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

HOST: Final = "127.0.0.1"
APP_ID: Final = "SimulatorAppIdForTestsAndTheDemo"
APP_SECRET: Final = "secret-of-the-simulator-and-no-one"  # noqa: S105  of a cloud that does not exist
EMAIL: Final = "demo@example.com"
PASSWORD: Final = "demo-password"  # noqa: S105  of a person who does not exist
LISTEN_PAUSE: Final = 5.0

type Handler = Callable[[Call], Coroutine[Any, Any, dict[str, Any] | list[Any]]]


class Simulator:
    """The cloud with its accounts and their devices."""

    def __init__(
        self,
        *,
        devices: Iterable[dict[str, Any]] | None = None,
        seed: int = 0,
        autonomous: bool = False,
        clock: Callable[[], float] = time.time,
        ts_tolerance: float | None = 300.0,
        pace_checks: bool = True,
        frame_gap: float = 0.1,
        step: float = LISTEN_PAUSE,
    ) -> None:
        """Make a cloud; `devices` None is the default home, `step` the seconds between moves of devices."""
        self.rng = random.Random(seed)  # noqa: S311  repeatable on purpose
        self.clock = clock
        self.autonomous = autonomous
        self.pace_checks = pace_checks
        self.frame_gap = frame_gap
        self.violations = Violations()
        self.faults = Faults()
        self.quirks = Quirks()
        self.requests: list[LoggedRequest] = []
        self.connections: list[Session] = []
        self.devices: dict[str, SimulatedDevice] = {}
        self.accounts = Accounts(self.rng)
        self.checker = Checker(self.accounts, self.violations, clock, ts_tolerance)
        self.app_id, self.app_secret = APP_ID, APP_SECRET
        self.add_app(APP_ID, APP_SECRET)
        self.account = self.add_account(email=EMAIL, password=PASSWORD, region="eu", nickname="Demo")
        self._step = step
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._secure = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: dict[str, Handler] = {}
        if devices is None:
            default_home(self)
        else:
            for item in devices:
                self.add_device(item)

    # -- life ----------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    @property
    def url(self) -> str:
        """The address that serves every region; with `/{region}` behind it, that region alone."""
        return f"{'https' if self._secure else 'http'}://{HOST}:{self._port}"

    @property
    def port(self) -> int:
        """The port that the cloud listens on."""
        return self._port

    async def start(self, port: int = 0, ssl_context: ssl.SSLContext | None = None) -> None:
        """Listen on loopback; port 0 takes a free one."""
        self._runner = web.AppRunner(
            self._application(), handle_signals=False, access_log=None, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, port, ssl_context=ssl_context)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._secure = ssl_context is not None
        if self.autonomous:
            self.spawn(self._live())

    async def stop(self) -> None:
        """Close every connection and leave nothing behind."""
        self.faults.clear()
        for device in self.devices.values():
            device.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for session in list(self.connections):
            session.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside, at once up to its first wait; stop() ends it."""
        task = asyncio.get_running_loop().create_task(work, eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        else:
            self._ended(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A task of the simulator failed", "exception": error, "task": task},
            )

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(self._step)
            for device in list(self.devices.values()):
                await device.tick()

    # -- accounts and apps ---------------------------------------------------------------------------------

    def add_app(
        self,
        app_id: str,
        secret: str,
        *,
        refused: Literal[403, 407] | None = None,
        quota_spent: bool = False,
    ) -> App:
        """Register an App ID; `refused` is the code that every call with it gets."""
        app = App(app_id=app_id, secret=secret, refused=refused, quota_spent=quota_spent)
        self.accounts.apps[app_id] = app
        return app

    def add_account(
        self,
        *,
        email: str | None = None,
        phone_number: str | None = None,
        password: str = PASSWORD,
        region: str = "eu",
        activated: bool = True,
        nickname: str = "",
    ) -> Account:
        """Create an account with exactly one of e-mail and phone number."""
        return self.accounts.add(
            email=email,
            phone_number=phone_number,
            password=password,
            region=region,
            activated=activated,
            nickname=nickname,
        )

    def expire_tokens(self, account: Account, *, rt: bool = False) -> None:
        """Let the access tokens of an account expire, and the refresh tokens if asked."""
        for tokens in account.tokens.values():
            tokens.at_until = 0.0
            if rt:
                tokens.rt_until = 0.0

    async def sign_in_elsewhere(self, account: Account, app_id: str | None = None) -> None:
        """Let another client sign in with the same appid: the tokens of the first one are replaced."""
        earlier = account.tokens.get(app_id or self.app_id)
        self.accounts.sign_in(account, app_id or self.app_id, self.clock())
        if earlier is not None:
            await self.close_sessions(at=earlier.at)

    # -- devices -------------------------------------------------------------------------------------------

    def add_device(self, item: dict[str, Any], owner: Account | None = None) -> SimulatedDevice:
        """Add a device in the shape of the device list."""
        device = SimulatedDevice(self, item, owner or self.account)
        self.devices[device.deviceid] = device
        return device

    def remove_device(self, deviceid: str) -> None:
        """Remove a device, as another client would: nothing is pushed."""
        self.devices.pop(deviceid).stop()

    def rename(self, deviceid: str, name: str) -> None:
        """Rename a device, as another client would: nothing is pushed."""
        self.devices[deviceid].name = name

    def share(self, device: SimulatedDevice, account: Account, *, permit: int = 15, note: str = "") -> None:
        """Share a device to an account, as if it had accepted."""
        device.shares[account.apikey] = Share(
            account=account, permit=permit, note=note, share_time=int(self.clock() * 1000)
        )

    def devices_of(self, account: Account) -> list[SimulatedDevice]:
        """Return the devices that an account sees."""
        return [device for device in self.devices.values() if device.seen_by(account)]

    def children_of(self, gateway: SimulatedDevice) -> list[SimulatedDevice]:
        """Return the sub-devices of a gateway."""
        return [device for device in self.devices.values() if device.parent is gateway]

    def listed(self, device: SimulatedDevice, account: Account, *, tags: bool) -> dict[str, Any]:
        """Return a device as the device list shows it to an account."""
        item = copy.deepcopy(device.item)
        item.setdefault("type", "10")
        item.setdefault("extra", {})
        item |= {
            "deviceid": device.deviceid,
            "name": device.name,
            "apikey": device.owner.apikey,
            "params": self.shown(device.params),
            "online": device.reachable,
            "groups": list(device.groups) if account is device.owner else [],
            "sharedTo": [_share_item(share) for share in device.shares.values()],
        }
        if account is not device.owner:
            share = device.shares[account.apikey]
            item["sharedTo"] = []
            item["sharedBy"] = {
                "apikey": device.owner.apikey,
                **_address(device.owner),
                "nickname": device.owner.nickname,
                "permit": share.permit,
                "comment": share.note,
                "shareTime": share.share_time,
            }
        item.pop("tags", None)
        if tags:
            item["tags"] = copy.deepcopy(device.tags)
        self._place_uiid(item, device.uiid)
        return item

    def _place_uiid(self, item: dict[str, Any], uiid: int | None) -> None:
        place = self.quirks.uiid_place
        value = str(uiid) if self.quirks.uiid_as_text else uiid
        inner = item["extra"].get("extra")
        if place == "as_given" and not self.quirks.uiid_as_text:
            return
        places = [item, item["extra"]] + ([inner] if isinstance(inner, dict) else [])
        for one in places:
            if place == "as_given" and "uiid" in one:
                one["uiid"] = value
            elif place != "as_given":
                one.pop("uiid", None)
        match place:
            case "top":
                item["uiid"] = value
            case "extra":
                item["extra"]["uiid"] = value
            case "extra.extra":
                item["extra"].setdefault("extra", {})["uiid"] = value

    def shown(self, params: Params) -> Params:
        """Return params as the cloud spells them now."""
        spelled: Params = spell(copy.deepcopy(params), self.quirks.numbers)
        return spelled

    async def command(
        self,
        device: SimulatedDevice,
        params: Params,
        session: Session | None,
        interface: str,
        account: Account,
    ) -> dict[str, Any] | None:
        """Send params to a device and return the answer, None for none at all."""
        del account
        mode = device.answer
        if mode == "silent":
            if device.reachable:
                device.received.append(copy.deepcopy(params))
            return None
        if not device.reachable or mode == "offline":
            return {"error": 504 if session is None else 503, "reason": "device is offline"}
        device.received.append(copy.deepcopy(params))
        cut = self.faults.take("disconnect", interface=f"{interface}_midway", deviceid=device.deviceid)
        if cut is not None and session is not None:
            session.abort()
            if not cut.get("executed", True):
                return None
        if mode == "refuse":
            return {"error": 400, "reason": "refused"}
        outcome = device.execute(copy.deepcopy(params))
        if outcome.error:
            self.violations.record(interface, "params", f"uiid {device.uiid}: {outcome.reason}")
            return {"error": outcome.error, "reason": outcome.reason}
        told = session if not self.quirks.report_to_sender else None
        await self.report(device, params, agent="app", without=session)
        await self.report(device, params, without=told)
        if outcome.caused:
            await self.report(device, outcome.caused)
        if mode == "executed_unconfirmed" or self._unconfirmed(interface, device):
            return {"error": 504, "reason": "no answer from the device"}
        if self.faults.take("executed_no_answer", interface=interface, deviceid=device.deviceid) is not None:
            await self.report(device, params)
            return None
        if mode == "late":
            await asyncio.sleep(device.late_by)
        return {"error": 0} | ({"config": outcome.config} if outcome.config else {})

    def _unconfirmed(self, interface: str, device: SimulatedDevice) -> bool:
        return self.faults.take("executed_504", interface=interface, deviceid=device.deviceid) is not None

    async def query(self, device: SimulatedDevice, names: list[Any]) -> dict[str, Any] | None:
        """Ask a device for params."""
        if device.answer == "silent":
            return None
        if not device.reachable or device.answer == "offline":
            return {"error": 503, "reason": "device is offline"}
        return {"error": 0, "params": self.shown(device.asked(str(name) for name in names))}

    # -- the persistent connection -------------------------------------------------------------------------

    def signed_on(self, session: Session) -> None:
        """Take a session in."""
        self.connections.append(session)

    async def close_sessions(
        self, *, at: str | None = None, account: Account | None = None, app_id: str | None = None
    ) -> None:
        """Close the sessions of an access token, or of an account and app."""
        for session in list(self.connections):
            if session.at == at or (
                account is not None and (session.account, session.app_id) == (account, app_id)
            ):
                self.connections.remove(session)
                await session.close()

    async def drop_connections(self, how: Literal["abort", "close", "silent"] = "abort") -> None:
        """Lose every connection: cut it, close it, or let it go silent without a word."""
        for session in list(self.connections):
            match how:
                case "silent":
                    session.silent = True
                case "close":
                    self.connections.remove(session)
                    await session.close()
                case "abort":
                    self.connections.remove(session)
                    session.abort()

    async def push(self, account: Account | None, frame: dict[str, Any] | str) -> None:
        """Send a raw frame to the sessions of an account, or to all for None."""
        for session in list(self.connections):
            if account in {None, session.account}:
                await session.send(frame)

    async def report(
        self,
        device: SimulatedDevice,
        params: Params,
        *,
        agent: Literal["app", "device"] = "device",
        without: Session | None = None,
    ) -> None:
        """Push params of a device to all who see it."""
        frame = {
            "action": "update",
            "deviceid": device.deviceid,
            "apikey": device.owner.apikey,
            "userAgent": agent,
            "ts": 0,
            "params": self.shown(params),
        }
        await self._push_of(device, frame, without)

    async def report_online(self, device: SimulatedDevice, *, online: bool) -> None:
        """Push that a device came or went."""
        frame = {
            "action": "sysmsg",
            "deviceid": device.deviceid,
            "apikey": device.owner.apikey,
            "ts": int(self.clock()),
            "params": {"online": online},
        }
        await self._push_of(device, frame, None)

    async def _push_of(self, device: SimulatedDevice, frame: dict[str, Any], without: Session | None) -> None:
        for session in list(self.connections):
            if session is not without and session.account is not None and device.seen_by(session.account):
                await session.send(frame)

    # -- HTTP ----------------------------------------------------------------------------------------------

    def _application(self) -> web.Application:
        app = web.Application()
        accounts, devices = AccountApi(self), DeviceApi(self)
        self._handlers = {
            "region": accounts.region,
            "login": accounts.login,
            "refresh": accounts.refresh,
            "devices": devices.devices,
            "device": devices.device,
            "read_status": devices.read_status,
            "write_status": devices.write_status,
            "dispatch": self._dispatch,
        }
        for interface in INTERFACES:
            handler = self._handler(interface)
            for prefix in ("", "/{region:" + "|".join(REGIONS) + "}"):
                app.router.add_route(interface.method, prefix + interface.path, handler)
        app.router.add_get("/api/ws", self._websocket)
        return app

    def _handler(
        self, interface: Interface
    ) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(interface, request)

        return handle

    async def _serve(self, interface: Interface, request: web.Request) -> web.StreamResponse:
        region = request.match_info.get("region")
        await self._log(interface, region, request)
        if self.pace_checks:
            self.checker.pace(interface.name, asyncio.get_running_loop().time())
        if (broken := await self._broken(interface, request)) is not None:
            return broken
        try:
            call = await self.checker.call(interface, region, request)
            answer = await self._handlers[interface.name](call)
        except CloudError as error:
            return web.json_response(
                {"error": self.code(error.code), self.quirks.message_key: error.text} | error.extra,
            )
        if isinstance(answer, dict) and "error" in answer:
            answer["error"] = self.code(answer["error"])
            if self.quirks.omit_error and answer["error"] in {0, "0"}:
                del answer["error"]
        return web.json_response(answer)

    def code(self, code: int) -> int | str:
        """Return an error code as the cloud spells it now."""
        return str(code) if self.quirks.error_as_text else code

    async def _log(self, interface: Interface, region: str | None, request: web.Request) -> None:
        params: Any = dict(request.query)
        if not interface.in_query:
            try:
                params = json.loads(await request.read())
            except ValueError:
                params = {}
        params = without_secrets(params) if isinstance(params, dict) else {}
        self.requests.append(LoggedRequest(interface=interface.name, region=region, params=params))

    async def _broken(self, interface: Interface, request: web.Request) -> web.StreamResponse | None:
        """Return the answer of a fault that takes the place of the interface's own."""

        def take(name: str) -> Fault | None:
            return self.faults.take(name, interface=interface.name)

        if take("disconnect") is not None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        if take("no_answer") is not None:
            await asyncio.Event().wait()
        if (late := take("late_answer")) is not None:
            await late.hold()
        if (page := take("gateway_page")) is not None:
            status = page.get("status", 502)
            text = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
            return web.Response(status=status, text=text, content_type="text/html")
        if take("empty_body") is not None:
            return web.Response()
        if (fault := take("nested_error")) is not None:
            inner = json.dumps({"error": fault.get("code", 401), "msg": "Bearer:accessToken is empty"})
            return web.json_response({"error": 406, "msg": inner})
        if (fault := take("wrong_type")) is not None:
            return web.json_response(fault.get("body", "ok"))
        if (fault := take("http_status")) is not None:
            status = fault.get("status", 403)
            return web.json_response({"error": fault.get("code", status), "msg": "refused"}, status=status)
        if (fault := take("redirect")) is not None:
            return web.json_response({"error": self.code(301), "region": fault.get("region", "us")})
        if (fault := take("error")) is not None:
            return web.json_response(
                {
                    "error": self.code(fault.get("code", 500)),
                    self.quirks.message_key: fault.get("text", "error"),
                },
            )
        return None

    async def _dispatch(self, call: Call) -> dict[str, Any]:
        del call
        fault = self.faults.take("dispatch_host")
        domain = HOST if fault is None else fault.get("domain", "pconnect9.invalid")
        port = self._port if fault is None else fault.get("port", self._port)
        return {"port": port, "IP": HOST, "reason": "ok", "domain": domain, "error": 0}

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        session = Session(self, ws, request)
        try:
            await session.serve()
        finally:
            if session in self.connections:
                self.connections.remove(session)
        return ws


def _address(account: Account) -> dict[str, str]:
    return {"email": account.email} if account.email else {"phoneNumber": account.phone_number or ""}


def _share_item(share: Share) -> dict[str, Any]:
    return {
        "apikey": share.account.apikey,
        **_address(share.account),
        "nickname": share.account.nickname,
        "permit": share.permit,
        "comment": share.note,
        "shareTime": share.share_time,
    }
