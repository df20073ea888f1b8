"""Run the simulator as a program of its own: `python -m simulator`."""

import argparse
import asyncio
import contextlib
from pathlib import Path
import signal
import sys
import tempfile
from typing import TYPE_CHECKING

from .cloud import HOST, REDIRECT_URL
from .files import read_devices
from .home import furnish
from .simulator import Simulator
from .tls import make_server

if TYPE_CHECKING:
    from .violations import Violation


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A simulated eWeLink cloud.")
    parser.add_argument("--host", default=HOST, help="a loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8089, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--tls", action="store_true", help="serve https with an authority of its own")
    parser.add_argument("--tls-folder", type=Path, help="where the certificates go (default: a fresh folder)")
    parser.add_argument(
        "--devices", type=Path, metavar="FILE", help="devices instead of the default home (JSON or a folder)"
    )
    parser.add_argument(
        "--furnished", action="store_true", help="more to show of v2: a control group, new firmware, …"
    )
    parser.add_argument(
        "--redirect-url", default=REDIRECT_URL, help="of the personal App ID (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of keys, tokens and what devices do")
    parser.add_argument("--still", action="store_true", help="devices do nothing by themselves")
    parser.add_argument("--quiet", action="store_true", help="print the address only")
    return parser.parse_args(given)


def say(*lines: str) -> None:
    """Print lines at once, also into a pipe."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _say_violation(violation: Violation) -> None:
    say(f"violation: {violation}")


def _introduce(cloud: Simulator) -> None:
    say(
        f"App ID       {cloud.app_id}",
        f"App secret   {cloud.app_secret}",
        f"Personal     {cloud.free_app.app_id} / {cloud.free_app.secret}",
        f"Redirect     {cloud.free_app.redirect_url}",
        f"Sign-in      {cloud.url}/oauth/index.html",
        *(
            f"Account      {account.address} / {account.password} ({account.region})"
            for account in cloud.accounts.by_apikey.values()
        ),
        f"Devices      {len(cloud.devices)}",
        f"Control      {cloud.url}/_sim/state",
        "Ctrl-C ends.",
    )
    cloud.violations.on_record = _say_violation


async def _signal_to_stop() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    for number in numbers:
        loop.remove_signal_handler(number)


async def run(options: argparse.Namespace) -> None:
    """Serve until a signal to stop."""
    devices = None if options.devices is None else read_devices(options.devices)
    cloud = Simulator(devices=devices, seed=options.seed, autonomous=not options.still)
    cloud.free_app.redirect_url = options.redirect_url
    if options.furnished:
        furnish(cloud.household, cloud.homes, cloud.account)
    context = None
    with contextlib.ExitStack() as stack:
        if options.tls:
            folder = options.tls_folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            context, ca_file = make_server(folder)
        await cloud.start(port=options.port, ssl_context=context, host=options.host)
        try:
            say(f"Address      {cloud.url}")
            if options.tls:
                say(f"Authority    {ca_file} (hand it over as REQUESTS_CA_BUNDLE)")
            if not options.quiet:
                _introduce(cloud)
            await _signal_to_stop()
        finally:
            await cloud.stop()


def main(given: list[str] | None = None) -> int:
    """Run, and say in one line what does not work."""
    try:
        asyncio.run(run(arguments(given)))
    except (OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
