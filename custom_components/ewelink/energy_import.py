"""The import of an energy history that somebody has asked for: what became of it, in words."""

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.util import dt as dt_util

from .actions.common import errors_shown, invalid
from .coolkit import Device, HistoryCapability
from .coordinator import EwelinkCoordinator
from .energy_history import NothingToldError, NotNowError, Row


async def async_import_shown(
    coordinator: EwelinkCoordinator, device: Device, history: HistoryCapability
) -> list[Row]:
    """Import what a meter has kept and is not imported yet; return it."""
    if RECORDER_DOMAIN not in coordinator.hass.config.components:
        raise invalid("no_recorder")
    try:
        with errors_shown(device):
            return await coordinator.histories.async_import(device, history)
    except NotNowError as err:
        raise invalid(
            "history_not_now", device=device.name, time=f"{dt_util.as_local(err.until):%H:%M}"
        ) from err
    except NothingToldError as err:
        raise invalid("no_history_told", device=device.name) from err
