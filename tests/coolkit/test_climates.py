"""Thermostats: what they aim at, what they are sent, and that both agree over their whole range."""

from itertools import pairwise
import random

from fixture_devices import NAMES, capability, commands, device, keys, write
import pytest

from custom_components.ewelink.coolkit import Kind, capabilities_of
from custom_components.ewelink.coolkit.devices.capability import ClimateCapability, Sender
from custom_components.ewelink.coolkit.devices.params import merge
from custom_components.ewelink.coolkit.devices.room_climates import PanelThermostat
from custom_components.ewelink.coolkit.devices.states import (
    ClimateAction,
    ClimateCommand,
    ClimateMode,
    ClimateState,
)
from simulator.catalogue import behaviour_of

OFF, HEAT, COOL, AUTO = ClimateMode.OFF, ClimateMode.HEAT, ClimateMode.COOL, ClimateMode.AUTO
CLIMATES = [name for name in NAMES if "climate" in keys(device(name))]
ODD = (None, "", "x", [], {}, True, 1.5, -1, 9, 10**400, [{}], [None], [{"deviceType": "temperature"}])
PANEL = {
    "HMI_ATCDevice": {"ctype": "device", "id": "1000a13398", "outlet": 0, "etype": "hot"},
    "ATCEnable": 1,
    "ATCMode": 0,
    "ATCExpect0": 24,
    "temperature": 21,
    "tempCorrection": -1.5,
}


def climate(name) -> ClimateCapability:
    found = capability(device(name), "climate")
    assert isinstance(found, ClimateCapability)
    return found


def limits(low, high, *, heats=True):
    return [
        {"targetHigh": high, "reaction": {"switch": "off" if heats else "on"}},
        {"targetLow": low, "reaction": {"switch": "on" if heats else "off"}},
    ]


def read(name, **params):
    return climate(name).read(device(name, **params).params)


def test_the_automatic_control_of_the_first_generation():
    state = read(15)
    assert (state.mode, state.low, state.high, state.action) == (OFF, 24, 25, ClimateAction.OFF)
    automatic = {"deviceType": "temperature", "mainSwitch": "on", "switch": "on"}
    state = read(15, **automatic)
    assert (state.mode, state.action, state.current) == (HEAT, ClimateAction.HEATING, 24.7)
    state = read(15, **automatic, targets=limits("-3", "0", heats=False))
    assert (state.mode, state.action, state.low, state.high) == (COOL, ClimateAction.COOLING, -3, 0)
    # It is paused.
    assert read(15, **{**automatic, "mainSwitch": "off"}).mode is OFF
    # By humidity, which has no limits of temperature.
    state = read(15, **{**automatic, "deviceType": "humidity"}, targets=limits("50", "60"))
    assert (state.mode, state.low) == (AUTO, None)
    assert read(15, currentTemperature="unavailable").current is None
    assert read(15, currentTemperature="0.0").current == 0


@pytest.mark.parametrize(
    ("params", "command", "message"),
    [
        ({}, ClimateCommand(mode=OFF), {"mainSwitch": "off", "deviceType": "normal"}),
        (
            {},
            ClimateCommand(mode=HEAT),
            {"mainSwitch": "on", "deviceType": "temperature", "targets": limits("24", "25")},
        ),
        (
            {},
            ClimateCommand(mode=COOL, low=20, high=26.5),
            {"mainSwitch": "on", "deviceType": "temperature", "targets": limits("20", "26.5", heats=False)},
        ),
        # While it is off, its limits are set and nothing else.
        (
            {},
            ClimateCommand(low=18, high=19),
            {"mainSwitch": "off", "deviceType": "normal", "targets": limits("18", "19")},
        ),
        # Something has to be left between them.
        (
            {"deviceType": "temperature", "mainSwitch": "on"},
            ClimateCommand(low=20, high=20),
            {"mainSwitch": "on", "deviceType": "temperature", "targets": limits("20", "20.5")},
        ),
        (
            {"targets": "rubbish"},
            ClimateCommand(mode=HEAT),
            {"mainSwitch": "on", "deviceType": "temperature", "targets": limits("24", "25")},
        ),
    ],
)
def test_what_the_first_generation_is_sent(params, command, message):
    assert write(device(15, **params), "climate", command) == [message]


def test_the_rules_of_the_newer_generation_stay_beside_the_thermostat():
    humid = {"deviceType": "humidity", "targets": [{"high": "70.0", "reaction": {"switch": "off"}}]}
    rules = [humid, *device(181).params["autoControl"]]
    (message,) = write(device(181, autoControl=rules), "climate", ClimateCommand(mode=COOL, low=19, high=22))
    assert message["autoControlEnabled"] == 1
    assert message["autoControl"][0] == humid
    assert message["autoControl"][1] == {
        **rules[1],
        "targets": [
            {"high": "22.0", "reaction": {"switch": "on"}},
            {"low": "19.0", "reaction": {"switch": "off"}},
        ],
    }
    assert write(device(181), "climate", ClimateCommand(mode=OFF)) == [{"autoControlEnabled": 0}]
    (message,) = write(device(181, autoControl=[]), "climate", ClimateCommand(mode=HEAT))
    assert message["autoControl"][0]["deviceType"] == "temperature"


