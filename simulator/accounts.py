"""Apps, accounts in their regions, and the tokens that one gives to the other."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal
import uuid

from .errors import CloudError

if TYPE_CHECKING:
    import random

REGIONS: Final = ("cn", "as", "eu", "us")
AT_LIFE: Final = 30 * 86400
RT_LIFE: Final = 60 * 86400


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Dialling codes by the region that serves them; every other code is served by eu.
_AMERICAS: Final = _codes(
    "1 51 52 53 54 55 56 57 58 501 502 503 504 505 506 507 509 591 592 593 594 595 597 598"
)
_ASIA: Final = _codes(
    "60 61 62 63 64 65 66 81 82 84 91 92 93 94 95 98 673 675 679 850 852 853 855 856 880 886 "
    "960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995 996 998"
)


def region_of_country(dial_code: str) -> str:
    """Return the region in which accounts of a dialling code (without +) live."""
    if dial_code == "86":
        return "cn"
    if dial_code in _AMERICAS:
        return "us"
    return "as" if dial_code in _ASIA else "eu"


def region_takes(region: str, *, phone: bool) -> bool:
    """Say whether a region takes accounts of that kind."""
    return {"cn": phone, "as": True, "eu": not phone, "us": not phone}[region]


type Plan = Literal["contract", "new", "old", "personal"]


@dataclass(slots=True, kw_only=True, eq=False)
class App:
    """An App ID with its secret; a refused one answers every call with that code.

    One with a contract may call everything, a new one everything of v2, an old one everything of v1; a
    personal one signs in by OAuth and has a few calls of v2.
    """

    app_id: str
    secret: str = field(repr=False)
    refused: Literal[403, 407] | None = None
    quota_spent: bool = False
    plan: Plan = "contract"
    redirect_url: str | None = None
    expired: bool = False
    withdrawn: set[str] = field(default_factory=set)  # interfaces that it may not call any more
    withheld: set[str] = field(default_factory=set)  # brands that are not released for it
    quota: int = 50_000
    used: Counter[tuple[str, str]] = field(default_factory=Counter)  # calls by region and month

    def count(self, region: str, now: float) -> int:
        """Count one more call, and return how many they are in that region and month."""
        month = f"{datetime.fromtimestamp(now, UTC):%Y-%m}"
        self.used[region, month] += 1
        return self.used[region, month]

    def is_spent(self, region: str, now: float) -> bool:
        """Say whether the month's calls are used up."""
        month = f"{datetime.fromtimestamp(now, UTC):%Y-%m}"
        return self.quota_spent or self.used[region, month] > self.quota


@dataclass(slots=True, kw_only=True)
class Tokens:
    """What one sign-in gave."""

    at: str = field(repr=False)
    rt: str = field(repr=False)
    app_id: str
    generation: Literal["v1", "v2"] = "v1"
    at_until: float
    rt_until: float


@dataclass(slots=True, kw_only=True)
class Group:
    """A group (room) of an account."""

    id: str
    name: str
    index: int
    created_at: str
    devices: list[str] = field(default_factory=list)

    def info(self) -> dict[str, object]:
        """Return the group as the list of groups shows it."""
        return {"id": self.id, "name": self.name, "index": self.index, "createdAt": self.created_at}


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A person's account."""

    apikey: str
    password: str = field(repr=False)
    region: str
    email: str | None = None
    phone_number: str | None = None
    nickname: str = ""
    activated: bool = True
    country_code: str = ""
    created_at: str = "2024-01-01T08:00:00.000Z"
    tokens: dict[str, Tokens] = field(default_factory=dict, repr=False)
    replaced: set[str] = field(default_factory=set, repr=False)
    groups: dict[str, Group] = field(default_factory=dict)
    on_share: Literal["accept", "refuse", "ignore"] | None = None  # what a phone of the account does

    @property
    def address(self) -> str:
        """Email or phone number, whichever the account has."""
        return self.email or self.phone_number or ""

    @property
    def at(self) -> str | None:
        """The access token of the latest sign-in."""
        return next((tokens.at for tokens in reversed(self.tokens.values())), None)

    @property
    def rt(self) -> str | None:
        """The refresh token of the latest sign-in."""
        return next((tokens.rt for tokens in reversed(self.tokens.values())), None)

    @property
    def dial_code(self) -> str:
        """The dialling code of the account's country, with its +."""
        return self.country_code or {"cn": "+86", "as": "+91", "eu": "+49", "us": "+1"}[self.region]

    def forget_tokens(self) -> None:
        """Make every token void."""
        for tokens in self.tokens.values():
            self.replaced |= {tokens.at, tokens.rt}
        self.tokens.clear()

    def user(self, app_id: str) -> dict[str, object]:
        """Return the `user` object of an answer."""
        who = {"email": self.email} if self.email else {"phoneNumber": self.phone_number}
        return {
            "_id": uuid.uuid5(uuid.NAMESPACE_OID, self.apikey).hex[:24],
            **who,
            "appId": app_id,
            "lang": "en",
            "online": False,
            "onlineTime": self.created_at,
            "ip": "192.0.2.10",
            "location": "",
            "offlineTime": self.created_at,
            "appInfos": [{"appVersion": "5.0.0", "os": "android"}],
            "nickname": self.nickname,
            "createdAt": self.created_at,
            "apikey": self.apikey,
        }


