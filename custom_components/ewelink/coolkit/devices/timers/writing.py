"""Changing the timers of a device: always the whole list, and never beside what cannot be read."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ...events import DeviceChanged
from ...exceptions import (
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    CoolKitError,
    SessionClosedError,
    UnreadableError,
)
from .kept import kept_in, kept_timers, timer_params
from .timer import TIMERS, Timer, timers_of, timers_params

if TYPE_CHECKING:
    # The client knows the table of devices, of which these timers are a part.
    from ...client import CoolKitClient


class TimersUnreadableError(UnreadableError):
    """The device keeps timers in a form that cannot be read; nothing was written beside them."""

    advice = "Change them in the app."


class TimersChangedError(CoolKitError):
    """Another client has written the timers at the same time; nothing was written again.

    Attributes:
        ours: the timers that we have written.
        theirs: the timers that the other client has written, or that the device shows after our writing.
    """

    advice = "Look at the timers and repeat the change."

    def __init__(self, ours: Sequence[Timer], theirs: Sequence[Timer]) -> None:
        """Keep both lists."""
        super().__init__("timers", reason="another client has changed them at the same time")
        self.ours = tuple(ours)
        self.theirs = tuple(theirs)


class TimersNotReadError(CoolKitError):
    """The device did not tell its timers in time; nothing was written."""

    advice = "Check power and network of the device."


type TimersChange = Callable[[tuple[Timer, ...]], tuple[Timer, ...]]

# The changes of one device's timers, one after the other: each writes the whole list.
_TURNS: WeakKeyDictionary[CoolKitClient, dict[str, asyncio.Lock]] = WeakKeyDictionary()


async def write_timers(client: CoolKitClient, device_id: str, change: TimersChange) -> tuple[Timer, ...]:
    """Change the timers of a device and return those that it has then.

    They are asked for, changed, written as a whole and asked for again; `change` may raise what it likes,
    and then nothing is written. Without a change nothing is written either.

    Raises `TimersUnreadableError` if it keeps any in a form that cannot be read, `TimersNotReadError` if the
    device does not tell them first, `TimersChangedError` if another client wrote meanwhile, and as
    `CoolKitClient.write` does; `CommandTimeoutError` if they may have been written.
    """
    turns = _TURNS.setdefault(client, {})
    async with turns.setdefault(device_id, asyncio.Lock()):
        _check_readable(client, device_id)
        try:
            before = await _ask(client, device_id)
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

        unsubscribe = client.subscribe(watch, DeviceChanged)
        try:
            await client.update(device_id, timers_params(ours))
            found = await _ask_again(client, device_id)
        finally:
            unsubscribe()
        if not _same(found, ours):
            raise TimersChangedError(ours, found)
        if strange:
            raise TimersChangedError(ours, strange[-1])
        return found


async def _ask(client: CoolKitClient, device_id: str) -> tuple[Timer, ...]:
    """Return the timers that a device has now; one that never had any answers without them.

    Raises `TimersUnreadableError` if they cannot be read: what is written would replace them.
    """
    device = client.devices.get(device_id)
    found = await client.query(device_id, (TIMERS,) if device is None else timer_params(device))
    if found.get(TIMERS) is None:
        found = await client.query(device_id)
    if kept_in(found).unreadable:
        raise TimersUnreadableError("timers", reason="in another form in the answer")
    # A push may have overtaken the answer; both are complete.
    _check_readable(client, device_id)
    device = client.devices.get(device_id)
    return timers_of(found if device is None else device.params)


def _check_readable(client: CoolKitClient, device_id: str) -> None:
    """Raise `TimersUnreadableError` if a device is known to keep timers in a form that cannot be read."""
    device = client.devices.get(device_id)
    if device is not None and (places := kept_timers(device).unreadable):
        raise TimersUnreadableError("timers", reason=f"kept in {', '.join(sorted(places))}")


async def _ask_again(client: CoolKitClient, device_id: str) -> tuple[Timer, ...]:
    """Return the timers that a device has after a write.

    Raises `CommandTimeoutError` also for what is said of the question alone, and would hide the write.
    """
    try:
        return await _ask(client, device_id)
    except SessionClosedError:
        raise
    except (CannotConnectError, CloudError, CommandError, UnreadableError) as error:
        raise CommandTimeoutError(error.interface, code=error.code, reason=error.reason) from error


def _same(some: Sequence[Timer], others: Sequence[Timer]) -> bool:
    """Tell if two lists mean the same timers, in whatever order and spelling."""
    meant = [_meaning(timer) for timer in others]
    return len(some) == len(others) and all(_meaning(timer) in meant for timer in some)


def _meaning(timer: Timer) -> Any:
    if timer.schedule is None:
        return timer.raw
    return timer.mid, timer.enabled, timer.kind, timer.schedule, timer.actions
