"""The real window in a process of its own, which a test can raise, kill and ask."""

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 60.0  # seconds for a window to open on a busy machine

SCRIPT = """
import os, signal, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from aigc_desktop.ui.app import main
from aigc_desktop.ui.main_window import MainWindow

def say(*words):
    print(*words, flush=True)

def ready():
    QTimer.singleShot(0, seen)  # when all who wait for the first paint have heard of it

def seen():
    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    window.jobs.warm = lambda: None
    window.complete()
    say("project", window.project.path)
    for key, text in window.notices.texts().items():
        say("notice", key, text)
    window.showMinimized()
    seen = set()
    def look():
        if not window.isMinimized():
            window.showMinimized()
            say("front")
        for key, text in window.notices.texts().items():
            if (key, text) not in seen:
                seen.add((key, text))
                say("later", key, text)
    timer = QTimer(window, interval=20)
    timer.timeout.connect(look)
    timer.start()
    say("ready")

def orders():
    for line in sys.stdin:
        order = line.strip()
        if order == "close":
            QTimer.singleShot(0, QApplication.instance(), QApplication.closeAllWindows)
        elif order == "fault":
            import faulthandler
            faulthandler._sigsegv()

if __name__ == "__main__":
    if os.environ.get("WAIT"):
        sys.stdin.readline()
    threading.Thread(target=orders, daemon=True).start()
    sys.exit(main(["aigc-desktop", *sys.argv[1:]], ready))
"""


class WindowProcess:
    """Opens the window with these words after `aigc-desktop`, with `wait` at the first order; a with block kills it."""

    def __init__(self, folder: Path, *words: str, cwd: Path | None = None, wait: bool = False):
        script = folder / "window.py"
        script.write_text(SCRIPT)
        self.process = subprocess.Popen(
            [sys.executable, str(script), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env=os.environ | ({"WAIT": "1"} if wait else {}),
        )
        self._said: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def until(self, word: str) -> list[str]:
        """What it says up to a line that begins with this word, that line included."""
        lines: list[str] = []
        while True:
            line = self._said.get(timeout=PATIENCE)
            assert line is not None, f"it ended without a {word!r}: {lines} {self.process.stderr.read()}"  # type: ignore[union-attr]
            lines.append(line)
            if line.split()[0] == word:
                return lines

    def order(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line.rstrip("\n"))
        self._said.put(None)
