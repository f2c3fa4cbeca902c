"""How much memory the work may take: it runs out alone, and says so, before the machine does. Imports no torch."""

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from aigc_desktop.engine import machine
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

GIGABYTE = 2**30
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt
LARGE = 32 << 20  # bytes; what is larger goes back to the system when it is freed
HELD = 1 << 30  # bytes held at most
EVERY = 1.0  # seconds between looks, where the system itself keeps no limit

_allowed = 0  # bytes; 0: the system keeps the limit, or there is none
_looked = 0.0


def budget(gigabytes: float = 0) -> int:
    """Bytes that the work may take: as wanted, else (0) all but a fifth of the machine's memory, and but a gigabyte."""
    total = machine.memory_bytes()
    return int(gigabytes * GIGABYTE) if gigabytes > 0 else max(total // 2, min(total * 4 // 5, total - GIGABYTE))


def wanted() -> float:
    """$AIGC_MEMORY_GB; 0 where it is not set. BadInput where it is no number."""
    said = os.environ.get("AIGC_MEMORY_GB") or "0"
    try:
        number = float(said)
        if 0 <= number < 1e6:
            return number
    except ValueError:
        pass
    raise BadInput(mark("AIGC_MEMORY_GB is a number of gigabytes, not {value}."), value=said)


def limit(gigabytes: float, torch: bool = False) -> None:
    """From now on this process may take so much more than it has; beyond that it is refused with a MemoryError.

    Linux refuses by itself. What counts there is private memory that can be written (RLIMIT_DATA): all that torch, numpy
    and Python ask for, but not the address space that graphics drivers reserve and never use, which RLIMIT_AS would count.
    macOS and Windows have no limit of this kind: there `check` looks. With `torch` that is imported first: what it needs
    itself is no part of the work.
    """
    global _allowed
    if torch:
        import torch as _  # noqa: F401
    room = budget(gigabytes)
    if sys.platform == "linux":
        import resource

        ceiling = resource.getrlimit(resource.RLIMIT_DATA)[1]
        bytes_ = _private() + room
        if ceiling != resource.RLIM_INFINITY:
            bytes_ = min(bytes_, ceiling)
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_, ceiling))
    else:
        _allowed = _resident() + room


def check() -> None:
    """MemoryError where the process takes more than it may and the system does not see to it."""
    global _looked
    if not _allowed or time.monotonic() < _looked + EVERY:
        return
    _looked = time.monotonic()
    if _resident() > _allowed:
        raise MemoryError


def hold() -> None:
    """Keep what a step frees for the next one, which needs as much: glibc would give it back and ask for it anew, page by
    page, every time. `give_back` returns it after the work."""
    option = _glibc("mallopt")
    if option is not None:
        option(M_MMAP_THRESHOLD, LARGE)
        option(M_TRIM_THRESHOLD, HELD)


def give_back() -> None:
    """Return to the system what nothing uses any more; glibc would keep it for what may come. Takes milliseconds."""
    trim = _glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _glibc(name: str) -> Any:
    """A function of glibc; None where the C library is another one."""
    import ctypes

    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def kills() -> int:
    """How often the system has ended a process because memory ran out (Linux; elsewhere always 0)."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"^oom_kill (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _private() -> int:
    text = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^VmData:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _resident() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)
