"""Fans and mist: what they do, what they are sent, and that both agree over their whole range."""

import random

from fixture_devices import NAMES, capability, commands, device, keys, write
import pytest

from custom_components.ewelink.coolkit.devices.capability import FanCapability
from custom_components.ewelink.coolkit.devices.params import merge
from custom_components.ewelink.coolkit.devices.states import (
    FanCommand,
    FanState,
    LightCommand,
    LightMode,
    LightState,
)
from simulator.catalogue import behaviour_of

FANS = [(name, key) for name in NAMES for key in ("fan", "mist") if key in keys(device(name))]
ODD = (None, "", "x", [], {}, True, 1.5, -1, 9, 10**400, [{"outlet": 1, "switch": 7}])


def fan(name, key) -> FanCapability:
    found = capability(device(name), key)
    assert isinstance(found, FanCapability)
    return found


def relays(*on):
    return [{"outlet": outlet, "switch": "on" if outlet in on else "off"} for outlet in range(4)]


@pytest.mark.parametrize(
    ("name", "key", "params", "state"),
    [
        (17, "fan", {}, FanState(on=True, speed=2, preset="natural", oscillating=False)),
        (17, "fan", {"fan": "off", "speed": "x"}, FanState(on=False, preset="natural", oscillating=False)),
        (19, "mist", {}, FanState(on=True, speed=2)),
        (19, "mist", {"state": 9}, FanState(on=True)),
        (25, "mist", {}, FanState(on=False, speed=1)),
        (34, "fan", {"switches": relays(1)}, FanState(on=True, speed=1)),
        (34, "fan", {"switches": relays(1, 2)}, FanState(on=True, speed=2)),
        (34, "fan", {"switches": relays(1, 3)}, FanState(on=True, speed=3)),
        # What the local network has left in the params counts for nothing.
        (34, "fan", {"switches": relays(0), "fan": "on", "speed": 3}, FanState(on=False, speed=1)),
    ],
)
def test_read(name, key, params, state):
    assert fan(name, key).read(device(name, **params).params) == state


@pytest.mark.parametrize(
    ("name", "key", "params", "command", "messages"),
    [
        (17, "fan", {}, FanCommand(on=False), [{"fan": "off"}]),
        (17, "fan", {}, FanCommand(on=True, speed=3), [{"fan": "on", "speed": "fast"}]),
        (17, "fan", {}, FanCommand(on=True, preset="sleep"), [{"mode": "sleep"}]),
        (
            17,
            "fan",
            {"fan": "off"},
            FanCommand(on=True, oscillating=True),
            [{"fan": "on"}, {"shake": "on"}],
        ),
        (19, "mist", {}, FanCommand(on=True, speed=3), [{"switch": "on", "state": 3}]),
        (19, "mist", {}, FanCommand(on=False), [{"switch": "off"}]),
        (
            34,
            "fan",
            {},
            FanCommand(on=True, speed=2),
            [
                {
                    "switches": [
                        {"outlet": 1, "switch": "on"},
                        {"outlet": 2, "switch": "on"},
                        {"outlet": 3, "switch": "off"},
                    ]
                }
            ],
        ),
        (34, "fan", {}, FanCommand(on=True), [{"switches": [{"outlet": 1, "switch": "on"}]}]),
        (34, "light", {}, LightCommand(on=False), [{"switches": [{"outlet": 0, "switch": "off"}]}]),
    ],
)
def test_write(name, key, params, command, messages):
    assert write(device(name, **params), key, command) == messages


def taken(name, key, params, command):
    """Return the params of a simulated device after a command."""
    behaviour = behaviour_of(device(name).uiid, params)
    messages = capability(device(name), key).write(params, command)
    for message in messages:
        assert behaviour.refuse(params, message) is None, message
        assert behaviour.remarks(params, message) == []
        params = merge(params, message)
    return params


@pytest.mark.parametrize(("name", "key"), FANS)
def test_what_a_fan_is_told_is_what_it_then_tells(name, key):
    one, params, rng = fan(name, key), device(name).params, random.Random(34)  # noqa: S311 - a seed, no secret
    asked = (commands(one, params) or []) * 4
    rng.shuffle(asked)
    for command in asked:
        before = one.read(params)
        params = taken(name, key, params, command)
        state = one.read(params)
        assert state.on is command.on
        # What is not asked for stays.
        assert state.speed == (before.speed if command.speed is None else command.speed)
        assert state.preset == (before.preset if command.preset is None else command.preset)
        wanted = before.oscillating if command.oscillating is None else command.oscillating
        assert state.oscillating is wanted


def test_the_light_of_a_diffuser_comes_on_as_it_was_asked_for():
    dark = device(25, lightswitch=0)
    assert write(dark, "light", LightCommand(on=True, rgb=(1, 2, 3), brightness=0.3)) == [
        {"lightmode": 2, "lightRcolor": 1, "lightGcolor": 2, "lightBcolor": 3},
        {"lightbright": 30},
        {"lightswitch": 1},
    ]
    assert write(device(25), "light", LightCommand(on=True, effect="night_light")) == [{"lightmode": 3}]
    assert write(device(25), "light", LightCommand(on=False)) == [{"lightswitch": 0}]
    light = capability(device(25), "light")
    assert light.read(device(25).params) == LightState(
        on=True, mode=LightMode.RGB, brightness=1, rgb=(255, 80, 0)
    )


def test_the_light_of_a_diffuser_tells_what_it_is_told():
    light, params = capability(device(25), "light"), device(25).params
    for level in range(1, 101):
        params = taken(25, "light", params, LightCommand(on=True, brightness=level / 100))
        assert light.read(params).brightness == pytest.approx(level / 100)
    for effect in light.effects:
        params = taken(25, "light", params, LightCommand(on=True, effect=effect))
        assert light.read(params).effect == effect
    for rgb in ((0, 0, 0), (255, 255, 255), (12, 200, 99)):
        params = taken(25, "light", params, LightCommand(on=True, rgb=rgb))
        assert (light.read(params).rgb, light.read(params).effect) == (rgb, None)


@pytest.mark.parametrize(("name", "key"), [*FANS, (25, "light"), (34, "light")])
def test_nothing_that_is_sent_makes_a_fan_fail(name, key):
    one = capability(device(name), key)
    for param in one.params:
        for odd in ODD:
            params = {**device(name).params, param: odd}
            one.read(params)
            asked = commands(one, params) or [LightCommand(on=on) for on in (True, False)]
            for command in asked:
                assert one.write(params, command)
