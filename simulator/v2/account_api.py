"""The account's interfaces of v2."""

from typing import TYPE_CHECKING, Any

from ..accounts import AT_LIFE, RT_LIFE, Account, Accounts, Tokens, region_of_country
from ..errors import CloudError

if TYPE_CHECKING:
    from ..codes import Codes
    from ..connections import Connections
    from ..core import Core
    from .checks import Call


class AccountApi:
    """Region look-up, tokens, and what belongs to an account."""

    def __init__(self, core: Core, accounts: Accounts, codes: Codes, connections: Connections) -> None:
        """Serve these accounts."""
        self._core = core
        self._accounts = accounts
        self._codes = codes
        self._connections = connections

    async def region(self, call: Call) -> dict[str, Any]:
        """Answer the region that a country belongs to."""
        code = call.params["countryCode"]
        form = self._core.quirks.region_country_code
        if not code.removeprefix("+").isdigit() or form not in {"either", _form(code)}:
            raise CloudError(400, "countryCode is invalid")
        return {"region": region_of_country(code.removeprefix("+"))}

    async def oauth_token(self, call: Call) -> dict[str, Any]:
        """Turn a code of the sign-in page into tokens: once, soon, and in the region of the account."""
        now = self._core.clock()
        code = self._codes.find(call.params["code"], call.app.app_id, now)
        if code is None:
            raise CloudError(405, "invalid code")
        if call.region not in {None, code.account.region}:
            if self._core.quirks.wrong_region_burns_code:
                self._codes.use_up(code)
            raise CloudError(405, "invalid code")
        if code.redirect_url != call.params["redirectUrl"]:
            raise CloudError(400, "redirect url is not authenticated")
        self._codes.use_up(code)
        account = code.account
        tokens = self._accounts.sign_in(account, call.app.app_id, now, "v2")
        await self._connections.close_sessions(account, call.app.app_id)
        data = {
            "accessToken": tokens.at,
            "atExpiredTime": int((now + AT_LIFE) * 1000),
            "refreshToken": tokens.rt,
            "rtExpiredTime": int((now + RT_LIFE) * 1000),
        }
        if self._core.quirks.token_names_user:
            data |= {"region": account.region, "user": user(account)}
        return data

    async def unbind(self, call: Call) -> dict[str, Any]:
        """End what an App ID has of an account: its tokens are void."""
        await self.sign_out(call.account, call.app.app_id)
        return {}

    async def sign_out(self, account: Account, app_id: str) -> None:
        """Make the tokens void that an account has given an app, and close its sessions."""
        if (tokens := account.tokens.pop(app_id, None)) is not None:
            account.replaced |= {tokens.at, tokens.rt}
        await self._connections.close_sessions(account, app_id)

    async def refresh(self, call: Call) -> dict[str, Any]:
        """Give new tokens for a refresh token; both are replaced."""
        faults = self._core.faults
        if faults.take("refresh_refused", interface="refresh") is not None:
            raise CloudError(405, "can't find the account with this rt")
        try:
            account, tokens = self._accounts.refresh(
                call.params["rt"],
                call.app.app_id,
                self._core.clock(),
                keep_rt=faults.take("refresh_same_rt", interface="refresh") is not None,
                region=call.region,
            )
        except CloudError as error:
            code = 405 if error.code == 401 else error.code
            raise CloudError(code, "can't find the account with this rt") from None
        if self._core.quirks.refresh_closes_socket:
            await self._connections.close_sessions(account, call.app.app_id)
        return with_tokens(tokens)


def with_tokens(tokens: Tokens) -> dict[str, Any]:
    """Return tokens as every answer but OAuth's names them."""
    return {"at": tokens.at, "rt": tokens.rt}


def user(account: Account) -> dict[str, Any]:
    """Return the `user` object of an answer."""
    who = {"email": account.email} if account.email else {"phoneNumber": account.phone_number}
    return {
        "apikey": account.apikey,
        **who,
        "countryCode": account.dial_code,
        "nickname": account.nickname,
        "accountLevel": 10,
        "levelExpiredAt": 0,
        "denyRecharge": False,
        "ipCountry": "DE",
        "timezone": {"id": "Europe/Berlin", "offset": 1},
    }


def _form(code: str) -> str:
    return "plus" if code.startswith("+") else "digits"
