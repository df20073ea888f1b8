"""What the cloud says of the App ID as a whole: that it is refused, or that its quota is spent."""

from collections.abc import Callable
from enum import Enum, auto

from .events import AppIdRefused, Event, QuotaSpent, RefusalEnded
from .exceptions import AppIdExpiredError, AppIdRefusedError, CoolKitError, QuotaError

# What is told of each.
_TOLD: dict[type[CoolKitError], Event] = {AppIdRefusedError: AppIdRefused(), QuotaError: QuotaSpent()}


class Way(Enum):
    """How the account is reached; each is refused, and accepted again, for itself."""

    CONNECTION = auto()
    HTTP = auto()


class Refusals:
    """Tells each refusal once, and when the last of them has ended."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        """Start without any."""
        self._emit = emit
        self._refused: dict[Way, set[type[CoolKitError]]] = {way: set() for way in Way}

    def __bool__(self) -> bool:
        """Return whether anything is refused now."""
        return any(self._refused.values())

    @property
    def is_quota_spent(self) -> bool:
        """Whether the last call over HTTP found the quota spent."""
        return QuotaError in self._refused[Way.HTTP]

    def note(self, error: CoolKitError, way: Way) -> None:
        """Take a refusal in; other errors are none."""
        for kind, event in _TOLD.items():
            if isinstance(error, kind):
                told = any(kind in kinds for kinds in self._refused.values())
                self._refused[way].add(kind)
                if not told:
                    expired = isinstance(error, AppIdExpiredError)
                    self._emit(AppIdRefused(has_expired=True) if expired else event)

    def end(self, *ways: Way) -> None:
        """Note that the App ID was accepted on these ways."""
        before = bool(self)
        for way in ways:
            self._refused[way].clear()
        if before and not self:
            self._emit(RefusalEnded())
