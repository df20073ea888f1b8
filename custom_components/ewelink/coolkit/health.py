"""How an account is heard of, and whether anything answers at all."""

import asyncio
from collections.abc import Callable
import time

from .events import ConnectionChanged, ConnectionState, Event, ReachabilityChanged
from .timings import Timings


class Health:
    """Persistent connection and HTTP: which of them works, and since when not.

    Attributes:
        state: how the account hears of its devices now.
        since: since when, in unix seconds.
        losses: how often the connection was lost.
        reachable: False when both have failed for long.
        up: set while there is a connection.
        down: set while there is none.
    """

    def __init__(self, *, timings: Timings, emit: Callable[[Event], None]) -> None:
        """Start without a connection; nothing has failed yet."""
        self.state = ConnectionState.OFFLINE
        self.since = time.time()
        self.losses = 0
        self.reachable = True
        self.up = asyncio.Event()
        self.down = asyncio.Event()
        self.down.set()
        self._timings = timings
        self._emit = emit
        self._signed_out = False
        self._down_since = 0.0
        self._http_failing_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Count from now on how long there has been no connection."""
        self._down_since = asyncio.get_running_loop().time()

    def connected(self) -> None:
        """Note that there is a connection."""
        self.down.clear()
        self.up.set()
        self._update()

    def disconnected(self, *, lost: bool) -> None:
        """Note that there is none any more; `lost` if nobody wanted that."""
        self.losses += lost
        self.up.clear()
        self.down.set()
        self.begin()
        self._update()

    @property
    def http_works(self) -> bool:
        """Whether the last call was answered, as far as calls tell."""
        return self._http_failing_since is None

    def note_http(self, *, works: bool) -> None:
        """Note that a call was answered, or that none was."""
        if works:
            self._http_failing_since = None
        elif self._http_failing_since is None:
            self._http_failing_since = asyncio.get_running_loop().time()
        self._update()

    def note_sign_out(self, *, signed_out: bool) -> None:
        """Note that another client has signed us out, or that we are back."""
        self._signed_out = signed_out
        self._update()

    def close(self) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _present_state(self) -> ConnectionState:
        if self._signed_out:
            return ConnectionState.SIGNED_OUT
        if self.up.is_set():
            return ConnectionState.CONNECTED
        return ConnectionState.POLLING if self._http_failing_since is None else ConnectionState.OFFLINE

    def _update(self) -> None:
        """Tell what has changed."""
        if (state := self._present_state()) is not self.state:
            self.state = state
            self.since = time.time()
            self._emit(ConnectionChanged(state))
        self._update_reachability()

    def _update_reachability(self) -> None:
        """Tell when both have failed for long, and when one of them works again."""
        self.close()
        reachable = True
        if not self.up.is_set() and self._http_failing_since is not None:
            loop = asyncio.get_running_loop()
            at = max(self._down_since, self._http_failing_since) + self._timings.unreachable
            reachable = self.reachable and loop.time() < at
            if reachable:
                self._timer = loop.call_at(at, self._update_reachability)
        if reachable is not self.reachable:
            self.reachable = reachable
            self._emit(ReachabilityChanged(reachable))
