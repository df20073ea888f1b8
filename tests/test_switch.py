"""Switches: relays by their names, settings, and what arrives at the device."""

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_ENTITY_ID,
    ATTR_FRIENDLY_NAME,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import STRIP, STRIP_ID, call, off, on


async def test_switches_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(SWITCH_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_a_relay_follows_home_assistant_and_the_wall(hass, cloud, setup_home):
    await setup_home(item("1000000a02", 1, "Heater", {"switch": "off"}))
    device = cloud.devices["1000000a02"]
    assert hass.states.get("switch.heater").state == STATE_OFF

    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.heater")
    assert device.received == [{"switch": "on"}]
    assert hass.states.get("switch.heater").state == STATE_ON

    await device.press()
    await until(lambda: off(hass, "switch.heater"))

    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, "switch.heater")
    assert device.received[1:] == [{"switch": "off"}]


async def test_channels_carry_their_names(hass, setup_home):
    await setup_home(STRIP)
    assert [state.attributes[ATTR_FRIENDLY_NAME] for state in hass.states.async_all(SWITCH_DOMAIN)][:4] == [
        "Strip Kettle",
        "Strip Channel 2",
        "Strip Channel 3",
        "Strip Lamp",
    ]
    assert hass.states.get("switch.strip_kettle").state == STATE_OFF


async def test_channels_that_are_switched_together_share_a_frame(hass, cloud, setup_home):
    await setup_home(STRIP)
    await hass.services.async_call(
        SWITCH_DOMAIN,
        SERVICE_TURN_ON,
        {ATTR_ENTITY_ID: ["switch.strip_kettle", "switch.strip_lamp"]},
        blocking=True,
    )
    (frame,) = cloud.devices[STRIP_ID].received
    assert sorted(item["outlet"] for item in frame["switches"]) == [0, 3]
    assert on(hass, "switch.strip_kettle")
    assert on(hass, "switch.strip_lamp")
    assert off(hass, "switch.strip_channel_2")


async def test_a_channel_that_is_renamed_in_the_app_is_renamed_here(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(STRIP)
    cloud.devices[STRIP_ID].tags = {"ck_channel_name": {"0": "Toaster", "1": "Radio"}}
    await entry.runtime_data.async_refresh()

    names = [state.attributes[ATTR_FRIENDLY_NAME] for state in hass.states.async_all(SWITCH_DOMAIN)]
    assert names[:4] == ["Strip Toaster", "Strip Radio", "Strip Channel 3", "Strip Channel 4"]
    assert entity_registry.async_get("switch.strip_kettle").original_name == "Toaster"


async def test_a_renamed_channel_renames_what_else_belongs_to_it(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(
        item(
            "1000000a05",
            126,
            "Duo",
            {
                "workMode": 1,
                "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(2)],
                "actPow_00": 1250,
                "actPow_01": 0,
            },
            tags={"ck_channel_name": {"0": "Pump"}},
        )
    )
    assert hass.states.get("sensor.duo_pump_power").attributes[ATTR_FRIENDLY_NAME] == "Duo Pump power"
    assert (
        hass.states.get("sensor.duo_channel_2_power").attributes[ATTR_FRIENDLY_NAME] == "Duo Channel 2 power"
    )

    cloud.devices["1000000a05"].tags = {"ck_channel_name": {"0": "Fountain"}}
    await entry.runtime_data.async_refresh()
    assert hass.states.get("sensor.duo_pump_power").attributes[ATTR_FRIENDLY_NAME] == "Duo Fountain power"
    assert entity_registry.async_get("sensor.duo_pump_power").original_name == "Fountain power"


@pytest.mark.parametrize("uiid", [77, 78, 138, 182, 190])
async def test_one_relay_on_switches_is_the_device_itself(hass, cloud, setup_home, uiid):
    await setup_home(
        item(
            "1000000a03",
            uiid,
            "Boiler",
            {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]},
        )
    )
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.boiler")
    assert on(hass, "switch.boiler")
    assert hass.states.get("switch.boiler").attributes[ATTR_FRIENDLY_NAME] == "Boiler"
    assert hass.states.get("switch.boiler_channel_2") is None
    (frame,) = cloud.devices["1000000a03"].received
    assert {"outlet": 0, "switch": "on"} in frame["switches"]


@pytest.mark.parametrize(
    ("uiid", "device_class"), [(1, "outlet"), (6, "switch"), (32, "outlet"), (14, "switch")]
)
async def test_plugs_are_outlets(hass, setup_home, uiid, device_class):
    await setup_home(item("1000000a04", uiid, "Heater", {"switch": "off"}))
    assert hass.states.get("switch.heater").attributes[ATTR_DEVICE_CLASS] == device_class


async def test_the_led_is_a_setting(hass, cloud, setup_home, entity_registry):
    await setup_home(item("1000000a02", 1, "Heater", {"switch": "off", "sledOnline": "on"}))
    entity_id = "switch.heater_status_led"
    assert entity_registry.async_get(entity_id).entity_category == "config"
    assert on(hass, entity_id)

    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, entity_id)
    assert cloud.devices["1000000a02"].received == [{"sledOnline": "off"}]
    assert off(hass, entity_id)


@pytest.mark.usefixtures("every_entity_enabled")
async def test_inching_of_one_channel_leaves_the_others(hass, cloud, setup_home):
    pulses = [{"outlet": outlet, "pulse": "off", "width": 1000 + 500 * outlet} for outlet in range(4)]
    await setup_home({**STRIP, "params": {**STRIP["params"], "pulses": pulses}})
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.strip_channel_2_inching")

    (frame,) = cloud.devices[STRIP_ID].received
    assert frame == {"pulses": [*pulses[:1], {**pulses[1], "pulse": "on"}, *pulses[2:]]}
    assert on(hass, "switch.strip_channel_2_inching")
    assert off(hass, "switch.strip_kettle_inching")


async def test_interlock_is_told_and_followed(hass, cloud, setup_home):
    await setup_home({**STRIP, "params": {**STRIP["params"], "lock": 0}})
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.strip_interlock")
    assert cloud.devices[STRIP_ID].received[0]["lock"] == 1

    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.strip_kettle")
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.strip_lamp")
    assert on(hass, "switch.strip_lamp")
    assert off(hass, "switch.strip_kettle")
