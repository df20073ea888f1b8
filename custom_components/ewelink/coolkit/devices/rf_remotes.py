"""What the app keeps of the remotes of a radio bridge, changed: a button more, one less, other names.

Source: docs/protocol.md, Radio bridges. What is not meant stays as it came.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..exceptions import UnreadableError
from .device import Device
from .params import integer
from .rf import REMOTES, SENSORS

# Remotes of these types have so many buttons; other types have a meaning of their own.
_MOST_BUTTONS = 4
_SENSOR = "6"

type Remotes = list[Any]


def kept_remotes(device: Device) -> Remotes:
    """Return the remotes of a bridge as they are kept; raise `UnreadableError` for another form."""
    kept = device.listing.kept_tags
    remotes = None if kept is None else kept.get(REMOTES)
    if kept is None or not (remotes in (None, "", {}) or isinstance(remotes, list)):
        raise UnreadableError("remotes", reason="they are no list")
    return list(remotes or [])


def with_button(remotes: Remotes, channel: int, button: str, *, remote: str, is_sensor: bool) -> Remotes:
    """Return the remotes with one button more, in the remote of that name if it has room for it."""
    entry = {str(channel): button}
    if not is_sensor:
        for place, one in enumerate(remotes):
            if isinstance(one, Mapping) and one.get("name") == remote and _has_room(one):
                buttons = [*_buttons(one), entry]
                grown = {**one, "buttonName": buttons, "remote_type": _typed(one, len(buttons))}
                return [*remotes[:place], grown, *remotes[place + 1 :]]
    kind = _SENSOR if is_sensor else "1"
    return [*remotes, {"name": remote, "remote_type": kind, "buttonName": [entry]}]


def without_button(remotes: Remotes, channel: int) -> Remotes:
    """Return the remotes without a button; one that had no other goes with it."""
    return list(_without(remotes, channel))


def _without(remotes: Remotes, channel: int) -> Iterator[Any]:
    for one in remotes:
        if not _has(one, channel):
            yield one
            continue
        kept = [
            {key: name for key, name in button.items() if key != str(channel)} for button in _buttons(one)
        ]
        if kept := [button for button in kept if button]:
            of_buttons = 1 <= (integer(one, "remote_type") or 0) <= _MOST_BUTTONS
            yield {**one, "buttonName": kept} | (
                {"remote_type": _typed(one, len(kept))} if of_buttons else {}
            )


def with_names(remotes: Remotes, channel: int, button: str, *, remote: str) -> Remotes:
    """Return the remotes with these names of a button and of its remote; with both, if they have neither."""
    if not any(_has(one, channel) for one in remotes):
        return with_button(remotes, channel, button, remote=remote, is_sensor=False)
    key = str(channel)
    return [
        {
            **one,
            "name": remote,
            "buttonName": [{**item, key: button} if key in item else item for item in _buttons(one)],
        }
        if _has(one, channel)
        else one
        for one in remotes
    ]


def _buttons(remote: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    buttons = remote.get("buttonName")
    return [one for one in buttons if isinstance(one, Mapping)] if isinstance(buttons, list) else []


def _has(remote: Any, channel: int) -> bool:
    return isinstance(remote, Mapping) and any(str(channel) in button for button in _buttons(remote))


def _has_room(remote: Mapping[str, Any]) -> bool:
    kind = integer(remote, "remote_type")
    return kind not in SENSORS and len(_buttons(remote)) < _MOST_BUTTONS >= (kind or _MOST_BUTTONS)


def _typed(remote: Mapping[str, Any], count: int) -> Any:
    """Return how many buttons a remote has, in the form in which it is told."""
    return count if isinstance(remote.get("remote_type"), int) else str(count)
