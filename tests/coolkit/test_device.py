"""The device as the list tells it."""

import copy

from fixture_devices import NAMES, device, entry
import pytest

from custom_components.ewelink.coolkit import Device, Permit, Share
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry, group_from_entry
from custom_components.ewelink.coolkit.devices.device import Listing


def of(**data):
    return device_from_entry({"deviceid": "1000000001", **data})


@pytest.mark.parametrize("name", NAMES)
def test_every_fixture_is_read_and_told_again(name):
    data = entry(name)
    before = copy.deepcopy(data)
    read = device_from_entry(data)
    assert read.as_dict() == before
    assert data == before
    assert read.name == data["name"]
    assert read.online is data["online"]
    assert read.apikey == data["apikey"]
    assert read.settings == data["settings"]


@pytest.mark.parametrize("name", NAMES)
def test_uiid_of_every_fixture_stands_in_its_name(name):
    number = name.split("_")[0]
    assert str(device_from_entry(entry(name)).uiid) == number or number == "unknown"


@pytest.mark.parametrize("data", [{}, {"deviceid": ""}, {"deviceid": None}, {"deviceid": ["1"]}])
def test_an_entry_without_id_is_refused(data):
    with pytest.raises(ValueError, match="deviceid"):
        device_from_entry(data)


@pytest.mark.parametrize(
    ("data", "uiid"),
    [
        ({"uiid": 6}, 6),
        ({"uiid": "7014"}, 7014),
        ({"uiid": 6, "extra": {"extra": {"uiid": 7}}}, 6),
        ({"uiid": None, "extra": {"extra": {"uiid": 7}}}, 7),
        ({"extra": {"extra": {"uiid": "7"}}}, 7),
        ({"extra": {"uiid": 8}}, 8),
        ({"extra": {"uiid": 8, "extra": {}}}, 8),
        ({"uiid": 0}, None),
        ({"uiid": "x"}, None),
        ({"uiid": True}, None),
        ({"extra": None}, None),
        ({"extra": "rubbish"}, None),
        ({"extra": '{"extra": {"uiid": 32}}'}, 32),
        ({}, None),
    ],
)
def test_uiid_wherever_it_stands(data, uiid):
    assert of(**data).uiid == uiid


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"switch": "on"}, {"switch": "on"}),
        ('{"switch": "on"}', {"switch": "on"}),
        ("{broken", {}),
        (None, {}),
        ([], {}),
        (7, {}),
    ],
)
def test_params_of_any_type(params, expected):
    assert of(params=params).params == expected


@pytest.mark.parametrize(
    ("online", "expected"),
    [
        *((told, True) for told in (True, "true", 1, "1")),
        *((told, False) for told in (False, "false", 0, "0")),
        # Not told is not offline.
        *((told, None) for told in (None, "x", "", 2, [], {})),
    ],
)
def test_online(online, expected):
    assert of(online=online).online is expected


def test_odd_types_never_crash():
    rubbish = (None, True, 7, 1.5, "x", "{", [], [None], {}, {"0": None})
    fields = (
        "name",
        "apikey",
        "extra",
        "params",
        "online",
        "uiid",
        "brandName",
        "productModel",
        "tags",
        "devicekey",
        "sharedBy",
        "sharedTo",
        "groups",
        "denyFeatures",
        "settings",
    )
    for field in fields:
        for value in rubbish:
            assert of(**{field: value}).device_id == "1000000001"


def test_names():
    assert of(name="  ").name == "1000000001"
    assert of(deviceid=1000000001, name="Lamp").device_id == "1000000001"
    read = of(
        brandName="SONOFF", productModel="BASICR2", extra={"extra": {"model": "PSF", "manufacturer": "X"}}
    )
    assert (read.manufacturer, read.model) == ("SONOFF", "BASICR2")
    read = of(brandName="", productModel="", extra={"extra": {"model": "PSF", "manufacturer": "X"}})
    assert (read.manufacturer, read.model) == ("X", "PSF")
    assert (of().manufacturer, of().model) == (None, None)


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (
            {"ck_channel_name": {"0": "Hall", "2": "Stairs", "3": "", "x": "y", "1": None}},
            {0: "Hall", 2: "Stairs"},
        ),
        ({"ck_channel_name": []}, {}),
        ({}, {}),
        (None, {}),
    ],
)
def test_channel_names(tags, names):
    assert of(tags=tags).channel_names == names


@pytest.mark.parametrize(
    ("data", "mac"),
    [
        ({"params": {"staMac": "D0:27:00:AA:00:01"}}, "d0:27:00:aa:00:01"),
        ({"params": {"staMac": "d02700aa0001"}}, "d0:27:00:aa:00:01"),
        ({"params": {}, "extra": {"extra": {"staMac": "d0-27-00-aa-00-01"}}}, "d0:27:00:aa:00:01"),
        ({"params": {"staMac": ""}, "extra": {"extra": {"mac": "d0:27:00:aa:00:01"}}}, "d0:27:00:aa:00:01"),
        ({"params": {"staMac": "00124b0000000001"}}, None),
        ({"params": {"staMac": "**:**:**:**:**:**"}}, None),
        ({"params": {"staMac": 12}}, None),
        ({}, None),
    ],
)
def test_mac(data, mac):
    assert of(**data).mac == mac


