"""Calendars: the timers that a device keeps by itself, to look at."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coolkit import (
    Capability,
    Device,
    KeptTimers,
    Kind,
    Occurrence,
    TimersCapability,
    next_occurrence,
    occurrences,
)
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .timer_texts import told_params
from .timers import EwelinkTimersEntity, async_add_timer_entities, unreadable_timers

PARALLEL_UPDATES = 0

# More calendars than these are too many for one view: whoever wants them enables them.
ENABLED_CALENDARS: Final = 20
EVENT_LENGTH: Final = timedelta(minutes=1)
# After so many events, others in the event loop have their turn.
BATCH: Final = 100
_KNOWN_SINCE: Final = "known_since"

CALENDARS: dict[Kind, CalendarEntityDescription] = {
    Kind.TIMERS: CalendarEntityDescription(key=Kind.TIMERS, translation_key="timers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _KnownSince(ExtraStoredData):
    """What is kept over a restart: the moment, as text, from which on each timer is known."""

    moments: Mapping[str, str]

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {_KNOWN_SINCE: dict(self.moments)}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendars of the account's devices that have timers."""
    coordinator = entry.runtime_data
    translations = await async_get_translations(hass, hass.config.language, "entity", integrations={DOMAIN})
    messages = f"component.{DOMAIN}.entity.calendar.timers.state_attributes.message.state"
    words = {on: translations[f"{messages}.{state}"] for on, state in ((True, STATE_ON), (False, STATE_OFF))}
    suffix = f"_{Kind.TIMERS}"
    known = {
        registered.unique_id.removesuffix(suffix)
        for registered in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if registered.domain == Platform.CALENDAR
    }

    def make(
        coordinator: EwelinkCoordinator, device: Device, capability: Capability[KeptTimers]
    ) -> EwelinkCalendar:
        known.intersection_update(coordinator.client.devices)
        known.add(device.device_id)
        return EwelinkCalendar(
            coordinator,
            device,
            capability,
            CALENDARS[capability.kind],
            words=words,
            enabled_default=len(known) <= ENABLED_CALENDARS,
        )

    await async_add_timer_entities(coordinator, Platform.CALENDAR, Kind.TIMERS, make, async_add_entities)


class EwelinkCalendar(EwelinkTimersEntity, CalendarEntity, RestoreEntity):
    """The timers of one device: an event of a minute each time that one is due.

    A repeated timer is shown from the day on which it was first seen: when it was made, nobody says.
    """

    _kept: KeptTimers

    def __init__(
        self,
        coordinator: EwelinkCoordinator,
        device: Device,
        capability: Capability[KeptTimers],
        description: CalendarEntityDescription,
        *,
        words: Mapping[bool, str],
        enabled_default: bool,
    ) -> None:
        """Take the words for on and off."""
        self._known_since: dict[str, datetime] = {}
        super().__init__(coordinator, device, capability, description)
        self._words = words
        self._attr_entity_registry_enabled_default = enabled_default

    @override
    def _show(self, value: KeptTimers | None) -> None:
        super()._show(value)
        self._kept = value or KeptTimers()
        for timer in self._kept.timers:
            if (mid := timer.mid or "") not in self._known_since:
                self._known_since[mid] = dt_util.as_utc(dt_util.start_of_local_day())

    @override
    async def async_added_to_hass(self) -> None:
        """Remember since when the timers are known."""
        if (stored := await self.async_get_last_extra_data()) is not None:
            self._known_since |= _moments(stored.as_dict().get(_KNOWN_SINCE))
        await super().async_added_to_hass()

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """What has to be remembered over a restart: of the timers that there are."""
        mids = {timer.mid or "" for timer in self._kept.timers}
        known = {mid: since.isoformat() for mid, since in self._known_since.items() if mid in mids}
        return _KnownSince(moments=known)

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the present event, else the next one."""
        occurrence = next_occurrence(self._kept.timers, dt_util.utcnow() - EVENT_LENGTH)
        return None if occurrence is None else self._event(occurrence)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events that a range touches, up to the limits of `occurrences`.

        A device of which no timer can be read is no device without timers.
        """
        if self._kept.unreadable and not self._kept.timers:
            raise unreadable_timers(self._device)
        # An event that has begun before the range may end in it.
        try:
            earliest = start_date - (EVENT_LENGTH - timedelta.resolution)
        except OverflowError:
            earliest = start_date
        found = occurrences(self._kept.timers, earliest, end_date, known_since=self._known_since)
        events: list[CalendarEvent] = []
        for some in batched(found, BATCH, strict=False):
            events.extend(event for event in map(self._event, some) if event is not None)
            await asyncio.sleep(0)
        return events

    def _event(self, occurrence: Occurrence) -> CalendarEvent | None:
        """Return the event of an occurrence; None where the local calendar has ended or not begun."""
        try:
            start = dt_util.as_local(occurrence.time)
            end = dt_util.as_local(occurrence.time + EVENT_LENGTH)
        except OverflowError:
            return None
        if end < start:
            # Home Assistant reads both off the wall, where clocks have just gone back.
            end = start + (EVENT_LENGTH - timedelta(seconds=1))
        return CalendarEvent(
            start=start, end=end, summary=self._summary(occurrence), uid=occurrence.timer.mid
        )

    def _summary(self, occurrence: Occurrence) -> str:
        """Say what happens, and to which channel where there are several."""
        on, outlet = occurrence.on, occurrence.outlet
        # Something else than switching: its own words tell it best.
        done = told_params(self.coordinator, occurrence.action) if on is None else self._words[on]
        capability = self.capability
        if outlet is None or (isinstance(capability, TimersCapability) and capability.outlets == (outlet,)):
            return done
        return f"{self.coordinator.channel_name(self._device, outlet)}: {done}"


def _moments(stored: Any) -> dict[str, datetime]:
    """Return the moments that were stored, as far as they can be read."""
    known = stored if isinstance(stored, dict) else {}
    moments = {mid: dt_util.parse_datetime(value) for mid, value in known.items() if isinstance(value, str)}
    return {
        mid: moment for mid, moment in moments.items() if moment is not None and moment.tzinfo is not None
    }
