"""Fans: speeds, presets, swinging, mist, and the light beside."""

from homeassistant.components.fan import (
    ATTR_OSCILLATING,
    ATTR_PERCENTAGE,
    ATTR_PRESET_MODE,
    DOMAIN as FAN_DOMAIN,
    SERVICE_OSCILLATE,
    SERVICE_SET_PERCENTAGE,
    SERVICE_SET_PRESET_MODE,
)
from homeassistant.components.light import DOMAIN as LIGHT_DOMAIN
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import call, off, on


async def test_fans_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(FAN_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


def attribute(hass, name):
    return hass.states.get("fan.fan").attributes.get(name)


async def test_a_fan_follows_home_assistant_and_its_button(hass, cloud, setup_home):
    await setup_home(item("1000000f01", 17, "Fan", {"fan": "off", "speed": "slow", "mode": "normal"}))
    device = cloud.devices["1000000f01"]
    assert off(hass, "fan.fan")
    assert attribute(hass, ATTR_PERCENTAGE) == 0

    await call(hass, FAN_DOMAIN, SERVICE_SET_PERCENTAGE, "fan.fan", **{ATTR_PERCENTAGE: 100})
    assert attribute(hass, ATTR_PERCENTAGE) == 100
    await call(hass, FAN_DOMAIN, SERVICE_SET_PRESET_MODE, "fan.fan", **{ATTR_PRESET_MODE: "sleep"})
    await call(hass, FAN_DOMAIN, SERVICE_OSCILLATE, "fan.fan", **{ATTR_OSCILLATING: True})
    assert attribute(hass, ATTR_PRESET_MODE) == "sleep"
    assert attribute(hass, ATTR_OSCILLATING) is True
    await call(hass, FAN_DOMAIN, SERVICE_SET_PERCENTAGE, "fan.fan", **{ATTR_PERCENTAGE: 0})
    assert off(hass, "fan.fan")
    assert device.received == [
        {"fan": "on", "speed": "fast"},
        {"mode": "sleep"},
        {"shake": "on"},
        {"fan": "off"},
    ]
    await device.press()
    await until(lambda: on(hass, "fan.fan"))
    assert attribute(hass, ATTR_PERCENTAGE) == 100


@pytest.mark.parametrize(
    ("percentage", "shown"), [(1, 33), (33, 33), (50, 66), (66, 66), (67, 66), (84, 100), (100, 100)]
)
async def test_a_ceiling_fan_takes_the_nearest_speed(hass, cloud, setup_home, percentage, shown):
    await setup_home(item("1000000f02", 34, "Fan", {}))
    await call(hass, FAN_DOMAIN, SERVICE_TURN_ON, "fan.fan", **{ATTR_PERCENTAGE: percentage})
    assert attribute(hass, ATTR_PERCENTAGE) == shown
    # The light stays as it is.
    assert off(hass, "light.fan")


async def test_the_light_and_the_fan_leave_each_other_alone(hass, cloud, setup_home):
    await setup_home(item("1000000f02", 34, "Fan", {}))
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, "light.fan")
    await call(hass, FAN_DOMAIN, SERVICE_TURN_ON, "fan.fan")
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, "light.fan")
    assert on(hass, "fan.fan")
    await call(hass, FAN_DOMAIN, SERVICE_TURN_OFF, "fan.fan")
    assert off(hass, "fan.fan")
    assert [item["outlet"] for sent in cloud.devices["1000000f02"].received for item in sent["switches"]] == [
        0,
        1,
        0,
        1,
    ]
