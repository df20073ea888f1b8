"""Timers as people read them: in local time, in the language of Home Assistant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .coolkit import (
    Device,
    Loop,
    Occurrence,
    Once,
    Params,
    Timer,
    TimerKind,
    TimersCapability,
    Weekday,
    Weekly,
    capabilities_of,
    local_schedules,
)
from .coordinator import EwelinkCoordinator
from .diagnostics import without_secrets
from .texts import NOTHING, Texts, async_texts


def as_local(moment: datetime) -> datetime:
    """Return a moment in local time; in UTC where the local calendar has ended or not begun."""
    try:
        return dt_util.as_local(moment)
    except OverflowError:
        return dt_util.as_utc(moment)


def readable(moment: datetime) -> str:
    """Return a moment in local time; one without a zone is local already."""
    local = moment if moment.tzinfo is None else as_local(moment)
    return local.replace(tzinfo=None).isoformat(" ", "minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerWords:
    """What the fields and the kinds of timers are called where they are entered."""

    services: Texts
    choices: Texts

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> Self:
        """Load the words in the language of Home Assistant."""
        return cls(services=await async_texts(hass, "services"), choices=await async_texts(hass, "selector"))

    def fields(self, *names: str) -> str:
        """Return the labels of fields of an action, each with its name in YAML."""
        return ", ".join(f"{self.services.get(f'add_timer.fields.{name}.name')} ({name})" for name in names)

    def kinds(self, *kinds: TimerKind | None) -> str:
        """Return the labels of kinds; a timer that cannot be read has none."""
        return ", ".join(
            NOTHING if kind is None else self.choices.get(f"timer_kind.options.{kind}") for kind in kinds
        )


def timers_capability_of(device: Device) -> TimersCapability | None:
    """Return what timers a device takes, even if it has never told of any; None if it keeps none."""
    for capability in capabilities_of(device.with_params({"timers": []})):
        if isinstance(capability, TimersCapability):
            return capability
    return None


async def async_timer_lines(coordinator: EwelinkCoordinator, device: Device, timers: Sequence[Timer]) -> str:
    """Return the timers of a device in one line."""
    hass = coordinator.hass
    common, names = await async_texts(hass, "common"), await async_texts(hass, "selector")
    capability = timers_capability_of(device)
    # The only channel of a device is the device.
    channels = {
        outlet: coordinator.channel_name(device, outlet)
        for timer in timers
        for action in timer.actions
        if (outlet := _occurrence(timer, action).outlet) is not None
        and (capability is None or capability.outlets != (outlet,))
    }
    return "; ".join(_line(coordinator, timer, channels, common, names) for timer in timers) or NOTHING


def _line(
    coordinator: EwelinkCoordinator, timer: Timer, channels: Mapping[int, str], common: Texts, names: Texts
) -> str:
    """Return kind, local time, what is done, and whether the timer is disabled."""
    if timer.kind is None:
        return common.get("timer_unreadable")
    kind = names.get(f"timer_kind.options.{timer.kind}")
    actions = [_done(coordinator, _occurrence(timer, action), channels, names) for action in timer.actions]
    text = ""
    match timer.schedule:
        case Once(at=at):
            text = common.get("timer_at", kind=kind, time=readable(at), action=actions[0])
        case Weekly() as weekly:
            now = local_schedules(weekly, dt_util.get_default_time_zone(), dt_util.utcnow())[0]
            days = ", ".join(names.get(f"weekday.options.{day}") for day in Weekday if day in now.weekdays)
            if len(now.weekdays) == len(Weekday):
                days = common.get("every_day")
            clock = now.at.isoformat("minutes")
            text = common.get("timer_on_days", kind=kind, time=clock, days=days, action=actions[0])
        case Loop(start=start, cycle=cycle, then=then):
            action = actions[0]
            if then is not None:
                action = common.get("timer_then", first=action, minutes=str(then), second=actions[1])
            text = common.get(
                "timer_cycle", kind=kind, time=readable(start), minutes=str(cycle), action=action
            )
    return text if timer.enabled else common.get("timer_disabled", timer=text)


def _occurrence(timer: Timer, action: Params) -> Occurrence:
    return Occurrence(time=dt_util.utcnow(), timer=timer, action=action)


def told_params(coordinator: EwelinkCoordinator, params: Params) -> str:
    """Return what a timer writes, in the words of the device; what may be a secret is none of them."""
    told: Params = without_secrets(coordinator.config_entry, params, params=True)
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _done(
    coordinator: EwelinkCoordinator, occurrence: Occurrence, channels: Mapping[int, str], names: Texts
) -> str:
    """Return what is done, and with which channel."""
    if (on := occurrence.on) is None:
        # Something else than switching: its own words tell it best.
        return told_params(coordinator, occurrence.action)
    text = names.get(f"timer_operation.options.{'turn_on' if on else 'turn_off'}")
    channel = None if occurrence.outlet is None else channels.get(occurrence.outlet)
    return text if channel is None else f"{text} ({channel})"
