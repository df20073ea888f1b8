"""The facts of a device as they come: read in whatever form they are told, and bounded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
import re
import string
from typing import Any, Final

from ..cloud.answers import whole
from ..cloud.region import is_email
from ..jsontext import MAX_TEXT, decode_text
from .params import Params, together

# What Home Assistant makes of a name has room for this much of it.
LONGEST_NAME: Final = 100
# Ids, keys, addresses, models and versions: what is longer is none.
LONGEST_TEXT: Final = 255
# Shares, groups and features of one device, and the outlets whose names are known.
MOST_ITEMS: Final = 1_000
# More than any device has by far; one that comes by a push is then left out.
MOST_PARAMS: Final = 1_000
# Of somebody's account, as it may be written.
_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{4,20}")
# Blanks that count as letters or symbols, of Hangul and Braille.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0 ")
_YEARS = range(1970, 2200)
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")
_GREATEST_UIID = 999_999


def read_online(value: Any) -> bool | None:
    """Return whether the cloud hears a device; None for what does not say so."""
    match value:
        case True | "true" | 1 | "1":
            return True
        case False | "false" | 0 | "0":
            return False
        case _:
            return None


def read_text(value: Any, longest: int = LONGEST_TEXT) -> str | None:
    """Return a text that is not empty and not too long; a whole number counts as its digits."""
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or len(value) > longest:
        return None
    return value.strip() or None


def visible(text: str) -> str:
    """Return a text without the blanks around it; an empty one if nothing of it can be seen."""
    text = text.strip()
    return text if any(sign.isprintable() and sign not in _UNSEEN for sign in text) else ""


def short_name(name: str) -> str:
    """Return as much of a name as is handed on; a name is never written back like that."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def read_name(value: Any) -> str | None:
    """Return a name that can be seen."""
    text = read_text(value, MAX_TEXT)
    # A line break within a name would be one wherever it is shown.
    return None if text is None else short_name(visible(text.translate(_CONTROLS))) or None


def read_time(value: Any) -> datetime | None:
    """Return a point in time that came as ISO 8601 text; without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return bounded_time(time)


def bounded_time(time: datetime) -> datetime | None:
    """Return a point in time in UTC, which it is in without a zone; None near the ends of the calendar."""
    # Whoever shows it in another zone, or adds to it, must not fall over the edge.
    if time.year not in _YEARS:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def unpacked(value: Any) -> Any:
    """Return JSON that may have come as text."""
    return decode_text(value) if isinstance(value, str) and value.lstrip().startswith(("{", "[")) else value


def bounded_params(params: Params) -> Params:
    """Return no more params than any device has; those that were there first stay."""
    return params if len(params) <= MOST_PARAMS else dict(islice(params.items(), MOST_PARAMS))


def read_params(value: Any) -> Params:
    """Return params, as one object or as several, that may have come as text."""
    return together(unpacked(value))


def read_object(value: Any) -> Mapping[str, Any]:
    """Return a JSON object that may have come as text, or as several in an array; else an empty one."""
    value = unpacked(value)
    if isinstance(value, list) and all(isinstance(part, Mapping) for part in value):
        return {key: item for part in value for key, item in part.items()}
    return value if isinstance(value, Mapping) else {}


def whole_object(value: Any) -> Mapping[str, Any] | None:
    """Return a JSON object, an empty one for nothing; None for what is told in another form."""
    found = read_object(value)
    return found if found or value in (None, "", [], {}, "{}") else None


def read_items(value: Any) -> list[Any]:
    """Return the items of a list; a single object counts as a list of one."""
    if isinstance(value, Mapping):
        return [value] if value else []
    return value[:MOST_ITEMS] if isinstance(value, list) else []


def read_texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; objects in it stand for their id."""
    texts = (
        read_text(item.get("id") or item.get("_id")) if isinstance(item, Mapping) else read_text(item)
        for item in read_items(value)
    )
    return tuple(text for text in texts if text)


def is_account(uid: str) -> bool:
    """Return whether this is an email address or a phone number; keys have letters, and are longer."""
    return is_email(uid) or _NUMBER.fullmatch(uid) is not None


def read_uiid(*candidates: Any) -> int | None:
    """Return the first candidate that is a uiid; 0 stands for a device without one."""
    numbers = (
        int(value) if isinstance(value, float) and value.is_integer() else whole(value)
        for value in candidates
    )
    return next((one for one in numbers if one is not None and 0 < one <= _GREATEST_UIID), None)


def read_channel_names(value: Any) -> dict[int, str]:
    """Return the names that the user gave to the channels, by outlet."""
    names = islice(read_object(value).items(), MOST_ITEMS)
    return {
        outlet: name
        for key, value in names
        if (outlet := whole(key)) is not None and (name := read_name(value)) is not None
    }


def read_mac(*candidates: Any) -> str | None:
    """Return the first candidate that is a network address; Zigbee addresses have 16 digits and are none."""
    for value in candidates:
        if isinstance(value, str):
            digits = value.lower().replace(":", "").replace("-", "")
            if len(digits) == 12 and all(digit in string.hexdigits for digit in digits):
                return ":".join(digits[index : index + 2] for index in range(0, 12, 2))
    return None
