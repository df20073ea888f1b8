"""JSON as nobody should write it: what can be read of it, so that one bad value takes nothing with it."""

from collections.abc import Iterator
from itertools import pairwise
import json
from math import isfinite
import re
from typing import Any, Final

# What is read bit by bit if it has to be: answer, list, device, params, and what a param holds.
_DEEPEST_REPAIR: Final = 5
# Beyond it the rest is not looked at any more.
_MOST_REPAIRS: Final = 10_000
_LONGEST_WHOLE: Final = 20
_LONGEST_NUMBER: Final = 400
_WHOLE: Final = range(-(2**63), 2**64)

# A text without an end goes on to the end of all: tried from each sign of it, it would take its square.
_TEXT: Final = r'"(?:[^"\\]++|\\.)*+"?+'
_START: Final = re.compile(r"[^!-~]*+[\[{]")
# Outside of texts JSON has nothing but these signs.
_STRAY: Final = re.compile(rf"({_TEXT})|[^\t\n\r -~]++", re.DOTALL)
# In what is broken a text ends with a quote behind which something of JSON follows.
_BROKEN_TEXT: Final = r'"(?:[^"\\]++|\\.|"(?!\s*+(?:[\]},:]|$)))*+"?+'
_TOKEN: Final = re.compile(rf"{_BROKEN_TEXT}|[\[\]{{}},]", re.DOTALL)
_NAMED: Final = re.compile(rf"({_TEXT})\s*+:\s*+(.++)", re.DOTALL)
_HALF: Final = re.compile(r"\\u[Dd][89A-Fa-f]")
_ESCAPE: Final = re.compile(
    r"(?P<pair>\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})"
    r"|(?P<half>\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2})"
    r"|\\.",
    re.DOTALL,
)
_UNKNOWN_SIGN: Final = "\ufffd"
_BOMS: Final = {
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}


class MendedObject(dict[str, Any]):
    """An object in which something could not be read; what else is missing in it, nobody knows."""


class MendedList(list[Any]):
    """A list in which something could not be read; what else is missing in it, nobody knows."""


def other_encoding(data: bytes | bytearray) -> bytes | None:
    """Return what a mark tells to be of another encoding as UTF-8, None without such a mark."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode()
    return None


def read(data: bytes | bytearray) -> Any:
    """Return what can be read of a list or an object, None where nothing can be.

    Half a sign in a text becomes the sign for what is not known; numbers that are none, and whatever else
    cannot be read, become None: then it is a `MendedObject` or a `MendedList`. It may be nested deeply.
    """
    text = data.decode("utf-8", "replace")
    if _START.match(text) is None:
        return None
    if _HALF.search(text):
        text = _ESCAPE.sub(_whole_sign, text)
    try:
        return _DECODER.decode(text)
    except ValueError:
        text = _STRAY.sub(lambda found: found[1] or "", text)
    mender = _Mender()
    value = mender.read(text.strip())
    if not mender.mended:
        return value
    return MendedObject(value) if isinstance(value, dict) else value and MendedList(value)


def _whole_sign(escape: re.Match[str]) -> str:
    """Return an escape; for that of half a sign the sign for what is not known."""
    return escape[0] if escape["half"] is None else _UNKNOWN_SIGN


class _Mender:
    """Reads one text part by part, as long as not too much of it is broken."""

    def __init__(self) -> None:
        """Start with nothing broken."""
        self._left = _MOST_REPAIRS

    @property
    def mended(self) -> bool:
        """Whether anything could not be read."""
        return self._left < _MOST_REPAIRS

    def read(self, text: str, levels: int = _DEEPEST_REPAIR) -> Any:
        """Return what a text says; where it cannot be read, what its parts say."""
        if not text or self._left <= 0:
            return None
        try:
            return _DECODER.decode(text)
        except ValueError:
            self._left -= 1
            parts = _parts(text) if levels and text[0] in "[{" else None
        if parts is None:
            return None
        if text[0] == "[":
            return [self.read(part, levels - 1) for part in parts]
        named = (_NAMED.match(part) for part in parts)
        return {
            _DECODER.decode(found[1]): self.read(found[2], levels - 1) for found in named if found is not None
        }


def _parts(text: str) -> list[str] | None:
    """Return what stands between the commas of a list or an object; None if it does not end with the text."""
    parts: list[str] = []
    begin = end = 0
    for begin, end in pairwise(_marks(text)):
        parts.append(text[begin + 1 : end].strip())
    if not parts or end + 1 != len(text):
        return None
    # A comma may stand before the end, or nothing at all.
    return parts if parts[-1] else parts[:-1]


def _marks(text: str) -> Iterator[int]:
    """Yield where a list or an object begins, has its commas, and ends."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "]}":
            depth -= 1
            if depth == 0:
                yield token.start()
                return
        elif token[0] in "[{":
            if depth == 0:
                yield token.start()
            depth += 1
        elif token[0] == "," and depth == 1:
            yield token.start()


def _number(digits: str) -> int | float | None:
    """Return a whole number; one that is too large for everybody else is not exact."""
    if len(digits) <= _LONGEST_WHOLE and (whole := int(digits)) in _WHOLE:
        return whole
    return _fraction(digits)


def _fraction(digits: str) -> float | None:
    """Return a number, None for one that is too large for any, or longer than any needs to be."""
    return number if len(digits) <= _LONGEST_NUMBER and isfinite(number := float(digits)) else None


_DECODER: Final = json.JSONDecoder(
    strict=False, parse_int=_number, parse_float=_fraction, parse_constant=lambda _: None
)
