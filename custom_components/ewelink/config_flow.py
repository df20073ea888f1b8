"""The dialogs that sign in: for a new account, again, and to change how an account is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import logging
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlow,
)
from homeassistant.const import CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    CountrySelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import phonenumbers
import probatio

from .const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
    SERVER_AUTOMATIC,
)
from .coolkit import (
    REGIONS,
    AccountNotActivatedError,
    AccountSession,
    ApiV1,
    AppCredentials,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CoolKitError,
    FeatureRefusedError,
    Hosts,
    InvalidCredentialsError,
    QuotaError,
    UnknownAccountError,
    WrongAccountKindError,
    WrongRegionError,
)
from .coordinator import EwelinkConfigEntry, hosts_of
from .options_flow import EwelinkOptionsFlow

_LOGGER = logging.getLogger(__name__)

BASE = "base"
SECTION_APPLICATION = "application"
SECTION_SERVER = "server"

# Where in the form an error of the sign-in is shown, and the key of its text; a class stands before its base.
SIGN_IN_ERRORS: dict[type[CoolKitError], tuple[str, str]] = {
    CannotConnectError: (BASE, "cannot_connect"),
    WrongRegionError: (SECTION_SERVER, "wrong_region"),
    InvalidCredentialsError: (CONF_PASSWORD, "invalid_password"),
    UnknownAccountError: (CONF_ACCOUNT, "unknown_account"),
    AccountNotActivatedError: (CONF_ACCOUNT, "account_not_activated"),
    AppIdRefusedError: (SECTION_APPLICATION, "app_id_refused"),
    FeatureRefusedError: (SECTION_APPLICATION, "app_id_refused"),
    QuotaError: (SECTION_APPLICATION, "quota_exceeded"),
    CoolKitError: (BASE, "server_error"),
}

# An entry in one of these states took its tokens when it was set up: new ones need another set-up.
STALE_STATES = {
    ConfigEntryState.SETUP_ERROR,
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.SETUP_RETRY,
}

APP_SECRET_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
PASSWORD_SELECTOR = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
REGION_SELECTOR = SelectSelector(
    SelectSelectorConfig(options=list(REGIONS), translation_key="server", mode=SelectSelectorMode.LIST)
)
SERVER_SELECTOR = SelectSelector(
    SelectSelectorConfig(
        options=[SERVER_AUTOMATIC, *REGIONS],
        custom_value=True,
        translation_key="server",
        mode=SelectSelectorMode.DROPDOWN,
    )
)


class InputError(Exception):
    """An input that does not work: where the form shows it, the key of its text, and what the text names."""

    def __init__(self, where: str, key: str, **placeholders: str) -> None:
        """Name the place, the text and its placeholders."""
        super().__init__(key)
        self.where = where
        self.key = key
        self.placeholders = placeholders


class RegionUnknownError(Exception):
    """The region of a country could not be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What to sign in with."""

    account: str
    password: str = field(repr=False)
    app_id: str
    app_secret: str = field(repr=False)
    server: str
    hosts: Hosts


def identify_account(account: str, country: str) -> tuple[str, str]:
    """Return the account as the cloud knows it, and the country code (no plus) that decides its region."""
    if "@" in account:
        # Territories without phone numbers of their own have none.
        return account, str(phonenumbers.country_code_for_region(country) or "")
    try:
        number = phonenumbers.parse(account, country)
    except phonenumbers.NumberParseException as err:
        raise InputError(CONF_ACCOUNT, "invalid_account") from err
    # Whether a number is in use is the cloud's to say: number plans change faster than tables of them.
    if not phonenumbers.is_possible_number(number):
        raise InputError(CONF_ACCOUNT, "invalid_account")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), str(number.country_code)


class EwelinkConfigFlow(ConfigFlow, domain=DOMAIN):
    """Signs in, and hands what that brings to the account's entry: it has replaced the tokens kept there."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing typed."""
        self._typed: dict[str, Any] = {}
        self._password = ""
        self._app_secrets: dict[str, str] = {}
        self._chosen_regions: dict[tuple[str, str], str] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(
        config_entry: ConfigEntry,
    ) -> OptionsFlow:
        """Return the menus of an account."""
        return EwelinkOptionsFlow()

    # The steps

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add an account."""
        if user_input is None:
            self._typed = {SECTION_APPLICATION: {CONF_APP_ID: next(iter(self._stored_secrets()), "")}}
        return await self._async_step_account(SOURCE_USER, user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change how an account is reached."""
        if user_input is None:
            self._typed = self._stored_input(self._get_reconfigure_entry())
        return await self._async_step_account(SOURCE_RECONFIGURE, user_input)

    async def async_step_region(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user choose the region that could not be looked up, then go on with what was typed."""
        if user_input is None:
            return self.async_show_form(
                step_id="region",
                data_schema=probatio.Schema({probatio.Required(CONF_REGION): REGION_SELECTOR}),
            )
        self._chosen_regions[self._region_key()] = user_input[CONF_REGION]
        step_id = SOURCE_RECONFIGURE if self.source == SOURCE_RECONFIGURE else SOURCE_USER
        return await self._async_step_account(step_id, self._typed)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Sign in again, with a text that names the cause."""
        self._typed = self._stored_input(self._get_reauth_entry())
        match entry_data.get("cause"):
            case "signed_out":
                return await self.async_step_reauth_signed_out()
            case "app_id_refused":
                return await self.async_step_reauth_app_id_refused()
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in again after the tokens have expired."""
        return await self._async_step_again("reauth_confirm", user_input)

    async def async_step_reauth_signed_out(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in again after another client has signed in with the same App ID."""
        return await self._async_step_again("reauth_signed_out", user_input)

    async def async_step_reauth_app_id_refused(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in again after the App ID was refused."""
        return await self._async_step_again("reauth_app_id_refused", user_input)

    async def _async_step_account(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for everything that a sign-in needs."""
        error: InputError | None = None
        if user_input is not None:
            try:
                return await self._async_sign_in(user_input)
            except RegionUnknownError:
                return await self.async_step_region()
            except InputError as err:
                error = err
        where = error.where if error else None
        server = self._typed.get(SECTION_SERVER, {}).get(CONF_SERVER, SERVER_AUTOMATIC)
        country = self.hass.config.country or probatio.UNDEFINED
        schema = {
            probatio.Required(CONF_COUNTRY, default=country): CountrySelector(),
            probatio.Required(CONF_ACCOUNT): TextSelector(TextSelectorConfig(autocomplete="username")),
            **self._password_field(),
            **self._application_section(expanded=where == SECTION_APPLICATION),
            probatio.Required(SECTION_SERVER): section(
                probatio.Schema({probatio.Required(CONF_SERVER, default=SERVER_AUTOMATIC): SERVER_SELECTOR}),
                {"collapsed": where != SECTION_SERVER and server == SERVER_AUTOMATIC},
            ),
        }
        return self._show_sign_in(step_id, schema, error)

    async def _async_step_again(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for the password of an entry's account, and for another App ID or secret if need be."""
        error: InputError | None = None
        if user_input is not None:
            try:
                return await self._async_sign_in(user_input, self._get_reauth_entry().data[CONF_REGION])
            except InputError as err:
                error = err
        expanded = step_id == "reauth_app_id_refused" or (
            error is not None and error.where == SECTION_APPLICATION
        )
        schema = {**self._password_field(), **self._application_section(expanded=expanded)}
        return self._show_sign_in(step_id, schema, error)

    # The forms

    def _show_sign_in(
        self, step_id: str, schema: dict[probatio.Marker, Any], error: InputError | None
    ) -> ConfigFlowResult:
        """Show a form with what was typed, but for the secrets; an error without a field stands above all."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(schema), self._typed),
            errors={error.where if error.where in schema else BASE: error.key} if error else None,
            description_placeholders={CONF_ACCOUNT: self._typed.get(CONF_ACCOUNT, "")}
            | (error.placeholders if error else {}),
        )

    def _password_field(self) -> dict[probatio.Marker, Any]:
        """Return the field of the password; empty means the one typed before."""
        marker = probatio.Optional if self._password else probatio.Required
        return {marker(CONF_PASSWORD): PASSWORD_SELECTOR}

    def _application_section(self, *, expanded: bool) -> dict[probatio.Marker, Any]:
        """Return the section of the App ID; it is open, too, while there is no secret for it."""
        app_id = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        known = app_id in self._stored_secrets() | self._app_secrets
        fields = probatio.Schema(
            {
                probatio.Required(CONF_APP_ID): TextSelector(TextSelectorConfig(autocomplete="off")),
                probatio.Optional(CONF_APP_SECRET): APP_SECRET_SELECTOR,
            }
        )
        return {
            probatio.Required(SECTION_APPLICATION): section(fields, {"collapsed": known and not expanded})
        }

    def _stored_secrets(self) -> dict[str, str]:
        """Return the App secrets of all entries by App ID."""
        return {
            entry.data[CONF_APP_ID]: entry.data[CONF_APP_SECRET]
            for entry in self._async_current_entries(include_ignore=False)
        }

    @staticmethod
    def _stored_input(entry: ConfigEntry) -> dict[str, Any]:
        """Return what was typed to make an entry, but for the secrets."""
        return {
            CONF_COUNTRY: entry.data[CONF_COUNTRY],
            CONF_ACCOUNT: entry.data[CONF_ACCOUNT],
            SECTION_APPLICATION: {CONF_APP_ID: entry.data[CONF_APP_ID]},
            SECTION_SERVER: {CONF_SERVER: entry.data[CONF_SERVER]},
        }

    # What was typed

    def _remember(self, user_input: dict[str, Any]) -> None:
        """Keep what was typed; the secrets apart, so that they never get back into a form."""
        application = dict(user_input[SECTION_APPLICATION])
        app_id = application[CONF_APP_ID] = application[CONF_APP_ID].strip()
        if app_secret := application.pop(CONF_APP_SECRET, "").strip():
            # The last one typed is the last one in the order.
            self._app_secrets.pop(app_id, None)
            self._app_secrets[app_id] = app_secret
        self._password = user_input.get(CONF_PASSWORD) or self._password
        self._typed |= {key: value for key, value in user_input.items() if key != CONF_PASSWORD}
        self._typed[SECTION_APPLICATION] = application

    def _app_secret(self, app_id: str) -> str:
        """Return the secret of an App ID: typed for it, stored with it, or typed for a mistyped one."""
        secrets = self._stored_secrets() | self._app_secrets
        if secret := secrets.get(app_id) or next(reversed(self._app_secrets.values()), ""):
            return secret
        raise InputError(SECTION_APPLICATION, "app_secret_required")

    def _region_key(self) -> tuple[str, str]:
        """Return what a region is looked up by."""
        return self._typed[SECTION_SERVER][CONF_SERVER], self._typed[CONF_COUNTRY]

    async def _async_parse(self) -> tuple[SignIn, str]:
        """Check what was typed as far as that goes without the cloud; return it and the country code."""
        server = self._typed[SECTION_SERVER][CONF_SERVER].strip()
        try:
            hosts = hosts_of(server)
        except ValueError as err:
            raise InputError(SECTION_SERVER, "invalid_address") from err
        # The tables of a country's numbers are loaded from disk.
        account, country_code = await self.hass.async_add_executor_job(
            identify_account, self._typed[CONF_ACCOUNT].strip(), self._typed[CONF_COUNTRY]
        )
        app_id = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        return SignIn(
            account=account,
            password=self._password,
            app_id=app_id,
            app_secret=self._app_secret(app_id),
            server=server,
            hosts=hosts,
        ), country_code

    # The cloud

    async def _async_sign_in(self, user_input: dict[str, Any], region: str | None = None) -> ConfigFlowResult:
        """Sign in with what was typed, in a region or the one that has to be found, and finish."""
        self._remember(user_input)
        sign_in, country_code = await self._async_parse()
        websession = async_get_clientsession(self.hass)
        credentials = AppCredentials(app_id=sign_in.app_id, app_secret=sign_in.app_secret)
        api = ApiV1(websession, credentials, sign_in.hosts)
        is_phone = "@" not in sign_in.account
        try:
            session = await api.sign_in(
                region or await self._async_find_region(api, sign_in, country_code),
                password=sign_in.password,
                email=None if is_phone else sign_in.account,
                phone_number=sign_in.account if is_phone else None,
            )
        except WrongAccountKindError as err:
            key = "phone_number_refused" if is_phone else "email_refused"
            raise InputError(CONF_ACCOUNT, key, region=err.region) from err
        except CoolKitError as err:
            where, key = next(error for kind, error in SIGN_IN_ERRORS.items() if isinstance(err, kind))
            if where == CONF_PASSWORD:
                self._password = ""
            raise InputError(where, key, error=err.reason) from err
        except InputError, RegionUnknownError:
            raise
        except Exception as err:
            _LOGGER.exception("Unexpected error while signing in")
            raise InputError(BASE, "unknown") from err
        return await self._async_finish(sign_in, session)

    async def _async_find_region(self, api: ApiV1, sign_in: SignIn, country_code: str) -> str:
        """Return the region to sign in to: given, chosen by hand before, or of the country."""
        if sign_in.server in REGIONS:
            return sign_in.server
        if chosen := self._chosen_regions.get(self._region_key()):
            return chosen
        if not country_code:
            raise RegionUnknownError
        try:
            return await api.find_region(country_code)
        except CannotConnectError, CloudError:
            if sign_in.server != SERVER_AUTOMATIC:
                # An address of one's own that does not answer is wrong, whatever the region.
                raise
            raise RegionUnknownError from None

    async def _async_finish(self, sign_in: SignIn, session: AccountSession) -> ConfigFlowResult:
        """Hand the tokens to the entry of the account, whichever that is, then end the flow."""
        data = {
            CONF_REGION: str(session.region),
            CONF_SERVER: sign_in.server,
            CONF_APP_ID: sign_in.app_id,
            CONF_APP_SECRET: sign_in.app_secret,
            CONF_ACCOUNT: sign_in.account,
            CONF_COUNTRY: self._typed[CONF_COUNTRY],
            CONF_TOKENS: session.tokens.as_dict(),
        }
        known = await self.async_set_unique_id(session.apikey, raise_on_progress=False)
        if known is None and self.source == SOURCE_USER:
            return self.async_create_entry(title=sign_in.account, data=data)
        if known is not None and known.entry_id != self.context.get("entry_id"):
            self._hand_over(known, data)
        if self.source == SOURCE_USER:
            self._abort_if_unique_id_configured()
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
        title = sign_in.account if entry.title == entry.data[CONF_ACCOUNT] else entry.title
        result = self.async_update_and_abort(entry, data_updates=data, title=title)
        self._go_on(entry)
        return result

    @callback
    def _hand_over(self, entry: EwelinkConfigEntry, data: dict[str, Any]) -> None:
        """Give new tokens to an entry whose own they have replaced: same account, App ID and cloud."""
        hosts, other_hosts = hosts_of(data[CONF_SERVER]), hosts_of(entry.data[CONF_SERVER])
        if entry.data[CONF_APP_ID] != data[CONF_APP_ID] or hosts != other_hosts:
            return
        updates = {key: data[key] for key in (CONF_REGION, CONF_TOKENS, CONF_APP_SECRET)}
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, **updates})
        for flow in list(entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
        self._go_on(entry)

    @callback
    def _go_on(self, entry: EwelinkConfigEntry) -> None:
        """Set an entry up that failed with what it had before; one that runs takes what is new by itself."""
        if entry.state in STALE_STATES:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
