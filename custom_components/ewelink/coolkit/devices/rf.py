"""Radio remotes and sensors that a bridge has learnt: what it hears of them, and what it sends for them."""

from collections.abc import Callable, Iterator, Mapping, Set as AbstractSet
from functools import cache
from typing import Any, NamedTuple

from .capability import AnyCapability, ButtonCapability, EventCapability, Kind
from .params import Params, integer

# Codes that a bridge can learn.
_CHANNELS = range(64)
_MOST_REMOTES = 64
_LONGEST_NAME = 100
# Remotes of these types are alarms and sensors, which are heard only.
_SENSORS = frozenset({6, 7})
# What comes along with one that was heard; a push with more is a report of the whole state.
_ALONG = frozenset({"cmd", "rfChl", "setState", "arming", "rssi"})
_NEVER = ("", "0")


class Code(NamedTuple):
    """A code that a bridge has learnt: its channel, its name, and whether a sensor sends it."""

    channel: int
    name: str
    is_sensor: bool


def codes_of(tags: Mapping[str, Any]) -> tuple[Code, ...]:
    """Return the codes whose remotes the app knows by name, by channel; never raises."""
    remotes = tags.get("zyx_info")
    found: dict[int, Code] = {}
    for remote in remotes[:_MOST_REMOTES] if isinstance(remotes, list) else ():
        if isinstance(remote, Mapping):
            for code in _codes_of_remote(remote):
                found.setdefault(code.channel, code)
    return tuple(found[channel] for channel in sorted(found))


def _codes_of_remote(remote: Mapping[str, Any]) -> Iterator[Code]:
    of_remote = _name(remote.get("name"))
    is_sensor = integer(remote, "remote_type") in _SENSORS
    buttons = remote.get("buttonName")
    for button in buttons[: len(_CHANNELS)] if isinstance(buttons, list) else ():
        for key, value in button.items() if isinstance(button, Mapping) else ():
            channel = int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 4 else -1
            if channel in _CHANNELS:
                name = _name(value)
                # A sensor has one button, called like itself or not at all.
                whole = of_remote if is_sensor or name in ("", of_remote) else f"{of_remote} {name}".strip()
                yield Code(channel, whole or str(channel), is_sensor)


def _name(value: Any) -> str:
    return value.strip()[:_LONGEST_NAME] if isinstance(value, str) else ""


@cache
def _learnt(channel: int) -> Callable[[Params], bool]:
    """Return what tells if a bridge still has a code."""

    def is_learnt(params: Params) -> bool:
        codes = params.get("rfList")
        return isinstance(codes, list) and any(
            isinstance(code, Mapping) and integer(code, "rfChl") == channel for code in codes
        )

    return is_learnt


def capabilities_of_codes(codes: tuple[Code, ...]) -> tuple[AnyCapability, ...]:
    """Make what a bridge with these codes hears and sends."""
    return tuple(one for code in codes for one in (_heard(code), *(() if code.is_sensor else (_sent(code),))))


def _heard(code: Code) -> EventCapability:
    param = f"rfTrig{code.channel}"
    word = "triggered" if code.is_sensor else "single"

    def happened(now: Params, before: Params, keys: AbstractSet[str]) -> str | None:
        if param not in keys or not keys <= _ALONG | {param} or now.get("cmd") not in (None, "trigger"):
            return None
        heard, known = str(now.get(param)), str(before.get(param, ""))
        # The same moment comes by the cloud and by the local network; an older one is told again.
        is_new = heard > known if len(heard) == len(known) else heard != known
        return word if is_new and heard not in _NEVER else None

    return EventCapability(
        kind=Kind.TRIGGERED if code.is_sensor else Kind.HEARD,
        params=frozenset({param}),
        read=lambda params: None if str(params.get(param, "")) in _NEVER else word,
        outlet=code.channel,
        present=_learnt(code.channel),
        decided_by=frozenset({"rfList"}),
        types=(word,),
        happened=happened,
        name=code.name,
    )


def _sent(code: Code) -> ButtonCapability:
    return ButtonCapability(
        kind=Kind.TRANSMIT,
        params=frozenset({"rfList"}),
        read=lambda _: None,
        write=lambda _params, _value: ({"cmd": "transmit", "rfChl": code.channel},),
        outlet=code.channel,
        present=_learnt(code.channel),
        name=code.name,
    )
