"""What all entities share: their device, when they are available, how commands and errors travel."""

import logging
from typing import TYPE_CHECKING, override

from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DOMAIN, MANUFACTURER
from .coolkit import (
    AlreadySharedError,
    AppIdRefusedError,
    CannotConnectError,
    Capability,
    CertificateError,
    CommandError,
    CommandNotSentError,
    CommandTimeoutError,
    CoolKitError,
    Device,
    DeviceOfflineError,
    DeviceRefusedError,
    FeatureRefusedError,
    InvalidAddressError,
    InvalidCredentialsError,
    InvalidInputError,
    NameRequiredError,
    NoAnswerError,
    NotConnectedError,
    NoteTooLongError,
    NotEwelinkError,
    NotOwnerError,
    NotSharedError,
    OwnAddressError,
    QuotaError,
    RequestEndedError,
    ServerTroubleError,
    SessionClosedError,
    ShareError,
    ShareOpenError,
    ShareRefusedError,
    ShareTimeoutError,
    ShareUnderWayError,
    SignedOutError,
    TimersNotReadError,
    TokenRefusedError,
    TooManyCallsError,
    UnknownAccountError,
    UnknownDeviceError,
    UnknownGroupError,
    WrongRegionError,
)
from .texts import NOTHING

if TYPE_CHECKING:
    # It tells of errors itself, with the table below.
    from .coordinator import EwelinkCoordinator

_LOGGER = logging.getLogger(__name__)

# The key of the text with the cloud's code, and of the one without; the first that fits counts.
_ERROR_KEYS: tuple[tuple[type[CoolKitError], str | None, str | None], ...] = (
    (DeviceOfflineError, "device_offline", None),
    (CommandNotSentError, "command_not_sent", "command_not_sent"),
    (CommandTimeoutError, "command_timeout", "command_timeout_no_code"),
    (TooManyCallsError, "too_many_calls", "too_many_calls"),
    (CommandError, "command_refused", None),
    (SignedOutError, "signed_out", None),
    (TokenRefusedError, "sign_in_again", None),
    (AppIdRefusedError, "app_id_refused", None),
    (FeatureRefusedError, "feature_refused", None),
    (QuotaError, "quota_exceeded", None),
    (WrongRegionError, "account_moved", None),
    (InvalidCredentialsError, "wrong_password", None),
    (NameRequiredError, "name_required", "name_required"),
    (NoteTooLongError, "note_too_long", "note_too_long"),
    (InvalidAddressError, "invalid_address", "invalid_address"),
    (OwnAddressError, "own_address", "own_address"),
    (NotSharedError, "not_shared", "not_shared"),
    (InvalidInputError, "invalid_input", "invalid_input_no_code"),
    (NotOwnerError, "not_owner", "not_owner"),
    (DeviceRefusedError, "device_refused", "device_refused_no_code"),
    (UnknownDeviceError, "device_unknown", "device_unknown_no_code"),
    (UnknownGroupError, "group_unknown", "group_unknown_no_code"),
    (UnknownAccountError, "receiver_unknown", None),
    (ShareRefusedError, "share_refused", None),
    (AlreadySharedError, "already_shared", None),
    (RequestEndedError, "no_share_request", "no_share_request"),
    (ShareTimeoutError, "share_timeout", None),
    (ShareOpenError, "share_open", "share_open_no_code"),
    (ShareUnderWayError, "share_under_way", "share_under_way"),
    (ShareError, "share_failed", "share_failed_no_code"),
    (TimersNotReadError, "timers_not_read", "timers_not_read_no_code"),
    (SessionClosedError, "session_closed", "session_closed"),
    (NotConnectedError, "not_connected", "not_connected"),
    (CertificateError, "certificate_refused", "certificate_refused"),
    (NoAnswerError, "no_answer", "no_answer"),
    (CannotConnectError, "cannot_connect", "cannot_connect"),
    (NotEwelinkError, "not_ewelink", "not_ewelink_no_code"),
    (ServerTroubleError, "server_trouble", None),
    (CoolKitError, "request_failed", "request_failed_no_code"),
)
# Of what somebody has typed, this much is quoted.
_LONGEST = 100
# What was asked for cannot be; nothing was sent.
_INVALID = (InvalidInputError, NotOwnerError, UnknownDeviceError, UnknownGroupError)


