"""Every capability but the lights: its way in, and the messages of its way out."""

from typing import Any

from fixture_devices import (
    COMPOUND,
    FOLDER,
    NAMES,
    REQUESTS,
    after,
    capability,
    commands,
    device,
    keys,
    read,
    write,
)
import pytest
import yaml

from custom_components.ewelink.coolkit.devices.builders import on_off_setting
from custom_components.ewelink.coolkit.devices.capability import (
    AnyCapability,
    ButtonCapability,
    ClimateCapability,
    CoverCapability,
    Kind,
    LightCapability,
    NumberCapability,
    SelectCapability,
)
from custom_components.ewelink.coolkit.devices.params import Params, merge
from custom_components.ewelink.coolkit.devices.states import LightCommand, LightMode
from custom_components.ewelink.coolkit.devices.uiid import MODELS, capabilities_of
from custom_components.ewelink.coolkit.exceptions import UnreadableError
from simulator.catalogue import behaviour_of

RUBBISH = (
    None,
    True,
    -1,
    0,
    1,
    2,
    127,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "on",
    "unavailable",
    "NaN",
    [],
    [None],
    [{}],
    [{"outlet": None}],
    [{"outlet": 0}],
    [{"outlet": 0, "switch": [], "startup": {}, "pulse": 7, "width": "x"}],
    {},
    {"br": "x", "ct": None, "r": []},
    {"switch": {"value": "on"}},
)

# What the families of the table have, one file each.
CASES = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((FOLDER.parent / "capabilities").glob("*.yaml"))
]

