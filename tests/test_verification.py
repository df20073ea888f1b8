"""The dialogs that need a verification code, against a cloud that sends codes and checks them."""

import json
import logging
from pathlib import Path

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_ADDRESS, CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ewelink.const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    SERVER_AUTOMATIC,
)
from custom_components.ewelink.flows.account_input import FIELD_CODE, SECTION_APPLICATION, SECTION_SERVER
from custom_components.ewelink.flows.forms import FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD
from custom_components.ewelink.flows.verification import FIELD_RESEND
from custom_components.ewelink.markdown import escape
from simulator import Simulator
from tests.common import make_entry
from tests.dialogs import named
from tests.flows import (
    NOWHERE,
    answer,
    asked,
    assert_alive,
    assert_no_secret,
    choose,
    collapsed,
    fields_of,
    go,
    reauth,
    start,
    submit,
    suggested,
)

GENERATIONS = ("v1", "v2")

NEW = "new@example.com"
NEW_PASSWORD = "a new password"
TEXTS = json.loads((Path(__file__).parents[1] / "custom_components/ewelink/translations/en.json").read_text())


def typed(cloud: Simulator, account: str = NEW, **changes: object) -> dict[str, object]:
    """Return the right answer to a form that a code is sent by, with changes; None leaves a field out."""
    passwords = {
        CONF_PASSWORD: None,
        FIELD_NEW_PASSWORD: NEW_PASSWORD,
        FIELD_REPEATED_PASSWORD: NEW_PASSWORD,
    }
    return answer(cloud, **{CONF_ACCOUNT: account} | passwords | changes)


def typed_again(cloud: Simulator, **changes: object) -> dict[str, object]:
    """Return the right answer to such a form for the account of an entry, with changes."""
    full = typed(cloud, **{CONF_APP_SECRET: None} | changes)
    names = (FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD, SECTION_APPLICATION)
    return {name: full[name] for name in names if name in full}


async def enter(
    hass: HomeAssistant, result: ConfigFlowResult, code: str | None, *, resend: bool = False
) -> ConfigFlowResult:
    """Answer the form that asks for the code."""
    assert_asks_for_code(result)
    return await submit(hass, result, {FIELD_RESEND: resend} | ({} if code is None else {FIELD_CODE: code}))


def assert_asks_for_code(result: ConfigFlowResult, errors: dict[str, str] | None = None) -> None:
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "verification_code"
    if errors is not None:
        assert result["errors"] == errors


def assert_asks_to_type(result: ConfigFlowResult, field: str, *, again: bool) -> None:
    """Check whether a secret has to be typed, or may be left empty since it was typed before."""
    assert type(fields_of(result)[field][0]).__name__ == ("Required" if again else "Optional")


def sent(cloud: Simulator, interface: str) -> list[str | None]:
    """Return the regions in which an interface was called."""
    return [request.region for request in asked(cloud, interface)]


# Create an account


