"""Never use the network: refused in every process of the program, by Python and, where it can, by the kernel.

The processes here ask on purpose; that `tests/watch` wrote it down is part of each test.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop.engine import child, events, models
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.worker import RunJob, Worker
from tests.engine import reaching
from tests.engine.test_worker import events_until_last

SWITCHED_OFF = "but the network is switched off in Settings."

TRY = """
import json, socket, sys
def said(act):
    try:
        return f"done: {act()}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""
WAYS = {
    "an address": 'socket.create_connection(("192.0.2.1", 80), 1)',
    "a name": 'socket.gethostbyname("models.example.org")',
    "its bytes": 'socket.getaddrinfo(b"models.example.org", 80)',
    "IPv6": 'socket.create_connection(("2001:db8::1", 80), 1)',
    "no connection": 'socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53))',
    "whose address": 'socket.gethostbyaddr("192.0.2.1")',
    "whose number": 'socket.getnameinfo(("192.0.2.1", 80), 0)',
}


def python(code: str, **variables: str) -> Any:
    """What a fresh process prints as JSON in its last line."""
    known = os.environ | {"QT_QPA_PLATFORM": "offscreen"} | variables
    done = subprocess.run([sys.executable, "-c", TRY + code], capture_output=True, text=True, check=False, env=known)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def noticed(no_network: Path) -> Any:
    """A function: what was asked for has been written down, and is forgotten."""

    def look(*words: str) -> None:
        lines = no_network.read_text(encoding="utf-8")
        assert all(word in lines for word in words), lines
        no_network.unlink()

    return look


def test_what_is_refused_and_what_is_not(noticed: Any) -> None:
    tries = ", ".join(f"{name!r}: said(lambda: {act})" for name, act in WAYS.items())
    said = python(
        f"""
from aigc_desktop.engine import network
network.forbid()
away = {{{tries}, "everybody may call": said(lambda: socket.socket().bind(("", 0)))}}
def here():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        return "localhost" and socket.getaddrinfo("localhost", 80) and "fine"
import multiprocessing
print(json.dumps([away, said(here), said(lambda: len(multiprocessing.Pipe()))]))"""
    )
    away, here, pipe = said
    everybody = away.pop("everybody may call")
    assert "switched off in Settings" in everybody and everybody.startswith("Unreachable")
    for name, sentence in away.items():
        assert sentence.startswith("Unreachable: Something wanted to reach ") and SWITCHED_OFF in sentence, name
    assert "models.example.org" in away["its bytes"] and "2001:db8::1" in away["IPv6"]
    assert (here, pipe) == ("done: fine", "done: 2")
    noticed("192.0.2.1", "models.example.org")


def test_it_can_be_allowed_and_forbidden_while_the_program_runs(noticed: Any) -> None:
    ask = 'said(lambda: len(socket.getaddrinfo("192.0.2.1", 80)) > 0), os.environ.get("HF_HUB_OFFLINE")'
    said = python(
        f"""
import os
from aigc_desktop.engine import network
row = []
for offline in (True, False, True):
    network.switch(offline)
    row.append([{ask}])
print(json.dumps(row))"""
    )
    assert [one[0].split(":")[0] for one in said] == ["Unreachable", "done", "Unreachable"]
    assert [one[1] for one in said] == ["1", None, "1"], "and libraries are told"
    noticed("192.0.2.1")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has this wall")
def test_behind_the_wall_c_libraries_threads_and_children_reach_nothing_either(noticed: Any) -> None:
    said = python(
        """
import ctypes, multiprocessing, subprocess, threading
go, late = threading.Event(), []
kernel = ctypes.CDLL(None, use_errno=True)
def socket_in_c(family):
    kept = kernel.socket(family, 1, 0)
    return "open" if kept >= 0 else ctypes.get_errno()
earlier = threading.Thread(target=lambda: (go.wait(), late.append(socket_in_c(2))))
earlier.start()
from aigc_desktop.engine import network
network.forbid(behind_wall=True)
if not network._walled:
    go.set()
    print(json.dumps(None)); sys.exit()
go.set()
earlier.join()
child = "import ctypes; print(ctypes.CDLL(None).socket(10, 1, 0))"
heard = subprocess.run([sys.executable, "-S", "-c", child], capture_output=True, text=True).stdout.strip()
network.allow()
own = [socket_in_c(2), socket_in_c(10), socket_in_c(1)]
print(json.dumps([own, late, heard, said(lambda: socket.socket()), said(lambda: len(multiprocessing.Pipe()))]))"""
    )
    if said is None:
        pytest.skip("this kernel has no seccomp")
    own, late, heard, in_python, pipe = said
    assert own == [13, 13, "open"] and late == [13] and heard == "-1", "EACCES for IPv4 and IPv6, not for AF_UNIX"
    assert in_python.startswith("PermissionError") and pipe == "done: 2", "allowing later opens nothing again"
    noticed("socket.__new__")


