"""How each kind of device behaves: what it takes, what it refuses, what it does by itself."""

import asyncio
import random

import pytest

from simulator import Simulator, sensor_catalogue
from simulator.appliances import APPLIANCES
from simulator.behaviours import Relays
from simulator.catalogue import CATALOGUE, behaviour_of
from simulator.climates import CLIMATES
from simulator.covers import COVERS
from simulator.metered import METERED
from simulator.panels import PANELS
from simulator.params import difference, merge
from simulator.remotes import REMOTES, Remote
from simulator.valves import VALVES
from simulator.zigbee_relays import ZIGBEE_RELAYS
from tests.common import until

MULTI = {
    **{uiid: make().channels for uiid, make in REMOTES.items() if isinstance(make(), Relays)},
    2: 2,
    7: 2,
    139: 2,
    3: 3,
    8: 3,
    140: 3,
    4: 4,
    9: 4,
    141: 4,
    77: 1,
    78: 1,
    138: 1,
    126: 2,
    165: 2,
    182: 1,
    190: 1,
    211: 3,
}
RELAYS = (1, 24, 27, 5, 6, 14, 15, 32, 181, 1009, 1256)
LIGHTS = (16, 22, 33, 36, 44, 57, 59, 103, 104, 135, 136, 277, 1257, 1258, 3258, 7008, 7009)
DOORS = (102, 154)
SENSORS = sorted(sensor_catalogue.SENSORS.keys() - {*DOORS})
PRESSED = sorted(uiid for uiid, make in REMOTES.items() if isinstance(make(), Remote))
BRIDGES = (28, 98)
SCENES_255 = {"bright": {"br": 100, "ct": 255}, "read": {"br": 50, "ct": 0}}


# Those of other makers, valves, panels, gateways and Zigbee relays have files of their own; strips with
# scenes are held against the client, frame by frame; what nobody can command takes nothing.
ELSEWHERE = {
    *(52, 137, 173, 187, 188, 196, 197, 198, 30001, 30004),
    *PANELS,
    *ZIGBEE_RELAYS,
    *(65, 87, 145, 176),
}


@pytest.fixture
async def home():
    async with Simulator(devices=[]) as cloud:
        yield cloud


def make(home, uiid, **params):
    return home.add_device({"deviceid": f"10{uiid:08d}", "uiid": uiid, "params": params})


def test_every_uiid_is_shown_here():
    assert {
        *MULTI,
        *RELAYS,
        *LIGHTS,
        *SENSORS,
        *DOORS,
        *COVERS,
        *APPLIANCES,
        *VALVES,
        *CLIMATES,
        *METERED,
        *ELSEWHERE,
        *PRESSED,
        *BRIDGES,
        66,
        168,
        224,
        225,
    } == CATALOGUE.keys()


@pytest.mark.parametrize("uiid", PRESSED)
async def test_remotes(home, uiid, monkeypatch):
    device = make(home, uiid)
    told = []
    monkeypatch.setattr(home.connections, "report", lambda _, params, **__: _noted(told, params))
    assert device.execute({"key": 0}).error == 400
    await device.press()
    await device.press()
    assert [press["key"] for press in told] == [0, 0]
    assert all(press.keys() <= {"key", "outlet", "trigTime", "actionTime"} for press in told)


async def test_a_touch_switch_says_that_a_hand_has_switched_it(home, monkeypatch):
    device = make(home, 210)
    told = []
    monkeypatch.setattr(home.connections, "report", lambda _, params, **__: _noted(told, params))
    await device.press(1)
    assert [press.keys() for press in told] == [{"switches", "triggerType"}]


def test_a_button_that_sends(home):
    device = make(home, 224)
    assert device.execute({"key": 0}).error == 0
    assert device.execute({"key": 1}).error == 400


@pytest.mark.parametrize("uiid", RELAYS)
def test_relays(home, uiid):
    device = make(home, uiid)
    for state in ("on", "off"):
        assert device.execute({"switch": state}).error == 0
        assert device.params["switch"] == state
    for refused in ({"switch": "up"}, {"switch": True}, {"switches": []}, {}, {"rssi": -1}):
        assert device.execute(refused).error == 400


async def test_a_relay_that_is_a_bool_takes_nothing_else(home):
    device = make(home, 225)
    for state in (True, False):
        assert device.execute({"switch": state}).error == 0
        assert device.params["switch"] is state
    for refused in ({"switch": "on"}, {"switch": 1}, {"restart": False}, {"childLock": "on"}, {"power": 1}):
        assert device.execute(refused).error == 400
    await device.press()
    assert device.params["switch"] is True
    assert device.execute({"restart": True}).stored == {}
    assert device.params["switch"] is True
    assert device.execute({"forceShutdown": True}).caused == {"switch": False}
    assert device.params["switch"] is False


@pytest.mark.parametrize("uiid", [1, 6, 14, 5, 32, 15])
def test_settings_of_relays(home, uiid):
    device = make(home, uiid)
    for sent in (
        {"startup": "stay"},
        {"sledOnline": "off"},
        {"pulse": "on", "pulseWidth": 1000},
        {"pulse": "off"},
    ):
        outcome = device.execute(sent)
        assert (outcome.error, outcome.remarks) == (0, [])
        assert sent.items() <= device.params.items()
    for refused in (
        {"pulse": "on"},
        {"pulse": "on", "pulseWidth": 750},
        {"pulse": "on", "pulseWidth": 400},
        {"pulse": "on", "pulseWidth": 36_000_500},
        {"pulse": "on", "pulseWidth": "1000"},
        {"startup": "last"},
        {"power": "1.00"},
    ):
        assert device.execute(refused).error == 400


