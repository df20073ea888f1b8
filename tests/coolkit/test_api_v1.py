"""Every HTTP call of version 1, against the simulated cloud; odd answers against servers made for them."""

import asyncio
from dataclasses import replace

from aiohttp import web
import orjson
import pytest

from custom_components.ewelink.coolkit import (
    AccountNotActivatedError,
    ApiV1,
    AppCredentials,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    Device,
    DeviceOfflineError,
    Endpoint,
    Feature,
    FeatureRefusedError,
    Group,
    HostsV1,
    InvalidCredentialsError,
    InvalidInputError,
    QuotaError,
    SignedOutError,
    TokenRefusedError,
    UnknownAccountError,
    UnknownDeviceError,
    WrongRegionError,
)
from custom_components.ewelink.coolkit.cloud.answers import error_code, error_text
from custom_components.ewelink.coolkit.exceptions import (
    NoAnswerError,
    NoResponseError,
    NotEwelinkError,
    ServerTroubleError,
    TokenExpiredError,
)
from simulator.cloud import EMAIL, PASSWORD

SWITCH = "1000000001"
OFFLINE = "1000000013"


@pytest.fixture
def answering(serve, websession, limiter):
    """Start a server that always gives one answer; returns the API in front of it."""

    async def start(body: object, status: int = 200) -> ApiV1:
        content = body if isinstance(body, bytes) else orjson.dumps(body)

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(body=content, status=status, content_type="application/json")

        return ApiV1(
            websession, AppCredentials("id", "key"), HostsV1.custom(await serve(handler)), limiter=limiter
        )

    return start


async def listed(api, session, device_id):
    return next(device for device in await api.list_devices(session) if device.device_id == device_id)


# --- account ---------------------------------------------------------------------------------------------


async def test_region_look_up(api, cloud):
    assert await api.find_region("86") == "cn"
    assert await api.find_region("+49") == "eu"
    assert [request.params["country_code"] for request in cloud.requests] == ["86", "49"]


async def test_sign_in_by_email(api, cloud):
    session = await api.sign_in("eu", email=EMAIL, password=PASSWORD)

    assert (session.apikey, session.region) == (cloud.account.apikey, "eu")
    assert (session.account, session.nickname) == (EMAIL, "Demo")
    tokens = cloud.account.tokens[cloud.app_id]
    assert (session.tokens.access_token, session.tokens.refresh_token) == (tokens.at, tokens.rt)
    assert session.tokens.access_token_time == session.tokens.refresh_token_time > 1e9


async def test_sign_in_by_phone_number(api, cloud):
    account = cloud.add_account(phone_number="+8613185260282", password="x-password", region="cn")

    session = await api.sign_in("cn", phone_number="+8613185260282", password="x-password")

    assert (session.apikey, session.account) == (account.apikey, "+8613185260282")


async def test_sign_in_follows_the_account_to_its_region(api, cloud):
    session = await api.sign_in("us", email=EMAIL, password=PASSWORD)

    assert session.region == "eu"
    assert [request.region for request in cloud.requests] == ["us", "eu"]


@pytest.mark.parametrize(
    ("region", "account"),
    [
        ("cn", {"email": "a@example.com"}),
        ("eu", {"phone_number": "+4915112345678"}),
        ("us", {"phone_number": "+12125550100"}),
    ],
)
async def test_an_account_of_the_unusual_kind_is_for_the_cloud_to_decide(api, cloud, region, account):
    with pytest.raises(InvalidInputError) as caught:
        await api.sign_in(region, password="x-password", **account)
    assert caught.value.code == 400

    known = cloud.add_account(**account, password="x-password", region=region)
    session = await api.sign_in(region, password="x-password", **account)
    assert (session.apikey, session.region) == (known.apikey, region)


@pytest.mark.parametrize("account", [{}, {"email": EMAIL, "phone_number": "+86131"}])
async def test_sign_in_takes_exactly_one_account(api, account):
    with pytest.raises(ValueError, match="either"):
        await api.sign_in("as", password=PASSWORD, **account)


