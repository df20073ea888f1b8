"""The control address."""

import re

from aiohttp.web import UrlDispatcher
import pytest

from simulator.control import Control


@pytest.fixture
def control(cloud, http):
    async def ask(method, path, json=None):
        async with http.request(method, f"{cloud.url}/_sim{path}", json=json) as response:
            return await response.json() if response.status == 200 else response.status

    return ask


async def test_violations(cloud, client, control):
    await client.post("/dispatch/app", {"accept": "ws", "imei": "1"})
    assert await control("GET", "/violations") == [
        {"interface": "dispatch", "rule": "unknown field", "detail": "imei"}
    ]
    assert await control("DELETE", "/violations") == {"cleared": 1}
    assert cloud.violations == []


async def test_state_and_requests(cloud, client, control):
    async with client.connect():
        state = await control("GET", "/state")
    assert state["connections"] == [{"apikey": cloud.account.apikey, "app_id": cloud.app_id, "pings": 0}]
    assert len(state["devices"]) == len(cloud.devices)
    assert state["accounts"][0]["email"] == "demo@example.com"
    assert [one["interface"] for one in await control("GET", "/requests")] == ["login", "dispatch"]
    for secret in ("demo-password", client.at, client.rt, cloud.app_secret):
        assert secret not in str(state)


async def test_devices(cloud, client, control):
    path = "/devices/1000000001"
    assert (await control("GET", path))["name"] == "Hall lamp"
    async with client.connect() as frames:
        assert (await control("POST", f"{path}/push", {"params": {"rssi": -70}}))["params"]["rssi"] == -70
        assert (await frames.receive())["params"] == {"rssi": -70}
        assert (await control("POST", f"{path}/press", {"outlet": 0}))["params"]["switch"] == "on"
        assert (await frames.receive())["params"] == {"switch": "on"}
        assert (await control("POST", f"{path}/press"))["params"]["switch"] == "off"
        await frames.receive()
        assert (await control("POST", f"{path}/online", {"online": False}))["reachable"] is False
        assert (await frames.receive())["action"] == "sysmsg"
    assert (await control("POST", f"{path}/answer", {"mode": "silent"}))["answer"] == "silent"
    assert (await control("POST", f"{path}/meter", {"off": "repeats"}))["meter_off"] == "repeats"
    assert (await control("POST", f"{path}/rename", {"name": "Corridor"}))["name"] == "Corridor"
    assert (await control("POST", "/devices/1000000005/tick"))["params"]["power"] != 181250
    added = await control("POST", "/devices", {"deviceid": "10ff", "uiid": 6})
    assert added["params"]["switch"] == "off"
    neighbour = cloud.accounts.find("neighbour@example.com")
    added = await control("POST", "/devices", {"deviceid": "10fe", "uiid": 6, "owner": neighbour.apikey})
    assert added["owner"] == neighbour.apikey
    assert await control("DELETE", "/devices/10ff") == {"removed": "10ff"}
    assert "10ff" not in cloud.devices


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/devices/none", None, 404),
        ("POST", "/devices", {"uiid": 6}, 400),
        ("POST", "/devices", {"deviceid": "x", "owner": "nobody"}, 400),
        ("POST", "/devices/1000000001/push", {"params": 5}, 400),
        ("POST", "/devices/1000000001/push", [], 400),
        ("POST", "/devices/1000000001/online", None, 400),
        ("POST", "/devices/1000000001/answer", {"mode": "sing"}, 400),
        ("POST", "/devices/1000000001/meter", {"off": "sings"}, 400),
        ("POST", "/faults", {"name": "meteor"}, 400),
        ("POST", "/faults", {"name": "error", "count": 1, "colour": 1}, 400),
        ("POST", "/quirks", {"colour": 1}, 400),
        ("POST", "/connections/drop", {"how": "softly"}, 400),
        ("POST", "/accounts", {"region": "eu"}, 400),
        ("POST", "/accounts", {"name": "x"}, 400),
        ("POST", "/accounts/nobody/expire_tokens", None, 404),
        ("POST", "/devices/1000000001/share", None, 400),
        ("POST", "/devices/1000000001/share", {"to": "nobody@example.com"}, 404),
        ("POST", "/devices/none/share", {"to": "neighbour@example.com"}, 404),
        ("POST", "/devices/1000000001/share", {"to": "neighbour@example.com", "permit": "all"}, 400),
        ("POST", "/devices/1000000001/share", {"to": "neighbour@example.com", "permit": 16}, 400),
        ("POST", "/devices/1000000001/press", {"outlet": None}, 400),
        ("POST", "/devices/1000000001/fail_probe", {"how": "zero"}, 400),
        ("POST", "/devices/1000000001/run_timers", {"until": "now"}, 400),
    ],
)
async def test_refused(control, method, path, body, status):
    assert await control(method, path, body) == status


