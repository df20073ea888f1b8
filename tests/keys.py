"""The keys of all fixtures as they are stored: unique ids are made of them, and one that is there never goes.

`python -m tests.keys` adds what is new; it takes nothing away.
"""

import json
from pathlib import Path

from custom_components.ewelink.coolkit import capabilities_of, device_from_entry
from tests.common import TABLES, device_names, load_device

STORED = Path(__file__).parent / "fixtures/keys.json"


def stored() -> dict[str, list[str]]:
    """Return the keys of each fixture that are stored, each after its platform."""
    keys: dict[str, list[str]] = json.loads(STORED.read_text(encoding="utf-8"))
    return keys


def present(name: str) -> list[str]:
    """Return the keys that a fixture has now, each after its platform."""
    capabilities = capabilities_of(device_from_entry(load_device(name)))
    return sorted(
        f"{platform}.{capability.key}"
        for capability in capabilities
        for platform, table in TABLES.items()
        if capability.kind in table
    )


def main() -> None:
    """Add the keys that are not stored yet."""
    before = stored() if STORED.is_file() else {}
    keys = {name: sorted({*before.get(name, ()), *present(name)}) for name in device_names()}
    lines = (f"  {json.dumps(name)}: {json.dumps(some)}" for name, some in keys.items())
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
