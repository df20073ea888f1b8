"""The persistent connection: handshake, heartbeat, commands, queries, pushes."""

import asyncio

import pytest

from simulator import dispatch

SWITCH = "1000000001"


def details(cloud):
    return {violation.detail for violation in cloud.violations}


async def test_dispatch(cloud, client):
    answer = await client.post("/dispatch/app", {"accept": "ws"})
    assert answer == {
        "IP": "127.0.0.1",
        "port": cloud.port,
        "domain": "127.0.0.1",
        "reason": "ok",
        "error": 0,
    }


async def test_handshake(cloud, client):
    async with client.connect(handshake=False) as frames:
        answer = await frames.shake_hands(sequence="1571141530100")
        assert answer == {
            "error": 0,
            "apikey": cloud.account.apikey,
            "config": {"hb": 1, "hbInterval": 145},
            "sequence": "1571141530100",
        }
        assert [session.account for session in cloud.connections] == [cloud.account]
    assert cloud.violations == []


async def test_forms_of_the_handshake(cloud, client):
    cloud.quirks.heartbeat_flag = "hbl"
    cloud.quirks.heartbeat_interval = None
    cloud.quirks.handshake_omit_error = True
    cloud.quirks.sequence = "number"
    async with client.connect(sequence="1571141530100") as frames:
        assert frames.handshake == {
            "apikey": cloud.account.apikey,
            "config": {"hbl": 1},
            "sequence": 1571141530100,
        }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"at": "f" * 40}, 401),
        ({"apikey": "wrong"}, 401),
        ({"appid": "unknown"}, 403),
        ({"at": 5}, 400),
        ({"drop": ["at"]}, 400),
        ({"drop": ["apikey"]}, 400),
        ({"drop": ["sequence"]}, 400),
    ],
)
async def test_handshake_refused(cloud, client, change, code):
    async with client.connect(**change) as frames:
        assert frames.handshake["error"] == code
        assert await frames.receive() is None
    assert not cloud.connections


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"drop": ["nonce"]}, "nonce is missing"),
        ({"nonce": "x"}, "nonce is not 8 of a-z, A-Z, 0-9"),
        ({"ts": 5}, "ts has not 10 digits"),
        ({"version": 6}, "version is not the number 8"),
        ({"userAgent": "web"}, "userAgent is not app"),
        ({"sequence": 1571141530100}, "not a string"),
        ({"sequence": "1"}, "not 13 digits"),
        ({"model": "phone"}, "model"),
    ],
)
async def test_handshake_recorded_and_served(cloud, client, change, detail):
    async with client.connect(**change) as frames:
        assert frames.handshake["error"] == 0
    assert details(cloud) == {detail}


async def test_handshake_with_a_replaced_or_expired_token(cloud, client):
    async with client.connect(handshake=False) as frames:
        await cloud.sign_in_elsewhere(cloud.account)
        assert (await frames.shake_hands())["error"] == 406
    await client.login()
    async with client.connect(handshake=False) as frames:
        cloud.expire_tokens(cloud.account)
        assert (await frames.shake_hands())["error"] == 402


async def test_handshake_with_a_refused_app(cloud, client):
    async with client.connect(handshake=False) as frames:
        cloud.add_app(cloud.app_id, cloud.app_secret, refused=407)
        assert (await frames.shake_hands())["error"] == 407


async def test_handshake_comes_first(cloud, client):
    async with client.connect(handshake=False) as frames:
        await frames.send(frames.frame("query", SWITCH, []))
        assert await frames.receive() is None
    assert details(cloud) == {"the first frame is no handshake"}


async def test_the_older_connection_is_closed(client):
    async with client.connect() as older, client.connect() as newer:
        assert await older.receive() is None
        assert (await newer.query(SWITCH, ["switch"]))["params"] == {"switch": "off"}


async def test_heartbeat(cloud, client):
    async with client.connect() as frames:
        assert await frames.ask("ping") == "pong"
        assert cloud.connections[0].pings == 1
        cloud.connections[0]._last_ping -= 153
        assert await frames.ask("ping") == "pong"
    assert details(cloud) == {"153 s without a ping"}


async def test_a_ping_before_the_handshake(cloud, client):
    async with client.connect(handshake=False) as frames:
        assert await frames.ask("ping") == "pong"
    assert details(cloud) == {"a ping before it"}


