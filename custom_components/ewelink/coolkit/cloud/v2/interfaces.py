"""The HTTP interfaces of version 2: where each is, and what its error codes mean."""

from typing import Final

from ...exceptions import (
    AccountExistsError,
    AppIdExpiredError,
    AppIdRefusedError,
    BrandRefusedError,
    CodeExpiredError,
    CodeNotSentError,
    CommandError,
    DeviceOfflineError,
    DeviceRefusedError,
    FeatureRefusedError,
    InvalidCredentialsError,
    InvalidInputError,
    PasswordNotAllowedError,
    QuotaError,
    ServerTroubleError,
    ShareError,
    SignedOutError,
    TokenExpiredError,
    TokenRefusedError,
    TooManyCodesError,
    UndeliveredError,
    UnknownAccountError,
    UnknownDeviceError,
    UnknownGroupError,
    UnknownHomeError,
    WrongCodeError,
)
from ..api import Feature
from ..interface import MIB, Codes, Interface

# A device takes 1.5 to 4 KiB in a page, and there are as many as a server likes.
_LONGEST_LIST: Final = 16 * MIB
# With these a call for a device may mean that the account does not have it any more.
_GONE: Final = frozenset({405, 406, 30018})

_SERVER: Codes = {413: ServerTroubleError, 414: ServerTroubleError}
_SIGNED: Codes = {
    **_SERVER,
    403: AppIdRefusedError,
    406: AppIdRefusedError,
    407: AppIdRefusedError,
    408: AppIdExpiredError,
    412: QuotaError,
}
_BEARER: Codes = {
    **_SERVER,
    401: SignedOutError,
    402: TokenExpiredError,
    403: FeatureRefusedError,
    407: FeatureRefusedError,
    408: AppIdExpiredError,
    412: QuotaError,
}
# Without these nothing works.
_NEEDED: Codes = {**_BEARER, 403: AppIdRefusedError, 407: AppIdRefusedError}
_SIGN_IN: Codes = {
    **_SIGNED,
    400: InvalidInputError,
    10001: InvalidCredentialsError,
    10014: InvalidCredentialsError,
    10003: UnknownAccountError,
}
# A code before sign-in that says that the function is not for the App ID; those who sign in do without.
_ACCOUNT: Codes = {
    **_SIGNED,
    400: InvalidInputError,
    403: FeatureRefusedError,
    407: FeatureRefusedError,
    10002: WrongCodeError,
    10003: UnknownAccountError,
    10009: AccountExistsError,
    10010: TooManyCodesError,
}
_DEVICE: Codes = {**_BEARER, 405: UnknownDeviceError, 30018: UnknownDeviceError}
_STATUS: Codes = {
    **_DEVICE,
    400: CommandError,
    403: CommandError,
    406: CommandError,
    4002: UndeliveredError,
    30022: DeviceOfflineError,
}
_ADDING: Codes = {
    **_BEARER,
    405: DeviceRefusedError,
    **dict.fromkeys((30003, 30007, *range(30010, 30017), 30019), DeviceRefusedError),
    30017: BrandRefusedError,
}
_HOMES: Codes = {
    **_BEARER,
    400: InvalidInputError,
    405: UnknownHomeError,
    **dict.fromkeys((20001, 20002, 20003), InvalidInputError),
}
_GROUPS: Codes = {
    **_BEARER,
    400: InvalidInputError,
    405: UnknownGroupError,
    30009: InvalidInputError,
    30018: UnknownDeviceError,
}
_SHARES: Codes = {**_DEVICE, 400: InvalidInputError, 30008: UnknownAccountError}

# --- account ---------------------------------------------------------------------------------------------

