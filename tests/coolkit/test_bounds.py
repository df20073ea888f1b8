"""Everything that a server fills has an end: answers, memories, numbers, dates and lists."""

from datetime import UTC, datetime, timedelta
import json
import logging
import zlib

from aiohttp import web
import pytest

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    CloudError,
    CoolKitClient,
    HostsV1,
    Limiter,
    Timings,
)
from custom_components.ewelink.coolkit.cloud.frames import _device_id, _read_share
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.cloud.v1.interfaces import DEVICES, DISPATCH
from custom_components.ewelink.coolkit.devices.fields import LONGEST_TEXT, MOST_ITEMS, MOST_PARAMS
from custom_components.ewelink.coolkit.devices.params import (
    LARGEST,
    MOST_OUTLETS,
    integer,
    merge,
    number,
    together,
)
from custom_components.ewelink.coolkit.devices.timers.timer import MOST_TIMERS, timers_of, timers_params
from custom_components.ewelink.coolkit.jsontext import MAX_CONTAINERS, MAX_TEXT, decode
from custom_components.ewelink.coolkit.push import Push
from custom_components.ewelink.coolkit.share_requests import MOST_REQUESTS
from custom_components.ewelink.coolkit.store import MOST_NOTED, MOST_UNKNOWN, DeviceStore
from tests.coolkit.conftest import TIMINGS, list_requests, listening, until
from tests.coolkit.test_websocket import SESSION

MIB = 1024 * 1024


def packed(mib):
    """Return blanks of so many MiB, a thousand times as short."""
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [press.compress(b" " * MIB) for _ in range(mib)]
    return b"".join((*parts, press.flush()))


@pytest.mark.parametrize("encoding", ["gzip", None])
async def test_an_answer_beyond_all_bounds_is_not_read_to_its_end(serve, websession, encoding):
    taken = 0

    async def handler(request):
        nonlocal taken
        response = web.StreamResponse(headers={"Content-Encoding": encoding} if encoding else {})
        await response.prepare(request)
        content = packed(300) if encoding else b" " * (300 * MIB)
        for start in range(0, len(content), MIB // 4):
            await response.write(content[start : start + MIB // 4])
            taken += MIB // 4
        return response

    hosts = HostsV1.custom(await serve(handler))
    api = ApiV1(websession, AppCredentials("id", "key"), hosts, limiter=Limiter(), timeout=30)
    for call, longest in ((api.list_devices, DEVICES.longest), (api.dispatch, DISPATCH.longest)):
        with pytest.raises(CloudError, match=f"longer than {longest // MIB} MiB"):
            await call(SESSION)
    assert encoding or taken < 300 * MIB


async def test_a_bomb_of_the_simulator_does_no_harm(cloud, api, session):
    cloud.faults.add("bomb", interface="devices", mib=20)
    with pytest.raises(CloudError, match="longer than"):
        await api.list_devices(session)
    assert await api.list_devices(session)


def test_a_list_of_thousands_fits():
    """A large home of long entries, and ten times more than anybody has seen."""
    entry = {"deviceid": "1000000001", "params": {"x": "y" * 1500}, "tags": [{}] * 20}
    assert len(json.dumps([entry] * 8_000)) < DEVICES.longest
    assert len(decode(json.dumps([entry] * 8_000).encode())) == 8_000
    assert decode(b"[" + b"{}," * MAX_CONTAINERS + b"0]") is None


@pytest.mark.parametrize("escape", ["", "\\\\", '\\"'])
def test_a_long_text_is_emptied_alone(escape):
    fits = "x" * (MAX_TEXT - 2) + escape
    data = f'{{"a":"{fits}","b":["{fits}xxxx"],"c":1,"{fits}xxxx":2}}'.encode()
    assert decode(data) == {"a": json.loads(f'"{fits}"'), "b": [None], "c": 1}


@pytest.mark.timeout(60)
def test_long_texts_are_found_in_linear_time():
    for part in (rb"\"", rb"\\", b'"', b"x", b'","'):
        decode(b'["' + part * 300_000 + b'"]')


@pytest.mark.parametrize(
    "value",
    [
        10**16,
        -(10**16),
        1e308,
        -1e308,
        "1e308",
        "9" * 400,
        "1" * 70_000,
        2**64,
        "inf",
        "nan",
        float(LARGEST) * 2,
    ],
)
def test_numbers_beyond_all_that_is_measured_are_none(value):
    assert number({"x": value}, "x") is None
    assert integer({"x": value}, "x") is None


def test_numbers_that_are_measured_stay():
    assert integer({"x": LARGEST}, "x") == LARGEST
    assert number({"x": "-1e15"}, "x") == -LARGEST
    assert len(str(number({"x": LARGEST}, "x"))) < 255


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "1969-12-31T00:00Z",
    ],
)
def test_dates_at_the_edges_of_the_calendar_are_none(text):
    device = device_from_entry(
        {"deviceid": "1", "onlineTime": text, "offlineTime": text, "params": {"lastUpdateTime": text}}
    )
    assert (device.online_since, device.offline_since) == (None, None)
    entry = {"mId": "1", "type": "once", "at": text, "enabled": 1, "do": {"switch": "on"}}
    (timer,) = timers_of({"timers": [entry]})
    assert timer.schedule is None
    assert timers_params([timer]) == {"timers": [entry]}


def test_dates_in_other_zones_stay():
    device = device_from_entry({"deviceid": "1", "onlineTime": "2199-12-31T23:59:59-14:00"})
    assert device.online_since == datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC) + timedelta(hours=14)


