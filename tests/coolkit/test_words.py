"""Words before codes: every interface, every code, every wrapping, and whose words they are."""

import orjson
import pytest

from custom_components.ewelink.coolkit import (
    AccountExistsError,
    AccountNotActivatedError,
    AppIdRefusedError,
    CloudError,
    CodeNotSentError,
    CommandError,
    DeviceOfflineError,
    DeviceRefusedError,
    FeatureRefusedError,
    InvalidCredentialsError,
    InvalidInputError,
    NotEwelinkError,
    NotLeftError,
    QuotaError,
    ServerTroubleError,
    SignedOutError,
    TokenRefusedError,
    TooManyCodesError,
    UnknownAccountError,
    UnknownDeviceError,
    UnknownGroupError,
    WrongCodeError,
)
from custom_components.ewelink.coolkit.cloud.interface import Interface
from custom_components.ewelink.coolkit.cloud.reading import read
from custom_components.ewelink.coolkit.cloud.v1 import interfaces as interfaces_v1
from custom_components.ewelink.coolkit.cloud.v1.caller import CallerV1
from custom_components.ewelink.coolkit.cloud.words import of_web_server, told_by_web_server
from custom_components.ewelink.coolkit.exceptions import NoResponseError, RedirectError, TokenExpiredError

OWN = "in its own words"
CODES = (301, 400, 401, 402, 403, 404, 405, 406, 407, 409, 411, 412, 498, 500, 502, 503, 504, 999, 160038)

SIGNED = {403: AppIdRefusedError, 406: AppIdRefusedError, 407: AppIdRefusedError, 412: QuotaError}
BEARER = {401: SignedOutError, 402: TokenExpiredError, 406: SignedOutError, 412: QuotaError}
STATUS = BEARER | {
    400: CommandError,
    403: CommandError,
    404: UnknownDeviceError,
    407: FeatureRefusedError,
    411: CommandError,
    503: DeviceOfflineError,
    504: NoResponseError,
}
CODED = {
    400: InvalidInputError,
    401: AppIdRefusedError,
    403: FeatureRefusedError,
    406: AppIdRefusedError,
    407: FeatureRefusedError,
    412: QuotaError,
    498: WrongCodeError,
}
MANAGED = BEARER | {404: UnknownDeviceError, 407: FeatureRefusedError}
ADDED = MANAGED | {404: DeviceRefusedError}
GROUPS = BEARER | {
    400: InvalidInputError,
    403: FeatureRefusedError,
    404: UnknownGroupError,
    407: FeatureRefusedError,
}
# What the cloud's own codes mean, by interface; all others are OTHERS, from 500 to 999 its trouble.
MEANINGS = {
    "region look-up": SIGNED,
    "sign-in": SIGNED
    | {
        400: InvalidInputError,
        401: InvalidCredentialsError,
        402: AccountNotActivatedError,
        404: UnknownAccountError,
    },
    "token refresh": SIGNED | dict.fromkeys((400, 401, 402), TokenRefusedError),
    "device list": BEARER | {403: AppIdRefusedError, 407: AppIdRefusedError},
    "device": BEARER | dict.fromkeys((403, 404, 405), UnknownDeviceError) | {407: FeatureRefusedError},
    "status query": STATUS,
    "status update": STATUS,
    "dispatch": BEARER | {403: FeatureRefusedError, 407: FeatureRefusedError},
    "verification code": CODED
    | {
        401: UnknownAccountError,
        404: UnknownAccountError,
        409: AccountExistsError,
        498: CodeNotSentError,
        504: CodeNotSentError,
        160038: TooManyCodesError,
    },
    "registration": CODED | {409: AccountExistsError},
    "password reset": CODED | {404: UnknownAccountError},
    "password change": BEARER
    | {400: InvalidCredentialsError, 403: FeatureRefusedError, 407: FeatureRefusedError},
    "adding the device": ADDED,
    "adding the GSM device": ADDED,
    "deleting the device": MANAGED,
    "leaving the share": MANAGED,
    "renaming the device": MANAGED,
    "renaming the channels": MANAGED,
    "group list": GROUPS,
    "adding the group": GROUPS,
    "changing the group": GROUPS,
    "deleting the group": GROUPS,
    "moving devices between groups": GROUPS,
}
OTHERS = dict.fromkeys(
    (
        "adding the device",
        "adding the GSM device",
        "deleting the device",
        "renaming the device",
        "renaming the channels",
    ),
    DeviceRefusedError,
) | {"leaving the share": NotLeftError}
INTERFACES = {one.name: one for one in vars(interfaces_v1).values() if isinstance(one, Interface)}