async def test_a_body_that_is_no_json(cloud, http):
    async with http.post(f"{cloud.url}/_sim/faults", data="{") as response:
        assert response.status == 400


async def test_faults_and_quirks(cloud, client, control):
    assert await control("POST", "/faults", {"name": "empty_body", "interface": "devices"}) == {
        "set": "empty_body"
    }
    answer = await control("GET", "/faults")
    assert answer["set"] == ["empty_body"]
    assert answer["known"]["gateway_page"]["options"] == ["form", "status"]
    await control("DELETE", "/faults?name=other")
    assert await client.get("/api/user/device") == ""
    await control("POST", "/faults", {"name": "empty_body"})
    await control("DELETE", "/faults")
    assert (await control("POST", "/quirks", {"device_list": "bare"}))["device_list"] == "bare"
    assert isinstance(await client.get("/api/user/device"), list)


async def test_connections_and_accounts(cloud, client, control):
    async with client.connect() as frames:
        assert await control("POST", "/connections/drop", {"how": "close"}) == {"dropped": 1}
        assert await frames.receive() is None
    apikey = cloud.account.apikey
    await control("POST", f"/accounts/{apikey}/expire_tokens")
    assert (await client.get("/api/user/device"))["error"] == 402
    await client.login()
    await control("POST", f"/accounts/{apikey}/sign_in_elsewhere")
    assert (await client.get("/api/user/device"))["error"] == 401
    added = await control("POST", "/accounts", {"email": "new@example.com", "region": "us"})
    assert added["region"] == "us"
    assert cloud.accounts.find("new@example.com") is not None


async def test_codes_and_stock(client, control):
    await client.post("/api/sms", {"sendType": "0", "email": "new@example.com"}, signed=True)
    (code,) = await control("GET", "/verification_codes")
    assert (code["address"], code["purpose"], len(code["code"])) == ("new@example.com", "0", 4)
    stock = {one["deviceid"]: one for one in await control("GET", "/stock")}
    door = stock["a480000101"]
    assert (door["uiid"], door["gateway"]) == (3026, "1000000012")
    sticker = {"id": stock["1000000103"]["gsm_id"], "name": "Cabin"}
    assert (await client.post("/api/user/device/addGsm", sticker))["deviceid"] == "1000000103"


async def test_sharing_and_timers(cloud, control):
    neighbour = cloud.accounts.find("neighbour@example.com")
    path, whom = "/devices/1000000001", {"to": "neighbour@example.com"}
    assert (await control("POST", f"{path}/share", {**whom, "permit": 3}))["shared_to"] == [neighbour.apikey]
    assert cloud.devices["1000000001"].shares[neighbour.apikey].permit == 3
    assert (await control("POST", f"{path}/unshare", whom))["shared_to"] == []
    assert (await control("POST", f"{path}/offer", whom))["error"] == 504
    assert await control("POST", f"/accounts/{neighbour.apikey}/on_share", {"mode": "sing"}) == 400
    await control("POST", f"/accounts/{neighbour.apikey}/on_share", {"mode": "accept"})
    assert await control("POST", f"{path}/offer", whom) == {"error": 0, "result": 2}
    timer = {
        "enabled": 1,
        "mId": "one",
        "type": "once",
        "coolkit_timer_type": "once",
        "at": "2999-01-01T00:00:00.000Z",
        "do": {"switch": "on"},
    }
    assert cloud.devices["1000000001"].execute({"timers": [timer]}).error == 0
    assert (await control("POST", f"{path}/run_timers"))["params"]["switch"] == "off"
    assert (await control("POST", f"{path}/run_timers", {"until": 4e10}))["params"]["switch"] == "on"


