"""Where a change comes from: a press is told twice if it is sent twice, and by nothing else."""

import asyncio

from custom_components.ewelink.coolkit import DeviceChanged, Origin
from tests.coolkit.conftest import capability, events_of, until

SWITCH = "1000000001"
GENERATIONS = ("v1", "v2")
ON = True


def origins(events, key):
    return [event.origin for event in events if key in event.keys]


async def test_what_a_device_sends_is_a_push_each_time(connected, cloud):
    events = events_of(connected, DeviceChanged)
    for _ in range(2):
        await cloud.devices[SWITCH].push({"key": 1})
    await until(lambda: len(origins(events, "key")) == 2)
    assert origins(events, "key") == [Origin.PUSH, Origin.PUSH]


async def test_a_frame_of_another_client_is_none_of_the_device(connected, cloud):
    events = events_of(connected, DeviceChanged)
    frame = {"action": "update", "deviceid": SWITCH, "userAgent": "app", "params": {"key": 1}}
    await cloud.push(None, frame)
    await until(lambda: origins(events, "key"))
    assert origins(events, "key") == [Origin.APP]


async def test_what_a_list_says_otherwise_is_no_push(connected, cloud):
    events = events_of(connected, DeviceChanged)
    cloud.devices[SWITCH].params |= {"key": 2}
    await connected.refresh_devices()
    assert origins(events, "key") == [Origin.LIST]


async def test_a_push_during_a_list_is_told_as_one_once(connected, cloud):
    events = events_of(connected, DeviceChanged)
    slow = cloud.faults.add("list_slow")
    reading = asyncio.create_task(connected.refresh_devices())
    await until(lambda: slow.taken)
    await cloud.devices[SWITCH].push({"key": 1})
    await until(lambda: origins(events, "key"))
    slow.release()
    await reading
    assert origins(events, "key") == [Origin.PUSH]


async def test_the_answer_to_a_command_is_our_own(connected, cloud):
    events = events_of(connected, DeviceChanged)
    await connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON)
    assert set(origins(events, "switch")) == {Origin.OWN}


async def test_the_echo_that_confirms_a_command_is_our_own(connected, cloud):
    device = cloud.devices[SWITCH]
    device.answer = "silent"
    events = events_of(connected, DeviceChanged)
    command = asyncio.create_task(connected.update(SWITCH, {"switch": "on", "startup": "on"}))
    await until(lambda: device.received)
    await device.push({"switch": "on"})
    await device.push({"startup": "on", "key": 1})
    await command
    assert origins(events, "switch") == [Origin.OWN]
    # It says more than what was asked for.
    assert origins(events, "startup") == [Origin.PUSH]


async def test_an_answer_to_a_query_and_to_a_command_over_http_is_our_own(client, cloud):
    events = events_of(client, DeviceChanged)
    await client.query(SWITCH, ("switch",))
    await client.update(SWITCH, {"switch": "on"})
    assert set(origins(events, "switch")) == {Origin.OWN}
