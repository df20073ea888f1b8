"""The HTTP interfaces of devices."""

import hashlib
from typing import TYPE_CHECKING, Any

from .errors import CloudError, CodedError
from .listing import leave_out, say_online
from .params import together

if TYPE_CHECKING:
    from .checks import Call
    from .commands import Commands
    from .core import Core
    from .devices import SimulatedDevice
    from .household import Household


class DeviceApi:
    """Device list, one device, and a device's status by HTTP."""

    def __init__(self, core: Core, household: Household, commands: Commands) -> None:
        """Serve the devices of a household."""
        self._core = core
        self._household = household
        self._commands = commands

    async def devices(self, call: Call) -> dict[str, Any] | list[Any]:
        """List the devices of an account and those shared to it."""
        faults, account = self._core.faults, call.account
        tags = call.params.get("getTags") == "1"
        listed = [
            self._household.listed(device, account, tags=tags)
            for device in self._household.devices_of(account)
        ]
        if faults.take("list_empty", interface="devices") is not None:
            listed = []
        if (partial := faults.take("list_partial", interface="devices")) is not None:
            missing = partial.get("missing", default=[item["deviceid"] for item in listed[1::2]])
            listed = [item for item in listed if item["deviceid"] not in missing]
        if (wrong := faults.take("list_online", interface="devices")) is not None:
            say_online(listed, wrong)
        if (scant := faults.take("list_scant", interface="devices")) is not None:
            left_out: list[str] = scant.get("params", default=[])
            leave_out(listed, params=left_out, outlets=scant.get("outlets", default=None))
        if (twice := faults.take("list_twice", interface="devices")) is not None:
            other: dict[str, Any] = twice.get("other", default={})
            listed += [{**item, **other} for item in listed]
        if (slow := faults.take("list_slow", interface="devices")) is not None:
            await slow.hold()
        if self._core.quirks.device_list == "bare":
            return listed
        return {"error": 0, "devicelist": listed}

    async def device(self, call: Call) -> dict[str, Any]:
        """Answer one device."""
        device = self.find(call)
        item = self._household.listed(device, call.account, tags=True)
        return self._one(item)

    def _one(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return the answer that holds one device, where and as what the quirks say."""
        quirks = self._core.quirks
        if quirks.one_device == "device":
            return {"error": 0, "device": [item] if quirks.as_tables else item}
        return {"error": 0, **item}

    async def read_status(self, call: Call) -> dict[str, Any]:
        """Answer params of a device as the cloud knows them."""
        device = self.find(call)
        names = [name for name in (call.params.get("params") or "").split("|") if name]
        return {"error": 0, "deviceid": device.deviceid, "params": self._core.told(device.asked(names))}

    async def write_status(self, call: Call) -> dict[str, Any]:
        """Send params to a device."""
        device = self.find(call)
        device.check_permit(call.account, call.params["params"])
        answer = await self._commands.command(device, call.params["params"], "write_status")
        if answer is None:
            raise CloudError(504, "device does not respond")
        if answer["error"]:
            raise CloudError(answer["error"], answer.get("reason", "device does not respond"))
        return {"error": 0, "deviceid": device.deviceid, **answer}

    async def add_device(self, call: Call) -> dict[str, Any]:
        """Pair a device that belongs to nobody, or a sub-device with its gateway."""
        params = call.params
        if not self._is_sub(call):
            return self._paired(self._household.stock.get(params["deviceid"]), params["apikey"], call)
        gateway = self._household.devices.get(params["deviceid"])
        if gateway is None or gateway.owner is not call.account:
            raise CodedError(404, "fd data is null")
        if gateway.item.get("devicekey") != params["apikey"]:
            raise CodedError(400, "apikey invalid")
        item = self._household.stock.get(params["subDeviceId"])
        if item is None or item.get("params", {}).get("parentid") != gateway.deviceid:
            raise CodedError(404, "fd data is null")
        return self._paired(item, item.get("devicekey", ""), call)

    async def add_gsm(self, call: Call) -> dict[str, Any]:
        """Pair a device by the id on its sticker."""
        for item in self._household.stock.values():
            if gsm_id(item["deviceid"], item.get("devicekey", "")) == call.params["id"]:
                return self._paired(item, item.get("devicekey", ""), call)
        raise CodedError(404, "fd data is null")

    async def delete_device(self, call: Call) -> dict[str, Any]:
        """Delete a device with its sub-devices, or one sub-device; it can be paired again.

        A recipient gives back the one device that is shared to it, which stays its owner's.
        """
        device = self.find(call)
        if device.owner is not call.account:
            return self._given_back(device, call)
        if self._is_sub(call):
            child = self._household.devices.get(call.params["subDeviceId"])
            if child is None or child.parent is not device:
                raise CloudError(400, "device not found")
            device = child
        elif device.parent is not None:
            self._core.violations.record("delete_device", "isSub", "a sub-device as a device of its own")
        item = self._household.listed(device, call.account, tags=False)
        self._household.unpair(device)
        return {"error": 0, **item}

    def _given_back(self, device: SimulatedDevice, call: Call) -> dict[str, Any]:
        """End the share by which a recipient has a device; whatever else it asks for is the owner's."""
        if self._is_sub(call):
            self._core.violations.record("delete_device", "owner", "a gateway that is shared to this account")
            raise CloudError(403, "no permission")
        item = self._household.listed(device, call.account, tags=False)
        for group in call.account.groups.values():
            if device.deviceid in group.devices:
                group.devices.remove(device.deviceid)
        self._household.unshare(device, call.account)
        return {"error": 0, **item}

    async def rename_device(self, call: Call) -> dict[str, Any]:
        """Rename a device."""
        device = self.own(call)
        if not call.params["name"]:
            raise CloudError(400, "params incomplete")
        device.name = call.params["name"]
        return {"error": 0, "deviceid": device.deviceid}

    async def tags(self, call: Call) -> dict[str, Any]:
        """Name the channels of a device."""
        device = self.own(call)
        names = together(call.params["value"])
        known = device.tags.get("ck_channel_name")
        kept = known.items() if isinstance(known, dict) else []
        if not all(
            (key.isdigit() and isinstance(name, str)) or (key, name) in kept for key, name in names.items()
        ):
            self._core.violations.record(call.interface.name, "field", "value does not name outlets")
            raise CloudError(400, "params incomplete")
        device.tags["ck_channel_name"] = dict(names)
        return {"error": 0}

    def _is_sub(self, call: Call) -> bool:
        """Say whether a call means a sub-device, which it then has to name."""
        given, record = str(call.params.get("isSub", 0)), self._core.violations.record
        is_sub = given == "1"
        if given not in {"0", "1"}:
            record(call.interface.name, "field", "isSub is neither 0 nor 1")
        if not is_sub and call.params.get("subDeviceId") is not None:
            record(call.interface.name, "field", "subDeviceId without isSub")
        if is_sub and not call.params.get("subDeviceId"):
            record(call.interface.name, "field", "isSub without subDeviceId")
            raise CloudError(400, "params incomplete")
        return is_sub

    def _paired(self, item: dict[str, Any] | None, key: str, call: Call) -> dict[str, Any]:
        if item is None:
            raise CodedError(404, "fd data is null")
        if item.get("devicekey") != key:
            raise CodedError(400, "apikey invalid")
        device = self._household.pair(item["deviceid"], call.account, call.params["name"])
        shown = self._household.listed(device, call.account, tags=True)
        return self._one(shown)

    def find(self, call: Call) -> SimulatedDevice:
        """Return the device that a call names, of the account or shared to it."""
        return self._household.find(call.account, call.interface.name, call.params)

    def own(self, call: Call) -> SimulatedDevice:
        """Return the device that a call names, which only its owner may change."""
        device = self.find(call)
        if device.owner is not call.account:
            self._core.violations.record(call.interface.name, "owner", "the device is shared to this account")
            raise CloudError(403, "no permission")
        return device


def gsm_id(deviceid: str, devicekey: str) -> str:
    """Return the id on the sticker of a GSM device."""
    digest = hashlib.md5(f"{deviceid}{devicekey}".encode(), usedforsecurity=False)
    return digest.hexdigest()
