"""The lights: what they show, what they are sent, and that both agree over their whole range."""

from itertools import product

from fixture_devices import NAMES, after, capability, device, keys, read, write
import pytest

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.capability import LightCapability
from custom_components.ewelink.coolkit.devices.lights import ColorTempRange, Levels
from custom_components.ewelink.coolkit.devices.states import LightCommand, LightMode, LightState
from custom_components.ewelink.coolkit.devices.strips import WHITES, kelvin_of_white, white_of_kelvin
from custom_components.ewelink.coolkit.devices.uiid import MODELS

# Those beside a fan have tests of their own, and those whose commands are no params.
LIGHTS = [
    name
    for name in NAMES
    if "light" in keys(device(name)) and name not in ("25", "34", "188", "196", "197", "198")
]
ON_KEY = {name: "state" if name in ("16", "22", "52", "57") else "switch" for name in LIGHTS}
# On is sent alone first, for these take nothing else while they are off.
TAKEN_AT_ONCE = {"44", "277", "1257", "1258", "3258", "7008", "7009", "unknown_dimmer", "unknown_hue"}
# Turned on in the same message, as long as they are off.
ON_BESIDE = {"30001", "30004"}
TAKEN_AT_ONCE |= ON_BESIDE
ON_FIRST = sorted(set(LIGHTS) - TAKEN_AT_ONCE)

EFFECTS_OF_L1 = (
    "colorful_gradient colorful_breath diy_gradient diy_pulse diy_breath diy_strobe "
    "rgb_gradient rgb_pulse rgb_breath rgb_strobe music"
)

COLOR_TEMP, RGB, BRIGHTNESS = LightMode.COLOR_TEMP, LightMode.RGB, LightMode.BRIGHTNESS


def light(name) -> LightCapability:
    found = capability(device(name), "light")
    assert isinstance(found, LightCapability)
    return found


def command(**wanted):
    return LightCommand(on=True, **wanted)


def states_of(name):
    """Return what a light may say of itself; one known by its shape alone is a light by saying on or off."""
    return ("on", "off", None) if device(name).uiid in MODELS else ("on", "off")


def switched(name, state):
    return device(name, **{ON_KEY[name]: state})


@pytest.mark.parametrize(
    ("name", "modes", "kelvin", "effects"),
    [
        (16, {COLOR_TEMP}, (2000, 6500), ""),
        (22, {COLOR_TEMP, RGB}, (2000, 6500), "good_night reading party leisure"),
        (33, {COLOR_TEMP, RGB}, (2000, 9000), "gradual jump"),
        (36, {BRIGHTNESS}, None, ""),
        (44, {BRIGHTNESS}, None, "night computer reading bright"),
        (57, {BRIGHTNESS}, None, ""),
        (
            59,
            {COLOR_TEMP, RGB},
            (2000, 9000),
            EFFECTS_OF_L1,
        ),
        (103, {COLOR_TEMP}, (2200, 6500), "bright read computer night_light"),
        ("103_st64", {COLOR_TEMP}, (1800, 5000), "bright read computer night_light"),
        (
            104,
            {COLOR_TEMP, RGB},
            (2700, 6500),
            "bright good_night read night_light party leisure soft colorful",
        ),
        (135, {COLOR_TEMP}, (2700, 6500), "bright read computer night_light"),
        (
            136,
            {COLOR_TEMP, RGB},
            (2700, 6500),
            "bright good_night read night_light party leisure soft colorful",
        ),
        (1257, {BRIGHTNESS}, None, ""),
        (1258, {COLOR_TEMP}, (2200, 4000), ""),
    ],
)
def test_what_a_light_can(name, modes, kelvin, effects):
    found = light(name)
    assert found.modes == modes
    assert found.kelvin == kelvin
    assert found.effects == tuple(effects.split())