READS = [
    (7017, "valve_opening", {"openPercent": "60"}, 60),
    (7017, "valve_opening", {"openPercent": "x"}, None),
    (7017, "valve_closing", {}, 100),
    (7017, "valve_closing", {"closePercent": None}, None),
    *(tuple(row) for cases in CASES for row in cases.get("reads", ())),
    # fixture, key, params, value
    (1, "relay", {}, True),
    (1, "relay", {"switch": "off"}, False),
    (1, "relay", {"switch": True}, True),
    (1, "relay", {"switch": "rubbish"}, None),
    (1, "startup", {}, "stay"),
    (1, "startup", {"startup": "rubbish"}, None),
    (1, "inching", {}, False),
    (1, "inching", {"pulse": "on"}, True),
    (1, "inching_duration", {}, 1.5),
    (1, "inching_duration", {"pulseWidth": "36000000"}, 36000),
    (1, "inching_duration", {"pulseWidth": -1}, None),
    (1, "led", {}, True),
    (1, "led", {"sledOnline": "off"}, False),
    (1, "signal_strength", {}, -58),
    (1, "signal_strength", {"rssi": "-50"}, -50),
    (1, "signal_strength", {"rssi": 31}, None),
    (1, "switch_mode", {}, 2),
    (1, "switch_mode", {"swMode": "3"}, 3),
    (1, "switch_reversed", {}, False),
    (2, "relay_0", {}, True),
    (2, "relay_1", {}, False),
    (2, "relay_1", {"switches": [{"outlet": 1, "switch": "rubbish"}]}, None),
    (2, "startup_0", {}, "on"),
    (2, "startup_1", {}, "off"),
    (2, "startup_1", {"configure": [{"outlet": 1, "startup": 3}]}, None),
    (2, "interlock", {}, False),
    (2, "interlock", {"lock": 1}, True),
    (2, "interlock", {"lock": "1"}, True),
    (2, "interlock", {"lock": 7}, None),
    (2, "interlock", {"lock": None, "locks": [{"enabled": 1, "outlets": [0, 1]}]}, True),
    (2, "interlock", {"lock": None, "locks": [{"enabled": "0", "outlets": ["0", "1"]}]}, False),
    (4, "interlock", {"lock": None, "locks": [{"enabled": 1, "outlets": [0, 1]}]}, None),
    (4, "interlock", {"lock": None, "locks": [{"enabled": 1}]}, None),
    # beside the older form, its groups are its own
    (4, "interlock", {"lock": 0}, False),
    (3, "inching_2", {}, True),
    (3, "inching_duration_2", {}, 2.0),
    (3, "inching_0", {"pulses": [{"outlet": 0, "pulse": "x"}]}, None),
    (141, "inching_duration_3", {}, 7),
    (5, "power", {}, 87.42),
    (32, "power", {}, 12.78),
    (32, "energy_estimated", {}, 12.78),
    (32, "voltage", {}, 230.1),
    (32, "current", {}, 0.06),
    (32, "current", {"current": "unavailable"}, None),
    (77, "relay", {}, True),
    (77, "startup", {}, "stay"),
    (77, "inching_duration", {}, 0.5),
    (182, "power", {}, 1234.5),
    (182, "voltage", {}, 230.0),
    (182, "apparent_power", {}, 1240.1),
    (182, "reactive_power", {}, 12.3),
    (190, "power", {}, 228.21),
    (190, "voltage", {}, 230.1),
    (190, "current", {}, 0.99),
    (190, "energy_today", {}, 1.23),
    (190, "energy_month", {}, 45.67),
    ("190_powct", "energy_today", {}, 22.1),
    ("190_powct", "supply_power", {}, 312.0),
    ("190_powct", "supply_current", {}, 1.36),
    ("190_powct", "supply_energy_today", {}, 2.45),
    ("190_powct", "supply_energy_month", {}, 31.2),
    (126, "power_0", {}, 36.4),
    (126, "power_0", {"actPow_00": "12345"}, 123.45),
    (126, "voltage_1", {}, 230.1),
    (126, "current_0", {}, 0.16),
    (126, "apparent_power_0", {}, 36.46),
    (126, "reactive_power_0", {}, 2.1),
    (126, "led_brightness", {}, 100),
    (126, "led_brightness", {"sledBright": 101}, None),
    (126, "switch_reversed_0", {}, False),
    (126, "switch_reversed_1", {}, True),
    (126, "switch_mode_1", {}, 2),
    (138, "detached_relay", {}, False),
    (138, "detached_relay", {"relaySeparation": 1}, True),
    (15, "temperature", {}, 24.7),
    (15, "temperature", {"currentTemperature": "unavailable"}, None),
    (15, "temperature", {"currentTemperature": "0.0"}, 0.0),
    (15, "temperature", {"currentTemperature": 0, "currentHumidity": 0}, 0),
    (15, "temperature", {"currentTemperature": "-271"}, None),
    (15, "temperature", {"currentTemperature": 280}, None),
    (15, "temperature", {"currentTemperature": "-12.5"}, -12.5),
    (15, "humidity", {}, 51),
    (15, "humidity", {"currentHumidity": "0"}, 0),
    (15, "humidity", {"currentHumidity": "101"}, None),
    (181, "temperature", {}, 12.4),
    (181, "temperature", {"currentTemperature": "0.0"}, 0.0),
    (181, "temperature", {"currentTemperature": "127.5"}, None),
    (181, "humidity", {}, 68.0),
    (181, "inching", {}, False),
    (181, "inching_duration", {}, 2.5),
    (18, "temperature", {}, 22),
    (18, "humidity", {}, 47),
    (18, "illumination_level", {}, 4),
    (18, "noise_level", {}, 2),
    (18, "dust_level", {}, 3),
    (18, "dust_level", {"dusty": 11}, None),
    (18, "noise_level", {"noise": 0}, None),
    (1770, "temperature", {}, 21.05),
    (1770, "temperature", {"temperature": "-550"}, -5.5),
    (1770, "temperature", {"temperature": 0}, 0),
    (1770, "temperature", {"temperature": -32768}, None),
    (1770, "temperature", {"temperature": "65535"}, None),
    (1770, "humidity", {"humidity": "0"}, 0),
    (1770, "battery", {"battery": 0}, 0),
    (1770, "signal_strength", {"subDevRssi": 0}, 0),
    (18, "temperature", {"temperature": 0}, 0),
    (18, "humidity", {"humidity": "0"}, 0),
    (32, "power", {"power": "0.00"}, 0),
    (190, "energy_today", {"dayKwh": 0}, 0),
    (126, "led_brightness", {"sledBright": 0}, 0),
    (1770, "humidity", {}, 48.9),
    (1770, "humidity", {"humidity": 65535}, None),
    (1770, "battery", {}, 88),
    (2026, "battery", {}, None),
    (2026, "battery", {"battery": "76"}, 76),
    (2026, "battery", {"battery": -1}, None),
    (2026, "signal_strength", {}, None),
    (2026, "signal_strength", {"subDevRssi": "-61"}, -61),
    (2026, "motion", {}, True),
    (2026, "motion", {"motion": 0}, False),
    (2026, "motion", {"motion": "rubbish"}, None),
    (3026, "opening", {}, False),
    (3026, "opening", {"lock": 1}, True),
    (3026, "opening", {"lock": []}, None),
    (225, "relay", {}, True),
    (7021, "relay_0", {}, True),
    (7021, "relay_1", {}, False),
    # by the shape of their params
    ("unknown_presence", "occupancy", {}, True),
    ("unknown_presence", "ambient_light", {}, False),
    ("unknown_presence", "illuminance", {}, 143),
    ("unknown_presence", "illuminance", {"illumination": -1}, None),
    ("unknown_leak", "moisture", {}, False),
    ("unknown_smoke", "smoke", {"smoke": 1}, True),
    ("unknown_door", "tamper", {}, False),
    ("unknown_air", "co2", {}, 612),
    ("unknown_air", "pm25", {}, 8),
    ("unknown_air", "pm10", {"pm10": "12"}, 12),
    ("unknown_meter", "energy", {}, 0.13),
    ("unknown_meter", "energy", {"totalPower": -1}, None),
]


