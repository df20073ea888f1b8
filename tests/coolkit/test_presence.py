"""Whether devices count as online: what each witness says of it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ewelink.coolkit import (
    CommandTimeoutError,
    CoolKitClient,
    Device,
    DeviceChanged,
    DeviceOfflineError,
)
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.presence import told_by
from custom_components.ewelink.coolkit.push import Push
from custom_components.ewelink.coolkit.store import DeviceStore
from simulator.home import item
from tests.coolkit.conftest import TIMINGS, list_requests, listening, lists as lists_of, until

GENERATIONS = ("v1", "v2")
SWITCH = "1000000001"
OFFLINE = "1000000013"
GATEWAY = "1000000012"
MOTION = "a480000001"
DOOR = "a480000002"
SLEEPER = "1000000c02"


def moment(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- what a push proves ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("push", "expected"),
    [
        # The cloud's word.
        (Push("1", online=True), True),
        (Push("1", online=False), False),
        # A frame of the device with more than its signal.
        (Push("1", {"switch": "on"}, heard=True), True),
        (Push("1", {"switch": "on", "rssi": -50}, heard=True), True),
        (Push("1", {"rssi": -50, "fwVersion": "3.5.0"}, heard=True), True),
        (Push("1", {"subDevRssi": -50, "trigTime": "1767225600000"}, heard=True), True),
        # Signal alone, and times that the cloud adds.
        (Push("1", {"rssi": -50}, heard=True), None),
        (Push("1", {"subDevRssi": -50}, heard=True), None),
        (Push("1", {"subDevRssi": 127}, heard=True), None),
        (Push("1", {"subDevRssi": 127, "lastUpdateTime": moment()}, heard=True), None),
        (Push("1", {"actionTime": moment(), "demNextFetchTime": 1}, heard=True), None),
        # Others than the device.
        (Push("1", {"switch": "on"}), None),
        (Push("1", {}), None),
    ],
)
def test_what_a_push_proves(push, expected):
    assert told_by(push) is expected


# --- the store alone -------------------------------------------------------------------------------------


@pytest.fixture
def events():
    return []


@pytest.fixture
def wanted():
    """Note the delays in which a list was asked for."""
    return []


@pytest.fixture
def store(events, wanted) -> DeviceStore:
    return DeviceStore(timings=TIMINGS, emit=events.append, list_requests=list_requests(wanted.append))


def listed(device_id="1", *, online=True, uiid=6, **params) -> Device:
    entry = {"deviceid": device_id, "uiid": uiid, "params": params}
    return device_from_entry(entry if online == "absent" else {**entry, "online": online})


async def test_a_frame_of_the_device_brings_it_back(store, events):
    store.replace([listed(online=False)], [])
    events.clear()

    store.handle(Push("1", {"switch": "on"}, heard=True))

    assert store.devices["1"].online
    (event,) = events
    assert event.attributes_changed
    assert event.keys == {"switch"}
    assert store.last_seen("1") is not None


@pytest.mark.parametrize(
    "push",
    [
        Push("1", {"subDevRssi": 127}, heard=True),
        Push("1", {"rssi": -40}, heard=True),
        Push("1", {"switch": "on"}),
    ],
)
async def test_what_brings_no_device_back(store, push):
    store.replace([listed(online=False)], [])
    store.handle(push)
    assert store.devices["1"].online is False
    assert store.last_seen("1") is None


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True)])
async def test_a_later_list_wins(store, before, after):
    store.replace([listed(online=before)], [])
    store.handle(Push("1", {"switch": "on"}, online=before, heard=True))
    store.replace([listed(online=after)], [])
    assert store.devices["1"].online is after


@pytest.mark.parametrize("form", ["absent", None, "x", [], 7])
async def test_a_list_that_does_not_tell_changes_nothing(store, form):
    store.replace([listed(online=form), listed("2", online=False), listed("3", online=True)], [])
    # Commands to a device that counts as offline are dropped before anybody has tried.
    assert store.devices["1"].online is True

    store.replace([listed(device_id, online=form) for device_id in "123"], [])
    assert [store.devices[device_id].online for device_id in "123"] == [True, False, True]


async def test_what_is_pushed_during_a_list_is_weighed_like_everything_else(store, events):
    children = [listed(str(number), parentid="g", uiid=1256) for number in range(7)]
    store.replace([listed("g", uiid=168), *children], [])
    events.clear()
    journal = store.begin_list()
    for push in (
        Push("0", {"switch": "on"}, heard=True),
        Push("1", {"subDevRssi": 127}, heard=True),
        Push("2", {"switch": "on"}),
        Push("3", online=True),
        Push("4", online=False),
        Push("5", {"switch": "on"}, online=True, heard=True),
    ):
        store.handle(push)
    store.end_list()

    away = [replace(device, online=False) for device in (listed("g", uiid=168), *children)]
    store.replace(away, journal)

    assert [store.devices[str(number)].online for number in range(7)] == [
        True,
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    # Its children are heard through it.
    assert store.devices["g"].online


async def test_a_child_proves_its_gateway(store, events, wanted):
    store.replace([listed("g", online=False, uiid=168), listed(parentid="g", uiid=3026, lock=0)], [])
    events.clear()

    store.handle(Push("1", {"lock": 1}, heard=True))

    assert store.devices["g"].online
    # What was told is known before those can be reached again of whom it was told.
    assert [(event.device.device_id, event.attributes_changed) for event in events] == [
        ("1", False),
        ("g", True),
    ]
    assert store.last_seen("g") is not None
    # Other children may have told something while it was away.
    assert wanted == [TIMINGS.resync]


@pytest.mark.parametrize(
    "push",
    [
        Push("1", {"subDevRssi": -60}, heard=True),
        Push("1", {"lock": 1}),
        Push("1", online=False),
    ],
)
async def test_what_proves_no_gateway(store, push):
    store.replace([listed("g", online=False, uiid=168), listed(parentid="g", uiid=3026)], [])
    store.handle(push)
    assert store.devices["g"].online is False


async def test_gateways_that_name_each_other_end_nowhere(store):
    store.replace([listed("1", online=False, parentid="2"), listed("2", online=False, parentid="1")], [])
    store.handle(Push("1", {"switch": "on"}, heard=True))
    assert all(device.online for device in store.devices.values())


async def test_a_gateway_that_returns_has_the_list_read(store, wanted):
    store.replace([listed("g", online=False, uiid=168), listed(parentid="g", uiid=3026), listed("2")], [])
    store.handle(Push("2", online=False))
    store.handle(Push("2", online=True))
    assert wanted == []

    store.handle(Push("g", online=True))
    assert wanted == [TIMINGS.resync]


# --- devices that sleep ----------------------------------------------------------------------------------


@pytest.mark.parametrize("uiid", [102, 154])
async def test_the_cloud_calls_a_device_that_sleeps_offline(store, uiid):
    store.replace([listed(uiid=uiid, online=False, lastUpdateTime=moment(minutes=1))], [])
    assert store.devices["1"].online

    store.handle(Push("1", {"switch": "on"}, heard=True))
    store.handle(Push("1", online=False))
    assert store.devices["1"].online

    store.replace([listed(uiid=uiid, online=False)], [])
    assert store.devices["1"].online


@pytest.mark.parametrize(
    ("uiid", "ago", "expected"),
    [
        (102, {"hours": 2}, True),
        (102, {"hours": 2, "minutes": 6}, False),
        # It tells nothing but what happens at the door.
        (154, {"days": 9}, True),
        (6, {"minutes": 1}, False),
    ],
)
async def test_how_long_a_device_may_sleep(store, uiid, ago, expected):
    store.replace([listed(uiid=uiid, online=False, lastUpdateTime=moment(**ago))], [])
    assert store.devices["1"].online is expected


async def test_a_report_from_the_future_says_nothing(store):
    store.replace([listed(uiid=102, online=False, lastUpdateTime="9999-12-31T23:59:59Z")], [])
    assert store.devices["1"].online is False
    assert store.last_seen("1") is None


async def test_a_device_that_sleeps_too_long_goes_offline(events, wanted):
    timings = replace(TIMINGS, silence_check=0.01)
    store = DeviceStore(timings=timings, emit=events.append, list_requests=list_requests(wanted.append))
    ago = timedelta(hours=2, minutes=5) - timedelta(seconds=0.3)
    store.replace([listed(uiid=102, online=False, lastUpdateTime=(datetime.now(UTC) - ago).isoformat())], [])
    assert store.devices["1"].online
    events.clear()

    watching = asyncio.create_task(store.watch_silence())
    await until(lambda: events)
    watching.cancel()

    (event,) = events
    assert event.attributes_changed
    assert not store.devices["1"].online


# --- over real sockets -----------------------------------------------------------------------------------


@pytest.fixture
async def connected(websession, api, session):
    """A client that is connected, with the list after the handshake read."""
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    await client.refresh_devices()
    async with listening(client):
        await until(lambda: client.connection == "connected" and settled(client))
        yield client


def settled(client):
    return (
        not client._list.requests.pending.is_set()
        and not client._list.lock.locked()
        and not client._background
    )


def lists(cloud):
    return len(lists_of(cloud))


async def test_a_device_that_is_listed_offline_and_talks(connected, cloud):
    cloud.faults.add("list_online", devices=[SWITCH])
    await connected.refresh_devices()
    assert not connected.is_online(connected.devices[SWITCH])

    await cloud.devices[SWITCH].press()
    await until(lambda: connected.is_online(connected.devices[SWITCH]))


async def test_a_gateway_that_is_listed_offline_with_its_children(connected, cloud):
    cloud.faults.add("list_online", devices=[GATEWAY, MOTION, DOOR])
    await connected.refresh_devices()
    await cloud.devices[DOOR].push({"subDevRssi": 127})
    await cloud.devices[MOTION].press()
    online = connected.is_online
    await until(lambda: online(connected.devices[MOTION]))

    assert online(connected.devices[GATEWAY])
    assert not connected.devices[DOOR].online
    # And the list is read, for what the others may have told.
    await until(lambda: online(connected.devices[DOOR]))


async def test_the_echo_of_an_app_and_a_query_bring_no_device_back(connected, cloud):
    device = cloud.devices[OFFLINE]
    events = []
    connected.subscribe(events.append, DeviceChanged)
    await cloud.report(device, {"switch": "on"}, agent="app")
    await until(lambda: connected.devices[OFFLINE].params["switch"] == "on")
    assert not connected.devices[OFFLINE].online

    cloud.faults.add("list_online", devices=[SWITCH])
    await connected.refresh_devices()
    await connected.query(SWITCH)
    assert not connected.devices[SWITCH].online


async def test_a_command_that_is_answered_brings_a_device_back(connected, cloud):
    cloud.faults.add("list_online", devices=[SWITCH])
    await connected.refresh_devices()

    await connected.update(SWITCH, {"switch": "on"})

    assert connected.devices[SWITCH].online
    assert connected.last_seen(SWITCH) is not None


async def test_a_refusal_as_offline_is_believed_until_the_list_is_read(connected, cloud):
    cloud.devices[SWITCH].answer = "offline"
    before = lists(cloud)
    with pytest.raises(DeviceOfflineError):
        await connected.update(SWITCH, {"switch": "on"})
    assert not connected.devices[SWITCH].online

    await until(lambda: connected.devices[SWITCH].online)
    assert lists(cloud) == before + 1


async def test_a_query_that_is_refused_as_offline_has_the_list_read(connected, cloud):
    cloud.devices[SWITCH].answer = "offline"
    before = lists(cloud)
    with pytest.raises(DeviceOfflineError):
        await connected.query(SWITCH)
    # The query is no command: the list has the word.
    assert connected.devices[SWITCH].online
    await until(lambda: lists(cloud) == before + 1)


async def test_what_a_device_tells_right_behind_a_refusal_counts(connected, cloud):
    """The frames of a connection are weighed in the order in which they come."""
    cloud.faults.add("no_answer", interface="update")
    refused = asyncio.create_task(connected.update(SWITCH, {"switch": "on"}))
    await until(lambda: connected._socket.connection._requests)
    (sequence,) = connected._socket.connection._requests
    await cloud.push(cloud.account, {"error": 503, "sequence": sequence, "deviceid": SWITCH})
    await cloud.devices[SWITCH].push({"startup": "stay"})
    with pytest.raises(DeviceOfflineError):
        await refused
    assert connected.devices[SWITCH].online


@pytest.mark.parametrize(("code", "expected"), [("offline", False), (0, True)])
async def test_commands_by_http_are_witnesses_too(
    websession, api, session, cloud, code, expected, generation
):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    cloud.faults.add("list_online", devices=[SWITCH], online=not expected)
    await client.refresh_devices()
    if code:
        code = {"v1": 503, "v2": 30022}[generation]
        cloud.faults.add("error", interface="write_status", code=code)
        with pytest.raises(DeviceOfflineError):
            await client.update(SWITCH, {"switch": "on"})
    else:
        await client.update(SWITCH, {"switch": "on"})
    assert client.devices[SWITCH].online is expected
    await client.close()


async def test_a_command_that_nobody_answers_says_nothing_of_being_online(connected, cloud):
    cloud.devices[SWITCH].answer = "silent"
    with pytest.raises(CommandTimeoutError):
        await connected.update(SWITCH, {"switch": "on"})
    assert connected.devices[SWITCH].online


async def test_a_door_that_sleeps_tells_over_and_over(connected, cloud):
    cloud.add_device(item(SLEEPER, 102, "Cellar door"))
    await connected.refresh_devices()
    door = cloud.devices[SLEEPER]
    for state in ("on", "off"):
        await door.press()
        await until(lambda state=state: connected.devices[SLEEPER].params["switch"] == state)
        await asyncio.sleep(0.05)
        assert not door.online
        assert connected.devices[SLEEPER].online
    await connected.refresh_devices()
    assert connected.devices[SLEEPER].online
