"""Menus of the options for sharing devices with other accounts."""

import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
import probatio

from .coolkit import CoolKitError, Device, Share, UnknownAccountError
from .coolkit.device import Permit
from .coolkit.exceptions import AlreadySharedError, InvalidInputError, NoteTooLongError, NotOwnerError
from .options_base import (
    FIELD_DEVICE,
    TEXT,
    Fields,
    FormError,
    OptionsSteps,
    choice,
    form_error,
    listed,
)
from .shares import PERMITS, Offer

_LOGGER = logging.getLogger(__name__)

FIELD_ADDRESS: Final = "address"
FIELD_NOTE: Final = "note"
FIELD_SHARE: Final = "share"

_PLACES: Final[dict[type[CoolKitError], str]] = {
    NotOwnerError: FIELD_DEVICE,
    AlreadySharedError: FIELD_ADDRESS,
    NoteTooLongError: FIELD_NOTE,
    InvalidInputError: FIELD_ADDRESS,
    UnknownAccountError: FIELD_ADDRESS,
}


class SharingSteps(OptionsSteps):
    """What an owner gives to others, and takes back."""

    def __init__(self) -> None:
        """Begin with nothing offered."""
        super().__init__()
        self._offer: Offer | None = None
        self._offer_step = ""
        self._address = ""

    @override
    @callback
    def async_remove(self) -> None:
        """Leave an offer to itself when the dialog is closed."""
        if self._offer is not None:
            self._offer.async_leave()

    async def async_step_sharing(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Read who has what now, list it, and ask what to do."""
        try:
            await self.coordinator.client.refresh_devices()
        except CoolKitError as err:
            _LOGGER.debug("Showing the shares as they were known: %s", err)
        options = ["share_device"]
        if self._shares():
            options += ["edit_share", "cancel_share"]
        return self.async_show_menu(
            step_id="sharing",
            menu_options=options,
            description_placeholders={"shares": self._share_listing()},
        )

    def _share_listing(self) -> str:
        """Return the devices that are shared, each with those who have it."""
        devices = self.coordinator.client.devices.values()
        lines = [
            f"- **{self._label(device)}**: {listed(f'`{_label_of(share)}`' for share in device.shared_to)}"
            for device in devices
            if self._is_own(device) and device.shared_to
        ]
        return "\n".join(lines) or self._texts.get("none_yet")

    # Share

    async def async_step_share_device(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is to be shared with whom, on which terms; then wait for the answer."""
        if user_input is None:
            self._begin()
            return self._show_share_device()
        self._remember(user_input)
        offer = self.coordinator.shares.async_share(
            self._device(user_input[FIELD_DEVICE]),
            user_input[FIELD_ADDRESS].strip(),
            permit=_permit(user_input),
            note=user_input.get(FIELD_NOTE, ""),
        )
        return await self._async_follow(offer, "share_device")

    def _show_share_device(self, error: FormError | None = None) -> ConfigFlowResult:
        fields: Fields = {
            probatio.Required(FIELD_DEVICE): choice(self._by_name(self._own_devices())),
            probatio.Required(FIELD_ADDRESS): TEXT,
            **_terms(),
        }
        return self._show_form("share_device", fields, error, shared=self._shared_devices())

    # Edit

    async def async_step_edit_share(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which share is to change."""
        if user_input is not None:
            self._choose(user_input[FIELD_SHARE])
            return await self.async_step_edit_terms()
        self._begin()
        return self._show_form("edit_share", self._share_field())

    async def async_step_edit_terms(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the new terms; then wait until they hold, which the receiver may have to agree to."""
        device, share = self._chosen()
        if user_input is None:
            permit = Permit((share.permit or 0) & sum(Permit))
            self._begin(
                **{name: flag in permit for name, flag in PERMITS.items()},
                **{FIELD_NOTE: share.comment or ""},
            )
            return self._show_edit_terms()
        self._remember(user_input)
        offer = self.coordinator.shares.async_edit(
            device, self._address, permit=_permit(user_input), note=user_input.get(FIELD_NOTE, "")
        )
        return await self._async_follow(offer, "edit_terms")

    def _show_edit_terms(self, error: FormError | None = None) -> ConfigFlowResult:
        device, share = self._chosen()
        return self._show_form(
            "edit_terms", _terms(), error, device=self._label(device), receiver=_label_of(share)
        )

    # The wait

    async def _async_follow(self, offer: Offer, step_id: str) -> ConfigFlowResult:
        """Follow an offer that was made by a form."""
        self._offer, self._offer_step = offer, step_id
        if offer.done:
            return await self.async_step_share_outcome()
        return await self.async_step_share_wait()

    async def async_step_share_wait(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - there is nothing to enter
    ) -> ConfigFlowResult:
        """Show that an answer is waited for; the dialog may be closed meanwhile."""
        offer = self._present_offer()
        if offer.done:
            return self.async_show_progress_done(next_step_id="share_outcome")
        task = self.async_get_progress_task() or self.hass.async_create_background_task(
            offer.async_wait(), "wait for an offer", eager_start=False
        )
        return self.async_show_progress(
            step_id="share_wait",
            progress_action="share_wait",
            progress_task=task,
            description_placeholders={"device": self._label(offer.device), "address": offer.address},
        )

    async def async_step_share_outcome(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - there is nothing to enter
    ) -> ConfigFlowResult:
        """End with what has become of the offer; or go back to its form, which says what went wrong."""
        offer = self._present_offer()
        self._offer = None
        err = offer.async_seen()
        if err is None:
            return self._done("share_accepted", device=offer.device.name, address=offer.address)
        error = form_error(err, offer.device, _PLACES)
        if self._offer_step == "share_device":
            return self._show_share_device(error)
        return self._show_edit_terms(error)

    def _present_offer(self) -> Offer:
        if self._offer is None:
            raise AbortFlow("share_gone")
        return self._offer

    # Cancel

    async def async_step_cancel_share(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which share is to end."""
        if user_input is not None:
            self._choose(user_input[FIELD_SHARE])
            return await self.async_step_cancel_share_confirm()
        self._begin()
        return self._show_form("cancel_share", self._share_field())

    async def async_step_cancel_share_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then take the device back."""
        error: FormError | None = None
        device, share = self._chosen()
        names = {"device": self._label(device), "receiver": _label_of(share)}
        if user_input is not None:
            try:
                await self.coordinator.client.cancel_share(device.device_id, self._address)
            except CoolKitError as err:
                error = form_error(err, device)
            else:
                return self._done("share_cancelled", **names)
        return self._show_form("cancel_share_confirm", {}, error, **names)

    # The shares that there are

    def _shares(self) -> list[tuple[Device, Share]]:
        """Return every share of own devices whose receiver can be addressed."""
        return [
            (device, share)
            for device in self.coordinator.client.devices.values()
            if self._is_own(device)
            for share in device.shared_to
            if _address_of(share)
        ]

    def _share_field(self) -> Fields:
        shares = [
            (f"{device.device_id} {_address_of(share)}", f"{self._label(device)}: {_label_of(share)}")
            for device, share in self._shares()
        ]
        if not shares:
            raise AbortFlow("share_gone")
        return {probatio.Required(FIELD_SHARE): choice(sorted(shares, key=lambda one: one[1].casefold()))}

    def _choose(self, chosen: str) -> None:
        self._device_id, _, self._address = chosen.partition(" ")

    def _chosen(self) -> tuple[Device, Share]:
        """Return the share that was chosen; it may have ended meanwhile."""
        for device, share in self._shares():
            if (device.device_id, _address_of(share)) == (self._device_id, self._address):
                return device, share
        raise AbortFlow("share_gone")


def _terms() -> Fields:
    """Return the fields of what a receiver may do with timers, and what it is told."""
    boxes: Fields = {probatio.Required(name, default=False): bool for name in PERMITS}
    return {**boxes, probatio.Optional(FIELD_NOTE): TEXT}


def _permit(user_input: dict[str, Any]) -> Permit:
    permit = Permit(0)
    for name, flag in PERMITS.items():
        if user_input[name]:
            permit |= flag
    return permit


def _address_of(share: Share) -> str:
    """Return by what the receiver of a share is addressed; empty if the cloud does not tell."""
    return share.email or share.phone_number or ""


def _label_of(share: Share) -> str:
    """Return what is known of the receiver of a share."""
    address = _address_of(share)
    if share.nickname and address:
        return f"{share.nickname} ({address})"
    return share.nickname or address or listed(())
