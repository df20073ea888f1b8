"""Events: presses that have just happened, and no others."""

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNKNOWN
from homeassistant.core import callback
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from custom_components.ewelink.coolkit import ConnectionChanged
from simulator.home import item
from tests.common import connected, until
from tests.platforms import call, state_of

GATEWAY = item("1000001101", 168, "Bridge", {})
BUTTON_ID = "a400001102"
BUTTON = item(
    BUTTON_ID,
    1000,
    "Bedside",
    {"parentid": "1000001101", "key": 1, "trigTime": "1600081000000", "battery": 90},
)
PAD_ID = "a400001103"
PAD = item(
    PAD_ID,
    7039,
    "Orb",
    {"parentid": "1000001101", "outlet": 3, "key": 2, "trigTime": "1600081000000"},
    tags={"ck_channel_name": {"1": "Ceiling"}},
)
WALL_ID = "1000001104"
WALL = item(
    WALL_ID,
    161,
    "Wall",
    {"switches": [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "off"}], "sledOnline": "on"},
)


class Presses:
    """What the events of a home have told since."""

    def __init__(self, hass):
        self.hass = hass
        self.told = []
        self.last = {}
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._note)

    @callback
    def _note(self, event):
        new = event.data["new_state"]
        if new is None or new.domain != EVENT_DOMAIN or new.attributes.get("event_type") is None:
            return
        # An entity that is available again shows what it told last.
        if self.last.get(new.entity_id) != new.state:
            self.last[new.entity_id] = new.state
            count = new.attributes.get("multi_press_count")
            told = new.attributes["event_type"]
            self.told.append((new.entity_id, told if count is None else f"{told} {count}"))

    async def settled(self, entry):
        """Return what was told, once everything is done, and begin anew."""
        await connected(entry)
        await self.hass.async_block_till_done()
        told, self.told = self.told, []
        return told


async def reconnected(cloud, entry):
    """Lose the session, and wait for the next one."""
    client = entry.runtime_data.client
    lost = []
    stop = client.subscribe(lost.append, ConnectionChanged)
    await cloud.drop_connections()
    await until(lambda: len(lost) > 1)
    stop()
    await connected(entry)


async def test_events_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(EVENT_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_a_press_is_told_once_and_each_time(hass, cloud, setup_home):
    entry = await setup_home(GATEWAY, BUTTON)
    presses = Presses(hass)
    assert state_of(hass, "event.bedside_button") == STATE_UNKNOWN
    device = cloud.devices[BUTTON_ID]
    for key, told in ((0, "press_end"), (1, "multi_press_end 2"), (2, "long_press_start")):
        await device.push({"key": key, "trigTime": f"160008163458{key}"})
        await until(lambda: presses.told)
        assert await presses.settled(entry) == [("event.bedside_button", told)]

    # Told again, with something else, by the list, and by the app.
    await device.push({"key": 2, "trigTime": "1600081634582"})
    await device.push({"battery": 80})
    await device.push({"key": 2, "trigTime": "1600081634582", "battery": 79})
    await cloud.report(device, {"key": 0, "trigTime": "1600081634999"}, agent="app")
    await reconnected(cloud, entry)
    assert await presses.settled(entry) == []

    await device.press()
    await until(lambda: presses.told)
    await presses.settled(entry)
    await device.press()
    await until(lambda: presses.told)
    assert await presses.settled(entry) == [("event.bedside_button", "press_end")]


async def test_a_press_while_nobody_listened_is_not_told_afterwards(hass, cloud, setup_home):
    entry = await setup_home(GATEWAY, BUTTON)
    presses = Presses(hass)
    device = cloud.devices[BUTTON_ID]
    device.params |= {"key": 0, "trigTime": "1600081700000"}
    await reconnected(cloud, entry)
    assert await presses.settled(entry) == []
    # As gateways do after they have come back.
    await device.push({"key": 0, "trigTime": "1600081700000"})
    await device.push({"key": 0, "trigTime": "1600081600000"})
    assert await presses.settled(entry) == []


async def test_each_button_is_its_own(hass, cloud, setup_home):
    entry = await setup_home(GATEWAY, PAD)
    presses = Presses(hass)
    assert hass.states.get("event.orb_ceiling_button") is not None
    device = cloud.devices[PAD_ID]
    for place, (outlet, key) in enumerate(((0, 0), (1, 1), (2, 3), (3, 2), (3, 2))):
        await device.push({"outlet": outlet, "key": key, "trigTime": f"160008160000{place}"})
    await until(lambda: len(presses.told) == 5)
    assert await presses.settled(entry) == [
        ("event.orb_button_1", "press_end"),
        ("event.orb_ceiling_button", "multi_press_end 2"),
        ("event.orb_button_3", "multi_press_end 3"),
        ("event.orb_button_4", "long_press_start"),
        ("event.orb_button_4", "long_press_start"),
    ]


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"localKeyPass": {"outlet": 1, "key": 0}}, [("event.wall_button_2", "press_end")]),
        (
            {"localKeyPass": {"outlet": 0, "key": 1}, "rssi": -50},
            [("event.wall_button_1", "multi_press_end 2")],
        ),
        # The whole state says an old press again.
        ({"localKeyPass": {"outlet": 1, "key": 0}, "fwVersion": "1.5.0", "sledOnline": "on"}, []),
        ({"switches": [{"outlet": 0, "switch": "on"}], "triggerType": 11}, []),
        ({"localKeyPass": "rubbish"}, []),
    ],
)
async def test_keys_of_a_wall_switch(hass, cloud, setup_home, params, told):
    entry = await setup_home(WALL)
    presses = Presses(hass)
    for _ in (1, 2):
        await cloud.devices[WALL_ID].push(params)
        await until(lambda: len(presses.told) == len(told))
        assert await presses.settled(entry) == told


