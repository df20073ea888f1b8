"""What script/setup does to an environment that is there, with a uv that only notes its calls."""

from pathlib import Path
import shutil
import subprocess
import sys

import pytest

ROOT = Path(__file__).parent.parent
UV = """#!/bin/bash
echo "$*" >>"$CALLS"
case $1 in
  venv)
    for target; do :; done
    mkdir -p "$target" && find "$target" -mindepth 1 -delete
    mkdir "$target/bin" && ln -s "$PYTHON" "$target/bin/python" && touch "$target/pyvenv.cfg"
    ;;
  pip) [ ! -e "$BROKEN" ] ;;
esac
"""


SCRIPTS = ("setup", "lint", "test", "demo", "bench", "browser", "devices")


class Checkout:
    """A copy of the scripts, and of what they install."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.calls = folder / "calls"
        self.broken = folder / "broken"
        shutil.copytree(ROOT / "script", self.root / "script")
        for path in ROOT.glob("requirements_*.txt"):
            shutil.copy(path, self.root)
        commands = folder / "commands"
        commands.mkdir()
        (commands / "uv").write_text(UV)
        # A Home Assistant of which only the version is asked.
        version = f'case "$*" in *homeassistant*) echo any ;; *) exec {sys.executable} "$@" ;; esac'
        for name in ("python3", "python3.14"):
            (commands / name).write_text(f"#!/bin/bash\n{version}\n")
        for path in commands.iterdir():
            path.chmod(0o755)
        self.environment = {
            "PATH": f"{commands}:/usr/bin:/bin",
            "HOME": str(folder),
            "CALLS": str(self.calls),
            "BROKEN": str(self.broken),
            "PYTHON": str(commands / "python3.14"),
        }

    def run(self, script: str = "setup", *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script; forget the calls of uv before."""
        self.calls.write_text("")
        return subprocess.run(  # noqa: S603 - our own scripts
            [self.root / "script" / script, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        """Return what uv was called for, without its options."""
        return [line.split(" --", 1)[0] for line in self.calls.read_text().splitlines()]


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def somebody(tmp_path) -> Path:
    """An environment of another checkout."""
    folder = tmp_path / "other/.venv"
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("theirs")
    (folder / ".requirements").write_text("theirs\n/other\n")
    return folder


def contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("script", "release", "name"),
    [
        *(
            (script, [], ".venv")
            for script in ("setup", "lint", "test", "demo", "bench", "browser", "devices")
        ),
        ("setup", ["--newest"], ".venv-newest"),
        ("test", ["--latest"], ".venv-latest"),
    ],
)
def test_an_environment_behind_a_link_is_left_alone(checkout, somebody, script, release, name):
    before = contents(somebody)
    (checkout.root / name).symlink_to(somebody)
    ended = checkout.run(script, *release)
    assert ended.returncode != 0
    assert f"{checkout.root}/{name} is a link to {somebody}: setting it up would empty that" in ended.stderr
    assert f"rm '{checkout.root}/{name}'" in ended.stderr
    assert checkout.called() == []
    assert contents(somebody) == before
    assert (checkout.root / name).is_symlink()


def test_a_link_to_an_environment_that_would_do_is_left_alone_too(checkout, tmp_path):
    assert checkout.run().returncode == 0
    moved = (checkout.root / ".venv").rename(tmp_path / "moved")
    (checkout.root / ".venv").symlink_to(moved)
    assert checkout.run().returncode != 0
    assert (moved / "pyvenv.cfg").is_file()


def test_a_link_that_leads_nowhere_is_refused(checkout, tmp_path):
    (checkout.root / ".venv").symlink_to(tmp_path / "nowhere")
    assert "is a link" in checkout.run().stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["pyvenv.cfg", "thesis.txt"])
def test_a_folder_that_somebody_else_made_is_left_alone(checkout, name):
    venv = checkout.root / ".venv"
    venv.mkdir()
    (venv / name).write_text("mine")
    ended = checkout.run()
    assert ended.returncode != 0
    assert f"{venv} was not made by script/setup" in ended.stderr
    assert "Move or delete it" in ended.stderr
    assert checkout.called() == []
    assert contents(venv) == {venv / name: "mine"}


def test_a_file_in_its_place_is_left_alone(checkout):
    (checkout.root / ".venv").write_text("mine")
    assert checkout.run().returncode != 0
    assert (checkout.root / ".venv").read_text() == "mine"


def test_an_empty_folder_in_its_place_is_used(checkout):
    (checkout.root / ".venv").mkdir()
    assert checkout.run().returncode == 0
    assert (checkout.root / ".venv/pyvenv.cfg").is_file()


def test_what_is_complete_is_kept(checkout):
    first = checkout.run()
    assert (first.returncode, first.stderr) == (0, "")
    assert checkout.called() == ["venv", "pip install", "pip install"]
    again = checkout.run()
    assert "up to date" in again.stdout
    assert checkout.called() == []


def test_new_pins_are_installed_into_what_is_there(checkout):
    assert checkout.run().returncode == 0
    with (checkout.root / "requirements_test.txt").open("a") as pins:
        pins.write("more==1.0\n")
    assert checkout.run().returncode == 0
    assert checkout.called() == ["pip install", "pip install"]


def test_what_was_interrupted_goes_on(checkout):
    checkout.broken.touch()
    assert checkout.run().returncode != 0
    checkout.broken.unlink()
    assert checkout.run().returncode == 0
    assert checkout.called() == ["pip install", "pip install"]
    assert "up to date" in checkout.run().stdout


def test_a_copy_of_a_checkout_makes_its_environment_anew(checkout, tmp_path):
    assert checkout.run().returncode == 0
    copy = tmp_path / "copy"
    shutil.copytree(checkout.root, copy, symlinks=True)
    checkout.root = copy
    assert checkout.run().returncode == 0
    assert checkout.called() == ["venv", "pip install", "pip install"]


def test_the_newest_release_lives_beside_the_oldest(checkout):
    assert checkout.run().returncode == 0
    before = contents(checkout.root / ".venv")
    assert checkout.run("setup", "--newest").returncode == 0
    assert contents(checkout.root / ".venv") == before
    assert (checkout.root / ".venv-newest/pyvenv.cfg").is_file()
    _, install, _ = checkout.calls.read_text().splitlines()
    assert f"--python {checkout.root}/.venv-newest/bin/python" in install
    assert f"--override {checkout.root}/requirements_newest.txt" in install
    assert checkout.run("setup", "--newest").returncode == 0
    assert checkout.called() == []


def test_new_pins_of_the_newest_release_do_not_touch_the_oldest(checkout):
    assert checkout.run().returncode == 0
    assert checkout.run("setup", "--newest").returncode == 0
    with (checkout.root / "requirements_newest.txt").open("a") as pins:
        pins.write("more==1.0\n")
    assert checkout.run().returncode == 0
    assert checkout.called() == []
    assert checkout.run("setup", "--newest").returncode == 0
    assert checkout.called() == ["pip install", "pip install"]
