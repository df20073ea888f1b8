"""The persistent connection, frame by frame, against servers that follow a script."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

from aiohttp import WSMsgType, web
import orjson
import pytest
from yarl import URL

from custom_components.ewelink.coolkit import (
    AccountSession,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandInDoubtError,
    CommandTimeoutError,
    DeviceOfflineError,
    Endpoint,
    FeatureRefusedError,
    NoResponseError,
    QuotaError,
    Region,
    ServerTroubleError,
    SignedOutError,
    Tokens,
)
from custom_components.ewelink.coolkit.cloud.connection import Connection
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.exceptions import TokenExpiredError
from custom_components.ewelink.coolkit.push import Push, flatten
from tests.coolkit.conftest import TIMINGS, until

ME = "11111111-0000-0000-0000-000000000000"
OWNER = "22222222-0000-0000-0000-000000000000"
SESSION = AccountSession(
    apikey=ME,
    region=Region.EU,
    tokens=Tokens(
        access_token="at-secret", refresh_token="rt-secret", access_token_time=0, refresh_token_time=0
    ),
    account="a@example.com",
)
DEVICE = device_from_entry({"deviceid": "1000000001", "apikey": ME, "params": {"switch": "off"}})
SHARED = device_from_entry({"deviceid": "1000000002", "apikey": OWNER})


class Line:
    """The server's end of a connection."""

    def __init__(self) -> None:
        self.handshakes: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.pings = 0
        self.pongs = True
        self.answer: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda _frame: {"error": 0}
        self.hello: list[Any] | None = [{"error": 0}]
        self.ws: web.WebSocketResponse | None = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        self.ws = ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            if message.data == "ping":
                self.pings += 1
                if self.pongs:
                    await ws.send_str("pong")
                continue
            frame = orjson.loads(message.data)
            if frame["action"] == "userOnline":
                self.handshakes.append(frame)
                if self.hello is None:
                    await ws.close()
                    break
                for answer in self.hello:
                    await self.send(answer)
                continue
            self.frames.append(frame)
            self.times.append(asyncio.get_running_loop().time())
            answer = self.answer(frame)
            if answer is not None:
                await self.send({"sequence": frame["sequence"], **answer})
        return ws

    async def send(self, frame: Any) -> None:
        if isinstance(frame, bytes):
            await self.ws.send_bytes(frame)
        else:
            await self.ws.send_str(frame if isinstance(frame, str) else orjson.dumps(frame).decode())

    async def update(
        self, params: Any, agent: str | None = "device", device_id: Any = DEVICE.device_id
    ) -> None:
        frame = {"action": "update", "deviceid": device_id, "params": params, "apikey": ME}
        await self.send(frame if agent is None else {**frame, "userAgent": agent})


@pytest.fixture
def line() -> Line:
    return Line()


type Connect = Callable[..., Awaitable[Connection]]


@pytest.fixture
async def connect(line, serve, websession) -> Connect:
    """Open a connection to the script's server."""
    url = URL(await serve(line.serve))

    async def open_connection(**timings: float) -> Connection:
        return await Connection.open(
            websession,
            Endpoint(domain=url.host, port=url.port, secure=False),
            app_id="app-id",
            session=SESSION,
            timings=replace(TIMINGS, **timings),
        )

    return open_connection


@asynccontextmanager
async def received(connection: Connection) -> AsyncIterator[list[Push]]:
    """Collect what is pushed meanwhile."""
    pushes: list[Push] = []

    async def collect() -> None:
        async for push in connection:
            connection.confirmations.take(push)
            pushes.append(push)

    async with connection:
        task = asyncio.create_task(collect())
        try:
            yield pushes
        finally:
            await connection.close("the test is over")
            async with asyncio.timeout(5):
                await task


# --- handshake -------------------------------------------------------------------------------------------


async def test_handshake(connect, line):
    connection = await connect()

    (frame,) = line.handshakes
    assert {key: frame[key] for key in ("action", "version", "at", "userAgent", "apikey", "appid")} == {
        "action": "userOnline",
        "version": 8,
        "at": "at-secret",
        "userAgent": "app",
        "apikey": ME,
        "appid": "app-id",
    }
    assert len(frame["sequence"]) == 13
    assert len(frame["nonce"]) == 8
    assert len(str(frame["ts"])) == 10
    assert connection.alive
    assert "at-secret" not in repr(connection)
    await connection.close("done")
    assert not connection.alive


