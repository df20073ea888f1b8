"""Snapshots of entities: what we set, and nothing that a release of Home Assistant adds of its own."""

from enum import StrEnum
from typing import Any

from homeassistant.core import State
from homeassistant.helpers.entity_registry import RegistryEntry
from homeassistant.util.read_only_dict import ReadOnlyDict
from pytest_homeassistant_custom_component.syrupy import (
    EntityRegistryEntrySnapshot,
    HomeAssistantSnapshotExtension,
    HomeAssistantSnapshotSerializer,
    StateSnapshot,
)

# What an entity says of itself when it is registered, and what became of it; the rest is the user's.
_REGISTERED = (
    "capabilities",
    "disabled_by",
    "entity_category",
    "entity_id",
    "has_entity_name",
    "options",
    "original_device_class",
    "original_icon",
    "original_name",
    "platform",
    "suggested_object_id",
    "supported_features",
    "translation_key",
    "unique_id",
    "unit_of_measurement",
)

# Attributes of states that a later release adds by itself.
_ADDED = frozenset({"temperature_unit"})


class EntitySerializer(HomeAssistantSnapshotSerializer):
    """Home Assistant's own form with chosen fields, so that one snapshot holds on every release."""

    @classmethod
    def _serialize(cls, data: Any, **how: Any) -> str:
        if isinstance(data, RegistryEntry):
            data = EntityRegistryEntrySnapshot({field: getattr(data, field) for field in _REGISTERED})
        elif isinstance(data, State):
            attributes = {name: value for name, value in data.attributes.items() if name not in _ADDED}
            data = StateSnapshot(entity_id=data.entity_id, state=data.state, attributes=attributes)
        elif isinstance(data, StrEnum):
            # The word counts, not in which class a release keeps it.
            data = str(data)
        elif isinstance(data, ReadOnlyDict):
            data = dict(data)
        return super()._serialize(data, **how)


class EntitySnapshots(HomeAssistantSnapshotExtension):
    """Snapshots beside the tests, in that form."""

    serializer_class = EntitySerializer
