"""Work that goes on side by side until something ends all of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from .exceptions import CoolKitError
from .unforeseen import Unforeseen


async def run_together(works: Iterable[Callable[[], Awaitable[None]]], unforeseen: Unforeseen) -> None:
    """Do several things at once until one of them fails; raise what has failed.

    Errors of our own beside one of the cloud are reported to `unforeseen`.
    """
    errors: Sequence[Exception] = ()
    try:
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                name = getattr(work, "func", work).__name__
                tasks.create_task(_lasting(work), name=f"coolkit {name}")
    except* Exception as group:  # noqa: BLE001 - whatever it is, it ends all of them
        errors = group.exceptions
    known = [error for error in errors if isinstance(error, CoolKitError)]
    for error in errors:
        if error in known:
            continue
        if not known:
            raise error
        unforeseen.report(error, "the session")
    if known:
        raise known[0]


async def _lasting(work: Callable[[], Awaitable[None]]) -> None:
    """Do work that ends with the session only: it must not end unheard before."""
    try:
        await work()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # What it waited for was cancelled, not the work itself.
        raise RuntimeError("the work has lost what it waited for") from None
    raise RuntimeError("the work has ended")
