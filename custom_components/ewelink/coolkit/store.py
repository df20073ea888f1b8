"""The devices of an account: what lists and pushes say of them, and which of them come and leave."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
import logging
import time
from types import MappingProxyType

from .device import Device
from .events import DeviceAdded, DeviceChanged, DeviceRemoved, Event
from .timings import Timings
from .websocket import Push

_LOGGER = logging.getLogger(__name__)

_ABSENT = object()


class DeviceStore:
    """Devices by id, replaced as they change, never edited."""

    def __init__(
        self, *, timings: Timings, emit: Callable[[Event], None], want_list: Callable[[float], None]
    ) -> None:
        """Start without devices; `want_list` has the list read after so many seconds."""
        self._timings = timings
        self._emit = emit
        self._want_list = want_list
        self._devices: dict[str, Device] = {}
        self.devices: Mapping[str, Device] = MappingProxyType(self._devices)
        self._journal: list[Push] | None = None
        self._complete = False
        # Devices that the last list lacked, and since when; None for those that no list was read for yet.
        self._missing: dict[str, float | None] = {}
        # Ids of pushes that no list had: those that the next list may have, and those that it had not.
        self._unknown: set[str] = set()
        self._asked_for: set[str] = set()
        # When devices themselves were last heard, in unix seconds.
        self._seen: dict[str, float] = {}

    def handle(self, push: Push) -> None:
        """Merge what was pushed, and tell it."""
        device_id = push.device_id
        if self._journal is not None:
            self._journal.append(push)
        if push.heard:
            self._seen[device_id] = time.time()
        previous = self._devices.get(device_id)
        if previous is None:
            self._handle_unknown(device_id)
        elif push.online is None:
            params = push.params
            device = self._devices[device_id] = previous.with_params(params)
            updated = "fwVersion" in params and device.firmware != previous.firmware
            self._emit(DeviceChanged(device, previous, params.keys(), updated))
        elif previous.online is not push.online:
            device = self._devices[device_id] = previous.with_online(push.online)
            self._emit(DeviceChanged(device, previous, frozenset(), attributes_changed=True))

    def _handle_unknown(self, device_id: str) -> None:
        """Have the list read for a device that it does not have yet; once, until the next regular list."""
        if device_id not in self._asked_for and device_id not in self._unknown:
            _LOGGER.debug("A push names the unknown device %s", device_id)
            self._unknown.add(device_id)
            self._want_list(self._timings.resync)

    def begin_list(self) -> list[Push]:
        """Note from now on what is pushed; returns the note for `replace`."""
        self._journal = []
        return self._journal

    def end_list(self) -> None:
        """Stop noting what is pushed."""
        self._journal = None

    def replace(self, listed: Iterable[Device], journal: Sequence[Push]) -> None:
        """Take over a complete list, with what was pushed meanwhile on top; tell what differs."""
        devices = {device.device_id: device for device in listed}
        for push in journal:
            if (device := devices.get(push.device_id)) is not None:
                devices[push.device_id] = _pushed(device, push)
        self._complete = True
        for device_id in devices:
            self._missing.pop(device_id, None)
        # Told when all are there: a child may stand before its gateway.
        for event in [event for device in devices.values() if (event := self._take_over(device)) is not None]:
            self._emit(event)
        self._let_leave(devices)
        self._asked_for |= self._unknown - devices.keys()
        self._unknown.clear()

    def put(self, device: Device) -> None:
        """Take over what is known now of one device; tell what differs."""
        if (event := self._take_over(device)) is not None:
            self._emit(event)

    def _take_over(self, device: Device) -> Event | None:
        """Take over what is known now of one device; return what differs."""
        previous = self._devices.get(device.device_id)
        self._devices[device.device_id] = device
        if previous is None:
            return DeviceAdded(device)
        return None if previous == device else _difference(previous, device)

    def lacks(self, device_id: str) -> bool:
        """Return whether the last list lacked a device; one that is not known counts as such."""
        return device_id not in self._devices or device_id in self._missing

    def remove(self, device_id: str) -> None:
        """Let a device go that was taken from the account."""
        self._missing.pop(device_id, None)
        self._seen.pop(device_id, None)
        if (device := self._devices.pop(device_id, None)) is not None:
            self._emit(DeviceRemoved(device_id, device))

    def last_seen(self, device_id: str) -> datetime | None:
        """Return when a device was last heard, or last went online or offline; None if that is not known."""
        if (device := self._devices.get(device_id)) is None:
            return None
        heard = self._seen.get(device_id)
        times = (
            None if heard is None else datetime.fromtimestamp(heard, UTC),
            device.online_since,
            device.offline_since,
        )
        return max(filter(None, times), default=None)

    def note_seen(self, device_id: str, when: datetime) -> None:
        """Take over when a device was heard."""
        self._seen[device_id] = max(when.timestamp(), self._seen.get(device_id, 0))

    def expect(self, device_ids: Iterable[str]) -> None:
        """Watch for devices known from earlier sessions: those that two lists lack are told as removed."""
        for device_id in device_ids:
            if device_id not in self._devices and device_id not in self._missing:
                self._missing[device_id] = asyncio.get_running_loop().time() if self._complete else None
                self._want_list(self._timings.leave)

    def forget_unknown(self) -> None:
        """Let unknown ids be looked for again."""
        self._asked_for.clear()

    def _let_leave(self, listed: Mapping[str, Device]) -> None:
        """Let devices go that two complete lists lack."""
        now = asyncio.get_running_loop().time()
        patience = self._timings.leave
        # In a fixed order, so that events come in one: those that are missing longest first.
        for device_id in [item for item in {**self._missing, **self._devices} if item not in listed]:
            if (since := self._missing.get(device_id)) is None:
                since = self._missing[device_id] = now
            if now - since < patience:
                self._want_list(since + patience - now)
                continue
            del self._missing[device_id]
            self._seen.pop(device_id, None)
            self._emit(DeviceRemoved(device_id, self._devices.pop(device_id, None)))


def _pushed(device: Device, push: Push) -> Device:
    """Return a device with what was pushed of it."""
    return device.with_params(push.params) if push.online is None else device.with_online(push.online)


def _difference(previous: Device, device: Device) -> DeviceChanged:
    """Return what a list says otherwise than before."""
    before, after = previous.params, device.params
    return DeviceChanged(
        device,
        previous,
        {key for key in before.keys() | after.keys() if before.get(key, _ABSENT) != after.get(key, _ABSENT)},
        attributes_changed=previous.firmware != device.firmware
        or previous.online is not device.online
        or previous.listing != device.listing,
    )
