"""What devices are, as far as is known: their numbers, and what their params have proven over time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .device import Device
from .shapes import BY_NUMBER, Shape
from .uiid import shape_of


@dataclass(frozen=True, slots=True)
class Recollection:
    """What was known of a device in an earlier session: its number, and what its params had proven."""

    uiid: int | None = None
    shape: Shape | None = None


class Recognition:
    """Carries on what is known of a device from one of its frames, lists and sessions to the next."""

    def __init__(self) -> None:
        """Start without knowing any."""
        self._recalled: dict[str, Recollection] = {}

    def recall(self, recollections: Mapping[str, Recollection]) -> None:
        """Take over what was known in earlier sessions."""
        self._recalled.update(recollections)

    def again(self, device: Device) -> Device:
        """Return a device that has told more, with what that proves."""
        return device if device.shape is BY_NUMBER else _with_shape(device, device.shape)

    def listed(self, device: Device, previous: Device | None) -> Device:
        """Return a device of a list with what was known of it."""
        known = self._recalled.pop(device.device_id, None) if previous is None else previous
        if known is None:
            return _with_shape(device, None)
        if device.uiid is None and known.uiid is not None:
            # The list has left it out; a number is not lost.
            device = device.with_uiid(known.uiid)
        is_same = known.uiid is None or known.uiid == device.uiid
        return _with_shape(device, known.shape if is_same else None)


def _with_shape(device: Device, known: Shape | None) -> Device:
    shape = shape_of(device, known)
    return device if shape is device.shape else device.with_shape(shape)


def only_once(listed: Iterable[Device]) -> Iterable[Device]:
    """Return the devices of a list that may name one twice: the entry that tells most, one's own first."""
    devices: dict[str, Device] = {}
    for device in listed:
        other = devices.get(device.device_id)
        if other is None or _worth(device) > _worth(other):
            devices[device.device_id] = device
    return devices.values()


def _worth(device: Device) -> tuple[bool, bool, bool, int]:
    return device.shared_by is None, device.uiid is not None, device.online is True, len(device.params)
