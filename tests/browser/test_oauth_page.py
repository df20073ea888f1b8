"""Signing in as most people do: a free application, the page of eWeLink, and back to Home Assistant."""

from playwright.async_api import expect
import pytest

from demo.check import SWITCH
from demo.program import until
from simulator.cloud import EMAIL, FREE_APP_ID, FREE_APP_SECRET, PASSWORD
from tests.browser.steps import (
    add_integration,
    device_has,
    finish,
    first_toggle,
    open_device,
    shows,
    submit,
)

pytestmark = pytest.mark.browser


async def test_a_person_signs_in_on_the_page(page, home, picture):
    dialog = await add_integration(page, home, "Sign in with eWeLink (recommended)")
    await dialog.get_by_text("Server", exact=True).first.click()
    await dialog.locator("input[name=address]").fill(home.cloud.url)
    await submit(dialog)

    # No application is stored yet: the dialog explains how to make one, and goes on.
    await expect(dialog.get_by_text(f"{home.hass.url}/auth/external/callback")).to_be_visible()
    await picture("application")
    await dialog.locator("input[name=app_id]").fill(FREE_APP_ID)
    await dialog.locator("input[name=app_secret]").fill(FREE_APP_SECRET)
    async with page.expect_popup() as opened:
        await submit(dialog)
    ewelink = await opened.value

    # First a wrong password, then the right one.
    await ewelink.get_by_label("Country or region").select_option("DE")
    await ewelink.get_by_label("Email or phone number").fill(EMAIL)
    await ewelink.get_by_label("Password").fill("not-the-password")
    await ewelink.get_by_role("button", name="Sign in and allow").click()
    await expect(ewelink.get_by_role("alert")).to_have_text("The password is wrong.")
    assert await home.entry() is None
    await expect(ewelink.get_by_label("Email or phone number")).to_have_value(EMAIL)
    await ewelink.get_by_label("Password").fill(PASSWORD)
    await ewelink.get_by_role("button", name="Sign in and allow").click()

    await until(home.loaded, "The integration is loaded")
    await until(home.connected, "The session is open")
    await finish(dialog)
    await open_device(page, home, "Hall lamp")
    await first_toggle(page).click()
    await until(device_has(home, SWITCH, switch="on"), "The device is on")
    await until(shows(home, SWITCH, "relay", "on"), "Home Assistant shows it")
    assert await home.cloud.get("violations") == []
