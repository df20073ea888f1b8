"""What params prove of a device whose number nobody knows: never by one key that others use, too."""

from dataclasses import replace

from fixture_devices import after, capability, keys, read, write
import pytest

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.model import DeviceKind
from custom_components.ewelink.coolkit.devices.proofs import learn
from custom_components.ewelink.coolkit.devices.shapes import BY_NUMBER, NOTHING, Shape
from custom_components.ewelink.coolkit.devices.states import LightCommand, LightMode
from custom_components.ewelink.coolkit.devices.table import TABLE
from custom_components.ewelink.coolkit.devices.uiid import (
    MODELS,
    capabilities_of,
    is_left_out,
    recalled_shape,
    repertoire_of,
    shape_of,
)

ON = {"switch": "on"}
SENSOR = {"battery": 90, "trigTime": "1767225600000"}
OUTLETS = [{"outlet": outlet, "switch": "on"} for outlet in range(4)]
SHAPES = {
    "relay": {**ON, "startup": "off"},
    "relay_as_bool": {"switch": True, "startup": "off"},
    "relays": {"switches": OUTLETS[:2]},
    "flags": {"switch_00": True, "switch_01": False},
    "dimmer": {**ON, "brightness": 40},
    "dimmer_bright": {**ON, "bright": 40},
    "strip": {**ON, "bright": 40, "colorR": 255, "colorG": 0, "colorB": 0, "light_type": 1, "mode": 1},
    "white": {**ON, "ltype": "white", "white": {"br": 40, "ct": 120}},
    "color": {**ON, "ltype": "color", "color": {"br": 40, "r": 255, "g": 0, "b": 0}},
    "white_dimmer": {**ON, "brightness": 40, "colorTemp": 30},
    "hue": {**ON, "colorMode": "rgb", "rgbBrightness": 40, "hue": 0, "saturation": 100},
    "channel": {"state": "on", "channel0": "120"},
    "white_channels": {"state": "on", "channel0": "120", "channel1": "0", "type": "cold"},
    "color_channels": {"state": "on", **{f"channel{n}": "0" for n in range(5)}, "zyx_mode": 2},
    "climate": {"temperature": "2210", "humidity": "4550", **SENSOR},
    "door": {"lock": 1, **SENSOR},
    "motion": {"motion": 1, **SENSOR},
    "presence": {"human": 1, "subDevRssi": -50},
    "leak": {"water": 1, **SENSOR},
    "smoke": {"smoke": 1, **SENSOR},
    "meter": {**ON, "startup": "off", "power": "12.78", "voltage": "230.10", "current": "0.06"},
}
MAIN = {
    "relay": {"relay"},
    "relay_as_bool": {"relay"},
    "relays": {"relay_0", "relay_1"},
    "flags": {"relay_0", "relay_1"},
    "climate": {"temperature", "humidity"},
    "door": {"opening"},
    "motion": {"motion"},
    "presence": {"occupancy"},
    "leak": {"moisture"},
    "smoke": {"smoke"},
    "meter": {"relay", "power", "voltage", "current", "energy_estimated"},
}
BESIDE = {"battery", "battery_voltage", "signal_strength", "startup", "led", "support"}
# What a name alone says, of these kinds, is no proof against what params show.
NAMED = sorted(uiid for uiid, entry in TABLE.items() if entry.named)
LOST = (None, 0, -7, "", "x", [], 9001, "9001")


def of(params, uiid=None, **further):
    return device_from_entry({"deviceid": "1", "uiid": uiid, "params": params, **further})


def main_keys(device):
    return keys(device) - BESIDE


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_says_what_a_device_is(name):
    for uiid in LOST:
        assert main_keys(of(SHAPES[name], uiid)) == MAIN.get(name, {"light"}), uiid


@pytest.mark.parametrize("name", SHAPES)
def test_a_number_of_which_only_a_name_is_known_hides_no_shape(name):
    expected = MAIN.get(name, {"light"})
    for uiid in NAMED:
        shown = main_keys(of(SHAPES[name], uiid))
        if TABLE[uiid].kind is DeviceKind.LIGHT and "relay" in expected:
            # What is called a light and is turned on and off is one.
            assert shown == expected - {"relay"} | {"light"}, uiid
        else:
            assert shown == expected, uiid


