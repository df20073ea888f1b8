"""Metering devices: readings that follow the relay, counters that grow, history on request."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from .values import Check, each, fields, integer, one_of, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .params import Params

VOLTS: Final = 230.1
DAY: Final = "%Y-%m-%d"
MONTH: Final = "%Y-%m"


def decimal_text(value: float) -> str:
    """Spell a reading as text with two decimals."""
    return f"{value:.2f}"


def hundredths(value: float) -> int:
    """Spell a reading as a whole number of hundredths."""
    return round(value * 100)


def days(count: int, *, digits: int) -> str:
    """Return a history of that many days, in groups of 6 digits or 4."""
    values = [round(0.4 + (day * 37 % 100) / 100, 2) for day in range(count)]
    return "".join(_group(value, digits) for value in values)


def _group(kwh: float, digits: int) -> str:
    whole, rest = divmod(round(kwh * 100), 100)
    if digits == 6:
        return f"{whole:02x}{rest // 10:02d}{rest % 10:02d}"
    return f"{whole:02x}{rest:02d}"


@dataclass(slots=True, kw_only=True)
class Meter:
    """What a device measures and how it spells it.

    `names` are power, voltage and current per relay, `counters` each with the form of a date that tells
    their periods (in UTC) apart.
    """

    names: tuple[tuple[str, str | None, str | None], ...]
    spell: Callable[[float], str | int]
    counters: Mapping[str, str] = field(default_factory=dict)
    also: tuple[tuple[str, str], ...] = ()  # reactive and apparent power per relay
    requests: dict[str, Check] = field(default_factory=dict)
    watts: dict[int, float] = field(default_factory=dict)
    _energy: float = 0.0
    _counted: float | None = None

    def learn(self, params: Mapping[str, Any]) -> None:
        """Take the load from readings that a device comes with."""
        scale = 0.01 if self.spell is hundredths else 1.0
        for relay, (power, _, _) in enumerate(self.names):
            self.watts[relay] = float(params.get(power) or 0) * scale or 42.5

    def readings(self, state: Mapping[str, Any], relays: Mapping[int, str], noise: float) -> Params:
        """Return the readings for relays in that state."""
        del state
        params: Params = {}
        for relay, (power, voltage, current) in enumerate(self.names):
            volts = VOLTS * (1 + (noise - 1) / 10)
            watts = self.watts[relay] * noise if relays.get(relay) == "on" else 0.0
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

    def count(self, state: Mapping[str, Any], relays: Mapping[int, str], now: float) -> Params:
        """Return the counters at a time in unix seconds: what the load has taken since the last one."""
        since, self._counted = now if self._counted is None else self._counted, now
        load = sum(self.watts[relay] for relay in self.watts if relays.get(relay) == "on")
        self._energy += load / 1000 * max(0.0, now - since) / 3600
        grown = int(self._energy * 100)
        self._energy -= grown / 100
        before, after = (datetime.fromtimestamp(time, UTC) for time in (since, now))
        return {
            key: grown + (int(state[key]) if f"{before:{period}}" == f"{after:{period}}" else 0)
            for key, period in self.counters.items()
            if key in state
        }

    def answer(self, state: Mapping[str, Any], sent: Params) -> Params:
        """Return what a request for history or for the running session is answered under `config`."""
        del state
        config: Params = {}
        for key, value in sent.items():
            match key, value:
                case "hundredDaysKwh", _:
                    config["hundredDaysKwhData"] = days(100, digits=6)
                case "h186DaysKwh", _:
                    config["h186DaysKwhData"] = days(186, digits=6)
                case "oneKwh", "get":
                    config["oneKwhData"] = "0.12"
                case (("getKwh_00" | "getKwh_01"), 2):
                    config[f"kwhHistories_{key[-2:]}"] = days(180, digits=4)
                case (("getKwh_00" | "getKwh_01"), 1):
                    config[f"oneKwhData_{key[-2:]}"] = 12
                case "getHoursKwh", {"start": int(start), "end": int(end)}:
                    config["hoursKwhData"] = "".join(
                        _group((hour % 24) / 100, 4) for hour in range(start, end + 1)
                    )
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


def two_channels() -> Meter:
    """Return the meter of uiid 126."""
    active = fields({"time": integer(1, 3600)}, {"all": one_of(1), "outlet": one_of(0, 1)})
    channels = ("00", "01")
    return Meter(
        names=tuple((f"actPow_{one}", f"voltage_{one}", f"current_{one}") for one in channels),
        also=tuple((f"reactPow_{one}", f"apparentPow_{one}") for one in channels),
        spell=hundredths,
        requests={"uiActive": active}
        | {f"getKwh_{one}": one_of(1, 2) for one in channels}
        | {f"startTime_{one}": text for one in channels}
        | {f"endTime_{one}": text for one in channels},
    )


_NUMBERS: Final = each(lambda value: type(value) in {int, float})


def limits(value: Any) -> bool:
    """Take the lower and the upper end of what is in order."""
    return _NUMBERS(value) and len(value) == 2


ALARM_LIMITS: Final[dict[str, Check]] = {
    "alarmType": text,
    **dict.fromkeys(("alarmVValue", "alarmCValue", "alarmPValue"), limits),
}
