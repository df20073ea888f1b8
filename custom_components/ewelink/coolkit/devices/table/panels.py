"""Control panels."""

from collections.abc import Mapping

from ..model import Capabilities, DeviceKind, Model
from ..readings import (
    CPU_TEMPERATURE,
    PANEL_WEATHER,
    ROOM_OF_PANEL,
    SIGNAL,
    TEMPERATURE_CORRECTION,
    TEMPERATURE_UNIT,
    TOWN_WEATHER,
)
from ..relays import ALARM, PLAY_SOUND, REBOOT
from ..room_climates import PanelThermostat
from .parts import CHANNELS_2

_PANEL: Capabilities = (ALARM, CPU_TEMPERATURE, TOWN_WEATHER, REBOOT, PLAY_SOUND, SIGNAL)

PANELS: Mapping[int, Model] = {
    133: Model(
        "HMI wall switch",
        DeviceKind.PANEL,
        (
            *CHANNELS_2,
            ROOM_OF_PANEL,
            PANEL_WEATHER,
            PanelThermostat().capability(),
            TEMPERATURE_CORRECTION,
            TEMPERATURE_UNIT,
        ),
        examples=("NSPanel",),
    ),
    195: Model("NSPanel Pro", DeviceKind.GATEWAY, _PANEL, has_timers=False, examples=("NSPanel Pro",)),
    228: Model("NSPanel Pro 120", DeviceKind.GATEWAY, _PANEL, has_timers=False, examples=("NSPanel120PB",)),
}
