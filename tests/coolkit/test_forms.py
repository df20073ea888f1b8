"""Forms that the specification allows by a table or by an example: both are read, and may be sent."""

import orjson
import pytest

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    ConnectionState,
    CoolKitClient,
    HostsV1,
)
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.params import together
from simulator.cloud import EMAIL, PASSWORD
from simulator.home import NEIGHBOUR
from tests.coolkit.conftest import TIMINGS, listening, until

LAMP, STRIP, GARAGE = "1000000001", "1000000002", "1000000015"
BOTH = [{"switch": "on"}, {"sledOnline": "off"}]


@pytest.fixture
def forms(request, cloud):
    """The cloud answers as the examples of the specification do, or as its tables say."""
    cloud.quirks.as_tables = request.param
    cloud.quirks.one_device = "device" if request.param else "top"
    return request.param


EACH = pytest.mark.parametrize("forms", [False, True], indirect=True, ids=["examples", "tables"])


@pytest.fixture
async def client(forms, websession, api, cloud):
    session = await api.sign_in("eu", email=EMAIL, password=PASSWORD)
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


# --- what is read ----------------------------------------------------------------------------------------


@EACH
async def test_the_user_of_a_sign_in(client, cloud):
    assert client.session.apikey == cloud.account.apikey


@EACH
async def test_tokens_are_refreshed(client, cloud):
    await client.refresh_tokens()

    assert client.session.tokens.access_token == cloud.account.at


@EACH
async def test_one_device(client):
    device = await client.management.get_device(STRIP)

    assert (device.device_id, device.channel_names[1]) == (STRIP, "TV")


@EACH
async def test_names_of_channels(client, cloud):
    assert client.devices[STRIP].channel_names[1] == "TV"

    await client.management.rename_channel(STRIP, 1, "Console")

    names = cloud.devices[STRIP].tags["ck_channel_name"]
    assert (names["1"], names["0"]) == ("Console", "Floor lamp")


@EACH
async def test_a_share(client, cloud):
    cloud.share(cloud.devices[LAMP], cloud.accounts.find(NEIGHBOUR), permit=3)
    await client.refresh_devices()

    assert [(share.address, share.permit) for share in client.devices[LAMP].shared_to] == [(NEIGHBOUR, 3)]


@EACH
async def test_status_over_http(client, cloud):
    assert await client.query(LAMP, ("switch", "rssi")) == {
        name: cloud.devices[LAMP].params[name] for name in ("switch", "rssi")
    }


@EACH
async def test_a_query(connected, cloud):
    assert await connected.query(STRIP, ("switches",)) == {
        "switches": cloud.devices[STRIP].params["switches"]
    }


@EACH
async def test_the_interval_of_the_handshake(connected):
    assert connected._socket.connection.heartbeat == 145


@EACH
async def test_a_push(connected, cloud):
    await cloud.devices[LAMP].push({"switch": "on", "rssi": -1})

    await until(lambda: connected.devices[LAMP].params["rssi"] == -1)
    assert connected.devices[LAMP].params["switch"] == "on"


@EACH
async def test_a_command_is_confirmed_by_a_push(connected, cloud):
    cloud.faults.add("executed_no_answer", interface="update")

    await connected.update(LAMP, {"switch": "on"})

    assert connected.devices[LAMP].params["switch"] == "on"


@EACH
@pytest.mark.parametrize("online", [False, True])
async def test_that_a_device_comes_and_goes(connected, cloud, forms, online):
    params = [{"online": online}] if forms else {"online": online}
    await cloud.push(cloud.account, {"action": "sysmsg", "deviceid": LAMP, "params": {"online": not online}})
    await until(lambda: connected.devices[LAMP].online is not online)
    await cloud.push(cloud.account, {"action": "sysmsg", "deviceid": LAMP, "params": params})

    await until(lambda: connected.devices[LAMP].online is online)


