"""Each fault, on demand."""

import asyncio
from dataclasses import fields
import json
import re

import aiohttp
import pytest

from simulator import Faults, Quirks
from simulator.devices import ANSWERS, METERS_OFF
from simulator.faults import KNOWN
from simulator.interfaces import INTERFACES
from simulator.sensors import Thermostat

SWITCH = "1000000001"
LIST = "/api/user/device"


async def test_gateway_page(cloud, client):
    for status in (502, 503, 504):
        cloud.faults.add("gateway_page", status=status)
        answer = await client.send("GET", LIST)
        assert answer[0] == status
        assert answer[1].startswith("<html>")
    assert (await client.get(LIST))["error"] == 0


@pytest.mark.parametrize(
    ("form", "status", "answer"),
    [
        ("text", 404, "404 Not Found\n"),
        ("message", 404, {"message": "no Route matched with those values"}),
        ("phrase", 200, {"error": 404, "msg": "404 Not Found"}),
        ("code", 200, {"code": 404, "msg": "Not Found"}),
    ],
)
async def test_forms_of_a_gateway_page(cloud, client, form, status, answer):
    cloud.faults.add("gateway_page", status=404, form=form)
    found_status, found = await client.send("GET", LIST)
    assert (found_status, found) == (status, answer)


async def test_a_gateway_page_in_json(cloud, client):
    cloud.faults.add("gateway_page", status=404, form="json")
    answer = await client.get(LIST)
    assert answer["error"] == 404
    assert answer["msg"].startswith("<html>")
    cloud.faults.add("gateway_page", status=404, form="nested")
    inner = json.loads((await client.get(LIST))["msg"])
    assert inner == answer


async def test_empty_body(cloud, client):
    cloud.faults.add("empty_body", interface="dispatch")
    assert (await client.get(LIST))["error"] == 0
    assert await client.post("/dispatch/app", {"accept": "ws"}) == ""


async def test_nested_error(cloud, client):
    cloud.faults.add("nested_error")
    assert await client.get(LIST) == {
        "error": 406,
        "msg": '{"error": 401, "msg": "Bearer:accessToken is empty"}',
    }


async def test_wrong_type(cloud, client):
    for body in ("ok", None, 5, [], {"error": {}}):
        cloud.faults.add("wrong_type", body=body)
        assert await client.get(LIST) == body


async def test_http_status(cloud, client):
    cloud.faults.add("http_status", status=403, code=412)
    assert await client.send("GET", LIST) == (403, {"error": 412, "msg": "refused"})


@pytest.mark.parametrize("interface", ["region", "login", "refresh"])
async def test_any_error_before_sign_in(cloud, client_of, interface):
    client = client_of()
    cloud.faults.add("error", interface=interface, code=500, text="server error")
    params = {"region": {}, "login": {}, "refresh": {"grantType": "refresh", "rt": "x"}}[interface]
    if interface == "login":
        assert (await client.login())["error"] == 500
    else:
        assert (await client.get(f"/api/user/{interface}", params, signed=True))["msg"] == "server error"


CODES = {
    "region": (400, 406, 500),
    "sms": (301, 400, 401, 409, 500, 504, 160038),
    "register": (401, 409, 498, 500),
    "login": (301, 400, 401, 402, 403, 404, 406, 407, 412, 500),
    "reset_password": (400, 401, 403, 498, 500),
    "change_password": (400, 401, 402, 500),
    "refresh": (400, 401, 402),
    "devices": (401, 402, 403, 500),
    "device": (400, 401),
    "read_status": (400, 401, 402),
    "write_status": (400, 401, 402, 504),
    "add_device": (400, 401, 500),
    "add_gsm": (400, 404, 500),
    "delete_device": (400, 401, 403, 500),
    "rename_device": (400, 401, 403, 500),
    "tags": (400, 401, 500),
    "add_group": (400, 401, 500),
    "edit_group": (400, 401, 500),
    "delete_group": (400, 401, 500),
    "group_device": (400, 401, 500),
    "groups": (400, 401, 500),
    "dispatch": (400, 401, 402, 403, 500),
}


def test_no_interface_is_forgotten():
    assert CODES.keys() == {interface.name for interface in INTERFACES}


@pytest.mark.parametrize("interface", INTERFACES, ids=lambda interface: interface.name)
async def test_every_code_of_every_interface(cloud, client, interface):
    path = interface.path.format(deviceid=SWITCH)
    for code in CODES[interface.name]:
        cloud.faults.add("error", interface=interface.name, code=code)
        _, answer = await client.send(interface.method, path, signed=interface.signed)
        assert answer["error"] == code
    assert not list(cloud.faults)


@pytest.mark.parametrize("action", ["update", "query", "share", "updateShare", "cancelShare"])
async def test_every_code_of_every_action(cloud, client, action):
    async with client.connect() as frames:
        for code in (400, 401, 403, 406, 411, 500, 503, 504):
            cloud.faults.add("error", interface=action, code=code)
            assert (await frames.update(SWITCH, {}, action=action))["error"] == code


