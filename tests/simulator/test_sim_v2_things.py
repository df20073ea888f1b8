"""Reading and commanding things, homes by homes and pages by pages."""

import pytest

from simulator.home import NEIGHBOUR, PUMP, furnish, item

LAMP, SHARED = "1000000001", "1000000015"
STATUS, BATCH = "/v2/device/thing/status", "/v2/device/thing/batch-status"


def ids(things):
    return [one["itemData"].get("deviceid") or one["itemData"]["id"] for one in things["thingList"]]


@pytest.fixture
async def many(cloud, free):
    """A home with 65 things more."""
    for at in range(65):
        cloud.add_device(item(f"10000020{at:02d}", 6, f"Relay {at}"))
    return free


async def test_homes(cloud, free):
    data = await free.homes()
    flat, cottage = data["familyList"]
    assert (flat["name"], cottage["name"], data["currentFamilyId"]) == ("Flat", "Cottage", flat["id"])
    assert flat["apikey"] == cloud.account.apikey
    assert [room["name"] for room in flat["roomList"]] == [
        "Living room",
        "Bedroom",
        "Nursery",
        "Utility room",
    ]
    assert flat["index"] < cottage["index"]
    assert cloud.violations == []


async def test_an_account_always_has_a_home(cloud, v2_of):
    client = v2_of(account=cloud.accounts.find(NEIGHBOUR))
    await client.sign_in()
    assert len((await client.homes())["familyList"]) == 1


async def test_without_a_home_it_is_the_current_one(free):
    flat, cottage = (await free.homes())["familyList"]
    current = await free.things(num=0)
    assert ids(current) == ids(await free.things(num=0, familyid=flat["id"]))
    assert LAMP in ids(current)
    assert PUMP not in ids(current)
    assert ids(await free.things(familyid=cottage["id"])) == [PUMP]


async def test_a_home_that_is_not_ones_own(free):
    assert (await free.get("/v2/device/thing", {"familyid": "nobody's"}))["error"] == 405


async def test_a_device_as_it_is_listed(cloud, free):
    things = await free.things(num=0)
    one = next(one for one in things["thingList"] if one["itemData"].get("deviceid") == "1000000002")
    data = one["itemData"]
    assert one["itemType"] == 1
    assert one["index"] == data["family"]["index"]
    assert (data["apikey"], data["extra"]["uiid"]) == (cloud.account.apikey, 4)
    assert "extra" not in data["extra"]
    assert data["tags"]["ck_channel_name"]["1"] == "TV"
    rooms = {room["id"]: room["name"] for room in (await free.homes())["familyList"][0]["roomList"]}
    assert rooms[data["family"]["roomid"]] == "Living room"
    assert data["shareTo"] == []
    assert "sharedBy" not in data
    assert "sharedTo" not in data
    lamp = next(one for one in things["thingList"] if one["itemData"].get("deviceid") == LAMP)
    assert "roomid" not in lamp["itemData"]["family"]


async def test_a_shared_device_from_both_sides(cloud, free, v2_of):
    data = await free.thing(SHARED)
    assert data["sharedBy"]["email"] == NEIGHBOUR
    assert data["sharedBy"]["comment"] == "Holidays"
    assert data["sharedBy"]["apikey"] not in {data["apikey"], cloud.account.apikey}
    neighbour = v2_of(account=cloud.accounts.find(NEIGHBOUR))
    await neighbour.sign_in()
    (share,) = (await neighbour.thing(SHARED))["shareTo"]
    assert share["email"] == cloud.account.email
    assert share["apikey"] != cloud.account.apikey
    listed = (await free.things(num=0))["thingList"]
    assert [one["itemType"] for one in listed if one["itemData"].get("deviceid") == SHARED] == [2]


async def test_pages(cloud, many):
    first = await many.things()
    assert len(first["thingList"]) == 30
    assert first["thingList"][0]["index"] < 0
    seen, page = [], first
    while page["thingList"]:
        seen += ids(page)
        page = await many.things(beginIndex=page["thingList"][-1]["index"])
    assert len(seen) == len(set(seen)) == first["total"]
    assert cloud.violations == []