def test_what_a_device_fills_has_an_end():
    many = [{"apikey": str(index)} for index in range(5 * MOST_ITEMS)]
    device = device_from_entry(
        {
            "deviceid": "1",
            "productModel": "x" * (LONGEST_TEXT + 1),
            "sharedTo": many,
            "groups": [str(index) for index in range(5 * MOST_ITEMS)],
            "tags": {"ck_channel_name": {str(index): "x" for index in range(5 * MOST_ITEMS)}},
            "params": {f"p{index}": 0 for index in range(5 * MOST_PARAMS)},
        }
    )
    assert device.model is None
    sizes = map(len, (device.shared_to, device.groups, device.channel_names, device.params))
    assert max(sizes) <= MOST_ITEMS == MOST_PARAMS
    for index in range(3 * MOST_PARAMS):
        device = device.with_params({f"q{index}": 1, "p0": index})
    assert len(device.params) == MOST_PARAMS
    # What is there goes on.
    assert device.params["p0"] == 3 * MOST_PARAMS - 1
    with pytest.raises(ValueError, match="no deviceid"):
        device_from_entry({"deviceid": "x" * (LONGEST_TEXT + 1)})


def test_outlets_and_deltas_have_an_end():
    items = [{"outlet": index, "switch": "on"} for index in range(-5, 5000)]
    assert len(merge({"switches": []}, {"switches": items})["switches"]) == MOST_OUTLETS
    assert len(together([{f"p{index}": 1} for index in range(100_000)])) == 100


def test_timers_beyond_all_measure_are_kept_but_not_read():
    entries = [
        {"mId": str(index), "type": "once", "at": "2030-01-01T00:00Z", "do": {"switch": "on"}}
        for index in range(MOST_TIMERS + 5)
    ]
    timers = timers_of({"timers": entries})
    assert [timer.schedule is None for timer in timers] == [False] * MOST_TIMERS + [True] * 5
    assert timers_params(timers) == {"timers": entries}


@pytest.mark.parametrize("value", [None, "", True, [], {}, 1.5, "x" * (LONGEST_TEXT + 1)])
def test_what_is_no_id(value):
    assert _device_id(value) is None


async def test_unknown_ids_are_not_remembered_without_end():
    wanted = []
    store = DeviceStore(timings=Timings(), emit=lambda _: None, list_requests=list_requests(wanted.append))
    journal = store.begin_list()
    for index in range(MOST_NOTED + 1000):
        store.handle(Push(f"unknown{index}", {"switch": "on"}))
    assert len(journal) == MOST_NOTED
    store.end_list()
    for _ in range(3):
        store.replace([], journal)
        for index in range(MOST_UNKNOWN):
            store.handle(Push(f"more{index}", {"switch": "on"}))
    assert len(store._unknown) + len(store._asked_for) <= MOST_UNKNOWN
    assert len(store._presence._seen) == 0
    # Somebody else's noise does not hide a device for longer than to the next regular list.
    store.forget_unknown()
    wanted.clear()
    store.handle(Push("new", {"switch": "on"}))
    assert wanted


async def test_requests_of_strangers_have_an_end(websession, api, session, cloud, caplog):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(lambda: client.devices)
        with caplog.at_level(logging.WARNING):
            for index in range(200):
                frame = {
                    "action": "share",
                    "deviceid": f"2{index:09}",
                    "apikey": f"stranger{index}",
                    "sequence": "1",
                }
                client.share_requests.take(
                    _read_share({**frame, "params": {"deviceName": "x\ny" * 500}}, changes=False)
                )
        assert len(client.share_requests.open) == MOST_REQUESTS
        assert {request.device_name.isprintable() for request in client.share_requests.open} == {True}
        assert [record.message for record in caplog.records if "share requests" in record.message] == [
            f"More than {MOST_REQUESTS} share requests are open; others are ignored"
        ]
