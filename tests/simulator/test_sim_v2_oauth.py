"""Codes and tokens of OAuth 2.0, and the region look-up."""

import pytest

from simulator.accounts import AT_LIFE, RT_LIFE


@pytest.fixture
def code(cloud):
    return cloud.codes.give(cloud.account, cloud.free_app.app_id, cloud.free_app.redirect_url, cloud.clock())


@pytest.fixture
def client(cloud, v2_of):
    return v2_of(app=cloud.free_app, region="eu")


async def test_a_code_becomes_tokens(cloud, client, code):
    answer = await client.exchange(code)
    data = answer["data"]
    assert data.keys() == {"accessToken", "atExpiredTime", "refreshToken", "rtExpiredTime"}
    assert abs(data["atExpiredTime"] / 1000 - cloud.clock() - AT_LIFE) < 5
    assert abs(data["rtExpiredTime"] / 1000 - cloud.clock() - RT_LIFE) < 5
    client.at = data["accessToken"]
    assert (await client.homes())["currentFamilyId"]
    assert cloud.violations == []


async def test_one_reading_names_the_user(cloud, client, code):
    cloud.quirks.token_names_user = True
    data = (await client.exchange(code))["data"]
    assert (data["region"], data["user"]["apikey"]) == ("eu", cloud.account.apikey)


async def test_a_code_is_good_once(client, code):
    assert (await client.exchange(code))["error"] == 0
    answer = await client.exchange(code)
    assert (answer["error"], answer["msg"]) == (405, "invalid code")


async def test_a_code_is_good_for_half_a_minute(cloud, client, code):
    cloud.codes.age(31)
    assert (await client.exchange(code))["error"] == 405


@pytest.mark.parametrize(("burns", "error"), [(False, 0), (True, 405)])
async def test_a_code_in_the_wrong_region(cloud, client, v2_of, code, burns, error):
    cloud.quirks.wrong_region_burns_code = burns
    assert (await v2_of(app=cloud.free_app, region="us").exchange(code))["error"] == 405
    assert (await client.exchange(code))["error"] == error


async def test_a_code_of_another_app(v2_of, code):
    assert (await v2_of(region="eu").exchange(code))["error"] == 405


async def test_another_redirect_url(client, code):
    answer = await client.exchange(code, redirectUrl="http://127.0.0.1:8123/auth/external/callback/")
    assert (answer["error"], answer["msg"]) == (400, "redirect url is not authenticated")
    assert (await client.exchange(code))["error"] == 0


async def test_another_grant(client, code):
    assert (await client.exchange(code, grantType="password"))["error"] == 400


async def test_signing_in_again_ends_the_first(cloud, free, v2_of):
    async with free.connect() as frames:
        second = v2_of(app=cloud.free_app)
        await second.sign_in()
        assert await frames.receive() is None
    assert (await free.get("/v2/family"))["error"] == 401
    assert (await second.get("/v2/family"))["error"] == 0


async def test_refresh_replaces_both_tokens(cloud, free):
    at, rt = free.at, free.rt
    answer = await free.post("/v2/user/refresh", {"rt": rt}, signed=True)
    assert answer["data"].keys() == {"at", "rt"}
    assert {answer["data"]["at"], answer["data"]["rt"]}.isdisjoint({at, rt})
    assert (await free.get("/v2/family"))["error"] == 401
    free.at = answer["data"]["at"]
    assert (await free.get("/v2/family"))["error"] == 0
    again = await free.post("/v2/user/refresh", {"rt": rt}, signed=True)
    assert (again["error"], again["msg"]) == (405, "can't find the account with this rt")
    assert cloud.violations == []


async def test_refresh_with_the_token_itself(cloud, free):
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}))["error"] == 0
    assert cloud.violations == []


async def test_refresh_after_the_access_token_died(cloud, free):
    cloud.expire_tokens(cloud.account)
    assert (await free.get("/v2/family"))["error"] == 402
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}))["error"] == 402
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["error"] == 0


async def test_refresh_after_both_died(cloud, free):
    cloud.expire_tokens(cloud.account, rt=True)
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["error"] == 402


async def test_refresh_on_another_host(cloud, free, v2_of):
    other = v2_of(app=cloud.free_app, region="us")
    assert (await other.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["error"] == 405
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["error"] == 0


async def test_refresh_on_demand(cloud, free):
    cloud.faults.add("refresh_same_rt", interface="refresh")
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["data"]["rt"] == free.rt
    cloud.faults.add("refresh_refused", interface="refresh")
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["error"] == 405


async def test_leaving(cloud, free):
    async with free.connect() as frames:
        assert (await free.delete("/v2/user/oauth/token"))["error"] == 0
        assert await frames.receive() is None
    assert (await free.get("/v2/family"))["error"] == 401
    assert (await free.post("/v2/user/refresh", {"rt": free.rt}, signed=True))["error"] == 405
    assert cloud.violations == []


@pytest.mark.parametrize(("code", "region"), [("+86", "cn"), ("86", "cn"), ("+1", "us"), ("+91", "as")])
async def test_region(v2_of, code, region):
    answer = await v2_of().get("/v2/utils/get-region", {"countryCode": code}, signed=True)
    assert answer["data"] == {"region": region}


@pytest.mark.parametrize(("reading", "refused"), [("plus", "86"), ("digits", "+86")])
async def test_region_takes_one_of_two_forms(cloud, v2_of, reading, refused):
    cloud.quirks.region_country_code = reading
    answer = await v2_of().get("/v2/utils/get-region", {"countryCode": refused}, signed=True)
    assert answer["error"] == 400
