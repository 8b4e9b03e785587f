"""The launcher on machines where something is missing, or was left half made. uv is a stand-in that writes down its calls."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "mkdir", "rm", "cat", "cut", "tr", "sleep", "uname", "grep", "df", "awk", "sha256sum", "cp", "chmod", "touch")

UV = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$1 $2" in
    "--version "*) echo "uv 0" ;;
    "venv "*) for last; do :; done; mkdir -p "$last/bin"; cp "$STANDIN" "$last/bin/python"; chmod +x "$last/bin/python" ;;
    "pip sync") [ -z "${FAIL:-}" ] || { echo "error: no network" >&2; exit 2; }; [ -z "${SLOW:-}" ] || { touch "$CALLS.slow"; sleep 30; } ;;
esac
"""
PYTHON = """#!/bin/sh
[ "$1" = -c ] || echo "ran $* with $PYTHONPATH"
"""


class House:
    """A clone of the launcher and the lock files, in a folder with a space in its name, on a machine with no more than PATH says."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin, self.calls = folder / "ma porte", folder / "bin", folder / "calls"
        (self.folder / "requirements").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("app", "nlu", "test", "uv"):
            (self.folder / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        text = (ROOT / "bonneporte").read_text()
        for system in ("/usr/bin/", "/usr/local/bin/"):  # this machine's own Pythons are not the clone's
            text = text.replace(f"{system}python3", "/nowhere/python3").replace(f'{system}"python$1"', '/nowhere/"python$1"')
        self.launcher = self.folder / "bonneporte"
        self.launcher.write_text(text)
        self.launcher.chmod(0o755)
        (folder / "standin").write_text(PYTHON)
        self.environment = {"PATH": str(self.bin), "CALLS": str(self.calls), "STANDIN": str(folder / "standin")}

    def with_uv(self) -> House:
        self._program("uv", UV)
        for version in ("3.13", "3.10"):
            self._program(f"python{version}", PYTHON)
        return self

    def _program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.launcher, *arguments], env=self.environment | more, capture_output=True, text=True, timeout=60)

    @property
    def envs(self) -> Path:
        return self.folder / ".envs"

    def synced(self) -> int:
        return self.calls.read_text().count("pip sync") if self.calls.exists() else 0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_without_any_python_nor_uv_it_says_what_to_install(house: House) -> None:
    done = house.run("purge")
    assert done.returncode == 1 and "python3-venv" in done.stderr
    assert not (house.envs / ".lock").exists()


def test_a_python_that_cannot_make_environments_is_passed_over_for_the_uv_on_path(house: House) -> None:
    (house.bin / "python3").write_text("#!/bin/sh\nexit 127\n")  # as pyenv's shim of a version that is not selected
    (house.bin / "python3").chmod(0o755)
    assert house.run("purge").returncode == 1
    assert "ran -m bot.cli.main purge" in house.with_uv().run("purge").stdout


def test_it_prepares_once_then_runs_this_folder_s_code_without_a_home(house: House) -> None:
    done = house.with_uv().run("purge")
    assert done.returncode == 0 and done.stdout == f"ran -m bot.cli.main purge with {house.folder}\n"
    assert house.synced() == 1
    assert house.run("purge").stderr == "" and house.synced() == 1
    (house.folder / "requirements" / "app.txt").write_text("# another\n")
    house.run("purge")
    assert house.synced() == 2, "a lock file that changed is installed"


def test_a_failure_names_what_to_look_at_and_the_next_run_begins_anew(house: House) -> None:
    done = house.with_uv().run("purge", FAIL="yes")
    assert done.returncode == 1 and "network" in done.stderr and not (house.envs / ".lock").exists()
    (house.envs / "app" / "half").touch()
    assert house.run("purge").returncode == 0
    assert not (house.envs / "app" / "half").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_stopped_in_the_middle_the_next_run_begins_anew(house: House, number: int) -> None:
    running = subprocess.Popen([house.with_uv().launcher, "purge"], env=house.environment | {"SLOW": "yes"}, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not Path(f"{house.calls}.slow").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(running.pid, number)
    running.wait(20)
    (house.envs / "app" / "half").touch()
    done = house.run("purge")
    assert done.returncode == 0 and not (house.envs / "app" / "half").exists()


def test_a_python_that_was_taken_away_is_replaced(house: House) -> None:
    house.with_uv().run("purge")
    python = house.envs / "app" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert house.run("purge").returncode == 0
    assert house.synced() == 2


@pytest.mark.parametrize("owner", [None, "4194304"], ids=["before-it-wrote-its-number", "dead"])
def test_a_lock_that_nobody_holds_is_taken_over(house: House, owner: str | None) -> None:
    (house.envs / ".lock").mkdir(parents=True)
    if owner:
        (house.envs / ".lock" / "pid").write_text(owner)
    assert house.with_uv().run("purge").returncode == 0


def test_a_machine_that_rasa_does_not_run_on_is_told_before_the_download(house: House) -> None:
    (house.with_uv().bin / "uname").unlink()
    (house.bin / "uname").write_text("#!/bin/sh\n[ \"$1\" = -m ] && echo aarch64 || echo Linux\n")
    (house.bin / "uname").chmod(0o755)
    assert house.run("purge").returncode == 0, "the application alone runs there"
    done = house.run("up")
    assert done.returncode == 1 and "aarch64" in done.stderr and house.synced() == 1


def test_too_little_room_is_told_before_the_download(house: House) -> None:
    (house.with_uv().bin / "df").unlink()
    (house.bin / "df").write_text("#!/bin/sh\necho Filesystem\necho disk 1 1 102400 1 /\n")
    (house.bin / "df").chmod(0o755)
    done = house.run("purge")
    assert done.returncode == 1 and "100 MB are free" in done.stderr and house.synced() == 0


def test_the_stamp_is_the_lock_file_s_digest(house: House) -> None:
    house.with_uv().run("purge")
    expected = hashlib.sha256((house.folder / "requirements" / "app.txt").read_bytes()).hexdigest()
    assert (house.envs / "app" / ".stamp").read_text().strip() == expected
