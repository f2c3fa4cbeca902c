"""One window for a project, tried with real processes."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication

from aigc_desktop.library.project import Project
from aigc_desktop.ui import instance
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.instance import Instance
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.settings import Settings
from tests.ui.window_process import PATIENCE, WindowProcess


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Not below `tmp_path`: a local socket's name has a hundred letters at most."""
    with tempfile.TemporaryDirectory(prefix="r", dir=Path(tempfile.gettempdir()).parent) as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_a_second_start_raises_the_first(runtime: Path, tmp_path: Path) -> None:
    """However the second spells the project's place; and after a kill -9 nothing stands in the way."""
    project = tmp_path / "mine"
    (tmp_path / "link").symlink_to(tmp_path)
    with WindowProcess(tmp_path, "--project", str(project)) as first:
        first.until("ready")
        for words, folder in (
            (("--project", str(project)), None),
            (("--project=" + str(tmp_path / "link" / "mine"),), None),
            (("--project", "mine"), tmp_path),
            ((), None),  # the one opened last
        ):
            with WindowProcess(tmp_path, *words, cwd=folder) as second:
                assert second.wait() == 0
                assert second.process.stdout is not None
                assert second._said.get(timeout=10) is None, "no window of its own"
            first.until("front")
        first.process.send_signal(signal.SIGKILL)
        first.wait()
    with WindowProcess(tmp_path, "--project", str(project)) as again:
        again.until("ready")
        with WindowProcess(tmp_path, "--project", str(project)) as second:
            assert second.wait() == 0
        again.until("front")
        again.order("close")
        assert again.wait() == 0
    assert list((runtime / instance.NAME).iterdir()) == [], "nothing is left of it"


def test_a_broken_project_at_the_second_start(tmp_path: Path, home: Path) -> None:
    """The window that stands in for it is the one that says why."""
    (tmp_path / "file").write_text("no project")
    with WindowProcess(tmp_path) as first:
        first.until("ready")
        with WindowProcess(tmp_path, "--project", str(tmp_path / "file")) as second:
            assert second.wait() == 0
        said = first.until("later")
        assert str(tmp_path / "file") in said[-1] and "is a file" in said[-1]


def test_a_second_start_while_the_project_is_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication, qtbot
) -> None:
    """A large library that is made again takes a while; who starts the program again does not open it a second time."""
    Project.open(tmp_path / "mine").close()
    (tmp_path / "mine" / "library.sqlite").unlink()
    go_on = threading.Event()
    opens = Project.open

    def slowly(*given: Any, **fields: Any) -> Project:
        if threading.current_thread() is not threading.main_thread():
            go_on.wait(PATIENCE)
        return opens(*given, **fields)

    monkeypatch.setattr(Project, "open", slowly)
    with WindowProcess(tmp_path, "--project", str(tmp_path / "mine"), wait=True) as second:
        look = QTimer(interval=20)
        look.timeout.connect(lambda: second.process.poll() is not None and go_on.set())
        look.start()
        studio = Studio(qapp, Settings(), Log())
        QTimer.singleShot(0, lambda: second.order("start"))
        assert studio.start(tmp_path / "mine")
        look.stop()
        assert second.wait() == 0
    put_away(studio)


def put_away(studio: Studio) -> None:
    studio.end()
    assert studio.window is not None
    studio.window.close()
    studio.window.deleteLater()


def test_claims_in_one_process(tmp_path: Path, qtbot) -> None:
    first = Instance.claim(tmp_path / "one")
    assert first is not None
    first.listen()
    begun = time.monotonic()
    other = Instance.claim(tmp_path / "two")
    assert other is not None and time.monotonic() - begun < 1, "another project waits for nobody"
    other.release()
    first.release()
    first.release()
    again = Instance.claim(tmp_path / "one")
    assert again is not None and again._held
    again.release()


def test_a_window_that_does_not_answer_keeps_nobody_out(tmp_path: Path, qtbot) -> None:
    deaf = Instance.claim(tmp_path / "one")
    second = Instance.claim(tmp_path / "one", patience=0.1)
    assert deaf is not None and second is not None and not second._held
    second.listen()
    second.release()
    assert deaf._lock is not None and Path(deaf._lock.fileName()).exists(), "the lock of the first stays"
    deaf.release()


def test_nonsense_on_the_socket(tmp_path: Path, qtbot) -> None:
    first = Instance.claim(tmp_path / "one")
    assert first is not None
    first.listen()
    wanted: list[str] = []
    first.wanted.connect(wanted.append)
    for nonsense in (b"\x00\xff\n", b"[]\n", b'{"sentence": null}\n'):
        socket = QLocalSocket()
        socket.connectToServer(first._address)
        socket.write(nonsense)
        qtbot.waitUntil(lambda socket=socket: bool(socket.bytesAvailable()))
        socket.disconnectFromServer()
    assert wanted == ["", "", ""]
    socket = QLocalSocket()
    socket.connectToServer(first._address)
    socket.write(b"x" * 100_000)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    first.release()


def test_where_no_lock_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot) -> None:
    """A temporary folder that cannot be written, or that somebody else prepared: the window opens all the same."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    for temporary in (tmp_path / "gone too", Path("/proc")):
        monkeypatch.setattr("tempfile.tempdir", str(temporary))
        claimed = Instance.claim(tmp_path / "one")
        assert claimed is not None and not claimed._held
        claimed.listen()
        claimed.release()
    foreign = tmp_path / f"aigc-desktop-{instance._user()}"
    foreign.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert instance.runtime_folder() is None
    foreign.unlink()
    assert instance.runtime_folder() == foreign
    assert foreign.stat().st_mode & 0o077 == 0, "for this user only"
    os.rmdir(foreign)


def test_opened_in_another_window(tmp_path: Path, qapp, qtbot) -> None:
    """From within a window, a project that another has open is not opened twice: that window comes forward."""
    Project.open(tmp_path / "theirs").close()
    with WindowProcess(tmp_path, "--project", str(tmp_path / "theirs")) as other:
        other.until("ready")
        studio = Studio(qapp, Settings(), Log())
        studio.start(tmp_path / "mine")
        window = studio.window
        assert window is not None and studio.jobs is not None
        studio.jobs.warm = lambda: None  # type: ignore[method-assign]
        window.project_wanted.emit(tmp_path / "theirs", False)
        other.until("front")
        assert studio.window is window and studio.project is not None and studio.project.name == "mine"
        other.order("close")
        assert other.wait() == 0
        window.project_wanted.emit(tmp_path / "theirs", False)
        assert studio.project is not None and studio.project.name == "theirs", "it is free now"
        put_away(studio)
