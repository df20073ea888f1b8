"""Check manifest, translations, icons, brand and hacs.json by the rules of hassfest and HACS."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from runpy import run_path
import struct
import sys
from typing import Any

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components/ewelink"
REQUIRED = {
    "codeowners",
    "config_flow",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "name",
    "requirements",
    "version",
}
HACS_KEYS = {"name", "homeassistant", "render_readme", "country", "hide_default_branch"}
TRANSLATION_ROOTS = {
    "application_credentials",
    "common",
    "config",
    "device",
    "entity",
    "exceptions",
    "issues",
    "options",
    "selector",
    "services",
    "system_health",
    "title",
}
ICON_SIZES = {"icon": (256, 256), "icon@2x": (512, 512)}
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
# What hassfest refuses in a text, and what it says of it.
REFUSED = {
    r"<[a-z/]": "HTML",
    r"https?://": "an address (use a placeholder)",
    r"'\{\w+\}'": "a placeholder in single quotes",
    r"^\s|\s$": "a space at its edge",
    r"^$": "nothing",
    r"\[%key:": "a reference, which only Home Assistant's own build resolves",
}


def check_manifest() -> Iterator[str]:
    """Yield what is wrong with manifest.json."""
    manifest = json.loads((INTEGRATION / "manifest.json").read_text())
    keys = list(manifest)
    if keys != ["domain", "name", *sorted(set(keys) - {"domain", "name"})]:
        yield "manifest.json: the keys stand in the order domain, name, then the alphabet's"
    if missing := REQUIRED - set(keys):
        yield f"manifest.json: {', '.join(sorted(missing))} missing"
    if manifest.get("domain") != INTEGRATION.name:
        yield "manifest.json: the domain is the folder's name"
    pins = (ROOT / "requirements_test.txt").read_text().splitlines()
    for requirement in manifest.get("requirements", []):
        if requirement not in pins:
            yield f"manifest.json: {requirement} is not pinned in requirements_test.txt"


def check_translations() -> Iterator[str]:
    """Yield what hassfest would refuse in translations/en.json."""
    translations = json.loads((INTEGRATION / "translations/en.json").read_text())
    if unknown := set(translations) - TRANSLATION_ROOTS:
        yield f"en.json: unknown part {', '.join(sorted(unknown))}"
    for path, text in _texts(translations):
        yield from (
            f"en.json: {path}: a text must not hold {what}"
            for rule, what in REFUSED.items()
            if re.search(rule, text)
        )
        for key in path.split("."):
            if not KEY.fullmatch(key):
                yield f"en.json: {path}: keys are lower case words joined by - or _"


def check_sources() -> Iterator[str]:
    """Yield the translations that are not what their sources say."""
    yield from run_path(str(ROOT / "script/texts.py"))["stale"]()


def check_icons() -> Iterator[str]:
    """Yield the icons that are none, and those of entities that have no translation."""
    entities = json.loads((INTEGRATION / "translations/en.json").read_text()).get("entity", {})
    icons = json.loads((INTEGRATION / "icons.json").read_text())
    for path, icon in _texts(icons):
        if not icon.startswith("mdi:"):
            yield f"icons.json: {path}: {icon} is no mdi: icon"
    for platform, keys in icons.get("entity", {}).items():
        yield from (
            f"icons.json: {platform}.{key} has no translation"
            for key in keys
            if key not in entities.get(platform, {})
        )


def check_brand() -> Iterator[str]:
    """Yield brand images that are missing or have the wrong size."""
    for name, size in ICON_SIZES.items():
        path = INTEGRATION / f"brand/{name}.png"
        if not path.is_file():
            yield f"brand/{name}.png is missing"
        elif struct.unpack(">II", path.read_bytes()[16:24]) != size:
            yield f"brand/{name}.png must have {size[0]} x {size[1]} pixels"


def check_hacs() -> Iterator[str]:
    """Yield what HACS would refuse in hacs.json."""
    hacs = json.loads((ROOT / "hacs.json").read_text())
    if unknown := set(hacs) - HACS_KEYS:
        yield f"hacs.json: unknown key {', '.join(sorted(unknown))}"
    if "name" not in hacs:
        yield "hacs.json: the name is missing"


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, str):
        yield path, value


def main() -> int:
    """Run all checks and name what is wrong."""
    checks = (check_manifest, check_translations, check_sources, check_icons, check_brand, check_hacs)
    problems = [problem for check in checks for problem in check()]
    for problem in problems:
        print(f"✗ {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
