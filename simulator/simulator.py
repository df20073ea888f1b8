"""One process that serves every region's HTTP API, dispatch and the WebSocket."""

import asyncio
import ipaddress
from typing import TYPE_CHECKING, Any, Final, Self

from aiohttp import web

from .cloud import HOST, Cloud
from .server import application

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

STEP: Final = 5.0


class Simulator(Cloud):
    """The cloud with its servers."""

    def __init__(self, *, autonomous: bool = False, step: float = STEP, **options: Any) -> None:
        """Make a cloud; if it is autonomous, its devices move by themselves every `step` seconds."""
        super().__init__(**options)
        self.autonomous = autonomous
        self._step = step
        self._runner: web.AppRunner | None = None

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

    async def start(self, port: int = 0, ssl_context: ssl.SSLContext | None = None, host: str = HOST) -> None:
        """Listen on a loopback address; port 0 takes a free one.

        `url` then serves every region; with `/{region}` behind it, that region alone.
        """
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
        self.port = self._runner.addresses[0][1]
        scheme, literal = "http" if ssl_context is None else "https", f"[{host}]" if ":" in host else host
        self.url = f"{scheme}://{literal}:{self.port}"
        if self.autonomous:
            self.core.spawn(self._live())

    async def stop(self) -> None:
        """Close every connection and leave nothing behind."""
        self.faults.clear()
        for device in self.devices.values():
            device.stop()
        await self.core.stop()
        for session in list(self.connections):
            session.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(self._step)
            for device in list(self.devices.values()):
                await device.tick()
                await device.run_timers(self.clock())
