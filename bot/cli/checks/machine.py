"""The machine: both Pythons, the processor, memory, disk, the clock, who can read the files."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.checks import Finding
from bot.runtime.paths import ROOT, nlu_python
from bot.settings import Settings

__all__ = ["clock", "clock_drift", "disk", "environments", "kernel_says_synchronised", "memory", "processor", "readers"]

MIB = 1024 * 1024
# A release of this software cannot be older than this.
RELEASED = 2026
# Sessions, leases and one-time codes live with this much between two clocks (docs/operations.md).
CLOCKS_APART_SECONDS = 5.0


def environments() -> Iterator[Finding]:
    """Both Pythons, and that Rasa's can be imported."""
    yield "ok", "application", f"Python {sys.version.split()[0]}"
    check = "import sys, rasa; print(f'Python {sys.version.split()[0]}, Rasa {rasa.__version__}')"
    try:
        found = subprocess.run([nlu_python(), "-c", check], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        yield "error", "rasa's environment", "missing: run ./bonneporte up, which makes it"
        return
    yield ("ok", "rasa's environment", found.stdout.strip()) if found.returncode == 0 else (
        "error", "rasa's environment", "broken: delete .envs/nlu and run ./bonneporte up, which makes it again")


def processor() -> Finding:
    """What TensorFlow's wheels need."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text() if info.is_file() else ""
    if sys.platform.startswith("linux") and platform.machine() in ("x86_64", "AMD64") and " avx" in flags:
        return "ok", "processor", f"Linux on x86-64 with AVX, {os.cpu_count()} cores"
    return "error", "processor", "Rasa's TensorFlow needs Linux on x86-64 with AVX: use another machine (docs/operations.md)"


def memory() -> Finding:
    """The whole machine's; everything together takes about 1.2 GB."""
    info = Path("/proc/meminfo")
    if not info.is_file():
        return "warning", "memory", "unknown here; 2 GB are needed"
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in info.read_text().splitlines() if line.endswith("kB")}
    total, free = kilobytes["MemTotal"] // 1024, (kilobytes.get("MemAvailable", 0) + kilobytes.get("SwapFree", 0)) // 1024
    if total < 1800:
        return "warning", "memory", f"{total} MB: 2 GB are needed, or the system may end the assistant when it is short"
    return ("warning" if free < 200 else "ok"), "memory", f"{total} MB, {free} MB of them free" + (": end what is not needed" if free < 200 else "")


def disk(settings: Settings) -> Finding:
    """Room where the data is, and where training and environments are."""
    data = next(folder for folder in (settings.data.resolve(), *settings.data.resolve().parents) if folder.exists())
    free = {folder: shutil.disk_usage(folder).free // MIB for folder in (data, ROOT)}
    folder, least = min(free.items(), key=lambda item: item[1])
    if least < 100:
        return "error", "disk", f"{least} MB free at {folder}: make room at once, or messages cannot be written down"
    return ("warning" if least < 1000 else "ok"), "disk", f"{least} MB free at {folder}" + (": make room" if least < 1000 else "")


def readers(settings: Settings) -> Iterator[Finding]:
    """Files that hold what residents wrote, or a secret, are their owner's only."""
    here = settings.data
    names = ("bonneporte.db", "bonneporte.db-wal", "secret.key", "first-administrator.txt", "erased.log")
    closed = here.is_dir() and not here.stat().st_mode & 0o077  # nobody reaches what is inside
    open_files = [] if closed else [name for name in names if (here / name).is_file() and (here / name).stat().st_mode & 0o077]
    dotenv = ROOT / ".env"
    if dotenv.is_file() and dotenv.stat().st_mode & 0o077:
        yield "warning", "files", f"others on this machine can read {dotenv}, which may hold secrets: chmod 600 {dotenv}"
    if open_files:
        yield "warning", "files", f"others on this machine can read {', '.join(open_files)}: chmod 700 {here}"
    elif here.is_dir():
        yield "ok", "files", f"{here} is its owner's only"


def kernel_says_synchronised() -> bool | None:
    """Whether something (NTP, the host) keeps the clock, as the kernel knows it; null where it does not tell (adjtimex(2))."""
    if sys.platform != "linux":
        return None
    answer = ctypes.create_string_buffer(512)  # struct timex, with room; modes = 0 reads only
    if ctypes.CDLL(None).adjtimex(answer) < 0:
        return None
    status: int = struct.unpack_from("<i", answer, 40)[0]
    return not status & 0x0040  # STA_UNSYNC


def clock() -> Finding:
    """Whether the machine's time can be believed: hours of services, retention, months and one-time codes hang on it."""
    now = datetime.now(UTC)
    told = now.isoformat(timespec="seconds")
    if now.year < RELEASED:
        return "error", "clock", f"{told} is wrong: set it, and turn on NTP (timedatectl set-ntp true)"
    kept = kernel_says_synchronised()
    if kept is False:
        return "warning", "clock", f"{told}, but nothing keeps it right: turn on NTP (timedatectl set-ntp true)"
    return "ok", "clock", told + (", kept by NTP" if kept else "")


def clock_drift(about: str, there: datetime) -> Finding | None:
    """When the clock of something we talk to says otherwise."""
    apart = (datetime.now(UTC) - there).total_seconds()
    if abs(apart) <= CLOCKS_APART_SECONDS:
        return None
    way = "ahead of" if apart > 0 else "behind"
    return "error", "clock", f"{abs(apart):.0f} s {way} {about}: turn on NTP on both (timedatectl set-ntp true)"
