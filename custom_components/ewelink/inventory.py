"""The devices of one account: which of them are shown, what they can, and the entities that show it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import batched
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .coolkit import (
    Capability,
    CoolKitClient,
    Device,
    DeviceAdded,
    DeviceChanged,
    DeviceRemoved,
    capabilities_of,
    in_slices,
    is_left_out,
    may_change_capabilities,
    moved_keys,
    repertoire_of,
)
from .listeners import DeviceListeners, GroupListeners
from .memory import ShapeMemory
from .migrations import twin_of
from .registry import AccountDevices

_LOGGER = logging.getLogger(__name__)

# Whose entities are added in one step: Home Assistant adds some fifty in 10 ms.
SLICE_OF_DEVICES: Final = 8

type EntityMaker = Callable[[Device, Capability[Any]], Entity | None]
# Gets the device, and what it was before if it has not just come.
type DeviceWatcher = Callable[[Device, Device | None], None]


@dataclass(frozen=True, slots=True)
class _Platform:
    """One platform's way to make entities, for the devices that are there and those that come."""

    create: EntityMaker
    add: AddConfigEntryEntitiesCallback


class Inventory:
    """What an entry shows of its account's devices."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: CoolKitClient,
        listeners: DeviceListeners,
        groups: GroupListeners,
    ) -> None:
        """Show nothing yet."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._listeners = listeners
        self._groups = groups
        self.registry = AccountDevices(hass, entry)
        self._memory = ShapeMemory(hass, entry.entry_id, client.devices.values)
        self._unnamed_channel = "{number}"
        # Of the devices that this entry shows, in the order of the list.
        self._capabilities: dict[str, dict[str, Capability[Any]]] = {}
        self._gateways: set[str] = set()
        self._platforms: list[_Platform] = []
        self._watchers: list[DeviceWatcher] = []

    async def async_load(self) -> None:
        """Load what names are made of, and what is known of the devices."""
        self._client.recall_devices(self.registry.recollections(await self._memory.async_load()))
        translations = await async_get_translations(
            self._hass, self._hass.config.language, "entity", integrations={DOMAIN}
        )
        self._unnamed_channel = translations[f"component.{DOMAIN}.entity.switch.channel_relay.name"]

    async def async_start(self) -> None:
        """Hand the listed devices to the registry."""
        owned = self.sync_owned()
        await asyncio.sleep(0)
        await in_slices(owned, self.show_device)
        self._entry.async_on_unload(self._memory.async_keep)

    # What the client reports

    @callback
    def handle_device_added(self, event: DeviceAdded) -> None:
        """Show a device that has come, and in its groups."""
        if event.device.device_id not in self._capabilities:
            # With all others of the same list, gateways first.
            self.sync()
        if event.device.memberships:
            self._groups.notify_soon()
        _LOGGER.debug("Device %s has come", event.device.device_id)

    @callback
    def handle_device_removed(self, event: DeviceRemoved) -> None:
        """Remove a device that has left; another entry may list it, too."""
        device_id = event.device_id
        self._capabilities.pop(device_id, None)
        self.registry.remove(device_id)
        for other in loaded_others(self._hass, self._entry):
            if device_id in other.client.devices:
                other.inventory.sync()
        self._groups.notify_soon()

    @callback
    def handle_device_changed(self, event: DeviceChanged) -> None:
        """Tell those who listen to what was sent, and all of the device if the device itself changed."""
        if event.attributes_changed:
            self._handle_attributes_changed(event)
        else:
            self._listeners.notify(event)
        if may_change_capabilities(event.previous, event.device, event.keys):
            self._handle_capabilities_changed(event.device, event.previous)

    @callback
    def _handle_capabilities_changed(self, device: Device, previous: Device) -> None:
        """Follow what a device can, and what is proven of it."""
        if device.shape is not previous.shape:
            self._memory.async_remember(device)
        before = [*self.capabilities(previous)]
        if device.device_id in self._capabilities:
            self._sync_capabilities(device)
        if device.memberships and [*self.capabilities(device)] != before:
            self._groups.notify_soon()

    @callback
    def _handle_attributes_changed(self, event: DeviceChanged) -> None:
        """Follow a new name, another owner, firmware, channel names, groups; whether it is online."""
        device, previous = event.device, event.previous
        self._follow_listing(device, previous)
        # What made a device available again counts before it is shown as such.
        came = device.online and not previous.online
        if not came:
            self._refresh_reached(device, previous)
        self._listeners.notify(event)
        if came:
            self._refresh_reached(device, previous)
        if device.memberships != previous.memberships:
            self._groups.notify_soon()

    def _follow_listing(self, device: Device, previous: Device) -> None:
        """Follow what the registry and the other accounts have to know of a device."""
        was_shown = device.device_id in self._capabilities
        if is_left_out(device) is not is_left_out(previous):
            self.sync()
        if device.apikey != previous.apikey:
            for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
                entry.runtime_data.inventory.sync()
        if device.device_id in self._capabilities:
            self.registry.register(device)
            if was_shown:
                for watch in self._watchers:
                    watch(device, previous)

    def _refresh_reached(self, device: Device, previous: Device) -> None:
        """Show what a device's own facts change: of itself, and of those that are heard through it."""
        self.refresh_entities(device.device_id)
        if device.online != previous.online and device.device_id in self._gateways:
            # Children are heard through their gateway only.
            for child in self._client.devices.values():
                if child.parent_id == device.device_id:
                    self.refresh_entities(child.device_id)

    def refresh_entities(self, device_id: str) -> None:
        """Let the entities of a device look at it anew."""
        if (device := self._client.devices.get(device_id)) is not None:
            self._listeners.refresh(device)

    # What is asked

    def channel_name(self, device: Device, outlet: int) -> str:
        """Name a channel as the account does, or by its number."""
        return device.channel_names.get(outlet) or self._unnamed_channel.format(number=outlet + 1)

    def capabilities(self, device: Device) -> Iterable[Capability[Any]]:
        """Return what a device can, those capabilities included whose params are merely missing."""
        known = self._capabilities.get(device.device_id)
        # Another entry may show the device.
        return capabilities_of(device) if known is None else known.values()

    def capability(self, device_id: str, key: str) -> Capability[Any] | None:
        """Return what a device that this entry shows has under a key now."""
        return self._capabilities.get(device_id, {}).get(key)

    async def async_add_platform(self, create: EntityMaker, add: AddConfigEntryEntitiesCallback) -> None:
        """Let a platform make its entities, now and whenever a device or a capability appears."""
        platform = _Platform(create, add)
        self._platforms.append(platform)

        def add_of(device_ids: Iterable[str]) -> None:
            self._add_entities(
                platform,
                (
                    (self._client.devices[device_id], capability)
                    for device_id in device_ids
                    for capability in self._capabilities[device_id].values()
                ),
            )

        # All platforms begin in the same step of the event loop.
        await asyncio.sleep(0)
        # The session is not open yet: nothing comes or goes meanwhile.
        await in_slices(batched(list(self._capabilities), SLICE_OF_DEVICES, strict=False), add_of)

    def _add_entities(
        self, platform: _Platform, capabilities: Iterable[tuple[Device, Capability[Any]]]
    ) -> None:
        entities = [
            entity
            for device, capability in capabilities
            if (entity := platform.create(device, capability)) is not None
        ]
        if entities:
            platform.add(entities)

    @property
    def shown_devices(self) -> list[Device]:
        """The devices that this entry shows: those of the account but for those that another entry shows."""
        devices = self._client.devices
        return [devices[device_id] for device_id in self._capabilities]

    @callback
    def async_watch_devices(self, watch: DeviceWatcher) -> None:
        """Tell of each device that will be shown from now on, and when more than its params changes."""
        self._watchers.append(watch)

    # Devices in the registry

    @callback
    def sync(self) -> None:
        """Make the registry hold the account's own devices: no fewer, no more."""
        for device in self.sync_owned():
            self.show_device(device)

    def sync_owned(self) -> list[Device]:
        """Take devices that are not the account's own out of the registry; return those that it lacks."""
        self.registry.register_account()
        devices = self._client.devices
        owned = [device for device in devices.values() if is_shown_by(self._hass, self._entry, device)]
        owned_ids = {device.device_id for device in owned}
        for device_id in self._capabilities.keys() - owned_ids:
            del self._capabilities[device_id]
        others_ids = set(self.registry.device_ids()) - owned_ids
        for device_id in others_ids & devices.keys():
            # Another entry shows it, or nobody; the entities go with the device.
            self.registry.remove(device_id)
        # Devices that only the registry knows left while nobody looked, unless the list is wrong.
        self._client.expect_devices(sorted(others_ids - devices.keys()))
        # Gateways first: their children name them.
        return sorted(
            (device for device in owned if device.device_id not in self._capabilities),
            key=lambda device: device.parent_id is not None,
        )

    def show_device(self, device: Device) -> None:
        """Show a device that has come: it is nobody else's any more."""
        for other in loaded_others(self._hass, self._entry):
            other.inventory.async_release(device.device_id)
        self.registry.register(device)
        self._sync_capabilities(device)
        for watch in self._watchers:
            watch(device, None)
        self._memory.async_remember(device)

    @callback
    def async_release(self, device_id: str) -> None:
        """Let another entry show a device: its entities cannot be in both."""
        if self._capabilities.pop(device_id, None) is not None:
            self.registry.remove(device_id)

    def _sync_capabilities(self, device: Device) -> None:
        """Add entities for capabilities that appeared, remove those that the device has put away.

        One whose params are merely missing stays without a value: the cloud leaves out what it does not know.
        It is the same rule at the start, for what went and came meanwhile.
        """
        device_id = device.device_id
        if device.parent_id is not None:
            self._gateways.add(device.parent_id)
        repertoire = repertoire_of(device)
        before = self._capabilities.get(device_id)
        if before is None:
            self.registry.move(device_id, moved_keys(device))
            self.registry.renumber(device_id, repertoire.by_key.keys())
        elif any(twin_of(key, repertoire.by_key.keys()) for key in before):
            # An entity is given another unique id only while nobody holds it.
            self._hass.config_entries.async_schedule_reload(self._entry.entry_id)
            return
        # Of a device that is shown for the first time, the registry knows what it had before the start.
        known = self.registry.capability_keys(device_id) if before is None else before.keys()
        shown, put_away = repertoire.settle(device.params, known)
        self._capabilities[device_id] = shown
        before = before or {}
        if appeared := [(device, capability) for key, capability in shown.items() if key not in before]:
            for platform in self._platforms:
                self._add_entities(platform, appeared)
        # Without any params, nothing is told.
        if put_away and device.params:
            self.registry.remove_entities(device_id, put_away)
        if any(before.get(key, capability) is not capability for key, capability in shown.items()):
            self.refresh_entities(device_id)


@callback
def loaded_others(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[Any]:
    """Return the coordinators of the other accounts."""
    return [
        other.runtime_data
        for other in hass.config_entries.async_loaded_entries(DOMAIN)
        if other.entry_id != entry.entry_id
    ]


@callback
def is_shown_by(hass: HomeAssistant, entry: ConfigEntry[Any], device: Device) -> bool:
    """Return whether an entry shows a device: its owner's does, else the oldest that lists it."""
    if is_left_out(device):
        return False
    if device.apikey == entry.unique_id:
        return True
    others = [
        other
        for other in hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        if other.entry_id != entry.entry_id
    ]
    if any(other.unique_id == device.apikey for other in others):
        return False
    return not any(
        other.created_at < entry.created_at and _lists(hass, other, device.device_id) for other in others
    )


def _lists(hass: HomeAssistant, entry: ConfigEntry[Any], device_id: str) -> bool:
    """Return whether an entry's account lists a device; of one that is not loaded the registry remembers."""
    coordinator: Any = getattr(entry, "runtime_data", None)
    if coordinator is not None:
        return device_id in coordinator.client.devices
    return AccountDevices(hass, entry).find(device_id) is not None
