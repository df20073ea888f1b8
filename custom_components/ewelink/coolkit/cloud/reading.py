"""What an HTTP answer says: its content, or the error that it means."""

from collections.abc import Mapping
import re
from typing import Any, Protocol

from ..exceptions import (
    CloudError,
    CoolKitError,
    NotEwelinkError,
    QuotaError,
    RedirectError,
    ServerTroubleError,
    SessionError,
    SignedOutError,
    ThrottledError,
)
from ..jsontext import decode
from ..scrubbing import scrub
from .answers import error_code, error_text, session_code
from .interface import Interface
from .words import of_web_server, told_by_web_server

_QUOTA = re.compile(r"quota|arrears|配额|欠费", re.IGNORECASE)
_LIMIT = re.compile(r"limit|exceed", re.IGNORECASE)
_RATE = re.compile(r"\brate.?limit", re.IGNORECASE)
# With these a quota that is spent is told, and with the first one much else.
_FORBIDDEN, _SPENT = 403, 412
# Whoever tells it, the cloud or what stands before it: the next calls have to wait.
_TOO_MANY = 429
# A path or a method that a web server does not know: by itself it says nothing of devices or accounts.
_NOT_THERE = frozenset({404, 405})
MAX_QUOTED_LENGTH = 4000


class Envelope(Protocol):
    """How a generation of the cloud wraps its answers.

    Attributes:
        bare_lists: whether a list may come without an object around it.
        of_sessions: the error codes that are said of sessions alone, never of a device.
        spent: the HTTP statuses that say without a word that a quota is spent.
    """

    bare_lists: bool
    of_sessions: frozenset[int]
    spent: frozenset[int]

    def content(self, interface: Interface, answer: Mapping[str, Any]) -> Any:
        """Return what an answer without an error brings."""

    def region(self, code: int, answer: Mapping[str, Any]) -> str | None:
        """Return the region to which an error leads, as the cloud names it; None for any other error."""

    def meaning(self, interface: Interface, code: int, reason: str) -> type[CoolKitError]:
        """Return what an error code of an interface means, with these words."""


def read(
    envelope: Envelope,
    interface: Interface,
    status: int,
    content: bytes,
    secrets: tuple[str, ...],
    *,
    sent: Mapping[str, Any],
) -> Any:
    """Return what was answered to a call that `sent` these parameters; raise what its error means.

    Source: docs/protocol.md, Answers, Words before codes.
    """
    answer = decode(content)
    if isinstance(answer, list) and status == 200 and envelope.bare_lists:
        return answer
    if not isinstance(answer, dict):
        raise _page(envelope, interface, status, content, answer)
    code = error_code(answer)
    if _TOO_MANY in {code, status}:
        raise ThrottledError(interface.name, code=_TOO_MANY, reason=scrub(error_text(answer), *secrets))
    if interface.error(code) is SignedOutError:
        code = session_code(answer)
    reason = scrub(error_text(answer), *secrets)
    quoted = frozenset(text for text in sent.values() if isinstance(text, str) and len(text) > 2)
    by_server = told_by_web_server(answer, status, quoted)
    if code == 0 and status < 300 and not by_server:
        return envelope.content(interface, answer)
    raise _error(envelope, interface, status, answer, code=code, reason=reason, by_server=by_server)


def _error(
    envelope: Envelope,
    interface: Interface,
    status: int,
    answer: Mapping[str, Any],
    *,
    code: int | None,
    reason: str,
    by_server: bool,
) -> CoolKitError:
    """Return what an answer means that is none of success."""
    name, known = interface.name, code or (None if status == 200 else status)
    if {code, status} & {_FORBIDDEN, _SPENT} and _is_spent(reason):
        return QuotaError(name, code=known, reason=reason)
    if by_server or (code and code == status and not reason and _is_of_http(status)):
        kind = ServerTroubleError if code or (known or 0) >= 500 else NotEwelinkError
        return kind(name, code=known, reason=reason)
    if not code and status >= 300:
        # The cloud itself says with an error what is wrong.
        return _other_server(status, envelope.spent)(name, code=status, reason=reason)
    if code is None:
        return interface.error(None)(name, reason=reason or "the answer has an unknown error")
    if (region := envelope.region(code, answer)) is not None:
        return RedirectError(name, code=code, region=region, reason=reason)
    error = envelope.meaning(interface, code, reason)(name, code=code, reason=reason)
    error.may_be_gone = code in interface.gone
    if isinstance(error, SessionError) and code in envelope.of_sessions:
        error.only_of_session = True
    return error


def _page(
    envelope: Envelope, interface: Interface, status: int, content: bytes, answer: object
) -> CoolKitError:
    """Return what an answer means that is no JSON object: who else has answered."""
    name = interface.name
    if status == _TOO_MANY:
        return ThrottledError(name, code=status)
    text = content[:MAX_QUOTED_LENGTH].decode(errors="replace").strip()
    if status in {_FORBIDDEN, _SPENT} and _is_spent(text):
        return QuotaError(name, code=status)
    reason = "the answer is no JSON object" if text else "the answer is empty"
    if status == 200 and (not text or (answer is not None and not of_web_server(text))):
        return CloudError(name, reason=reason)
    # A page says nothing of a quota, unless in words.
    kind = _other_server(status, frozenset() if text else envelope.spent)
    return kind(name, code=None if status == 200 else status, reason=reason)


def _other_server(status: int, spent: frozenset[int]) -> type[CoolKitError]:
    """Return what an HTTP status means with which the cloud has said nothing itself."""
    if status in spent:
        return QuotaError
    return ServerTroubleError if status >= 500 else NotEwelinkError


def _is_of_http(code: int) -> bool:
    """Return whether a web server tells this of itself, so that it takes words to mean something else."""
    return code in _NOT_THERE or 500 <= code < 600


def _is_spent(words: str) -> bool:
    """Return whether words say that a quota is spent; one that comes too often is told to wait instead."""
    return bool(_QUOTA.search(words) or (_LIMIT.search(words) and not _RATE.search(words)))