async def test_wrong_password(api):
    with pytest.raises(InvalidCredentialsError) as caught:
        await api.sign_in("eu", email=EMAIL, password="not-the-password")

    assert caught.value.code == 401
    assert "not-the-password" not in str(caught.value)


async def test_unknown_account(api):
    with pytest.raises(UnknownAccountError):
        await api.sign_in("eu", email="nobody@example.com", password=PASSWORD)


async def test_account_that_is_not_activated(api, cloud):
    cloud.add_account(email="new@example.com", region="eu", activated=False)

    with pytest.raises(AccountNotActivatedError):
        await api.sign_in("eu", email="new@example.com", password=PASSWORD)


@pytest.mark.parametrize("code", [403, 407])
async def test_app_id_that_is_refused(api, cloud, websession, limiter, code):
    cloud.add_app("refused", "secret", refused=code)
    api = ApiV1(websession, AppCredentials("refused", "secret"), HostsV1.custom(cloud.url), limiter=limiter)

    with pytest.raises(AppIdRefusedError) as caught:
        await api.sign_in("eu", email=EMAIL, password=PASSWORD)

    assert caught.value.code == code


async def test_wrong_app_secret(cloud, websession, limiter):
    api = ApiV1(websession, AppCredentials(cloud.app_id, "wrong"), HostsV1.custom(cloud.url), limiter=limiter)

    with pytest.raises(AppIdRefusedError) as caught:
        await api.find_region("49")

    assert caught.value.code == 406
    assert "wrong" not in caught.value.reason
    cloud.violations.clear()


async def test_spent_quota(cloud, websession, limiter):
    cloud.add_app("spent", "secret", quota_spent=True)
    api = ApiV1(websession, AppCredentials("spent", "secret"), HostsV1.custom(cloud.url), limiter=limiter)

    with pytest.raises(QuotaError):
        await api.find_region("49")


@pytest.mark.parametrize("target", ["us", "eu", "mars"])
async def test_redirections_that_lead_nowhere(api, cloud, target):
    cloud.faults.add("redirect", interface="login", region=target, count=None)

    with pytest.raises(WrongRegionError):
        await api.sign_in("eu", email=EMAIL, password=PASSWORD)

    assert len(cloud.requests) == (2 if target == "us" else 1)


async def test_a_redirection_without_regions_is_an_error(cloud, websession, limiter):
    credentials = AppCredentials(cloud.app_id, cloud.app_secret)
    api = ApiV1(websession, credentials, HostsV1.custom(cloud.url), limiter=limiter)
    cloud.faults.add("redirect", region="us")

    with pytest.raises(WrongRegionError):
        await api.sign_in("eu", email=EMAIL, password=PASSWORD)


async def test_refresh_replaces_both_tokens(api, session, cloud):
    old = replace(session, tokens=replace(session.tokens, access_token_time=1.0, refresh_token_time=1.0))

    renewed = await api.refresh(old)

    tokens = cloud.account.tokens[cloud.app_id]
    assert (renewed.tokens.access_token, renewed.tokens.refresh_token) == (tokens.at, tokens.rt)
    assert renewed.tokens.access_token != session.tokens.access_token
    assert renewed.tokens.access_token_time == renewed.tokens.refresh_token_time > 1e9
    assert (renewed.apikey, renewed.region, renewed.account) == (session.apikey, "eu", EMAIL)


async def test_the_same_refresh_token_grows_older(api, session, cloud):
    cloud.faults.add("refresh_same_rt")
    old = replace(session, tokens=replace(session.tokens, refresh_token_time=1.0))

    renewed = await api.refresh(old)

    assert renewed.tokens.refresh_token == old.tokens.refresh_token
    assert renewed.tokens.refresh_token_time == 1.0


async def test_refresh_that_is_refused(api, session, cloud):
    cloud.faults.add("refresh_refused")

    with pytest.raises(TokenRefusedError) as caught:
        await api.refresh(session)

    assert session.tokens.refresh_token not in str(caught.value)


