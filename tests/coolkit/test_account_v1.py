"""Verification codes, registration and passwords, against the simulated cloud."""

import logging

import pytest

from custom_components.ewelink.coolkit import (
    AccountExistsError,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CodeNotSentError,
    CodePurpose,
    ConnectionChanged,
    ConnectionState,
    CoolKitClient,
    Feature,
    FeatureRefusedError,
    InvalidCredentialsError,
    InvalidInputError,
    ServerTroubleError,
    SignedOutError,
    TooManyCodesError,
    UnknownAccountError,
    WrongCodeError,
    WrongRegionError,
)
from simulator.cloud import EMAIL, PASSWORD
from tests.coolkit.conftest import TIMINGS, listening, until

NEW = "new@example.com"
PHONE = "+8613185260282"
CODE, SECRET = "4711-code", "a-secret-password"
REGISTER, RESET = CodePurpose.REGISTER, CodePurpose.RESET_PASSWORD


def sent(cloud, interface):
    return [request for request in cloud.requests if request.interface == interface]


# --- verification codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "account"), [("eu", {"email": NEW}), ("cn", {"phone_number": PHONE}), ("as", {"email": NEW})]
)
async def test_a_code_to_register(api, cloud, region, account):
    assert await api.send_code(region, REGISTER, **account) == region

    code = cloud.verification.sent[-1]
    assert (code.address, code.purpose) == (next(iter(account.values())), "0")


async def test_a_code_to_reset_the_password(api, cloud):
    assert await api.send_code("eu", RESET, email=EMAIL) == "eu"

    assert cloud.verification.sent[-1].purpose == "1"


async def test_a_code_is_sent_from_where_the_account_lives(api, cloud):
    assert await api.send_code("us", RESET, email=EMAIL) == "eu"

    assert [request.region for request in sent(cloud, "sms")] == ["us", "eu"]
    assert len(cloud.verification.sent) == 1


async def test_a_code_is_not_sent_round_and_round(api, cloud):
    for region in ("us", "as"):
        cloud.faults.add("redirect", interface="sms", region=region)

    with pytest.raises(WrongRegionError):
        await api.send_code("eu", RESET, email=EMAIL)

    assert len(sent(cloud, "sms")) == 2


async def test_one_code_at_a_time(api):
    await api.send_code("eu", REGISTER, email=NEW)

    with pytest.raises(TooManyCodesError) as caught:
        await api.send_code("eu", REGISTER, email=NEW)
    assert caught.value.code == 160038


async def test_codes_for_the_wrong_addresses(api):
    with pytest.raises(AccountExistsError):
        await api.send_code("eu", REGISTER, email=EMAIL)
    with pytest.raises(UnknownAccountError):
        await api.send_code("eu", RESET, email=NEW)


async def test_an_address_of_the_unusual_kind_is_for_the_cloud_to_decide(api, cloud):
    with pytest.raises(InvalidInputError):
        await api.send_code("cn", REGISTER, email=NEW)
    with pytest.raises(InvalidInputError):
        await api.register("eu", code="1234", password="p", phone_number=PHONE)
    cloud.add_account(phone_number=PHONE, region="eu")
    assert await api.send_code("eu", RESET, phone_number=PHONE) == "eu"


async def test_a_code_goes_to_one_address(api, cloud):
    with pytest.raises(ValueError, match="either"):
        await api.reset_password("as", code="1234", password="p", phone_number=PHONE, email=NEW)
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, InvalidInputError),
        (401, UnknownAccountError),
        (403, FeatureRefusedError),
        (406, AppIdRefusedError),
        (407, FeatureRefusedError),
        (409, AccountExistsError),
        (498, CodeNotSentError),
        (500, ServerTroubleError),
        (504, CodeNotSentError),
        (160038, TooManyCodesError),
        (160099, CloudError),
    ],
)
async def test_codes_of_the_verification_code(api, cloud, code, error):
    cloud.faults.add("error", interface="sms", code=code, text="in its own words")

    with pytest.raises(error) as caught:
        await api.send_code("eu", REGISTER, email=NEW)

    assert type(caught.value) is error
    assert (caught.value.code, caught.value.reason) == (code, "in its own words")


