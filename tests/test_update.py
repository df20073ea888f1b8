"""Firmware as update entities: asked for once a day in batches, installed, known by what the device tells."""

from dataclasses import replace
from datetime import timedelta

from homeassistant.components.update import (
    ATTR_IN_PROGRESS,
    ATTR_INSTALLED_VERSION,
    ATTR_LATEST_VERSION,
    ATTR_RELEASE_URL,
    ATTR_UPDATE_PERCENTAGE,
    DOMAIN as UPDATE_DOMAIN,
    SERVICE_INSTALL,
)
from homeassistant.const import STATE_UNAVAILABLE, EntityCategory
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.ewelink import coordinator
from custom_components.ewelink.coolkit import Feature
from custom_components.ewelink.update import ASKED_AFTER, ASKED_EVERY
from simulator.home import item
from tests.common import connected, make_entry_v2, until
from tests.conftest import TIMINGS
from tests.platforms import call, off, on, state_of

PLUG, SHARED = "1000000d00", "1000000d99"
MODEL = "PSF-B01-GL"
FIRMWARE = "update.plug_0_firmware"


@pytest.fixture
def ready(cloud, setup_entry, unpaced):
    """Set up more plugs than one question has room for, with an App ID that may ask."""
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    for number in range(31):
        cloud.add_device(item(f"1000000d{number:02}", 1, f"Plug {number}", {"switch": "off"}, model=MODEL))
    # Of these the cloud tells no module, or no version.
    cloud.add_device(item("1000000d97", 1, "Nameless", {"switch": "off"}))
    cloud.add_device(item("1000000d98", 1, "Silent", {"switch": "off", "fwVersion": ""}, model=MODEL))
    neighbour = cloud.add_account(email="owner@example.com")
    cloud.share(
        cloud.add_device(item(SHARED, 1, "Shared", {"switch": "off"}, model=MODEL), neighbour), cloud.account
    )
    cloud.devices[PLUG].firmware = "3.4.9"

    async def set_up():
        entry = make_entry_v2(cloud, app=cloud.accounts.apps[cloud.app_id])
        await setup_entry(entry)
        return entry

    return set_up


@pytest.fixture
async def home(ready):
    return await ready()


def asked(cloud):
    return [request.params["deviceInfoList"] for request in cloud.requests if request.interface == "ota"]


async def after(hass, span):
    async_fire_time_changed(hass, dt_util.utcnow() + span + timedelta(seconds=1))
    await hass.async_block_till_done(wait_background_tasks=False)


async def test_firmware_from_question_to_installation(hass, cloud, home, entity_registry):
    # Not while all else begins.
    assert asked(cloud) == []
    assert hass.states.async_all(UPDATE_DOMAIN) == []
    await after(hass, ASKED_AFTER)
    await until(lambda: len(hass.states.async_all(UPDATE_DOMAIN)) == 31)
    assert [len(devices) for devices in asked(cloud)] == [30, 1]

    state = hass.states.get(FIRMWARE)
    assert on(hass, FIRMWARE)
    # The cloud says what is newer, whatever its number is.
    assert (state.attributes[ATTR_INSTALLED_VERSION], state.attributes[ATTR_LATEST_VERSION]) == (
        "3.5.0",
        "3.4.9",
    )
    assert state.attributes[ATTR_RELEASE_URL] is None
    assert entity_registry.async_get(FIRMWARE).entity_category is EntityCategory.CONFIG
    assert off(hass, "update.plug_1_firmware")
    assert hass.states.get("update.shared_firmware") is None

    progress = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: event.data["entity_id"] == FIRMWARE and progress.append(event.data["new_state"]),
    )
    await call(hass, UPDATE_DOMAIN, SERVICE_INSTALL, FIRMWARE)
    assert off(hass, FIRMWARE)
    assert hass.states.get(FIRMWARE).attributes[ATTR_INSTALLED_VERSION] == "3.4.9"
    assert any(state.attributes.get(ATTR_IN_PROGRESS) for state in progress)
    assert {state.attributes.get(ATTR_UPDATE_PERCENTAGE) for state in progress} == {None}

    # Once a day; what is there follows.
    cloud.devices[PLUG].firmware = "3.7.0"
    await after(hass, ASKED_EVERY)
    await until(lambda: on(hass, FIRMWARE))
    assert len(asked(cloud)) == 4

    # The question is refused from now on: that is remembered, and nothing is asked.
    home.runtime_data.api.refuse(Feature.FIRMWARE)
    await after(hass, 2 * ASKED_EVERY)
    assert len(asked(cloud)) == 4


async def test_a_device_that_only_drops_its_connection(hass, cloud, home):
    await after(hass, ASKED_AFTER)
    await until(lambda: on(hass, FIRMWARE))
    cloud.quirks.upgrade_is_answered = False
    await call(hass, UPDATE_DOMAIN, SERVICE_INSTALL, FIRMWARE)
    assert off(hass, FIRMWARE)


async def test_what_does_not_come_to_its_end(hass, cloud, monkeypatch, ready):
    monkeypatch.setattr(coordinator, "TIMINGS", replace(TIMINGS, upgrade=0.8))
    await ready()
    await after(hass, ASKED_AFTER)
    await until(lambda: on(hass, FIRMWARE))
    cloud.devices[PLUG].upgrade_fails = True
    with pytest.raises(HomeAssistantError, match=r"^Plug 0 has not reported the new firmware yet\."):
        await call(hass, UPDATE_DOMAIN, SERVICE_INSTALL, FIRMWARE)
    assert on(hass, FIRMWARE)
    assert not hass.states.get(FIRMWARE).attributes[ATTR_IN_PROGRESS]

    # One that is gone without a word is told at once.
    cloud.devices[PLUG].answer = "offline"
    with pytest.raises(HomeAssistantError, match=r"^Plug 0 is offline"):
        await call(hass, UPDATE_DOMAIN, SERVICE_INSTALL, FIRMWARE)
    await cloud.devices[PLUG].set_online(online=False)
    await until(lambda: state_of(hass, FIRMWARE) == STATE_UNAVAILABLE)


async def test_a_free_application_is_asked_for_once(hass, cloud, setup_entry, unpaced):
    entry = make_entry_v2(cloud)
    await setup_entry(entry)
    for _ in range(2):
        await after(hass, ASKED_AFTER)
        await until(lambda: Feature.FIRMWARE not in entry.runtime_data.api.features)
        await hass.config_entries.async_reload(entry.entry_id)
        await connected(entry)
    assert len(asked(cloud)) == 1
    assert hass.states.async_all(UPDATE_DOMAIN) == []


async def test_version_1_has_nobody_to_ask(hass, cloud, running_entry):
    await after(hass, ASKED_AFTER)
    assert hass.states.async_all(UPDATE_DOMAIN) == []
    assert not hasattr(running_entry.runtime_data.api, "list_firmware")