REGION = Interface(
    name="region look-up",
    path="/v2/utils/get-region",
    # An App ID that may sign in with a password may lack this alone; of the whole App ID the words tell.
    codes={**_SIGNED, 400: InvalidInputError, 403: FeatureRefusedError, 407: FeatureRefusedError},
    recovery=True,
)
LOGIN = Interface(
    name="sign-in",
    path="/v2/user/login",
    method="POST",
    codes={**_SIGN_IN, 407: PasswordNotAllowedError},
    recovery=True,
)
SMS_LOGIN = Interface(
    name="sign-in by code",
    path="/v2/user/sms-login",
    method="POST",
    codes={**_SIGN_IN, 10002: WrongCodeError},
    recovery=True,
)
SEND_CODE = Interface(
    name="verification code",
    path="/v2/user/verification-code",
    method="POST",
    # No code was given yet that could be wrong.
    codes={**_ACCOUNT, 10002: CodeNotSentError},
    feature=Feature.ACCOUNT,
    recovery=True,
)
REGISTER = Interface(
    name="registration",
    path="/v2/user/register",
    method="POST",
    codes=_ACCOUNT,
    feature=Feature.ACCOUNT,
    recovery=True,
)
RESET_PASSWORD = Interface(
    name="password reset",
    path="/v2/user/reset-pwd",
    method="POST",
    codes=_ACCOUNT,
    feature=Feature.ACCOUNT,
    recovery=True,
)
CHANGE_PASSWORD = Interface(
    name="password change",
    path="/v2/user/change-pwd",
    method="POST",
    codes={
        **_BEARER,
        400: InvalidInputError,
        10001: InvalidCredentialsError,
        10014: InvalidCredentialsError,
    },
    feature=Feature.ACCOUNT,
    command=True,
)
PROFILE = Interface(
    name="profile", path="/v2/user/profile", codes=_BEARER, feature=Feature.PROFILE, recovery=True
)
CHANGE_PROFILE = Interface(
    name="changing the profile",
    path="/v2/user/profile",
    method="POST",
    codes={**_BEARER, 400: InvalidInputError},
    feature=Feature.PROFILE,
    command=True,
)
REFRESH = Interface(
    name="token refresh",
    path="/v2/user/refresh",
    method="POST",
    codes={**_SIGNED, **dict.fromkeys((401, 402, 405, 406), TokenRefusedError)},
    recovery=True,
)
LOGOUT = Interface(name="sign-out", path="/v2/user/logout", method="DELETE", codes=_BEARER, command=True)
EXCHANGE_CODE = Interface(
    name="code exchange",
    path="/v2/user/oauth/token",
    method="POST",
    codes={**_SIGNED, 400: InvalidInputError, 405: CodeExpiredError},
    recovery=True,
    # The code lives for 30 s, in which several regions may have to be asked.
    timeout=6,
)
UNBIND = Interface(
    name="unbinding the App ID", path="/v2/user/oauth/token", method="DELETE", codes=_BEARER, command=True
)

# --- things ----------------------------------------------------------------------------------------------

THINGS = Interface(name="device list", path="/v2/device/thing", codes=_NEEDED, longest=_LONGEST_LIST)
DEVICE = Interface(
    name="device",
    path="/v2/device/thing",
    method="POST",
    codes={**_DEVICE, 406: UnknownDeviceError},
    gone=_GONE,
    feature=Feature.DEVICE_INFO,
)
STATUS = Interface(
    name="status query",
    path="/v2/device/thing/status",
    codes=_STATUS,
    gone=_GONE,
    refusal=CommandError,
    feature=Feature.STATUS,
)
UPDATE = Interface(
    name="status update",
    path="/v2/device/thing/status",
    method="POST",
    codes=_STATUS,
    gone=_GONE,
    refusal=CommandError,
    feature=Feature.STATUS,
    command=True,
)
BATCH = Interface(
    name="status update of several",
    path="/v2/device/thing/batch-status",
    method="POST",
    codes=_STATUS,
    refusal=CommandError,
    feature=Feature.BATCH,
    command=True,
)
DISPATCH = Interface(
    name="dispatch",
    path="/dispatch/app",
    codes=_BEARER,
    feature=Feature.DISPATCH,
    recovery=True,
    flat=True,
)

# --- devices ---------------------------------------------------------------------------------------------

ADD_DEVICE = Interface(
    name="adding the device",
    path="/v2/device/add",
    method="POST",
    codes=_ADDING,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
)
ADD_GSM_DEVICE = Interface(
    name="adding the GSM device",
    path="/v2/device/add-gsm",
    method="POST",
    codes=_ADDING,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
)
DELETE_DEVICE = Interface(
    name="deleting the device",
    path="/v2/device",
    method="DELETE",
    codes=_DEVICE,
    gone=_GONE,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
)
RENAME_DEVICE = Interface(
    name="renaming the device",
    path="/v2/device/update-info",
    method="POST",
    codes=_DEVICE,
    gone=_GONE,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
)
RENAME_CHANNELS = Interface(
    name="renaming the channels",
    path="/v2/device/tags",
    method="POST",
    codes=_DEVICE,
    gone=_GONE,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
)
HISTORY = Interface(
    name="history",
    path="/v2/device/history",
    codes={**_DEVICE, 400: InvalidInputError},
    gone=_GONE,
    feature=Feature.HISTORY,
)
CLEAR_HISTORY = Interface(
    name="clearing the history",
    path="/v2/device/history",
    method="DELETE",
    codes=_DEVICE,
    gone=_GONE,
    other=DeviceRefusedError,
    feature=Feature.HISTORY,
    command=True,
)
FIRMWARE = Interface(
    name="firmware query",
    path="/v2/device/ota/query",
    method="POST",
    codes=_DEVICE,
    feature=Feature.FIRMWARE,
)
DEVICE_SETTINGS = Interface(
    name="changing the settings",
    path="/v2/device/settings",
    method="POST",
    codes={**_DEVICE, 400: InvalidInputError},
    gone=_GONE,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_SETTINGS,
    command=True,
)