PAGE = (
    "<html>\r\n<head><title>{0} {1}</title></head>\r\n<body><center><h1>{0} {1}</h1></center></body></html>"
)
PHRASES = {
    301: "Moved Permanently",
    400: "Bad Request",
    401: "Authorization Required",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    409: "Conflict",
    411: "Length Required",
    412: "Precondition Failed",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


def meaning(interface, code):
    if code == 301:
        return RedirectError
    other = OTHERS.get(interface.name, CloudError)
    return MEANINGS[interface.name].get(code, ServerTroubleError if 500 <= code < 1000 else other)


def answered(interface, content, status=200, **sent):
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    try:
        return read(CallerV1.envelope, interface, status, body, (), sent=sent)
    except Exception as error:  # noqa: BLE001 - what it is, is looked at
        return error


def page(code):
    return PAGE.format(code, PHRASES[code])


def nested(code, words):
    return orjson.dumps({"error": code, "msg": words}).decode()


def test_the_table_has_every_interface():
    assert INTERFACES.keys() == MEANINGS.keys()


# The cloud's own words, or none, in all the forms that it has.
OWN_FORMS = {
    "number": lambda code: {"error": code},
    "text": lambda code: {"error": str(code)},
    "msg": lambda code: {"error": code, "msg": OWN},
    "info": lambda code: {"error": code, "info": OWN},
    "errmsg": lambda code: {"error": code, "errmsg": OWN},
    "reason": lambda code: {"error": code, "reason": OWN},
    "coded": lambda code: {"code": code, "error": OWN},
    "code": lambda code: {"code": code, "msg": OWN},
    "code as text": lambda code: {"code": str(code), "msg": OWN},
}


@pytest.mark.parametrize("form", OWN_FORMS)
@pytest.mark.parametrize("name", MEANINGS)
def test_codes_of_the_cloud(name, form):
    interface = INTERFACES[name]
    for code in CODES:
        error = answered(interface, OWN_FORMS[form](code))
        assert (code, type(error)) == (code, meaning(interface, code))
        assert error.code == code


@pytest.mark.parametrize("name", MEANINGS)
def test_codes_of_the_cloud_with_the_http_status(name):
    interface = INTERFACES[name]
    for code in PHRASES:
        error = answered(interface, {"error": code, "msg": OWN}, code)
        assert (code, type(error)) == (code, meaning(interface, code))


@pytest.mark.parametrize("name", MEANINGS)
def test_codes_of_an_inner_service(name):
    interface = INTERFACES[name]
    for code in CODES:
        error = answered(interface, {"error": 406, "msg": nested(code, OWN)})
        # Before sign-in 406 is the App ID or the signature, whatever the inner service calls it.
        expected = (
            meaning(interface, code) if meaning(interface, 406) is SignedOutError else AppIdRefusedError
        )
        assert (code, type(error)) == (code, expected)


# A web server's error, in all the wrappings in which it has been seen: content, and whether the status is
# HTTP's; and whether the address may be another server's, as nothing of it is of the cloud's form.
PAGES = {
    "HTML": (lambda code: page(code).encode(), True, True),
    "plain text": (lambda code: f"{code} {PHRASES[code]}\n".encode(), True, True),
    "empty": (lambda _code: b"", True, True),
    "an array": (lambda code: [page(code)], True, True),
    "a text": (page, True, True),
    "HTML with status 200": (lambda code: page(code).encode(), False, True),
    "a message alone": (lambda _code: {"message": "no Route matched with those values"}, True, True),
    "a detail alone": (lambda code: {"detail": PHRASES[code]}, True, True),
    "an error without a number": (
        lambda code: {"timestamp": 1, "status": code, "error": PHRASES[code], "path": "/api/user"},
        True,
        True,
    ),
    "an object of an error": (lambda code: {"error": {"code": code, "message": PHRASES[code]}}, True, True),
    "no error": (lambda _code: {"error": 0}, True, True),
    "HTML in JSON": (lambda code: {"error": code, "msg": page(code)}, False, False),
    "HTML in JSON with the status": (lambda code: {"error": code, "msg": page(code)}, True, False),
    "HTML in JSON, as text": (lambda code: {"error": str(code), "info": page(code)}, False, False),
    "HTML beside words": (lambda code: {"error": code, "msg": "error", "detail": page(code)}, False, False),
    "HTML in JSON in JSON": (lambda code: {"error": code, "msg": nested(code, page(code))}, False, False),
    "HTML in JSON in 406": (lambda code: {"error": 406, "msg": nested(code, page(code))}, False, False),
    "HTML in JSON in an object": (lambda code: {"error": code, "msg": {"message": page(code)}}, False, False),
    "code and HTML": (lambda code: {"code": code, "msg": page(code)}, False, False),
    "code and error": (lambda code: {"code": code, "error": page(code)}, False, False),
    "status line": (lambda code: {"error": code, "msg": f"{code} {PHRASES[code]}"}, False, False),
    "name of the server": (lambda code: {"error": code, "reason": "nginx/1.25.3"}, False, False),
    "words of a gateway": (
        lambda code: {"error": code, "msg": "no Route matched with those values"},
        False,
        False,
    ),
}


@pytest.mark.parametrize("form", PAGES)
@pytest.mark.parametrize("name", MEANINGS)
def test_pages_of_web_servers_are_the_servers_trouble(name, form):
    """They say nothing of accounts, devices, groups, codes, tokens or quotas."""
    make, has_status, may_be_another = PAGES[form]
    for code in PHRASES:
        error = answered(INTERFACES[name], make(code), code if has_status else 200)
        if code == 412 and form in {"empty", "no error"}:
            # No page, and the one status that says what it is.
            assert type(error) is QuotaError
            continue
        assert (code, isinstance(error, ServerTroubleError)) == (code, True)
        assert may_be_another or type(error) is ServerTroubleError
        if code < 500 and may_be_another:
            assert type(error) is NotEwelinkError


@pytest.mark.parametrize("code", [404, 405, 500, 502, 503, 504])
@pytest.mark.parametrize("name", MEANINGS)
def test_the_status_of_a_server_without_words_says_nothing_of_devices(name, code):
    assert type(answered(INTERFACES[name], {"error": code}, code)) is ServerTroubleError


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"error": 412, "msg": "x"}, 200),
        ({"error": 403, "msg": "monthly quota exceeded"}, 200),
        ({"error": 403, "msg": "the calls exceed the limit"}, 403),
        ({"message": "Limit Exceeded"}, 403),
        (b"<html>The quota of your App ID is spent</html>", 403),
        (b"", 412),
    ],
)
@pytest.mark.parametrize("name", MEANINGS)
def test_words_or_a_code_of_its_own_prove_a_quota(name, content, status):
    assert type(answered(INTERFACES[name], content, status)) is QuotaError


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (page(403).encode(), 403),
        (page(412).encode(), 412),
        (b"", 403),
        (b"Forbidden", 403),
        ({"message": "Forbidden"}, 403),
        ({"error": 0}, 403),
        ({}, 403),
        ({"error": 412, "msg": page(412)}, 200),
        (b"<html>You are being rate limited</html>", 403),
    ],
)
def test_a_proxy_that_forbids_is_no_quota(content, status):
    for interface in INTERFACES.values():
        assert isinstance(answered(interface, content, status), ServerTroubleError)


