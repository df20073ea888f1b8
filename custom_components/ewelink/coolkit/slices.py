"""Long work in slices: the event loop has other things to do."""

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter

# Seconds for which work may hold the loop; what is under way when they are over is finished.
SLICE = 0.01


async def in_slices[T](items: Iterable[T], work: Callable[[T], object], *, slice_: float = SLICE) -> None:
    """Do work for each item, one after the other; others in the loop have their turn in between."""
    end = perf_counter() + slice_
    for item in items:
        work(item)
        if perf_counter() >= end:
            await asyncio.sleep(0)
            end = perf_counter() + slice_
