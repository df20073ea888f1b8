"""Alarm control panels: armed and disarmed, here and at the panel."""

from homeassistant.components.alarm_control_panel import DOMAIN as ALARM_DOMAIN
from homeassistant.const import (
    SERVICE_ALARM_ARM_AWAY,
    SERVICE_ALARM_ARM_HOME,
    SERVICE_ALARM_ARM_NIGHT,
    SERVICE_ALARM_DISARM,
)
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import call, state_of

PANEL_ID = "1000001401"
PANEL = item(PANEL_ID, 195, "Panel", {"securityType": 0, "cpuInfo": {"temperature": 40}})
ALARM = "alarm_control_panel.panel_alarm"


async def test_alarm_control_panels_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(ALARM_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@pytest.mark.parametrize(
    ("service", "sent", "state"),
    [
        (SERVICE_ALARM_ARM_HOME, {"securityType": 1, "currentType": 1}, "armed_home"),
        (SERVICE_ALARM_ARM_AWAY, {"securityType": 2, "currentType": 2}, "armed_away"),
        (SERVICE_ALARM_ARM_NIGHT, {"securityType": 3, "currentType": 3}, "armed_night"),
    ],
)
async def test_the_alarm_is_armed_and_disarmed(hass, cloud, setup_home, service, sent, state):
    await setup_home(PANEL)
    device = cloud.devices[PANEL_ID]
    await call(hass, ALARM_DOMAIN, service, ALARM)
    await until(lambda: state_of(hass, ALARM) == state)
    await call(hass, ALARM_DOMAIN, SERVICE_ALARM_DISARM, ALARM)
    assert device.received == [sent, {"securityType": 0}]
    await device.push({"securityType": sent["securityType"]})
    await until(lambda: state_of(hass, ALARM) == state)
