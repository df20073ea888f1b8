"""Dialogs as a browser shows them: late ones, names that are no markup, and nothing chosen beforehand."""

import asyncio

from playwright.async_api import expect
import pytest

from demo.program import until
from simulator.home import NEIGHBOUR
from tests.browser.steps import choose, close, configure, done, ended, submit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LAMP, NAME = "1000000001", "Hall lamp"
SHARED = "Garage light"
# Seconds: long after the answer, and after the first time that its coming was told.
LATE = 6
FLOWS = "**/api/config/config_entries/options/flow/*"


@pytest.fixture
async def home(home):
    """The home of an account that is signed in."""
    await home.connect()
    return home


async def answers(home, mode):
    """Let a phone of the neighbour answer all requests like this."""
    state = await home.cloud.get("state")
    apikey = next(one["apikey"] for one in state["accounts"] if one["email"] == NEIGHBOUR)
    await home.cloud.post(f"accounts/{apikey}/on_share", mode=mode)


async def offer(dialog, address):
    await dialog.locator("input[name=address]").fill(address)
    await submit(dialog)


async def test_an_answer_that_comes_at_once_is_shown(page, home):
    await answers(home, "accept")
    dialog = await configure(page, home, "Sharing", "Share a device")
    await choose(dialog, "Device", NAME)
    await offer(dialog, "nobody@example.com")
    await expect(dialog.get_by_text("There is no such account in this region")).to_be_visible()
    await expect(dialog.locator("input[name=address]")).to_have_value("nobody@example.com")
    # The same dialog goes on.
    await offer(dialog, NEIGHBOUR)
    await done(dialog, f"{NAME} is now shared with {NEIGHBOUR}")
    assert await home.cloud.get("violations") == []


async def test_an_answer_that_comes_before_the_browser_is_ready_is_shown(page, home):
    """The step that waits reaches the browser when all is over: nobody has listened to the end."""
    await answers(home, "accept")

    async def late(route):
        if route.request.method != "POST":
            await route.continue_()
            return
        response = await route.fetch()
        if '"progress"' in await response.text():
            await asyncio.sleep(LATE)
        await route.fulfill(response=response)

    await page.route(FLOWS, late)
    for address, shown in (
        ("nobody@example.com", "There is no such account in this region"),
        (NEIGHBOUR, f"{NAME} is now shared with {NEIGHBOUR}"),
    ):
        await home.cloud.post("faults", name="late_answer", interface="share", delay=1.5)
        dialog = await configure(page, home, "Sharing", "Share a device")
        await choose(dialog, "Device", NAME)
        await offer(dialog, address)
        asked = dialog.get_by_text(f"Waiting for {address} to accept {NAME}")
        await expect(asked).to_be_visible(timeout=LATE * 2000)
        await expect(dialog.get_by_text(shown)).to_be_visible(timeout=20_000)
        await close(dialog)
    await page.unroute_all(behavior="wait")


async def test_what_is_to_go_is_chosen_by_the_person(page, home):
    dialog = await configure(page, home, "Remove a device from eWeLink")
    await submit(dialog)
    await expect(dialog.get_by_text("Nothing is selected")).to_be_visible()
    await choose(dialog, "Device", NAME)
    await submit(dialog)
    await expect(dialog.get_by_text(f"Remove {NAME}?")).to_be_visible()
    await submit(dialog, "Remove")
    await done(dialog, f"{NAME} was removed from the account")


# Whoever names a device, a group or an account can only be called like that.
NAMES = {
    "1000000015": "[Sign in](https://evil.example)",
    "1000000002": "`code` *a* _b_ ~~c~~ <b>d</b> &lt;e&gt;",
    "1000000005": "https://evil.example www.evil.example a@evil.example",
    "1000000003": "a | b\n- **Forged**: row\n# Heading",
    "1000000001": "![x](https://evil.example/x.png) <img src=x>",
}
# What Markdown would have made of them; rows of lists are our own.
MADE = ", ".join(f"ha-markdown {tag}" for tag in ("a", "img", "em", "code", "del", "b", "h1", "table"))


async def test_names_of_others_are_shown_as_they_are(page, home):
    for device_id, name in NAMES.items():
        await home.cloud.post(f"devices/{device_id}/rename", name=name)
    await home.hass.call(
        "POST", f"/api/config/config_entries/entry/{(await home.entry())['entry_id']}/reload"
    )
    await until(home.loaded, "The integration is loaded")
    seen = {device_id: " ".join(name.split()) for device_id, name in NAMES.items()}

    dialog = await configure(page, home, "Remove a device from eWeLink")
    text = dialog.locator("ha-markdown").filter(has_text="Shared with this account").first
    await expect(text).to_contain_text(seen["1000000015"])
    await expect(dialog.locator(MADE)).to_have_count(0)
    for device_id in ("1000000002", "1000000005", "1000000001"):
        await choose(dialog, "Device", seen[device_id])
        await submit(dialog)
        await expect(dialog.get_by_text(f"Remove {seen[device_id]}?")).to_be_visible()
        await expect(dialog.locator("ha-markdown").first).to_contain_text(seen[device_id])
        await expect(dialog.locator(MADE)).to_have_count(0)
        await close(dialog)
        dialog = await configure(page, home, "Remove a device from eWeLink")
    await close(dialog)

    dialog = await configure(page, home, "Groups")
    rows = dialog.locator("ha-markdown li")
    await expect(rows).to_have_count(4)
    await expect(rows.first).to_contain_text(seen["1000000002"])
    await expect(dialog.locator(MADE)).to_have_count(0)
    await close(dialog)

    dialog = await configure(page, home, "Sharing", "Share a device")
    await answers(home, "ignore")
    await choose(dialog, "Device", seen["1000000001"])
    await offer(dialog, NEIGHBOUR)
    asked = dialog.get_by_text(f"Waiting for {NEIGHBOUR} to accept {seen['1000000001']}")
    await expect(asked).to_be_visible()
    await expect(dialog.locator(MADE)).to_have_count(0)


async def test_an_account_that_is_removed_is_said_to_be(page, home):
    entry = await home.entry()
    dialog = await configure(page, home, "Groups", "Add a group")
    await home.hass.call("DELETE", f"/api/config/config_entries/entry/{entry['entry_id']}")
    await dialog.locator("input[name=name]").fill("Attic")
    await submit(dialog)
    await ended(dialog, "The account was removed from Home Assistant")


async def test_a_shared_device_is_left(page, home, picture):
    dialog = await configure(page, home, "Sharing", "Leave a shared device")
    await choose(dialog, "Device", SHARED)
    await submit(dialog)
    await expect(dialog.get_by_text(f"Leave {SHARED}?")).to_be_visible()
    await picture("leave")
    await submit(dialog, "Leave")
    await done(dialog, f"You no longer have access to {SHARED}.")
    assert await home.cloud.get("violations") == []
