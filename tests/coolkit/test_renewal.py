"""Tokens that are renewed while somebody signs in anew."""

import asyncio
import time

from aiohttp import ClientSession, web
import pytest

from custom_components.ewelink.coolkit import HostsV1, Region
from custom_components.ewelink.coolkit.client import CoolKitClient
from custom_components.ewelink.coolkit.cloud.auth import AccountSession, AppCredentials, Tokens
from custom_components.ewelink.coolkit.cloud.limiter import Limiter
from custom_components.ewelink.coolkit.cloud.v1.api import ApiV1
from custom_components.ewelink.coolkit.exceptions import TokenRefusedError
from custom_components.ewelink.coolkit.timings import Timings

GENERATIONS = ("v1", "v2")


def session(name):
    now = time.time()
    return AccountSession(
        apikey="own",
        region=Region.EU,
        account="a@example.com",
        tokens=Tokens(
            access_token=f"at-{name}",
            refresh_token=f"rt-{name}",
            access_token_time=now,
            refresh_token_time=now,
        ),
    )


class Cloud:
    """A cloud that knows the new tokens only, and refuses to refresh the old ones when it is told to.

    `old` is what it says of the old access token: 402 expired, 401 replaced.
    """

    def __init__(self, old):
        self.old = old
        self.asked = asyncio.Event()
        self.refuse = asyncio.Event()
        self.heard = asyncio.Event()

    async def serve(self, request):
        if request.path == "/api/user/refresh":
            self.asked.set()
            await self.refuse.wait()
            return web.json_response({"error": 401})
        if request.headers["Authorization"] != "Bearer at-new":
            return web.json_response({"error": self.old})
        if request.path == "/dispatch/app":
            self.heard.set()
            return web.json_response({"error": 500})
        return web.json_response({"error": 0, "devicelist": []})


@pytest.fixture
async def start(socket_enabled):
    """Return a function that starts a cloud and a client with old tokens."""
    opened = []

    async def start(old):
        cloud = Cloud(old)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", cloud.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        websession = ClientSession()
        hosts = HostsV1.custom(f"http://127.0.0.1:{runner.addresses[0][1]}")
        client = CoolKitClient(
            websession=websession,
            api=ApiV1(websession, AppCredentials("app", "secret"), hosts, limiter=Limiter()),
            session=session("old"),
            timings=Timings(signed_out=0),
        )
        opened.append((client, websession, runner))
        return cloud, client

    yield start
    for client, websession, runner in opened:
        await client.close()
        await websession.close()
        await runner.cleanup()


async def test_a_call_goes_on_with_the_tokens_of_a_new_sign_in(start):
    cloud, client = await start(402)
    call = asyncio.create_task(client.refresh_devices())
    await cloud.asked.wait()
    client.replace_session(session("new"))
    cloud.refuse.set()
    await call
    assert client.session.tokens.access_token == "at-new"


async def test_a_refused_refresh_still_counts_without_a_new_sign_in(start):
    cloud, client = await start(402)
    cloud.refuse.set()
    with pytest.raises(TokenRefusedError):
        await client.refresh_devices()


async def test_the_session_goes_on_when_a_sign_in_comes_during_the_recovery(start):
    cloud, client = await start(401)
    listening = asyncio.create_task(client.listen())
    await cloud.asked.wait()
    client.replace_session(session("new"))
    cloud.refuse.set()
    heard = asyncio.create_task(cloud.heard.wait())
    await asyncio.wait((listening, heard), return_when=asyncio.FIRST_COMPLETED)
    assert heard.done()
    assert not listening.done()
