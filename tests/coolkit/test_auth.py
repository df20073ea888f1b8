"""Signatures, nonces, tokens and their ages; that secrets stay out of texts."""

import re

import pytest

from custom_components.ewelink.coolkit import AccountSession, AppCredentials, Region, Tokens, make_nonce, sign
from custom_components.ewelink.coolkit.cloud.auth import query_message
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.exceptions import CannotConnectError, CloudError
from custom_components.ewelink.coolkit.scrubbing import KnownSecrets, scrub

KEY = "OdPuCZ4PkPPi0rVKRVcGmll2NM6vVk0c"
TOKENS = Tokens(
    access_token="at-secret", refresh_token="rt-secret", access_token_time=1000.0, refresh_token_time=900.0
)


@pytest.mark.parametrize(
    ("message", "signature"),
    [
        (
            (
                b'{"appid":"McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr","nonce":"asbsedwq","password":"12345678",'
                b'"phoneNumber":"+8613123456789","ts":1560306258,"version":8}'
            ),
            "XuOzGxtG50CiF4H3odUfZsvKVl5+qSPzhfLEuUd4eJw=",
        ),
        (
            (
                b'{"appid": "McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr", "nonce": "asbsedwq", "password": "12345678", '
                b'"phoneNumber": "+8613123456789", "ts": 1560306258, "version": 8}'
            ),
            "XfWcNURxPxpk6Z+6I+WR/j9wHURhvTEK1qa3sAJFNR0=",
        ),
        (
            b'{"email":"1234@gmail.com","password":"12345678","countryCode":"+1"}',
            "ttZ/gluzqrafvGonjMD20p4//arW6KoZKbo1SOMEzCA=",
        ),
        (
            b"appid=McFJj4Noke1mGDZCR1QarGW7P9Ycp0Vr&deviceid=1000012345&nonce=2323dfgh&ts=1558004249",
            "2CqlYZcS8x6LI27DgfX3QdqnVCFqbEz8sZXtOGEFuGc=",
        ),
    ],
)
def test_signatures_of_the_documents(message, signature):
    assert sign(KEY, message) == signature


def test_what_is_signed_of_a_query_is_sorted_and_not_encoded():
    query = {"ts": "1558004249", "appid": "A", "email": "a@b.c", "phoneNumber": "+86 1"}

    assert query_message(query) == b"appid=A&email=a@b.c&phoneNumber=+86 1&ts=1558004249"


def test_nonces_are_8_characters_and_new_each_time():
    nonces = {make_nonce() for _ in range(200)}

    assert len(nonces) == 200
    assert all(re.fullmatch("[A-Za-z0-9]{8}", nonce) for nonce in nonces)


def test_tokens_survive_being_stored():
    assert Tokens.from_dict(TOKENS.as_dict()) == TOKENS


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": None},
        {"refresh_token": 5},
        {"access_token_time": "yesterday"},
        {"refresh_token_time": None},
    ],
)
def test_stored_tokens_that_are_none(change):
    with pytest.raises(ValueError, match="no stored tokens"):
        Tokens.from_dict({**TOKENS.as_dict(), **change})


@pytest.mark.parametrize(
    ("answered", "refresh_token", "since"),
    [(None, "rt-secret", 900.0), ("rt-secret", "rt-secret", 900.0), ("rt-new", "rt-new", 2000.0)],
)
def test_the_age_of_a_refresh_token_restarts_only_if_it_changed(answered, refresh_token, since):
    renewed = TOKENS.renewed(access_token="at-new", refresh_token=answered, now=2000.0)

    assert (renewed.access_token, renewed.access_token_time) == ("at-new", 2000.0)
    assert (renewed.refresh_token, renewed.refresh_token_time) == (refresh_token, since)


