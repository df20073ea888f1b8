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
    decimal,
    each,
    fields,
    integer,
    one_of,
    outlet_of,
    takes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    import random

    from .meters import Meter
    from .params import Params

type State = Mapping[str, Any]

COMMON: Final[dict[str, Check]] = {"timers": timers.valid}
SETTINGS: Final = frozenset(
    {
        "configure",
        "pulses",
        "sledBright",
        "sledOnline",
        "startup",
        "swCtrlReverse",
        "swMode",
        "timeZone",
        "timers",
        "zled",
    },
)

_TARGET: Final = fields({"reaction": fields({"switch": ON_OFF})}, {"high": decimal, "low": decimal})
_RULES: Final = each(
    fields(
        {"deviceType": one_of("temperature", "humidity"), "targets": each(_TARGET)},
        {"effTime": lambda value: isinstance(value, dict)},
    )
)

_ONE_OUTLET: Final = fields({"outlet": integer(0, 3), "switch": ON_OFF})


def auto_control(value: Any) -> bool:
    """Take the automatic rules of the newer thermostats, or none."""
    return value == [] or _RULES(value)


class Behaviour:
    """A device of which only the shape of its params is known."""

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
        return stored, self.meter.answer(state, sent) if self.meter else {}

    def consequences(self, before: State, after: State, sent: Params) -> Params:
        """Return what else changes with a change."""
        asked_live = "uiActive" in sent
        if self.meter is None or (self.relays(before) == self.relays(after) and not asked_live):
            return {}
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

    def flipped(self, state: State, outlet: int) -> Params:
        """Return what changes when a relay is switched over."""
        relays = self.relays(state)
        if outlet not in relays:
            return {}
        flipped = "off" if relays[outlet] == "on" else "on"
        if "switches" in state:
            return {"switches": [{"outlet": outlet, "switch": flipped}]}
        return {"switch": flipped}

    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        """Return what changes by itself in one step."""
        if self.meter is None:
            return {}
        readings = self.meter.readings(state, self.relays(state), rng.uniform(0.97, 1.03))
        counters = self.meter.count(state, self.relays(state), now)
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
        return ("on", int(state["pulseWidth"])) if state.get("pulse") == "on" else None


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
        if self.meter is None or state["switch"] != "on" or not self._is_exceeded({**state, **changed}):
            return changed
        return changed | {"switch": "off"} | self.meter.readings(state, {0: "off"}, 1.0)

    def _is_exceeded(self, state: State) -> bool:
        """Tell if a reading is above its upper limit; -1 stands for none."""
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
        if outlets - real and outlets != {item["outlet"] for item in state["switches"]}:
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
        was_on = {item["outlet"] for item in before["switches"] if item["switch"] == "on"}
        switches = after["switches"]
        for tied in self._tied(after):
            on = [item["outlet"] for item in switches if item["switch"] == "on" and item["outlet"] in tied]
            if len(on) < 2:
                continue
            new = (outlet for outlet in asked if outlet in tied and outlet not in was_on)
            falls = tied - {next(new, on[0])}
            switches = [item | {"switch": "off"} if item["outlet"] in falls else item for item in switches]
        return {} if switches == after["switches"] else {"switches": switches}

    @override
    def relays(self, state: State) -> dict[int, str]:
        every = super().relays(state)
        return {outlet: switch for outlet, switch in every.items() if outlet < self.channels}

    @override
    def inching(self, state: State, outlet: int) -> tuple[str, int] | None:
        for item in state["pulses"]:
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


class Motor(Relays):
    """Two relays that `workMode` makes switches (1), a motor (2) or a meter (3)."""

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if state["workMode"] != 1 and "switches" in sent:
            return "switches outside of workMode 1"
        if state["workMode"] != 2 and sent.keys() & {"motorTurn", "location"}:
            return "the motor outside of workMode 2"
        return super().rule(state, sent)

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = super().consequences(before, after, sent)
        if "location" in sent:
            changed |= {"currLocation": sent["location"], "motorTurn": 0}
        elif sent.get("motorTurn") in {1, 2}:
            changed |= {"currLocation": 100 if sent["motorTurn"] == 1 else 0, "motorTurn": 0}
        return changed