@pytest.mark.parametrize(
    "answer",
    [{"code": 404, "msg": "Not Found"}, {"code": 404}, {"message": "no Route matched with those values"}],
)
@pytest.mark.parametrize("name", ["renaming the device", "deleting the device", "password change"])
def test_what_has_no_error_is_no_success_by_itself(name, answer):
    assert isinstance(answered(INTERFACES[name], answer), Exception)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"error": 0},
        {"error": "0", "reason": "ok"},
        {"code": 0, "error": ""},
        {"code": 200, "message": "success"},
        {"message": "Change password is success!"},
        {"error": 0, "deviceid": "1", "name": "nginx", "params": {"info": "<html>502 Bad Gateway"}},
    ],
)
def test_success(answer):
    for interface in INTERFACES.values():
        assert answered(interface, answer) == answer


@pytest.mark.parametrize(
    "words",
    [
        "<html>",
        "<!DOCTYPE HTML PUBLIC>",
        "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        "</body>",
        "502 Bad Gateway",
        "404: Not Found",
        "404 page not found",
        "Error 404 (Not Found)!!1",
        "HTTP Error 503. The service is unavailable.",
        "HTTP/1.1 403 Forbidden",
        "Not Found",
        "not found.",
        "Bad Gateway",
        "Service Unavailable",
        "Service Temporarily Unavailable",
        "Gateway Timeout",
        "504 Gateway Time-out",
        "Method Not Allowed",
        "nginx",
        "openresty/1.21.4",
        "The requested URL was not found on this server.",
        "Cannot POST /api/user/login",
        "no Route matched with those values",
        "upstream connect error or disconnect/reset before headers",
        "An invalid response was received from the upstream server",
        "no healthy upstream",
        "default backend - 404",
        "ERROR: The requested URL could not be retrieved",
        "error code: 1020",
        "Missing Authentication Token",
        "407 Proxy Authentication Required",
    ],
)
def test_words_of_web_servers(words):
    assert of_web_server(words)
    assert told_by_web_server({"error": 404, "msg": words})