async def test_redirect(cloud, client):
    cloud.faults.add("redirect", region="us")
    assert await client.get(LIST) == {"error": 301, "region": "us"}


async def test_no_answer(cloud, client):
    cloud.faults.add("no_answer", interface="devices")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.get(LIST)


async def test_an_answer_that_is_held_back_is_that_of_its_moment(cloud, client):
    fault = cloud.faults.add("held_answer", interface="devices")
    waiting = asyncio.create_task(client.devices())
    await asyncio.sleep(0.05)
    assert fault.taken
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    assert not waiting.done()
    fault.release()
    assert await waiting != await client.devices()


async def test_late_answer(cloud, client):
    cloud.faults.add("late_answer", interface="devices", delay=0.01)
    assert (await client.get(LIST))["error"] == 0
    fault = cloud.faults.add("late_answer", interface="devices")
    waiting = asyncio.ensure_future(client.get(LIST))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    fault.release()
    assert (await waiting)["error"] == 0


async def test_disconnect(cloud, client):
    # Every time: the HTTP client asks once more by itself when a connection that it kept is cut.
    cloud.faults.add("disconnect", interface="devices", count=None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(LIST)


async def test_refresh_same_rt(cloud, client):
    cloud.faults.add("refresh_same_rt", interface="refresh")
    answer = await client.get("/api/user/refresh", {"grantType": "refresh", "rt": client.rt}, signed=True)
    assert answer["rt"] == client.rt
    assert answer["at"] != client.at


async def test_refresh_refused(cloud, client):
    cloud.faults.add("refresh_refused")
    answer = await client.get("/api/user/refresh", {"grantType": "refresh", "rt": client.rt}, signed=True)
    assert answer["error"] == 401


async def test_lists_that_lack_devices(cloud, client):
    cloud.faults.add("list_empty", interface="devices")
    assert await client.devices() == []
    cloud.faults.add("list_partial")
    assert len(await client.devices()) == 10
    cloud.faults.add("list_partial", missing=[SWITCH])
    assert SWITCH not in {item["deviceid"] for item in await client.devices()}
    assert len(await client.devices()) == 19


async def test_what_a_list_says_of_being_online(cloud, client):
    cloud.faults.add("list_online", devices=[SWITCH])
    listed = {item["deviceid"]: item["online"] for item in await client.devices()}
    assert not listed.pop(SWITCH)
    assert any(listed.values())
    cloud.faults.add("list_online", online="absent")
    assert all("online" not in item for item in await client.devices())
    assert all("online" in item for item in await client.devices())


async def test_a_push_overtakes_a_slow_list(cloud, client):
    fault = cloud.faults.add("list_slow")
    async with client.connect() as frames:
        listing = asyncio.ensure_future(client.devices())
        while not fault.taken:  # noqa: ASYNC110 - the simulator tells no one
            await asyncio.sleep(0.005)
        await cloud.devices[SWITCH].press()
        assert (await frames.receive())["params"] == {"switch": "on"}
        fault.release()
        listed = {item["deviceid"]: item for item in await listing}
        assert listed[SWITCH]["params"]["switch"] == "off"


async def test_dispatch_host(cloud, client):
    cloud.faults.add("dispatch_host")
    assert (await client.post("/dispatch/app", {"accept": "ws"}))["domain"].endswith(".invalid")
    cloud.faults.add("dispatch_host", domain="127.0.0.1", port=9)
    answer = await client.post("/dispatch/app", {"accept": "ws"})
    assert (answer["domain"], answer["port"]) == ("127.0.0.1", 9)


async def test_handshake_faults(cloud, client):
    cloud.faults.add("handshake_error")
    async with client.connect() as frames:
        assert (frames.handshake["error"], frames.handshake["reason"]) == (406, "refused")
        assert await frames.receive() is None
    cloud.faults.add("handshake_error", reason="signed in elsewhere")
    async with client.connect() as frames:
        assert frames.handshake["reason"] == "signed in elsewhere"
    cloud.faults.add("handshake_error", code=500, reason=False)
    async with client.connect() as frames:
        assert frames.handshake["error"] == 500
        assert "reason" not in frames.handshake
    cloud.faults.add("handshake_close")
    async with client.connect() as frames:
        assert frames.handshake is None
        assert frames.ws.close_code == 1000
    cloud.faults.add("no_answer", interface="handshake")
    async with client.connect(handshake=False) as frames:
        await frames.send({"action": "userOnline"})
        assert await frames.nothing_within() is True


async def test_no_pong(cloud, client):
    cloud.faults.add("no_pong", count=None)
    async with client.connect() as frames:
        for _ in range(2):
            await frames.send("ping")
        assert await frames.nothing_within() is True
        cloud.faults.clear("no_pong")
        assert await frames.ask("ping") == "pong"
        assert cloud.connections[0].pings == 3


async def test_answers_to_commands(cloud, client):
    async with client.connect() as frames:
        cloud.faults.add("other_sequence", interface="update")
        frame = frames.frame("update", SWITCH, {"switch": "on"})
        assert (await frames.ask(frame))["sequence"] != frame["sequence"]
        cloud.faults.add("executed_504", deviceid=SWITCH)
        assert (await frames.update(SWITCH, {"switch": "off"}))["error"] == 504
        assert cloud.devices[SWITCH].params["switch"] == "off"
        cloud.faults.add("executed_no_answer", interface="update")
        push = await frames.update(SWITCH, {"switch": "on"})
        assert (push["action"], push["userAgent"], push["params"]) == ("update", "device", {"switch": "on"})
        assert await frames.nothing_within() is True
        cloud.faults.add("no_answer", interface="update")
        await frames.send(frames.frame("update", SWITCH, {"switch": "off"}))
        assert await frames.nothing_within() is True
        assert cloud.devices[SWITCH].params["switch"] == "off"
        cloud.faults.add("late_answer", interface="update", delay=0.03)
        assert (await frames.update(SWITCH, {"switch": "on"}))["error"] == 0
        cloud.faults.add("error", interface="update", code=411)
        assert (await frames.update(SWITCH, {"switch": "off"}))["error"] == 411
        assert cloud.devices[SWITCH].params["switch"] == "on"
        cloud.faults.add("disconnect", interface="update")
        assert await frames.update(SWITCH, {"switch": "off"}) is None
        assert cloud.devices[SWITCH].params["switch"] == "off"


@pytest.mark.parametrize("executed", [True, False])
async def test_cut_midway(cloud, client, executed):
    cloud.faults.add("cut_midway", executed=executed)
    async with client.connect() as frames:
        assert await frames.update(SWITCH, {"switch": "on"}) is None
    assert cloud.devices[SWITCH].params["switch"] == ("on" if executed else "off")
    assert cloud.devices[SWITCH].received == [{"switch": "on"}]


async def test_how_long_a_fault_lasts(cloud, client):
    cloud.faults.add("empty_body", count=2)
    assert [await client.get(LIST) for _ in range(2)] == ["", ""]
    assert (await client.get(LIST))["error"] == 0
    cloud.faults.add("empty_body", count=None, seconds=0.0)
    assert (await client.get(LIST))["error"] == 0
    cloud.faults.add("empty_body", count=None)
    assert [fault.name for fault in cloud.faults] == ["empty_body"]
    cloud.faults.clear()
    assert (await client.get(LIST))["error"] == 0


async def test_a_session_that_is_refused(cloud, client):
    cloud.faults.add("session_refused", interface="devices", code=402)
    cloud.faults.add("session_refused", interface="groups", form="code")
    assert (await client.get("/api/group"))["code"] == 401
    assert (await client.get(LIST))["error"] == 402
    assert (await client.get(LIST))["error"] == 0
    cloud.faults.add("session_refused", code=301)
    assert (await client.get(LIST))["region"] == "us"


async def test_a_session_that_is_refused_for_a_while(cloud, client):
    cloud.faults.add("session_refused", code=407, count=None, seconds=0.2)
    assert (await client.get(LIST))["error"] == 407
    # The sign-in is none of it.
    assert "at" in await client.login()
    await asyncio.sleep(0.25)
    assert (await client.get(LIST))["error"] == 0


async def test_a_session_that_is_refused_by_the_connection(cloud, client):
    cloud.faults.add("session_refused", interface="handshake", code=403)
    async with client.connect() as frames:
        assert frames.handshake["error"] == 403
    cloud.faults.add("session_refused", interface="update", code=402)
    async with client.connect() as frames:
        assert (await frames.update(SWITCH, {"switch": "on"}))["error"] == 402
        assert (await frames.update(SWITCH, {"switch": "on"}))["error"] == 0


async def test_a_connection_that_is_cut_after_a_while(cloud, client):
    cloud.faults.add("drop_after", interface="handshake", delay=0.05)
    async with client.connect() as frames:
        assert frames.handshake["error"] == 0
        assert await frames.receive() is None


async def test_clearing_lets_go_what_is_held_back(cloud, client):
    cloud.faults.add("late_answer", interface="devices")
    waiting = asyncio.ensure_future(client.get(LIST))
    await asyncio.sleep(0.02)
    cloud.faults.clear()
    assert (await waiting)["error"] == 0


def test_unknown_faults():
    with pytest.raises(ValueError, match="no fault is called"):
        Faults().add("meteor")
    with pytest.raises(ValueError, match="takes no colour"):
        Faults().add("empty_body", colour="red")
    with pytest.raises(ValueError, match="no interface is called 'logon'"):
        Faults().add("empty_body", interface="logon")


def test_every_fault_and_form_is_described(request):
    text = (request.config.rootpath / "docs/faults.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE))
    assert named == KNOWN.keys() | {one.name for one in fields(Quirks)} | {
        *ANSWERS,
        *METERS_OFF,
        *Thermostat.FAILURES,
    }
