"""A simulated cloud, an account that is signed in to it, and a Home Assistant that knows the integration."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
import re
import time
from typing import Any, Literal
from unittest.mock import patch

import aiohttp
from homeassistant import loader
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

# Imported before Home Assistant starts: its test folder has a package of the same name, which would win.
import custom_components.ewelink
from custom_components.ewelink.coolkit import HostsV1, HostsV2, Timings, Window, shared_limiter
from simulator import Simulator
from tests.common import connected, device_names, load_device, make_entry
from tests.dialogs import go_on, with_texts
from tests.oauth import Browser
from tests.recording import EntitySnapshots

# The integration's own figures, shortened to what a machine under load still keeps to.
FRAME_GAP = 0.01
TIMINGS = Timings(
    handshake_span=0.01,
    command=1.0,
    query=0.5,
    learning=1.0,
    # Two frames must not meet in a loop that was busy for a while.
    pace=FRAME_GAP * 3,
    grace=0.05,
    backoff=0.05,
    backoff_limit=0.2,
    poll=0.2,
    unreachable=0.3,
    leave=0.05,
    resync=0.05,
    signed_out=0.1,
)

# What Home Assistant says of a custom integration that it wants to have mended.
REPORTED = re.compile(r"custom integration 'ewelink'|'ewelink' custom integration|from ewelink\b.*deprecated")

type SetUp = Callable[[MockConfigEntry], Awaitable[None]]


@pytest.fixture
def hass(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> HomeAssistant:
    """Home Assistant that looks for custom integrations, in a country."""
    hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
    hass.config.country = "DE"
    monkeypatch.setattr(custom_components.ewelink.coordinator, "TIMINGS", TIMINGS)
    return hass


@pytest.fixture(autouse=True)
def _no_word_of_home_assistant(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which Home Assistant reports that we use something in a way that will end."""
    yield
    records = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    assert [message for record in records if REPORTED.search(message := record.getMessage())] == []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what a module with `GENERATIONS` does with Home Assistant for each of these versions of the cloud.

    The App ID then serves that one alone, as far as signing in goes.
    """
    generations = getattr(metafunc.module, "GENERATIONS", None)
    if generations is not None and {"hass", "generation"} <= set(metafunc.fixturenames):
        only = metafunc.definition.get_closest_marker("generation")
        metafunc.parametrize("generation", generations if only is None else only.args)


@pytest.fixture
def generation() -> Literal["v1", "v2"]:
    """The version of the cloud that the default account has signed in to."""
    return "v1"


@pytest.fixture
async def cloud(
    socket_enabled: None, generation: str, request: pytest.FixtureRequest
) -> AsyncIterator[Simulator]:
    """A cloud of its own; the test fails on every deviation of the client that it has not cleared."""
    # Each simulator counts anew, so does the client.
    shared_limiter._passed.clear()
    # A frozen clock is the clock of both.
    async with Simulator(clock=lambda: time.time(), frame_gap=FRAME_GAP) as simulator:  # noqa: PLW0108
        if hasattr(request.module, "GENERATIONS"):
            simulator.accounts.apps[simulator.app_id].plan = "new" if generation == "v2" else "old"
        yield simulator
    assert [str(violation) for violation in simulator.violations] == []


@pytest.fixture
def unpaced(cloud: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a long story make its HTTP calls without the pauses that the real cloud asks for."""
    cloud.pace_checks = False
    monkeypatch.setattr(shared_limiter, "_windows", (Window(1000, 1),))


@pytest.fixture
def official(cloud: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the vendor's hosts be the simulator's regions."""
    hosts = HostsV1.custom(f"{cloud.url}/{{region}}")
    hosts_v2 = HostsV2.custom(f"{cloud.url}/{{region}}")
    monkeypatch.setattr(HostsV1, "official", classmethod(lambda _cls: hosts))
    monkeypatch.setattr(HostsV2, "official", classmethod(lambda _cls: hosts_v2))


@pytest.fixture
def entry(cloud: Simulator, generation: Literal["v1", "v2"]) -> MockConfigEntry:
    """The entry of the default account."""
    return make_entry(cloud, cloud.account, generation=generation)


@pytest.fixture
def setup_entry(hass: HomeAssistant) -> SetUp:
    """Set an entry up and wait until it is connected."""

    async def set_up(entry: MockConfigEntry) -> None:
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        await connected(entry)

    return set_up


@pytest.fixture
async def running_entry(entry: MockConfigEntry, setup_entry: SetUp) -> MockConfigEntry:
    """The entry of the default account, set up and connected."""
    await setup_entry(entry)
    return entry


@pytest.fixture
def setup_home(cloud: Simulator, entry: MockConfigEntry, setup_entry: SetUp) -> Callable[..., Awaitable[Any]]:
    """Set up the account with these devices and no others."""

    async def set_up(*devices: dict[str, Any], exactly: bool = False) -> MockConfigEntry:
        for device_id in list(cloud.devices):
            cloud.remove_device(device_id)
        for device in devices:
            added = cloud.add_device(device)
            if exactly:
                # Without what devices of its kind usually tell, too.
                added.params = dict(device["params"])
        await setup_entry(entry)
        return entry

    return set_up


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots in Home Assistant's own form, without what differs from run to run or by its release."""
    return snapshot.use_extension(EntitySnapshots)


@pytest.fixture
def every_entity_enabled() -> Iterator[None]:
    """Let entities be enabled that are not so by default."""
    with patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", new=True):
        yield


@pytest.fixture
def every_kind(
    every_entity_enabled: None,
    setup_home: Callable[..., Awaitable[MockConfigEntry]],
) -> Callable[[str], Awaitable[MockConfigEntry]]:
    """Set up one platform with a device of every fixture and all of its entities."""

    async def set_up(platform: str) -> MockConfigEntry:
        with patch("custom_components.ewelink.PLATFORMS", [platform]):
            return await setup_home(*map(load_device, device_names()))

    return set_up


@pytest.fixture
def fill(hass: HomeAssistant) -> Callable[..., Awaitable[Any]]:
    """Go on in a dialog of the options with this input."""

    async def fill_in(result: Any, user_input: dict[str, Any] | None = None, **fields: Any) -> Any:
        return await go_on(hass, result, fields if user_input is None else user_input)

    return fill_in


@pytest.fixture
def choose(
    hass: HomeAssistant, running_entry: MockConfigEntry, fill: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    """Open the options and follow menus."""

    async def open_menu(*steps: str) -> Any:
        result = with_texts(await hass.config_entries.options.async_init(running_entry.entry_id))
        for step in steps:
            assert result["type"] is FlowResultType.MENU
            result = await fill(result, next_step_id=step)
        return result

    return open_menu


@pytest.fixture
async def browser(
    hass: HomeAssistant, hass_client: Callable[[], Awaitable[Any]], cloud: Simulator
) -> AsyncIterator[Browser]:
    """The browser of somebody who has signed in to Home Assistant."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    async with aiohttp.ClientSession() as http:
        yield Browser(hass, client, cloud, http)
