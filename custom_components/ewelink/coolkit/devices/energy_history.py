"""The history that meters keep themselves: what each hour or day has taken, asked for and decoded.

Source: CoolKit's UIID protocol (5, 32, 182, 190) and docs/protocol.md, Energy history.
"""

from collections.abc import Callable, Mapping, Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from .capability import AnyCapability, Capability, Kind
from .params import Params, Sent

# Said of firmwares that write an hour in three characters, not in four.
_THREE_CHARACTERS: Final = "formateKwhDataByFourChars"
# The hours that a device keeps, and those that clients ask it for at a time.
_KEPT_HOURS, _USUAL_HOURS = 4536, 720
_DECIMAL: Final = frozenset("0123456789")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


class Period(StrEnum):
    """What each value of a history is the energy of."""

    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest:
    """One way to ask for a history.

    `make` takes how many periods are wanted, the running one included, and returns the message. `decode`
    takes what the answer carries under `config`, how many were wanted, and the features that the firmware
    lacks; it returns the energy of each period in kWh, the running one first, and nothing for what cannot be
    read.
    """

    make: Callable[[int], Sent]
    decode: Callable[[Mapping[str, Any], int, AbstractSet[str]], tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryCapability(Capability[None, None]):
    """The history that a meter keeps: what its values are of, and how many of them there are at most.

    It has several `requests` where firmwares differ: the next one is tried where one is refused.
    """

    period: Period
    usual: int
    most: int
    requests: tuple[HistoryRequest, ...]


def _days(text: Any, width: int, count: int) -> tuple[float, ...]:
    """Read days of 6 characters (AABBCC) or 4 (AADD): AA is hexadecimal, the rest are decimals."""
    if not isinstance(text, str):
        return ()
    groups = (text[start : start + width] for start in range(0, min(len(text), width * count), width))
    return _until_unreadable(_day(group, width) for group in groups)


def _day(group: str, width: int) -> float | None:
    if len(group) != width or not _HEXADECIMAL.issuperset(group[:2]) or not _DECIMAL.issuperset(group[2:]):
        return None
    if width == 4:
        return round(int(group[:2], 16) + int(group[2:]) / 100, 2)
    tenths, hundredths = int(group[2:4]), int(group[4:])
    return None if max(tenths, hundredths) > 9 else int(group[:2], 16) + (tenths * 10 + hundredths) / 100


def _hours(text: Any, wanted: int, denied: AbstractSet[str]) -> tuple[float, ...]:
    """Read hours of 4 characters (AADD) or 3 (ADD); the length tells which, else what the firmware lacks."""
    if not isinstance(text, str) or not text:
        return ()
    width, rest = divmod(min(len(text), 4 * wanted), wanted)
    if rest or width not in {3, 4}:
        width = 3 if _THREE_CHARACTERS in denied else 4
    groups = (text[start : start + width] for start in range(0, min(len(text), width * wanted), width))
    return _until_unreadable(_hour(group, width) for group in groups)


def _hour(group: str, width: int) -> float | None:
    whole, rest = group[:-2], group[-2:]
    if len(group) != width or not _HEXADECIMAL.issuperset(whole) or not _DECIMAL.issuperset(rest):
        return None
    return round(int(whole, 16) + int(rest) / 100, 2)


def _until_unreadable(values: Any) -> tuple[float, ...]:
    """Return the values before the first one that cannot be read: those behind it may stand anywhere."""
    readable: list[float] = []
    for value in values:
        if value is None:
            break
        readable.append(value)
    return tuple(readable)


def _of_days(request: Params, param: str, *, width: int, count: int) -> HistoryRequest:
    return HistoryRequest(
        make=lambda _wanted: request,
        decode=lambda config, _wanted, _denied: _days(config.get(param), width, count),
    )


def _history(
    period: Period, requests: tuple[HistoryRequest, ...], *, usual: int, most: int, outlet: int | None = None
) -> HistoryCapability:
    meter = None if outlet is None else f"actPow_{outlet:02}"
    return HistoryCapability(
        kind=Kind.ENERGY_HISTORY,
        params=frozenset(),
        read=lambda _params: None,
        present=lambda params: meter is None or meter in params,
        decided_by=frozenset() if meter is None else frozenset({meter}),
        outlet=outlet,
        minor=True,
        period=period,
        usual=usual,
        most=most,
        requests=requests,
    )


_100_DAYS = _of_days({"hundredDaysKwh": "get"}, "hundredDaysKwhData", width=6, count=100)
_186_DAYS = _of_days({"h186DaysKwh": "get"}, "h186DaysKwhData", width=6, count=186)
_HOURS = HistoryRequest(
    make=lambda wanted: {"getHoursKwh": {"start": 0, "end": wanted - 1}},
    decode=lambda config, wanted, denied: _hours(config.get("hoursKwhData"), wanted, denied),
)

HUNDRED_DAYS = _history(Period.DAY, (_100_DAYS,), usual=100, most=100)
# Newer firmwares keep 186 days, older ones 100.
DAYS_OF_EITHER_FIRMWARE = _history(Period.DAY, (_186_DAYS, _100_DAYS), usual=186, most=186)
HOURS = _history(Period.HOUR, (_HOURS,), usual=_USUAL_HOURS, most=_KEPT_HOURS)


def days_of_channels(outlets: tuple[int, ...]) -> tuple[AnyCapability, ...]:
    """Make the 180 days that each of these outlets keeps: they are asked for one at a time."""
    return tuple(
        _history(
            Period.DAY,
            (_of_days({f"getKwh_{outlet:02}": 2}, f"kwhHistories_{outlet:02}", width=4, count=180),),
            usual=180,
            most=180,
            outlet=outlet,
        )
        for outlet in outlets
    )
