"""Loads that a meter goes on telling though its relay is off: asked once, then taken for 0."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import logging
from time import monotonic

from .devices.device import Device
from .devices.params import Params
from .devices.repertoire import Meter
from .devices.uiid import repertoire_of
from .exceptions import CoolKitError
from .timings import Timings

_LOGGER = logging.getLogger(__name__)

# Questions that are under way at a time: commands have to wait for no more of them than that.
_AT_A_TIME = 4
# So many other values behind a relay that is off are no last words: there is a load that it does not switch.
_MEASURED = 2


class _Case:
    """A relay that is off, and the loads that are told behind it; it ends when the relay goes on.

    `untrue` are the loads that nothing but memory speaks for, None until somebody looks. Once `asked`, other
    loads are counted; those that are `measured` are shown.
    """

    asked = False
    asking = False
    settled = False
    measured = False
    others = 0
    untrue: dict[str, float] | None = None

    def __init__(self, params: Params, due: float) -> None:
        """Begin with what the device told when the relay went off; look into it at that moment."""
        self.params = params
        self.due = due


class _Watched:
    """A meter of a device, and whether its relay is off."""

    __slots__ = ("case", "device_id", "is_off", "meter")

    def __init__(self, device_id: str, meter: Meter) -> None:
        """Take the meter, whose relay is on as far as is known."""
        self.device_id = device_id
        self.meter = meter
        self.is_off = meter.is_off
        self.case: _Case | None = None


class StaleLoads:
    """Sees that no load outlasts the relay that feeds it.

    A relay goes off and the meter says nothing more, or the same as before: after a grace the device is asked
    once, and what it does not tell otherwise is 0. Whatever repeats that value stays untrue until the relay
    is on again. Another value that the meter sends by itself is what it measures.

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

    def weighed(self, device: Device, meters: tuple[_Watched, ...], sent: Params | None = None) -> Device:
        """Return a device as it is shown; what was just told of its `meters` is looked into.

        `sent` is what the device itself has just sent, None if somebody else told it.
        """
        params = device.params
        for watched in meters:
            case = watched.case
            if not watched.is_off(params):
                if case is not None:
                    watched.case = None
            elif case is None:
                watched.case = _Case(params, monotonic() + self._timings.grace)
                self._pending.add(watched)
                self._wake.set()
            elif not case.measured and (told := watched.meter.told(params)):
                device = self._weigh(device, watched, case, told, sent)
        return device

    def _weigh(
        self, device: Device, watched: _Watched, case: _Case, told: dict[str, float], sent: Params | None
    ) -> Device:
        """Return a device of which a meter tells loads though its relay is off."""
        meter = watched.meter
        before = meter.told(case.params) if case.untrue is None else case.untrue
        if all(before.get(param) == value for param, value in told.items()):
            return device.with_params(dict.fromkeys(told, 0)) if case.settled else device
        case.untrue = before | told
        case.others += case.asked
        # What a meter sends without a word of the relay, says when asked, or says over and over is no memory.
        newer = sent is not None and not any(name in sent for name in meter.fed_by)
        case.measured = newer or case.asking or case.others >= _MEASURED
        case.settled = False
        case.due = monotonic() + self._timings.grace
        self._pending.add(watched)
        self._wake.set()
        return device

    async def watch(self, ask: Callable[[str, Sequence[str]], Awaitable[Params]]) -> None:
        """Look into what is pending when its grace is over; `ask` asks a device for params, or raises."""
        while True:
            self._wake.clear()
            dues = {watched: watched.case.due for watched in self._pending if watched.case is not None}
            self._pending.intersection_update(dues)
            now = monotonic()
            if not dues:
                await self._wake.wait()
            elif (wait := min(dues.values()) - now) > 0:
                await asyncio.sleep(wait)
            else:
                due = [watched for watched, at in dues.items() if at <= now][:_AT_A_TIME]
                self._pending.difference_update(due)
                await asyncio.gather(*(self._settle(watched, ask) for watched in due))

    async def _settle(
        self, watched: _Watched, ask: Callable[[str, Sequence[str]], Awaitable[Params]]
    ) -> None:
        """Ask once whether there is a load behind a relay that is off, then take it for 0."""
        device_id, case = watched.device_id, watched.case
        device = self._devices.get(device_id)
        if device is None or case is None or case.measured:
            return
        told = watched.meter.told(device.params)
        case.untrue = (case.untrue or {}) | told
        if told and not case.asked:
            case.asked = case.asking = True
            try:
                feeds = (name for name in watched.meter.fed_by if name in device.params)
                await ask(device_id, (*feeds, *told))
            except CoolKitError as error:
                _LOGGER.debug("Nothing is told of the load of %s: %s", device_id, error)
            case.asking = False
        device = self._devices.get(device_id)
        if device is None or watched.case is not case or case.measured:
            return
        case.settled = True
        if untrue := watched.meter.told(device.params):
            self._conclude(device_id, dict.fromkeys(untrue, 0))