class Light(Behaviour):
    """A light; while it is off it may take nothing but the on command."""

    def __init__(
        self,
        *,
        writable: Mapping[str, Check],
        defaults: Params,
        on: str = "switch",
        turn_on_first: bool = True,
        on_with: frozenset[str] = frozenset(),
        transient: frozenset[str] = frozenset(),
    ) -> None:
        """Take the param that says on and off, and which params are refused without it."""
        super().__init__(
            defaults={on: "off"} | defaults, writable={on: ON_OFF, **writable}, transient=transient
        )
        self.on = on
        self.turn_on_first = turn_on_first
        self.on_with = on_with

    @override
    def timer_rule(self, timer: Params) -> str | None:
        if self.turn_on_first and (timer["type"] == "duration" or timer["do"].keys() != {self.on}):
            return "timers of this light turn it on or off, once or repeated"
        return None

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if self.turn_on_first and state[self.on] == "off" and sent.keys() - SETTINGS - {self.on}:
            return "the light is off and takes only the on command"
        if sent.keys() & self.on_with and sent.get(self.on) != "on":
            return f"{', '.join(sorted(sent.keys() & self.on_with))} without {self.on} on"
        return super().rule(state, sent)

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {0: state[self.on]}

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        del outlet
        return {self.on: "off" if state[self.on] == "on" else "on"}


class ZigbeeLight(Light):
    """A Zigbee light: levels go with `switch` on, but without it they are taken, too."""

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        del state
        levels = sent.keys() & {"brightness", "colorTemp"}
        return [f"{key} without switch on" for key in sorted(levels) if sent.get("switch") != "on"]


