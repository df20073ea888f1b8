"""The pace of HTTP calls."""

import asyncio

import pytest

from custom_components.ewelink.coolkit import Limiter, Window
from custom_components.ewelink.coolkit.limiter import DEFAULT_WINDOWS


async def test_a_burst_passes_at_once():
    limiter = Limiter()

    async with asyncio.timeout(0.5):
        for _ in range(10):
            await limiter.acquire()


async def test_the_eleventh_waits():
    limiter = Limiter()
    for _ in range(10):
        await limiter.acquire()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await limiter.acquire()

    assert limiter.as_dict() == {"remembered": 10, "waiting": 0}
    assert limiter._timer is None


def test_the_windows_keep_the_clouds_rule():
    burst, long = DEFAULT_WINDOWS

    assert burst.calls == 10
    assert burst.seconds / burst.calls >= 0.5
    assert long.calls == 280
    assert long.seconds >= 300


async def test_no_span_holds_more_than_its_window_allows():
    limiter = Limiter(Window(3, 0.06), Window(5, 0.2))
    loop = asyncio.get_running_loop()
    passed: list[float] = []

    async def call() -> None:
        await limiter.acquire()
        passed.append(loop.time())

    await asyncio.gather(*(call() for _ in range(9)))

    for calls, seconds in ((3, 0.06), (5, 0.2)):
        for first, beyond in zip(passed, passed[calls:], strict=False):
            assert beyond - first > seconds * 0.9


async def test_commands_overtake_reads_but_not_each_other():
    limiter = Limiter(Window(1, 0.02))
    await limiter.acquire()
    order: list[str] = []

    async def call(name: str, *, command: bool = False) -> None:
        await limiter.acquire(command=command)
        order.append(name)

    await asyncio.gather(
        call("read 1"),
        call("read 2"),
        call("command 1", command=True),
        call("command 2", command=True),
    )

    assert order == ["command 1", "command 2", "read 1", "read 2"]


async def test_who_gives_up_takes_nobodys_turn():
    limiter = Limiter(Window(1, 0.03))
    await limiter.acquire()
    first = asyncio.create_task(limiter.acquire())
    second = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    assert limiter.as_dict()["waiting"] == 2

    first.cancel()

    async with asyncio.timeout(1):
        await second
    assert first.cancelled()
    assert limiter.as_dict()["waiting"] == 0


async def test_a_turn_that_came_too_late_is_given_back():
    limiter = Limiter(Window(1, 0.03))
    await limiter.acquire()
    waiting = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    limiter._passed.clear()
    limiter._release(asyncio.get_running_loop())

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert limiter.as_dict() == {"remembered": 0, "waiting": 0}


def test_one_limiter_serves_one_loop_after_another():
    limiter = Limiter(Window(1, 0.02))

    async def twice() -> None:
        await limiter.acquire()
        await limiter.acquire()

    asyncio.run(twice())
    asyncio.run(twice())

    assert limiter._timer is None
    assert repr(limiter) == "Limiter(Window(calls=1, seconds=0.02),)"
