"""Sensors: everything that a device measures, what the account knows of it, and how it is connected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final, override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR_DOMAIN,
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    LIGHT_LUX,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    Platform,
    UnitOfApparentPower,
    UnitOfDensity,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfRatio,
    UnitOfReactivePower,
    UnitOfTemperature,
    UnitOfVolume,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later, async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coolkit import (
    Capability,
    ConnectionChanged,
    ConnectionState,
    Device,
    KeptTimers,
    Kind,
    Params,
    ProbeCapability,
    in_slices,
    next_occurrence,
)
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .inventory import SLICE_OF_DEVICES
from .labels import LabeledEntity
from .timers import EwelinkTimersEntity, async_add_timer_entities

PARALLEL_UPDATES = 0

# For so long the last value stands for that of a probe that fails.
BRIDGED: Final = timedelta(minutes=5)

SENSORS: dict[Kind, SensorEntityDescription] = {
    # Electricity
    Kind.POWER: SensorEntityDescription(
        key=Kind.POWER,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=1,
    ),
    Kind.VOLTAGE: SensorEntityDescription(
        key=Kind.VOLTAGE,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=1,
    ),
    Kind.CURRENT: SensorEntityDescription(
        key=Kind.CURRENT,
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=2,
    ),
    Kind.APPARENT_POWER: SensorEntityDescription(
        key=Kind.APPARENT_POWER,
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
    ),
    Kind.REACTIVE_POWER: SensorEntityDescription(
        key=Kind.REACTIVE_POWER,
        device_class=SensorDeviceClass.REACTIVE_POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
    ),
    Kind.ENERGY: SensorEntityDescription(
        key=Kind.ENERGY,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    Kind.ENERGY_TODAY: SensorEntityDescription(
        key=Kind.ENERGY_TODAY,
        translation_key="energy_today",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    # Home Assistant adds up months by itself.
    Kind.ENERGY_MONTH: SensorEntityDescription(
        key=Kind.ENERGY_MONTH,
        translation_key="energy_month",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Kind.SUPPLY_POWER: SensorEntityDescription(
        key=Kind.SUPPLY_POWER,
        translation_key="supply_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=1,
    ),
    Kind.SUPPLY_CURRENT: SensorEntityDescription(
        key=Kind.SUPPLY_CURRENT,
        translation_key="supply_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Kind.SUPPLY_ENERGY_TODAY: SensorEntityDescription(
        key=Kind.SUPPLY_ENERGY_TODAY,
        translation_key="supply_energy_today",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    Kind.SUPPLY_ENERGY_MONTH: SensorEntityDescription(
        key=Kind.SUPPLY_ENERGY_MONTH,
        translation_key="supply_energy_month",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    # Surroundings
    Kind.TEMPERATURE: SensorEntityDescription(
        key=Kind.TEMPERATURE,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
    ),
    Kind.HUMIDITY: SensorEntityDescription(
        key=Kind.HUMIDITY,
        device_class=SensorDeviceClass.HUMIDITY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=0,
    ),
    Kind.ILLUMINANCE: SensorEntityDescription(
        key=Kind.ILLUMINANCE,
        device_class=SensorDeviceClass.ILLUMINANCE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=LIGHT_LUX,
    ),
    Kind.CO2: SensorEntityDescription(
        key=Kind.CO2,
        device_class=SensorDeviceClass.CO2,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PARTS_PER_MILLION,
    ),
    Kind.PM25: SensorEntityDescription(
        key=Kind.PM25,
        device_class=SensorDeviceClass.PM25,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfDensity.MICROGRAMS_PER_CUBIC_METER,
    ),
    Kind.PM10: SensorEntityDescription(
        key=Kind.PM10,
        device_class=SensorDeviceClass.PM10,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfDensity.MICROGRAMS_PER_CUBIC_METER,
    ),
    # Levels from 1 to 10 without a unit; the illumination grows with the dark, and is named so.
    Kind.DUST_LEVEL: SensorEntityDescription(
        key=Kind.DUST_LEVEL, translation_key="dust_level", state_class=SensorStateClass.MEASUREMENT
    ),
    Kind.ILLUMINATION_LEVEL: SensorEntityDescription(
        key=Kind.ILLUMINATION_LEVEL,
        translation_key="illumination_level",
        state_class=SensorStateClass.MEASUREMENT,
    ),
    Kind.NOISE_LEVEL: SensorEntityDescription(
        key=Kind.NOISE_LEVEL, translation_key="noise_level", state_class=SensorStateClass.MEASUREMENT
    ),
    # The device itself
    Kind.BATTERY: SensorEntityDescription(
        key=Kind.BATTERY,
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.BATTERY_VOLTAGE: SensorEntityDescription(
        key=Kind.BATTERY_VOLTAGE,
        translation_key="battery_voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    # The calendar shows it, too.
    Kind.NEXT_TIMER: SensorEntityDescription(
        key=Kind.NEXT_TIMER,
        translation_key="next_timer",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    # A number whose meanings are the maker's secret.
    Kind.SWITCH_MODE: SensorEntityDescription(
        key=Kind.SWITCH_MODE,
        translation_key="switch_mode",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    Kind.SIGNAL_STRENGTH: SensorEntityDescription(
        key=Kind.SIGNAL_STRENGTH,
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    Kind.REMOTE_TEMPERATURE: SensorEntityDescription(
        key=Kind.REMOTE_TEMPERATURE,
        translation_key="remote_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
    ),
    Kind.ENERGY_YESTERDAY: SensorEntityDescription(
        key=Kind.ENERGY_YESTERDAY,
        translation_key="energy_yesterday",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Kind.ENERGY_WEEK: SensorEntityDescription(
        key=Kind.ENERGY_WEEK,
        translation_key="energy_week",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Kind.ENERGY_YEAR: SensorEntityDescription(
        key=Kind.ENERGY_YEAR,
        translation_key="energy_year",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
    ),
    Kind.WATER_TODAY: SensorEntityDescription(
        key=Kind.WATER_TODAY,
        translation_key="water_today",
        device_class=SensorDeviceClass.WATER,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfVolume.LITERS,
    ),
    Kind.WATER_VOLUME: SensorEntityDescription(
        key=Kind.WATER_VOLUME,
        translation_key="water_volume",
        device_class=SensorDeviceClass.WATER,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfVolume.LITERS,
    ),
    Kind.CPU_TEMPERATURE: SensorEntityDescription(
        key=Kind.CPU_TEMPERATURE,
        translation_key="cpu_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    Kind.OUTDOOR_TEMPERATURE: SensorEntityDescription(
        key=Kind.OUTDOOR_TEMPERATURE,
        translation_key="outdoor_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
    ),
}


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


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's sensors."""
    coordinator = entry.runtime_data
    await coordinator.async_add_platform(_create, async_add_entities)
    await async_add_timer_entities(
        coordinator, Platform.SENSOR, Kind.NEXT_TIMER, _create_next_timer, async_add_entities
    )
    await _add_device_sensors(coordinator, async_add_entities)
    async_add_entities([EwelinkConnection(coordinator)])


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkSensor | None:
    if capability.kind is Kind.NEXT_TIMER or (description := SENSORS.get(capability.kind)) is None:
        return None
    kind = EwelinkProbe if isinstance(capability, ProbeCapability) else EwelinkSensor
    return kind(coordinator, device, capability, description)


