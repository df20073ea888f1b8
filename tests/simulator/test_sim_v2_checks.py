"""What every call of v2 has to keep to: headers, signature, envelope, App ID, quota."""

import json

import pytest

from simulator.checks import sign
from tests.simulator.client import signature

KEY = "OdPuCZ4PkPPi0rVKRVcGmll2NM6vVk0c"
TOKEN = "/v2/user/oauth/token"
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
            '{"code":"95bcf41b-3397-46da-886f-fdc852de84ca","redirectUrl":'
            '"https://my.home-assistant.io/redirect/oauth","grantType":"authorization_code"}'
        ),
        "IINbrZM1oKrOQpbBgC6jX26SOPyEqgVvIaEwT1Qvz30=",
    ),
    (KEY, "countryCode=+86", "aNeO+qx7av41pKAcqYYbBV4kCNhVU3NBd/FnshSdq00="),
    (KEY, "countryCode=86", "1SXjrhJxWZAxTz2eS4UAxSNiOvpNrMSd5oGXrOBFg0U="),
    (
        KEY,
        "McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr_1571141530100",
        "ANtGrvSwqULvNZcLfBpDYrQkbw5Kc7h6tgWVBL82qE4=",
    ),
    ("abc", "ABC_123", "v1+mfNY2ukxswM8sZOTg99srZsVnUVv9DGXeav1096M="),
]


@pytest.mark.parametrize(("key", "message", "expected"), VECTORS)
def test_vectors(key, message, expected):
    assert sign(key, message.encode()) == expected
    assert signature(key, message.encode()) == expected


@pytest.mark.parametrize(("key", "message", "expected"), VECTORS[2:6])
async def test_vectors_over_http(cloud, http, key, message, expected):
    """The documents' key, bytes and signatures pass the check of signatures."""
    cloud.add_app("McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr", key)
    headers = {"X-CK-Appid": "McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr", "Authorization": f"Sign {expected}"}
    if message.startswith("{"):
        path = "/v2/user/refresh" if "rt" in json.loads(message) else TOKEN
        headers["Content-Type"] = "application/json"
        sending = http.post(cloud.url + path, data=message.encode(), headers=headers)
        wanted = 405
    else:
        value = message.partition("=")[2]
        sending = http.get(f"{cloud.url}/v2/utils/get-region", params={"countryCode": value}, headers=headers)
        wanted = 0
    async with sending as response:
        assert (response.status, (await response.json())["error"]) == (200, wanted)
    assert cloud.violations == []


async def test_the_envelope(cloud, v2):
    status, answer = await v2.send("GET", "/v2/family", {"lang": "en"})
    assert (status, answer.keys(), answer["error"], answer["msg"]) == (200, {"error", "msg", "data"}, 0, "")
    status, answer = await v2.send("GET", "/v2/family", authorization="Bearer nobody")
    assert (status, answer["error"], answer["data"]) == (200, 401, {})
    assert cloud.violations == []


@pytest.mark.parametrize("nonce", ["short", "ninechars", "with-das", ""])
async def test_a_nonce_of_another_form_is_refused(cloud, v2, nonce):
    assert (await v2.get("/v2/family", headers={"X-CK-Nonce": nonce}))["error"] == 400
    (violation,) = cloud.violations
    assert violation.rule == "X-CK-Nonce"


async def test_a_nonce_is_optional_but_new(cloud, v2):
    assert (await v2.get("/v2/family", drop={"X-CK-Nonce"}))["error"] == 0
    assert cloud.violations == []
    for _ in range(2):
        assert (await v2.get("/v2/family", headers={"X-CK-Nonce": "Abcdefg1"}))["error"] == 0
    assert [violation.detail for violation in cloud.violations] == ["nonce was used before"]


async def test_the_app_id_is_mandatory_for_users_alone(cloud, v2):
    assert (await v2.get("/v2/family", drop={"X-CK-Appid"}))["error"] == 0
    assert cloud.violations == []
    assert (await v2.delete(TOKEN, drop={"X-CK-Appid"}))["error"] == 400
    assert [violation.rule for violation in cloud.violations] == ["X-CK-Appid"]


async def test_an_app_id_that_did_not_sign_in(cloud, v2):
    other = {"X-CK-Appid": cloud.free_app.app_id}
    assert (await v2.get("/v2/family", headers=other))["error"] == 401
    assert [violation.rule for violation in cloud.violations] == ["X-CK-Appid"]
    assert (await v2.get("/v2/family", headers={"X-CK-Appid": "nobody"}))["error"] == 407


@pytest.mark.parametrize("code", [406, 400])
async def test_a_wrong_signature(cloud, v2_of, code):
    cloud.quirks.wrong_signature = code
    client = v2_of()
    client.secret = "another"
    answer = await client.exchange("code")
    assert (answer["error"], answer["msg"]) == (code, "sign verification failed")
    assert [violation.rule for violation in cloud.violations] == ["signature"]


async def test_the_signature_is_over_the_bytes(cloud, v2_of):
    client = v2_of()
    body = b'{"rt" : "none"}'
    signed = f"Sign {signature(client.secret, body)}"
    answer = await client.post("/v2/user/refresh", raw=body, authorization=signed)
    assert answer["error"] == 405
    answer = await client.post("/v2/user/refresh", raw=body.replace(b" ", b""), authorization=signed)
    assert answer["error"] == 406