@EACH
async def test_a_request_to_share(connected, cloud, forms):
    params = {"deviceName": "Lamp", "userName": "Kim", "permit": 3, "note": "Hi"}
    frame = {
        "action": "share",
        "apikey": "another",
        "deviceid": "1000000999",
        "sequence": "1790000000000",
        "params": [{key: value} for key, value in params.items()] if forms else params,
    }
    await cloud.push(cloud.account, frame)

    await until(lambda: connected.share_requests.open)
    (request,) = connected.share_requests.open
    assert (request.device_name, request.user_name, request.permit, request.note) == ("Lamp", "Kim", 3, "Hi")


@pytest.mark.parametrize(
    "params",
    [
        {"switch": "on", "rssi": -50},
        [{"switch": "on"}, {"rssi": -50}],
        [{"switch": "off", "rssi": -50}, {"switch": "on"}],
        '{"switch": "on", "rssi": -50}',
        '[{"switch": "on"}, {"rssi": -50}]',
    ],
)
def test_params_of_the_list(params):
    device = device_from_entry({"deviceid": "1", "params": params})

    assert device.params == {"switch": "on", "rssi": -50}


@pytest.mark.parametrize("params", [None, [], "x", ["x"], 5])
def test_what_is_no_params(params):
    assert device_from_entry({"deviceid": "1", "params": params}).params == {}


@pytest.mark.parametrize(
    "names", [{"0": "A", "1": "B"}, [{"0": "A"}, {"1": "B"}], '{"0":"A","1":"B"}', '[{"0":"A"},{"1":"B"}]']
)
@pytest.mark.parametrize(
    "wrap", [lambda tags: tags, lambda tags: [tags], lambda tags: orjson.dumps(tags).decode()]
)
def test_forms_of_tags(names, wrap):
    device = device_from_entry({"deviceid": "1", "tags": wrap({"ck_channel_name": names})})

    assert device.channel_names == {0: "A", 1: "B"}
    assert device.kept_channel_names(1, "C") == {"0": "A", "1": "C"}


def test_outlets_of_several_objects_are_put_together():
    deltas = [{"switches": [{"outlet": 0, "switch": "on"}]}, {"switches": [{"outlet": 1, "switch": "off"}]}]

    assert together(deltas) == {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "off"}]}


# --- what is sent ----------------------------------------------------------------------------------------


@EACH
async def test_an_array_by_the_connection(connected, cloud):
    await connected.update(LAMP, BOTH)

    (frame,) = [frame for frame in cloud.connections[0].frames if frame["action"] == "update"]
    assert frame["params"] == BOTH
    assert cloud.devices[LAMP].received == [BOTH]
    device = connected.devices[LAMP].params
    assert (device["switch"], device["sledOnline"]) == ("on", "off")


@EACH
async def test_an_array_over_http(client, cloud):
    await client.update(LAMP, BOTH)

    assert cloud.devices[LAMP].received == [BOTH]
    assert client.devices[LAMP].params["switch"] == "on"


@EACH
@pytest.mark.parametrize("fault", ["executed_504", "executed_no_answer"])
async def test_an_array_is_confirmed_like_an_object(connected, cloud, fault):
    cloud.faults.add(fault, interface="update")

    await connected.update(LAMP, BOTH)

    assert cloud.devices[LAMP].received == [BOTH]
    assert connected.devices[LAMP].params["sledOnline"] == "off"


@EACH
async def test_the_last_of_an_array_counts(connected):
    await connected.update(LAMP, [{"switch": "on"}, {"switch": "off"}])

    assert connected.devices[LAMP].params["switch"] == "off"


@EACH
async def test_a_server_without_regions(forms, cloud, websession, limiter):
    credentials = AppCredentials(cloud.app_id, cloud.app_secret)
    api = ApiV1(websession, credentials, HostsV1.custom(cloud.url), limiter=limiter)

    session = await api.sign_in("eu", email=EMAIL, password=PASSWORD)

    assert {device.device_id for device in await api.list_devices(session)} == set(cloud.devices)
