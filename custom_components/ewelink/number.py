"""Numbers: settings with a range."""

from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind, NumberCapability
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity
from .errors import check_number

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

NUMBERS: dict[Kind, NumberEntityDescription] = {
    Kind.INCHING_DURATION: NumberEntityDescription(
        key=Kind.INCHING_DURATION,
        translation_key="inching_duration",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.POWER_LIMIT: NumberEntityDescription(
        key=Kind.POWER_LIMIT,
        translation_key="power_limit",
        device_class=NumberDeviceClass.POWER,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.CURRENT_LIMIT: NumberEntityDescription(
        key=Kind.CURRENT_LIMIT,
        translation_key="current_limit",
        device_class=NumberDeviceClass.CURRENT,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.VOLTAGE_LIMIT: NumberEntityDescription(
        key=Kind.VOLTAGE_LIMIT,
        translation_key="voltage_limit",
        device_class=NumberDeviceClass.VOLTAGE,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.FADE_IN: NumberEntityDescription(
        key=Kind.FADE_IN,
        translation_key="fade_in",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.FADE_OUT: NumberEntityDescription(
        key=Kind.FADE_OUT,
        translation_key="fade_out",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.LED_BRIGHTNESS: NumberEntityDescription(
        key=Kind.LED_BRIGHTNESS,
        translation_key="led_brightness",
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.SLIDER,
    ),
    Kind.CLEAR_DELAY: NumberEntityDescription(
        key=Kind.CLEAR_DELAY,
        translation_key="clear_delay",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
    ),
    Kind.COMFORT_TEMPERATURE_LOW: NumberEntityDescription(
        key=Kind.COMFORT_TEMPERATURE_LOW,
        translation_key="comfort_temperature_low",
        device_class=NumberDeviceClass.TEMPERATURE,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.COMFORT_TEMPERATURE_HIGH: NumberEntityDescription(
        key=Kind.COMFORT_TEMPERATURE_HIGH,
        translation_key="comfort_temperature_high",
        device_class=NumberDeviceClass.TEMPERATURE,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.COMFORT_HUMIDITY_LOW: NumberEntityDescription(
        key=Kind.COMFORT_HUMIDITY_LOW,
        translation_key="comfort_humidity_low",
        device_class=NumberDeviceClass.HUMIDITY,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.COMFORT_HUMIDITY_HIGH: NumberEntityDescription(
        key=Kind.COMFORT_HUMIDITY_HIGH,
        translation_key="comfort_humidity_high",
        device_class=NumberDeviceClass.HUMIDITY,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.TEMPERATURE_CORRECTION: NumberEntityDescription(
        key=Kind.TEMPERATURE_CORRECTION,
        translation_key="temperature_correction",
        device_class=NumberDeviceClass.TEMPERATURE_DELTA,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.VALVE_CLOSING: NumberEntityDescription(
        key=Kind.VALVE_CLOSING, translation_key="valve_closing", entity_category=EntityCategory.CONFIG
    ),
    Kind.VALVE_OPENING: NumberEntityDescription(
        key=Kind.VALVE_OPENING, translation_key="valve_opening", entity_category=EntityCategory.CONFIG
    ),
    Kind.HUMIDITY_CORRECTION: NumberEntityDescription(
        key=Kind.HUMIDITY_CORRECTION,
        translation_key="humidity_correction",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.BOX,
    ),
    Kind.BACKLIGHT: NumberEntityDescription(
        key=Kind.BACKLIGHT,
        translation_key="backlight",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        mode=NumberMode.SLIDER,
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's numbers."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkNumber | None:
    description = NUMBERS.get(capability.kind)
    if description is None or not isinstance(capability, NumberCapability):
        return None
    return EwelinkNumber(coordinator, device, capability, description)


class EwelinkNumber(EwelinkEntity[float], NumberEntity):
    """A setting of a device with a range."""

    @override
    def _take(self, capability: Capability[float]) -> None:
        """Take over the device's own range and unit."""
        super()._take(capability)
        if isinstance(capability, NumberCapability):
            self._range = capability.minimum, capability.maximum
            self._attr_native_step = capability.step
            self._attr_native_unit_of_measurement = capability.unit

    @override
    def _show(self, value: float | None) -> None:
        """Widen the range to what the device has now: it may have been set elsewhere."""
        minimum, maximum = self._range
        self._attr_native_min_value = minimum if value is None else min(minimum, value)
        self._attr_native_max_value = maximum if value is None else max(maximum, value)

    @property
    @override
    def native_value(self) -> float | None:
        """The number as the device has it."""
        return self._value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the value."""
        check_number(value)
        await self.async_write(value)
