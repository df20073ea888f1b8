"""A person with a free application signs in on the page of eWeLink, and comes back to their devices."""

from playwright.async_api import expect
import pytest

from demo.check import SWITCH
from demo.program import until
from simulator.cloud import EMAIL, FREE_APP_ID, FREE_APP_SECRET, PASSWORD
from tests.browser.steps import add_integration, device_has, finish, first_toggle, open_device, shows, submit

pytestmark = pytest.mark.browser


async def test_a_person_signs_in_on_the_page_of_ewelink(page, home, picture):
    dialog = await add_integration(page, home, "Sign in with eWeLink (recommended)")
    await dialog.get_by_text("Server", exact=True).first.click()
    await dialog.locator("input[name=address]").fill(home.cloud.url)
    await submit(dialog)

    # There is no application yet: the dialog says how to make one, and with which redirect URL.
    await expect(dialog.get_by_text("Make a free application")).to_be_visible()
    await expect(dialog.get_by_text(f"{home.hass.url}/auth/external/callback")).to_be_visible()
    await picture("application")
    await dialog.locator("input[name=app_id]").fill(FREE_APP_ID)
    await dialog.locator("input[name=app_secret]").fill(FREE_APP_SECRET)

    # The page of eWeLink opens beside: first a wrong password, then the right one.
    async with page.context.expect_page() as opened:
        await submit(dialog)
    cloud = await opened.value
    await cloud.locator("select[name=country]").select_option(label="Germany (+49)")
    await cloud.locator("input[name=account]").fill(EMAIL)
    await cloud.locator("input[name=password]").fill("not-the-password")
    await cloud.get_by_role("button", name="Sign in and allow").click()
    await expect(cloud.get_by_role("alert")).to_be_visible()
    assert await home.entry() is None
    await cloud.locator("input[name=password]").fill(PASSWORD)
    await cloud.get_by_role("button", name="Sign in and allow").click()

    await until(home.loaded, "The integration is loaded")
    await until(home.connected, "The session is open")
    await page.bring_to_front()
    await finish(dialog)
    await open_device(page, home, "Hall lamp")
    await first_toggle(page).click()
    await until(device_has(home, SWITCH, switch="on"), "The device is on")
    await until(shows(home, SWITCH, "relay", "on"), "Home Assistant shows it")
    assert await home.cloud.get("violations") == []
