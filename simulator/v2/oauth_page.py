"""The sign-in page of OAuth 2.0, and the call by which the vendor's own page gets its code."""

import hmac
from html import escape
import json
from pathlib import Path
import re
from string import Template
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from aiohttp import web

from ..broken import broken_answer
from ..checks import LoggedRequest, sign, without_secrets
from ..errors import CloudError
from .answers import V2_BROKEN, envelope, refusal
from .countries import COUNTRIES
from .interfaces import PAGE_CALLS, Interface

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ..accounts import Account, App
    from ..cloud import Cloud

PATH: Final = "/oauth/index.html"
TEMPLATE: Final = Template((Path(__file__).parent / "oauth.html").read_text(encoding="utf-8"))
NEEDED: Final = ("clientId", "seq", "authorization", "redirectUrl", "grantType", "state", "nonce")
TOLERATED: Final = frozenset({"showQRCode"})
NONCE: Final = re.compile(r"[A-Za-z0-9]{8}")
MILLISECONDS: Final = re.compile(r"[0-9]{13}")
LOCALE: Final = re.compile(r"^[a-z]{2,3}-([A-Z]{2})\b")
PATIENCE: Final = 300.0  # seconds that `seq` may be off before it is noted
HEADERS: Final = {
    # No form-action: browsers apply it to the redirection that follows the form.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class OAuthPage:
    """Serves the page and the vendor's own call."""

    def __init__(self, cloud: Cloud) -> None:
        """Give codes for the accounts of a cloud."""
        self._cloud = cloud

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the page at its one address, which has no region."""
        page, sign_in, code = PAGE_CALLS
        router.add_get(PATH, self._broken(page, self._show))
        router.add_post(PATH, self._broken(sign_in, self._sign_in))
        router.add_post(code.path, self._broken(code, self._code))

    def _broken(
        self, interface: Interface, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            params = without_secrets(dict(request.query))
            self._cloud.requests.append(
                LoggedRequest(interface=interface.name, region=None, params=params, generation="v2")
            )
            broken = await broken_answer(self._cloud.core, V2_BROKEN, interface, request)
            return await handler(request) if broken is None else broken

        return handle

    async def _show(self, request: web.Request) -> web.StreamResponse:
        try:
            app = self._checked(request.query)
        except CloudError as error:
            return _page("", f"{error.code}: {error.text}")
        named = LOCALE.search(request.headers.get("Accept-Language", ""))
        country = named[1] if named is not None and named[1] in COUNTRIES else "DE"
        return _page(_form(app, country, ""))

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        query, given = request.query, await request.post()
        country, account, password = (str(given.get(key, "")) for key in ("country", "account", "password"))
        try:
            app = self._checked(query)
        except CloudError as error:
            return _page("", f"{error.code}: {error.text}")
        dial_code = COUNTRIES.get(country, ("", ""))[0]
        try:
            owner = self._owner(account.strip(), password, dial_code)
        except CloudError as error:
            return _page(_form(app, country, account), error.text)
        redirect_url = query["redirectUrl"]
        code = self._cloud.codes.give(owner, app.app_id, redirect_url, self._cloud.clock())
        back = urlencode({"code": code, "region": owner.region, "state": query["state"]})
        separator = "&" if "?" in redirect_url else "?"
        return web.Response(status=302, headers={**HEADERS, "Location": f"{redirect_url}{separator}{back}"})

    def _owner(self, account: str, password: str, dial_code: str) -> Account:
        """Return the account that somebody signs in to; raise what the page says if not."""
        if not dial_code:
            raise CloudError(400, "Choose a country.")
        if not account or not password:
            raise CloudError(400, "Enter your email address or phone number, and your password.")
        if "@" not in account and not account.startswith("+"):
            account = f"+{dial_code}{account.lstrip('0')}"
        owner = self._cloud.accounts.find(account)
        if owner is None:
            raise CloudError(10003, "This account does not exist. Is the country the right one?")
        if owner.password != password:
            raise CloudError(10001, "The password is wrong.")
        return owner

    def _checked(self, query: Mapping[str, str]) -> App:
        """Return the app that the parameters of the page are for; raise what is wrong with them."""
        record = self._cloud.violations.record
        for key in query.keys() - set(NEEDED) - TOLERATED:
            record("oauth_page", "unknown field", key)
        for key in NEEDED:
            if not query.get(key):
                record("oauth_page", "field", f"{key} is missing")
                raise CloudError(400, f"{key} is missing")
        if query["grantType"] != "authorization_code" or NONCE.fullmatch(query["nonce"]) is None:
            record("oauth_page", "field", "grantType or nonce is wrong")
            raise CloudError(400, "grantType or nonce is wrong")
        self._check_seq(query["seq"])
        app = self._app(query["clientId"], query["seq"], query["authorization"], "oauth_page")
        if query["redirectUrl"] != app.redirect_url:
            raise CloudError(406, f"redirect url is not authenticated: {query['redirectUrl']}")
        return app

    def _check_seq(self, seq: str) -> None:
        if MILLISECONDS.fullmatch(seq) is None:
            self._cloud.violations.record("oauth_page", "field", "seq is not in milliseconds")
            raise CloudError(400, "seq is wrong")
        if abs(int(seq) / 1000 - self._cloud.clock()) > PATIENCE:
            self._cloud.violations.record("oauth_page", "field", "seq is far from now")

    def _app(self, client_id: str, seq: str, signature: str, interface: str) -> App:
        """Return the app that signed; raise what speaks against it."""
        app = self._cloud.accounts.apps.get(client_id)
        if app is None or app.refused is not None:
            raise CloudError(407 if app is None else app.refused or 407, "appid is unauthorized")
        if app.expired:
            raise CloudError(self._cloud.quirks.expired_app, "appid has expired")
        right = sign(app.secret, f"{client_id}_{seq}".encode())
        if not hmac.compare_digest(signature.encode(), right.encode()):
            self._cloud.violations.record(interface, "signature", "wrong")
            raise CloudError(self._cloud.quirks.wrong_signature, "sign verification failed")
        return app

    async def _code(self, request: web.Request) -> web.StreamResponse:
        """Answer code and region, as the vendor's page asks for them; nothing of it is documented."""
        core = self._cloud.core
        try:
            body: Any = json.loads(await request.read())
            data = self._code_for(request.headers, body)
        except CloudError as error:
            return refusal(core, error.code, error.text)
        except ValueError, RecursionError:
            return refusal(core, 400, "params incomplete")
        return web.json_response(envelope(core, data))

    def _code_for(self, headers: Mapping[str, str], body: Any) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise CloudError(400, "params incomplete")
        scheme, _, signature = headers.get("Authorization", "").partition(" ")
        app_id, seq = headers.get("X-CK-Appid", ""), headers.get("X-CK-Seq", "")
        app = self._app(app_id, seq, signature if scheme == "Sign" else "", "oauth_code")
        if body.get("redirectUrl") != app.redirect_url:
            raise CloudError(406, "redirect url is not authenticated")
        owner = self._cloud.accounts.find(str(body.get("phoneNumber") or body.get("email") or ""))
        if owner is None:
            raise CloudError(10003, "user does not exist")
        if owner.password != body.get("password"):
            raise CloudError(10001, "wrong password")
        code = self._cloud.codes.give(owner, app.app_id, body["redirectUrl"], self._cloud.clock())
        return {"code": code, "region": owner.region}


def _page(content: str, error: str = "") -> web.Response:
    """Return the page, with what is wrong above its form; errors never leave it."""
    said = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    text = TEMPLATE.substitute(content=content, error=said)
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


def _form(app: App, country: str, account: str) -> str:
    options = "".join(
        f'<option value="{iso}"{" selected" if iso == country else ""}>{escape(name)} (+{code})</option>'
        for iso, (code, name) in COUNTRIES.items()
    )
    return f"""<p>The application {escape(app.app_id)} wants to see and control your devices.</p>
<form method="post" autocomplete="on">
<label for="country">Country or region</label>
<select id="country" name="country" autocomplete="country" required>{options}</select>
<label for="account">Email or phone number</label>
<input id="account" name="account" value="{escape(account)}" autocomplete="username" autocapitalize="none" \
spellcheck="false" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in and allow</button>
</form>"""
