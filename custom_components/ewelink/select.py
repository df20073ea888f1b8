"""Selects: settings with a few choices."""

from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind, SelectCapability
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

SELECTS: dict[Kind, SelectEntityDescription] = {
    Kind.STARTUP: SelectEntityDescription(
        key=Kind.STARTUP, translation_key="startup", entity_category=EntityCategory.CONFIG
    ),
    Kind.SENSITIVITY: SelectEntityDescription(
        key=Kind.SENSITIVITY, translation_key="sensitivity", entity_category=EntityCategory.CONFIG
    ),
    Kind.TEMPERATURE_UNIT: SelectEntityDescription(
        key=Kind.TEMPERATURE_UNIT,
        translation_key="temperature_unit",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's selects."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkSelect | None:
    description = SELECTS.get(capability.kind)
    if description is None or not isinstance(capability, SelectCapability):
        return None
    return EwelinkSelect(coordinator, device, capability, description)


class EwelinkSelect(EwelinkEntity[str], SelectEntity):
    """A setting of a device with a few choices."""

    @override
    def _take(self, capability: Capability[str]) -> None:
        """Offer what the device offers."""
        super()._take(capability)
        if isinstance(capability, SelectCapability):
            self._attr_options = list(capability.options)

    @property
    @override
    def current_option(self) -> str | None:
        """The option that the device has."""
        return self._value

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the choice."""
        await self.async_write(option)
