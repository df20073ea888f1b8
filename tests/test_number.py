"""Numbers: the time of inching, the brightness of the LED."""

from homeassistant.components.number import (
    ATTR_MAX,
    ATTR_MIN,
    ATTR_STEP,
    ATTR_VALUE,
    DOMAIN as NUMBER_DOMAIN,
    SERVICE_SET_VALUE,
)
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import call, state_of


async def test_numbers_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(NUMBER_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@pytest.mark.usefixtures("every_entity_enabled")
async def test_the_time_of_inching_travels_with_its_switch(hass, cloud, setup_home):
    await setup_home(item("1000000f01", 1, "Gate", {"switch": "off", "pulse": "on", "pulseWidth": 1000}))
    device = cloud.devices["1000000f01"]
    entity_id = "number.gate_inching_duration"
    attributes = hass.states.get(entity_id).attributes
    assert (attributes[ATTR_MIN], attributes[ATTR_MAX], attributes[ATTR_STEP]) == (0.5, 36000, 0.5)

    await call(hass, NUMBER_DOMAIN, SERVICE_SET_VALUE, entity_id, **{ATTR_VALUE: 2.5})
    assert device.received == [{"pulse": "on", "pulseWidth": 2500}]
    assert state_of(hass, entity_id) == "2.5"

    await device.push({"pulseWidth": 500})
    await until(lambda: state_of(hass, entity_id) == "0.5")


@pytest.mark.usefixtures("every_entity_enabled")
async def test_a_time_that_was_set_elsewhere_stays(hass, cloud, setup_home):
    pulses = [{"outlet": 0, "pulse": "on", "width": 36_000_000}, {"outlet": 1, "pulse": "off", "width": 500}]
    await setup_home(item("1000000f01", 2, "Gate", {"pulses": pulses, "switches": [], "configure": []}))
    device = cloud.devices["1000000f01"]
    number, switch = "number.gate_channel_1_inching_duration", "switch.gate_channel_1_inching"
    # Ten hours, where the device is known to take one: what it has now can be set.
    assert state_of(hass, number) == "36000.0"
    assert hass.states.get(number).attributes[ATTR_MAX] == 36000
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, switch)
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, switch)
    await call(hass, NUMBER_DOMAIN, SERVICE_SET_VALUE, number, **{ATTR_VALUE: 36000})
    assert [sent["pulses"][0]["width"] for sent in device.received] == [36_000_000] * 3
    assert state_of(hass, number) == "36000.0"

    await device.push({"pulses": [{"outlet": 0, "width": 700}]})
    await until(lambda: state_of(hass, number) == "0.7")
    assert hass.states.get(number).attributes[ATTR_MAX] == 3600
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, switch)
    assert device.params["pulses"][0] == {"outlet": 0, "pulse": "off", "width": 700}


async def test_the_brightness_of_the_led_is_set(hass, cloud, setup_home):
    await setup_home(item("1000000f02", 126, "Duo", {"workMode": 1, "sledBright": 100, "switches": []}))
    await call(hass, NUMBER_DOMAIN, SERVICE_SET_VALUE, "number.duo_led_brightness", **{ATTR_VALUE: 30})
    assert cloud.devices["1000000f02"].received == [{"sledBright": 30}]
    assert state_of(hass, "number.duo_led_brightness") == "30.0"
