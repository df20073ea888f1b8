"""The table: which device has which capabilities."""

import json
from pathlib import Path
import subprocess
import sys

from fixture_devices import FOLDER, NAMES, device, entry, keys
from homeassistant.const import EntityCategory
import pytest

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.capability import (
    ButtonCapability,
    EventCapability,
    Kind,
    LightCapability,
)
from custom_components.ewelink.coolkit.devices.table import FAMILIES, TABLE
from custom_components.ewelink.coolkit.devices.uiid import MODELS, capabilities_of, is_plug, model_name
from simulator.catalogue import CATALOGUE
from tests.common import TABLES
from tests.keys import present, stored

SINGLE = {"relay", "startup", "inching", "inching_duration", "led", "signal_strength"}
TIMERS = {"timers", "next_timer"}


@pytest.mark.parametrize("name", NAMES)
def test_capabilities_of_every_fixture(name):
    listed = present(name)
    kept = stored().get(name)
    assert listed == kept, "run .venv/bin/python -m tests.keys"
    assert len(listed) == len(set(listed))


# What devices send on purpose when there is nothing to tell, or what their fixtures are about.
SAYS_NOTHING = {("2026", "signal_strength"), ("2026", "battery")}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_unknown_while_its_param_is_there(name):
    of = device(name)
    unknown = {
        (name, capability.key)
        for capability in capabilities_of(of)
        if not isinstance(capability, ButtonCapability | EventCapability)
        and capability.read(of.params) is None
        and not capability.params.isdisjoint(of.params)
    }
    assert unknown <= SAYS_NOTHING


@pytest.mark.parametrize("name", NAMES)
def test_a_device_shows_at_most_ten_entities_that_are_enabled(name):
    of = device(name)
    enabled = [
        one.key
        for one in capabilities_of(of)
        for platform, table in TABLES.items()
        if platform != "calendar"
        and (row := table.get(one.kind)) is not None
        and row.entity_registry_enabled_default
        and not one.minor
        and (one.outlet is None or row.entity_category is not EntityCategory.CONFIG)
    ]
    assert len(enabled) <= 10, enabled


