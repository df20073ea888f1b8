"""What signing in has in common in every generation: one account, one region, tokens in the answer."""

from collections.abc import Mapping
import time
from typing import Any

from ..devices.fields import short_name
from ..exceptions import CloudError
from .auth import AccountSession, Tokens
from .interface import Interface
from .region import Region


def required_text(interface: Interface, answer: Mapping[str, Any], name: str) -> str:
    """Return a text that the answer must have; what cannot be printed can stand in no header."""
    value = answer.get(name)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise CloudError(interface.name, reason=f"no {name} in the answer")
    return value


def required_token(interface: Interface, answer: Mapping[str, Any], name: str, other: str) -> str:
    """Return a token that the answer must have, by its name or that of another interface."""
    return required_text(interface, answer, other if name not in answer and other in answer else name)


def required_region(interface: Interface, value: object) -> Region:
    """Return a region that the answer must name."""
    try:
        return Region(str(value))
    except ValueError:
        raise CloudError(interface.name, reason="no known region in the answer") from None


def region_of_one(region: str, email: str | None, phone_number: str | None) -> Region:
    """Return the region; exactly one of email and phone number is given."""
    if bool(email) == bool(phone_number):
        raise ValueError("give either an email address or a phone number")
    return Region(region)


def opened_session(
    interface: Interface, answer: Mapping[str, Any], place: Region, account: str | None
) -> AccountSession:
    """Return the session that an answer with tokens and user opens."""
    user = answer.get("user")
    if isinstance(user, list) and len(user) == 1:
        # The specification's table says array, its example shows an object.
        user = user[0]
    if not isinstance(user, Mapping):
        raise CloudError(interface.name, reason="no user in the answer")
    now = time.time()
    nickname = user.get("nickname")
    return AccountSession(
        apikey=required_text(interface, user, "apikey"),
        region=place,
        tokens=Tokens(
            access_token=required_text(interface, answer, "at"),
            refresh_token=required_text(interface, answer, "rt"),
            access_token_time=now,
            refresh_token_time=now,
        ),
        account=account or "",
        nickname=short_name(nickname) if isinstance(nickname, str) else "",
    )
