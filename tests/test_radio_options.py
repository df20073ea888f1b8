"""The menus for codes of radio bridges, and the binary sensors that are made of them."""

from datetime import timedelta

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from simulator.home import item
from tests.common import connected, make_entry_v2, until
from tests.dialogs import done, go_on, with_texts
from tests.platforms import state_of

pytestmark = pytest.mark.usefixtures("unpaced")

BRIDGE = "1000000098"
GATE = {"name": "Gate", "remote_type": "1", "buttonName": [{"0": "open"}]}
DOOR = {"name": "Hall door", "remote_type": "6", "buttonName": [{"1": "Hall door"}]}
CODES = [{"rfChl": 0, "rfVal": "1A2B3C"}, {"rfChl": 1, "rfVal": "1A2B3D"}]


@pytest.fixture
async def entry(hass, cloud, setup_entry):
    """An account of version 2 with a bridge."""
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    cloud.add_device(
        item(
            BRIDGE,
            28,
            "RF",
            {"rfList": CODES, "rfTrig1": "2026-01-15T20:00:00.000Z"},
            tags={"zyx_info": [GATE, DOOR]},
        )
    )
    entry = make_entry_v2(cloud, app=cloud.accounts.apps[cloud.app_id])
    await setup_entry(entry)
    return entry


@pytest.fixture
def bridge(cloud, entry):
    return cloud.devices[BRIDGE]


@pytest.fixture
def opened(hass, entry):
    """Go to the bridge's menu, and on along a path."""

    async def go(*path):
        result = with_texts(await hass.config_entries.options.async_init(entry.entry_id))
        for step in ({"next_step_id": "radio"}, {"device": BRIDGE}, *path):
            result = await go_on(hass, result, step)
        return result

    return go


def to(step):
    return {"next_step_id": step}