@pytest.mark.parametrize(("name", "key", "params", "value"), READS)
def test_read(name, key, params, value):
    assert read(device(name, **params), key) == value


def test_every_kind_is_read_once_good_and_once_bad():
    read_well = {capability(device(name), key).kind for name, key, _, value in READS if value is not None}
    rows = {capability.kind for model in MODELS.values() for capability in model.capabilities}
    rows |= {capability.kind for name in NAMES for capability in capabilities_of(device(name))}
    # Lights and timers have tests of their own; a device has timers once it tells of any.
    timers = {capability.kind for capability in capabilities_of(device("1"))} & {Kind.TIMERS, Kind.NEXT_TIMER}
    assert rows | timers == set(Kind)
    # A history is asked for, and no param.
    assert read_well == set(Kind) - COMPOUND - REQUESTS - {Kind.ENERGY_HISTORY, Kind.TIMERS, Kind.NEXT_TIMER}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_device_sends_makes_reading_or_writing_fail(name):
    good = device(name)
    for one in capabilities_of(good):
        asked = commands(one, good.params)
        values = (
            asked
            if asked is not None
            else one.options
            if isinstance(one, SelectCapability)
            else (one.minimum, one.maximum)
            if isinstance(one, NumberCapability)
            else ()
            if isinstance(one, LightCapability)
            else (None,)
            if isinstance(one, ButtonCapability)
            else (True, False)
        )
        for param in one.params:
            for value in RUBBISH:
                params = {**good.params, param: value}
                one.read(params)
                one.is_present(params)
                capabilities_of(good.with_params({param: value}))
                if one.write is None:
                    continue
                for wanted in values:
                    try:
                        assert one.write(params, wanted)
                    except UnreadableError:
                        assert one.read(params) is None


FOUR = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
ON_0_OF_4 = [{**item, "switch": "on" if item["outlet"] == 0 else "off"} for item in FOUR]
STARTUPS_OF_4 = [{"startup": text, "outlet": n} for n, text in enumerate(("off", "off", "off", "stay"))]
PULSES_OF_4 = [
    {"pulse": "on" if n == 0 else "off", "width": 1000 if n == 0 else 500, "outlet": n} for n in range(4)
]

