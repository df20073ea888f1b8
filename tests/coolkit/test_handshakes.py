"""The pace of handshakes, which outlives sessions."""

import asyncio
from itertools import pairwise
from random import SystemRandom
from types import SimpleNamespace

import pytest

from custom_components.ewelink.coolkit import Timings, backoff
from custom_components.ewelink.coolkit.backoff import BackOff
from custom_components.ewelink.coolkit.cloud.handshakes import HandshakePace
from tests.coolkit.simulated_time import run_in_simulated_time

SERVER, OTHER_SERVER = "eu.example.com:8080", "us.example.com:8080"
TIMINGS = Timings(handshakes=2, handshakes_of_all=3, handshake_span=3600, backoff=0)


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
    timings = Timings(handshakes=2, handshake_span=0.05, backoff=0)
    for _ in range(5):
        async with asyncio.timeout(5):
            await pace.take(SERVER, "a", timings)
    # What is over is forgotten.
    assert all(len(sent) <= 2 for sent in pace._sent.values())
    await asyncio.sleep(0.05)
    await pace.take(OTHER_SERVER, "b", timings)
    assert pace._sent.keys() == {(OTHER_SERVER,), (OTHER_SERVER, "b")}


def handshakes_of(pace, wanted, timings=None):
    """Return when handshakes are sent that are wanted at these times, by one session after the other."""
    sent = []

    async def take(at):
        await asyncio.sleep(at)
        await pace.take(SERVER, "a", timings or Timings())
        sent.append(asyncio.get_running_loop().time())

    async def take_all():
        await asyncio.gather(*(take(at) for at in wanted))

    run_in_simulated_time(take_all())
    return sent


def test_reloads_in_a_row_shake_hands_ever_more_seldom(pace):
    """Each reload gives up the handshake that the one before it still waited for."""
    sent = []

    async def reload_every_second():
        task = None
        for _ in range(120):
            if task is not None:
                task.cancel()
            task = asyncio.create_task(session())
            await asyncio.sleep(1)

    async def session():
        await pace.take(SERVER, "a", Timings())
        sent.append(asyncio.get_running_loop().time())
        await asyncio.sleep(3600)

    run_in_simulated_time(reload_every_second())
    assert sent[0] == 0
    pauses = [later - earlier for earlier, later in pairwise(sent)]
    assert all(pause >= 1.6 for pause in pauses)
    assert [at for at in sent if at <= 10] == sent[:3]
    for at in sent:
        assert len([other for other in sent if at <= other < at + 62]) <= 6


def test_a_reload_of_a_session_that_has_lived_waits_for_nothing(pace):
    assert handshakes_of(pace, [0, 70, 140, 143]) == [0, 70, 140, 143]


def test_no_handshake_waits_for_longer_than_a_minute(pace):
    timings = Timings()
    sent = [0.0, *handshakes_of(pace, [0] * 40)]
    assert max(later - earlier for earlier, later in pairwise(sent)) <= timings.dropped_limit


@pytest.mark.parametrize("drawn", ["shortest", "longest", "any"])
def test_a_flaky_minute_costs_no_more_than_one(drawn, monkeypatch):
    """Connections that had worked and are lost at once, again and again."""
    draw = {"shortest": min, "longest": max, "any": SystemRandom().uniform}[drawn]
    monkeypatch.setattr(backoff, "_RANDOM", SimpleNamespace(uniform=draw))
    pace, timings = HandshakePace(), Timings()
    sent = []

    async def flaky():
        loop = asyncio.get_running_loop()
        pauses = BackOff(timings)
        for _ in range(20):
            await pace.take(SERVER, "a", timings)
            sent.append(loop.time())
            await asyncio.sleep(pauses.next(timings.dropped_limit))

    run_in_simulated_time(flaky())
    assert max(later - earlier for earlier, later in pairwise(sent)) <= 60
    for at in sent:
        assert len([other for other in sent if at <= other < at + 62]) <= timings.handshakes


async def test_a_back_off_is_not_slowed():
    """Attempts that are all lost at once, at the shortest pauses of the back-off, stay below the pace."""
    timings = Timings()
    at, pause, attempts = 0.0, timings.backoff, [0.0]
    while at < 2 * timings.handshake_span:
        at += pause * (1 - timings.jitter)
        attempts.append(at)
        pause = min(pause * 2, timings.dropped_limit)
    for number, attempt in enumerate(attempts):
        recent = [other for other in attempts[:number] if other > attempt - timings.handshake_span]
        assert len(recent) < timings.handshakes
