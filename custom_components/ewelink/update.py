"""Firmware: which version a device has, which one the cloud has for it, and installing that."""

from datetime import datetime, timedelta
import logging
from typing import Any, Final, override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .coolkit import CoolKitError, Device, Feature
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .errors import as_home_assistant_error
from .labels import LabeledEntity

_LOGGER = logging.getLogger(__name__)

# Each device installs by itself.
PARALLEL_UPDATES = 0

# What can wait does: calls are counted by the month, and firmware is seldom new.
ASKED_AFTER: Final = timedelta(minutes=1)
ASKED_EVERY: Final = timedelta(days=1)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Ask for newer firmware now and then, if the account's cloud can be asked; show what it says."""
    _FirmwareWatch(hass, entry, async_add_entities).start()


class _FirmwareWatch:
    """Asks which firmware is newer, and shows it of the devices for which that can be asked."""

    def __init__(
        self, hass: HomeAssistant, entry: EwelinkConfigEntry, add: AddConfigEntryEntitiesCallback
    ) -> None:
        """Show nothing yet."""
        self._hass = hass
        self._entry = entry
        self._coordinator = entry.runtime_data
        self._add = add
        self._shown: dict[str, EwelinkFirmware] = {}
        self._cancel_soon: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        """Ask in a minute, and every day; in a minute, too, when a device has come."""
        if Feature.FIRMWARE not in self._coordinator.api.features:
            return
        self._ask_soon()
        self._coordinator.async_watch_devices(self._watch)
        self._entry.async_on_unload(
            async_track_time_interval(self._hass, self._ask, ASKED_EVERY, cancel_on_shutdown=True)
        )
        self._entry.async_on_unload(self._stop)

    @callback
    def _watch(self, device: Device, previous: Device | None) -> None:
        if previous is None:
            # It has just come, or come back.
            self._shown.pop(device.device_id, None)
            self._ask_soon()

    @callback
    def _ask_soon(self) -> None:
        if self._cancel_soon is None:
            self._cancel_soon = async_call_later(self._hass, ASKED_AFTER, self._ask)

    @callback
    def _stop(self) -> None:
        if self._cancel_soon is not None:
            self._cancel_soon()
            self._cancel_soon = None

    async def _ask(self, _now: datetime) -> None:
        """Ask, unless that is refused by now, or the calls of the month are spent."""
        self._stop()
        coordinator = self._coordinator
        if Feature.FIRMWARE not in coordinator.api.features or coordinator.quota.is_refused:
            return
        firmware = coordinator.client.firmware
        try:
            await firmware.refresh()
        except CoolKitError as err:
            _LOGGER.debug("Cannot ask for newer firmware: %s", err)
            return
        for entity in self._shown.values():
            entity.async_show_newest()
        new = [
            EwelinkFirmware(coordinator, device)
            for device in coordinator.shown_devices
            if device.device_id in firmware.asked and device.device_id not in self._shown
        ]
        self._shown |= {entity.device_id: entity for entity in new}
        if new:
            self._add(new)


class EwelinkFirmware(LabeledEntity, UpdateEntity):
    """The firmware of a device."""

    entity_description = UpdateEntityDescription(
        key="firmware", device_class=UpdateDeviceClass.FIRMWARE, entity_category=EntityCategory.CONFIG
    )
    _attr_has_entity_name = True
    _attr_should_poll = False
    # How far a device is, nobody tells.
    _attr_supported_features = UpdateEntityFeature.INSTALL

    def __init__(self, coordinator: EwelinkCoordinator, device: Device) -> None:
        """Show it beside what else belongs to the device."""
        self.coordinator = coordinator
        self.device_id = device.device_id
        self._attr_unique_id = f"{device.device_id}_{self.entity_description.key}"
        self.device_entry = coordinator.async_device_entry(device.device_id)
        self._is_added = False
        self._show(device)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the device."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_add_device_listener(
                self.device_id, frozenset(), update=self._follow, refresh=self._follow
            )
        )
        if (device := self.coordinator.client.devices.get(self.device_id)) is not None:
            self._show(device)
        self._is_added = True

    def _show(self, device: Device) -> None:
        self._device = device
        self._attr_available = self.coordinator.is_available(device)
        self._attr_installed_version = device.firmware
        newest = self.coordinator.client.firmware.newest.get(self.device_id)
        self._attr_latest_version = device.firmware if newest is None else newest.version

    @callback
    def _follow(self, device: Device) -> None:
        self._show(device)
        self.async_write_ha_state()

    @callback
    def async_show_newest(self) -> None:
        """Show what the cloud has said last."""
        if self._is_added:
            self._follow(self._device)

    @override
    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        """Return that what the cloud offers is newer: it says so, whatever its numbers are."""
        return latest_version != installed_version

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        """Have the device install it; return when the device tells the new version."""
        try:
            await self.coordinator.client.firmware.install(self.device_id)
        except CoolKitError as err:
            raise as_home_assistant_error(err, self._device) from err
