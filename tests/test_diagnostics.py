"""Downloads that show everything but who and where it is."""

import json
import re
from typing import Any

from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import capabilities_of, device_from_entry
from custom_components.ewelink.redaction import Redactor
from simulator import Simulator
from simulator.files import read_devices
from tests.common import device_names, load_device, make_entry

# A device with all that identifies people, in the places where it was seen.
PERSONAL = {
    "deviceid": "10001a2b3c",
    "name": "Anna's bedroom",
    "uiid": 4,
    "_id": "5f1e2d3c4b5a69788796a5b4",
    "devicekey": "6f2a7c9d-1b3e-4d5f-8a7b-9c0d1e2f3a4b",
    "ip": "203.0.113.77",
    "location": "Vilnius",
    "groups": ["5d4c3b2a19087f6e5d4c3b2a"],
    "extra": {
        "extra": {"uiid": 4, "mac": "d0:27:01:1a:2b:3c", "apmac": "d0:27:01:1a:2b:3d", "model": "PSF-B04"}
    },
    "tags": {"ck_channel_name": {"0": "Anna's lamp", "1": "Crib"}},
    "params": {
        "switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}],
        "fwVersion": "3.5.0.1",
        "rssi": -57,
        "staMac": "D0:27:01:1A:2B:3C",
        "ssid": "Petraitis home",
        "bssid": "a4:2b:b0:11:22:33",
        "only_device": {"ota": "success", "from": "anna@petraitis.example"},
        "timers": [
            {"mId": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "at": "2026-11-30T06:00:00.000Z", "enabled": 1}
        ],
        "note": "call +37060012345",
        "nested": '{"ssid": "Petraitis guests", "level": 3}',
        "lat": 54.6872,
        "url": "https://example.com/10001a2b3c/d027011a2b3c",
    },
}
# What an iHost brings back has no page.
NO_DEVICES = {"20001"}
ID_OF_TIMER = re.compile(r"mid='[^']*'")
IDENTIFYING = (
    "10001a2b3c",
    "Anna",
    "Crib",
    "5f1e2d3c4b5a69788796a5b4",
    "6f2a7c9d",
    "203.0.113.77",
    "Vilnius",
    "5d4c3b2a19087f6e5d4c3b2a",
    "1a:2b:3c",
    "1A:2B:3C",
    "1a:2b:3d",
    "1a2b3c",
    "Petraitis",
    "petraitis",
    "11:22:33",
    "0f1e2d3c",
    "37060012345",
    "54.68",
    "neighbour@petraitis.example",
    "Grandma",
    "While we are away",
)


@pytest.fixture
def neighbour(cloud: Simulator):
    """The owner of a device that is shared to the account."""
    account = cloud.add_account(
        email="neighbour@petraitis.example", password="a password", nickname="Grandma"
    )
    device = cloud.add_device(PERSONAL | {"deviceid": "1000999999", "name": "Grandma's gate"}, account)
    cloud.share(device, cloud.account, note="While we are away")
    return account


@pytest.fixture
async def entry_with_neighbour(cloud, neighbour, entry, setup_entry):
    cloud.add_device(PERSONAL)
    await setup_entry(entry)
    return entry


def shape(value: Any) -> Any:
    """Return a value with its type in place of each leaf; the keys stay, but for those that are ids."""
    match value:
        case dict():
            return {key: shape(item) for key, item in value.items()}
        case list():
            return [shape(item) for item in value]
        case str():
            return f"id of {len(value)}" if value.isalnum() and any(map(str.isdigit, value)) else "text"
    return type(value).__name__


def secrets_of(cloud: Simulator, entry: Any) -> set[str]:
    account = cloud.account
    return {
        account.apikey,
        account.at,
        account.rt,
        account.address,
        account.password,
        entry.unique_id,
        cloud.app_id,
        cloud.app_secret,
    }


