"""Calendars: the timers that a device keeps by itself, to look at."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import batched
from typing import Final, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
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
from .timers import EwelinkTimersEntity, async_add_timer_entities, unreadable_timers

PARALLEL_UPDATES = 0

# More calendars than these are too many for one view: whoever wants them enables them.
ENABLED_CALENDARS: Final = 20
EVENT_LENGTH: Final = timedelta(minutes=1)
# After so many events, others in the event loop have their turn.
BATCH: Final = 100

CALENDARS: dict[Kind, CalendarEntityDescription] = {
    Kind.TIMERS: CalendarEntityDescription(key=Kind.TIMERS, translation_key="timers"),
}


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

    async_add_timer_entities(coordinator, Platform.CALENDAR, Kind.TIMERS, make, async_add_entities)


class EwelinkCalendar(EwelinkTimersEntity, CalendarEntity):
    """The timers of one device: an event of a minute each time that one is due."""

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
        super().__init__(coordinator, device, capability, description)
        self._words = words
        self._attr_entity_registry_enabled_default = enabled_default

    @override
    def _show(self, value: KeptTimers | None) -> None:
        super()._show(value)
        self._kept = value or KeptTimers()

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
        events: list[CalendarEvent] = []
        for some in batched(occurrences(self._kept.timers, earliest, end_date), BATCH, strict=False):
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
        """Say which channel, or the device, and what happens to it."""
        outlet = occurrence.outlet
        capability = self.capability
        if outlet is None or (isinstance(capability, TimersCapability) and capability.outlets == (outlet,)):
            entry = self.coordinator.async_device_entry(self._device.device_id)
            name = (entry and entry.name_by_user) or self._device.name
        else:
            name = self.coordinator.channel_name(self._device, outlet)
        if (on := occurrence.on) is not None:
            return f"{name}: {self._words[on]}"
        # Something else than switching: its own words tell it best.
        return f"{name}: {', '.join(f'{key} {value}' for key, value in occurrence.action.items())}"
