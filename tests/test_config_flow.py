"""The dialogs that sign in, against a cloud that checks every request."""

import asyncio
from functools import partial
from typing import Any

from aiohttp import web
from homeassistant.config_entries import (
    ConfigEntryState,
)
from homeassistant.const import CONF_ADDRESS, CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ewelink.const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
    SERVER_AUTOMATIC,
)
from custom_components.ewelink.coolkit import ApiV1, ApiV2
from custom_components.ewelink.flows.account_input import SECTION_APPLICATION, SECTION_SERVER
from simulator import Simulator
from simulator.tls import make_server
from tests.common import make_entry, until
from tests.dialogs import named
from tests.flows import (
    NOWHERE,
    answer,
    asked,
    assert_alive,
    assert_no_secret,
    choose,
    collapsed,
    error_shown,
    fields_of,
    go,
    reauth,
    reconfigure,
    start,
    submit,
    suggested,
)

GENERATIONS = ("v1", "v2")


def again(cloud: Simulator, **changes: Any) -> dict[str, Any]:
    """Return the right answer to a form of reauth, with changes."""
    full = answer(cloud, **{CONF_APP_SECRET: None} | changes)
    return {key: full[key] for key in (CONF_PASSWORD, SECTION_APPLICATION) if key in full}


# A new account


async def test_the_form_asks_for_everything_once(hass, cloud):
    result = await start(hass)
    assert set(fields_of(result)) == {
        CONF_COUNTRY,
        CONF_ACCOUNT,
        CONF_PASSWORD,
        CONF_APP_ID,
        CONF_APP_SECRET,
        CONF_SERVER,
        CONF_ADDRESS,
    }
    assert fields_of(result)[CONF_COUNTRY][0].default() == "DE"
    assert not collapsed(result, SECTION_APPLICATION)
    assert collapsed(result, SECTION_SERVER)
    assert_no_secret(result, cloud)


async def test_sign_in_by_e_mail(hass, cloud, generation):
    result = await submit(hass, await start(hass), answer(cloud))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "demo@example.com"
    entry = result["result"]
    assert entry.unique_id == cloud.account.apikey
    assert entry.state is ConfigEntryState.LOADED
    data = dict(entry.data)
    tokens = data.pop(CONF_TOKENS)
    assert data.pop("app_seen") == dt_util.utcnow().date().isoformat()
    assert data == {
        "generation": generation,
        "sign_in": "password",
        "refused": {},
        "quota": {},
        CONF_REGION: "eu",
        CONF_SERVER: cloud.url,
        CONF_APP_ID: cloud.app_id,
        CONF_APP_SECRET: cloud.app_secret,
        CONF_ACCOUNT: "demo@example.com",
        CONF_COUNTRY: "DE",
    }
    assert tokens["access_token"] == cloud.account.at
    assert tokens["refresh_token"] == cloud.account.rt
    assert abs(tokens["access_token_time"] - cloud.clock()) < 60
    assert cloud.account.password not in str(entry.as_dict())


@pytest.mark.usefixtures("official")
@pytest.mark.parametrize(
    ("country", "typed"),
    [
        pytest.param("CN", "131 2345 6789", id="as it is dialled in the country"),
        pytest.param("DE", "+86 131-2345-6789", id="with its own country code, which decides"),
        pytest.param("CN", "0086 13123456789", id="with the prefix for calls abroad"),
    ],
)
async def test_sign_in_by_phone_number(hass, cloud, country, typed):
    cloud.add_account(phone_number="+8613123456789", password="a password", region="cn")
    answers = answer(
        cloud,
        **{
            CONF_COUNTRY: country,
            CONF_ACCOUNT: typed,
            CONF_PASSWORD: "a password",
            CONF_SERVER: SERVER_AUTOMATIC,
        },
    )
    result = await submit(hass, await start(hass), answers)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "+8613123456789"
    assert result["data"][CONF_ACCOUNT] == "+8613123456789"
    assert result["data"][CONF_REGION] == "cn"
    (look_up,) = asked(cloud, "region")
    assert look_up.params.get("country_code") == "86" or look_up.params["countryCode"] == "+86"


