"""Diagnostics: what identifies is replaced by stand-ins of the same type, so that a download is a fixture."""

from functools import partial
import time
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.util import dt as dt_util

from .const import DOMAIN, SERVER_AUTOMATIC
from .coolkit import REGIONS, capabilities_of, shared_limiter
from .coordinator import EwelinkConfigEntry
from .redaction import SHOWN, Redactor


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: EwelinkConfigEntry
) -> dict[str, Any]:
    """Return what is known of an account and all its devices."""
    coordinator = entry.runtime_data
    devices = [device.as_dict() for device in coordinator.client.devices.values()]
    # A thousand devices take a second or two.
    redact = partial(_redactor(entry).redact, devices)
    return {**_account(entry), "devices": await hass.async_add_executor_job(redact)}


async def async_get_device_diagnostics(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    device: AnyDeviceEntry,
) -> dict[str, Any]:
    """Return one device in the shape of a test fixture, and what is known of its account."""
    devices = entry.runtime_data.client.devices
    ids = (device_id for domain, device_id in device.identifiers if domain == DOMAIN)
    listed = next((devices[device_id] for device_id in ids if device_id in devices), None)
    if listed is None:
        # The account's own device, or one that the cloud no longer lists.
        return _account(entry)
    return {
        **_account(entry),
        "capabilities": [capability.key for capability in capabilities_of(listed)],
        "device": _redactor(entry).redact(listed.as_dict()),
    }


def without_secrets(entry: EwelinkConfigEntry, data: Any, *, params: bool = False) -> Any:
    """Return what is told of a device, or its `params` alone: its names, and what can be no secret."""
    return _redactor(entry, SHOWN).redact(data, params=params)


def _redactor(entry: EwelinkConfigEntry, shown: frozenset[str] = frozenset()) -> Redactor:
    """Return a redactor that knows the secrets of an account."""
    session = entry.runtime_data.client.session
    stored = entry.runtime_data.entry_data
    return Redactor(
        (
            session.apikey,
            session.tokens.access_token,
            session.tokens.refresh_token,
            stored.app_id,
            stored.app_secret,
        ),
        shown=shown,
    )


def _account(entry: EwelinkConfigEntry) -> dict[str, Any]:
    """Return the account's settings without names, the ages of its tokens, and how it is connected."""
    client = entry.runtime_data.client
    tokens = client.session.tokens
    stored = entry.runtime_data.entry_data
    server = stored.server
    now, today = time.time(), dt_util.utcnow().date()
    quota = entry.runtime_data.quota
    return {
        "account": {
            "kind": stored.kind,
            "country": stored.country,
            "region": client.session.region,
            "generation": stored.generation.value,
            "sign_in": stored.sign_in.value,
            "application_age": None if stored.app_seen is None else (today - stored.app_seen).days,
            "server": server if server == SERVER_AUTOMATIC or server in REGIONS else "custom",
            "access_token_age": round(now - tokens.access_token_time),
            "refresh_token_age": round(now - tokens.refresh_token_time),
        },
        "connection": {
            "state": client.connection,
            "age": round(now - client.connection_since),
            "losses": client.connection_losses,
            "reachable": client.reachable,
        },
        "features": sorted(entry.runtime_data.api.features),
        "refused": {feature: (today - day).days for feature, day in stored.refused.items()},
        "quota": {"used": quota.used, "limit": quota.limit, "is_refused": quota.is_refused},
        "limiter": shared_limiter.as_dict(),
    }
