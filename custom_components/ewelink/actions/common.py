"""What all actions share: what they take, whose device or account they mean, how they fail."""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry, async_get_device_and_config_entry
from homeassistant.helpers.typing import VolDictType, VolSchemaType
from homeassistant.util.json import JsonObjectType
import probatio

from ..const import DOMAIN
from ..coolkit import CoolKitError, Device, Feature, capabilities_of
from ..coordinator import EwelinkConfigEntry, EwelinkCoordinator
from ..errors import as_home_assistant_error
from ..features import async_require
from .permissions import Access, async_check_access

ATTR_CHANNEL: Final = "channel"
ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"

# Several are refused by an error that says so.
DEVICES_FIELD: Final[VolDictType] = {
    probatio.Required(ATTR_DEVICE_ID): probatio.All(
        probatio.EnsureList(), [cv.string], probatio.Length(min=1)
    )
}
DEVICE_FIELD: Final = DEVICES_FIELD
# Needed only where several accounts are configured.
ACCOUNT_FIELD: Final[VolDictType] = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}


def whole_characters(value: Any) -> Any:
    """Return what was given; half a character is no text, and ends the process that parses it as a date."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise probatio.Invalid("expected a text of whole characters") from None
    return value


text = probatio.All(cv.string, probatio.Strip, probatio.Length(min=1))


def _whole(value: Any) -> int:
    """Return a whole number, also one that came as a text; what `int` would cut off is refused."""
    try:
        number = int(value)
    except TypeError, ValueError, OverflowError:
        number = None
    if number is None or isinstance(value, bool) or (not isinstance(value, str) and number != value):
        raise probatio.Invalid("expected a whole number")
    return number


# Nothing that people count has more: channels, groups, the minutes of a week.
MAX_COUNT: Final = 525_600

positive = probatio.All(_whole, probatio.Range(min=1, max=MAX_COUNT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action: what carries it out, what it takes, whether it answers, and what a user needs for it.

    `feature` is what the cloud of the account has to offer for it.
    """

    handle: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: VolDictType
    access: Access
    response: SupportsResponse = SupportsResponse.OPTIONAL
    feature: Feature | None = None

    @property
    def schema(self) -> VolSchemaType:
        """What a call has to look like."""
        return probatio.Schema(self.fields)

    async def async_call(self, call: ServiceCall) -> ServiceResponse:
        """Carry the action out for a user who may use it."""
        await async_check_access(call, self.access)
        if self.feature is not None:
            async_require(_account_of(call), self.feature)
        return await self.handle(call)


@callback
def async_target_device(call: ServiceCall) -> tuple[EwelinkCoordinator, Device]:
    """Return the device that an action is for, with its account."""
    targets = [_target_device(call.hass, device_id) for device_id in call.data[ATTR_DEVICE_ID]]
    if len(targets) > 1:
        raise invalid("one_device", devices=", ".join(device.name for _, device in targets))
    return targets[0]


@callback
def async_target_devices(call: ServiceCall) -> tuple[EwelinkCoordinator, list[Device]]:
    """Return the devices that an action is for, and the account that all of them belong to."""
    targets = [_target_device(call.hass, device_id) for device_id in call.data[ATTR_DEVICE_ID]]
    coordinator = targets[0][0]
    if any(other is not coordinator for other, _ in targets):
        raise invalid("several_accounts")
    return coordinator, [device for _, device in targets]


def _target_device(hass: HomeAssistant, device_id: str) -> tuple[EwelinkCoordinator, Device]:
    entry: EwelinkConfigEntry
    device_entry, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
    coordinator = entry.runtime_data
    devices = coordinator.client.devices
    for domain, identifier in device_entry.identifiers:
        if domain == DOMAIN and identifier in devices:
            return coordinator, devices[identifier]
    name = device_entry.name_by_user or device_entry.name or ""
    # The account has a device of its own, which is none of the cloud's.
    is_account = (DOMAIN, entry.entry_id) in device_entry.identifiers
    raise invalid("device_is_account" if is_account else "device_unknown_no_code", device=name)


@callback
def async_target_account(call: ServiceCall) -> EwelinkCoordinator:
    """Return the account that an action is for: the named one, or the only one."""
    entry: EwelinkConfigEntry = async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID))
    return entry.runtime_data


@callback
def _account_of(call: ServiceCall) -> EwelinkCoordinator:
    """Return the account that an action is for, whichever way it is named."""
    if ATTR_DEVICE_ID in call.data:
        return async_target_devices(call)[0]
    return async_target_account(call)


@contextmanager
def errors_shown(device: Device | None = None) -> Iterator[None]:
    """Turn the client's errors into what the user sees."""
    try:
        yield
    except CoolKitError as err:
        raise as_home_assistant_error(err, device) from err


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for what cannot be meant; nothing was sent."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def outlet_of_channel(coordinator: EwelinkCoordinator, device: Device, channel: int) -> int:
    """Return the outlet of a channel, which people count from 1."""
    outlets = sorted(
        {capability.outlet for capability in capabilities_of(device) if capability.outlet is not None}
    )
    if channel - 1 not in outlets:
        raise unknown_channel(coordinator, device, outlets)
    return channel - 1


def unknown_channel(
    coordinator: EwelinkCoordinator, device: Device, outlets: Iterable[int]
) -> ServiceValidationError:
    """Return the error for a channel that a device lacks, or one that has to be named."""
    channels = [f"{outlet + 1} ({coordinator.channel_name(device, outlet)})" for outlet in outlets]
    if not channels:
        return invalid("no_channels", device=device.name)
    return invalid("channel_unknown", device=device.name, channels=", ".join(channels))


@callback
def async_describe_device(coordinator: EwelinkCoordinator, device_id: str) -> JsonObjectType:
    """Return by what Home Assistant and the cloud know a device."""
    device_entry = coordinator.async_device_entry(device_id)
    device = coordinator.client.devices.get(device_id)
    return {
        "device_id": None if device_entry is None else device_entry.id,
        "ewelink_device_id": device_id,
        "name": None if device is None else device.name,
    }