@pytest.mark.usefixtures("official")
async def test_the_account_of_another_region_is_followed(hass, cloud):
    account = cloud.add_account(email="far@example.com", password="a password", region="us")
    answers = answer(
        cloud,
        **{CONF_ACCOUNT: "far@example.com", CONF_PASSWORD: "a password", CONF_SERVER: SERVER_AUTOMATIC},
    )
    result = await submit(hass, await start(hass), answers)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_REGION] == "us"
    assert result["result"].unique_id == account.apikey
    assert [request.region for request in asked(cloud, "login")] == ["eu", "us"]


@pytest.mark.usefixtures("official")
async def test_a_region_chosen_as_server_is_not_looked_up(hass, cloud):
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: "eu"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_SERVER] == "eu"
    assert asked(cloud, "region") == []


async def test_spaces_around_what_was_pasted_do_not_matter(hass, cloud):
    answers = answer(
        cloud,
        **{
            CONF_ACCOUNT: f" {cloud.account.address} ",
            CONF_APP_ID: f" {cloud.app_id}\n",
            CONF_APP_SECRET: f"{cloud.app_secret} ",
            CONF_SERVER: f" {cloud.url} ",
        },
    )
    result = await submit(hass, await start(hass), answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_APP_ID] == cloud.app_id
    assert result["data"][CONF_ACCOUNT] == cloud.account.address
    assert result["data"][CONF_SERVER] == cloud.url


# Errors, each followed to recovery


