"""Codes that a radio bridge learns: learned, named, deleted, against a simulated one."""

import asyncio

import pytest

from custom_components.ewelink.coolkit import (
    BridgeFullError,
    CommandTimeoutError,
    DeviceOfflineError,
    InvalidInputError,
    LearningRefusedError,
    LearningUnderWayError,
    NothingHeardError,
    NotOwnerError,
    NotSupportedError,
    UnreadableError,
    capabilities_of,
)
from custom_components.ewelink.coolkit.devices.rf_remotes import with_button, with_names, without_button
from simulator.home import NEIGHBOUR, item
from tests.coolkit.conftest import is_connected, listening, until

GENERATIONS = ("v2",)
BRIDGE = "1000000098"
GATE = {"name": "Gate", "remote_type": "1", "buttonName": [{"0": "open"}]}
DOOR = {"name": "Hall door", "remote_type": "6", "buttonName": [{"1": "Hall door"}]}
CODES = [{"rfChl": 0, "rfVal": "1A2B3C"}, {"rfChl": 1, "rfVal": "1A2B3D"}]


@pytest.fixture
async def bridge(cloud, generation):
    """A bridge with a gate's remote and a door's sensor, in the only home that is left."""
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    tags = {"zyx_info": [GATE, DOOR], "ck_channel_name": {"0": "x"}}
    return cloud.add_device(item(BRIDGE, 28, "RF", {"rfList": CODES}, tags=tags))


@pytest.fixture
async def client(bridge, make):
    client = make(learning=0.4)
    await client.refresh_devices()
    async with listening(client):
        await is_connected(client)
        yield client
        await until(lambda: not client._background)


def commands(device):
    return [sent.get("cmd") for sent in device.received]


async def hears(client, device, code):
    """Press a remote as soon as the bridge listens."""
    await until(lambda: device.behaviour.learning is not None)
    await device.hear(code)


def keys(client):
    found = {capability.key for capability in capabilities_of(client.devices[BRIDGE])}
    return {key for key in found if key.startswith(("heard", "triggered", "transmit"))}


async def test_a_code_is_learnt_renamed_and_deleted(client, bridge):
    assert keys(client) == {"heard_0", "transmit_0", "triggered_1"}
    learning = asyncio.create_task(client.radio.learn(BRIDGE, button="close", remote="Gate"))
    # Another button of the same remote.
    await hears(client, bridge, "CAFE")
    learnt = await learning
    assert learnt == (2, True)
    assert bridge.tags["zyx_info"] == [
        {"name": "Gate", "remote_type": "2", "buttonName": [{"0": "open"}, {"2": "close"}]},
        DOOR,
    ]
    assert [code.name for code in client.radio.codes(BRIDGE)] == ["Gate open", "Hall door", "Gate close"]
    assert keys(client) >= {"heard_2", "transmit_2"}

    await client.radio.rename(BRIDGE, 2, "shut", remote="Drive")
    await client.radio.rename(BRIDGE, 1, "Back door")
    assert [code.name for code in client.radio.codes(BRIDGE)] == ["Drive open", "Back door", "Drive shut"]
    # What else the app keeps stays.
    assert bridge.tags["ck_channel_name"] == {"0": "x"}

    await client.radio.delete(BRIDGE, 0)
    assert bridge.params["rfList"] == [CODES[1], {"rfChl": 2, "rfVal": "CAFE"}]
    assert bridge.tags["zyx_info"][0] == {
        "name": "Drive",
        "remote_type": "1",
        "buttonName": [{"2": "shut"}],
    }
    assert keys(client) == {"heard_2", "transmit_2", "triggered_1"}
    # The place is used again, by a sensor.
    learning = asyncio.create_task(client.radio.learn(BRIDGE, button="Window", is_sensor=True))
    await hears(client, bridge, "F00D")
    assert await learning == (0, True)
    assert bridge.tags["zyx_info"][-1] == {
        "name": "Window",
        "remote_type": "6",
        "buttonName": [{"0": "Window"}],
    }
    assert keys(client) == {"triggered_0", "triggered_1", "heard_2", "transmit_2"}


async def test_the_same_code_is_learnt_again(client, bridge):
    learning = asyncio.create_task(client.radio.learn_again(BRIDGE, 0))
    await until(lambda: bridge.behaviour.learning == 0)
    # The whole state says the old code.
    await bridge.push({**bridge.params, "fwVersion": "3.5.1"})
    with pytest.raises(LearningUnderWayError):
        await client.radio.delete(BRIDGE, 1)
    assert not learning.done()
    await bridge.hear("1A2B3C")
    await learning
    assert bridge.params["rfList"] == CODES
    with pytest.raises(InvalidInputError):
        await client.radio.learn_again(BRIDGE, 7)


