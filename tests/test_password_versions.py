"""Signing in with a password finds the version of the cloud by itself: the newer one first."""

from aiohttp import ClientSession, web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.ewelink.const import CONF_ACCOUNT, CONF_APP_ID, CONF_APP_SECRET, CONF_SERVER
from custom_components.ewelink.entry_data import EntryData
from custom_components.ewelink.flows.account_input import FIELD_CODE, SECTION_APPLICATION
from custom_components.ewelink.flows.forms import FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD
from custom_components.ewelink.flows.verification import FIELD_RESEND
from simulator.cloud import FREE_APP_ID, FREE_APP_SECRET
from tests.common import make_entry
from tests.flows import (
    answer,
    assert_alive,
    assert_no_secret,
    choose,
    error_shown,
    reauth,
    reconfigure,
    start,
    submit,
    suggested,
)

FREE = {CONF_APP_ID: FREE_APP_ID, CONF_APP_SECRET: FREE_APP_SECRET}
NEW = "new@example.com"


def logins(cloud):
    return [one.generation for one in cloud.requests if one.interface == "login"]


def form(cloud, account, **changes):
    passwords = dict.fromkeys((FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD), "a new password")
    return answer(cloud, **{CONF_ACCOUNT: account, CONF_PASSWORD: None} | passwords | changes)


async def test_an_app_id_that_serves_both_signs_in_to_the_newer_one(hass, cloud):
    """And there it works: devices, a command by the connection, and the end."""
    result = await submit(hass, await start(hass), answer(cloud))
    entry = result["result"]
    data = EntryData.from_entry(entry)
    assert (data.generation, data.sign_in) == ("v2", "password")
    assert logins(cloud) == ["v2"]
    await assert_alive(hass, cloud, entry)

    listed = {device.deviceid for device in cloud.devices_of(cloud.account)}
    assert entry.runtime_data.client.devices.keys() == listed
    state = next(one for one in hass.states.async_all("switch") if one.state == "off")
    await hass.services.async_call("switch", "turn_on", {"entity_id": state.entity_id}, blocking=True)
    assert hass.states.get(state.entity_id).state == "on"

    await entry.runtime_data.client.refresh_tokens()
    await hass.async_block_till_done()
    await assert_alive(hass, cloud, entry)
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not {one.interface for one in cloud.requests} & {"unbind"}


async def test_a_wrong_password_is_tried_once(hass, cloud):
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_PASSWORD: "wrong"}))
    assert result["errors"] == {CONF_PASSWORD: "invalid_password"}
    result = await submit(hass, result, answer(cloud, **{CONF_ACCOUNT: NEW}))
    assert result["errors"] == {CONF_ACCOUNT: "unknown_account"}
    assert logins(cloud) == ["v2", "v2"]


@pytest.mark.parametrize("interface", ["region", "login"])
@pytest.mark.parametrize(
    "fault",
    [
        {"name": "gateway_page", "status": 503},
        {"name": "gateway_page", "status": 403},
        {"name": "gateway_page", "status": 407, "form": "json"},
        {"name": "disconnect"},
        {"name": "empty_body"},
        {"name": "error", "code": 500},
        {"name": "error", "code": 400, "text": "sign verification failed"},
        {"name": "error", "code": 412},
        {"name": "error", "code": 403, "text": "the quota is exceeded"},
        {"name": "error", "code": 407, "text": "appid has expired"},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
async def test_trouble_chooses_no_version(hass, cloud, interface, fault):
    cloud.faults.add(interface=interface, **fault)
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["type"] is FlowResultType.FORM
    assert result["errors"]
    assert {one.generation for one in cloud.requests} == {"v2"}
    result = await submit(hass, result, answer(cloud, **{CONF_PASSWORD: None, CONF_APP_SECRET: None}))
    assert EntryData.from_entry(result["result"]).generation == "v2"


@pytest.mark.parametrize(
    ("code", "text", "of_all"),
    [
        (407, "appid is unauthorized", True),
        (407, "path request not allowed for appid:MADEUPAPPID", False),
        (403, "Sign:oauthClient enable invalid", True),
        (403, "api not found", False),
    ],
)
@pytest.mark.parametrize("first", ["region", "login"])
async def test_a_refusal_of_the_app_id_leads_to_version_1(hass, cloud, first, code, text, of_all):
    # An App ID that may not look up may sign in, unless the words are of the whole App ID.
    refused = ["region"] if first == "region" and of_all else ["region", "login"]
    for interface in refused[refused.index(first) :]:
        cloud.faults.add("error", interface=interface, code=code, text=text)
    result = await submit(hass, await start(hass), answer(cloud))
    assert logins(cloud) == (["v1"] if refused == ["region"] else ["v2", "v1"])
    assert EntryData.from_entry(result["result"]).generation == "v1"
    await assert_alive(hass, cloud, result["result"])


@pytest.mark.usefixtures("official")
async def test_a_contract_without_the_look_up_signs_in_nevertheless(hass, cloud):
    cloud.accounts.apps[cloud.app_id].withdrawn = {"region"}
    account = cloud.add_account(email="far@example.com", password="a password", region="us")
    typed = {CONF_ACCOUNT: account.address, CONF_PASSWORD: "a password", CONF_SERVER: "auto"}
    result = await submit(hass, await start(hass), answer(cloud, **typed))
    data = EntryData.from_entry(result["result"])
    assert (data.generation, data.region) == ("v2", "us")


@pytest.mark.usefixtures("official")
async def test_a_territory_without_phone_numbers(hass, cloud):
    typed = answer(cloud, **{CONF_COUNTRY: "AQ", CONF_SERVER: "auto"})
    result = await choose(hass, await submit(hass, await start(hass), typed), "eu")
    data = EntryData.from_entry(result["result"])
    assert (data.generation, data.country) == ("v2", "AQ")


@pytest.mark.usefixtures("official")
async def test_a_look_up_that_fails_in_version_1_is_made_by_hand(hass, cloud):
    cloud.accounts.apps[cloud.app_id].plan = "old"
    cloud.faults.add("gateway_page", interface="region", status=503)
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: "auto"}))
    result = await choose(hass, result, "us")
    assert EntryData.from_entry(result["result"]).generation == "v1"