async def finished(hass, result):
    """Wait for a progress as a browser does; return what follows."""
    assert result["type"] is FlowResultType.SHOW_PROGRESS, result
    flow = hass.config_entries.options._progress[result["flow_id"]]
    await until(lambda: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
    return with_texts(await hass.config_entries.options.async_configure(result["flow_id"]))


async def test_a_code_is_learnt_renamed_and_deleted(hass, cloud, bridge, opened):
    result = await opened(to("learn_code"))
    assert result["step_id"] == "learn_code"
    typed = {"name": "close", "remote": "Gate", "is_sensor": False}
    result = await go_on(hass, result, typed)
    assert result["progress_action"] == "learn_wait"
    # Looking again changes nothing.
    assert (await go_on(hass, result, {}))["type"] is FlowResultType.SHOW_PROGRESS
    await until(lambda: bridge.behaviour.learning == 2)
    await bridge.hear("CAFE")
    result = await finished(hass, result)
    done(result, "code_learned", name="Gate close")
    assert result["description_placeholders"]["codes"] == "Gate open, Hall door, Gate close"
    await hass.async_block_till_done()
    assert state_of(hass, "button.rf_gate_close") is not None

    for step in (to("code"), {"code": "2"}, to("rename_code")):
        result = await go_on(hass, result, step)
    result = await go_on(hass, result, {"name": " ", "remote": "Gate"})
    assert result["errors"] == {"name": "name_required"}
    result = await go_on(hass, result, {"name": "shut", "remote": "Drive"})
    done(result, "code_renamed", name="Drive shut")
    for step in (to("code"), {"code": "2"}, to("learn_again"), {}):
        result = await go_on(hass, result, step)
    await until(lambda: bridge.behaviour.learning == 2)
    await bridge.hear("F00D")
    done(await finished(hass, result), "code_learned", name="Drive shut")
    for step in (to("code"), {"code": "2"}, to("delete_code"), {}):
        result = await go_on(hass, result, step)
    done(result, "code_deleted", name="Drive shut")
    assert bridge.params["rfList"] == CODES
    await hass.async_block_till_done()
    assert state_of(hass, "button.rf_gate_close") is None
    # Whoever has chosen it can do no more with it.
    result = await go_on(hass, result, to("code"))
    cloud.devices[BRIDGE].params["rfList"] = []
    await bridge.push({"rfList": []})
    await until(lambda: state_of(hass, "event.rf_hall_door") is None)
    result = await go_on(hass, result, {"code": "1"})
    assert result["reason"] == "code_gone"


async def test_what_is_not_learnt_says_why_and_can_be_tried_again(hass, cloud, bridge, opened):
    typed = {"name": "close", "is_sensor": True}
    result = await go_on(hass, await opened(to("learn_code")), {**typed, "name": " "})
    assert result["errors"] == {"name": "name_required"}
    bridge.behaviour.most_codes = 2
    # The answer comes before a browser has drawn that it waits.
    result = await finished(hass, await go_on(hass, result, typed))
    assert (result["step_id"], result["errors"]) == ("learn_code", {"base": "learning_refused"})
    cloud.violations.clear()
    bridge.behaviour.most_codes = 16
    result = await finished(hass, await go_on(hass, result, typed))
    assert result["errors"] == {"base": "nothing_heard"}
    result = await go_on(hass, result, typed)
    await until(lambda: bridge.behaviour.learning == 2)
    await bridge.hear("CAFE")
    result = await finished(hass, result)
    done(result, "code_learned", name="close")
    assert bridge.tags["zyx_info"][-1]["remote_type"] == "6"


async def test_closing_the_dialog_ends_the_learning(hass, bridge, opened):
    result = await go_on(hass, await opened(to("learn_code")), {"name": "close", "is_sensor": False})
    await until(lambda: bridge.behaviour.learning == 2)
    hass.config_entries.options.async_abort(result["flow_id"])
    await until(lambda: bridge.behaviour.learning is None)
    await until(lambda: bridge.tags["zyx_info"] == [GATE, DOOR])


async def test_without_a_bridge_there_is_nothing_to_learn(hass, cloud, entry):
    client = entry.runtime_data.client
    cloud.remove_device(BRIDGE)
    cloud.add_device(item("1000000001", 1, "Lamp", {}))
    while BRIDGE in client.devices:
        await client.refresh_devices()
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(hass, result, to("radio"))
    assert result["reason"] == "no_bridges"


# Binary sensors

SENSOR = "binary_sensor.rf_hall_door"


@pytest.fixture
def states(hass):
    """The states that the sensor has had."""
    seen = []

    @callback
    def note(event):
        if event.data["entity_id"] == SENSOR and event.data["new_state"] is not None:
            seen.append(event.data["new_state"].state)

    hass.bus.async_listen("state_changed", note)
    return seen


async def heard(bridge, channel, second):
    await bridge.push({"cmd": "trigger", f"rfTrig{channel}": f"2026-01-16T12:10:{second:02}.000Z"})


async def test_a_code_is_shown_as_a_sensor_that_goes_off_by_itself(
    hass, cloud, entry, bridge, opened, states
):
    assert state_of(hass, SENSOR) is None
    result = await opened(to("code"), {"code": "1"}, to("code_sensor"))
    result = await go_on(hass, result, {"is_sensor": True, "off_delay": 0})
    assert result["errors"] == {"off_delay": "off_required"}
    result = await go_on(hass, result, {"is_sensor": True, "device_class": "door", "off_delay": 30})
    done(result, "sensor_shown", name="Hall door")
    await hass.async_block_till_done()
    assert state_of(hass, SENSOR) == STATE_OFF
    assert hass.states.get(SENSOR).attributes["device_class"] == "door"

    await heard(bridge, 1, 5)
    await until(lambda: state_of(hass, SENSOR) == STATE_ON)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await until(lambda: state_of(hass, SENSOR) == STATE_OFF)
    # The same moment again, an older one, the whole state, a list, and a start are nothing new.
    states.clear()
    await heard(bridge, 1, 5)
    await heard(bridge, 1, 4)
    await bridge.push({**bridge.params, "rfTrig1": "2026-01-16T12:11:00.000Z"})
    bridge.params["rfTrig1"] = "2026-01-16T12:12:00.000Z"
    await cloud.drop_connections()
    await until(
        lambda: entry.runtime_data.client.devices[BRIDGE].params["rfTrig1"] == bridge.params["rfTrig1"]
    )
    await connected(entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    assert state_of(hass, SENSOR) == STATE_OFF
    assert STATE_ON not in states
    await heard(bridge, 1, 59)
    await bridge.push({"cmd": "trigger", "rfTrig1": "2026-01-16T12:13:00.000Z"})
    await until(lambda: state_of(hass, SENSOR) == STATE_ON)
    # A bridge that comes back has not heard of an end.
    await bridge.set_online(online=False)
    await until(lambda: state_of(hass, SENSOR) == STATE_UNAVAILABLE)
    await bridge.set_online(online=True)
    await until(lambda: state_of(hass, SENSOR) == STATE_ON)

    result = await opened(to("code"), {"code": "1"}, to("code_sensor"))
    result = await go_on(hass, result, {"is_sensor": False, "off_delay": 30})
    done(result, "sensor_hidden", name="Hall door")
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(SENSOR) is None
    assert entry.options["radio_sensors"] == {}


async def test_another_code_turns_a_sensor_off(hass, cloud, entry, bridge, opened):
    result = await opened(to("code"), {"code": "1"}, to("code_sensor"))
    await go_on(hass, result, {"is_sensor": True, "off_delay": 0, "off_code": "0"})
    await hass.async_block_till_done()
    # It was heard last, and the other code never: the door is open since.
    assert state_of(hass, SENSOR) == STATE_ON
    await heard(bridge, 0, 6)
    await until(lambda: state_of(hass, SENSOR) == STATE_OFF)
    await heard(bridge, 1, 7)
    await until(lambda: state_of(hass, SENSOR) == STATE_ON)
    # What happened while nobody listened counts, too: it is a state.
    bridge.params["rfTrig0"] = "2026-01-16T12:20:00.000Z"
    await cloud.drop_connections()
    await until(lambda: state_of(hass, SENSOR) == STATE_OFF)
    result = await opened(to("code"), {"code": "1"}, to("delete_code"))
    done(await go_on(hass, result, {}), "code_deleted", name="Hall door")
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(SENSOR) is None
