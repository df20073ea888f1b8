"""Actions for single devices: look at them, command them, add, rename and remove them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from homeassistant.const import ATTR_NAME
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util.json import JsonObjectType
import probatio

from ..coolkit import CoolKitError, Feature, capabilities_of
from ..coordinator import EwelinkCoordinator
from ..diagnostics import without_secrets
from ..errors import added_already
from .command_input import command_params
from .common import (
    ACCOUNT_FIELD,
    ATTR_CHANNEL,
    DEVICE_FIELD,
    Action,
    async_describe_device,
    async_target_account,
    async_target_device,
    errors_shown,
    invalid,
    outlet_of_channel,
    positive,
    text,
)
from .permissions import Access

ATTR_CHIP_ID: Final = "chip_id"
ATTR_DEVICE_KEY: Final = "device_key"
ATTR_EWELINK_DEVICE_ID: Final = "ewelink_device_id"
ATTR_PARAMS: Final = "params"
ATTR_SUB_DEVICE_ID: Final = "sub_device_id"

# What the cloud's answer says of the frame itself.
_ENVELOPE: Final = frozenset({"apikey", "selfApikey", "sequence"})


def _cleaned(coordinator: EwelinkCoordinator, data: Any, *, params: bool = False) -> JsonObjectType:
    """Return what was told of a device, or its `params` alone, without secrets."""
    return cast("JsonObjectType", without_secrets(coordinator.config_entry, data, params=params))


async def _async_get_device(call: ServiceCall) -> ServiceResponse:
    """Read one device from the cloud, and tell all about it."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        device = await coordinator.client.management.get_device(device.device_id)
    return {
        "device": _cleaned(coordinator, device.as_dict()),
        "capabilities": [capability.key for capability in capabilities_of(device)],
        "available": coordinator.is_available(device),
    }


async def _async_query_device(call: ServiceCall) -> ServiceResponse:
    """Ask a device for params."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        params = await coordinator.client.query(device.device_id, call.data[ATTR_PARAMS])
    return {"params": _cleaned(coordinator, params, params=True)}


async def _async_send_command(call: ServiceCall) -> ServiceResponse:
    """Send params to a device; the answer is empty if the device itself has confirmed them."""
    coordinator, device = async_target_device(call)
    params = command_params(device, call.data[ATTR_PARAMS])
    with errors_shown(device):
        answer = await coordinator.client.update(device.device_id, params)
    return {
        "answer": _cleaned(
            coordinator, {name: value for name, value in answer.items() if name not in _ENVELOPE}
        )
    }


@contextmanager
def _addition_explained(coordinator: EwelinkCoordinator, device_id: str) -> Iterator[None]:
    """Turn errors into what the user sees; a device that the account has already is refused for that."""
    with errors_shown():
        try:
            yield
        except CoolKitError as err:
            if (known := added_already(err, coordinator.client, device_id)) is None:
                raise
            raise invalid("device_already_added", device=known.name) from err


async def _async_add_device(call: ServiceCall) -> ServiceResponse:
    """Add a device, or the child of a gateway, to an account."""
    coordinator = async_target_account(call)
    with _addition_explained(
        coordinator, call.data.get(ATTR_SUB_DEVICE_ID) or call.data[ATTR_EWELINK_DEVICE_ID]
    ):
        device = await coordinator.client.management.add_device(
            device_id=call.data[ATTR_EWELINK_DEVICE_ID],
            apikey=call.data[ATTR_DEVICE_KEY],
            name=call.data[ATTR_NAME],
            chip_id=call.data.get(ATTR_CHIP_ID),
            sub_device_id=call.data.get(ATTR_SUB_DEVICE_ID),
        )
    return async_describe_device(coordinator, device.device_id)


async def _async_add_gsm_device(call: ServiceCall) -> ServiceResponse:
    """Add a GSM device to an account."""
    coordinator = async_target_account(call)
    with _addition_explained(coordinator, call.data[ATTR_EWELINK_DEVICE_ID]):
        device = await coordinator.client.management.add_gsm_device(
            device_id=call.data[ATTR_EWELINK_DEVICE_ID],
            apikey=call.data[ATTR_DEVICE_KEY],
            name=call.data[ATTR_NAME],
        )
    return async_describe_device(coordinator, device.device_id)


async def _async_delete_device(call: ServiceCall) -> None:
    """Take a device from its account: it has to be paired again."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        await coordinator.client.management.delete_device(device.device_id)


