"""Valves: opened, closed, and followed when somebody turns them by hand."""

from homeassistant.components.valve import DOMAIN as VALVE_DOMAIN
from homeassistant.const import SERVICE_CLOSE_VALVE, SERVICE_OPEN_VALVE
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import call, state_of

GATEWAY = item("1000001301", 168, "Bridge", {})
VALVE_ID = "a400001302"
VALVE = item(VALVE_ID, 7047, "Lawn", {"parentid": "1000001301", "switch": False, "switch_00": False})


async def test_valves_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(VALVE_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_a_valve_is_opened_closed_and_followed(hass, cloud, setup_home):
    await setup_home(GATEWAY, VALVE)
    device = cloud.devices[VALVE_ID]
    await call(hass, VALVE_DOMAIN, SERVICE_OPEN_VALVE, "valve.lawn")
    assert device.received == [{"switch": True}]
    await device.push({"switch_00": True})
    await until(lambda: state_of(hass, "valve.lawn") == "open")
    await call(hass, VALVE_DOMAIN, SERVICE_CLOSE_VALVE, "valve.lawn")
    assert device.received == [{"switch": True}, {"switch": False}]
    await device.push({"switch_00": False})
    await until(lambda: state_of(hass, "valve.lawn") == "closed")
