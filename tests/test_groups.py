"""Groups of the account: their entities come, change and leave with them, and command all that is in them."""

import asyncio

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_MODE,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_EFFECT_LIST,
    ATTR_MAX_COLOR_TEMP_KELVIN,
    ATTR_MIN_COLOR_TEMP_KELVIN,
    ATTR_RGB_COLOR,
    ATTR_SUPPORTED_COLOR_MODES,
    DOMAIN as LIGHT_DOMAIN,
    EFFECT_OFF,
    ColorMode,
)
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    ATTR_FRIENDLY_NAME,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCapabilityAttribute,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.home import item
from tests.common import connected, make_entry, until
from tests.platforms import STRIP, STRIP_ID, call, off, on, state_of

HEATER_ID = "1000000a02"
HEATER = item(HEATER_ID, 1, "Heater", {"switch": "off"})
BULB_ID, DIMMER_ID, WARM_ID = "1000000b01", "1000000b02", "1000000b03"
BULB = item(
    BULB_ID,
    104,
    "Bulb",
    {
        "switch": "off",
        "ltype": "white",
        "white": {"br": 50, "ct": 127},
        "color": {"br": 80, "r": 255, "g": 0, "b": 0},
    },
)
DIMMER = item(DIMMER_ID, 36, "Dimmer", {"switch": "off", "bright": 40})
WARM = item(WARM_ID, 103, "Warm", {"switch": "off", "ltype": "white", "white": {"br": 50, "ct": 127}})

PARLOUR_LIGHT = "light.parlour"
PARLOUR_SWITCH = "switch.parlour"


@pytest.fixture
def put(cloud):
    """Put devices into a group of the account, as another client would."""

    def put(name, *device_ids, index=0, account=None):
        account = account or cloud.account
        group = next((one for one in account.groups.values() if one.name == name), None)
        if group is None:
            group = cloud.accounts.add_group(account, name, index, cloud.clock())
        group.devices[:] = device_ids
        return group

    return put


@pytest.fixture
def home(cloud, setup_home, every_entity_enabled, put):
    """Set up devices that are all in the parlour, and wait until that is known."""
    cloud.account.groups.clear()

    async def set_up(*devices):
        put("Parlour", *(device["deviceid"] for device in devices))
        entry = await setup_home(*devices)
        await until(lambda: entry.runtime_data.client.management.groups)
        await asyncio.sleep(0)
        return entry

    return set_up


async def resync(hass, entry):
    """Have the devices and the groups read."""
    client = entry.runtime_data.client
    await client.refresh_devices()
    await client.management.refresh_groups()
    await hass.async_block_till_done()


def members(hass, entity_id):
    return hass.states.get(entity_id).attributes[EntityCapabilityAttribute.GROUP_ENTITIES]


def told(hass, entity_id, attribute):
    return hass.states.get(entity_id).attributes[attribute]


# They come, change and leave


