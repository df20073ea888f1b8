"""A simulated cloud and the client's parts in front of it, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.ewelink.coolkit import (
    AccountSession,
    ApiV1,
    ApiV2,
    AppCredentials,
    ConnectionState,
    CoolKitClient,
    HostsV1,
    HostsV2,
    Kind,
    Limiter,
    Quotas,
    Timings,
    Window,
    capabilities_of,
)
from custom_components.ewelink.coolkit.list_requests import ListRequests
from simulator import Simulator
from simulator.cloud import EMAIL, FREE_APP_ID, FREE_APP_SECRET, PASSWORD, REDIRECT_URL

FRAME_GAP = 0.01
# The figures of the real thing, shortened to what a machine under load still keeps to.
TIMINGS = Timings(
    handshake=2,
    handshake_span=0.01,
    command=0.3,
    query=0.3,
    # Two frames must not meet in a loop that was busy for a while.
    pace=FRAME_GAP * 3,
    grace=0.05,
    close=0.2,
    pong=0.3,
    backoff=0.02,
    backoff_limit=0.1,
    poll=0.1,
    unreachable=0.2,
    leave=0.1,
    resync=0.05,
    signed_out=0.1,
)
# What tests do on purpose: they are faster than the cloud would like.
PACE = {"pace of calls", "pace of handshakes"}


@pytest.fixture
async def cloud(socket_enabled) -> AsyncIterator[Simulator]:
    """The default home; the test fails on every deviation of the client that it has not cleared."""
    async with Simulator(frame_gap=FRAME_GAP) as simulator:
        yield simulator
    assert [str(violation) for violation in simulator.violations if violation.rule not in PACE] == []


@pytest.fixture
async def websession(socket_enabled) -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def limiter() -> Limiter:
    """A limiter that lets a test through at once."""
    return Limiter(Window(1000, 1))


@pytest.fixture
def generation() -> str:
    """The version of the cloud's interface; modules with `GENERATIONS` are run with each of them."""
    return "v1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses the cloud with each generation that its module names."""
    generations = getattr(metafunc.module, "GENERATIONS", None)
    only = metafunc.definition.get_closest_marker("generation")
    if generations is not None and "generation" in metafunc.fixturenames:
        metafunc.parametrize("generation", generations if only is None else only.args)


@pytest.fixture
def api(cloud, websession, limiter, generation) -> ApiV1 | ApiV2:
    """An interface of the cloud, at a server of one's own with regions."""
    credentials = AppCredentials(cloud.app_id, cloud.app_secret)
    address = f"{cloud.url}/{{region}}"
    if generation == "v2":
        hosts = HostsV2.custom(address)
        return ApiV2(websession, credentials, hosts, limiter=limiter, timeout=2, quotas=Quotas())
    return ApiV1(websession, credentials, HostsV1.custom(address), limiter=limiter, timeout=2)


async def sign_in(api: ApiV1 | ApiV2, email: str = EMAIL, password: str = PASSWORD) -> AccountSession:
    """Sign in to an account of the simulated cloud."""
    if isinstance(api, ApiV2):
        return await api.sign_in("eu", email=email, password=password, country_code="49")
    return await api.sign_in("eu", email=email, password=password)


@pytest.fixture
async def session(api) -> AccountSession:
    """The default account, signed in."""
    return await sign_in(api)


@pytest.fixture
def api_v2(cloud, websession, limiter) -> ApiV2:
    """Version 2 with an App ID that anybody can get, at a server of one's own with regions."""
    credentials = AppCredentials(FREE_APP_ID, FREE_APP_SECRET)
    hosts = HostsV2.custom(f"{cloud.url}/{{region}}")
    return ApiV2(websession, credentials, hosts, limiter=limiter, timeout=2, quotas=Quotas())


@pytest.fixture
def contract_api(cloud, websession, limiter) -> ApiV2:
    """Version 2 with an App ID that may do everything."""
    credentials = AppCredentials(cloud.app_id, cloud.app_secret)
    hosts = HostsV2.custom(f"{cloud.url}/{{region}}")
    return ApiV2(websession, credentials, hosts, limiter=limiter, timeout=2, quotas=Quotas())


async def sign_in_v2(cloud: Simulator, api: ApiV2) -> AccountSession:
    """Sign in as after the page, without the page."""
    code = cloud.codes.give(cloud.account, api.app_id, REDIRECT_URL, cloud.clock())
    session = await api.exchange_code(code, redirect_url=REDIRECT_URL, region=cloud.account.region)
    return await api.with_own_apikey(session)


@pytest.fixture
async def session_v2(cloud, api_v2) -> AccountSession:
    """The default account, signed in by OAuth."""
    return await sign_in_v2(cloud, api_v2)


@pytest.fixture
async def contract_session(cloud, contract_api) -> AccountSession:
    """The default account, signed in with the App ID that may do everything."""
    return await sign_in_v2(cloud, contract_api)


type Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture
async def serve(socket_enabled) -> AsyncIterator[Serve]:
    """Start a server that answers everything with one handler; returns its address."""
    servers: list[TestServer] = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        server = TestServer(app)
        servers.append(server)
        await server.start_server(shutdown_timeout=0)
        return str(server.make_url("")).rstrip("/")

    yield start
    for server in servers:
        await server.close()


def list_requests(note: Callable[[float], None]) -> ListRequests:
    """Return wishes for the list that are noted only."""
    requests = ListRequests()
    requests.request = note
    return requests


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0.005)


@asynccontextmanager
async def listening(client: CoolKitClient) -> AsyncIterator[asyncio.Task[None]]:
    """Keep a session open meanwhile, and see that closing it ends it."""
    task = asyncio.create_task(client.listen())
    try:
        yield task
    finally:
        await client.close()
        async with asyncio.timeout(5):
            await asyncio.wait([task])


@pytest.fixture
def make(cloud, websession, api, session):
    """Make a client with other figures or tokens."""
    made: list[CoolKitClient] = []

    def make_client(*, session=session, api=api, **timings) -> CoolKitClient:
        client = CoolKitClient(
            websession=websession,
            api=api,
            session=session,
            timings=replace(TIMINGS, **timings),
        )
        made.append(client)
        return client

    yield make_client
    for client in made:
        assert not client._background
        assert client._health._timer is None
        assert client._authorization.renewal is None


@pytest.fixture
async def client(make):
    """A client that has read its first list."""
    client = make()
    await client.refresh_devices()
    return client


@pytest.fixture
async def connected(client):
    """A client that is connected, with the list after the handshake read."""
    async with listening(client) as task:
        await is_connected(client)
        yield client
        assert not task.done(), task


async def is_connected(client):
    """Wait for the connection, and the list and the groups behind it."""
    await until(lambda: client.connection is ConnectionState.CONNECTED)
    await until(lambda: not client._list.requests.pending.is_set() and not client._list.lock.locked())
    await until(lambda: not client._background)


def events_of(client, *kinds):
    """Collect the events of some kinds."""
    events = []
    client.subscribe(lambda event: events.append(event) if not kinds or isinstance(event, kinds) else None)
    return events


def capability(client, device_id, key):
    return next(item for item in capabilities_of(client.devices[device_id]) if item.key == key)


def relays(client, device_id):
    return [item for item in capabilities_of(client.devices[device_id]) if item.kind is Kind.RELAY]


def calls(cloud, interface):
    return [request for request in cloud.requests if request.interface == interface]


def lists(cloud):
    """Return the calls that began to read a list; version 2 has one for each home, and each page of it."""
    requests = calls(cloud, "devices")
    return [one for one in requests if one.params.get("familyid") == requests[0].params.get("familyid")]
