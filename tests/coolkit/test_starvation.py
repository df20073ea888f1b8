"""What brings an account back, under a load of commands by HTTP; all figures are a twentieth of the real."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.ewelink.coolkit import (
    ConnectionState,
    CoolKitClient,
    CoolKitError,
    Limiter,
    ReachabilityChanged,
    TooManyCallsError,
    Window,
)
from custom_components.ewelink.coolkit.cloud import limiter as limiter_module
from tests.coolkit.conftest import TIMINGS, listening

GENERATIONS = ("v1", "v2")
SWITCHES = [f"20000000{number:02}" for number in range(40)]
SCALE = 20


@pytest.fixture
def limiter(monkeypatch):
    handicap = {urgency: seconds / SCALE for urgency, seconds in limiter_module._HANDICAP.items()}
    monkeypatch.setattr(limiter_module, "_HANDICAP", handicap)
    return Limiter(
        *(
            Window(window.calls, window.seconds / SCALE, reads=window.reads, commands=window.commands)
            for window in limiter_module.DEFAULT_WINDOWS
        )
    )


@pytest.fixture
async def client(cloud, websession, api, session):
    for device_id in SWITCHES:
        cloud.add_device({"deviceid": device_id, "name": device_id, "uiid": 1, "params": {"switch": "off"}})
    api.timeout = 10 / SCALE
    timings = replace(TIMINGS, poll=1, backoff=0.1, backoff_limit=0.5, unreachable=8)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=timings)
    await client.refresh_devices()
    return client


@pytest.fixture
async def load(client):
    """More commands than the limiter lets pass, all the time; returns what has become of them."""
    results = []

    async def command(number):
        try:
            # Those of one device stand behind each other.
            results.append(await client.update(SWITCHES[number % len(SWITCHES)], {"switch": "on"}))
        except CoolKitError as error:
            results.append(error)

    async def switch():
        async with asyncio.TaskGroup() as commands:
            for number in range(100_000):
                commands.create_task(command(number))
                if number % 6 == 0:
                    await asyncio.sleep(1 / SCALE)

    task = None

    def start():
        nonlocal task
        task = asyncio.create_task(switch())
        return results

    yield start
    task.cancel()
    await asyncio.wait([task])


async def until(condition):
    """Wait for longer than elsewhere: the load takes its time."""
    async with asyncio.timeout(40):
        while not condition():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0.02)


def count(cloud, interface):
    return sum(request.interface == interface for request in cloud.requests)


async def test_the_connection_comes_back_whatever_is_commanded_meanwhile(client, cloud, load):
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
        await cloud.drop_connections("abort")
        results = load()
        await until(lambda: any(isinstance(result, TooManyCallsError) for result in results))
        before = count(cloud, "dispatch")
        await until(lambda: count(cloud, "dispatch") > before + 2)
        cloud.faults.clear()
        await until(lambda: client.connection is ConnectionState.CONNECTED)


async def test_lists_are_read_whatever_is_commanded_meanwhile(client, cloud, load):
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
        await cloud.drop_connections("abort")
        results = load()
        events = []
        client.subscribe(events.append, ReachabilityChanged)
        # Until what commands may have of the long window is spent, and on.
        await until(lambda: any(isinstance(result, TooManyCallsError) for result in results))
        lists, dispatches = count(cloud, "devices"), count(cloud, "dispatch")
        await until(lambda: count(cloud, "devices") >= lists + 3)
        assert count(cloud, "dispatch") > dispatches
        assert client.reachable
        assert events == []
    # Commands got through as well.
    assert sum(not isinstance(result, CoolKitError) for result in results) > 5
