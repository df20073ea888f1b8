"""Microseconds from a frame to the states that it changes, for growing numbers of devices."""

from collections.abc import Iterator
import gc
from itertools import count, islice
import random
from statistics import quantiles
from time import process_time

from aiohttp import WSMessage
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import orjson

from .floor import Floor, add_entities, bare
from .house import house
from .table import print_table
from .wire import Account, Wire, message, power_meter

DEVICES_PER_ACCOUNT = 1000  # Home Assistant's cap of 10,000 enabled entities leaves ten to each
ROUNDS = 200
FRAMES = 100
# Python is quick with classes that it has just met: those before them are not counted.
GETTING_USED = 20
CHANGED = (4, 1, 0)


async def push(sizes: tuple[int, ...] = (10, 100, 1000, 10_000)) -> None:
    """Measure and print a table."""
    print(f"A frame of uiid 32 with 4 values, µs per frame: the fast tenth of {ROUNDS} rounds of {FRAMES}\n")
    rows = []
    for size in sizes:
        for changed, (ours, floor, ratio) in (await _measure(size)).items():
            rows.append((size, changed, f"{floor:.1f}", f"{ours:.1f}", f"{ratio:.2f}"))
    print_table(("devices", "values that changed", "floor", "eWeLink", "ratio"), rows)


async def _measure(size: int) -> dict[int, tuple[float, float, float]]:
    """Return ours, the floor and their ratio by the number of values that change with a frame."""
    ids = [f"{number:010}" for number in range(size)]
    bare_devices = {id_: bare(id_) for id_ in ids}
    async with house() as hass:
        accounts = []
        for number, first in enumerate(range(0, size, DEVICES_PER_ACCOUNT)):
            part = ids[first : first + DEVICES_PER_ACCOUNT]
            account = Account(number=number, devices=[power_meter(id_, f"apikey-{number}") for id_ in part])
            await account.set_up(hass)
            await account.settle()
            accounts.append(account)
            sensors: list[Entity] = [sensor for id_ in part for sensor in bare_devices[id_][1:]]
            await add_entities(hass, {"switch": [bare_devices[id_][0] for id_ in part], "sensor": sensors})
        race = _Race(hass, accounts, Floor(bare_devices))
        results = {}
        for changed in CHANGED:
            frames = _frames(ids, changed)
            # Until every device has had its turn, a frame changes more than it should.
            await race.run(list(islice(frames, max(size, GETTING_USED + FRAMES))))
            gc.collect()
            gc.freeze()
            samples = [await race.run(list(islice(frames, GETTING_USED + FRAMES))) for _ in range(ROUNDS)]
            gc.unfreeze()
            # What else the machine does only adds: the rounds that it has left alone are what counts.
            ours, floor = (quantiles(column, n=10)[0] / FRAMES * 1e6 for column in zip(*samples, strict=True))
            results[changed] = (ours, floor, ours / floor)
        return results


class _Race:
    """Gives the same frames to both, by wires that are alike: how they come is not what is compared."""

    def __init__(self, hass: HomeAssistant, accounts: list[Account], floor: Floor) -> None:
        self._ours = [account.wire for account in accounts]
        self._floor = [Wire() for _ in accounts]
        for wire in self._floor:
            hass.async_create_background_task(floor.read(wire), "floor")

    async def run(self, frames: list[tuple[int, bytes]]) -> tuple[float, float]:
        """Return the seconds of ours and of the floor."""
        return await _deliver(self._ours, frames), await _deliver(self._floor, frames)


async def _deliver(wires: list[Wire], frames: list[tuple[int, bytes]]) -> float:
    """Return the seconds that all frames take but for the first few."""
    by_wire: dict[int, list[WSMessage]] = {}
    for index, text in frames[:GETTING_USED]:
        await wires[index // DEVICES_PER_ACCOUNT].deliver([message(text)])
    for index, text in frames[GETTING_USED:]:
        by_wire.setdefault(index // DEVICES_PER_ACCOUNT, []).append(message(text))
    start = process_time()
    for number, messages in by_wire.items():
        await wires[number].deliver(messages)
    return process_time() - start


def _frames(ids: list[str], changed: int) -> Iterator[tuple[int, bytes]]:
    """Yield for ever the index of a device and a frame for it, in which so many of four values are new."""
    order = random.Random(1).sample(range(len(ids)), len(ids))  # noqa: S311 - a repeatable order
    for number in count():
        index = order[number % len(order)]
        turn = number // len(order)
        params = {"switch": "on", "power": "12.00", "voltage": "230.00", "current": "0.05"}
        if changed >= 1:
            params["power"] = f"{20 + turn % 997}.50"
        if changed == 4:
            params |= {
                "switch": ("off", "on")[turn % 2],
                "voltage": f"{220 + turn % 19}.10",
                "current": f"0.{10 + turn % 89}",
            }
        frame = {
            "action": "update",
            "deviceid": ids[index],
            "apikey": "apikey",
            "userAgent": "device",
            "ts": 0,
            "params": params,
        }
        yield index, orjson.dumps(frame)