async def test_pages_that_begin_with_the_last_one(cloud, many):
    cloud.quirks.begin_index = "inclusive"
    first = await many.things(num=5)
    second = await many.things(num=5, beginIndex=first["thingList"][-1]["index"])
    assert ids(second)[0] == ids(first)[-1]


@pytest.mark.parametrize(("reading", "count"), [("all", 65), ("thirty", 30)])
async def test_num_0(cloud, many, reading, count):
    cloud.quirks.num_zero = reading
    assert len((await many.things(num=0))["thingList"]) >= count
    cloud.quirks.num_zero = "error"
    assert (await many.get("/v2/device/thing", {"num": 0}))["error"] == 500


async def test_a_negative_number_of_things(cloud, free):
    assert (await free.get("/v2/device/thing", {"num": -1}))["error"] == 400
    assert cloud.violations


async def test_a_brand_that_is_not_released(cloud, free, v2):
    cloud.add_device(item("10000000ee", 6, "Foreign lamp", brandName="Elsewhere"))
    listed, everything = await free.things(num=0), await v2.things(num=0)
    assert "10000000ee" not in ids(listed)
    assert listed["total"] == everything["total"] == len(everything["thingList"])
    assert listed["total"] == len(listed["thingList"]) + 1
    wanted = {"thingList": [{"itemType": 1, "id": "10000000ee"}]}
    assert (await free.post("/v2/device/thing", wanted))["data"]["thingList"] == []


async def test_things_by_their_ids(free):
    wanted = [{"itemType": 1, "id": LAMP}, {"itemType": 2, "id": SHARED}, {"itemType": 1, "id": "nothing"}]
    found = (await free.post("/v2/device/thing", {"thingList": wanted}))["data"]
    assert ids(found) == [LAMP, SHARED]


@pytest.mark.parametrize(
    "wanted", [[], [{"itemType": 1, "id": LAMP}] * 11, [{"id": LAMP}], ["x"], [{"itemType": "1", "id": LAMP}]]
)
async def test_things_asked_for_wrongly(cloud, free, wanted):
    assert (await free.post("/v2/device/thing", {"thingList": wanted}))["error"] == 400
    assert cloud.violations


async def test_reading_a_status(cloud, free):
    everything = await free.get(STATUS, {"type": 1, "id": LAMP})
    assert everything["data"]["params"] == cloud.devices[LAMP].params
    some = await free.get(STATUS, {"type": 1, "id": LAMP, "params": "switch|rssi|none"})
    assert some["data"]["params"].keys() == {"switch", "rssi"}
    assert (await free.get(STATUS, {"type": 1, "id": "nothing"}))["error"] == 405
    assert (await free.get(STATUS, {"type": 3, "id": LAMP}))["error"] == 400


async def test_a_command(cloud, free):
    async with free.connect() as frames:
        answer = await free.post(STATUS, {"type": 1, "id": LAMP, "params": {"switch": "on"}})
        assert (answer["error"], answer["data"]) == (0, {})
        assert (await frames.receive())["params"] == {"switch": "on"}
    assert cloud.devices[LAMP].params["switch"] == "on"
    assert cloud.violations == []


@pytest.mark.parametrize("mode", ["offline", "silent", "refuse", "executed_unconfirmed", "lost"])
async def test_a_command_that_fails_has_one_code(cloud, free, mode):
    cloud.devices[LAMP].answer = mode
    assert (await free.post(STATUS, {"type": 1, "id": LAMP, "params": {"switch": "on"}}))["error"] == 4002


async def test_a_command_that_the_device_does_not_take(cloud, free):
    assert (await free.post(STATUS, {"type": 1, "id": LAMP, "params": {"switch": 5}}))["error"] == 4002
    assert [violation.rule for violation in cloud.violations] == ["params"]


async def test_a_batch(cloud, free):
    things = [
        {"type": 1, "id": LAMP, "params": {"switch": "on"}},
        {"type": 1, "id": PUMP, "params": {"switch": "on"}},
        {"type": 1, "id": "nothing", "params": {"switch": "on"}},
    ]
    answer = await free.post(BATCH, {"thingList": things, "timeout": 8000})
    assert [one["error"] for one in answer["data"]["respList"]] == [0, 30022, 30018]
    assert cloud.devices[LAMP].params["switch"] == "on"
    # Nobody waits: no proof.
    answer = await free.post(BATCH, {"thingList": things})
    assert [one["error"] for one in answer["data"]["respList"]] == [0, 0, 0]
    cloud.devices[LAMP].answer = "offline"
    answer = await free.post(BATCH, {"thingList": things[:1], "timeout": 8000})
    assert [one["error"] for one in answer["data"]["respList"]] == [30022]
    assert cloud.violations == []


