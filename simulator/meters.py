"""Metering devices: readings that follow the relay, counters that grow, history on request."""

from dataclasses import dataclass, field
import time
from typing import TYPE_CHECKING, Any, Final

from .energy import EnergyLog, days_back, hours_back, local, local_midnight, offset_of
from .values import Check, each, fields, integer, one_of, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .params import Params

VOLTS: Final = 230.1
DAY: Final = "%Y-%m-%d"
WEEK: Final = "%G-%V"
MONTH: Final = "%Y-%m"
YEAR: Final = "%Y"
NEVER: Final = ""


def decimal_text(value: float) -> str:
    """Spell a reading as text with two decimals."""
    return f"{value:.2f}"


def hundredths(value: float) -> int:
    """Spell a reading as a whole number of hundredths."""
    return round(value * 100)


@dataclass(slots=True, kw_only=True)
class Meter:
    """What a device measures and how it spells it.

    `names` are power, voltage and current per relay, `counters` each with the form of a date that tells
    their periods apart, on the clock of the device.
    """

    names: tuple[tuple[str, str | None, str | None], ...]
    spell: Callable[[float], float | str]
    counters: Mapping[str, str] = field(default_factory=dict)
    also: tuple[tuple[str, str], ...] = ()  # reactive and apparent power per relay
    requests: dict[str, Check] = field(default_factory=dict)
    step: float = 0.01  # of the counters, in kWh; those of 0.01 are told as whole numbers of it
    hour_digits: int = 4
    watts: dict[int, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    _logs: dict[int, EnergyLog] = field(default_factory=dict)
    _energy: float = 0.0
    _counted: float | None = None
    _told: float | None = None

    def learn(self, params: Mapping[str, Any]) -> None:
        """Take the load from readings that a device comes with."""
        scale = 0.01 if self.spell is hundredths else 1.0
        for relay, (power, _, _) in enumerate(self.names):
            self.watts[relay] = float(params.get(power) or 0) * scale or 42.5
            self._logs[relay] = EnergyLog(self.watts[relay])

    def readings(self, state: Mapping[str, Any], relays: Mapping[int, str], noise: float) -> Params:
        """Return the readings for relays in that state."""
        del state
        params: Params = {}
        for relay, (power, voltage, current) in enumerate(self.names):
            volts = VOLTS * (1 + (noise - 1) / 10)
            watts = self.watts[relay] * noise if self._is_on(relays, relay) else 0.0
            params[power] = self.spell(watts)
            if voltage is not None:
                params[voltage] = self.spell(volts)
            if current is not None:
                params[current] = self.spell(watts / volts)
        for relay, (reactive, apparent) in enumerate(self.also):
            watts = self.watts[relay] * noise if relays.get(relay) == "on" else 0.0
            params[reactive] = self.spell(watts * 0.2)
            params[apparent] = self.spell(watts * 1.02)
        return params

    def loads(self, relays: Mapping[int, str]) -> set[str]:
        """Return the readings that are 0 without a load: those behind relays that are off."""
        off = [relay for relay in range(len(self.names)) if relays.get(relay) == "off"]
        currents = {current for relay in off if (current := self.names[relay][2]) is not None}
        also = {key for relay in off for key in (self.also[relay] if self.also else ())}
        return {self.names[relay][0] for relay in off} | currents | also

    def advance(self, state: Mapping[str, Any], relays: Mapping[int, str]) -> float:
        """Count what the load has taken since the last time; return the time in unix seconds."""
        now = self.clock()
        since, self._counted = now if self._counted is None else self._counted, now
        offset = offset_of(state)
        today = int(state["dayKwh"]) / 100 if isinstance(state.get("dayKwh"), int) else -1
        for relay, log in self._logs.items():
            log.watts = self.watts[relay]
            log.begin(now, today, local_midnight(now, offset))
            if self._is_on(relays, relay):
                self._energy += log.add(since, now)
        return now

    def _is_on(self, relays: Mapping[int, str], relay: int) -> bool:
        """Tell if there is a load: one meter of several relays measures them all."""
        return "on" in relays.values() if len(self.names) == 1 else relays.get(relay) == "on"

    def count(self, state: Mapping[str, Any], relays: Mapping[int, str]) -> Params:
        """Return the counters: what the load has taken since they were told last."""
        now = self.advance(state, relays)
        since, self._told = now if self._told is None else self._told, now
        steps = int(self._energy / self.step + 1e-6)
        self._energy -= steps * self.step
        offset = offset_of(state)
        before, after = local(since, offset), local(now, offset)
        grown = steps if self.step == 0.01 else steps * self.step
        told: Params = {
            key: round(grown + (state[key] if before.strftime(period) == after.strftime(period) else 0), 3)
            for key, period in self.counters.items()
            if key in state
        }
        if "yesterdayKwh" in state and before.date() != after.date():
            told["yesterdayKwh"] = state["dayKwh"]
        return told

    def forget(self) -> Params:
        """Lose the history, as a device does that is reset; return the counters that begin anew."""
        self._energy = 0.0
        for log in self._logs.values():
            log.forget()
        return dict.fromkeys(self.counters, 0)

    def answer(self, state: Mapping[str, Any], relays: Mapping[int, str], sent: Params) -> Params:
        """Return what a request for history or for the running session is answered under `config`."""
        now, offset = self.advance(state, relays), offset_of(state)
        config: Params = {}
        for key, value in sent.items():
            relay = int(key[-2:]) if key.startswith("getKwh_") else 0
            log = self._logs[relay]
            match key, value:
                case "hundredDaysKwh", _:
                    config["hundredDaysKwhData"] = days_back(log, now, offset, 100, digits=6)
                case "h186DaysKwh", _:
                    config["h186DaysKwhData"] = days_back(log, now, offset, 186, digits=6)
                case "oneKwh", "get":
                    config["oneKwhData"] = "0.12"
                case _, 2 if key.startswith("getKwh_"):
                    config[f"kwhHistories_{key[-2:]}"] = days_back(log, now, offset, 180, digits=4)
                case _, 1 if key.startswith("getKwh_"):
                    config[f"oneKwhData_{key[-2:]}"] = 12
                case "getHoursKwh", {"start": int(start), "end": int(end)}:
                    config["hoursKwhData"] = hours_back(log, now, start, end, digits=self.hour_digits)
        return config


def plug(*, voltage: bool) -> Meter:
    """Return the meter of uiid 5, with voltage and current that of uiid 32."""
    names = ("power", "voltage", "current") if voltage else ("power", None, None)
    return Meter(
        names=(names,),
        spell=decimal_text,
        requests={
            "uiActive": integer(1, 3600),
            "hundredDaysKwh": one_of("get"),
            "oneKwh": one_of("start", "stop", "get"),
            "startTime": text,
            "endTime": text,
        },
    )


def plug_of_channels() -> Meter:
    """Return the meter of uiid 182."""
    return Meter(
        names=(("power", "voltage", "current"),),
        spell=decimal_text,
        requests={
            "uiActive": integer(1, 3600),
            "hundredDaysKwh": one_of("get"),
            "h186DaysKwh": one_of("get"),
        },
    )


def plug_in_hundredths() -> Meter:
    """Return the meter of uiid 190."""
    hour = integer(0, 4535)
    return Meter(
        names=(("power", "voltage", "current"),),
        spell=hundredths,
        counters={"dayKwh": DAY, "monthKwh": MONTH},
        requests={
            "uiActive": integer(1, 3600),
            "getHoursKwh": fields({"start": hour, "end": hour}),
            "operSide": one_of(1),
        },
    )


def channels(count: int) -> Meter:
    """Return the meter of uiid 126 (two channels) or 130 (four)."""
    outlet = integer(0, count - 1)
    active = fields({"time": integer(1, 3600)}, {"all": one_of(1), "outlet": outlet})
    each_channel = tuple(f"{one:02}" for one in range(count))
    return Meter(
        names=tuple((f"actPow_{one}", f"voltage_{one}", f"current_{one}") for one in each_channel),
        also=tuple((f"reactPow_{one}", f"apparentPow_{one}") for one in each_channel),
        spell=hundredths,
        requests={"uiActive": active}
        | {f"getKwh_{one}": one_of(1, 2) for one in each_channel}
        | {f"startTime_{one}": text for one in each_channel}
        | {f"endTime_{one}": text for one in each_channel},
    )


def counting(counters: Mapping[str, str], *, live: bool) -> Meter:
    """Return the meter of uiids 262, 276, 7032 and 7054, which keep no history."""
    return Meter(
        names=(("power", "voltage", "current"),),
        spell=hundredths,
        counters=counters,
        requests={"uiActive": integer(1, 3600)} if live else {},
    )


def breaker() -> Meter:
    """Return the meter of uiid 226, whose counter never begins anew."""
    return Meter(
        names=(("phase_0_p", "phase_0_v", "phase_0_c"),),
        spell=lambda value: round(value, 2),
        counters={"totalPower": NEVER},
        step=0.001,
        requests={"uiActive": integer(1, 3600)},
    )


_NUMBERS: Final = each(lambda value: type(value) in {int, float})


def limits(value: Any) -> bool:
    """Take the lower and the upper end of what is in order."""
    return _NUMBERS(value) and len(value) == 2


ALARM_LIMITS: Final[dict[str, Check]] = {
    "alarmType": text,
    **dict.fromkeys(("alarmVValue", "alarmCValue", "alarmPValue"), limits),
}
