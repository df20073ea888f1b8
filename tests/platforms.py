"""What the tests of the platforms share."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant

from simulator.home import item

STRIP_ID = "1000000a01"
STRIP = item(
    STRIP_ID,
    4,
    "Strip",
    {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]},
    tags={"ck_channel_name": {"0": "Kettle", "3": "Lamp"}},
)


async def call(hass: HomeAssistant, domain: str, service: str, entity_id: str, **data: Any) -> None:
    """Call an action for one entity and wait for its end."""
    await hass.services.async_call(domain, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True)


def state_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the state of an entity, None if there is no such entity."""
    state = hass.states.get(entity_id)
    return None if state is None else state.state


def on(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity is on."""
    return state_of(hass, entity_id) == STATE_ON


def off(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity is off."""
    return state_of(hass, entity_id) == STATE_OFF
