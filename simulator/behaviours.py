"""How devices behave: what they take, what they refuse, what they do by themselves."""

from typing import TYPE_CHECKING, Any, Final, override

from . import timers
from .meters import limits
from .values import (
    CONFIGURE,
    FLAG,
    LOCKS,
    ON_OFF,
    PULSE_WIDTH,
    PULSES,
    STARTUP,
    SWITCHES,
    Check,
    anything,
    boolean,
    fields,
    integer,
    outlet_of,
    takes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    import random

    from .meters import Meter
    from .params import Params

type State = Mapping[str, Any]

COMMON: Final[dict[str, Check]] = {"timers": timers.valid}

_ONE_OUTLET: Final = fields({"outlet": integer(0, 3), "switch": ON_OFF})


class Behaviour:
    """A device of which only the shape of its params is known."""

    # Params that say what has just happened.
    events: frozenset[str] = frozenset()

    def __init__(
        self,
        *,
        defaults: Params | None = None,
        writable: Mapping[str, Check] | None = None,
        transient: frozenset[str] = frozenset(),
        meter: Meter | None = None,
        sleeps: bool = False,
    ) -> None:
        """Take what may be written (None: anything) and which of it is a request that is not kept.

        A device that sleeps connects to tell something, and is gone again.
        """
        self.defaults: Params = defaults or {}
        self.writable = writable
        self.transient = transient | (meter.requests.keys() if meter else frozenset())
        self.meter = meter
        self.sleeps = sleeps

    def refuse(self, state: State, sent: Params) -> str | None:
        """Say why the device refuses a command, or None."""
        if not sent:
            return "params are empty"
        known: dict[str, Check]
        if self.writable is None:
            # Told in the type in which it tells.
            switch = boolean if isinstance(state.get("switch"), bool) else ON_OFF
            shapes: dict[str, Check] = {"switch": switch, "switches": SWITCHES}
            known = dict.fromkeys(sent, anything) | {key: shapes[key] for key in sent.keys() & shapes.keys()}
        else:
            known = {**COMMON, **self.writable, **(self.meter.requests if self.meter else {})}
        for key, value in sent.items():
            if key not in known:
                return f"{key} cannot be written"
            if not takes(known[key], value, state.get(key)):
                return f"{key} does not take that value"
        refusals = (self.timer_rule(timer) for timer in sent.get("timers", []) if self.writable is not None)
        return next((refusal for refusal in refusals if refusal), None) or self.rule(state, sent)

    def timer_rule(self, timer: Params) -> str | None:
        """Say why the device does not take a timer though its fields are right."""
        del timer
        return None

    def timed(self, action: Params) -> Params:
        """Return the params that a timer's action means."""
        return action

    def rule(self, state: State, sent: Params) -> str | None:
        """Say why the device refuses a command as a whole, though each value is right."""
        del state, sent
        return None

    def remarks(self, state: State, sent: Params) -> list[str]:
        """Return what a client should not do though the device takes it."""
        del state, sent
        return []

    def take(self, state: State, sent: Params) -> tuple[Params, Params]:
        """Return what a command changes, and what the answer carries under `config`."""
        stored = {key: value for key, value in sent.items() if key not in self.transient}
        return stored, self.meter.answer(state, self.relays(state), sent) if self.meter else {}

    def consequences(self, before: State, after: State, sent: Params) -> Params:
        """Return what else changes with a change."""
        asked_live = "uiActive" in sent
        if self.meter is None or (self.relays(before) == self.relays(after) and not asked_live):
            return {}
        # What was taken up to here was taken as the relays were.
        self.meter.advance(before, self.relays(before))
        return self.meter.readings(after, self.relays(after), 1.0)

    def relays(self, state: State) -> dict[int, str]:
        """Return the state of each relay that the device has."""
        if isinstance(state.get("switches"), list):
            return {item["outlet"]: item["switch"] for item in state["switches"]}
        return {0: state["switch"]} if ON_OFF(state.get("switch")) else {}

    def inching(self, state: State, outlet: int) -> tuple[str, int] | None:
        """Return the state that a relay falls back from and after how many milliseconds."""
        del state, outlet
        return None

    def pressed(self, state: State, outlet: int) -> Params:
        """Return what changes when someone uses the switch on the wall."""
        return self.flipped(state, outlet)

    def heard(self, state: State, code: str) -> Params:
        """Return what is told when somebody presses a radio remote nearby."""
        del state, code
        return {}

    def flipped(self, state: State, outlet: int) -> Params:
        """Return what changes when a relay is switched over."""
        relays = self.relays(state)
        if outlet not in relays:
            return {}
        flipped = "off" if relays[outlet] == "on" else "on"
        if "switches" in state:
            return {"switches": [{"outlet": outlet, "switch": flipped}]}
        return {"switch": flipped}

    def arrival(self) -> tuple[float, Params] | None:
        """Return after how many seconds a run ends, and what is told then; None if nothing runs."""
        return None

    def arrived(self) -> None:
        """Rest where the run ended."""

    def told_at_arrival(self, state: State, told: Params) -> Params:
        """Return what is really told of what a run ends with."""
        del state
        return told

    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        """Return what changes by itself in one step."""
        del now
        if self.meter is None:
            return {}
        readings = self.meter.readings(state, self.relays(state), rng.uniform(0.97, 1.03))
        counters = self.meter.count(state, self.relays(state))
        return {key: value for key, value in (readings | counters).items() if state.get(key) != value}


class Relay(Behaviour):
    """One relay under `switch`."""

    def __init__(
        self,
        *,
        defaults: Params | None = None,
        writable: Mapping[str, Check] | None = None,
        meter: Meter | None = None,
    ) -> None:
        """Add what a kind of device has besides its relay."""
        super().__init__(
            defaults={
                "switch": "off",
                "startup": "off",
                "pulse": "off",
                "pulseWidth": 500,
                "sledOnline": "on",
                "rssi": -52,
            }
            | (defaults or {}),
            writable={
                "switch": ON_OFF,
                "startup": STARTUP,
                "pulse": ON_OFF,
                "pulseWidth": PULSE_WIDTH,
                "sledOnline": ON_OFF,
                "swMode": integer(0, 9),
                "swCtrlReverse": ON_OFF,
                **(writable or {}),
            },
            meter=meter,
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if sent.get("pulse") == "on" and "pulseWidth" not in sent:
            return "pulse without pulseWidth"
        return super().rule(state, sent)

    @override
    def inching(self, state: State, outlet: int) -> tuple[str, int] | None:
        return ("on", int(state.get("pulseWidth", 500))) if state.get("pulse") == "on" else None


class BoolRelay(Behaviour):
    """One relay under `switch`, which is a JSON bool and takes nothing else."""

    def __init__(self) -> None:
        """Take what the switch of a computer has besides: a restart and a forced end are requests."""
        true: Check = lambda value: value is True  # noqa: E731
        super().__init__(
            defaults={"switch": False, "childLock": False, "startup": "off", "sledOnline": "on", "rssi": -52},
            writable={
                "switch": boolean,
                "restart": true,
                "forceShutdown": true,
                "childLock": boolean,
                "pulse_on_width": PULSE_WIDTH,
                "startup": STARTUP,
                "sledOnline": ON_OFF,
            },
            transient=frozenset({"restart", "forceShutdown"}),
        )

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = super().consequences(before, after, sent)
        return changed | ({"switch": False} if "forceShutdown" in sent and after.get("switch") else {})

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {0: "on" if state.get("switch") else "off"}

    @override
    def flipped(self, state: State, outlet: int) -> Params:
        return {"switch": not state.get("switch")} if outlet == 0 else {}


class LimitedPlug(Relay):
    """A metering plug that switches off by itself above a limit."""

    _LIMITS: Final = {
        "p": ("power", "alarmPValue"),
        "v": ("voltage", "alarmVValue"),
        "c": ("current", "alarmCValue"),
    }

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        changed = super().tick(state, rng, now)
        if self.meter is None or state.get("switch") != "on" or not self._is_exceeded({**state, **changed}):
            return changed
        return changed | {"switch": "off"} | self.meter.readings(state, {0: "off"}, 1.0)

    def _is_exceeded(self, state: State) -> bool:
        """Return whether a reading is above its upper limit; -1 stands for none."""
        return any(
            letter in str(state.get("alarmType"))
            and limits(state.get(key))
            and 0 <= state[key][1] < float(state[reading])
            for letter, (reading, key) in self._LIMITS.items()
        )


class Relays(Behaviour):
    """Relays under `switches`; the lists keep four items however few relays there are."""

    def __init__(
        self,
        channels: int,
        *,
        interlock: bool = True,
        defaults: Params | None = None,
        writable: Mapping[str, Check] | None = None,
        meter: Meter | None = None,
        led: bool = True,
    ) -> None:
        """Take the number of relays and what the device has besides."""
        self.channels = channels
        interlocking: Params = {"lock": 0} if interlock else {}
        super().__init__(
            defaults={
                "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)],
                "configure": [{"outlet": outlet, "startup": "off"} for outlet in range(4)],
                "pulses": [{"outlet": outlet, "pulse": "off", "width": 500} for outlet in range(4)],
                "rssi": -52,
            }
            | interlocking
            | ({"sledOnline": "on"} if led else {})
            | (defaults or {}),
            writable={
                "switches": SWITCHES,
                "configure": CONFIGURE,
                "pulses": PULSES,
                **({"lock": FLAG, "locks": LOCKS} if interlock else {}),
                **({"sledOnline": ON_OFF} if led else {}),
                **(writable or {}),
            },
            meter=meter,
        )

    @override
    def timer_rule(self, timer: Params) -> str | None:
        if self.channels > 1 and timer["type"] == "duration":
            return "a device of several channels has no duration timers"
        actions = [timer[key] for key in ("do", "startDo", "endDo") if key in timer]
        if not all(_ONE_OUTLET(action) and action["outlet"] < self.channels for action in actions):
            return "a timer acts on one outlet"
        return None

    @override
    def timed(self, action: Params) -> Params:
        return {"switches": [{"outlet": action["outlet"], "switch": action["switch"]}]}

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        remarks = []
        real = set(range(self.channels))
        outlets = {item["outlet"] for item in sent.get("switches", [])}
        if outlets - real and outlets != set(Behaviour.relays(self, state)):
            remarks.append("an outlet that the device does not have")
        for tied in self._tied(state):
            if outlets & tied and not tied <= outlets:
                remarks.append("not every outlet while lock is 1")
            on = [item for item in sent.get("switches", []) if item["switch"] == "on"]
            if sum(item["outlet"] in tied for item in on) > 1:
                remarks.append("two outlets on while lock is 1")
        remarks.extend(
            f"{key} is not the complete list"
            for key in ("configure", "pulses")
            if key in sent and not real <= {outlet_of(item) for item in sent[key]}
        )
        return remarks

    def _tied(self, state: State) -> list[set[int]]:
        """Return the groups of outlets of which one can be on at most, of either form of the interlock."""
        every = set(range(self.channels))
        if "lock" in state:
            return [every] if state["lock"] == 1 else []
        return [every & set(group["outlets"]) for group in state.get("locks", []) if group["enabled"] == 1]

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = self._interlocked(before, after, sent)
        if changed:
            after = {**after, **changed}
        return changed | super().consequences(before, after, sent)

    def _interlocked(self, before: State, after: State, sent: Params) -> Params:
        """Keep at most one relay on of those that are tied: the one that was switched on last."""
        asked = [item["outlet"] for item in sent.get("switches", []) if item["switch"] == "on"]
        was_on = {item["outlet"] for item in before.get("switches", []) if item["switch"] == "on"}
        switches = was = after.get("switches", [])
        for tied in self._tied(after):
            on = [item["outlet"] for item in switches if item["switch"] == "on" and item["outlet"] in tied]
            if len(on) < 2:
                continue
            new = (outlet for outlet in asked if outlet in tied and outlet not in was_on)
            falls = tied - {next(new, on[0])}
            switches = [item | {"switch": "off"} if item["outlet"] in falls else item for item in switches]
        return {} if switches == was else {"switches": switches}

    @override
    def relays(self, state: State) -> dict[int, str]:
        every = super().relays(state)
        return {outlet: switch for outlet, switch in every.items() if outlet < self.channels}

    @override
    def inching(self, state: State, outlet: int) -> tuple[str, int] | None:
        for item in state.get("pulses", []):
            if outlet_of(item) == outlet and item["pulse"] == "on":
                return item.get("switch", "on"), int(item["width"])
        return None


class Detachable(Relays):
    """One relay that may be detached from its wall switch."""

    def __init__(self) -> None:
        """Add the wall switch."""
        super().__init__(
            1,
            interlock=False,
            defaults={"swMode": 2, "relaySeparation": 0},
            writable={"swMode": integer(0, 9), "relaySeparation": FLAG},
        )

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        return {"key": 0} if state.get("relaySeparation") == 1 else super().pressed(state, outlet)
