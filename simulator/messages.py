"""Messages of the cloud to its users."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accounts import Account
    from .core import Core


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `home` None is for all homes."""

    id: str
    kind: str
    content: dict[str, Any]
    at: float
    home: str | None = None


class Messages:
    """The messages of all accounts."""

    def __init__(self, core: Core) -> None:
        """Start without any."""
        self._core = core
        self._of: dict[str, list[Message]] = {}

    def send(self, account: Account, kind: str, content: dict[str, Any], home: str | None = None) -> None:
        """Leave a message for an account."""
        message = Message(
            id=f"{self._core.rng.getrandbits(96):024x}",
            kind=kind,
            content=content,
            at=self._core.clock(),
            home=home,
        )
        self._of.setdefault(account.apikey, []).append(message)

    def of(self, account: Account) -> list[Message]:
        """Return the messages of an account, the newest first."""
        return sorted(self._of.get(account.apikey, []), key=lambda message: message.at, reverse=True)
