"""The dialogs of an account: add it, sign in again, and change how it is reached."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import callback

from .const import CONF_APP_ID, DOMAIN
from .entry_data import MINOR_VERSION, VERSION, EntryData, SignIn
from .flows.account_input import SECTION_APPLICATION
from .flows.forms import PASSWORD, FormError
from .flows.generations import PasswordsNotAllowedError
from .flows.oauth import OAuthSteps
from .flows.options import EwelinkOptionsFlow
from .flows.verification import VerificationSteps


class EwelinkConfigFlow(VerificationSteps, OAuthSteps, domain=DOMAIN):
    """Signs in, and hands what that brings to the account's entry: it has replaced the tokens kept there."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    @staticmethod
    @callback
    @override
    def async_get_options_flow(
        config_entry: ConfigEntry,
    ) -> OptionsFlow:
        """Return the menus of an account."""
        return EwelinkOptionsFlow()

    # A new account

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to get to the account."""
        self._typed = {SECTION_APPLICATION: {CONF_APP_ID: next(iter(self._stored_secrets()), "")}}
        return self._show_menu("user", ["oauth", "sign_in", "register", "reset_password"])

    # The same account

    async def async_step_reconfigure(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Ask how to sign in to the same account from now on."""
        self._show_entry()
        return self._show_menu("reconfigure", ["oauth", "reconfigure_password"])

    async def async_step_reconfigure_password(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change how an account is reached with its password."""
        return await self._async_step_account("reconfigure_password", user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Sign in again, with a text that names the cause."""
        self._show_entry()
        match entry_data.get("cause"):
            case "signed_out":
                return await self.async_step_reauth_signed_out()
            case "account_moved":
                return await self.async_step_reauth_account_moved()
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Say that the tokens have expired, and ask how to sign in again."""
        return self._show_reauth_menu("reauth_confirm")

    async def async_step_reauth_signed_out(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Say that another client has signed in with the same App ID, and ask how to sign in again."""
        return self._show_reauth_menu("reauth_signed_out")

    async def async_step_reauth_account_moved(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Say that the account lives in another region now, and ask how to sign in there."""
        return self._show_reauth_menu("reauth_account_moved")

    def _show_reauth_menu(self, step_id: str) -> ConfigFlowResult:
        entry = self._own_entry()
        if entry is not None and EntryData.from_entry(entry).sign_in is SignIn.OAUTH:
            return self._show_menu(step_id, ["oauth"])
        return self._show_menu(step_id, ["reauth_sign_in", "reauth_reset_password"])

    async def async_step_reauth_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the password of an entry's account, and for another App ID or secret if need be."""
        await self._async_load_texts()
        error: FormError | None = None
        if user_input is not None:
            try:
                return await self._async_sign_in(user_input)
            except PasswordsNotAllowedError:
                return self._show_password_not_allowed("reauth_sign_in")
            except FormError as err:
                error = err
        fields = {
            **self._secret_field(CONF_PASSWORD, PASSWORD),
            **self._application_section(error),
        }
        return self._show_form("reauth_sign_in", fields, error)
