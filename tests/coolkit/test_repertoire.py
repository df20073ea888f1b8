"""What devices of a kind may have, and which values make a device gain or lose some of it."""

from dataclasses import replace

from fixture_devices import NAMES, device
import pytest

from custom_components.ewelink.coolkit.devices.capability import Capability, Kind
from custom_components.ewelink.coolkit.devices.repertoire import Repertoire
from custom_components.ewelink.coolkit.devices.uiid import (
    capabilities_of,
    may_change_capabilities,
    repertoire_of,
)


def told(kind, *params, **further):
    return Capability(kind=kind, params=frozenset(params), read=lambda params: params.get("a"), **further)


PLAIN = told(Kind.POWER, "power")
BY_VALUE = told(Kind.RELAY, "switch", present=lambda params: params.get("switch") in ("on", "off"))
BY_MODE = told(
    Kind.OPENING,
    "lock",
    put_away=lambda params: params.get("mode") == 2,
    decided_by=frozenset({"mode"}),
)
REPERTOIRE = Repertoire((PLAIN, BY_VALUE, BY_MODE))


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({}, {"power": 1}, True),
        ({"power": 1}, {}, True),
        ({"power": 1}, {"power": None}, False),
        ({}, {"other": 1}, False),
        ({"switch": "on"}, {"switch": "off"}, False),
        ({"switch": {}}, {"switch": "off"}, True),
        ({"lock": 1, "mode": 1}, {"lock": 1, "mode": 2}, True),
        ({"lock": 1, "mode": 2}, {"lock": 0, "mode": 2}, False),
        ({"lock": 1, "mode": 1}, {"lock": 1, "mode": 3}, False),
        # what is merely missing may be put away: it is not the same
        ({"mode": 1}, {"mode": 2}, True),
    ],
)
def test_a_frame_changes_what_a_device_has(before, after, changed):
    keys = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert REPERTOIRE.changes(before, after, keys) is changed
    # Decided once for a set of params, whatever their values.
    assert REPERTOIRE.changes(before, before, keys) is False


@pytest.mark.parametrize(
    ("params", "held", "put_away"),
    [
        ({}, {"power", "relay", "opening"}, {"motion"}),
        ({"lock": 1, "mode": 1}, {"power", "relay", "opening"}, {"motion"}),
        ({"lock": 1, "mode": 2}, {"power", "relay"}, {"opening", "motion"}),
        ({"switch": {}}, {"power", "relay", "opening"}, {"motion"}),
    ],
)
def test_what_is_missing_is_not_put_away(params, held, put_away):
    known = {"power", "relay", "opening", "motion"}
    settled = REPERTOIRE.settle(params, known)
    assert (settled[0].keys(), settled[1]) == (held, put_away)
    assert [one.key for one in REPERTOIRE.present({"lock": 1, "mode": 2, "power": 0})] == ["power"]


def test_many_different_frames_are_not_remembered_for_ever():
    repertoire = Repertoire((BY_VALUE,))
    for number in range(1000):
        assert not repertoire.changes({"switch": "on"}, {"switch": "off"}, {"switch", f"x{number}"})
    assert len(repertoire._decided) <= 32


@pytest.mark.parametrize("name", NAMES)
def test_no_frame_with_the_same_params_changes_what_a_fixture_has(name):
    of = device(name)
    assert not may_change_capabilities(of, of.with_params(of.params), of.params.keys())
    everything = of.with_params({})
    assert not may_change_capabilities(everything, of, of.params.keys())


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_frame_adds_or_takes_is_noticed(name):
    of = device(name)
    for key in of.params:
        without = replace(of, params={one: value for one, value in of.params.items() if one != key})
        if capabilities_of(without) != capabilities_of(of):
            assert may_change_capabilities(without, of, {key})
            assert may_change_capabilities(of, without, {key})
    other = replace(of, listing=replace(of.listing, uiid=1256 if of.uiid != 1256 else 1))
    assert may_change_capabilities(of, other, set())
    assert repertoire_of(of) is not repertoire_of(other)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_fixture_has_does_not_depend_on_what_is_on(name):
    of = device(name)
    for key, value in of.params.items():
        if value in ("on", "off") or isinstance(value, bool):
            turned = not value if isinstance(value, bool) else {"on": "off", "off": "on"}[value]
            assert capabilities_of(of.with_params({key: turned})) == capabilities_of(of)
