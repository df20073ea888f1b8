"""What all entities share: their device, when they are available, how commands travel."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, override

from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity import EntityDescription

from .coolkit import Capability, CoolKitError, Device, DeviceChanged, Origin, Sender
from .coordinator import EwelinkCoordinator
from .errors import as_home_assistant_error
from .labels import LabeledEntity, label


class EwelinkEntity[T, W = T](LabeledEntity):
    """One capability of one device: it tells `T` and is told `W`."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        coordinator: EwelinkCoordinator,
        device: Device,
        capability: Capability[T, W],
        description: EntityDescription,
    ) -> None:
        """Dress the capability as the description says."""
        self.coordinator = coordinator
        self.entity_description = description
        self._attr_unique_id = f"{device.device_id}_{capability.key}"
        self.device_entry = coordinator.async_device_entry(device.device_id)
        is_of_channel = capability.outlet is not None and description.entity_category is EntityCategory.CONFIG
        if is_of_channel or capability.minor:
            self._attr_entity_registry_enabled_default = False
        self._take(capability)
        self.follow(device)

    def _take(self, capability: Capability[T, W]) -> None:
        """Take over how a capability is read and told, and what it offers."""
        self.capability = capability
        self._read = capability.read
        self._attr_translation_key = (
            self.entity_description.translation_key
            if capability.outlet is None
            else f"channel_{capability.kind}"
        )

    @property
    def device(self) -> Device:
        """The device as it last was told."""
        return self._device

    def follow(self, device: Device) -> None:
        """Take over everything that the device tells."""
        self._device = device
        self._attr_available = self.coordinator.is_available(device)
        self._name_channel()
        self._value = self._present_value()
        self._show(self._value)

    def _present_value(self) -> T | None:
        """Return what the device's params say now."""
        return self._read(self._device.params)

    def _show(self, value: T | None) -> None:
        """Do what has to be done when there is another value; simple entities are read from it."""

    def _name_channel(self) -> None:
        """Put the channel's name into the entity's."""
        if (outlet := self.capability.outlet) is not None:
            channel = label(self.coordinator.channel_name(self._device, outlet))
            self._attr_translation_placeholders = {"channel": channel}
            self._forget_name()

    def _name_by(self, translation_key: str, **placeholders: str) -> None:
        """Take another name of the translations, in place of whatever name it has now."""
        self._attr_translation_key = translation_key
        self._attr_translation_placeholders = placeholders
        if hasattr(self, "_attr_name"):
            del self._attr_name
        self._forget_name()

    def _forget_name(self) -> None:
        """Have the name made anew: Home Assistant keeps the one that it made of the last placeholders."""
        self.__dict__.pop("name", None)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the params that the capability reads; catch up with what came meanwhile."""
        self._listen()
        self.async_on_remove(self._stop_listening)
        self._keep_up()
        device_id = self._device.device_id
        self.follow(self.coordinator.client.devices.get(device_id, self._device))

    def _listen(self) -> None:
        """Listen to the params that are read; entities that need whole events ask for these, too."""
        self._listen_to(self.capability.params)

    def _listen_to(
        self, params: frozenset[str], change: Callable[[DeviceChanged], None] | None = None
    ) -> None:
        self._unsubscribe = self.coordinator.async_add_device_listener(
            self._device.device_id,
            params,
            update=self._handle_update,
            refresh=self._handle_refresh,
            change=change,
        )

    @callback
    def _stop_listening(self) -> None:
        self._unsubscribe()

    def _keep_up(self) -> None:
        """Go over to the capability that has taken the place of the entity's: another product or firmware."""
        present = self.coordinator.capability(self._device.device_id, self.capability.key)
        if present is not None and present is not self.capability:
            self._stop_listening()
            self._take(present)
            self._listen()

    @callback
    def _handle_update(self, device: Device) -> None:
        """Show a value that was sent, if it is another one."""
        self._device = device
        value = self._read(device.params)
        if value != self._value:
            self._value = value
            self._show(value)
            self.async_write_ha_state()

    @callback
    def _handle_refresh(self, device: Device) -> None:
        """Show what else changed of the device: if it can be reached, what it can, its channels' names."""
        self._keep_up()
        self.follow(device)
        self.async_write_ha_state()

    async def async_write(self, value: W) -> None:
        """Send a value to the device; return when it is confirmed."""
        try:
            await self.coordinator.client.write(self._device.device_id, self.capability, value)
        except CoolKitError as err:
            raise as_home_assistant_error(err, self._device) from err


class EwelinkFollowedEntity[T, W](EwelinkEntity[T, W]):
    """A capability that is known from all that was sent, not from the newest params alone."""

    _seen: tuple[Any, ...] | None = None

    @override
    def _take(self, capability: Capability[T, W]) -> None:
        super()._take(capability)
        self._seen = None

    @override
    def _listen(self) -> None:
        self._listen_to(self.capability.params | self.capability.decided_by, self._handle_change)

    @abstractmethod
    def _follow(self, before: T, event: DeviceChanged, sender: Sender) -> T:
        """Return what is known once params were sent."""

    @override
    def _present_value(self) -> T | None:
        """Return what is known already, as long as the params are those that it is known from."""
        params = self._device.params
        names = self.capability.params | self.capability.decided_by
        seen = tuple(params.get(name) for name in sorted(names))
        if seen == self._seen:
            return self._value
        self._seen = seen
        return super()._present_value()

    @callback
    def _handle_change(self, event: DeviceChanged) -> None:
        """Follow what was sent to or by the device."""
        self._device = event.device
        before, self._seen = self._value, None
        value = self._present_value()
        if before is not None and event.origin is not Origin.LIST:
            sender = Sender.DEVICE if event.origin is Origin.PUSH else Sender.CLIENT
            value = self._follow(before, event, sender)
        self._value = value
        self._followed(value)
        if value != before:
            self._show(value)
            self.async_write_ha_state()

    def _followed(self, value: T | None) -> None:
        """Do what has to be done with each change, another value or not."""