async def _async_rename_device(call: ServiceCall) -> None:
    """Give a device another name in its account."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        await coordinator.client.management.rename_device(device.device_id, call.data[ATTR_NAME])


async def _async_rename_channel(call: ServiceCall) -> None:
    """Give a channel of a device another name in its account."""
    coordinator, device = async_target_device(call)
    outlet = outlet_of_channel(coordinator, device, call.data[ATTR_CHANNEL])
    with errors_shown(device):
        await coordinator.client.management.rename_channel(device.device_id, outlet, call.data[ATTR_NAME])


_OBJECT: Final = probatio.All(dict, probatio.Length(min=1))
# One object, or several.
_PARAMS: Final = probatio.Any(_OBJECT, probatio.All([_OBJECT], probatio.Length(min=1)))

_NEW_DEVICE: Final = {
    **ACCOUNT_FIELD,
    probatio.Required(ATTR_EWELINK_DEVICE_ID): text,
    probatio.Required(ATTR_DEVICE_KEY): text,
    probatio.Required(ATTR_NAME): text,
}

DEVICE_ACTIONS: Final = {
    "get_device": Action(
        handle=_async_get_device, fields=DEVICE_FIELD, access=Access.READ, response=SupportsResponse.ONLY
    ),
    "query_device": Action(
        handle=_async_query_device,
        fields={
            **DEVICE_FIELD,
            probatio.Optional(ATTR_PARAMS, default=list): probatio.All(probatio.EnsureList(), [text]),
        },
        # It sends a frame, and may wake the device.
        access=Access.CONTROL,
        response=SupportsResponse.ONLY,
    ),
    "send_command": Action(
        handle=_async_send_command,
        fields={
            **DEVICE_FIELD,
            probatio.Required(ATTR_PARAMS): probatio.Any(
                _OBJECT, probatio.All([_OBJECT], probatio.Length(min=1))
            ),
        },
        access=Access.ADMIN,
    ),
    "add_device": Action(
        handle=_async_add_device,
        feature=Feature.DEVICE_MANAGEMENT,
        fields={
            **_NEW_DEVICE,
            probatio.Optional(ATTR_CHIP_ID): text,
            probatio.Optional(ATTR_SUB_DEVICE_ID): text,
        },
        access=Access.ADMIN,
    ),
    "add_gsm_device": Action(
        handle=_async_add_gsm_device,
        feature=Feature.DEVICE_MANAGEMENT,
        fields=_NEW_DEVICE,
        access=Access.ADMIN,
    ),
    "delete_device": Action(
        handle=_async_delete_device,
        feature=Feature.DEVICE_MANAGEMENT,
        fields=DEVICE_FIELD,
        response=SupportsResponse.NONE,
        access=Access.ADMIN,
    ),
    "rename_device": Action(
        handle=_async_rename_device,
        feature=Feature.DEVICE_MANAGEMENT,
        fields={**DEVICE_FIELD, probatio.Required(ATTR_NAME): text},
        response=SupportsResponse.NONE,
        access=Access.ADMIN,
    ),
    "rename_channel": Action(
        handle=_async_rename_channel,
        feature=Feature.DEVICE_MANAGEMENT,
        fields={
            **DEVICE_FIELD,
            probatio.Required(ATTR_CHANNEL): positive,
            probatio.Required(ATTR_NAME): text,
        },
        response=SupportsResponse.NONE,
        access=Access.ADMIN,
    ),
}
