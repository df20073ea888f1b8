"""Who may use which action: every action with every kind of user."""

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import Group
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.ewelink.actions.permissions import Access
from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.services import ACTIONS
from tests.common import until

LAMP, STRIP, MACHINE, SENSOR = "1000000001", "1000000002", "1000000003", "1000000015"
TIMER = "00000000-0000-4000-8000-00000000000a"

# A call of each action that an administrator may make. "device_id" is the cloud's.
CALLS = {
    "get_device": {"device_id": LAMP},
    "get_history": {"device_id": LAMP},
    "get_messages": {},
    "change_settings": {"device_id": [LAMP], "settings": {"opsNotify": True}},
    "list_homes": {},
    "add_home": {"name": "Boat"},
    "rename_home": {"home": "Flat", "name": "Boat"},
    "delete_home": {"home": "Cottage", "move_devices_to": "Flat"},
    "add_room": {"home": "Flat", "name": "Attic"},
    "rename_room": {"room": "Bedroom", "name": "Attic"},
    "delete_room": {"room": "Bedroom"},
    "order_rooms": {"home": "Flat", "rooms": ["Bedroom"]},
    "move_to_room": {"device_id": [LAMP], "room": "Bedroom"},
    "query_device": {"device_id": LAMP},
    "measure": {"device_id": MACHINE},
    "send_command": {"device_id": LAMP, "params": {"switch": "on"}},
    "add_device": {"ewelink_device_id": "1000000101", "device_key": "key", "name": "Porch"},
    "add_gsm_device": {"ewelink_device_id": "1000000103", "device_key": "key", "name": "Shed"},
    "delete_device": {"device_id": LAMP},
    "rename_device": {"device_id": LAMP, "name": "Hallway"},
    "rename_channel": {"device_id": STRIP, "channel": 1, "name": "Fan"},
    "learn_code": {"device_id": LAMP, "name": "Open"},
    "rename_code": {"device_id": LAMP, "code": "Open", "name": "Up"},
    "delete_code": {"device_id": LAMP, "code": "Open"},
    "list_groups": {},
    "add_group": {"name": "Garden"},
    "change_group": {"group": "Bedroom", "name": "Guests"},
    "order_groups": {"groups": ["Bedroom"]},
    "delete_group": {"group": "Bedroom"},
    "add_to_group": {"device_id": [LAMP], "group": "Bedroom"},
    "remove_from_group": {"device_id": [LAMP], "group": "Bedroom"},
    "share_device": {"device_id": LAMP, "address": "neighbour@example.com"},
    "edit_share": {"device_id": LAMP, "address": "neighbour@example.com", "permissions": []},
    "cancel_share": {"device_id": LAMP, "address": "neighbour@example.com"},
    "leave_share": {"device_id": SENSOR},
    "answer_share": {"accept": True},
    "list_timers": {"device_id": MACHINE},
    "add_timer": {
        "device_id": MACHINE,
        "kind": "countdown",
        "operation": "turn_on",
        "delay": 5,
    },
    "change_timer": {"device_id": MACHINE, "timer": TIMER, "operation": "turn_off"},
    "enable_timer": {"device_id": MACHINE, "timer": TIMER},
    "disable_timer": {"device_id": MACHINE, "timer": TIMER},
    "delete_timer": {"device_id": MACHINE, "timer": TIMER},
}
DEPENDS = {
    "learn_code",
    "rename_code",
    "delete_code",
    "add_device",
    "add_gsm_device",
    "answer_share",
    "cancel_share",
    "edit_share",
    "get_history",
    "get_messages",
    "change_settings",
    "list_homes",
    "add_home",
    "rename_home",
    "delete_home",
    "add_room",
    "rename_room",
    "delete_room",
    "order_rooms",
    "move_to_room",
    "share_device",
}
KINDS = {"administrator": GROUP_ID_ADMIN, "user": GROUP_ID_USER, "reader": GROUP_ID_READ_ONLY}
ALLOWED = {
    Access.READ: {"administrator", "user", "reader"},
    Access.CONTROL: {"administrator", "user"},
    Access.ADMIN: {"administrator"},
}
# What only shows, and what asks or switches as the entities do; whatever else is added is for administrators.
READ = {"get_device", "get_history", "list_groups", "list_homes", "list_timers"}
CONTROL = {
    "query_device",
    "measure",
    "add_timer",
    "change_timer",
    "enable_timer",
    "disable_timer",
    "delete_timer",
}


@pytest.fixture
async def home(hass, cloud, entry, setup_entry, unpaced):
    """The default home, with a timer in the washing machine."""
    cloud.devices[MACHINE].params["timers"] = [
        {
            "enabled": 1,
            "mId": TIMER,
            "type": "repeat",
            "coolkit_timer_type": "repeat",
            "at": "0 6 * * 1,2",
            "do": {"switch": "on"},
        }
    ]
    await setup_entry(entry)
    await until(lambda: entry.runtime_data.client.management.groups)
    return entry


