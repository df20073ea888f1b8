"""Devices that are added, deleted and renamed, and groups: against the simulated cloud."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web
import orjson
import pytest

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    CannotConnectError,
    CloudError,
    CoolKitClient,
    DeviceAdded,
    DeviceChanged,
    DeviceRefusedError,
    DeviceRemoved,
    Feature,
    FeatureRefusedError,
    Group,
    GroupMove,
    GroupsChanged,
    HostsV1,
    InvalidInputError,
    NotOwnerError,
    ServerTroubleError,
    SignedOutError,
    UnknownDeviceError,
    UnknownGroupError,
    UnreadableError,
)
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.fields import LONGEST_NAME
from tests.coolkit.conftest import TIMINGS, listening, until

GENERATIONS = ("v1", "v2")

SWITCH = "1000000001"
STRIP = "1000000002"
BULB = "1000000004"
SHARED = "1000000015"
GATEWAY = "1000000012"
CHILD = "a480000001"
NEW_SWITCH = "1000000101"
NEW_GSM = "1000000103"
NEW_CHILD = "a480000101"


@pytest.fixture
async def client(websession, api, session, cloud, generation):
    """A client that has read its list, and its groups where there are any."""
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    await client.refresh_devices()
    if generation == "v1":
        await client.management.refresh_groups()
    cloud.requests.clear()
    yield client
    await client.close()


@pytest.fixture
def answering(serve, websession, limiter):
    """Start a server that gives one answer to each path; returns the API in front of it."""

    async def start(answers: dict[str, object]) -> ApiV1:
        async def handler(request: web.Request) -> web.Response:
            return web.Response(body=orjson.dumps(answers[request.path]), content_type="application/json")

        return ApiV1(
            websession, AppCredentials("id", "key"), HostsV1.custom(await serve(handler)), limiter=limiter
        )

    return start


def events_of(client):
    events = []
    client.subscribe(events.append)
    return events


def key_of(cloud, device_id):
    return cloud.stock[device_id]["devicekey"]


def interfaces(cloud):
    return [request.interface for request in cloud.requests]


# --- reading one -----------------------------------------------------------------------------------------


async def test_read_a_device(client, cloud):
    cloud.rename(STRIP, "Desk")

    device = await client.management.get_device(STRIP)

    assert interfaces(cloud) == ["device"]
    assert device.name == "Desk"
    assert client.devices[STRIP].name == "Living room strip"


@pytest.mark.generation("v1")
async def test_read_an_unknown_device(client, cloud):
    with pytest.raises(UnknownDeviceError):
        await client.management.get_device("none")
    cloud.faults.add("error", interface="device", code=404)
    with pytest.raises(UnknownDeviceError):
        await client.management.get_device(SWITCH)


# --- adding ----------------------------------------------------------------------------------------------


@pytest.mark.generation("v1")
async def test_add_a_device(client, cloud):
    events = events_of(client)
    key = key_of(cloud, NEW_SWITCH)

    device = await client.management.add_device(
        device_id=NEW_SWITCH, apikey=key, name=" Porch ", chip_id="abc"
    )

    assert interfaces(cloud) == ["add_device"]
    assert (device.name, device.apikey, device.uiid) == ("Porch", client.session.apikey, 6)
    assert events == [DeviceAdded(device)]
    assert client.devices[NEW_SWITCH] == device
    assert cloud.devices[NEW_SWITCH].owner is cloud.account


async def test_the_answer_holds_the_device_by_itself(client, cloud):
    cloud.quirks.one_device = "device"

    device = await client.management.add_device(
        device_id=NEW_SWITCH, apikey=key_of(cloud, NEW_SWITCH), name="Porch"
    )

    assert device.params["switch"] == "off"


@pytest.mark.generation("v1")
async def test_add_a_child_of_a_gateway(client, cloud):
    device = await client.management.add_device(
        device_id=GATEWAY,
        apikey=client.devices[GATEWAY].device_key,
        name="Back door",
        sub_device_id=NEW_CHILD,
    )

    assert (device.device_id, device.parent_id, device.name) == (NEW_CHILD, GATEWAY, "Back door")
    assert NEW_CHILD in client.devices


async def test_add_a_gsm_device(client, cloud):
    events = events_of(client)

    device = await client.management.add_gsm_device(
        device_id=NEW_GSM, apikey=key_of(cloud, NEW_GSM), name="Gate"
    )

    assert (device.device_id, device.name) == (NEW_GSM, "Gate")
    assert events == [DeviceAdded(device)]


async def test_an_answer_with_no_more_than_id_and_name(answering, websession, session):
    entry = {"deviceid": NEW_SWITCH, "name": "Porch"}
    full = {**entry, "apikey": session.apikey, "uiid": 1, "params": {"switch": "on"}, "online": True}
    api = await answering({"/api/user/device/add": entry, f"/api/user/device/{NEW_SWITCH}": full})
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    events = events_of(client)

    device = await client.management.add_device(device_id=NEW_SWITCH, apikey="key", name="Porch")

    # What its params prove was looked up meanwhile.
    assert replace(device, shape=None) == device_from_entry(full)
    assert [event for event in events if isinstance(event, DeviceAdded)] == [DeviceAdded(device)]


@pytest.mark.parametrize("device_id", [None, "", [], {}])
async def test_an_answer_with_no_id_that_can_be_read(answering, session, device_id):
    api = await answering({"/api/user/device/add": {"error": 0, "deviceid": device_id}})

    device = await api.add_device(session, device_id=NEW_SWITCH, apikey="key", name="Porch")

    assert (device.device_id, device.name) == (NEW_SWITCH, "Porch")


async def test_a_device_of_which_nothing_is_known_yet(answering, websession, session):
    api = await answering(
        {"/api/user/device/addGsm": {"error": 0}, f"/api/user/device/{NEW_GSM}": {"error": 404}}
    )
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)

    device = await client.management.add_gsm_device(device_id=NEW_GSM, apikey="key", name="Gate")

    assert (device.device_id, device.name, device.apikey) == (NEW_GSM, "Gate", session.apikey)
    assert client.devices == {NEW_GSM: device}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"code": 404, "error": "fd data is null"}, DeviceRefusedError),
        ({"error": "no such thing"}, DeviceRefusedError),
        ({"error": 400}, DeviceRefusedError),
        ({"error": 403}, DeviceRefusedError),
        ({"error": 1234}, DeviceRefusedError),
        ({"error": 401}, SignedOutError),
        ({"error": 407}, FeatureRefusedError),
        ({"error": 500}, ServerTroubleError),
        ({"device": "none"}, CloudError),
        ([], CloudError),
    ],
)
async def test_adding_is_refused(answering, session, answer, error):
    api = await answering({"/api/user/device/add": answer, "/api/user/device/addGsm": answer})

    for call in (api.add_device, api.add_gsm_device):
        with pytest.raises(error) as caught:
            await call(session, device_id=NEW_SWITCH, apikey="the-key-of-it", name="Porch")
        assert type(caught.value) is error
        assert "the-key-of-it" not in str(caught.value)


@pytest.mark.generation("v1")
async def test_a_wrong_key_adds_nothing(client, cloud):
    events = events_of(client)

    with pytest.raises(DeviceRefusedError) as caught:
        await client.management.add_device(device_id=NEW_SWITCH, apikey="wrong", name="Porch")

    assert caught.value.code == 400
    assert events == []
    assert NEW_SWITCH in cloud.stock


# --- deleting --------------------------------------------------------------------------------------------


async def test_delete_a_device(client, cloud):
    device = client.devices[SWITCH]
    events = events_of(client)

    await client.management.delete_device(SWITCH)

    assert interfaces(cloud) == ["delete_device"]
    assert events == [DeviceRemoved(SWITCH, device)]
    assert SWITCH not in client.devices
    assert SWITCH not in cloud.devices
    await client.refresh_devices()
    assert len(events) == 1


@pytest.mark.generation("v1")
async def test_delete_a_child_of_a_gateway(client, cloud):
    await client.management.delete_device(CHILD)

    assert CHILD not in cloud.devices
    assert GATEWAY in cloud.devices
    assert cloud.requests[-1].params["subDeviceId"] == CHILD


async def test_a_gateway_takes_its_children_along(client, cloud):
    children = [device.device_id for device in client.devices.values() if device.parent_id == GATEWAY]
    assert len(children) > 1
    events = events_of(client)

    await client.management.delete_device(GATEWAY)

    assert interfaces(cloud) == ["delete_device"]
    assert [event.device_id for event in events] == [*children, GATEWAY]
    assert not client.devices.keys() & {GATEWAY, *children}
    assert not cloud.devices.keys() & {GATEWAY, *children}
    await client.refresh_devices()
    assert len(events) == len(children) + 1


async def test_children_that_outlive_their_gateway_come_back(client, cloud):
    cloud.remove_device(CHILD)
    child = client.devices[CHILD]
    await client.management.delete_device(GATEWAY)
    assert CHILD not in client.devices
    cloud.add_device({"deviceid": CHILD, "name": child.name, "uiid": child.uiid})

    await client.refresh_devices()

    assert CHILD in client.devices


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    "call",
    [
        lambda client, _group: client.management.get_device(STRIP),
        lambda client, _group: client.management.delete_device(STRIP),
        lambda client, _group: client.management.rename_device(STRIP, "Porch"),
        lambda client, _group: client.management.rename_channel(STRIP, 0, "Lamp"),
        lambda client, group: client.management.add_to_group(group, [SWITCH, STRIP]),
    ],
)
async def test_a_device_that_was_removed_elsewhere_is_noticed_when_it_is_used(client, cloud, call):
    cloud.remove_device(STRIP)

    with pytest.raises(UnknownDeviceError) as caught:
        await call(client, by_name(client, "Bedroom").group_id)

    assert caught.value.code == 400
    assert STRIP in caught.value.reason
    # One list that lacks it is no proof; it is read again.
    assert STRIP in client.devices
    assert client._list.requests.pending.is_set()


@pytest.mark.generation("v1")
async def test_a_refusal_is_shown_as_it_is_when_the_list_cannot_be_read(client, cloud):
    cloud.remove_device(STRIP)
    cloud.faults.add("error", interface="devices", code=500)

    with pytest.raises(DeviceRefusedError):
        await client.management.rename_device(STRIP, "Porch")

    assert client._list.requests.pending.is_set()


@pytest.mark.generation("v1")
async def test_a_device_that_the_cloud_lacks_leaves_on_demand(client, cloud):
    assert not await client.remove_if_unlisted(SWITCH)
    cloud.remove_device(SWITCH)
    cloud.remove_device(BULB)
    events = events_of(client)
    cloud.requests.clear()

    # All at once: those who ask before a list is asked for share it.
    assert await asyncio.gather(*map(client.remove_if_unlisted, (SWITCH, STRIP, BULB))) == [True, False, True]

    assert interfaces(cloud).count("devices") <= 2
    assert [event.device_id for event in events if isinstance(event, DeviceRemoved)] == [SWITCH, BULB]
    assert not {SWITCH, BULB} & client.devices.keys()
    assert await client.remove_if_unlisted(SWITCH)


# --- names -----------------------------------------------------------------------------------------------


async def test_rename_a_device(client, cloud):
    events = events_of(client)

    await client.management.rename_device(SWITCH, " Porch ")

    assert cloud.devices[SWITCH].name == client.devices[SWITCH].name == "Porch"
    (event,) = events
    assert isinstance(event, DeviceChanged)
    assert (event.keys, event.attributes_changed) == (set(), True)
    await client.refresh_devices()
    assert len(events) == 1


async def test_rename_a_channel(client, cloud):
    events = events_of(client)

    await client.management.rename_channel(STRIP, 1, "Radio")

    assert client.devices[STRIP].channel_names == {0: "Floor lamp", 1: "Radio", 2: "Aquarium", 3: "Fan"}
    assert cloud.devices[STRIP].tags["ck_channel_name"]["1"] == "Radio"
    assert [event.attributes_changed for event in events] == [True]
    await client.refresh_devices()
    assert len(events) == 1


async def test_the_name_of_a_channel_that_was_changed_elsewhere_stays(client, cloud):
    """No push tells of it, and the cloud takes the names of all channels at once."""
    cloud.devices[STRIP].tags["ck_channel_name"]["2"] = "Fish"
    await client.management.rename_channel(STRIP, 1, "Radio")
    names = cloud.devices[STRIP].tags["ck_channel_name"]
    assert names == {"0": "Floor lamp", "1": "Radio", "2": "Fish", "3": "Fan"}
    assert client.devices[STRIP].channel_names[2] == "Fish"


async def test_a_device_that_cannot_be_read_keeps_the_names_that_are_known(client, cloud):
    cloud.faults.add("error", interface="device", code=500)
    await client.management.rename_channel(STRIP, 1, "Radio")
    names = cloud.devices[STRIP].tags["ck_channel_name"]
    assert names == {"0": "Floor lamp", "1": "Radio", "2": "Aquarium", "3": "Fan"}


async def test_what_is_no_name_of_a_channel_survives_another_one(client, cloud):
    odd = {"0": "Floor lamp", "1": None, "9": ["stand-in"], "all": "Strip", "02": "Aquarium"}
    cloud.devices[STRIP].tags["ck_channel_name"] = dict(odd)
    await client.refresh_devices()
    await client.management.rename_channel(STRIP, 0, "Lamp")
    assert cloud.devices[STRIP].tags["ck_channel_name"] == {**odd, "0": "Lamp"}
    await client.management.rename_channel(STRIP, 2, "Fish")
    del odd["02"]
    assert cloud.devices[STRIP].tags["ck_channel_name"] == {**odd, "0": "Lamp", "2": "Fish"}


@pytest.mark.parametrize("kept", [["Lamp", "TV"], "Lamp;TV", 7])
async def test_names_of_channels_that_cannot_be_read_are_not_written_over(client, cloud, kept):
    cloud.devices[STRIP].tags["ck_channel_name"] = kept
    await client.refresh_devices()
    with pytest.raises(UnreadableError):
        await client.management.rename_channel(STRIP, 0, "Lamp")
    assert cloud.devices[STRIP].tags["ck_channel_name"] == kept
    assert "tags" not in interfaces(cloud)


@pytest.mark.generation("v1")
async def test_a_group_keeps_its_name_when_it_moves(client, cloud):
    group = next(iter(cloud.account.groups.values()))
    group.name = "  \u200bAttic \n"
    await client.management.refresh_groups()
    await client.management.change_group(group.id, index=7)
    assert (group.name, group.index) == ("  \u200bAttic \n", 7)
    await client.management.change_group(group.id, name="Cellar")
    await client.management.change_group(group.id, index=8)
    assert (group.name, group.index) == ("Cellar", 8)


async def test_two_channels_at_once_keep_both_names(client, cloud):
    await asyncio.gather(
        client.management.rename_channel(STRIP, 0, "Lamp"),
        client.management.rename_channel(STRIP, 3, "Heater"),
    )

    assert cloud.devices[STRIP].tags["ck_channel_name"] == {
        "0": "Lamp",
        "1": "TV",
        "2": "Aquarium",
        "3": "Heater",
    }


async def test_a_list_that_was_asked_for_before_does_not_undo_a_name(client, cloud):
    slow = cloud.faults.add("list_slow")
    listing = asyncio.create_task(client.refresh_devices())
    await until(lambda: "devices" in interfaces(cloud))

    renaming = asyncio.create_task(client.management.rename_device(SWITCH, "Porch"))
    await asyncio.sleep(0)
    slow.release()
    await asyncio.gather(listing, renaming)

    assert client.devices[SWITCH].name == "Porch"


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.management.add_device(device_id="1", apikey="k", name="  "),
        lambda client: client.management.add_gsm_device(device_id="1", apikey="k", name=""),
        lambda client: client.management.rename_device(SWITCH, " "),
        lambda client: client.management.rename_channel(STRIP, 0, ""),
        lambda client: client.management.add_group(" "),
        lambda client: client.management.change_group("1", name=" "),
    ],
)
async def test_an_empty_name_is_not_even_sent(client, cloud, call):
    with pytest.raises(InvalidInputError):
        await call(client)

    assert cloud.requests == []


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.management.delete_device(SHARED),
        lambda client: client.management.rename_device(SHARED, "Mine"),
        lambda client: client.management.rename_channel(SHARED, 0, "Mine"),
    ],
)
async def test_what_only_the_owner_may_do(client, cloud, call):
    with pytest.raises(NotOwnerError) as caught:
        await call(client)

    assert caught.value.owner == "Neighbour"
    assert "Neighbour" in str(caught.value)
    assert cloud.requests == []


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.management.delete_device("none"),
        lambda client: client.management.rename_device("none", "Mine"),
        lambda client: client.management.rename_channel("none", 0, "Mine"),
        lambda client: client.management.add_to_group(next(iter(client.management.groups)), ["none"]),
    ],
)
async def test_an_unknown_device(client, cloud, call):
    with pytest.raises(UnknownDeviceError):
        await call(client)

    assert cloud.requests == []


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    ("interface", "call"),
    [
        ("delete_device", lambda client: client.management.delete_device(SWITCH)),
        ("rename_device", lambda client: client.management.rename_device(SWITCH, "Porch")),
        ("tags", lambda client: client.management.rename_channel(STRIP, 0, "Lamp")),
    ],
)
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, DeviceRefusedError),
        (401, DeviceRefusedError),
        (403, DeviceRefusedError),
        (404, UnknownDeviceError),
        (407, FeatureRefusedError),
        (500, ServerTroubleError),
    ],
)
async def test_codes_of_devices(client, cloud, interface, call, code, error):
    before = dict(client.devices)
    cloud.faults.add("error", interface=interface, code=code)

    with pytest.raises(error) as caught:
        await call(client)

    assert type(caught.value) is error
    assert dict(client.devices) == before


async def test_a_refused_feature_is_not_asked_for_again(client, api, cloud):
    cloud.faults.add("error", interface="rename_device", code=407)
    with pytest.raises(FeatureRefusedError):
        await client.management.rename_device(SWITCH, "Porch")
    with pytest.raises(FeatureRefusedError):
        await client.management.delete_device(SWITCH)

    assert interfaces(cloud) == ["rename_device"]
    assert Feature.DEVICE_MANAGEMENT not in api.features


async def test_refused_device_info_takes_nothing_else_away(client, api, cloud):
    cloud.faults.add("error", interface="device", code=407)
    for _ in range(2):
        with pytest.raises(FeatureRefusedError):
            await client.management.get_device(SWITCH)

    assert interfaces(cloud) == ["device"]
    await client.refresh_devices()
    assert Feature.DEVICE_INFO not in api.features


@pytest.mark.parametrize("fault", ["no_answer", "disconnect", "gateway_page"])
async def test_a_change_whose_answer_is_lost_is_not_sent_again_but_looked_for(client, cloud, fault):
    """HTTP has no way to take it back: the list tells what has become of it."""
    broken = cloud.faults.add(fault, interface="rename_device")
    client.management._api.timeout = 0.1

    with pytest.raises((CannotConnectError, CloudError)):
        await client.management.rename_device(SWITCH, "Porch")
    broken.release()

    assert interfaces(cloud) == ["rename_device"]
    assert client._list.requests.pending.is_set()


async def test_a_change_goes_on_when_its_caller_is_cancelled(client, cloud):
    late = cloud.faults.add("late_answer", interface="rename_device")
    renaming = asyncio.create_task(client.management.rename_device(SWITCH, "Porch"))
    await until(lambda: "rename_device" in interfaces(cloud))

    renaming.cancel()
    await asyncio.wait([renaming])
    late.release()

    assert renaming.cancelled()
    await until(lambda: client.devices[SWITCH].name == "Porch")


async def test_a_closed_session_changes_nothing(client, cloud):
    await client.close()

    with pytest.raises(CannotConnectError):
        await client.management.add_group("Attic")
    with pytest.raises(CannotConnectError):
        await client.management.rename_device(SWITCH, "Porch")
    assert cloud.requests == []


# --- groups ----------------------------------------------------------------------------------------------


def names(client):
    return [group.name for group in client.management.groups.values()]


def by_name(client, name):
    return next(group for group in client.management.groups.values() if group.name == name)


@pytest.mark.generation("v1")
async def test_the_groups_of_an_account(client, cloud):
    assert names(client) == ["Living room", "Bedroom", "Nursery", "Utility room"]
    group = by_name(client, "Bedroom")
    assert group.index == 1
    assert group.created_at.tzinfo is not None
    assert client.devices[BULB].groups == (group.group_id,)
    with pytest.raises(TypeError):
        client.management.groups["x"] = group


@pytest.mark.generation("v1")
async def test_groups_are_read_with_the_list(websession, api, session, cloud):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    events = events_of(client)
    async with listening(client):
        await until(lambda: client.management.groups)
        (event,) = [event for event in events if isinstance(event, GroupsChanged)]
        assert event.groups == client.management.groups

        next(iter(cloud.account.groups.values())).name = "Parlour"
        await client.refresh_devices()

        await until(lambda: "Parlour" in names(client))
        assert event.groups != client.management.groups


@pytest.mark.generation("v1")
@pytest.mark.parametrize("code", [407, 500])
async def test_a_list_does_not_fail_for_its_groups(websession, api, session, cloud, code):
    cloud.faults.add("error", interface="groups", code=code, count=None)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client) as task:
        await until(lambda: "groups" in interfaces(cloud) and not client._background)
        await client.refresh_devices()
        await until(lambda: not client._background)

        assert len(client.devices) > 10
        assert client.management.groups == {}
        assert interfaces(cloud).count("groups") == (1 if code == 407 else interfaces(cloud).count("devices"))
        assert not task.done()


@pytest.mark.generation("v1")
async def test_groups_that_cannot_be_read_have_no_list_read(websession, api, session, cloud):
    cloud.faults.add("error", interface="groups", code=500, count=None)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(lambda: "groups" in interfaces(cloud) and not client._background)
        lists = interfaces(cloud).count("devices")
        await asyncio.sleep(3 * TIMINGS.resync)
        assert interfaces(cloud).count("devices") == lists


@pytest.mark.generation("v1")
async def test_groups_are_told_when_they_are_read_first_even_if_there_are_none(
    websession, api, session, cloud
):
    cloud.account.groups.clear()
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    events = events_of(client)
    await client.management.refresh_groups()
    await client.management.refresh_groups()
    assert [event for event in events if isinstance(event, GroupsChanged)] == [GroupsChanged({})]


@pytest.mark.generation("v1")
async def test_groups_are_read_once_while_there_is_no_connection(websession, api, session, cloud):
    cloud.faults.add("error", interface="dispatch", code=500, count=None)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(lambda: interfaces(cloud).count("devices") >= 3)

        assert interfaces(cloud).count("groups") == 1


@pytest.mark.generation("v1")
async def test_add_a_group(client, cloud):
    events = events_of(client)

    group = await client.management.add_group(" Attic ")
    first = await client.management.add_group("Hall", 0)

    assert (group.name, group.index, first.index) == ("Attic", 4, 0)
    assert cloud.account.groups[group.group_id].name == "Attic"
    assert names(client) == ["Living room", "Hall", "Bedroom", "Nursery", "Utility room", "Attic"]
    assert [type(event) for event in events] == [GroupsChanged, GroupsChanged]


@pytest.mark.generation("v1")
async def test_rename_a_group(client, cloud):
    group = by_name(client, "Bedroom")

    await client.management.change_group(group.group_id, name="Guest room")

    assert client.management.groups[group.group_id] == replace(group, name="Guest room")
    assert (cloud.account.groups[group.group_id].name, cloud.account.groups[group.group_id].index) == (
        "Guest room",
        1,
    )


@pytest.mark.generation("v1")
async def test_move_a_group(client):
    group = by_name(client, "Bedroom")

    moved = await client.management.change_group(group.group_id, index=7)

    assert moved == replace(group, index=7)
    assert names(client)[-1] == "Bedroom"


@pytest.mark.generation("v1")
async def test_order_groups(client, cloud):
    wanted = [by_name(client, name).group_id for name in ("Nursery", "Living room")]

    await client.management.order_groups(wanted)

    assert names(client) == ["Nursery", "Living room", "Bedroom", "Utility room"]
    assert interfaces(cloud) == ["edit_group"] * 3
    await client.management.refresh_groups()
    assert names(client) == ["Nursery", "Living room", "Bedroom", "Utility room"]


@pytest.mark.generation("v1")
async def test_delete_a_group(client, cloud):
    group = by_name(client, "Bedroom")
    events = events_of(client)

    await client.management.delete_group(group.group_id)

    assert group.group_id not in client.management.groups
    assert group.group_id not in cloud.account.groups
    assert client.devices[BULB].groups == ()
    assert [type(event) for event in events] == [DeviceChanged, DeviceChanged, GroupsChanged]
    await client.refresh_devices()
    assert len(events) == 3


@pytest.mark.generation("v1")
async def test_devices_in_groups(client, cloud):
    living, bedroom = by_name(client, "Living room"), by_name(client, "Bedroom")
    events = events_of(client)

    await client.management.add_to_group(living.group_id, [BULB, SHARED])

    assert client.devices[BULB].groups == (bedroom.group_id, living.group_id)
    assert {BULB, SHARED} <= set(cloud.account.groups[living.group_id].devices)
    assert [event.attributes_changed for event in events] == [True, True]

    await client.management.remove_from_group(bedroom.group_id, [BULB])

    assert client.devices[BULB].groups == (living.group_id,)
    await client.refresh_devices()
    assert client.devices[BULB].groups == (living.group_id,)


@pytest.mark.generation("v1")
async def test_a_device_that_is_named_twice_is_moved_once(client, cloud):
    group_id = by_name(client, "Bedroom").group_id

    await client.management.add_to_group(group_id, [SWITCH, BULB, SWITCH])

    assert [move["deviceid"] for move in cloud.requests[-1].params["deviceinfos"]] == [SWITCH, BULB]


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.management.rename_channel(STRIP, -1, "Porch"),
        lambda client: client.management.add_group("Attic", -1),
        lambda client: client.management.change_group(by_name(client, "Bedroom").group_id, index=-1),
    ],
)
async def test_a_place_before_the_first_one_is_not_even_sent(client, cloud, call):
    with pytest.raises(InvalidInputError):
        await call(client)

    assert cloud.requests == []


@pytest.mark.generation("v1")
async def test_no_devices_are_no_call(client, cloud):
    await client.management.add_to_group(by_name(client, "Bedroom").group_id, [])

    assert cloud.requests == []


@pytest.mark.generation("v1")
async def test_move_from_one_group_to_another(api, session, client, cloud):
    living, bedroom = by_name(client, "Living room"), by_name(client, "Bedroom")

    await api.move_devices(
        session,
        [GroupMove(device_id=BULB, source_id=bedroom.group_id, target_id=living.group_id)],
    )

    assert BULB in cloud.account.groups[living.group_id].devices
    assert BULB not in cloud.account.groups[bedroom.group_id].devices


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    "call",
    [
        lambda client, group_id: client.management.change_group(group_id, name="Mine"),
        lambda client, group_id: client.management.delete_group(group_id),
        lambda client, group_id: client.management.add_to_group(group_id, [SWITCH]),
    ],
)
async def test_a_group_that_was_deleted_elsewhere_is_noticed_when_it_is_used(client, cloud, call):
    group_id = by_name(client, "Bedroom").group_id
    del cloud.account.groups[group_id]

    with pytest.raises(InvalidInputError):
        await call(client, group_id)

    await until(lambda: group_id not in client.management.groups)
    assert interfaces(cloud).count("groups") == 1
    assert len(cloud.requests) <= 3


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.management.change_group("none", name="Mine"),
        lambda client: client.management.order_groups(["none"]),
        lambda client: client.management.delete_group("none"),
        lambda client: client.management.add_to_group("none", [SWITCH]),
        lambda client: client.management.remove_from_group("none", [SWITCH]),
    ],
)
async def test_an_unknown_group(client, cloud, call):
    with pytest.raises(UnknownGroupError):
        await call(client)

    assert cloud.requests == []


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    ("interface", "call"),
    [
        ("groups", lambda client, _group: client.management.refresh_groups()),
        ("add_group", lambda client, _group: client.management.add_group("Attic")),
        ("edit_group", lambda client, group: client.management.change_group(group, name="Attic")),
        ("delete_group", lambda client, group: client.management.delete_group(group)),
        ("group_device", lambda client, group: client.management.add_to_group(group, [SWITCH])),
    ],
)
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, InvalidInputError),
        (401, CloudError),
        (403, FeatureRefusedError),
        (404, UnknownGroupError),
        (407, FeatureRefusedError),
        (500, ServerTroubleError),
    ],
)
async def test_codes_of_groups(client, cloud, interface, call, code, error):
    before, devices = client.management.groups, dict(client.devices)
    cloud.faults.add("error", interface=interface, code=code)

    with pytest.raises(error) as caught:
        await call(client, next(iter(client.management.groups)))

    assert type(caught.value) is error
    assert (client.management.groups, dict(client.devices)) == (before, devices)


@pytest.mark.parametrize("answer", [{"error": 0}, {"groupinfos": "none"}])
async def test_a_group_list_that_is_none(answering, session, answer):
    api = await answering({"/api/group": answer})

    with pytest.raises(CloudError):
        await api.list_groups(session)
    with pytest.raises(CloudError):
        await api.add_group(session, name="Attic", index=0)


async def test_items_that_are_no_groups_are_left_out(answering, session):
    api = await answering(
        {"/api/group": {"groupinfos": [{"id": 2, "index": "1"}, {"name": "x"}, "y", {"id": "1"}]}}
    )

    groups = await api.list_groups(session)

    assert groups == [Group(group_id="1", name="1"), Group(group_id="2", name="2", index=1)]


# --- when a device was seen ------------------------------------------------------------------------------


def test_times_of_a_device():
    device = device_from_entry(
        {"deviceid": "1", "onlineTime": "2024-05-01T10:00:00.000Z", "offlineTime": "2024-05-01T09:00:00"}
    )

    assert device.online_since == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert device.offline_since == datetime(2024, 5, 1, 9, tzinfo=UTC)
    assert device_from_entry({"deviceid": "1", "onlineTime": "soon", "offlineTime": 5}).online_since is None


@pytest.mark.generation("v1")
async def test_a_push_of_the_device_is_when_it_was_seen(websession, api, session, cloud):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    assert client.last_seen(SWITCH) is None
    async with listening(client):
        await until(lambda: client.management.groups)
        device = client.devices[SWITCH]
        known = client.last_seen(SWITCH)
        assert known == max(filter(None, (device.online_since, device.offline_since)))

        frame = {
            "action": "update",
            "deviceid": SWITCH,
            "apikey": session.apikey,
            "userAgent": "app",
            "params": {"switch": "on"},
        }
        await cloud.push(cloud.account, frame)
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
        assert client.last_seen(SWITCH) == known

        before = datetime.now(UTC)
        await cloud.devices[SWITCH].push({"switch": "off"})
        await until(lambda: client.devices[SWITCH].params["switch"] == "off")
        assert client.last_seen(SWITCH) >= before


@pytest.mark.generation("v1")
async def test_long_names_stay_whole_in_the_cloud(client, cloud):
    """What is handed on of them is not what is written back with another name, or another place."""
    long = {"0": "Kettle " * 40, "3": "Lamp " * 40}
    strip = cloud.devices[STRIP]
    strip.tags["ck_channel_name"] = long
    cloud.account.groups.clear()
    rooms = [
        cloud.accounts.add_group(cloud.account, name * 60, index, cloud.clock())
        for index, name in enumerate(("Den ", "Hut "))
    ]
    await client.refresh_devices()
    await client.management.refresh_groups()
    device = client.devices[STRIP]
    assert {len(name) for name in device.channel_names.values()} == {LONGEST_NAME}
    assert {len(group.name) for group in client.management.groups.values()} == {LONGEST_NAME}

    await client.management.rename_channel(STRIP, 1, "Fan")
    assert strip.tags["ck_channel_name"] == {**long, "1": "Fan"}
    await client.management.order_groups([rooms[1].id, rooms[0].id])
    assert [group.name for group in cloud.account.groups.values()] == [room.name for room in rooms]
    assert all(len(room.name.strip()) > LONGEST_NAME for room in rooms)

    await client.management.rename_device(STRIP, "Strip " * 30)
    assert strip.name == ("Strip " * 30).strip()
    assert len(client.devices[STRIP].name) == LONGEST_NAME
