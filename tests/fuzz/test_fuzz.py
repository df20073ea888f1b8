"""Odd things from the cloud, in a process of its own: where that ends by itself, a test would end with it."""

import asyncio
import os
from pathlib import Path
import sys

import pytest

HOUSE = Path(__file__).with_name("house.py")
ROUNDS = 10


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_house_in_an_odd_cloud(seed):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--show-capture=no", str(HOUSE),
        cwd=Path(__file__).parents[2],
        env={**os.environ, "FUZZ_SEED": str(seed), "FUZZ_ROUNDS": str(ROUNDS), "PYTHONFAULTHANDLER": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode(errors="replace")[-8000:]
