"""Diagnostics: what identifies is replaced by stand-ins of the same type, so that a download is a fixture."""

from collections.abc import Callable, Iterable, Mapping
import re
import time
from typing import Any, Final

from homeassistant.const import CONF_COUNTRY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry
import orjson

from .const import CONF_ACCOUNT, CONF_APP_ID, CONF_APP_SECRET, CONF_SERVER, DOMAIN, SERVER_AUTOMATIC
from .coolkit import REGIONS, capabilities_of, shared_limiter
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
    "ssid": _text("Network {}"),
    "name": _text("Device {}"),
    "ck_channel_name": _text("Channel {}"),
    **dict.fromkeys(("nickname", "wxnickname", "comment", "note", "sharename"), _text("Text {}")),
    **dict.fromkeys(("location", "city", "address"), _text("Place {}")),
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
        "subdevid",
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

# A shorter text may be a word that means something else where it stands.
SHORTEST_IDENTIFIER: Final = 8


class Redactor:
    """Replaces what identifies by stand-ins, equal values by equal ones: what belongs together still does."""

    def __init__(self, secrets: Iterable[str] = (), *, shown: frozenset[str] = frozenset()) -> None:
        """Know some secrets before; what is behind the keys in `shown` stays as it is."""
        self._shown = shown
        self._stand_ins: dict[str, str] = {}
        self._numbers: dict[StandIn, int] = {}
        for secret in secrets:
            self._replace(secret, _shaped)

    def redact(self, data: Any) -> Any:
        """Return a copy without anything that identifies."""
        self._learn(data, None)
        return self._copy(data, None)

    def _learn(self, value: Any, stand_in: StandIn | None) -> None:
        """Find what identifies by its key: it is replaced elsewhere, too."""
        match value:
            case Mapping():
                for key, item in value.items():
                    if (name := str(key).lower()) not in self._shown:
                        self._learn(item, STAND_INS.get(name, stand_in))
            case list() | tuple():
                for item in value:
                    self._learn(item, stand_in)
            case str() if (nested := _nested(value)) is not None:
                self._learn(nested, stand_in)
            case str() if stand_in is not None:
                self._replace(value, stand_in)

    def _copy(self, value: Any, stand_in: StandIn | None) -> Any:
        match value:
            case Mapping():
                return {
                    self._clean(str(key)): item
                    if (name := str(key).lower()) in self._shown
                    else self._copy(item, STAND_INS.get(name, stand_in))
                    for key, item in value.items()
                }
            case list() | tuple():
                return [self._copy(item, stand_in) for item in value]
            case str() if (nested := _nested(value)) is not None:
                return orjson.dumps(self._copy(nested, stand_in)).decode()
            case str():
                return self._clean(value) if stand_in is None else self._replace(value, stand_in)
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
            # The same address or key without its separators.
            self._stand_ins.setdefault(re.sub("[:-]", "", value), re.sub("[:-]", "", self._stand_ins[value]))
        return self._stand_ins[value]

    def _clean(self, text: str) -> str:
        """Return a text without what it quotes."""
        for pattern, stand_in in PATTERNS:
            for quoted in set(pattern.findall(text)):
                text = text.replace(quoted, self._replace(quoted, stand_in))
        for value, replacement in self._stand_ins.items():
            if len(value) >= SHORTEST_IDENTIFIER:
                text = text.replace(value, replacement)
        return text


def _nested(text: str) -> Any:
    """Return the object or list that a text holds as JSON, None if it is just a text."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
) -> dict[str, Any]:
    """Return what is known of an account and all its devices."""
    coordinator = entry.runtime_data
    devices = [device.as_dict() for device in coordinator.client.devices.values()]
    return {**_account(entry), "devices": _redactor(entry).redact(devices)}


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
        "device": _redactor(entry).redact(listed.as_dict()),
    }


def without_secrets(entry: EwelinkConfigEntry, data: Any) -> Any:
    """Return what is told of a device to its user: without keys, networks, people and places."""
    return _redactor(entry, SHOWN).redact(data)


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
