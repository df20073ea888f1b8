"""The steps that sign in with a password, and what those with a verification code share with them."""

from collections.abc import Awaitable, Callable
from functools import partial
import logging
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.const import CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import probatio

from ..const import CONF_ACCOUNT, CONF_APP_ID, SERVER_AUTOMATIC
from ..coolkit import (
    REGIONS,
    AccountSession,
    ApiV1,
    ApiV2,
    AppCredentials,
    CannotConnectError,
    CloudError,
    CoolKitError,
    InvalidInputError,
    Region,
    UnknownAccountError,
)
from ..entry_data import EntryData, Generation, hosts_of, make_api
from ..errors import error_text
from .account_input import (
    DIAL_CODES,
    ERROR_FIELDS,
    SECTION_APPLICATION,
    SECTION_SERVER,
    SIGN_IN_ERROR_FIELDS,
    Access,
    ErrorFields,
    RegionUnknownError,
    identify_account,
)
from .forms import BASE, PASSWORD, FormError
from .generations import (
    GENERATIONS,
    PasswordsNotAllowedError,
    VersionRefusedError,
    leads_to_another_version,
    of_both,
    region_without_look_up,
    version_error,
)
from .sign_in import SignInSteps, sign_in_turn

_LOGGER = logging.getLogger(__name__)

# App IDs have 32 letters.
MAX_APP_ID: Final = 256

REGION_SELECTOR = SelectSelector(
    SelectSelectorConfig(options=list(REGIONS), translation_key="server", mode=SelectSelectorMode.LIST)
)


