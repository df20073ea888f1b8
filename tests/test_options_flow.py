"""The menus of the options, each good and bad, against the simulated cloud."""

from dataclasses import replace

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.ewelink.const import CONF_MEASURING_BUDGET, CONF_WRITE_NAMES, DOMAIN
from custom_components.ewelink.coolkit import Feature
from custom_components.ewelink.markdown import Markdown, escape
from simulator.cloud import PASSWORD
from simulator.home import item
from tests.common import make_entry, until
from tests.dialogs import done, named, with_texts

pytestmark = pytest.mark.usefixtures("unpaced")

STRIP, BOILER, GATEWAY, GARAGE = "1000000002", "1000000005", "1000000012", "1000000015"
KITCHEN, COFFEE_MACHINE = "1000000006", "1000000014"
SHARED = Markdown(
    "Shared with this account (only their owners can change them): Garage light \\(Neighbour\\)"
)
KEPT = "Leave empty to keep the value you entered."
ACTING = [
    "account",
    "add_device",
    "areas_from_groups",
    "groups",
    "homes",
    "radio",
    "remove_device",
    "rename",
    "sharing",
    "timers",
]


def key_of(device_id):
    """Return the key of a device from the simulated shop."""
    return f"00000000-0000-4000-8000-{device_id:0>12}"


@pytest.fixture
async def client(running_entry):
    """The account's client, when it knows the groups, too."""
    client = running_entry.runtime_data.client
    await until(lambda: client.management.groups)
    return client


def ended(result, reason, **placeholders):
    """Check that a menu has ended like this."""
    assert result["type"] is FlowResultType.ABORT, result.get("errors")
    assert result["reason"] == reason
    shown = result["description_placeholders"] or {}
    assert {name: shown[name] for name in placeholders} == {
        name: escape(value) for name, value in placeholders.items()
    }


def asked(result, step_id, **errors):
    """Check that a form is shown, with these errors."""
    assert result["type"] is FlowResultType.FORM, result.get("reason")
    assert result["step_id"] == step_id
    assert (result["errors"] or {}) == errors


def suggested(result, field):
    return get_schema_suggested_value(result["data_schema"].schema, field)


def options_of(result, field):
    """Return what a field lets choose from: labels by values."""
    selector = next(value for marker, value in result["data_schema"].schema.items() if marker == field)
    return {option["value"]: option["label"] for option in selector.config["options"]}


def group_ids(client):
    return {group.name: group.group_id for group in client.management.groups.values()}


# All of them


async def test_a_name_of_blanks_leaves_no_empty_row(hass, running_entry, choose):
    registry = dr.async_get(hass)
    for device_id, name in ((STRIP, "   "), (BOILER, "\u3164")):
        device = registry.async_get_device_by_identifier((DOMAIN, device_id), running_entry.entry_id)
        registry.async_update_device(device.id, name_by_user=name)
    options = options_of(await choose("rename"), "device")
    assert (options[STRIP], options[BOILER]) == ("Living room strip", "Boiler")


async def test_the_first_menu_leads_to_all_others(choose):
    result = await choose()
    assert result["step_id"] == "init"
    assert set(result["menu_options"]) == {*ACTING, "settings"}


async def test_what_the_app_id_may_not_do_stays_in_the_menu_and_says_so(running_entry, choose):
    for feature in (Feature.GROUPS, Feature.SHARING, Feature.ACCOUNT):
        running_entry.runtime_data.api.refuse(feature)
    result = await choose()
    assert set(ACTING) <= set(result["menu_options"])
    for steps in (["groups"], ["areas_from_groups"], ["account"], ["sharing", "share_device"]):
        result = await choose(*steps)
        assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "not_available")
        assert "Nothing was sent" in result["description_placeholders"]["reason"]


@pytest.mark.parametrize("step", ACTING)
async def test_what_acts_on_the_cloud_needs_the_account(hass, running_entry, choose, fill, step):
    result = await choose()
    await hass.config_entries.async_unload(running_entry.entry_id)
    ended(await fill(result, next_step_id=step), "not_loaded", account=running_entry.title)


async def test_a_form_that_is_open_when_the_account_goes_says_so(hass, running_entry, choose, fill):
    result = await choose("groups", "add_group")
    await hass.config_entries.async_unload(running_entry.entry_id)
    ended(await fill(result, name="Attic"), "not_loaded")


