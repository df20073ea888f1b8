"""The fixtures of devices, as the tests of the model use them."""

import json
from pathlib import Path
from typing import Any

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.capability import (
    AnyCapability,
    ButtonCapability,
    ClimateCapability,
    CoverCapability,
    FanCapability,
    Kind,
)
from custom_components.ewelink.coolkit.devices.device import Device
from custom_components.ewelink.coolkit.devices.params import Params, merge
from custom_components.ewelink.coolkit.devices.states import (
    ClimateCommand,
    CoverAction,
    CoverCommand,
    FanCommand,
)
from custom_components.ewelink.coolkit.devices.uiid import MODELS, capabilities_of

FOLDER = Path(__file__).parent.parent / "fixtures" / "devices"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))

# Several facts in one, told together: each has tests of its own.
COMPOUND = {Kind.AMBIENT_LIGHTING, Kind.CLIMATE, Kind.COVER, Kind.FAN, Kind.LIGHT, Kind.MIST}
# What a device does once; there is nothing to read.
REQUESTS = {
    one.kind for row in MODELS.values() for one in row.capabilities if isinstance(one, ButtonCapability)
} | {Kind.TRANSMIT}


def commands(one: AnyCapability, params: Params) -> list[Any] | None:
    """Return what a capability may be told that is no single value; None for one that is, and for lights."""
    if one.kind in REQUESTS:
        return [None]
    if isinstance(one, CoverCapability):
        asked = [CoverCommand(action=action) for action in CoverAction if one.can_stop or action != "stop"]
        places = (0, 1, 50, 99, 100) if one.can_position and one.read(params).calibrated else ()
        return [*asked, *(CoverCommand(position=place) for place in places)]
    if isinstance(one, ClimateCapability):
        state = one.read(params)
        asked_climate = [ClimateCommand(mode=mode) for mode in state.modes or one.modes]
        presets = one.presets if state.has_presets else ()
        asked_climate += [ClimateCommand(preset=preset) for preset in presets]
        if state.swing is not None:
            asked_climate += [ClimateCommand(swing=swing) for swing in (True, False)]
        if state.swing_horizontal is not None:
            asked_climate += [ClimateCommand(swing_horizontal=swing) for swing in (True, False)]
        if one.is_range:
            return [*asked_climate, ClimateCommand(low=18, high=21.5), ClimateCommand(low=-5.5, high=0)]
        targets = (one.minimum, one.minimum + one.step, 20, one.maximum - one.step, one.maximum)
        return [*asked_climate, *(ClimateCommand(target=target) for target in targets)]
    if isinstance(one, FanCapability):
        asked_fan = [FanCommand(on=True), FanCommand(on=False)]
        asked_fan += [FanCommand(on=True, speed=speed + 1) for speed in range(one.speeds)]
        asked_fan += [FanCommand(on=True, preset=preset) for preset in one.presets]
        swings = (True, False) if one.oscillates else ()
        return [*asked_fan, *(FanCommand(on=True, oscillating=swing) for swing in swings)]
    return None


def entry(name: str | int) -> dict[str, Any]:
    """Return a fixture: an entry of the device list."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def device(name: str | int, **params: Any) -> Device:
    """Return the device of a fixture, with other values for some params."""
    return device_from_entry(entry(name)).with_params(params)


def capability(of: Device, key: str) -> AnyCapability:
    """Return a capability of a device by its key."""
    return next(capability for capability in capabilities_of(of) if capability.key == key)


def keys(of: Device) -> set[str]:
    """Return the keys of all capabilities of a device."""
    return {capability.key for capability in capabilities_of(of)}


def read(of: Device, key: str) -> Any:
    """Return what a capability of a device reads."""
    return capability(of, key).read(of.params)


def write(of: Device, key: str, value: Any) -> list[dict[str, Any]]:
    """Return the messages that a capability of a device sends for a value."""
    written = capability(of, key).write
    assert written is not None
    return [dict(message) for message in written(of.params, value)]


def after(of: Device, key: str, value: Any) -> Any:
    """Return what a capability reads once the device has taken what was sent for a value."""
    params = of.params
    for message in write(of, key, value):
        params = merge(params, message)
    return capability(of, key).read(params)
