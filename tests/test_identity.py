"""No entity is lost, doubled or left behind, whatever becomes of its device."""

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import Kind
from custom_components.ewelink.memory import ShapeMemory
from simulator.home import item
from tests.common import load_device, make_entry, until
from tests.platforms import call, off, on, state_of

DUO_ID = "1000000a05"
DUO = item(
    DUO_ID,
    126,
    "Duo",
    {"workMode": 1, "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(2)], "actPow_00": 5},
)
STRIP_ID = "1000000a0b"


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


# What is decided by a value, not by a param that comes


async def test_a_value_that_proves_a_scale_brings_what_depends_on_it(hass, cloud, setup_home):
    """Counters are shown once the voltage says that all is in hundredths; what is shown already follows."""
    params = {"switch": "on", "power": 0, "voltage": 0, "current": 0, "dayKwh": 182, "monthKwh": 4079}
    await setup_home(item(STRIP_ID, 9001, "Strip", params))
    assert state_of(hass, "sensor.strip_power") == "0.0"
    assert hass.states.get("sensor.strip_energy_today") is None
    await cloud.devices[STRIP_ID].push({"power": 1278, "voltage": 23010, "current": 6})
    await until(lambda: state_of(hass, "sensor.strip_energy_today") == "1.82")
    assert state_of(hass, "sensor.strip_power") == "12.78"
    await cloud.devices[STRIP_ID].push({"power": 2000})
    await until(lambda: state_of(hass, "sensor.strip_power") == "20.0")


async def test_a_relay_that_turns_out_to_be_a_dimmer_is_one(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(item(STRIP_ID, 9001, "Strip", {"switch": "on"}))
    assert on(hass, "switch.strip")
    await cloud.devices[STRIP_ID].push({"brightness": 51})
    await until(lambda: on(hass, "light.strip"))
    assert hass.states.get("switch.strip") is None
    assert "relay" not in keys(entity_registry, entry, STRIP_ID)


# Relays that are listed, by a number that nobody knows


def outlets(*numbers, on=()):
    return [{"outlet": number, "switch": "on" if number in on else "off"} for number in numbers]


def unknown(*numbers, **params):
    return item(STRIP_ID, 9001, "Strip", {"switches": outlets(*numbers), **params})


def unique_ids(hass, entity_registry, domain="switch"):
    """Return the unique ids of the entities that there are, by their entity id."""
    return {
        entity_id: entity_registry.async_get(entity_id).unique_id.removeprefix(f"{STRIP_ID}_")
        for entity_id in hass.states.async_entity_ids(domain)
    }


async def test_outlets_that_appear_leave_the_first_one_as_it_is(hass, cloud, setup_home, entity_registry):
    await setup_home(unknown(0))
    assert unique_ids(hass, entity_registry) == {"switch.strip": "relay_0"}
    assert hass.states.get("switch.strip").name == "Strip"
    entity_registry.async_update_entity("switch.strip", icon="mdi:kettle")
    before = entity_registry.async_get("switch.strip").id

    await cloud.devices[STRIP_ID].push({"switches": outlets(0, 1, 2, on=(0, 2))})
    await until(lambda: on(hass, "switch.strip_channel_3"))
    assert unique_ids(hass, entity_registry) == {
        "switch.strip": "relay_0",
        "switch.strip_channel_2": "relay_1",
        "switch.strip_channel_3": "relay_2",
    }
    assert (before, on(hass, "switch.strip")) == (entity_registry.async_get("switch.strip").id, True)
    # It is a channel now, and told as one beside the others.
    assert hass.states.get("switch.strip").name == "Strip Channel 1"
    await call(hass, "switch", "turn_off", "switch.strip")
    assert cloud.devices[STRIP_ID].received[-1] == {"switches": outlets(0)}


@pytest.mark.parametrize("shown", [(0,), (2,), ()])
async def test_a_list_that_shows_fewer_outlets_takes_no_entity(
    hass, cloud, setup_home, entity_registry, shown
):
    entry = await setup_home(unknown(0, 1, 2))

    def registered():
        return {
            entity_id: entity_registry.async_get(entity_id).id for entity_id in hass.states.async_entity_ids()
        }

    before = registered()
    for again in ("list", "restart"):
        cloud.faults.add("list_scant", outlets=shown, count=1 if again == "list" else 2)
        if again == "list":
            await entry.runtime_data.async_refresh()
        else:
            await restart(hass, entry, lambda: None)
        await hass.async_block_till_done()
        assert registered() == before
        assert unique_ids(hass, entity_registry).keys() >= {f"switch.strip_channel_{n}" for n in (1, 2, 3)}
    cloud.faults.clear()
    await cloud.devices[STRIP_ID].push({"switches": outlets(0, 1, 2, on=(0, 1, 2))})
    await until(lambda: all(on(hass, f"switch.strip_channel_{n}") for n in (1, 2, 3)))


async def test_the_only_relay_of_an_earlier_version_keeps_its_entity(
    hass, cloud, setup_home, entry, entity_registry, device_registry
):
    """It had no number then, and lost its entity as soon as others were listed."""
    entry.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, STRIP_ID)}, model_id="9001", name="Strip"
    )
    old = {
        key: entity_registry.async_get_or_create(
            domain, DOMAIN, f"{STRIP_ID}_{key}", config_entry=entry, device_id=device.id, object_id_base=key
        )
        for key, domain in (
            ("relay", "switch"),
            ("startup", "select"),
            ("inching", "switch"),
            ("led", "switch"),
        )
    }
    entity_registry.async_update_entity(
        old["relay"].entity_id, name="Kettle", new_entity_id="switch.kettle", labels={"dear"}
    )
    await setup_home(
        unknown(0, 1, configure=[{"outlet": n, "startup": "off"} for n in (0, 1)], sledOnline="on")
    )
    kettle = entity_registry.async_get("switch.kettle")
    assert (kettle.unique_id, kettle.id) == (f"{STRIP_ID}_relay_0", old["relay"].id)
    assert (kettle.name, kettle.labels) == ("Kettle", {"dear"})
    assert off(hass, "switch.kettle")
    assert entity_registry.async_get(old["startup"].entity_id).unique_id == f"{STRIP_ID}_startup_0"
    # What the device does not tell of stays, without a value; what is no channel's has no number.
    assert entity_registry.async_get(old["inching"].entity_id).unique_id == f"{STRIP_ID}_inching_0"
    assert entity_registry.async_get(old["led"].entity_id).unique_id == f"{STRIP_ID}_led"
    assert "relay" not in keys(entity_registry, entry, STRIP_ID)