async def test_silence_ends_the_connection(cloud, client, monkeypatch):
    monkeypatch.setattr(dispatch, "SILENCE", 0.05)
    async with client.connect() as frames:
        assert await frames.receive() is None
        assert frames.ws.close_code == 1006


async def test_a_watch_woken_early_waits_on(cloud, client):
    async with client.connect() as frames:
        cloud.connections[0]._watch_silence()
        assert (await frames.query(SWITCH, ["switch"]))["error"] == 0


async def test_command_and_answer(cloud, client):
    async with client.connect() as frames:
        answer = await frames.update(SWITCH, {"switch": "on"}, sequence="1585297259553")
        assert answer == {
            "error": 0,
            "deviceid": SWITCH,
            "apikey": cloud.account.apikey,
            "sequence": "1585297259553",
        }
        assert await frames.nothing_within() is True
    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert cloud.violations == []


@pytest.mark.parametrize(("form", "type_"), [("text", str), ("number", int)])
async def test_sequence_echoed_as(cloud, client, form, type_):
    cloud.quirks.sequence = form
    async with client.connect() as frames:
        assert type((await frames.update(SWITCH, {"switch": "on"}))["sequence"]) is type_


async def test_answer_without_error(cloud, client):
    cloud.quirks.omit_error = True
    async with client.connect() as frames:
        assert "error" not in await frames.update(SWITCH, {"switch": "on"})
        assert (await frames.update(SWITCH, {"switch": "up"}))["error"] == 400


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"ts": 1571141530}, "ts is not 0"),
        ({"drop": ["ts"]}, "ts is missing"),
        ({"sequence": 1571141530100}, "not a string"),
        ({"sequence": "12"}, "not 13 digits"),
        ({"userAgent": "web"}, "userAgent is not app"),
        ({"drop": ["userAgent"]}, "userAgent is missing"),
        ({"extra": 1}, "extra"),
    ],
)
async def test_frames_recorded_and_served(cloud, client, change, detail):
    async with client.connect() as frames:
        assert (await frames.update(SWITCH, {"switch": "on"}, **change))["error"] == 0
    assert details(cloud) == {detail}


async def test_the_same_sequence_twice(cloud, client):
    async with client.connect() as frames:
        for _ in range(2):
            assert (await frames.query(SWITCH, sequence="1585297259553"))["error"] == 0
    assert details(cloud) == {"used before on this connection"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"drop": ["deviceid"]}, 400),
        ({"deviceid": "unknown"}, 400),
        ({"drop": ["params"]}, 400),
        ({"params": ["switch"]}, 400),
        ({"apikey": "wrong"}, 400),
        ({"selfApikey": "wrong"}, 403),
        ({"action": "dance"}, 400),
        ({"drop": ["action"]}, 400),
    ],
)
async def test_frames_refused(client, change, code):
    async with client.connect() as frames:
        assert (await frames.update(SWITCH, {"switch": "on"}, **change))["error"] == code


async def test_frames_that_are_nothing(cloud, client):
    async with client.connect() as frames:
        await frames.send("nonsense")
        await frames.send("[]")
        await frames.ws.send_bytes(b"ping")
        assert await frames.ask("ping") == "pong"
    assert details(cloud) == {"not a JSON object", "BINARY instead of text"}


async def test_query(client, cloud):
    async with client.connect() as frames:
        assert (await frames.query(SWITCH))["params"] == cloud.devices[SWITCH].params
        assert (await frames.query(SWITCH, ["switch", "nothing"]))["params"] == {"switch": "off"}
        assert (await frames.query("1000000013"))["error"] == 503
        cloud.devices[SWITCH].answer = "silent"
        await frames.send(frames.frame("query", SWITCH, []))
        assert await frames.nothing_within() is True


async def test_pushes_to_other_clients(cloud, client, client_of):
    cloud.add_app("phone", "phone-secret")
    phone = client_of()
    phone.app_id, phone.secret = "phone", "phone-secret"
    await phone.login()
    async with client.connect() as frames, phone.connect() as others:
        await others.update(SWITCH, {"switch": "on"})
        pushes = [await frames.receive() for _ in range(2)]
        assert [(push["action"], push["userAgent"], push["params"]) for push in pushes] == [
            ("update", "app", {"switch": "on"}),
            ("update", "device", {"switch": "on"}),
        ]
        assert await others.nothing_within() is True


async def test_report_to_the_sender(cloud, client):
    cloud.quirks.report_to_sender = True
    async with client.connect() as frames:
        await frames.send(frames.frame("update", SWITCH, {"switch": "on"}))
        assert (await frames.receive())["userAgent"] == "device"
        assert (await frames.receive())["error"] == 0


