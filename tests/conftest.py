"""What every test stands on: no screen, no network, no home folder of anybody's, and nothing left behind.

A test fails that logs a warning (mark it `warns` where that is what it tests), that opens a socket to another machine,
or, with the window, that leaves widgets, threads, timers or child processes behind.
"""

import gc
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real_data import data_folder

ROOT = Path(__file__).resolve().parent.parent

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # also where the shell has another one exported
os.environ["PYTHONPATH"] = str(ROOT)  # for the processes that tests start
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("AIGC_THREADS", "1")
os.environ["LC_ALL"] = "C.UTF-8"
for name in (
    "AIGC_PROJECT",
    "AIGC_DEVICE",
    "AIGC_LANGUAGE",
    "LANGUAGE",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "QT_SCALE_FACTOR",
):
    os.environ.pop(name, None)


# Where things are kept ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder of the test's own: settings, caches, documents."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setenv("AIGC_CACHE", str(folder / "cache"))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(folder / "Documents"))
    return folder


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever the one before it chose."""
    from aigc_desktop import i18n

    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Any]:
    """An empty project of the test's own."""
    from aigc_desktop.library.project import Project

    opened = Project.open(tmp_path / "project")
    yield opened
    opened.close()


# What to learn from ---------------------------------------------------------------------------------------------------


@pytest.fixture
def shared_data() -> Path:
    """The folder with real data; the test is skipped where there is none."""
    folder = data_folder()
    if folder is None:
        pytest.skip("no real data: neither ../shared/data nor AIGC_DATA is a folder")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.data)


@pytest.fixture
def tiny_text(tmp_path: Path) -> Path:
    """A text file with enough in it to learn from: 200 lines of few words."""
    words = ["sun", "moon", "river", "stone", "bird", "leaf", "cloud", "snow"]
    lines = [" ".join(words[(i * k + k) % len(words)] for k in range(1, 6)) + "." for i in range(200)]
    path = tmp_path / "tiny.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def tiny_pictures(tmp_path: Path) -> Path:
    """A folder of 24 grey PNG pictures of 8×8 pixels: bright squares at different places."""
    import numpy as np
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(24):
        pixels = np.full((8, 8), 10 + i, np.uint8)
        pixels[i % 5 : i % 5 + 3, i // 5 : i // 5 + 3] = 230 - i
        Image.fromarray(pixels).save(folder / f"{i:02d}.png")
    return folder


# What may not happen --------------------------------------------------------------------------------------------------


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_logged_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.records and not request.node.get_closest_marker("warns"):
        said = "\n".join(f"{one.levelname} {one.name}: {one.getMessage()}" for one in handler.records)
        pytest.fail(f"logged warnings (mark the test `warns` where they are expected):\n{said}", pytrace=False)


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("network"):
        return
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"a test opened a connection to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with the window: no new top-level widget, running thread, active timer or child process."""
    names = request.fixturenames
    # A world outlives its tests: `tests/ui/conftest.py` looks when it ends.
    if "world" in names or ("qapp" not in names and "qtbot" not in names):
        yield
        return
    request.getfixturevalue("qapp")
    allowed = [name for mark in request.node.iter_markers("leaves") for name in mark.args]
    with leaving_nothing(allowed):
        yield


@contextmanager
def leaving_nothing(allowed: Sequence[str] = ()) -> Iterator[None]:
    """Fail where something of the window lives on that did not live before; but for what has an allowed word in its name."""
    before = set(_left())
    yield
    deadline = time.monotonic() + 3.0
    while True:
        left = [one for one in _left() if one not in before and not any(name in one for name in allowed)]
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    if left:
        pytest.fail("left behind:\n" + "\n".join(sorted(left)), pytrace=False)


def _left() -> list[str]:
    import psutil
    import shiboken6
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
    from PySide6.QtWidgets import QApplication

    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    found = [f"widget {_named(one)}" for one in QApplication.topLevelWidgets() if _kept(one)]
    for one in gc.get_objects():
        # `type(one)` first: some objects (lazy modules, proxies) answer `__class__` by doing things.
        if issubclass(type(one), QObject) and shiboken6.isValid(one):
            if isinstance(one, QThread) and one.isRunning() and one is not QThread.currentThread():
                found.append(f"QThread {_named(one)}")
            elif isinstance(one, QTimer) and one.isActive():
                found.append(f"timer {_named(one)} of {_named(one.parent())}")
    found += [f"thread {one.name}" for one in threading.enumerate() if one is not threading.main_thread()]
    for child in psutil.Process().children(recursive=True):
        try:
            command = child.cmdline()
        except psutil.Error:
            continue
        # Python's own helper of multiprocessing lives as long as the test process.
        if command and not any("resource_tracker" in part for part in command):
            found.append(f"process {child.pid} {' '.join(command)[:200]}")
    return found


def _kept(widget: Any) -> bool:
    """Whether a top-level widget would stay: Qt keeps a hidden tooltip and menus' shadows of its own."""
    return "QTipLabel" not in widget.metaObject().className()


def _named(one: Any) -> str:
    return "nobody" if one is None else f"{type(one).__name__} {one.objectName()!r} {id(one):x}"
