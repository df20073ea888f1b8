"""Commands that wait for an answer, and the reports of devices that confirm them, by whichever transport."""

from asyncio import Future
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .devices.params import Params
from .events import Origin
from .push import Path, Push, flatten


@dataclass(slots=True, eq=False)
class _Command:
    """What a command has sent, and what of it no report has shown yet."""

    answer: Future[Mapping[str, Any]]
    sent: dict[Path, str]
    unseen: dict[Path, str]


class Confirmations:
    """Confirms commands by what their devices report.

    Attributes:
        pending: the commands that wait, by device.
    """

    def __init__(self) -> None:
        """Start without any."""
        self.pending: dict[str, list[_Command]] = {}

    @contextmanager
    def awaited(self, device_id: str, params: Params, answer: Future[Mapping[str, Any]]) -> Iterator[None]:
        """Wait within for reports that show all of `params`: then `answer` is an empty one."""
        sent = dict(flatten(params))
        command = _Command(answer, sent, dict(sent))
        self.pending.setdefault(device_id, []).append(command)
        try:
            yield
        finally:
            commands = self.pending[device_id]
            commands.remove(command)
            if not commands:
                del self.pending[device_id]

    def take(self, push: Push) -> None:
        """Confirm the commands that a report shows; one that says nothing else is their echo."""
        if not push.signed or (commands := self.pending.get(push.device_id)) is None:
            return
        shown = dict(flatten(push.params))
        for command in commands:
            if command.sent.items() >= shown.items():
                push.origin = Origin.OWN
            command.unseen = {
                path: value for path, value in command.unseen.items() if shown.get(path) != value
            }
            if not command.unseen and not command.answer.done():
                command.answer.set_result({})
