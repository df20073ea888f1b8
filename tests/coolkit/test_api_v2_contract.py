"""Version 2 with an App ID that may do everything: accounts, devices, shares, groups, homes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import hashlib

import pytest

from custom_components.ewelink.coolkit import (
    AccountExistsError,
    AccountSession,
    BrandRefusedError,
    CodePurpose,
    ControlGroup,
    DeviceRefusedError,
    Home,
    InvalidAddressError,
    InvalidCredentialsError,
    InvalidInputError,
    NotSharedError,
    NotSupportedError,
    Permit,
    Room,
    SignedOutError,
    UnknownAccountError,
    UnknownDeviceError,
    UnknownGroupError,
    UnknownHomeError,
    WrongCodeError,
)
from custom_components.ewelink.coolkit.cloud.api import ShareCalls
from custom_components.ewelink.coolkit.cloud.region import dial_code_of
from simulator.cloud import EMAIL, PASSWORD
from simulator.home import NEIGHBOUR

SWITCH = "1000000001"
UNKNOWN = "0" * 24
PHONE = "+8613800138000"


@pytest.fixture
def api(contract_api):
    return contract_api


@pytest.fixture
def session(contract_session) -> AccountSession:
    return contract_session


@pytest.fixture
async def switch(api, session):
    return await listed(api, session, SWITCH)


async def listed(api, session, device_id=SWITCH):
    return next(device for device in await api.list_devices(session) if device.device_id == device_id)


# --- account ---------------------------------------------------------------------------------------------


async def test_sign_in_with_a_password(api, cloud):
    session = await api.sign_in("eu", email=EMAIL, password=PASSWORD, country_code="49")
    assert (session.apikey, session.region, session.account) == (cloud.account.apikey, "eu", EMAIL)
    await api.list_homes(session)


async def test_an_account_of_another_region_is_signed_in_there(api, cloud):
    session = await api.sign_in("us", email=EMAIL, password=PASSWORD, country_code="+49")
    assert session.region == "eu"
    assert [request.region for request in cloud.requests] == ["us", "eu"]


async def test_wrong_passwords_and_accounts(api):
    with pytest.raises(InvalidCredentialsError) as caught:
        await api.sign_in("eu", email=EMAIL, password="wrong-password", country_code="49")
    assert "wrong-password" not in str(caught.value)
    with pytest.raises(UnknownAccountError):
        await api.sign_in("eu", email="nobody@example.com", password=PASSWORD, country_code="49")
    with pytest.raises(ValueError, match="either"):
        await api.sign_in("eu", password=PASSWORD, country_code="49")


async def test_register_and_sign_in(api, cloud):
    email = "new@example.com"
    region = await api.send_code("eu", CodePurpose.REGISTER, email=email)
    code = cloud.verification.latest(email)
    with pytest.raises(WrongCodeError):
        await api.register(region, code="000000", password="password-1", email=email, country_code="49")
    session = await api.register(region, code=code, password="password-1", email=email, country_code="49")
    assert session.account == email
    with pytest.raises(AccountExistsError):
        await api.send_code("eu", CodePurpose.REGISTER, email=email)
    await api.sign_in("eu", email=email, password="password-1", country_code="49")


async def test_reset_the_password(api, cloud):
    with pytest.raises(UnknownAccountError):
        await api.send_code("eu", CodePurpose.RESET_PASSWORD, email="nobody@example.com")
    region = await api.send_code("us", CodePurpose.RESET_PASSWORD, email=EMAIL)
    assert region == "eu"
    code = cloud.verification.latest(EMAIL)
    session = await api.reset_password(region, code=code, password="password-2", email=EMAIL)
    assert session.apikey == cloud.account.apikey
    await api.sign_in("eu", email=EMAIL, password="password-2", country_code="49")


async def test_sign_in_by_code(api, cloud):
    cloud.add_account(phone_number=PHONE, region="cn", password=PASSWORD)
    await api.send_sign_in_code(phone_number=PHONE)
    with pytest.raises(WrongCodeError):
        await api.sign_in_by_code(phone_number=PHONE, code="000000")
    session = await api.sign_in_by_code(phone_number=PHONE, code=cloud.verification.latest(PHONE))
    assert (session.region, session.account) == ("cn", PHONE)


async def test_change_the_password(api, session):
    with pytest.raises(InvalidCredentialsError):
        await api.change_password(session, old_password="wrong-password", new_password="password-3")
    await api.change_password(session, old_password=PASSWORD, new_password="password-3")
    await api.sign_in("eu", email=EMAIL, password="password-3", country_code="49")


async def test_the_profile(api, session, cloud):
    await api.change_profile(session, nickname="Sun", accept_email_ad=False)
    profile = await api.get_profile(session)
    assert (profile.apikey, profile.email, profile.nickname) == (cloud.account.apikey, EMAIL, "Sun")
    assert profile.region == "eu"
    assert EMAIL not in repr(profile)


async def test_sign_out(api, session):
    await api.sign_out(session)
    with pytest.raises(SignedOutError):
        await api.list_homes(session)


# --- devices ---------------------------------------------------------------------------------------------


def stocked(cloud, **more):
    """Return id and key of a device that belongs to nobody."""
    cloud.household.stock["2000000009"] = {
        "deviceid": "2000000009",
        "devicekey": "key-of-the-stock",
        "name": "New",
        "params": {"switch": "off"},
        "extra": {"extra": {"uiid": 1}},
        **more,
    }
    return {"device_id": "2000000009", "apikey": "key-of-the-stock"}


async def test_add_a_device(api, session, cloud):
    device = await api.add_device(session, name="Porch", **stocked(cloud))
    assert (device.device_id, device.name, device.uiid) == ("2000000009", "Porch", 1)
    assert device.apikey == session.apikey
    (request,) = [one for one in cloud.requests if one.interface == "add_device"]
    assert set(request.params) == {"name", "deviceid", "digest", "chipid"}
    with pytest.raises(DeviceRefusedError):
        await api.add_device(session, name="Porch", device_id="2000000008", apikey="whatever")
    with pytest.raises(NotSupportedError):
        await api.add_device(
            session, name="Porch", device_id="2000000008", apikey="whatever", sub_device_id="a1"
        )


async def test_add_a_device_to_a_room(api, session, cloud):
    home = (await api.list_homes(session))[0]
    room = await api.add_room(session, home, name="Porch")
    device = await api.add_device(session, name="Lamp", home_id=home.home_id, room_id=room, **stocked(cloud))
    assert (device.home_id, device.room_id) == (home.home_id, room)


def test_the_digest_of_the_documents():
    assert hashlib.sha256(b"123").hexdigest().startswith("a665a459")


async def test_a_wrong_key_and_a_withheld_brand(api, session, cloud):
    known = stocked(cloud, brandName="Elsewhere")
    with pytest.raises(DeviceRefusedError) as caught:
        await api.add_device(session, name="Porch", **{**known, "apikey": "wrong-key-of-it"})
    assert caught.value.code == 30015
    cloud.accounts.apps[api.app_id].withheld.add("Elsewhere")
    with pytest.raises(BrandRefusedError):
        await api.add_device(session, name="Porch", **known)


async def test_add_a_gsm_device(api, session, cloud):
    device = await api.add_gsm_device(session, name="Field", **stocked(cloud))
    assert (device.device_id, device.name) == ("2000000009", "Field")


async def test_delete_a_device(api, session, cloud, switch):
    await api.delete_device(session, switch)
    assert SWITCH not in cloud.devices
    with pytest.raises(UnknownDeviceError) as caught:
        await api.delete_device(session, switch)
    assert caught.value.may_be_gone


async def test_rename_and_move(api, session, cloud, switch):
    await api.rename_device(session, switch, "Porch")
    assert cloud.devices[SWITCH].name == "Porch"
    home = (await api.list_homes(session))[0]
    room = await api.add_room(session, home, name="Attic")
    await api.move_to_room(session, switch, room)
    device = await listed(api, session)
    assert (device.name, device.room_id) == ("Porch", room)


async def test_names_of_channels_leave_other_tags(api, session, cloud):
    cloud.devices[SWITCH].tags = {"m_1a2b_x": "on", "ck_channel_name": {"0": "Old"}}
    device = await listed(api, session)
    await api.rename_channels(session, device, device.kept_channel_names(1, "New"))
    assert cloud.devices[SWITCH].tags == {"m_1a2b_x": "on", "ck_channel_name": {"0": "Old", "1": "New"}}


async def test_settings(api, session, cloud, switch):
    (changed,) = await api.change_settings(session, [switch], {"opsNotify": 1})
    assert changed.settings["opsNotify"] == cloud.devices[SWITCH].settings["opsNotify"] == 1
    with pytest.raises(UnknownDeviceError):
        await api.change_settings(session, [replace(switch, device_id=UNKNOWN)], {"opsNotify": 1})


async def test_history(api, session, switch):
    for value in ("on", "off"):
        await api.update_status(session, switch, {"switch": value})
    entries = await api.list_history(session, switch, limit=1)
    assert [entry.device_id for entry in entries] == [SWITCH]
    assert entries[0].time <= datetime.now(UTC) + timedelta(seconds=1)
    assert "off" in entries[0].request
    assert EMAIL not in repr(entries)
    older = await api.list_history(session, switch, before=entries[0].time)
    assert all(entry.time < entries[0].time for entry in older)
    with pytest.raises(InvalidInputError):
        await api.list_history(session, switch, limit=31)
    await api.clear_history(session, switch)
    assert await api.list_history(session, switch) == []


async def test_firmware(api, session, cloud):
    cloud.devices[SWITCH].firmware = "9.9.9"
    devices = [device for device in await api.list_devices(session) if device.firmware][:30]
    found = await api.list_firmware(session, devices)
    known = {device.device_id: device for device in devices}
    assert SWITCH in {firmware.device_id for firmware in found}
    for firmware in found:
        assert firmware.version != known[firmware.device_id].firmware
        assert firmware.params["model"]
        assert {"name", "downloadUrl", "digest"} <= set(firmware.params["binList"][0])
    assert await api.list_firmware(session, []) == []
    with pytest.raises(InvalidInputError):
        await api.list_firmware(session, devices[:1] * 31)


# --- sharing ---------------------------------------------------------------------------------------------


def share_of(device, address):
    return next((share for share in device.shared_to if share.address == address), None)


async def test_share_change_and_cancel(api, session, cloud, switch):
    (shared,) = await api.share_devices(session, [switch], NEIGHBOUR, permit=Permit.EDIT, note="Sun")
    share = share_of(shared, NEIGHBOUR)
    assert (share.permit, share.comment) == (Permit.EDIT, "Sun")
    # It is encrypted, and only good for passing back.
    assert share.apikey not in cloud.accounts.by_apikey

    await api.change_share(session, shared, NEIGHBOUR.upper(), permit=Permit.ADD | Permit.ENABLE, note="")
    changed = await listed(api, session)
    assert share_of(changed, NEIGHBOUR).permit == Permit.ADD | Permit.ENABLE
    await api.cancel_share(session, changed, NEIGHBOUR)
    assert share_of(await listed(api, session), NEIGHBOUR) is None
    with pytest.raises(UnknownDeviceError):
        await api.cancel_share(session, changed, NEIGHBOUR)


async def test_shares_go_by_calls(api, session, cloud, switch):
    assert isinstance(api, ShareCalls)
    cloud.add_account(phone_number=PHONE, region="eu", password=PASSWORD)
    await api.share_device(session, switch, PHONE, permit=None, note="")
    (request,) = [one for one in cloud.requests if one.interface == "share"]
    assert request.params["user"] == {"countryCode": "+86", "phoneNumber": PHONE}
    assert share_of(await listed(api, session), PHONE).permit == 0


async def test_shares_that_cannot_be(api, session, cloud, switch):
    with pytest.raises(UnknownAccountError):
        await api.share_device(session, switch, "nobody@example.com", permit=None, note="")
    asked = len(cloud.requests)
    with pytest.raises(InvalidAddressError):
        await api.share_device(session, switch, "nobody", permit=None, note="")
    with pytest.raises(NotSharedError):
        await api.cancel_share(session, switch, "nobody@example.com")
    assert len(cloud.requests) == asked


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+12025550123", "+1"),
        ("+79161234567", "+7"),
        ("+491701234567", "+49"),
        ("+8613800138000", "+86"),
        ("+35312345678", "+353"),
        ("+85212345678", "+852"),
    ],
)
def test_dial_codes(number, code):
    assert dial_code_of(number) == code


async def test_leave_a_share(api, session, cloud):
    device = next(one for one in await api.list_devices(session) if one.shared_by is not None)
    assert device.apikey != session.apikey
    await api.leave_share(session, device)
    assert device.device_id in cloud.devices
    assert device.device_id not in {one.device_id for one in await api.list_devices(session)}


# --- control groups --------------------------------------------------------------------------------------


async def test_control_groups(api, session, cloud, switch):
    same = [one.device_id for one in await api.list_devices(session) if one.uiid == switch.uiid]
    group, members = await api.add_control_group(
        session, name="Both", main_device_id=SWITCH, device_ids=same[:2]
    )
    assert (group.name, group.main_device_id) == ("Both", SWITCH)
    assert all(group.group_id in member.control_groups for member in members)
    assert group.group_id in {one.group_id for one in await api.list_control_groups(session)}

    await api.rename_control_group(session, group, "Two")
    await api.store_group_params(session, group, {"switch": "on"})
    found = next(one for one in (await api.list_devices(session)).control_groups if one.name == "Two")
    assert found.group_id == group.group_id
    assert found.params["switch"] == "on"
    await api.change_members(session, group, [])
    assert cloud.homes.groups[group.group_id].members == [SWITCH]
    await api.delete_control_group(session, group)
    assert group.group_id not in cloud.homes.groups


async def test_control_groups_that_cannot_be(api, session):
    nowhere = ControlGroup(group_id=UNKNOWN)
    with pytest.raises(UnknownGroupError):
        await api.rename_control_group(session, nowhere, "Two")
    with pytest.raises(UnknownGroupError):
        await api.delete_control_group(session, nowhere)
    for name in ("x" * 51,):
        with pytest.raises(InvalidInputError):
            await api.add_control_group(session, name=name, main_device_id=SWITCH, device_ids=[])


# --- homes and messages ----------------------------------------------------------------------------------


async def test_homes(api, session):
    first = (await api.list_homes(session))[0]
    made = await api.add_home(session, name="Cottage", rooms=["Hall", "Attic"])
    home = next(one for one in await api.list_homes(session) if one.home_id == made)
    assert (home.name, [room.name for room in home.rooms]) == ("Cottage", ["Hall", "Attic"])
    await api.rename_home(session, home, "Cabin")
    assert "Cabin" in {one.name for one in await api.list_homes(session)}
    await api.delete_home(session, home, devices_to=first, shown_instead=first)
    assert made not in {one.home_id for one in await api.list_homes(session)}
    with pytest.raises(InvalidInputError):
        await api.add_home(session, name="Castle", rooms=["Room"] * 101)
    with pytest.raises(UnknownHomeError):
        await api.rename_home(session, Home(home_id=UNKNOWN), "Cabin")


async def test_rooms(api, session):
    home = (await api.list_homes(session))[0]
    made = await api.add_room(session, home, name="Attic")
    home = (await api.list_homes(session))[0]
    assert home.rooms[-1] == Room(room_id=made, name="Attic", index=home.rooms[-1].index)
    await api.rename_room(session, home.rooms[-1], "Loft")
    order = [room.room_id for room in reversed(home.rooms)]
    await api.order_rooms(session, home, order)
    home = (await api.list_homes(session))[0]
    assert [room.room_id for room in home.rooms] == order
    assert home.rooms[0].name == "Loft"
    await api.delete_room(session, home.rooms[0])
    assert made not in {room.room_id for room in (await api.list_homes(session))[0].rooms}
    with pytest.raises(UnknownHomeError):
        await api.rename_room(session, Room(room_id=UNKNOWN), "Loft")


async def test_things_of_a_room(api, session, cloud):
    home = (await api.list_homes(session))[0]
    room = Room(room_id=await api.add_room(session, home, name="Attic"))
    await api.change_room_things(session, room, before=[], after=[(1, SWITCH)])
    assert (await listed(api, session)).room_id == room.room_id
    with pytest.raises(InvalidInputError):
        await api.change_room_things(session, room, before=[(1, "1000000002")], after=[])
    cloud.violations.clear()


async def test_the_order_of_things(api, session, cloud):
    home = (await api.list_homes(session))[0]
    owner = cloud.account
    place = cloud.homes.homes[home.home_id]
    ids = [(1, device.deviceid) for device in cloud.homes.devices_in(owner, place)]
    ids += [(3, group.id) for group in cloud.homes.groups_in(owner, place)]
    await api.order_things(session, home, list(reversed(ids)))
    assert cloud.homes.place(owner, ids[-1][1]).index == 0
    with pytest.raises(InvalidInputError):
        await api.order_things(session, home, ids[:1])
    cloud.violations.clear()


async def test_messages(api, session, cloud):
    cloud.messages.send(cloud.account, "opsNotify_v2", {"deviceid": SWITCH})
    message = (await api.list_messages(session))[0]
    assert (message.kind, message.content) == ("opsNotify_v2", {"deviceid": SWITCH})
    assert await api.list_messages(session, before=message.time) == []
    with pytest.raises(InvalidInputError):
        await api.list_messages(session, limit=0)
