"""A running Home Assistant, spoken to over HTTP and WebSocket as its own front end does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

import aiohttp

from .program import DemoError, until

USER = "demo"
PASSWORD = "demo"  # noqa: S105 the demo's only user, on loopback


@dataclass(slots=True, kw_only=True)
class HomeAssistant:
    """One user's session with Home Assistant."""

    url: str
    session: aiohttp.ClientSession = field(repr=False)
    _token: str = field(default="", repr=False)

    async def call(
        self, method: str, path: str, *, json: object = None, form: Mapping[str, str] | None = None
    ) -> Any:
        """Make one call and return the decoded answer; DemoError for any status but 2xx."""
        # As the front end says it: where a sign-in page is to lead back to.
        headers = {"HA-Frontend-Base": self.url}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        url = f"{self.url}{path}"
        async with self.session.request(method, url, json=json, data=form, headers=headers) as response:
            if not response.ok:
                raise DemoError(f"{method} {path}: {response.status} {await response.text()}")
            return await response.json()

    async def command(self, kind: str, **arguments: object) -> Any:
        """Send one WebSocket command and return its result."""
        async with self.session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": kind, **arguments})
            answer = await socket.receive_json()
        if not answer["success"]:
            raise DemoError(f"{kind}: {answer['error']}")
        return answer["result"]

    async def ready(self, *, seconds: float = 180) -> None:
        """Wait until it answers; the very first start takes longest."""
        await until(self._answers, "Home Assistant answers", seconds=seconds)

    async def _answers(self) -> bool:
        try:
            async with self.session.get(f"{self.url}/manifest.json") as response:
                return response.status == HTTPStatus.OK
        except aiohttp.ClientError:
            return False

    async def sign_in(self) -> Self:
        """Sign in as the demo's user, who is created in a Home Assistant that has none."""
        client = {"client_id": f"{self.url}/"}
        async with self.session.get(f"{self.url}/api/onboarding") as response:
            onboarding = await response.json() if response.ok else []
        if any(step["step"] == "user" and not step["done"] for step in onboarding):
            person = {"name": "Demo", "username": USER, "password": PASSWORD, "language": "en"}
            code = (await self.call("POST", "/api/onboarding/users", json=client | person))["auth_code"]
        else:
            start = {"handler": ["homeassistant", None], "redirect_uri": f"{self.url}/"}
            flow = await self.call("POST", "/auth/login_flow", json=client | start)
            answer = client | {"username": USER, "password": PASSWORD}
            code = (await self.call("POST", f"/auth/login_flow/{flow['flow_id']}", json=answer))["result"]
        grant = client | {"grant_type": "authorization_code", "code": code}
        self._token = (await self.call("POST", "/auth/token", form=grant))["access_token"]
        return self

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return the state object of an entity."""
        state: dict[str, Any] = await self.call("GET", f"/api/states/{entity_id}")
        return state

    async def action(self, domain: str, name: str, **data: object) -> None:
        """Perform an action, as an automation would."""
        await self.call("POST", f"/api/services/{domain}/{name}", json=data)

    async def entities(self, domain: str) -> dict[str, str]:
        """Map the unique ids of an integration's enabled entities to their entity ids."""
        entries = await self.command("config/entity_registry/list")
        return {
            entry["unique_id"]: entry["entity_id"]
            for entry in entries
            if entry["platform"] == domain and entry["disabled_by"] is None
        }