WITHOUT_ROW = json.loads((FOLDER.parent / "keys_without_row.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", WITHOUT_ROW)
def test_a_device_that_gets_a_row_keeps_its_keys(name):
    """Before, these fixtures were read by the shape of their params; their entities stay."""
    row = TABLE[device(name).uiid]
    now = {*present(name)}
    kept = {row.moved.get(key.partition(".")[2], key.partition(".")[2]) for key in WITHOUT_ROW[name]} - {None}
    assert kept - {key.partition(".")[2] for key in now} == set()


def test_what_is_moved_was_there():
    for row in TABLE.values():
        keys_now = {capability.key for capability in row.capabilities}
        assert {key for key in row.moved.values() if key is not None} <= keys_now
        assert row.moved.keys().isdisjoint(keys_now)


def test_no_key_is_stored_of_a_fixture_that_is_gone():
    assert stored().keys() == {*NAMES}


def test_every_row_has_a_fixture():
    assert {uiid for uiid in MODELS if not (FOLDER / f"{uiid}.json").is_file()} == set()


# What only some products of a uiid send.
OPTIONAL = {
    Kind.BATTERY,
    Kind.DETACHED_RELAY,
    Kind.INCHING,
    Kind.INCHING_DURATION,
    Kind.INTERLOCK,
    Kind.LED,
    Kind.LED_BRIGHTNESS,
    Kind.STARTUP,
    Kind.SWITCH_MODE,
    Kind.SWITCH_REVERSED,
}


def test_every_row_shows_all_it_can_in_some_fixture():
    shown: dict[int | None, set[str]] = {}
    for name in NAMES:
        of = device(name)
        shown.setdefault(of.uiid, set()).update(capability.key for capability in capabilities_of(of))
    missing = {
        uiid: {one.key for one in model.capabilities if one.kind not in OPTIONAL} - shown[uiid]
        for uiid, model in MODELS.items()
    }
    # The first meters know but power.
    missing[5] -= {"voltage", "current"}
    # Bridged devices have as many channels as they list.
    for uiid in (187, 30000, 30003):
        missing[uiid] -= {"relay_1", "relay_2", "relay_3", "signal_strength"}
    assert {uiid: gone for uiid, gone in missing.items() if gone} == {}


def test_every_row_that_is_told_anything_is_simulated():
    told = {uiid for uiid, model in MODELS.items() if any(one.write for one in model.capabilities)}
    assert told - CATALOGUE.keys() == set(), "add it to the file of its family in simulator/"


def test_keys_are_unique_in_each_row():
    for model in MODELS.values():
        for capabilities in (model.capabilities, *model.products.values()):
            named = [capability.key for capability in capabilities]
            assert len(named) == len(set(named))


# Which of both has a number in the snapshots is settled.
NAMED_TWICE = {"Boiler relay", "Desk strip", "Shelf strip", "Washing machine", "Workshop"}


def test_no_fixture_hides_another():
    # All downloads have the same stand-ins, and an account lists an id once.
    ids = [entry(name)["deviceid"] for name in NAMES]
    assert {one for one in ids if ids.count(one) > 1} == set()
    # Snapshots name entities after them.
    names = [entry(name)["name"] for name in NAMES]
    assert {one for one in names if names.count(one) > 1} <= NAMED_TWICE, "give it a name of its own"


def test_a_uiid_has_one_row():
    assert sum(map(len, FAMILIES)) == len(TABLE)


def test_capabilities_are_the_same_objects_each_time():
    for name in NAMES:
        first, second = capabilities_of(device(name)), capabilities_of(device_from_entry(entry(name)))
        assert all(a is b for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("mode", [2, 3, "2", "3"])
def test_relays_follow_the_work_mode(mode):
    switch = device(126)
    other = switch.with_params({"workMode": mode})
    assert not any(key.startswith(("relay", "startup", "inching", "switch_mode")) for key in keys(other))
    assert ("cover" in keys(other)) is (str(mode) == "2")
    assert keys(other.with_params({"workMode": 1})) == keys(switch)


def test_a_capability_comes_with_its_param():
    of = device(5)
    assert "voltage" not in keys(of)
    assert "voltage" in keys(of.with_params({"voltage": "230"}))


def test_outlets_that_are_not_real_make_no_relays():
    assert len(device(77).params["switches"]) == 4
    assert sum(capability.kind is Kind.RELAY for capability in capabilities_of(device(77))) == 1


@pytest.mark.parametrize(
    ("uiid", "params", "expected"),
    [
        # a number in its key: others may appear
        (9001, {"switches": [{"outlet": 0, "switch": "on"}]}, {"relay_0"}),
        (
            9001,
            {"switches": [{"outlet": "2", "switch": "on"}, {"outlet": 0, "switch": "on"}]},
            {"relay_0", "relay_2"},
        ),
        (9001, {"switches": "rubbish"}, {"support"}),
        (9001, {"switches": [None, {}, {"outlet": None}]}, {"support"}),
        (9001, {"switch": {"value": "on"}}, {"support"}),
        (9001, {"switch": None}, {"support"}),
        (9001, {}, set()),
        (None, {"switch": "on"}, {"relay"}),
        (10, {"switch": "on"}, {"relay"}),
        (94, {"switch": "off"}, {"relay"}),
        # the channels of the catalogue are the real ones, also while only some are listed
        (29, {"switches": [{"outlet": 1, "switch": "on"}, {"outlet": 3, "switch": "on"}]}, {"relay_1"}),
        (112, {"switches": [{"outlet": n, "switch": "on"} for n in range(4)]}, {"relay"}),
        (
            30000,
            {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "on"}]},
            {"relay_0", "relay_1"},
        ),
        # kinds that are not built yet
        (11, {"switch": "on", "rssi": -50, "sledOnline": "on"}, {"cover", "led", "signal_strength"}),
        (1514, {"battery": 40, "subDevRssi": -50}, {"signal_strength", "battery"}),
        (7014, {"temperature": "2105", "battery": 77}, {"temperature", "battery"}),
        (20002, {"switches": [{"outlet": 0, "switch": "on"}]}, set()),
    ],
)
def test_fallback(uiid, params, expected):
    assert keys(device_from_entry({"deviceid": "1", "uiid": uiid, "params": params})) == expected


def test_what_the_firmware_denies_is_hidden():
    of = device_from_entry({**entry(4), "denyFeatures": ["startup", "localCtl"]})
    assert keys(of) == {key for key in keys(device(4)) if not key.startswith("startup")}
    of = device_from_entry({**entry(104), "denyFeatures": ["lightScene"]})
    (light,) = (capability for capability in capabilities_of(of) if isinstance(capability, LightCapability))
    assert light.effects == ()
    of = device_from_entry({**entry("unknown_switch"), "denyFeatures": ["startup"]})
    assert keys(of) == SINGLE - {"startup"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"uiid": 6, "productModel": "TX1C"}, "TX1C"),
        ({"uiid": 6, "productModel": "", "extra": {"extra": {"model": "PSA-B01-GL"}}}, "PSA-B01-GL"),
        ({"uiid": 6}, "Single-channel switch"),
        ({"uiid": 11}, "Curtain"),
        ({"uiid": 9001}, "eWeLink device 9001"),
        ({}, "eWeLink device"),
    ],
)
def test_model_name(data, name):
    assert model_name(device_from_entry({"deviceid": "1", **data})) == name


def test_the_page_of_devices_is_current():
    script = Path(__file__).parents[2] / "script" / "devices.py"
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("uiid", "plug"),
    [(1, True), (6, False), (32, True), (1009, True), (11, False), (9001, False), (None, False)],
)
def test_plugs(uiid, plug):
    assert is_plug(device_from_entry({"deviceid": "1", "uiid": uiid})) is plug
