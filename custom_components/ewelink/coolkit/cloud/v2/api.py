"""Version 2: all of its HTTP calls, typed."""

from typing import override

from ..api import CloudApi
from .devices import DevicesV2
from .groups import ControlGroupsV2
from .homes import HomesV2
from .sharing import SharingV2
from .things import StatusV2

# Seconds between two lists while there is no persistent connection: 50,000 calls a month are one in 52 s.
_POLL = 300


class ApiV2(StatusV2, DevicesV2, SharingV2, HomesV2, ControlGroupsV2, CloudApi):
    """Every HTTP call of version 2 that is in use."""

    @property
    @override
    def poll_interval(self) -> float:
        """Seconds between two lists while there is no persistent connection.

        They become more when half of the month's calls are made; a quota that is spent lasts until the next
        month.
        """
        return self._pause(_POLL)

    @property
    @override
    def stops_at_quota(self) -> bool:
        """Whether the list is read no more while the quota of calls is spent: it is one for a whole month."""
        return True
