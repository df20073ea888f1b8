"""Timers: read, due, made, and written as a whole without overwriting anybody."""

import asyncio
from copy import deepcopy
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import islice
import logging
from zoneinfo import ZoneInfo

from fixture_devices import device
import pytest

from custom_components.ewelink.coolkit import (
    CommandTimeoutError,
    ConnectionState,
    CoolKitClient,
    DeviceChanged,
    DeviceOfflineError,
    Kind,
    Loop,
    Once,
    SessionClosedError,
    Timer,
    TimerKind,
    TimersChangedError,
    TimersNotReadError,
    TimersUnreadableError,
    Weekday,
    Weekly,
    capabilities_of,
    find_timer,
    local_schedules,
    make_countdown,
    make_loop,
    make_once,
    make_repeat,
    next_occurrence,
    occurrences,
    timers_of,
    with_timer,
    with_timer_enabled,
    with_timer_replaced,
    without_timer,
)
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.timers.occurrences import LOOP_LIMIT, REPEAT_LIMIT
from custom_components.ewelink.coolkit.devices.timers.timer import timers_params
from tests.coolkit.conftest import TIMINGS, listening, until

BERLIN = ZoneInfo("Europe/Berlin")
ON = {"switch": "on"}
OFF = {"switch": "off"}
EVERY_DAY = frozenset(Weekday)
NOW = datetime(2026, 1, 14, 9, 30, 20, tzinfo=UTC)  # a Wednesday
SWITCH = "1000000001"
LOGGER = "custom_components.ewelink.coolkit.devices.timers.timer"


def entry(kind, at, **further):
    """Return an entry as a device keeps it."""
    wire = {"once": "once", "delay": "once", "repeat": "repeat", "duration": "duration"}[kind]
    return {"mId": "1", "type": wire, "coolkit_timer_type": kind, "at": at, "enabled": 1, "do": ON, **further}


def timer(kind, at, **further):
    return Timer.from_dict(entry(kind, at, **further))


def alternating(at):
    return Timer.from_dict(
        {"mId": "1", "enabled": 1, "type": "duration", "at": at, "startDo": ON, "endDo": OFF}
    )


def due(*timers, start=NOW, end):
    return [occurrence.time for occurrence in occurrences(timers, start, end)]


# What devices keep


def test_the_timers_of_a_device():
    repeat, countdown, loop = timers_of(device("1").params)
    assert repeat.kind is TimerKind.REPEAT
    assert repeat.enabled
    assert repeat.schedule == Weekly(10, 0, frozenset({Weekday.SUNDAY, Weekday.MONDAY, Weekday.TUESDAY}))
    assert repeat.actions == (ON,)
    assert repeat.mid == "00000000-0000-0000-0000-000000000001"
    assert countdown.kind is TimerKind.COUNTDOWN
    assert not countdown.enabled
    assert countdown.schedule == Once(datetime(2030, 1, 31, 7, 22, tzinfo=UTC))
    assert loop.kind is TimerKind.LOOP
    assert loop.schedule == Loop(datetime(2030, 1, 31, 8, 2, tzinfo=UTC), 60, 30)
    assert loop.actions == (ON, OFF)


