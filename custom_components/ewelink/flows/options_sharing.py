"""Menus of the options for sharing devices with other accounts."""

import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
import probatio

from ..coolkit import (
    AlreadySharedError,
    CoolKitError,
    Device,
    Feature,
    InvalidInputError,
    NoteTooLongError,
    NotOwnerError,
    Permit,
    Share,
    UnknownAccountError,
)
from ..markdown import Markdown, escape
from ..shares import PERMITS, Offer, permit_names, permit_of
from ..texts import NOTHING, listed
from .dialogs import Ended
from .forms import TEXT, Fields, FormError, form_error, nothing_chosen, one_of
from .options_base import FIELD_DEVICE, needs
from .options_received import ReceivedSteps

_LOGGER = logging.getLogger(__name__)

FIELD_ADDRESS: Final = "address"
FIELD_NOTE: Final = "note"
FIELD_SHARE: Final = "share"

# An answer that comes so soon, in seconds, needs no step that waits for it.
AT_ONCE = 1.0

_ERROR_FIELDS: Final[dict[type[CoolKitError], str]] = {
    NotOwnerError: FIELD_DEVICE,
    AlreadySharedError: FIELD_ADDRESS,
    NoteTooLongError: FIELD_NOTE,
    InvalidInputError: FIELD_ADDRESS,
    UnknownAccountError: FIELD_ADDRESS,
}


