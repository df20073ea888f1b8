"""How v2 shows a device, a control group and a home to one of those who see them."""

import copy
import hashlib
from typing import TYPE_CHECKING, Any, Final

from ..listing import leave_out, say_online

if TYPE_CHECKING:
    from ..accounts import Account
    from ..core import Core
    from ..devices import Share, SimulatedDevice
    from ..homes import ControlGroup, Home, Homes

OWN, SHARED, GROUP, OF_A_HOME, GROUP_OF_A_HOME = 1, 2, 3, 5, 7
KEPT: Final = ("brandName", "productModel", "devicekey", "devConfig", "showBrand", "ip", "createdAt")


def veiled(account: Account) -> str:
    """Return the apikey of another account as shares show it: encrypted, good for passing back only."""
    return hashlib.sha256(f"veil of {account.apikey}".encode()).hexdigest()


def thing(homes: Homes, core: Core, device: SimulatedDevice, account: Account) -> dict[str, Any]:
    """Return an entry of the list of things: a device."""
    share = device.shares.get(account.apikey)
    if device.owner is account:
        kind = OWN
    else:
        kind = OF_A_HOME if share is not None and share.home is not None else SHARED
    family = _family(homes, account, device.deviceid, None if share is None else share.home)
    item = {**_device(homes, core, device, account), "family": family}
    return {"itemType": kind, "itemData": item, "index": family["index"]}


def group_thing(homes: Homes, core: Core, group: ControlGroup, account: Account) -> dict[str, Any]:
    """Return an entry of the list of things: a control group, without its members."""
    family = _family(homes, group.owner, group.id, None)
    item = {
        "id": group.id,
        "name": group.name,
        "mainDeviceId": group.members[0],
        "uiid": group.uiid,
        "family": family,
        "params": core.shown(group.params),
    }
    kind = GROUP if group.owner is account else GROUP_OF_A_HOME
    return {"itemType": kind, "itemData": item, "index": family["index"]}


def _family(homes: Homes, account: Account, thing_id: str, shared_home: str | None) -> dict[str, Any]:
    if shared_home is not None and (home := homes.homes.get(shared_home)) is not None:
        account = home.owner
    place = homes.place(account, thing_id)
    family = {"familyid": place.home, "index": place.index}
    # No roomid is no room.
    return family if place.room is None else family | {"roomid": place.room}


def _device(homes: Homes, core: Core, device: SimulatedDevice, account: Account) -> dict[str, Any]:
    given = copy.deepcopy(device.item)
    # One level less than in v1.
    outer = given.get("extra")
    extra: dict[str, Any] = outer if isinstance(outer, dict) else {}
    if isinstance(extra.get("extra"), dict):
        extra = extra["extra"]
    if device.uiid is not None and core.quirks.uiid_place != "nowhere":
        extra["uiid"] = str(device.uiid) if core.quirks.uiid_as_text else device.uiid
    item: dict[str, Any] = {
        "name": device.name,
        "deviceid": device.deviceid,
        "apikey": device.owner.apikey,
        "extra": extra,
        **{key: given[key] for key in KEPT if key in given},
        "settings": copy.deepcopy(device.settings),
        "devGroups": [
            {"type": 1, "groupId": group.id}
            for group in homes.groups_of(account)
            if device.deviceid in group.members
        ],
        "brandLogo": given.get("brandLogoUrl", ""),
        "shareTo": [],
        "online": device.reachable,
        "params": core.shown(device.params),
        "tags": copy.deepcopy(device.tags),
        "denyFeatures": [],
        "isSupportGroup": True,
    }
    share = device.shares.get(account.apikey)
    if device.owner is account:
        item["shareTo"] = [_share(one.account, one) for one in device.shares.values() if one.home is None]
    elif share is not None and share.home is None:
        item["sharedBy"] = _share(device.owner, share)
    return item


def _share(other: Account, share: Share) -> dict[str, Any]:
    who = {"email": other.email} if other.email else {"phoneNumber": other.phone_number}
    return {
        "apikey": veiled(other),
        **who,
        "nickname": other.nickname,
        "permit": share.permit,
        "comment": share.note,
        "shareTime": int(share.share_time),
    }


def home_item(core: Core, home: Home, account: Account) -> dict[str, Any]:
    """Return an entry of the list of homes."""
    own = home.owner is account
    shown = home.owner if core.quirks.shared_home_apikey == "owner" else account
    item: dict[str, Any] = {
        "id": home.id,
        "apikey": shown.apikey,
        "name": home.name,
        "index": home.index,
        "roomList": [
            {"id": room.id, "name": room.name, "index": room.index}
            for room in sorted(home.rooms.values(), key=lambda room: room.index)
        ],
        "familyType": 1 if own else 2,
        "members": [
            {"apikey": veiled(one), "email": one.email, "nickname": one.nickname}
            for one in home.members.values()
        ],
    }
    return item if own else item | {"sharedBy": {"apikey": veiled(home.owner), "email": home.owner.email}}


def with_faults(core: Core, things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a page of things as the faults that are set want it."""
    faults = core.faults
    if (partial := faults.take("list_partial", interface="devices")) is not None:
        missing = partial.get("missing", default=[_id(one) for one in things[1::2]])
        things = [one for one in things if _id(one) not in missing]
    devices = [one["itemData"] for one in things if "deviceid" in one["itemData"]]
    if (wrong := faults.take("list_online", interface="devices")) is not None:
        say_online(devices, wrong)
    if (scant := faults.take("list_scant", interface="devices")) is not None:
        left_out: list[str] = scant.get("params", default=[])
        leave_out(devices, params=left_out, outlets=scant.get("outlets", default=None))
    if (twice := faults.take("list_twice", interface="devices")) is not None:
        other: dict[str, Any] = twice.get("other", default={})
        things = things + [{**one, "itemData": {**one["itemData"], **other}} for one in things]
    return things


def _id(one: dict[str, Any]) -> str:
    item = one["itemData"]
    return str(item.get("deviceid") or item["id"])
