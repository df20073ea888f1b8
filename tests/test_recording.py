"""Snapshots of entities: the same on every release of Home Assistant."""

import attr
from homeassistant.components.number import NumberMode
from homeassistant.core import State
from homeassistant.helpers.entity_registry import RegistryEntry
import pytest

from tests.common import load_device
from tests.recording import EntitySerializer

ENTITY = "switch.boiler"


@pytest.fixture
async def entry(setup_home, entity_registry):
    """An entity of the registry."""
    await setup_home({**load_device("1"), "name": "Boiler"})
    return entity_registry.async_get(ENTITY)


def test_a_field_that_a_release_adds_is_not_recorded(entry):
    @attr.s(frozen=True, kw_only=True, slots=True)
    class LaterEntry(RegistryEntry):
        later: str | None = attr.ib(default="added")

    fields = {field.name: getattr(entry, field.name) for field in attr.fields(RegistryEntry) if field.init}
    later = LaterEntry(**{name.lstrip("_"): value for name, value in fields.items()})
    assert "later" in attr.asdict(later)
    recorded = EntitySerializer.serialize(entry)
    assert EntitySerializer.serialize(later) == recorded
    assert f"'entity_id': '{ENTITY}'" in recorded


def test_what_the_user_sets_is_not_recorded(entry, entity_registry):
    recorded = EntitySerializer.serialize(entry)
    entity_registry.async_update_entity(ENTITY, name="Mine", icon="mdi:fire", aliases=["Kettle"])
    assert EntitySerializer.serialize(entity_registry.async_get(ENTITY)) == recorded


def test_words_of_home_assistant_are_recorded_without_their_class():
    state = State("number.pulse", "1", {"mode": NumberMode.BOX})
    assert EntitySerializer.serialize(state).splitlines() == [
        "StateSnapshot({",
        "  'attributes': dict({",
        "    'mode': 'box',",
        "  }),",
        "  'entity_id': 'number.pulse',",
        "  'state': '1',",
        "})",
    ]
