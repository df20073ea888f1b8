"""The devices of one account in Home Assistant's device registry."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set as AbstractSet

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceEntry, DeviceEntryType

from .const import DOMAIN, MANUFACTURER
from .coolkit import Device, Kind, Recollection, Shape, model_name, recalled_shape
from .labels import label
from .migrations import async_move, async_renumber

_KINDS = frozenset(kind.value for kind in Kind)


class AccountDevices:
    """What the registry holds of an entry: a service for the account, and its devices by their ids."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Stand for the devices of an entry."""
        self._entry = entry
        self._registry = dr.async_get(hass)
        self._entities = er.async_get(hass)
        # Devices that the registry did not have before.
        self._new: set[str] = set()

    @property
    def has_new(self) -> bool:
        """Whether devices have come to the registry since they were taken last."""
        return bool(self._new)

    @callback
    def take_new(self) -> set[str]:
        """Return the devices that have come to the registry since this was asked last."""
        new, self._new = self._new, set()
        return new

    @callback
    def find(self, device_id: str) -> DeviceEntry | None:
        """Return the registry's entry of a device, or of the account by the id of its config entry."""
        return self._registry.async_get_device_by_identifier((DOMAIN, device_id), self._entry.entry_id)

    @callback
    def device_ids(self) -> Iterator[str]:
        """Yield the ids of the devices that the registry holds."""
        for device_entry in dr.async_entries_for_config_entry(self._registry, self._entry.entry_id):
            for domain, device_id in device_entry.identifiers:
                if domain == DOMAIN and device_id != self._entry.entry_id:
                    yield device_id

    @callback
    def register_account(self) -> None:
        """Write what belongs to the account itself."""
        self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={(DOMAIN, self._entry.entry_id)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=MANUFACTURER,
            name=label(self._entry.title),
        )

    @callback
    def register(self, device: Device) -> None:
        """Write what the cloud says of a device; its gateway comes before it."""
        gateway = self.find(device.parent_id) if device.parent_id else None
        if self.find(device.device_id) is None:
            self._new.add(device.device_id)
        self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={(DOMAIN, device.device_id)},
            connections=self._connections(device),
            manufacturer=device.manufacturer or MANUFACTURER,
            model=model_name(device),
            model_id=None if device.uiid is None else str(device.uiid),
            name=label(device.name),
            serial_number=device.device_id,
            sw_version=device.firmware,
            via_device_id=gateway.id if gateway else None,
        )

    def _connections(self, device: Device) -> set[tuple[str, str]]:
        """Return the address of a device, unless it is another's: the registry would make them one."""
        if device.mac is None:
            return set()
        connection = (CONNECTION_NETWORK_MAC, device.mac)
        holder = self._registry.async_get_device_by_connection(connection, self._entry.entry_id)
        if holder is not None and (DOMAIN, device.device_id) not in holder.identifiers:
            return set()
        return {connection}

    @callback
    def remove(self, device_id: str) -> None:
        """Remove a device; its entities go with it."""
        if (device_entry := self.find(device_id)) is not None:
            self._registry.async_remove_device(device_entry.id)

    @callback
    def capability_keys(self, device_id: str) -> AbstractSet[str]:
        """Return the keys of those entities of a device that stand for capabilities."""
        prefix = f"{device_id}_"
        return {
            entity.unique_id.removeprefix(prefix)
            for entity in self._entities_of(device_id)
            if entity.unique_id.startswith(prefix) and _is_capability(entity.unique_id.removeprefix(prefix))
        }

    @callback
    def recollections(self, shapes: Mapping[str, Shape]) -> dict[str, Recollection]:
        """Return what was known of the devices before the start, with the shapes that were kept."""
        keys: dict[str, list[str]] = {}
        for entity in er.async_entries_for_config_entry(self._entities, self._entry.entry_id):
            device_id, _, key = entity.unique_id.partition("_")
            keys.setdefault(device_id, []).append(key)
        recollections = {}
        for device_entry in dr.async_entries_for_config_entry(self._registry, self._entry.entry_id):
            model_id = device_entry.model_id or ""
            uiid = int(model_id) if model_id.isdecimal() else None
            for domain, device_id in device_entry.identifiers:
                if domain == DOMAIN:
                    shape = shapes.get(device_id) or recalled_shape(uiid, keys.get(device_id, ()))
                    recollections[device_id] = Recollection(uiid, shape)
        return recollections

    @callback
    def renumber(self, device_id: str, keys: Collection[str]) -> None:
        """Let the entities of a device follow what it has now under another key."""
        async_renumber(self._entities, device_id, self._entities_of(device_id), keys)

    @callback
    def move(self, device_id: str, moved: Mapping[str, str | None]) -> None:
        """Let the entities of a device follow what has another key since its uiid has a row."""
        if moved:
            async_move(self._entities, device_id, self._entities_of(device_id), moved)

    def _entities_of(self, device_id: str) -> list[er.RegistryEntry]:
        if (device_entry := self.find(device_id)) is None:
            return []
        return er.async_entries_for_device(self._entities, device_entry.id, include_disabled_entities=True)

    @callback
    def remove_entities(self, device_id: str, keys: Iterable[str]) -> None:
        """Remove entities of a device, by the second part of their unique ids."""
        gone = {f"{device_id}_{key}" for key in keys}
        for entity in self._entities_of(device_id):
            if entity.unique_id in gone:
                self._entities.async_remove(entity.entity_id)


def _is_capability(key: str) -> bool:
    """Return whether a key is that of a capability, with or without the number of a channel."""
    kind, _, number = key.rpartition("_")
    return key in _KINDS or (number.isdecimal() and kind in _KINDS)
