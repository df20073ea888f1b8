"""Timers in the menus of an account: looked at, added, changed and deleted."""

from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from tests.common import until
from tests.dialogs import TEXTS, with_texts

pytestmark = pytest.mark.usefixtures("unpaced")

LAMP, STRIP, MACHINE = "1000000001", "1000000002", "1000000003"
MORNING = {
    "enabled": 1,
    "mId": "00000000-0000-4000-8000-00000000000a",
    "type": "repeat",
    "coolkit_timer_type": "repeat",
    "at": "0 6 * * 1,2",
    "do": {"switch": "on"},
    "unknown": "kept",
}
CYCLE = {
    "enabled": 1,
    "mId": "00000000-0000-4000-8000-00000000000b",
    "type": "duration",
    "coolkit_timer_type": "duration",
    "at": "2050-01-31T08:00:00.000Z 60 20",
    "startDo": {"switch": "on"},
    "endDo": {"switch": "off"},
}


@pytest.fixture(autouse=True)
async def _berlin(hass):
    await hass.config.async_set_time_zone("UTC")


def timers_of(cloud, device_id):
    return cloud.devices[device_id].params.get("timers", [])


@pytest.fixture
def menu(cloud, choose, fill):
    """Open the menu of a device's timers."""

    async def open_menu(device_id, *timers):
        cloud.devices[device_id].params["timers"] = list(timers)
        result = await fill(await choose("timers"), device=device_id)
        assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "device_timers")
        return result

    return open_menu


def suggested(result):
    schema = result["data_schema"].schema
    return {str(key): get_schema_suggested_value(schema, str(key)) for key in schema}


async def test_the_timers_of_a_device_are_listed(menu):
    result = await menu(MACHINE, MORNING, {**CYCLE, "enabled": 0})
    assert result["menu_options"] == ["add_timer", "change_timer", "delete_timer", "timers", "init"]
    listing = result["description_placeholders"]["timers"].replace("\\", "")
    assert listing == (
        "- Repeat, 06:00 (Monday, Tuesday): Turn on\n"
        "- Loop, 2050-01-31 08:00, every 60 min: Turn on, after 20 min Turn off (disabled)"
    )
    result = await menu(LAMP)
    assert result["menu_options"] == ["add_timer", "timers", "init"]
    assert result["description_placeholders"]["timers"] == "None yet."


@pytest.mark.parametrize(
    ("kind", "typed", "made"),
    [
        (
            "once",
            {"at": "2050-06-01 18:30:00"},
            {"at": "2050-06-01T18:30:00.000Z", "do": {"switch": "on"}, "enabled": 1},
        ),
        (
            "repeat",
            {"time": "07:15:00", "weekdays": ["sat", "sun"], "enabled": False},
            {"at": "15 7 * * 0,6", "do": {"switch": "on"}, "enabled": 0},
        ),
        ("repeat", {"time": "07:15:00"}, {"at": "15 7 * * 0,1,2,3,4,5,6"}),
        ("repeat", {"time": "07:15:00", "weekdays": []}, {"at": "15 7 * * 0,1,2,3,4,5,6"}),
        ("countdown", {"delay": {"hours": 1, "minutes": 30}}, {"period": "90", "do": {"switch": "on"}}),
        (
            "loop",
            {
                "at": "2050-06-01 18:30:00",
                "every": {"days": 1},
                "then_after": {"minutes": 5},
                "operation": "turn_off",
            },
            {
                "at": "2050-06-01T18:30:00.000Z 1440 5",
                "startDo": {"switch": "off"},
                "endDo": {"switch": "on"},
            },
        ),
    ],
)
async def test_a_timer_of_each_kind_is_added(cloud, menu, fill, kind, typed, made):
    result = await fill(await menu(LAMP), next_step_id="add_timer")
    result = await fill(result, kind=kind)
    assert result["step_id"] == "timer"
    result = await fill(result, {"operation": "turn_on", "enabled": True, **typed})
    assert result["step_id"] == "device_timers"
    assert "The timer was added." in result["description_placeholders"]["done"]
    (timer,) = timers_of(cloud, LAMP)
    assert {name: timer[name] for name in made} == made


async def test_a_timer_of_a_channel_names_it(cloud, menu, fill):
    result = await fill(await menu(STRIP), next_step_id="add_timer")
    result = await fill(result, kind="countdown")
    result = await fill(result, operation="turn_on", channel="3", delay={"minutes": 5}, enabled=True)
    assert result["step_id"] == "device_timers"
    assert timers_of(cloud, STRIP)[0]["do"] == {"switch": "on", "outlet": 2}


