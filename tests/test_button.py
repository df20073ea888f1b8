"""Buttons: what a device does once, when it is asked."""

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.exceptions import HomeAssistantError
import pytest
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


async def test_a_button_asks_the_device_each_time(hass, cloud, setup_home):
    await setup_home(item("1000001201", 224, "Gate", {"key": 0, "sledOnline": "on"}))
    for _ in (1, 2):
        await call(hass, BUTTON_DOMAIN, SERVICE_PRESS, "button.gate_press")
    assert cloud.devices["1000001201"].received == [{"key": 0}, {"key": 0}]


async def test_a_computer_is_started_again(hass, cloud, setup_home):
    await setup_home(item("1000001202", 225, "Desk", {"switch": True}))
    await call(hass, BUTTON_DOMAIN, SERVICE_PRESS, "button.desk_restart")
    assert cloud.devices["1000001202"].received == [{"restart": True}]


async def test_a_meter_is_not_kept_awake(hass, cloud, setup_home, monkeypatch):
    monkeypatch.setattr("custom_components.ewelink.button.MEASURED_A_DAY", 2)
    await setup_home(item("1000001203", 32, "Washer", {"switch": "on", "power": "12.78"}))
    for _ in (1, 2):
        await call(hass, BUTTON_DOMAIN, SERVICE_PRESS, "button.washer_measure_now")
    with pytest.raises(HomeAssistantError, match="2 times"):
        await call(hass, BUTTON_DOMAIN, SERVICE_PRESS, "button.washer_measure_now")
    assert cloud.devices["1000001203"].received == [{"uiActive": 60}, {"uiActive": 60}]
