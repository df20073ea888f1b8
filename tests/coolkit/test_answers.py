"""Answers and frames that no cloud should send."""

import traceback

from aiohttp import web
import pytest
from yarl import URL

from custom_components.ewelink.coolkit import HostsV1, Region
from custom_components.ewelink.coolkit.cloud.answers import error_code, whole
from custom_components.ewelink.coolkit.cloud.api import Endpoint
from custom_components.ewelink.coolkit.cloud.auth import AccountSession, AppCredentials, Tokens
from custom_components.ewelink.coolkit.cloud.connection import Connection, _require_encryption
from custom_components.ewelink.coolkit.cloud.limiter import Limiter, Window
from custom_components.ewelink.coolkit.cloud.v1.api import ApiV1
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.params import merge
from custom_components.ewelink.coolkit.exceptions import CannotConnectError, CloudError, TooManyCallsError
from custom_components.ewelink.coolkit.jsontext import MAX_DEPTH
from custom_components.ewelink.coolkit.push import Push
from custom_components.ewelink.coolkit.timings import Timings

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
    assert device_from_entry({"deviceid": "1", "uiid": ENDLESS}).uiid is None
    items = [{"outlet": 0, "switch": "on"}, {"outlet": ENDLESS, "switch": "on"}]
    assert merge({"switches": []}, {"switches": items}) == {"switches": items[:1]}


def session():
    return AccountSession(
        apikey="own-key",
        region=Region.EU,
        account="a@example.com",
        tokens=Tokens(
            access_token="at/one=", refresh_token="rt/one=", access_token_time=0, refresh_token_time=0
        ),
    )


def endpoint(address, *, secure=False):
    return Endpoint(domain="127.0.0.1", port=URL(address).port, secure=secure)


@pytest.fixture
def api_at(websession):
    """Return version 1 at a server that is none."""

    def make(address, limiter=None, timeout=2):
        credentials = AppCredentials("app", "secret")
        return ApiV1(
            websession, credentials, HostsV1.custom(address), limiter=limiter or Limiter(), timeout=timeout
        )

    return make


async def test_unusable_frames_do_not_end_a_connection(serve, websession):
    frames = [
        '{"action":[]}',
        '{"action":{}}',
        f'{{"action":{DEEP}}}',
        f'{{"error":"{ENDLESS}"}}',
        f'{{"action":"update","deviceid":"1","params":{{"x":{DEEP}}}}}',
        f'{{"action":"share","deviceid":"1","apikey":"k","sequence":1,"params":{{"permit":"{ENDLESS}"}}}}',
        '{"action":"update","deviceid":"1","params":{"switch":"on"}}',
    ]

    async def cloud(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"error":0}')
        for frame in frames:
            await socket.send_str(frame)
        await socket.receive()
        return socket

    address = await serve(cloud)
    async with await Connection.open(
        websession, endpoint(address), app_id="app", session=session(), timings=Timings()
    ) as connection:
        pushes = [push async for push in _until_switched(connection)]
    deep, switched = pushes
    assert switched == Push(device_id="1", params={"switch": "on"})
    # Only what is too deep is left out.
    assert list(deep.params) == ["x"]
    assert str(deep.params["x"]).count("[") < MAX_DEPTH


async def test_a_token_goes_nowhere_unencrypted_but_to_this_machine(serve, websession):
    async def cloud(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        return socket

    address = await serve(cloud)
    async with websession.ws_connect(endpoint(address).url) as socket:
        _require_encryption(socket, endpoint(address))
        # Where a redirection has led away from an encrypted address.
        with pytest.raises(CannotConnectError, match="without encryption"):
            _require_encryption(socket, endpoint(address, secure=True))

    class Elsewhere:
        """A socket that a redirection has led to another machine."""

        def get_extra_info(self, name):
            return {"peername": ("192.0.2.1", 80)}.get(name)

    with pytest.raises(CannotConnectError, match="without encryption"):
        _require_encryption(Elsewhere(), endpoint(address))


async def test_a_list_does_not_confirm_a_write(serve, api_at):
    async def cloud(_request):
        return web.json_response([1, None, {}])

    api = api_at(await serve(cloud))
    device = device_from_entry({"deviceid": "1", "apikey": "own-key"})
    with pytest.raises(CloudError, match="no object"):
        await api.update_status(session(), device, {"switch": "on"})
    with pytest.raises(CloudError, match="no object"):
        await api.rename_device(session(), device, "Lamp")


async def test_broken_http_shows_no_token(serve, api_at):
    async def cloud(request):
        request.transport.write(b"HTTP/1.1 banana\r\n\r\n")
        request.transport.close()
        return web.Response()

    api = api_at(await serve(cloud))
    with pytest.raises(CannotConnectError) as raised:
        await api.refresh(session())
    told = "".join(traceback.format_exception(raised.value))
    assert "banana" in told
    assert "refresh?rt=" not in told


async def test_a_command_is_not_held_until_the_limiter_has_room(serve, api_at):
    calls = []

    async def cloud(request):
        calls.append(request.path)
        return web.json_response({"error": 0, "params": {}})

    api = api_at(await serve(cloud), limiter=Limiter(Window(1, 60)), timeout=0.05)
    device = device_from_entry({"deviceid": "1", "apikey": "own-key"})
    await api.update_status(session(), device, {"switch": "on"})
    with pytest.raises(TooManyCallsError, match="not sent"):
        await api.update_status(session(), device, {"switch": "off"})
    with pytest.raises(TooManyCallsError, match="not sent"):
        await api.get_status(session(), device)
    assert api.limiter.as_dict() == {"remembered": 1, "waiting": 0}
    assert len(calls) == 1


async def _until_switched(connection):
    async for push in connection:
        if isinstance(push, Push):
            yield push
            if "switch" in push.params:
                return
