"""The shape of the project: who may import whom, and two tables with one fact each."""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
import inspect
import json
from pathlib import Path
import re
import sys

from homeassistant.data_entry_flow import FlowHandler
import pytest

from custom_components.ewelink import PLATFORMS, coolkit
from custom_components.ewelink.coolkit import TABLE, Kind
from custom_components.ewelink.flows.dialogs import Dialog
from tests.common import TABLES

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components/ewelink"
COOLKIT = INTEGRATION / "coolkit"
SIMULATOR = ROOT / "simulator"
DEVICES = ROOT / "tests/fixtures/devices"


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Yield what a module imports, relative imports as dotted names from the root."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(level=0):
                yield node.module
            case ast.ImportFrom(level=level):
                yield ".".join((*package[: len(package) - level + 1], node.module or ""))


# The side of Home Assistant.
OURS = [path for path in modules(INTEGRATION) if COOLKIT not in path.parents]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_two_files_of_tests_have_one_name():
    """Folders of tests are no packages: pytest tells their files apart by name, and fails on the second."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("path", modules(COOLKIT), ids=name)
def test_the_client_knows_nothing_above_it(path):
    allowed = sys.stdlib_module_names | {"aiohttp", "orjson", "yarl"}
    for module in imports(path):
        assert module.partition(".")[0] in allowed or module.startswith("custom_components.ewelink.coolkit")


@pytest.mark.parametrize(
    "path",
    [path for path in modules(INTEGRATION) if path not in {COOLKIT / "jsontext.py", COOLKIT / "lenient.py"}],
    ids=name,
)
def test_only_one_module_reads_and_writes_json(path):
    """It bounds what comes from outside; whoever went past it would take what is without bounds."""
    assert not {module.partition(".")[0] for module in imports(path)} & {"json", "orjson", "pickle", "yaml"}
    assert "custom_components.ewelink.coolkit.lenient" not in imports(path)
    assert not {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    } & {"json", "receive_json", "send_json", "json_loads", "json_dumps"}


@pytest.mark.parametrize("path", modules(SIMULATOR), ids=name)
def test_the_simulator_shares_nothing_with_the_client(path):
    allowed = sys.stdlib_module_names | {"aiohttp", "cryptography", "simulator"}
    for module in imports(path):
        assert module.partition(".")[0] in allowed


@pytest.mark.parametrize("folder", [SIMULATOR, INTEGRATION], ids=lambda folder: folder.name)
def test_there_is_no_import_cycle(folder):
    """Imports for types alone count, too: who only names another's class depends on it all the same."""
    waiting = {path.relative_to(ROOT).with_suffix("").parts: path for path in modules(folder)}
    names = {".".join(parts).removesuffix(".__init__"): path for parts, path in waiting.items()}
    needs = {one: {target for target in targets(path, names) if target != one} for one, path in names.items()}
    while free := {one for one, needed in needs.items() if not needed}:
        needs = {one: needed - free for one, needed in needs.items() if one not in free}
    assert not needs


def targets(path: Path, names: Mapping[str, Path]) -> Iterator[str]:
    """Yield the modules among these names that a module imports, by itself or from a package."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom):
            parts = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join((*parts, *([node.module] if node.module else [])))
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                if inner in names:
                    yield inner
                elif source in names:
                    yield source


# By its place, and as a package of its own, as scripts find it.
CLIENT = ("custom_components.ewelink.coolkit", "coolkit")
# What uses the client; tests of its own look inside, and a few hold a figure or a helper that is its own.
OUTSIDE = [
    *OURS,
    *modules(ROOT / "benchmarks"),
    *modules(ROOT / "demo"),
    *modules(ROOT / "script"),
    *(path for path in modules(ROOT / "tests") if (ROOT / "tests/coolkit") not in path.parents),
]
LOOK_INSIDE = {
    "tests/test_calendar.py",
    "tests/test_docs.py",
    "tests/test_linear.py",
    "tests/test_sensor.py",
}


@pytest.mark.parametrize("path", [path for path in OUTSIDE if name(path) not in LOOK_INSIDE], ids=name)
def test_the_client_is_used_through_its_public_names_alone(path):
    """Whatever is behind them may move without anybody outside."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not [alias.name for alias in node.names if alias.name.startswith(CLIENT)]
        elif isinstance(node, ast.ImportFrom):
            parts = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join((*parts, node.module or ""))
            assert not source.startswith(tuple(f"{client}." for client in CLIENT)), f"line {node.lineno}"
            if source in CLIENT:
                assert {alias.name for alias in node.names} <= set(coolkit.__all__), f"line {node.lineno}"


