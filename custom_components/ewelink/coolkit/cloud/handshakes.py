"""The pace of handshakes, remembered for the whole process: the cloud blocks an address that hurries."""

import asyncio
from collections import deque
import logging
from math import inf

from ..timings import Timings

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
        while (delay := self._due(server, account, timings) - asyncio.get_running_loop().time()) > 0:
            _LOGGER.debug("Shaking hands in %.1f s: there were some of late", delay)
            await asyncio.sleep(delay)

    async def take(self, server: str, account: str, timings: Timings) -> None:
        """Return when a handshake may be sent, which is counted from now on."""
        await self.ready(server, account, timings)
        now = asyncio.get_running_loop().time()
        for key in ((server,), (server, account)):
            self._sent.setdefault(key, deque()).append(now)
        for sender, sent in list(self._sent.items()):
            while sent and sent[0] + timings.handshake_span <= now:
                sent.popleft()
            if not sent:
                del self._sent[sender]

    def _due(self, server: str, account: str, timings: Timings) -> float:
        """Return the time at which one more handshake is in order."""
        span = timings.handshake_span
        limits = (((server,), timings.handshakes_of_all), ((server, account), timings.handshakes))
        due = [sent[-most] + span for key, most in limits if len(sent := self._sent.get(key, ())) >= most]
        now = asyncio.get_running_loop().time()
        if recent := [at for at in self._sent.get((server, account), ()) if at + span > now]:
            # As far apart as those of a session whose connections are lost at once, whoever sends them.
            pause = min(timings.backoff * 2 ** (len(recent) - 1), timings.dropped_limit)
            due.append(recent[-1] + pause * (1 - timings.jitter))
        return max(due, default=-inf)


shared_handshakes = HandshakePace()
