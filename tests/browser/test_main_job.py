"""The main job as a person does it: sign in, open a device, switch it, and set a light."""

from playwright.async_api import expect
import pytest

from demo.check import LIGHT, SWITCH
from demo.program import until
from simulator.cloud import EMAIL, PASSWORD
from tests.browser.steps import (
    add_integration,
    device_has,
    fill_in_cloud,
    finish,
    first_toggle,
    open_device,
    shows,
    submit,
)

pytestmark = pytest.mark.browser

UPPER_PART = {"x": 40, "y": 60}


async def test_a_person_signs_in_and_uses_a_switch_and_a_light(page, home, picture):
    # First a wrong password, then the right one.
    dialog = await add_integration(page, home, "Sign in with a password")
    await dialog.locator("input[name=account]").fill(EMAIL)
    await dialog.locator("input[name=password]").fill("not-the-password")
    await picture("sign-in")
    await fill_in_cloud(dialog, home)
    await submit(dialog)
    await expect(dialog.get_by_text("The password is wrong")).to_be_visible()
    assert await home.entry() is None

    await dialog.locator("input[name=password]").fill(PASSWORD)
    await submit(dialog)
    await until(home.loaded, "The integration is loaded")
    await until(home.connected, "The session is open")
    await finish(dialog)

    # A device that measures.
    await open_device(page, home, "Boiler")
    await expect(page.locator("ha-device-entities-card").get_by_text("Energy today")).to_be_visible()
    await picture("device")

    # A switch, by its device page.
    await open_device(page, home, "Hall lamp")
    await first_toggle(page).click()
    await until(device_has(home, SWITCH, switch="on"), "The device is on")
    await until(shows(home, SWITCH, "relay", "on"), "Home Assistant shows it")

    # A light: brightness, then colour temperature.
    before = (await home.cloud.params(LIGHT))["white"]
    await open_device(page, home, "Bedroom bulb")
    await page.locator("ha-device-entities-card").get_by_text("Bedroom bulb").first.click()
    await page.locator("ha-state-control-light-brightness ha-control-slider").click(position=UPPER_PART)
    await until(light_differs(home, "br", before), "The device has another brightness")
    await page.locator("ha-more-info-dialog").get_by_role("button", name="Temperature", exact=True).click()
    await page.locator("light-color-temp-picker ha-control-slider").click(position=UPPER_PART)
    await until(light_differs(home, "ct", before), "The device has another colour temperature")
    white = (await home.cloud.params(LIGHT))["white"]
    assert white["br"] > before["br"]
    await picture("light")

    assert await home.cloud.get("violations") == []


def light_differs(home, key, before):
    async def differs():
        return (await home.cloud.params(LIGHT))["white"][key] != before[key]

    return differs
