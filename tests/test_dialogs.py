"""What holds for every step of every dialog, those included that nobody has thought of yet."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, get_schema_suggested_value

from custom_components.ewelink.config_flow import EwelinkConfigFlow
from custom_components.ewelink.const import CONF_MEASURING_BUDGET, CONF_WRITE_NAMES, DOMAIN
from custom_components.ewelink.coolkit import CodePurpose, HostsV1, Permit
from custom_components.ewelink.entry_data import Generation
from custom_components.ewelink.flows.account_input import Access
from custom_components.ewelink.flows.options import EwelinkOptionsFlow
from custom_components.ewelink.flows.options_base import OptionsSteps
from custom_components.ewelink.flows.options_home import HomeSteps
from custom_components.ewelink.flows.options_room import RoomSteps
from custom_components.ewelink.flows.verification import SentCode
from custom_components.ewelink.repairs import AccountIssue, ProblemFlow, async_report_problem
from simulator.cloud import PASSWORD
from simulator.home import NEIGHBOUR
from tests.common import make_entry, until
from tests.dialogs import ALL_TEXTS, TEXTS, done, go_on, with_texts
from tests.flows import answer, assert_alive, reconfigure, submit

pytestmark = pytest.mark.usefixtures("unpaced")

LAMP, STRIP, BOILER, MACHINE = "1000000001", "1000000002", "1000000005", "1000000003"


def steps_of(flow: type) -> list[str]:
    """Return the steps of a dialog, without those that Home Assistant itself has in each."""
    return sorted(
        name.removeprefix("async_step_")
        for name in dir(flow)
        if name.startswith("async_step_") and getattr(flow, name).__module__.startswith("custom_components.")
    )


def errors_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.fixture(autouse=True)
def _waits(monkeypatch):
    """A dialog that never sees an answer at once, and waits no longer than it has to."""
    monkeypatch.setattr("custom_components.ewelink.flows.options_sharing.AT_ONCE", 0)
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.SHOWN_AT_LEAST", 0)


@pytest.fixture
async def client(running_entry):
    """The account's client, when it knows the groups, too."""
    client = running_entry.runtime_data.client
    await until(lambda: client.management.groups)
    return client


@pytest.fixture
def neighbour(cloud):
    return cloud.accounts.find(NEIGHBOUR)


# The account is removed while its dialog is open

# What the forms may be told, whichever it is.
TYPED = {
    "account": "demo@example.com",
    "address": NEIGHBOUR,
    "application": {"app_id": "demo", "app_secret": "secret"},
    "chip_id": "",
    "code": "1234",
    "country": "DE",
    "device": LAMP,
    "device_id": "1000000101",
    "device_key": "key",
    "devices": [LAMP],
    "gateway": "1000000012",
    "groups": [],
    "name": "Porch",
    "new_password": "a new password",
    "note": "",
    "old_password": PASSWORD,
    "part": "device",
    "password": PASSWORD,
    "region": "eu",
    "repeated_password": "a new password",
    "resend": False,
    "share": f"{MACHINE} {NEIGHBOUR}",
    "sub_device_id": "a480000101",
    "write_names": True,
    **dict.fromkeys(("add_timers", "edit_timers", "delete_timers", "enable_timers"), False),
}