def test_kelvin_follows_the_product():
    for product_model, kelvin in (
        ("B02-B-A60", (2700, 6500)),
        ("QMS-2C-CW", (2700, 6500)),
        ("X", (2200, 6500)),
    ):
        of = device(103)
        of = device_from_entry({**of.as_dict(), "productModel": product_model})
        assert capability(of, "light").kelvin == kelvin


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        (16, {}, LightState(on=True, mode=COLOR_TEMP, brightness=135 / 231, kelvin=6500)),
        (
            16,
            {"state": "off", "channel0": "0", "channel1": 255},
            LightState(on=False, mode=COLOR_TEMP, brightness=1, kelvin=2000),
        ),
        (
            16,
            {"channel0": "25", "channel1": "25"},
            LightState(on=True, mode=COLOR_TEMP, brightness=1 / 231, kelvin=4250),
        ),
        (16, {"channel0": "0", "channel1": "0"}, LightState(on=True, mode=COLOR_TEMP)),
        (16, {"channel0": "x", "channel1": None}, LightState(on=True, mode=COLOR_TEMP)),
        (22, {}, LightState(on=True, mode=RGB, brightness=128 / 255, rgb=(255, 128, 0))),
        (
            22,
            {"zyx_mode": 1, "channel0": "255"},
            LightState(on=True, mode=COLOR_TEMP, brightness=1, kelvin=6500),
        ),
        (
            22,
            {"zyx_mode": None, "channel1": "255"},
            LightState(on=True, mode=COLOR_TEMP, brightness=1, kelvin=2000),
        ),
        (22, {"zyx_mode": None}, LightState(on=True, mode=RGB, brightness=128 / 255, rgb=(255, 128, 0))),
        (
            22,
            {"zyx_mode": "5", "channel2": "207", "channel3": "56", "channel4": "3"},
            LightState(on=True, mode=RGB, brightness=207 / 255, rgb=(255, 69, 4), effect="party"),
        ),
        (22, {"channel2": "0", "channel3": "0"}, LightState(on=True, mode=RGB)),
        # Modes that the levels belie: the lamp was told to shine otherwise, without a word of the mode.
        (
            22,
            {
                "zyx_mode": 5,
                "channel0": "0",
                "channel1": "255",
                **dict.fromkeys(("channel2", "channel3", "channel4"), "0"),
            },
            LightState(on=True, mode=COLOR_TEMP, brightness=1, kelvin=2000),
        ),
        (
            22,
            {"zyx_mode": 1, "channel0": "0", "channel1": "0"},
            LightState(on=True, mode=RGB, brightness=128 / 255, rgb=(255, 128, 0)),
        ),
        (33, {}, LightState(on=True, mode=COLOR_TEMP, brightness=46 / 91, kelvin=2000)),
        (
            33,
            {"mode": 2},
            LightState(on=True, mode=RGB, brightness=46 / 91, rgb=(255, 141, 11), effect="gradual"),
        ),
        (33, {"colorR": None, "bright": 100}, LightState(on=True, mode=COLOR_TEMP, brightness=1)),
        (59, {}, LightState(on=True, mode=RGB, brightness=0.8, rgb=(255, 0, 60))),
        (59, {"mode": 12}, LightState(on=True, mode=RGB, brightness=0.8, rgb=(255, 0, 60), effect="music")),
        (59, {"colorG": 999, "bright": "x"}, LightState(on=True, mode=RGB, rgb=(255, 255, 60))),
        (59, {"colorB": "x", "mode": "x"}, LightState(on=True, mode=RGB, brightness=0.8)),
        (36, {}, LightState(on=True, mode=BRIGHTNESS, brightness=48 / 91)),
        (36, {"bright": 3}, LightState(on=True, mode=BRIGHTNESS, brightness=1 / 91)),
        (44, {}, LightState(on=False, mode=BRIGHTNESS, brightness=0.42)),
        (
            44,
            {"mode": 3, "brightness": 50},
            LightState(on=False, mode=BRIGHTNESS, brightness=0.5, effect="reading"),
        ),
        (44, {"mode": 3, "brightness": 42}, LightState(on=False, mode=BRIGHTNESS, brightness=0.42)),
        (44, {"brightness": 0, "mode": None}, LightState(on=False, mode=BRIGHTNESS, brightness=0.01)),
        (57, {}, LightState(on=True, mode=BRIGHTNESS, brightness=108 / 231)),
        (57, {"state": None, "channel0": []}, LightState(on=None, mode=BRIGHTNESS)),
        (103, {}, LightState(on=True, mode=COLOR_TEMP, brightness=0.7, kelvin=4342)),
        # the object of the scene is missing: its fixed values stand in
        ("103_st64", {}, LightState(on=False, mode=COLOR_TEMP, brightness=0.5, kelvin=1800, effect="read")),
        (
            103,
            {"ltype": "nightLight", "nightLight": None},
            LightState(on=True, mode=COLOR_TEMP, brightness=0.05, kelvin=2200, effect="night_light"),
        ),
        (103, {"ltype": None}, LightState(on=True, mode=COLOR_TEMP, brightness=0.7, kelvin=4342)),
        (104, {}, LightState(on=True, mode=RGB, brightness=0.6, rgb=(255, 120, 0))),
        (104, {"ltype": "white"}, LightState(on=True, mode=COLOR_TEMP, brightness=0.5, kelvin=4593)),
        (
            104,
            {"ltype": "party", "party": {"br": 30}},
            LightState(on=True, mode=RGB, brightness=0.3, rgb=(254, 132, 0), effect="party"),
        ),
        (104, {"ltype": "color", "color": {"r": "x"}}, LightState(on=True, mode=RGB, brightness=0.6)),
        (136, {}, LightState(on=True, mode=RGB, brightness=0.45, rgb=(254, 132, 0), effect="party")),
        (
            136,
            {"ltype": "goodNight"},
            LightState(on=True, mode=RGB, brightness=0.25, rgb=(255, 250, 125), effect="good_night"),
        ),
        (135, {}, LightState(on=True, mode=COLOR_TEMP, brightness=0.5, kelvin=4600)),
        (1257, {}, LightState(on=True, mode=BRIGHTNESS, brightness=0.35)),
        (1258, {}, LightState(on=True, mode=COLOR_TEMP, brightness=0.8, kelvin=2740)),
        (1258, {"colorTemp": 150}, LightState(on=True, mode=COLOR_TEMP, brightness=0.8, kelvin=4000)),
    ],
)
def test_read(name, params, expected):
    state = read(device(name, **params), "light")
    assert state.brightness == pytest.approx(expected.brightness)
    assert (state.on, state.mode, state.kelvin, state.rgb, state.effect) == (
        expected.on,
        expected.mode,
        expected.kelvin,
        expected.rgb,
        expected.effect,
    )