async def test_refresh_token_that_has_expired(api, session, cloud):
    cloud.expire_tokens(cloud.account, rt=True)

    with pytest.raises(TokenRefusedError):
        await api.refresh(session)


# --- devices ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["object", "bare"])
async def test_device_list(api, session, cloud, shape):
    cloud.quirks.device_list = shape

    devices = await api.list_devices(session)

    assert {device.device_id for device in devices} == set(cloud.devices)
    strip = next(device for device in devices if device.uiid == 4)
    assert strip.channel_names
    assert cloud.requests[-1].params["getTags"] == "1"


async def test_entries_that_are_no_devices_are_left_out(answering, session):
    api = await answering({"error": "0", "devicelist": [{"deviceid": "1"}, {"name": "x"}, 5, None, "y"]})

    assert [device.device_id for device in await api.list_devices(session)] == ["1"]


@pytest.mark.parametrize("shape", ["top", "device"])
async def test_one_device(api, session, cloud, shape):
    cloud.quirks.one_device = shape
    device = await listed(api, session, SWITCH)
    cloud.rename(SWITCH, "Porch")

    assert (await api.get_device(session, device)).name == "Porch"


@pytest.mark.parametrize("body", [{"device": [{"deviceid": SWITCH, "name": "Porch"}]}])
async def test_one_device_in_an_array(api, answering, session, body):
    device = await listed(api, session, SWITCH)

    assert (await (await answering(body)).get_device(session, device)).name == "Porch"


@pytest.mark.parametrize(
    "body", [{"error": 0}, {"device": {"deviceid": "another"}}, {"device": "x"}, {"device": []}, [], [1]]
)
async def test_an_answer_without_the_device(api, answering, session, body):
    device = await listed(api, session, SWITCH)

    with pytest.raises(CloudError):
        await (await answering(body)).get_device(session, device)


async def test_one_device_that_is_gone(api, answering, session):
    device = await listed(api, session, SWITCH)

    with pytest.raises(UnknownDeviceError):
        await (await answering({"error": 404, "msg": "no such device"})).get_device(session, device)


async def test_status_is_read(api, session, cloud):
    device = await listed(api, session, SWITCH)

    assert await api.get_status(session, device, ["switch", "rssi"]) == {
        "switch": cloud.devices[SWITCH].params["switch"],
        "rssi": cloud.devices[SWITCH].params["rssi"],
    }
    assert cloud.requests[-1].params["params"] == "switch|rssi"
    assert (await api.get_status(session, device)).keys() == cloud.devices[SWITCH].params.keys()
    assert "params" not in cloud.requests[-1].params


async def test_status_is_written(api, session, cloud):
    device = await listed(api, session, SWITCH)

    await api.update_status(session, device, {"switch": "on"})

    assert cloud.devices[SWITCH].received == [{"switch": "on"}]


