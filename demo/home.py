"""The whole demo: a simulated cloud, and a Home Assistant whose integration is signed in to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from simulator.cloud import EMAIL

from .hass import HomeAssistant
from .program import HOST, DemoError, Program, home_assistant, simulator, until
from .progress import say, step
from .sign_in import Generation, allow, app_id, choose, fill_in

DOMAIN = "ewelink"


@dataclass(slots=True, kw_only=True)
class Cloud:
    """The simulator's control address."""

    url: str
    session: aiohttp.ClientSession = field(repr=False)

    async def get(self, path: str) -> Any:
        """Read something of the simulator."""
        async with self.session.get(f"{self.url}/_sim/{path}") as response:
            response.raise_for_status()
            return await response.json()

    async def post(self, path: str, **body: object) -> Any:
        """Make something happen in the simulated home or cloud."""
        async with self.session.post(f"{self.url}/_sim/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def params(self, device_id: str) -> dict[str, Any]:
        """Return what a device truly is right now."""
        params: dict[str, Any] = (await self.get(f"devices/{device_id}"))["params"]
        return params

    async def apikey(self) -> str:
        """Return the identifier of the demo's account."""
        accounts = (await self.get("state"))["accounts"]
        return next(str(account["apikey"]) for account in accounts if account["email"] == EMAIL)

    async def answers(self) -> bool:
        """Return whether it serves yet."""
        try:
            await self.get("violations")
        except aiohttp.ClientError:
            return False
        return True


@dataclass(slots=True, kw_only=True)
class Home:
    """The running demo."""

    hass: HomeAssistant
    cloud: Cloud
    programs: tuple[Program, ...]
    log: Path
    generation: Generation = "v1"

    async def start(self) -> None:
        """Start both programs and wait until a person could sign in to Home Assistant."""
        for program in self.programs:
            await program.start()
        ready = asyncio.create_task(self._ready())
        ended = asyncio.create_task(self.run())
        try:
            await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
            await (ended if ended.done() else ready)
        finally:
            ready.cancel()
            ended.cancel()
            await asyncio.wait((ready, ended))

    async def _ready(self) -> None:
        await until(self.cloud.answers, "The simulator answers")
        if self.generation == "v1":
            # An App ID that serves both would sign in by the newer one.
            await self.cloud.post(f"apps/{app_id(self.generation)}/change", plan="old")
        await self.hass.ready()

    async def run(self) -> None:
        """Run for ever; raise DemoError if a program ends by itself."""
        tasks = [asyncio.create_task(program.run()) for program in self.programs]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await done.pop()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def stop(self) -> None:
        """End both: Home Assistant first, so that it does not look for a cloud that is gone."""
        async with AsyncExitStack() as stack:
            for program in self.programs:
                stack.push_async_callback(program.stop)

    async def entry(self) -> dict[str, Any] | None:
        """Return the integration's entry, if it is set up."""
        entries = await self.hass.call("GET", f"/api/config/config_entries/entry?domain={DOMAIN}")
        return entries[0] if entries else None

    async def loaded(self) -> bool:
        """Return whether the integration runs."""
        return (entry := await self.entry()) is not None and entry["state"] == "loaded"

    async def flows(self) -> list[dict[str, Any]]:
        """Return the flows that wait for the user."""
        flows = await self.hass.command("config_entries/flow/progress")
        return [flow for flow in flows if flow["handler"] == DOMAIN]

    async def connect(self) -> None:
        """Sign the integration in through its own config flow; an entry from an earlier start goes on."""
        entry = await self.entry()
        if entry is None:
            await self.submit(await self.open_flow())
        elif not await self.connected():
            # The simulator forgot its sign-ins when it ended, and perhaps has another port.
            await self.submit(await self.open_flow(entry_id=entry["entry_id"]))
        await until(self.loaded, "The integration is loaded")
        await until(self.connected, "The integration's session is open")

    async def sign_in_elsewhere(self) -> None:
        """Let another client sign in with the same App ID."""
        apikey = await self.cloud.apikey()
        await self.cloud.post(f"accounts/{apikey}/sign_in_elsewhere", app_id=app_id(self.generation))

    async def connected(self) -> bool:
        """Return whether the integration holds a session with the simulator."""
        return bool((await self.cloud.get("state"))["connections"])

    async def open_flow(self, **start: str) -> dict[str, Any]:
        """Open the integration's own flow."""
        flow: dict[str, Any] = await self.hass.call(
            "POST", "/api/config/config_entries/flow", json={"handler": DOMAIN, **start}
        )
        return flow

    async def submit(self, flow: dict[str, Any]) -> None:
        """Fill in what the form asks for, as a person would, until the flow is done."""
        while flow["type"] in {"form", "menu", "external", "external_done"}:
            step = f"/api/config/config_entries/flow/{flow['flow_id']}"
            match flow["type"]:
                case "menu":
                    way = choose(flow["menu_options"], self.generation)
                    flow = await self.hass.call("POST", step, json={"next_step_id": way})
                case "external":
                    await allow(self.hass.session, flow["url"])
                    flow = await self.hass.call("GET", step)
                case "form" if not flow["errors"]:
                    answer = fill_in(flow["data_schema"], self.cloud.url, self.generation)
                    flow = await self.hass.call("POST", step, json=answer)
                case "form":
                    raise DemoError(f"The sign-in form says {flow['errors']}")
                case _:
                    flow = await self.hass.call("GET", step)
        if flow["type"] == "abort" and not flow["reason"].endswith("_successful"):
            raise DemoError(f"The sign-in ended with {flow['reason']}")


@asynccontextmanager
async def running(
    folder: Path, port: int, cloud_port: int, generation: Generation = "v1"
) -> AsyncIterator[Home]:
    """Run the demo in a folder until the context ends, signed in."""
    back = f"http://{HOST}:{port}/auth/external/callback"
    programs = (simulator(cloud_port, folder, back), home_assistant(port, folder))
    async with aiohttp.ClientSession() as session:
        home = Home(
            hass=HomeAssistant(url=f"http://{HOST}:{port}", session=session),
            cloud=Cloud(url=f"http://{HOST}:{cloud_port}", session=session),
            programs=programs,
            log=programs[1].log,
            generation=generation,
        )
        try:
            async with step("Starting the simulated home and Home Assistant"):
                await home.start()
            yield home
        finally:
            say("Ending both …")
            await home.stop()
