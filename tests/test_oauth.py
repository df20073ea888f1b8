"""Signing in on the page of eWeLink: every step over real HTTP, as a browser does it."""

from dataclasses import replace
from datetime import timedelta

from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from yarl import URL

from custom_components.ewelink.application_credentials import async_get_description_placeholders
from custom_components.ewelink.areas import async_areas_from_groups
from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import HostsV2, Region, shared_quotas
from custom_components.ewelink.entry_data import EntryData, async_store
from tests.common import connected, until
from tests.dialogs import ALL_TEXTS
from tests.oauth import query_of


@pytest.fixture
def the_entry(hass):
    def find():
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        return entry

    return find


async def test_from_the_menu_through_the_page_to_the_devices(hass, browser, cloud, the_entry):
    step = await browser.start()
    assert step["menu_options"][0] == "oauth"
    step = await browser.choose(step, "oauth")
    assert step["step_id"] == "oauth"
    step = await browser.submit(step, **browser.country())
    assert step["step_id"] == "application"
    assert step["description_placeholders"]["redirect_url"] == f"`{browser.app.redirect_url}`"
    step = await browser.submit(step, **browser.application())

    result = await browser.through_page(step)

    assert result["type"] == "create_entry"
    entry = the_entry()
    await connected(entry)
    data = EntryData.from_entry(entry)
    assert entry.unique_id == cloud.account.apikey
    assert (data.generation, data.sign_in, data.region) == ("v2", "oauth", "eu")
    assert data.app_id == browser.app.app_id
    assert data.tokens.access_token == cloud.account.tokens[browser.app.app_id].at
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.client.devices
    assert hass.states.async_all("switch")


async def test_the_page_gets_what_the_vendor_asks_for(browser, cloud):
    step = await browser.to_page()
    query = query_of(step["url"])
    assert query.keys() == {
        "clientId",
        "seq",
        "authorization",
        "redirectUrl",
        "grantType",
        "state",
        "nonce",
    }
    assert query["redirectUrl"] == browser.app.redirect_url
    assert await browser.sign_in(step["url"], password="wrong") == ""
    assert (await browser.through_page(step))["type"] == "create_entry"


async def test_an_application_is_stored_and_offered_again(hass, browser, cloud):
    await browser.through_page(await browser.to_page())
    other = cloud.add_account(email="other@example.com", password="another one", region="eu")

    step = await browser.choose(await browser.start(), "oauth")
    (choice,) = [field for field in step["data_schema"] if field["name"] == "implementation"]
    stored, new = choice["selector"]["select"]["options"]
    assert new["value"] == "new"
    step = await browser.submit(step, **browser.country(implementation=stored["value"]))
    result = await browser.through_page(step, other)

    assert result["type"] == "create_entry"
    assert {entry.unique_id for entry in hass.config_entries.async_entries(DOMAIN)} == {
        cloud.account.apikey,
        other.apikey,
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"app_id": " "}, {"app_id": "app_id_required"}),
        ({"app_id": "x" * 257}, {"app_id": "app_id_too_long"}),
        ({"app_secret": " "}, {"app_secret": "app_secret_required"}),
    ],
)
async def test_an_application_has_an_id_and_a_secret(browser, changes, error):
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, **browser.country())
    step = await browser.submit(step, **browser.application(**changes))
    assert step["errors"] == error
    step = await browser.submit(step, **browser.application())
    assert (await browser.through_page(step))["type"] == "create_entry"


async def test_the_same_application_is_taken_again_but_not_with_another_secret(browser):
    await browser.to_page()
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, **browser.country(implementation="new"))
    step = await browser.submit(step, **browser.application(app_secret="another"))
    assert step["errors"] == {"app_secret": "app_secret_differs"}
    step = await browser.submit(step, **browser.application())
    assert (await browser.through_page(step))["type"] == "create_entry"


async def test_an_address_that_is_none(browser):
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, **browser.country(server="http://example.com"))
    assert step["errors"] == {"base": "invalid_address"} or step["errors"] == {"server": "invalid_address"}


@pytest.fixture
def regions(cloud, monkeypatch):
    """Let each region have an address of its own, as the vendor's have."""
    hosts = HostsV2.custom(f"{cloud.url}/{{region}}", page=f"{cloud.url}/oauth/index.html")
    monkeypatch.setattr(HostsV2, "official", classmethod(lambda _cls: hosts))