async def test_the_account_without_anything_that_identifies(
    hass, cloud, neighbour, entry_with_neighbour, hass_client
):
    entry = entry_with_neighbour
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert diagnostics["account"]["kind"] == "email"
    assert diagnostics["account"]["country"] == "DE"
    assert diagnostics["account"]["region"] == "eu"
    assert diagnostics["account"]["server"] == "custom"
    assert 0 <= diagnostics["account"]["access_token_age"] < 60
    assert 0 <= diagnostics["account"]["refresh_token_age"] < 60
    assert diagnostics["connection"]["state"] == "connected"
    assert diagnostics["connection"]["losses"] == 0
    assert diagnostics["connection"]["reachable"] is True
    assert diagnostics["limiter"]["waiting"] == 0
    assert diagnostics["limiter"]["remembered"] > 0
    assert len(diagnostics["devices"]) == len(cloud.devices_of(cloud.account))

    text = json.dumps(diagnostics, ensure_ascii=False)
    for secret in (*IDENTIFYING, *secrets_of(cloud, entry), neighbour.apikey, "Living room strip"):
        assert secret not in text


async def test_with_whom_a_device_is_shared_is_not_told(hass, cloud, setup_home, hass_client):
    receiver = cloud.add_account(email="petra.receiver@example.org", nickname="Petra")
    caller = cloud.add_account(phone_number="+37061234567", nickname="Jonas", region="eu")
    entry = await setup_home(load_device("1"))
    (device,) = cloud.devices.values()
    for account in (receiver, caller):
        cloud.share(device, account, note="Summer")
    await entry.runtime_data.async_refresh()

    (told,) = (await get_diagnostics_for_config_entry(hass, hass_client, entry))["devices"]
    assert len(told["sharedTo"]) == 2
    assert [share["permit"] for share in told["sharedTo"]] == [15, 15]
    text = json.dumps(told, ensure_ascii=False)
    for secret in (receiver.apikey, caller.apikey, "petra", "Petra", "37061234567", "Jonas", "Summer"):
        assert secret not in text


async def test_what_belongs_together_still_does(hass, running_entry, hass_client):
    devices = (await get_diagnostics_for_config_entry(hass, hass_client, running_entry))["devices"]
    parents = {device["params"]["parentid"] for device in devices if "parentid" in device["params"]}
    (gateway,) = (device for device in devices if device["deviceid"] in parents)
    named = {one["deviceid"] for one in gateway["params"].get("subDevices", [])}
    assert named <= {device["deviceid"] for device in devices}
    assert len({device["deviceid"] for device in devices}) == len(devices)
    owners = [device["apikey"] for device in devices]
    # All are the account's own but one.
    assert sorted(owners.count(owner) for owner in set(owners)) == [1, len(devices) - 1]


@pytest.mark.parametrize("name", [name for name in device_names() if name not in NO_DEVICES])
async def test_every_device_is_a_fixture(hass, setup_home, hass_client, name, tmp_path):
    original = load_device(name)
    entry = await setup_home(original)
    device_entry = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, original["deviceid"]), entry.entry_id
    )
    diagnostics = await get_diagnostics_for_device(hass, hass_client, entry, device_entry)
    listed = entry.runtime_data.client.devices[original["deviceid"]]
    redacted = diagnostics["device"]

    # The same fields with the same types, ids of the same length, and the same abilities.
    assert shape(redacted) == shape(listed.as_dict())
    before, after = capabilities_of(listed), capabilities_of(device_from_entry(redacted))
    hint = "a word that redaction hides: WORDS in redaction.py"
    assert [one.key for one in after] == [one.key for one in before] == diagnostics["capabilities"], hint
    told, shown = ([one.read(params) for one in before] for params in (listed.params, redacted["params"]))
    assert ID_OF_TIMER.sub("", str(shown)) == ID_OF_TIMER.sub("", str(told)), hint
    assert original["deviceid"] not in json.dumps(redacted) or original["deviceid"] == "1000000001"

    # The download as it is can be played.
    download = tmp_path / "download.json"
    download.write_text(json.dumps({"data": diagnostics}))
    assert read_devices(download) == [redacted]


async def test_a_device_without_anything_that_identifies(hass, cloud, setup_home, hass_client):
    entry = await setup_home(PERSONAL)
    device_entry = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "10001a2b3c"), entry.entry_id)
    diagnostics = await get_diagnostics_for_device(hass, hass_client, entry, device_entry)

    text = json.dumps(diagnostics, ensure_ascii=False)
    for secret in (*IDENTIFYING, *secrets_of(cloud, entry)):
        assert secret not in text
    device = diagnostics["device"]
    assert device["deviceid"] == "1000000001"
    assert device["name"] == "Device 1"
    assert device["tags"] == {"ck_channel_name": {"0": "Channel 1", "1": "Channel 2"}}
    assert device["extra"]["extra"]["model"] == "PSF-B04"
    params = device["params"]
    assert params["switches"] == PERSONAL["params"]["switches"]
    assert params["fwVersion"] == "3.5.0.1"
    assert params["rssi"] == -57
    assert params["lat"] == 0.0
    assert params["timers"][0]["at"] == "2026-11-30T06:00:00.000Z"
    assert json.loads(params["nested"]) == {"ssid": "Network 2", "level": 3}
    assert params["url"].startswith("Text ")