async def test_status_of_a_device_that_is_offline(api, session):
    device = await listed(api, session, OFFLINE)

    with pytest.raises(CommandTimeoutError) as caught:
        await api.update_status(session, device, {"switch": "on"})

    assert caught.value.code == 504


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, CommandError),
        (401, SignedOutError),
        (402, TokenExpiredError),
        (403, CommandError),
        (404, UnknownDeviceError),
        (406, SignedOutError),
        (407, FeatureRefusedError),
        (411, CommandError),
        (412, QuotaError),
        (500, ServerTroubleError),
        (503, DeviceOfflineError),
        (504, NoResponseError),
        (999, ServerTroubleError),
    ],
)
async def test_codes_of_a_status_call(api, answering, session, code, error):
    device = await listed(api, session, SWITCH)

    with pytest.raises(error) as caught:
        await (await answering({"error": code})).update_status(session, device, {"switch": "on"})

    assert type(caught.value) is error
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("inner", "error"),
    [
        ({"error": 401, "msg": "Bearer:accessToken is empty"}, SignedOutError),
        ({"error": "401"}, SignedOutError),
        ({"error": 402, "msg": "expired"}, TokenExpiredError),
        ({"error": 407, "msg": "appid not allowed"}, AppIdRefusedError),
        ({"error": 412, "msg": "quota"}, QuotaError),
        ({"error": 500, "msg": "server error"}, ServerTroubleError),
        ({"error": 503, "msg": "busy"}, ServerTroubleError),
        ({"error": 0, "msg": "signed in elsewhere"}, SignedOutError),
        ({"msg": "signed in elsewhere"}, SignedOutError),
    ],
)
@pytest.mark.parametrize("key", ["msg", "info", "errmsg"])
async def test_what_an_inner_service_refused(answering, session, inner, error, key):
    answer = {"error": 406, key: orjson.dumps(inner).decode()}

    with pytest.raises(error) as caught:
        await (await answering(answer)).list_devices(session)

    assert type(caught.value) is error
    assert caught.value.code == (int(inner.get("error", 0)) or 406)
    assert caught.value.reason == inner.get("msg", "")


async def test_what_an_inner_service_says_of_a_device(api, answering, session):
    device = await listed(api, session, SWITCH)
    answer = {"error": 406, "msg": '{"error":503,"msg":"device is offline"}'}

    with pytest.raises(DeviceOfflineError):
        await (await answering(answer)).update_status(session, device, {"switch": "on"})


async def test_what_is_nested_before_sign_in_is_of_the_signature(answering):
    """There 406 is the App ID or the signature, whatever the inner service calls it."""
    answer = {"error": 406, "msg": '{"error":401,"msg":"Sign:oauthClient enable invalid"}'}

    with pytest.raises(AppIdRefusedError):
        await (await answering(answer)).sign_in("eu", email=EMAIL, password=PASSWORD)


@pytest.mark.parametrize("device_id", ["10/00?a=1#b", "%2e", "100 0ä"])
@pytest.mark.parametrize("call", ["get_device", "rename_device", "delete_device"])
async def test_an_id_stays_one_part_of_the_path(serve, websession, limiter, session, call, device_id):
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.match_info["path"])
        return web.json_response({"error": 0, "deviceid": device_id, "params": {}})

    api = ApiV1(
        websession, AppCredentials("id", "key"), HostsV1.custom(await serve(handler)), limiter=limiter
    )
    further = ("Porch",) if call == "rename_device" else ()

    await getattr(api, call)(session, Device(device_id=device_id), *further)

    assert asked == [f"api/user/device/{device_id}"]


async def test_a_refused_feature_is_not_asked_for_again(api, session, cloud):
    device = await listed(api, session, SWITCH)
    cloud.faults.add("error", interface="write_status", code=407, text="appid not allowed", count=None)
    before = len(cloud.requests)

    for _ in range(2):
        with pytest.raises(FeatureRefusedError):
            await api.update_status(session, device, {"switch": "on"})

    assert api.features == ApiV1.offered - {Feature.STATUS}
    assert len(cloud.requests) == before + 1
    assert await api.list_devices(session)


async def test_a_refusal_for_one_device_takes_no_feature_away(api, answering, session):
    device = await listed(api, session, SWITCH)
    api = await answering({"error": 403})

    with pytest.raises(CommandError):
        await api.get_status(session, device)

    assert api.features == ApiV1.offered


@pytest.mark.parametrize("code", [403, 407])
async def test_a_list_that_is_refused(answering, session, code):
    with pytest.raises(AppIdRefusedError):
        await (await answering({"error": code})).list_devices(session)


async def test_dispatch_that_is_refused(answering, session):
    api = await answering({"error": 403})

    with pytest.raises(FeatureRefusedError):
        await api.dispatch(session)

    assert Feature.DISPATCH in api.features


async def test_tokens_that_were_replaced(api, session, cloud):
    await cloud.sign_in_elsewhere(cloud.account)

    with pytest.raises(SignedOutError):
        await api.list_devices(session)


