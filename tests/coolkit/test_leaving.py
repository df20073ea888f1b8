"""Leaving a share: a recipient gives a device back to its owner."""

import pytest

from custom_components.ewelink.coolkit import (
    CannotConnectError,
    CloudError,
    CoolKitClient,
    DeviceRemoved,
    FeatureRefusedError,
    NotLeftError,
    OwnDeviceError,
    ServerTroubleError,
    UnknownDeviceError,
)
from simulator.home import NEIGHBOUR
from tests.coolkit.conftest import TIMINGS

LAMP = "1000000001"
SHARED = "1000000015"


@pytest.fixture
async def client(websession, api, session):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    await client.refresh_devices()
    yield client
    await client.close()


@pytest.fixture
def removed(client):
    events = []
    client.subscribe(events.append, DeviceRemoved)
    return events


def calls(cloud, interface):
    return [request.params for request in cloud.requests if request.interface == interface]


async def test_a_receiver_leaves_a_share(cloud, client, removed):
    device = client.devices[SHARED]

    await client.management.leave_share(SHARED)

    assert removed == [DeviceRemoved(SHARED, device)]
    assert SHARED not in client.devices
    # It is its owner's as before, and shared with nobody.
    garage = cloud.devices[SHARED]
    assert garage.owner is cloud.accounts.find(NEIGHBOUR)
    assert garage.shares == {}
    (sent,) = calls(cloud, "delete_device")
    assert (sent["deviceid"], sent["isSub"]) == (SHARED, "0")
    await client.refresh_devices()
    assert SHARED not in client.devices


async def test_the_list_is_read_soon_after(client):
    await client.management.leave_share(SHARED)

    assert client._list.requests.pending.is_set()


async def test_a_child_is_left_by_its_own_id(cloud, client):
    """The gateway, and the child in it, are the owner's."""
    owner = cloud.accounts.find(NEIGHBOUR)
    params = {"switch": "off", "parentid": "1000000901"}
    cloud.add_device({"deviceid": "1000000901", "uiid": 66, "name": "Bridge", "params": {}}, owner)
    child = {
        "deviceid": "a480000901",
        "uiid": 1000,
        "name": "Child",
        "params": params | {"parentid": "1000000901"},
    }
    cloud.share(cloud.add_device(child, owner), cloud.account)
    await client.refresh_devices()

    await client.management.leave_share("a480000901")

    (sent,) = calls(cloud, "delete_device")
    assert (sent["deviceid"], sent["isSub"]) == ("a480000901", "0")
    assert "subDeviceId" not in sent
    assert "a480000901" in cloud.devices
    assert "a480000901" not in client.devices


async def test_a_device_of_ones_own_is_not_left(cloud, client):
    with pytest.raises(OwnDeviceError):
        await client.management.leave_share(LAMP)
    with pytest.raises(UnknownDeviceError):
        await client.management.leave_share("1000000999")

    assert calls(cloud, "delete_device") == []


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, NotLeftError),
        (403, NotLeftError),
        (404, UnknownDeviceError),
        (407, FeatureRefusedError),
        (411, NotLeftError),
        (500, ServerTroubleError),
    ],
)
async def test_a_refusal_is_told_and_changes_nothing(cloud, client, removed, code, error):
    cloud.faults.add("error", interface="delete_device", code=code, text="no permission")

    with pytest.raises(error) as caught:
        await client.management.leave_share(SHARED)

    assert (type(caught.value), caught.value.code) == (error, code)
    assert SHARED in client.devices
    assert removed == []
    assert cloud.devices[SHARED].shares


@pytest.mark.parametrize("form", ["page", "message", "json", "code"])
async def test_the_page_of_a_web_server_takes_nothing_away(cloud, client, removed, form):
    cloud.faults.add("gateway_page", interface="delete_device", status=404, form=form)

    with pytest.raises(ServerTroubleError):
        await client.management.leave_share(SHARED)

    assert SHARED in client.devices
    assert removed == []


async def test_what_its_owner_has_taken_back_meanwhile_has_been_left(cloud, client, removed):
    cloud.unshare(cloud.devices[SHARED], cloud.account)

    await client.management.leave_share(SHARED)

    assert [event.device_id for event in removed] == [SHARED]


async def test_an_answer_that_is_lost_is_looked_up(cloud, client):
    cloud.faults.add("disconnect", interface="delete_device")

    with pytest.raises(CannotConnectError):
        await client.management.leave_share(SHARED)

    assert client._list.requests.pending.is_set()
    assert len(calls(cloud, "delete_device")) == 1


@pytest.mark.parametrize("body", [[], [1], ["x"]])
async def test_an_answer_that_is_no_device_is_no_leaving(cloud, client, body):
    cloud.faults.add("wrong_type", interface="delete_device", body=body)

    with pytest.raises(CloudError, match="no object"):
        await client.management.leave_share(SHARED)

    assert SHARED in client.devices


async def test_an_answer_in_an_array_is_one(cloud, client):
    cloud.faults.add("wrong_type", interface="delete_device", body=[{"deviceid": SHARED}])

    await client.management.leave_share(SHARED)

    assert SHARED not in client.devices
