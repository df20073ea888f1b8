"""Reading the account in version 2: its homes, and page by page the things in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
import logging
from typing import Any, Final

from ...devices.device import Device
from ...devices.places import ControlGroup, Home
from ...exceptions import (
    CloudError,
    ServerTroubleError,
    ThrottledError,
)
from ...jsontext import MendedObject
from ...slices import in_slices
from ..answers import whole
from ..auth import AccountSession
from ..entries import MOST_DEVICES, MOST_GROUPS, Listed, Things, read_entries
from .account import AccountV2
from .entries import control_group_from_thing, device_from_thing, home_from_entry, mended_thing
from .interfaces import HOMES, THINGS

_LOGGER = logging.getLogger(__name__)

LANGUAGE: Final = "en"
PAGE: Final = 30
_MOST_PAGES: Final = MOST_DEVICES // PAGE
# Some servers answer with all at once, whatever is asked for.
_LONGEST_PAGE: Final = MOST_DEVICES
MOST_HOMES: Final = 100
_OWN_DEVICE: Final = 1
# So many answers in a row have to say that nothing is left of a home before it is believed: now and then the
# cloud answers with nothing for some seconds.
_EMPTY_ANSWERS: Final = 3


@dataclass(slots=True)
class _Reading:
    """One reading of all things."""

    devices: dict[str, Device] = field(default_factory=dict)
    groups: dict[str, ControlGroup] = field(default_factory=dict)
    # How many entries were no device, though they should be.
    lost: int = 0
    own_keys: list[str] = field(default_factory=list)

    def take(self, entry: object, *, mended: bool) -> str | None:
        """Read one entry of a page, and return which thing it is; None if it cannot be read.

        A thing that was there before, in another home or on another page, stays as it was read first.
        """
        item = _item(entry)
        if not isinstance(entry, Mapping) or not isinstance(item, Mapping):
            self.lost += 1
            return None
        if "deviceid" in item:
            return self._take_device(entry, item, mended=mended)
        if "mainDeviceId" in item:
            return self._take_group(item)
        _LOGGER.debug("Leaving out a thing of type %s", whole(entry.get("itemType")))
        return f"other {item.get('id')}"

    def _take_device(self, entry: Mapping[str, Any], item: Mapping[str, Any], *, mended: bool) -> str | None:
        try:
            device = mended_thing(item) if mended else device_from_thing(item)
        except ValueError:
            self.lost += 1
            return None
        if device.device_id not in self.devices and len(self.devices) >= MOST_DEVICES:
            self.lost += 1
            return None
        self.devices.setdefault(device.device_id, device)
        if whole(entry.get("itemType")) == _OWN_DEVICE and device.shared_by is None and device.apikey:
            self.own_keys.append(device.apikey)
        return f"device {device.device_id}"

    def _take_group(self, item: Mapping[str, Any]) -> str | None:
        try:
            group = control_group_from_thing(item)
        except ValueError:
            self.lost += 1
            return None
        if len(self.groups) < MOST_GROUPS:
            self.groups.setdefault(group.group_id, group)
        return f"group {group.group_id}"


@dataclass(slots=True)
class _HomeMemory:
    """What earlier readings of a home have shown.

    Attributes:
        things: how many things were in the last answer that had any.
        withheld: how many of those that were announced did not come.
        empty: how many answers in a row had nothing in it.
    """

    things: int = 0
    withheld: int = 0
    empty: int = 0


@dataclass(slots=True)
class ThingsV2(AccountV2):
    """Reads homes and things.

    What an answer lacks is not taken as gone at once: the cloud withholds things of some brands, always the
    same, and at times answers with less than there is.
    """

    _memories: dict[str, dict[str, _HomeMemory]] = field(default_factory=dict, init=False, repr=False)

    async def list_homes(self, session: AccountSession) -> Listed[Home]:
        """Return every home with its rooms, those that are shared with the account included.

        Raises as all calls do.
        """
        answer = await self._bearer(session, HOMES, {"lang": LANGUAGE})
        entries = answer.get("familyList") if isinstance(answer, Mapping) else None
        if not isinstance(entries, list):
            raise CloudError(HOMES.name, reason="no list in the answer")
        current = answer.get("currentFamilyId")
        homes = await read_entries(
            HOMES.name,
            entries,
            lambda entry: home_from_entry(entry, current if isinstance(current, str) else None),
            most=MOST_HOMES,
            mended=isinstance(answer, MendedObject),
        )
        homes.sort(key=lambda home: home.index)
        return homes

    async def list_devices(self, session: AccountSession) -> Things:
        """Return every device of the account with its homes and control groups, read home by home.

        Without the id of a home only the one that the phone app shows now would be answered.
        Raises as all calls do.
        """
        homes = await self.list_homes(session)
        reading = _Reading()
        memory = self._memory(session)
        complete = homes.complete and bool(homes)
        withheld = 0
        # An account without homes, if there is such a thing, may have things nevertheless.
        refusals: list[CloudError] = []
        home_ids = [home.home_id for home in homes] or [""]
        for home_id in home_ids:
            try:
                missing, is_whole = await self._read_home(session, home_id, reading, memory)
            except CloudError as error:
                # One home that is refused, of another account perhaps, does not hide the others.
                if isinstance(error, (ServerTroubleError, ThrottledError)) or error.code is None:
                    raise
                _LOGGER.debug("Leaving out a home that cannot be read: %s", error)
                refusals.append(error)
            else:
                withheld += missing
                complete &= is_whole
        if len(refusals) == len(home_ids):
            raise refusals[0]
        if gone := [home_id for home_id in memory if home_id and home_id not in {h.home_id for h in homes}]:
            complete &= self._are_gone(memory, gone)
        things = Things(reading.devices.values())
        things.homes = tuple(homes)
        things.control_groups = tuple(sorted(reading.groups.values(), key=lambda group: group.index))
        things.withheld = withheld
        things.complete = complete and not reading.lost and not refusals
        if reading.lost and not reading.devices:
            raise CloudError(THINGS.name, reason="no device in the list")
        return things

    def _memory(self, session: AccountSession) -> dict[str, _HomeMemory]:
        """Return what is remembered of the homes of an account."""
        return self._memories.setdefault(session.apikey, {})

    @staticmethod
    def _are_gone(memory: dict[str, _HomeMemory], home_ids: list[str]) -> bool:
        """Return whether homes that are listed no more have been missing for long enough; forget those."""
        gone = True
        for home_id in home_ids:
            memory[home_id].empty += 1
            if memory[home_id].empty >= _EMPTY_ANSWERS or not memory[home_id].things:
                del memory[home_id]
            else:
                gone = False
        return gone

    async def _read_home(
        self,
        session: AccountSession,
        home_id: str,
        reading: _Reading,
        memory: dict[str, _HomeMemory],
    ) -> tuple[int, bool]:
        """Read the things of a home; return how many are withheld, and whether that was all of them."""
        total, received = await self._read_pages(session, home_id, reading)
        remembered = memory.setdefault(home_id, _HomeMemory())
        withheld = max(0, (total or 0) - received)
        if not received and remembered.things:
            remembered.empty += 1
            return 0, remembered.empty >= _EMPTY_ANSWERS
        # Those that are withheld for their brand are always as many; trouble passes.
        is_whole = withheld == remembered.withheld
        if withheld and not is_whole:
            _LOGGER.info(
                "%d things of a home are not told to this App ID: their brands are not released for it",
                withheld,
            )
        remembered.things, remembered.withheld, remembered.empty = received, withheld, 0
        return withheld, is_whole

    async def _read_pages(
        self, session: AccountSession, home_id: str, reading: _Reading
    ) -> tuple[int | None, int]:
        """Read page after page; return how many things there should be, and how many came."""
        received: set[str] = set()
        begin: int | None = None
        total: int | None = None
        for _ in range(_MOST_PAGES):
            entries, total, mended = await self._page(session, home_id, begin)
            known = len(received)
            await in_slices(entries[:_LONGEST_PAGE], partial(_take, reading, received, mended))
            if mended or len(entries) > _LONGEST_PAGE:
                reading.lost += 1
            last = entries[-1] if entries else None
            begin = _index(last) if isinstance(last, Mapping) else None
            if begin is None or len(received) == known or (total is not None and len(received) >= total):
                break
        return total, len(received)

    async def _page(
        self, session: AccountSession, home_id: str, begin: int | None
    ) -> tuple[list[Any], int | None, bool]:
        """Return the entries of a page, how many there are in all, and whether something was unreadable."""
        parameters: dict[str, Any] = {"num": PAGE, "lang": LANGUAGE}
        if home_id:
            parameters["familyid"] = home_id
        if begin is not None:
            parameters["beginIndex"] = begin
        answer = await self._bearer(session, THINGS, parameters)
        entries = answer.get("thingList") if isinstance(answer, Mapping) else None
        if not isinstance(entries, list):
            raise CloudError(THINGS.name, reason="no list in the answer")
        return entries, whole(answer.get("total")), isinstance(answer, MendedObject)

    async def ask_first_page(self, session: AccountSession) -> None:
        """Ask for the first things, as one that knows whether the cloud knows a session."""
        await self._page(session, "", None)

    async def find_own_apikey(self, session: AccountSession) -> str | None:
        """Return the account's own key: that of its homes, else of its devices; None if none tells it.

        Raises as all calls do.
        """
        homes = await self.list_homes(session)
        # The key of a home that is shared with the account may be its owner's.
        for candidates in (
            {home.apikey for home in homes if home.is_own and home.apikey},
            {home.apikey for home in homes if home.is_own is None and home.apikey},
        ):
            if len(candidates) == 1:
                return candidates.pop()
        reading = _Reading()
        for home_id in [home.home_id for home in homes if home.is_own is not False] or [""]:
            await self._read_pages(session, home_id, reading)
            if reading.own_keys:
                return reading.own_keys[0]
        return None


def _item(entry: object) -> object:
    """Return what an entry says of a thing, wrapped in it or not."""
    if not isinstance(entry, Mapping):
        return None
    is_bare = "itemData" not in entry and {"deviceid", "mainDeviceId"} & entry.keys()
    return entry if is_bare else entry.get("itemData")


def _take(reading: _Reading, received: set[str], mended: bool, entry: object) -> None:  # noqa: FBT001
    """Read one entry, and note which thing it is."""
    if (thing := reading.take(entry, mended=mended)) is not None:
        received.add(thing)


def _index(entry: Mapping[str, Any]) -> int | None:
    """Return the place of a thing, which may be negative."""
    index = entry.get("index")
    if type(index) is int:
        return index
    if isinstance(index, str) and index.startswith("-"):
        digits = whole(index[1:])
        return None if digits is None else -digits
    return whole(index)
