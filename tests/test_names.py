"""Names that the user gives in Home Assistant: which of them are written to the account."""

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
import pytest

from custom_components.ewelink.const import CONF_WRITE_NAMES, DOMAIN
from simulator.home import item
from tests.common import make_entry, until
from tests.platforms import STRIP, STRIP_ID

HEATER_ID = "1000000a02"
HEATER = item(HEATER_ID, 1, "Heater", {"switch": "off"})
RENAMING = {"rename_device", "tags"}


@pytest.fixture
def home(hass, setup_home):
    """Set up a heater and a strip, with the option on."""

    async def set_up(*, option=True):
        entry = await setup_home(HEATER, STRIP)
        hass.config_entries.async_update_entry(entry, options={CONF_WRITE_NAMES: option})
        await until(lambda: entry.runtime_data.client.management.groups)
        return entry

    return set_up


@pytest.fixture
def name_device(device_registry):
    """Name a device as the user does."""

    def name(entry, device_id, name):
        device = device_registry.async_get_device_by_identifier((DOMAIN, device_id), entry.entry_id)
        return device_registry.async_update_device(device.id, name_by_user=name)

    return name


def calls(cloud):
    """Return the interfaces that were called."""
    return [request.interface for request in cloud.requests]


async def settled(hass, entry):
    """Wait until every name that is being written has been."""
    await hass.async_block_till_done(wait_background_tasks=False)
    await until(
        lambda: not any(task.get_name().startswith(f"{DOMAIN} name of") for task in entry._background_tasks)
    )


def notifications(hass):
    return [one["message"] for one in _async_get_or_create_notifications(hass).values()]


async def test_a_name_of_a_device_is_written(hass, cloud, home, name_device, device_registry):
    entry = await home()
    device = name_device(entry, HEATER_ID, "Stove")
    await until(lambda: cloud.devices[HEATER_ID].name == "Stove")
    await settled(hass, entry)
    assert device_registry.async_get(device.id).name == "Stove"
    assert device_registry.async_get(device.id).name_by_user == "Stove"
    assert notifications(hass) == []


async def test_the_last_of_two_names_stays(hass, cloud, home, name_device):
    entry = await home()
    name_device(entry, HEATER_ID, "Stove")
    name_device(entry, HEATER_ID, "Heater")
    await settled(hass, entry)
    assert cloud.devices[HEATER_ID].name == "Heater"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Coffee", "Coffee"),
        ("Strip coffee", "Coffee"),
        ("STRIP - coffee maker", "Coffee maker"),
        ("strip: iPad", "iPad"),
        ("Strip 2", "2"),
        ("Stripes", "Stripes"),
        ("My strip", "My strip"),
        ("  Tea  ", "Tea"),
    ],
)
async def test_a_name_of_a_channel_is_written(hass, cloud, home, entity_registry, name, written):
    entry = await home()
    entity_registry.async_update_entity("switch.strip_kettle", name=name)
    await settled(hass, entry)
    assert cloud.devices[STRIP_ID].tags["ck_channel_name"] == {"0": written, "3": "Lamp"}
    assert entity_registry.async_get("switch.strip_kettle").original_name == written


async def test_the_name_in_front_is_the_one_that_the_user_gave_the_device(
    hass, cloud, home, name_device, entity_registry
):
    entry = await home()
    name_device(entry, STRIP_ID, "Große Leiste")
    entity_registry.async_update_entity("switch.strip_kettle", name="GROSSE LEISTE kaffee")
    await settled(hass, entry)
    assert cloud.devices[STRIP_ID].tags["ck_channel_name"] == {"0": "Kaffee", "3": "Lamp"}