@pytest.mark.parametrize(
    ("at", "schedule"),
    [
        ("0 10 * * 0,1,2", Weekly(10, 0, frozenset({Weekday.SUNDAY, Weekday.MONDAY, Weekday.TUESDAY}))),
        ("59 23 * * *", Weekly(23, 59, EVERY_DAY)),
        ("5  7 * * 1-5", Weekly(7, 5, EVERY_DAY - {Weekday.SATURDAY, Weekday.SUNDAY})),
        ("5 7 * * 7", Weekly(7, 5, frozenset({Weekday.SUNDAY}))),
        ("5 7 * * 5-7", Weekly(7, 5, frozenset({Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY}))),
        ("60 10 * * 0", None),
        ("0 24 * * 0", None),
        ("0 10 1 * 0", None),
        ("0 10 * 1 0", None),
        ("0 10 * * 8", None),
        ("0 10 * * 5-2", None),
        ("0 10 * * 1,,2", None),
        ("0 10 * *", None),
        ("*/5 10 * * 1", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_repeated(at, schedule):
    assert timer("repeat", at).schedule == schedule


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2030-01-31T07:05:00.000Z", datetime(2030, 1, 31, 7, 5, tzinfo=UTC)),
        ("2030-01-31T07:05:59.999Z", datetime(2030, 1, 31, 7, 5, tzinfo=UTC)),
        ("2030-01-31T07:05:00", datetime(2030, 1, 31, 7, 5, tzinfo=UTC)),
        ("2030-01-31T07:05:00+01:00", datetime(2030, 1, 31, 6, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", None),
        ("2030-02-30T07:05:00.000Z", None),
        ("2030-01-31T07:05:00.000Z 5", None),
        ("soon", None),
        ("", None),
        ([], None),
    ],
)
def test_once(at, moment):
    schedule = timer("once", at).schedule
    assert (None if schedule is None else schedule.at) == moment


@pytest.mark.parametrize(
    "figures", ["", "0", "-5", "60 0", "60 60", "60 30 10", "x", "60 x", "999999999", "1.5"]
)
def test_loops_that_cannot_be(figures):
    assert timer("duration", f"2030-01-31T08:02:00.000Z {figures}", startDo=ON, endDo=OFF).schedule is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"type": "once"}, TimerKind.ONCE),
        ({"type": "once", "coolkit_timer_type": "delay"}, TimerKind.COUNTDOWN),
        ({"type": "once", " coolkit_timer_type": "delay"}, TimerKind.COUNTDOWN),
        ({"coolkit_timer_type": "delay"}, TimerKind.COUNTDOWN),
        ({"coolkit_timer_type": "once"}, TimerKind.ONCE),
        ({"type": "sunrise"}, None),
        ({"type": []}, None),
        ({}, None),
    ],
)
def test_kinds(data, kind):
    read = Timer.from_dict({"at": "2030-01-31T07:05:00.000Z", "enabled": 1, "do": ON, **data})
    assert read.kind is kind


@pytest.mark.parametrize(
    ("enabled", "expected"), [(1, True), (0, False), ("1", True), (True, True), (None, False), ([], False)]
)
def test_enabled(enabled, expected):
    assert timer("once", "2030-01-31T07:05:00.000Z", enabled=enabled).enabled is expected


@pytest.mark.parametrize(
    "odd",
    [
        None,
        5,
        "0 10 * * 1",
        [],
        {},
        {"mId": 5, "enabled": 1},
        entry("once", "2030-01-31T07:05:00.000Z", do="on"),
        entry("once", "2030-01-31T07:05:00.000Z", do={}),
        entry("duration", "2030-01-31T07:05:00.000Z 60 30"),
        entry("repeat", {"hour": 5}),
    ],
)
def test_what_cannot_be_read_is_never_due_and_written_back(odd):
    good = entry("once", "2030-01-31T07:05:00.000Z", mId="2")
    timers = timers_of({"timers": [odd, good]})
    assert [read.kind for read in timers] == [None, TimerKind.ONCE]
    assert due(*timers, end=datetime(2031, 1, 1, tzinfo=UTC)) == [datetime(2030, 1, 31, 7, 5, tzinfo=UTC)]
    assert timers_params(timers) == {"timers": [odd, good]}


@pytest.mark.parametrize("params", [{}, {"timers": None}, {"timers": {}}, {"timers": "x"}, {"timers": []}])
def test_no_timers(params):
    assert timers_of(params) == ()


def test_what_cannot_be_read_is_logged_once(caplog):
    caplog.set_level(logging.DEBUG, LOGGER)
    for _ in range(3):
        timer("once", "soon", type="a kind that nobody knows")
    assert len([record for record in caplog.records if record.name == LOGGER]) == 1


# When they are due


def test_repeated_timers_are_due_on_their_days():
    weekly = timer("repeat", "0 10 * * 0,3")  # Sunday and Wednesday
    assert due(weekly, end=NOW + timedelta(days=8)) == [
        datetime(2026, 1, 14, 10, tzinfo=UTC),
        datetime(2026, 1, 18, 10, tzinfo=UTC),
        datetime(2026, 1, 21, 10, tzinfo=UTC),
    ]


def test_a_range_begins_with_its_start_and_ends_before_its_end():
    daily = timer("repeat", "0 10 * * *")
    ten = datetime(2026, 1, 14, 10, tzinfo=UTC)
    assert due(daily, start=ten, end=ten + timedelta(days=1)) == [ten]
    assert due(daily, start=ten, end=ten) == []
    assert due(daily, start=ten + timedelta(hours=1), end=ten) == []
    once = timer("once", "2026-01-14T10:00:00.000Z")
    assert due(once, start=ten, end=ten + timedelta(minutes=1)) == [ten]
    assert due(once, start=ten - timedelta(minutes=1), end=ten) == []


def test_ranges_in_any_zone():
    start = datetime(2026, 7, 1, tzinfo=BERLIN)
    daily = timer("repeat", "0 23 * * *")
    assert due(daily, start=start, end=start + timedelta(days=1)) == [datetime(2026, 6, 30, 23, tzinfo=UTC)]


