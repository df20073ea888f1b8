"""Homes, rooms, control groups and shares in v2."""

import pytest

from simulator.home import NEIGHBOUR, PUMP, item

GROUP, SHARE, FAMILY, ROOM = "/v2/device/group", "/v2/device/share", "/v2/family", "/v2/family/room"
STATUS = "/v2/device/thing/status"
LAMP, SHARED, FIRST, SECOND, THIRD = "1000000001", "1000000015", "10000000a1", "10000000a2", "10000000a3"


@pytest.fixture
async def neighbour(cloud, v2_of):
    client = v2_of(account=cloud.accounts.find(NEIGHBOUR))
    await client.sign_in()
    return client


@pytest.fixture
async def group(cloud, v2):
    for deviceid in (FIRST, SECOND, THIRD):
        cloud.add_device(item(deviceid, 6, f"Relay {deviceid}"))
    body = {"name": "All", "mainDeviceId": FIRST, "deviceidList": [SECOND, LAMP]}
    answer = (await v2.post(GROUP, body))["data"]
    return answer["itemData"]["id"], answer


async def homes(client):
    return {home["name"]: home for home in (await client.homes())["familyList"]}


# -- control groups ----------------------------------------------------------------------------------------


async def test_a_group_takes_its_own_kind_alone(cloud, v2, group):
    group_id, answer = group
    assert answer["itemType"] == 3
    assert {one["itemData"]["deviceid"] for one in answer["updatedThingList"]} == {FIRST, SECOND}
    assert answer["itemData"].keys() == {"id", "name", "mainDeviceId", "uiid", "family", "params"}
    for deviceid, groups in ((FIRST, [group_id]), (SECOND, [group_id]), (LAMP, []), (THIRD, [])):
        named = [one["groupId"] for one in (await v2.thing(deviceid))["devGroups"]]
        assert named == groups
    listed = [one for one in (await v2.things(num=0))["thingList"] if one["itemType"] == 3]
    assert [one["itemData"]["id"] for one in listed] == [group_id]
    assert (await v2.thing(group_id, 3))["mainDeviceId"] == FIRST
    (shown,) = (await v2.get(GROUP))["data"]["groupList"]
    assert shown["itemData"]["name"] == "All"
    assert cloud.violations == []


async def test_a_group_is_commanded_and_ignores_failures(cloud, free, group):
    group_id, _ = group
    cloud.devices[SECOND].answer = "offline"
    async with free.connect() as frames:
        answer = await free.post(STATUS, {"type": 2, "id": group_id, "params": {"switch": "on"}})
        assert (answer["error"], answer["data"]) == (0, {})
        assert (await frames.receive())["deviceid"] == FIRST
    assert (cloud.devices[FIRST].params["switch"], cloud.devices[SECOND].params["switch"]) == ("on", "off")
    stored = await free.get(STATUS, {"type": 2, "id": group_id})
    assert stored["data"]["params"] == {"switch": "on"}
    assert (await free.post(STATUS, {"type": 1, "id": group_id, "params": {"switch": "on"}}))["error"] == 405
    things = [{"type": 2, "id": group_id, "params": {"switch": "off"}}]
    batch = await free.post("/v2/device/thing/batch-status", {"thingList": things, "timeout": 8000})
    assert batch["data"]["respList"] == [{"type": 2, "id": group_id, "error": 0}]
    assert cloud.devices[FIRST].params["switch"] == "off"


async def test_one_reading_pushes_for_the_group(cloud, free, group):
    cloud.quirks.group_pushes = True
    group_id, _ = group
    async with free.connect() as frames:
        await free.post(STATUS, {"type": 2, "id": group_id, "params": {"switch": "on"}})
        pushed = {(await frames.receive())["deviceid"] for _ in range(5)}
    assert pushed == {FIRST, SECOND, group_id}


async def test_storing_a_status_commands_nothing(cloud, v2, group):
    group_id, _ = group
    assert (await v2.post(f"{GROUP}/status", {"id": group_id, "params": {"switch": "on"}}))["error"] == 0
    assert cloud.devices[FIRST].params["switch"] == "off"
    assert (await v2.get(STATUS, {"type": 2, "id": group_id}))["data"]["params"] == {"switch": "on"}


