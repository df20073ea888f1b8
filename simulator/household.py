"""The devices of all accounts: who owns them, who shares them, and which can be paired."""

from typing import TYPE_CHECKING, Any

from .devices import Share, SimulatedDevice
from .errors import CloudError
from .listing import list_item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .accounts import Account, Accounts
    from .connections import Connections
    from .core import Core


class Household:
    """Every device there is."""

    def __init__(self, core: Core, accounts: Accounts, connections: Connections) -> None:
        """Start without devices."""
        self.core = core
        self.connections = connections
        self.devices: dict[str, SimulatedDevice] = {}
        self.stock: dict[str, dict[str, Any]] = {}
        self._accounts = accounts
        self._children: dict[str, list[str]] = {}

    def add(self, item: dict[str, Any], owner: Account) -> SimulatedDevice:
        """Add a device in the shape of the device list, in place of one with the same id."""
        device = SimulatedDevice(self, item, owner)
        if device.deviceid in self.devices:
            self.remove(device.deviceid)
        self.devices[device.deviceid] = device
        if (parentid := device.params.get("parentid")) is not None:
            self._children.setdefault(parentid, []).append(device.deviceid)
        for gateway in (device, device.parent):
            if gateway is not None and gateway.deviceid in self._children:
                self._list_children(gateway)
        return device

    def _list_children(self, gateway: SimulatedDevice) -> None:
        """Let a gateway name its sub-devices."""
        named = {child.get("deviceid") for child in gateway.params.get("subDevices", [])}
        gateway.params["subDevices"] = [
            *gateway.params.get("subDevices", []),
            *(
                {
                    "subDevId": child.params.get("subDevId", ""),
                    "deviceid": child.deviceid,
                    "uiid": str(child.uiid),
                }
                for child in self.children_of(gateway)
                if child.deviceid not in named
            ),
        ]

    def remove(self, deviceid: str) -> None:
        """Remove a device, as another client would: nothing is pushed."""
        device = self.devices[deviceid]
        device.stop()
        for children in self._children.values():
            if deviceid in children:
                children.remove(deviceid)
        if (gateway := device.parent) is not None:
            left = [child for child in gateway.params["subDevices"] if child.get("deviceid") != deviceid]
            gateway.params["subDevices"] = left
        for account in self._accounts.by_apikey.values():
            for group in account.groups.values():
                if deviceid in group.devices:
                    group.devices.remove(deviceid)
        del self.devices[deviceid]

    def rename(self, deviceid: str, name: str) -> None:
        """Rename a device, as another client would: nothing is pushed."""
        self.devices[deviceid].name = name

    def add_stock(self, item: dict[str, Any]) -> None:
        """Put a device into the shop: it belongs to nobody until it is paired."""
        self.stock[item["deviceid"]] = item

    def pair(self, deviceid: str, owner: Account, name: str) -> SimulatedDevice:
        """Give a device from the shop to an account."""
        return self.add(self.stock.pop(deviceid) | {"name": name, "online": True}, owner)

    def unpair(self, device: SimulatedDevice) -> None:
        """Take a device and its sub-devices from their owner; each can be paired again."""
        for one in [*self.children_of(device), device]:
            self.remove(one.deviceid)
            self.add_stock(one.item | {"params": one.params})

    def share(
        self,
        device: SimulatedDevice,
        account: Account,
        *,
        permit: int = 15,
        note: str = "",
        at: int | str | None = None,
    ) -> None:
        """Share a device to an account, as if it had accepted; `at` is in milliseconds."""
        share_time = at or int(self.core.clock() * 1000)
        device.shares[account.apikey] = Share(
            account=account, permit=permit, note=note, share_time=share_time
        )

    def unshare(self, device: SimulatedDevice, account: Account) -> None:
        """End a share, as its owner would: nothing is pushed."""
        device.shares.pop(account.apikey, None)

    def devices_of(self, account: Account) -> list[SimulatedDevice]:
        """Return the devices that an account sees."""
        return [device for device in self.devices.values() if device.seen_by(account)]

    def device(self, deviceid: str) -> SimulatedDevice | None:
        """Return the device of an id."""
        return self.devices.get(deviceid)

    def listed(self, device: SimulatedDevice, account: Account, *, tags: bool) -> dict[str, Any]:
        """Return a device as v1's device list shows it to an account."""
        return list_item(self.core, device, account, tags=tags)

    def children_of(self, gateway: SimulatedDevice) -> list[SimulatedDevice]:
        """Return the sub-devices of a gateway."""
        return [self.devices[deviceid] for deviceid in self._children.get(gateway.deviceid, [])]

    def find(self, account: Account, interface: str, params: Mapping[str, Any]) -> SimulatedDevice:
        """Return the device that parameters name; raise 400 for one that the account does not see."""
        device = self.devices.get(params["deviceid"])
        if device is None or not device.seen_by(account):
            raise CloudError(400, "device not found")
        apikey = params.get("apikey")
        if apikey is not None and apikey != device.owner.apikey:
            self.core.violations.record(interface, "apikey", "not the apikey of the device")
            raise CloudError(400, "apikey invalid")
        return device