@pytest.mark.parametrize(
    ("config", "heartbeat"),
    [
        (None, 90),
        ({"hb": 1}, 90),
        ({"hb": 1, "hbInterval": 145}, 145),
        ({"hbl": 1, "hbInterval": "60"}, 60),
        ('{"hb":1,"hbInterval":100}', 100),
        ({"hbInterval": "soon"}, 90),
        ({"hbInterval": 1}, 1),
        ({"hbInterval": 0.001}, 1),
        ({"hbInterval": 0}, 90),
        ({"hbInterval": "nan"}, 90),
        ({"hbInterval": -5}, 90),
        ({"hbInterval": 100000}, 90),
        ({"hbInterval": True}, 90),
        ({"hbInterval": None}, 90),
        ("none", 90),
        ([1], 90),
    ],
)
async def test_interval_of_the_heartbeat(connect, line, config, heartbeat):
    line.hello = [{"error": "0", "config": config}]

    connection = await connect()

    assert connection.heartbeat == heartbeat
    await connection.close("done")


async def test_handshake_without_an_error_and_with_noise(connect, line):
    early = {"action": "update", "deviceid": DEVICE.device_id, "params": {"rssi": -50}}
    line.hello = ["pong", "not json", "[1]", early, {"action": "notify"}, {"apikey": ME}]

    async with received(await connect()) as pushes:
        await until(lambda: pushes)

    assert pushes == [Push(device_id=DEVICE.device_id, params={"rssi": -50})]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": 401}, SignedOutError),
        ({"error": 402}, TokenExpiredError),
        ({"error": 403}, AppIdRefusedError),
        ({"error": "406"}, SignedOutError),
        ({"error": 406, "reason": "at-secret was replaced"}, SignedOutError),
        ({"error": 407}, AppIdRefusedError),
        ({"error": 500}, ServerTroubleError),
        ({"error": 405}, CloudError),
        ({"error": "odd"}, ServerTroubleError),
        ({"error": 403, "reason": "<html>403 Forbidden"}, ServerTroubleError),
        ({"error": 401, "msg": "nginx"}, ServerTroubleError),
        ({"message": "no Route matched with those values"}, ServerTroubleError),
        # What is handed through from an inner service counts, not that it was.
        ({"error": 406, "msg": '{"error":401,"msg":"at-secret is empty"}'}, SignedOutError),
        ({"error": 406, "reason": '{"error":402,"msg":"expired"}'}, TokenExpiredError),
        ({"error": 406, "reason": '{"error":407,"msg":"appid not allowed"}'}, AppIdRefusedError),
        ({"error": 406, "reason": '{"error":500,"msg":"server error"}'}, ServerTroubleError),
        ({"error": 406, "reason": '{"msg":"signed in elsewhere"}'}, SignedOutError),
        ({"error": 406, "reason": "{odd"}, SignedOutError),
    ],
)
async def test_handshakes_that_are_refused(connect, line, answer, error):
    line.hello = [answer]

    with pytest.raises(error) as caught:
        await connect()

    assert type(caught.value) is error
    assert "at-secret" not in str(caught.value)


async def test_closed_instead_of_an_answer(connect, line):
    line.hello = None

    with pytest.raises(CannotConnectError) as caught:
        await connect()

    assert caught.value.code == 1000


async def test_a_handshake_that_is_never_answered(connect, line):
    line.hello = []

    with pytest.raises(CannotConnectError, match="TimeoutError"):
        await connect(handshake=0.1)


async def test_no_websocket_there(serve, websession):
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>")

    url = URL(await serve(handler))

    with pytest.raises(CannotConnectError):
        await Connection.open(
            websession,
            Endpoint(domain=url.host, port=url.port, secure=False),
            app_id="app-id",
            session=SESSION,
            timings=TIMINGS,
        )


# --- frames ----------------------------------------------------------------------------------------------


