"""Devices over HTTP: the list in all its shapes, one device, status read and write."""

import pytest

from simulator import Simulator


async def test_the_list(cloud, client):
    answer = await client.get("/api/user/device", {"lang": "en", "getTags": 1})
    assert answer["error"] == 0
    listed = {item["deviceid"]: item for item in answer["devicelist"]}
    assert listed.keys() == cloud.devices.keys()
    strip = listed["1000000002"]
    assert strip["tags"]["ck_channel_name"]["2"] == "Aquarium"
    assert len(strip["params"]["switches"]) == 4
    assert (strip["apikey"], strip["online"], strip["uiid"]) == (cloud.account.apikey, True, 4)
    assert listed["1000000013"]["online"] is False
    garage = listed["1000000015"]
    assert garage["apikey"] == cloud.devices["1000000015"].owner.apikey != cloud.account.apikey
    assert garage["sharedBy"]["email"] == "neighbour@example.com"
    bridge = listed["1000000012"]
    assert {child["deviceid"] for child in bridge["params"]["subDevices"]} == {
        "a480000001",
        "a480000002",
        "a480000003",
        "a480000004",
    }
    assert cloud.violations == []


async def test_an_owner_sees_whom_a_device_is_shared_to(cloud, client_of):
    neighbour = cloud.accounts.find("neighbour@example.com")
    client = client_of(neighbour)
    await client.login()
    (garage,) = await client.devices()
    assert [share["email"] for share in garage["sharedTo"]] == ["demo@example.com"]
    assert "sharedBy" not in garage


async def test_tags_come_only_when_asked_for(client):
    answer = await client.get("/api/user/device")
    assert all("tags" not in item for item in answer["devicelist"])


async def test_list_shapes(cloud, client):
    cloud.quirks.device_list = "bare"
    assert isinstance(await client.get("/api/user/device"), list)
    cloud.quirks.device_list = "object"
    cloud.quirks.omit_error = True
    assert (await client.get("/api/user/device")).keys() == {"devicelist"}


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("top", lambda item: item["uiid"]),
        ("extra", lambda item: item["extra"]["uiid"]),
        ("extra.extra", lambda item: item["extra"]["extra"]["uiid"]),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
async def test_where_the_uiid_stands(cloud, client, place, where, as_text):
    cloud.quirks.uiid_place, cloud.quirks.uiid_as_text = place, as_text
    item = await client.device("1000000004")
    assert where(item) == ("104" if as_text else 104)
    assert str(item).count("'uiid'") == 1


async def test_a_device_without_uiid(cloud, client):
    cloud.quirks.uiid_place = "nowhere"
    assert "'uiid'" not in str(await client.device("1000000004"))


async def test_numbers_as_text_and_text_as_numbers(cloud, client):
    cloud.quirks.numbers = "text"
    params = (await client.device("1000000004"))["params"]
    assert params["white"] == {"br": "50", "ct": "127"}
    params = (await client.device("1000000002"))["params"]
    assert params["switches"][1]["outlet"] == 1
    cloud.quirks.numbers = "number"
    params = (await client.device("1000000003"))["params"]
    assert (params["power"], params["voltage"], params["fwVersion"]) == (12.78, 230.1, "3.5.0")


async def test_error_as_text(cloud, client):
    cloud.quirks.error_as_text = True
    assert (await client.get("/api/user/device"))["error"] == "0"
    assert (await client.login())["error"] == "0"
    assert (await client.login(password="no"))["error"] == "401"


@pytest.mark.parametrize("key", ["msg", "info", "errmsg"])
async def test_where_the_text_stands(cloud, client, key):
    cloud.quirks.message_key = key
    assert (await client.login(password="no"))[key] == "pwd err"


async def test_one_device(cloud, client):
    params = {"deviceid": "1000000001", "apikey": cloud.account.apikey, "getTags": 1}
    answer = await client.get("/api/user/device/1000000001", params)
    assert (answer["error"], answer["name"]) == (0, "Hall lamp")
    cloud.quirks.one_device = "device"
    answer = await client.get("/api/user/device/1000000001", params)
    assert answer["device"]["name"] == "Hall lamp"
    assert cloud.violations == []


