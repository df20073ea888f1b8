"""Water valves."""

from collections.abc import Mapping

from ..model import DeviceKind, Model

VALVES: Mapping[int, Model] = {
    7027: Model("Zigbee water valve", DeviceKind.VALVE, examples=("SWV",)),
    7047: Model("Zigbee water valve with one outlet", DeviceKind.VALVE, examples=("SWV-ZNE",)),
    7048: Model("Zigbee water valve with two outlets", DeviceKind.VALVE, examples=("SWV-ZF2E",)),
}
