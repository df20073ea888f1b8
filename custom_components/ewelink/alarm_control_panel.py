"""Alarm control panels: the alarm systems of panels with a gateway."""

from typing import Any, override

from homeassistant.components.alarm_control_panel import (
    AlarmControlPanelEntity,
    AlarmControlPanelEntityDescription,
    AlarmControlPanelEntityFeature,
    AlarmControlPanelState,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coolkit import Capability, Device, Kind
from .coordinator import EwelinkConfigEntry, EwelinkCoordinator
from .entity import EwelinkEntity

# The client orders and paces the commands of each device.
PARALLEL_UPDATES = 0

ALARM_CONTROL_PANELS: dict[Kind, AlarmControlPanelEntityDescription] = {
    Kind.ALARM: AlarmControlPanelEntityDescription(key=Kind.ALARM, translation_key="alarm"),
}


async def async_setup_entry(
    hass: HomeAssistant,  # noqa: ARG001 - the signature is Home Assistant's
    entry: EwelinkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's alarm control panels."""
    await entry.runtime_data.async_add_platform(_create, async_add_entities)


def _create(
    coordinator: EwelinkCoordinator, device: Device, capability: Capability[Any, Any]
) -> EwelinkAlarm | None:
    if (description := ALARM_CONTROL_PANELS.get(capability.kind)) is None:
        return None
    return EwelinkAlarm(coordinator, device, capability, description)


class EwelinkAlarm(EwelinkEntity[str], AlarmControlPanelEntity):
    """The alarm system of a panel; it asks for no code, and does not say when it goes off."""

    _attr_code_arm_required = False
    _attr_supported_features = (
        AlarmControlPanelEntityFeature.ARM_HOME
        | AlarmControlPanelEntityFeature.ARM_AWAY
        | AlarmControlPanelEntityFeature.ARM_NIGHT
    )

    @property
    @override
    def alarm_state(self) -> AlarmControlPanelState | None:
        """How the alarm is set."""
        return None if self._value is None else AlarmControlPanelState(self._value)

    @override
    async def async_alarm_disarm(self, code: str | None = None) -> None:
        """Disarm it."""
        await self.async_write(AlarmControlPanelState.DISARMED)

    @override
    async def async_alarm_arm_home(self, code: str | None = None) -> None:
        """Arm it while somebody is at home."""
        await self.async_write(AlarmControlPanelState.ARMED_HOME)

    @override
    async def async_alarm_arm_away(self, code: str | None = None) -> None:
        """Arm it while nobody is at home."""
        await self.async_write(AlarmControlPanelState.ARMED_AWAY)

    @override
    async def async_alarm_arm_night(self, code: str | None = None) -> None:
        """Arm it for the night."""
        await self.async_write(AlarmControlPanelState.ARMED_NIGHT)
