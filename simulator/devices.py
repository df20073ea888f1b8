"""A simulated device: its true state, how it answers, and what it does by itself."""

import asyncio
import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from . import timers
from .catalogue import behaviour_of
from .errors import CloudError
from .params import Params, Sent, difference, merge, together
from .sensors import Thermostat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .accounts import Account
    from .behaviours import Behaviour
    from .core import Core

type Answer = Literal["normal", "offline", "silent", "late", "executed_unconfirmed", "lost", "refuse"]
type MeterOff = Literal["reports", "silent", "repeats"]

ANSWERS: Final = ("normal", "offline", "silent", "late", "executed_unconfirmed", "lost", "refuse")
METERS_OFF: Final = ("reports", "silent", "repeats")

UNKNOWN_SIGNAL: Final = 127  # what Zigbee gateways say of a sub-device that is offline


@dataclass(slots=True, kw_only=True)
class Share:
    """One account that a device is shared to."""

    account: Account
    permit: int = 15
    note: str = ""
    share_time: int | str = 0
    home: str | None = None  # the home that is shared as a whole, and the device with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What somebody did with a device, or it by itself."""

    agent: Literal["app", "device"]
    params: Sent
    account: Account | None
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a command: error 0 or why not, and what it led to.

    `stored` is what the device keeps of it, `caused` what changed besides, `config` part of the answer.
    """

    error: int = 0
    reason: str = ""
    remarks: list[str] = field(default_factory=list)
    stored: Params = field(default_factory=dict)
    config: Params = field(default_factory=dict)
    caused: Params = field(default_factory=dict)


def uiid_of(item: dict[str, Any]) -> int | None:
    """Return the uiid of a device of the list, wherever it stands."""
    extra = item.get("extra")
    extra = extra if isinstance(extra, dict) else {}
    inner = extra.get("extra")
    inner = inner if isinstance(inner, dict) else {}
    for place in (item, inner, extra):
        value = place.get("uiid")
        if isinstance(value, int):
            return value
        if isinstance(value, str) and value.isdigit():
            return int(value)
    return None


class Reports(Protocol):
    """How a device is heard."""

    async def report(self, device: SimulatedDevice, params: Sent, /) -> None:
        """Push params of a device to all who see it."""

    async def report_online(self, device: SimulatedDevice, /, *, online: bool) -> None:
        """Push that a device came or went."""


class Surroundings(Protocol):
    """What a device needs of the house that it stands in."""

    @property
    def core(self) -> Core:
        """The common ground."""

    @property
    def connections(self) -> Reports:
        """Where it reports."""

    def device(self, deviceid: str) -> SimulatedDevice | None:
        """Return the device of an id."""

    def children_of(self, gateway: SimulatedDevice) -> list[SimulatedDevice]:
        """Return the sub-devices of a gateway."""


class SimulatedDevice:
    """A device in somebody's home."""

    def __init__(self, house: Surroundings, item: dict[str, Any], owner: Account) -> None:
        """Take a device in the shape of the device list; what it leaves out gets the model's defaults."""
        self._house = house
        self.item = copy.deepcopy(item)
        self.owner = owner
        self.deviceid: str = item["deviceid"]
        self.uiid = uiid_of(item)
        self.behaviour: Behaviour = behaviour_of(self.uiid, item.get("params") or {})
        if (meter := self.behaviour.meter) is not None:
            meter.clock = house.core.clock
            if "formateKwhDataByFourChars" in (item.get("denyFeatures") or ()):
                meter.hour_digits = 3
        self.name: str = item.get("name") or self.deviceid
        self.params: Params = copy.deepcopy(self.behaviour.defaults) | copy.deepcopy(item.get("params") or {})
        self.online: bool = bool(item.get("online", True))
        self.settings: dict[str, Any] = copy.deepcopy(item.get("settings") or {})
        self.tags: dict[str, Any] = copy.deepcopy(item.get("tags") or {})
        self.shares: dict[str, Share] = {}
        self.received: list[Sent] = []
        self.history: list[Operation] = []
        self.firmware: str | None = None  # a newer version than the one that it has
        self.upgrade_fails = False
        self.reboot = 0.2  # seconds that it is gone while it takes a new version
        self.answer: Answer = "normal"
        # What the meter says when its relay goes off: that there is no load, nothing, or what it said before.
        self.meter_off: MeterOff = "reports"
        self.late_by = 0.2
        self._fall_backs: dict[int, asyncio.TimerHandle] = {}
        self._run: asyncio.TimerHandle | None = None
        self._timers_run = house.core.clock()
        self._unreported: Params = {}

    @property
    def parent(self) -> SimulatedDevice | None:
        """The gateway of a sub-device."""
        parentid = self.params.get("parentid")
        return self._house.device(parentid) if isinstance(parentid, str) else None

    @property
    def reachable(self) -> bool:
        """Whether the device, and its gateway if it has one, is connected."""
        return self.online and (self.parent is None or self.parent.online)

    def seen_by(self, account: Account) -> bool:
        """Say whether an account owns the device or has got it shared."""
        return account is self.owner or account.apikey in self.shares

    def asked(self, names: Iterable[str]) -> Params:
        """Return the params of those names, all of them for none."""
        wanted = set(names)
        return {key: value for key, value in self.params.items() if not wanted or key in wanted}

    def execute(self, sent: Params) -> Outcome:
        """Do what a command says, or refuse it as the real device does."""
        refusal = self.behaviour.refuse(self.params, sent)
        if refusal is not None:
            return Outcome(error=400, reason=refusal)
        before = self.params
        remarks = self.behaviour.remarks(before, sent) + self._timers_beside(sent)
        stored, config = self.behaviour.take(before, sent)
        after = merge(before, stored)
        after = merge(after, self._consequences(before, after, sent))
        self.params = after
        self._watch_inching(before)
        self._watch_run()
        caused = difference(merge(before, stored), after)
        stored |= self._repeated(before)
        return Outcome(remarks=remarks, stored=stored, config=config, caused=caused)

    def _timers_beside(self, sent: Params) -> list[str]:
        """Return that timers are written beside others, of which no source says in which form they are."""
        if "timers" not in sent:
            return []
        aside = self.tags.get("disable_timers") or []
        strange = self.params.get("timerV2") or not (
            isinstance(aside, list) and all(map(timers.known, aside))
        )
        return ["timers beside some in another form"] if strange else []

    async def push(self, params: Params) -> None:
        """Let the device report a change of its own."""
        if self.behaviour.sleeps:
            now = datetime.fromtimestamp(self._house.core.clock(), UTC)
            params |= {"lastUpdateTime": now.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        before = self.params
        self.params = merge(before, params)
        self._watch_inching(before)
        await self._house.connections.report(self, params)
        if self.behaviour.sleeps:
            await self.set_online(online=False)

    def note(self, agent: Literal["app", "device"], params: Sent, account: Account | None = None) -> None:
        """Keep what was done, unless its owner does not want that."""
        if self.settings.get("opsHistory", 1) != 0:
            at = self._house.core.clock()
            self.history.append(Operation(agent=agent, params=params, account=account, at=at))

    async def press(self, outlet: int = 0) -> None:
        """Let someone use the switch on the wall or on the device."""
        self.note("device", self.behaviour.pressed(self.params, outlet))
        await self._change_by_itself(self.behaviour.pressed(self.params, outlet))

    async def hear(self, code: str) -> None:
        """Let someone press a radio remote near a bridge."""
        if self.reachable and (told := self.behaviour.heard(self.params, code)):
            await self.push(told)

    async def fail_probe(self, how: str) -> None:
        """Let the probe of a thermostat report what it reports when it fails."""
        if not isinstance(self.behaviour, Thermostat) or how not in self.behaviour.FAILURES:
            msg = f"{self.deviceid} has no probe that fails like that"
            raise ValueError(msg)
        await self.push(self.behaviour.FAILURES[how])

    async def tick(self) -> None:
        """Let one step of time pass: readings drift, sensors trigger, counters grow."""
        if not self.reachable:
            return
        delta = self.behaviour.tick(self.params, self._house.core.rng, self._house.core.clock())
        delta = {key: value for key, value in delta.items() if key not in self._untold(self.params)}
        if delta:
            await self.push(delta)

    async def reset_meter(self) -> None:
        """Let the meter lose its history and begin its counters anew."""
        if self.behaviour.meter is not None:
            counters = self.behaviour.meter.forget()
            await self.push({key: value for key, value in counters.items() if key in self.params})

    async def run_timers(self, until: float) -> None:
        """Do what the timers say up to a time in unix seconds (UTC), from where they were last run."""
        since, self._timers_run = self._timers_run, max(self._timers_run, until)
        actions = [
            (at, timer["mId"], do)
            for timer in self.params.get("timers") or []
            if timers.valid([timer]) and self.behaviour.timer_rule(timer) is None
            for at, do in timers.due(timer, since, until)
        ]
        for _, mid, do in sorted(actions, key=itemgetter(0)):
            await self._change_by_itself(self.behaviour.timed(do))
            await self._retire_timer(mid)

    async def _retire_timer(self, mid: str) -> None:
        """Disable a timer that acts only once."""
        after = [
            timer | {"enabled": 0}
            if timers.valid([timer]) and (timer["mId"], timer["type"]) == (mid, "once")
            else timer
            for timer in self.params["timers"]
        ]
        if after != self.params["timers"]:
            await self.push({"timers": after})

    def check_permit(self, account: Account, frame: Sent) -> None:
        """Raise 403 when a recipient changes timers in a way that the owner did not allow."""
        sent = together(frame)
        share = self.shares.get(account.apikey)
        if share is None or not timers.valid(sent.get("timers")):
            return
        known = [timer for timer in self.params.get("timers") or [] if timers.valid([timer])]
        if timers.needed_permit(known, sent["timers"]) & ~share.permit:
            raise CloudError(403, "no permission")

    async def set_online(self, online: bool) -> None:  # noqa: FBT001  a plain state, as in the protocol
        """Connect or disconnect the device; a gateway takes its children along."""
        children = self._house.children_of(self)
        reachable = [child for child in children if child.reachable]
        self.online = online
        await self.report_reachable()
        for child in children:
            if child.reachable != (child in reachable):
                await child.report_reachable()

    async def report_reachable(self) -> None:
        """Tell that the device came or went, and what it did while it could not."""
        await self._house.connections.report_online(self, online=self.reachable)
        if self.reachable:
            unreported, self._unreported = self._unreported, {}
            self.params = merge(self.params, unreported)
            await self._house.connections.report(self, unreported)
        elif self.params.get("subDevRssi", UNKNOWN_SIGNAL) != UNKNOWN_SIGNAL:
            self._unreported["subDevRssi"] = self.params["subDevRssi"]
            await self.push({"subDevRssi": UNKNOWN_SIGNAL})

    def stop(self) -> None:
        """Cancel what the device still has in mind."""
        for handle in self._fall_backs.values():
            handle.cancel()
        self._fall_backs.clear()
        if self._run is not None:
            self._run.cancel()

    async def _change_by_itself(self, delta: Params) -> None:
        before = self.params
        after = merge(before, delta)
        after = merge(after, self._consequences(before, after, delta))
        self.params = after
        self._watch_inching(before)
        self._watch_run()
        # A press is told each time, also if it is the same as the last one.
        events = {key: delta[key] for key in delta.keys() & self.behaviour.events}
        changed = difference(before, after) | events | self._repeated(before)
        if self.behaviour.sleeps:
            await self.push(changed)
        elif self.reachable:
            await self._house.connections.report(self, changed)
        else:
            self._unreported = merge(self._unreported, changed)

    def _consequences(self, before: Params, after: Params, sent: Params) -> Params:
        caused = self.behaviour.consequences(before, after, sent)
        return {key: value for key, value in caused.items() if key not in self._untold(after)}

    def _untold(self, state: Params) -> set[str]:
        """Return the readings that the meter does not tell now."""
        if self.behaviour.meter is None or self.meter_off == "reports":
            return set()
        return self.behaviour.meter.loads(self.behaviour.relays(state))

    def _repeated(self, before: Params) -> Params:
        """Return what the meter repeats beside a relay that went off."""
        relays = self.behaviour.relays
        if self.meter_off != "repeats" or relays(before) == relays(self.params):
            return {}
        return {key: self.params[key] for key in self._untold(self.params) if key in self.params}

    def _watch_inching(self, before: Params) -> None:
        """Arrange for relays that were just switched to fall back."""
        for outlet, state in self.behaviour.relays(self.params).items():
            if self.behaviour.relays(before).get(outlet) == state:
                continue
            if (handle := self._fall_backs.pop(outlet, None)) is not None:
                handle.cancel()
            inching = self.behaviour.inching(self.params, outlet)
            if inching is None or inching[0] != state:
                continue
            loop = asyncio.get_running_loop()
            self._fall_backs[outlet] = loop.call_later(inching[1] / 1000, self._fall_back, outlet, state)

    def _watch_run(self) -> None:
        """Arrange for the end of what runs now."""
        if self._run is not None:
            self._run.cancel()
            self._run = None
        if (arrival := self.behaviour.arrival()) is not None:
            seconds, told = arrival
            self._run = asyncio.get_running_loop().call_later(seconds, self._arrive, told)

    def _arrive(self, told: Params) -> None:
        self._run = None
        self.behaviour.arrived()
        told = self.behaviour.told_at_arrival(self.params, told)
        if told and self.reachable:
            self._house.core.spawn(self.push(told))
        else:
            self.params = merge(self.params, told)

    def _fall_back(self, outlet: int, state: str) -> None:
        del self._fall_backs[outlet]
        if self.behaviour.relays(self.params).get(outlet) == state:
            self._house.core.spawn(self._change_by_itself(self.behaviour.flipped(self.params, outlet)))