async def test_nothing_heard_leaves_nothing_behind(client, bridge):
    with pytest.raises(NothingHeardError):
        await client.radio.learn(BRIDGE, button="close", remote="Gate")
    await until(lambda: not client._background)
    assert commands(bridge) == ["capture", "captureCancel"]
    assert bridge.tags["zyx_info"] == [GATE, DOOR]
    assert bridge.behaviour.learning is None

    learning = asyncio.create_task(client.radio.learn(BRIDGE, button="x"))
    await until(lambda: bridge.behaviour.learning == 2)
    learning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await learning
    await until(lambda: not client._background)
    assert bridge.behaviour.learning is None
    assert bridge.tags["zyx_info"] == [GATE, DOOR]


async def test_a_full_bridge_refuses(client, cloud, bridge):
    bridge.behaviour.most_codes = 2
    with pytest.raises(LearningRefusedError):
        await client.radio.learn(BRIDGE, button="close")
    cloud.violations.clear()
    await until(lambda: not client._background)
    assert bridge.tags["zyx_info"] == [GATE, DOOR]
    every = [{"rfChl": channel, "rfVal": f"{channel:X}"} for channel in range(64)]
    await bridge.push({"rfList": every})
    await until(lambda: len(client.radio.codes(BRIDGE)) == 64)
    with pytest.raises(BridgeFullError):
        await client.radio.learn(BRIDGE)
    # Of those that the app does not know, nothing but the place is known.
    assert client.radio.codes(BRIDGE)[5].name == ""
    assert {"heard_5", "transmit_5"} <= keys(client)


@pytest.mark.parametrize("remotes", ["[]", {"name": "Gate"}, 7])
async def test_names_in_another_form_are_left_alone(client, cloud, bridge, remotes):
    bridge.tags = {"zyx_info": remotes}
    await client.refresh_devices()
    with pytest.raises(UnreadableError):
        await client.radio.learn(BRIDGE, button="close")
    with pytest.raises(UnreadableError):
        await client.radio.rename(BRIDGE, 0, "close")
    assert bridge.tags == {"zyx_info": remotes}
    assert commands(bridge) == []
    # What cannot be read is no reason to keep the code.
    await client.radio.delete(BRIDGE, 0)
    assert bridge.params["rfList"] == CODES[1:]
    assert bridge.tags == {"zyx_info": remotes}


async def test_codes_in_another_form_are_left_alone(client, bridge):
    bridge.params["rfList"] = [*CODES, "x"]
    with pytest.raises(UnreadableError):
        await client.radio.delete(BRIDGE, 0)
    assert commands(bridge) == []


async def test_a_bridge_that_does_not_answer_keeps_its_codes(client, cloud, bridge):
    bridge.answer = "silent"
    with pytest.raises(CommandTimeoutError):
        await client.radio.delete(BRIDGE, 0)
    assert commands(bridge) == []
    bridge.answer = "offline"
    with pytest.raises(DeviceOfflineError):
        await client.radio.learn(BRIDGE, button="close")
    await until(lambda: not client._background)
    assert bridge.tags["zyx_info"] == [GATE, DOOR]


@pytest.mark.generation("v1")
async def test_version_1_takes_no_names(client, bridge):
    learning = asyncio.create_task(client.radio.learn(BRIDGE, button="close", remote="Gate"))
    await hears(client, bridge, "CAFE")
    assert await learning == (2, False)
    assert bridge.tags["zyx_info"] == [GATE, DOOR]
    assert keys(client) >= {"heard_2", "transmit_2"}
    with pytest.raises(NotSupportedError):
        await client.radio.rename(BRIDGE, 2, "close")
    await client.radio.delete(BRIDGE, 2)
    assert bridge.params["rfList"] == CODES


async def test_of_others_nothing_is_learnt(client, cloud):
    neighbour = cloud.accounts.find(NEIGHBOUR)
    cloud.share(cloud.add_device(item("1000000099", 98, "Theirs", {}), neighbour), cloud.account)
    await client.refresh_devices()
    with pytest.raises(NotOwnerError):
        await client.radio.learn("1000000099", button="x")


def test_what_is_not_meant_stays_as_it_came():
    odd = [7, None, {"name": "X"}, {"buttonName": "x"}, {"buttonName": [None, 3]}, {"buttonName": [{"2": 5}]}]
    assert without_button(odd, 9) == odd
    assert with_names(odd, 9, "on", remote="R")[:-1] == odd
    curtain = {"name": "R", "remote_type": "5", "buttonName": [{"3": "a"}, {"4": "b"}, {"5": "c"}], "more": 1}
    assert with_button([curtain], 9, "d", remote="R", is_sensor=False)[0] == curtain
    assert without_button([curtain], 4) == [{**curtain, "buttonName": [{"3": "a"}, {"5": "c"}]}]
    both = {"name": "R", "remote_type": 2, "buttonName": [{"1": "a", "2": "b"}]}
    assert without_button([both], 1) == [{"name": "R", "remote_type": 1, "buttonName": [{"2": "b"}]}]
    full = {"name": "R", "remote_type": "4", "buttonName": [{str(n): "x"} for n in range(4)]}
    assert len(with_button([full], 9, "d", remote="R", is_sensor=False)) == 2