WRITES = [
    (7017, "valve_opening", {}, 80, [{"openPercent": 80}]),
    (7017, "valve_closing", {}, 90, [{"closePercent": 90}]),
    *(tuple(row) for cases in CASES for row in cases.get("writes", ())),
    # fixture, key, params, value, messages
    (1, "relay", {}, True, [{"switch": "on"}]),
    (1, "relay", {"switch": True}, False, [{"switch": "off"}]),
    (1, "startup", {}, "stay", [{"startup": "stay"}]),
    (1, "inching", {}, True, [{"pulse": "on", "pulseWidth": 1500}]),
    (1, "inching", {"pulseWidth": 700}, True, [{"pulse": "on", "pulseWidth": 700}]),
    (1, "inching", {"pulseWidth": "rubbish"}, True, [{"pulse": "on", "pulseWidth": 500}]),
    (1, "inching", {"pulseWidth": 0}, True, [{"pulse": "on", "pulseWidth": 500}]),
    (1, "inching", {"pulseWidth": 36000000}, True, [{"pulse": "on", "pulseWidth": 36000000}]),
    (1, "inching", {"pulseWidth": 36000000}, False, [{"pulse": "off"}]),
    (1, "inching_duration", {}, 1, [{"pulse": "off", "pulseWidth": 1000}]),
    (14, "inching_duration", {}, 3600, [{"pulse": "on", "pulseWidth": 3600000}]),
    (14, "inching_duration", {}, 0.1, [{"pulse": "on", "pulseWidth": 500}]),
    (14, "inching_duration", {}, 36000, [{"pulse": "on", "pulseWidth": 36000000}]),
    (14, "inching_duration", {}, 99999, [{"pulse": "on", "pulseWidth": 36000000}]),
    (14, "inching_duration", {"pulseWidth": 99999000}, 99999, [{"pulse": "on", "pulseWidth": 99999000}]),
    (14, "inching_duration", {"pulse": 7}, 1, [{"pulse": 7, "pulseWidth": 1000}]),
    (1, "led", {}, False, [{"sledOnline": "off"}]),
    (1, "switch_reversed", {}, True, [{"swCtrlReverse": "on"}]),
    (15, "relay", {}, True, [{"switch": "on", "mainSwitch": "on", "deviceType": "normal"}]),
    (
        15,
        "relay",
        {"deviceType": "temperature"},
        False,
        [{"switch": "off", "mainSwitch": "off", "deviceType": "normal"}],
    ),
    (181, "relay", {}, True, [{"switch": "on"}]),
    (
        181,
        "inching",
        {},
        True,
        [{"pulseConfig": {"pulse": "on", "switch": "on", "pulseWidth": 2500}}],
    ),
    (
        181,
        "inching_duration",
        {"pulseConfig": {"pulse": "on", "switch": "off", "pulseWidth": 500}},
        1,
        [{"pulseConfig": {"pulse": "on", "switch": "off", "pulseWidth": 1000}}],
    ),
    (2, "relay_0", {}, False, [{"switches": [{"outlet": 0, "switch": "off"}]}]),
    (2, "relay_1", {}, True, [{"switches": [{"outlet": 1, "switch": "on"}]}]),
    (77, "relay", {}, True, [{"switches": [{"outlet": 0, "switch": "on"}]}]),
    (182, "relay", {}, False, [{"switches": [{"outlet": 0, "switch": "off"}]}]),
    (190, "relay", {}, True, [{"operSide": 1, "switches": [{"outlet": 0, "switch": "on"}]}]),
    (126, "relay_1", {}, True, [{"switches": [{"outlet": 1, "switch": "on"}]}]),
    # interlock: complete, one on at most
    (
        4,
        "relay_2",
        {},
        True,
        [{"switches": [{**i, "switch": "on" if i["outlet"] == 2 else "off"} for i in FOUR]}],
    ),
    (4, "relay_2", {}, False, [{"switches": ON_0_OF_4}]),
    (
        2,
        "relay_1",
        {"lock": 1},
        True,
        [{"switches": [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "on"}]}],
    ),
    (4, "interlock", {}, False, [{"lock": 0, "configure": STARTUPS_OF_4, "pulses": PULSES_OF_4}]),
    # groups of outlets alone
    (
        4,
        "interlock",
        {"lock": None, "locks": [{"enabled": 1, "outlets": [0, 1, 2, 3], "name": "Doors"}]},
        False,
        [
            {
                "locks": [{"enabled": 0, "outlets": [0, 1, 2, 3], "name": "Doors"}],
                "configure": STARTUPS_OF_4,
                "pulses": PULSES_OF_4,
            }
        ],
    ),
    (
        4,
        "relay_1",
        {"lock": None, "locks": [{"enabled": 1, "outlets": [0, 1]}, {"enabled": 1, "outlets": [2, 3]}]},
        True,
        [{"switches": [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "on"}]}],
    ),
    (
        4,
        "startup_1",
        {},
        "on",
        [
            {
                "configure": [
                    {**item, "startup": "on"} if item["outlet"] == 1 else item for item in STARTUPS_OF_4
                ]
            }
        ],
    ),
    (
        4,
        "inching_0",
        {},
        False,
        [{"pulses": [{**item, "pulse": "off"} if item["outlet"] == 0 else item for item in PULSES_OF_4]}],
    ),
    (
        4,
        "inching_duration_1",
        {},
        2.5,
        [{"pulses": [{**item, "width": 2500} if item["outlet"] == 1 else item for item in PULSES_OF_4]}],
    ),
    # what newer firmware adds to an item stays
    (
        126,
        "startup_0",
        {},
        "stay",
        [
            {
                "configure": [
                    {"startup": "stay", "enableDelay": 0, "width": 500, "outlet": 0},
                    {"startup": "stay", "enableDelay": 0, "width": 500, "outlet": 1},
                ]
            }
        ],
    ),
    (
        126,
        "inching_1",
        {},
        False,
        [
            {
                "pulses": [
                    {"pulse": "off", "switch": "on", "width": 500, "outlet": 0},
                    {"pulse": "off", "switch": "on", "width": 3000, "outlet": 1},
                ]
            }
        ],
    ),
    (126, "led_brightness", {}, 0, [{"sledBright": 0}]),
    (126, "led_brightness", {}, 250, [{"sledBright": 100}]),
    (126, "switch_reversed_0", {}, True, [{"swReverse_00": 1}]),
    (138, "detached_relay", {}, True, [{"relaySeparation": 1}]),
    (1256, "relay", {}, False, [{"switch": "off"}]),
    (
        2256,
        "relay_1",
        {},
        True,
        [{"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "on"}]}],
    ),
    (
        2256,
        "relay_0",
        {},
        False,
        [{"switches": [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "off"}]}],
    ),
    # told in the type in which they tell
    (225, "relay", {}, False, [{"switch": False}]),
    ("unknown_switch", "relay", {}, False, [{"switch": "off"}]),
    (7021, "relay_1", {}, True, [{"switch_01": True}]),
]


