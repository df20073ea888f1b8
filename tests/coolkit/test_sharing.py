"""Shares between accounts that are both connected: two clients, one simulated cloud."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from custom_components.ewelink.coolkit import (
    AlreadySharedError,
    ApiV1,
    AppCredentials,
    CloudError,
    CommandError,
    ConnectionState,
    CoolKitClient,
    DeviceAdded,
    Feature,
    FeatureRefusedError,
    HostsV1,
    InvalidAddressError,
    InvalidInputError,
    NotConnectedError,
    NoteTooLongError,
    NotOwnerError,
    NotSharedError,
    OwnAddressError,
    Permit,
    QuotaError,
    RequestEndedError,
    ServerTroubleError,
    ShareError,
    ShareOpenError,
    ShareRefusedError,
    ShareRequest,
    ShareRequested,
    ShareRequestEnded,
    ShareTimeoutError,
    ShareUnderWayError,
    SignedOutError,
    UnknownAccountError,
    UnknownDeviceError,
)
from simulator.cloud import EMAIL
from simulator.home import NEIGHBOUR
from tests.coolkit.conftest import TIMINGS, listening, until

LAMP = "1000000001"
SHARED = "1000000015"
ALL = Permit.ADD | Permit.EDIT | Permit.DELETE | Permit.ENABLE
PATIENT = replace(TIMINGS, share=5)


@pytest.fixture
def neighbour(cloud):
    return cloud.accounts.find(NEIGHBOUR)


@pytest.fixture
def sign_in(cloud, websession, limiter):
    """Sign an account in, with an App ID of its own if there is need of another client."""

    async def make(account, timings=PATIENT, app_id=None):
        secret = cloud.app_secret
        if app_id is not None:
            cloud.add_app(app_id, secret)
        api = ApiV1(
            websession,
            AppCredentials(app_id or cloud.app_id, secret),
            HostsV1.custom(f"{cloud.url}/{{region}}"),
            limiter=limiter,
            timeout=2,
        )
        session = await api.sign_in(account.region, email=account.email, password=account.password)
        return CoolKitClient(websession=websession, api=api, session=session, timings=timings)

    return make


@asynccontextmanager
async def online(client):
    """Keep a client connected."""
    async with listening(client) as task:
        await until(lambda: client.connection is ConnectionState.CONNECTED and client.devices)
        await until(lambda: not client._list.requests.pending.is_set() and not client._list.lock.locked())
        await until(lambda: not client._background)
        yield client
        assert not task.done(), task


@pytest.fixture
async def owner(cloud, sign_in):
    async with online(await sign_in(cloud.account)) as client:
        yield client


@pytest.fixture
async def receiver(neighbour, sign_in):
    async with online(await sign_in(neighbour)) as client:
        yield client


def events_of(client, *kinds):
    events = []
    client.subscribe(lambda event: events.append(event) if isinstance(event, kinds) else None)
    return events


async def requested(client):
    """Wait for the request of another account."""
    await until(lambda: client.share_requests.open)
    return client.share_requests.open[-1]


def frames(cloud, action):
    """Return what clients sent over their connections."""
    return [
        frame for session in cloud.connections for frame in session.frames if frame.get("action") == action
    ]


# --- giving ----------------------------------------------------------------------------------------------


async def test_a_share_travels(cloud, owner, receiver, neighbour):
    told = events_of(receiver, ShareRequested, ShareRequestEnded, DeviceAdded)
    sharing = asyncio.create_task(
        owner.sharing.share(LAMP, f" {NEIGHBOUR} ", permit=Permit.ADD | Permit.ENABLE, note=" Holidays ")
    )
    request = await requested(receiver)

    assert told == [ShareRequested(request)]
    assert (request.apikey, request.device_id, request.changes) == (owner.session.apikey, LAMP, False)
    assert (request.device_name, request.user_name, request.note) == ("Hall lamp", "Demo", "Holidays")
    assert request.permit == Permit.ADD | Permit.ENABLE
    assert owner.session.apikey not in repr(request)
    assert not sharing.done()

    await receiver.share_requests.answer(request, accept=True)
    await sharing

    assert told[1] == ShareRequestEnded(request)
    assert receiver.share_requests.open == ()
    (share,) = owner.devices[LAMP].shared_to
    assert (share.email, share.permit, share.comment) == (NEIGHBOUR, 9, "Holidays")
    await until(lambda: isinstance(told[-1], DeviceAdded))
    device = receiver.devices[LAMP]
    assert (device.apikey, device.shared_by.email) == (owner.session.apikey, EMAIL)

    await receiver.update(LAMP, {"switch": "on"})
    await until(lambda: owner.devices[LAMP].params["switch"] == "on")

    await owner.sharing.cancel(LAMP, NEIGHBOUR)
    assert owner.devices[LAMP].shared_to == ()
    assert neighbour.apikey not in cloud.devices[LAMP].shares
    with pytest.raises(CommandError):
        await receiver.update(LAMP, {"switch": "off"})
    await until(lambda: LAMP not in receiver.devices)


async def test_the_frames_of_a_share(cloud, owner, neighbour):
    neighbour.on_share = "accept"
    await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL, user_name="Us")
    await owner.sharing.change(LAMP, NEIGHBOUR, permit=Permit(0), note="less")
    await owner.sharing.cancel(LAMP, NEIGHBOUR)

    share, change, cancel = (frames(cloud, action)[0] for action in ("share", "updateShare", "cancelShare"))
    for frame in (share, change, cancel):
        assert frame["apikey"] == frame["selfApikey"] == owner.session.apikey
        assert (frame["deviceid"], frame["userAgent"]) == (LAMP, "app")
        assert frame["params"]["uid"] == NEIGHBOUR
        assert frame["params"]["deviceName"] == "Hall lamp"
        assert len(frame["sequence"]) == 13
    assert share["params"]["sender_appid"] == cloud.app_id
    assert share["params"]["shareTime"].isdecimal()
    assert (share["params"]["permit"], share["params"]["userName"], share["params"]["note"]) == (15, "Us", "")
    assert (change["params"]["permit"], change["params"]["note"]) == (0, "less")
    assert cancel["params"].keys() == {"uid", "deviceName"}


async def test_a_share_is_refused(owner, receiver):
    ended = events_of(receiver, ShareRequestEnded)
    sharing = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
    request = await requested(receiver)

    await receiver.share_requests.answer(request, accept=False)

    with pytest.raises(ShareRefusedError):
        await sharing
    assert ended == [ShareRequestEnded(request)]
    assert owner.devices[LAMP].shared_to == ()
    await receiver.refresh_devices()
    assert LAMP not in receiver.devices


async def test_nobody_of_that_address(owner):
    with pytest.raises(UnknownAccountError) as caught:
        await owner.sharing.share(LAMP, "nobody@example.com", permit=ALL)

    assert caught.value.code == 1


async def test_shared_already(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour)

    with pytest.raises(AlreadySharedError) as caught:
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert caught.value.code == 4


async def test_a_receiver_is_addressed_as_the_list_has_it(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour)
    await owner.refresh_devices()

    with pytest.raises(AlreadySharedError):
        await owner.sharing.share(LAMP, f" {NEIGHBOUR.upper()}\u00a0", permit=ALL)
    await owner.sharing.change(LAMP, f"{NEIGHBOUR.title()} ", permit=ALL)

    for action in ("share", "updateShare"):
        assert [frame["params"]["uid"] for frame in frames(cloud, action)] == [NEIGHBOUR]


async def test_an_unknown_receiver_is_addressed_as_typed(cloud, owner):
    with pytest.raises(UnknownAccountError):
        await owner.sharing.share(LAMP, "Nobody@Example.com ", permit=ALL)

    assert frames(cloud, "share")[0]["params"]["uid"] == "Nobody@Example.com"


async def test_a_receiver_who_is_not_online(owner):
    with pytest.raises(ShareTimeoutError) as caught:
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert caught.value.code == 504


async def test_a_receiver_who_does_not_answer(cloud, owner, receiver):
    cloud.sharing.timeout = 0.05

    with pytest.raises(ShareTimeoutError):
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)
    # Its time is over for the cloud; the answer comes too late to matter.
    assert owner.devices[LAMP].shared_to == ()


async def test_a_share_is_changed(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour, permit=15)
    await owner.refresh_devices()

    await owner.sharing.change(LAMP, NEIGHBOUR, permit=Permit.ENABLE, note="less")

    (share,) = owner.devices[LAMP].shared_to
    assert (share.permit, share.comment) == (Permit.ENABLE, "less")


async def test_a_change_to_which_the_receiver_has_to_agree(cloud, owner, receiver, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour, permit=15)
    await receiver.refresh_devices()
    cloud.quirks.update_share_waits = True
    changing = asyncio.create_task(owner.sharing.change(LAMP, NEIGHBOUR, permit=Permit.EDIT))
    request = await requested(receiver)

    assert request.changes
    assert request.permit == Permit.EDIT
    await receiver.share_requests.answer(request, accept=True)
    await changing

    assert cloud.devices[LAMP].shares[neighbour.apikey].permit == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda client, uid: client.sharing.change(LAMP, uid, permit=ALL),
        lambda client, uid: client.sharing.cancel(LAMP, uid),
    ],
)
async def test_no_share_to_change_or_end(cloud, owner, neighbour, call):
    with pytest.raises(NotSharedError) as caught:
        await call(owner, NEIGHBOUR)
    assert (caught.value.address, caught.value.receivers) == (NEIGHBOUR, ())
    cloud.share(cloud.devices[LAMP], neighbour)
    with pytest.raises(NotSharedError) as caught:
        await call(owner, "neighbor@example.com")
    assert caught.value.receivers == (NEIGHBOUR,)

    assert frames(cloud, "updateShare") == frames(cloud, "cancelShare") == []
    assert neighbour.apikey in cloud.devices[LAMP].shares


async def test_a_share_that_was_made_elsewhere_can_end(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour)

    await owner.sharing.cancel(LAMP, NEIGHBOUR.upper())

    assert not cloud.devices[LAMP].shares
    assert owner.devices[LAMP].shared_to == ()


async def test_a_share_that_has_just_ended_is_told(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour)
    await owner.refresh_devices()
    cloud.devices[LAMP].shares.clear()

    with pytest.raises(NotSharedError):
        await owner.sharing.cancel(LAMP, NEIGHBOUR)

    assert owner.devices[LAMP].shared_to == ()
    assert frames(cloud, "cancelShare") == []


async def test_a_share_that_ends_while_it_is_cancelled_has_ended(cloud, owner, neighbour, monkeypatch):
    cloud.share(cloud.devices[LAMP], neighbour)
    cancel = cloud.sharing.cancel

    async def ended(device, frame):
        device.shares.clear()
        return await cancel(device, frame)

    monkeypatch.setattr(cloud.sharing, "cancel", ended)

    await owner.sharing.cancel(LAMP, NEIGHBOUR)


async def test_an_end_that_the_list_does_not_show_is_none(cloud, owner, neighbour, monkeypatch):
    async def cancel(_device, _frame):
        return {"error": 0}

    cloud.share(cloud.devices[LAMP], neighbour)
    monkeypatch.setattr(cloud.sharing, "cancel", cancel)

    with pytest.raises(ShareError) as caught:
        await owner.sharing.cancel(LAMP, NEIGHBOUR)

    assert type(caught.value) is ShareError
    (share,) = owner.devices[LAMP].shared_to
    assert share.address == NEIGHBOUR


async def test_an_end_that_the_list_shows_late_is_one(cloud, owner, neighbour, monkeypatch):
    async def cancel(device, _frame):
        cloud.core.spawn(late(device))
        return {"error": 0}

    async def late(device):
        await asyncio.sleep(TIMINGS.resync / 2)
        device.shares.clear()

    cloud.share(cloud.devices[LAMP], neighbour)
    monkeypatch.setattr(cloud.sharing, "cancel", cancel)

    await owner.sharing.cancel(LAMP, NEIGHBOUR)

    assert owner.devices[LAMP].shared_to == ()


async def test_an_end_that_cannot_be_looked_up_is_open(cloud, owner, neighbour, monkeypatch):
    async def cancel(_device, _frame):
        cloud.faults.add("error", interface="devices", code=500, count=None)
        return {"error": 0}

    cloud.share(cloud.devices[LAMP], neighbour)
    monkeypatch.setattr(cloud.sharing, "cancel", cancel)

    with pytest.raises(ShareOpenError):
        await owner.sharing.cancel(LAMP, NEIGHBOUR)
    cloud.faults.clear()


async def test_a_share_that_has_just_ended_cannot_change(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour)
    await owner.refresh_devices()
    cloud.devices[LAMP].shares.clear()

    with pytest.raises(NotSharedError):
        await owner.sharing.change(LAMP, NEIGHBOUR, permit=ALL)


@pytest.fixture
def nameless(cloud, monkeypatch):
    """The list tells of recipients no more than that there are some."""
    listed = cloud.household.listed

    def tell(device, account, *, tags):
        item = listed(device, account, tags=tags)
        return item | {"sharedTo": [{"apikey": share["apikey"]} for share in item["sharedTo"]]}

    monkeypatch.setattr(cloud.household, "listed", tell)


@pytest.mark.usefixtures("nameless")
async def test_a_receiver_of_whom_the_list_tells_no_address(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour)

    with pytest.raises(NotSharedError):
        await owner.sharing.cancel(LAMP, "nobody@example.com")
    assert cloud.devices[LAMP].shares
    await owner.sharing.cancel(LAMP, NEIGHBOUR)

    assert not cloud.devices[LAMP].shares


@pytest.mark.usefixtures("nameless")
async def test_of_terms_that_the_list_does_not_tell_none_is_invented(cloud, owner, neighbour):
    cloud.share(cloud.devices[LAMP], neighbour, permit=5)

    await owner.sharing.change(LAMP, NEIGHBOUR, note="Bye")

    assert "permit" not in frames(cloud, "updateShare")[0]["params"]
    share = cloud.devices[LAMP].shares[neighbour.apikey]
    assert (share.permit, share.note) == (5, "Bye")


# Where the list names shares by what frames call them.


@pytest.mark.parametrize("names", ["uid", "uid_and_apikey"])
async def test_a_uid_that_is_an_address_is_the_address(cloud, owner, neighbour, names):
    cloud.quirks.share_names = names
    cloud.share(cloud.devices[LAMP], neighbour, permit=5, note="Hi")
    await owner.refresh_devices()
    (share,) = owner.devices[LAMP].shared_to
    assert (share.address, share.email, share.permit, share.comment) == (NEIGHBOUR, NEIGHBOUR, 5, "Hi")
    assert share.apikey == (neighbour.apikey if names == "uid_and_apikey" else None)
    assert owner.devices[SHARED].shared_by.email == NEIGHBOUR

    with pytest.raises(AlreadySharedError):
        await owner.sharing.share(LAMP, NEIGHBOUR.upper(), permit=ALL)
    await owner.sharing.change(LAMP, NEIGHBOUR, permit=Permit.ADD)
    assert cloud.devices[LAMP].shares[neighbour.apikey].note == "Hi"
    with pytest.raises(NotSharedError):
        await owner.sharing.cancel(LAMP, "nobody@example.com")
    await owner.sharing.cancel(LAMP, NEIGHBOUR)
    assert not cloud.devices[LAMP].shares


@pytest.mark.parametrize("names", ["address", "uid"])
async def test_a_phone_number_is_the_same_however_it_is_typed(cloud, owner, names):
    cloud.quirks.share_names = names
    friend = cloud.add_account(phone_number="+8613185260282", region="eu")
    friend.on_share = "accept"

    await owner.sharing.share(LAMP, "+86 131 8526-0282", permit=ALL)
    assert frames(cloud, "share")[0]["params"]["uid"] == "+8613185260282"
    (share,) = owner.devices[LAMP].shared_to
    assert share.address == share.phone_number == "+8613185260282"
    await owner.sharing.cancel(LAMP, " +86 (131) 85260282")

    assert not cloud.devices[LAMP].shares


# What is not given


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (5, "Laundry")),
        ({"permit": Permit.EDIT}, (2, "Laundry")),
        ({"permit": Permit(0)}, (0, "Laundry")),
        ({"note": "Bye"}, (5, "Bye")),
        ({"note": ""}, (5, "")),
        ({"permit": ALL, "note": "Bye"}, (15, "Bye")),
    ],
)
async def test_what_is_not_given_stays(cloud, owner, neighbour, given, expected):
    cloud.share(cloud.devices[LAMP], neighbour, permit=1, note="Old")
    await owner.refresh_devices()
    # Changed elsewhere, which nobody has told.
    cloud.share(cloud.devices[LAMP], neighbour, permit=5, note="Laundry")

    await owner.sharing.change(LAMP, NEIGHBOUR, **given)

    share = cloud.devices[LAMP].shares[neighbour.apikey]
    assert (share.permit, share.note) == expected


async def test_an_address_is_not_refused_without_a_look(cloud, owner):
    cloud.faults.add("error", interface="devices", code=500)

    with pytest.raises(CloudError):
        await owner.sharing.cancel(LAMP, NEIGHBOUR)


async def test_a_device_that_was_removed_elsewhere_cannot_be_shared(cloud, owner):
    cloud.remove_device(LAMP)

    with pytest.raises(UnknownDeviceError) as caught:
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert caught.value.code == 400


@pytest.mark.parametrize("action", ["share", "updateShare", "cancelShare"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, InvalidInputError),
        (401, ShareError),
        (403, ShareError),
        (407, FeatureRefusedError),
        (411, ShareError),
        (412, QuotaError),
        (500, ServerTroubleError),
        (503, ServerTroubleError),
        (504, ShareTimeoutError),
    ],
)
async def test_codes_of_sharing(cloud, owner, action, code, error):
    if action != "share":
        cloud.share(cloud.devices[LAMP], cloud.accounts.find(NEIGHBOUR))
        await owner.refresh_devices()
    cloud.faults.add("error", interface=action, code=code, text="in its own words")
    calls = {
        "share": lambda: owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL),
        "updateShare": lambda: owner.sharing.change(LAMP, NEIGHBOUR, permit=ALL),
        "cancelShare": lambda: owner.sharing.cancel(LAMP, NEIGHBOUR),
    }

    with pytest.raises(error) as caught:
        await calls[action]()

    assert type(caught.value) is error
    assert (caught.value.code, caught.value.reason) == (code, "in its own words")
    assert len(frames(cloud, action)) == 1
    assert (Feature.SHARING in owner.management._api.features) is (code != 407)


async def test_sharing_that_is_refused_is_not_asked_for_again(cloud, owner):
    cloud.faults.add("error", interface="share", code=407)
    for _ in range(2):
        with pytest.raises(FeatureRefusedError):
            await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert len(frames(cloud, "share")) == 1


async def test_signed_in_elsewhere(cloud, owner):
    cloud.faults.add("error", interface="share", code=406)
    cloud.faults.add("error", interface="dispatch", code=401)
    losses = owner.connection_losses

    with pytest.raises(SignedOutError):
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    await until(lambda: owner.connection_losses > losses)


@pytest.mark.parametrize(
    ("uid", "note", "error"),
    [
        ("nobody", "", InvalidAddressError),
        ("13185260282", "", InvalidAddressError),
        ("", "", InvalidAddressError),
        (EMAIL.upper(), "", OwnAddressError),
        (NEIGHBOUR, "eleven char", NoteTooLongError),
        (NEIGHBOUR, "🎄🎄🎄🎄🎄🎄🎄🎄", NoteTooLongError),
    ],
)
async def test_what_cannot_be_right_is_not_even_sent(cloud, owner, uid, note, error):
    assert issubclass(error, InvalidInputError)
    with pytest.raises(error):
        await owner.sharing.share(LAMP, uid, permit=ALL, note=note)
    with pytest.raises(error):
        await owner.sharing.change(LAMP, uid, permit=ALL, note=note)

    assert frames(cloud, "share") == frames(cloud, "updateShare") == []


@pytest.mark.parametrize("permit", [16, -1])
async def test_a_permit_that_there_is_not_is_not_even_sent(cloud, owner, permit):
    with pytest.raises(InvalidInputError):
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=permit)

    assert frames(cloud, "share") == []


async def test_an_address_is_the_same_in_capitals(cloud, owner, receiver):
    asking = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
    await until(lambda: receiver.share_requests.open)

    with pytest.raises(ShareError):
        await owner.sharing.share(LAMP, NEIGHBOUR.upper(), permit=ALL)

    assert len(frames(cloud, "share")) == 1
    asking.cancel()
    await asyncio.wait([asking])


@pytest.mark.parametrize("note", ["ten chars!", "十个汉字刚刚好用完了"])
async def test_the_longest_notes(cloud, owner, neighbour, note):
    neighbour.on_share = "accept"

    await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL, note=note)

    assert cloud.devices[LAMP].shares[neighbour.apikey].note == note


@pytest.mark.parametrize(
    "call",
    [
        lambda client, device: client.sharing.share(device, "third@example.com", permit=ALL),
        lambda client, device: client.sharing.change(device, "third@example.com", permit=ALL),
        lambda client, device: client.sharing.cancel(device, "third@example.com"),
    ],
)
async def test_only_the_owner_shares(cloud, owner, call):
    with pytest.raises(NotOwnerError) as caught:
        await call(owner, SHARED)
    with pytest.raises(UnknownDeviceError):
        await call(owner, "none")

    assert caught.value.owner == "Neighbour"
    assert not any(frames(cloud, action) for action in ("share", "updateShare", "cancelShare"))


async def test_a_list_that_cannot_be_read_is_no_failed_share(cloud, owner, neighbour):
    neighbour.on_share = "accept"
    cloud.faults.add("error", interface="devices", code=500)

    await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert not list(cloud.faults)
    await until(lambda: owner.devices[LAMP].shared_to)


# --- what may happen meanwhile ---------------------------------------------------------------------------


async def test_without_a_connection_nothing_is_asked(cloud, sign_in):
    client = await sign_in(cloud.account)
    await client.refresh_devices()

    with pytest.raises(NotConnectedError) as caught:
        await client.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert not caught.value.maybe_sent


@pytest.mark.parametrize("how", ["abort", "close"])
async def test_the_connection_is_lost_while_the_receiver_thinks(cloud, owner, receiver, how):
    sharing = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
    request = await requested(receiver)
    sent = frames(cloud, "share")
    (session,) = (item for item in cloud.connections if item.account is cloud.account)

    if how == "abort":
        session.abort()
    else:
        await session.close()

    with pytest.raises(ShareOpenError):
        await sharing
    await receiver.share_requests.answer(request, accept=True)
    # The list behind the next connection shows the outcome; nothing is sent again.
    await until(lambda: LAMP in receiver.devices)
    await until(lambda: owner.connection is ConnectionState.CONNECTED)
    await owner.refresh_devices()
    assert [share.email for share in owner.devices[LAMP].shared_to] == [NEIGHBOUR]
    assert len(sent) == 1
    assert frames(cloud, "share") == []


async def test_a_frame_that_was_never_sent_is_not_open(cloud, owner, neighbour):
    neighbour.on_share = "accept"
    connection = owner._socket.connection
    async with connection._turn:
        sharing = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
        await until(lambda: owner._background)
        await connection.close("for the test")

    with pytest.raises(NotConnectedError) as caught:
        await sharing

    assert not caught.value.maybe_sent
    assert frames(cloud, "share") == []
    # It may be asked anew as soon as there is a connection.
    await until(lambda: owner.connection is ConnectionState.CONNECTED)
    await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)


async def test_an_answer_that_never_comes(cloud, neighbour, sign_in):
    neighbour.on_share = "accept"
    cloud.faults.add("no_answer", interface="share")
    async with online(await sign_in(cloud.account, replace(TIMINGS, share=0.05, command=0.05))) as owner:
        with pytest.raises(ShareOpenError):
            await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

        await until(lambda: owner.devices[LAMP].shared_to)
        assert len(frames(cloud, "share")) == 1
        # It asked whether the cloud still hears it.
        await until(lambda: cloud.connections[0].pings)


async def test_a_receiver_has_longer_than_a_device(cloud, receiver, sign_in):
    async with online(await sign_in(cloud.account, replace(PATIENT, command=0.05))) as owner:
        sharing = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
        request = await requested(receiver)
        await asyncio.sleep(0.1)
        await receiver.share_requests.answer(request, accept=True)
        await sharing
        await until(lambda: owner.devices[LAMP].shared_to)


@pytest.mark.parametrize("answer", [{}, {"result": 9}, {"result": "soon"}])
async def test_an_answer_without_an_outcome(cloud, owner, monkeypatch, answer):
    async def share(_device, _frame):
        return {"error": 0, **answer}

    monkeypatch.setattr(cloud.sharing, "share", share)

    with pytest.raises(ShareOpenError):
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)


async def test_a_request_goes_on_when_its_caller_is_cancelled(cloud, owner, receiver):
    sharing = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
    request = await requested(receiver)

    sharing.cancel()
    await asyncio.wait([sharing])
    with pytest.raises(ShareUnderWayError, match="under way"):
        await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)
    await receiver.share_requests.answer(request, accept=True)

    await until(lambda: owner.devices[LAMP].shared_to)
    assert len(frames(cloud, "share")) == 1


async def test_commands_do_not_wait_for_a_share(owner, receiver):
    sharing = asyncio.create_task(owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
    request = await requested(receiver)

    await owner.update(LAMP, {"switch": "on"})
    await owner.management.rename_device(LAMP, "Porch")

    assert not sharing.done()
    await receiver.share_requests.answer(request, accept=False)
    with pytest.raises(ShareRefusedError):
        await sharing


async def test_closing_ends_what_waits(cloud, sign_in, receiver):
    client = await sign_in(cloud.account)
    async with online(client):
        sharing = asyncio.create_task(client.sharing.share(LAMP, NEIGHBOUR, permit=ALL))
        await requested(receiver)

    with pytest.raises(ShareOpenError):
        await sharing
    assert not client._background


async def test_params_of_an_answer_are_none_of_the_device(cloud, owner, monkeypatch):
    async def share(_device, frame):
        return {"error": 0, "result": 2, "params": frame["params"]}

    monkeypatch.setattr(cloud.sharing, "share", share)

    await owner.sharing.share(LAMP, NEIGHBOUR, permit=ALL)

    assert "uid" not in owner.devices[LAMP].params


# --- being asked -----------------------------------------------------------------------------------------


@pytest.fixture
def offer(cloud):
    """Let the owner's phone ask; the answer that it gets is what the task returns."""
    tasks = []

    def make(device_id, account):
        task = asyncio.create_task(cloud.offer(cloud.devices[device_id], account, note="Hi"))
        tasks.append(task)
        return task

    yield make
    assert all(task.done() for task in tasks)


