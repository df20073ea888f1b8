"""What people write into actions: taken as they mean it, or refused before anything is sent."""

from contextlib import suppress
import json
from math import inf, nan

from homeassistant.components.light import DOMAIN as LIGHT_DOMAIN
from homeassistant.components.number import DOMAIN as NUMBER_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import probatio
import pytest

from custom_components.ewelink.actions.command_input import MAX_BYTES, command_params
from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import device_from_entry
from tests.common import load_device, until

LAMP, STRIP, MACHINE = "1000000001", "1000000002", "1000000003"


def device(**params):
    return device_from_entry({"deviceid": "1000000001", "params": params})


@pytest.fixture
def run(hass, running_entry):
    """Call an action for devices of eWeLink."""

    async def call(action, *device_ids, **data):
        entries = [running_entry.runtime_data.async_device_entry(device_id) for device_id in device_ids]
        if entries:
            data["device_id"] = [entry.id for entry in entries]
        return await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            return_response=hass.services.supports_response(DOMAIN, action) != "none",
        )

    return call


def asked(cloud):
    return len(cloud.requests), sum(len(session.frames) for session in cloud.connections)


@pytest.mark.parametrize(
    ("present", "written", "sent"),
    [
        ({"switch": "off"}, {"switch": True}, {"switch": "on"}),
        ({"switch": "off"}, {"switch": False}, {"switch": "off"}),
        ({"switch": "off"}, {"switch": "on"}, {"switch": "on"}),
        # A device that tells a bool takes a bool.
        ({"switch": False}, {"switch": True}, {"switch": True}),
        ({"childLock": False}, {"childLock": True}, {"childLock": True}),
        # Nothing was told yet.
        ({}, {"switch": True, "childLock": True}, {"switch": "on", "childLock": True}),
        (
            {"switches": [{"outlet": 0, "switch": "off"}, {"outlet": 1, "switch": True}]},
            {"switches": [{"outlet": "0", "switch": True}, {"outlet": 1, "switch": False}]},
            {"switches": [{"outlet": "0", "switch": "on"}, {"outlet": 1, "switch": False}]},
        ),
        ({}, {"switches": [{"outlet": 0, "switch": True}]}, {"switches": [{"outlet": 0, "switch": "on"}]}),
        (
            {"configure": [{"outlet": 0, "startup": "off"}]},
            {"configure": [{"outlet": 0, "startup": True}]},
            {"configure": [{"outlet": 0, "startup": "on"}]},
        ),
        (
            {"pulseConfig": {"pulse": "off"}},
            {"pulseConfig": {"pulse": True}},
            {"pulseConfig": {"pulse": "on"}},
        ),
        ({"lock": 0}, {"lock": 1}, {"lock": 1}),
        ({"white": {"br": 1}}, {"white": {"br": 5, "ct": 3}}, {"white": {"br": 5, "ct": 3}}),
    ],
)
def test_a_bool_is_on_or_off_where_the_device_has_these(present, written, sent):
    made = command_params(device(**present), written)
    assert json.dumps(made) == json.dumps(sent)


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize("wrap", [lambda one: {"a": one}, lambda one: {"a": [{"b": [one]}]}])
def test_what_is_no_number_is_refused_by_name(number, wrap):
    with pytest.raises(ServiceValidationError) as failure:
        command_params(device(), wrap(number))
    assert failure.value.translation_key == "params_not_finite"
    assert failure.value.translation_placeholders == {"value": str(number)}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"a": "x" * MAX_BYTES}, "params_too_long"),
        ({"a": ["x"] * MAX_BYTES}, "params_too_long"),
        ({"a": 10**30}, "params_not_json"),
        ({"a": object()}, "params_not_json"),
        ({"a": {1, 2}}, "params_not_json"),
    ],
)
def test_what_no_device_takes_is_refused(written, key):
    with pytest.raises(ServiceValidationError) as failure:
        command_params(device(), written)
    assert failure.value.translation_key == key


async def test_a_command_of_megabytes_leaves_the_session_alone(cloud, running_entry, run):
    before = asked(cloud)
    with pytest.raises(ServiceValidationError):
        await run("send_command", LAMP, params={"a": "x" * 4_300_000})
    assert asked(cloud) == before
    await run("send_command", LAMP, params={"switch": True})
    assert cloud.devices[LAMP].params["switch"] == "on"


@pytest.mark.parametrize("action", ["get_device", "list_timers", "delete_device"])
async def test_an_action_for_one_device_says_so(cloud, run, action):
    before = asked(cloud)
    with pytest.raises(ServiceValidationError) as failure:
        await run(action, LAMP, STRIP)
    assert failure.value.translation_key == "one_device"
    assert failure.value.translation_placeholders == {"devices": "Hall lamp, Living room strip"}
    assert asked(cloud) == before