def test_a_lamp_without_ltype_shows_what_it_has():
    lamp = light(104)
    assert lamp.read({"switch": "on", "color": {"br": 10, "r": 1, "g": 2, "b": 3}}).rgb == (1, 2, 3)
    assert lamp.read({"switch": "on"}) == LightState(on=True, mode=COLOR_TEMP)


WHITE_ZEROS = {"channel2": "0", "channel3": "0", "channel4": "0", "zyx_mode": 1}


@pytest.mark.parametrize(
    ("name", "params", "wanted", "messages"),
    [
        (16, {}, {"brightness": 1}, [{"channel0": "255", "channel1": "0", "type": "cold"}]),
        (16, {}, {"kelvin": 4250}, [{"channel0": "159", "channel1": "159", "type": "middle"}]),
        (16, {}, {"kelvin": 2700}, [{"channel0": "0", "channel1": "159", "type": "warm"}]),
        (16, {}, {"kelvin": 5000}, [{"channel0": "159", "channel1": "0", "type": "cold"}]),
        (
            16,
            {},
            {"kelvin": 3500, "brightness": 1 / 231},
            [{"channel0": "25", "channel1": "25", "type": "middle"}],
        ),
        (
            16,
            {"channel0": "0", "channel1": "0"},
            {"kelvin": 2000},
            [{"channel0": "0", "channel1": "159", "type": "warm"}],
        ),
        (
            22,
            {"channel2": "255", "channel3": "0"},
            {"rgb": (255, 0, 0)},
            [
                {
                    "channel0": "0",
                    "channel1": "0",
                    "channel2": "255",
                    "channel3": "0",
                    "channel4": "0",
                    "zyx_mode": 2,
                    "type": "middle",
                }
            ],
        ),
        (
            22,
            {},
            {"rgb": (0, 100, 200), "brightness": 0.5},
            [
                {
                    "channel0": "0",
                    "channel1": "0",
                    "channel2": "0",
                    "channel3": "50",
                    "channel4": "100",
                    "zyx_mode": 2,
                    "type": "middle",
                }
            ],
        ),
        # a brightness alone keeps the colour
        (
            22,
            {},
            {"brightness": 1},
            [
                {
                    "channel0": "0",
                    "channel1": "0",
                    "channel2": "255",
                    "channel3": "128",
                    "channel4": "0",
                    "zyx_mode": 2,
                    "type": "middle",
                }
            ],
        ),
        (
            22,
            {"zyx_mode": 1, "channel0": "159", "channel1": "159"},
            {"brightness": 1},
            [{"channel0": "255", "channel1": "255", **WHITE_ZEROS, "type": "middle"}],
        ),
        (
            22,
            {"zyx_mode": 1, "channel0": "159", "channel1": "0"},
            {"kelvin": 2700},
            [{"channel0": "0", "channel1": "159", **WHITE_ZEROS, "type": "warm"}],
        ),
        (
            22,
            {},
            {"effect": "leisure"},
            [
                {
                    "channel0": "0",
                    "channel1": "0",
                    "channel2": "56",
                    "channel3": "85",
                    "channel4": "179",
                    "zyx_mode": 6,
                    "type": "middle",
                }
            ],
        ),
        (
            22,
            {},
            {"effect": "party", "brightness": 0.2},
            [
                {
                    "channel0": "0",
                    "channel1": "0",
                    "channel2": "51",
                    "channel3": "14",
                    "channel4": "1",
                    "zyx_mode": 5,
                    "type": "middle",
                }
            ],
        ),
        (33, {}, {"brightness": 46 / 91}, [{"mode": 1, "bright": 55}]),
        (
            33,
            {},
            {"rgb": (255, 0, 0)},
            [{"mode": 1, "colorR": 255, "colorG": 0, "colorB": 0, "light_type": 1}],
        ),
        (
            33,
            {},
            {"kelvin": 2000},
            [{"mode": 1, "colorR": 255, "colorG": 137, "colorB": 18, "light_type": 2}],
        ),
        (33, {}, {"effect": "gradual"}, [{"mode": 2, "speed": 50}]),
        (33, {"speed": 80}, {"effect": "jump"}, [{"mode": 3, "speed": 80}]),
        (33, {"speed": None}, {"effect": "jump"}, [{"mode": 3, "speed": 50}]),
        (
            59,
            {},
            {"rgb": (0, 0, 255), "brightness": 0.53},
            [{"mode": 1, "colorR": 0, "colorG": 0, "colorB": 255, "light_type": 1, "bright": 53}],
        ),
        (59, {}, {"effect": "rgb_gradient"}, [{"mode": 8, "switch": "on"}]),
        (
            59,
            {},
            {"effect": "music", "brightness": 0.1},
            [{"mode": 1, "bright": 10}, {"mode": 12, "switch": "on"}],
        ),
        (36, {}, {"brightness": 48 / 91}, [{"bright": 57}]),
        (36, {}, {"brightness": 0.001}, [{"bright": 10}]),
        (44, {}, {"brightness": 0.5}, [{"switch": "on", "brightness": 50, "mode": 0}]),
        (44, {}, {"effect": "night"}, [{"switch": "on", "brightness": 5, "mode": 1}]),
        # a preset is nothing but a brightness
        (44, {}, {"effect": "bright", "brightness": 0.2}, [{"switch": "on", "brightness": 20, "mode": 0}]),
        (57, {}, {"brightness": 108 / 231}, [{"channel0": "132"}]),
        (103, {}, {"brightness": 0.5}, [{"ltype": "white", "white": {"br": 50, "ct": 127}}]),
        (103, {}, {"kelvin": 6500}, [{"ltype": "white", "white": {"br": 70, "ct": 255}}]),
        (103, {}, {"kelvin": 1000, "brightness": 1}, [{"ltype": "white", "white": {"br": 100, "ct": 0}}]),
        (103, {"white": None}, {"brightness": 1}, [{"ltype": "white", "white": {"br": 100, "ct": 127}}]),
        (103, {"white": "x"}, {"kelvin": 2200}, [{"ltype": "white", "white": {"br": 50, "ct": 0}}]),
        # a brightness alone leaves the scene in the scene's own white
        (
            "103_st64",
            {"switch": "on"},
            {"brightness": 0.3},
            [{"ltype": "white", "white": {"br": 30, "ct": 0}}],
        ),
        (
            103,
            {},
            {"effect": "computer"},
            [{"ltype": "computer", "computer": {"br": 20, "ct": 255}}],
        ),
        # what cannot be edited lends its tone
        (
            103,
            {},
            {"effect": "computer", "brightness": 0.6},
            [{"ltype": "white", "white": {"br": 60, "ct": 255}}],
        ),
        (135, {}, {"effect": "read", "brightness": 0.1}, [{"ltype": "white", "white": {"br": 10, "ct": 0}}]),
        (135, {}, {"effect": "bright"}, [{"ltype": "bright", "bright": {"br": 100, "ct": 100}}]),
        (135, {}, {"kelvin": 4600}, [{"ltype": "white", "white": {"br": 50, "ct": 50}}]),
        (104, {}, {"brightness": 0.1}, [{"ltype": "color", "color": {"br": 10, "r": 255, "g": 120, "b": 0}}]),
        (104, {}, {"kelvin": 2700}, [{"ltype": "white", "white": {"br": 60, "ct": 0}}]),
        (
            104,
            {"ltype": "white"},
            {"rgb": (1, 2, 3)},
            [{"ltype": "color", "color": {"br": 50, "r": 1, "g": 2, "b": 3}}],
        ),
        (104, {"ltype": "white"}, {"brightness": 1}, [{"ltype": "white", "white": {"br": 100, "ct": 127}}]),
        # a scene that the user edited stays as it is
        (
            104,
            {},
            {"effect": "party"},
            [
                {
                    "ltype": "party",
                    "party": {"r": 254, "g": 132, "b": 0, "br": 45, "tf": 3, "sp": 40, "name": "stand-in"},
                }
            ],
        ),
        (
            104,
            {},
            {"effect": "party", "brightness": 0.9},
            [
                {
                    "ltype": "party",
                    "party": {"r": 254, "g": 132, "b": 0, "br": 90, "tf": 3, "sp": 40, "name": "stand-in"},
                }
            ],
        ),
        (
            104,
            {},
            {"effect": "good_night", "brightness": 0.5},
            [{"ltype": "color", "color": {"br": 50, "r": 255, "g": 254, "b": 127}}],
        ),
        (
            136,
            {},
            {"effect": "soft"},
            [{"ltype": "soft", "soft": {"r": 38, "g": 254, "b": 0, "br": 20, "tf": 1, "sp": 1}}],
        ),
        (136, {}, {"brightness": 0.5}, [{"ltype": "color", "color": {"br": 50, "r": 254, "g": 132, "b": 0}}]),
        (
            136,
            {},
            {"effect": "night_light"},
            [{"ltype": "nightLight", "nightLight": {"r": 255, "g": 240, "b": 225, "br": 5}}],
        ),
        (1257, {}, {"brightness": 0.5}, [{"switch": "on", "brightness": 50}]),
        (1258, {}, {"kelvin": 3100}, [{"switch": "on", "colorTemp": 50}]),
        (
            1258,
            {},
            {"kelvin": 2200, "brightness": 1},
            [{"switch": "on", "colorTemp": 0, "brightness": 100}],
        ),
    ],
)
def test_write(name, params, wanted, messages):
    assert write(device(name, **params), "light", command(**wanted)) == messages