async def test_a_request_is_over_after_its_time(cloud, sign_in, neighbour, offer):
    cloud.sharing.timeout = 0.1
    async with online(await sign_in(neighbour, replace(TIMINGS, share=0.1))) as client:
        ended = events_of(client, ShareRequestEnded)
        answer = offer(LAMP, neighbour)
        request = await requested(client)

        await until(lambda: ended)

        assert ended == [ShareRequestEnded(request)]
        with pytest.raises(RequestEndedError):
            await client.share_requests.answer(request, accept=True)
        assert (await answer)["error"] == 504
    assert not any(frame.get("result") for session in cloud.connections for frame in session.frames)


async def test_an_answer_is_given_once(owner, receiver, neighbour, offer):
    answer = offer(LAMP, neighbour)
    request = await requested(receiver)

    results = await asyncio.gather(
        receiver.share_requests.answer(request, accept=False),
        receiver.share_requests.answer(request, accept=True),
        return_exceptions=True,
    )

    assert results[0] is None
    assert isinstance(results[1], RequestEndedError)
    assert (await answer)["result"] == 3


async def test_accepted_by_another_client_of_the_account(sign_in, receiver, neighbour, offer):
    async with online(await sign_in(neighbour, app_id="another-client")) as other:
        ended = events_of(receiver, ShareRequestEnded)
        answer = offer(LAMP, neighbour)
        request = await requested(receiver)

        await other.share_requests.answer(await requested(other), accept=True)
        assert (await answer)["result"] == 2
        await receiver.refresh_devices()

        assert ended == [ShareRequestEnded(request)]
        with pytest.raises(RequestEndedError):
            await receiver.share_requests.answer(request, accept=False)


