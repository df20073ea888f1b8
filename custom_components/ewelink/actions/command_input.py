"""Params as people write them, made what a device takes; checked before anything is sent."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from ..coolkit import Device, NotJsonError, Params, Sent, TooDeepError, decode_json, encode_json
from .common import invalid

# The longest command of a device, all its timers, has a few thousand bytes.
MAX_BYTES: Final = 16_384
_ON_OFF: Final = ("off", "on")
# Params that are one of these two where the device has not told any; `switch: on` is a bool in YAML.
_ON_OFF_PARAMS: Final = frozenset(
    {"mainSwitch", "pulse", "sledOnline", "startup", "state", "swCtrlReverse", "switch"}
)


def command_params(device: Device, value: Any) -> Sent:
    """Return params as plain JSON, with "on" and "off" where the device has these in place of a bool."""
    _check_numbers(value)
    try:
        # As deep as in the frame that carries them.
        encoded = encode_json({"params": value}, any_keys=True)
    except TooDeepError:
        raise invalid("params_too_deep") from None
    except NotJsonError:
        raise invalid("params_not_json") from None
    if len(encoded) > MAX_BYTES:
        raise invalid("params_too_long", bytes=str(MAX_BYTES))
    plain = decode_json(encoded)["params"]
    if isinstance(plain, list):
        # Several objects of params, each for the device.
        return [_spelled(delta, device.params) for delta in plain]
    params: Params = _spelled(plain, device.params)
    return params


def _check_numbers(value: Any) -> None:
    """Refuse what JSON has no number for, wherever it stands; the encoder would send nothing in its place."""
    stack = [value]
    while stack:
        match stack.pop():
            case Mapping() as mapping:
                stack += mapping.values()
            case list() | tuple() as items:
                stack += items
            case float(number) if not isfinite(number):
                raise invalid("params_not_finite", value=str(number))


def _spelled(value: Any, present: Any, name: str = "") -> Any:
    """Return a value in the spelling that the device has at the same place."""
    match value:
        case bool() if present in _ON_OFF or (present is None and name in _ON_OFF_PARAMS):
            return _ON_OFF[value]
        case Mapping():
            known = present if isinstance(present, Mapping) else {}
            return {key: _spelled(item, known.get(key), key) for key, item in value.items()}
        case list():
            return [_spelled(item, _same_outlet(item, present), name) for item in value]
    return value


def _same_outlet(item: Any, present: Any) -> Any:
    """Return what a device has for the outlet of an item."""
    if not isinstance(item, Mapping) or not isinstance(present, list):
        return None
    outlet = str(item.get("outlet"))
    return next(
        (known for known in present if isinstance(known, Mapping) and str(known.get("outlet")) == outlet),
        None,
    )