async def test_an_account_is_created_and_signed_in(hass, cloud, generation, caplog):
    result = await start(hass, "register")
    assert set(fields_of(result)) == {
        CONF_COUNTRY,
        CONF_ACCOUNT,
        FIELD_NEW_PASSWORD,
        FIELD_REPEATED_PASSWORD,
        CONF_APP_ID,
        CONF_APP_SECRET,
        CONF_SERVER,
        CONF_ADDRESS,
    }
    assert_no_secret(result, cloud)

    result = await submit(hass, result, typed(cloud))
    assert_asks_for_code(result)
    code = cloud.verification.latest(NEW)
    assert named(result)[CONF_ACCOUNT] == NEW
    assert_no_secret(result, cloud, NEW_PASSWORD, code)

    result = await enter(hass, result, f" {code} ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == NEW
    account = cloud.accounts.find(NEW)
    assert account.password == NEW_PASSWORD
    entry = result["result"]
    assert entry.unique_id == account.apikey
    assert entry.state is ConfigEntryState.LOADED
    data = dict(entry.data)
    assert data.pop(CONF_TOKENS)["access_token"] == account.at
    assert data.pop("app_seen") == dt_util.utcnow().date().isoformat()
    assert data == {
        CONF_REGION: "eu",
        CONF_SERVER: cloud.url,
        CONF_APP_ID: cloud.app_id,
        CONF_APP_SECRET: cloud.app_secret,
        CONF_ACCOUNT: NEW,
        CONF_COUNTRY: "DE",
        "generation": generation,
        "sign_in": "password",
        "refused": {},
        "quota": {},
    }
    assert NEW_PASSWORD not in caplog.text
    assert sent(cloud, "login") == []


@pytest.mark.usefixtures("official")
async def test_an_account_is_created_with_a_phone_number(hass, cloud):
    changes = {CONF_COUNTRY: "CN", CONF_SERVER: SERVER_AUTOMATIC}
    result = await submit(hass, await start(hass, "register"), typed(cloud, "131 2345 6789", **changes))
    assert named(result)[CONF_ACCOUNT] == "+8613123456789"

    result = await enter(hass, result, cloud.verification.latest("+8613123456789"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "+8613123456789"
    assert result["data"][CONF_REGION] == "cn"
    assert sent(cloud, "sms") == sent(cloud, "register") == ["cn"]


@pytest.mark.generation("v1")
@pytest.mark.usefixtures("official")
async def test_the_region_of_a_new_account_is_chosen_when_the_look_up_fails(hass, cloud):
    cloud.faults.add("gateway_page", interface="region", status=503)
    result = await submit(
        hass, await start(hass, "register"), typed(cloud, **{CONF_SERVER: SERVER_AUTOMATIC})
    )
    result = await choose(hass, result, "us")
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_REGION] == "us"


@pytest.mark.parametrize("at_last", [False, True], ids=["at once", "meanwhile"])
async def test_an_address_that_has_an_account_leads_to_the_sign_in(hass, cloud, at_last):
    account = cloud.account
    result = await start(hass, "register")
    if at_last:
        result = await submit(hass, result, typed(cloud))
        account = cloud.add_account(email=NEW, password="their password")
        result = await enter(hass, result, cloud.verification.latest(NEW))
    else:
        result = await submit(hass, result, typed(cloud, account.address))
    assert result["step_id"] == "sign_in"
    assert result["errors"] == {CONF_ACCOUNT: "account_exists"}
    assert suggested(result)[CONF_ACCOUNT] == account.address
    assert suggested(result)[CONF_ADDRESS] == cloud.url
    assert_asks_to_type(result, CONF_PASSWORD, again=True)
    assert_no_secret(result, cloud, NEW_PASSWORD)

    # The App secret was typed before.
    changes = {CONF_ACCOUNT: account.address, CONF_PASSWORD: account.password, CONF_APP_SECRET: None}
    result = await submit(hass, result, answer(cloud, **changes))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == account.apikey


# What goes wrong before a code is sent, each followed to recovery


@pytest.mark.parametrize("way", ["register", "reset_password"])
@pytest.mark.parametrize(
    ("changes", "where", "key"),
    [
        ({FIELD_REPEATED_PASSWORD: "a slip"}, FIELD_REPEATED_PASSWORD, "passwords_differ"),
        ({FIELD_NEW_PASSWORD: "", FIELD_REPEATED_PASSWORD: ""}, FIELD_NEW_PASSWORD, "new_password_required"),
        ({CONF_ACCOUNT: "nobody"}, CONF_ACCOUNT, "invalid_account"),
        ({CONF_APP_ID: "unknown"}, SECTION_APPLICATION, "app_id_refused"),
        ({CONF_APP_SECRET: None}, SECTION_APPLICATION, "app_secret_required"),
        ({CONF_SERVER: NOWHERE}, "base", "cannot_connect"),
        ({CONF_SERVER: "somewhere"}, SECTION_SERVER, "invalid_address"),
    ],
)
async def test_an_input_that_does_not_work_is_named(hass, cloud, way, changes, where, key):
    address = {"register": NEW, "reset_password": cloud.account.address}[way]
    result = await submit(hass, await start(hass, way), typed(cloud, **{CONF_ACCOUNT: address} | changes))
    assert result["step_id"] == way
    assert result["errors"] == {where: key}
    assert suggested(result)[CONF_ACCOUNT] == changes.get(CONF_ACCOUNT, address)
    assert collapsed(result, SECTION_APPLICATION) == (where != SECTION_APPLICATION)
    assert_asks_to_type(
        result, FIELD_NEW_PASSWORD, again=where in {FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD}
    )
    assert_no_secret(result, cloud, NEW_PASSWORD, "a slip")
    assert cloud.verification.sent == []

    # These were wrong on purpose.
    cloud.violations.clear()
    result = await submit(hass, result, typed(cloud, address))
    result = await enter(hass, result, cloud.verification.latest(address))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.generation("v1")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 498, 504])
