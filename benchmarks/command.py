"""From an action in Home Assistant to the frame on the wire, and how many frames many actions make."""

import asyncio
from statistics import median
from time import perf_counter

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .house import house
from .table import print_table
from .wire import Account, Wire, four_channels, power_meter

CALLS = 20
DEVICES = 10


async def command() -> None:
    """Measure and print a table."""
    async with house() as hass:
        meters = [power_meter("2000000000", "apikey-0")]
        strips = [four_channels(f"{number:010}", "apikey-0") for number in range(DEVICES)]
        account = Account(number=0, devices=[*meters, *strips])
        await account.set_up(hass)
        await account.settle()
        entities = _relays(hass)
        single = await _latency(hass, account.wire, entities["2000000000_relay"])
        channel = await _latency(hass, account.wire, entities["0000000000_relay_0"])
        del entities["2000000000_relay"]
        frames, seconds = await _at_once(hass, account.wire, list(entities.values()))
    print_table(
        ("what", "result"),
        [
            (f"from action to frame, median of {CALLS}, ms", f"{single * 1e3:.2f}"),
            ("the same for one of four channels, which waits 10 ms for others", f"{channel * 1e3:.2f}"),
            (f"frames for {len(entities)} commands to {DEVICES} devices of four channels", frames),
            ("seconds until the last of them is sent (they are paced 120 ms apart)", f"{seconds:.2f}"),
        ],
    )


def _relays(hass: HomeAssistant) -> dict[str, str]:
    """Return the entity ids of all relays by unique id."""
    return {
        entry.unique_id: entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.domain == "switch" and "_relay" in entry.unique_id and entry.disabled_by is None
    }


async def _latency(hass: HomeAssistant, wire: Wire, entity_id: str) -> float:
    """Return the median time from an action to its frame, on a quiet connection."""
    samples = []
    for number in range(CALLS):
        await asyncio.sleep(0.15)  # the pace of the connection is not what is measured
        wire.sent.clear()
        start = perf_counter()
        action = ("turn_off", "turn_on")[number % 2]
        await hass.services.async_call("switch", action, {"entity_id": entity_id}, blocking=True)
        samples.append(wire.sent[0][0] - start)
    return median(samples)


async def _at_once(hass: HomeAssistant, wire: Wire, entity_ids: list[str]) -> tuple[int, float]:
    """Turn everything on with one action; return the frames and the time until the last."""
    await asyncio.sleep(0.15)
    wire.sent.clear()
    start = perf_counter()
    await hass.services.async_call("switch", "turn_on", {"entity_id": entity_ids}, blocking=True)
    return len(wire.sent), wire.sent[-1][0] - start
