"""Answers and frames with something in them that no cloud should send."""

import gzip
import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .core import Core
    from .faults import Fault

# Half a sign, as when a name is cut within an emoji.
HALF_A_SIGN: Final = r'"Lamp \ud83d"'
_PLACEHOLDER: Final = "\x00odd\x00"
_MIB: Final = 1024 * 1024


def odd_text(content: Any, fault: Fault) -> bytes:
    """Return JSON in which one value of one device is what the fault says, byte by byte.

    `raw` stands for bytes (Latin-1), `place` is a field of the device or the name of a param, `device` its
    id; without them it is the name of the first device that has one, or the first param of a frame.
    """
    raw: str = fault.get("raw", default=HALF_A_SIGN)
    wanted, place = fault.options.get("device"), fault.options.get("place")
    for entry in _entries(content):
        if wanted not in {None, entry["deviceid"]}:
            continue
        params = entry.get("params")
        if place in entry or (place is None and "name" in entry):
            entry[place or "name"] = _PLACEHOLDER
        elif isinstance(params, dict) and params:
            params[place or next(iter(params))] = _PLACEHOLDER
        else:
            continue
        break
    return json.dumps(content).encode().replace(json.dumps(_PLACEHOLDER).encode(), raw.encode("latin-1"))


def _entries(content: Any) -> Iterator[dict[str, Any]]:
    """Yield what tells of a device."""
    if isinstance(content, dict) and "deviceid" in content:
        yield content
    elif isinstance(content, dict | list):
        for item in content.values() if isinstance(content, dict) else content:
            yield from _entries(item)


def bomb(core: Core, fault: Fault) -> web.Response:
    """Return an answer that is small on its way and large when it is unpacked."""
    del core
    size: int = fault.get("mib", default=64) * _MIB
    body = gzip.compress(compresslevel=1, data=b'{"error":0,"devicelist":[' + b" " * size + b"]}")
    return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
