"""Meters: what they count, and the histories that they answer, which agree with their power."""

import pytest

from simulator import Simulator
from simulator.metered import METERED

# A Thursday, at midnight in UTC.
NEW_YEAR = 1_767_225_600.0
HOUR = 3600


@pytest.fixture
async def home():
    async with Simulator(devices=[]) as cloud:
        cloud.core.clock = lambda: cloud.now
        cloud.now = NEW_YEAR
        yield cloud


def make(home, uiid, **params):
    return home.add_device({"deviceid": f"10{uiid:08d}", "uiid": uiid, "params": params})


async def run(home, device, hours):
    """Let a device count for so many hours, in steps of ten minutes."""
    for _ in range(hours * 6):
        await device.tick()
        home.now += HOUR / 6
    await device.tick()


def days(text, width):
    groups = [text[start : start + width] for start in range(0, len(text), width)]
    return [
        int(group[:2], 16) + (int(group[2:4]) * 10 + int(group[4:]) if width == 6 else int(group[2:])) / 100
        for group in groups
    ]


@pytest.mark.parametrize(
    ("uiid", "power", "asked", "key", "width", "count"),
    [
        (5, {"power": "1000.00", "switch": "on"}, {"hundredDaysKwh": "get"}, "hundredDaysKwhData", 6, 100),
        (32, {"power": "1000.00", "switch": "on"}, {"hundredDaysKwh": "get"}, "hundredDaysKwhData", 6, 100),
        (182, {"power": "1000.00"}, {"h186DaysKwh": "get"}, "h186DaysKwhData", 6, 186),
        (182, {"power": "1000.00"}, {"hundredDaysKwh": "get"}, "hundredDaysKwhData", 6, 100),
        (126, {"actPow_00": 100000}, {"getKwh_00": 2}, "kwhHistories_00", 4, 180),
        (130, {"actPow_00": 100000}, {"getKwh_00": 2}, "kwhHistories_00", 4, 180),
    ],
)
async def test_days_agree_with_the_power(home, uiid, power, asked, key, width, count):
    device = make(home, uiid, **power)
    if "switch" not in power:
        device.params["switches"] = [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}]
    await run(home, device, 30)
    answer = device.execute(asked)
    assert answer.error == 0
    assert len(answer.config[key]) == count * width
    assert not device.params.keys() & asked.keys()
    told = days(answer.config[key], width)
    # A kilowatt for 24 hours, and for the 6 of today; before that, as is usual in that house.
    assert told[:2] == [6, 24]
    assert len(set(told[2:])) <= 2
    assert 7 < told[2] < 11


async def test_only_the_channel_that_is_on_counts(home):
    device = make(home, 126, actPow_00=100000, actPow_01=50000)
    device.params["switches"] = [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": "on"}]
    await run(home, device, 4)
    told = [days(device.execute({f"getKwh_0{one}": 2}).config[f"kwhHistories_0{one}"], 4) for one in (0, 1)]
    assert [channel[0] for channel in told] == [0, 2]


async def test_today_is_the_day_of_the_device(home):
    device = make(home, 32, power="1000.00", switch="on", timeZone=5)
    await run(home, device, 24)
    # 19 hours before its midnight, 5 after it.
    told = days(device.execute({"hundredDaysKwh": "get"}).config["hundredDaysKwhData"], 6)
    assert told[0] == 5
    assert told[1] >= 19


@pytest.mark.parametrize(("denied", "width"), [([], 4), (["formateKwhDataByFourChars"], 3)])
async def test_hours_agree_with_the_power_and_the_counters(home, denied, width):
    home.now += 10 * HOUR
    device = home.add_device(
        {
            "deviceid": "1000000190",
            "uiid": 190,
            "denyFeatures": denied,
            "params": {
                "power": 200000,
                "dayKwh": 1000,
                "monthKwh": 1000,
                "switches": [{"outlet": 0, "switch": "on"}],
            },
        }
    )
    await run(home, device, 2)
    config = device.execute({"getHoursKwh": {"start": 0, "end": 35}}).config
    text = config["hoursKwhData"]
    assert len(text) == 36 * width
    hours = [
        int(text[at : at + width - 2], 16) * 100 + int(text[at + width - 2 : at + width])
        for at in range(0, len(text), width)
    ]
    assert hours[:3] == [0, 200, 200]
    assert device.params["dayKwh"] == sum(hours[:13]) == 1400
    assert sum(hours[13:]) > 0


async def test_a_switch_that_goes_off_ends_the_load(home):
    device = make(home, 32, power="1000.00", switch="on")
    await device.tick()
    home.now += HOUR
    assert device.execute({"switch": "off"}).error == 0
    home.now += HOUR
    told = days(device.execute({"hundredDaysKwh": "get"}).config["hundredDaysKwhData"], 6)
    assert told[0] == 1


async def test_a_reset_takes_the_history(home):
    device = make(home, 190, power=100000, dayKwh=100, switches=[{"outlet": 0, "switch": "on"}])
    await run(home, device, 2)
    await device.reset_meter()
    assert device.params["dayKwh"] == 0
    home.now += HOUR
    config = device.execute({"getHoursKwh": {"start": 0, "end": 9}}).config
    assert config["hoursKwhData"] == "00000100" + "0000" * 8


@pytest.mark.parametrize("uiid", METERED)
async def test_counters(home, uiid):
    device = make(home, uiid)
    switch = True if uiid == 226 else [{"outlet": 0, "switch": "on"}]
    assert device.execute({"switch" if uiid == 226 else "switches": switch}).error == 0
    before = dict(device.params)
    await run(home, device, 30)
    grown = {key: device.params[key] for key in before if device.params[key] != before[key]}
    readings = {key for key in grown if "pow" in key.lower() or key == "phase_0_p"}
    assert readings
    # 42.5 W for 30 hours, 6 of them today; what midnight divides is told behind it.
    counters = {key: value for key, value in grown.items() if "wh" in key.lower() or key == "totalPower"}
    assert (
        counters
        == {
            130: {},
            226: {"totalPower": 1.275},
            262: {},
            276: {"dayKwh": 26, "weekKwh": 127, "monthKwh": 127, "yearKwh": 127},
            7032: {"dayKwh": 26, "monthKwh": 127, "yesterdayKwh": 101},
            7054: {},
        }[uiid]
    )


async def test_a_session_of_dual_r3(home):
    assert make(home, 126).execute({"getKwh_01": 1}).config == {"oneKwhData_01": 12}
    assert make(home, 5).execute({"oneKwh": "get"}).config == {"oneKwhData": "0.12"}
