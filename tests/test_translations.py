"""The texts: each one that is asked for exists, none is dead, and each placeholder is filled in."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
import inspect
import json
from pathlib import Path
import re
from runpy import run_path
from string import Formatter
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.data_entry_flow import section
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.ewelink.config_flow import EwelinkConfigFlow
from custom_components.ewelink.coolkit import (
    CannotConnectError,
    CloudError,
    CoolKitError,
    NotConnectedError,
    SessionClosedError,
)
from custom_components.ewelink.errors import ERROR_KEYS
from custom_components.ewelink.flows.account_input import ERROR_FIELDS, SIGN_IN_ERROR_FIELDS
from custom_components.ewelink.flows.options import EwelinkOptionsFlow
from custom_components.ewelink.flows.password import REGION_SELECTOR
from custom_components.ewelink.flows.sign_in import SERVER_SELECTOR
from custom_components.ewelink.flows.verification import REGISTRATION_ERROR_FIELDS, VERIFICATION_ERROR_FIELDS
from custom_components.ewelink.repairs import (
    AccountIssue,
    Notice,
    ProblemFlow,
    ShareRequestFlow,
    async_create_fix_flow,
)
from custom_components.ewelink.system_health import system_health_info
from tests.common import TABLES

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components/ewelink"
SCRIPT = run_path(str(ROOT / "script/texts.py"))
TEXTS: dict[str, Any] = json.loads((INTEGRATION / "translations/en.json").read_text())
MODULES = sorted(path for path in INTEGRATION.rglob("*.py") if INTEGRATION / "coolkit" not in path.parents)
FLOW = [
    INTEGRATION / f"{name}.py"
    for name in (
        "config_flow",
        "flows/account_input",
        "flows/oauth",
        "flows/password",
        "flows/sign_in",
        "flows/verification",
    )
]

# What is filled in when a text of these parts is shown.
ERROR_PLACEHOLDERS = {"account_plain", "code", "region_plain", "server_plain"}
CLIENT_ERROR_PLACEHOLDERS = {
    "device",
    "members",
    "code",
    "server",
    "address",
    "bytes",
    "characters",
    "owner",
    "receivers",
}
# Texts of the client's errors; those with the code of the cloud, and those without one.
WITH_CODE = {key for _, key, without in ERROR_KEYS if key is not None and key != without}
WITHOUT_CODE = {key for _, _, key in ERROR_KEYS if key is not None}
# What stands in for them where more is known.
MORE_EXACT = {
    "command_refused_gone",
    "device_refused_own",
    "device_refused_own_no_code",
    "not_owner_unknown",
}
ISSUE_PLACEHOLDERS = {"account", "app_id"}
REQUEST_PLACEHOLDERS = {"account", "device", "owner", "note", "permissions"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for item in value.values():
                yield from texts(item)
        case str():
            yield value


def constants(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        node.value
        for root in nodes
        for node in ast.walk(root)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def keyword(call: ast.Call, name: str) -> set[str]:
    """Return the constants of a keyword of a call."""
    return constants(one.value for one in call.keywords if one.arg == name)


def ends(call: ast.Call) -> set[str]:
    """Return the reason with which a dialog ends from within."""
    return constants(call.args[:1]) if getattr(call.func, "id", None) == "Ended" else set()


def words(*paths: Path) -> set[str]:
    return constants(ast.parse(path.read_text()) for path in paths)


# Their source


def test_the_translations_are_what_their_sources_say():
    assert list(SCRIPT["stale"]()) == []


@pytest.mark.parametrize("source", sorted((ROOT / "texts").glob("*.json")), ids=lambda path: path.name)
def test_every_text_stands_once_in_a_source(source):
    known = [
        text for text in texts(json.loads(source.read_text())) if not SCRIPT["REFERENCE"].fullmatch(text)
    ]
    assert [text for text, count in Counter(known).items() if count > 1] == []


def test_references_names_and_codes_are_filled_in():
    source = {
        "exceptions": {
            "gone": {"message": "{device} is gone (error {code})."},
            "gone_no_code": "[%key:exceptions::gone%]",
        },
        "options": {
            "step": {
                "init": {"title": "For {device}", "description": "For {device}.", "data": {"name": "Name"}},
                "other": "[%key:options::step::init%]",
            },
            "error": {"gone": "[%key:exceptions::gone::message%]", "many": "{count} of {device}"},
        },
        "issues": {
            "gone": {
                "title": "{device}",
                "fix_flow": {"abort": {"end": "{device}"}, "error": {"gone": "{device}"}},
            }
        },
    }
    built = SCRIPT["built"](source)
    assert built["exceptions"]["gone"] == {"message": "{device} is gone (error {code})."}
    assert built["exceptions"]["gone_no_code"] == {"message": "{device} is gone."}
    step = {"title": "For {device_plain}", "description": "For {device}.", "data": {"name": "Name"}}
    assert built["options"]["step"] == {"init": step, "other": step}
    errors = {"gone": "{device_plain} is gone (error {code}).", "many": "{count} of {device_plain}"}
    assert built["options"]["error"] == errors
    fix_flow = {"abort": {"end": "{device}"}, "error": {"gone": "{device_plain}"}}
    assert built["issues"]["gone"] == {"title": "{device}", "fix_flow": fix_flow}


@pytest.mark.parametrize(
    "source", [{"a": "[%key:b::c%]"}, {"a": "[%key:b%]", "b": "[%key:a%]"}, {"a": {"b": "[%key:a%]"}}]
)
def test_a_reference_leads_to_a_text(source):
    with pytest.raises(SCRIPT["WrongReferenceError"]):
        SCRIPT["built"](source)


# The dialogs


@pytest.fixture
def flow_at(hass, entry):
    """Return a flow of one of its sources."""
    entry.add_to_hass(hass)

    def make(source: str) -> EwelinkConfigFlow:
        flow = EwelinkConfigFlow()
        flow.hass = hass
        flow.handler = entry.domain
        flow.flow_id = "flow"
        flow.context = {"source": source, "entry_id": entry.entry_id}
        return flow

    return make


def test_the_page_of_the_integration_adds_accounts():
    assert TEXTS["config"]["initiate_flow"] == {"user": "Add account"}


def test_every_step_of_the_flow_has_its_texts():
    steps = {
        node.name.removeprefix("async_step_")
        for path in FLOW
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("async_step_")
    }
    # These have no form: one leads to those that name the cause, the others to the page and on from it.
    assert set(TEXTS["config"]["step"]) == steps - {"reauth", "auth", "creation"}


@pytest.mark.parametrize(
    ("source", "step", "argument"),
    [
        (SOURCE_USER, "user", None),
        (SOURCE_USER, "no_account", None),
        (SOURCE_REAUTH, "reauth", {}),
        (SOURCE_REAUTH, "reauth", {"cause": "signed_out"}),
        (SOURCE_RECONFIGURE, "reconfigure", None),
    ],
)
async def test_every_choice_of_a_menu_has_its_texts(flow_at, source, step, argument):
    flow = flow_at(source)
    result = await getattr(flow, f"async_step_{step}")(argument)
    step_texts = TEXTS["config"]["step"][result["step_id"]]
    assert step_texts["title"]
    assert step_texts["description"]
    assert set(result["menu_options"]) <= set(step_texts["menu_options"])
    assert set(step_texts.get("menu_option_descriptions", {})) <= set(result["menu_options"])
    assert all(hasattr(flow, f"async_step_{choice}") for choice in result["menu_options"])
    asked = set().union(*map(placeholders, texts(step_texts)))
    assert asked <= set(result["description_placeholders"] or {})


@pytest.mark.parametrize(
    ("source", "step", "argument"),
    [
        (SOURCE_USER, "sign_in", None),
        (SOURCE_USER, "register", None),
        (SOURCE_USER, "reset_password", None),
        (SOURCE_USER, "region", None),
        (SOURCE_RECONFIGURE, "reconfigure_password", None),
        (SOURCE_REAUTH, "reauth_sign_in", None),
        (SOURCE_REAUTH, "reauth_reset_password", None),
    ],
)
async def test_every_field_of_a_form_has_its_texts(flow_at, source, step, argument):
    result = await getattr(flow_at(source), f"async_step_{step}")(argument)
    step_texts = TEXTS["config"]["step"][result["step_id"]]
    schema = result["data_schema"].schema
    sections = {str(key): value for key, value in schema.items() if isinstance(value, section)}
    fields = {str(key) for key in schema} - sections.keys()
    assert step_texts["title"]
    assert step_texts["description"]
    assert set(step_texts["data"]) == set(step_texts["data_description"]) == fields
    assert set(step_texts.get("sections", {})) == set(sections)
    for key, value in sections.items():
        section_texts = step_texts["sections"][key]
        fields = {str(marker) for marker in value.schema.schema}
        assert section_texts["name"]
        assert set(section_texts["data"]) == set(section_texts["data_description"]) == fields
    asked = set().union(*map(placeholders, texts(step_texts)))
    assert asked <= set(result["description_placeholders"] or {})


def test_every_error_of_the_flow_has_a_text():
    own = {
        key
        for places in (
            ERROR_FIELDS,
            SIGN_IN_ERROR_FIELDS,
            REGISTRATION_ERROR_FIELDS,
            VERIFICATION_ERROR_FIELDS,
        )
        for _, key in places.values()
        if key is not None
    } | {"phone_number_refused", "email_refused"}
    raised = set(own)
    for path in FLOW:
        for call in calls(path):
            if getattr(call.func, "id", None) == "FormError":
                raised |= constants(call.args[:1])
    shown = TEXTS["config"]["error"]
    # Without a sign-in the cloud cannot be reached, or answers as it should not.
    general = {
        key
        for kind, *keys in ERROR_KEYS
        if issubclass(kind, (CannotConnectError, CloudError)) or kind is CoolKitError
        if not issubclass(kind, (SessionClosedError, NotConnectedError))
        for key in keys
        if key is not None
    }
    # What cannot even be sent has no code.
    general |= {"invalid_input_no_code"}
    # What a cloud may say to whoever has signed in on its page, before it is known whose account that is.
    general |= {"signed_out", "sign_in_again", "invalid_input", "home_unknown", "account_moved"}
    assert raised | general <= set(shown)
    # Those that stand in a condition are found by name.
    assert set(shown) <= words(*FLOW) | general
    for key, text in shown.items():
        assert placeholders(text) <= ERROR_PLACEHOLDERS
        assert ("code" in placeholders(text)) == (key in own | (general & WITH_CODE))
    for key in general:
        assert shown[key].replace("_plain}", "}") == TEXTS["exceptions"][key]["message"]


def test_every_end_of_the_flow_has_a_text():
    reasons = set()
    for path in FLOW:
        for call in calls(path):
            reasons |= keyword(call, "reason") | keyword(call, "known_reason") | ends(call)
        for node in ast.walk(ast.parse(path.read_text())):
            if getattr(node, "name", None) == "_async_enter":
                reasons |= constants(node.args.kw_defaults)
    assert set(TEXTS["config"]["abort"]) == reasons
    for text in TEXTS["config"]["abort"].values():
        assert placeholders(text) <= {"account", "other"}


def selects(value: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the translated choices of fields of actions."""
    for key, item in value.items():
        if key == "select":
            yield item["translation_key"], item["options"]
        elif isinstance(item, dict):
            yield from selects(item)


