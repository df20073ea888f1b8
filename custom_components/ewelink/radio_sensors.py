"""Binary sensors made of codes that a radio bridge hears, where the user says that a sensor sends them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self, override

from homeassistant.components.binary_sensor import (
    DOMAIN as BINARY_SENSOR_DOMAIN,
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN
from .coolkit import Code, Device, DeviceChanged, EventCapability, Kind, Origin, heard_as
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .labels import LabeledEntity

# The key of an entry's options: by device id, then by the number of the channel as text.
CONF_RADIO_SENSORS: Final = "radio_sensors"

CLASSES: Final = (
    BinarySensorDeviceClass.DOOR,
    BinarySensorDeviceClass.GARAGE_DOOR,
    BinarySensorDeviceClass.GAS,
    BinarySensorDeviceClass.MOISTURE,
    BinarySensorDeviceClass.MOTION,
    BinarySensorDeviceClass.OCCUPANCY,
    BinarySensorDeviceClass.OPENING,
    BinarySensorDeviceClass.SAFETY,
    BinarySensorDeviceClass.SMOKE,
    BinarySensorDeviceClass.TAMPER,
    BinarySensorDeviceClass.VIBRATION,
    BinarySensorDeviceClass.WINDOW,
)
# In seconds.
LONGEST_DELAY: Final = 86_400
USUAL_DELAY: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioSensor:
    """How a code is shown as a binary sensor: what it senses, and what ends that, a time or another code."""

    device_class: str | None = None
    off_delay: int = USUAL_DELAY
    off_code: int | None = None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `as_dict` has stored."""
        return cls(
            device_class=stored.get("device_class"),
            off_delay=int(stored.get("off_delay", USUAL_DELAY)),
            off_code=stored.get("off_code"),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def sensors_of(entry: EwelinkConfigEntry) -> dict[tuple[str, int], RadioSensor]:
    """Return which codes of which bridges the user has made sensors of."""
    return {
        (device_id, int(channel)): RadioSensor.from_dict(stored)
        for device_id, sensors in entry.options.get(CONF_RADIO_SENSORS, {}).items()
        for channel, stored in sensors.items()
    }


@callback
def async_store_sensor(
    hass: HomeAssistant, entry: EwelinkConfigEntry, device_id: str, channel: int, sensor: RadioSensor | None
) -> None:
    """Keep how a code is shown, or that it is shown as a binary sensor no longer."""
    if sensors_of(entry).get((device_id, channel)) == sensor:
        return
    stored = {known: dict(sensors) for known, sensors in entry.options.get(CONF_RADIO_SENSORS, {}).items()}
    of_device = stored.setdefault(device_id, {})
    of_device.pop(str(channel), None)
    if sensor is not None:
        of_device[str(channel)] = sensor.as_dict()
    stored = {known: sensors for known, sensors in stored.items() if sensors}
    hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_RADIO_SENSORS: stored})


