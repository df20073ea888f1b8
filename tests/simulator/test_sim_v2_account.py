"""Accounts in v2: sign-in by password, verification codes, passwords, profile, leaving."""

import pytest

from simulator.home import NEIGHBOUR

LOGIN, SMS, CODE = "/v2/user/login", "/v2/user/sms-login", "/v2/user/verification-code"
REGISTER, RESET = "/v2/user/register", "/v2/user/reset-pwd"
WHO = {"countryCode": "+49", "email": "demo@example.com", "password": "demo-password"}


@pytest.fixture
def client(v2_of):
    return v2_of()


@pytest.fixture
def mainlander(cloud):
    return cloud.add_account(phone_number="+8613123456789", password="p", region="cn")


async def test_login(cloud, client):
    answer = await client.post(LOGIN, WHO | {"lang": "en"}, signed=True)
    data = answer["data"]
    assert data.keys() == {"user", "at", "rt", "region"}
    assert (data["region"], data["user"]["apikey"]) == ("eu", cloud.account.apikey)
    assert (data["user"]["email"], data["user"]["countryCode"]) == ("demo@example.com", "+49")
    client.at = data["at"]
    assert (await client.homes())["currentFamilyId"]
    assert cloud.violations == []


async def test_the_phone_number_is_looked_at_first(client, mainlander):
    body = WHO | {"phoneNumber": mainlander.phone_number, "password": "p", "countryCode": "+86"}
    answer = await client.post(LOGIN, body, signed=True)
    assert answer["data"]["user"]["phoneNumber"] == mainlander.phone_number


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "wrong"}, 10001),
        ({"email": "nobody@example.com"}, 10003),
        ({"email": None}, 400),
        ({"countryCode": None}, 400),
        ({"countryCode": "49"}, 400),
    ],
)
async def test_login_refused(client, changes, code):
    body = {key: value for key, value in (WHO | changes).items() if value is not None}
    assert (await client.post(LOGIN, body, signed=True))["error"] == code


async def test_an_email_is_the_same_in_capitals(client):
    assert (await client.post(LOGIN, WHO | {"email": "Demo@Example.com"}, signed=True))["error"] == 0


async def test_login_in_another_region(v2_of):
    answer = await v2_of(region="us").post(LOGIN, WHO, signed=True)
    assert (answer["error"], answer["data"]) == (10004, {"region": "eu"})
    assert (await v2_of(region="eu").post(LOGIN, WHO, signed=True))["error"] == 0


async def test_one_reading_checks_the_country(cloud, client):
    assert (await client.post(LOGIN, WHO | {"countryCode": "+1"}, signed=True))["error"] == 0
    cloud.quirks.country_is_checked = True
    assert (await client.post(LOGIN, WHO | {"countryCode": "+1"}, signed=True))["error"] == 10003


async def test_a_personal_app_id_has_no_passwords(cloud, v2_of):
    free = v2_of(app=cloud.free_app)
    for path, body in ((LOGIN, WHO), (CODE, {"type": 1, "email": WHO["email"]})):
        assert (await free.post(path, body, signed=True))["error"] == 407


async def test_login_by_a_code(cloud, client, mainlander):
    who = {"phoneNumber": mainlander.phone_number}
    assert (await client.post(CODE, {"type": 4, **who}, signed=True))["error"] == 0
    code = cloud.verification.latest(mainlander.phone_number)
    body = {"countryCode": "+86", **who, "verificationCode": code}
    wrong = await client.post(SMS, body | {"verificationCode": "x"}, signed=True)
    assert wrong["error"] == 10002
    assert (await client.post(SMS, body, signed=True))["data"]["region"] == "cn"
    assert (await client.post(SMS, body | {"countryCode": "+49"}, signed=True))["error"] == 400


async def test_registering(cloud, client):
    who = {"email": "new@example.com"}
    assert (await client.post(CODE, {"type": 0, **who}, signed=True))["error"] == 0
    body = {**who, "countryCode": "+1", "password": "12345678", "verificationCode": "wrong"}
    assert (await client.post(REGISTER, body, signed=True))["error"] == 10002
    body["verificationCode"] = cloud.verification.latest("new@example.com")
    answer = await client.post(REGISTER, body, signed=True)
    assert answer["data"]["region"] == "us"
    assert answer["data"]["user"]["countryCode"] == "+1"
    assert (await client.post(REGISTER, body, signed=True))["error"] == 10009
    assert (await client.post(CODE, {"type": 0, **who}, signed=True))["error"] == 10009
    assert cloud.violations == []


