"""What a process with a window holds on to: counted from inside, or its memory from outside."""

import gc
import threading
from pathlib import Path
from typing import Any

import psutil

MB = 2**20


def held(jobs: Any = None) -> dict[str, int]:
    """Widgets, objects, timers, threads, handles, connections, children and subscriptions of this process."""
    import sqlite3

    import shiboken6
    from PySide6.QtCore import QObject, QThread, QTimer
    from PySide6.QtWidgets import QApplication

    gc.collect()
    objects: set[int] = set()
    timers: set[int] = set()
    counts = dict.fromkeys(("connections", "qthreads"), 0)

    def note(one: Any) -> None:
        objects.add(shiboken6.getCppPointer(one)[0])
        if isinstance(one, QTimer) and one.isActive():
            timers.add(shiboken6.getCppPointer(one)[0])

    for widget in QApplication.topLevelWidgets():
        for one in (widget, *widget.findChildren(QObject)):
            if not _spare(one):
                note(one)
    for one in gc.get_objects():
        # `type(one)` first: some objects (lazy modules, proxies) answer `__class__` by doing things.
        if issubclass(type(one), QObject):
            if shiboken6.isValid(one) and not _spare(one):
                note(one)
                counts["qthreads"] += isinstance(one, QThread) and one.isRunning()
        elif type(one) is sqlite3.Connection:
            counts["connections"] += 1
    me = psutil.Process()
    return counts | {
        "widgets": sum(not _spare(one) for one in QApplication.allWidgets()),
        "objects": len(objects),
        "timers": len(timers),
        "threads": threading.active_count(),
        "system threads": me.num_threads(),
        "handles": me.num_fds() if hasattr(me, "num_fds") else me.num_handles(),
        "children": len(me.children(recursive=True)),
        "subscriptions": len(jobs._subscriptions) if jobs is not None else 0,
        "python objects": len(gc.get_objects()),
    }


def _spare(one: Any) -> bool:
    """A bar for tabs, or a part of one, that Qt keeps for the next time docks are put behind each other."""
    from PySide6.QtWidgets import QMainWindow, QTabBar

    while one is not None and not isinstance(one, QTabBar):
        one = one.parent()
    return one is not None and one.count() == 0 and isinstance(one.parent(), QMainWindow)


def memory(pid: int | None = None) -> dict[str, float]:
    """Megabytes of a process: `rss`, all that it has in memory; `own`, without what it only maps from files."""
    process = psutil.Process(pid)
    found = process.memory_full_info()
    own = found.uss
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon:"):
                own = int(line.split()[1]) * 1024
    except OSError:
        pass  # not Linux
    return {"rss": round(found.rss / MB, 2), "own": round(own / MB, 2)}


def spent(pid: int | None = None) -> dict[str, float]:
    """Seconds of processor time so far, and how often the process woke up by itself."""
    process = psutil.Process(pid)
    times = process.cpu_times()
    return {"cpu": round(times.user + times.system, 2), "woken": process.num_ctx_switches().voluntary}
