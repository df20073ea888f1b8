"""Why a device shows nothing of use: said on its page, in place of silence."""

from enum import StrEnum

from .capability import AnyCapability, Capability, Kind
from .model import Capabilities, DeviceKind, Model
from .params import Params

# What every device may have says nothing of what it is for.
_OF_ANY = frozenset({Kind.BATTERY, Kind.LED, Kind.SIGNAL_STRENGTH})
# Others are heard through them.
_BUSY = frozenset({DeviceKind.BRIDGED, DeviceKind.GATEWAY, DeviceKind.RF_BRIDGE})


class SupportReason(StrEnum):
    """Why a device is not supported, or not yet."""

    CAMERA = "camera"
    LINKED = "linked"
    UNKNOWN = "unknown"


def unsupported(reason: SupportReason) -> Capability[str]:
    """Make the reason for which devices of a uiid show nothing of use, whatever they tell."""
    return Capability(
        kind=Kind.SUPPORT, params=frozenset(), read=lambda _: reason.value, present=lambda _: True
    )


def unless_shown(row: Model, others: Capabilities, *, is_proven: bool) -> Capabilities:
    """Return the reason for a device that is read by its shape, there as long as it shows nothing else.

    What a device has proven to have (`is_proven`) it keeps, though a list may leave it out.
    """
    own: tuple[AnyCapability, ...] = tuple(one for one in others if one.kind not in _OF_ANY)
    if row.kind in _BUSY or (is_proven and own):
        return ()

    def shows(params: Params) -> bool:
        # Before it has told anything, nobody knows.
        return not params or any(one.is_present(params) for one in own)

    reason = SupportReason.CAMERA if row.kind is DeviceKind.CAMERA else SupportReason.UNKNOWN
    return (
        Capability(
            kind=Kind.SUPPORT,
            params=frozenset(),
            read=lambda _: reason.value,
            present=lambda params: not shows(params),
            put_away=shows,
            decided_by=frozenset[str]().union(*(one.params | one.decided_by for one in own)),
        ),
    )
