"""A server that leads elsewhere gets nothing more, and neither does the place that it leads to."""

import asyncio
from dataclasses import replace

from aiohttp import WSMsgType, web
import pytest
from yarl import URL

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    ConnectionState,
    CoolKitClient,
    HostsV1,
    Limiter,
)
from custom_components.ewelink.coolkit.cloud.api import Endpoint
from custom_components.ewelink.coolkit.cloud.connection import Connection
from custom_components.ewelink.coolkit.cloud.upgrade import LONGEST_FRAME, open_socket
from custom_components.ewelink.coolkit.exceptions import CannotConnectError, CoolKitError
from tests.coolkit.conftest import TIMINGS, listening, until
from tests.coolkit.test_websocket import SESSION

REDIRECTIONS = [300, 301, 302, 303, 307, 308]


@pytest.fixture
async def elsewhere(serve):
    """A place to which nobody should come; returns its address, and who came."""
    came = []

    async def welcome(request):
        came.append(request.path)
        socket = web.WebSocketResponse()
        if not socket.can_prepare(request):
            return web.json_response({"error": 0, "devicelist": []})
        await socket.prepare(request)
        async for message in socket:
            came.append(message.data)
            await socket.send_str('{"error":0}')
        return socket

    return await serve(welcome), came


def endpoint(address):
    return Endpoint(domain=URL(address).host, port=URL(address).port, secure=False)


@pytest.mark.parametrize("status", REDIRECTIONS)
async def test_a_redirection_of_the_socket_is_refused(serve, websession, elsewhere, status):
    address, came = elsewhere

    async def lead(_request):
        return web.Response(status=status, headers={"Location": f"{address}/api/ws"})

    opening = Connection.open(
        websession, endpoint(await serve(lead)), app_id="app", session=SESSION, timings=TIMINGS
    )
    with pytest.raises(CannotConnectError, match=f"{status}.*leads to another one") as raised:
        await opening
    assert SESSION.tokens.access_token not in str(raised.value)
    assert came == []
    # The same session goes on to carry everything else.
    assert not websession.closed
    async with websession.get(address) as response:
        assert response.status == 200


@pytest.mark.parametrize("status", REDIRECTIONS)
async def test_a_redirection_of_a_call_is_refused(serve, websession, elsewhere, status):
    address, came = elsewhere

    async def lead(_request):
        return web.Response(status=status, headers={"Location": f"{address}/api/user/device"})

    api = ApiV1(
        websession, AppCredentials("app", "secret"), HostsV1.custom(await serve(lead)), limiter=Limiter()
    )
    for call in (api.list_devices, api.dispatch, api.refresh):
        with pytest.raises(CoolKitError):
            await call(SESSION)
    assert came == []


async def test_a_session_goes_on_where_it_was_led_away_from(cloud, websession, api, session, elsewhere):
    address, came = elsewhere
    cloud.faults.add("socket_redirect", count=3, location=f"{address}/api/ws")
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
    assert not list(cloud.faults)
    assert came == []


@pytest.mark.parametrize("secure", [True, False])
async def test_a_session_that_is_closed_opens_nothing(websession, secure):
    await websession.close()
    with pytest.raises(RuntimeError, match="closed"):
        await open_socket(
            websession, Endpoint(domain="127.0.0.1", port=1, secure=secure).url, close_timeout=1
        )


async def test_what_the_session_was_set_up_with_reaches_the_socket(serve, websession):
    told = []

    async def cloud(request):
        told.append((request.headers.get("User-Agent"), request.cookies.get("route")))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        return socket

    address = await serve(cloud)
    websession.headers["User-Agent"] = "Home"
    websession.cookie_jar.update_cookies({"route": "3"}, URL(address))
    async with await open_socket(websession, URL(address), close_timeout=1):
        pass
    assert told == [("Home", None if URL(address).host == "127.0.0.1" else "3")]


@pytest.mark.parametrize("kind", ["long", "compressed"])
async def test_a_frame_beyond_all_bounds_ends_the_connection(serve, websession, kind):
    async def cloud(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"error":0}')
        if kind == "long":
            await socket.send_str(f'"{"x" * LONGEST_FRAME}"')
        else:
            await socket._writer.send_frame(b"x" * 1000, WSMsgType.TEXT, compress=15)
        await socket.receive()
        return socket

    connection = await Connection.open(
        websession,
        endpoint(await serve(cloud)),
        app_id="app",
        session=SESSION,
        timings=replace(TIMINGS, pong=60),
    )
    async with connection, asyncio.timeout(5):
        assert [push async for push in connection] == []
    assert "code 1009" in connection.lost if kind == "long" else "code 1002" in connection.lost
