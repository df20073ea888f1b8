"""The blueprints: Home Assistant imports them from their links, and they do what they say."""

from pathlib import Path
import re
import shutil
from urllib.parse import parse_qs, urlsplit

from homeassistant.components.blueprint.importer import fetch_blueprint_from_url
from homeassistant.setup import async_setup_component
import pytest

from simulator.home import item
from tests.common import until
from tests.platforms import off, on

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "blueprints").rglob("*.yaml"))
GUIDE = (ROOT / "docs/using.md").read_text()
LINKS = re.findall(r"https://my\.home-assistant\.io/redirect/blueprint_import/\?[^\s)]+", GUIDE)
REPOSITORY = "https://github.com/OWNER/ewelink-home-assistant/blob/main/"
BUTTON, LAMP = "a400001102", "1000001108"


def address(link):
    """Return which address a link has Home Assistant import."""
    return parse_qs(urlsplit(link).query)["blueprint_url"][0]


def test_each_has_a_link_that_imports_it():
    paths = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert {address(link).removeprefix(REPOSITORY) for link in LINKS} == paths


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_home_assistant_imports_it(hass, aioclient_mock, path):
    url = REPOSITORY + path.relative_to(ROOT).as_posix()
    raw = url.replace("https://github.com", "https://raw.githubusercontent.com").replace("/blob/", "/")
    aioclient_mock.get(raw, text=path.read_text())
    imported = await fetch_blueprint_from_url(hass, url)
    assert imported.blueprint.domain == path.relative_to(ROOT).parts[1] == "automation"
    assert imported.blueprint.validate() is None
    assert imported.blueprint.metadata["description"]


@pytest.fixture
def imported(hass):
    """The blueprint, where Home Assistant keeps those that were imported."""
    (path,) = FILES
    target = Path(hass.config.path("blueprints", *path.relative_to(ROOT).parts[1:]))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)
    yield "ewelink/remote_on_light.yaml"
    target.unlink()


async def test_a_button_on_a_light(hass, cloud, setup_home, imported):
    await setup_home(
        item("1000001101", 168, "Bridge", {}),
        item(BUTTON, 1000, "Bedside", {"parentid": "1000001101", "key": 0, "trigTime": "1600081000000"}),
        item(LAMP, 44, "Lamp", {"switch": "off", "brightness": 30}),
    )
    inputs = {
        "button": "event.bedside_button",
        "light": {"entity_id": "light.lamp"},
        "double_brightness": 100,
    }
    automation = {"alias": "A button", "use_blueprint": {"path": imported, "input": inputs}}
    assert await async_setup_component(hass, "automation", {"automation": automation})
    assert off(hass, "light.lamp")
    press = cloud.devices[BUTTON].push
    await press({"key": 0, "trigTime": "1600081000001"})
    await until(lambda: on(hass, "light.lamp"))
    await press({"key": 1, "trigTime": "1600081000002"})
    await until(lambda: cloud.devices[LAMP].params["brightness"] == 100)
    await press({"key": 2, "trigTime": "1600081000003"})
    await until(lambda: off(hass, "light.lamp"))
    # What comes back with the connection is no press.
    sent = len(cloud.devices[LAMP].received)
    await cloud.devices["1000001101"].set_online(online=False)
    await until(lambda: hass.states.get("event.bedside_button").state == "unavailable")
    await cloud.devices["1000001101"].set_online(online=True)
    await until(lambda: hass.states.get("event.bedside_button").state != "unavailable")
    await hass.async_block_till_done()
    assert len(cloud.devices[LAMP].received) == sent
