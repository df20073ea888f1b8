"""Who hears what: entities that follow params of one device, and those that follow the account's groups."""

import asyncio
from collections.abc import Callable, Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .coolkit import Device, DeviceChanged

MAX_CACHED_PARAM_SETS: Final = 32


@dataclass(frozen=True, slots=True)
class _Listener:
    """One entity, which follows some params of its device, or any if None."""

    params: frozenset[str] | None
    update: Callable[[Device], None]
    refresh: Callable[[Device], None]
    # Gets the whole change in place of `update`: for those to whom it matters what was sent, and by whom.
    change: Callable[[DeviceChanged], None] | None = None


class _DeviceListeners:
    """Who listens to one device."""

    def __init__(self, *listeners: _Listener) -> None:
        """Take those who listen; with one more or less it is another object."""
        self.listeners = listeners
        # A device sends the same few sets of params again and again.
        self._updates: dict[tuple[str, ...], list[Callable[[Device], None]]] = {}
        self.followers = [listener for listener in listeners if listener.change is not None]

    def updates(self, keys: AbstractSet[str]) -> list[Callable[[Device], None]]:
        """Return what to call when these params were sent."""
        sent = tuple(keys)
        if (updates := self._updates.get(sent)) is None:
            if len(self._updates) >= MAX_CACHED_PARAM_SETS:
                self._updates.clear()
            updates = self._updates[sent] = [
                listener.update
                for listener in self.listeners
                if listener.change is None
                and (listener.params is None or not listener.params.isdisjoint(keys))
            ]
        return updates

    def notify_followers(self, event: DeviceChanged) -> None:
        """Notify those that get whole changes."""
        for listener in self.followers:
            if listener.change is not None and (
                listener.params is None or not listener.params.isdisjoint(event.keys)
            ):
                listener.change(event)


class DeviceListeners:
    """The listeners of all devices of an account."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._by_device: dict[str, _DeviceListeners] = {}

    @property
    def device_ids(self) -> list[str]:
        """The devices that somebody listens to."""
        return list(self._by_device)

    @callback
    def async_add(
        self,
        device_id: str,
        params: frozenset[str] | None,
        *,
        update: Callable[[Device], None],
        refresh: Callable[[Device], None],
        change: Callable[[DeviceChanged], None] | None = None,
    ) -> CALLBACK_TYPE:
        """Call `update` when one of the params was sent, `refresh` when the device's own facts changed.

        None stands for whatever params. `change` is called in place of `update`, with what was sent and where
        it comes from.
        """
        listener = _Listener(params, update, refresh, change)
        # A new object each time: one that is being notified stays as it is.
        known = self._by_device.get(device_id)
        self._by_device[device_id] = _DeviceListeners(*(known.listeners if known else ()), listener)

        @callback
        def remove() -> None:
            listeners = self._by_device[device_id].listeners
            if remaining := [item for item in listeners if item is not listener]:
                self._by_device[device_id] = _DeviceListeners(*remaining)
            else:
                del self._by_device[device_id]

        return remove

    @callback
    def notify(self, event: DeviceChanged) -> None:
        """Call those whose params were sent."""
        device = event.device
        if (listeners := self._by_device.get(device.device_id)) is not None:
            for update in listeners.updates(event.keys):
                update(device)
            if listeners.followers:
                listeners.notify_followers(event)

    @callback
    def refresh(self, device: Device) -> None:
        """Let all that follow a device look at it anew."""
        if (known := self._by_device.get(device.device_id)) is not None:
            for listener in known.listeners:
                listener.refresh(device)


class GroupListeners:
    """Those that follow which groups there are, and what is in them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nobody."""
        self._hass = hass
        self._watchers: list[Callable[[], None]] = []
        self._known = False
        self._due: asyncio.Handle | None = None

    @callback
    def async_add(self, watch: Callable[[], None]) -> None:
        """Call now, and whenever there may be other groups, or other devices or capabilities in them.

        Not before the groups are known.
        """
        self._watchers.append(watch)
        if self._known:
            watch()

    @callback
    def groups_read(self) -> None:
        """Note that the groups are known now."""
        self._known = True
        self.notify_soon()

    @callback
    def notify_soon(self) -> None:
        """Notify that groups, or what is in them, may have changed, once they are known."""
        if self._known and self._due is None:
            # A list, or a group that is deleted, changes many devices one after the other.
            self._due = self._hass.loop.call_soon(self._notify)

    def _notify(self) -> None:
        self._due = None
        for watch in self._watchers:
            watch()

    @callback
    def stop(self) -> None:
        """Notify nobody any more."""
        if self._due is not None:
            self._due.cancel()
