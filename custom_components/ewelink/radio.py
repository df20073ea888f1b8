"""Codes of radio remotes, as people mean them: by name, or by number where the app knows none."""

import asyncio

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.core import Event, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_registry import EVENT_ENTITY_REGISTRY_UPDATED

from .const import DOMAIN
from .coolkit import Code, Kind
from .coordinator import EwelinkCoordinator
from .radio_sensors import async_store_sensor

# In seconds: how long Home Assistant may take to make the entities of a code.
MADE_WITHIN = 10
_SHOWN_BY = ((EVENT_DOMAIN, Kind.HEARD), (BUTTON_DOMAIN, Kind.TRANSMIT))


def find_code(codes: tuple[Code, ...], meant: str) -> Code | None:
    """Return the code of a name, or of a number as people count them from 1."""
    named = [code for code in codes if code.name and code.name.casefold() == meant.casefold()]
    numbered = (code for code in codes if str(code.channel + 1) == meant)
    return next(iter(named), None) or next(numbered, None)


async def async_learn(
    coordinator: EwelinkCoordinator,
    device_id: str,
    *,
    button: str,
    remote: str = "",
    is_sensor: bool = False,
) -> Code:
    """Learn a code under a name, and return it; where the cloud takes none, Home Assistant alone keeps it.

    Raises `CoolKitError`.
    """
    learnt = await coordinator.client.radio.learn(
        device_id, button=button, remote=remote, is_sensor=is_sensor
    )
    if not learnt.is_named:
        await _async_name(coordinator, device_id, learnt.channel, f"{remote} {button}".strip())
    codes = coordinator.client.radio.codes(device_id)
    return next((code for code in codes if code.channel == learnt.channel), Code(learnt.channel, button))


async def async_delete(coordinator: EwelinkCoordinator, device_id: str, channel: int) -> None:
    """Have a bridge forget a code, which is shown as no sensor any more. Raises `CoolKitError`."""
    await coordinator.client.radio.delete(device_id, channel)
    async_store_sensor(coordinator.hass, coordinator.config_entry, device_id, channel, None)


async def _async_name(coordinator: EwelinkCoordinator, device_id: str, channel: int, name: str) -> None:
    """Name the entities of a code in Home Assistant, which is about to make them."""
    registry = er.async_get(coordinator.hass)
    made = asyncio.Event()
    ids = [(domain, DOMAIN, f"{device_id}_{kind}_{channel}") for domain, kind in _SHOWN_BY]

    @callback
    def look(_: Event[er.EventEntityRegistryUpdatedData] | None = None) -> None:
        if all(registry.async_get_entity_id(*one) for one in ids):
            made.set()

    stop = coordinator.hass.bus.async_listen(EVENT_ENTITY_REGISTRY_UPDATED, look)
    try:
        look()
        async with asyncio.timeout(MADE_WITHIN):
            await made.wait()
    except TimeoutError:
        # The device was removed meanwhile, or an entity of it is disabled for good.
        pass
    finally:
        stop()
    for one in ids:
        if (entity_id := registry.async_get_entity_id(*one)) is not None:
            registry.async_update_entity(entity_id, name=name)
