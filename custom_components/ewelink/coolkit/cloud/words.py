"""Whose words an error is told in: the cloud's own, or those of a web server that stands before it."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
import re
from typing import Any

from ..jsontext import decode_text
from .answers import whole

# Under these an error has its words, whoever has written it.
_PLACES = (
    "msg",
    "message",
    "reason",
    "errmsg",
    "info",
    "error",
    "errors",
    "detail",
    "details",
    "title",
    "description",
    "error_msg",
    "error_message",
    "errorMessage",
    "error_description",
    "fault",
    "faultstring",
    "statusText",
)
# So much of a text is looked at, so many texts of an answer, and so many answers within answers.
MAX_QUOTED_LENGTH = 4000
_MOST = 32
_DEEPEST = 4

_PHRASES: Mapping[int, str] = {status: status.phrase.lower() for status in HTTPStatus if status >= 300}
# The cloud itself may call errors "Unauthorized", "Forbidden" and the like: those are not among these.
_OWN_PHRASES = frozenset(
    _PHRASES[status]
    for status in (
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.LENGTH_REQUIRED,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
        HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    )
)
# For the same reason a number before it proves nothing of 401.
_ALL_PHRASES = "|".join(
    re.escape(phrase) for status, phrase in _PHRASES.items() if status != HTTPStatus.UNAUTHORIZED
)

_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|/?(?:html|head|body|title|meta|center|h[1-6]|hr|p|br|pre|div|span|script|style))\b",
    re.IGNORECASE,
)
_SERVERS = re.compile(
    r"\b(?:nginx|openresty|tengine|apache|apisix|caddy|traefik|envoy|istio|haproxy|varnish|squid|kong"
    r"|cloudflare|cloudfront|akamai\w*|fastly|lighttpd|litespeed|microsoft-iis|iis|tomcat|jetty|gunicorn"
    r"|uvicorn|werkzeug|kestrel|awselb|proxy|upstream|load balancer|web ?server)\b",
    re.IGNORECASE,
)
_STATUS_LINE = re.compile(
    rf"\b[345]\d\d\b\W{{0,3}}(?:{_ALL_PHRASES}|gateway time-out|authorization required"
    r"|(?:service|server) (?:is )?(?:temporarily )?unavailable|page not found|route not found)\b",
    re.IGNORECASE,
)
_SAYINGS = re.compile(
    r"\bbad gateway\b|\bgateway time-?out\b|\b(?:service|server) (?:is )?(?:temporarily )?unavailable\b"
    r"|\bno route matched\b|\b(?:page|route|url) (?:was )?not found\b"
    r"|\brequested (?:url|page|path|resource)\b"
    r"|\b(?:request entity|payload) too large\b|\brequest-uri too (?:long|large)\b"
    r"|\bcannot (?:get|head|post|put|patch|delete) /|\bdefault backend\b|\bmissing authentication token\b"
    r"|\bno api ?key found in request\b|\bname resolution failed\b|^error code: (?:5|10)\d\d$",
    re.IGNORECASE,
)


def of_web_server(text: str, status: int = 200) -> bool:
    """Return whether these are the words of a web server, a proxy or a gateway, not of the cloud.

    Some phrases may be either's: one that came with that very HTTP status is the server's.
    Source: docs/protocol.md, Words before codes.
    """
    text = text[:MAX_QUOTED_LENGTH].strip()
    phrase = text.strip(" .:!-").lower()
    if phrase in _OWN_PHRASES or phrase == _PHRASES.get(status):
        return True
    return any(pattern.search(text) for pattern in (_MARKUP, _STATUS_LINE, _SAYINGS, _SERVERS))


def told_by_web_server(
    answer: Mapping[str, Any], status: int = 200, sent: frozenset[str] = frozenset()
) -> bool:
    """Return whether an answer tells its error in the words of a web server, in whatever wrapping.

    What was `sent` and is quoted is nobody's word: a group may be called after a server.
    """
    if "error" not in answer:
        status = whole(answer.get("code")) or status
    elif status == HTTPStatus.UNAUTHORIZED:
        # A token that was replaced must not be taken for trouble that passes.
        status = HTTPStatus.OK
    texts = islice(_texts(answer, _DEEPEST), _MOST)
    return any(of_web_server(_without(text, sent), status) for text in texts)


def _without(text: str, sent: frozenset[str]) -> str:
    """Return words without what they quote."""
    for quoted in sent:
        text = text.replace(quoted, "")
    return text


def _texts(answer: object, depth: int) -> Iterator[str]:
    """Yield the words of an answer, those within answers in it included."""
    if isinstance(answer, str):
        inner = decode_text(answer) if answer.lstrip().startswith(("{", "[")) else None
        if isinstance(inner, (Mapping, list)) and depth:
            yield from _texts(inner, depth - 1)
        else:
            yield answer
    elif isinstance(answer, list) and depth:
        for item in answer[:_MOST]:
            yield from _texts(item, depth - 1)
    elif isinstance(answer, Mapping) and depth:
        for place in _PLACES:
            if (words := answer.get(place)) is not None:
                yield from _texts(words, depth - 1)