async def test_access_token_that_has_expired(api, session, cloud):
    cloud.expire_tokens(cloud.account)

    with pytest.raises(TokenExpiredError):
        await api.list_devices(session)


# --- dispatch --------------------------------------------------------------------------------------------


async def test_dispatch(api, session, cloud):
    assert await api.dispatch(session) == Endpoint(domain="127.0.0.1", port=cloud.port, secure=False)


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        ("127.0.0.1", "ws://127.0.0.1:8080/api/ws"),
        ("localhost", "ws://localhost:8080/api/ws"),
        ("::1", "ws://[::1]:8080/api/ws"),
        ("eu-pconnect1.example.com", "wss://eu-pconnect1.example.com:8080/api/ws"),
        ("192.168.1.2", "wss://192.168.1.2:8080/api/ws"),
    ],
)
async def test_plain_connections_are_for_loopback_only(answering, session, domain, url):
    api = await answering({"domain": domain, "port": "8080", "IP": "10.0.0.1", "reason": "ok", "error": 0})

    assert str((await api.dispatch(session)).url) == url


def test_official_dispatch_is_secure():
    assert Endpoint(domain="127.0.0.1", port=1).url.scheme == "wss"


@pytest.mark.parametrize(
    "body",
    [
        {"error": 0},
        {"error": 0, "domain": 5, "port": 8080},
        {"error": 0, "domain": "a.example.com"},
        {"error": 0, "domain": "a.example.com", "port": True},
        {"error": 0, "domain": "a.example.com", "port": 70000},
        {"error": 0, "domain": "", "port": 8080},
        {"error": 0, "domain": "a b/c", "port": 8080},
        *(
            {"error": 0, "domain": domain, "port": 8080}
            for domain in (
                "user@a.example.com",
                "a.example.com:443",
                "wss://a.example.com",
                "a.example.com/other",
                "a.example.com?x=",
                "a.example.com#x",
                "a%2eexample.com",
                "a..example.com",
                ".",
                "..",
                "-a.example.com",
                "*.example.com",
                "[::1]",
                "fe80::1%eth0",
                "::",
                "a\n.example.com",
                "\u0430.example.com",
                "x" * 64 + ".com",
                "x." * 200 + "com",
            )
        ),
        [],
    ],
)
async def test_dispatch_without_a_usable_address(answering, session, body):
    with pytest.raises(CloudError):
        await (await answering(body)).dispatch(session)


# --- answers that are none -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 502, 503, 504])
@pytest.mark.parametrize("body", [b"<html><body>Bad Gateway</body></html>", b"", b"\xff\xfe"])
async def test_pages_and_empty_answers(answering, session, body, status):
    api = await answering(body, status)

    for call in (
        api.list_devices(session),
        api.dispatch(session),
        api.refresh(session),
        api.find_region("49"),
        api.sign_in("eu", email=EMAIL, password=PASSWORD),
    ):
        with pytest.raises(CloudError) as caught:
            await call
        assert caught.value.code == (None if status == 200 else status)


@pytest.mark.parametrize(
    "body",
    [
        "text",
        5,
        None,
        True,
        '{"error":0,"devicelist":[]}',
        {},
        {"error": 0},
        {"error": 0, "devicelist": None},
        {"error": 0, "devicelist": "[]"},
        {"error": 0, "devicelist": {"deviceid": "1"}},
        {"error": 0, "devicelist": [{}, "1"]},
        [1],
        {"error": {"code": 1}},
        {"error": "what"},
        {"error": [0]},
    ],
)
async def test_lists_of_the_wrong_shape(answering, session, body):
    with pytest.raises(CloudError):
        await (await answering(body)).list_devices(session)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"error": 0},
        {"at": "a", "rt": "r"},
        {"at": "a", "rt": "r", "user": "x"},
        {"at": "a", "rt": "r", "user": {}},
        {"at": "a", "rt": "r", "user": []},
        {"at": "a", "rt": "r", "user": ["x"]},
        {"at": "a", "rt": "r", "user": {"apikey": 5}},
        {"at": 1, "rt": "r", "user": {"apikey": "k"}},
        {"at": "a", "user": {"apikey": "k"}},
    ],
)
async def test_sign_ins_of_the_wrong_shape(answering, body):
    with pytest.raises(CloudError):
        await (await answering(body)).sign_in("eu", email=EMAIL, password=PASSWORD)


