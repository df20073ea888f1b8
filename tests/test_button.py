"""Buttons: what a device does once, when it is asked."""

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.platforms import call


async def test_buttons_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(BUTTON_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_a_motor_calibrates(hass, cloud, setup_home):
    await setup_home(item("1000000c70", 7034, "Blind", {"setclose": 0, "motorClb": "normal"}))
    await call(hass, BUTTON_DOMAIN, SERVICE_PRESS, "button.blind_calibrate")
    assert cloud.devices["1000000c70"].received == [{"motorClb": "calibration"}]
