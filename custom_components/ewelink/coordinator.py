"""One account: its session with the cloud, its devices in the registry, and who listens to their params."""

import asyncio
from collections.abc import Callable, Iterable, Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import batched
import logging
from typing import Any, cast, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJobType, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_translations
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
    capabilities_of,
    in_slices,
    is_left_out,
    may_change_capabilities,
    repertoire_of,
)
from .entry_data import EntryData, async_store
from .errors import error_text
from .memory import ShapeMemory
from .migrations import twin_of
from .registry import AccountDevices, is_shown_by, loaded_others
from .repairs import Problem, async_check_application, async_clear_problems, async_report_problem
from .shares import Shares

_LOGGER = logging.getLogger(__name__)

TIMINGS = Timings()
MOST_SETS_OF_PARAMS = 32
# Whose entities are added in one step: Home Assistant adds some fifty in 10 ms.
SLICE_OF_DEVICES = 8

type EwelinkConfigEntry = ConfigEntry[EwelinkCoordinator]
type EntityFactory = Callable[[EwelinkCoordinator, Device, Capability[Any]], Entity | None]
# Gets the device, and what it was before if it has not just come.
type DeviceWatcher = Callable[[Device, Device | None], None]


@dataclass(frozen=True, slots=True)
class _Listener:
    """One entity's wish: to be told when one of these params of its device was sent, or any if None."""

    params: frozenset[str] | None
    update: Callable[[Device], None]
    refresh: Callable[[Device], None]
    # Gets the whole change in place of `update`: for those to whom it matters what was sent, and by whom.
    change: Callable[[DeviceChanged], None] | None = None


class _Audience:
    """Who listens to one device."""

    def __init__(self, *listeners: _Listener) -> None:
        """Take those who listen; with one more or less it is another audience."""
        self.listeners = listeners
        # A device sends the same few sets of params again and again.
        self._updates: dict[tuple[str, ...], list[Callable[[Device], None]]] = {}
        self.followers = [listener for listener in listeners if listener.change is not None]

    def updates(self, keys: AbstractSet[str]) -> list[Callable[[Device], None]]:
        """Return whom to call when these params were sent."""
        sent = tuple(keys)
        if (updates := self._updates.get(sent)) is None:
            if len(self._updates) >= MOST_SETS_OF_PARAMS:
                self._updates.clear()
            updates = self._updates[sent] = [
                listener.update
                for listener in self.listeners
                if listener.change is None
                and (listener.params is None or not listener.params.isdisjoint(keys))
            ]
        return updates

    def notify_followers(self, event: DeviceChanged) -> None:
        """Notify those that get whole changes."""
        for listener in self.followers:
            if listener.change is not None and (
                listener.params is None or not listener.params.isdisjoint(event.keys)
            ):
                listener.change(event)


