"""Verification codes, registering, and passwords, each interface good and bad."""

import pytest

from simulator import Simulator
from tests.simulator.client import RawClient

SMS, REGISTER, RESET = "/api/sms", "/api/user/register", "/api/user/password/reset"
NEW = "new@example.com"


async def send_code(client, address=NEW, purpose="0"):
    who = {"to": address} if address.startswith("+") else {"email": address}
    return await client.post(SMS, {"sendType": purpose, **who}, signed=True)


async def test_register(cloud, client_of):
    client = client_of(region="eu")
    assert await send_code(client) == {"error": 0}
    code = cloud.verification.latest(NEW)
    answer = await client.post(
        REGISTER, {"email": NEW, "password": "12345678", "verificationCode": code}, signed=True
    )
    assert "error" not in answer
    assert (answer["region"], answer["user"]["email"]) == ("eu", NEW)
    client.at = answer["at"]
    assert await client.devices() == []
    assert cloud.violations == []


@pytest.mark.parametrize(("number", "region"), [("+8613123456789", "cn"), ("+6591234567", "as")])
async def test_register_by_phone(cloud, client_of, number, region):
    client = client_of()
    assert (await send_code(client, number))["error"] == 0
    code = cloud.verification.latest(number)
    params = {"phoneNumber": number, "password": "12345678", "verificationCode": code}
    answer = await client.post(REGISTER, params, signed=True)
    assert (answer["region"], answer["user"]["phoneNumber"]) == (region, number)


async def test_an_email_registers_in_eu_when_no_region_is_asked(cloud, client_of):
    client = client_of()
    await send_code(client)
    params = {"email": NEW, "password": "12345678", "verificationCode": cloud.verification.latest(NEW)}
    assert (await client.post(REGISTER, params, signed=True))["region"] == "eu"


@pytest.mark.parametrize(
    ("region", "params", "code"),
    [
        ("eu", {"sendType": "0", "email": "demo@example.com"}, 409),
        ("us", {"sendType": "0", "email": "demo@example.com"}, 301),
        ("us", {"sendType": "1", "email": "demo@example.com"}, 301),
        ("eu", {"sendType": "1", "email": NEW}, 401),
        ("eu", {"sendType": "9", "email": NEW}, 400),
        ("eu", {"sendType": "0", "email": "nobody"}, 400),
        ("eu", {"email": NEW}, 400),
        ("eu", {"sendType": "0"}, 400),
        ("eu", {"sendType": "0", "email": NEW, "to": "+4915112345678"}, 400),
        ("eu", {"sendType": "0", "to": "+4915112345678"}, 400),
        ("cn", {"sendType": "0", "email": NEW}, 400),
    ],
)
async def test_codes_refused(client_of, region, params, code):
    assert (await client_of(region=region).post(SMS, params, signed=True))["error"] == code


@pytest.mark.parametrize("code", [500, 504])
async def test_codes_that_cannot_be_sent(cloud, client_of, code):
    cloud.faults.add("error", interface="sms", code=code)
    assert (await send_code(client_of()))["error"] == code


async def test_the_pause_between_codes(client_of):
    client = client_of()
    assert (await send_code(client))["error"] == 0
    assert (await send_code(client))["error"] == 160038
    assert (await send_code(client, "other@example.com"))["error"] == 0


async def test_a_number_without_country_code_is_recorded(cloud, client_of):
    await send_code(client_of(), "+")
    cloud.violations.clear()
    await client_of().post(SMS, {"sendType": "0", "to": "13123456789"}, signed=True)
    assert [violation.detail for violation in cloud.violations] == ["to without a country code"]


@pytest.mark.parametrize(
    ("region", "change", "code"),
    [
        ("eu", {"verificationCode": "no"}, 498),
        ("eu", {"email": "demo@example.com"}, 409),
        ("eu", {"email": "nocode@example.com"}, 498),
        ("cn", {}, 400),
        ("eu", {"password": None}, 400),
    ],
)
async def test_register_refused(cloud, client_of, region, change, code):
    client = client_of(region=region)
    await send_code(client_of())
    params = {"email": NEW, "password": "12345678", "verificationCode": cloud.verification.latest(NEW)}
    assert (await client.post(REGISTER, params | change, signed=True))["error"] == code


async def test_a_code_is_used_once_and_ages(http):
    now = [1_790_000_000.0]
    async with Simulator(clock=lambda: now[0], pace_checks=False, ts_tolerance=None) as cloud:
        client = RawClient(cloud, http)
        await send_code(client)
        now[0] += 61
        await send_code(client)
        first, second = (code.code for code in cloud.verification.sent)
        assert first != second
        params = {"email": NEW, "password": "12345678", "verificationCode": first}
        assert (await client.post(REGISTER, params, signed=True))["error"] == 498
        now[0] += 1801
        params["verificationCode"] = second
        assert (await client.post(REGISTER, params, signed=True))["error"] == 498


async def test_reset_password(cloud, client, client_of):
    assert (await send_code(client, "demo@example.com", "1"))["error"] == 0
    code = cloud.verification.latest("demo@example.com")
    params = {"email": "demo@example.com", "password": "changed!", "verificationCode": code}
    answer = await client.post(RESET, params, signed=True)
    assert answer["error"] == 0
    assert answer["user"]["email"] == "demo@example.com"
    assert cloud.account.password == "changed!"
    assert (await client.get("/api/user/device"))["error"] == 401
    assert (await client.post(RESET, params, signed=True))["error"] == 498
    assert "error" not in await client_of().login()


@pytest.mark.parametrize(
    ("region", "change", "code"),
    [
        ("eu", {"verificationCode": "no"}, 498),
        ("eu", {"email": NEW}, 401),
        ("us", {}, 301),
        ("eu", {"verificationCode": None}, 400),
    ],
)
async def test_reset_refused(client_of, region, change, code):
    params = {"email": "demo@example.com", "password": "changed!", "verificationCode": "1"}
    answer = await client_of(region=region).post(RESET, params | change, signed=True)
    assert answer["error"] == code


@pytest.mark.parametrize("code", [403, 500])
async def test_reset_faults(cloud, client_of, code):
    cloud.faults.add("error", interface="reset_password", code=code)
    assert (await client_of().post(RESET, {}, signed=True))["error"] == code


async def test_change_password(cloud, client):
    path = "/api/user/password"
    params = {"oldPassword": "demo-password", "newPassword": "changed!"}
    assert await client.post(path, params) == {"message": "Change password is success!"}
    assert cloud.account.password == "changed!"
    assert (await client.post(path, params))["error"] == 400
    assert (await client.post(path, {"oldPassword": "changed!"}))["error"] == 400
    assert "changed!" not in str(cloud.requests)
    assert (await client.get("/api/user/device"))["error"] == 0
