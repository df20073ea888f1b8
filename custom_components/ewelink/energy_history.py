"""The history that meters keep, imported into Home Assistant's long-term statistics.

It is kept under statistics of its own: those of an entity are written by the recorder, which sees a gap as
one step and knows nothing before the installation. Hours that are imported stay as they are; later ones
follow.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import partial
from itertools import batched
import logging
from typing import Any, Final, NamedTuple
from zlib import crc32

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN, get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_add_external_statistics, get_last_statistics
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.unit_conversion import EnergyConverter

from .const import DOMAIN
from .coolkit import (
    CommandError,
    ConnectionState,
    CoolKitClient,
    CoolKitError,
    Device,
    DeviceOfflineError,
    HistoryCapability,
    Period,
    QueryTimeoutError,
)
from .inventory import Inventory
from .texts import async_texts

_LOGGER = logging.getLogger(__name__)

HOUR: Final = timedelta(hours=1)
# How often it is looked whether anything is due, and how long that waits after the start.
LOOK: Final = timedelta(minutes=1)
# Clocks differ: nothing is asked while an hour is about to end or has just begun.
MARGIN: Final = timedelta(minutes=2)
# Meters are asked one after the other in the minutes behind that.
SPREAD: Final = 600
# The longest pause after answers that did not come.
LONGEST_PAUSE: Final = timedelta(days=1)
# Hours that the recorder writes in one step: a first import has thousands.
AT_A_TIME: Final = 240
# What says nothing of how a device wants to be asked.
_SILENT: Final = (DeviceOfflineError, QueryTimeoutError)


class Row(NamedTuple):
    """One hour: what its period has taken up to its end, and everything that was imported, in kWh."""

    start: datetime
    state: float
    sum: float


class NotNowError(Exception):
    """An hour or a day is about to change, so that nobody could tell which is meant."""

    def __init__(self, until: datetime) -> None:
        """Tell from when on it can be asked."""
        super().__init__(until)
        self.until = until


class NothingToldError(Exception):
    """The answer holds no history that can be read."""


def hour_of(moment: datetime) -> datetime:
    """Return when the hour of a moment began."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def zone_of(device: Device, home: tzinfo, now: datetime) -> tzinfo:
    """Return where the days of a meter begin: at home, unless it says that it is elsewhere.

    Devices know their offset from UTC and no summer time.
    """
    told = device.params.get("timeZone")
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not -12 <= told <= 14:
        return home
    offset = timedelta(hours=told)
    at_home = (datetime(now.year, month, 1, tzinfo=home).utcoffset() for month in (1, 7))
    return home if offset in at_home else timezone(offset)


def hours_of_day(day: date, zone: tzinfo) -> Iterator[datetime]:
    """Yield the hours that begin on a day: 23 or 25 where the clocks are changed."""
    start, end = (
        datetime.combine(day + timedelta(days=later), time.min, zone).astimezone(UTC) for later in (0, 1)
    )
    hour = hour_of(start)
    while hour < end:
        if hour >= start:
            yield hour
        hour += HOUR


def rows_of_hours(values: Sequence[float], now: datetime, last: Row | None) -> list[Row]:
    """Return the hours behind the last one that was imported; the first value is the running one."""
    running = hour_of(now)
    total = 0.0 if last is None else last.sum
    rows: list[Row] = []
    for back in range(len(values) - 1, 0, -1):
        hour = running - back * HOUR
        if (last is not None and hour <= last.start) or not (rows or last or values[back]):
            continue
        total = round(total + values[back], 4)
        rows.append(Row(hour, values[back], total))
    return rows


def rows_of_days(values: Sequence[float], now: datetime, zone: tzinfo, last: Row | None) -> list[Row]:
    """Return the hours behind the last one that was imported; the first value is the running day.

    What a day has taken since it was last asked is spread evenly over its hours since then.
    """
    running = hour_of(now)
    today = now.astimezone(zone).date()
    rows: list[Row] = []
    for back in range(len(values) - 1, -1, -1):
        if not (rows or last or values[back]):
            continue
        day = today - timedelta(days=back)
        hours = [hour for hour in hours_of_day(day, zone) if hour < running]
        known = rows[-1] if rows else last
        told = 0.0
        if known is not None:
            if known.start in hours:
                told = known.state
            hours = [hour for hour in hours if hour > known.start]
        # A meter that was reset counts the day from 0 again.
        taken = values[back] - told if values[back] >= told else values[back]
        total = 0.0 if known is None else known.sum
        for number, hour in enumerate(hours, 1):
            part = taken * number / len(hours)
            rows.append(Row(hour, round(values[back] - taken + part, 6), round(total + part, 6)))
    return rows


