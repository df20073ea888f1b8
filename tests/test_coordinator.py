"""Accounts: their devices in the registry, those that come and go, and accounts that share devices."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_UNAVAILABLE
from homeassistant.core import CoreState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.ewelink import async_remove_config_entry_device, coordinator
from custom_components.ewelink.const import CONF_TOKENS, DOMAIN, RESYNC_INTERVAL
from custom_components.ewelink.coolkit import ConnectionState, Origin
from custom_components.ewelink.listeners import MAX_CACHED_PARAM_SETS
from simulator.home import item
from tests.common import connected, make_entry, until
from tests.platforms import STRIP, STRIP_ID, call, off, on, state_of

HEATER_ID = "1000000a02"
HEATER = item(
    HEATER_ID, 1, "Heater", {"switch": "off", "fwVersion": "3.5.0"}, model="BASICR2", product="BASICR2"
)
FAN_ID = "1000000a07"
FAN = item(FAN_ID, 6, "Fan", {"switch": "on"})


def device_of(device_registry, entry, device_id):
    return device_registry.async_get_device_by_identifier((DOMAIN, device_id), entry.entry_id)


@pytest.fixture
def guest(cloud):
    """Return the entry of a second account, which is not set up yet."""
    return make_entry(cloud, cloud.add_account(email="guest@example.com", nickname="Guest"))


# Devices in the registry


async def test_what_the_registry_knows_of_a_device(setup_home, device_registry):
    entry = await setup_home(HEATER)
    device = device_of(device_registry, entry, HEATER_ID)
    assert (device.name, device.manufacturer, device.model, device.model_id) == (
        "Heater",
        "SONOFF",
        "BASICR2",
        "1",
    )
    assert (device.serial_number, device.sw_version) == (HEATER_ID, "3.5.0")
    assert device.connections == {("mac", HEATER["extra"]["extra"]["mac"])}


async def test_one_service_device_stands_for_the_account(setup_home, device_registry):
    entry = await setup_home(HEATER)
    account = device_of(device_registry, entry, entry.entry_id)
    assert account.entry_type is dr.DeviceEntryType.SERVICE
    assert len(dr.async_entries_for_config_entry(device_registry, entry.entry_id)) == 2


async def test_a_child_names_its_gateway_wherever_it_stands_in_the_list(setup_home, device_registry):
    entry = await setup_home(
        item("1000000d04", 1256, "Pump", {"parentid": "1000000d01", "switch": "on"}),
        item("1000000d01", 168, "Bridge", {}),
    )
    child, gateway = (
        device_of(device_registry, entry, device_id) for device_id in ("1000000d04", "1000000d01")
    )
    assert child.via_device_id == gateway.id


async def test_devices_that_give_the_same_address_stay_two(setup_home, device_registry):
    address = HEATER["extra"]["extra"]["mac"]
    twin = {**FAN, "extra": {"extra": {**FAN["extra"]["extra"], "mac": address, "staMac": address}}}
    entry = await setup_home(HEATER, twin)
    heater, fan = (device_of(device_registry, entry, device_id) for device_id in (HEATER_ID, FAN_ID))
    assert (heater.name, fan.name) == ("Heater", "Fan")
    assert heater.id != fan.id
    assert (heater.connections, fan.connections) == ({("mac", address)}, set())


async def test_a_new_name_and_new_firmware_reach_the_registry(hass, cloud, setup_home, device_registry):
    entry = await setup_home(HEATER)
    cloud.rename(HEATER_ID, "Stove")
    await entry.runtime_data.async_refresh()
    await cloud.devices[HEATER_ID].push({"fwVersion": "3.6.0"})
    await until(lambda: device_of(device_registry, entry, HEATER_ID).sw_version == "3.6.0")
    assert device_of(device_registry, entry, HEATER_ID).name == "Stove"
    assert hass.states.get("switch.heater").name == "Stove"


# Devices come and go


async def test_a_new_device_appears(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    cloud.add_device(FAN)
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert on(hass, "switch.fan")


async def test_a_new_child_names_its_gateway_wherever_it_stands_in_the_list(
    hass, cloud, setup_home, device_registry
):
    entry = await setup_home(HEATER)
    cloud.add_device(item("1000000d04", 1256, "Pump", {"parentid": "1000000d01", "switch": "on"}))
    cloud.add_device(item("1000000d01", 168, "Bridge", {}))
    await entry.runtime_data.async_refresh()
    child, gateway = (
        device_of(device_registry, entry, device_id) for device_id in ("1000000d04", "1000000d01")
    )
    assert child.via_device_id == gateway.id


async def test_a_device_that_nobody_knows_appears_when_it_reports(hass, cloud, setup_home):
    await setup_home(HEATER)
    device = cloud.add_device(FAN)
    await device.push({"switch": "off"})
    await until(lambda: off(hass, "switch.fan"))


async def test_a_device_leaves_with_the_second_list_that_lacks_it(hass, cloud, setup_home, device_registry):
    entry = await setup_home(HEATER, FAN)
    cloud.remove_device(FAN_ID)
    await entry.runtime_data.async_refresh()
    assert on(hass, "switch.fan")
    await until(lambda: hass.states.get("switch.fan") is None)
    assert device_of(device_registry, entry, FAN_ID) is None
    assert off(hass, "switch.heater")


async def test_the_last_device_leaves_and_is_remembered(hass, cloud, setup_home, device_registry):
    entry = await setup_home(HEATER)
    device = device_of(device_registry, entry, HEATER_ID)
    device_registry.async_update_device(device.id, name_by_user="Stove")
    cloud.remove_device(HEATER_ID)
    await entry.runtime_data.async_refresh()
    await until(lambda: device_of(device_registry, entry, HEATER_ID) is None)

    cloud.add_device(HEATER)
    await entry.runtime_data.async_refresh()
    await until(lambda: device_of(device_registry, entry, HEATER_ID) is not None)
    assert device_of(device_registry, entry, HEATER_ID).name_by_user == "Stove"


async def test_a_device_that_left_while_nobody_looked_is_gone(hass, cloud, setup_home, device_registry):
    entry = await setup_home(HEATER, FAN)
    await hass.config_entries.async_unload(entry.entry_id)
    cloud.remove_device(FAN_ID)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: device_of(device_registry, entry, FAN_ID) is None)
    assert device_of(device_registry, entry, HEATER_ID) is not None


async def test_only_a_device_that_the_account_lacks_can_be_deleted(hass, cloud, setup_home, device_registry):
    entry = await setup_home(HEATER)
    gone = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "1000000aff")}, name="Gone"
    )
    assert await async_remove_config_entry_device(hass, entry, gone)
    heater = device_of(device_registry, entry, HEATER_ID)
    assert "Remove a device from eWeLink" in await refused_removal(hass, entry, heater)
    account = device_of(device_registry, entry, entry.entry_id)
    assert await refused_removal(hass, entry, account) == (
        "demo@example.com represents the account and is removed together with it. To remove the "
        "account from Home Assistant, delete it on the integration page"
    )
    cloud.faults.add("error", interface="devices", code=500)
    assert "(error 500)" in await refused_removal(hass, entry, heater)
    assert device_of(device_registry, entry, HEATER_ID) is not None


async def refused_removal(hass, entry, device):
    """Return what the page of a device says when it is not deleted."""
    with pytest.raises(HomeAssistantError) as refusal:
        await async_remove_config_entry_device(hass, entry, device)
    return str(refusal.value)


async def test_a_device_that_was_removed_elsewhere_can_be_deleted_at_once(
    hass, cloud, setup_home, device_registry, hass_ws_client
):
    assert await async_setup_component(hass, "config", {})
    entry = await setup_home(HEATER, FAN)
    cloud.remove_device(HEATER_ID)
    browser = await hass_ws_client(hass)
    answers = {}
    for device_id in (HEATER_ID, FAN_ID):
        await browser.send_json_auto_id(
            {
                "type": "config/device_registry/remove",
                "device_id": device_of(device_registry, entry, device_id).id,
            }
        )
        answers[device_id] = await browser.receive_json()
    assert answers[HEATER_ID]["success"], answers
    assert answers[FAN_ID]["error"]["translation_key"] == "device_still_listed"
    await hass.async_block_till_done()
    assert device_of(device_registry, entry, HEATER_ID) is None
    assert hass.states.get("switch.heater") is None
    assert on(hass, "switch.fan")


async def test_a_shared_device_is_deleted_by_its_owner_only(hass, cloud, setup_entry, guest, device_registry):
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    cloud.share(cloud.add_device(HEATER), cloud.accounts.by_apikey[guest.unique_id])
    cloud.account.nickname = "Kim"
    await setup_entry(guest)
    heater = device_of(device_registry, guest, HEATER_ID)
    assert await refused_removal(hass, guest, heater) == (
        "Kim shares this device with the account, which would add it again. To leave it, select "
        "Configure on the integration page, then Sharing, then Leave a shared device. You can "
        "also disable it here instead"
    )


async def test_a_device_of_an_account_that_is_not_loaded_is_not_deleted(
    hass, cloud, setup_home, device_registry
):
    entry = await setup_home(HEATER)
    heater = device_of(device_registry, entry, HEATER_ID)
    await hass.config_entries.async_unload(entry.entry_id)
    said = await refused_removal(hass, entry, heater)
    assert said.startswith("demo@example.com is not loaded")
    assert "Remove a device from eWeLink" in said

    # Nor while it cannot be set up.
    await cloud.stop()
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert await refused_removal(hass, entry, heater) == said


# Accounts that see the same device


async def test_a_shared_device_belongs_to_its_owner(
    hass, caplog, cloud, setup_home, setup_entry, guest, device_registry
):
    entry = await setup_home(HEATER)
    cloud.share(cloud.devices[HEATER_ID], cloud.accounts.by_apikey[guest.unique_id])
    await setup_entry(guest)
    assert device_of(device_registry, entry, HEATER_ID) is not None
    assert device_of(device_registry, guest, HEATER_ID) is None
    assert HEATER_ID in guest.runtime_data.client.devices
    assert sorted(hass.states.async_entity_ids("switch")) == ["switch.heater", "switch.heater_status_led"]
    assert "does not generate unique IDs" not in caplog.text


async def test_a_shared_device_works_without_its_owner(hass, cloud, setup_entry, guest):
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    cloud.share(cloud.add_device(HEATER), cloud.accounts.by_apikey[guest.unique_id])
    await setup_entry(guest)
    await call(hass, "switch", "turn_on", "switch.heater")
    assert on(hass, "switch.heater")


async def test_the_owner_takes_over_and_hands_back(
    hass, caplog, cloud, entry, setup_entry, guest, device_registry, entity_registry
):
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    cloud.share(cloud.add_device(HEATER), cloud.accounts.by_apikey[guest.unique_id])
    await setup_entry(guest)
    entity_registry.async_update_entity("switch.heater", name="My heater")

    await setup_entry(entry)
    assert device_of(device_registry, guest, HEATER_ID) is None
    assert off(hass, "switch.heater")
    assert entity_registry.async_get("switch.heater").config_entry_id == entry.entry_id
    assert entity_registry.async_get("switch.heater").name == "My heater"

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert device_of(device_registry, guest, HEATER_ID) is not None
    assert off(hass, "switch.heater")
    assert entity_registry.async_get("switch.heater").config_entry_id == guest.entry_id
    await call(hass, "switch", "turn_on", "switch.heater")
    assert on(hass, "switch.heater")
    assert "does not generate unique IDs" not in caplog.text


async def test_an_owner_who_is_disabled_hands_over(
    hass, caplog, cloud, setup_home, setup_entry, guest, entity_registry
):
    entry = await setup_home(HEATER)
    cloud.share(cloud.devices[HEATER_ID], cloud.accounts.by_apikey[guest.unique_id])
    await setup_entry(guest)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await hass.async_block_till_done()
    assert off(hass, "switch.heater")
    assert entity_registry.async_get("switch.heater").config_entry_id == guest.entry_id

    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert off(hass, "switch.heater")
    assert entity_registry.async_get("switch.heater").config_entry_id == entry.entry_id
    assert "does not generate unique IDs" not in caplog.text


async def test_of_two_guests_the_older_entry_shows_the_device(
    hass, caplog, cloud, setup_entry, guest, entity_registry
):
    owner = cloud.add_account(email="owner@example.com")
    friend = make_entry(cloud, cloud.add_account(email="friend@example.com"))
    device = cloud.add_device(HEATER, owner)
    for entry in (guest, friend):
        cloud.share(device, cloud.accounts.by_apikey[entry.unique_id])
        await setup_entry(entry)
    assert entity_registry.async_get("switch.heater").config_entry_id == guest.entry_id

    await hass.config_entries.async_remove(guest.entry_id)
    await hass.async_block_till_done()
    assert entity_registry.async_get("switch.heater").config_entry_id == friend.entry_id
    assert off(hass, "switch.heater")
    assert "does not generate unique IDs" not in caplog.text


async def test_a_guest_hands_over_what_is_shared_with_it_no_longer(
    hass, cloud, setup_entry, guest, entity_registry
):
    friend = make_entry(cloud, cloud.add_account(email="friend@example.com"))
    device = cloud.add_device(HEATER, cloud.add_account(email="owner@example.com"))
    for entry in (guest, friend):
        cloud.share(device, cloud.accounts.by_apikey[entry.unique_id])
        await setup_entry(entry)
    cloud.unshare(device, cloud.accounts.by_apikey[guest.unique_id])
    await guest.runtime_data.async_refresh()
    await until(lambda: HEATER_ID not in guest.runtime_data.client.devices)
    await hass.async_block_till_done()
    assert entity_registry.async_get("switch.heater").config_entry_id == friend.entry_id
    assert off(hass, "switch.heater")


async def test_an_older_entry_keeps_its_devices_while_it_is_not_loaded(
    hass, cloud, setup_entry, guest, entity_registry
):
    friend = make_entry(cloud, cloud.add_account(email="friend@example.com"))
    device = cloud.add_device(HEATER, cloud.add_account(email="owner@example.com"))
    for entry in (guest, friend):
        cloud.share(device, cloud.accounts.by_apikey[entry.unique_id])
    await setup_entry(guest)
    await hass.config_entries.async_unload(guest.entry_id)
    await setup_entry(friend)
    assert entity_registry.async_get("switch.heater").config_entry_id == guest.entry_id

    await hass.config_entries.async_setup(guest.entry_id)
    await hass.async_block_till_done()
    assert off(hass, "switch.heater")


async def test_a_device_that_changes_hands_goes_to_its_new_owner(
    hass, cloud, setup_home, setup_entry, guest, entity_registry
):
    entry = await setup_home(HEATER)
    await setup_entry(guest)
    device = cloud.devices[HEATER_ID]
    device.owner = cloud.accounts.by_apikey[guest.unique_id]
    cloud.share(device, cloud.account)
    await guest.runtime_data.async_refresh()
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert entity_registry.async_get("switch.heater").config_entry_id == guest.entry_id
    assert off(hass, "switch.heater")


# The account's life


async def test_a_push_wakes_only_those_whom_it_concerns(hass, cloud, setup_home):
    await setup_home(HEATER, FAN, STRIP)
    coordinator = hass.config_entries.async_entries(DOMAIN)[0].runtime_data
    woken = []
    for device_id in (HEATER_ID, FAN_ID, STRIP_ID):
        coordinator.async_add_device_listener(
            device_id,
            frozenset({"switch"}),
            update=lambda device: woken.append(device.device_id),
            refresh=lambda device: woken.append(f"all of {device.device_id}"),
        )
    await cloud.devices[STRIP_ID].push({"switches": [{"outlet": 0, "switch": "on"}]})
    await until(lambda: on(hass, "switch.strip_kettle"))
    assert woken == []
    await cloud.devices[FAN_ID].push({"switch": "on"})
    await until(lambda: woken == [FAN_ID])


async def test_who_follows_changes_gets_what_was_sent_and_by_whom(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    changes, updated = [], []
    entry.runtime_data.async_add_device_listener(
        HEATER_ID,
        frozenset({"switch"}),
        update=updated.append,
        refresh=updated.append,
        change=lambda event: changes.append((set(event.keys), event.origin)),
    )
    device = cloud.devices[HEATER_ID]
    await device.push({"rssi": -40})
    await device.push({"switch": "on", "rssi": -41})
    await until(lambda: changes)
    await cloud.report(device, {"switch": "off"}, agent="app")
    await until(lambda: len(changes) == 2)
    assert changes == [({"switch", "rssi"}, Origin.PUSH), ({"switch"}, Origin.APP)]
    assert updated == []


@pytest.mark.no_fail_on_log_exception
async def test_an_entity_that_fails_takes_nobody_along(hass, cloud, setup_home, caplog):
    entry = await setup_home(HEATER, FAN)

    def fail(_device):
        raise KeyError("something unforeseen")

    entry.runtime_data.async_add_device_listener(HEATER_ID, frozenset({"switch"}), update=fail, refresh=fail)
    await cloud.devices[HEATER_ID].push({"switch": "on"})
    await cloud.devices[FAN_ID].push({"switch": "off"})
    await until(lambda: off(hass, "switch.fan"))
    assert cloud.handshakes == 1
    assert "something unforeseen" in caplog.text


async def test_listeners_may_leave_while_all_are_told(hass, cloud, setup_home):
    bridges = ["1000000d01", "1000000d02"]
    entry = await setup_home(*(item(device_id, 168, "Bridge", {}) for device_id in bridges))
    told = []
    listen = entry.runtime_data.async_add_device_listener

    def leave(device):
        told.append(device.device_id)
        listening.pop(device.device_id)()

    # Nobody else listens to them.
    listening = {
        device_id: listen(device_id, frozenset(), update=leave, refresh=leave) for device_id in bridges
    }
    await cloud.stop()
    await until(lambda: not entry.runtime_data.client.reachable)
    assert told == bridges


async def test_sets_of_params_are_not_remembered_without_limit(cloud, setup_home):
    entry = await setup_home(HEATER)
    (audience,) = entry.runtime_data.listeners._by_device.values()
    for number in range(MAX_CACHED_PARAM_SETS * 2):
        assert audience.updates({f"param_{number}"}) == []
    assert len(audience.updates({"switch", "param_0"})) == 1
    assert len(audience._updates) <= MAX_CACHED_PARAM_SETS


async def test_unloading_leaves_nothing(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    assert len(cloud.connections) == 1
    assert await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: cloud.connections == [])
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass, "switch.heater") == STATE_UNAVAILABLE


async def test_reloads_in_a_row_keep_the_pace_of_handshakes(hass, cloud, setup_home, unpaced, monkeypatch):
    timings = replace(coordinator.TIMINGS, handshakes=3, handshake_span=60)
    monkeypatch.setattr(coordinator, "TIMINGS", timings)
    entry = await setup_home(HEATER)
    for _ in range(2):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await connected(entry)
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
    # The account works meanwhile.
    await until(lambda: entry.runtime_data.client.connection is ConnectionState.POLLING)
    await call(hass, "switch", "turn_on", "switch.heater")
    assert on(hass, "switch.heater")
    assert cloud.handshakes == 3

    monkeypatch.setattr(coordinator, "TIMINGS", replace(timings, handshake_span=0.01))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)


async def test_a_reload_connects_again(hass, setup_home):
    entry = await setup_home(HEATER)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    assert off(hass, "switch.heater")
    await call(hass, "switch", "turn_on", "switch.heater")
    assert on(hass, "switch.heater")


async def test_a_stop_of_home_assistant_says_goodbye(hass, cloud, setup_home):
    await setup_home(HEATER)
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await until(lambda: cloud.connections == [])


async def test_setup_is_tried_again_while_the_cloud_cannot_be_reached(hass, cloud, entry):
    port = cloud.port
    await cloud.stop()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await cloud.start(port)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_setup_with_tokens_that_were_replaced_says_what_can_be_known(hass, cloud, entry):
    """Another client may have signed in, or new tokens were lost in a crash before they were stored."""
    await cloud.sign_in_elsewhere(cloud.account)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "sign_in_again"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"


async def test_setup_with_a_sign_in_that_has_expired_blames_nobody(hass, cloud, entry):
    cloud.expire_tokens(cloud.account, rt=True)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "sign_in_again"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"


async def test_setup_with_an_access_token_that_expired_refreshes_it(cloud, entry, setup_entry):
    before = entry.data[CONF_TOKENS]
    cloud.expire_tokens(cloud.account)
    await setup_entry(entry)
    assert entry.data[CONF_TOKENS]["access_token"] != before["access_token"]


async def test_setup_with_an_access_token_that_is_void_tries_the_refresh_token(cloud, entry, setup_entry):
    before = entry.data[CONF_TOKENS]
    cloud.account.tokens[cloud.app_id].at = "0" * 40
    await setup_entry(entry)
    assert entry.data[CONF_TOKENS]["access_token"] != before["access_token"]


async def test_tokens_that_are_refreshed_are_stored_without_a_reload(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    coordinator = entry.runtime_data
    await coordinator.client.refresh_tokens()
    tokens = cloud.account.tokens[cloud.app_id]
    assert entry.data[CONF_TOKENS]["access_token"] == tokens.at
    assert entry.data[CONF_TOKENS]["refresh_token"] == tokens.rt
    await hass.async_block_till_done()
    assert entry.runtime_data is coordinator


async def test_tokens_that_come_while_the_entry_is_unloaded_are_stored(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    fault = cloud.faults.add("late_answer", interface="refresh", delay=0.1)
    refreshing = asyncio.create_task(entry.runtime_data.client.refresh_tokens())
    await until(lambda: fault.taken)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await refreshing
    assert entry.data[CONF_TOKENS]["access_token"] == cloud.account.tokens[cloud.app_id].at


async def test_a_sign_out_by_another_client_asks_to_sign_in(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    await cloud.sign_in_elsewhere(cloud.account)
    await until(hass.config_entries.flow.async_progress)
    assert entry.runtime_data.client.connection is ConnectionState.SIGNED_OUT
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_signed_out"

    # After a reload nobody knows any more who it was.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.error_reason_translation_key == "sign_in_again"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"


@pytest.mark.parametrize("by", ["connection", "list"])
async def test_a_sign_in_that_expires_while_connected_blames_nobody(hass, cloud, setup_home, by):
    entry = await setup_home(HEATER)
    cloud.expire_tokens(cloud.account, rt=True)
    if by == "connection":
        await cloud.drop_connections("close")
    else:
        await entry.runtime_data.async_refresh()
    await until(lambda: entry.runtime_data.client.connection is ConnectionState.SIGNED_OUT)
    assert state_of(hass, "sensor.demo_example_com_connection") == "signed_out"
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.error_reason_translation_key == "sign_in_again"


async def test_a_list_does_not_anticipate_the_recovery(hass, cloud, setup_home, monkeypatch):
    monkeypatch.setattr(coordinator, "TIMINGS", replace(coordinator.TIMINGS, signed_out=60))
    entry = await setup_home(HEATER)
    cloud.account.tokens[cloud.app_id].at = "0" * 40
    await entry.runtime_data.async_refresh()
    await until(lambda: entry.runtime_data.client.connection is ConnectionState.SIGNED_OUT)
    await hass.async_block_till_done()
    assert hass.config_entries.flow.async_progress() == []


async def test_the_regular_list_goes_on_after_a_new_sign_in(hass, cloud, setup_home, unpaced):
    entry = await setup_home(HEATER)
    await cloud.sign_in_elsewhere(cloud.account)
    await until(hass.config_entries.flow.async_progress)
    await entry.runtime_data.async_refresh()
    assert not entry.runtime_data.last_update_success

    data = make_entry(cloud, cloud.account).data
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TOKENS: data[CONF_TOKENS]})
    await connected(entry)
    async_fire_time_changed(hass, dt_util.utcnow() + RESYNC_INTERVAL + timedelta(seconds=1))
    await until(lambda: entry.runtime_data.last_update_success)


async def test_a_fight_over_the_account_ends_with_a_repair(hass, cloud, setup_home, issue_registry):
    entry = await setup_home(HEATER)
    for _ in range(2):
        await connected(entry)
        cloud.faults.add("handshake_error", code=406)
        await cloud.drop_connections("close")
        await until(lambda: entry.runtime_data.client.connection is ConnectionState.SIGNED_OUT)
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"signed_out_repeatedly_{entry.entry_id}"))
    assert hass.config_entries.flow.async_progress() == []


async def test_an_app_id_that_is_withdrawn_is_a_repair_until_it_comes_back(cloud, setup_home, issue_registry):
    entry = await setup_home(HEATER)
    cloud.add_app(cloud.app_id, cloud.app_secret, refused=407)
    await cloud.drop_connections("close")
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"app_id_refused_{entry.entry_id}"))

    cloud.add_app(cloud.app_id, cloud.app_secret)
    await connected(entry)
    assert issue_registry.async_get_issue(DOMAIN, f"app_id_refused_{entry.entry_id}") is None
    cloud.violations.clear()


async def test_new_tokens_of_a_flow_are_used_at_once(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    coordinator = entry.runtime_data
    await cloud.sign_in_elsewhere(cloud.account)
    await until(hass.config_entries.flow.async_progress)

    data = make_entry(cloud, cloud.account).data
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TOKENS: data[CONF_TOKENS]})
    await connected(entry)
    assert entry.runtime_data is coordinator
    await call(hass, "switch", "turn_on", "switch.heater")
    assert on(hass, "switch.heater")


async def test_another_app_id_is_used_after_a_reload(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    coordinator = entry.runtime_data
    cloud.add_app("AnotherAppId", "another-secret")
    data = make_entry(cloud, cloud.account, app_id="AnotherAppId").data
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.async_block_till_done()
    await connected(entry)
    assert entry.runtime_data is not coordinator
    assert on(hass, "switch.heater") or off(hass, "switch.heater")


@pytest.mark.parametrize(
    ("app", "issue"), [({"refused": 407}, "app_id_refused"), ({"quota_spent": True}, "quota_exceeded")]
)
async def test_what_only_the_user_can_mend_is_a_repair(hass, cloud, setup_home, issue_registry, app, issue):
    entry = await setup_home(HEATER)
    secret = cloud.app_secret
    cloud.add_app(cloud.app_id, secret, **app)
    await entry.runtime_data.async_refresh()
    assert issue_registry.async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}") is not None

    cloud.add_app(cloud.app_id, secret)
    cloud.violations.clear()
    await entry.runtime_data.async_refresh()
    assert issue_registry.async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}") is None
    assert er.async_get(hass).async_get("switch.heater") is not None
