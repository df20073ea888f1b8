"""A whole house in a cloud that sends odd things; run by test_fuzz.py, in a process of its own.

Whatever is sent: nothing raises, nothing ends, Home Assistant can write all of it, and what is sane is shown.
"""

from contextlib import suppress
import json
import logging
import os

from homeassistant.components.diagnostics import DOMAIN as DIAGNOSTICS
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import orjson
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import CoolKitError
from simulator.home import item
from tests.common import connected, device_names, load_device, until
from tests.fuzz.odd import Oddity, dump

SEED, ROUNDS = int(os.environ["FUZZ_SEED"]), int(os.environ["FUZZ_ROUNDS"])
SANE_ID = "1000000a01"
SANE = item(SANE_ID, 1, "Sane", {"switch": "off"})
# What the list tells of some devices, it tells of all of these.
ALSO = {
    "onlineTime": "2026-11-26T10:00:00.000Z",
    "offlineTime": "2026-11-25T10:00:00.000Z",
    "tags": {"ck_channel_name": {"0": "Left", "1": "Right"}},
    "sharedTo": [{"apikey": "a", "email": "kim@example.com", "nickname": "Kim", "permit": 15, "note": "x"}],
}
TIMERS = [
    {"mId": "1", "type": "once", "at": "2026-12-30T06:00:00.000Z", "enabled": 1, "do": {"switch": "on"}},
    {"mId": "2", "type": "repeat", "at": "0 6 * * 1,2", "enabled": 1, "do": {"switch": "on"}},
    {"mId": "3", "type": "duration", "at": "2026-11-30T06:00:00.000Z 30 5", "enabled": 1, "startDo": {}},
]
DEVICES = [
    {**device, **ALSO, "params": {"timers": TIMERS, **device["params"]}}
    for device in map(load_device, device_names())
]


def frames(odd, account, sane):
    """Return frames as the cloud may push them, with something odd in each."""
    device = odd.random.choice(sane)
    base = {"deviceid": device["deviceid"], "apikey": account.apikey, "sequence": "1795712345678"}
    update = {"action": "update", "userAgent": "device", **base, "params": device["params"]}
    return [
        {**update, "params": odd.made_of(device["params"])},
        {**update, "params": [odd.made_of(device["params"]), odd.value()]},
        odd.made_of(update),
        odd.made_of({"action": "sysmsg", **base, "params": {"online": False}}),
        odd.made_of({"action": "share", **base, "params": {"deviceName": "x", "note": "z", "permit": 15}}),
        odd.made_of({"error": 0, "config": {"hb": 1, "hbInterval": 145}, **base}),
        odd.value(),
    ]  # fmt: skip


@pytest.fixture
async def house(hass, cloud, unpaced, every_entity_enabled, setup_home, hass_client, hass_ws_client):
    """Set up a house with a device of each kind; returns its entry, and how it is written."""
    entry = await setup_home(SANE, *DEVICES)
    await async_setup_component(hass, DIAGNOSTICS, {})
    socket = await hass_ws_client(hass)

    async def act(action, **data):
        """Call an action over Home Assistant's own socket, and return what it wrote."""
        await socket.send_json_auto_id(
            {
                "type": "call_service",
                "domain": DOMAIN,
                "service": action,
                "service_data": data,
                "return_response": True,
            }
        )
        return await socket.receive_json()

    async def write():
        """Have all written that Home Assistant writes of us."""
        for state in hass.states.async_all():
            assert orjson.loads(state.as_dict_json)["entity_id"] == state.entity_id
            assert state.as_compressed_state_json
        for registry in (dr.async_get(hass), er.async_get(hass)):
            assert json_bytes(registry._data_to_save())
        diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        assert json_bytes(diagnostics)
        devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        return diagnostics, devices

    return entry, act, write


@pytest.mark.timeout(600)
async def test_house(hass, cloud, house, hass_client, caplog):
    entry, act, write = house
    odd, client = Oddity(SEED), entry.runtime_data.client
    shown = dr.async_get(hass)
    with caplog.at_level(logging.ERROR):
        for number in range(ROUNDS):
            listed = {"error": 0, "devicelist": [SANE, *map(odd.made_of, odd.random.sample(DEVICES, 12))]}
            cloud.faults.add("raw_answer", interface="devices", body=dump(listed).decode("latin-1"))
            groups = odd.made_of({"groupinfos": [{"id": "5d4c3b2a", "name": "Den", "index": 0}]})
            cloud.faults.add("raw_answer", interface="groups", body=dump(groups).decode("latin-1"))
            for call in (client.refresh_devices, client.management.refresh_groups):
                with suppress(CoolKitError):
                    await call()
            cloud.faults.clear()
            for frame in frames(odd, cloud.account, DEVICES):
                await cloud.push(None, dump(frame))
            # Behind them all, in order.
            sane = "on" if number % 2 else "off"
            await cloud.devices[SANE_ID].push({"switch": sane})
            await until(lambda sane=sane: client.devices[SANE_ID].params["switch"] == sane)
            await hass.async_block_till_done()
            assert hass.states.get("switch.sane").state == sane

            _, devices = await write()
            device = odd.random.choice(devices)
            assert json_bytes(await get_diagnostics_for_device(hass, hass_client, entry, device))
            for interface, action, data in (
                ("device", "get_device", {}),
                ("read_status", "query_device", {}),
                ("device", "list_timers", {}),
            ):
                answer = odd.made_of(odd.random.choice(DEVICES))
                cloud.faults.add("raw_answer", interface=interface, body=dump(answer).decode("latin-1"))
                told = await act(action, device_id=device.id, **data)
                assert told["success"] or told["error"]["message"]
                cloud.faults.clear()
            refused = dump({"error": 400, "msg": odd.value(), "info": odd.value()}).decode("latin-1")
            cloud.faults.add("raw_answer", interface="device", body=refused)
            sane_entry = shown.async_get_device_by_identifier((DOMAIN, SANE_ID), entry.entry_id)
            assert not (await act("get_device", device_id=sane_entry.id))["success"]
            cloud.faults.clear()
            params = {"odd": json.loads(json.dumps(odd.random.choice((None, "x", 2**63, [[[[]]]]))))}
            assert "success" in await act("send_command", device_id=sane_entry.id, params=params)

    # A sane list mends everything.
    await client.refresh_devices()
    await connected(entry)
    assert set(client.devices) >= {device["deviceid"] for device in DEVICES}
    assert client.connection_losses == 0
    cloud.violations.clear()
    # That an action has failed is told there, too.
    errors = [
        record
        for record in caplog.records
        if record.levelno >= logging.ERROR and "websocket_api" not in record.name
    ]
    assert [(record.name, record.getMessage(), record.exc_text) for record in errors] == []
