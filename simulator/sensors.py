"""Devices that measure: thermostats, and sensors that only report."""

from typing import TYPE_CHECKING, Any, Final, override

from .behaviours import Behaviour, Relay, State
from .values import ON_OFF, decimal, each, fields, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    import random

    from .params import Params
    from .values import Check

_TARGET: Final = fields({"reaction": fields({"switch": ON_OFF})}, {"high": decimal, "low": decimal})
_RULES: Final = each(
    fields(
        {"deviceType": one_of("temperature", "humidity"), "targets": each(_TARGET)},
        {"effTime": lambda value: isinstance(value, dict)},
    )
)


def auto_control(value: Any) -> bool:
    """Take the automatic rules of the newer thermostats, or none."""
    return value == [] or _RULES(value)


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
        writable: Mapping[str, Check] | None = None,
        sleeps: bool = False,
    ) -> None:
        """Take the readings with (lowest, highest, step) for each that moves, and settings if any."""
        super().__init__(defaults=defaults, writable=writable or {}, sleeps=sleeps)
        self.drifts = drifts

    @override
    def refuse(self, state: State, sent: Params) -> str | None:
        return super().refuse(state, sent) if self.writable else "the device takes no commands"

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

    def __init__(
        self,
        key: str,
        *,
        chance: float,
        further: Params | None = None,
        drifts: Mapping[str, tuple[float, float, float]] | None = None,
        writable: Mapping[str, Check] | None = None,
    ) -> None:
        """Take the param that changes and how likely it is to in one step."""
        super().__init__(
            defaults={key: 0, "battery": 87, "trigTime": "1767225600000", "subDevRssi": -61}
            | (further or {}),
            drifts=drifts or {},
            writable=writable,
        )
        self.key = key
        self.chance = chance

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        del outlet
        return {
            self.key: 1 - int(state.get(self.key, 0)),
            "trigTime": str(int(state.get("trigTime", "1767225600000")) + 1000),
        }

    @override
    def tick(self, state: State, rng: random.Random, now: float) -> Params:
        drifted = super().tick(state, rng, now)
        if rng.random() > self.chance:
            return drifted
        return drifted | {self.key: 1 - int(state.get(self.key, 0)), "trigTime": str(int(now * 1000))}


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
