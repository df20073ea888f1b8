"""What the tests share: entries, fixtures of devices, and waiting."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

from homeassistant.const import CONF_COUNTRY, CONF_REGION
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ewelink.binary_sensor import BINARY_SENSORS
from custom_components.ewelink.const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
)
from custom_components.ewelink.coolkit import ConnectionState
from custom_components.ewelink.light import LIGHTS
from custom_components.ewelink.number import NUMBERS
from custom_components.ewelink.select import SELECTS
from custom_components.ewelink.sensor import SENSORS
from custom_components.ewelink.switch import SWITCHES
from simulator import Account, Simulator

DEVICES = Path(__file__).parent / "fixtures/devices"

# How each platform shows the kinds of capabilities.
TABLES = {
    "binary_sensor": BINARY_SENSORS,
    "light": LIGHTS,
    "number": NUMBERS,
    "select": SELECTS,
    "sensor": SENSORS,
    "switch": SWITCHES,
}


def make_entry(cloud: Simulator, account: Account, *, app_id: str | None = None) -> MockConfigEntry:
    """Return the entry of an account that has just signed in."""
    app = cloud.accounts.apps[app_id or cloud.app_id]
    now = cloud.clock()
    tokens = cloud.accounts.sign_in(account, app.app_id, now)
    return MockConfigEntry(
        domain=DOMAIN,
        title=account.address,
        unique_id=account.apikey,
        data={
            CONF_REGION: account.region,
            CONF_SERVER: cloud.url,
            CONF_APP_ID: app.app_id,
            CONF_APP_SECRET: app.secret,
            CONF_ACCOUNT: account.address,
            CONF_COUNTRY: "DE",
            CONF_TOKENS: {
                "access_token": tokens.at,
                "refresh_token": tokens.rt,
                "access_token_time": now,
                "refresh_token_time": now,
            },
        },
    )


async def connected(entry: MockConfigEntry) -> None:
    """Wait until an entry has its session and the list that follows."""
    await until(lambda: entry.runtime_data.client.connection is ConnectionState.CONNECTED)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that is about to happen; a time-out is a failure."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - whatever it is may not announce itself
            await asyncio.sleep(0.005)


def load_device(name: str) -> dict[str, Any]:
    """Return a device of the fixtures: an entry of the device list."""
    device: dict[str, Any] = json.loads((DEVICES / f"{name}.json").read_text())
    return device


def device_names() -> list[str]:
    """Return the names of all fixtures of devices."""
    return sorted(path.stem for path in DEVICES.glob("*.json"))
