"""All that devices of a kind may have, and which frames may change what a device of it has."""

from collections.abc import Callable, Mapping, Set as AbstractSet
from typing import Any

from .capability import LOADS, AnyCapability, Kind
from .params import OUTLET_LISTS, Params

_MOST_SETS_OF_PARAMS = 32
_ABSENT = object()
_ON_OFF = frozenset({"on", "off"})


class Meter:
    """What is measured behind the same relays: the loads, each with its param, and what feeds them.

    Source: docs/params.md, Loads.
    """

    __slots__ = ("_loads", "_states", "fed_by", "feeders", "is_off", "loads")

    def __init__(self, feeders: tuple[AnyCapability, ...], loads: tuple[AnyCapability, ...]) -> None:
        """Take relays or lights, and the loads behind them."""
        self.feeders = feeders
        self.loads = loads
        self.fed_by = tuple(sorted(frozenset[str]().union(*(feeder.params for feeder in feeders))))
        self._loads = tuple((param, load.read, load.beside) for load in loads for param in load.params)
        self._states = tuple(map(_state, feeders))
        # Asked with every frame of a meter.
        self.is_off = _is_off(feeders[0]) if len(feeders) == 1 else self._are_off

    def _are_off(self, params: Params) -> bool:
        """Return whether all that can feed the loads is off; what is not told may be on."""
        states = {state(params) for state in self._states} - {_ABSENT}
        return states == {False}

    def told(self, params: Params) -> dict[str, float]:
        """Return the loads that are told, by param; without those of 0, and those measured elsewhere."""
        return {
            param: value
            for param, read, beside in self._loads
            if (value := read(params)) and not (beside and beside(params))
        }


def _is_off(feeder: AnyCapability) -> Callable[[Params], bool]:
    """Return what tells if the one thing is off that can feed the loads."""
    read: Callable[[Params], Any] = feeder.read
    if feeder.kind is Kind.LIGHT:
        return lambda params: (light := read(params)) is not None and light.on is False
    return lambda params: read(params) is False and feeder.is_present(params)


def _state(feeder: AnyCapability) -> Callable[[Params], object]:
    """Return what tells whether a relay or a light is on: also that it does not, or that it is not there."""
    read: Callable[[Params], Any] = feeder.read
    if feeder.kind is Kind.LIGHT:
        return lambda params: (light := read(params)) and light.on
    if feeder.present is None and feeder.put_away is None:
        return read
    return lambda params: read(params) if feeder.is_present(params) else _ABSENT


class Repertoire:
    """The capabilities that a device can have, whatever it tells now."""

    __slots__ = ("_decided", "_params", "by_key", "capabilities", "meters")

    def __init__(self, capabilities: tuple[AnyCapability, ...]) -> None:
        """Take all of them."""
        self.capabilities = capabilities
        self.by_key: Mapping[str, AnyCapability] = {one.key: one for one in capabilities}
        self.meters = _meters(capabilities)
        self._params = frozenset[str]().union(*(one.params | one.decided_by for one in capabilities))
        # A device sends the same few sets of params again and again: those of them whose values decide, and
        # of which capabilities.
        self._decided: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[AnyCapability, ...]]] = {}

    def present(self, params: Params) -> tuple[AnyCapability, ...]:
        """Return what a device with these params has."""
        return tuple(capability for capability in self.capabilities if capability.is_present(params))

    def settle(self, params: Params, known: AbstractSet[str]) -> tuple[dict[str, AnyCapability], set[str]]:
        """Return what a device has that had all that is `known`, by key, and what of that it has put away.

        What its params merely do not hold, it still has.
        """
        held = {capability.key: capability for capability in self.present(params)}
        put_away = set()
        for key in known - held.keys():
            capability = self.by_key.get(key)
            if capability is None or (capability.put_away is not None and capability.put_away(params)):
                put_away.add(key)
            else:
                held[key] = capability
        return held, put_away

    def changes(self, before: Params, after: Params, keys: AbstractSet[str]) -> bool:
        """Return whether params with other values under `keys` may make a device have something else."""
        for key in keys:
            if (key in before) is not (key in after) and key in self._params:
                return True
        return self.values_change(before, after, keys)

    def values_change(self, before: Params, after: Params, keys: AbstractSet[str]) -> bool:
        """Do what `changes` does where both have the same params."""
        sent = tuple(keys)
        deciding, decided = self._decided.get(sent) or self._decided_by(sent)
        for key in deciding:
            was, now = before.get(key), after.get(key)
            if was != now and not _is_alike(key, was, now):
                break
        else:
            return False
        return any(
            _standing(capability, before) is not _standing(capability, after) for capability in decided
        )

    def _decided_by(self, sent: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[AnyCapability, ...]]:
        """Return which of these params decide by their values, and of which capabilities."""
        if len(self._decided) >= _MOST_SETS_OF_PARAMS:
            self._decided.clear()
        decided = tuple(
            capability
            for capability in self.capabilities
            if (capability.present or capability.put_away)
            and not (capability.params | capability.decided_by).isdisjoint(sent)
        )
        params = frozenset[str]().union(*(one.params | one.decided_by for one in decided))
        found = self._decided[sent] = tuple(key for key in sent if key in params), decided
        return found


def _is_alike(name: str, was: Any, now: Any) -> bool:
    """Return whether two values that differ hold the same facts.

    Nothing depends on whether something is on or off; of lists of outlets only their items and keys decide.
    """
    if type(was) is str and type(now) is str:
        return was in _ON_OFF and now in _ON_OFF
    if type(was) is bool and type(now) is bool:
        return True
    if name not in OUTLET_LISTS or type(was) is not list or type(now) is not list or len(was) != len(now):
        return False
    for one, other in zip(was, now, strict=True):
        if one == other:
            continue
        if type(one) is not dict or type(other) is not dict:
            return False
        if one.get("outlet") != other.get("outlet") or one.keys() != other.keys():
            return False
    return True


def _standing(capability: AnyCapability, params: Params) -> bool | None:
    """Return whether params hold a capability; None if they put it away."""
    if capability.put_away is not None and capability.put_away(params):
        return None
    return capability.is_present(params)


def _meters(capabilities: tuple[AnyCapability, ...]) -> tuple[Meter, ...]:
    """Return the meters among capabilities: a load is behind the relay of its number, or behind them all."""
    feeders = [one for one in capabilities if one.kind in (Kind.RELAY, Kind.LIGHT)]
    loads: dict[int | None, list[AnyCapability]] = {}
    for load in capabilities:
        if load.kind in LOADS:
            loads.setdefault(load.outlet, []).append(load)
    meters = (
        Meter(
            tuple(
                feeder for feeder in feeders if outlet is None or outlet in (feeder.outlet, feeder.numbered)
            ),
            tuple(behind),
        )
        for outlet, behind in loads.items()
    )
    return tuple(meter for meter in meters if meter.feeders)
