"""The interfaces of v2 for control groups and for shares."""

from typing import TYPE_CHECKING, Any, Final

from ..errors import CloudError
from .listing import veiled

if TYPE_CHECKING:
    from ..accounts import Account, Accounts
    from ..devices import Share, SimulatedDevice
    from ..homes import ControlGroup
    from ..messages import Messages
    from .checks import Call
    from .things import Things

LONGEST_NAME: Final = 50
NO_RECIPIENT, TOO_MANY = 30008, 30009


class GroupApi:
    """The control groups of an account."""

    def __init__(self, things: Things) -> None:
        """Serve the groups of these homes."""
        self._things = things
        self._homes = things.homes
        self.most = 20  # groups that an account of the free plan may have

    async def control_groups(self, call: Call) -> dict[str, Any]:
        """List the groups of the current home."""
        home = self._homes.current(call.account)
        groups = self._homes.groups_in(call.account, home)
        shown = [self._things.shown_group(group, call.account) for group in groups]
        return {"groupList": sorted(shown, key=lambda one: int(one["index"]))}

    async def add_control_group(self, call: Call) -> dict[str, Any]:
        """Make a group of a main device and others of its kind."""
        name = self._name(call)
        main = self._things.device(call, call.params["mainDeviceId"])
        others = call.params.get("deviceidList") or []
        if main.deviceid in others:
            self._things.core.violations.record(
                "add_control_group", "field", "deviceidList has the main device, too"
            )
        if len(self._homes.groups_of(call.account)) >= self.most:
            raise CloudError(TOO_MANY, "too many groups for the plan")
        home, room = self._things.own_home(call), None
        if (roomid := call.params.get("roomid")) is not None:
            home, room = self._things.room(call, roomid)
        first = self._things.first(call)
        group = self._homes.add_group(call.account, name, [main.deviceid, *others])
        self._homes.put(call.account, group.id, home, room, first=first)
        updated = self._members(group, call.account)
        return {**self._things.shown_group(group, call.account), "updatedThingList": updated}

    async def rename_control_group(self, call: Call) -> dict[str, Any]:
        """Rename a group."""
        self._group(call).name = self._name(call)
        return {}

    async def delete_control_group(self, call: Call) -> dict[str, Any]:
        """Delete a group; its members stay."""
        group = self._group(call)
        del self._homes.groups[group.id]
        self._homes.forget(call.account, group.id)
        return {}

    async def set_members(self, call: Call) -> dict[str, Any]:
        """Give a group its members anew, the main device among them."""
        group, ids = self._group(call), self._things.devices(call)
        if group.members[0] not in ids:
            self._things.bad(call, "deviceidList lacks the main device")
        before = set(group.members)
        self._homes.set_members(group, [group.members[0], *ids])
        changed = before ^ set(group.members)
        devices = [self._things.household.devices[one] for one in sorted(changed)]
        return {"updatedThingList": [self._things.shown(device, call.account) for device in devices]}

    async def store_status(self, call: Call) -> dict[str, Any]:
        """Keep params of a group; nothing is commanded."""
        self._group(call).params |= call.params["params"]
        return {}

    def _group(self, call: Call) -> ControlGroup:
        for group in self._homes.groups_of(call.account):
            if group.id == call.params["id"]:
                return group
        raise CloudError(405, "group not found")

    def _name(self, call: Call) -> str:
        name: str = call.params["name"]
        if not 0 < len(name) <= LONGEST_NAME:
            self._things.bad(call, f"name has not 1 to {LONGEST_NAME} characters")
        return name

    def _members(self, group: ControlGroup, account: Account) -> list[dict[str, Any]]:
        return [self._things.shown(self._things.household.devices[one], account) for one in group.members]


class ShareApi:
    """Sharing without a word of consent."""

    def __init__(self, things: Things, accounts: Accounts, messages: Messages) -> None:
        """Share these things."""
        self._things = things
        self._accounts = accounts
        self._messages = messages

    async def share(self, call: Call) -> dict[str, Any]:
        """Share devices at once; the recipient is not asked."""
        devices = [self._things.own(call, one) for one in self._things.devices(call)]
        permit = self._things.number(call, "permit", 0, 0, 15)
        if call.params.get("shareType", 1) != 1:
            self._things.bad(call, "shareType is not 1")
        recipient = self._recipient(call)
        for device in devices:
            self._things.household.share(
                device, recipient, permit=permit, note=call.params.get("comment") or ""
            )
            self._messages.send(
                recipient, "shareNotify_v2", {"deviceid": device.deviceid, "deviceName": device.name}
            )
        return {"updatedThingList": [self._things.shown(device, call.account) for device in devices]}

    def _recipient(self, call: Call) -> Account:
        who = call.params["user"]
        address = who.get("phoneNumber") or who.get("email")
        if not isinstance(address, str):
            self._things.bad(call, "user has neither phoneNumber nor email")
        if who.get("phoneNumber") and not who.get("countryCode"):
            self._things.bad(call, "user has a phoneNumber without countryCode")
        recipient = self._accounts.find(str(address))
        if recipient is None or recipient.region != call.account.region:
            raise CloudError(NO_RECIPIENT, "the shared user does not exist")
        if recipient is call.account:
            self._things.bad(call, "user is the owner")
        return recipient

    async def edit_share(self, call: Call) -> dict[str, Any]:
        """Change what a recipient may do."""
        device, share = self._share(call)
        share.permit = self._things.number(call, "permit", 0, 0, 15)
        return {"updatedThing": self._things.shown(device, call.account)}

    async def cancel_share(self, call: Call) -> dict[str, Any]:
        """End a share."""
        device, share = self._share(call)
        self._things.household.unshare(device, share.account)
        self._messages.send(
            share.account, "cancelShareNotify_v2", {"deviceid": device.deviceid, "deviceName": device.name}
        )
        return {"updatedThing": self._things.shown(device, call.account)}

    def _share(self, call: Call) -> tuple[SimulatedDevice, Share]:
        """Return the share of an own device with the recipient of that encrypted apikey."""
        device, apikey = self._things.own(call, call.params["deviceid"]), call.params["apikey"]
        for share in device.shares.values():
            if veiled(share.account) == apikey and share.home is None:
                return device, share
        if apikey in self._accounts.by_apikey:
            self._things.core.violations.record(
                call.interface.name, "apikey", "not the encrypted one of shareTo"
            )
        raise CloudError(405, "no such share")