def test_every_option_of_a_selector_has_a_text():
    keys = set()
    for path in MODULES:
        for call in calls(path):
            if getattr(call.func, "id", None) == "SelectSelectorConfig":
                keys |= keyword(call, "translation_key")
    described = dict(selects(load_yaml_dict(INTEGRATION / "services.yaml")))
    assert set(TEXTS["selector"]) == keys | set(described)
    for key, options in described.items():
        assert set(TEXTS["selector"][key]["options"]) == set(options)
    options = set(TEXTS["selector"]["server"]["options"])
    assert options == set(SERVER_SELECTOR.config["options"])
    assert options > set(REGION_SELECTOR.config["options"])


# Errors


def test_every_exception_has_a_text():
    raised = set()
    for path in MODULES:
        for call in calls(path):
            if keyword(call, "translation_key") and any(
                one.arg == "translation_domain" for one in call.keywords
            ):
                raised |= keyword(call, "translation_key")
            if getattr(call.func, "id", None) == "invalid":
                raised |= constants(call.args[:1])
    assert raised
    assert raised <= set(TEXTS["exceptions"])
    assert set(TEXTS["exceptions"]) <= words(*MODULES)


def test_the_texts_of_exceptions_are_filled_in():
    # These are filled in elsewhere: one is put together from two, the other is chosen by what is known.
    given: dict[str, set[str]] = {
        "name_not_written": {"device", "error"},
        "feature_refused_since": {"day", "again"},
    }
    for path in MODULES:
        for call in calls(path):
            for key in keyword(call, "translation_key"):
                dictionaries = [one.value for one in call.keywords if one.arg == "translation_placeholders"]
                names = constants(
                    key for one in dictionaries if isinstance(one, ast.Dict) for key in one.keys
                )
                given.setdefault(key, set()).update(names)
            if getattr(call.func, "id", None) == "invalid":
                for key in constants(call.args[:1]):
                    given.setdefault(key, set()).update(one.arg for one in call.keywords)
    for key, texts_of_key in TEXTS["exceptions"].items():
        # Those for the client's errors all get the same placeholders.
        is_clients = key in WITH_CODE | WITHOUT_CODE | MORE_EXACT
        allowed = given.get(key, set()) | (CLIENT_ERROR_PLACEHOLDERS if is_clients else set())
        assert placeholders(texts_of_key["message"]) <= allowed


