"""Areas from the account's groups or rooms: for new devices by itself, for others when the user asks."""

from collections.abc import Iterable, Mapping
import logging

from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar, device_registry as dr

from .const import DOMAIN
from .coolkit import CoolKitError, Device, Feature, in_slices
from .coordinator import EwelinkCoordinator
from .labels import label

_LOGGER = logging.getLogger(__name__)


async def async_areas_from_groups(coordinator: EwelinkCoordinator) -> int:
    """Put each device that has no area into that of its room or first group; return how many these were.

    Raises `CoolKitError` if they cannot be read.
    """
    if Feature.HOMES in coordinator.api.features:
        rooms = await _async_rooms(coordinator)
    else:
        await coordinator.client.management.refresh_groups()
        rooms = {}
    return await _async_place(coordinator, list(coordinator.client.devices), rooms)


async def _async_rooms(coordinator: EwelinkCoordinator) -> dict[str, str]:
    """Return the names of the rooms of all homes, by their ids."""
    homes = await coordinator.client.places.read_homes()
    return {room.room_id: room.name for home in homes for room in home.rooms if room.name}


@callback
def async_suggest_areas(coordinator: EwelinkCoordinator) -> None:
    """Put devices that are new here into the area of their room or first group, once these are known.

    The registry takes a suggestion only when a device is made, and set-up waits for neither.
    """
    if Feature.HOMES in coordinator.api.features:
        _follow_rooms(coordinator)
        return

    @callback
    def place_new() -> None:
        if new := coordinator.inventory.registry.take_new():
            coordinator.config_entry.async_create_task(
                coordinator.hass, _async_place(coordinator, new, {}), f"{DOMAIN} areas"
            )

    coordinator.async_watch_groups(place_new)


@callback
def _follow_rooms(coordinator: EwelinkCoordinator) -> None:
    """Put devices that are new here into the area of their room, now and whenever one comes."""
    is_reading = False

    async def place_new() -> None:
        nonlocal is_reading
        try:
            rooms = await _async_rooms(coordinator)
        except CoolKitError as err:
            _LOGGER.debug("Cannot read the rooms of new devices: %s", err)
        else:
            await _async_place(coordinator, coordinator.inventory.registry.take_new(), rooms)
        finally:
            is_reading = False

    @callback
    def watch(device: Device, previous: Device | None) -> None:
        nonlocal is_reading
        # Those that come together need the rooms once.
        if previous is None and device.room_id and not is_reading:
            is_reading = True
            coordinator.config_entry.async_create_background_task(
                coordinator.hass, place_new(), f"{DOMAIN} areas"
            )

    coordinator.async_watch_devices(watch)
    if coordinator.inventory.registry.has_new:
        for device in coordinator.shown_devices:
            watch(device, None)


async def _async_place(
    coordinator: EwelinkCoordinator, device_ids: Iterable[str], rooms: Mapping[str, str]
) -> int:
    """Put devices into areas, which are made where there are none yet. What has an area keeps it."""
    placed: list[str] = []

    def place(device_id: str) -> None:
        if _place(coordinator, device_id, rooms):
            placed.append(device_id)

    await in_slices(device_ids, place)
    return len(placed)


def _place(coordinator: EwelinkCoordinator, device_id: str, rooms: Mapping[str, str]) -> bool:
    """Put a device into the area of its room or first group; return whether it had none, and has one now."""
    device = coordinator.client.devices.get(device_id)
    device_entry = coordinator.async_device_entry(device_id)
    if device is None or device_entry is None or device_entry.area_id is not None:
        return False
    # They stand in their own order, which is not that in which a device names them.
    groups = coordinator.client.management.groups.values()
    group = next((group for group in groups if group.group_id in device.groups), None)
    name = rooms.get(device.room_id) or (None if group is None else group.name)
    if name is None:
        return False
    area = ar.async_get(coordinator.hass).async_get_or_create(label(name))
    dr.async_get(coordinator.hass).async_update_device(device_entry.id, area_id=area.id)
    return True
