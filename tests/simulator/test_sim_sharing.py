"""Sharing between accounts that are both connected."""

import asyncio

import pytest

from simulator import Simulator
from tests.simulator.client import RawClient

LAMP = "1000000001"
NEIGHBOUR = "neighbour@example.com"


def share(**change):
    return {
        "uid": NEIGHBOUR,
        "deviceName": "Hall lamp",
        "userName": "Demo",
        "permit": 15,
        "shareTime": "1790000000000",
        "note": "Holidays",
        "sender_appid": "app",
        **change,
    }


@pytest.fixture
async def receiver(cloud, client_of):
    receiver = client_of(cloud.accounts.find(NEIGHBOUR))
    await receiver.login()
    return receiver


async def answer(frames, result):
    request = await frames.receive()
    reply = {"error": 0, "result": result} | {key: request[key] for key in ("apikey", "deviceid", "sequence")}
    await frames.send(reply)
    return request


@pytest.mark.parametrize(("result", "shared"), [(2, True), (3, False)])
async def test_share(cloud, client, receiver, result, shared):
    async with client.connect() as frames, receiver.connect() as theirs:
        await frames.send(frames.frame("share", LAMP, share(), drop=["ts"]))
        request = await answer(theirs, result)
        assert (request["action"], request["apikey"]) == ("share", cloud.account.apikey)
        assert request["params"] == share()
        reply = await frames.receive()
        assert (reply["error"], reply["result"], reply["deviceid"]) == (0, result, LAMP)
        assert reply["sequence"] == request["sequence"]
        assert (LAMP in {item["deviceid"] for item in await receiver.devices()}) is shared
        if shared:
            item = await receiver.device(LAMP)
            assert item["sharedBy"]["email"] == "demo@example.com"
            assert item["sharedBy"]["shareTime"] == "1790000000000"
            assert (await theirs.update(LAMP, {"switch": "on"}))["error"] == 0
            assert (await frames.receive())["params"] == {"switch": "on"}
    assert cloud.violations == []


@pytest.mark.parametrize(
    "change", [{"apikey": "other"}, {"error": 1}, {"sequence": 1}, {"userAgent": "app"}, {"error": None}]
)
async def test_an_answer_that_is_not_as_the_request_came_is_recorded(cloud, client, receiver, change):
    async with client.connect() as frames, receiver.connect() as theirs:
        await frames.send(frames.frame("share", LAMP, share(), drop=["ts"]))
        request = await theirs.receive()
        reply = {"error": 0, "result": 3} | {key: request[key] for key in ("apikey", "deviceid", "sequence")}
        if "sequence" in change:
            change = {"sequence": int(request["sequence"])}
        await theirs.send(reply | change)
        assert (await frames.receive())["result"] == 3
    assert [violation.interface for violation in cloud.violations] == ["share"]


async def test_share_refused(cloud, client, receiver):
    cloud.add_account(email="far@example.com", region="us")
    async with client.connect() as frames:
        for params, result in ((share(uid="nobody@example.com"), 1), (share(uid="far@example.com"), 1)):
            assert (await frames.update(LAMP, params, action="share"))["result"] == result
        assert (await frames.update(LAMP, share(), action="share"))["error"] == 504
        cloud.share(cloud.devices[LAMP], receiver.account)
        assert (await frames.update(LAMP, share(), action="share"))["result"] == 4
        assert cloud.violations == []
        for params in (
            share(uid="demo@example.com"),
            share(note="more than ten"),
            share(note="真的真的真的真的真的真"),
            share(permit=16),
            share(permit="15"),
            share(note=None),
        ):
            assert (await frames.update(LAMP, params, action="share"))["error"] == 400
        assert (await frames.update("1000000015", share(uid="far@example.com"), action="share"))[
            "error"
        ] == 403
        cloud.violations.clear()
        await frames.update(LAMP, share(colour=1), action="share")
    assert [violation.detail for violation in cloud.violations] == ["colour"]


