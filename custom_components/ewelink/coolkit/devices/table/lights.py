"""Lights and dimmers."""

from collections.abc import Mapping

from ..bridged_lights import GoogleLamp, MatterLamp, SmartThingsLamp
from ..builders import ZERO_ONE, number_setting, on_off_setting
from ..bulbs import color_lamp, white_lamp
from ..capability import Kind
from ..ceilings import Ceiling
from ..lights import ChannelLight, ColorTempRange, Dimmer, Levels
from ..model import Capabilities, DeviceKind, Model
from ..params import Params
from ..readings import METER_IN_HUNDREDTHS, SIGNAL, WIFI_SIGNAL, estimated
from ..relays import STARTUP
from ..scene_strips import SCENES_OF_L2, SCENES_OF_L3, SceneStrip
from ..shaped_lights import FadingDimmer, Hue, WhiteDimmer
from ..strips import ColorStrip
from ..support import SupportReason, unsupported
from .parts import WIFI, ZIGBEE

_TEN_TO_100 = Levels(10, 100)
_TO_100 = Levels(1, 100)
_AS_TEXT = Levels(25, 255)
_SWITCH_ON: Params = {"switch": "on"}
_PRESETS_OF_D1 = {
    "night": {"switch": "on", "brightness": 5, "mode": 1},
    "computer": {"switch": "on", "brightness": 20, "mode": 2},
    "reading": {"switch": "on", "brightness": 50, "mode": 3},
    "bright": {"switch": "on", "brightness": 100, "mode": 4},
}
# No source states the longest.
_LONGEST_FADE = 10_000
_OF_OTA: Capabilities = (
    number_setting(Kind.FADE_IN, "slowlyLit", minimum=0, maximum=_LONGEST_FADE, unit="ms"),
    number_setting(Kind.FADE_OUT, "slowlyDimmed", minimum=0, maximum=_LONGEST_FADE, unit="ms"),
    on_off_setting(Kind.DIMMED_BY_SWITCH, "dimming", values=ZERO_ONE),
    on_off_setting(Kind.QUICK_SWITCH, "quickSwitch", values=ZERO_ONE),
)
_EFFECTS_OF_L1 = {
    "colorful_gradient": 2,
    "colorful_breath": 3,
    "diy_gradient": 4,
    "diy_pulse": 5,
    "diy_breath": 6,
    "diy_strobe": 7,
    "rgb_gradient": 8,
    "rgb_pulse": 9,
    "rgb_breath": 10,
    "rgb_strobe": 11,
    "music": 12,
}

