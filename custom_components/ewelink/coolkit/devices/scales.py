"""What the numbers of a device mean whose uiid says nothing of it: whole units, or hundredths."""

from collections.abc import Iterator, Set as AbstractSet
from typing import Any

from .params import LARGEST, Params
from .shapes import Scale, Shape, Sign

OF_AIR = ("temperature", "humidity")
OF_PROBES = ("currentTemperature", "currentHumidity")
MOST_OUTLETS = 16

_SURE = frozenset({Scale.PLAIN, Scale.HUNDREDTHS})
# No room, probe or vessel is so hot, in degrees.
_HOTTEST = 150
_WARM = 60
# A voltage of the mains, in volts and in hundredths.
_VOLTS = (50, 500)
_HUNDREDTHS = (5000, 50_000)


def quiet_number(params: Params, name: str) -> float | None:
    """Return a number that may have come as text, quietly: here it is only asked whether there is one."""
    value: Any = params.get(name)
    if isinstance(value, bool):
        return None
    try:
        return number if -LARGEST <= (number := float(value)) <= LARGEST else None
    except TypeError, ValueError, OverflowError:
        return None


def has_fraction(params: Params, name: str) -> bool:
    """Return whether a number is spelled with a decimal point."""
    value = params.get(name)
    return isinstance(value, float) or (isinstance(value, str) and "." in value)


def metered(params: Params) -> Iterator[int]:
    """Yield the channels that have a meter of their own."""
    for outlet in range(MOST_OUTLETS):
        if quiet_number(params, f"actPow_{outlet:02}") is not None:
            yield outlet


class Scales:
    """Decides what numbers mean: by themselves, else by what was known, else by their neighbours."""

    def __init__(self, known: Shape, params: Params) -> None:
        """Take what was known, and what is told now."""
        self._known = known
        self._params = params
        self._doubts: set[tuple[str, str]] = set()

    @property
    def doubts(self) -> frozenset[tuple[str, str]]:
        """Return the readings so far that the scale which they were known to have does not allow."""
        return frozenset(self._doubts)

    def temperature(self, signs: AbstractSet[Sign]) -> Scale | None:
        """Return the scale of the temperature."""
        if Sign.TEMPERATURE not in signs:
            return None
        names, known = _names(signs), self._known
        own, neighbour = self._of_temperature(names[0]), self._of_humidity(names[1])
        return self._scale(names[0], own, known.temperature, _surest(neighbour, known.humidity))

    def humidity(self, signs: AbstractSet[Sign]) -> Scale | None:
        """Return the scale of the humidity."""
        if Sign.HUMIDITY not in signs:
            return None
        names, known = _names(signs), self._known
        own, neighbour = self._of_humidity(names[1]), self._of_temperature(names[0])
        return self._scale(names[1], own, known.humidity, _surest(neighbour, known.temperature))

    def meter(self) -> Scale | None:
        """Return the scale of power, voltage and current."""
        return self._scale("voltage", self._of_meter(), self._known.meter, None)

    def _scale(
        self, name: str, told: Scale | None, known: Scale | None, neighbour: Scale | None
    ) -> Scale | None:
        if known in _SURE:
            if told not in _SURE or told is known:
                return known
            # A glitch comes once, another firmware tells more than one such value.
            doubt = (name, str(self._params.get(name))[:20])
            if any(one != doubt for one in self._known.doubts if one[0] == name):
                return told
            self._doubts.add(doubt)
            return known
        if told in _SURE:
            return told
        if neighbour in _SURE and self._fits(name, neighbour):
            return neighbour
        return told or known

    def _fits(self, name: str, scale: Scale) -> bool:
        """Return whether a reading is possible in the scale of its neighbour."""
        value = quiet_number(self._params, name)
        if value is None or "umidity" not in name or scale is not Scale.HUNDREDTHS:
            return True
        return value == 0 or value >= 100

    def _of_temperature(self, name: str) -> Scale | None:
        params = self._params
        if (value := quiet_number(params, name)) is None:
            return None
        if abs(value) > _HOTTEST:
            return Scale.HUNDREDTHS
        if has_fraction(params, name):
            return Scale.PLAIN
        if (fahrenheit := quiet_number(params, "temperatureF")) is not None:
            fits = [abs(celsius * 1.8 + 32 - fahrenheit) <= 2 for celsius in (value, value / 100)]
            if fits[0] is not fits[1]:
                return Scale.PLAIN if fits[0] else Scale.HUNDREDTHS
        for limit in ("tempComfortUpper", "tempComfortLower"):
            if comfort := quiet_number(params, limit):
                return Scale.HUNDREDTHS if abs(comfort) > _HOTTEST else Scale.PLAIN
        return Scale.LIKELY_PLAIN if 0 < abs(value) <= _WARM else None

    def _of_humidity(self, name: str) -> Scale | None:
        params = self._params
        if (value := quiet_number(params, name)) is None:
            return None
        if value > 100:
            return Scale.HUNDREDTHS
        if has_fraction(params, name):
            return Scale.PLAIN
        return Scale.LIKELY_PLAIN if value >= 5 else None

    def _of_meter(self) -> Scale | None:
        params = self._params
        names = ("voltage", "phase_0_v", *(f"voltage_{outlet:02}" for outlet in metered(params)))
        for voltage in (abs(value) for name in names if (value := quiet_number(params, name))):
            if _VOLTS[0] <= voltage <= _VOLTS[1]:
                return Scale.PLAIN
            if _HUNDREDTHS[0] <= voltage <= _HUNDREDTHS[1]:
                return Scale.HUNDREDTHS
        if (limit := quiet_number(params, "vUpRangeMax")) is not None and limit > 1000:
            return Scale.HUNDREDTHS
        names = ("power", "current", "voltage", "phase_0_p", "phase_0_c", "phase_0_v")
        return Scale.PLAIN if any(has_fraction(params, name) for name in names) else None


def _names(signs: AbstractSet[Sign]) -> tuple[str, str]:
    return OF_PROBES if Sign.PROBE in signs else OF_AIR


def _surest(told: Scale | None, known: Scale | None) -> Scale | None:
    return told if told in _SURE else known
