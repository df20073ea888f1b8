"""Work that outlives its caller, but not the client."""

import asyncio
from collections.abc import Coroutine
import logging
from typing import Any

from .exceptions import CoolKitError, SessionClosedError
from .unforeseen import Unforeseen

_LOGGER = logging.getLogger(__name__)


class Background:
    """Tasks that are kept, and awaited at the end."""

    def __init__(self, unforeseen: Unforeseen | None = None) -> None:
        """Start without any; errors of our own are reported to `unforeseen`."""
        self._unforeseen = unforeseen or Unforeseen()
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        """Return how many are at work."""
        return len(self._tasks)

    def spawn[R](self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Start work; `outcome` waits for it."""
        task = asyncio.create_task(work, name=f"coolkit {getattr(work, '__qualname__', 'work')}")
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        # Whoever waits gets the error; a caller who has gone does not make it an unhandled one.
        if isinstance(error, CoolKitError):
            _LOGGER.debug("Ended with %s", type(error).__name__)
        else:
            self._unforeseen.report(error, task.get_name())

    @staticmethod
    async def outcome[R](task: asyncio.Task[R]) -> R:
        """Wait for work that goes on when the caller is cancelled; return or raise what comes of it.

        Raises `SessionClosedError` if the client was closed before it was done.
        """
        # Not asyncio.shield: it reports the error of a task whose caller has gone as an unhandled one.
        await asyncio.wait((task,))
        if task.cancelled():
            raise SessionClosedError("command", reason="the session was closed")
        return task.result()

    async def close(self, *, spare: asyncio.Task[Any] | None = None) -> None:
        """Cancel all but one, and wait for their end."""
        for task in self._tasks:
            if task is not spare:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
