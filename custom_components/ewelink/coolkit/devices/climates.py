"""How thermostats and radiator valves are read and told. All temperatures are in degrees Celsius."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from dataclasses import replace
from typing import Any, override

from .builders import ON_OFF, ZERO_ONE
from .capability import ClimateCapability, Kind, Sender
from .params import Params, choice, flag, number, object_of
from .probes import probe_failed
from .states import ClimateAction, ClimateCommand, ClimateMode, ClimateState

_OFF, _HEAT, _COOL, _AUTO = ClimateMode.OFF, ClimateMode.HEAT, ClimateMode.COOL, ClimateMode.AUTO
_STEP = 0.5
_NO_SENSOR = -100
_HOTTEST = 150
_PROBE = ("currentTemperature", "currentHumidity")


class Thermostat(ABC):
    """A family of thermostats: what is read of the params, and what is sent for a command."""

    params: frozenset[str]
    modes: tuple[ClimateMode, ...]
    presets: tuple[str, ...] = ()
    minimum: float
    maximum: float
    is_range = False
    # What tells that the probe fails, of its present params and the last that were no failure.
    failed: Callable[[Params | None, Params], bool] | None = None

    @abstractmethod
    def read(self, params: Params) -> ClimateState:
        """Return what the thermostat does and aims at."""

    @abstractmethod
    def write(self, params: Params, command: ClimateCommand) -> tuple[Params, ...]:
        """Return the messages for a command."""

    def follow(
        self, before: ClimateState, params: Params, sent: AbstractSet[str], sender: Sender
    ) -> ClimateState:
        """Return what the thermostat does once some params were sent; a mode that is unknown is the last."""
        del sent, sender
        state = self.read(params)
        return replace(state, mode=before.mode) if state.mode is None else state

    def is_present(self, params: Params) -> bool:
        """Return whether a device with these params has it."""
        return not self.params.isdisjoint(params)

    def capability(self) -> ClimateCapability:
        """Return the thermostat as a capability."""
        return ClimateCapability(
            kind=Kind.CLIMATE,
            params=self.params,
            read=self.read,
            write=self.write,
            follow=self.follow,
            present=self.is_present,
            modes=self.modes,
            presets=self.presets,
            minimum=self.minimum,
            maximum=self.maximum,
            step=_STEP,
            is_range=self.is_range,
            failed=self.failed,
        )

    def target(self, asked: float) -> float:
        """Return the step next to a temperature, in the range; whole degrees as a whole number."""
        steps = round(min(max(asked, self.minimum), self.maximum) / _STEP) * _STEP
        return int(steps) if steps.is_integer() else steps


def _temperature(params: Params, name: str, divisor: int = 1) -> float | None:
    value = number(params, name) if name in params else None
    if value is None or not _NO_SENSOR < value / divisor < _HOTTEST:
        return None
    return value / divisor


# --- relays that a probe controls --------------------------------------------------------------------------


class ProbeThermostat(Thermostat):
    """A relay with two limits, each with what the relay does beyond it."""

    modes = (_OFF, _HEAT, _COOL)
    minimum, maximum = -50.0, 125.0
    is_range = True

    _DEFAULT = (24.0, 25.0)
    _LOW, _HIGH = "low", "high"

    @abstractmethod
    def _limits(self, params: Params) -> Sequence[Any]:
        """Return the limits that the params hold."""

    @abstractmethod
    def _is_enabled(self, params: Params) -> bool | None:
        """Return whether the probe controls the relay."""

    @abstractmethod
    def _message(self, params: Params, limits: list[Params] | None, *, enabled: bool) -> Params:
        """Return what sets the limits, and whether they count; None leaves them as they are."""

    def _limit(self, params: Params, name: str) -> tuple[float | None, bool | None]:
        """Return a limit, and whether the relay is on beyond it."""
        for item in self._limits(params):
            if isinstance(item, Mapping) and name in item:
                return number(item, name), flag(object_of(item, "reaction"), "switch")
        return None, None

    @override
    def read(self, params: Params) -> ClimateState:
        (low, beyond), (high, _) = self._limit(params, self._LOW), self._limit(params, self._HIGH)
        aim = None if beyond is None else (_HEAT if beyond else _COOL)
        enabled = self._is_enabled(params)
        mode = None if enabled is None else ((aim or _AUTO) if enabled else _OFF)
        return ClimateState(
            mode=mode,
            action=self._action(params, mode),
            current=_temperature(params, _PROBE[0]),
            humidity=_temperature(params, _PROBE[1]),
            low=low,
            high=high,
            resume=aim or _HEAT,
        )

    @staticmethod
    def _action(params: Params, mode: ClimateMode | None) -> ClimateAction | None:
        on = flag(params, "switch") if "switch" in params else None
        if mode in (_HEAT, _COOL) and on is not None:
            working = ClimateAction.HEATING if mode is _HEAT else ClimateAction.COOLING
            return working if on else ClimateAction.IDLE
        return ClimateAction.OFF if mode is _OFF else None

    @override
    def write(self, params: Params, command: ClimateCommand) -> tuple[Params, ...]:
        now = self.read(params)
        mode = command.mode or now.mode or _OFF
        asked = command.low is not None or command.high is not None
        if mode is _OFF and not asked:
            return (self._message(params, None, enabled=False),)
        low = self.target(_known(command.low, now.low, self._DEFAULT[0]))
        high = self.target(_known(command.high, now.high, self._DEFAULT[1]))
        if high <= low:
            # The device refuses limits that do not leave anything between them.
            low, high = (high - _STEP, high) if command.low is None else (low, low + _STEP)
        heats = (mode if mode in (_HEAT, _COOL) else now.resume) is _HEAT
        limits: list[Params] = [
            {self._HIGH: self._text(high), "reaction": {"switch": ON_OFF[not heats]}},
            {self._LOW: self._text(low), "reaction": {"switch": ON_OFF[heats]}},
        ]
        return (self._message(params, limits, enabled=mode is not _OFF),)

    @staticmethod
    def _text(value: float) -> str:
        return f"{value:g}"


def _known(*values: float | None) -> float:
    return next((value for value in values if value is not None), 0.0)


class RuleThermostat(ProbeThermostat):
    """The first generation: one rule, and `deviceType` tells by what it counts."""

    params = frozenset(
        {"deviceType", "mainSwitch", "targets", "switch", "currentTemperature", "currentHumidity"}
    )

    _LOW, _HIGH = "targetLow", "targetHigh"
    failed = staticmethod(probe_failed)

    @override
    def is_present(self, params: Params) -> bool:
        return "deviceType" in params or "targets" in params

    @override
    def _limits(self, params: Params) -> Sequence[Any]:
        limits = params.get("targets")
        return limits if isinstance(limits, list) and params.get("deviceType") != "humidity" else ()

    @override
    def _is_enabled(self, params: Params) -> bool | None:
        by = choice(params, "deviceType", ("normal", "temperature", "humidity"))
        on = flag(params, "mainSwitch") if "mainSwitch" in params else None
        return None if by is None else by != "normal" and on is not False

    @override
    def _message(self, params: Params, limits: list[Params] | None, *, enabled: bool) -> Params:
        if limits is None:
            return {"mainSwitch": "off", "deviceType": "normal"}
        if not enabled:
            kept = {name: params[name] for name in ("mainSwitch", "deviceType") if name in params}
            return {**kept, "targets": limits}
        return {"mainSwitch": "on", "deviceType": "temperature", "targets": limits}


class RulesThermostat(ProbeThermostat):
    """The newer generation: several rules, of which the first by temperature is the thermostat."""

    params = frozenset(
        {"autoControlEnabled", "autoControl", "switch", "currentTemperature", "currentHumidity"}
    )

    @override
    def is_present(self, params: Params) -> bool:
        return "autoControlEnabled" in params or "autoControl" in params

    def _rules(self, params: Params) -> list[Any]:
        rules = params.get("autoControl")
        return rules if isinstance(rules, list) else []

    def _place(self, params: Params) -> int | None:
        """Return which of the rules is the thermostat."""
        for place, rule in enumerate(self._rules(params)):
            if isinstance(rule, Mapping) and rule.get("deviceType") == "temperature":
                return place
        return None

    @override
    def _limits(self, params: Params) -> Sequence[Any]:
        place = self._place(params)
        limits = None if place is None else self._rules(params)[place].get("targets")
        return limits if isinstance(limits, list) else ()

    @override
    def _is_enabled(self, params: Params) -> bool | None:
        return flag(params, "autoControlEnabled") if "autoControlEnabled" in params else None

    @staticmethod
    @override
    def _text(value: float) -> str:
        return f"{value:.1f}"

    @override
    def _message(self, params: Params, limits: list[Params] | None, *, enabled: bool) -> Params:
        message: dict[str, Any] = {"autoControlEnabled": ZERO_ONE[enabled]}
        if limits is not None:
            rules, place = list(self._rules(params)), self._place(params)
            if place is None:
                rules.insert(0, {"deviceType": "temperature", "targets": limits})
            else:
                # When it counts, and what else the app keeps in it, stays.
                rules[place] = {**rules[place], "targets": limits}
            message["autoControl"] = rules
        return message


# --- radiator valves ---------------------------------------------------------------------------------------


class RadiatorValve(Thermostat):
    """A radiator valve, with a target for each of its modes; all in tenths."""

    params = frozenset(
        {
            "workMode",
            "workState",
            "temperature",
            "curTargetTemp",
            "manTargetTemp",
            "autoTargetTemp",
            "ecoTargetTemp",
        }
    )
    modes = (_OFF, _HEAT, _AUTO)
    minimum, maximum = 4.0, 35.0

    _TENTHS = 10
    _WORDS: Mapping[ClimateMode, str] = {_HEAT: "0", _OFF: "1", _AUTO: "2"}
    _TARGETS: Mapping[ClimateMode | None, str] = {
        _HEAT: "manTargetTemp",
        _OFF: "ecoTargetTemp",
        _AUTO: "autoTargetTemp",
    }
    _IN_FORCE = "curTargetTemp"

    @override
    def read(self, params: Params) -> ClimateState:
        word = str(params.get("workMode"))
        mode = next((mode for mode, known in self._WORDS.items() if known == word), None)
        target = _temperature(params, self._IN_FORCE, self._TENTHS)
        if target is None:
            target = _temperature(params, self._TARGETS.get(mode, "manTargetTemp"), self._TENTHS)
        working = flag(params, "workState") if "workState" in params else None
        action = None if working is None else (ClimateAction.HEATING if working else ClimateAction.IDLE)
        return ClimateState(
            mode=mode,
            action=ClimateAction.OFF if mode is _OFF and action is ClimateAction.IDLE else action,
            current=_temperature(params, "temperature", self._TENTHS),
            target=target,
        )

    @override
    def follow(
        self, before: ClimateState, params: Params, sent: AbstractSet[str], sender: Sender
    ) -> ClimateState:
        state = super().follow(before, params, sent, sender)
        if self._IN_FORCE in sent:
            return state
        # What it was told to aim at counts until it tells what it aims at.
        name = self._TARGETS.get(state.mode, "manTargetTemp")
        is_told = sender is Sender.CLIENT and (name in sent or "workMode" in sent)
        target = _temperature(params, name, self._TENTHS) if is_told else before.target
        return state if target is None else replace(state, target=target)

    @override
    def write(self, params: Params, command: ClimateCommand) -> tuple[Params, ...]:
        mode = command.mode or self.read(params).mode
        message: dict[str, Any] = {}
        if command.mode is not None:
            message["workMode"] = self._WORDS[command.mode]
        if command.target is not None:
            name = self._TARGETS.get(mode, "manTargetTemp")
            message[name] = round(self.target(command.target) * self._TENTHS)
        return (message,) if message else ()
