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
        name="oauth_token",
        method="POST",
        path="/v2/user/oauth/token",
        auth="sign",
        free=True,
        fields={"code": TEXT, "redirectUrl": TEXT, "grantType": Field(fixed="authorization_code")},
    ),
    Interface(name="unbind", method="DELETE", path="/v2/user/oauth/token", free=True),
    Interface(
        name="refresh",
        method="POST",
        path="/v2/user/refresh",
        auth="either",
        free=True,
        fields={"rt": TEXT},
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
HOMES: Final = (Interface(name="homes", method="GET", path="/v2/family", free=True, fields=LANG),)
OTHERS: Final = (Interface(name="dispatch", method="GET", path="/dispatch/app", auth="open", free=True),)
INTERFACES: Final = (*ACCOUNT, *THINGS, *HOMES, *OTHERS)
# The sign-in page, what its form sends, and the undocumented call of the vendor's own page.
PAGE_CALLS: Final = (
    Interface(name="oauth_page", method="GET", path="/oauth/index.html", auth="sign", free=True),
    Interface(name="oauth_sign_in", method="POST", path="/oauth/index.html", auth="sign", free=True),
    Interface(name="oauth_code", method="POST", path="/v2/user/oauth/code", auth="sign", free=True),
)