@pytest.mark.parametrize("form", ["page", "json", "message"])
@pytest.mark.parametrize("way", ["register", "reset_password"])
@pytest.mark.parametrize("at_code", [False, True])
async def test_the_page_of_a_web_server_says_nothing_of_address_or_code(
    hass, cloud, way, at_code, form, status
):
    if status == 498 and form == "page":
        # No web server has such a status.
        return
    address = {"register": NEW, "reset_password": cloud.account.address}[way]
    result = await start(hass, way)
    if at_code:
        result = await submit(hass, result, typed(cloud, address))
    interface = way if at_code else "sms"
    body = {"error": status, "msg": "<html><body>nginx</body></html>"}
    if status == 498:
        cloud.faults.add("wrong_type", interface=interface, body=body)
    else:
        cloud.faults.add("gateway_page", interface=interface, status=status, form=form)
    if at_code:
        result = await enter(hass, result, cloud.verification.latest(address))
    else:
        result = await submit(hass, result, typed(cloud, address))
    assert set(result["errors"].values()) <= {"server_trouble", "not_ewelink"}


@pytest.mark.generation("v1")
@pytest.mark.parametrize("way", ["register", "reset_password"])
@pytest.mark.parametrize(
    ("account", "country", "key"),
    [("0151 12345678", "DE", "phone_number_refused"), (NEW, "CN", "email_refused")],
)
async def test_an_address_of_the_unusual_kind_is_tried_and_explained(hass, cloud, way, account, country, key):
    form = typed(
        cloud,
        **{
            CONF_ACCOUNT: account,
            CONF_COUNTRY: country,
            CONF_SERVER: f"{cloud.url}/{{region}}",
        },
    )
    result = await submit(hass, await start(hass, way), form)
    assert [request.interface for request in asked(cloud, "region", "sms", "login")] == ["region", "sms"]
    assert result["step_id"] == way
    assert result["errors"] == {CONF_ACCOUNT: key}


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    ("code", "where", "key"),
    [
        (400, CONF_ACCOUNT, "account_refused"),
        (403, SECTION_APPLICATION, "feature_refused"),
        (406, SECTION_APPLICATION, "app_id_refused"),
        (407, SECTION_APPLICATION, "feature_refused"),
        (412, SECTION_APPLICATION, "quota_exceeded"),
        (500, "base", "server_trouble"),
        (504, CONF_ACCOUNT, "code_not_sent"),
        (160099, "base", "request_failed"),
    ],
)
async def test_a_code_that_is_not_sent_says_why(hass, cloud, code, where, key):
    cloud.faults.add("error", interface="sms", code=code)
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    assert result["step_id"] == "register"
    assert result["errors"] == {where: key}
    assert_no_secret(result, cloud, NEW_PASSWORD)

    # The passwords and the App secret need not be typed again.
    secrets = (FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD, CONF_APP_SECRET)
    result = await submit(hass, result, typed(cloud, **dict.fromkeys(secrets)))
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert cloud.accounts.find(NEW).password == NEW_PASSWORD


