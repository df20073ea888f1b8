"""Lights: every kind takes what Home Assistant can ask of it, and shows what it was told."""

from itertools import product
import re

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
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF, STATE_ON
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform

from simulator.home import item
from tests.common import load_device, until
from tests.platforms import call, off, on

LIGHTS = (16, 22, 33, 36, 44, 57, 59, 103, 104, 135, 136, 1257, 1258)
WITH_WHITES = (16, 22, 33, 59, 103, 104, 135, 136, 1258)
WITH_COLORS = (22, 33, 59, 104, 136)
WITH_EFFECTS = (22, 33, 44, 59, 103, 104, 135, 136)
# Devices have as few as 91 levels and some scale colours by them.
LEVEL_STEP = 3
KELVIN_STEP = 50

BULB_ID = "1000000b01"
BULB = item(
    BULB_ID,
    104,
    "Bulb",
    {
        "switch": "on",
        "ltype": "white",
        "white": {"br": 50, "ct": 127},
        "color": {"br": 80, "r": 255, "g": 0, "b": 0},
    },
)


@pytest.fixture
async def lamp(hass, setup_home, request):
    """Return the one light of a home that has the fixture of a uiid."""
    await setup_home(load_device(str(request.param)))
    (entity_id,) = hass.states.async_entity_ids(LIGHT_DOMAIN)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, entity_id)
    return entity_id


def told(hass, entity_id, attribute):
    return hass.states.get(entity_id).attributes[attribute]


async def test_lights_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(LIGHT_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@pytest.mark.parametrize("lamp", LIGHTS, indirect=True)
async def test_a_light_turns_on_and_off(hass, lamp):
    assert hass.states.get(lamp).state == STATE_ON
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, lamp)
    assert hass.states.get(lamp).state == STATE_OFF
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp)
    assert hass.states.get(lamp).state == STATE_ON
    assert told(hass, lamp, ATTR_COLOR_MODE) in told(hass, lamp, ATTR_SUPPORTED_COLOR_MODES)


@pytest.mark.parametrize("brightness", [1, 100, 255])
@pytest.mark.parametrize("lamp", LIGHTS, indirect=True)
async def test_a_light_takes_a_brightness_even_while_off(hass, lamp, brightness):
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, lamp)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, brightness=brightness)
    assert hass.states.get(lamp).state == STATE_ON
    assert told(hass, lamp, ATTR_BRIGHTNESS) == pytest.approx(brightness, abs=LEVEL_STEP)


@pytest.mark.parametrize("part", [0, 0.5, 1])
@pytest.mark.parametrize("lamp", WITH_WHITES, indirect=True)
async def test_a_light_takes_a_white(hass, lamp, part):
    least, greatest = (
        told(hass, lamp, ATTR_MIN_COLOR_TEMP_KELVIN),
        told(hass, lamp, ATTR_MAX_COLOR_TEMP_KELVIN),
    )
    kelvin = round(least + part * (greatest - least))
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, color_temp_kelvin=kelvin)
    assert told(hass, lamp, ATTR_COLOR_MODE) == ColorMode.COLOR_TEMP
    assert told(hass, lamp, ATTR_COLOR_TEMP_KELVIN) == pytest.approx(kelvin, abs=KELVIN_STEP)


@pytest.mark.parametrize("color", [(255, 0, 0), (255, 128, 64), (0, 255, 255)])
@pytest.mark.parametrize("lamp", WITH_COLORS, indirect=True)
async def test_a_light_takes_a_color(hass, lamp, color):
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, rgb_color=color, brightness=200)
    assert told(hass, lamp, ATTR_COLOR_MODE) == ColorMode.RGB
    assert told(hass, lamp, ATTR_RGB_COLOR) == pytest.approx(color, abs=LEVEL_STEP)
    assert told(hass, lamp, ATTR_BRIGHTNESS) == pytest.approx(200, abs=LEVEL_STEP)