@pytest.mark.parametrize(
    ("changes", "where", "key"),
    [
        pytest.param({CONF_PASSWORD: "wrong"}, CONF_PASSWORD, "invalid_password", id="password"),
        pytest.param({CONF_ACCOUNT: "no@example.com"}, CONF_ACCOUNT, "unknown_account", id="account"),
        pytest.param(
            {CONF_ACCOUNT: "new@example.com"}, CONF_ACCOUNT, "account_not_activated", id="activation"
        ),
        pytest.param({CONF_ACCOUNT: "nobody"}, CONF_ACCOUNT, "invalid_account", id="no number"),
        pytest.param({CONF_ACCOUNT: "12"}, CONF_ACCOUNT, "invalid_account", id="two digits"),
        pytest.param({CONF_ACCOUNT: "110"}, CONF_ACCOUNT, "invalid_account", id="emergency call"),
        pytest.param({CONF_PASSWORD: ""}, CONF_PASSWORD, "password_required", id="no password"),
        pytest.param({CONF_APP_ID: " "}, SECTION_APPLICATION, "app_id_required", id="no App ID"),
        pytest.param({CONF_APP_ID: "a" * 10_000}, SECTION_APPLICATION, "app_id_too_long", id="long App ID"),
        pytest.param({CONF_APP_SECRET: " "}, SECTION_APPLICATION, "app_secret_required", id="blank secret"),
        pytest.param({CONF_ACCOUNT: "+1 212"}, CONF_ACCOUNT, "invalid_account", id="short number"),
        pytest.param({CONF_ACCOUNT: "0151 12345678"}, CONF_ACCOUNT, "unknown_account", id="number"),
        pytest.param({CONF_APP_ID: "app-403"}, SECTION_APPLICATION, "app_id_refused", id="App ID, 403"),
        pytest.param({CONF_APP_ID: "app-407"}, SECTION_APPLICATION, "app_id_refused", id="App ID, 407"),
        pytest.param({CONF_APP_ID: "unknown"}, SECTION_APPLICATION, "app_id_refused", id="App ID, 406"),
        pytest.param({CONF_APP_SECRET: "wrong"}, SECTION_APPLICATION, "app_id_refused", id="App secret"),
        pytest.param({CONF_APP_SECRET: None}, SECTION_APPLICATION, "app_secret_required", id="no secret"),
        pytest.param({CONF_APP_ID: "app-412"}, SECTION_APPLICATION, "quota_exceeded", id="quota"),
        pytest.param({CONF_SERVER: NOWHERE}, "base", "cannot_connect", id="no connection"),
        pytest.param({CONF_SERVER: "http://example.com"}, SECTION_SERVER, "invalid_address", id="plain http"),
        pytest.param({CONF_SERVER: "somewhere"}, SECTION_SERVER, "invalid_address", id="no address"),
    ],
)
async def test_an_error_says_what_to_do_and_the_form_goes_on(hass, cloud, generation, changes, where, key):
    if key == "account_not_activated" and generation == "v2":
        # It knows no such accounts.
        return
    cloud.add_account(email="new@example.com", password=cloud.account.password, activated=False)
    cloud.add_app("app-403", cloud.app_secret, refused=403)
    cloud.add_app("app-407", cloud.app_secret, refused=407)
    cloud.add_app("app-412", cloud.app_secret, quota_spent=True)

    result = await submit(hass, await start(hass), answer(cloud, **changes))
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "sign_in"
    assert result["errors"] == {where: key}
    assert_no_secret(result, cloud)
    typed = answer(cloud, **changes)
    assert suggested(result)[CONF_ACCOUNT] == typed[CONF_ACCOUNT]
    assert suggested(result)[CONF_APP_ID] == typed[SECTION_APPLICATION][CONF_APP_ID].strip()
    assert suggested(result)[CONF_ADDRESS] == typed[SECTION_SERVER][CONF_ADDRESS]
    assert collapsed(result, SECTION_APPLICATION) == (where != SECTION_APPLICATION)

    # A simulator is no place for wrong requests; these were wrong on purpose.
    cloud.violations.clear()
    result = await submit(hass, result, answer(cloud))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("fault", "key", "text"),
    [
        pytest.param(
            {"name": "gateway_page", "status": 502},
            "server_trouble",
            "{} returned an internal error (error 502). Try again in a few minutes.",
            id="the page of a gateway",
        ),
        pytest.param(
            {"name": "empty_body"},
            "request_failed_no_code",
            "{} sent an unexpected response. Try again in a few minutes.",
            id="nothing",
        ),
        pytest.param(
            {"name": "wrong_type"},
            "request_failed_no_code",
            "{} sent an unexpected response. Try again in a few minutes.",
            id="another type",
        ),
        pytest.param(
            {"name": "error", "code": 500},
            "server_trouble",
            "{} returned an internal error (error 500). Try again in a few minutes.",
            id="an error of its own",
        ),
        pytest.param(
            {"name": "error", "code": 12345},
            "request_failed",
            (
                "{} did not do this (error 12345). Check whether it works in the eWeLink app, or try "
                "again later."
            ),
            id="an unknown error",
        ),
    ],
)
async def test_trouble_of_the_server_passes(hass, cloud, fault, key, text):
    cloud.faults.add(interface="login", **fault)
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"] == {"base": key}
    assert error_shown(result) == text.format(cloud.url.removeprefix("http://"))
    assert_no_secret(result, cloud)

    # What was typed before counts: the secrets need not be typed again.
    result = await submit(hass, result, answer(cloud, **{CONF_PASSWORD: None, CONF_APP_SECRET: None}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.generation("v1")
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 406, 407, 412, 500, 503])
@pytest.mark.parametrize("form", ["page", "text", "message", "json", "nested", "phrase", "code"])
async def test_the_page_of_a_web_server_says_nothing_of_account_password_or_app_id(hass, cloud, form, status):
    if form == "phrase" and status == 401:
        # That may be the cloud's own; test_words.py has what surely is not.
        return
    cloud.faults.add("gateway_page", interface="login", status=status, form=form)
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"]["base"] in {"server_trouble", "not_ewelink"}
    assert f"(error {status})" in error_shown(result)

    # The password was not wrong: it need not be typed again.
    result = await submit(hass, result, answer(cloud, **{CONF_PASSWORD: None, CONF_APP_SECRET: None}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_the_cloud_does_not_accept_is_the_input(hass, cloud):
    cloud.faults.add("error", interface="login", code=400, text="params is error")
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"] == {"base": "input_refused"}
    assert error_shown(result) == (
        "eWeLink does not accept the input (error 400). Check the country, the email address or "
        "phone number, and the password."
    )


async def test_an_account_of_the_unusual_kind_signs_in(hass, cloud):
    cloud.add_account(phone_number="+4915112345678", password=cloud.account.password, region="eu")
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_ACCOUNT: "0151 12345678"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "+4915112345678"


@pytest.mark.parametrize(
    ("changes", "region", "kinds"),
    [
        ({CONF_ACCOUNT: "0151 12345678"}, "eu", ("phone number", "an email address")),
        ({CONF_ACCOUNT: "no@example.com", CONF_COUNTRY: "CN"}, "cn", ("email address", "a phone number")),
    ],
)
async def test_an_account_of_the_unusual_kind_is_explained_when_it_is_refused(
    hass, cloud, generation, changes, region, kinds
):
    server = f"{cloud.url}/{{region}}"
    result = await submit(hass, await start(hass), answer(cloud, **changes, **{CONF_SERVER: server}))
    assert result["errors"].keys() == {CONF_ACCOUNT}
    code = 10003 if generation == "v2" else 400
    assert error_shown(result) == (
        f"eWeLink does not accept this {kinds[0]} in the region {region} (error {code}). Accounts there "
        f"usually use {kinds[1]}. Enter {kinds[1]}, or select another country or server."
    )

    result = await submit(hass, result, answer(cloud, **{CONF_SERVER: server}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_else_is_wrong_with_an_unusual_account_is_told_as_that(hass, cloud):
    cloud.add_account(phone_number="+4915112345678", password="another", region="eu")
    result = await submit(
        hass,
        await start(hass),
        answer(cloud, **{CONF_ACCOUNT: "0151 12345678", CONF_SERVER: f"{cloud.url}/{{region}}"}),
    )
    assert result["errors"] == {CONF_PASSWORD: "invalid_password"}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        # A country code that the tables do not know; a number that is too long for its country by them.
        ("+999 1234 5678", "+99912345678"),
        ("0151 1234567890123", "+491511234567890123"),
        ("🏡@example.com", "🏡@example.com"),
    ],
)
async def test_the_cloud_decides_which_addresses_there_are(hass, cloud, typed, sent):
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_ACCOUNT: typed}))
    (login,) = asked(cloud, "login")
    assert sent in login.params.values()
    assert result["errors"].keys() == {CONF_ACCOUNT}


