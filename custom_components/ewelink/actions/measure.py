"""The action that has a meter tell live readings for a while."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
import probatio

from ..coolkit import MeasureCapability
from .common import DEVICE_FIELD, Action, async_target_device, errors_shown, invalid, positive
from .permissions import Access

ATTR_DURATION: Final = "duration"
LONGEST: Final = 3600


async def _async_measure(call: ServiceCall) -> ServiceResponse:
    """Have a meter measure; tell how much of the budget of today is used."""
    coordinator, device = async_target_device(call)
    for capability in coordinator.capabilities(device):
        if isinstance(capability, MeasureCapability):
            with errors_shown(device):
                await coordinator.measuring.async_measure(device, capability, call.data[ATTR_DURATION])
            return {
                "measured_today": round(coordinator.measuring.used(device.device_id) / 60, 1),
                "daily_budget": coordinator.measuring.budget,
            }
    raise invalid("no_live_readings", device=device.name)


MEASURE_ACTIONS: Final = {
    "measure": Action(
        handle=_async_measure,
        fields={
            **DEVICE_FIELD,
            probatio.Optional(ATTR_DURATION, default=60): probatio.All(
                positive, probatio.Range(min=10, max=LONGEST)
            ),
        },
        access=Access.CONTROL,
    ),
}
