"""Forms that the specification allows by a table or by an example: both are served."""

import json

import pytest

from tests.simulator.client import RawClient

LAMP, STRIP, GATEWAY = "1000000001", "1000000002", "1000000012"
NEIGHBOUR = "neighbour@example.com"
STATUS = "/api/user/device/status"
BOTH = [{"switch": "on"}, {"sledOnline": "off"}]


# --- params that are written: an object, or an array of objects ------------------------------------------


@pytest.mark.parametrize("params", [{"switch": "on", "sledOnline": "off"}, BOTH, [{"switch": "on"}]])
async def test_status_update(cloud, client, params):
    assert (await client.post(STATUS, {"deviceid": LAMP, "params": params}))["error"] == 0
    assert cloud.devices[LAMP].received == [params]
    assert cloud.devices[LAMP].params["switch"] == "on"
    assert cloud.violations == []


@pytest.mark.parametrize("params", [{"switch": "on", "sledOnline": "off"}, BOTH])
async def test_update_frame(cloud, client, params):
    async with client.connect() as frames:
        assert (await frames.update(LAMP, params))["error"] == 0
    assert cloud.devices[LAMP].received == [params]
    device = cloud.devices[LAMP].params
    assert (device["switch"], device["sledOnline"]) == ("on", "off")
    assert cloud.violations == []


async def test_later_objects_count(cloud, client):
    switches = [[{"outlet": 0, "switch": "on"}], [{"outlet": 1, "switch": "on"}]]
    async with client.connect() as frames:
        assert (await frames.update(LAMP, [{"switch": "on"}, {"switch": "off"}]))["error"] == 0
        assert (await frames.update(STRIP, [{"switches": one} for one in switches]))["error"] == 0
    assert cloud.devices[LAMP].params["switch"] == "off"
    assert [one["switch"] for one in cloud.devices[STRIP].params["switches"][:2]] == ["on", "on"]


async def test_an_array_is_passed_on_as_it_came(cloud, client, client_of, http):
    other = RawClient(cloud, http)
    cloud.add_app("other", cloud.app_secret)
    other.app_id = "other"
    await other.login()
    async with client.connect() as frames, other.connect() as theirs:
        await frames.update(LAMP, BOTH)
        assert (await theirs.receive())["params"] == BOTH


@pytest.mark.parametrize("params", [[], ["switch"], [{"switch": "on"}, "x"], "switch", None, 5])
async def test_what_is_no_object_is_refused(cloud, client, params):
    assert (await client.post(STATUS, {"deviceid": LAMP, "params": params}))["error"] == 400
    async with client.connect() as frames:
        assert (await frames.update(LAMP, params))["error"] == 400
        assert (await frames.update(LAMP, params, action="cancelShare"))["error"] == 400
    assert cloud.devices[LAMP].received == []
    assert cloud.violations != []


async def test_permissions_count_in_an_array_too(cloud, client_of):
    receiver = client_of(cloud.accounts.find(NEIGHBOUR))
    await receiver.login()
    lamp = cloud.devices[LAMP]
    lamp.params["timers"] = [
        {"enabled": 1, "mId": "a", "type": "repeat", "at": "0 7 * * 1", "do": {"switch": "on"}}
        | {"coolkit_timer_type": "repeat"}
    ]
    cloud.share(lamp, receiver.account, permit=0)
    answer = await receiver.post(STATUS, {"deviceid": LAMP, "params": [{"timers": []}]})
    assert answer["error"] == 403


# --- the frames of sharing: the tables say array ---------------------------------------------------------


@pytest.mark.parametrize("in_array", [False, True])
async def test_share_frames(cloud, client, in_array):
    cloud.accounts.find(NEIGHBOUR).on_share = "accept"
    terms = {"uid": NEIGHBOUR, "deviceName": "Hall lamp", "userName": "Demo", "permit": 1, "note": "Hi"}
    whom = {"uid": NEIGHBOUR, "deviceName": "Hall lamp"}
    async with client.connect() as frames:
        for action, params in (
            ("share", terms),
            ("updateShare", terms | {"permit": 2}),
            ("cancelShare", whom),
        ):
            sent = [{key: value} for key, value in params.items()] if in_array else params
            assert (await frames.update(LAMP, sent, action=action))["error"] == 0
            shares = cloud.devices[LAMP].shares.values()
            assert [share.permit for share in shares] == {"share": [1], "updateShare": [2]}.get(action, [])
    assert cloud.violations == []


# --- other requests --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [{"0": "A", "1": "B"}, [{"0": "A"}, {"1": "B"}], [{"0": "A", "1": "B"}]])
async def test_names_of_channels(cloud, client, value):
    params = {"deviceid": STRIP, "apikey": cloud.account.apikey, "key": "ck_channel_name", "value": value}
    assert (await client.post("/api/user/tags", params))["error"] == 0
    assert cloud.devices[STRIP].tags["ck_channel_name"] == {"0": "A", "1": "B"}
    assert cloud.violations == []


@pytest.mark.parametrize("query", [{"deviceid": LAMP}, {"deviceid": ""}, {"deviceid": "", LAMP: ""}])
async def test_one_device_named_by_its_path(cloud, client, query):
    sent = {**query, "apikey": cloud.account.apikey}
    assert (await client.get(f"/api/user/device/{LAMP}", sent))["deviceid"] == LAMP
    sent |= {"isSub": 0}
    answer = (await client.send("DELETE", f"/api/user/device/{LAMP}", sent))[1]
    assert (answer["error"], answer["deviceid"]) == (0, LAMP)
    assert cloud.violations == []


@pytest.mark.parametrize("kind", [1, "1"])
async def test_the_type_of_a_move_as_text(cloud, client, kind):
    group = next(iter(cloud.account.groups.values()))
    move = {"source_id": "", "target_id": group.id, "deviceid": LAMP, "type": kind}
    params = {"deviceinfos": [move], "groupType": 0, "apikey": cloud.account.apikey}
    assert (await client.post("/api/group/addDevice", params))["error"] == 0
    assert LAMP in group.devices
    assert cloud.violations == []


# --- answers and pushes ----------------------------------------------------------------------------------


async def test_answers_as_the_tables_say(cloud, client_of):
    cloud.quirks.as_tables = True
    cloud.quirks.one_device = "device"
    client = client_of()
    (user,) = (await client.login())["user"]
    assert user["apikey"] == cloud.account.apikey
    query = {"deviceid": STRIP, "apikey": cloud.account.apikey}
    (device,) = (await client.get(f"/api/user/device/{STRIP}", query))["device"]
    assert device["deviceid"] == STRIP
    assert {"1": "TV"} in device["tags"]["ck_channel_name"]
    status = await client.get(STATUS, {"deviceid": LAMP, "params": "switch|rssi"})
    assert [list(one) for one in status["params"]] == [["switch"], ["rssi"]]
    cloud.share(cloud.devices[LAMP], cloud.accounts.find(NEIGHBOUR))
    assert (await client.device(LAMP))["sharedTo"]["email"] == NEIGHBOUR
    async with client.connect() as frames:
        assert json.loads(frames.handshake["config"])["hbInterval"] == 145
        answer = await frames.update(LAMP, ["switch"], action="query")
        assert answer["params"] == [{"switch": "off"}]
        await cloud.devices[LAMP].push({"switch": "on", "rssi": -50})
        assert (await frames.receive())["params"] == [{"switch": "on"}, {"rssi": -50}]
