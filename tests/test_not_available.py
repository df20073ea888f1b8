"""Menus that the cloud of an account does not serve: they say why before anything is sent, and lead back."""

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ewelink.coolkit import Feature
from custom_components.ewelink.entry_data import EntryData, async_store
from tests.common import make_entry_v2
from tests.dialogs import go_on, with_texts

MENUS = {
    ("remove_device",): Feature.DEVICE_MANAGEMENT,
    ("rename",): Feature.DEVICE_MANAGEMENT,
    ("add_device",): Feature.DEVICE_MANAGEMENT,
    ("account",): Feature.ACCOUNT,
    ("areas_from_groups",): Feature.HOMES,
    ("sharing", "share_device"): Feature.SHARING,
}


@pytest.fixture
async def entry_v2(cloud, setup_entry, unpaced):
    entry = make_entry_v2(cloud)
    await setup_entry(entry)
    return entry


async def open_menu(hass, entry, *steps):
    result = with_texts(await hass.config_entries.options.async_init(entry.entry_id))
    for step in steps:
        result = await go_on(hass, result, {"next_step_id": step})
    return result


def reason(result):
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "not_available")
    return result["description_placeholders"]["reason"]


async def test_what_was_refused_lately_is_said_before_anything_is_typed(hass, cloud, entry_v2):
    # What nobody has asked yet may be had.
    result = await open_menu(hass, entry_v2, "remove_device")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "remove_device")

    api = entry_v2.runtime_data.api
    for feature in {*MENUS.values()}:
        api.refuse(feature)
    today = dt_util.utcnow().date()
    for steps in MENUS:
        before = [one for one in cloud.requests if one.interface != "devices"]
        result = await open_menu(hass, entry_v2, *steps)
        text = reason(result).replace("\\", "")
        assert f"eWeLink rejected it on {today}. Nothing was sent." in text
        # The way leads back.
        (back,) = result["menu_options"]
        result = await go_on(hass, result, {"next_step_id": back})
        assert result["step_id"] == (steps[0] if len(steps) > 1 else "init")
        asked = [one for one in cloud.requests if one.interface != "devices"]
        assert {one.interface for one in asked[len(before) :]} <= {"homes"}

    # It is asked again once somebody has signed in anew: nothing of it is remembered then.
    data = EntryData.from_entry(entry_v2)
    assert set(data.refused) == {*MENUS.values()}
    async_store(hass, entry_v2, data.follows(data, today))
    await hass.config_entries.async_reload(entry_v2.entry_id)
    await hass.async_block_till_done()
    result = await open_menu(hass, entry_v2, "account")
    assert result["type"] is FlowResultType.FORM


async def test_version_2_has_no_folders(hass, cloud, entry_v2):
    before = len(cloud.requests)
    result = await open_menu(hass, entry_v2, "groups")
    assert "has homes and rooms instead of these groups" in reason(result)
    assert len(cloud.requests) == before
