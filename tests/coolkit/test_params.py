"""Merging of deltas and coercion of values."""

import logging

import pytest

from custom_components.ewelink.coolkit.devices import params as module
from custom_components.ewelink.coolkit.devices.params import (
    choice,
    flag,
    integer,
    item_of,
    items_with,
    merge,
    number,
    object_of,
    outlet_of,
)

OUTLETS = [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}]


@pytest.mark.parametrize(
    ("before", "delta", "expected"),
    [
        ({"switch": "on", "rssi": -50}, {"switch": "off"}, {"switch": "off", "rssi": -50}),
        ({}, {"power": "1.5"}, {"power": "1.5"}),
        ({"switch": "on"}, {}, {"switch": "on"}),
        (
            {"switches": OUTLETS},
            {"switches": [{"outlet": 1, "switch": "on"}]},
            {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "on"}]},
        ),
        (
            {"pulses": [{"outlet": 0, "pulse": "off", "switch": "on", "width": 500}]},
            {"pulses": [{"outlet": 0, "pulse": "on"}]},
            {"pulses": [{"outlet": 0, "pulse": "on", "switch": "on", "width": 500}]},
        ),
        (
            {"configure": [{"outlet": 0, "startup": "on"}]},
            {"configure": [{"outlet": 1, "startup": "off"}]},
            {"configure": [{"outlet": 0, "startup": "on"}, {"outlet": 1, "startup": "off"}]},
        ),
        (
            {"switches": OUTLETS},
            {"switches": [{"outlet": "1", "switch": "on"}, "rubbish", {"switch": "on"}]},
            {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "on"}]},
        ),
        ({"switches": OUTLETS}, {"switches": []}, {"switches": OUTLETS}),
        ({"switches": None}, {"switches": OUTLETS}, {"switches": OUTLETS}),
        ({"white": {"br": 50, "ct": 10}}, {"white": {"br": 70}}, {"white": {"br": 70, "ct": 10}}),
        ({"party": {"br": 50, "tf": 1}}, {"party": {"tf": 3}}, {"party": {"br": 50, "tf": 3}}),
        ({"bright": 50}, {"bright": 60}, {"bright": 60}),
        ({"threshold": {"a": 1, "b": 2}}, {"threshold": {"a": 3}}, {"threshold": {"a": 3}}),
        ({"timers": [{"mId": "1"}]}, {"timers": [{"mId": "2"}]}, {"timers": [{"mId": "2"}]}),
    ],
)
def test_merge(before, delta, expected):
    assert merge(before, delta) == expected


def test_merge_changes_neither():
    before = {"switches": [{"outlet": 0, "switch": "on"}], "white": {"br": 1, "ct": 2}}
    delta = {"switches": [{"outlet": 0, "switch": "off"}], "white": {"br": 3}}
    merge(before, delta)
    assert before == {"switches": [{"outlet": 0, "switch": "on"}], "white": {"br": 1, "ct": 2}}
    assert delta == {"switches": [{"outlet": 0, "switch": "off"}], "white": {"br": 3}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5.0),
        (-3.25, -3.25),
        ("12.78", 12.78),
        ("2210", 2210.0),
        (" 7 ", 7.0),
        ("unavailable", None),
        ("", None),
        (None, None),
        (True, None),
        (False, None),
        ("NaN", None),
        ("inf", None),
        (float("nan"), None),
        (float("-inf"), None),
        (10**400, None),
        ("1e999", None),
        ([1], None),
        ({"a": 1}, None),
        ("on", None),
    ],
)
def test_number(value, expected):
    assert number({"power": value}, "power") == expected


def test_number_that_is_missing():
    assert number({}, "power") is None
    assert integer({}, "power") is None


@pytest.mark.parametrize(
    ("value", "expected"), [(-50, -50), ("-50", -50), ("3.6", 4), (2.4, 2), (True, None), ("x", None)]
)
def test_integer(value, expected):
    result = integer({"rssi": value}, "rssi")
    assert result == expected
    assert type(result) is not float


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("on", True),
        ("off", False),
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        ("stay", None),
        (2, None),
        (None, None),
        (["on"], None),
        ({"value": "on"}, None),
    ],
)
def test_flag(value, expected):
    assert flag({"switch": value}, "switch") is expected


@pytest.mark.parametrize(("value", "expected"), [("on", "on"), ("stay", "stay"), ("x", None), ([], None)])
def test_choice(value, expected):
    assert choice({"startup": value}, "startup", ("on", "off", "stay")) == expected
    assert choice({}, "startup", ("on",)) is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [({"outlet": 2}, 2), ({"outlet": "3"}, 3), ({"outlet": "x"}, None), ({"outlet": True}, None), ({}, None)],
)
def test_outlet_of(item, expected):
    assert outlet_of(item) == expected


def test_item_of():
    assert item_of({"switches": OUTLETS}, "switches", 1) == {"outlet": 1, "switch": "off"}
    assert item_of({"switches": [None, {"outlet": "1", "switch": "on"}]}, "switches", 1) is not None
    assert item_of({"switches": OUTLETS}, "switches", 2) is None
    assert item_of({"switches": "rubbish"}, "switches", 0) is None
    assert item_of({}, "switches", 0) is None


def test_items_with():
    assert items_with({"configure": "rubbish"}, "configure", 1, startup="on") == [
        {"outlet": 1, "startup": "on"}
    ]


def test_object_of():
    assert object_of({"white": {"br": 1}}, "white") == {"br": 1}
    assert object_of({"white": "rubbish"}, "white") == {}


def test_a_bad_value_is_logged_once_and_not_told(caplog):
    module._log_once.cache_clear()
    caplog.set_level(logging.DEBUG, logger=module.__name__)
    for _ in range(3):
        number({"power": "s3cret"}, "power")
        number({"power": "unavailable"}, "power")
        number({"voltage": None}, "voltage")
    flag({"switch": "s3cret"}, "switch")
    assert [record.getMessage() for record in caplog.records] == [
        "A value (str) of the param power cannot be read",
        "A value (str) of the param switch cannot be read",
    ]
