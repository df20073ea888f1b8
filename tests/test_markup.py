"""Names of other people: shown as they are, and never more than a name, wherever Markdown is rendered."""

from collections.abc import Iterator
from itertools import cycle
import re
from typing import Any

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.selector import SelectSelector, TextSelector
from homeassistant.setup import async_setup_component
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.markdown import Markdown, escape, placeholders
from custom_components.ewelink.repairs import AccountIssue, async_report_problem
from custom_components.ewelink.texts import async_texts, listed
from simulator.home import NEIGHBOUR
from tests.common import until
from tests.dialogs import ALL_TEXTS, TEXTS, go_on, with_texts

pytestmark = pytest.mark.usefixtures("unpaced")

LAMP, STRIP, MACHINE, GARAGE = "1000000001", "1000000002", "1000000003", "1000000015"
NAMES = {
    "link": "[Sign in](https://evil.example)",
    "picture": "![x](https://evil.example/x.png)",
    "reference": "[Sign in][1]\n\n[1]: https://evil.example",
    "autolink": "<https://evil.example>",
    "address": "https://evil.example/?a=1&b=2",
    "bare": "www.evil.example",
    "email": "sign-in@evil.example",
    "code": "`code` ``more``",
    "html": "<img src=x onerror=alert(1)><b>bold</b>",
    "entity": "&lt;b&gt; &#91;",
    "emphasis": "*a* **b** _c_ ~~d~~",
    "row": "Lamp\n- **Other**: forged",
    "rows": "Lamp\r\r* a\u2028+ b\u2029# c\v1. d\x85> e",
    "table": "a | b\n--- | ---",
    "heading": "# Heading",
    "underlined": "===",
    "list": "1) one",
    "rule": "---",
    "escaped": "\\*a\\* \\",
    "around": "\u202eLamp",
}
# What may begin something in Markdown, or turn round what follows; and what becomes a link by itself.
MARKUP = re.compile(r"[`*_\[\]<>#+~|&=!\u202a-\u202e\u2066-\u2069\n-]|://|www\.|\w@\w")


def bare(text: str) -> str:
    """Return what of a text is not escaped."""
    return re.sub(r"\\[!-/:-@\[-`{-~]", "", text)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_is_escaped_is_shown_as_it_is_and_does_nothing(name):
    escaped = escape(name)
    assert not MARKUP.search(bare(escaped))
    seen = re.sub(r"\\(.)", r"\1", escaped)
    assert seen == " ".join(name.replace("\u202e", "").split())
    # Once is enough, however often it is done.
    assert escape(escaped) is escaped
    assert escape(str(escaped)) != escaped or escaped.isalnum()


@pytest.mark.parametrize("number", ["0", "404", "-1"])
def test_a_number_is_no_markup(number):
    assert escape(number) == number


def test_what_is_filled_in_is_escaped_unless_it_is_our_own_markdown():
    ours = Markdown("**Lamp**")
    assert placeholders({"a": "*x*", "b": ours}) == {"a": r"\*x\*", "a_plain": "*x*", "b": "**Lamp**"}
    assert placeholders(None) == {}
    assert listed(["*x*", "y"]) == r"\*x\*, y"
    assert listed([]) == "–"


async def test_a_text_within_others_is_filled_in_as_markdown(hass):
    texts = await async_texts(hass, "common")
    assert texts.markdown("renamed", name="*x*") == "The name in eWeLink is now **\\*x\\***."


# Every dialog

TYPED = {
    "address": NEIGHBOUR,
    "chip_id": "",
    "device_id": "1000000101",
    "device_key": "00000000-0000-4000-8000-001000000101",
    "note": "",
    "old_password": "wrong",
    "new_password": "a new password",
    "repeated_password": "a new password",
    "sub_device_id": "a480000101",
}


def rendered(part: dict[str, Any], result: Any) -> Iterator[str]:
    """Yield the texts that a browser renders as Markdown, filled in."""
    filled = result.get("description_placeholders") or {}
    match result["type"]:
        case FlowResultType.FORM | FlowResultType.MENU:
            step = part["step"][result["step_id"]]
            texts = [step["description"], *step.get("data_description", {}).values()]
        case FlowResultType.ABORT:
            texts = [part["abort"][result["reason"]]]
        case FlowResultType.SHOW_PROGRESS:
            texts = [part["progress"][result["progress_action"]]]
        case _:
            texts = []
    yield from (text.format(**filled) for text in texts)


def assert_harmless(text: str) -> None:
    """Check that a text holds nothing of a name that is not escaped."""
    for name in sorted(NAMES.values(), key=len, reverse=True):
        text = text.replace(escape(name), "X")
    for name in NAMES.values():
        pieces = {piece for piece in name.split() if MARKUP.search(piece)} - {"-", "*", "+", "#", "|"}
        assert [piece for piece in pieces if piece in text] == []
        assert not set(filter(None, name.splitlines()[1:])) & set(text.splitlines())


def filled(result: Any, name: str) -> dict[str, Any]:
    """Return an answer to a form: the last of what can be chosen, and the name wherever one is asked for."""
    fields: dict[str, Any] = {}
    for marker, selector in result["data_schema"].schema.items():
        if isinstance(selector, SelectSelector):
            values = [option["value"] for option in selector.config["options"]]
            fields[str(marker)] = values[-1:] if selector.config["multiple"] else values[-1]
        elif isinstance(selector, TextSelector):
            fields[str(marker)] = TYPED.get(str(marker), name)
    return fields


