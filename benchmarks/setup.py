"""From the list of 1,000 devices to the last entity, against Home Assistant adding as many bare entities."""

import gc
from statistics import median
from time import perf_counter

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity

from .floor import add_entities, bare
from .house import house
from .table import print_table
from .wire import Account, power_meter

DEVICES = 1000
ROUNDS = 5


async def setup() -> None:
    """Measure and print a table."""
    rows = []
    for _ in range(ROUNDS):
        ours, entities = await _measure_ours()
        rows.append((ours, await _measure_floor(entities), entities))
    ours, floor = median(row[0] for row in rows), median(row[1] for row in rows)
    ratio = median(row[0] / row[1] for row in rows)
    print(f"{DEVICES} devices of uiid 32 with {rows[0][2]} enabled entities; median of {ROUNDS}, seconds\n")
    print_table(("floor", "eWeLink", "ratio"), [(f"{floor:.2f}", f"{ours:.2f}", f"{ratio:.2f}")])


async def _measure_ours() -> tuple[float, int]:
    """Return the seconds that the integration takes, and how many enabled entities it makes."""
    async with house() as hass:
        account = Account(
            number=0, devices=[power_meter(f"{number:010}", "apikey-0") for number in range(DEVICES)]
        )
        # A first, small account: what is loaded and imported once is not what is measured.
        await Account(number=1, devices=[power_meter("9999999999", "apikey-1")]).set_up(hass)
        gc.collect()
        start = perf_counter()
        entry = await account.set_up(hass)
        taken = perf_counter() - start
        entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        return taken, sum(entity.disabled_by is None for entity in entries)


async def _measure_floor(wanted: int) -> float:
    """Return the seconds that Home Assistant takes for as many bare entities."""
    async with house() as hass:
        entities: dict[str, list[Entity]] = {"switch": [], "sensor": []}
        for number in range(wanted // 4 + 1):
            switch, *sensors = bare(f"{number:010}")
            entities["switch"].append(switch)
            entities["sensor"].extend(sensors)
        del entities["sensor"][wanted - len(entities["switch"]) :]
        gc.collect()
        start = perf_counter()
        await add_entities(hass, entities)
        return perf_counter() - start