async def official_page(browser, country):
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, country=country, server={"server": "auto"})
    if step["step_id"] == "application":
        step = await browser.submit(step, **browser.application())
    return step


@pytest.mark.usefixtures("regions")
async def test_the_page_tells_the_region(browser, cloud, the_entry):
    account = cloud.add_account(email="us@example.com", password="of america", region="us")
    cloud.core.quirks.wrong_region_burns_code = True
    result = await browser.through_page(await official_page(browser, "DE"), account)
    assert result["type"] == "create_entry"
    assert EntryData.from_entry(the_entry()).region == "us"


def without_region(address):
    return str(URL(address).without_query_params("region"))


@pytest.mark.usefixtures("regions")
@pytest.mark.parametrize("country", ["US", "DE"])
async def test_without_a_word_of_the_region_all_are_asked(browser, cloud, the_entry, country):
    account = cloud.add_account(email="us@example.com", password="of america", region="us")
    step = await official_page(browser, country)
    address = await browser.sign_in(step["url"], account)
    result = await browser.come_back(step, without_region(address))
    assert result["type"] == "create_entry"
    assert EntryData.from_entry(the_entry()).region == "us"


@pytest.mark.usefixtures("regions")
async def test_a_wrong_country_is_changed_without_a_new_application(browser, cloud, the_entry):
    """A wrong region may use a code up: then the right country is what helps."""
    account = cloud.add_account(email="us@example.com", password="of america", region="us")
    cloud.core.quirks.wrong_region_burns_code = True
    step = await official_page(browser, "DE")
    address = await browser.sign_in(step["url"], account)
    step = await browser.come_back(step, without_region(address))
    assert (step["step_id"], step["errors"]) == ("oauth", {"base": "code_expired"})

    used = next(field for field in step["data_schema"] if field["name"] == "implementation")["default"]
    step = await browser.submit(step, country="US", implementation=used, server={"server": "auto"})
    address = await browser.sign_in(step["url"], account)
    result = await browser.come_back(step, without_region(address))
    assert result["type"] == "create_entry"
    assert EntryData.from_entry(the_entry()).region == "us"


async def test_a_code_that_comes_too_late(browser, freezer):
    step = await browser.to_page()
    address = await browser.sign_in(step["url"])
    freezer.tick(31)
    step = await browser.come_back(step, address)
    assert (step["step_id"], step["errors"]) == ("oauth", {"base": "code_expired"})
    used = next(field for field in step["data_schema"] if field["name"] == "implementation")["default"]
    step = await browser.submit(step, **browser.country(implementation=used))
    assert (await browser.through_page(step))["type"] == "create_entry"


async def test_the_redirect_url_is_compared_character_by_character(browser):
    step = await browser.to_page()
    browser.app.redirect_url += "/"
    assert await browser.sign_in(step["url"]) == ""


async def test_a_page_that_was_closed_is_opened_again(browser):
    step = await browser.to_page()
    again = await browser.submit(step)
    assert again["type"] == "external"
    assert (await browser.through_page(again))["type"] == "create_entry"


async def test_a_refusal_on_the_page(browser):
    step = await browser.to_page()
    address = f"{browser.app.redirect_url}?error=access_denied&state={query_of(step['url'])['state']}"
    result = await browser.come_back(step, address)
    assert (result["type"], result["reason"]) == ("abort", "user_rejected_authorize")


async def test_a_secret_that_is_wrong(browser, cloud):
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, **browser.country())
    step = await browser.submit(step, **browser.application(app_secret="wrong"))
    # The page itself says so.
    assert await browser.sign_in(step["url"]) == ""
    assert [str(one) for one in cloud.violations] == ["oauth_page: signature (wrong)"]
    cloud.violations.clear()


@pytest.mark.parametrize(
    ("attribute", "error"), [("expired", "app_id_expired"), ("refused", "application_refused")]
)
async def test_an_application_that_has_ended(browser, attribute, error):
    step = await browser.to_page()
    address = await browser.sign_in(step["url"])
    setattr(browser.app, attribute, True if attribute == "expired" else 407)
    step = await browser.come_back(step, address)
    assert step["errors"] == {"base": error}


