"""The order of commands: one after the other for each device, relays switched together as one frame."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .background import Background
from .devices.capability import Capability, Kind
from .devices.device import Device
from .devices.params import Params, Sent, merge
from .exceptions import CommandInDoubtError, CommandNotSentError, CommandTimeoutError
from .store import DeviceStore
from .timings import Timings

type Write = tuple[Capability[Any, Any], Any]


@dataclass(slots=True, eq=False)
class _Batch:
    """Writes of relays of one device that become one frame."""

    writes: list[Write]
    # When it is closed to others.
    until: float
    task: asyncio.Task[Params] | None = None


@dataclass(slots=True, eq=False)
class _DeviceQueue:
    """The commands of one device, one after the other."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    # The writes that others may still join; None once their time is over or another command stands behind.
    gathering: _Batch | None = None
    # Whether the last command found nobody who answered.
    stalled: bool = False

    def close(self, batch: _Batch) -> None:
        """Let nobody join a batch any more."""
        if self.gathering is batch:
            self.gathering = None


class Commands:
    """Everything that devices are told, in order.

    A command goes on when its caller is cancelled: it may be on its way already, and others may share its
    frame.
    """

    def __init__(
        self,
        *,
        timings: Timings,
        background: Background,
        store: DeviceStore,
        send: Callable[[Device, Sent], Awaitable[Params]],
        request: Callable[[Device, Sent], Awaitable[Params]],
    ) -> None:
        """Command the devices of a store; send and confirm messages with `send`, ask with `request`."""
        self._timings = timings
        self._background = background
        self._store = store
        self._send = send
        self._request = request
        self._queues: dict[str, _DeviceQueue] = {}

    def forget(self, device_id: str) -> None:
        """Forget a device that has left."""
        self._queues.pop(device_id, None)

    async def write[W](self, device_id: str, capability: Capability[Any, W], value: W) -> None:
        """Make a capability so; its messages are made of the device's params when it is their turn."""
        write = capability.write
        if write is None:
            raise ValueError(f"{capability.key} is read only")
        device = self._store.get(device_id)
        queue = self._queues.setdefault(device_id, _DeviceQueue())
        if capability.kind is Kind.RELAY and _is_switches(write(device.params, value)):
            await Background.outcome(self._join(queue, device, (capability, value)))
            return
        queue.gathering = None
        await Background.outcome(
            self._background.spawn(
                self._exclusively(device_id, queue, lambda: write(self._store.get(device_id).params, value))
            )
        )

    async def update(self, device_id: str, params: Sent) -> Params:
        """Send one message, and return the answer to it."""
        self._store.get(device_id)
        queue = self._queues.setdefault(device_id, _DeviceQueue())
        queue.gathering = None
        return await Background.outcome(
            self._background.spawn(self._exclusively(device_id, queue, lambda: (params,)))
        )

    async def request(self, device_id: str, params: Sent) -> Params:
        """Ask for what a device keeps, in turn with its commands; return what it tells."""
        device = self._store.get(device_id)
        queue = self._queues.setdefault(device_id, _DeviceQueue())
        queue.gathering = None

        async def ask() -> Params:
            async with queue.turn:
                return await self._request(device, params)

        return await Background.outcome(self._background.spawn(ask()))

    def _join(self, queue: _DeviceQueue, device: Device, write: Write) -> asyncio.Task[Params]:
        """Return the work that a write of a relay is part of: that of others just before it, or its own."""
        batch = queue.gathering
        if batch is not None and batch.task is not None:
            writes = [*batch.writes, write]
            if len(frames_of(device.params, writes)) == 1:
                batch.writes = writes
                return batch.task
        device_id = device.device_id
        loop = asyncio.get_running_loop()
        batch = opened = _Batch([write], loop.time() + self._timings.coalesce)
        # A timer closes it, not a look at the clock: what is switched in one step of the loop belongs
        # together, however long the step takes.
        timer = loop.call_at(batch.until, queue.close, batch)
        batch.task = self._background.spawn(
            self._exclusively(
                device_id, queue, lambda: frames_of(self._store.get(device_id).params, opened.writes), opened
            )
        )
        batch.task.add_done_callback(lambda _task: timer.cancel())
        queue.gathering = batch
        return batch.task

    async def _exclusively(
        self,
        device_id: str,
        queue: _DeviceQueue,
        messages: Callable[[], Sequence[Sent]],
        batch: _Batch | None = None,
    ) -> Params:
        """Send messages when the device's earlier commands are done; return the answer to the last one."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with queue.turn:
            if batch is not None:
                # Others may still join.
                await asyncio.sleep(batch.until - loop.time())
                queue.close(batch)
            if queue.stalled and loop.time() - started >= self._timings.command:
                # It stood behind commands that nobody answered: held longer, it would surprise.
                raise CommandNotSentError("update", reason="not sent: earlier commands were not answered")
            queue.stalled = False
            answer: Params = {}
            try:
                for params in messages():
                    answer = await self._send(self._store.get(device_id), params)
            except CommandTimeoutError as error:
                queue.stalled = not isinstance(error, CommandInDoubtError)
                raise
            return answer


def _is_switches(messages: Sequence[Params]) -> bool:
    """Return whether a write is one message with relays alone."""
    return len(messages) == 1 and messages[0].keys() == {"switches"}


def frames_of(params: Params, writes: Sequence[Write]) -> list[Params]:
    """Return the frames for several writes of relays: one, unless a write would undo an earlier one's.

    Each write is made of the params as the earlier ones will leave them: with interlock, or where every
    outlet has to be named, the last message has them all.
    """
    frames: list[Params] = []
    written: dict[str, Write] = {}
    for capability, value in writes:
        if capability.write is None:
            continue
        for message in capability.write(params, value):
            params = merge(params, message)
            joined = merge(frames[-1], message) if frames else dict(message)
            kept = all(known.read({**params, **joined}) == wanted for known, wanted in written.values())
            if frames and kept and capability.key not in written:
                frames[-1] = joined
            else:
                frames.append(dict(message))
                written = {}
            written[capability.key] = (capability, value)
    return frames
