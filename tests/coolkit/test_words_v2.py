"""Version 2: every interface, every code, and whose words they are."""

import orjson
import pytest

from custom_components.ewelink.coolkit import (
    AppIdExpiredError,
    AppIdRefusedError,
    CoolKitError,
    Device,
    NotEwelinkError,
    NotSupportedError,
    QuotaError,
    RedirectUrlError,
    ServerTroubleError,
    ThrottledError,
)
from custom_components.ewelink.coolkit.cloud.interface import Interface
from custom_components.ewelink.coolkit.cloud.reading import read
from custom_components.ewelink.coolkit.cloud.v2 import interfaces
from custom_components.ewelink.coolkit.cloud.v2.caller import CallerV2
from custom_components.ewelink.coolkit.exceptions import RedirectError
from custom_components.ewelink.errors import error_text
from tests.dialogs import ALL_TEXTS

INTERFACES = {one.name: one for one in vars(interfaces).values() if isinstance(one, Interface)}
GENERAL = (400, 401, 402, 403, 405, 406, 407, 408, 412, 413, 414, 429, 500, 503, 999)
OTHERS = (
    4002,
    10001,
    10002,
    10003,
    10009,
    10010,
    10014,
    20001,
    30003,
    30008,
    30009,
    30017,
    30018,
    30022,
    99999,
)
LAMP = Device("1000000001").with_name("Hall lamp")


def answered(name, answer, status=200):
    """Return the error that an answer means."""
    body = answer if isinstance(answer, bytes) else orjson.dumps(answer)
    with pytest.raises(CoolKitError) as caught:
        read(CallerV2.envelope, INTERFACES[name], status, body, (), sent={})
    return caught.value


def refused(name, code, words="in its own words"):
    return answered(name, {"error": code, "msg": words, "data": {}})


def test_no_two_interfaces_have_one_name():
    count = len([one for one in vars(interfaces).values() if isinstance(one, Interface)])
    assert len(INTERFACES) == count


@pytest.mark.parametrize("name", INTERFACES)
def test_each_code_has_a_text(name):
    for code in (*GENERAL, *OTHERS):
        error = refused(name, code)
        assert error.code == code
        key, placeholders = error_text(error, LAMP)
        ALL_TEXTS["exceptions"][key]["message"].format(**placeholders)


@pytest.mark.parametrize("name", INTERFACES)
def test_trouble_of_the_cloud_is_nothing_else(name):
    for code in (413, 414, 500, 503, 999):
        assert type(refused(name, code)) is ServerTroubleError
    assert type(refused(name, 429)) is ThrottledError
    assert type(refused(name, 412)) is QuotaError
    for body, status, kind in (
        (b"<html><h1>502 Bad Gateway</h1></html>", 502, ServerTroubleError),
        (b"<html><h1>502 Bad Gateway</h1></html>", 200, NotEwelinkError),
        (b"<html>404 not found</html>", 404, NotEwelinkError),
        (b"", 503, ServerTroubleError),
    ):
        assert type(answered(name, body, status)) is kind


@pytest.mark.parametrize("name", INTERFACES)
def test_words_say_more_than_codes(name):
    for code in (400, 406):
        assert type(refused(name, code, "sign verification failed")) is AppIdRefusedError
    assert type(refused(name, 403, "Sign:oauthClient enable invalid")) is AppIdRefusedError
    for code in (401, 403, 407, 408):
        assert type(refused(name, code, "appid has expired")) is AppIdExpiredError
    for words in ("redirect url is not authenticated", "redirectUrl is not authorized"):
        assert type(refused(name, 406, words)) is RedirectUrlError


@pytest.mark.parametrize("name", INTERFACES)
def test_another_region(name):
    error = answered(name, {"error": 10004, "msg": "", "data": {"region": "us"}})
    assert isinstance(error, RedirectError)
    assert (error.code, error.region) == (10004, "us")
    for data in ({}, [], {"region": 5}):
        assert isinstance(answered(name, {"error": 10004, "msg": "", "data": data}), RedirectError)


def test_what_is_particular_has_a_text_of_its_own():
    shown = {
        ("status update", 4002): "command_undelivered",
        ("adding the device", 30017): "brand_refused",
        ("renaming the room", 405): "home_unknown",
        ("history", 407): "feature_refused",
    }
    for (name, code), key in shown.items():
        assert error_text(refused(name, code), LAMP)[0] == key
    assert error_text(NotSupportedError("groups"))[0] == "not_supported"
