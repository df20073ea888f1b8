"""The HTTP interfaces: their paths, how they are signed, and which fields they take."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

type Kind = Literal["text", "number", "object", "list", "device_infos"]


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
                return isinstance(value, str) and value.isdigit()
            case "number":
                return isinstance(value, int) and not isinstance(value, bool)
            case "object":
                return isinstance(value, dict)
            case "list" | "device_infos":
                return isinstance(value, list)


TEXT: Final = Field()
NUMBER: Final = Field(kind="number")
OPTIONAL: Final = Field(required=False)
LENIENT: Final = Field(essential=False)
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
        fields={"deviceid": TEXT, "params": Field(kind="object")},
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
