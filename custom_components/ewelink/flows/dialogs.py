"""What every dialog does: fill in names safely, end where its account is gone, wait for late browsers."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow, FlowHandler, FlowResult, FlowResultType

from ..const import DOMAIN
from ..markdown import placeholders

# An account that is on its way to be loaded, or to be taken down and loaded anew.
_PASSING: Final = frozenset({ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.UNLOAD_IN_PROGRESS})
# A dialog waits so many seconds for it.
SETTLES_WITHIN = 10.0
# A progress is shown this long at least, in seconds: a browser listens for its end once it has drawn it.
SHOWN_AT_LEAST = 1.0
# After so many seconds each, a browser that has not come for what followed is told again.
TOLD_AGAIN: Final = (2, 4, 8, 16, 32, 64)


class Ended(AbortFlow):
    """Ends a dialog from within, with a reason and what its text names."""

    def __init__(self, reason: str, **names: str) -> None:
        """Name the text, and what is filled in."""
        super().__init__(reason, description_placeholders=placeholders(names))


class Dialog[R: FlowResult[Any, Any]](FlowHandler[Any, R, Any]):
    """The base of all dialogs: what is filled in does nothing in a text, whoever has chosen it."""

    _told: asyncio.Task[None] | None = None

    def check_entry(self) -> None:
        """Raise `Ended` if the account that the dialog is about was removed meanwhile."""

    @callback
    def _fill(self, names: Mapping[str, str] | None) -> dict[str, str]:
        """Return what a text is filled in with; somebody has come for it."""
        if self._told is not None:
            self._told.cancel()
            self._told = None
        return placeholders(names)

    @override
    @callback
    def async_show_form(self, *, description_placeholders: Mapping[str, str] | None = None, **form: Any) -> R:
        """Show a form."""
        self.check_entry()
        return super().async_show_form(description_placeholders=self._fill(description_placeholders), **form)

    @override
    @callback
    def async_show_menu(self, *, description_placeholders: Mapping[str, str] | None = None, **menu: Any) -> R:
        """Show a menu."""
        self.check_entry()
        return super().async_show_menu(description_placeholders=self._fill(description_placeholders), **menu)

    @override
    @callback
    def async_show_progress(
        self, *, description_placeholders: Mapping[str, str] | None = None, **progress: Any
    ) -> R:
        """Show that something is under way; it cannot end in an abort, what follows it can."""
        return super().async_show_progress(
            description_placeholders=self._fill(description_placeholders), **progress
        )

    @override
    @callback
    def async_create_entry(
        self, *, description_placeholders: Mapping[str, str] | None = None, **entry: Any
    ) -> R:
        """End with what was made."""
        self.check_entry()
        return super().async_create_entry(
            description_placeholders=self._fill(description_placeholders), **entry
        )

    @override
    @callback
    def async_abort(self, *, description_placeholders: Mapping[str, str] | None = None, **abort: Any) -> R:
        """End."""
        return super().async_abort(description_placeholders=self._fill(description_placeholders), **abort)

    # Work that takes its time

    @callback
    def async_wait_for(
        self, work: Callable[[], Coroutine[Any, Any, None]], step_id: str, next_step_id: str, **names: str
    ) -> R:
        """Show at a step that work is under way, and go on to another after it; the work raises nothing.

        Home Assistant tells the end once, to browsers that listen; they do so after they have drawn the step.
        """
        task = self.async_get_progress_task()
        if task is not None and task.done():
            self._told = self.hass.async_create_background_task(
                self._async_tell_again(), f"{DOMAIN} end of a progress", eager_start=False
            )
            return self.async_show_progress_done(next_step_id=next_step_id)
        if task is None:
            task = self.hass.async_create_background_task(
                _lasting(work()), f"{DOMAIN} progress of a dialog", eager_start=False
            )
        return self.async_show_progress(
            step_id=step_id, progress_action=step_id, progress_task=task, description_placeholders=names
        )

    async def _async_tell_again(self) -> None:
        """Tell of what follows until somebody has come for it."""
        for seconds in TOLD_AGAIN:
            await asyncio.sleep(seconds)
            if self.cur_step is None or self.cur_step["type"] is not FlowResultType.SHOW_PROGRESS_DONE:
                return
            self.async_notify_flow_changed()

    @override
    @callback
    def async_remove(self) -> None:
        """Tell nobody of a dialog that is gone."""
        if self._told is not None:
            self._told.cancel()


async def async_settled(entry: ConfigEntry) -> None:
    """Wait until an account is neither being loaded nor taken down; not for long, whatever keeps it.

    One that was loaded just now is still connecting: what needs the connection would fail.
    """
    changed = asyncio.Event()
    stop = entry.async_on_state_change(changed.set)
    try:
        async with asyncio.timeout(SETTLES_WITHIN):
            while entry.state in _PASSING:
                changed.clear()
                await changed.wait()
            if entry.state is ConfigEntryState.LOADED:
                await entry.runtime_data.client.wait_for_first_connection()
    except TimeoutError:
        pass
    finally:
        stop()


async def _lasting(work: Coroutine[Any, Any, None]) -> None:
    """Do work for as long as its progress is to be seen."""
    await asyncio.gather(work, asyncio.sleep(SHOWN_AT_LEAST))