async def test_update_of_an_own_device(connect, line):
    connection = await connect()
    async with received(connection) as pushes:
        answer = await connection.update(DEVICE, {"switch": "on"})

    (frame,) = line.frames
    assert len(frame.pop("sequence")) == 13
    assert frame == {
        "action": "update",
        "deviceid": DEVICE.device_id,
        "apikey": ME,
        "userAgent": "app",
        "ts": 0,
        "params": {"switch": "on"},
    }
    assert answer["error"] == 0
    assert pushes == [Push(device_id=DEVICE.device_id, params={"switch": "on"}, online=True)]


async def test_frames_for_a_shared_device_name_both(connect, line):
    connection = await connect()
    async with received(connection):
        await connection.update(SHARED, {"switch": "on"})

    assert (line.frames[0]["apikey"], line.frames[0]["selfApikey"]) == (OWNER, ME)


async def test_query(connect, line):
    line.answer = lambda _frame: {"error": 0, "params": {"switch": "on"}}
    connection = await connect()
    async with received(connection) as pushes:
        assert await connection.query(DEVICE, ("switch",)) == {"switch": "on"}

    assert (line.frames[0]["action"], line.frames[0]["params"]) == ("query", ["switch"])
    assert pushes == [Push(device_id=DEVICE.device_id, params={"switch": "on"})]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"params": [{"switch": "on"}, {"rssi": -50}]}, {"switch": "on", "rssi": -50}),
        ({"config": {"hundredDaysKwh": "0000"}}, {"hundredDaysKwh": "0000"}),
        ({"params": {}}, {}),
    ],
)
async def test_queries_answered_in_other_forms(connect, line, answer, found):
    line.answer = lambda _frame: answer
    connection = await connect()
    async with received(connection) as pushes:
        assert await connection.query(DEVICE) == found

    assert all("hundredDaysKwh" not in push.params for push in pushes)


async def test_a_query_without_params(connect, line):
    line.answer = lambda _frame: {"error": 0, "params": "none"}
    connection = await connect()
    async with received(connection):
        with pytest.raises(CloudError):
            await connection.query(DEVICE)


@pytest.mark.parametrize("spell", [str, int])
async def test_sequences_come_back_as_text_or_number(connect, line, spell):
    line.answer = lambda frame: {"sequence": spell(frame["sequence"])}
    connection = await connect()
    async with received(connection):
        await connection.update(DEVICE, {"switch": "on"})

    assert connection._requests == {}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": 503}, DeviceOfflineError),
        ({"error": "504"}, NoResponseError),
        ({"error": 400, "reason": "not like this"}, CommandError),
        ({"error": 401}, CommandError),
        ({"error": 403}, CommandError),
        ({"error": 404}, CommandError),
        ({"error": 411}, CommandError),
        # Not the device has refused it.
        ({"error": 402}, TokenExpiredError),
        ({"error": 406}, SignedOutError),
        ({"error": 407}, FeatureRefusedError),
        ({"error": 412}, QuotaError),
        ({"error": 500}, CommandInDoubtError),
        ({"error": 502}, CommandInDoubtError),
        ({"error": "odd"}, CommandInDoubtError),
        ({"error": 404, "reason": "<html>404 Not Found"}, CommandInDoubtError),
        ({"error": 400, "msg": "400 Bad Request"}, CommandInDoubtError),
        ({"error": 503, "reason": "503 Service Temporarily Unavailable"}, CommandInDoubtError),
        ({"error": 403, "msg": '{"error":403,"msg":"<html>nginx"}'}, CommandInDoubtError),
        ({"message": "no Route matched with those values"}, CommandInDoubtError),
    ],
)
async def test_errors_of_a_command(connect, line, answer, error):
    line.answer = lambda _frame: answer
    connection = await connect()
    async with received(connection) as pushes:
        with pytest.raises(error) as caught:
            await connection.update(DEVICE, {"switch": "on"})

    assert type(caught.value) is error
    # What it says of the device, in order with the frames around it.
    assert pushes == ([Push(DEVICE.device_id, online=False)] if error is DeviceOfflineError else [])
    assert connection._requests == connection.confirmations.pending == {}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": 400}, CommandError),
        ({"error": 406}, SignedOutError),
        ({"error": 500}, ServerTroubleError),
        ({"error": 503}, DeviceOfflineError),
        ({"error": 504, "reason": "504 Gateway Time-out"}, ServerTroubleError),
    ],
)
async def test_errors_of_a_query(connect, line, answer, error):
    line.answer = lambda _frame: answer
    connection = await connect()
    async with received(connection):
        with pytest.raises(error) as caught:
            await connection.query(DEVICE)

    assert type(caught.value) is error