def test_an_error_of_the_cloud_shows_its_code():
    assert not WITH_CODE & WITHOUT_CODE
    for key in WITH_CODE | {"command_refused_gone", "device_refused_own"}:
        assert re.search(r"\((error|result) \{code\}\)", TEXTS["exceptions"][key]["message"]), key
    for key in TEXTS["exceptions"].keys() - WITH_CODE - {"command_refused_gone", "device_refused_own"}:
        assert "{code}" not in TEXTS["exceptions"][key]["message"]
    # The same without the code; where the code is all that is known, less is said.
    less = {"request_failed_no_code", "invalid_input_no_code", "share_open_no_code"}
    for key in (key for key in WITHOUT_CODE - less if key.endswith("_no_code")):
        pair = TEXTS["exceptions"][key.removesuffix("_no_code")]["message"]
        assert TEXTS["exceptions"][key]["message"] == pair.replace(" (error {code})", "")


def test_the_first_that_fits_is_the_most_exact():
    kinds = [kind for kind, *_ in ERROR_KEYS]
    for place, kind in enumerate(kinds):
        assert not any(issubclass(kind, earlier) for earlier in kinds[:place]), kind
    assert kinds[-1] is CoolKitError
    assert None not in ERROR_KEYS[-1]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_words_of_an_error_are_shown(path):
    """What an error says by itself is English, and may be a library's: it is for the log."""
    for call in calls(path):
        filled = [one.value for one in call.keywords if one.arg and one.arg.endswith("placeholders")]
        for node in (node for root in filled for node in ast.walk(root)):
            assert not (isinstance(node, ast.Attribute) and node.attr in {"reason", "advice"})
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "str":
                assert getattr(node.args[0], "id", "") not in {"err", "error", "failure"}


