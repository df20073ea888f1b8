"""The history of meters in the long-term statistics of a real recorder: each hour once, whatever happens."""

from datetime import UTC, date, datetime, timedelta
import logging
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import list_statistic_ids, statistics_during_period
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.energy_history import Row, hours_of_day, rows_of_days, rows_of_hours
from custom_components.ewelink.energy_import import async_import_shown
from simulator.home import item
from tests.common import connected, until

BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday, half past ten in Berlin.
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What clients do while the clock is moved past them.
MOVED = {"heartbeat", "general parameter"}


@pytest.fixture(autouse=True)
def _few_words_of_the_database():
    """Keep the log free of each of thousands of rows."""
    loggers = [logging.getLogger(name) for name in ("sqlalchemy", "homeassistant.components.recorder")]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    yield
    for logger in loggers:
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def hass(_few_words_of_the_database, recorder_mock, hass):
    return hass


@pytest.fixture
def clock(cloud):
    """The time of the test; the event loop keeps its own, so that nobody sends a ping when it is moved."""
    with freeze_time(NOW, tick=True, real_asyncio=True) as frozen:
        yield frozen
    cloud.violations[:] = [one for one in cloud.violations if one.rule not in MOVED]


def hour_meter(**params):
    return item(
        "1000019001",
        190,
        "Rack",
        {
            "switches": [{"outlet": 0, "switch": "on"}],
            "power": 100000,
            "dayKwh": 500,
            "monthKwh": 5000,
            **params,
        },
    )


def day_meter(**params):
    return item(
        "1000003201",
        32,
        "Washer",
        {"switch": "on", "power": "1000.00", "voltage": "230.00", "current": "4.3", "timeZone": 1, **params},
    )


async def at(hass, clock, moment):
    """Let it be another time, with a connection begun then, and whatever is due each minute happen."""
    clock.move_to(moment)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    client = entry.runtime_data.client
    losses = client.connection_losses
    await client._connector._socket.connection.close("the clock was moved")
    await until(lambda: client.connection_losses > losses)
    await connected(entry)
    async_fire_time_changed(hass, moment + timedelta(seconds=61))
    await hass.async_block_till_done(wait_background_tasks=False)
    await looked(entry)


async def looked(entry):
    """Wait until everything that was due is done."""
    await until(lambda: (task := entry.runtime_data.histories._task) is None or task.done())


async def hours_of(hass, statistic_id, period="hour"):
    """Return what the statistics hold, in order: start, state, sum and change."""
    await async_wait_recording_done(hass)
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime(2026, 1, 1, tzinfo=UTC),
        None,
        {statistic_id},
        period,
        None,
        {"state", "sum", "change"},
    )
    return [
        (dt_util.utc_from_timestamp(row["start"]), row["state"], row["sum"], round(row["change"], 4))
        for row in found.get(statistic_id, [])
    ]