@pytest.mark.parametrize("position", [0, -1, 1e19, 10**19, nan, inf, "nan", "1e3", True, 1.5, None])
@pytest.mark.parametrize("action", ["add_group", "change_group"])
async def test_an_impossible_position_is_refused_before_anything_is_sent(cloud, run, action, position):
    before = asked(cloud)
    names = {"add_group": {"name": "Garden"}, "change_group": {"group": "Bedroom"}}
    with pytest.raises(probatio.Invalid):
        await run(action, position=position, **names[action])
    assert asked(cloud) == before


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("rename_channel", {"channel": 10**19, "name": "Fan"}),
        ("add_timer", {"kind": "countdown", "operation": "turn_on", "delay": 1e300}),
        ("add_timer", {"kind": "countdown", "operation": "turn_on", "delay": nan}),
        ("add_timer", {"kind": "countdown", "operation": "turn_on", "delay": 5, "channel": 1e19}),
        # Half a character ends the parser of dates, and Home Assistant with it.
        ("add_timer", {"kind": "once", "operation": "turn_on", "at": "\ud83d"}),
    ],
)
async def test_impossible_numbers_are_refused_before_anything_is_sent(cloud, run, action, data):
    before = asked(cloud)
    with pytest.raises(probatio.Invalid):
        await run(action, STRIP, **data)
    assert asked(cloud) == before


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", nan])
async def test_a_number_that_is_none_is_refused_by_name(
    hass, cloud, every_entity_enabled, running_entry, value
):
    before = asked(cloud)
    with pytest.raises(HomeAssistantError) as failure:
        await hass.services.async_call(
            NUMBER_DOMAIN,
            "set_value",
            {ATTR_ENTITY_ID: "number.hall_lamp_inching_duration", "value": value},
            blocking=True,
        )
    assert failure.value.translation_key in {"not_a_number", "out_of_range"}
    assert asked(cloud) == before


async def test_what_was_typed_is_quoted_in_part(run, running_entry):
    await until(lambda: running_entry.runtime_data.client.management.groups)
    with pytest.raises(ServiceValidationError) as failure:
        await run("delete_group", group="x" * 5000)
    assert failure.value.translation_placeholders["group"] == "x" * 100 + "…"
    with pytest.raises(ServiceValidationError) as failure:
        await run("delete_timer", MACHINE, timer="x" * 5000)
    assert failure.value.translation_placeholders["timer"] == "x" * 100 + "…"


@pytest.mark.parametrize(
    ("effect", "key"), [("", "effect_required"), ("  ", "effect_required"), ("x" * 500, "effect_unknown")]
)
async def test_an_effect_that_is_none(hass, cloud, setup_home, effect, key):
    await setup_home(load_device("104"))
    (light,) = hass.states.async_entity_ids(LIGHT_DOMAIN)
    with pytest.raises(ServiceValidationError) as failure:
        await hass.services.async_call(
            LIGHT_DOMAIN, SERVICE_TURN_ON, {ATTR_ENTITY_ID: light, "effect": effect}, blocking=True
        )
    assert failure.value.translation_key == key
    assert len((failure.value.translation_placeholders or {}).get("effect", "")) <= 101


async def test_a_device_of_the_account_is_said_to_be_there_already(cloud, run):
    with pytest.raises(HomeAssistantError) as failure:
        await run("add_device", ewelink_device_id=LAMP, device_key="key", name="Lamp")
    assert failure.value.translation_key == "device_already_added"
    assert failure.value.translation_placeholders == {"device": "Hall lamp"}


async def test_a_timer_that_cannot_be_read_is_changed_with_its_kind(hass, cloud, setup_home):
    known = load_device("1")
    known["params"]["timers"] = [{"mId": "odd", "enabled": 1, "type": "sunset", "at": "soon"}]
    entry = await setup_home(known)
    device_id = entry.runtime_data.async_device_entry(known["deviceid"]).id
    with pytest.raises(ServiceValidationError) as failure:
        await hass.services.async_call(
            DOMAIN,
            "change_timer",
            {"device_id": device_id, "timer": "odd", "operation": "turn_on"},
            blocking=True,
        )
    assert failure.value.translation_key == "timer_kind_unknown"
    assert cloud.devices[known["deviceid"]].params["timers"] == known["params"]["timers"]


@pytest.mark.parametrize(
    ("name", "domain", "service", "data"),
    [
        ("277", LIGHT_DOMAIN, SERVICE_TURN_ON, {"transition": nan}),
        ("127", "climate", "set_temperature", {"temperature": "nan"}),
        ("127", "climate", "set_temperature", {"target_temp_low": nan, "target_temp_high": 22}),
        ("104", LIGHT_DOMAIN, SERVICE_TURN_ON, {"color_temp_kelvin": 10**400}),
        ("104", LIGHT_DOMAIN, SERVICE_TURN_ON, {"color_temp_kelvin": -(10**400)}),
        ("173", LIGHT_DOMAIN, SERVICE_TURN_ON, {"color_temp_kelvin": 10**400}),
    ],
)
async def test_no_number_takes_an_entity_by_surprise(
    hass, cloud, setup_home, caplog, name, domain, service, data
):
    """It is done as far as it can be, or refused in words."""
    # Home Assistant's own line of it cannot be written.
    caplog.set_level("INFO", "homeassistant.components.climate.services")
    await setup_home(load_device(name))
    (entity_id, *_) = hass.states.async_entity_ids(domain)
    with suppress(HomeAssistantError, probatio.Invalid):
        await hass.services.async_call(domain, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True)
    assert "Traceback" not in caplog.text
    assert not cloud.violations
