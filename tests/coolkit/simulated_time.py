"""Time that passes at once: an event loop whose clock jumps to the next timer instead of waiting for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class SimulatedLoop(asyncio.SelectorEventLoop):
    """A loop for timers and tasks alone."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector.select = self._jump  # type: ignore[method-assign]

    def time(self) -> float:
        return self._now

    def _jump(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nobody will ever wake up")
        if timeout > 0:
            self._now = max(self._now, min(handle.when() for handle in self._scheduled))
        return []


def run_in_simulated_time[R](work: Coroutine[Any, Any, R]) -> R:
    """Run something, however long it takes; its clock starts at 0."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)
