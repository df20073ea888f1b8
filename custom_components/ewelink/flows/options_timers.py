"""Menus of the options for the timers that a device keeps: look at them, add, change and delete."""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateTimeSelector,
    DurationSelector,
    DurationSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
import probatio

from ..actions.common import ATTR_CHANNEL, whole_characters
from ..coolkit import CoolKitError, KeptTimers, Timer, TimerKind, Weekday, kept_timers
from ..markdown import Markdown, escape
from ..texts import async_error_message
from ..timer_editing import (
    ALLOWED,
    ATTR_AT,
    ATTR_DELAY,
    ATTR_ENABLED,
    ATTR_EVERY,
    ATTR_KIND,
    ATTR_OPERATION,
    ATTR_THEN_AFTER,
    ATTR_TIME,
    ATTR_TIMER,
    ATTR_WEEKDAYS,
    MAX_MINUTES,
    NEEDED,
    Operation,
    async_add,
    async_ask,
    async_change,
    async_delete,
    capability_for,
    fields_of,
)
from ..timer_texts import TimerWords, async_timer_lines, timers_capability_of
from .forms import Fields, FormError, choice, nothing_chosen, one_of
from .options_base import FIELD_DEVICE, OptionsSteps

_LOGGER = logging.getLogger(__name__)


class _DateTimeSelector(DateTimeSelector):
    """A date and time; half a character in it is refused before it is parsed."""

    @override
    def __call__(self, data: Any) -> str:
        """Return the date and time as it was entered, or refuse it."""
        entered: str = super().__call__(whole_characters(data))
        return entered


class _DurationSelector(DurationSelector):
    """A duration; one beyond all that a duration can be is refused as others are that are none."""

    @override
    def __call__(self, data: Any) -> dict[str, float]:
        """Return the duration as it was entered, or refuse it."""
        try:
            return super().__call__(data)
        except OverflowError as err:
            raise probatio.Invalid("the duration is too long") from err


_DURATION: Final = _DurationSelector(DurationSelectorConfig(enable_day=True, enable_second=False))
_DURATIONS: Final = frozenset({ATTR_DELAY, ATTR_EVERY, ATTR_THEN_AFTER})


def _options(key: str, values: list[str], *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=values, translation_key=key, multiple=multiple))


_SELECTORS: Final[Mapping[str, Any]] = {
    ATTR_AT: _DateTimeSelector(),
    ATTR_TIME: TimeSelector(),
    ATTR_WEEKDAYS: _options("weekday", [day.value for day in Weekday], multiple=True),
    **dict.fromkeys(_DURATIONS, _DURATION),
}
_OPERATION: Final = _options("timer_operation", [operation.value for operation in Operation])