async def test_new_members(cloud, v2, group):
    group_id, _ = group
    answer = await v2.post(f"{GROUP}/update", {"id": group_id, "deviceidList": [FIRST, THIRD]})
    updated = {one["itemData"]["deviceid"] for one in answer["data"]["updatedThingList"]}
    assert updated == {SECOND, THIRD}
    assert cloud.homes.groups[group_id].members == [FIRST, THIRD]
    assert (await v2.post(f"{GROUP}/update", {"id": group_id, "deviceidList": [THIRD]}))["error"] == 400
    assert (await v2.post(f"{GROUP}/update", {"id": "none", "deviceidList": [FIRST]}))["error"] == 405


async def test_name_and_end_of_a_group(cloud, v2, group):
    group_id, _ = group
    assert (await v2.put(GROUP, {"id": group_id, "name": "Both"}))["error"] == 0
    assert (await v2.thing(group_id, 3))["name"] == "Both"
    assert (await v2.delete(GROUP, {"id": group_id}))["error"] == 0
    assert (await v2.delete(GROUP, {"id": group_id}))["error"] == 405
    assert (await v2.thing(FIRST))["devGroups"] == []
    assert cloud.violations == []
    assert (await v2.put(GROUP, {"id": group_id, "name": "x"}))["error"] == 405
    assert (await v2.put(GROUP, {"id": group_id, "name": "x" * 51}))["error"] == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x" * 51, "mainDeviceId": LAMP}, 400),
        ({"name": "", "mainDeviceId": LAMP}, 400),
        ({"name": "x", "mainDeviceId": "none"}, 30018),
        ({"name": "x", "mainDeviceId": LAMP, "familyid": "none"}, 405),
        ({"name": "x", "mainDeviceId": LAMP, "roomid": "none"}, 405),
    ],
)
async def test_a_group_refused(cloud, v2, body, code):
    assert (await v2.post(GROUP, body))["error"] == code
    assert cloud.homes.groups == {}


async def test_too_many_groups(v2):
    errors = [(await v2.post(GROUP, {"name": str(at), "mainDeviceId": LAMP}))["error"] for at in range(21)]
    assert errors == [0] * 20 + [30009]


async def test_a_group_ends_with_the_share_of_its_main_device(cloud, v2):
    await v2.post(GROUP, {"name": "Theirs", "mainDeviceId": SHARED, "deviceidList": [PUMP]})
    cloud.unshare(cloud.devices[SHARED], cloud.account)
    assert (await v2.get(GROUP))["data"]["groupList"] == []
    assert (await v2.thing(PUMP))["devGroups"] == []


# -- shares ------------------------------------------------------------------------------------------------


async def test_a_share_is_silent(cloud, v2, neighbour):
    user = {"email": NEIGHBOUR}
    body = {"deviceidList": [LAMP, PUMP], "user": user, "permit": 3, "comment": "Cat", "shareType": 1}
    updated = (await v2.post(SHARE, body))["data"]["updatedThingList"]
    (share,) = updated[0]["itemData"]["shareTo"]
    assert (share["email"], share["permit"], share["comment"]) == (NEIGHBOUR, 3, "Cat")
    seen = await neighbour.thing(LAMP)
    assert seen["sharedBy"]["permit"] == 3
    path, told = f"{SHARE}/permit", {"deviceid": LAMP, "apikey": share["apikey"]}
    changed = (await v2.post(path, told | {"permit": 8}))["data"]["updatedThing"]["itemData"]
    assert changed["shareTo"][0]["permit"] == 8
    ended = (await v2.delete(SHARE, told))["data"]["updatedThing"]["itemData"]
    assert ended["shareTo"] == []
    assert (await v2.delete(SHARE, told))["error"] == 405
    kinds = [one["msgType"] for one in (await neighbour.get("/v2/message/read"))["data"]["messageList"]]
    assert set(kinds) == {"shareNotify_v2", "cancelShareNotify_v2"}
    assert cloud.violations == []


async def test_the_plain_apikey_names_no_share(cloud, v2):
    neighbour = cloud.accounts.find(NEIGHBOUR)
    cloud.share(cloud.devices[LAMP], neighbour)
    told = {"deviceid": LAMP, "apikey": neighbour.apikey, "permit": 1}
    assert (await v2.post(f"{SHARE}/permit", told))["error"] == 405
    assert [violation.rule for violation in cloud.violations] == ["apikey"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"user": {"email": "nobody@example.com"}}, 30008),
        ({"user": {"email": "demo@example.com"}}, 400),
        ({"user": {}}, 400),
        ({"user": {"phoneNumber": "+8613123456789"}}, 400),
        ({"user": {"phoneNumber": "+8613123456789", "countryCode": "+86"}}, 30008),
        ({"deviceidList": []}, 400),
        ({"deviceidList": ["none"]}, 30018),
        ({"deviceidList": [SHARED]}, 406),
        ({"permit": 16}, 400),
        ({"shareType": 2}, 400),
    ],
)
async def test_a_share_refused(cloud, v2, changes, code):
    cloud.add_account(phone_number="+8613123456789", region="cn")
    body = {"deviceidList": [LAMP], "user": {"email": NEIGHBOUR}, "permit": 0} | changes
    assert (await v2.post(SHARE, body))["error"] == code
    assert cloud.devices[LAMP].shares == {}


