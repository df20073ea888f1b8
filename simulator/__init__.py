"""A strict simulator of the eWeLink v1 cloud and of its devices, over real HTTP and WebSocket."""

from .accounts import Account, App
from .devices import SimulatedDevice
from .faults import Faults, Quirks
from .simulator import Simulator
from .violations import Violation

__all__ = ["Account", "App", "Faults", "Quirks", "SimulatedDevice", "Simulator", "Violation"]
