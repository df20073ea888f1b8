"""Timers: which ones a device takes, and that they run."""

from datetime import UTC, datetime

import pytest

from simulator import Simulator, timers

START = datetime(2030, 1, 31, 7, 0, tzinfo=UTC).timestamp()  # a Thursday


def timer(**change):
    return {
        "enabled": 1,
        "mId": "one",
        "type": "once",
        "coolkit_timer_type": "once",
        "at": "2030-01-31T07:05:59.000Z",
        "do": {"switch": "on"},
    } | change


REPEAT = {"type": "repeat", "coolkit_timer_type": "repeat"}
DURATION = {"type": "duration", "coolkit_timer_type": "duration"}


@pytest.mark.parametrize(
    "one",
    [
        timer(),
        timer(coolkit_timer_type="delay", period="17"),
        timer(**REPEAT, at="0 10 * * 0,1,2"),
        timer(**DURATION, at="2030-01-31T08:02:00.000Z 30"),
        {k: v for k, v in timer(**DURATION, at="2030-01-31T08:02:00.000Z 60 30").items() if k != "do"}
        | {"startDo": {"switch": "on"}, "endDo": {"switch": "off"}},
    ],
)
def test_taken(one):
    assert timers.valid([one])


@pytest.mark.parametrize(
    "one",
    [
        timer(enabled=2),
        timer(enabled="1"),
        timer(mId=5),
        timer(type="repeat"),
        timer(coolkit_timer_type="never"),
        timer(coolkit_timer_type="delay"),
        timer(at="2030-01-31 07:05"),
        timer(at="2030-13-31T07:05:00.000Z"),
        timer(at="2030-01-31T07:05:00.000Z 30"),
        timer(at=5),
        timer(do={}),
        timer(startDo={"switch": "on"}),
        timer(**REPEAT, at="60 10 * * 0"),
        timer(**REPEAT, at="0 24 * * 0"),
        timer(**REPEAT, at="0 10 1 * 0"),
        timer(**REPEAT, at="0 10 * * 7"),
        timer(**REPEAT, at="0 10 * * 1,1"),
        timer(**REPEAT, at="0 10 * *"),
        timer(**DURATION, at="2030-01-31T08:02:00.000Z"),
        timer(**DURATION, at="2030-01-31T08:02:00.000Z 0"),
        timer(**DURATION, at="2030-01-31T08:02:00.000Z 60 30"),
        "timer",
    ],
)
def test_not_taken(one):
    assert not timers.valid([one])


def test_lists():
    assert timers.valid([])
    assert not timers.valid({})
    assert not timers.valid([timer(), timer()])


@pytest.mark.parametrize(
    ("one", "minutes"),
    [
        (timer(), [5]),
        (timer(enabled=0), []),
        (timer(at="2030-01-31T07:00:00.000Z"), []),
        (timer(**REPEAT, at="30 7 * * 4"), [30]),
        (timer(**REPEAT, at="30 7 * * 5"), [24 * 60 + 30]),
        (timer(**REPEAT, at="30 6 * * 0,1,2,3,4,5,6"), [23 * 60 + 30, 47 * 60 + 30]),
        (timer(**DURATION, at="2030-01-31T06:30:00.000Z 1440"), [1410, 2850]),
        (timer(**DURATION, at="2030-01-31T08:00:00.000Z 1440"), [60, 1500]),
    ],
)
def test_when_they_are_due(one, minutes):
    times = [(at - START) / 60 for at, _ in timers.due(one, START, START + 2 * 86400)]
    assert times == minutes


def test_a_duration_that_alternates():
    one = timer(**DURATION, at="2030-01-31T07:10:00.000Z 60 20") | {
        "startDo": {"switch": "on"},
        "endDo": {"switch": "off"},
    }
    del one["do"]
    acts = sorted((round((at - START) / 60), do["switch"]) for at, do in timers.due(one, START, START + 7200))
    assert acts == [(10, "on"), (30, "off"), (70, "on"), (90, "off")]


@pytest.mark.parametrize(
    ("before", "after", "permit"),
    [
        ([], [timer()], 1),
        ([timer()], [timer(at="2030-01-31T07:06:00.000Z")], 2),
        ([timer()], [], 4),
        ([timer()], [timer(enabled=0)], 8),
        ([timer()], [timer(enabled=0, do={"switch": "off"})], 2),
        ([timer()], [timer(mId="two")], 5),
        ([timer()], [timer()], 0),
    ],
)
def test_what_a_change_needs(before, after, permit):
    assert timers.needed_permit(before, after) == permit


@pytest.fixture
async def home():
    async with Simulator(devices=[], clock=lambda: START) as cloud:
        yield cloud


@pytest.mark.parametrize(
    ("uiid", "one", "error"),
    [
        (1, timer(), 0),
        (1, timer(at="nonsense"), 400),
        (4, timer(do={"switch": "on", "outlet": 3}), 0),
        (2, timer(do={"switch": "on", "outlet": 3}), 400),
        (4, timer(), 400),
        (4, timer(**DURATION, at="2030-01-31T08:02:00.000Z 30", do={"switch": "on", "outlet": 0}), 400),
        (77, timer(**DURATION, at="2030-01-31T08:02:00.000Z 30", do={"switch": "on", "outlet": 0}), 0),
        (104, timer(), 0),
        (104, timer(do={"ltype": "white"}), 400),
        (104, timer(**DURATION, at="2030-01-31T08:02:00.000Z 30"), 400),
        (16, timer(do={"state": "off"}), 0),
        (16, timer(do={"switch": "off"}), 400),
    ],
)
def test_what_devices_take(home, uiid, one, error):
    device = home.add_device({"deviceid": "10aa", "uiid": uiid})
    assert device.execute({"timers": [one]}).error == error


async def test_they_run(home):
    device = home.add_device({"deviceid": "10aa", "uiid": 1})
    off = timer(mId="two", **REPEAT, at="10 7 * * 4", do={"switch": "off"})
    device.execute({"timers": [off, timer()]})
    await device.run_timers(START + 300)
    assert device.params["switch"] == "on"
    assert [one["enabled"] for one in device.params["timers"]] == [1, 0]
    await device.run_timers(START + 600)
    assert device.params["switch"] == "off"
    device.params["switch"] = "on"
    await device.run_timers(START + 300)
    await device.run_timers(START + 660)
    assert device.params["switch"] == "on"


async def test_a_timer_of_a_channel(home):
    device = home.add_device({"deviceid": "10aa", "uiid": 2})
    device.execute({"timers": [timer(do={"switch": "on", "outlet": 1})]})
    await device.run_timers(START + 3600)
    assert [one["switch"] for one in device.params["switches"][:2]] == ["off", "on"]


async def test_a_timer_runs_beside_one_of_another_shape(home):
    device = home.add_device({"deviceid": "10aa", "uiid": 1, "params": {"timers": [{"at": "?"}, timer()]}})
    await device.run_timers(START + 300)
    assert device.params["switch"] == "on"
    assert [one.get("enabled") for one in device.params["timers"]] == [None, 0]


async def test_timers_of_another_shape_do_not_run(home):
    device = home.add_device({"deviceid": "10aa", "uiid": 2, "params": {"timers": [{"at": "?"}, timer()]}})
    await device.run_timers(START + 3600)
    assert {one["switch"] for one in device.params["switches"]} == {"off"}
