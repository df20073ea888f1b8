"""Repairs: what only the user can mend, from the problem to its end."""

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.repairs import AccountIssue, async_clear_problems, async_report_problem
from tests.common import until


@pytest.fixture
async def mend(hass, hass_client):
    """Open the dialog of a repair and agree to what it explains; returns what it ends with."""
    await async_setup_component(hass, "repairs", {})
    client = await hass_client()

    async def agree(issue_id):
        answer = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})
        form = await answer.json()
        assert form["type"] == FlowResultType.FORM
        assert form["step_id"] == "confirm"
        assert {"account", "app_id"} <= set(form["description_placeholders"])
        answer = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
        await hass.async_block_till_done()
        return await answer.json()

    return agree


def reported(issue_registry):
    """Return the problems of the integration that are reported now."""
    return {issue.translation_key for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN}


@pytest.mark.parametrize("problem", [AccountIssue.APP_ID_REFUSED, AccountIssue.QUOTA_EXCEEDED])
async def test_another_app_id_is_taken_in_the_dialog_of_the_account(
    hass, running_entry, issue_registry, mend, problem
):
    entry = running_entry
    async_report_problem(hass, entry, problem)
    async_report_problem(hass, entry, problem)
    assert reported(issue_registry) == {problem}

    result = await mend(f"{problem}_{entry.entry_id}")
    assert result["type"] == FlowResultType.ABORT
    assert result["reason"] == "continue_in_reconfigure"
    (flow,) = hass.config_entries.flow.async_progress()
    assert result["next_flow"] == ["config_flow", flow["flow_id"]]
    assert flow["context"]["source"] == SOURCE_RECONFIGURE
    assert flow["context"]["entry_id"] == entry.entry_id

    # The repair waits for the end of that dialog; a second look finds the same one.
    assert reported(issue_registry) == {problem}
    result = await mend(f"{problem}_{entry.entry_id}")
    assert result["next_flow"] == ["config_flow", flow["flow_id"]]
    async_clear_problems(hass, entry)
    assert reported(issue_registry) == set()


async def test_the_fight_over_an_account_ends_when_the_user_says_so(
    hass, running_entry, issue_registry, mend
):
    entry = running_entry
    coordinator = entry.runtime_data
    async_report_problem(hass, entry, AccountIssue.SIGNED_OUT_REPEATEDLY)

    result = await mend(f"{AccountIssue.SIGNED_OUT_REPEATEDLY}_{entry.entry_id}")
    assert result["type"] == FlowResultType.CREATE_ENTRY
    assert reported(issue_registry) == set()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not coordinator


async def test_the_repair_of_an_account_that_is_gone_just_ends(
    hass, running_entry, issue_registry, hass_client
):
    entry = running_entry
    await async_setup_component(hass, "repairs", {})
    await hass.config_entries.async_remove(entry.entry_id)
    async_report_problem(hass, entry, AccountIssue.APP_ID_REFUSED)

    client = await hass_client()
    issue = {"handler": DOMAIN, "issue_id": f"{AccountIssue.APP_ID_REFUSED}_{entry.entry_id}"}
    answer = await client.post("/api/repairs/issues/fix", json=issue)
    assert (await answer.json())["type"] == FlowResultType.CREATE_ENTRY
    assert reported(issue_registry) == set()


@pytest.mark.parametrize(
    ("code", "problem"), [(412, AccountIssue.QUOTA_EXCEEDED), (407, AccountIssue.APP_ID_REFUSED)]
)
async def test_a_refusal_raises_its_repair_and_recovery_clears_it(
    cloud, running_entry, issue_registry, code, problem
):
    cloud.faults.add("error", interface="devices", code=code)
    await running_entry.runtime_data.async_refresh()
    assert reported(issue_registry) == {problem}

    await running_entry.runtime_data.async_refresh()
    assert reported(issue_registry) == set()


async def test_a_new_connection_clears_repairs(hass, cloud, running_entry, issue_registry):
    async_report_problem(hass, running_entry, AccountIssue.QUOTA_EXCEEDED)
    assert reported(issue_registry) == {AccountIssue.QUOTA_EXCEEDED}
    await cloud.drop_connections()
    await until(lambda: not reported(issue_registry))


@pytest.mark.usefixtures("unpaced")
async def test_a_client_that_keeps_signing_in_is_not_fought(hass, cloud, running_entry, issue_registry):
    """The refresh token still works, but the next sign-out follows at once: the user has to decide."""
    await cloud.connections.close_sessions(cloud.account, cloud.app_id)
    for _ in range(2):
        cloud.faults.add("handshake_error", code=406, reason="signed in elsewhere")
    await until(lambda: reported(issue_registry))
    assert reported(issue_registry) == {AccountIssue.SIGNED_OUT_REPEATEDLY}
    assert not hass.config_entries.flow.async_progress()
    assert running_entry.state is ConfigEntryState.LOADED