@pytest.mark.parametrize(
    ("method", "path", "options", "rule"),
    [
        ("POST", "/v2/device/thing", {"headers": {"Content-Type": "text/plain"}}, "Content-Type"),
        ("POST", "/v2/device/thing?lang=en", {}, "query"),
        ("GET", "/v2/family", {"raw": b"{}"}, "body"),
        ("GET", "/v2/family", {"params": {"appid": "x"}}, "general parameter"),
        ("GET", "/v2/family", {"params": {"colour": "x"}}, "unknown field"),
    ],
)
async def test_what_is_served_but_recorded(cloud, v2, method, path, options, rule):
    params = options.pop("params", None)
    if method == "POST":
        params = {"thingList": [{"itemType": 1, "id": "1000000001"}]}
    _, answer = await v2.send(method, path, params, **options)
    assert answer["error"] == 0
    assert [violation.rule for violation in cloud.violations] == [rule]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/device/thing", {}),
        ("/v2/device/thing", {"thingList": {}}),
        ("/v2/device/thing", {"thingList": None}),
        ("/v2/device/thing/status", {"type": "1", "id": "1000000001", "params": {}}),
        ("/v2/device/thing/status", {"type": True, "id": "1000000001", "params": {}}),
        ("/v2/device/thing/status", {"type": 1, "id": 1000000001, "params": {}}),
    ],
)
async def test_fields_that_are_missing_or_of_another_type(cloud, v2, path, body):
    assert (await v2.post(path, body))["error"] == 400
    assert cloud.violations


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'"text"'])
async def test_a_body_that_is_no_object(cloud, v2, raw):
    assert (await v2.post("/v2/device/thing", raw=raw))["error"] == 400
    assert [violation.rule for violation in cloud.violations] == ["body"]


async def test_no_authorization(cloud, v2):
    assert (await v2.get("/v2/family", drop={"Authorization"}))["error"] == 401
    assert [violation.rule for violation in cloud.violations] == ["Authorization"]
    signed = await v2.get("/v2/family", signed=True)
    assert signed["error"] == 401


async def test_another_region_does_not_know_the_token(v2, v2_of):
    other = v2_of(region="us")
    other.at = v2.at
    answer = await other.get("/v2/family")
    assert (answer["error"], answer["msg"]) == (401, "cannot found access token info")


async def test_a_host_name_of_the_vendor_is_a_region(v2):
    for host, error in (("eu-apia.coolkit.cc", 0), ("us-apia.coolkit.cc", 401)):
        assert (await v2.get("/v2/family", headers={"Host": host}))["error"] == error
    assert (await v2.get("/dispatch/app", headers={"Host": "eu-dispa.coolkit.cc"}))["error"] == 0
    status, page = await v2.send("GET", "/dispatch/app", headers={"Host": "eu-apia.coolkit.cc"})
    assert status == 503
    assert page.startswith("<html>")


async def test_a_personal_app_id_has_the_free_calls_alone(cloud, free):
    assert (await free.get("/v2/family"))["error"] == 0
    answer = await free.get("/v2/utils/get-region", {"countryCode": "+49"}, signed=True)
    assert (answer["error"], answer["msg"]) == (407, "path of request is not allowed with appid")
    assert cloud.violations == []


async def test_a_personal_app_id_serves_no_v1(cloud, client_of):
    client = client_of()
    client.app_id, client.secret = cloud.free_app.app_id, cloud.free_app.secret
    assert (await client.login())["error"] == 407


async def test_a_feature_that_is_withdrawn(cloud, v2):
    cloud.accounts.apps[cloud.app_id].withdrawn.add("homes")
    assert (await v2.get("/v2/family"))["error"] == 407
    assert (await v2.get("/v2/device/thing"))["error"] == 0


@pytest.mark.parametrize(("code", "text"), [(403, "enable invalid"), (407, "unauthorized")])
async def test_an_app_id_that_is_refused(cloud, v2, code, text):
    cloud.accounts.apps[cloud.app_id].refused = code
    answer = await v2.get("/v2/family")
    assert answer["error"] == code
    assert text in answer["msg"]


@pytest.mark.parametrize("code", [407, 408])
async def test_an_app_id_after_its_year(cloud, v2, code):
    cloud.quirks.expired_app = code
    cloud.accounts.apps[cloud.app_id].expired = True
    answer = await v2.get("/v2/family")
    assert (answer["error"], answer["msg"]) == (code, "appid has expired")


async def test_the_quota_of_a_month(cloud, v2_of):
    app, january = cloud.free_app, 1_768_900_000
    cloud.core.clock = lambda: january
    client = v2_of(app=app)
    await client.sign_in()
    app.quota = 2
    assert [(await client.get("/v2/family"))["error"] for _ in range(3)] == [0, 0, 412]
    cloud.quirks.quota_as_status = True
    status, answer = await client.send("GET", "/v2/family")
    assert (status, answer["error"]) == (403, 403)
    assert app.used["eu", "2026-01"] == 4
    cloud.core.clock = lambda: january + 15 * 86400
    assert (await client.get("/v2/family"))["error"] == 0


@pytest.mark.parametrize(("counts", "more"), [(True, 1), (False, 0)])
async def test_dispatch_and_the_quota(cloud, free, counts, more):
    cloud.quirks.dispatch_counts = counts
    before = cloud.free_app.used.total()
    assert (await free.dispatch())["error"] == 0
    assert cloud.free_app.used.total() == before + more


async def test_the_pace_of_calls(cloud, v2):
    cloud.pace_checks = True
    for _ in range(12):
        await v2.get("/v2/family")
    assert {violation.rule for violation in cloud.violations} == {"pace of calls"}
