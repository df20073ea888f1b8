"""Proves the main job on a running demo, one line for each part of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import re
from time import monotonic
from typing import Any

import aiohttp

from .home import DOMAIN, Home
from .program import DemoError, until
from .progress import say

# A signed-out session tries its refresh token after a minute; then it asks the user.
REAUTH_SECONDS = 120

_ABOUT_US = re.compile(
    rf" (?:WARNING|ERROR|CRITICAL) .*{DOMAIN}|custom_components/{DOMAIN}|custom integration '{DOMAIN}'"
)
# Said of every custom integration.
_ALWAYS = re.compile(rf"We found a custom integration {DOMAIN} ")

SWITCH = "1000000001"
METER = "1000000003"
LIGHT = "1000000004"
WITHHELD = "1000000019"


async def check(home: Home) -> bool:
    """Run every part, in order; say what came of each and tell if all went well."""
    proof = _Proof(home=home)
    parts: list[tuple[str, Callable[[], Awaitable[str]]]] = [
        ("the integration signs in through its own config flow", proof.sign_in),
        ("a switch turned on in Home Assistant arrives at the device", proof.command),
        ("a push from the device arrives as a state", proof.push),
        ("a light changes colour temperature", proof.light),
        ("a power sensor moves", proof.power),
        ("a lost connection recovers by itself", proof.reconnect),
        ("a sign-out by another client leads to reauth, which signs in again", proof.reauth),
        ("nothing the cloud would object to was sent", proof.violations),
        ("nothing in the log complains of the integration", proof.log),
    ]
    if home.generation == "v2":
        # While nothing has been lost yet.
        parts.insert(1, ("every home is read, and nothing that the App ID may not have", proof.homes))
    passed = True
    for text, part in parts:
        start = monotonic()
        try:
            detail = await part()
        except (DemoError, aiohttp.ClientError) as err:
            passed = False
            say(f"✗ {text}: {err}")
            if part == proof.sign_in:
                return False
        else:
            say(f"✓ {text} ({detail}, {monotonic() - start:.1f} s)")
    return passed


@dataclass(slots=True, kw_only=True)
class _Proof:
    """The parts of the main job; each returns what it saw or raises."""

    home: Home
    entities: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> str:
        """Onboard, sign in, and find the entities that the rest uses."""
        await self.home.hass.sign_in()
        await self.home.connect()
        self.entities = await self.home.hass.entities(DOMAIN)
        return f"{len(self.entities)} entities"

    def entity(self, device_id: str, key: str) -> str:
        """Return the entity of a device's capability."""
        try:
            return self.entities[f"{device_id}_{key}"]
        except KeyError:
            raise DemoError(f"Device {device_id} has no entity for {key}") from None

    async def homes(self) -> str:
        """Look for the devices of every home; one is of a brand that is not released for personal App IDs."""
        homes = await self.home.cloud.get("homes")
        known = {unique_id.partition("_")[0] for unique_id in self.entities}
        for home in homes:
            if home["owner"] == await self.home.cloud.apikey() and not known & home["devices"].keys():
                raise DemoError(f"Nothing of the home {home['name']} is there")
        if WITHHELD in known:
            raise DemoError(f"{WITHHELD} is there, which the App ID may not have")
        return ", ".join(home["name"] for home in homes if known & home["devices"].keys())

    async def command(self) -> str:
        """Turn a switch on through the REST API."""
        entity_id = self.entity(SWITCH, "relay")
        await self.home.hass.action("switch", "turn_on", entity_id=entity_id)
        await self.device_has(SWITCH, switch="on")
        await self.shows(entity_id, "on")
        return entity_id

    async def push(self) -> str:
        """Press the wall switch."""
        await self.home.cloud.post(f"devices/{SWITCH}/press", outlet=0)
        await self.device_has(SWITCH, switch="off")
        entity_id = self.entity(SWITCH, "relay")
        await self.shows(entity_id, "off")
        return entity_id

    async def light(self) -> str:
        """Make a light warmer or colder than it is, through the REST API."""
        entity_id = self.entity(LIGHT, "light")
        attributes = (await self.home.hass.state(entity_id))["attributes"]
        coldest, warmest = attributes["max_color_temp_kelvin"], attributes["min_color_temp_kelvin"]
        kelvin = warmest if attributes.get("color_temp_kelvin") == coldest else coldest
        before = await self.home.cloud.params(LIGHT)
        await self.home.hass.action("light", "turn_on", entity_id=entity_id, color_temp_kelvin=kelvin)

        async def changed() -> bool:
            now = await self.home.cloud.params(LIGHT)
            shown = (await self.home.hass.state(entity_id))["attributes"]
            return bool(now["white"]["ct"] != before["white"]["ct"] and shown["color_temp_kelvin"] == kelvin)

        await until(changed, f"{entity_id} has {kelvin} K and the device knows")
        return f"{kelvin} K"

    async def power(self) -> str:
        """Wait until a measurement differs from the one before."""
        entity_id = self.entity(METER, "power")
        before = (await self.home.hass.state(entity_id))["state"]

        async def moved() -> str:
            now: str = (await self.home.hass.state(entity_id))["state"]
            return now if now not in {before, "unknown", "unavailable"} else ""

        now: str = await until(moved, f"{entity_id} leaves {before} W", seconds=60)
        return f"{before} W to {now} W"

    async def reconnect(self) -> str:
        """Break the connection, change the home meanwhile, and see both come back."""
        await self.home.cloud.post("connections/drop", how="abort")
        await self.home.cloud.post(f"devices/{SWITCH}/press", outlet=0)
        await until(self.home.connected, "A new session is open", seconds=60)
        shown = (await self.home.cloud.params(SWITCH))["switch"]
        await self.shows(self.entity(SWITCH, "relay"), shown)
        await self.push_again()
        return "and knows what happened meanwhile"

    async def push_again(self) -> None:
        """Show that pushes still arrive."""
        await self.home.cloud.post(f"devices/{SWITCH}/press", outlet=0)
        shown = (await self.home.cloud.params(SWITCH))["switch"]
        await self.shows(self.entity(SWITCH, "relay"), shown)

    async def reauth(self) -> str:
        """Sign in as another client would, then answer the question that follows."""
        await self.home.sign_in_elsewhere()

        async def asked() -> dict[str, Any] | None:
            flows = await self.home.flows()
            return next((flow for flow in flows if flow["context"]["source"] == "reauth"), None)

        flow: dict[str, Any] = await until(
            asked, "Home Assistant asks to sign in again", seconds=REAUTH_SECONDS
        )
        await self.home.submit(
            await self.home.hass.call("GET", f"/api/config/config_entries/flow/{flow['flow_id']}")
        )
        await until(self.home.loaded, "The integration is loaded again")
        await until(self.home.connected, "A new session is open", seconds=60)
        await self.push_again()
        return str(flow["step_id"])

    async def violations(self) -> str:
        """Read what the strict cloud noted."""
        if violations := await self.home.cloud.get("violations"):
            raise DemoError(f"{len(violations)} violations, the first: {violations[0]}")
        return f"{len(await self.home.cloud.get('requests'))} requests"

    async def log(self) -> str:
        """Look for words about us among Home Assistant's lines: complaints, and traces of our code."""
        lines = self.home.log.read_text().splitlines()
        if ours := [line for line in lines if _ABOUT_US.search(line) and not _ALWAYS.search(line)]:
            raise DemoError(f"{len(ours)} lines, the first: {ours[0]}")
        return f"{len(lines)} lines in all"

    async def device_has(self, device_id: str, **params: object) -> None:
        """Wait until the device itself has these params."""

        async def has() -> bool:
            return (await self.home.cloud.params(device_id)).items() >= params.items()

        await until(has, f"Device {device_id} has {params}")

    async def shows(self, entity_id: str, state: str) -> None:
        """Wait until Home Assistant shows a state."""

        async def shown() -> bool:
            return bool((await self.home.hass.state(entity_id))["state"] == state)

        await until(shown, f"{entity_id} is {state}")