LIGHTS: Mapping[int, Model] = {
    16: Model(
        "Cold and warm light",
        DeviceKind.LIGHT,
        (ChannelLight(colors=False).capability(), WIFI_SIGNAL),
        timed_as=("state",),
    ),
    22: Model(
        "RGBCW bulb",
        DeviceKind.LIGHT,
        (ChannelLight(colors=True).capability(), WIFI_SIGNAL),
        timed_as=("state",),
        examples=("B1", "B1_R2"),
    ),
    33: Model(
        "RGB strip controller",
        DeviceKind.LIGHT,
        (ColorStrip(_TEN_TO_100, {"gradual": 2, "jump": 3}, with_speed=True).capability(), WIFI_SIGNAL),
    ),
    36: Model(
        "Dimmer switch",
        DeviceKind.LIGHT,
        (Dimmer("bright", _TEN_TO_100).capability(), *WIFI),
        examples=("KING-M4",),
    ),
    42: Model("Smart bedside lamp and new RGB ball light", DeviceKind.LIGHT, named=True),
    44: Model(
        "Dimmer",
        DeviceKind.LIGHT,
        (
            Dimmer(
                "brightness",
                _TO_100,
                on_first=False,
                always={"switch": "on", "mode": 0},
                scenes=_PRESETS_OF_D1,
            ).capability(),
            STARTUP,
            *WIFI,
        ),
        examples=("D1", "PSF-BLD", "D1R1"),
    ),
    45: Model("Downlight & new ceiling light", DeviceKind.LIGHT, named=True),
    51: Model("Cold and warm desk light", DeviceKind.LIGHT, named=True),
    52: Model(
        "Dimmable color temperature ceiling light",
        DeviceKind.LIGHT,
        (Ceiling().capability(), WIFI_SIGNAL),
        timed_as=("state",),
    ),
    56: Model("RGBC LED bulb light", DeviceKind.LIGHT, named=True),
    57: Model(
        "Single-colour bulb",
        DeviceKind.LIGHT,
        (Dimmer("channel0", _AS_TEXT, power="state", as_text=True).capability(), WIFI_SIGNAL),
        timed_as=("state",),
        examples=("mosquito killer lamp",),
    ),
    59: Model(
        "Light strip",
        DeviceKind.LIGHT,
        (ColorStrip(_TO_100, _EFFECTS_OF_L1, with_speed=False).capability(), WIFI_SIGNAL),
        examples=("L1", "LumiDock", "LumiCharge3"),
    ),
    69: Model("Atmosphere lamp", DeviceKind.LIGHT, named=True),
    76: Model("Lamp", DeviceKind.LIGHT, named=True),
    79: Model("Christmas light", DeviceKind.LIGHT, named=True),
    103: Model(
        "Cold and warm light",
        DeviceKind.LIGHT,
        (white_lamp(255, 2200, 6500), WIFI_SIGNAL),
        products={
            "B02-F-ST64": (white_lamp(255, 1800, 5000), WIFI_SIGNAL),
            "B02-B-A60": (white_lamp(255, 2700, 6500), WIFI_SIGNAL),
            "QMS-2C-CW": (white_lamp(255, 2700, 6500), WIFI_SIGNAL),
        },
        examples=("B02-F-A60", "B02-F-ST64", "FS-1", "QMS-2C-CW"),
    ),
    104: Model(
        "RGBCW light",
        DeviceKind.LIGHT,
        (
            color_lamp(
                255,
                good_night={"r": 255, "g": 254, "b": 127},
                night_light={"r": 255, "g": 242, "b": 226},
            ),
            WIFI_SIGNAL,
        ),
        examples=("B05-B-A60", "B02-B-A60", "GTLC104", "B05-B"),
    ),
    135: Model(
        "Cold and warm light with eWeLink-Remote",
        DeviceKind.LIGHT,
        (white_lamp(100, 2700, 6500), STARTUP, WIFI_SIGNAL),
        examples=("B02-BL",),
    ),
    136: Model(
        "RGBCW light with eWeLink-Remote",
        DeviceKind.LIGHT,
        (
            color_lamp(
                100,
                good_night={"r": 255, "g": 250, "b": 125},
                night_light={"r": 255, "g": 240, "b": 225},
            ),
            STARTUP,
            WIFI_SIGNAL,
        ),
        examples=("B05-BL",),
    ),
    137: Model(
        "Light strip, Bluetooth",
        DeviceKind.LIGHT,
        (SceneStrip(SCENES_OF_L2, keeps_levels=False).capability(), *WIFI),
        examples=("L2", "Spider controller"),
    ),
    145: Model(
        "Hue-linked lamp", DeviceKind.LIGHT, (unsupported(SupportReason.LINKED), SIGNAL), has_timers=False
    ),
    147: Model("NSPanel linked device (bulb)", DeviceKind.LIGHT, named=True),
    157: Model("Rhythmic RGBCW LED light with eWeLink-Remote", DeviceKind.LIGHT, named=True),
    159: Model("Illumination strip, Bluetooth", DeviceKind.LIGHT, named=True),
    173: Model(
        "Illumination strip",
        DeviceKind.LIGHT,
        (SceneStrip(SCENES_OF_L3, keeps_levels=True).capability(), *WIFI),
        examples=("L3-5M-P",),
    ),
    179: Model("Dual-color cold and warm light with night mode", DeviceKind.LIGHT, named=True),
    188: Model(
        "SmartThings-bridged light",
        DeviceKind.LIGHT,
        (SmartThingsLamp().capability(), SIGNAL),
        has_timers=False,
    ),
    196: Model(
        "Bridged light strip",
        DeviceKind.LIGHT,
        (GoogleLamp(white=False, color=True).capability(), SIGNAL),
        has_timers=False,
        examples=("Yeelight",),
    ),
    197: Model(
        "Bridged white light",
        DeviceKind.LIGHT,
        (GoogleLamp(white=True, color=False).capability(), SIGNAL),
        has_timers=False,
        examples=("Yeelight",),
    ),
    198: Model(
        "Bridged colour light",
        DeviceKind.LIGHT,
        (GoogleLamp(white=True, color=True).capability(), SIGNAL),
        has_timers=False,
        examples=("Yeelight",),
    ),
    277: Model(
        "Dimmer with metering",
        DeviceKind.LIGHT,
        (
            FadingDimmer("brightness", _TO_100, on_first=False, always=_SWITCH_ON).capability(),
            *METER_IN_HUNDREDTHS,
            *estimated(METER_IN_HUNDREDTHS),
            *WIFI,
        ),
        examples=("MINI-DIM",),
    ),
    1257: Model(
        "Zigbee dimmable light",
        DeviceKind.LIGHT,
        (Dimmer("brightness", _TO_100, on_first=False, always=_SWITCH_ON).capability(), *ZIGBEE),
    ),
    1258: Model(
        "Zigbee cold and warm light",
        DeviceKind.LIGHT,
        (
            Dimmer(
                "brightness",
                _TO_100,
                on_first=False,
                always=_SWITCH_ON,
                whites=ColorTempRange(2200, 4000, 100),
            ).capability(),
            *ZIGBEE,
        ),
    ),
    3258: Model("Zigbee RGBCW LED light", DeviceKind.LIGHT, (Hue().capability(), *ZIGBEE)),
    7008: Model(
        "Zigbee dual-color light, OTA",
        DeviceKind.LIGHT,
        (WhiteDimmer(ColorTempRange(2200, 4000, 100), scenes=True).capability(), STARTUP, *_OF_OTA, *ZIGBEE),
    ),
    7009: Model(
        "Zigbee RGBCW LED light, OTA",
        DeviceKind.LIGHT,
        (Hue(2000, scenes=True).capability(), STARTUP, *_OF_OTA, *ZIGBEE),
        examples=("B02-B-A60 Zigbee family (CK-BL702-AL-01)",),
    ),
    30001: Model(
        "Matter-bridged light", DeviceKind.LIGHT, (MatterLamp().capability(), SIGNAL), has_timers=False
    ),
    30004: Model(
        "Matter-bridged light", DeviceKind.LIGHT, (MatterLamp().capability(), SIGNAL), has_timers=False
    ),
}
