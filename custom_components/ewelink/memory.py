"""What the params of devices have proven over time, kept over a restart."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .coolkit import Device, Shape

STORAGE_VERSION: Final = 1
SAVE_DELAY: Final = 30

type Shapes = dict[str, dict[str, Any]]


class ShapeMemory:
    """The shapes of an entry's devices that no number tells of; only what is sure is kept."""

    def __init__(self, hass: HomeAssistant, entry_id: str, devices: Callable[[], Iterable[Device]]) -> None:
        """Keep the shapes of these devices."""
        self._store = _store(hass, entry_id)
        self._devices = devices
        self._kept: Shapes = {}

    async def async_load(self) -> Mapping[str, Shape]:
        """Return what was known before, by device id."""
        self._kept = await self._store.async_load() or {}
        return {device_id: Shape.from_dict(data) for device_id, data in self._kept.items()}

    @callback
    def async_remember(self, device: Device) -> None:
        """Keep what is known now of a device, after a while."""
        if _proven(device) != self._kept.get(device.device_id):
            self._store.async_delay_save(self._save, SAVE_DELAY)

    async def async_keep(self) -> None:
        """Keep what is known now, at once: nobody may come back to it."""
        if self._present() != self._kept:
            await self._store.async_save(self._save())

    def _save(self) -> Shapes:
        self._kept = self._present()
        return self._kept

    def _present(self) -> Shapes:
        return {
            device.device_id: proven for device in self._devices() if (proven := _proven(device)) is not None
        }


def _proven(device: Device) -> dict[str, Any] | None:
    """Return what is sure of a device, None if nothing is."""
    return device.shape.as_dict() if device.shape is not None and device.shape.tells else None


async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what was known of the devices of an entry that is removed."""
    await _store(hass, entry_id).async_remove()


def _store(hass: HomeAssistant, entry_id: str) -> Store[Shapes]:
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}")