def _create_next_timer(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[KeptTimers]
) -> EwelinkNextTimer:
    return EwelinkNextTimer(coordinator, device, capability, SENSORS[capability.kind])


async def _add_device_sensors(coordinator: EwelinkCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
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


class EwelinkSensor(EwelinkEntity[float], SensorEntity):
    """Something that a device measures."""

    @override
    def get_initial_entity_options(self) -> er.EntityOptionsType | None:
        """Have the precision stored with the entity: Home Assistant would write the registry once more."""
        options = super().get_initial_entity_options()
        if (precision := self.suggested_display_precision) is None:
            return options
        return {**(options or {}), SENSOR_DOMAIN: {"suggested_display_precision": precision}}

    @property
    @override
    def native_value(self) -> float | None:
        """The measurement."""
        return self._value


class _Waiting(Entity):
    """Something that waits for a moment as long as it is there."""

    _is_added = False
    _cancel: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to wait."""
        self._is_added = True
        self.async_on_remove(self._stop)
        await super().async_added_to_hass()

    @callback
    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None


class EwelinkProbe(_Waiting, EwelinkSensor):
    """A probe that is known to fail now and then: its last value stands for a while, then what it says."""

    # The last params that were no failure; none after their time.
    _sound: Params | None = None

    @override
    def _take(self, capability: Capability[float]) -> None:
        super()._take(capability)
        if isinstance(capability, ProbeCapability):
            self._failed = capability.failed
            self._read = self._read_probe

    def _read_probe(self, params: Params) -> float | None:
        if not self._failed(self._sound, params):
            self._sound = params
            self._stop()
            return self.capability.read(params)
        if self._sound is None or not self._is_added:
            return self.capability.read(params)
        if self._cancel is None:
            self._cancel = async_call_later(self.hass, BRIDGED, self._give_up)
        return self.capability.read(self._sound)

    @callback
    def _give_up(self, _: datetime) -> None:
        """Show what the probe says."""
        self._cancel = None
        self._sound = None
        self.follow(self._device)
        self.async_write_ha_state()


class EwelinkNextTimer(_Waiting, EwelinkTimersEntity, SensorEntity):
    """When the next of a device's timers is due; moves on by itself when that has passed."""

    @override
    def _show(self, value: KeptTimers | None) -> None:
        super()._show(value)
        occurrence = next_occurrence(() if value is None else value.timers, dt_util.utcnow())
        self._attr_native_value = None if occurrence is None else occurrence.time
        self._stop()
        if self._is_added and occurrence is not None:
            self._cancel = async_track_point_in_utc_time(self.hass, self._move_on, occurrence.time)

    @callback
    def _move_on(self, _: datetime) -> None:
        self._cancel = None
        self._show(self._value)
        self.async_write_ha_state()


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