def test_disabled_timers_are_never_due():
    assert due(timer("repeat", "0 10 * * *", enabled=0), end=NOW + timedelta(days=8)) == []


def test_a_loop_with_one_action():
    loop = timer("duration", "2026-01-14T08:02:00.000Z 30")
    assert due(loop, end=NOW + timedelta(hours=1)) == [
        datetime(2026, 1, 14, 9, 32, tzinfo=UTC),
        datetime(2026, 1, 14, 10, 2, tzinfo=UTC),
    ]
    assert due(loop, start=NOW - timedelta(days=5), end=NOW - timedelta(days=1)) == []


def test_a_loop_with_two_actions():
    loop = alternating("2026-01-14T08:00:00.000Z 60 25")
    found = list(occurrences([loop], datetime(2026, 1, 14, 9, 20, tzinfo=UTC), NOW + timedelta(hours=1)))
    assert [(one.time.hour, one.time.minute, one.on) for one in found] == [
        (9, 25, False),
        (10, 0, True),
        (10, 25, False),
    ]


def test_timers_are_due_in_order():
    mixed = [
        timer("duration", "2026-01-14T08:02:00.000Z 30"),
        timer("repeat", "45 9 * * *"),
        alternating("2026-01-14T08:00:00.000Z 60 40"),
        timer("once", "2026-01-14T09:33:00.000Z"),
    ]
    found = due(*mixed, end=NOW + timedelta(days=2))
    assert found == sorted(found)
    assert [moment.minute for moment in found[:5]] == [32, 33, 40, 45, 0]


