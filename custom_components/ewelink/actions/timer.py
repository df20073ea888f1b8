"""Actions for the timers that devices keep, in local time."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import probatio

from ..coolkit import (
    Device,
    KeptTimers,
    Loop,
    Once,
    Timer,
    TimerKind,
    Weekday,
    Weekly,
    find_timer,
    kept_timers,
    local_schedules,
    next_occurrence,
)
from ..coordinator import EwelinkCoordinator
from ..diagnostics import without_secrets
from ..timer_editing import (
    ATTR_AT,
    ATTR_DELAY,
    ATTR_ENABLED,
    ATTR_EVERY,
    ATTR_KIND,
    ATTR_OPERATION,
    ATTR_THEN_AFTER,
    ATTR_THEN_OPERATION,
    ATTR_TIME,
    ATTR_TIMER,
    ATTR_WEEKDAYS,
    Operation,
    async_add,
    async_ask,
    async_change,
    async_delete,
    channel_of,
    minutes,
    operation_of,
)
from ..timer_texts import TimerWords, as_local
from ..timers import unreadable_timers
from .common import (
    ATTR_CHANNEL,
    DEVICE_FIELD,
    Action,
    async_target_device,
    errors_shown,
    positive,
    text,
    whole_characters,
)
from .permissions import Access

# What is told of timers


def _describe(coordinator: EwelinkCoordinator, timer: Timer) -> JsonObjectType:
    """Return a timer in local time; one that is repeated with how its hour moves over the year."""
    now = dt_util.utcnow()
    zone = dt_util.get_default_time_zone()
    told: JsonObjectType = {
        "id": timer.mid,
        "enabled": timer.enabled,
        "kind": None if timer.kind is None else timer.kind.value,
    }
    match timer.schedule:
        case Once(at=at):
            told[ATTR_AT] = _local(at)
        case Loop(start=start, cycle=cycle, then=then):
            told |= {ATTR_AT: _local(start), ATTR_EVERY: cycle, ATTR_THEN_AFTER: then}
        case Weekly() as weekly:
            moves: list[JsonValueType] = [
                {
                    "since": part.since.isoformat(timespec="minutes"),
                    ATTR_TIME: part.at.isoformat(timespec="minutes"),
                    ATTR_WEEKDAYS: [day.value for day in Weekday if day in part.weekdays],
                }
                for part in local_schedules(weekly, zone, now)
            ]
            told |= {"local_times": moves, "moves_with_daylight_saving": len(moves) > 1}
    told["actions"] = [
        {
            ATTR_OPERATION: operation_of(timer, action),
            ATTR_CHANNEL: channel_of(timer, action),
            "params": without_secrets(coordinator.config_entry, action, params=True),
        }
        for action in timer.actions
    ]
    due = next_occurrence([timer], now)
    told["next"] = None if due is None else _local(due.time)
    return told


def _local(moment: datetime) -> str:
    return as_local(moment).isoformat(timespec="minutes")


def _response(coordinator: EwelinkCoordinator, kept: KeptTimers, mid: str | None = None) -> ServiceResponse:
    """Return all timers that a device has now, and the one that was changed."""
    told: list[JsonValueType] = [{**_describe(coordinator, timer), "in_app": False} for timer in kept.timers]
    told += [{**_describe(coordinator, timer), "in_app": True} for timer in kept.set_aside]
    response: JsonObjectType = {"timers": told, "complete": not kept.unreadable}
    if mid is not None:
        response["timer"] = {**_describe(coordinator, find_timer(kept.timers, mid)), "in_app": False}
    return response


def _response_after(
    coordinator: EwelinkCoordinator, device: Device, timers: tuple[Timer, ...], mid: str | None = None
) -> ServiceResponse:
    """Return the timers that a device has after a change, those that the app keeps for it among them."""
    device = coordinator.client.devices.get(device.device_id, device)
    return _response(coordinator, replace(kept_timers(device), timers=timers), mid)


# What is done


async def _async_list_timers(call: ServiceCall) -> ServiceResponse:
    """Ask a device for its timers; those of one that does not answer now are told as it last told them.

    Those that the app keeps for it are among them. A device of which no timer can be read is told as such.
    """
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        await async_ask(coordinator, device)
    kept = kept_timers(coordinator.client.devices.get(device.device_id, device))
    if kept.unreadable and not (kept.timers or kept.set_aside):
        raise unreadable_timers(device)
    return _response(coordinator, kept)


async def _async_add_timer(call: ServiceCall) -> ServiceResponse:
    """Add a timer to a device."""
    coordinator, device = async_target_device(call)
    words = await TimerWords.async_load(call.hass)
    timers, mid = await async_add(coordinator, device, call.data, words)
    return _response_after(coordinator, device, timers, mid)


async def _async_change_timer(call: ServiceCall) -> ServiceResponse:
    """Change a timer; what is not given stays as it is."""
    coordinator, device = async_target_device(call)
    mid = call.data[ATTR_TIMER]
    words = await TimerWords.async_load(call.hass)
    return _response_after(
        coordinator, device, await async_change(coordinator, device, mid, call.data, words), mid
    )


async def _async_switch_timer(call: ServiceCall, *, enabled: bool) -> ServiceResponse:
    coordinator, device = async_target_device(call)
    mid = call.data[ATTR_TIMER]
    words = await TimerWords.async_load(call.hass)
    timers = await async_change(coordinator, device, mid, {ATTR_ENABLED: enabled}, words)
    return _response_after(coordinator, device, timers, mid)


async def _async_enable_timer(call: ServiceCall) -> ServiceResponse:
    """Let a timer act again."""
    return await _async_switch_timer(call, enabled=True)


async def _async_disable_timer(call: ServiceCall) -> ServiceResponse:
    """Let a timer rest; it stays in the device."""
    return await _async_switch_timer(call, enabled=False)


async def _async_delete_timer(call: ServiceCall) -> ServiceResponse:
    """Delete a timer."""
    coordinator, device = async_target_device(call)
    return _response_after(
        coordinator, device, await async_delete(coordinator, device, call.data[ATTR_TIMER])
    )


_WHAT: Final[dict[Any, Any]] = {
    probatio.Optional(ATTR_CHANNEL): positive,
    probatio.Optional(ATTR_AT): probatio.All(whole_characters, cv.datetime),
    probatio.Optional(ATTR_TIME): cv.time,
    probatio.Optional(ATTR_WEEKDAYS): probatio.All(
        probatio.EnsureList(), [probatio.Coerce(Weekday)], probatio.Length(min=1)
    ),
    probatio.Optional(ATTR_DELAY): minutes,
    probatio.Optional(ATTR_EVERY): minutes,
    probatio.Optional(ATTR_THEN_AFTER): minutes,
    probatio.Optional(ATTR_THEN_OPERATION): probatio.Coerce(Operation),
}
_TIMER: Final[dict[Any, Any]] = {**DEVICE_FIELD, probatio.Required(ATTR_TIMER): text}

TIMER_ACTIONS: Final = {
    "list_timers": Action(
        handle=_async_list_timers, fields=DEVICE_FIELD, access=Access.READ, response=SupportsResponse.ONLY
    ),
    "add_timer": Action(
        handle=_async_add_timer,
        fields={
            **DEVICE_FIELD,
            probatio.Required(ATTR_KIND): probatio.Coerce(TimerKind),
            probatio.Required(ATTR_OPERATION): probatio.Coerce(Operation),
            probatio.Optional(ATTR_ENABLED, default=True): cv.boolean,
            **_WHAT,
        },
        access=Access.CONTROL,
    ),
    "change_timer": Action(
        handle=_async_change_timer,
        fields={
            **_TIMER,
            probatio.Optional(ATTR_KIND): probatio.Coerce(TimerKind),
            probatio.Optional(ATTR_OPERATION): probatio.Coerce(Operation),
            **_WHAT,
        },
        access=Access.CONTROL,
    ),
    "enable_timer": Action(handle=_async_enable_timer, fields=_TIMER, access=Access.CONTROL),
    "disable_timer": Action(handle=_async_disable_timer, fields=_TIMER, access=Access.CONTROL),
    "delete_timer": Action(handle=_async_delete_timer, fields=_TIMER, access=Access.CONTROL),
}