@pytest.fixture
def call(hass, home):
    """Call an action as a user."""

    async def as_user(user, action, **data):
        find = home.runtime_data.async_device_entry
        match data.get("device_id"):
            case str(device_id):
                data["device_id"] = find(device_id).id
            case list(device_ids):
                data["device_id"] = [find(device_id).id for device_id in device_ids]
        return await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            context=Context(user_id=user.id),
            return_response=hass.services.supports_response(DOMAIN, action) != "none",
        )

    return as_user


async def user_of(hass, group_id):
    return MockUser(groups=[await hass.auth.async_get_group(group_id)]).add_to_hass(hass)


def user_with(hass, policy):
    """Return a user whose only group has this policy."""
    user = MockUser(groups=[Group(name="Guests", policy=policy)]).add_to_hass(hass)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    return user


def test_every_action_says_who_may_use_it():
    assert set(CALLS) == set(ACTIONS)
    assert {name for name, action in ACTIONS.items() if action.access is Access.READ} == READ
    assert {name for name, action in ACTIONS.items() if action.access is Access.CONTROL} == CONTROL


def asked(cloud):
    """Return how often the cloud was asked for something."""
    return len(cloud.requests), sum(len(session.frames) for session in cloud.connections)


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_does_more_by_an_action_than_by_the_entities(hass, cloud, call, kind):
    user = await user_of(hass, KINDS[kind])
    before = asked(cloud)
    for name, data in CALLS.items():
        if kind not in ALLOWED[ACTIONS[name].access]:
            with pytest.raises(Unauthorized):
                await call(user, name, **data)
    assert asked(cloud) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name in CALLS for kind in KINDS if kind in ALLOWED[ACTIONS[name].access]],
)
async def test_who_may_use_an_action_is_served(hass, cloud, call, name, kind):
    user = await user_of(hass, KINDS[kind])
    before = asked(cloud)
    try:
        await call(user, name, **CALLS[name])
    except Unauthorized:
        raise
    except HomeAssistantError:
        # What comes of it depends on the account: no share, no offer, no such key, version 1.
        assert name in DEPENDS
    else:
        assert asked(cloud) != before


async def test_who_may_control_one_device_controls_no_other(hass, cloud, call):
    policy = {"entities": {"entity_ids": {"switch.washing_machine": True}}}
    user = user_with(hass, policy)
    await call(user, "disable_timer", device_id=MACHINE, timer=TIMER)
    assert cloud.devices[MACHINE].params["timers"][0]["enabled"] == 0
    before = asked(cloud)
    with pytest.raises(Unauthorized) as failure:
        await call(user, "add_timer", device_id=LAMP, kind="countdown", operation="turn_on", delay=5)
    assert failure.value.permission == POLICY_CONTROL
    # More of the machine than its switch is not theirs to read.
    with pytest.raises(Unauthorized) as failure:
        await call(user, "get_device", device_id=MACHINE)
    assert failure.value.permission == POLICY_READ
    assert asked(cloud) == before


async def test_timers_of_several_channels_are_for_those_who_may_control_all(hass, cloud, call):
    assert hass.states.get("switch.living_room_strip_floor_lamp")
    user = user_with(hass, {"entities": {"entity_ids": {"switch.living_room_strip_floor_lamp": True}}})
    before = asked(cloud)
    with pytest.raises(Unauthorized):
        await call(
            user, "add_timer", device_id=STRIP, kind="countdown", operation="turn_on", delay=5, channel=1
        )
    assert asked(cloud) == before


async def test_a_device_without_switches_is_asked_by_those_who_may_control_it(hass, cloud, call):
    before = asked(cloud)
    with pytest.raises(Unauthorized):
        await call(await user_of(hass, GROUP_ID_READ_ONLY), "query_device", device_id=SENSOR)
    assert asked(cloud) == before
    await call(await user_of(hass, GROUP_ID_USER), "query_device", device_id=SENSOR)


async def test_a_list_of_groups_names_the_devices_that_the_user_may_read(hass, home, call):
    user = user_with(hass, {"entities": {"device_ids": {}}})
    listed = await call(user, "list_groups")
    assert [group["name"] for group in listed["groups"]] == [
        "Living room",
        "Bedroom",
        "Nursery",
        "Utility room",
    ]
    assert [group["devices"] for group in listed["groups"]] == [[]] * 4
    machine = home.runtime_data.async_device_entry(MACHINE)
    user = user_with(hass, {"entities": {"device_ids": {machine.id: {"read": True}}}})
    listed = await call(user, "list_groups")
    assert [one["name"] for group in listed["groups"] for one in group["devices"]] == ["Washing machine"]
    listed = await call(await user_of(hass, GROUP_ID_ADMIN), "list_groups")
    assert len([one for group in listed["groups"] for one in group["devices"]]) > 2


async def test_a_user_who_is_gone_may_do_nothing(hass, cloud, home):
    before = asked(cloud)
    for name in ("list_timers", "send_command"):
        device_id = home.runtime_data.async_device_entry(LAMP).id
        data = {"device_id": device_id} | ({"params": {"switch": "on"}} if name == "send_command" else {})
        with pytest.raises(UnknownUser):
            await hass.services.async_call(
                DOMAIN, name, data, blocking=True, context=Context(user_id="gone"), return_response=True
            )
    assert asked(cloud) == before
