"""Buttons: what a device can be asked to do once."""

from typing import Any, override

from homeassistant.components.button import ButtonDeviceClass, ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import ButtonCapability, Capability, Device, Kind
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

BUTTONS: dict[Kind, ButtonEntityDescription] = {
    Kind.CALIBRATE: ButtonEntityDescription(
        key=Kind.CALIBRATE, translation_key="calibrate", entity_category=EntityCategory.CONFIG
    ),
    Kind.FORCE_SHUTDOWN: ButtonEntityDescription(
        key=Kind.FORCE_SHUTDOWN, translation_key="force_shutdown", entity_registry_enabled_default=False
    ),
    Kind.PLAY_ALARM: ButtonEntityDescription(key=Kind.PLAY_ALARM, translation_key="play_alarm"),
    Kind.PLAY_BELL: ButtonEntityDescription(key=Kind.PLAY_BELL, translation_key="play_bell"),
    Kind.RESTART: ButtonEntityDescription(
        key=Kind.RESTART, device_class=ButtonDeviceClass.RESTART, entity_category=EntityCategory.CONFIG
    ),
    Kind.SEND: ButtonEntityDescription(key=Kind.SEND, translation_key="send"),
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
    if description is None or not isinstance(capability, ButtonCapability):
        return None
    return EwelinkButton(coordinator, device, capability, description)


class EwelinkButton(EwelinkEntity[None, None], ButtonEntity):
    """Something that a device can be asked to do."""

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        await self.async_write(None)