async def test_a_touch_and_a_swipe(hass, cloud, setup_home, every_entity_enabled):
    switches = [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "off"}]
    entry = await setup_home(item("1000001105", 210, "Touch", {"switches": switches, "slide": 1}))
    presses = Presses(hass)
    device = cloud.devices["1000001105"]
    await device.press(1)
    await until(lambda: presses.told)
    assert await presses.settled(entry) == [("event.touch_button_2", "press_end")]
    await device.push({"slide": 2})
    await until(lambda: presses.told)
    assert await presses.settled(entry) == [("event.touch_swipe", "swipe_2")]
    # The hourly report of the whole state.
    await device.push({**device.params, "slide": 2})
    assert await presses.settled(entry) == []


BRIDGE_ID = "1000001106"
BRIDGE = item(
    BRIDGE_ID,
    28,
    "RF",
    {
        "rfList": [{"rfChl": 0, "rfVal": "1A2B3C"}, {"rfChl": 1, "rfVal": "1A2B3D"}],
        "rfTrig0": "2022-01-15T20:00:00.000Z",
        "rfTrig1": "2022-01-16T11:00:00.000Z",
    },
    tags={
        "zyx_info": [
            {"name": "Gate", "remote_type": "1", "buttonName": [{"0": "open"}]},
            {"name": "Hall alarm", "remote_type": "6", "buttonName": [{"1": "Hall alarm"}]},
            {"name": "Forgotten", "remote_type": "1", "buttonName": [{"2": "on"}]},
        ]
    },
)


async def test_what_a_bridge_hears_is_told_once(hass, cloud, setup_home):
    entry = await setup_home(BRIDGE)
    presses = Presses(hass)
    assert sorted(hass.states.async_entity_ids("event")) == ["event.rf_gate_open", "event.rf_hall_alarm"]
    device = cloud.devices[BRIDGE_ID]
    await device.push({"cmd": "trigger", "rfTrig1": "2022-01-16T12:10:05.000Z"})
    await until(lambda: presses.told)
    assert await presses.settled(entry) == [("event.rf_hall_alarm", "triggered")]
    # The same moment by another way, an older one, the whole state, and what somebody sends.
    await device.push({"cmd": "trigger", "rfTrig1": "2022-01-16T12:10:05.000Z"})
    await device.push({"cmd": "trigger", "rfTrig1": "2022-01-16T11:00:00.000Z"})
    await device.push({"init": 1, "cmd": "trigger", "rfTrig0": "2022-01-17T11:00:00.000Z"})
    await cloud.report(device, {"cmd": "transmit", "rfChl": 0}, agent="app")
    assert await presses.settled(entry) == []
    await device.push({"cmd": "trigger", "rfTrig0": "2022-01-18T12:10:05.000Z"})
    await until(lambda: presses.told)
    assert await presses.settled(entry) == [("event.rf_gate_open", "press_end")]


async def test_a_bridge_sends_a_code(hass, cloud, setup_home):
    await setup_home(BRIDGE)
    assert sorted(hass.states.async_entity_ids("button")) == ["button.rf_gate_open"]
    await call(hass, "button", "press", "button.rf_gate_open")
    assert cloud.devices[BRIDGE_ID].received == [{"cmd": "transmit", "rfChl": 0}]