@pytest.mark.parametrize("name", ["dimmer", "strip", "white", "hue", "climate", "door", "motion", "relays"])
def test_a_number_whose_params_are_all_missing_hides_no_shape(name):
    params = SHAPES[name]
    hidden = set()
    for uiid, row in MODELS.items():
        device = of(params, uiid)
        if shape_of(device) is BY_NUMBER:
            # Some of its own params are told: the number counts.
            assert params.keys() & {key for one in row.capabilities for key in one.params}, uiid
            assert repertoire_of(device) is repertoire_of(of({}, uiid).with_shape(BY_NUMBER))
            hidden.add(uiid)
        else:
            assert main_keys(device) == MAIN.get(name, {"light"}), uiid
    assert 0 < len(hidden) < len(MODELS)


def test_what_an_ihost_brings_back_is_nothing():
    for uiid in range(20001, 20009):
        for params in SHAPES.values():
            assert keys(of(params, uiid)) == set()
            assert is_left_out(of(params, str(uiid)))
    assert not is_left_out(of(SHAPES["relay"]))


def test_a_number_alone_is_what_it_was():
    # Nothing is told yet: what comes with the first frame is known already.
    for uiid in MODELS:
        assert repertoire_of(of({}, uiid)) is repertoire_of(of({}, uiid).with_shape(BY_NUMBER))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        # one key that others use, too, proves nothing
        ({"lock": 1}, set()),
        ({"lock": 1, "sledOnline": "on", **SENSOR}, set()),
        ({"lock": 0, "switches": OUTLETS[:2]}, {"relay_0", "relay_1", "interlock"}),
        ({"water": 1}, set()),
        ({"water": 1, "switch": "on", "state": 2, **SENSOR}, {"relay"}),
        ({"motion": 1}, set()),
        ({"motion": "moving", **SENSOR}, set()),
        ({"temperature": 22}, set()),
        ({"humidity": 55}, set()),
        ({"light": 4}, set()),
        ({"power": 5}, set()),
        ({"power": "on", "voltage": 230}, set()),
        ({"brightness": 40}, set()),
        ({"brightness": {"a": 1}, "switch": "on"}, {"relay"}),
        ({"colorR": 1, "colorG": 2, "colorB": 3, "switch": "on"}, {"relay"}),
        ({"ltype": "white", "switch": "on"}, {"relay"}),
        ({"switch_00": True}, set()),
        ({"switch_00": "on", "switch_01": "off"}, set()),
        # the weather, a target, tenths
        ({"temperature": 11.1, "tempRange": "6,12", "weather": 18, "cpuInfo": {}}, set()),
        ({"temperature": "205", "curTargetTemp": "195", **SENSOR}, set()),
        ({"temperature": 20, "wind_speed": 2, "power": "on"}, set()),
        # what moves something is no switch, whatever it tells beside
        ({"switch": "on", "setclose": 20}, set()),
        ({"switch": "pause"}, set()),
        ({"op": 3, "per": 0, "switch": "off", "switches": OUTLETS[:1], "pulse": "on"}, set()),
        ({"switches": OUTLETS, "doorsensors": []}, set()),
        ({"fan": "off", "light": "on", "switches": OUTLETS}, set()),
        ({"switches": OUTLETS[:2], "workMode": 2, "motorTurn": 0}, set()),
        ({"switches": OUTLETS[:2], "workMode": 1, "motorTurn": 0}, {"relay_0", "relay_1"}),
        # a door that wakes up to report, and a switch with a battery
        ({"switch": "on", "battery": 80, "type": 3, "actionTime": "2026-01-01T00:00:00.000Z"}, {"opening"}),
        ({"switch": "on", "battery": 80, "type": 3}, {"relay"}),
        ({"switch": "on", "battery": 80, "actionTime": "2026-01-01T00:00:00.000Z"}, {"relay"}),
        # a second channel may be a tone
        ({"state": "on", "channel0": "120", "channel1": "7"}, {"light"}),
        ({"state": 2, "channel0": "120"}, set()),
        # several facts of one device
        ({**ON, "currentTemperature": "21.5", "currentHumidity": "45"}, {"relay", "temperature", "humidity"}),
        ({"dusty": 2, "light": 4, "noise": 3}, {"dust_level", "illumination_level", "noise_level"}),
    ],
)
def test_both_signs_are_needed(params, expected):
    assert main_keys(of(params)) == expected


