"""Panels, gateways and Zigbee relays: what they take, refuse and tell by themselves."""

import pytest

from simulator.catalogue import behaviour_of


def changed(uiid, sent, **state):
    """Return the whole state after a command that the device takes."""
    behaviour = behaviour_of(uiid, {})
    before = {**behaviour.defaults, **state}
    assert behaviour.refuse(before, sent) is None
    stored, _ = behaviour.take(before, sent)
    after = {**before, **stored}
    return {**after, **behaviour.consequences(before, after, sent)}


@pytest.mark.parametrize(
    ("uiid", "sent"),
    [
        (133, {"ATCEnable": 1}),
        (133, {"temperature": 20}),
        (133, {"tempCorrection": 60}),
        (195, {"securityType": 4}),
        (195, {"securityType": 2, "currentType": 1}),
        (195, {"reboot": False}),
        (195, {"buzzerAlarm": {"volume": 200}}),
        (228, {"switch": "on"}),
        (243, {"zled": True}),
        (128, {"zled": "on"}),
        (7004, {"switch": True}),
        (7010, {"wallPenetration": "on"}),
        (7020, {"switch": "on"}),
        (7021, {"switch_02": True}),
        (7029, {"relaySeparations": []}),
        (30000, {"switch": "on"}),
    ],
)
def test_what_a_device_does_not_take_is_refused(uiid, sent):
    behaviour = behaviour_of(uiid, {})
    assert behaviour.refuse(behaviour.defaults, sent)


def test_a_thermostat_of_a_panel_needs_a_relay_that_it_works_with():
    relay = {"HMI_ATCDevice": {"ctype": "device", "id": "1", "outlet": 0, "etype": "hot"}}
    panel = behaviour_of(133, {})
    state = {**panel.defaults, **relay}
    assert panel.refuse(state, {"ATCMode": 0, "ATCExpect0": 21.5}) is None
    assert panel.refuse(state, {"ATCExpect0": 21.5})
    assert panel.refuse(panel.defaults, {"ATCMode": 0, "ATCExpect0": 21.5})
    assert len(panel.defaults["switches"]) == 2


def test_an_alarm_is_armed_and_sounds_are_no_state():
    assert changed(195, {"securityType": 2, "currentType": 2})["securityType"] == 2
    assert "currentType" not in changed(195, {"securityType": 2, "currentType": 2})
    assert "reboot" not in changed(228, {"reboot": True})


def test_relays_that_are_told_all_at_once():
    relays = behaviour_of(2256, {})
    one = {"switches": [{"outlet": 0, "switch": "on"}]}
    both = {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}]}
    assert relays.remarks(relays.defaults, one) == ["not every relay in the command"]
    assert relays.remarks(relays.defaults, both) == []
    assert behaviour_of(7029, {}).remarks(relays.defaults, one) == []
    flags = behaviour_of(7021, {})
    assert flags.relays({"switch_00": True}) == {0: "on", 1: "off"}
    assert flags.pressed({"switch_01": False}, 1) == {"switch_01": True}
    assert flags.pressed({}, 2) == {}
    inching = {"pulses": [{"outlet": 0, "pulse": "on", "width": 1000, "switch": "off"}]}
    assert behaviour_of(7010, {}).inching(inching, 0) == ("on", 1000)
    assert behaviour_of(7010, {}).inching({}, 0) is None


@pytest.mark.parametrize("uiid", [65, 87, 145, 176])
def test_what_nobody_can_command_takes_nothing(uiid):
    assert behaviour_of(uiid, {}).refuse({}, {"switch": "on"})
