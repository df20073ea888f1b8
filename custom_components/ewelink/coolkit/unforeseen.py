"""Errors of our own: nobody handles them, so they are logged where they end."""

import logging
import traceback

_LOGGER = logging.getLogger(__name__)

# Beyond so many places, a further one is not told from those that are known.
_MOST_PLACES = 32


class Unforeseen:
    """Logs an error of our own with its traceback, once for each place where it happens."""

    def __init__(self) -> None:
        """Start without any."""
        self._places: set[tuple[type[BaseException], str, int | None]] = set()

    def report(self, error: BaseException, where: str) -> None:
        """Log an error; `where` names the work that it has ended."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (type(error), *((frames[-1].filename, frames[-1].lineno) if frames else ("", None)))
        if place in self._places or len(self._places) >= _MOST_PLACES:
            _LOGGER.debug("Again an unexpected error in %s: %s", where, type(error).__name__)
            return
        self._places.add(place)
        _LOGGER.error("Unexpected error in %s; please report it", where, exc_info=error)
