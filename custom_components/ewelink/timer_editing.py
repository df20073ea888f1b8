"""Timers as people ask for them: checked, made, and written to the device."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
import logging
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import probatio

from .actions.common import ATTR_CHANNEL, errors_shown, invalid, positive, unknown_channel
from .const import DOMAIN
from .coolkit import (
    CommandError,
    CoolKitError,
    Device,
    Loop,
    Occurrence,
    Once,
    Params,
    Permit,
    Timer,
    TimerKind,
    TimersCapability,
    TimersChange,
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
    timer_params,
    with_timer,
    with_timer_enabled,
    with_timer_replaced,
    without_timer,
)
from .coordinator import EwelinkCoordinator
from .texts import quoted
from .timer_texts import TimerWords, async_timer_lines, readable, timers_capability_of

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
NEEDED: Final = {
    TimerKind.ONCE: frozenset({ATTR_AT}),
    TimerKind.REPEAT: frozenset({ATTR_TIME}),
    TimerKind.COUNTDOWN: frozenset({ATTR_DELAY}),
    TimerKind.LOOP: frozenset({ATTR_AT, ATTR_EVERY}),
}
ALLOWED: Final = {
    **NEEDED,
    TimerKind.REPEAT: frozenset({ATTR_TIME, ATTR_WEEKDAYS}),
    TimerKind.LOOP: frozenset({ATTR_AT, ATTR_EVERY, ATTR_THEN_AFTER, ATTR_THEN_OPERATION}),
}
# The longest delay or cycle, in minutes, and how far away a moment may be, in years: more is a slip.
MAX_MINUTES: Final = 365 * 24 * 60
_FARTHEST: Final = 100
_WHEN: Final = frozenset[str]().union(*ALLOWED.values())
_DOES: Final = frozenset({ATTR_OPERATION, ATTR_CHANNEL, ATTR_THEN_AFTER, ATTR_THEN_OPERATION})
_DESCRIPTION: Final = _WHEN | _DOES | {ATTR_KIND}


minutes = probatio.All(positive, probatio.Range(max=MAX_MINUTES))


class Operation(StrEnum):
    """What a timer does."""

    TURN_ON = "turn_on"
    TURN_OFF = "turn_off"


def operation_of(timer: Timer, action: Params) -> str | None:
    """Return what an action does; None if it is something else than switching."""
    on = Occurrence(time=dt_util.utcnow(), timer=timer, action=action).on
    return None if on is None else (Operation.TURN_ON if on else Operation.TURN_OFF).value


def channel_of(timer: Timer, action: Params) -> int | None:
    """Return the channel that an action is for, counted from 1; None for the device as a whole."""
    outlet = Occurrence(time=dt_util.utcnow(), timer=timer, action=action).outlet
    return None if outlet is None else outlet + 1


def capability_for(device: Device) -> TimersCapability:
    """Return what timers the device takes."""
    capability = timers_capability_of(device)
    if capability is None or not capability.kinds:
        raise invalid("no_timers", device=device.name)
    return capability


def check_permit(coordinator: EwelinkCoordinator, device: Device, needed: Permit) -> None:
    """Refuse what the owner of a shared device has not allowed, as far as that is known."""
    if not device.allows(coordinator.client.session.apikey, needed):
        if owner := device.owner_label:
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


def fields_of(timer: Timer) -> dict[str, Any]:
    """Return what a timer would be told to become what it is."""
    zone = dt_util.get_default_time_zone()
    fields: dict[str, Any] = {}
    match timer.schedule:
        case Once(at=at) if timer.kind is TimerKind.ONCE:
            fields = {ATTR_AT: at}
        case Once():
            with suppress(probatio.Invalid):
                fields = {ATTR_DELAY: minutes(timer.raw.get("period"))}
        case Loop(start=start, cycle=cycle, then=then):
            fields = {ATTR_AT: start, ATTR_EVERY: cycle, ATTR_THEN_AFTER: then}
        case Weekly() as weekly:
            now = local_schedules(weekly, zone, dt_util.utcnow())[0]
            fields = {ATTR_TIME: now.at, ATTR_WEEKDAYS: now.weekdays}
    for name, action in zip((ATTR_OPERATION, ATTR_THEN_OPERATION), timer.actions, strict=False):
        fields[name] = operation_of(timer, action)
    for action in timer.actions:
        fields[ATTR_CHANNEL] = channel_of(timer, action)
    return {name: value for name, value in fields.items() if value is not None}


def _changed(timer: Timer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a timer is to be: as asked for, and else as it is while its kind stays."""
    known = fields_of(timer)
    kind = asked.get(ATTR_KIND, timer.kind)
    if kind != timer.kind:
        known = {name: value for name, value in known.items() if name in (ATTR_OPERATION, ATTR_CHANNEL)}
    elif (ATTR_OPERATION in asked and ATTR_THEN_OPERATION not in asked) or (
        ATTR_THEN_AFTER in asked and asked[ATTR_THEN_AFTER] is None
    ):
        known.pop(ATTR_THEN_OPERATION, None)
    # What is asked for as None is to be left out.
    return {name: value for name, value in {ATTR_KIND: kind, **known, **asked}.items() if value is not None}