async def import_now(hass, device_id, channel=None):
    """Press the button; return how many hours that has brought."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    coordinator = entry.runtime_data
    key = "energy_history" if channel is None else f"energy_history_{channel - 1}"
    history = coordinator.capability(device_id, key)
    return len(await async_import_shown(coordinator, coordinator.client.devices[device_id], history))


async def test_hours(hass, cloud, setup_home, clock):
    """Before the installation, over a gap, after a restart and a reset: each hour once, and never less."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    entry = await setup_home(hour_meter())
    device = cloud.devices["1000019001"]
    statistic_id = "ewelink:1000019001_energy_history"

    await at(hass, clock, NOW + timedelta(minutes=1))
    await until(lambda: len(device.received) == 1)
    assert device.received == [{"getHoursKwh": {"start": 0, "end": 719}}]
    await looked(entry)
    first = await hours_of(hass, statistic_id)
    starts = [start for start, *_ in first]
    assert starts == [datetime(2026, 11, 25, 8, tzinfo=UTC) - each * HOUR for each in range(718, -1, -1)]
    # As the meter itself has it, hour by hour: five hundredths are those of today.
    told = device.behaviour.meter._logs[0].hours(int(starts[0].timestamp() // 3600), 719)
    assert [round(change * 100) for *_, change in first] == told
    assert first[-1][2] == pytest.approx(sum(told) / 100)
    (metadata,) = [
        one
        for one in await get_instance(hass).async_add_executor_job(list_statistic_ids, hass)
        if one["statistic_id"] == statistic_id
    ]
    assert metadata["name"] == "Rack energy history"
    assert (metadata["source"], metadata["statistics_unit_of_measurement"]) == (DOMAIN, "kWh")

    # In the same hour nobody is asked again, neither by itself nor on request, nor after a restart.
    await at(hass, clock, NOW + timedelta(minutes=20))
    assert await import_now(hass, "1000019001") == 0
    await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    await at(hass, clock, NOW + timedelta(minutes=24))
    await looked(entry)
    assert len(device.received) == 1
    assert await hours_of(hass, statistic_id) == first

    # Home Assistant was away for two days: the gap is filled, and what was there stays.
    later = NOW + 50 * HOUR
    await at(hass, clock, later)
    await until(lambda: len(device.received) == 2)
    assert device.received[1] == {"getHoursKwh": {"start": 0, "end": 50}}
    await looked(entry)
    second = await hours_of(hass, statistic_id)
    assert second[: len(first)] == first
    # A kilowatt all the time.
    assert [change for *_, change in second[len(first) + 1 :]] == pytest.approx([1.0] * 49, abs=0.011)
    assert [start for start, *_ in second[len(first) :]] == [
        starts[-1] + each * HOUR for each in range(1, 51)
    ]

    # A meter that has lost its memory begins anew; nothing is taken back.
    await device.reset_meter()
    await at(hass, clock, later + 3 * HOUR)
    await until(lambda: len(device.received) == 3)
    await looked(entry)
    third = await hours_of(hass, statistic_id)
    assert third[: len(second)] == second
    assert len(third) == len(second) + 3
    sums = [total for _, _, total, _ in third]
    assert sums == sorted(sums)


async def test_days(hass, cloud, setup_home, clock):
    """Days are spread over their hours; the clocks are changed meanwhile, and each day keeps what it has."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    summer = datetime(2026, 10, 24, 9, 30, tzinfo=UTC)
    clock.move_to(summer)
    await setup_home(day_meter())
    device = cloud.devices["1000003201"]
    device.behaviour.meter._logs[0].known = 240
    statistic_id = "ewelink:1000003201_energy_history"

    def told():
        text = device.execute({"hundredDaysKwh": "get"}).config["hundredDaysKwhData"]
        return [
            round(int(text[at : at + 2], 16) + int(text[at + 3]) / 10 + int(text[at + 5]) / 100, 2)
            for at in range(0, 600, 6)
        ]

    assert await import_now(hass, "1000003201") in range(9 * 24, 12 * 24)
    first = await hours_of(hass, statistic_id)
    days = await hours_of(hass, statistic_id, "day")
    shown = [value for value in told()[::-1] if value]
    assert [change for *_, change in days] == pytest.approx(shown, abs=0.0001)
    assert (
        len({change for start, *_, change in first if start.astimezone(BERLIN).date() == summer.date()}) <= 2
    )

    # Over the night in which an hour comes twice, asked several times, and around midnight not at all.
    for hours in (8, 11):
        await at(hass, clock, summer + hours * HOUR)
        assert len(await hours_of(hass, statistic_id)) == len(first) + hours
    await at(hass, clock, datetime(2026, 10, 24, 21, 30, tzinfo=UTC))
    with pytest.raises(ServiceValidationError, match="Try again at 01:04"):
        await import_now(hass, "1000003201")
    await at(hass, clock, datetime(2026, 10, 26, 2, 30, tzinfo=UTC))
    hours = await hours_of(hass, statistic_id)
    assert hours[: len(first)] == first
    starts = [start for start, *_ in hours]
    assert starts == [starts[0] + each * HOUR for each in range(len(starts))]
    assert sum(start.astimezone(BERLIN).day == 25 for start in starts[-30:]) == 25
    days = await hours_of(hass, statistic_id, "day")
    assert [change for *_, change in days][-3:-1] == pytest.approx(told()[2:0:-1], abs=0.0001)

    # A reset in the middle of a day: what it had told stays, what it counts anew is added.
    before = hours[-1][2]
    await device.reset_meter()
    await at(hass, clock, datetime(2026, 10, 26, 5, 30, tzinfo=UTC))
    after = await hours_of(hass, statistic_id)
    assert after[: len(hours)] == hours
    assert len(after) == len(hours) + 3
    assert after[-1][2] == pytest.approx(before + 3, abs=0.02)


async def test_channels_and_refusals(hass, cloud, setup_home, clock):
    entry = await setup_home(
        item(
            "1000a12605",
            126,
            "Lights",
            {
                "workMode": 1,
                "switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}],
                "actPow_00": 3100,
                "actPow_01": 0,
                "timeZone": 1,
            },
        ),
        item("1000018201", 182, "Plug", {"power": "100.00", "timeZone": 0}),
    )
    lights, plug = cloud.devices["1000a12605"], cloud.devices["1000018201"]
    for log in (*lights.behaviour.meter._logs.values(), *plug.behaviour.meter._logs.values()):
        log.known = 48
    # One channel alone is one frame.
    assert await import_now(hass, "1000a12605", channel=1) > 48
    assert lights.received == [{"getKwh_00": 2}]
    await import_now(hass, "1000a12605", channel=2)
    assert lights.received == [{"getKwh_00": 2}, {"getKwh_01": 2}]
    await async_wait_recording_done(hass)
    names = {
        one["name"]
        for one in await get_instance(hass).async_add_executor_job(list_statistic_ids, hass)
        if one["source"] == DOMAIN
    }
    assert names == {"Lights Channel 1 energy history", "Lights Channel 2 energy history"}

    # One that does not answer is not asked again at once.
    plug.answer = "silent"
    async_fire_time_changed(hass, NOW + timedelta(seconds=61))
    await until(lambda: plug.received)
    await looked(entry)
    await at(hass, clock, NOW + timedelta(minutes=20))
    assert len(plug.received) == 1
    with pytest.raises(HomeAssistantError, match="did not answer"):
        await import_now(hass, "1000018201")
    # One that refuses is asked in the words of older firmwares the next time.
    plug.answer = "refuse"
    await at(hass, clock, NOW + 26 * HOUR)
    await until(lambda: len(plug.received) == 3)
    plug.answer = "normal"
    await looked(entry)
    assert await import_now(hass, "1000018201") > 48
    assert [*map(list, plug.received)][1:] == [["h186DaysKwh"], ["h186DaysKwh"], ["hundredDaysKwh"]]


# Where hours and days stand, without a recorder


def test_hours_that_a_day_has():
    days = (date(2026, 3, 29), date(2026, 10, 25), date(2026, 5, 1))
    assert [len([*hours_of_day(day, BERLIN)]) for day in days] == [23, 25, 24]
    # Where the clock is half an hour off, days still have their own hours.
    kolkata = ZoneInfo("Asia/Kolkata")
    hours = [*hours_of_day(NOW.date(), kolkata)]
    assert len(hours) == 24
    assert not {*hours} & {*hours_of_day(NOW.date() + timedelta(days=1), kolkata)}


def test_hours_begin_with_the_first_that_was_used():
    assert rows_of_hours((0.5, 0.2, 0, 0.1, 0, 0), NOW, None) == [
        Row(datetime(2026, 11, 25, 6, tzinfo=UTC), 0.1, 0.1),
        Row(datetime(2026, 11, 25, 7, tzinfo=UTC), 0, 0.1),
        Row(datetime(2026, 11, 25, 8, tzinfo=UTC), 0.2, 0.3),
    ]
    assert rows_of_hours((), NOW, None) == rows_of_hours((0.5,), NOW, None) == []


def test_nothing_is_invented_for_hours_that_are_not_told():
    last = Row(datetime(2026, 11, 20, 8, tzinfo=UTC), 0.5, 12)
    assert [row.start.day for row in rows_of_hours((0.5, 0.2), NOW, last)] == [25]
    rows = rows_of_days((0.5, 0.2), NOW, BERLIN, last)
    assert {row.start.astimezone(BERLIN).day for row in rows} == {24, 25}


def test_a_clock_that_was_ahead_changes_nothing():
    ahead = Row(NOW.replace(minute=0) + 5 * HOUR, 0.5, 12)
    assert rows_of_hours((0.5,) * 48, NOW, ahead) == rows_of_days((0.5,) * 9, NOW, BERLIN, ahead) == []


def test_what_a_day_takes_comes_to_the_hours_in_which_it_was_taken():
    first = rows_of_days((1.0, 2.0), NOW, BERLIN, None)
    assert first[-1].sum == 3
    later = rows_of_days((1.6, 2.0), NOW + 2 * HOUR, BERLIN, first[-1])
    assert [(row.start.hour, row.state, row.sum) for row in later] == [(9, 1.3, 3.3), (10, 1.6, 3.6)]
    # Asked again after midnight, the day gets the rest.
    night = rows_of_days((0.1, 2.0, 2.0), NOW + 16 * HOUR, BERLIN, later[-1])
    assert [row.sum for row in night][-2:] == [4.05, 4.1]
    assert night[-3].sum == 4.0
    assert len(night) == 14
