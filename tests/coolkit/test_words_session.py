"""What an open session makes of words that are none of the cloud, and of trouble that is the cloud's own."""

import pytest

from custom_components.ewelink.coolkit import (
    CommandError,
    CommandInDoubtError,
    ConnectionState,
    CoolKitClient,
    DeviceRemoved,
    FeatureRefusedError,
    ServerTroubleError,
    SignedOutError,
    UnknownDeviceError,
)
from tests.coolkit.conftest import TIMINGS, listening, until

SWITCH = "1000000001"
OFFLINE = "1000000013"
PAGE = "<html><head><title>404 Not Found</title></head><body>nginx</body></html>"


@pytest.fixture
async def client(websession, api, session):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    await client.refresh_devices()
    return client


@pytest.fixture
async def connected(client):
    async with listening(client) as task:
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        await until(lambda: not client._list.requests.pending.is_set() and not client._list.lock.locked())
        yield client
        assert not task.done(), task


def calls(cloud, interface):
    return [request for request in cloud.requests if request.interface == interface]


# --- commands --------------------------------------------------------------------------------------------

TROUBLE = [(500, "server error"), (502, "502 Bad Gateway"), (503, "<html>503"), (404, PAGE), (400, "nginx")]


@pytest.mark.parametrize(("code", "text"), TROUBLE)
async def test_trouble_of_the_cloud_is_none_of_the_device(connected, cloud, code, text):
    cloud.faults.add("error", interface="update", code=code, text=text)

    with pytest.raises(CommandInDoubtError) as caught:
        await connected.update(SWITCH, {"switch": "on"})

    assert caught.value.code == code
    assert cloud.devices[SWITCH].received == []
    # It was asked once whether the device has obeyed, and nothing was sent again.
    sent = [frame["action"] for frame in cloud.connections[0].frames]
    assert sent == ["update", "query"]
    assert SWITCH in connected.devices


@pytest.mark.parametrize(("code", "text"), TROUBLE)
async def test_a_command_that_was_executed_in_spite_of_trouble(connected, cloud, code, text):
    cloud.faults.add("executed_504", interface="update", code=code, text=text)

    await connected.update(SWITCH, {"switch": "on"})

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    await until(lambda: connected.devices[SWITCH].params["switch"] == "on")


@pytest.mark.parametrize("form", ["page", "text", "message", "json", "nested", "phrase", "code"])
@pytest.mark.parametrize("status", [400, 403, 404, 503, 504])
async def test_a_page_for_a_command_over_http(client, cloud, form, status):
    cloud.faults.add("gateway_page", interface="write_status", status=status, form=form)

    with pytest.raises(CommandInDoubtError) as caught:
        await client.update(OFFLINE, {"switch": "on"})

    assert caught.value.code == status
    assert caught.value.server


@pytest.mark.parametrize("code", [402, 406])
async def test_what_a_frame_says_of_a_session_that_is_known_is_the_clouds_trouble(connected, cloud, code):
    cloud.faults.add("error", interface="update", code=code, text="User has logined another device")

    with pytest.raises(CommandInDoubtError) as caught:
        await connected.update(SWITCH, {"switch": "on"})

    assert caught.value.code == code
    await connected.update(SWITCH, {"switch": "on"})


@pytest.mark.parametrize("code", [402, 406])
async def test_what_a_call_says_of_a_session_that_is_known_is_the_clouds_trouble(connected, cloud, code):
    cloud.faults.add("error", interface="rename_device", code=code, text="in its own words")

    with pytest.raises(ServerTroubleError) as caught:
        await connected.management.rename_device(SWITCH, "Porch")

    assert caught.value.code == code


async def test_a_command_that_finds_the_account_signed_in_elsewhere(connected, cloud):
    cloud.faults.add("error", interface="update", code=406, text="User has logined another device")
    cloud.faults.add("error", interface="dispatch", code=401)

    with pytest.raises(SignedOutError) as caught:
        await connected.update(SWITCH, {"switch": "on"})

    assert caught.value.code == 406


async def test_a_command_that_finds_the_token_expired(connected, cloud):
    cloud.faults.add("error", interface="update", code=402, text="expired")
    cloud.expire_tokens(cloud.account)

    with pytest.raises(CommandInDoubtError):
        await connected.update(SWITCH, {"switch": "on"})

    # It is renewed, and nothing is sent again by itself.
    await until(lambda: connected.session.tokens.access_token == cloud.account.at)
    assert cloud.devices[SWITCH].received == []
    await connected.update(SWITCH, {"switch": "on"})


async def test_a_function_that_the_app_id_lacks_is_none_of_the_device(connected, cloud):
    cloud.faults.add("error", interface="update", code=407, text="appid not allowed")

    with pytest.raises(FeatureRefusedError):
        await connected.update(SWITCH, {"switch": "on"})


async def test_a_device_that_refuses_is_told_as_before(connected, cloud):
    cloud.devices[SWITCH].answer = "refuse"

    with pytest.raises(CommandError) as caught:
        await connected.update(SWITCH, {"switch": "on"})

    assert type(caught.value) is CommandError


async def test_trouble_of_the_cloud_with_a_query(connected, cloud):
    cloud.faults.add("error", interface="query", code=404, text=PAGE)

    with pytest.raises(ServerTroubleError):
        await connected.query(SWITCH)


# --- what is there and what is gone ----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["page", "text", "message", "json", "nested", "phrase", "code"])
@pytest.mark.parametrize("status", [401, 403, 404, 405])
@pytest.mark.parametrize(
    ("interface", "call"),
    [
        ("device", lambda client: client.management.get_device(SWITCH)),
        ("rename_device", lambda client: client.management.rename_device(SWITCH, "Porch")),
        ("delete_device", lambda client: client.management.delete_device(SWITCH)),
        (
            "edit_group",
            lambda client: client.management.change_group(next(iter(client.management.groups)), name="Attic"),
        ),
    ],
)
async def test_a_page_takes_no_device_away(client, cloud, interface, call, status, form):
    if (status, form) == (401, "phrase"):
        # That may be the cloud's own.
        return
    await client.management.refresh_groups()
    removed = []
    client.subscribe(removed.append, DeviceRemoved)
    groups = client.management.groups
    cloud.faults.add("gateway_page", interface=interface, status=status, form=form)
    before = len(calls(cloud, "devices"))

    with pytest.raises(ServerTroubleError):
        await call(client)

    assert len(calls(cloud, "devices")) == before
    assert removed == []
    assert SWITCH in client.devices
    assert client.management.groups == groups


async def test_the_words_of_the_cloud_take_a_device_away_once_the_list_lacks_it(client, cloud):
    cloud.remove_device(SWITCH)

    with pytest.raises(UnknownDeviceError):
        await client.management.rename_device(SWITCH, "Porch")

    assert calls(cloud, "devices")
