"""The pace of HTTP calls."""

import asyncio
from collections import defaultdict
from random import Random

import pytest

from custom_components.ewelink.coolkit import Limiter, Urgency, Window
from custom_components.ewelink.coolkit.cloud.limiter import DEFAULT_WINDOWS
from tests.coolkit.simulated_time import run_in_simulated_time

RECOVERY, COMMAND, READ = Urgency.RECOVERY, Urgency.COMMAND, Urgency.READ
# What a call waits for at most, with or without a load of commands.
PATIENCE = 10


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


@pytest.mark.parametrize("window", DEFAULT_WINDOWS)
def test_commands_leave_room_in_every_window(window):
    assert window.room(COMMAND) < window.room(READ) <= window.room(RECOVERY) == window.calls


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


async def test_the_urgent_overtake_but_not_each_other():
    limiter = Limiter(Window(1, 0.02))
    await limiter.acquire()
    order: list[str] = []

    async def call(name: str, urgency: Urgency) -> None:
        await limiter.acquire(urgency)
        order.append(name)

    await asyncio.gather(
        call("read 1", READ),
        call("read 2", READ),
        call("command 1", COMMAND),
        call("command 2", COMMAND),
        call("dispatch", RECOVERY),
        call("refresh", RECOVERY),
    )

    assert order == ["dispatch", "refresh", "command 1", "command 2", "read 1", "read 2"]


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
    assert repr(limiter) == "Limiter(Window(calls=1, seconds=0.02, reads=None, commands=None),)"


# --- for hours, in simulated time ------------------------------------------------------------------------


class Load:
    """Calls that come as they like; notes which passed when, how long they waited, and who gave up."""

    def __init__(self, limiter: Limiter | None = None) -> None:
        self.limiter = limiter or Limiter()
        self.passed: list[float] = []
        self.waited: dict[Urgency, list[float]] = defaultdict(list)
        self.refused = 0

    async def call(self, urgency: Urgency, patience: float | None = None) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        try:
            async with asyncio.timeout(patience):
                await self.limiter.acquire(urgency)
        except TimeoutError:
            self.refused += 1
            return
        self.passed.append(loop.time())
        self.waited[urgency].append(loop.time() - asked)

    async def every(
        self, seconds: float, urgency: Urgency, patience: float | None = None, *, until: float
    ) -> None:
        """Call regularly, whatever becomes of the calls before."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as calls:
            while loop.time() < until:
                calls.create_task(self.call(urgency, patience))
                await asyncio.sleep(seconds)

    def check_windows(self) -> None:
        """See that no span held more than its window allows."""
        assert self.passed == sorted(self.passed)
        for window in self.limiter._windows:
            for first, beyond in zip(self.passed, self.passed[window.calls :], strict=False):
                assert beyond - first >= window.seconds - 1e-6


@pytest.mark.parametrize("rate", [0.5, 1, 2.5, 20])
def test_recovery_and_lists_come_through_whatever_the_load_of_commands(rate):
    load = Load()

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.every(1 / rate, COMMAND, PATIENCE, until=900))
            tasks.create_task(load.every(30, RECOVERY, until=900))
            tasks.create_task(load.every(60, READ, until=900))

    run_in_simulated_time(run())
    load.check_windows()
    # The burst window may be full when they come; they are next.
    assert max(load.waited[RECOVERY]) <= 5.2
    assert max(load.waited[READ]) <= 15
    assert len(load.waited[RECOVERY]) >= 30
    assert len(load.waited[READ]) >= 15
    if rate > 1:
        assert load.refused
    # Nor do they starve the commands.
    assert len(load.waited[COMMAND]) >= 900 * min(rate, 0.5)


def test_the_first_recovery_finds_room_after_the_worst_burst_of_commands():
    load = Load()

    async def cut() -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.every(0.1, COMMAND, PATIENCE, until=200))
            await asyncio.sleep(150)
            for _ in range(8):
                # Dispatch, a witness, a refresh, dispatch again …
                before = loop.time()
                await load.limiter.acquire(RECOVERY)
                load.passed.append(loop.time())
                assert loop.time() - before <= 5.2

    run_in_simulated_time(cut())
    load.check_windows()


def test_reads_age_into_their_turn():
    """However many commands wait, those that come later than five seconds after a read stand behind it."""
    limiter = Limiter(Window(1, 2))
    order: list[str] = []

    async def call(name: str, urgency: Urgency, at: float) -> None:
        await asyncio.sleep(at)
        await limiter.acquire(urgency)
        order.append(name)

    async def stand_in_line() -> None:
        await limiter.acquire()
        commands = (call(f"command {at:g}", COMMAND, at) for at in (0.1, 1, 2, 4, 4.9, 5.1, 6, 8))
        await asyncio.gather(call("read", READ, 0), *commands)

    run_in_simulated_time(stand_in_line())
    assert order[:6] == ["command 0.1", "command 1", "command 2", "command 4", "command 4.9", "read"]


def test_reads_alone_leave_room_for_recovery():
    load = Load()

    async def many() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.every(0.2, READ, PATIENCE, until=400))
            tasks.create_task(load.every(20, RECOVERY, until=400))

    run_in_simulated_time(many())
    load.check_windows()
    assert max(load.waited[RECOVERY]) <= 5.2


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_and_gives_up_the_windows_hold(seed):
    random = Random(seed)  # noqa: S311 - dice
    windows = random.choice([(), (Window(3, 2), Window(7, 9, reads=6, commands=4)), (Window(1, 0.5),)])
    load = Load(Limiter(*windows))
    limiter = load.limiter

    async def story() -> None:
        loop = asyncio.get_running_loop()
        calls: list[asyncio.Task[None]] = []
        for _ in range(600):
            calls.append(asyncio.create_task(load.call(random.choice(list(Urgency)))))
            if random.random() < 0.3:
                # At any moment, that of its turn included.
                loop.call_later(random.choice([0, 0.5, random.random() * 20]), random.choice(calls).cancel)
            await asyncio.sleep(random.choice([0, 0, 0.5, random.random() * 2]))
        await asyncio.wait(calls)
        # What was given back counts for nobody, what passed for everybody.
        assert list(limiter._passed) == load.passed[-len(limiter._passed) :]

    run_in_simulated_time(story())
    load.check_windows()
    assert limiter.as_dict()["waiting"] == 0
    assert limiter._timer is None
