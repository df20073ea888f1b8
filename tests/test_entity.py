"""What all entities share: when they are there, when they can be reached, and how commands fail."""

from collections import Counter

from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
)
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.ewelink.coolkit import Kind, capabilities_of, device_from_entry
from simulator.home import item
from tests.common import device_names, load_device, until
from tests.platforms import STRIP, STRIP_ID, call, off, on, state_of

HEATER_ID = "1000000a02"
HEATER = item(HEATER_ID, 1, "Heater", {"switch": "off"})
DUO_ID = "1000000a05"
DUO = item(
    DUO_ID,
    126,
    "Duo",
    {
        "workMode": 1,
        "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(2)],
        "voltage_00": 23012,
    },
)
MOST_CHANNELS = 4
MOST_ENTITIES = 10


async def test_no_device_of_up_to_four_channels_has_more_than_ten_entities(setup_home, entity_registry):
    devices = list(map(load_device, device_names()))
    entry = await setup_home(*devices)
    enabled = Counter(
        entity.unique_id.partition("_")[0]
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if not entity.disabled
    )
    channels = {
        device["deviceid"]: sum(
            capability.kind is Kind.RELAY for capability in capabilities_of(device_from_entry(device))
        )
        for device in devices
    }
    small = {device_id for device_id, count in channels.items() if count <= MOST_CHANNELS}
    assert len(small) > len(devices) / 2
    assert {device_id: enabled[device_id] for device_id in small if enabled[device_id] > MOST_ENTITIES} == {}


async def test_settings_of_channels_are_disabled_until_wanted(setup_home, entity_registry):
    entry = await setup_home(*map(load_device, device_names()))
    settings = [
        entity
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if entity.entity_category is EntityCategory.CONFIG
        and (entity.translation_key or "").startswith("channel_")
    ]
    assert {entity.domain for entity in settings} == {"number", "select", "switch"}
    assert all(entity.disabled for entity in settings)


async def test_a_setting_that_is_wanted_works(hass, cloud, setup_home, entity_registry):
    configure = [{"outlet": outlet, "startup": "off"} for outlet in range(4)]
    entry = await setup_home({**STRIP, "params": {**STRIP["params"], "configure": configure}})
    entity_id = "select.strip_kettle_power_on_state"
    assert hass.states.get(entity_id) is None
    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await call(hass, SELECT_DOMAIN, "select_option", entity_id, option="stay")
    assert cloud.devices[STRIP_ID].params["configure"][0]["startup"] == "stay"


async def test_a_device_that_goes_offline_takes_its_entities_along(hass, cloud, setup_home):
    await setup_home(HEATER, STRIP)
    device = cloud.devices[HEATER_ID]
    await device.set_online(False)
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNAVAILABLE)
    assert off(hass, "switch.strip_kettle")
    await device.set_online(True)
    await until(lambda: off(hass, "switch.heater"))


async def test_a_gateway_takes_its_children_along(hass, cloud, setup_home):
    entry = await setup_home(
        item("1000000d01", 168, "Bridge", {}),
        item("1000000d04", 1256, "Pump", {"parentid": "1000000d01", "switch": "on"}),
    )
    # The cloud tells it of the gateway alone.
    gateway = cloud.devices["1000000d01"]
    await cloud.report_online(gateway, online=False)
    await until(lambda: state_of(hass, "switch.pump") == STATE_UNAVAILABLE)
    assert entry.runtime_data.client.devices["1000000d04"].online

    await cloud.report_online(gateway, online=True)
    await until(lambda: on(hass, "switch.pump"))


async def test_a_cloud_that_cannot_be_reached_makes_everything_unavailable_and_returns(
    hass, cloud, setup_home
):
    await setup_home(HEATER)
    port = cloud.port
    await cloud.stop()
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNAVAILABLE)
    await cloud.start(port)
    await until(lambda: off(hass, "switch.heater"))


async def test_a_short_loss_of_the_connection_is_not_seen(hass, cloud, setup_home):
    entry = await setup_home(HEATER)
    states = []

    @callback
    def note(event):
        if event.data["entity_id"] == "switch.heater":
            states.append(event.data["new_state"].state)

    entry.async_on_unload(hass.bus.async_listen("state_changed", note))
    await cloud.drop_connections()
    cloud.devices[HEATER_ID].params["switch"] = "on"
    await until(lambda: on(hass, "switch.heater"))
    assert states == [STATE_ON]


