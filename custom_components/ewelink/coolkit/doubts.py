"""What commands that ended open have left in doubt: looked for until it is known."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import logging
from random import SystemRandom

from .devices.params import Params
from .exceptions import CoolKitError
from .list_requests import ListRequests
from .presence import told_by
from .push import Path, Push, flatten
from .store import DeviceStore
from .timings import Timings

_LOGGER = logging.getLogger(__name__)

# Questions that are under way at a time: commands have to wait for no more of them than that.
_AT_A_TIME = 4


class Doubts:
    """Devices of which nobody knows whether they did what they were told.

    The list is read at once, and until that has worked the devices are asked, again and again with growing
    pauses. A list that was asked for afterwards, the device's own report and its answer end the doubt.
    """

    def __init__(
        self,
        *,
        timings: Timings,
        store: DeviceStore,
        list_requests: ListRequests,
        ask: Callable[[str, Sequence[str]], Awaitable[Params]],
    ) -> None:
        """Start without any; `ask` asks a device for params, or raises."""
        self._timings = timings
        self._store = store
        self._list_requests = list_requests
        self._ask = ask
        # By device: what is in doubt, and since when.
        self._open: dict[str, dict[Path, float]] = {}
        self._opened = asyncio.Event()
        self._random = SystemRandom()

    def __len__(self) -> int:
        """Return of how many devices something is in doubt."""
        return len(self._open)

    def open(self, device_id: str, params: Params) -> None:
        """Look for what has become of a command."""
        if device_id not in self._store.devices:
            return
        now = asyncio.get_running_loop().time()
        self._open.setdefault(device_id, {}).update((path, now) for path, _ in flatten(params))
        self._store.overhear = self._overhear
        self._opened.set()
        self._list_requests.request(0)

    def tell(self, device_id: str, params: Params) -> None:
        """Note what a device has answered."""
        if (paths := self._open.get(device_id)) is not None:
            for path, _ in flatten(params):
                paths.pop(path, None)
            if not paths:
                self.forget(device_id)

    def tell_list(self, asked_at: float) -> None:
        """Note that a list was read that was asked for at that moment, in the loop's time."""
        for device_id, paths in list(self._open.items()):
            if not self._store.lacks(device_id):
                self._open[device_id] = {path: at for path, at in paths.items() if at > asked_at}
                if not self._open[device_id]:
                    self.forget(device_id)

    def forget(self, device_id: str) -> None:
        """Look no more for what a device did: it is known, or the device has left."""
        self._open.pop(device_id, None)
        if not self._open:
            self._store.overhear = None

    def _overhear(self, push: Push) -> None:
        """Note what a device tells by itself, or by the answer to a command."""
        if push.device_id in self._open and push.heard and told_by(push):
            self.tell(push.device_id, push.params)

    async def look(self) -> None:
        """Ask the devices as long as something is in doubt."""
        while True:
            await self._opened.wait()
            pause = self._timings.backoff
            while self._open:
                self._opened.clear()
                jitter = self._timings.jitter
                try:
                    async with asyncio.timeout(pause * self._random.uniform(1 - jitter, 1 + jitter)):
                        await self._opened.wait()
                except TimeoutError:
                    await self._ask_all()
                    pause = min(pause * 2, self._timings.backoff_limit)
                else:
                    pause = self._timings.backoff
            self._opened.clear()

    async def _ask_all(self) -> None:
        turn = asyncio.Semaphore(_AT_A_TIME)

        async def ask(device_id: str) -> None:
            async with turn:
                if (paths := self._open.get(device_id)) is None:
                    return
                names = tuple(dict.fromkeys(str(path[0]) for path in paths))
                try:
                    self.tell(device_id, await self._ask(device_id, names))
                except CoolKitError as error:
                    _LOGGER.debug("Still in doubt what device %s did: %s", device_id, error)

        await asyncio.gather(*(ask(device_id) for device_id in self._open))
