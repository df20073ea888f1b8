"""Devices in v2: pairing, names, tags, settings, history, firmware, messages."""

import asyncio
import hashlib

import pytest

from simulator.home import NEIGHBOUR, item

LAMP, STRIP, SHARED, DOOR = "1000000001", "1000000002", "1000000015", "1000000cc1"
NEW, GSM = "1000000101", "1000000103"


def digest(cloud, deviceid):
    return hashlib.sha256(f"{deviceid}{cloud.stock[deviceid]['devicekey']}".encode()).hexdigest()


def new(cloud, **changes):
    return {"name": "New", "deviceid": NEW, "digest": digest(cloud, NEW), "chipid": "00000101"} | changes


@pytest.fixture
async def neighbour(cloud, v2_of):
    client = v2_of(account=cloud.accounts.find(NEIGHBOUR))
    await client.sign_in()
    return client


def test_the_digest_of_the_documents():
    assert hashlib.sha256(b"123").hexdigest().startswith("a665a459")


async def test_adding_a_device(cloud, v2):
    home = (await v2.homes())["familyList"][0]
    room = home["roomList"][1]["id"]
    answer = await v2.post("/v2/device/add", new(cloud, roomid=room, settings={"opsHistory": 0}))
    data = answer["data"]
    assert (data["itemType"], data["itemData"]["name"]) == (1, "New")
    assert data["itemData"]["family"] == {"familyid": home["id"], "index": data["index"], "roomid": room}
    assert data["itemData"]["settings"]["opsHistory"] == 0
    first = (await v2.things(num=1))["thingList"][0]
    assert first["itemData"]["deviceid"] == NEW
    assert cloud.violations == []


async def test_adding_a_device_at_the_end(cloud, v2):
    await v2.post("/v2/device/add", new(cloud, sort=2))
    assert (await v2.things(num=0))["thingList"][-1]["itemData"]["deviceid"] == NEW


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"deviceid": "short"}, 30010),
        ({"deviceid": "1000009999"}, 30011),
        ({"deviceid": LAMP}, 30011),
        ({"digest": "0" * 64}, 30015),
        ({"chipid": "another"}, 30014),
        ({"roomid": "nowhere"}, 405),
        ({"familyid": "nowhere"}, 405),
        ({"sort": 3}, 400),
    ],
)
async def test_adding_a_device_refused(cloud, v2, changes, code):
    assert (await v2.post("/v2/device/add", new(cloud, **changes)))["error"] == code
    assert NEW in cloud.stock


async def test_adding_a_brand_that_is_not_released(cloud, v2):
    cloud.accounts.apps[cloud.app_id].withheld.add("SONOFF")
    assert (await v2.post("/v2/device/add", new(cloud)))["error"] == 30017
    assert NEW in cloud.stock


async def test_adding_a_gsm_device(cloud, v2, http):
    async with http.get(f"{cloud.url}/_sim/stock") as response:
        sticker = {one["deviceid"]: one["gsm_id"] for one in await response.json()}[GSM]
    body = {"id": sticker, "name": "Cabin"}
    (added,) = (await v2.post("/v2/device/add-gsm", body))["data"]["thingList"]
    assert added["itemData"]["name"] == "Cabin"
    assert (await v2.post("/v2/device/add-gsm", body))["error"] == 30007
    assert (await v2.post("/v2/device/add-gsm", body | {"id": "nothing"}))["error"] == 30011


async def test_name_and_room(cloud, v2):
    path, home = "/v2/device/update-info", (await v2.homes())["familyList"][0]
    room = home["roomList"][0]["id"]
    assert (await v2.post(path, {"deviceid": LAMP, "name": "Lamp"}))["data"] == {}
    assert (await v2.post(path, {"deviceid": LAMP, "roomid": room}))["error"] == 0
    data = await v2.thing(LAMP)
    assert (data["name"], data["family"]["roomid"]) == ("Lamp", room)
    # A shared device has a room of one's own, and its owner's name.
    assert (await v2.post(path, {"deviceid": SHARED, "roomid": room}))["error"] == 0
    assert cloud.violations == []
    assert (await v2.post(path, {"deviceid": SHARED, "name": "Mine"}))["error"] == 406
    assert (await v2.post(path, {"deviceid": LAMP}))["error"] == 400
    assert (await v2.post(path, {"deviceid": LAMP, "name": ""}))["error"] == 400
    assert (await v2.post(path, {"deviceid": LAMP, "roomid": "x"}))["error"] == 405
    assert (await v2.post(path, {"deviceid": "nothing", "name": "x"}))["error"] == 30018


