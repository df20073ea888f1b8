"""What several interfaces of v2 need: the things and homes that a call names, and how they are shown."""

from typing import TYPE_CHECKING, Any

from ..errors import CloudError
from .listing import group_thing, thing

if TYPE_CHECKING:
    from ..accounts import Account
    from ..core import Core
    from ..devices import SimulatedDevice
    from ..homes import ControlGroup, Home, Homes, Room
    from ..household import Household
    from .checks import Call

NO_DEVICE = 30018


class Things:
    """Finds and shows things."""

    def __init__(self, core: Core, household: Household, homes: Homes) -> None:
        """Look into these homes."""
        self.core = core
        self.household = household
        self.homes = homes

    def shown(self, device: SimulatedDevice, account: Account) -> dict[str, Any]:
        """Return a device as an entry of a list of things."""
        return thing(self.homes, self.core, device, account)

    def shown_group(self, group: ControlGroup, account: Account) -> dict[str, Any]:
        """Return a group as an entry of a list of things."""
        return group_thing(self.homes, self.core, group, account)

    def device(self, call: Call, deviceid: str) -> SimulatedDevice:
        """Return a device that the account sees; raise 30018."""
        device = self.household.devices.get(deviceid)
        if device is None or not device.seen_by(call.account):
            raise CloudError(NO_DEVICE, "no device with this deviceid")
        return device

    def own(self, call: Call, deviceid: str) -> SimulatedDevice:
        """Return a device that only its owner may change; raise 30018 or 406."""
        device = self.device(call, deviceid)
        if device.owner is not call.account:
            self.core.violations.record(call.interface.name, "owner", "the device is shared to this account")
            raise CloudError(406, "no permission")
        return device

    def devices(self, call: Call, key: str = "deviceidList", most: int | None = None) -> list[str]:
        """Return the ids of a list that is not empty."""
        ids = call.params[key]
        if not ids or not all(isinstance(one, str) for one in ids) or (most is not None and len(ids) > most):
            self.bad(call, f"{key} is no list of ids")
        return list(ids)

    def home(self, call: Call, key: str = "familyid") -> Home:
        """Return the home that a call names, the current one if it names none; raise 405."""
        familyid = call.params.get(key)
        if familyid is None:
            return self.homes.current(call.account)
        for home in self.homes.of(call.account):
            if home.id == familyid:
                return home
        raise CloudError(405, "family not found")

    def own_home(self, call: Call, key: str = "familyid") -> Home:
        """Return a home that only its owner may change; raise 405 or 406."""
        home = self.home(call, key)
        if home.owner is not call.account:
            raise CloudError(406, "no permission")
        return home

    def room(self, call: Call, roomid: str) -> tuple[Home, Room]:
        """Return a room of an own home; raise 405."""
        for home in self.homes.of(call.account):
            if home.owner is call.account and roomid in home.rooms:
                return home, home.rooms[roomid]
        raise CloudError(405, "room not found")

    def put(self, call: Call, thing_id: str) -> None:
        """Put a new thing where a call wants it: in front unless it says otherwise."""
        home, room = self.own_home(call), None
        if (roomid := call.params.get("roomid")) is not None:
            home, room = self.room(call, roomid)
        self.homes.put(call.account, thing_id, home, room, first=self.first(call))

    def first(self, call: Call) -> bool:
        """Say whether something new comes before all others."""
        sort = call.params.get("sort", 1)
        if sort not in {1, 2}:
            self.bad(call, "sort is neither 1 nor 2")
        return bool(sort == 1)

    def number(self, call: Call, key: str, default: int, lowest: int, highest: int) -> int:
        """Return a number of a call that has bounds."""
        value = int(call.params.get(key, default))
        if not lowest <= value <= highest:
            self.bad(call, f"{key} is not {lowest} to {highest}")
        return value

    def bad(self, call: Call, detail: str) -> None:
        """Record and refuse what a call says."""
        self.core.violations.record(call.interface.name, "field", detail)
        raise CloudError(400, detail)