async def test_a_request_that_is_asked_anew(cloud, receiver, neighbour):
    told = events_of(receiver, ShareRequested, ShareRequestEnded)
    frame = {
        "action": "share",
        "apikey": cloud.account.apikey,
        "deviceid": LAMP,
        "params": {"permit": "3", "note": 5, "userName": " Demo "},
    }
    await cloud.push(neighbour, {**frame, "sequence": "1790000000001"})
    await cloud.push(neighbour, {**frame, "sequence": 1790000000002})
    await until(lambda: len(told) == 3)

    first, ended, second = told
    assert ended == ShareRequestEnded(first.request)
    assert receiver.share_requests.open == (second.request,)
    assert (second.request.sequence, second.request.permit) == (1790000000002, Permit.ADD | Permit.EDIT)
    assert (second.request.user_name, second.request.note, second.request.device_name) == ("Demo", "", "")


@pytest.mark.parametrize(
    "change", [{"deviceid": None}, {"apikey": None}, {"sequence": None}, {"deviceid": LAMP}]
)
async def test_requests_that_nobody_can_answer(cloud, owner, change):
    """Without what an answer has to name; or for a device that is ours: another client of ours shares it."""
    told = events_of(owner, ShareRequested)
    frame = {
        "action": "share",
        "apikey": "of-another-account",
        "deviceid": SHARED,
        "sequence": "1790000000001",
        "params": {},
    }
    await cloud.push(cloud.account, frame | change)
    await cloud.push(cloud.account, frame)
    await until(lambda: told)

    assert [event.request.device_id for event in told] == [SHARED]


