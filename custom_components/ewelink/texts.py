"""Texts of the integration that stand within others, in the language of Home Assistant."""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .markdown import Markdown, escape

NOTHING: Final = "–"
# Of what somebody has typed, this much is quoted.
MAX_QUOTED: Final = 100


def quoted(typed: str) -> str:
    """Return what somebody has typed, as much as an error has room for."""
    return typed if len(typed) <= MAX_QUOTED else f"{typed[:MAX_QUOTED]}…"


class Texts:
    """One part of the texts, loaded."""

    def __init__(self, part: str, texts: Mapping[str, str]) -> None:
        """Take the texts of a part ("common", "exceptions" …)."""
        self._prefix = f"component.{DOMAIN}.{part}."
        self._texts = texts

    def get(self, path: str, **placeholders: str) -> str:
        """Return the text at a path below the part, filled in."""
        return self._texts[f"{self._prefix}{path}"].format(**placeholders)

    def markdown(self, path: str, **placeholders: str) -> Markdown:
        """Return the text at a path as Markdown; what is filled in is escaped."""
        return Markdown(self.get(path, **{name: escape(value) for name, value in placeholders.items()}))


def listed(names: Iterable[str]) -> Markdown:
    """Return names in one line of Markdown."""
    return Markdown(", ".join(map(escape, names)) or NOTHING)


async def async_texts(hass: HomeAssistant, part: str) -> Texts:
    """Load one part of the texts."""
    texts = await async_get_translations(hass, hass.config.language, part, integrations={DOMAIN})
    return Texts(part, texts)


@callback
def async_notify(
    hass: HomeAssistant, title: str, message: Markdown, notification_id: str | None = None
) -> None:
    """Show a notification; only its message is Markdown."""
    persistent_notification.async_create(hass, message, title, notification_id)


async def async_error_message(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return what an error of the integration says; by itself it says it in English."""
    if err.translation_domain != DOMAIN:
        return str(err)
    texts = await async_texts(hass, "exceptions")
    return texts.get(f"{err.translation_key}.message", **err.translation_placeholders or {})
