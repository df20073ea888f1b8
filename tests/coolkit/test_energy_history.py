"""The histories that meters keep: asked for and decoded as each kind writes them."""

import asyncio
import random

import pytest

from custom_components.ewelink.coolkit import ConnectionState, QueryTimeoutError
from custom_components.ewelink.coolkit.devices.capability import Kind
from custom_components.ewelink.coolkit.devices.energy_history import (
    DAYS_OF_EITHER_FIRMWARE,
    HOURS,
    HUNDRED_DAYS,
    HistoryCapability,
    Period,
    days_of_channels,
)
from custom_components.ewelink.coolkit.devices.table import TABLE
from tests.coolkit.conftest import listening, until

FOUR_CHARACTERS, THREE_CHARACTERS = frozenset[str](), frozenset({"formateKwhDataByFourChars"})
# Real days of a DUALR3, with the list that the app shows of them.
DUAL_R3 = "003400740074007400760076007500770079007000700072006900710067006600660077008200680067006900340000"
SHOWN = (
    *(0.34, 0.74, 0.74, 0.74, 0.76, 0.76, 0.75, 0.77, 0.79, 0.7, 0.7, 0.72),
    *(0.69, 0.71, 0.67, 0.66, 0.66, 0.77, 0.82, 0.68, 0.67, 0.69, 0.34, 0.0),
)
ALL = (HUNDRED_DAYS, DAYS_OF_EITHER_FIRMWARE, HOURS, *days_of_channels((0, 3)))


def read(history, config, wanted=None, denied=FOUR_CHARACTERS, way=0):
    return history.requests[way].decode(config, wanted or history.usual, denied)


def test_every_meter_that_keeps_a_history_has_it():
    histories = {
        uiid: [one for one in row.capabilities if one.kind is Kind.ENERGY_HISTORY]
        for uiid, row in TABLE.items()
    }
    assert {uiid: len(found) for uiid, found in histories.items() if found} == {
        5: 1,
        32: 1,
        126: 2,
        130: 4,
        182: 1,
        190: 1,
    }


@pytest.mark.parametrize(
    ("history", "way", "wanted", "asked"),
    [
        (HUNDRED_DAYS, 0, 100, {"hundredDaysKwh": "get"}),
        (DAYS_OF_EITHER_FIRMWARE, 0, 186, {"h186DaysKwh": "get"}),
        (DAYS_OF_EITHER_FIRMWARE, 1, 186, {"hundredDaysKwh": "get"}),
        (days_of_channels((0, 3))[0], 0, 180, {"getKwh_00": 2}),
        (days_of_channels((0, 3))[1], 0, 180, {"getKwh_03": 2}),
        (HOURS, 0, 720, {"getHoursKwh": {"start": 0, "end": 719}}),
        (HOURS, 0, 4, {"getHoursKwh": {"start": 0, "end": 3}}),
    ],
)
def test_requests(history, way, wanted, asked):
    assert history.requests[way].make(wanted) == asked


@pytest.mark.parametrize(
    ("group", "kwh"), [("190101", 25.11), ("190301", 25.31), ("0a0007", 10.07), ("000301", 0.31)]
)
def test_days_of_six_characters(group, kwh):
    assert read(HUNDRED_DAYS, {"hundredDaysKwhData": group * 100}) == (kwh,) * 100
    assert read(DAYS_OF_EITHER_FIRMWARE, {"h186DaysKwhData": group * 186}) == (kwh,) * 186
    assert read(DAYS_OF_EITHER_FIRMWARE, {"hundredDaysKwhData": group * 2}, way=1) == (kwh,) * 2


def test_days_of_four_characters():
    (channel,) = days_of_channels((0,))
    assert read(channel, {"kwhHistories_00": "0c05" * 180}) == (12.05,) * 180
    # A shorter answer than usual is none the worse.
    assert read(channel, {"kwhHistories_00": DUAL_R3}) == SHOWN
    assert sum(SHOWN) == pytest.approx(15.87)
    assert channel.period is Period.DAY


@pytest.mark.parametrize(
    ("text", "wanted", "denied", "kwh"),
    [
        ("015a05", 2, FOUR_CHARACTERS, (0.15, 10.05)),
        ("12050015", 2, THREE_CHARACTERS, (18.05, 0.15)),
        # Shorter than asked for: what the firmware lacks tells how it is written.
        ("12050015", 24, FOUR_CHARACTERS, (18.05, 0.15)),
        ("015a05", 24, THREE_CHARACTERS, (0.15, 10.05)),
        # Longer: what nobody has asked for is left.
        ("0015001600170018", 2, FOUR_CHARACTERS, (0.15, 0.16)),
    ],
)
def test_hours(text, wanted, denied, kwh):
    assert read(HOURS, {"hoursKwhData": text}, wanted, denied) == kwh


@pytest.mark.parametrize("config", [{}, {"hoursKwhData": None}, {"hoursKwhData": ""}, {"hoursKwhData": 12}])
def test_nothing_told(config):
    assert read(HOURS, config) == ()


def test_what_cannot_be_read_ends_the_history():
    assert read(HUNDRED_DAYS, {"hundredDaysKwhData": "190101" + "19AA01" + "190101"}) == (25.11,)
    assert read(HUNDRED_DAYS, {"hundredDaysKwhData": "190101" + "191201"}) == (25.11,)
    assert read(HUNDRED_DAYS, {"hundredDaysKwhData": "190101" + "1901"}) == (25.11,)
    assert read(HOURS, {"hoursKwhData": "0015" + "٠٠٠١"}, 2) == (0.15,)


@pytest.mark.parametrize("history", ALL, ids=lambda one: f"{one.key} {one.most}")
def test_whatever_is_told_is_no_more_than_what_was_asked_for(history: HistoryCapability):
    names = ("hundredDaysKwhData", "h186DaysKwhData", "hoursKwhData", "kwhHistories_00", "kwhHistories_03")
    chance = random.Random(history.key)  # noqa: S311 - repeatable on purpose
    told = [
        None,
        {"deep": []},
        *("".join(chance.choices("0123456789abcdefABCDEF", k=chance.randrange(20_000))) for _ in range(40)),
        *("".join(chr(chance.randrange(0x3000)) for _ in range(40)) for _ in range(40)),
    ]
    for one in told:
        wanted = chance.randrange(1, 4537)
        for request in history.requests:
            values = request.decode(dict.fromkeys(names, one), wanted, FOUR_CHARACTERS)
            assert len(values) <= (wanted if history.period is Period.HOUR else history.most)
            assert all(0 <= value < 256 for value in values)


async def test_a_meter_is_asked_by_the_connection(cloud, client):
    device = cloud.add_device(
        {"deviceid": "1000a12605", "uiid": 126, "params": {"actPow_00": 3100, "timeZone": 2}}
    )
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        await until(lambda: device.deviceid in client.devices)
        before = client.devices[device.deviceid].params
        first, second = await asyncio.gather(
            *(client.read_history(device.deviceid, history, 180) for history in days_of_channels((0, 1)))
        )
        assert len(first) == len(second) == 180
        assert device.received == [{"getKwh_00": 2}, {"getKwh_01": 2}]
        # It is no state of the device.
        assert client.devices[device.deviceid].params == before
        device.answer = "silent"
        with pytest.raises(QueryTimeoutError):
            await client.read_history(device.deviceid, days_of_channels((0,))[0], 180)
        assert len(device.received) == 3
