"""Entities whose unique ids are others now: they keep entity id, name, history and what users made of them.

A device lists its relays, and nobody knows how many it has: the only one that was seen stands for the device
until others appear. Versions before gave it a number only then, and the entity that was there was lost.
"""

from collections.abc import Collection, Iterable, Mapping

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er


def twin_of(key: str, keys: Collection[str]) -> str | None:
    """Return the key under which a device now has what it had under `key`: with another number, or none."""
    if key in keys:
        return None
    kind, _, number = key.rpartition("_")
    if number.isdecimal():
        return kind if kind in keys else None
    numbered = [one for one in keys if one.rpartition("_")[0] == key and one.rpartition("_")[2].isdecimal()]
    return min(numbered, key=lambda one: int(one.rpartition("_")[2]), default=None)


@callback
def async_move(
    registry: er.EntityRegistry,
    device_id: str,
    entities: Iterable[er.RegistryEntry],
    moved: Mapping[str, str | None],
) -> None:
    """Give entities the unique ids under which a device has their facts since its uiid has a row.

    One whose fact was none of the device's, or is shown by another platform now, is removed.
    """
    by_id = {(entity.domain, entity.unique_id): entity for entity in entities}
    for key, target in moved.items():
        for (domain, unique_id), entity in by_id.items():
            if unique_id != f"{device_id}_{key}":
                continue
            new_id = f"{device_id}_{target}"
            if target is None or (domain, new_id) in by_id:
                registry.async_remove(entity.entity_id)
            else:
                registry.async_update_entity(entity.entity_id, new_unique_id=new_id)


@callback
def async_renumber(
    registry: er.EntityRegistry, device_id: str, entities: Iterable[er.RegistryEntry], keys: Collection[str]
) -> None:
    """Give the entities of a device the unique ids that go with what it has now."""
    prefix = f"{device_id}_"
    registered = {
        entity.unique_id.removeprefix(prefix): entity
        for entity in entities
        if entity.unique_id.startswith(prefix)
    }
    # The first channel first: it is the one that was the only one.
    for key in sorted(registered):
        if (twin := twin_of(key, keys)) is None:
            continue
        entity, other = registered[key], registered.get(twin)
        if other is not None:
            if not _is_dearer(entity, other):
                continue
            registry.async_remove(other.entity_id)
        registered[twin] = registry.async_update_entity(entity.entity_id, new_unique_id=f"{prefix}{twin}")


def _is_dearer(entity: er.RegistryEntry, other: er.RegistryEntry) -> bool:
    """Tell which of two entities of one relay would be missed: the one that somebody set up, or the older."""
    touched = [_touches(one) for one in (entity, other)]
    if touched[0] != touched[1]:
        return touched[0] > touched[1]
    return entity.created_at < other.created_at


def _touches(entity: er.RegistryEntry) -> int:
    """Count what a user has set of an entity."""
    return sum(
        bool(one)
        for one in (
            entity.name,
            entity.icon,
            entity.area_id,
            entity.labels,
            entity.categories,
            entity.hidden_by,
        )
    )
