"""The pins bring all that the Home Assistant parts in use ask for: nothing is fetched at a start."""

from importlib.metadata import requires
import json
from pathlib import Path

from homeassistant import bootstrap, components
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
import pytest

ROOT = Path(__file__).parent.parent
COMPONENTS = Path(components.__file__).parent
# Looked for at every start, but only used by those who have them.
OPTIONAL = {"isal", "sentry"}


def pins() -> set[str]:
    lines = [
        line
        for name in ("requirements_test.txt", "requirements_voice.txt")
        for line in (ROOT / name).read_text().splitlines()
        if "==" in line
    ]
    brought = [
        *(requires("pytest-homeassistant-custom-component") or []),
        *(requires("homeassistant") or []),
    ]
    return {pin(line) for line in (*lines, *brought)}


def pin(line: str) -> str:
    requirement = Requirement(line)
    return f"{requirement.name.lower().replace('_', '-')}{requirement.specifier}"


def parts_in_use() -> dict[str, dict]:
    """Return the manifests of what the demo configures, what is always loaded, and what those need."""
    wanted = [
        *(domain for domain in load_yaml_dict(ROOT / "demo/configuration.yaml")),
        *bootstrap.CORE_INTEGRATIONS,
        *bootstrap.DEFAULT_INTEGRATIONS,
        *bootstrap.FRONTEND_INTEGRATIONS,
        *bootstrap.LOGGING_AND_HTTP_DEPS_INTEGRATIONS - OPTIONAL,
        *json.loads((ROOT / "custom_components/ewelink/manifest.json").read_text()).get("dependencies", []),
    ]
    manifests: dict[str, dict] = {}
    while wanted:
        if (domain := wanted.pop()) not in manifests:
            manifests[domain] = json.loads((COMPONENTS / domain / "manifest.json").read_text())
            wanted += manifests[domain].get("dependencies", [])
    return manifests


PARTS = parts_in_use()


def test_the_parts_in_use_are_found():
    assert {"ffmpeg", "frontend", "conversation", "recorder"} <= PARTS.keys()


@pytest.mark.parametrize("domain", [domain for domain in sorted(PARTS) if PARTS[domain].get("requirements")])
def test_what_a_part_asks_for_is_pinned(domain):
    assert {pin(line) for line in PARTS[domain]["requirements"]} - pins() == set()


def test_the_integration_asks_for_what_is_pinned():
    manifest = json.loads((ROOT / "custom_components/ewelink/manifest.json").read_text())
    assert {pin(line) for line in manifest["requirements"]} - pins() == set()
