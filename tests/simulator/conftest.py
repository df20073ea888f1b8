"""A running simulator and a raw client of it."""

import aiohttp
import pytest

from simulator import Simulator
from tests.simulator.client import RawClient


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
async def client(client_of):
    client = client_of()
    await client.login()
    return client
