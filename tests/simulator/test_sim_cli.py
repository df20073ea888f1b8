"""The simulator as a program: its options, TLS, devices from files, a clean end."""

import asyncio
import json
import signal
import ssl
import sys

import aiohttp
import pytest

from simulator.__main__ import arguments, main, run
from simulator.files import read_devices

DEVICE = {"deviceid": "10aa", "name": "Desk", "uiid": 6, "params": {"switch": "on"}}


@pytest.fixture
async def program(request):
    started = []

    async def start(*options):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "simulator",
            *options,
            cwd=request.config.rootpath,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def line(process, begins):
    """Return what stands behind the word that a line begins with."""
    async with asyncio.timeout(30):
        while text := (await process.stdout.readline()).decode():
            if text.startswith(begins):
                return text.removeprefix(begins).strip()
    raise AssertionError((await process.stderr.read()).decode())


async def test_tls(program, tmp_path):
    process = await program("--port", "0", "--tls", "--tls-folder", str(tmp_path), "--seed", "3", "--still")
    address = await line(process, "Address")
    authority = (await line(process, "Authority")).split(" (")[0]
    control = await line(process, "Control")
    assert control == f"{address}/_sim/state"
    context = ssl.create_default_context(cafile=authority)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as http:
        async with http.get(control) as response:
            assert len((await response.json())["devices"]) == 19
        async with http.ws_connect(address.replace("https", "wss") + "/api/ws") as ws:
            await ws.send_str("{}")
            assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
    assert (await line(process, "violation:")).startswith("handshake")
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    assert (await process.stderr.read()).decode() == ""


async def test_devices_from_a_file_and_quiet(program, tmp_path):
    file = tmp_path / "devices.json"
    file.write_text(json.dumps([DEVICE]))
    process = await program("--port", "0", "--devices", str(file), "--quiet")
    address = await line(process, "Address")
    async with aiohttp.ClientSession() as http, http.get(f"{address}/_sim/devices/10aa") as response:
        assert (await response.json())["params"]["switch"] == "on"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    assert await process.stdout.read() == b""


@pytest.mark.parametrize(
    "options",
    [
        ("--host", "0.0.0.0"),  # noqa: S104  what must be refused
        ("--host", "name.example"),
        ("--devices", "none.json"),
        ("--devices", "."),
        ("--port", "65536"),
    ],
)
def test_what_does_not_work_is_one_line(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["--port", "0", *options]) == 1
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("simulator: ")
    assert error.count("\n") == 1


async def test_in_this_process(capsys):
    running = asyncio.create_task(run(arguments(["--port", "0", "--tls", "--still"])))
    out = ""
    for _ in range(1000):
        out += capsys.readouterr().out
        if "Ctrl-C" in out:
            break
        await asyncio.sleep(0.01)
    address = out.split()[1]
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await http.get(address)
    signal.raise_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        await running
    loop = asyncio.get_running_loop()
    assert [loop.remove_signal_handler(number) for number in (signal.SIGINT, signal.SIGTERM)] == [
        False,
        False,
    ]


def test_options():
    options = arguments([])
    assert (options.host, options.port, options.tls, options.devices) == ("127.0.0.1", 8089, False, None)


@pytest.mark.parametrize(
    "content",
    [
        DEVICE,
        [DEVICE],
        {"devicelist": [DEVICE]},
        {"device": DEVICE},
        {"home_assistant": {}, "data": {"device": DEVICE}},
    ],
)
def test_shapes_of_files(tmp_path, content):
    (tmp_path / "one.json").write_text(json.dumps(content))
    assert read_devices(tmp_path / "one.json") == [DEVICE]
    assert read_devices(tmp_path) == [DEVICE]


def test_a_file_without_devices(tmp_path):
    (tmp_path / "one.json").write_text('{"data": {}}')
    with pytest.raises(ValueError, match="holds no device"):
        read_devices(tmp_path)