class EwelinkRadioSensor(LabeledEntity, BinarySensorEntity):
    """A code as a sensor: on when it is heard, off after a time or when another code is heard."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, coordinator: EwelinkCoordinator, device: Device, channel: int, sensor: RadioSensor
    ) -> None:
        """Show it beside what else the bridge has."""
        self.coordinator = coordinator
        self.sensor = sensor
        self._channel = channel
        self._device = device
        self._cancel: CALLBACK_TYPE | None = None
        self._attr_unique_id = f"{device.device_id}_sensed_{channel}"
        self.device_entry = coordinator.async_device_entry(device.device_id)
        self._attr_is_on = False
        self._show(device)

    def _show(self, device: Device) -> None:
        """Take over what the bridge tells: whether it has the code, and with two codes which came last."""
        self._device = device
        code = self._code(self._channel)
        self._attr_available = code is not None and self.coordinator.is_available(device)
        self._attr_name = None if code is None else code.name
        self.__dict__.pop("name", None)
        device_class = self.sensor.device_class
        self._attr_device_class = None if device_class is None else BinarySensorDeviceClass(device_class)
        self.__dict__.pop("device_class", None)
        if self.sensor.off_code is not None and self.sensor.off_delay == 0:
            on, off = (str(device.params.get(param, "")) for param in self._params)
            # Times of one form grow as texts do; an empty one, or "0", is none.
            self._attr_is_on = len(on) > 1 and on > off

    def _code(self, channel: int) -> Code | None:
        codes = self.coordinator.client.radio.codes(self._device.device_id)
        return next((code for code in codes if code.channel == channel), None)

    @property
    def _params(self) -> tuple[str, ...]:
        channels = (self._channel, self.sensor.off_code)
        return tuple(heard_as(channel) for channel in channels if channel is not None)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the bridge."""
        self.async_on_remove(
            self.coordinator.async_add_device_listener(
                self._device.device_id,
                None,
                update=self._follow,
                refresh=self._follow,
                change=self._handle_change,
            )
        )
        self.async_on_remove(self._stop)
        self._show(self.coordinator.client.devices.get(self._device.device_id, self._device))

    @callback
    def async_reconfigure(self, sensor: RadioSensor) -> None:
        """Go on with other options."""
        if sensor != self.sensor:
            self.sensor = sensor
            self._stop()
            self._attr_is_on = False
            self._follow(self._device)

    @callback
    def _follow(self, device: Device) -> None:
        self._show(device)
        self.async_write_ha_state()

    @callback
    def _handle_change(self, event: DeviceChanged) -> None:
        """Go on or off when the bridge has just heard the code, or the one that ends it."""
        if self._heard(event, self._channel):
            self._stop()
            self._attr_is_on = True
            if self.sensor.off_delay:
                self._cancel = async_call_later(self.hass, self.sensor.off_delay, self._end)
        elif self.sensor.off_code is not None and self._heard(event, self.sensor.off_code):
            self._stop()
            self._attr_is_on = False
        elif event.keys.isdisjoint((*self._params, "rfList")):
            return
        self._follow(event.device)

    def _heard(self, event: DeviceChanged, channel: int) -> bool:
        if event.origin is not Origin.PUSH:
            return False
        for kind in (Kind.TRIGGERED, Kind.HEARD):
            capability = self.coordinator.capability(event.device.device_id, f"{kind}_{channel}")
            if isinstance(capability, EventCapability):
                return capability.happened(event.device.params, event.previous.params, event.keys) is not None
        return False

    @callback
    def _end(self, _: datetime) -> None:
        self._cancel = None
        self._attr_is_on = False
        self.async_write_ha_state()

    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None


class RadioSensors:
    """Keeps the binary sensors of an account's codes as its options say."""

    def __init__(
        self, hass: HomeAssistant, entry: EwelinkConfigEntry, add: AddConfigEntryEntitiesCallback
    ) -> None:
        """Add those that there are now; follow options and devices."""
        self._hass = hass
        self._entry = entry
        self._add = add
        self._shown: dict[tuple[str, int], EwelinkRadioSensor] = {}
        entry.async_on_unload(entry.add_update_listener(self._async_updated))
        entry.runtime_data.async_watch_devices(self._watch)
        self._sync()

    async def _async_updated(self, _hass: HomeAssistant, _entry: EwelinkConfigEntry) -> None:
        self._sync()

    @callback
    def _watch(self, device: Device, previous: Device | None) -> None:
        if previous is None:
            # It has just come, or come back: the registry has none of its entities.
            for place in [place for place in self._shown if place[0] == device.device_id]:
                del self._shown[place]
            self._sync()

    @callback
    def _sync(self) -> None:
        coordinator = self._entry.runtime_data
        wanted = sensors_of(self._entry)
        for place in self._shown.keys() - wanted.keys():
            registry = er.async_get(self._hass)
            unique_id = self._shown.pop(place).unique_id or ""
            if entity_id := registry.async_get_entity_id(BINARY_SENSOR_DOMAIN, DOMAIN, unique_id):
                registry.async_remove(entity_id)
        for place, sensor in wanted.items():
            device = coordinator.client.devices.get(place[0])
            if (shown := self._shown.get(place)) is not None:
                shown.async_reconfigure(sensor)
            elif device is not None and coordinator.async_device_entry(device.device_id) is not None:
                self._shown[place] = EwelinkRadioSensor(coordinator, device, place[1], sensor)
                self._add([self._shown[place]])