async def test_groups_are_disabled_until_wanted(hass, cloud, setup_home, put, entity_registry):
    cloud.account.groups.clear()
    put("Parlour", HEATER_ID, BULB_ID)
    entry = await setup_home(HEATER, BULB)
    await until(lambda: entity_registry.async_get(PARLOUR_SWITCH))
    await until(lambda: entity_registry.async_get(PARLOUR_LIGHT))
    for entity_id in (PARLOUR_LIGHT, PARLOUR_SWITCH):
        assert entity_registry.async_get(entity_id).disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert hass.states.get(entity_id) is None

    entity_registry.async_update_entity(PARLOUR_SWITCH, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    assert hass.states.get(PARLOUR_LIGHT) is None


async def test_a_group_shows_its_members(hass, home, entity_registry):
    await home(HEATER, STRIP, BULB)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    assert members(hass, PARLOUR_SWITCH) == [
        "switch.heater",
        "switch.strip_kettle",
        "switch.strip_channel_2",
        "switch.strip_channel_3",
        "switch.strip_lamp",
    ]
    assert members(hass, PARLOUR_LIGHT) == ["light.bulb"]
    assert told(hass, PARLOUR_SWITCH, ATTR_FRIENDLY_NAME) == "Parlour"
    assert entity_registry.async_get(PARLOUR_SWITCH).device_id is None
    entity_registry.async_update_entity("switch.heater", new_entity_id="switch.stove")
    await hass.async_block_till_done()
    assert "switch.stove" in members(hass, PARLOUR_SWITCH)


async def test_a_group_without_a_switch_has_none(hass, home, entity_registry):
    await home(BULB)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    assert entity_registry.async_get(PARLOUR_SWITCH) is None


async def test_a_group_follows_its_devices(hass, cloud, home, put):
    entry = await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    put("Parlour", HEATER_ID)
    await resync(hass, entry)
    assert members(hass, PARLOUR_SWITCH) == ["switch.heater"]

    await cloud.devices[STRIP_ID].press(0)
    await until(lambda: on(hass, "switch.strip_kettle"))
    assert off(hass, PARLOUR_SWITCH)

    put("Parlour", STRIP_ID)
    await resync(hass, entry)
    assert on(hass, PARLOUR_SWITCH)
    await cloud.devices[STRIP_ID].press(0)
    await until(lambda: off(hass, PARLOUR_SWITCH))


async def test_a_group_follows_its_name(hass, cloud, home, entity_registry):
    entry = await home(HEATER)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    next(iter(cloud.account.groups.values())).name = "Salon"
    await resync(hass, entry)
    assert told(hass, PARLOUR_SWITCH, ATTR_FRIENDLY_NAME) == "Salon"
    assert entity_registry.async_get(PARLOUR_SWITCH).original_name == "Salon"


async def test_a_new_group_appears_and_leaves(hass, home, entity_registry):
    entry = await home(HEATER, BULB)
    client = entry.runtime_data.client
    group = await client.management.add_group("Attic")
    assert entity_registry.async_get("switch.attic") is None

    await client.management.add_to_group(group.group_id, [HEATER_ID])
    await until(lambda: off(hass, "switch.attic"))
    assert entity_registry.async_get("light.attic") is None

    await client.management.remove_from_group(group.group_id, [HEATER_ID])
    await until(lambda: hass.states.get("switch.attic") is None)
    assert entity_registry.async_get("switch.attic") is None

    await client.management.add_to_group(group.group_id, [HEATER_ID])
    await until(lambda: off(hass, "switch.attic"))
    await client.management.delete_group(group.group_id)
    await until(lambda: entity_registry.async_get("switch.attic") is None)
    assert off(hass, PARLOUR_SWITCH)


async def test_a_device_that_leaves_the_account_leaves_its_groups(hass, home):
    entry = await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    await entry.runtime_data.client.management.delete_device(STRIP_ID)
    await until(lambda: members(hass, PARLOUR_SWITCH) == ["switch.heater"])


async def test_the_children_of_a_deleted_gateway_leave_with_it(hass, home, entity_registry):
    entry = await home(
        HEATER,
        item("1000000a21", 168, "Bridge", {}),
        item("1000000a22", 1256, "Pump", {"parentid": "1000000a21", "switch": "on"}),
    )
    await until(lambda: members(hass, PARLOUR_SWITCH) == ["switch.heater", "switch.pump"])

    await entry.runtime_data.client.management.delete_device("1000000a21")

    # With the answer, before any list.
    assert entity_registry.async_get("switch.pump") is None
    await until(lambda: members(hass, PARLOUR_SWITCH) == ["switch.heater"])


async def test_a_device_that_comes_joins_its_group(hass, cloud, home, put):
    entry = await home(HEATER)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    cloud.add_device(STRIP)
    put("Parlour", HEATER_ID, STRIP_ID)
    await resync(hass, entry)
    assert "switch.strip_lamp" in members(hass, PARLOUR_SWITCH)


async def test_a_relay_that_appears_joins_the_group(hass, cloud, home):
    duo = item(
        "1000000a05",
        126,
        "Duo",
        {"workMode": 2, "switches": [{"outlet": outlet, "switch": "on"} for outlet in range(2)]},
    )
    await home(HEATER, duo)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    await cloud.devices["1000000a05"].push({"workMode": 1})
    await until(lambda: on(hass, PARLOUR_SWITCH))
    # Home Assistant makes the ids of those that come later with the area, in which the device is by now.
    assert members(hass, PARLOUR_SWITCH) == [
        "switch.heater",
        "switch.parlour_duo_channel_1",
        "switch.parlour_duo_channel_2",
    ]


@pytest.mark.parametrize("others", [True, False])
async def test_a_group_that_left_while_nobody_looked_is_gone(hass, cloud, home, put, entity_registry, others):
    entry = await home(HEATER)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    await hass.config_entries.async_unload(entry.entry_id)
    cloud.account.groups.clear()
    if others:
        put("Attic", HEATER_ID)
    assert entity_registry.async_get(PARLOUR_SWITCH) is not None
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: entity_registry.async_get(PARLOUR_SWITCH) is None)


