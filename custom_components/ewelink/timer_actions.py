"""Actions for the timers that devices keep, in local time."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
import logging
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import probatio

from .actions import (
    ATTR_CHANNEL,
    DEVICE_FIELD,
    Action,
    async_target_device,
    errors_shown,
    invalid,
    positive,
    text,
    unknown_channel,
)
from .const import DOMAIN
from .coolkit import (
    CommandError,
    CoolKitError,
    Device,
    KeptTimers,
    Loop,
    Occurrence,
    Once,
    Params,
    Permit,
    Timer,
    TimerKind,
    TimersCapability,
    TimersChangedError,
    UnknownDeviceError,
    Weekday,
    Weekly,
    find_timer,
    kept_timers,
    local_schedules,
    make_countdown,
    make_loop,
    make_once,
    make_repeat,
    next_occurrence,
    timer_params,
    with_timer,
    with_timer_enabled,
    with_timer_replaced,
    without_timer,
    write_timers,
)
from .coolkit.timer_writing import TimersChange
from .coordinator import EwelinkCoordinator
from .permissions import Access
from .texts import quoted
from .timer_texts import TimerWords, as_local, async_timer_lines, readable, timers_capability_of
from .timers import unreadable_timers

_LOGGER = logging.getLogger(__name__)

ATTR_AT: Final = "at"
ATTR_DELAY: Final = "delay"
ATTR_ENABLED: Final = "enabled"
ATTR_EVERY: Final = "every"
ATTR_KIND: Final = "kind"
ATTR_OPERATION: Final = "operation"
ATTR_THEN_AFTER: Final = "then_after"
ATTR_THEN_OPERATION: Final = "then_operation"
ATTR_TIME: Final = "time"
ATTR_TIMER: Final = "timer"
ATTR_WEEKDAYS: Final = "weekdays"

# What each kind of timer has to be told, and what it may be told besides.
_NEEDED: Final = {
    TimerKind.ONCE: frozenset({ATTR_AT}),
    TimerKind.REPEAT: frozenset({ATTR_TIME}),
    TimerKind.COUNTDOWN: frozenset({ATTR_DELAY}),
    TimerKind.LOOP: frozenset({ATTR_AT, ATTR_EVERY}),
}
_ALLOWED: Final = {
    **_NEEDED,
    TimerKind.REPEAT: frozenset({ATTR_TIME, ATTR_WEEKDAYS}),
    TimerKind.LOOP: frozenset({ATTR_AT, ATTR_EVERY, ATTR_THEN_AFTER, ATTR_THEN_OPERATION}),
}
# The longest delay or cycle, in minutes, and how far away a moment may be, in years: more is a slip.
_LONGEST: Final = 365 * 24 * 60
_FARTHEST: Final = 100
_WHEN: Final = frozenset[str]().union(*_ALLOWED.values())
_DOES: Final = frozenset({ATTR_OPERATION, ATTR_CHANNEL, ATTR_THEN_AFTER, ATTR_THEN_OPERATION})
_DESCRIPTION: Final = _WHEN | _DOES | {ATTR_KIND}


_minutes = probatio.All(positive, probatio.Range(max=_LONGEST))


class Operation(StrEnum):
    """What a timer does."""

    TURN_ON = "turn_on"
    TURN_OFF = "turn_off"


# What is told of timers


def _describe(timer: Timer) -> JsonObjectType:
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
    told["actions"] = [_describe_action(timer, action) for action in timer.actions]
    due = next_occurrence([timer], now)
    told["next"] = None if due is None else _local(due.time)
    return told


def _describe_action(timer: Timer, action: Params) -> JsonObjectType:
    done = Occurrence(time=dt_util.utcnow(), timer=timer, action=action)
    operation = None if done.on is None else Operation.TURN_ON if done.on else Operation.TURN_OFF
    return {
        ATTR_OPERATION: None if operation is None else operation.value,
        ATTR_CHANNEL: None if done.outlet is None else done.outlet + 1,
        "params": dict(action),
    }


def _local(moment: datetime) -> str:
    return as_local(moment).isoformat(timespec="minutes")


def _response(kept: KeptTimers, mid: str | None = None) -> ServiceResponse:
    """Return all timers that a device has now, and the one that was changed."""
    told: list[JsonValueType] = [{**_describe(timer), "in_app": False} for timer in kept.timers]
    told += [{**_describe(timer), "in_app": True} for timer in kept.set_aside]
    response: JsonObjectType = {"timers": told, "complete": not kept.unreadable}
    if mid is not None:
        response["timer"] = {**_describe(find_timer(kept.timers, mid)), "in_app": False}
    return response


def _response_after(
    coordinator: EwelinkCoordinator, device: Device, timers: tuple[Timer, ...], mid: str | None = None
) -> ServiceResponse:
    """Return the timers that a device has after a change, those that the app keeps for it among them."""
    device = coordinator.client.devices.get(device.device_id, device)
    return _response(replace(kept_timers(device), timers=timers), mid)


# What is made of what is asked for


def _capability(device: Device) -> TimersCapability:
    """Return what timers the device takes."""
    capability = timers_capability_of(device)
    if capability is None or not capability.kinds:
        raise invalid("no_timers", device=device.name)
    return capability


def _check_permit(coordinator: EwelinkCoordinator, device: Device, needed: Permit) -> None:
    """Refuse what the owner of a shared device has not allowed, as far as that is known."""
    share = device.shared_by
    if device.apikey == coordinator.client.session.apikey or share is None or share.permit is None:
        return
    if needed not in Permit(share.permit):
        if owner := share.nickname or share.email or share.phone_number:
            raise invalid("timers_not_allowed", device=device.name, owner=owner)
        raise invalid("timers_not_allowed_unknown", device=device.name)


def _moment(value: datetime) -> datetime:
    """Return a moment; without a zone it is local time, which must exist on that day."""
    typed = readable(value.replace(tzinfo=None))
    if abs(value.year - dt_util.utcnow().year) > _FARTHEST:
        raise invalid("timer_too_far", time=typed, years=str(_FARTHEST))
    zone = dt_util.get_default_time_zone()
    local = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    moment = dt_util.as_utc(local)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise invalid("no_such_time", time=typed)
    return moment


def _fields_of(timer: Timer) -> dict[str, Any]:
    """Return what a timer would be told to become what it is."""
    zone = dt_util.get_default_time_zone()
    fields: dict[str, Any] = {}
    match timer.schedule:
        case Once(at=at) if timer.kind is TimerKind.ONCE:
            fields = {ATTR_AT: at}
        case Once():
            with suppress(probatio.Invalid):
                fields = {ATTR_DELAY: _minutes(timer.raw.get("period"))}
        case Loop(start=start, cycle=cycle, then=then):
            fields = {ATTR_AT: start, ATTR_EVERY: cycle, ATTR_THEN_AFTER: then}
        case Weekly() as weekly:
            now = local_schedules(weekly, zone, dt_util.utcnow())[0]
            fields = {ATTR_TIME: now.at, ATTR_WEEKDAYS: now.weekdays}
    for name, action in zip((ATTR_OPERATION, ATTR_THEN_OPERATION), timer.actions, strict=False):
        fields[name] = _describe_action(timer, action)[ATTR_OPERATION]
    for action in timer.actions:
        fields[ATTR_CHANNEL] = _describe_action(timer, action)[ATTR_CHANNEL]
    return {name: value for name, value in fields.items() if value is not None}


def _changed(timer: Timer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a timer is to be: as asked for, and else as it is while its kind stays."""
    known = _fields_of(timer)
    kind = asked.get(ATTR_KIND, timer.kind)
    if kind != timer.kind:
        known = {name: value for name, value in known.items() if name in (ATTR_OPERATION, ATTR_CHANNEL)}
    elif ATTR_OPERATION in asked and ATTR_THEN_OPERATION not in asked:
        known.pop(ATTR_THEN_OPERATION, None)
    return {ATTR_KIND: kind, **known, **asked}


