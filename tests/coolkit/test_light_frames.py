"""What each light is sent for whatever is asked of it at once: one frame, one visible change."""

from itertools import pairwise, product

from fixture_devices import NAMES, capability, device, keys
import pytest

from custom_components.ewelink.coolkit.devices.params import merge
from custom_components.ewelink.coolkit.devices.states import LightCommand, LightMode
from simulator.catalogue import behaviour_of

# Those beside a fan have tests of their own, and those whose commands are no params.
LIGHTS = [
    name
    for name in NAMES
    if "light" in keys(device(name)) and name not in ("25", "34", "188", "196", "197", "198")
]
# Documented: while off, these take the on command alone.
ON_FIRST = {"16", "22", "33", "36", "52", "57", "59", "103", "103_st64", "104", "135", "136", "137", "173"}
# Known by their shape alone, and taken for one of these families.
ON_FIRST |= {"unknown_mode_strip", "unknown_strip", "unknown_white"}
# Documented: these take a brightness with their static mode alone, not beside an effect.
EFFECT_APART = {"33", "59"}
POWER = {"16": "state", "22": "state", "52": "state", "57": "state"}

DIM, BRIGHT = 0.3, 0.9


def combinations(lamp):
    """Yield every combination of what the light can be asked for beside on."""
    colours = [{}]
    if lamp.kelvin:
        colours += [{"kelvin": kelvin} for kelvin in (*lamp.kelvin, sum(lamp.kelvin) // 2)]
    if LightMode.RGB in lamp.modes:
        colours += [{"rgb": rgb} for rgb in ((255, 0, 0), (0, 128, 255))]
    # Of many, those at both ends: they are told alike.
    effects = lamp.effects if len(lamp.effects) < 12 else (*lamp.effects[:2], *lamp.effects[-3:])
    colours += [{"effect": effect} for effect in effects]
    for colour, brightness in product(colours, ({}, {"brightness": DIM}, {"brightness": BRIGHT})):
        yield LightCommand(on=True, **colour, **brightness)


def look(lamp, params):
    """Return what people see of a light."""
    shown = lamp.read(params)
    return shown if shown.on else "dark"


def carried_out(lamp, behaviour, params, messages):
    """Return what people see one after the other, the device checking each message."""
    seen = [look(lamp, params)]
    for message in messages:
        assert behaviour.refuse(params, message) is None, message
        assert behaviour.remarks(params, message) == [], message
        params = merge(params, message)
        seen.append(look(lamp, params))
    return params, seen


def test_every_light_is_here():
    assert {name for name in LIGHTS if name not in ON_FIRST} == {
        "44",
        "277",
        "1257",
        "1258",
        "3258",
        "7008",
        "7009",
        "30001",
        "30004",
        "unknown_dimmer",
        "unknown_hue",
    }
    assert set(LIGHTS) >= ON_FIRST


@pytest.mark.parametrize("name", LIGHTS)
@pytest.mark.parametrize("power", ["on", "off"])
def test_one_visible_change_for_one_command(name, power):
    of = device(name, **{POWER.get(name, "switch"): power})
    lamp, behaviour = capability(of, "light"), behaviour_of(of.uiid, of.params)
    # From what the fixture shows, and from what each command leaves.
    starts = [dict(of.params)]
    for command in combinations(lamp):
        left, _ = carried_out(lamp, behaviour, of.params, lamp.write(of.params, command))
        starts.append(merge(left, {POWER.get(name, "switch"): power}))
    for start, command in product(starts, combinations(lamp)):
        messages = lamp.write(start, command)
        end, seen = carried_out(lamp, behaviour, start, messages)
        changes = sum(before != after for before, after in pairwise(seen))

        shown, was = lamp.read(end), lamp.read(start)
        assert shown.on
        if command.brightness is not None:
            assert shown.brightness == pytest.approx(command.brightness, abs=1 / 91)
        if command.rgb is not None:
            assert (shown.mode, shown.effect) == (LightMode.RGB, None)
            assert shown.rgb == pytest.approx(command.rgb, abs=3)
        if command.kelvin is not None:
            assert (shown.mode, shown.effect) == (LightMode.COLOR_TEMP, None)

        apart = (
            name in EFFECT_APART
            and None not in (command.effect, command.brightness)
            and was.brightness != pytest.approx(command.brightness, abs=1e-9)
        )
        allowed = 1 + apart
        on_first = power == "off" and name in ON_FIRST
        if on_first:
            # On comes first, and what it brings is seen; nothing more is sent if that is what was asked for.
            assert set(messages[0]) == {POWER.get(name, "switch")}
            allowed += seen[1] != seen[-1] or apart
        assert len(messages) <= allowed, (start, command, messages)
        assert changes <= allowed
        # A frame that changes nothing stands alone: the command of one who believes otherwise.
        assert len(messages) == 1 or all(
            merge(before, message) != before
            for before, message in zip(states(start, messages), messages, strict=True)
        )


def states(params, messages):
    """Return the params before each message."""
    found = []
    for message in messages:
        found.append(params)
        params = merge(params, message)
    return found


@pytest.mark.parametrize("name", LIGHTS)
def test_nothing_follows_the_on_command_that_it_brings_by_itself(name):
    power = POWER.get(name, "switch")
    lamp = capability(device(name), "light")
    shown = lamp.read(device(name, **{power: "on"}).params)
    wanted = LightCommand(on=True, brightness=shown.brightness)
    for value in ("off", None):
        messages = lamp.write(device(name, **{power: value}).params, wanted)
        assert len(messages) == 1
        assert messages[0][power] == "on"


def test_numbers_as_text_are_the_same():
    strip = capability(device(33), "light")
    off = {**device(33).params, "switch": "off", "mode": "1", "bright": "55"}
    assert strip.write(off, LightCommand(on=True, brightness=46 / 91)) == ({"switch": "on"},)


@pytest.mark.parametrize(
    ("name", "power", "wanted", "messages"),
    [
        (
            1258,
            "off",
            {"brightness": 0.6, "kelvin": 4000},
            [{"switch": "on", "brightness": 60, "colorTemp": 100}],
        ),
        (
            33,
            "on",
            {"brightness": 1, "rgb": (0, 0, 255)},
            [{"mode": 1, "colorR": 0, "colorG": 0, "colorB": 255, "light_type": 1, "bright": 100}],
        ),
        (
            59,
            "off",
            {"brightness": 0.2, "kelvin": 9000},
            [
                {"switch": "on"},
                {"mode": 1, "colorR": 214, "colorG": 225, "colorB": 255, "light_type": 2, "bright": 20},
            ],
        ),
    ],
)
def test_brightness_and_colour_in_one_frame(name, power, wanted, messages):
    of = device(name, switch=power)
    assert list(capability(of, "light").write(of.params, LightCommand(on=True, **wanted))) == messages
