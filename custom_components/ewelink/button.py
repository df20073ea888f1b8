"""Buttons: what a device can be asked to do once."""

from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

BUTTONS: dict[Kind, ButtonEntityDescription] = {
    Kind.CALIBRATE: ButtonEntityDescription(
        key=Kind.CALIBRATE, translation_key="calibrate", entity_category=EntityCategory.CONFIG
    ),
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
    if (description := BUTTONS.get(capability.kind)) is None:
        return None
    return EwelinkButton(coordinator, device, capability, description)


class EwelinkButton(EwelinkEntity[None], ButtonEntity):
    """Something that a device does when it is asked to."""

    @override
    async def async_press(self) -> None:
        """Ask the device to do it."""
        await self.async_write(None)
