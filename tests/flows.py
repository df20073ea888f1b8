"""Going through the dialogs that sign in, as a person does."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_ADDRESS, CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import TextSelector
import probatio
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_schema_suggested_value

from custom_components.ewelink.const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
)
from custom_components.ewelink.flows.account_input import SECTION_APPLICATION, SECTION_SERVER, SERVERS
from custom_components.ewelink.flows.forms import FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD
from simulator import Simulator
from simulator.checks import LoggedRequest
from tests.common import connected, until
from tests.dialogs import ALL_TEXTS

# A port on which nothing listens.
NOWHERE = "http://127.0.0.1:9"
SECRETS = {CONF_PASSWORD, CONF_APP_SECRET, FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD}


async def start(hass: HomeAssistant, way: str = "sign_in") -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["step_id"] == "user"
    return await go(hass, result, way)


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Open the dialog that changes how an account is reached with its password."""
    return await go(hass, await entry.start_reconfigure_flow(hass), "reconfigure_password")


async def go(hass: HomeAssistant, result: ConfigFlowResult, way: str) -> ConfigFlowResult:
    """Choose from a menu what leads to a form."""
    assert result["type"] is FlowResultType.MENU
    assert way in result["menu_options"]
    result = await submit(hass, result, {"next_step_id": way})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == way
    return result


def answer(cloud: Simulator, **changes: Any) -> dict[str, Any]:
    """Return the right answer to the form, with changes; None leaves a field out."""
    fields = {
        CONF_COUNTRY: "DE",
        CONF_ACCOUNT: cloud.account.address,
        CONF_PASSWORD: cloud.account.password,
        CONF_APP_ID: cloud.app_id,
        CONF_APP_SECRET: cloud.app_secret,
        CONF_SERVER: cloud.url,
    } | changes
    fields = {key: value for key, value in fields.items() if value is not None}
    sections = {
        SECTION_APPLICATION: {
            key: fields.pop(key) for key in (CONF_APP_ID, CONF_APP_SECRET) if key in fields
        },
        SECTION_SERVER: server_section(fields.pop(CONF_SERVER)),
    }
    return fields | sections


def server_section(server: str) -> dict[str, str]:
    """Return what is typed for a server: a choice, or an address of one's own."""
    return {CONF_SERVER if server in SERVERS else CONF_ADDRESS: server}


async def submit(hass: HomeAssistant, result: ConfigFlowResult, answers: dict[str, Any]) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(result["flow_id"], answers)
    await hass.async_block_till_done()
    return result


def fields_of(result: ConfigFlowResult) -> dict[str, tuple[Any, Any]]:
    """Return marker and selector of every field of a form, those in sections included."""
    fields = {}
    for marker, selector in result["data_schema"].schema.items():
        inner = selector.schema.schema if isinstance(selector, section) else {marker: selector}
        fields |= {str(key): (key, value) for key, value in inner.items()}
    return fields


def error_shown(result: ConfigFlowResult) -> str:
    """Return what a form says of its one error."""
    (key,) = result["errors"].values()
    return ALL_TEXTS["config"]["error"][key].format(**result["description_placeholders"])


def collapsed(result: ConfigFlowResult, name: str) -> bool:
    return result["data_schema"].schema[name].options["collapsed"]


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled in with."""
    values = {}
    for name, (marker, _) in fields_of(result).items():
        value = get_schema_suggested_value({marker: None}, name)
        if value is not None:
            values[name] = value
    return values


def assert_no_secret(result: ConfigFlowResult, cloud: Simulator, *others: str) -> None:
    """Check that secrets have fields that hide them, and that none stands in the form."""
    fields = fields_of(result)
    for name in SECRETS & fields.keys():
        selector = fields[name][1]
        assert isinstance(selector, TextSelector)
        assert selector.config["type"] == "password"
    # What the browser gets.
    sent = probatio.to_field_list(result["data_schema"], custom_serializer=cv.custom_serializer)
    shown = f"{sent} {result['description_placeholders']} {result['errors']}"
    for secret in (cloud.account.password, cloud.app_secret, *others):
        assert secret not in shown


def asked(cloud: Simulator, *interfaces: str) -> list[LoggedRequest]:
    """Return the calls of interfaces in the version that serves the App ID; the other one has refused it."""
    other = {"new": "v1", "old": "v2"}.get(cloud.accounts.apps[cloud.app_id].plan)
    return [one for one in cloud.requests if one.interface in interfaces and one.generation != other]


async def choose(hass: HomeAssistant, result: ConfigFlowResult, region: str) -> ConfigFlowResult:
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "region"
    return await submit(hass, result, {CONF_REGION: region})


async def assert_alive(hass: HomeAssistant, cloud: Simulator, entry: MockConfigEntry) -> None:
    """Check that an entry is connected with the tokens that count, in both directions."""
    account = cloud.accounts.by_apikey[entry.unique_id]
    await connected(entry)
    await until(lambda: any(one.account is account for one in cloud.connections))
    client = entry.runtime_data.client
    assert client.session.tokens.access_token == account.tokens[entry.data[CONF_APP_ID]].at
    assert entry.data[CONF_TOKENS]["access_token"] == account.tokens[entry.data[CONF_APP_ID]].at
    await client.refresh_devices()
    assert entry.state is ConfigEntryState.LOADED
    assert not hass.config_entries.flow.async_progress()


async def reauth(hass: HomeAssistant, way: str = "reauth_sign_in") -> ConfigFlowResult:
    """Open the dialog that asks to sign in again."""
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    return await go(hass, await hass.config_entries.flow.async_configure(flow["flow_id"]), way)
