"""One bad value takes nothing with it: neither its device nor the list, nor its frame or the connection."""

import asyncio
import json
import logging

import orjson
import pytest

from custom_components.ewelink.coolkit import CoolKitClient, DeviceChanged, DeviceRemoved
from custom_components.ewelink.coolkit.cloud.entries import MOST_GROUPS, _tell_once, read_entries
from custom_components.ewelink.coolkit.cloud.v1.entries import group_from_entry
from custom_components.ewelink.coolkit.jsontext import MAX_DEPTH, decode, decode_text
from tests.coolkit.conftest import TIMINGS, listening, until

UNKNOWN = "\ufffd"
# As it may stand in an answer, and what is read of it.
ODD = {
    "half a sign": (rb'"Lamp \ud83d"', f"Lamp {UNKNOWN}"),
    "the other half": (rb'"\ude00 Lamp"', f"{UNKNOWN} Lamp"),
    "halves in the wrong order": (rb'"\ude00\ud83d"', UNKNOWN * 2),
    "half a sign in bytes": (b'"Lamp \xed\xa0\xbd"', f"Lamp {UNKNOWN * 3}"),
    "a whole sign beside half of one": (rb'"\ud83d\ude00\ud83d"', f"\U0001f600{UNKNOWN}"),
    "what only looks like half a sign": (rb'"\\ud83d\ud83d"', "\\ud83d\ufffd"),
    "a stray byte": (b'"La\xffmp"', f"La{UNKNOWN}mp"),
    "a cut letter": (b'"La\xc3"', f"La{UNKNOWN}"),
    "control signs": (b'"La\nm\x01p\t"', "La\nm\x01p\t"),
    "a byte before it": (b'\xff"Lamp"', "Lamp"),
    "a zero behind it": (b'"Lamp"\x00', "Lamp"),
    "a mark": (b'\xef\xbb\xbf"Lamp"', "Lamp"),
    "no number": (b"NaN", None),
    "no end": (b"Infinity", None),
    "no beginning": (b"-Infinity", None),
    "no number of another language": (b"nan", None),
    "too large": (b"1e400", None),
    "too small": (b"-1e400", None),
    "too long": (b"1" * 400, None),
    "far too long": (b"1" * 100_000, None),
    "no word": (b"undefined", None),
    "no quotes": (b"Lamp", None),
    "other quotes": (b"'Lamp'", None),
    "an unknown escape": (rb'"\x41"', None),
    "half an escape": (rb'"\u12"', None),
    "a quote within": (b'"La"mp"', None),
    "a zero before": (b"007", None),
    "other brackets": (b"[1, 2}", [1, 2]),
    "commas": (b"[1,,2,]", [1, None, 2]),
    "a name without quotes": (b'{a: 1, "b": 2}', {"b": 2}),
    "something else": (b'{"a": undefined, "b": 2}', {"a": None, "b": 2}),
}


@pytest.mark.parametrize(("raw", "value"), ODD.values(), ids=ODD)
def test_a_bad_value_takes_nothing_with_it(raw, value):
    answer = (
        b'{"error":0,"devicelist":[{"deviceid":"1","params":{"odd":%s,"switch":"on"}},{"deviceid":"2"}]}'
        % raw
    )
    first, second = decode(answer)["devicelist"]
    assert second == {"deviceid": "2"}
    assert first["deviceid"] == "1"
    assert first["params"]["switch"] == "on"
    assert first["params"].get("odd") == value
    # Whoever writes it again can.
    assert orjson.loads(orjson.dumps([first, second])) == [first, second]