# The code


async def test_every_field_of_the_code_has_its_texts(hass, cloud):
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    # As a browser that comes back asks for it.
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    step_texts = TEXTS["config"]["step"][result["step_id"]]
    fields = fields_of(result)
    assert set(step_texts["data"]) == set(step_texts["data_description"]) == set(fields)
    placeholders = result["description_placeholders"]
    assert escape(NEW) in step_texts["description"].format(**placeholders)
    label, _, sent_at = placeholders["sent_at"].rpartition(" ")
    assert label == "Sent:"
    assert sent_at[2::3] == "::"


async def test_a_wrong_code_is_asked_for_again(hass, cloud):
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    code = cloud.verification.latest(NEW)
    for given, key in (("no code", "wrong_code"), (None, "code_required"), ("  ", "code_required")):
        result = await enter(hass, result, given)
        assert_asks_for_code(result, {FIELD_CODE: key})
        assert_no_secret(result, cloud, NEW_PASSWORD, "no code")

    # What was typed before the code still counts.
    result = await enter(hass, result, code)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert cloud.accounts.find(NEW).password == NEW_PASSWORD


@pytest.mark.generation("v1")
async def test_another_code_is_sent_within_its_limits(hass, cloud):
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    first = cloud.verification.latest(NEW)
    result = await enter(hass, result, None, resend=True)
    assert_asks_for_code(result, {FIELD_CODE: "too_many_codes"})
    assert len(cloud.verification.sent) == 1

    cloud.verification.pause = 0
    cloud.faults.add("error", interface="sms", code=504)
    result = await enter(hass, result, None, resend=True)
    assert_asks_for_code(result, {"base": "code_not_sent"})

    result = await enter(hass, result, None, resend=True)
    assert_asks_for_code(result)
    assert not result["errors"]
    assert len(cloud.verification.sent) == 2

    # The first one counts no more.
    second = cloud.verification.latest(NEW)
    assert first != second
    result = await enter(hass, result, first)
    assert_asks_for_code(result, {FIELD_CODE: "wrong_code"})
    result = await enter(hass, result, second)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.generation("v1")
async def test_a_code_of_an_earlier_dialog_still_counts(hass, cloud):
    await submit(hass, await start(hass, "register"), typed(cloud))
    code = cloud.verification.latest(NEW)

    result = await submit(hass, await start(hass, "register"), typed(cloud))
    assert_asks_for_code(result, {FIELD_CODE: "too_many_codes"})
    assert result["description_placeholders"]["sent_at"] == ""
    result = await enter(hass, result, code)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.generation("v1")
@pytest.mark.parametrize(
    ("code", "where", "key"),
    [
        (400, FIELD_NEW_PASSWORD, "password_refused"),
        (401, SECTION_APPLICATION, "app_id_refused"),
        (403, SECTION_APPLICATION, "feature_refused"),
        (407, SECTION_APPLICATION, "feature_refused"),
        (412, SECTION_APPLICATION, "quota_exceeded"),
    ],
)
async def test_what_was_typed_before_the_code_is_mended_there(hass, cloud, code, where, key):
    cloud.faults.add("error", interface="register", code=code)
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["step_id"] == "register"
    assert result["errors"] == {where: key}
    assert suggested(result)[CONF_ACCOUNT] == NEW
    assert_asks_to_type(result, FIELD_NEW_PASSWORD, again=where == FIELD_NEW_PASSWORD)
    assert_no_secret(result, cloud, NEW_PASSWORD)

    # The code that was sent still counts; no other one is sent.
    better = {FIELD_NEW_PASSWORD: "a better one", FIELD_REPEATED_PASSWORD: "a better one"}
    result = await submit(hass, result, typed(cloud, **better))
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert cloud.accounts.find(NEW).password == "a better one"
    assert len(sent(cloud, "sms")) == 1


