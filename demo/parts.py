"""The parts of Home Assistant that the demo uses; `python -m demo.parts` prints what they ask pip for."""

import json
from pathlib import Path
from typing import Any

from homeassistant import bootstrap, components
from homeassistant.util.yaml import load_yaml_dict

ROOT = Path(__file__).parent.parent
COMPONENTS = Path(components.__file__).parent
MANIFEST = ROOT / "custom_components/ewelink/manifest.json"
# Looked for at every start, but only used by those who have them.
OPTIONAL = {"isal", "sentry"}


def parts_in_use() -> dict[str, dict[str, Any]]:
    """Return the manifests of what the demo configures, what is always loaded, and what those need."""
    wanted: list[str] = [
        *load_yaml_dict(str(ROOT / "demo/configuration.yaml")),
        *bootstrap.CORE_INTEGRATIONS,
        *bootstrap.DEFAULT_INTEGRATIONS,
        *bootstrap.FRONTEND_INTEGRATIONS,
        *bootstrap.LOGGING_AND_HTTP_DEPS_INTEGRATIONS - OPTIONAL,
        *json.loads(MANIFEST.read_text()).get("dependencies", []),
    ]
    manifests: dict[str, dict[str, Any]] = {}
    while wanted:
        if (domain := wanted.pop()) not in manifests:
            manifests[domain] = json.loads((COMPONENTS / domain / "manifest.json").read_text())
            wanted += manifests[domain].get("dependencies", [])
    return manifests


def requirements() -> list[str]:
    """Return what these parts ask for, each once."""
    return sorted({line for part in parts_in_use().values() for line in part.get("requirements", [])})


if __name__ == "__main__":
    print("\n".join(requirements()))
