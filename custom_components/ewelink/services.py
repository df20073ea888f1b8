"""The actions of the integration, registered once for all accounts."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service

from .actions import Action
from .const import DOMAIN
from .device_actions import DEVICE_ACTIONS
from .group_actions import GROUP_ACTIONS
from .sharing_actions import SHARING_ACTIONS
from .timer_actions import TIMER_ACTIONS

ACTIONS: Final[dict[str, Action]] = {
    **DEVICE_ACTIONS,
    **GROUP_ACTIONS,
    **SHARING_ACTIONS,
    **TIMER_ACTIONS,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action; those that change an account are for administrators."""
    for name, action in ACTIONS.items():
        if action.admin:
            async_register_admin_service(hass, DOMAIN, name, action.handle, action.schema, action.response)
        else:
            hass.services.async_register(DOMAIN, name, action.handle, action.schema, action.response)
