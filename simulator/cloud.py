"""The simulated cloud: one process that serves every region's HTTP API, dispatch and the WebSocket."""

import asyncio
from collections import deque
import copy
import ipaddress
import random
import time
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from aiohttp import web

from .accounts import Account, Accounts, App
from .checks import Checker, LoggedRequest
from .devices import Outcome, Share, SimulatedDevice
from .errors import CloudError
from .faults import Faults, Quirks
from .home import default_home
from .listing import list_item
from .params import Params, Sent, spell, together
from .server import application
from .sharing import Sharing
from .verification import Verification
from .violations import Violations

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    import ssl
    from types import TracebackType

    from .dispatch import Session

HOST: Final = "127.0.0.1"
APP_ID: Final = "SimulatorAppIdForTestsAndTheDemo"
APP_SECRET: Final = "secret-of-the-simulator-and-no-one"  # noqa: S105  of a cloud that does not exist
EMAIL: Final = "demo@example.com"
PASSWORD: Final = "demo-password"  # noqa: S105  of a person who does not exist
STEP: Final = 5.0
HANDSHAKES: Final = 10  # in a minute, of one address


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
        share_patience: float = 180.0,
        code_pause: float = 60.0,
        pace_checks: bool = True,
        frame_gap: float = 0.1,
        step: float = STEP,
    ) -> None:
        """Make a cloud; `devices` None is the default home.

        All times are seconds: how far `ts` may be off, how long a receiver of a share has, the pause
        between two verification codes and between two frames, and the step in which devices move.
        """
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
        self._children: dict[str, list[str]] = {}
        self.stock: dict[str, dict[str, Any]] = {}
        self.verification = Verification(self.rng, code_pause)
        self.sharing = Sharing(self, share_patience)
        self.accounts = Accounts(self.rng)
        self.checker = Checker(self.accounts, self.violations, clock, ts_tolerance)
        self.app_id, self.app_secret = APP_ID, APP_SECRET
        self.add_app(APP_ID, APP_SECRET)
        self.account = self.add_account(email=EMAIL, password=PASSWORD, region="eu", nickname="Demo")
        self.host = HOST
        self.handshakes = 0
        self._handshakes_at: deque[float] = deque(maxlen=HANDSHAKES + 1)
        self._step = step
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._secure = False
        self._tasks: set[asyncio.Task[None]] = set()
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
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._secure else 'http'}://{host}:{self._port}"

    @property
    def port(self) -> int:
        """The port that the cloud listens on."""
        return self._port

    async def start(self, port: int = 0, ssl_context: ssl.SSLContext | None = None, host: str = HOST) -> None:
        """Listen on a loopback address; port 0 takes a free one."""
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            msg = "the simulator listens on loopback only"
            raise ValueError(msg)
        self.host = host
        self._runner = web.AppRunner(
            application(self), handle_signals=False, access_log=None, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=ssl_context)
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
                await device.run_timers(self.clock())

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
        app_id = app_id or self.app_id
        self.accounts.sign_in(account, app_id, self.clock())
        await self.close_sessions(account, app_id)

    # -- devices -------------------------------------------------------------------------------------------

    def add_device(self, item: dict[str, Any], owner: Account | None = None) -> SimulatedDevice:
        """Add a device in the shape of the device list, in place of one with the same id."""
        device = SimulatedDevice(self, item, owner or self.account)
        if device.deviceid in self.devices:
            self.remove_device(device.deviceid)
        self.devices[device.deviceid] = device
        if (parentid := device.params.get("parentid")) is not None:
            self._children.setdefault(parentid, []).append(device.deviceid)
        for gateway in (device, device.parent):
            if gateway is not None and gateway.deviceid in self._children:
                self._list_children(gateway)
        return device

    def _list_children(self, gateway: SimulatedDevice) -> None:
        """Let a gateway name its sub-devices."""
        named = {child.get("deviceid") for child in gateway.params.get("subDevices", [])}
        gateway.params["subDevices"] = [
            *gateway.params.get("subDevices", []),
            *(
                {
                    "subDevId": child.params.get("subDevId", ""),
                    "deviceid": child.deviceid,
                    "uiid": str(child.uiid),
                }
                for child in self.children_of(gateway)
                if child.deviceid not in named
            ),
        ]

    def remove_device(self, deviceid: str) -> None:
        """Remove a device, as another client would: nothing is pushed."""
        device = self.devices[deviceid]
        device.stop()
        for children in self._children.values():
            if deviceid in children:
                children.remove(deviceid)
        if (gateway := device.parent) is not None:
            left = [child for child in gateway.params["subDevices"] if child.get("deviceid") != deviceid]
            gateway.params["subDevices"] = left
        for account in self.accounts.by_apikey.values():
            for group in account.groups.values():
                if deviceid in group.devices:
                    group.devices.remove(deviceid)
        del self.devices[deviceid]

    def rename(self, deviceid: str, name: str) -> None:
        """Rename a device, as another client would: nothing is pushed."""
        self.devices[deviceid].name = name

    def add_stock(self, item: dict[str, Any]) -> None:
        """Put a device into the shop: it belongs to nobody until it is paired."""
        self.stock[item["deviceid"]] = item

    def pair(self, deviceid: str, owner: Account, name: str) -> SimulatedDevice:
        """Give a device from the shop to an account."""
        return self.add_device(self.stock.pop(deviceid) | {"name": name, "online": True}, owner)

    def unpair(self, device: SimulatedDevice) -> None:
        """Take a device and its sub-devices from their owner; each can be paired again."""
        for one in [*self.children_of(device), device]:
            self.remove_device(one.deviceid)
            self.add_stock(one.item | {"params": one.params})

    def share(
        self,
        device: SimulatedDevice,
        account: Account,
        *,
        permit: int = 15,
        note: str = "",
        at: int | str | None = None,
    ) -> None:
        """Share a device to an account, as if it had accepted; `at` is in milliseconds."""
        device.shares[account.apikey] = Share(
            account=account, permit=permit, note=note, share_time=at or int(self.clock() * 1000)
        )

    def unshare(self, device: SimulatedDevice, account: Account) -> None:
        """End a share, as its owner would: nothing is pushed."""
        device.shares.pop(account.apikey, None)

    async def offer(
        self, device: SimulatedDevice, account: Account, *, permit: int = 15, note: str = ""
    ) -> dict[str, Any]:
        """Let the owner's phone ask an account to take a device, and return the answer that it gets."""
        frame = {
            "action": "share",
            "apikey": device.owner.apikey,
            "selfApikey": device.owner.apikey,
            "deviceid": device.deviceid,
            "userAgent": "app",
            "sequence": str(int(self.clock() * 1000)),
            "params": {
                "uid": account.address,
                "deviceName": device.name,
                "userName": device.owner.nickname,
                "permit": permit,
                "shareTime": str(int(self.clock() * 1000)),
                "note": note,
            },
        }
        try:
            return await self.sharing.share(device, frame)
        except CloudError as error:
            return {"error": error.code, "reason": error.text}

    def code(self, code: int) -> int | str:
        """Return an error code as the cloud spells it now."""
        return str(code) if self.quirks.error_as_text else code

    def devices_of(self, account: Account) -> list[SimulatedDevice]:
        """Return the devices that an account sees."""
        return [device for device in self.devices.values() if device.seen_by(account)]

    def children_of(self, gateway: SimulatedDevice) -> list[SimulatedDevice]:
        """Return the sub-devices of a gateway."""
        return [self.devices[deviceid] for deviceid in self._children.get(gateway.deviceid, [])]

    def listed(self, device: SimulatedDevice, account: Account, *, tags: bool) -> dict[str, Any]:
        """Return a device as the device list shows it to an account."""
        return list_item(self, device, account, tags=tags)

    def shown(self, params: Params) -> Params:
        """Return params as the cloud spells them now."""
        spelled: Params = spell(copy.deepcopy(params), self.quirks.numbers)
        return spelled

    def told(self, params: Sent) -> Sent:
        """Return params as an answer or a push has them now: as they were sent, or in an array."""
        if isinstance(params, list):
            return [self.shown(delta) for delta in params]
        shown = self.shown(params)
        return [{key: value} for key, value in shown.items()] if self.quirks.as_tables else shown

    async def command(
        self, device: SimulatedDevice, params: Sent, interface: str, session: Session | None = None
    ) -> dict[str, Any] | None:
        """Send params to a device and return the answer, None for none at all."""
        offline = {"error": 504 if session is None else 503, "reason": "device is offline"}
        if not device.reachable or device.answer == "offline":
            return None if device.answer == "silent" else offline
        device.received.append(copy.deepcopy(params))
        if device.answer == "silent":
            return None
        if device.answer == "refuse":
            return {"error": 400, "reason": "refused"}
        if session is not None:
            cut = self.faults.take("cut_midway", interface=interface, deviceid=device.deviceid)
            if cut is not None:
                session.abort()
                if not cut.get("executed", default=True):
                    return None
        outcome = device.execute(together(copy.deepcopy(params)))
        for remark in [outcome.reason] if outcome.error else outcome.remarks:
            self.violations.record(interface, "params", f"uiid {device.uiid}: {remark}")
        if outcome.error:
            return {"error": outcome.error, "reason": outcome.reason}
        if device.answer != "lost":
            await self._tell(device, params, outcome, session)
        return await self._confirmed(device, outcome, interface, session)

    async def _tell(
        self, device: SimulatedDevice, params: Sent, outcome: Outcome, session: Session | None
    ) -> None:
        """Push a command to the other clients, and what the device made of it."""
        await self.report(device, params, agent="app", without=session)
        await self.report(device, outcome.stored, without=None if self.quirks.report_to_sender else session)
        await self.report(device, outcome.caused)

    async def _confirmed(
        self, device: SimulatedDevice, outcome: Outcome, interface: str, session: Session | None
    ) -> dict[str, Any] | None:
        """Return the answer to a command that was executed, or what takes its place."""
        if device.answer == "lost":
            return None
        where = {"interface": interface, "deviceid": device.deviceid}
        if device.answer == "executed_unconfirmed":
            return {"error": 504, "reason": "no answer from the device"}
        if (fault := self.faults.take("executed_504", **where)) is not None:
            reason = fault.get("text", default="no answer from the device")
            return {"error": fault.get("code", default=504), "reason": reason}
        if self.faults.take("executed_no_answer", **where) is not None:
            if session is not None and not self.quirks.report_to_sender:
                await self.report(device, outcome.stored, only=session)
            return None
        if device.answer == "late":
            await asyncio.sleep(device.late_by)
        return {"error": 0} | ({"config": outcome.config} if outcome.config else {})

    async def query(self, device: SimulatedDevice, names: list[Any]) -> dict[str, Any] | None:
        """Ask a device for params."""
        if device.answer in {"silent", "lost"}:
            return None
        if not device.reachable or device.answer == "offline":
            return {"error": 503, "reason": "device is offline"}
        return {"error": 0, "params": self.told(device.asked(str(name) for name in names))}

    # -- the persistent connection -------------------------------------------------------------------------

    def check_handshake_pace(self) -> None:
        """Record handshakes in such number that the real cloud would block the address."""
        now = asyncio.get_running_loop().time()
        self._handshakes_at.append(now)
        if self.pace_checks and len(self._handshakes_at) > HANDSHAKES and now - self._handshakes_at[0] < 60:
            self.violations.record("handshake", "pace of handshakes", f"more than {HANDSHAKES} in a minute")

    def signed_on(self, session: Session) -> None:
        """Take a session in."""
        self.connections.append(session)

    def signed_off(self, session: Session) -> None:
        """Forget a session that ended."""
        if session in self.connections:
            self.connections.remove(session)

    async def close_sessions(self, account: Account, app_id: str) -> None:
        """Close the sessions that an account has with an app."""
        for session in list(self.connections):
            if (session.account, session.app_id) == (account, app_id):
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

    async def push(self, account: Account | None, frame: dict[str, Any] | str | bytes) -> None:
        """Send a raw frame to the sessions of an account, or to all for None."""
        for session in list(self.connections):
            if account in {None, session.account}:
                await session.send(frame)

    async def report(
        self,
        device: SimulatedDevice,
        params: Sent,
        *,
        agent: Literal["app", "device"] = "device",
        without: Session | None = None,
        only: Session | None = None,
    ) -> None:
        """Push params of a device to all who see it, or to one of them."""
        if not params:
            return
        frame = {
            "action": "update",
            "deviceid": device.deviceid,
            "apikey": device.owner.apikey,
            "userAgent": agent,
            "ts": 0,
            "params": self.told(params),
        }
        if only is not None:
            await only.send(frame)
        else:
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
