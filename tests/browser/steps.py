"""What a person does in more than one story."""

import re

from playwright.async_api import expect

from demo.hass import PASSWORD, USER
from demo.home import DOMAIN
from simulator.cloud import APP_ID, APP_SECRET

FINISH = re.compile("finish", re.IGNORECASE)
# One new device has its own page opened, several that of the integration.
RESULT = re.compile("/config/(devices/device|integrations/integration)/")
INTEGRATION = f"/config/integrations/integration/{DOMAIN}"


async def open_browser(browser, hass):
    """Log in to a Home Assistant, in a browser that has never seen it."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="en-GB", reduced_motion="reduce"
    )
    page = await context.new_page()
    page.set_default_timeout(30_000)
    await page.goto(hass.url)
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.locator("ha-sidebar").wait_for()
    return page


async def add_integration(page, home, way):
    """Go the real way to the dialog, and choose a way to get to an account; returns the dialog."""
    await page.goto(f"{home.hass.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("eWeLink")
    await page.locator("dialog-add-integration").get_by_text("eWeLink", exact=True).first.click()
    dialog = page.locator("dialog-data-entry-flow")
    await dialog.get_by_text(way, exact=True).click()
    return dialog


async def fill_in_cloud(dialog, home):
    """Tell a form of an account which App ID and which cloud it is."""
    await dialog.locator("input[name=app_id]").fill(APP_ID)
    await dialog.locator("input[name=app_secret]").fill(APP_SECRET)
    await dialog.get_by_text("Server", exact=True).first.click()
    await dialog.locator("input[name=address]").fill(home.cloud.url)


async def submit(dialog, name="Submit"):
    """Send a form off."""
    await dialog.get_by_role("button", name=name, exact=True).click()


async def finish(dialog):
    """Close the dialog that has added an account, and be led to what it has brought."""
    await dialog.get_by_role("button", name=FINISH).click()
    await expect(dialog).to_be_hidden()
    await dialog.page.wait_for_url(RESULT)


async def open_device(page, home, name):
    """Open the page of a device by the list of the integration's devices."""
    await page.goto(f"{home.hass.url}{INTEGRATION}")
    await page.get_by_text(name, exact=True).first.click()
    await page.locator("ha-config-device-page").get_by_text("Device info").wait_for()


def first_toggle(page):
    """Find the first switch among the controls of a device's page."""
    controls = page.locator("ha-device-entities-card").filter(has_text="Controls")
    return controls.locator("ha-entity-toggle").first


def device_has(home, device_id, **params):
    """Make a condition: the device itself is so."""

    async def has():
        return (await home.cloud.params(device_id)).items() >= params.items()

    return has


def shows(home, device_id, key, state):
    """Make a condition: Home Assistant shows the entity so."""

    async def shown():
        entity_id = (await home.hass.entities(DOMAIN)).get(f"{device_id}_{key}")
        return entity_id is not None and (await home.hass.state(entity_id))["state"] == state

    return shown


async def configure(page, home, *menu):
    """Open the menus of the account; returns the dialog."""
    await page.goto(f"{home.hass.url}{INTEGRATION}")
    await page.get_by_role("button", name="Configure").click()
    dialog = page.locator("dialog-data-entry-flow")
    for choice in menu:
        await dialog.get_by_text(choice, exact=True).click()
    return dialog


async def choose(dialog, field, option):
    """Choose in a drop-down field of a form."""
    selector = dialog.locator("ha-selector-select").filter(has_text=field)
    await selector.locator("ha-picker-field").click()
    await selector.get_by_role("menuitem", name=option, exact=True).click()


async def done(dialog, text):
    """See what a menu says was done, and close it."""
    await expect(dialog.locator("ha-markdown").get_by_text(text)).to_be_visible()
    await close(dialog)


async def close(dialog):
    """Close a dialog that has not come to its end."""
    await dialog.get_by_role("button", name="Close").first.click()
    await expect(dialog).to_be_hidden()


async def ended(dialog, text):
    """See how a dialog has ended, and close it."""
    await expect(dialog.get_by_text(text)).to_be_visible()
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(dialog).to_be_hidden()
