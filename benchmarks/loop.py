"""The longest step of the event loop while 1,000 devices are set up, listed anew and reloaded."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import gc
from time import thread_time
from unittest.mock import patch

from custom_components.ewelink.groups import EwelinkGroup

from .house import house
from .table import print_table
from .wire import Account, power_meter

DEVICES = 1000
ROUNDS = 3


@dataclass(slots=True)
class Steps:
    """What the event loop did: its longest step, and how many took longer than they should."""

    longest: float = 0
    over: int = 0
    ended: bool = False

    def note(self, seconds: float) -> None:
        """Note one step; the one that ends the watch has more in it."""
        if self.ended:
            return
        self.longest = max(self.longest, seconds)
        self.over += seconds > AIM


AIM = 0.02


@contextmanager
def watched() -> Iterator[Steps]:
    """Time every step of the event loop within."""
    steps = Steps()
    run = asyncio.events.Handle._run

    def timed(handle: asyncio.events.Handle) -> None:
        start = thread_time()
        try:
            run(handle)
        finally:
            steps.note(thread_time() - start)

    gc.collect()
    gc.disable()
    asyncio.events.Handle._run = timed  # type: ignore[method-assign,assignment]
    try:
        yield steps
    finally:
        steps.ended = True
        asyncio.events.Handle._run = run  # type: ignore[method-assign]
        gc.enable()


async def loop() -> None:
    """Measure and print a table."""
    phases: dict[str, list[Steps]] = {}
    for _ in range(ROUNDS):
        for name, steps in (await _measure()).items():
            phases.setdefault(name, []).append(steps)
    print(f"{DEVICES} devices of uiid 32; the longest step in processor time, best of {ROUNDS}\n")
    print_table(
        ("phase", "longest, ms", f"steps over {AIM * 1000:.0f} ms"),
        [
            (name, f"{min(one.longest for one in rounds) * 1000:.0f}", min(one.over for one in rounds))
            for name, rounds in phases.items()
        ],
    )


async def _measure() -> dict[str, Steps]:
    """Return the steps of each phase."""
    found: dict[str, Steps] = {}
    async with house() as hass:
        account = Account(
            number=0, devices=[power_meter(f"{number:010}", "apikey-0") for number in range(DEVICES)]
        )
        await Account(number=1, devices=[power_meter("9999999999", "apikey-1")]).set_up(hass)
        with watched() as found["set-up"]:
            entry = await account.set_up(hass)
            await asyncio.sleep(0)
        for device in account.devices:
            device["params"] = {**device["params"], "power": "99.99", "voltage": "99.99", "current": "9.99"}
        with watched() as found["a list that changes all"]:
            await entry.runtime_data.client.refresh_devices()
            await hass.async_block_till_done()
            await asyncio.sleep(0)
        account.groups = [{"id": "everything", "name": "Everything", "index": 0}]
        for device in account.devices:
            device["groups"] = ["everything"]
        enabled = patch.object(EwelinkGroup, "_attr_entity_registry_enabled_default", new=True)
        with enabled, watched() as found["a list with a group of all"]:
            await entry.runtime_data.client.refresh_devices()
            await entry.runtime_data.client.management.refresh_groups()
            await hass.async_block_till_done()
            await asyncio.sleep(0)
        with account.in_place(), watched() as found["reload"]:
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()
            await asyncio.sleep(0)
    return found
