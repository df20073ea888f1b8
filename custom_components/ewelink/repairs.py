"""Repairs: what only the user can mend, and the way to mend it."""

from datetime import date, timedelta
from enum import StrEnum
import logging
from typing import Final, cast, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    FlowType,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
import probatio

from .const import DOMAIN
from .coolkit import CoolKitError, ShareTimeoutError
from .entry_data import EntryData, Generation, SignIn
from .flows.dialogs import Dialog, Ended, async_settled
from .markdown import placeholders
from .shares import SHARE_REQUEST, Shares

_LOGGER = logging.getLogger(__name__)


class AccountIssue(StrEnum):
    """A problem of an account that does not end by itself; the value is the key of its texts."""

    APP_ID_REFUSED = "app_id_refused"
    APP_ID_EXPIRED = "app_id_expired"
    APP_ID_ENDS = "app_id_ends"
    QUOTA_EXCEEDED = "quota_exceeded"
    SIGNED_OUT_REPEATEDLY = "signed_out_repeatedly"


class Notice(StrEnum):
    """What an account is told that nobody can mend; the value is the key of its texts."""

    NO_DEVICES = "no_devices"
    DEVICES_WITHHELD = "devices_withheld"


# What ends when the account works again; the end of an application comes nearer meanwhile.
PRESENT_PROBLEMS: Final = tuple(
    problem for problem in AccountIssue if problem is not AccountIssue.APP_ID_ENDS
)
# An application is made anew each year; before that, somebody is asked to in time.
APPLICATION_LIFE: Final = timedelta(days=365)
WARNED_BEFORE: Final = timedelta(days=30)


@callback
def async_check_application(hass: HomeAssistant, entry: ConfigEntry, today: date) -> None:
    """Warn before the year of an application ends; of a paid one, nobody knows when that is."""
    data = EntryData.from_entry(entry)
    is_near = (
        data.sign_in is SignIn.OAUTH
        and data.app_seen is not None
        and today >= data.app_seen + APPLICATION_LIFE - WARNED_BEFORE
    )
    if is_near:
        async_report_problem(hass, entry, AccountIssue.APP_ID_ENDS)
    else:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, AccountIssue.APP_ID_ENDS))


@callback
def async_check_devices(hass: HomeAssistant, entry: ConfigEntry, *, listed: int, withheld: int) -> None:
    """Say why devices are missing that the account has: version 2 tells an App ID of some brands alone.

    Whoever has read it can ignore it; it is not told again.
    """
    data = EntryData.from_entry(entry)
    notice: Notice | None = None
    if data.generation is Generation.V2 and not listed:
        notice = Notice.NO_DEVICES
    elif withheld:
        notice = Notice.DEVICES_WITHHELD
    for other in Notice:
        if other is not notice:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, other))
    if notice is not None:
        names = {"account": entry.title, "app_id": data.app_id, "count": str(withheld)}
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry, notice),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=notice.value,
            translation_placeholders=placeholders(names),
        )


@callback
def async_forget_problems(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back all repairs of an account that is gone."""
    async_clear_problems(hass, entry)
    for lasting in (AccountIssue.APP_ID_ENDS, *Notice):
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, lasting))


@callback
def async_report_problem(hass: HomeAssistant, entry: ConfigEntry, problem: AccountIssue) -> None:
    """Raise the repair of a problem, once."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, problem),
        data={"entry_id": entry.entry_id, "problem": problem.value},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING if problem is AccountIssue.APP_ID_ENDS else ir.IssueSeverity.ERROR,
        translation_key=problem.value,
        translation_placeholders={"account": entry.title, "app_id": EntryData.from_entry(entry).app_id},
    )


