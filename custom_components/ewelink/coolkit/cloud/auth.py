"""App credentials, signatures, tokens and their ages."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
import hmac
import secrets
import string
from typing import Any, Final, Self

from ..scrubbing import known_secrets
from .region import Region

_NONCE_ALPHABET = string.ascii_letters + string.digits
_NONCE_LENGTH = 8
_DAY: Final = 86_400.0
# For how many seconds tokens are taken, if nothing else is told.
ACCESS_TOKEN_LIFE: Final = 30 * _DAY
REFRESH_TOKEN_LIFE: Final = 60 * _DAY


def make_nonce() -> str:
    """Return 8 random characters of a-z, A-Z, 0-9; every call carries new ones."""
    return "".join(secrets.choice(_NONCE_ALPHABET) for _ in range(_NONCE_LENGTH))


def sign(secret: str, message: bytes) -> str:
    """Return Base64(HMAC-SHA256(secret, message)) (docs/protocol.md, Signature).

    For POST the message is the exact body; for GET see `query_message`.
    """
    return b64encode(hmac.digest(secret.encode(), message, "sha256")).decode()


def query_message(parameters: Mapping[str, str]) -> bytes:
    """Return what is signed of a GET: `name=value` sorted by name, joined by `&`, values not encoded."""
    return "&".join(f"{name}={parameters[name]}" for name in sorted(parameters)).encode()


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The application that calls: its App ID, and the secret that signs."""

    app_id: str
    app_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Keep them out of errors."""
        known_secrets.note(self.app_id, self.app_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Access and refresh token, each with the unix time in seconds at which it was issued.

    An access token lives 30 days, a refresh token 60, unless the cloud tells when they expire.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token_time: float
    refresh_token_time: float
    access_token_expires: float | None = None
    refresh_token_expires: float | None = None

    def __post_init__(self) -> None:
        """Keep them out of errors."""
        known_secrets.note(self.access_token, self.refresh_token)

    @property
    def access_token_end(self) -> float:
        """The unix time in seconds at which the access token expires."""
        return self.access_token_expires or self.access_token_time + ACCESS_TOKEN_LIFE

    @property
    def refresh_token_end(self) -> float:
        """The unix time in seconds at which the refresh token expires."""
        return self.refresh_token_expires or self.refresh_token_time + REFRESH_TOKEN_LIFE

    @property
    def refresh_at(self) -> float:
        """The unix time in seconds from which on they should be refreshed: after two thirds of a life."""
        return self.access_token_time + (self.access_token_end - self.access_token_time) * 2 / 3

    def as_dict(self) -> dict[str, str | float]:
        """Return what `from_dict` takes."""
        stored: dict[str, str | float] = {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "access_token_time": self.access_token_time,
            "refresh_token_time": self.refresh_token_time,
        }
        if self.access_token_expires is not None:
            stored["access_token_expires"] = self.access_token_expires
        if self.refresh_token_expires is not None:
            stored["refresh_token_expires"] = self.refresh_token_expires
        return stored

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the tokens that `as_dict` has stored.

        Raises:
            ValueError: something is missing or of another type.
        """
        texts = (data.get("access_token"), data.get("refresh_token"))
        times = (data.get("access_token_time"), data.get("refresh_token_time"))
        match texts, times:
            case (str(access), str(refresh)), (int() | float() as issued, int() | float() as since):
                return cls(
                    access_token=access,
                    refresh_token=refresh,
                    access_token_time=float(issued),
                    refresh_token_time=float(since),
                    access_token_expires=_stored_time(data.get("access_token_expires")),
                    refresh_token_expires=_stored_time(data.get("refresh_token_expires")),
                )
        raise ValueError("these are no stored tokens")

    def renewed(self, *, access_token: str, refresh_token: str | None, now: float) -> Self:
        """Return the tokens after a refresh; the refresh token's age restarts only if it has changed.

        When the new ones expire is not told.
        """
        kept = refresh_token is None or refresh_token == self.refresh_token
        return type(self)(
            access_token=access_token,
            refresh_token=self.refresh_token if refresh_token is None else refresh_token,
            access_token_time=now,
            refresh_token_time=self.refresh_token_time if kept else now,
            refresh_token_expires=self.refresh_token_expires if kept else None,
        )


def _stored_time(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSession:
    """A signed-in account.

    Attributes:
        apikey: the account's own key; its identity in the cloud.
        region: where it lives.
        tokens: what its calls carry.
        account: the email address or phone number it signed in with.
        nickname: what the user calls the account; may be empty.
    """

    apikey: str = field(repr=False)
    region: Region
    tokens: Tokens
    account: str = field(repr=False)
    nickname: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Keep what identifies it out of errors."""
        known_secrets.note(self.apikey, self.account)
        known_secrets.note_words(self.account)
