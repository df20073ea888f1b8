"""Control panels and plain gateways: what they take."""

from typing import TYPE_CHECKING, Any, Final, override

from .behaviours import Behaviour, Relays, State
from .values import FLAG, ON_OFF, anything, boolean, integer, number, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from .params import Params
    from .values import Check


class WallPanel(Relays):
    """Two relays behind a display that shows the room and can be a thermostat."""

    def __init__(self) -> None:
        """Take what the display lets a client set."""
        shown = ("HMI_weather", "HMI_outdoorTemp", "HMI_dimEnable", "HMI_dimOpen", "HMI_resources")
        target = lambda value: value == -999 or number(-50, 100)(value)  # noqa: E731
        super().__init__(
            2,
            defaults={"temperature": 21, "humidity": 50, "tempUnit": 0, "tempCorrection": 0},
            writable={
                **dict.fromkeys((*shown, "HMI_ATCDevice", "cityId", "dst", "dstChange"), anything),
                "tempUnit": FLAG,
                "tempCorrection": integer(-50, 50),
                "ATCEnable": FLAG,
                "ATCMode": FLAG,
                "ATCExpect0": target,
                "ATCExpect1": target,
            },
        )
        # It lists the relays that it has.
        for key in ("switches", "configure", "pulses"):
            self.defaults[key] = self.defaults[key][:2]

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        device = {**state, **sent}.get("HMI_ATCDevice")
        if sent.keys() & {"ATCEnable", "ATCMode", "ATCExpect0", "ATCExpect1"} and not device:
            return "no relay is chosen for the thermostat"
        if sent.keys() & {"ATCExpect0", "ATCExpect1"} and "ATCMode" not in sent:
            return "a target goes with its mode"
        return super().rule(state, sent)


class AlarmPanel(Behaviour):
    """A panel that is a gateway with an alarm and a siren of its own."""

    def __init__(self) -> None:
        """Take what may be written."""
        super().__init__(
            defaults={
                "securityType": 0,
                "cpuInfo": {"temperature": 43},
                "subDevices": [],
                "addSubDevState": "off",
                "buzzerAlarm": {"test": False, "mode": "stop"},
                "rssi": -50,
            },
            writable={
                "securityType": integer(0, 3),
                "currentType": integer(0, 3),
                **dict.fromkeys(("securitySetting1", "securitySetting2", "securitySetting3"), _is_object),
                "buzzerAlarm": _is_sound,
                "reboot": one_true,
                "openLED": boolean,
                "addSubDevState": ON_OFF,
                "addDevTime": integer(0, 600),
                "cityId": text,
                "timeZone": anything,
            },
            transient=frozenset({"reboot", "openLED", "currentType"}),
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        kind = sent.get("securityType")
        if kind and sent.get("currentType", kind) != kind:
            return "two modes of the alarm at once"
        return super().rule(state, sent)


def one_true(value: Any) -> bool:
    """Take true alone: a request."""
    return value is True


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _is_sound(value: Any) -> bool:
    """Take a sound with a volume that there is."""
    return _is_object(value) and integer(0, 100)(value.get("volume", 0)) and boolean(value.get("test", False))


def _gateway(**writable: Check) -> Behaviour:
    return Behaviour(
        defaults={"sledOnline": "on", "subDevices": [], "rssi": -48},
        writable={"sledOnline": ON_OFF, **writable},
    )


PANELS: Final[dict[int, Callable[[], Behaviour]]] = {
    128: _gateway,
    133: WallPanel,
    **dict.fromkeys((195, 228), AlarmPanel),
    243: lambda: _gateway(
        zled=ON_OFF, addSubDevState=ON_OFF, addDevTime=integer(0, 600), buzzerAlarm=_is_sound
    ),
}
