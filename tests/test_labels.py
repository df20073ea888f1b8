"""Names of any length and script: nothing is lost, and nothing is written back."""

from homeassistant.const import Platform
from homeassistant.core import valid_entity_id
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.util import slugify
import pytest

from custom_components.ewelink.areas import async_areas_from_groups
from custom_components.ewelink.const import CONF_WRITE_NAMES, DOMAIN
from custom_components.ewelink.labels import LONGEST_LABEL, label
from tests.common import until
from tests.platforms import STRIP, STRIP_ID

# Letters that an id has for each: 1, 2, 7, none.
SIGNS = ["n", "ß", "狀", "🎄"]
LENGTHS = [90, 101, 300, 3000]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_label_is_no_longer_than_it_may_be(sign, length):
    assert len(slugify(label(sign * length))) <= LONGEST_LABEL
    assert label(sign * length).strip(sign) == ""
    assert label("Lamp") == "Lamp"
    assert label(f"{'é' * 90} lamp") == f"{'é' * 90} lamp"


@pytest.mark.usefixtures("every_entity_enabled")
@pytest.mark.parametrize("sign", SIGNS)
async def test_every_entity_has_a_state_however_long_the_names_are(hass, cloud, setup_home, sign):
    name = f"{sign * 120} {sign * 120}"
    tags = {"ck_channel_name": {str(outlet): f"{name} {outlet}" for outlet in range(4)}}
    cloud.account.groups.clear()
    group = cloud.accounts.add_group(cloud.account, name, 0, cloud.clock())
    group.devices.append(STRIP_ID)
    entry = await setup_home({**STRIP, "name": name, "tags": tags})
    await until(lambda: entry.runtime_data.client.management.groups)
    hass.config_entries.async_update_entry(entry, options={CONF_WRITE_NAMES: True})
    await hass.async_block_till_done()
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.domain for entity in entities} >= {Platform.SWITCH, Platform.SENSOR}
    for entity in entities:
        assert valid_entity_id(entity.entity_id)
        assert hass.states.get(entity.entity_id), entity.entity_id

    # In an area of such a name the ids have room, too.
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, STRIP_ID), entry.entry_id)
    assert len(device.name) <= LONGEST_LABEL
    # A new device has been put into it already.
    assert await async_areas_from_groups(entry.runtime_data) == 0
    area = ar.async_get(hass).async_get_area(dr.async_get(hass).async_get(device.id).area_id)
    assert len(area.name) <= LONGEST_LABEL
    assert await hass.config_entries.async_unload(entry.entry_id)
    for entity in entities:
        er.async_get(hass).async_remove(entity.entity_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        assert valid_entity_id(entity.entity_id)
        assert hass.states.get(entity.entity_id), entity.entity_id

    # What Home Assistant has room for is not what the account is told.
    assert cloud.devices[STRIP_ID].name == name
    assert cloud.devices[STRIP_ID].tags == tags
    assert {request.interface for request in cloud.requests}.isdisjoint({"rename_device", "tags"})
