"""Areas from the account's groups: for new devices by itself, for others when the user asks."""

from collections.abc import Iterable

from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar, device_registry as dr

from .const import DOMAIN
from .coolkit import in_slices
from .coordinator import EwelinkCoordinator
from .labels import label


async def async_areas_from_groups(coordinator: EwelinkCoordinator) -> int:
    """Put each device that has no area into that of its first group; return how many these were."""
    return await _async_place(coordinator, list(coordinator.client.devices))


@callback
def async_suggest_areas(coordinator: EwelinkCoordinator) -> None:
    """Put devices that are new here into the area of their first group, once the groups are known.

    The registry takes a suggestion only when a device is made, and set-up does not wait for the groups.
    """

    @callback
    def place_new() -> None:
        if new := coordinator.inventory.registry.take_new():
            coordinator.config_entry.async_create_task(
                coordinator.hass, _async_place(coordinator, new), f"{DOMAIN} areas"
            )

    coordinator.async_watch_groups(place_new)


async def _async_place(coordinator: EwelinkCoordinator, device_ids: Iterable[str]) -> int:
    """Put devices into areas, which are made where there are none yet. What has an area keeps it."""
    placed: list[str] = []

    def place(device_id: str) -> None:
        if _place(coordinator, device_id):
            placed.append(device_id)

    await in_slices(device_ids, place)
    return len(placed)


def _place(coordinator: EwelinkCoordinator, device_id: str) -> bool:
    """Put a device into the area of its first group; return whether it had none, and has one now."""
    device = coordinator.client.devices.get(device_id)
    device_entry = coordinator.async_device_entry(device_id)
    if device is None or device_entry is None or device_entry.area_id is not None:
        return False
    # They stand in their own order, which is not that in which a device names them.
    groups = coordinator.client.management.groups.values()
    group = next((group for group in groups if group.group_id in device.groups), None)
    if group is None:
        return False
    area = ar.async_get(coordinator.hass).async_get_or_create(label(group.name))
    dr.async_get(coordinator.hass).async_update_device(device_entry.id, area_id=area.id)
    return True
