"""The energy of meters that count none: added up from the power that they report."""

from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.sensor import RestoreSensor
from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_interval

from .coolkit import Device, DeviceChanged, Origin
from .entity import EwelinkEntity

# A meter tells its power when it changes; for so many seconds the last one counts.
LONGEST_GAP: Final = 3600.0
# How often what was added up is shown.
SHOWN_EVERY: Final = timedelta(minutes=5)


class EwelinkEstimatedEnergy(EwelinkEntity[float], RestoreSensor):
    """What a load has taken as far as it was heard of: nothing is added while nobody hears the meter."""

    _energy = 0.0
    # The power that the meter itself has told, since when it is not added up yet, and how long it may stand.
    _watts: float | None = None
    _since = 0.0
    _until = 0.0
    _shown: float | None = None

    @property
    @override
    def native_value(self) -> float:
        """The energy in kWh."""
        return round(self._energy, 3)

    @override
    async def async_added_to_hass(self) -> None:
        """Go on with what was there before a restart; what was taken since, nobody has heard."""
        data = await self.async_get_last_sensor_data()
        if data is not None and isinstance(data.native_value, (int, float)):
            self._energy = float(data.native_value)
        await super().async_added_to_hass()
        self.async_on_remove(async_track_time_interval(self.hass, self._show_sum, SHOWN_EVERY))

    @override
    def _listen(self) -> None:
        self._listen_to(self.capability.params, self._handle_report)

    @override
    def follow(self, device: Device) -> None:
        """Take over what the device tells; one that is not reached is heard no more."""
        super().follow(device)
        if not self._attr_available and self._watts is not None:
            self._add_up()
            self._watts = None

    @callback
    def _handle_report(self, event: DeviceChanged) -> None:
        """Add up to here; go on with what the meter tells. Lists and commands only end what is untrue."""
        self._device = event.device
        self._value = self._read(event.device.params)
        self._add_up()
        if event.origin is Origin.PUSH:
            self._watts = self._value
            self._since = self._now()
            self._until = self._since + LONGEST_GAP
        elif self._value != self._watts:
            self._watts = None

    def _add_up(self) -> None:
        """Add what was taken since the last time, for no longer than the last report may stand."""
        now = self._now()
        if self._watts is not None and (seconds := min(now, self._until) - self._since) > 0:
            self._energy += max(0.0, self._watts) / 1000 * seconds / 3600
        self._since = now

    def _now(self) -> float:
        """Return the time of the event loop: no clock that is set changes it."""
        return self.hass.loop.time()

    @callback
    def _show_sum(self, _: datetime) -> None:
        self._add_up()
        if self._shown != self.native_value:
            self._shown = self.native_value
            self.async_write_ha_state()
