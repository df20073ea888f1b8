"""Covers: where they are, how they move, and what turns into one and back."""

import asyncio
from datetime import timedelta

from homeassistant.components.cover import (
    ATTR_CURRENT_POSITION,
    ATTR_POSITION,
    DOMAIN as COVER_DOMAIN,
    CoverEntityFeature,
    CoverState,
)
from homeassistant.const import (
    ATTR_SUPPORTED_FEATURES,
    SERVICE_CLOSE_COVER,
    SERVICE_OPEN_COVER,
    SERVICE_SET_COVER_POSITION,
    SERVICE_STOP_COVER,
    STATE_UNKNOWN,
)
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed, snapshot_platform

from custom_components.ewelink.cover import LONGEST_MOVEMENT
from simulator.home import item
from tests.common import load_device, until
from tests.platforms import call, state_of

CURTAIN = item("1000000c01", 11, "Curtain", {"switch": "pause", "setclose": 0})
DUAL_ID = "1000000c02"
DUAL = item(
    DUAL_ID,
    126,
    "Awning",
    {
        "workMode": 1,
        "calibState": 1,
        "currLocation": 40,
        "location": 40,
        "motorTurn": 0,
        "switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}],
    },
)


def position(hass, entity_id):
    return hass.states.get(entity_id).attributes.get(ATTR_CURRENT_POSITION)


async def test_covers_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(COVER_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_a_curtain_runs_until_it_is_there(hass, cloud, setup_home):
    await setup_home(CURTAIN)
    device = cloud.devices["1000000c01"]
    device.behaviour.run.seconds = 0.3
    assert (state_of(hass, "cover.curtain"), position(hass, "cover.curtain")) == (CoverState.OPEN, 100)

    await call(hass, COVER_DOMAIN, SERVICE_CLOSE_COVER, "cover.curtain")
    assert state_of(hass, "cover.curtain") == CoverState.CLOSING
    await until(lambda: state_of(hass, "cover.curtain") == CoverState.CLOSED)

    await call(hass, COVER_DOMAIN, SERVICE_SET_COVER_POSITION, "cover.curtain", **{ATTR_POSITION: 30})
    assert (state_of(hass, "cover.curtain"), position(hass, "cover.curtain")) == (CoverState.OPENING, 0)
    await until(lambda: state_of(hass, "cover.curtain") == CoverState.OPEN)
    assert position(hass, "cover.curtain") == 30
    assert device.received == [{"switch": "off"}, {"setclose": 70}]


async def test_a_curtain_stops_where_it_is(hass, cloud, setup_home):
    await setup_home(CURTAIN)
    cloud.devices["1000000c01"].behaviour.run.seconds = 5
    await call(hass, COVER_DOMAIN, SERVICE_CLOSE_COVER, "cover.curtain")
    await asyncio.sleep(0.3)
    await call(hass, COVER_DOMAIN, SERVICE_STOP_COVER, "cover.curtain")
    await until(lambda: state_of(hass, "cover.curtain") == CoverState.OPEN)
    assert 50 <= position(hass, "cover.curtain") < 100


async def test_a_movement_whose_end_is_lost_is_over_after_a_while(hass, cloud, setup_home):
    await setup_home(CURTAIN)
    cloud.devices["1000000c01"].behaviour.run.seconds = 10_000
    await call(hass, COVER_DOMAIN, SERVICE_CLOSE_COVER, "cover.curtain")
    assert state_of(hass, "cover.curtain") == CoverState.CLOSING
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=LONGEST_MOVEMENT + 1))
    await until(lambda: state_of(hass, "cover.curtain") == CoverState.OPEN)


async def test_a_movement_survives_what_else_is_told(hass, cloud, setup_home):
    await setup_home(CURTAIN)
    device = cloud.devices["1000000c01"]
    device.behaviour.run.seconds = 60
    await call(hass, COVER_DOMAIN, SERVICE_CLOSE_COVER, "cover.curtain")
    cloud.rename("1000000c01", "Drapes")
    await hass.config_entries.async_entries("ewelink")[0].runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert hass.states.get("cover.curtain").name == "Drapes"
    assert state_of(hass, "cover.curtain") == CoverState.CLOSING


async def test_the_work_mode_swaps_switches_and_cover(hass, cloud, setup_home):
    await setup_home(DUAL)
    device = cloud.devices[DUAL_ID]
    assert state_of(hass, "switch.awning_channel_1") == "on"
    assert hass.states.get("cover.awning") is None

    await device.push({"workMode": 2})
    await until(lambda: state_of(hass, "cover.awning") == CoverState.OPEN)
    assert position(hass, "cover.awning") == 40
    await until(lambda: hass.states.get("switch.awning_channel_1") is None)

    device.behaviour.run.seconds = 0.1
    await call(hass, COVER_DOMAIN, SERVICE_OPEN_COVER, "cover.awning")
    await until(lambda: position(hass, "cover.awning") == 100)
    assert device.received == [{"motorTurn": 1}]

    await device.push({"workMode": 1})
    await until(lambda: hass.states.get("cover.awning") is None)
    await until(lambda: state_of(hass, "switch.awning_channel_1") == "on")


async def test_a_motor_that_is_calibrated_learns_positions(hass, cloud, setup_home):
    await setup_home({**DUAL, "params": {**DUAL["params"], "workMode": 2, "calibState": 0}})
    assert state_of(hass, "cover.awning") == STATE_UNKNOWN
    await cloud.devices[DUAL_ID].push({"calibState": 1, "currLocation": 0})
    await until(lambda: state_of(hass, "cover.awning") == CoverState.CLOSED)


@pytest.mark.parametrize("name", ["258", "7034"])
async def test_calibration_that_is_told_alone_is_seen(hass, cloud, setup_home, name):
    blind = load_device(name)
    await setup_home(blind)
    (entity_id,) = hass.states.async_entity_ids(COVER_DOMAIN)
    before = hass.states.get(entity_id)
    assert position(hass, entity_id) is not None
    assert before.attributes[ATTR_SUPPORTED_FEATURES] & CoverEntityFeature.SET_POSITION

    device = cloud.devices[blind["deviceid"]]
    await device.push({"calibState": 0})
    await until(lambda: position(hass, entity_id) is None)
    lost = hass.states.get(entity_id)
    assert not lost.attributes[ATTR_SUPPORTED_FEATURES] & CoverEntityFeature.SET_POSITION
    assert lost.state == STATE_UNKNOWN

    await device.push({"calibState": 1})
    await until(lambda: hass.states.get(entity_id).attributes == before.attributes)


async def test_garage_doors_carry_their_names(hass, cloud, setup_home):
    await setup_home(
        item(
            "1000000c03",
            236,
            "Garage",
            {"doorsensors": {"0": "off", "1": "on"}},
            tags={"ck_channel_name": {"0": "Car"}},
        )
    )
    cloud.devices["1000000c03"].behaviour.seconds = 0.05
    assert state_of(hass, "cover.garage_car") == CoverState.CLOSED
    assert state_of(hass, "cover.garage_channel_2") == CoverState.OPEN
    await call(hass, COVER_DOMAIN, SERVICE_OPEN_COVER, "cover.garage_car")
    assert state_of(hass, "cover.garage_car") == CoverState.OPENING
    await until(lambda: state_of(hass, "cover.garage_car") == CoverState.OPEN)
    assert state_of(hass, "cover.garage_channel_2") == CoverState.OPEN
