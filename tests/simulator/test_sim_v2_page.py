"""The sign-in page of OAuth 2.0, as a browser sees it."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from yarl import URL

from tests.simulator.client import nonce, signature

REDIRECT = "http://127.0.0.1:8123/auth/external/callback"
SIGN_IN = {"country": "DE", "account": "demo@example.com", "password": "demo-password"}


@pytest.fixture
def query(cloud):
    seq = str(int(time.time() * 1000))
    app = cloud.free_app
    return {
        "clientId": app.app_id,
        "seq": seq,
        "authorization": signature(app.secret, f"{app.app_id}_{seq}".encode()),
        "redirectUrl": REDIRECT,
        "grantType": "authorization_code",
        "state": "eyJ-a+b/c=.d " + "x" * 200,
        "nonce": nonce(),
    }


@pytest.fixture
def address(cloud):
    return URL(f"{cloud.url}/oauth/index.html")


@pytest.fixture
def show(http, address):
    async def get(query):
        async with http.get(address.with_query(query)) as response:
            assert response.status == 200
            return await response.text()

    return get


@pytest.fixture
def submit(http, address):
    async def post(query, **changes):
        fields = SIGN_IN | changes
        async with http.post(address.with_query(query), data=fields, allow_redirects=False) as response:
            return response.status, response.headers.get("Location"), await response.text()

    return post


async def test_the_page_is_a_form(cloud, show, query):
    page = await show(query)
    for name in SIGN_IN:
        assert f'name="{name}"' in page
    assert '<option value="DE" selected>Germany (+49)</option>' in page
    assert cloud.free_app.app_id in page
    assert 'role="alert"' not in page
    assert cloud.violations == []


async def test_the_page_needs_nothing_from_elsewhere(http, address, query):
    async with http.get(address.with_query(query)) as response:
        page, policy = await response.text(), response.headers["Content-Security-Policy"]
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)
    assert policy.startswith("default-src 'none'")
    assert "form-action" not in policy
    assert 'name="viewport"' in page


async def test_the_country_of_the_browser(http, address, query):
    language = {"Accept-Language": "de-AT,de;q=0.9"}
    async with http.get(address.with_query(query), headers=language) as response:
        assert '<option value="AT" selected>' in await response.text()


async def test_the_way_back(cloud, submit, query, v2_of):
    status, location, _ = await submit(query)
    assert status == 302
    assert location.startswith(f"{REDIRECT}?")
    back = parse_qs(urlsplit(location).query)
    assert back.keys() == {"code", "region", "state"}
    assert (back["region"], back["state"]) == (["eu"], [query["state"]])
    client = v2_of(app=cloud.free_app, region="eu")
    assert (await client.exchange(back["code"][0]))["error"] == 0
    assert cloud.violations == []


async def test_a_redirect_url_with_a_query(cloud, submit, query):
    cloud.free_app.redirect_url = query["redirectUrl"] = f"{REDIRECT}?from=us"
    _, location, _ = await submit(query)
    assert location.startswith(f"{REDIRECT}?from=us&code=")


async def test_a_phone_number(cloud, submit, query):
    cloud.add_account(phone_number="+8613123456789", password="p", region="cn")
    for typed in ("+8613123456789", "13123456789"):
        status, location, _ = await submit(query, country="CN", account=typed, password="p")
        assert status == 302
        assert "region=cn" in location


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "The password is wrong."),
        ({"password": ""}, "your password"),
        ({"account": "nobody@example.com"}, "does not exist"),
        ({"account": "<b>x@y"}, "&lt;b&gt;x@y"),
        ({"country": "XX"}, "Choose a country."),
    ],
)
async def test_errors_stay_on_the_page(submit, query, changes, words):
    status, location, page = await submit(query, **changes)
    assert (status, location) == (200, None)
    assert 'role="alert"' in page
    assert words in page
    assert "demo-password" not in page
    assert "wrong" not in re.sub(r'role="alert">[^<]*', "", page)


async def test_a_second_try_succeeds(submit, query):
    assert (await submit(query, password="wrong"))[0] == 200
    assert (await submit(query))[0] == 302


@pytest.mark.parametrize(
    "missing", ["clientId", "seq", "authorization", "redirectUrl", "grantType", "state", "nonce"]
)
async def test_every_parameter_is_mandatory(cloud, show, submit, query, missing):
    del query[missing]
    page = await show(query)
    assert f"400: {missing} is missing" in page
    assert "<form" not in page
    assert (await submit(query))[:2] == (200, None)
    assert cloud.violations


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"redirectUrl": f"{REDIRECT}/"}, "redirect url is not authenticated"),
        ({"redirectUrl": REDIRECT.upper()}, "redirect url is not authenticated"),
        ({"authorization": "x"}, "sign verification failed"),
        ({"clientId": "nobody"}, "appid is unauthorized"),
        ({"nonce": "1234567"}, "nonce is wrong"),
        ({"grantType": "token"}, "grantType"),
        ({"seq": "1571141530"}, "seq is wrong"),
    ],
)
async def test_wrong_parameters_are_told_on_the_page(show, submit, query, changes, words):
    assert words in await show(query | changes)
    status, location, page = await submit(query | changes)
    assert (status, location) == (200, None)
    assert words in page


async def test_a_signature_with_a_bare_plus(http, address, query, cloud):
    """In a URL a bare + is a blank."""
    while "+" not in query["authorization"]:
        query["seq"] = str(int(query["seq"]) + 1)
        message = f"{query['clientId']}_{query['seq']}".encode()
        query["authorization"] = signature(cloud.free_app.secret, message)
    right = address.with_query(query)
    async with http.get(right) as response:
        assert "<form" in await response.text()
    bare = URL(str(right).replace("%2B", "+"), encoded=True)
    async with http.get(bare) as response:
        assert "sign verification failed" in await response.text()


async def test_what_is_tolerated_and_what_is_noted(cloud, show, query):
    assert "<form" in await show(query | {"showQRCode": "false"})
    assert cloud.violations == []
    assert "<form" in await show(query | {"lang": "en"})
    assert [violation.rule for violation in cloud.violations] == ["unknown field"]
    cloud.violations.clear()
    seq = "1571141530100"
    signed = signature(cloud.free_app.secret, f"{cloud.free_app.app_id}_{seq}".encode())
    assert "<form" in await show(query | {"seq": seq, "authorization": signed})
    assert [violation.detail for violation in cloud.violations] == ["seq is far from now"]


async def test_an_app_id_that_may_not(cloud, show, query):
    cloud.free_app.expired = True
    assert "appid has expired" in await show(query)
    cloud.free_app.refused = 407
    assert "appid is unauthorized" in await show(query)


async def test_a_page_of_the_gateway(cloud, http, address, query):
    cloud.faults.add("gateway_page", interface="oauth_page", status=503)
    async with http.get(address.with_query(query)) as response:
        assert response.status == 503


async def test_nothing_secret_is_logged(cloud, show, submit, query):
    await show(query)
    await submit(query)
    logged = [one for one in cloud.requests if one.interface.startswith("oauth")]
    assert [one.interface for one in logged] == ["oauth_page", "oauth_sign_in"]
    assert query["authorization"] not in str(logged)
    assert "demo-password" not in str(logged)


class TestTheCallOfThePage:
    """Headless clients imitate it."""

    @pytest.fixture
    def ask(self, cloud, http):
        async def post(headers=(), raw=None, **changes):
            app, seq = cloud.free_app, str(int(time.time() * 1000))
            body = {
                "email": "demo@example.com",
                "password": "demo-password",
                "redirectUrl": REDIRECT,
                "grantType": "authorization_code",
                "state": "x",
                "clientId": app.app_id,
                **changes,
            }
            sent = {
                "X-CK-Appid": app.app_id,
                "X-CK-Seq": seq,
                "X-CK-Nonce": nonce(),
                "Authorization": f"Sign {signature(app.secret, f'{app.app_id}_{seq}'.encode())}",
                **dict(headers),
            }
            options = {"json": body} if raw is None else {"data": raw}
            async with http.post(f"{cloud.url}/v2/user/oauth/code", headers=sent, **options) as response:
                return await response.json()

        return post

    async def test_code_and_region(self, cloud, ask, v2_of):
        answer = await ask()
        assert answer["data"]["region"] == "eu"
        assert (await v2_of(app=cloud.free_app).exchange(answer["data"]["code"]))["error"] == 0

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"password": "wrong"}, 10001),
            ({"email": "nobody@example.com"}, 10003),
            ({"redirectUrl": "http://elsewhere"}, 406),
            ({"headers": {"Authorization": "Sign x"}}, 406),
            ({"headers": {"X-CK-Appid": "nobody"}}, 407),
            ({"raw": "[]"}, 400),
            ({"raw": "{"}, 400),
        ],
    )
    async def test_refused(self, ask, changes, code):
        assert (await ask(**changes))["error"] == code