async def test_a_shared_device(cloud, client, client_of):
    garage = cloud.devices["1000000015"]
    neighbour = client_of(garage.owner)
    await neighbour.login()
    async with client.connect() as frames, neighbour.connect() as theirs:
        assert (await frames.update(garage.deviceid, {"switch": "on"}))["error"] == 0
        push = await theirs.receive()
        assert (push["apikey"], push["params"]) == (garage.owner.apikey, {"switch": "on"})
        assert cloud.violations == []
        answer = await frames.update(garage.deviceid, {"switch": "off"}, drop=["selfApikey"])
        assert answer["error"] == 403
        answer = await frames.update(garage.deviceid, {"switch": "off"}, apikey=cloud.account.apikey)
        assert answer["error"] == 400
        await garage.press()
        await theirs.receive()
        assert (await frames.receive())["params"] == {"switch": "off"}


async def test_an_offline_device(cloud, client):
    async with client.connect() as frames:
        assert (await frames.update("1000000013", {"switch": "on"}))["error"] == 503
        cloud.devices["1000000013"].answer = "silent"
        await frames.send(frames.frame("update", "1000000013", {"switch": "on"}))
        assert await frames.nothing_within() is True
    assert cloud.devices["1000000013"].received == []


async def test_answers_of_a_device(cloud, client):
    device = cloud.devices[SWITCH]
    device.late_by = 0.05
    async with client.connect() as frames:
        for mode, code in (("offline", 503), ("refuse", 400), ("executed_unconfirmed", 504), ("late", 0)):
            device.answer = mode
            device.params["switch"] = "off"
            assert (await frames.update(SWITCH, {"switch": "on"}))["error"] == code
            executed = mode in {"executed_unconfirmed", "late"}
            assert device.params["switch"] == ("on" if executed else "off")
        device.answer = "late"
        late, prompt = (
            frames.frame("update", SWITCH, {"switch": "off"}),
            frames.frame("query", SWITCH, ["switch"]),
        )
        await frames.send(late)
        await frames.send(prompt)
        assert (await frames.receive())["sequence"] == prompt["sequence"]
        assert (await frames.receive())["sequence"] == late["sequence"]


async def test_a_command_that_is_lost_was_executed(cloud, client):
    device = cloud.devices[SWITCH]
    device.answer = "lost"
    async with client.connect() as frames:
        await frames.send(frames.frame("update", SWITCH, {"switch": "on"}))
        await frames.send(frames.frame("query", SWITCH, ["switch"]))
        assert await frames.nothing_within() is True
    assert device.params["switch"] == "on"


async def test_raw_pushes(cloud, client):
    async with client.connect() as frames:
        await cloud.push(None, {"action": "reportSubDevice", "deviceid": SWITCH})
        assert (await frames.receive())["action"] == "reportSubDevice"
        await cloud.push(cloud.account, "pong")
        assert await frames.receive() == "pong"
        await cloud.push(cloud.devices["1000000015"].owner, {"action": "notify"})
        assert await frames.nothing_within() is True


@pytest.mark.parametrize(("how", "code"), [("abort", 1006), ("close", 1000)])
async def test_drop_connections(cloud, client, how, code):
    async with client.connect() as frames:
        await cloud.drop_connections(how)
        assert await frames.receive() is None
        assert frames.ws.close_code == code
        assert not cloud.connections


async def test_a_silent_server(cloud, client):
    async with client.connect() as frames:
        await cloud.drop_connections("silent")
        await frames.send("ping")
        await cloud.devices[SWITCH].press()
        assert await frames.nothing_within() is True
        assert not frames.ws.closed


async def test_a_client_that_vanishes(cloud, client):
    async with client.connect() as frames:
        frames.ws._response.connection.transport.abort()
        for _ in range(100):
            if not cloud.connections:
                break
            await asyncio.sleep(0.01)
        assert not cloud.connections
    await cloud.devices[SWITCH].press()


async def test_what_happened_while_a_device_was_away(cloud, client):
    device = cloud.devices[SWITCH]
    async with client.connect() as frames:
        await device.set_online(False)
        assert (await frames.receive())["params"] == {"online": False}
        await device.press()
        assert await frames.nothing_within() is True
        await device.set_online(True)
        assert [(await frames.receive())["params"] for _ in range(2)] == [{"online": True}, {"switch": "on"}]