async def test_only_the_settings_touch_the_options(hass, running_entry, choose, fill):
    hass.config_entries.async_update_entry(running_entry, options={"kept": 1})
    client = running_entry.runtime_data.client
    result = await choose("settings")
    assert result["data_schema"]({}) == {CONF_WRITE_NAMES: False, CONF_MEASURING_BUDGET: 60}
    result = await fill(result, {CONF_WRITE_NAMES: True, CONF_MEASURING_BUDGET: 30})
    done(result, "settings_saved")
    assert running_entry.options == {"kept": 1, CONF_WRITE_NAMES: True, CONF_MEASURING_BUDGET: 30}
    result = await choose("settings")
    assert result["data_schema"]({}) == {CONF_WRITE_NAMES: True, CONF_MEASURING_BUDGET: 30}

    done(await fill(await choose("groups", "add_group"), name="Attic"), "group_added")
    assert running_entry.options == {"kept": 1, CONF_WRITE_NAMES: True, CONF_MEASURING_BUDGET: 30}
    # Neither needs the session to be opened anew.
    assert running_entry.runtime_data.client is client


async def test_settings_do_not_need_the_cloud(hass, running_entry, choose, fill):
    result = await choose()
    await hass.config_entries.async_unload(running_entry.entry_id)
    result = await fill(await fill(result, next_step_id="settings"), {CONF_WRITE_NAMES: True})
    done(result, "settings_saved")
    assert running_entry.options == {CONF_WRITE_NAMES: True}


# Account


PASSWORDS = {
    "old_password": PASSWORD,
    "new_password": "Another one 2026",
    "repeated_password": "Another one 2026",
}


async def test_a_new_password_leaves_the_account_signed_in(hass, cloud, running_entry, choose, fill):
    tokens = dict(running_entry.data["tokens"])
    done(await fill(await choose("account"), PASSWORDS), "password_changed", account=running_entry.title)
    assert cloud.account.password == PASSWORDS["new_password"]
    assert running_entry.data["tokens"] == tokens
    assert not hass.config_entries.flow.async_progress()
    assert PASSWORDS["new_password"] not in str(running_entry.as_dict())


async def test_a_wrong_password_can_be_mended(cloud, choose, fill):
    result = await fill(await choose("account"), {**PASSWORDS, "old_password": "wrong"})
    asked(result, "account", old_password="wrong_password")
    assert result["description_placeholders"]["code"] == "400"
    # The new one is still known, and is not in the form.
    assert [suggested(result, name) for name in PASSWORDS] == [None] * 3
    with pytest.raises(InvalidData):
        await fill(result, {})
    done(await fill(result, old_password=PASSWORD), "password_changed")
    assert cloud.account.password == PASSWORDS["new_password"]


@pytest.mark.parametrize("name", ["old_password", "new_password"])
async def test_a_password_that_is_missing_is_asked_for(cloud, choose, fill, name):
    result = await choose("account")
    hints = ("old_password_hint", "new_password_hint")
    assert [result["description_placeholders"][hint] for hint in hints] == ["", ""]
    result = await fill(result, {**PASSWORDS, name: ""})
    asked(result, "account", **{name: "password_required"})
    assert [result["description_placeholders"][hint] for hint in hints] == [
        "" if hint == f"{name}_hint" else KEPT for hint in hints
    ]
    done(await fill(result, {name: PASSWORDS[name]}), "password_changed")
    assert cloud.account.password == PASSWORDS["new_password"]


async def test_a_slip_in_the_new_password_is_noticed(cloud, choose, fill):
    result = await fill(await choose("account"), {**PASSWORDS, "repeated_password": "Another one"})
    asked(result, "account", repeated_password="passwords_differ")
    assert cloud.account.password == PASSWORD
    new = {name: PASSWORDS[name] for name in ("new_password", "repeated_password")}
    done(await fill(result, new), "password_changed")
    assert cloud.account.password == PASSWORDS["new_password"]


async def test_passwords_outlive_trouble_of_the_cloud(cloud, choose, fill):
    cloud.faults.add("error", interface="change_password", code=500)
    result = await fill(await choose("account"), PASSWORDS)
    asked(result, "account", base="server_trouble")
    done(await fill(result, {}), "password_changed")