def test_secrets_are_in_no_repr():
    session = AccountSession(apikey="apikey-1", region=Region.EU, tokens=TOKENS, account="a@example.com")

    shown = f"{session!r} {AppCredentials('app-id', 'app-secret')!r}"

    assert "app-id" in shown
    for secret in ("apikey-1", "at-secret", "rt-secret", "a@example.com", "app-secret"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pwd  err\n", "pwd err"),
        ("the password hunter22 is wrong", "the password *** is wrong"),
        ("Bearer abc is invalid", "Bearer *** is invalid"),
        ("at 074e8af6f5f10183647a6a4f5b51fdc6788f617a gone", "at *** gone"),
        ("apikey 95da0fea-5692-469a-c562-4dd5ee9a51f1", "apikey ***"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln is old", "token *** is old"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_reasons_are_scrubbed(text, shown):
    assert scrub(text, "hunter22", "") == shown


@pytest.mark.parametrize(
    ("text", "secret", "shown"),
    [
        ("verification code is wrong", "a", "verification code is wrong"),
        ("verification code is wrong", "is", "verification code *** wrong"),
        ('{"password":"abc"} is wrong', "abc", '{"password":"***"} is wrong'),
        ("pwd=abc", "abc", "pwd=***"),
        ("code 4711x", "4711", "code ***x"),
        ("x=token_hunter22.", "hunter22", "x=token_***."),
    ],
)
def test_short_secrets_are_scrubbed_as_words(text, secret, shown):
    assert scrub(text, secret) == shown


def test_what_the_process_knows_is_told_by_no_error():
    """A server may quote what belongs to another call, device or account."""
    AppCredentials("another-app-id", "another-app-secret")
    AccountSession(
        apikey="another-apikey",
        region=Region.EU,
        tokens=Tokens(
            access_token="another-at",
            refresh_token="another-rt",
            access_token_time=0,
            refresh_token_time=0,
        ),
        account="Jane.Doe@example.org",
    )
    device_from_entry(
        {
            "deviceid": "1000000001",
            "apikey": "owner-apikey",
            "devicekey": "device-key-1",
            "sharedTo": [{"apikey": "receiver-apikey", "email": "friend@example.org"}],
            "sharedBy": {"phoneNumber": "+37061234567"},
        }
    )
    quoted = (
        *("another-app-id", "another-app-secret", "another-apikey", "another-at", "another-rt"),
        *("Jane.Doe@example.org", "jane.doe@example.org", "owner-apikey", "device-key-1"),
        *("receiver-apikey", "friend@example.org", "+37061234567"),
    )
    for secret in quoted:
        for words in (f"no {secret}.", f'{{"error": "{secret}"}}', f"key={secret}; {secret}"):
            error = CloudError("update", code=500, reason=words)
            assert secret not in str(error), secret
            assert "***" in error.reason
    for told in (
        "friend%40example.org",
        "Jane.Doe%40Example.org",
        "jane.doe&#64;example.org",
        "%2B37061234567",
    ):
        assert "example.org" not in scrub(f"https://eu.example/login?account={told}&x=1").lower()
        assert "37061234567" not in scrub(f"account={told}&x=1")
    assert scrub("the device is offline", "") == "the device is offline"


def test_a_long_text_is_cut_before_it_is_searched():
    AppCredentials("app", "secret-of-the-cut")
    for text in (
        f"{'a ' * 990}secret-of-the-cut {'b' * 100}",
        "a" * 10_000_000,
        "1 " * 5_000_000,
        " " * 1990,
    ):
        assert "secret" not in scrub(f"{text}secret-of-the-cut")
        assert len(scrub(text)) <= 200


def test_what_is_known_is_bounded():
    known = KnownSecrets()
    for number in range(60_000):
        known.note(f"secret-{number}")
        known.note_words(f"word-{number}", "short", None)
    assert len(known._parts) == 256
    assert len(known._words) == 50_000
    assert known.replace("secret-59999 word-59999 secret-0 word-0") == "*** *** secret-0 word-0"


def test_errors_say_what_failed_and_what_can_be_done():
    error = CloudError("device list", code=500, reason="Bearer abcdef")

    assert (error.interface, error.code, error.reason) == ("device list", 500, "Bearer ***")
    assert str(error).startswith("device list failed with error 500 (Bearer ***). ")
    assert "try again" in str(error)
    assert not CannotConnectError("dispatch").maybe_sent
