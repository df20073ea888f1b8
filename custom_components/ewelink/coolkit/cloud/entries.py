"""The lists of an account, entry by entry: what cannot be read of them is left out, but not taken as gone."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
import logging
from typing import Any, Final

from ..devices.device import Device

_LOGGER = logging.getLogger(__name__)

MOST_DEVICES: Final = 10_000
MOST_GROUPS: Final = 1_000


class Listed[T](list[T]):
    """What could be read of a list.

    Attributes:
        complete: whether that is all of it; what is not in it may be there all the same if not.
    """

    complete: bool = True


def read_entries[T](
    what: str, entries: Sequence[Any], read: Callable[[Mapping[str, Any]], T], *, most: int, mended: bool
) -> Listed[T]:
    """Return what the entries of a list stand for; `read` raises ValueError for those that are none.

    `mended` is a list of whose answer something could not be read.
    """
    listed = Listed[T]()
    for entry in entries[:most]:
        if isinstance(entry, Mapping):
            try:
                listed.append(read(entry))
            except ValueError:
                continue
    lost = len(entries) - len(listed)
    listed.complete = not (lost or mended)
    if lost:
        _tell_once(what, lost)
    return listed


def mended_device(entry: Mapping[str, Any]) -> Device:
    """Return the device of an entry in a mended list; raise ValueError if too little of it could be read."""
    device = Device.from_dict(entry)
    # Without these it would be another one: of another name, owner and kind.
    if not (isinstance(entry.get("name"), str) and device.apikey and device.params) or device.uiid is None:
        raise ValueError("an entry of the device list is broken")
    return device


@lru_cache(maxsize=16)
def _tell_once(what: str, lost: int) -> None:
    """Say once that something is left out."""
    _LOGGER.warning("%d entries of the %s cannot be read and are left out", lost, what)
