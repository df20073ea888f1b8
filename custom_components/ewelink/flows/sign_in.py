"""What all dialogs that sign in share: the entry, what was typed, parts of forms, and how they end."""

import asyncio
from dataclasses import replace
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    UnknownEntry,
)
from homeassistant.const import CONF_ADDRESS, CONF_COUNTRY
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
import probatio

from ..const import CONF_ACCOUNT, CONF_APP_ID, CONF_APP_SECRET, CONF_SERVER, DOMAIN, SERVER_AUTOMATIC
from ..coordinator import EwelinkConfigEntry
from ..entry_data import EntryData, async_store, hosts_of
from ..markdown import Markdown
from ..repairs import async_clear_problems
from .account_input import SECTION_APPLICATION, SECTION_SERVER, SERVERS, server_of
from .dialogs import Ended
from .forms import KEY, Country, Fields, FormError, Forms, Text

# An entry in one of these states took its tokens when it was set up: new ones need another set-up.
RELOAD_STATES: Final = {
    ConfigEntryState.SETUP_ERROR,
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.SETUP_RETRY,
}

ACCOUNT_SELECTOR = Text(TextSelectorConfig(autocomplete="username"))
ADDRESS_SELECTOR = Text(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="off"))
APP_ID_SELECTOR = Text(TextSelectorConfig(autocomplete="off"))
SERVER_SELECTOR = SelectSelector(
    SelectSelectorConfig(
        options=list(SERVERS),
        translation_key="server",
        mode=SelectSelectorMode.DROPDOWN,
    )
)


# Of two sign-ins at one moment the later voids the tokens of the other, whose entry it has to find.
_TURN: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_sign_in")


@callback
def sign_in_turn(hass: HomeAssistant) -> asyncio.Lock:
    """Return what one dialog at a time holds while it signs in."""
    return hass.data.setdefault(_TURN, asyncio.Lock())


