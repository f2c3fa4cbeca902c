"""What a test of the window leaves behind: widgets, objects of ours, timers, threads, child processes, open files."""

import gc
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

PATIENCE = 3.0  # seconds for what is on its way out

# Opened once and kept for good: Qt's and the C library's own.
KEPT_FILES = ("/dev/", "anon_inode:", "/usr/", "/etc/", "/proc/", ".ttf", ".ttc", ".otf", ".pfb", "fontconfig", "nscd")


@contextmanager
def leaving_nothing(allowed: Sequence[str] = ()) -> Iterator[dict[str, bool]]:
    """Fail where something of the window lives on that did not live before; but for what has an allowed word in its name.

    Nobody looks where `wanted` is set to False inside: a test that failed leaves what it was about.
    """
    before = set(left())
    look = {"wanted": True}
    yield look
    if not look["wanted"]:
        _put_away({line for line in left() if line not in before})
        return
    deadline = time.monotonic() + PATIENCE
    while True:
        still = [one for one in left() if one not in before and not any(name in one for name in allowed)]
        if not still or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    if still:
        pytest.fail("left behind:\n" + "\n".join(sorted(still)), pytrace=False)


def _put_away(lines: set[str]) -> None:
    """Windows and children of a test that failed, so that the tests after it see none of them."""
    import psutil
    from PySide6.QtWidgets import QApplication

    for one in QApplication.topLevelWidgets():
        if f"widget {_named(one)}" in lines:
            one.close()
            one.deleteLater()
    for child in psutil.Process().children(recursive=True):
        if any(line.startswith(f"process {child.pid} ") for line in lines):
            child.kill()


def left() -> list[str]:
    """What there is now, one line each; what Qt was told to delete later is gone."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    widgets = [f"widget {_named(one)}" for one in QApplication.topLevelWidgets() if _stays(one)]
    threads = [f"thread {one.name}" for one in threading.enumerate() if one is not threading.main_thread()]
    return [*widgets, *threads, *_objects(), *_processes(), *_files()]


def _objects() -> Iterator[str]:
    """Running QThreads, active timers, and objects of the program's own that nobody owns."""
    import shiboken6
    from PySide6.QtCore import QObject, QThread, QTimer

    for one in gc.get_objects():
        # `type(one)` first: some objects (lazy modules, proxies) answer `__class__` by doing things.
        if not issubclass(type(one), QObject) or not shiboken6.isValid(one):
            continue
        if isinstance(one, QThread) and one.isRunning() and one is not QThread.currentThread():
            yield f"QThread {_named(one)}"
        elif isinstance(one, QTimer) and one.isActive():
            yield f"timer {_named(one)} of {_named(one.parent())}"
        elif type(one).__module__.startswith("aigc_desktop") and one.parent() is None:
            yield f"object {_named(one)}"


def _processes() -> Iterator[str]:
    """Children that run, and those that ended and that nobody waited for."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        try:
            state, command = child.status(), child.cmdline() if child.status() != psutil.STATUS_ZOMBIE else []
        except psutil.Error:
            continue
        # Python's own helper of multiprocessing lives as long as the test process.
        if not any("resource_tracker" in part for part in command):
            yield f"process {child.pid} {state} {' '.join(command)[:200]}"


def _files() -> Iterator[str]:
    """Open files, pipes and sockets, by number and name; only where the system lists them."""
    from multiprocessing.resource_tracker import _resource_tracker

    folder, helper = "/proc/self/fd", _resource_tracker._fd
    for number in os.listdir(folder) if os.path.isdir(folder) else ():
        try:
            name = os.readlink(f"{folder}/{number}")
        except OSError:
            continue  # the listing's own
        if int(number) != helper and not any(kept in name for kept in KEPT_FILES):
            yield f"file {number} {name}"


def _stays(widget: Any) -> bool:
    """Whether a top-level widget would stay: Qt keeps a hidden tooltip and menus' shadows of its own."""
    return "QTipLabel" not in widget.metaObject().className()


def _named(one: Any) -> str:
    return "nobody" if one is None else f"{type(one).__name__} {one.objectName()!r} {id(one):x}"
