"""Control panels."""

from collections.abc import Mapping

from ..model import DeviceKind, Model

PANELS: Mapping[int, Model] = {
    133: Model("HMI wall switch", DeviceKind.PANEL, channels=2, corrects=True, examples=("NSPanel",)),
    195: Model("NSPanel Pro", DeviceKind.GATEWAY, examples=("NSPanel Pro",)),
    228: Model("NSPanel Pro 120", DeviceKind.GATEWAY, examples=("NSPanel120PB",)),
}