# --- registration and reset ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "account"), [("eu", {"email": NEW}), ("cn", {"phone_number": PHONE}), ("as", {"email": NEW})]
)
async def test_register(api, cloud, region, account):
    place = await api.send_code(region, REGISTER, **account)
    (address,) = account.values()

    session = await api.register(
        place, code=cloud.verification.latest(address), password="my-password", **account
    )

    assert (session.account, session.region) == (address, region)
    assert session.apikey == cloud.accounts.find(address).apikey
    assert await api.list_devices(session) == []
    assert (await api.sign_in(region, password="my-password", **account)).apikey == session.apikey


async def test_reset_the_password(api, cloud, session):
    place = await api.send_code("us", RESET, email=EMAIL)

    renewed = await api.reset_password(
        place, code=cloud.verification.latest(EMAIL), password="another-password", email=EMAIL
    )

    assert (renewed.apikey, renewed.region, renewed.account) == (session.apikey, "eu", EMAIL)
    assert len(await api.list_devices(renewed)) > 10
    with pytest.raises(SignedOutError):
        await api.list_devices(session)
    with pytest.raises(InvalidCredentialsError):
        await api.sign_in("eu", email=EMAIL, password=PASSWORD)


async def test_a_reset_follows_the_account(api, cloud):
    await api.send_code("eu", RESET, email=EMAIL)

    session = await api.reset_password(
        "us", code=cloud.verification.latest(EMAIL), password="another-password", email=EMAIL
    )

    assert session.region == "eu"


async def test_a_wrong_code_is_told_by_nobody(api, cloud):
    await api.send_code("eu", REGISTER, email=NEW)
    cloud.faults.add(
        "error", interface="register", code=498, text="code 4711 for secret-password is wrong, use 4712"
    )

    with pytest.raises(WrongCodeError) as caught:
        await api.register("eu", code="4711", password="secret-password", email=NEW)

    assert "4711" not in str(caught.value)
    assert "secret-password" not in str(caught.value)


@pytest.mark.parametrize(
    ("interface", "code", "error"),
    [
        ("register", 400, InvalidInputError),
        ("register", 401, AppIdRefusedError),
        ("register", 403, FeatureRefusedError),
        ("register", 406, AppIdRefusedError),
        ("register", 407, FeatureRefusedError),
        ("register", 409, AccountExistsError),
        ("register", 498, WrongCodeError),
        ("register", 500, ServerTroubleError),
        ("reset_password", 400, InvalidInputError),
        ("reset_password", 401, AppIdRefusedError),
        ("reset_password", 403, FeatureRefusedError),
        ("reset_password", 404, UnknownAccountError),
        ("reset_password", 407, FeatureRefusedError),
        ("reset_password", 498, WrongCodeError),
        ("reset_password", 500, ServerTroubleError),
    ],
)
async def test_codes_of_registration_and_reset(api, cloud, interface, code, error):
    cloud.faults.add("error", interface=interface, code=code)

    with pytest.raises(error) as caught:
        await getattr(api, interface)("eu", code="1234", password="my-password", email=NEW)

    assert type(caught.value) is error
    assert caught.value.code == code


async def test_a_code_is_used_for_what_it_was_sent_for(api, cloud):
    await api.send_code("eu", RESET, email=EMAIL)

    with pytest.raises(AccountExistsError):
        await api.register("eu", code=cloud.verification.latest(EMAIL), password="mine", email=EMAIL)
    with pytest.raises(WrongCodeError):
        await api.reset_password("eu", code="none", password="mine", email=EMAIL)


async def test_what_is_refused_for_the_app_id_is_not_asked_for_again(api, cloud):
    cloud.faults.add("error", interface="sms", code=407)
    for _ in range(2):
        with pytest.raises(FeatureRefusedError):
            await api.send_code("eu", REGISTER, email=NEW)
    with pytest.raises(FeatureRefusedError):
        await api.register("eu", code="1234", password="mine", email=NEW)

    assert len(cloud.requests) == 1
    assert Feature.ACCOUNT not in api.features
    assert (await api.sign_in("eu", email=EMAIL, password=PASSWORD)).region == "eu"


