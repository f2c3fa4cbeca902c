"""Nothing asks for the network: a training and a creation in a process whose every connection would be noted."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import TINY_LSTM

WATCH = """
import os, socket
def noted(what):
    with open(os.environ["NOTED"], "a") as file:
        file.write(repr(what) + "\\n")
    raise OSError("no network in this test")
def watched(connect):
    def here_only(self, address):
        if self.family == socket.AF_UNIX or str(address[0]) in ("127.0.0.1", "::1", "localhost"):
            return connect(self, address)
        noted(address)
    return here_only
for name in ("connect", "connect_ex"):
    setattr(socket.socket, name, watched(getattr(socket.socket, name)))
asked = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: (
    asked(host, *rest, **more) if host in (None, "localhost", "127.0.0.1", "::1") else noted(host)
)
"""


def test_a_training_and_a_creation_open_no_connection(tiny_text: Path, tmp_path: Path) -> None:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    noted = tmp_path / "noted"
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), os.environ["PYTHONPATH"]]),
        "NOTED": str(noted),
    }

    def aigc(*words: object) -> int:
        command = [sys.executable, "-m", "aigc_desktop", *map(str, words), "--project", str(tmp_path / "project")]
        return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode

    probe = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    assert subprocess.run(
        [sys.executable, "-c", probe], env=environment, stderr=subprocess.DEVNULL, check=False
    ).returncode
    assert noted.exists(), "the watch does not watch"
    noted.unlink()
    assert aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=2", "--name", "Plays") == 0
    assert aigc("create", "Plays", "--set", "max_new_tokens=3") == 0
    assert not noted.exists(), noted.read_text(encoding="utf-8")
