"""A session in version 2: what goes another way than in version 1."""

import pytest

from custom_components.ewelink.coolkit import (
    ConnectionState,
    CoolKitClient,
    DeviceOfflineError,
    NotSharedError,
    NotSupportedError,
    Permit,
    UndeliveredError,
    UnknownAccountError,
)
from simulator.home import NEIGHBOUR
from tests.coolkit.conftest import TIMINGS, listening, until

SWITCH, OFFLINE = "1000000001", "1000000013"


@pytest.fixture
async def client(websession, contract_api, contract_session):
    client = CoolKitClient(websession=websession, api=contract_api, session=contract_session, timings=TIMINGS)
    await client.refresh_devices()
    yield client
    await client.close()


def recipients(client):
    return [share.address for share in client.devices[SWITCH].shared_to]


async def test_shares_are_calls(client, cloud):
    """Without a connection, and without the consent of the recipient."""
    await client.sharing.share(SWITCH, NEIGHBOUR, permit=Permit.EDIT, note="Sun")
    assert NEIGHBOUR in recipients(client)
    await client.sharing.change(SWITCH, NEIGHBOUR, permit=Permit.ADD)
    (share,) = [one for one in client.devices[SWITCH].shared_to if one.address == NEIGHBOUR]
    assert share.permit == Permit.ADD
    await client.sharing.cancel(SWITCH, NEIGHBOUR)
    assert NEIGHBOUR not in recipients(client)
    with pytest.raises(NotSharedError):
        await client.sharing.cancel(SWITCH, NEIGHBOUR)
    with pytest.raises(UnknownAccountError):
        await client.sharing.share(SWITCH, "nobody@example.com", permit=Permit.EDIT)
    assert {"share", "edit_share", "cancel_share"} <= {request.interface for request in cloud.requests}


async def test_the_connection_is_the_same(client, cloud):
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        await client.update(SWITCH, {"switch": "on"})
        assert client.devices[SWITCH].params["switch"] == "on"
    assert "write_status" not in {request.interface for request in cloud.requests}


async def test_over_http_it_is_sent_once(client, cloud):
    with pytest.raises(DeviceOfflineError):
        await client.update(OFFLINE, {"switch": "on"})
    assert [request.interface for request in cloud.requests].count("write_status") == 1
    # Of a device that the list has online nobody knows which it is.
    cloud.faults.add("error", interface="write_status", code=4002, text="device control failed")
    with pytest.raises(UndeliveredError):
        await client.update(SWITCH, {"switch": "on"})
    assert [request.interface for request in cloud.requests].count("write_status") == 2
    await client.update(SWITCH, {"switch": "on"})
    assert client.devices[SWITCH].params["switch"] == cloud.devices[SWITCH].params["switch"] == "on"


async def test_names_and_devices(client, cloud):
    await client.management.rename_device(SWITCH, "Porch")
    assert client.devices[SWITCH].name == cloud.devices[SWITCH].name == "Porch"
    await client.management.rename_channel(SWITCH, 1, "Radio")
    assert cloud.devices[SWITCH].tags["ck_channel_name"] == {"1": "Radio"}
    await client.management.delete_device(SWITCH)
    assert SWITCH not in client.devices
    shared = next(device for device in client.devices.values() if device.shared_by is not None)
    await client.management.leave_share(shared.device_id)
    assert shared.device_id not in client.devices


async def test_version_2_has_no_folders(client, cloud):
    asked = len(cloud.requests)
    with pytest.raises(NotSupportedError):
        await client.management.refresh_groups()
    with pytest.raises(NotSupportedError):
        await client.management.add_group("Hall")
    assert len(cloud.requests) == asked
