"""What every request is checked for."""

import asyncio
import json

import pytest

from simulator import Simulator
from tests.simulator.client import Frames, RawClient, nonce, signature


def rules(cloud):
    return {(violation.rule, violation.detail) for violation in cloud.violations}


async def test_wrong_signature(cloud, client_of):
    client = client_of()
    client.secret = "wrong"
    assert (await client.login())["error"] == 406
    assert ("signature", "wrong") in rules(cloud)


async def test_no_signature(cloud, client_of):
    client = client_of()
    answer = await client.post(
        "/api/user/login", {"email": "demo@example.com", "password": "demo-password"}, authorization="Sign"
    )
    assert answer["error"] == 406
    assert ("signature", "missing") in rules(cloud)


async def test_signature_of_other_bytes_than_those_sent(client_of):
    client = client_of()
    values = {**client.general(), "email": "demo@example.com", "password": "demo-password"}
    sent, signed = json.dumps(values), json.dumps(values, separators=(",", ":"))
    answer = await client.post(
        "/api/user/login",
        raw=sent.encode(),
        authorization=f"Sign {signature(client.secret, signed.encode())}",
    )
    assert answer["error"] == 406


async def test_signature_of_a_query_is_over_unencoded_values(cloud, client_of):
    answer = await client_of().get("/api/user/region", {"country_code": "8 6&@"}, signed=True)
    assert answer["error"] == 0
    assert cloud.violations == []


async def test_no_token(cloud, client):
    assert (await client.get("/api/user/device", authorization="Bearer "))["error"] == 401
    assert (await client.get("/api/user/device", authorization="Bearer unknown"))["error"] == 401
    assert ("Authorization", "no Bearer token") in rules(cloud)


@pytest.mark.parametrize("key", ["appid", "nonce", "ts", "version"])
async def test_signed_calls_need_every_general_parameter(cloud, client_of, key):
    client = client_of()
    answer = await client.post(
        "/api/user/login",
        {"email": "demo@example.com", "password": "demo-password"},
        signed=True,
        drop=[key],
    )
    assert answer["error"] == 406
    assert cloud.violations


@pytest.mark.parametrize("key", ["nonce", "ts", "version"])
async def test_later_calls_are_served_without_some_and_recorded(cloud, client, key):
    assert (await client.get("/api/user/device", drop=[key]))["error"] == 0
    assert ("general parameter", f"{key} is missing") in rules(cloud)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"nonce": "short"}, "nonce is not 8 of a-z, A-Z, 0-9"),
        ({"nonce": "with-das"}, "nonce is not 8 of a-z, A-Z, 0-9"),
        ({"ts": 1234567890}, "ts is far from now"),
        ({"ts": 1571141259123}, "ts has not 10 digits"),
        ({"ts": "1571141259"}, "ts is not a number"),
        ({"version": "8"}, "version is not the number 8"),
        ({"version": 6}, "version is not the number 8"),
    ],
)
async def test_general_parameters_are_recorded_and_served(cloud, client, change, detail):
    answer = await client.post("/dispatch/app", {"accept": "ws", **change})
    assert answer["error"] == 0
    assert rules(cloud) == {("general parameter", detail)}


async def test_a_nonce_is_used_once(cloud, client):
    once = nonce()
    for _ in range(2):
        assert (await client.get("/api/user/device", {"nonce": once}))["error"] == 0
    assert rules(cloud) == {("general parameter", "nonce was used before")}


async def test_content_type(cloud, client):
    answer = await client.post("/dispatch/app", {"accept": "ws"}, headers={"Content-Type": "text/plain"})
    assert answer["error"] == 0
    assert rules(cloud) == {("Content-Type", "text/plain")}


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'"text"', pytest.param(b"[" * 100_000, id="deep")])
async def test_a_body_that_is_no_object(cloud, client, raw):
    assert (await client.post("/dispatch/app", raw=raw))["error"] == 400
    assert ("body", "not a JSON object") in rules(cloud)


async def test_unknown_fields_are_recorded(cloud, client):
    assert (await client.post("/dispatch/app", {"accept": "ws", "imei": "1"}))["error"] == 0
    assert rules(cloud) == {("unknown field", "imei")}


async def test_parameters_in_the_wrong_place(cloud, client):
    await client.get("/api/user/device", raw=b"")
    assert cloud.violations == []
    status, answer = await client.send("POST", "/dispatch/app?accept=ws", {"accept": "ws"})
    assert (status, answer["error"]) == (200, 0)
    assert {rule for rule, _ in rules(cloud)} == {"query"}


@pytest.mark.parametrize(
    ("params", "detail"),
    [
        ({}, "accept is missing"),
        ({"accept": "tcp"}, "accept is not ws"),
        ({"accept": 1}, "accept is no text"),
        ({"accept": None}, "accept is null"),
    ],
)
async def test_fields_that_are_essential(cloud, client, params, detail):
    assert (await client.post("/dispatch/app", params))["error"] == 400
    assert rules(cloud) == {("field", detail)}


async def test_the_token_of_another_app(cloud, client):
    cloud.add_app("other", "secret")
    client.app_id = "other"
    assert (await client.get("/api/user/device"))["error"] == 403
    client.app_id = "unknown"
    assert (await client.get("/api/user/device"))["error"] == 403


async def test_the_pace_of_calls(http):
    async with Simulator() as cloud:
        client = RawClient(cloud, http)
        await client.login()
        for _ in range(10):
            await client.get("/api/user/device")
        assert cloud.violations == []
        for _ in range(12):
            await client.get("/api/user/device")
        assert {violation.rule for violation in cloud.violations} == {"pace of calls"}


async def test_the_pace_of_frames(http):
    async with Simulator(frame_gap=0.3) as cloud:
        client = RawClient(cloud, http)
        await client.login()
        async with client.connect() as frames:
            for switch in ("on", "off", "on"):
                await frames.update("1000000001", {"switch": switch})
                await asyncio.sleep(0.32)
            assert cloud.violations == []
            await frames.update("1000000001", {"switch": "on"})
            await frames.update("1000000001", {"switch": "off"})
        assert [violation.rule for violation in cloud.violations] == ["pace of frames"]


async def test_the_pace_of_handshakes(http):
    async with Simulator() as cloud:
        client = RawClient(cloud, http)
        await client.login()
        answer = await client.post("/dispatch/app", {"accept": "ws"})
        for _ in range(12):
            async with http.ws_connect(f"ws://127.0.0.1:{answer['port']}/api/ws") as ws:
                assert (await Frames(client, ws).shake_hands())["error"] == 0
        assert {violation.rule for violation in cloud.violations} == {"pace of handshakes"}


async def test_requests_are_logged_without_secrets(cloud, client):
    await client.devices()
    log = [(one.interface, one.region) for one in cloud.requests]
    assert log == [("login", None), ("devices", None)]
    text = str(cloud.requests)
    assert "demo-password" not in text
    assert client.at not in text


async def test_stop_leaves_nothing(http):
    async with Simulator(autonomous=True, step=0.01) as cloud:
        client = RawClient(cloud, http)
        await client.login()
        async with client.connect() as frames:
            assert (await frames.receive())["action"] == "update"
            await cloud.stop()
            while await frames.receive() is not None:
                pass
        assert not cloud.connections
        assert not cloud.core._tasks


async def test_loopback_only():
    with pytest.raises(ValueError, match="loopback"):
        await Simulator().start(host="0.0.0.0")  # noqa: S104  what must be refused
