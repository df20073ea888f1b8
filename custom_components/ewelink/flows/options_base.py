"""What all menus of the options share: the account, forms that keep what was typed, choices of devices."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..coolkit import CoolKitError, Device
from ..coolkit.devices.fields import visible
from ..coordinator import EwelinkCoordinator
from ..errors import error_text
from ..markdown import Markdown
from ..texts import Texts, listed
from .dialogs import Dialog, Ended

BASE: Final = "base"

# Names of fields.
FIELD_DEVICE: Final = "device"
FIELD_DEVICE_KEY: Final = "device_key"
FIELD_NAME: Final = "name"
FIELD_NEW_PASSWORD: Final = "new_password"  # noqa: S105 - the name of a field
FIELD_OLD_PASSWORD: Final = "old_password"  # noqa: S105 - the name of a field
FIELD_REPEATED_PASSWORD: Final = "repeated_password"  # noqa: S105 - the name of a field

# They never get back into a form.
SECRET_FIELDS: Final = frozenset(
    {FIELD_DEVICE_KEY, FIELD_NEW_PASSWORD, FIELD_OLD_PASSWORD, FIELD_REPEATED_PASSWORD}
)

TEXT: Final = TextSelector()
KEY: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

type Fields = dict[probatio.Marker, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormError:
    """What is wrong with a form: the key of its text, the field that it stands at, what the text names."""

    key: str
    where: str = BASE
    placeholders: Mapping[str, str] = field(default_factory=dict)


def nothing_chosen(where: str) -> FormError:
    """Return what a form says when nothing was chosen at a field."""
    return FormError(key="nothing_chosen", where=where)


def form_error(
    err: CoolKitError,
    device: Device | None = None,
    places: Mapping[type[CoolKitError], str] | None = None,
) -> FormError:
    """Return how a form shows an error of the client; `places` says which field is to blame for which."""
    key, placeholders = error_text(err, device)
    where = next((place for kind, place in (places or {}).items() if isinstance(err, kind)), BASE)
    return FormError(key=key, where=where, placeholders=placeholders)


def choice(options: Iterable[tuple[str, str]], *, multiple: bool = False) -> SelectSelector:
    """Return a field that chooses among values by their labels, in this order."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[SelectOptionDict(value=value, label=label) for value, label in options],
            mode=SelectSelectorMode.DROPDOWN,
            multiple=multiple,
        )
    )


def one_of(name: str, options: Iterable[tuple[str, str]]) -> Fields:
    """Return a field that chooses one: of required ones, a browser chooses the first by itself."""
    return {probatio.Optional(name): choice(options)}


class OptionsSteps(Dialog[ConfigFlowResult], OptionsFlow):
    """The base of all menus; what is done leads back to its menu, and leaves the options alone."""

    def __init__(self) -> None:
        """Begin with nothing shown and nothing typed."""
        # What the form that is open has shown at first: what differs from it is what the user changes.
        self._shown: Mapping[str, Any] = {}
        self._typed: dict[str, Any] = {}
        self._secrets: dict[str, str] = {}
        self._device_id = ""
        # What a menu says was done, until something else is chosen.
        self._done = Markdown()
        self._done_at = ""
        # What is said only now and then.
        self._texts: Texts

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
        self._typed = {name: value for name, value in user_input.items() if name not in SECRET_FIELDS}
        for name in SECRET_FIELDS & user_input.keys():
            if user_input[name]:
                self._secrets[name] = user_input[name]

    def _secret_field(self, name: str, selector: TextSelector) -> Fields:
        """Return the field of a secret; empty means the one typed before."""
        marker = probatio.Optional if name in self._secrets else probatio.Required
        return {marker(name): selector}

    def _show_form(
        self, step_id: str, fields: Fields, error: FormError | None = None, **placeholders: str
    ) -> ConfigFlowResult:
        """Show a form with what was typed, and what is wrong with it."""
        errors = None
        if error is not None:
            errors = {error.where if error.where in fields else BASE: error.key}
            placeholders = {**error.placeholders, **placeholders}
        for name in SECRET_FIELDS & fields.keys():
            hint = self._texts.markdown("keep_typed") if name in self._secrets else Markdown()
            placeholders.setdefault(f"{name}_hint", hint)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), self._typed),
            errors=errors,
            description_placeholders=placeholders,
        )

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
        names = Counter(labels.values())
        return sorted(
            (
                (device_id, f"{name} ({device_id})" if names[name] > 1 else name)
                for device_id, name in labels.items()
            ),
            key=lambda item: item[1].casefold(),
        )

    def _is_own(self, device: Device) -> bool:
        """Tell if the account owns a device: most of what acts on the cloud is up to the owner."""
        return device.apikey in {"", self.coordinator.client.session.apikey}

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
            f"{self._label(device)} ({owner})" if (owner := owner_of(device)) else self._label(device)
            for device in devices
        )
        return self._texts.markdown("shared_devices", devices=listed(names))


def owner_of(device: Device) -> str:
    """Return what is known of the owner of a device that is shared with the account; may be empty."""
    owner = device.shared_by
    return (owner and (owner.nickname or owner.email or owner.phone_number)) or ""
