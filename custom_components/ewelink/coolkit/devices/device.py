"""A device of the account, as the device list tells it and as later frames change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntFlag
from itertools import islice
import re
import string
from typing import Any, Self

from ..cloud.answers import whole
from ..cloud.region import is_email
from ..exceptions import UnreadableError
from ..jsontext import MAX_TEXT, decode_text
from ..scrubbing import known_secrets
from .params import Params, merge, together
from .shapes import Shape

# What Home Assistant makes of a name has room for this much of it.
LONGEST_NAME = 100
# Ids, keys, addresses, models and versions: what is longer is none.
LONGEST_TEXT = 255
# Shares, groups and features of one device, and the outlets whose names are known.
MOST_ITEMS = 1_000
# More than any device has by far; one that comes by a push is then left out.
MOST_PARAMS = 1_000
# Of somebody's account, as it may be written.
_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{4,20}")
# Blanks that count as letters or symbols, of Hangul and Braille.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0 ")
# The tag that names the channels.
_CHANNEL_NAMES = "ck_channel_name"
_YEARS = range(1970, 2200)
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")
_GREATEST_UIID = 999_999


class Permit(IntFlag):
    """What the receiver of a share may do with the device's timers; controlling it is always allowed.

    Source: API Center, WebSocket: Share device.
    """

    ADD = 1
    EDIT = 2
    DELETE = 4
    ENABLE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One side of a share: who shared the device, or with whom it is shared.

    `address` is by what the cloud knows the other side in this share; None if it does not tell.
    """

    apikey: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone_number: str | None = field(default=None, repr=False)
    nickname: str | None = None
    permit: int | None = None
    comment: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the share that an item of `sharedTo` or `sharedBy` tells of.

        `uid` is an address wherever it looks like one, else an apikey.
        """
        uid, email, phone_number = (_text(data.get(name)) for name in ("uid", "email", "phoneNumber"))
        address = uid if uid is not None and _is_address(uid) else None
        if address is not None and "@" in address:
            email = email or address
        elif address is not None:
            phone_number = phone_number or address
        return cls(
            apikey=_text(data.get("apikey")) or (uid if address is None else None),
            address=address or email or phone_number,
            email=email,
            phone_number=phone_number,
            nickname=_text(data.get("nickname")),
            permit=whole(data.get("permit")),
            comment=_text(data.get("comment")) or _text(data.get("note")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group (room) of the account; the devices in it name it in their `groups`.

    `index` is its place among the groups, from 0; `full_name` is its name as the cloud has it, `name`
    as much of it as can be seen and is handed on. Source: API Center, Get Group List.
    """

    group_id: str
    name: str = ""
    full_name: str | None = field(default=None, repr=False, compare=False)
    index: int = 0
    created_at: datetime | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the group of an item of the group list.

        Fields that are missing or of another type than they should be are taken as empty; raises
        ValueError without an `id`.
        """
        if (group_id := _text(data.get("id")) or _text(data.get("_id"))) is None:
            raise ValueError("an item of the group list has no id")
        return cls(
            group_id=group_id,
            name=_name(data.get("name")) or group_id,
            full_name=name if isinstance(name := data.get("name"), str) else None,
            index=whole(data.get("index")) or 0,
            created_at=_time(data.get("createdAt")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMove:
    """Takes a device from one group to another; an empty `source_id` or `target_id` adds or removes only.

    Source: API Center, Add device to Group.
    """

    device_id: str
    source_id: str = ""
    target_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the device list alone tells of a device; frames do not change it.

    `apikey` is the owner's. `mac` is a network address ("00:00:00:00:00:01"); children of a gateway have
    none. `raw` is the entry of the device list as received, without `params`.
    Source: API Center, Device List.
    """

    apikey: str = field(default="", repr=False)
    name: str = ""
    uiid: int | None = None
    manufacturer: str | None = None
    model: str | None = None
    channel_names: Mapping[int, str] = field(default_factory=dict)
    mac: str | None = field(default=None, repr=False)
    device_key: str | None = field(default=None, repr=False)
    shared_by: Share | None = None
    shared_to: tuple[Share, ...] = ()
    groups: tuple[str, ...] = ()
    deny_features: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    raw: Params = field(default_factory=dict, repr=False)
    # What was looked up for it, of a shape; a listing with other facts begins anew.
    memo: list[Any] = field(default_factory=list, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Keep keys and addresses out of errors."""
        known_secrets.note_words(self.apikey, self.device_key)
        for share in (*self.shared_to, *filter(None, (self.shared_by,))):
            known_secrets.note_words(share.apikey, share.address, share.email, share.phone_number)


@dataclass(frozen=True, slots=True)
class Device:
    """A device and what it last told; replaced by each frame, never edited.

    It is small, as a frame makes a new one: what frames do not change is shared by all of them.
    `online` is None where the cloud does not tell it, or in a form that cannot be read.
    `shape` is what its params have proven so far, or that they are those of its number; None: nobody looked.
    """

    device_id: str
    listing: Listing = field(default_factory=Listing)
    params: Params = field(default_factory=dict, repr=False)
    online: bool | None = None
    shape: Shape | None = field(default=None, repr=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the device of one entry of the device list.

        Fields that are missing or of another type than they should be are taken as empty; raises
        ValueError without a `deviceid`.
        """
        if (device_id := _text(data.get("deviceid"))) is None:
            raise ValueError("an entry of the device list has no deviceid")
        outer = _object(data.get("extra"))
        extra = _object(outer.get("extra")) or outer
        params = _bounded(_params(data.get("params")))
        listing = Listing(
            apikey=_text(data.get("apikey")) or "",
            name=_name(data.get("name")) or device_id,
            uiid=_uiid(data.get("uiid"), extra.get("uiid"), outer.get("uiid")),
            manufacturer=_text(data.get("brandName")) or _text(extra.get("manufacturer")),
            model=_text(data.get("productModel")) or _text(extra.get("model")),
            channel_names=_channel_names(_object(data.get("tags")).get(_CHANNEL_NAMES)),
            mac=_mac(params.get("staMac"), extra.get("staMac"), extra.get("mac")),
            device_key=_text(data.get("devicekey")),
            shared_by=next(iter(_shares(data.get("sharedBy"))), None),
            shared_to=_shares(data.get("sharedTo")),
            groups=_texts(data.get("groups")),
            deny_features=frozenset(_texts(data.get("denyFeatures"))),
            settings=_object(data.get("settings")),
            raw={name: value for name, value in data.items() if name != "params"},
        )
        return cls(device_id, listing, params, read_online(data.get("online")))

    @property
    def apikey(self) -> str:
        """The owner of the device."""
        return self.listing.apikey

    @property
    def name(self) -> str:
        """What the owner calls it."""
        return self.listing.name

    @property
    def uiid(self) -> int | None:
        """The kind of device."""
        return self.listing.uiid

    @property
    def manufacturer(self) -> str | None:
        """Who made it."""
        return self.listing.manufacturer

    @property
    def model(self) -> str | None:
        """The name of the model."""
        return self.listing.model

    @property
    def channel_names(self) -> Mapping[int, str]:
        """The names of channels by outlet; those without one are not in it."""
        return self.listing.channel_names

    @property
    def mac(self) -> str | None:
        """Its network address."""
        return self.listing.mac

    @property
    def device_key(self) -> str | None:
        """Its own key."""
        return self.listing.device_key

    @property
    def shared_by(self) -> Share | None:
        """The owner, if the device is shared with the account."""
        return self.listing.shared_by

    @property
    def shared_to(self) -> tuple[Share, ...]:
        """The accounts with which it is shared."""
        return self.listing.shared_to

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of the groups in which it is."""
        return self.listing.groups

    @property
    def deny_features(self) -> frozenset[str]:
        """What the cloud says that it cannot."""
        return self.listing.deny_features

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the app keeps for it."""
        return self.listing.settings

    @property
    def tags(self) -> Mapping[str, Any]:
        """What the app keeps for it beside the settings."""
        return _object(self.raw.get("tags"))

    @property
    def raw(self) -> Params:
        """The entry of the device list as received, without `params`."""
        return self.listing.raw

    @property
    def firmware(self) -> str | None:
        """Version of the firmware."""
        return _text(self.params.get("fwVersion"))

    @property
    def parent_id(self) -> str | None:
        """Device id of the gateway through which the device is heard, None for a device of its own."""
        return _text(self.params.get("parentid"))

    @property
    def online_since(self) -> datetime | None:
        """When the device last went online, as the list told it."""
        return _time(self.raw.get("onlineTime"))

    @property
    def offline_since(self) -> datetime | None:
        """When the device last went offline, as the list told it; it may be online again."""
        return _time(self.raw.get("offlineTime"))

    @property
    def reported_at(self) -> datetime | None:
        """When a device that sleeps last told something, as the cloud adds it."""
        times = (_time(self.params.get(name)) for name in ("lastUpdateTime", "actionTime"))
        return max(filter(None, times), default=None)

    def with_name(self, name: str) -> Self:
        """Return the device with another name."""
        return self._relisted(name=short_name(name), raw={**self.raw, "name": name})

    def kept_channel_names(self, outlet: int, name: str) -> dict[str, Any]:
        """Return the names of its channels as the cloud keeps them, with another one for an outlet.

        What is no name, or of no channel, stays as it came. Raises `UnreadableError` if they are kept in
        another form.
        """
        tags = _whole_object(self.raw.get("tags"))
        names = None if tags is None else _whole_object(tags.get(_CHANNEL_NAMES))
        if names is None:
            raise UnreadableError("renaming the channels", reason="the names are no object")
        kept = {key: value for key, value in names.items() if whole(key) != outlet}
        return {**kept, str(outlet): name}

    def with_channel_names(self, names: Mapping[str, Any]) -> Self:
        """Return the device with these names of its channels, as the cloud keeps them, and no others."""
        tags = {**_object(self.raw.get("tags")), _CHANNEL_NAMES: dict(names)}
        return self._relisted(channel_names=_channel_names(names), raw={**self.raw, "tags": tags})

    def with_groups(self, groups: Iterable[str]) -> Self:
        """Return the device in these groups, and no others."""
        group_ids = tuple(groups)
        return self._relisted(groups=group_ids, raw={**self.raw, "groups": list(group_ids)})

    def with_owner(self, apikey: str) -> Self:
        """Return the device as that of another account."""
        return self._relisted(apikey=apikey)

    def with_params(self, delta: Params) -> Device:
        """Return the device with `delta` merged into its params."""
        # As `replace` would, in half the time: the generated constructor is slow where nothing may be set.
        params = _bounded(merge(self.params, delta))
        draft: Any = _Draft(self.device_id, self.listing, params, self.online, self.shape)
        draft.__class__ = Device
        device: Device = draft
        return device

    def with_shape(self, shape: Shape) -> Self:
        """Return the device with what is proven of it now."""
        return replace(self, shape=shape)

    def with_uiid(self, uiid: int) -> Self:
        """Return the device with a number that the list has left out."""
        return self._relisted(uiid=uiid)

    def with_online(self, online: bool) -> Self:  # noqa: FBT001 - the one fact of the method
        """Return the device as online or offline."""
        return replace(self, online=online)

    def as_dict(self) -> dict[str, Any]:
        """Return the entry of the device list with the present params and online."""
        return {**self.raw, "online": self.online, "params": dict(self.params)}

    def _relisted(self, **changes: Any) -> Self:
        """Return the device with other facts of the list."""
        return replace(self, listing=replace(self.listing, **changes))


@dataclass(slots=True)
class _Draft:
    """A device that is being made; it has the same slots."""

    device_id: str
    listing: Listing
    params: Params
    online: bool | None
    shape: Shape | None


def read_online(value: Any) -> bool | None:
    """Return whether the cloud hears a device; None for what does not say so."""
    match value:
        case True | "true" | 1 | "1":
            return True
        case False | "false" | 0 | "0":
            return False
        case _:
            return None


def _text(value: Any, longest: int = LONGEST_TEXT) -> str | None:
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


def _name(value: Any) -> str | None:
    """Return a name that can be seen."""
    text = _text(value, MAX_TEXT)
    # A line break within a name would be one wherever it is shown.
    return None if text is None else short_name(visible(text.translate(_CONTROLS))) or None


def _time(value: Any) -> datetime | None:
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


def _told(value: Any) -> Any:
    """Return JSON that may have come as text."""
    return decode_text(value) if isinstance(value, str) and value.lstrip().startswith(("{", "[")) else value


def _bounded(params: Params) -> Params:
    """Return no more params than any device has; those that were there first stay."""
    return params if len(params) <= MOST_PARAMS else dict(islice(params.items(), MOST_PARAMS))


def _params(value: Any) -> Params:
    """Return params, as one object or as several, that may have come as text."""
    return together(_told(value))


def _object(value: Any) -> Mapping[str, Any]:
    """Return a JSON object that may have come as text, or as several in an array; else an empty one."""
    value = _told(value)
    if isinstance(value, list) and all(isinstance(part, Mapping) for part in value):
        return {key: item for part in value for key, item in part.items()}
    return value if isinstance(value, Mapping) else {}


def _whole_object(value: Any) -> Mapping[str, Any] | None:
    """Return a JSON object, an empty one for nothing; None for what is told in another form."""
    found = _object(value)
    return found if found or value in (None, "", [], {}, "{}") else None


def _items(value: Any) -> list[Any]:
    """Return the items of a list; a single object counts as a list of one."""
    if isinstance(value, Mapping):
        return [value] if value else []
    return value[:MOST_ITEMS] if isinstance(value, list) else []


def _texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; objects in it stand for their id."""
    texts = (
        _text(item.get("id") or item.get("_id")) if isinstance(item, Mapping) else _text(item)
        for item in _items(value)
    )
    return tuple(text for text in texts if text)


def _is_address(uid: str) -> bool:
    """Return whether this is an e-mail address or a phone number; keys have letters, and are longer."""
    return is_email(uid) or _NUMBER.fullmatch(uid) is not None


def _shares(value: Any) -> tuple[Share, ...]:
    """Return the shares of a list, of one item, or of an object that names them; an address is a `uid`."""
    if isinstance(value, Mapping) and value and all(isinstance(item, Mapping) for item in value.values()):
        value = list(value.values())
    items = (
        {"uid": item} if isinstance(item, str) and _is_address(item.strip()) else item
        for item in _items(value)
    )
    return tuple(Share.from_dict(item) for item in items if isinstance(item, Mapping))


def _uiid(*candidates: Any) -> int | None:
    """Return the first candidate that is a uiid; 0 stands for a device without one."""
    numbers = (
        int(value) if isinstance(value, float) and value.is_integer() else whole(value)
        for value in candidates
    )
    return next((one for one in numbers if one is not None and 0 < one <= _GREATEST_UIID), None)


def _channel_names(value: Any) -> dict[int, str]:
    """Return the names that the user gave to the channels, by outlet."""
    names = islice(_object(value).items(), MOST_ITEMS)
    return {
        outlet: name
        for key, value in names
        if (outlet := whole(key)) is not None and (name := _name(value)) is not None
    }


def _mac(*candidates: Any) -> str | None:
    """Return the first candidate that is a network address; Zigbee addresses have 16 digits and are none."""
    for value in candidates:
        if isinstance(value, str):
            digits = value.lower().replace(":", "").replace("-", "")
            if len(digits) == 12 and all(digit in string.hexdigits for digit in digits):
                return ":".join(digits[index : index + 2] for index in range(0, 12, 2))
    return None
