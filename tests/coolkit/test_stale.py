"""Loads that a meter goes on telling though its relay is off."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.ewelink.coolkit import (
    CannotConnectError,
    CoolKitClient,
    DeviceChanged,
    Kind,
    capabilities_of,
)
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.capability import LOADS
from custom_components.ewelink.coolkit.devices.uiid import MODELS, repertoire_of
from custom_components.ewelink.coolkit.push import Push
from custom_components.ewelink.coolkit.store import DeviceStore
from simulator.home import item
from tests.coolkit import fixture_devices
from tests.coolkit.conftest import TIMINGS, list_requests, listening, until

GENERATIONS = ("v1", "v2")
GRACE = 0.03
METER = "2000000001"
ON_1 = [{"outlet": outlet, "switch": "on"} for outlet in range(4)]
# Each kind of meter, its relay on and a load told.
METERS = {
    5: {"switch": "on", "power": "12.78"},
    32: {"switch": "on", "power": "12.78", "voltage": "230.10", "current": "0.06"},
    126: {
        "workMode": 1,
        "switches": ON_1,
        **{
            f"{name}_0{outlet}": 3640
            for name in ("actPow", "current", "reactPow", "apparentPow")
            for outlet in (0, 1)
        },
        "voltage_00": 23010,
        "voltage_01": 23010,
    },
    182: {
        "switches": ON_1,
        "power": "12.78",
        "voltage": "230.10",
        "current": "0.06",
        "appPower": "13",
        "reactPower": "2",
    },
    190: {
        "switches": ON_1,
        "power": 181250,
        "voltage": 23010,
        "current": 788,
        "dayKwh": 123,
        "monthKwh": 2345,
    },
}


def off_of(uiid, outlet=0):
    """Return the params that say that a relay is off."""
    return {"switch": "off"} if uiid in (5, 32) else {"switches": [{"outlet": outlet, "switch": "off"}]}


def readings(device, *, outlet=None):
    """Return what is measured, by kind; of one channel if it has several."""
    return {
        capability.kind: capability.read(device.params)
        for capability in capabilities_of(device)
        if capability.outlet == outlet and capability.write is None
    }


# --- the table -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uiid", sorted(MODELS))
def test_every_load_of_a_device_with_a_relay_is_behind_it(uiid):
    """Whoever adds a meter to the table need not think of this."""
    capabilities = {
        one for row in (MODELS[uiid], *MODELS[uiid].products) for one in MODELS[uiid].capabilities
    }
    loads = {one for one in capabilities if one.kind in LOADS}
    switched = any(one.kind in (Kind.RELAY, Kind.LIGHT) for one in capabilities)
    device = device_from_entry({"deviceid": "1", "uiid": uiid})
    behind = {load for meter in repertoire_of(device).meters for load in meter.loads}
    assert behind == (loads if switched else set())


@pytest.mark.parametrize("name", fixture_devices.NAMES)
def test_a_meter_of_a_fixture_is_behind_relays_that_it_has(name):
    device = fixture_devices.device(name)
    for meter in repertoire_of(device).meters:
        assert {feeder.kind for feeder in meter.feeders} <= {Kind.RELAY, Kind.LIGHT}


# --- the store alone -------------------------------------------------------------------------------------


class Home:
    """A store whose devices answer questions as a test says."""

    def __init__(self):
        self.events = []
        self.asked = []
        self.answer = None
        timings = replace(TIMINGS, grace=GRACE)
        self.store = DeviceStore(
            timings=timings, emit=self.events.append, list_requests=list_requests(lambda _: None)
        )

    async def ask(self, device_id, params):
        self.asked.append((device_id, params))
        if self.answer is None:
            raise CannotConnectError("query", reason="no connection")
        found = await self.answer() if callable(self.answer) else self.answer
        self.push(found, heard=False)
        return found

    def list(self, uiid, params):
        self.store.replace([device_from_entry({"deviceid": METER, "uiid": uiid, "params": params})], [])

    def push(self, params, *, heard=True):
        self.store.handle(Push(METER, params, heard=heard))

    @property
    def device(self):
        return self.store.devices[METER]

    @property
    def power(self):
        return self.device.params["power"]


@pytest.fixture
async def home():
    home = Home()
    watching = asyncio.create_task(home.store.loads.watch(home.ask))
    yield home
    assert not watching.done()
    watching.cancel()


async def settled(home):
    """Wait until nothing is looked into any more."""
    await asyncio.sleep(GRACE * 2)
    await until(lambda: not home.store.loads._pending)
    await asyncio.sleep(0.01)


# What is not there while the relay is off; the estimated energy is told as the power that is added up.
GONE = LOADS | {Kind.ENERGY_ESTIMATED}


@pytest.mark.parametrize("uiid", METERS)
@pytest.mark.parametrize("repeats", [False, True])
async def test_a_relay_goes_off_and_its_meter_says_nothing_new(home, uiid, repeats):
    home.list(uiid, METERS[uiid])
    before = readings(home.device, outlet=0 if uiid == 126 else None)
    # The device may say as much from memory.
    home.answer = METERS[uiid] | off_of(uiid)

    home.push(off_of(uiid) | ({k: v for k, v in METERS[uiid].items() if k[:2] != "sw"} if repeats else {}))
    await settled(home)

    after = readings(home.device, outlet=0 if uiid == 126 else None)
    assert {kind: after[kind] for kind in after if kind in GONE} == dict.fromkeys(
        [kind for kind in before if kind in GONE], 0
    )
    assert [kind for kind in before if kind in GONE]
    # Voltage and what was counted stay.
    assert {kind: after[kind] for kind in after if kind not in GONE} == {
        kind: before[kind] for kind in before if kind not in GONE
    }
    if uiid == 126:
        assert readings(home.device, outlet=1)[Kind.POWER] == 36.4
    assert len(home.asked) == 1
    assert home.asked[0][0] == METER


async def test_a_device_that_is_asked_may_say_otherwise(home):
    home.list(32, METERS[32])
    home.answer = {"power": "3.10", "current": "0.02"}
    home.push({"switch": "off"})
    await settled(home)
    assert home.power == "3.10"
    # There is a load that the relay does not switch: it is believed from now on.
    home.push({"power": "3.20"})
    await settled(home)
    assert home.power == "3.20"
    assert len(home.asked) == 1


async def test_a_relay_that_is_on_after_all(home):
    home.list(32, METERS[32])
    home.answer = {"switch": "on", "power": "12.78"}
    home.push({"switch": "off"})
    await settled(home)
    assert home.power == "12.78"
    assert home.asked == [(METER, ("switch", "power", "current"))]


async def test_a_meter_that_says_zero_in_time_is_not_asked(home):
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    home.push({"power": "0.00", "current": "0.00"})
    await settled(home)
    assert home.power == "0.00"
    assert home.device.params["current"] == "0.00"
    # Nothing was left to find out.
    assert home.asked == []


@pytest.mark.parametrize("answer", [None, {}])
async def test_without_an_answer_it_is_zero(home, answer):
    home.answer = answer
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    await settled(home)
    assert home.power == 0


async def test_what_repeats_an_untrue_load_stays_untrue(home):
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    await settled(home)
    home.events.clear()

    for repeated in ({"power": 12.78, "rssi": -50}, {"switch": "off", "power": "12.78", "current": "0.06"}):
        home.push(repeated)
        assert home.power == 0
    home.list(32, METERS[32] | {"switch": "off"})
    assert home.power == 0
    await settled(home)
    assert home.power == 0
    assert len(home.asked) == 1
    # Not for a moment was it shown.
    assert all(
        float(event.device.params["power"]) == 0 for event in home.events if isinstance(event, DeviceChanged)
    )


async def test_a_relay_that_goes_on_again_starts_anew(home):
    home.list(32, METERS[32])
    for times in (1, 2):
        home.push({"switch": "off"})
        await settled(home)
        assert home.power == 0
        assert len(home.asked) == times
        # The very same load is true now.
        home.push({"switch": "on", "power": "12.78"})
        assert home.power == "12.78"


async def test_a_list_that_has_both(home):
    home.list(32, METERS[32] | {"switch": "off"})
    await settled(home)
    assert home.power == 0


async def test_last_words_of_a_meter(home):
    """What is told beside the relay that goes off was measured before it did."""
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    home.push({"switch": "off", "power": "1.20"})
    await settled(home)
    assert home.power == 0
    home.push({"switch": "off", "power": "0.40"})
    assert home.power == "0.40"
    await settled(home)
    assert home.power == 0
    assert len(home.asked) == 1


@pytest.mark.parametrize("settles", [True, False])
async def test_what_a_meter_sends_after_its_relay_went_off_is_believed(home, settles):
    """Whoever wired it knows why."""
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    if settles:
        await settled(home)
        assert home.power == 0
    for power in ("5.10", "5.30", "5.20", "12.78"):
        home.push({"power": power})
        assert home.power == power
    await settled(home)
    assert home.power == "12.78"
    assert len(home.asked) == settles


async def test_what_others_tell_of_a_load_behind_a_relay_that_is_off_is_memory(home):
    home.list(32, METERS[32] | {"switch": "off", "power": "0", "current": "0"})
    await settled(home)
    # Another client's echo, a list.
    home.push({"power": "3.10"}, heard=False)
    await settled(home)
    assert home.power == 0
    home.list(32, METERS[32] | {"switch": "off", "power": "3.30"})
    await settled(home)
    assert home.power == 0
    assert len(home.asked) == 1


async def test_a_meter_that_tells_its_relay_with_each_load_is_believed_in_the_end(home):
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    await settled(home)
    for power in ("5.10", "5.30", "5.20"):
        home.push({"switch": "off", "power": power})
        await settled(home)
    assert home.power == "5.20"
    assert len(home.asked) == 1


@pytest.mark.parametrize("mode", [2, 3, "2"])
async def test_a_motor_and_a_meter_alone_are_behind_no_relay(home, mode):
    off = [{"outlet": outlet, "switch": "off"} for outlet in range(4)]
    home.list(126, METERS[126] | {"workMode": mode, "switches": off})
    await settled(home)
    assert home.device.params["actPow_00"] == 3640
    assert home.asked == []


async def test_a_clamp_around_the_supply_is_behind_no_relay(home):
    home.list(190, METERS[190] | off_of(190) | {"supplyPower": 0, "supplyCurrent": 0})
    await settled(home)
    assert home.power == 181250
    assert home.asked == []


async def test_a_relay_of_which_nothing_is_told_may_be_on(home):
    home.list(32, {"power": "12.78"})
    await settled(home)
    assert home.power == "12.78"


async def test_negative_loads_are_loads(home):
    home.list(190, METERS[190] | {"power": -500} | off_of(190))
    await settled(home)
    assert home.power == 0


async def test_a_meter_that_appears_with_a_push(home):
    home.list(32, {"switch": "off"})
    home.push({"switch": "off", "power": "12.78"})
    await settled(home)
    assert home.power == 0


async def test_all_meters_of_a_house_at_once(home):
    """Few questions at a time, each once."""
    at_once, most = 0, 0

    async def slow():
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return {}

    home.answer = slow
    home.store.replace(
        [
            device_from_entry({"deviceid": str(number), "uiid": 32, "params": METERS[32] | {"switch": "off"}})
            for number in range(20)
        ],
        [],
    )
    home.push = lambda *_, **__: None
    await until(lambda: len(home.asked) == 20)
    await until(lambda: all(device.params["power"] == 0 for device in home.store.devices.values()))
    assert most == 4


async def test_a_device_that_leaves_is_forgotten(home):
    home.list(32, METERS[32])
    home.push({"switch": "off"})
    home.store.remove(METER)
    await settled(home)
    assert home.asked == []
    assert not home.store.loads.watched


# --- over real sockets -----------------------------------------------------------------------------------


@pytest.fixture
async def connected(websession, api, session, cloud):
    timings = replace(TIMINGS, grace=GRACE)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=timings)
    for uiid, params in METERS.items():
        cloud.add_device(item(f"20000000{uiid:02}", uiid, f"Meter {uiid}", params))
    await client.refresh_devices()
    async with listening(client):
        await until(lambda: client.connection == "connected" and not client._list.requests.pending.is_set())
        yield client


@pytest.mark.parametrize("uiid", METERS)
@pytest.mark.parametrize("meter_off", ["silent", "repeats"])
@pytest.mark.parametrize("by_hand", [True, False])
async def test_meters_of_the_simulator(connected, cloud, uiid, meter_off, by_hand):
    device_id = f"20000000{uiid:02}"
    device = cloud.devices[device_id]
    device.meter_off = meter_off
    if by_hand:
        await device.press(0)
    else:
        await connected.update(device_id, off_of(uiid))

    def told():
        known = readings(connected.devices[device_id], outlet=0 if uiid == 126 else None)
        return [value for kind, value in known.items() if kind in LOADS]

    await until(lambda: not any(told()))
    assert told()
    await connected.refresh_devices()
    assert not any(told())
    asked = [
        frame["params"]
        for session in cloud.connections
        for frame in session.frames
        if frame.get("action") == "query" and frame["deviceid"] == device_id
    ]
    assert len(asked) == 1
    # Never is a meter kept awake.
    assert not any("uiActive" in params for params in device.received)