class SharingSteps(ReceivedSteps):
    """What an owner gives to others, and takes back; what a recipient gives back."""

    def __init__(self) -> None:
        """Begin with nothing offered."""
        super().__init__()
        self._offer: Offer | None = None
        self._offer_step = ""
        self._offered: dict[str, str] = {}
        self._address = ""

    @override
    @callback
    def async_remove(self) -> None:
        """Leave an offer to itself when the dialog is closed."""
        super().async_remove()
        if self._offer is not None:
            self._offer.async_leave()

    async def async_step_sharing(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Read who has what now, list it, and ask what to do."""
        if self._done_at != "sharing":
            await self._async_read_shares()
        options = ["share_device"]
        if self._shares():
            options += ["edit_share", "cancel_share"]
        if self._received():
            options.append("leave_share")
        return self._show_menu("sharing", [*options, "init"], shares=self._share_listing())

    async def _async_read_shares(self) -> None:
        try:
            await self.coordinator.client.refresh_devices()
        except CoolKitError as err:
            _LOGGER.debug("Going on with the shares as they were known: %s", err)

    def _share_listing(self) -> Markdown:
        """Return the devices that are shared, each with those who have it."""
        devices = self.coordinator.client.devices.values()
        lines = [
            f"- **{escape(self._label(device))}**: {listed(map(_label_of, device.shared_to))}"
            for device in devices
            if self._is_own(device) and device.shared_to
        ]
        return Markdown("\n".join(lines) or self._texts.markdown("none_yet"))

    # Share

    @needs(Feature.SHARING, back="sharing")
    async def async_step_share_device(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is to be shared with whom, on which terms; then wait for the answer."""
        if user_input is None:
            if shown := self._form_again("share_device"):
                return shown
            self._begin()
            return self._show_share_device()
        self._remember(user_input)
        if not (device_id := user_input.get(FIELD_DEVICE)):
            return self._show_share_device(nothing_chosen(FIELD_DEVICE))
        offer = self.coordinator.shares.async_share(
            self._device(device_id),
            user_input[FIELD_ADDRESS].strip(),
            permit=_permit(user_input),
            note=user_input.get(FIELD_NOTE, ""),
        )
        return await self._async_follow(offer, "share_device")

    def _show_share_device(self, error: FormError | None = None) -> ConfigFlowResult:
        fields: Fields = {
            **one_of(FIELD_DEVICE, self._by_name(self._own_devices())),
            probatio.Required(FIELD_ADDRESS): TEXT,
            **_terms(),
        }
        return self._show_form("share_device", fields, error, shared=self._shared_devices())

    # Edit

    @needs(Feature.SHARING, back="sharing")
    async def async_step_edit_share(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which share is to change."""
        if user_input is None:
            self._begin()
        elif share := user_input.get(FIELD_SHARE):
            self._choose(share)
            return await self.async_step_edit_terms()
        return self._show_shares("edit_share", user_input)

    async def async_step_edit_terms(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the new terms; then wait until they hold, which the recipient may have to agree to."""
        if user_input is None:
            if shown := self._form_again("edit_terms"):
                return shown
            _, share = self._chosen()
            self._begin(**_terms_of(share))
            return self._show_edit_terms()
        self._remember(user_input)
        typed = {FIELD_NOTE: "", **user_input}
        changes = {name: typed[name] for name, value in self._shown.items() if typed[name] != value}
        if changes:
            # The frame carries all terms: those that were not changed are sent as they are now.
            await self._async_read_shares()
        device, share = self._chosen()
        terms = _terms_of(share) | changes
        if terms == _terms_of(share):
            names = {"device": self._label(device), "receiver": _label_of(share)}
            return await self._async_back("sharing", "terms_unchanged", **names)
        # What was not changed stays as the cloud has it, also where a form cannot show that.
        offer = self.coordinator.shares.async_edit(
            device,
            self._address,
            permit=_permit(terms) if changes.keys() & PERMITS.keys() else None,
            note=changes.get(FIELD_NOTE),
        )
        return await self._async_follow(offer, "edit_terms")

    def _show_edit_terms(self, error: FormError | None = None) -> ConfigFlowResult:
        device, share = self._chosen()
        return self._show_form(
            "edit_terms", _terms(), error, device=self._label(device), receiver=_label_of(share)
        )

    # The wait

    async def _async_follow(self, offer: Offer, step_id: str) -> ConfigFlowResult:
        """Follow an offer that was made by a form; what is answered at once is shown at once."""
        self._offer, self._offer_step = offer, step_id
        self._offered = {"device": self._label(offer.device), "address": offer.address}
        if await offer.async_wait(AT_ONCE):
            return await self.async_step_share_outcome()
        return await self.async_step_share_wait()

    async def async_step_share_wait(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - there is nothing to enter
    ) -> ConfigFlowResult:
        """Show that an answer is waited for; the dialog may be closed meanwhile."""
        return self.async_wait_for(self._async_offer_done, "share_wait", "share_outcome", **self._offered)

    async def _async_offer_done(self) -> None:
        if self._offer is not None:
            await self._offer.async_wait()

    async def async_step_share_outcome(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - there is nothing to enter
    ) -> ConfigFlowResult:
        """Go back with what has become of the offer: to the menu, or to its form with what went wrong."""
        self.check_entry()
        if (offer := self._offer) is None:
            raise Ended("share_gone")
        self._offer = None
        err = offer.async_seen()
        if err is None:
            return await self._async_back("sharing", "share_accepted", **self._offered)
        error = form_error(err, offer.device, _ERROR_FIELDS)
        if self._offer_step == "share_device":
            return self._show_share_device(error)
        return self._show_edit_terms(error)

    # Cancel

    @needs(Feature.SHARING, back="sharing")
    async def async_step_cancel_share(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which share is to end."""
        if user_input is None:
            self._begin()
        elif share := user_input.get(FIELD_SHARE):
            self._choose(share)
            return await self.async_step_cancel_share_confirm()
        return self._show_shares("cancel_share", user_input)

    async def async_step_cancel_share_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then take the device back."""
        error: FormError | None = None
        device, share = self._chosen()
        names = {"device": self._label(device), "receiver": _label_of(share)}
        if user_input is not None:
            try:
                await self.coordinator.client.sharing.cancel(device.device_id, self._address)
            except CoolKitError as err:
                error = form_error(err, device)
            else:
                return await self._async_back("sharing", "share_cancelled", **names)
        return self._show_form("cancel_share_confirm", {}, error, **names)

    # The shares that there are

    def _shares(self) -> list[tuple[Device, Share]]:
        """Return every share of own devices whose recipient can be addressed."""
        return [
            (device, share)
            for device in self.coordinator.client.devices.values()
            if self._is_own(device)
            for share in device.shared_to
            if _address_of(share)
        ]

    def _show_shares(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Show the shares to choose one."""
        shares = [
            (f"{device.device_id} {_address_of(share)}", f"{self._label(device)}: {_label_of(share)}")
            for device, share in self._shares()
        ]
        if not shares:
            raise Ended("share_gone")
        error = None if user_input is None else nothing_chosen(FIELD_SHARE)
        fields = one_of(FIELD_SHARE, sorted(shares, key=lambda one: one[1].casefold()))
        return self._show_form(step_id, fields, error)

    def _choose(self, chosen: str) -> None:
        self._device_id, _, self._address = chosen.partition(" ")

    def _chosen(self) -> tuple[Device, Share]:
        """Return the share that was chosen; it may have ended meanwhile."""
        for device, share in self._shares():
            if (device.device_id, _address_of(share)) == (self._device_id, self._address):
                return device, share
        raise Ended("share_gone")


def _terms() -> Fields:
    """Return the fields of what a recipient may do with timers, and what it is told."""
    boxes: Fields = {probatio.Required(name, default=False): bool for name in PERMITS}
    return {**boxes, probatio.Optional(FIELD_NOTE): TEXT}


def _terms_of(share: Share) -> dict[str, Any]:
    """Return the terms of a share as its form shows them."""
    names = permit_names(share.permit)
    return {**{name: name in names for name in PERMITS}, FIELD_NOTE: share.comment or ""}


def _permit(user_input: dict[str, Any]) -> Permit:
    return permit_of(name for name in PERMITS if user_input[name])


def _address_of(share: Share) -> str:
    """Return by what the recipient of a share is addressed; empty if the cloud does not tell."""
    return share.address or ""


def _label_of(share: Share) -> str:
    """Return what is known of the recipient of a share."""
    address = _address_of(share)
    if share.nickname and address:
        return f"{share.nickname} ({address})"
    return share.nickname or address or NOTHING
