"""Adding, deleting and naming devices, and groups, each interface good and bad."""

import hashlib

import pytest

ADD, GSM, TAGS, GROUP = "/api/user/device/add", "/api/user/device/addGsm", "/api/user/tags", "/api/group"
NAMES = {"0": "CH1", "1": "CH2"}


def key_of(deviceid):
    return f"00000000-0000-4000-8000-{deviceid:0>12}"


def paired(deviceid, **change):
    return {"deviceid": deviceid, "apikey": key_of(deviceid), "name": "Mine", "isSub": 0, **change}


async def test_add(cloud, client):
    answer = await client.post(ADD, paired("1000000101", chipid="00ab"))
    assert (answer["error"], answer["deviceid"], answer["name"], answer["online"]) == (
        0,
        "1000000101",
        "Mine",
        True,
    )
    assert cloud.devices["1000000101"].owner is cloud.account
    assert "1000000101" not in cloud.stock
    cloud.quirks.one_device = "device"
    answer = await client.post(ADD, paired("1000000102"))
    assert answer["device"]["deviceid"] == "1000000102"
    assert cloud.violations == []


async def test_add_a_sub_device(cloud, client):
    params = paired("1000000012", isSub=1, subDeviceId="a480000101")
    answer = await client.post(ADD, params)
    assert (answer["error"], answer["deviceid"]) == (0, "a480000101")
    named = [one["deviceid"] for one in cloud.devices["1000000012"].params["subDevices"]]
    assert "a480000101" in named
    assert cloud.violations == []


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        (paired("none"), {"code": 404, "error": "fd data is null"}),
        (paired("1000000101", apikey="wrong"), {"code": 400, "error": "apikey invalid"}),
        (paired("1000000001"), {"code": 404, "error": "fd data is null"}),
        (paired("none", isSub=1, subDeviceId="a480000101"), {"code": 404, "error": "fd data is null"}),
        (paired("1000000015", isSub=1, subDeviceId="a480000101"), {"code": 404, "error": "fd data is null"}),
        (paired("1000000012", isSub=1, subDeviceId="none"), {"code": 404, "error": "fd data is null"}),
        (paired("1000000012", isSub=1, subDeviceId="1000000101"), {"code": 404, "error": "fd data is null"}),
        (
            paired("1000000012", isSub=1, subDeviceId="a480000101", apikey="wrong"),
            {"code": 400, "error": "apikey invalid"},
        ),
        (paired("1000000012", isSub=1), {"error": 400, "msg": "params incomplete"}),
        (paired("1000000101", name=None), {"error": 400, "msg": "params incomplete"}),
    ],
)
async def test_add_refused(client, params, answer):
    assert await client.post(ADD, params) == answer


async def test_add_without_is_sub_is_recorded(cloud, client):
    params = paired("1000000101")
    del params["isSub"]
    assert (await client.post(ADD, params))["error"] == 0
    assert [violation.detail for violation in cloud.violations] == ["isSub is missing"]


async def test_add_gsm(cloud, client):
    digest = hashlib.md5(f"1000000103{key_of('1000000103')}".encode(), usedforsecurity=False).hexdigest()
    answer = await client.post(GSM, {"id": digest, "name": "Cabin"})
    assert (answer["error"], answer["deviceid"], answer["name"]) == (0, "1000000103", "Cabin")
    again = await client.post(GSM, {"id": digest, "name": "Cabin"})
    assert again == {"code": 404, "error": "fd data is null"}
    assert (await client.post(GSM, {"name": "Cabin"}))["error"] == 400
    assert cloud.devices["1000000103"].owner is cloud.account


async def delete(client, deviceid, **change):
    owner = client.cloud.devices[deviceid].owner if deviceid in client.cloud.devices else client.account
    params = {"deviceid": deviceid, "apikey": owner.apikey, "isSub": 0, **change}
    return (await client.send("DELETE", f"/api/user/device/{deviceid}", params))[1]


async def test_delete_and_pair_again(cloud, client):
    answer = await delete(client, "1000000001")
    assert (answer["error"], answer["name"]) == (0, "Hall lamp")
    assert "1000000001" not in {item["deviceid"] for item in await client.devices()}
    assert (await delete(client, "1000000001"))["error"] == 400
    assert (await client.post(ADD, paired("1000000001")))["name"] == "Mine"
    assert cloud.violations == []


async def test_delete_a_sub_device(cloud, client):
    answer = await delete(client, "1000000012", isSub=1, subDeviceId="a480000001")
    assert answer["deviceid"] == "a480000001"
    assert len(cloud.children_of(cloud.devices["1000000012"])) == 3
    assert len(cloud.devices["1000000012"].params["subDevices"]) == 3
    assert (await delete(client, "1000000012", isSub=1, subDeviceId="1000000001"))["error"] == 400
    assert (await delete(client, "1000000012", isSub=1))["error"] == 400


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"isSub": 2}, "isSub is neither 0 nor 1"),
        ({"subDeviceId": "a480000101"}, "subDeviceId without isSub"),
    ],
)
async def test_sub_devices_that_are_none_are_recorded(cloud, client, change, detail):
    assert (await client.post(ADD, paired("1000000101", **change)))["error"] == 0
    assert (await delete(client, "1000000101", **change))["error"] == 0
    assert [violation.detail for violation in cloud.violations] == [detail, detail]


async def test_a_sub_device_that_is_deleted_like_others_is_recorded(cloud, client):
    assert (await delete(client, "a480000001"))["error"] == 0
    assert [violation.rule for violation in cloud.violations] == ["isSub"]


async def test_a_gateway_takes_its_children_along(cloud, client):
    await delete(client, "1000000012")
    assert not [deviceid for deviceid in cloud.devices if deviceid.startswith("a48")]