@pytest.mark.parametrize("raw", [raw for raw, _ in ODD.values()], ids=ODD)
def test_a_bad_value_in_a_text_that_holds_json(raw):
    assert decode_text(f'{{"odd":{raw.decode("latin-1")},"switch":"on"}}')["switch"] == "on"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_marks_of_encodings(encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    assert decode(f'{mark}{{"name":"Küche 🎄"}}'.encode(encoding)) == {"name": "Küche 🎄"}


@pytest.mark.parametrize(
    "data",
    [
        b"pong",
        b"",
        b"\xff\xfe",
        b"<html>[1]</html>",
        b'"NaN',
        b"NaN",
        b'{"error":0',
        b'{"error":0}{"error":0}',
        b'[{"deviceid":"1"},{"devic',
        b'{"a":NaN',
        b'["' + b"\\" * 1001,
    ],
)
def test_what_is_no_list_and_no_object_is_nothing(data):
    assert decode(data) is None


def test_whole_numbers_are_exact_as_far_as_others_can_write_them():
    assert decode(b"[NaN,18446744073709551615,-9223372036854775808]") == [None, 2**64 - 1, -(2**63)]
    assert decode(b"[NaN,18446744073709551616]") == [None, float(2**64)]


@pytest.mark.parametrize("opening", [b'\\"', b'x"', b'\x00"\\', b"'"])
def test_what_is_broken_does_not_hide_how_deep_it_is(opening):
    data = b'{"a":%s%s,"b":[1]}' % (opening, b"[" * 300 + b"]" * 300)
    value = decode(data)
    assert json.dumps(value).count("[") <= MAX_DEPTH


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part",
    [
        rb"\"",
        rb'"a"',
        rb"\ud83d",
        b'" ',
        b"\xff1",
        b"\\",
        b"{",
        b'"',
        b",",
        b',"b":{x}',
        b"[x,",
        b"1",
        b" ",
        b"[]",
    ],
)
def test_the_time_grows_with_the_length_alone(part):
    """With the square of it, each of these would take minutes."""
    for begin in (b"[x,", b'["', b'[NaN,"', b'{"a":', b'{"a":x,"b":"'):
        decode(begin + part * 100_000 + b"]")


# --- lists -----------------------------------------------------------------------------------------------


@pytest.fixture
async def client(websession, api, session, cloud):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await until(
            lambda: client.devices and client.management.groups and not client._list.requests.pending.is_set()
        )
        yield client


@pytest.mark.parametrize("place", ["name", "rssi"])
@pytest.mark.parametrize("raw", [raw for raw, _ in ODD.values()], ids=ODD)
async def test_a_list_with_a_bad_value_shows_all_devices(api, session, cloud, raw, place):
    ids = set(cloud.devices)
    odd_id = next(iter(ids))
    cloud.faults.add("odd_value", interface="devices", raw=raw.decode("latin-1"), place=place, device=odd_id)
    listed = await api.list_devices(session)
    unread = ids - {device.device_id for device in listed}
    # Without its name it would have another one.
    assert unread <= ({odd_id} if place == "name" else set())
    assert listed.complete or raw not in {b"NaN", b"1e400"}
    assert not unread or not listed.complete


async def test_what_cannot_be_read_does_not_leave(client, api, session, cloud, caplog):
    """Neither the device whose entry is broken nor one that may have been swallowed with it."""
    _tell_once.cache_clear()
    events = []
    client.subscribe(events.append, DeviceRemoved)
    broken, *_ = client.devices
    before = client.devices[broken]
    cloud.faults.add("odd_value", interface="devices", count=4, device=broken, raw="undefined")
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            await client.refresh_devices()
            await asyncio.sleep(TIMINGS.leave)
    assert events == []
    assert client.devices[broken] == before
    assert [record.message for record in caplog.records if "cannot be read" in record.message] == [
        "1 entries of the device list cannot be read and are left out"
    ]
    # A list that is whole again is believed.
    cloud.remove_device(broken)
    await client.refresh_devices()
    await until(lambda: events)
    assert [event.device_id for event in events] == [broken]


async def test_a_bad_value_in_a_push(client, cloud):
    events = []
    client.subscribe(events.append, DeviceChanged)
    device = next(device for device in cloud.devices.values() if device.uiid == 1)
    for raw, _ in ODD.values():
        cloud.faults.add("odd_value", interface="websocket", raw=raw.decode("latin-1"), place="odd")
        events.clear()
        await device.push({"switch": "on"})
        await until(lambda: events)
        assert "switch" in events[0].keys
    assert client.connection_losses == 0


async def test_entries_beyond_all_bounds_are_not_taken_as_gone():
    entries = [{"id": str(index)} for index in range(MOST_GROUPS + 1)]
    listed = await read_entries("group list", entries, group_from_entry, most=MOST_GROUPS, mended=False)
    assert (len(listed), listed.complete) == (MOST_GROUPS, False)
    listed = await read_entries("group list", entries[1:], group_from_entry, most=MOST_GROUPS, mended=False)
    assert listed.complete
