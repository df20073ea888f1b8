"""The errors of the client as the user sees them: the only place where they become Home Assistant's."""

import logging
from math import isfinite

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN, MANUFACTURER
from .coolkit import (
    AlreadySharedError,
    AppIdRefusedError,
    BrandRefusedError,
    BridgeFullError,
    CannotConnectError,
    CertificateError,
    CommandError,
    CommandInDoubtError,
    CommandNotSentError,
    CommandTimeoutError,
    CoolKitClient,
    CoolKitError,
    Device,
    DeviceOfflineError,
    DeviceRefusedError,
    FeatureRefusedError,
    FirmwareUnconfirmedError,
    GroupUnconfirmedError,
    InvalidAddressError,
    InvalidCredentialsError,
    InvalidInputError,
    LearningRefusedError,
    LearningUnderWayError,
    NameRequiredError,
    NoAnswerError,
    NotConnectedError,
    NoteTooLongError,
    NotEwelinkError,
    NothingHeardError,
    NotLeftError,
    NotOwnerError,
    NotSharedError,
    NotSupportedError,
    OwnAddressError,
    OwnDeviceError,
    QueryTimeoutError,
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
    ThrottledError,
    TimersNotReadError,
    TimersUnreadableError,
    TokenRefusedError,
    TooManyCallsError,
    UndeliveredError,
    UnknownAccountError,
    UnknownDeviceError,
    UnknownGroupError,
    UnknownHomeError,
    UnreadableError,
    WrongRegionError,
)
from .texts import NOTHING, quoted

_LOGGER = logging.getLogger(__name__)

# The key of the text with the cloud's code, and of the one without; the first that fits counts.
ERROR_KEYS: tuple[tuple[type[CoolKitError], str | None, str | None], ...] = (
    (DeviceOfflineError, "device_offline", None),
    (CommandNotSentError, "command_not_sent", "command_not_sent"),
    (CommandInDoubtError, "command_in_doubt", "command_in_doubt_no_code"),
    (FirmwareUnconfirmedError, None, "firmware_unconfirmed"),
    (GroupUnconfirmedError, None, "group_unconfirmed"),
    (QueryTimeoutError, "query_timeout", "query_timeout_no_code"),
    (CommandTimeoutError, "command_timeout", "command_timeout_no_code"),
    (TooManyCallsError, "too_many_calls", "too_many_calls"),
    (UndeliveredError, "command_undelivered", None),
    (LearningRefusedError, "learning_refused", None),
    (CommandError, "command_refused", None),
    (SignedOutError, "signed_out", None),
    (TokenRefusedError, "sign_in_again", None),
    (AppIdRefusedError, "app_id_refused", None),
    (NotSupportedError, "not_supported", "not_supported"),
    (FeatureRefusedError, "feature_refused", None),
    (QuotaError, "quota_exceeded", None),
    (WrongRegionError, "account_moved", None),
    (InvalidCredentialsError, "wrong_password", None),
    (NameRequiredError, "name_required", "name_required"),
    (NoteTooLongError, "note_too_long", "note_too_long"),
    (InvalidAddressError, "invalid_address", "invalid_address"),
    (OwnAddressError, "own_address", "own_address"),
    (OwnDeviceError, "own_device", "own_device"),
    (NotSharedError, "not_shared", "not_shared"),
    (BridgeFullError, "bridge_full", "bridge_full"),
    (InvalidInputError, "invalid_input", "invalid_input_no_code"),
    (NotOwnerError, "not_owner", "not_owner"),
    (BrandRefusedError, "brand_refused", None),
    (DeviceRefusedError, "device_refused", "device_refused_no_code"),
    (UnknownDeviceError, "device_unknown", "device_unknown_no_code"),
    (UnknownHomeError, "home_unknown", None),
    (UnknownGroupError, "group_unknown", "group_unknown_no_code"),
    (UnknownAccountError, "receiver_unknown", None),
    (ShareRefusedError, "share_refused", None),
    (AlreadySharedError, "already_shared", None),
    (NotLeftError, "share_not_left", None),
    (RequestEndedError, "no_share_request", "no_share_request"),
    (ShareTimeoutError, "share_timeout", None),
    (ShareOpenError, "share_open", "share_open_no_code"),
    (ShareUnderWayError, "share_under_way", "share_under_way"),
    (ShareError, "share_failed", "share_failed_no_code"),
    (LearningUnderWayError, "learning_under_way", "learning_under_way"),
    (NothingHeardError, "nothing_heard", "nothing_heard"),
    (TimersUnreadableError, None, "timers_unreadable"),
    (UnreadableError, None, "unreadable"),
    (TimersNotReadError, "timers_not_read", "timers_not_read_no_code"),
    (SessionClosedError, "session_closed", "session_closed"),
    (NotConnectedError, "not_connected", "not_connected"),
    (CertificateError, "certificate_refused", "certificate_refused"),
    (NoAnswerError, "no_answer", "no_answer"),
    (CannotConnectError, "cannot_connect", "cannot_connect"),
    (ThrottledError, "throttled", None),
    (NotEwelinkError, "not_ewelink", "not_ewelink_no_code"),
    (ServerTroubleError, "server_trouble", None),
    (CoolKitError, "request_failed", "request_failed_no_code"),
)
# What was asked for cannot be; nothing was sent.
_INVALID = (InvalidInputError, NotOwnerError, UnknownDeviceError, UnknownGroupError)