@pytest.mark.parametrize(
    ("uiid", "params", "expected"),
    [
        # the number says what it is, whatever somebody's experiments have left
        (
            67,
            {"op": 3, "per": 0, "statu": 6, "switch": "off", "switches": OUTLETS[:1], "pulse": "on"},
            {"cover"},
        ),
        (24, {**ON, "brightness": 40}, {"relay"}),
        (1, {**ON, "brightness": 40, "colorTemp": 3}, {"relay"}),
        (34, {"switches": OUTLETS, "configure": []}, {"fan", "light"}),
        (17, {"fan": "on", "speed": "slow"}, {"fan"}),
        (236, {"switches": OUTLETS, "configure": []}, {"cover_0", "cover_1"}),
        (
            195,
            {"temperature": 11.1, "tempRange": "6,12", "subDevices": []},
            {"outdoor_temperature", "restart"},
        ),
        (7017, {"temperature": 205, "curTargetTemp": 195, **SENSOR}, {"climate", "temperature"}),
        (127, {**ON, "temperature": 35.8, "targetTemp": 38}, {"climate", "temperature"}),
        (
            19,
            {**ON, "state": 2, "water": 1, "temperature": 22, "humidity": 45},
            {"mist", "water_tank", "temperature", "humidity"},
        ),
        (35, ON, set()),
        (35, {**ON, "pulse": "off", "pulseWidth": 500}, {"relay", "inching", "inching_duration"}),
        (28, {**ON, "brightness": 40}, {"light"}),
        (2026, {"lock": 1, **SENSOR}, {"opening"}),
        (7002, {"lock": 1, **SENSOR}, {"opening"}),
        (7014, {**ON, "brightness": 40}, {"light"}),
        (45, {"temperature": "21.5", "humidity": "40", **SENSOR}, {"temperature", "humidity"}),
        (3026, {"motion": 1, **SENSOR}, {"motion"}),
        (36, {**ON, "brightness": 40}, {"light"}),
        (36, ON, {"light"}),
        (77, ON, {"relay"}),
        # it tells its relay in another form
        (1, {"switches": OUTLETS[:2]}, {"relay"}),
        (1257, {"switches": OUTLETS[:2]}, {"relay_0", "relay_1"}),
        (
            133,
            {"switches": OUTLETS, "temperature": 15, "tempCorrection": 1, "humidity": 50, "HMI_weather": 4},
            {"relay_0", "relay_1", "temperature", "temperature_correction"},
        ),
    ],
)
def test_a_number_that_is_right_counts(uiid, params, expected):
    assert main_keys(of(params, uiid)) == expected


def test_a_light_that_is_left_to_its_number_is_dimmed_by_its_own_param():
    device = of({**ON, "brightness": 40}, 36)
    assert write(device, "light", LightCommand(on=True, brightness=0.5)) == [
        {"switch": "on", "brightness": 50}
    ]


# Scales


def climate(params, known=NOTHING):
    device = of({**params, **SENSOR})
    device = device.with_shape(learn(device.params, known))
    return tuple(read(device, key) if key in keys(device) else "none" for key in ("temperature", "humidity"))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"temperature": "2210", "humidity": "4550"}, (22.1, 45.5)),
        ({"temperature": 2210, "humidity": 4550}, (22.1, 45.5)),
        ({"temperature": "-810", "humidity": "10000"}, (-8.1, 100.0)),
        ({"temperature": "22.1", "humidity": "45.5"}, (22.1, 45.5)),
        ({"temperature": 22.1, "humidity": 45}, (22.1, 45.0)),
        ({"temperature": 22, "humidity": 45}, (22.0, 45.0)),
        ({"temperature": "22"}, (22.0, "none")),
        ({"temperature": 2210}, (22.1, "none")),
        # by the neighbour
        ({"temperature": "50", "humidity": "4550"}, (0.5, 45.5)),
        ({"temperature": "0", "humidity": "4550"}, (0.0, 45.5)),
        ({"temperature": 2210, "humidity": 45}, (22.1, 45.0)),
        ({"temperature": "22.0", "humidity": "4"}, (22.0, 4.0)),
        ({"temperature": "50", "temperatureF": "33"}, (0.5, "none")),
        ({"temperature": "72", "temperatureF": "162"}, (72.0, "none")),
        ({"temperature": "95", "tempComfortLower": "1900"}, (0.95, "none")),
        ({"temperature": "95", "tempComfortUpper": 27}, (95.0, "none")),
        # nothing tells: better none than one that is a hundred times too large
        ({"temperature": "95"}, (None, "none")),
        ({"temperature": 0, "humidity": 0}, (0.0, 0.0)),
        ({"temperature": "unavailable", "humidity": "unavailable"}, (None, None)),
        ({"currentTemperature": "unavailable", "currentHumidity": "45.0"}, (None, 45.0)),
        # a correction is added where all known devices ask for it
        ({"temperature": "2210", "tempCorrection": "-1.5"}, (20.6, "none")),
        ({"temperature": "22.1", "tempCorrection": "-1.5"}, (22.1, "none")),
    ],
)
def test_the_scale_of_the_air(params, expected):
    assert climate(params) == expected


