"""Diagnostics: what identifies is replaced by stand-ins of the same type, so that a download is a fixture."""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from functools import partial
import re
import time
from typing import Any, Final

from homeassistant.const import CONF_COUNTRY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .const import CONF_ACCOUNT, CONF_APP_ID, CONF_APP_SECRET, CONF_SERVER, DOMAIN, SERVER_AUTOMATIC
from .coolkit import (
    REGIONS,
    capabilities_of,
    decode_json_text,
    encode_json,
    known_params,
    shared_limiter,
)
from .coordinator import EwelinkConfigEntry

type StandIn = Callable[[str, int], str]


def _shaped(value: str, number: int) -> str:
    """Return a number in the shape of a value: as long, with the same separators."""
    length = sum(map(str.isalnum, value))
    digits = iter(str(number).zfill(length)[-length:] if length else "")
    return "".join(next(digits) if character.isalnum() else character for character in value)


def _identifier(value: str, number: int) -> str:
    """Return an id of the same length that does not begin with a zero."""
    return _shaped(value, 10 ** max(len(value) - 1, 0) + number)


def _text(label: str) -> StandIn:
    """Return the stand-in of what people have written."""
    return lambda _value, number: label.format(number)


_NAMES: set[StandIn] = set()


def _name(label: str) -> StandIn:
    """Return the stand-in of a name: elsewhere it is one only as a whole word."""
    stand_in = _text(label)
    _NAMES.add(stand_in)
    return stand_in


_PERSON = _text("person{}@example.com")
_PHONE_NUMBER = _text("+1555{:07}")

# What stands behind these keys (in lower case) identifies a person, a place, a device or a network.
STAND_INS: Final[dict[str, StandIn]] = {
    **dict.fromkeys(("deviceid", "parentid", "subdevid", "subdeviceid", "bridgeid"), _identifier),
    **dict.fromkeys(("_id", "apikey", "selfapikey", "devicekey", "userid", "token", "password"), _shaped),
    **dict.fromkeys(("mac", "stamac", "apmac", "bssid", "chipid", "rfval", "groups", "devgroups"), _shaped),
    **dict.fromkeys(("ip", "localip", "lanip", "publicip"), _text("192.0.2.{}")),
    **dict.fromkeys(("phonenumber", "phone"), _PHONE_NUMBER),
    "email": _PERSON,
    "ssid": _name("Network {}"),
    "name": _name("Device {}"),
    "groupname": _name("Group {}"),
    "ck_channel_name": _name("Channel {}"),
    **dict.fromkeys(("nickname", "wxnickname", "comment", "note", "sharename"), _name("Text {}")),
    **dict.fromkeys(("location", "city", "address"), _name("Place {}")),
    **dict.fromkeys(("lat", "latitude", "lon", "lng", "longitude"), _shaped),
}

# What Home Assistant shows of a device anyway, and what its actions take.
SHOWN: Final = frozenset(
    {
        "bridgeid",
        "ck_channel_name",
        "deviceid",
        "groups",
        "mid",
        "name",
        "parentid",
        "subdeviceid",
    }
)

# The same wherever else it turns up: UUIDs, MAC addresses, e-mail addresses, phone numbers, tokens.
PATTERNS: Final[tuple[tuple[re.Pattern[str], StandIn], ...]] = (
    (re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), _shaped),
    (re.compile(r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b"), _shaped),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _PERSON),
    (re.compile(r"\+\d{7,15}\b"), _PHONE_NUMBER),
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), _shaped),
)

# A shorter id or key may be part of something else where it stands.
SHORTEST_IDENTIFIER: Final = 8
SHORTEST_NAME: Final = 2

# What stands behind these keys (in lower case) is the device's own language: a lamp may be called "white",
# and has a mode of that name.
LANGUAGE: Final = frozenset(name.lower() for name in known_params()) | {
    "brandname",
    "fwversion",
    "manufacturer",
    "model",
    "modelinfo",
    "productmodel",
    "type",
}
# JSON texts within JSON texts are read this deep; what is further in is a text like any other.
MOST_TEXTS_WITHIN: Final = 3
# Names that name nobody, and which any param may have for a value.
NOBODY: Final = frozenset({"on", "off", "stay", "true", "false", "null", "none"})


