"""The timers of a device, as a person makes, changes and deletes them in a browser."""

from playwright.async_api import expect
import pytest

from tests.browser.steps import choose, close, configure, submit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STRIP, NAME = "1000000002", "Living room strip"


async def fill_in_numbers(dialog, field, *numbers):
    """Type the parts of a time, or of a duration."""
    parts = dialog.locator("ha-base-time-input").filter(has_text=field).locator("input")
    for part, number in enumerate(numbers):
        await parts.nth(part).fill(str(number))
    # What was typed is taken when the field is left.
    await dialog.page.keyboard.press("Tab")


async def test_timers_are_made_changed_and_deleted(page, home, picture):
    await home.connect()
    dialog = await configure(page, home, "Timers")
    await choose(dialog, "Device", NAME)
    await submit(dialog)
    await expect(dialog.get_by_text("None yet")).to_be_visible()

    # One that repeats, of one channel, on some days.
    await dialog.get_by_text("Add a timer", exact=True).click()
    await dialog.get_by_text("Repeat", exact=True).last.click()
    await submit(dialog)
    await dialog.get_by_text("Turn off", exact=True).click()
    await choose(dialog, "Channel", "2: TV")
    await fill_in_numbers(dialog, "Time", 22, 45, 0)
    await submit(dialog)
    menu = dialog.locator("ha-markdown")
    await expect(menu.get_by_text("The timer was added")).to_be_visible()
    await expect(menu.locator("li")).to_have_count(1)
    await expect(menu.locator("li")).to_contain_text("22:45")

    # One that counts down.
    await dialog.get_by_text("Add a timer", exact=True).click()
    await dialog.get_by_text("Countdown", exact=True).last.click()
    await submit(dialog)
    await fill_in_numbers(dialog, "After", 0, 1, 30)
    await submit(dialog)
    await expect(menu.locator("li")).to_have_count(2)
    await picture("timers")

    # Only the time of the first is changed.
    await dialog.get_by_text("Change a timer", exact=True).click()
    await choose(dialog, "Timer", "Repeat, 22:45 (every day): Turn off (TV)")
    await submit(dialog)
    await expect(dialog.get_by_role("radio", name="Turn off")).to_be_checked()
    await fill_in_numbers(dialog, "Time", 23, 15, 0)
    await submit(dialog)
    await expect(menu.get_by_text("The timer was changed")).to_be_visible()
    await expect(menu.get_by_text("Repeat, 23:15 (every day): Turn off (TV)")).to_be_visible()
    await expect(menu.locator("li")).to_have_count(2)

    # The other one goes, and is chosen by the person.
    await dialog.get_by_text("Delete a timer", exact=True).click()
    await submit(dialog)
    await expect(dialog.get_by_text("Nothing is selected")).to_be_visible()
    await dialog.locator("ha-selector-select ha-picker-field").click()
    await dialog.get_by_role("menuitem").filter(has_text="Countdown").click()
    await submit(dialog)
    await expect(menu.get_by_text("The timer was deleted")).to_be_visible()
    await expect(menu.locator("li")).to_have_count(1)
    await close(dialog)
    (kept,) = (await home.cloud.params(STRIP))["timers"]
    assert kept["do"] == {"switch": "off", "outlet": 1}
    assert await home.cloud.get("violations") == []
