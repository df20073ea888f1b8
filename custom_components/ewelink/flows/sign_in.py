"""What all dialogs that sign in share: what was typed, their forms' parts, the cloud, and how they end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
import logging
from typing import Any, Final, TypedDict, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    UnknownEntry,
)
from homeassistant.const import CONF_ADDRESS, CONF_COUNTRY, CONF_PASSWORD, CONF_REGION
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
from homeassistant.util.hass_dict import HassKey
import phonenumbers
import probatio

from ..const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
    SERVER_AUTOMATIC,
)
from ..coolkit import (
    REGIONS,
    AccountExistsError,
    AccountNotActivatedError,
    AccountSession,
    ApiV1,
    AppCredentials,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CodeNotSentError,
    CoolKitError,
    FeatureRefusedError,
    Hosts,
    InvalidCredentialsError,
    InvalidInputError,
    QuotaError,
    Region,
    TooManyCodesError,
    UnknownAccountError,
    WrongCodeError,
    WrongRegionError,
    account_address,
    is_email,
)
from ..coordinator import EwelinkConfigEntry, hosts_of
from ..errors import error_text
from ..markdown import Markdown
from ..repairs import async_clear_problems
from ..texts import Texts, async_texts
from .dialogs import Dialog, Ended

_LOGGER = logging.getLogger(__name__)

BASE: Final = "base"
FIELD_CODE: Final = "code"
FIELD_NEW_PASSWORD: Final = "new_password"  # noqa: S105 - the name of a field
FIELD_REPEATED_PASSWORD: Final = "repeated_password"  # noqa: S105 - the name of a field
# App IDs have 32 letters.
MAX_APP_ID: Final = 256
SECTION_APPLICATION: Final = "application"
SECTION_SERVER: Final = "server"
SERVERS: Final = (SERVER_AUTOMATIC, *REGIONS)

# Digits of a phone number with its country code; what is shorter calls an office or a neighbour.
SHORTEST_NUMBER: Final = 7

# They never get back into a form.
SECRET_FIELDS: Final = frozenset({CONF_PASSWORD, FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD})

type Fields = dict[probatio.Marker, Any]
type Places = Mapping[type[CoolKitError], tuple[str, str | None]]

# Where in the form an error of the cloud is shown, and the key of a text of its own, which names the code; a
# class stands before its base.
PLACES: Final[Places] = {
    WrongRegionError: (SECTION_SERVER, "wrong_region"),
    InvalidCredentialsError: (CONF_PASSWORD, "invalid_password"),
    UnknownAccountError: (CONF_ACCOUNT, "unknown_account"),
    AccountNotActivatedError: (CONF_ACCOUNT, "account_not_activated"),
    AccountExistsError: (CONF_ACCOUNT, "account_exists"),
    CodeNotSentError: (CONF_ACCOUNT, "code_not_sent"),
    TooManyCodesError: (FIELD_CODE, "too_many_codes"),
    WrongCodeError: (FIELD_CODE, "wrong_code"),
    InvalidInputError: (CONF_ACCOUNT, "account_refused"),
    AppIdRefusedError: (SECTION_APPLICATION, "app_id_refused"),
    FeatureRefusedError: (SECTION_APPLICATION, "feature_refused"),
    QuotaError: (SECTION_APPLICATION, "quota_exceeded"),
    CoolKitError: (BASE, None),
}

# What is sent at a sign-in is all that was entered: the cloud does not say which of it.
SIGN_IN_PLACES: Final[Places] = {**PLACES, InvalidInputError: (BASE, "input_refused")}

# Of two sign-ins at one moment the later voids the tokens of the other, whose entry it has to find.
_TURN: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_sign_in")

# An entry in one of these states took its tokens when it was set up: new ones need another set-up.
STALE_STATES: Final = {
    ConfigEntryState.SETUP_ERROR,
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.SETUP_RETRY,
}

ACCOUNT_SELECTOR = TextSelector(TextSelectorConfig(autocomplete="username"))
APP_SECRET_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
PASSWORD_SELECTOR = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
REGION_SELECTOR = SelectSelector(
    SelectSelectorConfig(options=list(REGIONS), translation_key="server", mode=SelectSelectorMode.LIST)
)
SERVER_SELECTOR = SelectSelector(
    SelectSelectorConfig(
        options=list(SERVERS),
        translation_key="server",
        mode=SelectSelectorMode.DROPDOWN,
    )
)
ADDRESS_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="off"))


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


class Address(TypedDict, total=False):
    """The address of an account, as calls take it: exactly one of both."""

    email: str
    phone_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which account it is, and how the cloud is reached.

    Attributes:
        account: the address as the cloud knows it.
        country_code: the dial code that decides the region, without a plus; empty where there is none.
    """

    account: str
    country_code: str
    app_id: str
    app_secret: str = field(repr=False)
    server: str
    hosts: Hosts

    @property
    def is_phone(self) -> bool:
        """Whether the account is a phone number."""
        return "@" not in self.account

    @property
    def address(self) -> Address:
        """The account as calls take it."""
        return {"phone_number": self.account} if self.is_phone else {"email": self.account}


