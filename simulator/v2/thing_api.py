"""The interfaces of v2 that read and command things."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from ..devices import SimulatedDevice
from ..errors import CloudError
from ..homes import ControlGroup
from .listing import group_thing, thing, with_faults
from .things import NO_DEVICE

if TYPE_CHECKING:
    from ..accounts import Account
    from ..commands import Commands
    from ..connections import Connections
    from ..homes import Home
    from .checks import Call
    from .things import Things

PAGE: Final = 30
SEVERAL: Final = 10
LONGEST: Final = 8000  # milliseconds that a batch may wait for its devices
DEVICE, GROUP = 1, 2
FAILED, OFFLINE, NO_PERMISSION = 4002, 30022, 406


class ThingApi:
    """The list of things, single things, and their status."""

    def __init__(self, things: Things, commands: Commands, connections: Connections) -> None:
        """Serve these things."""
        self._things = things
        self._core = things.core
        self._household = things.household
        self._homes = things.homes
        self._commands = commands
        self._connections = connections

    async def devices(self, call: Call) -> dict[str, Any]:
        """Answer one page of the things of a home."""
        home = self._things.home(call)
        things = self._all(call.account, home)
        total = len(things)
        released = [one for one in things if one["itemData"].get("brandName") not in call.app.withheld]
        if (empty := self._core.faults.take("list_empty", interface="devices")) is not None:
            return {"thingList": [], "total": empty.get("total", default=0)}
        page = with_faults(self._core, self._page(call, released))
        if (slow := self._core.faults.take("list_slow", interface="devices")) is not None:
            await slow.hold()
        return {"thingList": page, "total": total}

    def _all(self, account: Account, home: Home) -> list[dict[str, Any]]:
        """Return every thing of a home, in its order."""
        core, homes = self._core, self._homes
        things = [thing(homes, core, device, account) for device in homes.devices_in(account, home)]
        things += [group_thing(homes, core, group, account) for group in homes.groups_in(home.owner, home)]
        return sorted(things, key=lambda one: int(one["index"]))

    def _page(self, call: Call, things: list[dict[str, Any]]) -> list[dict[str, Any]]:
        quirks = self._core.quirks
        num, begin = int(call.params.get("num", PAGE)), call.params.get("beginIndex")
        if num < 0:
            self._core.violations.record("devices", "field", "num is negative")
            raise CloudError(400, "num is invalid")
        if begin is not None:
            inclusive = quirks.begin_index == "inclusive"
            start = int(begin) - (1 if inclusive else 0)
            things = [one for one in things if int(one["index"]) > start]
        if num == 0:
            if quirks.num_zero == "error" and len(things) > PAGE:
                raise CloudError(500, "time-out")
            num = len(things) if quirks.num_zero == "all" else PAGE
        return things[:num]

    async def device(self, call: Call) -> dict[str, Any]:
        """Answer up to ten things by their ids."""
        found = []
        for wanted in self._items(call, "itemType"):
            one = self._find(call.account, wanted["id"])
            if isinstance(one, SimulatedDevice) and one.item.get("brandName") not in call.app.withheld:
                found.append(thing(self._homes, self._core, one, call.account))
            elif isinstance(one, ControlGroup):
                found.append(group_thing(self._homes, self._core, one, call.account))
        return {"thingList": found}

    def _items(self, call: Call, kind: str) -> list[dict[str, Any]]:
        """Return the entries of `thingList`, which are one to ten."""
        items = call.params["thingList"]
        fits = 0 < len(items) <= SEVERAL and all(
            isinstance(one, dict) and type(one.get(kind)) is int and isinstance(one.get("id"), str)
            for one in items
        )
        if not fits:
            self._core.violations.record(
                call.interface.name, "field", f"thingList is not 1 to {SEVERAL} of {{{kind}, id}}"
            )
            raise CloudError(400, "thingList is invalid")
        return list(items)

    async def read_status(self, call: Call) -> dict[str, Any]:
        """Answer params as the cloud knows them."""
        names = {name for name in (call.params.get("params") or "").split("|") if name}
        one = self._named(call)
        if isinstance(one, SimulatedDevice):
            return {"params": self._core.told(one.asked(names))}
        wanted = {key: value for key, value in one.params.items() if not names or key in names}
        return {"params": self._core.shown(wanted)}

    async def write_status(self, call: Call) -> dict[str, Any]:
        """Command a device, or all members of a group; the answer comes after the device's."""
        one, params = self._named(call), call.params["params"]
        if isinstance(one, ControlGroup):
            await self._command_group(one, params, call.account)
            return {}
        _check_permit(one, call.account, params)
        answer = await self._commands.command(one, params, "write_status", account=call.account)
        if answer is None or answer["error"]:
            raise CloudError(FAILED, "device control failed")
        return {}

    async def _command_group(self, group: ControlGroup, params: dict[str, Any], account: Account) -> None:
        """Store params and send them to every member; what fails is ignored."""
        group.params |= params
        for deviceid in list(group.members):
            device = self._household.devices.get(deviceid)
            if device is not None:
                await self._commands.command(device, params, "write_status", account=account)
        if self._core.quirks.group_pushes:
            frame = {
                "action": "update",
                "deviceid": group.id,
                "apikey": group.owner.apikey,
                "userAgent": "app",
                "ts": 0,
                "params": params,
            }
            await self._connections.push(group.owner, frame)

    async def batch_status(self, call: Call) -> dict[str, Any]:
        """Command up to ten things; without a time-out nothing is learned of what came of it."""
        items = self._items(call, "type")
        timeout = int(call.params.get("timeout", 0))
        fits = len({one["id"] for one in items}) == len(items) and 0 <= timeout <= LONGEST
        if not fits or not all(isinstance(one.get("params"), dict) and one["params"] for one in items):
            self._core.violations.record(
                "batch_status", "field", "ids are not distinct, params are missing, or timeout is beyond 8000"
            )
            raise CloudError(400, "thingList is invalid")
        works = [self._one_of_batch(call.account, one, timeout / 1000) for one in items]
        return {"respList": list(await asyncio.gather(*works))}

    async def _one_of_batch(self, account: Account, item: dict[str, Any], seconds: float) -> dict[str, Any]:
        one = self._find(account, item["id"])
        error = 0
        if isinstance(one, ControlGroup):
            await self._command_group(one, item["params"], account)
        elif not seconds:
            # Nobody waits: what comes of it is not told.
            if one is not None and _permitted(one, account, item["params"]):
                self._core.spawn(self._beside(one, item["params"], account))
        elif one is None:
            error = NO_DEVICE
        elif not _permitted(one, account, item["params"]):
            error = NO_PERMISSION
        else:
            try:
                async with asyncio.timeout(seconds):
                    answer = await self._commands.command(
                        one, item["params"], "batch_status", account=account
                    )
            except TimeoutError:
                answer = None
            if answer is None or answer["error"]:
                gone = not one.reachable or one.answer == "offline"
                error = OFFLINE if gone else FAILED
        return {"type": item["type"], "id": item["id"], "error": error}

    async def _beside(self, device: SimulatedDevice, params: dict[str, Any], account: Account) -> None:
        await self._commands.command(device, params, "batch_status", account=account)

    def _named(self, call: Call) -> SimulatedDevice | ControlGroup:
        """Return the thing that a call names by type and id."""
        kind = int(call.params["type"])
        if kind not in {DEVICE, GROUP}:
            self._core.violations.record(call.interface.name, "field", "type is neither 1 nor 2")
            raise CloudError(400, "type is invalid")
        one = self._find(call.account, call.params["id"])
        if one is None or isinstance(one, SimulatedDevice) != (kind == DEVICE):
            raise CloudError(405, "thing not found")
        return one

    def _find(self, account: Account, thing_id: str) -> SimulatedDevice | ControlGroup | None:
        device = self._household.devices.get(thing_id)
        if device is not None:
            return device if device.seen_by(account) else None
        owners = {account, *(home.owner for home in self._homes.of(account))}
        groups = [group for owner in owners for group in self._homes.groups_of(owner)]
        return next((group for group in groups if group.id == thing_id), None)


def _check_permit(device: SimulatedDevice, account: Account, params: dict[str, Any]) -> None:
    """Raise 406 when a recipient changes timers in a way that the owner did not allow."""
    if not _permitted(device, account, params):
        raise CloudError(NO_PERMISSION, "no permission")


def _permitted(device: SimulatedDevice, account: Account, params: dict[str, Any]) -> bool:
    try:
        device.check_permit(account, params)
    except CloudError:
        return False
    return True