async def test_apps(cloud, control):
    app_id = cloud.free_app.app_id
    shown = {one["app_id"]: one for one in await control("GET", "/apps")}[app_id]
    assert (shown["plan"], shown["quota"]) == ("personal", 50_000)
    assert cloud.free_app.secret not in str(shown)
    changes = {"redirect_url": "http://localhost", "withdrawn": ["homes"], "quota": 5, "expired": True}
    changed = await control("POST", f"/apps/{app_id}/change", changes)
    assert {key: changed[key] for key in changes} == changes
    assert cloud.free_app.withdrawn == {"homes"}
    added = await control("POST", "/apps", {"app_id": "new", "secret": "s", "refused": 407})
    assert added["refused"] == cloud.accounts.apps["new"].refused == 407


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/apps", {"app_id": "x"}, 400),
        ("/apps", {"app_id": "x", "secret": "s", "colour": 1}, 400),
        ("/apps/none/change", {}, 404),
        ("/apps/APP/change", {"secret": "x"}, 400),
        ("/apps/APP/change", {"quota": "5"}, 400),
        ("/apps/APP/change", {"withdrawn": ["nothing"]}, 400),
        ("/apps/APP/change", {"plan": "gold"}, 400),
        ("/apps/APP/change", {"refused": 401}, 400),
        ("/codes", {"app_id": "none"}, 400),
        ("/codes/age", {"seconds": "x"}, 400),
        ("/devices/1000000001/firmware", {}, 400),
    ],
)
async def test_what_v2_has_refused(cloud, control, path, body, status):
    assert await control("POST", path.replace("APP", cloud.app_id), body) == status
    assert "x" not in cloud.accounts.apps


async def test_codes_and_the_end_of_a_permission(cloud, control, v2_of):
    client = v2_of(app=cloud.free_app)
    given = await control("POST", "/codes")
    assert given["region"] == "eu"
    assert await control("POST", "/codes/age") == {"codes": 1}
    assert (await client.exchange(given["code"]))["error"] == 405
    data = (await client.exchange((await control("POST", "/codes"))["code"]))["data"]
    client.at = data["accessToken"]
    assert (await client.homes())["familyList"]
    await control("POST", f"/accounts/{cloud.account.apikey}/unbind")
    assert (await client.get("/v2/family"))["error"] == 401


async def test_homes_and_firmware(cloud, control):
    flat, cottage, *_ = await control("GET", "/homes")
    assert (flat["name"], cottage["name"], list(cottage["devices"])) == ("Flat", "Cottage", ["1000000013"])
    told = await control("POST", "/devices/1000000001/firmware", {"version": "3.6.0", "fails": True})
    assert told["firmware"] == "3.6.0"
    assert cloud.devices["1000000001"].upgrade_fails


def test_every_call_is_described(cloud, request):
    router = UrlDispatcher()
    Control(cloud).add_routes(router)
    calls = {
        resource.canonical.removesuffix("/{deviceid}").rpartition("/")[2] for resource in router.resources()
    }
    text = (request.config.rootpath / "docs/simulator.md").read_text(encoding="utf-8")
    table = text.partition("## Control address")[2].partition("\n## ")[0]
    told = re.findall(r"(?:/_sim|…|\})(?:/[a-z_]+)*/([a-z_]+)", table)
    assert set(told) == calls
