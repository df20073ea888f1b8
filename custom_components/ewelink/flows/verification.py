"""The dialogs that need a verification code: create an account, and replace a forgotten password."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.helpers.selector import BooleanSelector, TextSelectorConfig
from homeassistant.util import dt as dt_util
import probatio

from ..const import CONF_ACCOUNT
from ..coolkit import (
    AccountSession,
    ApiV1,
    ApiV2,
    CodePurpose,
    InvalidInputError,
    Region,
    UnknownAccountError,
)
from ..entry_data import Generation
from ..markdown import Markdown
from .account_input import (
    DIAL_CODES,
    ERROR_FIELDS,
    FIELD_CODE,
    SECTION_APPLICATION,
    SECTION_SERVER,
    Access,
    ErrorFields,
    RegionUnknownError,
)
from .forms import FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD, NEW_PASSWORD, FormError, Text
from .password import PasswordSteps

FIELD_RESEND: Final = "resend"

# An address that has no account is what a new account needs.
REGISTRATION_ERROR_FIELDS: Final[ErrorFields] = {
    **ERROR_FIELDS,
    UnknownAccountError: (CONF_ACCOUNT, "new_account_refused"),
}
# What the cloud does not take beside a code: the address has passed when the code was sent.
VERIFICATION_ERROR_FIELDS: Final[ErrorFields] = {
    **ERROR_FIELDS,
    InvalidInputError: (FIELD_NEW_PASSWORD, "password_refused"),
}
# Errors at these places are mended in the form before the code's.
EARLIER_PLACES: Final = {FIELD_NEW_PASSWORD, SECTION_APPLICATION, SECTION_SERVER}

CODE_SELECTOR = Text(TextSelectorConfig(autocomplete="one-time-code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCode:
    """A verification code that was sent.

    Attributes:
        purpose: what it is for.
        access: whose account it is for, and the cloud that sent it.
        region: where it is to be used.
        generation: the version of the cloud that sent it.
        sent_at: when it was sent, in local time; None if that was before this dialog.
    """

    purpose: CodePurpose
    access: Access
    region: str
    generation: Generation
    sent_at: datetime | None = None


class VerificationSteps(PasswordSteps):
    """Sends a code, and signs in with it and a new password."""

    def __init__(self) -> None:
        """Begin with no code sent."""
        super().__init__()
        self._codes: list[SentCode] = []
        self._form = ""

    # The account and its new password

    async def async_step_register(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the account that is to be created."""
        return await self._async_step_send("register", user_input)

    async def async_step_reset_password(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the account whose password is forgotten."""
        return await self._async_step_send("reset_password", user_input)

    async def async_step_reauth_reset_password(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new password for the account of an entry."""
        return await self._async_step_send("reauth_reset_password", user_input)

    async def _async_step_send(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for what a code is sent by, and for the new password; then have the code sent."""
        self._form = step_id
        await self._async_load_texts()
        if user_input is None:
            return self._show_send()
        self._remember(user_input)
        try:
            self._check_new_password()
            access = await self._async_parse()
            purpose = CodePurpose.REGISTER if step_id == "register" else CodePurpose.RESET_PASSWORD
            if not self._is_sent(purpose, access):
                await self._async_in_turn(access, partial(self._async_send_at, purpose, access))
        except RegionUnknownError:
            return self._ask_region(partial(self._async_step_send, step_id))
        except FormError as err:
            return self._show_refusal(err)
        return self._show_code()

    def _show_send(self, error: FormError | None = None) -> ConfigFlowResult:
        is_reauth = self.source == SOURCE_REAUTH
        fields = {
            **({} if is_reauth else self._account_fields()),
            **self._secret_field(FIELD_NEW_PASSWORD, NEW_PASSWORD),
            **self._secret_field(FIELD_REPEATED_PASSWORD, NEW_PASSWORD),
            **self._application_section(error),
            **({} if is_reauth else self._server_section(error)),
        }
        return self._show_form(self._form, fields, error)

    def _check_new_password(self) -> None:
        """Raise if the new password was not typed twice; what makes a good one is the cloud's to say."""
        password = self._secrets.get(FIELD_NEW_PASSWORD)
        if not password:
            raise FormError("new_password_required", FIELD_NEW_PASSWORD)
        if password != self._secrets.get(FIELD_REPEATED_PASSWORD):
            self._forget_new_password()
            raise FormError("passwords_differ", FIELD_REPEATED_PASSWORD)

    def _forget_new_password(self) -> None:
        for name in (FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD):
            self._secrets.pop(name, None)

    def _is_sent(self, purpose: CodePurpose, access: Access) -> bool:
        """Return whether the latest code is for this."""
        return any((code.purpose, code.access) == (purpose, access) for code in self._codes[-1:])

    async def _async_send_at(self, purpose: CodePurpose, access: Access, generation: Generation) -> None:
        """Have a code sent by a version of the cloud."""
        region = await self._async_find_region(access, generation)
        await self._async_send(SentCode(purpose=purpose, access=access, region=region, generation=generation))

    async def _async_send(self, wanted: SentCode) -> None:
        """Have a code sent, and remember it; where one was sent just before, that one is as good."""
        purpose, access = wanted.purpose, wanted.access
        try:
            place = await self._async_call(
                access,
                wanted.generation,
                lambda api: api.send_code(wanted.region, purpose, **access.address),
                REGISTRATION_ERROR_FIELDS if purpose is CodePurpose.REGISTER else ERROR_FIELDS,
                region=wanted.region,
            )
        except FormError as err:
            if err.key == "too_many_codes" and not self._is_sent(purpose, access):
                self._codes.append(replace(wanted, sent_at=None))
            raise
        self._codes.append(replace(wanted, region=place, sent_at=dt_util.now()))

    # The code

    async def async_step_verification_code(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the code; or have another one sent."""
        if user_input is None:
            return self._show_code()
        try:
            if user_input[FIELD_RESEND]:
                await self._async_send(self._codes[-1])
                return self._show_code()
            return await self._async_verify(user_input.get(FIELD_CODE, "").strip())
        except FormError as err:
            return self._show_refusal(err, at_code=True)

    def _show_code(self, error: FormError | None = None) -> ConfigFlowResult:
        sent = self._codes[-1]
        # Without a code another one can be asked for, so none is required.
        fields = {
            probatio.Optional(FIELD_CODE): CODE_SELECTOR,
            probatio.Required(FIELD_RESEND, default=False): BooleanSelector(),
        }
        sent_at = Markdown()
        if sent.sent_at is not None:
            sent_at = self._texts.markdown("sent_at", time=Markdown(sent.sent_at.strftime("%H:%M:%S")))
        return self._show_form(
            "verification_code", fields, error, account=sent.access.account, sent_at=sent_at
        )

    async def _async_verify(self, given: str) -> ConfigFlowResult:
        """Sign in with a code and the new password, and finish."""
        if not given:
            raise FormError("code_required", FIELD_CODE)
        sent = self._codes[-1]
        password = self._secrets[FIELD_NEW_PASSWORD]
        address = sent.access.address
        is_new = sent.purpose is CodePurpose.REGISTER

        async def enter(api: ApiV1 | ApiV2) -> AccountSession:
            if not is_new:
                return await api.reset_password(sent.region, code=given, password=password, **address)
            country_code = sent.access.country_code or DIAL_CODES[Region(sent.region)]
            return await api.register(
                sent.region, code=given, password=password, country_code=country_code, **address
            )

        try:
            return await self._async_enter(
                sent.access, sent.generation, enter, VERIFICATION_ERROR_FIELDS, known_reason="password_reset"
            )
        except FormError as err:
            if err.where == FIELD_NEW_PASSWORD:
                self._forget_new_password()
            raise

    # What the cloud refuses

    def _show_refusal(self, error: FormError, *, at_code: bool = False) -> ConfigFlowResult:
        """Show an error where it can be mended."""
        if error.key == "account_exists":
            return self._show_account("sign_in", error)
        if error.key == "unknown_account" and self._form == "reset_password":
            return self._show_no_account()
        if self._codes and (error.where == FIELD_CODE or (at_code and error.where not in EARLIER_PLACES)):
            return self._show_code(error)
        return self._show_send(error)

    async def async_step_no_account(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Say that there is no account whose password could be set, and offer to create it."""
        return self._show_no_account()

    def _show_no_account(self) -> ConfigFlowResult:
        return self._show_menu("no_account", ["register", "reset_password"])
