"""The HTTP interfaces of the API Center, version 1: where each is, and what its error codes mean."""

from typing import Final

from ...exceptions import (
    AccountExistsError,
    AccountNotActivatedError,
    AppIdRefusedError,
    CodeNotSentError,
    CommandError,
    DeviceOfflineError,
    DeviceRefusedError,
    FeatureRefusedError,
    InvalidCredentialsError,
    InvalidInputError,
    NoResponseError,
    NotLeftError,
    QuotaError,
    SignedOutError,
    TokenExpiredError,
    TokenRefusedError,
    TooManyCodesError,
    UnknownAccountError,
    UnknownDeviceError,
    UnknownGroupError,
    WrongCodeError,
)
from ..api import Feature
from ..interface import MIB, Codes, Interface

# A device takes 1.5 to 4 KiB in the list.
_LONGEST_LIST: Final = 16 * MIB
# With these a call for a device, or a frame, may mean that the account does not have it any more.
GONE: Final = frozenset({400, 401, 403, 404})
_SIGNED: Codes = {403: AppIdRefusedError, 406: AppIdRefusedError, 407: AppIdRefusedError, 412: QuotaError}
_BEARER: Codes = {401: SignedOutError, 402: TokenExpiredError, 406: SignedOutError, 412: QuotaError}
_STATUS: Codes = {
    **_BEARER,
    400: CommandError,
    403: CommandError,
    404: UnknownDeviceError,
    407: FeatureRefusedError,
    411: CommandError,
    503: DeviceOfflineError,
    504: NoResponseError,
}
# A code before sign-in that says that the signature or its application was not accepted.
_ACCOUNT: Codes = {
    400: InvalidInputError,
    401: AppIdRefusedError,
    403: FeatureRefusedError,
    406: AppIdRefusedError,
    407: FeatureRefusedError,
    412: QuotaError,
    498: WrongCodeError,
}
_MANAGEMENT: Codes = {**_BEARER, 404: UnknownDeviceError, 407: FeatureRefusedError}
_GROUPS: Codes = {
    **_BEARER,
    400: InvalidInputError,
    403: FeatureRefusedError,
    404: UnknownGroupError,
    407: FeatureRefusedError,
}


REGION = Interface(name="region look-up", path="/api/user/region", codes=_SIGNED, recovery=True)
LOGIN = Interface(
    name="sign-in",
    path="/api/user/login",
    method="POST",
    codes={
        **_SIGNED,
        400: InvalidInputError,
        401: InvalidCredentialsError,
        402: AccountNotActivatedError,
        404: UnknownAccountError,
    },
    recovery=True,
)
REFRESH = Interface(
    name="token refresh",
    path="/api/user/refresh",
    codes={**_SIGNED, 400: TokenRefusedError, 401: TokenRefusedError, 402: TokenRefusedError},
    recovery=True,
)
DEVICES = Interface(
    name="device list",
    path="/api/user/device",
    codes={**_BEARER, 403: AppIdRefusedError, 407: AppIdRefusedError},
    longest=_LONGEST_LIST,
)
DEVICE = Interface(
    name="device",
    path="/api/user/device/{deviceid}",
    codes={
        **_BEARER,
        403: UnknownDeviceError,
        404: UnknownDeviceError,
        405: UnknownDeviceError,
        407: FeatureRefusedError,
    },
    feature=Feature.DEVICE_INFO,
    gone=GONE,
)
STATUS = Interface(
    name="status query",
    path="/api/user/device/status",
    codes=_STATUS,
    refusal=CommandError,
    feature=Feature.STATUS,
    gone=GONE,
)
UPDATE = Interface(
    name="status update",
    path="/api/user/device/status",
    method="POST",
    codes=_STATUS,
    refusal=CommandError,
    feature=Feature.STATUS,
    command=True,
    gone=GONE,
)
DISPATCH = Interface(
    name="dispatch",
    path="/dispatch/app",
    method="POST",
    codes={**_BEARER, 403: FeatureRefusedError, 407: FeatureRefusedError},
    feature=Feature.DISPATCH,
    recovery=True,
)
SEND_CODE = Interface(
    name="verification code",
    path="/api/sms",
    method="POST",
    codes={
        **_ACCOUNT,
        401: UnknownAccountError,
        404: UnknownAccountError,
        409: AccountExistsError,
        # No code was given yet that could be wrong.
        498: CodeNotSentError,
        504: CodeNotSentError,
        160038: TooManyCodesError,
    },
    feature=Feature.ACCOUNT,
    recovery=True,
)
REGISTER = Interface(
    name="registration",
    path="/api/user/register",
    method="POST",
    codes={**_ACCOUNT, 409: AccountExistsError},
    feature=Feature.ACCOUNT,
    recovery=True,
)
RESET_PASSWORD = Interface(
    name="password reset",
    path="/api/user/password/reset",
    method="POST",
    codes={**_ACCOUNT, 404: UnknownAccountError},
    feature=Feature.ACCOUNT,
    recovery=True,
)
CHANGE_PASSWORD = Interface(
    name="password change",
    path="/api/user/password",
    method="POST",
    codes={
        **_BEARER,
        400: InvalidCredentialsError,
        403: FeatureRefusedError,
        407: FeatureRefusedError,
    },
    feature=Feature.ACCOUNT,
    command=True,
)
ADD_DEVICE = Interface(
    name="adding the device",
    path="/api/user/device/add",
    method="POST",
    codes={**_MANAGEMENT, 404: DeviceRefusedError},
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
    gone=GONE,
)
ADD_GSM_DEVICE = Interface(
    name="adding the GSM device",
    path="/api/user/device/addGsm",
    method="POST",
    codes={**_MANAGEMENT, 404: DeviceRefusedError},
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
    gone=GONE,
)
DELETE_DEVICE = Interface(
    name="deleting the device",
    path="/api/user/device/{deviceid}",
    method="DELETE",
    codes=_MANAGEMENT,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
    gone=GONE,
)
LEAVE_SHARE = Interface(
    name="leaving the share",
    path="/api/user/device/{deviceid}",
    method="DELETE",
    codes=_MANAGEMENT,
    other=NotLeftError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
    gone=GONE,
)
RENAME_DEVICE = Interface(
    name="renaming the device",
    path="/api/user/device/{deviceid}",
    method="POST",
    codes=_MANAGEMENT,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
    gone=GONE,
)
RENAME_CHANNELS = Interface(
    name="renaming the channels",
    path="/api/user/tags",
    method="POST",
    codes=_MANAGEMENT,
    other=DeviceRefusedError,
    feature=Feature.DEVICE_MANAGEMENT,
    command=True,
    gone=GONE,
)
GROUPS = Interface(
    name="group list",
    path="/api/group",
    codes=_GROUPS,
    feature=Feature.GROUPS,
    longest=_LONGEST_LIST,
)
ADD_GROUP = Interface(
    name="adding the group",
    path="/api/group",
    method="POST",
    codes=_GROUPS,
    feature=Feature.GROUPS,
    command=True,
)
CHANGE_GROUP = Interface(
    name="changing the group",
    path="/api/group",
    method="PUT",
    codes=_GROUPS,
    feature=Feature.GROUPS,
    command=True,
)
DELETE_GROUP = Interface(
    name="deleting the group",
    path="/api/group",
    method="DELETE",
    codes=_GROUPS,
    feature=Feature.GROUPS,
    command=True,
)
MOVE_DEVICES = Interface(
    name="moving devices between groups",
    path="/api/group/addDevice",
    method="POST",
    codes=_GROUPS,
    feature=Feature.GROUPS,
    command=True,
    gone=GONE,
)
