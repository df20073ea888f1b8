"""A browser that goes through the sign-in page of eWeLink, over real HTTP, and back to Home Assistant."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from homeassistant.const import CONF_ADDRESS, CONF_COUNTRY
from homeassistant.core import HomeAssistant

from custom_components.ewelink.const import CONF_APP_ID, CONF_APP_SECRET, DOMAIN
from custom_components.ewelink.flows.account_input import SECTION_SERVER
from simulator import Simulator

CALL_BACK = "/auth/external/callback"


class Browser:
    """A browser in which the user of Home Assistant has signed in."""

    def __init__(
        self, hass: HomeAssistant, client: Any, cloud: Simulator, http: aiohttp.ClientSession
    ) -> None:
        self.hass = hass
        self.client = client
        self.cloud = cloud
        self.http = http
        self.base = str(client.make_url("")).rstrip("/")
        self.app = cloud.free_app
        self.app.redirect_url = self.base + CALL_BACK

    async def post(self, path: str, **data: Any) -> dict[str, Any]:
        """Send what a form of the front end sends, and return the next step."""
        response = await self.client.post(
            f"/api/config/config_entries/flow{path}", json=data, headers={"HA-Frontend-Base": self.base}
        )
        assert response.status == 200, await response.text()
        return await response.json()

    async def start(self, **context: Any) -> dict[str, Any]:
        """Open the dialog, or one that Home Assistant has opened for an entry."""
        return await self.post("", handler=DOMAIN, **context)

    async def submit(self, step: dict[str, Any], **data: Any) -> dict[str, Any]:
        """Answer a step."""
        return await self.post(f"/{step['flow_id']}", **data)

    async def choose(self, step: dict[str, Any], way: str) -> dict[str, Any]:
        """Choose from a menu."""
        assert step["type"] == "menu", step
        assert way in step["menu_options"]
        return await self.submit(step, next_step_id=way)

    def country(self, country: str = "DE", server: str | None = None, **more: Any) -> dict[str, Any]:
        """Return the answer to the step before the page."""
        return {CONF_COUNTRY: country, SECTION_SERVER: {CONF_ADDRESS: server or self.cloud.url}, **more}

    def application(self, **changes: Any) -> dict[str, Any]:
        """Return the answer to the step that asks for an application."""
        return {CONF_APP_ID: self.app.app_id, CONF_APP_SECRET: self.app.secret} | changes

    async def to_page(self) -> dict[str, Any]:
        """Go the way from the first menu to the page."""
        step = await self.choose(await self.start(), "oauth")
        step = await self.submit(step, **self.country())
        if step["step_id"] == "application":
            step = await self.submit(step, **self.application())
        return step

    async def sign_in(self, url: str, account: Any = None, **changes: str) -> str:
        """Sign in on the page, and return where it leads; an empty text if it stays."""
        account = account or self.cloud.account
        form = {"country": "DE", "account": account.address, "password": account.password} | changes
        async with self.http.post(url, data=form, allow_redirects=False) as response:
            return response.headers.get("Location", "")

    async def come_back(self, step: dict[str, Any], address: str) -> dict[str, Any]:
        """Follow the page back to Home Assistant, whose front end then asks for the next step."""
        assert address.startswith(self.base)
        async with self.http.get(address) as response:
            assert response.status == 200, await response.text()
        return await self.post(f"/{step['flow_id']}")

    async def through_page(self, step: dict[str, Any], account: Any = None) -> dict[str, Any]:
        """Sign in on the page that a step leads to, and come back."""
        assert step["type"] == "external", step
        result = await self.come_back(step, await self.sign_in(step["url"], account))
        await self.hass.async_block_till_done()
        return result


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