@pytest.mark.parametrize("name", LIGHTS)
def test_on_alone_and_off_change_nothing_else(name):
    for state in states_of(name):
        of = switched(name, state)
        assert write(of, "light", command()) == [{ON_KEY[name]: "on"}]
        assert write(of, "light", LightCommand(on=False)) == [{ON_KEY[name]: "off"}]


@pytest.mark.parametrize("name", LIGHTS)
def test_on_first_where_the_light_needs_it(name):
    lit = write(switched(name, "on"), "light", command(brightness=0.43))
    for state in states_of(name)[1:]:
        messages = write(switched(name, state), "light", command(brightness=0.43))
        if name in ON_BESIDE:
            assert messages == [{"switch": "on", **lit[0]}]
        else:
            assert messages == ([{ON_KEY[name]: "on"}, *lit] if name in ON_FIRST else lit)
    if name not in {*ON_FIRST, *ON_BESIDE}:
        assert all(message["switch"] == "on" for message in lit)


@pytest.mark.parametrize("name", LIGHTS)
def test_every_effect_is_read_back(name):
    for effect, state in product(light(name).effects, ("on", "off")):
        shown = after(switched(name, state), "light", command(effect=effect))
        assert (shown.on, shown.effect) == (True, effect)
        assert shown.mode in light(name).modes


