"""The pace of HTTP calls: one limiter for all accounts, because the cloud counts by address."""

import asyncio
from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import override


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many calls within any span of so many seconds."""

    calls: int
    seconds: float


# Ten at once, and not under 500 ms on average; 280 in 5 minutes. The spans are a little longer than the rule:
# the cloud sees calls arrive, and one may travel slower than the next.
DEFAULT_WINDOWS = (Window(10, 5.2), Window(280, 302))


class Limiter:
    """Lets calls pass as the windows allow, commands before reads (docs/protocol.md, Limits)."""

    def __init__(self, *windows: Window) -> None:
        """Keep to the given windows, or to the cloud's where none is given."""
        self._windows = windows or DEFAULT_WINDOWS
        self._passed: deque[float] = deque(maxlen=max(window.calls for window in self._windows))
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._tickets = count()
        self._timer: asyncio.TimerHandle | None = None

    @override
    def __repr__(self) -> str:
        """Name the windows."""
        return f"Limiter{self._windows!r}"

    def as_dict(self) -> dict[str, int]:
        """Return how many calls the windows remember, and how many wait."""
        waiting = sum(not turn.done() for *_, turn in self._waiting)
        return {"remembered": len(self._passed), "waiting": waiting}

    async def acquire(self, *, command: bool = False) -> None:
        """Return when a call may be made; a command overtakes the reads that wait."""
        loop = asyncio.get_running_loop()
        self._drop_the_gone()
        if not self._waiting and self._delay(loop.time()) <= 0:
            self._passed.append(loop.time())
            return
        turn: asyncio.Future[None] = loop.create_future()
        heappush(self._waiting, (not command, next(self._tickets), turn))
        self._schedule(loop)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and self._passed:
                # Its turn had come in the same instant: the call that will not be made counts for nobody.
                self._passed.pop()
            self._release(loop)
            raise

    def _delay(self, now: float) -> float:
        """Return the seconds until one more call fits into every window."""
        passed = self._passed
        return max(
            (
                passed[-window.calls] + window.seconds - now
                for window in self._windows
                if len(passed) >= window.calls
            ),
            default=0,
        )

    def _drop_the_gone(self) -> None:
        """Forget who does not wait any more."""
        while self._waiting and self._waiting[0][2].done():
            heappop(self._waiting)

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look again when the next call fits."""
        if self._timer is None:
            self._timer = loop.call_later(max(0, self._delay(loop.time())), self._release, loop)

    def _release(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let pass who may, in order."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._drop_the_gone()
        while self._waiting and self._delay(loop.time()) <= 0:
            _, _, turn = heappop(self._waiting)
            self._passed.append(loop.time())
            turn.set_result(None)
            self._drop_the_gone()
        if self._waiting:
            self._schedule(loop)


shared_limiter = Limiter()
