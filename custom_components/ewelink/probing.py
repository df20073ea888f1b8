"""Probes that are known to fail now and then: their last value stands for a while, wherever it is shown."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.event import async_call_later

from .coolkit import Params

# For how long the last value of a probe stands for what it tells while it fails.
BRIDGED: Final = timedelta(minutes=5)


class Waiting(Entity):
    """Something that waits for a moment as long as it is there."""

    _is_added = False
    _cancel: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to wait."""
        self._is_added = True
        self.async_on_remove(self._stop)
        await super().async_added_to_hass()

    @callback
    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None


class Probing(Waiting):
    """Something that shows what a probe says."""

    _failed: Callable[[Params | None, Params], bool] | None = None
    # The last params that were no failure; none after their time.
    _sound: Params | None = None

    def _bridged(self, params: Params) -> Params:
        """Return the params whose readings are shown: the last sound ones while the probe fails."""
        if self._failed is None or not self._failed(self._sound, params):
            self._sound = params
            self._stop()
            return params
        if self._sound is None or not self._is_added:
            return params
        if self._cancel is None:
            self._cancel = async_call_later(self.hass, BRIDGED, self._give_up)
        return self._sound

    @callback
    def _give_up(self, _: datetime) -> None:
        """Show what the probe says."""
        self._cancel = None
        self._sound = None
        self._show_anew()

    def _show_anew(self) -> None:
        """Look at the device again, and show what it says."""
