"""Sensors: what devices measure, and what they cannot."""

from datetime import UTC, datetime

from freezegun import freeze_time
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import ATTR_FRIENDLY_NAME, EVENT_STATE_CHANGED, STATE_UNKNOWN, EntityCategory
from homeassistant.helpers.entity_registry import RegistryEntryDisabler
from pytest_homeassistant_custom_component.common import async_capture_events, snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import state_of

PLUG_ID = "1000000c01"
PLUG = item(PLUG_ID, 32, "Washer", {"switch": "on", "power": "12.78", "voltage": "230.10", "current": "0.06"})


async def test_sensors_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    # The next timer is another one each day.
    with freeze_time(datetime(2026, 1, 14, 9, 30, tzinfo=UTC), tick=True, real_asyncio=True):
        entry = await every_kind(SENSOR_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_readings_follow_the_device(hass, cloud, setup_home):
    await setup_home(PLUG)
    assert state_of(hass, "sensor.washer_power") == "12.78"
    await cloud.devices[PLUG_ID].push({"power": "2100.5", "current": "9.13"})
    await until(lambda: state_of(hass, "sensor.washer_power") == "2100.5")
    assert state_of(hass, "sensor.washer_current") == "9.13"
    assert state_of(hass, "sensor.washer_voltage") == "230.1"


async def test_only_what_changed_is_written(hass, cloud, setup_home):
    await setup_home(PLUG)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    voltage = hass.states.get("sensor.washer_voltage").last_reported
    await cloud.devices[PLUG_ID].push({"power": "13.00", "voltage": "230.10", "current": 0.06})
    await until(lambda: state_of(hass, "sensor.washer_power") == "13.0")
    assert [event.data["entity_id"] for event in changes] == ["sensor.washer_power"]
    assert hass.states.get("sensor.washer_voltage").last_reported == voltage


async def test_a_reading_that_cannot_be_is_unknown(hass, cloud, setup_home):
    await setup_home(item("1000000c02", 15, "Cellar", {"switch": "off", "currentTemperature": "21.5"}))
    device = cloud.devices["1000000c02"]
    assert state_of(hass, "sensor.cellar_temperature") == "21.5"
    await device.push({"currentTemperature": "unavailable"})
    await until(lambda: state_of(hass, "sensor.cellar_temperature") == STATE_UNKNOWN)
    await device.push({"currentTemperature": "19.0"})
    await until(lambda: state_of(hass, "sensor.cellar_temperature") == "19.0")


async def test_a_reading_appears_when_it_first_arrives(hass, cloud, setup_home):
    await setup_home(item("1000000c03", 190, "Roof", {"switches": [{"outlet": 0, "switch": "on"}]}))
    assert hass.states.get("sensor.roof_supplied_power") is None
    await cloud.devices["1000000c03"].push({"supplyPower": 81250})
    await until(lambda: state_of(hass, "sensor.roof_supplied_power") == "812.5")


async def test_the_signal_is_a_diagnostic_that_nobody_is_shown_unasked(setup_home, entity_registry):
    await setup_home(PLUG)
    signal = entity_registry.async_get("sensor.washer_signal_strength")
    assert signal.entity_category is EntityCategory.DIAGNOSTIC
    assert signal.disabled_by is RegistryEntryDisabler.INTEGRATION


async def test_the_level_of_light_that_grows_with_the_dark_is_named_so(hass, setup_home):
    await setup_home(item("1000000c04", 18, "Hub", {"light": "9", "noise": "2", "dusty": 1}))
    darkness = hass.states.get("sensor.hub_darkness_level")
    assert (darkness.state, darkness.attributes[ATTR_FRIENDLY_NAME]) == ("9", "Hub Darkness level")
