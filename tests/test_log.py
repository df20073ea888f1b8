"""What stands in the log of a house in which nothing goes wrong: nothing of ours."""

import logging

from homeassistant.helpers.frame import report_usage
import pytest

from custom_components.ewelink.const import CONF_WRITE_NAMES, DOMAIN
from tests.common import connected, device_names, load_device, until
from tests.conftest import REPORTED
from tests.platforms import STRIP, STRIP_ID

# Said of every custom integration.
ALWAYS = "We found a custom integration ewelink "


def complaints(caplog) -> list[str]:
    """Return all warnings and errors that name us, but for what the event loop says of a busy machine."""
    return [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING
        and record.name != "asyncio"
        and DOMAIN in f"{record.name} {record.getMessage()} {record.exc_text}"
        and not record.getMessage().startswith(ALWAYS)
    ]


@pytest.mark.usefixtures("every_entity_enabled", "unpaced")
async def test_a_house_with_every_device_is_set_up_reloaded_and_removed_without_a_word(
    hass, setup_home, caplog
):
    entry = await setup_home(*map(load_device, device_names()))
    assert len(hass.states.async_all()) > 200
    assert await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert complaints(caplog) == []


@pytest.mark.usefixtures("unpaced")
async def test_a_day_in_a_house_leaves_no_word(
    hass, cloud, setup_home, caplog, device_registry, entity_registry
):
    entry = await setup_home(STRIP)
    hass.config_entries.async_update_entry(entry, options={CONF_WRITE_NAMES: True})
    # Commands, pushes, names and a lost connection.
    target = {"entity_id": "switch.strip_kettle"}
    await hass.services.async_call("switch", "turn_on", target, blocking=True)
    await cloud.devices[STRIP_ID].push({"switches": [{"switch": "off", "outlet": 0}]})
    await until(lambda: hass.states.get("switch.strip_kettle").state == "off")
    entity_registry.async_update_entity("switch.strip_kettle", name="Coffee")
    await until(lambda: cloud.devices[STRIP_ID].tags["ck_channel_name"]["0"] == "Coffee")
    device = device_registry.async_get_device_by_identifier((DOMAIN, STRIP_ID), entry.entry_id)
    device_registry.async_update_device(device.id, name_by_user="Bar")
    await until(lambda: cloud.devices[STRIP_ID].name == "Bar")
    await cloud.drop_connections("abort")
    await until(lambda: entry.runtime_data.client.connection_losses)
    await connected(entry)
    assert complaints(caplog) == []


async def test_what_home_assistant_reports_is_noticed(hass, setup_home, caplog):
    await setup_home(STRIP)
    report_usage("does what will end", integration_domain=DOMAIN)
    assert any(REPORTED.search(record.getMessage()) for record in caplog.get_records("call"))
    assert len(complaints(caplog)) == 1
    caplog.clear()
