"""A device of the account, as the device list tells it and as later frames change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntFlag
from typing import Any, Final, Self

from ..cloud.answers import whole
from ..exceptions import UnreadableError
from ..scrubbing import known_secrets
from .fields import (
    bounded_params,
    read_channel_names,
    read_object,
    read_text,
    read_time,
    short_name,
    whole_object,
)
from .params import Params, merge
from .shapes import Shape

# The tag that names the channels.
CHANNEL_NAMES: Final = "ck_channel_name"


class Permit(IntFlag):
    """What the recipient of a share may do with the device's timers; controlling it is always allowed.

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

    @property
    def label(self) -> str:
        """What the other side is called, else how it is reached; empty if the cloud tells neither."""
        return self.nickname or self.email or self.phone_number or self.address or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of the account: a folder with a place among others; its devices name it in their `groups`.

    `index` is its place among the groups, from 0; `full_name` is its name as the cloud has it, `name`
    as much of it as can be seen and is handed on. Source: API Center, Get Group List.
    """

    group_id: str
    name: str = ""
    full_name: str | None = field(default=None, repr=False, compare=False)
    index: int = 0
    created_at: datetime | None = None


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
    none. `kept_tags` are None where they are kept in a form that cannot be read. `raw` is the entry of the
    device list as received, without `params`: for diagnostics, never edited.
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
    kept_tags: Mapping[str, Any] | None = field(default_factory=dict)
    home_id: str = ""
    room_id: str = ""
    control_groups: tuple[str, ...] = ()
    online_since: datetime | None = None
    offline_since: datetime | None = None
    raw: Params = field(default_factory=dict, repr=False, compare=False)
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
    def owner_label(self) -> str:
        """What the owner is called who shares it; empty for an own device, and if the cloud does not tell."""
        return self.shared_by.label if self.shared_by else ""

    def is_owned_by(self, apikey: str) -> bool:
        """Return whether an account owns it, as one does if nobody is named who owns or shares it."""
        return self.apikey == apikey or (not self.apikey and self.shared_by is None)

    def allows(self, apikey: str, needed: Permit) -> bool:
        """Return whether an account may do this with its timers, as far as the cloud tells."""
        share = self.shared_by
        if self.is_owned_by(apikey) or share is None or share.permit is None:
            return True
        return needed in Permit(share.permit)

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of the groups in which it is."""
        return self.listing.groups

    @property
    def home_id(self) -> str:
        """The id of the home in which it is; empty where the cloud does not tell, or has no homes."""
        return self.listing.home_id

    @property
    def room_id(self) -> str:
        """The id of the room in which it is; empty for none."""
        return self.listing.room_id

    @property
    def control_groups(self) -> tuple[str, ...]:
        """The ids of the control groups of which it is a member."""
        return self.listing.control_groups

    @property
    def memberships(self) -> tuple[str, ...]:
        """The ids of all groups in which it is, of either kind."""
        return (*self.listing.groups, *self.listing.control_groups)

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
        return self.listing.kept_tags or {}

    @property
    def raw(self) -> Params:
        """The entry of the device list as received, without `params`."""
        return self.listing.raw

    @property
    def firmware(self) -> str | None:
        """Version of the firmware."""
        return read_text(self.params.get("fwVersion"))

    @property
    def module(self) -> str | None:
        """Model of its module, by which firmware is looked for; None if the cloud does not tell."""
        extra = read_object(self.raw.get("extra"))
        inner = read_object(extra.get("extra"))
        return read_text(inner.get("model")) or read_text(extra.get("model"))

    @property
    def parent_id(self) -> str | None:
        """Device id of the gateway through which the device is heard, None for a device of its own."""
        return read_text(self.params.get("parentid"))

    @property
    def online_since(self) -> datetime | None:
        """When the device last went online, as the list told it."""
        return self.listing.online_since

    @property
    def offline_since(self) -> datetime | None:
        """When the device last went offline, as the list told it; it may be online again."""
        return self.listing.offline_since

    @property
    def reported_at(self) -> datetime | None:
        """When a device that sleeps last told something, as the cloud adds it."""
        times = (read_time(self.params.get(name)) for name in ("lastUpdateTime", "actionTime"))
        return max(filter(None, times), default=None)

    def with_name(self, name: str) -> Self:
        """Return the device with another name."""
        return self._relisted(name=short_name(name))

    def kept_channel_names(self, outlet: int, name: str) -> dict[str, Any]:
        """Return the names of its channels as the cloud keeps them, with another one for an outlet.

        What is no name, or of no channel, stays as it came. Raises `UnreadableError` if they are kept in
        another form.
        """
        tags = self.listing.kept_tags
        names = None if tags is None else whole_object(tags.get(CHANNEL_NAMES))
        if names is None:
            raise UnreadableError("renaming the channels", reason="the names are no object")
        kept = {key: value for key, value in names.items() if whole(key) != outlet}
        return {**kept, str(outlet): name}

    def with_channel_names(self, names: Mapping[str, Any]) -> Self:
        """Return the device with these names of its channels, as the cloud keeps them, and no others."""
        tags = {**self.tags, CHANNEL_NAMES: dict(names)}
        return self._relisted(channel_names=read_channel_names(names), kept_tags=tags)

    def with_tags(self, tags: Mapping[str, Any]) -> Self:
        """Return the device with other things that the app keeps for it, by their names."""
        return self._relisted(kept_tags={**self.tags, **tags})

    def with_groups(self, groups: Iterable[str]) -> Self:
        """Return the device in these groups, and no others."""
        return self._relisted(groups=tuple(groups))

    def with_room(self, room_id: str) -> Self:
        """Return the device in this room; in none if it is empty."""
        return self._relisted(room_id=room_id)

    def with_control_groups(self, groups: Iterable[str]) -> Self:
        """Return the device as a member of these control groups, and no others."""
        return self._relisted(control_groups=tuple(groups))

    def with_owner(self, apikey: str) -> Self:
        """Return the device as that of another account."""
        return self._relisted(apikey=apikey)

    def with_params(self, delta: Params) -> Device:
        """Return the device with `delta` merged into its params."""
        params = bounded_params(merge(self.params, delta))
        # As `replace` would, in half the time.
        return Device(self.device_id, self.listing, params, self.online, self.shape)

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