def _make(
    coordinator: EwelinkCoordinator,
    device: Device,
    data: Mapping[str, Any],
    words: TimerWords,
    old: Timer | None = None,
) -> Timer:
    """Make the timer that is asked for; `old` keeps what it does if nothing is said of that."""
    capability = _capability(device)
    kind: TimerKind | None = data[ATTR_KIND]
    if kind is None:
        raise invalid("timer_kind_unknown", device=device.name)
    if kind not in capability.kinds:
        kinds = words.kinds(*sorted(capability.kinds))
        raise invalid("timer_kind_refused", device=device.name, kind=words.kinds(kind), kinds=kinds)
    _check_fields(kind, data, words)
    actions = _actions(coordinator, device, capability, data, words) if old is None else old.actions
    return _scheduled(kind, data, actions)


def _check_fields(kind: TimerKind, data: Mapping[str, Any], words: TimerWords) -> None:
    """Refuse a description that says too little, or something that means nothing for its kind."""
    given = _WHEN & data.keys()
    label = words.kinds(kind)
    if missing := _NEEDED[kind] - given:
        raise invalid("timer_incomplete", kind=label, fields=words.fields(*sorted(missing)))
    if strange := given - _ALLOWED[kind]:
        raise invalid("timer_contradiction", kind=label, fields=words.fields(*sorted(strange)))
    if ATTR_THEN_OPERATION in given and ATTR_THEN_AFTER not in given:
        raise invalid("timer_incomplete", kind=label, fields=words.fields(ATTR_THEN_AFTER))
    if kind is TimerKind.LOOP and data.get(ATTR_THEN_AFTER, 0) >= data[ATTR_EVERY]:
        raise invalid("timer_cycle", then_after=str(data[ATTR_THEN_AFTER]), every=str(data[ATTR_EVERY]))