async def test_another_server_is_named(hass, cloud, aiohttp_server):
    """What answers at a wrong address is a web server more often than nothing at all."""
    server = await aiohttp_server(web.Application())
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: str(server.make_url(""))}))
    assert result["errors"] == {"base": "not_ewelink"}
    assert error_shown(result) == (
        f"The server at 127.0.0.1:{server.port} is not an eWeLink server (error 404). Check the address and "
        "port, and whether a proxy or a sign-in page of the network is in between."
    )


async def test_a_certificate_that_is_not_trusted_is_named(hass, cloud, tmp_path):
    context, _ = make_server(tmp_path)
    # The server's end of a handshake that fails is nobody's.
    hass.loop.set_exception_handler(lambda _loop, _context: None)
    strange = Simulator()
    await strange.start(ssl_context=context)
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: strange.url}))
    await strange.stop()
    assert strange.requests == []
    assert result["errors"] == {"base": "certificate_refused"}
    assert error_shown(result).startswith(f"The certificate of 127.0.0.1:{strange.port} is not trusted")


async def test_a_server_that_is_silent_is_named(hass, cloud, monkeypatch):
    cloud.faults.add("no_answer", interface="region")
    monkeypatch.setattr("custom_components.ewelink.entry_data.ApiV1", partial(ApiV1, timeout=0.1))
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"] == {"base": "no_answer"}
    assert error_shown(result).startswith(f"127.0.0.1:{cloud.port} did not answer in time")


