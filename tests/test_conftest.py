"""Every check that all tests stand on can fail: a run of tests that each do one forbidden thing."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT

TESTS = """
import gc, logging, os, socket, sqlite3, subprocess, sys, tempfile, threading, time, warnings
import pytest
from tests import left

left.PATIENCE = 0.1
KEPT = []  # what a leak is

def test_clean(qtbot, tmp_path):
    from PySide6.QtWidgets import QLabel
    label = QLabel("seen")
    qtbot.addWidget(label)
    label.show()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    (tmp_path / "file").write_text("kept where it belongs")
    tempfile.TemporaryFile().close()

def test_warning(): logging.getLogger("somebody").warning("something")
def test_socket(): socket.socket(socket.AF_INET).close()
def test_resolved():
    with pytest.raises(OSError):
        socket.getaddrinfo("no-such-host.invalid", 80)
def test_child_connects():
    code = "import socket; s = socket.socket(); s.settimeout(0.01); s.connect_ex(('192.0.2.1', 80))"
    subprocess.run([sys.executable, "-c", code])
@pytest.mark.loopback
def test_loopback_is_not_away():
    with socket.create_server(("127.0.0.1", 0)):
        pass
    with socket.socket(type=socket.SOCK_DGRAM) as away:
        away.settimeout(0.01)
        away.connect_ex(("192.0.2.1", 80))
def test_temporary_file(): tempfile.NamedTemporaryFile(delete=False).close()
def test_unclosed(tmp_path):
    open(tmp_path / "file", "w")
    gc.collect()
def test_unraisable():
    class Falls:
        def __del__(self): raise ValueError("on the way out")
    Falls()
    gc.collect()
def test_thread_falls():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_widget(qapp):
    from PySide6.QtWidgets import QLabel
    KEPT.append(QLabel("left"))
def test_thread(qapp): threading.Thread(target=time.sleep, args=(30,), daemon=True, name="sleeps").start()
def test_timer(qapp):
    from PySide6.QtCore import QTimer
    KEPT.append(QTimer(interval=100_000))
    KEPT[-1].start()
def test_object(qapp):
    from aigc_desktop.ui.settings import Settings
    KEPT.append(Settings())
def test_process(qapp):
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True))
def test_zombie(qapp):
    KEPT.append(subprocess.Popen([sys.executable, "-c", "pass"]))
    os.waitid(os.P_PID, KEPT[-1].pid, os.WEXITED | os.WNOWAIT)
def test_file(qapp, tmp_path): KEPT.append(open(tmp_path / "file", "w"))
def test_connection(qapp, tmp_path):
    KEPT.append(sqlite3.connect(tmp_path / "some.sqlite"))
    KEPT[-1].execute("CREATE TABLE it (x)")
def test_qt_warns(qapp):
    from PySide6.QtCore import qWarning
    qWarning("careful")
@pytest.fixture
def warned_later(qapp):
    yield
    from PySide6.QtCore import qWarning
    qWarning("careful, late")
def test_qt_warns_late(warned_later): pass
@pytest.mark.leaves("QLabel")
def test_allowed(qapp):
    from PySide6.QtWidgets import QLabel
    KEPT.append(QLabel("left on purpose"))

def test_end(qapp):
    for one in KEPT:
        if isinstance(one, subprocess.Popen):
            one.kill()
            one.communicate()
"""

FALLS = {
    "warning": "logged warnings",
    "socket": "here socket.__new__",
    "resolved": "away socket.getaddrinfo no-such-host.invalid",
    "child_connects": "away socket.connect 192.0.2.1",
    "loopback_is_not_away": "away socket.connect 192.0.2.1",
    "temporary_file": "temporary files left behind",
    "unclosed": "ResourceWarning",
    "unraisable": "on the way out",
    "thread_falls": "ZeroDivisionError",
    "widget": "widget QLabel",
    "thread": "thread sleeps",
    "timer": "timer QTimer",
    "object": "object Settings",
    "process": "process ",
    "zombie": "zombie",
    "file": "/file",
    "connection": "some.sqlite",
    "qt_warns": "careful",
    "qt_warns_late": "careful, late",
}
STANDS = ("clean", "allowed", "end")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What went wrong with each test of the run, by its name; nothing where it passed."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "test_forbidden.py").write_text(TESTS, encoding="utf-8")
    words = ["-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml", "--rootdir", folder]
    words += ["--basetemp", folder / "temporary", "--junit-xml", folder / "said.xml", folder / "test_forbidden.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (folder / "said.xml").exists(), done.stdout + done.stderr
    said: dict[str, str] = {}
    for case in ElementTree.parse(folder / "said.xml").iter("testcase"):
        name = case.get("name", "").removeprefix("test_")
        parts = [f"{one.get('message')}\n{one.text}" for one in case if one.tag in ("failure", "error")]
        said[name] = said.get(name, "") + "".join(parts)
    return said


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed on Linux only")
@pytest.mark.parametrize("name", FALLS)
def test_what_is_forbidden_fails(outcomes: dict[str, str], name: str) -> None:
    assert FALLS[name] in outcomes[name]


@pytest.mark.parametrize("name", STANDS)
def test_what_is_allowed_passes(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == ""