class Redactor:
    """Replaces what identifies by stand-ins, equal values by equal ones: what belongs together still does."""

    def __init__(self, secrets: Iterable[str] = (), *, shown: frozenset[str] = frozenset()) -> None:
        """Know some secrets before; what is behind the keys in `shown` stays as it is."""
        self._shown = shown
        self._stand_ins: dict[str, str] = {}
        self._words = _Finder(SHORTEST_NAME)
        self._identifiers = _Finder(SHORTEST_IDENTIFIER)
        self._numbers: dict[StandIn, int] = {}
        for secret in secrets:
            self._replace(secret, _shaped)

    def redact(self, data: Any, *, beside: Any = None) -> Any:
        """Return a copy without anything that identifies in it, or in what is `beside` it."""
        self._learn(data, None)
        self._learn(beside, None)
        return self._copy(data, None)

    def _learn(self, value: Any, stand_in: StandIn | None, texts: int = MOST_TEXTS_WITHIN) -> None:
        """Find what identifies by its key: it is replaced elsewhere, too."""
        match value:
            case Mapping():
                for key, item in value.items():
                    if (name := str(key).lower()) not in self._shown:
                        self._learn(item, STAND_INS.get(name, stand_in), texts)
            case list() | tuple():
                for item in value:
                    self._learn(item, stand_in, texts)
            case str() if texts and (nested := _nested(value)) is not None:
                self._learn(nested, stand_in, texts - 1)
            case str() if stand_in is not None:
                self._replace(value, stand_in)

    def _copy(
        self, value: Any, stand_in: StandIn | None, *, names: bool = True, texts: int = MOST_TEXTS_WITHIN
    ) -> Any:
        """Return a copy; texts may have names in them unless they are the device's own language."""
        match value:
            case Mapping():
                return {
                    self._clean(str(key), names=False): item
                    if (name := str(key).lower()) in self._shown
                    else self._copy(
                        item, STAND_INS.get(name, stand_in), names=names and name not in LANGUAGE, texts=texts
                    )
                    for key, item in value.items()
                }
            case list() | tuple():
                return [self._copy(item, stand_in, names=names, texts=texts) for item in value]
            case str() if texts and (nested := _nested(value)) is not None:
                copy = self._copy(nested, stand_in, names=names, texts=texts - 1)
                return encode_json(copy).decode()
            case str():
                return self._clean(value, names=names) if stand_in is None else self._replace(value, stand_in)
            case int() | float() if stand_in is not None and not isinstance(value, bool):
                return type(value)(0)
        return value

    def _replace(self, value: str, stand_in: StandIn) -> str:
        """Return the stand-in of a value, always the same one."""
        if not value:
            return value
        if value not in self._stand_ins:
            number = self._numbers[stand_in] = self._numbers.get(stand_in, 0) + 1
            self._stand_ins[value] = stand_in(value, number)
            if stand_in in _NAMES and _names_somebody(value):
                self._words.add(value)
            else:
                self._identifiers.add(value)
            # The same address or key without its separators.
            plain = re.sub("[:-]", "", value)
            if stand_in not in _NAMES and plain not in self._stand_ins:
                self._stand_ins[plain] = re.sub("[:-]", "", self._stand_ins[value])
                self._identifiers.add(plain)
        return self._stand_ins[value]

    def _clean(self, text: str, *, names: bool) -> str:
        """Return a text without what it quotes."""
        for pattern, stand_in in PATTERNS:
            for quoted in set(pattern.findall(text)):
                text = text.replace(quoted, self._replace(quoted, stand_in))
        if names:
            text = self._words.replace(text, self._stand_ins, _is_word)
        return self._identifiers.replace(text, self._stand_ins)


class _Finder:
    """Finds many texts in others by how they begin: an account has thousands, too many to try each."""

    def __init__(self, shortest: int) -> None:
        """Look for texts of at least this length."""
        self._shortest = shortest
        self._by_beginning: dict[str, list[str]] = {}

    def add(self, wanted: str) -> None:
        """Look for one more, unless it is too short."""
        if len(wanted) >= self._shortest:
            # Long ones first: one may be part of another.
            insort(self._by_beginning.setdefault(wanted[: self._shortest], []), wanted, key=_shortness)

    def replace(
        self,
        text: str,
        stand_ins: Mapping[str, str],
        counts: Callable[[str, int, int], bool] = lambda *_: True,
    ) -> str:
        """Return a text with the stand-ins of those that are found at a place that counts."""
        parts: list[str] = []
        kept = start = 0
        while start + self._shortest <= len(text):
            for found in self._by_beginning.get(text[start : start + self._shortest], ()):
                end = start + len(found)
                if text.startswith(found, start) and counts(text, start, end):
                    parts += (text[kept:start], stand_ins[found])
                    kept = start = end
                    break
            else:
                start += 1
        return "".join((*parts, text[kept:]))


