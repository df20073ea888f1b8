"""No secret in a log line, an exception or a form, through a whole life of an account."""

import json
import logging
import traceback

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import probatio
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry

from custom_components.ewelink.const import DOMAIN
from simulator import Simulator
from tests.common import connected, until

WRONG_PASSWORD = "mistyped-password"
HALL_LAMP = "switch.hall_lamp"
HALL_LAMP_ID = "1000000001"


def secrets_of(cloud: Simulator) -> set[str]:
    """Return every secret that was in use in this life: the present ones and those that were replaced."""
    secrets = {WRONG_PASSWORD, cloud.app_secret}
    for account in cloud.accounts.by_apikey.values():
        secrets |= {account.password, account.apikey} | account.replaced
        for tokens in account.tokens.values():
            secrets |= {tokens.at, tokens.rt}
    secrets |= {device.item["devicekey"] for device in cloud.devices.values()}
    return secrets


def found(text: str, cloud: Simulator) -> list[str]:
    """Return the secrets that a text holds."""
    return [secret for secret in secrets_of(cloud) if secret in text]


def shown(form: ConfigFlowResult) -> str:
    """Return what a form shows and is filled in with."""
    fields = probatio.to_field_list(form["data_schema"], custom_serializer=cv.custom_serializer)
    return f"{fields} {form['errors']} {form['description_placeholders']}"


def told(err: BaseException) -> str:
    """Return all that an exception and its causes say, in words and as they are shown to programmers."""
    words = traceback.format_exception(err)
    while err is not None:
        words += [str(err), repr(err), repr(vars(err))]
        err = err.__cause__ or err.__context__
    return "\n".join(words)


@pytest.fixture
def refused(hass):
    """Use the hall lamp, which must fail; returns what the failure tells."""

    async def use() -> str:
        with pytest.raises(HomeAssistantError) as raised:
            await hass.services.async_call(
                SWITCH_DOMAIN, SERVICE_TURN_ON, {ATTR_ENTITY_ID: HALL_LAMP}, blocking=True
            )
        return told(raised.value)

    return use


@pytest.mark.usefixtures("unpaced")
async def test_a_whole_life_tells_no_secret(hass, cloud, hass_client, caplog, refused):
    caplog.set_level(logging.DEBUG)
    account = cloud.account

    # A sign-in that fails, then one that works.
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": "sign_in"})
    answers = {
        "country": "DE",
        "account": account.address,
        "password": WRONG_PASSWORD,
        "application": {"app_id": cloud.app_id, "app_secret": cloud.app_secret},
        "server": {"address": cloud.url},
    }
    result = await hass.config_entries.flow.async_configure(result["flow_id"], answers)
    assert found(shown(result), cloud) == []
    # The cloud quotes what it was sent.
    quotation = f"no such sign-in: {account.password} {cloud.app_secret}"
    cloud.faults.add("error", interface="login", code=500, text=quotation)
    answers["password"] = account.password
    result = await hass.config_entries.flow.async_configure(result["flow_id"], answers)
    assert result["errors"] == {"base": "server_trouble"}
    assert found(shown(result), cloud) == []
    result = await hass.config_entries.flow.async_configure(result["flow_id"], answers)
    entry = result["result"]
    await hass.async_block_till_done()
    await connected(entry)
    coordinator = entry.runtime_data

    # A push and a command.
    lamp = cloud.devices[HALL_LAMP_ID]
    await lamp.push({"switch": "on"})
    await until(lambda: hass.states.get(HALL_LAMP).state == "on")
    await hass.services.async_call(
        SWITCH_DOMAIN, SERVICE_TURN_OFF, {ATTR_ENTITY_ID: HALL_LAMP}, blocking=True
    )
    assert lamp.params["switch"] == "off"
    # Frames that nobody expects.
    await cloud.push(None, {"action": "surprise", "apikey": account.apikey, "at": account.at})
    await cloud.push(None, "no JSON, but a key: " + account.apikey)

    # Errors of a command, of a list, of the connection.
    errors = []
    # One that is found offline takes no more commands until the list says otherwise.
    for answer in ("refuse", "offline"):
        lamp.answer = answer
        errors.append(await refused())
    lamp.answer = "normal"
    for fault in (
        {"name": "error", "code": 500, "text": f"Bearer:{account.at} {account.rt} {account.apikey}"},
        {"name": "wrong_type"},
        {"name": "gateway_page", "status": 502},
    ):
        # Whoever else reads the list meanwhile gets the same.
        cloud.faults.add(interface="devices", count=None, **fault)
        await coordinator.async_refresh()
        assert not coordinator.last_update_success
        errors.append(told(coordinator.last_exception))
        cloud.faults.clear()
    await coordinator.async_refresh()
    await cloud.drop_connections("abort")
    await until(lambda: coordinator.client.connection_losses)
    await connected(entry)

    # A sign-out that leads to another sign-in, and tokens that expire.
    await cloud.sign_in_elsewhere(account)
    await until(hass.config_entries.flow.async_progress)
    (flow,) = hass.config_entries.flow.async_progress()
    choice = {"next_step_id": "reauth_sign_in"}
    form = await hass.config_entries.flow.async_configure(flow["flow_id"], choice)
    assert found(shown(form), cloud) == []
    answers = {"password": account.password, "application": {"app_id": cloud.app_id}}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    assert result["reason"] == "reauth_successful"
    await until(lambda: cloud.connections)
    await connected(entry)
    before = account.at
    cloud.expire_tokens(account)
    await coordinator.async_refresh()
    await until(lambda: account.at != before)

    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)

    assert found(json.dumps(diagnostics), cloud) == []
    assert [found(error, cloud) for error in errors] == [[]] * len(errors)
    # Something was logged, and what the programmer sees of the objects is as clean.
    assert any(record.name.startswith("custom_components.ewelink") for record in caplog.records)
    lines = [line for line in caplog.text.splitlines() if found(line, cloud)]
    assert lines == []
    seen = repr((coordinator.client.session, dict(coordinator.client.devices), vars(coordinator.client)))
    assert found(seen, cloud) == []
