"""How an account is heard of, and whether anything tells when a device changes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
import time

from .cloud.api import CloudApi
from .events import ConnectionChanged, ConnectionState, Event, ReachabilityChanged
from .exceptions import CoolKitError
from .timings import Timings


class Health:
    """What tells of the devices: the persistent connection, or else the list that is read regularly.

    A command that succeeds tells nothing of all the others, whichever way it went.

    Attributes:
        state: how the account hears of its devices now.
        since: since when, in unix seconds.
        losses: how often the connection was lost.
        reachable: False when nothing has told anything for long.
        up: set while there is a connection.
        down: set while there is none.
    """

    def __init__(self, *, timings: Timings, api: CloudApi, emit: Callable[[Event], None]) -> None:
        """Start without a connection; nothing has failed yet."""
        self.state = ConnectionState.OFFLINE
        self.since = time.time()
        self.losses = 0
        self.reachable = True
        self.up = asyncio.Event()
        self.down = asyncio.Event()
        self.down.set()
        self._timings = timings
        self._api = api
        self._emit = emit
        self._signed_out = False
        self._timer: asyncio.TimerHandle | None = None
        # Whether anybody has listened at all, does so now, or has ended with an error of our own.
        self._begun = False
        self._listening = False
        self._suspect = False
        self._down_since = -inf
        # When the list was read last, whether the last attempt failed, and since when it tells nothing.
        self._read_at = -inf
        self._failed = False
        self._quiet_since: float | None = None

    def begin(self) -> None:
        """Note that the list is read regularly from now on."""
        now = asyncio.get_running_loop().time()
        if not self._begun:
            self._begun = True
            self._down_since = now
            self._quiet_since = now if self._read_at == -inf else None
        elif self._quiet_since is not None and self._read_at > self._quiet_since:
            # Somebody else has read it meanwhile.
            self._tell()
        self._listening = True
        self._update()

    def stop(self, *, failed: bool = False) -> None:
        """Note that nobody listens any more; after an error of our own, until the list is read again."""
        self._listening = False
        self._failed = True
        self._suspect |= failed
        self._fall_silent(asyncio.get_running_loop().time())
        self._update()

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
        self._down_since = asyncio.get_running_loop().time()
        self._update()

    @property
    def poll_interval(self) -> float:
        """Seconds between two lists while there is no connection."""
        return self._api.poll_interval if self._timings.poll is None else self._timings.poll

    @property
    def http_works(self) -> bool:
        """Whether the list was read when it was asked for last."""
        return not self._failed

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Note what becomes of the list that is read within; without an answer, the question counts."""
        loop = asyncio.get_running_loop()
        before = self._quiet_since
        self._fall_silent(loop.time())
        self._update()
        try:
            yield
        except CoolKitError:
            self._failed = True
            self._update()
            raise
        except BaseException:
            # It was called off.
            if self._listening:
                self._quiet_since = before
            self._update()
            raise
        self._read_at = loop.time()
        if self._listening or not self._begun:
            self._tell()
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

    def _fall_silent(self, now: float) -> None:
        if self._quiet_since is None:
            self._quiet_since = now

    def _tell(self) -> None:
        self._quiet_since = None
        self._failed = False
        self._suspect = False

    def _present_state(self) -> ConnectionState:
        if self._signed_out:
            return ConnectionState.SIGNED_OUT
        if self.up.is_set():
            return ConnectionState.CONNECTED
        told = self._read_at > -inf and not self._failed
        return ConnectionState.POLLING if told else ConnectionState.OFFLINE

    def _update(self) -> None:
        """Tell what has changed."""
        if (state := self._present_state()) is not self.state:
            self.state = state
            self.since = time.time()
            self._emit(ConnectionChanged(state))
        self._update_reachability()

    def _silent_since(self) -> float:
        """Return when the last thing fell silent that told of the devices, or will if it is late."""
        if not self._begun or (self.up.is_set() and not self._suspect):
            return inf
        since = self._quiet_since
        if since is None:
            since = max(self._read_at, self._down_since) + self.poll_interval
        # After an error of our own, a connection alone proves nothing.
        return since if self._suspect else max(since, self._down_since)

    def _update_reachability(self) -> None:
        """Tell when all has been silent for long, and when something tells again."""
        self.close()
        loop = asyncio.get_running_loop()
        now, since = loop.time(), self._silent_since()
        at = since + self._timings.unreachable
        # In silence it stays what it was, for as long as that may last.
        reachable = now < since or (self.reachable and now < at)
        if reachable and at < inf:
            self._timer = loop.call_at(at, self._update_reachability)
        if reachable is not self.reachable:
            self.reachable = reachable
            self._emit(ReachabilityChanged(reachable))
