"""A device goes from one household to another and back: two accounts, two Home Assistants."""

from playwright.async_api import expect
import pytest

from demo.home import DOMAIN
from demo.program import until
from simulator.cloud import EMAIL
from tests.browser.steps import (
    add_integration,
    choose,
    configure,
    device_has,
    done,
    ended,
    fill_in_cloud,
    finish,
    first_toggle,
    open_device,
    shows,
    submit,
)

# Two Home Assistants start, and the share of a device takes a minute to leave.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NEWCOMER, NEW_PASSWORD = "newcomer@example.com", "newcomer-password"
RECEIVER = f"Demo ({EMAIL})"
DEVICE, NAME = "1000000101", "Desk lamp"
TIMERS = ("Add timers", "Edit timers", "Delete timers", "Enable and disable timers")
# A device is gone with the second list that lacks it, a minute after the first.
LEAVING = 120


async def test_a_device_is_shared_with_another_household_and_taken_back(
    page, home, guest_page, guest, picture
):
    await guest.connect()

    # An account, by the code that is sent to its address.
    dialog = await add_integration(page, home, "Create an account")
    await dialog.locator("input[name=account]").fill(NEWCOMER)
    await dialog.locator("input[name=new_password]").fill(NEW_PASSWORD)
    await dialog.locator("input[name=repeated_password]").fill(NEW_PASSWORD)
    await fill_in_cloud(dialog, home)
    await submit(dialog)
    await dialog.get_by_text("Enter the verification code").wait_for()
    await dialog.locator("input[name=code]").fill(await code_for(home, NEWCOMER))
    await submit(dialog)
    await until(home.loaded, "The integration is loaded")
    await finish(dialog)
    await until(connected(home, NEWCOMER), "The session of the new account is open")

    # A device of its own.
    dialog = await configure(page, home)
    await dialog.get_by_text(f"Manage the eWeLink account {NEWCOMER}").wait_for()
    await picture("menu")
    await dialog.get_by_text("Add a device by ID and key", exact=True).click()
    await dialog.get_by_text("Wi-Fi device", exact=True).click()
    await dialog.locator("input[name=device_id]").fill(DEVICE)
    await dialog.locator("input[name=device_key]").fill(await key_of(home, DEVICE))
    await dialog.locator("input[name=name]").fill(NAME)
    await submit(dialog)
    await done(dialog, f"{NAME} was added")
    await open_device(page, home, NAME)
    await expect(first_toggle(page)).to_be_visible()
    await until(shows(home, DEVICE, "relay", "off"), "Its entity is there")

    # It is offered; the dialog waits for the answer.
    dialog = await configure(page, home, "Sharing", "Share a device")
    await choose(dialog, "Device", NAME)
    await dialog.locator("input[name=address]").fill(EMAIL)
    for permission in TIMERS:
        await dialog.locator("ha-checkbox").filter(has_text=permission).click()
    await picture("sharing")
    await dialog.locator("input[name=note]").fill("Enjoy it")
    await submit(dialog)
    await expect(dialog.get_by_text(f"Waiting for {EMAIL} to accept {NAME}")).to_be_visible()

    # The notification leads the other household to the repair.
    await guest_page.get_by_role("button", name="Notifications").click()
    drawer = guest_page.locator("notification-drawer")
    await drawer.get_by_role("link", name="Repairs").click()
    await guest_page.locator("ha-config-repairs").get_by_text(f"wants to share {NAME}").click()
    repair = guest_page.locator("dialog-data-entry-flow")
    await expect(repair.get_by_text(", ".join(TIMERS))).to_be_visible()
    await expect(repair.get_by_text("Enjoy it")).to_be_visible()
    await repair.get_by_text("Accept", exact=True).click()
    await ended(repair, "You have accepted")
    await expect(guest_page.get_by_text(f"wants to share {NAME}")).to_be_hidden()
    await done(dialog, f"{NAME} is now shared with {EMAIL}")
    assert (await device(home))["shared_to"] == [await home.cloud.apikey()]

    # The other household switches it; both show it.
    await until(shows(guest, DEVICE, "relay", "off"), "The device is there, too")
    await open_device(guest_page, guest, NAME)
    await first_toggle(guest_page).click()
    await until(device_has(home, DEVICE, switch="on"), "The device is on")
    await until(shows(guest, DEVICE, "relay", "on"), "The other household sees it")
    await until(shows(home, DEVICE, "relay", "on"), "The owner sees it")

    # The owner takes it back; the other household finds out when it uses it, and loses it.
    dialog = await configure(page, home, "Sharing", "Stop sharing a device")
    await choose(dialog, "Share", f"{NAME}: {RECEIVER}")
    await submit(dialog)
    await submit(dialog, "Stop sharing")
    await done(dialog, f"{NAME} is no longer shared with {RECEIVER}")
    assert (await device(home))["shared_to"] == []
    await first_toggle(guest_page).click()
    refusal = guest_page.locator("notification-manager .message").filter(has_text=NAME)
    await expect(refusal).to_be_visible()
    await until(lacks(guest, DEVICE), "The device has left", seconds=LEAVING)
    assert (await home.cloud.params(DEVICE))["switch"] == "on"
    await until(shows(home, DEVICE, "relay", "on"), "The owner keeps it")

    assert await home.cloud.get("violations") == []


async def code_for(home, address):
    codes = await home.cloud.get("verification_codes")
    return next(code["code"] for code in codes if code["address"] == address)


async def key_of(home, device_id):
    stock = await home.cloud.get("stock")
    return next(item["devicekey"] for item in stock if item["deviceid"] == device_id)


async def device(home):
    return await home.cloud.get(f"devices/{DEVICE}")


def connected(home, email):
    async def is_connected():
        state = await home.cloud.get("state")
        apikeys = {account["apikey"] for account in state["accounts"] if account["email"] == email}
        return apikeys & {connection["apikey"] for connection in state["connections"]}

    return is_connected


def lacks(home, device_id):
    async def is_gone():
        return not any(unique_id.startswith(device_id) for unique_id in await home.hass.entities(DOMAIN))

    return is_gone