@pytest.mark.parametrize("dear", ["relay", "relay_0", None])
async def test_of_two_entities_of_one_relay_the_dearer_one_stays(
    hass, setup_home, entry, entity_registry, device_registry, dear
):
    """An earlier version has left both: one for each form in which the cloud has told of the device."""
    entry.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, STRIP_ID)}, model_id="9001", name="Strip"
    )
    old = {
        key: entity_registry.async_get_or_create(
            "switch", DOMAIN, f"{STRIP_ID}_{key}", config_entry=entry, device_id=device.id, object_id_base=key
        ).entity_id
        for key in ("relay", "relay_0")
    }
    if dear is not None:
        entity_registry.async_update_entity(old[dear], name="Dear")
    await setup_home(unknown(0, 1))
    left = {
        entity.entity_id: entity.unique_id
        for entity in er.async_entries_for_device(entity_registry, device.id)
        if entity.domain == "switch"
    }
    # Of two that nobody has touched, the older one.
    kept = old[dear or "relay"]
    assert left[kept] == f"{STRIP_ID}_relay_0"
    assert sorted(left.values()) == [f"{STRIP_ID}_relay_0", f"{STRIP_ID}_relay_1"]
    assert off(hass, kept)


async def test_a_number_that_has_one_channel_takes_the_number_from_the_key(
    hass, cloud, setup_home, entity_registry
):
    """The device was met before its number was known, which tells how many relays it has."""
    entry = await setup_home(unknown(0))
    before = entity_registry.async_get("switch.strip").id
    device = cloud.devices[STRIP_ID]
    device.uiid = 191
    for place in (device.item, device.item["extra"]["extra"]):
        place["uiid"] = 191
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    await until(lambda: unique_ids(hass, entity_registry) == {"switch.strip": "relay"})
    assert entity_registry.async_get("switch.strip").id == before
    await until(lambda: off(hass, "switch.strip"))


async def test_what_was_proven_is_known_after_a_restart(hass, cloud, setup_home, entity_registry):
    """A list that leaves params out makes no relay of a dimmer, and no heat of a frost."""
    dimmer = item("1000000a0c", 9002, "Dimmer", {"switch": "on", "brightness": 40})
    frost = item("1000000a0d", 9003, "Frost", {"temperature": "2210", "battery": 90})
    entry = await setup_home(dimmer, frost)
    assert on(hass, "light.dimmer")

    def leave_out():
        del cloud.devices["1000000a0c"].params["brightness"]
        cloud.devices["1000000a0d"].params["temperature"] = "50"

    await restart(hass, entry, leave_out)
    assert on(hass, "light.dimmer")
    assert hass.states.get("switch.dimmer") is None
    assert state_of(hass, "sensor.frost_temperature") == "0.5"


async def test_a_device_is_remembered_without_a_look_at_all_the_others(hass, setup_home):
    entry = await setup_home(DUO)
    (device,) = entry.runtime_data.shown_devices
    # At the start each of a thousand is: what looks at all of them each time takes a second then.
    ShapeMemory(hass, entry.entry_id, pytest.fail).async_remember(device)


