"""Control groups of version 2: entities that are told what to do by one call of the cloud."""

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    DOMAIN as LIGHT_DOMAIN,
)
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_UNAVAILABLE,
    EntityCapabilityAttribute,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from simulator.home import item
from tests.common import connected, make_entry_v2, until
from tests.platforms import call, off, on, state_of

ONE, TWO = "1000000c01", "1000000c02"
FOURS = [
    item(ONE, 4, "First", {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]}),
    item(TWO, 4, "Second", {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]}),
]
PLUGS = [item(ONE, 1, "First", {"switch": "off"}), item(TWO, 1, "Second", {"switch": "off"})]
LAMPS = [
    item(ONE, 33, "First", {"switch": "off", "mode": 1, "bright": 20, "light_type": 1}),
    item(TWO, 33, "Second", {"switch": "on", "mode": 1, "bright": 20, "light_type": 1}),
]
SWITCH, LIGHT = "switch.together", "light.together"


@pytest.fixture
def home(hass, cloud, setup_entry, every_entity_enabled, unpaced):
    """Set up devices that are all in one control group."""

    async def set_up(devices):
        for device_id in list(cloud.devices):
            cloud.remove_device(device_id)
        for device in devices:
            cloud.add_device(device)
        cloud.group = cloud.homes.add_group(cloud.account, "Together", [one["deviceid"] for one in devices])
        entry = make_entry_v2(cloud)
        await setup_entry(entry)
        await hass.async_block_till_done()
        return entry

    return set_up


def commands(cloud):
    """Return the params of all commands that went over HTTP, with what they were for."""
    return [
        (request.params["type"], request.params["id"], request.params["params"])
        for request in cloud.requests
        if request.interface == "write_status"
    ]


async def refresh(hass, entry):
    await entry.runtime_data.client.refresh_devices()
    await hass.async_block_till_done()


async def test_one_call_commands_all_relays(hass, cloud, home):
    await home(FOURS)
    assert off(hass, SWITCH)
    assert len(hass.states.get(SWITCH).attributes[EntityCapabilityAttribute.GROUP_ENTITIES]) == 8
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, SWITCH)
    ((kind, target, params),) = commands(cloud)
    assert (kind, target) == (2, cloud.group.id)
    assert sorted(one["outlet"] for one in params["switches"]) == [0, 1, 2, 3]
    # It returned when all of them had shown it.
    assert on(hass, SWITCH)
    for device_id in (ONE, TWO):
        shown = cloud.devices[device_id].params["switches"]
        assert {one["switch"] for one in shown} == {"on"}
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, SWITCH)
    assert off(hass, SWITCH)


async def test_it_follows_its_members_and_goes_with_its_group(hass, cloud, home, entity_registry):
    entry = await home(PLUGS)
    await cloud.devices[TWO].press()
    await until(lambda: on(hass, SWITCH))
    await cloud.devices[TWO].set_online(False)
    await until(lambda: off(hass, SWITCH))
    await cloud.devices[ONE].set_online(False)
    await until(lambda: state_of(hass, SWITCH) == STATE_UNAVAILABLE)
    await cloud.devices[ONE].set_online(True)
    await until(lambda: off(hass, SWITCH))

    cloud.group.name = "Both"
    cloud.homes.set_members(cloud.group, [ONE])
    await refresh(hass, entry)
    shown = hass.states.get(SWITCH)
    assert shown.name == "Both"
    assert shown.attributes[EntityCapabilityAttribute.GROUP_ENTITIES] == ["switch.first"]

    # What a list lacks in a moment of trouble is still there.
    await refresh(hass, entry)
    cloud.faults.add("list_empty", interface="devices")
    await refresh(hass, entry)
    assert entity_registry.async_get(SWITCH)
    del cloud.homes.groups[cloud.group.id]
    await refresh(hass, entry)
    assert entity_registry.async_get(SWITCH) is None


async def test_a_group_that_left_while_nobody_looked(hass, cloud, home, entity_registry):
    entry = await home(PLUGS)
    await hass.config_entries.async_unload(entry.entry_id)
    cloud.faults.add("list_empty", interface="devices")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # Nothing was told at all: that is no news of a group.
    assert entity_registry.async_get(SWITCH)
    await hass.config_entries.async_unload(entry.entry_id)
    cloud.homes.groups.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await connected(entry)
    await until(lambda: entity_registry.async_get(SWITCH) is None)


async def test_members_that_do_not_follow_are_named(hass, cloud, home):
    await home(PLUGS)
    cloud.devices[TWO].answer = "silent"
    with pytest.raises(HomeAssistantError) as failure:
        await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, SWITCH)
    assert str(failure.value) == (
        "Together was commanded, but these members did not confirm it in time: Second. They may have "
        "executed the command. Check them before you try again"
    )
    assert on(hass, "switch.first")
    assert len(commands(cloud)) == 1


async def test_without_the_call_each_member_is_commanded(hass, cloud, home):
    await home(PLUGS)
    cloud.free_app.quota_spent = True
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, SWITCH)
    assert on(hass, "switch.first")
    assert on(hass, "switch.second")
    assert [cloud.devices[one].received for one in (ONE, TWO)] == [[{"switch": "on"}]] * 2


async def test_lights_get_what_the_furthest_of_them_needs(hass, cloud, home):
    await home(LAMPS)
    assert on(hass, LIGHT)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, LIGHT, **{ATTR_BRIGHTNESS: 255})
    # One is off and has to be turned on first.
    assert [params for _, _, params in commands(cloud)] == [{"switch": "on"}, {"mode": 1, "bright": 100}]
    assert on(hass, "light.first")
    assert hass.states.get("light.first").attributes[ATTR_BRIGHTNESS] == 255
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, LIGHT)
    assert off(hass, LIGHT)


async def test_folders_stay_for_the_way_back(hass, cloud, home, entity_registry):
    entry = await home(PLUGS)
    entity_registry.async_get_or_create("switch", "ewelink", f"{'5' * 24}_group", config_entry=entry)
    cloud.homes.groups.clear()
    await refresh(hass, entry)
    assert entity_registry.async_get(SWITCH) is None
    assert entity_registry.async_get_entity_id("switch", "ewelink", f"{'5' * 24}_group")


async def test_it_is_disabled_until_wanted(hass, cloud, setup_entry, entity_registry):
    cloud.homes.add_group(cloud.account, "Together", ["1000000001"])
    await setup_entry(make_entry_v2(cloud))
    await until(lambda: entity_registry.async_get(SWITCH))
    assert entity_registry.async_get(SWITCH).disabled_by is er.RegistryEntryDisabler.INTEGRATION
