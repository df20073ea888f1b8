"""What people reported of signing in to version 2, as data: played through the dialogs, over real HTTP."""

from pathlib import Path
import re

import pytest
import yaml
from yarl import URL

from custom_components.ewelink.const import CONF_APP_ID, CONF_APP_SECRET, DOMAIN
from custom_components.ewelink.entry_data import EntryData
from simulator.v2.interfaces import INTERFACES
from tests.common import connected
from tests.flows import answer
from tests.oauth import query_of

CASES = Path(__file__).parent / "cases"
REPORTS = [yaml.safe_load(path.read_text()) for path in sorted(CASES.glob("v2-*.yaml"))]
_CALL = re.compile(r"(?P<method>[A-Z]+) (?P<path>/\S+) -> (?P<body>\{.*\})", re.DOTALL)
# What a report says in words, and the text that the dialog shows then: an error, or a step of its own.
MEANT = {"code is no longer valid": "code_expired", "cannot sign in with a password": "password_not_allowed"}
NOT_SHOWN = {"invalid_password", "server_trouble", "request_failed", "app_id_refused", "application_refused"}


class Story:
    """One report that is being played."""

    def __init__(self, browser, cloud):
        self.browser = browser
        self.cloud = cloud
        self.result = {}

    async def play(self, report):
        steps = report["steps"]
        for number, step in enumerate(steps, start=1):
            following = steps[number] if number < len(steps) else {}
            ((kind, content),) = step.items()
            if kind != "answer":
                self.answer(following.get("answer"))
                await getattr(self, f"_{kind}")(content, following.get("answer"))
            yield number

    def answer(self, told):
        """Have the cloud answer like that; an answer without an error is the simulator's own."""
        self.cloud.faults.clear()
        if told is None:
            return
        interface, body = "oauth_token", told
        if isinstance(told, str):
            call = _CALL.match(told)
            body = yaml.safe_load(call["body"])
            where = (call["method"], call["path"])
            interface = next(one.name for one in INTERFACES if (one.method, one.path) == where)
        if interface != "oauth_token" or body["error"]:
            self.cloud.faults.add("wrong_type", interface=interface, body=body, count=None)

    async def _oauth_callback(self, content, told):
        browser = self.browser
        if self.result.get("step_id") != "oauth":
            step = await browser.to_page()
        else:
            fields = {field["name"]: field.get("default") for field in self.result["data_schema"]}
            country = browser.country(implementation=fields["implementation"])
            step = await browser.submit(self.result, **country)
        address = URL(await browser.sign_in(step["url"]))
        beside = {name: str(value) for name, value in content.items() if name not in {"state", "region"}}
        if not isinstance(told, dict) or not told["error"]:
            # A code that brings something is a real one.
            del beside["code"]
        self.result = await browser.come_back(step, str(address.update_query(beside)))

    async def _command(self, _content, _told):
        app = {CONF_APP_ID: self.browser.app.app_id, CONF_APP_SECRET: self.browser.app.secret}
        step = await self.browser.choose(await self.browser.start(), "sign_in")
        self.result = await self.browser.submit(step, **answer(self.cloud, **app))


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["id"])
async def test_a_report(hass, cloud, browser, report, caplog, issue_registry):
    story = Story(browser, cloud)
    expected = {one["after"]: one for one in report["expect"]}
    async for number in story.play(report):
        if number not in expected:
            continue
        result = story.result
        if (words := expected[number].get("error")) is not None:
            (key,) = [meant for phrase, meant in MEANT.items() if phrase in words]
            assert key in {result["step_id"], *(result.get("errors") or {}).values()}, result
            assert not NOT_SHOWN & set((result.get("errors") or {}).values())
            assert not hass.config_entries.async_entries(DOMAIN)
        else:
            assert result["type"] == "create_entry", result
            await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(DOMAIN):
        await connected(entry)
        assert not [
            flow
            for flow in hass.config_entries.flow.async_progress()
            if flow["context"]["source"] == "reauth"
        ]
        held = cloud.account.tokens[browser.app.app_id]
        for secret in (held.at, held.rt, cloud.account.password, browser.app.secret):
            assert secret not in caplog.text
    await SEEN[report["id"]](hass, cloud, story, issue_registry)


# What the notes say for people


def sent(cloud, interface):
    return [one for one in cloud.requests if one.interface == interface]


async def invalid_code(hass, cloud, story, issue_registry):
    assert len(sent(cloud, "oauth_token")) == 2
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert EntryData.from_entry(entry).region == cloud.account.region


async def password_path(hass, cloud, story, issue_registry):
    assert len(sent(cloud, "login")) == 1
    # The page is offered in the same dialog, and it works.
    step = await story.browser.choose(story.result, "oauth")
    step = await story.browser.submit(step, **story.browser.country())
    (field,) = [one for one in step["data_schema"] if one["name"] == CONF_APP_ID]
    assert field["description"]["suggested_value"] == story.browser.app.app_id
    story.answer(None)
    step = await story.browser.submit(step, **story.browser.application())
    assert query_of(step["url"])["clientId"] == story.browser.app.app_id
    assert (await story.browser.through_page(step))["type"] == "create_entry"


async def brand_hidden(hass, cloud, story, issue_registry):
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.runtime_data.client.devices == {}
    assert issue_registry.async_get_issue(DOMAIN, f"no_devices_{entry.entry_id}").severity == "warning"
    asked = len(sent(cloud, "devices"))
    await hass.async_block_till_done()
    assert len(sent(cloud, "devices")) == asked < 12
    # Devices that are shown after all take it back, and say how many are not.
    story.answer(None)
    cloud.devices["1000000001"].item["brandName"] = "Elsewhere"
    await entry.runtime_data.async_refresh()
    assert entry.runtime_data.client.devices
    told = {issue_id for domain, issue_id in issue_registry.issues if domain == DOMAIN}
    assert told == {f"devices_withheld_{entry.entry_id}"}
    await hass.config_entries.async_remove(entry.entry_id)
    assert not [domain for domain, _ in issue_registry.issues if domain == DOMAIN]


SEEN = {
    "v2-invalid-code": invalid_code,
    "v2-password-path-407": password_path,
    "v2-brand-hidden": brand_hidden,
}
