"""Live readings on request: how long meters are kept awake, within a budget of each day.

The vendor blocks accounts that keep meters awake around the clock.
"""

import asyncio
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import CONF_MEASURING_BUDGET, DOMAIN, MEASURING_BUDGET
from .coolkit import CannotConnectError, CoolKitClient, Device, DeviceOfflineError, MeasureCapability

STORAGE_VERSION: Final = 1
# Two such requests of an account are at least so many seconds apart.
PACE: Final = 1.0


class Measuring:
    """Has the meters of an account tell what they measure, and counts for how long, over restarts, too."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], client: CoolKitClient) -> None:
        """Begin with nothing asked."""
        self._entry = entry
        self._client = client
        self._store = _store(hass, entry.entry_id)
        self._day = ""
        self._seconds: dict[str, int] = {}
        self._turn = asyncio.Lock()
        self._asked: float | None = None

    async def async_load(self) -> None:
        """Load what was asked before."""
        kept = await self._store.async_load() or {}
        self._day = kept.get("day", "")
        self._seconds = dict(kept.get("seconds", {}))

    @property
    def budget(self) -> int:
        """For how many minutes a day each meter may be kept awake."""
        return int(self._entry.options.get(CONF_MEASURING_BUDGET, MEASURING_BUDGET))

    def used(self, device_id: str) -> int:
        """Return for how many seconds a meter was asked to measure today."""
        if (today := dt_util.now().date().isoformat()) != self._day:
            self._day = today
            self._seconds = {}
        return self._seconds.get(device_id, 0)

    async def async_measure(self, device: Device, capability: MeasureCapability, seconds: int) -> None:
        """Have a meter tell what it measures for so many seconds, if its budget holds that.

        Raises as `client.update` does, and `HomeAssistantError` if it would be too much.
        """
        device_id = device.device_id
        if self.used(device_id) + seconds > self.budget * 60:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="measured_enough",
                translation_placeholders={
                    "device": device.name,
                    "minutes": f"{self.used(device_id) / 60:.0f}",
                    "budget": str(self.budget),
                },
            )
        self._count(device_id, seconds)
        try:
            async with self._turn:
                loop = asyncio.get_running_loop()
                if self._asked is not None and (wait := self._asked + PACE - loop.time()) > 0:
                    await asyncio.sleep(wait)
                self._asked = loop.time()
                await self._client.update(device_id, capability.live(seconds))
        except DeviceOfflineError, CannotConnectError:
            # Nobody was kept awake: what may have arrived ends as another error.
            self._count(device_id, -seconds)
            raise

    def _count(self, device_id: str, seconds: int) -> None:
        self._seconds[device_id] = max(0, self.used(device_id) + seconds)
        self._store.async_delay_save(self._kept, 1)

    def _kept(self) -> dict[str, Any]:
        return {"day": self._day, "seconds": self._seconds}

    async def async_keep(self) -> None:
        """Keep what was asked today, at once."""
        if self._seconds:
            await self._store.async_save(self._kept())


async def async_forget_measured(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what was asked of the meters of an entry that is removed."""
    await _store(hass, entry_id).async_remove()


def _store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.measured")
