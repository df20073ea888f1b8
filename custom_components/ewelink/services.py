"""The actions of the integration, registered once for all accounts."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

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
    """Register every action; each checks what its user may do."""
    for name, action in ACTIONS.items():
        hass.services.async_register(DOMAIN, name, action.async_call, action.schema, action.response)