class PasswordSteps(SignInSteps):
    """Signs in with a password, where the account lives."""

    def __init__(self) -> None:
        """Begin with nothing looked up."""
        super().__init__()
        self._chosen_regions: dict[tuple[str, str], str] = {}
        self._form_left = "sign_in"
        self._resume: Callable[[dict[str, Any]], Awaitable[ConfigFlowResult]]

    # The steps

    async def async_step_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for everything that a sign-in with a password needs, and sign in."""
        return await self._async_step_account("sign_in", user_input)

    async def _async_step_account(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        await self._async_load_texts()
        if user_input is None:
            return self._show_account(step_id)
        try:
            return await self._async_sign_in(user_input)
        except RegionUnknownError:
            return self._ask_region(partial(self._async_step_account, step_id))
        except PasswordsNotAllowedError:
            return self._show_password_not_allowed(step_id)
        except FormError as err:
            return self._show_account(step_id, err)

    async def async_step_password_not_allowed(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Say that the App ID may not sign in with a password, and offer the page, or another App ID."""
        return self._show_password_not_allowed(self._form_left)

    def _show_password_not_allowed(self, step_id: str) -> ConfigFlowResult:
        self._form_left = step_id
        # Most App IDs that may not can sign in on the page.
        app_id = self._typed[CONF_APP_ID] = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        return self._show_menu("password_not_allowed", ["oauth", step_id], app_id=app_id)

    async def async_step_region(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user choose the region that could not be looked up, then go on with what was typed."""
        if user_input is None:
            return self._show_region()
        self._chosen_regions[self._region_key()] = user_input[CONF_REGION]
        return await self._resume(self._typed)

    def _ask_region(
        self, resume: Callable[[dict[str, Any]], Awaitable[ConfigFlowResult]]
    ) -> ConfigFlowResult:
        """Go to the choice of the region, and from there on to `resume`."""
        self._resume = resume
        return self._show_region()

    def _show_account(self, step_id: str, error: FormError | None = None) -> ConfigFlowResult:
        fields = {
            **self._account_fields(),
            **self._secret_field(CONF_PASSWORD, PASSWORD),
            **self._application_section(error),
            **self._server_section(error),
        }
        return self._show_form(step_id, fields, error)

    def _show_region(self) -> ConfigFlowResult:
        return self._show_form("region", {probatio.Required(CONF_REGION): REGION_SELECTOR})

    # What was typed

    def _region_key(self) -> tuple[str, str]:
        """Return what a region is looked up by."""
        return self._server(), self._typed[CONF_COUNTRY]

    def _app_secret(self, app_id: str) -> str:
        """Return the secret of an App ID: typed for it, stored with it, or typed for a mistyped one."""
        secrets = self._stored_secrets() | self._app_secrets
        if secret := secrets.get(app_id) or next(reversed(self._app_secrets.values()), ""):
            return secret
        raise FormError("app_secret_required", SECTION_APPLICATION)

    async def _async_parse(self) -> Access:
        """Check what was typed as far as that goes without the cloud."""
        app_id = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        if not app_id:
            raise FormError("app_id_required", SECTION_APPLICATION)
        if len(app_id) > MAX_APP_ID:
            # A server would refuse the address that it is a part of.
            raise FormError("app_id_too_long", SECTION_APPLICATION)
        server = self._server()
        try:
            hosts = hosts_of(server)
        except ValueError as err:
            raise FormError("invalid_address", SECTION_SERVER) from err
        # The tables of a country's numbers are loaded from disk.
        account, country_code = await self.hass.async_add_executor_job(
            identify_account, self._typed[CONF_ACCOUNT].strip(), self._typed[CONF_COUNTRY]
        )
        return Access(
            account=account,
            country_code=country_code,
            app_id=app_id,
            app_secret=self._app_secret(app_id),
            server=server,
            hosts=hosts,
        )

    # The cloud

    def _generations(self, access: Access) -> tuple[Generation, Generation]:
        """Return the versions of the cloud in the order in which they are asked.

        What an entry has signed in with stays as long as it works; otherwise it is the newer one first.
        """
        first, second = GENERATIONS
        if (entry := self._own_entry()) is not None:
            stored = EntryData.from_entry(entry)
            if (stored.app_id, stored.server, stored.generation) == (access.app_id, access.server, second):
                return second, first
        return first, second

    async def _async_in_turn[T](self, access: Access, attempt: Callable[[Generation], Awaitable[T]]) -> T:
        """Do something in the version that serves the App ID; only its refusal leads to the other one."""
        first, second = self._generations(access)
        try:
            return await attempt(first)
        except VersionRefusedError as err:
            refusal = err
        _LOGGER.debug("Version %s of the cloud does not serve the App ID: %s", first, refusal.__cause__)
        try:
            return await attempt(second)
        except FormError as err:
            raise of_both(refusal, err, kept=first is not GENERATIONS[0]) from err.__cause__

    async def _async_call[T](
        self,
        access: Access,
        generation: Generation,
        call: Callable[[ApiV1 | ApiV2], Awaitable[T]],
        error_fields: ErrorFields = ERROR_FIELDS,
        *,
        region: str | None = None,
    ) -> T:
        """Make a call of the cloud; what goes wrong becomes an error of the input.

        With a `region` it is said where that usually has accounts of the other kind.
        """
        self.check_entry()
        credentials = AppCredentials(app_id=access.app_id, app_secret=access.app_secret)
        api = make_api(self.hass, generation, credentials, access.server)
        try:
            return await call(api)
        except CoolKitError as err:
            where, own_key = next(place for kind, place in error_fields.items() if isinstance(err, kind))
            key, placeholders = error_text(err)
            if (
                isinstance(err, (UnknownAccountError, InvalidInputError))
                and region is not None
                and access.hosts.has_regions
                and not Region(region).expects(phone=access.is_phone)
            ):
                where, own_key = CONF_ACCOUNT, "phone_number_refused" if access.is_phone else "email_refused"
                placeholders = {**placeholders, "region": region}
            if own_key is not None and err.code is not None:
                key = own_key
            if leads_to_another_version(err):
                raise version_error(err, key, where, placeholders) from err
            raise FormError(key, where, placeholders) from err
        except RegionUnknownError:
            raise
        except Exception as err:
            _LOGGER.exception("Unexpected error while signing in")
            raise FormError("unknown", BASE) from err

    async def _async_enter(
        self,
        access: Access,
        generation: Generation,
        enter: Callable[[ApiV1 | ApiV2], Awaitable[AccountSession]],
        error_fields: ErrorFields = ERROR_FIELDS,
        *,
        region: str | None = None,
        known_reason: str = "already_configured",
    ) -> ConfigFlowResult:
        """Get a session, and finish with it before another dialog gets the next one."""
        async with sign_in_turn(self.hass):
            session = await self._async_call(access, generation, enter, error_fields, region=region)
            data = EntryData(
                account=access.account,
                country=self._typed[CONF_COUNTRY],
                server=access.server,
                region=str(session.region),
                app_id=access.app_id,
                app_secret=access.app_secret,
                tokens=session.tokens,
                generation=generation,
            )
            return await self._async_finish(data, session.apikey, known_reason=known_reason)

    async def _async_find_region(self, access: Access, generation: Generation) -> str:
        """Return the region to call: of the entry, given, chosen by hand before, or of the country."""
        if self.source == SOURCE_REAUTH and (entry := self._own_entry()) is not None:
            return EntryData.from_entry(entry).region
        if access.server in REGIONS:
            return access.server
        if chosen := self._chosen_regions.get(self._region_key()):
            return chosen
        if not access.country_code:
            raise RegionUnknownError

        async def look_up(api: ApiV1 | ApiV2) -> str:
            try:
                return await api.find_region(access.country_code)
            except CannotConnectError, CloudError:
                if access.server != SERVER_AUTOMATIC:
                    # An address of one's own that does not answer is wrong, whatever the region.
                    raise
                raise RegionUnknownError from None

        try:
            return await self._async_call(access, generation, look_up)
        except FormError as err:
            return region_without_look_up(access, err)

    async def _async_sign_in(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Sign in with what was typed, and finish.

        Raises `FormError`, `RegionUnknownError`, `PasswordsNotAllowedError`.
        """
        self._remember(user_input)
        if not (password := self._secrets.get(CONF_PASSWORD)):
            raise FormError("password_required", CONF_PASSWORD)
        access = await self._async_parse()
        try:
            return await self._async_in_turn(access, partial(self._async_sign_in_at, access, password))
        except FormError as err:
            if err.where == CONF_PASSWORD:
                self._secrets.pop(CONF_PASSWORD, None)
            raise

    async def _async_sign_in_at(
        self, access: Access, password: str, generation: Generation
    ) -> ConfigFlowResult:
        """Sign in with a version of the cloud."""
        region = await self._async_find_region(access, generation)

        async def sign_in(api: ApiV1 | ApiV2) -> AccountSession:
            country_code = access.country_code or DIAL_CODES[Region(region)]
            return await api.sign_in(region, password=password, country_code=country_code, **access.address)

        return await self._async_enter(access, generation, sign_in, SIGN_IN_ERROR_FIELDS, region=region)
