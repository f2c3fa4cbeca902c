"""What every test stands on: no screen, no network, no home folder of anybody's, and nothing left behind.

A test fails that logs a warning (mark it `warns` where that is what it tests), that opens an internet socket (mark it
`loopback` where it needs one that stays in this machine), that leaves temporary files, or, with the window, that leaves
widgets, threads, timers, child processes or open files behind. `tests/test_conftest.py` shows that each can fail.
"""

import gc
import logging
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.left import leaving_nothing
from tests.real_data import data_folder
from tests.watch.sitecustomize import NAME as NETWORK_LOG

ROOT = Path(__file__).resolve().parent.parent
FAILED = pytest.StashKey[bool]()

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # also where the shell has another one exported
# For the processes that tests start: the program, and who writes down what they ask of the network.
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "watch")])
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


# Who starts the tests may ignore these signals (nohup, a shell's background); the processes of tests would, too.
for name in ("SIGINT", "SIGHUP"):
    if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


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
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")
        if record.exc_info:  # pytest keeps records; with the exception they would keep the frames of the test
            record.exc_text, record.exc_info = record.exc_text or _PLAIN.formatException(record.exc_info), None


_PLAIN = logging.Formatter()


@pytest.fixture(autouse=True)
def no_logged_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    for one in [one for one in logging.getLogger().handlers if one.name == "command-line.log"]:
        logging.getLogger().removeHandler(one)  # of a command line that ran in this process
        one.close()
    if handler.lines and not request.node.get_closest_marker("warns"):
        said = "\n".join(handler.lines)
        pytest.fail(f"logged warnings (mark the test `warns` where they are expected):\n{said}", pytrace=False)


@pytest.fixture(autouse=True)
def no_network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """No internet socket in this process and in any that the test starts; the file where they are written down."""
    file = tmp_path_factory.mktemp("network") / "asked"
    monkeypatch.setenv(NETWORK_LOG, str(file))
    yield file
    asked = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if request.node.get_closest_marker("loopback"):
        asked = [line for line in asked if not line.startswith("here ")]
    if asked:
        pytest.fail("asked for the network:\n" + "\n".join(asked), pytrace=False)


@pytest.fixture(autouse=True)
def no_temporary_files(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[None]:
    """A temporary folder of the test's own, also for the processes that it starts; at the end there is no file in it."""
    # Not below `tmp_path`: the names of local sockets are short.
    with tempfile.TemporaryDirectory(prefix="t", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield
        left = [str(path) for path in Path(folder).rglob("*") if not path.is_dir()]
    if left:
        pytest.fail("temporary files left behind:\n" + "\n".join(left), pytrace=False)


def pytest_collection_finish() -> None:
    """What the test modules imported stays: to look through torch's objects after each test takes half a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After a test with the window: nothing of it lives on (`tests/left.py`)."""
    names = request.fixturenames
    # A world outlives its tests: `tests/ui/conftest.py` looks when it ends.
    if "world" in names or ("qapp" not in names and "qtbot" not in names):
        yield
        return
    request.getfixturevalue("qapp")
    allowed = [name for mark in request.node.iter_markers("leaves") for name in mark.args]
    with leaving_nothing(allowed) as look:
        yield
        # What pytest itself would hold on to until later: what the test was given, what it replaced, why it failed.
        request.node.funcargs.clear()
        monkeypatch.undo()
        look["wanted"] = not request.node.stash.get(FAILED, False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Qt's warnings fail a test also while it is put away: pytest-qt listens only until then."""
    if "PySide6.QtCore" not in sys.modules:
        return (yield)
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    said: list[str] = []

    def hear(kind: QtMsgType, context: object, text: str) -> None:
        ignored = any(re.search(one, text) for one in item.config.getini("qt_log_ignore"))
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not ignored:
            said.append(text)

    before = qInstallMessageHandler(hear)
    try:
        result = yield
    finally:
        qInstallMessageHandler(before)
    if said and not item.get_closest_marker("warns"):
        pytest.fail("Qt warned while the test was put away:\n" + "\n".join(said), pytrace=False)
    return result
