"""Calendars and the next timer: what devices do by themselves, to look at."""

import asyncio
from datetime import UTC, datetime, timedelta

from freezegun import freeze_time
from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN, SERVICE_GET_EVENTS
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_FRIENDLY_NAME,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
)
from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_registry import RegistryEntryDisabler
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    snapshot_platform,
)

from custom_components.ewelink.calendar import ENABLED_CALENDARS
from custom_components.ewelink.coolkit.devices.timers.occurrences import REPEAT_LIMIT
from simulator.home import item
from tests.common import keep_state, until
from tests.platforms import state_of

NOW = datetime(2026, 1, 14, 9, 30, tzinfo=UTC)  # a Wednesday
LAMP_ID = "1000000d01"
STRIP_ID = "1000000d02"
CALENDAR = "calendar.lamp_timers"
NEXT_TIMER = "sensor.lamp_next_timer"


def timer(kind, at, *, enabled=1, mid="1", **actions):
    wire = "once" if kind == "delay" else kind
    actions = actions or {"do": {"switch": "on"}}
    return {"mId": mid, "type": wire, "coolkit_timer_type": kind, "at": at, "enabled": enabled, **actions}


def lamp(*timers, device_id=LAMP_ID, name="Lamp"):
    return item(device_id, 1, name, {"switch": "off", "timers": list(timers)})


def strip(*timers):
    switches = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
    return item(
        STRIP_ID,
        4,
        "Strip",
        {"switches": switches, "timers": list(timers)},
        tags={"ck_channel_name": {"0": "Kettle"}},
    )


DAILY = timer("repeat", "0 10 * * *")


