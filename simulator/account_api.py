"""The account's HTTP interfaces."""

from typing import TYPE_CHECKING, Any, Final

from .accounts import REGIONS, Account, Accounts, Tokens, region_of_country, region_takes
from .errors import CloudError

if TYPE_CHECKING:
    from .checks import Call
    from .connections import Connections
    from .core import Core
    from .verification import Verification

REGISTER: Final = "0"
RESET: Final = "1"
PURPOSES: Final = (REGISTER, RESET, "3", "4")


class AccountApi:
    """Region look-up, sign-in and what belongs to an account."""

    def __init__(
        self, core: Core, accounts: Accounts, verification: Verification, connections: Connections
    ) -> None:
        """Serve these accounts."""
        self._core = core
        self._accounts = accounts
        self._verification = verification
        self._connections = connections

    async def region(self, call: Call) -> dict[str, Any]:
        """Answer the region that a country belongs to."""
        code = call.params.get("country_code") or ""
        if code.startswith("+"):
            self._core.violations.record("region", "field", "country_code has a +")
            raise CloudError(400, "country_code invalid")
        requestid = f"{call.params['nonce']}-{call.params['ts']}"
        return {"region": region_of_country(code), "error": 0, "requestid": requestid}

    async def login(self, call: Call) -> dict[str, Any]:
        """Sign in; a client that signed in with the same appid before is put offline."""
        account = self._account(call)
        if call.params["password"] != account.password:
            raise CloudError(401, "pwd err")
        if not account.activated:
            raise CloudError(402, "email is not activated")
        return await self.signed_in(account, call.app.app_id)

    async def signed_in(self, account: Account, app_id: str) -> dict[str, Any]:
        """Return the answer that gives new tokens."""
        tokens = self._accounts.sign_in(account, app_id, self._core.clock())
        await self._connections.close_sessions(account, app_id)
        return self._with_tokens(account, tokens)

    async def sms(self, call: Call) -> dict[str, Any]:
        """Send a verification code, which the control address shows."""
        address, phone = call.params.get("to") or call.params["email"], call.params.get("to") is not None
        purpose = call.params["sendType"]
        both = phone and call.params.get("email") is not None
        if purpose not in PURPOSES or both or ("@" not in address and not phone):
            raise CloudError(400, "params incomplete")
        account = self._accounts.find(address)
        if account is not None and call.region not in {None, account.region}:
            raise CloudError(301, "user in other region", region=account.region)
        if account is None and purpose != REGISTER:
            raise CloudError(401, "user is not exit")
        if account is not None and purpose == REGISTER:
            raise CloudError(409, "user is existing")
        if account is None and call.region is not None and not region_takes(call.region, phone=phone):
            raise CloudError(400, "params incomplete")
        self._verification.send(address, purpose, self._core.clock())
        return {"error": 0}

    async def register(self, call: Call) -> dict[str, Any]:
        """Create an account with a verification code, and sign it in."""
        phone, address = self._address(call)
        account = self._accounts.find(address)
        if account is not None:
            raise CloudError(409, "user is existing")
        region = call.region or self._home_region(address, phone=phone)
        if not region_takes(region, phone=phone):
            raise CloudError(400, "params incomplete")
        self._verification.use(address, REGISTER, call.params["verificationCode"], self._core.clock())
        account = self._accounts.add(
            email=None if phone else address,
            phone_number=address if phone else None,
            password=call.params["password"],
            region=region,
        )
        return await self.signed_in(account, call.app.app_id)

    async def reset_password(self, call: Call) -> dict[str, Any]:
        """Set a new password with a verification code, and sign in."""
        _, address = self._address(call)
        account = self._accounts.find(address)
        if account is None:
            raise CloudError(401, "user is not exit")
        if call.region not in {None, account.region}:
            raise CloudError(301, "user in other region", region=account.region)
        self._verification.use(address, RESET, call.params["verificationCode"], self._core.clock())
        account.password = call.params["password"]
        return {"error": 0} | await self.signed_in(account, call.app.app_id)

    async def change_password(self, call: Call) -> dict[str, Any]:
        """Set a new password with the old one; the tokens stay."""
        if call.params["oldPassword"] != call.account.password:
            # The specification gives no code; 401 would say that the token was replaced.
            raise CloudError(400, "pwd err")
        call.account.password = call.params["newPassword"]
        return {"message": "Change password is success!"}

    async def refresh(self, call: Call) -> dict[str, Any]:
        """Give a new access token."""
        if self._core.faults.take("refresh_refused", interface="refresh") is not None:
            raise CloudError(401, "refresh token invalid")
        account, tokens = self._accounts.refresh(
            call.params["rt"],
            call.app.app_id,
            self._core.clock(),
            keep_rt=self._core.faults.take("refresh_same_rt", interface="refresh") is not None,
        )
        return self._with_tokens(account, tokens)

    @staticmethod
    def _address(call: Call) -> tuple[bool, str]:
        """Return whether a call names a phone number, and the address."""
        number = call.params.get("phoneNumber")
        return number is not None, number or call.params.get("email") or ""

    @staticmethod
    def _home_region(address: str, *, phone: bool) -> str:
        """Return where an account is created by a call to no particular region."""
        if not phone:
            return "eu"
        return "cn" if address.startswith("+86") else "as"

    def _account(self, call: Call) -> Account:
        """Return the account that a call before sign-in names; raise 301, 400 or 404."""
        address = call.params.get("phoneNumber") or call.params.get("email") or ""
        account = self._accounts.find(address)
        if account is None:
            phone = call.params.get("phoneNumber") is not None
            if call.region in REGIONS and not region_takes(call.region, phone=phone):
                raise CloudError(400, "params incomplete")
            raise CloudError(404, "user is not exit")
        if call.region not in {None, account.region}:
            raise CloudError(301, "user in other region", region=account.region)
        return account

    def _with_tokens(self, account: Account, tokens: Tokens) -> dict[str, Any]:
        user = account.user(tokens.app_id)
        # Success is the absence of `error`, or a zero of either type.
        return ({"error": 0} if self._core.quirks.error_as_text else {}) | {
            "at": tokens.at,
            "rt": tokens.rt,
            "user": [user] if self._core.quirks.as_tables else user,
            "region": account.region,
        }
