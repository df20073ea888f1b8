"""Names that the user gives in Home Assistant, written to the account if the user wants that."""

import asyncio
import logging
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.const import Platform
from homeassistant.core import Event, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import (
    EVENT_DEVICE_REGISTRY_UPDATED,
    EventDeviceRegistryUpdatedData,
)
from homeassistant.helpers.entity_registry import (
    EVENT_ENTITY_REGISTRY_UPDATED,
    EventEntityRegistryUpdatedData,
)

from .const import CONF_WRITE_NAMES, DOMAIN, MANUFACTURER
from .coolkit import CoolKitError, Device, Kind
from .coordinator import EwelinkCoordinator
from .errors import error_text
from .markdown import escape
from .texts import async_notify, async_texts

_LOGGER = logging.getLogger(__name__)

_FAILED: Final = "name_not_written"


@callback
def async_write_names(coordinator: EwelinkCoordinator) -> None:
    """Follow the names of devices and channels until the entry is unloaded."""
    bus, writer = coordinator.hass.bus, _NameWriter(coordinator)
    for unsubscribe in (
        bus.async_listen(EVENT_DEVICE_REGISTRY_UPDATED, writer.handle_device),
        bus.async_listen(EVENT_ENTITY_REGISTRY_UPDATED, writer.handle_entity),
    ):
        coordinator.config_entry.async_on_unload(unsubscribe)


class _NameWriter:
    """Writes a name that the user gave: never an empty one, nor one for a device that is shared."""

    def __init__(self, coordinator: EwelinkCoordinator) -> None:
        """Write to the account of this coordinator."""
        self._hass = coordinator.hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        # The last name given is the one that stays.
        self._turn = asyncio.Lock()

    @callback
    def handle_device(self, event: Event[EventDeviceRegistryUpdatedData]) -> None:
        """Follow the name of a device."""
        data = event.data
        if data["action"] != "update" or "name_by_user" not in data["changes"]:
            return
        device_entry = dr.async_get(self._hass).async_get(data["device_id"])
        if device_entry is not None and (device := self._find(device_entry)) is not None:
            self._write(device, None, device_entry.name_by_user)

    @callback
    def handle_entity(self, event: Event[EventEntityRegistryUpdatedData]) -> None:
        """Follow the name of a channel: that of its relay."""
        data = event.data
        if data["action"] != "update" or "name" not in data["changes"]:
            return
        entity = er.async_get(self._hass).async_get(data["entity_id"])
        if entity is None or entity.domain != Platform.SWITCH or not entity.name or not entity.device_id:
            return
        device_entry = dr.async_get(self._hass).async_get(entity.device_id)
        if device_entry is None or (device := self._find(device_entry)) is None:
            return
        for capability in self._coordinator.capabilities(device):
            is_relay = capability.kind is Kind.RELAY and capability.outlet is not None
            if is_relay and entity.unique_id == f"{device.device_id}_{capability.key}":
                device_name = device_entry.name_by_user or device_entry.name
                self._write(device, capability.outlet, _without_device(entity.name, device_name))

    def _find(self, device_entry: dr.AnyDeviceEntry) -> Device | None:
        """Return the account's own device behind an entry of the registry, if its name is wanted."""
        if not self._entry.options.get(CONF_WRITE_NAMES) or (
            device_entry.config_entry_id != self._entry.entry_id
        ):
            return None
        client = self._coordinator.client
        for domain, device_id in device_entry.identifiers:
            device = client.devices.get(device_id)
            if domain == DOMAIN and device is not None and device.is_owned_by(client.session.apikey):
                return device
        return None

    def _write(self, device: Device, outlet: int | None, name: str | None) -> None:
        if name := (name or "").strip():
            self._entry.async_create_background_task(
                self._hass,
                self._async_write(device.device_id, outlet, name),
                f"{DOMAIN} name of {device.device_id}",
            )

    async def _async_write(self, device_id: str, outlet: int | None, name: str) -> None:
        """Write a name unless the account has it already; tell if that fails, as no dialog is open."""
        client = self._coordinator.client
        notification_id = f"{DOMAIN}_name_{device_id}" + ("" if outlet is None else f"_{outlet}")
        async with self._turn:
            if (device := client.devices.get(device_id)) is None:
                return
            known = device.name if outlet is None else self._coordinator.channel_name(device, outlet)
            if name == known:
                return
            try:
                if outlet is None:
                    await client.management.rename_device(device_id, name)
                else:
                    await client.management.rename_channel(device_id, outlet, name)
            except CoolKitError as err:
                _LOGGER.debug("The name of %s was not written: %s", device_id, err)
                message = await self._async_explain(
                    err, device, known if outlet is None else f"{device.name} {known}"
                )
                async_notify(self._hass, MANUFACTURER, escape(message), notification_id)
            else:
                persistent_notification.async_dismiss(self._hass, notification_id)

    async def _async_explain(self, err: CoolKitError, device: Device, renamed: str) -> str:
        """Return what the user reads of a name that was not written."""
        texts = await async_texts(self._hass, "exceptions")
        key, placeholders = error_text(err, device)
        error = texts.get(f"{key}.message", **placeholders)
        return texts.get(f"{_FAILED}.message", device=renamed, error=error)


def _without_device(name: str, device_name: str | None) -> str:
    """Return the name of a channel without that of its device, which people may have written before it."""
    name, device = name.strip(), (device_name or "").strip().casefold()
    # Folded, a letter may be two: the lengths say nothing.
    end = next((end for end in range(1, len(name) + 1) if name[:end].casefold() == device), None)
    if end is None:
        return name
    rest = name[end:].lstrip(" -:")
    if rest and rest == name[end:]:
        # The device's name goes on, in a word of its own.
        return name
    return rest[:1].upper() + rest[1:] if rest.partition(" ")[0].islower() else rest