async def test_a_cloud_that_signs_out_asks_for_the_new_password(hass, cloud, running_entry, choose, fill):
    result = await choose("account")
    # Two witnesses say so.
    for interface in ("devices", "dispatch"):
        cloud.faults.add("error", interface=interface, code=401, count=None)
    done(await fill(result, PASSWORDS), "password_changed_sign_in")
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    # It is nobody else's doing.
    assert flow["step_id"] == "reauth_confirm"
    assert running_entry.state is ConfigEntryState.LOADED
    assert hass.states.get("switch.hall_lamp")
    cloud.faults.clear()


async def test_a_list_that_fails_after_a_new_password_does_not_matter(cloud, choose, fill):
    result = await choose("account")
    cloud.faults.add("error", interface="devices", code=500)
    done(await fill(result, PASSWORDS), "password_changed")


async def test_no_secret_is_logged(hass, choose, fill, caplog):
    caplog.set_level("DEBUG")
    await fill(await choose("account"), PASSWORDS)
    key = key_of("1000000101")
    typed = {"device_id": "1000000101", "device_key": f"{key}0", "name": "Attic"}
    result = await fill(await choose("add_device", "add_wifi_device"), typed)
    done(await fill(result, {**typed, "device_key": key}), "device_added")
    await hass.async_block_till_done()
    assert caplog.text
    for secret in (*PASSWORDS.values(), key):
        assert secret not in caplog.text


# Add a device


async def test_a_wifi_device_is_there_with_the_answer(hass, cloud, choose, fill):
    result = await choose("add_device", "add_wifi_device")
    lists = sum(request.interface == "devices" for request in cloud.requests)
    result = await fill(
        result, device_id=" 1000000101 ", device_key=key_of("1000000101"), name="Attic", chip_id="00ab"
    )
    done(result, "device_added", device="Attic")
    await hass.async_block_till_done()
    assert hass.states.get("switch.attic")
    assert sum(request.interface == "devices" for request in cloud.requests) == lists


async def test_a_refused_device_can_be_mended(hass, choose, fill):
    typed = {"device_id": "1000000101", "name": "Attic"}
    result = await fill(await choose("add_device", "add_wifi_device"), {**typed, "device_key": "wrong"})
    asked(result, "add_wifi_device", device_id="device_refused")
    assert result["description_placeholders"]["code"] == "400"
    assert {name: suggested(result, name) for name in typed} == typed
    assert suggested(result, "device_key") is None
    # A slip in the ID does not cost the key.
    key = key_of("1000000101")
    result = await fill(result, {**typed, "device_id": "none", "device_key": key})
    asked(result, "add_wifi_device", device_id="device_refused")
    assert key not in str(result["data_schema"].schema)
    done(await fill(result, typed), "device_added")


@pytest.mark.parametrize("step", ["add_wifi_device", "add_gsm_device", "add_child_device"])
async def test_a_device_of_the_account_is_said_to_be_there_already(cloud, running_entry, choose, fill, step):
    field = "sub_device_id" if step == "add_child_device" else "device_id"
    typed = {"name": "Attic", "device_key": "key", field: f" {BOILER} "}
    if field == "sub_device_id":
        typed["gateway"] = GATEWAY
    result = await fill(await choose("add_device", step), typed)
    asked(result, step, **{field: "device_already_added"})
    assert named(result)["device"] == running_entry.runtime_data.client.devices[BOILER].name


async def test_an_own_device_that_is_refused_is_named(cloud, choose, fill):
    cloud.faults.add("error", interface="delete_device", code=400, count=1)
    result = await fill(await fill(await choose("remove_device"), device=BOILER))
    asked(result, "remove_device_confirm", base="device_refused_own")
    cloud.faults.add("error", interface="rename_device", code=400, count=1)
    result = await fill(await fill(await choose("rename"), device=BOILER), name="Other")
    asked(result, "rename_name", base="device_refused_own")


async def test_a_name_is_needed(choose, fill):
    typed = {"device_id": "1000000101", "device_key": key_of("1000000101"), "name": "  "}
    asked(
        await fill(await choose("add_device", "add_wifi_device"), typed),
        "add_wifi_device",
        name="name_required",
    )


@pytest.mark.parametrize("step", ["add_wifi_device", "add_gsm_device"])
async def test_a_key_is_needed(cloud, choose, fill, step):
    typed = {"device_id": "1000000101", "name": "Attic"}
    result = await choose("add_device", step)
    assert result["description_placeholders"]["device_key_hint"] == ""
    result = await fill(result, {**typed, "device_key": " "})
    asked(result, step, device_key="key_required")
    assert "1000000101" not in cloud.devices
    result = await fill(result, {**typed, "device_key": "wrong"})
    assert result["description_placeholders"]["device_key_hint"] == KEPT


