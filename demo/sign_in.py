"""How a person signs in: which way in the menu, what goes into the forms, and the cloud's own page."""

from collections.abc import Iterable, Mapping
from html import unescape
import re
from typing import Any, Literal

import aiohttp

from simulator.cloud import APP_ID, APP_SECRET, EMAIL, FREE_APP_ID, FREE_APP_SECRET, PASSWORD

from .program import DemoError

# By OAuth with a personal App ID, or with the password and an App ID that serves the first generation.
type Generation = Literal["v1", "v2"]

COUNTRY = "DE"
# The way by password, as the menu may call it; the way by OAuth comes first.
_BY_PASSWORD = ("sign_in", "reconfigure_password", "reauth_sign_in")
_ALERT = re.compile(r'role="alert">([^<]*)')


def app_id(generation: Generation) -> str:
    """Return the App ID that signs in."""
    return APP_ID if generation == "v1" else FREE_APP_ID


def choose(options: Iterable[str], generation: Generation) -> str:
    """Return which way of a menu leads to the account."""
    ways = list(options)
    if generation == "v2":
        return ways[0]
    return next((way for way in _BY_PASSWORD if way in ways), ways[0])


def fill_in(schema: list[dict[str, Any]], server: str, generation: Generation = "v1") -> dict[str, Any]:
    """Answer the fields of a sign-in form; what the demo has no answer for keeps its default."""
    answers = {
        "country": COUNTRY,
        "account": EMAIL,
        "password": PASSWORD,
        "app_id": app_id(generation),
        "app_secret": APP_SECRET if generation == "v1" else FREE_APP_SECRET,
        "address": server,
    }
    filled: dict[str, Any] = {}
    for field in schema:
        if field.get("type") == "expandable":
            filled[field["name"]] = fill_in(field["schema"], server, generation)
        elif field["name"] in answers:
            filled[field["name"]] = answers[field["name"]]
    return filled


async def allow(session: aiohttp.ClientSession, url: str, *, password: str = PASSWORD) -> None:
    """Sign in on the cloud's page and be led back; DemoError with its words if it says no."""
    async with session.get(url) as response:
        _read(await response.text())
    answers: Mapping[str, str] = {"country": COUNTRY, "account": EMAIL, "password": password}
    async with session.post(url, data=answers) as response:
        back = str(response.url)
        text = await response.text()
        if not response.ok:
            raise DemoError(f"The way back from the sign-in page: {response.status} {text}")
    if back.startswith(url.partition("?")[0]):
        _read(text)
        raise DemoError("The sign-in page leads nowhere")


def _read(page: str) -> None:
    """Raise what the page finds wrong."""
    if (said := _ALERT.search(page)) is not None:
        raise DemoError(f"The sign-in page says: {unescape(said[1])}")