def test_loops_together_are_capped_by_themselves():
    loops = [timer("duration", "2026-01-01T00:00:00.000Z 1"), alternating("2026-01-01T00:00:00.000Z 2 1")]
    daily = timer("repeat", "0 10 * * *")
    year = datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    found = list(occurrences([*loops, daily], *year))
    assert len([one for one in found if one.timer is daily]) == 365
    looped = [one.time for one in found if one.timer is not daily]
    assert len(looped) == LOOP_LIMIT
    assert looped[0] == year[0]
    assert looped[-1] == year[0] + timedelta(minutes=LOOP_LIMIT // 2 - 1)


def test_repeated_timers_together_are_capped_and_single_moments_are_not():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    daily, monday = timer("repeat", "0 10 * * *"), timer("repeat", "0 9 * * 1")
    once = timer("once", "2030-01-31T07:05:00.000Z")
    loop = timer("duration", "2030-01-01T00:00:00.000Z 1")
    limit = REPEAT_LIMIT + LOOP_LIMIT + 1
    found = list(islice(occurrences([daily, monday, once, loop], first, last), limit + 1))
    assert len(found) == limit
    assert [one.time for one in found if one.timer is once] == [datetime(2030, 1, 31, 7, 5, tzinfo=UTC)]
    repeated = [one for one in found if one.timer in (daily, monday)]
    assert len(repeated) == REPEAT_LIMIT
    # The first ones of the range, in order, each as often as its days come.
    assert repeated[-1].time == first.replace(hour=10) + timedelta(days=REPEAT_LIMIT * 7 // 8 - 1)
    assert len(list(occurrences([daily], NOW, NOW + timedelta(days=3653)))) == 3653


def test_the_ends_of_the_calendar():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    all_kinds = [
        timer("duration", "2026-01-14T08:02:00.000Z 30"),
        timer("repeat", "0 10 * * 1"),
        timer("once", "2026-01-14T10:00:00.000Z"),
    ]
    assert next(occurrences(all_kinds, first, last)).time == datetime(1, 1, 1, 10, tzinfo=UTC)
    assert due(*all_kinds, start=last - timedelta(days=9), end=last) != []
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    assert due(
        all_kinds[2], start=datetime(1, 1, 1, tzinfo=east), end=datetime(9999, 12, 31, 20, tzinfo=west)
    )
    assert next_occurrence(all_kinds, last - timedelta(minutes=1)) is None


def test_the_next_time():
    ten = datetime(2026, 1, 14, 10, tzinfo=UTC)
    daily = timer("repeat", "0 10 * * *")
    assert next_occurrence([daily], NOW).time == ten
    assert next_occurrence([daily], ten).time == ten + timedelta(days=1)
    assert next_occurrence([timer("once", "2026-01-14T10:00:00.000Z")], ten) is None
    assert next_occurrence([timer("duration", "1990-01-01T00:00:00.000Z 1")], ten).time == ten + timedelta(
        minutes=1
    )
    assert next_occurrence([], NOW) is None


@pytest.mark.parametrize(
    ("action", "outlet", "on"),
    [
        ({"switch": "on"}, None, True),
        ({"switch": "off", "outlet": 2}, 2, False),
        ({"state": "off"}, None, False),
        ({"switch": "on", "mainSwitch": "on"}, None, True),
        ({"switches": [{"outlet": 1, "switch": "on"}]}, 1, True),
        ({"switches": [{"outlet": 1, "switch": "on"}, {"outlet": 0, "switch": "off"}]}, None, None),
        ({"setclose": 50}, None, None),
    ],
)
def test_what_an_action_does(action, outlet, on):
    occurrence = next_occurrence([timer("repeat", "0 10 * * *", do=action)], NOW)
    assert (occurrence.outlet, occurrence.on) == (outlet, on)


# Making them


def test_once_in_local_time():
    made = make_once(datetime(2026, 7, 1, 9, 5, tzinfo=BERLIN), ON)
    assert {**made.to_dict(), "mId": ""} == {
        "enabled": 1,
        "mId": "",
        "type": "once",
        "coolkit_timer_type": "once",
        "at": "2026-07-01T07:05:00.000Z",
        "do": ON,
    }
    assert made.mid != make_once(datetime(2026, 7, 1, 9, 5, tzinfo=BERLIN), ON).mid


@pytest.mark.parametrize(
    ("at", "wire"),
    [
        (datetime(2026, 7, 1, 9, 5, 0, 1, tzinfo=BERLIN), "2026-07-01T07:06:00.000Z"),
        (datetime(2026, 7, 1, 9, 5, 30, tzinfo=BERLIN), "2026-07-01T07:06:00.000Z"),
        (datetime(2026, 3, 29, 1, 59, 59, tzinfo=BERLIN), "2026-03-29T01:00:00.000Z"),
        (datetime(2026, 12, 31, 23, 59, 1, tzinfo=UTC), "2027-01-01T00:00:00.000Z"),
    ],
)
def test_a_moment_is_never_earlier_than_asked(at, wire):
    assert make_once(at, ON).raw["at"] == wire
    assert make_loop(at, 30, ON).raw["at"] == f"{wire} 30"


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (datetime(2026, 1, 14, 9, 30, tzinfo=UTC), "2026-01-14T09:45:00.000Z"),
        (datetime(2026, 1, 14, 9, 30, 0, 1, tzinfo=UTC), "2026-01-14T09:46:00.000Z"),
        (datetime(2026, 1, 14, 10, 30, 59, tzinfo=BERLIN), "2026-01-14T09:46:00.000Z"),
    ],
)
def test_a_delay_is_never_shorter_than_asked(now, at):
    made = make_countdown(15, now, OFF).to_dict()
    assert (made["type"], made["coolkit_timer_type"], made["period"]) == ("once", "delay", "15")
    assert made["at"] == at


@pytest.mark.parametrize(
    ("zone", "at", "weekdays", "cron"),
    [
        ("Europe/Berlin", time(11, 0), {Weekday.SUNDAY, Weekday.MONDAY}, "0 10 * * 0,1"),
        ("Europe/Berlin", time(0, 30), {Weekday.SUNDAY, Weekday.MONDAY}, "30 23 * * 0,6"),
        ("America/New_York", time(22, 15), {Weekday.FRIDAY, Weekday.SATURDAY}, "15 3 * * 0,6"),
        ("Asia/Kolkata", time(5, 0), {Weekday.WEDNESDAY}, "30 23 * * 2"),
        ("UTC", time(7, 5), EVERY_DAY, "5 7 * * 0,1,2,3,4,5,6"),
    ],
)
def test_repeated_in_local_time(zone, at, weekdays, cron):
    made = make_repeat(at, weekdays, ZoneInfo(zone), NOW, ON)
    assert made.to_dict()["at"] == cron
    first = next_occurrence([made], NOW).time.astimezone(ZoneInfo(zone))
    assert first.time() == at
    assert first.strftime("%a").lower() in weekdays


