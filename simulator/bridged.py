"""Devices of other makers that a bridge shows: each takes commands in the words of its own world."""

from typing import TYPE_CHECKING, Any, Final, override

from .behaviours import Behaviour, State
from .lights import Light
from .values import anything, integer, one_of

if TYPE_CHECKING:
    from .params import Params

_PERCENT: Final = integer(1, 100)
_GOOGLE: Final = "action.devices.commands."


class GoogleLight(Behaviour):
    """A light that takes one command of Google's assistant in each message."""

    def __init__(self, *, white: bool, colour: bool) -> None:
        """Take whether it has white tones and colours."""
        super().__init__(
            defaults={
                "on": False,
                "brightness": 50,
                "color": {"temperature": 4000} if white else {"spectrumRGB": 255},
                "rssi": -52,
            },
            writable={"capability": anything, "execParams": anything},
            transient=frozenset({"capability", "execParams"}),
        )
        self._white = white
        self._colour = colour

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        return None if self._change(sent) is not None else "no command of this light"

    def _change(self, sent: Params) -> Params | None:
        """Return what a command changes; None if the light does not know it."""
        arguments = sent.get("execParams")
        if not isinstance(arguments, dict) or len(arguments) != 1:
            return None
        ((name, value),) = arguments.items()
        known = {
            "OnOff": name == "on" and isinstance(value, bool),
            "BrightnessAbsolute": name == "brightness" and _PERCENT(value),
            "ColorAbsolute": name == "color" and self._is_colour(value),
        }
        command = str(sent.get("capability")).removeprefix(_GOOGLE)
        return {name: value} if known.get(command) else None

    def _is_colour(self, value: Any) -> bool:
        if not isinstance(value, dict) or len(value) != 1:
            return False
        ((name, number),) = value.items()
        if name == "temperature":
            return self._white and type(number) is int and 1000 <= number <= 10_000
        return self._colour and name == "spectrumRGB" and type(number) is int and 0 <= number < 1 << 24

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        return (self._change(sent) or {}) | super().consequences(before, after, sent)

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {0: "on" if state.get("on") else "off"}

    @override
    def flipped(self, state: State, outlet: int) -> Params:
        return {"on": not state.get("on")} if outlet == 0 else {}


class SmartThingsDevice(Behaviour):
    """A switch or light of SmartThings: nested states, and messages of several commands."""

    _COMMANDS: Final = {
        ("switch", "on"): (),
        ("switch", "off"): (),
        ("switchLevel", "setLevel"): (int,),
        ("colorTemperature", "setColorTemperature"): (int,),
        ("colorControl", "setColor"): (dict,),
    }

    def __init__(self, *capabilities: str) -> None:
        """Take what it has besides its switch."""
        states = {
            "switch": {"switch": {"value": "off"}},
            "switchLevel": {"level": {"value": 50}},
            "colorTemperature": {"colorTemperature": {"value": 4000}},
            "colorControl": {"hue": {"value": 50}, "saturation": {"value": 0}},
        }
        self._capabilities = ("switch", *capabilities)
        super().__init__(
            defaults={name: states[name] for name in self._capabilities},
            writable={"commands": anything},
            transient=frozenset({"commands"}),
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        commands = sent.get("commands")
        if not isinstance(commands, list) or not commands or not all(map(self._is_known, commands)):
            return "no commands of this device"
        return None

    def _is_known(self, command: Any) -> bool:
        if not isinstance(command, dict) or command.keys() != {
            "component",
            "capability",
            "command",
            "arguments",
        }:
            return False
        kinds = self._COMMANDS.get((command["capability"], command["command"]))
        arguments = command["arguments"]
        return (
            kinds is not None
            and command["component"] == "main"
            and command["capability"] in self._capabilities
            and [type(one) for one in arguments] == list(kinds)
        )

    @override
    def consequences(self, before: State, after: State, sent: Params) -> Params:
        changed: Params = {}
        for command in sent.get("commands") or ():
            changed |= self._state_of(command)
        return changed | super().consequences(before, after, sent)

    @staticmethod
    def _state_of(command: Params) -> Params:
        """Return the state that a command leads to."""
        arguments = command["arguments"]
        match command["command"]:
            case "on" | "off" as value:
                return {"switch": {"switch": {"value": value}}}
            case "setLevel":
                return {"switchLevel": {"level": {"value": arguments[0]}}}
            case "setColorTemperature":
                return {
                    "colorTemperature": {"colorTemperature": {"value": arguments[0]}},
                    "colorControl": {"hue": {"value": 0}, "saturation": {"value": 0}},
                }
            case _:
                return {"colorControl": {key: {"value": value} for key, value in arguments[0].items()}}

    @override
    def relays(self, state: State) -> dict[int, str]:
        return {0: state.get("switch", {}).get("switch", {}).get("value", "off")}

    @override
    def flipped(self, state: State, outlet: int) -> Params:
        value = "off" if self.relays(state)[0] == "on" else "on"
        return {"switch": {"switch": {"value": value}}} if outlet == 0 else {}


class MatterLight(Light):
    """A light in the attributes of Matter."""

    def __init__(self) -> None:
        """Take what may be written."""
        mireds = integer(1, 1000)
        super().__init__(
            writable={
                "currentLevel": integer(1, 254),
                "minLevel": integer(1, 254),
                "maxLevel": integer(1, 254),
                "colorTemperatureMireds": mireds,
                "colorTempPhysicalMinMireds": mireds,
                "colorTempPhysicalMaxMireds": mireds,
                "currentHue": integer(0, 255),
                "currentSaturation": integer(0, 254),
                "colorMode": one_of(0, 2),
            },
            defaults={"switch": "on", "currentLevel": 254, "minLevel": 1, "maxLevel": 254, "subDevRssi": -58},
            turn_on_first=False,
        )

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        for value, low, high in (
            ("currentLevel", "minLevel", "maxLevel"),
            ("colorTemperatureMireds", "colorTempPhysicalMinMireds", "colorTempPhysicalMaxMireds"),
        ):
            if value in sent and not {low, high} <= sent.keys():
                return f"{value} without its limits"
            if value in sent and not sent[low] <= sent[value] <= sent[high]:
                return f"{value} beyond its limits"
        if sent.keys() & {"currentHue", "currentSaturation"} and sent.get("colorMode", 0) != 0:
            return "a colour in white mode"
        return super().rule(state, sent)
