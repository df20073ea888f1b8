"""Regions, and which addresses secrets may be sent to."""

import pytest

from custom_components.ewelink.coolkit import REGIONS, HostsV1, Region
from custom_components.ewelink.coolkit.cloud.region import (
    account_address,
    is_email,
    is_loopback,
    is_phone_number,
)


@pytest.mark.parametrize(
    ("region", "email", "phone"),
    [("cn", False, True), ("as", True, True), ("eu", True, False), ("us", True, False)],
)
def test_kinds_of_account(region, email, phone):
    assert Region(region).expects(phone=False) is email
    assert Region(region).expects(phone=True) is phone


def test_official_hosts():
    hosts = HostsV1.official()

    assert {str(region): hosts.api_url(region) for region in REGIONS} == {
        "cn": "https://cn-api.coolkit.cn:8080",
        "as": "https://as-api.coolkit.cc:8080",
        "eu": "https://eu-api.coolkit.cc:8080",
        "us": "https://us-api.coolkit.cc:8080",
    }
    assert hosts.lookup == "https://api.coolkit.cc:8080"
    assert {str(region): hosts.dispatch[region] for region in REGIONS} == {
        "cn": "https://cn-disp.coolkit.cn:8080",
        "as": "https://as-disp.coolkit.cc:8080",
        "eu": "https://eu-disp.coolkit.cc:8080",
        "us": "https://us-disp.coolkit.cc:8080",
    }
    assert hosts.has_regions


def test_a_region_that_does_not_exist():
    with pytest.raises(ValueError, match="xx"):
        HostsV1.official().api_url("xx")


@pytest.mark.parametrize(
    ("address", "eu", "lookup", "has_regions"),
    [
        ("https://cloud.example.com/", "https://cloud.example.com", "https://cloud.example.com", False),
        ("http://127.0.0.1:8089", "http://127.0.0.1:8089", "http://127.0.0.1:8089", False),
        ("http://localhost:8089/{region}", "http://localhost:8089/eu", "http://localhost:8089", True),
        (" https://{region}-api.example.com ", "https://eu-api.example.com", "https://api.example.com", True),
        (
            "https://{region}.example.com:8080",
            "https://eu.example.com:8080",
            "https://example.com:8080",
            True,
        ),
        ("http://[::1]:8089", "http://[::1]:8089", "http://[::1]:8089", False),
    ],
)
def test_addresses_of_ones_own(address, eu, lookup, has_regions):
    hosts = HostsV1.custom(address)

    assert hosts.api_url("eu") == eu
    assert hosts.lookup == lookup
    assert hosts.has_regions is has_regions


@pytest.mark.parametrize(
    ("address", "second"),
    [
        ("https://{region}-api.example.com:8080", "https://eu-disp.example.com:8080"),
        (" https://{region}-api.example.com/v1/ ", "https://eu-disp.example.com/v1"),
        ("https://{region}.example.com", None),
        ("https://api-{region}.example.com", None),
        ("https://example.com/{region}-api.", None),
        ("https://api.example.com", None),
        ("http://127.0.0.1:8089/{region}", None),
    ],
)
def test_a_second_address_for_dispatch(address, second):
    assert HostsV1.custom(address).dispatch.get("eu") == second


def test_a_look_up_of_its_own():
    hosts = HostsV1.custom("https://{region}.example.com", lookup="https://where.example.com/")

    assert hosts.lookup == "https://where.example.com"


@pytest.mark.parametrize(
    "address",
    [
        "http://cloud.example.com",
        "http://192.168.1.5:8080",
        "http://127.0.0.1.example.com",
        "ws://127.0.0.1",
        "127.0.0.1:8089",
        "https://",
        "",
        "https://user:password@cloud.example.com",
        "https://cloud.example.com/?a=b",
        "https://cloud.example.com/?",
        "https://cloud.example.com/#part",
        "https://{country}.example.com",
        "https://{region}.example.com/{0}",
        "https://[broken",
    ],
)
def test_addresses_that_get_no_secrets(address):
    with pytest.raises(ValueError, match=r"."):
        HostsV1.custom(address)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("demo@example.com", True),
        ("o'hara+home@sub.example.co.uk", True),
        ("müller@exämple.de", True),
        ("demo@localhost", True),
        ("🏡@example.com", True),
        ('"a b"@example.com', True),
        ("demo@[192.0.2.1]", True),
        ("a" * 65 + "@example.com", True),
        ("demo@example..com", True),
        ("@", False),
        ("demo@", False),
        ("@example.com", False),
        ("a b@example.com", False),
        ("a@b@example.com", False),
        ('"a"b"@example.com', False),
        ("a@" + "b" * 63 + ".b" * 100, False),
        ("demo@example.com\n", False),
    ],
)
def test_addresses_of_accounts(address, known):
    assert is_email(address) is known
    assert not is_phone_number(address)


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("+8613185260282", True),
        ("+6834002", True),
        ("+" + "1" * 16, True),
        ("8613185260282", False),
        ("+86 131", False),
        ("+", False),
        ("+" + "1" * 21, False),
    ],
)
def test_numbers_of_accounts(number, known):
    assert is_phone_number(number) is known


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" demo@example.com ", "demo@example.com"),
        ("+86 131 8526-0282", "+8613185260282"),
        ("+49 (151) 123.456/78", "+4915112345678"),
        ("0151 12345678", None),
        ("nobody", None),
        ("", None),
    ],
)
def test_addresses_as_they_are_typed(typed, address):
    assert account_address(typed) == address
