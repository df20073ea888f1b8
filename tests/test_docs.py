"""The documentation says what the code does: its figures, its tables of modules, its links."""

from datetime import timedelta
import json
from pathlib import Path
import re

import pytest

from custom_components.ewelink import PLATFORMS, coordinator
from custom_components.ewelink.const import RESYNC_INTERVAL
from custom_components.ewelink.coolkit import ApiV1, AppCredentials, HostsV1, Timings
from custom_components.ewelink.coolkit.cloud.auth import ACCESS_TOKEN_LIFE
from custom_components.ewelink.coolkit.cloud.limiter import DEFAULT_WINDOWS
from custom_components.ewelink.flows.oauth import PAGE_ERRORS
from custom_components.ewelink.shares import _REPAIRS

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components/ewelink"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
T = Timings()
API = ApiV1(None, AppCredentials("", ""), HostsV1.official())
DAY = 24 * 3600
BRIEF, LONG = DEFAULT_WINDOWS


def words(page: str) -> str:
    """Return the text of a page without its line breaks."""
    return " ".join((ROOT / page).read_text().split())


@pytest.mark.parametrize(
    "sentence",
    [
        f"answered within {T.handshake:g} s",
        f"after {T.heartbeat_factors[0]:g} to {T.heartbeat_factors[1]:g} of `config.hbInterval`, at random,",
        f"of {T.heartbeat:g} s where none",
        f"Without a `pong` within {T.pong:g} s",
        f"**Pace**: {T.pace * 1000:g} ms between frames",
        f"writes of relays within {T.coalesce * 1000:g} ms become one frame",
        f"no answer in {T.command:g} s",
        f"one query ({T.query:g} s;",
        f"A command that stood for {T.command:g} s behind others",
        f"unless HTTP is known to fail, and then every {API.poll_interval:g} s",
        f"has it read after {T.resync:g} s",
        f"(looked at twice, {T.resync:g} s apart)",
        f"as a push and has {T.share / 60:g} minutes",
        f"Back-off {T.backoff:g} s, doubled, {T.jitter:.0%} more or less".replace("%", " %"),
        f"nothing answers (network, DNS, a host that is down) | {T.dropped_limit:g} s |",
        f"a close or silence instead of its answer | {T.backoff_limit:g} s |",
        f"or the quota is spent | {T.refused_limit / 60:g} minutes |",
        f"anew after a connection of {T.settled:g} s",
        f"nothing has told of the devices for {T.unreachable:g} s",
        f"after {T.backoff:g} s, {2 * T.backoff:g} s … {T.refused_limit / 60:g} minutes",
        f"refreshed when it is {ACCESS_TOKEN_LIFE * 2 / 3 / DAY:g} days old",
        f"Signed out again within {T.sign_out_again / 60:g} minutes",
        f"at most {T.handshakes} times in {T.handshake_span:g} s for one account",
        f"and {T.handshakes_of_all} times for all",
        f"lets {BRIEF.calls} calls pass in {BRIEF.seconds:g} s and {LONG.calls} in {LONG.seconds:g} s",
        f"of {BRIEF.calls} calls in {BRIEF.seconds:g} s commands make {BRIEF.commands} pass at most",
        f"of {LONG.calls} in {LONG.seconds:g} s they stop at {LONG.commands} and reads at {LONG.reads}",
    ],
)
def test_figures_of_the_protocol(sentence):
    assert sentence in words("docs/protocol.md")


def test_figures_in_words():
    assert coordinator.TIMINGS == T
    assert {T.leave, T.signed_out} == {60}
    for sentence in ("when two complete lists, a minute apart, lack it", "It waits for a minute"):
        assert sentence in words("docs/protocol.md")
    assert timedelta(hours=6) == RESYNC_INTERVAL
    assert "every six hours the whole list is compared" in words("docs/using.md")