async def test_no_word_of_a_library_is_shown(hass, cloud, caplog):
    caplog.set_level("DEBUG", logger="custom_components.ewelink")
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_SERVER: NOWHERE}))
    assert error_shown(result) == (
        "127.0.0.1:9 cannot be reached. Check the network of Home Assistant. For a server of your"
        " own, check its address and port as well."
    )
    assert "ClientConnectorError" not in str(result)
    assert "ClientConnectorError" in caplog.text


async def test_hints_stand_where_they_are_true(hass, cloud, entry):
    result = await start(hass)
    hints = ("password_hint", "app_secret_hint")
    assert [result["description_placeholders"][hint] for hint in hints] == ["", ""]
    result = await submit(hass, result, answer(cloud, **{CONF_SERVER: NOWHERE}))
    typed = "Leave empty to keep the value you entered."
    assert [result["description_placeholders"][hint] for hint in hints] == [typed, typed]

    entry.add_to_hass(hass)
    result = await start(hass)
    stored = "Leave empty to keep the stored value."
    assert [result["description_placeholders"][hint] for hint in hints] == ["", stored]


async def test_a_redirection_that_leads_nowhere(hass, cloud):
    cloud.faults.add("redirect", interface="login", region="us")
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"] == {SECTION_SERVER: "wrong_region"}
    assert not collapsed(result, SECTION_SERVER)

    result = await submit(hass, result, answer(cloud))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_fault_of_our_own_is_logged(hass, cloud, generation, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(ApiV2 if generation == "v2" else ApiV1, "sign_in", None)
        result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"] == {"base": "unknown"}
    assert "Unexpected error while signing in" in caplog.text
    assert cloud.account.password not in caplog.text

    result = await submit(hass, result, answer(cloud))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_wrong_password_must_be_typed_again(hass, cloud):
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_PASSWORD: "wrong"}))
    assert type(fields_of(result)[CONF_PASSWORD][0]).__name__ == "Required"

    result = await submit(hass, result, answer(cloud, **{CONF_SERVER: NOWHERE}))
    assert result["errors"] == {"base": "cannot_connect"}
    assert type(fields_of(result)[CONF_PASSWORD][0]).__name__ == "Optional"


# The App secret


async def test_the_app_id_is_prefilled_and_its_secret_remembered(hass, cloud, entry):
    entry.add_to_hass(hass)
    cloud.add_account(email="second@example.com", password="a password")
    result = await start(hass)
    assert suggested(result) == {CONF_APP_ID: cloud.app_id}
    assert collapsed(result, SECTION_APPLICATION)
    assert_no_secret(result, cloud)

    answers = answer(
        cloud,
        **{CONF_ACCOUNT: "second@example.com", CONF_PASSWORD: "a password", CONF_APP_SECRET: None},
    )
    result = await submit(hass, result, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_APP_SECRET] == cloud.app_secret


async def test_the_secret_typed_for_a_mistyped_app_id_counts(hass, cloud):
    result = await submit(hass, await start(hass), answer(cloud, **{CONF_APP_ID: "mistyped"}))
    assert result["errors"] == {SECTION_APPLICATION: "app_id_refused"}
    cloud.violations.clear()

    result = await submit(hass, result, answer(cloud, **{CONF_APP_SECRET: None}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_APP_SECRET] == cloud.app_secret


# The region


@pytest.mark.usefixtures("official")
async def test_the_region_is_chosen_by_hand_when_the_look_up_fails(hass, cloud):
    cloud.faults.add("gateway_page", interface="region", status=503)
    answers = answer(cloud, **{CONF_SERVER: SERVER_AUTOMATIC})
    result = await submit(hass, await start(hass), answers)
    result = await choose(hass, result, "us")

    # The wrong region leads to the right one.
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_REGION] == "eu"
    assert result["data"][CONF_SERVER] == SERVER_AUTOMATIC