async def test_a_free_app_id_may_not_sign_in_with_a_password(hass, cloud):
    """Not the password is wrong, nor is the application withdrawn: the page is offered in the same dialog."""
    result = await submit(hass, await start(hass), answer(cloud, **FREE))
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "password_not_allowed"
    assert result["menu_options"] == ["oauth", "sign_in"]
    assert result["description_placeholders"]["app_id_plain"] == FREE_APP_ID
    assert logins(cloud) == ["v2"]

    # A browser that comes back sees the same.
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (again["step_id"], again["menu_options"]) == (result["step_id"], result["menu_options"])
    result = await submit(hass, result, {"next_step_id": "sign_in"})
    assert suggested(result)[CONF_APP_ID] == FREE_APP_ID
    assert_no_secret(result, cloud, FREE_APP_SECRET)
    # The password was not wrong.
    result = await submit(hass, result, answer(cloud, **{CONF_PASSWORD: None}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.fixture
async def serve_only(cloud, aiohttp_server):
    """Return a function that starts a server in front of the cloud which has one version alone."""

    async def start(generation, status=404):
        async def handle(request):
            if request.path.startswith("/v2/") is not (generation == "v2"):
                return web.Response(status=status, text="<html>nginx</html>", content_type="text/html")
            headers = {key: value for key, value in request.headers.items() if key != "Host"}
            address, body = cloud.url + request.path_qs, await request.read()
            async with (
                ClientSession() as session,
                session.request(request.method, address, data=body, headers=headers) as response,
            ):
                body = await response.read()
            return web.Response(status=response.status, body=body, content_type="application/json")

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        return str((await aiohttp_server(app)).make_url("")).rstrip("/")

    return start


@pytest.mark.parametrize("status", [404, 503])
async def test_nor_where_version_1_is_no_more(hass, cloud, serve_only, status):
    """A host that answers nothing of use says nothing of the App ID; what version 2 has said counts."""
    cloud.accounts.apps[cloud.app_id].withdrawn = {"region", "login"}
    address = await serve_only("v2", status)
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: address}))
    assert result["step_id"] == "password_not_allowed"


async def test_a_server_of_ones_own_may_have_version_1_alone(hass, cloud, serve_only):
    address = await serve_only("v1")
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: address}))
    assert EntryData.from_entry(result["result"]).generation == "v1"
    assert result["result"].state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(result["result"].entry_id)


# An entry that is there


@pytest.fixture
async def old_entry(cloud, setup_entry):
    """An entry of version 1, of an App ID that serves both."""
    entry = make_entry(cloud, cloud.account)
    await setup_entry(entry)
    return entry


@pytest.mark.usefixtures("unpaced")
async def test_what_works_is_kept(hass, cloud, old_entry):
    coordinator = old_entry.runtime_data
    old_entry.async_start_reauth(hass)
    password = answer(cloud, **{CONF_APP_SECRET: None})
    password = {key: password[key] for key in (CONF_PASSWORD, SECTION_APPLICATION)}
    result = await submit(hass, await reauth(hass), password)
    assert result["reason"] == "reauth_successful"
    result = await submit(hass, await reconfigure(hass, old_entry), answer(cloud, **{CONF_APP_SECRET: None}))
    assert result["reason"] == "reconfigure_successful"
    assert logins(cloud) == ["v1", "v1"]
    assert old_entry.runtime_data is coordinator
    await assert_alive(hass, cloud, old_entry)