def modules_named(under: str) -> list[str]:
    """Return the modules of the rows of one table of docs/architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text().partition(f"## {under}")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([\w/.]+\.py)`", row)]


@pytest.mark.parametrize(
    ("under", "folder"),
    [
        ("The client, `coolkit/`", "custom_components/ewelink/coolkit"),
        ("Home Assistant's side", "custom_components/ewelink"),
    ],
)
def test_every_module_has_one_row(under, folder):
    named = modules_named(under)
    assert len(named) == len(set(named))
    present = {
        str(path.relative_to(ROOT / folder))
        for path in (ROOT / folder).rglob("*.py")
        if path.relative_to(ROOT / folder).parts[0] != "coolkit"
    }
    assert set(named) <= present
    # A package that only hands on has no row; "switch.py, light.py, …" stands for the platforms, the folder
    # of the table for the families in it.
    platforms = {f"{platform}.py" for platform in PLATFORMS}
    rest = {name for name in present - {*named} - platforms if not name.startswith("devices/table/")}
    assert {name for name in rest if not name.endswith("__init__.py")} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text()):
        if "://" in target:
            continue
        found = page.parent / target if target else page
        assert found.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", found.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page):
    roots = (ROOT, ROOT / "custom_components/ewelink", ROOT / "tests")
    folders = {path.name for root in roots for path in root.iterdir() if path.is_dir()}
    for name in re.findall(r"`([\w.-]+/[\w./-]*)`", page.read_text()):
        if name.partition("/")[0] in folders:
            assert any((root / name).exists() for root in roots), name


def test_the_address_that_does_not_exist_yet_stands_only_where_one_is_required():
    placeholder = "OWNER/ewelink-home-assistant"
    integration = ROOT / "custom_components/ewelink"
    texts = [
        path
        for folder in (integration, ROOT / "script", ROOT / "demo", ROOT / ".github")
        for path in folder.rglob("*")
        if path.suffix in {"", ".json", ".py", ".sh", ".yaml", ".yml"} and path.is_file()
    ]
    assert len(texts) > 50
    named = [path for path in [*texts, *PAGES] if placeholder in path.read_text()]
    assert named == [integration / "manifest.json", ROOT / "CONTRIBUTING.md"]


def test_dialogs_lead_to_no_page_outside():
    """What they have to say they say, also without a network."""
    texts = (ROOT / "custom_components/ewelink/translations/en.json").read_text()
    assert not re.search(r"https?://|www\.", texts)
    # A page of Home Assistant itself; and where an application is made, which cannot be done here.
    assert set(re.findall(r"\]\((.*?)\)", texts)) == {"{repairs}", "{console_url}"}
    assert _REPAIRS.startswith("/")
    for path in (ROOT / "custom_components/ewelink").rglob("*.py"):
        assert not re.search(r"learn_more_url|docs_url|documentation_url", path.read_text()), path.name


def test_what_can_go_wrong_on_the_page_leads_to_its_paragraph():
    """By its name: it is found without a network, and before there is an address."""
    texts = json.loads((ROOT / "custom_components/ewelink/translations/en.json").read_text())
    headings = re.findall(r"^###? (.*)$", (ROOT / "docs/app-id.md").read_text(), re.MULTILINE)
    errors = texts["config"]["error"]
    for key in PAGE_ERRORS.values():
        assert "docs/app-id.md" in errors[key], key
    named = re.findall(r"Help: [\"*](.*?)[\"*] in docs/app-id\.md", json.dumps(texts).replace('\\"', '"'))
    assert len(named) >= 9
    assert set(named) <= set(headings)


def test_the_commands_of_the_readme_are_there():
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    commands = [line.split()[0] for line in block.splitlines()]
    assert commands == ["script/demo", "script/test"]
    assert all((ROOT / command).stat().st_mode & 0o111 for command in commands)


def test_what_the_quality_scale_names_is_there():
    """A rule that is done names what shows it."""
    scale = (INTEGRATION / "quality_scale.yaml").read_text()
    for path, test in re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", scale):
        assert f"def {test}" in (ROOT / path).read_text(), (path, test)
    sections = (ROOT / "docs/using.md").read_text()
    for section in re.findall(r"docs/using\.md, ([^.]+)\.", scale):
        assert f"\n## {section}\n" in sections
