"""Selects: the state after power returns."""

from homeassistant.components.select import ATTR_OPTION, DOMAIN as SELECT_DOMAIN, SERVICE_SELECT_OPTION
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import until
from tests.platforms import STRIP, STRIP_ID, call, state_of


async def test_selects_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(SELECT_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_the_power_on_state_is_set_and_followed(hass, cloud, setup_home):
    await setup_home(item("1000000e01", 1, "Heater", {"switch": "off", "startup": "off"}))
    device = cloud.devices["1000000e01"]
    await call(
        hass, SELECT_DOMAIN, SERVICE_SELECT_OPTION, "select.heater_power_on_state", **{ATTR_OPTION: "stay"}
    )
    assert device.received == [{"startup": "stay"}]
    assert state_of(hass, "select.heater_power_on_state") == "stay"

    await device.push({"startup": "on"})
    await until(lambda: state_of(hass, "select.heater_power_on_state") == "on")


@pytest.mark.usefixtures("every_entity_enabled")
async def test_the_power_on_state_of_one_channel_leaves_the_others(hass, cloud, setup_home):
    configure = [{"outlet": outlet, "startup": "off"} for outlet in range(4)]
    await setup_home({**STRIP, "params": {**STRIP["params"], "configure": configure}})
    await call(
        hass,
        SELECT_DOMAIN,
        SERVICE_SELECT_OPTION,
        "select.strip_kettle_power_on_state",
        **{ATTR_OPTION: "on"},
    )
    (frame,) = cloud.devices[STRIP_ID].received
    assert frame == {"configure": [{"outlet": 0, "startup": "on"}, *configure[1:]]}
    assert state_of(hass, "select.strip_kettle_power_on_state") == "on"
    assert state_of(hass, "select.strip_channel_2_power_on_state") == "off"
