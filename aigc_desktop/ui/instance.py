"""One window for a project: a lock says that it is open, and a local socket lets a second start raise its window.

A second start of a project ends once the first has answered. Where locks or sockets cannot be had (nowhere to write,
a window that hangs) the second opens beside the first: nobody is ever kept out of a project.
"""

import hashlib
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

NAME = "aigc-desktop"
PATIENCE = 5.0  # seconds for the other window to answer: it may be just starting
CONNECT, ANSWER = 200, 2000  # milliseconds
PAUSE = 0.05  # seconds between tries
LONGEST = 4096  # bytes of a message
TOKEN = "XDG_ACTIVATION_TOKEN"  # Wayland: the right to bring a window forward, given to the process that was started

log = logging.getLogger(__name__)


class Instance(QObject):
    """This window's hold on a project, from `claim` to `release`."""

    wanted = Signal(str)  # another start wants this window in front; a sentence to show there, or nothing

    def __init__(self, project: Path, folder: Path | None):
        super().__init__()
        self.project = project
        key = hashlib.sha256(os.path.normcase(os.path.realpath(project)).encode(errors="surrogateescape")).hexdigest()
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None
        self._held = False
        self._address = ""
        if folder is not None:
            path = folder / key[:16]
            self._lock = QLockFile(f"{path}.lock")
            self._lock.setStaleLockTime(0)  # only the lock of a process that is gone is stale, however old it is
            self._address = f"{NAME}-{_user()}-{key[:16]}" if sys.platform == "win32" else f"{path}.socket"

    @classmethod
    def claim(cls, project: Path, sentence: str = "", patience: float = PATIENCE) -> Self | None:
        """Take hold of a project; None where another window has it, which was brought forward and shows the sentence."""
        claimed = cls(project.expanduser(), runtime_folder())
        deadline = time.monotonic() + patience
        while not claimed._take():
            if claimed._call(sentence):
                return None
            if time.monotonic() > deadline:
                log.info("the window that has %s open does not answer", project)
                break
            time.sleep(PAUSE)
        return claimed

    def listen(self) -> None:
        """Hear other starts from now on."""
        if not self._held or self._server is not None:
            return
        from PySide6.QtNetwork import QLocalServer  # nothing before the first paint needs it

        self._server = QLocalServer(self)
        # For this user only; with it Qt also puts its socket in the place of one that a killed process left.
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        if not self._server.listen(self._address):
            log.info("no other start can be heard: %s", self._server.errorString())

    def release(self) -> None:
        """Let go of the project; harmless when called twice."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        if self._lock is not None and self._held:
            self._lock.unlock()
            self._held = False

    def _take(self) -> bool:
        """Whether the project may be opened here: the lock is ours, or there can be none."""
        if self._lock is None:
            return True
        self._held = self._lock.tryLock(0)
        return self._held or self._lock.error() != QLockFile.LockError.LockFailedError

    def _call(self, sentence: str) -> bool:
        """Ask the window that has the lock to come forward; whether it answered."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(CONNECT):
            return False
        _let_come_forward()
        message = {"token": os.environ.get(TOKEN, ""), "sentence": sentence}
        socket.write(json.dumps(message).encode() + b"\n")
        heard = socket.waitForReadyRead(ANSWER) and bytes(socket.readLine().data()) == b"here\n"
        socket.close()
        return heard

    def _connected(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _read(self, socket: "QLocalSocket") -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST:
                socket.abort()
            return
        message = _parsed(bytes(socket.readLine(LONGEST).data()))
        if message.get("token"):
            os.environ[TOKEN] = str(message["token"])  # Qt looks for it there
        socket.write(b"here\n")
        socket.flush()
        self.wanted.emit(str(message.get("sentence") or ""))


def runtime_folder() -> Path | None:
    """A folder of this user's own for locks and sockets; None where there can be none."""
    own = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(own) / NAME if own and os.access(own, os.W_OK) else Path(tempfile.gettempdir()) / f"{NAME}-{_user()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()
    except OSError as error:
        log.info("nowhere to lock a project: %s", error)
        return None
    if folder.is_symlink() or (hasattr(os, "getuid") and seen.st_uid != os.getuid()):
        log.info("%s is not ours", folder)  # somebody else made it, in a folder that all may write
        return None
    return folder


def _user() -> str:
    """The user, as a name for a file."""
    if hasattr(os, "getuid"):
        return str(os.getuid())
    return hashlib.sha256(os.environ.get("USERNAME", "").encode()).hexdigest()[:8]


def _let_come_forward() -> None:
    """Windows brings a window forward only for the process that the user started last: pass that right on."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
