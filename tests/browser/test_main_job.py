"""The main job as a person does it: sign in, open a device, switch it, and set a light."""

import re

from playwright.async_api import expect
import pytest

from demo.check import LIGHT, SWITCH
from demo.home import DOMAIN
from demo.program import until
from simulator.cloud import APP_ID, APP_SECRET, EMAIL, PASSWORD

pytestmark = pytest.mark.browser

FINISH = re.compile("finish", re.IGNORECASE)
UPPER_PART = {"x": 40, "y": 60}


async def test_a_person_signs_in_and_uses_a_switch_and_a_light(page, home, picture):
    dialog = page.locator("dialog-data-entry-flow")

    # The real way to the dialog, then first a wrong password, then the right one.
    await page.goto(f"{home.hass.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("eWeLink")
    await page.locator("dialog-add-integration").get_by_text("eWeLink", exact=True).first.click()
    await dialog.get_by_text("Sign in", exact=True).click()
    await dialog.locator("input[name=account]").fill(EMAIL)
    await dialog.locator("input[name=password]").fill("not-the-password")
    await picture("sign-in")
    await dialog.locator("input[name=app_id]").fill(APP_ID)
    await dialog.locator("input[name=app_secret]").fill(APP_SECRET)
    await dialog.get_by_text("Server", exact=True).first.click()
    await dialog.locator("ha-selector-select ha-picker-field").click()
    await dialog.locator("ha-selector-select input").fill(home.cloud.url)
    await dialog.locator("ha-selector-select").get_by_text("Add custom item").click()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_text("The password is wrong")).to_be_visible()
    assert await home.entry() is None

    await dialog.locator("input[name=password]").fill(PASSWORD)
    await dialog.get_by_role("button", name="Submit").click()
    await until(home.loaded, "The integration is loaded")
    await until(home.connected, "The session is open")
    await dialog.get_by_role("button", name=FINISH).click()
    await expect(dialog).to_be_hidden()

    # A device that measures.
    await open_device(page, home, "Boiler")
    await expect(page.locator("ha-device-entities-card").get_by_text("Energy today")).to_be_visible()
    await picture("device")

    # A switch, by its device page.
    await open_device(page, home, "Hall lamp")
    toggle = (
        page.locator("ha-device-entities-card").filter(has_text="Controls").locator("ha-entity-toggle").first
    )
    await toggle.click()
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


async def open_device(page, home, name):
    await page.goto(f"{home.hass.url}/config/integrations/integration/{DOMAIN}")
    await page.get_by_text(name, exact=True).first.click()
    await page.locator("ha-config-device-page").get_by_text("Device info").wait_for()


def device_has(home, device_id, **params):
    async def has():
        return (await home.cloud.params(device_id)).items() >= params.items()

    return has


def shows(home, device_id, key, state):
    async def shown():
        entity_id = (await home.hass.entities(DOMAIN))[f"{device_id}_{key}"]
        return (await home.hass.state(entity_id))["state"] == state

    return shown


def light_differs(home, key, before):
    async def differs():
        return (await home.cloud.params(LIGHT))["white"][key] != before[key]

    return differs