async def test_one_device_refused(cloud, client):
    path = "/api/user/device/1000000001"
    assert (await client.get(path, {"deviceid": "1000000002"}))["error"] == 400
    assert (await client.get(path, {}))["error"] == 400
    assert (await client.get(path, {"deviceid": "1000000001", "apikey": "wrong"}))["error"] == 400
    cloud.violations.clear()
    assert (await client.get(path, {"deviceid": "1000000001"}))["error"] == 0
    assert [violation.detail for violation in cloud.violations] == ["apikey is missing"]
    other = {"deviceid": "9999999999", "apikey": cloud.account.apikey}
    assert (await client.get("/api/user/device/9999999999", other))["error"] == 400


async def test_a_stranger_sees_nothing(cloud, client_of):
    stranger = client_of(cloud.add_account(email="stranger@example.com"))
    await stranger.login()
    assert await stranger.devices() == []
    params = {"deviceid": "1000000001", "params": "switch"}
    assert (await stranger.get("/api/user/device/status", params))["error"] == 400


async def test_status_read(cloud, client):
    path = "/api/user/device/status"
    answer = await client.get(path, {"deviceid": "1000000003", "params": "switch|power"})
    assert answer["params"] == {"switch": "on", "power": "12.78"}
    answer = await client.get(path, {"deviceid": "1000000003"})
    assert answer["params"] == cloud.devices["1000000003"].params
    assert (await client.get(path, {}))["error"] == 400


async def test_status_write(cloud, client):
    path = "/api/user/device/status"
    device = cloud.devices["1000000001"]
    async with client.connect() as frames:
        answer = await client.post(path, {"deviceid": device.deviceid, "params": {"switch": "on"}})
        assert (answer["error"], answer["deviceid"]) == (0, device.deviceid)
        assert [(await frames.receive())["userAgent"] for _ in range(2)] == ["app", "device"]
    assert device.params["switch"] == "on"
    assert cloud.violations == []
    assert (await client.post(path, {"deviceid": device.deviceid, "params": ["switch"]}))["error"] == 400
    assert (await client.post(path, {"deviceid": device.deviceid, "params": {}}))["error"] == 400
    await device.set_online(False)
    answer = await client.post(path, {"deviceid": device.deviceid, "params": {"switch": "on"}})
    assert answer["error"] == 504
    device.answer = "silent"
    answer = await client.post(path, {"deviceid": device.deviceid, "params": {"switch": "on"}})
    assert answer["error"] == 504


async def test_devices_of_ones_own():
    async with Simulator(devices=[{"deviceid": "10aa", "uiid": 2, "params": {"lock": 1}}]) as cloud:
        assert list(cloud.devices) == ["10aa"]
        assert cloud.devices["10aa"].params["lock"] == 1
        assert len(cloud.devices["10aa"].params["pulses"]) == 4
        cloud.rename("10aa", "Desk")
        assert cloud.household.listed(cloud.devices["10aa"], cloud.account, tags=False)["name"] == "Desk"
        cloud.remove_device("10aa")
        assert not cloud.devices


async def test_thousands_of_devices():
    items = [{"deviceid": f"{number:010d}", "uiid": 32} for number in range(3000)]
    async with Simulator(devices=items) as cloud:
        cloud.add_device({"deviceid": "child", "uiid": 1256, "params": {"parentid": "gateway"}})
        gateway = cloud.add_device({"deviceid": "gateway", "uiid": 66})
        assert [one["deviceid"] for one in gateway.params["subDevices"]] == ["child"]
        assert len(cloud.devices_of(cloud.account)) == 3002
        cloud.add_device({"deviceid": "child", "uiid": 1256, "params": {"parentid": "gateway"}})
        assert len(cloud.children_of(gateway)) == 1
        cloud.remove_device("child")
        assert gateway.params["subDevices"] == []
        assert cloud.children_of(gateway) == []
