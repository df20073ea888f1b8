"""Authorization codes of OAuth 2.0: what the page gives to the browser, and an app turns into tokens."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
import uuid

if TYPE_CHECKING:
    import random

    from .accounts import Account

LIFE: Final = 30.0


@dataclass(slots=True, kw_only=True)
class Code:
    """A code that was given."""

    code: str
    app_id: str
    account: Account
    redirect_url: str
    at: float


class Codes:
    """The codes that have not been used."""

    def __init__(self, rng: random.Random) -> None:
        """Start with none."""
        self._rng = rng
        self.life = LIFE
        self.given: list[Code] = []

    def give(self, account: Account, app_id: str, redirect_url: str, now: float) -> str:
        """Return a fresh code."""
        code = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        self.given.append(Code(code=code, app_id=app_id, account=account, redirect_url=redirect_url, at=now))
        return code

    def find(self, code: str, app_id: str, now: float) -> Code | None:
        """Return a code that is still good for that app."""
        for one in self.given:
            if (one.code, one.app_id) == (code, app_id) and now - one.at <= self.life:
                return one
        return None

    def use_up(self, code: Code) -> None:
        """Let a code be good no more."""
        self.given.remove(code)

    def age(self, seconds: float) -> None:
        """Let every code be older."""
        for one in self.given:
            one.at -= seconds
