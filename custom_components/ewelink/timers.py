"""Entities of a device's own timers: what they share, and when they come."""

from collections.abc import Callable
from typing import Final, override

from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coolkit import Capability, Device, KeptTimers, Kind, Params, kept_timers
from .coordinator import EwelinkCoordinator
from .entity import EwelinkEntity

type TimersEntityFactory = Callable[[EwelinkCoordinator, Device, Capability[KeptTimers]], Entity]

# Beside what is shown there are timers that nobody can read.
ATTR_UNREADABLE: Final = "has_unreadable_timers"


class EwelinkTimersEntity(EwelinkEntity[KeptTimers]):
    """Something that shows the timers of a device, wherever they are kept."""

    @override
    def _take(self, capability: Capability[KeptTimers]) -> None:
        super()._take(capability)
        self._read = self._read_kept

    def _read_kept(self, _: Params) -> KeptTimers:
        # Not all of them are in the params.
        return kept_timers(self._device)

    @override
    def _show(self, value: KeptTimers | None) -> None:
        unreadable = value is not None and bool(value.unreadable)
        self._attr_extra_state_attributes = {ATTR_UNREADABLE: True} if unreadable else {}


def unreadable_timers(device: Device) -> HomeAssistantError:
    """Return the error for a device of which no timer can be read: that it has none would not be true."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="no_timer_readable",
        translation_placeholders={"device": device.name},
    )


async def async_add_timer_entities(
    coordinator: EwelinkCoordinator,
    platform: Platform,
    kind: Kind,
    make: TimersEntityFactory,
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Let a platform make entities for devices that have timers, had some, or get their first one.

    They stay when the last one is gone.
    """
    registry = er.async_get(coordinator.hass)
    waiting: dict[str, CALLBACK_TYPE] = {}

    def create(_: EwelinkCoordinator, device: Device, capability: Capability[KeptTimers]) -> Entity | None:
        if capability.kind is not kind:
            return None
        device_id = device.device_id
        if device_id in waiting:
            # It has left and come back.
            waiting.pop(device_id)()
        unique_id = f"{device_id}_{capability.key}"
        if kept_timers(device) or registry.async_get_entity_id(platform, DOMAIN, unique_id):
            return make(coordinator, device, capability)

        @callback
        def arrived(device: Device) -> None:
            if not kept_timers(device):
                return
            waiting.pop(device_id)()
            # A device that has gone to another account since is that one's business.
            if coordinator.async_device_entry(device_id) is not None:
                add([make(coordinator, device, capability)])

        waiting[device_id] = coordinator.async_add_device_listener(
            device_id, capability.params, update=arrived, refresh=arrived
        )
        return None

    await coordinator.async_add_platform(create, add)
