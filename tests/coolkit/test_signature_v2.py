"""Version 2: what is signed, and how the page is addressed."""

from base64 import b64encode
import hmac

import pytest
from yarl import URL

from custom_components.ewelink.coolkit import AppCredentials, HostsV2, oauth_page_url, sign
from custom_components.ewelink.coolkit.cloud.auth import query_message

# The documents' demonstration key.
KEY = "OdPuCZ4PkPPi0rVKRVcGmll2NM6vVk0c"
APP_ID = "McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr"
VECTORS = [
    (
        KEY,
        '{"email":"1234@gmail.com","password":"12345678","countryCode":"+1"}',
        "ttZ/gluzqrafvGonjMD20p4//arW6KoZKbo1SOMEzCA=",
    ),
    (
        KEY,
        '{"email": "1234@gmail.com", "password": "12345678", "countryCode": "+1"}',
        "cE/Wl57Ithy21Elieq5wFsYwJWl2IrkBxlmuCnwI73c=",
    ),
    (
        KEY,
        '{"rt":"24670a9e493ba18cf5d9750f14505705824fcfd9"}',
        "foQTxmPnS/Qb5fh23fGZi1GPxr4+Ii9m6SrhL8fuPfg=",
    ),
    (
        KEY,
        (
            '{"code":"95bcf41b-3397-46da-886f-fdc852de84ca","redirectUrl":"'
            'https://my.home-assistant.io/redirect/oauth","grantType":"authorization_code"}'
        ),
        "IINbrZM1oKrOQpbBgC6jX26SOPyEqgVvIaEwT1Qvz30=",
    ),
    (KEY, "countryCode=+86", "aNeO+qx7av41pKAcqYYbBV4kCNhVU3NBd/FnshSdq00="),
    (KEY, "countryCode=86", "1SXjrhJxWZAxTz2eS4UAxSNiOvpNrMSd5oGXrOBFg0U="),
    (KEY, f"{APP_ID}_1571141530100", "ANtGrvSwqULvNZcLfBpDYrQkbw5Kc7h6tgWVBL82qE4="),
    ("abc", "ABC_123", "v1+mfNY2ukxswM8sZOTg99srZsVnUVv9DGXeav1096M="),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors(key, message, signature):
    assert sign(key, message.encode()) == signature


def test_a_query_is_signed_as_it_is_before_it_is_encoded():
    assert query_message({"b": "2&", "a": "+86"}) == b"a=+86&b=2&"


def test_the_address_of_the_page():
    credentials = AppCredentials(APP_ID, KEY)
    redirect = "https://my.home-assistant.io/redirect/oauth"
    url = oauth_page_url(HostsV2.official(), credentials, redirect_url=redirect, state="a+b/c=&d")

    assert str(url).startswith("https://c2ccdn.coolkit.cc/oauth/index.html?")
    query = dict(URL(str(url)).query)
    seq, nonce = query.pop("seq"), query.pop("nonce")
    digest = hmac.digest(KEY.encode(), f"{APP_ID}_{seq}".encode(), "sha256")
    assert query == {
        "clientId": APP_ID,
        "authorization": b64encode(digest).decode(),
        "redirectUrl": redirect,
        "grantType": "authorization_code",
        "state": "a+b/c=&d",
    }
    assert len(seq) == 13
    assert seq.isdecimal()
    assert len(nonce) == 8
    assert nonce.isalnum()
    # A bare plus would arrive as a blank.
    assert "+" not in url.raw_query_string


def test_the_vendors_hosts():
    hosts = HostsV2.official()
    assert hosts.api_url("eu") == "https://eu-apia.coolkit.cc"
    assert hosts.api_url("cn") == "https://cn-apia.coolkit.cn"
    assert hosts.lookup == "https://apia.coolkit.cn"
    assert hosts.dispatch["us"] == "https://us-dispa.coolkit.cc"
    assert hosts.dispatch["cn"] == "https://cn-dispa.coolkit.cn"
    assert hosts.has_regions


def test_hosts_of_ones_own():
    hosts = HostsV2.custom("https://{region}-apia.example.com/")
    assert hosts.api_url("as") == "https://as-apia.example.com"
    assert hosts.dispatch["as"] == "https://as-dispa.example.com"
    assert hosts.lookup == "https://apia.example.com"
    assert hosts.page == "https://apia.example.com/oauth/index.html"

    hosts = HostsV2.custom("http://127.0.0.1:8080")
    assert hosts.dispatch["eu"] == hosts.api_url("us") == "http://127.0.0.1:8080"
    assert not hosts.has_regions
    with pytest.raises(ValueError, match="https"):
        HostsV2.custom("http://example.com")
    with pytest.raises(ValueError, match="https"):
        HostsV2.custom("https://example.com", page="http://example.com")