class TimerSteps(OptionsSteps):
    """What can be done with the timers of a device."""

    def __init__(self) -> None:
        """Begin with no timer chosen."""
        super().__init__()
        self._kind = TimerKind.ONCE
        # The one that is to change; a new one has none.
        self._timer: str | None = None

    async def async_step_timers(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whose timers it is about."""
        error: FormError | None = None
        if user_input is None:
            self._begin()
        elif device_id := user_input.get(FIELD_DEVICE):
            self._device_id = device_id
            await self._async_ask()
            return await self.async_step_device_timers()
        else:
            error = nothing_chosen(FIELD_DEVICE)
        devices = [
            device
            for device in self.coordinator.client.devices.values()
            if (capability := timers_capability_of(device)) is not None and capability.kinds
        ]
        return self._show_form("timers", one_of(FIELD_DEVICE, self._by_name(devices)), error)

    async def _async_ask(self) -> None:
        """Ask the device for its timers; one that does not answer shows those that it told last."""
        device = self._device(self._device_id)
        try:
            await async_ask(self.coordinator, device)
        except CoolKitError as err:
            # What is written is checked against the device once more.
            _LOGGER.debug("Showing the timers of a device that may be gone: %s", err)

    async def async_step_device_timers(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """List the timers of the device, and ask what to do."""
        device = self._device(self._device_id)
        kept = kept_timers(device)
        options = ["timers", "init"]
        if not kept.unreadable:
            change = ["change_timer"] if any(timer.kind for timer in kept.timers) else []
            options = ["add_timer", *change, *(["delete_timer"] if kept.timers else []), *options]
        return self._show_menu(
            "device_timers", options, device=self._label(device), timers=await self._async_listing(kept)
        )

    async def _async_listing(self, kept: KeptTimers) -> Markdown:
        """Return the timers, one in each line, and whether there are others."""
        lines = [f"- {escape(line)}" for _, line in await self._async_lines((*kept.timers, *kept.set_aside))]
        if kept.unreadable:
            lines.append(f"- {self._texts.markdown('timers_unreadable')}")
        return Markdown("\n".join(lines)) if lines else self._texts.markdown("none_yet")

    async def _async_lines(self, timers: tuple[Timer, ...]) -> list[tuple[str, str]]:
        """Return the id of each timer and what it does."""
        device = self._device(self._device_id)
        return [
            (timer.mid or "", await async_timer_lines(self.coordinator, device, [timer])) for timer in timers
        ]

    # Add and change

    async def async_step_add_timer(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which kind of timer it is to be."""
        device = self._device(self._device_id)
        if user_input is None:
            self._begin()
        elif (kind := user_input.get(ATTR_KIND)) is not None:
            self._kind, self._timer = TimerKind(kind), None
            return await self.async_step_timer()
        try:
            kinds = sorted(kind.value for kind in capability_for(device).kinds)
        except HomeAssistantError as err:
            return self._show_form(
                "add_timer", {}, await self._async_failure(err), device=self._label(device)
            )
        error = None if user_input is None else nothing_chosen(ATTR_KIND)
        fields: Fields = {probatio.Optional(ATTR_KIND): _options("timer_kind", kinds)}
        return self._show_form("add_timer", fields, error, device=self._label(device))

    async def async_step_change_timer(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which timer is to change."""
        timers = {
            timer.mid: timer
            for timer in kept_timers(self._device(self._device_id)).timers
            if timer.mid and timer.kind is not None
        }
        if user_input is None:
            self._begin()
        elif (timer := timers.get(user_input.get(ATTR_TIMER, ""))) is not None and timer.kind is not None:
            self._kind, self._timer = timer.kind, timer.mid
            return await self.async_step_timer()
        error = None if user_input is None else nothing_chosen(ATTR_TIMER)
        fields = one_of(ATTR_TIMER, await self._async_lines(tuple(timers.values())))
        return self._show_form("change_timer", fields, error)

    async def async_step_timer(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what a timer does and when, and write it; of one that is there, what the user changes."""
        device = self._device(self._device_id)
        error: FormError | None = None
        if user_input is None:
            self._begin(**self._shown_values())
        else:
            self._remember(user_input)
            try:
                changed = _changes(self._shown, user_input)
                words = await TimerWords.async_load(self.hass)
                if self._timer is None:
                    data = {ATTR_KIND: self._kind, **_data(user_input)}
                    await async_add(self.coordinator, device, data, words)
                    return await self._async_back("device_timers", "timer_added")
                if not changed:
                    return await self._async_back("device_timers", "timer_unchanged")
                await async_change(self.coordinator, device, self._timer, changed, words)
                return await self._async_back("device_timers", "timer_changed")
            except probatio.Invalid:
                error = FormError(key="timer_input")
            except HomeAssistantError as err:
                error = await self._async_failure(err)
        return self._show_form("timer", self._fields(), error, device=self._label(device))

    def _shown_values(self) -> dict[str, Any]:
        """Return what the form shows: a timer as it is, or one that nobody has thought of yet."""
        kept = kept_timers(self._device(self._device_id)).timers
        timer = next((timer for timer in kept if self._timer is not None and timer.mid == self._timer), None)
        if timer is None:
            return {ATTR_OPERATION: Operation.TURN_ON.value, ATTR_ENABLED: True}
        shown: dict[str, Any] = {ATTR_ENABLED: timer.enabled}
        for name, value in fields_of(timer).items():
            match name:
                case "delay" | "every" | "then_after":
                    hours, minutes = divmod(value, 60)
                    shown[name] = {"days": hours // 24, "hours": hours % 24, "minutes": minutes}
                case "at":
                    shown[name] = dt_util.as_local(value).replace(tzinfo=None).isoformat(" ", "seconds")
                case "time":
                    shown[name] = value.isoformat("seconds")
                case "weekdays":
                    shown[name] = [day.value for day in Weekday if day in value]
                case "channel":
                    shown[name] = str(value)
                case "operation":
                    shown[name] = value
        return shown

    def _fields(self) -> Fields:
        """Return the fields of the kind of timer, and of its device."""
        device = self._device(self._device_id)
        fields: Fields = {probatio.Required(ATTR_OPERATION): _OPERATION}
        capability = timers_capability_of(device)
        if capability is not None and len(capability.outlets) > 1:
            channels = [
                (str(outlet + 1), f"{outlet + 1}: {self.coordinator.channel_name(device, outlet)}")
                for outlet in capability.outlets
            ]
            fields[probatio.Required(ATTR_CHANNEL)] = choice(channels)
        for name, selector in _SELECTORS.items():
            if name in ALLOWED[self._kind]:
                marker = probatio.Required if name in NEEDED[self._kind] else probatio.Optional
                fields[marker(name)] = selector
        fields[probatio.Required(ATTR_ENABLED)] = BooleanSelector()
        return fields

    # Delete

    async def async_step_delete_timer(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which timer is to go, and delete it."""
        device = self._device(self._device_id)
        error: FormError | None = None
        if user_input is None:
            self._begin()
        elif mid := user_input.get(ATTR_TIMER):
            try:
                await async_delete(self.coordinator, device, mid)
            except HomeAssistantError as err:
                error = await self._async_failure(err)
            else:
                return await self._async_back("device_timers", "timer_deleted")
        else:
            error = nothing_chosen(ATTR_TIMER)
        timers = tuple(timer for timer in kept_timers(device).timers if timer.mid)
        return self._show_form("delete_timer", one_of(ATTR_TIMER, await self._async_lines(timers)), error)

    async def _async_failure(self, err: HomeAssistantError) -> FormError:
        """Return how a form shows what an action says."""
        return FormError(
            key="timer_refused", placeholders={"error": await async_error_message(self.hass, err)}
        )


def _changes(shown: Mapping[str, Any], user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs from the form that was shown, as actions take it; None for what was emptied."""
    before, after = _data(shown), _data(user_input)
    changes = {name: value for name, value in after.items() if value != before.get(name)}
    return changes | dict.fromkeys({ATTR_THEN_AFTER} & before.keys() - after.keys())


def _data(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed as actions take it.

    Raises `probatio.Invalid` for what is no moment or no length of time.
    """
    data = dict(user_input)
    for name, value in user_input.items():
        if name in _DURATIONS:
            minutes = round(cv.time_period_dict(value).total_seconds() / 60)
            if not 0 < minutes <= MAX_MINUTES:
                raise probatio.Invalid("no length of time")
            data[name] = minutes
    if ATTR_AT in data:
        data[ATTR_AT] = cv.datetime(data[ATTR_AT])
    if ATTR_TIME in data:
        data[ATTR_TIME] = cv.time(data[ATTR_TIME])
    if ATTR_CHANNEL in data:
        data[ATTR_CHANNEL] = int(data[ATTR_CHANNEL])
    if ATTR_WEEKDAYS in data:
        data[ATTR_WEEKDAYS] = tuple(Weekday(day) for day in data[ATTR_WEEKDAYS])
        if not data[ATTR_WEEKDAYS]:
            # None chosen is every day.
            data[ATTR_WEEKDAYS] = tuple(Weekday)
    return data