def identify_account(account: str, country: str) -> tuple[str, str]:
    """Return the account as the cloud knows it, and the country code (no plus) that decides its region.

    Which numbers there are is the cloud's to say: number plans change faster than tables of them.
    """
    # Territories without phone numbers of their own have none.
    of_country = str(phonenumbers.country_code_for_region(country) or "")
    if "@" in account:
        if not is_email(account):
            raise InputError(CONF_ACCOUNT, "invalid_account")
        return account, of_country
    international, country_code = account_address(account), of_country
    try:
        number = phonenumbers.parse(account, country)
    except phonenumbers.NumberParseException:
        # One of a country that the tables do not know may be complete nevertheless.
        pass
    else:
        international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        country_code = str(number.country_code)
    if international is None or len(international) <= SHORTEST_NUMBER:
        raise InputError(CONF_ACCOUNT, "invalid_account")
    return international, country_code


def _server_of(server: Mapping[str, str]) -> str:
    """Return the server of a form: an address, where there is one, stands before the choice."""
    return server.get(CONF_ADDRESS, "").strip() or server.get(CONF_SERVER, SERVER_AUTOMATIC)


class SignInSteps(Dialog[ConfigFlowResult], ConfigFlow):
    """The base of all steps: keeps what was typed, and hands new tokens to the account's entry."""

    def __init__(self) -> None:
        """Begin with nothing typed."""
        self._typed: dict[str, Any] = {SECTION_APPLICATION: {CONF_APP_ID: ""}}
        # What a form of an entry has shown of it: what differs is what the user changes.
        self._shown: dict[str, Any] = {}
        self._secrets: dict[str, str] = {}
        self._app_secrets: dict[str, str] = {}
        self._chosen_regions: dict[tuple[str, str], str] = {}
        self._resume: Callable[[dict[str, Any]], Awaitable[ConfigFlowResult]]
        self._texts: Texts

    # The entry

    def _own_entry(self) -> ConfigEntry | None:
        """Return the entry that the dialog is about, if there is one; it may be removed meanwhile."""
        if self.source not in {SOURCE_REAUTH, SOURCE_RECONFIGURE}:
            return None
        try:
            is_reauth = self.source == SOURCE_REAUTH
            return self._get_reauth_entry() if is_reauth else self._get_reconfigure_entry()
        except UnknownEntry:
            raise Ended("entry_gone") from None

    @override
    def check_entry(self) -> None:
        """Raise `Ended` if the entry was removed meanwhile."""
        self._own_entry()

    @callback
    def _show_entry(self) -> None:
        """Begin with what the entry holds, if the dialog is about one."""
        entry = self._own_entry()
        self._shown, self._typed = (
            ({}, self._typed) if entry is None else (self._stored_input(entry), self._stored_input(entry))
        )

    @callback
    def _keep_unchanged(self) -> None:
        """Let what the user has left as it was shown be as the entry has it now."""
        if (entry := self._own_entry()) is None:
            return
        for name, value in self._stored_input(entry).items():
            typed, shown = self._typed[name], self._shown[name]
            if typed == shown or (name == SECTION_SERVER and _server_of(typed) == _server_of(shown)):
                self._typed[name] = self._shown[name] = value

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
        except InputError as err:
            return self._show_account(step_id, err)

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

    # The forms

    async def _async_load_texts(self) -> None:
        """Load what is said in a form only now and then."""
        self._texts = await async_texts(self.hass, "common")

    def _show(
        self, step_id: str, fields: Fields, error: InputError | None = None, **placeholders: str
    ) -> ConfigFlowResult:
        """Show a form with what was typed, but for the secrets; an error without a field stands above all."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), self._typed),
            errors={error.where if error.where in fields else BASE: error.key} if error else None,
            description_placeholders={CONF_ACCOUNT: self._typed.get(CONF_ACCOUNT, "")}
            | self._hints(fields)
            | placeholders
            | (error.placeholders if error else {}),
        )

    def _show_menu(self, step_id: str, options: list[str]) -> ConfigFlowResult:
        """Show a menu of ways to go on."""
        return self.async_show_menu(
            step_id=step_id,
            menu_options=options,
            description_placeholders={CONF_ACCOUNT: self._typed.get(CONF_ACCOUNT, "")},
        )

    def _hints(self, fields: Fields) -> dict[str, str]:
        """Return what may be said of secrets that need not be typed again, for those among the fields."""
        hints: dict[str, str] = {
            f"{name}_hint": self._texts.markdown("keep_typed") if name in self._secrets else Markdown()
            for name in SECRET_FIELDS & fields.keys()
        }
        if SECTION_APPLICATION in fields:
            hint = Markdown()
            if self._app_secrets:
                hint = self._texts.markdown("keep_typed")
            elif self._typed[SECTION_APPLICATION][CONF_APP_ID] in self._stored_secrets():
                hint = self._texts.markdown("keep_stored")
            hints[f"{CONF_APP_SECRET}_hint"] = hint
        return hints

    def _show_account(self, step_id: str, error: InputError | None = None) -> ConfigFlowResult:
        fields = {
            **self._account_fields(),
            **self._secret_field(CONF_PASSWORD, PASSWORD_SELECTOR),
            **self._application_section(error),
            **self._server_section(error),
        }
        return self._show(step_id, fields, error)

    def _show_region(self) -> ConfigFlowResult:
        return self._show("region", {probatio.Required(CONF_REGION): REGION_SELECTOR})

    def _account_fields(self) -> Fields:
        """Return the fields of an account."""
        country = self.hass.config.country or probatio.UNDEFINED
        return {
            probatio.Required(CONF_COUNTRY, default=country): CountrySelector(),
            probatio.Required(CONF_ACCOUNT): ACCOUNT_SELECTOR,
        }

    def _secret_field(self, name: str, selector: TextSelector) -> Fields:
        """Return the field of a secret; empty means the one typed before."""
        marker = probatio.Optional if name in self._secrets else probatio.Required
        return {marker(name): selector}

    def _application_section(self, error: InputError | None) -> Fields:
        """Return the section of the App ID; it is open for an error, and while there is no secret for it."""
        app_id = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        known = app_id in self._stored_secrets() | self._app_secrets
        is_wrong = error is not None and error.where == SECTION_APPLICATION
        fields = probatio.Schema(
            {
                probatio.Required(CONF_APP_ID): TextSelector(TextSelectorConfig(autocomplete="off")),
                probatio.Optional(CONF_APP_SECRET): APP_SECRET_SELECTOR,
            }
        )
        return {
            probatio.Required(SECTION_APPLICATION): section(fields, {"collapsed": known and not is_wrong})
        }

    def _server_section(self, error: InputError | None) -> Fields:
        """Return the section of the server; it is open for an error, and for any but the automatic one."""
        is_wrong = error is not None and error.where == SECTION_SERVER
        fields = probatio.Schema(
            {
                probatio.Required(CONF_SERVER, default=SERVER_AUTOMATIC): SERVER_SELECTOR,
                probatio.Optional(CONF_ADDRESS): ADDRESS_SELECTOR,
            }
        )
        collapsed = self._server() == SERVER_AUTOMATIC and not is_wrong
        return {probatio.Required(SECTION_SERVER): section(fields, {"collapsed": collapsed})}

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
            SECTION_SERVER: {
                CONF_SERVER if entry.data[CONF_SERVER] in SERVERS else CONF_ADDRESS: entry.data[CONF_SERVER]
            },
        }

    # What was typed

    def _server(self) -> str:
        """Return the server that was chosen."""
        return _server_of(self._typed.get(SECTION_SERVER, {}))

    def _remember(self, user_input: dict[str, Any]) -> None:
        """Keep what was typed; the secrets apart, so that they never get back into a form."""
        application = dict(user_input[SECTION_APPLICATION])
        app_id = application[CONF_APP_ID] = application[CONF_APP_ID].strip()
        if app_secret := application.pop(CONF_APP_SECRET, "").strip():
            # The last one typed is the last one in the order.
            self._app_secrets.pop(app_id, None)
            self._app_secrets[app_id] = app_secret
        for name in SECRET_FIELDS & user_input.keys():
            if user_input[name]:
                self._secrets[name] = user_input[name]
        self._typed |= {name: value for name, value in user_input.items() if name not in SECRET_FIELDS}
        self._typed[SECTION_APPLICATION] = application
        self._keep_unchanged()

    def _app_secret(self, app_id: str) -> str:
        """Return the secret of an App ID: typed for it, stored with it, or typed for a mistyped one."""
        secrets = self._stored_secrets() | self._app_secrets
        if secret := secrets.get(app_id) or next(reversed(self._app_secrets.values()), ""):
            return secret
        raise InputError(SECTION_APPLICATION, "app_secret_required")

    def _region_key(self) -> tuple[str, str]:
        """Return what a region is looked up by."""
        return self._server(), self._typed[CONF_COUNTRY]

    async def _async_parse(self) -> Access:
        """Check what was typed as far as that goes without the cloud."""
        app_id = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        if not app_id:
            raise InputError(SECTION_APPLICATION, "app_id_required")
        if len(app_id) > MAX_APP_ID:
            # A server would refuse the address that it is a part of.
            raise InputError(SECTION_APPLICATION, "app_id_too_long")
        server = self._server()
        try:
            hosts = hosts_of(server)
        except ValueError as err:
            raise InputError(SECTION_SERVER, "invalid_address") from err
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

    async def _async_call[T](
        self,
        access: Access,
        call: Callable[[ApiV1], Awaitable[T]],
        places: Places = PLACES,
        *,
        region: str | None = None,
    ) -> T:
        """Make a call of the cloud; what goes wrong becomes an error of the input.

        With a `region` it is said where that usually has accounts of the other kind.
        """
        self.check_entry()
        credentials = AppCredentials(app_id=access.app_id, app_secret=access.app_secret)
        api = ApiV1(async_get_clientsession(self.hass), credentials, access.hosts)
        try:
            return await call(api)
        except CoolKitError as err:
            where, own_key = next(place for kind, place in places.items() if isinstance(err, kind))
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
            raise InputError(where, key, **placeholders) from err
        except RegionUnknownError:
            raise
        except Exception as err:
            _LOGGER.exception("Unexpected error while signing in")
            raise InputError(BASE, "unknown") from err

    async def _async_find_region(self, access: Access) -> str:
        """Return the region to call: of the entry, given, chosen by hand before, or of the country."""
        if self.source == SOURCE_REAUTH and (entry := self._own_entry()) is not None:
            return str(entry.data[CONF_REGION])
        if access.server in REGIONS:
            return access.server
        if chosen := self._chosen_regions.get(self._region_key()):
            return chosen
        if not access.country_code:
            raise RegionUnknownError

        async def look_up(api: ApiV1) -> str:
            try:
                return await api.find_region(access.country_code)
            except CannotConnectError, CloudError:
                if access.server != SERVER_AUTOMATIC:
                    # An address of one's own that does not answer is wrong, whatever the region.
                    raise
                raise RegionUnknownError from None

        return await self._async_call(access, look_up)

    async def _async_sign_in(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Sign in with what was typed, and finish."""
        self._remember(user_input)
        if not (password := self._secrets.get(CONF_PASSWORD)):
            raise InputError(CONF_PASSWORD, "password_required")
        access = await self._async_parse()
        region = await self._async_find_region(access)

        async def sign_in(api: ApiV1) -> AccountSession:
            return await api.sign_in(region, password=password, **access.address)

        try:
            return await self._async_enter(access, sign_in, SIGN_IN_PLACES, region=region)
        except InputError as err:
            if err.where == CONF_PASSWORD:
                self._secrets.pop(CONF_PASSWORD, None)
            raise

    async def _async_enter(
        self,
        access: Access,
        enter: Callable[[ApiV1], Awaitable[AccountSession]],
        places: Places = PLACES,
        *,
        region: str | None = None,
        known_reason: str = "already_configured",
    ) -> ConfigFlowResult:
        """Get a session, and finish with it before another dialog gets the next one."""
        async with self.hass.data.setdefault(_TURN, asyncio.Lock()):
            session = await self._async_call(access, enter, places, region=region)
            return await self._async_finish(access, session, known_reason=known_reason)

    # The end

    async def _async_finish(
        self, access: Access, session: AccountSession, *, known_reason: str
    ) -> ConfigFlowResult:
        """Hand the tokens to the entry of the account, whichever that is, then end the flow."""
        data = {
            CONF_REGION: str(session.region),
            CONF_SERVER: access.server,
            CONF_APP_ID: access.app_id,
            CONF_APP_SECRET: access.app_secret,
            CONF_ACCOUNT: access.account,
            CONF_COUNTRY: self._typed[CONF_COUNTRY],
            CONF_TOKENS: session.tokens.as_dict(),
        }
        known = await self.async_set_unique_id(session.apikey, raise_on_progress=False)
        if known is not None and known.entry_id != self.context.get("entry_id"):
            self._hand_over(known, data)
        if (entry := self._own_entry()) is None:
            self._abort_if_unique_id_configured(error=known_reason)
            return self.async_create_entry(title=access.account, data=data)
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        title = access.account if entry.title == entry.data[CONF_ACCOUNT] else entry.title
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
        async_clear_problems(self.hass, entry)
        self._go_on(entry)

    @callback
    def _go_on(self, entry: EwelinkConfigEntry) -> None:
        """Set an entry up that failed with what it had before; one that runs takes what is new by itself."""
        if entry.state in STALE_STATES:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
