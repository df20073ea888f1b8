"""Command line of the benchmarks: `python -m benchmarks`, which script/bench calls."""

import argparse
import asyncio
import logging

from .command import command
from .loop import loop
from .push import push
from .setup import setup

BENCHMARKS = {"push": push, "setup": setup, "command": command, "loop": loop}


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("which", nargs="*", help="push, setup, command or loop; without a name all of them")
    wanted = parser.parse_args().which or list(BENCHMARKS)
    if unknown := set(wanted) - BENCHMARKS.keys():
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    logging.disable(logging.WARNING)
    for name in wanted:
        print(f"\n## {name}\n")
        asyncio.run(BENCHMARKS[name](), debug=False)


if __name__ == "__main__":
    main()
