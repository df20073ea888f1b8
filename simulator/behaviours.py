"""How each kind of device behaves: what it takes, what it refuses, what it does by itself."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    import random

    from .params import Params


class Behaviour:
    """A device of which nothing is known: it stores what it is sent."""

    defaults: Params = {}

    def refuse(self, state: Mapping[str, Any], sent: Params) -> str | None:
        """Say why the device refuses a command, or None."""
        del state
        return None if sent else "params are empty"

    def take(self, state: Mapping[str, Any], sent: Params) -> tuple[Params, Params]:
        """Return what a command changes, and what the answer carries under `config`."""
        del state
        return sent, {}

    def consequences(self, before: Mapping[str, Any], after: Mapping[str, Any], sent: Params) -> Params:
        """Return what changes besides."""
        del before, after, sent
        return {}

    def relays(self, state: Mapping[str, Any]) -> dict[int, str]:
        """Return the state of each relay."""
        if isinstance(state.get("switches"), list):
            return {item["outlet"]: item["switch"] for item in state["switches"]}
        return {0: state["switch"]} if state.get("switch") in {"on", "off"} else {}

    def inching(self, state: Mapping[str, Any], outlet: int) -> tuple[str, int] | None:
        """Return the state that a relay falls back from and after how many milliseconds."""
        if state.get("pulse") == "on":
            return "on", int(state.get("pulseWidth", 500))
        for item in state.get("pulses") or []:
            if item["outlet"] == outlet and item.get("pulse") == "on":
                return item.get("switch", "on"), int(item.get("width", 500))
        return None

    def pressed(self, state: Mapping[str, Any], outlet: int) -> Params:
        """Return what changes when someone uses the switch on the wall."""
        flipped = "off" if self.relays(state).get(outlet) == "on" else "on"
        if "switches" in state:
            return {"switches": [{"outlet": outlet, "switch": flipped}]}
        return {"switch": flipped}

    def tick(self, state: Mapping[str, Any], rng: random.Random, now: float) -> Params:
        """Return what changes by itself in one step."""
        del state, rng, now
        return {}


def behaviour_of(uiid: int | None, params: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour of a uiid, for an unknown one by the shape of its params."""
    del uiid, params
    return Behaviour()
