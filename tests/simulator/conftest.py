"""A running simulator and a raw client of it."""

import aiohttp
import pytest

from simulator import Simulator
from tests.simulator.client import RawClient
from tests.simulator.v2_client import V2Client


@pytest.fixture(autouse=True)
def sockets(socket_enabled):
    return socket_enabled


@pytest.fixture
async def cloud():
    async with Simulator(pace_checks=False) as simulator:
        yield simulator


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


@pytest.fixture
def client_of(cloud, http):
    def make(account=None, region=None):
        return RawClient(cloud, http, region=region, account=account)

    return make


@pytest.fixture
def v2_of(cloud, http):
    def make(**options):
        return V2Client(cloud, http, **options)

    return make


@pytest.fixture
async def v2(v2_of):
    """A client with a contract, signed in."""
    client = v2_of()
    await client.sign_in()
    return client


@pytest.fixture
async def free(cloud, v2_of):
    """A client with a personal App ID, signed in."""
    client = v2_of(app=cloud.free_app)
    await client.sign_in()
    return client


@pytest.fixture
async def client(client_of):
    client = client_of()
    await client.login()
    return client
