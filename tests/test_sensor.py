"""Sensors: what devices measure, and what they cannot."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from freezegun import freeze_time
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import (
    ATTR_FRIENDLY_NAME,
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
)
from homeassistant.core import callback
from homeassistant.helpers.entity_registry import RegistryEntryDisabler
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, snapshot_platform

from custom_components.ewelink.coolkit import ConnectionState, presence
from custom_components.ewelink.probing import BRIDGED
from simulator.home import item
from tests.common import connected, make_entry, until
from tests.platforms import state_of

CONNECTION = "sensor.demo_example_com_connection"
PLUG_ID = "1000000c01"
PLUG = item(PLUG_ID, 32, "Washer", {"switch": "on", "power": "12.78", "voltage": "230.10", "current": "0.06"})


async def test_sensors_of_every_kind_of_device(hass, every_kind, entity_registry, snapshot):
    # The next timer is another one each day.
    with freeze_time(datetime(2026, 1, 14, 9, 30, tzinfo=UTC), tick=True, real_asyncio=True):
        entry = await every_kind(SENSOR_DOMAIN)
    # What is the account's own differs from run to run.
    entity_registry.async_remove(CONNECTION)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_readings_follow_the_device(hass, cloud, setup_home):
    await setup_home(PLUG)
    assert state_of(hass, "sensor.washer_power") == "12.78"
    await cloud.devices[PLUG_ID].push({"power": "2100.5", "current": "9.13"})
    await until(lambda: state_of(hass, "sensor.washer_power") == "2100.5")
    assert state_of(hass, "sensor.washer_current") == "9.13"
    assert state_of(hass, "sensor.washer_voltage") == "230.1"


async def test_only_what_changed_is_written(hass, cloud, setup_home):
    await setup_home(PLUG)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    voltage = hass.states.get("sensor.washer_voltage").last_reported
    await cloud.devices[PLUG_ID].push({"power": "13.00", "voltage": "230.10", "current": 0.06})
    await until(lambda: state_of(hass, "sensor.washer_power") == "13.0")
    assert [event.data["entity_id"] for event in changes] == ["sensor.washer_power"]
    assert hass.states.get("sensor.washer_voltage").last_reported == voltage


@pytest.mark.parametrize("meter_off", ["silent", "repeats"])
async def test_a_washer_that_is_off_takes_no_power(hass, cloud, setup_home, meter_off):
    entry = await setup_home(PLUG)
    washer = cloud.devices[PLUG_ID]
    washer.meter_off = meter_off
    await washer.press()
    await until(lambda: state_of(hass, "sensor.washer_power") == "0.0")
    assert state_of(hass, "sensor.washer_current") == "0.0"
    assert state_of(hass, "sensor.washer_voltage") == "230.1"

    # The cloud still has the old load; it is not shown, not even for a moment.
    assert washer.params["power"] == "12.78"
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await entry.runtime_data.async_refresh()
    await washer.push({"switch": "off", "power": "12.78", "current": "0.06", "rssi": -60})
    await until(lambda: entry.runtime_data.client.devices[PLUG_ID].params["rssi"] == -60)
    assert changes == []

    await washer.push({"switch": "on", "power": "2100.50"})
    await until(lambda: state_of(hass, "sensor.washer_power") == "2100.5")


CELLAR_ID = "1000000c02"
CELLAR = item(
    CELLAR_ID, 15, "Cellar", {"switch": "off", "currentTemperature": "21.5", "currentHumidity": "45"}
)


def climate(hass):
    return state_of(hass, "sensor.cellar_temperature"), state_of(hass, "sensor.cellar_humidity")


async def test_a_reading_that_cannot_be_is_unknown(hass, cloud, setup_home):
    await setup_home(CELLAR)
    device = cloud.devices[CELLAR_ID]
    assert climate(hass) == ("21.5", "45.0")
    for how in ("unavailable", "gone"):
        await device.fail_probe(how)
        await until(lambda: climate(hass) == (STATE_UNKNOWN, STATE_UNKNOWN))
        await device.push({"currentTemperature": "19.0", "currentHumidity": "45", "sensorType": "AM2301"})
        await until(lambda: climate(hass) == ("19.0", "45.0"))


async def test_zero_is_a_reading(hass, cloud, setup_home):
    await setup_home(CELLAR)
    device = cloud.devices[CELLAR_ID]
    await device.push({"currentTemperature": "0.0"})
    await until(lambda: climate(hass) == ("0.0", "45.0"))
    await device.push({"currentTemperature": "-0.5"})
    await until(lambda: climate(hass) == ("-0.5", "45.0"))
    await device.push({"currentHumidity": "0"})
    await until(lambda: climate(hass) == ("-0.5", "0.0"))
    # Where there was no humidity before, there is none now.
    await device.push({"currentTemperature": 0})
    await until(lambda: climate(hass) == ("0.0", "0.0"))


async def test_zero_in_the_list_is_a_reading(hass, setup_home):
    params = {"switch": "off", "currentTemperature": "0.0", "currentHumidity": "0"}
    await setup_home(item(CELLAR_ID, 15, "Cellar", params))
    assert climate(hass) == ("0.0", "0.0")


def thermostat(hass):
    attributes = hass.states.get("climate.cellar").attributes
    return attributes["current_temperature"], attributes["current_humidity"]


@pytest.fixture
def waiting(monkeypatch):
    """What the sensors wait for: how long, and what is done then."""
    waits = []

    def later(_hass, delay, action):
        wait = (delay, action)
        waits.append(wait)
        return lambda: waits.remove(wait)

    monkeypatch.setattr("custom_components.ewelink.probing.async_call_later", later)
    return waits


@pytest.mark.parametrize(
    ("how", "in_the_end"), [("zero", ("0.0", "0.0")), ("beyond", (STATE_UNKNOWN, "0.0"))]
)
async def test_a_probe_that_fails_is_bridged_for_a_while(hass, cloud, setup_home, waiting, how, in_the_end):
    entry = await setup_home(CELLAR)
    device = cloud.devices[CELLAR_ID]
    changes = []

    @callback
    def note(event):
        changes.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)

    async def report(params):
        """Report something, and wait until it has arrived."""
        await device.push({**params, "beat": str(params)})
        await until(lambda: entry.runtime_data.client.devices[CELLAR_ID].params.get("beat") == str(params))

    failure = device.behaviour.FAILURES[how]
    # A failure that ends in time is not seen at all, and leaves nothing behind.
    await report(failure)
    # Each shows it: temperature, humidity, and the thermostat.
    assert [delay for delay, _ in waiting] == [BRIDGED] * 3
    await report({"currentTemperature": "21.5", "currentHumidity": "45"})
    assert climate(hass) == ("21.5", "45.0")
    assert (changes, waiting) == ([], [])

    # One that lasts is shown as what it is, once its time is over, whatever comes meanwhile.
    await report(failure)
    await report({**failure, "rssi": -70})
    assert climate(hass) == ("21.5", "45.0")
    assert thermostat(hass) == (21.5, 45)
    for _, give_up in waiting:
        give_up(dt_util.utcnow())
    waiting.clear()
    assert climate(hass) == in_the_end
    assert thermostat(hass) == (None if in_the_end[0] == STATE_UNKNOWN else 0, 0)
    await report(failure)
    assert climate(hass) == in_the_end
    await report({"currentTemperature": "20.0", "currentHumidity": "50"})
    assert (climate(hass), thermostat(hass)) == (("20.0", "50.0"), (20.0, 50))
    await report(failure)
    # The relay is switched meanwhile, which the thermostat shows.
    await report({"switch": "on"})
    assert (climate(hass), thermostat(hass)) == (("20.0", "50.0"), (20.0, 50))
    # An account that is unloaded waits for nothing.
    await hass.config_entries.async_unload(entry.entry_id)
    assert waiting == []


async def test_a_reading_appears_when_it_first_arrives(hass, cloud, setup_home):
    await setup_home(item("1000000c03", 190, "Roof", {"switches": [{"outlet": 0, "switch": "on"}]}))
    assert hass.states.get("sensor.roof_exported_power") is None
    await cloud.devices["1000000c03"].push({"supplyPower": 81250})
    await until(lambda: state_of(hass, "sensor.roof_exported_power") == "812.5")


async def test_the_signal_is_a_diagnostic_that_nobody_is_shown_unasked(setup_home, entity_registry):
    await setup_home(PLUG)
    signal = entity_registry.async_get("sensor.washer_signal_strength")
    assert signal.entity_category is EntityCategory.DIAGNOSTIC
    assert signal.disabled_by is RegistryEntryDisabler.INTEGRATION


async def test_the_level_of_light_that_grows_with_the_dark_is_named_so(hass, setup_home):
    await setup_home(item("1000000c04", 18, "Hub", {"light": "9", "noise": "2", "dusty": 1}))
    darkness = hass.states.get("sensor.hub_darkness_level")
    assert (darkness.state, darkness.attributes[ATTR_FRIENDLY_NAME]) == ("9", "Hub Darkness level")


# What the account knows of its devices


def minute_seen(hass):
    """Return the minute in which the washer was last seen."""
    return dt_util.parse_datetime(state_of(hass, "sensor.washer_last_seen"))


@pytest.mark.usefixtures("every_entity_enabled")
async def test_when_a_device_was_last_seen(hass, cloud, setup_home, monkeypatch):
    await setup_home({**PLUG, "onlineTime": "2026-01-10T07:22:14.361Z"})
    assert minute_seen(hass) == datetime(2026, 1, 10, 7, 22, tzinfo=UTC)

    noon = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    clock = SimpleNamespace(time=lambda: clock.now)
    # The cloud's clock goes on: it ends connections that are silent for long.
    monkeypatch.setattr(presence, "time", clock)
    # Whatever it sends, new or not.
    clock.now = noon.timestamp() + 5
    await cloud.devices[PLUG_ID].push({"switch": "on"})
    await until(lambda: minute_seen(hass) == noon)

    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    clock.now += 50
    await cloud.devices[PLUG_ID].push({"power": "2.00"})
    await until(lambda: state_of(hass, "sensor.washer_power") == "2.0")
    assert [event.data["entity_id"] for event in changes] == ["sensor.washer_power"]

    clock.now += 10
    await cloud.devices[PLUG_ID].push({"somethingUnknown": 1})
    await until(lambda: minute_seen(hass) == noon + timedelta(minutes=1))


@pytest.mark.usefixtures("every_entity_enabled")
async def test_when_a_device_was_last_seen_is_known_while_it_is_offline(hass, cloud, setup_home):
    await setup_home(PLUG)
    await cloud.devices[PLUG_ID].set_online(False)
    await until(lambda: state_of(hass, "sensor.washer_power") == STATE_UNAVAILABLE)
    assert minute_seen(hass) is not None


@pytest.mark.usefixtures("every_entity_enabled")
async def test_when_a_device_was_last_seen_outlasts_a_reload(hass, cloud, setup_home, monkeypatch):
    entry = await setup_home({**PLUG, "onlineTime": "2026-01-10T07:22:14.361Z"})
    noon = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(presence, "time", SimpleNamespace(time=noon.timestamp))
    await cloud.devices[PLUG_ID].push({"power": "2.00"})
    await until(lambda: minute_seen(hass) == noon)

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert minute_seen(hass) == noon


async def test_when_a_device_was_last_seen_is_not_shown_unasked(setup_home, entity_registry):
    await setup_home(PLUG)
    seen = entity_registry.async_get("sensor.washer_last_seen")
    assert seen.entity_category is EntityCategory.DIAGNOSTIC
    assert seen.disabled_by is RegistryEntryDisabler.INTEGRATION


@pytest.fixture
def guest(cloud):
    """Return the entry of an account that has nothing of its own."""
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    return make_entry(cloud, cloud.add_account(email="guest@example.com"))


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ({"email": "owner@example.com", "nickname": "Anna"}, "Anna"),
        ({"email": "owner@example.com"}, "owner@example.com"),
    ],
)
async def test_a_shared_device_shows_its_owner(
    hass, cloud, setup_entry, guest, entity_registry, owner, shown
):
    device = cloud.add_device(PLUG, cloud.add_account(**owner))
    cloud.share(device, cloud.accounts.by_apikey[guest.unique_id])
    await setup_entry(guest)
    assert state_of(hass, "sensor.washer_shared_by") == shown
    assert entity_registry.async_get("sensor.washer_shared_by").entity_category is EntityCategory.DIAGNOSTIC
    await device.set_online(False)
    await until(lambda: state_of(hass, "sensor.washer_power") == STATE_UNAVAILABLE)
    assert state_of(hass, "sensor.washer_shared_by") == shown


async def test_who_shares_a_device_comes_and_leaves_with_its_owner(
    hass, cloud, setup_entry, guest, entity_registry
):
    account = cloud.accounts.by_apikey[guest.unique_id]
    device = cloud.add_device(PLUG, account)
    await setup_entry(guest)
    assert entity_registry.async_get("sensor.washer_shared_by") is None

    device.owner = cloud.account
    cloud.share(device, account)
    await guest.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert hass.states.get("sensor.washer_shared_by") is not None

    device.owner = account
    device.shares.clear()
    await guest.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert entity_registry.async_get("sensor.washer_shared_by") is None
    assert hass.states.get("sensor.washer_shared_by") is None
    assert state_of(hass, "sensor.washer_power") == "12.78"


async def test_an_own_device_is_shared_by_nobody(setup_home, entity_registry):
    await setup_home(PLUG)
    assert entity_registry.async_get("sensor.washer_shared_by") is None


# How the account is connected


async def test_how_the_account_is_connected(hass, cloud, setup_home, device_registry, entity_registry):
    entry = await setup_home(PLUG)
    client = entry.runtime_data.client
    state = hass.states.get(CONNECTION)
    assert state.state == "connected"
    assert state.attributes["options"] == ["connected", "polling", "offline", "signed_out"]
    assert state.attributes["losses"] == 0
    assert state.attributes["since"] == dt_util.utc_from_timestamp(client.connection_since)
    device = device_registry.async_get(entity_registry.async_get(CONNECTION).device_id)
    assert device.identifiers == {("ewelink", entry.entry_id)}

    states = async_capture_events(hass, EVENT_STATE_CHANGED)
    await cloud.drop_connections()
    await until(lambda: client.connection_losses == 1)
    await connected(entry)
    told = [event.data["new_state"] for event in states if event.data["entity_id"] == CONNECTION]
    assert [(state.state, state.attributes["losses"]) for state in told] == [
        ("polling", 1),
        ("connected", 1),
    ]


async def test_the_connection_is_told_while_there_is_none(hass, cloud, setup_home):
    await setup_home(PLUG)
    await cloud.stop()
    await until(lambda: state_of(hass, CONNECTION) == "offline")
    await until(lambda: state_of(hass, "sensor.washer_power") == STATE_UNAVAILABLE)
    assert state_of(hass, CONNECTION) == "offline"


async def test_a_sign_out_is_told(hass, cloud, setup_home):
    entry = await setup_home(PLUG)
    await cloud.sign_in_elsewhere(cloud.account)
    await until(lambda: state_of(hass, CONNECTION) == "signed_out")
    assert entry.runtime_data.client.connection is ConnectionState.SIGNED_OUT