async def test_a_note_of_ten_characters(cloud, client):
    cloud.accounts.find(NEIGHBOUR).on_share = "accept"
    async with client.connect() as frames:
        reply = await frames.update(LAMP, share(note="真的真的真的真的真的"), action="share")
    assert (reply["error"], reply["result"]) == (0, 2)
    assert cloud.violations == []


async def test_nobody_answers(http):
    async with Simulator(share_patience=0.05, pace_checks=False) as cloud:
        client = RawClient(cloud, http)
        await client.login()
        receiver = RawClient(cloud, http, account=cloud.accounts.find(NEIGHBOUR))
        await receiver.login()
        async with client.connect() as frames, receiver.connect() as theirs:
            await frames.send(frames.frame("share", LAMP, share()))
            await frames.send(frames.frame("share", LAMP, share()))
            assert [(await frames.receive())["error"] for _ in range(2)] == [504, 504]
            assert cloud.violations == []
            await answer(theirs, 2)
            assert await theirs.ask("ping") == "pong"
            assert [violation.detail for violation in cloud.violations] == ["to no request"]
        assert not cloud.devices[LAMP].shares


@pytest.mark.parametrize(("mode", "result"), [("accept", 2), ("refuse", 3)])
async def test_a_receiver_with_a_phone(cloud, client, mode, result):
    cloud.accounts.find(NEIGHBOUR).on_share = mode
    async with client.connect() as frames:
        assert (await frames.update(LAMP, share(), action="share"))["result"] == result


async def test_an_offer_to_a_client(cloud, client):
    garage = cloud.devices["1000000015"]
    cloud.unshare(garage, cloud.account)
    async with client.connect() as frames:
        offer = asyncio.ensure_future(cloud.offer(garage, cloud.account, note="Again"))
        request = await answer(frames, 2)
        assert request["params"]["note"] == "Again"
        assert await offer == {"error": 0, "result": 2}
        assert (await client.device(garage.deviceid))["sharedBy"]["nickname"] == "Neighbour"
    cloud.unshare(garage, cloud.account)
    assert (await cloud.offer(garage, cloud.account))["error"] == 504


async def test_edit(cloud, client, receiver):
    lamp = cloud.devices[LAMP]
    cloud.share(lamp, receiver.account)
    async with client.connect() as frames, receiver.connect() as theirs:
        reply = await frames.update(LAMP, share(permit=3), action="updateShare")
        assert (reply["error"], reply["result"]) == (0, 2)
        assert lamp.shares[receiver.account.apikey].permit == 3
        cloud.quirks.update_share_waits = True
        await frames.send(frames.frame("updateShare", LAMP, share(permit=1)))
        await answer(theirs, 3)
        assert (await frames.receive())["result"] == 3
        assert lamp.shares[receiver.account.apikey].permit == 3
        reply = await frames.update(LAMP, share(uid="nobody@example.com"), action="updateShare")
        assert reply["result"] == 1
        cloud.unshare(lamp, receiver.account)
        assert (await frames.update(LAMP, share(), action="updateShare"))["error"] == 400
        for code in (401, 403, 406, 500, 504):
            cloud.faults.add("error", interface="updateShare", code=code)
            assert (await frames.update(LAMP, share(), action="updateShare"))["error"] == code
    assert cloud.violations == []


async def test_cancel(cloud, client, receiver):
    cloud.share(cloud.devices[LAMP], receiver.account)
    whom = {"uid": NEIGHBOUR, "deviceName": "Hall lamp"}
    async with client.connect() as frames, receiver.connect() as theirs:
        for _ in range(2):
            assert (await frames.update(LAMP, whom, action="cancelShare"))["error"] == 0
        assert await theirs.nothing_within() is True
        assert (await theirs.update(LAMP, {"switch": "on"}, apikey=cloud.account.apikey))["error"] == 400
        assert (await frames.update(LAMP, whom | {"uid": "nobody@example.com"}, action="cancelShare"))[
            "error"
        ] == 0
        assert cloud.violations == []
        assert (await frames.update(LAMP, {"uid": NEIGHBOUR}, action="cancelShare"))["error"] == 400
        cloud.violations.clear()
        assert (await frames.update(LAMP, whom | {"permit": 1}, action="cancelShare"))["error"] == 0
        assert [violation.detail for violation in cloud.violations] == ["permit"]


