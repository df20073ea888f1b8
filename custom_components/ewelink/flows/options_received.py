"""Menus of the options for devices that other accounts share with this one."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from ..coolkit import CoolKitError, Device, Feature
from .dialogs import Ended
from .forms import FormError, form_error, nothing_chosen, one_of
from .options_base import FIELD_DEVICE, OptionsSteps, needs


class ReceivedSteps(OptionsSteps):
    """What a recipient gives back."""

    @needs(Feature.DEVICE_MANAGEMENT, back="sharing")
    async def async_step_leave_share(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which device is to go back to its owner."""
        error: FormError | None = None
        if user_input is None:
            self._begin()
        elif device_id := user_input.get(FIELD_DEVICE):
            self._device_id = device_id
            return await self.async_step_leave_share_confirm()
        else:
            error = nothing_chosen(FIELD_DEVICE)
        if not (devices := self._received()):
            raise Ended("share_gone")
        return self._show_form("leave_share", one_of(FIELD_DEVICE, self._by_name(devices)), error)

    async def async_step_leave_share_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then give the device back."""
        error: FormError | None = None
        device = self._device(self._device_id)
        name = self._label(device)
        owner = device.owner_label or self._texts.get("another_account")
        if user_input is not None:
            try:
                await self.coordinator.client.management.leave_share(device.device_id)
            except CoolKitError as err:
                error = form_error(err, device)
            else:
                return await self._async_back("sharing", "share_left", device=name)
        return self._show_form("leave_share_confirm", {}, error, device=name, owner=owner)

    def _received(self) -> list[Device]:
        """Return the devices that others share with the account."""
        devices = self.coordinator.client.devices.values()
        return [device for device in devices if not self._is_own(device)]
