"""The HTTP interfaces: their paths, how they are signed, and which fields they take."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

type Kind = Literal["text", "number", "flag", "object", "list", "objects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a request; a missing essential one is refused, any other deviation recorded."""

    kind: Kind = "text"
    required: bool = True
    essential: bool = True
    fixed: str | int | None = None

    def fits(self, value: Any, *, in_query: bool) -> bool:
        """Say whether a value has the type that the specification gives."""
        match self.kind:
            case "text":
                return isinstance(value, str)
            case "number" if in_query:
                return isinstance(value, str) and value.removeprefix("-").isdigit()
            case "number":
                return isinstance(value, int) and not isinstance(value, bool)
            case "flag" | "object" | "list":
                return isinstance(value, {"flag": bool, "object": dict, "list": list}[self.kind])
            case "objects":
                return is_objects(value)


def is_objects(value: Any) -> bool:
    """Say whether a value is an object, or an array of such that is not empty."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


TEXT: Final = Field()
NUMBER: Final = Field(kind="number")
OPTIONAL: Final = Field(required=False)
LENIENT: Final = Field(essential=False)
IS_SUB: Final = Field(kind="number", essential=False)
GROUP_TYPE: Final = Field(kind="number", essential=False, fixed=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One HTTP interface."""

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    signed: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    who: tuple[str, str] | None = None  # the two fields of which exactly one is sent

    @property
    def in_query(self) -> bool:
        """Whether the parameters travel in the query."""
        return self.method in {"GET", "DELETE"}


INTERFACES: Final = (
    Interface(
        name="region",
        method="GET",
        path="/api/user/region",
        signed=True,
        fields={"country_code": OPTIONAL},
    ),
    Interface(
        name="login",
        method="POST",
        path="/api/user/login",
        signed=True,
        fields={"password": TEXT, "email": OPTIONAL, "phoneNumber": OPTIONAL},
        who=("email", "phoneNumber"),
    ),
    Interface(
        name="refresh",
        method="GET",
        path="/api/user/refresh",
        signed=True,
        fields={"rt": TEXT, "grantType": Field(fixed="refresh")},
    ),
    Interface(
        name="sms",
        method="POST",
        path="/api/sms",
        signed=True,
        fields={"sendType": TEXT, "email": OPTIONAL, "to": OPTIONAL},
        who=("email", "to"),
    ),
    Interface(
        name="register",
        method="POST",
        path="/api/user/register",
        signed=True,
        fields={"verificationCode": TEXT, "password": TEXT, "email": OPTIONAL, "phoneNumber": OPTIONAL},
        who=("email", "phoneNumber"),
    ),
    Interface(
        name="reset_password",
        method="POST",
        path="/api/user/password/reset",
        signed=True,
        fields={"verificationCode": TEXT, "password": TEXT, "email": OPTIONAL, "phoneNumber": OPTIONAL},
        who=("email", "phoneNumber"),
    ),
    Interface(
        name="change_password",
        method="POST",
        path="/api/user/password",
        fields={"oldPassword": TEXT, "newPassword": TEXT},
    ),
    Interface(
        name="devices",
        method="GET",
        path="/api/user/device",
        fields={"lang": OPTIONAL, "getTags": Field(required=False, fixed="1")},
    ),
    Interface(
        name="read_status",
        method="GET",
        path="/api/user/device/status",
        fields={"deviceid": TEXT, "params": OPTIONAL},
    ),
    Interface(
        name="write_status",
        method="POST",
        path="/api/user/device/status",
        fields={"deviceid": TEXT, "params": Field(kind="objects")},
    ),
    Interface(
        name="add_device",
        method="POST",
        path="/api/user/device/add",
        fields={
            "deviceid": TEXT,
            "apikey": TEXT,
            "name": TEXT,
            "isSub": IS_SUB,
            "subDeviceId": OPTIONAL,
            "chipid": OPTIONAL,
        },
    ),
    Interface(
        name="add_gsm",
        method="POST",
        path="/api/user/device/addGsm",
        fields={"id": TEXT, "name": TEXT},
    ),
    Interface(
        name="delete_device",
        method="DELETE",
        path="/api/user/device/{deviceid}",
        fields={"deviceid": TEXT, "apikey": LENIENT, "isSub": IS_SUB, "subDeviceId": OPTIONAL},
    ),
    Interface(
        name="rename_device",
        method="POST",
        path="/api/user/device/{deviceid}",
        fields={"deviceid": TEXT, "apikey": LENIENT, "name": TEXT, "group": LENIENT},
    ),
    Interface(
        name="tags",
        method="POST",
        path="/api/user/tags",
        fields={
            "deviceid": TEXT,
            "apikey": LENIENT,
            "key": Field(fixed="ck_channel_name"),
            "value": Field(kind="objects"),
        },
    ),
    Interface(
        name="groups",
        method="GET",
        path="/api/group",
        fields={"groupType": GROUP_TYPE, "apikey": TEXT},
    ),
    Interface(
        name="add_group",
        method="POST",
        path="/api/group",
        fields={"index": NUMBER, "name": TEXT, "groupType": GROUP_TYPE, "apikey": TEXT},
    ),
    Interface(
        name="edit_group",
        method="PUT",
        path="/api/group",
        fields={"id": TEXT, "index": NUMBER, "name": TEXT, "groupType": GROUP_TYPE, "apikey": TEXT},
    ),
    Interface(
        name="delete_group",
        method="DELETE",
        path="/api/group",
        fields={"id": TEXT, "type": GROUP_TYPE, "apikey": TEXT},
    ),
    Interface(
        name="group_device",
        method="POST",
        path="/api/group/addDevice",
        fields={
            "deviceinfos": Field(kind="list", essential=False),
            "groupType": GROUP_TYPE,
            "apikey": TEXT,
        },
    ),
    Interface(
        name="device",
        method="GET",
        path="/api/user/device/{deviceid}",
        fields={"deviceid": TEXT, "apikey": LENIENT, "getTags": Field(required=False, fixed="1")},
    ),
    Interface(
        name="dispatch",
        method="POST",
        path="/dispatch/app",
        fields={"accept": Field(fixed="ws")},
    ),
)

# What faults know of the persistent connection; `websocket` is its heartbeat.
ACTIONS: Final = (
    "handshake",
    "update",
    "query",
    "upgrade",
    "share",
    "updateShare",
    "cancelShare",
    "websocket",
)
