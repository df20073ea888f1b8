"""Facts with several homes: read and written where the device tells them, and never beside."""

from fixture_devices import device
import pytest

from custom_components.ewelink.coolkit import Kind, TimersCapability, capabilities_of
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.uiid import MODELS

PLAIN = {"switch": "on", "startup": "stay", "pulse": "on", "pulseWidth": 7500}
LISTED = {
    "switches": [{"outlet": 0, "switch": "on"}],
    "configure": [{"outlet": 0, "startup": "stay", "note": 1}],
    "pulses": [{"outlet": 0, "pulse": "on", "width": 7500}],
}
CONFIG = {"pulseConfig": {"pulse": "on", "switch": "off", "pulseWidth": 7500}}
# What nobody keeps up any more.
STALE = {
    "switch": "off",
    "startup": "off",
    "pulse": "off",
    "pulseWidth": 500,
    "switches": [{"outlet": 0, "switch": "off"}],
    "configure": [{"outlet": 0, "startup": "off"}],
    "pulses": [{"outlet": 0, "pulse": "off", "width": 500}],
    "pulseConfig": {"pulse": "off", "switch": "on", "pulseWidth": 500},
}
SHOWN = {"relay": True, "startup": "stay", "inching": True, "inching_duration": 7.5}
# They have one form, a mixture of the two.
MIXED = {226, 7010}
WITH_ONE_RELAY = [
    uiid
    for uiid, row in MODELS.items()
    if {"relay", "inching"} <= {one.key for one in row.capabilities} and uiid not in MIXED
]


def of(uiid, params):
    return device_from_entry({"deviceid": "1", "uiid": uiid, "params": params})


def told(of_device):
    return {one.key: one.read(of_device.params) for one in capabilities_of(of_device) if one.key in SHOWN}


def sent(of_device):
    """Return what is sent for each of the four facts."""
    values = {"relay": False, "startup": "on", "inching": False, "inching_duration": 1.0}
    return {
        one.key: one.write(of_device.params, values[one.key])[0]
        for one in capabilities_of(of_device)
        if one.key in values
    }


def test_both_forms_are_here():
    assert {1, 15, 77, 138, 181, 190} <= {*WITH_ONE_RELAY}


@pytest.mark.parametrize("uiid", WITH_ONE_RELAY)
@pytest.mark.parametrize("params", [PLAIN, LISTED], ids=["plain", "listed"])
def test_a_fact_is_found_in_the_form_in_which_it_is_told(uiid, params):
    device_of = of(uiid, params)
    assert told(device_of) == SHOWN
    for message in sent(device_of).values():
        assert params.keys() & message.keys()
        strange = {*STALE} - params.keys()
        assert not strange & message.keys()


@pytest.mark.parametrize("uiid", WITH_ONE_RELAY)
def test_the_own_form_counts_beside_left_overs(uiid):
    own = {}
    for one in MODELS[uiid].capabilities:
        # In its own form nothing of the others is there.
        if one.key in SHOWN and one.write is not None:
            own |= {key: (PLAIN | LISTED | CONFIG)[key] for key in one.write({}, 1)[0] if key in STALE}
    own |= {"pulseWidth": 7500} if "pulse" in own else {}
    device_of = of(uiid, STALE | own)
    assert told(device_of) == SHOWN
    for message in sent(device_of).values():
        assert not message.keys() & (STALE.keys() - own.keys())


@pytest.mark.parametrize("uiid", [1, 181, 77])
def test_inching_is_found_in_its_object(uiid):
    device_of = of(uiid, {"switch": "on", "switches": [{"outlet": 0, "switch": "on"}], **CONFIG})
    assert told(device_of) == {key: value for key, value in SHOWN.items() if key != "startup"}
    assert sent(device_of)["inching"] == {
        "pulseConfig": {"pulse": "off", "switch": "off", "pulseWidth": 7500}
    }


def test_the_rest_of_an_item_stays_in_whichever_form():
    assert sent(of(1, LISTED))["startup"] == {"configure": [{"outlet": 0, "startup": "on", "note": 1}]}


@pytest.mark.parametrize("uiid", WITH_ONE_RELAY)
def test_nothing_comes_of_nothing(uiid):
    assert told(of(uiid, {"rssi": -50})) == {}


def test_what_the_firmware_denies_is_denied_in_each_form():
    entry = {"deviceid": "1", "uiid": 1, "params": {**LISTED}, "denyFeatures": ["startup"]}
    assert told(device_from_entry(entry)).keys() == SHOWN.keys() - {"startup"}


def test_a_form_that_appears_in_session_is_followed():
    listed = of(1, LISTED)
    key = next(one for one in capabilities_of(listed) if one.key == "relay")
    both = listed.with_params({"switch": "off"})
    assert next(one for one in capabilities_of(both) if one.key == "relay") is key
    assert {"switch", "switches"} <= key.params
    assert (key.read(listed.params), key.read(both.params)) == (True, False)


@pytest.mark.parametrize(("uiid", "outlets"), [(1, ()), (15, ()), (1256, ()), (77, (0,)), (190, (0,))])
def test_timers_are_spelled_as_the_uiid_has_them(uiid, outlets):
    (timers,) = (
        one
        for one in capabilities_of(of(uiid, {"timers": []}))
        if isinstance(one, TimersCapability) and one.kind is Kind.TIMERS
    )
    assert timers.outlets == outlets


def test_several_relays_have_one_home():
    strip = device("4", switch="off", startup="off", pulse="on", pulseWidth=500)
    assert {one.key for one in capabilities_of(strip)} == {one.key for one in capabilities_of(device("4"))}
