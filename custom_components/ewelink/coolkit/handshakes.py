"""The pace of handshakes, remembered for the whole process: the cloud blocks an address that hurries."""

import asyncio
from collections import deque
import logging

from .timings import Timings

_LOGGER = logging.getLogger(__name__)


class HandshakePace:
    """When handshakes were sent, by server and account; it outlives the sessions that sent them.

    A session that is opened anew goes on where the one before it was, so that neither reloads nor short-lived
    connections become a storm (docs/protocol.md, Limits).
    """

    def __init__(self) -> None:
        """Start without any."""
        self._sent: dict[tuple[str, ...], deque[float]] = {}

    async def ready(self, server: str, account: str, timings: Timings) -> None:
        """Return when a handshake of this account may be sent to this server."""
        while (delay := self._delay(server, account, timings)) > 0:
            _LOGGER.debug("Shaking hands in %.1f s: there were many of late", delay)
            await asyncio.sleep(delay)

    async def take(self, server: str, account: str, timings: Timings) -> None:
        """Return when a handshake may be sent, which is counted from now on."""
        await self.ready(server, account, timings)
        now = asyncio.get_running_loop().time()
        for key in ((server,), (server, account)):
            sent = self._sent.setdefault(key, deque())
            while sent and sent[0] + timings.handshake_span <= now:
                sent.popleft()
            sent.append(now)

    def _delay(self, server: str, account: str, timings: Timings) -> float:
        """Return the seconds until one more handshake is in order."""
        now = asyncio.get_running_loop().time()
        limits = (((server,), timings.handshakes_of_all), ((server, account), timings.handshakes))
        return max(
            (
                sent[-most] + timings.handshake_span - now
                for key, most in limits
                if len(sent := self._sent.get(key, ())) >= most
            ),
            default=0,
        )


shared_handshakes = HandshakePace()
