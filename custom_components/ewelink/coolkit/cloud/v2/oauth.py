"""Signing in with OAuth 2.0: the page, its code, and the end of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
import logging
import time
from typing import Any, Final

from yarl import URL

from ...devices.fields import read_text
from ...exceptions import AppIdRefusedError, CannotConnectError, CloudError, CodeExpiredError, CoolKitError
from ..account import required_token
from ..answers import whole
from ..auth import AccountSession, AppCredentials, Tokens, make_nonce, sign
from ..region import REGIONS, Region
from .hosts import HostsV2
from .interfaces import EXCHANGE_CODE, UNBIND
from .reading_things import ThingsV2

_LOGGER = logging.getLogger(__name__)

# What an App ID is told that is not released for a region.
_NOT_RELEASED: Final = 407
# What is believed of the time at which a token is said to expire.
_SHORTEST_LIFE: Final = 60
_LONGEST_LIFE: Final = 400 * 86_400


def oauth_page_url(hosts: HostsV2, credentials: AppCredentials, *, redirect_url: str, state: str) -> URL:
    """Return the address of the page on which the user signs in.

    The browser comes back to `redirect_url` with `code`, `region` and this `state`. The redirect URL has to
    be the registered one, character by character.
    """
    seq = str(int(time.time() * 1000))
    signature = sign(credentials.app_secret, f"{credentials.app_id}_{seq}".encode())
    return URL(hosts.page).with_query(
        {
            "clientId": credentials.app_id,
            "seq": seq,
            "authorization": signature,
            "redirectUrl": redirect_url,
            "grantType": "authorization_code",
            "state": state,
            "nonce": make_nonce(),
        }
    )


class OAuthV2(ThingsV2):
    """Signing in with the code of the page."""

    async def exchange_code(
        self, code: str, *, redirect_url: str, region: str | None = None, chosen: str | None = None
    ) -> AccountSession:
        """Return the session that a code of the page opens; a code lives for 30 seconds, and opens one.

        It is asked for in the `region` that came back with it, then in the one the user has `chosen`, then
        in the others: which one answers, the account lives in. OAuth seldom tells the account's own key: the
        session has none until `with_own_apikey` has found it. That may be tried again, a code may not.

        Raises `CodeExpiredError`, `RedirectUrlError`, `AppIdRefusedError`, `QuotaError`, `CloudError`,
        `CannotConnectError`.
        """
        parameters = {"code": code, "redirectUrl": redirect_url, "grantType": "authorization_code"}
        failures: list[CoolKitError] = []
        for place in self._in_turn(region, chosen):
            try:
                answer = await self._signed(place, EXCHANGE_CODE, parameters, code)
            except (CodeExpiredError, CannotConnectError) as error:
                _LOGGER.debug("No tokens from region %s: %s", place, error)
                failures.append(error)
            except AppIdRefusedError as error:
                # An App ID may be released for some regions only.
                if error.code != _NOT_RELEASED or place == region:
                    raise
                failures.append(error)
            else:
                return _opened(answer, place)
        # What is said where the account lives most likely.
        raise failures[0]

    def _in_turn(self, *first: str | None) -> Sequence[Region]:
        """Return the regions to ask, these first; one is enough where all have the same address."""
        known = [Region(region) for region in first if region in {str(one) for one in REGIONS}]
        regions = list(dict.fromkeys([*known, *REGIONS]))
        return regions if self.hosts.has_regions else regions[:1]

    async def with_own_apikey(self, session: AccountSession) -> AccountSession:
        """Return a session with the account's own key, which OAuth does not tell.

        It is that of a home of one's own, else that of a device of one's own. A session that has it is
        returned as it is. Raises `CloudError` if neither is there, and as all calls do.
        """
        if session.apikey:
            return session
        if (apikey := await self.find_own_apikey(session)) is None:
            raise CloudError(EXCHANGE_CODE.name, reason="nothing tells the account's own key")
        return replace(session, apikey=apikey)

    async def unbind(self, session: AccountSession) -> None:
        """Part App ID and account: the tokens end, and the user would have to sign in again.

        Raises as all calls do; whoever leaves may ignore it.
        """
        await self._change(session, UNBIND, {})


def _opened(answer: Mapping[str, Any], place: Region) -> AccountSession:
    """Return the session of an answer with tokens; few tell whose they are."""
    now = time.time()
    tokens = Tokens(
        access_token=required_token(EXCHANGE_CODE, answer, "accessToken", "at"),
        refresh_token=required_token(EXCHANGE_CODE, answer, "refreshToken", "rt"),
        access_token_time=now,
        refresh_token_time=now,
        access_token_expires=_expiry(answer.get("atExpiredTime"), now),
        refresh_token_expires=_expiry(answer.get("rtExpiredTime"), now),
    )
    user = answer.get("user")
    user = user if isinstance(user, Mapping) else {}
    return AccountSession(
        apikey=read_text(user.get("apikey")) or "",
        region=place,
        tokens=tokens,
        account=read_text(user.get("email")) or read_text(user.get("phoneNumber")) or "",
        nickname=read_text(user.get("nickname")) or "",
    )


def _expiry(value: object, now: float) -> float | None:
    """Return a time in seconds that came in milliseconds; None for one that cannot be."""
    milliseconds = whole(value)
    if milliseconds is None:
        return None
    seconds = milliseconds / 1000
    return seconds if _SHORTEST_LIFE <= seconds - now <= _LONGEST_LIFE else None
