"""The interfaces of v2: their paths, how they are authorized, who may call them, and their fields."""

from dataclasses import dataclass, field
from typing import Final, Literal

from ..interfaces import Field

TEXT: Final = Field()
NUMBER: Final = Field(kind="number")
OBJECT: Final = Field(kind="object")
LIST: Final = Field(kind="list")
MAYBE_TEXT: Final = Field(required=False)
MAYBE_NUMBER: Final = Field(kind="number", required=False)
MAYBE_OBJECT: Final = Field(kind="object", required=False)
MAYBE_LIST: Final = Field(kind="list", required=False)
MAYBE_FLAG: Final = Field(kind="flag", required=False)
LANG: Final = {"lang": MAYBE_TEXT}
WHO: Final = {"email": MAYBE_TEXT, "phoneNumber": MAYBE_TEXT}
PLACE: Final = {"familyid": MAYBE_TEXT, "roomid": MAYBE_TEXT, "sort": MAYBE_NUMBER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One HTTP interface; a `free` one may be called with a personal App ID, too."""

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    auth: Literal["sign", "bearer", "either", "open"] = "bearer"
    free: bool = False
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def in_query(self) -> bool:
        """Whether the parameters travel in the query."""
        return self.method in {"GET", "DELETE"}

    @property
    def signed(self) -> bool:
        """Whether it is called before sign-in."""
        return self.auth in {"sign", "either"}

    @property
    def appid_needed(self) -> bool:
        """Whether the header with the App ID is mandatory."""
        return self.path.startswith(("/v2/user/", "/v2/utils/"))


ACCOUNT: Final = (
    Interface(
        name="region", method="GET", path="/v2/utils/get-region", auth="sign", fields={"countryCode": TEXT}
    ),
    Interface(
        name="login",
        method="POST",
        path="/v2/user/login",
        auth="sign",
        fields={"countryCode": TEXT, "password": TEXT, **WHO, **LANG},
    ),
    Interface(
        name="sms_login",
        method="POST",
        path="/v2/user/sms-login",
        auth="sign",
        fields={"countryCode": TEXT, "phoneNumber": TEXT, "verificationCode": TEXT, **LANG},
    ),
    Interface(
        name="register",
        method="POST",
        path="/v2/user/register",
        auth="sign",
        fields={"countryCode": TEXT, "verificationCode": TEXT, "password": TEXT, **WHO},
    ),
    Interface(
        name="reset_password",
        method="POST",
        path="/v2/user/reset-pwd",
        auth="sign",
        fields={"verificationCode": TEXT, "password": TEXT, **WHO},
    ),
    Interface(
        name="sms",
        method="POST",
        path="/v2/user/verification-code",
        auth="sign",
        fields={"type": NUMBER, **WHO},
    ),
    Interface(
        name="change_password",
        method="POST",
        path="/v2/user/change-pwd",
        fields={"oldPassword": TEXT, "newPassword": TEXT},
    ),
    Interface(name="profile", method="GET", path="/v2/user/profile"),
    Interface(
        name="edit_profile",
        method="POST",
        path="/v2/user/profile",
        fields={"nickname": MAYBE_TEXT, "acceptEmailAd": MAYBE_FLAG, "accountConsult": MAYBE_FLAG},
    ),
    Interface(name="logout", method="DELETE", path="/v2/user/logout"),
    Interface(
        name="close_account", method="POST", path="/v2/user/close-account", fields={"verificationCode": TEXT}
    ),
    Interface(
        name="oauth_token",
        method="POST",
        path="/v2/user/oauth/token",
        auth="sign",
        free=True,
        fields={"code": TEXT, "redirectUrl": TEXT, "grantType": Field(fixed="authorization_code")},
    ),
    Interface(name="unbind", method="DELETE", path="/v2/user/oauth/token", free=True),
    Interface(
        name="refresh", method="POST", path="/v2/user/refresh", auth="either", free=True, fields={"rt": TEXT}
    ),
)
THINGS: Final = (
    Interface(
        name="devices",
        method="GET",
        path="/v2/device/thing",
        free=True,
        fields={"familyid": MAYBE_TEXT, "num": MAYBE_NUMBER, "beginIndex": MAYBE_NUMBER, **LANG},
    ),
    Interface(name="device", method="POST", path="/v2/device/thing", free=True, fields={"thingList": LIST}),
    Interface(
        name="read_status",
        method="GET",
        path="/v2/device/thing/status",
        free=True,
        fields={"type": NUMBER, "id": TEXT, "params": MAYBE_TEXT},
    ),
    Interface(
        name="write_status",
        method="POST",
        path="/v2/device/thing/status",
        free=True,
        fields={"type": NUMBER, "id": TEXT, "params": OBJECT},
    ),
    Interface(
        name="batch_status",
        method="POST",
        path="/v2/device/thing/batch-status",
        free=True,
        fields={"thingList": LIST, "timeout": MAYBE_NUMBER},
    ),
)
DEVICES: Final = (
    Interface(
        name="add_device",
        method="POST",
        path="/v2/device/add",
        fields={
            "name": TEXT,
            "deviceid": TEXT,
            "digest": TEXT,
            "chipid": TEXT,
            "settings": MAYBE_OBJECT,
            "ifrCode": MAYBE_TEXT,
            **PLACE,
        },
    ),
    Interface(
        name="add_gsm", method="POST", path="/v2/device/add-gsm", fields={"id": TEXT, "name": TEXT, **PLACE}
    ),
    Interface(
        name="rename_device",
        method="POST",
        path="/v2/device/update-info",
        fields={"deviceid": TEXT, "name": MAYBE_TEXT, "roomid": MAYBE_TEXT},
    ),
    Interface(name="delete_device", method="DELETE", path="/v2/device", fields={"deviceid": TEXT}),
    Interface(
        name="tags",
        method="POST",
        path="/v2/device/tags",
        fields={"deviceid": TEXT, "type": MAYBE_TEXT, "tags": OBJECT},
    ),
    Interface(
        name="settings",
        method="POST",
        path="/v2/device/settings",
        fields={"deviceidList": LIST, "settings": OBJECT},
    ),
    Interface(
        name="history",
        method="GET",
        path="/v2/device/history",
        fields={"deviceid": TEXT, "from": MAYBE_NUMBER, "num": MAYBE_NUMBER},
    ),
    Interface(name="clear_history", method="DELETE", path="/v2/device/history", fields={"deviceid": TEXT}),
    Interface(name="ota", method="POST", path="/v2/device/ota/query", fields={"deviceInfoList": LIST}),
    Interface(
        name="messages",
        method="GET",
        path="/v2/message/read",
        fields={"familyid": MAYBE_TEXT, "from": MAYBE_NUMBER, "num": MAYBE_NUMBER},
    ),
)
GROUPS: Final = (
    Interface(name="control_groups", method="GET", path="/v2/device/group", fields=LANG),
    Interface(
        name="add_control_group",
        method="POST",
        path="/v2/device/group",
        fields={"name": TEXT, "mainDeviceId": TEXT, "deviceidList": MAYBE_LIST, **PLACE},
    ),
    Interface(
        name="rename_control_group", method="PUT", path="/v2/device/group", fields={"id": TEXT, "name": TEXT}
    ),
    Interface(name="delete_control_group", method="DELETE", path="/v2/device/group", fields={"id": TEXT}),
    Interface(
        name="set_members",
        method="POST",
        path="/v2/device/group/update",
        fields={"id": TEXT, "deviceidList": LIST},
    ),
    Interface(
        name="store_status",
        method="POST",
        path="/v2/device/group/status",
        fields={"id": TEXT, "params": OBJECT},
    ),
)
SHARES: Final = (
    Interface(
        name="share",
        method="POST",
        path="/v2/device/share",
        fields={
            "deviceidList": LIST,
            "user": OBJECT,
            "permit": NUMBER,
            "comment": MAYBE_TEXT,
            "shareType": MAYBE_NUMBER,
        },
    ),
    Interface(
        name="edit_share",
        method="POST",
        path="/v2/device/share/permit",
        fields={"deviceid": TEXT, "apikey": TEXT, "permit": NUMBER},
    ),
    Interface(
        name="cancel_share",
        method="DELETE",
        path="/v2/device/share",
        fields={"deviceid": TEXT, "apikey": TEXT},
    ),
)
HOMES: Final = (
    Interface(name="homes", method="GET", path="/v2/family", free=True, fields=LANG),
    Interface(
        name="add_home",
        method="POST",
        path="/v2/family",
        fields={"name": TEXT, "sort": NUMBER, "roomNameList": MAYBE_LIST},
    ),
    Interface(name="rename_home", method="PUT", path="/v2/family", fields={"id": MAYBE_TEXT, "name": TEXT}),
    Interface(
        name="delete_home",
        method="DELETE",
        path="/v2/family",
        fields={"id": TEXT, "deviceFamily": TEXT, "switchFamily": TEXT},
    ),
    Interface(name="current_home", method="POST", path="/v2/family/current", fields={"id": TEXT}),
    Interface(
        name="sort_things",
        method="POST",
        path="/v2/family/thing/sort",
        fields={"familyid": MAYBE_TEXT, "thingList": LIST},
    ),
    Interface(
        name="add_room",
        method="POST",
        path="/v2/family/room",
        fields={"familyid": TEXT, "name": TEXT, "sort": NUMBER},
    ),
    Interface(name="rename_room", method="PUT", path="/v2/family/room", fields={"id": TEXT, "name": TEXT}),
    Interface(name="delete_room", method="DELETE", path="/v2/family/room", fields={"id": TEXT}),
    Interface(
        name="sort_rooms",
        method="POST",
        path="/v2/family/room/index",
        fields={"familyid": MAYBE_TEXT, "idList": LIST},
    ),
    Interface(
        name="move_things",
        method="POST",
        path="/v2/family/room/thing",
        fields={"roomid": TEXT, "oldThingList": LIST, "newThingList": LIST},
    ),
)
OTHERS: Final = (
    Interface(name="dispatch", method="GET", path="/dispatch/app", auth="open", free=True),
    Interface(
        name="home_page",
        method="POST",
        path="/v2/homepage",
        fields={
            **LANG,
            **dict.fromkeys(
                ("clientInfo", "getUser", "getFamily", "getThing", "getScene", "getMessage"), MAYBE_OBJECT
            ),
        },
    ),
)
INTERFACES: Final = (*ACCOUNT, *THINGS, *DEVICES, *GROUPS, *SHARES, *HOMES, *OTHERS)
# The sign-in page, what its form sends, and the undocumented call of the vendor's own page.
PAGE_CALLS: Final = (
    Interface(name="oauth_page", method="GET", path="/oauth/index.html", auth="sign", free=True),
    Interface(name="oauth_sign_in", method="POST", path="/oauth/index.html", auth="sign", free=True),
    Interface(name="oauth_code", method="POST", path="/v2/user/oauth/code", auth="sign", free=True),
)
