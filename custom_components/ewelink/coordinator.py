"""One account: its session with the cloud, and what only the user can mend."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
import logging
from typing import Any, cast, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJobType, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.logging import catch_log_exception

from .const import DOMAIN, RESYNC_INTERVAL
from .coolkit import (
    AppIdExpiredError,
    AppIdRefused,
    AppIdRefusedError,
    Capability,
    ConnectionChanged,
    ConnectionState,
    CoolKitClient,
    CoolKitError,
    Device,
    DeviceAdded,
    DeviceChanged,
    DeviceRemoved,
    Event,
    Feature,
    GroupsChanged,
    PlacesChanged,
    QuotaError,
    QuotaSpent,
    ReachabilityChanged,
    RefusalEnded,
    RepeatedSignOutError,
    SessionChanged,
    SignedOutError,
    Timings,
    TokenRefusedError,
    WrongRegionError,
    in_slices,
)
from .energy_history import EnergyHistories
from .entry_data import EntryData, async_store
from .errors import error_text
from .inventory import Inventory
from .listeners import DeviceListeners, GroupListeners
from .measuring import Measuring
from .repairs import (
    AccountIssue,
    async_check_application,
    async_check_devices,
    async_clear_problems,
    async_report_problem,
)
from .shares import Shares

_LOGGER = logging.getLogger(__name__)

TIMINGS = Timings()

type EwelinkConfigEntry = ConfigEntry[EwelinkCoordinator]
type EntityFactory = Callable[[EwelinkCoordinator, Device, Capability[Any]], Entity | None]


class EwelinkCoordinator(DataUpdateCoordinator[None]):
    """The account of one config entry."""

    config_entry: EwelinkConfigEntry

    def __init__(self, hass: HomeAssistant, entry: EwelinkConfigEntry) -> None:
        """Prepare the session with the tokens that the entry keeps."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=DOMAIN, update_interval=RESYNC_INTERVAL)
        stored = EntryData.from_entry(entry)
        self.api = stored.api(hass, on_refused=self._handle_feature_refused)
        self.client = CoolKitClient(
            websession=async_get_clientsession(hass),
            api=self.api,
            session=stored.session(entry.unique_id or ""),
            timings=TIMINGS,
            name=entry.title,
        )
        self.quota = self.api.quota(stored.region)
        self.quota.restore(stored.quota)
        self.listeners = DeviceListeners()
        self.groups = GroupListeners(hass)
        self.inventory = Inventory(hass, entry, self.client, self.listeners, self.groups)
        self.histories = EnergyHistories(hass, self.client, self.inventory)
        self.measuring = Measuring(hass, entry, self.client)
        self.shares = Shares(hass, entry, self.client)
        self._connection_settings = stored.connection_settings
        self._started = False
        self._listening = False
        # Another client keeps signing in: from here on only the user can end that.
        self._given_up = False
        # What entities and platforms ask.
        self.async_add_device_listener = self.listeners.async_add
        self.async_watch_groups = self.groups.async_add
        self.async_watch_devices = self.inventory.async_watch_devices
        self.async_device_entry = self.inventory.registry.find
        self.channel_name = self.inventory.channel_name
        self.capabilities = self.inventory.capabilities
        self.capability = self.inventory.capability
        # As long as the client lives: tokens that come while the entry is unloaded are kept, too.
        self.async_subscribe(self._handle_session, SessionChanged)

    # The account's life

    @override
    async def _async_setup(self) -> None:
        """Load what is known of the devices."""
        await self.inventory.async_load()
        await self.measuring.async_load()

    @override
    async def _async_update_data(self) -> None:
        """Read the whole list; what it changed arrives as events."""
        try:
            await self._async_refresh_devices()
        except (SignedOutError, TokenRefusedError, WrongRegionError) as err:
            if not (self._listening or self._given_up):
                self._start_reauth(err)
            # Once it has run, the list is tried on: after `ConfigEntryAuthFailed` it would be read no more,
            # whoever signs in. A session that is open sees to its own end.
            raise _shown(UpdateFailed if self._started else ConfigEntryAuthFailed, err) from err
        except CoolKitError as err:
            self._report_problem(err)
            raise _shown(UpdateFailed, err) from err
        if not self.client.refused:
            async_clear_problems(self.hass, self.config_entry)
        async_check_application(self.hass, self.config_entry, dt_util.utcnow().date())
        self._check_devices()
        if self._started:
            self.async_store_quota()
            # What had ended the session is over.
            self.async_listen()

    @callback
    def _check_devices(self, _: Event | None = None) -> None:
        """Say so if the cloud does not tell of all devices."""
        listed, withheld = len(self.client.devices), self.client.places.withheld
        async_check_devices(self.hass, self.config_entry, listed=listed, withheld=withheld)

    async def _async_refresh_devices(self) -> None:
        """Read the list; tokens that died while nobody listened get the one try of the refresh token."""
        try:
            await self.client.refresh_devices()
        except CoolKitError as err:
            # What the list says alone is doubted by others; without a session, the refresh token decides.
            cause = err if isinstance(err, SignedOutError) else err.__cause__
            if self._listening or self._given_up or not isinstance(cause, SignedOutError):
                raise
            try:
                await self.client.refresh_tokens()
            except TokenRefusedError as refusal:
                if not self._started:
                    # Another client's sign-in, or new tokens that were lost before they were stored.
                    raise
                # Another client's sign-in has replaced both tokens.
                raise cause from refusal
            await self.client.refresh_devices()

    async def async_start(self) -> None:
        """Hand the listed devices to the registry, then follow what the client tells."""
        await self.inventory.async_start()
        entry = self.config_entry
        entry.async_on_unload(self.groups.stop)
        entry.async_on_unload(self.measuring.async_keep)
        entry.async_on_unload(self.async_store_quota)
        self._follow(self.inventory.handle_device_changed, DeviceChanged)
        self._follow(self.inventory.handle_device_added, DeviceAdded)
        self._follow(self.inventory.handle_device_removed, DeviceRemoved)
        self._follow(self._check_devices, DeviceAdded)
        self._follow(self._handle_groups_changed, GroupsChanged)
        self._follow(self._handle_places_changed, PlacesChanged)
        if self.client.places.known:
            self.groups.groups_read()
        self._follow(self._handle_connection_changed, ConnectionChanged)
        self._follow(self._handle_reachability_changed, ReachabilityChanged)
        self._follow(self._handle_quota_spent, QuotaSpent)
        self._follow(self._handle_app_id_refused, AppIdRefused)
        self._follow(self._handle_refusal_ended, RefusalEnded)
        # The periodic list is read only while somebody listens.
        entry.async_on_unload(self.async_add_listener(self.inventory.sync))
        self.shares.async_start(self._follow)
        self.histories.async_start(entry)

    def _follow[E: Event](self, handle: Callable[[E], None], kind: type[E]) -> None:
        """Have a kind of event handled until the entry is unloaded."""
        self.config_entry.async_on_unload(self.async_subscribe(handle, kind))

    @callback
    def async_subscribe[E: Event](self, handle: Callable[[E], None], kind: type[E]) -> CALLBACK_TYPE:
        """Have a kind of event handled; a handler that fails is logged and ends no session."""
        guarded = catch_log_exception(
            handle, lambda _: f"Cannot handle {kind.__name__}", HassJobType.Callback
        )
        return self.client.subscribe(cast("Callable[[E], None]", guarded), kind)

    @callback
    def async_listen(self) -> None:
        """Keep the session open until the entry is unloaded."""
        self._started = True
        if self._listening:
            return
        self._listening = True
        self.config_entry.async_create_background_task(self.hass, self._async_listen(), f"{DOMAIN} session")

    async def _async_listen(self) -> None:
        """Listen; what ends it needs the user."""
        try:
            await self.client.listen()
        except RepeatedSignOutError as err:
            _LOGGER.debug("Session ended: %s", err)
            self._given_up = True
            self._report_problem(err)
        except (SignedOutError, TokenRefusedError, WrongRegionError) as err:
            _LOGGER.debug("Session ended: %s", err)
            self._start_reauth(err)
        except Exception:
            # The client guards all that it does; that this is not so has to be seen.
            _LOGGER.exception("The session has ended with an unexpected error")
        finally:
            self._listening = False

    @callback
    def _start_reauth(self, err: CoolKitError) -> None:
        """Have somebody sign in; the dialog names the cause."""
        causes: dict[type[CoolKitError], str] = {
            SignedOutError: "signed_out",
            WrongRegionError: "account_moved",
        }
        cause = causes.get(type(err))
        data = None if cause is None else {"cause": cause}
        self.config_entry.async_start_reauth(self.hass, data=data)

    @callback
    def async_entry_updated(self) -> None:
        """Go on with what a flow stored: new tokens at once, another server or App ID by a reload."""
        # The entry may have another title.
        self.client.name = self.config_entry.title
        self.inventory.registry.register_account()
        stored = self.entry_data
        if stored.connection_settings != self._connection_settings:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
            return
        session = stored.session(self.client.session.apikey)
        if session.tokens != self.client.session.tokens:
            self.client.replace_session(session)
            self._given_up = False
            async_clear_problems(self.hass, self.config_entry)
            self.async_listen()

    def _report_problem(self, err: CoolKitError) -> None:
        """Raise a repair for what only the user can mend."""
        match err:
            case AppIdExpiredError():
                async_report_problem(self.hass, self.config_entry, AccountIssue.APP_ID_EXPIRED)
            case AppIdRefusedError():
                async_report_problem(self.hass, self.config_entry, AccountIssue.APP_ID_REFUSED)
            case QuotaError():
                async_report_problem(self.hass, self.config_entry, AccountIssue.QUOTA_EXCEEDED)
            case RepeatedSignOutError():
                async_report_problem(self.hass, self.config_entry, AccountIssue.SIGNED_OUT_REPEATEDLY)

    @property
    def entry_data(self) -> EntryData:
        """What the entry stores now."""
        return EntryData.from_entry(self.config_entry)

    # What the client tells

    @callback
    def _handle_groups_changed(self, _: GroupsChanged) -> None:
        """Follow the account's groups."""
        self.groups.groups_read()

    @callback
    def _handle_places_changed(self, _: PlacesChanged) -> None:
        """Follow the account's control groups; what is known so far may not be all of them."""
        if self.client.places.known:
            self.groups.groups_read()

    @callback
    def _handle_connection_changed(self, event: ConnectionChanged) -> None:
        """Take repairs back when the account is connected."""
        if event.state is ConnectionState.CONNECTED:
            async_clear_problems(self.hass, self.config_entry)

    @callback
    def _handle_reachability_changed(self, _: ReachabilityChanged) -> None:
        """Show which entities are available now."""
        # Whoever is told may stop listening.
        self.config_entry.async_create_background_task(
            self.hass,
            in_slices(self.listeners.device_ids, self.inventory.refresh_entities),
            f"{DOMAIN} availability",
        )

    @callback
    def _handle_quota_spent(self, _: QuotaSpent) -> None:
        """Raise a repair: only the user can mend that."""
        async_report_problem(self.hass, self.config_entry, AccountIssue.QUOTA_EXCEEDED)

    @callback
    def _handle_app_id_refused(self, event: AppIdRefused) -> None:
        """Raise a repair; the client tries on, and it may end by itself."""
        problem = AccountIssue.APP_ID_EXPIRED if event.has_expired else AccountIssue.APP_ID_REFUSED
        async_report_problem(self.hass, self.config_entry, problem)

    @callback
    def _handle_refusal_ended(self, _: RefusalEnded) -> None:
        """Take the repairs back."""
        async_clear_problems(self.hass, self.config_entry)

    @callback
    def _handle_session(self, event: SessionChanged) -> None:
        """Store new tokens, even those of a setup that fails: the ones before them are void."""
        stored = self.entry_data.signed_in(event.session)
        self._connection_settings = stored.connection_settings
        async_store(self.hass, self.config_entry, stored)

    @callback
    def async_store_quota(self) -> None:
        """Keep the count of the month's calls over a restart."""
        async_store(self.hass, self.config_entry, replace(self.entry_data, quota=self.quota.as_dict()))

    @callback
    def _handle_feature_refused(self, feature: Feature) -> None:
        """Remember what was refused to the App ID, so that it is not asked for again for a while."""
        today = dt_util.utcnow().date()
        async_store(self.hass, self.config_entry, self.entry_data.with_refusal(feature, today))

    # What entities ask

    def is_available(self, device: Device) -> bool:
        """Return whether commands to the device can arrive, as far as is known."""
        return self.client.reachable and self.client.is_online(device)

    @property
    def shown_devices(self) -> list[Device]:
        """The devices that this entry shows: those of the account but for those that another entry shows."""
        return self.inventory.shown_devices

    async def async_add_platform(self, create: EntityFactory, add: AddConfigEntryEntitiesCallback) -> None:
        """Let a platform make its entities, now and whenever a device or a capability appears."""
        await self.inventory.async_add_platform(partial(create, self), add)


def _shown[E: HomeAssistantError](kind: type[E], err: CoolKitError) -> E:
    """Return an error that says what one of the client's means."""
    key, placeholders = error_text(err)
    return kind(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)