@pytest.mark.parametrize("lamp", WITH_EFFECTS, indirect=True)
async def test_a_light_takes_each_of_its_effects_and_leaves_it(hass, lamp):
    effects = told(hass, lamp, ATTR_EFFECT_LIST)
    assert effects[0] == EFFECT_OFF
    for effect in effects[1:]:
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=effect)
        assert told(hass, lamp, ATTR_EFFECT) == effect
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=EFFECT_OFF)
        assert told(hass, lamp, ATTR_EFFECT) == EFFECT_OFF
        assert hass.states.get(lamp).state == STATE_ON


@pytest.mark.parametrize("lamp", WITH_EFFECTS, indirect=True)
async def test_an_effect_that_a_light_does_not_have_is_refused(hass, cloud, lamp):
    (device,) = cloud.devices.values()
    sent = list(device.received)
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect="disco")
    assert refused.value.translation_key == "effect_unknown"
    assert "disco" in str(refused.value)
    assert told(hass, lamp, ATTR_EFFECT_LIST)[-1] in str(refused.value)
    assert device.received == sent


@pytest.mark.parametrize("lamp", [33, 104], indirect=True)
async def test_a_color_ends_an_effect(hass, lamp):
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=told(hass, lamp, ATTR_EFFECT_LIST)[-1])
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, rgb_color=(0, 255, 0))
    assert told(hass, lamp, ATTR_EFFECT) == EFFECT_OFF
    assert told(hass, lamp, ATTR_RGB_COLOR) == (0, 255, 0)


@pytest.mark.parametrize("lamp", [33, 104], indirect=True)
@pytest.mark.parametrize("effect", [0, -1], ids=["none", "the last"])
async def test_a_white_ends_an_effect_whatever_is_asked_for_besides(hass, cloud, lamp, effect):
    (device,) = cloud.devices.values()
    effects = told(hass, lamp, ATTR_EFFECT_LIST)
    sent = []
    for besides in ({}, {"effect": effects[effect]}):
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=effects[-1])
        before = len(device.received)
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, color_temp_kelvin=4000, **besides)
        sent.append(device.received[before:])
        assert told(hass, lamp, ATTR_EFFECT) == EFFECT_OFF
    assert sent[0] == sent[1] != []


@pytest.mark.parametrize("lamp", [104], indirect=True)
async def test_no_effect_leaves_a_plain_light_alone(hass, cloud, lamp):
    (device,) = cloud.devices.values()
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, color_temp_kelvin=4000)
    sent = len(device.received)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=EFFECT_OFF)
    assert device.received[sent:] == [{"switch": "on"}]


async def test_every_effect_has_a_name_and_every_name_an_effect(hass, every_kind):
    await every_kind(LIGHT_DOMAIN)
    effect = re.compile(r"component\.ewelink\.entity\.light\.\w+\.state_attributes\.effect\.state\.(\w+)")
    names = await async_get_translations(hass, "en", "entity", integrations={"ewelink"})
    offered = {
        effect
        for state in hass.states.async_all(LIGHT_DOMAIN)
        for effect in state.attributes.get(ATTR_EFFECT_LIST, ())
    }
    assert {found[1] for key in names if (found := effect.fullmatch(key))} == offered


async def test_what_the_bulb_is_sent(hass, cloud, setup_home):
    await setup_home(BULB)
    device = cloud.devices[BULB_ID]
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, "light.bulb", brightness=102)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, "light.bulb", color_temp_kelvin=6500)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, "light.bulb", rgb_color=(0, 0, 255), brightness=255)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, "light.bulb")
    assert device.received == [
        {"ltype": "white", "white": {"br": 40, "ct": 127}},
        {"ltype": "white", "white": {"br": 40, "ct": 255}},
        {"ltype": "color", "color": {"br": 100, "r": 0, "g": 0, "b": 255}},
        {"switch": "off"},
    ]


async def test_a_light_that_is_changed_in_the_app_follows(hass, cloud, setup_home):
    await setup_home(BULB)
    device = cloud.devices[BULB_ID]
    await device.push({"white": {"br": 100}})
    await until(lambda: told(hass, "light.bulb", ATTR_BRIGHTNESS) == 255)
    await device.push({"switch": "off"})
    await until(lambda: off(hass, "light.bulb"))
    await device.push({"switch": "on", "ltype": "color"})
    await until(lambda: on(hass, "light.bulb"))
    assert told(hass, "light.bulb", ATTR_RGB_COLOR) == (255, 0, 0)


