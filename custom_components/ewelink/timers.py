"""When entities of a device's own timers come: with its first timer, to stay when the last one is gone."""

from collections.abc import Callable

from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coolkit import Capability, Device, Kind, Timer
from .coordinator import EwelinkCoordinator

type TimersEntityFactory = Callable[[EwelinkCoordinator, Device, Capability[tuple[Timer, ...]]], Entity]


@callback
def async_add_timer_entities(
    coordinator: EwelinkCoordinator,
    platform: Platform,
    kind: Kind,
    make: TimersEntityFactory,
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Let a platform make entities for devices that have timers, had some, or get their first one."""
    registry = er.async_get(coordinator.hass)
    waiting: dict[str, CALLBACK_TYPE] = {}

    def create(
        _: EwelinkCoordinator, device: Device, capability: Capability[tuple[Timer, ...]]
    ) -> Entity | None:
        if capability.kind is not kind:
            return None
        device_id = device.device_id
        if device_id in waiting:
            # It has left and come back.
            waiting.pop(device_id)()
        unique_id = f"{device_id}_{capability.key}"
        if capability.read(device.params) or registry.async_get_entity_id(platform, DOMAIN, unique_id):
            return make(coordinator, device, capability)

        @callback
        def arrived(device: Device) -> None:
            if not capability.read(device.params):
                return
            waiting.pop(device_id)()
            # A device that has gone to another account since is that one's business.
            if coordinator.async_device_entry(device_id) is not None:
                add([make(coordinator, device, capability)])

        waiting[device_id] = coordinator.async_add_device_listener(
            device_id, capability.params, update=arrived, refresh=arrived
        )
        return None

    coordinator.async_add_platform(create, add)
