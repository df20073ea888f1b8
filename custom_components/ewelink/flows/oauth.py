"""The steps that sign in on the eWeLink page: country, application, page, and whose account it is."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import logging
from typing import Any, Final, override

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_COUNTRY
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    async_get_implementations,
    async_get_redirect_uri,
)
from homeassistant.helpers.http import current_request
from homeassistant.util import slugify
import probatio

from ..application_credentials import EwelinkImplementation
from ..const import CONF_APP_ID, CONF_APP_SECRET, CONSOLE_URL, DOMAIN, MANUFACTURER
from ..coolkit import (
    REGIONS,
    AccountSession,
    AppIdExpiredError,
    AppIdRefusedError,
    CodeExpiredError,
    CoolKitError,
    QuotaError,
    RedirectUrlError,
    Region,
    SignedOutError,
    TokenRefusedError,
)
from ..entry_data import EntryData, Generation, SignIn, hosts_v2_of
from ..errors import error_text
from ..markdown import Markdown
from .account_input import SECTION_SERVER, dial_code_of, likely_region
from .dialogs import Ended
from .forms import KEY, TEXT, Country, Fields, FormError, choice
from .sign_in import SignInSteps, sign_in_turn

_LOGGER = logging.getLogger(__name__)

FIELD_IMPLEMENTATION: Final = "implementation"
# Chosen instead of one of the stored applications.
NEW_APPLICATION: Final = "new"
MAX_CREDENTIAL: Final = 256
# The code of the page lives for 30 seconds; the browser waits for us no longer than that.
_EXCHANGE_TIMEOUT: Final = 25

# What the page may lead to, and the key of its text.
PAGE_ERRORS: Final[Mapping[type[CoolKitError], str]] = {
    CodeExpiredError: "code_expired",
    RedirectUrlError: "redirect_url_refused",
    AppIdExpiredError: "app_id_expired",
    AppIdRefusedError: "application_refused",
    QuotaError: "application_quota",
}


class OAuthSteps(SignInSteps, AbstractOAuth2FlowHandler):
    """Signs in on the page of eWeLink, with an application of the user's own."""

    DOMAIN = DOMAIN
    flow_impl: EwelinkImplementation

    def __init__(self) -> None:
        """Begin with nothing brought from the page."""
        super().__init__()
        self._page_error: CoolKitError | None = None
        self._implementations: dict[str, EwelinkImplementation] = {}
        # What the code of the page has brought.
        self._session: AccountSession

    @property
    @override
    def logger(self) -> logging.Logger:
        """Where the page's steps log."""
        return _LOGGER

    # Before the page

    async def async_step_oauth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the country, and for the application if there are several; then lead to the page."""
        self.check_entry()
        await self._async_load_texts()
        await self._async_load_implementations()
        if user_input is None:
            return self._show_oauth()
        self._typed |= user_input
        try:
            hosts_v2_of(self._server())
        except ValueError:
            return self._show_oauth(FormError("invalid_address", SECTION_SERVER))
        chosen = user_input.get(FIELD_IMPLEMENTATION)
        if chosen not in self._implementations:
            return await self.async_step_application()
        return await self._async_open_page(self._implementations[chosen])

    def _show_oauth(self, error: FormError | None = None) -> ConfigFlowResult:
        fields: Fields = {
            probatio.Required(CONF_COUNTRY, default=self.hass.config.country or probatio.UNDEFINED): Country()
        }
        if self._implementations:
            options = [(key, one.name) for key, one in self._implementations.items()]
            options.append((NEW_APPLICATION, self._texts.get("new_application")))
            fields[probatio.Required(FIELD_IMPLEMENTATION, default=self._usual_implementation())] = choice(
                options
            )
        return self._show_form("oauth", {**fields, **self._server_section(error)}, error)

    def _usual_implementation(self) -> str:
        """Return the application that the entry uses, else that of the last choice, else the first."""
        entry = self._own_entry()
        typed = (
            key for key, one in self._implementations.items() if one.client_id == self._typed.get(CONF_APP_ID)
        )
        known = (
            self._typed.get(FIELD_IMPLEMENTATION),
            next(typed, None),
            None if entry is None else EntryData.from_entry(entry).implementation,
        )
        return next((one for one in known if one in self._implementations), next(iter(self._implementations)))

    async def _async_load_implementations(self) -> None:
        """Load the applications that are stored."""
        stored = await async_get_implementations(self.hass, DOMAIN)
        self._implementations = {
            key: one for key, one in stored.items() if isinstance(one, EwelinkImplementation)
        }

    async def async_step_application(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Explain how to make an application, ask for it, store it, and go on to the page."""
        self.check_entry()
        error: FormError | None = None
        if user_input is not None:
            app_id, app_secret = (user_input[name].strip() for name in (CONF_APP_ID, CONF_APP_SECRET))
            try:
                return await self._async_open_page(await self._async_add_application(app_id, app_secret))
            except FormError as err:
                error = err
            self._typed[CONF_APP_ID] = app_id
        fields: Fields = {probatio.Required(CONF_APP_ID): TEXT, probatio.Required(CONF_APP_SECRET): KEY}
        return self._show_form(
            "application",
            fields,
            error,
            redirect_url=self._redirect_url(),
            console_url=Markdown(CONSOLE_URL),
        )

    def _redirect_url(self) -> Markdown:
        """Return the address that the page leads back to, as it has to be registered."""
        try:
            return Markdown(f"`{async_get_redirect_uri(self.hass)}`")
        except RuntimeError:
            # It is made of the address by which a browser has come.
            raise Ended("no_browser") from None

    async def _async_add_application(self, app_id: str, app_secret: str) -> EwelinkImplementation:
        """Store an application, and return what signs in with it."""
        if not app_id:
            raise FormError("app_id_required", CONF_APP_ID)
        if len(app_id) > MAX_CREDENTIAL:
            raise FormError("app_id_too_long", CONF_APP_ID)
        if not app_secret:
            raise FormError("app_secret_required", CONF_APP_SECRET)
        known = [one for one in self._implementations.values() if one.client_id == app_id]
        if same := next((one for one in known if one.client_secret == app_secret), None):
            return same
        if known:
            # Home Assistant does not change credentials.
            raise FormError("app_secret_differs", CONF_APP_SECRET)
        credential = ClientCredential(app_id, app_secret, f"{MANUFACTURER} {app_id[:6]}…")
        # As Home Assistant names it itself: so it is not deleted while an entry uses it.
        key = slugify(f"{DOMAIN}.{app_id}")
        await async_import_client_credential(self.hass, DOMAIN, credential, key)
        await self._async_load_implementations()
        return self._implementations[key]

    # The page

    async def _async_open_page(self, implementation: EwelinkImplementation) -> ConfigFlowResult:
        """Lead the browser to the page."""
        server = self._server()
        region = Region(server) if server in REGIONS else None
        if region is None:
            # The tables of dial codes are loaded from disk.
            region = likely_region(
                await self.hass.async_add_executor_job(dial_code_of, self._typed[CONF_COUNTRY])
            )
        implementation.reach(server, region)
        self.flow_impl = implementation
        _ = self._redirect_url()
        return await self.async_step_auth()

    @override
    async def async_step_auth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Lead to the page; when the browser has come back, use the code at once: it lives for 30 seconds."""
        self.check_entry()
        if user_input is not None and not user_input.keys() & {"code", "error"}:
            # Nobody has come back from the page; it can be opened again.
            user_input = None
        if user_input is not None and "code" in user_input:
            self._page_error = None
            request = current_request.get()
            region = None if request is None else request.query.get("region")
            try:
                async with asyncio.timeout(_EXCHANGE_TIMEOUT):
                    self._session = await self.flow_impl.async_exchange(user_input, region)
            except CoolKitError as err:
                self._page_error = err
            except TimeoutError:
                self._page_error = CodeExpiredError("oauth/token")
        return await super().async_step_auth(user_input)

    @override
    async def async_step_creation(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with what the code has brought; what went wrong is shown where another try begins."""
        self.check_entry()
        if self._page_error is not None:
            return self._show_oauth(_error_of(self._page_error))
        return await super().async_step_creation(user_input)

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Find out whose tokens these are."""
        return await self.async_step_find_account()

    # The account

    async def async_step_find_account(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - the form has no fields
    ) -> ConfigFlowResult:
        """Find the account that has signed in, and finish; it can be tried again, the page need not be."""
        self.check_entry()
        try:
            session = await self.flow_impl.api().with_own_apikey(self._session)
        except (SignedOutError, TokenRefusedError) as err:
            # Somebody has signed in since: only the page leads on.
            return self._show_oauth(_error_of(err))
        except CoolKitError as err:
            return self._show_form("find_account", {}, _error_of(err))
        async with sign_in_turn(self.hass):
            return await self._async_finish_oauth(self.flow_impl, session)

    async def _async_finish_oauth(
        self, implementation: EwelinkImplementation, session: AccountSession
    ) -> ConfigFlowResult:
        entry = self._own_entry()
        if entry is not None and not self._is_known(session.apikey):
            # Somebody else has signed in: the application keeps no hold on that account.
            with suppress(CoolKitError):
                await implementation.api().unbind(session)
        # The page knows the address of the account, Home Assistant is seldom told.
        account = session.account or ("" if entry is None else EntryData.from_entry(entry).account)
        data = EntryData(
            account=account,
            country=self._typed[CONF_COUNTRY],
            server=self._server(),
            region=str(session.region),
            app_id=implementation.client_id,
            app_secret=implementation.client_secret,
            tokens=session.tokens,
            generation=Generation.V2,
            sign_in=SignIn.OAUTH,
            implementation=implementation.domain,
        )
        title = session.account or session.nickname or f"{MANUFACTURER} {session.region.upper()}"
        return await self._async_finish(data, session.apikey, title=title)

    def _is_known(self, apikey: str) -> bool:
        """Return whether an account has an entry."""
        return any(entry.unique_id == apikey for entry in self._async_current_entries())


def _error_of(err: CoolKitError) -> FormError:
    """Return how a form shows what went wrong on the page or after it."""
    key, placeholders = error_text(err)
    own = next((text for kind, text in PAGE_ERRORS.items() if isinstance(err, kind)), None)
    return FormError(own or key, placeholders=placeholders)
