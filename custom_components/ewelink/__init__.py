"""eWeLink / Sonoff devices on the CoolKit cloud."""

import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.typing import ConfigType

from .actions.common import invalid
from .areas import async_suggest_areas
from .const import DOMAIN
from .coolkit import AppCredentials, CoolKitError
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entry_data import EntryData, Generation, SignIn, async_migrate, make_api_v2
from .errors import as_home_assistant_error
from .measuring import async_forget_measured
from .memory import async_forget
from .names import async_write_names
from .repairs import async_forget_problems
from .services import async_setup_services
from .shares import async_forget_requests

_LOGGER = logging.getLogger(__name__)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.ALARM_CONTROL_PANEL,
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CLIMATE,
    Platform.COVER,
    Platform.EVENT,
    Platform.FAN,
    Platform.LIGHT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
    Platform.VALVE,
]


async def async_setup(
    hass: HomeAssistant,
    config: ConfigType,  # noqa: ARG001 - the signature is Home Assistant's
) -> bool:
    """Register the actions, once for all accounts."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: EwelinkConfigEntry) -> bool:
    """Read the account's devices, make their entities, then open the session that pushes."""
    coordinator = EwelinkCoordinator(hass, entry)
    entry.async_on_unload(coordinator.client.close)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    # What this account takes over has to be given away first: an entity cannot be in two entries.
    _sync_owners(hass, entry)
    await coordinator.async_start()
    async_suggest_areas(coordinator)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)

    async def async_close(_event: Event) -> None:
        coordinator.async_store_quota()
        await coordinator.client.close()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, async_close))
    entry.async_on_unload(entry.add_update_listener(_async_entry_updated))
    async_write_names(coordinator)
    coordinator.async_listen()
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: EwelinkConfigEntry) -> bool:
    """Bring an entry of an older version up to date."""
    return async_migrate(hass, entry)


async def async_unload_entry(hass: HomeAssistant, entry: EwelinkConfigEntry) -> bool:
    """Unload an account."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded and entry.disabled_by is not None:
        _sync_owners(hass, entry)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: EwelinkConfigEntry) -> None:
    """Let the other accounts take over what both had; nothing changes in the cloud."""
    async_forget_problems(hass, entry)
    async_forget_requests(hass, entry)
    await async_forget(hass, entry.entry_id)
    await async_forget_measured(hass, entry.entry_id)
    await _async_unbind(hass, entry)
    _sync_owners(hass, entry)


async def _async_unbind(hass: HomeAssistant, entry: EwelinkConfigEntry) -> None:
    """Part the application and the account if the user has allowed it on the page of eWeLink; else sign out.

    Version 1 has nothing of that kind.
    """
    data = EntryData.from_entry(entry)
    if data.generation is not Generation.V2:
        return
    api = make_api_v2(hass, AppCredentials(app_id=data.app_id, app_secret=data.app_secret), data.server)
    session = data.session(entry.unique_id or "")
    try:
        await (api.unbind(session) if data.sign_in is SignIn.OAUTH else api.sign_out(session))
    except CoolKitError as err:
        _LOGGER.debug("The tokens of the account live on until they expire: %s", err)


async def async_remove_config_entry_device(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    device: AnyDeviceEntry,
) -> bool:
    """Allow to delete only what the cloud no longer lists: a click must never unpair a real device."""
    device_ids = [device_id for domain, device_id in device.identifiers if domain == DOMAIN]
    if entry.entry_id in device_ids:
        raise invalid("device_is_account_deleted", device=entry.title)
    if entry.state is not ConfigEntryState.LOADED:
        raise invalid("device_of_unloaded", account=entry.title)
    client = entry.runtime_data.client
    for device_id in device_ids:
        if (listed := client.devices.get(device_id)) is None:
            continue
        try:
            # It may have been removed elsewhere, which nobody has told yet.
            gone = await client.remove_if_unlisted(device_id)
        except CoolKitError as err:
            raise as_home_assistant_error(err, listed) from err
        if gone:
            continue
        if listed.is_owned_by(client.session.apikey):
            raise invalid("device_still_listed")
        if owner := listed.owner_label:
            raise invalid("device_still_shared", owner=owner)
        raise invalid("device_still_shared_unknown")
    return True


async def _async_entry_updated(_hass: HomeAssistant, entry: EwelinkConfigEntry) -> None:
    """Go on with what a flow or a token refresh stored."""
    entry.runtime_data.async_entry_updated()


@callback
def _sync_owners(hass: HomeAssistant, changed: EwelinkConfigEntry) -> None:
    """Let every other account look again at the devices that two accounts list."""
    entry: EwelinkConfigEntry
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        if entry.entry_id != changed.entry_id:
            entry.runtime_data.inventory.sync()
