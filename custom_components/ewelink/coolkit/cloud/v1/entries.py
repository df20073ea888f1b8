"""The lists of version 1: what their entries say of devices and groups."""

from collections.abc import Mapping
from typing import Any

from ...devices.device import CHANNEL_NAMES, Device, Group, Listing
from ...devices.fields import (
    bounded_params,
    read_channel_names,
    read_mac,
    read_name,
    read_object,
    read_online,
    read_params,
    read_text,
    read_texts,
    read_time,
    read_uiid,
    whole_object,
)
from ..answers import whole
from ..entries import check_mended, read_shares


def device_from_entry(entry: Mapping[str, Any]) -> Device:
    """Return the device of one entry of the device list.

    Fields that are missing or of another type than they should be are taken as empty; raises ValueError
    without a `deviceid`. Source: API Center, Device List.
    """
    if (device_id := read_text(entry.get("deviceid"))) is None:
        raise ValueError("an entry of the device list has no deviceid")
    outer = read_object(entry.get("extra"))
    extra = read_object(outer.get("extra")) or outer
    params = bounded_params(read_params(entry.get("params")))
    listing = Listing(
        apikey=read_text(entry.get("apikey")) or "",
        name=read_name(entry.get("name")) or device_id,
        uiid=read_uiid(entry.get("uiid"), extra.get("uiid"), outer.get("uiid")),
        manufacturer=read_text(entry.get("brandName")) or read_text(extra.get("manufacturer")),
        model=read_text(entry.get("productModel")) or read_text(extra.get("model")),
        channel_names=read_channel_names(read_object(entry.get("tags")).get(CHANNEL_NAMES)),
        mac=read_mac(params.get("staMac"), extra.get("staMac"), extra.get("mac")),
        device_key=read_text(entry.get("devicekey")),
        shared_by=next(iter(read_shares(entry.get("sharedBy"))), None),
        shared_to=read_shares(entry.get("sharedTo")),
        groups=read_texts(entry.get("groups")),
        deny_features=frozenset(read_texts(entry.get("denyFeatures"))),
        settings=read_object(entry.get("settings")),
        kept_tags=whole_object(entry.get("tags")),
        online_since=read_time(entry.get("onlineTime")),
        offline_since=read_time(entry.get("offlineTime")),
        raw={name: value for name, value in entry.items() if name != "params"},
    )
    return Device(device_id, listing, params, read_online(entry.get("online")))


def mended_device(entry: Mapping[str, Any]) -> Device:
    """Return the device of an entry in a mended list; raise ValueError if too little of it could be read."""
    return check_mended(entry, device_from_entry(entry))


def group_from_entry(entry: Mapping[str, Any]) -> Group:
    """Return the group of an item of the group list.

    Fields that are missing or of another type than they should be are taken as empty; raises ValueError
    without an `id`. Source: API Center, Get Group List.
    """
    if (group_id := read_text(entry.get("id")) or read_text(entry.get("_id"))) is None:
        raise ValueError("an item of the group list has no id")
    return Group(
        group_id=group_id,
        name=read_name(entry.get("name")) or group_id,
        full_name=name if isinstance(name := entry.get("name"), str) else None,
        index=whole(entry.get("index")) or 0,
        created_at=read_time(entry.get("createdAt")),
    )