@pytest.mark.parametrize("lamp", WITH_EFFECTS, indirect=True)
async def test_an_effect_and_a_brightness_can_be_asked_for_at_once(hass, lamp):
    effect = told(hass, lamp, ATTR_EFFECT_LIST)[1]
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_OFF, lamp)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=effect, brightness=128)
    assert told(hass, lamp, ATTR_BRIGHTNESS) == pytest.approx(128, abs=LEVEL_STEP)
    # An effect that cannot have another brightness lends its light.
    assert told(hass, lamp, ATTR_EFFECT) in {effect, EFFECT_OFF}
    effect = told(hass, lamp, ATTR_EFFECT_LIST)[-1]
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=effect, brightness=60)
    assert told(hass, lamp, ATTR_BRIGHTNESS) == pytest.approx(60, abs=LEVEL_STEP)
    await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, lamp, effect=EFFECT_OFF, brightness=200)
    assert told(hass, lamp, ATTR_EFFECT) == EFFECT_OFF
    assert told(hass, lamp, ATTR_BRIGHTNESS) == pytest.approx(200, abs=LEVEL_STEP)


# While off, these take the on command alone.
ON_FIRST = (16, 22, 33, 36, 57, 59, 103, 104, 135, 136)
LEVELS = {
    16: {"channel0": "140", "channel1": "0"},
    22: {
        "channel0": "140",
        "channel1": "0",
        "channel2": "0",
        "channel3": "0",
        "channel4": "0",
        "zyx_mode": 1,
    },
    33: {"bright": 60, "mode": 1, "light_type": 1, "colorR": 0, "colorG": 255, "colorB": 0},
    36: {"bright": 60},
    44: {"brightness": 60, "mode": 0},
    57: {"channel0": "140"},
    59: {"bright": 60, "mode": 1, "light_type": 1, "colorR": 0, "colorG": 255, "colorB": 0},
    103: {"ltype": "white", "white": {"br": 60, "ct": 0}},
    104: {"ltype": "white", "white": {"br": 60, "ct": 0}},
    135: {"ltype": "white", "white": {"br": 60, "ct": 0}},
    136: {"ltype": "white", "white": {"br": 60, "ct": 0}},
    1257: {"brightness": 60},
    1258: {"brightness": 60, "colorTemp": 0},
}


@pytest.mark.parametrize("uiid", LIGHTS)
async def test_a_light_is_told_everything_at_once(hass, cloud, setup_home, uiid):
    """What is asked for at once goes out as one frame; the on command alone before it where it has to."""
    power = "state" if uiid in {16, 22, 57} else "switch"
    await setup_home(item("1000000b09", uiid, "Lamp", {power: "off", **LEVELS[uiid]}))
    device = cloud.devices["1000000b09"]
    modes = told(hass, "light.lamp", ATTR_SUPPORTED_COLOR_MODES)
    wishes = [{ATTR_BRIGHTNESS: 30}]
    if ColorMode.COLOR_TEMP in modes:
        wishes.append({ATTR_BRIGHTNESS: 200, ATTR_COLOR_TEMP_KELVIN: 4000})
    if ColorMode.RGB in modes:
        wishes.append({ATTR_BRIGHTNESS: 77, ATTR_RGB_COLOR: (255, 0, 0)})
    for state, wish in product((STATE_OFF, STATE_ON), wishes):
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, "light.lamp", brightness=254)
        await call(
            hass, LIGHT_DOMAIN, SERVICE_TURN_ON if state == STATE_ON else SERVICE_TURN_OFF, "light.lamp"
        )
        before = len(device.received)
        await call(hass, LIGHT_DOMAIN, SERVICE_TURN_ON, "light.lamp", **wish)
        sent = device.received[before:]
        if uiid in ON_FIRST and state == STATE_OFF:
            assert sent.pop(0) == {power: "on"}
        assert len(sent) == 1
        assert told(hass, "light.lamp", ATTR_BRIGHTNESS) == pytest.approx(
            wish[ATTR_BRIGHTNESS], abs=LEVEL_STEP
        )