@pytest.mark.parametrize(
    ("uiid", "expected"), [(7014, 19.1), (242, 19.1), (7038, 19.1), (266, 19.3), (7033, 22.3)]
)
def test_numbers_say_if_a_correction_counts(uiid, expected):
    plain = uiid in (266, 7033)
    device = of({"temperature": "22.3" if plain else "2210", "tempCorrection": "-3", **SENSOR}, uiid)
    assert read(device, "temperature") == expected


def test_a_scale_that_is_proven_does_not_flip_with_a_frame():
    frames = ["2210", "150", "95", "22", "0", "-40", "2209"]
    shape, seen = NOTHING, []
    for value in frames:
        params = {"temperature": value, **SENSOR}
        shape = learn(params, shape)
        seen.append(read(of(params).with_shape(shape), "temperature"))
    assert seen == [22.1, 1.5, 0.95, 0.22, 0.0, -0.4, 22.09]


def test_a_glitch_changes_no_scale_but_another_firmware_does():
    shape = learn({"temperature": "22.1", "humidity": "45.0", **SENSOR})
    glitch = {"temperature": "850", "humidity": "45.0", **SENSOR}
    shape = learn(glitch, shape)
    assert read(of(glitch).with_shape(shape), "temperature") is None
    fine = {"temperature": "22", "humidity": "45", **SENSOR}
    shape = learn(fine, shape)
    assert read(of(fine).with_shape(shape), "temperature") == 22.0
    for value in ("2210", "2211"):
        newer = {"temperature": value, "humidity": "4510", **SENSOR}
        shape = learn(newer, shape)
    assert read(of(newer).with_shape(shape), "temperature") == 22.11


def test_what_was_only_likely_gives_way_to_proof():
    shape = learn({"temperature": "50", **SENSOR})
    assert read(of({"temperature": "50", **SENSOR}).with_shape(shape), "temperature") == 50.0
    shape = learn({"temperature": "160", **SENSOR}, shape)
    assert read(of({"temperature": "50", **SENSOR}).with_shape(shape), "temperature") == 0.5


METER = ("power", "voltage", "current")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"power": "12.78", "voltage": "230.10", "current": "0.06"}, (12.78, 230.1, 0.06)),
        ({"power": 1278, "voltage": 23010, "current": 6}, (12.78, 230.1, 0.06)),
        ({"power": 1278, "voltage": 11930, "current": 6}, (12.78, 119.3, 0.06)),
        ({"power": 1278, "voltage": 230, "current": 6}, (1278.0, 230.0, 6.0)),
        ({"power": 0, "voltage": 0, "current": 0}, (0.0, 0.0, 0.0)),
        ({"power": 1278, "voltage": 0, "current": 0}, (None, 0.0, 0.0)),
        ({"power": 1278, "voltage": 0, "current": 0, "vUpRangeMax": 27700}, (12.78, 0.0, 0.0)),
        ({"power": 203541.0, "voltage": 23012, "current": 884}, (2035.41, 230.12, 8.84)),
    ],
)
def test_the_scale_of_a_meter(params, expected):
    device = of({**ON, **params})
    assert tuple(read(device, key) for key in METER) == pytest.approx(expected)


def test_counters_are_shown_where_their_scale_is_proven_only():
    counters = {"dayKwh": 182, "monthKwh": 4079}
    device = of({**ON, "power": 1278, "voltage": 23010, "current": 6, **counters})
    assert (read(device, "energy_today"), read(device, "energy_month")) == (1.82, 40.79)
    for voltage in ("230.1", 230, 0):
        device = of({**ON, "power": 0, "voltage": voltage, "current": 0, **counters})
        assert not {"energy_today", "energy_month"} & keys(device)


def test_channels_have_meters_of_their_own():
    readings = {f"{name}_0{n}": 100 * (n + 1) for n in (0, 1) for name in ("actPow", "current")}
    device = of({"switches": OUTLETS[:2], **readings, "voltage_00": 23010, "voltage_01": 23010})
    assert read(device, "power_1") == 2.0
    assert read(device, "voltage_0") == 230.1
    alone = of({"switches": OUTLETS[:1], "actPow_00": 100, "voltage_00": 23010})
    assert (capability(alone, "power_0").outlet, read(alone, "power_0")) == (None, 1.0)


