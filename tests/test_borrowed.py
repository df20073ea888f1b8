"""What we take of Home Assistant: only what its own integrations take, for the rest may go without a word."""

import ast
from collections.abc import Iterator
from pathlib import Path

import homeassistant
import pytest

PACKAGE = Path(homeassistant.__file__).parent
INTEGRATION = Path(__file__).parents[1] / "custom_components/ewelink"
OURS = {path: ast.parse(path.read_text()) for path in sorted(INTEGRATION.rglob("*.py"))}

# Named by Home Assistant's documentation, as all selectors are; its own integrations ask for no moment.
DOCUMENTED = {("homeassistant.helpers.selector", "DateTimeSelector")}
# Public, and there on every release that we support; no integration of Home Assistant's own has the need.
ALONE = {
    # A browser that has not seen the end of a progress is told again.
    "async_notify_flow_changed",
    "async_get_progress_task",
}


def taken(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what is imported from Home Assistant, and what is used of its modules, with their names."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                if node.module.partition(".")[0] == "homeassistant":
                    yield node.module, alias.name
                    if is_module(name := f"{node.module}.{alias.name}"):
                        modules[alias.asname or alias.name] = name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.attr for target in node.targets if isinstance(target, ast.Attribute))


def called(tree: ast.Module) -> Iterator[str]:
    """Yield the methods of Home Assistant's objects that are used, known by how they are called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("async_"):
            yield node.attr


@pytest.fixture(scope="module")
def elsewhere() -> list[str]:
    """Return the texts of Home Assistant's own integrations."""
    return [path.read_text() for path in sorted((PACKAGE / "components").glob("*/*.py"))]


def test_what_we_import_an_integration_of_home_assistant_imports_too(elsewhere):
    left = {pair for tree in OURS.values() for pair in taken(tree)}
    assert len(left) > 100
    for text in elsewhere:
        if any(name in text and module.rpartition(".")[2] in text for module, name in left):
            left.difference_update(taken(ast.parse(text)))
    assert left <= DOCUMENTED


def test_what_we_call_an_integration_of_home_assistant_calls_too(elsewhere):
    ours = {name for tree in OURS.values() for name in defined(tree)}
    left = {name for tree in OURS.values() for name in called(tree)} - ours
    assert {"async_on_unload", "async_forward_entry_setups", *ALONE} <= left
    left -= ALONE
    for text in elsewhere:
        left = {name for name in left if f".{name}" not in text}
    assert not left


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(INTEGRATION)))
def test_nothing_private_is_imported(path):
    names = [name for _, name in taken(OURS[path])]
    assert [name for name in names if name.startswith("_")] == []
