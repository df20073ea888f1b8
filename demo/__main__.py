"""Command line of the demo: `python -m demo`, which script/demo calls."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
import fcntl
from pathlib import Path
import shutil
import signal
import sys
import tempfile

from simulator.cloud import EMAIL, PASSWORD as CLOUD_PASSWORD

from .check import SWITCH, check
from .hass import PASSWORD, USER
from .home import running
from .program import ROOT, DemoError, free_port
from .progress import say, step
from .sign_in import Generation, app_id

# The first one is what the demo signs in to; the check proves them all.
GENERATIONS: tuple[Generation, ...] = ("v2", "v1")

TO_TRY = """
  Home Assistant   {hass}   user {user}, password {password}
  Simulated home   {cloud}/_sim/state   (what its devices truly are)

  Settings → Devices & services → eWeLink shows the devices; they move by themselves. From another terminal:

  Press a wall switch     curl -d '{{"outlet": 0}}' {cloud}/_sim/devices/{device}/press
  Lose the connection     curl -d '{{"how": "abort"}}' {cloud}/_sim/connections/drop
  Sign in elsewhere       curl -d '{{"app_id": "{app_id}"}}' {cloud}/_sim/accounts/{account}/sign_in_elsewhere
                          (after a minute Home Assistant asks to sign in again: {email}, {cloud_password})

  Ctrl-C ends both.
"""


def main() -> int:
    """Run the demo or its check; return the exit code."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--port", type=int, help="Home Assistant's port (8123, or the next that is free)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="what it keeps (.demo)")
    parser.add_argument("--fresh", action="store_true", help="forget the earlier demo: start from nothing")
    parser.add_argument(
        "--generation", choices=("v1", "v2"), help="sign in by OAuth (v2) or with a password (v1)"
    )
    parser.add_argument(
        "--check", action="store_true", help="prove the main job without a keyboard, then end"
    )
    arguments = parser.parse_args()
    try:
        if arguments.check:
            generations = GENERATIONS if arguments.generation is None else (arguments.generation,)
            return asyncio.run(_until_signal(_check(arguments.port, generations)))
        generation = arguments.generation or GENERATIONS[0]
        demo = _demo(arguments.folder, arguments.port, generation, fresh=arguments.fresh)
        return asyncio.run(_until_signal(demo))
    except DemoError as err:
        print(f"✗ {err}", file=sys.stderr)
        return 1


async def _until_signal(run: asyncio._CoroutineLike[int]) -> int:
    """Run until it ends, or until Ctrl-C, a closed terminal or a polite kill asks for the end."""
    task = asyncio.ensure_future(run)
    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signal_, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0


async def _demo(folder: Path, port: int | None, generation: Generation, *, fresh: bool) -> int:
    with _alone(folder):
        if fresh:
            shutil.rmtree(folder / "config", ignore_errors=True)
        async with running(folder, _port(port, 8123), free_port(8089), generation) as home:
            async with step("Signing in"):
                await home.hass.sign_in()
                await home.connect()
            say(
                TO_TRY.format(
                    hass=home.hass.url,
                    cloud=home.cloud.url,
                    user=USER,
                    password=PASSWORD,
                    device=SWITCH,
                    account=await home.cloud.apikey(),
                    app_id=app_id(generation),
                    email=EMAIL,
                    cloud_password=CLOUD_PASSWORD,
                )
            )
            await home.run()
    return 0


async def _check(port: int | None, generations: tuple[Generation, ...]) -> int:
    """Check each generation in a folder of its own, which is kept when something failed."""
    failed = 0
    for generation in generations:
        say(f"Generation {generation} of the cloud")
        folder = Path(tempfile.mkdtemp(prefix=f"ewelink-check-{generation}-"))
        async with running(folder, _port(port, 0), free_port(0), generation) as home:
            passed = await check(home)
        if passed:
            shutil.rmtree(folder)
        else:
            failed = 1
            say(f"The logs are kept in {folder}")
    return failed


def _port(wanted: int | None, usual: int) -> int:
    if wanted is None:
        return free_port(usual)
    if (port := free_port(wanted)) != wanted:
        raise DemoError(f"Port {wanted} is taken; {port} would be free")
    return port


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder, which two demos cannot share."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"A demo runs already: it holds {folder}") from None
        yield


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