def error_text(err: CoolKitError, device: Device | None = None) -> tuple[str, dict[str, str]]:
    """Return the key of the text for one of the client's errors, and what is filled in.

    The words of the cloud and of libraries are for the log: no text shows them.
    """
    keys = (
        with_code if err.code is not None else without
        for kind, with_code, without in _ERROR_KEYS
        if isinstance(err, kind)
    )
    key = next(filter(None, keys))
    placeholders = {
        "device": "" if device is None else device.name,
        "code": "" if err.code is None else str(err.code),
        "server": err.server or MANUFACTURER,
    }
    match err:
        case CommandError(may_be_gone=True):
            key = "command_refused_gone"
        case NotOwnerError(owner=""):
            key = "not_owner_unknown"
        case NotOwnerError(owner=owner):
            placeholders["owner"] = owner
        case NoteTooLongError(characters=characters, size=size):
            placeholders |= {"characters": str(characters), "bytes": str(size)}
        case InvalidAddressError(address=address):
            placeholders["address"] = address if len(address) <= _LONGEST else f"{address[:_LONGEST]}…"
        case NotSharedError(address=address, receivers=receivers):
            placeholders |= {"address": address, "receivers": ", ".join(receivers) or NOTHING}
    _LOGGER.debug("Shown as %s: %s", key, err)
    return key, placeholders


def as_home_assistant_error(err: CoolKitError, device: Device | None = None) -> HomeAssistantError:
    """Return the error that the user sees for one of the client's."""
    key, placeholders = error_text(err, device)
    kind = ServiceValidationError if isinstance(err, _INVALID) else HomeAssistantError
    return kind(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)


class EwelinkEntity[T, W = T](Entity):
    """One capability of one device: it tells `T` and is told `W`."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        coordinator: EwelinkCoordinator,
        device: Device,
        capability: Capability[T, W],
        description: EntityDescription,
    ) -> None:
        """Dress the capability as the description says."""
        self.coordinator = coordinator
        self.capability = capability
        self._read = capability.read
        self.entity_description = description
        self._attr_unique_id = f"{device.device_id}_{capability.key}"
        self.device_entry = coordinator.async_device_entry(device.device_id)
        if capability.outlet is not None:
            self._attr_translation_key = f"channel_{capability.kind}"
            if description.entity_category is EntityCategory.CONFIG:
                self._attr_entity_registry_enabled_default = False
        self.follow(device)

    @property
    def device(self) -> Device:
        """The device as it last was told."""
        return self._device

    def follow(self, device: Device) -> None:
        """Take over everything that the device tells."""
        self._device = device
        self._attr_available = self.coordinator.is_available(device)
        self._name_channel()
        self._value = self._present_value()
        self._show(self._value)

    def _present_value(self) -> T | None:
        """Return what the device's params say now."""
        return self.capability.read(self._device.params)

    def _show(self, value: T | None) -> None:
        """Do what has to be done when there is another value; simple entities are read from it."""

    def _name_channel(self) -> None:
        """Put the channel's name into the entity's."""
        if (outlet := self.capability.outlet) is not None:
            self._attr_translation_placeholders = {
                "channel": self.coordinator.channel_name(self._device, outlet)
            }
            # Home Assistant keeps the name that it made of the last placeholders.
            self.__dict__.pop("name", None)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the params that the capability reads; catch up with what came meanwhile."""
        device_id = self._device.device_id
        self.async_on_remove(
            self.coordinator.async_add_device_listener(
                device_id,
                self.capability.params,
                update=self._handle_update,
                refresh=self._handle_refresh,
            )
        )
        self.follow(self.coordinator.client.devices.get(device_id, self._device))

    @callback
    def _handle_update(self, device: Device) -> None:
        """Show a value that was sent, if it is another one."""
        self._device = device
        value = self._read(device.params)
        if value != self._value:
            self._value = value
            self._show(value)
            self.async_write_ha_state()

    @callback
    def _handle_refresh(self, device: Device) -> None:
        """Show what else changed of the device: whether it can be reached, and its channels' names."""
        self.follow(device)
        self.async_write_ha_state()

    async def async_write(self, value: W) -> None:
        """Send a value to the device; return when it is confirmed."""
        try:
            await self.coordinator.client.write(self._device.device_id, self.capability, value)
        except CoolKitError as err:
            raise as_home_assistant_error(err, self._device) from err
