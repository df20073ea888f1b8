"""Pauses that grow from attempt to attempt."""

from random import SystemRandom

from .timings import Timings

_RANDOM = SystemRandom()


class BackOff:
    """Pauses between attempts, doubled by each one, a little different for everybody."""

    def __init__(self, timings: Timings) -> None:
        """Start with the shortest pause."""
        self._timings = timings
        self._pause = timings.backoff

    def reset(self) -> None:
        """Start anew: the attempt was a success."""
        self._pause = self._timings.backoff

    def next(self, limit: float) -> float:
        """Return how long to pause before the next attempt: not beyond the limit, whatever came before."""
        jitter = self._timings.jitter
        pause = min(self._pause, limit)
        self._pause = min(2 * pause, limit)
        return min(pause * _RANDOM.uniform(1 - jitter, 1 + jitter), limit * _RANDOM.uniform(1 - jitter, 1))
