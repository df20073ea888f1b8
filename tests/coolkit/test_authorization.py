"""What a refusal means: an error of one call, or the end of the session when a second witness says so."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.ewelink.coolkit import (
    AppIdRefusedError,
    CloudError,
    CommandError,
    CommandInDoubtError,
    ConnectionState,
    CoolKitClient,
    DeviceRefusedError,
    InvalidCredentialsError,
    Permit,
    ServerTroubleError,
    SessionChanged,
    SignedOutError,
    TokenRefusedError,
    UnknownDeviceError,
    WrongRegionError,
)
from tests.coolkit.conftest import TIMINGS, listening, sign_in, until

SWITCH, STRIP, NEW_SWITCH = "1000000001", "1000000002", "1000000101"
GENERATIONS = ("v1", "v2")
DAY = 24 * 3600


@pytest.fixture
def make(websession, api, session):
    def make_client(*, session=session, **timings) -> CoolKitClient:
        return CoolKitClient(
            websession=websession, api=api, session=session, timings=replace(TIMINGS, **timings)
        )

    return make_client


@pytest.fixture
async def client(make):
    client = make()
    await client.refresh_devices()
    return client


@pytest.fixture
async def connected(client):
    async with listening(client) as task:
        await is_connected(client)
        yield client
        assert not task.done(), task


async def is_connected(client):
    await until(lambda: client.connection is ConnectionState.CONNECTED)
    await until(lambda: not client._list.requests.pending.is_set() and not client._list.lock.locked())
    await until(lambda: not client._background)


def count(cloud, interface):
    return sum(request.interface == interface for request in cloud.requests)


def group_of(client):
    return next(iter(client.management.groups))


def without_connection(call):
    """Have a call carried by HTTP."""

    async def make_call(client):
        connection, client._socket.connection = client._socket.connection, None
        try:
            return await call(client)
        finally:
            client._socket.connection = connection

    return make_call


# Every interface that carries the access token: how the client comes to call it, and what an error of the
# call alone is there.
CALLS = {
    "devices": (lambda client: client.refresh_devices(), CloudError),
    "device": (lambda client: client.management.get_device(SWITCH), CloudError),
    "read_status": (without_connection(lambda client: client.query(SWITCH, ["switch"])), CommandError),
    "write_status": (
        without_connection(lambda client: client.update(SWITCH, {"switch": "on"})),
        CommandError,
    ),
    "add_device": (
        lambda client: client.management.add_device(device_id=NEW_SWITCH, apikey="mistyped", name="Porch"),
        DeviceRefusedError,
    ),
    "add_gsm": (
        lambda client: client.management.add_gsm_device(
            device_id=NEW_SWITCH, apikey="mistyped", name="Porch"
        ),
        DeviceRefusedError,
    ),
    "delete_device": (lambda client: client.management.delete_device(SWITCH), DeviceRefusedError),
    "rename_device": (lambda client: client.management.rename_device(SWITCH, "Porch"), DeviceRefusedError),
    "tags": (lambda client: client.management.rename_channel(STRIP, 0, "Lamp"), DeviceRefusedError),
    "groups": (lambda client: client.management.refresh_groups(), CloudError),
    "add_group": (lambda client: client.management.add_group("Attic"), CloudError),
    "edit_group": (lambda client: client.management.change_group(group_of(client), name="Attic"), CloudError),
    "delete_group": (lambda client: client.management.delete_group(group_of(client)), CloudError),
    "group_device": (lambda client: client.management.add_to_group(group_of(client), [SWITCH]), CloudError),
    "change_password": (
        lambda client: client.management.change_password("demo-password", "another-password"),
        (CloudError, InvalidCredentialsError),
    ),
}
# What may be said of a session, in the forms in which it is said.
REFUSALS = {
    "401": ("error", {"code": 401, "text": "Bearer:accessToken is invalid"}),
    "401 without words": ("error", {"code": 401, "text": ""}),
    "402": ("error", {"code": 402}),
    "406": ("error", {"code": 406}),
    "401 in a 406": ("nested_error", {"code": 401}),
    "401 by code": ("wrong_type", {"body": {"code": 401, "error": "device key invalid"}}),
    "HTTP 401": ("http_status", {"status": 401, "code": 401}),
    "301": ("redirect", {"region": "us"}),
}


@pytest.mark.generation("v1")
@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("interface", CALLS)
async def test_one_call_that_is_refused_is_an_error_of_that_call(connected, cloud, interface, refusal):
    call, alone = CALLS[interface]
    if refusal in {"402", "406"}:
        # That is said of sessions, not of things: where the session is known, it is the cloud's trouble.
        alone = (ServerTroubleError, CommandInDoubtError)
    fault, options = REFUSALS[refusal]
    events = []
    connected.subscribe(events.append, SessionChanged)
    # Again and again, within ten minutes.
    for _ in range(3):
        cloud.faults.add(fault, interface=interface, **options)
        with pytest.raises(alone) as caught:
            await call(connected)
        assert not isinstance(caught.value, (SignedOutError, TokenRefusedError, WrongRegionError))
        assert caught.value.code in {401, 402, 406, 301}

    # The socket is the one that it was, and so are the tokens.
    assert connected.connection is ConnectionState.CONNECTED
    assert connected.connection_losses == 0
    assert (cloud.handshakes, count(cloud, "refresh"), events) == (1, 0, [])
    # One witness was asked, once: the cheapest. What refuses a change of the password is asked each time.
    assert count(cloud, "dispatch") == 2 or interface == "change_password"
    await connected.query(SWITCH)
    await connected.refresh_devices()


async def test_an_app_id_that_one_interface_refuses_ends_nothing(connected, cloud):
    for code in (403, 407, 403):
        cloud.faults.add("error", interface="devices", code=code)
        with pytest.raises(AppIdRefusedError):
            await connected.refresh_devices()
    assert connected.connection_losses == 0
    await connected.refresh_devices()


@pytest.mark.generation("v1")
async def test_a_share_that_ended_ends_no_session(make, cloud, api):
    guest = cloud.add_account(email="guest@example.com", region="eu", nickname="Guest")
    for device_id in (SWITCH, STRIP):
        cloud.share(cloud.devices[device_id], guest)
    session = await sign_in(api, "guest@example.com")
    client = make(session=session)
    async with listening(client) as task:
        await is_connected(client)
        for interface, call in (
            ("device", lambda: client.management.get_device(SWITCH)),
            ("write_status", lambda: without_connection(lambda c: c.update(STRIP, {"switches": []}))(client)),
        ):
            cloud.devices[SWITCH].shares.clear()
            cloud.devices[STRIP].shares.clear()
            cloud.faults.add("error", interface=interface, code=401)
            with pytest.raises((UnknownDeviceError, CommandError)):
                await call()
        assert client.connection_losses == 0
        assert not task.done()
    assert count(cloud, "refresh") == 0
    cloud.violations.clear()


async def test_many_refusals_at_once_are_heard_once(connected, cloud):
    cloud.faults.add("error", interface="device", code=401, count=20)
    before = count(cloud, "dispatch")

    results = await asyncio.gather(
        *(connected.management.get_device(SWITCH) for _ in range(20)), return_exceptions=True
    )

    assert {type(result) for result in results} == {CloudError}
    assert count(cloud, "dispatch") == before + 1


async def test_a_hearing_is_remembered_for_a_while(make, cloud):
    client = make(witness=0.2)
    async with listening(client):
        await is_connected(client)
        before = count(cloud, "dispatch")

        async def refused():
            cloud.faults.add("error", interface="device", code=401)
            with pytest.raises(CloudError):
                await client.management.get_device(SWITCH)

        await refused()
        await refused()
        assert count(cloud, "dispatch") == before + 1
        await asyncio.sleep(0.25)
        await refused()
        assert count(cloud, "dispatch") == before + 2


async def test_a_second_witness_ends_the_session(connected, cloud):
    """Two interfaces say so, though the persistent connection still stands."""
    cloud.faults.add("error", interface="device", code=401)
    cloud.faults.add("error", interface="dispatch", code=401)

    with pytest.raises(SignedOutError):
        await connected.management.get_device(SWITCH)

    await until(lambda: connected.connection is ConnectionState.SIGNED_OUT)
    # The refresh token is tried, once, and it goes on.
    await is_connected(connected)
    assert count(cloud, "refresh") == 1


async def test_dispatch_that_is_refused_alone_is_only_tried_again(client, cloud):
    for code in (401, 406, 401):
        cloud.faults.add("error", interface="dispatch", code=code)
    cloud.faults.add("redirect", interface="dispatch", region="us")
    async with listening(client):
        await is_connected(client)
    assert not list(cloud.faults)
    assert count(cloud, "refresh") == 0


@pytest.mark.generation("v1")
async def test_a_witness_in_trouble_says_nothing(connected, cloud):
    # Not dispatch, then, but the list.
    cloud.faults.add("gateway_page", interface="dispatch", status=502)
    cloud.faults.add("error", interface="groups", code=401)
    lists = count(cloud, "devices")
    with pytest.raises(CloudError):
        await connected.management.refresh_groups()
    assert count(cloud, "devices") == lists + 1
    # And without any, it stays an error of the call.
    connected._authorization._heard.clear()
    for interface in ("dispatch", "devices"):
        cloud.faults.add("gateway_page", interface=interface, status=502)
    cloud.faults.add("error", interface="groups", code=401)
    with pytest.raises(CloudError):
        await connected.management.refresh_groups()
    assert connected.connection_losses == 0


async def test_who_is_asked_by_nobody_else_is_believed(make, cloud):
    """An App ID that may use nothing but the list has no second witness."""
    client = make()
    await client.refresh_devices()
    for interface in ("dispatch", "groups"):
        cloud.faults.add("error", interface=interface, code=407, count=None)
    await cloud.sign_in_elsewhere(cloud.account)

    with pytest.raises(SignedOutError):
        await client.refresh_devices()
    await client.close()


async def test_tokens_that_come_during_a_hearing_count(client, api, cloud):
    await cloud.sign_in_elsewhere(cloud.account)
    slow = cloud.faults.add("late_answer", interface="dispatch", delay=5)
    refresh = asyncio.create_task(client.refresh_devices())
    await until(lambda: slow.taken)
    client.replace_session(await sign_in(api))
    slow.release()

    await refresh


async def test_expired_and_signed_out_are_told_by_the_witness(client, cloud):
    """The word of a call is not always the right one."""
    await cloud.sign_in_elsewhere(cloud.account)
    cloud.faults.add("error", interface="devices", code=402)
    with pytest.raises(SignedOutError):
        await client.refresh_devices()
    await client.close()


# --- the handshake ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"), [(401, "unauthorized"), (406, '{"error":401,"msg":"accessToken is invalid"}')]
)
async def test_a_handshake_that_is_refused_alone_is_only_tried_again(client, cloud, code, reason):
    cloud.faults.add("handshake_error", code=code, reason=reason, count=2)
    async with listening(client):
        await is_connected(client)
    assert cloud.handshakes == 3
    assert count(cloud, "refresh") == 0


async def test_a_handshake_and_the_list_are_two_witnesses(client, cloud, generation):
    cloud.faults.add("handshake_error", code=401)
    cloud.faults.add("error", interface={"v1": "devices", "v2": "homes"}[generation], code=401, count=2)
    async with listening(client):
        await until(lambda: client.connection is ConnectionState.SIGNED_OUT)
        await is_connected(client)


async def test_tokens_that_stay_expired_for_the_handshake_are_renewed_once(client, cloud):
    fault = cloud.faults.add("handshake_error", code=402, count=None)
    async with listening(client) as task:
        await until(lambda: fault.taken >= 5)
        assert not task.done()
    assert count(cloud, "refresh") == 1


# --- refresh ---------------------------------------------------------------------------------------------


async def test_a_refusal_to_refresh_ends_nothing_while_the_access_token_works(make, session, cloud):
    old = replace(session.tokens, access_token_time=session.tokens.access_token_time - 21 * DAY)
    client = make(session=replace(session, tokens=old), token_check=0.05)
    fault = cloud.faults.add("refresh_refused", count=3)
    events = []
    client.subscribe(events.append, SessionChanged)
    async with listening(client) as task:
        await until(lambda: events)
        await is_connected(client)
        assert not task.done()
    assert fault.taken == 3


async def test_a_refresh_that_leads_elsewhere_is_tried_again(make, session, cloud):
    old = replace(session.tokens, access_token_time=session.tokens.access_token_time - 21 * DAY)
    client = make(session=replace(session, tokens=old), token_check=0.05)
    cloud.faults.add("redirect", interface="refresh", region="us")
    cloud.faults.add("error", interface="refresh", code=403)
    events = []
    client.subscribe(events.append, SessionChanged)
    async with listening(client):
        await until(lambda: events)


async def test_who_asks_for_new_tokens_learns_that_they_are_refused(connected, cloud):
    cloud.faults.add("refresh_refused")
    with pytest.raises(TokenRefusedError):
        await connected.refresh_tokens()
    assert connected.connection_losses == 0


# --- frames ----------------------------------------------------------------------------------------------

FRAMES = {
    "update": lambda client: client.update(SWITCH, {"switch": "on"}),
    "query": lambda client: client.query(SWITCH, ["switch"]),
}


@pytest.mark.parametrize("code", [401, 402, 406])
@pytest.mark.parametrize("action", FRAMES)
async def test_one_frame_that_is_refused_is_an_error_of_that_frame(connected, cloud, action, code):
    alone = CommandError if code == 401 else (ServerTroubleError, CommandInDoubtError)
    for _ in range(3):
        cloud.faults.add("error", interface=action, code=code)
        with pytest.raises(alone) as caught:
            await FRAMES[action](connected)
        assert caught.value.code == code
    assert (connected.connection_losses, cloud.handshakes, count(cloud, "refresh")) == (0, 1, 0)


async def test_a_frame_that_finds_the_tokens_expired_renews_them(connected, cloud):
    cloud.faults.add("error", interface="update", code=402)
    cloud.faults.add("error", interface="dispatch", code=402)
    with pytest.raises(CommandError):
        await connected.update(SWITCH, {"switch": "on"})
    assert count(cloud, "refresh") == 1
    assert cloud.devices[SWITCH].received == []
    await until(lambda: connected.connection_losses == 1)
    await is_connected(connected)


async def test_a_refusal_of_tokens_that_were_renewed_meanwhile_ends_nothing(
    connected, api, cloud, monkeypatch
):
    """The witness knows the old tokens no more: that is no sign-out."""
    cloud.faults.add("error", interface="update", code=402, text="expired")
    ask = api.dispatch

    async def ask_late(session):
        await connected._authorization.renew(session)
        return await ask(session)

    with monkeypatch.context() as patched:
        patched.setattr(api, "dispatch", ask_late)
        with pytest.raises(CommandInDoubtError):
            await connected.update(SWITCH, {"switch": "on"})

    await connected.update(SWITCH, {"switch": "on"})


async def test_a_frame_that_is_refused_to_who_is_signed_out(client, cloud):
    async with listening(client) as task:
        await is_connected(client)
        cloud.faults.add("error", interface="update", code=406)
        cloud.accounts.sign_in(cloud.account, cloud.app_id, cloud.clock())
        with pytest.raises(SignedOutError):
            await client.update(SWITCH, {"switch": "on"})
        with pytest.raises(SignedOutError):
            await task


# --- sharing ---------------------------------------------------------------------------------------------


@pytest.mark.generation("v1")
async def test_a_share_that_is_refused_leaves_the_connection_open(connected, cloud):
    for _ in range(3):
        cloud.faults.add("error", interface="share", code=406)
        with pytest.raises(ServerTroubleError) as caught:
            await connected.sharing.share(SWITCH, "friend@example.com", permit=Permit(0))
        assert caught.value.code == 406
    assert connected.connection_losses == 0
    assert cloud.handshakes == 1


@pytest.mark.generation("v1")
async def test_a_share_that_is_refused_to_who_is_signed_out(client, cloud):
    async with listening(client) as task:
        await is_connected(client)
        cloud.faults.add("error", interface="share", code=406)
        cloud.accounts.sign_in(cloud.account, cloud.app_id, cloud.clock())
        with pytest.raises(SignedOutError):
            await client.sharing.share(SWITCH, "friend@example.com", permit=Permit(0))
        with pytest.raises(SignedOutError):
            await task


async def test_an_account_that_has_moved_ends_the_session(client, cloud):
    async with listening(client) as task:
        await is_connected(client)
        for interface in ("devices", "dispatch"):
            cloud.faults.add("redirect", interface=interface, region="us", count=None)
        with pytest.raises(WrongRegionError):
            await client.refresh_devices()
        with pytest.raises(WrongRegionError):
            await task
