"""The lists of an account, entry by entry: what cannot be read of them is left out, but not taken as gone."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
import logging
from typing import Any, Final

from ..devices.device import Device, Share
from ..devices.fields import is_account, read_items, read_text
from ..devices.places import ControlGroup, Home
from ..slices import in_slices
from .answers import whole

_LOGGER = logging.getLogger(__name__)

MOST_DEVICES: Final = 10_000
MOST_GROUPS: Final = 1_000


class Listed[T](list[T]):
    """What could be read of a list.

    Attributes:
        complete: whether that is all of it; what is not in it may be there all the same if not.
    """

    complete: bool = True


class Things(Listed[Device]):
    """The devices of an account, and what was read with them.

    Attributes:
        homes: the homes, those that are shared with the account included.
        control_groups: what is switched together.
        withheld: how many things this App ID is not told of: their brands are not released for it.
    """

    homes: tuple[Home, ...] = ()
    control_groups: tuple[ControlGroup, ...] = ()
    withheld: int = 0


async def read_entries[T](
    what: str, entries: Sequence[Any], read: Callable[[Mapping[str, Any]], T], *, most: int, mended: bool
) -> Listed[T]:
    """Return what the entries of a list stand for; `read` raises ValueError for those that are none.

    `mended` is a list of whose answer something could not be read.
    """
    listed = Listed[T]()

    def take(entry: Any) -> None:
        if isinstance(entry, Mapping):
            with suppress(ValueError):
                listed.append(read(entry))

    await in_slices(entries[:most], take)
    lost = len(entries) - len(listed)
    listed.complete = not (lost or mended)
    if lost:
        _tell_once(what, lost)
    return listed


def check_mended(entry: Mapping[str, Any], device: Device) -> Device:
    """Return the device of an entry in a mended list; raise ValueError if too little of it could be read."""
    # Without these it would be another one: of another name, owner and kind.
    if not (isinstance(entry.get("name"), str) and device.apikey and device.params) or device.uiid is None:
        raise ValueError("an entry of the device list is broken")
    return device


def read_share(item: Mapping[str, Any]) -> Share:
    """Return one side of a share; a `uid` is an address wherever it looks like one, else an apikey."""
    uid, email, phone_number = (read_text(item.get(name)) for name in ("uid", "email", "phoneNumber"))
    address = uid if uid is not None and is_account(uid) else None
    if address is not None and "@" in address:
        email = email or address
    elif address is not None:
        phone_number = phone_number or address
    return Share(
        apikey=read_text(item.get("apikey")) or (uid if address is None else None),
        address=address or email or phone_number,
        email=email,
        phone_number=phone_number,
        nickname=read_text(item.get("nickname")),
        permit=whole(item.get("permit")),
        comment=read_text(item.get("comment")) or read_text(item.get("note")),
    )


def read_shares(value: Any) -> tuple[Share, ...]:
    """Return the shares of a list, of one item, or of an object that names them; an address is a `uid`."""
    if isinstance(value, Mapping) and value and all(isinstance(item, Mapping) for item in value.values()):
        value = list(value.values())
    items = (
        {"uid": item} if isinstance(item, str) and is_account(item.strip()) else item
        for item in read_items(value)
    )
    return tuple(read_share(item) for item in items if isinstance(item, Mapping))


@lru_cache(maxsize=16)
def _tell_once(what: str, lost: int) -> None:
    """Say once that something is left out."""
    _LOGGER.warning("%d entries of the %s cannot be read and are left out", lost, what)