@pytest.mark.parametrize("name", LIGHTS)
def test_an_effect_with_a_brightness_of_its_own(name):
    for effect, state in product(light(name).effects, ("on", "off")):
        shown = after(switched(name, state), "light", command(effect=effect, brightness=0.4))
        plain = after(switched(name, state), "light", command(effect=effect))
        assert shown.on
        assert shown.brightness == pytest.approx(0.4, abs=0.01)
        # An effect that is only a brightness, or cannot have another one, lends its light.
        assert shown.effect in {effect, None}
        assert shown.kelvin == plain.kelvin
        assert shown.rgb == (None if plain.rgb is None else pytest.approx(plain.rgb, abs=2))


@pytest.mark.parametrize("name", LIGHTS)
def test_brightness_reads_back_over_the_whole_range(name):
    of = switched(name, "on")
    read_back = [after(of, "light", command(brightness=step / 255)).brightness for step in range(1, 256)]
    assert read_back == sorted(read_back)
    assert read_back[-1] == 1
    # Half of the coarsest step: 10 to 100 has 91 of them.
    for step, brightness in enumerate(read_back, 1):
        assert 0 < brightness <= 1
        assert abs(brightness - step / 255) <= 1 / 91
    for brightness in read_back:
        assert after(of, "light", command(brightness=brightness)).brightness == pytest.approx(brightness)