# -- homes and rooms ---------------------------------------------------------------------------------------


async def test_a_home_comes_and_goes(cloud, v2):
    body = {"name": "Boat", "sort": 1, "roomNameList": ["Cabin", "Deck"]}
    made = (await v2.post(FAMILY, body))["data"]
    assert made.keys() == {"id", "name", "index", "roomList"}
    assert [room["name"] for room in made["roomList"]] == ["Cabin", "Deck"]
    assert list(await homes(v2)) == ["Boat", "Flat", "Cottage"]
    assert (await v2.put(FAMILY, {"id": made["id"], "name": "Ship"}))["error"] == 0
    known = await homes(v2)
    told = {"id": known["Cottage"]["id"], "deviceFamily": made["id"], "switchFamily": known["Flat"]["id"]}
    assert (await v2.delete(FAMILY, told))["error"] == 0
    assert list(await homes(v2)) == ["Ship", "Flat"]
    (pump,) = (await v2.things(familyid=made["id"]))["thingList"]
    assert pump["itemData"]["deviceid"] == PUMP
    assert "roomid" not in pump["itemData"]["family"]
    assert (await v2.homes())["currentFamilyId"] == known["Flat"]["id"]
    assert cloud.violations == []


async def test_homes_refused(cloud, v2, neighbour):
    known = await homes(v2)
    flat, cottage = known["Flat"]["id"], known["Cottage"]["id"]
    assert (await v2.delete(FAMILY, {"id": flat}))["error"] == 400
    heirs = {"deviceFamily": "none", "switchFamily": cottage}
    assert (await v2.delete(FAMILY, {"id": flat, **heirs}))["error"] == 405
    heirs = {"deviceFamily": flat, "switchFamily": flat}
    assert (await v2.delete(FAMILY, {"id": flat, **heirs}))["error"] == 400
    only = (await neighbour.homes())["currentFamilyId"]
    told = {"id": only, "deviceFamily": only, "switchFamily": only}
    assert (await neighbour.delete(FAMILY, told))["error"] == 20003
    assert (await v2.post(FAMILY, {"name": "", "sort": 1}))["error"] == 400
    assert (await v2.post(FAMILY, {"name": "x"}))["error"] == 400
    assert (await v2.post(FAMILY, {"name": "x", "sort": 1, "roomNameList": [1]}))["error"] == 400
    errors = [(await v2.post(FAMILY, {"name": str(at), "sort": 2}))["error"] for at in range(19)]
    assert errors == [0] * 18 + [20002]


async def test_rooms(cloud, v2):
    flat = (await homes(v2))["Flat"]
    body = {"familyid": flat["id"], "name": "Attic", "sort": 2}
    made = (await v2.post(ROOM, body))["data"]
    assert made.keys() == {"id", "name", "index"}
    assert (await v2.put(ROOM, {"id": made["id"], "name": "Loft"}))["error"] == 0
    assert (await homes(v2))["Flat"]["roomList"][-1]["name"] == "Loft"
    order = [room["id"] for room in (await homes(v2))["Flat"]["roomList"]][::-1]
    assert (await v2.post(f"{ROOM}/index", {"familyid": flat["id"], "idList": order}))["error"] == 0
    assert [room["id"] for room in (await homes(v2))["Flat"]["roomList"]] == order
    assert cloud.violations == []
    wrong = {"familyid": flat["id"], "idList": order[1:]}
    assert (await v2.post(f"{ROOM}/index", wrong))["error"] == 400
    assert (await v2.delete(ROOM, {"id": flat["roomList"][0]["id"]}))["error"] == 0
    assert "roomid" not in (await v2.thing("1000000002"))["family"]
    assert (await v2.delete(ROOM, {"id": "none"}))["error"] == 405