@pytest.mark.parametrize(
    ("interface", "call"),
    [
        ("register", lambda api, _: api.register("eu", code=CODE, password=SECRET, email=NEW)),
        ("reset_password", lambda api, _: api.reset_password("eu", code=CODE, password=SECRET, email=NEW)),
        ("change_password", lambda _, client: client.management.change_password(SECRET, CODE)),
        (
            "add_device",
            lambda _, client: client.management.add_device(device_id=CODE, apikey=SECRET, name="x"),
        ),
        (
            "add_gsm",
            lambda _, client: client.management.add_gsm_device(device_id=CODE, apikey=SECRET, name="x"),
        ),
    ],
)
async def test_secrets_that_the_cloud_quotes(websession, api, session, cloud, caplog, interface, call):
    """What was sent may come back in the cloud's words: it reaches neither errors nor the log."""
    caplog.set_level(logging.DEBUG)
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    cloud.faults.add("error", interface=interface, code=500, text=f"in vain: {SECRET} {session.apikey}")

    with pytest.raises(CloudError) as caught:
        await call(api, client)

    assert "in vain" in caught.value.reason
    told = f"{caught.value} {caught.value!r} {caplog.text}"
    assert SECRET not in told
    assert session.apikey not in told
    assert session.tokens.access_token not in told


# --- changing the password -------------------------------------------------------------------------------


async def test_change_the_password(api, session, cloud):
    await api.change_password(session, old_password=PASSWORD, new_password="another-password")

    assert cloud.account.password == "another-password"
    assert len(await api.list_devices(session)) > 10


async def test_the_old_password_is_wrong(api, session, cloud):
    with pytest.raises(InvalidCredentialsError) as caught:
        await api.change_password(session, old_password="not-mine", new_password="another-password")

    assert "not-mine" not in str(caught.value)
    assert cloud.account.password == PASSWORD


@pytest.mark.parametrize(
    ("text", "asked"), [("pwd err", False), ("the old password is wrong", False), ("unauthorized", True)]
)
async def test_a_wrong_password_is_no_replaced_token(api, session, cloud, text, asked):
    cloud.faults.add("error", interface="change_password", code=401, text=text)

    with pytest.raises(InvalidCredentialsError):
        await api.change_password(session, old_password="not-mine", new_password="another-password")

    assert bool(sent(cloud, "dispatch")) is asked


@pytest.mark.parametrize("text", [None, "unauthorized"])
async def test_a_replaced_token_is_no_wrong_password(api, session, cloud, text):
    await cloud.sign_in_elsewhere(cloud.account)
    if text is not None:
        cloud.faults.add("error", interface="change_password", code=401, text=text)

    with pytest.raises(SignedOutError):
        await api.change_password(session, old_password=PASSWORD, new_password="another-password")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, InvalidCredentialsError),
        (403, FeatureRefusedError),
        (407, FeatureRefusedError),
        (500, ServerTroubleError),
    ],
)
async def test_codes_of_the_password_change(api, session, cloud, code, error):
    cloud.faults.add("error", interface="change_password", code=code)

    with pytest.raises(error) as caught:
        await api.change_password(session, old_password=PASSWORD, new_password="another-password")

    assert type(caught.value) is error


async def test_a_session_stays_open_when_its_password_changes(api, websession, session, cloud):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    async with listening(client) as task:
        await until(lambda: client.devices)

        await client.management.change_password(PASSWORD, "another-password")

        assert cloud.account.password == "another-password"
        with pytest.raises(InvalidCredentialsError):
            await client.management.change_password(PASSWORD, "a-third-password")
        await client.refresh_devices()
        assert not task.done()
    assert client.session == session
    with pytest.raises(CannotConnectError):
        await client.management.change_password("another-password", PASSWORD)


async def test_a_password_change_that_was_signed_out(websession, api, session, cloud):
    client = CoolKitClient(websession=websession, api=api, session=session, timings=TIMINGS)
    events = []
    async with listening(client) as task:
        await until(lambda: client.devices)
        client.subscribe(events.append)
        await cloud.sign_in_elsewhere(cloud.account)

        with pytest.raises(SignedOutError):
            await client.management.change_password(PASSWORD, "another-password")

        await until(task.done)
        assert isinstance(task.exception(), SignedOutError)
    assert ConnectionChanged(ConnectionState.SIGNED_OUT) in events