# --- sharing ---------------------------------------------------------------------------------------------

SHARE = Interface(
    name="share",
    path="/v2/device/share",
    method="POST",
    codes=_SHARES,
    gone=_GONE,
    other=ShareError,
    feature=Feature.SHARING,
    command=True,
)
CHANGE_PERMIT = Interface(
    name="changing the permit",
    path="/v2/device/share/permit",
    method="POST",
    codes=_SHARES,
    gone=_GONE,
    other=ShareError,
    feature=Feature.SHARING,
    command=True,
)
CANCEL_SHARE = Interface(
    name="cancelling the share",
    path="/v2/device/share",
    method="DELETE",
    codes=_SHARES,
    gone=_GONE,
    other=ShareError,
    feature=Feature.SHARING,
    command=True,
)
LEAVE_SHARE = Interface(
    name="leaving the share",
    path="/v2/device",
    method="DELETE",
    codes=_DEVICE,
    gone=_GONE,
    other=ShareError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
)

# --- control groups --------------------------------------------------------------------------------------

CONTROL_GROUPS = Interface(
    name="control group list",
    path="/v2/device/group",
    codes=_GROUPS,
    feature=Feature.CONTROL_GROUP_MANAGEMENT,
    longest=_LONGEST_LIST,
)
ADD_CONTROL_GROUP = Interface(
    name="adding the control group",
    path="/v2/device/group",
    method="POST",
    codes=_GROUPS,
    feature=Feature.CONTROL_GROUP_MANAGEMENT,
    command=True,
)
RENAME_CONTROL_GROUP = Interface(
    name="renaming the control group",
    path="/v2/device/group",
    method="PUT",
    codes=_GROUPS,
    feature=Feature.CONTROL_GROUP_MANAGEMENT,
    command=True,
)
DELETE_CONTROL_GROUP = Interface(
    name="deleting the control group",
    path="/v2/device/group",
    method="DELETE",
    codes=_GROUPS,
    feature=Feature.CONTROL_GROUP_MANAGEMENT,
    command=True,
)
CHANGE_MEMBERS = Interface(
    name="changing the members of the control group",
    path="/v2/device/group/update",
    method="POST",
    codes=_GROUPS,
    feature=Feature.CONTROL_GROUP_MANAGEMENT,
    command=True,
)
STORE_STATUS = Interface(
    name="storing the params of the control group",
    path="/v2/device/group/status",
    method="POST",
    codes=_GROUPS,
    feature=Feature.CONTROL_GROUP_MANAGEMENT,
    command=True,
)
UPDATE_CONTROL_GROUP = Interface(
    name="status update of the control group",
    path="/v2/device/thing/status",
    method="POST",
    codes={**_STATUS, 405: UnknownGroupError, 30018: UnknownGroupError},
    refusal=CommandError,
    feature=Feature.STATUS,
    command=True,
)

# --- homes and messages ----------------------------------------------------------------------------------

HOMES = Interface(name="home list", path="/v2/family", codes=_NEEDED, longest=_LONGEST_LIST)
ADD_HOME = Interface(
    name="adding the home",
    path="/v2/family",
    method="POST",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
RENAME_HOME = Interface(
    name="renaming the home",
    path="/v2/family",
    method="PUT",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
DELETE_HOME = Interface(
    name="deleting the home",
    path="/v2/family",
    method="DELETE",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
ADD_ROOM = Interface(
    name="adding the room",
    path="/v2/family/room",
    method="POST",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
RENAME_ROOM = Interface(
    name="renaming the room",
    path="/v2/family/room",
    method="PUT",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
DELETE_ROOM = Interface(
    name="deleting the room",
    path="/v2/family/room",
    method="DELETE",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
ORDER_ROOMS = Interface(
    name="ordering the rooms",
    path="/v2/family/room/index",
    method="POST",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
ORDER_THINGS = Interface(
    name="ordering the devices",
    path="/v2/family/thing/sort",
    method="POST",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
FILL_ROOM = Interface(
    name="changing the devices of the room",
    path="/v2/family/room/thing",
    method="POST",
    codes=_HOMES,
    feature=Feature.HOME_MANAGEMENT,
    command=True,
)
MESSAGES = Interface(
    name="messages", path="/v2/message/read", codes=_BEARER, feature=Feature.MESSAGES, longest=_LONGEST_LIST
)