async def test_the_account_is_found_on_another_try(browser, cloud):
    step = await browser.to_page()
    address = await browser.sign_in(step["url"])
    cloud.faults.add("http_status", interface="homes", status=500)
    step = await browser.come_back(step, address)
    assert step["step_id"] == "find_account"
    result = await browser.submit(step)
    assert result["type"] == "create_entry"


async def test_whatever_keeps_the_account_from_being_found_has_a_text(browser, cloud):
    step = await browser.to_page()
    address = await browser.sign_in(step["url"])
    cloud.faults.add("error", interface="homes", code=400)
    step = await browser.come_back(step, address)
    for code in (301, 400, 403, 404, 405, 407, 409, 412, 498, 500, 503, 4002, 20001, 30018, 1e9):
        cloud.faults.add("error", interface="homes", code=int(code))
        step = await browser.submit(step)
        assert (code, step["step_id"]) == (code, "find_account")
        (key,) = step["errors"].values()
        text = ALL_TEXTS["config"]["error"][key]
        assert text.format(**step["description_placeholders"])
    step = await browser.submit(step)
    assert step["type"] == "create_entry"


async def test_a_second_time_is_one_too_many(hass, browser, the_entry, cloud):
    await browser.through_page(await browser.to_page())
    entry = the_entry()
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, **browser.country(implementation=entry.data["auth_implementation"]))

    result = await browser.through_page(step)

    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    assert result["description_placeholders"]["account_plain"] == entry.title
    # The new tokens have replaced those of the entry: it has them.
    data = EntryData.from_entry(the_entry())
    assert data.tokens.access_token == cloud.account.tokens[browser.app.app_id].at
    await connected(entry)


@pytest.mark.parametrize("last", [0, 1])
async def test_two_people_come_back_from_the_page_at_one_moment(hass, browser, the_entry, cloud, last):
    """The later one has voided the tokens of the other, whichever dialog ends first."""
    steps = [await browser.to_page()]
    step = await browser.choose(await browser.start(), "oauth")
    (implementation,) = await async_get_implementations(hass, DOMAIN)
    steps.append(await browser.submit(step, **browser.country(implementation=implementation)))
    for step in steps:
        async with browser.http.get(await browser.sign_in(step["url"])) as response:
            assert response.status == 200
    results = [await browser.post(f"/{steps[number]['flow_id']}") for number in (1 - last, last)]
    await hass.async_block_till_done()
    if last:
        # Whose account the first one has signed in to, its tokens no longer tell.
        results.reverse()
    assert results[0]["type"] == "create_entry"
    assert (results[1]["step_id"], results[1]["errors"]) == ("oauth", {"base": "signed_out"})
    assert ALL_TEXTS["config"]["error"]["signed_out"].format(**results[1]["description_placeholders"])
    entry = the_entry()
    await connected(entry)
    assert EntryData.from_entry(entry).tokens.access_token == cloud.account.tokens[browser.app.app_id].at
    step = await browser.submit(results[1], **browser.country(implementation=implementation))
    result = await browser.through_page(step)
    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    assert not hass.config_entries.flow.async_progress()


async def test_another_account_changes_nothing(hass, browser, the_entry, cloud):
    await browser.through_page(await browser.to_page())
    entry = the_entry()
    before = dict(entry.data)
    other = cloud.add_account(email="other@example.com", password="another one", region="eu")
    step = await browser.start(entry_id=entry.entry_id)
    step = await browser.choose(step, "oauth")
    step = await browser.submit(step, **browser.country(implementation=entry.data["auth_implementation"]))

    result = await browser.through_page(step, other)

    assert (result["type"], result["reason"]) == ("abort", "wrong_account")
    assert result["description_placeholders"]["account_plain"] == entry.title
    assert dict(entry.data) == before
    # The application has no hold on it.
    assert browser.app.app_id not in other.tokens


