"""System health: the regions in use, and whether their servers answer."""

from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import HostsV1
from tests.common import make_entry


async def health(hass):
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    facts = await get_system_health_info(hass, DOMAIN)
    return facts | {"can_reach_server": await facts["can_reach_server"]}


async def test_accounts_and_the_server(hass, cloud, running_entry):
    make_entry(cloud, cloud.add_account(email="second@example.com")).add_to_hass(hass)
    assert running_entry.runtime_data.client.reachable
    assert await health(hass) == {
        "accounts": 2,
        "connected_accounts": 1,
        "regions": "eu",
        "can_reach_server": "ok",
        "calls_this_month": str(running_entry.runtime_data.quota.used),
    }


async def test_a_server_that_does_not_answer(hass, cloud, running_entry, monkeypatch):
    await hass.config_entries.async_unload(running_entry.entry_id)
    await cloud.stop()
    # Without an account that runs it is the vendor's look-up that is tried: here, nothing listens there.
    hosts = HostsV1.custom(cloud.url)
    monkeypatch.setattr(HostsV1, "official", classmethod(lambda _cls: hosts))
    assert await health(hass) == {
        "accounts": 1,
        "connected_accounts": 0,
        "regions": "",
        "calls_this_month": "",
        "can_reach_server": {"type": "failed", "error": "unreachable"},
    }
