"""Answers and frames that no cloud should send."""

from aiohttp import ClientSession, web
import orjson
import pytest

from custom_components.ewelink.coolkit.answers import decode, error_code, whole
from custom_components.ewelink.coolkit.api import Endpoint
from custom_components.ewelink.coolkit.auth import AccountSession, Tokens
from custom_components.ewelink.coolkit.device import Device
from custom_components.ewelink.coolkit.params import merge
from custom_components.ewelink.coolkit.region import Region
from custom_components.ewelink.coolkit.timings import Timings
from custom_components.ewelink.coolkit.websocket import Connection, Push

ENDLESS = "9" * 5000
DEEP = "[" * 400 + "]" * 400


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), (" 12 ", 12), (12, 12), (True, None), (ENDLESS, None), ("1.5", None), ([], None)],
)
def test_whole_numbers(value, number):
    assert whole(value) == number


def test_a_figure_without_end_is_no_code_and_no_outlet():
    assert error_code({"error": ENDLESS}) is None
    assert Device.from_dict({"deviceid": "1", "uiid": ENDLESS}).uiid is None
    items = [{"outlet": 0, "switch": "on"}, {"outlet": ENDLESS, "switch": "on"}]
    assert merge({"switches": []}, {"switches": items}) == {"switches": items[:1]}


def test_what_cannot_be_written_again_is_not_taken():
    assert decode(b'{"params":' + DEEP.encode() + b"}") is None
    assert decode(b"<html>") is None
    wide = {"devicelist": [{"deviceid": str(index)} for index in range(1000)]}
    assert decode(orjson.dumps(wide)) == wide


@pytest.mark.usefixtures("socket_enabled")
async def test_unusable_frames_do_not_end_a_connection():
    frames = [
        '{"action":[]}',
        '{"action":{}}',
        f'{{"action":{DEEP}}}',
        f'{{"error":"{ENDLESS}"}}',
        f'{{"action":"update","deviceid":"1","params":{{"x":{DEEP}}}}}',
        f'{{"action":"share","deviceid":"1","apikey":"k","sequence":1,"params":{{"permit":"{ENDLESS}"}}}}',
        '{"action":"update","deviceid":"1","params":{"switch":"on"}}',
    ]

    async def serve(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"error":0}')
        for frame in frames:
            await socket.send_str(frame)
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get("/api/ws", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    session = AccountSession(
        apikey="own",
        region=Region.EU,
        account="a@example.com",
        tokens=Tokens(access_token="at", refresh_token="rt", access_token_time=0, refresh_token_time=0),
    )
    try:
        async with ClientSession() as websession:
            endpoint = Endpoint(domain="127.0.0.1", port=runner.addresses[0][1], secure=False)
            async with await Connection.open(
                websession, endpoint, app_id="app", session=session, timings=Timings()
            ) as connection:
                pushes = [push async for push in _until_params(connection)]
    finally:
        await runner.cleanup()
    assert pushes == [Push(device_id="1", params={"switch": "on"})]


async def _until_params(connection):
    async for push in connection:
        if isinstance(push, Push):
            yield push
            return
