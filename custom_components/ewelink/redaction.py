"""What may be seen of a device: params that are understood, and values that can be no secret.

Everything else becomes a stand-in of the same type, equal values by equal ones: what belongs together still
does, and what is left is a test fixture.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
import re
from typing import Any, Final

from .coolkit import decode_json_text, encode_json, known_params

type StandIn = Callable[[str, int], str]


def _shaped(value: str, number: int) -> str:
    """Return a number in the shape of a value: as long, with the same separators."""
    length = sum(map(str.isalnum, value))
    return _filled(value, str(number).zfill(length)[-length:] if length else "")


def _identifier(value: str, number: int) -> str:
    """Return an id of the same length that does not begin with a zero."""
    length = sum(map(str.isalnum, value))
    # As texts: a number of thousands of digits would take too long.
    return _filled(
        value, ("1" + str(number).zfill(length - 1)[-length + 1 :])[:length] if length > 1 else "1"
    )


def _filled(value: str, digits: str) -> str:
    """Return a value with these digits in the place of its letters and digits."""
    signs = iter(digits)
    return "".join(next(signs) if character.isalnum() else character for character in value)


def _text(label: str) -> StandIn:
    """Return the stand-in of what people have written."""
    return lambda _value, number: label.format(number)


_ANY_TEXT: Final = _text("Text {}")

# What the stand-in of a text looks like, by its key (in lower case); whether it needs one is decided below.
STAND_INS: Final[dict[str, StandIn]] = {
    **dict.fromkeys(("deviceid", "parentid", "subdevid", "subdeviceid", "bridgeid"), _identifier),
    **dict.fromkeys(("phonenumber", "phone"), _text("+1555{:07}")),
    **dict.fromkeys(("ip", "localip", "lanip", "publicip"), _text("192.0.2.{}")),
    **dict.fromkeys(("location", "city", "address"), _text("Place {}")),
    "email": _text("person{}@example.com"),
    "ssid": _text("Network {}"),
    "name": _text("Device {}"),
    "groupname": _text("Group {}"),
    "ck_channel_name": _text("Channel {}"),
}

# What Home Assistant shows of a device anyway, and what its actions take (keys in lower case).
SHOWN: Final = frozenset(
    {"bridgeid", "ck_channel_name", "deviceid", "groups", "mid", "name", "parentid", "subdeviceid"}
)

# Texts of the device list that say what a device is, not whose (keys in lower case).
_DESCRIBES: Final = frozenset(
    {"brandname", "denyfeatures", "fwversion", "manufacturer", "model", "productmodel", "pver", "uiid"}
)
_KNOWN_PARAMS: Final = frozenset(name.lower() for name in known_params())

# Words of the protocol: they name nobody, whatever they stand behind.
WORDS: Final = frozenset[str]().union(
    *map(
        str.split,
        (
            "off on open close stop pause start stay true false null none get set edit exit idle",
            "capture capturecancel transmit trigger app main manual auto normal success fail failed",
            "unavailable temperature humidity calibration c f p v pc pv cv pcv delay repeat once",
            "duration startup localctl white color bright brighter darker cct rgb warm cold middle",
            "natural colorful computer diy goodnight leisure nightlight party read soft voice fast slow",
            "moderate sleep ewelink setcolor setlevel colorcontrol colortemperature switch switchlevel",
        ),
    )
)
# Numbers as texts: short ones, and those with decimals. More digits may be a code, or a person's number.
_NUMBER: Final = re.compile(r"-?\d{1,3}|-?\d{1,6}\.\d{1,4}")
_FIGURE: Final = re.compile(r"-?\d{1,13}(?:\.\d{1,6})?")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?|\d\d:\d\d")
_UNIX_TIME: Final = re.compile(r"1\d{9}(?:\d{3})?")
# What the maker of a device calls it.
_MAKERS: Final = re.compile(r"[\w.,+*/() -]{1,48}")
# What a device of another maker does, in its own words: people write names with capitals, blanks or digits.
_STATE: Final = re.compile(r"[a-z]{1,24}(?:_[a-z]{1,24}){0,3}")
# What stands behind a param that is understood is a figure or a word, but for these (keys in lower case).
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "at": re.compile(r"(?!.*\d{5})[\d*,/ :.TZ-]{1,48}"),
    "fault": re.compile(rf"reasonCode\d{{1,3}}|{_FIGURE.pattern}"),
    "fwversion": re.compile(r"\d{1,5}(?:\.\d{1,5}){1,3}"),
    "program": _STATE,
    "running_status": _STATE,
    "sensortype": re.compile(r"[A-Z]{1,4}[A-Z0-9]{0,6}"),
}

_NAME_OF_PARAM: Final = re.compile(r"[A-Za-z0-9_]{1,32}")
_NO_NAME: Final = re.compile(r"\d{4}|(?:\d+\D+){4}|^(?=\D*\d)[0-9a-fA-F]{8,}$")
# Numbers, too, are no one's business behind keys that have one of these in their name.
_PRIVATE: Final = re.compile(
    r"geo|gps|coord|^lat$|latitude|^l(?:on|ng)$|longitude|altitude|phone|mobile|birth"
    r"|passw|passcode|passphrase|passkey|pwd|psk|pincode|^pin$|secret|licen[sc]e|token|unlock|credential"
)

# Ids, keys and addresses keep their shape; other texts are words.
_IDENTIFIES: Final = re.compile(r"(?=\D*\d)[A-Za-z0-9.:_-]+")
# The same wherever it turns up in a text that stays.
_PATTERNS: Final = re.compile(
    r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
    r"|\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b"
    r"|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|\+\d{7,15}\b"
    r"|\b[0-9a-fA-F]{24,}\b"
)
# JSON texts within JSON texts are read this deep; what is further in is a text like any other.
_MOST_TEXTS_WITHIN: Final = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: behind which key, and whether params are around it and understood."""

    key: str = ""
    in_params: bool = False
    understood: bool = False
    stand_in: StandIn | None = None
    private: bool = False
    texts: int = _MOST_TEXTS_WITHIN

    def behind(self, key: str) -> _Place:
        """Return the place behind a key."""
        begins = not self.in_params and key == "params"
        if begins:
            understood = False
        elif not self.in_params:
            understood = key in _DESCRIBES
        elif self.key:
            # A param is understood as a whole: `at` of a timer is no `at` elsewhere.
            understood = self.understood
        else:
            understood = key in _KNOWN_PARAMS or key in _FORMS
        return _Place(
            key="" if begins else key,
            in_params=self.in_params or begins,
            understood=understood,
            stand_in=STAND_INS.get(key, self.stand_in),
            private=self.private or _PRIVATE.search(key) is not None,
            texts=self.texts,
        )

    def opened(self, text: str) -> tuple[Any, _Place] | None:
        """Return the object or list that a text here holds as JSON, with its place; None for another."""
        if not self.texts or not text.startswith(("{", "[")):
            return None
        nested = decode_json_text(text)
        return None if nested is None else (nested, replace(self, texts=self.texts - 1))

    def keeps(self, text: str) -> bool:
        """Return whether a text may stay here."""
        if self.private or self.stand_in is not None:
            return False
        if text.lower() in WORDS or _NUMBER.fullmatch(text) or _MOMENT.fullmatch(text):
            return True
        if self.key.endswith("time") and _UNIX_TIME.fullmatch(text):
            return True
        if not self.understood:
            return False
        form = _FORMS.get(self.key, _FIGURE) if self.in_params else _MAKERS
        return form.fullmatch(text) is not None