async def at_step(manager: Any, result: Any, step: str, user_input: dict[str, Any] | None) -> Any:
    """Let a dialog be at a step, and go on from there; a progress is waited for as a browser does."""
    flow = manager._progress[result["flow_id"]]
    flow.cur_step = {"type": FlowResultType.FORM, "step_id": step, "flow_id": result["flow_id"]}
    result = await manager.async_configure(result["flow_id"], user_input)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        await until(lambda: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
        result = await manager.async_configure(result["flow_id"])
    return result


async def options_at_every_step(hass, entry, client, typed):
    """Return a dialog of the options for each step, begun, and what is entered in it then."""
    group_id = next(iter(client.management.groups))
    dialogs = {}
    for step in steps_of(EwelinkOptionsFlow):
        dialogs[step] = await hass.config_entries.options.async_init(entry.entry_id)
        flow = hass.config_entries.options._progress[dialogs[step]["flow_id"]]
        flow._device_id, flow._address, flow._group_id = MACHINE, NEIGHBOUR, group_id
        flow._begin(name="Lamp", devices=[], write_names=False, note="", add_timers=True)
    return dialogs, typed and {**typed, "group": group_id}


@pytest.mark.parametrize("typed", [None, TYPED], ids=["shown", "submitted"])
async def test_an_account_that_is_removed_ends_every_step_of_its_options(
    hass, cloud, running_entry, client, caplog, typed
):
    dialogs, user_input = await options_at_every_step(hass, running_entry, client, typed)
    await hass.config_entries.async_remove(running_entry.entry_id)
    sent = len(cloud.requests)
    for step, begun in dialogs.items():
        result = with_texts(await at_step(hass.config_entries.options, begun, step, user_input))
        assert (step, result["type"]) == (step, FlowResultType.ABORT)
        assert (step, result["reason"]) == (step, "entry_gone")
    assert not hass.config_entries.options.async_progress()
    assert len(cloud.requests) == sent
    assert errors_of(caplog) == []


@pytest.mark.parametrize("typed", [None, TYPED], ids=["shown", "submitted"])
async def test_an_account_that_is_not_loaded_ends_every_step_that_needs_it(
    hass, cloud, running_entry, client, caplog, typed
):
    dialogs, user_input = await options_at_every_step(hass, running_entry, client, typed)
    await hass.config_entries.async_unload(running_entry.entry_id)
    sent = len(cloud.requests)
    for step, begun in dialogs.items():
        result = with_texts(await at_step(hass.config_entries.options, begun, step, user_input))
        if step not in {"init", "settings"}:
            assert (step, result["type"]) == (step, FlowResultType.ABORT)
            # No offer was made, so none has an outcome.
            reason = "share_gone" if step in {"share_outcome", "share_wait"} else "not_loaded"
            assert (step, result["reason"]) == (step, reason)
    assert len(cloud.requests) == sent
    assert errors_of(caplog) == []


@pytest.mark.parametrize("typed", [None, TYPED], ids=["shown", "submitted"])
@pytest.mark.parametrize("step", [step for step in steps_of(EwelinkConfigFlow) if step != "reauth"])
async def test_an_account_that_is_removed_ends_every_step_that_signs_in_to_it(
    hass, cloud, running_entry, caplog, step, typed
):
    result = await reconfigure(hass, running_entry)
    flow = hass.config_entries.flow._progress[result["flow_id"]]
    access = Access(
        account="demo@example.com",
        country_code="49",
        app_id="demo",
        app_secret="secret",
        server=cloud.url,
        hosts=HostsV1.custom(cloud.url),
    )
    flow._codes.append(
        SentCode(purpose=CodePurpose.RESET_PASSWORD, access=access, region="eu", generation=Generation.V1)
    )
    flow._secrets["new_password"] = "a new password"
    flow._form = "reset_password"
    flow._resume = partial(flow._async_step_account, "reconfigure")
    await hass.config_entries.async_remove(running_entry.entry_id)
    sent = len(cloud.requests)
    result = await at_step(hass.config_entries.flow, result, step, typed)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "entry_gone"
    assert ALL_TEXTS["config"]["abort"]["entry_gone"]
    assert len(cloud.requests) == sent
    assert errors_of(caplog) == []


async def test_an_account_that_is_removed_while_it_is_signed_in_to(hass, cloud, running_entry):
    result = await reconfigure(hass, running_entry)
    fault = cloud.faults.add("late_answer", interface="login")
    waiting = asyncio.create_task(submit(hass, result, answer(cloud)))
    await until(lambda: fault.taken)
    await hass.config_entries.async_remove(running_entry.entry_id)
    fault.release()
    assert (await waiting)["reason"] == "entry_gone"


@pytest.fixture
async def repairs(hass, hass_client):
    """Open the dialog of a repair, or go on in it."""
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()

    async def post(path="", **body):
        response = await client.post(f"/api/repairs/issues/fix{path}", json=body)
        assert response.status == 200
        return await response.json()

    return post


@pytest.mark.parametrize("problem", AccountIssue)
async def test_an_account_that_is_removed_ends_the_repair_of_its_problem(
    hass, running_entry, repairs, caplog, problem
):
    async_report_problem(hass, running_entry, problem)
    form = await repairs(handler=DOMAIN, issue_id=f"{problem}_{running_entry.entry_id}")
    assert form["step_id"] == "confirm"
    assert steps_of(ProblemFlow) == ["confirm", "init"]
    await hass.config_entries.async_remove(running_entry.entry_id)
    result = await repairs(f"/{form['flow_id']}")
    assert (result["type"], result["reason"]) == ("abort", "entry_gone")
    assert ALL_TEXTS["issues"][problem]["fix_flow"]["abort"]["entry_gone"]
    assert not hass.config_entries.flow.async_progress()
    assert errors_of(caplog) == []


# The account is reloaded meanwhile


@pytest.mark.parametrize(
    ("path", "user_input", "said"),
    [
        (["groups", "group_devices", "group"], {"devices": [LAMP]}, "members_changed"),
        (["groups", "delete_group", "group"], {}, "group_deleted"),
        (["groups", "rename_group"], {"group": "group", "name": "Attic"}, "group_renamed"),
        (["groups", "order_groups"], {"groups": ["group"]}, "groups_ordered"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
async def test_a_form_of_groups_goes_on_after_a_reload(
    hass, cloud, running_entry, client, path, user_input, said
):
    """The groups are read after the account is loaded: until then nobody can say that one is gone."""
    group_id = list(client.management.groups)[-1]
    cloud.account.groups[group_id].devices.clear()
    result = await hass.config_entries.options.async_init(running_entry.entry_id)
    for step in path:
        given = {"group": group_id} if step == "group" else {"next_step_id": step}
        result = await go_on(hass, result, given)
    fault = cloud.faults.add("error", interface="groups", code=500)
    await hass.config_entries.async_reload(running_entry.entry_id)
    await until(lambda: fault.taken)
    assert not running_entry.runtime_data.client.management.groups
    given = {
        name: group_id if value == "group" else [group_id] if value == ["group"] else value
        for name, value in user_input.items()
    }
    done(await go_on(hass, result, given), said)


@pytest.mark.parametrize("typed", [None, TYPED], ids=["shown", "submitted"])
async def test_every_step_waits_for_an_account_that_is_being_reloaded(
    hass, cloud, running_entry, client, caplog, typed
):
    dialogs, user_input = await options_at_every_step(hass, running_entry, client, typed)
    fault = cloud.faults.add("late_answer", interface="devices")
    reload = hass.async_create_task(hass.config_entries.async_reload(running_entry.entry_id))
    await until(lambda: fault.taken)
    assert running_entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    options = hass.config_entries.options
    steps = {
        step: hass.async_create_task(at_step(options, begun, step, user_input))
        for step, begun in dialogs.items()
    }
    await until(lambda: all(steps[step].done() for step in ("init", "settings")))
    assert {step for step, task in steps.items() if task.done()} == {"init", "settings"}
    fault.release()
    await reload
    for step, task in steps.items():
        assert (step, (await task).get("reason")) != (step, "not_loaded")
    assert errors_of(caplog) == []


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        (["rename", {"device": LAMP}], {"name": "Porch"}, "renamed"),
        # This one needs the connection, which comes a moment after the account is loaded.
        (["sharing", "cancel_share", {"share": f"{MACHINE} {NEIGHBOUR}"}], {}, "share_cancelled"),
    ],
    ids=["http", "frame"],
)
async def test_what_was_sent_during_a_reload_is_done_after_it(
    hass, cloud, running_entry, opened, neighbour, path, typed, said
):
    cloud.share(cloud.devices[MACHINE], neighbour)
    form = await opened(*path)
    fault = cloud.faults.add("late_answer", interface="devices")
    reload = hass.async_create_task(hass.config_entries.async_reload(running_entry.entry_id))
    sent = hass.async_create_task(go_on(hass, form, typed))
    await until(lambda: fault.taken)
    fault.release()
    await reload
    done(await sent, said)
    assert cloud.devices[LAMP].name == "Porch" or not cloud.devices[MACHINE].shares


async def test_a_reload_that_does_not_end_leaves_nobody_waiting(
    hass, cloud, running_entry, opened, monkeypatch
):
    form = await opened("rename", {"device": LAMP})
    fault = cloud.faults.add("late_answer", interface="devices")
    reload = hass.async_create_task(hass.config_entries.async_reload(running_entry.entry_id))
    await until(lambda: fault.taken)
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.SETTLES_WITHIN", 0)
    assert (await go_on(hass, form, {"name": "Porch"}))["reason"] == "not_loaded"
    fault.release()
    await reload
    assert cloud.devices[LAMP].name != "Porch"


async def test_a_form_that_is_sent_while_the_account_is_removed(hass, cloud, running_entry, opened):
    form = await opened("rename", {"device": LAMP})
    removal = hass.async_create_task(hass.config_entries.async_remove(running_entry.entry_id))
    assert running_entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS
    assert (await go_on(hass, form, {"name": "Porch"}))["reason"] == "entry_gone"
    await removal
    assert cloud.devices[LAMP].name != "Porch"


# What is sent is what was changed


@pytest.fixture
def opened(hass, running_entry):
    """Go to a form of the options."""

    async def go(*path: str | dict[str, Any]) -> Any:
        result = await hass.config_entries.options.async_init(running_entry.entry_id)
        for step in path:
            result = await go_on(hass, result, {"next_step_id": step} if isinstance(step, str) else step)
        assert result["type"] is FlowResultType.FORM
        return result

    return go


def as_shown(result: Any) -> dict[str, Any]:
    """Return what a browser sends of a form that nobody has touched."""
    fields = {}
    for marker in result["data_schema"].schema:
        value = get_schema_suggested_value({marker: None}, str(marker))
        if value is None and callable(getattr(marker, "default", None)):
            value = marker.default()
        if value is not None:
            fields[str(marker)] = value
    return fields


READS = {"devices", "device", "groups", "dispatch", "region", "read_status"}


def writes(cloud: Any) -> list[Any]:
    """Return what was sent to change something, by HTTP and as frames."""
    frames = [frame for connection in cloud.connections for frame in connection.frames]
    sent = [one.interface for one in cloud.requests if one.interface not in READS]
    return sent + [
        one["action"] for one in frames if one.get("action", "query") not in {"userOnline", "query"}
    ]


def groups_of(cloud: Any) -> dict[str, Any]:
    return {group.name: group for group in cloud.account.groups.values()}


def swap_groups(cloud: Any) -> None:
    """Put the last two groups into another order."""
    third, fourth = sorted(cloud.account.groups.values(), key=lambda group: group.index)[2:]
    third.index, fourth.index = fourth.index, third.index


def names_in_order(cloud: Any) -> list[str]:
    return [group.name for group in sorted(cloud.account.groups.values(), key=lambda group: group.index)]


def share_of(cloud: Any) -> Any:
    return cloud.devices[MACHINE].shares[cloud.accounts.find(NEIGHBOUR).apikey]


def change_share(cloud: Any) -> None:
    share_of(cloud).permit, share_of(cloud).note = Permit.ADD | Permit.ENABLE, "Elsewhere"


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A form that shows how something is.

    Attributes:
        path: how it is reached, with the names of groups for their ids.
        elsewhere: changes it behind the form's back.
        changes: what the person changes in the form.
        there: looks at what is so then.
        expected: what was changed elsewhere, and what the person has changed.
    """

    path: list[Any]
    elsewhere: Callable[[Any], object]
    changes: dict[str, Any]
    there: Callable[[Any], object]
    expected: object


EDITED = {
    "rename_name": Edited(
        path=["rename", {"device": LAMP}],
        elsewhere=lambda cloud: cloud.rename(LAMP, "Elsewhere"),
        changes={"name": "Porch"},
        there=lambda cloud: cloud.devices[LAMP].name,
        expected="Porch",
    ),
    "rename_name-channel": Edited(
        path=["rename", {"device": STRIP}, {"part": "1"}],
        elsewhere=lambda cloud: (
            cloud.devices[STRIP].tags["ck_channel_name"].update({"1": "Off", "2": "Fish"})
        ),
        changes={"name": "Screen"},
        there=lambda cloud: cloud.devices[STRIP].tags["ck_channel_name"],
        expected={"0": "Floor lamp", "1": "Screen", "2": "Fish", "3": "Fan"},
    ),
    "rename_group": Edited(
        path=["groups", "rename_group"],
        elsewhere=lambda cloud: setattr(groups_of(cloud)["Bedroom"], "name", "Elsewhere"),
        changes={"group": "Bedroom", "name": "Loft"},
        there=names_in_order,
        expected=["Living room", "Loft", "Nursery", "Utility room"],
    ),
    "order_groups": Edited(
        path=["groups", "order_groups"],
        elsewhere=swap_groups,
        changes={"groups": ["Bedroom"]},
        there=names_in_order,
        expected=["Bedroom", "Living room", "Utility room", "Nursery"],
    ),
    "group_members": Edited(
        path=["groups", "group_devices", {"group": "Bedroom"}],
        elsewhere=lambda cloud: groups_of(cloud)["Bedroom"].devices.extend([STRIP, MACHINE]),
        changes={"devices": ["1000000009", BOILER]},
        there=lambda cloud: set(groups_of(cloud)["Bedroom"].devices),
        expected={"1000000009", BOILER, STRIP, MACHINE},
    ),
    "edit_terms": Edited(
        path=["sharing", "edit_share", {"share": f"{MACHINE} {NEIGHBOUR}"}],
        elsewhere=change_share,
        changes={"delete_timers": True},
        there=lambda cloud: (share_of(cloud).permit, share_of(cloud).note),
        expected=(Permit.ADD | Permit.DELETE | Permit.ENABLE, "Elsewhere"),
    ),
    "edit_terms-note": Edited(
        path=["sharing", "edit_share", {"share": f"{MACHINE} {NEIGHBOUR}"}],
        elsewhere=change_share,
        changes={"note": "Bye"},
        there=lambda cloud: (share_of(cloud).permit, share_of(cloud).note),
        expected=(Permit.ADD | Permit.ENABLE, "Bye"),
    ),
}
# What is entered anew: these forms show nothing that could have changed.
ENTERED = {
    "account",
    "add_child_device",
    "add_group",
    "add_gsm_device",
    "add_wifi_device",
    "areas_from_groups",
    "cancel_share",
    "cancel_share_confirm",
    "delete_group",
    "delete_group_confirm",
    "edit_share",
    "group_devices",
    "leave_share",
    "leave_share_confirm",
    "remove_device",
    "remove_device_confirm",
    "rename",
    "rename_part",
    "share_device",
}
# Tested apart: it is stored in Home Assistant.
STORED = {"settings"}
# Tested apart, in test_radio_options.py and test_timer_options.py: they are kept by the device.
RADIO = {"code", "code_sensor", "delete_code", "learn_again", "learn_code", "radio", "rename_code"}
TIMERS = {"add_timer", "change_timer", "delete_timer", "timer", "timers"}
# Tested apart, in test_homes.py: only version 2 has them.
HOMES = {*steps_of(HomeSteps), *steps_of(RoomSteps)} - {*steps_of(OptionsSteps)}


def test_no_form_is_forgotten():
    """Whoever adds a form says whether it shows how something is; then what others change has to stay."""
    steps = TEXTS["step"]
    forms = {step for step in steps_of(EwelinkOptionsFlow) if "menu_options" not in steps.get(step, {})}
    forms -= {"share_wait", "share_outcome", "learn_wait", "learn_outcome"}
    assert (
        forms
        == {name.partition("-")[0] for name in EDITED} | ENTERED | STORED | TIMERS | (HOMES & forms) | RADIO
    )


def by_ids(cloud: Any, value: Any) -> Any:
    """Return an answer with the ids of groups for their names."""
    if isinstance(value, dict):
        return {
            name: by_ids(cloud, one) if name in {"group", "groups"} else one for name, one in value.items()
        }
    if isinstance(value, list):
        return [groups_of(cloud)[name].id for name in value]
    return groups_of(cloud)[value].id


@pytest.fixture
def edited(hass, cloud, running_entry, client, neighbour, opened, request):
    """Open a form; then things change elsewhere, which the account is told or not."""

    async def edit(form: Edited, *, told: bool) -> tuple[Any, dict[str, Any]]:
        cloud.share(cloud.devices[MACHINE], neighbour, permit=Permit.ADD, note="Hi")
        await client.refresh_devices()
        changes = by_ids(cloud, form.changes)
        result = await opened(*(by_ids(cloud, one) if isinstance(one, dict) else one for one in form.path))
        form.elsewhere(cloud)
        if told:
            await client.management.refresh_groups()
            await client.refresh_devices()
        cloud.requests.clear()
        for connection in cloud.connections:
            connection.frames.clear()
        return result, changes

    return edit


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("name", EDITED)
async def test_a_form_that_is_sent_unchanged_changes_nothing(hass, cloud, edited, name, told):
    form = EDITED[name]
    result, changes = await edited(form, told=told)
    shown = as_shown(result)
    if "group" in changes:
        shown |= {"group": changes["group"], "name": "Bedroom"}
    before = form.there(cloud)
    result = await go_on(hass, result, shown)
    assert result["type"] is FlowResultType.MENU
    assert result["description_placeholders"]["done"].strip().endswith("Nothing was changed.")
    assert form.there(cloud) == before
    assert writes(cloud) == []


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("name", EDITED)
async def test_of_a_form_only_what_was_changed_in_it_is_sent(hass, cloud, edited, name, told):
    form = EDITED[name]
    result, changes = await edited(form, told=told)
    manager = hass.config_entries.options
    result = await go_on(hass, result, as_shown(result) | changes)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        flow = manager._progress[result["flow_id"]]
        await until(lambda: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
        result = with_texts(await manager.async_configure(result["flow_id"]))
    assert result["type"] is FlowResultType.MENU
    assert "Nothing was changed." not in result["description_placeholders"]["done"]
    assert form.there(cloud) == form.expected


async def test_what_was_done_elsewhere_already_is_not_sent_again(hass, cloud, client, opened):
    bedroom = groups_of(cloud)["Bedroom"]
    result = await opened("groups", "group_devices", {"group": bedroom.id})
    bedroom.devices[:] = ["1000000009", STRIP]
    await client.refresh_devices()
    cloud.requests.clear()
    done(await go_on(hass, result, {"devices": ["1000000009", STRIP]}), "members_unchanged")
    assert writes(cloud) == []


@pytest.mark.parametrize("changed", [False, True])
async def test_settings_that_were_changed_elsewhere_stay(hass, running_entry, opened, changed):
    result = await opened("settings")
    shown = as_shown(result)
    assert shown == {CONF_WRITE_NAMES: False, CONF_MEASURING_BUDGET: 60}
    hass.config_entries.async_update_entry(running_entry, options={CONF_WRITE_NAMES: True, "kept": 1})
    changes = {CONF_MEASURING_BUDGET: 30} if changed else {}
    done(await go_on(hass, result, shown | changes), "settings_saved" if changed else "unchanged")
    assert running_entry.options == {CONF_WRITE_NAMES: True, "kept": 1, **changes}


async def test_how_an_account_is_reached_is_kept_unless_it_was_changed_in_the_dialog(
    hass, cloud, running_entry
):
    cloud.add_app("another", "another secret")
    result = await reconfigure(hass, running_entry)
    # Another dialog changes the country, the server and the App ID.
    changes = {"country": "FR", "server": f"{cloud.url}/{{region}}"}
    data = make_entry(cloud, cloud.account, app_id="another").data
    hass.config_entries.async_update_entry(running_entry, data={**data, **changes})
    await hass.async_block_till_done()
    result = await submit(hass, result, answer(cloud, app_secret=None))
    assert result["reason"] == "reconfigure_successful"
    assert {name: running_entry.data[name] for name in changes} == changes
    assert running_entry.data["app_id"] == "another"
    await assert_alive(hass, cloud, running_entry)


# Work that ends before the browser listens


@pytest.fixture
def told(hass):
    """How often a browser was told to look at its dialog again."""
    return async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)


@pytest.fixture
async def offered(hass, cloud, neighbour, opened):
    """Offer a device to somebody; returns what the dialog shows then."""

    async def offer(address: str = NEIGHBOUR, on_share: str = "accept") -> Any:
        neighbour.on_share = on_share
        result = await opened("sharing", "share_device")
        terms = dict.fromkeys(("add_timers", "edit_timers", "delete_timers", "enable_timers"), False)
        return await go_on(hass, result, {"device": LAMP, "address": address, **terms})

    return offer


@pytest.mark.parametrize(
    ("address", "on_share"), [(NEIGHBOUR, "accept"), (NEIGHBOUR, "refuse"), ("nobody@example.com", "accept")]
)
async def test_an_answer_that_comes_at_once_is_shown_at_once(
    hass, cloud, monkeypatch, told, offered, address, on_share
):
    monkeypatch.setattr("custom_components.ewelink.flows.options_sharing.AT_ONCE", 5)
    result = await offered(address, on_share)
    assert result["type"] is not FlowResultType.SHOW_PROGRESS
    assert not told


@pytest.mark.parametrize("address", [NEIGHBOUR, "nobody@example.com"])
async def test_the_end_is_told_until_the_browser_has_come_for_it(hass, monkeypatch, told, offered, address):
    """It may not have listened yet when it was told first."""
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.TOLD_AGAIN", (0.01,) * 100)
    manager = hass.config_entries.options
    result = await offered(address)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await until(lambda: len(told) > 5)
    assert {event.data["flow_id"] for event in told} == {result["flow_id"]}
    result = with_texts(await manager.async_configure(result["flow_id"]))
    heard = len(told)
    if address == NEIGHBOUR:
        done(result, "share_accepted")
    else:
        assert result["errors"] == {"address": "receiver_unknown"}
    # Whoever was told twice comes twice, and finds the same.
    again = with_texts(await manager.async_configure(result["flow_id"]))
    for part in ("type", "step_id", "errors", "description_placeholders"):
        assert again.get(part) == result.get(part)
    if address != NEIGHBOUR:
        assert as_shown(again) == as_shown(result)
    await asyncio.sleep(0.1)
    assert len(told) == heard


async def test_nobody_is_told_of_a_dialog_that_is_closed(hass, monkeypatch, told, offered):
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.TOLD_AGAIN", (0.01,) * 100)
    result = await offered()
    await until(lambda: len(told) > 1)
    hass.config_entries.options.async_abort(result["flow_id"])
    heard = len(told)
    await asyncio.sleep(0.1)
    assert len(told) == heard


async def test_a_progress_lasts_until_the_browser_has_drawn_it(
    hass, monkeypatch, running_entry, told, offered
):
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.SHOWN_AT_LEAST", 3600)
    result = await offered()
    (offer,) = running_entry.runtime_data.shares.offers
    await until(lambda: offer.done)
    await asyncio.sleep(0.05)
    again = await hass.config_entries.options.async_configure(result["flow_id"])
    assert again["type"] is FlowResultType.SHOW_PROGRESS
    assert not told
    hass.config_entries.options.async_abort(result["flow_id"])


@pytest.mark.parametrize(("end", "reason"), [("async_remove", "entry_gone"), ("async_unload", "not_loaded")])
async def test_an_account_that_goes_while_its_dialog_waits(
    hass, cloud, running_entry, offered, caplog, end, reason
):
    cloud.sharing.timeout = 5
    result = await offered(on_share="ignore")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await until(lambda: cloud.sharing.pending)
    manager = hass.config_entries.options
    flow = manager._progress[result["flow_id"]]
    await getattr(hass.config_entries, end)(running_entry.entry_id)
    await until(lambda: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
    result = with_texts(await manager.async_configure(result["flow_id"]))
    assert result["reason"] == reason
    assert errors_of(caplog) == []