@pytest.mark.parametrize(
    ("name", "step"),
    # The device's own step in kelvin: three whites, 100 K of the table, or a share of the linear range.
    [
        ("33", 100),
        ("59", 100),
        ("103", 4300 / 255),
        ("103_st64", 3200 / 255),
        ("104", 3800 / 255),
        ("135", 38),
        ("136", 38),
        ("1258", 18),
    ],
)
def test_kelvin_reads_back_over_the_whole_range(name, step):
    of = switched(name, "on")
    least, most = light(name).kelvin
    previous = 0
    for kelvin in range(least, most + 1):
        state = after(of, "light", command(kelvin=kelvin))
        assert state.mode is COLOR_TEMP
        assert state.effect is None
        assert abs(state.kelvin - kelvin) <= step / 2 + 0.5
        assert least <= state.kelvin <= most
        assert state.kelvin >= previous
        previous = state.kelvin
    for kelvin in range(least, most + 1, 7):
        first = after(of, "light", command(kelvin=kelvin)).kelvin
        assert after(of, "light", command(kelvin=first)).kelvin == first


@pytest.mark.parametrize("name", ["16", "22"])
def test_the_three_whites_read_back(name):
    of = switched(name, "on")
    for kelvin in range(2000, 6501, 10):
        state = after(of, "light", command(kelvin=kelvin))
        expected = 6500 if kelvin >= 5000 else 4250 if kelvin >= 3500 else 2000
        assert (state.mode, state.kelvin) == (COLOR_TEMP, expected)
        assert after(of, "light", command(kelvin=state.kelvin)).kelvin == expected


COLORS = list(product((0, 85, 170, 255), repeat=3))[1:]