@pytest.mark.parametrize(("name", "key", "params", "value", "messages"), WRITES)
def test_write(name, key, params, value, messages):
    assert write(device(name, **params), key, value) == messages


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read(name):
    of = device(name)
    for one in capabilities_of(of):
        if one.write is None or one.kind in COMPOUND or isinstance(one, ButtonCapability):
            continue
        if one.kind is Kind.VALVE and len(one.params) > 1:
            # It is told under another param than it tells.
            continue
        if one.kind is Kind.RELAY and "commands" in one.write(of.params, True)[0]:  # noqa: FBT003
            # A bridged device is told what to do, and tells itself what it has done.
            continue
        if isinstance(one, SelectCapability):
            values = one.options
        elif isinstance(one, NumberCapability):
            steps = round((one.maximum - one.minimum) / one.step)
            few = steps if steps < 500 else 240
            values = [one.minimum + one.step * step for step in (*range(few + 1), steps - 1, steps)]
        else:
            values = (True, False)
        for value in values:
            assert after(of, one.key, value) == pytest.approx(value), one.key


class Recording(dict[str, Any]):
    """Params that remember which of them were looked at, whether they were there or not."""

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        self.seen: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return super().__contains__(key)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_that_nobody_listens_to(name):
    """An entity is told of its params, one that is followed also of what decides; each is missing once."""
    of = device(name)
    row = MODELS.get(of.uiid)
    for one in {*capabilities_of(of), *(row.capabilities if row else ())}:
        followed = isinstance(one, CoverCapability | ClimateCapability)
        told = one.params | one.decided_by if followed else one.params
        for missing in (None, *told):
            params = Recording({key: value for key, value in of.params.items() if key != missing})
            one.read(params)
            assert params.seen <= told, one.key


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (("off", "on"), {"off": False, "on": True, 1: True, "sideways": None}),
        (("on", "off"), {"off": True, "on": False, 0: True, "sideways": None}),
        ((0, 1), {0: False, "1": True, True: True, 2: None}),
        ((1, 0), {0: True, "1": False, 2: None}),
        (("forward", "reverse"), {"forward": False, "reverse": True, "on": None, 1: None, None: None}),
        ((1, 2), {1: False, "2": True, 0: None, "on": None, 2.5: None}),
    ],
)
def test_a_setting_reads_the_values_that_it_writes(values, told):
    setting = on_off_setting(Kind.MOTOR_REVERSED, "way", values=values)
    assert {value: setting.read({"way": value}) for value in told} == told
    for on in (False, True):
        assert setting.read(setting.write({}, on)[0]) is on
    assert setting.read({"way": []}) is None
    assert setting.read({}) is None


