"""Devices that list their relays: each outlet's relay, power-on state and inching, and what ties them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..exceptions import UnreadableError
from .builders import ON_OFF, ZERO_ONE
from .capability import AnyCapability, Capability, Kind, SelectCapability
from .inching import outlet_inching
from .params import Params, choice, flag, integer, item_of, items_with
from .relays import STARTUP_OPTIONS

type _Groups = list[tuple[bool, frozenset[int]]]


def outlet_relay(
    wire_outlet: int,
    *,
    outlet: int | None,
    outlets: tuple[int, ...],
    send_all_outlets: bool = False,
    also: Params,
) -> Capability[bool]:
    """Make the relay of one of these `outlets`; with `send_all_outlets` a command carries all of them."""

    def read(params: Params) -> bool | None:
        item = item_of(params, "switches", wire_outlet)
        return None if item is None else flag(item, "switch")

    def write(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        states = {wire_outlet: value}
        tied = _tied(params, wire_outlet, outlets)
        for other in outlets if send_all_outlets else tied:
            if other != wire_outlet:
                item = item_of(params, "switches", other)
                on = item is not None and flag(item, "switch") is True
                states[other] = on and not (other in tied and value)
        return (
            {
                **also,
                "switches": [{"outlet": other, "switch": ON_OFF[states[other]]} for other in sorted(states)],
            },
        )

    return Capability(
        kind=Kind.RELAY,
        params=frozenset({"switches"}),
        read=read,
        write=write,
        outlet=outlet,
        present=lambda params: item_of(params, "switches", wire_outlet) is not None,
    )


def outlet_startup(wire_outlet: int, *, outlet: int | None) -> SelectCapability:
    """Make the power-on state of one outlet: an item of the complete list `configure`."""

    def read(params: Params) -> str | None:
        item = item_of(params, "configure", wire_outlet)
        return None if item is None else choice(item, "startup", STARTUP_OPTIONS)

    return SelectCapability(
        kind=Kind.STARTUP,
        params=frozenset({"configure"}),
        read=read,
        write=lambda params, value: (
            {"configure": items_with(params, "configure", wire_outlet, startup=value)},
        ),
        outlet=outlet,
        options=STARTUP_OPTIONS,
        present=lambda params: "startup" in (item_of(params, "configure", wire_outlet) or ()),
    )


def channels(
    outlets: tuple[int, ...],
    *,
    interlock: bool = True,
    send_all_outlets: bool = False,
    numbered: bool = False,
    also: Params | None = None,
) -> tuple[AnyCapability, ...]:
    """Make the relays of these outlets with their power-on states and inching, and `interlock` of several.

    A command carries its outlet alone, with `send_all_outlets` or while interlock is on all of them;
    `also` goes with it. A single outlet is the device's relay and has no number but in its key if `numbered`.
    """
    made: list[AnyCapability] = []
    for wire_outlet in outlets:
        outlet = wire_outlet if len(outlets) > 1 else None
        made += (
            outlet_relay(
                wire_outlet,
                outlet=outlet,
                outlets=outlets,
                send_all_outlets=send_all_outlets,
                also=also or {},
            ),
            outlet_startup(wire_outlet, outlet=outlet),
            *outlet_inching(wire_outlet, outlet=outlet),
        )
    if numbered and len(outlets) == 1:
        return tuple(replace(capability, numbered=outlets[0]) for capability in made)
    return (*made, interlock_of(outlets)) if interlock and len(outlets) > 1 else tuple(made)


# --- interlock -------------------------------------------------------------------------------------------
# Two forms of one fact: `lock` for all outlets, and on newer firmware `locks`, a list of groups of them.
# No source says how they go together: where both are told, `lock` counts, and `locks` is left as it is.


def interlock_of(outlets: tuple[int, ...]) -> Capability[bool]:
    """Make the interlock of these outlets: on if at most one relay of them can be on.

    Of a list of groups, one that holds all outlets is the same fact; other groups are no single on or off.
    Their write raises `UnreadableError`.
    """
    every = frozenset(outlets)

    def read(params: Params) -> bool | None:
        if not _is_grouped(params):
            return flag(params, "lock")
        groups = _groups(params)
        if groups is None:
            return None
        if not any(enabled for enabled, _ in groups):
            return False
        return True if any(enabled and tied >= every for enabled, tied in groups) else None

    def write(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the switch
        # As the vendor does: with `configure` and `pulses` as they are.
        unchanged = {name: params[name] for name in ("configure", "pulses") if name in params}
        if not _is_grouped(params):
            return ({"lock": ZERO_ONE[value], **unchanged},)
        match _groups(params):
            case [(_, tied)] if tied >= every:
                return ({"locks": [{**params["locks"][0], "enabled": ZERO_ONE[value]}], **unchanged},)
        raise UnreadableError("interlock", reason="several groups of outlets")

    return Capability(
        kind=Kind.INTERLOCK,
        params=frozenset({"lock", "locks"}),
        read=read,
        write=write,
    )


def _is_grouped(params: Params) -> bool:
    """Return whether a device has its interlock as groups of outlets alone, without `lock` beside them."""
    return params.get("lock") is None and params.get("locks") not in (None, [], "")


def _groups(params: Params) -> _Groups | None:
    """Return each group of outlets and whether it is enabled; None if one cannot be read."""
    groups: _Groups = []
    items = params.get("locks")
    for item in items if isinstance(items, list) else [None]:
        if not isinstance(item, Mapping) or not isinstance(item.get("outlets"), list):
            return None
        tied: dict[str, Any] = {str(place): value for place, value in enumerate(item["outlets"])}
        outlets = frozenset(integer(tied, place) for place in tied)
        enabled = flag(item, "enabled")
        if enabled is None or None in outlets:
            return None
        groups.append((enabled, frozenset(outlet for outlet in outlets if outlet is not None)))
    return groups


def _tied(params: Params, wire_outlet: int, outlets: tuple[int, ...]) -> tuple[int, ...]:
    """Return the outlets of which at most one can be on together with this one; none without interlock."""
    if len(outlets) < 2:
        return ()
    if not _is_grouped(params):
        return outlets if flag(params, "lock") is True else ()
    tied = [group for enabled, group in _groups(params) or () if enabled and wire_outlet in group]
    return tuple(outlet for outlet in outlets if any(outlet in group for group in tied))
