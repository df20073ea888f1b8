"""What people and automations put in when it goes wrong: odd values, the same for the same seed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from math import inf, nan
from random import Random
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector as selectors


def nested(levels: int, *, mapping: bool = False) -> Any:
    """Return so many levels of lists or mappings."""
    value: Any = 0
    for _ in range(levels):
        value = {"a": value} if mapping else [value]
    return value


NUMBERS: Final = (
    *(nan, inf, -inf, 1e308, -1e308, 1e19, 1.5, -0.0, 5e-324),
    *(0, -1, 1, 2, 64, 65, 255, 256, 1001, 2**31, 2**63, -(2**63), 2**64, 10**30, 10**400),
)
TEXTS: Final = (
    *("", " ", "\u200b", "\0", "a\0b", "\n", "x" * 100, "x" * 10_000, "\U0001f3e1" * 300),
    *("\ud83d", "\ude00\ud83d", "a\ud800b", "\u202eabc", "e\u0301" * 40, "\ufdfd"),
    *("nan", "inf", "-Infinity", "1e308", "9" * 400, "0x10", "\u0663", "true", "on", "None", "null", "1,5"),
    *(
        "[x](https://evil.example)",
        "**b**",
        "`c` ``",
        "<b>x</b>",
        "a | b\n--- | ---",
        "{device}",
        "{0}",
        "%s",
    ),
    *("{{ 1 / 0 }}", "../../etc", "'; --", "@", "a@", "+", "+49", "a@b@c", "00:00", "24:00:00", "99:99:99"),
    *("0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-02-30 06:00:00", "2026-11-30T06:00:00+99:00"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1000000001", "device", "1", "-1"),
)
OTHERS: Final = (
    *(None, True, False, [], {}, [[]], [None], {"": None}, {None: 1}, b"bytes", (1, 2), {1, 2}),
    *(nested(30), nested(30, mapping=True), nested(300), list(range(1000)), ["x"] * 300, [nan], {"a": nan}),
    *(date(1, 1, 1), datetime(1, 1, 1), datetime.max),  # noqa: DTZ001, DTZ901 - odd
    *(time.max, timedelta.max, timedelta(-1)),
    *({"days": 1e308}, {"hours": -1}, {"seconds": "nan"}, {"minutes": 10**30}, {"days": 0.1, "x": 1}),
)
ODD: Final = (*NUMBERS, *TEXTS, *OTHERS)


class OddInput:
    """Makes odd input of what a call or a form may be told."""

    def __init__(self, seed: int) -> None:
        """Begin where the seed says."""
        self.random = Random(seed)  # noqa: S311 - the same each time

    def value(self) -> Any:
        """Return an odd value; each kind as often as the others."""
        return self.random.choice(self.random.choice((NUMBERS, TEXTS, OTHERS)))

    def changed(self, sane: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """Return what a call may be told, with a few fields missing, odd or unknown."""
        fields = dict(sane)
        known = sorted({*names, *sane})
        for _ in range(self.random.choice((0, 1, 1, 1, 2, 3))):
            name = self.random.choice(known) if known and self.random.random() < 0.95 else "unknown"
            if self.random.random() < 0.1:
                fields.pop(name, None)
            else:
                fields[name] = self.value()
        return fields

    # By the selector that asks for it

    def answer(self, schema: Any, sane: dict[str, Any]) -> dict[str, Any]:
        """Return an answer to a form: what a person may choose, and something odd in a few of its fields."""
        given = {
            str(marker): self._sane(str(marker), selector, sane)
            for marker, selector in schema.schema.items()
            if self.random.random() < 0.95
        }
        for name in self.random.choices([*given, "unknown"], k=self.random.choice((0, 1, 1, 2))):
            if isinstance(given.get(name), dict) and given[name] and self.random.random() < 0.9:
                given[name][self.random.choice(list(given[name]))] = self.value()
            elif name in given or self.random.random() < 0.1:
                given[name] = self.value()
        return given

    def _sane(self, name: str, selector: Any, sane: dict[str, Any]) -> Any:
        random = self.random
        match selector:
            case section():
                return {
                    str(marker): self._sane(str(marker), one, sane)
                    for marker, one in selector.schema.schema.items()
                    if random.random() < 0.95
                }
            case selectors.SelectSelector():
                options = [
                    one["value"] if isinstance(one, dict) else one for one in selector.config["options"]
                ]
                several = random.sample(options, random.randrange(len(options) + 1))
                return several if selector.config.get("multiple") else random.choice(options or [""])
            case selectors.DurationSelector():
                return {"hours": random.randrange(3), "minutes": random.randrange(60)}
        year = random.randrange(2020, 2060)
        made = {
            selectors.BooleanSelector: random.random() < 0.5,
            selectors.DateTimeSelector: f"{year}-{random.randrange(1, 13):02}-28 06:30:00",
            selectors.TimeSelector: f"{random.randrange(24):02}:30:00",
        }
        if selector is bool or type(selector) in made:
            return made.get(type(selector), random.random() < 0.5)
        return sane.get(name, "Porch")

    def by_selector(self, described: dict[str, Any]) -> Any:
        """Return what a field of Home Assistant's own actions may be told, or something odd."""
        random = self.random
        if random.random() < 0.5:
            # Half a character ends the parser of dates of Home Assistant's own actions, with the process.
            value = self.value()
            is_date = "datetime" in (described.get("selector") or {}) and isinstance(value, str)
            return value.encode(errors="replace").decode() if is_date else value
        makers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "number": lambda of: random.choice((of.get("min", 0), of.get("max", 100), 1, 50)),
            "boolean": lambda _: random.random() < 0.5,
            "select": lambda of: random.choice(of.get("options") or [""]),
            "color_rgb": lambda _: [random.randrange(256) for _ in range(3)],
            "color_temp": lambda of: random.choice((of.get("min", 2000), of.get("max", 6500), 3000)),
            "datetime": lambda _: "2026-12-01 06:30:00",
            "duration": lambda _: {"hours": 1},
        }
        for kind, of in (described.get("selector") or {}).items():
            if kind in makers:
                made = makers[kind](of or {})
                return made["value"] if isinstance(made, dict) and "value" in made else made
        return self.value()
