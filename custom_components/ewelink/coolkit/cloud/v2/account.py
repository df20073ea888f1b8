"""The account calls of version 2: where it lives, signing in with a password, codes, profile, tokens."""

from collections.abc import Mapping
from dataclasses import replace
import time
from typing import Any

from ...devices.fields import read_text
from ...exceptions import CloudError, InvalidInputError, RedirectError, WrongRegionError
from ..account import opened_session, region_of_one, required_region, required_text, required_token
from ..answers import whole
from ..api import CodePurpose
from ..auth import AccountSession
from ..records import Profile
from ..region import Region
from .caller import CallerV2
from .interfaces import (
    CHANGE_PASSWORD,
    CHANGE_PROFILE,
    LOGIN,
    LOGOUT,
    PROFILE,
    REFRESH,
    REGION,
    REGISTER,
    RESET_PASSWORD,
    SEND_CODE,
    SMS_LOGIN,
)

# What a code for signing in is for.
_SIGN_IN = 4
_LANGUAGE = "en"


class AccountV2(CallerV2):
    """What version 2 knows of accounts."""

    async def find_region(self, country_code: str) -> Region:
        """Return the region of a country's accounts; `country_code` is its dial code ("86").

        Raises `FeatureRefusedError` if the App ID may not look up, which says nothing of signing in;
        `AppIdRefusedError`, `QuotaError`, `CloudError`, `CannotConnectError`.
        """
        code = _dial_code(country_code)
        try:
            answer = await self._signed(None, REGION, {"countryCode": code})
        except InvalidInputError:
            # The documents do not say which form it has.
            answer = await self._signed(None, REGION, {"countryCode": code.removeprefix("+")})
        return required_region(REGION, answer.get("region"))

    async def sign_in(
        self,
        region: str,
        *,
        password: str,
        country_code: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Sign in with exactly one of email and phone number ("+86…"), and return the session.

        `country_code` is the dial code of the country in which the account was registered. An account of
        another region is signed in there, once. Another client that is signed in with the same account and
        App ID is signed out by it.

        Raises `InvalidCredentialsError`, `UnknownAccountError`, `InvalidInputError`, `WrongRegionError`,
        `AppIdRefusedError`, `QuotaError`, `CloudError`, `CannotConnectError`; `ValueError` if not exactly
        one account is given.
        """
        place = region_of_one(region, email, phone_number)
        parameters = {
            **_address(email, phone_number),
            "password": password,
            "countryCode": _dial_code(country_code),
            "lang": _LANGUAGE,
        }
        answer, place = await self._followed(place, LOGIN, parameters, password)
        return opened_session(LOGIN, answer, place, email or phone_number)

    async def sign_in_by_code(self, *, phone_number: str, code: str) -> AccountSession:
        """Sign in with a verification code that was sent to a phone number of mainland China.

        Raises `WrongCodeError`, and as `sign_in` does.
        """
        parameters = {
            "countryCode": "+86",
            "phoneNumber": phone_number,
            "verificationCode": code,
            "lang": _LANGUAGE,
        }
        answer, place = await self._followed(Region.CN, SMS_LOGIN, parameters, code)
        return opened_session(SMS_LOGIN, answer, place, phone_number)

    async def send_code(
        self,
        region: str,
        purpose: CodePurpose,
        *,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> Region:
        """Have a verification code sent to exactly one of email and phone number ("+86…").

        Returns the region that took it, which is that of the account if there is one; use the code there.

        Raises `UnknownAccountError` (reset), `AccountExistsError` (register), `CodeNotSentError`,
        `TooManyCodesError`, `InvalidInputError`, `FeatureRefusedError`, and as `sign_in` does.
        """
        place = region_of_one(region, email, phone_number)
        parameters = {**_address(email, phone_number), "type": int(purpose)}
        _, place = await self._followed(place, SEND_CODE, parameters)
        return place

    async def send_sign_in_code(self, *, phone_number: str) -> Region:
        """Have a code for `sign_in_by_code` sent to a phone number of mainland China; as `send_code`."""
        parameters = {"phoneNumber": phone_number, "type": _SIGN_IN}
        _, place = await self._followed(Region.CN, SEND_CODE, parameters)
        return place

    async def register(
        self,
        region: str,
        *,
        code: str,
        password: str,
        country_code: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Create an account with the verification code that was sent, and return its session.

        Raises `WrongCodeError`, `AccountExistsError`, `InvalidInputError`, `FeatureRefusedError`, and as
        `sign_in` does.
        """
        place = region_of_one(region, email, phone_number)
        parameters = {
            **_address(email, phone_number),
            "countryCode": _dial_code(country_code),
            "verificationCode": code,
            "password": password,
        }
        answer, place = await self._followed(place, REGISTER, parameters, code, password)
        return opened_session(REGISTER, answer, place, email or phone_number)

    async def reset_password(
        self,
        region: str,
        *,
        code: str,
        password: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Set a new password with the verification code that was sent, and return the session.

        Raises `WrongCodeError`, `UnknownAccountError`, `InvalidInputError`, `FeatureRefusedError`, and as
        `sign_in` does.
        """
        place = region_of_one(region, email, phone_number)
        parameters = {
            **_address(email, phone_number),
            "verificationCode": code,
            "password": password,
        }
        answer, place = await self._followed(place, RESET_PASSWORD, parameters, code, password)
        return opened_session(RESET_PASSWORD, answer, place, email or phone_number)

    async def change_password(self, session: AccountSession, *, old_password: str, new_password: str) -> None:
        """Set a new password.

        Raises `InvalidCredentialsError` if the old one is wrong, `InvalidInputError`, `FeatureRefusedError`,
        and as all calls do.
        """
        parameters = {"oldPassword": old_password, "newPassword": new_password}
        await self._change(session, CHANGE_PASSWORD, parameters, old_password, new_password)

    async def get_profile(self, session: AccountSession) -> Profile:
        """Return what the cloud knows of the account; raises `FeatureRefusedError`, and as all calls do."""
        answer = await self._bearer(session, PROFILE, {})
        user = answer.get("user") if isinstance(answer, Mapping) else None
        if not isinstance(user, Mapping):
            raise CloudError(PROFILE.name, reason="no user in the answer")
        return Profile(
            apikey=required_text(PROFILE, user, "apikey"),
            region=read_text(answer.get("region")) or "",
            nickname=read_text(user.get("nickname")) or "",
            email=read_text(user.get("email")) or "",
            phone_number=read_text(user.get("phoneNumber")) or "",
            country_code=read_text(user.get("countryCode")) or "",
            level=whole(user.get("accountLevel")),
        )

    async def change_profile(
        self,
        session: AccountSession,
        *,
        nickname: str | None = None,
        accept_email_ad: bool | None = None,
        account_consult: bool | None = None,
    ) -> None:
        """Change the nickname, and what the cloud may write to the account; None leaves it as it is.

        Raises `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        wanted = {
            "nickname": nickname,
            "acceptEmailAd": accept_email_ad,
            "accountConsult": account_consult,
        }
        parameters = {name: value for name, value in wanted.items() if value is not None}
        await self._change(session, CHANGE_PROFILE, parameters)

    async def refresh(self, session: AccountSession) -> AccountSession:
        """Return the session with new tokens.

        Raises `TokenRefusedError` if it has to sign in again; `AppIdRefusedError`, `QuotaError`,
        `CloudError`, `CannotConnectError`.
        """
        tokens = session.tokens
        secrets = (tokens.refresh_token, tokens.access_token, session.apikey)
        try:
            answer = await self._signed(session.region, REFRESH, {"rt": tokens.refresh_token}, *secrets)
        except RedirectError as error:
            raise WrongRegionError(REFRESH.name, code=error.code, reason=error.reason) from None
        has_new = answer.get("rt") or answer.get("refreshToken")
        renewed = tokens.renewed(
            access_token=required_token(REFRESH, answer, "at", "accessToken"),
            refresh_token=required_token(REFRESH, answer, "rt", "refreshToken") if has_new else None,
            now=time.time(),
        )
        return replace(session, tokens=renewed)

    async def sign_out(self, session: AccountSession) -> None:
        """Let the cloud forget the tokens; raises as all calls do."""
        await self._change(session, LOGOUT, {})


def _address(email: str | None, phone_number: str | None) -> dict[str, Any]:
    """Return the one parameter that names the account."""
    return {"phoneNumber": phone_number} if phone_number else {"email": email}


def _dial_code(country_code: str) -> str:
    """Return a dial code as the cloud writes it ("+86")."""
    return f"+{country_code.strip().removeprefix('+')}"
