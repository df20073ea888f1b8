"""How version 1 is called: general parameters, signature, and answers that are flat."""

from collections.abc import Mapping
import time
from typing import Any, ClassVar, override
from urllib.parse import quote

from yarl import URL

from ...exceptions import CoolKitError, InvalidInputError
from ...jsontext import NotJsonError, encode
from ..api import Feature
from ..auth import make_nonce, query_message, sign
from ..http import HttpCaller, HttpRequest
from ..interface import Interface
from ..reading import Envelope

VERSION = 8
_MOVED = 301


class _Flat:
    """Answers that hold error code and content side by side; lists may be bare."""

    bare_lists = True
    # A token that has expired; signed in elsewhere. Others may be said of a thing, too.
    of_sessions = frozenset({402, 406})
    spent = frozenset({412})

    def content(self, _interface: Interface, answer: Mapping[str, Any]) -> Any:
        """Return the answer as it is."""
        return answer

    def region(self, code: int, answer: Mapping[str, Any]) -> str | None:
        """Return the region to which an error leads."""
        return str(answer.get("region")) if code == _MOVED else None

    def meaning(self, interface: Interface, code: int, _reason: str) -> type[CoolKitError]:
        """Return what an error code of an interface means."""
        return interface.error(code)


class CallerV1(HttpCaller):
    """Calls the interfaces of version 1."""

    offered: ClassVar[frozenset[Feature]] = frozenset(
        {
            Feature.SIGN_IN,
            Feature.DEVICES,
            Feature.DEVICE_INFO,
            Feature.STATUS,
            Feature.DISPATCH,
            Feature.ACCOUNT,
            Feature.DEVICE_MANAGEMENT,
            Feature.GROUPS,
            Feature.SHARING,
        }
    )
    envelope: ClassVar[Envelope] = _Flat()

    @override
    def make_request(
        self, base: str, interface: Interface, parameters: Mapping[str, Any], access_token: str | None
    ) -> HttpRequest:
        """Return the request of a call; without an access token it is signed.

        Source: docs/protocol.md, General parameters, Signature.
        """
        device_id = quote(str(parameters.get("deviceid", "")), safe="")
        url = URL(base + interface.path.format(deviceid=device_id))
        general = {
            "appid": self.credentials.app_id,
            "nonce": make_nonce(),
            "ts": int(time.time()),
            "version": VERSION,
        }
        body = None
        if interface.in_query:
            query = {name: str(value) for name, value in {**parameters, **general}.items()}
            message = query_message(query)
            url = url.with_query(query)
        else:
            try:
                body = message = encode({**parameters, **general})
            except NotJsonError as error:
                raise InvalidInputError(interface.name, reason=str(error)) from error
        if access_token is None:
            authorization = f"Sign {sign(self.credentials.app_secret, message)}"
        else:
            authorization = f"Bearer {access_token}"
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        return HttpRequest(url=url, headers=headers, body=body)
