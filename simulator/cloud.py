"""The simulated cloud, assembled: accounts with their devices, and what may happen to them."""

import asyncio
from collections import deque
import time
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack

from .accounts import Account, Accounts, App, Plan
from .checks import Checker, LoggedRequest
from .codes import Codes
from .commands import Commands
from .connections import Connections
from .core import Core
from .home import EMAIL, PASSWORD, UNRELEASED, default_home
from .homes import Homes
from .household import Household
from .messages import Messages
from .sharing import Sharing
from .verification import Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .devices import SimulatedDevice

__all__ = [
    "APP_ID",
    "APP_SECRET",
    "EMAIL",
    "FREE_APP_ID",
    "FREE_APP_SECRET",
    "HOST",
    "PASSWORD",
    "REDIRECT_URL",
    "Cloud",
]

HOST: Final = "127.0.0.1"
APP_ID: Final = "SimulatorAppIdForTestsAndTheDemo"
APP_SECRET: Final = "secret-of-the-simulator-and-no-one"  # noqa: S105  of a cloud that does not exist
FREE_APP_ID: Final = "PersonalAppIdOfTheSimulator00001"
FREE_APP_SECRET: Final = "personal-secret-of-the-simulator"  # noqa: S105  of a cloud that does not exist
REDIRECT_URL: Final = "http://127.0.0.1:8123/auth/external/callback"
HANDSHAKES: Final = 10  # in a minute, of one address


class AppOptions(TypedDict, total=False):
    """What may be said of an App ID."""

    refused: Literal[403, 407] | None
    quota_spent: bool
    plan: Plan
    redirect_url: str | None
    expired: bool
    withheld: set[str]
    quota: int


class Cloud:
    """The cloud without its servers: its parts, and what tests and the control address do with them."""

    def __init__(
        self,
        *,
        devices: Iterable[dict[str, Any]] | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
        ts_tolerance: float | None = 300.0,
        share_patience: float = 180.0,
        code_pause: float = 60.0,
        pace_checks: bool = True,
        frame_gap: float = 0.1,
    ) -> None:
        """Make a cloud; `devices` None is the default home.

        All times are seconds: how far `ts` may be off, how long a recipient of a share has, and the pause
        between two verification codes and between two frames.
        """
        self.core = core = Core(seed=seed, clock=clock)
        self.violations, self.faults, self.quirks = core.violations, core.faults, core.quirks
        self.pace_checks = pace_checks
        self.frame_gap = frame_gap
        self.requests: list[LoggedRequest] = []
        self.verification = Verification(core.rng, code_pause)
        self.accounts = Accounts(core.rng)
        self.connections = Connections(core)
        self.household = household = Household(core, self.accounts, self.connections)
        self.devices, self.stock = household.devices, household.stock
        self.commands = Commands(core, self.connections)
        self.homes = Homes(core, household)
        self.codes = Codes(core.rng)
        self.messages = Messages(core)
        self.sharing = Sharing(core, self.accounts, household, self.connections, share_patience)
        self.checker = Checker(self.accounts, core.violations, clock, ts_tolerance)
        # What tests and the control address do.
        self.remove_device, self.rename = household.remove, household.rename
        self.add_stock, self.share, self.unshare = household.add_stock, household.share, household.unshare
        self.children_of, self.devices_of = household.children_of, household.devices_of
        self.offer = self.sharing.offer
        self.push, self.drop_connections = self.connections.push, self.connections.drop
        self.report, self.report_online = self.connections.report, self.connections.report_online
        self.app_id, self.app_secret = APP_ID, APP_SECRET
        self.add_app(APP_ID, APP_SECRET, redirect_url=REDIRECT_URL)
        self.free_app = self.add_app(
            FREE_APP_ID,
            FREE_APP_SECRET,
            plan="personal",
            redirect_url=REDIRECT_URL,
            withheld={UNRELEASED},
        )
        self.account = self.add_account(email=EMAIL, password=PASSWORD, region="eu", nickname="Demo")
        self.host, self.port = HOST, 0
        self.url = ""
        self.handshakes = 0
        self._handshakes_at: deque[float] = deque(maxlen=HANDSHAKES + 1)
        if devices is None:
            default_home(self.accounts, household, self.homes, self.account, clock())
        else:
            for item in devices:
                self.add_device(item)

    @property
    def clock(self) -> Callable[[], float]:
        """What tells the time, in unix seconds."""
        return self.core.clock

    def add_app(self, app_id: str, secret: str, **options: Unpack[AppOptions]) -> App:
        """Register an App ID; `refused` is the code that every call with it gets."""
        app = App(app_id=app_id, secret=secret, **options)
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
        """Create an account with exactly one of email and phone number."""
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
        await self.connections.close_sessions(account, app_id)

    async def unbind(self, account: Account, app_id: str) -> None:
        """Let the user take the permission from an app: its tokens are void."""
        if (tokens := account.tokens.pop(app_id, None)) is not None:
            account.replaced |= {tokens.at, tokens.rt}
        await self.connections.close_sessions(account, app_id)

    def add_device(self, item: dict[str, Any], owner: Account | None = None) -> SimulatedDevice:
        """Add a device in the shape of the device list, in place of one with the same id."""
        return self.household.add(item, owner or self.account)

    def check_handshake_pace(self) -> None:
        """Record handshakes in such number that the real cloud would block the address."""
        now = asyncio.get_running_loop().time()
        self._handshakes_at.append(now)
        if self.pace_checks and len(self._handshakes_at) > HANDSHAKES and now - self._handshakes_at[0] < 60:
            self.violations.record("handshake", "pace of handshakes", f"more than {HANDSHAKES} in a minute")