async def test_another_address_gets_a_code_of_its_own(hass, cloud):
    cloud.faults.add("error", interface="register", code=400)
    result = await submit(hass, await start(hass, "register"), typed(cloud, "slip@example.com"))
    result = await enter(hass, result, cloud.verification.latest("slip@example.com"))
    result = await submit(hass, result, typed(cloud))
    assert named(result)[CONF_ACCOUNT] == NEW
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == NEW


async def test_trouble_of_the_server_passes(hass, cloud):
    cloud.faults.add("gateway_page", interface="register", status=502)
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert_asks_for_code(result, {"base": "server_trouble"})
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_no_secret_is_told(hass, cloud, caplog):
    caplog.set_level(logging.DEBUG)
    result = await submit(hass, await start(hass, "register"), typed(cloud))
    code = "code-4711"
    quotation = f"no account for {code}, {NEW_PASSWORD}, {cloud.app_secret}"
    for fault in (500, 400):
        cloud.faults.add("error", interface="register", code=fault, text=quotation)
        result = await enter(hass, result, code)
        assert result["description_placeholders"]["code"] == str(fault)
        assert "no account" not in str(result)
        assert_no_secret(result, cloud, NEW_PASSWORD, code)
    assert "no account for ***, ***, ***" in caplog.text
    assert not any(secret in caplog.text for secret in (code, NEW_PASSWORD, cloud.app_secret))


# Forgot the password


async def test_a_new_password_signs_in(hass, cloud):
    address = cloud.account.address
    result = await submit(hass, await start(hass, "reset_password"), typed(cloud, address))
    result = await enter(hass, result, cloud.verification.latest(address))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == cloud.account.apikey
    assert result["result"].state is ConfigEntryState.LOADED
    assert cloud.account.password == NEW_PASSWORD
    assert sent(cloud, "login") == []


@pytest.mark.usefixtures("official")
async def test_a_code_is_used_where_the_account_lives(hass, cloud):
    account = cloud.add_account(email=NEW, password="forgotten", region="us")
    result = await submit(
        hass, await start(hass, "reset_password"), typed(cloud, **{CONF_SERVER: SERVER_AUTOMATIC})
    )
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_REGION] == account.region
    assert sent(cloud, "sms") == ["eu", "us"]
    assert sent(cloud, "reset_password") == ["us"]


@pytest.mark.usefixtures("unpaced")
async def test_a_new_password_hands_the_tokens_to_the_running_entry(hass, cloud, running_entry):
    coordinator = running_entry.runtime_data
    before = cloud.account.at
    address = cloud.account.address
    result = await submit(hass, await start(hass, "reset_password"), typed(cloud, address))
    result = await enter(hass, result, cloud.verification.latest(address))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "password_reset"
    assert cloud.account.password == NEW_PASSWORD
    assert cloud.account.at != before
    await assert_alive(hass, cloud, running_entry)
    assert running_entry.runtime_data is coordinator


async def test_an_account_that_does_not_exist_can_be_created(hass, cloud):
    result = await submit(hass, await start(hass, "reset_password"), typed(cloud))
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "no_account"
    assert result["menu_options"] == ["register", "reset_password"]
    # As a browser that comes back asks for it.
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert named(result) == {CONF_ACCOUNT: NEW}

    result = await go(hass, result, "register")
    assert suggested(result)[CONF_ACCOUNT] == NEW
    assert suggested(result)[CONF_ADDRESS] == cloud.url
    assert_asks_to_type(result, FIELD_NEW_PASSWORD, again=False)
    assert_no_secret(result, cloud, NEW_PASSWORD)
    secrets = (FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD, CONF_APP_SECRET)
    result = await submit(hass, result, typed(cloud, **dict.fromkeys(secrets)))
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert cloud.accounts.find(NEW).password == NEW_PASSWORD


