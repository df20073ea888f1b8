"""Seventy days of an account of version 2, over real sockets, in time that passes at once."""

import asyncio
from collections import Counter
from collections.abc import Callable
import contextlib
from datetime import UTC, datetime
import time
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.ewelink.coolkit import (
    ApiV2,
    AppCredentials,
    ConnectionState,
    CoolKitClient,
    CoolKitError,
    HostsV2,
    Limiter,
    Quotas,
    SessionChanged,
    Timings,
)
from simulator import Simulator, dispatch
from simulator.cloud import FREE_APP_ID, FREE_APP_SECRET, REDIRECT_URL

DAY, HOUR = 86_400, 3600
# As Home Assistant does.
RESYNC = 6 * HOUR
START = datetime(2026, 11, 3, 12, tzinfo=UTC).timestamp()
AIM = 60
# What makes no call is done less often, for the sake of whoever waits.
TIMINGS = Timings(heartbeat=HOUR / 2, silence_check=HOUR)


class PassingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer as soon as no socket has anything to tell."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._select = self._selector.select
        self._selector.select = self._wait  # type: ignore[method-assign]

    def time(self) -> float:
        return self._now

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        # In another thread time would go on meanwhile.
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            done.set_exception(error)
        return done

    def _wait(self, timeout: float | None) -> Any:
        if events := self._select(0):
            return events
        if timeout is None or timeout > 0:
            if not self._scheduled:
                raise RuntimeError("nobody will ever wake up")
            self._now = max(self._now, min(handle.when() for handle in self._scheduled))
        return []


