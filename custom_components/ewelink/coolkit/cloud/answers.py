"""What an answer of the cloud says of errors, in all the forms that it has."""

from collections.abc import Mapping
from typing import Any

from ..jsontext import decode_text

_LONGEST_FIGURE = 20
_SESSION_REFUSED = 406


def error_code(answer: Mapping[str, Any]) -> int | None:
    """Return the error code of an answer: 0 if it has none, None if it is not a code.

    Where `error` is missing or has words, `code` tells. Source: docs/protocol.md, Answers.
    """
    error = answer.get("error")
    if (code := whole(error)) is not None:
        return code
    code = whole(answer.get("code")) or 0
    if error is None or error is False or error == "":
        return 0 if 200 <= code < 300 else code
    return code or None


def session_code(answer: Mapping[str, Any]) -> int | None:
    """Return the error code of an answer to a signed-in client.

    A refusal of the session (406) that hands another answer through is what that one says.
    Source: docs/protocol.md, Answers.
    """
    code = error_code(answer)
    if code == _SESSION_REFUSED and (inner := _inner(_words(answer))) is not None:
        return session_code(inner) or code
    return code


def error_text(answer: Mapping[str, Any]) -> str:
    """Return the cloud's own words on an error, wherever they stand; an error nested as text is unwrapped."""
    words = _words(answer)
    inner = _inner(words)
    return words if inner is None else error_text(inner)


def _words(answer: Mapping[str, Any]) -> str:
    """Return the text that an answer has on an error."""
    for name in ("msg", "reason", "errmsg", "info", "message", "error"):
        text = answer.get(name)
        if isinstance(text, str) and text and not text.isdecimal():
            return text
    return ""


def _inner(words: str) -> dict[str, Any] | None:
    """Return the answer of an inner service that stands in place of words."""
    if not words.lstrip().startswith("{"):
        return None
    inner = decode_text(words)
    return inner if isinstance(inner, dict) else None


def whole(value: Any) -> int | None:
    """Return a whole number that may have come as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        # Python does not read a number of thousands of digits.
        digits = value.strip()
        return int(digits) if digits.isdecimal() and len(digits) <= _LONGEST_FIGURE else None
    return value if isinstance(value, int) else None