@pytest.fixture(autouse=True)
async def clock(hass):
    """A Wednesday morning in Berlin; time goes on, and the event loop keeps its own."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    with freeze_time(NOW, tick=True, real_asyncio=True) as frozen:
        yield frozen


@pytest.fixture
def move_to(hass, clock, cloud):
    """Let time pass for those who wait for it; nobody has sent a ping meanwhile."""

    async def move(moment: datetime) -> None:
        passed = moment - dt_util.utcnow()
        clock.move_to(moment)
        async_fire_time_changed(hass, moment + passed)
        await hass.async_block_till_done()

    yield move
    cloud.violations[:] = [violation for violation in cloud.violations if violation.rule != "heartbeat"]


async def events(hass, entity_id, start, end):
    """Return the events of a range: begin, end and summary."""
    response = await hass.services.async_call(
        CALENDAR_DOMAIN,
        SERVICE_GET_EVENTS,
        {ATTR_ENTITY_ID: entity_id, "start_date_time": start, "end_date_time": end},
        blocking=True,
        return_response=True,
    )
    return [(one["start"], one["end"], one["summary"]) for one in response[entity_id]["events"]]


async def test_calendars_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    entry = await every_kind(CALENDAR_DOMAIN)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_events_are_a_minute_long_in_local_time(hass, setup_home):
    await setup_home(lamp(DAILY))
    assert await events(hass, CALENDAR, NOW, NOW + timedelta(days=2)) == [
        ("2026-01-14T11:00:00+01:00", "2026-01-14T11:01:00+01:00", "On"),
        ("2026-01-15T11:00:00+01:00", "2026-01-15T11:01:00+01:00", "On"),
    ]


async def test_a_range_shows_what_it_touches(hass, setup_home):
    await setup_home(lamp(DAILY))
    ten = datetime(2026, 1, 14, 10, tzinfo=UTC)
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    assert len(await events(hass, CALENDAR, ten + minute - second, ten + minute)) == 1
    assert await events(hass, CALENDAR, ten + minute, ten + 2 * minute) == []
    assert await events(hass, CALENDAR, ten - minute, ten) == []
    assert len(await events(hass, CALENDAR, ten - minute, ten + second)) == 1


async def test_any_range_by_the_frontends_way(hass, setup_home, hass_client):
    await setup_home(lamp(timer("once", "2030-01-31T07:05:00.000Z", mid="once")))
    client = await hass_client()
    url = f"/api/calendars/{CALENDAR}?start=0001-01-01T00:00:00Z&end=9999-12-30T00:00:00Z"
    answer = await (await client.get(url)).json()
    assert [(one["start"]["dateTime"], one["summary"], one["uid"]) for one in answer] == [
        ("2030-01-31T08:05:00+01:00", "On", "once")
    ]


async def test_all_time_shows_no_more_than_can_be_looked_at(hass, setup_home):
    await setup_home(lamp(DAILY, timer("once", "2050-01-31T07:05:00.000Z", do={"switch": "off"})))
    steps = 0

    async def other_work():
        nonlocal steps
        while True:
            steps += 1
            await asyncio.sleep(0)

    other = hass.async_create_background_task(other_work(), "other work")
    before = steps
    found = await events(hass, CALENDAR, "0001-01-02 00:00:00", "9999-12-30 00:00:00")
    other.cancel()
    assert len(found) == REPEAT_LIMIT + 1
    assert found[-1] == ("2050-01-31T08:05:00+01:00", "2050-01-31T08:06:00+01:00", "Off")
    # Meanwhile others had their turn.
    assert steps - before > REPEAT_LIMIT // 200


@pytest.mark.parametrize(
    ("zone", "once", "day", "expected"),
    [
        ("UTC", "9999-12-31T23:59:00.000Z", "9999-12-31", ["10:00"]),
        ("Asia/Tokyo", "9999-12-31T14:59:00.000Z", "9999-12-31", ["19:00"]),
        ("Asia/Tokyo", "9999-12-31T14:58:00.000Z", "9999-12-31", ["19:00"]),
        ("America/New_York", "9999-12-31T23:59:00.000Z", "9999-12-31", ["05:00"]),
        ("Europe/Berlin", "0001-01-01T00:00:00.000Z", "0001-01-01", []),
        ("UTC", "0001-01-01T00:00:00.000Z", "0001-01-01", []),
    ],
)
@pytest.mark.usefixtures("every_entity_enabled")
async def test_moments_that_no_timer_can_have_are_left_out(hass, setup_home, zone, once, day, expected):
    await hass.config.async_set_time_zone(zone)
    await setup_home(lamp(DAILY, timer("once", once)))
    found = await events(hass, CALENDAR, f"{day}T00:00:00", f"{day}T23:59:59")
    assert [event[0][11:16] for event in found] == expected
    assert [event[2] for event in found] == ["On"] * len(expected)


@pytest.mark.usefixtures("every_entity_enabled")
async def test_a_next_event_that_no_calendar_can_show_is_none(hass, setup_home):
    await setup_home(lamp(timer("once", "9999-12-31T23:59:59.000Z")))
    assert state_of(hass, CALENDAR) == STATE_OFF
    assert "start_time" not in hass.states.get(CALENDAR).attributes
    # Beyond what a device may tell of dates it is no timer that can be read.
    assert state_of(hass, NEXT_TIMER) == STATE_UNKNOWN


async def test_the_hour_moves_with_daylight_saving(hass, setup_home):
    await setup_home(lamp(DAILY))
    saturday = datetime(2026, 3, 28, tzinfo=UTC)
    found = await events(hass, CALENDAR, saturday, saturday + timedelta(days=2))
    assert [start for start, _, _ in found] == ["2026-03-28T11:00:00+01:00", "2026-03-29T12:00:00+02:00"]


async def test_the_minute_in_which_clocks_go_back(hass, setup_home):
    await setup_home(lamp(timer("repeat", "59 0 * * *")))
    sunday = datetime(2026, 10, 25, tzinfo=UTC)
    found = await events(hass, CALENDAR, sunday, sunday + timedelta(days=2))
    assert [(start, end) for start, end, _ in found] == [
        ("2026-10-25T02:59:00+02:00", "2026-10-25T02:59:59+02:00"),
        ("2026-10-26T01:59:00+01:00", "2026-10-26T02:00:00+01:00"),
    ]


@pytest.mark.parametrize(
    ("action", "summary"),
    [
        ({"switch": "on", "outlet": 0}, "Kettle: On"),
        ({"switch": "off", "outlet": 1}, "Channel 2: Off"),
        ({"switch": "off"}, "Off"),
        ({"lock": 1}, "lock 1"),
    ],
)
async def test_what_a_timer_does(hass, setup_home, action, summary):
    await setup_home(strip(timer("repeat", "0 10 * * *", do=action)))
    ((_, _, found),) = await events(hass, "calendar.strip_timers", NOW, NOW + timedelta(hours=2))
    assert found == summary


async def test_the_only_channel_of_a_device_is_the_device(hass, setup_home):
    plug = item(
        LAMP_ID,
        77,
        "Lamp",
        {
            "switches": [{"outlet": 0, "switch": "on"}],
            "timers": [timer("repeat", "0 10 * * *", do={"switch": "on", "outlet": 0})],
        },
    )
    await setup_home(plug)
    ((_, _, summary),) = await events(hass, CALENDAR, NOW, NOW + timedelta(hours=2))
    assert summary == "On"


async def test_both_actions_of_a_loop(hass, setup_home):
    loop = timer(
        "duration", "2026-01-14T08:00:00.000Z 60 25", startDo={"switch": "on"}, endDo={"switch": "off"}
    )
    await setup_home(lamp(loop))
    found = await events(hass, CALENDAR, NOW, NOW + timedelta(hours=1))
    assert [(start[11:16], summary) for start, _, summary in found] == [
        ("11:00", "On"),
        ("11:25", "Off"),
    ]


async def test_loops_are_capped(hass, setup_home):
    await setup_home(lamp(timer("duration", "2026-01-01T00:00:00.000Z 1"), DAILY))
    assert len(await events(hass, CALENDAR, NOW, NOW + timedelta(days=30))) == 500 + 30


async def test_the_state_follows_the_clock(hass, setup_home, move_to):
    await setup_home(lamp(DAILY, timer("once", "2026-01-14T10:01:00.000Z", do={"switch": "off"})))
    state = hass.states.get(CALENDAR)
    assert (state.state, state.attributes["message"]) == (STATE_OFF, "On")
    assert state.attributes["start_time"] == "2026-01-14 11:00:00"
    assert state.attributes[ATTR_FRIENDLY_NAME] == "Lamp Timers"
    ten = datetime(2026, 1, 14, 10, tzinfo=UTC)
    await move_to(ten)
    assert state_of(hass, CALENDAR) == STATE_ON
    await move_to(ten + timedelta(minutes=1))
    state = hass.states.get(CALENDAR)
    assert (state.state, state.attributes["message"]) == (STATE_ON, "Off")
    await move_to(ten + timedelta(minutes=2))
    state = hass.states.get(CALENDAR)
    assert (state.state, state.attributes["start_time"]) == (STATE_OFF, "2026-01-15 11:00:00")


async def test_the_state_follows_the_device(hass, cloud, setup_home):
    await setup_home(lamp(DAILY))
    device = cloud.devices[LAMP_ID]
    await device.push({"timers": [timer("once", "2026-01-14T09:45:00.000Z")]})
    await until(lambda: hass.states.get(CALENDAR).attributes["start_time"] == "2026-01-14 10:45:00")
    await device.push({"timers": [{**DAILY, "enabled": 0}]})
    await until(lambda: "start_time" not in hass.states.get(CALENDAR).attributes)
    assert state_of(hass, CALENDAR) == STATE_OFF
    await device.set_online(online=False)
    await until(lambda: state_of(hass, CALENDAR) == STATE_UNAVAILABLE)


async def test_the_channels_name_follows_the_account(hass, cloud, setup_home):
    entry = await setup_home(strip(timer("repeat", "0 10 * * *", do={"switch": "on", "outlet": 0})))
    cloud.devices[STRIP_ID].tags = {"ck_channel_name": {"0": "Toaster"}}
    await entry.runtime_data.client.refresh_devices()
    assert hass.states.get("calendar.strip_timers").attributes["message"] == "Toaster: On"


async def test_a_repeated_timer_is_shown_from_the_day_on_which_it_was_first_seen(
    hass, cloud, setup_home, move_to
):
    """When it was made, nobody says; what may not have happened is not shown."""
    entry = await setup_home(lamp(DAILY))
    year = timedelta(days=365)
    assert await events(hass, CALENDAR, NOW - year, NOW - timedelta(days=1)) == []
    assert [one[0][:10] for one in await events(hass, CALENDAR, NOW - year, NOW + timedelta(days=1))] == [
        "2026-01-14"
    ]

    # Three days later, after a reload, another one is there.
    later = NOW + timedelta(days=3)
    await move_to(later)
    assert await hass.config_entries.async_unload(entry.entry_id)
    cloud.devices[LAMP_ID].params["timers"].append(
        timer("repeat", "0 12 * * *", mid="2", do={"switch": "off"})
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    found = await events(hass, CALENDAR, NOW - year, later + timedelta(hours=5))
    assert [(one[0][:10], one[2]) for one in found] == [
        ("2026-01-14", "On"),
        ("2026-01-15", "On"),
        ("2026-01-16", "On"),
        ("2026-01-17", "On"),
        ("2026-01-17", "Off"),
    ]


@pytest.mark.parametrize(
    "stored", [{}, {"known_since": None}, {"known_since": {"1": "soon", "2": 3, "3": "2026-01-01"}}]
)
async def test_what_was_stored_and_cannot_be_read_is_left_out(hass, setup_home, stored):
    keep_state(hass, State(CALENDAR, STATE_OFF), stored)
    await setup_home(lamp(DAILY))
    found = await events(hass, CALENDAR, NOW - timedelta(days=9), NOW + timedelta(days=1))
    assert [one[0][:10] for one in found] == ["2026-01-14"]


async def test_a_device_that_left_and_came_back_gets_one_calendar(hass, cloud, setup_home, caplog):
    entry = await setup_home(lamp(), lamp(device_id="1000000d09", name="Other"))
    client = entry.runtime_data.client
    cloud.remove_device(LAMP_ID)

    await client.refresh_devices()
    await until(lambda: LAMP_ID not in client.devices)
    cloud.add_device(lamp())
    await client.refresh_devices()
    await cloud.devices[LAMP_ID].push({"timers": [DAILY]})
    await until(lambda: state_of(hass, CALENDAR) == STATE_OFF)
    assert hass.states.async_entity_ids(CALENDAR_DOMAIN) == [CALENDAR]
    assert "unique" not in caplog.text


async def test_the_first_calendars_are_enabled(hass, cloud, setup_home, entity_registry):
    homes = [
        lamp(DAILY, device_id=f"1000000e{number:02}", name=f"Lamp {number}")
        for number in range(ENABLED_CALENDARS + 2)
    ]
    entry = await setup_home(*homes, lamp())
    assert len(hass.states.async_entity_ids(CALENDAR_DOMAIN)) == ENABLED_CALENDARS
    await cloud.devices[LAMP_ID].push({"timers": [DAILY]})
    await until(lambda: entity_registry.async_get(CALENDAR))
    assert entity_registry.async_get(CALENDAR).disabled_by is RegistryEntryDisabler.INTEGRATION
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert len(hass.states.async_entity_ids(CALENDAR_DOMAIN)) == ENABLED_CALENDARS


# The next timer


async def test_the_next_timer_is_a_diagnostic_that_nobody_is_shown_unasked(setup_home, entity_registry):
    await setup_home(lamp(DAILY))
    registered = entity_registry.async_get(NEXT_TIMER)
    assert registered.entity_category is EntityCategory.DIAGNOSTIC
    assert registered.disabled_by is RegistryEntryDisabler.INTEGRATION


@pytest.mark.usefixtures("every_entity_enabled")
async def test_the_next_timer_moves_on(hass, setup_home, move_to):
    await setup_home(lamp(DAILY, timer("once", "2026-01-14T10:30:00.000Z")))
    assert hass.states.async_entity_ids(SENSOR_DOMAIN).count(NEXT_TIMER) == 1
    for expected in ("2026-01-14T10:00:00", "2026-01-14T10:30:00", "2026-01-15T10:00:00"):
        assert state_of(hass, NEXT_TIMER) == f"{expected}+00:00"
        await move_to(datetime.fromisoformat(f"{expected}+00:00"))
    assert state_of(hass, NEXT_TIMER) == "2026-01-16T10:00:00+00:00"


@pytest.mark.usefixtures("every_entity_enabled")
async def test_the_next_timer_follows_the_device(hass, cloud, setup_home, move_to):
    await setup_home(lamp(DAILY))
    device = cloud.devices[LAMP_ID]
    await device.push({"timers": [timer("delay", "2026-01-14T09:45:00.000Z", do={"switch": "off"})]})
    await until(lambda: state_of(hass, NEXT_TIMER) == "2026-01-14T09:45:00+00:00")
    await move_to(datetime(2026, 1, 14, 9, 45, tzinfo=UTC))
    assert state_of(hass, NEXT_TIMER) == STATE_UNKNOWN


@pytest.mark.usefixtures("every_entity_enabled")
async def test_nothing_waits_for_a_timer_that_is_gone(hass, cloud, setup_home, move_to):
    entry = await setup_home(lamp(DAILY))
    await hass.config_entries.async_unload(entry.entry_id)
    assert state_of(hass, NEXT_TIMER) == STATE_UNAVAILABLE
    await move_to(datetime(2026, 1, 14, 10, tzinfo=UTC))
    assert state_of(hass, NEXT_TIMER) == STATE_UNAVAILABLE


# Timers in another form

UNREADABLE = "has_unreadable_timers"
NEWER = {"stand-in": [{"at": "0 6 * * 1"}]}


@pytest.mark.usefixtures("every_entity_enabled")
async def test_timers_that_cannot_be_read_are_not_told_as_none(hass, cloud, setup_home):
    await setup_home(item(LAMP_ID, 1, "Lamp", {"switch": "off", "timers": [], "timerV2": NEWER}))
    device = cloud.devices[LAMP_ID]
    for entity_id in (CALENDAR, NEXT_TIMER):
        assert hass.states.get(entity_id).attributes[UNREADABLE] is True
    assert state_of(hass, NEXT_TIMER) == STATE_UNKNOWN
    with pytest.raises(HomeAssistantError) as failure:
        await events(hass, CALENDAR, NOW, NOW + timedelta(days=2))
    assert str(failure.value) == (
        "Lamp keeps its timers in a format that Home Assistant cannot read. View them in the eWeLink app"
    )

    # Those beside them that can be read are shown.
    await device.push({"timers": [DAILY]})
    await until(lambda: state_of(hass, NEXT_TIMER) == "2026-01-14T10:00:00+00:00")
    assert len(await events(hass, CALENDAR, NOW, NOW + timedelta(days=1))) == 1
    assert hass.states.get(CALENDAR).attributes[UNREADABLE] is True

    await device.push({"timerV2": {}, "timers": []})
    await until(lambda: state_of(hass, NEXT_TIMER) == STATE_UNKNOWN)
    assert UNREADABLE not in hass.states.get(CALENDAR).attributes
    assert await events(hass, CALENDAR, NOW, NOW + timedelta(days=1)) == []


@pytest.mark.usefixtures("every_entity_enabled")
async def test_timers_that_cannot_be_read_appear_in_session(hass, cloud, setup_home):
    entry = await setup_home(item(LAMP_ID, 1, "Lamp", {"switch": "off"}))
    device = cloud.devices[LAMP_ID]
    assert hass.states.get(CALENDAR) is None
    await device.push({"timerV2": NEWER})
    await until(lambda: hass.states.get(CALENDAR) is not None)
    assert hass.states.get(CALENDAR).attributes[UNREADABLE] is True
    # What the app keeps is told by the list.
    await device.push({"timerV2": {}})
    await until(lambda: UNREADABLE not in hass.states.get(CALENDAR).attributes)
    device.tags = {"disable_timers": [{"mId": "?"}]}
    await entry.runtime_data.client.refresh_devices()
    await until(lambda: UNREADABLE in hass.states.get(CALENDAR).attributes)


async def test_disabled_timers_that_the_app_keeps_are_timers(hass, cloud, setup_home):
    disabled = {"disable_timers": [DAILY]}
    await setup_home({**item(LAMP_ID, 1, "Lamp", {"switch": "off", "timers": []}), "tags": disabled})
    assert state_of(hass, CALENDAR) == STATE_OFF
    assert await events(hass, CALENDAR, NOW, NOW + timedelta(days=1)) == []