async def test_what_was_proven_is_forgotten_with_the_entry(hass, setup_home, hass_storage):
    entry = await setup_home(unknown(0, 1))
    await hass.config_entries.async_unload(entry.entry_id)
    key = f"{DOMAIN}.{entry.entry_id}"
    assert hass_storage[key]["data"][STRIP_ID]["outlets"] == [0, 1]
    await hass.config_entries.async_remove(entry.entry_id)
    assert key not in hass_storage


async def test_a_number_that_the_list_leaves_out_is_not_lost(
    hass, cloud, setup_home, entity_registry, device_registry
):
    bulb = load_device("103")
    entry = await setup_home(bulb)
    before = keys(entity_registry, entry, bulb["deviceid"])
    for again in ("list", "restart"):
        cloud.quirks.uiid_place = "nowhere"
        if again == "list":
            await entry.runtime_data.async_refresh()
        else:
            await restart(hass, entry, lambda: None)
        await hass.async_block_till_done()
        assert keys(entity_registry, entry, bulb["deviceid"]) == before
        device = device_registry.async_get_device_by_identifier((DOMAIN, bulb["deviceid"]), entry.entry_id)
        assert device.model_id == "103"


# Devices that are none, or two


@pytest.mark.parametrize("uiid", [20001, 20008, "20002"])
async def test_what_an_ihost_brings_back_is_no_device(
    hass, cloud, setup_home, entry, entity_registry, device_registry, uiid
):
    entry.add_to_hass(hass)
    device_id = "1000000a0e"
    old = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, device_id)}, model_id=str(uiid), name="Mirror"
    )
    entity_registry.async_get_or_create(
        "sensor", DOMAIN, f"{device_id}_last_seen", config_entry=entry, device_id=old.id
    )
    mirror = item(device_id, uiid, "Mirror", {"switch": "on", "parentid": "1000000a0f"})
    await setup_home(mirror, item("1000000a0f", 204, "iHost", {"rssi": -40}), DUO)
    assert device_registry.async_get_device_by_identifier((DOMAIN, device_id), entry.entry_id) is None
    assert keys(entity_registry, entry, device_id) == set()
    assert off(hass, "switch.duo_channel_1")
    await cloud.devices[device_id].push({"switch": "off", "rssi": -20})
    await hass.async_block_till_done()
    assert keys(entity_registry, entry, device_id) == set()


async def test_a_device_that_turns_out_to_be_brought_back_leaves(hass, cloud, setup_home, device_registry):
    entry = await setup_home(unknown(0), DUO)
    device = cloud.devices[STRIP_ID]
    places = (device.item, device.item["extra"]["extra"])
    for uiid, shown in ((20001, False), (9001, True)):
        for place in places:
            place["uiid"] = uiid
        device.uiid = uiid
        await entry.runtime_data.async_refresh()
        await hass.async_block_till_done()
        found = device_registry.async_get_device_by_identifier((DOMAIN, STRIP_ID), entry.entry_id)
        assert (found is not None) is shown
        assert (hass.states.get("switch.strip") is not None) is shown


@pytest.mark.parametrize(
    "other", [{"params": {}}, {"online": False}, {"uiid": None, "extra": {}}, {"sharedBy": {"apikey": "x"}}]
)
async def test_a_device_that_is_listed_twice_is_one(
    hass, cloud, setup_home, entity_registry, device_registry, other
):
    cloud.faults.add("list_twice", other=other, count=None)
    entry = await setup_home(item("1000000a08", 6, "Pump", {"switch": "on", "sledOnline": "on"}))
    assert on(hass, "switch.pump")
    before = keys(entity_registry, entry, "1000000a08")
    assert "shared_by" not in before
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert keys(entity_registry, entry, "1000000a08") == before
    assert on(hass, "switch.pump")


async def test_a_device_that_moves_to_another_entry_keeps_what_the_user_made_of_it(
    hass, cloud, setup_home, setup_entry, entity_registry
):
    pump = item("1000000a08", 6, "Pump", {"switch": "on"})
    entry = await setup_home(pump)
    entity_registry.async_update_entity("switch.pump", name="Well", new_entity_id="switch.well")
    account = cloud.add_account(email="new@example.com", nickname="New")
    second = make_entry(cloud, account)
    await setup_entry(second)

    device = cloud.devices["1000000a08"]
    device.owner = account
    await second.runtime_data.async_refresh()
    await entry.runtime_data.async_refresh()
    await until(lambda: entity_registry.async_get("switch.well").config_entry_id == second.entry_id)
    await until(lambda: on(hass, "switch.well"))
    assert entity_registry.async_get("switch.well").name == "Well"
    assert hass.states.get("switch.pump") is None
