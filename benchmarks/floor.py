"""The least that Home Assistant can be asked to do for the same frames and the same devices."""

from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigEntryState, ConfigFlow
from homeassistant.const import UnitOfElectricCurrent, UnitOfElectricPotential, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
import orjson
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from .wire import Wire

DOMAIN = "floor"


class BareFlow(ConfigFlow, domain=DOMAIN):
    """Makes the floor's entry loadable."""


class BareSwitch(SwitchEntity):
    """A switch and nothing more."""

    _attr_should_poll = False

    def __init__(self, unique_id: str) -> None:
        """Give it what the registry needs."""
        self._attr_unique_id = unique_id
        self._attr_name = f"Switch {unique_id}"


class BareSensor(SensorEntity):
    """A measurement and nothing more."""

    _attr_should_poll = False
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, unique_id: str, device_class: SensorDeviceClass, unit: str) -> None:
        """Give it what the registry and the state need."""
        self._attr_unique_id = unique_id
        self._attr_name = f"Sensor {unique_id}"
        self._attr_device_class = device_class
        self._attr_native_unit_of_measurement = unit


type Bare = tuple[BareSwitch, BareSensor, BareSensor, BareSensor]


def bare(device_id: str) -> Bare:
    """Make the four entities that a frame of uiid 32 changes."""
    return (
        BareSwitch(f"{device_id}_switch"),
        BareSensor(f"{device_id}_power", SensorDeviceClass.POWER, UnitOfPower.WATT),
        BareSensor(f"{device_id}_voltage", SensorDeviceClass.VOLTAGE, UnitOfElectricPotential.VOLT),
        BareSensor(f"{device_id}_current", SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    )


class Floor:
    """What takes a frame to the states with nothing in between."""

    def __init__(self, devices: dict[str, Bare]) -> None:
        """Know the entities by device."""
        self._devices = devices

    async def read(self, wire: Wire) -> None:
        """Deal with what arrives, as long as anything does."""
        receive = wire.receive
        while True:
            self.frame((await receive()).data)

    def frame(self, text: bytes) -> None:
        """Decode, look up, convert, write."""
        data = orjson.loads(text)
        switch, power, voltage, current = self._devices[data["deviceid"]]
        params = data["params"]
        if (value := params.get("switch")) is not None:
            switch._attr_is_on = value == "on"
            switch.async_write_ha_state()
        if (value := params.get("power")) is not None:
            power._attr_native_value = float(value)
            power.async_write_ha_state()
        if (value := params.get("voltage")) is not None:
            voltage._attr_native_value = float(value)
            voltage.async_write_ha_state()
        if (value := params.get("current")) is not None:
            current._attr_native_value = float(value)
            current.async_write_ha_state()


async def add_entities(hass: HomeAssistant, entities: dict[str, list[Entity]]) -> None:
    """Add bare entities, by platform, as the entities of one config entry; return when all are there."""

    async def async_setup_entry(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, list(entities))
        return True

    mock_integration(hass, MockModule(DOMAIN, async_setup_entry=async_setup_entry))
    mock_platform(hass, f"{DOMAIN}.config_flow")
    for platform, members in entities.items():
        mock_platform(hass, f"{DOMAIN}.{platform}", MockPlatform(async_setup_entry=_adder(members)))
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"The floor is {entry.state}")


def _adder(entities: list[Entity]) -> Any:
    async def async_setup_entry(
        _hass: HomeAssistant, _entry: MockConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
    ) -> None:
        async_add_entities(entities)

    return async_setup_entry
