"""The account calls of version 1: where it lives, signing in, codes, passwords, tokens."""

from abc import abstractmethod
from dataclasses import replace
import logging
import re
import time

from ...exceptions import (
    InvalidCredentialsError,
    RedirectError,
    SignedOutError,
    WrongRegionError,
)
from ..account import opened_session, region_of_one, required_region, required_text
from ..api import CodePurpose, Endpoint
from ..auth import AccountSession
from ..interface import Interface
from ..region import Region
from .caller import CallerV1
from .interfaces import CHANGE_PASSWORD, LOGIN, REFRESH, REGION, REGISTER, RESET_PASSWORD, SEND_CODE

_LOGGER = logging.getLogger(__name__)

# What 401 is about where both a password and the access token may be meant.
_ABOUT_TOKEN = re.compile(r"token|bearer", re.IGNORECASE)
_ABOUT_PASSWORD = re.compile(r"password|pwd", re.IGNORECASE)


class AccountV1(CallerV1):
    """What version 1 knows of accounts."""

    @abstractmethod
    async def dispatch(self, session: AccountSession) -> Endpoint:
        """Return where to open the persistent connection; the cheapest call that a token opens."""

    async def find_region(self, country_code: str) -> Region:
        """Return the region of a country's accounts; `country_code` is its dial code ("86").

        Raises `AppIdRefusedError`, `QuotaError`, `CloudError`, `CannotConnectError`.
        Source: API Center, Check current server.
        """
        answer = await self._signed(None, REGION, {"country_code": country_code.strip().removeprefix("+")})
        return required_region(REGION, answer.get("region"))

    async def sign_in(
        self,
        region: str,
        *,
        password: str,
        country_code: str = "",
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Sign in with exactly one of email and phone number ("+86…"), and return the session.

        An account of another region is signed in there, once. Another client that is signed in with the same
        account and App ID is signed out by it.

        Raises `InvalidCredentialsError`, `UnknownAccountError`, `AccountNotActivatedError`,
        `InvalidInputError`, `WrongRegionError`, `AppIdRefusedError`, `QuotaError`, `CloudError`,
        `CannotConnectError`; `ValueError` if not exactly one account is given.
        Source: API Center, Account Login.
        """
        # The region says it all.
        del country_code
        place = region_of_one(region, email, phone_number)
        parameters = {"phoneNumber": phone_number} if phone_number else {"email": email}
        parameters["password"] = password
        answer, place = await self._followed(place, LOGIN, parameters, password)
        return opened_session(LOGIN, answer, place, email or phone_number)

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
        Source: API Center, Verification code.
        """
        place = region_of_one(region, email, phone_number)
        parameters = {"to": phone_number} if phone_number else {"email": email}
        parameters["sendType"] = purpose.value
        _, place = await self._followed(place, SEND_CODE, parameters)
        return place

    async def register(
        self,
        region: str,
        *,
        code: str,
        password: str,
        country_code: str = "",
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Create an account with the verification code that was sent, and return its session.

        Raises `WrongCodeError`, `AccountExistsError`, `InvalidInputError`, `FeatureRefusedError`, and as
        `sign_in` does. Source: API Center, Register account.
        """
        del country_code
        return await self._verified(
            REGISTER, region, code=code, password=password, email=email, phone_number=phone_number
        )

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
        `sign_in` does. Source: API Center, Reset Password.
        """
        return await self._verified(
            RESET_PASSWORD, region, code=code, password=password, email=email, phone_number=phone_number
        )

    async def _verified(
        self,
        interface: Interface,
        region: str,
        *,
        code: str,
        password: str,
        email: str | None,
        phone_number: str | None,
    ) -> AccountSession:
        """Call an interface that takes a verification code and signs in."""
        place = region_of_one(region, email, phone_number)
        parameters = {"phoneNumber": phone_number} if phone_number else {"email": email}
        parameters |= {"verificationCode": code, "password": password}
        answer, place = await self._followed(place, interface, parameters, code, password)
        return opened_session(interface, answer, place, email or phone_number)

    async def change_password(self, session: AccountSession, *, old_password: str, new_password: str) -> None:
        """Set a new password.

        Raises `InvalidCredentialsError` if the old one is wrong, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change password.
        """
        parameters = {"oldPassword": old_password, "newPassword": new_password}
        try:
            await self._change(session, CHANGE_PASSWORD, parameters, old_password, new_password)
        except SignedOutError as error:
            if error.code != 401 or _ABOUT_TOKEN.search(error.reason):
                raise
            if not _ABOUT_PASSWORD.search(error.reason):
                # The code alone may say both; what else the token opens tells.
                await self.dispatch(session)
            raise InvalidCredentialsError(error.interface, code=error.code, reason=error.reason) from None

    async def refresh(self, session: AccountSession) -> AccountSession:
        """Return the session with new tokens.

        Raises `TokenRefusedError` if it has to sign in again; `AppIdRefusedError`, `QuotaError`,
        `CloudError`, `CannotConnectError`. Source: API Center, Token Refresh.
        """
        tokens = session.tokens
        try:
            answer = await self._signed(
                session.region,
                REFRESH,
                {"rt": tokens.refresh_token, "grantType": "refresh"},
                tokens.refresh_token,
                tokens.access_token,
                session.apikey,
            )
        except RedirectError as error:
            raise WrongRegionError(REFRESH.name, code=error.code, reason=error.reason) from None
        renewed = tokens.renewed(
            access_token=required_text(REFRESH, answer, "at"),
            refresh_token=required_text(REFRESH, answer, "rt") if answer.get("rt") else None,
            now=time.time(),
        )
        return replace(session, tokens=renewed)