@pytest.mark.parametrize(
    ("permit", "codes"), [(0, (403, 403, 403, 403)), (1, (0, 403, 403, 403)), (15, (0, 0, 0, 0))]
)
async def test_what_a_receiver_may_do_with_timers(cloud, receiver, permit, codes):
    lamp = cloud.devices[LAMP]
    cloud.share(lamp, receiver.account, permit=permit)
    timer = {
        "enabled": 1,
        "mId": "a",
        "type": "repeat",
        "coolkit_timer_type": "repeat",
        "at": "0 7 * * 1",
        "do": {"switch": "on"},
    }
    other = timer | {"mId": "b"}
    lamp.params["timers"] = [timer]
    changes = (
        [timer, other],
        [timer | {"at": "5 7 * * 1"}],
        [],
        [timer | {"enabled": 0}],
    )
    async with receiver.connect() as theirs:
        got = []
        for after in changes:
            lamp.params["timers"] = [timer]
            got.append((await theirs.update(LAMP, {"timers": after}))["error"])
        assert tuple(got) == codes
        params = {"deviceid": LAMP, "params": {"timers": []}}
        lamp.params["timers"] = [timer]
        answered = await receiver.post("/api/user/device/status", params)
        assert answered["error"] == codes[2]


@pytest.mark.parametrize("names", ["address", "uid", "uid_and_apikey"])
async def test_how_the_list_names_a_share(cloud, client, receiver, names):
    cloud.quirks.share_names = names
    cloud.share(cloud.devices[LAMP], receiver.account, permit=3, note="Hi")
    (share,) = (await client.device(LAMP))["sharedTo"]
    expected = {
        "address": {"email": NEIGHBOUR, "apikey": receiver.account.apikey, "comment": "Hi"},
        "uid": {"uid": NEIGHBOUR, "note": "Hi"},
        "uid_and_apikey": {"uid": NEIGHBOUR, "apikey": receiver.account.apikey, "note": "Hi"},
    }[names]
    assert share.items() >= expected.items()
    assert share["permit"] == 3
    assert ("apikey" in share) is (names != "uid")


async def give_back(client, deviceid, **params):
    owner = client.cloud.devices[deviceid].owner
    sent = {"deviceid": deviceid, "apikey": owner.apikey, "isSub": 0, **params}
    return (await client.send("DELETE", f"/api/user/device/{deviceid}", sent))[1]


async def test_a_receiver_gives_a_device_back(cloud, client, receiver):
    lamp = cloud.devices[LAMP]
    cloud.share(lamp, receiver.account)
    group = cloud.accounts.add_group(receiver.account, "Mine", 0, cloud.clock())
    group.devices.append(LAMP)
    answer = await give_back(receiver, LAMP)
    assert (answer["error"], answer["deviceid"]) == (0, LAMP)
    assert LAMP not in {item["deviceid"] for item in await receiver.devices()}
    assert lamp.owner is client.account
    assert (await client.device(LAMP))["sharedTo"] == []
    assert group.devices == []
    # A second time there is nothing to give back.
    assert (await give_back(receiver, LAMP))["error"] == 400
    assert cloud.violations == []


async def test_a_receiver_deletes_nothing_of_the_owners(cloud, receiver):
    gateway = cloud.devices["1000000012"]
    cloud.share(gateway, receiver.account)
    child = next(one for one in cloud.devices.values() if one.parent is gateway)
    answer = await give_back(receiver, gateway.deviceid, isSub=1, subDeviceId=child.deviceid)
    assert answer["error"] == 403
    assert child.deviceid in cloud.devices
    assert receiver.account.apikey in gateway.shares
    assert {violation.rule for violation in cloud.violations} == {"owner"}
    wrong = await give_back(receiver, gateway.deviceid, apikey=receiver.account.apikey)
    assert wrong["error"] == 400
