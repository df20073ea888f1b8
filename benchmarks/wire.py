"""An account's cloud without a network: a list of devices, and a connection that hands over frames."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from unittest.mock import patch

from aiohttp import WSMessage, WSMsgType
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_COUNTRY, CONF_REGION
from homeassistant.core import HomeAssistant
import orjson
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ewelink.const import (
    CONF_ACCOUNT,
    CONF_APP_ID,
    CONF_APP_SECRET,
    CONF_SERVER,
    CONF_TOKENS,
    DOMAIN,
    SERVER_AUTOMATIC,
)
from custom_components.ewelink.coolkit import (
    AccountSession,
    Device,
    Endpoint,
    Feature,
    Group,
    Listed,
    Params,
    Quota,
    Quotas,
    Tokens,
    device_from_entry,
    group_from_entry,
    in_slices,
)


async def _open_socket(account: Account, _url: object, **_arguments: object) -> Wire:
    """Stand in for what opens a WebSocket: the account stands in for the client session."""
    return account.wire


# For as long as the process lives: connections come back by themselves.
patch("custom_components.ewelink.coolkit.cloud.connection.open_socket", _open_socket).start()

# For what takes a moment: beyond it something is broken.
PATIENCE = 60
COORDINATOR = "custom_components.ewelink.coordinator"


def message(frame: bytes) -> WSMessage:
    """Return a frame as aiohttp's parser does."""
    return WSMessage(WSMsgType.TEXT, frame, None)


class Wire:
    """A socket whose other end is a queue; it answers handshake, ping and commands at once."""

    closed = False
    close_code = None

    def __init__(self) -> None:
        """Start with nothing to read."""
        self.sent: list[tuple[float, dict[str, Any]]] = []
        self._frames: deque[WSMessage] = deque()
        self._wanted: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Say that it is a secure connection."""
        return self if name == "ssl_object" else default

    async def receive(self) -> WSMessage:
        """Return the next frame; a reader that waits has dealt with all that came before."""
        while not self._frames:
            self._wanted = asyncio.get_running_loop().create_future()
            if self._drained is not None and not self._drained.done():
                self._drained.set_result(None)
            await self._wanted
        return self._frames.popleft()

    async def send_str(self, text: str) -> None:
        """Take a frame and answer it."""
        if text == "ping":
            self.feed([b"pong"])
            return
        frame = orjson.loads(text)
        self.sent.append((perf_counter(), frame))
        config = {"hb": 1, "hbInterval": 145} if frame["action"] == "userOnline" else {}
        self.feed([orjson.dumps({"error": 0, "sequence": frame["sequence"], "config": config})])

    async def close(self, **_arguments: object) -> bool:
        """Close it: the reader waits for ever, until it is cancelled."""
        self.closed = True
        return True

    def feed(self, frames: Iterable[bytes]) -> None:
        """Let frames arrive."""
        self.hand_over(map(message, frames))

    def hand_over(self, messages: Iterable[WSMessage]) -> None:
        """Let frames arrive as aiohttp's parser leaves them."""
        self._frames.extend(messages)
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(None)

    async def deliver(self, messages: Iterable[WSMessage]) -> None:
        """Let frames arrive and return when the reader has dealt with all of them."""
        self._drained = asyncio.get_running_loop().create_future()
        self.hand_over(messages)
        await self._drained