async def test_deleting(cloud, v2):
    assert (await v2.delete("/v2/device", {"deviceid": LAMP}))["data"] == {}
    assert LAMP in cloud.stock
    assert (await v2.delete("/v2/device", {"deviceid": LAMP}))["error"] == 30018
    assert cloud.violations == []


async def test_deleting_a_gateway_takes_its_children(cloud, v2):
    await v2.delete("/v2/device", {"deviceid": "1000000012"})
    assert "a480000001" not in cloud.devices


async def test_leaving_a_share(cloud, v2):
    assert (await v2.delete("/v2/device", {"deviceid": SHARED}))["error"] == 0
    assert cloud.devices[SHARED].shares == {}
    assert (await v2.delete("/v2/device", {"deviceid": SHARED}))["error"] == 30018


async def test_deleting_with_a_body_names_nothing(cloud, v2):
    answer = await v2.delete("/v2/device", raw=b'{"deviceid":"1000000001"}')
    assert answer["error"] == 400
    assert {violation.rule for violation in cloud.violations} == {"body", "field"}
    assert LAMP in cloud.devices


async def test_tags_are_replaced_or_merged(cloud, v2):
    path, tags = "/v2/device/tags", {"ck_channel_name": {"0": "One"}}
    cloud.devices[STRIP].tags["zyx_info"] = [1]
    merged = await v2.post(path, {"deviceid": STRIP, "type": "merge", "tags": tags})
    assert merged["data"]["updatedThing"]["itemData"]["tags"] == {**tags, "zyx_info": [1]}
    replaced = await v2.post(path, {"deviceid": STRIP, "tags": tags})
    assert replaced["data"]["updatedThing"]["itemData"]["tags"] == tags
    assert cloud.violations == []
    assert (await v2.post(path, {"deviceid": STRIP, "type": "mix", "tags": tags}))["error"] == 400
    assert (await v2.post(path, {"deviceid": SHARED, "tags": tags}))["error"] == 406
    assert (await v2.post(path, {"deviceid": STRIP, "tags": [tags]}))["error"] == 400


async def test_settings(cloud, v2):
    path = "/v2/device/settings"
    answer = await v2.post(path, {"deviceidList": [LAMP, STRIP], "settings": {"opsNotify": 1}})
    assert [one["itemData"]["settings"] for one in answer["data"]["updatedThingList"]] == [
        {"opsNotify": 1, "opsHistory": 1, "alarmNotify": 1}
    ] * 2
    assert cloud.violations == []
    assert (await v2.post(path, {"deviceidList": [SHARED], "settings": {"opsNotify": 1}}))["error"] == 406
    door = cloud.add_device(item(DOOR, 102, "Door"), cloud.accounts.find(NEIGHBOUR))
    cloud.share(door, cloud.account)
    assert (await v2.post(path, {"deviceidList": [DOOR], "settings": {"opsNotify": 1}}))["error"] == 0
    assert (await v2.post(path, {"deviceidList": [], "settings": {"opsNotify": 1}}))["error"] == 400
    assert (await v2.post(path, {"deviceidList": [LAMP], "settings": {}}))["error"] == 400
    cloud.violations.clear()
    assert (await v2.post(path, {"deviceidList": [LAMP], "settings": {"colour": 1}}))["error"] == 0
    assert [violation.rule for violation in cloud.violations] == ["unknown field"]


async def test_history(cloud, v2):
    moment = cloud.clock()
    for at, switch in enumerate(("on", "off")):
        cloud.core.clock = lambda at=at: moment + at
        await v2.post("/v2/device/thing/status", {"type": 1, "id": LAMP, "params": {"switch": switch}})
    cloud.core.clock = lambda: moment + 2
    await cloud.devices[LAMP].press()
    histories = (await v2.get("/v2/device/history", {"deviceid": LAMP}))["data"]["histories"]
    assert [one["userAgent"] for one in histories] == ["device", "app", "app"]
    assert [one.get("opsAccount") for one in histories] == [None, "demo@example.com", "demo@example.com"]
    assert histories[1]["request"] == '{"switch": "off"}'
    older = await v2.get("/v2/device/history", {"deviceid": LAMP, "from": histories[1]["opsTime"], "num": 1})
    assert older["data"]["histories"] == histories[2:]
    assert (await v2.get("/v2/device/history", {"deviceid": LAMP, "num": 31}))["error"] == 400
    assert (await v2.delete("/v2/device/history", {"deviceid": LAMP}))["error"] == 0
    assert (await v2.get("/v2/device/history", {"deviceid": LAMP}))["data"]["histories"] == []
    assert (await v2.delete("/v2/device/history", {"deviceid": SHARED}))["error"] == 406