async def test_only_an_owner_renames(cloud, client):
    garage = cloud.devices["1000000015"]
    params = {"deviceid": garage.deviceid, "apikey": garage.owner.apikey, "name": "Mine", "group": ""}
    assert (await client.post(f"/api/user/device/{garage.deviceid}", params))["error"] == 403
    assert {violation.rule for violation in cloud.violations} == {"owner"}


async def test_rename(cloud, client):
    path = "/api/user/device/1000000001"
    params = {"deviceid": "1000000001", "apikey": cloud.account.apikey, "name": "Corridor", "group": ""}
    assert await client.post(path, params) == {"error": 0, "deviceid": "1000000001"}
    assert (await client.device("1000000001"))["name"] == "Corridor"
    assert cloud.violations == []
    assert (await client.post(path, params | {"name": ""}))["error"] == 400
    assert (await client.post(path, params | {"apikey": "wrong"}))["error"] == 400


async def test_channel_names(cloud, client):
    params = {
        "deviceid": "1000000002",
        "apikey": cloud.account.apikey,
        "key": "ck_channel_name",
        "value": NAMES,
    }
    assert await client.post(TAGS, params) == {"error": 0}
    assert (await client.device("1000000002"))["tags"] == {"ck_channel_name": NAMES}
    assert cloud.violations == []
    for change in ({"key": "else"}, {"value": "x"}, {"value": {"a": "b"}}, {"value": {"0": 1}}):
        cloud.violations.clear()
        assert (await client.post(TAGS, params | change))["error"] == 400
        assert len(cloud.violations) == 1
    status, _ = await client.send("POST", "/api/user/api/user/tags", params)
    assert status == 404


async def test_groups(cloud, client):
    own = {"apikey": cloud.account.apikey, "groupType": 0}
    added = await client.post(GROUP, {"index": 4, "name": "Garden", **own})
    assert added["error"] == 0
    edited = {"id": added["groupid"], "index": 0, "name": "Park", **own}
    assert (await client.send("PUT", GROUP, edited))[1] == {"error": 0}
    listed = await client.get(GROUP, own)
    assert [group["name"] for group in listed["groupinfos"]] == [
        "Living room",
        "Bedroom",
        "Nursery",
        "Utility room",
        "Park",
    ]
    assert listed["groupinfos"][-1].keys() == {"id", "name", "index", "createdAt"}
    deleted = {"id": added["groupid"], "type": 0, "apikey": cloud.account.apikey}
    assert (await client.send("DELETE", GROUP, deleted))[1] == {"error": 0}
    assert len(cloud.account.groups) == 4
    assert cloud.violations == []
    for index in ("", "x", [1]):
        assert (await client.post(GROUP, {"index": index, "name": "Garden", **own}))["error"] == 400
    assert len(cloud.violations) == 3
    assert (await client.send("DELETE", GROUP, deleted))[1]["error"] == 400
    assert (await client.send("PUT", GROUP, edited))[1]["error"] == 400
    assert (await client.post(GROUP, {"name": "Garden", **own}))["error"] == 400
    assert (await client.get(GROUP, {"groupType": 0, "apikey": "wrong"}))["error"] == 401


async def test_devices_in_groups(cloud, client):
    living, bedroom = list(cloud.account.groups.values())[:2]

    async def move(source, target, **change):
        info = {"source_id": source, "target_id": target, "deviceid": "1000000002", "type": "1", **change}
        own = {"apikey": cloud.account.apikey, "groupType": 0}
        return (await client.post("/api/group/addDevice", {"deviceinfos": [info], **own}))["error"]

    async def groups():
        return (await client.device("1000000002"))["groups"]

    assert await groups() == [living.id]
    assert await move("", bedroom.id) == 0
    assert await groups() == [living.id, bedroom.id]
    assert await move(living.id, "") == 0
    assert await groups() == [bedroom.id]
    assert await move(bedroom.id, living.id) == 0
    assert await groups() == [living.id]
    assert cloud.violations == []
    assert await move("", "") == 400
    assert await move("", "none") == 400
    assert await move("none", "") == 400
    assert await move("", living.id, deviceid="none") == 400
    assert cloud.violations == []
    assert await move("", living.id, deviceid=5) == 400
    assert await move(living.id, "", type=2) == 0
    assert [violation.detail for violation in cloud.violations] == [
        "deviceid, source_id, target_id are no texts",
        "type is not 1",
    ]


async def test_one_object_instead_of_an_array_is_recorded(cloud, client):
    group = next(iter(cloud.account.groups.values()))
    info = {"source_id": "", "target_id": group.id, "deviceid": "1000000001", "type": 1}
    params = {"deviceinfos": info, "apikey": cloud.account.apikey, "groupType": 0}
    assert (await client.post("/api/group/addDevice", params))["error"] == 0
    assert [violation.detail for violation in cloud.violations] == ["deviceinfos is no list"]
    assert (await client.post("/api/group/addDevice", params | {"deviceinfos": []}))["error"] == 400


@pytest.mark.parametrize(
    ("interface", "code"),
    [("tags", 401), ("tags", 500), ("groups", 500), ("add_group", 500), ("dispatch", 403), ("device", 401)],
)
async def test_documented_codes(cloud, client, interface, code):
    cloud.faults.add("error", interface=interface, code=code)
    answer = {
        "tags": lambda: client.post(TAGS, {}),
        "groups": lambda: client.get(GROUP),
        "add_group": lambda: client.post(GROUP, {}),
        "dispatch": lambda: client.post("/dispatch/app", {}),
        "device": lambda: client.get("/api/user/device/1000000001"),
    }[interface]
    assert (await answer())["error"] == code
