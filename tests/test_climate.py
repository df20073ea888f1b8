"""Climate: thermostats, radiator valves and air conditioners."""

from homeassistant.components.climate import (
    ATTR_HVAC_ACTION,
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_SWING_HORIZONTAL_MODE,
    ATTR_SWING_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    DOMAIN as CLIMATE_DOMAIN,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
)
from homeassistant.const import ATTR_TEMPERATURE, SERVICE_TURN_OFF, SERVICE_TURN_ON
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import load_device, until
from tests.platforms import call, state_of


async def test_climate_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(CLIMATE_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


def attributes(hass, entity_id, *names):
    return tuple(hass.states.get(entity_id).attributes.get(name) for name in names)


async def test_the_automatic_control_of_a_relay(hass, cloud, setup_home):
    fixture = load_device("15")
    await setup_home({**fixture, "name": "Boiler"})
    device = cloud.devices[fixture["deviceid"]]
    assert state_of(hass, "climate.boiler") == "off"

    await call(
        hass,
        CLIMATE_DOMAIN,
        SERVICE_SET_TEMPERATURE,
        "climate.boiler",
        **{ATTR_HVAC_MODE: "heat", ATTR_TARGET_TEMP_LOW: 19, ATTR_TARGET_TEMP_HIGH: 21},
    )
    assert state_of(hass, "climate.boiler") == "heat"
    limits = attributes(hass, "climate.boiler", ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)
    assert limits == (19, 21)
    await device.push({"switch": "on"})
    await until(lambda: attributes(hass, "climate.boiler", ATTR_HVAC_ACTION) == ("heating",))

    # By hand, it is a switch again.
    await call(hass, "switch", SERVICE_TURN_OFF, "switch.boiler")
    assert state_of(hass, "climate.boiler") == "off"
    await call(hass, CLIMATE_DOMAIN, SERVICE_TURN_ON, "climate.boiler")
    assert state_of(hass, "climate.boiler") == "heat"


async def test_an_air_conditioner_swings(hass, cloud, setup_home):
    fixture = load_device("151")
    await setup_home({**fixture, "name": "Bedroom"})
    device = cloud.devices[fixture["deviceid"]]
    names = (ATTR_SWING_MODE, ATTR_SWING_HORIZONTAL_MODE)
    assert attributes(hass, "climate.bedroom", *names) == ("on", "off")
    await call(hass, CLIMATE_DOMAIN, "set_swing_mode", "climate.bedroom", swing_mode="off")
    data = {ATTR_SWING_HORIZONTAL_MODE: "on"}
    await call(hass, CLIMATE_DOMAIN, "set_swing_horizontal_mode", "climate.bedroom", **data)
    assert device.received == [{"wind_swing_ud": "off"}, {"wind_swing_lr": "on"}]
    assert attributes(hass, "climate.bedroom", *names) == ("off", "on")


async def test_a_target_is_kept_until_the_valve_tells_another(hass, cloud, setup_home):
    fixture = load_device("7017")
    await setup_home(load_device("66"), {**fixture, "name": "Radiator"})
    device = cloud.devices[fixture["deviceid"]]
    await call(hass, CLIMATE_DOMAIN, SERVICE_SET_TEMPERATURE, "climate.radiator", **{ATTR_TEMPERATURE: 18.5})
    assert attributes(hass, "climate.radiator", ATTR_TEMPERATURE) == (18.5,)
    await device.push({"temperature": "190"})
    await hass.async_block_till_done()
    assert attributes(hass, "climate.radiator", ATTR_TEMPERATURE) == (18.5,)
    await device.push({"curTargetTemp": "230"})
    await until(lambda: attributes(hass, "climate.radiator", ATTR_TEMPERATURE) == (23,))
    await call(hass, CLIMATE_DOMAIN, SERVICE_TURN_OFF, "climate.radiator")
    assert state_of(hass, "climate.radiator") == "off"


async def test_a_thermostat_on_the_wall(hass, cloud, setup_home):
    params = {"switch": "off", "workMode": 1, "workState": 1, "temperature": 20, "targetTemp": 21}
    await setup_home(item("1000000c27", 127, "Floor", params))
    await call(hass, CLIMATE_DOMAIN, SERVICE_SET_HVAC_MODE, "climate.floor", **{ATTR_HVAC_MODE: "auto"})
    await call(
        hass, CLIMATE_DOMAIN, SERVICE_SET_PRESET_MODE, "climate.floor", **{ATTR_PRESET_MODE: "economical"}
    )
    assert state_of(hass, "climate.floor") == "auto"
    assert attributes(hass, "climate.floor", ATTR_PRESET_MODE) == ("economical",)
    assert cloud.devices["1000000c27"].received == [{"switch": "on", "workState": 2}, {"workMode": 3}]
