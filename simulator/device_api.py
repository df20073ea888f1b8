"""The HTTP interfaces of devices."""

from typing import TYPE_CHECKING, Any

from .errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .accounts import Account
    from .checks import Call
    from .cloud import Simulator
    from .devices import SimulatedDevice


class DeviceApi:
    """Device list, one device, and a device's status by HTTP."""

    def __init__(self, cloud: Simulator) -> None:
        """Serve the devices of a simulator."""
        self._cloud = cloud

    async def devices(self, call: Call) -> dict[str, Any] | list[Any]:
        """List the devices of an account and those shared to it."""
        faults, account = self._cloud.faults, call.account
        tags = call.params.get("getTags") == "1"
        listed = [
            self._cloud.listed(device, account, tags=tags) for device in self._cloud.devices_of(account)
        ]
        if faults.take("list_empty") is not None:
            listed = []
        if (partial := faults.take("list_partial")) is not None:
            missing = partial.get("missing", default=[item["deviceid"] for item in listed[1::2]])
            listed = [item for item in listed if item["deviceid"] not in missing]
        if (slow := faults.take("list_slow")) is not None:
            await slow.hold()
        if self._cloud.quirks.device_list == "bare":
            return listed
        return {"error": 0, "devicelist": listed}

    async def device(self, call: Call) -> dict[str, Any]:
        """Answer one device."""
        device = self.find(call)
        item = self._cloud.listed(device, call.account, tags=True)
        if self._cloud.quirks.one_device == "device":
            return {"error": 0, "device": item}
        return {"error": 0, **item}

    async def read_status(self, call: Call) -> dict[str, Any]:
        """Answer params of a device as the cloud knows them."""
        device = self.find(call)
        names = [name for name in (call.params.get("params") or "").split("|") if name]
        return {"error": 0, "deviceid": device.deviceid, "params": self._cloud.shown(device.asked(names))}

    async def write_status(self, call: Call) -> dict[str, Any]:
        """Send params to a device."""
        device = self.find(call)
        answer = await self._cloud.command(device, call.params["params"], "write_status")
        if answer is None:
            raise CloudError(504, "device does not respond")
        if answer["error"]:
            raise CloudError(answer["error"], answer.get("reason", "device does not respond"))
        return {"error": 0, "deviceid": device.deviceid, **answer}

    def find(self, call: Call) -> SimulatedDevice:
        """Return the device that a call names, of the account or shared to it."""
        return find_device(self._cloud, call.account, call.interface.name, call.params)

    def own(self, call: Call) -> SimulatedDevice:
        """Return the device that a call names, which only its owner may change."""
        device = self.find(call)
        if device.owner is not call.account:
            self._cloud.violations.record(
                call.interface.name, "owner", "the device is shared to this account"
            )
            raise CloudError(403, "no permission")
        return device


def find_device(
    cloud: Simulator, account: Account, interface: str, params: Mapping[str, Any]
) -> SimulatedDevice:
    """Return the device that parameters name; raise 400 for one that the account does not see."""
    device = cloud.devices.get(params["deviceid"])
    if device is None or not device.seen_by(account):
        raise CloudError(400, "device not found")
    apikey = params.get("apikey")
    if apikey is not None and apikey != device.owner.apikey:
        cloud.violations.record(interface, "apikey", "not the apikey of the device")
        raise CloudError(400, "apikey invalid")
    return device
