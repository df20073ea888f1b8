"""Buttons: what a device does once, when it is asked."""

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from custom_components.ewelink.const import CONF_MEASURING_BUDGET, DOMAIN
from simulator.home import item
from tests.common import connected, until
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
    """Each meter has its own budget of a day, whoever asks; a restart and the settings know of it."""
    monkeypatch.setattr("custom_components.ewelink.measuring.PACE", 0.01)
    entry = await setup_home(
        item("1000001203", 32, "Washer", {"switch": "on", "power": "12.78"}),
        item("1000001204", 126, "Kitchen", {"workMode": 1, "actPow_00": 100}),
        item("1000001205", 1, "Lamp", {"switch": "on"}),
    )
    hass.config_entries.async_update_entry(entry, options={CONF_MEASURING_BUDGET: 3})
    washer, kitchen = cloud.devices["1000001203"], cloud.devices["1000001204"]

    async def press(name):
        await call(hass, BUTTON_DOMAIN, SERVICE_PRESS, f"button.{name}_measure_now")

    async def measure(device_id, **data):
        device = entry.runtime_data.async_device_entry(device_id)
        data = {"device_id": device.id, **data}
        return await hass.services.async_call(DOMAIN, "measure", data, blocking=True, return_response=True)

    def minutes():
        attributes = hass.states.get("button.washer_measure_now").attributes
        return attributes["measured_today"], attributes["daily_budget"]

    await press("washer")
    assert minutes() == (1, 3)
    assert await measure("1000001203", duration=90) == {"measured_today": 2.5, "daily_budget": 3}
    with pytest.raises(HomeAssistantError, match="2 of 3 minutes"):
        await press("washer")
    assert washer.received == [{"uiActive": 60}, {"uiActive": 90}]
    await press("kitchen")
    assert kitchen.received == [{"uiActive": {"all": 1, "time": 60}}]
    with pytest.raises(ServiceValidationError, match="live readings"):
        await measure("1000001205")

    # Nobody was kept awake by what did not arrive.
    washer.answer = "offline"
    with pytest.raises(HomeAssistantError, match="offline"):
        await measure("1000001203", duration=30)
    washer.answer = "normal"
    await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    await until(lambda: hass.states.get("button.washer_measure_now").state != "unavailable")
    assert minutes() == (2.5, 3)
    with pytest.raises(HomeAssistantError, match="Try again tomorrow"):
        await press("washer")
    hass.config_entries.async_update_entry(entry, options={CONF_MEASURING_BUDGET: 5})
    await press("washer")
    assert minutes() == (3.5, 5)
    # What may have arrived counts.
    cloud.faults.add("cut_midway", interface="update")
    with pytest.raises(HomeAssistantError):
        await measure("1000001203", duration=60)
    assert washer.received[-1] == {"uiActive": 60}
    await connected(entry)
    await until(lambda: hass.states.get("button.washer_measure_now").state != "unavailable")
    assert minutes() == (4.5, 5)
    # Another day, another budget.
    entry.runtime_data.measuring._day = "2026-01-01"
    await press("washer")
    assert minutes() == (1, 5)