@pytest.mark.parametrize(("uiid", "channels"), MULTI.items())
def test_multi_channel(home, uiid, channels):
    device = make(home, uiid)
    last = channels - 1
    outcome = device.execute({"switches": [{"outlet": last, "switch": "on"}]})
    assert (outcome.error, outcome.remarks) == (0, [])
    assert len(device.params["switches"]) == 4
    assert device.params["switches"][last]["switch"] == "on"
    every = [{"outlet": outlet, "startup": "stay"} for outlet in range(channels)]
    assert device.execute({"configure": every}).remarks == []
    pulses = [{"outlet": outlet, "pulse": "on", "width": 1500} for outlet in range(channels)]
    assert device.execute({"pulses": pulses}).remarks == []
    assert device.params["pulses"][last]["width"] == 1500
    for refused in (
        {"switch": "on"},
        {"switches": []},
        {"switches": [{"outlet": 4, "switch": "on"}]},
        {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 0, "switch": "off"}]},
        {"switches": [{"outlet": 0}]},
        {"switches": {"outlet": 0, "switch": "on"}},
        {"pulses": [{"outlet": 0, "pulse": "on", "width": 700}]},
        {"pulses": [{"outlet": 0, "pulse": "on"}]},
        {"configure": [{"outlet": 0, "startup": "x"}]},
    ):
        assert device.execute(refused).error == 400


def test_what_a_client_should_not_send(home):
    device = make(home, 2)
    assert device.execute({"switches": [{"outlet": 3, "switch": "on"}]}).remarks == [
        "an outlet that the device does not have"
    ]
    assert device.execute({"configure": [{"outlet": 0, "startup": "on"}]}).remarks == [
        "configure is not the complete list"
    ]
    device.execute({"lock": 1})
    assert device.execute({"switches": [{"outlet": 0, "switch": "on"}]}).remarks == [
        "not every outlet while lock is 1"
    ]
    both = [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "on"}]
    assert device.execute({"switches": both}).remarks == ["two outlets on while lock is 1"]


