"""A Home Assistant without an account, a simulated home, and a browser in front of them."""

from pathlib import Path
import shutil

from playwright.async_api import Browser, BrowserContext, async_playwright
import pytest

from demo.hass import PASSWORD, USER
from demo.home import Home, running
from demo.program import free_port

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
async def browser() -> Browser:
    executable = next(path for name in CHROMIUM if (path := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser, home):
    context: BrowserContext = await browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="en-GB", reduced_motion="reduce"
    )
    page = await context.new_page()
    page.set_default_timeout(30_000)
    await page.goto(home.hass.url)
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.locator("ha-sidebar").wait_for()
    return page


@pytest.fixture
def picture(request, page):
    """Take a picture for the README, when asked for."""

    async def take(name: str) -> None:
        if request.config.getoption("--pictures"):
            IMAGES.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")

    return take