@pytest.mark.parametrize(
    ("battery", "uiid", "expected"),
    [
        (87, None, {"battery": 87}),
        ("87", None, {"battery": 87}),
        (2.97, None, {"battery_voltage": 2.97}),
        ("2.93", None, {"battery_voltage": 2.93}),
        (40, 1514, {"battery": 80}),
        (127, None, {"battery": None}),
    ],
)
def test_the_unit_of_a_battery(battery, uiid, expected):
    device = of({"battery": battery}, uiid)
    assert {key: read(device, key) for key in keys(device) - {"support"}} == expected


# What was proven once


def test_whatever_order_the_params_come_in_the_device_is_the_same():
    for params in SHAPES.values():
        everything = learn(params)
        for order in (list(params), list(reversed(params))):
            shape, told = NOTHING, {}
            for key in order:
                told[key] = params[key]
                shape = learn(told, shape)
            assert replace(shape, signs=everything.signs) == everything
            assert shape.signs >= everything.signs
            device = of(params)
            assert keys(device.with_shape(shape)) == keys(device)


@pytest.mark.parametrize("name", SHAPES)
def test_a_list_that_leaves_params_out_takes_nothing_away(name):
    device = of(SHAPES[name])
    device = device.with_shape(learn(device.params))
    for part in ({}, {"switch": "on"}, {"battery": 3}, {"switches": OUTLETS[:1]}):
        told = replace(device, params=part)
        later = told.with_shape(learn(part, device.shape))
        held, put_away = repertoire_of(later).settle(part, keys(device))
        assert (put_away, keys(device) - held.keys()) == (set(), set())


def test_nothing_new_is_the_same_shape():
    for params in SHAPES.values():
        shape = learn(params)
        assert learn(params, shape) is shape
        assert learn({}, shape) is shape


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("rubbish", [None, [], {}, "rubbish", 1e400, "NaN", [{"outlet": 0, "switch": []}]])
def test_what_was_proven_is_read_whatever_comes(name, rubbish):
    shape = learn(SHAPES[name])
    device = of(dict.fromkeys(SHAPES[name], rubbish)).with_shape(shape)
    for one in repertoire_of(device).capabilities:
        one.read(device.params)
    assert learn(device.params, shape) is shape


def test_outlets_are_never_fewer():
    shape = learn({"switches": OUTLETS})
    for some in ([], OUTLETS[:1], OUTLETS[3:], "rubbish", [None, {}, {"outlet": 99, "switch": "on"}]):
        assert learn({"switches": some}, shape) is shape
    assert learn({"switches": [{"outlet": 5, "switch": "on"}]}, shape).outlets == (0, 1, 2, 3, 5)


def test_the_form_of_relays_is_decided_once():
    listed = learn({"switches": OUTLETS[:2]})
    polluted = {**ON, "switches": OUTLETS[:2]}
    assert keys(of(polluted).with_shape(learn(polluted, listed))) == {"relay_0", "relay_1"}
    one = learn(ON)
    both = {**ON, "switches": OUTLETS[:2], "pulse": "off"}
    assert "relay" in keys(of(both).with_shape(learn(both, one)))
    assert learn({**ON, "switches": OUTLETS[:2], "configure": []}).outlets == (0, 1)
    assert learn(both).outlets == ()


def test_a_number_that_was_right_once_is_not_doubted():
    device = of({"switches": OUTLETS[:2]}, 1257)
    assert shape_of(device) is not BY_NUMBER
    assert shape_of(device, BY_NUMBER) is BY_NUMBER
    assert shape_of(of({"brightness": 5, "switches": OUTLETS[:2]}, 1257), shape_of(device)) is BY_NUMBER


def test_a_shape_can_be_stored():
    for params in SHAPES.values():
        shape = learn(params)
        assert shape.tells
        assert Shape.from_dict(shape.as_dict()) == shape
    assert Shape.from_dict({}) == NOTHING
    odd = {"relays": "x", "outlets": ["a", 1], "lamp": 5, "signs": ["nobody knows", "motion"]}
    assert Shape.from_dict(odd).outlets == (1,)


