"""Changing the timers of a device: always the whole list, and never beside what cannot be read."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from .commands import Commands
from .delivery import Delivery
from .devices.timers.kept import kept_in, kept_timers, timer_params
from .devices.timers.timer import TIMERS, Timer, timers_of, timers_params
from .events import DeviceChanged, Subscribe
from .exceptions import (
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    SessionClosedError,
    TimersChangedError,
    TimersNotReadError,
    TimersUnreadableError,
    UnreadableError,
)
from .store import DeviceStore

type TimersChange = Callable[[tuple[Timer, ...]], tuple[Timer, ...]]


class TimerWriter:
    """Changes the timers of devices, of each one after the other: a change writes the whole list."""

    def __init__(
        self,
        *,
        store: DeviceStore,
        delivery: Delivery,
        commands: Commands,
        subscribe: Subscribe,
    ) -> None:
        """Ask by the `delivery`, write as other `commands` do, and see what others write meanwhile."""
        self._store = store
        self._delivery = delivery
        self._commands = commands
        self._subscribe = subscribe
        self._locks: dict[str, asyncio.Lock] = {}

    def forget(self, device_id: str) -> None:
        """Forget a device that has left."""
        self._locks.pop(device_id, None)

    async def write(self, device_id: str, change: TimersChange) -> tuple[Timer, ...]:
        """Change the timers of a device; see `CoolKitClient.write_timers`."""
        async with self._locks.setdefault(device_id, asyncio.Lock()):
            self._check_readable(device_id)
            try:
                before = await self._ask(device_id)
            except CommandTimeoutError as error:
                raise TimersNotReadError(error.interface, code=error.code, reason=error.reason) from error
            ours = change(before)
            if ours == before:
                return before
            strange: list[tuple[Timer, ...]] = []

            def watch(event: DeviceChanged) -> None:
                if (
                    event.device.device_id == device_id
                    and TIMERS in event.keys
                    and not any(_same(timers_of(event.device.params), known) for known in (before, ours))
                ):
                    strange.append(timers_of(event.device.params))

            unsubscribe = self._subscribe(watch, DeviceChanged)
            try:
                await self._commands.update(device_id, timers_params(ours))
                found = await self._ask_again(device_id)
            finally:
                unsubscribe()
            if not _same(found, ours):
                raise TimersChangedError(ours, found)
            if strange:
                raise TimersChangedError(ours, strange[-1])
            return found

    async def _ask(self, device_id: str) -> tuple[Timer, ...]:
        """Return the timers that a device has now; one that never had any answers without them.

        Raises `TimersUnreadableError` if they cannot be read: what is written would replace them.
        """
        device = self._store.devices.get(device_id)
        found = await self._delivery.query(device_id, (TIMERS,) if device is None else timer_params(device))
        if found.get(TIMERS) is None:
            found = await self._delivery.query(device_id)
        if kept_in(found).unreadable:
            raise TimersUnreadableError("timers", reason="in another form in the answer")
        # A push may have overtaken the answer; both are complete.
        self._check_readable(device_id)
        device = self._store.devices.get(device_id)
        return timers_of(found if device is None else device.params)

    def _check_readable(self, device_id: str) -> None:
        """Raise `TimersUnreadableError` if a device is known to keep timers in a form that cannot be read."""
        device = self._store.devices.get(device_id)
        if device is not None and (places := kept_timers(device).unreadable):
            raise TimersUnreadableError("timers", reason=f"kept in {', '.join(sorted(places))}")

    async def _ask_again(self, device_id: str) -> tuple[Timer, ...]:
        """Return the timers that a device has after a write.

        Raises `CommandTimeoutError` also for what is said of the question alone, and would hide the write.
        """
        try:
            return await self._ask(device_id)
        except SessionClosedError:
            raise
        except (CannotConnectError, CloudError, CommandError, UnreadableError) as error:
            raise CommandTimeoutError(error.interface, code=error.code, reason=error.reason) from error


def _same(some: Sequence[Timer], others: Sequence[Timer]) -> bool:
    """Return whether two lists mean the same timers, in whatever order and spelling."""
    meant = [_meaning(timer) for timer in others]
    return len(some) == len(others) and all(_meaning(timer) in meant for timer in some)


def _meaning(timer: Timer) -> Any:
    if timer.schedule is None:
        return timer.raw
    return timer.mid, timer.enabled, timer.kind, timer.schedule, timer.actions
