"""Binary sensors: motion, and what opens and closes."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class EwelinkBinarySensorEntityDescription(BinarySensorEntityDescription):
    """A binary sensor; `is_event` if it tells of something that is over when nobody could hear its end."""

    is_event: bool = False


BINARY_SENSORS: dict[Kind, EwelinkBinarySensorEntityDescription] = {
    Kind.MOTION: EwelinkBinarySensorEntityDescription(
        key=Kind.MOTION, device_class=BinarySensorDeviceClass.MOTION, is_event=True
    ),
    Kind.OPENING: EwelinkBinarySensorEntityDescription(
        key=Kind.OPENING, device_class=BinarySensorDeviceClass.OPENING
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's binary sensors."""
    entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkBinarySensor | None:
    if (description := BINARY_SENSORS.get(capability.kind)) is None:
        return None
    entity = EwelinkEventSensor if description.is_event else EwelinkBinarySensor
    return entity(coordinator, device, capability, description)


class EwelinkBinarySensor(EwelinkEntity[bool], BinarySensorEntity):
    """Something that a device senses or does not."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the state is given."""
        return self._value


class EwelinkEventSensor(EwelinkBinarySensor):
    """Something that happens: what a device told before it went offline counts no more."""

    _is_outdated = False

    @override
    def _present_value(self) -> bool | None:
        if not self.coordinator.client.is_online(self._device):
            self._is_outdated = True
        return None if self._is_outdated else super()._present_value()

    @override
    @callback
    def _handle_update(self, device: Device) -> None:
        self._is_outdated = not self.coordinator.client.is_online(device)
        super()._handle_update(device)