def test_a_radiator_valve_aims_at_what_it_was_told_until_it_tells_itself():
    valve, params = climate(7017), device(7017).params
    state = valve.read(params)
    assert state == ClimateState(mode=HEAT, action=ClimateAction.HEATING, current=19.8, target=21.5)
    for sender, sent, target in (
        (Sender.CLIENT, {"manTargetTemp": 180}, 18),
        (Sender.DEVICE, {"temperature": "199"}, 18),
        (Sender.DEVICE, {"curTargetTemp": "180"}, 18),
        (Sender.CLIENT, {"workMode": "1"}, 7),
        (Sender.DEVICE, {"curTargetTemp": 70, "workMode": "1"}, 7),
    ):
        params = merge(params, sent)
        state = valve.follow(state, params, sent.keys(), sender)
        assert state.target == target, sent
    assert state.mode is OFF
    params = merge(params, {"workMode": "7"})
    assert valve.follow(state, params, {"workMode"}, Sender.DEVICE).mode is OFF
    assert valve.write(device(7017, workMode="2").params, ClimateCommand(target=20.4)) == (
        {"autoTargetTemp": 205},
    )
    assert valve.write(params, ClimateCommand(mode=HEAT, target=99)) == (
        {"workMode": "0", "manTargetTemp": 350},
    )


def test_a_thermostat_is_not_sent_what_it_does_not_tell():
    bare = {"switch": "on", "temperature": 0, "targetTemp": 38}
    floor = climate(127)
    state = floor.read(bare)
    assert (state.mode, state.current, state.preset, state.has_presets) == (HEAT, 0, None, False)
    assert state.modes == (OFF, HEAT)
    assert floor.write(bare, ClimateCommand(mode=HEAT, target=30.2)) == (
        {"switch": "on"},
        {"targetTemp": 30},
    )
    told = device(127).params
    assert floor.read(told).preset == "programmed"
    assert floor.write(told, ClimateCommand(mode=HEAT)) == ({"switch": "on", "workState": 1},)
    assert floor.write(told, ClimateCommand(preset="economical")) == ({"workMode": 3},)


def test_the_thermostat_of_a_panel():
    panel = PanelThermostat().capability()
    state = panel.read(PANEL)
    assert (state.mode, state.current, state.target) == (HEAT, 19.5, 24)
    assert panel.read({**PANEL, "ATCMode": 1}).mode is AUTO
    assert panel.read({**PANEL, "ATCEnable": 0}).mode is OFF
    cold = {**PANEL, "HMI_ATCDevice": {**PANEL["HMI_ATCDevice"], "etype": "cold"}}
    assert panel.read(cold).modes == (OFF, COOL, AUTO)
    assert panel.write(PANEL, ClimateCommand(target=25)) == ({"ATCMode": 0, "ATCExpect0": 25},)
    assert panel.write(PANEL, ClimateCommand(mode=AUTO)) == ({"ATCEnable": 1, "ATCMode": 1},)
    assert panel.write(PANEL, ClimateCommand(mode=OFF)) == ({"ATCEnable": 0},)
    assert panel.is_present(PANEL)
    assert not panel.is_present({**PANEL, "HMI_ATCDevice": {}})


@pytest.mark.parametrize("name", CLIMATES)
def test_what_a_thermostat_is_told_is_what_it_then_tells(name):
    one, params, rng = climate(name), device(name).params, random.Random(15)  # noqa: S311 - a seed, no secret
    behaviour = behaviour_of(device(name).uiid, params)
    asked = list(commands(one, params) or [])
    steps = [
        one.minimum + one.step * step for step in range(round((one.maximum - one.minimum) / one.step) + 1)
    ]
    if one.is_range:
        asked += [ClimateCommand(low=low, high=high) for low, high in pairwise(steps)]
    else:
        asked += [ClimateCommand(target=target) for target in steps]
    rng.shuffle(asked)
    state = one.read(params)
    for command in asked:
        for message in one.write(params, command):
            assert behaviour.refuse(params, message) is None, message
            before, params = params, merge(params, message)
            state = one.follow(state, params, message.keys(), Sender.CLIENT)
            told = behaviour.consequences(before, params, message)
            params = merge(params, told)
            state = one.follow(state, params, told.keys(), Sender.DEVICE)
        for field in ("mode", "target", "low", "high", "preset", "swing", "swing_horizontal"):
            if (wanted := getattr(command, field)) is not None:
                assert getattr(state, field) == wanted, command


@pytest.mark.parametrize("name", CLIMATES)
def test_nothing_that_is_sent_makes_a_thermostat_fail(name):
    one = climate(name)
    for param in one.params:
        for odd in ODD:
            params = {**device(name).params, param: odd}
            for sender in Sender:
                one.follow(one.read(params), params, {param}, sender)
            for command in commands(one, params) or ():
                assert one.write(params, command)


def test_an_air_conditioner_swings():
    state = read(151)
    assert (state.swing, state.swing_horizontal) == (True, False)
    assert write(device(151), "climate", ClimateCommand(swing=False)) == [{"wind_swing_ud": "off"}]
    assert write(device(151), "climate", ClimateCommand(swing_horizontal=True)) == [{"wind_swing_lr": "on"}]
    bare = climate(151).read({"power": "on"})
    assert (bare.swing, bare.swing_horizontal) == (None, None)


@pytest.mark.parametrize(
    ("name", "fault", "is_problem"),
    [
        *((7017, fault, told) for fault, told in (("reasonCode0", False), ("reasonCode3", True), ("", None))),
        *((7017, fault, None) for fault in (None, 3, [])),
        *((127, fault, told) for fault, told in ((0, False), (1, True), ("0", False), ("x", None))),
    ],
)
def test_a_fault_is_a_problem(name, fault, is_problem):
    of = device(name, fault=fault)
    (problem,) = (one for one in capabilities_of(of) if one.kind is Kind.PROBLEM)
    assert problem.read(of.params) is is_problem