@dataclass(slots=True, kw_only=True)
class Account:
    """A cloud API and a client session for one account."""

    number: int
    devices: Sequence[dict[str, Any]]
    wire: Wire = field(default_factory=Wire)
    app_id: str = "benchmark"
    features: frozenset[Feature] = frozenset({Feature.DEVICES, Feature.STATUS, Feature.DISPATCH})
    stops_at_quota: bool = False
    groups: Sequence[dict[str, Any]] = ()
    poll_interval: float = 60
    lists: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0), init=False)

    @property
    def apikey(self) -> str:
        """Return the account's identifier."""
        return f"apikey-{self.number}"

    def server(self, _session: AccountSession) -> str:
        """Return a server of its own: nobody else's handshakes are counted there."""
        return f"{id(self)}.example"

    def quota(self, region: str) -> Quota:
        """Return a count of calls that nobody adds to."""
        return Quotas().of(self.app_id, region, None)

    async def list_devices(self, _session: AccountSession) -> Listed[Device]:
        """Return the list, made into devices as the API does."""
        self.lists.release()
        listed = Listed[Device]()
        await in_slices(self.devices, lambda data: listed.append(device_from_entry(data)))
        return listed

    async def list_groups(self, _session: AccountSession) -> Listed[Group]:
        """Return the groups, made as the API does."""
        return Listed(group_from_entry(data) for data in self.groups)

    async def add_group(self, _session: AccountSession, *, name: str, index: int) -> Group:
        """Refuse: nobody changes groups here, they are only read."""
        raise NotImplementedError

    change_group = delete_group = move_devices = add_group

    async def dispatch(self, _session: AccountSession) -> Endpoint:
        """Return an address that nobody connects to."""
        return Endpoint(domain="localhost", port=8080)

    async def refresh(self, session: AccountSession) -> AccountSession:
        """Keep the tokens."""
        return session

    async def get_device(self, _session: AccountSession, device: Device) -> Device:
        """Return the device as it is known."""
        return device

    async def get_status(
        self, _session: AccountSession, device: Device, _params: Sequence[str] = ()
    ) -> Params:
        """Return the params as they are known."""
        return device.params

    async def update_status(self, _session: AccountSession, _device: Device, _params: Params) -> None:
        """Accept everything."""

    def entry(self) -> MockConfigEntry:
        """Return the config entry of this account."""
        now = 1_800_000_000.0
        tokens = Tokens(access_token="at", refresh_token="rt", access_token_time=now, refresh_token_time=now)  # noqa: S106 - of an account that does not exist
        return MockConfigEntry(
            domain=DOMAIN,
            unique_id=self.apikey,
            title=f"Account {self.number}",
            data={
                CONF_REGION: "eu",
                CONF_SERVER: SERVER_AUTOMATIC,
                CONF_APP_ID: self.app_id,
                CONF_APP_SECRET: "secret",
                CONF_ACCOUNT: f"{self.number}@example.com",
                CONF_COUNTRY: "DE",
                CONF_TOKENS: tokens.as_dict(),
            },
        )

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the next entry that is set up find this account instead of the network."""
        with (
            patch(f"{COORDINATOR}.async_get_clientsession", return_value=self),
            patch("custom_components.ewelink.entry_data.EntryData.api", return_value=self),
        ):
            yield

    async def set_up(self, hass: HomeAssistant) -> MockConfigEntry:
        """Set the account up in Home Assistant; return when its entities are there."""
        entry = self.entry()
        entry.add_to_hass(hass)
        with self.in_place():
            await hass.config_entries.async_setup(entry.entry_id)
        if entry.state is not ConfigEntryState.LOADED:
            raise RuntimeError(f"The entry is {entry.state}: {entry.reason}")
        await hass.async_block_till_done()
        return entry

    async def settle(self) -> None:
        """Wait until the connection is open and the list that it starts with is read."""
        async with asyncio.timeout(PATIENCE):
            await self.lists.acquire()
            await self.lists.acquire()
        await asyncio.sleep(0)


def power_meter(device_id: str, apikey: str) -> dict[str, Any]:
    """Return a device of uiid 32 as the list gives it."""
    params = {
        "switch": "on",
        "power": "12.00",
        "voltage": "230.00",
        "current": "0.05",
        "oneKwh": "stop",
        "startup": "off",
        "pulse": "off",
        "pulseWidth": 500,
        "sledOnline": "on",
        "rssi": -60,
        "fwVersion": "3.5.0",
        "version": 8,
    }
    return _device(device_id, apikey, 32, params)


def four_channels(device_id: str, apikey: str) -> dict[str, Any]:
    """Return a device of uiid 4 as the list gives it."""
    params = {
        "switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)],
        "configure": [{"outlet": outlet, "startup": "off"} for outlet in range(4)],
        "lock": 0,
        "sledOnline": "on",
        "rssi": -60,
        "fwVersion": "3.5.0",
        "version": 8,
    }
    return _device(device_id, apikey, 4, params)


def _device(device_id: str, apikey: str, uiid: int, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "deviceid": device_id,
        "name": f"Device {device_id}",
        "apikey": apikey,
        "devicekey": "",
        "online": True,
        "brandName": "SONOFF",
        "productModel": "Bench",
        "extra": {"extra": {"uiid": uiid, "model": "BENCH"}},
        "uiid": uiid,
        "params": params,
    }