async def test_frames_are_paced_and_answered_out_of_order(connect, line):
    held: list[dict[str, Any]] = []
    line.answer = held.append
    connection = await connect(pace=0.03)
    async with received(connection):
        commands = [asyncio.create_task(connection.update(DEVICE, {"number": number})) for number in range(4)]
        await until(lambda: len(held) == 4)
        for frame in reversed(held):
            await line.send({"error": 0, "sequence": frame["sequence"], "number": frame["params"]["number"]})
        answers = await asyncio.gather(*commands)

    assert [answer["number"] for answer in answers] == [0, 1, 2, 3]
    assert [frame["params"]["number"] for frame in line.frames] == [0, 1, 2, 3]
    assert len({frame["sequence"] for frame in line.frames}) == 4
    assert line.times[3] - line.times[0] > 0.03 * 3 * 0.9


async def test_waiting_for_its_turn_is_no_time_out(connect, line):
    connection = await connect(pace=0.08, command=0.15)
    async with received(connection):
        await asyncio.gather(*(connection.update(DEVICE, {"number": number}) for number in range(4)))

    assert len(line.frames) == 4


async def test_no_answer(connect, line):
    line.answer = lambda _frame: None
    connection = await connect(command=0.05)
    async with received(connection) as pushes:
        with pytest.raises(CommandTimeoutError) as caught:
            await connection.update(DEVICE, {"switch": "on"})
        # A late answer, and one with another sequence, are nobody's.
        await line.send({"error": 0, "sequence": line.frames[0]["sequence"]})
        await line.send({"error": 0, "sequence": "1000000000000", "deviceid": DEVICE.device_id})
        await line.update({"rssi": -40})
        await until(lambda: pushes)

    assert caught.value.code is None
    assert pushes == [Push(device_id=DEVICE.device_id, params={"rssi": -40})]


@pytest.mark.parametrize(
    ("sent", "pushes"),
    [
        ({"switch": "on"}, [{"switch": "on", "rssi": -50}]),
        ({"switch": "on"}, [{"switch": True}]),
        ({"brightness": 50}, [{"brightness": "50"}]),
        ({"ct": 50.0}, [{"ct": 50}]),
        (
            {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 2, "switch": "off"}]},
            [
                {"switches": [{"outlet": 2, "switch": "off"}, {"outlet": 1, "switch": "off"}]},
                {"switches": [{"outlet": "0", "switch": "on"}]},
            ],
        ),
        (
            {"white": {"br": 50, "ct": 20}, "ltype": "white"},
            [{"white": {"br": 50}}, {"white": {"ct": 20}, "ltype": "white"}],
        ),
        ({"timers": [{"at": "x", "do": {"a": 1}}]}, [{"timers": [{"do": {"a": 1}, "at": "x"}]}]),
    ],
)
async def test_a_push_of_the_device_confirms(connect, line, sent, pushes):
    line.answer = lambda _frame: None
    connection = await connect()
    async with received(connection):
        command = asyncio.create_task(connection.update(DEVICE, sent))
        await until(lambda: line.frames)
        for params in pushes:
            assert not command.done()
            await line.update(params)
        assert await command == {}

    assert connection.confirmations.pending == {}


@pytest.mark.parametrize(
    ("params", "agent", "device_id"),
    [
        ({"switch": "on"}, "app", DEVICE.device_id),
        ({"switch": "on"}, None, DEVICE.device_id),
        ({"switch": "off"}, "device", DEVICE.device_id),
        ({"rssi": -50}, "device", DEVICE.device_id),
        ({"switch": "on"}, "device", SHARED.device_id),
    ],
)
async def test_pushes_that_confirm_nothing(connect, line, params, agent, device_id):
    line.answer = lambda _frame: None
    connection = await connect(command=0.1)
    async with received(connection) as pushes:
        command = asyncio.create_task(connection.update(DEVICE, {"switch": "on"}))
        await until(lambda: line.frames)
        await line.update(params, agent, device_id)
        with pytest.raises(CommandTimeoutError):
            await command

    assert pushes == [Push(device_id=device_id, params=params)]


