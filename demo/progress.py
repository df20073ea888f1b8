"""Lines that say what happens now, and for how long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import sys
from time import monotonic


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


@asynccontextmanager
async def step(text: str) -> AsyncIterator[None]:
    """Show a long step while it runs: counting seconds on a terminal, a line every ten elsewhere."""
    start = monotonic()
    ticking = asyncio.create_task(_tick(text, start))
    try:
        yield
    except BaseException:
        say(f"{_clear()}✗ {text}: stopped after {monotonic() - start:.0f} s")
        raise
    else:
        say(f"{_clear()}✓ {text} ({monotonic() - start:.1f} s)")
    finally:
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking


def _clear() -> str:
    return "\r\033[K" if sys.stdout.isatty() else ""


async def _tick(text: str, start: float) -> None:
    if sys.stdout.isatty():
        while True:
            print(f"\r\033[K→ {text} … {monotonic() - start:.0f} s", end="", flush=True)
            await asyncio.sleep(1)
    say(f"→ {text}")
    while True:
        await asyncio.sleep(10)
        say(f"  … {monotonic() - start:.0f} s")
