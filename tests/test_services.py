"""The actions: every example of their page, their descriptions, and how they fail."""

import json
from pathlib import Path
import re

from freezegun import freeze_time
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.helpers.selector import selector
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import probatio
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import (
    CommandError,
    GroupUnconfirmedError,
    InvalidAddressError,
    NameRequiredError,
    NoteTooLongError,
    NotOwnerError,
    NotSharedError,
    OwnAddressError,
    OwnDeviceError,
    Permit,
    RequestEndedError,
    SessionClosedError,
    ShareUnderWayError,
    Timer,
    device_from_entry,
)
from custom_components.ewelink.errors import ERROR_KEYS, as_home_assistant_error, error_text
from custom_components.ewelink.services import ACTIONS
from custom_components.ewelink.timer_editing import check_permit
from custom_components.ewelink.timer_texts import async_timer_lines
from simulator.home import NEIGHBOUR, item
from tests.common import load_device, make_entry, make_entry_v2, until

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components/ewelink"
PAGE = (ROOT / "docs/actions.md").read_text()
DESCRIBED = load_yaml_dict(INTEGRATION / "services.yaml")
TEXTS = json.loads((INTEGRATION / "translations/en.json").read_text())["services"]

BRIDGE = "1000000098"
RADIO = item(
    BRIDGE,
    28,
    "Radio bridge",
    {"rfList": [{"rfChl": 0, "rfVal": "1A2B3C"}]},
    tags={"zyx_info": [{"name": "Gate", "remote_type": "1", "buttonName": [{"0": "open"}]}]},
)
# Their examples are tested by themselves.
# What only version 2 of the cloud has.
V2 = (
    "get_history",
    "get_messages",
    "change_settings",
    "list_homes",
    "add_home",
    "rename_home",
    "delete_home",
    "add_room",
    "rename_room",
    "delete_room",
    "order_rooms",
    "move_to_room",
)
APART = ("answer_share", "learn_code", "rename_code", "delete_code", *V2)
LAMP, STRIP, MACHINE, GARAGE = "1000000001", "1000000002", "1000000003", "1000000015"
MORNING = {
    "enabled": 1,
    "mId": "00000000-0000-4000-8000-00000000000a",
    "type": "repeat",
    "coolkit_timer_type": "repeat",
    "at": "0 6 * * 1,2",
    "do": {"switch": "on"},
    "unknown": "kept",
}
EVENING = {
    "enabled": 0,
    "mId": "00000000-0000-4000-8000-00000000000b",
    "type": "once",
    "coolkit_timer_type": "once",
    "at": "2050-06-01T18:00:00.000Z",
    "do": {"switch": "off"},
}