@pytest.mark.parametrize(
    ("zone", "at", "weekdays", "cron"),
    [
        ("UTC", time(7, 5, 30), EVERY_DAY, "6 7 * * 0,1,2,3,4,5,6"),
        ("Europe/Berlin", time(0, 30, 45), {Weekday.MONDAY}, "31 23 * * 0"),
        # The next full minute may be in another hour, on another day, and on the same one in UTC.
        ("UTC", time(23, 59, 30), {Weekday.SATURDAY}, "0 0 * * 0"),
        ("Europe/Berlin", time(23, 59, 0, 1), {Weekday.WEDNESDAY}, "0 23 * * 3"),
        ("Europe/Berlin", time(0, 59, 1), {Weekday.WEDNESDAY}, "0 0 * * 3"),
    ],
)
def test_a_time_of_day_is_never_earlier_than_asked(zone, at, weekdays, cron):
    assert make_repeat(at, weekdays, ZoneInfo(zone), NOW, ON).raw["at"] == cron


def test_repeated_by_the_offset_of_the_next_time():
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    # On the Sunday clocks go forward: 2:30 does not exist, and 8:00 is in summer time.
    assert make_repeat(time(8), EVERY_DAY, BERLIN, saturday, ON).raw["at"].startswith("0 6 ")
    assert make_repeat(time(2, 30), EVERY_DAY, BERLIN, saturday, ON).raw["at"].startswith("30 0 ")
    assert make_repeat(time(23), EVERY_DAY, BERLIN, saturday, ON).raw["at"].startswith("0 22 ")


def test_loops_are_made():
    start = datetime(2026, 1, 14, 11, tzinfo=BERLIN)
    one = make_loop(start, 30, ON)
    assert (one.raw["at"], one.raw["do"]) == ("2026-01-14T10:00:00.000Z 30", ON)
    two = make_loop(start, 60, ON, then=30, second=OFF)
    assert (two.raw["at"], two.raw["startDo"], two.raw["endDo"]) == (
        "2026-01-14T10:00:00.000Z 60 30",
        ON,
        OFF,
    )
    assert "do" not in two.raw
    assert {one.kind, two.kind} == {TimerKind.LOOP}


@pytest.mark.parametrize(
    "make",
    [
        lambda: make_once(datetime(2026, 7, 1, 9, 5), ON),  # noqa: DTZ001 - what is refused
        lambda: make_once(NOW, {}),
        lambda: make_countdown(0, NOW, ON),
        lambda: make_countdown(5, NOW.replace(tzinfo=None), ON),
        lambda: make_repeat(time(9), (), BERLIN, NOW, ON),
        lambda: make_repeat(time(9), EVERY_DAY, BERLIN, NOW.replace(tzinfo=None), ON),
        lambda: make_loop(NOW, 0, ON),
        lambda: make_loop(NOW, 60, ON, then=60, second=OFF),
        lambda: make_loop(NOW, 60, ON, then=0, second=OFF),
        lambda: make_loop(NOW, 60, ON, then=30),
        lambda: make_loop(NOW, 60, ON, second=OFF),
        lambda: make_loop(NOW, 10**9, ON),
    ],
)
def test_what_cannot_be_made(make):
    with pytest.raises(ValueError, match=r"needs|at least"):
        make()


# Changing lists


def test_lists_are_changed_as_a_whole():
    timers = timers_of(device("1").params)
    one, two, three = timers
    new = make_once(NOW, ON)
    assert with_timer(timers, new) == (*timers, new)
    assert without_timer(timers, two.mid) == (one, three)
    assert find_timer(timers, three.mid) is three
    enabled = with_timer_enabled(timers, two.mid, enabled=True)
    assert enabled[1].to_dict() == {**two.to_dict(), "enabled": 1}
    assert (enabled[0], enabled[2]) == (one, three)
    assert with_timer_enabled(timers, one.mid, enabled=False)[0].to_dict()["enabled"] == 0


def test_a_replaced_timer_keeps_its_id_and_what_is_unknown():
    old = timer(
        "delay", "2030-01-31T07:22:00.000Z", period="15", zone="x", **{" coolkit_timer_type": "delay"}
    )
    new = make_repeat(time(9), EVERY_DAY, ZoneInfo("UTC"), NOW, OFF)
    (replaced,) = with_timer_replaced([old], "1", new)
    assert replaced.to_dict() == {**new.to_dict(), "mId": "1", "zone": "x"}
    assert replaced.kind is TimerKind.REPEAT


@pytest.mark.parametrize(
    "change",
    [
        lambda timers: find_timer(timers, "?"),
        lambda timers: without_timer(timers, "?"),
        lambda timers: with_timer_enabled(timers, "?", enabled=True),
        lambda timers: with_timer_replaced(timers, "?", make_once(NOW, ON)),
    ],
)
def test_ids_that_nobody_has(change):
    with pytest.raises(KeyError):
        change(timers_of(device("1").params))


def test_what_is_no_timer_cannot_be_enabled():
    with pytest.raises(ValueError, match="no timer"):
        Timer.from_dict("odd").with_enabled(enabled=True)


