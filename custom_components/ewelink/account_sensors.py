"""Sensors of what the account knows of its devices, and of how it is connected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR_DOMAIN,
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coolkit import ConnectionChanged, ConnectionState, Device, in_slices
from .coordinator import EwelinkCoordinator
from .inventory import SLICE_OF_DEVICES
from .labels import LabeledEntity


@dataclass(frozen=True, kw_only=True)
class EwelinkDeviceSensorDescription(SensorEntityDescription):
    """Something that the account knows of a device, of those devices where it `exists`."""

    exists: Callable[[Device], bool] = lambda _: True
    read: Callable[[EwelinkCoordinator, Device], str | datetime | None]
    # Whether everything that the device sends may change it.
    every_frame: bool = False
    # Whether the cloud forgets it: what was shown before a restart counts.
    restored: bool = False
    # Whether it begins with the change that brings it.
    begins: bool = False


def _last_seen(coordinator: EwelinkCoordinator, device: Device) -> datetime | None:
    """Return the minute in which a device was last heard: a meter tells something every few seconds."""
    time = coordinator.client.last_seen(device.device_id)
    return None if time is None else time.replace(second=0, microsecond=0)


def _owner(device: Device) -> str | None:
    """Return what is known of the one who shares a device."""
    return device.owner_label or None


DEVICE_SENSORS: tuple[EwelinkDeviceSensorDescription, ...] = (
    EwelinkDeviceSensorDescription(
        key="last_seen",
        translation_key="last_seen",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        read=_last_seen,
        every_frame=True,
        restored=True,
    ),
    EwelinkDeviceSensorDescription(
        key="offline_since",
        translation_key="offline_since",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        exists=lambda device: not device.online,
        read=_last_seen,
        begins=True,
    ),
    EwelinkDeviceSensorDescription(
        key="shared_by",
        translation_key="shared_by",
        entity_category=EntityCategory.DIAGNOSTIC,
        exists=lambda device: device.shared_by is not None,
        read=lambda _, device: _owner(device),
    ),
)


async def async_add_device_sensors(
    coordinator: EwelinkCoordinator, add: AddConfigEntryEntitiesCallback
) -> None:
    """Show what the account knows of its devices, as long as there is something to know."""
    registry = er.async_get(coordinator.hass)

    @callback
    def watch(device: Device, previous: Device | None) -> None:
        before = () if previous is None else [row for row in DEVICE_SENSORS if row.exists(previous)]
        now = [row for row in DEVICE_SENSORS if row.exists(device)]
        if appeared := [row for row in now if row not in before]:
            add(
                [
                    _make_device_sensor(coordinator, device, row, began=previous is not None)
                    for row in appeared
                ]
            )
        remove_others(device)

    @callback
    def remove_others(device: Device) -> None:
        """Remove what there is nothing to know of any more, since when ever."""
        for row in DEVICE_SENSORS:
            if not row.exists(device):
                unique_id = f"{device.device_id}_{row.key}"
                if entity_id := registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, unique_id):
                    registry.async_remove(entity_id)

    def add_of(devices: Iterable[Device]) -> None:
        add(
            [
                _make_device_sensor(coordinator, one, row)
                for one in devices
                for row in DEVICE_SENSORS
                if row.exists(one)
            ]
        )
        for device in devices:
            remove_others(device)

    await in_slices(batched(coordinator.shown_devices, SLICE_OF_DEVICES, strict=False), add_of)
    coordinator.async_watch_devices(watch)


def _make_device_sensor(
    coordinator: EwelinkCoordinator,
    device: Device,
    description: EwelinkDeviceSensorDescription,
    *,
    began: bool = False,
) -> EwelinkDeviceSensor:
    if description.begins and began:
        # The cloud tells when it was with the next list.
        now = dt_util.utcnow().replace(microsecond=0)
        description = replace(description, read=lambda _coordinator, _device: now)
    return (EwelinkLastSeen if description.restored else EwelinkDeviceSensor)(
        coordinator, device, description
    )


class EwelinkDeviceSensor(LabeledEntity, SensorEntity):
    """Something that the account knows of a device, whether that can be reached or not."""

    entity_description: EwelinkDeviceSensorDescription
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, coordinator: EwelinkCoordinator, device: Device, description: EwelinkDeviceSensorDescription
    ) -> None:
        """Show it as the description says."""
        self.coordinator = coordinator
        self.entity_description = description
        self._device = device
        self._attr_unique_id = f"{device.device_id}_{description.key}"
        self._attr_native_value = description.read(coordinator, device)
        self.device_entry = coordinator.async_device_entry(device.device_id)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the device; catch up with what came meanwhile."""
        device_id = self._device.device_id
        self.async_on_remove(
            self.coordinator.async_add_device_listener(
                device_id,
                None if self.entity_description.every_frame else frozenset(),
                update=self._follow,
                refresh=self._follow,
            )
        )
        device = self.coordinator.client.devices.get(device_id, self._device)
        self._attr_native_value = self.entity_description.read(self.coordinator, device)

    @callback
    def _follow(self, device: Device) -> None:
        value = self.entity_description.read(self.coordinator, device)
        if value != self._attr_native_value:
            self._attr_native_value = value
            self.async_write_ha_state()


class EwelinkLastSeen(EwelinkDeviceSensor, RestoreSensor):
    """When a device was last heard: the cloud knows only since when it is online."""

    @override
    async def async_added_to_hass(self) -> None:
        """Tell the client what was known before a restart or a reload."""
        data = await self.async_get_last_sensor_data()
        if data is not None and isinstance(data.native_value, datetime):
            self.coordinator.client.note_seen(self._device.device_id, data.native_value)
        await super().async_added_to_hass()


class EwelinkConnection(LabeledEntity, SensorEntity):
    """How the account hears of its devices; there in every trouble, as it tells of it."""

    entity_description = SensorEntityDescription(
        key="connection",
        translation_key="connection",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[state.value for state in ConnectionState],
    )
    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({"losses", "since"})

    def __init__(self, coordinator: EwelinkCoordinator) -> None:
        """Stand beside what else belongs to the account."""
        self.coordinator = coordinator
        account = coordinator.config_entry.entry_id
        self._attr_unique_id = f"{account}_{self.entity_description.key}"
        self.device_entry = coordinator.async_device_entry(account)
        self._show()

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the client; catch up with what happened meanwhile."""
        self.async_on_remove(self.coordinator.async_subscribe(self._handle_connection, ConnectionChanged))
        self._show()

    @callback
    def _handle_connection(self, _: ConnectionChanged) -> None:
        self._show()
        self.async_write_ha_state()

    def _show(self) -> None:
        client = self.coordinator.client
        self._attr_native_value = client.connection.value
        self._attr_extra_state_attributes = {
            "losses": client.connection_losses,
            "since": dt_util.utc_from_timestamp(client.connection_since),
        }
