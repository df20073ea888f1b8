"""What all menus of the options share: the account, forms that keep what was typed, choices of devices."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from functools import wraps
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlow,
    UnknownEntry,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType

from ..coolkit import Device, Feature, visible
from ..coordinator import EwelinkCoordinator
from ..features import async_lack
from ..markdown import Markdown
from ..texts import async_texts, listed
from .dialogs import Ended, async_settled
from .forms import Forms, told_apart

# Names of fields.
FIELD_DEVICE: Final = "device"
FIELD_NAME: Final = "name"

# The steps that do without the account: they are shown while it is being loaded.
_WITHOUT_ACCOUNT: Final = frozenset({"async_step_init", "async_step_settings"})


type Step[S] = Callable[[S, dict[str, Any] | None], Coroutine[Any, Any, ConfigFlowResult]]


def needs[S: OptionsSteps](feature: Feature, back: str = "init") -> Callable[[Step[S]], Step[S]]:
    """Let a step begin only if the cloud has a feature, as far as is known; else it says why not."""

    def guard(step: Step[S]) -> Step[S]:
        @wraps(step)
        async def guarded(self: S, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
            if user_input is None and (lack := async_lack(self.coordinator, feature)) is not None:
                return await self.async_show_lack(*lack, back)
            return await step(self, user_input)

        return guarded

    return guard


class OptionsSteps(Forms, OptionsFlow):
    """The base of all menus; what is done leads back to its menu, and leaves the options alone."""

    @override
    def __init_subclass__(cls, **arguments: Any) -> None:
        """Let every step wait for an account that is being reloaded: what was typed is not for nothing."""
        super().__init_subclass__(**arguments)
        for name, step in list(vars(cls).items()):
            if name.startswith("async_step_") and name not in _WITHOUT_ACCOUNT:
                setattr(cls, name, _when_settled(step))

    def __init__(self) -> None:
        """Begin with nothing shown and nothing typed."""
        super().__init__()
        self._device_id = ""
        # What a menu says was done, until something else is chosen.
        self._done = Markdown()
        self._done_at = ""
        # Why something is not to be had, and where the way leads then.
        self._lack = Markdown(), "init"

    @property
    @override
    def config_entry(self) -> ConfigEntry:
        """The entry of the account; it may be removed while its dialog is open."""
        try:
            return super().config_entry
        except UnknownEntry:
            raise Ended("entry_gone") from None

    @override
    def check_entry(self) -> None:
        """Raise `Ended` if the account was removed meanwhile."""
        _ = self.config_entry

    @property
    def coordinator(self) -> EwelinkCoordinator:
        """The account as it runs now; without it there is no menu that acts on the cloud."""
        entry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            raise Ended("not_loaded", account=entry.title)
        coordinator: EwelinkCoordinator = entry.runtime_data
        return coordinator

    # The menus

    @callback
    def _show_menu(self, step_id: str, options: list[str], **names: str) -> ConfigFlowResult:
        """Show a menu, with what was done in it last."""
        if self._done_at != step_id:
            self._done, self._done_at = Markdown(), ""
        return self.async_show_menu(
            step_id=step_id, menu_options=options, description_placeholders={"done": self._done, **names}
        )

    async def _async_back(self, menu: str, done: str, **names: str) -> ConfigFlowResult:
        """Go back to a menu, which says that something was done."""
        self._done, self._done_at = Markdown(f"{self._texts.markdown(done, **names)}\n\n"), menu
        result: ConfigFlowResult = await getattr(self, f"async_step_{menu}")()
        return result

    async def async_show_lack(self, key: str, placeholders: dict[str, str], back: str) -> ConfigFlowResult:
        """Say why something cannot be done with this account; the way leads back."""
        texts = await async_texts(self.hass, "exceptions")
        self._lack = texts.markdown(f"{key}.message", **placeholders), back
        return await self.async_step_not_available()

    async def async_step_not_available(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Say why something cannot be done with this account."""
        await async_settled(self.config_entry)
        _ = self.coordinator
        reason, back = self._lack
        return self.async_show_menu(
            step_id="not_available", menu_options=[back], description_placeholders={"reason": reason}
        )

    # The forms

    @callback
    def _begin(self, **shown: Any) -> None:
        """Open a form with these values; what was typed in another one is forgotten."""
        self._shown = shown
        self._typed = dict(shown)
        self._secrets = {}
        self._done, self._done_at = Markdown(), ""

    @callback
    def _form_again(self, step_id: str) -> ConfigFlowResult | None:
        """Return the form that is shown already: whoever asks for it twice loses nothing."""
        _ = self.coordinator
        shown: ConfigFlowResult | None = self.cur_step
        if shown is None or (shown["type"], shown["step_id"]) != (FlowResultType.FORM, step_id):
            return None
        return shown

    @callback
    def _remember(self, user_input: Mapping[str, Any]) -> None:
        """Keep what was typed; the secrets apart, and those that were typed before."""
        self._typed = self._remember_secrets(user_input)

    # Devices

    def _device(self, device_id: str) -> Device:
        """Return a device that was chosen; it may have left meanwhile."""
        try:
            return self.coordinator.client.devices[device_id]
        except KeyError:
            raise Ended("device_gone") from None

    def _label(self, device: Device) -> str:
        """Return what a device is called in Home Assistant."""
        device_entry = self.coordinator.async_device_entry(device.device_id)
        return visible((device_entry.name_by_user if device_entry else None) or "") or device.name

    def _by_name(self, devices: Iterable[Device]) -> list[tuple[str, str]]:
        """Return ids and labels of devices by name; equal names are told apart by the id."""
        labels = {device.device_id: self._label(device) for device in devices}
        return sorted(told_apart(labels).items(), key=lambda item: item[1].casefold())

    def _is_own(self, device: Device) -> bool:
        """Return whether the account owns a device: most of what acts on the cloud is up to the owner."""
        return device.is_owned_by(self.coordinator.client.session.apikey)

    def _own_devices(self) -> list[Device]:
        """Return the account's own devices; there has to be one."""
        devices = [device for device in self.coordinator.client.devices.values() if self._is_own(device)]
        if not devices:
            raise Ended("no_own_devices", shared=self._shared_devices())
        return devices

    def _shared_devices(self) -> Markdown:
        """Say which devices others share with the account, and who; nothing if there are none."""
        devices = [device for device in self.coordinator.client.devices.values() if not self._is_own(device)]
        if not devices:
            return Markdown()
        names = (
            f"{self._label(device)} ({owner})" if (owner := device.owner_label) else self._label(device)
            for device in devices
        )
        return self._texts.markdown("shared_devices", devices=listed(names))


type _Step = Callable[[OptionsSteps, dict[str, Any] | None], Awaitable[ConfigFlowResult]]


def _when_settled(step: _Step) -> _Step:
    """Return a step that begins when its account is loaded, or is not about to be."""

    @wraps(step)
    async def settled(steps: OptionsSteps, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        await async_settled(steps.config_entry)
        return await step(steps, user_input)

    return settled