@callback
def async_clear_problems(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back the repairs of an account that works again or is gone; nobody has to sign in to it again."""
    for problem in PRESENT_PROBLEMS:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, problem))
    for flow in _open_flows(hass, entry, SOURCE_REAUTH):
        hass.config_entries.flow.async_abort(flow["flow_id"])


def _open_flows(hass: HomeAssistant, entry: ConfigEntry, source: str) -> list[ConfigFlowResult]:
    """Return the dialogs of an account that somebody has not ended yet."""
    match = {"entry_id": entry.entry_id, "source": source}
    return hass.config_entries.flow.async_progress_by_handler(DOMAIN, match_context=match)


def _issue_id(entry: ConfigEntry, problem: AccountIssue | Notice) -> str:
    return f"{problem.value}_{entry.entry_id}"


class EntryFlow(Dialog[RepairsFlowResult], RepairsFlow):
    """The base of the dialogs of repairs."""

    def __init__(self, entry: ConfigEntry) -> None:
        """Remember whose repair it is."""
        self._entry = entry

    @override
    def check_entry(self) -> None:
        """Raise `Ended` if the account was removed meanwhile."""
        if self.hass.config_entries.async_get_entry(self._entry.entry_id) is None:
            raise Ended("entry_gone")


class ProblemFlow(EntryFlow):
    """The dialog of a problem: explains, then acts when the user agrees."""

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - the flow's first step gets the issue's data
    ) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain what has happened; act after the user's consent."""
        self.check_entry()
        if user_input is not None:
            return await self._async_mend()
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema({}),
            description_placeholders={
                "account": self._entry.title,
                "app_id": EntryData.from_entry(self._entry).app_id,
            },
        )

    async def _async_mend(self) -> RepairsFlowResult:
        raise NotImplementedError


class ChangeAppIdFlow(ProblemFlow):
    """Leads to the dialog that takes another App ID; the repair stays until that has worked."""

    @override
    async def _async_mend(self) -> RepairsFlowResult:
        """Go on in the reconfigure dialog, the one that is open if there is one."""
        active = _open_flows(self.hass, self._entry, SOURCE_RECONFIGURE)
        flow = next(iter(active), None) or await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry.entry_id}
        )
        return self.async_abort(
            reason="continue_in_reconfigure", next_flow=(FlowType.CONFIG_FLOW, flow["flow_id"])
        )


class ConnectAgainFlow(ProblemFlow):
    """Connects again, after the user has ended what signed the account out."""

    @override
    async def _async_mend(self) -> RepairsFlowResult:
        """Set the account up anew."""
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})


class ShareRequestFlow(EntryFlow):
    """Accepts or refuses the device that another account wants to share."""

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - the flow's first step gets the issue's data
    ) -> RepairsFlowResult:
        """Say what is offered by whom, and ask for the answer."""
        shares = await self._async_shares()
        if shares is None or (request := shares.find(self.issue_id)) is None:
            return self.async_abort(reason="request_ended")
        facts = await shares.async_describe(request)
        return self.async_show_menu(
            step_id="init",
            menu_options=["accept", "refuse"],
            description_placeholders=facts,
        )

    async def async_step_accept(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - the choice is the input
    ) -> RepairsFlowResult:
        """Take the device."""
        return await self._async_answer(accept=True)

    async def async_step_refuse(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - the choice is the input
    ) -> RepairsFlowResult:
        """Leave the device."""
        return await self._async_answer(accept=False)

    async def _async_answer(self, *, accept: bool) -> RepairsFlowResult:
        shares = await self._async_shares()
        if shares is None or (request := shares.find(self.issue_id)) is None:
            return self.async_abort(reason="request_ended")
        facts = await shares.async_describe(request)
        try:
            await shares.async_answer(request, accept=accept)
        except ShareTimeoutError:
            return self.async_abort(reason="request_ended")
        except CoolKitError as err:
            _LOGGER.debug("The answer was not sent: %s", err)
            return self.async_abort(reason="answer_failed")
        # The issue has gone with the request; of an entry Home Assistant would say that it is repaired.
        return self.async_abort(
            reason="request_accepted" if accept else "request_refused",
            description_placeholders=facts,
        )

    async def _async_shares(self) -> Shares | None:
        """Return the shares of the account; requests outlast its reload."""
        await async_settled(self._entry)
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        shares: Shares = self._entry.runtime_data.shares
        return shares


class EntryGoneFlow(Dialog[RepairsFlowResult], RepairsFlow):
    """Ends the repair of an account that was removed meanwhile."""

    async def async_step_init(
        self,
        user_input: dict[str, str] | None = None,  # noqa: ARG002 - the flow's first step gets the issue's data
    ) -> RepairsFlowResult:
        """Close the repair: there is nothing left to mend."""
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,  # noqa: ARG001 - the signature is Home Assistant's
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the dialog of a repair."""
    facts = cast("dict[str, str]", data)
    if (entry := hass.config_entries.async_get_entry(facts["entry_id"])) is None:
        return EntryGoneFlow()
    if facts["problem"] == SHARE_REQUEST:
        return ShareRequestFlow(entry)
    if facts["problem"] == AccountIssue.SIGNED_OUT_REPEATEDLY:
        return ConnectAgainFlow(entry)
    return ChangeAppIdFlow(entry)
