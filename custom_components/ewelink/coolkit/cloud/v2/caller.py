"""How version 2 is called: headers, signature, and answers in an envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, ClassVar, override

from yarl import URL

from ...exceptions import (
    AppIdExpiredError,
    AppIdRefusedError,
    CloudError,
    CoolKitError,
    InvalidInputError,
    RedirectUrlError,
)
from ...jsontext import MendedObject, NotJsonError, encode
from ..api import Feature
from ..auth import make_nonce, query_message, sign
from ..http import HttpCaller, HttpRequest
from ..interface import Interface
from ..reading import Envelope
from .hosts import HostsV2

_MOVED = 10004
# What is said of parameters that are none.
_WRONG = 400
# What ends a header, or cannot stand in one.
_NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Beyond the general codes stand those of single functions.
_GENERAL = range(1000)
_WRONG_SIGNATURE = re.compile(r"sign(?:ature)? verif|oauthclient enable invalid", re.IGNORECASE)
_EXPIRED = re.compile(r"app ?id has expired|app ?id (?:is )?expired", re.IGNORECASE)
_UNAUTHORIZED = re.compile(r"app ?id is unauthori[sz]ed", re.IGNORECASE)
_REDIRECT_URL = re.compile(r"redirect ?url", re.IGNORECASE)


class _Wrapped:
    """Answers that hold error code, words and content: `{error, msg, data}`."""

    bare_lists = False
    # A token that has expired. All others are said of things, too.
    of_sessions = frozenset({402})
    spent = frozenset({403, 412})

    def content(self, interface: Interface, answer: Mapping[str, Any]) -> Any:
        """Return what an answer without an error brings."""
        if "error" not in answer:
            # Whoever answers without a code has not said that anything is done.
            raise CloudError(interface.name, reason="no error code in the answer")
        data = answer.get("data")
        if interface.flat:
            return {**answer, **data} if isinstance(data, Mapping) else answer
        if data in (None, "", []):
            # Nothing to tell is an object without anything, in whatever form it comes.
            return {}
        if isinstance(answer, MendedObject) and isinstance(data, Mapping):
            return MendedObject(data)
        return data

    def region(self, code: int, answer: Mapping[str, Any]) -> str | None:
        """Return the region to which an error leads."""
        if code != _MOVED:
            return None
        data = answer.get("data")
        return str(data.get("region")) if isinstance(data, Mapping) else ""

    def meaning(self, interface: Interface, code: int, reason: str) -> type[CoolKitError]:
        """Return what an error code of an interface means, with these words."""
        if code in _GENERAL:
            if _EXPIRED.search(reason):
                return AppIdExpiredError
            if _WRONG_SIGNATURE.search(reason):
                return AppIdRefusedError
            if _REDIRECT_URL.search(reason):
                return RedirectUrlError
            if _UNAUTHORIZED.search(reason) and interface.feature is None:
                return AppIdRefusedError
        return interface.error(code)


@dataclass(slots=True)
class CallerV2(HttpCaller):
    """Calls the interfaces of version 2."""

    hosts: HostsV2

    # Of an application that anybody can make; one with a contract has more.
    calls_a_month: ClassVar[int | None] = 50_000
    offered: ClassVar[frozenset[Feature]] = frozenset(Feature) - {Feature.GROUPS}
    envelope: ClassVar[Envelope] = _Wrapped()

    @override
    def make_request(
        self, base: str, interface: Interface, parameters: Mapping[str, Any], access_token: str | None
    ) -> HttpRequest:
        """Return the request of a call; without an access token it is signed.

        Source: docs/protocol.md, Version 2.
        """
        url = URL(base + interface.path)
        app_id = self.credentials.app_id
        if _NO_HEADER.search(app_id):
            raise AppIdRefusedError(interface.name, code=_WRONG, reason="no App ID has such characters")
        app_id.encode()
        headers = {"X-CK-Appid": app_id, "X-CK-Nonce": make_nonce()}
        body = None
        if interface.in_query:
            query = {name: str(value) for name, value in parameters.items()}
            message = query_message(query)
            url = url.with_query(query)
        else:
            try:
                body = message = encode(dict(parameters))
            except NotJsonError as error:
                raise InvalidInputError(interface.name, reason=str(error)) from error
            headers["Content-Type"] = "application/json"
        if access_token is None:
            headers["Authorization"] = f"Sign {sign(self.credentials.app_secret, message)}"
        else:
            headers["Authorization"] = f"Bearer {access_token}"
        return HttpRequest(url=url, headers=headers, body=body)