@pytest.mark.parametrize(
    ("kind", "typed", "key"),
    [
        ("countdown", {"delay": {"minutes": 0}}, "timer_input"),
        ("countdown", {"delay": {"days": 5000}}, "timer_input"),
        ("once", {"at": "2020-01-01 00:00:00"}, "timer_refused"),
        ("once", {"at": "9999-01-01 00:00:00"}, "timer_refused"),
        (
            "loop",
            {"at": "2050-06-01 18:30:00", "every": {"minutes": 5}, "then_after": {"minutes": 5}},
            "timer_refused",
        ),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_lost(cloud, menu, fill, kind, typed, key):
    result = await fill(await menu(LAMP, MORNING), next_step_id="add_timer")
    result = await fill(result, kind=kind)
    result = with_texts(await fill(result, {"operation": "turn_on", "enabled": True, **typed}))
    assert result["errors"] == {"base": key}
    assert suggested(result)["operation"] == "turn_on"
    assert suggested(result) | typed == suggested(result)
    assert timers_of(cloud, LAMP) == [MORNING]


async def test_only_what_was_changed_is_written(cloud, menu, fill):
    result = await fill(await menu(MACHINE, MORNING, CYCLE), next_step_id="change_timer")
    result = await fill(result, timer=MORNING["mId"])
    assert suggested(result) == {
        "operation": "turn_on",
        "time": "06:00:00",
        "weekdays": ["mon", "tue"],
        "enabled": True,
    }
    # Meanwhile the app turns it round.
    cloud.devices[MACHINE].params["timers"][0] = {**MORNING, "do": {"switch": "off"}}
    result = await fill(result, {**suggested(result), "time": "06:45:00"})
    assert "The timer was changed." in result["description_placeholders"]["done"]
    changed, cycle = timers_of(cloud, MACHINE)
    assert changed == {**MORNING, "do": {"switch": "off"}, "at": "45 6 * * 1,2"}
    assert cycle == CYCLE


async def test_a_form_that_is_sent_as_it_was_changes_nothing(cloud, menu, fill):
    for timer in (MORNING, CYCLE):
        result = await fill(await menu(MACHINE, MORNING, CYCLE), next_step_id="change_timer")
        result = await fill(result, timer=timer["mId"])
        frames = [len(session.frames) for session in cloud.connections]
        shown = {name: value for name, value in suggested(result).items() if value is not None}
        result = await fill(result, shown)
        assert "Nothing was changed." in result["description_placeholders"]["done"]
        assert [len(session.frames) for session in cloud.connections] == frames
        assert timers_of(cloud, MACHINE) == [MORNING, CYCLE]


async def test_a_loop_loses_its_second_half(cloud, menu, fill):
    result = await fill(await menu(MACHINE, CYCLE), next_step_id="change_timer")
    result = await fill(result, timer=CYCLE["mId"])
    shown = suggested(result)
    assert shown["then_after"] == {"days": 0, "hours": 0, "minutes": 20}
    del shown["then_after"]
    result = await fill(result, shown)
    assert "The timer was changed." in result["description_placeholders"]["done"]
    (timer,) = timers_of(cloud, MACHINE)
    assert timer["at"] == "2050-01-31T08:00:00.000Z 60"
    assert "endDo" not in timer


async def test_a_timer_is_disabled(cloud, menu, fill):
    result = await fill(await menu(MACHINE, MORNING), next_step_id="change_timer")
    result = await fill(result, timer=MORNING["mId"])
    result = await fill(result, {**suggested(result), "enabled": False})
    assert timers_of(cloud, MACHINE) == [{**MORNING, "enabled": 0}]


async def test_a_timer_is_deleted(cloud, menu, fill):
    result = await fill(await menu(MACHINE, MORNING, CYCLE), next_step_id="delete_timer")
    assert suggested(result) == {"timer": None}
    result = await fill(result, {})
    assert result["errors"] == {"timer": "nothing_chosen"}
    result = await fill(result, timer=CYCLE["mId"])
    assert "The timer was deleted." in result["description_placeholders"]["done"]
    assert timers_of(cloud, MACHINE) == [MORNING]


async def test_beside_timers_that_cannot_be_read_nothing_is_written(cloud, running_entry, menu):
    await cloud.devices[MACHINE].push({"timerV2": [{"what": "ever"}]})
    await until(lambda: "timerV2" in running_entry.runtime_data.client.devices[MACHINE].params)
    result = await menu(MACHINE, MORNING)
    assert result["menu_options"] == ["timers", "init"]
    assert "cannot read" in result["description_placeholders"]["timers"]


async def test_an_error_of_the_device_is_shown(cloud, menu, fill):
    result = await fill(await menu(MACHINE, MORNING), next_step_id="delete_timer")
    cloud.faults.add("error", interface="update", code=400)
    result = with_texts(await fill(result, timer=MORNING["mId"]))
    assert result["errors"] == {"base": "timer_refused"}
    assert timers_of(cloud, MACHINE) == [MORNING]


async def test_every_field_is_one_of_some_kind(menu, fill):
    seen = set()
    for kind in ("once", "repeat", "countdown", "loop"):
        result = await fill(await menu(LAMP), next_step_id="add_timer")
        seen |= suggested(await fill(result, kind=kind)).keys()
    result = await fill(await menu(STRIP), next_step_id="add_timer")
    seen |= suggested(await fill(result, kind="once")).keys()
    assert seen == TEXTS["step"]["timer"]["data"].keys()