async def test_an_answer_without_a_connection(cloud, sign_in, neighbour, offer):
    client = await sign_in(neighbour, replace(PATIENT, backoff=5))
    async with online(client):
        answer = offer(LAMP, neighbour)
        request = await requested(client)
        await cloud.drop_connections("abort")
        await until(lambda: client.connection is not ConnectionState.CONNECTED)

        with pytest.raises(NotConnectedError):
            await client.share_requests.answer(request, accept=True)

        # It can still be answered when there is a connection again.
        assert client.share_requests.open == (request,)
        cloud.sharing.timeout = 0
        for pending in cloud.sharing.pending:
            pending.answer.set_result(3)
        await answer


async def test_a_request_made_up_is_no_request(receiver):
    request = ShareRequest(apikey="a", device_id=LAMP, sequence="1790000000001", received=0)

    with pytest.raises(RequestEndedError):
        await receiver.share_requests.answer(request, accept=True)


async def test_closing_forgets_requests(sign_in, neighbour, offer, cloud):
    client = await sign_in(neighbour)
    async with online(client):
        ended = events_of(client, ShareRequestEnded)
        answer = offer(LAMP, neighbour)
        await requested(client)
    for pending in cloud.sharing.pending:
        pending.answer.set_result(3)
    await answer

    assert client.share_requests.open == ()
    assert ended == []
