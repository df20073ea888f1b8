"""What the account knows of its devices: their rooms, connected gateways, since when one is gone."""

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ewelink.const import DOMAIN
from tests.common import until

LAMP, MACHINE = "1000000001", "1000000003"


def area_of(hass, entry, device_id):
    device = entry.runtime_data.async_device_entry(device_id)
    area = None if device.area_id is None else ar.async_get(hass).async_get_area(device.area_id)
    return None if area is None else area.name


def entity_of(hass, domain, device_id, key):
    return er.async_get(hass).async_get_entity_id(domain, DOMAIN, f"{device_id}_{key}")


# Areas


async def test_a_new_account_puts_its_devices_into_the_rooms_that_it_knows(hass, cloud, running_entry):
    await until(lambda: running_entry.runtime_data.client.management.groups)
    await hass.async_block_till_done()
    assert area_of(hass, running_entry, MACHINE) == "Utility room"
    client = running_entry.runtime_data.client
    grouped = [device for device in client.devices.values() if device.groups]
    first = {
        device.device_id: next(
            group.name for group in client.management.groups.values() if group.group_id in device.groups
        )
        for device in grouped
    }
    assert {device_id: area_of(hass, running_entry, device_id) for device_id in first} == first
    others = [device for device in client.devices.values() if not device.groups]
    assert {area_of(hass, running_entry, device.device_id) for device in others} == {None}


async def test_what_was_there_before_stays_where_the_user_has_it(hass, cloud, running_entry):
    await until(lambda: running_entry.runtime_data.client.management.groups)
    await hass.async_block_till_done()
    registry = dr.async_get(hass)
    machine = running_entry.runtime_data.async_device_entry(MACHINE)
    registry.async_update_device(machine.id, area_id=None)
    await hass.config_entries.async_reload(running_entry.entry_id)
    await until(lambda: running_entry.runtime_data.client.management.groups)
    await hass.async_block_till_done()
    assert area_of(hass, running_entry, MACHINE) is None


async def test_a_device_that_comes_later_is_put_into_its_room(hass, cloud, running_entry):
    await until(lambda: running_entry.runtime_data.client.management.groups)
    group = next(one for one in cloud.account.groups.values() if one.name == "Nursery")
    device = cloud.add_device(
        {"deviceid": "1000000b77", "name": "Night light", "uiid": 1, "params": {"switch": "off"}}
    )
    group.devices.append(device.deviceid)
    await running_entry.runtime_data.async_refresh()
    await until(lambda: running_entry.runtime_data.async_device_entry("1000000b77"))
    await hass.async_block_till_done()
    assert area_of(hass, running_entry, "1000000b77") == "Nursery"


# Gateways


@pytest.fixture
def gateway(cloud):
    """A gateway of the default home, with its children."""
    return next(one for one in cloud.devices.values() if one.params.get("subDevices"))


async def test_a_gateway_shows_whether_it_is_connected(hass, cloud, gateway, running_entry):
    entity_id = entity_of(hass, BINARY_SENSOR_DOMAIN, gateway.deviceid, "connectivity")
    assert hass.states.get(entity_id).state == STATE_ON
    await gateway.set_online(False)
    await until(lambda: hass.states.get(entity_id).state == STATE_OFF)
    await gateway.set_online(True)
    await until(lambda: hass.states.get(entity_id).state == STATE_ON)
    # Others have none.
    assert entity_of(hass, BINARY_SENSOR_DOMAIN, LAMP, "connectivity") is None


async def test_a_child_makes_a_gateway_of_what_nobody_knew_as_one(hass, cloud, setup_home):
    entry = await setup_home({"deviceid": "1000000b01", "name": "Box", "uiid": 9999, "params": {"x": 1}})
    assert entity_of(hass, BINARY_SENSOR_DOMAIN, "1000000b01", "connectivity") is None
    cloud.add_device(
        {
            "deviceid": "a000000b02",
            "name": "Door",
            "uiid": 3026,
            "params": {"lock": 0, "battery": 90, "parentid": "1000000b01"},
        }
    )
    await entry.runtime_data.async_refresh()
    await until(lambda: entity_of(hass, BINARY_SENSOR_DOMAIN, "1000000b01", "connectivity"))


async def test_a_gateway_that_comes_back_is_shown_again(hass, cloud, gateway, running_entry):
    item = {**gateway.item, "params": gateway.params}
    cloud.remove_device(gateway.deviceid)
    coordinator = running_entry.runtime_data
    await until_gone(coordinator, gateway.deviceid)
    assert entity_of(hass, BINARY_SENSOR_DOMAIN, gateway.deviceid, "connectivity") is None
    cloud.add_device(item)
    await coordinator.async_refresh()
    await until(lambda: entity_of(hass, BINARY_SENSOR_DOMAIN, gateway.deviceid, "connectivity"))


async def until_gone(coordinator, device_id):
    """Read lists until a device has left."""
    await coordinator.async_refresh()
    await until(lambda: device_id not in coordinator.client.devices)
    await coordinator.hass.async_block_till_done()


# Since when


async def test_an_offline_device_says_since_when(hass, cloud, running_entry):
    assert entity_of(hass, SENSOR_DOMAIN, LAMP, "offline_since") is None
    before = dt_util.utcnow().replace(microsecond=0)
    await cloud.devices[LAMP].set_online(False)
    await until(lambda: entity_of(hass, SENSOR_DOMAIN, LAMP, "offline_since"))
    await hass.async_block_till_done()
    entity_id = entity_of(hass, SENSOR_DOMAIN, LAMP, "offline_since")
    assert before <= dt_util.parse_datetime(hass.states.get(entity_id).state) <= dt_util.utcnow()
    assert hass.states.get("switch.hall_lamp").state == STATE_UNAVAILABLE
    await cloud.devices[LAMP].set_online(True)
    await until(lambda: entity_of(hass, SENSOR_DOMAIN, LAMP, "offline_since") is None)


async def test_a_device_that_is_listed_offline_says_since_when(hass, cloud, setup_home):
    await setup_home(
        {
            "deviceid": "1000000b01",
            "name": "Shed",
            "uiid": 1,
            "online": False,
            "onlineTime": "2026-10-01T10:00:00.000Z",
            "offlineTime": "2026-11-01T12:30:00.000Z",
            "params": {"switch": "off"},
        }
    )
    entity_id = entity_of(hass, SENSOR_DOMAIN, "1000000b01", "offline_since")
    assert hass.states.get(entity_id).state == "2026-11-01T12:30:00+00:00"


# The account


async def test_the_accounts_device_is_called_like_its_entry(hass, running_entry):
    hass.config_entries.async_update_entry(running_entry, title="Summer house")
    await hass.async_block_till_done()
    device = running_entry.runtime_data.async_device_entry(running_entry.entry_id)
    assert device.name == "Summer house"


async def test_a_loss_and_a_return_name_the_account_in_the_log(hass, cloud, running_entry, caplog):
    hass.config_entries.async_update_entry(running_entry, title="Summer house")
    await hass.async_block_till_done()
    caplog.set_level("INFO")
    await cloud.drop_connections()
    await until(lambda: "Connected Summer house to the cloud again" in caplog.text)
    assert "No connection of Summer house to the cloud: " in caplog.text
