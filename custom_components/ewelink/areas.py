"""Areas for devices, taken from the account's groups when the user asks for it."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr

from .coordinator import EwelinkConfigEntry
from .labels import label


@callback
def async_areas_from_groups(hass: HomeAssistant, entry: EwelinkConfigEntry) -> int:
    """Put each device that has no area into that of its first group; return how many these were.

    An area that there is not yet is made. What has an area keeps it.
    """
    coordinator = entry.runtime_data
    areas, devices = ar.async_get(hass), dr.async_get(hass)
    count = 0
    for device in coordinator.client.devices.values():
        device_entry = coordinator.async_device_entry(device.device_id)
        if device_entry is None or device_entry.area_id is not None:
            continue
        # They stand in their own order, which is not that in which a device names them.
        groups = coordinator.client.groups.values()
        group = next((group for group in groups if group.group_id in device.groups), None)
        if group is not None:
            area = areas.async_get_or_create(label(group.name))
            devices.async_update_device(device_entry.id, area_id=area.id)
            count += 1
    return count
