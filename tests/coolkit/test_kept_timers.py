"""Timers in another form are not absent: they are told as such, and nothing is written beside them."""

import pytest

from custom_components.ewelink.coolkit import (
    ConnectionState,
    CoolKitClient,
    KeptTimers,
    Kind,
    TimersUnreadableError,
    capabilities_of,
    kept_timers,
    with_timer,
    with_timer_enabled,
    without_timer,
)
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.timers.kept import kept_in
from custom_components.ewelink.coolkit.devices.timers.timer import Timer
from tests.coolkit.conftest import TIMINGS, listening, until

GENERATIONS = ("v1", "v2")
SWITCH = "1000000001"
FORM = {"mId": "1", "enabled": 1, "type": "repeat", "coolkit_timer_type": "repeat", "do": {"switch": "on"}}
MORNING = {**FORM, "mId": "morning", "at": "0 6 * * 1"}
EVENING = {**FORM, "mId": "evening", "at": "0 18 * * 1"}
# What firmware may have there: nobody knows.
NEWER = ({"timers": [{"id": 1}]}, [MORNING], "[]", {"v": 2, "list": ""}, 1)


def of(params=None, tags=None, uiid=275):
    entry = {"deviceid": SWITCH, "uiid": uiid, "params": {"switches": [], **(params or {})}}
    return device_from_entry({**entry, "tags": tags})


@pytest.mark.parametrize("newer", NEWER)
@pytest.mark.parametrize("timers", [{}, {"timers": []}, {"timers": [MORNING]}])
def test_what_stands_under_another_name_is_not_absent(newer, timers):
    device = of({**timers, "timerV2": newer})
    kept = kept_timers(device)
    assert kept
    assert kept.unreadable == {"timerV2"}
    assert [timer.mid for timer in kept.timers] == [one["mId"] for one in timers.get("timers", [])]
    kinds = {capability.kind for capability in capabilities_of(device)}
    assert {Kind.TIMERS, Kind.NEXT_TIMER} <= kinds


@pytest.mark.parametrize("nothing", [None, {}, [], ""])
def test_where_there_is_nothing_nothing_is_unreadable(nothing):
    assert kept_timers(of({"timerV2": nothing, "timers": []}, {"disable_timers": nothing})) == KeptTimers()
    assert not kept_timers(of({"timerV2": nothing}, nothing))


@pytest.mark.parametrize("timers", [{}, "[]", 0, {"0": MORNING}])
def test_a_list_that_is_none_is_unreadable(timers):
    device = of({"timers": timers})
    assert kept_timers(device).unreadable == {"timers"}
    assert Kind.TIMERS in {capability.kind for capability in capabilities_of(device)}


def test_timers_that_the_app_keeps_are_read_as_disabled():
    again = {**MORNING, "at": "0 7 * * 1"}
    tags = {"disable_timers": [again, EVENING], "ck_channel_name": {"0": "Lamp"}}
    kept = kept_timers(of({"timers": [MORNING]}, tags))
    assert kept.timers == (Timer.from_dict(MORNING),)
    # One that is in the device again is that one.
    assert kept.set_aside == (Timer.from_dict({**EVENING, "enabled": 0}),)
    assert not kept.unreadable
    nameless = [{name: value for name, value in one.items() if name != "mId"} for one in (MORNING, EVENING)]
    assert len(kept_timers(of({"timers": nameless}, {"disable_timers": nameless})).set_aside) == 2


@pytest.mark.parametrize("entry", ["?", None, {}, {"mId": "1"}, {**MORNING, "at": "at six"}, [MORNING]])
def test_one_that_the_app_keeps_in_another_form_is_unreadable(entry):
    kept = kept_timers(of({"timers": []}, {"disable_timers": [EVENING, entry]}))
    assert [timer.mid for timer in kept.set_aside] == ["evening"]
    assert kept.unreadable == {"tags.disable_timers"}


