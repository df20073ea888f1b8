"""Shares that travel between two accounts: from the menus, to the repairs, and what nobody has seen."""

import asyncio
from functools import partial

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import Permit
from custom_components.ewelink.markdown import escape
from custom_components.ewelink.shares import _WAITING
from simulator.home import NEIGHBOUR
from tests.common import connected, make_entry, until
from tests.conftest import TIMINGS
from tests.dialogs import ALL_TEXTS, done, named, with_texts

pytestmark = pytest.mark.usefixtures("unpaced")

LAMP, GARAGE = "1000000001", "1000000015"
ALL_TIMERS = dict.fromkeys(("add_timers", "edit_timers", "delete_timers", "enable_timers"), True)
NO_TIMERS = dict.fromkeys(ALL_TIMERS, False)
OFFER = {"device": LAMP, "address": NEIGHBOUR, **NO_TIMERS}


@pytest.fixture(autouse=True)
async def frontend(hass):
    """What shows notifications and repairs."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture(autouse=True)
def _waits(monkeypatch):
    """A dialog that never sees an answer at once, and waits no longer than it has to."""
    monkeypatch.setattr("custom_components.ewelink.flows.options_sharing.AT_ONCE", 0)
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.SHOWN_AT_LEAST", 0)


def entities_of(registry, entry, device_id):
    """Return the entities of a device, those that are disabled, too."""
    return [
        one
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
        if one.unique_id.startswith(device_id)
    ]


@pytest.fixture
def neighbour(cloud):
    return cloud.accounts.find(NEIGHBOUR)


@pytest.fixture
def choose(choose):
    """Open a menu of the sharing."""
    return partial(choose, "sharing")


@pytest.fixture
def outcome(hass):
    """Wait as the dialog does for the end of its progress; returns what it shows then."""

    async def wait(result):
        manager = hass.config_entries.options
        if result["type"] is FlowResultType.SHOW_PROGRESS:
            flow = manager._progress[result["flow_id"]]
            await until(lambda: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
            result = await manager.async_configure(result["flow_id"])
        return with_texts(result)

    return wait


@pytest.fixture
def patient(cloud):
    """A recipient who takes its time, as long as it is online."""
    cloud.sharing.timeout = 5


def notifications(hass):
    """Return the notifications by their titles."""
    return {one["title"]: one["message"] for one in _async_get_or_create_notifications(hass).values()}


def requests(hass):
    """Return the requests of others that are shown as repairs."""
    issues = ir.async_get(hass).issues.values()
    return [one for one in issues if one.domain == DOMAIN and one.active]


def ended(result, issue):
    """Return what the dialog of a repair says at its end."""
    assert result["type"] == FlowResultType.ABORT
    text = ALL_TEXTS["issues"][issue.translation_key]["fix_flow"]["abort"][result["reason"]]
    return text.format(**result["description_placeholders"])


def suggested(result, field):
    return get_schema_suggested_value(result["data_schema"].schema, field)


# What is offered


async def test_a_device_is_shared(hass, cloud, neighbour, choose, fill, outcome):
    neighbour.on_share = "accept"
    result = await choose("share_device")
    assert GARAGE not in str(result["data_schema"].schema["device"].config)
    assert result["description_placeholders"] == {
        "shared": "Shared with this account (only their owners can change them): Garage light \\(Neighbour\\)"
    }
    terms = {**NO_TIMERS, "add_timers": True, "enable_timers": True, "note": "Holidays"}
    result = await outcome(await fill(result, {**OFFER, **terms}))
    done(result, "share_accepted", device="Hall lamp", address=NEIGHBOUR)
    share = cloud.devices[LAMP].shares[neighbour.apikey]
    assert (share.permit, share.note) == (Permit.ADD | Permit.ENABLE, "Holidays")

    # Who has it stands in the menu at once, and nothing is told twice.
    shares = f"- **Hall lamp**: {escape(f'Neighbour ({NEIGHBOUR})')}"
    assert result["description_placeholders"]["shares"] == shares
    result = await choose()
    assert result["description_placeholders"] == {"done": "", "shares": shares}
    assert notifications(hass) == {}


async def test_the_dialog_shows_that_it_waits(cloud, neighbour, patient, choose, fill, outcome):
    neighbour.on_share = "ignore"
    result = await fill(await choose("share_device"), OFFER)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["progress_action"] == "share_wait"
    assert named(result) == {"device": "Hall lamp", "address": NEIGHBOUR}
    # Looking again changes nothing.
    again = await fill(result, {})
    assert again["type"] is FlowResultType.SHOW_PROGRESS
    await until(lambda: cloud.sharing.pending)
    (request,) = cloud.sharing.pending
    request.answer.set_result(2)
    result = await outcome(result)
    done(result, "share_accepted")


@pytest.mark.parametrize(
    ("on_share", "address", "field", "error", "code"),
    [
        ("refuse", NEIGHBOUR, "base", "share_refused", "3"),
        (None, NEIGHBOUR, "base", "share_timeout", "504"),
        (None, "nobody@example.com", "address", "receiver_unknown", "1"),
        (None, "nobody", "address", "invalid_address", ""),
    ],
)
async def test_an_offer_that_fails_can_be_mended(
    hass, cloud, neighbour, choose, fill, outcome, on_share, address, field, error, code
):
    neighbour.on_share = on_share
    typed = {**OFFER, **ALL_TIMERS, "address": address, "note": "Hi"}
    result = await outcome(await fill(await choose("share_device"), typed))
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {field: error}
    assert result["description_placeholders"]["code"] == code
    assert {name: suggested(result, name) for name in typed} == typed
    neighbour.on_share = "accept"
    result = await outcome(await fill(result, {**typed, "address": NEIGHBOUR}))
    done(result, "share_accepted")
    assert notifications(hass) == {}


async def test_a_device_that_somebody_has_already(cloud, neighbour, choose, fill, outcome):
    cloud.share(cloud.devices[LAMP], neighbour)
    result = await outcome(await fill(await choose("share_device"), OFFER))
    assert result["errors"] == {"address": "already_shared"}


@pytest.mark.parametrize("note", ["Eleven char", "日本語のお休みの間中です", "😀" * 8])
async def test_a_note_that_is_too_long_is_not_sent(cloud, neighbour, choose, fill, outcome, note):
    neighbour.on_share = "accept"
    result = await fill(await choose("share_device"), {**OFFER, "note": note})
    assert result["errors"] == {"note": "note_too_long"}
    assert result["description_placeholders"]["bytes"] == "30"
    assert suggested(result, "note") == note
    assert not cloud.devices[LAMP].shares
    result = await outcome(await fill(result, {**OFFER, "note": "Ten chars!"}))
    done(result, "share_accepted")


async def test_without_a_connection_nothing_is_shared(cloud, running_entry, choose, fill, outcome):
    result = await choose("share_device")
    await running_entry.runtime_data.client._socket.connection.close("test")
    result = await outcome(await fill(result, OFFER))
    assert result["errors"] == {"base": "not_connected"}


# What nobody has seen


async def test_a_closed_dialog_does_not_end_the_offer(
    hass, cloud, neighbour, patient, choose, fill, running_entry
):
    neighbour.on_share = "ignore"
    result = await fill(await choose("share_device"), OFFER)
    await until(lambda: cloud.sharing.pending)
    hass.config_entries.options.async_abort(result["flow_id"])
    cloud.sharing.pending[0].answer.set_result(2)
    await until(lambda: notifications(hass))
    assert notifications(hass) == {
        "Sharing Hall lamp": (
            "**neighbour\\@example\\.com**: **Hall lamp** is now shared with "
            "**neighbour\\@example\\.com**, with the permissions you selected."
        )
    }
    assert neighbour.apikey in cloud.devices[LAMP].shares
    assert running_entry.runtime_data.shares.offers == set()


async def test_a_refusal_that_nobody_sees_is_told(hass, cloud, neighbour, patient, choose, fill):
    neighbour.on_share = "ignore"
    result = await fill(await choose("share_device"), OFFER)
    await until(lambda: cloud.sharing.pending)
    hass.config_entries.options.async_abort(result["flow_id"])
    cloud.sharing.pending[0].answer.set_result(3)
    await until(lambda: notifications(hass))
    (message,) = notifications(hass).values()
    assert message == (
        r"**neighbour\@example\.com**: The recipient has rejected Hall lamp \(result 3\)\. "
        r"Ask the recipient before you share it again\."
    )


async def test_an_outcome_behind_a_window_that_was_closed_is_told_later(
    hass, neighbour, monkeypatch, choose, fill
):
    """The browser says nothing when it goes: what is not fetched in time was not seen."""
    monkeypatch.setattr("custom_components.ewelink.shares.UNSEEN_AFTER", 0.05)
    neighbour.on_share = "refuse"
    result = await fill(await choose("share_device"), OFFER)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await until(lambda: notifications(hass))
    assert list(notifications(hass)) == ["Sharing Hall lamp"]
    # Whoever comes back later still finds it in the dialog, and it is not told again.
    result = await hass.config_entries.options.async_configure(result["flow_id"])
    assert result["errors"] == {"base": "share_refused"}
    hass.config_entries.options.async_abort(result["flow_id"])
    assert len(notifications(hass)) == 1


@pytest.mark.parametrize("address", ["nobody", "demo@example.com"])
async def test_what_a_dialog_shows_at_once_is_not_told_again(
    hass, monkeypatch, choose, fill, running_entry, address
):
    monkeypatch.setattr("custom_components.ewelink.shares.UNSEEN_AFTER", 0)
    result = await fill(await choose("share_device"), {**OFFER, "address": address})
    assert result["errors"] == {"address": "own_address" if "@" in address else "invalid_address"}
    assert not running_entry.runtime_data.shares.offers
    await asyncio.sleep(0.05)
    await hass.async_block_till_done()
    assert notifications(hass) == {}


async def test_a_dialog_that_is_closed_before_it_shows_the_outcome(
    hass, neighbour, choose, fill, running_entry
):
    neighbour.on_share = "refuse"
    result = await fill(await choose("share_device"), OFFER)
    (offer,) = running_entry.runtime_data.shares.offers
    await until(lambda: offer.done)
    assert notifications(hass) == {}
    hass.config_entries.options.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert list(notifications(hass)) == ["Sharing Hall lamp"]


async def test_an_account_that_is_unloaded_leaves_the_outcome_open(
    hass, cloud, neighbour, patient, running_entry, choose, fill, outcome
):
    neighbour.on_share = "ignore"
    result = await fill(await choose("share_device"), OFFER)
    await until(lambda: cloud.sharing.pending)
    await hass.config_entries.async_unload(running_entry.entry_id)
    await hass.async_block_till_done()
    (message,) = notifications(hass).values()
    assert "The outcome is unknown" in message
    result = await outcome(result)
    assert result["reason"] == "not_loaded"


# Change and cancel


@pytest.mark.parametrize("waits", [False, True])
async def test_the_permissions_of_a_receiver_are_changed(
    cloud, neighbour, running_entry, choose, fill, outcome, waits
):
    cloud.quirks.update_share_waits = waits
    neighbour.on_share = "refuse"
    cloud.share(cloud.devices[LAMP], neighbour, permit=5, note="Hi")
    await running_entry.runtime_data.async_refresh()
    result = await choose("edit_share")
    (option,) = result["data_schema"].schema["share"].config["options"]
    assert option["label"] == f"Hall lamp: Neighbour ({NEIGHBOUR})"
    result = await fill(result, share=option["value"])
    assert {name: suggested(result, name) for name in ALL_TIMERS} == {
        **NO_TIMERS,
        "add_timers": True,
        "delete_timers": True,
    }
    assert suggested(result, "note") == "Hi"

    result = await fill(result, {**ALL_TIMERS, "note": "Eleven char"})
    assert result["errors"] == {"note": "note_too_long"}
    result = await outcome(await fill(result, {**ALL_TIMERS, "note": "Bye"}))
    if waits:
        assert result["errors"] == {"base": "share_refused"}
        assert suggested(result, "note") == "Bye"
        neighbour.on_share = "accept"
        result = await outcome(await fill(result, {**ALL_TIMERS, "note": "Bye"}))
    done(result, "share_accepted")
    share = cloud.devices[LAMP].shares[neighbour.apikey]
    assert (share.permit, share.note) == (15, "Bye")


async def test_a_share_is_taken_back_after_a_second_question(cloud, neighbour, running_entry, choose, fill):
    result = await choose()
    assert result["menu_options"] == ["share_device", "leave_share", "init"]
    # Elsewhere: no push tells it, the menu asks.
    cloud.share(cloud.devices[LAMP], neighbour)
    result = await choose("cancel_share")
    (option,) = result["data_schema"].schema["share"].config["options"]
    result = await fill(result, share=option["value"])
    assert result["step_id"] == "cancel_share_confirm"
    assert named(result) == {"device": "Hall lamp", "receiver": f"Neighbour ({NEIGHBOUR})"}
    assert neighbour.apikey in cloud.devices[LAMP].shares
    await running_entry.runtime_data.client._socket.connection.close("test")
    result = await fill(result)
    assert result["errors"] == {"base": "not_connected"}
    await connected(running_entry)
    result = await fill(result)
    done(result, "share_cancelled")
    assert not cloud.devices[LAMP].shares


async def test_a_share_that_the_list_names_by_uid_can_change_and_end(
    cloud, neighbour, running_entry, choose, fill, outcome
):
    cloud.quirks.share_names = "uid"
    cloud.share(cloud.devices[LAMP], neighbour, permit=5, note="Hi")
    result = await choose("edit_share")
    (option,) = result["data_schema"].schema["share"].config["options"]
    assert option["label"] == f"Hall lamp: {NEIGHBOUR}"
    result = await fill(result, share=option["value"])
    assert (suggested(result, "add_timers"), suggested(result, "note")) == (True, "Hi")
    result = await outcome(await fill(result, {**ALL_TIMERS, "note": "Hi"}))
    done(result, "share_accepted")
    share = cloud.devices[LAMP].shares[neighbour.apikey]
    assert (share.permit, share.note) == (15, "Hi")

    result = await choose("cancel_share")
    (option,) = result["data_schema"].schema["share"].config["options"]
    result = await fill(await fill(result, share=option["value"]))
    done(result, "share_cancelled")
    assert not cloud.devices[LAMP].shares


# Leave


async def test_a_shared_device_is_left_after_a_second_question(hass, cloud, running_entry, choose, fill):
    client = running_entry.runtime_data.client
    registry = er.async_get(hass)
    assert entities_of(registry, running_entry, GARAGE)
    result = await choose("leave_share")
    result = await fill(result)
    assert result["errors"] == {"device": "nothing_chosen"}
    (option,) = result["data_schema"].schema["device"].config["options"]
    assert option == {"value": GARAGE, "label": "Garage light"}

    result = await fill(result, device=GARAGE)
    assert result["step_id"] == "leave_share_confirm"
    assert named(result) == {"device": "Garage light", "owner": "Neighbour"}
    assert cloud.devices[GARAGE].shares
    cloud.faults.add("error", interface="delete_device", code=403, text="no permission")
    result = await fill(result)
    assert result["errors"] == {"base": "share_not_left"}
    result = await fill(result)

    done(result, "share_left")
    assert "leave_share" not in result["menu_options"]
    assert not cloud.devices[GARAGE].shares
    assert GARAGE not in client.devices
    await hass.async_block_till_done()
    assert not entities_of(registry, running_entry, GARAGE)
    assert running_entry.runtime_data.async_device_entry(GARAGE) is None


async def test_a_share_that_ends_while_it_is_to_be_left(cloud, running_entry, choose, fill):
    form = await choose("leave_share")
    menu = await choose()
    cloud.unshare(cloud.devices[GARAGE], cloud.account)
    client = running_entry.runtime_data.client
    await client.remove_if_unlisted(GARAGE)
    result = await fill(form, device=GARAGE)
    assert result["reason"] == "device_gone"
    result = await fill(menu, next_step_id="leave_share")
    assert result["reason"] == "share_gone"


@pytest.mark.parametrize("step", ["edit_share", "cancel_share"])
async def test_a_share_that_ends_while_the_dialog_is_open(
    cloud, neighbour, running_entry, choose, fill, step
):
    cloud.share(cloud.devices[LAMP], neighbour)
    await running_entry.runtime_data.async_refresh()
    menu, form = await choose(), await choose(step)
    cloud.unshare(cloud.devices[LAMP], neighbour)
    await running_entry.runtime_data.async_refresh()
    result = await fill(form, share=f"{LAMP} {NEIGHBOUR}")
    assert result["reason"] == "share_gone"
    result = await fill(menu, next_step_id=step)
    assert result["reason"] == "share_gone"


# What others offer


@pytest.fixture
async def repair(hass, hass_client):
    """Open the dialog of a repair, and choose in it."""
    client = await hass_client()

    async def ask(issue_id=None, **choice):
        if issue_id is not None:
            path, body = "/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": issue_id}
        else:
            path, body = f"/api/repairs/issues/fix/{choice.pop('flow_id')}", choice
        answer = await client.post(path, json=body)
        await hass.async_block_till_done()
        return await answer.json()

    return ask


@pytest.fixture
async def offered(hass, cloud, neighbour, running_entry, patient):
    """Let the neighbour offer a second device; returns what its phone is answered in the end."""
    shed = cloud.add_device(
        {**cloud.devices[GARAGE].item, "deviceid": "1000000016", "name": "*Shed*", "online": True}, neighbour
    )
    answer = asyncio.create_task(cloud.offer(shed, cloud.account, permit=9, note="[x](y)"))
    await until(lambda: requests(hass) and notifications(hass))
    yield answer
    await answer


async def test_a_request_is_shown_and_accepted(hass, cloud, running_entry, offered, repair):
    (issue,) = requests(hass)
    assert issue.translation_key == "share_request"
    assert not issue.is_persistent
    assert issue.translation_placeholders["device"] == "*Shed*"
    # What the owner has typed cannot be more than text.
    assert notifications(hass) == {
        "Neighbour wants to share *Shed*": (
            "Neighbour wants to share **\\*Shed\\*** with demo\\@example\\.com. What you may do with "
            "its timers: Add timers, Enable and disable timers\n\nNote: \\[x\\]\\(y\\)\n\n"
            "Accept or reject the request within three minutes under [Repairs](/config/repairs)."
        )
    }
    result = await repair(issue.issue_id)
    assert result["type"] == FlowResultType.MENU
    assert result["menu_options"] == ["accept", "refuse"]
    assert result["description_placeholders"]["note"] == r"\[x\]\(y\)"
    result = await repair(flow_id=result["flow_id"], next_step_id="accept")
    assert (
        ended(result, issue)
        == "You have accepted **\\*Shed\\***. It appears in Home Assistant in a few seconds."
    )
    assert (await offered)["result"] == 2
    assert requests(hass) == []
    assert notifications(hass) == {}
    await until(lambda: "1000000016" in running_entry.runtime_data.client.devices)


async def test_a_request_is_refused(hass, cloud, running_entry, offered, repair):
    (issue,) = requests(hass)
    result = await repair(issue.issue_id)
    result = await repair(flow_id=result["flow_id"], next_step_id="refuse")
    assert ended(result, issue) == "You have rejected **\\*Shed\\***. Neighbour is notified."
    assert (await offered)["result"] == 3
    assert (requests(hass), notifications(hass)) == ([], {})
    assert "1000000016" not in running_entry.runtime_data.client.devices


async def test_a_request_that_the_app_has_accepted_goes(hass, cloud, running_entry, offered):
    cloud.sharing.pending[0].answer.set_result(2)
    assert (await offered)["result"] == 2
    await running_entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert (requests(hass), notifications(hass)) == ([], {})


async def test_an_answer_that_cannot_be_sent_leaves_the_request(hass, cloud, running_entry, offered, repair):
    (issue,) = requests(hass)
    result = await repair(issue.issue_id)
    await running_entry.runtime_data.client._socket.connection.close("test")
    failed = await repair(flow_id=result["flow_id"], next_step_id="accept")
    assert (failed["type"], failed["reason"]) == (FlowResultType.ABORT, "answer_failed")
    assert requests(hass) == [issue]
    await connected(running_entry)
    result = await repair(issue.issue_id)
    await repair(flow_id=result["flow_id"], next_step_id="refuse")
    assert (await offered)["result"] == 3


async def test_a_request_that_ends_while_its_dialog_is_open(hass, cloud, running_entry, offered, repair):
    (issue,) = requests(hass)
    result = await repair(issue.issue_id)
    await running_entry.runtime_data.client.share_requests.answer(
        running_entry.runtime_data.client.share_requests.open[0], accept=False
    )
    result = await repair(flow_id=result["flow_id"], next_step_id="accept")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "request_ended")
    assert (await offered)["result"] == 3


async def test_a_request_goes_with_the_account(hass, cloud, running_entry, offered, repair):
    (issue,) = requests(hass)
    result = await repair(issue.issue_id)
    await hass.config_entries.async_unload(running_entry.entry_id)
    assert (requests(hass), notifications(hass)) == ([], {})
    result = await repair(flow_id=result["flow_id"], next_step_id="accept")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "request_ended")
    cloud.sharing.pending[0].answer.set_result(3)


async def test_a_request_outlasts_a_reload(hass, cloud, running_entry, offered, repair):
    (issue,) = requests(hass)
    await hass.config_entries.async_reload(running_entry.entry_id)
    await connected(running_entry)
    await until(lambda: requests(hass) and notifications(hass))
    assert [again.issue_id for again in requests(hass)] == [issue.issue_id]
    result = await repair(issue.issue_id)
    await repair(flow_id=result["flow_id"], next_step_id="accept")
    assert (await offered)["result"] == 2
    assert (requests(hass), notifications(hass)) == ([], {})


async def test_a_request_is_answered_while_the_account_is_reloaded(
    hass, cloud, running_entry, offered, repair
):
    (issue,) = requests(hass)
    result = await repair(issue.issue_id)
    fault = cloud.faults.add("late_answer", interface="devices")
    reload = hass.async_create_task(hass.config_entries.async_reload(running_entry.entry_id))
    await until(lambda: fault.taken)
    answer = hass.async_create_task(repair(flow_id=result["flow_id"], next_step_id="accept"))
    fault.release()
    await reload
    assert (await answer)["reason"] == "request_accepted"
    assert (await offered)["result"] == 2


async def test_a_request_that_was_accepted_elsewhere_does_not_come_back(
    hass, cloud, running_entry, offered, entry
):
    await hass.config_entries.async_unload(running_entry.entry_id)
    cloud.sharing.pending[0].answer.set_result(2)
    assert (await offered)["result"] == 2
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert (requests(hass), notifications(hass)) == ([], {})


async def test_a_request_that_waits_goes_with_its_account(hass, cloud, running_entry, offered):
    await hass.config_entries.async_remove(running_entry.entry_id)
    assert not hass.data[_WAITING]
    assert (requests(hass), notifications(hass)) == ([], {})
    cloud.sharing.pending[0].answer.set_result(3)


async def test_without_http_the_menu_shows_what_is_known(cloud, neighbour, running_entry, choose):
    cloud.share(cloud.devices[LAMP], neighbour)
    await running_entry.runtime_data.async_refresh()
    cloud.faults.add("error", interface="devices", code=500)
    result = await choose()
    assert result["menu_options"] == ["share_device", "edit_share", "cancel_share", "leave_share", "init"]
    assert "Neighbour" in result["description_placeholders"]["shares"]


async def test_a_request_that_ends_while_its_texts_are_loaded_is_not_shown(hass, running_entry, offered):
    coordinator = running_entry.runtime_data
    (request,) = coordinator.client.share_requests.open
    await coordinator.client.share_requests.answer(request, accept=False)
    await coordinator.shares._async_show(request)
    assert (requests(hass), notifications(hass)) == ([], {})
    assert (await offered)["result"] == 3


async def test_a_receiver_without_a_name_is_shown_by_the_address(cloud, neighbour, running_entry, choose):
    neighbour.nickname = ""
    cloud.share(cloud.devices[LAMP], neighbour)
    await running_entry.runtime_data.async_refresh()
    result = await choose()
    shares = f"- **Hall lamp**: {escape(NEIGHBOUR)}"
    assert result["description_placeholders"] == {"done": "", "shares": shares}


async def test_the_permissions_of_a_shared_device_are_to_change(
    hass, cloud, neighbour, running_entry, patient, repair
):
    frame = {
        "action": "updateShare",
        "apikey": neighbour.apikey,
        "selfApikey": neighbour.apikey,
        "deviceid": GARAGE,
        "userAgent": "app",
        "sequence": "1750000000000",
        "params": {
            "uid": cloud.account.address,
            "deviceName": "Garage light",
            "userName": "",
            "permit": 0,
            "note": "",
        },
    }
    cloud.quirks.update_share_waits = True
    answer = asyncio.create_task(cloud.sharing.update(cloud.devices[GARAGE], frame))
    await until(lambda: requests(hass) and notifications(hass))
    (issue,) = requests(hass)
    assert issue.translation_key == "share_change"
    assert list(notifications(hass)) == ["Another account wants to change the share of Garage light"]
    result = await repair(issue.issue_id)
    assert result["description_placeholders"]["permissions"] == "nothing"
    result = await repair(flow_id=result["flow_id"], next_step_id="accept")
    assert ended(result, issue) == "You have accepted the new permissions for **Garage light**."
    assert (await answer)["result"] == 2


async def test_a_request_is_gone_when_its_time_is_over(hass, cloud, entry, setup_entry, monkeypatch):
    monkeypatch.setattr("custom_components.ewelink.coordinator.TIMINGS", TIMINGS.__replace__(share=0.15))
    cloud.sharing.timeout = 0.3
    await setup_entry(entry)
    neighbour = cloud.accounts.find(NEIGHBOUR)
    shed = cloud.add_device({**cloud.devices[GARAGE].item, "deviceid": "1000000016"}, neighbour)
    answer = asyncio.create_task(cloud.offer(shed, cloud.account))
    await until(lambda: requests(hass))
    await until(lambda: not requests(hass))
    assert notifications(hass) == {}
    assert (await answer)["error"] == 504


async def test_a_share_travels_between_two_entries(
    hass, cloud, neighbour, running_entry, patient, setup_entry, choose, fill, outcome, repair
):
    receiver = make_entry(cloud, neighbour)
    await setup_entry(receiver)
    result = await fill(await choose("share_device"), OFFER)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await until(lambda: requests(hass))
    (issue,) = requests(hass)
    assert issue.translation_placeholders["account"] == receiver.title
    answer = await repair(issue.issue_id)
    await repair(flow_id=answer["flow_id"], next_step_id="accept")
    result = await outcome(result)
    done(result, "share_accepted")
    await until(lambda: LAMP in receiver.runtime_data.client.devices)
    assert requests(hass) == []