# Daylight saving


def test_the_hour_moves_with_daylight_saving():
    made = make_repeat(time(7, 30), EVERY_DAY - {Weekday.SUNDAY}, BERLIN, NOW, ON)
    winter, summer, again = local_schedules(made.schedule, BERLIN, NOW)
    assert (winter.at, summer.at, again.at) == (time(7, 30), time(8, 30), time(7, 30))
    assert summer.since == datetime(2026, 3, 30, 8, 30, tzinfo=BERLIN)
    assert again.since == datetime(2026, 10, 26, 7, 30, tzinfo=BERLIN)
    assert winter.weekdays == summer.weekdays == EVERY_DAY - {Weekday.SUNDAY}


def test_the_days_move_with_daylight_saving():
    made = make_repeat(time(23, 30), {Weekday.SATURDAY}, BERLIN, NOW, ON)
    winter, summer, _ = local_schedules(made.schedule, BERLIN, NOW)
    assert (winter.at, winter.weekdays) == (time(23, 30), {Weekday.SATURDAY})
    assert (summer.at, summer.weekdays) == (time(0, 30), {Weekday.SUNDAY})


def test_nothing_moves_where_clocks_do_not_change():
    zone = ZoneInfo("Asia/Shanghai")
    made = make_repeat(time(7, 30), {Weekday.MONDAY}, zone, NOW, ON)
    (schedule,) = local_schedules(made.schedule, zone, NOW)
    assert (schedule.at, schedule.weekdays) == (time(7, 30), {Weekday.MONDAY})


# What devices take


def timers_of_uiid(uiid, **params):
    of = device_from_entry({"deviceid": "1", "uiid": uiid, "params": {"timers": [], **params}})
    return next((one for one in capabilities_of(of) if one.kind is Kind.TIMERS), None)


SWITCHES = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
NO_LOOPS = set(TimerKind) - {TimerKind.LOOP}


@pytest.mark.parametrize(
    ("uiid", "params", "kinds", "outlet", "action"),
    [
        (1, {"switch": "on"}, set(TimerKind), None, {"switch": "on"}),
        (15, {"switch": "on"}, set(TimerKind), None, {"switch": "on", "mainSwitch": "on"}),
        (1256, {"switch": "on"}, set(TimerKind), None, {"switch": "on"}),
        (181, {"switch": "on"}, set(TimerKind), None, {"switch": "on"}),
        (77, {"switches": SWITCHES}, set(TimerKind), None, {"switch": "on", "outlet": 0}),
        (24, {"switch": "on"}, NO_LOOPS, None, {"switch": "on"}),
        (2, {"switches": SWITCHES}, NO_LOOPS, 1, {"switch": "on", "outlet": 1}),
        (4, {"switches": SWITCHES}, NO_LOOPS, 3, {"switch": "on", "outlet": 3}),
        (2256, {"switches": SWITCHES}, NO_LOOPS, 0, {"switch": "on", "outlet": 0}),
        (22, {"state": "on"}, NO_LOOPS, None, {"state": "on"}),
        (57, {"state": "on"}, NO_LOOPS, None, {"state": "on"}),
        (104, {"switch": "on"}, NO_LOOPS, None, {"switch": "on"}),
        (34, {"switches": SWITCHES}, NO_LOOPS, None, {"switch": "on", "outlet": 0}),
        (25, {}, NO_LOOPS, None, {"switch": "on"}),
        (52, {}, NO_LOOPS, None, {"state": "on"}),
    ],
)
def test_timers_that_devices_take(uiid, params, kinds, outlet, action):
    found = timers_of_uiid(uiid, **params)
    assert found.kinds == kinds
    assert found.action(on=True, outlet=outlet) == action
    assert set(found.action(on=False, outlet=outlet).values()) & {"on", "off"} == {"off"}


@pytest.mark.parametrize("uiid", [7021, 1770, 11])
def test_timers_that_are_shown_only(uiid):
    assert timers_of_uiid(uiid).kinds == frozenset()


@pytest.mark.parametrize("uiid", [102, 20001])
def test_devices_without_timers(uiid):
    assert timers_of_uiid(uiid) is None


@pytest.mark.parametrize(("uiid", "outlet"), [(1, 0), (2, None), (2, 2)])
def test_outlets_that_a_device_does_not_have(uiid, outlet):
    with pytest.raises(ValueError, match="outlets"):
        timers_of_uiid(uiid, switch="on", switches=SWITCHES).action(on=True, outlet=outlet)


