"""The pins bring all that Home Assistant's parts in use ask for, on the oldest release and on the newest."""

from importlib.metadata import distributions
import json
from pathlib import Path

from awesomeversion import AwesomeVersion
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

from demo.parts import MANIFEST, parts_in_use

ROOT = Path(__file__).parent.parent
PARTS = parts_in_use()
DEMANDING = sorted(domain for domain, part in PARTS.items() if part.get("requirements"))


def pins(name: str) -> dict[str, str]:
    """Return the lines of a file of requirements that say something."""
    lines = (ROOT / f"requirements_{name}.txt").read_text().splitlines()
    return dict(map(pin, filter(None, (line.partition("#")[0].strip() for line in lines))))


def pin(line: str) -> tuple[str, str]:
    requirement = Requirement(line)
    return canonicalize_name(requirement.name), str(requirement.specifier)


OLDEST, VOICE, NEWEST = map(pins, ("test", "voice", "newest"))


@pytest.fixture(scope="module")
def there():
    """Everything that is installed here, and the voice pipeline, which a machine without a compiler lacks."""
    return {canonicalize_name(one.name): f"=={one.version}" for one in distributions()} | VOICE


def test_the_parts_in_use_are_found():
    assert {"ffmpeg", "frontend", "conversation", "recorder"} <= PARTS.keys()


@pytest.mark.parametrize("domain", DEMANDING)
def test_what_a_part_asks_for_is_there(domain, there):
    """Home Assistant would fetch it at its start; script/setup installs what is pinned and nothing else."""
    assert dict(map(pin, PARTS[domain]["requirements"])).items() <= there.items()


def test_the_integration_asks_for_what_is_pinned():
    asked = json.loads(MANIFEST.read_text())["requirements"]
    assert dict(map(pin, asked)).items() <= OLDEST.items()


@pytest.mark.parametrize("name", ["test", "voice", "newest"])
def test_every_pin_is_exact(name):
    assert all(specifier.startswith("==") and "," not in specifier for specifier in pins(name).values())


def test_the_newest_release_differs_in_what_is_said_of_it():
    """What both have in common stands in one place."""
    assert not OLDEST.items() & NEWEST.items()
    assert release(NEWEST) > release(OLDEST)
    assert {"homeassistant", "pytest-homeassistant-custom-component"} <= NEWEST.keys() & OLDEST.keys()


def test_the_oldest_release_is_the_one_that_is_promised():
    promised = json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
    assert promised == release(OLDEST)
    year, month, _ = promised.split(".")
    assert f"Home Assistant {year}.{month} or later" in (ROOT / "README.md").read_text()


def release(of: dict[str, str]) -> AwesomeVersion:
    return AwesomeVersion(of["homeassistant"].removeprefix("=="))