@pytest.mark.parametrize(
    ("item", "address"),
    [
        ({"uid": "a@example.com", "email": "b@example.com"}, "a@example.com"),
        ({"uid": "+8613185260282", "email": "b@example.com"}, "+8613185260282"),
        ({"uid": "k", "email": "b@example.com"}, "b@example.com"),
        ({"apikey": "k", "phoneNumber": "+49151"}, "+49151"),
        ({"apikey": "k"}, None),
        (" a@example.com ", "a@example.com"),
    ],
)
def test_by_what_a_share_is_addressed(item, address):
    (share,) = of(sharedTo=[item]).shared_to
    assert share.address == address


def test_shares_in_an_object():
    items = {"k1": {"uid": "a@example.com"}, "k2": {"uid": "b@example.com"}}
    assert [share.address for share in of(sharedTo=items).shared_to] == ["a@example.com", "b@example.com"]
    assert [share.address for share in of(sharedTo={"uid": "a@example.com"}).shared_to] == ["a@example.com"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"apikey": "k", "email": "a@example.com", "nickname": "A", "permit": 15, "comment": "c"},
            ("k", "a@example.com", None, "A", 15, "c"),
        ),
        (
            {"uid": "k", "phoneNumber": "+491", "nickname": "", "permit": "3", "note": "n"},
            ("k", None, "+491", None, 3, "n"),
        ),
        ({"permit": None}, (None, None, None, None, None, None)),
        ({"uid": "a@example.com", "note": "n"}, (None, "a@example.com", None, None, None, "n")),
        ({"uid": "+86131", "apikey": "k"}, ("k", None, "+86131", None, None, None)),
        ({"uid": "13185260282"}, (None, None, "13185260282", None, None, None)),
        (
            {"uid": "3541f7af-1ec5-4502-9bf3-eb4b09e9e121", "email": "a@example.com"},
            ("3541f7af-1ec5-4502-9bf3-eb4b09e9e121", "a@example.com", None, None, None, None),
        ),
    ],
)
def test_shares(data, expected):
    read = of(sharedBy=data, sharedTo=[data, "rubbish"])
    for share in (read.shared_by, *read.shared_to):
        assert expected == (
            share.apikey,
            share.email,
            share.phone_number,
            share.nickname,
            share.permit,
            share.comment,
        )
    assert len(read.shared_to) == 1


def test_not_shared():
    assert of(sharedBy={}, sharedTo=[]).shared_by is None
    assert of(sharedBy=[{"permit": 1}]).shared_by.permit == 1
    assert of(sharedTo=None).shared_to == ()


def test_groups_and_denied_features():
    read = of(groups=["a", {"id": "b"}, {"_id": "c"}, None, ""], denyFeatures=["startup", None])
    assert read.groups == ("a", "b", "c")
    assert read.deny_features == {"startup"}


def test_firmware_and_gateway_follow_the_params():
    child = device(1256)
    assert child.parent_id == entry(66)["deviceid"]
    assert child.firmware == "1.0.0"
    assert child.with_params({"fwVersion": "1.1.0"}).firmware == "1.1.0"
    assert device(1).parent_id is None


def test_a_frame_replaces_the_device():
    before = device(1)
    after = before.with_params({"switch": "off"})
    assert before.params["switch"] == "on"
    assert after.params == {**before.params, "switch": "off"}
    assert after.with_params({"switch": "on"}) == before
    assert after != before
    offline = before.with_online(False)  # noqa: FBT003 - the one fact of the method
    assert (before.online, offline.online) == (True, False)
    assert offline.as_dict() == {**entry(1), "online": False}


def test_a_device_is_not_edited():
    with pytest.raises(AttributeError):
        device(1).name = "other"


def test_secrets_do_not_show():
    text = repr(
        of(
            apikey="k-secret",
            devicekey="d-secret",
            sharedTo=[{"apikey": "s-secret"}],
            params={"ssid": "w-secret"},
        )
    )
    assert "secret" not in text


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "\u200b", "\u3164 \u2800", None])
def test_a_name_that_cannot_be_seen_is_none(name):
    data = {"deviceid": "1000000001", "name": name, "tags": {"ck_channel_name": {"0": name, "1": " TV "}}}
    device = device_from_entry(data)
    assert device.name == "1000000001"
    assert device.channel_names == {1: "TV"}
    assert group_from_entry({"id": "5f", "name": name}).name == "5f"


ACCOUNT = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("owner", "shared_by", "is_own", "label"),
    [
        (ACCOUNT, None, True, ""),
        ("", None, True, ""),
        ("another", None, False, ""),
        ("another", Share(nickname="Anna", email="anna@example.com", permit=1), False, "Anna"),
        ("", Share(email="anna@example.com", permit=1), False, "anna@example.com"),
        ("", Share(phone_number="+491700000000", permit=1), False, "+491700000000"),
    ],
)
def test_who_owns_a_device_decides_what_the_account_may_do(owner, shared_by, is_own, label):
    device = Device("1000000001", Listing(apikey=owner, shared_by=shared_by))
    assert device.is_owned_by(ACCOUNT) is is_own
    assert device.owner_label == label
    assert device.allows(ACCOUNT, Permit.ADD)
    assert device.allows(ACCOUNT, Permit.EDIT) is (shared_by is None)
