"""The HTTP interfaces of groups (rooms)."""

from typing import TYPE_CHECKING, Any

from .errors import CloudError

if TYPE_CHECKING:
    from .accounts import Account, Accounts, Group
    from .checks import Call
    from .core import Core
    from .household import Household


class GroupApi:
    """The groups of an account and the devices in them."""

    def __init__(self, core: Core, accounts: Accounts, household: Household) -> None:
        """Serve the groups of these accounts."""
        self._core = core
        self._accounts = accounts
        self._household = household

    async def groups(self, call: Call) -> dict[str, Any]:
        """List the groups."""
        return {"error": 0, "groupinfos": [group.info() for group in self._account(call).groups.values()]}

    async def add_group(self, call: Call) -> dict[str, Any]:
        """Add a group."""
        account = self._account(call)
        group = self._accounts.add_group(account, call.params["name"], _index(call), self._core.clock())
        return {"error": 0, "groupid": group.id}

    async def edit_group(self, call: Call) -> dict[str, Any]:
        """Change the name and the place of a group."""
        group = self._group(self._account(call), call.params["id"])
        group.name, group.index = call.params["name"], _index(call)
        return {"error": 0}

    async def delete_group(self, call: Call) -> dict[str, Any]:
        """Delete a group; its devices stay."""
        account = self._account(call)
        del account.groups[self._group(account, call.params["id"]).id]
        return {"error": 0}

    async def group_device(self, call: Call) -> dict[str, Any]:
        """Add devices to a group, move them, or remove them from one."""
        account = self._account(call)
        infos = call.params.get("deviceinfos")
        moves = [
            self._move(account, info)
            for info in (infos if isinstance(infos, list) else [infos])
            if info != {}
        ]
        if not moves:
            self._core.violations.record("group_device", "field", "deviceinfos is empty")
            raise CloudError(400, "params incomplete")
        for deviceid, source, target in moves:
            if source is not None and deviceid in source.devices:
                source.devices.remove(deviceid)
            if target is not None and deviceid not in target.devices:
                target.devices.append(deviceid)
        return {"error": 0}

    def _move(self, account: Account, info: Any) -> tuple[str, Group | None, Group | None]:
        """Return which device goes from which group to which."""
        keys = {"source_id", "target_id", "deviceid"}
        if not isinstance(info, dict) or not all(isinstance(info.get(key), str) for key in keys):
            self._core.violations.record("group_device", "field", f"{', '.join(sorted(keys))} are no texts")
            raise CloudError(400, "params incomplete")
        if str(info.get("type")) != "1":
            self._core.violations.record("group_device", "field", "type is not 1")
        device = self._household.devices.get(info["deviceid"])
        if device is None or not device.seen_by(account) or not (info["source_id"] or info["target_id"]):
            raise CloudError(400, "params incomplete")
        source = self._group(account, info["source_id"]) if info["source_id"] else None
        target = self._group(account, info["target_id"]) if info["target_id"] else None
        return device.deviceid, source, target

    def _account(self, call: Call) -> Account:
        if call.params["apikey"] != call.account.apikey:
            self._core.violations.record(call.interface.name, "apikey", "not the apikey of the user")
            raise CloudError(401, "apikey invalid")
        return call.account

    @staticmethod
    def _group(account: Account, group_id: str) -> Group:
        group = account.groups.get(group_id)
        if group is None:
            raise CloudError(400, "group not found")
        return group


def _index(call: Call) -> int:
    """Return the place that a call gives, which may be text."""
    try:
        return int(call.params["index"])
    except TypeError, ValueError:
        raise CloudError(400, "params incomplete") from None