@dataclass(frozen=True, slots=True)
class _Platform:
    """One platform's way to make entities, for the devices that are there and those that come."""

    create: EntityFactory
    add: AddConfigEntryEntitiesCallback


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
        self._registry = AccountDevices(hass, entry)
        self._memory = ShapeMemory(hass, entry.entry_id, self.client.devices.values)
        self.shares = Shares(hass, entry, self.client)
        self._connection_settings = stored.connection_settings
        self._unnamed_channel = "{number}"
        # Of the devices that this entry shows, in the order of the list.
        self._capabilities: dict[str, dict[str, Capability[Any]]] = {}
        self._gateways: set[str] = set()
        self._audiences: dict[str, _Audience] = {}
        self._platforms: list[_Platform] = []
        self._watchers: list[DeviceWatcher] = []
        self._group_watchers: list[Callable[[], None]] = []
        self._groups_known = False
        self._groups_told: asyncio.Handle | None = None
        self._started = False
        self._listening = False
        # Another client keeps signing in: from here on only the user can end that.
        self._given_up = False
        # As long as the client lives: tokens that come while the entry is unloaded are kept, too.
        self.async_subscribe(self._handle_session, SessionChanged)

    # The account's life

    @override
    async def _async_setup(self) -> None:
        """Load what names are made of, and what is known of the devices."""
        self.client.recall_devices(self._registry.recollections(await self._memory.async_load()))
        translations = await async_get_translations(
            self.hass, self.hass.config.language, "entity", integrations={DOMAIN}
        )
        self._unnamed_channel = translations[f"component.{DOMAIN}.entity.switch.channel_relay.name"]

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
        if self._started:
            self.async_store_quota()
            # What had ended the session is over.
            self.async_listen()

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
        owned = self._sync_owned()
        await asyncio.sleep(0)
        await in_slices(owned, self._show_device)
        entry = self.config_entry
        entry.async_on_unload(self._stop_telling_groups)
        entry.async_on_unload(self._memory.async_keep)
        entry.async_on_unload(self.async_store_quota)
        self._follow(self._handle_device_changed, DeviceChanged)
        self._follow(self._handle_device_added, DeviceAdded)
        self._follow(self._handle_device_removed, DeviceRemoved)
        self._follow(self._handle_groups_changed, GroupsChanged)
        self._follow(self._handle_connection_changed, ConnectionChanged)
        self._follow(self._handle_reachability_changed, ReachabilityChanged)
        self._follow(self._handle_quota_spent, QuotaSpent)
        self._follow(self._handle_app_id_refused, AppIdRefused)
        self._follow(self._handle_refusal_ended, RefusalEnded)
        # The periodic list is read only while somebody listens.
        entry.async_on_unload(self.async_add_listener(self._sync_registry))
        self.shares.async_start(self._follow)

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
        self._registry.register_account()
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
                async_report_problem(self.hass, self.config_entry, Problem.APP_ID_EXPIRED)
            case AppIdRefusedError():
                async_report_problem(self.hass, self.config_entry, Problem.APP_ID_REFUSED)
            case QuotaError():
                async_report_problem(self.hass, self.config_entry, Problem.QUOTA_EXCEEDED)
            case RepeatedSignOutError():
                async_report_problem(self.hass, self.config_entry, Problem.SIGNED_OUT_REPEATEDLY)

    @property
    def entry_data(self) -> EntryData:
        """What the entry stores now."""
        return EntryData.from_entry(self.config_entry)

    # What the client tells

    @callback
    def _handle_device_added(self, event: DeviceAdded) -> None:
        """Show a device that has come, and in its groups."""
        if event.device.device_id not in self._capabilities:
            # With all others of the same list, gateways first.
            self._sync_registry()
        if event.device.groups:
            self._tell_groups()
        _LOGGER.debug("Device %s has come", event.device.device_id)

    @callback
    def _handle_device_removed(self, event: DeviceRemoved) -> None:
        """Remove a device that has left; another entry may list it, too."""
        device_id = event.device_id
        self._capabilities.pop(device_id, None)
        self._registry.remove(device_id)
        for other in loaded_others(self.hass, self.config_entry):
            if device_id in other.client.devices:
                other.async_sync_owners()
        self._tell_groups()

    @callback
    def _handle_groups_changed(self, _: GroupsChanged) -> None:
        """Follow the account's groups."""
        self._groups_known = True
        self._tell_groups()

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
            in_slices(list(self._audiences), self._refresh_entities),
            f"{DOMAIN} availability",
        )

    @callback
    def _handle_quota_spent(self, _: QuotaSpent) -> None:
        """Raise a repair: only the user can mend that."""
        async_report_problem(self.hass, self.config_entry, Problem.QUOTA_EXCEEDED)

    @callback
    def _handle_app_id_refused(self, event: AppIdRefused) -> None:
        """Raise a repair; the client tries on, and it may end by itself."""
        problem = Problem.APP_ID_EXPIRED if event.has_expired else Problem.APP_ID_REFUSED
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

    @callback
    def _handle_device_changed(self, event: DeviceChanged) -> None:
        """Tell those who listen to what was sent, and all of the device if the device itself changed."""
        device = event.device
        device_id = device.device_id
        # What made a device available again counts before it is shown as such.
        came = device.online and not event.previous.online
        if event.attributes_changed:
            self._handle_attributes_changed(device, event.previous)
            if not came:
                self._refresh_reached(device, event.previous)
        if (audience := self._audiences.get(device_id)) is not None:
            for update in audience.updates(event.keys):
                update(device)
            if audience.followers:
                audience.notify_followers(event)
        if came:
            self._refresh_reached(device, event.previous)
        if may_change_capabilities(event.previous, device, event.keys):
            self._handle_capabilities_changed(device, event.previous)
        if event.attributes_changed and device.groups != event.previous.groups:
            self._tell_groups()

    @callback
    def _handle_capabilities_changed(self, device: Device, previous: Device) -> None:
        """Follow what a device can, and what is proven of it."""
        if device.shape is not previous.shape:
            self._memory.async_remember()
        before = [*self.capabilities(previous)]
        if device.device_id in self._capabilities:
            self._sync_capabilities(device)
        if device.groups and [*self.capabilities(device)] != before:
            self._tell_groups()

    @callback
    def _handle_attributes_changed(self, device: Device, previous: Device) -> None:
        """Follow a new name, another owner, firmware, channel names."""
        was_shown = device.device_id in self._capabilities
        if is_left_out(device) is not is_left_out(previous):
            self._sync_registry()
        if device.apikey != previous.apikey:
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
                entry.runtime_data.async_sync_owners()
        if device.device_id in self._capabilities:
            self._registry.register(device)
            if was_shown:
                for watch in self._watchers:
                    watch(device, previous)

    def _refresh_reached(self, device: Device, previous: Device) -> None:
        """Show what a device's own facts change: of itself, and of those that are heard through it."""
        self._refresh_entities(device.device_id)
        if device.online != previous.online and device.device_id in self._gateways:
            # Children are heard through their gateway only.
            for child in self.client.devices.values():
                if child.parent_id == device.device_id:
                    self._refresh_entities(child.device_id)

    def _refresh_entities(self, device_id: str) -> None:
        device, audience = self.client.devices.get(device_id), self._audiences.get(device_id)
        if device is not None and audience is not None:
            for listener in audience.listeners:
                listener.refresh(device)

    def _tell_groups(self) -> None:
        """Tell that groups, or what is in them, may have changed; before they were read, nobody can know."""
        if self._groups_known and self._groups_told is None:
            # A list, or a group that is deleted, changes many devices one after the other.
            self._groups_told = self.hass.loop.call_soon(self._tell_groups_now)

    def _tell_groups_now(self) -> None:
        self._groups_told = None
        for watch in self._group_watchers:
            watch()

    @callback
    def _stop_telling_groups(self) -> None:
        if self._groups_told is not None:
            self._groups_told.cancel()

    # What entities ask

    def is_available(self, device: Device) -> bool:
        """Tell if commands to the device can arrive, as far as is known."""
        return self.client.reachable and self.client.is_online(device)

    def channel_name(self, device: Device, outlet: int) -> str:
        """Name a channel as the account does, or by its number."""
        return device.channel_names.get(outlet) or self._unnamed_channel.format(number=outlet + 1)

    def capabilities(self, device: Device) -> Iterable[Capability[Any]]:
        """Return what a device can, those capabilities included whose params are merely missing."""
        known = self._capabilities.get(device.device_id)
        # Another entry may show the device.
        return capabilities_of(device) if known is None else known.values()

    def capability(self, device_id: str, key: str) -> Capability[Any] | None:
        """Return what a device that this entry shows has under a key now."""
        return self._capabilities.get(device_id, {}).get(key)

    @callback
    def async_add_device_listener(
        self,
        device_id: str,
        params: frozenset[str] | None,
        *,
        update: Callable[[Device], None],
        refresh: Callable[[Device], None],
        change: Callable[[DeviceChanged], None] | None = None,
    ) -> CALLBACK_TYPE:
        """Call `update` when one of the params was sent, `refresh` when the device's own facts changed.

        None stands for whatever params. `change` is called in place of `update`, with what was sent and where
        it comes from.
        """
        listener = _Listener(params, update, refresh, change)
        # A new audience each time: one that is being told stays as it is.
        known = self._audiences.get(device_id)
        self._audiences[device_id] = _Audience(*(known.listeners if known else ()), listener)

        @callback
        def remove() -> None:
            listeners = self._audiences[device_id].listeners
            if remaining := [item for item in listeners if item is not listener]:
                self._audiences[device_id] = _Audience(*remaining)
            else:
                del self._audiences[device_id]

        return remove

    async def async_add_platform(self, create: EntityFactory, add: AddConfigEntryEntitiesCallback) -> None:
        """Let a platform make its entities, now and whenever a device or a capability appears."""
        platform = _Platform(create, add)
        self._platforms.append(platform)

        def add_of(device_ids: Iterable[str]) -> None:
            self._add_entities(
                platform,
                (
                    (self.client.devices[device_id], capability)
                    for device_id in device_ids
                    for capability in self._capabilities[device_id].values()
                ),
            )

        # All platforms begin in the same step of the event loop.
        await asyncio.sleep(0)
        # The session is not open yet: nothing comes or goes meanwhile.
        await in_slices(batched(list(self._capabilities), SLICE_OF_DEVICES, strict=False), add_of)

    def _add_entities(
        self, platform: _Platform, capabilities: Iterable[tuple[Device, Capability[Any]]]
    ) -> None:
        entities = [
            entity
            for device, capability in capabilities
            if (entity := platform.create(self, device, capability)) is not None
        ]
        if entities:
            platform.add(entities)

    @property
    def shown_devices(self) -> list[Device]:
        """The devices that this entry shows: those of the account but for those that another entry shows."""
        devices = self.client.devices
        return [devices[device_id] for device_id in self._capabilities]

    @callback
    def async_watch_devices(self, watch: DeviceWatcher) -> None:
        """Tell of each device that will be shown from now on, and when more than its params changes."""
        self._watchers.append(watch)

    @callback
    def async_watch_groups(self, watch: Callable[[], None]) -> None:
        """Call now, and whenever there may be other groups, or other devices or capabilities in them.

        Not before the groups are known.
        """
        self._group_watchers.append(watch)
        if self._groups_known:
            watch()

    # Devices in the registry

    @callback
    def async_device_entry(self, device_id: str) -> DeviceEntry | None:
        """Return the registry's entry of a device of this account."""
        return self._registry.find(device_id)

    @callback
    def async_take_new_devices(self) -> set[str]:
        """Return the ids of devices that the registry did not have when this was asked last."""
        return self._registry.take_new()

    @callback
    def async_remove_entities(self, device_id: str, keys: Iterable[str]) -> None:
        """Remove entities of a device from the registry, by the second part of their unique ids."""
        self._registry.remove_entities(device_id, keys)

    @callback
    def async_sync_owners(self) -> None:
        """Take over or hand over devices that two accounts list, after another account came or left."""
        self._sync_registry()

    @callback
    def _sync_registry(self) -> None:
        """Make the registry hold the account's own devices: no fewer, no more."""
        for device in self._sync_owned():
            self._show_device(device)

    def _sync_owned(self) -> list[Device]:
        """Take devices that are not the account's own out of the registry; return those that it lacks."""
        self._registry.register_account()
        devices = self.client.devices
        owned = [device for device in devices.values() if is_shown_by(self.hass, self.config_entry, device)]
        owned_ids = {device.device_id for device in owned}
        for device_id in self._capabilities.keys() - owned_ids:
            del self._capabilities[device_id]
        others_ids = set(self._registry.device_ids()) - owned_ids
        for device_id in others_ids & devices.keys():
            # Another entry shows it, or nobody; the entities go with the device.
            self._registry.remove(device_id)
        # Devices that only the registry knows left while nobody looked, unless the list is wrong.
        self.client.expect_devices(sorted(others_ids - devices.keys()))
        # Gateways first: their children name them.
        return sorted(
            (device for device in owned if device.device_id not in self._capabilities),
            key=lambda device: device.parent_id is not None,
        )

    def _show_device(self, device: Device) -> None:
        """Show a device that has come: it is nobody else's any more."""
        for other in loaded_others(self.hass, self.config_entry):
            other.async_release(device.device_id)
        self._registry.register(device)
        self._sync_capabilities(device)
        for watch in self._watchers:
            watch(device, None)
        self._memory.async_remember()

    @callback
    def async_release(self, device_id: str) -> None:
        """Let another entry show a device: its entities cannot be in both."""
        if self._capabilities.pop(device_id, None) is not None:
            self._registry.remove(device_id)

    def _sync_capabilities(self, device: Device) -> None:
        """Add entities for capabilities that appeared, remove those that the device has put away.

        One whose params are merely missing stays without a value: the cloud leaves out what it does not know.
        It is the same rule at the start, for what went and came meanwhile.
        """
        device_id = device.device_id
        if device.parent_id is not None:
            self._gateways.add(device.parent_id)
        repertoire = repertoire_of(device)
        before = self._capabilities.get(device_id)
        if before is None:
            self._registry.renumber(device_id, repertoire.by_key.keys())
        elif any(twin_of(key, repertoire.by_key.keys()) for key in before):
            # An entity is given another unique id only while nobody holds it.
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
            return
        # Of a device that is shown for the first time, the registry knows what it had before the start.
        known = self._registry.capability_keys(device_id) if before is None else before.keys()
        shown, put_away = repertoire.settle(device.params, known)
        self._capabilities[device_id] = shown
        before = before or {}
        if appeared := [(device, capability) for key, capability in shown.items() if key not in before]:
            for platform in self._platforms:
                self._add_entities(platform, appeared)
        # Without any params, nothing is told.
        if put_away and device.params:
            self._registry.remove_entities(device_id, put_away)
        if any(before.get(key, capability) is not capability for key, capability in shown.items()):
            self._refresh_entities(device_id)


def _shown[E: HomeAssistantError](kind: type[E], err: CoolKitError) -> E:
    """Return an error that says what one of the client's means."""
    key, placeholders = error_text(err)
    return kind(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)
