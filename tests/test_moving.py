"""An account that moves between versions, applications and servers keeps all that Home Assistant knows."""

from datetime import timedelta

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.ewelink.entry_data import EntryData
from tests.common import connected, until
from tests.flows import answer, assert_alive

HOURS = 48


def kept(hass, entry):
    """Return what the registries have of an entry, and what statistics are made of."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    found = er.async_entries_for_config_entry(entities, entry.entry_id)
    states = {one.entity_id: hass.states.get(one.entity_id) for one in found}
    return {
        "title": entry.title,
        "devices": sorted(
            (one.id, str(sorted(one.identifiers)), str(one.name), str(one.name_by_user), str(one.area_id))
            for one in dr.async_entries_for_config_entry(devices, entry.entry_id)
        ),
        "entities": sorted(
            (
                one.id,
                one.entity_id,
                one.unique_id,
                f"{one.name} {one.disabled_by} {one.device_id} {one.area_id}",
            )
            for one in found
        ),
        "measured": {
            entity_id: [state.attributes.get(name) for name in ("state_class", "unit_of_measurement")]
            for entity_id, state in states.items()
            if state is not None and "state_class" in state.attributes
        },
    }


@pytest.mark.usefixtures("unpaced")
async def test_everything_is_kept(recorder_mock, hass, browser, cloud, entry, setup_entry):
    await setup_entry(entry)
    await until(lambda: entry.runtime_data.client.management.groups)
    await hass.async_block_till_done()
    entities, devices = er.async_get(hass), dr.async_get(hass)
    sensor = next(
        one
        for one in hass.states.async_all("sensor")
        if one.attributes.get("state_class") == "total_increasing"
    )
    unit = sensor.attributes["unit_of_measurement"]
    entities.async_update_entity(sensor.entity_id, name="A name of one's own")
    of_sensor = entities.async_get(sensor.entity_id)
    area = ar.async_get(hass).async_create("An area of one's own")
    devices.async_update_device(of_sensor.device_id, area_id=area.id, name_by_user="A device of one's own")
    switch = hass.states.async_all("switch")[0].entity_id
    entities.async_update_entity(switch, new_entity_id="switch.an_id_of_ones_own")
    await hass.async_block_till_done()

    start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS)
    async_import_statistics(
        hass,
        {
            "mean_type": StatisticMeanType.NONE,
            "has_sum": True,
            "name": None,
            "source": "recorder",
            "statistic_id": sensor.entity_id,
            "unit_class": "energy",
            "unit_of_measurement": unit,
        },
        [{"start": start + timedelta(hours=hour), "state": hour, "sum": hour} for hour in range(HOURS)],
    )
    await async_wait_recording_done(hass)

    async def statistics():
        def read():
            rows = statistics_during_period(
                hass, start, None, {sensor.entity_id}, "hour", None, {"state", "sum"}
            )
            known = [one for one in list_statistic_ids(hass) if one["statistic_id"] == sensor.entity_id]
            return rows[sensor.entity_id][:HOURS], known

        return await get_instance(hass).async_add_executor_job(read)

    before, counted = kept(hass, entry), await statistics()
    assert len(counted[0]) == HOURS
    assert before["measured"]

    async def is_kept(generation, sign_in):
        await hass.async_block_till_done()
        data = EntryData.from_entry(entry)
        assert (data.generation, data.sign_in) == (generation, sign_in)
        await connected(entry)
        await hass.async_block_till_done()
        assert kept(hass, entry) == before
        assert await statistics() == counted

    async def by_password(**changes):
        step = await browser.choose(await browser.start(entry_id=entry.entry_id), "reconfigure_password")
        result = await browser.submit(step, **answer(cloud, **changes))
        assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful"), result

    # To version 2, on the page of eWeLink.
    step = await browser.choose(await browser.start(entry_id=entry.entry_id), "oauth")
    step = await browser.submit(step, **browser.country())
    step = await browser.submit(step, **browser.application())
    result = await browser.through_page(step)
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    await is_kept("v2", "oauth")

    # To another application of version 2, with a password; then to the hosts of its regions.
    cloud.add_app("contract", "its secret", plan="new")
    await by_password(app_id="contract", app_secret="its secret")
    await is_kept("v2", "password")
    await by_password(app_id="contract", app_secret=None, server=f"{cloud.url}/{{region}}")
    await is_kept("v2", "password")

    # And back.
    cloud.accounts.apps[cloud.app_id].plan = "old"
    await by_password()
    await is_kept("v1", "password")
    await assert_alive(hass, cloud, entry)