@pytest.mark.parametrize("name", [name for name in LIGHTS if RGB in light(name).modes])
def test_colors_read_back(name):
    of = switched(name, "on")
    for rgb in COLORS:
        state = after(of, "light", command(rgb=rgb, brightness=1))
        assert (state.mode, state.effect) == (RGB, None)
        # Where the brightness is no part of the colour, it is shown at its fullest; hues are whole degrees.
        full = tuple(round(level * 255 / max(rgb)) for level in rgb)
        in_hues = name in ("3258", "7009", "30001", "30004", "unknown_hue")
        shown = full if name == "22" or in_hues else rgb
        assert state.rgb == pytest.approx(shown, abs=4 if in_hues else 0)


def test_a_dim_color_is_not_black():
    for rgb in COLORS:
        state = after(device(22), "light", command(rgb=rgb, brightness=1 / 255))
        assert state.rgb is not None
    assert write(device(22), "light", command(rgb=(0, 0, 0), brightness=1))[0]["channel2"] == "0"


def test_white_and_color_keep_the_brightness():
    for name in ("22", "59", "104", "136"):
        of = switched(name, "on")
        before = read(of, "light").brightness
        for wanted in (command(rgb=(0, 255, 0)), command(kelvin=4000)):
            assert after(of, "light", wanted).brightness == pytest.approx(before, abs=1 / 91)


def test_whites_of_strips():
    assert len(WHITES) == 142
    assert (WHITES[0], WHITES[1], WHITES[-1]) == ((214, 225, 255), (217, 225, 255), (255, 141, 11))
    assert white_of_kelvin(9000) == WHITES[0]
    assert white_of_kelvin(20000) == WHITES[0]
    assert white_of_kelvin(0) == WHITES[140]
    for index, rgb in enumerate(WHITES):
        assert abs(kelvin_of_white(rgb) - (9000 - 100 * (index // 2))) <= 100
    for kelvin in range(2000, 9001, 100):
        assert kelvin_of_white(white_of_kelvin(kelvin)) == kelvin
    # a colour that is in no table is the nearest white
    assert kelvin_of_white((255, 140, 12)) == 2000


def test_levels():
    assert Levels(1, 100).fraction(None) is None
    for low, high in ((1, 100), (10, 100), (25, 255)):
        levels = Levels(low, high)
        for level in range(low, high + 1):
            assert levels.level(levels.fraction(level)) == level
        assert levels.level(0.0001) == low
        assert levels.level(1) == high
        assert levels.fraction(high + 50) == 1


def test_steps_of_white():
    assert ColorTempRange(2700, 6500, 100).kelvin(None) is None
    for steps in (100, 255):
        whites = ColorTempRange(2700, 6500, steps)
        assert [whites.step(whites.kelvin(step)) for step in range(steps + 1)] == list(range(steps + 1))
        assert (whites.step(100), whites.step(10000)) == (0, steps)


RUBBISH = (
    None,
    True,
    -1,
    0,
    300,
    1.5,
    float("nan"),
    "",
    "x",
    "NaN",
    [],
    [{}],
    {},
    {"br": "x", "ct": None, "r": []},
)


@pytest.mark.parametrize("name", LIGHTS)
def test_nothing_that_a_light_sends_makes_it_fail(name):
    of = device(name)
    lamp = light(name)
    wanted = [command(brightness=0.5), command(), *(command(effect=effect) for effect in lamp.effects)]
    if lamp.kelvin:
        wanted.append(command(kelvin=3000))
    if RGB in lamp.modes:
        wanted.append(command(rgb=(1, 2, 3)))
    for param, value in product(lamp.params, RUBBISH):
        params = {**of.params, param: value}
        state = lamp.read(params)
        assert state.brightness is None or 0 < state.brightness <= 1
        for one in wanted:
            assert lamp.write(params, one)


def test_a_light_that_fades_by_itself_is_told_how_long():
    dark = device(277, switch="off")
    assert write(dark, "light", command(brightness=0.4, transition=3)) == [
        {"switch": "on", "brightness": 40, "transitionTime": 3000}
    ]
    assert write(dark, "light", command(brightness=0.01)) == [{"switch": "on", "brightness": 1}]
    assert write(dark, "light", command(transition=3)) == [{"switch": "on"}]
    assert light(277).fades
    assert not light(1258).fades
