"""Codes of radio remotes that a bridge learns: learning, naming and deleting them.

Source: docs/protocol.md, Radio bridges.
"""

import asyncio
from collections.abc import Callable, Mapping
import logging
from typing import Any, NamedTuple

from .account_management import AccountManagement
from .background import Background
from .commands import Commands
from .delivery import Delivery
from .devices.device import Device
from .devices.params import Params, integer
from .devices.rf import ALONG, CODES, REMOTES, Code, free_channel, learnt_channels, learnt_codes
from .devices.rf_remotes import kept_remotes, with_button, with_names, without_button
from .devices.uiid import hears_codes
from .events import DeviceChanged, Origin, Subscribe
from .exceptions import (
    BridgeFullError,
    CommandError,
    CommandTimeoutError,
    CoolKitError,
    DeviceOfflineError,
    FeatureRefusedError,
    InvalidInputError,
    LearningRefusedError,
    LearningUnderWayError,
    NothingHeardError,
    UnreadableError,
)
from .group_management import named
from .store import DeviceStore
from .timings import Timings

_LOGGER = logging.getLogger(__name__)

_LEARNING = "learning a code"
_DELETING = "deleting a code"
_RENAMING = "renaming a code"


class Learnt(NamedTuple):
    """A code that was learned: its channel, and whether the cloud has taken its names."""

    channel: int
    is_named: bool