async def test_texts_that_nobody_knows_are_no_ones_business(hass, cloud, setup_home, hass_client):
    secrets = {
        "nwkKey": "5A6967426565416C6C69616E63653039",
        "p2pinfo": {"license": "EWLK-000123-ABCDE,AHS2", "port": 32108},
        "geo": "54.68,25.27",
        "wifi": '{"ssid": "Petraitis", "pwd": "hunter2", "nested": "{\\"pin\\": \\"4711\\"}"}',
        "remark": "Ada asks for Bo",
        "code": "123456",
        "owners": {"ada@example.org": "Ada", "a1b2c3d4e5f6": {"door": "Garden"}},
        "where": {"state": "Bavaria", "type": "home", "lat": 54.68, "lng": "25.27"},
        "switch": "Adas key",
        "list": ["Ada", 7, True, None, "on", "12.5"],
    }
    entry = await setup_home(
        {"deviceid": "1000000b01", "name": "Fan", "uiid": 1, "params": {"power": "12.78", **secrets}}
    )
    device_entry = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "1000000b01"), entry.entry_id)
    among_all = (await get_diagnostics_for_config_entry(hass, hass_client, entry))["devices"][0]
    alone = (await get_diagnostics_for_device(hass, hass_client, entry, device_entry))["device"]
    for told in (among_all, alone):
        text = json.dumps(told)
        for secret in (
            *("5A69", "EWLK", "54.68", "25.27", "Petraitis", "hunter2", "4711", "Ada", "Bo", "123456"),
            *("ada@", "a1b2", "Garden", "Bavaria", "home"),
        ):
            assert secret not in text
        params = told["params"]
        assert params["power"] == "12.78"
        assert params["p2pinfo"]["port"] == 32108
        assert params["list"][1:] == [7, True, None, "on", "12.5"]
        assert params["where"]["lat"] == 0.0
        assert json.loads(params["wifi"]).keys() == {"ssid", "pwd", "nested"}


async def test_answers_of_actions_hold_no_more_than_the_download(hass, cloud, running_entry):
    lamp = running_entry.runtime_data.async_device_entry("1000000001").id
    cloud.devices["1000000001"].params |= {
        "pwd": "hunter2",
        "wifi": '{"pwd": "hunter2"}',
        "nwkKey": "5A6967426565416C6C69616E63653039",
        "p2pinfo": {"license": "EWLK-000123-ABCDE"},
        "geo": "54.68,25.27",
    }
    for action in ("get_device", "query_device"):
        told = await hass.services.async_call(
            DOMAIN, action, {"device_id": lamp}, blocking=True, return_response=True
        )
        text = json.dumps(told)
        assert '"switch": "off"' in text
        for secret in ("hunter2", "5A69", "EWLK", "54.68"):
            assert secret not in text


async def test_timers_tell_no_secret_that_they_write(hass, setup_home):
    """What a timer does beside switching is told in its own words, by action, calendar and menu."""
    timer = {
        "mId": "one",
        "enabled": 1,
        "type": "repeat",
        "coolkit_timer_type": "repeat",
        "at": "0 6 * * *",
        "do": {"colorR": 255, "wifi": "hunter2", "pwd": 4711},
    }
    entry = await setup_home(
        {"deviceid": "1000000b01", "name": "Fan", "uiid": 1, "params": {"switch": "on", "timers": [timer]}}
    )
    device = entry.runtime_data.async_device_entry("1000000b01").id
    told = await hass.services.async_call(
        DOMAIN, "list_timers", {"device_id": device}, blocking=True, return_response=True
    )
    events = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": "calendar.fan_timers", "duration": {"days": 2}},
        blocking=True,
        return_response=True,
    )
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    menu = await hass.config_entries.options.async_configure(menu["flow_id"], {"next_step_id": "timers"})
    menu = await hass.config_entries.options.async_configure(menu["flow_id"], {"device": "1000000b01"})
    for text in (json.dumps(told), json.dumps(events), str(menu["description_placeholders"])):
        assert "colorR" in text
        assert "255" in text
        assert "hunter2" not in text
        assert "4711" not in text


