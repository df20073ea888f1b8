"""Whether a device is heard: what each witness says of it, and for how long one that sleeps may be silent."""

from datetime import UTC, datetime, timedelta
import time

from .devices.device import Device
from .devices.model import FOR_EVER
from .devices.uiid import longest_silence
from .push import Push

# Of these alone nothing follows: a gateway tells the signal of children that it does not hear, and the cloud
# adds times to what it passes on.
PROVE_NOTHING = frozenset(
    {"actionTime", "demNextFetchTime", "lastUpdateTime", "rssi", "subDevRssi", "subDevRssiSetting"}
)

_CLOCKS_DIFFER = timedelta(minutes=5)


def told_by(push: Push) -> bool | None:
    """Return whether the device is heard, as a push says; None if nothing of that follows from it."""
    if push.online is None and push.heard and not PROVE_NOTHING.issuperset(push.params):
        return True
    return push.online


class Presence:
    """Decides whether a device counts as online, and knows when it was last heard."""

    def __init__(self) -> None:
        """Start without having heard of any."""
        # In unix seconds.
        self._seen: dict[str, float] = {}

    def note(self, device_id: str) -> None:
        """Note that a device has just been heard."""
        self._seen[device_id] = time.time()

    def note_earlier(self, device_id: str, when: datetime) -> None:
        """Take over when a device was heard; only the latest counts."""
        self._seen[device_id] = max(when.timestamp(), self._seen.get(device_id, 0))

    def forget(self, device_id: str) -> None:
        """Forget a device that has left."""
        self._seen.pop(device_id, None)

    def last_seen(self, device: Device) -> datetime | None:
        """Return when a device was last heard, or last went online or offline; None if that is not known."""
        times = (self._last_heard(device), device.online_since, device.offline_since)
        return max(filter(None, times), default=None)

    def _last_heard(self, device: Device) -> datetime | None:
        """Return when a device was last heard, here or by the cloud."""
        heard = self._seen.get(device.device_id)
        here = None if heard is None else datetime.fromtimestamp(heard, UTC)
        reported = device.reported_at
        if reported is not None and reported > _now() + _CLOCKS_DIFFER:
            # A report from the future says nothing.
            reported = None
        return max(filter(None, (here, reported)), default=None)

    def decide(self, device: Device, *, told: bool | None, known: Device | None) -> bool:
        """Return whether a device is online, by what the cloud tells of it now and what is `known` of it.

        Where the cloud does not tell it, or in a form that cannot be read, it stays as it was; a new device
        counts as online, for commands to others are dropped before anybody tries. Of one that sleeps the
        cloud's word says little: what counts is when it was last heard.
        """
        silence = longest_silence(device.uiid)
        if silence is not None:
            if silence == FOR_EVER:
                return True
            if (heard := self._last_heard(device)) is not None:
                return (_now() - heard).total_seconds() < silence
        if told is not None:
            return told
        return known is None or known.online is not False


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