async def test_a_recipient_may_not_change_every_timer(cloud, free):
    cloud.devices[SHARED].shares[cloud.account.apikey].permit = 0
    timer = {
        "enabled": 1,
        "mId": "one",
        "type": "once",
        "coolkit_timer_type": "once",
        "at": "2999-01-01T00:00:00.000Z",
        "do": {"switch": "on"},
    }
    params = {"timers": [timer]}
    assert (await free.post(STATUS, {"type": 1, "id": SHARED, "params": params}))["error"] == 406
    things = [{"type": 1, "id": SHARED, "params": params}]
    answer = await free.post(BATCH, {"thingList": things, "timeout": 8000})
    assert [one["error"] for one in answer["data"]["respList"]] == [406]
    assert (await free.post(BATCH, {"thingList": things}))["error"] == 0
    assert cloud.devices[SHARED].received == []


async def test_a_batch_waits_no_longer_than_told(cloud, free):
    device = cloud.devices[LAMP]
    device.answer, device.late_by = "late", 1
    things = [{"type": 1, "id": LAMP, "params": {"switch": "on"}}]
    answer = await free.post(BATCH, {"thingList": things, "timeout": 20})
    assert [one["error"] for one in answer["data"]["respList"]] == [4002]


@pytest.mark.parametrize(
    "body",
    [
        {"thingList": [{"type": 1, "id": LAMP, "params": {"switch": "on"}}] * 2},
        {"thingList": [{"type": 1, "id": LAMP}]},
        {"thingList": [{"type": 1, "id": LAMP, "params": {"switch": "on"}}], "timeout": 8001},
        {"thingList": []},
    ],
)
async def test_a_batch_asked_for_wrongly(cloud, free, body):
    assert (await free.post(BATCH, body))["error"] == 400
    assert cloud.violations


async def test_dispatch_is_flat_and_leads_to_the_socket(cloud, free):
    answer = await free.dispatch()
    assert answer.keys() == {"port", "IP", "domain", "reason", "error"}
    async with free.connect() as frames:
        assert frames.handshake["error"] == 0
        assert (await frames.update(LAMP, {"switch": "on"}))["error"] == 0
        assert (await frames.update(SHARED, {"switch": "on"}))["error"] == 0
    assert cloud.violations == []


async def test_dispatch_and_the_token(cloud, free):
    assert (await free.get("/dispatch/app", drop={"Authorization"}))["error"] == 0
    assert (await free.get("/dispatch/app", authorization="Bearer nobody"))["error"] == 401
    cloud.quirks.dispatch_checks_token = False
    assert (await free.get("/dispatch/app", authorization="Bearer nobody"))["error"] == 0
    # As v1 asks.
    answer = await free.post(
        "/dispatch/app", {"accept": "ws", "appid": free.app_id, "nonce": "Abcdefg9", "ts": 1, "version": 8}
    )
    assert answer["error"] == 0


async def test_frames_of_v2_need_no_time(cloud, free, client):
    async with free.connect(drop=("ts",)) as frames:
        assert frames.handshake["error"] == 0
        assert (await frames.update(LAMP, {"switch": "on"}, drop=("ts",)))["error"] == 0
        assert (await frames.query(LAMP, drop=("ts",)))["error"] == 0
    assert cloud.violations == []
    async with client.connect(drop=("ts",)) as frames:
        await frames.update(LAMP, {"switch": "on"}, drop=("ts",))
    assert {violation.detail for violation in cloud.violations} == {"ts is missing"}


async def test_frames_and_the_quota(cloud, free):
    before = cloud.free_app.used.total()
    async with free.connect() as frames:
        await frames.update(LAMP, {"switch": "on"})
        assert cloud.free_app.used.total() == before + 1
        cloud.quirks.frames_count = True
        await frames.update(LAMP, {"switch": "off"})
    assert cloud.free_app.used.total() == before + 2