class Life:
    """A home whose client runs like that of Home Assistant, from one start to the next."""

    def __init__(self, cloud: Simulator, websession: ClientSession) -> None:
        self.cloud = cloud
        self.websession = websession
        self.quotas = Quotas()
        self.calls: Counter[int] = Counter()
        self.session: Any = None
        self.renewed = 0
        self.client: CoolKitClient
        self.tasks: list[asyncio.Task[None]] = []

    async def sign_in(self) -> None:
        api = self.api()
        account = self.cloud.account
        code = self.cloud.codes.give(account, api.app_id, REDIRECT_URL, self.cloud.clock())
        session = await api.exchange_code(code, redirect_url=REDIRECT_URL, region=account.region)
        self.session = await api.with_own_apikey(session)

    def api(self) -> ApiV2:
        credentials = AppCredentials(FREE_APP_ID, FREE_APP_SECRET)
        hosts = HostsV2.custom(f"{self.cloud.url}/{{region}}")
        return ApiV2(self.websession, credentials, hosts, limiter=Limiter(), quotas=self.quotas)

    async def start(self) -> None:
        """Start with the tokens that are stored."""
        self.client = CoolKitClient(
            websession=self.websession, api=self.api(), session=self.session, timings=TIMINGS
        )
        self.client.subscribe(self.store, SessionChanged)
        await self.client.refresh_devices()
        self.tasks = [asyncio.create_task(self.client.listen()), asyncio.create_task(self.resync())]

    def store(self, event: SessionChanged) -> None:
        self.session = event.session
        self.renewed += 1

    async def resync(self) -> None:
        while True:
            await asyncio.sleep(RESYNC)
            with contextlib.suppress(CoolKitError):
                await self.client.refresh_devices()

    async def stop(self) -> None:
        await self.client.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.wait(self.tasks)

    async def until_day(self, day: int) -> None:
        """Let time pass, and note the calls of each day."""
        loop = asyncio.get_running_loop()
        while loop.time() < day * DAY:
            before = len(self.cloud.requests)
            today = int(loop.time() // DAY)
            await asyncio.sleep((today + 1) * DAY - loop.time())
            self.calls[today] = len(self.cloud.requests) - before
            assert not self.tasks[0].done(), self.tasks[0]

    async def connected(self) -> None:
        async with asyncio.timeout(HOUR):
            while self.client.connection is not ConnectionState.CONNECTED:  # noqa: ASYNC110
                await asyncio.sleep(1)

    @property
    def used(self) -> int:
        """What the client has counted this month."""
        return self.api().quota("eu").used


async def seventy_days(told: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    async with Simulator(clock=lambda: START + loop.time()) as cloud, ClientSession() as websession:
        life = Life(cloud, websession)
        # Pings tell nothing here, and there would be many of them.
        cloud.quirks.heartbeat_interval = HOUR // 2
        await life.sign_in()
        await life.start()

        # A month with its lost connections.
        for day in range(3, 30, 3):
            await life.until_day(day)
            await cloud.drop_connections()
            await life.connected()
        # Home Assistant is off for a week, then the network for a fortnight.
        await life.until_day(31)
        await life.stop()
        await asyncio.sleep(7 * DAY)
        await life.start()
        await life.connected()
        counted, served, port = life.used, len(cloud.requests), cloud.port
        await cloud.stop()
        await asyncio.sleep(14 * DAY)
        await cloud.start(port)
        await life.connected()
        told["counted"] = (life.used - counted, len(cloud.requests) - served)
        usual = dict(life.calls)

        # Four fifths of the quota are used, and nothing brings a connection about.
        quota = life.quotas.of(FREE_APP_ID, "eu", ApiV2.calls_a_month)
        quota.calls = int(0.8 * 50_000)
        cloud.faults.add("handshake_error", code=500, count=None)
        await cloud.drop_connections()
        today = int(loop.time() // DAY) + 1
        await life.until_day(today)
        before = len(cloud.requests)
        await life.until_day(today + 1)
        told["polls"] = [request.interface for request in cloud.requests[before:]]
        cloud.faults.clear()
        await life.connected()

        await life.until_day(70)
        await life.connected()
        await life.client.update("1000000001", {"switch": "on"})
        held = cloud.account.tokens[FREE_APP_ID]
        tokens = life.client.session.tokens
        told["signed_in"] = (tokens.access_token, tokens.refresh_token) == (held.at, held.rt)
        told["switch"] = cloud.devices["1000000001"].params["switch"]
        told["renewed"] = life.renewed
        told["calls"] = {day: count for day, count in life.calls.items() if day in usual or day > today + 2}
        told["violations"] = [str(violation) for violation in cloud.violations]
        told["days"] = loop.time() / DAY
        await life.stop()


@pytest.mark.timeout(300)
def test_it_is_still_signed_in_after_seventy_days(socket_enabled, monkeypatch, capsys):
    told: dict[str, Any] = {}
    began = time.monotonic()
    monkeypatch.setattr(dispatch, "SILENCE", HOUR)
    with asyncio.Runner(loop_factory=PassingLoop) as runner:
        loop = runner.get_loop()
        real = time.time
        monkeypatch.setattr(time, "time", lambda: START + loop.time())
        monkeypatch.setattr(
            "custom_components.ewelink.coolkit.cloud.quota._now",
            lambda: datetime.fromtimestamp(START + loop.time(), UTC),
        )
        runner.run(seventy_days(told))
        monkeypatch.setattr(time, "time", real)
    calls = told["calls"]
    average = sum(calls.values()) / len(calls)
    figures = (
        f"{told['days']:.0f} days in {time.monotonic() - began:.0f} s; calls a day: "
        f"{min(calls.values())} to {max(calls.values())}, on average {average:.0f}; "
        f"while nothing connects and four fifths of the quota are used: {len(told['polls'])}"
    )
    with capsys.disabled():
        print(f"\n{figures}")  # noqa: T201 - that is what it is run for
    assert told["signed_in"]
    assert told["switch"] == "on"
    # After 20 days, and again when the network is back.
    assert told["renewed"] == 2
    assert max(calls.values()) < AIM
    # What is left of the quota lasts for the rest of a month of that.
    assert len(told["polls"]) * 30 < 0.4 * 50_000
    assert told["polls"].count("homes") < DAY / 300 * 0.5
    counted, served = told["counted"]
    # Some attempts end by the jumps of this clock before their refusal is told: those may have left.
    assert served <= counted <= served + 300
    assert told["violations"] == []