class SignInSteps(Forms, ConfigFlow):
    """The base of all steps: keeps what was typed, and hands new tokens to the account's entry."""

    def __init__(self) -> None:
        """Begin with nothing typed."""
        super().__init__()
        self._typed = {SECTION_APPLICATION: {CONF_APP_ID: ""}}
        self._app_secrets: dict[str, str] = {}

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
            if typed == shown or (name == SECTION_SERVER and server_of(typed) == server_of(shown)):
                self._typed[name] = self._shown[name] = value

    # The forms

    def _show_menu(self, step_id: str, options: list[str], **names: str) -> ConfigFlowResult:
        """Show a menu of ways to go on."""
        return self.async_show_menu(
            step_id=step_id,
            menu_options=options,
            description_placeholders={CONF_ACCOUNT: self._typed.get(CONF_ACCOUNT, ""), **names},
        )

    @override
    def _hints(self, fields: Fields) -> dict[str, str]:
        """Return what may be said of secrets that need not be typed again, that of the App ID included."""
        hints = {CONF_ACCOUNT: self._typed.get(CONF_ACCOUNT, ""), **super()._hints(fields)}
        if SECTION_APPLICATION in fields:
            hint = Markdown()
            if self._app_secrets:
                hint = self._texts.markdown("keep_typed")
            elif self._typed[SECTION_APPLICATION][CONF_APP_ID] in self._stored_secrets():
                hint = self._texts.markdown("keep_stored")
            hints[f"{CONF_APP_SECRET}_hint"] = hint
        return hints

    def _account_fields(self) -> Fields:
        """Return the fields of an account."""
        country = self.hass.config.country or probatio.UNDEFINED
        return {
            probatio.Required(CONF_COUNTRY, default=country): Country(),
            probatio.Required(CONF_ACCOUNT): ACCOUNT_SELECTOR,
        }

    def _application_section(self, error: FormError | None) -> Fields:
        """Return the section of the App ID; it is open for an error, and while there is no secret for it."""
        app_id = self._typed[SECTION_APPLICATION][CONF_APP_ID]
        known = app_id in self._stored_secrets() | self._app_secrets
        is_wrong = error is not None and error.where == SECTION_APPLICATION
        fields = probatio.Schema(
            {
                probatio.Required(CONF_APP_ID): APP_ID_SELECTOR,
                probatio.Optional(CONF_APP_SECRET): KEY,
            }
        )
        return {
            probatio.Required(SECTION_APPLICATION): section(fields, {"collapsed": known and not is_wrong})
        }

    def _server_section(self, error: FormError | None) -> Fields:
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
        stored = map(EntryData.from_entry, self._async_current_entries(include_ignore=False))
        return {data.app_id: data.app_secret for data in stored}

    @staticmethod
    def _stored_input(entry: ConfigEntry) -> dict[str, Any]:
        """Return what was typed to make an entry, but for the secrets."""
        data = EntryData.from_entry(entry)
        return {
            CONF_COUNTRY: data.country,
            CONF_ACCOUNT: data.account,
            SECTION_APPLICATION: {CONF_APP_ID: data.app_id},
            SECTION_SERVER: {CONF_SERVER if data.server in SERVERS else CONF_ADDRESS: data.server},
        }

    # What was typed

    def _server(self) -> str:
        """Return the server that was chosen."""
        return server_of(self._typed.get(SECTION_SERVER, {}))

    def _remember(self, user_input: dict[str, Any]) -> None:
        """Keep what was typed; the secrets apart, so that they never get back into a form."""
        application = dict(user_input[SECTION_APPLICATION])
        app_id = application[CONF_APP_ID] = application[CONF_APP_ID].strip()
        if app_secret := application.pop(CONF_APP_SECRET, "").strip():
            # The last one typed is the last one in the order.
            self._app_secrets.pop(app_id, None)
            self._app_secrets[app_id] = app_secret
        self._typed |= self._remember_secrets(user_input)
        self._typed[SECTION_APPLICATION] = application
        self._keep_unchanged()

    # The end

    async def _async_finish(
        self, data: EntryData, apikey: str, *, known_reason: str = "already_configured", title: str = ""
    ) -> ConfigFlowResult:
        """Hand the tokens to the entry of the account, whichever that is, then end the flow."""
        known = await self.async_set_unique_id(apikey, raise_on_progress=False)
        if known is not None and known.entry_id != self.context.get("entry_id"):
            self._update_other_entry(known, data)
        today = dt_util.utcnow().date()
        if (entry := self._own_entry()) is None:
            if known is not None:
                raise Ended(known_reason, account=known.title)
            data = replace(data, app_seen=today)
            return self.async_create_entry(title=title or data.account, data=data.as_dict())
        if entry.unique_id != apikey:
            raise Ended("wrong_account", account=entry.title, other=title or data.account)
        before = EntryData.from_entry(entry)
        title = data.account if data.account and entry.title == before.account else entry.title
        result = self.async_update_and_abort(entry, data=data.follows(before, today).as_dict(), title=title)
        self._reload_if_failed(entry)
        return result

    @callback
    def _update_other_entry(self, entry: EwelinkConfigEntry, data: EntryData) -> None:
        """Give new tokens to an entry whose own they have replaced: same account, App ID and cloud.

        They may be those of another version of the cloud, which the entry then uses.
        """
        before = EntryData.from_entry(entry)
        if (before.app_id, hosts_of(before.server)) != (data.app_id, hosts_of(data.server)):
            return
        new = replace(before, region=data.region, tokens=data.tokens, app_secret=data.app_secret)
        if before.generation is not data.generation:
            new = replace(new, generation=data.generation, refused={})
        async_store(self.hass, entry, new)
        async_clear_problems(self.hass, entry)
        self._reload_if_failed(entry)

    @callback
    def _reload_if_failed(self, entry: EwelinkConfigEntry) -> None:
        """Set an entry up that failed with what it had before; one that runs takes what is new by itself."""
        if entry.state in RELOAD_STATES:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