sections = dict(re.findall(r"^### `ewelink\.(\w+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
examples = {
    f"{name}_{number}": example
    for name, section in sections.items()
    for number, example in enumerate(re.findall(r"^```yaml\n(.*?)^```", section, re.MULTILINE | re.DOTALL))
}


@pytest.fixture
async def home(hass, cloud, entry, setup_entry, unpaced):
    """The default home in Berlin, with two timers and a share."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    cloud.devices[MACHINE].params["timers"] = [MORNING, EVENING]
    neighbour = neighbour_of(cloud)
    neighbour.on_share = "accept"
    cloud.share(cloud.devices[MACHINE], neighbour, permit=3, note="Laundry")
    await setup_entry(entry)
    await until(lambda: entry.runtime_data.client.management.groups)
    return entry


@pytest.fixture
def run(hass, home):
    """Call an action for a device of eWeLink; returns its answer."""

    async def call(action, device_id=None, *, context=None, **data):
        if device_id is not None:
            data["device_id"] = home.runtime_data.async_device_entry(device_id).id
        return await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            context=context,
            return_response=hass.services.supports_response(DOMAIN, action) != "none",
        )

    return call


def neighbour_of(cloud):
    return cloud.accounts.find(NEIGHBOUR)


def groups_of(cloud):
    groups = sorted(cloud.account.groups.values(), key=lambda group: group.index)
    return {group.name: group.devices for group in groups}


def timers_of(cloud, device_id):
    return cloud.devices[device_id].params["timers"]


# The page

# What each example leaves behind: in the cloud, and in its answer.
EFFECTS = {
    "get_device_0": lambda _cloud, told: (
        told["lamp"]["device"]["name"] == "Hall lamp"
        and "relay" in told["lamp"]["capabilities"]
        and told["lamp"]["available"]
    ),
    "query_device_0": lambda _cloud, told: told["machine"]["params"] == {"switch": "on", "power": "12.78"},
    "measure_0": lambda cloud, told: (
        cloud.devices[MACHINE].received == [{"uiActive": 120}]
        and told["result"] == {"measured_today": 2, "daily_budget": 60}
    ),
    "send_command_0": lambda cloud, told: (
        cloud.devices[LAMP].params["switch"] == "on" and told["result"]["answer"]["error"] == 0
    ),
    "add_device_0": lambda cloud, told: (
        cloud.devices["1000000101"].name == told["added"]["name"] == "Porch" and told["added"]["device_id"]
    ),
    "add_gsm_device_0": lambda cloud, told: (
        cloud.devices["1000000103"].name == "Boat shed" and told["added"]["ewelink_device_id"] == "1000000103"
    ),
    "delete_device_0": lambda cloud, _told: LAMP not in cloud.devices and LAMP in cloud.stock,
    "rename_device_0": lambda cloud, _told: cloud.devices[LAMP].name == "Hallway",
    "rename_channel_0": lambda cloud, _told: (
        cloud.devices[STRIP].tags["ck_channel_name"]
        == {"0": "Floor lamp", "1": "Console", "2": "Aquarium", "3": "Fan"}
    ),
    "learn_code_0": lambda cloud, told: (
        [one["name"] for one in told["learned"]["codes"]] == ["Gate open", "Gate close"]
        and cloud.devices[BRIDGE].params["rfList"][1] == {"rfChl": 1, "rfVal": "CAFE"}
    ),
    "rename_code_0": lambda cloud, _told: (
        cloud.devices[BRIDGE].tags["zyx_info"][0]["buttonName"] == [{"0": "up"}]
    ),
    "delete_code_0": lambda cloud, _told: (
        cloud.devices[BRIDGE].params["rfList"] == cloud.devices[BRIDGE].tags["zyx_info"] == []
    ),
    "list_groups_0": lambda _cloud, told: (
        [group["name"] for group in told["rooms"]["groups"]]
        == ["Living room", "Bedroom", "Nursery", "Utility room"]
        and [one["ewelink_device_id"] for one in told["rooms"]["groups"][3]["devices"]]
        == ["1000000003", "1000000005"]
        and [group["position"] for group in told["rooms"]["groups"]] == [1, 2, 3, 4]
    ),
    "add_group_0": lambda cloud, told: (
        next(iter(groups_of(cloud))) == "Garden" and told["garden"]["position"] == 1
    ),
    "change_group_0": lambda cloud, _told: (
        list(groups_of(cloud)) == ["Living room", "Laundry", "Bedroom", "Nursery"]
    ),
    "order_groups_0": lambda cloud, _told: (
        list(groups_of(cloud)) == ["Nursery", "Bedroom", "Living room", "Utility room"]
    ),
    "delete_group_0": lambda cloud, _told: "Nursery" not in groups_of(cloud),
    "add_to_group_0": lambda cloud, _told: groups_of(cloud)["Bedroom"][-2:] == [LAMP, MACHINE],
    "remove_from_group_0": lambda cloud, _told: groups_of(cloud)["Utility room"] == ["1000000005"],
    "share_device_0": lambda cloud, told: (
        cloud.devices[LAMP].shares[neighbour_of(cloud).apikey].permit == 10
        and told["share"]["shared_to"]
        == [
            {
                "address": NEIGHBOUR,
                "name": "Neighbour",
                "permissions": ["edit_timers", "enable_timers"],
                "note": "Welcome",
            }
        ]
    ),
    "edit_share_0": lambda cloud, _told: (
        cloud.devices[MACHINE].shares[neighbour_of(cloud).apikey].permit == 8
        and cloud.devices[MACHINE].shares[neighbour_of(cloud).apikey].note == "Laundry"
    ),
    "cancel_share_0": lambda cloud, _told: not cloud.devices[MACHINE].shares,
    "leave_share_0": lambda cloud, _told: not cloud.devices[GARAGE].shares,
    "answer_share_0": lambda _cloud, told: told["offer"].result() == {"error": 0, "result": 2},
    "list_timers_0": lambda _cloud, told: (
        [timer["id"] for timer in told["found"]["timers"]] == [MORNING["mId"], EVENING["mId"]]
    ),
    "add_timer_0": lambda cloud, told: (
        timers_of(cloud, STRIP)[0]["do"] == {"switch": "on", "outlet": 2}
        and told["added"]["timer"]["kind"] == "repeat"
        and told["added"]["timer"]["local_times"][0]["time"] == "07:30"
        and told["added"]["timer"]["local_times"][0]["weekdays"] == ["mon", "tue", "wed", "thu", "fri"]
    ),
    "add_timer_1": lambda cloud, _told: (
        timers_of(cloud, LAMP)[0]["at"].endswith(":00:00.000Z 60 20")
        and timers_of(cloud, LAMP)[0]["startDo"] == {"switch": "on"}
        and timers_of(cloud, LAMP)[0]["endDo"] == {"switch": "off"}
    ),
    "add_timer_2": lambda cloud, _told: timers_of(cloud, LAMP)[0]["period"] == "30",
    "change_timer_0": lambda cloud, told: (
        told["changed"]["timer"]["local_times"][0]["time"] == "06:45"
        and timers_of(cloud, MACHINE)[0]["do"] == {"switch": "on"}
        and timers_of(cloud, MACHINE)[0]["unknown"] == "kept"
    ),
    "list_homes_0": lambda _cloud, told: (
        [home["name"] for home in told["found"]["homes"]]
        == [
            "Flat",
            "Cottage",
        ]
    ),
    "add_home_0": lambda cloud, told: (
        rooms_of(cloud, "Boat") == ["Cabin", "Deck"] and told["made"]["homes"][-1]["name"] == "Boat"
    ),
    "rename_home_0": lambda cloud, _told: rooms_of(cloud, "Summer house") == ["Garden"],
    "delete_home_0": lambda _cloud, told: (
        [home["name"] for home in told["left"]["homes"]] == ["Flat"]
        and len(told["left"]["homes"][0]["without_room"]) > 0
    ),
    "add_room_0": lambda cloud, _told: rooms_of(cloud, "Flat")[-1] == "Attic",
    "rename_room_0": lambda cloud, _told: "Guest room" in rooms_of(cloud, "Flat"),
    "delete_room_0": lambda cloud, _told: "Nursery" not in rooms_of(cloud, "Flat"),
    "order_rooms_0": lambda cloud, _told: rooms_of(cloud, "Flat")[:2] == ["Utility room", "Bedroom"],
    "move_to_room_0": lambda _cloud, told: (
        LAMP in [device["ewelink_device_id"] for device in told["moved"]["homes"][1]["rooms"][0]["devices"]]
    ),
    "get_messages_0": lambda _cloud, told: (
        [one["kind"] for one in told["mail"]["messages"]] == ["shareNotify"]
        and "Garage" not in str(told["mail"]["messages"][0]["content"]["note"])
    ),
    "change_settings_0": lambda cloud, _told: (
        cloud.devices[LAMP].settings["offlineNotify"] == 1
        and cloud.devices[LAMP].settings["opsNotify"] == 0
        and cloud.devices[LAMP].settings["opsHistory"] == 1
    ),
    # What was done half a day ago.
    "get_history_0": lambda cloud, told: told["past"] == {"history": []} and cloud.devices[LAMP].history,
    "enable_timer_0": lambda cloud, _told: timers_of(cloud, MACHINE) == [MORNING, {**EVENING, "enabled": 1}],
    "disable_timer_0": lambda cloud, _told: timers_of(cloud, MACHINE) == [{**MORNING, "enabled": 0}, EVENING],
    "delete_timer_0": lambda cloud, _told: timers_of(cloud, MACHINE) == [EVENING],
}


async def run_example(hass, name):
    sequence = await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(parse_yaml(examples[name])))
    script = Script(hass, sequence, name, DOMAIN)
    result = await script.async_run(context=Context())
    assert result is not None
    return dict(result.variables)


@pytest.mark.parametrize("name", [name for name in examples if not name.startswith(APART)])
async def test_every_example_of_the_page_works(hass, cloud, home, name):
    told = await run_example(hass, name)
    assert EFFECTS[name](cloud, told)


def rooms_of(cloud, name):
    home = next(home for home in cloud.homes.of(cloud.account) if home.name == name)
    return [room.name for room in sorted(home.rooms.values(), key=lambda room: room.index)]


@pytest.mark.parametrize("name", [name for name in examples if name.startswith(V2)])
async def test_every_example_of_version_2_works(hass, cloud, setup_entry, unpaced, name):
    entry = make_entry_v2(cloud, app=cloud.accounts.apps[cloud.app_id])
    await setup_entry(entry)
    await entry.runtime_data.client.update(LAMP, {"switch": "on"})
    cloud.messages.send(cloud.account, "shareNotify_v2", {"deviceid": LAMP, "note": "Garage of Grandma"})
    told = await run_example(hass, name)
    assert EFFECTS[name](cloud, told)


async def test_the_example_that_accepts_a_device_works(hass, cloud, home):
    shed = cloud.add_device({**cloud.stock["1000000102"], "name": "Shed"}, neighbour_of(cloud))
    offer = hass.async_create_task(cloud.offer(shed, cloud.account))
    await until(lambda: home.runtime_data.client.share_requests.open)
    await run_example(hass, "answer_share_0")
    await offer
    assert EFFECTS["answer_share_0"](cloud, {"offer": offer})
    await until(lambda: "1000000102" in home.runtime_data.client.devices)


async def test_the_examples_for_codes_work(hass, cloud, setup_entry, unpaced):
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    cloud.add_device(RADIO)
    await setup_entry(make_entry_v2(cloud, app=cloud.accounts.apps[cloud.app_id]))
    bridge = cloud.devices[BRIDGE]
    assert hass.states.get("event.radio_bridge_gate_close") is None
    learning = hass.async_create_task(run_example(hass, "learn_code_0"))
    await until(lambda: bridge.behaviour.learning is not None)
    await bridge.hear("CAFE")
    assert EFFECTS["learn_code_0"](cloud, await learning)
    assert hass.states.get("event.radio_bridge_gate_close") is not None
    assert hass.states.get("button.radio_bridge_gate_close") is not None
    await hass.services.async_call(
        DOMAIN,
        "delete_code",
        {"device_id": device_of(hass, "event.radio_bridge_gate_open"), "code": "2"},
        blocking=True,
    )
    await hass.async_block_till_done()
    assert hass.states.get("event.radio_bridge_gate_close") is None
    await run_example(hass, "rename_code_0")
    assert EFFECTS["rename_code_0"](cloud, {})
    assert hass.states.get("event.radio_bridge_gate_open").name == "Radio bridge Gate up"
    with pytest.raises(ServiceValidationError) as failure:
        await run_example(hass, "delete_code_0")
    assert str(failure.value) == "Radio bridge has no code named Gate open. It has: Gate up"
    bridge.tags["zyx_info"][0]["buttonName"] = [{"0": "open"}]
    await cloud.drop_connections()
    await until(lambda: hass.states.get("event.radio_bridge_gate_open").name == "Radio bridge Gate open")
    await run_example(hass, "delete_code_0")
    assert EFFECTS["delete_code_0"](cloud, {})


def device_of(hass, entity_id):
    return er.async_get(hass).async_get(entity_id).device_id


@pytest.fixture
async def bridge(hass, cloud, home, monkeypatch):
    """A bridge in a home of version 1, whose cloud takes no names of codes."""
    cloud.add_device(RADIO)
    await home.runtime_data.client.refresh_devices()
    await hass.async_block_till_done()
    return cloud.devices[BRIDGE]


async def test_where_the_cloud_takes_no_names_home_assistant_keeps_them(hass, cloud, run, bridge):
    learning = hass.async_create_task(run("learn_code", BRIDGE, name="close", remote="Gate"))
    await until(lambda: bridge.behaviour.learning is not None)
    await bridge.hear("CAFE")
    assert [one["name"] for one in (await learning)["codes"]] == ["Gate open", None]
    # Whether the device goes before it is up to the release.
    registry = er.async_get(hass)
    names = [registry.async_get(f"{domain}.radio_bridge_code_2").name for domain in ("event", "button")]
    assert names == ["Gate close", "Gate close"]
    # By its number, as it has no name there.
    with pytest.raises(HomeAssistantError) as failure:
        await run("rename_code", BRIDGE, code="2", name="up")
    assert failure.value.translation_key == "not_supported"
    learning = hass.async_create_task(run("learn_code", BRIDGE, code="2"))
    await until(lambda: bridge.behaviour.learning == 1)
    await bridge.hear("F00D")
    await learning
    assert bridge.params["rfList"][1] == {"rfChl": 1, "rfVal": "F00D"}
    assert [one["number"] for one in (await run("delete_code", BRIDGE, code="2"))["codes"]] == [1]


async def test_what_cannot_be_learnt_says_why(hass, cloud, run, bridge):
    error = await refused(run, "learn_code", LAMP, name="x")
    assert str(error) == "Hall lamp does not learn codes of radio remote controls"
    error = await refused(run, "learn_code", BRIDGE)
    assert error.translation_key == "name_required"
    bridge.behaviour.most_codes = 1
    with pytest.raises(HomeAssistantError) as failure:
        await run("learn_code", BRIDGE, name="x")
    assert failure.value.translation_key == "learning_refused"
    cloud.violations.clear()
    bridge.behaviour.most_codes = 2
    with pytest.raises(HomeAssistantError) as failure:
        await run("learn_code", BRIDGE, name="x")
    assert failure.value.translation_key == "nothing_heard"
    await until(lambda: [sent["cmd"] for sent in bridge.received] == ["capture", "capture", "captureCancel"])


def test_the_page_has_an_example_and_the_fields_of_each_action():
    assert set(sections) == set(ACTIONS)
    assert set(EFFECTS) == set(examples)
    assert {name.rpartition("_")[0] for name in examples} == set(ACTIONS)
    for name, section in sections.items():
        told = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        missing = {str(field) for field in ACTIONS[name].fields} - told
        # Its page refers to that of add_timer.
        assert not missing or name in {"list_groups", "change_timer"}
        assert told <= {str(field) for field in ACTIONS[name].fields}


# The descriptions


async def test_home_assistant_knows_every_action_and_its_fields(hass, home):
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    assert set(described) == set(ACTIONS)
    for name, action in ACTIONS.items():
        assert set(described[name]["fields"]) == {str(field) for field in action.fields}
        assert ("response" in described[name]) is (action.response != "none")


@pytest.mark.parametrize("name", ACTIONS)
def test_fields_are_described_as_they_are_checked(name):
    action = ACTIONS[name]
    fields = DESCRIBED[name]["fields"]
    assert {str(field) for field in action.fields} == set(fields)
    for marker in action.fields:
        field = fields[str(marker)]
        assert field.keys() <= {"required", "default", "example", "selector"}
        assert field.get("required", False) is isinstance(marker, probatio.Required)
        selector(field["selector"])
        (config,) = (value or {} for value in field["selector"].values())
        assert config.get("integration", DOMAIN) == DOMAIN


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_and_fields_have_texts_and_icons(name):
    icons = json.loads((INTEGRATION / "icons.json").read_text())["services"]
    assert icons[name]["service"].startswith("mdi:")
    assert TEXTS[name].keys() == {"name", "description", "fields"}
    assert TEXTS[name]["name"]
    assert TEXTS[name]["description"]
    assert TEXTS[name]["fields"].keys() == DESCRIBED[name]["fields"].keys()
    for field in TEXTS[name]["fields"].values():
        assert field.keys() == {"name", "description"}
        assert all(field.values())


def test_no_description_is_dead():
    assert set(DESCRIBED) == set(TEXTS) == set(ACTIONS)
    assert set(json.loads((INTEGRATION / "icons.json").read_text())["services"]) == set(ACTIONS)


async def test_actions_exist_before_an_account_does(hass):
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(ACTIONS)
    with pytest.raises(ServiceValidationError) as failure:
        await hass.services.async_call(DOMAIN, "list_groups", {}, blocking=True, return_response=True)
    assert failure.value.translation_key == "service_found_no_config_entry_for_domain"


async def test_an_account_that_is_not_loaded_is_refused(hass, home, run):
    lamp = home.runtime_data.async_device_entry(LAMP).id
    assert await hass.config_entries.async_unload(home.entry_id)
    error = await refused_device(hass, lamp)
    assert error.translation_key == "service_config_entry_not_loaded"
    error = await refused(run, "list_groups", config_entry_id=home.entry_id)
    assert error.translation_key == "service_config_entry_not_loaded"


async def refused(run, action, device_id=None, **data):
    with pytest.raises(ServiceValidationError) as failure:
        await run(action, device_id, **data)
    return failure.value


async def test_devices_of_others_and_the_account_itself_are_refused(hass, home, run, device_registry):
    stranger = device_registry.async_get_or_create(
        config_entry_id=home.entry_id, identifiers={("another", "thing")}, name="Thing"
    )
    error = await refused_device(hass, stranger.id)
    assert error.translation_key == "device_unknown_no_code"
    account = device_registry.async_get_device_by_identifier((DOMAIN, home.entry_id), home.entry_id)
    error = await refused_device(hass, account.id)
    assert error.translation_key == "device_is_account"
    assert str(error).endswith("represents the account, not a device. Select one of its devices")
    error = await refused_device(hass, "nowhere")
    assert error.translation_key == "service_device_not_found"


async def refused_device(hass, device_id):
    with pytest.raises(ServiceValidationError) as failure:
        await hass.services.async_call(
            DOMAIN, "query_device", {"device_id": device_id}, blocking=True, return_response=True
        )
    return failure.value


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("delete_device", {}),
        ("rename_device", {"name": "Mine"}),
        ("share_device", {"address": "third@example.com"}),
        ("edit_share", {"address": "third@example.com", "permissions": []}),
        ("cancel_share", {"address": "third@example.com"}),
    ],
)
async def test_what_only_the_owner_can_do_is_refused_with_its_name(cloud, run, action, data):
    error = await refused(run, action, GARAGE, **data)
    assert error.translation_key == "not_owner"
    assert str(error) == "Garage light belongs to Neighbour. Only its owner can do this"
    assert cloud.devices[GARAGE].name == "Garage light"


async def test_of_several_accounts_one_has_to_be_named(hass, cloud, home, run, setup_entry):
    other = make_entry(cloud, neighbour_of(cloud))
    await setup_entry(other)
    assert other.state is ConfigEntryState.LOADED
    error = await refused(run, "list_groups")
    assert error.translation_key == "service_found_multiple_config_entry_for_domain"
    assert (await run("list_groups", config_entry_id=other.entry_id)) == {"groups": []}

    theirs = other.runtime_data.async_device_entry(GARAGE).id
    ours = home.runtime_data.async_device_entry(LAMP).id
    with pytest.raises(ServiceValidationError) as failure:
        await hass.services.async_call(
            DOMAIN, "add_to_group", {"device_id": [ours, theirs], "group": "Bedroom"}, blocking=True
        )
    assert failure.value.translation_key == "several_accounts"


# Devices

READING = ("get_device", "query_device")


async def test_no_answer_tells_a_secret(cloud, home, run):
    device = cloud.devices[LAMP]
    device.params["ssid"] = "Home network"
    device.params["bssid"] = "d0:27:00:aa:bb:cc"
    told = json.dumps(
        [
            await run("get_device", LAMP),
            await run("query_device", LAMP),
            await run("send_command", LAMP, params={"switch": "on"}),
            await run("list_groups"),
        ]
    )
    assert "Hall lamp" in told
    assert LAMP in told
    secrets = [
        cloud.account.apikey,
        cloud.account.at,
        cloud.account.rt,
        device.item["devicekey"],
        "Home network",
        "d0:27:00:aa:bb:cc",
        cloud.account.address,
    ]
    assert [secret for secret in secrets if secret in told] == []


async def test_radio_addresses_of_children_are_told_nowhere(cloud, run):
    gateway = next(one for one in cloud.devices.values() if one.params.get("subDevices"))
    child = cloud.devices[gateway.params["subDevices"][0]["deviceid"]]
    told = json.dumps([await run(action, one.deviceid) for one in (gateway, child) for action in READING])
    assert child.deviceid in told
    assert child.params["staMac"] in child.params["subDevId"]
    assert child.params["staMac"] not in told


async def test_what_other_actions_take_is_told_as_it_is(run):
    told = await run("query_device", MACHINE, params=["timers"])
    # A word that nobody knows may be anybody's.
    assert told == {"params": {"timers": [{**MORNING, "unknown": "Text 1"}, EVENING]}}
    told = (await run("get_device", STRIP))["device"]
    assert told["tags"]["ck_channel_name"]["1"] == "TV"
    assert told["params"]["switches"][0] == {"outlet": 0, "switch": "off"}


async def test_a_command_in_several_objects(cloud, run):
    params = [{"switch": True}, {"sledOnline": "off"}]
    told = await run("send_command", LAMP, params=params)
    assert told["answer"]["error"] == 0
    assert cloud.devices[LAMP].received == [[{"switch": "on"}, {"sledOnline": "off"}]]


@pytest.mark.parametrize("params", [{}, [], [{}], [{"switch": "on"}, {}], ["switch"], "switch", None, 5])
async def test_a_command_without_params_is_refused(cloud, run, params):
    with pytest.raises(probatio.Invalid):
        await run("send_command", LAMP, params=params)
    assert cloud.devices[LAMP].received == []


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("offline", "device_offline"),
        ("silent", "command_timeout_no_code"),
        ("refuse", "command_refused_gone"),
    ],
)
async def test_a_command_that_fails_says_why(cloud, run, answer, key):
    cloud.devices[LAMP].answer = answer
    with pytest.raises(HomeAssistantError) as failure:
        await run("send_command", LAMP, params={"switch": "on"})
    assert failure.value.translation_key == key
    assert "Hall lamp" in str(failure.value)


@pytest.mark.parametrize(
    ("code", "text", "key"),
    [
        (500, "server error", "command_in_doubt"),
        (404, "<html>404 Not Found", "command_in_doubt"),
        (406, "User has logined another device", "command_in_doubt"),
        (407, "appid not allowed", "feature_refused"),
        (412, "the quota is spent", "quota_exceeded"),
    ],
)
async def test_trouble_of_the_cloud_is_not_told_as_that_of_the_device(cloud, run, code, text, key):
    cloud.faults.add("error", interface="update", code=code, text=text)
    with pytest.raises(HomeAssistantError) as failure:
        await run("send_command", LAMP, params={"switch": "on"})
    assert failure.value.translation_key == key
    assert f"error {code}" in str(failure.value)


@pytest.mark.parametrize("form", ["page", "message", "json", "code"])
@pytest.mark.parametrize(
    ("interface", "action", "fields"),
    [
        ("rename_device", "rename_device", {"name": "Porch"}),
        ("delete_device", "delete_device", {}),
        ("device", "get_device", {}),
        ("tags", "rename_channel", {"channel": 1, "name": "Porch"}),
    ],
)
async def test_a_page_is_not_told_as_a_device_that_is_gone(cloud, run, interface, action, fields, form):
    cloud.faults.add("gateway_page", interface=interface, status=404, form=form)
    with pytest.raises(HomeAssistantError) as failure:
        await run(action, STRIP, **fields)
    assert failure.value.translation_key in {"server_trouble", "not_ewelink"}


async def test_a_device_that_cannot_be_added_says_why(cloud, home, run):
    with pytest.raises(HomeAssistantError) as failure:
        await run("add_device", ewelink_device_id="1000000999", device_key="0000", name="Nothing")
    assert failure.value.translation_key == "device_refused"
    assert "error 404" in str(failure.value)
    assert "0000" not in str(failure.value).replace("1000000999", "")


async def test_a_child_of_a_gateway_is_added(cloud, run):
    gateway = cloud.devices["1000000012"]
    told = await run(
        "add_device",
        ewelink_device_id=gateway.deviceid,
        device_key=gateway.item["devicekey"],
        name="Back door",
        sub_device_id="a480000101",
    )
    assert cloud.devices["a480000101"].name == "Back door"
    assert told["ewelink_device_id"] == "a480000101"


async def test_a_deleted_device_takes_its_entities_along(hass, home, run):
    assert hass.states.get("switch.hall_lamp")
    await run("delete_device", LAMP)
    assert hass.states.get("switch.hall_lamp") is None
    assert home.runtime_data.async_device_entry(LAMP) is None


async def test_channels_that_are_none_are_refused_with_those_that_are(cloud, run):
    error = await refused(run, "rename_channel", STRIP, channel=5, name="Nothing")
    assert str(error) == (
        "Select one of the channels of Living room strip: 1 (Floor lamp), 2 (TV), 3 (Aquarium), 4 (Fan)"
    )
    error = await refused(run, "rename_channel", LAMP, channel=1, name="Nothing")
    assert error.translation_key == "no_channels"


@pytest.mark.parametrize(
    ("fault", "key", "code"),
    [
        ({"code": 407}, "feature_refused", "407"),
        ({"code": 412}, "quota_exceeded", "412"),
    ],
)
async def test_what_the_cloud_refuses_says_what_can_be_done(cloud, run, fault, key, code):
    cloud.faults.add("error", interface="add_group", **fault)
    with pytest.raises(HomeAssistantError) as failure:
        await run("add_group", name="Attic")
    assert failure.value.translation_key == key
    assert code in str(failure.value)


async def test_a_cloud_that_cannot_be_reached_says_so(cloud, home, run):
    port = cloud.port
    await cloud.stop()
    for action, device_id in (("list_groups", None), ("get_device", LAMP), ("send_command", LAMP)):
        data = {"params": {"switch": "on"}} if action == "send_command" else {}
        with pytest.raises(HomeAssistantError) as failure:
            await run(action, device_id, **data)
        assert failure.value.translation_key == "cannot_connect"
        assert str(failure.value).startswith(f"127.0.0.1:{port} cannot be reached. Check the network")


async def test_only_json_is_sent(cloud, run):
    error = await refused(run, "send_command", LAMP, params={"switch": object()})
    assert str(error) == (
        "The parameters contain something that cannot be sent. Use only texts, numbers, lists and mappings"
    )
    with pytest.raises(probatio.Invalid):
        await run("send_command", LAMP, params={})
    deep: list[object] = []
    for _ in range(23):
        deep = [deep]
    error = await refused(run, "send_command", LAMP, params={"switch": "on", "deep": deep})
    assert str(error) == (
        "The parameters are nested too deeply. Devices only accept a few levels of lists and mappings"
    )
    assert cloud.devices[LAMP].params["switch"] == "off"


# What these errors are made of beside the words that no text shows.
MADE_OF = {
    GroupUnconfirmedError: {"members": ("Hall lamp", "Porch")},
    InvalidAddressError: {"address": "nobody"},
    NameRequiredError: {},
    NotOwnerError: {"owner": "Kim"},
    NoteTooLongError: {"characters": 10, "size": 30},
    NotSharedError: {"address": "nobody@example.com", "receivers": ("kim@example.com",)},
    OwnAddressError: {},
    OwnDeviceError: {},
    RequestEndedError: {},
    ShareUnderWayError: {},
}
SECRET_WORDS = "ClientConnectorError: words of a library"


@pytest.fixture
async def texts(hass):
    """The texts of the integration, without an account."""
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.mark.parametrize("code", [499, None])
@pytest.mark.parametrize("kind", [kind for kind, *_ in ERROR_KEYS], ids=lambda kind: kind.__name__)
@pytest.mark.usefixtures("texts")
def test_every_error_of_the_client_has_a_text_that_is_filled_in(kind, code):
    if kind in MADE_OF:
        error = kind("interface-name", **MADE_OF[kind])
    else:
        error = kind("interface-name", code=code, reason=SECRET_WORDS)
    error.server = "eu.example.com:8080"
    lamp = device_from_entry({"deviceid": LAMP, "name": "Hall lamp"})
    shown = as_home_assistant_error(error, lamp)
    key, placeholders = error_text(error, lamp)
    assert (shown.translation_key, shown.translation_placeholders) == (key, placeholders)
    assert set(placeholders) >= {"device", "code", "server"}
    text = str(shown)
    assert text != key
    assert not re.search(r"[{}]|None|\(\)|error –|\s$", text)
    assert SECRET_WORDS not in f"{text} {placeholders}"
    # Where an error can be the cloud's, its code is shown.
    (keys,) = (keys for known, *keys in ERROR_KEYS if known is kind)
    assert ("499" in text) == (error.code is not None and keys[0] != keys[1])
    assert "interface-name" not in text


@pytest.mark.usefixtures("home")
def test_an_owner_whose_name_is_unknown_is_another_account():
    shown = as_home_assistant_error(
        NotOwnerError("rename"), device_from_entry({"deviceid": "1", "name": "Lamp"})
    )
    assert str(shown) == "Lamp belongs to another account. Only its owner can do this"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("code", [400, 401, 403, 404])
def test_a_device_that_may_be_gone_is_told_as_such(code):
    error = CommandError("update", code=code)
    error.may_be_gone = True
    shown = as_home_assistant_error(error, device_from_entry({"deviceid": "1", "name": "Lamp"}))
    assert str(shown).startswith(
        f"Lamp rejected the command (error {code}). Either the device does not support this command, or "
        "it is no longer in the account."
    )


async def test_a_reload_is_told_as_such(hass, home, run):
    client = home.runtime_data.client
    await hass.config_entries.async_unload(home.entry_id)
    with pytest.raises(SessionClosedError) as failure:
        await client.update(LAMP, {"switch": "on"})
    assert str(as_home_assistant_error(failure.value)) == (
        "The integration was being reloaded. Check whether the change was made, then try again"
    )


async def test_timers_are_asked_for_as_far_as_the_device_answers(cloud, run):
    cloud.devices[MACHINE].params["timers"] = [EVENING]
    (told,) = (await run("list_timers", MACHINE))["timers"]
    assert told["id"] == EVENING["mId"]

    cloud.devices[MACHINE].answer = "offline"
    assert (await run("list_timers", MACHINE))["timers"] == [told]

    cloud.remove_device(MACHINE)
    with pytest.raises(HomeAssistantError) as failure:
        await run("list_timers", MACHINE)
    assert "(error 400)" in str(failure.value)
    assert "it is no longer in the account" in str(failure.value)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("get_device", {}),
        ("delete_device", {}),
        ("rename_device", {"name": "Porch"}),
        ("rename_channel", {"name": "Porch", "channel": 1}),
        ("share_device", {"address": NEIGHBOUR}),
        ("add_to_group", {"group": "Bedroom"}),
    ],
)
async def test_a_device_that_was_removed_elsewhere_is_told_as_such(cloud, run, action, data):
    cloud.remove_device(STRIP)
    error = await refused(run, action, STRIP, **data)
    assert str(error) == (
        "The account does not have this device (error 400). It was removed or is no longer shared"
    )


# Groups


async def test_groups_are_meant_by_id_or_name(cloud, run):
    bedroom = next(group for group in cloud.account.groups.values() if group.name == "Bedroom")
    assert (await run("change_group", group=bedroom.id, name="Attic"))["name"] == "Attic"
    assert (await run("change_group", group="ATTIC", position=1))["position"] == 1
    error = await refused(run, "delete_group", group="Cellar")
    assert str(error) == (
        "There is no group Cellar. The account has: Attic, Living room, Nursery, Utility room"
    )
    cloud.accounts.add_group(cloud.account, "Attic", 7, cloud.clock())
    error = await refused(run, "delete_group", group="Attic")
    assert error.translation_key == "group_ambiguous"
    assert bedroom.id in str(error)


async def test_a_group_that_was_added_has_no_empty_birthday(run):
    assert "created_at" not in await run("add_group", name="Attic")
    groups = (await run("list_groups"))["groups"]
    assert all(group["created_at"] for group in groups)


async def test_a_change_of_a_group_changes_something(run):
    error = await refused(run, "change_group", group="Bedroom")
    assert str(error) == "Enter a name, a position, or both"


# Sharing


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"address": "nobody"}, "invalid_address"),
        ({"address": "0123456789"}, "invalid_address"),
        ({"address": NEIGHBOUR, "note": "more than ten"}, "note_too_long"),
        ({"address": NEIGHBOUR, "note": "🏡🏡🏡🏡🏡🏡🏡🏡"}, "note_too_long"),
    ],
)
async def test_shares_that_cannot_be_are_refused_before_anything_is_sent(cloud, run, data, key):
    error = await refused(run, "share_device", LAMP, **data)
    assert error.translation_key == key
    assert not cloud.devices[LAMP].shares


@pytest.mark.parametrize(
    ("device", "address", "mode", "key"),
    [
        (LAMP, "nobody@example.com", "accept", "receiver_unknown"),
        (LAMP, NEIGHBOUR, "refuse", "share_refused"),
        (MACHINE, NEIGHBOUR, "accept", "already_shared"),
        (LAMP, NEIGHBOUR, None, "share_timeout"),
    ],
)
async def test_the_end_of_a_share_is_told(cloud, run, device, address, mode, key):
    neighbour_of(cloud).on_share = mode
    with pytest.raises(HomeAssistantError) as failure:
        await run("share_device", device, address=address)
    assert failure.value.translation_key == key


@pytest.mark.parametrize(("action", "data"), [("edit_share", {"permissions": []}), ("cancel_share", {})])
async def test_a_slip_in_the_address_of_a_share_is_told(cloud, run, action, data):
    error = await refused(run, action, MACHINE, address="neighbor@example.com", **data)
    assert str(error) == (
        f"Washing machine is not shared with neighbor@example.com. It is shared with: {NEIGHBOUR}"
    )
    assert cloud.devices[MACHINE].shares


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"note": "Bye"}, (3, "Bye")),
        ({"note": ""}, (3, "")),
        ({"permissions": ["enable_timers"]}, (8, "Laundry")),
        ({"permissions": []}, (0, "Laundry")),
        ({}, (3, "Laundry")),
    ],
)
@pytest.mark.parametrize("names", ["address", "uid"])
async def test_of_a_share_stays_what_is_not_given(cloud, run, data, expected, names):
    cloud.quirks.share_names = names
    told = await run("edit_share", MACHINE, address=NEIGHBOUR, **data)
    share = cloud.devices[MACHINE].shares[neighbour_of(cloud).apikey]
    assert (share.permit, share.note) == expected
    assert told["shared_to"][0]["address"] == NEIGHBOUR


async def test_a_device_of_ones_own_is_not_left(cloud, run):
    error = await refused(run, "leave_share", LAMP)
    assert error.translation_key == "own_device"
    assert LAMP in cloud.devices


async def test_a_device_that_is_left_goes_at_once(hass, cloud, home, run):
    await run("leave_share", GARAGE)
    assert GARAGE not in home.runtime_data.client.devices
    await hass.async_block_till_done()
    assert home.runtime_data.async_device_entry(GARAGE) is None
    assert hass.states.get("switch.garage_light") is None
    assert cloud.devices[GARAGE].shares == {}


async def test_a_request_is_refused_or_named(hass, cloud, home, run):
    assert (await refused(run, "answer_share", accept=True)).translation_key == "no_share_request"
    sheds = [
        cloud.add_device({**cloud.stock[device_id], "name": f"Shed {device_id}"}, neighbour_of(cloud))
        for device_id in ("1000000101", "1000000102")
    ]
    offers = [hass.async_create_task(cloud.offer(shed, cloud.account)) for shed in sheds]
    await until(lambda: len(home.runtime_data.client.share_requests.open) == 2)
    error = await refused(run, "answer_share", accept=False)
    assert error.translation_key == "several_share_requests"
    assert "Shed 1000000102 (1000000102)" in str(error)
    for shed in sheds:
        await run("answer_share", accept=False, ewelink_device_id=shed.deviceid)
    assert [await offer for offer in offers] == [{"error": 0, "result": 3}] * 2
    assert not sheds[0].shares


# Timers


@pytest.fixture
def winter():
    """A Saturday in January; time goes on, and the event loop keeps its own."""
    with freeze_time("2026-01-10 12:00:00", tick=True, real_asyncio=True):
        yield


@pytest.fixture
def summer():
    """A Friday in July."""
    with freeze_time("2026-07-10 12:00:00", tick=True, real_asyncio=True):
        yield


async def test_a_repeated_timer_tells_how_its_hour_moves(winter, cloud, run):
    told = await run(
        "add_timer", LAMP, kind="repeat", operation="turn_on", time="00:30:00", weekdays=["mon", "sun"]
    )
    # Half past midnight in Berlin is the day before in UTC.
    assert timers_of(cloud, LAMP)[0]["at"] == "30 23 * * 0,6"
    timer = told["timer"]
    assert timer["moves_with_daylight_saving"] is True
    assert timer["next"] == "2026-01-11T00:30+01:00"
    assert timer["local_times"] == [
        {"since": "2026-01-11T00:30+01:00", "time": "00:30", "weekdays": ["sun", "mon"]},
        {"since": "2026-03-30T01:30+02:00", "time": "01:30", "weekdays": ["sun", "mon"]},
        {"since": "2026-10-26T00:30+01:00", "time": "00:30", "weekdays": ["sun", "mon"]},
    ]


async def test_a_timer_for_one_moment_is_told_in_local_time(summer, cloud, run):
    told = await run("add_timer", LAMP, kind="once", operation="turn_off", at="2026-07-11 07:04:30")
    assert timers_of(cloud, LAMP)[0]["at"] == "2026-07-11T05:05:00.000Z"
    assert told["timer"]["at"] == told["timer"]["next"] == "2026-07-11T07:05+02:00"
    assert told["timer"]["actions"] == [
        {"operation": "turn_off", "channel": None, "params": {"switch": "off"}}
    ]
    # What is not given stays.
    told = await run("change_timer", LAMP, timer=told["timer"]["id"], operation="turn_on")
    assert told["timer"]["at"] == "2026-07-11T07:05+02:00"
    assert timers_of(cloud, LAMP)[0]["do"] == {"switch": "on"}
    # Another kind needs its own facts.
    error = await refused(run, "change_timer", LAMP, timer=told["timer"]["id"], kind="countdown")
    assert str(error) == "A Countdown timer also requires: Delay (delay)"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"kind": "once", "at": "2026-07-01T00:00:00+00:00"},
            "2026-07-01 02:00 is in the past. Select a later time",
        ),
        (
            {"kind": "once", "at": "2027-03-28 02:30:00"},
            "2027-03-28 02:30 does not exist because the clocks are set forward then. Select another time",
        ),
        (
            {"kind": "loop", "at": "0001-01-01T00:00:00+14:00", "every": 5},
            "0001-01-01 00:00 is more than 100 years away. Check the year",
        ),
        (
            {"kind": "loop", "time": "07:00:00"},
            "A Loop timer also requires: Date and time (at), Cycle (every)",
        ),
        (
            {"kind": "repeat", "time": "07:00:00", "at": "2050-01-01 00:00:00", "delay": 5},
            "These fields are not used by a Repeat timer: Date and time (at), Delay (delay)",
        ),
        (
            {"kind": "once", "at": "2050-01-01 00:00:00", "then_operation": "turn_off"},
            "These fields are not used by a Once timer: Second operation (then_operation)",
        ),
    ],
)
async def test_refused_timers_are_told_as_they_are_entered(summer, run, data, message):
    error = await refused(run, "add_timer", LAMP, operation="turn_on", **data)
    assert str(error) == message


async def test_a_moment_in_the_present_minute_is_still_to_come(summer, cloud, run):
    error = await refused(run, "add_timer", LAMP, kind="once", operation="turn_on", at="2026-07-10 14:00:00")
    assert error.translation_key == "timer_is_past"
    told = await run("add_timer", LAMP, kind="once", operation="turn_on", at="2026-07-10 14:00:59")
    assert told["timer"]["next"] == told["timer"]["at"] == "2026-07-10T14:01+02:00"
    assert timers_of(cloud, LAMP)[0]["at"] == "2026-07-10T12:01:00.000Z"


async def test_a_time_of_day_is_rounded_up_to_the_minute(winter, cloud, run):
    told = await run("add_timer", LAMP, kind="repeat", operation="turn_on", time="00:30:45", weekdays=["mon"])
    assert told["timer"]["local_times"][0]["time"] == "00:31"
    assert timers_of(cloud, LAMP)[0]["at"] == "31 23 * * 0"


async def test_a_timer_that_rests_still_rests_when_it_is_changed(cloud, run):
    told = await run("change_timer", MACHINE, timer=EVENING["mId"], at="2050-06-02 20:00:00")
    assert told["timer"]["enabled"] is False
    assert told["timer"]["next"] is None
    assert timers_of(cloud, MACHINE)[1] == {**EVENING, "at": "2050-06-02T18:00:00.000Z"}


async def test_a_loop_and_a_countdown_are_changed_in_part(cloud, run):
    told = await run(
        "add_timer",
        LAMP,
        kind="loop",
        operation="turn_off",
        at="2050-01-01 12:00:00",
        every=90,
        then_after=10,
        then_operation="turn_off",
    )
    assert told["timer"]["actions"][1]["operation"] == "turn_off"
    mid = told["timer"]["id"]
    await run("change_timer", LAMP, timer=mid, every=120)
    assert timers_of(cloud, LAMP)[0]["at"] == "2050-01-01T11:00:00.000Z 120 10"
    assert timers_of(cloud, LAMP)[0]["endDo"] == {"switch": "off"}
    await run("change_timer", LAMP, timer=mid, operation="turn_off")
    assert timers_of(cloud, LAMP)[0]["endDo"] == {"switch": "on"}

    await run("change_timer", LAMP, timer=mid, kind="countdown", delay=5)
    assert timers_of(cloud, LAMP)[0]["period"] == "5"
    told = await run("change_timer", LAMP, timer=mid, operation="turn_on")
    assert timers_of(cloud, LAMP)[0]["period"] == "5"
    assert told["timer"]["id"] == mid
    assert len(told["timers"]) == 1


@pytest.mark.parametrize(
    ("device", "data", "key"),
    [
        (LAMP, {"kind": "once"}, "timer_incomplete"),
        (LAMP, {"kind": "once", "at": "2000-01-01 00:00:00"}, "timer_is_past"),
        (LAMP, {"kind": "once", "at": "2050-03-27 02:30:00"}, "no_such_time"),
        (LAMP, {"kind": "once", "at": "9999-12-31 23:59:59"}, "timer_too_far"),
        (LAMP, {"kind": "once", "at": "9999-12-31T23:59:59-12:00"}, "timer_too_far"),
        (LAMP, {"kind": "once", "at": "0001-01-01 00:00:00"}, "timer_too_far"),
        (LAMP, {"kind": "loop", "at": "0001-01-01T00:00:00+14:00", "every": 5}, "timer_too_far"),
        (LAMP, {"kind": "once", "at": "2050-01-01 00:00:00", "every": 5}, "timer_contradiction"),
        (LAMP, {"kind": "loop", "at": "2050-01-01 00:00:00", "every": 5, "then_after": 5}, "timer_cycle"),
        (
            LAMP,
            {"kind": "loop", "at": "2050-01-01 00:00:00", "every": 5, "then_operation": "turn_on"},
            "timer_incomplete",
        ),
        (LAMP, {"kind": "countdown", "delay": 5, "channel": 1}, "no_channels"),
        (STRIP, {"kind": "countdown", "delay": 5}, "channel_unknown"),
        (STRIP, {"kind": "countdown", "delay": 5, "channel": 5}, "channel_unknown"),
        (
            STRIP,
            {"kind": "loop", "at": "2050-01-01 00:00:00", "every": 5, "channel": 1},
            "timer_kind_refused",
        ),
    ],
)
async def test_timers_that_cannot_be_are_refused(cloud, run, device, data, key):
    error = await refused(run, "add_timer", device, operation="turn_on", **data)
    assert error.translation_key == key
    assert "timers" not in cloud.devices[device].params


@pytest.mark.parametrize("value", [1.5, "1.5", float("inf"), float("nan"), True, None, "one", [1], 0, -1])
@pytest.mark.parametrize(
    ("action", "field", "data"),
    [
        ("add_timer", "channel", {"kind": "countdown", "operation": "turn_on", "delay": 5}),
        ("add_timer", "delay", {"kind": "countdown", "operation": "turn_on", "channel": 1}),
        ("change_timer", "every", {"timer": "1"}),
        ("change_timer", "then_after", {"timer": "1"}),
        ("rename_channel", "channel", {"name": "Nothing"}),
        ("add_group", "position", {"name": "Attic"}),
    ],
)
def test_only_whole_numbers_are_taken(action, field, data, value):
    schema = ACTIONS[action].schema
    target = {} if action == "add_group" else {"device_id": "1"}
    for whole in (2, 2.0, "2"):
        assert schema({**target, **data, field: whole})[field] == 2
    with pytest.raises(probatio.Invalid, match=field):
        schema({**target, **data, field: value})


@pytest.mark.parametrize("action", ["add_timer", "change_timer"])
@pytest.mark.parametrize("field", ["delay", "every", "then_after"])
def test_minutes_end_after_a_year(action, field):
    data = {"device_id": "1", "timer": "1"} if action == "change_timer" else {"device_id": "1"}
    data |= {"kind": "countdown", "operation": "turn_on"}
    limit = DESCRIBED[action]["fields"][field]["selector"]["number"]["max"]
    assert ACTIONS[action].schema({**data, field: limit})[field] == limit == 365 * 24 * 60
    with pytest.raises(probatio.Invalid, match=field):
        ACTIONS[action].schema({**data, field: limit + 1})


@pytest.mark.parametrize(
    "period", ["0", "99999999999", "9" * 5000, "soon", None, 5.5], ids=lambda period: str(period)[:11]
)
async def test_a_countdown_of_unknown_length_needs_another(cloud, run, period):
    countdown = {**EVENING, "coolkit_timer_type": "delay", "period": period}
    cloud.devices[MACHINE].params["timers"] = [countdown]
    error = await refused(run, "change_timer", MACHINE, timer=EVENING["mId"], operation="turn_on")
    assert str(error) == "A Countdown timer also requires: Delay (delay)"
    assert timers_of(cloud, MACHINE) == [countdown]


async def test_moments_at_the_end_of_time_are_told(cloud, run):
    last = {**EVENING, "at": "2199-12-31T22:59:59.000Z"}
    beyond = {**last, "mId": "3", "enabled": 1, "at": "9999-12-31T23:59:59.000Z"}
    cloud.devices[MACHINE].params["timers"] = [
        {**last, "enabled": 1},
        {**last, "mId": "2", "type": "tide"},
        beyond,
    ]
    await run("query_device", MACHINE)
    told = (await run("list_timers", MACHINE))["timers"]
    assert told[0]["at"] == told[0]["next"] == "2199-12-31T23:59+01:00"
    # Dates have their bounds; what is beyond cannot be read.
    assert told[1]["kind"] is told[2]["kind"] is None


async def test_a_timer_that_cannot_be_read_is_told_kept_and_replaced(cloud, home, run):
    strange = {"mId": "strange", "enabled": 1, "type": "tide", "at": "high", "do": {"switch": "on"}}
    machine = cloud.devices[MACHINE]
    machine.params["timers"] = [strange, MORNING]
    told = await run("query_device", MACHINE, params=["timers"])
    assert len(told["params"]["timers"]) == 2
    told = (await run("list_timers", MACHINE))["timers"][0]
    assert told == {
        "id": "strange",
        "enabled": True,
        "kind": None,
        "actions": [],
        "next": None,
        "in_app": False,
    }

    error = await refused(run, "change_timer", MACHINE, timer="strange", time="05:00:00")
    assert error.translation_key == "timer_kind_unknown"
    assert str(error) == (
        "Home Assistant cannot read the kind of this timer of Washing machine. Enter the kind it should have"
    )
    data = {"kind": "repeat", "time": "05:00:00"}
    error = await refused(run, "change_timer", MACHINE, timer="strange", **data)
    assert str(error) == "A Repeat timer also requires: Operation (operation)"
    await run("change_timer", MACHINE, timer="strange", operation="turn_off", **data)
    assert machine.params["timers"][0]["do"] == {"switch": "off"}
    assert machine.params["timers"][1] == MORNING


CHANGES = {
    "add_timer": {"kind": "countdown", "operation": "turn_on", "delay": 5},
    "change_timer": {"timer": MORNING["mId"], "time": "05:00:00"},
    "disable_timer": {"timer": MORNING["mId"]},
    "enable_timer": {"timer": EVENING["mId"]},
    "delete_timer": {"timer": MORNING["mId"]},
}


@pytest.mark.parametrize("timers", [[], [MORNING, EVENING]])
async def test_nothing_is_written_beside_timers_that_cannot_be_read(cloud, run, timers):
    machine = cloud.devices[MACHINE]
    await machine.push({"timers": timers, "timerV2": {"stand-in": [1]}})
    for action, data in CHANGES.items():
        with pytest.raises(HomeAssistantError) as failure:
            await run(action, MACHINE, **data)
        assert failure.value.translation_key == "timers_unreadable"
        assert str(failure.value) == (
            "Washing machine keeps its timers in a format that Home Assistant cannot read, so nothing"
            " was changed. Change them in the eWeLink app"
        )
    assert machine.params["timers"] == timers
    assert machine.received == []

    if timers:
        told = await run("list_timers", MACHINE)
        assert [one["id"] for one in told["timers"]] == [MORNING["mId"], EVENING["mId"]]
        assert told["complete"] is False
    else:
        with pytest.raises(HomeAssistantError) as failure:
            await run("list_timers", MACHINE)
        assert failure.value.translation_key == "no_timer_readable"


async def test_timers_that_the_app_keeps_are_told_and_left_to_it(cloud, home, run):
    machine = cloud.devices[MACHINE]
    aside = {**EVENING, "mId": "aside"}
    machine.tags["disable_timers"] = [aside]
    await home.runtime_data.client.refresh_devices()
    told = await run("list_timers", MACHINE)
    assert told["complete"] is True
    assert [(one["id"], one["enabled"], one["in_app"]) for one in told["timers"]] == [
        (MORNING["mId"], True, False),
        (EVENING["mId"], False, False),
        ("aside", False, True),
    ]
    assert told["timers"][2]["next"] is None
    for action in ("enable_timer", "disable_timer", "delete_timer", "change_timer"):
        error = await refused(run, action, MACHINE, timer="aside")
        assert error.translation_key == "timer_in_app"
    assert machine.received == []
    # Those in the device are the device's.
    told = await run("delete_timer", MACHINE, timer=EVENING["mId"])
    assert [one["id"] for one in told["timers"]] == [MORNING["mId"], "aside"]
    assert machine.tags["disable_timers"] == [aside]


# One that has none, and one whose timers are shown but not understood.
@pytest.mark.parametrize("name", ["102", "18"])
async def test_a_device_that_takes_no_timers_is_refused(hass, cloud, setup_home, name):
    entry = await setup_home(load_device(name))
    (device_id,) = cloud.devices
    with pytest.raises(ServiceValidationError) as failure:
        await hass.services.async_call(
            DOMAIN,
            "add_timer",
            {
                "device_id": entry.runtime_data.async_device_entry(device_id).id,
                "kind": "countdown",
                "operation": "turn_on",
                "delay": 5,
            },
            blocking=True,
        )
    assert failure.value.translation_key == "no_timers"


async def test_an_action_that_takes_other_params_stays_while_only_its_time_changes(cloud, home, run):
    machine = cloud.devices[MACHINE]
    machine.params["timers"] = [{**MORNING, "do": {"sledOnline": "off"}}]
    told = await run("change_timer", MACHINE, timer=MORNING["mId"], weekdays=["sun"])
    assert told["timer"]["actions"] == [{"operation": None, "channel": None, "params": {"sledOnline": "off"}}]
    assert told["timer"]["local_times"][0]["weekdays"] == ["sun"]


async def test_a_timer_that_is_not_there_is_refused_with_those_that_are(cloud, run):
    for action in ("enable_timer", "delete_timer", "change_timer"):
        error = await refused(run, action, MACHINE, timer="none")
        assert str(error) == (
            f"Washing machine has no timer none. It has: {MORNING['mId']}, {EVENING['mId']}"
        )
    assert timers_of(cloud, MACHINE) == [MORNING, EVENING]


@pytest.mark.parametrize(
    ("permit", "action", "data"),
    [
        (14, "add_timer", {"kind": "countdown", "operation": "turn_on", "delay": 5}),
        (13, "change_timer", {"timer": MORNING["mId"], "time": "05:00:00"}),
        (11, "delete_timer", {"timer": MORNING["mId"]}),
        (7, "disable_timer", {"timer": MORNING["mId"]}),
    ],
)
async def test_the_owner_decides_about_timers_of_a_shared_device(cloud, home, run, permit, action, data):
    garage = cloud.devices[GARAGE]
    garage.params["timers"] = [MORNING]
    cloud.share(garage, cloud.account, permit=permit)
    await home.runtime_data.client.refresh_devices()
    error = await refused(run, action, GARAGE, **data)
    assert error.translation_key == "timers_not_allowed"
    assert "Neighbour" in str(error)
    assert garage.params["timers"] == [MORNING]

    cloud.share(garage, cloud.account, permit=15 - permit)
    await home.runtime_data.client.refresh_devices()
    await run(action, GARAGE, **data)
    assert garage.params["timers"] != [MORNING]


def test_an_owner_without_a_name_decides_about_timers_too(home):
    device = device_from_entry(
        {
            "deviceid": "1",
            "name": "Lamp",
            "apikey": "somebody",
            "sharedBy": {"apikey": "somebody", "permit": 0},
        }
    )
    with pytest.raises(ServiceValidationError) as failure:
        check_permit(home.runtime_data, device, Permit.ADD)
    assert (
        str(failure.value) == "The owner of Lamp has not given you permission to do this. Ask for permission"
    )


async def test_timers_that_another_client_writes_meanwhile_are_both_shown(cloud, home, run):
    machine = cloud.devices[MACHINE]
    other = {**EVENING, "mId": "00000000-0000-4000-8000-00000000000c"}
    commands = home.runtime_data.client._timers._commands
    update = commands.update

    async def overtaken(device_id, params):
        answer = await update(device_id, params)
        machine.params["timers"] = [other]
        return answer

    commands.update = overtaken
    with pytest.raises(HomeAssistantError) as failure:
        await run("delete_timer", MACHINE, timer=EVENING["mId"])
    assert failure.value.translation_key == "timers_changed"
    assert str(failure.value) == (
        "Another client changed the timers of Washing machine at the same time, so nothing was "
        "written again. Requested: Repeat, 07:00 (Monday, Tuesday): Turn on. Found: Once, "
        "2050-06-01 20:00: Turn off (disabled). Check the timers and repeat the change"
    )
    assert machine.params["timers"] == [other]


@pytest.mark.parametrize(
    ("device", "changes", "line"),
    [
        (MACHINE, {}, "Repeat, 07:00 (Monday, Tuesday): Turn on"),
        (MACHINE, {"at": "0 23 * * *"}, "Repeat, 00:00 (every day): Turn on"),
        (MACHINE, {"at": "0 23 * * 0,6"}, "Repeat, 00:00 (Sunday, Monday): Turn on"),
        (MACHINE, {"type": "once", "at": "2050-06-01T18:00:00Z"}, "Once, 2050-06-01 20:00: Turn on"),
        (MACHINE, {"type": "once", "at": "2199-12-31T22:59:00Z"}, "Once, 2199-12-31 23:59: Turn on"),
        (
            MACHINE,
            {"type": "once", "coolkit_timer_type": "delay", "at": "2050-01-01T18:00:00Z", "enabled": 0},
            "Countdown, 2050-01-01 19:00: Turn on (disabled)",
        ),
        (
            MACHINE,
            {"type": "duration", "at": "2050-01-01T18:00:00Z 60"},
            "Loop, 2050-01-01 19:00, every 60 min: Turn on",
        ),
        (
            MACHINE,
            {"type": "duration", "at": "2050-01-01T18:00:00Z 60 20", "endDo": {"switch": "off"}},
            "Loop, 2050-01-01 19:00, every 60 min: Turn on, after 20 min Turn off",
        ),
        (
            STRIP,
            {"do": {"switch": "off", "outlet": 2}},
            "Repeat, 07:00 (Monday, Tuesday): Turn off (Aquarium)",
        ),
        (
            STRIP,
            {"do": {"lock": 1, "mode": "auto", "x": "y"}},
            "Repeat, 07:00 (Monday, Tuesday): lock 1, mode auto, x Text 1",
        ),
        (MACHINE, {"at": "high"}, "Unreadable timer"),
    ],
)
async def test_timers_are_shown_as_people_read_them(winter, home, device, changes, line):
    timer = Timer.from_dict({**MORNING, "coolkit_timer_type": changes.get("type", "repeat"), **changes})
    coordinator = home.runtime_data
    device = coordinator.client.devices[device]
    assert await async_timer_lines(coordinator, device, [timer] * 2) == f"{line}; {line}"
    assert await async_timer_lines(coordinator, device, []) == "–"


@pytest.mark.parametrize(
    ("fault", "options", "key"),
    [("no_answer", {}, "timers_not_read_no_code"), ("error", {"code": 504}, "timers_not_read")],
)
async def test_timers_that_were_not_told_were_not_changed_either(cloud, run, fault, options, key):
    cloud.faults.add(fault, interface="query", **options)
    with pytest.raises(HomeAssistantError) as failure:
        await run("delete_timer", MACHINE, timer=EVENING["mId"])
    assert failure.value.translation_key == key
    assert "so nothing was changed" in str(failure.value)
    assert timers_of(cloud, MACHINE) == [MORNING, EVENING]
