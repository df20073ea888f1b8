"""Availability of entities: whoever is heard takes commands, whoever is not takes none."""

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from simulator.home import GATEWAY, child, item
from tests.common import until
from tests.platforms import call, off, on, state_of

LAMP_ID = "1000000d01"
LAMP = item(LAMP_ID, 6, "Lamp", {"switch": "on"})
BRIDGE = item(GATEWAY, 168, "Bridge")
MOTION_ID = "a480000d01"
MOTION = child(MOTION_ID, 2026, "Hall", {"motion": 0}, product="SNZB-03")
DOOR_ID = "a480000d02"
DOOR = child(DOOR_ID, 3026, "Door", {"lock": 0}, product="SNZB-04")


def unavailable(hass, entity_id):
    return state_of(hass, entity_id) == STATE_UNAVAILABLE


@pytest.fixture
def states(hass):
    """Note every state that an entity has been in since."""
    noted = {}

    @callback
    def note(event):
        noted.setdefault(event.data["entity_id"], []).append(event.data["new_state"].state)

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    return noted


async def test_a_device_that_is_listed_offline_and_talks_takes_commands(hass, cloud, setup_home):
    entry = await setup_home(LAMP)
    cloud.faults.add("list_online")
    await entry.runtime_data.async_refresh()
    assert unavailable(hass, "switch.lamp")
    # Home Assistant drops it without a word.
    await call(hass, "switch", "turn_off", "switch.lamp")
    assert cloud.devices[LAMP_ID].received == []

    await cloud.devices[LAMP_ID].push({"switch": "on", "rssi": -50})
    await until(lambda: on(hass, "switch.lamp"))
    await call(hass, "switch", "turn_off", "switch.lamp")

    assert cloud.devices[LAMP_ID].received == [{"switch": "off"}]
    assert off(hass, "switch.lamp")


async def test_a_command_refused_as_offline_makes_unavailable_until_the_list_says_otherwise(
    hass, cloud, setup_home, states
):
    await setup_home(LAMP)
    states.clear()
    cloud.devices[LAMP_ID].answer = "offline"
    with pytest.raises(HomeAssistantError) as refused:
        await call(hass, "switch", "turn_off", "switch.lamp")
    assert refused.value.translation_key == "device_offline"
    assert unavailable(hass, "switch.lamp")

    await until(lambda: on(hass, "switch.lamp"))
    assert states["switch.lamp"] == [STATE_UNAVAILABLE, "on"]


@pytest.mark.parametrize("frame", [{"rssi": -40}, {"subDevRssi": 127}])
async def test_signal_alone_makes_nothing_available(hass, cloud, setup_home, frame):
    entry = await setup_home({**LAMP, "online": False})
    await cloud.devices[LAMP_ID].push(frame)
    await until(lambda: frame.items() <= entry.runtime_data.client.devices[LAMP_ID].params.items())
    await hass.async_block_till_done()
    assert unavailable(hass, "switch.lamp")


async def test_motion_behind_a_gateway_that_is_called_offline(hass, cloud, setup_home, states):
    entry = await setup_home(BRIDGE, MOTION, DOOR)
    cloud.faults.add("list_online", devices=[GATEWAY])
    await entry.runtime_data.async_refresh()
    assert unavailable(hass, "binary_sensor.hall_motion")
    assert unavailable(hass, "binary_sensor.door_opening")
    states.clear()

    await cloud.devices[MOTION_ID].press()
    await until(lambda: on(hass, "binary_sensor.hall_motion"))

    # Nothing in between: not a moment as unknown.
    assert states["binary_sensor.hall_motion"] == ["on"]
    assert off(hass, "binary_sensor.door_opening")


async def test_motion_that_is_called_offline_itself(hass, cloud, setup_home, states):
    entry = await setup_home(BRIDGE, MOTION)
    await cloud.devices[MOTION_ID].press()
    await until(lambda: on(hass, "binary_sensor.hall_motion"))
    cloud.faults.add("list_online", devices=[MOTION_ID])
    await entry.runtime_data.async_refresh()
    assert unavailable(hass, "binary_sensor.hall_motion")
    states.clear()

    # It comes back with something else: that it had told motion before counts no more.
    await cloud.devices[MOTION_ID].push({"battery": 50})
    await until(lambda: not unavailable(hass, "binary_sensor.hall_motion"))
    assert state_of(hass, "binary_sensor.hall_motion") == STATE_UNKNOWN
    await cloud.devices[MOTION_ID].push({"motion": 1})
    await until(lambda: on(hass, "binary_sensor.hall_motion"))
    assert states["binary_sensor.hall_motion"] == [STATE_UNKNOWN, "on"]


async def test_a_group_follows_those_in_it(hass, cloud, setup_home, entity_registry, every_entity_enabled):
    cloud.accounts.add_group(cloud.account, "Attic", 0, cloud.clock()).devices.append(LAMP_ID)
    entry = await setup_home(LAMP)
    await until(lambda: on(hass, "switch.attic"))
    assert er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    cloud.faults.add("list_online")
    await entry.runtime_data.async_refresh()
    assert unavailable(hass, "switch.attic")

    await cloud.devices[LAMP_ID].push({"switch": "on"})
    await until(lambda: on(hass, "switch.attic"))
    await call(hass, "switch", "turn_off", "switch.attic")
    assert cloud.devices[LAMP_ID].received == [{"switch": "off"}]