async def test_another_account_can_be_named_for_one_that_does_not_exist(hass, cloud):
    result = await submit(hass, await start(hass, "reset_password"), typed(cloud))
    result = await go(hass, result, "reset_password")
    assert suggested(result)[CONF_ACCOUNT] == NEW
    address = cloud.account.address
    result = await submit(hass, result, typed(cloud, address))
    result = await enter(hass, result, cloud.verification.latest(address))
    assert result["type"] is FlowResultType.CREATE_ENTRY


# Forgot the password of an entry


@pytest.mark.usefixtures("unpaced")
async def test_reauth_sets_a_new_password(hass, cloud, running_entry):
    coordinator = running_entry.runtime_data
    await cloud.sign_in_elsewhere(cloud.account)
    running_entry.async_start_reauth(hass, data={"cause": "signed_out"})
    result = await reauth(hass, "reauth_reset_password")
    assert set(fields_of(result)) == {
        FIELD_NEW_PASSWORD,
        FIELD_REPEATED_PASSWORD,
        CONF_APP_ID,
        CONF_APP_SECRET,
    }
    address = cloud.account.address
    assert named(result)[CONF_ACCOUNT] == address
    assert collapsed(result, SECTION_APPLICATION)
    assert_no_secret(result, cloud)

    result = await submit(hass, result, typed_again(cloud))
    assert_asks_for_code(result)
    result = await enter(hass, result, "no code")
    assert_asks_for_code(result, {FIELD_CODE: "wrong_code"})
    result = await enter(hass, result, cloud.verification.latest(address))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert cloud.account.password == NEW_PASSWORD
    await assert_alive(hass, cloud, running_entry)
    assert running_entry.runtime_data is coordinator
    assert sent(cloud, "region") == []


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize(
    ("fault", "where", "key"),
    [
        ({"name": "error"}, "base", "unknown_account"),
        ({"name": "error", "code": 407}, SECTION_APPLICATION, "feature_refused"),
        ({"name": "redirect", "region": "us"}, "base", "wrong_region"),
    ],
)
async def test_reauth_says_why_no_code_is_sent(hass, cloud, generation, running_entry, fault, where, key):
    unknown = {"code": 10003 if generation == "v2" else 401} if fault["name"] == "error" else {}
    cloud.faults.add(interface="sms", **unknown | fault)
    running_entry.async_start_reauth(hass)
    result = await reauth(hass, "reauth_reset_password")
    result = await submit(hass, result, typed_again(cloud))
    assert result["step_id"] == "reauth_reset_password"
    assert result["errors"] == {where: key}
    assert collapsed(result, SECTION_APPLICATION) == (where != SECTION_APPLICATION)

    result = await submit(hass, result, typed_again(cloud, **{FIELD_NEW_PASSWORD: None}))
    result = await enter(hass, result, cloud.verification.latest(cloud.account.address))
    assert result["reason"] == "reauth_successful"
    await assert_alive(hass, cloud, running_entry)


@pytest.mark.usefixtures("unpaced")
async def test_a_new_password_for_another_account_is_told_so(hass, cloud, entry, generation, setup_entry):
    await setup_entry(entry)
    # The address now belongs to somebody else, who is configured, too.
    account = cloud.add_account(email=NEW, password="forgotten")
    other = make_entry(cloud, account, generation=generation)
    await setup_entry(other)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_ACCOUNT: NEW})

    entry.async_start_reauth(hass)
    result = await reauth(hass, "reauth_reset_password")
    result = await submit(hass, result, typed_again(cloud))
    result = await enter(hass, result, cloud.verification.latest(NEW))
    assert result["reason"] == "wrong_account"
    for one in (entry, other):
        await assert_alive(hass, cloud, one)
