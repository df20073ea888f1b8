"""Too many calls: what the cloud says of it is waited out by everybody, and nothing is sent twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import json

from aiohttp import web
import pytest

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    CommandError,
    CoolKitClient,
    HostsV1,
    Limiter,
    ThrottledError,
    TooManyCallsError,
    Window,
)
from custom_components.ewelink.coolkit.cloud.http import _pause
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from tests.coolkit.conftest import TIMINGS, listening, until
from tests.coolkit.test_websocket import SESSION

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DEVICE = device_from_entry({"deviceid": "1000000001", "apikey": SESSION.apikey})


def at(seconds):
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 30),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 7 "}, 7),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "86400"}, 300),
        ({"Retry-After": "9" * 5000}, 30),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": at(20), "Date": at(0)}, 20),
        ({"Retry-After": at(-20), "Date": at(0)}, 1),
        ({"Retry-After": at(86400), "Date": at(0)}, 300),
        ({"Retry-After": at(20), "Date": "today"}, 30),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -1200", "Date": at(0)}, 300),
        # A century ahead of this machine's clock.
        ({"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}, 300),
    ],
)
def test_how_long_the_pause_is(headers, seconds):
    assert _pause(headers) == seconds


@pytest.fixture
def throttling(serve, websession):
    """Start a server that takes no more calls; returns the API in front of it, and what it was asked."""

    async def start(body, status=429, **headers):
        asked = []

        async def handler(request):
            asked.append(request.path)
            return web.Response(body=body, status=status, headers=headers, content_type="application/json")

        hosts = HostsV1.custom(await serve(handler))
        limiter = Limiter(Window(1000, 1))
        return ApiV1(websession, AppCredentials("id", "key"), hosts, limiter=limiter, timeout=0.2), asked

    return start


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html><h1>429 Too Many Requests</h1></html>", 429),
        (b"", 429),
        (b'{"error":0}', 429),
        (b'{"error":429,"msg":"rate limit"}', 200),
        (b'{"error":"429"}', 429),
        (b"[]", 429),
    ],
)
async def test_every_form_of_it(throttling, body, status):
    api, asked = await throttling(body, status)
    with pytest.raises(ThrottledError) as raised:
        await api.list_devices(SESSION)
    assert raised.value.code == 429
    assert not isinstance(raised.value, CommandError)
    assert len(asked) == 1
    # The server is asked no more, by whichever account.
    for call in (api.update_status(SESSION, DEVICE, {"switch": "on"}), api.get_status(SESSION, DEVICE)):
        with pytest.raises(TooManyCallsError, match="not sent"):
            await call
    assert len(asked) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.update_status(SESSION, DEVICE, {"switch": "on"}),
        lambda api: api.rename_device(SESSION, DEVICE, "Lamp"),
        lambda api: api.delete_device(SESSION, DEVICE),
        lambda api: api.refresh(SESSION),
        lambda api: api.dispatch(SESSION),
        lambda api: api.sign_in("eu", email="a@example.com", password="secret"),
    ],
)
async def test_no_call_is_made_twice(throttling, call):
    api, asked = await throttling(json.dumps({"error": 429}).encode(), **{"Retry-After": "1"})
    with pytest.raises(ThrottledError):
        await call(api)
    await asyncio.sleep(1.2)
    assert len(asked) == 1


async def test_those_who_wait_go_on_when_it_is_over():
    limiter = Limiter(Window(1000, 1))
    limiter.pause(0.05)
    loop = asyncio.get_running_loop()
    started = loop.time()
    # A shorter one that is told meanwhile ends nothing.
    limiter.pause(0.01)
    await asyncio.gather(*(limiter.acquire() for _ in range(3)))
    assert loop.time() - started >= 0.05
    assert limiter.as_dict() == {"remembered": 3, "waiting": 0}


async def test_a_session_comes_back_by_itself(websession, api, session, cloud):
    cloud.faults.add("http_status", interface="devices", status=429, retry_after=1)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(lambda: client.devices)
    lists = [request for request in cloud.requests if request.interface == "devices"]
    assert len(lists) >= 2
