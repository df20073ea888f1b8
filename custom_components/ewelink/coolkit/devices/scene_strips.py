"""Strips that number their scenes in `mode`, play with music, and keep a scene of the user's own."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from .lights import color_of
from .params import Params, integer
from .shaped_lights import PERCENT, ModeStrip
from .states import LightCommand, LightMode, LightState

_MUSIC, _DIY = 4, 5
_RHYTHMS = {"music_classic": 0, "music_soft": 1, "music_dynamic": 2, "music_disco": 3}
_DIY_SCENE = "diy"

_SCENES_FROM_6 = """vibrant reading leisure sunrise sunshine radiant dream candle night sunny festive vivid
    work ocean creek gentle passive joy rainbow moonlight sunset"""
SCENES_OF_L2: Mapping[str, int] = {name: mode for mode, name in enumerate(_SCENES_FROM_6.split(), 6)}

_COLORS = ("seven_color", "rgb", "ycp")
_PAIRS = ("seven_color", "ry", "rp", "gc", "gy", "bp")
_SINGLE = ("red", "green", "blue", "yellow", "cyan", "purple", "white")
# From 10, without a gap.
_SCENES_FROM_10 = (
    *(f"{colors}_jump" for colors in _COLORS),
    *(f"{colors}_strobe" for colors in _COLORS),
    *(f"{colors}_gradual" for colors in _PAIRS),
    *(f"{color}_marquee" for color in _SINGLE),
    *(
        f"{colors}_{motion}{way}"
        for motion in ("race", "wave", "flush")
        for colors in _COLORS
        for way in ("", "_back")
    ),
    *(f"{colors}_flush_{way}" for colors in _COLORS for way in ("close", "open")),
)
SCENES_OF_L3: Mapping[str, int] = {
    "magic_forward": 7,
    "magic_back": 8,
    **{name: mode for mode, name in enumerate(_SCENES_FROM_10, 10)},
}


class SceneStrip(ModeStrip):
    """A strip with scenes; some keep brightness and speed of each scene under a key with its number.

    Source: docs/params.md, Strips with scenes.
    """

    _LIGHT_TYPE = 1
    _SPEED, _FULL = 50, 100

    def __init__(self, scenes: Mapping[str, int], *, keeps_levels: bool) -> None:
        """Take the numbers of the scenes, and whether each keeps a brightness and a speed."""
        self._scenes = scenes
        self._keeps_levels = keeps_levels
        self._scene_of = {mode: name for name, mode in scenes.items()}
        self._rhythm_of = {rhythm: name for name, rhythm in _RHYTHMS.items()}
        self.effects = (*scenes, *_RHYTHMS, _DIY_SCENE)
        levels = {f"bright{mode:02}" for mode in scenes.values()} if keeps_levels else set()
        self.params = ModeStrip.params | {"rhythmMode"} | levels

    def _effect(self, params: Params) -> str | None:
        """Return the scene that is shown, if it is one."""
        mode = integer(params, "mode")
        if mode == _MUSIC:
            return self._rhythm_of.get(integer(params, "rhythmMode") or 0)
        return _DIY_SCENE if mode == _DIY else self._scene_of.get(mode or 0)

    def _level_key(self, effect: str | None) -> str:
        """Return the param that holds how bright a scene is, or plain light."""
        has_own = self._keeps_levels and effect in self._scenes
        return f"bright{self._scenes[effect]:02}" if effect and has_own else "bright"

    @override
    def read(self, params: Params) -> LightState:
        effect = self._effect(params)
        if effect is None:
            return super().read(params)
        level = integer(params, self._level_key(effect))
        plain = super().read(params)
        return LightState(
            on=plain.on,
            mode=LightMode.RGB,
            brightness=PERCENT.fraction(level),
            rgb=color_of(params),
            effect=effect,
        )

    @override
    def changes(self, params: Params, command: LightCommand) -> Iterable[Params]:
        shown = self._effect(params)
        is_plain = command.kelvin is not None or command.rgb is not None
        effect = command.effect or (None if is_plain or command.brightness is None else shown)
        if effect is None:
            yield from super().changes(params, command)
            return
        yield {"switch": "on", **self._scene(params, effect, command.brightness)}

    def _scene(self, params: Params, effect: str, brightness: float | None) -> Params:
        """Return the message of a scene; what the device keeps of it stays, if nothing else is asked for."""
        key = self._level_key(effect)
        level: dict[str, Any] = {} if brightness is None else {key: PERCENT.level(brightness)}
        if effect in _RHYTHMS:
            sensitivity = integer(params, "rhythmSensitive")
            kept = integer(params, "bright")
            return {
                "mode": _MUSIC,
                "rhythmMode": _RHYTHMS[effect],
                "rhythmSensitive": self._FULL if sensitivity is None else min(max(sensitivity, 0), 100),
                "bright": self._FULL if kept is None else PERCENT.clamp(kept),
                "light_type": self._LIGHT_TYPE,
                **level,
            }
        if effect == _DIY_SCENE:
            return {"mode": _DIY, **level}
        mode = self._scenes[effect]
        if not self._keeps_levels:
            return {"mode": mode, **level}
        kept, speed = integer(params, key), integer(params, f"speed{mode:02}")
        return {
            "mode": mode,
            f"speed{mode:02}": self._SPEED if speed is None else min(max(speed, 0), 100),
            key: self._FULL if kept is None else PERCENT.clamp(kept),
            "light_type": self._LIGHT_TYPE,
            **level,
        }
