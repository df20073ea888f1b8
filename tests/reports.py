"""Plays the reports of owners against the simulator, and compares what Home Assistant shows."""

import asyncio
from collections.abc import Callable
import json
import re
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)

from custom_components.ewelink.const import DOMAIN
from simulator import Simulator
from simulator.devices import SimulatedDevice
from simulator.home import item
from tests.common import connected
from tests.report_words import Report, agrees, hidden_and_readable, meant, options, timed

# The integration's own times are shortened for tests, those of a report with them.
SHORTER = 50
DOWNLOAD = "diagnostics"
_SERVICE = re.compile(r"\b([a-z_]+)\.([a-z_]+)\b")
# Words that people use for what is in the device, in a name.
_CHANNEL = re.compile(r"(?:channel|outlet|valve|button) (\d+)")
# What a hint may be called in the name of an entity.
_CALLED = {"today": "energy today", "month": "this month", "indoor": "temperature"}
# What a press is called in Home Assistant.
_PRESSES = {
    "single press": "press_end",
    "double press": "multi_press_end 2",
    "triple press": "multi_press_end 3",
    "long press": "long_press_start",
}


class Story:
    """One report that is being played."""

    def __init__(
        self,
        hass: HomeAssistant,
        cloud: Simulator,
        entry: MockConfigEntry,
        report: Report,
        caplog: pytest.LogCaptureFixture,
        client: Callable[..., Any] | None,
    ) -> None:
        """Take the report, whose device is listed already, and a `client` if it downloads something."""
        self._hass = hass
        self._cloud = cloud
        self._entry = entry
        self._report = report
        self._caplog = caplog
        self._client = client
        self._device_id: str = report["device"]["deviceid"]
        self._registry = er.async_get(hass)
        self._seen_frames = 0
        # What the last command told.
        self.error: str | None = None
        self._events: list[tuple[str, str]] = []
        self._old_events: list[tuple[str, str]] = []
        self._last: dict[str, str] = {}
        self._files: list[Any] = []
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
        if kind == "command":
            self._seen_frames = len(self._device.received)
            self.error = None
            await self._command(content, answer)
        else:
            # The answer belongs to the command before it, whose error it may be.
            self.error = self.error if kind == "answer" else None
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
        if "add" in changes:
            add(self._cloud, changes["add"])
        if "remove" in changes:
            self._cloud.remove_device(changes["remove"])
        for device_id, params in changes.get("change", {}).items():
            self._cloud.devices[device_id].params |= timed(params)

    async def _frame(self, frame: dict[str, Any]) -> None:
        for session in list(self._cloud.connections):
            await session.send({"apikey": self._device.owner.apikey, "userAgent": "device", **frame})

    async def _log(self, _: Any) -> None:
        """One frame, which is logged as a whole."""
        await self._push(self._report["device"]["params"])
        own = (one for one in self._caplog.records if one.name.startswith("custom_components."))
        self._files.append("\n".join(record.getMessage() for record in own))

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
            told = state.attributes["event_type"]
            count = state.attributes.get("multi_press_count")
            entry = self._registry.async_get(state.entity_id)
            assert entry is not None
            self._events.append((entry.unique_id, told if count is None else f"{told} {count}"))

    async def _command(self, command: dict[str, Any], answer: Any) -> None:
        services = _SERVICE.findall(words := str(command["service"]))
        if not services and DOWNLOAD in words:
            await self._download_diagnostics()
            return
        # People say what for, not how.
        is_history = not services and "history" in words
        services = [("button", "press")] if is_history else services
        entity = self._taking(words, services, command.get("entity", ""))
        assert entity is not None, f"nothing takes {words}"
        service, state = entity
        code = answer.get("error", 0) if isinstance(answer, dict) else 0
        if code:
            self._cloud.faults.add("error", interface="update", deviceid=self._device_id, code=code)
        try:
            await self._hass.services.async_call(
                state.domain,
                service,
                {ATTR_ENTITY_ID: state.entity_id, **command.get("data", {})},
                blocking=True,
            )
        except HomeAssistantError as err:
            self.error = err.translation_key or str(err)

    def _taking(self, words: str, services: list[tuple[str, str]], entity: Any) -> tuple[str, State] | None:
        """Return the first service that somebody takes, and who: of words, "kind", "kind/class" or a name."""
        # People write which button, too.
        hint = found[1] if (found := re.search(r"button (\w+)", _SERVICE.sub("", words))) else ""
        hint = "history" if "history" in words else hint
        wanted, _, device_class = str(entity).partition("/")
        if not hint and wanted not in {domain for domain, _ in services} and " or " not in wanted:
            hint = wanted
        for domain, service in services:
            if not self._hass.services.has_service(domain, service):
                continue
            kind = {"kind": domain} | ({"device_class": device_class} if device_class else {})
            if state := self._find({**kind, "name_hint": hint}) or self._find(kind):
                return service, state
        return None

    async def _download_diagnostics(self) -> None:
        entities = self._registry.entities.values()
        of_it = next(entity.device_id for entity in entities if entity.unique_id.startswith(self._device_id))
        device = dr.async_get(self._hass).async_get(of_it or "")
        assert device is not None
        assert self._client is not None
        of_device = await get_diagnostics_for_device(self._hass, self._client, self._entry, device)
        of_entry = await get_diagnostics_for_config_entry(self._hass, self._client, self._entry)
        self._files += [of_device, of_entry]

    # Expectations

    def _expect(self, number: int) -> None:
        for expected in self._report["expect"]:
            if expected["after"] != number:
                continue
            where = f"{self._report['id']}, after {number}"
            for entity in expected.get("entities", ()):
                self._expect_entity(entity, where)
            for words in expected.get("absent", ()):
                # What people call a switch is no setting.
                entity = meant(words)
                found = entity and self._find(entity, settings=words is entity, elsewhere=False)
                assert not found, f"{where}: {words} is there"
            if "frames" in expected:
                self._expect_frames(expected["frames"], where)
            if "events" in expected or expected.get("no_events"):
                self._expect_events(expected.get("events", []), where)
            if expected.get("no_frames"):
                assert self._new_frames() == [], where
            self._expect_error(expected.get("error"), where)
            for hidden, readable in hidden_and_readable([expected.get("note", "")]):
                self._expect_files(hidden, readable, where)
        self._old_events, self._events = [*self._old_events, *self._events], []

    def _expect_error(self, expected: Any, where: str) -> None:
        if expected is None:
            assert self.error is None, where
        elif isinstance(expected, list) or " " not in expected:
            assert self.error in options(expected), where
        else:
            # A sentence for people: something is told, at least.
            assert self.error is not None, where

    def _expect_files(self, hidden: list[str], readable: list[str], where: str) -> None:
        assert self._files, f"{where}: there is no file"
        for text in map(str, self._files):
            assert [one for one in hidden if one in text] == [], where
        params = json.loads(json.dumps(self._files[0]["device"]["params"]))
        assert {name: params[name] for name in readable} == {
            name: self._report["device"]["params"][name] for name in readable
        }, where

    def _expect_entity(self, expected: dict[str, Any], where: str) -> None:
        found = self._candidates(expected)
        assert found, f"{where}: no {expected} among {sorted(self._hass.states.async_entity_ids())}"
        wrong = [self._mismatch(state, expected) for state in found]
        assert None in wrong, f"{where}: {wrong}"

    @staticmethod
    def _mismatch(state: State, expected: dict[str, Any]) -> str | None:
        if "state" in expected and not agrees(state.state, expected["state"]):
            return f"{state} is not {expected['state']!r}"
        for name, value in expected.get("attr", {}).items():
            if not agrees(state.attributes.get(name), value):
                return f"{name} of {state} is not {value!r}"
        return None

    def _find(self, wanted: dict[str, Any], **where: bool) -> State | None:
        return next(iter(self._candidates(wanted, **where)), None)

    def _candidates(
        self, wanted: dict[str, Any], *, settings: bool = True, elsewhere: bool = True
    ) -> list[State]:
        """Return the entities that may be meant: of the device, of others if it has none."""
        kinds = options(wanted["kind"])
        # Others may stand in parentheses.
        classes = re.findall(r"[a-z0-9_]+", str(wanted["device_class"])) if "device_class" in wanted else None
        ranked: dict[tuple[bool, bool, bool], list[State]] = {}
        for state in self._hass.states.async_all():
            entry = self._registry.async_get(state.entity_id)
            if entry is None or entry.unique_id == f"{self._entry.entry_id}_connection":
                continue
            if kinds != ["any"] and state.domain not in kinds:
                continue
            if classes is not None and state.attributes.get("device_class") not in classes:
                continue
            is_own = entry.unique_id.startswith(self._device_id)
            if (is_own or elsewhere) and (settings or entry.entity_category is None):
                is_main = state.name == self._report["device"]["name"]
                ranked.setdefault((not is_own, entry.entity_category is not None, not is_main), []).append(
                    state
                )
        if "name_hint" not in wanted or not wanted["name_hint"]:
            return ranked[min(ranked)] if ranked else []
        return self._hinted([state for _, states in sorted(ranked.items()) for state in states], wanted)

    def _hinted(self, found: list[State], wanted: dict[str, Any]) -> list[State]:
        hint = wanted["name_hint"]
        words = str(hint).lower()
        never = re.findall(r"never (\w+)", words)
        hints = [str(one).lower() for one in options(hint)]
        if not hints:
            return found
        names = [_CALLED.get(one, one) for one in hints]
        names += [f"channel {channel}" for one in hints for channel in _CHANNEL.findall(one)]
        called = {state: state.name.removeprefix(self._report["device"]["name"]).lower() for state in found}
        hinted = [state for state in found if any(name in called[state] for name in names)]
        # A device with one channel does not name it, and one with one temperature neither.
        if not hinted and len(found) == 1 and "energy" not in names[0]:
            hinted = found
        return [state for state in hinted if not any(name in called[state] for name in never)]

    def _new_frames(self) -> list[dict[str, Any]]:
        received = self._cloud.devices[self._device_id].received
        new, self._seen_frames = received[self._seen_frames :], len(received)
        return new

    def _expect_events(self, expected: list[dict[str, Any]], where: str) -> None:
        told = self._events if len(self._events) == len(expected) else [*self._old_events, *self._events]
        self._old_events = []
        assert len(told) == len(expected), f"{where}: {told}"
        for (unique_id, event_type), wanted in zip(told, expected, strict=True):
            if "type" in wanted:
                words = [str(one).replace("slide ", "swipe_") for one in options(wanted["type"])]
                assert not words or event_type in {_PRESSES.get(word, word) for word in words}, where
            if "channel" in wanted:
                assert unique_id.endswith(f"_{wanted['channel']}"), where
            # A device with one button does not number it.
            if "button" in wanted and len(self._candidates({"kind": "event"}, elsewhere=False)) > 1:
                assert unique_id.endswith(f"_{wanted['button'] - 1}"), where
            if "remote" in wanted:
                entity_id = self._registry.async_get_entity_id("event", DOMAIN, unique_id)
                state = self._hass.states.get(entity_id or "")
                assert state is not None, where
                assert wanted["remote"] in state.name, where

    def _expect_frames(self, expected: list[dict[str, Any]], where: str) -> None:
        frames = self._new_frames()
        assert len(frames) == len(expected), f"{where}: {frames}"
        for frame, wanted in zip(frames, expected, strict=True):
            allowed = wanted.get("any_of", [wanted])
            assert any(_is_frame(frame, option) for option in allowed), f"{where}: {frame} is not {wanted}"


def _is_frame(frame: dict[str, Any], wanted: dict[str, Any]) -> bool:
    optional = wanted.get("optional", {})
    needed = {key: value for key, value in wanted.items() if key not in ("optional", "note")}
    beside = {key: value for key, value in frame.items() if key not in needed}
    told = {key: value for key, value in frame.items() if key in needed}
    same_types = all(type(told[key]) is type(needed[key]) for key in told)
    return told == needed and same_types and all(optional.get(key) == beside[key] for key in beside)


def add(cloud: Simulator, device: dict[str, Any]) -> None:
    """Add a device of a report, without what devices of its kind usually tell, too."""
    cloud.add_device(listed(device)).params = timed(device["params"])


def listed(device: dict[str, Any]) -> dict[str, Any]:
    """Return a device of a report in the shape of the device list."""
    further = {key: device[key] for key in ("tags", "denyFeatures", "family") if key in device}
    return item(
        device["deviceid"],
        device["uiid"],
        device["name"],
        timed(device["params"]),
        product=device.get("model", ""),
        online=device.get("online", True),
        **further,
    ) | {"params": timed(device["params"])}