@pytest.mark.parametrize(
    "words",
    [
        "",
        "ok",
        "user is not exit",
        "pwd err",
        "params incomplete",
        "params is error",
        "Sign:oauthClient enable invalid",
        "Bearer:accessToken is empty",
        "appid not allowed",
        "fd data is null",
        "device not found",
        "the device is not found in this account",
        "group not found",
        "no such device",
        "device is offline",
        "the gateway is offline",
        "no answer from the device",
        "request timeout",
        "server error",
        "no permission",
        "Unauthorized",
        "Forbidden",
        "401 Unauthorized",
        "email is not activated",
        "verification code is wrong",
        "sending too fast",
        "the parameter <deviceid> is missing",
        "用户不存在",
    ],
)
def test_words_of_the_cloud(words):
    assert not of_web_server(words)
    assert not told_by_web_server({"error": 404, "msg": words})


def test_a_phrase_is_the_servers_with_its_status():
    assert of_web_server("Forbidden", 403)
    assert of_web_server("Bad Request.", 400)
    assert not of_web_server("Bad Request", 403)
    # A token that was replaced is not taken for trouble that passes; without an error it is not the cloud.
    assert not told_by_web_server({"error": 401, "msg": "Unauthorized"}, 401)
    assert told_by_web_server({"message": "Unauthorized"}, 401)
    assert told_by_web_server({"code": 401, "msg": "Unauthorized"})


def test_what_was_sent_is_nobodys_word():
    interface = INTERFACES["adding the group"]
    answer = {"error": 400, "msg": "there is a group nginx proxy already"}

    assert type(answered(interface, answer, name="nginx proxy")) is InvalidInputError
    assert type(answered(interface, answer, name="Attic")) is ServerTroubleError


def test_long_and_deep_words_are_read_in_bounds():
    inner = "x"
    for _ in range(10):
        inner = nested(404, inner)
    assert not told_by_web_server({"error": 404, "msg": inner})
    assert not told_by_web_server({"errors": [["x"] * 100] * 100})
    assert of_web_server("<html>" + "<" * 100_000)
    assert not of_web_server("< " * 100_000)
