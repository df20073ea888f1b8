"""The checks that every HTTP request passes before its interface sees it."""

import base64
from collections import deque
from dataclasses import dataclass
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any, Final

from .errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web

    from .accounts import Account, Accounts, App
    from .interfaces import Field, Interface
    from .violations import Violations

NONCE: Final = re.compile(r"[A-Za-z0-9]{8}")
GENERAL: Final = ("appid", "nonce", "ts", "version")
SECRETS: Final = frozenset(
    {"password", "oldPassword", "newPassword", "verificationCode", "at", "rt", "apikey", "selfApikey"}
    | {"code", "digest", "authorization"},
)
# Most requests of one address within so many seconds; one is left over for the jitter of the network.
PACE: Final = ((0.5, 11), (10.0, 21), (300.0, 300))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed the checks; `account` is set after sign-in."""

    interface: Interface
    region: str | None
    params: Mapping[str, Any]
    app: App
    signed_in: Account | None

    @property
    def account(self) -> Account:
        """The account whose token the request carries."""
        if self.signed_in is None:
            raise CloudError(401, "Bearer:accessToken is empty")
        return self.signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request as it came, without secrets."""

    interface: str
    region: str | None
    params: dict[str, Any]
    generation: str = "v1"


def sign(secret: str, message: bytes) -> str:
    """Return the signature of a message."""
    return base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode()


