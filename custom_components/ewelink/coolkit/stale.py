"""Loads that a meter goes on telling though its relay is off: asked once, then taken for 0."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
import logging

from .device import Device
from .exceptions import CoolKitError
from .params import Params
from .repertoire import Meter
from .timings import Timings
from .uiid import repertoire_of

_LOGGER = logging.getLogger(__name__)

# Questions that are under way at a time: commands have to wait for no more of them than that.
_AT_A_TIME = 4
# So many other values behind a relay that is off are no last words: there is a load that it does not switch.
_MEASURED = 2


@dataclass(slots=True, eq=False)
class _Case:
    """A load that was told while its relay was off; the case ends when that goes on.

    `told` are the values that count as untrue when `settled`. Once `asked`, other values are counted; those
    that are `measured` are shown.
    """

    told: dict[str, float]
    due: float
    asked: bool = False
    asking: bool = False
    settled: bool = False
    others: int = 0
    measured: bool = False


@dataclass(slots=True, eq=False)
class _Watched:
    """A meter of a device, and what it tells though its relay is off."""

    device_id: str
    meter: Meter
    case: _Case | None = None


class StaleLoads:
    """Sees that no load outlasts the relay that feeds it.

    A relay goes off and the meter says nothing more, or the same as before: after a grace the device is asked
    once, and what it does not tell otherwise is 0. Whatever repeats that value stays untrue until the relay
    is on again. Other values are what the meter measures.

    Attributes:
        watched: the meters of devices that have any.
    """

    def __init__(
        self,
        *,
        timings: Timings,
        devices: Mapping[str, Device],
        conclude: Callable[[str, Params], None],
    ) -> None:
        """Look after `devices`; `conclude` takes over params that nobody has sent."""
        self._timings = timings
        self._devices = devices
        self._conclude = conclude
        self.watched: dict[str, tuple[_Watched, ...]] = {}
        self._pending: set[_Watched] = set()
        self._wake = asyncio.Event()

    def learn(self, device: Device) -> None:
        """Look up the meters of a device."""
        meters = repertoire_of(device).meters
        known = self.watched.get(device.device_id, ())
        if tuple(one.meter for one in known) == meters:
            return
        self.forget(device.device_id)
        if meters:
            self.watched[device.device_id] = tuple(_Watched(device.device_id, meter) for meter in meters)

    def forget(self, device_id: str) -> None:
        """Forget a device that has left."""
        self._pending.difference_update(self.watched.pop(device_id, ()))

    def weighed(self, device: Device) -> Device:
        """Return a device as it is shown; what was just told of it is looked into."""
        for watched in self.watched[device.device_id]:
            if not watched.meter.is_off(device.params):
                watched.case = None
            elif told := watched.meter.told(device.params):
                device = self._weigh(device, watched, told)
            elif watched.case is not None:
                # Nobody has to ask any more.
                watched.case.settled = True
        return device

    def _weigh(self, device: Device, watched: _Watched, told: dict[str, float]) -> Device:
        """Return a device of which a meter tells a load behind a relay that is off."""
        case = watched.case
        if case is None:
            watched.case = _Case(told, self._soon())
            self._wait_for(watched)
        elif all(case.told.get(param) == value for param, value in told.items()):
            if case.settled and not case.measured:
                return device.with_params(dict.fromkeys(told, 0))
        elif not case.measured:
            case.told |= told
            case.others += case.asked
            # What is told in answer, or over and over, is no memory.
            case.measured = case.asking or case.others >= _MEASURED
            case.settled = False
            case.due = self._soon()
            self._wait_for(watched)
        return device

    def _soon(self) -> float:
        return asyncio.get_running_loop().time() + self._timings.grace

    def _wait_for(self, watched: _Watched) -> None:
        self._pending.add(watched)
        self._wake.set()

    async def watch(self, ask: Callable[[str, Sequence[str]], Awaitable[Params]]) -> None:
        """Look into what is pending when its grace is over; `ask` asks a device for params, or raises."""
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            dues = {
                watched: watched.case.due
                for watched in self._pending
                if watched.case is not None and not watched.case.settled
            }
            self._pending.intersection_update(dues)
            if not dues:
                await self._wake.wait()
            elif (wait := min(dues.values()) - loop.time()) > 0:
                await asyncio.sleep(wait)
            else:
                due = [watched for watched, at in dues.items() if at <= loop.time()][:_AT_A_TIME]
                self._pending.difference_update(due)
                await asyncio.gather(*(self._settle(watched, ask) for watched in due))

    async def _settle(
        self, watched: _Watched, ask: Callable[[str, Sequence[str]], Awaitable[Params]]
    ) -> None:
        """Ask once whether there is a load behind a relay that is off, then take it for 0."""
        device_id, case = watched.device_id, watched.case
        if case is None:
            return
        if not case.asked:
            case.asked = case.asking = True
            try:
                await ask(device_id, (*watched.meter.fed_by, *case.told))
            except CoolKitError as error:
                _LOGGER.debug("Nothing is told of the load of %s: %s", device_id, error)
            case.asking = False
        device = self._devices.get(device_id)
        if device is None or watched.case is not case or case.measured:
            return
        case.settled = True
        if untrue := watched.meter.told(device.params):
            self._conclude(device_id, dict.fromkeys(untrue, 0))
