"""What an entry stores, and what becomes of entries of older versions."""

from datetime import date, timedelta

from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ewelink.coolkit import Feature
from custom_components.ewelink.entry_data import (
    MINOR_VERSION,
    REFUSED_FOR,
    EntryData,
    async_migrate,
    async_store,
)
from tests.common import connected, make_entry


async def test_an_entry_of_the_first_version_keeps_all_that_it_has(hass, entry):
    assert (entry.version, entry.minor_version) == (1, 1)
    before = dict(entry.data)
    entry.add_to_hass(hass)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, MINOR_VERSION)
    assert before.items() <= dict(entry.data).items()
    data = EntryData.from_entry(entry)
    assert (data.generation, data.sign_in) == ("v1", "password")
    assert data.app_seen == entry.created_at.date()
    assert not data.refused


async def test_what_is_read_is_what_was_stored(hass, entry):
    entry.add_to_hass(hass)
    data = EntryData.from_entry(entry).with_refusal("history", date(2026, 11, 2))

    async_store(hass, entry, data)

    assert EntryData.from_entry(entry) == data


async def test_an_entry_of_a_later_design_is_left_alone(hass, cloud):
    entry = make_entry(cloud, cloud.account)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, version=2)
    before = dict(entry.data)

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert not async_migrate(hass, entry)
    assert dict(entry.data) == before


async def test_an_entry_of_a_later_minor_version_is_used_as_it_is(hass, entry):
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, minor_version=MINOR_VERSION + 1)
    before = dict(entry.data)

    assert async_migrate(hass, entry)

    assert (entry.minor_version, dict(entry.data)) == (MINOR_VERSION + 1, before)


async def test_a_refusal_is_remembered_over_a_restart(hass, running_entry):
    await connected(running_entry)
    running_entry.runtime_data.api.refuse(Feature.GROUPS)

    await hass.config_entries.async_reload(running_entry.entry_id)
    await hass.async_block_till_done()

    assert EntryData.from_entry(running_entry).refused == {"groups": dt_util.utcnow().date()}
    assert Feature.GROUPS not in running_entry.runtime_data.api.features


@pytest.mark.parametrize(("days", "is_refused"), [(0, True), (29, True), (30, False)])
async def test_a_refusal_is_forgotten_after_a_month(entry, days, is_refused):
    day = date(2026, 11, 2)
    data = EntryData.from_entry(entry).with_refusal("groups", day)

    still = data.still_refused(day + timedelta(days=days))

    assert (Feature.GROUPS in still) is is_refused
    assert timedelta(days=30) == REFUSED_FOR


async def test_a_refusal_of_something_unknown_is_harmless(entry):
    data = EntryData.from_entry(entry).with_refusal("of a later version", date(2026, 11, 2))
    assert not data.still_refused(date(2026, 11, 2))


async def test_nothing_becomes_other_by_the_migration(hass, entry):
    """Devices and entities of an entry of the first version stay as they are."""
    entry.add_to_hass(hass)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    for _ in range(2):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        known = {one.id for one in dr.async_entries_for_config_entry(devices, entry.entry_id)}
        ids = {one.unique_id: one.id for one in er.async_entries_for_config_entry(entities, entry.entry_id)}
        assert known
        assert ids
        await hass.config_entries.async_unload(entry.entry_id)
        hass.config_entries.async_update_entry(entry, minor_version=1)
    assert {one.id for one in dr.async_entries_for_config_entry(devices, entry.entry_id)} == known
    assert ids == {
        one.unique_id: one.id for one in er.async_entries_for_config_entry(entities, entry.entry_id)
    }