def test_interlock(home):
    device = make(home, 4)
    device.execute({"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 2, "switch": "on"}]})
    outcome = device.execute({"lock": 1})
    assert outcome.caused == {"switches": [{"outlet": 2, "switch": "off"}]}
    outcome = device.execute({"switches": [{"outlet": 3, "switch": "on"}]})
    assert outcome.caused == {"switches": [{"outlet": 0, "switch": "off"}]}
    assert [item["switch"] for item in device.params["switches"]] == ["off", "off", "off", "on"]


def test_interlock_in_groups(home):
    locks = [{"enabled": 1, "outlets": [0, 1]}, {"enabled": 0, "outlets": [2, 3]}]
    device = make(home, 4, locks=locks)
    assert "lock" not in device.params
    every = [{"outlet": outlet, "switch": "on"} for outlet in range(4)]
    outcome = device.execute({"switches": every})
    assert outcome.remarks == ["two outlets on while lock is 1"]
    assert outcome.caused == {"switches": [{"outlet": 1, "switch": "off"}]}
    assert device.execute({"locks": [{"enabled": 2, "outlets": [0]}]}).error == 400
    assert device.execute({"locks": [{"enabled": 1, "outlets": [0, 1, 2, 3]}]}).error == 0
    assert [item["switch"] for item in device.params["switches"]] == ["on", "off", "off", "off"]


def test_what_a_device_has_it_takes_back(home):
    odd = {"outlet": 1, "pulse": "off", "width": 36_000_000, "sort": "new"}
    pulses = [{"outlet": 0, "pulse": "on", "width": 700}, odd, {"scene": 7}]
    device = make(home, 2, pulses=pulses)
    assert device.execute({"pulses": [{**pulses[0], "pulse": "off"}, odd, {"scene": 7}]}).error == 0
    assert device.params["pulses"] == [{"outlet": 0, "pulse": "off", "width": 700}, odd, {"scene": 7}]
    for refused in ({**odd, "width": 36_000_500}, {**odd, "sort": "old"}, {"outlet": 1, "pulse": "on"}):
        assert device.execute({"pulses": [refused]}).error == 400
    plug = make(home, 1, pulseWidth=750)
    assert plug.execute({"pulse": "on", "pulseWidth": 750}).error == 0
    assert plug.execute({"pulse": "on", "pulseWidth": 250}).error == 400


async def test_the_wall_switch_keeps_the_interlock(home):
    device = make(home, 2, lock=1)
    await device.press(0)
    await device.press(1)
    assert [item["switch"] for item in device.params["switches"][:2]] == ["off", "on"]
    await device.press(3)
    assert device.params["switches"][3]["switch"] == "off"


@pytest.mark.parametrize(
    ("uiid", "inching", "on"),
    [
        (1, {"pulse": "on", "pulseWidth": 500}, {"switch": "on"}),
        (181, {"pulseConfig": {"pulse": "on", "switch": "on", "pulseWidth": 500}}, {"switch": "on"}),
        (
            77,
            {"pulses": [{"outlet": 0, "pulse": "on", "width": 500}]},
            {"switches": [{"outlet": 0, "switch": "on"}]},
        ),
        # Detached is the switch on the wall alone.
        (
            138,
            {"pulses": [{"outlet": 0, "pulse": "on", "width": 500}], "relaySeparation": 1},
            {"switches": [{"outlet": 0, "switch": "on"}]},
        ),
    ],
)
async def test_inching_falls_back(home, monkeypatch, uiid, inching, on):
    device = make(home, uiid)
    # The width is what the device is told; the test shortens the second it takes.
    loop = asyncio.get_running_loop()
    call_later, widths = loop.call_later, []

    def shortened(delay, callback, *args, **options):
        if getattr(callback, "__name__", "") != "_fall_back":
            return call_later(delay, callback, *args, **options)
        widths.append(delay)
        return call_later(0.01, callback, *args, **options)

    monkeypatch.setattr(loop, "call_later", shortened)
    assert device.execute(inching).error == 0
    assert device.execute(on).error == 0
    assert device.behaviour.relays(device.params)[0] == "on"
    await asyncio.sleep(0.03)
    assert device.behaviour.relays(device.params)[0] == "off"
    assert widths == [0.5]


async def test_inching_is_called_off(home):
    device = make(home, 1, pulse="on", pulseWidth=3_600_000)
    device.execute({"switch": "on"})
    assert len(device._fall_backs) == 1
    device.execute({"switch": "off"})
    assert not device._fall_backs
    device.execute({"switch": "on"})
    home.remove_device(device.deviceid)
    assert not device._fall_backs


@pytest.mark.parametrize(
    ("uiid", "on", "key", "reading"),
    [
        (5, {"switch": "on"}, "power", "42.50"),
        (32, {"switch": "on"}, "power", "42.50"),
        (182, {"switches": [{"outlet": 0, "switch": "on"}]}, "power", "42.50"),
        (190, {"switches": [{"outlet": 0, "switch": "on"}], "operSide": 1}, "power", 4250),
        (126, {"switches": [{"outlet": 1, "switch": "on"}]}, "actPow_01", 4250),
    ],
)
async def test_power_follows_the_switch(home, uiid, on, key, reading):
    device = make(home, uiid)
    outcome = device.execute(on)
    assert outcome.caused[key] == device.params[key] == reading
    assert "operSide" not in device.params
    await device.tick()
    assert 0.97 <= float(device.params[key]) / float(reading) <= 1.03
    await device.press(1 if uiid == 126 else 0)
    assert float(device.params[key]) == 0


@pytest.mark.parametrize("uiid", [5, 32, 126, 182, 190])
@pytest.mark.parametrize("off", ["reports", "silent", "repeats"])
@pytest.mark.parametrize("by_hand", [True, False])
async def test_what_a_meter_tells_when_its_relay_goes_off(home, monkeypatch, uiid, off, by_hand):
    device = make(home, uiid)
    if "switches" in device.params:
        on, power = {"switches": [{"outlet": 0, "switch": "on"}]}, ("power", "actPow_00")[uiid == 126]
    else:
        on, power = {"switch": "on"}, "power"
    device.execute(on)
    load = device.params[power]
    assert float(load) > 0
    device.meter_off = off
    reports = []
    monkeypatch.setattr(home.connections, "report", lambda _, params, **__: _noted(reports, params))

    if by_hand:
        await device.press()
    else:
        off_now = {"switch": "off"} if "switch" in on else {"switches": [{"outlet": 0, "switch": "off"}]}
        assert (await home.commands.command(device, off_now, "update"))["error"] == 0

    told = [params[power] for params in reports if power in params]
    assert [float(watts) for watts in told] == {"reports": [0], "silent": [], "repeats": [float(load)]}[off]
    assert (float(device.params[power]) == 0) == (off == "reports")
    # Nor does it say more as time goes by.
    reports.clear()
    await device.tick()
    assert not any(power in params for params in reports)


async def _noted(reports, params):
    reports.append(params)


async def test_a_meter_starts_with_the_load_it_comes_with(home):
    device = make(home, 190, power=181250)
    device.execute({"switches": [{"outlet": 0, "switch": "on"}]})
    assert device.params["power"] == 181250


@pytest.mark.parametrize(
    ("uiid", "asked"), [(32, {"uiActive": 60}), (126, {"uiActive": {"all": 1, "time": 60}})]
)
def test_live_values_on_request(home, uiid, asked):
    device = make(home, uiid, power="1.00", actPow_00=5)
    outcome = device.execute(asked)
    assert outcome.stored == {}
    assert outcome.caused == ({"power": "0.00"} if uiid == 32 else {"actPow_00": 0})


async def test_counters_grow_with_power_and_time(home):
    now = 1_767_225_600.0
    home.core.clock = lambda: now
    device = make(home, 190, power=181250, dayKwh=5, monthKwh=2345, switches=[{"outlet": 0, "switch": "on"}])
    # 1812.5 W for 10 minutes, in steps of 5 seconds, after a first one that only looks at the clock.
    for _ in range(121):
        await device.tick()
        now += 5
    assert (device.params["dayKwh"], device.params["monthKwh"]) == (35, 2375)
    # Without time there is no energy, however many steps; nor without power.
    now -= 5
    for _ in range(10):
        await device.tick()
    assert device.execute({"operSide": 1, "switches": [{"outlet": 0, "switch": "off"}]}).error == 0
    now += 3600
    await device.tick()
    assert device.params["dayKwh"] == 35


async def test_energy_of_today_begins_at_midnight(home):
    now = 1_767_225_600.0 - 600
    home.core.clock = lambda: now
    device = make(home, 190, power=181250, dayKwh=500, monthKwh=900, switches=[{"outlet": 0, "switch": "on"}])
    await device.tick()
    now += 1200
    await device.tick()
    # Midnight was also that of the month.
    assert (device.params["dayKwh"], device.params["monthKwh"]) == (60, 60)
    now += 86400
    await device.tick()
    assert device.params["dayKwh"] == 4350
    assert device.params["monthKwh"] == 4410


@pytest.mark.parametrize(
    ("limits", "state"),
    [
        ({"alarmType": "p", "alarmPValue": [-1, 1000]}, "off"),
        (
            {"alarmType": "pcv", "alarmPValue": [-1, -1], "alarmCValue": [-1, 5], "alarmVValue": [-1, -1]},
            "off",
        ),
        ({"alarmType": "v", "alarmVValue": [-1, 200]}, "off"),
        ({"alarmType": "", "alarmPValue": [-1, 1000]}, "on"),
        ({"alarmType": "v", "alarmPValue": [-1, 1000], "alarmVValue": [-1, 260]}, "on"),
        ({"alarmType": "p", "alarmPValue": [2500, -1]}, "on"),
        ({"alarmType": "p", "alarmPValue": [-1, 3000]}, "on"),
        ({"alarmType": "p"}, "on"),
    ],
)
async def test_above_a_limit_the_relay_switches_off(home, limits, state):
    device = make(home, 32, switch="on", power="2000.00")
    assert device.execute(limits).error == 0
    await device.tick()
    assert device.params["switch"] == state
    assert (device.params["power"] == "0.00") is (state == "off")


async def test_motor_mode(home):
    device = make(home, 126)
    device.behaviour.run.seconds = 0.1
    assert device.execute({"location": 50}).error == 400
    assert device.execute({"workMode": 2}).error == 0
    assert device.execute({"switches": [{"outlet": 0, "switch": "on"}]}).error == 400
    # It is not calibrated: it runs, but nobody knows where it is.
    assert device.execute({"location": 50}).error == 400
    assert device.execute({"motorTurn": 1}).caused == {}
    await until(lambda: device.params["motorTurn"] == 0)
    assert device.params["currLocation"] == 0
    device.params["calibState"] = 1
    assert device.execute({"location": 50}).caused == {}
    await until(lambda: device.params["currLocation"] == 50)
    assert device.execute({"sledBright": 0}).error == 0
    assert device.execute({"sledOnline": "off"}).error == 400


@pytest.mark.parametrize("uiid", sorted({*COVERS} - {236, 237, 238}))
async def test_a_cover_takes_its_time_and_stops(home, uiid):
    device = make(home, uiid)
    run, drive = device.behaviour.run, device.behaviour.run.drive
    run.seconds = 0.2
    start = drive.place_of(device.params)
    assert device.execute({drive.action: drive.closes if start else drive.opens}).caused == {}
    assert run.is_moving
    await asyncio.sleep(0.1)
    stopped = device.execute({drive.action: drive.stops}).caused
    if drive.tells_stops:
        assert 0 < drive.place_of(stopped) < 100
    assert not run.is_moving
    # The button of the motor goes on from there.
    await device.press()
    await until(lambda: not run.is_moving)
    assert drive.place_of(device.params) in (0, 100)
    assert device.execute({drive.action: "sideways"}).error == 400
    assert device.execute({drive.target: 101}).error == 400


@pytest.mark.parametrize("uiid", [236, 237, 238])
async def test_garage_doors(home, uiid):
    device = make(home, uiid)
    device.behaviour.seconds = 0.05
    alone = {"switches": [{"outlet": 0, "switch": "on"}]}
    assert device.execute(alone).error == 400
    assert device.execute({**alone, "source": "app", "NO_SAVE_DB": True, "ASYN_RESP": {}}).error == 0
    assert device.params["doorsensors"]["0"] == "off"
    await until(lambda: device.params["doorsensors"]["0"] == "on")
    assert "NO_SAVE_DB" not in device.params
    await device.press(0)
    await until(lambda: device.params["doorsensors"]["0"] == "off")
    assert device.execute({"alarm": True}).error == 0


@pytest.mark.parametrize(
    ("uiid", "taken", "refused"),
    [
        (17, {"fan": "on", "speed": "fast", "mode": "sleep", "shake": "on"}, {"speed": 3}),
        (19, {"switch": "on", "state": 3}, {"state": 4}),
        (25, {"lightmode": 2, "lightRcolor": 1, "lightGcolor": 2, "lightBcolor": 3}, {"lightswitch": "on"}),
        (34, {"switches": [{"outlet": 1, "switch": "on"}]}, {"fan": "on"}),
    ],
)
async def test_appliances_keep_what_they_are_told(home, uiid, taken, refused):
    device = make(home, uiid)
    assert device.execute(taken).error == 0
    assert device.execute(refused).error == 400
    if uiid != 34:
        assert taken.items() <= device.params.items()
        before = device.params[device.behaviour.power]
        await device.press()
        assert device.params[device.behaviour.power] != before
    else:
        both = [{"outlet": outlet, "switch": "on"} for outlet in (2, 3)]
        assert device.execute({"switches": both}).remarks


@pytest.mark.parametrize("uiid", [1772, 7017])
def test_a_radiator_valve_aims_at_what_its_mode_says(home, uiid):
    device = make(home, uiid, curTargetTemp="195", temperature="150")
    told = device.execute({"manTargetTemp": 215}).caused
    assert told == {"curTargetTemp": "215", "workState": "1"}
    assert device.execute({"workMode": "1"}).caused["curTargetTemp"] == "70"
    for refused in ({"manTargetTemp": 21.5}, {"manTargetTemp": "215"}, {"workMode": 0}, {"childLock": "on"}):
        assert device.execute(refused).error == 400


@pytest.mark.parametrize(("uiid", "refused"), [(127, {"targetTemp": 46}), (151, {"temperature": 22.5})])
def test_thermostats_refuse_what_is_beyond(home, uiid, refused):
    assert make(home, uiid).execute(refused).error == 400


async def test_a_curtain_calibrates_when_it_is_asked(home):
    device = make(home, 7006)
    assert device.execute({"motorClb": "calibration"}).caused == {"motorClb": "normal"}
    assert device.execute({"motorClb": "now"}).error == 400


async def test_a_detached_relay(home):
    device = make(home, 138)
    assert device.execute({"relaySeparation": 1}).error == 0
    await device.press()
    assert device.params["key"] == 0
    assert device.params["switches"][0]["switch"] == "off"
    device.execute({"relaySeparation": 0})
    await device.press()
    assert device.params["switches"][0]["switch"] == "on"


FIRST_GENERATION = [
    {"channel0": "159", "channel1": "0", "type": "cold"},
    {"channel0": "0", "channel1": "40", "type": "warm"},
]
BULB = {
    "channel0": "0",
    "channel1": "0",
    "channel2": "255",
    "channel3": "0",
    "channel4": "0",
    "zyx_mode": 2,
    "type": "middle",
}
STRIP = [
    {"mode": 1, "bright": 55},
    {"mode": 1, "colorR": 255, "colorG": 0, "colorB": 0, "light_type": 1},
    {"mode": 1, "colorR": 255, "colorG": 141, "colorB": 11, "light_type": 2},
    {"mode": 1, "colorR": 0, "colorG": 255, "colorB": 0, "light_type": 1, "bright": 30},
    {"mode": 2, "speed": 50},
]
WHITE = [{"ltype": "white", "white": {"br": 50, "ct": 100}}]
COLOUR = [*WHITE, {"ltype": "color", "color": {"br": 50, "r": 255, "g": 0, "b": 0}}]
HUES = [
    {"switch": "on", "colorMode": "cct", "cctBrightness": 50, "colorTemp": 50},
    {"switch": "on", "colorMode": "rgb", "rgbBrightness": 50, "hue": 0, "saturation": 100},
    {"switch": "on", "rgbBrightness": 20},
]
MIXED = [{"switch": "on", "colorMode": "cct", "rgbBrightness": 50}]
TAKEN = {
    16: FIRST_GENERATION,
    22: [*FIRST_GENERATION, BULB, {**BULB, "channel2": "0", "channel1": "40", "zyx_mode": 1, "type": "warm"}],
    33: STRIP,
    36: [{"bright": 57}, {"sledOnline": "off"}],
    44: [{"switch": "on", "brightness": 50, "mode": 0}, {"switch": "on", "brightness": 5, "mode": 1}],
    57: [{"channel0": "132"}],
    59: [*STRIP, {"mode": 8, "switch": "on"}, {"mode": 12, "sensitive": 8}],
    103: [
        *WHITE,
        {"ltype": "white", "white": {"br": 1, "ct": 255}},
        {"ltype": "read", "read": {"br": 50, "ct": 0}},
    ],
    104: [
        *COLOUR,
        {"ltype": "white", "white": {"br": 50, "ct": 255}},
        {"white": {"br": 60, "ct": 255}},
        {"ltype": "party", "party": {"r": 1, "g": 2, "b": 3, "br": 45, "tf": 2, "sp": 9}},
        {"ltype": "goodNight", "goodNight": {"r": 255, "g": 254, "b": 127, "br": 25}},
    ],
    135: [*WHITE, {"ltype": "bright", "bright": {"br": 100, "ct": 100}}, {"startup": "on"}],
    136: [*COLOUR, {"ltype": "goodNight", "goodNight": {"r": 255, "g": 250, "b": 125, "br": 25}}],
    1257: [{"switch": "on", "brightness": 50}],
    1258: [
        {"switch": "on", "brightness": 50},
        {"switch": "on", "colorTemp": 0},
        {"switch": "on", "brightness": 70, "colorTemp": 30},
    ],
    277: [{"switch": "on", "brightness": 40}, {"switch": "on", "brightness": 1}],
    7008: [{"switch": "on", "brightness": 50}, {"switch": "on", "brightness": 70, "colorTemp": 30}],
    3258: HUES,
    7009: HUES,
}
REFUSED = {
    16: [
        {"channel0": 159, "channel1": 0},
        {"channel0": "24", "channel1": "0"},
        {"channel0": "256", "channel1": "0"},
        {"channel0": "0", "channel1": "0", "type": "middle"},
        {"channel0": "159", "type": "cold"},
        {"type": "cool"},
        {"switch": "on"},
    ],
    22: [
        {**BULB, "channel2": "256"},
        {**BULB, "zyx_mode": 7},
        {**BULB, "zyx_mode": "1"},
        {**BULB, "zyx_mode": 1},
        {"zyx_mode": 2, "channel2": "255", "channel3": "0", "channel4": "0"},
    ],
    33: [
        {"mode": 1, "bright": 9},
        {"mode": 4},
        {"mode": 1, "colorR": 256, "colorG": 0, "colorB": 0, "light_type": 1},
        {"mode": 1, "colorR": 255, "colorG": 0, "colorB": 0, "light_type": 3},
        {"mode": 1, "colorR": 255, "colorG": 0, "colorB": 0},
        {"colorR": 255, "colorG": 0, "colorB": 0, "light_type": 1},
        {"bright": 55},
        {"mode": 2, "speed": 50, "bright": 55},
    ],
    36: [{"bright": 9}, {"bright": 101}, {"brightness": 50}, {"bright": "50"}],
    44: [{"brightness": 50}, {"brightness": 50, "mode": 0}, {"switch": "on", "brightness": 101}, {"mode": 5}],
    57: [{"channel0": "24"}, {"channel0": 132}],
    59: [
        {"mode": 1, "bright": 0},
        {"mode": 13},
        {"mode": 12, "sensitive": 11},
        {"mode": 8, "switch": "on", "bright": 53},
    ],
    103: [
        {"ltype": "white"},
        {"ltype": "white", "read": {"br": 50, "ct": 0}},
        {"ltype": "white", "white": {"br": 50}},
        {"ltype": "white", "white": {"br": 50, "ct": 256}},
        {"ltype": "white", "white": {"br": 0, "ct": 5}},
        {"ltype": "color", "color": {"br": 50, "r": 255, "g": 0, "b": 0}},
    ],
    104: [
        {"ltype": "color", "color": {"br": 50, "r": 256, "g": 0, "b": 0}},
        {"color": {"br": 50, "r": 25, "g": 0, "b": 0}},
    ],
    135: [{"ltype": "white", "white": {"br": 50, "ct": 101}}, {"brightAdjust": "up"}],
    136: [{"ltype": "white", "white": {"br": 50, "ct": 101}}, {"white": {"br": 50, "ct": 10}}],
    1257: [{"switch": "on", "brightness": 0}, {"switch": "on", "colorTemp": 5}],
    1258: [{"switch": "on", "colorTemp": 101}],
    277: [{"brightness": 40}, {"switch": "on", "brightness": 101}],
    7008: [{"switch": "on", "colorTemp": 101}],
    3258: MIXED,
    7009: MIXED,
}


@pytest.mark.parametrize("uiid", LIGHTS)
def test_lights_take(home, uiid):
    device = make(home, uiid)
    key = device.behaviour.on
    assert device.execute({key: "on"}).error == 0
    for sent in TAKEN[uiid]:
        outcome = device.execute(sent)
        assert (outcome.error, outcome.remarks) == (0, []), sent
        assert merge(device.params, sent) == device.params
    assert device.execute({key: "off"}).error == 0
    assert device.params[key] == "off"


@pytest.mark.parametrize("uiid", LIGHTS)
def test_lights_refuse(home, uiid):
    device = make(home, uiid)
    device.execute({device.behaviour.on: "on"})
    before = dict(device.params)
    for sent in REFUSED[uiid]:
        assert device.execute(sent).error == 400, sent
    assert device.params == before


@pytest.mark.parametrize("uiid", [16, 22, 33, 36, 57, 59, 103, 104, 135, 136])
def test_lights_that_must_be_turned_on_first(home, uiid):
    device = make(home, uiid)
    key = device.behaviour.on
    assert device.execute(TAKEN[uiid][0]).error == 400
    assert device.execute({key: "on"} | TAKEN[uiid][0]).error == 400
    assert device.execute({key: "off"}).error == 0
    assert device.execute({key: "on"}).error == 0
    assert device.execute(TAKEN[uiid][0]).error == 0


@pytest.mark.parametrize("uiid", [44, 1257, 1258])
def test_lights_that_turn_on_with_a_level(home, uiid):
    device = make(home, uiid, switch="off")
    assert device.execute(TAKEN[uiid][0]).error == 0
    assert device.params["switch"] == "on"


def test_a_zigbee_level_without_switch(home):
    assert make(home, 1258).execute({"brightness": 5}).remarks == ["brightness without switch on"]


def test_scenes_have_fixed_values(home):
    device = make(home, 103, switch="on")
    assert device.execute({"ltype": "read", "read": {"br": 51, "ct": 0}}).remarks == [
        "scene read has fixed values"
    ]


def test_steps_of_a_remote(home):
    device = make(home, 135, switch="on", white={"br": 95, "ct": 5})
    assert device.execute({"brightAdjust": "+"}).caused == {"white": {"br": 100, "ct": 5}}
    assert device.execute({"ColourTempAdjust": "-"}).caused == {"white": {"br": 100, "ct": 0}}
    assert "brightAdjust" not in device.params


async def test_a_light_has_a_wall_switch(home):
    for uiid in (57, 103):
        device = make(home, uiid)
        await device.press()
        assert device.params[device.behaviour.on] == "on"
        await device.press()
        assert device.params[device.behaviour.on] == "off"


def test_thermostat(home):
    device = make(home, 15)
    assert device.execute({"switch": "on", "mainSwitch": "on", "deviceType": "normal"}).error == 0
    assert device.execute({"switch": "off"}).caused == {"mainSwitch": "off"}
    heat = [
        {"targetHigh": "25", "reaction": {"switch": "off"}},
        {"targetLow": "24", "reaction": {"switch": "on"}},
    ]
    automatic = {"mainSwitch": "on", "deviceType": "temperature", "targets": heat}
    assert device.execute(automatic).error == 0
    assert device.execute({"targets": heat[:1]}).error == 400
    assert device.execute({"deviceType": "warm"}).error == 400


async def test_automatic_control(home):
    heat = [
        {"targetHigh": "25", "reaction": {"switch": "off"}},
        {"targetLow": "24", "reaction": {"switch": "on"}},
    ]
    device = make(
        home, 15, mainSwitch="on", deviceType="temperature", targets=heat, currentTemperature="10.0"
    )
    for _ in range(20):
        await device.tick()
    assert device.params["switch"] == "on"
    for _ in range(200):
        await device.tick()
    assert 22.0 < float(device.params["currentTemperature"]) < 27.0


HEATING = {
    "deviceType": "temperature",
    "targets": [
        {"high": "25.0", "reaction": {"switch": "off"}},
        {"low": "24.0", "reaction": {"switch": "on"}},
    ],
}


async def test_automatic_rules(home):
    device = make(home, 181, currentTemperature="10.0")
    assert device.execute({"autoControl": [HEATING]}).error == 0
    await device.push({"currentTemperature": "10.0"})
    for _ in range(20):
        await device.tick()
    assert device.params["switch"] == "off"
    assert device.execute({"autoControlEnabled": 1}).error == 0
    for _ in range(220):
        await device.tick()
    assert 22.0 < float(device.params["currentTemperature"]) < 27.0
    humid = {"deviceType": "humidity", "targets": [{"low": "101", "reaction": {"switch": "on"}}]}
    assert device.execute({"autoControl": [humid], "switch": "off"}).error == 0
    for _ in range(10):
        await device.tick()
    assert device.params["switch"] == "on"


@pytest.mark.parametrize(
    "rules",
    [
        {},
        [1],
        [{"deviceType": "temperature"}],
        [HEATING | {"deviceType": "warmth"}],
        [HEATING | {"targets": []}],
        [HEATING | {"targets": [{"high": "warm", "reaction": {"switch": "off"}}]}],
        [HEATING | {"targets": [{"high": "25", "reaction": {"switch": "up"}}]}],
        [HEATING | {"effTime": "always"}],
    ],
)
def test_automatic_rules_that_are_none(home, rules):
    assert make(home, 181).execute({"autoControl": rules}).error == 400


@pytest.mark.parametrize("uiid", [15, 181])
async def test_a_temperature_drifts(home, uiid):
    device = make(home, uiid)
    seen = set()
    for _ in range(30):
        await device.tick()
        seen.add(device.params["currentTemperature"])
    assert len(seen) > 2
    device.params["currentTemperature"] = device.params["currentHumidity"] = "unavailable"
    await device.tick()
    assert device.params["currentTemperature"] == "unavailable"


async def test_a_probe_fails(home):
    device = make(home, 15)
    await device.fail_probe("zero")
    assert (device.params["currentTemperature"], device.params["currentHumidity"]) == ("0.0", "0")
    await device.fail_probe("gone")
    assert device.params["sensorType"] == "errorType"
    for other, how in ((device, "burnt"), (make(home, 1), "zero")):
        with pytest.raises(ValueError, match="no probe"):
            await other.fail_probe(how)


@pytest.mark.parametrize("uiid", SENSORS)
async def test_sensors(home, uiid):
    device = make(home, uiid)
    before = dict(device.params)
    assert device.execute({"switch": "on"}).error == 400
    moved = set()
    for _ in range(100):
        await device.tick()
        moved |= difference(before, device.params).keys()
    assert moved
    assert device.params.keys() == before.keys()
    for key, value in before.items():
        assert type(device.params[key]) is type(value)


@pytest.mark.parametrize("uiid", DOORS)
async def test_doors_that_sleep(home, uiid, monkeypatch):
    device = make(home, uiid)
    told = []
    monkeypatch.setattr(home.connections, "report", lambda _, params, **__: _noted(told, params))
    monkeypatch.setattr(home.connections, "report_online", lambda _, *, online: _noted(told, online))
    assert device.execute({"switch": "on"}).error == 400
    for state, reason in (("on", 2), ("off", 3)):
        await device.press()
        report, online = told
        assert (report["switch"], report["type"]) == (state, reason)
        assert report["lastUpdateTime"].endswith("Z")
        assert not online
        assert not device.online
        told.clear()


@pytest.mark.parametrize(("uiid", "key"), [(2026, "motion"), (3026, "lock")])
async def test_triggers(home, uiid, key):
    device = make(home, uiid)
    at = device.params["trigTime"]
    await device.press()
    assert device.params[key] == 1
    assert device.params["trigTime"] > at
    await device.press()
    assert device.params[key] == 0


@pytest.mark.parametrize("uiid", [66, 168])
def test_gateways(home, uiid):
    device = make(home, uiid)
    assert device.execute({"sledOnline": "off"}).error == 0
    assert device.execute({"switch": "on"}).error == 400


async def test_children_are_reachable_with_their_gateway(cloud, client):
    bridge, light = cloud.devices["1000000012"], cloud.devices["a480000004"]
    async with client.connect() as frames:
        await bridge.set_online(False)
        gone = [await frames.receive() for _ in range(9)]
        assert {frame["deviceid"] for frame in gone if frame["action"] == "sysmsg"} == {
            bridge.deviceid,
            *(child.deviceid for child in cloud.children_of(bridge)),
        }
        assert {str(frame["params"]) for frame in gone if frame["action"] == "update"} == {
            "{'subDevRssi': 127}"
        }
        assert (await frames.update(light.deviceid, {"switch": "off"}))["error"] == 503
        await light.tick()
        assert light.params["subDevRssi"] == 127
        await bridge.set_online(True)
        back = [(await frames.receive())["params"] for _ in range(9)]
        assert [params for params in back if params == {"online": True}] == [{"online": True}] * 5
        assert {"subDevRssi": -58} in back
        assert light.params["subDevRssi"] == -58
        assert (await frames.update(light.deviceid, {"switch": "off"}))["error"] == 0
        await light.set_online(False)
        assert [(await frames.receive())["params"] for _ in range(2)] == [
            {"online": False},
            {"subDevRssi": 127},
        ]
        await bridge.set_online(False)
        assert light.deviceid not in {(await frames.receive())["deviceid"] for _ in range(7)}


async def test_a_device_that_is_not_known(home):
    device = make(home, 9999, switch="off")
    assert device.execute({"switch": "on", "anything": 1}).error == 0
    assert device.execute({"switch": "up"}).error == 400
    await device.press()
    assert device.params["switch"] == "off"
    await device.tick()
    other = home.add_device({"deviceid": "10b", "params": {"switches": [{"outlet": 0, "switch": "off"}]}})
    await other.press()
    assert other.params["switches"] == [{"outlet": 0, "switch": "on"}]
    nothing = home.add_device({"deviceid": "10c"})
    await nothing.press()
    assert nothing.params == {}


@pytest.mark.parametrize(
    ("item", "uiid"),
    [
        ({"uiid": "104"}, 104),
        ({"extra": {"uiid": 104}}, 104),
        ({"extra": {"extra": {"uiid": 104}}}, 104),
        ({"extra": {"extra": "x"}}, None),
        ({"extra": "x", "uiid": "x"}, None),
    ],
)
def test_where_the_uiid_may_stand(home, item, uiid):
    assert home.add_device({"deviceid": "10d", **item}).uiid == uiid


def test_the_same_seed_moves_alike():
    states = []
    for _ in range(2):
        behaviour, rng = behaviour_of(18, {}), random.Random(7)  # noqa: S311  repeatable on purpose
        state = behaviour.defaults
        for _ in range(5):
            state = merge(state, behaviour.tick(state, rng, 0))
        states.append(state)
    assert states[0] == states[1]


def test_merging():
    state = {"switches": [{"outlet": 0, "switch": "off"}], "white": {"br": 1, "ct": 2}, "list": [1]}
    delta = {"switches": [{"outlet": 1, "switch": "on"}], "white": {"br": 5}, "list": [2], "new": 1}
    merged = merge(state, delta)
    assert merged == {
        "switches": [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "on"}],
        "white": {"br": 5, "ct": 2},
        "list": [2],
        "new": 1,
    }
    assert difference(state, merged) == {
        "switches": [{"outlet": 1, "switch": "on"}],
        "white": {"br": 5, "ct": 2},
        "list": [2],
        "new": 1,
    }
    assert difference(merged, merged) == {}


@pytest.mark.parametrize("uiid", BRIDGES)
def test_a_bridge_learns_what_it_hears_next(uiid):
    bridge = behaviour_of(uiid, {})
    bridge.most_codes = 2
    state = dict(bridge.defaults)

    def sent(**params):
        if (refusal := bridge.refuse(state, params)) is not None:
            return refusal
        assert bridge.remarks(state, params) == []
        state.update(bridge.take(state, params)[0])
        return None

    assert bridge.heard(state, "A") == {}
    for channel, code in ((0, "A"), (3, "B")):
        assert sent(cmd="capture", rfChl=channel) is None
        told = bridge.heard(state, code)
        assert {"rfChl": channel, "rfVal": code} in told["rfList"]
        state |= told
    assert sent(cmd="capture", rfChl=1) == "there is no room for another code"
    assert sent(cmd="capture", rfChl=3) is None
    assert sent(cmd="captureCancel") is None
    first, second = bridge.heard(state, "B"), bridge.heard(state | bridge.heard(state, "B"), "B")
    assert first.keys() == {"cmd", "rfTrig3"}
    assert first["rfTrig3"] < second["rfTrig3"]
    assert sent(cmd="transmit", rfChl=3) is None
    assert sent(cmd="edit", rfList=[{"rfChl": 3, "rfVal": "B"}]) is None
    assert sent(cmd="transmit", rfChl=0) == "the channel has no code"
    assert sent(cmd="edit") is not None
    assert sent(cmd="capture") is not None
    assert bridge.remarks(state, {"cmd": "edit", "rfList": [{"rfChl": 9, "rfVal": "X"}]}) != []


@pytest.mark.parametrize("uiid", VALVES)
def test_valves_open_and_count(uiid):
    valve = behaviour_of(uiid, {})
    state = dict(valve.defaults)
    for name in valve.valves:
        assert valve.refuse(state, {name: "on"}) is not None
        sent = {name: True}
        assert valve.refuse(state, sent) is None
        before = dict(state)
        state |= valve.take(state, sent)[0]
        state |= valve.consequences(before, state, sent)
    told = [valve.told] if valve.told else valve.valves
    assert all(state[name] is True for name in told)
    assert valve.pressed(state, len(told) - 1) == {told[-1]: False}
    counted = valve.tick(state, None, 0)
    assert bool(counted) is (uiid == 7027)
    assert valve.tick(state | {"switch": False}, None, 0) == {}