@pytest.mark.parametrize("kind", sorted(Kind))
def test_every_kind_that_can_be_written_has_its_messages_here(kind):
    written = {capability(device(name), key).kind for name, key, *_ in WRITES}
    writable = {
        one.kind for model in MODELS.values() for one in model.capabilities if one.write is not None
    } - COMPOUND
    assert (kind in written) == (kind in writable)


def test_keys_name_the_outlet_of_several_only():
    assert {"relay_0", "relay_1"} <= keys(device(2))
    assert "relay" in keys(device(77))
    assert "relay_0" not in keys(device(77))


def wishes(one: AnyCapability, params: Params) -> list[object]:
    """Return values that a capability may be asked for."""
    if (asked := commands(one, params)) is not None:
        return asked
    if isinstance(one, SelectCapability):
        return list(one.options)
    if isinstance(one, NumberCapability):
        return [one.minimum, one.minimum + one.step, one.maximum]
    if isinstance(one, ButtonCapability):
        return [None]
    if not isinstance(one, LightCapability):
        return [True, False]
    wanted = [LightCommand(on=True), LightCommand(on=False)]
    wanted += [LightCommand(on=True, brightness=step / 255) for step in (1, 2, 100, 254, 255)]
    wanted += [LightCommand(on=True, effect=effect) for effect in one.effects]
    if one.kelvin is not None:
        wanted += [
            LightCommand(on=True, kelvin=kelvin) for kelvin in range(one.kelvin[0], one.kelvin[1] + 1, 300)
        ]
    if LightMode.RGB in one.modes:
        wanted += [LightCommand(on=True, rgb=(3, 2, 1), brightness=share) for share in (None, 0.01, 1)]
    return list(wanted)


# Of those, nothing single is told back: what they are told is tested by itself, or leaves no state.
NOT_TOLD_BACK = COMPOUND | REQUESTS | {Kind.TIMERS}


@pytest.mark.parametrize("name", [name for name in NAMES if device(name).uiid in MODELS])
@pytest.mark.parametrize("power", ["on", "off"])
def test_simulated_devices_take_all_that_is_sent_and_tell_it(name, power):
    of = device(name)
    of = of.with_params({key: power for key in ("switch", "state") if isinstance(of.params.get(key), str)})
    behaviour = behaviour_of(of.uiid, of.params)
    for one in capabilities_of(of):
        for value in wishes(one, of.params) if one.write else ():
            state = of.params
            for message in one.write(state, value):
                refusal = behaviour.refuse(state, message)
                hint = f"the simulator refuses it: give {of.uiid} a behaviour in simulator/"
                assert refusal is None, (hint, refusal, one.key, value, message)
                before = state
                stored, _ = behaviour.take(before, message)
                state = merge(before, stored)
                state = merge(state, behaviour.consequences(before, state, message))
            # One of which only the shape of its params is known tells nothing by itself.
            is_told = behaviour.writable is not None and one.kind not in NOT_TOLD_BACK
            if is_told and not isinstance(one, ButtonCapability):
                assert one.read(state) == pytest.approx(value), one.key
