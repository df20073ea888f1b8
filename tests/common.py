"""What the tests share: entries, fixtures of devices, and waiting."""

import asyncio
from collections.abc import Callable, Mapping
from importlib import import_module
import json
from pathlib import Path
from typing import Any, Literal

from homeassistant.const import CONF_COUNTRY, CONF_REGION
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import restore_state
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ewelink import PLATFORMS
from custom_components.ewelink.const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
)
from custom_components.ewelink.coolkit import ConnectionState, Kind, Tokens
from custom_components.ewelink.entry_data import MINOR_VERSION, VERSION, EntryData, Generation, SignIn
from simulator import Account, Simulator
from simulator.accounts import App

DEVICES = Path(__file__).parent / "fixtures/devices"


def _table(platform: str) -> dict[Kind, Any]:
    """Return the rows by which a platform shows kinds of capabilities."""
    module = import_module(f"custom_components.ewelink.{platform}")
    return {
        kind: row
        for value in vars(module).values()
        if isinstance(value, dict)
        for kind, row in value.items()
        if isinstance(kind, Kind) and hasattr(row, "translation_key")
    }


TABLES = {str(platform): _table(platform) for platform in PLATFORMS}


def make_entry(
    cloud: Simulator,
    account: Account,
    *,
    app_id: str | None = None,
    generation: Literal["v1", "v2"] = "v1",
) -> MockConfigEntry:
    """Return the entry of an account that has just signed in with its password."""
    app = cloud.accounts.apps[app_id or cloud.app_id]
    now = cloud.clock()
    tokens = cloud.accounts.sign_in(account, app.app_id, now, generation)
    later = {"generation": generation, "sign_in": "password"} if generation == "v2" else {}
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
            **later,
            CONF_TOKENS: {
                "access_token": tokens.at,
                "refresh_token": tokens.rt,
                "access_token_time": now,
                "refresh_token_time": now,
            },
        },
    )


def make_entry_v2(
    cloud: Simulator, account: Account | None = None, *, app: App | None = None
) -> MockConfigEntry:
    """Return the entry of an account that has just signed in by OAuth, by default with the free App ID."""
    account, app = account or cloud.account, app or cloud.free_app
    now = cloud.clock()
    tokens = cloud.accounts.sign_in(account, app.app_id, now, "v2")
    entry = EntryData(
        account="",
        country="DE",
        server=cloud.url,
        region=account.region,
        app_id=app.app_id,
        app_secret=app.secret,
        tokens=Tokens(
            access_token=tokens.at, refresh_token=tokens.rt, access_token_time=now, refresh_token_time=now
        ),
        generation=Generation.V2,
        sign_in=SignIn.OAUTH,
    )
    return MockConfigEntry(
        domain=DOMAIN,
        title=account.address,
        unique_id=account.apikey,
        data=entry.as_dict(),
        version=VERSION,
        minor_version=MINOR_VERSION,
    )


async def connected(entry: MockConfigEntry) -> None:
    """Wait until an entry has its session and has read the list that follows."""
    client = entry.runtime_data.client
    await until(
        lambda: (
            client.connection is ConnectionState.CONNECTED
            and not client._list.requests.pending.is_set()
            and not client._list.lock.locked()
        )
    )


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that is about to happen; a time-out is a failure."""
    # After ten calls over HTTP the client pauses for more than five seconds.
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - whatever it is may not announce itself
            await asyncio.sleep(0.005)


def load_device(name: str) -> dict[str, Any]:
    """Return a device of the fixtures: an entry of the device list."""
    device: dict[str, Any] = json.loads((DEVICES / f"{name}.json").read_text())
    return device


def device_names() -> list[str]:
    """Return the names of all fixtures of devices."""
    return sorted(path.stem for path in DEVICES.glob("*.json"))


def keep_state(hass: HomeAssistant, state: State, extra: Mapping[str, Any]) -> None:
    """Keep a state as one of an earlier run; the test plugin knows the form of the oldest release only."""
    data = restore_state.async_get(hass)
    stored = {
        "state": json.loads(json.dumps(state.as_dict(), default=str)),
        "extra_data": extra,
        "last_seen": dt_util.utcnow().isoformat(),
    }
    if (kept := getattr(data, "last_states", None)) is None:
        kept = data.last_states_by_entity_id
    kept[state.entity_id] = restore_state.StoredState.from_dict(stored)