@pytest.mark.parametrize(
    ("uiid", "registered", "expected"),
    [
        (9001, {"relay_0", "relay_3", "startup_0"}, (0, 3)),
        (9001, {"relay", "led"}, None),
        (None, set(), None),
        (1, {"relay", "led"}, BY_NUMBER),
        (1, {"led", "signal_strength", "last_seen"}, None),
        (2, {"relay_1"}, BY_NUMBER),
    ],
)
def test_the_registry_recalls_a_shape(uiid, registered, expected):
    shape = recalled_shape(uiid, registered)
    if isinstance(expected, tuple):
        assert shape.outlets == expected
    else:
        assert shape is expected


# Commands of lights that have no row


@pytest.mark.parametrize(
    ("name", "command", "expected"),
    [
        ("dimmer", LightCommand(on=True, brightness=0.3), [{"switch": "on", "brightness": 30}]),
        ("dimmer", LightCommand(on=True), [{"switch": "on"}]),
        ("dimmer", LightCommand(on=False), [{"switch": "off"}]),
        (
            "white_dimmer",
            LightCommand(on=True, brightness=0.3, kelvin=6500),
            [{"switch": "on", "colorTemp": 100, "brightness": 30}],
        ),
        (
            "hue",
            LightCommand(on=True, rgb=(0, 0, 255), brightness=0.5),
            [{"switch": "on", "colorMode": "rgb", "hue": 240, "saturation": 100, "rgbBrightness": 50}],
        ),
        (
            "hue",
            LightCommand(on=True, kelvin=2700, brightness=0.5),
            [{"switch": "on", "colorMode": "cct", "colorTemp": 0, "cctBrightness": 50}],
        ),
        ("hue", LightCommand(on=True, brightness=0.5), [{"switch": "on", "rgbBrightness": 50}]),
        ("hue", LightCommand(on=True), [{"switch": "on"}]),
        ("white", LightCommand(on=True, kelvin=2700), [{"ltype": "white", "white": {"br": 40, "ct": 0}}]),
    ],
)
def test_a_light_by_shape_is_told_in_one_frame(name, command, expected):
    assert write(of(SHAPES[name]), "light", command) == expected


STRIP = {**ON, "mode": 1, "bright": 46, "colorR": 255, "colorG": 0, "colorB": 0, "colorTemp": 30}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            LightCommand(on=True, brightness=0.3),
            {"mode": 1, "bright": 30, "colorR": 255, "colorG": 0, "colorB": 0},
        ),
        (
            LightCommand(on=True, rgb=(0, 255, 0)),
            {"mode": 1, "bright": 46, "colorR": 0, "colorG": 255, "colorB": 0},
        ),
        (LightCommand(on=True, kelvin=6500), {"mode": 2, "bright": 46, "colorTemp": 0}),
        (LightCommand(on=True, kelvin=2700, brightness=1.0), {"mode": 2, "bright": 100, "colorTemp": 100}),
        (LightCommand(on=True), {"switch": "on"}),
    ],
)
def test_a_strip_with_modes(command, expected):
    assert write(of(STRIP), "light", command) == [expected]
    shown = after(of(STRIP), "light", command)
    assert shown.mode is (LightMode.RGB if command.kelvin is None else LightMode.COLOR_TEMP)
    if command.kelvin is not None:
        assert shown.kelvin == command.kelvin


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("told", ["on", "off", True, False])
def test_a_lamp_without_levels_is_told_in_the_type_that_it_tells(told, value):
    device = of({"switch": told}, 45)
    sent = value if isinstance(told, bool) else ("off", "on")[value]
    assert write(device, "light", LightCommand(on=value)) == [{"switch": sent}]
    assert after(device, "light", LightCommand(on=value)).on is value


def test_the_same_shape_has_the_same_capabilities():
    for params in SHAPES.values():
        first, second = capabilities_of(of(params)), capabilities_of(of(dict(params)))
        assert all(one is other for one, other in zip(first, second, strict=True))


def test_brightness_beyond_100_shows_a_wider_range():
    device = of({**ON, "brightness": 204})
    assert read(device, "light").brightness == 0.8
    assert write(device, "light", LightCommand(on=True, brightness=1.0)) == [
        {"switch": "on", "brightness": 255}
    ]


def test_the_brightness_of_the_list_is_that_of_the_push():
    listed = of({**ON, "cctBrightness": 70, "colorTemp": 50})
    assert read(listed, "light").brightness == 0.7
    assert read(listed.with_params({"brightness": 20}), "light").brightness == 0.2
