"""The live connections, and what is pushed over them."""

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from .accounts import Account
    from .core import Core
    from .devices import SimulatedDevice
    from .params import Sent


class Connection(Protocol):
    """One connection of one client."""

    account: Account | None
    app_id: str | None
    silent: bool
    pings: int
    frames: list[dict[str, Any]]

    async def send(self, frame: dict[str, Any] | list[Any] | str | bytes) -> None:
        """Send a frame."""

    async def close(self) -> None:
        """Close the connection in good order."""

    def abort(self) -> None:
        """Cut the connection."""


class Connections(list[Connection]):
    """Every connection that has shaken hands."""

    def __init__(self, core: Core) -> None:
        """Start with none."""
        super().__init__()
        self._core = core

    def signed_off(self, session: Connection) -> None:
        """Forget a session that ended."""
        if session in self:
            self.remove(session)

    async def close_sessions(self, account: Account, app_id: str) -> None:
        """Close the sessions that an account has with an app."""
        for session in list(self):
            if (session.account, session.app_id) == (account, app_id):
                self.remove(session)
                await session.close()

    async def drop(self, how: Literal["abort", "close", "silent"] = "abort") -> None:
        """Lose every connection: cut it, close it, or let it go silent without a word."""
        for session in list(self):
            match how:
                case "silent":
                    session.silent = True
                case "close":
                    self.remove(session)
                    await session.close()
                case "abort":
                    self.remove(session)
                    session.abort()

    async def push(self, account: Account | None, frame: dict[str, Any] | str | bytes) -> None:
        """Send a raw frame to the sessions of an account, or to all for None."""
        for session in list(self):
            if account in {None, session.account}:
                await session.send(frame)

    async def report(
        self,
        device: SimulatedDevice,
        params: Sent,
        *,
        agent: Literal["app", "device"] = "device",
        without: Connection | None = None,
        only: Connection | None = None,
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
            "params": self._core.told(params),
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
            "ts": int(self._core.clock()),
            "params": {"online": online},
        }
        await self._push_of(device, frame, None)

    async def _push_of(
        self, device: SimulatedDevice, frame: dict[str, Any], without: Connection | None
    ) -> None:
        for session in list(self):
            account = session.account
            if session is without or account is None or not device.seen_by(account):
                continue
            if self._core.quirks.push_apikey == "receiver":
                frame = {**frame, "apikey": account.apikey}
            await session.send(frame)
