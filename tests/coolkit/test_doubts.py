"""What becomes of commands that ended open: the truth is looked for until it is known."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from custom_components.ewelink.coolkit import (
    CannotConnectError,
    CommandError,
    CommandTimeoutError,
    CoolKitClient,
    CoolKitError,
    DeviceOfflineError,
)
from simulator.home import item
from tests.coolkit.conftest import TIMINGS, listening, lists as lists_of, until

GENERATIONS = ("v1", "v2")
SWITCH = "1000000001"
STRIP = "1000000002"
SHORT = replace(TIMINGS, command=0.1, query=0.1)


@pytest.fixture
def running(websession, api, session):
    """Keep a client connected meanwhile."""

    @asynccontextmanager
    async def run(**timings):
        client = CoolKitClient(
            websession=websession, api=api, session=session, timings=replace(SHORT, **timings)
        )
        await client.refresh_devices()
        async with listening(client):
            await until(
                lambda: (
                    client.connection == "connected"
                    and not client._list.requests.pending.is_set()
                    and not client._list.lock.locked()
                    and not client._background
                )
            )
            yield client
        assert not client._background

    return run


def doubts(client):
    return client._delivery.doubts


def lists(cloud):
    return len(lists_of(cloud))


def queries(cloud, device_id=SWITCH):
    return [
        frame["params"]
        for session in cloud.connections
        for frame in session.frames
        if frame.get("action") == "query" and frame["deviceid"] == device_id
    ]


async def switched_on_unheard(client, device_id=SWITCH, params=None):
    with pytest.raises(CommandTimeoutError):
        await client.update(device_id, params or {"switch": "on"})


async def test_the_list_tells_what_no_answer_told(running, cloud):
    cloud.devices[SWITCH].answer = "lost"
    async with running() as client:
        before = lists(cloud)
        await switched_on_unheard(client)
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        await until(lambda: not doubts(client))
        assert lists(cloud) == before + 1
        assert cloud.devices[SWITCH].received == [{"switch": "on"}]


async def test_one_list_is_enough_for_all(running, cloud):
    async with running() as client:
        before = lists(cloud)
        switches = [device for device in cloud.devices.values() if device.uiid == 6 and device.online]
        for device in switches:
            device.answer = "lost"
        await asyncio.gather(*(switched_on_unheard(client, device.deviceid) for device in switches))
        await until(lambda: not doubts(client))
        assert lists(cloud) <= before + 2
        assert all(client.devices[device.deviceid].params["switch"] == "on" for device in switches)


async def test_a_list_that_fails_is_read_again(running, cloud):
    cloud.devices[SWITCH].answer = "lost"
    async with running() as client:
        cloud.faults.add("gateway_page", interface="devices", count=3)
        await switched_on_unheard(client)
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        await until(lambda: not doubts(client))


async def test_the_device_is_asked_while_the_list_cannot_be_read(running, cloud):
    async with running() as client:
        cloud.faults.add("gateway_page", interface="devices", count=None)
        cloud.devices[SWITCH].answer = "lost"
        await switched_on_unheard(client)
        # Nor does it answer the next question.
        await until(lambda: len(queries(cloud)) >= 3)
        assert doubts(client)

        cloud.devices[SWITCH].answer = "normal"
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        await until(lambda: not doubts(client))
        assert set(map(tuple, queries(cloud))) == {("switch",)}
        asked = len(queries(cloud))
        await asyncio.sleep(0.3)
        # That is known now.
        assert len(queries(cloud)) == asked


async def test_the_pauses_between_questions_grow(running, cloud):
    async with running(backoff=0.05, backoff_limit=100, jitter=0) as client:
        cloud.faults.add("gateway_page", interface="devices", count=None)
        cloud.devices[SWITCH].answer = "lost"
        await switched_on_unheard(client)
        await asyncio.sleep(1.2)
        # Each pause is twice as long: 0.05, 0.1, 0.2, 0.4 and the time for an answer between them.
        assert 2 <= len(queries(cloud)) - 1 <= 4


async def test_what_the_device_tells_by_itself_ends_the_doubt(running, cloud):
    async with running() as client:
        cloud.faults.add("gateway_page", interface="devices", count=None)
        device = cloud.devices[STRIP]
        device.answer = "silent"
        await switched_on_unheard(client, STRIP, {"switches": [{"outlet": 1, "switch": "on"}]})
        # Neither another outlet, nor its signal, nor the echo of an app says anything of that.
        await device.push({"switches": [{"outlet": 0, "switch": "on"}]})
        await device.push({"rssi": -40})
        await cloud.report(device, {"switches": [{"outlet": 1, "switch": "on"}]}, agent="app")
        await until(lambda: client.devices[STRIP].params["rssi"] == -40)
        await asyncio.sleep(0.05)
        assert len(doubts(client)) == 1

        await device.push({"switches": [{"outlet": 1, "switch": "off"}]})
        await until(lambda: not doubts(client))
        assert client._store.overhear is None


async def test_a_later_command_that_is_answered_ends_the_doubt(running, cloud):
    async with running() as client:
        cloud.faults.add("gateway_page", interface="devices", count=None)
        cloud.devices[SWITCH].answer = "lost"
        await switched_on_unheard(client)
        cloud.devices[SWITCH].answer = "normal"
        await client.update(SWITCH, {"switch": "off"})
        assert not doubts(client)


async def test_a_list_that_was_asked_for_before_says_nothing(running, cloud):
    async with running() as client:
        slow = cloud.faults.add("list_slow")
        earlier = asyncio.create_task(client.refresh_devices())
        await until(lambda: slow.taken)
        cloud.devices[SWITCH].answer = "lost"
        await switched_on_unheard(client)
        before = lists(cloud)
        slow.release()
        await earlier
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        assert lists(cloud) == before + 1


async def test_a_connection_that_breaks_behind_a_command(running, cloud):
    async with running() as client:
        cloud.faults.add("cut_midway", interface="update")
        cloud.faults.add("gateway_page", interface="read_status")
        await switched_on_unheard(client)
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        await until(lambda: not doubts(client))


@pytest.mark.parametrize("fault", ["gateway_page", "disconnect"])
async def test_a_command_by_http_that_may_have_arrived(running, cloud, fault):
    async with running() as client:
        cloud.faults.add("error", interface="dispatch", code=500, count=None)
        await cloud.drop_connections()
        await until(lambda: client.connection == "polling")
        cloud.faults.add(fault, interface="write_status")
        cloud.faults.add("gateway_page", interface="read_status")
        with pytest.raises(CommandTimeoutError):
            await client.update(SWITCH, {"switch": "on"})
        # The call has arrived, its answer has not.
        cloud.devices[SWITCH].params["switch"] = "on"
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        await until(lambda: not doubts(client))


@pytest.mark.parametrize(("answer", "error"), [("offline", DeviceOfflineError), ("refuse", CommandError)])
async def test_a_command_that_is_refused_leaves_no_doubt(running, cloud, answer, error):
    async with running() as client:
        cloud.devices[SWITCH].answer = answer
        with pytest.raises(error):
            await client.update(SWITCH, {"switch": "on"})
        assert not doubts(client)


async def test_a_device_that_leaves_is_looked_for_no_more(running, cloud):
    async with running() as client:
        cloud.devices[SWITCH].answer = "lost"
        cloud.faults.add("gateway_page", interface="devices", count=None)
        await switched_on_unheard(client)
        assert doubts(client)
        client._store.remove(SWITCH)
        assert not doubts(client)
        doubts(client).open(SWITCH, {"switch": "on"})
        assert not doubts(client)


async def test_few_questions_are_under_way_at_a_time(running, cloud):
    """A command must not stand behind those about a whole house."""
    cloud.pace_checks = False
    async with running(backoff=0.2, query=0.3) as client:
        ids = [f"20000000{number:02}" for number in range(12)]
        for device_id in ids:
            cloud.add_device(item(device_id, 6, device_id))
        await client.refresh_devices()
        cloud.faults.add("gateway_page", interface="devices", count=None)
        for device_id in ids:
            cloud.devices[device_id].answer = "silent"
        await asyncio.gather(*(switched_on_unheard(client, device_id) for device_id in ids))
        pending = []
        for _ in range(60):
            await asyncio.sleep(0.01)
            pending.append(len(client._socket.connection._requests))
        assert 0 < max(pending) <= 4


async def test_closing_ends_the_search(running, cloud):
    async with running() as client:
        cloud.devices[SWITCH].answer = "lost"
        cloud.faults.add("gateway_page", interface="devices", count=None)
        await switched_on_unheard(client)
    assert not [task for task in asyncio.all_tasks() if "look" in str(task.get_coro())]


# --- groups ----------------------------------------------------------------------------------------------


@pytest.mark.generation("v1")
async def test_groups_are_read_until_a_change_is_known(running, cloud):
    async with running() as client:
        await until(lambda: client.management.groups)
        cloud.faults.add("disconnect", interface="add_group")
        cloud.faults.add("gateway_page", interface="groups", count=3)
        with pytest.raises(CannotConnectError):
            await client.management.add_group("Attic")
        # The call has arrived, its answer has not.
        cloud.accounts.add_group(cloud.account, "Attic", 9, cloud.clock())
        await until(lambda: "Attic" in {group.name for group in client.management.groups.values()})


@pytest.mark.generation("v1")
async def test_groups_that_cannot_be_read_are_not_read_for_ever(running, cloud):
    async with running() as client:
        await until(lambda: client.management.groups)
        cloud.faults.add("gateway_page", interface="groups", count=None)
        await client.refresh_devices()
        await asyncio.sleep(0.2)
        assert sum(request.interface == "groups" for request in cloud.requests) == 2
        with pytest.raises(CoolKitError):
            await client.management.refresh_groups()
