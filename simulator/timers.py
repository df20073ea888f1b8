"""Timers of devices: which ones a device takes, and when they are due. All times are UTC."""

from datetime import UTC, datetime, timedelta
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MINUTE: Final = 60
ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
KINDS: Final = {"once": "once", "delay": "once", "repeat": "repeat", "duration": "duration"}


def valid(timers: Any) -> bool:
    """Say whether a device takes that list of timers."""
    if not isinstance(timers, list) or not all(_valid(timer) for timer in timers):
        return False
    return len({timer["mId"] for timer in timers}) == len(timers)


def known(timer: Any) -> bool:
    """Say whether an entry is a timer in the form that is documented, enabled or not."""
    return isinstance(timer, dict) and _valid({**timer, "enabled": 1})


def due(timer: Mapping[str, Any], since: float, until: float) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield when a timer acts after `since` and up to `until`, and what it does then."""
    if timer["enabled"] != 1:
        return
    at = timer["at"].split(" ")
    if timer["type"] == "repeat":
        yield from _repeated(timer, since, until)
        return
    start = _minute(at[0])
    if timer["type"] == "once":
        if since < start <= until:
            yield start, timer["do"]
        return
    cycle = int(at[1]) * MINUTE
    for key, moment in (("do", start), ("startDo", start), ("endDo", start + int(at[-1]) * MINUTE)):
        if key not in timer:
            continue
        first = max(0, int((since - moment) // cycle) + 1)
        while moment + first * cycle <= until:
            yield moment + first * cycle, timer[key]
            first += 1


def _repeated(timer: Mapping[str, Any], since: float, until: float) -> Iterator[tuple[float, dict[str, Any]]]:
    minute, hour, _, _, weekdays = timer["at"].split(" ")
    days = {int(day) for day in weekdays.split(",")}
    day = datetime.fromtimestamp(since, UTC).replace(
        hour=int(hour), minute=int(minute), second=0, microsecond=0
    )
    while day.timestamp() <= until:
        # The grammar counts from Sunday = 0.
        if day.timestamp() > since and day.isoweekday() % 7 in days:
            yield day.timestamp(), timer["do"]
        day += timedelta(days=1)


def _minute(text: str) -> float:
    return datetime.fromisoformat(text).replace(second=0, microsecond=0).timestamp()


def _valid(timer: Any) -> bool:
    if not isinstance(timer, dict) or timer.get("enabled") not in {0, 1}:
        return False
    kind = timer.get("coolkit_timer_type")
    if not isinstance(timer.get("mId"), str) or KINDS.get(str(kind)) != timer.get("type"):
        return False
    if kind == "delay" and not str(timer.get("period", "")).isdigit():
        return False
    actions = {key for key in ("do", "startDo", "endDo") if isinstance(timer.get(key), dict) and timer[key]}
    return isinstance(timer.get("at"), str) and _valid_at(timer["at"].split(" "), str(timer["type"]), actions)


def _valid_at(at: list[str], kind: str, actions: set[str]) -> bool:
    if kind == "repeat":
        return len(at) == 5 and _valid_cron(*at) and actions == {"do"}
    if ISO.fullmatch(at[0]) is None or not all(part.isdigit() and int(part) > 0 for part in at[1:]):
        return False
    try:
        datetime.fromisoformat(at[0])
    except ValueError:
        return False
    if kind == "once":
        return len(at) == 1 and actions == {"do"}
    return (len(at), actions) in [(2, {"do"}), (3, {"startDo", "endDo"})]


def _valid_cron(minute: str, hour: str, day: str, month: str, weekdays: str) -> bool:
    days = weekdays.split(",")
    return (
        minute.isdigit()
        and int(minute) < 60
        and hour.isdigit()
        and int(hour) < 24
        and (day, month) == ("*", "*")
        and all(one in set("0123456") for one in days)
        and len(set(days)) == len(days)
    )


def needed_permit(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> int:
    """Return what a recipient must be allowed to for that change: 1 add, 2 edit, 4 delete, 8 enable."""
    old = {timer["mId"]: timer for timer in before}
    new = {timer["mId"]: timer for timer in after}
    needed = (1 if new.keys() - old.keys() else 0) | (4 if old.keys() - new.keys() else 0)
    for mid in old.keys() & new.keys():
        if old[mid] == new[mid]:
            continue
        rest = {"enabled": old[mid]["enabled"]}
        needed |= 8 if new[mid] | rest == old[mid] else 2
    return needed
