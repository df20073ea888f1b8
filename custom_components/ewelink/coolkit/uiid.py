"""What each kind of device can, by uiid."""

from typing import Any

from .capability import Capability
from .device import Device


def capabilities_of(device: Device) -> tuple[Capability[Any, Any], ...]:
    """Return the capabilities that the device has with its present params."""
    return ()


def model_name(device: Device) -> str:
    """Return the name of the device's model."""
    return device.model or "eWeLink device"
