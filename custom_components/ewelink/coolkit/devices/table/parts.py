"""What rows have in common: one relay or several, with what goes with them."""

from ..covers import MOTOR
from ..homes import wherever_told
from ..inching import INCHING
from ..model import Capabilities
from ..outlets import channels
from ..readings import WIFI_SIGNAL, ZIGBEE_SIGNAL
from ..relays import (
    CHANNEL_SWITCHES,
    LED,
    LED_BRIGHTNESS,
    MOTOR_SETTINGS,
    STARTUP,
    SWITCH_MODE,
    SWITCH_REVERSED,
    relay,
    while_motor,
    while_switch,
)

WIFI: Capabilities = (LED, WIFI_SIGNAL)
ZIGBEE: Capabilities = (ZIGBEE_SIGNAL,)
SWITCH: Capabilities = (*wherever_told(relay(), STARTUP, *INCHING), *WIFI)
SWITCH_1: Capabilities = (*SWITCH, SWITCH_MODE, SWITCH_REVERSED)
CHANNELS_1: Capabilities = (*wherever_told(*channels((0,))), *WIFI)
CHANNELS_2: Capabilities = (*channels((0, 1)), *WIFI)
CHANNELS_3: Capabilities = (*channels((0, 1, 2)), *WIFI)
CHANNELS_4: Capabilities = (*channels((0, 1, 2, 3)), *WIFI)
DUAL: Capabilities = (
    *while_switch((*channels((0, 1), interlock=False), *CHANNEL_SWITCHES)),
    *while_motor((MOTOR.capability(), *MOTOR_SETTINGS)),
    LED_BRIGHTNESS,
    WIFI_SIGNAL,
)