async def test_a_function_that_the_app_id_lacks(cloud, choose, fill):
    cloud.faults.add("error", interface="add_gsm", code=407)
    typed = {"device_id": "1000000103", "device_key": key_of("1000000103"), "name": "Cabin"}
    result = await fill(await choose("add_device", "add_gsm_device"), typed)
    asked(result, "add_gsm_device", base="feature_refused")
    assert result["description_placeholders"]["code"] == "407"


async def test_a_gsm_device(hass, cloud, choose, fill):
    typed = {"device_id": "1000000103", "device_key": "wrong", "name": "Cabin"}
    result = await fill(await choose("add_device", "add_gsm_device"), typed)
    asked(result, "add_gsm_device", device_id="device_refused")
    done(await fill(result, {**typed, "device_key": key_of("1000000103")}), "device_added", device="Cabin")
    await hass.async_block_till_done()
    assert hass.states.get("switch.cabin")
    assert "1000000103" in cloud.devices


async def test_a_child_needs_only_the_gateway_and_its_own_id(hass, cloud, choose, fill):
    result = await choose("add_device", "add_child_device")
    assert suggested(result, "gateway") == GATEWAY
    assert GARAGE not in options_of(result, "gateway")
    typed = {"gateway": GATEWAY, "sub_device_id": "none", "name": "Back door"}
    result = await fill(result, typed)
    asked(result, "add_child_device", sub_device_id="device_refused")
    assert suggested(result, "sub_device_id") == "none"
    result = await fill(result, {**typed, "sub_device_id": "a480000101"})
    done(result, "device_added", device="Back door")
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.back_door_opening")
    assert cloud.devices["a480000101"].parent.deviceid == GATEWAY


async def test_plugs_and_lamps_are_no_gateways(cloud, client, choose):
    cloud.add_device(item("1000000201", 66, "Attic bridge"))
    cloud.add_device(item("1000000202", 43, "Attic box"))
    cloud.add_device(item("1000000203", 6, "Attic relay", {"subDevices": []}))
    cloud.add_device(item("1000000204", 6, "Attic switch"))
    await client.refresh_devices()
    offered = options_of(await choose("add_device", "add_child_device"), "gateway")
    # Those with children first, then those that are known as gateways, then those that may be one:
    # a switch that hears the buttons of remote controls, and what nobody knows.
    assert list(offered.values()) == [
        "Zigbee bridge",
        "Attic bridge",
        "Attic relay",
        "Attic box",
        "Coffee machine",
        "Kitchen",
    ]


async def test_a_device_with_children_is_a_gateway_whatever_its_uiid(cloud, client, choose):
    cloud.add_device(item("ab00000001", 174, "Hall buttons", {"parentid": "1000000001"}))
    # The lamp itself does not tell of them.
    del cloud.devices["1000000001"].params["subDevices"]
    await client.refresh_devices()
    result = await choose("add_device", "add_child_device")
    assert list(options_of(result, "gateway").values())[:2] == ["Zigbee bridge", "Hall lamp"]
    assert suggested(result, "gateway") == GATEWAY


async def test_what_may_be_a_gateway_is_offered_but_not_proposed(cloud, running_entry, client, choose):
    cloud.remove_device(GATEWAY)
    await running_entry.runtime_data.async_refresh()
    await until(lambda: GATEWAY not in client.devices)
    result = await choose("add_device", "add_child_device")
    assert list(options_of(result, "gateway").values()) == ["Coffee machine", "Kitchen"]
    assert suggested(result, "gateway") is None


async def test_an_account_without_a_gateway_is_told_so(cloud, running_entry, client, choose):
    for device_id in (GATEWAY, COFFEE_MACHINE, KITCHEN):
        cloud.remove_device(device_id)
    await running_entry.runtime_data.async_refresh()
    await until(lambda: not {GATEWAY, COFFEE_MACHINE, KITCHEN} & client.devices.keys())
    assert "1000000001" in client.devices
    ended(await choose("add_device", "add_child_device"), "no_gateways")


async def test_the_key_of_a_gateway_that_the_cloud_does_not_tell(cloud, running_entry, choose, fill):
    del cloud.devices[GATEWAY].item["devicekey"]
    await running_entry.runtime_data.async_refresh()
    typed = {"gateway": GATEWAY, "sub_device_id": "a480000101", "name": "Back door"}
    result = await fill(await choose("add_device", "add_child_device"), typed)
    asked(result, "add_child_device", device_key="device_key_required")
    # The simulated gateway has forgotten its key, too.
    result = await fill(result, {**typed, "device_key": "key"})
    asked(result, "add_child_device", sub_device_id="device_refused")


