"""The interfaces of v2 for managing devices, their history, firmware and messages."""

import copy
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from ..commands import model_of, release
from ..device_api import gsm_id
from ..errors import CloudError

if TYPE_CHECKING:
    from ..devices import Operation, SimulatedDevice
    from ..messages import Messages
    from .checks import Call
    from .things import Things

DEVICE_ID: Final = re.compile(r"[0-9a-f]{10}")
DOORS: Final = frozenset({102, 154})  # those of which a recipient may change the settings
PAGE: Final = 30
SETTINGS: Final = frozenset(
    {
        "opsNotify",
        "opsHistory",
        "alarmNotify",
        "offlineNotify",
        "lowBatteryNotify",
        "powerFailureNotify",
        "minTemperature",
        "maxTemperature",
        "minHumidity",
        "maxHumidity",
        "powerConsumptionNotify",
        "wxAlarmNotify",
        "wxOpsNotify",
        "wxDoorbellNotify",
        "appDoorbellNotify",
        "doorOnNotify",
        "doorOffNotify",
    }
)
ADDED_BEFORE, BAD_ID, NO_FACTORY_DATA = 30007, 30010, 30011
WRONG_CHIP, WRONG_DIGEST, UNRELEASED = 30014, 30015, 30017


class DeviceApi:
    """What an App ID with a contract may do with devices."""

    def __init__(self, things: Things, messages: Messages) -> None:
        """Serve these things."""
        self._things = things
        self._house = things.household
        self._messages = messages

    async def add_device(self, call: Call) -> dict[str, Any]:
        """Pair a device that belongs to nobody."""
        params = call.params
        deviceid: str = params["deviceid"]
        if DEVICE_ID.fullmatch(deviceid) is None:
            raise CloudError(BAD_ID, "the format of deviceid is wrong")
        item = self._house.stock.get(deviceid)
        if item is None:
            raise CloudError(NO_FACTORY_DATA, "no factory data of the device")
        due = hashlib.sha256(f"{deviceid}{item.get('devicekey', '')}".encode()).hexdigest()
        if params["digest"] != due:
            raise CloudError(WRONG_DIGEST, "digest error")
        if params["chipid"] not in {"", _chip_id(item)}:
            raise CloudError(WRONG_CHIP, "chipid error")
        return self._paired(call, item)

    async def add_gsm(self, call: Call) -> dict[str, Any]:
        """Pair a device by the id on its sticker."""
        wanted = call.params["id"]
        for item in self._house.stock.values():
            if gsm_id(item["deviceid"], item.get("devicekey", "")) == wanted:
                return {"thingList": [self._paired(call, item)]}
        for device in self._house.devices.values():
            if gsm_id(device.deviceid, device.item.get("devicekey", "")) == wanted:
                raise CloudError(ADDED_BEFORE, "added by another user before")
        raise CloudError(NO_FACTORY_DATA, "no factory data of the device")

    def _paired(self, call: Call, item: dict[str, Any]) -> dict[str, Any]:
        if item.get("brandName") in call.app.withheld:
            raise CloudError(UNRELEASED, "this app does not support of adding this brand and its device")
        # The place is looked up before anything is changed.
        self._things.put(call, item["deviceid"])
        device = self._house.pair(item["deviceid"], call.account, call.params["name"])
        device.settings |= call.params.get("settings") or {}
        return self._things.shown(device, call.account)

    async def rename_device(self, call: Call) -> dict[str, Any]:
        """Change the name of a device, or its room."""
        name, roomid = call.params.get("name"), call.params.get("roomid")
        device = self._things.device(call, call.params["deviceid"])
        if name is None and roomid is None:
            self._things.bad(call, "neither name nor roomid")
        if name is not None:
            self._things.own(call, device.deviceid)
            if not name:
                self._things.bad(call, "name is empty")
        if roomid:
            home, room = self._things.room(call, roomid)
            place = self._things.homes.place(call.account, device.deviceid)
            place.home, place.room = home.id, room.id
        elif roomid is not None:
            self._things.homes.place(call.account, device.deviceid).room = None
        device.name = name or device.name
        return {}

    async def delete_device(self, call: Call) -> dict[str, Any]:
        """Delete a device with its sub-devices, or give back one that is shared to the account."""
        device = self._things.device(call, call.params["deviceid"])
        share = device.shares.get(call.account.apikey)
        if device.owner is call.account:
            self._house.unpair(device)
        elif share is not None and share.home is not None:
            raise CloudError(406, "the device belongs to a home that is shared")
        else:
            self._house.unshare(device, call.account)
        self._things.homes.forget(call.account, device.deviceid)
        return {}

    async def tags(self, call: Call) -> dict[str, Any]:
        """Change the tags of a device: all of them unless they are to be merged."""
        device = self._things.own(call, call.params["deviceid"])
        how, tags = call.params.get("type", "replace"), copy.deepcopy(call.params["tags"])
        if how not in {"replace", "merge"}:
            self._things.bad(call, "type is neither replace nor merge")
        device.tags = device.tags | tags if how == "merge" else tags
        return {"updatedThing": self._things.shown(device, call.account)}

    async def settings(self, call: Call) -> dict[str, Any]:
        """Change settings of devices; they steer the phone's notices alone."""
        changed = call.params["settings"]
        if not changed:
            self._things.bad(call, "settings are empty")
        for key in changed.keys() - SETTINGS:
            self._things.core.violations.record("settings", "unknown field", key)
        devices = [self._things.device(call, one) for one in self._things.devices(call)]
        for device in devices:
            if device.owner is not call.account and device.uiid not in DOORS:
                raise CloudError(406, "no permission")
        for device in devices:
            device.settings |= copy.deepcopy(changed)
        return {"updatedThingList": [self._things.shown(device, call.account) for device in devices]}

    async def history(self, call: Call) -> dict[str, Any]:
        """Answer what was done with a device, backwards from a time."""
        device = self._things.device(call, call.params["deviceid"])
        before, num = self._span(call)
        done = [one for one in reversed(device.history) if one.at * 1000 < before]
        return {"histories": [_operation(device, one) for one in done[:num]]}

    async def clear_history(self, call: Call) -> dict[str, Any]:
        """Forget what was done with a device."""
        self._things.own(call, call.params["deviceid"]).history.clear()
        return {}

    async def messages(self, call: Call) -> dict[str, Any]:
        """Answer the messages of a home, backwards from a time."""
        home, (before, num) = self._things.home(call), self._span(call)
        wanted = [
            one
            for one in self._messages.of(call.account)
            if one.at * 1000 < before and one.home in {None, home.id}
        ]
        return {
            "messageList": [
                {"msgid": one.id, "msgType": one.kind, "message": one.content, "date": int(one.at * 1000)}
                for one in wanted[:num]
            ]
        }

    def _span(self, call: Call) -> tuple[int, int]:
        now = int(self._things.core.clock() * 1000) + 1
        return int(call.params.get("from", now)), self._things.number(call, "num", PAGE, 1, PAGE)

    async def ota(self, call: Call) -> dict[str, Any]:
        """Answer for which devices there is newer firmware."""
        asked = call.params["deviceInfoList"]
        keys = ("deviceid", "model", "version")
        fits = 0 < len(asked) <= PAGE and all(
            isinstance(one, dict) and all(isinstance(one.get(key), str) for key in keys) for one in asked
        )
        if not fits:
            self._things.bad(call, f"deviceInfoList is not 1 to {PAGE} of deviceid, model, version")
        found = []
        for one in asked:
            device = self._things.device(call, one["deviceid"])
            news = release(device)
            if news is not None and one["model"] == model_of(device) and one["version"] != news["version"]:
                found.append(news)
        return {"otaInfoList": found}


def _chip_id(item: dict[str, Any]) -> str:
    extra = item.get("extra") or {}
    inner = extra.get("extra")
    return str((inner if isinstance(inner, dict) else extra).get("chipid", ""))


def _operation(device: SimulatedDevice, one: Operation) -> dict[str, Any]:
    params = one.params if isinstance(one.params, dict) else {}
    switches = params.get("switches")
    channels = [f"switch{item['outlet']}" for item in switches] if switches else ["switch"]
    entry = {
        "deviceid": device.deviceid,
        "userAgent": one.agent,
        "opsSwitchs": json.dumps(channels),
        "request": json.dumps(one.params),
        "opsTime": int(one.at * 1000),
    }
    return entry if one.account is None else entry | {"opsAccount": one.account.address}