def _actions(
    coordinator: EwelinkCoordinator,
    device: Device,
    capability: TimersCapability,
    data: Mapping[str, Any],
    words: TimerWords,
) -> tuple[Params, ...]:
    """Return what the timer does, in turn; the second action undoes the first unless it is named."""
    if ATTR_OPERATION not in data:
        label = words.kinds(data[ATTR_KIND])
        raise invalid("timer_incomplete", kind=label, fields=words.fields(ATTR_OPERATION))
    on = data[ATTR_OPERATION] == Operation.TURN_ON
    turns = [on]
    if ATTR_THEN_AFTER in data:
        then = data.get(ATTR_THEN_OPERATION)
        turns.append(not on if then is None else then == Operation.TURN_ON)
    channel = data.get(ATTR_CHANNEL)
    try:
        return tuple(
            capability.action(on=turn, outlet=None if channel is None else channel - 1) for turn in turns
        )
    except ValueError:
        raise unknown_channel(coordinator, device, capability.outlets) from None


def _scheduled(kind: TimerKind, data: Mapping[str, Any], actions: tuple[Params, ...]) -> Timer:
    """Return the timer of a kind."""
    now = dt_util.utcnow()
    match kind:
        case TimerKind.ONCE:
            if (at := _moment(data[ATTR_AT])) <= now:
                raise invalid("timer_is_past", time=readable(at))
            return make_once(at, actions[0])
        case TimerKind.COUNTDOWN:
            return make_countdown(data[ATTR_DELAY], now, actions[0])
        case TimerKind.REPEAT:
            weekdays = data.get(ATTR_WEEKDAYS, tuple(Weekday))
            return make_repeat(data[ATTR_TIME], weekdays, dt_util.get_default_time_zone(), now, actions[0])
        case TimerKind.LOOP:
            return make_loop(
                _moment(data[ATTR_AT]),
                data[ATTR_EVERY],
                actions[0],
                then=data.get(ATTR_THEN_AFTER),
                second=actions[1] if len(actions) > 1 else None,
            )


def _find(device: Device, timers: tuple[Timer, ...], mid: str) -> Timer:
    """Return the timer that is meant."""
    try:
        return find_timer(timers, mid)
    except KeyError:
        if any(timer.mid == mid for timer in kept_timers(device).set_aside):
            raise invalid("timer_in_app", device=device.name, timer=quoted(mid)) from None
        ids = ", ".join(timer.mid for timer in timers if timer.mid) or "–"
        raise invalid("timer_unknown", device=device.name, timer=quoted(mid), timers=ids) from None


# What is done


async def _async_write(
    coordinator: EwelinkCoordinator, device: Device, change: TimersChange
) -> tuple[Timer, ...]:
    with errors_shown(device):
        try:
            return await write_timers(coordinator.client, device.device_id, change)
        except TimersChangedError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="timers_changed",
                translation_placeholders={
                    "device": device.name,
                    "ours": await async_timer_lines(coordinator, device, err.ours),
                    "theirs": await async_timer_lines(coordinator, device, err.theirs),
                },
            ) from err


