"""The account session against the simulated cloud, over real sockets."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
import logging
import ssl

from aiohttp import ClientSession, TCPConnector
import pytest

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    ConnectionChanged,
    ConnectionState,
    CoolKitClient,
    DeviceAdded,
    DeviceChanged,
    DeviceOfflineError,
    DeviceRemoved,
    HostsV1,
    LightCommand,
    QuotaSpent,
    ReachabilityChanged,
    RepeatedSignOutError,
    SessionChanged,
    SessionClosedError,
    SignedOutError,
    TokenRefusedError,
    UndeliveredError,
    UnknownDeviceError,
    connecting,
)
from custom_components.ewelink.coolkit.cloud.connection import Connection
from custom_components.ewelink.coolkit.waiting import is_set_within
from simulator import Simulator
from simulator.tls import make_server
from tests.coolkit.conftest import (
    FRAME_GAP,
    PACE,
    TIMINGS,
    calls,
    capability,
    events_of,
    is_connected,
    listening,
    lists,
    relays,
    sign_in,
    until,
)

SWITCH = "1000000001"
STRIP = "1000000002"
PLUG = "1000000003"
BULB = "1000000004"
OFFLINE = "1000000013"
ON, OFF = True, False
GENERATIONS = ("v1", "v2")
LOGGER = "custom_components.ewelink.coolkit.connecting"


# --- the list --------------------------------------------------------------------------------------------


async def test_the_first_list_adds_devices(make, cloud):
    client = make()
    events = events_of(client)
    assert client.devices == {}
    assert client.connection is ConnectionState.OFFLINE

    await client.refresh_devices()

    assert client.devices.keys() == cloud.devices.keys()
    assert {event.device.device_id for event in events if isinstance(event, DeviceAdded)} == set(
        cloud.devices
    )
    assert client.connection is ConnectionState.POLLING
    assert client.reachable


async def test_a_later_list_tells_what_differs(client, cloud):
    events = events_of(client)
    cloud.rename(SWITCH, "Porch")
    cloud.devices[PLUG].params["power"] = "99"

    await client.refresh_devices()

    by_device = {event.device.device_id: event for event in events}
    assert by_device.keys() == {SWITCH, PLUG}
    assert by_device[SWITCH].attributes_changed
    assert by_device[SWITCH].keys == set()
    assert (by_device[SWITCH].previous.name, by_device[SWITCH].device.name) == ("Hall lamp", "Porch")
    assert by_device[PLUG].keys == {"power"}
    assert not by_device[PLUG].attributes_changed


async def test_devices_cannot_be_edited(client):
    with pytest.raises(TypeError):
        client.devices["x"] = client.devices[SWITCH]


async def test_pushes_that_come_during_a_list_stay_on_top(connected, cloud):
    slow = cloud.faults.add("list_slow")
    refresh = asyncio.create_task(connected.refresh_devices())
    await until(lambda: slow.taken)
    await cloud.devices[SWITCH].push({"rssi": -11})
    await cloud.devices[BULB].set_online(online=False)
    await until(lambda: not connected.devices[BULB].online)
    slow.release()
    await refresh

    assert connected.devices[SWITCH].params["rssi"] == -11
    assert not connected.devices[BULB].online


async def test_a_device_leaves_after_two_lists(connected, cloud):
    events = events_of(connected, DeviceRemoved)
    cloud.remove_device(SWITCH)
    before = len(lists(cloud))

    await connected.refresh_devices()
    assert SWITCH in connected.devices
    await until(lambda: events)

    assert events[0].device_id == events[0].device.device_id == SWITCH
    assert SWITCH not in connected.devices
    assert len(lists(cloud)) == before + 2


async def test_a_device_that_comes_back_does_not_leave(make, cloud):
    client = make(leave=0.05)
    await client.refresh_devices()
    cloud.faults.add("list_partial", missing=[SWITCH])
    for _ in range(2):
        await client.refresh_devices()
    await asyncio.sleep(0.06)
    cloud.faults.add("list_partial", missing=[SWITCH])

    await client.refresh_devices()

    assert SWITCH in client.devices


@pytest.mark.generation("v1")
@pytest.mark.parametrize("form", [{"error": 0, "devicelist": []}, {"devicelist": []}, []])
async def test_the_last_device_leaves_like_any_other(make, cloud, form):
    for device_id in cloud.devices.keys() - {SWITCH}:
        cloud.remove_device(device_id)
    client = make(leave=0.05)
    await client.refresh_devices()
    assert list(client.devices) == [SWITCH]
    events = events_of(client, DeviceRemoved)
    cloud.faults.add("wrong_type", interface="devices", body=form, count=None)

    await client.refresh_devices()
    await client.refresh_devices()
    assert not events
    await asyncio.sleep(0.06)
    await client.refresh_devices()

    assert [event.device_id for event in events] == [SWITCH]
    assert client.devices == {}


@pytest.mark.parametrize(
    "form", [{"error": 0}, {"error": 0, "devicelist": None}, {"error": 0, "devicelist": {}}]
)
async def test_an_answer_without_a_list_removes_nothing(make, cloud, form):
    client = make(leave=0)
    await client.refresh_devices()
    cloud.faults.add("wrong_type", interface="devices", body=form, count=2)

    for _ in range(2):
        with pytest.raises(CloudError):
            await client.refresh_devices()

    assert client.devices.keys() == cloud.devices.keys()
    await client.close()


async def test_an_empty_list_between_others_removes_nothing(make, cloud):
    client = make(leave=0.01)
    await client.refresh_devices()
    for _ in range(2):
        cloud.faults.add("list_empty")
        await client.refresh_devices()
        await asyncio.sleep(0.02)
        await client.refresh_devices()

    assert client.devices.keys() == cloud.devices.keys()


async def test_an_empty_list_is_soon_read_again(connected, cloud):
    device = cloud.devices[SWITCH]
    cloud.faults.add("list_empty")
    await cloud.drop_connections("abort")
    await device.press(0)

    await until(lambda: connected.devices[SWITCH].params["switch"] == device.params["switch"])


async def test_devices_of_earlier_sessions(make, cloud):
    client = make()
    events = events_of(client, DeviceRemoved)
    client.expect_devices(["gone", SWITCH])
    await client.refresh_devices()
    client.expect_devices(["gone", "gone too", SWITCH])
    async with listening(client):
        await until(lambda: len(events) == 2)

    assert [(event.device_id, event.device) for event in events] == [("gone", None), ("gone too", None)]


async def test_a_device_that_is_expected_again_leaves_no_later(make, cloud):
    client = make(leave=0.05)
    client.expect_devices(["1000009999"])
    removed = events_of(client, DeviceRemoved)
    await client.refresh_devices()
    await asyncio.sleep(0.06)
    client.expect_devices(["1000009999"])
    await client.refresh_devices()
    assert [event.device_id for event in removed] == ["1000009999"]


async def test_unknown_devices_are_looked_for_once(connected, cloud):
    before = len(lists(cloud))
    frame = {"action": "update", "deviceid": "2000000001", "userAgent": "device", "params": {"switch": "on"}}
    for number in range(5):
        await cloud.push(None, frame | {"deviceid": f"200000000{number % 2}"})
    await until(lambda: len(lists(cloud)) == before + 1)
    await is_connected(connected)
    await cloud.push(None, frame)
    await asyncio.sleep(TIMINGS.resync * 2)
    assert len(lists(cloud)) == before + 1

    await connected.refresh_devices()
    await cloud.push(None, frame)

    await until(lambda: len(lists(cloud)) == before + 3)


async def test_a_new_device_comes_with_its_first_push(connected, cloud):
    events = events_of(connected, DeviceAdded)
    device = cloud.add_device(
        {"deviceid": "2000000001", "name": "New", "uiid": 1, "params": {"switch": "off"}}
    )

    await device.push({"switch": "on"})
    await until(lambda: events)

    assert connected.devices["2000000001"].params["switch"] == "on"


async def test_a_list_that_fails_is_read_again(connected, cloud):
    cloud.faults.add("gateway_page", interface="devices", status=502, count=2)
    cloud.rename(SWITCH, "Porch")
    device = cloud.add_device({"deviceid": "2000000001", "uiid": 1, "params": {"switch": "off"}})

    await device.push({"switch": "on"})

    await until(lambda: "2000000001" in connected.devices)
    assert connected.devices[SWITCH].name == "Porch"


async def test_lists_that_fail_are_read_again_after_growing_pauses(make, cloud, monkeypatch):
    client = make(jitter=0)
    async with listening(client):
        await is_connected(client)
        wanted = []
        request = client._list.requests.request

        def noted(delay):
            wanted.append(delay)
            request(delay)

        monkeypatch.setattr(client._list.requests, "request", noted)
        backoff = TIMINGS.backoff
        # Anew after a list that was read.
        for name in ("Porch", "Patio"):
            wanted.clear()
            cloud.faults.add("gateway_page", interface="devices", status=502, count=2)
            cloud.rename(SWITCH, name)
            client._list.requests.request(0)
            await until(lambda name=name: client.devices[SWITCH].name == name)
            assert wanted == [0, backoff, 2 * backoff]


async def test_the_earliest_wish_for_a_list_counts(connected, cloud):
    cloud.rename(SWITCH, "Porch")
    connected._list.requests.request(30)
    connected._list.requests.request(0)
    connected._list.requests.request(60)
    await until(lambda: connected.devices[SWITCH].name == "Porch")


# --- pushes ----------------------------------------------------------------------------------------------


async def test_pushes_tell_which_params_were_sent(connected, cloud):
    events = events_of(connected)

    await cloud.devices[PLUG].push({"power": "5.5", "current": "0.02"})
    await cloud.devices[PLUG].push({"power": "5.5"})
    await until(lambda: len(events) == 2)

    assert [set(event.keys) for event in events] == [{"power", "current"}, {"power"}]
    assert all(not event.attributes_changed for event in events)
    assert events[0].device is events[1].previous
    assert connected.devices[PLUG].params["power"] == "5.5"


async def test_a_device_goes_offline_and_comes_back(connected, cloud):
    events = events_of(connected)

    await cloud.devices[SWITCH].set_online(online=False)
    await cloud.devices[SWITCH].set_online(online=False)
    await cloud.devices[SWITCH].set_online(online=True)
    await until(lambda: len(events) == 2)

    assert [(event.device.online, event.attributes_changed, set(event.keys)) for event in events] == [
        (False, True, set()),
        (True, True, set()),
    ]


async def test_new_firmware_is_an_attribute(connected, cloud):
    events = events_of(connected)

    await cloud.devices[SWITCH].push({"fwVersion": "9.9.9"})
    await cloud.devices[SWITCH].push({"fwVersion": "9.9.9"})
    await until(lambda: len(events) == 2)

    assert [event.attributes_changed for event in events] == [True, False]


async def test_a_subscriber_is_told_of_the_kind_it_wants(client, cloud):
    everything = events_of(client)
    told = []
    unsubscribe = client.subscribe(told.append, DeviceChanged)
    cloud.rename(SWITCH, "Porch")
    await client.refresh_devices()

    assert [event.device.name for event in told] == ["Porch"]
    unsubscribe()
    cloud.rename(SWITCH, "Gate")
    await client.refresh_devices()
    assert len(told) == 1
    assert len([event for event in everything if type(event) is DeviceChanged]) == 2


async def test_unsubscribing_while_events_are_told(client, cloud):
    told = []

    def once(event):
        told.append(event)
        unsubscribe()

    unsubscribe = client.subscribe(once)
    others = events_of(client)
    cloud.rename(SWITCH, "Porch")
    cloud.rename(STRIP, "Desk")

    await client.refresh_devices()

    assert len(told) == 1
    assert len(others) == 2


# --- the connection --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["abort", "close", "silent"])
async def test_a_lost_connection_comes_back(make, cloud, caplog, how):
    cloud.quirks.heartbeat_interval = 1
    client = make(heartbeat_factors=(0.05, 0.05), pong=0.1)
    await client.refresh_devices()
    states = events_of(client, ConnectionChanged)
    async with listening(client):
        await is_connected(client)
        caplog.clear()
        caplog.set_level(logging.INFO, LOGGER)
        await cloud.drop_connections(how)
        cloud.devices[SWITCH].params["rssi"] = -12
        await until(lambda: client.connection_losses == 1)
        await is_connected(client)

    assert [event.state for event in states[:3]] == [
        ConnectionState.CONNECTED,
        ConnectionState.POLLING,
        ConnectionState.CONNECTED,
    ]
    assert client.devices[SWITCH].params["rssi"] == -12
    assert client.connection_losses == 1
    assert [record.message.split(":")[0] for record in caplog.records if record.name == LOGGER] == [
        "No connection of the account to the cloud",
        "Connected the account to the cloud again",
    ]


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("gateway_page", {"interface": "dispatch", "status": 503}),
        ("empty_body", {"interface": "dispatch"}),
        ("dispatch_host", {"domain": "127.0.0.1", "port": 1}),
        ("dispatch_host", {"domain": "does-not-resolve.invalid", "port": 443}),
        ("handshake_close", {}),
        ("handshake_error", {"code": 500}),
        ("no_answer", {"interface": "handshake"}),
    ],
)
async def test_the_list_is_polled_while_there_is_no_connection(make, cloud, fault, options):
    client = make(handshake=0.05)
    await client.refresh_devices()
    cloud.faults.add(fault, count=None, **options)
    async with listening(client) as task:
        for name in ("One", "Two"):
            cloud.rename(SWITCH, name)
            await until(lambda name=name: client.devices[SWITCH].name == name)
        assert client.connection is not ConnectionState.CONNECTED
        assert client.reachable
        cloud.faults.clear()
        await is_connected(client)
        assert not task.done()


@pytest.mark.parametrize("fault", ["disconnect", "gateway_page"])
async def test_a_dispatch_that_fails_is_not_all_of_http(make, cloud, fault):
    client = make(poll=30)
    await client.refresh_devices()
    states = events_of(client, ConnectionChanged)
    async with listening(client):
        await is_connected(client)
        before = len(lists(cloud))
        cloud.faults.add(fault, interface="dispatch", count=None)
        await cloud.drop_connections("abort")
        # At once, not with the first poll.
        await until(lambda: len(lists(cloud)) > before)
        failed = len(calls(cloud, "dispatch"))
        await until(lambda: len(calls(cloud, "dispatch")) > failed + 2)
        assert client.connection is ConnectionState.POLLING
        assert [event.state for event in states] == [ConnectionState.CONNECTED, ConnectionState.POLLING]


async def test_only_the_list_shows_that_http_tells_of_the_devices(make, cloud):
    client = make(poll=30, backoff=30, backoff_limit=30)
    await client.refresh_devices()
    async with listening(client):
        await is_connected(client)
        cloud.faults.add("disconnect", interface="devices")
        await cloud.drop_connections("abort")
        await until(lambda: client.connection is ConnectionState.OFFLINE)
        await client.management.get_device(SWITCH)
        await client.update(SWITCH, {"switch": "on"})
        assert client.connection is ConnectionState.OFFLINE
        await client.refresh_devices()
        assert client.connection is ConnectionState.POLLING


@pytest.fixture
def pauses(monkeypatch):
    """Note how long is waited between two attempts to connect, which come at once."""
    noted: list[float] = []

    async def shortened(event, seconds):
        noted.append(seconds)
        return await is_set_within(event, 0.001)

    monkeypatch.setattr(connecting, "is_set_within", shortened)
    return noted


async def test_back_off_doubles_and_is_capped(make, cloud, pauses):
    client = make(jitter=0, backoff=2, backoff_limit=10)
    cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
    async with listening(client):
        await until(lambda: len(pauses) >= 6)

    assert pauses[:6] == [2, 4, 8, 10, 10, 10]


async def test_drops_climb_less_than_refusals(make, cloud, pauses):
    client = make(jitter=0, backoff=2, dropped_limit=5, backoff_limit=30)
    cloud.faults.add("drop_after", interface="handshake", count=5)
    async with listening(client):
        await until(lambda: len(pauses) >= 5)
        await is_connected(client)
        cloud.faults.add("gateway_page", interface="dispatch", status=502, count=3)
        await cloud.drop_connections("abort")
        await until(lambda: len(pauses) >= 9)
        await is_connected(client)
        await cloud.drop_connections("abort")
        await until(lambda: len(pauses) >= 10)

    assert pauses[:5] == [2, 4, 5, 5, 5]
    # Refused, they climb on; a connection that had worked is tried again soon.
    assert pauses[5:10] == [5, 5, 10, 20, 5]


async def test_back_off_is_not_the_same_for_everybody(make, cloud, pauses):
    client = make(jitter=0.2, backoff=100, backoff_limit=100)
    cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
    async with listening(client):
        await until(lambda: len(pauses) >= 8)

    assert all(80 <= pause <= 120 for pause in pauses)
    assert len(set(pauses)) == len(pauses)


async def test_new_tokens_reset_the_back_off(make, cloud, pauses):
    client = make(jitter=0, backoff=2, backoff_limit=100)
    cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
    async with listening(client):
        await until(lambda: len(pauses) >= 4)
        client.replace_session(client.session)
        count = len(pauses)
        await until(lambda: len(pauses) >= count + 2)

    # The pause that the tokens end may be the present one or the next.
    assert 2 in pauses[count:]


async def test_a_connection_that_lived_resets_the_back_off(make, cloud):
    client = make(settled=0, backoff=0.05, backoff_limit=100)
    await client.refresh_devices()
    async with listening(client):
        # Doubled each time, the last pause would be longer than anybody waits here.
        for lost in range(9):
            await until(lambda lost=lost: client.connection_losses == lost and cloud.connections)
            await cloud.drop_connections("abort")

    assert client.connection_losses >= 8


async def test_sessions_that_follow_each_other_share_a_pace(make, cloud):
    for count in range(1, 4):
        client = make(handshakes=3, handshake_span=60)
        async with listening(client):
            await is_connected(client)
        assert cloud.handshakes == count

    client = make(handshakes=3, handshake_span=60)
    async with listening(client) as task:
        await client.refresh_devices()
        # It polls until it may connect.
        before = len(lists(cloud))
        await until(lambda: len(lists(cloud)) > before + 1)
        assert not task.done()
        assert client.connection is ConnectionState.POLLING
    assert cloud.handshakes == 3

    later = make(handshakes=3, handshake_span=0.01)
    async with listening(later):
        await is_connected(later)


async def test_connections_that_are_lost_at_once_keep_the_pace(make, cloud):
    client = make(handshakes=3, handshake_span=60, backoff=0.01, backoff_limit=0.01)
    async with listening(client):
        for _ in range(3):
            await is_connected(client)
            for session in list(cloud.connections):
                session.abort()
            await until(lambda: client.connection is not ConnectionState.CONNECTED)
        before = len(lists(cloud))
        await until(lambda: len(lists(cloud)) > before + 2)
        assert cloud.handshakes == 3


async def test_unreachable_when_connection_and_http_have_failed_for_long(client, cloud):
    events = events_of(client, ReachabilityChanged)
    port = cloud.port
    async with listening(client):
        await is_connected(client)
        await cloud.stop()
        await until(lambda: client.connection is ConnectionState.OFFLINE)
        assert client.reachable
        await until(lambda: not client.reachable)
        with pytest.raises(CannotConnectError):
            await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
        await cloud.start(port)
        await until(lambda: client.reachable)
        await is_connected(client)

    assert [event.reachable for event in events] == [False, True]


async def test_unreachable_when_another_client_has_signed_in_for_good(client, cloud):
    events = events_of(client, ConnectionChanged)
    async with listening(client) as task:
        await is_connected(client)
        await cloud.sign_in_elsewhere(cloud.account)
        # The try of the refresh token may take longer than it takes to become unreachable.
        with pytest.raises(SignedOutError):
            async with asyncio.timeout(15):
                await task
        assert ConnectionChanged(ConnectionState.SIGNED_OUT) in events
        await until(lambda: not client.reachable)


async def test_a_spent_quota_is_told_once(make, cloud):
    client = make(poll=30)
    await client.refresh_devices()
    events = events_of(client, QuotaSpent)
    cloud.faults.add("error", interface="dispatch", code=412, count=3)
    async with listening(client):
        await is_connected(client)
    assert events == [QuotaSpent()]


async def test_http_alone_keeps_the_account_reachable(client, cloud):
    events = events_of(client, ReachabilityChanged)
    cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
    async with listening(client):
        before = len(lists(cloud))
        await until(lambda: len(lists(cloud)) > before + 3)

    assert events == []


async def test_cancelling_leaves_nothing_behind(client, cloud):
    task = asyncio.create_task(client.listen())
    await is_connected(client)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await until(lambda: not cloud.connections)
    assert client.connection is ConnectionState.POLLING
    await client.close()


async def test_listening_again(client, cloud):
    for _ in range(2):
        task = asyncio.create_task(client.listen())
        await is_connected(client)
        task.cancel()
        await asyncio.wait([task])
    await client.close()

    assert client.connection_losses == 2


async def test_a_closed_client_sends_nothing(client, cloud):
    relay = capability(client, SWITCH, "relay")
    await client.close()
    await client.listen()

    for call in (
        client.write(SWITCH, relay, ON),
        client.query(SWITCH),
        client.update(SWITCH, {"switch": "on"}),
    ):
        with pytest.raises(CannotConnectError):
            await call
    assert cloud.devices[SWITCH].received == []
    assert not calls(cloud, "dispatch")


async def test_closing_ends_commands_that_wait(client, cloud):
    cloud.devices[SWITCH].answer = "silent"
    async with listening(client):
        await is_connected(client)
        command = asyncio.create_task(client.write(SWITCH, capability(client, SWITCH, "relay"), ON))
        await until(lambda: cloud.devices[SWITCH].received)

    with pytest.raises(CannotConnectError):
        await command


# --- tokens ----------------------------------------------------------------------------------------------


async def test_expired_tokens_are_refreshed_once_for_all(client, cloud):
    events = events_of(client, SessionChanged)
    cloud.expire_tokens(cloud.account)

    await asyncio.gather(*(client.query(SWITCH) for _ in range(5)), client.refresh_devices())

    assert len(calls(cloud, "refresh")) == 1
    assert [event.session for event in events] == [client.session]
    assert client.session.tokens.access_token == cloud.account.tokens[cloud.app_id].at


async def test_tokens_that_expire_before_the_handshake(client, cloud):
    cloud.faults.add("handshake_error", code=402)
    async with listening(client):
        await is_connected(client)

    assert len(calls(cloud, "refresh")) == 1
    assert client.connection_losses == 0


async def test_tokens_that_stay_expired(client, cloud):
    cloud.faults.add("error", interface="devices", code=402, count=None)

    with pytest.raises(CloudError):
        await client.refresh_devices()

    # Another interface takes them.
    assert calls(cloud, "refresh") == []
    cloud.faults.add("error", interface="dispatch", code=402, count=None)
    client._authorization._heard.clear()
    with pytest.raises(CloudError):
        await client.refresh_devices()
    assert len(calls(cloud, "refresh")) == 1
    cloud.faults.clear()
    await client.refresh_devices()


async def test_old_tokens_are_refreshed_early(make, session, cloud):
    old = session.tokens.access_token_time - 20 * 24 * 3600
    old_tokens = replace(session.tokens, access_token_time=old)
    client = make(session=replace(session, tokens=old_tokens), token_check=0.05)
    events = events_of(client, SessionChanged)
    cloud.faults.add("gateway_page", interface="refresh", status=502)
    async with listening(client):
        await until(lambda: events)
        await is_connected(client)

    assert len(calls(cloud, "refresh")) == 2
    assert client.session.tokens.access_token_time > old


async def test_a_refresh_survives_its_caller(client, cloud):
    events = events_of(client, SessionChanged)
    late = cloud.faults.add("late_answer", interface="refresh", delay=5)
    refresh = asyncio.create_task(client.refresh_tokens())
    await until(lambda: late.taken)
    refresh.cancel()
    await asyncio.wait([refresh])
    late.release()
    await until(lambda: events)

    assert client.session.tokens.access_token == cloud.account.tokens[cloud.app_id].at


async def test_a_refused_refresh_ends_the_session(client, cloud):
    cloud.expire_tokens(cloud.account, rt=True)
    task = asyncio.create_task(client.listen())

    with pytest.raises(TokenRefusedError):
        async with asyncio.timeout(5):
            await task
    assert client.connection is ConnectionState.SIGNED_OUT
    await client.close()


async def test_listening_after_a_refusal_that_was_none(client, cloud):
    cloud.expire_tokens(cloud.account)
    cloud.faults.add("refresh_refused")
    with pytest.raises(TokenRefusedError):
        await client.listen()
    assert client.connection is ConnectionState.SIGNED_OUT

    async with listening(client):
        await is_connected(client)


async def test_a_refused_refresh_by_somebody_else_ends_the_session(client, cloud):
    task = asyncio.create_task(client.listen())
    await is_connected(client)
    cloud.expire_tokens(cloud.account, rt=True)

    with pytest.raises(TokenRefusedError):
        await client.refresh_tokens()

    with pytest.raises(TokenRefusedError):
        async with asyncio.timeout(5):
            await task
    await client.close()


async def test_signed_out_by_another_client(client, cloud):
    states = events_of(client, ConnectionChanged)
    task = asyncio.create_task(client.listen())
    await is_connected(client)

    await cloud.sign_in_elsewhere(cloud.account)

    # The refresh token was replaced, too: that is no expiry.
    with pytest.raises(SignedOutError):
        async with asyncio.timeout(5):
            await task
    assert client.connection is ConnectionState.SIGNED_OUT
    assert states[-1].state is ConnectionState.SIGNED_OUT
    assert len(calls(cloud, "refresh")) == 1
    with pytest.raises(SignedOutError):
        await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
    await client.close()


async def test_a_sign_out_that_the_refresh_token_survives(client, cloud):
    cloud.faults.add("handshake_error", code=406, reason=False)
    cloud.faults.add("gateway_page", interface="refresh", status=502)
    async with listening(client) as task:
        await until(lambda: client.connection is ConnectionState.SIGNED_OUT)
        await is_connected(client)
        assert len(calls(cloud, "refresh")) == 2
        # Again within minutes: somebody fights for the session.
        cloud.faults.add("handshake_error", code=406)
        await cloud.drop_connections("close")
        with pytest.raises(RepeatedSignOutError):
            await task

    assert client.connection is ConnectionState.SIGNED_OUT


async def test_a_later_sign_out_is_a_new_one(make, cloud):
    client = make(sign_out_again=0)
    cloud.faults.add("handshake_error", code=406)
    async with listening(client):
        await is_connected(client)
        cloud.faults.add("handshake_error", code=406)
        await cloud.drop_connections("close")
        await until(lambda: client.connection is ConnectionState.SIGNED_OUT)
        await is_connected(client)

    assert len(calls(cloud, "refresh")) == 2


async def test_new_tokens_from_a_flow_are_used_at_once(make, api, cloud):
    client = make(signed_out=30, backoff=30, backoff_limit=30)
    await client.refresh_devices()
    events = events_of(client, SessionChanged)
    async with listening(client):
        await is_connected(client)
        session = await sign_in(api)
        client.replace_session(session)
        await until(lambda: client.connection_losses == 1)
        await is_connected(client)
        assert client.session is session
        # Signed out, then signed in again.
        await cloud.sign_in_elsewhere(cloud.account)
        with pytest.raises(SignedOutError):
            await client.refresh_devices()
        await until(lambda: client.connection is ConnectionState.SIGNED_OUT)
        client.replace_session(await sign_in(api))
        await is_connected(client)

    assert events == []
    assert calls(cloud, "refresh") == []


async def test_tokens_that_are_replaced_during_a_call(client, api, cloud, generation):
    await cloud.sign_in_elsewhere(cloud.account)
    first = {"v1": "devices", "v2": "homes"}[generation]
    slow = cloud.faults.add("late_answer", interface=first, delay=5)
    refresh = asyncio.create_task(client.refresh_devices())
    await until(lambda: slow.taken)
    client.replace_session(await sign_in(api))
    slow.release()

    await refresh

    assert client.connection is ConnectionState.POLLING


async def test_another_account_is_refused(client, session):
    with pytest.raises(ValueError, match="another account"):
        client.replace_session(replace(session, apikey="someone"))


async def test_an_app_id_that_is_refused_comes_back(client, cloud):
    async with listening(client) as task:
        await is_connected(client)
        cloud.add_app(cloud.app_id, cloud.app_secret, refused=407)
        await cloud.drop_connections("close")
        with pytest.raises(AppIdRefusedError):
            await client.refresh_devices()
        await until(lambda: len(calls(cloud, "dispatch")) >= 4)
        assert not task.done()
        cloud.add_app(cloud.app_id, cloud.app_secret)
        await is_connected(client)
    cloud.violations.clear()


# --- commands --------------------------------------------------------------------------------------------


async def test_a_command_is_sent_once_and_told_like_a_push(connected, cloud):
    events = events_of(connected)

    await connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON)

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert [set(event.keys) for event in events] == [{"switch"}]
    assert connected.devices[SWITCH].params["switch"] == "on"


async def test_relays_that_are_switched_together_are_one_frame(connected, cloud):
    await asyncio.gather(*(connected.write(STRIP, relay, ON) for relay in relays(connected, STRIP)))

    assert cloud.devices[STRIP].received == [
        {"switches": [{"outlet": outlet, "switch": "on"} for outlet in range(4)]}
    ]


async def test_each_device_has_frames_of_its_own(connected, cloud):
    await asyncio.gather(
        *(connected.write(STRIP, relay, ON) for relay in relays(connected, STRIP)[:2]),
        *(connected.write("1000000006", relay, ON) for relay in relays(connected, "1000000006")),
        connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON),
    )

    assert [len(cloud.devices[item].received) for item in (STRIP, "1000000006", SWITCH)] == [1, 1, 1]


async def test_two_writes_of_one_relay_stay_two(connected, cloud):
    first, second = relays(connected, STRIP)[:2]

    await asyncio.gather(
        connected.write(STRIP, first, ON),
        connected.write(STRIP, second, ON),
        connected.write(STRIP, first, OFF),
    )

    assert cloud.devices[STRIP].received == [
        {"switches": [{"outlet": 0, "switch": "on"}, {"outlet": 1, "switch": "on"}]},
        {"switches": [{"outlet": 0, "switch": "off"}]},
    ]


async def test_writes_that_come_later_are_frames_of_their_own(connected, cloud):
    device = cloud.devices[STRIP]
    device.answer, device.late_by = "late", 0.15
    writes = []
    for relay in relays(connected, STRIP):
        writes.append(asyncio.create_task(connected.write(STRIP, relay, ON)))
        await asyncio.sleep(0.04)

    await asyncio.gather(*writes)

    assert [len(message["switches"]) for message in device.received] == [1, 1, 1, 1]


async def test_commands_of_a_device_keep_their_order(connected, cloud):
    first, second, third = relays(connected, STRIP)[:3]

    await asyncio.gather(
        connected.write(STRIP, first, ON),
        connected.update(STRIP, {"sledOnline": "off"}),
        connected.write(STRIP, second, ON),
        connected.write(STRIP, capability(connected, STRIP, "led"), ON),
        connected.write(STRIP, third, ON),
    )

    assert cloud.devices[STRIP].received == [
        {"switches": [{"outlet": 0, "switch": "on"}]},
        {"sledOnline": "off"},
        {"switches": [{"outlet": 1, "switch": "on"}]},
        {"sledOnline": "on"},
        {"switches": [{"outlet": 2, "switch": "on"}]},
    ]


async def test_complete_objects_are_made_of_the_newest_params(connected, cloud):
    await asyncio.gather(
        connected.write(STRIP, capability(connected, STRIP, "startup_0"), "on"),
        connected.write(STRIP, capability(connected, STRIP, "startup_1"), "stay"),
    )

    startups = {item["outlet"]: item["startup"] for item in cloud.devices[STRIP].params["configure"]}
    assert (startups[0], startups[1]) == ("on", "stay")


async def test_interlock_names_every_relay_and_keeps_two_ons_apart(connected, cloud):
    first, second, third = relays(connected, STRIP)[:3]
    await connected.write(STRIP, first, ON)
    await connected.update(STRIP, {"lock": 1})
    cloud.devices[STRIP].received.clear()

    await asyncio.gather(connected.write(STRIP, first, OFF), connected.write(STRIP, second, ON))
    await asyncio.gather(connected.write(STRIP, second, ON), connected.write(STRIP, third, ON))

    assert [
        [item["switch"] for item in message["switches"]] for message in cloud.devices[STRIP].received
    ] == [["off", "on", "off", "off"], ["off", "on", "off", "off"], ["off", "off", "on", "off"]]


async def test_several_messages_go_one_after_the_other(connected, cloud):
    light = capability(connected, BULB, "light")
    await connected.write(BULB, light, LightCommand(on=False))
    cloud.devices[BULB].received.clear()
    messages = light.write(connected.devices[BULB].params, LightCommand(on=True, brightness=0.8))
    assert len(messages) == 2

    await connected.write(BULB, light, LightCommand(on=True, brightness=0.8))

    assert cloud.devices[BULB].received == list(messages)
    assert light.read(connected.devices[BULB].params).brightness == pytest.approx(0.8, abs=0.02)


async def test_an_update_returns_what_the_cloud_answered(connected):
    answer = await connected.update(SWITCH, {"switch": "on"})

    assert answer["error"] == 0


async def test_an_offline_device(connected, cloud):
    with pytest.raises(DeviceOfflineError):
        await connected.write(OFFLINE, capability(connected, OFFLINE, "relay"), ON)


async def test_a_command_that_is_refused(connected, cloud):
    cloud.devices[SWITCH].answer = "refuse"

    with pytest.raises(CommandError) as caught:
        await connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON)

    assert caught.value.code == 400
    assert connected.devices[SWITCH].params["switch"] == "off"


@pytest.mark.parametrize("fault", ["executed_504", "executed_no_answer", "other_sequence"])
async def test_executed_but_not_answered_is_found_out(connected, cloud, fault):
    cloud.faults.add(fault, interface="update")

    await connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON)

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert connected.devices[SWITCH].params["switch"] == "on"


async def test_a_command_that_nobody_confirms(connected, cloud):
    cloud.devices[SWITCH].answer = "silent"

    with pytest.raises(CommandTimeoutError) as caught:
        await connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON)

    assert caught.value.code is None
    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert connected.devices[SWITCH].params["switch"] == "off"
    # It asked whether the cloud still hears it.
    await until(lambda: cloud.connections[0].pings)
    assert connected.connection_losses == 0


async def test_a_silent_cloud_is_found_out_by_a_command(make, cloud):
    client = make(pong=0.05)
    await client.refresh_devices()
    async with listening(client):
        await is_connected(client)
        await cloud.drop_connections("silent")
        with pytest.raises(CommandTimeoutError):
            await client.update(OFFLINE, {"switch": "on"})
        await until(lambda: client.connection_losses == 1)
        await is_connected(client)


@pytest.mark.parametrize("executed", [True, False])
async def test_a_connection_that_breaks_midway(connected, cloud, executed):
    cloud.faults.add("cut_midway", interface="update", executed=executed)
    write = connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON)

    if executed:
        await write
    else:
        with pytest.raises(CommandTimeoutError):
            await write

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert connected.devices[SWITCH].params["switch"] == ("on" if executed else "off")


async def test_http_carries_commands_while_there_is_no_connection(client, cloud):
    await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
    await asyncio.gather(*(client.write(STRIP, relay, ON) for relay in relays(client, STRIP)))

    assert len(calls(cloud, "write_status")) == 2
    assert client.devices[SWITCH].params["switch"] == "on"
    assert cloud.devices[STRIP].received[0]["switches"][3]["switch"] == "on"
    await client.close()


async def test_http_carries_a_frame_that_was_never_handed_over(make, cloud):
    client = make(pace=0.2)
    await client.refresh_devices()
    async with listening(client):
        await is_connected(client)
        command = asyncio.create_task(client.update(SWITCH, {"switch": "on"}))
        await asyncio.sleep(0.02)
        await client._socket.connection.close("lost before its turn")
        await command

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert len(calls(cloud, "write_status")) == 1


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("executed_504", {}),
        ("executed_no_answer", {}),
    ],
)
async def test_an_unconfirmed_command_over_http(client, cloud, fault, options):
    client.management._api.timeout = 0.3
    cloud.faults.add(fault, interface="write_status", **options)

    await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    assert client.devices[SWITCH].params["switch"] == "on"


@pytest.mark.parametrize("fault", ["gateway_page", "disconnect"])
async def test_a_command_that_http_lost(client, cloud, fault):
    cloud.faults.add(fault, interface="write_status")

    with pytest.raises(CommandTimeoutError):
        await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)

    assert len(calls(cloud, "write_status")) <= 1
    assert client.devices[SWITCH].params["switch"] == "off"


@pytest.mark.parametrize("wanted", [ON, OFF])
async def test_an_offline_device_over_http(client, wanted, generation):
    # The cloud's last word on it would confirm whatever it was before.
    with pytest.raises(DeviceOfflineError) as caught:
        await client.write(OFFLINE, capability(client, OFFLINE, "relay"), wanted)

    assert caught.value.code == {"v1": 504, "v2": 4002}[generation]


async def test_a_child_of_an_offline_gateway_over_http(client, cloud):
    child = next(device for device in client.devices.values() if device.parent_id and device.online)
    await cloud.devices[child.parent_id].set_online(False)
    await client.refresh_devices()
    cloud.devices[child.device_id].answer = "offline"

    with pytest.raises(DeviceOfflineError):
        await client.update(child.device_id, {"switch": "on"})


async def test_a_device_that_is_silent_over_http_may_have_obeyed(client, cloud, generation):
    cloud.devices[SWITCH].answer = "offline"

    with pytest.raises({"v1": CommandTimeoutError, "v2": UndeliveredError}[generation]):
        await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)


async def test_an_expired_token_delays_a_command_and_repeats_nothing(client, cloud):
    cloud.expire_tokens(cloud.account)

    await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]


async def test_a_caller_who_leaves_takes_nothing_from_the_others(connected, cloud):
    device = cloud.devices[STRIP]
    device.answer, device.late_by = "late", 0.1
    writes = [asyncio.create_task(connected.write(STRIP, relay, ON)) for relay in relays(connected, STRIP)]
    await asyncio.sleep(0)
    writes[1].cancel()
    await until(lambda: device.received)
    writes[2].cancel()

    results = await asyncio.gather(*writes, return_exceptions=True)

    assert [type(result) for result in results] == [
        type(None),
        asyncio.CancelledError,
        asyncio.CancelledError,
        type(None),
    ]
    assert len(device.received) == 1
    assert len(device.received[0]["switches"]) == 4
    assert all(relay.read(connected.devices[STRIP].params) for relay in relays(connected, STRIP))
    assert connected._socket.connection._requests == {}


async def test_a_lone_caller_who_leaves_recalls_nothing(connected, cloud, caplog):
    cloud.devices[SWITCH].answer = "refuse"
    command = asyncio.create_task(connected.write(SWITCH, capability(connected, SWITCH, "relay"), ON))
    await asyncio.sleep(0)
    command.cancel()
    await asyncio.wait([command])
    await until(lambda: cloud.devices[SWITCH].received and not connected._background)

    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert cloud.devices[SWITCH].received == [{"switch": "on"}]


async def test_commands_behind_a_silent_device_are_not_held_for_ever(connected, cloud):
    cloud.devices[SWITCH].answer = "silent"
    relay = capability(connected, SWITCH, "relay")

    results = await asyncio.gather(
        *(connected.write(SWITCH, relay, on) for on in (True, False, True, False)), return_exceptions=True
    )

    assert all(isinstance(result, CommandTimeoutError) for result in results)
    assert ["not sent" in result.reason for result in results] == [False, True, True, True]
    assert cloud.devices[SWITCH].received == [{"switch": "on"}]
    cloud.devices[SWITCH].answer = "normal"
    await connected.write(SWITCH, relay, ON)


async def test_a_share_that_has_ended_is_noticed(make, cloud, api):
    guest = cloud.add_account(email="guest@example.com", region="eu", nickname="Guest")
    cloud.share(cloud.devices[SWITCH], guest)
    session = await sign_in(api, "guest@example.com")
    client = make(session=session)
    await client.refresh_devices()
    assert client.devices.keys() == {SWITCH}
    cloud.share(cloud.devices[STRIP], guest)
    await client.refresh_devices()
    events = events_of(client, DeviceRemoved)
    async with listening(client):
        await is_connected(client)
        await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
        cloud.devices[SWITCH].shares.clear()
        with pytest.raises(CommandError):
            await client.write(SWITCH, capability(client, SWITCH, "relay"), OFF)
        await until(lambda: events)

    assert client.devices.keys() == {STRIP}
    cloud.violations.clear()


async def test_a_device_that_was_deleted_elsewhere_is_noticed_when_it_is_used(client, cloud):
    events = events_of(client, DeviceRemoved)
    await client.refresh_devices()
    async with listening(client):
        await is_connected(client)
        cloud.remove_device(SWITCH)
        with pytest.raises(CommandError):
            await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
        await until(lambda: events)

    assert events[0].device_id == SWITCH
    cloud.violations.clear()


async def test_unknown_devices_take_no_commands(connected):
    relay = capability(connected, SWITCH, "relay")

    for call in (
        connected.write("nobody", relay, ON),
        connected.update("nobody", {"switch": "on"}),
        connected.query("nobody"),
    ):
        with pytest.raises(UnknownDeviceError):
            await call


async def test_a_device_that_http_does_not_know_is_looked_for(client, cloud, generation):
    cloud.faults.add("gateway_page", interface="dispatch", status=502, count=None)
    cloud.faults.add("error", interface="write_status", code={"v1": 404, "v2": 405}[generation])
    async with listening(client):
        cloud.rename(SWITCH, "Porch")
        with pytest.raises(UnknownDeviceError):
            await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
        await until(lambda: client.devices[SWITCH].name == "Porch")


async def test_what_is_read_only_cannot_be_written(connected):
    with pytest.raises(ValueError, match="read only"):
        await connected.write(PLUG, capability(connected, PLUG, "power"), 5.0)


# --- queries ---------------------------------------------------------------------------------------------


async def test_a_query_is_told_like_a_push(connected, cloud):
    cloud.devices[SWITCH].params["rssi"] = -77
    events = events_of(connected)
    seen = connected.last_seen(SWITCH)

    assert await connected.query(SWITCH, ["rssi"]) == {"rssi": -77}

    assert connected.devices[SWITCH].params["rssi"] == -77
    # The cloud may have answered from its memory.
    assert connected.last_seen(SWITCH) == seen
    assert [set(event.keys) for event in events] == [{"rssi"}]


async def test_a_query_over_http(client, cloud):
    cloud.devices[SWITCH].params["rssi"] = -77

    assert (await client.query(SWITCH))["rssi"] == -77

    assert client.devices[SWITCH].params["rssi"] == -77
    assert len(calls(cloud, "read_status")) == 1


async def test_a_query_that_finds_nobody(connected, cloud):
    with pytest.raises(DeviceOfflineError):
        await connected.query(OFFLINE)
    assert not cloud.connections[0].pings
    cloud.devices[SWITCH].answer = "silent"
    with pytest.raises(CommandTimeoutError):
        await connected.query(SWITCH)
    # It asked whether the cloud still hears it.
    await until(lambda: cloud.connections[0].pings)


async def test_a_query_that_outlives_its_connection(connected, cloud):
    cloud.faults.add("disconnect", interface="query")

    assert (await connected.query(SWITCH, ["switch"])) == {"switch": "off"}

    assert len(calls(cloud, "read_status")) == 1


async def test_a_query_that_outlives_its_session(make, cloud):
    client = make()
    cloud.faults.add("no_answer", interface="query")
    async with listening(client):
        await is_connected(client)
        asking = asyncio.create_task(client.query(SWITCH))
        await until(lambda: not list(cloud.faults))

    with pytest.raises(SessionClosedError):
        await asking
    assert calls(cloud, "read_status") == []


async def test_secrets_stay_out_of_the_log(make, api, cloud, caplog, session):
    caplog.set_level(logging.DEBUG, "custom_components.ewelink")
    client = make()
    async with listening(client):
        await is_connected(client)
        await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)
        cloud.faults.add("nested_error", code=406, interface="devices", count=1)
        cloud.faults.add("handshake_error", code=500, count=1)
        await cloud.drop_connections("abort")
        await until(lambda: client.connection_losses == 1 and not list(cloud.faults))

    text = caplog.text
    assert "coolkit" in text
    for secret in (
        session.apikey,
        session.tokens.access_token,
        session.tokens.refresh_token,
        client.session.tokens.access_token,
        cloud.app_secret,
        "demo-password",
    ):
        assert secret not in text


@pytest.mark.parametrize("refused", [403, 407])
async def test_without_the_connection_the_list_is_polled(make, cloud, refused):
    cloud.faults.add("error", interface="dispatch", code=refused, count=None)
    client = make()
    async with listening(client) as task:
        await until(lambda: len(lists(cloud)) >= 2)
        assert not task.done()

    assert client.connection is ConnectionState.POLLING


async def test_an_app_of_its_own(cloud, websession, limiter):
    cloud.add_app("mine", "my-secret")
    api = ApiV1(websession, AppCredentials("mine", "my-secret"), HostsV1.custom(cloud.url), limiter=limiter)
    session = await sign_in(api)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client):
        await is_connected(client)

    assert client.devices


# --- certificates ----------------------------------------------------------------------------------------


@pytest.fixture
async def secure(tmp_path, socket_enabled, limiter):
    """A cloud with an authority of its own, and how to call it with the authorities that are given."""
    context, ca_file = make_server(tmp_path)
    cloud = Simulator(frame_gap=FRAME_GAP)
    await cloud.start(ssl_context=context)

    @asynccontextmanager
    async def call(*, trusted):
        authorities = ssl.create_default_context(cafile=str(ca_file) if trusted else None)
        async with ClientSession(connector=TCPConnector(ssl=authorities)) as websession:
            credentials = AppCredentials(cloud.app_id, cloud.app_secret)
            yield ApiV1(websession, credentials, HostsV1.custom(cloud.url), limiter=limiter)

    yield cloud, call
    await cloud.stop()
    assert [str(violation) for violation in cloud.violations if violation.rule not in PACE] == []


async def test_everything_over_tls(secure):
    cloud, call = secure
    async with call(trusted=True) as api:
        session = await sign_in(api)
        assert (await api.dispatch(session)).secure
        client = CoolKitClient(websession=api.websession, api=api, session=session, timings=TIMINGS)
        async with listening(client):
            await is_connected(client)
            await client.write(SWITCH, capability(client, SWITCH, "relay"), ON)

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]


async def test_certificates_of_unknown_authorities_are_refused(secure):
    _cloud, call = secure
    async with call(trusted=True) as api:
        session = await sign_in(api)
        endpoint = await api.dispatch(session)
    async with call(trusted=False) as api:
        with pytest.raises(CannotConnectError, match="ertificate"):
            await api.list_devices(session)
        with pytest.raises(CannotConnectError, match="ertificate"):
            await Connection.open(
                api.websession, endpoint, app_id=api.app_id, session=session, timings=TIMINGS
            )