@pytest.mark.parametrize(("reading", "whose"), [("owner", NEIGHBOUR), ("receiver", "demo@example.com")])
async def test_a_push_of_a_shared_device(cloud, free, reading, whose):
    cloud.quirks.push_apikey = reading
    async with free.connect() as frames:
        await cloud.devices[SHARED].push({"switch": "on"})
        assert (await frames.receive())["apikey"] == cloud.accounts.find(whose).apikey


async def test_share_frames_in_a_session_of_v2(cloud, free, client):
    params = {"uid": "x@example.com", "deviceName": "Lamp", "userName": "Demo", "note": "", "permit": 0}
    async with free.connect() as frames:
        assert (await frames.ask(frames.frame("share", LAMP, params, drop=("ts",))))["result"] == 1
        cloud.quirks.share_frames_in_v2 = False
        assert (await frames.ask(frames.frame("share", LAMP, params, drop=("ts",))))["error"] == 403
    async with client.connect() as frames:
        assert (await frames.ask(frames.frame("share", LAMP, params, drop=("ts",))))["result"] == 1
    assert cloud.violations == []


async def test_v1_may_be_gone(cloud, free, client):
    cloud.quirks.v1_is_served = False
    status, page = await client.send("GET", "/api/user/device")
    assert status == 503
    assert page.startswith("<html>")
    assert (await free.get("/v2/family"))["error"] == 0


async def test_what_the_demo_shows(cloud, free):
    furnish(cloud.household, cloud.homes, cloud.account)
    things = await free.things(num=0)
    names = [one["itemData"]["name"] for one in things["thingList"]]
    assert {"Porch lights", "Porch light left", "Porch light right"} <= set(names)
    assert "Doorbell plug" not in names
    assert things["total"] == len(names) + 1
    (group,) = [one["itemData"] for one in things["thingList"] if one["itemType"] == 3]
    answer = await free.post(STATUS, {"type": 2, "id": group["id"], "params": {"switch": "on"}})
    assert answer["error"] == 0
    assert cloud.devices["1000000017"].params["switch"] == "on"
    assert len((await free.homes())["familyList"][1]["roomList"]) == 2


async def test_a_list_in_a_bad_moment(cloud, free):
    cloud.faults.add("list_empty", interface="devices")
    assert await free.things() == {"thingList": [], "total": 0}
    cloud.faults.add("list_empty", interface="devices", total=19)
    assert await free.things() == {"thingList": [], "total": 19}
    cloud.faults.add("list_partial", interface="devices", missing=[LAMP])
    assert LAMP not in ids(await free.things(num=0))
    cloud.faults.add("list_online", interface="devices", devices=[LAMP], online=False)
    cloud.faults.add("list_scant", interface="devices", params=["switch"])
    cloud.faults.add("list_twice", interface="devices")
    things = (await free.things(num=0))["thingList"]
    lamps = [one["itemData"] for one in things if one["itemData"].get("deviceid") == LAMP]
    assert [(lamp["online"], "switch" in lamp["params"]) for lamp in lamps] == [(False, False)] * 2
    cloud.faults.add("error", interface="devices", code=500)
    answer = await free.get("/v2/device/thing")
    assert (answer["error"], answer["data"]) == (500, {})
    cloud.faults.add("gateway_page", interface="devices", status=502)
    status, page = await free.send("GET", "/v2/device/thing")
    assert status == 502
    assert page.startswith("<html>")


async def test_faults_that_take_an_answers_place(cloud, free):
    cloud.faults.add("redirect", interface="homes", region="us")
    answer = await free.get("/v2/family")
    assert (answer["error"], answer["data"]) == (10004, {"region": "us"})
    cloud.faults.add("session_refused", interface="homes")
    assert (await free.get("/v2/family"))["error"] == 401
    cloud.faults.add("session_refused", interface="homes", form="code")
    assert (await free.get("/v2/family"))["code"] == 401
    cloud.faults.add("odd_value", interface="devices", raw="NaN")
    _, text = await free.send("GET", "/v2/device/thing")
    assert "NaN" in str(text) or "nan" in str(text)
