"""Which process holds something: its id alone is used again by others; one that began at another time is another."""

import os
import sys
import time
from functools import cache
from pathlib import Path


def me() -> tuple[int, float, str]:
    """This process: its id, its `birth`, and the machine."""
    return os.getpid(), birth(os.getpid()) or time.time(), _host()


@cache
def _host() -> str:
    if hasattr(os, "uname"):
        return os.uname().nodename
    import socket  # slow to import

    return socket.gethostname()


def birth(pid: int) -> float | None:
    """A number that the process with this id shares with no other that has had it, whatever is done to the clock.

    None if there is no such process, 0 if it may not be looked at.
    """
    return _ticks(pid) if sys.platform == "linux" else began(pid)


def _ticks(pid: int) -> float | None:
    """How long after the machine was turned on it began, and which time of turning on that was.

    The times of day that psutil tells of processes follow the clock on Linux when it is set.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except PermissionError:
        return 0.0
    except OSError:
        return None
    state, *numbers = text.rpartition(")")[2].split()  # the name before it may hold anything
    return None if state in ("Z", "X") else float(_boot() * 2**33 + int(numbers[18]))


@cache
def _boot() -> int:
    """Twenty bits of what Linux calls this time of being turned on."""
    try:
        return int(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8")[:5], 16)
    except (OSError, ValueError):
        return 0


def began(pid: int) -> float | None:
    """When the process with this id began, by the clock (0: it may not be looked at); None if there is none."""
    import psutil  # slow to import, and the window seldom needs it

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0.0


def gone(pid: int | None, born: float | None, host: str | None) -> bool:
    """Whether the process that `me` told of no longer runs.

    One on another machine counts as gone: the project was copied from there (SQLite's WAL mode works on one machine alone).
    """
    if pid is None or host != _host():
        return True
    now = birth(pid)
    return now is None or (now != 0.0 and now != born)