@pytest.mark.parametrize(
    ("answer", "key", "text"),
    [
        (
            "offline",
            "device_offline",
            "Heater is offline (error 503). Check its power and network",
        ),
        (
            "silent",
            "command_timeout_no_code",
            (
                "Heater did not confirm the command in time. The command may have been executed. Check "
                "the device before you try again"
            ),
        ),
        (
            "refuse",
            "command_refused_gone",
            (
                "Heater rejected the command (error 400). Either the device does not support this "
                "command, or it is no longer in the account. Check whether it works in the eWeLink app"
            ),
        ),
    ],
)
async def test_a_command_that_fails_says_why(hass, cloud, setup_home, answer, key, text):
    await setup_home(HEATER)
    cloud.devices[HEATER_ID].answer = answer
    with pytest.raises(HomeAssistantError) as failure:
        await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.heater")
    assert failure.value.translation_key == key
    assert str(failure.value) == text
    # One that is offline takes no further commands until the list says otherwise.
    expected = STATE_UNAVAILABLE if key == "device_offline" else STATE_OFF
    assert hass.states.get("switch.heater").state == expected


async def test_a_command_that_was_executed_without_an_answer_succeeds(hass, cloud, setup_home):
    await setup_home(HEATER)
    cloud.devices[HEATER_ID].answer = "executed_unconfirmed"
    await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.heater")
    assert on(hass, "switch.heater")
    assert cloud.devices[HEATER_ID].received == [{"switch": "on"}]


async def test_a_command_of_which_nothing_is_heard_shows_what_it_did(hass, cloud, setup_home):
    await setup_home(HEATER)
    cloud.devices[HEATER_ID].answer = "lost"
    with pytest.raises(HomeAssistantError) as failure:
        await call(hass, SWITCH_DOMAIN, SERVICE_TURN_ON, "switch.heater")
    assert failure.value.translation_key == "command_timeout_no_code"
    await until(lambda: on(hass, "switch.heater"))
    assert cloud.devices[HEATER_ID].received == [{"switch": "on"}]


async def test_relays_come_and_go_with_the_work_mode(hass, cloud, setup_home, entity_registry):
    await setup_home(DUO)
    assert off(hass, "switch.duo_channel_1")
    # The power of the motor.
    await cloud.devices[DUO_ID].push({"workMode": 2, "actPow_00": 1250})
    await until(lambda: hass.states.get("switch.duo_channel_1") is None)
    assert entity_registry.async_get("switch.duo_channel_2") is None
    assert state_of(hass, "sensor.duo_channel_1_voltage") == "230.12"

    await cloud.devices[DUO_ID].push({"workMode": 1})
    await until(lambda: off(hass, "switch.duo_channel_1") and off(hass, "switch.duo_channel_2"))


async def test_an_entity_stays_when_a_list_leaves_its_params_out(hass, cloud, setup_home, entity_registry):
    entry = await setup_home(HEATER)
    client = entry.runtime_data.client
    missing = cloud.devices[HEATER_ID].params.pop("switch")
    await cloud.drop_connections()
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNKNOWN)
    assert entity_registry.async_get("switch.heater") is not None
    kinds = [capability.kind for capability in entry.runtime_data.capabilities(client.devices[HEATER_ID])]
    assert kinds.count(Kind.RELAY) == 1
    await cloud.devices[HEATER_ID].push({"switch": missing})
    await until(lambda: off(hass, "switch.heater"))


async def test_what_belongs_to_a_channel_follows_its_name(hass, cloud, setup_home):
    entry = await setup_home(DUO)
    assert hass.states.get("sensor.duo_channel_1_power").name == "Duo Channel 1 power"
    cloud.devices[DUO_ID].tags = {"ck_channel_name": {"0": "Kettle"}}
    await entry.runtime_data.async_refresh()
    assert hass.states.get("sensor.duo_channel_1_power").name == "Duo Kettle power"
    assert hass.states.get("switch.duo_channel_1").name == "Duo Kettle"


async def test_an_outlet_that_the_device_lacks_never_appears(hass, cloud, setup_home):
    await setup_home(
        item(
            "1000000a06",
            2,
            "Pair",
            {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]},
        )
    )
    await cloud.devices["1000000a06"].push(
        {"switches": [{"outlet": 3, "switch": "on"}, {"outlet": 0, "switch": "on"}]}
    )
    await until(lambda: on(hass, "switch.pair_channel_1"))
    relays = [
        entity_id for entity_id in hass.states.async_entity_ids(SWITCH_DOMAIN) if "channel" in entity_id
    ]
    assert sorted(relays) == ["switch.pair_channel_1", "switch.pair_channel_2"]