@dataclass(slots=True)
class _Meter:
    """What is known of the history of one meter: when it is asked next, and how."""

    due: datetime
    failures: int = 0
    way: int = 0
    queued: Row | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class EnergyHistories:
    """Asks the meters of an account for their history, each once an hour at most."""

    def __init__(self, hass: HomeAssistant, client: CoolKitClient, inventory: Inventory) -> None:
        """Ask nobody yet."""
        self._hass = hass
        self._client = client
        self._inventory = inventory
        self._meters: dict[str, _Meter] = {}
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_start(self, entry: Any) -> None:
        """Look from now on what is due, where there is a recorder."""
        if RECORDER_DOMAIN in self._hass.config.components:

            @callback
            def look(now: datetime) -> None:
                if self._task is None or self._task.done():
                    self._task = entry.async_create_background_task(
                        self._hass, self._async_look(now), f"{DOMAIN} energy history"
                    )

            entry.async_on_unload(
                async_track_time_interval(self._hass, look, LOOK, name=f"{DOMAIN} energy history")
            )

    async def _async_look(self, now: datetime) -> None:
        """Ask the meters that are due, one after the other."""
        for device in list(self._inventory.shown_devices):
            for history in [*self._inventory.capabilities(device)]:
                if (
                    isinstance(history, HistoryCapability)
                    and self._client.connection is ConnectionState.CONNECTED
                    and self._client.is_online(device)
                    and self._meter(device, history, now).due <= now
                ):
                    try:
                        await self.async_import(device, history)
                    except (CoolKitError, NothingToldError, NotNowError) as err:
                        _LOGGER.debug("No energy history of %s: %s", device.device_id, err)

    def _meter(self, device: Device, history: HistoryCapability, now: datetime) -> _Meter:
        return self._meters.setdefault(statistic_id_of(device, history), _Meter(now))

    async def async_import(self, device: Device, history: HistoryCapability) -> list[Row]:
        """Import what is not imported yet, and return it; ask only if there is such an hour.

        Raises `NotNowError`, `NothingToldError`, and as `client.read_history` does.
        """
        now = dt_util.utcnow()
        statistic_id = statistic_id_of(device, history)
        meter = self._meter(device, history, now)
        async with meter.turn:
            self._check_time(device, history, meter, now)
            last = await self._async_last(statistic_id, meter)
            if last is not None and last.start >= hour_of(now) - HOUR:
                meter.due = self._next(statistic_id, now)
                return []
            try:
                rows = await self._async_read(device, history, meter, last)
            except (CoolKitError, NothingToldError) as err:
                if isinstance(err, (CommandError, NothingToldError)) and not isinstance(err, _SILENT):
                    meter.way = (meter.way + 1) % len(history.requests)
                meter.due = self._next(statistic_id, now) + min(HOUR * (2**meter.failures - 1), LONGEST_PAUSE)
                meter.failures = min(meter.failures + 1, 5)
                raise
            meter.failures = 0
            meter.due = self._next(statistic_id, now)
            if rows:
                await self._async_add(device, history, rows)
                meter.queued = rows[-1]
            return rows

    def _check_time(self, device: Device, history: HistoryCapability, meter: _Meter, now: datetime) -> None:
        """Refuse a time at which it could be doubted which hour or day is the running one."""
        hour = hour_of(now)
        zone = zone_of(device, dt_util.get_default_time_zone(), now)
        if history.period is Period.DAY and (
            (now - HOUR - MARGIN).astimezone(zone).date() != (now + HOUR + MARGIN).astimezone(zone).date()
        ):
            meter.due = now + 10 * MARGIN
            tomorrow = (now + HOUR + MARGIN).astimezone(zone).date()
            midnight = datetime.combine(tomorrow, time.min, zone).astimezone(UTC)
            raise NotNowError(midnight + HOUR + 2 * MARGIN)
        if not MARGIN <= now - hour <= HOUR - MARGIN:
            meter.due = hour + MARGIN if now - hour < MARGIN else hour + HOUR + MARGIN
            raise NotNowError(meter.due)

    def _next(self, statistic_id: str, now: datetime) -> datetime:
        """Return when a meter is asked in the next hour."""
        return hour_of(now) + HOUR + MARGIN + timedelta(seconds=crc32(statistic_id.encode()) % SPREAD)

    async def _async_read(
        self, device: Device, history: HistoryCapability, meter: _Meter, last: Row | None
    ) -> list[Row]:
        wanted = history.usual
        asked = dt_util.utcnow()
        if last is not None and history.period is Period.HOUR:
            wanted = min((hour_of(asked) - last.start) // HOUR, history.most)
        values = await self._client.read_history(device.device_id, history, wanted, meter.way)
        now = dt_util.utcnow()
        if not values:
            raise NothingToldError
        if hour_of(now) != hour_of(asked):
            raise NotNowError(hour_of(now) + MARGIN)
        if history.period is Period.HOUR:
            return rows_of_hours(values, now, last)
        return rows_of_days(values, now, zone_of(device, dt_util.get_default_time_zone(), now), last)

    async def _async_last(self, statistic_id: str, meter: _Meter) -> Row | None:
        """Return the last hour that was imported; one that the recorder has not written yet counts, too."""
        found = await get_instance(self._hass).async_add_executor_job(
            partial(
                get_last_statistics,
                self._hass,
                number_of_stats=1,
                statistic_id=statistic_id,
                convert_units=False,
                types={"state", "sum"},
            )
        )
        row = None
        if rows := found.get(statistic_id):
            start = dt_util.utc_from_timestamp(rows[0]["start"])
            row = Row(start, rows[0].get("state") or 0.0, rows[0].get("sum") or 0.0)
        if meter.queued is not None and (row is None or row.start < meter.queued.start):
            return meter.queued
        meter.queued = None
        return row

    async def _async_add(self, device: Device, history: HistoryCapability, rows: list[Row]) -> None:
        """Hand hours to the recorder."""
        texts = await async_texts(self._hass, "common")
        device_entry = self._inventory.registry.find(device.device_id)
        name = (device_entry and (device_entry.name_by_user or device_entry.name)) or device.name
        if history.outlet is not None:
            name = f"{name} {self._inventory.channel_name(device, history.outlet)}"
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=texts.get("energy_history", meter=name),
            source=DOMAIN,
            statistic_id=statistic_id_of(device, history),
            unit_class=EnergyConverter.UNIT_CLASS,
            unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        )
        for some in batched(rows, AT_A_TIME, strict=False):
            data = [StatisticData(start=row.start, state=row.state, sum=row.sum) for row in some]
            async_add_external_statistics(self._hass, metadata, data)


def statistic_id_of(device: Device, history: HistoryCapability) -> str:
    """Return under which id a history stands among the statistics."""
    return f"{DOMAIN}:{slugify(f'{device.device_id}_{history.key}')}"