async def test_the_user_in_an_array(answering):
    api = await answering({"at": "a", "rt": "r", "user": [{"apikey": "k", "nickname": "Demo"}]})

    session = await api.sign_in("eu", email=EMAIL, password=PASSWORD)

    assert (session.apikey, session.nickname) == ("k", "Demo")


@pytest.mark.parametrize("body", [{"error": 0}, {"at": ""}, {"at": "a", "rt": 5}, []])
async def test_refreshes_of_the_wrong_shape(answering, session, body):
    with pytest.raises(CloudError):
        await (await answering(body)).refresh(session)


@pytest.mark.parametrize("body", [{"error": 0}, {"region": "mars"}, {"region": None}, []])
async def test_regions_that_do_not_exist(answering, body):
    with pytest.raises(CloudError):
        await (await answering(body)).find_region("49")


@pytest.mark.parametrize(
    ("params", "found"), [([{"switch": "on"}, {"rssi": -50}], {"switch": "on", "rssi": -50}), ([], {})]
)
async def test_status_in_an_array(api, answering, session, params, found):
    device = await listed(api, session, SWITCH)

    assert await (await answering({"error": 0, "params": params})).get_status(session, device) == found


@pytest.mark.parametrize("body", [{"error": 0}, {"params": "x"}, {"params": ["a"]}, []])
async def test_status_without_params(api, answering, session, body):
    device = await listed(api, session, SWITCH)

    with pytest.raises(CloudError):
        await (await answering(body)).get_status(session, device)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"<html>Forbidden</html>", 403, NotEwelinkError),
        (b"", 412, QuotaError),
        ({"error": 0}, 403, NotEwelinkError),
        ({"error": 403, "msg": "monthly quota exceeded"}, 403, QuotaError),
        ({"error": 412, "msg": "x"}, 200, QuotaError),
        ({"error": 403, "msg": "Sign:oauthClient enable invalid"}, 403, AppIdRefusedError),
        ({"error": 407, "msg": "appid not allowed"}, 200, AppIdRefusedError),
        ({"error": 0}, 502, ServerTroubleError),
        ({"error": 301, "region": "eu"}, 200, WrongRegionError),
        (b"", 302, NotEwelinkError),
        (b"<html>Bad gateway</html>", 502, ServerTroubleError),
        (b"<html>Welcome</html>", 200, NotEwelinkError),
        (b"404: Not Found", 404, NotEwelinkError),
        ({"detail": "Not Found"}, 404, NotEwelinkError),
        (b"", 200, CloudError),
        (b"17", 200, CloudError),
    ],
)
async def test_http_statuses(answering, session, body, status, error):
    with pytest.raises(error) as caught:
        await (await answering(body, status)).list_devices(session)

    assert type(caught.value) is error


async def test_an_error_names_the_server(answering, websession, limiter, session, unused_tcp_port):
    api = await answering({"error": 500})
    with pytest.raises(ServerTroubleError) as caught:
        await api.list_devices(session)
    assert f"http://{caught.value.server}" == api.hosts.lookup

    nowhere = HostsV1.custom(f"http://127.0.0.1:{unused_tcp_port}/path")
    api = ApiV1(websession, AppCredentials("id", "key"), nowhere, limiter=limiter)
    with pytest.raises(CannotConnectError) as failed:
        await api.list_devices(session)
    assert failed.value.server == f"127.0.0.1:{unused_tcp_port}"