def error_text(
    err: CoolKitError, device: Device | None = None, *, name: str = ""
) -> tuple[str, dict[str, str]]:
    """Return the key of the text for one of the client's errors, and what is filled in.

    `name` is that of what was commanded where it is no device.
    The words of the cloud and of libraries are for the log: no text shows them.
    """
    keys = (
        with_code if err.code is not None else without
        for kind, with_code, without in ERROR_KEYS
        if isinstance(err, kind)
    )
    key = next(filter(None, keys))
    placeholders = {
        "device": name if device is None else device.name,
        "code": "" if err.code is None else str(err.code),
        "server": err.server or MANUFACTURER,
    }
    match err:
        case CommandError(may_be_gone=True):
            key = "command_refused_gone"
        case GroupUnconfirmedError(members=members):
            placeholders["members"] = ", ".join(members)
        case DeviceRefusedError() if device is not None and not isinstance(err, BrandRefusedError):
            # Nobody has typed its ID; it is the account's own.
            key = "device_refused_own" if err.code is not None else "device_refused_own_no_code"
        case NotOwnerError(owner=""):
            key = "not_owner_unknown"
        case NotOwnerError(owner=owner):
            placeholders["owner"] = owner
        case NoteTooLongError(characters=characters, size=size):
            placeholders |= {"characters": str(characters), "bytes": str(size)}
        case InvalidAddressError(address=address):
            placeholders["address"] = quoted(address)
        case NotSharedError(address=address, receivers=receivers):
            placeholders |= {"address": quoted(address), "receivers": ", ".join(receivers) or NOTHING}
    _LOGGER.debug("Shown as %s: %s", key, err)
    return key, placeholders


def added_already(err: CoolKitError, client: CoolKitClient, device_id: str) -> Device | None:
    """Return the device of the account itself that was refused because it is there already."""
    device = client.devices.get(device_id)
    is_refused = isinstance(err, DeviceRefusedError) and not isinstance(err, BrandRefusedError)
    if not is_refused or device is None or not device.is_owned_by(client.session.apikey):
        return None
    return device


def check_number(value: float | None) -> None:
    """Refuse what is no number: Home Assistant itself lets it pass."""
    if value is not None and not isfinite(value):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_number",
            translation_placeholders={"value": str(value)},
        )


def as_home_assistant_error(
    err: CoolKitError, device: Device | None = None, *, name: str = ""
) -> HomeAssistantError:
    """Return the error that the user sees for one of the client's."""
    key, placeholders = error_text(err, device, name=name)
    kind = ServiceValidationError if isinstance(err, _INVALID) else HomeAssistantError
    return kind(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)
