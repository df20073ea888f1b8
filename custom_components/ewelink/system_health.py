"""System health: which regions are in use, and whether their servers can be reached."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coolkit import ConnectionState, HostsV1
from .coordinator import EwelinkConfigEntry


@callback
def async_register(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    register: system_health.SystemHealthRegistration,
) -> None:
    """Offer the facts of this integration."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the facts; what takes a while arrives later."""
    entries: list[EwelinkConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    clients = [entry.runtime_data.client for entry in entries]
    connected = [client for client in clients if client.connection is ConnectionState.CONNECTED]
    addresses = [
        entry.runtime_data.entry_data.hosts.api_url(entry.runtime_data.client.session.region)
        for entry in entries
    ]
    # Accounts of one application in one region share its quota.
    quotas = {id(one): one for one in (entry.runtime_data.quota for entry in entries)}.values()
    return {
        "accounts": len(hass.config_entries.async_entries(DOMAIN)),
        "connected_accounts": len(connected),
        "regions": ", ".join(sorted({client.session.region for client in clients})),
        "calls_this_month": ", ".join(
            f"{quota.used}" if quota.limit is None else f"{quota.used} / {quota.limit}" for quota in quotas
        ),
        "can_reach_server": system_health.async_check_can_reach_url(
            hass, next(iter(addresses), HostsV1.official().lookup)
        ),
    }