@pytest.mark.usefixtures("unpaced")
async def test_what_cannot_be_read_removes_nothing(hass, cloud, home, entity_registry):
    entry = await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    cloud.faults.add("error", interface="groups", code=500, count=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    cloud.remove_device(STRIP_ID)
    await entry.runtime_data.client.refresh_devices()
    await until(lambda: STRIP_ID not in entry.runtime_data.client.devices)
    assert state_of(hass, PARLOUR_SWITCH) == STATE_UNAVAILABLE
    assert entity_registry.async_get(PARLOUR_SWITCH) is not None


# What they tell and are told


async def test_a_switch_group_commands_every_relay_with_one_frame_a_device(hass, cloud, home):
    await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, PARLOUR_SWITCH)
    assert on(hass, PARLOUR_SWITCH)
    assert on(hass, "switch.strip_lamp")
    assert cloud.devices[HEATER_ID].received == [{"switch": "on"}]
    (frame,) = cloud.devices[STRIP_ID].received
    assert frame == {"switches": [{"outlet": outlet, "switch": "on"} for outlet in range(4)]}

    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_OFF, PARLOUR_SWITCH)
    assert off(hass, PARLOUR_SWITCH)
    assert off(hass, "switch.heater")


async def test_a_group_is_on_while_any_of_its_members_is(hass, cloud, home):
    await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    await cloud.devices[HEATER_ID].press()
    await until(lambda: on(hass, PARLOUR_SWITCH))
    await cloud.devices[STRIP_ID].press(2)
    await until(lambda: on(hass, "switch.strip_channel_3"))
    await cloud.devices[HEATER_ID].press()
    await until(lambda: off(hass, "switch.heater"))
    assert on(hass, PARLOUR_SWITCH)
    await cloud.devices[STRIP_ID].press(2)
    await until(lambda: off(hass, PARLOUR_SWITCH))


async def test_a_group_commands_those_that_can_be_reached(hass, cloud, home):
    await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    await cloud.devices[HEATER_ID].set_online(False)
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNAVAILABLE)
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, PARLOUR_SWITCH)
    assert cloud.devices[HEATER_ID].received == []
    assert on(hass, PARLOUR_SWITCH)

    await cloud.devices[STRIP_ID].set_online(False)
    await until(lambda: state_of(hass, PARLOUR_SWITCH) == STATE_UNAVAILABLE)


async def test_a_group_of_which_nothing_is_known(hass, cloud, home):
    entry = await home(HEATER, BULB)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    del cloud.devices[HEATER_ID].params["switch"]
    del cloud.devices[BULB_ID].params["switch"]
    await resync(hass, entry)
    assert state_of(hass, PARLOUR_SWITCH) == STATE_UNKNOWN
    assert state_of(hass, PARLOUR_LIGHT) == STATE_UNKNOWN
    assert members(hass, PARLOUR_SWITCH) == ["switch.heater"]


async def test_one_that_fails_is_named_and_the_others_obey(hass, cloud, home):
    await home(HEATER, STRIP)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    cloud.devices[STRIP_ID].answer = "refuse"
    with pytest.raises(HomeAssistantError) as failure:
        await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, PARLOUR_SWITCH)
    assert str(failure.value) == (
        "4 of 5 members of Parlour failed: Strip rejected the command (error 400). Either the "
        "device does not support this command, or it is no longer in the account. Check whether "
        "it works in the eWeLink app."
    )
    assert on(hass, "switch.heater")
    assert off(hass, "switch.strip_lamp")