async def test_tokens_that_are_refused_lead_to_the_page(hass, browser, the_entry, cloud):
    await browser.through_page(await browser.to_page())
    entry = the_entry()
    await connected(entry)
    cloud.account.tokens.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    step = await browser.submit(flow)
    assert step["menu_options"] == ["oauth"]
    step = await browser.choose(step, "oauth")
    step = await browser.submit(step, **browser.country(implementation=entry.data["auth_implementation"]))
    result = await browser.through_page(step)

    assert (result["type"], result["reason"]) == ("abort", "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    await connected(entry)
    assert not hass.config_entries.flow.async_progress()


# What becomes of the application


@pytest.fixture
async def signed_in(browser, the_entry):
    await browser.through_page(await browser.to_page())
    entry = the_entry()
    await connected(entry)
    return entry


def problems(issue_registry):
    found = {
        issue.translation_key for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN
    }
    # The simulated home has a device of a brand that is not released.
    return found - {"devices_withheld"}


async def test_the_year_of_an_application_ends(hass, signed_in, issue_registry):
    assert problems(issue_registry) == set()
    day = dt_util.utcnow().date()
    for age, reported in ((334, set()), (335, {"app_id_ends"}), (400, {"app_id_ends"})):
        data = replace(EntryData.from_entry(signed_in), app_seen=day - timedelta(days=age))
        async_store(hass, signed_in, data)
        await signed_in.runtime_data.async_refresh()
        assert problems(issue_registry) == reported
    assert issue_registry.async_get_issue(DOMAIN, f"app_id_ends_{signed_in.entry_id}").severity == "warning"
    await hass.config_entries.async_remove(signed_in.entry_id)
    assert not [domain for domain, _ in issue_registry.issues if domain == DOMAIN]


async def test_an_application_has_ended_while_the_account_runs(hass, signed_in, browser, issue_registry):
    browser.app.expired = True
    await signed_in.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert problems(issue_registry) == {"app_id_expired"}
    # Nobody has to sign in again for that.
    assert not hass.config_entries.flow.async_progress()


async def test_an_entry_that_is_removed_leaves_no_hold_on_the_account(hass, signed_in, browser, cloud):
    assert browser.app.app_id in cloud.account.tokens
    await hass.config_entries.async_remove(signed_in.entry_id)
    assert browser.app.app_id not in cloud.account.tokens


async def test_an_entry_is_removed_although_the_cloud_is_away(hass, signed_in, cloud):
    await cloud.stop()
    await hass.config_entries.async_remove(signed_in.entry_id)
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_the_calls_of_the_month_are_counted_over_a_restart(hass, signed_in, hass_client):
    used = signed_in.runtime_data.quota.used
    assert used > 0
    await hass.config_entries.async_unload(signed_in.entry_id)
    assert EntryData.from_entry(signed_in).quota["calls"] >= used
    # As in another process.
    shared_quotas._known.clear()
    await hass.config_entries.async_setup(signed_in.entry_id)
    assert signed_in.runtime_data.quota.used > used
    assert signed_in.runtime_data.quota.limit == 50_000
    facts = await get_diagnostics_for_config_entry(hass, hass_client, signed_in)
    assert facts["quota"]["used"] >= used
    assert facts["account"]["sign_in"] == "oauth"


async def test_new_devices_get_the_areas_of_their_rooms(hass, signed_in, cloud):
    devices, areas = dr.async_get(hass), ar.async_get(hass)

    def area_of(device_id):
        found = devices.async_get_device_by_identifier((DOMAIN, device_id), signed_in.entry_id)
        return None if found is None or found.area_id is None else areas.async_get_area(found.area_id).name

    await until(lambda: area_of("1000000004") == "Bedroom")
    assert area_of("1000000002") == "Living room"

    # What a user has taken out of its area gets it again only on request.
    lamp = devices.async_get_device_by_identifier((DOMAIN, "1000000004"), signed_in.entry_id)
    devices.async_update_device(lamp.id, area_id=None)
    await hass.config_entries.async_reload(signed_in.entry_id)
    await connected(signed_in)
    assert area_of("1000000004") is None
    assert await async_areas_from_groups(signed_in.runtime_data) >= 1
    assert area_of("1000000004") == "Bedroom"


async def test_an_exchange_that_takes_too_long_can_be_tried_again(browser, cloud, monkeypatch):
    monkeypatch.setattr("custom_components.ewelink.flows.oauth._EXCHANGE_TIMEOUT", 0)
    step = await browser.to_page()
    step = await browser.come_back(step, await browser.sign_in(step["url"]))
    assert (step["step_id"], step["errors"]) == ("oauth", {"base": "code_expired"})

    monkeypatch.undo()
    used = next(field for field in step["data_schema"] if field["name"] == "implementation")["default"]
    step = await browser.submit(step, **browser.country(implementation=used))
    assert (await browser.through_page(step))["type"] == "create_entry"


async def test_a_chosen_region_leads_to_the_page_of_the_vendor(browser):
    step = await browser.choose(await browser.start(), "oauth")
    step = await browser.submit(step, country="DE", server={"server": "us"})
    step = await browser.submit(step, **browser.application())
    assert step["type"] == "external"
    assert step["url"].startswith(HostsV2.official().page)


async def test_home_assistant_can_resolve_and_renew_by_itself(hass, browser, cloud):
    """What signs in is a whole implementation, although the client renews the tokens."""
    step = await browser.to_page()
    address = query_of(await browser.sign_in(step["url"]))
    (implementation,) = (await async_get_implementations(hass, DOMAIN)).values()
    implementation.reach(cloud.url, Region.EU)
    state = {"redirect_uri": browser.app.redirect_url}

    token = await implementation.async_resolve_external_data({"code": address["code"], "state": state})

    held = cloud.account.tokens[browser.app.app_id]
    assert (token["access_token"], token["refresh_token"], token["region"]) == (held.at, held.rt, "eu")
    assert token["expires_in"] > 24 * 3600
    renewed = await implementation.async_refresh_token(token)
    held = cloud.account.tokens[browser.app.app_id]
    assert (renewed["access_token"], renewed["refresh_token"]) == (held.at, held.rt)
    assert renewed["access_token"] != token["access_token"]


async def test_new_tokens_that_a_crash_has_lost(hass, signed_in, browser, cloud):
    """The cloud has given new ones, and the end came before they were stored: the page mends it."""
    await hass.config_entries.async_unload(signed_in.entry_id)
    held = cloud.account.tokens[browser.app.app_id]
    cloud.accounts.refresh(held.rt, browser.app.app_id, cloud.clock(), keep_rt=False)
    assert EntryData.from_entry(signed_in).tokens.refresh_token != held.rt
    await hass.config_entries.async_setup(signed_in.entry_id)
    await hass.async_block_till_done()
    assert signed_in.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress()
    # Nobody is blamed: another sign-in looks the same.
    assert flow["step_id"] == "reauth_confirm"
    step = await browser.choose(await browser.submit(flow), "oauth")
    used = signed_in.data["auth_implementation"]
    result = await browser.through_page(await browser.submit(step, **browser.country(implementation=used)))
    assert (result["type"], result["reason"]) == ("abort", "reauth_successful")
    await connected(signed_in)
    assert signed_in.state is ConfigEntryState.LOADED


async def test_a_code_is_used_once(hass, browser, cloud, the_entry):
    """A browser that goes back and forth brings the same code again."""
    step = await browser.to_page()
    address = await browser.sign_in(step["url"])
    for _ in range(2):
        async with browser.http.get(address) as response:
            assert response.status == 200
    await hass.async_block_till_done()
    await connected(the_entry())
    assert [one.interface for one in cloud.requests].count("oauth_token") == 1


async def test_a_quota_that_is_spent_is_told_on_the_way(browser):
    step = await browser.to_page()
    address = await browser.sign_in(step["url"])
    browser.app.quota_spent = True
    step = await browser.come_back(step, address)
    assert step["errors"] == {"base": "application_quota"}


async def test_the_dialog_of_credentials_names_the_redirect_url(hass):
    assert await async_setup_component(hass, DOMAIN, {})
    hass.config.external_url = "https://home.example.com"
    told = await async_get_description_placeholders(hass)
    assert told["redirect_url"] == "`https://home.example.com/auth/external/callback`"
    hass.config.components.add("my")
    told = await async_get_description_placeholders(hass)
    assert told["redirect_url"] == "`https://my.home-assistant.io/redirect/oauth`"
    assert told.keys() == {"redirect_url", "console_url"}


async def test_a_dialog_without_a_browser_says_so(hass):
    """The redirect URL is made of the address by which a browser has come."""
    manager = hass.config_entries.flow
    step = await manager.async_init(DOMAIN, context={"source": "user"})
    step = await manager.async_configure(step["flow_id"], {"next_step_id": "oauth"})
    step = await manager.async_configure(step["flow_id"], {"country": "DE", "server": {}})
    assert (step["type"], step["reason"]) == ("abort", "no_browser")
