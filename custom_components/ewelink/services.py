"""The actions of the integration, registered once for all accounts."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from .actions.common import Action
from .actions.device import DEVICE_ACTIONS
from .actions.group import GROUP_ACTIONS
from .actions.history import HISTORY_ACTIONS
from .actions.home import HOME_ACTIONS
from .actions.measure import MEASURE_ACTIONS
from .actions.notices import NOTICE_ACTIONS
from .actions.radio import RADIO_ACTIONS
from .actions.sharing import SHARING_ACTIONS
from .actions.timer import TIMER_ACTIONS
from .const import DOMAIN

ACTIONS: Final[dict[str, Action]] = {
    **DEVICE_ACTIONS,
    **GROUP_ACTIONS,
    **HISTORY_ACTIONS,
    **HOME_ACTIONS,
    **NOTICE_ACTIONS,
    **RADIO_ACTIONS,
    **MEASURE_ACTIONS,
    **SHARING_ACTIONS,
    **TIMER_ACTIONS,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action; each checks what its user may do."""
    for name, action in ACTIONS.items():
        hass.services.async_register(DOMAIN, name, action.async_call, action.schema, action.response)