def _names_somebody(name: str) -> bool:
    """Tell if a name may say something of people: a letter, a number or a word of the protocol does not."""
    return len(name) >= SHORTEST_NAME and any(map(str.isalpha, name)) and name.lower() not in NOBODY


def _shortness(text: str) -> int:
    return -len(text)


def _is_word(text: str, start: int, end: int) -> bool:
    """Tell if a part of a text is a whole word, in scripts that part words."""
    return not (
        (_parts_words(text[start]) and text[start - 1 : start].isalnum())
        or (_parts_words(text[end - 1]) and text[end : end + 1].isalnum())
    )


def _parts_words(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()


def _nested(text: str) -> Any:
    """Return the object or list that a text holds as JSON, None if it is just a text."""
    if not text.startswith(("{", "[")):
        return None
    return decode_json_text(text)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: EwelinkConfigEntry
) -> dict[str, Any]:
    """Return what is known of an account and all its devices."""
    coordinator = entry.runtime_data
    devices = [device.as_dict() for device in coordinator.client.devices.values()]
    # A thousand devices take a second or two.
    redact = partial(_redactor(entry).redact, devices, beside=_names_of(entry))
    return {**_account(entry), "devices": await hass.async_add_executor_job(redact)}


async def async_get_device_diagnostics(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    device: AnyDeviceEntry,
) -> dict[str, Any]:
    """Return one device in the shape of a test fixture, and what is known of its account."""
    devices = entry.runtime_data.client.devices
    ids = (device_id for domain, device_id in device.identifiers if domain == DOMAIN)
    listed = next((devices[device_id] for device_id in ids if device_id in devices), None)
    if listed is None:
        # The account's own device, or one that the cloud no longer lists.
        return _account(entry)
    return {
        **_account(entry),
        "capabilities": [capability.key for capability in capabilities_of(listed)],
        "device": _redactor(entry).redact(listed.as_dict(), beside=_names_of(entry)),
    }


def without_secrets(entry: EwelinkConfigEntry, data: Any) -> Any:
    """Return what is told of a device to its user: without keys, networks, people and places."""
    return _redactor(entry, SHOWN).redact(data)


def _names_of(entry: EwelinkConfigEntry) -> list[dict[str, Any]]:
    """Return what people have called things and themselves, wherever in the account."""
    client = entry.runtime_data.client
    return [
        *(
            {"name": device.name, "ck_channel_name": list(device.channel_names.values())}
            for device in client.devices.values()
        ),
        *({"groupname": group.name} for group in client.groups.values()),
        {"nickname": client.session.nickname},
        {
            "phone"
            if entry.title.startswith("+")
            else "email"
            if "@" in entry.title
            else "nickname": entry.title
        },
    ]


def _redactor(entry: EwelinkConfigEntry, shown: frozenset[str] = frozenset()) -> Redactor:
    """Return a redactor that knows the secrets of an account."""
    session = entry.runtime_data.client.session
    return Redactor(
        (
            session.apikey,
            session.tokens.access_token,
            session.tokens.refresh_token,
            entry.data[CONF_APP_ID],
            entry.data[CONF_APP_SECRET],
        ),
        shown=shown,
    )


def _account(entry: EwelinkConfigEntry) -> dict[str, Any]:
    """Return the account's settings without names, the ages of its tokens, and how it is connected."""
    client = entry.runtime_data.client
    tokens = client.session.tokens
    server = entry.data[CONF_SERVER]
    now = time.time()
    return {
        "account": {
            "kind": "email" if "@" in entry.data[CONF_ACCOUNT] else "phone_number",
            "country": entry.data[CONF_COUNTRY],
            "region": client.session.region,
            "server": server if server == SERVER_AUTOMATIC or server in REGIONS else "custom",
            "access_token_age": round(now - tokens.access_token_time),
            "refresh_token_age": round(now - tokens.refresh_token_time),
        },
        "connection": {
            "state": client.connection,
            "age": round(now - client.connection_since),
            "losses": client.connection_losses,
            "reachable": client.reachable,
        },
        "limiter": shared_limiter.as_dict(),
    }