def test_timers_come_with_their_param_and_stay_when_they_are_gone():
    of = device_from_entry({"deviceid": "1", "uiid": 1, "params": {"switch": "on"}})
    keys = [{one.kind for one in capabilities_of(of.with_params(params))} for params in ({}, {"timers": []})]
    assert keys[1] - keys[0] == {Kind.TIMERS, Kind.NEXT_TIMER}


# Writing


@pytest.fixture
async def client(cloud, websession, api, session):
    """A client that is connected."""
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    await client.refresh_devices()
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        await until(lambda: not client._list.lock.locked())
        cloud.devices[SWITCH].params["timers"] = [entry("repeat", "0 10 * * 1", mId="first", zone="x")]
        yield client


def kept(cloud):
    """Return the ids of the timers that the device has."""
    return [item["mId"] for item in cloud.devices[SWITCH].params["timers"]]


def adding(mid, at="2030-01-31T07:05:00.000Z"):
    return lambda timers: with_timer(timers, timer("once", at, mId=mid))


async def test_the_whole_list_is_written(client, cloud):
    device = cloud.devices[SWITCH]
    before = deepcopy(device.params["timers"])
    written = await client.write_timers(SWITCH, adding("second"))
    assert [one.mid for one in written] == kept(cloud) == ["first", "second"]
    assert device.received[-1]["timers"][0] == before[0]
    assert timers_of(client.devices[SWITCH].params) == written
    await client.write_timers(SWITCH, lambda timers: without_timer(timers, "first"))
    assert kept(cloud) == ["second"]
    await client.write_timers(SWITCH, lambda timers: with_timer_enabled(timers, "second", enabled=False))
    assert device.params["timers"][0]["enabled"] == 0
    await client.write_timers(SWITCH, lambda _: ())
    assert kept(cloud) == []


async def test_the_list_is_that_of_the_device_not_the_one_last_heard(client, cloud):
    assert timers_of(client.devices[SWITCH].params) == ()
    written = await client.write_timers(SWITCH, adding("second"))
    assert [one.mid for one in written] == ["first", "second"]


async def test_a_device_that_never_had_timers_gets_its_first(client, cloud):
    del cloud.devices[SWITCH].params["timers"]
    await client.write_timers(SWITCH, adding("first of all"))
    assert kept(cloud) == ["first of all"]


async def test_without_a_change_nothing_is_written(client, cloud):
    written = await client.write_timers(SWITCH, lambda timers: timers)
    assert [one.mid for one in written] == ["first"]
    assert cloud.devices[SWITCH].received == []


async def test_a_change_that_fails_writes_nothing(client, cloud):
    with pytest.raises(KeyError):
        await client.write_timers(SWITCH, lambda timers: without_timer(timers, "?"))
    assert cloud.devices[SWITCH].received == []
    await client.write_timers(SWITCH, adding("second"))
    assert kept(cloud) == ["first", "second"]


async def test_changes_at_the_same_time_are_made_one_after_the_other(client, cloud):
    await asyncio.gather(*(client.write_timers(SWITCH, adding(mid)) for mid in "abc"))
    assert sorted(kept(cloud)) == ["a", "b", "c", "first"]


async def test_another_client_that_writes_after_us_is_not_overwritten(client, cloud):
    theirs = entry("repeat", "5 5 * * 5", mId="theirs")

    def write(event):
        if isinstance(event, DeviceChanged) and "ours" in kept(cloud):
            cloud.devices[SWITCH].params["timers"] = [theirs]

    client.subscribe(write)
    with pytest.raises(TimersChangedError) as caught:
        await client.write_timers(SWITCH, adding("ours"))
    assert [one.mid for one in caught.value.ours] == ["first", "ours"]
    assert [one.mid for one in caught.value.theirs] == ["theirs"] == kept(cloud)
    # Who shows the error shows the lists in local time.
    assert str(caught.value).endswith("at the same time). Look at the timers and repeat the change.")
    assert len(cloud.devices[SWITCH].received) == 1


async def test_another_client_that_wrote_just_before_us_is_told(client, cloud):
    theirs = entry("repeat", "5 5 * * 5", mId="theirs")
    tasks = []

    def change(timers):
        tasks.append(asyncio.create_task(cloud.devices[SWITCH].push({"timers": [theirs]})))
        return adding("ours")(timers)

    with pytest.raises(TimersChangedError) as caught:
        await client.write_timers(SWITCH, change)
    await asyncio.gather(*tasks)
    assert [one.mid for one in caught.value.ours] == ["first", "ours"]
    assert [one.mid for one in caught.value.theirs] == ["theirs"]
    assert len(cloud.devices[SWITCH].received) == 1