async def test_the_service_device_shows_the_account(hass, running_entry, hass_client):
    entry = running_entry
    device_entry = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    diagnostics = await get_diagnostics_for_device(hass, hass_client, entry, device_entry)
    assert set(diagnostics) == {"account", "connection", "features", "limiter", "quota", "refused"}


async def test_an_account_by_phone_number_at_the_official_cloud(hass, cloud, setup_entry, hass_client):
    account = cloud.add_account(phone_number="+8613123456789", password="a password", region="cn")
    entry = make_entry(cloud, account)
    await setup_entry(entry)
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert diagnostics["account"]["kind"] == "phone_number"
    assert diagnostics["account"]["region"] == "cn"
    assert diagnostics["devices"] == []


def test_keys_that_are_words_of_people():
    redactor = Redactor(["s3cretApp"])
    told = redactor.redact(
        {
            "deviceid": "1000000b01",
            "params": {
                "ssid": "Petraitis",
                "known": {"Petraitis": 1, "ada@example.org": 2, "my_s3cretApp_x": 3, "switch": "on"},
                "phoneOfAda": 4915112345678,
                "coordinates": [48.137, 11.576],
            },
        }
    )
    assert "switch" in told["params"]["known"]
    text = json.dumps(told)
    for secret in ("Petraitis", "ada@", "s3cretApp", "49151", "48.137"):
        assert secret not in text


def test_equal_values_get_equal_stand_ins():
    redactor = Redactor(["a secret that is known"])
    first = redactor.redact(
        {
            "apikey": "aa-bb",
            "list": [{"apikey": "aa-bb"}, {"apikey": "cc-dd"}],
            "model": "it is a secret that is known",
        }
    )
    assert first["apikey"] == first["list"][0]["apikey"] != first["list"][1]["apikey"]
    assert "secret" not in first["model"]
    assert redactor.redact({"apikey": "aa-bb"})["apikey"] == first["apikey"]


def test_a_long_text_is_looked_at_once():
    """Searches that begin anew at every letter would take minutes."""
    for text in ("a" * 1_000_000, "[" * 1_000_000, '{"a": ' * 200_000, "1" * 1_000_000, "a@" * 500_000):
        told = Redactor(["secret"]).redact({"deviceid": "1000000001", "params": {"remark": text, text: 1}})
        assert text not in told["params"].values()
        assert text not in told["params"]


def test_names_that_are_words_of_the_protocol():
    device = {
        "deviceid": "1000000001",
        "name": "white",
        "productModel": "BASIC",
        "type": "10",
        "uiid": 104,
        "tags": {"ck_channel_name": {"0": "on", "1": "1", "2": "BASIC", "3": "temperature"}},
        "params": {
            "switch": "on",
            "ltype": "white",
            "white": {"br": 1, "ct": 1},
            "unknown": "on",
            "level": "1",
            "temperature": "20",
            "timers": [
                {"mId": "1", "type": "once", "at": "2026-11-30T06:00:00.000Z", "do": {"switch": "on"}}
            ],
        },
    }
    told = Redactor().redact(device)
    assert told["params"] == device["params"] | {"timers": [device["params"]["timers"][0] | {"mId": "1"}]}
    assert told["productModel"] == "BASIC"
    assert told["name"] == "Device 1"
    assert set(told["tags"]["ck_channel_name"].values()) == {f"Channel {number}" for number in range(1, 5)}


@pytest.mark.parametrize("key", ["fault", "program", "running_status"])
def test_states_that_somebody_has_named_are_not_told(key):
    """A state in the words of its device stays, what people write does not."""
    for name in ("Adas wool", "Ada", "ada@example.org", "hunter2", "reasonCode0123456", "1234-5678"):
        assert name not in Redactor().redact({"params": {key: name}})["params"].values()


def test_odd_values_stay_what_they_are():
    odd = {
        "apikey": None,
        "name": "",
        "password": True,
        "token": 1234,
        "lat": 1.5,
        "text": "[not JSON",
        "ip": [],
    }
    assert Redactor().redact(odd) == odd | {"token": 0, "lat": 0.0, "text": "Text 1"}