# Remove a device


async def test_a_device_leaves_after_a_second_question(hass, cloud, device_registry, choose, fill):
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, "1000000001"), hass.config_entries.async_entries(DOMAIN)[0].entry_id
    )
    device_registry.async_update_device(device.id, name_by_user="My lamp")
    result = await choose("remove_device")
    offered = options_of(result, "device")
    assert offered["1000000001"] == "My lamp"
    assert GARAGE not in offered
    assert result["description_placeholders"]["shared"] == SHARED

    result = await fill(result, device="1000000001")
    asked(result, "remove_device_confirm")
    assert named(result) == {"device": "My lamp", "children": ""}
    assert "1000000001" in cloud.devices
    done(await fill(result), "device_removed", device="My lamp")
    await hass.async_block_till_done()
    assert "1000000001" not in cloud.devices
    assert hass.states.get("switch.hall_lamp") is None


async def test_a_gateway_takes_its_children_along(hass, cloud, client, choose, fill):
    assert hass.states.get("binary_sensor.front_door_opening")
    result = await fill(await choose("remove_device"), device=GATEWAY)
    children = result["description_placeholders"]["children"]
    assert (
        children
        == "These devices are removed as well: Hall motion, Front door, Nursery climate, Nursery light"
    )
    done(await fill(result), "device_removed")
    await until(lambda: not any(device_id.startswith("a48") for device_id in client.devices))
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.front_door_opening") is None


async def test_a_device_that_cannot_be_removed_now(cloud, choose, fill):
    result = await fill(await choose("remove_device"), device="1000000001")
    cloud.faults.add("error", interface="delete_device", code=500)
    result = await fill(result)
    asked(result, "remove_device_confirm", base="server_trouble")
    assert named(result)["device"] == "Hall lamp"
    done(await fill(result), "device_removed")


async def test_a_device_that_has_left_meanwhile(cloud, running_entry, client, choose, fill):
    result = await choose("remove_device")
    cloud.remove_device("1000000001")
    await running_entry.runtime_data.async_refresh()
    await until(lambda: "1000000001" not in client.devices)
    ended(await fill(result, device="1000000001"), "device_gone")


@pytest.mark.parametrize("step", ["remove_device", "rename"])
async def test_an_account_with_no_device_of_its_own_is_told_whose_they_are(
    hass, cloud, setup_entry, fill, step
):
    receiver = cloud.add_account(email="guest@example.com")
    cloud.share(cloud.devices[GARAGE], receiver)
    entry = make_entry(cloud, receiver)
    await setup_entry(entry)
    result = with_texts(await hass.config_entries.options.async_init(entry.entry_id))
    result = await fill(result, next_step_id=step)
    ended(result, "no_own_devices", shared=SHARED)


async def test_nothing_is_said_of_others_where_nobody_shares(cloud, running_entry, choose, fill):
    cloud.unshare(cloud.devices[GARAGE], cloud.account)
    await running_entry.runtime_data.async_refresh()
    await until(lambda: GARAGE not in running_entry.runtime_data.client.devices)
    result = await choose("remove_device")
    assert named(result) == {"shared": ""}


async def test_a_device_that_changes_hands_while_the_form_is_open_is_its_new_owners(
    cloud, running_entry, choose, fill
):
    """What the form could not know yet is told with the owner's name, and nothing is sent."""
    result = await fill(await choose("remove_device"), device="1000000001")
    neighbour = cloud.devices[GARAGE].owner
    cloud.devices["1000000001"].owner = neighbour
    cloud.share(cloud.devices["1000000001"], cloud.account)
    await running_entry.runtime_data.async_refresh()
    sent = len(cloud.requests)
    result = await fill(result)
    asked(result, "remove_device_confirm", base="not_owner")
    assert named(result)["owner"] == "Neighbour"
    assert len(cloud.requests) == sent


# Rename


async def test_a_device_gets_another_name(hass, cloud, choose, fill):
    result = await fill(await choose("rename"), device="1000000001")
    asked(result, "rename_name")
    assert suggested(result, "name") == "Hall lamp"
    done(await fill(result, name=" Porch "), "renamed", name="Porch")
    assert cloud.devices["1000000001"].name == "Porch"
    await hass.async_block_till_done()
    assert hass.states.get("switch.hall_lamp").name == "Porch"