async def test_the_only_member_fails_in_its_own_words(hass, cloud, home):
    await home(HEATER)
    await until(lambda: off(hass, PARLOUR_SWITCH))
    cloud.devices[HEATER_ID].answer = "offline"
    with pytest.raises(
        HomeAssistantError, match=r"^Heater is offline \(error 503\)\. Check its power and network$"
    ):
        await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, PARLOUR_SWITCH)


async def test_a_light_group_can_what_any_of_its_lights_can(hass, home):
    await home(BULB, DIMMER, WARM)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    assert set(told(hass, PARLOUR_LIGHT, ATTR_SUPPORTED_COLOR_MODES)) == {
        ColorMode.COLOR_TEMP,
        ColorMode.RGB,
    }
    lights = ("light.bulb", "light.warm")
    assert told(hass, PARLOUR_LIGHT, ATTR_MIN_COLOR_TEMP_KELVIN) == min(
        told(hass, light, ATTR_MIN_COLOR_TEMP_KELVIN) for light in lights
    )
    assert told(hass, PARLOUR_LIGHT, ATTR_MAX_COLOR_TEMP_KELVIN) == max(
        told(hass, light, ATTR_MAX_COLOR_TEMP_KELVIN) for light in lights
    )
    offered = told(hass, PARLOUR_LIGHT, ATTR_EFFECT_LIST)
    assert offered[0] == EFFECT_OFF
    for light in lights:
        assert set(told(hass, light, ATTR_EFFECT_LIST)) <= set(offered)


async def test_a_group_of_dimmers_can_dim(hass, home):
    await home(DIMMER)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    assert told(hass, PARLOUR_LIGHT, ATTR_SUPPORTED_COLOR_MODES) == [ColorMode.BRIGHTNESS]
    assert ATTR_EFFECT_LIST not in hass.states.get(PARLOUR_LIGHT).attributes


async def test_every_light_of_a_group_does_what_it_can(hass, home):
    await home(BULB, DIMMER, WARM)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, PARLOUR_LIGHT, rgb_color=(255, 0, 0), brightness=255)
    assert told(hass, "light.bulb", ATTR_RGB_COLOR) == (255, 0, 0)
    assert told(hass, "light.dimmer", ATTR_BRIGHTNESS) == 255
    assert told(hass, "light.warm", ATTR_COLOR_MODE) == ColorMode.COLOR_TEMP
    assert on(hass, PARLOUR_LIGHT)
    assert told(hass, PARLOUR_LIGHT, ATTR_BRIGHTNESS) == 255

    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, PARLOUR_LIGHT, color_temp_kelvin=4000)
    assert told(hass, PARLOUR_LIGHT, ATTR_COLOR_MODE) == ColorMode.COLOR_TEMP
    assert told(hass, PARLOUR_LIGHT, ATTR_COLOR_TEMP_KELVIN) == pytest.approx(4000, abs=50)
    assert told(hass, "light.warm", ATTR_COLOR_TEMP_KELVIN) == pytest.approx(4000, abs=50)

    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, PARLOUR_LIGHT)
    assert all(off(hass, light) for light in ("light.bulb", "light.dimmer", "light.warm", PARLOUR_LIGHT))


async def test_every_light_of_a_group_comes_on_as_it_was_asked_for(hass, cloud, home):
    pair_id, strip_id = "1000000b04", "1000000b05"
    pair = item(pair_id, 1258, "Pair", {"switch": "off", "brightness": 20, "colorTemp": 0})
    params = {"mode": 1, "bright": 20, "colorR": 255, "colorG": 0, "colorB": 0, "light_type": 1}
    await home(pair, item(strip_id, 33, "Band", {"switch": "off", **params}), DIMMER)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, PARLOUR_LIGHT, brightness=255, color_temp_kelvin=4000)
    assert cloud.devices[pair_id].received == [{"switch": "on", "brightness": 100, "colorTemp": 100}]
    white = {"colorR": 255, "colorG": 209, "colorB": 163, "light_type": 2}
    assert cloud.devices[strip_id].received == [{"switch": "on"}, {"mode": 1, **white, "bright": 100}]
    assert cloud.devices[DIMMER_ID].received == [{"switch": "on"}, {"bright": 100}]
    # One that is on already gets the change alone.
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, PARLOUR_LIGHT, brightness=128, color_temp_kelvin=2200)
    assert cloud.devices[pair_id].received[1:] == [{"switch": "on", "brightness": 50, "colorTemp": 0}]
    assert len(cloud.devices[strip_id].received) == 3