async def test_an_answer_behind_a_confirming_push_changes_nothing(connect, line):
    line.answer = lambda _frame: None
    connection = await connect()
    async with received(connection) as pushes:
        command = asyncio.create_task(connection.update(DEVICE, {"switch": "on"}))
        await until(lambda: line.frames)
        await line.update({"switch": "on"})
        await line.update({"switch": "off"})
        await line.send({"error": 0, "sequence": line.frames[0]["sequence"]})
        await command
        await until(lambda: len(pushes) == 2)

    assert [push.params for push in pushes] == [{"switch": "on"}, {"switch": "off"}]


@pytest.mark.parametrize(
    ("frame", "push"),
    [
        (
            {"action": "update", "deviceid": "1", "params": {"switch": "on"}},
            Push(device_id="1", params={"switch": "on"}),
        ),
        (
            {"action": "update", "deviceid": 1, "params": [{"a": 1}, {"b": 2}, "x"]},
            Push(device_id="1", params={"a": 1, "b": 2}),
        ),
        (
            {"action": "sysmsg", "deviceid": "1", "params": {"online": True}},
            Push(device_id="1", online=True),
        ),
        (
            {"action": "sysmsg", "deviceid": "1", "params": {"online": "false"}},
            Push(device_id="1", online=False),
        ),
        ({"action": "sysmsg", "deviceid": 1, "params": {"online": 0}}, Push(device_id="1", online=False)),
        (b'{"action":"update","deviceid":"1","params":{"a":1}}', Push(device_id="1", params={"a": 1})),
        ({"action": "update", "deviceid": "1", "params": {}}, None),
        ({"action": "update", "deviceid": "1", "params": "on"}, None),
        ({"action": "update", "params": {"switch": "on"}}, None),
        ({"action": "sysmsg", "deviceid": "1", "params": {"online": "maybe"}}, None),
        # a gateway has a child: found (0), then added (1)
        (
            {"action": "subDevice", "deviceid": "1", "params": {"cmds": [{"type": 1, "deviceid": "a4"}]}},
            Push("a4"),
        ),
        ({"action": "subDevice", "deviceid": "1", "params": {"cmds": [{"type": 0, "deviceid": "a4"}]}}, None),
        ({"action": "subDevice", "deviceid": "1", "params": {"cmds": [None, {"type": 1}, 7]}}, None),
        ({"action": "subDevice", "deviceid": "1", "params": {"cmds": "rubbish"}}, None),
        ({"action": "subDevice"}, None),
        ({"action": "sysmsg", "deviceid": "1", "params": {}}, None),
        ({"action": "sysmsg", "deviceid": "1"}, None),
        ({"action": "sysmsg", "params": {"online": True}}, None),
        ({"action": "reportSubDevice", "deviceid": "1", "params": {"switch": "on"}}, None),
        ({"action": 5}, None),
        ({"error": 0, "sequence": "unknown"}, None),
        ({"deviceid": "1", "params": {"a": 1}}, None),
        ("[1,2]", None),
        ("5", None),
        ("no json", None),
        (b"\xff\xfe", None),
    ],
)
async def test_frames_that_are_pushed(connect, line, frame, push):
    connection = await connect()
    async with received(connection) as pushes:
        await line.send(frame)
        await line.update({"last": 1})
        await until(lambda: pushes and pushes[-1].params == {"last": 1})

    assert pushes[:-1] == ([] if push is None else [push])


# --- the end of a connection -----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_pending_requests_fail_with_the_connection(connect, line, how):
    line.answer = lambda _frame: None
    connection = await connect()
    async with received(connection):
        commands = [asyncio.create_task(connection.update(DEVICE, {"number": n})) for n in range(2)]
        await until(lambda: len(line.frames) == 2)
        if how == "close":
            await line.ws.close()
        else:
            line.ws._req.transport.abort()
        results = await asyncio.gather(*commands, return_exceptions=True)

    assert [type(result) for result in results] == [CannotConnectError] * 2
    assert all(result.maybe_sent for result in results)
    assert "closed by the cloud" in connection.lost


