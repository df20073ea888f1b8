"""What all forms have in common: what was typed, secrets that never come back, errors at their fields."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    CountrySelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..actions.common import whole_characters
from ..coolkit import CoolKitError, Device
from ..errors import error_text
from ..markdown import Markdown
from ..texts import Texts, async_texts
from .dialogs import Dialog

BASE: Final = "base"

# Names of fields that several dialogs have.
FIELD_DEVICE_KEY: Final = "device_key"
FIELD_NEW_PASSWORD: Final = "new_password"  # noqa: S105 - the name of a field
FIELD_OLD_PASSWORD: Final = "old_password"  # noqa: S105 - the name of a field
FIELD_REPEATED_PASSWORD: Final = "repeated_password"  # noqa: S105 - the name of a field

# They never get back into a form.
SECRET_FIELDS: Final = frozenset(
    {CONF_PASSWORD, FIELD_DEVICE_KEY, FIELD_NEW_PASSWORD, FIELD_OLD_PASSWORD, FIELD_REPEATED_PASSWORD}
)

_NAME_LENGTH: Final = 50


class Text(TextSelector):
    """A text; half a character in it could neither be sent nor be stored."""

    @override
    def __call__(self, data: Any) -> str | list[str]:
        """Return the text as it was entered, or refuse it."""
        entered: str | list[str] = super().__call__(data)
        for text in entered if isinstance(entered, list) else [entered]:
            whole_characters(text)
        return entered


class Country(CountrySelector):
    """A country; Home Assistant itself takes any text for one."""

    @override
    def __call__(self, data: Any) -> str:
        """Return the country as it was chosen, or refuse half characters."""
        chosen: str = super().__call__(whole_characters(data))
        return chosen


TEXT: Final = Text()
KEY: Final = Text(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
PASSWORD: Final = Text(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password"))
NEW_PASSWORD: Final = Text(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password"))

type Fields = dict[probatio.Marker, Any]


class FormError(Exception):
    """What is wrong with a form: the key of its text, the field that it stands at, what the text names."""

    def __init__(self, key: str, where: str = BASE, placeholders: Mapping[str, str] | None = None) -> None:
        """Name the text, the field and the placeholders."""
        super().__init__(key)
        self.key = key
        self.where = where
        self.placeholders = placeholders or {}


def nothing_chosen(where: str) -> FormError:
    """Return what a form says when nothing was chosen at a field."""
    return FormError(key="nothing_chosen", where=where)


def form_error(
    err: CoolKitError,
    device: Device | None = None,
    error_fields: Mapping[type[CoolKitError], str] | None = None,
) -> FormError:
    """Return how a form shows an error of the client; `error_fields` names the field for each."""
    key, placeholders = error_text(err, device)
    where = next((place for kind, place in (error_fields or {}).items() if isinstance(err, kind)), BASE)
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


class Forms(Dialog[ConfigFlowResult]):
    """Keeps what was typed, and the secrets apart from it."""

    def __init__(self) -> None:
        """Begin with nothing typed."""
        super().__init__()
        # What the form that is open has shown at first: what differs from it is what the user changes.
        self._shown: dict[str, Any] = {}
        self._typed: dict[str, Any] = {}
        self._secrets: dict[str, str] = {}
        # What is said only now and then.
        self._texts: Texts

    async def _async_load_texts(self) -> None:
        """Load what is said in a form only now and then."""
        self._texts = await async_texts(self.hass, "common")

    @callback
    def _remember_secrets(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the secrets that were typed, beside those typed before; return the rest."""
        for name in SECRET_FIELDS & user_input.keys():
            if user_input[name]:
                self._secrets[name] = user_input[name]
        return {name: value for name, value in user_input.items() if name not in SECRET_FIELDS}

    def _secret_field(self, name: str, selector: TextSelector) -> Fields:
        """Return the field of a secret; empty means the one typed before."""
        marker = probatio.Optional if name in self._secrets else probatio.Required
        return {marker(name): selector}

    def _hints(self, fields: Fields) -> dict[str, str]:
        """Return what may be said of secrets that need not be typed again, for those among the fields."""
        return {
            f"{name}_hint": self._texts.markdown("keep_typed") if name in self._secrets else Markdown()
            for name in SECRET_FIELDS & fields.keys()
        }

    def _show_form(
        self, step_id: str, fields: Fields, error: FormError | None = None, **placeholders: str
    ) -> ConfigFlowResult:
        """Show a form with what was typed, but for the secrets; an error without a field stands above all."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), self._typed),
            errors={error.where if error.where in fields else BASE: error.key} if error else None,
            description_placeholders={
                **self._hints(fields),
                **(error.placeholders if error else {}),
                **placeholders,
            },
        )


def short(name: str) -> str:
    """Return a name that is not too long to stand among others."""
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, in their order; equal ones are told apart by the id."""
    names = Counter(labels.values())
    return {one: f"{name} ({one})" if names[name] > 1 else name for one, name in labels.items()}
