"""Plays the reports of owners against the simulator, and compares what Home Assistant shows."""

import asyncio
from datetime import UTC, datetime, timedelta
import re
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Simulator
from simulator.devices import SimulatedDevice
from simulator.home import item
from tests.common import connected

type Report = dict[str, Any]

# The integration's own times are shortened for tests, those of a report with them.
SHORTER = 50
# Words that people use for what is in the device, in a name.
_CHANNEL = re.compile(r"(?:channel|outlet|valve) (\d+)")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?")
# What a hint may be called in the name of an entity.
# What a press is called in Home Assistant.
_PRESSES = {
    "single press": "press_end",
    "double press": "multi_press_end 2",
    "triple press": "multi_press_end 3",
    "long press": "long_press_start",
}
_CALLED = {"today": "energy today", "month": "this month", "indoor": "temperature"}


class Story:
    """One report that is being played."""

    def __init__(self, hass: HomeAssistant, cloud: Simulator, entry: MockConfigEntry, report: Report) -> None:
        """Take the report; its device is listed already."""
        self._hass = hass
        self._cloud = cloud
        self._entry = entry
        self._report = report
        self._device_id: str = report["device"]["deviceid"]
        self._seen_frames = 0
        self._error: str | None = None
        self._events: list[tuple[str, str]] = []
        self._last: dict[str, str] = {}
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._note_event)

    async def play(self) -> None:
        """Do the steps in order, and look after each for what is expected then."""
        steps = self._report["steps"]
        self._expect(0)
        for number, step in enumerate(steps, start=1):
            answer = steps[number].get("answer") if number < len(steps) and "command" in step else None
            await self._do(step, answer)
            self._expect(number)

    # Steps

    async def _do(self, step: dict[str, Any], answer: Any) -> None:
        ((kind, content),) = step.items()
        self._error = None
        if kind == "command":
            await self._command(content, answer)
        else:
            await getattr(self, f"_{kind}")(content)
        await self._settle()

    @property
    def _device(self) -> SimulatedDevice:
        return self._cloud.devices[self._device_id]

    async def _push(self, params: dict[str, Any]) -> None:
        await self._device.push(timed(params))

    async def _lan(self, record: dict[str, Any]) -> None:
        # Where the local network is not built, the cloud brings the same.
        await self._push(record["data"])

    async def _app(self, params: dict[str, Any]) -> None:
        await self._cloud.report(self._device, timed(params), agent="app")

    async def _sysmsg(self, params: dict[str, Any]) -> None:
        self._device.online = params["online"]
        await self._cloud.report_online(self._device, online=params["online"])

    async def _answer(self, _: Any) -> None:
        """The command before has had it."""

    async def _query_answer(self, params: dict[str, Any]) -> None:
        self._device.params = {**self._device.params, **timed(params)}

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SHORTER)

    async def _reconnect(self, _: Any) -> None:
        await self._cloud.drop_connections()
        await connected(self._entry)

    async def _list_changes(self, changes: dict[str, Any]) -> None:
        self._cloud.add_device(listed(changes["add"]))

    async def _frame(self, frame: dict[str, Any]) -> None:
        for session in list(self._cloud.connections):
            await session.send({"apikey": self._device.owner.apikey, "userAgent": "device", **frame})

    async def _settle(self) -> None:
        await asyncio.sleep(0.05)
        await connected(self._entry)
        await self._hass.async_block_till_done()

    @callback
    def _note_event(self, event: Event[EventStateChangedData]) -> None:
        """Note what an event entity tells; one that is available again shows what it told last."""
        state = event.data["new_state"]
        if state is None or state.domain != "event" or state.attributes.get("event_type") is None:
            return
        if self._last.get(state.entity_id) != state.state:
            self._last[state.entity_id] = state.state
            entry = self._hass.data["entity_registry"].async_get(state.entity_id)
            told = state.attributes["event_type"]
            count = state.attributes.get("multi_press_count")
            self._events.append((entry.unique_id, told if count is None else f"{told} {count}"))

    async def _command(self, command: dict[str, Any], answer: Any) -> None:
        device = self._device
        domain, _, service = command["service"].partition(".")
        wanted = str(command["entity"])
        state = self._find({"kind": domain, "name_hint": wanted}) or self._find({"kind": domain})
        assert state is not None, f"nothing takes {command['service']}"
        code = (answer or {}).get("error", 0)
        if code:
            self._cloud.faults.add("error", interface="update", deviceid=device.deviceid, code=code)
        try:
            await self._hass.services.async_call(
                domain,
                service,
                {ATTR_ENTITY_ID: state.entity_id, **command.get("data", {})},
                blocking=True,
            )
        except HomeAssistantError as err:
            self._error = err.translation_key or str(err)

    # Expectations

    def _expect(self, number: int) -> None:
        for expected in self._report["expect"]:
            if expected["after"] != number:
                continue
            where = f"{self._report['id']}, after {number}"
            for entity in expected.get("entities", ()):
                self._expect_entity(entity, where)
            for entity in expected.get("absent", ()):
                if isinstance(entity, dict):
                    assert self._find(entity) is None, f"{where}: {entity} is there"
            if "frames" in expected:
                self._expect_frames(expected["frames"], where)
            if "events" in expected or expected.get("no_events"):
                self._expect_events(expected.get("events", []), where)
            if expected.get("no_frames"):
                assert self._new_frames() == [], where
            if "error" in expected:
                assert self._error == expected["error"], where
            else:
                assert self._error is None, where

    def _expect_entity(self, expected: dict[str, Any], where: str) -> None:
        state = self._find(expected)
        assert state is not None, (
            f"{where}: no {expected} among {sorted(self._hass.states.async_entity_ids())}"
        )
        if "state" in expected:
            assert _is(state.state, expected["state"]), f"{where}: {state} is not {expected['state']!r}"
        for name, value in expected.get("attr", {}).items():
            told = state.attributes.get(name)
            assert _is(told, value), f"{where}: {name} of {state} is not {value!r}"

    def _find(self, wanted: dict[str, Any]) -> State | None:
        """Return the entity that is meant."""
        kinds = str(wanted["kind"]).split(" or ")
        classes = re.findall(r"[a-z0-9_]+", wanted["device_class"]) if "device_class" in wanted else None
        hint = str(wanted.get("name_hint", "")).lower()
        found = [
            state
            for state in self._hass.states.async_all()
            if (state.domain in kinds or kinds == ["any"])
            and (classes is None or state.attributes.get("device_class") in classes)
            and state.entity_id != self._connection
        ]
        if hint:
            names = [_CALLED.get(hint, hint), *(f"channel {channel}" for channel in _CHANNEL.findall(hint))]
            hinted = [state for state in found if any(name in state.name.lower() for name in names)]
            # A device with one channel does not name it.
            found = hinted or (found if len(found) == 1 and "energy" not in names[0] else [])
        elif state := next(
            (one for one in found if one.name == self._cloud.devices[self._device_id].name), None
        ):
            return state
        return found[0] if found else None

    @property
    def _connection(self) -> str:
        registry = self._hass.data["entity_registry"]
        return registry.async_get_entity_id("sensor", "ewelink", f"{self._entry.entry_id}_connection") or ""

    def _new_frames(self) -> list[dict[str, Any]]:
        received = self._cloud.devices[self._device_id].received
        new, self._seen_frames = received[self._seen_frames :], len(received)
        return new

    def _expect_events(self, expected: list[dict[str, Any]], where: str) -> None:
        told, self._events = self._events, []
        assert len(told) == len(expected), f"{where}: {told}"
        for (unique_id, event_type), wanted in zip(told, expected, strict=True):
            if "type" in wanted:
                word = wanted["type"].replace("slide ", "swipe_")
                assert event_type == _PRESSES.get(word, word), where
            if "channel" in wanted:
                assert unique_id.endswith(f"_{wanted['channel']}"), where
            if "button" in wanted:
                assert unique_id.endswith(f"_{wanted['button'] - 1}"), where

    def _expect_frames(self, expected: list[dict[str, Any]], where: str) -> None:
        frames = self._new_frames()
        assert len(frames) == len(expected), f"{where}: {frames}"
        for frame, wanted in zip(frames, expected, strict=True):
            options = wanted.get("any_of", [wanted])
            assert any(_is_frame(frame, option) for option in options), f"{where}: {frame} is not {wanted}"