async def test_what_says_nothing_new_sends_nothing(
    hass, cloud, home, name_device, entity_registry, device_registry
):
    entry = await home()
    sent = len(cloud.requests)
    # Cleared, empty, as it is, and as it is called without a name.
    for name in (None, " ", "Heater"):
        name_device(entry, HEATER_ID, name)
    entity_registry.async_update_entity("switch.strip_channel_2", name="Channel 2")
    entity_registry.async_update_entity("switch.strip_kettle", name="Strip")
    entity_registry.async_update_entity("switch.strip_kettle", name=None)
    # No channels, and not names.
    entity_registry.async_update_entity("switch.heater", name="Boiler")
    entity_registry.async_update_entity("switch.strip_lamp", icon="mdi:lamp")
    account = device_registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    device_registry.async_update_device(account.id, name_by_user="My account")
    await settled(hass, entry)
    assert not RENAMING & set(calls(cloud)[sent:])
    assert notifications(hass) == []


async def test_what_else_belongs_to_a_channel_does_not_name_it(hass, cloud, setup_home, entity_registry):
    pulses = [{"outlet": outlet, "pulse": "off", "width": 500} for outlet in range(4)]
    entry = await setup_home({**STRIP, "params": {**STRIP["params"], "pulses": pulses}})
    hass.config_entries.async_update_entry(entry, options={CONF_WRITE_NAMES: True})
    entity_registry.async_update_entity("switch.strip_kettle_inching", name="Pulse")
    await settled(hass, entry)
    assert cloud.devices[STRIP_ID].tags["ck_channel_name"] == {"0": "Kettle", "3": "Lamp"}


async def test_without_the_option_nothing_is_sent(hass, cloud, home, name_device, entity_registry):
    entry = await home(option=False)
    name_device(entry, HEATER_ID, "Stove")
    entity_registry.async_update_entity("switch.strip_kettle", name="Coffee")
    await settled(hass, entry)
    assert cloud.devices[HEATER_ID].name == "Heater"
    assert cloud.devices[STRIP_ID].tags == {"ck_channel_name": {"0": "Kettle", "3": "Lamp"}}


async def test_names_that_come_from_the_account_are_not_sent_back(hass, cloud, home):
    entry = await home()
    sent = len(cloud.requests)
    cloud.rename(HEATER_ID, "Stove")
    cloud.devices[STRIP_ID].tags = {"ck_channel_name": {"0": "Toaster"}}
    await entry.runtime_data.async_refresh()
    await settled(hass, entry)
    assert not RENAMING & set(calls(cloud)[sent:])


async def test_the_name_of_a_shared_device_is_not_written(hass, cloud, setup_entry, name_device):
    for device_id in list(cloud.devices):
        cloud.remove_device(device_id)
    receiver = cloud.add_account(email="guest@example.com")
    cloud.share(cloud.add_device(HEATER), receiver)
    guest = make_entry(cloud, receiver)
    await setup_entry(guest)
    hass.config_entries.async_update_entry(guest, options={CONF_WRITE_NAMES: True})
    name_device(guest, HEATER_ID, "Stove")
    await settled(hass, guest)
    assert cloud.devices[HEATER_ID].name == "Heater"
    assert notifications(hass) == []


async def test_a_name_that_is_not_taken_is_told(hass, cloud, home, name_device, entity_registry):
    entry = await home()
    cloud.faults.add("error", interface="rename_device", code=500)
    name_device(entry, HEATER_ID, "Stove")
    await until(lambda: notifications(hass))
    (message,) = notifications(hass)
    assert message.startswith("Heater keeps its name in eWeLink")
    assert cloud.devices[HEATER_ID].name == "Heater"

    # What was told is over when it works.
    name_device(entry, HEATER_ID, "Oven")
    await until(lambda: notifications(hass) == [])
    assert cloud.devices[HEATER_ID].name == "Oven"

    cloud.faults.add("error", interface="tags", code=500)
    entity_registry.async_update_entity("switch.strip_channel_2", name="Coffee")
    await until(lambda: notifications(hass))
    assert notifications(hass)[0].startswith("Strip Channel 2 keeps its name in eWeLink")
    cloud.violations.clear()
