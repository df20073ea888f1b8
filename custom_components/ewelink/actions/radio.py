"""Actions for the codes of radio remotes that a bridge has learned: learn one, rename and delete it."""

from typing import Final

from homeassistant.const import ATTR_NAME
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util.json import JsonObjectType
import probatio

from ..coolkit import Code, Device, hears_codes
from ..coordinator import EwelinkCoordinator
from ..radio import async_delete, async_learn, find_code
from ..texts import NOTHING, quoted
from .common import DEVICE_FIELD, Action, async_target_device, errors_shown, invalid, text
from .permissions import Access

ATTR_CODE: Final = "code"
ATTR_REMOTE: Final = "remote"
ATTR_SENSOR: Final = "sensor"


def _target_bridge(call: ServiceCall) -> tuple[EwelinkCoordinator, Device]:
    coordinator, device = async_target_device(call)
    if not hears_codes(device):
        raise invalid("no_bridge", device=device.name)
    return coordinator, device


def _target_code(call: ServiceCall) -> tuple[EwelinkCoordinator, Device, Code]:
    coordinator, device = _target_bridge(call)
    codes = coordinator.client.radio.codes(device.device_id)
    if (code := find_code(codes, call.data[ATTR_CODE])) is None:
        known = ", ".join(one.name or str(one.channel + 1) for one in codes)
        raise invalid(
            "no_such_code", device=device.name, name=quoted(call.data[ATTR_CODE]), codes=known or NOTHING
        )
    return coordinator, device, code


def _describe(code: Code) -> JsonObjectType:
    return {
        "number": code.channel + 1,
        "name": code.name or None,
        "remote": code.remote or None,
        "button": code.button or None,
        "sensor": code.is_sensor,
    }


def _answer(coordinator: EwelinkCoordinator, device: Device) -> JsonObjectType:
    return {"codes": [_describe(code) for code in coordinator.client.radio.codes(device.device_id)]}


async def _async_learn_code(call: ServiceCall) -> ServiceResponse:
    """Learn the code of a button that is pressed within a minute; in place of one, if that is named."""
    if ATTR_CODE in call.data:
        coordinator, device, code = _target_code(call)
        with errors_shown(device):
            await coordinator.client.radio.learn_again(device.device_id, code.channel)
    else:
        coordinator, device = _target_bridge(call)
        if ATTR_NAME not in call.data:
            raise invalid("name_required")
        with errors_shown(device):
            await async_learn(
                coordinator,
                device.device_id,
                button=call.data[ATTR_NAME],
                remote=call.data.get(ATTR_REMOTE, ""),
                is_sensor=call.data[ATTR_SENSOR],
            )
    return _answer(coordinator, device)


async def _async_rename_code(call: ServiceCall) -> ServiceResponse:
    """Give a code, and its remote, other names in the account."""
    coordinator, device, code = _target_code(call)
    with errors_shown(device):
        await coordinator.client.radio.rename(
            device.device_id, code.channel, call.data[ATTR_NAME], remote=call.data.get(ATTR_REMOTE, "")
        )
    return _answer(coordinator, device)


async def _async_delete_code(call: ServiceCall) -> ServiceResponse:
    """Let a bridge forget a code."""
    coordinator, device, code = _target_code(call)
    with errors_shown(device):
        await async_delete(coordinator, device.device_id, code.channel)
    return _answer(coordinator, device)


_CODE: Final[VolDictType] = {probatio.Required(ATTR_CODE): text}

RADIO_ACTIONS: Final = {
    "learn_code": Action(
        handle=_async_learn_code,
        fields={
            **DEVICE_FIELD,
            probatio.Optional(ATTR_NAME): text,
            probatio.Optional(ATTR_REMOTE): text,
            probatio.Optional(ATTR_SENSOR, default=False): cv.boolean,
            probatio.Optional(ATTR_CODE): text,
        },
        access=Access.ADMIN,
    ),
    "rename_code": Action(
        handle=_async_rename_code,
        fields={
            **DEVICE_FIELD,
            **_CODE,
            probatio.Required(ATTR_NAME): text,
            probatio.Optional(ATTR_REMOTE): text,
        },
        access=Access.ADMIN,
    ),
    "delete_code": Action(handle=_async_delete_code, fields={**DEVICE_FIELD, **_CODE}, access=Access.ADMIN),
}
