"""Buttons: what a device can be asked to do once."""

from typing import Any, Final, override

from homeassistant.components.button import ButtonDeviceClass, ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions.common import errors_shown
from .coolkit import ButtonCapability, Capability, Device, HistoryCapability, Kind, MeasureCapability
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .energy_import import async_import_shown
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

# Seconds of live readings that one press asks for.
LIVE: Final = 60

BUTTONS: dict[Kind, ButtonEntityDescription] = {
    Kind.CALIBRATE: ButtonEntityDescription(
        key=Kind.CALIBRATE, translation_key="calibrate", entity_category=EntityCategory.CONFIG
    ),
    Kind.ENERGY_HISTORY: ButtonEntityDescription(
        key=Kind.ENERGY_HISTORY,
        translation_key="energy_history",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    Kind.FORCE_SHUTDOWN: ButtonEntityDescription(
        key=Kind.FORCE_SHUTDOWN, translation_key="force_shutdown", entity_registry_enabled_default=False
    ),
    Kind.PLAY_ALARM: ButtonEntityDescription(key=Kind.PLAY_ALARM, translation_key="play_alarm"),
    Kind.PLAY_BELL: ButtonEntityDescription(key=Kind.PLAY_BELL, translation_key="play_bell"),
    Kind.RESTART: ButtonEntityDescription(
        key=Kind.RESTART, device_class=ButtonDeviceClass.RESTART, entity_category=EntityCategory.CONFIG
    ),
    Kind.TRANSMIT: ButtonEntityDescription(key=Kind.TRANSMIT, translation_key="transmit"),
    Kind.SEND: ButtonEntityDescription(key=Kind.SEND, translation_key="send"),
    Kind.MEASURE: ButtonEntityDescription(key=Kind.MEASURE, translation_key="measure"),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's buttons."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkButton | None:
    description = BUTTONS.get(capability.kind)
    if description is not None and isinstance(capability, HistoryCapability):
        return EwelinkHistory(coordinator, device, capability, description)
    if description is None or not isinstance(capability, ButtonCapability):
        return None
    entity = EwelinkMeasure if capability.kind is Kind.MEASURE else EwelinkButton
    return entity(coordinator, device, capability, description)


class EwelinkButton(EwelinkEntity[None, None], ButtonEntity):
    """Something that a device can be asked to do."""

    @override
    def _name_channel(self) -> None:
        """Call a code that a bridge sends as its user does, by its number if the app has no name for it."""
        if self.capability.name is not None:
            self._attr_name = self.capability.name
            self._attr_translation_key = self.entity_description.translation_key
        elif self.capability.kind is Kind.TRANSMIT and self.capability.outlet is not None:
            self._name_by("numbered_code", number=str(self.capability.outlet + 1))
        else:
            super()._name_channel()

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        await self.async_write(None)


class EwelinkHistory(EwelinkButton):
    """Imports what a meter has kept of its energy, without waiting for the next hour."""

    @override
    async def async_press(self) -> None:
        """Ask for what is not imported yet."""
        if isinstance(self.capability, HistoryCapability):
            await async_import_shown(self.coordinator, self.device, self.capability)


class EwelinkMeasure(EwelinkButton):
    """Has a meter tell what it measures for a minute, within the budget of its day."""

    _unrecorded_attributes = frozenset({"measured_today", "daily_budget"})

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What of the budget is used, in minutes."""
        measuring = self.coordinator.measuring
        return {
            "measured_today": round(measuring.used(self.device.device_id) / 60, 1),
            "daily_budget": measuring.budget,
        }

    @override
    async def async_press(self) -> None:
        """Ask for a minute of readings."""
        if isinstance(self.capability, MeasureCapability):
            with errors_shown(self.device):
                await self.coordinator.measuring.async_measure(self.device, self.capability, LIVE)
            self.async_write_ha_state()