# One name, row or class after the other.
LONG = {
    COOLKIT / "__init__.py",
    COOLKIT / "cloud/v2/interfaces.py",
    COOLKIT / "exceptions.py",
    INTEGRATION / "sensor.py",
}


@pytest.mark.parametrize("path", [*modules(SIMULATOR), *modules(INTEGRATION)], ids=name)
def test_no_file_is_long(path):
    assert len(path.read_text().splitlines()) <= 400 or path in LONG


@pytest.mark.parametrize("path", modules(INTEGRATION), ids=name)
def test_the_integration_shares_nothing_with_the_simulator(path):
    for module in imports(path):
        assert module.partition(".")[0] not in {"simulator", "demo", "benchmarks", "tests"}


@pytest.mark.parametrize(
    "path", [path for path in modules(INTEGRATION) if path != COOLKIT / "devices/uiid.py"], ids=name
)
def test_only_the_table_knows_single_uiids(path):
    for node in ast.walk(ast.parse(path.read_text())):
        operands = []
        match node:
            case ast.Compare():
                operands = [node.left, *node.comparators]
            case ast.Match():
                operands = [node.subject]
        for operand in operands:
            asked = getattr(operand, "id", None) or getattr(operand, "attr", None)
            others = [one for one in operands if one is not operand]
            # Whether there is a uiid, and whether two are equal, may be asked anywhere.
            harmless = bool(others) and all(
                isinstance(one, ast.Attribute | ast.Name) or getattr(one, "value", 0) is None
                for one in others
            )
            assert asked != "uiid" or harmless, f"line {node.lineno}"


@pytest.mark.parametrize("path", [*OURS, *COOLKIT.glob("*.py")], ids=name)
def test_codes_of_errors_stay_in_the_cloud(path):
    """What they mean is said by classes; each generation, and each interface, has codes of its own."""
    named = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, int)
    }
    # A length; which refusals leave it open that another version serves the App ID.
    known = {"lenient.py": {400}, "generations.py": {403, 404, 407}}.get(path.name, set())
    assert not named & {400, 401, 402, 403, 404, 406, 407, 409, 412, 429, 500, 503, 504} - known


@pytest.mark.parametrize("path", [INTEGRATION / f"{platform}.py" for platform in TABLES], ids=name)
def test_platforms_do_not_know_the_protocol(path):
    """The words of the wire stand in the client alone."""
    texts = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not texts & {
        "switches",
        "configure",
        "pulse",
        "pulses",
        "pulseWidth",
        "sledOnline",
        "fwVersion",
        "bright",
    }


@pytest.mark.parametrize("uiid", sorted(uiid for uiid, row in TABLE.items() if row.is_built))
def test_every_uiid_of_the_table_has_a_fixture(uiid):
    device = json.loads((DEVICES / f"{uiid}.json").read_text())
    stated = (device, device.get("extra", {}), device.get("extra", {}).get("extra", {}))
    assert str(uiid) in {str(place.get("uiid")) for place in stated}


def test_every_platform_has_a_table():
    # Firmware is nothing that params alone show: the cloud is asked for it.
    assert all(table for platform, table in TABLES.items() if platform != "update")
    assert list(PLATFORMS) == sorted(PLATFORMS)