class SceneLight(Light):
    """A light whose mode `ltype` names the object that holds its values."""

    def __init__(
        self, *, ct: int, modes: Mapping[str, Check], scenes: Mapping[str, Params], remote: bool
    ) -> None:
        """Take the cold end of ct, the modes, the fixed scenes, and whether it hears eWeLink-Remotes."""
        self.scenes = scenes
        self.ltype_needed = remote and "color" in modes
        self._ct = ct
        further: dict[str, Check] = {}
        if remote:
            further = {
                "startup": STARTUP,
                "brightAdjust": one_of("+", "-"),
                "ColourTempAdjust": one_of("+", "-"),
                "slowlyLit": integer(0, 100_000),
                "slowlyDimmed": integer(0, 100_000),
            }
        super().__init__(
            writable={
                "ltype": one_of(*modes, *scenes),
                **modes,
                **dict.fromkeys(scenes, lambda value: isinstance(value, dict) and bool(value)),
                "ops_mode": one_of("DIY", "ewelink"),
                **further,
            },
            defaults={"ltype": "white", "white": {"br": 50, "ct": ct // 2}, "rssi": -52}
            | ({"color": {"br": 50, "r": 255, "g": 0, "b": 0}} if "color" in modes else {})
            | ({"startup": "stay"} if remote else {}),
            transient=frozenset({"brightAdjust", "ColourTempAdjust"}),
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        if (refusal := super().rule(state, sent)) is not None:
            return refusal
        ltype = sent.get("ltype")
        objects = {key for key, value in sent.items() if isinstance(value, dict)}
        if ltype is None and objects and (self.ltype_needed or objects != {state["ltype"]}):
            return "light values without ltype"
        if ltype is not None and objects != {ltype}:
            return "ltype and the object of that name go together"
        return None

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        del state
        return [
            f"scene {name} has fixed values"
            for name, values in self.scenes.items()
            if name in sent and "tf" not in values and sent[name] != values
        ]

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = super().consequences(before, after, sent)
        mode = after["ltype"]
        values = after.get(mode)
        if not isinstance(values, dict):
            return changed
        if "brightAdjust" in sent:
            step = 10 if sent["brightAdjust"] == "+" else -10
            changed[mode] = values | {"br": min(100, max(1, values["br"] + step))}
        if "ColourTempAdjust" in sent and "ct" in values:
            step = self._ct // 10 if sent["ColourTempAdjust"] == "+" else -(self._ct // 10)
            changed[mode] = changed.get(mode, values) | {"ct": min(self._ct, max(0, values["ct"] + step))}
        return changed


class Thermostat(Relay):
    """A relay with a probe for temperature and humidity."""

    # What the probe sends when it fails for a moment, and when it is gone.
    FAILURES: Final[Mapping[str, Params]] = {
        "zero": {"currentTemperature": "0.0", "currentHumidity": "0"},
        "beyond": {"currentTemperature": "-312.5", "currentHumidity": "0"},
        "unavailable": {"currentTemperature": "unavailable", "currentHumidity": "unavailable"},
        "gone": {
            "currentTemperature": "unavailable",
            "currentHumidity": "unavailable",
            "sensorType": "errorType",
        },
    }

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed = super().consequences(before, after, sent)
        if after.get("deviceType") == "normal" and "switch" in sent and "mainSwitch" in after:
            changed["mainSwitch"] = after["switch"]
        return changed

    @override
    def inching(self, state: State, outlet: int) -> tuple[str, int] | None:
        config = state.get("pulseConfig")
        if not isinstance(config, dict):
            return super().inching(state, outlet)
        return (config["switch"], int(config["pulseWidth"])) if config["pulse"] == "on" else None

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        changed = super().tick(state, rng, now)
        temperature, humidity = state.get("currentTemperature"), state.get("currentHumidity")
        if temperature not in {None, "unavailable"}:
            # A heater that is on warms the room, one that is off lets it cool down.
            aim = 26.0 if state["switch"] == "on" else 17.0
            towards = 0.5 if float(str(temperature)) < aim else -0.5
            drift = rng.choices((towards, -towards, 0.0), weights=(4, 2, 4))[0]
            changed["currentTemperature"] = f"{float(str(temperature)) + drift:.1f}"
        if humidity not in {None, "unavailable"}:
            moved = float(str(humidity)) + rng.choice((-1.0, 0.0, 1.0))
            changed["currentHumidity"] = _like(humidity, min(95.0, max(15.0, moved)))
        changed = {key: value for key, value in changed.items() if state.get(key) != value}
        return changed | self._controlled({**state, **changed}) if changed else {}

    def _controlled(self, state: State) -> Params:
        """Switch the relay as the automatic control says."""
        readings = {"temperature": "currentTemperature", "humidity": "currentHumidity"}
        for kind, targets in self._rules(state):
            reading = state.get(readings.get(kind, ""))
            if reading in {None, "unavailable"}:
                continue
            for target in targets:
                high, low = (target.get(f"target{end}", target.get(end.lower())) for end in ("High", "Low"))
                if (high is not None and float(str(reading)) > float(high)) or (
                    low is not None and float(str(reading)) < float(low)
                ):
                    return dict(target["reaction"])
        return {}

    def _rules(self, state: State) -> Iterator[tuple[str, list[Params]]]:
        """Yield the rules in force: those of the newer generation, or the one of the older."""
        if state.get("mainSwitch") == "on" and "targets" in state:
            yield state.get("deviceType", ""), state["targets"]
        # Nothing is known of how a rule's hours (`effTime`) are told: it is in force at any time.
        if state.get("autoControlEnabled") == 1 and auto_control(state.get("autoControl")):
            for rule in state["autoControl"]:
                yield rule["deviceType"], rule["targets"]


class Sensor(Behaviour):
    """A device that only reports: a range for each reading that drifts, in its own spelling."""

    def __init__(
        self,
        *,
        defaults: Params,
        drifts: Mapping[str, tuple[float, float, float]],
        sleeps: bool = False,
    ) -> None:
        """Take the readings with (lowest, highest, step) for each that moves."""
        super().__init__(defaults=defaults, writable={}, sleeps=sleeps)
        self.drifts = drifts

    @override
    def refuse(self, state: State, sent: Params) -> str | None:
        del state, sent
        return "the device takes no commands"

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        changed: Params = {}
        for key, (low, high, step) in self.drifts.items():
            value = state.get(key)
            if value is None or value == "unavailable":
                continue
            moved = min(high, max(low, float(value) + rng.choice((-step, 0.0, step))))
            if _like(value, moved) != value:
                changed[key] = _like(value, moved)
        if changed and "trigTime" in state:
            changed["trigTime"] = str(int(now * 1000))
        return changed


class Trigger(Sensor):
    """A sensor that triggers: motion, or a door."""

    def __init__(self, key: str, *, chance: float) -> None:
        """Take the param that changes and how likely it is to in one step."""
        super().__init__(
            defaults={key: 0, "battery": 87, "trigTime": "1767225600000", "subDevRssi": -61}, drifts={}
        )
        self.key = key
        self.chance = chance

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        del outlet
        return {self.key: 1 - int(state[self.key]), "trigTime": str(int(state["trigTime"]) + 1000)}

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        if rng.random() > self.chance:
            return {}
        return {self.key: 1 - int(state[self.key]), "trigTime": str(int(now * 1000))}


class Door(Sensor):
    """A door sensor with Wi-Fi: it sleeps, and the cloud adds when it told something."""

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        changed = super().pressed(state, outlet)
        return changed | {"type": 2 if changed["switch"] == "on" else 3}


def _like(spelled: Any, value: float) -> str | int | float:
    """Return a number as text, whole or not, in the way that another one is spelled."""
    match spelled:
        case str() if "." in spelled:
            return f"{value:.1f}"
        case str():
            return str(round(value))
        case int():
            return round(value)
        case _:
            return value