def _is_frame(frame: dict[str, Any], wanted: dict[str, Any]) -> bool:
    optional = wanted.get("optional", {})
    needed = {key: value for key, value in wanted.items() if key != "optional"}
    beside = {key: value for key, value in frame.items() if key not in needed}
    told = {key: value for key, value in frame.items() if key in needed}
    same_types = all(type(told[key]) is type(needed[key]) for key in told)
    return told == needed and same_types and all(optional.get(key) == beside[key] for key in beside)


def _is(told: Any, wanted: Any) -> bool:
    """Compare what is shown with what a report says, in which words stand for people."""
    if isinstance(wanted, str) and " or " in wanted:
        return any(_is(told, one) for one in wanted.split(" or "))
    if isinstance(wanted, list):
        return list(told or ()) == wanted
    if wanted is None or isinstance(wanted, bool):
        return told is wanted
    figure = _FIGURE.match(str(wanted))
    if figure is None or told == wanted:
        return told == wanted or str(told) == str(wanted)
    try:
        return abs(float(told) - float(figure[0])) < 1e-6
    except TypeError, ValueError:
        return False


def timed(params: Any) -> Any:
    """Return params with their words for times as times."""
    if isinstance(params, dict):
        return {key: timed(value) for key, value in params.items()}
    if isinstance(params, str) and (match := re.fullmatch(r"now(?: - (\d+) s)?", params)):
        time = datetime.now(UTC) - timedelta(seconds=int(match[1] or 0))
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return params


def listed(device: dict[str, Any]) -> dict[str, Any]:
    """Return a device of a report in the shape of the device list."""
    further = {key: device[key] for key in ("tags", "denyFeatures") if key in device}
    return item(
        device["deviceid"],
        device["uiid"],
        device["name"],
        timed(device["params"]),
        product=device.get("model", ""),
        online=device.get("online", True),
        **further,
    ) | {"params": timed(device["params"])}
