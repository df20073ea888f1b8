"""What an answer of the cloud says of errors, in all the forms that it has."""

from collections.abc import Mapping
from typing import Any

import orjson

_LONGEST_FIGURE = 20
# Below this an answer cannot be nested so deeply that it could not be written again.
_HARMLESS = 500


def decode(data: bytes | bytearray) -> Any:
    """Return what JSON says; None for what is none, or is nested too deeply to be written again."""
    try:
        answer = orjson.loads(data)
        if len(data) > _HARMLESS and data.count(b"[") + data.count(b"{") > _HARMLESS // 2:
            # Whoever compares, merges or stores it goes as deep; the encoder knows when to stop.
            orjson.dumps(answer)
    except orjson.JSONDecodeError, orjson.JSONEncodeError:
        return None
    return answer


def error_code(answer: Mapping[str, Any]) -> int | None:
    """Return the error code of an answer: 0 if it has none, None if it is not a code.

    Source: docs/protocol.md, Answers.
    """
    error = answer.get("error")
    if error is None or error is False or error == "":
        return 0
    if (code := whole(error)) is not None:
        return code
    return whole(answer.get("code")) or None


def error_text(answer: Mapping[str, Any]) -> str:
    """Return the cloud's own words on an error, wherever they stand; an error nested as text is unwrapped."""
    for name in ("msg", "reason", "errmsg", "info", "message", "error"):
        text = answer.get(name)
        if not isinstance(text, str) or not text or text.isdecimal():
            continue
        if text.lstrip().startswith("{"):
            try:
                inner = orjson.loads(text)
            except orjson.JSONDecodeError:
                return text
            return error_text(inner) if isinstance(inner, dict) else text
        return text
    return ""


def whole(value: Any) -> int | None:
    """Return a whole number that may have come as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        # Python does not read a number of thousands of digits.
        digits = value.strip()
        return int(digits) if digits.isdecimal() and len(digits) <= _LONGEST_FIGURE else None
    return value if isinstance(value, int) else None
