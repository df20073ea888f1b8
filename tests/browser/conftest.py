"""Home Assistants without an account, a simulated home, and a browser in front of them."""

from pathlib import Path
import shutil

from playwright.async_api import Browser, async_playwright, expect
import pytest

from demo.hass import HomeAssistant
from demo.home import Home, running
from demo.program import HOST, free_port, home_assistant
from tests.browser.steps import open_browser

IMAGES = Path(__file__).parents[2] / "docs/images"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Milliseconds: the machine has a browser, two programs and the tests to run.
expect.set_options(timeout=20_000)


def pytest_addoption(parser):
    parser.addoption("--pictures", action="store_true", help="write the pictures of docs/images anew")


@pytest.fixture(autouse=True)
def _real_network(socket_enabled):
    """Two programs and a browser are reached over the loopback device."""


@pytest.fixture
async def home(tmp_path) -> Home:
    async with running(tmp_path, free_port(0), free_port(0)) as home:
        await home.hass.sign_in()
        yield home


@pytest.fixture
async def guest(home, tmp_path) -> Home:
    """A second Home Assistant at the same cloud; its account is not the first one's."""
    port = free_port(0)
    program = home_assistant(port, tmp_path / "guest")
    hass = HomeAssistant(url=f"http://{HOST}:{port}", session=home.hass.session)
    guest = Home(hass=hass, cloud=home.cloud, programs=(program,), log=program.log)
    try:
        await guest.start()
        await hass.sign_in()
        yield guest
    finally:
        await guest.stop()


@pytest.fixture
async def browser() -> Browser:
    executable = next(path for name in CHROMIUM if (path := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser, home):
    return await open_browser(browser, home.hass)


@pytest.fixture
async def guest_page(browser, guest):
    return await open_browser(browser, guest.hass)


# Icons come after the texts, from a store of the browser's own; what is out of sight does not matter.
ICONS_ARE_DRAWN = """() => {
  const drawn = (root) => [...root.querySelectorAll("*")].every((element) =>
    (element.localName !== "ha-icon" || !element.checkVisibility()
      || element.shadowRoot?.querySelector("ha-svg-icon")?.shadowRoot?.querySelector("path[d]"))
    && (!element.shadowRoot || drawn(element.shadowRoot)));
  return drawn(document);
}"""


@pytest.fixture
def picture(request, page):
    """Take a picture for the README, when asked for."""

    async def take(name: str) -> None:
        if request.config.getoption("--pictures"):
            IMAGES.mkdir(parents=True, exist_ok=True)
            await page.wait_for_function(ICONS_ARE_DRAWN)
            await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")

    return take
