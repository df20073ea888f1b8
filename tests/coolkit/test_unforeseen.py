"""Errors of our own: wherever they happen, they are logged once and the session comes back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
import logging

import pytest

from custom_components.ewelink.coolkit import (
    ConnectionState,
    CoolKitClient,
    ReachabilityChanged,
    SessionChanged,
)
from custom_components.ewelink.coolkit.background import Background
from custom_components.ewelink.coolkit.unforeseen import Unforeseen
from tests.coolkit.conftest import TIMINGS, listening, sign_in, until

GENERATIONS = ("v1", "v2")
SWITCH = "1000000001"
# What runs in a session, by the names of its tasks.
WORK = {
    "keep_connected": lambda client: client._connector,
    "keep_read": lambda client: client._list,
    "poll": lambda client: client._list,
    "keep_tokens": lambda client: client._authorization,
    "_watch_failure": lambda client: client,
    "watch_silence": lambda client: client._store,
    "look": lambda client: client._delivery.doubts,
    "watch": lambda client: client._store.loads,
}


@pytest.fixture
def make(websession, api, session):
    def make_client(**timings) -> CoolKitClient:
        return CoolKitClient(
            websession=websession, api=api, session=session, timings=replace(TIMINGS, **timings)
        )

    return make_client


@pytest.fixture
async def client(make):
    client = make()
    await client.refresh_devices()
    return client


async def is_connected(client):
    await until(lambda: client.connection is ConnectionState.CONNECTED)
    await until(lambda: not client._list.requests.pending.is_set() and not client._list.lock.locked())


def reported(caplog):
    return [record for record in caplog.records if record.levelno >= logging.ERROR]


@dataclass
class Broken:
    """Something that fails so many times, then does what it always did."""

    done: Callable
    times: int | None = 1
    failed: int = 0

    def __call__(self, *arguments, **options):
        if self.times is None or self.failed < self.times:
            self.failed += 1
            raise KeyError("something unforeseen")
        return self.done(*arguments, **options)


def break_one(monkeypatch, owner, name, **options):
    """Let a method or function of an owner fail."""
    broken = Broken(getattr(owner, name), **options)
    monkeypatch.setattr(owner, name, broken)
    return broken


def break_work(monkeypatch, owner, name, how, times=1):
    """Let one of the works of a session end in some way."""
    work, left = getattr(owner, name), [times]

    async def broken(*arguments):
        if left[0] <= 0:
            await work(*arguments)
            return
        left[0] -= 1
        await asyncio.sleep(0.01)
        if how == "raises":
            raise KeyError("something unforeseen")
        if how == "loses":
            lost = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(lost.cancel)
            await lost

    broken.__name__ = name
    monkeypatch.setattr(owner, name, broken)


async def test_every_work_of_a_session_is_looked_at_here(client):
    async with listening(client):
        await is_connected(client)
        names = {task.get_name() for task in asyncio.all_tasks()}
    session = {name.removeprefix("coolkit ") for name in names if name.startswith("coolkit ")}
    assert session - {"heartbeat"} >= WORK.keys()
    assert {name for name in session if "." not in name} == WORK.keys() | {"heartbeat"}


@pytest.mark.parametrize("how", ["raises", "returns", "loses"])
@pytest.mark.parametrize("name", WORK)
async def test_a_work_that_ends_by_itself_is_begun_anew(client, cloud, monkeypatch, caplog, name, how):
    break_work(monkeypatch, WORK[name](client), name, how)
    async with listening(client) as task:
        await until(lambda: reported(caplog))
        await is_connected(client)
        # Everything works again.
        await cloud.devices[SWITCH].press(0)
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        await cloud.drop_connections("abort")
        await is_connected(client)
        assert not task.done()
    (record,) = reported(caplog)
    assert record.exc_info[0] is (KeyError if how == "raises" else RuntimeError)


BREAKABLE = {
    "dispatch": lambda client: (client.management._api, "dispatch"),
    "the list": lambda client: (client.management._api, "list_devices"),
    "taking the list over": lambda client: (client._store, "take_list"),
    "opening": lambda client: (client._connector, "_open"),
    "a push": lambda client: (client._store, "handle"),
    "the health": lambda client: (client._health, "connected"),
}


@pytest.mark.parametrize("what", BREAKABLE)
async def test_what_fails_once_ends_nothing_for_good(make, cloud, monkeypatch, caplog, what):
    client = make(backoff=0.02)
    await client.refresh_devices()
    owner, name = BREAKABLE[what](client)
    if owner is client.management._api:
        # It has slots.
        broken = Broken(getattr(owner, name))
        monkeypatch.setattr(type(owner), name, lambda _, *arguments: broken(*arguments))
    else:
        broken = break_one(monkeypatch, owner, name)
    async with listening(client) as task:
        async with asyncio.timeout(5):
            while not broken.failed:
                await cloud.devices[SWITCH].press(0)
                await asyncio.sleep(0.02)
        await until(lambda: reported(caplog))
        await is_connected(client)
        await cloud.devices[SWITCH].press(0)
        await until(lambda: client.devices[SWITCH].params == cloud.devices[SWITCH].params)
        assert not task.done()
    (record,) = reported(caplog)
    assert record.exc_info[0] is KeyError


async def test_a_heartbeat_that_fails_ends_its_connection(make, monkeypatch, caplog):
    client = make(heartbeat=0.05)
    await client.refresh_devices()
    async with listening(client) as task:
        await is_connected(client)
        connection = client._socket.connection
        monkeypatch.setattr(connection._ping_wanted, "clear", Broken(connection._ping_wanted.clear))
        connection.probe()
        await until(lambda: reported(caplog))
        await is_connected(client)
        assert client._socket.connection is not connection
        assert not task.done()


async def test_what_fails_each_time_is_logged_once_and_tried_ever_more_seldom(
    make, cloud, monkeypatch, caplog
):
    client = make(jitter=0, backoff=0.02)
    await client.refresh_devices()
    events = []
    client.subscribe(events.append, ReachabilityChanged)
    broken = break_one(monkeypatch, client._store, "take_list", times=None)
    async with listening(client) as task:
        await until(lambda: events)
        # The connection came back each time, but the list did not.
        assert cloud.handshakes > 1
        assert not client.reachable
        assert broken.failed <= 6
        broken.times = 0
        await until(lambda: client.reachable)
        await is_connected(client)
        assert not task.done()
    assert [event.reachable for event in events] == [False, True]
    assert len(reported(caplog)) == 1


async def test_closing_ends_the_pause_after_an_error(make, monkeypatch, caplog):
    client = make(backoff=60)
    await client.refresh_devices()
    break_work(monkeypatch, client._list, "poll", "raises", times=9)
    async with listening(client) as task:
        await until(lambda: reported(caplog))
    assert task.done()
    assert task.exception() is None


async def test_new_tokens_end_the_pause_after_an_error(make, api, monkeypatch, caplog):
    client = make(backoff=60)
    await client.refresh_devices()
    break_work(monkeypatch, client._list, "poll", "raises")
    async with listening(client):
        await until(lambda: reported(caplog))
        client.replace_session(await sign_in(api))
        await is_connected(client)


@pytest.mark.generation("v1")
@pytest.mark.parametrize("interface", ["groups", "refresh"])
async def test_work_in_the_background_that_fails_is_logged(client, cloud, monkeypatch, caplog, interface):
    async with listening(client) as task:
        await is_connected(client)
        if interface == "groups":
            break_one(monkeypatch, client.management, "_take")
            cloud.account.groups.clear()
            client.management.read_groups_soon(again=True)
        else:

            def fail(_event):
                raise KeyError("something unforeseen")

            client.subscribe(fail, SessionChanged)
            with pytest.raises(KeyError):
                await client.refresh_tokens()
        await until(lambda: reported(caplog))
        await is_connected(client)
        await client.refresh_devices()
        assert not task.done()
    (record,) = reported(caplog)
    assert record.exc_info[0] is KeyError


async def test_an_error_and_an_end_at_the_same_moment(client, monkeypatch, caplog):
    """What the user has to mend is told nevertheless, and the error is logged."""

    async def fail():
        await client._failed.wait()
        raise KeyError("something unforeseen")

    fail.__name__ = "poll"
    monkeypatch.setattr(client._list, "poll", fail)
    async with listening(client) as task:
        await is_connected(client)
    assert task.exception() is None
    assert len(reported(caplog)) == 1


def test_each_place_is_logged_once(caplog):
    unforeseen = Unforeseen()

    def fail(kind):
        raise kind("something unforeseen")

    for kind in (KeyError, KeyError, ValueError, KeyError):
        with pytest.raises(kind) as caught:
            fail(kind)
        unforeseen.report(caught.value, "a test")
    unforeseen.report(OSError("without a traceback"), "a test")
    assert [record.exc_info[0] for record in reported(caplog)] == [KeyError, ValueError, OSError]


def test_places_are_not_remembered_without_limit(caplog):
    unforeseen = Unforeseen()
    for number in range(100):
        try:
            exec(compile("\n" * number + "1 / 0", "a file", "exec"))  # noqa: S102 - a place of its own
        except ZeroDivisionError as error:
            unforeseen.report(error, "a test")
    assert len(reported(caplog)) == len(unforeseen._places) < 100


async def test_background_work_that_is_waited_for_raises_and_is_logged(caplog):
    background = Background()

    async def fail():
        raise KeyError("something unforeseen")

    with pytest.raises(KeyError):
        await Background.outcome(background.spawn(fail()))
    assert len(reported(caplog)) == 1
