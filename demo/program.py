"""The two programs of the demo as child processes: the simulator and Home Assistant."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import signal
import socket
import sys
from typing import Any

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
RESTART_EXIT_CODE = 100  # Home Assistant's, when its user asks for a restart


class DemoError(Exception):
    """Something that the person in front of the demo can act on."""


def free_port(usual: int) -> int:
    """Give the usual port, or the next one that nobody listens on; for 0 any that is free."""
    for port in range(usual, usual + 100) if usual else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError, OverflowError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError(f"No free port from {usual} to {usual + 99} on {HOST}")


@dataclass(slots=True, kw_only=True)
class Program:
    """A child process whose output goes to a file and whose end is not missed."""

    name: str
    command: Sequence[str]
    log: Path
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the demo, and the demo ends it in order."""
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def run(self) -> None:
        """Wait for its end, which nobody asked for; a wish for a restart is granted."""
        while self._process is not None:
            if (code := await self._process.wait()) != RESTART_EXIT_CODE:
                raise DemoError(
                    f"{self.name} ended by itself (exit code {code}); its words are in {self.log}"
                )
            await self.start()

    async def stop(self) -> None:
        """End it and wait; kill it only when it does not listen."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(30):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        except asyncio.CancelledError:
            # Ctrl-C once more: whoever asks twice does not want to wait.
            process.kill()
            raise


def simulator(port: int, folder: Path, redirect_url: str) -> Program:
    """Prepare the folder and describe the simulated cloud with its home, and where its page leads back."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "simulator", "--host", HOST, "--port", str(port), "--seed", "1"]
    command += ["--furnished", "--redirect-url", redirect_url]
    return Program(name="The simulator", command=command, log=folder / "simulator.log")


def home_assistant(port: int, folder: Path) -> Program:
    """Prepare the configuration folder and describe the Home Assistant that uses it."""
    config = folder / "config"
    storage = config / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "demo/configuration.yaml", config)
    components = config / "custom_components"
    components.unlink(missing_ok=True)
    components.symlink_to(ROOT / "custom_components", target_is_directory=True)
    # Stored as confirmed: in configuration.yaml it would be a trial that ends in a restart after 5 minutes.
    confirmed = {"created_at": datetime.now(UTC).isoformat(), "error": None, "error_message": None}
    http = {"server_host": [HOST], "server_port": port, **_HTTP_DEFAULTS, **confirmed}
    _store(storage, "http", 2, 2, {"stable": http, "pending": None, "yaml_migration_done": True})
    # Only the user is left to onboard: the other steps would add weather, radio and speech from the network.
    if not (storage / "onboarding").exists():
        _store(storage, "onboarding", 4, 1, {"done": ["analytics", "core_config", "integration"]})
    command = [sys.executable, "-m", "homeassistant", "--config", str(config), "--skip-pip", "--log-no-color"]
    return Program(name="Home Assistant", command=command, log=folder / "console.log")


_HTTP_DEFAULTS = {
    "cors_allowed_origins": ["https://cast.home-assistant.io"],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "modern",
    "use_x_frame_options": True,
}


def _store(storage: Path, key: str, version: int, minor_version: int, data: dict[str, Any]) -> None:
    content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content, indent=2))


async def until[T](read: Callable[[], Any], what: str, *, seconds: float = 30, every: float = 0.1) -> T:
    """Read until something comes that is true, and return it."""
    try:
        async with asyncio.timeout(seconds):
            while not (result := await read()):  # noqa: ASYNC110 - nothing tells what another process does
                await asyncio.sleep(every)
            found: T = result
            return found
    except TimeoutError:
        raise DemoError(f"{what}: not within {seconds:g} s") from None
