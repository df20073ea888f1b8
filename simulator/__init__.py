"""A strict simulator of both generations of the eWeLink cloud and its devices, over real sockets."""

from .accounts import Account, App
from .devices import SimulatedDevice
from .faults import Faults, Quirks
from .simulator import Simulator
from .violations import Violation

__all__ = ["Account", "App", "Faults", "Quirks", "SimulatedDevice", "Simulator", "Violation"]
