"""Binary sensors: what is sensed, and what counts no more."""

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import off, on, state_of

GATEWAY = item("1000000d01", 168, "Bridge", {})
MOTION_ID = "1000000d02"
MOTION = item(
    MOTION_ID, 2026, "Hall", {"parentid": "1000000d01", "motion": 0, "battery": 90, "subDevRssi": -60}
)
DOOR_ID = "1000000d03"
DOOR = item(DOOR_ID, 3026, "Door", {"parentid": "1000000d01", "lock": 0, "battery": 90, "subDevRssi": -60})


async def test_binary_sensors_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(BINARY_SENSOR_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_motion_and_doors_follow_the_device(hass, cloud, setup_home):
    await setup_home(GATEWAY, MOTION, DOOR)
    assert off(hass, "binary_sensor.hall_motion")
    await cloud.devices[MOTION_ID].push({"motion": 1, "trigTime": "1760000000000"})
    await cloud.devices[DOOR_ID].push({"lock": 1, "trigTime": "1760000000000"})
    await until(lambda: on(hass, "binary_sensor.hall_motion") and on(hass, "binary_sensor.door_opening"))
    await cloud.devices[MOTION_ID].push({"motion": 0})
    await until(lambda: off(hass, "binary_sensor.hall_motion"))


async def test_motion_from_before_a_loss_counts_no_more(hass, cloud, setup_home):
    await setup_home(GATEWAY, MOTION, DOOR)
    device = cloud.devices[MOTION_ID]
    await device.push({"motion": 1})
    await cloud.devices[DOOR_ID].push({"lock": 1})
    await until(lambda: on(hass, "binary_sensor.hall_motion") and on(hass, "binary_sensor.door_opening"))

    for lost in (device, cloud.devices["1000000d01"]):
        await lost.set_online(False)
        await until(lambda: state_of(hass, "binary_sensor.hall_motion") == STATE_UNAVAILABLE)
        await lost.set_online(True)
        await until(lambda: state_of(hass, "binary_sensor.hall_motion") == STATE_UNKNOWN)

    # A door that was open still is.
    await until(lambda: on(hass, "binary_sensor.door_opening"))
    await device.push({"motion": 1})
    await until(lambda: on(hass, "binary_sensor.hall_motion"))


async def test_motion_of_a_device_that_was_offline_from_the_start_counts_no_more(hass, cloud, setup_home):
    await setup_home(GATEWAY, {**MOTION, "params": {**MOTION["params"], "motion": 1}, "online": False})
    assert state_of(hass, "binary_sensor.hall_motion") == STATE_UNAVAILABLE
    await cloud.devices[MOTION_ID].set_online(True)
    await until(lambda: state_of(hass, "binary_sensor.hall_motion") == STATE_UNKNOWN)
    await cloud.devices[MOTION_ID].push({"motion": 0})
    await until(lambda: off(hass, "binary_sensor.hall_motion"))
