"""The order of commands, where the timing of answers is what matters."""

import asyncio
from types import SimpleNamespace

import pytest

from custom_components.ewelink.coolkit import CommandNotSentError, CommandTimeoutError, Timings
from custom_components.ewelink.coolkit.background import Background
from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.commands import Commands

DEVICE = device_from_entry({"deviceid": "1", "uiid": 1, "params": {"switch": "off"}})
PATIENCE = 0.05


class Line:
    """Takes messages, and answers each when the test says so."""

    def __init__(self):
        self.sent = []

    async def send(self, _device, params):
        answer = asyncio.get_running_loop().create_future()
        self.sent.append((params, answer))
        return await answer

    async def answer(self, number, *, error=None):
        """Let one message be answered, or let it end with an error."""
        async with asyncio.timeout(5):
            while len(self.sent) <= number:  # noqa: ASYNC110 - it may not be its turn yet
                await asyncio.sleep(0)
        future = self.sent[number][1]
        if error is None:
            future.set_result({})
        else:
            future.set_exception(error)


@pytest.fixture
def line():
    return Line()


@pytest.fixture
async def commands(line):
    background = Background()
    yield Commands(
        timings=Timings(command=PATIENCE),
        background=background,
        store=SimpleNamespace(get=lambda _device_id: DEVICE),
        send=line.send,
        request=line.send,
    )
    await background.close()


async def test_what_stood_behind_silence_is_not_sent(commands, line):
    first, second = (asyncio.create_task(commands.update("1", {"n": n})) for n in range(2))
    await asyncio.sleep(PATIENCE * 1.2)
    await line.answer(0, error=CommandTimeoutError("update"))
    with pytest.raises(CommandTimeoutError):
        await first
    with pytest.raises(CommandNotSentError):
        await second
    assert len(line.sent) == 1


async def test_what_stood_behind_answers_is_sent(commands, line):
    silent = asyncio.create_task(commands.update("1", {"n": 0}))
    await line.answer(0, error=CommandTimeoutError("update"))
    with pytest.raises(CommandTimeoutError):
        await silent
    slow, behind = (asyncio.create_task(commands.update("1", {"n": n})) for n in (1, 2))
    await asyncio.sleep(PATIENCE * 1.2)
    await line.answer(1)
    await line.answer(2)
    assert (await slow, await behind) == ({}, {})
    assert [params for params, _ in line.sent] == [{"n": 0}, {"n": 1}, {"n": 2}]
