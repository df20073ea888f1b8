"""The demo's child processes: their ports, their ends, and what Home Assistant starts with."""

import asyncio
import json
from pathlib import Path
import signal
import socket
import sys

from homeassistant.components.http.config import HTTP_STORAGE_SCHEMA, async_get_and_load_store
import pytest

from demo.home import Home
from demo.program import HOST, DemoError, Program, free_port, home_assistant, until


@pytest.fixture
def taken(socket_enabled):
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def program(tmp_path):
    def make(code: str) -> Program:
        return Program(name="It", command=[sys.executable, "-c", code], log=tmp_path / "log")

    return make


def test_a_port_that_is_taken_is_passed_over(taken):
    assert free_port(taken) > taken


def test_a_number_that_is_no_port_is_said_so(socket_enabled):
    with pytest.raises(DemoError, match="No free port"):
        free_port(65536)


def test_any_port_will_do(socket_enabled):
    assert free_port(0) > 0


async def test_a_program_that_ends_by_itself_is_noticed(program):
    child = program("print('its words'); raise SystemExit(3)")
    await child.start()
    with pytest.raises(DemoError, match=r"It ended by itself \(exit code 3\)"):
        await child.run()
    assert child.log.read_text() == "its words\n"


async def test_a_restart_that_the_user_asks_for_is_granted(program):
    child = program("import sys; print('once', flush=True); sys.exit(100)")
    await child.start()
    running = asyncio.create_task(child.run())
    await until(lambda: _lines(child.log, 2), "It has started again")
    running.cancel()
    await asyncio.wait((running,))
    await child.stop()


async def test_a_program_is_ended_politely(program):
    child = program(
        "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('good bye'), sys.exit()));"
        "print('up', flush=True); signal.pause()"
    )
    await child.start()
    await until(lambda: _lines(child.log, 1), "It is up")
    await child.stop()
    assert child.log.read_text() == "up\ngood bye\n"


async def test_a_second_ctrl_c_ends_all_programs(program, tmp_path):
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True); signal.pause()"
    )
    children = (program(deaf), program(deaf))
    home = Home(hass=None, cloud=None, programs=children, log=tmp_path / "log")
    for child in children:
        await child.start()
    processes = [child._process for child in children]
    await until(lambda: _lines(tmp_path / "log", 2), "Both are up")
    stopping = asyncio.create_task(home.stop())
    for _ in children:
        await asyncio.sleep(0.05)
        stopping.cancel()
    await asyncio.wait((stopping,))
    assert [await process.wait() for process in processes] == [-signal.SIGKILL] * 2


async def test_waiting_ends_with_what_was_waited_for():
    with pytest.raises(DemoError, match="Something: not within"):
        await until(_nothing, "Something", seconds=0.05, every=0.01)


async def test_home_assistants_address_is_stored_as_confirmed(tmp_path, hass, hass_storage):
    home_assistant(8321, tmp_path)
    hass_storage["http"] = json.loads((tmp_path / "config/.storage/http").read_text())
    # As this release reads it, whatever has become of the settings since.
    store = await async_get_and_load_store(hass)
    assert store.pending is None
    assert store.yaml_migration_done
    settings = {
        key: value
        for key, value in store.stable.items()
        if key not in {"created_at", "error", "error_message"}
    }
    assert HTTP_STORAGE_SCHEMA(settings) == settings
    assert settings == HTTP_STORAGE_SCHEMA({"server_host": [HOST], "server_port": 8321})


def test_a_second_start_keeps_what_home_assistant_has_stored(tmp_path):
    home_assistant(8321, tmp_path)
    onboarding = tmp_path / "config/.storage/onboarding"
    onboarding.write_text("Home Assistant's own")
    home_assistant(8322, tmp_path)
    assert onboarding.read_text() == "Home Assistant's own"
    assert (tmp_path / "config/custom_components/ewelink/manifest.json").is_file()


async def _lines(log: Path, count: int) -> bool:
    return len((await asyncio.to_thread(log.read_text)).splitlines()) >= count


async def _nothing() -> None:
    """Return nothing."""
