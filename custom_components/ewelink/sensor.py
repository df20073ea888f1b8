"""Sensors: everything that a device measures."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR_DOMAIN,
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
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .account_sensors import EwelinkConnection, async_add_device_sensors
from .coolkit import (
    Capability,
    Device,
    KeptTimers,
    Kind,
    ProbeCapability,
    SupportReason,
    next_occurrence,
)
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .estimated_energy import EwelinkEstimatedEnergy
from .probing import Probing, Waiting
from .timers import EwelinkTimersEntity, async_add_timer_entities

PARALLEL_UPDATES = 0


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
    Kind.ENERGY_ESTIMATED: SensorEntityDescription(
        key=Kind.ENERGY_ESTIMATED,
        translation_key="energy_estimated",
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
    # Words of the device.
    Kind.RUNNING_STATUS: SensorEntityDescription(key=Kind.RUNNING_STATUS, translation_key="running_status"),
    Kind.PROGRAM: SensorEntityDescription(key=Kind.PROGRAM, translation_key="program"),
    Kind.SUPPORT: SensorEntityDescription(
        key=Kind.SUPPORT,
        translation_key="support",
        device_class=SensorDeviceClass.ENUM,
        options=[*SupportReason],
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
    await async_add_device_sensors(coordinator, async_add_entities)
    async_add_entities([EwelinkConnection(coordinator)])


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkSensor | EwelinkEstimatedEnergy | None:
    if capability.kind is Kind.NEXT_TIMER or (description := SENSORS.get(capability.kind)) is None:
        return None
    if capability.kind is Kind.ENERGY_ESTIMATED:
        return EwelinkEstimatedEnergy(coordinator, device, capability, description)
    kind = EwelinkProbe if isinstance(capability, ProbeCapability) else EwelinkSensor
    return kind(coordinator, device, capability, description)


def _create_next_timer(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[KeptTimers]
) -> EwelinkNextTimer:
    return EwelinkNextTimer(coordinator, device, capability, SENSORS[capability.kind])


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


class EwelinkProbe(Probing, EwelinkSensor):
    """A probe that is known to fail now and then: its last value stands for a while, then what it says."""

    @override
    def _take(self, capability: Capability[float]) -> None:
        super()._take(capability)
        if isinstance(capability, ProbeCapability):
            self._failed = capability.failed
            self._read = lambda params: self.capability.read(self._bridged(params))

    @override
    def _show_anew(self) -> None:
        self.follow(self._device)
        self.async_write_ha_state()


class EwelinkNextTimer(Waiting, EwelinkTimersEntity, SensorEntity):
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