async def _async_list_timers(call: ServiceCall) -> ServiceResponse:
    """Ask a device for its timers; those of one that does not answer now are told as it last told them.

    Those that the app keeps for it are among them. A device of which no timer can be read is told as such.
    """
    coordinator, device = async_target_device(call)
    client = coordinator.client
    with errors_shown(device):
        try:
            await client.query(device.device_id, timer_params(device))
        except CoolKitError as err:
            if isinstance(err, UnknownDeviceError) or (isinstance(err, CommandError) and err.may_be_gone):
                raise
            _LOGGER.debug("Telling the timers that are known: %s", err)
    kept = kept_timers(client.devices.get(device.device_id, device))
    if kept.unreadable and not (kept.timers or kept.set_aside):
        raise unreadable_timers(device)
    return _response(kept)


async def _async_add_timer(call: ServiceCall) -> ServiceResponse:
    """Add a timer to a device."""
    coordinator, device = async_target_device(call)
    _check_permit(coordinator, device, Permit.ADD)
    words = await TimerWords.async_load(call.hass)
    timer = _make(coordinator, device, call.data, words).with_enabled(enabled=call.data[ATTR_ENABLED])
    timers = await _async_write(coordinator, device, lambda timers: with_timer(timers, timer))
    return _response_after(coordinator, device, timers, timer.mid)


async def _async_change_timer(call: ServiceCall) -> ServiceResponse:
    """Change a timer; what is not given stays as it is."""
    coordinator, device = async_target_device(call)
    _check_permit(coordinator, device, Permit.EDIT)
    mid = call.data[ATTR_TIMER]
    asked = {name: value for name, value in call.data.items() if name in _DESCRIPTION}
    words = await TimerWords.async_load(call.hass)

    def change(timers: tuple[Timer, ...]) -> tuple[Timer, ...]:
        old = _find(device, timers, mid)
        data = _changed(old, asked)
        does_the_same = data[ATTR_KIND] == old.kind and _DOES.isdisjoint(asked)
        new = _make(coordinator, device, data, words, old if does_the_same else None)
        return with_timer_replaced(timers, mid, new.with_enabled(enabled=old.enabled))

    return _response_after(coordinator, device, await _async_write(coordinator, device, change), mid)


async def _async_switch_timer(call: ServiceCall, *, enabled: bool) -> ServiceResponse:
    coordinator, device = async_target_device(call)
    _check_permit(coordinator, device, Permit.ENABLE)
    mid = call.data[ATTR_TIMER]

    def change(timers: tuple[Timer, ...]) -> tuple[Timer, ...]:
        _find(device, timers, mid)
        return with_timer_enabled(timers, mid, enabled=enabled)

    return _response_after(coordinator, device, await _async_write(coordinator, device, change), mid)


async def _async_enable_timer(call: ServiceCall) -> ServiceResponse:
    """Let a timer act again."""
    return await _async_switch_timer(call, enabled=True)


async def _async_disable_timer(call: ServiceCall) -> ServiceResponse:
    """Let a timer rest; it stays in the device."""
    return await _async_switch_timer(call, enabled=False)


async def _async_delete_timer(call: ServiceCall) -> ServiceResponse:
    """Delete a timer."""
    coordinator, device = async_target_device(call)
    _check_permit(coordinator, device, Permit.DELETE)
    mid = call.data[ATTR_TIMER]

    def change(timers: tuple[Timer, ...]) -> tuple[Timer, ...]:
        _find(device, timers, mid)
        return without_timer(timers, mid)

    return _response_after(coordinator, device, await _async_write(coordinator, device, change))


_WHAT: Final[dict[Any, Any]] = {
    probatio.Optional(ATTR_CHANNEL): positive,
    probatio.Optional(ATTR_AT): cv.datetime,
    probatio.Optional(ATTR_TIME): cv.time,
    probatio.Optional(ATTR_WEEKDAYS): probatio.All(
        probatio.EnsureList(), [probatio.Coerce(Weekday)], probatio.Length(min=1)
    ),
    probatio.Optional(ATTR_DELAY): _minutes,
    probatio.Optional(ATTR_EVERY): _minutes,
    probatio.Optional(ATTR_THEN_AFTER): _minutes,
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