async def test_a_redirected_refresh(answering, session):
    with pytest.raises(WrongRegionError):
        await (await answering({"error": 301, "region": "us"})).refresh(session)


async def test_words_of_the_cloud_without_secrets(answering, session):
    words = f"{session.tokens.access_token} of {session.apikey} is invalid"
    api = await answering({"error": 500, "msg": orjson.dumps({"error": 401, "msg": words}).decode()})

    with pytest.raises(CloudError) as caught:
        await api.list_devices(session)

    assert caught.value.reason == "*** of *** is invalid"
    assert caught.value.code == 500


async def test_nobody_answers(websession, limiter, session, unused_tcp_port):
    hosts = HostsV1.custom(f"http://127.0.0.1:{unused_tcp_port}")
    api = ApiV1(websession, AppCredentials("id", "key"), hosts, limiter=limiter)

    with pytest.raises(CannotConnectError) as caught:
        await api.list_devices(session)

    assert not caught.value.maybe_sent


async def test_the_answer_takes_too_long(serve, websession, limiter, session):
    released = asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    hosts = HostsV1.custom(await serve(handler))
    api = ApiV1(websession, AppCredentials("id", "key"), hosts, limiter=limiter, timeout=0.1)

    with pytest.raises(NoAnswerError) as caught:
        await api.list_devices(session)

    assert caught.value.maybe_sent
    released.set()


async def test_the_server_hangs_up(serve, websession, limiter, session):
    async def handler(request: web.Request) -> web.Response:
        request.transport.abort()
        return web.Response()

    api = ApiV1(
        websession, AppCredentials("id", "key"), HostsV1.custom(await serve(handler)), limiter=limiter
    )

    with pytest.raises(CannotConnectError) as caught:
        await api.refresh(session)

    assert caught.value.maybe_sent
    assert session.tokens.refresh_token not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("list_devices", (), {}),
        ("refresh", (), {}),
        ("rename_device", (Device(device_id=SWITCH), "Porch"), {}),
        ("delete_device", (Device(device_id=SWITCH),), {}),
        ("change_group", (Group(group_id="1"),), {"name": "Attic"}),
        ("delete_group", (Group(group_id="1"),), {}),
    ],
)
async def test_a_call_that_breaks_is_sent_once(serve, websession, limiter, session, name, arguments, named):
    """What HTTP calls idempotent, too: its nonce has been used, and what is deleted would be missing."""
    nonces = []

    async def handler(request: web.Request) -> web.Response:
        nonces.append(request.query.get("nonce") or orjson.loads(await request.read())["nonce"])
        request.transport.abort()
        return web.Response()

    api = ApiV1(
        websession, AppCredentials("id", "key"), HostsV1.custom(await serve(handler)), limiter=limiter
    )

    with pytest.raises(CannotConnectError) as caught:
        await getattr(api, name)(session, *arguments, **named)

    assert caught.value.maybe_sent
    assert len(nonces) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({}, 0),
        ({"error": 0}, 0),
        ({"error": "0"}, 0),
        ({"error": None}, 0),
        ({"error": ""}, 0),
        ({"error": False}, 0),
        ({"error": "401"}, 401),
        ({"error": 401}, 401),
        ({"error": "fd data is null", "code": 404}, 404),
        ({"error": "odd"}, None),
        ({"error": True}, None),
        ({"error": {}}, None),
    ],
)
def test_error_codes(answer, code):
    assert error_code(answer) == code


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"msg": "a"}, "a"),
        ({"info": "b"}, "b"),
        ({"errmsg": "c"}, "c"),
        ({"reason": "d"}, "d"),
        ({"error": "fd data is null"}, "fd data is null"),
        ({"error": "401"}, ""),
        ({"msg": '{"error":401,"msg":"inner"}'}, "inner"),
        ({"msg": "{not json"}, "{not json"),
        ({"msg": 5, "info": "e"}, "e"),
        ({}, ""),
    ],
)
def test_error_texts(answer, text):
    assert error_text(answer) == text
