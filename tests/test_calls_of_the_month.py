"""The calls of the month: shown, kept over a restart, saved from half of them on, and spent."""

from dataclasses import replace

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import SERVICE_TURN_OFF
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import ConnectionState
from custom_components.ewelink.entry_data import EntryData, SignIn, async_store
from custom_components.ewelink.system_health import system_health_info
from tests.common import connected, make_entry_v2, until
from tests.platforms import call, off, on

LAMP, SWITCH = "1000000001", "switch.hall_lamp"


@pytest.fixture
async def entry_v2(cloud, setup_entry, unpaced):
    # Of its own: the count is one for the whole process.
    app = cloud.add_app("calls-of-a-month", "secret", plan="personal", redirect_url=None)
    cloud.app = app
    entry = make_entry_v2(cloud, app=app)
    await setup_entry(entry)
    return entry


async def shown_calls(hass):
    return (await system_health_info(hass))["calls_this_month"]


async def test_from_the_first_call_to_the_last(hass, cloud, entry_v2, hass_client):
    coordinator = entry_v2.runtime_data
    used = coordinator.quota.used
    assert used > 2
    assert await shown_calls(hass) == f"{used} / 50000"
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry_v2)
    assert diagnostics["quota"] == {"used": used, "limit": 50_000, "is_refused": False}

    # Over a restart the count goes on, and with it the pauses between two lists.
    assert coordinator.api.poll_interval == 300
    coordinator.quota.calls = 40_000
    assert coordinator.api.poll_interval == pytest.approx(1500)
    await hass.config_entries.async_unload(entry_v2.entry_id)
    assert EntryData.from_entry(entry_v2).quota["calls"] == 40_000
    coordinator.quota.calls = 0
    await hass.config_entries.async_setup(entry_v2.entry_id)
    await connected(entry_v2)
    coordinator = entry_v2.runtime_data
    assert 40_000 < coordinator.quota.used < 40_050

    # Spent: a repair says so, and the connection stays.
    cloud.app.quota_spent = True
    await coordinator.async_refresh()
    issues = ir.async_get(hass)
    issue_id = f"quota_exceeded_{entry_v2.entry_id}"
    await until(lambda: issues.async_get_issue(DOMAIN, issue_id))
    assert coordinator.client.connection is ConnectionState.CONNECTED
    await cloud.devices[LAMP].press()
    await until(lambda: on(hass, SWITCH))
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, SWITCH)
    assert off(hass, SWITCH)
    assert coordinator.api.poll_interval > 1500

    # The next month, or a paid plan.
    cloud.app.quota_spent = False
    await coordinator.async_refresh()
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    coordinator.quota.calls = 0


async def test_an_account_with_a_password_is_signed_out_when_it_is_removed(hass, cloud, setup_entry, unpaced):
    app = cloud.accounts.apps[cloud.app_id]
    entry = make_entry_v2(cloud, app=app)
    await setup_entry(entry)
    async_store(hass, entry, replace(EntryData.from_entry(entry), sign_in=SignIn.PASSWORD))
    await hass.config_entries.async_remove(entry.entry_id)
    assert [one.interface for one in cloud.requests][-1] == "logout"
    assert app.app_id not in cloud.account.tokens
