"""The device list of an account: when it is read, and what is concluded from it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import logging

from .authorization import Authorization
from .background import Background
from .backoff import BackOff
from .cloud.api import CloudApi
from .cloud.entries import Listed
from .devices.device import Device
from .exceptions import (
    APP_REFUSED,
    TROUBLE,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CoolKitError,
    DeviceRefusedError,
    FeatureRefusedError,
    InvalidInputError,
    QuotaError,
    ServerTroubleError,
    ShareError,
    SignedOutError,
    TokenRefusedError,
    UnknownDeviceError,
    UnknownGroupError,
    WrongRegionError,
)
from .health import Health
from .list_requests import ListRequests
from .refusals import Refusals, Way
from .slices import in_slices
from .store import DeviceStore
from .timings import Timings
from .waiting import is_set_within

_LOGGER = logging.getLogger(__name__)

# Refused without a look at what was asked for.
_NOT_TRIED = (
    QuotaError,
    FeatureRefusedError,
    SignedOutError,
    TokenRefusedError,
    AppIdRefusedError,
    WrongRegionError,
)
# What may be said of a device that has left unheard.
_REFUSED = (CloudError, CommandError, DeviceRefusedError, InvalidInputError, ShareError, UnknownGroupError)


class DeviceList:
    """Reads the list into the store: when somebody wants it, and regularly while there is no connection.

    Attributes:
        requests: who wants it, and when.
        lock: held while it is read, or while the account is changed.
        take: called with a list that has been read.
        after: called with the moment at which the list was asked for that has been read, in the loop's time.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        requests: ListRequests,
        authorization: Authorization,
        refusals: Refusals,
        health: Health,
        background: Background,
    ) -> None:
        """Read nothing yet."""
        self.requests = requests
        self.lock = asyncio.Lock()
        self.take: Callable[[Listed[Device]], None] = lambda _listed: None
        self.after: Callable[[float], None] = lambda _asked_at: None
        self._api = api
        self._timings = timings
        self._store = store
        self._authorization = authorization
        self._refusals = refusals
        self._health = health
        self._background = background
        # When the last list that was read was asked for.
        self._requested_at = 0.0
        # Between two lists without a connection: it grows while the App ID is refused.
        self._pause = health.poll_interval

    async def read(self, *, since: float | None = None) -> None:
        """Read the list; one that was asked for after `since`, in the loop's time, is as good."""
        async with self.lock:
            if since is not None and self._requested_at >= since:
                return
            asked_at = asyncio.get_running_loop().time()
            with self._health.reading():
                journal = self._store.begin_list()
                try:
                    listed = await self._authorization.http(self._api.list_devices)
                    # Reading the answer, comparing it and telling it each take their time.
                    await asyncio.sleep(0)
                finally:
                    self._store.end_list()
                self._requested_at = asked_at
                self._refusals.end(Way.HTTP)
                changes = self._store.take_list(listed, journal, complete=listed.complete)
                if changes:
                    await asyncio.sleep(0)
                await in_slices(changes, self._store.tell)
                self.take(listed)
        self.after(asked_at)

    async def read_or_request(self) -> None:
        """Read the list after something has changed that only the list shows; later, if that fails now."""
        try:
            await self.read()
        except CoolKitError as error:
            _LOGGER.debug("Cannot read the list now: %s", error)
            self.requests.request(self._timings.backoff)

    async def remove_if_unlisted(self, device_id: str) -> bool:
        """Read the list, and let a device that it lacks go at once; return whether the device is gone."""
        await self.read(since=asyncio.get_running_loop().time())
        if not self._store.lacks(device_id):
            return False
        self._store.remove(device_id)
        return True

    async def raise_if_unlisted(self, error: CoolKitError, device_ids: Iterable[str]) -> None:
        """Look at the list when the cloud refused a call for devices: no push tells of one that is gone.

        Raises `UnknownDeviceError` with the code of the refusal if it lacks one of them.
        """
        if isinstance(error, UnknownDeviceError) and error.code is not None:
            self.requests.request(self._timings.resync)
        if not isinstance(error, _REFUSED) or isinstance(error, ServerTroubleError) or not error.may_be_gone:
            return
        await self.read_or_request()
        if gone := [device_id for device_id in device_ids if self._store.lacks(device_id)]:
            raise UnknownDeviceError(
                error.interface, code=error.code, reason=f"the list lacks {', '.join(gone)}"
            ) from error

    async def exclusively[R](self, work: Callable[[], Awaitable[R]], *, changes: bool = True) -> R:
        """Do work while no list is under way: one that was asked for before would undo here what it changes.

        It goes on when its caller is cancelled. When work that `changes` something has failed, the list is
        read soon.
        """
        self._store.check_open()
        return await Background.outcome(self._background.spawn(self._exclusively(work, changes=changes)))

    async def _exclusively[R](self, work: Callable[[], Awaitable[R]], *, changes: bool) -> R:
        try:
            async with self.lock:
                return await work()
        except CoolKitError as error:
            maybe_sent = not isinstance(error, CannotConnectError) or error.maybe_sent
            if changes and maybe_sent and not isinstance(error, _NOT_TRIED):
                # It may have been done nevertheless, or is not as we know it: the list tells.
                self.requests.request(self._timings.resync)
            raise

    async def keep_read(self) -> None:
        """Read the list whenever somebody wants it."""
        loop = asyncio.get_running_loop()
        pauses = BackOff(self._timings)
        requests = self.requests
        while True:
            await requests.pending.wait()
            requests.pending.clear()
            at = requests.due_at
            # An earlier wish may come while waiting; it sets the event again.
            while (wait := at - loop.time()) > 0 and await is_set_within(requests.pending, wait):
                requests.pending.clear()
                at = min(at, requests.due_at)
            try:
                await self.read()
            except TROUBLE as error:
                _LOGGER.debug("The list was not read: %s", error)
                refused = isinstance(error, APP_REFUSED)
                limit = self._timings.refused_limit if refused else self._health.poll_interval
                self._pause = min(2 * self._pause, limit) if refused else self._health.poll_interval
                if self._health.up.is_set():
                    # Without a connection it is read regularly anyway.
                    requests.request(pauses.next(limit))
            else:
                self._pause = self._health.poll_interval
                pauses.reset()

    async def poll(self) -> None:
        """Read the list regularly while there is no connection."""
        while True:
            await self._health.down.wait()
            if await is_set_within(self._health.up, self._pause):
                continue
            if self._api.stops_at_quota and self._refusals.is_quota_spent:
                # Each call is one of the next quota; to connect needs few.
                continue
            self.requests.request(0)
