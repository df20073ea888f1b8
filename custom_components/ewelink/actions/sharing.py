"""Actions for sharing devices with other accounts, and for answering those who want to share theirs."""

from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType, JsonValueType
import probatio

from ..coolkit import Device, Feature, Share, ShareRequest
from ..coordinator import EwelinkCoordinator
from ..shares import PERMITS, permit_names, permit_of
from .common import (
    ACCOUNT_FIELD,
    DEVICE_FIELD,
    Action,
    async_target_account,
    async_target_device,
    errors_shown,
    invalid,
    text,
)
from .permissions import Access

ATTR_ACCEPT: Final = "accept"
ATTR_ADDRESS: Final = "address"
ATTR_EWELINK_DEVICE_ID: Final = "ewelink_device_id"
ATTR_NOTE: Final = "note"
ATTR_PERMISSIONS: Final = "permissions"
ATTR_USER_NAME: Final = "user_name"


@callback
def _shared_to(coordinator: EwelinkCoordinator, device: Device) -> JsonObjectType:
    """Return who has a device now."""
    device = coordinator.client.devices.get(device.device_id, device)
    return {"shared_to": [_describe(share) for share in device.shared_to]}


def _describe(share: Share) -> JsonObjectType:
    permissions: list[JsonValueType] = [*permit_names(share.permit)]
    return {
        "address": share.address,
        "name": share.nickname,
        "permissions": permissions,
        "note": share.comment,
    }


async def _async_share_device(call: ServiceCall) -> ServiceResponse:
    """Share a device; returns when the recipient has accepted."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        await coordinator.client.sharing.share(
            device.device_id,
            call.data[ATTR_ADDRESS],
            permit=permit_of(call.data[ATTR_PERMISSIONS]),
            note=call.data.get(ATTR_NOTE, ""),
            user_name=call.data.get(ATTR_USER_NAME),
        )
    return _shared_to(coordinator, device)


async def _async_edit_share(call: ServiceCall) -> ServiceResponse:
    """Change what a recipient may do; what is not given stays."""
    coordinator, device = async_target_device(call)
    permissions = call.data.get(ATTR_PERMISSIONS)
    with errors_shown(device):
        await coordinator.client.sharing.change(
            device.device_id,
            call.data[ATTR_ADDRESS],
            permit=None if permissions is None else permit_of(permissions),
            note=call.data.get(ATTR_NOTE),
            user_name=call.data.get(ATTR_USER_NAME),
        )
    return _shared_to(coordinator, device)


async def _async_cancel_share(call: ServiceCall) -> ServiceResponse:
    """Take a device back."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        await coordinator.client.sharing.cancel(device.device_id, call.data[ATTR_ADDRESS])
    return _shared_to(coordinator, device)


async def _async_leave_share(call: ServiceCall) -> None:
    """Give a device back to its owner."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        await coordinator.client.management.leave_share(device.device_id)


async def _async_answer_share(call: ServiceCall) -> None:
    """Accept or refuse the device that another account wants to share."""
    coordinator = async_target_account(call)
    request = _request(coordinator, call.data.get(ATTR_EWELINK_DEVICE_ID))
    with errors_shown():
        await coordinator.client.share_requests.answer(request, accept=call.data[ATTR_ACCEPT])


def _request(coordinator: EwelinkCoordinator, device_id: str | None) -> ShareRequest:
    """Return the request that is meant: for the named device, or the only one."""
    requests = coordinator.client.share_requests.open
    match [one for one in requests if device_id is None or one.device_id == device_id]:
        case [request]:
            return request
        case []:
            raise invalid("no_share_request")
        case several:
            devices = ", ".join(f"{one.device_name} ({one.device_id})" for one in several)
            raise invalid("several_share_requests", devices=devices)


_TERMS: Final[dict[Any, Any]] = {
    **DEVICE_FIELD,
    probatio.Required(ATTR_ADDRESS): text,
    probatio.Optional(ATTR_NOTE): probatio.All(cv.string, probatio.Strip),
    probatio.Optional(ATTR_USER_NAME): text,
}

_PERMISSIONS: Final = probatio.All(probatio.EnsureList(), [probatio.In(PERMITS)])

SHARING_ACTIONS: Final = {
    "share_device": Action(
        handle=_async_share_device,
        feature=Feature.SHARING,
        fields={**_TERMS, probatio.Optional(ATTR_PERMISSIONS, default=list): _PERMISSIONS},
        access=Access.ADMIN,
    ),
    "edit_share": Action(
        handle=_async_edit_share,
        feature=Feature.SHARING,
        fields={**_TERMS, probatio.Optional(ATTR_PERMISSIONS): _PERMISSIONS},
        access=Access.ADMIN,
    ),
    "cancel_share": Action(
        handle=_async_cancel_share,
        feature=Feature.SHARING,
        fields={**DEVICE_FIELD, probatio.Required(ATTR_ADDRESS): text},
        access=Access.ADMIN,
    ),
    "leave_share": Action(
        handle=_async_leave_share,
        feature=Feature.DEVICE_MANAGEMENT,
        fields=DEVICE_FIELD,
        response=SupportsResponse.NONE,
        access=Access.ADMIN,
    ),
    "answer_share": Action(
        handle=_async_answer_share,
        fields={
            **ACCOUNT_FIELD,
            probatio.Optional(ATTR_EWELINK_DEVICE_ID): text,
            probatio.Required(ATTR_ACCEPT): cv.boolean,
        },
        response=SupportsResponse.NONE,
        access=Access.ADMIN,
    ),
}
