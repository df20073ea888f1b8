"""Whether anything tells when a device changes: the connection, or the list that is read regularly."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from custom_components.ewelink.coolkit import (
    CannotConnectError,
    CloudError,
    ConnectionChanged,
    ConnectionState,
    CoolKitClient,
    ReachabilityChanged,
    RepeatedSignOutError,
    SignedOutError,
    Timings,
)
from custom_components.ewelink.coolkit.health import Health
from tests.coolkit.conftest import TIMINGS, listening, until
from tests.coolkit.simulated_time import run_in_simulated_time

GENERATIONS = ("v1", "v2")
SWITCH = "1000000001"
POLL = 60


class Story:
    """A health whose events are noted with their time."""

    def __init__(self) -> None:
        self.told: list[tuple[float, object]] = []
        self.health = Health(timings=Timings(), api=SimpleNamespace(poll_interval=POLL), emit=self.note)

    def note(self, event: object) -> None:
        match event:
            case ReachabilityChanged(reachable):
                self.told.append((asyncio.get_running_loop().time(), reachable))
            case ConnectionChanged(state):
                self.told.append((asyncio.get_running_loop().time(), str(state)))

    @property
    def reachability(self) -> list[tuple[float, bool]]:
        return [(at, what) for at, what in self.told if isinstance(what, bool)]

    async def read(self, seconds: float = 1, error: Exception | None = None) -> None:
        """Read the list, which takes some seconds."""
        try:
            with self.health.reading():
                await asyncio.sleep(seconds)
                if error is not None:
                    raise error
        except CloudError:
            pass

    async def poll(self, until: float, **outcome: object) -> None:
        """Read it every minute."""
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await self.read(**outcome)
            await asyncio.sleep(POLL)


def told(story):
    """Let a story happen in simulated time; return what was told of reachability."""
    teller = Story()

    async def run():
        await story(teller)
        teller.health.close()

    run_in_simulated_time(run())
    return teller.reachability


TROUBLE = CloudError("device list")


def test_a_list_that_is_read_every_minute_tells():
    async def story(teller):
        teller.health.begin()
        await teller.poll(3600)
        assert teller.health.state is ConnectionState.POLLING

    assert told(story) == []


def test_a_connection_alone_tells():
    async def story(teller):
        teller.health.begin()
        teller.health.connected()
        await teller.poll(3600, error=TROUBLE)

    assert told(story) == []


def test_lists_that_fail_tell_nothing_after_a_minute():
    async def story(teller):
        teller.health.begin()
        await teller.poll(300)
        at = asyncio.get_running_loop().time()
        await teller.poll(at + 300, error=TROUBLE)
        await teller.read()
        await asyncio.sleep(10)

    # The first that failed was asked for at 305 s.
    assert told(story) == [(305 + 60, False), (611, True)]


def test_a_connection_that_was_lost_while_lists_fail():
    async def story(teller):
        teller.health.begin()
        teller.health.connected()
        await teller.read()
        await asyncio.sleep(1000)
        await teller.read(error=TROUBLE)
        await asyncio.sleep(1000)
        at = asyncio.get_running_loop().time()
        teller.health.disconnected(lost=True)
        await teller.read(seconds=10, error=TROUBLE)
        assert teller.health.state is ConnectionState.OFFLINE
        await asyncio.sleep(100)
        assert teller.reachability == [(at + 60, False)]
        teller.health.connected()

    assert [reachable for _, reachable in told(story)] == [False, True]


def test_a_list_that_is_never_answered():
    async def story(teller):
        teller.health.begin()
        await teller.read()
        await asyncio.sleep(POLL)
        await teller.read(seconds=600)

    assert told(story) == [(61 + 60, False), (661, True)]


def test_a_list_that_nobody_asks_for():
    async def story(teller):
        teller.health.begin()
        await teller.read()
        await asyncio.sleep(600)

    assert told(story) == [(1 + POLL + 60, False)]


def test_a_list_that_was_called_off_says_nothing():
    async def story(teller):
        teller.health.begin()
        await teller.read()
        task = asyncio.create_task(teller.read(seconds=10))
        await asyncio.sleep(5)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(50)
        await teller.read()
        await asyncio.sleep(55)

    assert told(story) == []


def test_who_has_given_up_hears_nothing_whatever_lists_others_read():
    async def story(teller):
        teller.health.begin()
        teller.health.connected()
        await teller.read()
        teller.health.disconnected(lost=True)
        teller.health.stop()
        await teller.poll(3600)
        assert teller.reachability == [(1 + 60, False)]
        await teller.read()
        teller.health.begin()

    assert [reachable for _, reachable in told(story)] == [False, True]


@pytest.mark.parametrize("connects", [True, False])
def test_after_an_error_of_our_own_the_list_has_to_be_read(connects):
    """A session that comes back for a moment, again and again, is none."""

    async def story(teller):
        health = teller.health
        health.begin()
        health.connected()
        await teller.read()
        for _ in range(20):
            if health.up.is_set():
                health.disconnected(lost=True)
            health.stop(failed=True)
            await asyncio.sleep(10)
            health.begin()
            if connects:
                health.connected()
            await asyncio.sleep(5)
        assert teller.reachability == [(1 + 60, False)]
        await teller.read()

    assert [reachable for _, reachable in told(story)] == [False, True]


def test_nothing_is_said_before_anybody_listens():
    async def story(teller):
        await teller.read()
        assert teller.health.state is ConnectionState.POLLING
        await asyncio.sleep(3600)

    assert told(story) == []


# --- the client ------------------------------------------------------------------------------------------


@pytest.fixture
def make(websession, api, session):
    def make_client(**timings) -> CoolKitClient:
        return CoolKitClient(
            websession=websession, api=api, session=session, timings=replace(TIMINGS, **timings)
        )

    return make_client


async def keep_commanding(client, times=60):
    """Command by HTTP, and see that it works."""
    for number in range(times):
        await client.update(SWITCH, {"switch": ("on", "off")[number % 2]})
        await asyncio.sleep(0.01)


async def test_commands_by_http_keep_nothing_available(make, cloud):
    """Nobody listens any more: what commands tell of one device says nothing of the others."""
    client = make(sign_out_again=600)
    await client.refresh_devices()
    task = asyncio.create_task(client.listen())
    await until(lambda: client.connection is ConnectionState.CONNECTED)
    for _ in range(2):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        cloud.faults.add("handshake_error", code=406)
        await cloud.drop_connections("close")
        await until(lambda: client.connection is ConnectionState.SIGNED_OUT)
    with pytest.raises(RepeatedSignOutError):
        await task
    # The tokens are valid.
    await keep_commanding(client)
    assert not client.reachable
    await client.close()


async def test_commands_by_http_do_not_hide_lists_that_fail(make, cloud):
    client = make()
    await client.refresh_devices()
    async with listening(client):
        cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
        await until(lambda: client.connection is ConnectionState.POLLING)
        cloud.faults.add("gateway_page", interface="devices", status=502, count=None)
        await keep_commanding(client)
        assert not client.reachable
        assert client.connection is ConnectionState.OFFLINE
        cloud.faults.clear()
        await until(lambda: client.reachable)


async def test_other_calls_that_fail_do_not_hide_lists_that_work(make, cloud):
    client = make(unreachable=1)
    await client.refresh_devices()
    cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
    cloud.faults.add("disconnect", interface="device", count=None)
    async with listening(client):
        events = []
        client.subscribe(events.append, ReachabilityChanged)
        lists = len([request for request in cloud.requests if request.interface == "devices"])
        while len([request for request in cloud.requests if request.interface == "devices"]) < lists + 12:
            with pytest.raises(CannotConnectError):
                await client.management.get_device("1000000001")
            await asyncio.sleep(0.02)
        assert events == []
        assert client.connection is ConnectionState.POLLING


async def test_signed_out_for_good_is_unavailable_and_commands_say_so(make, cloud):
    client = make()
    await client.refresh_devices()
    task = asyncio.create_task(client.listen())
    await until(lambda: client.connection is ConnectionState.CONNECTED)
    await cloud.sign_in_elsewhere(cloud.account)
    with pytest.raises(SignedOutError):
        await task
    await until(lambda: not client.reachable)
    with pytest.raises(SignedOutError):
        await client.update(SWITCH, {"switch": "on"})
    await client.close()
