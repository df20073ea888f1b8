"""Region look-up, sign-in and tokens, each interface good and bad."""

import pytest

from simulator.checks import sign
from tests.simulator.client import signature

VECTOR_KEY = "OdPuCZ4PkPPi0rVKRVcGmll2NM6vVk0c"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            (
                '{"appid":"McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr","nonce":"asbsedwq","password":"12345678",'
                '"phoneNumber":"+8613123456789","ts":1560306258,"version":8}'
            ),
            "XuOzGxtG50CiF4H3odUfZsvKVl5+qSPzhfLEuUd4eJw=",
        ),
        (
            '{"email":"1234@gmail.com","password":"12345678","countryCode":"+1"}',
            "ttZ/gluzqrafvGonjMD20p4//arW6KoZKbo1SOMEzCA=",
        ),
        (
            "appid=McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr&deviceid=1000012345&nonce=2323dfgh&ts=1558004249",
            "2CqlYZcS8x6LI27DgfX3QdqnVCFqbEz8sZXtOGEFuGc=",
        ),
    ],
)
def test_the_tests_sign_as_the_vectors_do(message, expected):
    assert signature(VECTOR_KEY, message.encode()) == expected


def test_the_simulator_signs_as_the_vectors_do():
    message = b'{"email":"1234@gmail.com","password":"12345678","countryCode":"+1"}'
    assert sign(VECTOR_KEY, message) == "ttZ/gluzqrafvGonjMD20p4//arW6KoZKbo1SOMEzCA="


@pytest.mark.parametrize(
    ("code", "region"), [("86", "cn"), ("1", "us"), ("91", "as"), ("44", "eu"), ("49", "eu"), ("55", "us")]
)
async def test_region(cloud, client_of, code, region):
    client = client_of()
    answer = await client.get("/api/user/region", {"country_code": code}, signed=True)
    assert (answer["region"], answer["error"]) == (region, 0)
    assert "-" in answer["requestid"]
    assert cloud.violations == []


async def test_region_refuses_a_plus(cloud, client_of):
    answer = await client_of().get("/api/user/region", {"country_code": "+86"}, signed=True)
    assert answer["error"] == 400
    assert cloud.violations


async def test_login_by_email(cloud, client_of):
    client = client_of(region="eu")
    answer = await client.login()
    assert "error" not in answer
    assert answer["region"] == "eu"
    assert answer["user"]["apikey"] == cloud.account.apikey
    assert answer["user"]["email"] == "demo@example.com"
    assert answer["at"] != answer["rt"]
    assert cloud.violations == []


async def test_login_by_phone_in_its_region(cloud, client_of):
    account = cloud.add_account(phone_number="+8613123456789", region="cn")
    answer = await client_of(account, "cn").login()
    assert answer["user"]["phoneNumber"] == "+8613123456789"
    assert cloud.violations == []


async def test_login_in_the_wrong_region(cloud, client_of):
    answer = await client_of(region="us").login()
    assert (answer["error"], answer["region"]) == (301, "eu")
    assert cloud.violations == []


async def test_login_anywhere_finds_the_account(cloud, client_of):
    account = cloud.add_account(email="us@example.com", region="us")
    assert (await client_of(account).login())["region"] == "us"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"password": "wrong"}, 401), ({"email": "nobody@example.com"}, 404), ({"password": None}, 400)],
)
async def test_login_refused(client_of, change, code):
    assert (await client_of().login(**change))["error"] == code


async def test_login_not_activated(cloud, client_of):
    account = cloud.add_account(email="new@example.com", activated=False)
    assert (await client_of(account).login())["error"] == 402


async def test_a_region_that_takes_no_email(client_of):
    assert (await client_of(region="cn").login(email="nobody@example.com"))["error"] == 400


async def test_login_with_both_is_served_and_recorded(cloud, client_of):
    client = client_of()
    answer = await client.login(phoneNumber=None)
    assert "error" not in answer
    assert [violation.detail for violation in cloud.violations] == ["phoneNumber is null"]


@pytest.mark.parametrize("code", [403, 407])
async def test_refused_app(cloud, client_of, code):
    cloud.add_app("refused", "secret", refused=code)
    client = client_of()
    client.app_id, client.secret = "refused", "secret"
    assert (await client.login())["error"] == code


async def test_quota_of_an_app(cloud, client_of):
    cloud.add_app("spent", "secret", quota_spent=True)
    client = client_of()
    client.app_id, client.secret = "spent", "secret"
    assert (await client.login())["error"] == 412


async def test_unknown_app(client_of):
    client = client_of()
    client.app_id = "unknown"
    assert (await client.login())["error"] == 406


async def test_refresh(cloud, client):
    at, rt = client.at, client.rt
    answer = await client.get("/api/user/refresh", {"grantType": "refresh", "rt": rt}, signed=True)
    assert answer["at"] != at
    assert answer["rt"] != rt
    assert answer["user"]["apikey"] == cloud.account.apikey
    assert (await client.get("/api/user/device"))["error"] == 401
    client.at = answer["at"]
    assert (await client.get("/api/user/device"))["error"] == 0
    assert cloud.violations == []


async def test_refresh_refused(cloud, client):
    path = "/api/user/refresh"
    assert (await client.get(path, {"grantType": "refresh", "rt": "f" * 40}, signed=True))["error"] == 401
    assert (await client.get(path, {"grantType": "refresh"}, signed=True))["error"] == 400
    assert (await client.get(path, {"grantType": "else", "rt": client.rt}, signed=True))["error"] == 400
    cloud.expire_tokens(cloud.account, rt=True)
    assert (await client.get(path, {"grantType": "refresh", "rt": client.rt}, signed=True))["error"] == 402


async def test_tokens_expire(cloud, client):
    cloud.expire_tokens(cloud.account)
    assert (await client.get("/api/user/device"))["error"] == 402


async def test_a_later_sign_in_replaces_the_tokens(cloud, client):
    async with client.connect() as frames:
        await cloud.sign_in_elsewhere(cloud.account)
        assert await frames.receive() is None
        assert frames.ws.close_code == 1000
    assert (await client.get("/api/user/device"))["error"] == 401
    params = {"grantType": "refresh", "rt": client.rt}
    assert (await client.get("/api/user/refresh", params, signed=True))["error"] == 401


async def test_a_later_sign_in_ends_a_session_whose_token_was_refreshed(cloud, client):
    async with client.connect() as frames:
        params = {"grantType": "refresh", "rt": client.rt}
        assert (await client.get("/api/user/refresh", params, signed=True))["at"] != client.at
        assert cloud.connections
        await cloud.sign_in_elsewhere(cloud.account)
        assert await frames.receive() is None
        assert frames.ws.close_code == 1000


async def test_another_app_does_not_collide(cloud, client, client_of):
    cloud.add_app("phone", "phone-secret")
    phone = client_of()
    phone.app_id, phone.secret = "phone", "phone-secret"
    await phone.login()
    assert (await client.get("/api/user/device"))["error"] == 0
    assert (await phone.get("/api/user/device"))["error"] == 0


async def test_a_token_serves_its_region_only(client, client_of):
    other = client_of(region="us")
    other.at = client.at
    assert (await other.get("/api/user/device"))["error"] == 401


def test_an_account_has_one_address(cloud):
    with pytest.raises(ValueError, match="exactly one"):
        cloud.add_account(region="eu")
    with pytest.raises(ValueError, match="exactly one"):
        cloud.add_account(email="a@example.com", region="mars")