async def test_an_effect_is_for_the_lights_that_know_it(hass, cloud, home):
    await home(BULB, DIMMER)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    effect = told(hass, "light.bulb", ATTR_EFFECT_LIST)[-1]
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, PARLOUR_LIGHT, effect=effect)
    assert told(hass, "light.bulb", ATTR_EFFECT) == effect
    assert told(hass, PARLOUR_LIGHT, ATTR_EFFECT) == effect
    assert on(hass, "light.dimmer")
    assert cloud.devices[DIMMER_ID].received == [{"switch": "on"}]


async def test_a_light_group_tells_the_mean(hass, cloud, home):
    await home(BULB, DIMMER)
    await until(lambda: off(hass, PARLOUR_LIGHT))
    await cloud.devices[DIMMER_ID].push({"switch": "on", "bright": 100})
    await until(lambda: on(hass, PARLOUR_LIGHT))
    # The bulb is off; what the dimmer lacks is not made up.
    assert told(hass, PARLOUR_LIGHT, ATTR_BRIGHTNESS) == 255
    assert told(hass, PARLOUR_LIGHT, ATTR_COLOR_TEMP_KELVIN) is None

    await cloud.devices[BULB_ID].push({"switch": "on", "white": {"br": 50, "ct": 0}})
    await until(lambda: on(hass, "light.bulb"))
    assert told(hass, PARLOUR_LIGHT, ATTR_BRIGHTNESS) == pytest.approx(
        (255 + told(hass, "light.bulb", ATTR_BRIGHTNESS)) / 2, abs=1
    )
    assert told(hass, PARLOUR_LIGHT, ATTR_COLOR_MODE) == ColorMode.COLOR_TEMP
    assert told(hass, PARLOUR_LIGHT, ATTR_COLOR_TEMP_KELVIN) == told(
        hass, "light.bulb", ATTR_COLOR_TEMP_KELVIN
    )


async def test_a_shared_device_is_commanded_by_the_group_of_its_receiver(hass, cloud, home, setup_entry, put):
    await home(HEATER)
    receiver = cloud.add_account(email="guest@example.com")
    cloud.share(cloud.devices[HEATER_ID], receiver)
    put("Guest room", HEATER_ID, account=receiver)
    guest: MockConfigEntry = make_entry(cloud, receiver)
    await setup_entry(guest)
    # Two accounts have a device of the same name each.
    registry = er.async_get(hass)
    await until(lambda: er.async_entries_for_config_entry(registry, guest.entry_id)[1:])
    (group,) = [
        entity.entity_id
        for entity in er.async_entries_for_config_entry(registry, guest.entry_id)
        if entity.domain == SWITCH_DOMAIN
    ]
    await until(lambda: off(hass, group))
    assert members(hass, group) == ["switch.heater"]
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, group)
    await until(lambda: on(hass, "switch.heater"))


async def test_what_changes_at_once_is_looked_at_once(hass, home):
    entry = await home(HEATER, STRIP, BULB)
    client = entry.runtime_data.client
    await until(lambda: off(hass, PARLOUR_SWITCH))
    looks = []
    entry.runtime_data.async_watch_groups(lambda: looks.append(len(client.management.groups)))
    await client.management.delete_group(next(iter(client.management.groups)))
    await hass.async_block_till_done()
    assert looks == [1, 0]
    assert hass.states.get(PARLOUR_SWITCH) is None


async def test_a_param_of_no_capability_changes_no_group(hass, cloud, home):
    entry = await home(HEATER)
    coordinator, looks = entry.runtime_data, []
    coordinator.async_watch_groups(lambda: looks.append(len(coordinator.client.management.groups)))
    await cloud.devices[HEATER_ID].push({"somethingNew": 1, "switch": "on"})
    await until(lambda: on(hass, PARLOUR_SWITCH))
    await hass.async_block_till_done()
    assert len(looks) == 1
