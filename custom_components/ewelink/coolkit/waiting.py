"""Waiting for events."""

import asyncio


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Return whether an event is set within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        # Both may come in the same instant.
        return event.is_set()
    return True
