"""The interfaces of v2 that an App ID with a contract has for accounts: sign-in by password and more."""

from typing import TYPE_CHECKING, Any, Final

from ..accounts import Account, Accounts, region_of_country, region_takes
from ..errors import CloudError
from .account_api import user, with_tokens

if TYPE_CHECKING:
    from ..connections import Connections
    from ..core import Core
    from ..household import Household
    from ..verification import Verification
    from .checks import Call

REGISTER, RESET, CLOSE, SIGN_IN = "0", "1", "3", "4"
PURPOSES: Final = (0, 1, 3, 4)
WRONG_PASSWORD, WRONG_CODE, NO_USER, ELSEWHERE, EXISTS = 10001, 10002, 10003, 10004, 10009


class SignInApi:
    """Accounts with their passwords."""

    def __init__(
        self,
        core: Core,
        accounts: Accounts,
        household: Household,
        verification: Verification,
        connections: Connections,
    ) -> None:
        """Serve these accounts."""
        self._core = core
        self._accounts = accounts
        self._household = household
        self._verification = verification
        self._connections = connections

    async def login(self, call: Call) -> dict[str, Any]:
        """Sign in; a client that signed in with the same App ID before is put offline."""
        account = self._named(call)
        self._check_country(call, account)
        if account.password != call.params["password"]:
            raise CloudError(WRONG_PASSWORD, "wrong password")
        return await self._signed_in(account, call)

    async def sms_login(self, call: Call) -> dict[str, Any]:
        """Sign in with a code, which mainland numbers alone can."""
        if call.params["countryCode"] != "+86" or not call.params["phoneNumber"].startswith("+86"):
            raise CloudError(400, "not a mainland number")
        account = self._named(call)
        self._use_code(account.address, SIGN_IN, call)
        return await self._signed_in(account, call)

    async def sms(self, call: Call) -> dict[str, Any]:
        """Send a verification code, which the control address shows."""
        purpose, address = int(call.params["type"]), _address(call)
        if purpose not in PURPOSES:
            self._core.violations.record("sms", "field", "type is none of 0, 1, 3, 4")
            raise CloudError(400, "type is invalid")
        account = self._accounts.find(address)
        if purpose == int(REGISTER):
            if account is not None:
                raise CloudError(EXISTS, "user exists")
        else:
            self._named(call)
        self._verification.send_within_limits(address, str(purpose), self._core.clock())
        return {}

    async def register(self, call: Call) -> dict[str, Any]:
        """Create an account with a verification code, and sign it in."""
        address, country = _address(call), call.params["countryCode"]
        _check_dial_code(country)
        region = region_of_country(country.removeprefix("+"))
        if self._accounts.find(address) is not None:
            raise CloudError(EXISTS, "user exists")
        if call.region not in {None, region}:
            raise CloudError(ELSEWHERE, "redirection", region=region)
        phone = "@" not in address
        if not region_takes(region, phone=phone):
            raise CloudError(400, "the region takes no such account")
        self._use_code(address, REGISTER, call)
        account = self._accounts.add(
            email=None if phone else address.lower(),
            phone_number=address if phone else None,
            password=call.params["password"],
            region=region,
        )
        account.country_code = country
        return await self._signed_in(account, call)

    async def reset_password(self, call: Call) -> dict[str, Any]:
        """Set a new password with a verification code, and sign in; earlier tokens are void."""
        account = self._named(call)
        self._use_code(account.address, RESET, call)
        await self._new_password(account, call.params["password"])
        return await self._signed_in(account, call)

    async def change_password(self, call: Call) -> dict[str, Any]:
        """Set a new password with the old one; every token is void."""
        if call.params["oldPassword"] != call.account.password:
            raise CloudError(WRONG_PASSWORD, "wrong password")
        await self._new_password(call.account, call.params["newPassword"])
        return {}

    async def profile(self, call: Call) -> dict[str, Any]:
        """Answer who signed in."""
        return {"user": user(call.account), "region": call.account.region}

    async def edit_profile(self, call: Call) -> dict[str, Any]:
        """Change the nickname; what mails somebody wants is kept by nobody here."""
        if call.params.get("accountConsult") is False:
            self._core.violations.record("edit_profile", "field", "accountConsult is not true")
            raise CloudError(400, "accountConsult is invalid")
        call.account.nickname = call.params.get("nickname") or call.account.nickname
        return {}

    async def logout(self, call: Call) -> dict[str, Any]:
        """Sign out."""
        tokens = call.account.tokens.pop(call.app.app_id)
        call.account.replaced |= {tokens.at, tokens.rt}
        await self._connections.close_sessions(call.account, call.app.app_id)
        return {}

    async def close_account(self, call: Call) -> dict[str, Any]:
        """Delete an account, which a client should never offer."""
        account = call.account
        self._core.violations.record("close_account", "account", "a client does not offer that")
        self._use_code(account.address, CLOSE, call)
        for device in self._household.devices_of(account):
            if device.owner is account and device.parent is None:
                self._household.unpair(device)
            else:
                self._household.unshare(device, account)
        await self._drop_tokens(account)
        del self._accounts.by_apikey[account.apikey]
        return {}

    def _named(self, call: Call) -> Account:
        """Return the account that a call names; raise 10003 or 10004."""
        account = self._accounts.find(_address(call))
        if account is None:
            raise CloudError(NO_USER, "user does not exist")
        if call.region not in {None, account.region}:
            raise CloudError(ELSEWHERE, "redirection", region=account.region)
        return account

    def _check_country(self, call: Call, account: Account) -> None:
        country = call.params["countryCode"]
        _check_dial_code(country)
        other = region_of_country(country.removeprefix("+")) != account.region
        if self._core.quirks.country_is_checked and other:
            raise CloudError(NO_USER, "user does not exist")

    def _use_code(self, address: str, purpose: str, call: Call) -> None:
        try:
            self._verification.use(address, purpose, call.params["verificationCode"], self._core.clock())
        except CloudError:
            raise CloudError(WRONG_CODE, "wrong verification code") from None

    async def _signed_in(self, account: Account, call: Call) -> dict[str, Any]:
        app_id = call.app.app_id
        tokens = self._accounts.sign_in(account, app_id, self._core.clock(), "v2")
        await self._connections.close_sessions(account, app_id)
        return {"user": user(account), **with_tokens(tokens), "region": account.region}

    async def _new_password(self, account: Account, password: str) -> None:
        account.password = password
        await self._drop_tokens(account)

    async def _drop_tokens(self, account: Account) -> None:
        app_ids = list(account.tokens)
        account.forget_tokens()
        for app_id in app_ids:
            await self._connections.close_sessions(account, app_id)


def _address(call: Call) -> str:
    """Return the phone number that a call names, else the email address."""
    address = call.params.get("phoneNumber") or call.params.get("email")
    if not address:
        raise CloudError(400, "email or phoneNumber is missing")
    return str(address)


def _check_dial_code(code: str) -> None:
    if not (code.startswith("+") and code[1:].isdigit()):
        raise CloudError(400, "countryCode is invalid")