async def test_a_channel_gets_another_name(hass, cloud, choose, fill):
    result = await fill(await choose("rename"), device=STRIP)
    asked(result, "rename_part")
    assert list(options_of(result, "part").values()) == [
        "Living room strip",
        "1: Floor lamp",
        "2: TV",
        "3: Aquarium",
        "4: Fan",
    ]
    result = await fill(result, part="1")
    assert suggested(result, "name") == "TV"
    assert named(result)["device"] == "Living room strip · 2: TV"
    done(await fill(result, name="Screen"), "renamed", name="Screen")
    names = cloud.devices[STRIP].tags["ck_channel_name"]
    assert names == {"0": "Floor lamp", "1": "Screen", "2": "Aquarium", "3": "Fan"}
    await hass.async_block_till_done()
    assert hass.states.get("switch.living_room_strip_tv").name == "Living room strip Screen"

    result = await fill(await choose("rename"), device=STRIP)
    result = await fill(await fill(result, part="device"), name="Strip")
    done(result, "renamed", name="Strip")
    assert cloud.devices[STRIP].name == "Strip"


async def test_a_name_that_stays_sends_nothing(cloud, choose, fill):
    result = await fill(await choose("rename"), device="1000000001")
    sent = len(cloud.requests)
    done(await fill(result, name="Hall lamp "), "name_unchanged", name="Hall lamp")
    assert len(cloud.requests) == sent


async def test_names_that_cannot_be(cloud, choose, fill):
    result = await fill(await choose("rename"), device="1000000001")
    result = await fill(result, name=" ")
    asked(result, "rename_name", name="name_required")
    cloud.faults.add("error", interface="rename_device", code=412)
    result = await fill(result, name="Porch")
    asked(result, "rename_name", base="quota_exceeded")
    assert suggested(result, "name") == "Porch"
    done(await fill(result, name="Porch"), "renamed")


# Groups


async def test_groups_are_listed_as_they_are_now(cloud, choose):
    cloud.accounts.add_group(cloud.account, "Attic", 9, cloud.clock())
    result = await choose("groups")
    listing = result["description_placeholders"]["groups"].splitlines()
    assert listing[0] == "- **Living room**: Living room strip, Shelf strip"
    assert listing[-1] == "- **Attic**: –"
    assert "order_groups" in result["menu_options"]


async def test_of_a_large_group_the_first_devices_are_listed(cloud, client, running_entry, choose):
    bedroom = cloud.account.groups[group_ids(client)["Bedroom"]]
    bedroom.devices[:] = ["1000000001", "1000000003", "1000000004"]
    await running_entry.runtime_data.async_refresh()
    listing = (await choose("groups"))["description_placeholders"]["groups"]
    assert "- **Bedroom**: Hall lamp, Washing machine, Bedroom bulb\n" in listing
    bedroom.devices += [STRIP, BOILER]
    await running_entry.runtime_data.async_refresh()
    listing = (await choose("groups"))["description_placeholders"]["groups"]
    assert "- **Bedroom**: Hall lamp, Living room strip, Washing machine and 2 more\n" in listing


async def test_long_names_do_not_fill_the_listing(hass, cloud, running_entry, client, choose, fill):
    bedroom = group_ids(client)["Bedroom"]
    cloud.account.groups[bedroom].name = "G" * 4000
    cloud.account.groups[bedroom].devices[:] = [STRIP]
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, STRIP), running_entry.entry_id)
    registry.async_update_device(device.id, name_by_user="D" * 4000)
    await running_entry.runtime_data.async_refresh()
    result = await choose("groups")
    group, device = "G" * 49 + "…", "D" * 49 + "…"
    assert f"- **{group}**: {device}\n" in result["description_placeholders"]["groups"]
    result = await fill(result, next_step_id="delete_group")
    assert options_of(result, "group")[bedroom] == group
    result = await fill(result, group=bedroom)
    assert named(result) == {"group": group}


