"""The pace of HTTP calls: one limiter for all accounts, because the cloud counts by address."""

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from math import inf
from typing import override


class Urgency(IntEnum):
    """How much hangs on a call."""

    RECOVERY = 0
    COMMAND = 1
    READ = 2


# Seconds by which a call lets others overtake it: what brings an account back goes before everything, and a
# command before the reads that have not waited for long.
_HANDICAP = {Urgency.RECOVERY: -inf, Urgency.COMMAND: 0.0, Urgency.READ: 5.0}


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many calls within any span of so many seconds.

    Attributes:
        calls: how many there may be.
        seconds: the span.
        reads: how many there may be of them before a read passes no more; None for all.
        commands: the same for a command: what is left is kept for reads, and for what brings an account back.
    """

    calls: int
    seconds: float
    reads: int | None = None
    commands: int | None = None

    def room(self, urgency: Urgency) -> int:
        """Return how many calls there may be before one of this urgency passes no more."""
        room = {Urgency.READ: self.reads, Urgency.COMMAND: self.commands}.get(urgency)
        return self.calls if room is None else room


# Ten at once, and not under 500 ms on average; 280 in 5 minutes. The spans are a little longer than the rule:
# the cloud sees calls arrive, and one may travel slower than the next.
DEFAULT_WINDOWS = (Window(10, 5.2, commands=9), Window(280, 302, reads=250, commands=220))


@dataclass(slots=True, eq=False)
class _Turn:
    """A call that waits; its Future gets the time at which it passes."""

    order: float
    passes: asyncio.Future[float]


class Limiter:
    """Lets calls pass as the windows allow, the urgent ones first (docs/protocol.md, Limits)."""

    def __init__(self, *windows: Window) -> None:
        """Keep to the given windows, or to the cloud's where none is given."""
        self._windows = windows or DEFAULT_WINDOWS
        self._passed: deque[float] = deque(maxlen=max(window.calls for window in self._windows))
        self._waiting: dict[Urgency, deque[_Turn]] = {urgency: deque() for urgency in Urgency}
        self._timer: asyncio.TimerHandle | None = None
        # Until when nothing passes, and by whose clock.
        self._paused: tuple[asyncio.AbstractEventLoop | None, float] = (None, -inf)

    @override
    def __repr__(self) -> str:
        """Name the windows."""
        return f"Limiter{self._windows!r}"

    def as_dict(self) -> dict[str, int]:
        """Return how many calls the windows remember, and how many wait."""
        waiting = sum(not turn.passes.done() for turns in self._waiting.values() for turn in turns)
        return {"remembered": len(self._passed), "waiting": waiting}

    async def acquire(self, urgency: Urgency = Urgency.READ) -> None:
        """Return when a call may be made."""
        loop = asyncio.get_running_loop()
        turn = _Turn(loop.time() + _HANDICAP[urgency], loop.create_future())
        self._waiting[urgency].append(turn)
        self._release(loop)
        try:
            await turn.passes
        except asyncio.CancelledError:
            if not turn.passes.cancelled():
                # Its turn had come in the same instant: the call that will not be made counts for nobody.
                self._passed.remove(turn.passes.result())
            self._release(loop)
            raise

    def pause(self, seconds: float) -> None:
        """Let nothing pass for a while: the cloud has said so, to whichever account."""
        loop = asyncio.get_running_loop()
        self._paused = (loop, max(loop.time() + seconds, self._paused_until(loop)))
        self._release(loop)

    def _paused_until(self, loop: asyncio.AbstractEventLoop) -> float:
        by, until = self._paused
        return until if by is loop else -inf

    def _due(self, urgency: Urgency) -> float:
        """Return the time at which one more call fits into every window."""
        passed = self._passed
        return max(
            (
                passed[-room] + window.seconds
                for window in self._windows
                if len(passed) >= (room := window.room(urgency))
            ),
            default=-inf,
        )

    def _release(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let pass who may, in order, and look again when the next call fits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        paused_until = self._paused_until(loop)
        while waiting := self._first_of_each():
            now = loop.time()
            if now < paused_until:
                self._timer = loop.call_at(paused_until, self._release, loop)
                return
            due = {urgency: self._due(urgency) for urgency in waiting}
            allowed = [urgency for urgency in waiting if due[urgency] <= now]
            if not allowed:
                self._timer = loop.call_at(min(due.values()), self._release, loop)
                return
            turn = self._waiting[min(allowed, key=lambda urgency: waiting[urgency].order)].popleft()
            self._passed.append(now)
            turn.passes.set_result(now)

    def _first_of_each(self) -> dict[Urgency, _Turn]:
        """Return who waits longest for each urgency; who does not wait any more is forgotten."""
        first = {}
        for urgency, turns in self._waiting.items():
            while turns and turns[0].passes.done():
                turns.popleft()
            if turns:
                first[urgency] = turns[0]
        return first


shared_limiter = Limiter()