@pytest.mark.usefixtures("unpaced")
async def test_what_is_withdrawn_is_found_anew(hass, cloud, old_entry):
    cloud.accounts.apps[cloud.app_id].plan = "new"
    old_entry.async_start_reauth(hass)
    password = answer(cloud, **{CONF_APP_SECRET: None})
    password = {key: password[key] for key in (CONF_PASSWORD, SECTION_APPLICATION)}
    result = await submit(hass, await reauth(hass), password)
    assert result["reason"] == "reauth_successful"
    assert EntryData.from_entry(old_entry).generation == "v2"
    await assert_alive(hass, cloud, old_entry)

    # And back again, by another App ID that serves version 1 alone.
    cloud.add_app("another", "its secret", plan="old")
    typed = answer(cloud, **{CONF_APP_ID: "another", CONF_APP_SECRET: "its secret"})
    result = await submit(hass, await reconfigure(hass, old_entry), typed)
    assert result["reason"] == "reconfigure_successful"
    assert EntryData.from_entry(old_entry).generation == "v1"
    await assert_alive(hass, cloud, old_entry)


@pytest.mark.usefixtures("unpaced")
async def test_a_free_app_id_in_the_dialogs_of_an_entry(hass, cloud, old_entry):
    result = await submit(hass, await reconfigure(hass, old_entry), answer(cloud, **FREE))
    assert result["menu_options"] == ["oauth", "reconfigure_password"]
    hass.config_entries.flow.async_abort(result["flow_id"])
    old_entry.async_start_reauth(hass)
    typed = answer(cloud, **FREE)
    typed = {key: typed[key] for key in (CONF_PASSWORD, SECTION_APPLICATION)}
    result = await submit(hass, await reauth(hass), typed)
    assert (result["step_id"], result["menu_options"]) == (
        "password_not_allowed",
        ["oauth", "reauth_sign_in"],
    )
    result = await submit(hass, result, {"next_step_id": "reauth_sign_in"})
    assert result["step_id"] == "reauth_sign_in"
    assert EntryData.from_entry(old_entry).generation == "v1"
    assert old_entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("unpaced")
async def test_an_account_that_is_there_gets_the_tokens_of_the_other_version(hass, cloud, old_entry):
    """They have replaced its own: it goes on with them, where they are from."""
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["reason"] == "already_configured"
    assert EntryData.from_entry(old_entry).generation == "v2"
    await assert_alive(hass, cloud, old_entry)


# Codes


@pytest.mark.parametrize(
    ("interface", "code", "where", "key"),
    [
        ("sms", 400, CONF_ACCOUNT, "account_refused"),
        ("sms", 10009, CONF_ACCOUNT, "account_exists"),
        ("sms", 10010, FIELD_CODE, "too_many_codes"),
        ("sms", 10003, CONF_ACCOUNT, "new_account_refused"),
        ("sms", 500, "base", "server_trouble"),
        ("register", 10002, FIELD_CODE, "wrong_code"),
        ("register", 400, FIELD_NEW_PASSWORD, "password_refused"),
        ("register", 412, SECTION_APPLICATION, "quota_exceeded"),
    ],
)
async def test_what_is_wrong_with_a_new_account(hass, cloud, interface, code, where, key):
    cloud.faults.add("error", interface=interface, code=code)
    result = await submit(hass, await start(hass, "register"), form(cloud, NEW))
    if interface == "register":
        sent = cloud.verification.latest(NEW)
        result = await submit(hass, result, {FIELD_RESEND: False, FIELD_CODE: sent})
    assert result["errors"] == {where: key}
    assert "{" not in error_shown(result)
    assert {one.generation for one in cloud.requests} == {"v2"}


@pytest.mark.parametrize("way", ["register", "reset_password"])
async def test_codes_that_a_contract_lacks_are_sent_by_version_1(hass, cloud, way):
    address = NEW if way == "register" else cloud.account.address
    cloud.accounts.apps[cloud.app_id].withdrawn = {"sms"}
    result = await submit(hass, await start(hass, way), form(cloud, address))
    sent = cloud.verification.latest(address)
    result = await submit(hass, result, {FIELD_RESEND: False, FIELD_CODE: sent})
    entry = result["result"]
    assert EntryData.from_entry(entry).generation == "v1"
    assert entry.data[CONF_REGION] == "eu"


async def test_a_free_app_id_sends_no_codes(hass, cloud):
    result = await submit(hass, await start(hass, "register"), form(cloud, NEW, **FREE))
    assert result["errors"] == {SECTION_APPLICATION: "feature_refused"}
    assert not cloud.verification.sent