def _make(
    coordinator: EwelinkCoordinator,
    device: Device,
    data: Mapping[str, Any],
    words: TimerWords,
    old: Timer | None = None,
) -> Timer:
    """Make the timer that is asked for; `old` keeps what it does if nothing is said of that."""
    capability = capability_for(device)
    kind: TimerKind | None = data.get(ATTR_KIND)
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
    if missing := NEEDED[kind] - given:
        raise invalid("timer_incomplete", kind=label, fields=words.fields(*sorted(missing)))
    if strange := given - ALLOWED[kind]:
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


async def _async_write(
    coordinator: EwelinkCoordinator, device: Device, change: TimersChange
) -> tuple[Timer, ...]:
    with errors_shown(device):
        try:
            return await coordinator.client.write_timers(device.device_id, change)
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


# What is done


async def async_ask(coordinator: EwelinkCoordinator, device: Device) -> None:
    """Ask a device for its timers; of one that does not answer now, those hold that it reported last.

    Raises only what says that the account may no longer have the device.
    """
    try:
        await coordinator.client.query(device.device_id, timer_params(device))
    except CoolKitError as err:
        if isinstance(err, UnknownDeviceError) or (isinstance(err, CommandError) and err.may_be_gone):
            raise
        _LOGGER.debug("Showing the timers that are known: %s", err)


async def async_add(
    coordinator: EwelinkCoordinator, device: Device, data: Mapping[str, Any], words: TimerWords
) -> tuple[tuple[Timer, ...], str | None]:
    """Add a timer to a device; return all that it has then, and the id of the new one."""
    check_permit(coordinator, device, Permit.ADD)
    timer = _make(coordinator, device, data, words).with_enabled(enabled=data.get(ATTR_ENABLED, True))
    return await _async_write(coordinator, device, lambda timers: with_timer(timers, timer)), timer.mid


async def async_change(
    coordinator: EwelinkCoordinator,
    device: Device,
    mid: str,
    data: Mapping[str, Any],
    words: TimerWords,
) -> tuple[Timer, ...]:
    """Change a timer, and whether it is enabled; what is not given stays as it is."""
    asked = {name: value for name, value in data.items() if name in _DESCRIPTION}
    enabled: bool | None = data.get(ATTR_ENABLED)
    if asked or enabled is None:
        check_permit(coordinator, device, Permit.EDIT)
    if enabled is not None:
        check_permit(coordinator, device, Permit.ENABLE)

    def change(timers: tuple[Timer, ...]) -> tuple[Timer, ...]:
        old = _find(device, timers, mid)
        if asked or enabled is None:
            wanted = _changed(old, asked)
            does_the_same = wanted.get(ATTR_KIND) == old.kind and _DOES.isdisjoint(asked)
            new = _make(coordinator, device, wanted, words, old if does_the_same else None)
            timers = with_timer_replaced(timers, mid, new.with_enabled(enabled=old.enabled))
        return timers if enabled is None else with_timer_enabled(timers, mid, enabled=enabled)

    return await _async_write(coordinator, device, change)


async def async_delete(coordinator: EwelinkCoordinator, device: Device, mid: str) -> tuple[Timer, ...]:
    """Delete a timer; return those that are left."""
    check_permit(coordinator, device, Permit.DELETE)

    def change(timers: tuple[Timer, ...]) -> tuple[Timer, ...]:
        _find(device, timers, mid)
        return without_timer(timers, mid)

    return await _async_write(coordinator, device, change)