async def test_a_hundred_rooms(v2):
    names = [str(at) for at in range(101)]
    assert (await v2.post(FAMILY, {"name": "x", "sort": 1, "roomNameList": names}))["error"] == 20002
    made = (await v2.post(FAMILY, {"name": "x", "sort": 1, "roomNameList": names[1:]}))["data"]
    body = {"familyid": made["id"], "name": "one more", "sort": 1}
    assert (await v2.post(ROOM, body))["error"] == 20002


async def test_things_in_order(cloud, v2):
    things = (await v2.things(num=0))["thingList"]
    wanted = [{"itemType": one["itemType"], "id": one["itemData"]["deviceid"]} for one in things][::-1]
    path = "/v2/family/thing/sort"
    assert (await v2.post(path, {"thingList": wanted}))["error"] == 0
    after = [one["itemData"]["deviceid"] for one in (await v2.things(num=0))["thingList"]]
    assert after == [one["id"] for one in wanted]
    assert cloud.violations == []
    assert (await v2.post(path, {"thingList": wanted[1:]}))["error"] == 400
    assert (await v2.post(path, {"thingList": [*wanted, {"itemType": 1, "id": "none"}]}))["error"] == 400


async def test_things_of_a_room(cloud, v2):
    room = (await homes(v2))["Cottage"]["roomList"][0]["id"]
    pump, lamp = ({"itemType": 1, "id": one} for one in (PUMP, LAMP))
    path = f"{ROOM}/thing"
    wrong = {"roomid": room, "oldThingList": [pump, lamp], "newThingList": []}
    assert (await v2.post(path, wrong))["error"] == 400
    assert (await v2.thing(PUMP))["family"]["roomid"] == room
    body = {"roomid": room, "oldThingList": [pump], "newThingList": [lamp]}
    assert (await v2.post(path, body))["error"] == 0
    assert "roomid" not in (await v2.thing(PUMP))["family"]
    assert (await v2.thing(LAMP))["family"]["roomid"] == room
    assert (await v2.post(path, body | {"roomid": "none"}))["error"] == 405


async def test_switching_the_phones_home_is_never_right(cloud, v2):
    cottage = (await homes(v2))["Cottage"]["id"]
    assert (await v2.post("/v2/family/current", {"id": cottage}))["error"] == 0
    assert [one["itemData"]["deviceid"] for one in (await v2.things())["thingList"]] == [PUMP]
    assert [violation.rule for violation in cloud.violations] == ["phone"]


async def test_several_reads_in_one(cloud, v2, free):
    wanted = {"lang": "en", "clientInfo": {}, "getUser": {}, "getFamily": {}, "getThing": {"num": 3}}
    data = (await v2.post("/v2/homepage", wanted))["data"]
    assert data.keys() == {"userInfo", "familyInfo", "thingInfo"}
    assert data["familyInfo"] == await v2.homes()
    assert len(data["thingInfo"]["thingList"]) == 3
    assert data["userInfo"]["apikey"] == cloud.account.apikey
    rest = (await v2.post("/v2/homepage", {"getMessage": {}, "getScene": {}}))["data"]
    assert rest == {"messageInfo": {"messageList": []}, "sceneInfo": {}}
    assert cloud.violations == []
    assert (await free.post("/v2/homepage", wanted))["error"] == 407


async def test_a_home_that_is_shared_as_a_whole(cloud, v2, neighbour):
    cottage = next(home for home in cloud.homes.homes.values() if home.name == "Cottage")
    cloud.homes.share(cottage, neighbour.account)
    shared = next(home for home in (await neighbour.homes())["familyList"] if home["name"] == "Cottage")
    assert (shared["familyType"], shared["apikey"]) == (2, cloud.account.apikey)
    (pump,) = (await neighbour.things(familyid=shared["id"]))["thingList"]
    assert (pump["itemType"], pump["itemData"]["family"]["familyid"]) == (5, shared["id"])
    body = {"type": 1, "id": PUMP, "params": {"switch": "on"}}
    cloud.devices[PUMP].online = True
    assert (await neighbour.post(STATUS, body))["error"] == 0
    cloud.quirks.shared_home_apikey = "own"
    shown = next(home for home in (await neighbour.homes())["familyList"] if home["name"] == "Cottage")
    assert shown["apikey"] == neighbour.account.apikey
    assert (await neighbour.put(FAMILY, {"id": shared["id"], "name": "Mine"}))["error"] == 406
    assert (await neighbour.delete("/v2/device", {"deviceid": PUMP}))["error"] == 406
    assert (await v2.thing(PUMP))["shareTo"] == []
