"""From the list of 1,000 devices to the last entity, against Home Assistant adding as many bare entities."""

import gc
from itertools import islice
from statistics import median
from time import process_time

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from .floor import DOMAIN, add_entities, bare
from .house import house
from .table import print_table
from .wire import Account, power_meter

DEVICES = 1000
ROUNDS = 5


async def setup() -> None:
    """Measure and print a table."""
    ours, enabled_only, floor, full = [], [], [], []
    for _ in range(ROUNDS):
        taken, enabled, disabled = await _measure_ours()
        ours.append(taken)
        enabled_only.append(await _measure_floor(enabled))
        floor.append(await _measure_floor(enabled, disabled))
        full.append(await _measure_floor(enabled, disabled, DEVICES))
    print(f"{DEVICES} devices of uiid 32; median of {ROUNDS}, seconds, and eWeLink's ratio to each\n")
    print_table(
        ("what", "seconds", "ratio"),
        [
            (f"eWeLink: {enabled} enabled entities, {disabled} disabled", f"{median(ours):.2f}", ""),
            ("floor: as many bare entities", f"{median(floor):.2f}", _ratio(ours, floor)),
            ("floor without the disabled ones", f"{median(enabled_only):.2f}", _ratio(ours, enabled_only)),
            ("floor with the devices", f"{median(full):.2f}", _ratio(ours, full)),
        ],
    )


def _ratio(ours: list[float], floor: list[float]) -> str:
    """Return the median of the ratios of neighbours in time: what else the machine does slows both."""
    return f"{median(one / least for one, least in zip(ours, floor, strict=True)):.2f}"


async def _measure_ours() -> tuple[float, int, int]:
    """Return the seconds that the integration takes, and its enabled and disabled entities."""
    async with house() as hass:
        account = Account(
            number=0, devices=[power_meter(f"{number:010}", "apikey-0") for number in range(DEVICES)]
        )
        # A first, small account: what is loaded and imported once is not what is measured.
        await Account(number=1, devices=[power_meter("9999999999", "apikey-1")]).set_up(hass)
        gc.collect()
        start = process_time()
        entry = await account.set_up(hass)
        taken = process_time() - start
        entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        enabled = sum(entity.disabled_by is None for entity in entries)
        return taken, enabled, len(entries) - enabled


async def _measure_floor(enabled: int, disabled: int = 0, devices: int = 0) -> float:
    """Return the seconds that Home Assistant takes for bare entities, dealt out to so many devices."""
    async with house() as hass:
        total = enabled + disabled
        makers = (bare(f"{number:010}") for number in range(total // 4 + 1))
        everything: list[Entity] = list(islice((entity for four in makers for entity in four), total))
        for number, entity in enumerate(everything):
            entity._attr_entity_registry_enabled_default = number >= disabled
            if devices:
                name = f"Device {number * devices // total}"
                entity._attr_device_info = DeviceInfo(identifiers={(DOMAIN, name)}, name=name)
        entities: dict[str, list[Entity]] = {"switch": everything[::4]}
        entities["sensor"] = [entity for number, entity in enumerate(everything) if number % 4]
        gc.collect()
        start = process_time()
        await add_entities(hass, entities)
        return process_time() - start
