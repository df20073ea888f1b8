"""The devices of an account: what lists and pushes say of them, and which of them come and leave."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
import logging
from types import MappingProxyType

from .devices.device import Device
from .devices.params import Params
from .devices.recognition import Recognition, only_once
from .devices.uiid import longest_silence
from .events import DeviceAdded, DeviceChanged, DeviceRemoved, Event, Origin
from .exceptions import SessionClosedError, UnknownDeviceError
from .list_requests import ListRequests
from .presence import Presence, told_by
from .push import Push
from .stale import StaleLoads
from .timings import Timings

_LOGGER = logging.getLogger(__name__)

_ABSENT = object()
# Ids that no list has, until the next regular list, and pushes while a list is under way. It is a few at most
# unless somebody means harm.
MOST_UNKNOWN = 1_000
MOST_NOTED = 10_000


class DeviceStore:
    """Devices by id, replaced as they change, never edited."""

    def __init__(
        self, *, timings: Timings, emit: Callable[[Event], None], list_requests: ListRequests
    ) -> None:
        """Start without devices."""
        self._timings = timings
        self._emit = emit
        self._list_requests = list_requests
        self._closed = False
        self._devices: dict[str, Device] = {}
        self.devices: Mapping[str, Device] = MappingProxyType(self._devices)
        self._journal: list[Push] | None = None
        self._complete = False
        # Devices that the last list lacked, and since when; None for those that no list was read for yet.
        self._missing: dict[str, float | None] = {}
        # Ids of pushes that no list had: those that the next list may have, and those that it had not.
        self._unknown: set[str] = set()
        self._asked_for: set[str] = set()
        self._presence = Presence()
        self.loads = StaleLoads(timings=timings, devices=self.devices, conclude=self._conclude)
        self.recognition = Recognition()
        # Gets every push first, while somebody waits for one.
        self.overhear: Callable[[Push], None] | None = None

    def handle(self, push: Push) -> None:
        """Merge what was pushed, and tell it."""
        if self._journal is not None:
            self._note_meanwhile(self._journal, push)
        if self.overhear is not None:
            self.overhear(push)
        device_id = push.device_id
        previous = self._devices.get(device_id)
        if previous is None:
            self._handle_unknown(device_id)
            return
        params = push.params
        device = self.recognition.again(previous.with_params(params)) if params else previous
        if len(device.params) != len(previous.params) or device.shape is not previous.shape:
            self.loads.learn(device)
        if (watched := self.loads.watched.get(device_id)) is not None:
            device = self.loads.weighed(device, watched, params if push.heard else None)
        attributes_changed = "fwVersion" in params and device.firmware != previous.firmware
        told = told_by(push)
        if told is not None and told is not previous.online:
            device = device.with_online(self._presence.decide(device, told=told, known=previous))
            attributes_changed |= device.online is not previous.online
        self._devices[device_id] = device
        # A child is heard through its gateway: both are known before either is told.
        gateways = self._note_heard(device) if told else ()
        if params or attributes_changed:
            self._emit(DeviceChanged(device, previous, params.keys(), attributes_changed, push.origin))
        if gateways or device.online is not previous.online:
            self._tell_gateways(device, gateways)

    def _conclude(self, device_id: str, params: Params) -> None:
        """Merge what follows of a device from all that is known of it; a newer list knows better."""
        journal, self._journal = self._journal, None
        self.handle(Push(device_id, params, origin=Origin.OWN))
        self._journal = journal

    def _note_heard(self, device: Device) -> Sequence[tuple[Device, Device]]:
        """Note that a device was heard; return its gateways that were not online, as they are and were."""
        self._presence.note(device.device_id)
        if "parentid" not in device.params:
            return ()
        proven = []
        while (gateway := self._devices.get(device.parent_id or "")) is not None:
            self._presence.note(gateway.device_id)
            if gateway.online:
                break
            device = self._devices[gateway.device_id] = gateway.with_online(online=True)
            proven.append((device, gateway))
        return proven

    def _tell_gateways(self, device: Device, proven: Sequence[tuple[Device, Device]]) -> None:
        """Tell of gateways that a device has proven, and look for what was missed of those that return."""
        for gateway, before in proven:
            self._emit(DeviceChanged(gateway, before, frozenset(), attributes_changed=True))
        if proven or (device.online and self._has_children(device.device_id)):
            # What its children told while a gateway was away stands in the list alone.
            self._list_requests.request(self._timings.resync)

    def _has_children(self, device_id: str) -> bool:
        return any(device.parent_id == device_id for device in self._devices.values())

    def _handle_unknown(self, device_id: str) -> None:
        """Have the list read for a device that it does not have yet; once, until the next regular list."""
        known = len(self._asked_for) + len(self._unknown)
        if known < MOST_UNKNOWN and device_id not in self._asked_for and device_id not in self._unknown:
            _LOGGER.debug("A push names the unknown device %s", device_id)
            self._unknown.add(device_id)
            self._list_requests.request(self._timings.resync)

    def _note_meanwhile(self, journal: list[Push], push: Push) -> None:
        """Note a push for the end of the list that is under way; if there are too many, another one tells."""
        if len(journal) < MOST_NOTED:
            journal.append(push)
        else:
            self._list_requests.request(self._timings.resync)

    def begin_list(self) -> list[Push]:
        """Note from now on what is pushed; returns the note for `replace`."""
        self._journal = []
        return self._journal

    def end_list(self) -> None:
        """Stop noting what is pushed."""
        self._journal = None

    def replace(self, listed: Iterable[Device], journal: Sequence[Push], *, complete: bool = True) -> None:
        """Take over a list, with what was pushed meanwhile on top; tell what differs."""
        for event in self.take_list(listed, journal, complete=complete):
            self.tell(event)

    def take_list(
        self, listed: Iterable[Device], journal: Sequence[Push], *, complete: bool = True
    ) -> list[Event]:
        """Take over a list, with what was pushed meanwhile on top; return what `tell` has to tell of it.

        What a list lacks that is not complete stays as it is.
        """
        devices = {device.device_id: self._as_listed(device) for device in only_once(listed)}
        for push in journal:
            self._apply(devices, push)
        self._complete = self._complete or complete
        for device_id in devices:
            self._missing.pop(device_id, None)
        # Told when all are there: a child may stand before its gateway.
        events = [event for device in devices.values() if (event := self._take_over(device)) is not None]
        if complete:
            events += self._let_leave(devices)
        self._asked_for |= self._unknown - devices.keys()
        self._unknown.clear()
        return events

    def tell(self, event: Event) -> None:
        """Tell what a list has changed; of a device that was heard since, as it is now."""
        match event:
            case DeviceRemoved(device_id=device_id):
                if device_id not in self._devices:
                    self._emit(event)
            case DeviceAdded(device=device) | DeviceChanged(device=device):
                if (present := self._devices.get(device.device_id)) is not None:
                    self._emit(event if present is device else replace(event, device=present))
            case _:
                self._emit(event)

    def _as_listed(self, device: Device) -> Device:
        """Return a device as online or offline, as far as the list and all that is known tell it."""
        known = self._devices.get(device.device_id)
        online = self._presence.decide(device, told=device.online, known=known)
        return device if online is device.online else device.with_online(online)

    def _apply(self, devices: dict[str, Device], push: Push) -> None:
        """Put on top of listed devices what was pushed while the list was under way."""
        if (device := devices.get(push.device_id)) is None:
            return
        if push.params:
            device = device.with_params(push.params)
        if (told := told_by(push)) is not None:
            online = self._presence.decide(device, told=told, known=device)
            device = device if online is device.online else device.with_online(online)
        devices[push.device_id] = device
        if told and (gateway := devices.get(device.parent_id or "")) is not None and not gateway.online:
            devices[gateway.device_id] = gateway.with_online(online=True)

    def put(self, device: Device) -> None:
        """Take over what is known now of one device; tell what differs."""
        if (event := self._take_over(self._as_listed(device))) is not None:
            self._emit(event)

    async def watch_silence(self) -> None:
        """Let devices that sleep go offline when they have been silent for too long."""
        while True:
            await asyncio.sleep(self._timings.silence_check)
            for device in list(self._devices.values()):
                if longest_silence(device.uiid) is not None:
                    self.put(device)

    def _take_over(self, device: Device) -> Event | None:
        """Take over what is known now of one device; return what differs."""
        previous = self._devices.get(device.device_id)
        device = self.recognition.listed(device, previous)
        self.loads.learn(device)
        if (watched := self.loads.watched.get(device.device_id)) is not None:
            device = self.loads.weighed(device, watched)
        self._devices[device.device_id] = device
        if previous is None:
            return DeviceAdded(device)
        return None if previous == device else _difference(previous, device)

    def close(self) -> None:
        """Let nothing be asked any more of these devices: the session has ended."""
        self._closed = True

    def check_open(self) -> None:
        """Raise `SessionClosedError` if the session has ended."""
        if self._closed:
            raise SessionClosedError("session", reason="the session is closed")

    def get(self, device_id: str) -> Device:
        """Return a device as it is now; raises `UnknownDeviceError`, `SessionClosedError`."""
        self.check_open()
        try:
            return self._devices[device_id]
        except KeyError:
            raise UnknownDeviceError("command", reason="the account has no such device") from None

    def is_online(self, device: Device) -> bool:
        """Return whether a device reaches the cloud, by itself or through its gateway, as far as is known."""
        if device.online is False:
            return False
        gateway = self._devices.get(device.parent_id or "")
        return gateway is None or gateway.online is not False

    def lacks(self, device_id: str) -> bool:
        """Return whether the last list lacked a device; one that is not known counts as such."""
        return device_id not in self._devices or device_id in self._missing

    def remove(self, device_id: str) -> None:
        """Let a device go that was taken from the account."""
        self._missing.pop(device_id, None)
        self._forget(device_id)
        if (device := self._devices.pop(device_id, None)) is not None:
            self._emit(DeviceRemoved(device_id, device))

    def _forget(self, device_id: str) -> None:
        self._presence.forget(device_id)
        self.loads.forget(device_id)

    def last_seen(self, device_id: str) -> datetime | None:
        """Return when a device was last heard, or last went online or offline; None if that is not known."""
        device = self._devices.get(device_id)
        return None if device is None else self._presence.last_seen(device)

    def note_seen(self, device_id: str, when: datetime) -> None:
        """Take over when a device was heard."""
        self._presence.note_earlier(device_id, when)

    def expect(self, device_ids: Iterable[str]) -> None:
        """Watch for devices known from earlier sessions: those that two lists lack are told as removed."""
        for device_id in device_ids:
            if device_id not in self._devices and device_id not in self._missing:
                self._missing[device_id] = asyncio.get_running_loop().time() if self._complete else None
                self._list_requests.request(self._timings.leave)

    def forget_unknown(self) -> None:
        """Let unknown ids be looked for again."""
        self._asked_for.clear()

    def _let_leave(self, listed: Mapping[str, Device]) -> Iterator[Event]:
        """Let devices go that two complete lists lack."""
        now = asyncio.get_running_loop().time()
        leave = self._timings.leave
        # In a fixed order, so that events come in one: those that are missing longest first.
        for device_id in [item for item in {**self._missing, **self._devices} if item not in listed]:
            if (since := self._missing.get(device_id)) is None:
                since = self._missing[device_id] = now
            if now - since < leave:
                self._list_requests.request(since + leave - now)
                continue
            del self._missing[device_id]
            self._forget(device_id)
            yield DeviceRemoved(device_id, self._devices.pop(device_id, None))


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
        origin=Origin.LIST,
    )