class Redactor:
    """Lets through what can be no secret, and puts stand-ins in the place of the rest."""

    def __init__(self, secrets: Iterable[str] = (), *, shown: frozenset[str] = frozenset()) -> None:
        """Know some secrets before; what is behind the keys in `shown` stays as it is."""
        self._secrets = tuple(sorted(filter(None, secrets), key=len, reverse=True))
        self._shown = shown
        self._stand_ins: dict[str, str] = {}
        self._numbers: dict[StandIn, int] = {}

    def redact(self, data: Any, *, params: bool = False) -> Any:
        """Return a copy of what is told of devices, or of `params` alone, with nothing that identifies."""
        place = _Place(in_params=params)
        # Ids first: they keep their form wherever else they turn up.
        self._learn(data, place)
        return self._copy(data, place)

    def _learn(self, value: Any, place: _Place) -> None:
        match value:
            case Mapping():
                for key, item in value.items():
                    if (name := str(key).lower()) not in self._shown:
                        self._learn(item, place.behind(name))
            case list() | tuple():
                for item in value:
                    self._learn(item, place)
            case str() if (nested := place.opened(value)) is not None:
                self._learn(*nested)
            case str() if place.stand_in is not None:
                self._replace(value, place.stand_in)

    def _copy(self, value: Any, place: _Place) -> Any:
        match value:
            case Mapping():
                return {
                    self._key(str(key)): item
                    if (name := str(key).lower()) in self._shown and _is_plain(item)
                    else self._copy(item, place.behind(name))
                    for key, item in value.items()
                }
            case list() | tuple():
                return [self._copy(item, place) for item in value]
            case str():
                return self._copy_text(value, place)
            case int() | float() if place.private and not isinstance(value, bool):
                return type(value)(0)
        return value

    def _copy_text(self, text: str, place: _Place) -> str:
        if (nested := place.opened(text)) is not None:
            return encode_json(self._copy(*nested)).decode()
        return self._quotes_replaced(text) if place.keeps(text) else self._replace(text, place.stand_in)

    def _key(self, key: str) -> str:
        """Return a key; what is no name of a param may be an id, or a word that somebody has chosen."""
        is_name = _NAME_OF_PARAM.fullmatch(key) and not _NO_NAME.search(key)
        # A name of a network, say, that stands elsewhere as a value, too.
        if is_name and (key.lower() in _KNOWN_PARAMS or not self._is_known(key)):
            return key
        return self._replace(key, _shaped)

    def _is_known(self, key: str) -> bool:
        """Return whether a key has a secret in it, or something that a stand-in was put in the place of."""
        return key in self._stand_ins or any(secret in key for secret in self._secrets)

    def _replace(self, value: str, stand_in: StandIn | None) -> str:
        """Return the stand-in of a value, always the same one."""
        if not value:
            return value
        if value not in self._stand_ins:
            if stand_in is None:
                stand_in = _shaped if _IDENTIFIES.fullmatch(value) else _ANY_TEXT
            number = self._numbers[stand_in] = self._numbers.get(stand_in, 0) + 1
            self._stand_ins[value] = stand_in(value, number)
        return self._stand_ins[value]

    def _quotes_replaced(self, text: str) -> str:
        """Return a text that stays without what it quotes."""
        text = _PATTERNS.sub(lambda quoted: self._replace(quoted[0], _shaped), text)
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, self._replace(secret, _shaped))
        return text


def _is_plain(value: Any) -> bool:
    """Return whether a value that is shown has no more in it than texts: names, ids, and lists of them."""
    match value:
        case Mapping():
            return all(isinstance(item, str) for item in value.values())
        case list():
            return all(isinstance(item, str) for item in value)
    return isinstance(value, str)
