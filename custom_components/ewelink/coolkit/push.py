"""What a transport says of a device, whichever it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .devices.params import Params, outlet_of
from .events import Origin
from .jsontext import encode

# Where a value stands in params: the param, its outlet, the key.
type Path = tuple[str | int, ...]


class Source(StrEnum):
    """The transports that bring pushes."""

    CLOUD = "cloud"
    LAN = "lan"


@dataclass(slots=True)
class Push:
    """What a frame says of a device.

    Attributes:
        device_id: the device.
        params: what was sent, to be merged; may be empty.
        online: whether the device is connected now; None if the frame does not say.
        heard: whether the device itself has just told this, not another client or the cloud's memory.
        origin: where it comes from; the device's echo of a command of ours is `OWN`, too.
        signed: whether the frame names the device as its sender: then it confirms commands.
        source: the transport that brought it.
    """

    device_id: str
    params: Params = field(default_factory=dict)
    online: bool | None = None
    heard: bool = field(default=False, compare=False)
    origin: Origin = field(default=Origin.PUSH, compare=False)
    signed: bool = field(default=False, compare=False)
    source: Source = field(default=Source.CLOUD, compare=False)


def flatten(params: Params) -> Iterator[tuple[Path, str]]:
    """Yield each value in params with its path; numbers and their texts are the same."""
    for name, value in params.items():
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield (name, key), _plain(inner)
        elif isinstance(value, list) and (items := _by_outlet(value)):
            for outlet, item in items.items():
                for key, inner in item.items():
                    if key != "outlet":
                        yield (name, outlet, key), _plain(inner)
        else:
            yield (name,), _plain(value)


def _by_outlet(items: list[Any]) -> dict[int, Mapping[str, Any]]:
    """Return the items of a list of outlets, or nothing if it is another list."""
    by_outlet = {
        outlet: item
        for item in items
        if isinstance(item, Mapping) and (outlet := outlet_of(item)) is not None
    }
    return by_outlet if len(by_outlet) == len(items) else {}


def _plain(value: Any) -> str:
    """Return a value as text that is the same for all forms in which devices send it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (list, dict)):
        return encode(value, sort=True).decode()
    return str(value)
