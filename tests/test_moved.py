"""Devices that were shown before their uiid had a row keep their entities, under whichever key."""

import json

import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import TABLE
from simulator.devices import uiid_of
from tests.common import DEVICES, load_device, until
from tests.platforms import on

WITHOUT_ROW: dict[str, list[str]] = json.loads((DEVICES.parent / "keys_without_row.json").read_text())


@pytest.mark.usefixtures("unpaced")
async def test_a_house_that_was_shown_before_keeps_its_entities(
    hass, cloud, setup_home, entry, entity_registry, device_registry
):
    """One house with every such device; each uiid has its own line in what is compared."""
    entry.add_to_hass(hass)
    before = {}
    for name, keys in WITHOUT_ROW.items():
        item = load_device(name)
        device = device_registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, item["deviceid"])},
            model_id=str(uiid_of(item)),
            name=item["name"],
        )
        for key in keys:
            platform, _, own = key.partition(".")
            before[name, key] = entity_registry.async_get_or_create(
                platform, DOMAIN, f"{item['deviceid']}_{own}", config_entry=entry, device_id=device.id
            )
            entity_registry.async_update_entity(before[name, key].entity_id, name=f"My {name} {own}")
    await setup_home(*map(load_device, WITHOUT_ROW))
    after: dict[str, dict[str, str | None]] = {}
    expected: dict[str, dict[str, str | None]] = {}
    for (name, key), old in before.items():
        own = key.partition(".")[2]
        moved = TABLE[uiid_of(load_device(name))].moved
        target = moved.get(own, own)
        expected.setdefault(name, {})[key] = None if target is None else f"{target}: My {name} {own}"
        now = entity_registry.entities.get_entry(old.id)
        after.setdefault(name, {})[key] = (
            None if now is None else f"{now.unique_id.partition('_')[2]}: {now.name}"
        )
    assert after == expected
    assert any(None in keys.values() for keys in after.values())


async def test_an_entity_follows_its_fact_to_another_key(
    hass, setup_home, entry, entity_registry, device_registry, monkeypatch
):
    """What is in the place of an entity keeps its id; what is no fact of the device leaves."""
    item = load_device("7016")
    entry.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, item["deviceid"])}, model_id="7016", name="Old"
    )
    registered = {
        key: entity_registry.async_get_or_create(
            "binary_sensor", DOMAIN, f"{item['deviceid']}_{key}", config_entry=entry, device_id=device.id
        )
        for key in ("motion", "tamper")
    }
    entity_registry.async_update_entity(registered["motion"].entity_id, new_entity_id="binary_sensor.mine")
    # Before its uiid had a row, it may have said that it shows nothing.
    support = entity_registry.async_get_or_create(
        "sensor", DOMAIN, f"{item['deviceid']}_support", config_entry=entry, device_id=device.id
    )
    monkeypatch.setattr(
        "custom_components.ewelink.inventory.moved_keys",
        lambda _: {"motion": "occupancy", "tamper": None},
    )
    await setup_home(item)
    mine = entity_registry.async_get("binary_sensor.mine")
    assert (mine.unique_id, mine.id) == (f"{item['deviceid']}_occupancy", registered["motion"].id)
    assert hass.states.get("binary_sensor.mine").state in ("on", "off")
    assert entity_registry.entities.get_entry(registered["tamper"].id) is None
    assert entity_registry.entities.get_entry(support.id) is None


async def test_of_two_entities_of_a_fact_the_one_in_its_place_stays(
    hass, setup_home, entry, entity_registry, device_registry, monkeypatch
):
    item = load_device("7016")
    entry.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, item["deviceid"])}, model_id="7016", name="Old"
    )
    old, new = (
        entity_registry.async_get_or_create(
            "binary_sensor", DOMAIN, f"{item['deviceid']}_{key}", config_entry=entry, device_id=device.id
        )
        for key in ("motion", "occupancy")
    )
    monkeypatch.setattr("custom_components.ewelink.inventory.moved_keys", lambda _: {"motion": "occupancy"})
    await setup_home(item)
    assert entity_registry.entities.get_entry(old.id) is None
    assert entity_registry.entities.get_entry(new.id) is not None


async def test_a_device_that_shows_nothing_says_why(hass, cloud, setup_home, entity_registry):
    items = [load_device(name) for name in ("65", "87", "145")]
    unknown = {
        **load_device("unknown_sensor"),
        "online": True,
        "deviceid": "1000009099",
        "name": "Riddle",
        "uiid": 9099,
    }
    unknown["extra"] = json.loads(json.dumps(unknown["extra"]).replace("9001", "9099"))
    unknown["params"] = {"fwVersion": "1.0.0", "riddle": 1}
    await setup_home(*items, unknown, exactly=True)
    assert {
        state.entity_id: state.state
        for state in hass.states.async_all("sensor")
        if "_support" in state.entity_id
    } == {
        "sensor.old_phone_support": "camera",
        "sensor.porch_camera_support": "camera",
        "sensor.linked_lamp_support": "linked",
        "sensor.riddle_support": "unknown",
    }
    # It leaves as soon as there is something to show.
    await cloud.devices["1000009099"].push({"switch": "on"})
    await until(lambda: on(hass, "switch.riddle"))
    assert entity_registry.async_get("sensor.riddle_support") is None