@pytest.mark.parametrize("tagged", ["[]", {"0": EVENING}, 1])
def test_what_the_app_keeps_and_is_no_list_is_unreadable(tagged):
    assert kept_timers(of({}, {"disable_timers": tagged})).unreadable == {"tags.disable_timers"}


def test_params_alone_know_nothing_of_the_tags():
    device = of({"timers": [MORNING], "timerV2": {"x": 1}}, {"disable_timers": "?"})
    assert kept_in(device.params) == KeptTimers(
        timers=(Timer.from_dict(MORNING),), unreadable=frozenset({"timerV2"})
    )


# Writing


@pytest.fixture
async def client(api, session, websession, cloud):
    """Return a client that listens to a home in which a switch has one timer."""
    cloud.devices[SWITCH].params["timers"] = [MORNING]
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED and SWITCH in client.devices)
        yield client


def adding(timers):
    return with_timer(timers, Timer.from_dict(EVENING))


@pytest.mark.parametrize("newer", NEWER)
async def test_nothing_is_written_beside_what_cannot_be_read(client, cloud, newer):
    device = cloud.devices[SWITCH]
    await device.push({"timerV2": newer})
    await until(lambda: "timerV2" in client.devices[SWITCH].params)
    for change in (
        adding,
        lambda timers: without_timer(timers, "morning"),
        lambda timers: with_timer_enabled(timers, "morning", enabled=False),
    ):
        with pytest.raises(TimersUnreadableError):
            await client.write_timers(SWITCH, change)
    assert device.received == []
    assert device.params["timers"] == [MORNING]


async def test_what_appears_with_the_answer_stops_the_writing_too(client, cloud):
    device = cloud.devices[SWITCH]
    await device.push({"timerV2": {}})
    await until(lambda: "timerV2" in client.devices[SWITCH].params)
    # Unheard, as far as the client knows.
    device.params["timerV2"] = {"timers": [1]}
    with pytest.raises(TimersUnreadableError):
        await client.write_timers(SWITCH, adding)
    assert device.received == []
    device.params["timerV2"] = {}
    await device.push({"timerV2": {}})
    await until(lambda: client.devices[SWITCH].params["timerV2"] == {})
    assert len(await client.write_timers(SWITCH, adding)) == 2


async def test_nothing_is_written_beside_tags_that_cannot_be_read(client, cloud):
    device = cloud.devices[SWITCH]
    device.tags["disable_timers"] = [{"mId": "?"}]
    await client.refresh_devices()
    with pytest.raises(TimersUnreadableError):
        await client.write_timers(SWITCH, adding)
    assert device.received == []


async def test_timers_that_the_app_keeps_survive_those_in_the_device(client, cloud):
    device = cloud.devices[SWITCH]
    device.tags["disable_timers"] = aside = [{**EVENING, "mId": "aside", "unknown": [1]}]
    await client.refresh_devices()
    assert [timer.mid for timer in await client.write_timers(SWITCH, adding)] == ["morning", "evening"]
    assert device.tags["disable_timers"] == aside
    assert [timer.mid for timer in kept_timers(client.devices[SWITCH]).set_aside] == ["aside"]


async def test_an_entry_that_cannot_be_read_survives_every_change(client, cloud):
    """Beside others in the list it is in its place: it goes back as it came."""
    device = cloud.devices[SWITCH]
    odd = [
        {"mId": "tide", "type": "tide", "at": {"moon": "full"}, "enabled": "yes"},
        {**MORNING, "mId": "cron", "at": "*/5 * * * *", "more": {"a": [None, {"b": 0.5}]}},
    ]
    device.params["timers"] = [odd[0], MORNING, odd[1]]
    device.behaviour.writable = None
    await client.refresh_devices()
    await client.write_timers(SWITCH, adding)
    await client.write_timers(SWITCH, lambda timers: with_timer_enabled(timers, "evening", enabled=False))
    await client.write_timers(SWITCH, lambda timers: without_timer(timers, "morning"))
    assert device.params["timers"] == [*odd, {**EVENING, "enabled": 0}]
