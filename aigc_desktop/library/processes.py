"""Which process holds something: its id alone is used again by others; one that began later is another."""

import os
import time
from functools import cache

_CLOCK = 5.0  # seconds that the clock may have been set meanwhile; an id comes again only much later


def me() -> tuple[int, float, str]:
    """This process: its id, a moment at which it runs, and the machine."""
    return os.getpid(), time.time(), _host()


@cache
def _host() -> str:
    import socket  # slow to import

    return socket.gethostname()


def began(pid: int) -> float | None:
    """When the process with this id began (0: it may not be looked at); None if there is none."""
    import psutil  # slow to import, and the window seldom needs it

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0.0


def gone(pid: int | None, seen: float | None, host: str | None) -> bool:
    """Whether the process that ran at that moment no longer does.

    One on another machine counts as gone: the project was copied from there (SQLite's WAL mode works on one machine alone).
    """
    if pid is None or host != _host():
        return True
    beginning = began(pid)
    return beginning is None or seen is None or beginning > seen + _CLOCK
