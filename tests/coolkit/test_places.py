"""Homes, rooms and control groups as a session keeps them, and which parts each generation has."""

import pytest

from custom_components.ewelink.coolkit import (
    ConnectionState,
    CoolKitClient,
    NotSupportedError,
    PlacesChanged,
    UnknownGroupError,
)
from custom_components.ewelink.coolkit.cloud import parts
from custom_components.ewelink.coolkit.cloud.api import part
from tests.coolkit.conftest import TIMINGS, listening, until

SWITCH, OTHER = "1000000001", "1000000002"


@pytest.fixture
async def client(websession, api_v2, session_v2):
    client = CoolKitClient(websession=websession, api=api_v2, session=session_v2, timings=TIMINGS)
    yield client
    await client.close()


def told(client):
    events = []
    client.subscribe(events.append, PlacesChanged)
    return events


async def test_homes_come_with_the_list(client, cloud):
    events = told(client)
    await client.refresh_devices()
    home = cloud.homes.of(cloud.account)[0]
    assert client.places.homes[home.id].name == home.name
    assert len(events) == 1
    await client.refresh_devices()
    assert len(events) == 1

    cloud.homes.add_room(home, "Attic")
    await client.refresh_devices()
    assert [room.name for room in events[-1].homes[home.id].rooms][-1] == "Attic"
    assert len(events) == 2


async def test_a_control_group_is_commanded(client, cloud):
    made = cloud.homes.add_group(cloud.account, "Both", [SWITCH])
    await client.refresh_devices()
    assert client.places.control_groups[made.id].main_device_id == SWITCH
    assert [device.device_id for device in client.places.members(made.id)] == [SWITCH]
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        await client.places.command(made.id, {"switch": "on"})
        # Its members tell it, not the answer.
        await until(lambda: client.devices[SWITCH].params["switch"] == "on")
    with pytest.raises(UnknownGroupError):
        await client.places.command("0" * 24, {"switch": "on"})


async def test_what_a_shrunken_list_lacks_is_kept(client, cloud):
    made = cloud.homes.add_group(cloud.account, "Both", [SWITCH])
    await client.refresh_devices()
    await client.refresh_devices()
    cloud.faults.add("list_empty", interface="devices")
    await client.refresh_devices()
    assert made.id in client.places.control_groups
    assert SWITCH in client.devices


PARTS = [
    parts.PasswordSignIn,
    parts.ControlGroupCommands,
    parts.ControlGroupManagement,
    parts.HomeManagement,
    parts.DeviceHistory,
    parts.FirmwareQueries,
    parts.DeviceSettings,
    parts.BatchCommands,
    parts.Messages,
    parts.Profiles,
]


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.__name__)
def test_the_parts_of_each_generation(api, api_v2, kind):
    assert part(api_v2, kind, "anything") is api_v2
    if kind is parts.PasswordSignIn:
        assert part(api, kind, "anything") is api
    else:
        with pytest.raises(NotSupportedError):
            part(api, kind, "anything")
