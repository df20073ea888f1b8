"""What can be said to Assist, and what arrives at the devices (docs/decisions.md)."""

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.ewelink.const import DOMAIN
from simulator.home import item

DESK_ID, TV_ID, BULB_ID, HEATER_ID = "1000001001", "1000001002", "1000001003", "1000001004"
SWITCHES = {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]}


@pytest.fixture(autouse=True)
async def home(hass, setup_home, area_registry):
    """Set up a home with two strips, a bulb and a heater, two areas, and Home Assistant's own Assist."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    area_registry.async_create("Kitchen")
    area_registry.async_create("Living room")
    return await setup_home(
        item(DESK_ID, 3, "Desk strip", SWITCHES, tags={"ck_channel_name": {"0": "Kettle"}}),
        item(TV_ID, 4, "TV strip", SWITCHES),
        item(BULB_ID, 104, "Bedroom bulb", {"switch": "on", "ltype": "white", "white": {"br": 90, "ct": 0}}),
        item(HEATER_ID, 1, "Heater", {"switch": "off"}),
    )


@pytest.fixture
def say(hass):
    """Return a way to say something and hear whether it was done."""

    async def say(text):
        result = await async_converse(hass, text, None, Context(), language="en")
        response = result.response
        if response.response_type is IntentResponseType.ERROR:
            return response.error_code
        return response.response_type

    return say


@pytest.fixture
def sent(cloud):
    """Return what the devices were sent since the last question, by device."""

    def sent():
        frames = {
            device_id: device.received[:] for device_id, device in cloud.devices.items() if device.received
        }
        for device in cloud.devices.values():
            device.received.clear()
        return frames

    return sent


def channel(outlet):
    return [{"switches": [{"outlet": outlet, "switch": "on"}]}]


DONE = IntentResponseType.ACTION_DONE
NOT_KNOWN = IntentResponseErrorCode.NO_VALID_TARGETS


async def test_a_device_with_one_relay_is_called_by_its_name(say, sent):
    assert await say("turn on the heater") is DONE
    assert sent() == {HEATER_ID: [{"switch": "on"}]}


async def test_a_light_is_set_to_a_brightness(say, sent):
    assert await say("set bedroom bulb to 40 percent") is DONE
    assert sent() == {BULB_ID: [{"ltype": "white", "white": {"br": 40, "ct": 0}}]}
    assert await say("set the bedroom bulb brightness to 10%") is DONE
    assert sent() == {BULB_ID: [{"ltype": "white", "white": {"br": 10, "ct": 0}}]}


async def test_a_light_turns_off(say, sent):
    assert await say("turn off the bedroom bulb") is DONE
    assert sent() == {BULB_ID: [{"switch": "off"}]}


@pytest.mark.parametrize("has_area", [False, True])
async def test_a_channel_without_an_area_is_called_by_device_and_name(
    hass, home, say, sent, area_registry, device_registry, has_area
):
    kitchen = area_registry.async_get_area_by_name("Kitchen").id
    for device_id in (DESK_ID, TV_ID):
        device = device_registry.async_get_device_by_identifier((DOMAIN, device_id), home.entry_id)
        device_registry.async_update_device(device.id, area_id=kitchen if has_area else None)
    await hass.async_block_till_done()

    assert await say("turn on desk strip kettle") is DONE
    assert sent() == {DESK_ID: channel(0)}
    assert await say("turn on the desk strip channel 2") is DONE
    assert sent() == {DESK_ID: channel(1)}
    assert await say("turn on tv strip channel 2") is DONE
    assert sent() == {TV_ID: channel(1)}

    assert await say("turn on kettle") is NOT_KNOWN
    assert await say("turn on the kettle in the kitchen") is NOT_KNOWN
    assert await say("turn on channel 2") is NOT_KNOWN
    assert await say("turn on desk strip") is NOT_KNOWN
    assert sent() == {}


async def test_a_channel_with_an_area_of_its_own_is_called_by_its_name(
    hass, say, sent, area_registry, entity_registry
):
    living_room = area_registry.async_get_area_by_name("Living room").id
    for entity_id in ("switch.desk_strip_kettle", "switch.desk_strip_channel_2"):
        entity_registry.async_update_entity(entity_id, area_id=living_room)
    await hass.async_block_till_done()

    assert await say("turn on kettle") is DONE
    assert sent() == {DESK_ID: channel(0)}
    assert await say("turn on the kettle in the living room") is DONE
    assert sent() == {DESK_ID: channel(0)}
    assert await say("turn on the desk strip kettle") is DONE
    assert sent() == {DESK_ID: channel(0)}
    assert await say("turn on channel 2") is DONE
    assert sent() == {DESK_ID: channel(1)}
    assert await say("turn on tv strip channel 2") is DONE
    assert sent() == {TV_ID: channel(1)}
    assert await say("turn on the kettle in the kitchen") is NOT_KNOWN
    assert sent() == {}


async def test_a_numbered_channel_with_an_area_is_mistaken_for_its_neighbour_by_its_long_name(
    hass, say, sent, area_registry, entity_registry
):
    entity_id = "switch.desk_strip_channel_2"
    living_room = area_registry.async_get_area_by_name("Living room").id
    entity_registry.async_update_entity(entity_id, area_id=living_room)
    await hass.async_block_till_done()
    assert await say("turn on desk strip channel 2") is DONE
    assert sent() == {DESK_ID: channel(2)}

    # The way out that docs/decisions.md names.
    aliases = entity_registry.async_get(entity_id).aliases
    entity_registry.async_update_entity(entity_id, aliases=[*aliases, "Desk strip channel 2"])
    await hass.async_block_till_done()
    assert await say("turn on desk strip channel 2") is DONE
    assert sent() == {DESK_ID: channel(1)}
    assert await say("turn on channel 2") is DONE
    assert sent() == {DESK_ID: channel(1)}


async def test_settings_are_not_spoken_to(hass, say, sent):
    assert hass.states.get("switch.heater_status_led") is not None
    assert await say("turn off the heater status led") is not DONE
    assert sent() == {}
