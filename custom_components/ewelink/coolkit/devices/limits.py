"""Limits of a load: above one, the device switches off by itself. 0 stands for no limit.

Source: docs/params.md, Limits.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .capability import Kind, NumberCapability
from .params import Params, number, object_of

_NONE = -1
_HUNDREDTHS = 100
# Of an alarm: its param and its letter.
_ALARMS: Mapping[Kind, tuple[str, str]] = {
    Kind.POWER_LIMIT: ("alarmPValue", "p"),
    Kind.CURRENT_LIMIT: ("alarmCValue", "c"),
    Kind.VOLTAGE_LIMIT: ("alarmVValue", "v"),
}
_UNITS = {Kind.POWER_LIMIT: "W", Kind.CURRENT_LIMIT: "A", Kind.VOLTAGE_LIMIT: "V"}

type _Reader = Callable[[Params], float | None]
type _Writer = Callable[[Params, float], Params]


def _limit(
    kind: Kind,
    params: frozenset[str],
    greatest: float,
    read: _Reader,
    write: _Writer,
    *,
    outlet: int | None = None,
) -> NumberCapability:
    return NumberCapability(
        kind=kind,
        params=params,
        read=read,
        write=lambda params, value: (write(params, round(min(max(value, 0), greatest), 2)),),
        present=lambda params: read(params) is not None,
        outlet=outlet,
        minimum=0,
        maximum=greatest,
        step=0.1,
        unit=_UNITS[kind],
    )


def _pair(params: Params, name: str) -> tuple[float, float] | None:
    """Return the lower and the upper limit that a list holds."""
    value = params.get(name)
    if not isinstance(value, list) or len(value) != 2:
        return None
    low, high = (number({"limit": one}, "limit") for one in value)
    return None if low is None or high is None else (low, high)


def _alarm(kind: Kind, greatest: float) -> NumberCapability:
    name, letter = _ALARMS[kind]

    def is_set(params: Params, one: str) -> bool:
        letters = params.get("alarmType")
        return isinstance(letters, str) and one in letters

    def read(params: Params) -> float | None:
        if (pair := _pair(params, name)) is None:
            return None
        return max(pair[1], 0) if is_set(params, letter) else 0

    def write(params: Params, value: float) -> Params:
        # All four go together: the others, and the lower limit, as they came.
        told = {of: params[of] if _pair(params, of) else [_NONE, _NONE] for of, _ in _ALARMS.values()}
        lowest = (_pair(params, name) or (_NONE, _NONE))[0]
        fits = value == 0 or lowest < value
        told[name] = [told[name][0] if fits else _NONE, value or _NONE]
        letters = [one for of, one in _ALARMS.values() if is_set(params, one) and of != name]
        letters += [letter] if value > 0 or (fits and lowest > 0) else []
        return {"alarmType": "".join(sorted(letters, key="pcv".index)), **told}

    params = frozenset({"alarmType", *(of for of, _ in _ALARMS.values())})
    return _limit(kind, params, greatest, read, write)


def _flat(kind: Kind, name: str, greatest: float) -> NumberCapability:
    def read(params: Params) -> float | None:
        value = number(params, name)
        return None if value is None else max(value, 0)

    return _limit(kind, frozenset({name}), greatest, read, lambda _, value: {name: value or _NONE})


def _threshold(kind: Kind, part: str, greatest: float) -> NumberCapability:
    def read(params: Params) -> float | None:
        value = number(object_of(object_of(params, "threshold"), part), "max")
        return None if value is None or value < 0 else value / _HUNDREDTHS

    def write(params: Params, value: float) -> Params:
        threshold = object_of(params, "threshold")
        limits = {**object_of(threshold, part), "max": round(value * _HUNDREDTHS)}
        return {"threshold": {**threshold, part: limits}}

    return _limit(kind, frozenset({"threshold"}), greatest, read, write)


def _overload(kind: Kind, part: str, outlet: int, greatest: float) -> NumberCapability:
    name = f"overload_{outlet:02}"

    def read(params: Params) -> float | None:
        limit = object_of(object_of(params, name), part)
        value = number(limit, "value")
        if value is None or value < 0:
            return None
        return value / _HUNDREDTHS if number(limit, "enabled") == 1 else 0

    def write(params: Params, value: float) -> Params:
        overload = object_of(params, name)
        limit: dict[str, Any] = {**object_of(overload, part), "enabled": int(value > 0)}
        if value > 0:
            limit["value"] = round(value * _HUNDREDTHS)
        return {name: {**overload, part: limit}}

    return _limit(kind, frozenset({name}), greatest, read, write, outlet=outlet)


ALARM_LIMITS = (
    _alarm(Kind.POWER_LIMIT, 3300),
    _alarm(Kind.CURRENT_LIMIT, 15),
    _alarm(Kind.VOLTAGE_LIMIT, 300),
)
# No source states how much a breaker takes.
BREAKER_LIMITS = (
    _flat(Kind.POWER_LIMIT, "alarm_p_max", 25_000),
    _flat(Kind.CURRENT_LIMIT, "alarm_c_max", 100),
    _flat(Kind.VOLTAGE_LIMIT, "alarm_v_max", 300),
)
THRESHOLDS = (
    _threshold(Kind.POWER_LIMIT, "actPow", 4400),
    _threshold(Kind.CURRENT_LIMIT, "current", 20),
    _threshold(Kind.VOLTAGE_LIMIT, "voltage", 300),
)


def overload_limits(outlets: tuple[int, ...]) -> tuple[NumberCapability, ...]:
    """Make the limits of devices that keep them for each outlet."""
    return tuple(
        _overload(kind, part, outlet, greatest)
        for outlet in outlets
        for kind, part, greatest in (
            (Kind.POWER_LIMIT, "maxActPow", 3300),
            (Kind.CURRENT_LIMIT, "maxCurrent", 15),
            (Kind.VOLTAGE_LIMIT, "maxVoltage", 300),
        )
    )
