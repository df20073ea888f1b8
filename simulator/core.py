"""What every part of the cloud shares: its clock, its record, its faults, and how it spells answers."""

import asyncio
import copy
import random
from typing import TYPE_CHECKING, Any

from .faults import Faults, Quirks
from .params import Params, Sent, spell
from .violations import Violations

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Core:
    """The common ground of the services."""

    def __init__(self, *, seed: int, clock: Callable[[], float]) -> None:
        """Start with a clean record and no faults."""
        self.rng = random.Random(seed)  # noqa: S311  repeatable on purpose
        self.clock = clock
        self.violations = Violations()
        self.faults = Faults()
        self.quirks = Quirks()
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside, at once up to its first wait; stop() ends it."""
        task = asyncio.get_running_loop().create_task(work, eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        else:
            self._ended(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A task of the simulator failed", "exception": error, "task": task},
            )

    async def stop(self) -> None:
        """End everything that runs beside."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def code(self, code: int) -> int | str:
        """Return an error code as the cloud spells it now."""
        return str(code) if self.quirks.error_as_text else code

    def shown(self, params: Params) -> Params:
        """Return params as the cloud spells them now."""
        spelled: Params = spell(copy.deepcopy(params), self.quirks.numbers)
        return spelled

    def told(self, params: Sent) -> Sent:
        """Return params as an answer or a push has them now: as they were sent, or in an array."""
        if isinstance(params, list):
            return [self.shown(delta) for delta in params]
        shown = self.shown(params)
        return [{key: value} for key, value in shown.items()] if self.quirks.as_tables else shown