class RadioCodes:
    """The codes of bridges, each one's changed one after the other: a change writes all of them."""

    def __init__(
        self,
        *,
        timings: Timings,
        store: DeviceStore,
        delivery: Delivery,
        commands: Commands,
        management: AccountManagement,
        background: Background,
        subscribe: Subscribe,
    ) -> None:
        """Learn by `commands`, name by the `management`."""
        self._timings = timings
        self._store = store
        self._delivery = delivery
        self._commands = commands
        self._management = management
        self._background = background
        self._subscribe = subscribe
        self._locks: dict[str, asyncio.Lock] = {}

    def forget(self, device_id: str) -> None:
        """Forget a device that has left."""
        self._locks.pop(device_id, None)

    def codes(self, device_id: str) -> tuple[Code, ...]:
        """Return the codes that a bridge has, by channel; none for other devices.

        Raises `UnknownDeviceError`.
        """
        device = self._store.get(device_id)
        return learnt_codes(device) if hears_codes(device) else ()

    async def learn(
        self, device_id: str, *, button: str = "", remote: str = "", is_sensor: bool = False
    ) -> Learnt:
        """Learn the code of a button that somebody presses now; return the channel that it has then.

        It waits for a minute. The names go to the cloud first, as the app does it, and are taken back if
        nothing is heard; where the cloud takes none, the code has none. Cancelling it ends the learning, too.

        Raises before anything is sent: `NotOwnerError`, `UnknownDeviceError`, `BridgeFullError`,
        `LearningUnderWayError`; then `NothingHeardError`, `LearningRefusedError`, `UnreadableError`, and as
        `write` does.
        """
        async with self._alone(device_id, _LEARNING):
            device = self._management.own(device_id, _LEARNING)
            if (channel := free_channel(device)) is None:
                raise BridgeFullError(_LEARNING, reason="all places are taken")
            is_named = bool(button or remote) and await self._name(
                device_id,
                channel,
                named(_LEARNING, button or remote),
                remote=named(_LEARNING, remote or button),
                is_sensor=is_sensor,
            )
            try:
                await self._capture(device_id, channel)
            except CoolKitError:
                if is_named:
                    await self._unname_unlearnt(device_id, channel)
                raise
            except asyncio.CancelledError:
                if is_named:
                    self._background.spawn(self._unname_unlearnt(device_id, channel))
                raise
            return Learnt(channel, is_named)

    async def learn_again(self, device_id: str, channel: int) -> None:
        """Learn another code in place of one. Raises as `learn` does."""
        async with self._alone(device_id, _LEARNING):
            self._code(self._management.own(device_id, _LEARNING), channel, _LEARNING)
            await self._capture(device_id, channel)

    async def rename(self, device_id: str, channel: int, button: str, *, remote: str = "") -> None:
        """Give a code another name, and its remote, too, if one is given; a sensor has one name.

        Raises `NotSupportedError` where the cloud takes none, `InvalidInputError`, `UnreadableError`, and as
        `delete_device` does.
        """
        button = named(_RENAMING, button)
        code = self._code(self._management.own(device_id, _RENAMING), channel, _RENAMING)
        of_remote = button if code.is_sensor else remote.strip() or code.remote or button
        await self._rename(
            device_id, _RENAMING, lambda remotes: with_names(remotes, channel, button, remote=of_remote)
        )

    async def delete(self, device_id: str, channel: int) -> None:
        """Let a bridge forget a code, and the app its name.

        All other codes are written back, as the bridge has just told them. Raises `NotOwnerError`,
        `InvalidInputError`, `UnreadableError`, and as `write` does.
        """
        async with self._alone(device_id, _DELETING):
            self._code(self._management.own(device_id, _DELETING), channel, _DELETING)
            told = await self._delivery.query(device_id, (CODES,))
            codes = told.get(CODES, self._store.get(device_id).params.get(CODES))
            if not isinstance(codes, list) or not all(isinstance(code, Mapping) for code in codes):
                raise UnreadableError(_DELETING, reason="the codes are no list")
            kept = [code for code in codes if integer(code, "rfChl") != channel]
            await self._commands.update(device_id, {"cmd": "edit", CODES: kept})
            await self._unname(device_id, channel)

    # What they are made of

    def _alone(self, device_id: str, interface: str) -> asyncio.Lock:
        """Return what keeps others from a bridge; raise `LearningUnderWayError` if it is kept already."""
        lock = self._locks.setdefault(device_id, asyncio.Lock())
        if lock.locked():
            raise LearningUnderWayError(interface, reason="the codes are being changed already")
        return lock

    def _code(self, device: Device, channel: int, interface: str) -> Code:
        for code in learnt_codes(device):
            if code.channel == channel:
                return code
        raise InvalidInputError(interface, reason="the bridge has no such code")

    async def _capture(self, device_id: str, channel: int) -> None:
        """Have a bridge learn a code; it tells all of its codes when it has."""
        known = _value(self._store.get(device_id).params, channel)
        learnt = asyncio.Event()

        def watch(event: DeviceChanged) -> None:
            if event.device.device_id != device_id or CODES not in event.keys:
                return
            value = _value(event.device.params, channel)
            # The same code again is told like any other, the whole state says the old one.
            told_alone = event.origin is Origin.PUSH and event.keys <= ALONG | {CODES}
            if value is not None and (told_alone or value != known):
                learnt.set()

        unsubscribe = self._subscribe(watch, DeviceChanged)
        try:
            await self._send_capture(device_id, channel)
            async with asyncio.timeout(self._timings.learning):
                await learnt.wait()
        except TimeoutError:
            self._stop_learning(device_id)
            raise NothingHeardError(_LEARNING, reason="no code was heard") from None
        except asyncio.CancelledError:
            self._stop_learning(device_id)
            raise
        finally:
            unsubscribe()

    def _stop_learning(self, device_id: str) -> None:
        self._background.spawn(self._commands.update(device_id, {"cmd": "captureCancel"}))

    async def _send_capture(self, device_id: str, channel: int) -> None:
        try:
            await self._commands.update(device_id, {"cmd": "capture", "rfChl": channel})
        except DeviceOfflineError, CommandTimeoutError:
            raise
        except CommandError as error:
            raise LearningRefusedError(error.interface, code=error.code, reason=error.reason) from error

    async def _name(self, device_id: str, channel: int, button: str, *, remote: str, is_sensor: bool) -> bool:
        """Give a code its names before it is learned; return whether the cloud takes any."""
        try:
            await self._rename(
                device_id,
                _LEARNING,
                lambda remotes: with_button(remotes, channel, button, remote=remote, is_sensor=is_sensor),
            )
        except FeatureRefusedError as error:
            _LOGGER.debug("A code of %s is learnt without a name: %s", device_id, error)
            return False
        return True

    async def _rename(self, device_id: str, interface: str, change: Callable[[list[Any]], list[Any]]) -> None:
        await self._management.change_tags(
            device_id, interface, lambda device: {REMOTES: change(kept_remotes(device))}
        )

    async def _unname_unlearnt(self, device_id: str, channel: int) -> None:
        device = self._store.devices.get(device_id)
        if device is not None and channel not in learnt_channels(device.params):
            await self._unname(device_id, channel)

    async def _unname(self, device_id: str, channel: int) -> None:
        """Take the name of a code back; if that fails, the app has a button that is not learned."""
        try:
            await self._rename(device_id, _DELETING, lambda remotes: without_button(remotes, channel))
        except CoolKitError as error:
            _LOGGER.debug("A name of %s is left: %s", device_id, error)


def _value(params: Params, channel: int) -> Any:
    """Return the code of a channel; None if it has none."""
    codes = params.get(CODES)
    for code in codes if isinstance(codes, list) else ():
        if isinstance(code, Mapping) and integer(code, "rfChl") == channel:
            return code.get("rfVal", "")
    return None