@pytest.mark.usefixtures("official")
async def test_the_chosen_region_is_remembered(hass, cloud):
    cloud.faults.add("gateway_page", interface="region", status=503, count=None)
    answers = answer(cloud, **{CONF_SERVER: SERVER_AUTOMATIC})
    result = await submit(hass, await start(hass), answers | {CONF_PASSWORD: "wrong"})
    result = await choose(hass, result, "eu")
    assert result["step_id"] == "sign_in"
    assert result["errors"] == {CONF_PASSWORD: "invalid_password"}

    result = await submit(hass, result, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(asked(cloud, "region")) == 1


@pytest.mark.usefixtures("official")
async def test_a_territory_without_a_country_code_chooses_its_region(hass, cloud):
    answers = answer(cloud, **{CONF_COUNTRY: "AQ", CONF_SERVER: SERVER_AUTOMATIC})
    result = await submit(hass, await start(hass), answers)
    result = await choose(hass, result, "eu")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert asked(cloud, "region") == []


async def test_a_server_of_ones_own_that_fails_is_named_as_such(hass, cloud):
    cloud.faults.add("gateway_page", interface="region", status=503)
    result = await submit(hass, await start(hass), answer(cloud))
    assert result["errors"] == {"base": "server_trouble"}
    result = await submit(hass, result, answer(cloud))
    assert result["type"] is FlowResultType.CREATE_ENTRY


# An account that is there already


@pytest.mark.usefixtures("unpaced")
async def test_a_duplicate_hands_its_tokens_to_the_running_entry(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    coordinator = entry.runtime_data
    before = cloud.account.at

    result = await submit(hass, await start(hass), answer(cloud))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert cloud.account.at != before
    await assert_alive(hass, cloud, entry)
    assert entry.runtime_data is coordinator

    # It hears what a device reports, and a command arrives.
    device = cloud.devices["1000000001"]
    await device.push({"switch": "on"})
    await until(lambda: coordinator.client.devices[device.deviceid].params["switch"] == "on")
    await coordinator.client.update(device.deviceid, {"switch": "off"})
    assert device.params["switch"] == "off"


@pytest.mark.usefixtures("unpaced")
async def test_a_duplicate_with_another_app_id_changes_nothing(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    cloud.add_app("another", "another secret")
    before = dict(entry.data)

    answers = answer(cloud, **{CONF_APP_ID: "another", CONF_APP_SECRET: "another secret"})
    result = await submit(hass, await start(hass), answers)
    assert result["reason"] == "already_configured"
    assert dict(entry.data) == before
    await assert_alive(hass, cloud, entry)


async def test_a_duplicate_mends_an_entry_that_was_signed_out(hass, cloud, entry):
    await cloud.sign_in_elsewhere(cloud.account)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(hass.config_entries.flow.async_progress()) == 1

    result = await submit(hass, await start(hass), answer(cloud))
    assert result["reason"] == "already_configured"
    await assert_alive(hass, cloud, entry)


@pytest.mark.usefixtures("unpaced")
async def test_a_duplicate_ends_the_reauth_of_a_loaded_entry(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    coordinator = entry.runtime_data
    await cloud.sign_in_elsewhere(cloud.account)
    await until(hass.config_entries.flow.async_progress)

    result = await submit(hass, await start(hass), answer(cloud))
    assert result["reason"] == "already_configured"
    await assert_alive(hass, cloud, entry)
    assert entry.runtime_data is coordinator


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize("late", [0, 1, 2], ids=["all at once", "the first is late", "two are late"])
async def test_sign_ins_at_one_moment_end_in_one_entry_that_works(hass, cloud, late):
    """The later one voids the tokens of the other, whose entry may not have been set up with better ones."""
    forms = [await start(hass) for _ in range(3)]
    if late:
        cloud.faults.add("held_answer", interface="login", delay=0.2, count=late)
    flow = hass.config_entries.flow
    results = await asyncio.gather(*(flow.async_configure(form["flow_id"], answer(cloud)) for form in forms))
    await hass.async_block_till_done()
    (created,) = [result for result in results if result["type"] is FlowResultType.CREATE_ENTRY]
    others = [result["reason"] for result in results if result is not created]
    assert others == ["already_configured"] * 2
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await assert_alive(hass, cloud, entry)


@pytest.mark.usefixtures("unpaced")
async def test_nobody_is_asked_to_sign_in_again_once_the_tokens_work(hass, cloud, entry):
    await cloud.sign_in_elsewhere(cloud.account)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(hass.config_entries.flow.async_progress()) == 1

    tokens = make_entry(cloud, cloud.account).data[CONF_TOKENS]
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TOKENS: tokens})
    await hass.config_entries.async_reload(entry.entry_id)
    await assert_alive(hass, cloud, entry)


# Signing in again


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize(
    ("cause", "step_id"),
    [
        ({}, "reauth_confirm"),
        ({"cause": "signed_out"}, "reauth_signed_out"),
        ({"cause": "account_moved"}, "reauth_account_moved"),
    ],
)
async def test_reauth_names_the_cause_and_goes_on(hass, cloud, running_entry, cause, step_id):
    entry = running_entry
    entry.async_start_reauth(hass, data=cause)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == step_id
    assert flow["context"]["entry_id"] == entry.entry_id
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert result["step_id"] == step_id
    assert named(result)[CONF_ACCOUNT] == cloud.account.address
    result = await go(hass, result, "reauth_sign_in")
    assert set(fields_of(result)) == {CONF_PASSWORD, CONF_APP_ID, CONF_APP_SECRET}
    assert named(result)[CONF_ACCOUNT] == cloud.account.address
    assert collapsed(result, SECTION_APPLICATION)
    assert_no_secret(result, cloud)

    result = await submit(hass, result, again(cloud, **{CONF_PASSWORD: "wrong"}))
    assert result["step_id"] == "reauth_sign_in"
    assert result["errors"] == {CONF_PASSWORD: "invalid_password"}
    assert_no_secret(result, cloud)

    result = await submit(hass, result, again(cloud))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    await assert_alive(hass, cloud, entry)


@pytest.mark.usefixtures("unpaced")
async def test_a_sign_out_while_connected_asks_to_sign_in_again(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    coordinator = entry.runtime_data
    await cloud.sign_in_elsewhere(cloud.account)
    await until(hass.config_entries.flow.async_progress)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_signed_out"

    result = await submit(hass, await reauth(hass), again(cloud))
    assert result["reason"] == "reauth_successful"
    await assert_alive(hass, cloud, entry)
    assert entry.runtime_data is coordinator


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ({"name": "error"}, "unknown_account"),
        ({"name": "redirect", "region": "us"}, "wrong_region"),
    ],
)
async def test_reauth_shows_errors_for_which_it_has_no_field(
    hass, cloud, generation, running_entry, fault, key
):
    code = {"code": 10003 if generation == "v2" else 404} if fault["name"] == "error" else {}
    cloud.faults.add(interface="login", **fault, **code)
    running_entry.async_start_reauth(hass)
    result = await reauth(hass)
    result = await submit(hass, result, again(cloud))
    assert result["errors"] == {"base": key}

    result = await submit(hass, result, again(cloud, **{CONF_PASSWORD: None}))
    assert result["reason"] == "reauth_successful"
    await assert_alive(hass, cloud, running_entry)


@pytest.mark.usefixtures("unpaced")
async def test_reauth_takes_another_app_id(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    cloud.add_app("another", "another secret")
    entry.async_start_reauth(hass)
    result = await reauth(hass)
    result = await submit(hass, result, again(cloud, **{CONF_APP_ID: "unknown"}))
    assert result["errors"] == {SECTION_APPLICATION: "app_secret_required"}
    assert not collapsed(result, SECTION_APPLICATION)

    result = await submit(
        hass, result, again(cloud, **{CONF_APP_ID: "another", CONF_APP_SECRET: "another secret"})
    )
    assert result["reason"] == "reauth_successful"
    assert entry.data[CONF_APP_ID] == "another"
    assert entry.data[CONF_APP_SECRET] == "another secret"
    await assert_alive(hass, cloud, entry)


async def test_reauth_brings_back_an_entry_that_could_not_be_set_up(hass, cloud, entry):
    await cloud.sign_in_elsewhere(cloud.account)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR

    result = await submit(hass, await reauth(hass), again(cloud))
    assert result["reason"] == "reauth_successful"
    await assert_alive(hass, cloud, entry)


# To change how an account is reached


@pytest.mark.usefixtures("unpaced")
async def test_reconfigure_changes_how_the_account_is_reached(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    cloud.add_app("another", "another secret")
    result = await reconfigure(hass, entry)
    assert suggested(result) == {
        CONF_COUNTRY: "DE",
        CONF_ACCOUNT: cloud.account.address,
        CONF_APP_ID: cloud.app_id,
        CONF_ADDRESS: cloud.url,
    }
    assert not collapsed(result, SECTION_SERVER)
    assert_no_secret(result, cloud)

    result = await submit(hass, result, answer(cloud, **{CONF_PASSWORD: "wrong", CONF_APP_SECRET: None}))
    assert result["step_id"] == "reconfigure_password"
    assert result["errors"] == {CONF_PASSWORD: "invalid_password"}

    changes = {CONF_COUNTRY: "FR", CONF_APP_ID: "another", CONF_APP_SECRET: "another secret"}
    result = await submit(hass, result, answer(cloud, **changes, **{CONF_SERVER: f"{cloud.url}/{{region}}"}))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert {key: entry.data[key] for key in changes} == changes
    assert entry.data[CONF_SERVER] == f"{cloud.url}/{{region}}"
    await assert_alive(hass, cloud, entry)


@pytest.mark.usefixtures("unpaced")
async def test_reconfigure_without_a_change_keeps_the_entry_running(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    coordinator = entry.runtime_data
    result = await submit(hass, await reconfigure(hass, entry), answer(cloud, **{CONF_APP_SECRET: None}))
    assert result["reason"] == "reconfigure_successful"
    await assert_alive(hass, cloud, entry)
    assert entry.runtime_data is coordinator


@pytest.mark.usefixtures("official", "unpaced")
async def test_reconfigure_lets_the_region_be_chosen(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    cloud.faults.add("gateway_page", interface="region", status=503)
    answers = answer(cloud, **{CONF_APP_SECRET: None, CONF_SERVER: SERVER_AUTOMATIC})
    result = await submit(hass, await reconfigure(hass, entry), answers)
    result = await choose(hass, result, "eu")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_SERVER] == SERVER_AUTOMATIC
    await assert_alive(hass, cloud, entry)


@pytest.mark.usefixtures("unpaced")
async def test_a_title_of_the_users_own_stays(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    hass.config_entries.async_update_entry(entry, title="Holiday home")
    result = await submit(hass, await reconfigure(hass, entry), answer(cloud, **{CONF_APP_SECRET: None}))
    assert result["reason"] == "reconfigure_successful"
    assert entry.title == "Holiday home"


# The wrong account


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize("configured", [False, True], ids=["nobody's", "of another entry"])
async def test_reconfigure_refuses_another_account(hass, cloud, entry, generation, setup_entry, configured):
    account = cloud.add_account(email="second@example.com", password="a password")
    other = make_entry(cloud, account, generation=generation)
    await setup_entry(entry)
    for one in [other] * configured:
        await setup_entry(one)
    before = dict(entry.data)

    answers = answer(cloud, **{CONF_ACCOUNT: account.address, CONF_PASSWORD: "a password"})
    result = await submit(hass, await reconfigure(hass, entry), answers)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert dict(entry.data) == before
    # The sign-in has replaced the other account's tokens: its entry must have got the new ones.
    for one in [entry, *[other] * configured]:
        await assert_alive(hass, cloud, one)


@pytest.mark.usefixtures("unpaced")
async def test_reauth_refuses_another_account(hass, cloud, entry, setup_entry):
    await setup_entry(entry)
    # The address now belongs to somebody else.
    cloud.add_account(email="second@example.com", password="a password")
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_ACCOUNT: "second@example.com"})
    before = dict(entry.data)

    entry.async_start_reauth(hass)
    result = await reauth(hass)
    result = await submit(hass, result, again(cloud, **{CONF_PASSWORD: "a password"}))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert dict(entry.data) == before
    await assert_alive(hass, cloud, entry)
