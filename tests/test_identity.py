"""No entity is lost, doubled or left behind, whatever becomes of its device."""

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import Kind
from simulator.home import item
from tests.common import load_device, until
from tests.platforms import off, on, state_of

DUO_ID = "1000000a05"
DUO = item(
    DUO_ID,
    126,
    "Duo",
    {"workMode": 1, "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(2)], "actPow_00": 5},
)


def keys(entity_registry, entry, device_id):
    """Return what the registry holds of a device: the second parts of the unique ids."""
    return {
        entity.unique_id.removeprefix(f"{device_id}_")
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if entity.unique_id.startswith(f"{device_id}_")
    }


async def restart(hass, entry, change):
    """Unload, let something happen meanwhile, set up again."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    change()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


# What a device puts away while nobody looks


async def test_what_was_put_away_meanwhile_is_gone_after_a_restart(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(DUO)
    before = keys(entity_registry, entry, DUO_ID)
    assert {"relay_0", "relay_1", "power_0"} <= before

    await restart(hass, entry, lambda: cloud.devices[DUO_ID].params.update(workMode=2))
    after = keys(entity_registry, entry, DUO_ID)
    assert not {key for key in after if key.startswith(("relay", "startup", "inching", "switch_"))}
    # All else stays, and what stays is there.
    assert "power_0" in after
    assert state_of(hass, "sensor.duo_channel_1_power") == "0.05"
    assert STATE_UNAVAILABLE not in {state.state for state in hass.states.async_all()}


async def test_what_is_merely_missing_after_a_restart_stays_without_a_value(
    hass, cloud, setup_home, entity_registry
):
    entry = await setup_home(DUO)
    before = keys(entity_registry, entry, DUO_ID)
    device = cloud.devices[DUO_ID]
    everything = device.params
    for told in ({"fwVersion": "1.0.0"}, {"switches": [{"outlet": 0, "switch": "on"}]}, {}):
        await restart(hass, entry, lambda told=told: setattr(device, "params", told))
        assert keys(entity_registry, entry, DUO_ID) == before
        assert state_of(hass, "switch.duo_channel_2") == STATE_UNKNOWN
    device.params = everything
    await device.push({"switches": [{"outlet": 1, "switch": "on"}]})
    await until(lambda: on(hass, "switch.duo_channel_2"))


async def test_what_the_firmware_denies_meanwhile_is_gone_after_a_restart(
    hass, cloud, setup_home, entity_registry
):
    entry = await setup_home(load_device("1"))
    device_id = load_device("1")["deviceid"]
    assert "startup" in keys(entity_registry, entry, device_id)
    await restart(hass, entry, lambda: cloud.devices[device_id].item.update(denyFeatures=["startup"]))
    left = keys(entity_registry, entry, device_id)
    assert "startup" not in left
    assert {"relay", "led", "last_seen"} <= left


async def test_a_device_of_another_kind_meanwhile_keeps_what_both_have(
    hass, cloud, setup_home, entity_registry
):
    device = item("1000000a07", 5, "Lamp", {"switch": "on", "power": "3.50", "sledOnline": "on"})
    entry = await setup_home(device)
    entity_registry.async_update_entity("switch.lamp", name="My lamp", new_entity_id="switch.mine")

    def pair_again():
        cloud.remove_device("1000000a07")
        cloud.add_device(item("1000000a07", 36, "Lamp", {"switch": "on", "bright": 40, "sledOnline": "on"}))

    await restart(hass, entry, pair_again)
    left = keys(entity_registry, entry, "1000000a07")
    assert {"light", "led"} <= left
    assert not {"relay", "power"} & left

    def take_back():
        cloud.remove_device("1000000a07")
        cloud.add_device(device)

    await restart(hass, entry, take_back)
    # Home Assistant remembers what the user made of it.
    assert on(hass, "switch.mine")
    assert hass.states.get("switch.mine").name.endswith("My lamp")


async def test_what_the_account_no_longer_knows_is_gone_after_a_restart(
    hass, cloud, setup_home, entity_registry
):
    entry = await setup_home()
    guest = cloud.add_account(email="other@example.com", nickname="Other")
    shared = cloud.add_device(item("1000000a09", 6, "Garage", {"switch": "off"}), guest)
    cloud.share(shared, cloud.account)
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert "shared_by" in keys(entity_registry, entry, "1000000a09")

    def hand_over():
        cloud.unshare(shared, cloud.account)
        shared.owner = cloud.account

    await restart(hass, entry, hand_over)
    left = keys(entity_registry, entry, "1000000a09")
    assert "shared_by" not in left
    assert {"relay", "last_seen"} <= left
    assert off(hass, "switch.garage")


async def test_what_nobody_knows_in_the_registry_is_left_alone(hass, setup_home, entity_registry):
    entry = await setup_home(DUO)
    device = entity_registry.async_get("sensor.duo_channel_1_power").device_id
    for key in ("something_of_a_later_version", "relay_x", "x_0"):
        entity_registry.async_get_or_create(
            "sensor", DOMAIN, f"{DUO_ID}_{key}", config_entry=entry, device_id=device
        )
    await restart(hass, entry, lambda: None)
    assert {"something_of_a_later_version", "relay_x", "x_0"} <= keys(entity_registry, entry, DUO_ID)


# What a device becomes while everybody looks


@pytest.mark.parametrize("product", ["B02-F-ST64", "B02-B-A60"])
async def test_a_product_that_is_told_later_changes_what_the_light_offers(hass, cloud, setup_home, product):
    bulb = {**load_device("103"), "productModel": "", "extra": {"extra": {"uiid": 103, "model": ""}}}
    entry = await setup_home(bulb)
    (light,) = hass.states.async_all("light")
    assert (light.attributes["min_color_temp_kelvin"], light.attributes["max_color_temp_kelvin"]) == (
        2200,
        6500,
    )
    cloud.devices[bulb["deviceid"]].item["productModel"] = product
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    expected = {"B02-F-ST64": (1800, 5000), "B02-B-A60": (2700, 6500)}[product]
    light = hass.states.get(light.entity_id)
    assert (
        light.attributes["min_color_temp_kelvin"],
        light.attributes["max_color_temp_kelvin"],
    ) == expected

    # The entity listens on: it is the same one, told by what it is now.
    await cloud.devices[bulb["deviceid"]].push(
        {"switch": "on", "ltype": "white", "white": {"br": 20, "ct": 0}}
    )
    await until(lambda: hass.states.get(light.entity_id).attributes.get("color_temp_kelvin") == expected[0])
    assert len(hass.states.async_all("light")) == 1


async def test_effects_that_the_firmware_denies_leave_the_light(hass, cloud, setup_home):
    bulb = load_device("104")
    entry = await setup_home(bulb)
    (light,) = hass.states.async_all("light")
    assert light.attributes["effect_list"]
    cloud.devices[bulb["deviceid"]].item["denyFeatures"] = ["lightScene"]
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    light = hass.states.get(light.entity_id)
    assert light.attributes.get("effect_list") is None
    assert light.attributes["supported_features"] == 0


async def test_a_device_that_becomes_a_plug_is_one_at_once(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(item("1000000a08", 6, "Pump", {"switch": "on"}))
    assert hass.states.get("switch.pump").attributes["device_class"] == "switch"
    cloud.devices["1000000a08"].uiid = 1
    for place in (cloud.devices["1000000a08"].item, cloud.devices["1000000a08"].item["extra"]["extra"]):
        place["uiid"] = 1
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert hass.states.get("switch.pump").attributes["device_class"] == "outlet"
    assert keys(entity_registry, entry, "1000000a08") >= {"relay"}


async def test_another_kind_in_session_replaces_what_the_first_had(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(item("1000000a08", 6, "Pump", {"switch": "on", "sledOnline": "on"}))
    led = entity_registry.async_get("switch.pump_status_led") or next(
        entity
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if entity.unique_id == "1000000a08_led"
    )
    cloud.remove_device("1000000a08")
    cloud.add_device(item("1000000a08", 44, "Pump", {"switch": "on", "brightness": 30, "sledOnline": "on"}))
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert hass.states.get("switch.pump") is None
    assert on(hass, "light.pump")
    assert entity_registry.async_get(led.entity_id).id == led.id
    assert Kind.LIGHT in keys(entity_registry, entry, "1000000a08")