async def test_a_frame_that_was_never_handed_over(connect, line):
    connection = await connect(pace=0.1)
    async with received(connection):
        waiting = asyncio.create_task(connection.update(DEVICE, {"switch": "on"}))
        await asyncio.sleep(0)
        await connection.close("lost before its turn")
        with pytest.raises(CannotConnectError) as caught:
            await waiting

    assert not caught.value.maybe_sent
    assert line.frames == []


async def test_a_socket_that_takes_no_frames(connect, line):
    connection = await connect(pace=0)
    async with received(connection):
        connection._socket._response.connection.transport.abort()
        with pytest.raises(CannotConnectError) as caught:
            await connection.update(DEVICE, {"switch": "on"})

    assert caught.value.maybe_sent
    assert connection._requests == connection.confirmations.pending == {}
    assert line.frames == []


async def test_a_caller_who_leaves_takes_the_request_along(connect, line):
    line.answer = lambda _frame: None
    connection = await connect()
    async with received(connection) as pushes:
        command = asyncio.create_task(connection.update(DEVICE, {"switch": "on"}))
        await until(lambda: line.frames)
        command.cancel()
        with pytest.raises(asyncio.CancelledError):
            await command
        assert connection._requests == connection.confirmations.pending == {}
        await line.send({"error": 0, "sequence": line.frames[0]["sequence"]})
        await line.update({"rssi": -40})
        await until(lambda: pushes)

    assert len(line.frames) == 1


async def test_pings_come_in_time(connect, line):
    line.hello = [{"error": 0, "config": {"hb": 1, "hbInterval": 1}}]
    connection = await connect(heartbeat_factors=(0.02, 0.02))
    async with received(connection):
        await until(lambda: line.pings >= 3)

    assert connection.lost == "the test is over"


async def test_pings_do_not_keep_step(connect, line):
    line.hello = [{"error": 0, "config": {"hb": 1, "hbInterval": 1}}]
    connection = await connect(heartbeat_factors=(0.02, 0.08))
    times = []
    async with received(connection):
        for number in range(1, 7):
            await until(lambda number=number: line.pings >= number)
            times.append(asyncio.get_running_loop().time())
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) - min(gaps) > 0.008


async def test_a_server_without_pongs_is_gone(connect, line):
    line.hello = [{"error": 0, "config": {"hbInterval": 1}}]
    line.pongs = False
    connection = await connect(heartbeat_factors=(0.02, 0.02), pong=0.05)
    async with connection:
        assert [push async for push in connection] == []

    assert connection.lost == "no answer to a ping"


async def test_a_probe_asks_at_once(connect, line):
    connection = await connect()
    async with received(connection):
        connection.probe()
        await until(lambda: line.pings == 1)
        await until(connection._pong.is_set)

    assert connection.lost == "the test is over"


async def test_a_heartbeat_on_a_dead_socket(connect):
    connection = await connect()
    async with connection:
        connection._socket._response.connection.transport.abort()
        connection.probe()
        assert [push async for push in connection] == []

    assert connection.lost


@pytest.mark.parametrize("first", ["command", "probe"])
async def test_a_socket_that_takes_nothing_more_is_gone(connect, line, first):
    connection = await connect(pong=0.05, close=0.05, command=0.2 if first == "command" else 5)
    async with received(connection):
        server = line.ws._req.transport
        server.pause_reading()
        command = asyncio.create_task(connection.update(DEVICE, {"much": "x" * 20_000_000}))
        await asyncio.sleep(0.1)
        if first == "probe":
            connection.probe()
        with pytest.raises(CannotConnectError) as caught:
            await command
        await until(connection._beating.done)
        server.abort()

    assert caught.value.maybe_sent
    assert connection.lost in {"the socket takes no frames", "no answer to a ping"}


def test_facts_are_the_same_in_every_spelling():
    assert dict(flatten({"a": 1, "b": "1", "c": True, "d": None, "e": [1, {"outlet": 0}], "f": []})) == {
        ("a",): "1",
        ("b",): "1",
        ("c",): "on",
        ("d",): "None",
        ("e",): '[1,{"outlet":0}]',
        ("f",): "[]",
    }
