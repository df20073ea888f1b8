"""Homes and rooms: the menu *Homes and rooms*, and the actions for them, against the simulated cloud."""

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import Feature
from tests.common import make_entry_v2, until
from tests.dialogs import done, go_on, with_texts

LAMP, STRIP, PUMP = "1000000001", "1000000002", "1000000013"
# Whoever has chosen it can do no more than be called like that.
ODD = "**Attic** [x](http://x)"

pytestmark = pytest.mark.usefixtures("unpaced")


@pytest.fixture
async def entry_v2(cloud, setup_entry):
    entry = make_entry_v2(cloud, app=cloud.accounts.apps[cloud.app_id])
    await setup_entry(entry)
    return entry


@pytest.fixture
def choose(hass, entry_v2):
    """Open the options and follow menus."""

    async def open_menu(*steps):
        result = with_texts(await hass.config_entries.options.async_init(entry_v2.entry_id))
        for step in ("homes", *steps):
            assert result["type"] is FlowResultType.MENU, result
            result = await go_on(hass, result, {"next_step_id": step})
        return result

    return open_menu


@pytest.fixture
def fill(hass):
    async def fill_in(result, **fields):
        return await go_on(hass, result, fields)

    return fill_in


def homes_of(cloud):
    return {home.name: home for home in cloud.homes.of(cloud.account)}


def rooms_of(home):
    return [room.name for room in sorted(home.rooms.values(), key=lambda room: room.index)]


def writes(cloud):
    reads = {"devices", "homes", "device", "dispatch", "refresh"}
    return [one.interface for one in cloud.requests if one.interface not in reads]


def values(result, field):
    """Return the choices of a field by their labels."""
    selector = result["data_schema"].schema[field]
    return {option["label"]: option["value"] for option in selector.config["options"]}


async def test_from_a_new_home_to_its_end(hass, cloud, choose, fill, entry_v2):
    first = cloud.homes.of(cloud.account)[0]
    result = await choose()
    assert f"**{first.name}**" in result["description_placeholders"]["homes"]
    result = await fill(result, next_step_id="add_home")
    result = await fill(result, name=ODD, rooms=["Workshop", " ", "Store"])
    done(result, "home_added", home=ODD)
    # It is shown, and does nothing there.
    assert "[x](" not in result["description_placeholders"]["homes"]
    home = homes_of(cloud)[ODD]
    assert rooms_of(home) == ["Workshop", "Store"]

    result = await fill(result, next_step_id="rename_home")
    result = await fill(result, name="Shed")
    assert result["errors"] == {"home": "nothing_chosen"}
    result = await fill(result, home=home.id, name="   ")
    assert result["errors"] == {"name": "name_required"}
    result = await fill(result, home=home.id, name="Shed")
    done(result, "place_renamed", name="Shed")
    result = await fill(result, next_step_id="rename_home")
    before = writes(cloud)
    result = await fill(result, home=home.id, name="Shed")
    done(result, "place_name_unchanged", name="Shed")
    assert writes(cloud) == before

    result = await fill(result, next_step_id="order_rooms")
    result = await fill(result, home=home.id)
    rooms = values(result, "rooms")
    result = await fill(result, rooms=[rooms["Store"]])
    done(result, "rooms_ordered", home="Shed")
    assert rooms_of(home) == ["Store", "Workshop"]
    result = await fill(await fill(result, next_step_id="order_rooms"), home=home.id)
    before = writes(cloud)
    done(await fill(result, rooms=[rooms["Store"]]), "room_order_unchanged", home="Shed")
    assert writes(cloud) == before

    # A device goes into a room of the home, and to another home with its end.
    result = await fill(await choose("room_devices"), room=rooms["Store"])
    assert result["step_id"] == "room_members"
    lamp = next(label for label, value in values(result, "devices").items() if value == LAMP)
    result = await fill(result, devices=[LAMP])
    done(result, "room_changed", room="Shed: Store")
    assert cloud.homes.place(cloud.account, LAMP).home == home.id
    device = entry_v2.runtime_data.client.devices[LAMP]
    assert (device.home_id, device.room_id) == (home.id, rooms["Store"])
    assert lamp

    result = await fill(result, next_step_id="delete_home")
    result = await fill(result, home=home.id)
    assert (result["step_id"], result["description_placeholders"]["home"]) == ("delete_home_confirm", "Shed")
    assert home.name in homes_of(cloud)
    assert home.id not in values(result, "heir").values()
    result = await fill(result)
    assert result["errors"] == {"heir": "nothing_chosen"}
    result = await fill(result, heir=first.id)
    done(result, "home_deleted", home="Shed")
    assert "Shed" not in homes_of(cloud)
    assert entry_v2.runtime_data.client.devices[LAMP].home_id == first.id
    # What the phone shows is not touched.
    assert cloud.homes.current(cloud.account) is first