@pytest.mark.parametrize("name", ["Bedroom", "B" * 60])
async def test_groups_of_the_same_name_are_told_apart(cloud, client, choose, fill, name):
    first = group_ids(client)["Bedroom"]
    cloud.account.groups[first].name = name
    # What is cut off does not tell them apart.
    tail = "" if name == "Bedroom" else "2"
    second = cloud.accounts.add_group(cloud.account, f"{name}{tail}", 9, cloud.clock()).id
    short = name if name == "Bedroom" else "B" * 49 + "…"
    labels = {group: f"{short} ({group})" for group in (first, second)}

    result = await choose("groups")
    for label in labels.values():
        assert f"- **{escape(label)}**: " in result["description_placeholders"]["groups"]
    for step, field in (
        ("rename_group", "group"),
        ("order_groups", "groups"),
        ("group_devices", "group"),
        ("delete_group", "group"),
    ):
        offered = options_of(await choose("groups", step), field)
        assert labels.items() <= offered.items()
        assert "Living room" in offered.values()
    result = await choose("groups", "order_groups")
    order = result["description_placeholders"]["groups"].split(", ")
    assert set(map(escape, labels.values())) <= set(order)

    result = await fill(await choose("groups", "group_devices"), group=second)
    assert named(result) == {"group": labels[second]}
    done(await fill(result, devices=[STRIP]), "members_changed", group=labels[second])
    result = await fill(await choose("groups", "delete_group"), group=second)
    assert named(result) == {"group": labels[second]}
    done(await fill(result), "group_deleted", group=labels[second])
    assert options_of(await choose("groups", "delete_group"), "group")[first] == short


async def test_without_groups_one_can_only_be_added(cloud, client, choose, fill):
    cloud.account.groups.clear()
    result = await choose("groups")
    assert result["menu_options"] == ["add_group", "init"]
    assert named(result) == {"done": "", "groups": "None yet."}
    done(await fill(await fill(result, next_step_id="add_group"), name="Attic"), "group_added")
    result = await choose("groups")
    assert "order_groups" not in result["menu_options"]
    assert list(group_ids(client)) == ["Attic"]


@pytest.mark.usefixtures("client")
async def test_groups_that_cannot_be_read(cloud, choose):
    cloud.faults.add("error", interface="groups", code=500)
    result = await choose("groups")
    message = f"127.0.0.1:{cloud.port} returned an internal error (error 500). Try again in a few minutes."
    ended(result, "groups_unread", error=message)


async def test_a_group_is_added_and_renamed(cloud, client, choose, fill):
    done(await fill(await choose("groups", "add_group"), name="Attic"), "group_added", group="Attic")
    assert list(group_ids(client))[-1] == "Attic"
    attic = group_ids(client)["Attic"]
    result = await fill(await choose("groups", "rename_group"), group=attic, name="Loft")
    done(result, "group_renamed", group="Loft")
    assert cloud.account.groups[attic].name == "Loft"


@pytest.mark.parametrize("step", ["add_group", "rename_group"])
async def test_a_group_without_a_name(client, choose, fill, step):
    result = await choose("groups", step)
    fields = {"group": next(iter(client.management.groups))} if step == "rename_group" else {}
    result = await fill(result, {**fields, "name": " "})
    asked(result, step, name="name_required")
    assert {name: suggested(result, name) for name in fields} == fields
    reason = "group_renamed" if fields else "group_added"
    done(await fill(result, {**fields, "name": "Loft"}), reason)


async def test_a_group_that_was_deleted_elsewhere(cloud, client, choose, fill):
    group = next(iter(client.management.groups))
    result = await choose("groups", "rename_group")
    del cloud.account.groups[group]
    await client.management.refresh_groups()
    result = await fill(result, group=group, name="Loft")
    asked(result, "rename_group", base="group_unknown_no_code")


async def test_a_group_that_was_added_elsewhere(cloud, client, choose, fill):
    result = await choose("groups", "rename_group")
    fresh = replace(next(iter(cloud.account.groups.values())), id="67a9c3787c65c1e582e2e6ff", name="Cellar")
    cloud.account.groups[fresh.id] = fresh
    await client.management.refresh_groups()
    result = await fill(result, name="Loft")
    asked(result, "rename_group", group="nothing_chosen")
    done(await fill(result, group=fresh.id, name="Loft"), "group_renamed", group="Loft")


async def test_groups_are_put_in_order(cloud, client, choose, fill):
    ids = group_ids(client)
    result = await choose("groups", "order_groups")
    order = [ids["Nursery"], ids["Utility room"]]
    assert result["description_placeholders"]["groups"] == "Living room, Bedroom, Nursery, Utility room"
    cloud.faults.add("error", interface="edit_group", code=500)
    result = await fill(result, groups=order)
    asked(result, "order_groups", base="server_trouble")
    assert suggested(result, "groups") == order
    result = await fill(result, groups=order)
    done(result, "groups_ordered", groups="Nursery, Utility room, Living room, Bedroom")
    ordered = sorted(cloud.account.groups.values(), key=lambda group: group.index)
    assert [group.name for group in ordered] == ["Nursery", "Utility room", "Living room", "Bedroom"]


