"""Presses, of each uiid that tells them: once each, and never because the whole state says them again."""

from itertools import product

import pytest

from custom_components.ewelink.coolkit import EventCapability, Kind, capabilities_of
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry

# How many buttons, how many kinds of presses, and under what the time of a press stands.
BUTTONS = {
    174: (6, 3, "actionTime"),
    177: (3, 3, "actionTime"),
    1000: (1, 3, "trigTime"),
    **{1000 + count: (count, 3, "trigTime") for count in range(1, 7)},
    7000: (1, 3, "trigTime"),
    7039: (4, 4, "trigTime"),
}
KEYS = {160: 1, 161: 2, 162: 3, 163: 4, 275: 2, 7028: 1, 7029: 2, 7030: 3, 7040: 2}
TOUCHES = {209: 1, 210: 2, 211: 3, 212: 4}
PRESSES = ("single", "double", "long", "triple")
TIMES = {
    "trigTime": ("1600081000000", "1600081000001", "1600080999999"),
    "actionTime": ("2026-01-15T20:00:00.000Z", "2026-01-15T20:00:00.250Z", "2026-01-15T19:59:59.000Z"),
}


def device(uiid, **params):
    return device_from_entry({"deviceid": "1000000001", "uiid": uiid, "params": params})


def pressed(before, sent, kind=Kind.PRESS):
    """Send params; return the device then, and which buttons were pressed how."""
    now = before.with_params(sent)
    events = [one for one in capabilities_of(now) if isinstance(one, EventCapability) and one.kind is kind]
    told = {one.outlet: one.happened(now.params, before.params, sent.keys()) for one in events}
    return now, {outlet: press for outlet, press in told.items() if press is not None}


def events_of(of):
    return [one for one in capabilities_of(of) if one.kind is Kind.PRESS]


@pytest.mark.parametrize("uiid", BUTTONS)
@pytest.mark.parametrize("number", [False, True])
def test_buttons(uiid, number):
    count, kinds, name = BUTTONS[uiid]
    first, later, earlier = TIMES[name]
    if number and name == "trigTime":
        # Some firmware tells it as a number, in the same push or in the next.
        later = int(later)
    assert len(events_of(device(uiid))) == count
    for button, press in product(range(count), range(kinds)):
        of = device(uiid, battery=90)
        sent = {"key": press} | ({"outlet": button} if count > 1 else {})
        expected = {button if count > 1 else None: PRESSES[press]}
        of, told = pressed(of, {**sent, name: first})
        assert told == expected
        # The same one after a reconnect, an older one, and what is no press.
        for again in ({**sent, name: first}, {**sent, name: earlier}, {"battery": 80, name: later}):
            _, told = pressed(of, again)
            assert told == {}
        _, told = pressed(of, {**sent, name: later})
        assert told == expected
    for strange in (kinds, -1, "x", None):
        assert pressed(of, {"key": strange, "outlet": 0, name: later})[1] == {}


@pytest.mark.parametrize("uiid", KEYS)
def test_keys_of_wall_switches(uiid):
    switches = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
    of = device(uiid, switches=switches, triggerType=11, localKeyPass={"outlet": 0, "key": 0})
    assert len(events_of(of)) == KEYS[uiid]
    for key, press in product(range(KEYS[uiid]), range(3)):
        sent = {"localKeyPass": {"outlet": key, "key": press}}
        expected = {key if KEYS[uiid] > 1 else None: PRESSES[press]}
        # It has no time: told twice, it was pressed twice.
        for _ in (1, 2):
            of, told = pressed(of, sent)
            assert told == expected
        # The whole state, a relay, and what is no key.
        for other in (
            {**of.params, "fwVersion": "1.2.0"},
            {"switches": switches, "triggerType": 11},
            {**sent, "switches": switches},
            {"localKeyPass": {"outlet": 9, "key": press}},
            {"localKeyPass": {"outlet": key, "key": 3}},
        ):
            assert pressed(of, other)[1] == {}


@pytest.mark.parametrize("uiid", TOUCHES)
def test_touches_and_swipes(uiid):
    switches = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
    of = device(uiid, switches=switches, slide=1, triggerType=2)
    assert len(events_of(of)) == TOUCHES[uiid]
    for outlet in range(TOUCHES[uiid]):
        sent = {"switches": [{"outlet": outlet, "switch": "on"}], "triggerType": 2}
        now, told = pressed(of, sent)
        assert told == {outlet if TOUCHES[uiid] > 1 else None: "single"}
        # By the app, and said again.
        assert pressed(of, {**sent, "triggerType": 11})[1] == {}
        assert pressed(now, sent)[1] == {}
        assert pressed(of, {**of.params, **sent})[1] == {}
    for _ in (1, 2):
        of, told = pressed(of, {"slide": 2}, Kind.SWIPE)
        assert told == {None: "swipe_2"}
    assert pressed(of, {**of.params, "slide": 3}, Kind.SWIPE)[1] == {}


def test_the_switch_at_a_detached_relay():
    switches = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
    of = device(138, switches=switches, relaySeparation=1)
    for press in range(3):
        for _ in (1, 2):
            of, told = pressed(of, {"key": press})
            assert told == {None: PRESSES[press]}
    assert pressed(of, {**of.params, "fwVersion": "1.2.0"})[1] == {}