async def test_rooms_and_what_is_in_them(hass, cloud, choose, fill, entry_v2):
    first = cloud.homes.of(cloud.account)[0]
    result = await fill(await choose("add_room"), home=first.id, name="Attic")
    done(result, "room_added", room="Attic")
    attic = next(room for room in first.rooms.values() if room.name == "Attic")
    client = entry_v2.runtime_data.client

    result = await fill(await choose("room_devices"), room=attic.id)
    assert result["data_schema"]({"devices": []})
    # Somebody else puts one in meanwhile: a form sends what was changed in it, and nothing else.
    cloud.homes.place(cloud.account, STRIP).room = attic.id
    await client.refresh_devices()
    group = cloud.homes.add_group(cloud.account, "Together", [LAMP])
    cloud.homes.put(cloud.account, group.id, first, attic)
    await client.refresh_devices()
    done(await fill(result, devices=[LAMP]), "room_changed", room=f"{first.name}: Attic")
    assert {cloud.homes.place(cloud.account, one).room for one in (LAMP, STRIP, group.id)} == {attic.id}
    result = await fill(await choose("room_devices"), room=attic.id)
    done(await fill(result, devices=[STRIP]), "room_changed", room=f"{first.name}: Attic")
    assert cloud.homes.place(cloud.account, LAMP).room is None
    assert cloud.homes.place(cloud.account, STRIP).room == attic.id
    result = await fill(await choose("room_devices"), room=attic.id)
    before = writes(cloud)
    done(await fill(result, devices=[STRIP]), "room_unchanged", room=f"{first.name}: Attic")
    assert writes(cloud) == before

    result = await fill(await choose("rename_room"), room=attic.id, name="Loft")
    done(result, "place_renamed", name="Loft")
    result = await fill(await choose("delete_room"), room=attic.id)
    assert result["step_id"] == "delete_room_confirm"
    assert attic.id in first.rooms
    done(await fill(result), "room_deleted", room=f"{first.name}: Loft")
    assert attic.id not in first.rooms
    assert client.devices[STRIP].room_id == ""

    # It was deleted elsewhere.
    result = await choose("delete_room")
    room = next(iter(first.rooms.values()))
    del first.rooms[room.id]
    await client.homes.refresh()
    result = await fill(result, room=room.id)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "room_gone")


async def test_a_free_application_reads_and_says_why_it_changes_nothing(hass, cloud, setup_entry, fill):
    entry = make_entry_v2(cloud)
    await setup_entry(entry)

    async def open_menu(*steps):
        result = with_texts(await hass.config_entries.options.async_init(entry.entry_id))
        for step in steps:
            result = await fill(result, next_step_id=step)
        return result

    first = cloud.homes.of(cloud.account)[0]
    result = await fill(await open_menu("homes", "add_room"), home=first.id, name="Attic")
    assert result["errors"] == {"base": "feature_refused"}
    before = writes(cloud)
    for step in ("add_home", "rename_home", "delete_home", "add_room", "rename_room", "room_devices"):
        result = await open_menu("homes", step)
        assert result["step_id"] == "not_available"
        result = await fill(result, next_step_id="homes")
        assert result["step_id"] == "homes"
    assert Feature.HOMES in entry.runtime_data.api.features
    assert writes(cloud) == before


async def test_version_1_has_none(hass, cloud, running_entry, fill):
    before = len(cloud.requests)
    result = with_texts(await hass.config_entries.options.async_init(running_entry.entry_id))
    result = await fill(result, next_step_id="homes")
    assert result["step_id"] == "not_available"
    for name in ("list_homes", "add_home"):
        with pytest.raises(HomeAssistantError, match="groups instead of homes and rooms"):
            await act(hass, name, **({"name": "Attic"} if name == "add_home" else {}))
    assert len(cloud.requests) == before


async def act(hass, action, **data):
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def test_actions_name_what_they_mean(hass, cloud, entry_v2):
    first = cloud.homes.of(cloud.account)[0]
    guest = cloud.add_account(email="other@example.com")
    theirs = cloud.homes.add(guest, "Theirs", rooms=("Hall",))
    cloud.homes.share(theirs, cloud.account)
    answer = await act(hass, "list_homes")
    assert {home["name"]: home["own"] for home in answer["homes"]} == {
        "Flat": True,
        "Cottage": True,
        "Theirs": False,
    }

    cloud.homes.add_room(homes_of(cloud)["Cottage"], "Garden")
    for action, data, error in (
        ("rename_home", {"home": "Nowhere", "name": "x"}, "no home of its own named Nowhere. Its homes: "),
        ("rename_home", {"home": theirs.id, "name": "x"}, "no home of its own"),
        ("add_room", {"name": "x"}, "Select a home. The homes of the account: "),
        ("rename_room", {"room": "Hall", "name": "x"}, "There is no room named Hall"),
        ("delete_room", {"room": "garden"}, "Several rooms are called garden"),
        ("delete_home", {"home": first.name, "move_devices_to": first.id}, "it is the home to be deleted"),
    ):
        before = writes(cloud)
        with pytest.raises(ServiceValidationError) as failure:
            await act(hass, action, **data)
        assert error in str(failure.value)
        assert writes(cloud) == before
    lamp = entry_v2.runtime_data.async_device_entry(LAMP).id
    pump = entry_v2.runtime_data.async_device_entry(PUMP).id
    room = next(iter(first.rooms.values()))
    await act(hass, "move_to_room", device_id=[lamp, pump], room=room.id)
    # What is there already is not moved.
    assert {cloud.homes.place(cloud.account, one).room for one in (LAMP, PUMP)} == {room.id}
    await until(lambda: entry_v2.runtime_data.client.devices[PUMP].room_id == room.id)
