"""The ambient light around touch switches."""

from collections.abc import Mapping

from .capability import Kind, LightCapability
from .params import Params, flag, integer
from .states import LightCommand, LightMode, LightState

_MODES: Mapping[str, int] = {
    "night": 0,
    "party": 1,
    "leisure": 2,
    "color": 3,
    "childhood": 4,
    "wiper": 5,
    "fairy": 6,
    "starburst": 7,
    "diy_1": 101,
    "diy_2": 102,
}
_NAMES = {number: name for name, number in _MODES.items()}


def _read(params: Params) -> LightState:
    mode = integer(params, "lightMode")
    return LightState(
        on=flag(params, "lightSwitch"),
        mode=LightMode.ONOFF,
        effect=None if mode is None else _NAMES.get(mode),
    )


def _write(_: Params, command: LightCommand) -> tuple[Params, ...]:
    if not command.on:
        return ({"lightSwitch": "off"},)
    # A mode alone does not turn it on.
    modes = () if command.effect is None else ({"lightMode": _MODES[command.effect]},)
    return (*modes, {"lightSwitch": "on"})


AMBIENT_LIGHTING = LightCapability(
    kind=Kind.AMBIENT_LIGHTING,
    params=frozenset({"lightSwitch", "lightMode"}),
    read=_read,
    write=_write,
    modes=frozenset({LightMode.ONOFF}),
    effects=tuple(_MODES),
)
