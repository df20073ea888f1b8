"""The pace of handshakes, which outlives sessions."""

import asyncio

import pytest

from custom_components.ewelink.coolkit import Timings
from custom_components.ewelink.coolkit.handshakes import HandshakePace

SERVER, OTHER_SERVER = "eu.example.com:8080", "us.example.com:8080"
TIMINGS = Timings(handshakes=2, handshakes_of_all=3, handshake_span=3600)


@pytest.fixture
def pace() -> HandshakePace:
    return HandshakePace()


async def passes(pace, server, account, timings=TIMINGS):
    """Tell whether a handshake may be sent at once, and send it."""
    task = asyncio.create_task(pace.take(server, account, timings))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
        return False
    await task
    return True


async def test_one_account(pace):
    assert [await passes(pace, SERVER, "a") for _ in range(4)] == [True, True, False, False]
    assert await passes(pace, SERVER, "b")


async def test_all_accounts(pace):
    accounts = ("a", "b", "c", "d")
    assert [await passes(pace, SERVER, account) for account in accounts] == [True, True, True, False]
    assert await passes(pace, OTHER_SERVER, "a")


async def test_being_ready_counts_for_nothing(pace):
    for _ in range(5):
        await pace.ready(SERVER, "a", TIMINGS)
    assert [await passes(pace, SERVER, "a") for _ in range(3)] == [True, True, False]


async def test_the_next_one_waits_for_its_time(pace):
    timings = Timings(handshakes=2, handshake_span=0.05)
    for _ in range(5):
        async with asyncio.timeout(5):
            await pace.take(SERVER, "a", timings)
    # What is over is forgotten.
    assert all(len(sent) <= 2 for sent in pace._sent.values())


async def test_a_back_off_is_not_slowed():
    """Attempts that are all lost at once, at the shortest pauses of the back-off, stay below the pace."""
    timings = Timings()
    at, pause, attempts = 0.0, timings.backoff, [0.0]
    while at < 2 * timings.handshake_span:
        at += pause * (1 - timings.jitter)
        attempts.append(at)
        pause = min(pause * 2, timings.backoff_limit)
    for number, attempt in enumerate(attempts):
        recent = [other for other in attempts[:number] if other > attempt - timings.handshake_span]
        assert len(recent) < timings.handshakes