async def test_no_history_for_whom_does_not_want_one(cloud, v2):
    cloud.devices[LAMP].settings["opsHistory"] = 0
    await cloud.devices[LAMP].press()
    assert (await v2.get("/v2/device/history", {"deviceid": LAMP}))["data"]["histories"] == []


@pytest.fixture
async def news(cloud, v2):
    cloud.devices[LAMP].firmware = "3.6.0"
    cloud.devices[LAMP].reboot = 0.01
    asked = {"deviceid": LAMP, "model": "PSF-B01-GL", "version": "3.5.0"}
    body = {"deviceInfoList": [asked, {"deviceid": STRIP, "model": "PSF-B04-GL", "version": "3.5.0"}]}
    (found,) = (await v2.post("/v2/device/ota/query", body))["data"]["otaInfoList"]
    return found


async def test_firmware(cloud, v2, news):
    assert (news["deviceid"], news["version"]) == (LAMP, "3.6.0")
    assert news["binList"][0].keys() == {"name", "downloadUrl", "digest"}
    params = {"model": "PSF-B01-GL", "version": news["version"], "binList": news["binList"]}
    async with v2.connect() as frames:
        assert (await frames.ask(frames.frame("upgrade", LAMP, params)))["error"] == 0
        assert [(await frames.receive())["params"] for _ in range(3)] == [
            {"online": False},
            {"online": True},
            {"fwVersion": "3.6.0"},
        ]
    body = {"deviceInfoList": [{"deviceid": LAMP, "model": "PSF-B01-GL", "version": "3.6.0"}]}
    assert (await v2.post("/v2/device/ota/query", body))["data"]["otaInfoList"] == []
    assert cloud.violations == []


async def test_firmware_that_fails_or_is_not_answered(cloud, v2, news):
    cloud.quirks.upgrade_is_answered = False
    cloud.devices[LAMP].upgrade_fails = True
    params = {"model": "PSF-B01-GL", "version": news["version"], "binList": news["binList"]}
    async with v2.connect() as frames:
        await frames.send(frames.frame("upgrade", LAMP, params))
        assert (await frames.receive())["params"] == {"online": False}
        assert (await frames.receive())["params"] == {"online": True}
        assert (await frames.receive())["params"] == {"fwVersion": "3.5.0"}


async def test_firmware_that_nobody_offered(cloud, v2, news):
    params = {"model": "PSF-B01-GL", "version": "9.9.9", "binList": news["binList"]}
    async with v2.connect() as frames:
        assert (await frames.ask(frames.frame("upgrade", LAMP, params)))["error"] == 400
        cloud.violations.clear()
        cloud.devices[LAMP].answer = "offline"
        assert (await frames.ask(frames.frame("upgrade", LAMP, params)))["error"] == 503
    await asyncio.sleep(0)
    assert cloud.devices[LAMP].online


@pytest.mark.parametrize("asked", [[], [{"deviceid": LAMP}], [LAMP]])
async def test_firmware_asked_for_wrongly(cloud, v2, asked):
    assert (await v2.post("/v2/device/ota/query", {"deviceInfoList": asked}))["error"] == 400
    assert cloud.violations


async def test_messages(cloud, v2, neighbour):
    path, user = "/v2/device/share", {"email": "demo@example.com"}
    await neighbour.post(path, {"deviceidList": [SHARED], "user": user, "permit": 0})
    (message,) = (await v2.get("/v2/message/read"))["data"]["messageList"]
    assert message.keys() == {"msgid", "msgType", "message", "date"}
    assert (message["msgType"], message["message"]["deviceid"]) == ("shareNotify_v2", SHARED)
    before = {"from": message["date"], "num": 30}
    assert (await v2.get("/v2/message/read", before))["data"]["messageList"] == []
    assert (await v2.get("/v2/message/read", {"num": 0}))["error"] == 400
    assert (await v2.get("/v2/message/read", {"familyid": "none"}))["error"] == 405


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/device/add"),
        ("DELETE", "/v2/device"),
        ("GET", "/v2/device/history"),
        ("GET", "/v2/message/read"),
        ("GET", "/v2/device/group"),
        ("POST", "/v2/device/share"),
        ("POST", "/v2/family/room"),
        ("POST", "/v2/family/current"),
    ],
)
async def test_a_personal_app_id_manages_nothing(cloud, free, method, path):
    _, answer = await free.send(method, path, {})
    assert answer["error"] == 407
    assert cloud.violations == []
