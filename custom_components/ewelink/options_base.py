"""What all menus of the options share: the account, forms that keep what was typed, choices of devices."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
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

from .coolkit import CoolKitError, Device
from .coolkit.device import visible
from .coordinator import EwelinkCoordinator
from .errors import error_text
from .texts import NOTHING, Texts

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


def listed(names: Iterable[str]) -> str:
    """Return names in one line."""
    return ", ".join(names) or NOTHING


class OptionsSteps(OptionsFlow):
    """The base of all menus; each of them ends by an abort with a reason, and leaves the options alone."""

    def __init__(self) -> None:
        """Begin with nothing typed."""
        self._typed: dict[str, Any] = {}
        self._secrets: dict[str, str] = {}
        self._device_id = ""
        # What is said only now and then.
        self._texts: Texts

    @property
    def coordinator(self) -> EwelinkCoordinator:
        """The account; without it there is no menu that acts on the cloud."""
        entry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_loaded", description_placeholders={"account": entry.title})
        coordinator: EwelinkCoordinator = entry.runtime_data
        return coordinator

    # The forms

    @callback
    def _begin(self, **suggested: Any) -> None:
        """Forget what was typed in another form."""
        self._typed = suggested
        self._secrets = {}

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
            hint = self._texts.get("keep_typed") if name in self._secrets else ""
            placeholders.setdefault(f"{name}_hint", hint)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), self._typed),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _done(self, reason: str, **placeholders: str) -> ConfigFlowResult:
        """End the menu: what was asked for is done."""
        return self.async_abort(reason=reason, description_placeholders=placeholders)

    # Devices

    def _device(self, device_id: str) -> Device:
        """Return a device that was chosen; it may have left meanwhile."""
        try:
            return self.coordinator.client.devices[device_id]
        except KeyError:
            raise AbortFlow("device_gone") from None

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
            raise AbortFlow("no_own_devices", description_placeholders={"shared": self._shared_devices()})
        return devices

    def _shared_devices(self) -> str:
        """Say which devices others share with the account, and who; nothing if there are none."""
        devices = [device for device in self.coordinator.client.devices.values() if not self._is_own(device)]
        if not devices:
            return ""
        names = (
            f"{self._label(device)} (`{owner}`)" if (owner := owner_of(device)) else self._label(device)
            for device in devices
        )
        return self._texts.get("shared_devices", devices=listed(names))


def owner_of(device: Device) -> str:
    """Return what is known of the owner of a device that is shared with the account; may be empty."""
    owner = device.shared_by
    return (owner and (owner.nickname or owner.email or owner.phone_number)) or ""
