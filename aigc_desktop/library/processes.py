"""Which process holds something: its id alone is used again by others, its starting time with it is not."""

import os
from functools import cache


def me() -> tuple[int, float | None, str]:
    """This process: id, starting time, machine."""
    return os.getpid(), _my_start(os.getpid()), _host()


@cache
def _host() -> str:
    import socket  # slow to import

    return socket.gethostname()


@cache
def _my_start(pid: int) -> float | None:
    return started(pid)


def started(pid: int) -> float | None:
    """When the process started; None if there is none."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0.0


def gone(pid: int | None, pid_started: float | None, host: str | None) -> bool:
    """Whether that process no longer runs. One on another machine (a shared drive) is believed to run."""
    if pid is None:
        return True
    if host != _host():
        return False
    now = started(pid)
    # The clock may have been set meanwhile, which moves starting times; a process id comes again only much later.
    return now is None or (bool(now) and pid_started is not None and abs(now - pid_started) > 5)