def without_secrets(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with every secret replaced."""
    return {key: "***" if key in SECRETS else value for key, value in params.items()}


class Nonces:
    """The nonces that were used."""

    def __init__(self) -> None:
        """Start with none."""
        self._used: set[str] = set()

    def fault(self, nonce: object) -> str | None:
        """Say what is wrong with a nonce, and remember it."""
        if not isinstance(nonce, str) or NONCE.fullmatch(nonce) is None:
            return "nonce is not 8 of a-z, A-Z, 0-9"
        if nonce in self._used:
            return "nonce was used before"
        self._used.add(nonce)
        return None


class Checker:
    """Checks requests: records what the real cloud lets pass, refuses what it refuses."""

    def __init__(
        self,
        accounts: Accounts,
        violations: Violations,
        clock: Callable[[], float],
        tolerance: float | None,
    ) -> None:
        """Check `ts` against the clock with that tolerance in seconds (None: not at all)."""
        self._accounts = accounts
        self._violations = violations
        self._clock = clock
        self._tolerance = tolerance
        self.nonces = Nonces()
        self._arrivals: deque[float] = deque(maxlen=max(most for _, most in PACE) + 1)

    def pace(self, interface: str, now: float) -> None:
        """Record a request that comes too soon after the earlier ones of the address."""
        self._arrivals.append(now)
        for seconds, most in PACE:
            if sum(now - at < seconds for at in self._arrivals) > most:
                self._violations.record(interface, "pace of calls", f"more than {most} in {seconds:g} s")

    def ts_fault(self, ts: object) -> str | None:
        """Say what is wrong with a `ts` in unix seconds."""
        if not isinstance(ts, int) or isinstance(ts, bool):
            return "ts is not a number"
        if len(str(ts)) != 10:
            return "ts has not 10 digits"
        if self._tolerance is not None and abs(ts - self._clock()) > self._tolerance:
            return "ts is far from now"
        return None

    async def call(self, interface: Interface, region: str | None, request: web.Request) -> Call:
        """Return the call that a request makes, or raise CloudError."""
        raw = await request.read()
        params = self._read(interface, request, raw)
        self._headers(interface, request)
        app = self._app(interface, params)
        account: Account | None = None
        if interface.signed:
            self._signature(interface, request, params, raw, app)
        else:
            account = self._bearer(interface, request, app, region)
        self._general(interface, params)
        self._fields(interface, params, request.match_info.get("deviceid"))
        return Call(interface=interface, region=region, params=params, app=app, signed_in=account)

    def _read(self, interface: Interface, request: web.Request, raw: bytes) -> dict[str, Any]:
        name = interface.name
        if interface.in_query:
            if raw:
                self._violations.record(name, "body", "a body where the query carries the parameters")
            if len(request.query) != len(set(request.query)):
                self._violations.record(name, "query", "a parameter is given twice")
            return dict(request.query)
        if request.query:
            self._violations.record(name, "query", "a query where the body carries the parameters")
        try:
            body = json.loads(raw)
        except ValueError, RecursionError:
            body = None
        if not isinstance(body, dict):
            self._violations.record(name, "body", "not a JSON object")
            raise CloudError(400, "params incomplete")
        return body

    def _headers(self, interface: Interface, request: web.Request) -> None:
        content_type = request.headers.get("Content-Type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            self._violations.record(interface.name, "Content-Type", content_type or "missing")

    def _app(self, interface: Interface, params: Mapping[str, Any]) -> App:
        appid = params.get("appid")
        app = self._accounts.apps.get(appid) if isinstance(appid, str) else None
        if app is None:
            if appid is None:
                self._violations.record(interface.name, "appid", "missing")
            raise CloudError(406 if interface.signed else 403, "appid invalid")
        if app.refused is not None:
            text = {403: "Sign:oauthClient enable invalid", 407: "appid not allowed"}[app.refused]
            raise CloudError(app.refused, text)
        if app.expired:
            raise CloudError(407, "appid has expired")
        if app.plan in {"personal", "new"} and interface.name != "dispatch":
            raise CloudError(407, "appid not allowed")
        if app.quota_spent:
            raise CloudError(412, "the quota of the appid is spent")
        return app

    def _signature(
        self, interface: Interface, request: web.Request, params: Mapping[str, Any], raw: bytes, app: App
    ) -> None:
        scheme, _, signature = request.headers.get("Authorization", "").partition(" ")
        message = raw
        if interface.in_query:
            message = "&".join(f"{key}={params[key]}" for key in sorted(params)).encode()
        if scheme != "Sign" or not hmac.compare_digest(
            signature.encode(), sign(app.secret, message).encode()
        ):
            self._violations.record(interface.name, "signature", "wrong" if signature else "missing")
            raise CloudError(406, "Sign:signature is invalid")

    def _bearer(self, interface: Interface, request: web.Request, app: App, region: str | None) -> Account:
        scheme, _, at = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not at:
            self._violations.record(interface.name, "Authorization", "no Bearer token")
            raise CloudError(401, "Bearer:accessToken is empty")
        account, tokens = self._accounts.by_at(at, self._clock())
        if tokens.app_id != app.app_id:
            self._violations.record(interface.name, "appid", "not the one that signed in")
            raise CloudError(403, "appid invalid")
        if region not in {None, account.region}:
            self._violations.record(interface.name, "region", f"{region} instead of {account.region}")
            raise CloudError(401, "Bearer:accessToken is invalid")
        return account

    def _general(self, interface: Interface, params: Mapping[str, Any]) -> None:
        name = interface.name
        values: dict[str, Any] = {key: params.get(key) for key in GENERAL}
        if interface.in_query:
            for key in ("ts", "version"):
                value = values[key]
                values[key] = int(value) if isinstance(value, str) and value.isdigit() else value
        missing = [key for key in GENERAL if values[key] is None]
        for key in missing:
            self._violations.record(name, "general parameter", f"{key} is missing")
        if missing and interface.signed:
            raise CloudError(406, "params incomplete")
        if values["nonce"] is not None and (fault := self.nonces.fault(values["nonce"])):
            self._violations.record(name, "general parameter", fault)
        if values["ts"] is not None and (fault := self.ts_fault(values["ts"])):
            self._violations.record(name, "general parameter", fault)
        if values["version"] is not None and (values["version"] != 8 or isinstance(values["version"], bool)):
            self._violations.record(name, "general parameter", "version is not the number 8")

    def _fields(self, interface: Interface, params: dict[str, Any], in_path: str | None) -> None:
        name = interface.name
        if in_path is not None and params.get("deviceid") == "":
            # As the examples have it: the path names the device, and a slip names it once more.
            params["deviceid"] = in_path
            params.pop(in_path, None)
        for key in params.keys() - interface.fields.keys() - set(GENERAL):
            self._violations.record(name, "unknown field", key)
        for key, rule in interface.fields.items():
            if params.get(key) is None:
                self._absent(name, key, rule, null=key in params)
            else:
                self._present(interface, key, rule, params[key])
        if interface.who is not None:
            self._who(name, interface.who, params)
        if in_path is not None and params.get("deviceid") not in {None, in_path}:
            self._violations.record(name, "field", "deviceid differs from the one in the path")
            raise CloudError(400, "params incomplete")

    def _absent(self, name: str, key: str, rule: Field, *, null: bool) -> None:
        if null:
            self._violations.record(name, "field", f"{key} is null")
        elif rule.required:
            self._violations.record(name, "field", f"{key} is missing")
        if rule.required and rule.essential:
            raise CloudError(400, "params incomplete")

    def _present(self, interface: Interface, key: str, rule: Field, value: Any) -> None:
        if not rule.fits(value, in_query=interface.in_query):
            self._violations.record(interface.name, "field", f"{key} is no {rule.kind}")
            # The real cloud reads numbers given as text.
            if rule.essential and rule.kind != "number":
                raise CloudError(400, "params incomplete")
        elif rule.fixed is not None and str(value) != str(rule.fixed):
            self._violations.record(interface.name, "field", f"{key} is not {rule.fixed}")
            if rule.essential and rule.required:
                raise CloudError(400, "params incomplete")

    def _who(self, name: str, keys: tuple[str, str], params: Mapping[str, Any]) -> None:
        given = [key for key in keys if params.get(key) is not None]
        if len(given) != 1:
            self._violations.record(name, "field", f"exactly one of {keys[0]} and {keys[1]}")
            if not given:
                raise CloudError(400, "params incomplete")
        email = params.get(keys[0])
        if email is not None and "@" not in str(email):
            self._violations.record(name, "field", f"{keys[0]} without an @")
        number = params.get(keys[1])
        if number is not None and not str(number).startswith("+"):
            self._violations.record(name, "field", f"{keys[1]} without a country code")
