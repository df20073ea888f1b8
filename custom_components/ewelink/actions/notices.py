"""Actions for what the phone app tells its user: messages to the account, and notices of devices."""

from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import probatio

from ..coolkit import Feature, Message
from ..coordinator import EwelinkCoordinator
from ..diagnostics import without_secrets
from .common import (
    ACCOUNT_FIELD,
    DEVICES_FIELD,
    Action,
    async_target_account,
    async_target_devices,
    errors_shown,
)
from .history import ATTR_BEFORE, PAST_FIELDS, limit_of, moment_of
from .permissions import Access

ATTR_SETTINGS: Final = "settings"


async def _async_get_messages(call: ServiceCall) -> ServiceResponse:
    """Read the last messages to an account."""
    coordinator = async_target_account(call)
    with errors_shown():
        messages = await coordinator.client.notices.read_messages(
            before=moment_of(call.data.get(ATTR_BEFORE)), limit=limit_of(call)
        )
    return {"messages": [_described(coordinator, message) for message in messages]}


def _described(coordinator: EwelinkCoordinator, message: Message) -> JsonObjectType:
    """Return a message without what may be a secret."""
    content: Any = without_secrets(coordinator.config_entry, {"content": message.content})["content"]
    return {
        "time": dt_util.as_local(message.time).isoformat(),
        "kind": message.kind.removesuffix("_v2"),
        "content": content,
    }


def _plain(value: Any) -> Any:
    """Return settings as plain JSON; the cloud counts yes and no as one and zero."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return int(value)


async def _async_change_settings(call: ServiceCall) -> None:
    """Change which notices the phone app gives of devices."""
    coordinator, devices = async_target_devices(call)
    settings = _plain(call.data[ATTR_SETTINGS])
    with errors_shown(devices[0]):
        await coordinator.client.notices.change_settings([one.device_id for one in devices], settings)


_NUMBER: Final = probatio.Any(bool, probatio.All(int, probatio.Range(min=-(10**9), max=10**9)))
_NAME: Final = probatio.Match(r"^[A-Za-z]{1,40}$")
_SETTINGS: Final = probatio.All(
    {_NAME: probatio.Any(_NUMBER, probatio.All({_NAME: _NUMBER}, probatio.Length(min=1, max=20)))},
    probatio.Length(min=1, max=20),
)

NOTICE_ACTIONS: Final = {
    "get_messages": Action(
        handle=_async_get_messages,
        fields={**ACCOUNT_FIELD, **PAST_FIELDS},
        # They are the owner's, and name others.
        access=Access.ADMIN,
        response=SupportsResponse.ONLY,
        feature=Feature.MESSAGES,
    ),
    "change_settings": Action(
        handle=_async_change_settings,
        fields={**DEVICES_FIELD, probatio.Required(ATTR_SETTINGS): _SETTINGS},
        access=Access.ADMIN,
        response=SupportsResponse.NONE,
        feature=Feature.DEVICE_SETTINGS,
    ),
}
