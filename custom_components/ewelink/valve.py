"""Valves: water that is let through or not."""

from typing import Any, override

from homeassistant.components.valve import (
    ValveDeviceClass,
    ValveEntity,
    ValveEntityDescription,
    ValveEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

VALVES: dict[Kind, ValveEntityDescription] = {
    Kind.VALVE: ValveEntityDescription(
        key=Kind.VALVE, device_class=ValveDeviceClass.WATER, name=None, reports_position=False
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's valves."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkValve | None:
    if (description := VALVES.get(capability.kind)) is None:
        return None
    return EwelinkValve(coordinator, device, capability, description)


class EwelinkValve(EwelinkEntity[bool], ValveEntity):
    """A valve that is open or closed."""

    _attr_supported_features = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE

    @override
    def _name_channel(self) -> None:
        outlet = self.capability.outlet
        self._attr_name = None if outlet is None else self.coordinator.channel_name(self._device, outlet)

    @property
    @override
    def is_closed(self) -> bool | None:
        """Whether no water passes."""
        return None if self._value is None else not self._value

    @override
    async def async_open_valve(self) -> None:
        """Let water through."""
        await self.async_write(value=True)

    @override
    async def async_close_valve(self) -> None:
        """Let no water through."""
        await self.async_write(value=False)
