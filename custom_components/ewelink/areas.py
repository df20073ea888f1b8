"""Areas from the account's groups: for new devices by itself, for others when the user asks."""

from collections.abc import Iterable

from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar, device_registry as dr

from .coolkit import Device
from .coordinator import EwelinkCoordinator
from .labels import label


@callback
def async_areas_from_groups(coordinator: EwelinkCoordinator) -> int:
    """Put each device that has no area into that of its first group; return how many these were."""
    return _place(coordinator, coordinator.client.devices.values())


@callback
def async_suggest_areas(coordinator: EwelinkCoordinator) -> None:
    """Put devices that are new here into the area of their first group, once the groups are known.

    The registry takes a suggestion only when a device is made, and set-up does not wait for the groups.
    """

    @callback
    def place_new() -> None:
        devices = coordinator.client.devices
        _place(coordinator, [devices[one] for one in coordinator.async_take_new_devices() if one in devices])

    coordinator.async_watch_groups(place_new)


def _place(coordinator: EwelinkCoordinator, devices: Iterable[Device]) -> int:
    """Put devices into areas, which are made where there are none yet. What has an area keeps it."""
    areas, registry = ar.async_get(coordinator.hass), dr.async_get(coordinator.hass)
    count = 0
    for device in devices:
        device_entry = coordinator.async_device_entry(device.device_id)
        if device_entry is None or device_entry.area_id is not None:
            continue
        # They stand in their own order, which is not that in which a device names them.
        groups = coordinator.client.groups.values()
        group = next((group for group in groups if group.group_id in device.groups), None)
        if group is not None:
            area = areas.async_get_or_create(label(group.name))
            registry.async_update_device(device_entry.id, area_id=area.id)
            count += 1
    return count
