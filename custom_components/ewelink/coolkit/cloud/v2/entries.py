"""The lists of version 2: what their entries say of homes, devices and control groups."""

from collections.abc import Mapping
from typing import Any

from ...devices.device import CHANNEL_NAMES, Device, Listing
from ...devices.fields import (
    bounded_params,
    read_channel_names,
    read_items,
    read_mac,
    read_name,
    read_object,
    read_online,
    read_params,
    read_text,
    read_texts,
    read_uiid,
    whole_object,
)
from ...devices.places import ControlGroup, Home, Room
from ..answers import whole
from ..entries import check_mended, read_shares

_OWN_HOME = 1


def device_from_thing(item: Mapping[str, Any]) -> Device:
    """Return the device that the `itemData` of a thing describes.

    Fields that are missing or of another type than they should be are taken as empty; raises ValueError
    without a `deviceid`. Source: docs/protocol.md, Version 2, Things.
    """
    if (device_id := read_text(item.get("deviceid"))) is None:
        raise ValueError("a thing has no deviceid")
    extra = read_object(item.get("extra"))
    place = read_object(item.get("family"))
    params = bounded_params(read_params(item.get("params")))
    listing = Listing(
        apikey=read_text(item.get("apikey")) or "",
        name=read_name(item.get("name")) or device_id,
        uiid=read_uiid(extra.get("uiid"), item.get("uiid")),
        manufacturer=read_text(item.get("brandName")) or read_text(extra.get("manufacturer")),
        model=read_text(item.get("productModel")) or read_text(extra.get("model")),
        channel_names=read_channel_names(read_object(item.get("tags")).get(CHANNEL_NAMES)),
        mac=read_mac(params.get("staMac"), extra.get("staMac"), extra.get("mac")),
        device_key=read_text(item.get("devicekey")),
        # One object; its key is encrypted, and another one each time for all that is known.
        shared_by=next(iter(read_shares(item.get("sharedBy"))), None),
        shared_to=read_shares(item.get("shareTo")),
        deny_features=frozenset(read_texts(item.get("denyFeatures"))),
        settings=read_object(item.get("settings")),
        kept_tags=whole_object(item.get("tags")),
        home_id=read_text(place.get("familyid")) or "",
        room_id=read_text(place.get("roomid")) or "",
        control_groups=_groups(item.get("devGroups")),
        raw={name: value for name, value in item.items() if name != "params"},
    )
    return Device(device_id, listing, params, read_online(item.get("online")))


def mended_thing(item: Mapping[str, Any]) -> Device:
    """Return the device of a thing in a mended list; raise ValueError if too little of it could be read."""
    return check_mended(item, device_from_thing(item))


def control_group_from_thing(item: Mapping[str, Any]) -> ControlGroup:
    """Return the control group that the `itemData` of a thing describes; raise ValueError without an id."""
    if (group_id := read_text(item.get("id"))) is None:
        raise ValueError("a control group has no id")
    place = read_object(item.get("family"))
    return ControlGroup(
        group_id=group_id,
        name=read_name(item.get("name")) or group_id,
        main_device_id=read_text(item.get("mainDeviceId")) or "",
        uiid=read_uiid(item.get("uiid"), read_object(item.get("extra")).get("uiid")),
        home_id=read_text(place.get("familyid")) or "",
        room_id=read_text(place.get("roomid")) or "",
        index=whole(place.get("index")) or 0,
        params=bounded_params(read_params(item.get("params"))),
    )


def home_from_entry(entry: Mapping[str, Any], current: str | None = None) -> Home:
    """Return the home of an item of the family list; raise ValueError without an id."""
    if (home_id := read_text(entry.get("id"))) is None:
        raise ValueError("a home has no id")
    rooms = [
        room
        for item in read_items(entry.get("roomList"))
        if isinstance(item, Mapping) and (room := _room(item)) is not None
    ]
    kind = whole(entry.get("familyType"))
    is_own = None if kind is None else kind == _OWN_HOME
    if entry.get("sharedBy"):
        is_own = False
    return Home(
        home_id=home_id,
        name=read_name(entry.get("name")) or home_id,
        index=whole(entry.get("index")) or 0,
        rooms=tuple(sorted(rooms, key=lambda room: room.index)),
        apikey=read_text(entry.get("apikey")) or "",
        is_own=is_own,
        is_current=home_id == current,
    )


def _room(item: Mapping[str, Any]) -> Room | None:
    if (room_id := read_text(item.get("id"))) is None:
        return None
    return Room(room_id=room_id, name=read_name(item.get("name")) or room_id, index=_index(item))


def _index(item: Mapping[str, Any]) -> int:
    """Return a place among others, which may be negative."""
    index = item.get("index")
    return index if type(index) is int else whole(index) or 0


def _groups(value: Any) -> tuple[str, ...]:
    """Return the ids of the control groups that a device names."""
    groups = (read_text(item.get("groupId")) for item in read_items(value) if isinstance(item, Mapping))
    return tuple(dict.fromkeys(group for group in groups if group))