def tried(ways: list[int], folder: Path, monkeypatch: pytest.MonkeyPatch, offline: bool) -> list[events.Failed]:
    """How creations ended that want to reach another machine, in a real child."""
    monkeypatch.setattr(child, "main", reaching.main)
    (folder / "model").mkdir()
    models.write_record(folder / "model", {"generator": "image.gan", "name": "Model"})
    made, ends = Worker(torch=False, threads=1, offline=offline), []
    made.start()
    for way in ways:
        made.send(RunJob(Job(action="create", model=str(folder / "model"), params={"count": way}).model_dump_json()))
        last = events_until_last(made)[-1]
        assert isinstance(last, events.Failed)
        ends.append(last)
    made.close()
    return ends


def test_a_generator_that_tries_fails_with_the_sentence(
    noticed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = tried([1, 2, 3], tmp_path, monkeypatch, offline=True)
    for end, whom in zip(ends, (reaching.ADDRESS, reaching.HOST, "the network"), strict=True):
        text = str(end.text)
        assert text.startswith("Something wanted to ") and whom in text and "switched off in Settings." in text
    noticed(reaching.ADDRESS, reaching.HOST, "socket.__new__")


def test_where_it_is_allowed_the_child_is_told_so(
    noticed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (end,) = tried([4], tmp_path, monkeypatch, offline=False)
    assert f"an address is no secret: {reaching.ADDRESS}" in end.detail
    noticed(reaching.ADDRESS)


def command_line(code: str, **variables: str) -> str:
    """What comes of `code` inside the command line."""
    return python(
        f"""
from aigc_desktop import cli
cli.main = lambda words: print(json.dumps(said(lambda: {code}))) or 0
sys.argv = ["aigc-desktop", "generators"]
from aigc_desktop.__main__ import main
sys.exit(main())""",
        **variables,
    )


def test_the_command_line_may_not_unless_it_is_told(noticed: Any) -> None:
    ask = 'socket.getaddrinfo("192.0.2.1", 80)[0][4][0]'
    assert SWITCHED_OFF in command_line(ask)
    assert command_line(ask, AIGC_OFFLINE="0") == "done: 192.0.2.1"
    noticed("192.0.2.1")


def test_processes_that_train_together_reach_each_other_and_nobody_else(noticed: Any) -> None:
    together = {"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "192.0.2.7", "MASTER_PORT": "29500"}
    assert command_line('socket.getaddrinfo("192.0.2.7", 29500)[0][4][0]', **together) == "done: 192.0.2.7"
    assert command_line("socket.socket().family.name", **together) == "done: AF_INET"
    assert SWITCHED_OFF in command_line('socket.getaddrinfo("192.0.2.1", 80)', **together)
    noticed("192.0.2.7", "192.0.2.1")


def test_the_window_may_not_and_hears_of_a_change_at_once(noticed: Any, tmp_path: Path) -> None:
    said = python(
        f"""
from PySide6.QtWidgets import QApplication
from aigc_desktop.ui import app
row = []
def ready():
    window = next(one for one in QApplication.topLevelWidgets() if hasattr(one, "open_generator"))
    ask = lambda: socket.getaddrinfo("192.0.2.1", 80)[0][4][0]
    row.append(said(ask))
    window.settings["offline"] = False
    row.append(said(ask))
    row.append(window.jobs._worker()._settings["offline"])
    window.settings["offline"] = True
    row.append(said(ask))
    window.close()
code = app.main(["aigc-desktop", "--project", {str(tmp_path / "project")!r}], ready)
print(json.dumps([code, *row]))"""
    )
    code, first, second, child, third = said
    assert code == 0 and SWITCHED_OFF in first and SWITCHED_OFF in third
    assert second == "done: 192.0.2.1" and child is False
    noticed("192.0.2.1")


def test_qt_goes_nowhere_by_itself() -> None:
    """What Qt does in C++ the guard of the window's process does not see: nothing there may ask Qt for the internet."""
    package = Path(events.__file__).parents[1]
    ways = ("QNetworkAccessManager", "QTcpSocket", "QTcpServer", "QUdpSocket", "QSslSocket", "QWebEngine", "QHttp")
    users = [path for path in package.rglob("*.py") if any(way in path.read_text(encoding="utf-8") for way in ways)]
    assert not users