# Each name comes to devices, groups, people and the account in turn.
TURNS = range(0, len(NAMES), 4)


@pytest.fixture
async def home(hass, cloud, running_entry, request):
    """A home in which everything that others can name is called like that; returns one of the names."""
    names = cycle([*NAMES.values()][request.param :] + [*NAMES.values()][: request.param])
    neighbour = cloud.accounts.find(NEIGHBOUR)
    neighbour.nickname, neighbour.on_share = next(names), "refuse"
    for device_id in (GARAGE, STRIP, *cloud.devices):
        cloud.rename(device_id, next(names))
    cloud.devices[STRIP].tags["ck_channel_name"] = {outlet: next(names) for outlet in "0123"}
    for group in cloud.account.groups.values():
        group.name = next(names)
    cloud.share(cloud.devices[MACHINE], neighbour, permit=1, note="*n*")
    client = running_entry.runtime_data.client
    await client.management.refresh_groups()
    await client.refresh_devices()
    name = next(names)
    hass.config_entries.async_update_entry(running_entry, title=name)
    return name


class Visitor:
    """Goes through the options of an account, and looks at every text on the way."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, name: str) -> None:
        self.seen: set[str] = set()
        self._hass, self._entry, self._name = hass, entry, name
        self._manager = hass.config_entries.options

    async def visit(self, *path: str) -> None:
        """Go to a menu or a form, and from there as far as a person can get."""
        result = await self._manager.async_init(self._entry.entry_id)
        for step in path:
            if step not in result["menu_options"]:
                # What was done on the way has left nothing to do here.
                break
            result = await go_on(self._hass, result, {"next_step_id": step})
        result = await self._look(result)
        further = result["menu_options"] if result["type"] is FlowResultType.MENU else []
        for _ in range(4):
            if result["type"] is FlowResultType.FORM:
                result = await self._look(await go_on(self._hass, result, filled(result, self._name)))
        if result["type"] not in {FlowResultType.ABORT, FlowResultType.CREATE_ENTRY}:
            self._manager.async_abort(result["flow_id"])
        for step in further:
            if step != "init":
                await self.visit(*path, step)

    async def _look(self, result: Any) -> Any:
        for text in rendered(TEXTS, with_texts(result)):
            assert_harmless(text)
        self.seen.add(result.get("step_id") or result.get("reason"))
        if result["type"] is FlowResultType.SHOW_PROGRESS:
            flow = self._manager._progress[result["flow_id"]]
            await until(lambda: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
            return await self._look(await self._manager.async_configure(result["flow_id"]))
        return result


@pytest.mark.parametrize("home", TURNS, indirect=True)
async def test_names_of_others_do_nothing_in_any_dialog(hass, running_entry, monkeypatch, home):
    monkeypatch.setattr("custom_components.ewelink.flows.options_sharing.AT_ONCE", 0)
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.SHOWN_AT_LEAST", 0)
    visitor = Visitor(hass, running_entry, home)
    await visitor.visit()
    assert len(visitor.seen) > 25


@pytest.mark.parametrize("home", TURNS, indirect=True)
async def test_names_of_others_do_nothing_in_repairs_and_notifications(
    hass, cloud, running_entry, hass_client, home
):
    assert await async_setup_component(hass, "repairs", {})
    http = await hass_client()
    shed = {**cloud.devices[GARAGE].item, "deviceid": "1000000016", "online": True}
    cloud.sharing.timeout = 5
    device = cloud.add_device(shed, cloud.accounts.find(NEIGHBOUR))
    asking = hass.async_create_task(
        cloud.offer(device, cloud.account, permit=1, note="*n*"), eager_start=True
    )
    await until(lambda: _async_get_or_create_notifications(hass))
    for problem in AccountIssue:
        async_report_problem(hass, running_entry, problem)
    for one in _async_get_or_create_notifications(hass).values():
        assert_harmless(one["message"])
        assert r"\*n\*" in one["message"]
    for issue in list(hass.data["issue_registry"].issues.values()):
        body = {"handler": DOMAIN, "issue_id": issue.issue_id}
        result = await (await http.post("/api/repairs/issues/fix", json=body)).json()
        texts = ALL_TEXTS["issues"][issue.translation_key]["fix_flow"]
        for text in rendered(texts, result):
            assert_harmless(text)
        if result["type"] == FlowResultType.MENU:
            path = f"/api/repairs/issues/fix/{result['flow_id']}"
            result = await (await http.post(path, json={"next_step_id": "refuse"})).json()
            for text in rendered(texts, result):
                assert_harmless(text)
    assert (await asking)["result"] == 3


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_the_address_of_an_account_does_nothing_where_it_is_signed_in_to(hass, running_entry, name):
    hass.config_entries.async_update_entry(running_entry, data={**running_entry.data, "account": name})
    for source, given in ((SOURCE_RECONFIGURE, None), (SOURCE_REAUTH, {})):
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": source, "entry_id": running_entry.entry_id}, data=given
        )
        ways = result["menu_options"] if result["type"] is FlowResultType.MENU else [None]
        for text in rendered(ALL_TEXTS["config"], result):
            assert_harmless(text)
        for way in filter(None, ways):
            flow = await hass.config_entries.flow.async_init(
                DOMAIN, context={"source": source, "entry_id": running_entry.entry_id}, data={}
            )
            form = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": way})
            for text in rendered(ALL_TEXTS["config"], form):
                assert_harmless(text)
