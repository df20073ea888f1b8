"""How the device list shows a device to one of those who see it."""

import copy
from typing import TYPE_CHECKING, Any

from .faults import ABSENT
from .params import BY_OUTLET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .accounts import Account
    from .core import Core
    from .devices import Share, SimulatedDevice
    from .faults import Fault


def list_item(core: Core, device: SimulatedDevice, account: Account, *, tags: bool) -> dict[str, Any]:
    """Return a device as its owner or a recipient sees it, with its tags if they were asked for."""
    item = copy.deepcopy(device.item)
    item.setdefault("type", "10")
    item.setdefault("extra", {})
    item |= {
        "deviceid": device.deviceid,
        "name": device.name,
        "apikey": device.owner.apikey,
        "params": core.shown(device.params),
        "online": device.reachable,
        **({"settings": copy.deepcopy(device.settings)} if device.settings else {}),
        "groups": [group.id for group in account.groups.values() if device.deviceid in group.devices],
        "sharedTo": [],
    }
    if account is device.owner:
        item["sharedTo"] = [_share(core, share.account, share) for share in device.shares.values()]
        if core.quirks.as_tables and len(item["sharedTo"]) == 1:
            (item["sharedTo"],) = item["sharedTo"]
    else:
        item["sharedBy"] = _share(core, device.owner, device.shares[account.apikey])
    item.pop("tags", None)
    if tags:
        item["tags"] = copy.deepcopy(device.tags)
        names = item["tags"].get("ck_channel_name")
        if core.quirks.as_tables and isinstance(names, dict):
            item["tags"]["ck_channel_name"] = [{key: name} for key, name in names.items()]
    _place_uiid(core, item, device.uiid)
    return item


def leave_out(
    listed: Iterable[dict[str, Any]], *, params: Iterable[str], outlets: Iterable[int] | None
) -> None:
    """Leave params out of a list, all but some `outlets` out of its lists."""
    for item in listed:
        item["params"] = {key: value for key, value in item["params"].items() if key not in params}
        if outlets is not None:
            for key in BY_OUTLET & item["params"].keys():
                item["params"][key] = [one for one in item["params"][key] if one["outlet"] in outlets]


def _share(core: Core, other: Account, share: Share) -> dict[str, Any]:
    """Return a share as either side sees it: who the other one is, and on what terms."""
    terms = {"permit": share.permit, "shareTime": share.share_time}
    if core.quirks.share_names != "address":
        # As the frames of sharing spell it.
        key = {} if core.quirks.share_names == "uid" else {"apikey": other.apikey}
        return {"uid": other.address, **key, "note": share.note, **terms}
    who = {"email": other.email} if other.email else {"phoneNumber": other.phone_number}
    return {"apikey": other.apikey, **who, "nickname": other.nickname, "comment": share.note, **terms}


def _place_uiid(core: Core, item: dict[str, Any], uiid: int | None) -> None:
    """Put the uiid where and as what the quirks say."""
    place, as_text = core.quirks.uiid_place, core.quirks.uiid_as_text
    value = str(uiid) if as_text else uiid
    outer = item["extra"]
    if place == "as_given" and not as_text:
        return
    for one in (item, outer, outer.get("extra")):
        if isinstance(one, dict) and "uiid" in one:
            one["uiid"] = value
            if place != "as_given":
                del one["uiid"]
    match place:
        case "top":
            item["uiid"] = value
        case "extra":
            outer["uiid"] = value
        case "extra.extra":
            outer.setdefault("extra", {})["uiid"] = value


def say_online(listed: list[dict[str, Any]], fault: Fault) -> None:
    """Let a list say what a fault wants of devices being online."""
    devices = fault.get("devices", default=[item["deviceid"] for item in listed])
    for item in listed:
        if item["deviceid"] in devices:
            item["online"] = fault.get("online", default=False)
            if item["online"] == ABSENT:
                del item["online"]
