"""What the cloud of an account does not offer, and why: said before anything is sent."""

from typing import Final

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .coolkit import Feature
from .coordinator import EwelinkCoordinator
from .entry_data import REFUSED_FOR

# What another version of the cloud has in place of it.
_INSTEAD: Final = {
    Feature.GROUPS: "no_groups",
    Feature.HOMES: "no_homes",
    Feature.HOME_MANAGEMENT: "no_homes",
}


@callback
def async_lack(coordinator: EwelinkCoordinator, feature: Feature) -> tuple[str, dict[str, str]] | None:
    """Return the key of the text that says why a feature is not to be had, and its placeholders."""
    api = coordinator.api
    if feature in api.features:
        return None
    if feature not in api.offered:
        return _INSTEAD.get(feature, "not_supported"), {}
    day = coordinator.entry_data.refused.get(feature)
    if day is None:
        return "feature_refused_no_code", {}
    return "feature_refused_since", {"day": day.isoformat(), "again": (day + REFUSED_FOR).isoformat()}


@callback
def async_require(coordinator: EwelinkCoordinator, feature: Feature) -> None:
    """Raise what says why a feature is not to be had, if that is known."""
    if (lack := async_lack(coordinator, feature)) is not None:
        key, placeholders = lack
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
        )