@pytest.mark.parametrize("kind", Kind)
def test_every_capability_has_one_row_a_name_and_a_test(kind):
    translations = json.loads((INTEGRATION / "translations/en.json").read_text())["entity"]
    rows = {platform: table[kind] for platform, table in TABLES.items() if kind in table}
    assert len(rows) == 1
    ((platform, row),) = rows.items()
    assert row.key == kind

    # A relay and a light are the device itself; a device class has a name of its own.
    named = row.translation_key in translations.get(platform, {}) if row.translation_key else row.device_class
    assert named or row.name is None or kind is Kind.RELAY

    # Without a device class it has an icon of its own; some platforms have one for whatever they show.
    icons = json.loads((INTEGRATION / "icons.json").read_text())["entity"]
    own = row.translation_key in icons.get(platform, {}) or not row.translation_key
    assert own or row.device_class or platform in {"alarm_control_panel", "climate", "fan", "light"}

    # The fixtures drive the snapshots of the platforms.
    snapshot = (ROOT / f"tests/snapshots/test_{platform}.ambr").read_text()
    assert re.search(rf"'unique_id': '\w+?_{kind}(_\d)?'", snapshot)


def api_center() -> list[list[str]]:
    """Return the cells of the tables of interfaces, row by row."""
    lines = (ROOT / "docs/api-center.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in rows if row[0] not in {"interface", "---"}]


def texts(value: object) -> Iterator[str]:
    """Yield every text of a translation."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    else:
        yield str(value)


@pytest.mark.parametrize("row", api_center(), ids=lambda row: row[0])
def test_every_interface_has_a_method_a_place_and_a_test(row):
    interface, methods, place, proofs = row
    assert all((interface, methods, place, proofs))

    for method in re.findall(r"`([^`]+)`", methods):
        owner, _, verb = method.rpartition(".")
        assert callable(getattr(getattr(coolkit, owner) if owner else coolkit, verb))
    assert "`" in methods

    for proof in re.findall(r"`([^`]+)`", proofs):
        path, _, test = proof.partition("::")
        tree = ast.parse((ROOT / "tests" / path).read_text())
        functions = [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        assert test in {function.name for function in functions}
    assert "`" in proofs

    english = json.loads((INTEGRATION / "translations/en.json").read_text())
    assert set(re.findall(r"`ewelink\.(\w+)`", place)) <= english["services"].keys()
    assert set(re.findall(r"\*\*([^*]+)\*\*", place)) <= set(texts(english["options"]))


@pytest.mark.parametrize("generation", ["ApiV1", "ApiV2"])
def test_no_call_of_the_client_is_left_out(generation):
    named = {method for row in api_center() for method in re.findall(rf"`{generation}\.(\w+)`", row[1])}
    calls = {
        name
        for name, _ in inspect.getmembers(getattr(coolkit, generation), inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert named == calls


@pytest.mark.parametrize("path", modules(COOLKIT), ids=name)
def test_what_would_harm_the_account_is_never_called(path):
    """They delete the account, or change what the user's phone shows."""
    assert not re.search(r"close-account|family/current|v2/homepage", path.read_text())


def test_every_action_is_in_the_table():
    actions = json.loads((INTEGRATION / "translations/en.json").read_text())["services"].keys()
    assert set(re.findall(r"`ewelink\.(\w+)`", str(api_center()))) == actions


def test_every_dialog_fills_in_names_safely():
    """Whoever has chosen a name cannot do more than be called like that."""
    flows = {
        value
        for path in OURS
        for value in vars(import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))).values()
        if inspect.isclass(value) and issubclass(value, FlowHandler)
        if value.__module__.startswith("custom_components.")
    }
    assert len(flows) > 8
    assert [flow for flow in flows if not issubclass(flow, Dialog)] == []


@pytest.mark.parametrize("path", OURS, ids=name)
def test_nothing_is_filled_in_past_the_one_place_that_escapes(path):
    tree = ast.parse(path.read_text())
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    if path.name != "dialogs.py":
        assert "AbortFlow" not in named
    if path.name != "texts.py":
        assert "persistent_notification.async_create" not in called
    progresses = {call for call in called if "async_show_progress" in call}
    assert not progresses or path.name == "dialogs.py"
