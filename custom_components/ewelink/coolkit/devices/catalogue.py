"""The uiids that have no row of their own: what they are called and what kind of device they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class DeviceKind(StrEnum):
    """What a uiid stands for."""

    BINARY_SENSOR = "binary_sensor"
    BRIDGED = "bridged"
    BUTTON = "button"
    CAMERA = "camera"
    CLIMATE = "climate"
    COVER = "cover"
    DIFFUSER = "diffuser"
    FAN = "fan"
    GATEWAY = "gateway"
    HUMIDIFIER = "humidifier"
    LIGHT = "light"
    OTHER = "other"
    PANEL = "panel"
    RF_BRIDGE = "rf_bridge"
    SENSOR = "sensor"
    SWITCH = "switch"
    UNKNOWN = "unknown"
    VALVE = "valve"


class Battery(StrEnum):
    """In what a battery is told."""

    HALF_PERCENT = "half_percent"
    PERCENT = "percent"
    VOLTS = "volts"


@dataclass(frozen=True, slots=True)
class Entry:
    """A uiid without a row.

    `plug` tells those behind a socket from those behind a wall.
    `channels` says how many relays of the list `switches` are real, where that is known; `flags` how many
    relays are a JSON bool of their own (`switch_00` …); with `complete` a command carries all relays.
    `silence` is how many seconds a device that sleeps may be silent, whatever the cloud says of it.
    `battery` is the unit of its battery. `corrects` tells if a correction beside a reading is still to be
    added; None where that is not known. `named` are those of which nothing is known but the name.
    """

    name: str
    kind: DeviceKind
    plug: bool = False
    channels: int | None = None
    flags: int = 0
    complete: bool = False
    silence: float | None = None
    battery: Battery = Battery.PERCENT
    corrects: bool | None = None
    named: bool = False


# Of a device that tells events alone, silence says nothing.
FOR_EVER = inf
# Two of the hourly reports may be lost.
_TWO_REPORTS = 2 * 3600 + 5 * 60

# BRIDGED: entities of a Home Assistant that an iHost shows in eWeLink. To bring them back would be a loop.
CATALOGUE: Mapping[int, Entry] = {
    10: Entry("OSPF", DeviceKind.UNKNOWN),
    11: Entry("Curtain", DeviceKind.COVER),
    12: Entry("EW-RE", DeviceKind.UNKNOWN),
    13: Entry("Fireplace", DeviceKind.CLIMATE, named=True),
    17: Entry("Three-speed smart fan", DeviceKind.FAN),
    19: Entry("Three-speed humidifier", DeviceKind.HUMIDIFIER),
    23: Entry("Nest thermostat", DeviceKind.CLIMATE, named=True),
    24: Entry("GSM/4G single-channel switch", DeviceKind.SWITCH),
    25: Entry("Aroma diffuser", DeviceKind.DIFFUSER),
    26: Entry("Thermostat", DeviceKind.CLIMATE, named=True),
    27: Entry("GSM/4G single-channel switching packet traffic", DeviceKind.SWITCH),
    28: Entry("RF bridge", DeviceKind.RF_BRIDGE),
    29: Entry("GSM/4G dual-channel switch or plug", DeviceKind.SWITCH, channels=2),
    30: Entry("GSM/4G three-channel plug", DeviceKind.SWITCH, channels=3, plug=True),
    31: Entry("GSM/4G four-channel switch or plug", DeviceKind.SWITCH, channels=4),
    34: Entry("Smart fan light", DeviceKind.FAN),
    35: Entry("Ezviz camera", DeviceKind.CAMERA, named=True),
    38: Entry("HomeKit bridge", DeviceKind.GATEWAY, named=True),
    40: Entry("Fujin OPS", DeviceKind.UNKNOWN),
    41: Entry("Four-channel", DeviceKind.SWITCH, channels=4),
    42: Entry("Smart bedside lamp and new RGB ball light", DeviceKind.LIGHT, named=True),
    43: Entry("eWeLink device", DeviceKind.UNKNOWN),
    45: Entry("Downlight & new ceiling light", DeviceKind.LIGHT, named=True),
    46: Entry("Air cleaner", DeviceKind.FAN, named=True),
    49: Entry("Machine bed", DeviceKind.OTHER, named=True),
    51: Entry("Cold and warm desk light", DeviceKind.LIGHT, named=True),
    52: Entry("Dimmable color temperature ceiling light", DeviceKind.LIGHT),
    53: Entry("Electric fan with lamp", DeviceKind.FAN, named=True),
    55: Entry("Sweeping robot", DeviceKind.OTHER, named=True),
    56: Entry("RGBC LED bulb light", DeviceKind.LIGHT, named=True),
    60: Entry("New humidifier", DeviceKind.HUMIDIFIER, named=True),
    61: Entry("Smart router", DeviceKind.OTHER, named=True),
    62: Entry("Meari camera", DeviceKind.CAMERA, named=True),
    63: Entry("eWeLink device", DeviceKind.UNKNOWN),
    64: Entry("Heating table", DeviceKind.CLIMATE, named=True),
    65: Entry("eWeLink camera app on a phone", DeviceKind.CAMERA),
    66: Entry("Zigbee gateway", DeviceKind.GATEWAY),
    67: Entry("Rolling door / garage door", DeviceKind.COVER),
    68: Entry("Koochuwah", DeviceKind.UNKNOWN),
    69: Entry("Atmosphere lamp", DeviceKind.LIGHT, named=True),
    76: Entry("Lamp", DeviceKind.LIGHT, named=True),
    79: Entry("Christmas light", DeviceKind.LIGHT, named=True),
    80: Entry("Hanyuan air conditioner", DeviceKind.CLIMATE, named=True),
    81: Entry("GSM/4G single-channel plug, no traffic", DeviceKind.SWITCH, channels=1, plug=True),
    82: Entry("GSM/4G dual-channel plug, no traffic", DeviceKind.SWITCH, channels=2, plug=True),
    83: Entry("GSM/4G three-channel plug, no traffic", DeviceKind.SWITCH, channels=3, plug=True),
    84: Entry("GSM/4G four-channel plug, no traffic", DeviceKind.SWITCH, channels=4, plug=True),
    86: Entry("Clear boot", DeviceKind.UNKNOWN),
    87: Entry("Camera", DeviceKind.CAMERA),
    88: Entry("YK infrared", DeviceKind.UNKNOWN),
    89: Entry("Smart opening machine", DeviceKind.COVER, named=True),
    90: Entry("GSM-RF bridge", DeviceKind.RF_BRIDGE, named=True),
    91: Entry("Smart roller shutter", DeviceKind.COVER),
    92: Entry("eWeLink device", DeviceKind.UNKNOWN),
    93: Entry("HTHD air cleaner", DeviceKind.FAN, named=True),
    94: Entry("Yian electric protector", DeviceKind.SWITCH, named=True),
    98: Entry("RF doorbell gateway", DeviceKind.RF_BRIDGE),
    102: Entry("Wi-Fi door sensor", DeviceKind.BINARY_SENSOR, battery=Battery.VOLTS, silence=_TWO_REPORTS),
    107: Entry("GSM single-channel plug", DeviceKind.SWITCH, channels=1, plug=True),
    109: Entry("eWeLink Wi-Fi to IR gateway", DeviceKind.OTHER, named=True),
    110: Entry("GSM electricity statistics plug", DeviceKind.SWITCH, plug=True, named=True),
    112: Entry("Single-channel switch microwave radar version", DeviceKind.SWITCH, channels=1),
    113: Entry("Dual-channel switch microwave radar version", DeviceKind.SWITCH, channels=2),
    114: Entry("Three-channel switch microwave radar version", DeviceKind.SWITCH, channels=3),
    118: Entry("2.4G single-channel switch remote control", DeviceKind.BUTTON, named=True),
    119: Entry("2.4G 2-channel remote control", DeviceKind.BUTTON, named=True),
    120: Entry("2.4G 3-channel remote control", DeviceKind.BUTTON, named=True),
    121: Entry("2.4G 6-channel remote control", DeviceKind.BUTTON, named=True),
    127: Entry("GTTA127 thermostat", DeviceKind.CLIMATE),
    128: Entry("Switch station", DeviceKind.GATEWAY),
    130: Entry("Switch station four-channel switching sub-device", DeviceKind.SWITCH, channels=4),
    133: Entry("HMI wall switch", DeviceKind.PANEL, channels=2, corrects=True),
    137: Entry("Light strip, Bluetooth", DeviceKind.LIGHT),
    142: Entry("Midea air conditioner", DeviceKind.CLIMATE, named=True),
    145: Entry("Hue-linked lamp", DeviceKind.LIGHT),
    147: Entry("NSPanel linked device (bulb)", DeviceKind.LIGHT, named=True),
    148: Entry("eWeLink-Remote dual-color cold and warm light remote control", DeviceKind.BUTTON, named=True),
    149: Entry("eWeLink-Remote gateway", DeviceKind.GATEWAY, named=True),
    151: Entry("Air conditioner", DeviceKind.CLIMATE),
    154: Entry("New Wi-Fi door sensor", DeviceKind.BINARY_SENSOR, silence=FOR_EVER),
    156: Entry("eWeLink device", DeviceKind.UNKNOWN),
    157: Entry("Rhythmic RGBCW LED light with eWeLink-Remote", DeviceKind.LIGHT, named=True),
    158: Entry("eWeLink device", DeviceKind.UNKNOWN),
    159: Entry("Illumination strip, Bluetooth", DeviceKind.LIGHT, named=True),
    160: Entry("Single-channel switch with eWeLink-Remote", DeviceKind.SWITCH, channels=1),
    161: Entry("Dual-channel switch with eWeLink-Remote", DeviceKind.SWITCH, channels=2),
    162: Entry("Three-channel switch with eWeLink-Remote", DeviceKind.SWITCH, channels=3),
    163: Entry("Four-channel switch with eWeLink-Remote", DeviceKind.SWITCH, channels=4),
    168: Entry("Zigbee bridge with buzzer", DeviceKind.GATEWAY),
    169: Entry("2.4G AC fan light", DeviceKind.FAN, named=True),
    170: Entry("Camera gateway", DeviceKind.GATEWAY, named=True),
    171: Entry("Camera gateway sub-device", DeviceKind.CAMERA, named=True),
    172: Entry("Scene panel-ewelink-remote gateway", DeviceKind.GATEWAY, named=True),
    173: Entry("Illumination strip", DeviceKind.LIGHT),
    174: Entry("Scene switch (six buttons)", DeviceKind.BUTTON),
    176: Entry("Washing machine", DeviceKind.OTHER),
    177: Entry("Switch Mate", DeviceKind.BUTTON),
    179: Entry("Dual-color cold and warm light with night mode", DeviceKind.LIGHT, named=True),
    187: Entry("SmartThings-bridged switch", DeviceKind.SWITCH),
    188: Entry("SmartThings-bridged light", DeviceKind.LIGHT),
    191: Entry("Single-channel plug", DeviceKind.SWITCH, channels=1, plug=True),
    195: Entry("NSPanel Pro", DeviceKind.GATEWAY),
    196: Entry("Bridged light strip", DeviceKind.LIGHT),
    197: Entry("Bridged white light", DeviceKind.LIGHT),
    198: Entry("Bridged colour light", DeviceKind.LIGHT),
    204: Entry("iHost gateway", DeviceKind.GATEWAY),
    209: Entry("One-channel touch switch (TX Ultimate)", DeviceKind.SWITCH, channels=1),
    210: Entry("Two-channel touch switch (TX Ultimate)", DeviceKind.SWITCH, channels=2),
    211: Entry("Three-channel touch switch (TX Ultimate)", DeviceKind.SWITCH, channels=3),
    212: Entry("Four-channel touch switch (TX Ultimate)", DeviceKind.SWITCH, channels=4),
    224: Entry("433 MHz button device", DeviceKind.BUTTON),
    225: Entry("Pc switch", DeviceKind.SWITCH),
    226: Entry("Circuit breaker with meter", DeviceKind.SWITCH),
    228: Entry("NSPanel Pro 120", DeviceKind.GATEWAY),
    236: Entry("Garage door controller", DeviceKind.COVER),
    237: Entry("Garage door controller", DeviceKind.COVER),
    238: Entry("Garage door controller", DeviceKind.COVER),
    242: Entry("Temperature and humidity sensor", DeviceKind.SENSOR, corrects=True),
    243: Entry("Zigbee bridge ultra", DeviceKind.GATEWAY),
    258: Entry("Roller blind motor module (Wi-Fi)", DeviceKind.COVER),
    262: Entry("Four-channel power strip with meter", DeviceKind.SWITCH, channels=4),
    266: Entry("Air quality monitor", DeviceKind.SENSOR, corrects=True),
    268: Entry("Single-channel switch", DeviceKind.SWITCH, channels=1),
    275: Entry("Dual-channel switch with detach", DeviceKind.SWITCH, channels=2),
    276: Entry("Single-channel plug with meter", DeviceKind.SWITCH, channels=1, plug=True),
    277: Entry("Dimmer with metering", DeviceKind.LIGHT),
    1000: Entry("Zigbee wireless button", DeviceKind.BUTTON),
    1001: Entry("Zigbee 1-channel scene switch", DeviceKind.BUTTON),
    1002: Entry("Zigbee 2-channel scene switch", DeviceKind.BUTTON),
    1003: Entry("Zigbee 3-channel scene switch", DeviceKind.BUTTON),
    1004: Entry("Zigbee 4-channel scene switch", DeviceKind.BUTTON),
    1005: Entry("Zigbee 5-channel scene switch", DeviceKind.BUTTON),
    1006: Entry("Zigbee 6-channel scene switch", DeviceKind.BUTTON),
    1009: Entry("Zigbee single-channel plug", DeviceKind.SWITCH, plug=True),
    1514: Entry("Zigbee curtain", DeviceKind.COVER, battery=Battery.HALF_PERCENT),
    1771: Entry("Zigbee temperature and humidity sensor with display", DeviceKind.SENSOR),
    1772: Entry("Zigbee radiator valve (first version)", DeviceKind.CLIMATE),
    2256: Entry("Zigbee dual-channel switch", DeviceKind.SWITCH, channels=2, complete=True),
    3256: Entry("Zigbee three-channel switch", DeviceKind.SWITCH, channels=3, complete=True),
    3258: Entry("Zigbee RGBCW LED light", DeviceKind.LIGHT),
    4026: Entry("Zigbee water flood sensor", DeviceKind.BINARY_SENSOR),
    4256: Entry("Zigbee four-channel switch", DeviceKind.SWITCH, channels=4, complete=True),
    5000: Entry("Group", DeviceKind.OTHER, named=True),
    5026: Entry("Zigbee smoke sensor", DeviceKind.BINARY_SENSOR),
    7000: Entry("Zigbee wireless button, OTA", DeviceKind.BUTTON),
    7002: Entry("Zigbee human body sensor, OTA", DeviceKind.BINARY_SENSOR),
    7003: Entry("Zigbee door sensor, OTA", DeviceKind.BINARY_SENSOR),
    7004: Entry("Zigbee single-channel switch, OTA", DeviceKind.SWITCH),
    7005: Entry("Zigbee single-channel plug, OTA", DeviceKind.SWITCH, plug=True),
    7006: Entry("Zigbee curtain, OTA", DeviceKind.COVER),
    7008: Entry("Zigbee dual-color light, OTA", DeviceKind.LIGHT),
    7009: Entry("Zigbee RGBCW LED light, OTA", DeviceKind.LIGHT),
    7010: Entry("Zigbee single-channel switch, OTA", DeviceKind.SWITCH),
    7011: Entry("Zigbee dual-channel switch, OTA", DeviceKind.SWITCH, channels=2, complete=True),
    7012: Entry("Zigbee three-channel switch, OTA", DeviceKind.SWITCH, channels=3, complete=True),
    7013: Entry("Zigbee four-channel switch, OTA", DeviceKind.SWITCH, channels=4, complete=True),
    7014: Entry("Zigbee temperature and humidity sensor, OTA", DeviceKind.SENSOR),
    7015: Entry("Zigbee curtain with limits", DeviceKind.COVER),
    7016: Entry("Zigbee presence sensor", DeviceKind.BINARY_SENSOR),
    7017: Entry("Zigbee radiator valve", DeviceKind.CLIMATE),
    7019: Entry("Zigbee water sensor, OTA", DeviceKind.BINARY_SENSOR),
    7020: Entry("Zigbee single-channel switch", DeviceKind.SWITCH),
    7021: Entry("Zigbee 2-channel switch", DeviceKind.SWITCH, flags=2),
    7022: Entry("Zigbee 3-channel switch", DeviceKind.SWITCH, flags=3),
    7027: Entry("Zigbee water valve", DeviceKind.VALVE),
    7028: Entry("Zigbee 1-channel switch with detach", DeviceKind.SWITCH, channels=1),
    7029: Entry("Zigbee 2-channel switch with detach", DeviceKind.SWITCH, channels=2),
    7030: Entry("Zigbee 3-channel switch with detach", DeviceKind.SWITCH, channels=3),
    7032: Entry("Zigbee plug with meter", DeviceKind.SWITCH, channels=1, plug=True),
    7033: Entry("Zigbee temperature and humidity sensor (plain units)", DeviceKind.SENSOR, corrects=False),
    7034: Entry("Zigbee roller blind module", DeviceKind.COVER),
    7038: Entry(
        "Zigbee temperature and humidity sensor with remote display", DeviceKind.SENSOR, corrects=True
    ),
    7039: Entry("Zigbee four-button scene controller", DeviceKind.BUTTON),
    7040: Entry("Zigbee dual-channel switch (MINI DUO)", DeviceKind.SWITCH, channels=2),
    7047: Entry("Zigbee water valve with one outlet", DeviceKind.VALVE),
    7048: Entry("Zigbee water valve with two outlets", DeviceKind.VALVE),
    7051: Entry("Zigbee presence sensor with lux", DeviceKind.BINARY_SENSOR),
    7054: Entry("Zigbee switch with meter", DeviceKind.SWITCH, channels=1),
    7055: Entry("Zigbee presence sensor (battery)", DeviceKind.BINARY_SENSOR),
    20001: Entry("iHost-bridged switch", DeviceKind.BRIDGED),
    20002: Entry("iHost-bridged dual switch", DeviceKind.BRIDGED),
    20003: Entry("iHost-bridged three-way switch", DeviceKind.BRIDGED),
    20004: Entry("iHost-bridged four-way switch", DeviceKind.BRIDGED),
    20005: Entry("iHost-bridged on/off light", DeviceKind.BRIDGED),
    20006: Entry("iHost-bridged dimmable light", DeviceKind.BRIDGED),
    20007: Entry("iHost-bridged white light", DeviceKind.BRIDGED),
    20008: Entry("iHost-bridged colour light", DeviceKind.BRIDGED),
    30000: Entry("Matter-bridged switch", DeviceKind.SWITCH),
    30001: Entry("Matter-bridged light", DeviceKind.LIGHT),
    30002: Entry("Matter gateway", DeviceKind.GATEWAY),
    30003: Entry("Matter-bridged switch", DeviceKind.SWITCH),
    30004: Entry("Matter-bridged light", DeviceKind.LIGHT),
}
