"""The options of an account: menus for what the cloud can do beside commands, and the settings."""

import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import probatio

from ..areas import async_areas_from_groups
from ..const import CONF_MEASURING_BUDGET, CONF_WRITE_NAMES, MAX_MEASURING_BUDGET, MEASURING_BUDGET
from ..coolkit import CoolKitError, Feature, InvalidCredentialsError, SignedOutError, TokenRefusedError
from ..features import async_lack
from ..texts import async_texts
from .forms import (
    FIELD_NEW_PASSWORD,
    FIELD_OLD_PASSWORD,
    FIELD_REPEATED_PASSWORD,
    NEW_PASSWORD,
    PASSWORD,
    FormError,
    form_error,
)
from .options_base import needs
from .options_device import DeviceSteps
from .options_group import GroupSteps
from .options_radio import RadioSteps
from .options_room import RoomSteps
from .options_sharing import SharingSteps
from .options_timers import TimerSteps

_LOGGER = logging.getLogger(__name__)

# What can be done; what the cloud of the account lacks says so when it is chosen.
_MENU: Final = (
    "remove_device",
    "rename",
    "timers",
    "radio",
    "groups",
    "homes",
    "areas_from_groups",
    "sharing",
    "account",
    "settings",
    "add_device",
)
_NEEDED: Final = (FIELD_OLD_PASSWORD, FIELD_NEW_PASSWORD)


class EwelinkOptionsFlow(DeviceSteps, GroupSteps, RadioSteps, RoomSteps, SharingSteps, TimerSteps):
    """Leads to every menu; only the settings are kept as options."""

    async def async_step_init(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Show what can be done."""
        self._texts = await async_texts(self.hass, "common")
        return self._show_menu("init", list(_MENU), account=self.config_entry.title)

    @needs(Feature.ACCOUNT)
    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the password of the account."""
        error: FormError | None = None
        client = self.coordinator.client
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            secrets = self._secrets
            if missing := next((name for name in _NEEDED if name not in secrets), None):
                error = FormError(key="password_required", where=missing)
            elif secrets[FIELD_NEW_PASSWORD] == secrets.get(FIELD_REPEATED_PASSWORD):
                try:
                    await client.management.change_password(
                        secrets[FIELD_OLD_PASSWORD], secrets[FIELD_NEW_PASSWORD]
                    )
                except InvalidCredentialsError as err:
                    del secrets[FIELD_OLD_PASSWORD]
                    error = form_error(err, error_fields={InvalidCredentialsError: FIELD_OLD_PASSWORD})
                except CoolKitError as err:
                    error = form_error(err)
                else:
                    return await self._async_password_changed()
            else:
                for name in (FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD):
                    secrets.pop(name, None)
                error = FormError(key="passwords_differ", where=FIELD_REPEATED_PASSWORD)
        fields = {
            **self._secret_field(FIELD_OLD_PASSWORD, PASSWORD),
            **self._secret_field(FIELD_NEW_PASSWORD, NEW_PASSWORD),
            **self._secret_field(FIELD_REPEATED_PASSWORD, NEW_PASSWORD),
        }
        return self._show_form("account", fields, error, account=self.config_entry.title)

    async def _async_password_changed(self) -> ConfigFlowResult:
        """End, signed in as before; or with a new sign-in, if the cloud asks for one."""
        self._begin()
        entry = self.config_entry
        try:
            await self.coordinator.client.refresh_devices()
        except SignedOutError, TokenRefusedError:
            entry.async_start_reauth(self.hass)
            return await self._async_back("init", "password_changed_sign_in", account=entry.title)
        except CoolKitError as err:
            # The password is changed, whatever keeps the list from being read now.
            _LOGGER.debug("Cannot read the list now: %s", err)
        return await self._async_back("init", "password_changed", account=entry.title)

    async def async_step_areas_from_groups(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the devices without an area that of their room or first group, once."""
        error: FormError | None = None
        coordinator = self.coordinator
        features = coordinator.api.offered
        feature = Feature.HOMES if Feature.HOMES in features else Feature.GROUPS
        if (lack := async_lack(coordinator, feature)) is not None:
            return await self.async_show_lack(*lack, "init")
        if user_input is None:
            self._begin()
        else:
            try:
                count = await async_areas_from_groups(coordinator)
            except CoolKitError as err:
                error = form_error(err)
            else:
                return await self._async_back(
                    "init", "areas_assigned" if count else "areas_complete", count=str(count)
                )
        return self._show_form("areas_from_groups", {}, error)

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change how the integration behaves."""
        options = self.config_entry.options
        if user_input is not None:
            changes = {
                name: user_input[name] for name in self._shown if user_input[name] != self._shown[name]
            }
            if not changes:
                return await self._async_back("init", "unchanged")
            self.hass.config_entries.async_update_entry(self.config_entry, options={**options, **changes})
            return await self._async_back("init", "settings_saved")
        write_names = options.get(CONF_WRITE_NAMES, False)
        budget = options.get(CONF_MEASURING_BUDGET, MEASURING_BUDGET)
        self._begin(**{CONF_WRITE_NAMES: write_names, CONF_MEASURING_BUDGET: budget})
        minutes = NumberSelectorConfig(
            min=0, max=MAX_MEASURING_BUDGET, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement="min"
        )
        return self._show_form(
            "settings",
            {
                probatio.Required(CONF_WRITE_NAMES, default=write_names): BooleanSelector(),
                probatio.Required(CONF_MEASURING_BUDGET, default=budget): NumberSelector(minutes),
            },
        )
