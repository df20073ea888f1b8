"""Devices from files: lists, single devices, folders of fixtures, diagnostics downloads."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def read_devices(path: Path) -> list[dict[str, Any]]:
    """Return the devices of a JSON file, or of all JSON files of a folder.

    Raises ValueError for a file that holds none.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    devices = [one for file in files for one in _devices(json.loads(file.read_text(encoding="utf-8")))]
    if not devices:
        msg = f"{path} holds no device"
        raise ValueError(msg)
    return devices


def _devices(found: Any) -> list[dict[str, Any]]:
    match found:
        case list():
            return [device for one in found for device in _devices(one)]
        case {"data": {"device": dict(device)}} | {"device": dict(device)}:
            return _devices(device)
        case {"devicelist": list(devices)}:
            return _devices(devices)
        case {"deviceid": str()}:
            return [found]
        case _:
            return []
