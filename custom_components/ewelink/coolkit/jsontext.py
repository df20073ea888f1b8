"""JSON: the only place where it is read and written.

What is nested deeply harms whoever walks through it, compares it or writes it again. It is cut here, so that
nobody further in has to ask; docs/protocol.md, Bounds.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

import orjson

from . import lenient
from .lenient import MendedList, MendedObject

# Of lists and objects, all together: an account of 10,000 devices has 200,000.
MAX_CONTAINERS = 500_000
# Characters of one text; the longest that devices send are histories, of a few thousand.
MAX_TEXT = 65_536

# Levels of lists and objects, the outermost one included. Devices need 7. The encoder that Home Assistant
# uses writes past its end from 32 on.
MAX_DEPTH = 24

_OPENING, _CLOSING = b"[{", b"]}"
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+|[\[\]{}]', re.DOTALL)
_SCALARS = frozenset({str, int, float, bool, type(None)})


__all__ = [
    "MAX_DEPTH",
    "MendedList",
    "MendedObject",
    "NotJsonError",
    "TooDeepError",
    "decode",
    "decode_text",
    "encode",
    "is_too_deep",
]


class NotJsonError(ValueError):
    """A value cannot be written as JSON."""


class TooDeepError(NotJsonError):
    """A value is nested deeper than anybody has to bear."""


def decode(data: bytes | bytearray) -> Any:
    """Return what JSON says, None for what is none.

    What is nested too deeply, and what cannot be read, is None in its place.
    """
    if (containers := data.count(b"[") + data.count(b"{")) > MAX_DEPTH:
        if containers > MAX_CONTAINERS:
            return None
        if _is_deep(data):
            data = _cut(data)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _decode_leniently(data)
    return _without_long_texts(value) if len(data) > MAX_TEXT and _has_long_text(data) else value


def decode_text(text: str) -> Any:
    """Return what JSON within a text says, as `decode` does."""
    return decode(text.encode(errors="replace"))


def _has_long_text(data: bytes | bytearray) -> bool:
    """Return whether a text in JSON may be too long."""
    # Escaped backslashes and quotes first: what is left of quotes begins and ends texts.
    plain = data.replace(rb"\\", b"__").replace(rb"\"", b"__")
    return max(map(len, plain.split(b'"'))) > MAX_TEXT


def _without_long_texts(value: Any) -> Any:
    """Return a value with None for texts that are too long, and without names that are."""
    if isinstance(value, str):
        return None if len(value) > MAX_TEXT else value
    if isinstance(value, dict):
        kept = ((name, item) for name, item in value.items() if len(name) <= MAX_TEXT)
        return type(value)((name, _without_long_texts(item)) for name, item in kept)
    return type(value)(map(_without_long_texts, value)) if isinstance(value, list) else value


def _decode_leniently(data: bytes | bytearray) -> Any:
    """Return what can be read of something that is no JSON by the letter."""
    if (encoded := lenient.other_encoding(data)) is not None:
        return decode(encoded)
    try:
        value = lenient.read(data)
    except RecursionError:
        return None
    # Where texts begin and end is not certain in what is broken, and neither was its depth.
    return None if is_too_deep(value) else value


def encode(value: Any, *, sort: bool = False, any_keys: bool = False) -> bytes:
    """Return a value as JSON; keys that are no texts become such if `any_keys`.

    Raises `TooDeepError`, `NotJsonError`.
    """
    if is_too_deep(value):
        raise TooDeepError(f"nested deeper than {MAX_DEPTH} levels")
    option = (orjson.OPT_SORT_KEYS if sort else 0) | (orjson.OPT_NON_STR_KEYS if any_keys else 0)
    try:
        return orjson.dumps(value, option=option)
    except orjson.JSONEncodeError as error:
        raise NotJsonError(str(error)) from error


def is_too_deep(value: Any, levels: int = MAX_DEPTH) -> bool:
    """Return whether a value has more levels of lists and objects than it may have."""
    if isinstance(value, Mapping):
        items: Any = value.values()
    elif isinstance(value, (list, tuple)):
        items = value
    else:
        return False
    return levels == 0 or any(is_too_deep(item, levels - 1) for item in items if type(item) not in _SCALARS)


def _is_deep(data: bytes | bytearray) -> bool:
    """Return whether JSON has too many levels: by whole steps over the text, as lists may be long."""
    # Escaped backslashes and quotes first: what is left of quotes begins and ends texts.
    data = data.replace(rb"\\", b"").replace(rb"\"", b"").translate(_BRACKETS, _OTHERS)
    # Most texts have no brackets.
    data = data.replace(b'""', b"")
    brackets = b"".join(data.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        # Each step takes the innermost level away.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _cut(data: bytes | bytearray) -> bytes:
    """Return JSON with null for every list and object that is below the deepest level."""
    return b"".join(_shallow_parts(data))


def _shallow_parts(data: bytes | bytearray) -> Iterator[bytes | bytearray]:
    depth = kept = 0
    for token in _TOKEN.finditer(data):
        if token[0] in _OPENING:
            depth += 1
            if depth == MAX_DEPTH + 1:
                yield data[kept : token.start()]
                yield b"null"
        elif token[0] in _CLOSING:
            depth -= 1
            if depth == MAX_DEPTH:
                kept = token.end()
    if depth <= MAX_DEPTH:
        yield data[kept:]
