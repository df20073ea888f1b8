"""The checks that every v2 request passes before its interface sees it."""

from dataclasses import dataclass
import hmac
import json
from typing import TYPE_CHECKING, Any, Final

from ..checks import GENERAL, Nonces, sign
from ..errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from ..accounts import Account, Accounts, App
    from ..core import Core
    from ..interfaces import Field
    from .interfaces import Interface

NOT_FOUND: Final = "cannot found access token info"  # as the cloud words it


class QuotaSpentError(CloudError):
    """The month's calls of an App ID are used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed the checks; `signed_in` is set after sign-in, `app` if it is known."""

    interface: Interface
    region: str | None
    params: Mapping[str, Any]
    known_app: App | None
    signed_in: Account | None

    @property
    def account(self) -> Account:
        """The account whose token the request carries."""
        if self.signed_in is None:
            raise CloudError(401, NOT_FOUND)
        return self.signed_in

    @property
    def app(self) -> App:
        """The App ID that calls."""
        if self.known_app is None:
            raise CloudError(400, "X-CK-Appid is missing")
        return self.known_app


class Checker:
    """Checks requests: records what is not as documented, refuses what the real cloud refuses."""

    def __init__(self, core: Core, accounts: Accounts) -> None:
        """Start with no nonce used."""
        self._core = core
        self._accounts = accounts
        self._nonces = Nonces()

    def record(self, interface: Interface, rule: str, detail: object = "") -> None:
        """Note one deviation."""
        self._core.violations.record(interface.name, rule, detail)

    def serves(self, request: web.Request) -> bool:
        """Say whether the App ID that a request names is not one of v1 alone, which nothing here knows."""
        app = self._accounts.apps.get(request.headers.get("X-CK-Appid", ""))
        return app is None or app.plan != "old"

    async def call(self, interface: Interface, region: str | None, request: web.Request) -> Call:
        """Return the call that a request makes, or raise CloudError."""
        raw = await request.read()
        params = self._read(interface, request, raw)
        self._nonce(interface, request)
        app = self._named_app(interface, request)
        account: Account | None = None
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if interface.auth == "sign" or (interface.auth == "either" and scheme == "Sign"):
            message = raw
            if interface.in_query:
                message = "&".join(f"{key}={params[key]}" for key in sorted(params)).encode()
            right = "" if app is None else sign(app.secret, message)
            self._signature(interface, right, scheme, credential)
        elif interface.auth != "open" or (scheme and self._core.quirks.dispatch_checks_token):
            account, app = self._bearer(interface, region, app, credential if scheme == "Bearer" else None)
        if app is not None:
            self._permission(interface, app, region or (account.region if account else ""))
        self._fields(interface, params)
        return Call(interface=interface, region=region, params=params, known_app=app, signed_in=account)

    def _read(self, interface: Interface, request: web.Request, raw: bytes) -> dict[str, Any]:
        if interface.in_query:
            if raw:
                self.record(interface, "body", "a body where the query carries the parameters")
            if len(request.query) != len(set(request.query)):
                self.record(interface, "query", "a parameter is given twice")
            return dict(request.query)
        if request.query:
            self.record(interface, "query", "a query where the body carries the parameters")
        content_type = request.headers.get("Content-Type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            self.record(interface, "Content-Type", content_type or "missing")
        try:
            body = json.loads(raw)
        except ValueError, RecursionError:
            body = None
        if not isinstance(body, dict):
            self.record(interface, "body", "not a JSON object")
            raise CloudError(400, "params incomplete")
        return body

    def _nonce(self, interface: Interface, request: web.Request) -> None:
        nonce = request.headers.get("X-CK-Nonce")
        if nonce is None or (fault := self._nonces.fault(nonce)) is None:
            return
        self.record(interface, "X-CK-Nonce", fault)
        if not fault.endswith("before"):
            raise CloudError(400, "X-CK-Nonce is invalid")

    def _named_app(self, interface: Interface, request: web.Request) -> App | None:
        appid = request.headers.get("X-CK-Appid")
        if appid is None:
            if interface.appid_needed:
                self.record(interface, "X-CK-Appid", "missing")
                raise CloudError(400, "X-CK-Appid is missing")
            return None
        app = self._accounts.apps.get(appid)
        if app is None:
            raise CloudError(407, "appid is unauthorized")
        return app

    def _signature(self, interface: Interface, right: str, scheme: str, signature: str) -> None:
        if scheme != "Sign" or not hmac.compare_digest(signature.encode(), right.encode()):
            self.record(interface, "signature", "wrong" if scheme == "Sign" else "missing")
            raise CloudError(self._core.quirks.wrong_signature, "sign verification failed")

    def _bearer(
        self, interface: Interface, region: str | None, app: App | None, at: str | None
    ) -> tuple[Account, App]:
        if not at:
            self.record(interface, "Authorization", "no Bearer token")
            raise CloudError(401, NOT_FOUND)
        try:
            account, tokens = self._accounts.by_at(at, self._core.clock())
        except CloudError as error:
            raise CloudError(error.code, NOT_FOUND if error.code == 401 else error.text) from None
        if region not in {None, account.region}:
            raise CloudError(401, NOT_FOUND)
        if app is not None and tokens.app_id != app.app_id:
            self.record(interface, "X-CK-Appid", "not the one that signed in")
            raise CloudError(401, NOT_FOUND)
        return account, self._accounts.apps[tokens.app_id]

    def _permission(self, interface: Interface, app: App, region: str) -> None:
        """Refuse an App ID that may not, and count the call."""
        if app.refused is not None:
            text = {403: "Sign:oauthClient enable invalid", 407: "appid is unauthorized"}[app.refused]
            raise CloudError(app.refused, text)
        if app.expired:
            raise CloudError(self._core.quirks.expired_app, "appid has expired")
        now = self._core.clock()
        if interface.name != "dispatch" or self._core.quirks.dispatch_counts:
            app.count(region, now)
        if app.is_spent(region, now):
            raise QuotaSpentError(412, "the quota of the appid is spent")
        if (app.plan == "personal" and not interface.free) or interface.name in app.withdrawn:
            raise CloudError(407, "path of request is not allowed with appid")

    def _fields(self, interface: Interface, params: dict[str, Any]) -> None:
        for key in params.keys() - interface.fields.keys():
            self.record(interface, "general parameter" if key in GENERAL else "unknown field", key)
        for key, rule in interface.fields.items():
            self._field(interface, key, rule, params)

    def _field(self, interface: Interface, key: str, rule: Field, params: Mapping[str, Any]) -> None:
        value = params.get(key)
        if value is None:
            if key in params:
                self.record(interface, "field", f"{key} is null")
            if not rule.required:
                return
            self.record(interface, "field", f"{key} is missing")
        elif not rule.fits(value, in_query=interface.in_query):
            self.record(interface, "field", f"{key} is no {rule.kind}")
        elif rule.fixed is not None and str(value) != str(rule.fixed):
            self.record(interface, "field", f"{key} is not {rule.fixed}")
        else:
            return
        raise CloudError(400, f"{key} is missing or wrong")