class Accounts:
    """All accounts of all regions."""

    def __init__(self, rng: random.Random) -> None:
        """Start empty; the generator makes keys and tokens repeatable."""
        self._rng = rng
        self.apps: dict[str, App] = {}
        self.by_apikey: dict[str, Account] = {}

    def add(
        self,
        *,
        email: str | None = None,
        phone_number: str | None = None,
        password: str,
        region: str = "eu",
        activated: bool = True,
        nickname: str = "",
        apikey: str | None = None,
    ) -> Account:
        """Create an account with exactly one of email and phone number."""
        if region not in REGIONS or (email is None) == (phone_number is None):
            msg = "an account has a region and exactly one of email and phone number"
            raise ValueError(msg)
        account = Account(
            apikey=apikey or str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            email=email,
            phone_number=phone_number,
            password=password,
            region=region,
            activated=activated,
            nickname=nickname,
        )
        self.by_apikey[account.apikey] = account
        return account

    def find(self, address: str) -> Account | None:
        """Return the account of an email or phone number."""
        wanted = address.lower()
        return next((one for one in self.by_apikey.values() if one.address.lower() == wanted), None)

    def add_group(self, account: Account, name: str, index: int, now: float) -> Group:
        """Give an account a further group."""
        created = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
        group = Group(
            id=f"{self._rng.getrandbits(96):024x}",
            name=name,
            index=index,
            created_at=created.replace("+00:00", "Z"),
        )
        account.groups[group.id] = group
        return group

    def token(self) -> str:
        """Return a fresh token of 40 hexadecimal digits."""
        return f"{self._rng.getrandbits(160):040x}"

    def sign_in(
        self, account: Account, app_id: str, now: float, generation: Literal["v1", "v2"] = "v1"
    ) -> Tokens:
        """Give tokens for an app, in place of those that an earlier sign-in with it got."""
        earlier = account.tokens.pop(app_id, None)
        if earlier is not None:
            account.replaced |= {earlier.at, earlier.rt}
        tokens = Tokens(
            at=self.token(),
            rt=self.token(),
            app_id=app_id,
            generation=generation,
            at_until=now + AT_LIFE,
            rt_until=now + RT_LIFE,
        )
        account.tokens[app_id] = tokens
        return tokens

    def refresh(
        self, rt: str, app_id: str, now: float, *, keep_rt: bool, region: str | None = None
    ) -> tuple[Account, Tokens]:
        """Give a new access token for a refresh token; raise 401 or 402."""
        for account in self.by_apikey.values():
            tokens = account.tokens.get(app_id)
            if tokens is None or tokens.rt != rt or region not in {None, account.region}:
                continue
            if now >= tokens.rt_until:
                raise CloudError(402, "refresh token expired")
            account.replaced.add(tokens.at)
            tokens.at, tokens.at_until = self.token(), now + AT_LIFE
            if not keep_rt:
                account.replaced.add(tokens.rt)
                tokens.rt, tokens.rt_until = self.token(), now + RT_LIFE
            return account, tokens
        raise CloudError(401, "refresh token invalid")

    def by_at(self, at: str, now: float) -> tuple[Account, Tokens]:
        """Return whose access token that is; raise 401 (replaced, unknown) or 402 (expired)."""
        for account in self.by_apikey.values():
            for tokens in account.tokens.values():
                if tokens.at == at:
                    if now >= tokens.at_until:
                        raise CloudError(402, "access token expired")
                    return account, tokens
        raise CloudError(401, "Bearer:accessToken is invalid")

    def generation_of(self, at: object) -> str:
        """Return which generation of interfaces gave an access token, v1 for an unknown one."""
        every = [tokens for account in self.by_apikey.values() for tokens in account.tokens.values()]
        return next((tokens.generation for tokens in every if tokens.at == at), "v1")

    def was_replaced(self, token: str) -> bool:
        """Say whether a later sign-in or refresh took the place of that token."""
        return any(token in account.replaced for account in self.by_apikey.values())
