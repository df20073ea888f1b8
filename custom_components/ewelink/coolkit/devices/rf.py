"""Radio remotes and sensors that a bridge has learned: what it hears of them, and what it sends for them."""

from collections.abc import Callable, Iterator, Mapping, Set as AbstractSet
from functools import cache
from typing import Any, NamedTuple

from .capability import AnyCapability, ButtonCapability, EventCapability, Kind
from .device import Device
from .params import Params, integer

# Where the app keeps the remotes of a bridge, and the bridge the codes of their buttons.
REMOTES = "zyx_info"
CODES = "rfList"

# Codes that a bridge can learn.
_CHANNELS = range(64)
_MOST_REMOTES = 64
_LONGEST_NAME = 100
# Remotes of these types are alarms and sensors, which are heard only.
SENSORS = frozenset({6, 7})
# What comes along with one that was heard; a push with more is a report of the whole state.
ALONG = frozenset({"cmd", "rfChl", "setState", "arming", "rssi"})
_NEVER = ("", "0")


class Code(NamedTuple):
    """A code that a bridge has learned: its channel, what it is called, and whether a sensor sends it.

    The name is that of the remote and that of the button in one; all are empty if the app knows none.
    """

    channel: int
    name: str
    is_sensor: bool = False
    remote: str = ""
    button: str = ""


def codes_of(tags: Mapping[str, Any]) -> tuple[Code, ...]:
    """Return the codes whose remotes the app knows by name, by channel; never raises."""
    remotes = tags.get(REMOTES)
    found: dict[int, Code] = {}
    for remote in remotes[:_MOST_REMOTES] if isinstance(remotes, list) else ():
        if isinstance(remote, Mapping):
            for code in _codes_of_remote(remote):
                found.setdefault(code.channel, code)
    return tuple(found[channel] for channel in sorted(found))


def _codes_of_remote(remote: Mapping[str, Any]) -> Iterator[Code]:
    of_remote = _name(remote.get("name"))
    is_sensor = integer(remote, "remote_type") in SENSORS
    buttons = remote.get("buttonName")
    for button in buttons[: len(_CHANNELS)] if isinstance(buttons, list) else ():
        for key, value in button.items() if isinstance(button, Mapping) else ():
            channel = int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 4 else -1
            if channel in _CHANNELS:
                name = _name(value)
                # A sensor has one button, called like itself or not at all.
                whole = of_remote if is_sensor or name in ("", of_remote) else f"{of_remote} {name}".strip()
                yield Code(channel, whole or str(channel), is_sensor, of_remote, name)


def _name(value: Any) -> str:
    return value.strip()[:_LONGEST_NAME] if isinstance(value, str) else ""


@cache
def _learnt(channel: int) -> Callable[[Params], bool]:
    """Return what tells if a bridge still has a code."""

    def is_learnt(params: Params) -> bool:
        return channel in learnt_channels(params)

    return is_learnt


@cache
def _forgotten(channel: int) -> Callable[[Params], bool]:
    """Return what tells if a bridge says that it has no such code."""

    def is_forgotten(params: Params) -> bool:
        return isinstance(params.get(CODES), list) and channel not in learnt_channels(params)

    return is_forgotten


def learnt_channels(params: Params) -> frozenset[int]:
    """Return the channels that have a code; never raises."""
    codes = params.get(CODES)
    return _LIST.channels(codes) if isinstance(codes, list) else frozenset()


class _List:
    """The list that was read last: each of its channels is asked for by itself, and it is never edited."""

    def __init__(self) -> None:
        self._codes: list[Any] | None = None
        self._channels: frozenset[int] = frozenset()

    def channels(self, codes: list[Any]) -> frozenset[int]:
        if codes is not self._codes:
            found = (integer(code, "rfChl") for code in codes if isinstance(code, Mapping))
            channels = (channel for channel in found if channel is not None and channel in _CHANNELS)
            self._codes, self._channels = codes, frozenset(channels)
        return self._channels


_LIST = _List()


def learnt_codes(device: Device) -> tuple[Code, ...]:
    """Return the codes that a bridge has, by channel, those included that the app knows by no name."""
    learnt = learnt_channels(device.params)
    return tuple(code for code in _with_unnamed(codes_of(device.tags)) if code.channel in learnt)


def free_channel(device: Device) -> int | None:
    """Return the first channel that has neither a code nor a name; None if there is none."""
    taken = learnt_channels(device.params) | {code.channel for code in codes_of(device.tags)}
    return next((channel for channel in _CHANNELS if channel not in taken), None)


def _with_unnamed(named: tuple[Code, ...]) -> list[Code]:
    by_channel = {code.channel: code for code in named}
    return [by_channel.get(channel) or Code(channel, "") for channel in _CHANNELS]


def capabilities_of_codes(codes: tuple[Code, ...]) -> tuple[AnyCapability, ...]:
    """Make what a bridge hears and sends, of all codes that it may have; these the app knows by name."""
    return tuple(
        one
        for code in _with_unnamed(codes)
        for one in (_heard(code), *(() if code.is_sensor else (_sent(code),)))
    )


def heard_as(channel: int) -> str:
    """Return the param that tells when the code of a channel was heard last."""
    return f"rfTrig{channel}"


def _heard(code: Code) -> EventCapability:
    param = heard_as(code.channel)
    word = "triggered" if code.is_sensor else "single"

    def happened(now: Params, before: Params, keys: AbstractSet[str]) -> str | None:
        # What was sent last is no part of a push that does not name it.
        cmd = now.get("cmd") if "cmd" in keys else None
        if param not in keys or not keys <= ALONG | {param} or cmd not in (None, "trigger"):
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
        put_away=_forgotten(code.channel),
        decided_by=frozenset({CODES}),
        types=(word,),
        happened=happened,
        name=code.name or None,
    )


def _sent(code: Code) -> ButtonCapability:
    return ButtonCapability(
        kind=Kind.TRANSMIT,
        params=frozenset({CODES}),
        read=lambda _: None,
        write=lambda _params, _value: ({"cmd": "transmit", "rfChl": code.channel},),
        outlet=code.channel,
        present=_learnt(code.channel),
        put_away=_forgotten(code.channel),
        name=code.name or None,
    )