async def test_devices_come_to_a_group_and_leave_it(cloud, client, choose, fill):
    bedroom = group_ids(client)["Bedroom"]
    result = await fill(await choose("groups", "group_devices"), group=bedroom)
    asked(result, "group_members")
    assert suggested(result, "devices") == ["1000000004", "1000000009"]
    # What others share may be in one's own groups.
    assert GARAGE in options_of(result, "devices")
    wanted = ["1000000009", GARAGE]
    cloud.faults.add("error", interface="group_device", code=500)
    result = await fill(result, devices=wanted)
    asked(result, "group_members", base="server_trouble")
    assert suggested(result, "devices") == wanted
    done(await fill(result, devices=wanted), "members_changed", group="Bedroom")
    assert set(cloud.account.groups[bedroom].devices) == set(wanted)
    assert client.devices[GARAGE].groups == (bedroom,)


async def test_a_group_whose_devices_stay(cloud, client, choose, fill):
    bedroom = group_ids(client)["Bedroom"]
    result = await fill(await choose("groups", "group_devices"), group=bedroom)
    sent = len(cloud.requests)
    done(await fill(result, devices=["1000000009", "1000000004"]), "members_unchanged")
    assert len(cloud.requests) == sent


async def test_a_group_is_deleted_after_a_second_question(cloud, client, choose, fill):
    bedroom = group_ids(client)["Bedroom"]
    result = await fill(await choose("groups", "delete_group"), group=bedroom)
    asked(result, "delete_group_confirm")
    assert named(result) == {"group": "Bedroom"}
    assert bedroom in cloud.account.groups
    cloud.faults.add("error", interface="delete_group", code=500)
    result = await fill(result)
    asked(result, "delete_group_confirm", base="server_trouble")
    done(await fill(result), "group_deleted", group="Bedroom")
    assert bedroom not in cloud.account.groups
    assert {"1000000004", "1000000009"} <= client.devices.keys()


async def test_a_group_that_goes_between_two_steps(cloud, client, choose, fill):
    bedroom = group_ids(client)["Bedroom"]
    result = await choose("groups", "delete_group")
    del cloud.account.groups[bedroom]
    await client.management.refresh_groups()
    ended(await fill(result, group=bedroom), "group_gone")


async def test_the_last_group_goes_while_the_menu_is_open(cloud, client, choose, fill):
    result = await choose("groups")
    cloud.account.groups.clear()
    await client.management.refresh_groups()
    ended(await fill(result, next_step_id="delete_group"), "group_gone")


# Areas


async def test_areas_come_from_the_first_group(
    hass, cloud, client, running_entry, area_registry, device_registry, choose, fill
):
    ids = group_ids(client)
    # By their order, the first group of this one is another than the first that it was put in.
    cloud.account.groups[ids["Bedroom"]].devices.append(BOILER)
    await running_entry.runtime_data.async_refresh()
    shed = area_registry.async_create("Shed")
    bedroom = area_registry.async_get_or_create("Bedroom")
    # New devices got theirs by themselves; this is about those that lost it.
    for device in dr.async_entries_for_config_entry(device_registry, running_entry.entry_id):
        device_registry.async_update_device(device.id, area_id=None)

    def entry_of(device_id):
        return device_registry.async_get_device_by_identifier((DOMAIN, device_id), running_entry.entry_id)

    device_registry.async_update_device(entry_of(STRIP).id, area_id=shed.id)
    result = await choose("areas_from_groups")
    asked(result, "areas_from_groups")
    cloud.faults.add("error", interface="groups", code=500)
    result = await fill(result)
    asked(result, "areas_from_groups", base="server_trouble")
    done(await fill(result), "areas_assigned", count="7")

    assert entry_of(STRIP).area_id == shed.id
    assert entry_of(BOILER).area_id == entry_of("1000000004").area_id == bedroom.id
    assert area_registry.async_get_area_by_name("Nursery").id == entry_of("a480000003").area_id
    assert entry_of("1000000001").area_id is None
    done(await fill(await choose("areas_from_groups")), "areas_complete")
