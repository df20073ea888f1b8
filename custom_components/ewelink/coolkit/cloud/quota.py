"""How many HTTP calls an App ID has made this month in a region, and what is left of its quota."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_MONTH: Final = "%Y-%m"
# From this part of the quota on, what can wait is done less often.
_SLOWER_FROM: Final = 0.5
# However little is left, the list is read every so many seconds.
_LONGEST_PAUSE: Final = 3600.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Quota:
    """The calls of one App ID in one region; the count begins anew with each month (UTC).

    Attributes:
        limit: how many calls the cloud takes in a month; None if it does not count.
        month: the month that is counted ("2026-11"); empty before the first call.
        calls: how many there were in it, as far as this client knows.
        is_refused: whether the cloud has said in this month that the quota is spent.
    """

    limit: int | None = None
    month: str = ""
    calls: int = 0
    is_refused: bool = False

    def note_call(self) -> None:
        """Count a call."""
        self._turn_page()
        self.calls += 1

    def note_unsent(self) -> None:
        """Take back a call that has not left: without a network there are many of them."""
        self._turn_page()
        self.calls = max(self.calls - 1, 0)

    def note_refusal(self) -> None:
        """Note that the cloud says that the quota is spent."""
        self._turn_page()
        self.is_refused = True

    def note_answer(self) -> None:
        """Note that the cloud takes calls."""
        self.is_refused = False

    @property
    def used(self) -> int:
        """Return the calls of the present month."""
        self._turn_page()
        return self.calls

    @property
    def share(self) -> float:
        """Return which part of the quota is used, from 0; 0 if there is none."""
        return 0.0 if not self.limit else self.used / self.limit

    def pause(self, usual: float) -> float:
        """Return the seconds between two reads that can wait, of which there are `usual` ones.

        From half of the quota on they become longer; a spent quota makes them last until the next month.
        """
        self._turn_page()
        now = _now()
        if self.is_refused:
            return max((_next_month(now) - now).total_seconds(), usual)
        share = self.share
        if share < _SLOWER_FROM:
            return usual
        return max(usual, min(usual / max(1 - share, usual / _LONGEST_PAUSE), _LONGEST_PAUSE))

    def as_dict(self) -> dict[str, str | int | bool]:
        """Return what `restore` takes."""
        self._turn_page()
        return {"month": self.month, "calls": self.calls, "is_refused": self.is_refused}

    def restore(self, data: Mapping[str, Any]) -> None:
        """Go on from what was stored; what is not of this month, or unreadable, counts for nothing."""
        self._turn_page()
        calls = data.get("calls")
        if data.get("month") != self.month or type(calls) is not int or calls < 0:
            return
        # Several entries of one App ID have stored the same count, at different times.
        self.calls = max(self.calls, calls)
        self.is_refused |= data.get("is_refused") is True

    def _turn_page(self) -> None:
        month = _now().strftime(_MONTH)
        if month != self.month:
            self.month, self.calls, self.is_refused = month, 0, False


@dataclass(slots=True, eq=False)
class Quotas:
    """The quota of each App ID in each region; shared by all accounts of the process."""

    _known: dict[tuple[str, str, int | None], Quota] = field(default_factory=dict, init=False, repr=False)

    def of(self, app_id: str, region: str, limit: int | None) -> Quota:
        """Return the quota of an App ID in a region."""
        return self._known.setdefault((app_id, region, limit), Quota(limit))


def _next_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


shared_quotas: Final = Quotas()
