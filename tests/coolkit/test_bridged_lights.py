"""Lights of other makers: what they are sent, and what a device of the simulator makes of it."""

from itertools import product

from fixture_devices import capability, device, read, write
import pytest

from custom_components.ewelink.coolkit.devices.states import LightCommand, LightMode, LightState
from simulator.catalogue import behaviour_of

BRIDGED = ("188", "196", "197", "198", "30001", "30004")
COLOR_TEMP, RGB, BRIGHTNESS = LightMode.COLOR_TEMP, LightMode.RGB, LightMode.BRIGHTNESS
GOOGLE = "action.devices.commands."


def command(**wanted):
    return LightCommand(on=True, **wanted)


def told(name, wanted, **changed):
    """Return what a simulated device tells of itself after a command, and how many looks it had."""
    of = device(name, **changed)
    lamp, behaviour = capability(of, "light"), behaviour_of(of.uiid, of.params)
    state = behaviour.defaults | dict(of.params)
    looks = [lamp.read(state)]
    for message in lamp.write(state, wanted):
        assert behaviour.refuse(state, message) is None, message
        stored, _ = behaviour.take(state, message)
        after = state | stored
        state = after | behaviour.consequences(state, after, message)
        shown = lamp.read(state)
        if shown.on and shown != looks[-1]:
            looks.append(shown)
    return lamp.read(state), len(looks) - 1


OFF = {
    "188": {"switch": {"switch": {"value": "off"}}},
    "196": {"on": False},
    "197": {"on": False},
    "198": {"on": False},
    "30001": {"switch": "off"},
    "30004": {"switch": "off"},
}


@pytest.mark.parametrize("name", BRIDGED)
@pytest.mark.parametrize("power", ["off", "as it was"])
def test_what_is_asked_for_is_told_afterwards(name, power):
    changed = OFF[name] if power == "off" else {}
    lamp = capability(device(name), "light")
    modes = read(device(name), "light").modes or lamp.modes
    assert told(name, LightCommand(on=False), **changed)[0].on is False
    assert told(name, command(), **changed)[0].on is True
    for share in (0.01, 0.3, 0.5, 1):
        shown, looks = told(name, command(brightness=share), **changed)
        assert (shown.on, shown.brightness) == (True, pytest.approx(share, abs=0.005))
        assert looks <= 1
    if COLOR_TEMP in modes:
        for kelvin in range(2300, 6500, 300):
            shown, _ = told(name, command(kelvin=kelvin), **changed)
            assert (shown.on, shown.mode) == (True, COLOR_TEMP)
            assert shown.kelvin == pytest.approx(kelvin, rel=0.005)
    if RGB in modes:
        for rgb in [rgb for rgb in product((0, 128, 255), repeat=3) if max(rgb) == 255 and min(rgb) == 0]:
            shown, _ = told(name, command(rgb=rgb), **changed)
            assert (shown.on, shown.mode) == (True, RGB)
            assert shown.rgb == pytest.approx(rgb, abs=8)


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("188", {}, {"on": True, "mode": COLOR_TEMP, "brightness": 0.6, "kelvin": 4000}),
        (
            "188",
            {"colorControl": {"hue": {"value": 0}, "saturation": {"value": 100}}},
            {"mode": RGB, "rgb": (255, 0, 0), "kelvin": None},
        ),
        (
            "188",
            {"switch": "rubbish", "switchLevel": [], "colorTemperature": {"a": 1}},
            {"on": None, "kelvin": None},
        ),
        ("196", {}, {"mode": RGB, "rgb": (255, 0, 0), "brightness": 0.7}),
        ("196", {"color": {"spectrumRGB": None}}, {"mode": RGB, "rgb": None}),
        ("197", {}, {"mode": COLOR_TEMP, "kelvin": 3500}),
        ("198", {"color": {"spectrumRGB": 255}}, {"on": False, "mode": RGB, "rgb": (0, 0, 255)}),
        ("198", {"color": {"spectrumRGB": 0, "temperature": 5000}}, {"mode": COLOR_TEMP, "kelvin": 5000}),
        ("30001", {}, {"mode": RGB, "rgb": (0, 252, 255), "brightness": 0.5}),
        ("30001", {"colorMode": 2}, {"mode": COLOR_TEMP, "kelvin": 4000, "rgb": None}),
        ("30001", {"maxLevel": 0, "minLevel": 300, "currentLevel": 254}, {"brightness": 1}),
        ("30004", {}, {"mode": COLOR_TEMP, "kelvin": 4000, "modes": {COLOR_TEMP}}),
    ],
)
def test_read(name, params, expected):
    shown = read(device(name, **params), "light")
    assert {key: getattr(shown, key) for key in expected} == expected


def test_a_light_has_the_modes_of_which_it_tells_something():
    lamp = capability(device("30004"), "light")
    assert lamp.read({"switch": "on"}).modes == {LightMode.ONOFF}
    assert lamp.read({"switch": "on", "currentLevel": 254}) == LightState(
        on=True, mode=BRIGHTNESS, brightness=1, modes=frozenset({BRIGHTNESS})
    )
    assert lamp.read({"currentHue": 0, "currentSaturation": 254}).mode is RGB


def test_messages_are_those_of_the_other_world():
    dark = device("198")
    assert write(dark, "light", command(rgb=(255, 0, 0), brightness=0.5)) == [
        {"capability": f"{GOOGLE}ColorAbsolute", "execParams": {"color": {"spectrumRGB": 16711680}}},
        {"capability": f"{GOOGLE}BrightnessAbsolute", "execParams": {"brightness": 50}},
        {"capability": f"{GOOGLE}OnOff", "execParams": {"on": True}},
    ]
    (message,) = write(device("188", **OFF["188"]), "light", command(kelvin=4000))
    assert message["commands"] == [
        {"component": "main", "capability": "switch", "command": "on", "arguments": []},
        {
            "component": "main",
            "capability": "colorTemperature",
            "command": "setColorTemperature",
            "arguments": [4000],
        },
    ]
    assert write(device("30004"), "light", command(brightness=0.5, kelvin=4000)) == [
        {
            "colorMode": 2,
            "colorTemperatureMireds": 250,
            "colorTempPhysicalMinMireds": 153,
            "colorTempPhysicalMaxMireds": 454,
            "currentLevel": 127,
            "minLevel": 1,
            "maxLevel": 254,
        }
    ]


def test_a_simulated_device_knows_no_other_words():
    google, things = behaviour_of(197, {}), behaviour_of(187, {})
    assert google.refuse(google.defaults, {"on": True})
    assert google.refuse(google.defaults, {"capability": f"{GOOGLE}OnOff", "execParams": {"on": "on"}})
    assert google.refuse(
        google.defaults,
        {"capability": f"{GOOGLE}ColorAbsolute", "execParams": {"color": {"spectrumRGB": 255}}},
    )
    level = {"component": "main", "capability": "switchLevel", "command": "setLevel", "arguments": [50]}
    assert things.refuse(things.defaults, {"commands": [level]})
    assert behaviour_of(188, {}).refuse({}, {"commands": [level]}) is None
    assert things.refuse(things.defaults, {"switch": "on"})
