"""The form of a report: its keys, and how its words are compared with what Home Assistant shows.

A list stands for any of its values; so do the words "or" in a text. What is in parentheses, and whatever is
longer than a few words, is for people.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
import re
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform

type Report = dict[str, Any]

_REPORT = frozenset(
    {"id", "area", "source", "uiid", "device", "also", "steps", "expect", "why", "confidence", "note"}
)
_NEEDED = frozenset({"id", "device", "steps", "expect"})
_DEVICE = frozenset(
    {"deviceid", "uiid", "model", "name", "online", "params", "tags", "denyFeatures", "family", "brand"}
)
STEPS = frozenset(
    {
        "answer",
        "app",
        "command",
        "frame",
        "lan",
        "list_changes",
        "log",
        "oauth_callback",
        "push",
        "query_answer",
        "reconnect",
        "sysmsg",
        "wait",
    }
)
_EXPECTED = frozenset(
    {
        "absent",
        "after",
        "daily_kwh",
        "entities",
        "error",
        "events",
        "frames",
        "no_events",
        "no_frames",
        "note",
        "total_kwh",
    }
)
_ENTITY = frozenset({"attr", "device_class", "kind", "name_hint", "note", "state"})
_EVENT = frozenset({"button", "channel", "note", "remote", "type"})
_COMMAND = frozenset({"data", "entity", "note", "service"})
_LIST_CHANGES = frozenset({"add", "change", "remove"})
_LAN = frozenset({"data", "encrypt", "id", "seq", "type"})

_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?$")
_FOR_PEOPLE = 4  # words
_NOBODY = re.compile(r"none of (?P<hidden>.+?) in (?:the|any) .*?(?:; (?P<readable>.+) still readable)?$")


def check_form(report: Report) -> None:
    """Raise where a report holds what nobody would look at."""
    _known(report, _REPORT, "report")
    name = report["id"]
    for device in filter(None, (report["device"], *report.get("also", ()))):
        _known(device, _DEVICE, f"{name}, device")
    for step in report["steps"]:
        if len(step) != 1:
            raise ValueError(f"{name}: a step does one thing, not {sorted(step)}")
        _known(step, STEPS, f"{name}, step")
        for kind, keys in (("command", _COMMAND), ("list_changes", _LIST_CHANGES), ("lan", _LAN)):
            _known(step.get(kind, {}), keys, f"{name}, {kind}")
    for expected in report["expect"]:
        where = f"{name}, expected after {expected['after']}"
        _known(expected, _EXPECTED, where)
        if not 0 <= expected["after"] <= len(report["steps"]):
            raise ValueError(f"{where}: there is no such step")
        for keys, entries in (
            (_ENTITY, expected.get("entities", ())),
            (_ENTITY, [one for one in expected.get("absent", ()) if isinstance(one, dict)]),
            (_EVENT, expected.get("events", ())),
        ):
            for entry in entries:
                _known(entry, keys, where)
    if missing := _NEEDED - report.keys():
        raise ValueError(f"{name} has no {sorted(missing)}")


def _known(entry: dict[str, Any], keys: frozenset[str], where: str) -> None:
    # In YAML a note without quotes ends at a comma; what follows is a key that holds nothing.
    rest = {key for key, value in entry.items() if "note" in entry and value is None and " " in key}
    if unknown := entry.keys() - keys - rest:
        raise ValueError(f"{where}: nobody knows {sorted(unknown)}")


def words_for_people(report: Report) -> Iterator[Any]:
    """Yield what of the expectations is not compared with anything."""
    for expected in report["expect"]:
        yield from (one for one in expected.get("absent", ()) if meant(one) is None)
        for entity in expected.get("entities", ()):
            told = [entity.get("state"), entity.get("name_hint"), *entity.get("attr", {}).values()]
            yield from (value for value in told if isinstance(value, str) and not options(value))


def options(value: Any) -> list[Any]:
    """Return the values that will do; none where the words are for people."""
    if isinstance(value, list):
        return value
    if not isinstance(value, str):
        return [value]
    if ", or " in value:
        return []
    plain = _PARENTHESES.sub("", value).split(",")[0].split(";")[0].strip()
    if plain.startswith(("not ", "the one ")):
        # "not closed (unknown or open)": the parentheses say what it is then.
        inside = re.search(r"\(([^)]*)\)", value)
        return inside[1].split(" or ") if inside else []
    parts = [part.strip() for part in plain.split(" or ")]
    return [] if any(len(part.split()) > _FOR_PEOPLE for part in parts) else parts


def agrees(told: Any, wanted: Any) -> bool:
    """Compare a state or an attribute with what a report says."""
    if isinstance(wanted, list) and isinstance(told, list | tuple) and list(told) == wanted:
        return True
    values = options(wanted)
    return not values or any(_same(told, value) for value in values)


def _same(told: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(told, list | tuple) and list(told) == wanted
    if wanted is None or isinstance(wanted, bool):
        return told is wanted
    if told is None:
        return wanted in ("none", "null")
    if _FIGURE.match(str(wanted)) and not isinstance(told, bool):
        try:
            return abs(float(told) - float(wanted)) < 1e-6
        except TypeError, ValueError:
            return False
    return str(told) == str(wanted)


def meant(absent: Any) -> dict[str, Any] | None:
    """Return the entity that words for something absent stand for; None where they are for people."""
    if isinstance(absent, dict):
        return absent
    words = _PARENTHESES.sub("", absent).strip().lower()
    if words in set(Platform):
        return {"kind": words}
    if found := re.fullmatch(r"(?P<kind>[a-z_]+) (?:for|of) (?:outlet|channel) (?P<outlet>\d+)", words):
        return {"kind": found["kind"], "name_hint": f"channel {int(found['outlet']) + 1}"}
    if (found := re.fullmatch(r"(?P<class>[a-z0-9 ]+) sensor", words)) and (
        device_class := found["class"].replace(" ", "_")
    ) in set(SensorDeviceClass):
        return {"kind": "sensor", "device_class": device_class}
    return None


def hidden_and_readable(notes: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield what notes say of files: the texts that are not in them, and the params that still are."""
    for note in notes:
        if found := _NOBODY.match(note):
            hidden, readable = (re.split(r",\s*", found[name] or "") for name in ("hidden", "readable"))
            yield hidden, [name for name in readable if name]


def timed(params: Any) -> Any:
    """Return params with their words for times as times."""
    if isinstance(params, dict):
        return {key: timed(value) for key, value in params.items()}
    if isinstance(params, str) and (match := re.fullmatch(r"now(?: - (\d+) s)?", params)):
        time = datetime.now(UTC) - timedelta(seconds=int(match[1] or 0))
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return params