async def test_another_client_that_wrote_with_the_answer_is_not_overwritten(client, cloud, monkeypatch):
    """What a push told meanwhile is newer than the answer, and nothing has been written yet."""
    theirs = entry("repeat", "5 5 * * 5", mId="theirs")
    query = client._delivery.query
    asked = []

    async def overtaken(*arguments):
        found = await query(*arguments)
        asked.append(arguments)
        if len(asked) == 1:
            await cloud.devices[SWITCH].push({"timers": [theirs]})
            await until(lambda: client.devices[SWITCH].params["timers"] == [theirs])
        return found

    monkeypatch.setattr(client._delivery, "query", overtaken)
    written = await client.write_timers(SWITCH, adding("ours"))
    assert [one.mid for one in written] == kept(cloud) == ["theirs", "ours"]


@pytest.fixture
def telling(cloud, monkeypatch):
    """Have the device answer one query for its timers otherwise."""

    def tell(params):
        query = cloud.commands.query
        answers = [params]

        async def otherwise(device, names):
            told = await query(device, names)
            return {**told, "params": answers.pop()} if answers else told

        monkeypatch.setattr(cloud.commands, "query", otherwise)

    return tell


@pytest.mark.parametrize("params", [{}, {"switch": "on"}, {"timers": None}])
async def test_an_answer_without_timers_has_all_params_asked_for(client, cloud, telling, params):
    telling(params)
    written = await client.write_timers(SWITCH, adding("second"))
    assert [one.mid for one in written] == kept(cloud) == ["first", "second"]


@pytest.mark.parametrize("timers", [{}, "[]", 0, False])
async def test_timers_that_are_no_list_are_not_written_over(client, cloud, telling, timers):
    telling({"timers": timers})
    with pytest.raises(TimersUnreadableError):
        await client.write_timers(SWITCH, adding("second"))
    assert kept(cloud) == ["first"]
    assert cloud.devices[SWITCH].received == []


async def test_another_spelling_of_the_same_timers_is_no_change(client, cloud):
    def spell(event):
        if isinstance(event, DeviceChanged) and "ours" in kept(cloud):
            first, ours = cloud.devices[SWITCH].params["timers"]
            ours = {**ours, "at": "2030-01-31T07:05Z", "seen": True}
            cloud.devices[SWITCH].params["timers"] = [ours, first]

    client.subscribe(spell)
    written = await client.write_timers(SWITCH, adding("ours"))
    assert [one.mid for one in written] == ["ours", "first"]


@pytest.mark.parametrize(
    ("fault", "options", "code"), [("no_answer", {}, None), ("error", {"code": 504}, 504)]
)
async def test_timers_that_were_not_told_are_not_changed(client, cloud, fault, options, code):
    cloud.faults.add(fault, interface="query", **options)
    with pytest.raises(TimersNotReadError) as caught:
        await client.write_timers(SWITCH, adding("second"))
    assert caught.value.code == code
    assert cloud.devices[SWITCH].received == []
    assert kept(cloud) == ["first"]


@pytest.mark.parametrize(
    ("fault", "options", "code"),
    [
        ("no_answer", {}, None),
        ("error", {"code": 504}, 504),
        ("error", {"code": 503}, 503),
        ("error", {"code": 500}, 500),
    ],
)
async def test_what_was_written_and_could_not_be_looked_at_may_have_been_done(
    client, cloud, monkeypatch, fault, options, code
):
    update = client._commands.update

    async def then_silent(*arguments):
        answer = await update(*arguments)
        cloud.faults.add(fault, interface="query", **options)
        return answer

    monkeypatch.setattr(client._commands, "update", then_silent)
    with pytest.raises(CommandTimeoutError) as caught:
        await client.write_timers(SWITCH, adding("second"))
    assert caught.value.code == code
    assert kept(cloud) == ["first", "second"]


async def test_a_session_that_ends_after_the_writing_is_told_as_such(client, cloud, monkeypatch):
    update = client._commands.update

    async def then_closed(*arguments):
        answer = await update(*arguments)
        await client.close()
        return answer

    monkeypatch.setattr(client._commands, "update", then_closed)
    with pytest.raises(SessionClosedError):
        await client.write_timers(SWITCH, adding("second"))
    assert kept(cloud) == ["first", "second"]


async def test_a_device_that_is_offline_is_told_as_such(client, cloud):
    cloud.devices[SWITCH].answer = "offline"
    with pytest.raises(DeviceOfflineError):
        await client.write_timers(SWITCH, adding("second"))
    assert kept(cloud) == ["first"]
