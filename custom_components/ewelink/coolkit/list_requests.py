"""Wishes for the device list: it is read once for all who want it."""

import asyncio


class ListRequests:
    """Knows when the list is to be read next.

    Attributes:
        pending: set while somebody wants it.
        due_at: when, in the loop's time.
    """

    def __init__(self) -> None:
        """Start without any."""
        self.pending = asyncio.Event()
        self.due_at = 0.0

    def request(self, delay: float) -> None:
        """Have the list read after so many seconds, once for all who want it."""
        at = asyncio.get_running_loop().time() + delay
        if not self.pending.is_set() or at < self.due_at:
            self.due_at = at
            self.pending.set()
