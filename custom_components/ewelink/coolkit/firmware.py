"""Newer firmware for the devices of an account: asked for, installed, and how it is known that it is."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import batched
import logging
from types import MappingProxyType
from typing import Final

from .authorization import Authorization
from .background import Background
from .cloud.api import CloudApi, part
from .cloud.parts import FirmwareQueries
from .cloud.records import Firmware
from .devices.device import Device
from .events import DeviceChanged, Subscribe
from .exceptions import (
    CannotConnectError,
    CommandTimeoutError,
    FirmwareUnconfirmedError,
    InvalidInputError,
    UnknownDeviceError,
)
from .list_requests import ListRequests
from .store import DeviceStore
from .timings import Timings
from .transports import SocketTransport

_LOGGER = logging.getLogger(__name__)

_QUERY: Final = "firmware query"
_INSTALL: Final = "installing the firmware"
_MOST_AT_ONCE: Final = 30


class FirmwareUpdates:
    """Keeps which firmware the cloud has for which device; nothing is asked by itself.

    Attributes:
        newest: the firmware that the cloud has offered for a device, by its id.
        asked: the devices for which it was asked with success: what it offered nothing for has the newest.
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        list_requests: ListRequests,
        authorization: Authorization,
        background: Background,
        socket: SocketTransport,
        subscribe: Subscribe,
    ) -> None:
        """Know nothing yet."""
        self.newest: Mapping[str, Firmware] = MappingProxyType({})
        self.asked: frozenset[str] = frozenset()
        self._api = api
        self._timings = timings
        self._store = store
        self._list_requests = list_requests
        self._authorization = authorization
        self._background = background
        self._socket = socket
        self._subscribe = subscribe

    def _candidates(self) -> Iterable[Device]:
        """Return the account's own devices of which model and firmware are known."""
        apikey = self._authorization.session.apikey
        return [
            device
            for device in self._store.devices.values()
            if device.is_owned_by(apikey) and device.module and device.firmware
        ]

    async def refresh(self) -> None:
        """Ask what is newer for the account's own devices: one call for thirty of them.

        Raises `NotSupportedError`, `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center V2, Query device firmware.
        """
        calls = part(self._api, FirmwareQueries, _QUERY)
        newest: dict[str, Firmware] = {}
        asked: set[str] = set()
        for devices in batched(self._candidates(), _MOST_AT_ONCE, strict=False):
            found = await self._authorization.http(partial(calls.list_firmware, devices=devices))
            newest |= {one.device_id: one for one in found}
            asked |= {device.device_id for device in devices}
        self.newest, self.asked = MappingProxyType(newest), frozenset(asked)

    async def install(self, device_id: str) -> None:
        """Have a device install what the cloud has offered for it; returns when it tells that version.

        The device may answer, or only be gone for a while; how far it is nobody tells. Cancelling the caller
        does not recall it.

        Raises `FirmwareUnconfirmedError` if it has not told the version in time, `DeviceOfflineError`,
        `InvalidInputError` if nothing is offered, `CommandError`, `CannotConnectError`, `UnknownDeviceError`.
        Source: API Center V2, Upgrade the firmware.
        """
        device = self._store.get(device_id)
        if (firmware := self.newest.get(device_id)) is None:
            raise InvalidInputError(_INSTALL, reason="no newer firmware is known")
        await Background.outcome(self._background.spawn(self._install(device, firmware)))

    async def _install(self, device: Device, firmware: Firmware) -> None:
        installed = asyncio.Event()

        def follow(event: DeviceChanged) -> None:
            if event.device.device_id != device.device_id:
                return
            if event.device.firmware == firmware.version:
                installed.set()
            elif event.device.online and not event.previous.online:
                # It has started again; what it does not tell by itself stands in the list.
                self._list_requests.request(self._timings.resync)

        unsubscribe = self._subscribe(follow, DeviceChanged)
        try:
            async with asyncio.timeout(self._timings.upgrade):
                await self._start(device, firmware)
                await installed.wait()
        except TimeoutError:
            present = self._store.devices.get(device.device_id)
            if present is None:
                raise UnknownDeviceError(_INSTALL, reason="it has left meanwhile") from None
            raise FirmwareUnconfirmedError(_INSTALL, reason=f"it tells {present.firmware}") from None
        finally:
            unsubscribe()

    async def _start(self, device: Device, firmware: Firmware) -> None:
        """Send the frame that starts it, once."""
        try:
            await self._socket.upgrade(device, firmware.params)
        except CommandTimeoutError as error:
            # Some devices drop their connection in place of an answer.
            _LOGGER.debug("No answer to the start of an update: %s", error)
        except CannotConnectError as error:
            if not error.maybe_sent:
                raise
            _LOGGER.debug("The connection was lost at the start of an update: %s", error)