# The style of Home Assistant's texts


@pytest.mark.parametrize(
    "word",
    [
        r"!",
        r"(?i)\bplease\b",
        r"\.\.\.",
        r"  ",
        r"\b[Ii]ds?\b",
        r"(?i)\be-mail",
        r"(?i)\bwi ?fi\b",
        r"(?i)\breceivers?\b",
        r"(?i)\b(choose|chosen)\b",
        r"(?i)\b(told|tells?)\b",
        r"(?i)\bwhom\b",
        r"(?i)\bbecome of\b",
        r"(?i)\bsupplied\b",
        r"(?i)\banew\b",
        r"(?i)\basks? again\b",
        r"(?i)\btyped\b",
        r"(?i)\bnobody knows\b",
        r"\.[.;,]",
    ],
)
def test_style(word):
    """Words that Home Assistant writes otherwise, or that a neighbour would not say; names do not count."""
    names = re.compile(r"\{\w+\}|docs/app-id\.md")
    assert [text for text in texts(TEXTS) if re.search(word, names.sub("{}", text))] == []


def sentences(value: Any, *path: str) -> Iterator[tuple[str, str]]:
    """Yield what people read as sentences: errors, ends of dialogs and descriptions."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield from sentences(item, *path, key)
        elif (
            path[:1] == ("exceptions",)
            or {"error", "abort", "data_description"} & set(path)
            or (key == "description" and path[:1] and path[0] in {"config", "options", "issues", "services"})
        ):
            yield ".".join((*path, key)), item


# They end with a text that ends for itself, or with a list below.
ENDINGS = re.compile(
    r"[.?]$|_hint\}$"
    r"|\{(done|reason|error|errors|error_plain|shared|children|groups|homes|shares|codes|timers|sent_at)\}$"
)


@pytest.mark.parametrize(("path", "text"), [pytest.param(*one, id=one[0]) for one in sentences(TEXTS)])
def test_sentences_end_with_a_full_stop(path, text):
    assert ENDINGS.search(text), path


def test_several_sentences_end_with_a_full_stop_wherever_they_stand():
    unfinished = [text for text in texts(TEXTS) if re.search(r"\. [A-Z]", text) and not ENDINGS.search(text)]
    assert unfinished == []


def test_names_and_titles_are_in_sentence_case():
    """A capital stands at the beginning, in names, and in what is written with capitals everywhere."""
    known = {
        "eWeLink",
        "Home",
        "Assistant",
        "App",
        "ID",
        "Wi",
        "Fi",
        "GSM",
        "LED",
        "DIY",
        "RGB",
        "HTTP",
        "China",
    }

    def titles(value: Any) -> Iterator[str]:
        for key, item in value.items():
            if isinstance(item, dict):
                yield from titles(item)
            elif key in {"title", "name", "submit"}:
                yield item

    for title in titles(TEXTS):
        _, *others = re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", "", title)) or [""]
        assert [word for word in others if word[0].isupper() and word not in known | {"I"}] == [], title


# Numbers are as they are, wherever they stand.
NUMBERS = {"bytes", "characters", "code", "count"}


def dialog_texts() -> Iterator[tuple[str, bool, str]]:
    """Yield the texts of dialogs by their paths, and whether a browser renders Markdown there."""

    def walk(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
        if isinstance(value, str):
            yield path, value
            return
        for key, item in value.items():
            yield from walk(item, *path, key)

    parts = {part: TEXTS[part] for part in ("config", "options")}
    parts |= {f"issues.{key}": issue.get("fix_flow", {}) for key, issue in TEXTS["issues"].items()}
    for part, of_part in parts.items():
        for path, text in walk(of_part):
            is_step = path[0] == "step"
            is_markdown = path[0] in {"abort", "progress", "create_entry"} or (
                is_step and (path[2:] == ("description",) or "data_description" in path)
            )
            yield f"{part}.{'.'.join(path)}", is_markdown, text


@pytest.mark.parametrize(
    ("is_markdown", "text"), [pytest.param(*rest, id=path) for path, *rest in dialog_texts()]
)
def test_names_of_others_are_escaped_where_markdown_is_rendered_and_only_there(is_markdown, text):
    """A dialog fills in each name twice: escaped, and as it is for titles, labels and errors."""
    for name in placeholders(text) - NUMBERS:
        assert name.endswith("_plain") != is_markdown
    # In code nothing can be escaped.
    assert not re.search(r"`[^`]*\{\w+\}[^`]*`", text)


@pytest.mark.parametrize("part", ["common", "exceptions", "entity", "selector"])
def test_other_texts_know_one_way_to_fill_in_a_name(part):
    names = set().union(*map(placeholders, texts(TEXTS[part])))
    assert not [name for name in names if name.endswith("_plain")]


def test_titles_that_a_browser_does_not_fill_in_name_nothing():
    for part in ("config", "options"):
        steps = TEXTS[part]["step"]
        menus = [step for step in steps.values() if "menu_options" in step]
        assert menus
        assert not set().union(*(placeholders(step["title"]) for step in menus))


# Repairs


@pytest.mark.parametrize("problem", AccountIssue)
async def test_every_repair_has_its_texts(hass, entry, problem):
    entry.add_to_hass(hass)
    issue = TEXTS["issues"][problem]
    assert issue["title"]
    assert set(issue) == {"title", "fix_flow"}
    flow = await async_create_fix_flow(hass, "issue", {"entry_id": entry.entry_id, "problem": problem.value})
    assert isinstance(flow, ProblemFlow)
    assert set(issue["fix_flow"]["step"]) == {"confirm"}
    assert set().union(*map(placeholders, texts(issue))) <= ISSUE_PLACEHOLDERS
    aborts = constants([ast.parse(inspect.getsource(type(flow)))]) & {"continue_in_reconfigure"}
    assert set(issue["fix_flow"]["abort"]) == aborts | {"entry_gone"}


@pytest.mark.parametrize("kind", ["share_request", "share_change"])
def test_every_request_of_others_has_its_texts(kind):
    issue = TEXTS["issues"][kind]
    assert placeholders(issue["title"]) <= REQUEST_PLACEHOLDERS - {"note"}
    assert set().union(*map(placeholders, texts(issue["fix_flow"]["step"]))) <= REQUEST_PLACEHOLDERS
    assert placeholders(TEXTS["common"][f"{kind}_message"]) <= REQUEST_PLACEHOLDERS | {"repairs"}
    assert set(issue["fix_flow"]["step"]) == {"init"}
    steps = {"init", *issue["fix_flow"]["step"]["init"]["menu_options"]}
    assert steps == {
        name.removeprefix("async_step_") for name in vars(ShareRequestFlow) if name.startswith("async_step_")
    }
    reasons = set()
    for call in calls(INTEGRATION / "repairs.py"):
        reasons |= keyword(call, "reason") | ends(call)
    for text in issue["fix_flow"]["abort"].values():
        assert placeholders(text) <= REQUEST_PLACEHOLDERS
    assert set(issue["fix_flow"]["abort"]) == reasons - {"continue_in_reconfigure"}


def test_no_repair_is_dead():
    assert set(TEXTS["issues"]) == {*AccountIssue, *Notice, "share_request", "share_change"}


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_has_its_texts(notice):
    issue = TEXTS["issues"][notice]
    assert set(issue) == {"title", "description"}
    assert placeholders(issue["title"]) == set()
    assert placeholders(issue["description"]) <= {"account", "app_id", "count"}


# The options; that no text lacks is looked at wherever their dialogs are tested


def test_no_text_of_the_options_is_dead():
    options = TEXTS["options"]
    steps = {name.removeprefix("async_step_") for name in dir(EwelinkOptionsFlow) if "async_step_" in name}
    # They have no form of their own.
    assert set(options["step"]) == steps - {"share_wait", "share_outcome", "learn_wait", "learn_outcome"}
    known = words(
        INTEGRATION / "errors.py", INTEGRATION / "flows/forms.py", *INTEGRATION.glob("flows/options*.py")
    )
    for part in ("error", "abort", "progress"):
        assert set(options[part]) <= known


def test_errors_are_the_same_wherever_they_are_shown():
    shown = TEXTS["options"]["error"]
    for key in shown.keys() & TEXTS["exceptions"].keys():
        assert shown[key].replace("_plain}", "}") == TEXTS["exceptions"][key]["message"]
    # Those of timers, requests, firmware and control groups come from actions and entities only.
    asked = (WITH_CODE | WITHOUT_CODE | MORE_EXACT) - {
        "timers_not_read",
        "timers_not_read_no_code",
        "no_share_request",
        "firmware_unconfirmed",
        "group_unconfirmed",
    }
    assert asked <= shown.keys()
    assert asked <= TEXTS["exceptions"].keys()


def test_every_common_text_is_used():
    asked = {word.removeprefix("common.") for word in words(*MODULES)}
    assert set(TEXTS["common"]) <= asked | {"share_request_message", "share_change_message"}


# The rest


@pytest.mark.usefixtures("socket_enabled")
async def test_every_fact_of_system_health_has_a_text(hass):
    facts = await system_health_info(hass)
    facts["can_reach_server"].close()
    assert set(TEXTS["system_health"]["info"]) == set(facts)


# What holds entities of a platform beside its own module.
HELPERS = {"sensor": ("account_sensors",)}


@pytest.mark.parametrize("platform", TEXTS["entity"])
def test_every_name_of_an_entity_is_used(platform):
    known = words(
        *(
            INTEGRATION / f"{name}.py"
            for name in (platform, *HELPERS.get(platform, ()), "entity", "coordinator")
        )
    )
    # The entities of channels are named by their kind, with the channel before it.
    known |= {f"channel_{name}" for name in known | set(TABLES[platform])}
    for key, entity in TEXTS["entity"][platform].items():
        assert key in known
        assert placeholders(entity.get("name", "")) <= {"channel", "number"}
        assert not set().union(*map(placeholders, texts(entity.get("state", {}))), set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_name_that_a_table_asks_for_exists(path):
    asked = set()
    for call in calls(path):
        if getattr(call.func, "id", "").endswith("EntityDescription"):
            asked |= keyword(call, "translation_key")
    platform = next((one for one, names in HELPERS.items() if path.stem in names), path.stem)
    assert asked <= set(TEXTS["entity"].get(platform, {}))