async def test_registering_in_another_region(v2_of):
    body = {
        "email": "new@example.com",
        "countryCode": "+1",
        "password": "12345678",
        "verificationCode": "1234",
    }
    answer = await v2_of(region="eu").post(REGISTER, body, signed=True)
    assert (answer["error"], answer["data"]) == (10004, {"region": "us"})


async def test_a_code_for_an_account_elsewhere(v2_of):
    body = {"type": 1, "email": WHO["email"]}
    answer = await v2_of(region="us").post(CODE, body, signed=True)
    assert (answer["error"], answer["data"]) == (10004, {"region": "eu"})


async def test_codes_refused(cloud, client):
    who = {"email": WHO["email"]}
    assert (await client.post(CODE, {"type": 1, "email": "no@example.com"}, signed=True))["error"] == 10003
    assert (await client.post(CODE, {"type": 2, **who}, signed=True))["error"] == 400
    assert (await client.post(CODE, {"type": 1}, signed=True))["error"] == 400
    errors = [(await client.post(CODE, {"type": 1, **who}, signed=True))["error"] for _ in range(4)]
    assert errors == [0, 0, 0, 10010]
    now = cloud.clock()
    cloud.core.clock = lambda: now + 61
    assert (await client.post(CODE, {"type": 1, **who}, signed=True))["error"] == 0


async def test_resetting_a_password(cloud, v2, client):
    await client.post(CODE, {"type": 1, "email": WHO["email"]}, signed=True)
    body = {
        "email": WHO["email"],
        "password": "another-one",
        "verificationCode": cloud.verification.latest(WHO["email"]),
    }
    answer = await client.post(RESET, body, signed=True)
    assert answer["data"].keys() == {"user", "at", "rt", "region"}
    assert cloud.account.password == "another-one"
    assert (await v2.get("/v2/family"))["error"] == 401
    assert (await client.post(RESET, body, signed=True))["error"] == 10002


async def test_changing_a_password_makes_tokens_void(cloud, v2, free):
    path, body = "/v2/user/change-pwd", {"oldPassword": "wrong", "newPassword": "another-one"}
    assert (await v2.post(path, body))["error"] == 10001
    async with free.connect() as frames:
        assert (await v2.post(path, body | {"oldPassword": "demo-password"}))["error"] == 0
        assert await frames.receive() is None
    assert cloud.account.password == "another-one"
    for client in (v2, free):
        assert (await client.get("/v2/family"))["error"] == 401
        assert (await client.post("/v2/user/refresh", {"rt": client.rt}, signed=True))["error"] == 405


async def test_profile(cloud, v2):
    data = (await v2.get("/v2/user/profile"))["data"]
    assert (data["region"], data["user"]["nickname"]) == ("eu", "Demo")
    body = {"nickname": "Somebody", "acceptEmailAd": False}
    assert (await v2.post("/v2/user/profile", body))["data"] == {}
    assert (await v2.get("/v2/user/profile"))["data"]["user"]["nickname"] == "Somebody"
    assert (await v2.post("/v2/user/profile", {"acceptEmailAd": "no"}))["error"] == 400
    assert [violation.detail for violation in cloud.violations] == ["acceptEmailAd is no flag"]
    assert (await v2.post("/v2/user/profile", {"accountConsult": False}))["error"] == 400


async def test_logging_out(cloud, v2, free):
    assert (await v2.delete("/v2/user/logout"))["error"] == 0
    assert (await v2.get("/v2/family"))["error"] == 401
    assert (await free.get("/v2/family"))["error"] == 0
    assert cloud.violations == []


async def test_closing_an_account_is_never_right(cloud, v2_of):
    client = v2_of(account=cloud.accounts.find(NEIGHBOUR))
    await client.sign_in()
    await client.post(CODE, {"type": 3, "email": NEIGHBOUR}, signed=True)
    body = {"verificationCode": cloud.verification.latest(NEIGHBOUR)}
    assert (await client.post("/v2/user/close-account", {"verificationCode": "x"}))["error"] == 10002
    assert (await client.post("/v2/user/close-account", body))["error"] == 0
    assert cloud.accounts.find(NEIGHBOUR) is None
    assert "1000000015" not in cloud.devices
    assert {violation.rule for violation in cloud.violations} == {"account"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_a_path_that_does_not_exist(cloud, v2, method):
    _, answer = await v2.send(method, "/v2/user/nothing", {})
    assert (answer["error"], answer["msg"]) == (403, "api not found")
    assert [violation.rule for violation in cloud.violations] == ["path"]
